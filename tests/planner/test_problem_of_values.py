"""From planning bundles to a problem's arrays and from a plan to weeks, each by hand and without a ledger."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping
from dataclasses import replace
from datetime import date

import numpy as np
import pyarrow as pa

from cases import at_once
from planner.cases import bundle, dealer, problem
from renotify.campaigns.campaign import Campaign, CampaignType
from renotify.campaigns.follow_up_settings import FollowUpSettings
from renotify.planner import from_ledger, lawful_weeks, list_bundles
from renotify.planner.letter_plan import LetterPlan
from renotify.planner.problem import NO_DATE
from renotify.planner.remedy_weeks import day_or_none, with_from_week
from renotify.planner.vehicle_weeks import weeks_of
from renotify.plans.in_force import PlannedBundle
from renotify.visits.needs import Guess, Needs, Visit

MONDAY = date(2013, 3, 4)
VOLUNTARY = FollowUpSettings("small", "follow_up_voluntary", ("A", "B"), date(2013, 2, 26))
FIRST = replace(VOLUNTARY, kind="initial")


def planned(name: str = "A", **changes: object) -> PlannedBundle:
    return replace(PlannedBundle(name, name, (), 1.0, {}, (0.5,), 0.0), **changes)


def campaign(code: str, remedy: date | None = None, **facts: object) -> Campaign:
    stated = Campaign(
        code, CampaignType.SAFETY_RECALL, "Lexus", "Made-up", remedy_available_date=remedy
    )
    return replace(stated, **facts)


def weeks_of_law(
    settings: FollowUpSettings, *campaigns: Campaign, weeks: int = 4
) -> tuple[int, int]:
    """First and last lawful week of a bundle of the campaigns."""
    known = {one.campaign_code: one for one in campaigns}
    codes = "+".join(known)
    (vehicle,) = with_from_week(pa.table({"bundle": [codes]}), settings, known).to_pylist()
    bundle = planned(codes, from_week=day_or_none(vehicle["from_week"]))
    first, last = from_ledger._first_and_last([bundle], known, settings, MONDAY, weeks)
    return int(first[0]), int(last[0])


# ---- planning bundles


def grouped(visits: Mapping[tuple[str, str], Visit]) -> dict[str, tuple[str, ...]]:
    found = list_bundles.planning_bundles(Needs(visits, {}), VOLUNTARY)
    return {one.name: one.models for one in found}


def test_models_of_like_needs_are_one_bundle_that_keeps_its_name() -> None:
    like = Visit(2.0, {"P": 1.0})
    assert grouped({("A", "L"): like, ("A", "S"): like}) == {"A": ("L", "S")}


@at_once("other", [Visit(3.0, {"P": 1.0}), Visit(2.0, {"P": 2.0}), Visit(2.0, {})])
def test_models_of_other_hours_or_kits_are_bundles_of_their_own(other: Visit) -> None:
    visits = {("A", "L"): Visit(2.0, {"P": 1.0}), ("A", "S"): other, ("B", "S"): other}
    assert grouped(visits) == {"A:L": ("L",), "A:S": ("S",), "B": ("S",)}


def test_a_bundle_answers_and_comes_without_a_letter_as_the_follow_up_states_for_it() -> None:
    stated = replace(
        VOLUNTARY, horizon_weeks=2,
        response={"share": 0.5, "scale_weeks": 1.0, "shape": 1.0, "A": {"background_per_week": 0.02}},
    )  # fmt: skip
    known = Needs({("A", ""): Visit(2.0), ("B", ""): Visit(2.0)}, {})
    one, two = list_bundles.planning_bundles(known, stated)
    assert (one.walk_ins, two.walk_ins) == (0.02, 0.003)
    rest = np.exp(-1)
    assert one.response == tuple(round(0.5 * share, 10) for share in (1 - rest, rest - rest**2))


# ---- the law's weeks


def test_a_follow_up_waits_for_the_last_remedy_of_its_campaigns() -> None:
    early, late = campaign("A", date(2013, 3, 11)), campaign("B", date(2013, 3, 24))
    assert weeks_of_law(VOLUNTARY, early) == (1, NO_DATE)
    assert weeks_of_law(VOLUNTARY, early, late) == (2, NO_DATE)


def test_a_remedy_of_long_ago_or_of_no_day_keeps_nobody_waiting() -> None:
    assert weeks_of_law(VOLUNTARY, campaign("A", date(2010, 1, 4)))[0] == 0
    assert weeks_of_law(VOLUNTARY, campaign("A", date(2013, 3, 3)))[0] == 0
    assert weeks_of_law(VOLUNTARY, campaign("A"))[0] == 0


def test_a_remedy_after_the_horizon_leaves_no_week() -> None:
    assert (
        weeks_of_law(VOLUNTARY, campaign("A", date(2013, 3, 31)))[0] == 3
    )  # the last Sunday of four weeks
    assert weeks_of_law(VOLUNTARY, campaign("A", date(2013, 4, 1)))[0] == 4
    assert weeks_of_law(VOLUNTARY, campaign("A", date(2013, 12, 2)))[0] == 4


def test_a_bundle_with_a_remedy_of_no_known_day_waits_for_nothing() -> None:
    assert weeks_of_law(VOLUNTARY, campaign("A", date(2013, 3, 11)), campaign("B"))[0] == 0


def test_a_first_notice_waits_for_no_remedy_and_is_due_sixty_days_after_the_first_report() -> None:
    filed = campaign("A", date(2013, 12, 2), filed_date=date(2013, 1, 14))
    assert weeks_of_law(FIRST, filed) == (0, 1)  # 15 March is in the second week
    earlier = campaign("B", filed_date=date(2013, 1, 4))
    assert weeks_of_law(FIRST, filed, earlier) == (0, 0)  # 5 March is in the first


def test_the_last_lawful_week_is_one_that_ends_by_the_last_day() -> None:
    """A wave may be mailed on any day of its week: due on Friday 15 March it is the week of the 11th, on Thursday the week before."""
    friday, thursday = date(2013, 1, 14), date(2013, 1, 13)
    assert weeks_of_law(FIRST, campaign("A", filed_date=friday))[1] == 1
    assert weeks_of_law(FIRST, campaign("A", filed_date=thursday))[1] == 0
    monday = date(2013, 1, 31)  # due on 1 April, the Monday after the four weeks of the plan
    assert weeks_of_law(FIRST, campaign("A", filed_date=monday))[1] == 3


def test_first_notices_due_before_the_first_week_ends_are_named() -> None:
    known = {
        "A": campaign("A", filed_date=date(2013, 1, 6)),  # due on Thursday 7 March
        "B": campaign("B", filed_date=date(2013, 1, 7)),
    }
    (told,) = lawful_weeks.without_a_full_week([planned(), planned("B")], known, FIRST, MONDAY)
    assert told.startswith("No week ends by 2013-03-07, the last day for first notices of A:")
    assert "the first week, of 2013-03-04. Mail them by that day" in told
    assert not list(lawful_weeks.without_a_full_week([planned()], known, VOLUNTARY, MONDAY))


def test_vehicles_that_joined_after_the_last_day_have_one_of_their_own() -> None:
    """Reported on 6 January: due on 7 March. Joined on 21 January: that day stands; on 20 March: due on 19 May (11 + 30 + 19 days)."""
    known = {"A": campaign("A", filed_date=date(2013, 1, 6))}
    asked = ([planned()], known, FIRST, MONDAY)
    assert not list(lawful_weeks.without_a_full_week(*asked, {"A": {"A": date(2013, 3, 20)}}))
    assert list(lawful_weeks.without_a_full_week(*asked, {"A": {"A": date(2013, 1, 21)}}))
    own = [known["A"]]
    assert lawful_weeks.last_day(own, FIRST, {"A": date(2013, 3, 20)}) == date(2013, 5, 19)
    assert lawful_weeks.last_day(own, FIRST, {"A": date(2013, 3, 7)}) == date(2013, 3, 7)
    assert lawful_weeks.last_day(own, VOLUNTARY, {"A": date(2013, 3, 20)}) is None


def test_a_report_of_long_ago_is_due_at_once_and_one_beyond_the_horizon_later() -> None:
    assert weeks_of_law(FIRST, campaign("A", filed_date=date(2012, 1, 4))) == (0, 0)
    fourth, fifth = date(2013, 1, 28), date(2013, 2, 4)  # due on 29 March and 5 April
    assert weeks_of_law(FIRST, campaign("A", filed_date=fourth)) == (0, 3)
    assert weeks_of_law(FIRST, campaign("A", filed_date=fifth)) == (0, NO_DATE)


def test_a_service_campaign_and_a_recall_without_a_report_have_no_last_week() -> None:
    service = {"campaign_type": CampaignType.SERVICE_CAMPAIGN, "filed_date": date(2013, 1, 4)}
    assert weeks_of_law(FIRST, campaign("A", **service))[1] == NO_DATE
    assert weeks_of_law(FIRST, campaign("A"))[1] == NO_DATE


# ---- arrays


def test_a_shorter_response_ends_in_zeros() -> None:
    found = from_ledger._responses(
        [planned(response=(0.5, 0.2)), planned("B", response=(0.4, 0.3, 0.2))]
    )
    assert found.tolist() == [[0.5, 0.2, 0.0], [0.4, 0.3, 0.2]]
    assert from_ledger._responses([planned(response=())]).tolist() == [[0.0]]


def test_the_risk_of_a_bundle_is_the_sum_of_its_campaigns() -> None:
    known = {"A": campaign("A", risk_weight=2.0), "B": campaign("B", risk_weight=0.5)}
    assert from_ledger._risk(planned("A+B"), known) == 2.5


def test_walk_ins_come_every_week_in_order_of_bundle_then_dealer_where_there_are_any() -> None:
    bundles = [planned("C", walk_ins=0.1), planned("B", walk_ins=0.0), planned("A", walk_ins=0.01)]
    at, weekly = from_ledger._walk_ins(bundles, np.array([[10, 20], [99, 99], [0, 300]]), 3)
    assert at.tolist() == [[2, 1], [0, 0], [0, 1]]
    assert weekly.tolist() == [[3.0] * 3, [1.0] * 3, [2.0] * 3]


def test_vehicles_are_counted_by_bundle_and_dealer() -> None:
    vehicles = pa.table({
        "vin": list("abcd"), "planning_bundle": ["B", "B", "A", "B"], "dealer_code": ["d2", "d2", "d1", "d1"],
    })  # fmt: skip
    found = from_ledger._counts(vehicles, [planned("A"), planned("B")], ["d1", "d2"])
    assert found.tolist() == [[1, 0], [1, 2]]


def test_places_that_nobody_knows_are_none() -> None:
    assert from_ledger._texts(["", ""]) is None
    assert from_ledger._texts(["", "E"]) == ("", "E")


# ---- messages


def test_a_stated_start_before_the_lawful_day_is_told_and_no_other() -> None:
    """26 February and seven days are 5 March."""
    nothing = Needs({}, {})
    early = replace(VOLUNTARY, stated_start=date(2013, 3, 4))
    (told,) = from_ledger._messages(early, nothing)
    assert "2013-03-04" in told
    assert "2013-03-05" in told
    lawful = replace(VOLUNTARY, stated_start=date(2013, 3, 5))
    assert from_ledger._messages(lawful, nothing) == ()
    assert from_ledger._messages(VOLUNTARY, nothing) == ()


def test_campaigns_without_a_labour_time_are_named_once_with_the_models_that_lack_one() -> None:
    """B has none at all; A has none for two models, and 7 to 22 hours for others: a visit of A+C too is planned by them."""
    none, other = Guess("B", None), Guess("A", (7.0, 22.0))
    visits = {
        ("B", "L"): Visit(1.0, {}, (none,)), ("A", "S"): Visit(14.5, {}, (other,)), ("A+C", "L"): Visit(15.0, {}, (other,)),
        ("A", ""): Visit(14.5, {}, (other,)), ("C", "S"): Visit(1.0),
    }  # fmt: skip
    of_a, of_b = from_ledger._messages(VOLUNTARY, Needs(visits, {}))
    assert of_a == (
        "No labour time is loaded for A of L, S and vehicles without a model: planned with the middle of 7 to 22 hours, those of its other"
        " models, which its letters tell. Load theirs in labor_times.csv."
    )
    assert (
        of_b
        == "No labour time is loaded for B: 1 hour is assumed for it. Load it in labor_times.csv."
    )


def test_take_rates_are_told_in_the_order_of_the_campaigns_asked() -> None:
    known = Needs({}, {"B": "of B", "A": "of A", "C": "of another follow-up"})
    assert from_ledger._messages(VOLUNTARY, known) == ("of A", "of B")


# ---- weeks of vehicles


def test_the_oldest_of_the_list_go_first_and_who_is_held_has_no_week() -> None:
    asked = problem(
        [bundle("A"), bundle("B")], [dealer("d1"), dealer("d2")], {("A", "d1"): 4}, weeks=3
    )
    letters = np.zeros((2, 2, 3), np.int64)
    letters[0, 0] = [1, 0, 2]
    letters[1, 1] = [0, 1, 0]
    vehicles = pa.table({
        "vin": list("vwxyz"), "family": ["safety"] * 5, "planning_bundle": ["A", "A", "A", "A", "B"],
        "dealer_code": ["d1"] * 4 + ["d2"], "rank": pa.array([4, 2, 2, 1, 9], pa.int64()), "without_parts": [""] * 5,
    })  # fmt: skip
    found = weeks_of(vehicles, LetterPlan(asked, "by hand", letters), date(2013, 3, 4)).to_pylist()
    assert {row["vin"]: row["week"] for row in found} == {"y": 0, "w": 2, "x": 2, "v": None, "z": 1}
    assert [row["vin"] for row in found] == list("vwxyz")
    assert not any(row["interim"] for row in found)


def test_in_whatever_order_a_list_is_drawn_as_many_go_in_each_week_with_a_remedy_and_without() -> (
    None
):
    """Lawful weeks are those of the plan's counts: the draw says who, and never how many or when."""
    asked = problem([bundle("A")], [dealer("d1")], {("A", "d1"): 6}, weeks=4)
    letters, interim = np.zeros((2, 1, 1, 4), np.int64)
    letters[0, 0] = [1, 3, 0, 1]
    interim[0, 0] = [1, 2, 0, 0]
    plan = LetterPlan(asked, "by hand", letters, interim=interim)
    for ranks in ([1, 2, 3, 4, 5, 6], [4, 6, 1, 5, 3, 2], [6, 5, 4, 3, 2, 1]):
        vehicles = pa.table({
            "vin": list("abcdef"), "family": ["safety"] * 6, "planning_bundle": ["A"] * 6, "dealer_code": ["d1"] * 6,
            "rank": pa.array(ranks, pa.int64()), "without_parts": [""] * 6,
        })  # fmt: skip
        found = weeks_of(vehicles, plan, date(2013, 3, 4)).to_pylist()
        assert Counter((row["week"], row["interim"]) for row in found) == {
            (0, True): 1, (1, True): 2, (1, False): 1, (3, False): 1, (None, False): 1,
        }  # fmt: skip
        first = min(zip(ranks, "abcdef", strict=True))[1]
        assert next(row["week"] for row in found if row["vin"] == first) == 1


