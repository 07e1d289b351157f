"""Every figure of a notice, counted by hand from two_dealers.py: two dealers in two areas, on both stores."""

from __future__ import annotations

from datetime import date, timedelta
from pathlib import Path

import pytest

import two_dealers as w
from renotify.errors import UnknownName
from renotify.ledger import intake
from renotify.ledger.scope import Scope, area_scope, dealer_scope
from renotify.ledger.session import Session
from renotify.notices import gather
from renotify.notices.facts import HoldLine, PartLine, Week
from renotify.notices.gather import Dealer, area_facts, dealer_facts
from renotify.values.notice_number import AGAIN
from small_world import World

MONDAY = w.FIRST_WEEK


@pytest.fixture
def dealers(planned_session: Session) -> dict[str, Dealer]:
    shared = gather.occasion(planned_session, "spring", w.NOTICE)
    return {one.code: one for one in gather.dealers(planned_session, shared)}


def test_what_all_notices_share_is_the_follow_up_as_frozen(planned_session: Session) -> None:
    shared = gather.occasion(planned_session, "spring", w.NOTICE, synthetic="made up")
    assert (shared.kind, shared.on, shared.notice_date) == (
        "follow_up_voluntary", w.NOTICE, w.NOTICE,
    )  # fmt: skip
    assert [one.campaign_code for one in shared.campaigns] == [w.PMP, w.STP, w.SVC]
    assert (shared.family, shared.make, shared.first_day) == ("mixed", "Lexus", w.FIRST_LETTER)
    assert shared.sender["phone"] == "1-800-555-0100"
    assert shared.synthetic == "made up"


def test_an_unknown_follow_up_has_no_occasion(planned_session: Session) -> None:
    with pytest.raises(UnknownName, match="winter"):
        gather.occasion(planned_session, "winter", w.NOTICE)


def test_every_known_dealer_has_its_name_area_and_place(dealers: dict[str, Dealer]) -> None:
    assert list(dealers) == [w.EAST, w.WEST]
    east, west = dealers.values()
    assert (east.name, east.area, east.place) == ("Made-up Dealer D0001", "E", "Boston, MA")
    assert (west.name, west.area, west.place) == ("Made-up Dealer D0002", "W", "Reno, NV")


def test_open_vehicles_are_counted_once_however_many_campaigns_they_have(
    dealers: dict[str, Dealer],
) -> None:
    # East: three with pumps, one with both recalls, and the one in stock
    assert dealers[w.EAST].open_vehicles == 5
    assert dealers[w.EAST].open_by_campaign == {w.PMP: 5, w.STP: 1}
    # West: two with pumps, one service campaign, one used in stock, and one with a recall and a service campaign
    assert dealers[w.WEST].open_vehicles == 5
    assert dealers[w.WEST].open_by_campaign == {w.PMP: 3, w.STP: 1, w.SVC: 2}


def test_letters_visits_and_hours_of_each_week_follow_from_the_plan(
    dealers: dict[str, Dealer],
) -> None:
    # letters of the first week, hours of the visits of who has not asked yet, hours on hand, hours of the one that is booked
    for code, letters, hours, capacity, own in (
        (w.EAST, 4, 3 * 2.0, 4.0, 2.7),
        (w.WEST, 5, 5.0, None, 2.0),
    ):
        weeks = dealers[code].weeks
        assert [one.letters for one in weeks] == [letters, 0, 0, 0]
        assert [one.capacity for one in weeks] == [capacity] * 4
        for number, one in enumerate(weeks):
            booked = number == 1
            visits = (letters - 1) * w.answered(number) + booked
            assert one.visits == pytest.approx(visits, abs=0.0051)
            assert one.booked == booked * own
            assert one.hours == pytest.approx(hours * w.answered(number) + one.booked, abs=0.0051)


