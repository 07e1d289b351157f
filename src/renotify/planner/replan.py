"""The weekly re-plan: what is at the mail house stays, who came in is dropped, the rest is planned again.

Week 0 is this week. The adapter counts owners afresh from the ledger; here the frozen weeks are kept,
letters already in the mail keep asking, nobody hears twice within the cadence, silent owners join a
follow-up bundle of their own, and a plan moves no more letters than the churn limit allows.
"""

from __future__ import annotations

from dataclasses import dataclass, replace

import numpy as np

from renotify.planner.fill import Fill, fill_to_quota, priority
from renotify.planner.letter_plan import HeldOwners, LetterPlan, Letters, exposure_removed
from renotify.planner.plan_by_policy import plan
from renotify.planner.plan_check import verify
from renotify.planner.problem import NO_DATE, Floats, Ints, Problem
from renotify.planner.two_level import completed
from renotify.plans.response import requests

FROZEN = 2  # weeks: this one and the next are at the mail house
FOLLOW_UP_AFTER = 8  # weeks of silence
FOLLOW_UP_SHARE = 0.5  # a follow-up letter is answered by this share of what the first one was
SECOND_NOTICE = "second notice"  # what is queued after an interim one
CHURN_LIMIT = 0.25  # share of the last plan's letters that may move


@dataclass(frozen=True, eq=False)
class Replan:
    """The new plan, what it moved, and what it dropped."""

    plan: LetterPlan
    dropped: int  # letters of the last plan whose owners came in or left the list
    moved: int  # letters of the last plan that now go out in another week or to somebody else
    churn: float  # moved / letters of the last plan after the frozen weeks
    report: tuple[str, ...]


def shifted(letters: Letters, weeks: int, horizon: int | None = None) -> Letters:
    """The last plan's letters [B, D, T] as seen ``weeks`` later, in a horizon of its own. [B, D, T']"""
    length = letters.shape[2] if horizon is None else horizon
    moved = np.zeros((*letters.shape[:2], length), letters.dtype)
    tail = letters[:, :, weeks : weeks + length]
    moved[:, :, : tail.shape[2]] = tail
    return moved


def with_letters_in_the_mail(problem: Problem, mailed: Letters) -> Problem:
    """Adds the answers still to come from past letters to the background.

    ``mailed`` [B, D, A]: letters to owners not yet in, by how many weeks ago they were mailed, 1 .. A.
    An owner silent for a weeks asks in week t with the share rho[a + t] / (1 - F[a - 1]).
    """
    weekly = np.zeros((*problem.owners.shape, problem.weeks))
    reached = np.cumsum(problem.response, axis=1)
    for age in range(1, mailed.shape[2] + 1):
        if age >= problem.response.shape[1]:
            break
        coming = problem.response[:, age : age + problem.weeks] / np.maximum(
            1 - reached[:, age - 1 : age], 1e-9
        )
        weekly[:, :, : coming.shape[1]] += mailed[:, :, age - 1, None] * coming[:, None, :]
    return _with_background(problem, weekly)


def _with_background(problem: Problem, weekly: Floats) -> Problem:
    at = np.argwhere(weekly.any(axis=2))
    return replace(
        problem,
        background_at=np.concatenate([problem.background_at, at]),
        background=np.concatenate(
            [problem.background.reshape(-1, problem.weeks), weekly[tuple(at.T)]]
        ),
    )


def with_follow_ups(
    problem: Problem,
    silent: Letters,
    *,
    after: int = FOLLOW_UP_AFTER,
    cadence: int = FOLLOW_UP_AFTER,
    share: float = FOLLOW_UP_SHARE,
) -> Problem:
    """Queues owners who stayed silent after a letter that asked them in as follow-up bundles with their own, lower response.

    ``silent`` [B, D, A]: owners not yet in, by weeks since their letter, 1 .. A. The follow-up may go
    out once ``after`` weeks have passed, and never within ``cadence`` weeks of the last letter. Owners
    who become due in the same week form one bundle, named for that week.
    """
    wait = max(after, cadence)
    ages = np.arange(1, silent.shape[2] + 1)
    due = np.maximum(wait - ages, 0)
    made = problem
    for week in np.unique(due[due < problem.weeks]).tolist():
        counts = silent[:, :, due == week].sum(axis=2)
        bundles = np.flatnonzero(counts.any(axis=1))
        if len(bundles):
            made = _appended(made, problem, bundles, counts[bundles], week, share)
    return made


