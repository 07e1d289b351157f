"""The demo is an instance whose limits bind: kits, hours and the mail house, so that a plan is worth more than a rule of thumb."""

from __future__ import annotations

import csv
import re
from collections import Counter
from datetime import date
from types import SimpleNamespace

import numpy as np
import pytest

from once_a_run import once_a_run
from renotify.campaigns.follow_up_settings import read as read_settings
from renotify.demo import scenario as scenarios
from renotify.demo import supply
from renotify.demo.oem import write_input
from renotify.demo.scenario import Scenario
from renotify.ledger import intake
from renotify.ledger.session import open_session
from renotify.planner import from_ledger
from renotify.planner.broken_limits import broken_limits
from renotify.planner.letter_plan import exposure_removed
from renotify.planner.plan_by_policy import plan
from renotify.planner.policies import letters_of, within_limits
from renotify.selection.freeze import freeze_follow_up

MEMO_DAY = date(2013, 2, 26)


def read(folder, table):
    with (folder / f"{table}.csv").open(encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file))


ANSWERED = 1 - np.exp(
    -((np.arange(1, 17) / 6.0) ** 1.2)
)  # of those who answer, had all letters gone out at once


def codes(part, made_up):
    return {kit.campaign_code for kit in supply.kits(made_up) if kit.part_no == part}


def test_valve_springs_and_a_part_of_two_campaigns_are_short_and_the_others_are_not():
    made_up = Scenario(25_000, 1)
    short = supply.short_parts(made_up)
    assert {frozenset(codes(part, made_up)) for part in short} == {
        frozenset({"ALE"}),
        frozenset({"9LA", "ALE"}),
    }
    springs = [part for part in short if codes(part, made_up) == {"ALE"}]
    for part, need in supply.expected_kits(made_up).items():
        enough = np.cumsum(supply.arrivals(made_up, part, need))[:16] >= ANSWERED * need
        assert enough.all() != (part in springs), part  # of the seals others than letters take half


def test_short_parts_come_in_slices():
    made_up = Scenario(25_000, 1)
    weeks = {
        part: np.flatnonzero(supply.arrivals(made_up, part, need)).tolist()
        for part, need in supply.expected_kits(made_up).items()
        if part in supply.short_parts(made_up)
    }
    assert weeks.pop("23291-DEMO1") == [0, 16]  # the first one must do until June
    assert set(map(tuple, weeks.values())) == {tuple(range(0, 28, 2))}


def test_a_vehicle_of_two_campaigns_that_take_one_part_between_them_counts_once():
    made_up = Scenario(scenarios.memo_size(), 1)
    both = sum(
        cell.vehicles * max(1 - made_up.done(code)[str(cell.model_year)] for code in found)
        for cell in scenarios.cells()
        if (found := set(cell.campaigns) & {"9LA", "ALE"})
    )
    assert supply.expected_kits(made_up)["23291-DEMO1"] == pytest.approx(both * 0.9 * 0.07)


def test_every_part_suffices_in_the_end():
    made_up = Scenario(25_000, 1)
    for part, need in supply.expected_kits(made_up).items():
        assert supply.arrivals(made_up, part, need).sum() > 1.3 * need


def test_a_reading_example_leaves_the_part_of_two_campaigns_out():
    few = Scenario(40, 1)
    assert set(supply.expected_kits(few)) == set(supply.expected_kits(Scenario(500, 1))) - {"23291-DEMO1"}  # fmt: skip


def test_dealers_differ_and_the_largest_have_few_hours_left(maker):
    """Most have a technician's day a week or more; of every tenth, the largest, two hours are left in three weeks."""
    rows = [row for row in read(maker, "dealer_capacity") if row["week"] == "2013-03-04"]
    of = {row["dealer_code"]: float(row["hours_available"]) for row in rows}
    few = {dealer for dealer, there in of.items() if there < 8}
    assert len(few) == len(of) // 10
    assert all(0.7 <= of[dealer] < 8 / 3 for dealer in few)
    assert len({there for there in of.values() if there > 8}) > 5
    served = Counter(row["dealer_code"] for row in read(maker, "vehicles"))
    assert min(served[dealer] for dealer in few) >= max(
        count for dealer, count in served.items() if dealer not in few
    )


