"""The weekly re-plan: what is at the mail house stays, who came in is dropped, the rest is planned again.

Week 0 is this week. The adapter counts owners afresh from the ledger; here the frozen weeks are kept,
letters already in the mail keep asking, and a plan moves no more letters later than the churn limit allows. Silent owners take no
place in it: the next follow-up is planned when they are due.
"""

from __future__ import annotations

from dataclasses import dataclass, replace

import numpy as np

from renotify.planner.adjusted_limits import trimmed, with_margins
from renotify.planner.explain_plan import held_letters
from renotify.planner.fill import Fill, fill_to_quota, priority
from renotify.planner.letter_plan import (
    MAIL_HOUSE,
    BrokenLimit,
    HeldOwners,
    LetterPlan,
    Letters,
    exposure_removed,
    possible_exposure,
)
from renotify.planner.moved_letters import (
    LAST_PLAN_FIRST,
    LastPlan,
    Moves,
    moves,
    report,
)
from renotify.planner.plan_by_policy import NOBODY, STARTED, plan, with_letter_words
from renotify.planner.plan_check import broken, verify
from renotify.planner.problem import NO_DATE, Floats, Ints, Problem
from renotify.planner.two_level import Draft, completed
from renotify.planner.wave_sizes import joined_waves
from renotify.plans.response import requests, requests_of_silent

FROZEN = 2  # weeks: this one and the next are at the mail house
SECOND_NOTICE = "second notice"  # what is queued after an interim one
CHURN_LIMIT = 0.25  # share of the last plan's letters that may move
MIXTURES = 6  # of two plans that are tried to use the churn limit
USED = 0.98  # of what may move, from which no larger share is looked for
ALL_OUT = "Every letter is out, or its owner came in: none is left to plan, and the plan keeps what was learned since."
PROMISED_ALONE = (
    "Nobody is left to write to beside the letters that are promised to the mail house."
)


@dataclass(frozen=True, eq=False)
class Replan:
    """The new plan, what it moved, and what it dropped."""

    plan: LetterPlan
    dropped: int  # letters of the last plan whose owners came in or left the list
    moved: int  # letters of the last plan that go later or to nobody (:func:`moved_later`); one that comes earlier is none
    churn: float  # moved / letters of the last plan that are not in the frozen weeks
    report: tuple[str, ...]


def shifted(letters: Letters, weeks: int, horizon: int | None = None) -> Letters:
    """The last plan's letters [B, D, T] as seen ``weeks`` later, in a horizon of its own. [B, D, T']"""
    length = letters.shape[2] if horizon is None else horizon
    moved = np.zeros((*letters.shape[:2], length), letters.dtype)
    tail = letters[:, :, weeks : weeks + length]
    moved[:, :, : tail.shape[2]] = tail
    return moved


def with_letters_in_the_mail(
    problem: Problem, mailed: Letters, walk_ins: Floats | None = None
) -> Problem:
    """Adds what is still to come of past letters to the background: answers, and the ``walk_ins`` [B, D] a week of their owners.

    ``mailed`` [B, D, A]: letters to owners who have not asked yet, by how many weeks ago they went out: 0 (this week) .. A - 1.
    """
    weekly = requests_of_silent(mailed, problem.response, problem.weeks)
    by_then = np.cumsum(weekly, axis=2)
    planned = problem.planned_for(by_then, mailed.sum(axis=2, dtype=np.int64)[:, :, None])
    margin = np.diff(planned - by_then, axis=2, prepend=0.0)
    if walk_ins is not None:
        weekly = weekly + walk_ins[:, :, None]
    return _with_letters_out(problem, weekly, margin)


def _with_letters_promised(problem: Problem, letters: Letters) -> Problem:
    """Adds what letters [B, D, T] that are promised to the mail house will bring: their parts are kept as those of any letter."""
    beyond = problem.planned_for(problem.cumulative) - problem.cumulative
    margin = requests(letters, np.diff(beyond, axis=1, prepend=0.0))
    return _with_letters_out(problem, requests(letters, problem.response), margin)


