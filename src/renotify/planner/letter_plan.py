"""A plan as a value, and as the JSON document of design section 6."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, NamedTuple

import numpy as np
from numpy.typing import NDArray

from renotify.planner.long_visits import long_visits
from renotify.planner.problem import NO_DATE, Ints, Problem

Letters = NDArray[np.int16] | NDArray[np.int32]  # drafts of large plans are in 16 bits
MAIL_HOUSE, KITS, HOURS, DAYS = "mail house", "kits", "hours", "days"


@dataclass(frozen=True, eq=False)
class HeldOwners:
    """Owners of one bundle at one dealer whom the plan does not write to within the horizon."""

    bundle: str
    dealer: str
    count: int
    reason: str


@dataclass(frozen=True, eq=False)
class OwedLetters:
    """Second letters that interim first notices owe; ``week`` is None when it lies past the horizon."""

    bundle: str
    dealer: str
    week: int | None
    count: int


class BrokenLimit(NamedTuple):
    """A limit that the plan's own letters break, by how much where it is most: pieces of a week, kits of a part, hours of a dealer."""

    limit: str  # MAIL_HOUSE, KITS, HOURS or DAYS
    what: str  # the week, the part, the dealer; blank for days
    over: float


class ShortKits(NamedTuple):
    """What is missing of a part if all of the gravest are written to at once: the whole kits that traffic lacks without any new letter,
    and in which weeks (blank: none), and those that the letters need beyond them, there ``by`` a week.
    """

    part: str
    without_letters: int
    weeks: str
    for_letters: int
    by: str


@dataclass(frozen=True)
class Waiting:
    """The gravest owners of a bundle whose letters are of the ``week`` or a later one, or of none: how many wait that long for them."""

    bundle: str
    week: int
    count: int


@dataclass(frozen=True, eq=False)
class LetterPlan:
    """How many letters, to whom, in which week, and how far that is from the best that any plan could do.

    ``letters`` are the first pieces [B, D, T]; of these ``interim`` went out without a remedy, to
    keep a legal date, and ask nobody in. ``second`` are the remedy letters that follow an interim
    one. ``objective`` is the risk-weighted vehicle-weeks removed from exposure by the letters
    with a remedy, ``bound`` a proven ceiling of it, ``gap`` = (bound - objective) / bound.
    """

    problem: Problem
    policy: str
    letters: Letters
    interim: Letters | None = None
    second: Letters | None = None
    objective: float = 0.0
    bound: float | None = None
    gap: float | None = None
    held: tuple[HeldOwners, ...] = ()
    owed: tuple[OwedLetters, ...] = ()
    messages: tuple[str, ...] = ()
    why_interim: tuple[
        str, ...
    ] = ()  # a sentence a bundle with interim notices; among the messages
    broken: tuple[BrokenLimit, ...] = ()  # what the check found beside lawful weeks that are missed
    of_letters: tuple[str, ...] = ()  # what is said of the letters themselves; among the messages
    short_kits: tuple[ShortKits, ...] = ()  # of the gravest owners, where they wait
    waiting: tuple[Waiting, ...] = ()  # the gravest owners who wait
    meta: Mapping[str, Any] = field(default_factory=dict)

    @property
    def remedy_letters(self) -> Letters:
        """Letters that ask an owner in: first letters with a remedy, and second ones. [B, D, T]"""
        asked = self.letters
        if self.interim is not None:
            asked = asked - self.interim
        return asked if self.second is None else asked + self.second

    @property
    def mailed(self) -> Letters:
        """Vehicles whose letter goes out: first and second letters; each is ``Problem.printed`` pieces. [B, D, T]"""
        return self.letters if self.second is None else self.letters + self.second


def exposure_removed(problem: Problem, remedy_letters: Letters) -> float:
    """Risk-weighted vehicle-weeks removed from exposure: sum r[b] G[b, w] x[b, d, w] (section 1.4)."""
    weekly: Ints = remedy_letters.sum(axis=1, dtype=np.int64)
    return float((problem.risk[:, None] * problem.gain * weekly).sum())


def possible_exposure(problem: Problem) -> float:
    """Risk-weighted vehicle-weeks that every letter in its bundle's first week would remove if nothing limited them.

    Of what a re-plan has left to plan they are those of the whole, frozen weeks included: all shares that it tells are of the same.
    """
    if problem.possible is not None:
        return problem.possible
    best = problem.value.max(axis=1, initial=0.0)
    return float((best * problem.owners.sum(axis=1)).sum())


def mean_delay(plan: LetterPlan) -> float | None:
    """Weeks from a bundle's first week to its letters with a remedy, on average; None without letters."""
    weekly = plan.remedy_letters.sum(axis=1, dtype=np.int64)
    after = np.arange(plan.problem.weeks)[None, :] - plan.problem.first_week[:, None]
    return float((weekly * after).sum() / weekly.sum()) if weekly.any() else None


