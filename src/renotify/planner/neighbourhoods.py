"""A plan of few owners a dealer made better a few dealers at a time, each time the best there is (decision 0079).

Where too many decisions are contested for one search, the letters of all dealers but a few are kept, and branch and bound finds the
best letters of these few within their own limits and all that the others leave. What is better is kept, and the next few are tried.
Dealers whom only the nation's limits hold are one group, and always among the few: much of what is free lies with them.
"""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np

from renotify.planner.letter_plan import Letters
from renotify.planner.polish import block_problem, draws
from renotify.planner.problem import NO_DATE, Floats, Ints, Problem
from renotify.planner.told_apart import told_apart
from renotify.planner.two_level import Draft, completed, draft
from renotify.planner.whole_letters import contested, in_whole_letters

NEIGHBOURHOOD = 800  # contested decisions solved at a time
NODES = 1  # what cuts and a first dive find is enough: the next neighbourhood looks again
NEAR = 5e-3  # share of its best within which a neighbourhood counts as solved
ROUNDS = 2  # times that every dealer is in a neighbourhood
WORTH_A_ROUND = 1e-3  # of the plan: a round that gains less is the last one
GAIN = 1e-9  # of what a plan is worth: less is rounding


def improved(made: Draft) -> Draft:
    """The plan with the letters of a few dealers at a time solved anew, until a round of all finds little that is better.

    Plans with lawful dates stay as they are: their interim notices follow other rules.
    """
    problem, letters = made.problem, made.remedy.copy()
    if (problem.mail_by != NO_DATE).any():
        return made
    drawing = draws(problem, letters)
    worth = problem.value[:, None, :]
    for number in range(ROUNDS):
        before = float((worth * letters).sum())
        for few in neighbourhoods(problem, number):
            part = _of_few(problem, letters, few, drawing)
            better = _best_letters(part, letters[:, few])
            more = float((worth * (better - letters[:, few])).sum())
            if more > GAIN * max(1.0, before):
                letters[:, few] = better
                drawing[:, few] = draws(problem, letters)[:, few]
        if float((worth * letters).sum()) - before <= WORTH_A_ROUND * before:
            break
    return completed(problem, letters)


def neighbourhoods(problem: Problem, number: int) -> Iterator[Ints]:
    """The dealers of each neighbourhood of a round, in a lot of the round's own; those of no limit of their own are in all of them."""
    apart = told_apart(problem)
    alone = apart.single[apart.group]
    others = np.flatnonzero(~alone)
    dealers = np.random.default_rng(number).permutation(np.flatnonzero(alone))
    each = contested(apart) / max(1, apart.size)
    count = -(-len(dealers) // max(1, int(NEIGHBOURHOOD / max(each, 1.0)) - bool(len(others))))
    for few in np.array_split(dealers, max(1, count)):
        yield np.sort(np.concatenate([few, others]))


def _of_few(problem: Problem, letters: Letters, few: Ints, drawing: Floats) -> Problem:
    """The problem of a few dealers: what they use, and all that nobody uses."""
    spare = problem.supply - drawing.sum(axis=1)
    part = block_problem(problem, letters, few, drawing[:, few].sum(axis=1), spare, share=1.0)
    kept = problem.away == 0  # a kit that later weeks need is not there before
    part.supply[kept] = np.minimum.accumulate(part.supply[kept, ::-1], axis=1)[:, ::-1]
    return part


def _best_letters(problem: Problem, letters: Letters) -> Letters:
    """The best letters of a small problem that branch and bound finds within its limits. [B, D', T]"""
    return draft(problem, in_whole_letters(told_apart(problem), letters, NODES, NEAR).guide).remedy