def test_letters_that_ask_nobody_in_are_counted_apart_and_bring_no_visits(
    own_session: Session,
) -> None:
    """Guards: listed.interim -> a dealer's and its area's weeks. Two of the East's four letters are interim notices."""
    with own_session.transaction():
        own_session.execute(
            "update listed set interim = true where vin in (:one, :two)",
            one=w.EAST_OPEN[0],
            two=w.EAST_OPEN[1],
        )
    shared = gather.occasion(own_session, "spring", w.NOTICE)
    east, west = gather.dealers(own_session, shared)
    assert [(one.letters, one.interim) for one in east.weeks] == [(4, 2), (0, 0), (0, 0), (0, 0)]
    assert [one.visits for one in east.weeks] == [
        pytest.approx(w.answered(number) + (number == 1), abs=0.0051) for number in range(4)
    ]  # one of the other two is booked
    assert {one.interim for one in west.weeks} == {0}
    whole = area_facts("all", [east, west])
    assert (whole.letters, whole.interim, dealer_facts(east).interim) == (9, 2, 2)


def test_every_week_is_named_by_its_monday(
    dealers: dict[str, Dealer],
) -> None:
    assert [one.week for one in dealers[w.WEST].weeks] == [
        date(2013, 3, 4), date(2013, 3, 11), date(2013, 3, 18), date(2013, 3, 25),
    ]  # fmt: skip


def test_a_weeks_hours_are_those_booked_and_those_still_to_come(
    dealers: dict[str, Dealer],
) -> None:
    """Booked for 11 and 12 March: East both campaigns, 2.7 hours stated for both; West one of 2 hours."""
    for code, whole, booked in ((w.EAST, 6.0, 2.7), (w.WEST, 5.0, 2.0)):
        weeks = dealers[code].weeks
        assert [one.booked for one in weeks[:3]] == pytest.approx([0, booked, 0])
        for number, one in enumerate(weeks):
            by_hand = whole * w.answered(number) + (booked if number == 1 else 0.0)
            assert one.hours == pytest.approx(by_hand, abs=0.0051)
        assert (dealers[code].booked_visits, dealers[code].booked_hours) == (1, booked)


def test_nothing_is_expected_of_a_week_that_has_passed_and_its_letters_are_told(
    planned_session: Session,
) -> None:
    """Written on Wednesday of the third week: what was booked for the second has passed without word."""
    shared = gather.occasion(planned_session, "spring", date(2013, 3, 20))
    (east, _) = gather.dealers(planned_session, shared)
    first, second, third, *_ = east.weeks
    assert (first.letters, first.visits, first.hours, first.days, first.late) == (4, 0, 0, 0, 0)
    assert (second.visits, second.hours, second.booked) == (0, 0, 0)
    assert third.visits > 0
    assert third.week == date(2013, 3, 18)


def test_the_visits_of_all_weeks_are_told_with_their_interval(dealers: dict[str, Dealer]) -> None:
    for dealer in dealers.values():
        mean, low, high = dealer.outlook.interval
        assert mean == pytest.approx(sum(week.visits for week in dealer.weeks), abs=1e-9)
        assert dealer.outlook.booked == 1
        assert 1 <= low < mean < high
    area = area_facts("all", [*dealers.values()]).outlook
    assert area.interval.mean == pytest.approx(
        sum(one.outlook.interval.mean for one in dealers.values())
    )
    assert area.booked == 2


def test_a_dealer_without_letters_has_the_weeks_of_its_bookings(
    own_session: Session, tmp_path: Path
) -> None:
    """A vehicle of another dealer is booked in for the pump, two hours on 13 March: its area plans for them too."""
    made = World(tmp_path / "north").dealer("D0003", "N").capacity("D0003", {MONDAY: 30.0})
    made.appointment(w.WEST_OPEN, "D0003", w.PMP, day=date(2013, 3, 13))
    intake.load(own_session, [made.write()], on=w.NOTICE)
    shared = gather.occasion(own_session, "spring", w.NOTICE)
    (north,) = gather.dealers(own_session, shared, dealer_scope(own_session, "D0003"))
    for facts in (dealer_facts(north), area_facts("N", [north])):
        assert [(one.week, one.letters, one.hours, one.booked, one.capacity) for one in facts.lively] == [
            (MONDAY, 0, 0.0, 0.0, 30.0), (date(2013, 3, 11), 0, 2.0, 2.0, 30.0),
        ]  # fmt: skip
        assert [one.visits for one in facts.lively] == [0, 1]
        assert (facts.booked_visits, facts.booked_hours) == (1, 2.0)
        assert facts.peak is not None
        assert facts.peak.hours == 2.0


