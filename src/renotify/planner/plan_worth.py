"""What a plan is worth: what its letters bring, beside what rules of thumb bring within the same limits of mail, kits and hours.

Nothing is drawn: all figures are the expected ones that the plan itself rests on. :mod:`renotify.planner.simulate` plays them with chance.
"""

from __future__ import annotations

import json
from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np

from renotify.planner.adjusted_limits import trimmed, with_margins
from renotify.planner.gravest_owners import gravest_bundles
from renotify.planner.letter_plan import Letters, exposure_removed, possible_exposure
from renotify.planner.policies import letters_of, within_limits
from renotify.planner.problem import Problem
from renotify.planner.problem_json import from_json
from renotify.planner.replay import letters_of_plan
from renotify.planner.two_level import draft

PLAN = "this plan"
RULES = {
    "all-at-once": "everybody at once",
    "oldest-first": "the oldest recall first",
    "uniform:8": "eight equal weeks",
}  # in the words of a page; each cut to the limits
RISKIEST = "the riskiest first"
MOST_CELLS = 1_000_000  # bundles x dealers x weeks: beyond, the rules take longer than a page may


@dataclass(frozen=True)
class Worth:
    """What letters bring by one rule: vehicle-weeks of risk removed and their share of what is possible; the weeks that the gravest owners
    wait for their letters on average (None where there are none, or none of them is written to); owners without a letter; technician
    hours expected in the busiest week of the country, walk-ins included.
    """

    rule: str
    risk_removed: float
    share: float
    gravest_wait: float | None
    without_letter: int
    peak_hours: float


def plan_worth(problem: Problem, letters: Letters) -> tuple[Worth, ...]:
    """The worth of a plan's letters with a remedy [B, D, T], first, and of the rules of thumb; empty for a large problem or no letters."""
    if problem.decisions > MOST_CELLS or not letters.any():
        return ()
    return tuple(_worth(problem, rule, own) for rule, own in _by_rule(problem, letters))


def worth_of_kept(text: str) -> tuple[Worth, ...]:
    """The worth of a kept plan by its document, on its own limits."""
    document = json.loads(text)
    problem = from_json(document["problem"])
    return plan_worth(problem, letters_of_plan(document, problem)[1])


def _by_rule(problem: Problem, letters: Letters) -> Iterator[tuple[str, Letters]]:
    yield PLAN, letters
    yield RISKIEST, draft(trimmed(with_margins(problem)), None).remedy
    for policy, words in RULES.items():
        yield words, within_limits(problem, letters_of(problem, policy))


def _worth(problem: Problem, rule: str, letters: Letters) -> Worth:
    removed = exposure_removed(problem, letters)
    return Worth(
        rule,
        removed,
        removed / max(possible_exposure(problem), 1e-9),
        _gravest_wait(problem, letters),
        max(int(problem.owners.sum()) - int(letters.sum()), 0),
        _peak_hours(problem, letters),
    )


def _gravest_wait(problem: Problem, letters: Letters) -> float | None:
    gravest = gravest_bundles(problem)
    sent = letters[gravest].sum(axis=1, dtype=np.int64)  # [gravest, T]
    waited = np.arange(problem.weeks)[None, :] - problem.first_week[gravest][:, None]
    return float((sent * waited).sum() / sent.sum()) if sent.any() else None


def _peak_hours(problem: Problem, letters: Letters) -> float:
    hours = problem.background_hours.sum(axis=0)
    weekly = letters.sum(axis=1, dtype=np.int64)
    for b in np.flatnonzero(weekly.any(axis=1)):
        asked = np.convolve(weekly[b], problem.response[b])[: problem.weeks]
        hours = hours + problem.labour[b] * np.pad(asked, (0, problem.weeks - len(asked)))
    return float(hours.max(initial=0.0))