def test_interim_notices_go_to_the_last_of_the_list_and_their_kits_to_the_first_of_these() -> None:
    """Six of one list: a letter that asks in in weeks 1 and 3, interim notices in weeks 0 and 1, kits for one of these in week 2."""
    asked = problem([bundle("A")], [dealer("d1")], {("A", "d1"): 6}, weeks=4)
    letters, interim, second = np.zeros((3, 1, 1, 4), np.int64)
    letters[0, 0] = [1, 3, 0, 1]
    interim[0, 0] = [1, 2, 0, 0]
    second[0, 0] = [0, 0, 1, 0]
    plan = LetterPlan(asked, "by hand", letters, interim=interim, second=second)
    vehicles = pa.table({
        "vin": list("abcdef"), "family": ["safety"] * 6, "planning_bundle": ["A"] * 6, "dealer_code": ["d1"] * 6,
        "rank": pa.array([1, 2, 3, 4, 5, 6], pa.int64()), "without_parts": ["B"] * 4 + [""] * 2,
    })  # fmt: skip
    found = weeks_of(vehicles, plan, date(2013, 3, 4)).to_pylist()
    assert [(row["vin"], row["week"], row["interim"], row["remedy_from"]) for row in found] == [
        ("a", 1, False, None), ("b", 3, False, None), ("c", 0, True, date(2013, 3, 18)), ("d", 1, True, None),
        ("e", 1, True, None), ("f", None, False, None),
    ]  # fmt: skip
    assert [row["without_parts"] for row in found] == [
        "",
        "",
        "B",
        "B",
        "",
        "",
    ]  # of interim notices alone


def test_weeks_are_told_by_their_mondays_where_the_first_is_known_and_else_by_number() -> None:
    plain = problem([bundle("A")], [dealer("d")], {("A", "d"): 1}, weeks=5)
    assert (plain.week_words(3), plain.week_words(3, 3), plain.week_words(1, 4)) == (
        "week 3",
        "week 3",
        "weeks 1 to 4",
    )
    dated = problem([bundle("A")], [dealer("d")], {("A", "d"): 1}, weeks=5, monday="2013-03-04")
    assert (dated.week_words(0), dated.week_words(1, 4)) == (
        "the week of 2013-03-04",
        "the weeks of 2013-03-11 to 2013-04-01",
    )
