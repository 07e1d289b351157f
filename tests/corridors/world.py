"""The one small world of the corridor tests: every number that a document is made of stands here, once.

Two dealers in two areas. Recall A has one row of kits and hours for every model; recall B has rows of its own for two models (and a
general row that neither of them takes); both are open on some vehicles. Recall C is inspected first; campaign S is a service campaign.
The answers are made for pencil and paper: of the owners who answer at all, half answer in the week of the letter, half of the rest
in the next week, and so on.
"""

from __future__ import annotations

from datetime import date, timedelta
from math import log
from pathlib import Path

from small_world import World, vin

# ---- days
NOTICE = date(2013, 2, 26)
DAYS_AFTER_NOTICE = 7
FIRST_LETTER = date(2013, 3, 5)  # the notice's day and seven days
MONDAYS = tuple(date(2013, 3, 4) + timedelta(weeks=week) for week in range(6))
WEEKS = len(MONDAYS)
WAIT_WEEKS = 2
LONG_AGO = date(2012, 11, 5)

# ---- dealers, models, campaigns
EAST, WEST = "D0001", "D0002"
AREA = {EAST: "E", WEST: "W"}
SMALL, LARGE = "IS 250", "GS 350"
A, B, C, S = "9LA", "ALE", "BLG", "CLB"
BOTH = f"{A}+{B}"
CAMPAIGNS = (A, B, C, S)
RISK = {A: 3.0, B: 5.0, C: 1.0, S: 0.5}
B_REMEDY = date(2013, 3, 20)  # the week of MONDAYS[2]; the other remedies have been there for years
B_FROM = 2

# ---- answers: share x (1 - 2^-(weeks since the letter))
SHARE, BOTH_SHARE = 0.8, 0.4  # owners of both recalls answer half as often
HALF_LIFE = 1 / log(2)  # scale_weeks at which a Weibull of shape 1 halves every week
WALK_INS = 0.005  # share of open vehicles that come in a week without a letter
MAIL_HOUSE = 7  # pieces a week: six letters of the plan, one of them with the copy to a lessor

# ---- hours of a visit, from labor_times; of recalls A and B in one visit their own row, not the sum
A_HOURS, C_HOURS, S_HOURS = 2.0, 1.0, 1.5
B_HOURS = {SMALL: 3.0, LARGE: 6.0}
B_OTHER_HOURS = 20.0  # of a model that nobody has
BOTH_HOURS = {SMALL: 4.5, LARGE: 7.2}

# ---- kits of a visit
PIPE, SEAL, VALVE, COVER, PUMP = "PIPE", "SEAL", "VALVE", "COVER", "PUMP"
VALVE_BEFORE = "VALVE-OLD"  # superseded by VALVE
A_PIPES, A_SEALS = 1.0, 1.0
B_VALVES = {SMALL: 1.0, LARGE: 2.0}
B_OTHER_VALVES = 9.0
B_SEALS = 2.0  # of either model; a vehicle of both recalls takes these two, not three
C_COVERS, C_TAKE_RATE = 1.0, 0.4
S_PUMPS = 1.0
PACK = {PIPE: 1, SEAL: 5, VALVE: 10, VALVE_BEFORE: 1, COVER: 1, PUMP: 1}
LEAD_DAYS = {PIPE: 28, SEAL: 7, VALVE: 28, VALVE_BEFORE: 28, COVER: 0, PUMP: 0}

# ---- the national pool; VALVE and the number before it arrive in one week
PIPE_SUPPLY = {date(2013, 2, 11): 1.0, date(2013, 2, 18): 2.0, MONDAYS[1]: 9.0}
VALVE_ARRIVAL = MONDAYS[3]
VALVE_SUPPLY, VALVE_BEFORE_SUPPLY = 4.0, 8.0

# ---- dealers' shelves: of two counts of one part the newer counts
OLD_COUNT, NEW_COUNT = date(2013, 1, 15), date(2013, 2, 20)
EAST_PIPES, EAST_VALVES, EAST_OLD_NUMBER_VALVES, EAST_SEALS = 3.0, 3.0, 2.0, 10.0
WEST_PIPES, WEST_SEALS_COMING = 1.0, 5.0
STALE = 40.0  # what the older counts say

