"""What became of the last plan's letters in a new one: how many move later or to nobody, how many earlier, and what is said of it.

Letters whose week has passed without a release, or comes before their remedy, move in any plan. They are counted and told; the churn
limit is of the others, which could stay (decision 0091).
"""

from __future__ import annotations

from dataclasses import dataclass
from math import floor
from typing import NamedTuple

import numpy as np

from renotify.planner.letter_plan import Letters, possible_exposure
from renotify.planner.problem import Ints, Problem
from renotify.values.english import counted, percent

LAST_PLAN_FIRST = "letters of the last plan keep their weeks"  # why more than a limit holds owners


@dataclass(frozen=True, eq=False)
class LastPlan:
    """The letters of the last plan that are not promised to the mail house.

    ``standing`` [B, D, T] can go in their week; in ``at_once`` those of weeks that have passed go beside them, in the first week in which
    they may. ``due`` [B, D, 1 + T] are all, by their week: those of weeks that have passed first. ``passed`` of them had their week
    there, ``unready`` before the first in which they may go.
    """

    standing: Letters
    at_once: Letters
    due: Letters
    passed: int
    unready: int

    @classmethod
    def of(cls, problem: Problem, standing: Letters, missed: Letters | None = None) -> LastPlan:
        """Return the letters that stand, and those that have ``missed`` their week [b, D, 1 + T], b the first bundles of the problem."""
        due, at_once, unready = by_week_due(standing), standing.copy(), 0
        if missed is not None:
            due[: len(missed)] += missed
            before = np.arange(problem.weeks) < problem.first_week[: len(missed), None]
            unready = int((missed[:, :, 1:] * before[:, None, :]).sum())
        for b in np.flatnonzero(problem.first_week < problem.weeks).tolist():
            at_once[b, :, problem.first_week[b]] += due[b, :, 0]
        return cls(standing, at_once, due, int(due[:, :, 0].sum()), unready)

    def moved(self, letters: Letters) -> int:
        """Of the letters of a new plan [B, D, T]: how many of the last one move later, or to nobody (:func:`moved_later`)."""
        return moved_later(by_week_due(letters), self.due)

    def beyond(self, letters: Letters) -> int:
        """The same, without those that can keep no week whatever is planned."""
        return max(0, self.moved(letters) - self.passed - self.unready)

    @property
    def could_stay(self) -> int:
        """Letters that can keep their week: those that a churn limit is a share of."""
        return int(self.due.sum()) - self.passed - self.unready


def by_week_due(letters: Letters) -> Letters:
    """Letters [B, D, T] with the weeks that have passed before the others: none of them. [B, D, 1 + T]"""
    due = np.zeros((*letters.shape[:2], 1 + letters.shape[2]), letters.dtype)
    due[:, :, 1:] = letters
    return due


def moved_later(new: Letters, old: Letters) -> int:
    """Letters of the old plan that go out later, or to nobody.

    Counted over all dealers, by bundle: as many letters of a week as both plans have stay in it; of the others the first that leaves takes
    the first place that is new, and so on. A letter that comes earlier moves nothing, nor does one whose place an owner of another dealer
    takes of the bundle.
    """
    return _later_and_earlier(new.sum(axis=1), old.sum(axis=1))[0]


def _behind_at_dealers(new: Letters, old: Letters) -> int:
    """The same, dealer by dealer: those count too whose places owners of the bundle at other dealers take."""
    return sum(_later_and_earlier(*of_bundle)[0] for of_bundle in zip(new, old, strict=True))


def _later_and_earlier(new: Ints, old: Ints) -> tuple[int, int]:
    """Letters that leave their week for a later one or for none, and for an earlier one, all lines together; both [lines, T].

    The k-th letter to leave takes the k-th place that is new. Up to a week so many have left as there are letters gone, and so many have
    arrived as there are places: a letter that leaves in a week is later where fewer places than its number have been up to that week.
    """
    change = new.astype(np.int64) - old
    gone, come = np.maximum(-change, 0), np.maximum(change, 0)
    left, places = np.cumsum(gone, axis=1), np.cumsum(come, axis=1)
    later = int(np.minimum(gone, np.maximum(left - places, 0)).sum())
    return later, int(gone.sum()) - later


class Moves(NamedTuple):
    """What became of the last plan's letters."""

    dropped: int
    fixed: int  # of the frozen weeks
    later: int = 0  # counted over all dealers
    at_dealers: int = 0  # counted dealer by dealer
    earlier: int = 0
    churn: float = 0.0  # later / letters of the last plan
    passed: int = 0  # of those later: their week has passed without a release
    unready: int = 0  # of those later: their week comes before their remedy
    beyond: float = 0.0  # share of the letters that could stay that move
    stayers: int = 0  # letters that could stay: those that the churn limit is a share of
    held_back: float = 0.0  # vehicle-weeks of risk that the plan free of the churn limit removes beyond this one; 0 where it held none

    @property
    def limited(self) -> bool:
        """Whether the churn limit held letters back."""
        return self.held_back > 0


