"""Visits that are longer than all the hours of a dealer within the wait: the mean hours of a plan do not see them (decision 0035).

A plan adds hours up, as if a visit could be cut into hours. A dealer of one hour a week has three within a wait of two weeks, and no
visit of 14 hours is done in them, whatever the mean says. Such visits are told by dealer and planning bundle.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from renotify.planner.problem import Flags, Floats, Problem
from renotify.values.english import counted, figure, measured

NAMED = 3  # dealers named, and lengths of visits told; the rest is only counted
EASE = 1e-9  # hours: rounding of a sum


@dataclass(frozen=True)
class LongVisit:
    """Owners of one planning bundle at a dealer whose hours within the wait do not hold one visit of it."""

    dealer: str
    bundle: str
    hours: float  # of the visit
    hours_within_wait: float  # most that the dealer has from one week through the weeks of the wait
    owners: int


def hours_within_wait(problem: Problem) -> Floats:
    """Most hours that a dealer has in a week and the weeks of the wait after it, over the weeks of the plan; inf does not bind. [D]"""
    within = np.zeros((len(problem.dealers), problem.weeks))
    for later in range(problem.wait_bound + 1):
        within += problem.hours[:, later : later + problem.weeks]
    most: Floats = within.max(axis=1)
    return most


def long_visits(problem: Problem) -> tuple[LongVisit, ...]:
    """The visits that do not fit within the wait where they are planned, by dealer and bundle; none of a bundle without owners there."""
    within = hours_within_wait(problem)
    long = too_long(problem).T & (problem.owners.T > 0)
    return tuple(
        LongVisit(
            problem.dealers[d],
            problem.bundles[b],
            float(problem.labour[b]),
            float(within[d]),
            int(problem.owners[b, d]),
        )
        for d, b in np.argwhere(long).tolist()
    )


def too_long(problem: Problem) -> Flags:
    """Where a visit that letters ask for is longer than all hours of its dealer within the wait. [B, D]"""
    asked = np.where(problem.response.any(axis=1), problem.labour, 0.0)
    long: Flags = asked[:, None] > hours_within_wait(problem) + EASE
    return long


def long_visit_words(problem: Problem, letters: NDArray[np.integer[Any]]) -> list[str]:
    """A sentence for each length of visit, those of most owners first, with who could hold it, and one that says what can be done.

    ``letters`` [B, D, T] with a remedy say whether these owners are written to all the same, or held.
    """
    by_length: dict[float, list[LongVisit]] = {}
    for visit in long_visits(problem):
        by_length.setdefault(visit.hours, []).append(visit)
    if not by_length:
        return []
    within = hours_within_wait(problem)
    within = within[np.isfinite(within)]
    holding = {hours: int((within + EASE >= hours).sum()) for hours in by_length}
    owners = {hours: sum(one.owners for one in own) for hours, own in by_length.items()}
    lengths = sorted(by_length, key=lambda hours: (-owners[hours], hours))
    told = [
        f"{_of_length(hours, by_length[hours], problem.wait_bound)} {_who_holds(holding[hours])}"
        for hours in lengths[:NAMED]
    ]
    if len(lengths) > NAMED:
        rest = sum(owners[hours] for hours in lengths[NAMED:])
        told.append(f"So it is with {counted(rest, 'owner')} of visits of other lengths.")
    at = too_long(problem)
    sent = letters.sum(axis=2, dtype=np.int64)[at]
    written = int(sent.sum())
    return [*told, _what_to_do(any(holding.values()), written, int(problem.owners[at].sum()))]


def _who_holds(dealers: int) -> str:
    if not dealers:
        return "No dealer of the plan has hours for it."
    return f"{counted(dealers, 'dealer')} of the plan {'has' if dealers == 1 else 'have'} hours for it."


def _what_to_do(elsewhere: bool, written: int, owners: int) -> str:
    by = "at a dealer that has them or by mobile repair" if elsewhere else "by mobile repair"
    return (
        f"{_who_is_written_to(written, owners)} Load more hours for these dealers, state a longer wait, or have"
        f" the visits planned {by}: long_visits under [network] of followup.toml."
    )


def _who_is_written_to(written: int, owners: int) -> str:
    """How many of these owners are written to, whose hours add up in the mean, and how many are held."""
    if not written:
        return "None of them gets a letter."
    if written >= owners:
        return "Their letters are planned as if a visit could be cut into hours."
    return (
        f"{counted(written, 'letter')} to them {'is' if written == 1 else 'are'} planned as if a visit could be cut into hours;"
        f" {counted(owners - written, 'owner')} {'gets' if owners - written == 1 else 'get'} none."
    )


def _of_length(hours: float, visits: Sequence[LongVisit], wait: int) -> str:
    dealers = {one.dealer: one.hours_within_wait for one in visits}
    owners = sum(one.owners for one in visits)
    low, high = min(dealers.values()), max(dealers.values())
    there = measured(high, "hour") if low == high else f"{figure(low)} to {measured(high, 'hour')}"
    named = ", ".join(list(dealers)[:NAMED])
    more = f" and {len(dealers) - NAMED:,} more" if len(dealers) > NAMED else ""
    return (
        f"At {counted(len(dealers), 'dealer')} a visit of {measured(hours, 'hour')} does not fit within {counted(wait, 'week')}"
        f" ({there} there): {counted(owners, 'owner')}; {named}{more}."
    )
