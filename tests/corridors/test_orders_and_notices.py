"""From counts, bookings and the pool to orders, and from all of it to what a dealer reads."""

from __future__ import annotations

import re
from datetime import date

import pytest

from corridors import by_hand
from corridors import world as w
from corridors.walk import Walk
from renotify.values.english import figure

# open kits: what all open vehicles of the dealer take, those too that nobody writes to
OPEN_KITS = {
    (w.EAST, w.PIPE): 4 + 2 + 1 + w.OPEN_UNLISTED_A_EAST,
    (w.EAST, w.SEAL): 4 + w.OPEN_UNLISTED_A_EAST + 2 * (2 + 2 + 1),
    (w.EAST, w.VALVE): 2 + 2 + 2 * 1,
    (w.EAST, w.COVER): w.C_TAKE_RATE * (2 + w.OPEN_UNLISTED_C_EAST),
    (w.EAST, w.PUMP): 1,
    (w.WEST, w.PIPE): 2 + 1 + 1,
    (w.WEST, w.SEAL): 2 + 2 * (2 + 1 + 1 + 1 + w.OPEN_UNLISTED_B_WEST),
    (w.WEST, w.VALVE): 2 + 2 * 1 + 1 + 2 * 1 + w.OPEN_UNLISTED_B_WEST,
    (w.WEST, w.COVER): w.C_TAKE_RATE * 1,
    (w.WEST, w.PUMP): 1,
}
PAIRS = {  # open vehicles whose visit takes two of the part
    (w.EAST, w.SEAL): 2 + 2 + 1, (w.EAST, w.VALVE): 1,
    (w.WEST, w.SEAL): 2 + 1 + 1 + 1 + w.OPEN_UNLISTED_B_WEST, (w.WEST, w.VALVE): 1 + 1,
}  # fmt: skip
OPEN_VEHICLES = {
    (w.EAST, w.PIPE): 9, (w.EAST, w.SEAL): 11, (w.EAST, w.VALVE): 5, (w.EAST, w.COVER): 3, (w.EAST, w.PUMP): 1,
    (w.WEST, w.PIPE): 4, (w.WEST, w.SEAL): 8, (w.WEST, w.VALVE): 6, (w.WEST, w.COVER): 1, (w.WEST, w.PUMP): 1,
}  # fmt: skip
ON_HAND = {
    (w.EAST, w.PIPE): w.EAST_PIPES, (w.EAST, w.SEAL): w.EAST_SEALS, (w.EAST, w.VALVE): w.EAST_VALVES + w.EAST_OLD_NUMBER_VALVES,
    (w.WEST, w.PIPE): w.WEST_PIPES,
}  # fmt: skip
ON_ORDER = {(w.WEST, w.SEAL): w.WEST_SEALS_COMING}
BOOKED = {
    (w.EAST, w.PIPE): 1 + 1, (w.EAST, w.SEAL): 2 + 1, (w.EAST, w.VALVE): 2, (w.EAST, w.COVER): w.C_TAKE_RATE,
    (w.WEST, w.PIPE): 1, (w.WEST, w.SEAL): 1,
}  # fmt: skip
# the same of each dealer's own vehicles, which are booked somewhere and so are no walk-ins: one of WEST's comes to EAST
COMING = BOOKED | {
    (w.EAST, w.PIPE): 1,
    (w.EAST, w.SEAL): 2,
    (w.WEST, w.PIPE): 1 + 1,
    (w.WEST, w.SEAL): 1 + 1,
}
COMING_PAIRS = {(w.EAST, w.SEAL): 1, (w.EAST, w.VALVE): 1}
HELD = BOOKED | {
    (w.EAST, w.COVER): 1
}  # one booking that needs a cover four times in ten: one, to be right 95 times in 100
LINES = sorted(OPEN_KITS)


def base(place: tuple[str, str], rate: float = w.WALK_INS) -> int:
    """Walk-ins of the lead time and a week of review."""
    covered = rate * (w.LEAD_DAYS[place[1]] / 7 + 1)
    pairs = PAIRS.get(place, 0) - COMING_PAIRS.get(place, 0)
    kits = OPEN_KITS[place] - COMING.get(place, 0)
    return by_hand.base_stock(covered * (kits - 2 * pairs), covered * pairs)


