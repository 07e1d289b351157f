"""The limits that a plan breaks, in one clause: how many times what there is the mail house, the kits and the hours would have to be.

And of the document of a plan that is kept: by how much, in pieces, kits and hours.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from math import isinf
from typing import Any, NamedTuple

from renotify.planner import letter_plan
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

    ``the mail house 4.8 times its letters in week 0, kits of P 3.1 times what is confirmed (in 1 run of 10) and hours at 12 dealers (D7
    2.5 times what it has within the wait)``: kits at the quantile that parts are planned at, with how often as many are asked for.
    """
    found: dict[str, list[Breach]] = {}
    for breach in verify(problem, LetterPlan(problem, "", letters)):
        found.setdefault(breach.constraint, []).append(breach)
    often = f" ({problem.parts_chance})" if problem.parts_chance else ""
    clauses = [
        *_mail_house(found.get(MAIL_HOUSE, [])),
        *_kits(found.get(PARTS, []), "kits of", f"what is confirmed{often}"),
        *_kits(found.get(TOOLS, []), "the tool", "what can be lent"),
    ]
    clauses += _hours(found.get(WAIT, []))
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
        f"{name} {breach.what} in {breach.week}, when none is there ({_amount(breach.over)} missing)"
        if isinf(breach.times)
        else f"{name} {breach.what} {_times(breach.times)} {there}"
        for breach in ranked[:NAMED]
    ]
    rest = len(ranked) - NAMED
    return [*clauses, counted(rest, "more part")] if rest > 0 else clauses


def _hours(found: Sequence[Breach]) -> list[str]:
    """How many dealers, and the one whose work is most times the hours that it has until whoever asks then must have been served."""
    if not found:
        return []
    worst = min(found, key=lambda breach: (-breach.times, breach.what))
    most = (
        "has none within the wait"
        if isinf(worst.times)
        else f"{_times(worst.times)} what it has within the wait"
    )
    return [f"hours at {counted(len(found), 'dealer')} ({worst.what} {most})"]


def _amount(kits: float) -> str:
    return f"{kits:,.1f}" if kits >= 0.05 else "less than 0.1"


def _times(times: float) -> str:
    """``4.8 times``; ``1.02 times``, where one decimal would say that nothing is exceeded."""
    return f"{times:,.1f} times" if times >= 1.1 else f"{times:.2f} times"


class Beyond(NamedTuple):
    """How far a kept plan goes beyond its limits: pieces of all weeks, kits of all parts and hours of all dealers, each where most."""

    beyond_mail_house: int
    kits_short: float
    hours_short: float
    other_days: int  # bundles whose letters go out on days on which they may not
    clauses: tuple[str, ...]

    def __bool__(self) -> bool:
        return bool(self.clauses)

    @property
    def words(self) -> str:
        """It as a clause: ``1,119 pieces beyond the mail house (the week of Mar 25), 8.3 kits short (04009-DEMO1)``."""
        return series(list(self.clauses))


def beyond_limits(document: Mapping[str, Any]) -> Beyond:
    """Return how far a plan goes beyond its limits, as its document has it; nothing for one that was kept before plans said so."""
    rows: dict[str, list[Mapping[str, Any]]] = {}
    for row in document.get("broken", ()):
        rows.setdefault(row["limit"], []).append(row)

    def over(limit: str) -> float:
        return float(sum(row["over"] for row in rows.get(limit, ())))

    pieces, kits, hours = (
        over(one) for one in (letter_plan.MAIL_HOUSE, letter_plan.KITS, letter_plan.HOURS)
    )
    days = len(rows.get(letter_plan.DAYS, ()))
    clauses = {
        letter_plan.MAIL_HOUSE: f"{counted(round(pieces), 'piece')} beyond the mail house",
        letter_plan.KITS: f"{kits:,.1f} kits short",
        letter_plan.HOURS: f"{hours:,.1f} hours short at {counted(len(rows.get(letter_plan.HOURS, ())), 'dealer')}",
        letter_plan.DAYS: "letters on days on which they may not go out",
    }
    said = [f"{clause}{_named(rows[limit])}" for limit, clause in clauses.items() if limit in rows]
    return Beyond(round(pieces), round(kits, 1), round(hours, 1), days, tuple(said))


def _named(rows: Sequence[Mapping[str, Any]]) -> str:
    """The weeks, parts or dealers of which it is most, in brackets; the others are only counted."""
    ranked = [
        row["what"]
        for row in sorted(rows, key=lambda row: (-row["over"], row["what"]))
        if row["what"]
    ]
    if not ranked:
        return ""
    more = [f"{len(ranked) - NAMED:,} more"] if len(ranked) > NAMED else []
    return f" ({series([*ranked[:NAMED], *more])})"