def _with_letters_out(problem: Problem, weekly: Floats, margin: Floats) -> Problem:
    """Adds the requests that letters already out bring, and those beyond for which parts are kept, [B, D, T] both, to the background."""
    at = np.argwhere(weekly.any(axis=2))
    before = np.zeros((len(problem.background_at), problem.weeks))
    if len(problem.background_margin):
        before = problem.background_margin
    return replace(
        problem,
        background_at=np.concatenate([problem.background_at, at]),
        background=np.concatenate(
            [problem.background.reshape(-1, problem.weeks), weekly[tuple(at.T)]]
        ),
        background_margin=np.concatenate([before, margin[tuple(at.T)]]),
        letters_out=problem.letters_out + len(at),
    )


def with_second_notices(problem: Problem, owed: Ints, week: int = FROZEN) -> Problem:
    """Queues owners whose interim notice asked nobody in as bundles of second notices, so that their kits and hours are kept.

    ``owed`` [B, D]: such owners by bundle; none goes out before ``week``.
    """
    bundles = np.flatnonzero(owed.any(axis=1))
    if not len(bundles) or week >= problem.weeks:
        return problem
    names = tuple(
        f"{problem.bundles[b]} {SECOND_NOTICE} from {problem.week_words(week)}" for b in bundles
    )
    every = np.r_[: len(problem.bundles), bundles]
    return replace(
        problem,
        bundles=problem.bundles + names,
        risk=np.concatenate([problem.risk, problem.risk[bundles]]),
        labour=np.concatenate([problem.labour, problem.labour[bundles]]),
        response=np.concatenate([problem.response, problem.response[bundles]]),
        first_week=np.concatenate([problem.first_week, np.full(len(bundles), week)]),
        mail_by=np.concatenate([problem.mail_by, np.full(len(bundles), NO_DATE)]),
        owners=np.concatenate([problem.owners, owed[bundles].astype(np.int64)]),
        kits=np.concatenate([problem.kits, problem.kits[:, bundles]], axis=1),
        order=None if problem.order is None else problem.order[every],
        pieces=None if problem.pieces is None else problem.pieces[every],
    )


def replan(  # noqa: PLR0913 - two plans and how to go from one to the other, by name
    problem: Problem,
    last: Letters,
    *,
    missed: Letters | None = None,
    interim: Letters | None = None,
    second: Letters | None = None,
    churn_limit: float = CHURN_LIMIT,
    policy: str = "optimal",
    workers: int = 1,
) -> Replan:
    """Plans again from today's Problem; ``last`` [B, D, T] is the last plan seen from today (:func:`shifted`).

    Bundles of ``problem`` beyond those of ``last`` are second notices that are owed. The frozen weeks keep the last
    plan's letters, less owners who came in; those of them that are ``interim`` [B, D, T] ask nobody in.
    ``missed`` [B, D, 1 + T] are its letters beside ``last`` that cannot keep their week, by that week: first those of weeks that have
    passed without a release. They are planned as those who had none, and have moved all the same.
    ``second`` [B, D, T] are the letters with a remedy that follow interim ones in the last plan. With what it keeps they are where optimal
    and exact start: the new plan removes no less than the last one does within today's limits.
    ``workers`` as in :func:`renotify.planner.plan`.
    """
    kept = _kept(problem, last)
    dropped = int(last.sum()) - int(kept.sum())
    fixed = kept.copy()
    fixed[:, :, FROZEN:] = 0
    waiting = np.zeros_like(fixed)
    if interim is not None:
        waiting = np.minimum(fixed, _padded(problem, interim))
    rest = _after(problem, fixed, waiting)
    later = kept - fixed
    start = _asking(rest, later, interim, second) if policy in STARTED else None
    found = plan(rest, policy, start=start, workers=workers)
    before = LastPlan.of(rest, later, missed)
    mixed = _within_churn(rest, found.letters, before, churn_limit)
    letters = found.letters if mixed is None else mixed.remedy
    held = exposure_removed(rest, found.letters) - exposure_removed(rest, letters)
    moved = moves(before, letters, dropped=dropped, fixed=int(fixed.sum()), held_back=held)
    chosen = _with_own_words(rest, found, mixed, moved.fixed)
    whole = _whole(problem, rest, chosen, fixed, waiting)
    said = report(problem, moved, churn_limit, FROZEN)
    return Replan(whole, dropped, moved.later, moved.churn, said)