def order(place: tuple[str, str]) -> int:
    """Up to the base stock on what is on hand and coming, less what bookings are to have, in whole packs."""
    pack = w.PACK[place[1]]
    position = ON_HAND.get(place, 0) + ON_ORDER.get(place, 0) - HELD.get(place, 0)
    return pack * int(-(-max(0.0, base(place) - position) // pack))


@pytest.fixture
def lines(walk: Walk) -> dict[tuple[str, str], dict]:
    return {(row["dealer_code"], row["part_no"]): row for row in walk.orders}


def test_a_line_for_each_dealer_and_live_part(lines) -> None:
    assert sorted(lines) == LINES


@pytest.mark.parametrize("place", LINES)
def test_a_line_counts_the_shelf_the_bookings_and_the_open_vehicles(lines, place) -> None:
    """Guards: the model's own row in place of the general one (nine valves for every model went unnoticed)."""
    found = lines[place]
    assert found["on_hand"] == pytest.approx(ON_HAND.get(place, 0))
    assert found["on_order"] == pytest.approx(ON_ORDER.get(place, 0))
    assert found["booked"] == pytest.approx(BOOKED.get(place, 0))
    assert found["booked_q95"] == HELD.get(place, 0)
    assert found["open_kits"] == pytest.approx(OPEN_KITS[place])
    assert found["open_vehicles"] == OPEN_VEHICLES[place]
    assert (found["pack_qty"], found["lead_days"]) == (w.PACK[place[1]], w.LEAD_DAYS[place[1]])


@pytest.mark.parametrize("place", LINES)
def test_a_line_orders_up_to_its_base_stock_in_whole_packs(lines, place) -> None:
    assert lines[place]["base_stock"] == base(place)
    assert lines[place]["order"] == order(place)


def test_only_two_lines_are_ordered(lines) -> None:
    wanted = {place: row["order"] for place, row in lines.items() if row["order"]}
    # a booking that needs a cover four times in ten; no valve at all, in packs of ten
    assert wanted == {(w.EAST, w.COVER): 1, (w.WEST, w.VALVE): 10}


def test_the_pool_gives_what_it_has_and_promises_the_rest_for_the_week_of_both_arrivals(
    lines,
) -> None:
    """Guards: two arrivals of one week -> the pool (the later one overwrote the other unnoticed): ten valves need both."""
    this_week = date(2013, 2, 25).isoformat()
    told = {place: (row["allotted"], row["promise_week"]) for place, row in lines.items()}
    assert told.pop((w.EAST, w.COVER)) == (1, this_week)  # no supply rows: not known to be short
    assert w.VALVE_SUPPLY + w.VALVE_BEFORE_SUPPLY >= 10 > w.VALVE_BEFORE_SUPPLY > w.VALVE_SUPPLY
    assert told.pop((w.WEST, w.VALVE)) == (0, w.VALVE_ARRIVAL.isoformat())
    assert set(told.values()) == {(0, None)}


def test_the_orders_of_one_dealer_are_its_lines_of_the_whole(walk: Walk) -> None:
    assert walk.orders_of_west == [row for row in walk.orders if row["dealer_code"] == w.WEST]


def test_stock_is_held_by_law_or_policy_until_the_day_it_is_sold(walk: Walk) -> None:
    """Guards: a vehicle sold today is no longer in stock today (it was held a day longer unnoticed)."""
    days = (w.NOTICE - w.STOCK_DAY).days
    new = (w.EAST, w.NEW_IN_STOCK, "new", w.A, "law")
    used = (w.WEST, w.USED_IN_STOCK, "used", w.B, "policy")
    sold = (w.EAST, w.SOLD_TODAY, "used", w.C, "policy")
    keys = ("dealer_code", "vin", "stock_type", "campaigns", "basis")
    today, day_before = walk.holds
    assert [tuple(row[key] for key in keys) for row in today] == [new, used]
    assert [tuple(row[key] for key in keys) for row in day_before] == [new, sold, used]
    assert {row["days_in_stock"] for row in today} == {days}
    assert {row["days_in_stock"] for row in day_before} == {days - 1}


# ---- the notice


def test_every_dealer_and_area_gets_its_notice(walk: Walk) -> None:
    keys = ("follow_up", "dealers", "areas", "letters", "holds", "with_owners")
    assert {key: walk.noticed[key] for key in keys} == {
        "follow_up": "spring", "dealers": 2, "areas": 2, "letters": 21, "holds": 2, "with_owners": False,
    }  # fmt: skip


def cells(text: str, first: str) -> list[str]:
    """The words of the one printed line that begins with these."""
    (line,) = (line for line in text.splitlines() if line.strip().startswith(first))
    return line.replace(first, "", 1).split()


def short_day(day: date) -> str:
    return f"{day:%b} {day.day}"


def mail_day(week: int) -> date:
    """The first day of a week on which a letter may go."""
    return max(w.MONDAYS[week], w.FIRST_LETTER)


PRINTED_WEEK = r"(\S+) ([\d.]+) (?:–|[\d.]+ ?h) ([\d.]+) ?h ([\d.]+) ?h$"  # letters, visits, booked, hours, capacity


def letters_in(dealer: str, week: int) -> int:
    return sum(
        count
        for place, count in w.LISTED.items()
        if place[1] == dealer and by_hand.LETTER_WEEK[place] == week
    )


@pytest.mark.parametrize("dealer", [w.EAST, w.WEST])
@pytest.mark.parametrize("audience", ["dealer", "area"])
def test_a_notice_prints_each_weeks_letters_visits_and_hours(
    walk: Walk, audience: str, dealer: str
) -> None:
    """An area of one dealer reads the same figures as its dealer."""
    text = walk.notice(audience, dealer if audience == "dealer" else w.AREA[dealer])
    expectation = text[text.index("What to expect") : text.index("1. Safety Recalls")]
    for week in range(w.WEEKS):
        visits = by_hand.visits(dealer, week, by_hand.STILL_TO_ASK)
        hours = by_hand.visits(dealer, week, by_hand.STILL_TO_ASK, hours=True)
        printed = " ".join(cells(expectation, short_day(w.MONDAYS[week])))
        letters, shown, planned, at_hand = re.match(PRINTED_WEEK, printed).groups()
        assert letters == str(letters_in(dealer, week) or "–"), week
        assert float(shown) == pytest.approx(visits, abs=0.0551), week  # a tenth of a hundredth
        assert float(planned) >= hours - 0.051, week  # no fewer than are booked
        assert float(at_hand) == w.HOURS[dealer][week], week


EXPECTED_LINES = [
    (w.EAST, w.PIPE), (w.EAST, w.SEAL), (w.EAST, w.VALVE), (w.WEST, w.PIPE), (w.WEST, w.SEAL), (w.WEST, w.VALVE),
]  # fmt: skip


@pytest.mark.parametrize("place", EXPECTED_LINES)
def test_a_notice_prints_each_parts_shelf_bookings_forecast_and_order(walk: Walk, place) -> None:
    """Guards: kits expected of a letter until the horizon, from the week of its mailing (the week was ignored unnoticed)."""
    dealer, part = place
    text = walk.notice("dealer", dealer)
    parts = text[text.index("4. Parts Ordering") : text.index("5. Vehicles in Dealer Stock")]
    expected = round(by_hand.expected_kits(dealer, part))
    figures = (ON_HAND.get(place, 0), ON_ORDER.get(place, 0), BOOKED.get(place, 0), expected)
    printed = [f"{figure:.0f}" for figure in figures]
    assert cells(parts, f"{part} ")[-5:] == [*printed, str(order(place) or "–")]


def test_a_letter_of_a_late_week_is_expected_to_take_fewer_kits(walk: Walk) -> None:
    """WEST's valves: 4 kits of owners of B and 3 of owners of both, three weeks before the horizon, and walk-ins."""
    by_the_end = 4 * w.SHARE * (1 - 2**-3) + 3 * w.BOTH_SHARE * (1 - 2**-3)
    walk_ins = 7 * w.WALK_INS * w.WEEKS
    assert by_hand.expected_kits(w.WEST, w.VALVE) == pytest.approx(by_the_end + walk_ins)
    as_if_mailed_at_once = 4 * w.SHARE * (1 - 2**-6) + 3 * w.BOTH_SHARE * (1 - 2**-6)
    assert round(by_the_end + walk_ins) == 4 != round(as_if_mailed_at_once + walk_ins)


@pytest.mark.parametrize(
    ("dealer", "open_by_campaign"),
    [(w.EAST, {w.A: 9, w.B: 5, w.C: 3, w.S: 1}), (w.WEST, {w.A: 4, w.B: 6, w.C: 1, w.S: 1})],
)
def test_a_notice_prints_open_vehicles_by_campaign(
    walk: Walk, dealer: str, open_by_campaign
) -> None:
    text = walk.notice("dealer", dealer)
    section = text[text.index("1. Safety Recalls") : text.index("2. Follow-Up")]
    printed = re.findall(r"^\s*(9LA|ALE|BLG|CLB) .* cars of \S+ +(\d+)$", section, re.MULTILINE)
    assert {code: int(count) for code, count in printed} == open_by_campaign


def test_a_notice_sums_its_dealer_up_at_a_glance(walk: Walk) -> None:
    peaks = {
        dealer: max(
            by_hand.visits(dealer, week, by_hand.STILL_TO_ASK, hours=True)
            for week in range(w.WEEKS)
        )
        for dealer in (w.EAST, w.WEST)
    }
    east = " ".join(walk.notice("dealer", w.EAST).split())
    # 9 + 5 + 3 + 1 open, three vehicles in two campaigns and one in a recall and the service campaign
    assert (
        f"14 12 {figure(round(peaks[w.EAST], 1))} h 1 1 vehicles open owner letters busiest week part to order"
        in re.sub(r"(\d)h", r"\1 h", east)
    )
    west = " ".join(walk.notice("dealer", w.WEST).split())
    assert (
        f"10 9 {figure(round(peaks[w.WEST], 1))} h 10 1 vehicles open owner letters busiest week parts to order"
        in re.sub(r"(\d)h", r"\1 h", west)
    )


def test_a_dealers_file_names_each_open_vehicle_and_the_day_of_its_letter(walk: Walk) -> None:
    open_east = {
        **dict.fromkeys(w.EAST_A, (w.A, 0)), **dict.fromkeys(w.EAST_B, (w.B, 2)),
        **dict.fromkeys((*w.EAST_BOTH, *w.EAST_BOTH_LARGE), (w.BOTH, 2)), **dict.fromkeys(w.EAST_C, (w.C, 1)),
        w.EAST_S[0]: (f"{w.A}+{w.S}", 0),  # the first of its two letters
        w.NO_STREET_STATE: (w.A, None), w.NEW_IN_STOCK: (w.A, None), w.SOLD_TODAY: (w.C, None),
    }  # fmt: skip
    open_west = {
        **dict.fromkeys(w.WEST_A, (w.A, 0)), **dict.fromkeys((*w.WEST_B, *w.WEST_B_LARGE), (w.B, 3)),
        **dict.fromkeys((*w.WEST_BOTH, *w.WEST_BOTH_LARGE), (w.BOTH, 3)), **dict.fromkeys(w.WEST_C, (w.C, 1)),
        **dict.fromkeys(w.WEST_S, (w.S, 1)), w.USED_IN_STOCK: (w.B, None),
    }  # fmt: skip

    def letter(codes: str, week: int | None) -> str:
        if week is None:
            return "no letter"
        remedied = w.B_REMEDY if w.B in codes else w.FIRST_LETTER
        return max(mail_day(week), remedied).isoformat()

    for dealer, vehicles in ((w.EAST, open_east), (w.WEST, open_west)):
        found = {
            vin: (row["campaigns"], row["letter"]) for vin, row in walk.vehicles_of(dealer).items()
        }
        expected = {vin: (codes, letter(codes, week)) for vin, (codes, week) in vehicles.items()}
        if dealer == w.EAST:
            expected[w.SOLD_TODAY] = (w.C, "buyer unknown")  # that is how this dealer reported it
        assert found == expected