def with_second_notices(problem: Problem, made: Problem, owed: Ints, week: int = FROZEN) -> Problem:
    """Queues owners whose interim notice asked nobody in as bundles of second notices, so that their kits and hours are kept.

    ``owed`` [B, D]: such owners by the bundles of ``problem``, which are the first of ``made``; none goes out before ``week``.
    """
    bundles = np.flatnonzero(owed.any(axis=1))
    if not len(bundles) or week >= problem.weeks:
        return made
    return _appended(made, problem, bundles, owed[bundles], week, 1.0, SECOND_NOTICE)


def _appended(
    made: Problem,
    source: Problem,
    bundles: Ints,
    counts: Ints,
    week: int,
    share: float,
    letter: str = "follow-up",
) -> Problem:
    names = tuple(f"{source.bundles[b]} {letter} from week {week}" for b in bundles)
    order = (
        None
        if made.order is None or source.order is None
        else np.concatenate([made.order, source.order[bundles]])
    )
    return replace(
        made,
        bundles=made.bundles + names,
        risk=np.concatenate([made.risk, source.risk[bundles]]),
        labour=np.concatenate([made.labour, source.labour[bundles]]),
        response=np.concatenate([made.response, share * source.response[bundles]]),
        first_week=np.concatenate([made.first_week, np.full(len(bundles), week)]),
        mail_by=np.concatenate([made.mail_by, np.full(len(bundles), NO_DATE)]),
        owners=np.concatenate([made.owners, counts.astype(np.int64)]),
        kits=np.concatenate([made.kits, source.kits[:, bundles]], axis=1),
        order=order,
    )


def replan(
    problem: Problem,
    last: Letters,
    *,
    interim: Letters | None = None,
    frozen: int = FROZEN,
    churn_limit: float = CHURN_LIMIT,
    policy: str = "optimal",
    workers: int = 1,
) -> Replan:
    """Plans again from today's Problem; ``last`` [B, D, T] is the last plan seen from today (:func:`shifted`).

    Bundles of ``problem`` beyond those of ``last`` are new follow-ups. The frozen weeks keep the last
    plan's letters, less owners who came in; those of them that are ``interim`` [B, D, T] ask nobody in.
    ``workers`` as in :func:`renotify.planner.plan`.
    """
    kept = _kept(problem, last)
    dropped = int(last.sum()) - int(kept.sum())
    fixed = kept.copy()
    fixed[:, :, frozen:] = 0
    waiting = np.zeros_like(fixed)
    if interim is not None:
        waiting = np.minimum(fixed, _padded(problem, interim))
    rest = _after(problem, fixed, waiting, frozen)
    found = plan(rest, policy, workers=workers)
    later = kept - fixed
    letters, limited = _within_churn(rest, found.letters, later, churn_limit)
    moved = _moved(letters, later)
    whole = _whole(problem, rest, replace(found, letters=letters), fixed, waiting)
    churn = moved / max(1, int(later.sum()))
    return Replan(
        whole,
        dropped,
        moved,
        churn,
        _report(dropped, int(fixed.sum()), moved, churn, limited, frozen),
    )


def _kept(problem: Problem, last: Letters) -> Letters:
    """The last plan for owners who are still on the list, earliest weeks first. [B, D, T]"""
    through = np.minimum(np.cumsum(_padded(problem, last), axis=2), problem.owners[:, :, None])
    kept: Letters = np.diff(through, axis=2, prepend=0).astype(np.int32)
    return kept


def _padded(problem: Problem, letters: Letters) -> Letters:
    """Letters of the first bundles and weeks of a problem, in its shape. [B, D, T]"""
    whole = np.zeros((*problem.owners.shape, problem.weeks), np.int32)
    whole[: letters.shape[0], :, : letters.shape[2]] = letters
    return whole