def test_a_part_line_counts_shelf_bookings_expected_kits_and_the_order(
    dealers: dict[str, Dealer],
) -> None:
    lines = {(code, one.part_no): one for code in dealers for one in dealers[code].parts}
    assert set(lines) == {(code, part) for code in (w.EAST, w.WEST) for part in (w.BOLT, w.PUMP)}
    bolts, pumps = lines[w.EAST, w.BOLT], lines[w.EAST, w.PUMP]
    # one vehicle is booked for two bolts, sold by five; it asks no more, and nobody else of the East needs them
    assert (bolts.campaigns, bolts.on_hand, bolts.booked, bolts.order_now) == (w.STP, 0, 2, 5)
    assert bolts.expected == 0
    assert (pumps.campaigns, pumps.on_hand, pumps.booked, pumps.order_now) == (w.PMP, 1, 1, 0)
    assert pumps.expected == pytest.approx(3 * w.ANSWERED)
    west = lines[w.WEST, w.PUMP]
    assert (west.on_hand, west.booked, west.order_now) == (0, 1, 1)
    assert west.expected == pytest.approx(2 * w.ANSWERED)
    # nobody at West is written to about bolts: the one open there has no owner
    assert lines[w.WEST, w.BOLT].expected == 0


def test_holds_are_told_dealer_by_dealer(dealers: dict[str, Dealer]) -> None:
    assert dealers[w.EAST].holds == (HoldLine(w.EAST, w.NEW_IN_STOCK, "new", w.PMP, "law", 30),)
    assert dealers[w.WEST].holds == (
        HoldLine(w.WEST, w.USED_IN_STOCK, "used", w.STP, "policy", 20),
    )


@pytest.mark.parametrize(
    "scope_of", [lambda s: dealer_scope(s, w.WEST), lambda s: area_scope(s, "W")]
)
def test_in_a_scope_only_its_dealers_are_gathered_with_the_same_figures(
    planned_session: Session, dealers: dict[str, Dealer], scope_of
) -> None:
    shared = gather.occasion(planned_session, "spring", w.NOTICE)
    (west,) = gather.dealers(planned_session, shared, scope_of(planned_session))
    assert west == dealers[w.WEST]


def test_a_scope_without_dealers_gathers_nobody(planned_session: Session) -> None:
    shared = gather.occasion(planned_session, "spring", w.NOTICE)
    assert gather.dealers(planned_session, shared, Scope(dealer="D9999")) == []


# ---- one dealer's facts and an area's


def test_a_dealer_s_facts_leave_out_quiet_weeks_at_the_end(dealers: dict[str, Dealer]) -> None:
    east = dealer_facts(dealers[w.EAST], [["row"]], "D0001.csv")
    # the third week has no letter and 0.36 hours, the fourth less: below half an hour they are not shown at the end
    assert [one.week for one in east.lively] == [
        date(2013, 3, 4),
        date(2013, 3, 11),
    ]
    assert (east.letters, east.audience, east.vehicle_file) == (4, "dealer", "D0001.csv")
    assert east.peak is not None
    assert east.peak.week == date(2013, 3, 11)  # that of the booking


def test_a_quiet_week_between_busy_ones_is_shown() -> None:
    weeks = (
        Week(MONDAY, 2, 1, 5.0, None),
        Week(date(2013, 3, 11), 0, 0, 0.0, None),
        Week(date(2013, 3, 18), 0, 1, 0.5, None),
        Week(date(2013, 3, 25), 0, 0, 0.49, None),
    )
    facts = dealer_facts(Dealer("D1", "", "E", "", weeks=weeks))
    assert (len(facts.lively), len(facts.weeks)) == (3, 4)


def part(number: str = "P-1", **amounts: float) -> PartLine:
    counted = {"on_hand": 0.0, "on_order": 0.0, "booked": 0.0, "expected": 0.0, "order_now": 0.0}
    return PartLine(number, "Kit", "9LA", **(counted | amounts))


