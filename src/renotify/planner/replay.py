"""The replay of a follow-up's plan with random answers: the ledger's side of ``simulate``."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import replace
from typing import Any

import numpy as np

from renotify.charts.repairs_by_week import RepairsByWeek
from renotify.ledger import follow_ups
from renotify.ledger.session import Session
from renotify.planner.broken_limits import broken_limits
from renotify.planner.letter_plan import Letters, exposure_removed, letters_of
from renotify.planner.plan_by_policy import FEASIBLE, plan
from renotify.planner.policies import within_limits
from renotify.planner.problem import Problem
from renotify.planner.problem_json import from_json
from renotify.planner.replan import shifted
from renotify.planner.simulate import MEASURES, Outcome, judgement, price_of_margin, simulate_all
from renotify.plans.in_force import plan_in_force
from renotify.values.progress_callback import Progress, Steps

AT_MEAN = "optimal, parts at the mean"  # the plan without a margin on parts
WITHIN = ", within limits"  # a plain policy cut to the limits that it breaks
PLAIN = ("uniform:8", "greedy", "oldest-first", "zip-order", "all-at-once")


def simulate_follow_up(
    session: Session,
    name: str,
    *,
    runs: int = 20,
    seed: int = 2013,
    workers: int = 1,
    progress: Progress | None = None,
) -> dict[str, Any]:
    """Replay a follow-up's plan and the plain policies with random responses, in up to ``workers`` processes.

    The figures depend on ``runs`` and ``seed`` alone (:func:`renotify.planner.simulate.simulate_all`).
    A plain policy that breaks limits is replayed a second time, cut to them. Returns ``rows`` of means and standard errors, what is
    ``said`` of them, the limits that each plain policy ``breaks``, and the ``replay`` to draw.
    """
    steps = Steps(f"Simulating {name}", ("plain policies", "plan at the mean", "replay"), progress)
    steps.begin()
    kept = plan_in_force(session, name)
    document = json.loads(follow_ups.plan_document(session, name))
    problem = from_json(document["problem"])
    letters = {kept.policy: letters_of_plan(document, problem)[1]}
    letters |= {
        policy: plan(problem, policy).remedy_letters for policy in PLAIN if policy != kept.policy
    }
    plain = [policy for policy in PLAIN if policy not in FEASIBLE]
    found = ((policy, broken_limits(problem, letters[policy])) for policy in plain)
    breaks = {policy: limits for policy, limits in found if limits}
    letters |= {f"{policy}{WITHIN}": within_limits(problem, letters[policy]) for policy in breaks}
    steps.begin()
    bare = None if problem.parts_quantile is None else plan(replace(problem, parts_quantile=None))
    if bare is not None:
        letters[AT_MEAN] = bare.remedy_letters
    steps.begin()
    outcomes = simulate_all(problem, letters, seed=seed, replications=runs, workers=workers)
    compared = [outcome for outcome in outcomes if outcome.policy != AT_MEAN]
    sentences = judgement(compared, kept.policy, breaks)
    if bare is not None:
        planned = exposure_removed(problem, letters[kept.policy])
        sentences.append(price_of_margin(outcomes[-1], outcomes[0], bare.objective, planned))
    return {
        "rows": [_row(outcome) for outcome in outcomes],
        "said": sentences,
        "breaks": breaks,
        "replay": RepairsByWeek(
            tuple(outcome.policy for outcome in outcomes),
            np.array([outcome.repaired for outcome in outcomes]),
            problem.weeks,
        ),
    }


def letters_of_plan(document: Mapping[str, Any], problem: Problem) -> tuple[Letters, Letters]:
    """The letters of a plan's document: all that are mailed, with the second ones that interim notices owe, and those that ask owners in.

    Interim notices ask nobody in. [B, D, T] each
    """
    owed = [row for row in document.get("owed", ()) if row["week"] is not None]
    first, waiting, second = (
        shifted(letters_of(rows, problem), 0, problem.weeks)
        for rows in (document["letters"], document.get("interim", ()), owed)
    )
    return first + second, first - waiting + second


def _row(outcome: Outcome) -> dict[str, Any]:
    """Mean and standard error of each measure; None where too few runs have it."""
    known = {measure: outcome.known(measure) for measure in MEASURES}
    return {"policy": outcome.policy} | {
        measure: [outcome.mean(measure), outcome.error(measure)] if known[measure] > 1 else None
        for measure in MEASURES
    }
