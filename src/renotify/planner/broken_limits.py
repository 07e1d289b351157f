"""The limits that a plan breaks, in one clause: how many times what there is the mail house, the kits and the hours would have to be."""

from __future__ import annotations

from collections.abc import Sequence
from math import isinf

from renotify.planner.letter_plan import LetterPlan, Letters
from renotify.planner.plan_check import (
    FIRST_DATE,
    MAIL_HOUSE,
    OWNERS,
    PARTS,
    TOOLS,
    WAIT,
    Breach,
    verify,
)
from renotify.planner.problem import Problem
from renotify.values.english import counted, series

NAMED = 3  # parts named; the rest is only counted


def broken_limits(problem: Problem, letters: Letters) -> str:
    """What letters [B, D, T] break, as the independent check finds it; empty where they keep every limit.

    ``the mail house 4.8 times its letters in week 0, kits of P 3.1 times what is confirmed and hours at 12 dealers``.
    """
    found: dict[str, list[Breach]] = {}
    for breach in verify(problem, LetterPlan(problem, "", letters)):
        found.setdefault(breach.constraint, []).append(breach)
    clauses = [
        *_mail_house(found.get(MAIL_HOUSE, [])),
        *_kits(found.get(PARTS, []), "kits of", "what is confirmed"),
        *_kits(found.get(TOOLS, []), "the tool", "what can be lent"),
    ]
    if WAIT in found:
        clauses.append(f"hours at {counted(len(found[WAIT]), 'dealer')}")
    if OWNERS in found or FIRST_DATE in found:
        clauses.append("the days on which letters may or must go out")
    return series(clauses) if clauses else ""


def _mail_house(found: Sequence[Breach]) -> list[str]:
    """The week in which the mail house is most exceeded; the others are only counted."""
    if not found:
        return []
    worst = max(found, key=lambda breach: breach.times)
    others = f" ({counted(len(found) - 1, 'more week')})" if len(found) > 1 else ""
    if isinf(worst.times):
        return [f"the mail house in {worst.what}, when it prints none{others}"]
    return [f"the mail house {_times(worst.times)} its letters in {worst.what}{others}"]


def _kits(found: Sequence[Breach], name: str, there: str) -> list[str]:
    """The parts of which most is missing, in the order of how many times too few there are."""
    ranked = sorted(found, key=lambda breach: (-breach.times, breach.what))
    clauses = [
        f"{name} {breach.what} without any"
        if isinf(breach.times)
        else f"{name} {breach.what} {_times(breach.times)} {there}"
        for breach in ranked[:NAMED]
    ]
    rest = len(ranked) - NAMED
    return [*clauses, counted(rest, "more part")] if rest > 0 else clauses


def _times(times: float) -> str:
    """``4.8 times``; ``1.02 times``, where one decimal would say that nothing is exceeded."""
    return f"{times:,.1f} times" if times >= 1.1 else f"{times:.2f} times"
