"""A plan that was made before as the start of another: read from its document, and what is said of it (decision 0147)."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np

from renotify.errors import BadInput
from renotify.planner import stated_values as read
from renotify.planner.dealer_groups import ungrouped
from renotify.planner.letter_plan import LetterPlan, Letters
from renotify.planner.problem import NO_DATE, Ints, Problem
from renotify.planner.two_level import Draft, Guide, draft, score, taken_over
from renotify.values.english import counted

ANOTHER = (
    "Start from a plan of this problem's bundles and dealers (renotify plan ... --json > PLAN.json), or leave --start out:"
    " the plan is then made anew."
)


GAIN = 1e-9  # of a plan: what a start must add to be another plan, and not the rounding of sums
TOLD = 0.005  # vehicle-weeks of risk


# Read and told


def letters_of_document(document: Mapping[str, Any], problem: Problem, name: str) -> Letters:
    """Return the letters with a remedy of a plan's document (``to_json``) in the places of a problem: first and second ones. [B, D, T']

    T' is their own horizon. Raises BadInput for a document that is no plan, and for one of bundles or dealers that the problem does not
    have.
    """
    if "letters" not in document or "bundles" in document:
        raise BadInput(f"{name} is not the document of a plan: it has no letters.", ANOTHER)
    asked = _cube(document, "letters", problem, name)
    interim = _cube(document, "interim", problem, name)
    second = _cube(document, "owed", problem, name)
    remedy = np.zeros(
        (*problem.owners.shape, max(one.shape[2] for one in (asked, interim, second))), np.int64
    )
    for letters, sign in ((asked, 1), (interim, -1), (second, 1)):
        remedy[:, :, : letters.shape[2]] += sign * letters
    if (remedy < 0).any():
        raise BadInput(f"{name} has more interim notices in a week than letters.", ANOTHER)
    return remedy.astype(np.int32)


def _cube(document: Mapping[str, Any], key: str, problem: Problem, name: str) -> Ints:
    """Rows of a document (bundle, dealer, week, count) as an array; one without a week lies past the horizon. [B, D, T']"""
    rows = [
        row for row in read.rows_of(document.get(key) or [], key) if row.get("week", 0) is not None
    ]
    b = _places(rows, key, "bundle", problem.bundles, name)
    d = _places(rows, key, "dealer", problem.dealers, name)
    weeks = [
        read.whole(one, f"{key}[{i}].week") for i, one in enumerate(read.column(rows, key, "week"))
    ]
    count = read.counts(read.column(rows, key, "count"), read.of_rows(key, "count"))
    found = np.zeros((*problem.owners.shape, 1 + max(weeks, default=0)), np.int64)
    np.add.at(found, (b, d, np.array(weeks, np.int64)), count)
    return found


def _places(
    rows: Sequence[Mapping[str, Any]], key: str, kind: str, names: Sequence[str], name: str
) -> Ints:
    at = {one: place for place, one in enumerate(names)}
    column = read.column(rows, key, kind)
    unknown = [one for one in column if not isinstance(one, str) or one not in at]
    if unknown:
        raise BadInput(
            f"{name} is the plan of another problem: its {key} name the {kind} {unknown[0]!r}, and the problem has none of that name.",
            ANOTHER,
        )
    return read.places(column, read.of_rows(key, kind), at, kind)


def start_words(start: Letters, made: LetterPlan, what: str) -> str:
    """Say what a plan was started from, and how many of those letters it keeps in their week."""
    letters, weeks = int(start.sum()), made.problem.weeks
    within = start[:, :, :weeks]
    kept = int(np.minimum(within, made.remedy_letters[:, :, : within.shape[2]]).sum())
    return (
        f"{what} is its start: of {counted(letters, 'letter')} with a remedy {kept:,} keep their week and dealer, and it removes no less"
        " than these letters do as far as today's limits hold them."
    )


# Among the drafts


def letters_that_may_go(problem: Problem, letters: Letters) -> Letters:
    """Letters of an earlier plan in the weeks of a problem: those of weeks in which a letter is allowed and worth something. [B, D, T]"""
    within = np.zeros((*problem.owners.shape, problem.weeks), np.int64)
    weeks = min(problem.weeks, letters.shape[2])
    within[:, :, :weeks] = letters[:, :, :weeks]
    allowed: Letters = np.where(ungrouped(problem).mailable[:, None, :], within, 0).astype(np.int32)
    return allowed


def best_of_start(problem: Problem, start: Letters, best: Draft) -> Draft:
    """The best draft after those of an earlier plan's letters: what today's limits refuse goes to other dealers in the same week.

    With lawful dates they are taken over week by week besides: the fill of a draft serves first notices before all other letters.
    """
    best = better(best, draft(problem, Guide.of_letters(start)))
    if (problem.mail_by != NO_DATE).any():
        best = better(best, taken_over(problem, start))
    return best


def better(best: Draft, other: Draft) -> Draft:
    """The other draft where it is worth more than the rounding of sums, else the best one: what was planned once is planned again."""
    more = score(other) - score(best)
    return other if more > GAIN * max(1.0, abs(score(best))) else best


def gain_words(gain: float) -> tuple[str, ...]:
    """Say what the letters of an earlier plan remove beyond every draft that was made anew, where that can be told in two digits."""
    if gain < TOLD:
        return ()
    said = "It starts from the letters of the plan before, cut to today's limits and topped up: they remove"
    return (f"{said} {gain:,.2f} vehicle-weeks of risk more than every draft made anew.",)
