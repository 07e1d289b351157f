"""A setting that is changed while a follow-up runs is heard from its day on by all who read it, and can be taken back."""

from __future__ import annotations

from datetime import date, timedelta
from typing import Any

import pytest

from corridors import one_recall
from corridors import world as w
from renotify.plans.expected import AHEAD
from small_world import Desk, World

THIRD_WEEK = w.MONDAYS[2]
WHY = ("--because", "the mail house says so", "--by", "analyst")


@pytest.fixture
def small(desk: Desk) -> Desk:
    return one_recall.frozen(desk)


def problem(desk: Desk, on: date) -> dict[str, Any]:
    """PROBLEM.json as of a day."""
    return desk.problem("small", on=on)


def change(desk: Desk, *settings: str, on: date = w.NOTICE, **options: object) -> Any:
    given = [part for key, value in options.items() for part in (f"--{key}", value)]
    return desk.do("followup", "set", "small", *settings, *given, *WHY, on=on)


# ---- every setting has a reader


@pytest.mark.parametrize(
    ("setting", "key", "right"),
    [
        ("mail_house_letters_per_week=3", "mail_capacity", [3] * w.WEEKS),
        ("mail_house_letters_per_week=none", "mail_capacity", None),
        ("least_wave=3", "least_wave", 3),
        ("wait_bound_weeks=1", "wait_bound", 1),
        ("parts_quantile=0.6", "parts_quantile", 0.6),
        ("parts_count_spread=2", "parts_count_spread", 2.0),
        ("horizon_weeks=8", "weeks", 8),
    ],
)
def test_a_limit_is_the_plans_from_its_day_on(
    small: Desk, setting: str, key: str, right: object
) -> None:
    before = problem(small, w.NOTICE)
    change(small, setting, **{"from": w.FIRST_LETTER})
    after = problem(small, w.FIRST_LETTER)
    assert after[key] == right != before.get(key)
    earlier = problem(small, w.FIRST_LETTER - timedelta(days=1))
    if key != "mail_capacity":  # weeks to come are told of it before
        assert earlier == before


def test_the_weeks_before_a_change_of_the_mail_house_keep_what_it_takes_until_then(
    small: Desk,
) -> None:
    change(small, "mail_house_letters_per_week=9", **{"from": THIRD_WEEK + timedelta(days=1)})
    assert problem(small, w.NOTICE)["mail_capacity"] == [4, 4, 4, 9, 9, 9]


def test_the_response_is_the_plans_from_its_day_on(small: Desk) -> None:
    change(small, "response.share=0.8", f"response.{w.A}.scale_weeks={2 * w.HALF_LIFE}")
    (bundle,) = problem(small, w.NOTICE)["bundles"]
    assert sum(bundle["response"]) == pytest.approx(0.8 * (1 - 2.0 ** (-w.WEEKS / 2)))


def test_supply_that_is_promised_slips_by_what_is_set(small: Desk) -> None:
    world = World(small.folder / "later").part(w.PIPE)
    world.add("part_supply", part_no=w.PIPE, week=w.MONDAYS[1], supply_qty=7, status="promised")
    small.do("load", world.write(), on=w.NOTICE)
    supply = {}
    for weeks in (0, 3):
        change(small, f"supply.slip_weeks={weeks}")
        supply[weeks] = problem(small, w.NOTICE)["supply"][w.PIPE]
    assert supply == {0: [50, *[57] * 5], 3: [*[50] * 4, 57, 57]}


def test_the_share_of_promised_supply_that_comes_late_is_what_is_set(small: Desk) -> None:
    """Seven kits are promised for the second week: two weeks late so large a share of them is counted on."""
    world = World(small.folder / "later").part(w.PIPE)
    world.add("part_supply", part_no=w.PIPE, week=w.MONDAYS[1], supply_qty=7, status="promised")
    small.do("load", world.write(), on=w.NOTICE)
    supply = {}
    for share in (0, 0.5):
        change(small, f"supply.share_of_promised={share}")
        supply[share] = problem(small, w.NOTICE)["supply"][w.PIPE]
    assert supply == {0: [50] * 6, 0.5: [*[50] * 3, *[53.5] * 3]}


# A visit of an hour at a dealer of a quarter of an hour a week: it fits into no three weeks. The other dealer of the area has the hours.
MOVED = [
    pytest.param(("network.long_visits=neighbour",), w.WEST, id="the nearest dealer"),
    pytest.param(("network.long_visits=area",), w.WEST, id="the dealer of the area"),
    pytest.param(
        (f'network.mobile_units=["{w.WEST}"]', "network.long_visits=mobile"), w.WEST, id="a team"
    ),
    pytest.param(
        (
            f'network.mobile_units=["{w.WEST}"]',
            "network.mobile_longest_hours=0.5",
            "network.long_visits=mobile",
        ),
        w.EAST,
        id="a team that takes no visit so long",
    ),
    pytest.param((f'network.mobile_units=["{w.WEST}"]',), w.EAST, id="a team that nobody asks for"),
]