def made_again(
    problem: Problem, last: Letters, *, policy: str = "optimal", workers: int = 1
) -> Replan | None:
    """Return the plan of a problem of which ``last`` [B, D, T] was made before by the same policy; None where it comes out otherwise.

    Nothing moves then, and all that the plan said and proved holds.
    """
    same = plan(problem, policy, workers=workers)
    if not np.array_equal(same.mailed, _padded(problem, last)):
        return None
    promised = int(same.mailed[:, :, :FROZEN].sum())
    said = report(problem, Moves(dropped=0, fixed=promised), CHURN_LIMIT, FROZEN)
    return Replan(same, 0, 0, 0.0, said)


def _with_own_words(
    rest: Problem, found: LetterPlan, mixed: Draft | None, promised: int
) -> LetterPlan:
    """The plan that was found, or the mixture in its place: with its own owners held, and with what it says of its own letters."""
    chosen = replace(found, problem=rest)
    if mixed is not None:
        chosen = replace(chosen, letters=mixed.remedy, held=_held(found, mixed))
    others = [message for message in found.messages if message not in found.of_letters]
    if others == [*NOBODY]:
        others = [PROMISED_ALONE if promised else ALL_OUT]
    chosen = with_letter_words(chosen, promised)
    return replace(chosen, messages=(*chosen.of_letters, *others))


def _kept(problem: Problem, last: Letters) -> Letters:
    """The last plan for owners who are still on the list, earliest weeks first. [B, D, T]"""
    through = np.minimum(np.cumsum(_padded(problem, last), axis=2), problem.owners[:, :, None])
    kept: Letters = np.diff(through, axis=2, prepend=0).astype(np.int32)
    return kept


def _asking(
    problem: Problem, later: Letters, interim: Letters | None, second: Letters | None
) -> Letters:
    """The last plan's letters with a remedy after the frozen weeks: ``later`` less the interim ones, and second ones. [B, D, T]"""
    asking = later
    if interim is not None:
        asking = asking - np.minimum(asking, _padded(problem, interim))
    if second is not None:
        after = _padded(problem, second)
        after[:, :, :FROZEN] = 0
        asking = asking + after
    return asking


def _padded(problem: Problem, letters: Letters) -> Letters:
    """Letters of the first bundles and weeks of a problem, in its shape. [B, D, T]"""
    whole = np.zeros((*problem.owners.shape, problem.weeks), np.int32)
    whole[: letters.shape[0], :, : letters.shape[2]] = letters
    return whole


def _after(problem: Problem, fixed: Letters, waiting: Letters) -> Problem:
    """What is left to plan once the frozen weeks stand: their letters, less the ``waiting`` interim ones, ask as background does.

    A lawful week that the frozen weeks have reached is over for them, and the first free week is the next best for who is left.
    """
    rest = _with_letters_promised(problem, fixed - waiting)
    owners = problem.owners - fixed.sum(axis=2)
    overdue = (problem.mail_by != NO_DATE) & (problem.mail_by < FROZEN)
    none_left = ~owners.any(axis=1) | (problem.weeks <= FROZEN)
    mail_by = np.where(overdue, np.where(none_left, NO_DATE, FROZEN), problem.mail_by)
    return replace(
        rest,
        owners=owners,
        first_week=np.maximum(problem.first_week, FROZEN),
        mail_by=mail_by,
        possible=possible_exposure(problem),
        mail_capacity=np.maximum(problem.mail_capacity - problem.printed @ fixed.sum(axis=1), 0.0),
    )


def _within_churn(problem: Problem, new: Letters, last: LastPlan, limit: float) -> Draft | None:
    """As much of the new plan as the churn limit allows, a share of the letters that can keep their week; None where that is all of it.

    A mixture of two feasible plans is feasible. Where today's limits alone move more letters than may, no more are moved than they do.
    A lawful date goes before the churn limit.
    """
    wanted = last.beyond(new)
    allowed = limit * max(1, last.could_stay)
    if wanted <= allowed or (problem.mail_by != NO_DATE).any():
        return None
    robust = trimmed(with_margins(problem))
    forced = _mixed(robust, new, last.standing, 0.0)
    least = last.beyond(forced.remedy)
    may = max(allowed, least)
    within = [forced, *_largest_shares(robust, new, last.standing, last, (least, wanted), may)]
    if last.passed:  # those whose week has passed go before others, as far as these may give way
        at_once = _mixed(robust, new, last.at_once, 0.0)
        ends = last.beyond(at_once.remedy), wanted
        within += [at_once] if ends[0] <= may else []
        within += _largest_shares(robust, new, last.at_once, last, ends, may)
    return max(within, key=lambda made: exposure_removed(problem, made.remedy))