def _after(problem: Problem, fixed: Letters, waiting: Letters, frozen: int) -> Problem:
    """What is left to plan once the frozen weeks stand: their letters, less the ``waiting`` interim ones, ask as background does.

    A lawful week that the frozen weeks have reached is over for them, and the first free week is the next best for who is left.
    """
    rest = _with_background(problem, requests(fixed - waiting, problem.response))
    owners = problem.owners - fixed.sum(axis=2)
    overdue = (problem.mail_by != NO_DATE) & (problem.mail_by < frozen)
    none_left = ~owners.any(axis=1) | (frozen >= problem.weeks)
    mail_by = np.where(overdue, np.where(none_left, NO_DATE, frozen), problem.mail_by)
    return replace(
        rest,
        owners=owners,
        first_week=np.maximum(problem.first_week, frozen),
        mail_by=mail_by,
        mail_capacity=problem.mail_capacity - fixed.sum(axis=(0, 1)),
    )


def _moved(new: Letters, old: Letters) -> int:
    """Letters of the old plan that are not where they were."""
    return int(np.maximum(old.astype(np.int64) - new, 0).sum())


def _within_churn(
    problem: Problem, new: Letters, old: Letters, limit: float
) -> tuple[Letters, bool]:
    """The new plan, or as much of it as the churn limit allows; a mixture of two feasible plans is feasible."""
    allowed = limit * max(1, int(old.sum()))
    if _moved(new, old) <= allowed or (problem.mail_by != NO_DATE).any():
        return new, False
    forced = _mixed(problem, new, old, 0.0)
    least = _moved(forced, old)
    share = max(0.0, (allowed - least) / max(1, _moved(new, old) - least))
    best = forced
    for part in (share, share / 2):
        tried = _mixed(problem, new, old, part)
        if _moved(tried, old) <= max(allowed, least):
            best = tried
            break
    return (
        (new, False)
        if exposure_removed(problem, best) > exposure_removed(problem, new)
        else (best, True)
    )


def _mixed(problem: Problem, new: Letters, old: Letters, share: float) -> Letters:
    """``share`` of the way from the old plan to the new one, filled again so that every limit holds."""
    quota = np.cumsum(share * new + (1 - share) * old, axis=2)
    fill = Fill(problem)
    rank = priority(problem)
    fill_to_quota(fill, quota, np.arange(len(problem.dealers)), lambda _week: rank)
    return completed(problem, fill.letters, reach=0).remedy


def _whole(
    problem: Problem, rest: Problem, found: LetterPlan, fixed: Letters, waiting: Letters
) -> LetterPlan:
    """The re-plan over the whole horizon; what was left to plan is verified, the frozen letters as traffic."""
    free = replace(found, problem=rest)
    breaches = tuple(str(breach) for breach in verify(rest, free))
    interim = waiting if found.interim is None else (found.interim + waiting).astype(np.int32)
    made = replace(
        free,
        problem=problem,
        letters=(found.letters + fixed).astype(np.int32),
        interim=interim if interim.any() else found.interim,
    )
    objective = exposure_removed(problem, made.remedy_letters)
    bound = (found.bound or 0.0) + exposure_removed(problem, fixed - waiting)
    gap = (bound - objective) / bound if bound > 0 else 0.0
    messages = tuple(m for m in found.messages if m not in breaches) + breaches
    return replace(
        made, objective=objective, bound=bound, gap=gap, held=_held(rest, free), messages=messages
    )


def _held(rest: Problem, free: LetterPlan) -> tuple[HeldOwners, ...]:
    """Owners whom the re-plan does not write to; the plan's own reason where it has one."""
    reason = {(h.bundle, h.dealer): h.reason for h in free.held}
    without = rest.owners - free.letters.sum(axis=2)
    names = [
        (rest.bundles[b], rest.dealers[d], int(without[b, d])) for b, d in np.argwhere(without > 0)
    ]
    return tuple(
        HeldOwners(b, d, n, reason.get((b, d), "the churn limit holds the plan"))
        for b, d, n in names
    )


def _report(
    dropped: int, fixed: int, moved: int, churn: float, limited: bool, frozen: int
) -> tuple[str, ...]:
    sentences = [
        f"{fixed:,} letters of this week and the next {frozen - 1} are promised to the mail house and stay as they are."
    ]
    if dropped:
        sentences.append(
            f"{dropped:,} planned letters are dropped: their owners came in or left the list."
        )
    sentences.append(
        f"{moved:,} letters move to another week or owner ({100 * churn:.1f} % of the last plan)."
    )
    if limited:
        sentences.append("The churn limit held back further moves.")
    return tuple(sentences)