@pytest.mark.parametrize(("settings", "dealer"), MOVED)
def test_a_visit_too_long_for_its_dealer_is_planned_where_what_is_set_says(
    small: Desk, settings: tuple[str, ...], dealer: str
) -> None:
    world = World(small.folder / "later").dealer(w.WEST, w.AREA[w.EAST])
    world.capacity(w.EAST, {w.MONDAYS[0]: 0.25}).capacity(w.WEST, {w.MONDAYS[0]: 40.0})
    small.do("load", world.write(), on=w.NOTICE)
    before = small.do("plan", "small", on=w.NOTICE)
    assert {row["dealer"] for row in before["letters"]} == {w.EAST}
    change(small, *settings, on=w.FIRST_LETTER)
    small.do("replan", "small", on=w.FIRST_LETTER)
    hours = small.do("workload", "small", on=w.FIRST_LETTER)["rows"]
    assert {row["dealer"] for row in hours if row["hours"]} == {dealer}


def test_a_policy_that_is_set_is_that_of_plan_and_replan(small: Desk) -> None:
    change(small, "mail_house_letters_per_week=none", "policy=uniform:3")
    assert one_recall.by_week(small.do("plan", "small", on=w.NOTICE)) == {0: 4, 1: 4, 2: 4}
    change(small, "policy=all-at-once", on=w.FIRST_LETTER)
    again = small.do("replan", "small", on=w.FIRST_LETTER)
    assert one_recall.by_week(again) == {
        0: 4,
        1: 4,
        2: 4,
    }  # they are promised, or would only come as early
    assert again["meta"]["policy"] == "all-at-once"


def test_a_replan_fills_weeks_to_what_the_mail_house_takes_now(small: Desk) -> None:
    assert one_recall.by_week(small.do("plan", "small", on=w.NOTICE)) == {0: 4, 1: 4, 2: 4}
    change(small, "mail_house_letters_per_week=2", on=w.FIRST_LETTER, **{"from": THIRD_WEEK})
    again = small.do("replan", "small", on=w.FIRST_LETTER)
    assert one_recall.by_week(again) == {0: 4, 1: 4, 2: 2, 3: 2}  # two weeks are at the mail house


@pytest.mark.parametrize(("weeks", "held"), [(9, 0), (3, 2)])
def test_a_horizon_that_changes_is_that_of_the_next_plan_and_its_replay(
    small: Desk, weeks: int, held: int
) -> None:
    """Two pieces a week after the first two weeks: nine weeks hold all letters, three weeks all but two."""
    small.do("plan", "small", on=w.NOTICE)
    assert len(small.do("workload", "small", on=w.FIRST_LETTER)["rows"]) == w.WEEKS
    change(
        small, "mail_house_letters_per_week=2", f"horizon_weeks={weeks}", on=w.FIRST_LETTER
    )  # fmt: skip
    again = small.do("replan", "small", on=w.FIRST_LETTER)
    assert sum(row["count"] for row in again["held"]) == held
    assert len(small.do("workload", "small", on=w.FIRST_LETTER)["rows"]) == max(weeks, AHEAD)
    played = small.do("simulate", "small", "--runs", 2)["rows"][0]
    assert played["policy"] == f"optimal, replan {w.FIRST_LETTER}"


def test_the_wait_that_is_set_is_that_of_the_dealers_workload(small: Desk) -> None:
    """Four hours a week from the second on, and 2.0 + 1.0 a visit: who may wait a year is never late."""
    small.do("plan", "small", "--policy", "all-at-once", on=w.NOTICE)
    world = World(small.folder / "later").capacity(w.EAST, {w.MONDAYS[0]: 0.5})
    small.do("load", world.write(), on=w.NOTICE)
    late = {}
    for weeks in (0, 50):
        change(small, f"wait_bound_weeks={weeks}")
        late[weeks] = small.do("workload", "small", on=w.NOTICE)["totals"]["late_visits"]
    assert late[0] > 3 > late[50]


def test_a_sender_that_is_set_needs_letters_approved_anew(small: Desk) -> None:
    small.do("plan", "small", on=w.NOTICE)
    for sender in ((), ("sender.phone=1-800-555-0199",)):
        if sender:
            change(small, *sender, on=w.FIRST_LETTER)
        small.do("letter", "approve", "small", "--by", "counsel", on=w.FIRST_LETTER)
    assert len(small.sql("select form_digest from approval")) == 2


# ---- the record