def _largest_shares(
    problem: Problem,
    new: Letters,
    old: Letters,
    last: LastPlan,
    ends: tuple[int, int],
    may: float,
) -> list[Draft]:
    """Mixtures of two plans that move no more letters than ``may``, each a larger share of the new one than the mixture before it.

    ``ends``: letters that a share of none and the whole of it move. A share between is tried by proportion and by halves in turn, for
    whole letters move in steps, until what may move is as good as used.
    """
    low, high = 0.0, 1.0
    at_low, at_high = ends
    found: list[Draft] = []
    for turn in range(MIXTURES):
        share = low + (high - low) * (may - at_low) / max(1, at_high - at_low)
        if turn % 2 or not low < share < high:
            share = (low + high) / 2
        made = _mixed(problem, new, old, share)
        moved = last.beyond(made.remedy)
        if moved > may:
            high, at_high = share, moved
            continue
        found.append(made)
        if moved >= USED * may or may - moved < 1:
            break
        low, at_low = share, moved
    return found


def _mixed(problem: Problem, new: Letters, old: Letters, share: float) -> Draft:
    """``share`` of the way from the old plan to the new one, filled again so that every limit holds, and as early as they allow."""
    quota = np.cumsum(share * new + (1 - share) * old, axis=2)
    fill = Fill(problem)
    rank = priority(problem)
    # between two plans that keep every limit half a letter is one: rounded down, letters of both would wait
    fill_to_quota(fill, quota, np.arange(len(problem.dealers)), lambda _week: rank, forgiven=0.5)
    return joined_waves(completed(problem, fill.letters, reach=problem.weeks))


def _whole(
    problem: Problem, rest: Problem, found: LetterPlan, fixed: Letters, waiting: Letters
) -> LetterPlan:
    """The re-plan over the whole horizon; what was left to plan is verified, the frozen letters as traffic."""
    free = replace(found, problem=rest)
    checked = verify(rest, free, with_margins(rest))
    breaches = tuple(str(breach) for breach in checked)
    interim = waiting if found.interim is None else (found.interim + waiting).astype(np.int32)
    made = replace(
        free,
        problem=problem,
        letters=(found.letters + fixed).astype(np.int32),
        interim=interim if interim.any() else found.interim,
    )
    objective = exposure_removed(problem, made.remedy_letters)
    bound = (found.bound or 0.0) + exposure_removed(problem, fixed - waiting)
    gap = (bound - objective) / bound if bound > 0 else None
    over = broken_by_promised(problem, fixed)
    messages = tuple(m for m in found.messages if m not in breaches) + breaches
    return replace(
        made,
        objective=objective,
        bound=bound,
        gap=gap,
        messages=messages,
        broken=(*over, *broken(checked)),
    )


def broken_by_promised(problem: Problem, fixed: Letters) -> tuple[BrokenLimit, ...]:
    """Weeks in which letters that are promised to the mail house are more than it takes, and by how many pieces."""
    over = problem.printed @ fixed.sum(axis=1) - problem.mail_capacity
    return tuple(
        BrokenLimit(MAIL_HOUSE, problem.week_words(week), float(over[week]))
        for week in np.flatnonzero(over > 0).tolist()
    )


def _held(found: LetterPlan, mixed: Draft) -> tuple[HeldOwners, ...]:
    """Owners whom a mixture of the plans does not write to, with the limit that stands in their way.

    Those to whom the plan that was found would write are held by letters of the last plan as well.
    """
    there = {(one.bundle, one.dealer) for one in found.held}
    return tuple(
        one
        if (one.bundle, one.dealer) in there
        else replace(one, reason=f"{one.reason}: {LAST_PLAN_FIRST}")
        for one in held_letters(mixed, mixed.remedy)
    )