def test_a_dealer_whose_bays_are_full_books_no_visit_of_the_weeks_to_come(maker):
    """Its owners are booked at another dealer of its area: a long job would fill its two hours in three weeks for months."""
    rows = [row for row in read(maker, "dealer_capacity") if row["week"] == "2013-03-04"]
    few = {row["dealer_code"] for row in rows if float(row["hours_available"]) < 8 / 3}
    own = {row["vin"]: row["dealer_code"] for row in read(maker, "vehicles")}
    booked = [row for row in read(maker, "appointments") if row["status"] == "booked"]
    assert few.isdisjoint(row["dealer_code"] for row in booked)
    sent = [row for row in booked if row["dealer_code"] != own[row["vin"]]]
    assert sent
    assert {own[row["vin"]] for row in sent} <= few
    assert all(row["dealer_code"][:2] == own[row["vin"]][:2] for row in sent)  # the area's number


# The plan of the demo


@pytest.fixture(scope="module")
def maker(tmp_path_factory):
    folder = tmp_path_factory.mktemp("demo") / "input"
    write_input(folder)
    return folder


@pytest.fixture(scope="module")
def demo(request):
    """The problem of the demo as it is shipped, and its plans: the best, the exact one, and what keeps the same limits without a plan."""

    def plans():
        maker = request.getfixturevalue("maker")
        return _plans(maker, request.getfixturevalue("sqlite_template"))

    return once_a_run("plans_of_the_demo", plans)


def _plans(maker, sqlite_template):
    ledger = maker.parent / "renotify.sqlite3"
    ledger.write_bytes(sqlite_template.read_bytes())
    with open_session(f"sqlite:///{ledger}") as session:
        intake.load(session, [maker], on=MEMO_DAY, rejects_dir=maker.parent)
        settings = read_settings(maker / "followup.toml")
        freeze_follow_up(session, settings, MEMO_DAY)
        problem = from_ledger.frame(session, settings.name).problem
    plain = {
        policy: within_limits(problem, letters_of(problem, policy))
        for policy in ("uniform:8", "oldest-first", "all-at-once")
    }
    made = {policy: plan(problem, policy) for policy in ("optimal", "exact", "greedy")}
    removed = {policy: exposure_removed(problem, one.remedy_letters) for policy, one in made.items()}  # fmt: skip
    removed |= {policy: exposure_removed(problem, letters) for policy, letters in plain.items()}
    return SimpleNamespace(problem=problem, plans=made, removed=removed)


def test_the_plan_is_proven_within_a_thousandth_and_the_exact_one_is_never_below(demo):
    assert demo.plans["optimal"].gap <= 0.001
    assert demo.plans["exact"].gap <= 0.001
    assert demo.removed["exact"] >= demo.removed["optimal"] * (1 - 1e-9)
    assert broken_limits(demo.problem, demo.plans["optimal"].remedy_letters) == ""


@pytest.mark.parametrize(
    ("policy", "more"),
    [("greedy", 0.05), ("uniform:8", 0.10), ("oldest-first", 0.05), ("all-at-once", 0.05)],
)
def test_the_plan_removes_visibly_more_risk_on_the_same_limits(demo, policy, more):
    assert demo.removed["optimal"] > (1 + more) * demo.removed[policy]


def test_kits_hours_and_the_mail_house_hold_the_plan_back_and_it_says_so(demo):
    said = " ".join(demo.plans["optimal"].messages)
    for limit in ("The mail house binds in", "Technician hours bind at", "04009-DEMO1 binds", "23291-DEMO1 binds"):  # fmt: skip
        assert limit in said


def test_what_no_plan_is_asked_of_breaks_every_kind_of_limit(demo):
    said = broken_limits(demo.problem, letters_of(demo.problem, "all-at-once"))
    assert said.startswith(
        "the mail house 4.8 times its letters in the week of 2013-03-04, kits of "
    )
    assert re.search(r"kits of 23291-DEMO1 \d\.\d times what is confirmed", said)
    assert "hours at" in said


def test_nearly_every_owner_hears_within_the_horizon_but_those_who_have_a_visit(demo, maker):
    booked = np.array([name.endswith("visit booked") for name in demo.problem.bundles])
    visits = [row for row in read(maker, "appointments") if row["status"] == "booked"]
    assert 0.9 * len(visits) < demo.problem.owners[booked].sum() <= len(visits)
    made = demo.plans["optimal"]
    assert not made.letters[booked].any()
    held = sum(one.count for one in made.held if not one.bundle.endswith("visit booked"))
    assert held <= 0.005 * demo.problem.owners[~booked].sum()