def moves(last: LastPlan, letters: Letters, *, dropped: int, fixed: int, held_back: float) -> Moves:
    """Return what became of the last plan's letters in a new one [B, D, T]; ``held_back`` as in Moves."""
    goes, later = by_week_due(letters), last.moved(letters)
    return Moves(
        dropped=dropped,
        fixed=fixed,
        later=later,
        at_dealers=_behind_at_dealers(goes, last.due),
        earlier=_later_and_earlier(goes.sum(axis=1), last.due.sum(axis=1))[1],
        churn=later / max(1, int(last.due.sum())),
        passed=last.passed,
        unready=last.unready,
        beyond=last.beyond(letters) / max(1, last.could_stay),
        stayers=last.could_stay,
        held_back=held_back,
    )


def dropped_words(dropped: int, in_stock: int = 0) -> list[str]:
    """Say how many letters of the last plan are dropped, and why: those of vehicles ``in_stock`` apart; nothing where none is."""
    why = {
        "owners came in or left the list": dropped,
        "vehicles came into a dealer's stock, and are planned again once they are sold": in_stock,
    }
    return [
        f"{counted(count, 'planned letter')} {'is' if count == 1 else 'are'} dropped: {reason}."
        for reason, count in why.items()
        if count
    ]


def report(problem: Problem, made: Moves, limit: float, frozen: int) -> tuple[str, ...]:
    """Say what is promised, what is dropped, what moves and why, and what the churn limit did; ``frozen``: weeks at the mail house."""
    fixed = "is promised" if made.fixed == 1 else "are promised"
    stay = "stays as it is" if made.fixed == 1 else "stay as they are"
    sentences = [
        f"{counted(made.fixed, 'letter')} of this week and the next {frozen - 1} {fixed} to the mail house and {stay}."
    ]
    sentences.extend(dropped_words(made.dropped))
    sentences.append(
        f"{counted(made.later, 'letter')} {'moves' if made.later == 1 else 'move'} to a later week or to none"
        f" ({percent(made.churn)} of the last plan's other letters), counted over all dealers of a bundle; {made.earlier:,} come earlier."
    )
    sentences.extend(_without_a_week(problem, made, frozen))
    if made.at_dealers > made.later:
        sentences.append(
            f"Counted dealer by dealer {made.at_dealers:,} do: owners of the same bundle at other dealers take the places of"
            f" {made.at_dealers - made.later:,}."
        )
    sentences.extend(_of_the_limit(problem, made, limit))
    return tuple(sentences)


def _without_a_week(problem: Problem, made: Moves, frozen: int) -> list[str]:
    """Say which letters could keep no week, whatever was planned."""
    sentences = []
    if made.passed:
        was = "was" if made.passed == 1 else "were"
        when = (
            f"the first they can go in is {problem.week_words(frozen)}, for those before are at the mail house"
            if frozen < problem.weeks
            else "no week is left for them"
        )
        sentences.append(
            f"{made.passed:,} of them {was} due in weeks that have passed and {was} not released: {when}."
        )
    if made.unready:
        sentences.append(
            f"{made.unready:,} of them {'was' if made.unready == 1 else 'were'} due before the week of their remedies, as it is known now."
        )
    return sentences


def _of_the_limit(problem: Problem, made: Moves, limit: float) -> list[str]:
    """Say what the churn limit did, how much of it is used and what it costs; nothing where it holds nothing back."""
    possible = possible_exposure(problem)
    cost = f"{made.held_back:,.1f} vehicle-weeks of risk ({percent(made.held_back / max(possible, 1e-9))} of what is possible)"
    if made.beyond > limit:
        kept = (
            f"; beyond what these move, {LAST_PLAN_FIRST}, which costs {cost}"
            if made.limited
            else ""
        )
        which = (
            f"Of the letters that could stay {percent(made.beyond)} move: that"
            if made.passed or made.unready
            else "That"
        )
        return [
            f"{which} is more than the churn limit of {percent(limit)}: today's limits and lawful dates go before it{kept}."
        ]
    if not made.limited:
        return []
    may, move = floor(limit * made.stayers + 1e-9), round(made.beyond * made.stayers)
    used = (
        f"{move:,} of the {counted(may, 'letter')} that it lets move do"
        if may
        else "it lets none move"
    )
    return [
        f"The churn limit held back further moves: {used}. Without it the plan would take off {cost} more."
    ]
