"""The facts of notices: open vehicles counted from the ledger; weeks, parts and holds of an area added up by hand."""

from __future__ import annotations

from dataclasses import replace
from datetime import date, timedelta

import pytest

from notices.sample import ON
from renotify.ledger import intake
from renotify.ledger.scope import ALL, Scope
from renotify.notices import gather
from renotify.notices.counted_words import to_book
from renotify.notices.facts import HoldLine, PartLine, Week
from renotify.notices.gather import Dealer
from small_world import World, vin

MONDAY = date(2013, 3, 4)


def week(number=0, letters=0, visits=0.0, hours=0.0, capacity=None, **more):
    return Week(MONDAY + timedelta(weeks=number), letters, visits, hours, capacity, **more)


def part(number="P", **figures):
    stated = {"on_hand": 1.0, "on_order": 2.0, "booked": 3.0, "expected": 4.5, "order_now": 5.0}
    return PartLine(number, f"Made-up {number}", "A", **(stated | figures))


def dealer(code="D1", **shares):
    return Dealer(code, f"Made-up {code}", "E", "Boston, MA", **shares)


# ---- open vehicles


@pytest.fixture
def known(session, tmp_path):
    """At D1 a vehicle open in two campaigns, one in one, a repaired one; at D2 one that is open in its second remedy only."""
    world = World(tmp_path / "input").dealer("D1").dealer("D2", "W")
    world.campaign("A").campaign("B", remedy_version=2).campaign("C")
    for number, codes in ((1, "AB"), (2, "A"), (3, "A"), (4, "C")):
        world.vehicle(vin(number), *codes, dealer="D1")
    world.vehicle(vin(5), dealer="D2")
    for version, added in ((1, date(2011, 1, 3)), (2, date(2012, 1, 2))):
        world.add(
            "population", campaign_code="B", vin=vin(5), remedy_version=version, added_date=added
        )
    world.repair(vin(3), "A", date(2012, 5, 1), dealer="D1")
    intake.load(session, [world.write()], on=ON)
    return session


@pytest.mark.parametrize(
    ("scope", "by_campaign", "different"),
    [
        (ALL, {"D1": {"A": 2, "B": 1}, "D2": {"B": 1}}, {"D1": 2, "D2": 1}),
        (Scope(dealer="D1"), {"D1": {"A": 2, "B": 1}}, {"D1": 2}),
        (Scope(area="W"), {"D2": {"B": 1}}, {"D2": 1}),
    ],
)
def test_a_vehicle_counts_once_in_each_campaign_and_once_in_all(
    known, scope, by_campaign, different
):
    assert gather._open(known, "none", ["A", "B"], scope) == (by_campaign, different)


# ---- weeks


def shown(*weeks: Week) -> list[Week]:
    return [*gather.dealer_facts(dealer("D1", weeks=weeks)).lively]


def test_quiet_weeks_at_the_end_are_not_shown_and_those_between_are():
    loud, quiet, letters = week(0, hours=0.5), week(1, hours=0.49), week(2, letters=1)
    assert shown(loud, quiet) == [loud]
    assert shown(quiet, letters, loud) == [loud, quiet, letters]
    assert shown(week(1, hours=9.0), week(0, hours=0.1), week(2, hours=0.1)) == [
        week(0, hours=0.1), week(1, hours=9.0),
    ]  # fmt: skip
    assert shown(quiet) == []


def test_a_day_to_book_is_told_in_a_quiet_week_too_and_what_is_not_shown_counts():
    """As workload tells it: two days, and 0.5 of three visits that wait; the last week is no line and its tenth of a visit is told."""
    weeks = (
        week(0, 1, 2.0, 3.0, days=1, late=0.4), week(1, 0, 0.9, 0.4, days=1, late=0.1), week(2, 0, 0.1, 0.2),
    )  # fmt: skip
    facts = gather.dealer_facts(dealer("D1", weeks=weeks))
    assert ([*facts.lively], facts.days) == ([*weeks[:2]], 2)
    assert "about 0.5 of 3.0 expected visits" in to_book(facts, 2)


def test_weeks_of_an_area_are_the_sum_of_its_dealers_weeks():
    members = [
        dealer(
            "D1", weeks=(week(0, 3, 1.0, 5.0, 40.0, days=2, late=0.5), week(1, 1, 0.5, 1.0, 8.0))
        ),
        dealer("D2", weeks=(week(0, 4, 2.0, 2.5, 20.0, days=1, late=1.5), week(1, 0, 0.5, 0.5))),
    ]
    first, second = gather._sum_weeks(members)
    assert (first.letters, first.visits, first.hours, first.capacity) == (7, 3.0, 7.5, 60.0)
    assert (first.days, first.late) == (3, 2.0)
    assert (second.letters, second.visits, second.hours, second.capacity) == (1, 1.0, 1.5, None)


# ---- areas


def test_parts_of_an_area_are_added_up_by_number():
    members = [
        dealer("D1", parts=(part("Q"), part("P", on_hand=7.0))),
        dealer("D2", parts=(part("P", order_now=1.5, expected=0.25),)),
    ]
    assert gather._sum_parts(members) == (
        part("P", on_hand=8.0, on_order=4.0, booked=6.0, expected=4.75, order_now=6.5), part("Q"),
    )  # fmt: skip


def test_an_area_has_the_figures_of_its_dealers_together_and_a_line_for_each():
    hold = HoldLine("D2", vin(9), "new", "A", "law", 12)
    members = [
        dealer("D1", open_vehicles=3, open_by_campaign={"A": 2, "B": 2}, parts=(part(order_now=1.25),)),
        dealer(
            "D2", open_vehicles=4, open_by_campaign={"A": 4}, holds=(hold,), parts=(part("Q", order_now=2.5), part()),
            weeks=(week(0, 3, 1.0, 9.0), week(1, 2, 1.0, 4.0), week(2)),
        ),
    ]  # fmt: skip
    facts = gather.area_facts("E", members)
    assert (facts.audience, facts.code, facts.name, facts.place) == ("area", "E", "Area E", "")
    assert (facts.open_vehicles, facts.open_by_campaign) == (7, {"A": 6, "B": 2})
    assert facts.holds == (hold,)
    assert [line.part_no for line in facts.parts] == ["P", "Q"]
    first, second = facts.dealers
    assert (first.code, first.open, first.letters, first.peak, first.order, first.holds) == (
        "D1",
        3,
        0,
        None,
        1,
        0,
    )
    assert (second.code, second.open, second.letters, second.order, second.holds) == (
        "D2",
        4,
        5,
        8,
        1,
    )
    assert second.peak == members[1].weeks[0]


def test_a_dealer_s_facts_are_its_own_with_the_quiet_end_cut_off():
    own = dealer("D1", open_vehicles=3, weeks=(week(0, 3), week(1)))
    facts = gather.dealer_facts(own, [("V",)], "v.csv")
    assert (facts.audience, facts.code, facts.place) == ("dealer", "D1", "Boston, MA")
    assert ([*facts.lively], facts.vehicles, facts.vehicle_file) == (
        [week(0, 3)],
        [("V",)],
        "v.csv",
    )
    assert replace(own, weeks=()).weeks == ()