def _late(plan: LetterPlan) -> bool:
    """Whether a first notice misses its lawful week."""
    problem = plan.problem
    dated = np.flatnonzero(problem.mail_by != NO_DATE)
    sent = (plan.letters[b, :, : problem.mail_by[b] + 1].sum() for b in dated)
    return any(problem.owners[b].sum() > n for b, n in zip(dated, sent, strict=True))


def gap_note(plan: LetterPlan) -> str:
    """Why the gap says nothing of the plan, where it does not; else nothing."""
    if plan.bound is None or plan.bound <= 0:
        return ""
    if plan.broken and (plan.gap or 0.0) >= 0:  # one below zero says it by itself
        return "how far from the best is not stated: it breaks limits, and the ceiling is of plans that keep them"
    if _late(plan):
        return (
            "how far from the best is not stated: first notices that miss their lawful week go first, whatever a letter is worth,"
            " and the ceiling does not know that duty"
        )
    if plan.objective <= 0:
        return f"no letter that the limits allow removes risk within the horizon; no plan could remove more than {plan.bound:,.0f}"
    return ""


def _rows(plan: LetterPlan, counts: Letters) -> list[dict[str, Any]]:
    at = np.nonzero(counts)
    bundles, dealers = (np.array(n, object) for n in (plan.problem.bundles, plan.problem.dealers))
    columns = (bundles[at[0]], dealers[at[1]], at[2].tolist(), counts[at].tolist())
    return [
        {"bundle": b, "dealer": d, "week": w, "count": n}
        for b, d, w, n in zip(*columns, strict=True)
    ]


def pieces_by_week(problem: Problem, letters: Letters) -> Ints:
    """The pieces of letters [b, D, t], b the first bundles of a problem, by week of the problem. [T]"""
    weekly = problem.printed[: letters.shape[0]] @ letters.sum(axis=1)
    pieces: Ints = np.pad(weekly, (0, problem.weeks - len(weekly)))
    return pieces


def weekly_rows(pieces: Ints) -> list[dict[str, int]]:
    """Pieces by week [T] as rows of a plan's document (week, pieces); a week without is none."""
    return [{"week": int(week), "pieces": int(pieces[week])} for week in np.flatnonzero(pieces)]


def letters_of(rows: Sequence[Mapping[str, Any]], problem: Problem) -> Letters:
    """Letters of a plan's document (bundle, dealer, week, count) as an array [B, D, T]; T is the whole of their own horizon.

    Bundles and dealers that the problem does not have are left out.
    """
    bundles = {name: i for i, name in enumerate(problem.bundles)}
    dealers = {code: i for i, code in enumerate(problem.dealers)}
    length = 1 + max((row["week"] for row in rows), default=0)
    letters = np.zeros((len(bundles), len(dealers), length), np.int32)
    for row in rows:
        if row["bundle"] in bundles and row["dealer"] in dealers:
            letters[bundles[row["bundle"]], dealers[row["dealer"]], row["week"]] += row["count"]
    return letters


def to_json(plan: LetterPlan) -> dict[str, Any]:
    """The plan as the document of design section 6, and ``owed``, ``interim``, ``why_interim``, ``long_visits``, ``possible`` and ``meta``.

    ``possible``: what all letters at once, without limits, would remove; the plan's share of it; the mean delay of its letters.
    ``pieces``: what the letters of each week (one a vehicle) are at the mail house, which prints one for each who holds a vehicle.
    ``gap_note``: why the gap says nothing, where it does not. ``broken``: the limits that it breaks (``limit``, ``what``, ``over``).
    ``short_kits``: the fields of ``ShortKits``; ``waiting``: those of ``Waiting``.
    """
    most, delay = possible_exposure(plan.problem), mean_delay(plan)
    return {
        "objective": round(plan.objective, 6),
        "bound": None if plan.bound is None else round(plan.bound, 6),
        "gap": None if plan.gap is None else round(plan.gap, 8) + 0.0,  # never -0.0
        "gap_note": gap_note(plan),
        "broken": [one._asdict() for one in plan.broken],
        "short_kits": [one._asdict() for one in plan.short_kits],
        "waiting": [vars(one) for one in plan.waiting],
        "possible": {
            "objective": round(most, 6),
            "share": round(plan.objective / most, 6) if most > 0 else None,
            "mean_delay_weeks": None if delay is None else round(delay, 3),
        },
        "letters": _rows(plan, plan.letters),
        "pieces": weekly_rows(pieces_by_week(plan.problem, plan.letters)),
        "held": [vars(h) for h in plan.held],
        "messages": list(plan.messages),
        "owed": [vars(o) for o in plan.owed],
        "interim": [] if plan.interim is None else _rows(plan, plan.interim),
        "why_interim": list(plan.why_interim),
        "long_visits": [vars(visit) for visit in long_visits(plan.problem)],
        "meta": dict(plan.meta),
    }