def two_members() -> list[Dealer]:
    first = Dealer(
        "D1", "First", "E", "Boston, MA", 5, {"9LA": 5, "CLB": 1},
        weeks=(Week(MONDAY, 10, 2.0, 9.0, 8.0, days=1), Week(date(2013, 3, 11), 0, 1.0, 4.0, 8.0, days=1)),
        parts=(part(on_hand=1, booked=2, expected=1.5, order_now=1), part("P-2", order_now=4)),
        holds=(HoldLine("D1", "V1", "new", "9LA", "law", 3),),
    )  # fmt: skip
    second = Dealer(
        "D2", "Second", "E", "Boston, MA", 7, {"9LA": 7},
        weeks=(Week(MONDAY, 20, 6.0, 20.0, 30.0), Week(date(2013, 3, 11), 0, 3.0, 9.0, None)),
        parts=(part(on_hand=2, on_order=3, expected=2.0, order_now=2),),
        holds=(HoldLine("D2", "V2", "used", "9LA", "policy", 4),),
    )  # fmt: skip
    return [first, second]


def test_an_area_adds_up_its_dealers_figure_by_figure() -> None:
    area = area_facts("E", two_members())
    assert (area.audience, area.code, area.name, area.place) == ("area", "E", "Area E", "")
    assert area.open_vehicles == 12
    assert area.open_by_campaign == {"9LA": 12, "CLB": 1}
    assert area.letters == 30
    assert [one.vin for one in area.holds] == ["V1", "V2"]
    assert area.parts == (
        part(on_hand=3, on_order=3, booked=2, expected=3.5, order_now=3),
        part("P-2", order_now=4),
    )


def test_an_area_s_hours_on_hand_are_known_only_where_every_dealer_s_are() -> None:
    first, second = area_facts("E", two_members()).weeks
    assert (first.capacity, first.visits, first.hours) == (38.0, 8.0, 29.0)
    assert (second.capacity, second.visits, second.hours) == (None, 4.0, 13.0)


def test_a_week_that_nobody_visits_keeps_its_hours() -> None:
    idle = Week(MONDAY, 3, 0.0, 1.0, 8.0)
    (found,) = area_facts("E", [Dealer("D1", "", "E", "", weeks=(idle,))]).weeks
    assert (found.hours, found.letters) == (1.0, 3)


def test_an_area_lists_each_dealer_with_its_peak_order_and_holds() -> None:
    first, second = area_facts("E", two_members()).dealers
    assert (first.code, first.name, first.open, first.letters) == ("D1", "First", 5, 10)
    assert (first.order, first.holds) == (1 + 4, 1)
    assert first.peak is not None
    assert (first.peak.hours, first.days) == (9.0, 2)
    assert second.peak is not None
    assert (second.peak.hours, second.days) == (20.0, 0)


def test_an_area_of_the_ledger_is_the_sum_of_its_one_dealer(dealers: dict[str, Dealer]) -> None:
    west = area_facts("W", [dealers[w.WEST]])
    assert (west.open_vehicles, west.letters) == (5, 5)
    assert [one.order_now for one in west.parts] == [0, 1]
    assert west.dealers[0].peak is not None
    assert west.dealers[0].peak.hours == pytest.approx(5.0 * w.answered(1) + 2.0, abs=0.0051)
    assert west.outlook == dealers[w.WEST].outlook


@pytest.mark.parametrize(
    ("state", "more"), [("planned", 1), ("released", 1), ("withdrawn", 0), ("spoiled", 0)]
)
def test_a_letter_sent_again_is_in_the_week_of_its_wave(
    own_session: Session, state: str, more: int
) -> None:
    """One of East's letters goes a second time, two weeks after its first week: planned or gone it is in the weeks of dealer and area."""
    later = MONDAY + timedelta(weeks=2)

    def letters() -> tuple[dict[date, int], dict[date, int]]:
        shared = gather.occasion(own_session, "spring", w.NOTICE)
        east, west = gather.dealers(own_session, shared)
        area = area_facts("E", [east, west])
        return tuple({one.week: one.letters for one in its} for its in (east.weeks, area.weeks))

    before = letters()
    vin = w.EAST_OPEN[0]
    with own_session.transaction():
        own_session.execute(
            "insert into wave (follow_up, number, week, planned) values ('spring', 9, :week, 1)",
            week=later,
        )
        own_session.execute(
            f"update piece set piece_id = piece_id || '{AGAIN}2', wave = 9, state = '{state}' where vin = :vin",
            vin=vin,
        )
        own_session.execute("update listed set week = null where vin = :vin", vin=vin)
    first = MONDAY
    for was, now in zip(before, letters(), strict=True):
        assert now[first] == was[first] - 1
        assert now.get(later, 0) == was.get(later, 0) + more