# ---- technician hours: a week without a row has the hours of the week before it
EAST_HOURS = {
    date(2013, 2, 25): 99.0, MONDAYS[0]: 5.0, MONDAYS[2]: 24.0, MONDAYS[4]: 20.0,
}  # fmt: skip
WEST_HOURS = {MONDAYS[1]: 12.0, MONDAYS[3]: 18.0}
HOURS = {EAST: (5.0, 5.0, 24.0, 24.0, 20.0, 20.0), WEST: (12.0, 12.0, 12.0, 18.0, 18.0, 18.0)}

# ---- listed vehicles by planning bundle and dealer, and what each of them is
EAST_A = [vin(number) for number in (1, 2, 3, 4)]
WEST_A = [vin(number) for number in (5, 6)]
EAST_B = [vin(number) for number in (11, 12)]
WEST_B = [vin(number) for number in (13, 14)]
WEST_B_LARGE = [vin(number, "JTHBE262") for number in (15,)]
EAST_BOTH = [vin(number) for number in (21, 22)]
WEST_BOTH = [vin(number) for number in (23,)]
EAST_BOTH_LARGE = [vin(number, "JTHBE262") for number in (24,)]
WEST_BOTH_LARGE = [vin(number, "JTHBE262") for number in (25,)]
EAST_C = [vin(number) for number in (31, 32)]
WEST_C = [vin(number) for number in (33,)]
EAST_S = [EAST_A[0]]  # recall A is open on it too: two letters
WEST_S = [vin(number) for number in (41,)]
LISTED = {
    (A, EAST): 4, (A, WEST): 2,
    (f"{BOTH}:{LARGE}", EAST): 1, (f"{BOTH}:{LARGE}", WEST): 1,
    (f"{BOTH}:{SMALL}", EAST): 2, (f"{BOTH}:{SMALL}", WEST): 1,
    (f"{B}:{LARGE}", WEST): 1,
    (f"{B}:{SMALL}", EAST): 2, (f"{B}:{SMALL}", WEST): 2,
    (C, EAST): 2, (C, WEST): 1,
    (S, EAST): 1, (S, WEST): 1,
}  # fmt: skip
LEASED = EAST_A[3]  # a lessee and a lessor: one letter of the plan, two pieces
VISIT_BOOKED = (
    "visit booked"  # the end of the names of planning bundles of owners whose visit is booked
)
TWO_LETTERS = ":2 letters"  # the end of the name of its planning bundle
OWNED_AND_LEASED_ON_ONE_DAY = EAST_A[1]  # told after the freeze
BOOKED_BOTH = EAST_BOTH_LARGE[0]
BOOKED_AWAY = WEST_A[1]  # its booking is at EAST
BOOKED_WEST = WEST_A[0]
BOOKED_C = EAST_C[0]

# ---- vehicles that are left out
REPAIRED = vin(51)
REMOVED = vin(52)
SCRAPPED = vin(53)
INSPECTED = vin(54)
NO_STREET_STATE = vin(55)  # its ZIP Code lies in a state far away
NEW_IN_STOCK = vin(61)
USED_IN_STOCK = vin(62)
SOLD_TODAY = vin(63)
LEFT_OUT = {
    "repaired": 1, "removed": 1, "unreachable_scrapping": 1, "inspected_ok": 1, "address_incomplete": 1, "in_dealer_stock": 2,
    "no_owner": 1,
}  # fmt: skip
# open vehicles that nobody writes to: they are walk-ins of the parts order, and of the open counts
OPEN_UNLISTED_A_EAST = 2  # NO_STREET_STATE and NEW_IN_STOCK
OPEN_UNLISTED_B_WEST = 1  # USED_IN_STOCK, a SMALL one
OPEN_UNLISTED_C_EAST = 1  # SOLD_TODAY
STOCK_DAY = date(2013, 2, 1)

RESPONSE = {
    "share": SHARE, "scale_weeks": HALF_LIFE, "shape": 1.0, "background_per_week": WALK_INS, BOTH: {"share": BOTH_SHARE},
}  # fmt: skip
SETTINGS = {
    "name": "spring", "kind": "follow_up_voluntary", "campaigns": CAMPAIGNS, "notice_date": NOTICE,
    "days_after_notice": DAYS_AFTER_NOTICE, "horizon_weeks": WEEKS, "mail_house_letters_per_week": MAIL_HOUSE,
    "wait_bound_weeks": WAIT_WEEKS, "parts_quantile": 0.9, "parts_count_spread": 0,  # pencil and paper: no chance in counts
}  # fmt: skip


