"""Polishes a plan in blocks of dealers, each solved anew within its part of every limit.

Given the plan, a block of dealers may use its own hours and shelves, the letters and kits it uses
already, and its share of what the plan leaves of each national limit. Shares are disjoint, so all
blocks can be solved at the same time, and the union keeps every national limit.
"""

from __future__ import annotations

from dataclasses import replace

import numpy as np

from renotify.planner.dealer_groups import tightness
from renotify.planner.letter_plan import Letters
from renotify.planner.problem import NO_DATE, Floats, Ints, Problem
from renotify.planner.two_level import Draft, completed, draft, solve_master
from renotify.values.worker_pool import mapped

BLOCK_CELLS = 8_000  # bundles x groups x weeks of one block's master: about a second
MOST_BLOCKS = 16
POLISH_DECISIONS = 1_000_000  # bundles x dealers x weeks from which a polish gains 0.1 % and more
POLISH_GAP = 0.005  # certified gap above which there is something to gain


def worth_polishing(problem: Problem, gap: float) -> bool:
    """Whether the gain is worth the time: a large plan with a gap, short masters.

    A block's master covers two groups of dealers at least. Where two groups stay within BLOCK_CELLS the
    whole polish takes about 25 CPU seconds; larger masters would take minutes.
    Plans with lawful dates are never polished.
    """
    cells = problem.cells
    return (
        gap > POLISH_GAP
        and cells * len(problem.dealers) >= POLISH_DECISIONS
        and 2 * cells <= BLOCK_CELLS
        and not (problem.mail_by != NO_DATE).any()
    )


def blocks_of(problem: Problem) -> list[Ints]:
    """Dealers in blocks of equally tight ones, as many dealers as a block's master can tell apart."""
    order = np.argsort(-tightness(problem), kind="stable")
    cells = max(1, problem.cells)
    count = min(MOST_BLOCKS, -(-len(order) * cells // BLOCK_CELLS))
    return [np.sort(block) for block in np.array_split(order, max(1, count)) if len(block)]


def drawn(problem: Problem, p: int, letters: Letters) -> Floats:
    """Kits of resource p that each dealer draws on the national pool. [D, T]"""
    use, asked = problem.kernel(p), problem.background_use(p).copy()
    for b in np.flatnonzero(use.any(axis=1)):
        for week in np.flatnonzero(letters[b].any(axis=0)):
            asked[:, week:] += letters[b, :, week, None] * use[b, : problem.weeks - week]
    from_pool: Floats = np.maximum(0.0, asked - problem.stock[p][:, None])
    return from_pool


def draws(problem: Problem, letters: Letters) -> Floats:
    """Kits of each limited resource that each dealer draws on the national pool. [P, D, T]"""
    found = np.zeros((len(problem.parts), len(problem.dealers), problem.weeks))
    for p in problem.binding:
        found[p] = drawn(problem, int(p), letters)
    return found


def block_problem(
    problem: Problem,
    letters: Letters,
    dealers: Ints,
    drawn: Floats,
    spare: Floats,
    share: float | None = None,
) -> Problem:
    """The block's own problem: its dealers, what it draws now, and its ``share`` of what nobody draws; None: that of its owners."""
    keep = np.isin(problem.background_at[:, 1], dealers)
    place = np.full(len(problem.dealers), -1)
    place[dealers] = np.arange(len(dealers))
    at = problem.background_at[keep].copy()
    at[:, 1] = place[at[:, 1]]
    owners = problem.owners[:, dealers]
    if share is None:
        share = owners.sum() / max(1, problem.owners.sum())
    mail = problem.mail_capacity
    used = problem.printed @ letters.sum(axis=1)
    own = problem.printed @ letters[:, dealers].sum(axis=1)
    capacity = np.where(np.isfinite(mail), own + np.floor(share * (mail - used)), mail)
    return replace(
        problem,
        dealers=tuple(problem.dealers[d] for d in dealers),
        owners=owners,
        hours=problem.hours[dealers],
        mail_capacity=capacity,
        stock=problem.stock[:, dealers],
        supply=drawn + np.where(np.isfinite(spare), share * np.maximum(spare, 0.0), spare),
        background_at=at,
        background=problem.background[keep],
        background_margin=problem.background_margin[keep[: len(problem.background_margin)]],
        letters_out=int(keep[len(keep) - problem.letters_out :].sum()),
        zips=None,
        areas=None,
    )


def polished_block(problem: Problem) -> Letters:
    """The block's letters by its own master, dealer by dealer where they are few. [B, D', T]"""
    cells = max(1, problem.cells)
    return draft(problem, solve_master(problem, max(2, BLOCK_CELLS // cells)).guide).remedy


def polish(made: Draft, workers: int) -> Draft:
    """The plan with every block solved anew where that is better; the same for any number of workers."""
    problem = made.problem
    blocks = blocks_of(problem)
    drawing = draws(problem, made.remedy)
    spare = problem.supply - drawing.sum(axis=1)
    tasks = [
        block_problem(problem, made.remedy, block, drawing[:, block].sum(axis=1), spare)
        for block in blocks
    ]
    letters = made.remedy.copy()
    worth = problem.value[:, None, :]
    for block, better in zip(blocks, mapped(polished_block, tasks, workers), strict=True):
        if (worth * better).sum() > (worth * letters[:, block]).sum():
            letters[:, block] = better
    return completed(problem, letters)