def test_changes_are_listed_with_who_when_and_why_and_taken_back_by_their_number(
    desk_on_both: Desk,
) -> None:
    small = one_recall.frozen(desk_on_both)
    change(small, "mail_house_letters_per_week=3")
    change(small, "mail_house_letters_per_week=2", on=w.FIRST_LETTER, **{"from": THIRD_WEEK})
    first, second = small.do("followup", "show", "small", on=w.NOTICE)["changes"]
    assert (first["number"], first["before"], first["after"]) == (1, 4, 3)
    assert (second["before"], second["from_day"]) == (3, str(THIRD_WEEK))
    assert (second["changed_on"], second["changed_by"]) == (str(w.FIRST_LETTER), "analyst")
    assert second["reason"] == "the mail house says so"
    (undone,) = change(small, undo=1, on=THIRD_WEEK)["changes"]
    assert undone["undone_on"] == str(THIRD_WEEK)
    assert problem(small, w.NOTICE)["mail_capacity"][0] == 3  # it held until it was taken back
    assert problem(small, THIRD_WEEK)["mail_capacity"][0] == 2
    change(small, undo=2, on=THIRD_WEEK)
    assert problem(small, THIRD_WEEK)["mail_capacity"][0] == 4
    printed = small.run("followup", "show", "small").out
    assert "Settings changed" in printed
    assert "analyst" in printed


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (("mail_house_letters_per_week=0",), "a whole number of at least 1"),
        (("parts_quantile=1.5",), "a number between 0 and 1"),
        (("response.share=2",), "between 0 and 1"),
        (("horizon_weeks=many",), "is not a whole number"),
        (("policy=best",), "one of optimal, exact, greedy"),
        (("campaigns=9LA",), "campaigns does not change while a follow-up runs"),
        (("rest_weeks=1",), "rest_weeks does not change while a follow-up runs"),
        (("rest_week=1",), "there is no key 'rest_week'"),
        (("readiness.receipts=perhaps",), "readiness"),
        (("response=0.1",), "response is a table"),
        (("least_wave",), "is not a change of a setting"),
        (("least_wave=2", "--from", "2013-02-01"), "what was planned by then stands"),
        (("mail_house_letters_per_week=4",), "is 4 on 2013-02-26 already"),
        (("--undo", "7"), "has no change 7"),
    ],
)
def test_a_change_that_cannot_be_is_refused_and_nothing_is_kept(
    small: Desk, arguments: tuple[str, ...], said: str
) -> None:
    refused = small.run("followup", "set", "small", *arguments, *WHY, "--on", w.NOTICE)
    by_what_is_known = (
        "what was planned",
        "is 4 on",
        "has no change",
    )  # else no ledger could make it right
    assert refused.code == (1 if said.startswith(by_what_is_known) else 2)
    assert said in " ".join(refused.err.split())
    assert small.do("followup", "show", "small")["changes"] == []


def test_a_rule_of_readiness_that_is_set_holds_from_its_day_on(small: Desk) -> None:
    """No notice was written: by default the wave is held, then told alone, then refused."""
    small.do("plan", "small", on=w.NOTICE)
    said: dict[str, str] = {}
    for rule in ("tell", "refuse"):
        small.do("followup", "set", "small", f"readiness.notices={rule}", *WHY, on=w.FIRST_LETTER)
        found = small.do("mail", "ready", "small", 1, on=w.FIRST_LETTER)
        (said[rule],) = [one["rule"] for one in found["checks"] if one["check"] == "notices"]
    assert said == {"tell": "tell", "refuse": "refuse"}


@pytest.mark.parametrize(
    ("weeks", "on", "taken"), [(2, 2, False), (3, 2, True), (1, 1, False), (1, 0, True)]
)
def test_a_horizon_that_is_over_on_its_day_is_refused(
    small: Desk, weeks: int, on: int, taken: bool
) -> None:
    """Week 0 is that of the first letter: in the third week three weeks are the least."""
    asked = ("followup", "set", "small", f"horizon_weeks={weeks}", *WHY, "--on", w.MONDAYS[on])
    answer = small.run(*asked)
    assert answer.code == (0 if taken else 1)
    if not taken:
        said = " ".join(answer.err.split())
        assert f"ends before the week of {w.MONDAYS[on]}: small could not be planned again." in said
        assert f"State horizon_weeks={on + 1} or more" in said
        assert small.do("followup", "show", "small")["changes"] == []


def test_a_horizon_before_letters_that_are_released_is_refused(small: Desk) -> None:
    small.do("plan", "small", on=w.NOTICE)
    for wave, day in enumerate((w.FIRST_LETTER, w.MONDAYS[1]), start=1):
        small.do("mail", "release", "small", wave, "--out", "out", "--anyway", "a test", on=day)
    refused = small.run("followup", "set", "small", "horizon_weeks=1", *WHY, "--on", w.FIRST_LETTER)
    assert f"ends before the week of {w.MONDAYS[1]}" in " ".join(refused.err.split())


def test_a_change_that_makes_a_later_one_impossible_is_refused(small: Desk) -> None:
    change(small, f"response.{w.A}.share=0.9", **{"from": THIRD_WEEK})
    refused = small.run(
        "followup", "set", "small", f"response.{w.A}+{w.A}.share=0.5", *WHY, "--on", w.NOTICE
    )
    assert "twice" in refused.err