# ---- the second week
SECOND_WEEK = date(2013, 3, 12)
PASSED = 1  # weeks gone by on that day
MAILED = date(2013, 3, 6)  # wave 1
MAILED_NEXT = date(2013, 3, 13)  # wave 2
RETURNED = date(2013, 3, 18)
CAME_IN = EAST_B[0]  # repaired before its letter
REPAIR_DAY = date(2013, 3, 11)
INSPECTED_LATE = WEST_C[0]  # inspected between the plan and the release of its wave
MOVED = WEST_S[0]  # a newer address before the release of its wave
MOVED_AS_OF = date(2013, 3, 8)

# ---- the third and fourth week
THIRD_WEEK = date(2013, 3, 20)  # release of wave 3, on the day of its remedy
FOURTH_WEEK = date(2013, 3, 26)
CAME_IN_LATE = WEST_B_LARGE[0]  # the only large one of recall B that is still to be written to
LATE_REPAIR_DAY = date(2013, 3, 22)
GONE = WEST_A[1]  # its letter comes back: attempted, not known
GONE_CODE = "A"
NEXT_NOTICE = date(2013, 3, 26)


def first_load(path: Path) -> World:
    """The world as it stands on the notice's day."""
    world = World(path)
    _campaigns(world)
    _network(world)
    _needs(world)
    _listed(world)
    _left_out(world)
    return world


def _campaigns(world: World) -> None:
    numbers = {A: "09V020000", B: "10V309000", C: "11V115000"}
    for code, number in numbers.items():
        remedy = B_REMEDY if code == B else date(2010, 1, 4)
        world.campaign(
            code, nhtsa_campaign_number=number, risk_weight=RISK[code], remedy_available_date=remedy, inspect_first=code == C,
        )  # fmt: skip
    weak, cool = "The actuator can be weak.", "Coolant can leak, and the heater can stay cold."
    world.campaign(
        S, campaign_type="service_campaign", risk_weight=RISK[S], defect=weak, consequence=cool
    )


def _network(world: World) -> None:
    for code, hours in ((EAST, EAST_HOURS), (WEST, WEST_HOURS)):
        world.dealer(code, AREA[code]).capacity(code, hours)
    for number, pack in PACK.items():
        instead = VALVE if number == VALVE_BEFORE else ""
        world.part(number, pack=pack, lead_days=LEAD_DAYS[number], superseded_by=instead)
    world.supply(PIPE, PIPE_SUPPLY)
    world.supply(VALVE, {VALVE_ARRIVAL: VALVE_SUPPLY})
    world.supply(VALVE_BEFORE, {VALVE_ARRIVAL: VALVE_BEFORE_SUPPLY})
    for part, kits in ((PIPE, EAST_PIPES), (VALVE, EAST_VALVES)):
        world.count(EAST, part, NEW_COUNT, kits).count(EAST, part, OLD_COUNT, STALE)
    world.count(EAST, VALVE_BEFORE, NEW_COUNT, EAST_OLD_NUMBER_VALVES)
    world.count(EAST, SEAL, NEW_COUNT, EAST_SEALS)
    world.count(WEST, PIPE, NEW_COUNT, WEST_PIPES)
    world.count(WEST, SEAL, NEW_COUNT, 0, on_order=WEST_SEALS_COMING)


def _needs(world: World) -> None:
    world.labour(A, A_HOURS).labour(C, C_HOURS).labour(S, S_HOURS).labour(B, B_OTHER_HOURS)
    world.takes(A, PIPE, A_PIPES).takes(A, SEAL, A_SEALS).takes(S, PUMP, S_PUMPS)
    world.takes(C, COVER, C_COVERS, take_rate=C_TAKE_RATE).takes(B, VALVE, B_OTHER_VALVES)
    for model in (SMALL, LARGE):
        world.labour(B, B_HOURS[model], model).labour(f"{B}+{A}", BOTH_HOURS[model], model)
        world.takes(B, VALVE, B_VALVES[model], model).takes(B, SEAL, B_SEALS, model)


