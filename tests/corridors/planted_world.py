"""A small world of which everything is planted: 180 vehicles of two recalls at three dealers, for a follow-up that runs half a year.

The first day is loaded, frozen, planned and told here; the weeks are those of ``renotify.answering``. Every number that a check is made
of stands here, once.
"""

from __future__ import annotations

from datetime import date, timedelta

import numpy as np
import pyarrow as pa

from renotify.answering.answering_world import AnsweringWorld
from renotify.answering.planted import PartTaken, Start, Truth, VehicleKind
from small_world import Desk, World, follow_up_file, vin

NOTICE = date(2013, 2, 26)
FIRST_MONDAY = date(2013, 3, 4)
FIRST_LETTER = date(2013, 3, 5)
WEEKS, REST_WEEKS = 26, 8
NAME = "spring"
REHEARSED = 60  # runs before anything is mailed
VEHICLES = 180
DEALERS = {"D0001": "E", "D0002": "E", "D0003": "W"}
A, B = "9LA", "ALE"
BOTH = f"{A}+{B}"
PIPE, VALVE = "PIPE", "VALVE"
KITS = {A: PIPE, B: VALVE}
HOURS = {A: 1.5, B: 3.0}
NEEDS_VALVE = 0.5  # B is inspected first
SHARE = {
    A: 0.45,
    B: 0.25,
    BOTH: 0.45,
}  # who answer in the end, of owners in area E who get their letter
AREA_FACTOR = {"E": 1.0, "W": 0.8}
DELAY = 0.4  # of those who answer, the share that does so in each week from the letter on
WALK_IN = 0.004
RETURNED = {"ANK": 0.04, "TA": 0.015, "UNC": 0.015, "ZZ9": 0.015}
MAIL_HOUSE = 18
WEEK_HOURS = 30.0
ON_SHELVES = 2
LEAD_DAYS = 7
LOST_WAVE, LOST = 3, 5
LATE_WEEK, SLIP_FROM, SLIP_WEEKS = 3, 6, 2
SUPPLY = {week: {PIPE: 5.0, VALVE: 2.0} for week in range(18)}  # barely what owners ask for
STATED = {"share": 0.3, "scale_weeks": 2.5, "shape": 1.0, "background_per_week": WALK_IN}
TRUTH = Truth(
    by_area=AREA_FACTOR, walk_ins=WALK_IN, returned=RETURNED, lost={LOST_WAVE: LOST}, late={(PIPE, LATE_WEEK): 1},
    slip_from=SLIP_FROM, slip_weeks=SLIP_WEEKS,
)  # fmt: skip


def kind(bundle: str) -> VehicleKind:
    """Vehicles of a bundle: all hours added up; a valve for half of those of recall B, which inspects first."""
    codes = tuple(bundle.split("+"))
    parts = [PartTaken(KITS[code], code, 1.0, NEEDS_VALVE if code == B else 1.0) for code in codes]
    answers = tuple(SHARE[bundle] * DELAY * (1 - DELAY) ** week for week in range(20))
    inspected = frozenset({B} & set(codes))
    return VehicleKind(codes, sum(HOURS[code] for code in codes), tuple(parts), inspected, answers)


def start(vehicles: int) -> Start:
    """What is there: every third vehicle is a dealer's, and of its four in a row two have recall A, one B and one both."""
    number = np.arange(vehicles)
    return Start(
        follow_up=NAME,
        first_monday=FIRST_MONDAY,
        first_letter=FIRST_LETTER,
        dealers=tuple(DEALERS),
        areas=tuple(DEALERS.values()),
        hours=np.full((len(DEALERS), 1), WEEK_HOURS),
        kinds=tuple(kind(bundle) for bundle in (A, A, B, BOTH)),
        vins=pa.array([vin(one) for one in range(vehicles)]),
        names=pa.array(["ANA EXAMPLE"] * vehicles),
        kind=number // len(DEALERS) % 4,
        dealer=number % len(DEALERS),
        shelf={(dealer, part): float(ON_SHELVES) for dealer in DEALERS for part in (PIPE, VALVE)},
        pool={PIPE: 0.0, VALVE: 0.0},
        supply=SUPPLY,
    )


def first_day(desk: Desk, there: Start) -> None:
    """Load what is known on the day of the notice, freeze the list, plan it and tell the dealers."""
    world = World(desk.folder / "first")
    for code, area in DEALERS.items():
        world.dealer(code, area).capacity(code, {FIRST_MONDAY: WEEK_HOURS})
    world.campaign(A).campaign(B, inspect_first=True)
    for code, part in KITS.items():
        world.part(part, lead_days=LEAD_DAYS).takes(
            code, part, 1, take_rate=NEEDS_VALVE if code == B else 1.0
        )
        world.labour(code, HOURS[code])
    for week, kits in SUPPLY.items():
        for part, amount in kits.items():
            world.supply(part, {FIRST_MONDAY + timedelta(weeks=week): amount})
    for place, number in enumerate(there.vins.to_pylist()):
        codes = there.kinds[there.kind[place]].campaigns
        world.vehicle(number, *codes, dealer=there.dealers[there.dealer[place]])
    for (dealer, part), kits in there.shelf.items():
        world.count(dealer, part, NOTICE - timedelta(days=1), kits)
    desk.do("load", world.write(), on=NOTICE)
    settings = follow_up_file(
        desk.folder / "followup.toml", STATED, name=NAME, kind="follow_up_voluntary", campaigns=(A, B), notice_date=NOTICE,
        horizon_weeks=WEEKS, wait_bound_weeks=2, rest_weeks=REST_WEEKS, mail_house_letters_per_week=MAIL_HOUSE,
    )  # fmt: skip
    desk.do("followup", "new", settings, on=NOTICE)
    desk.do("plan", NAME, on=NOTICE)
    out = ("--out", desk.folder / "out" / NAME)
    desk.do("notices", NAME, *out, on=NOTICE)
    desk.do("notices", NAME, "--sent", on=NOTICE)


def begin(desk: Desk, vehicles: int = VEHICLES) -> AnsweringWorld:
    """Return the world after its first day."""
    there = start(vehicles)
    first_day(desk, there)
    return AnsweringWorld(desk, there, TRUTH, silent_from=12)
