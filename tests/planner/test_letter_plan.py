"""A plan's document tells how much of what is possible it removes, how long letters wait, and where its gap says nothing."""

from __future__ import annotations

from dataclasses import replace

import pytest

from planner.cases import bundle, dealer, problem
from printed import row
from renotify.cli.plan import print_plan
from renotify.planner.letter_plan import LetterPlan, to_json
from renotify.planner.plan_by_policy import plan


def waiting() -> LetterPlan:
    """Twelve letters of week 1 or later at six a week: six remove 2 x 3 vehicle-weeks each, six wait a week and remove 2 x 2."""
    return plan(problem([bundle(risk=2, first_week=1)], [dealer()], {("b", "d"): 12}, mail=[6]))


def test_the_objective_stands_beside_what_all_letters_at_once_would_remove() -> None:
    document = to_json(waiting())
    assert document["objective"] == 6 * 6 + 6 * 4
    assert document["possible"] == {
        "objective": 12 * 6,
        "share": pytest.approx(60 / 72, abs=1e-6),
        "mean_delay_weeks": 0.5,
    }


def test_a_plan_prints_its_share_of_what_is_possible(capsys: pytest.CaptureFixture[str]) -> None:
    print_plan(to_json(waiting()))
    printed = capsys.readouterr().out
    assert (
        "Objective 60 vehicle-weeks of risk removed, 83.3 % of what is possible without limits; mean delay of a letter 0.5 weeks;"
        " proven within 0.00 % of the best possible."
    ) in printed.splitlines()
    assert row(printed, "week")


def test_a_plan_that_nothing_limits_removes_all_that_is_possible() -> None:
    free = plan(problem([bundle()], [dealer()], {("b", "d"): 3}))
    assert to_json(free)["possible"] == {"objective": 12, "share": 1.0, "mean_delay_weeks": 0.0}


def test_where_no_letter_removes_risk_nothing_is_proven(
    capsys: pytest.CaptureFixture[str],
) -> None:
    """A ceiling above nothing: the gap of 100 % says nothing of the plan."""
    nobody = replace(waiting(), objective=0.0, bound=3.6, gap=1.0)
    document = to_json(nobody)
    assert document["gap_note"] == (
        "no letter that the limits allow removes risk within the horizon; no plan could remove more than 4"
    )
    print_plan(document)
    assert "proven within" not in capsys.readouterr().out
    assert to_json(replace(nobody, bound=0.0, gap=0.0))["gap_note"] == ""


def test_where_a_lawful_week_cannot_be_kept_no_gap_is_claimed() -> None:
    """Two bundles for a mail house of four: the mild one's date goes first, and what it costs is no shortfall of the plan."""
    mild, grave = bundle("law", risk=1, mail_by_week=0), bundle("free", risk=9)
    late = plan(problem([mild, grave], [dealer()], {("law", "d"): 8, ("free", "d"): 4}, mail=[4]))
    kept = plan(problem([mild, grave], [dealer()], {("law", "d"): 4, ("free", "d"): 4}, mail=[4]))
    assert to_json(late)["gap_note"].startswith(
        "how far from the best is not stated: first notices"
    )
    assert to_json(kept)["gap_note"] == ""