def _listed(world: World) -> None:
    groups = (
        (EAST_A, EAST, SMALL, (A,)), (WEST_A, WEST, LARGE, (A,)),
        (EAST_B, EAST, SMALL, (B,)), (WEST_B, WEST, SMALL, (B,)), (WEST_B_LARGE, WEST, LARGE, (B,)),
        (EAST_BOTH, EAST, SMALL, (A, B)), (WEST_BOTH, WEST, SMALL, (A, B)),
        (EAST_BOTH_LARGE, EAST, LARGE, (A, B)), (WEST_BOTH_LARGE, WEST, LARGE, (A, B)),
        (EAST_C, EAST, SMALL, (C,)), (WEST_C, WEST, SMALL, (C,)), (WEST_S, WEST, SMALL, (S,)),
    )  # fmt: skip
    for vehicles, dealer, model, codes in groups:
        for one in vehicles:
            owner = None if one == LEASED else "ANA EXAMPLE"
            world.vehicle(one, *codes, dealer=dealer, model=model, owner=owner)
    world.add("population", campaign_code=S, vin=EAST_S[0])
    world.owner(LEASED, role="lessee", name1="LEO EXAMPLE")
    world.owner(LEASED, role="lessor", name1="MADE-UP LEASING", addr1="9 Bank St")
    world.appointment(EAST_A[2], EAST, A, day=date(2013, 2, 21), status="cancelled")


def _left_out(world: World) -> None:
    world.vehicle(REPAIRED, A, dealer=EAST).repair(REPAIRED, A, LONG_AGO, dealer=WEST)
    world.vehicle(REMOVED, dealer=EAST)
    world.add("population", campaign_code=A, vin=REMOVED, removed_date=LONG_AGO)
    world.vehicle(SCRAPPED, B, dealer=WEST).status(SCRAPPED, "scrapped", LONG_AGO)
    world.vehicle(INSPECTED, C, dealer=EAST)
    world.repair(INSPECTED, C, LONG_AGO, "inspected_ok", dealer=EAST)
    world.vehicle(NO_STREET_STATE, A, dealer=EAST, owner=None)
    world.owner(NO_STREET_STATE, state="CA")
    world.vehicle(NEW_IN_STOCK, A, dealer=EAST, owner=None)
    world.in_stock(NEW_IN_STOCK, EAST, "new", STOCK_DAY)
    world.vehicle(USED_IN_STOCK, B, dealer=WEST, owner=None)
    world.in_stock(USED_IN_STOCK, WEST, "used", STOCK_DAY)
    world.vehicle(SOLD_TODAY, C, dealer=EAST, owner=None)
    world.in_stock(SOLD_TODAY, EAST, "used", STOCK_DAY, sold=NOTICE)


def booked_load(path: Path) -> World:
    """Who books on the notice's day, after the plan: letters that are promised to the mail house go, and ask these owners nothing."""
    world = World(path)
    world.appointment(BOOKED_BOTH, EAST, A, B, day=date(2013, 3, 21))
    world.appointment(BOOKED_AWAY, EAST, A, day=date(2013, 3, 14))
    world.appointment(BOOKED_WEST, WEST, A, day=date(2013, 3, 15))
    return world.appointment(BOOKED_C, EAST, C, day=date(2013, 3, 18))


def told_after_the_freeze(path: Path) -> World:
    """A lessor's record of the very day of the owner's: neither is newer, so the owner still holds the vehicle."""
    return World(path).owner(OWNED_AND_LEASED_ON_ONE_DAY, role="lessor", name1="MADE-UP LEASING")


def second_load(path: Path) -> World:
    """What came in by the second week, before the plan is made again."""
    return World(path).repair(CAME_IN, B, REPAIR_DAY, dealer=EAST)


def told_before_the_second_release(path: Path) -> World:
    """What came in after the plan was made again: an inspection without need, and a move."""
    world = World(path).repair(INSPECTED_LATE, C, SECOND_WEEK, "inspected_ok", dealer=WEST)
    return world.owner(MOVED, addr1="77 Oak St", as_of=MOVED_AS_OF)


def fourth_load(path: Path) -> World:
    """What came in by the fourth week: of recall B only small ones are left to write to."""
    return World(path).repair(CAME_IN_LATE, B, LATE_REPAIR_DAY, dealer=WEST)
