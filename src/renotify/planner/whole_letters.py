"""The best plan in whole letters, by branch and bound, where few enough decisions are contested (decision 0079).

Where owners are few and jobs long a letter is no fraction of anything: rounding what a linear program says loses up to half of the
plan. Dealers whom no limit of their own may hold stay one group (:mod:`renotify.planner.told_apart`): their letters are shared out
afterwards and nothing is lost. The search is cut by its nodes, never by a clock, so that the same problem gives the same plan.
"""

from __future__ import annotations

import numpy as np

from renotify.planner.constraints import model
from renotify.planner.dealer_groups import DealerGroups
from renotify.planner.fill import Fill
from renotify.planner.letter_plan import Letters
from renotify.planner.problem import NO_DATE, Flags, Floats
from renotify.planner.solver import CLOSE, Search, solve
from renotify.planner.two_level import Master

NODE_COLUMNS = (
    50_000  # nodes of a search times contested decisions: about a second, its root not counted
)
FEWEST_NODES, MOST_NODES = 10, 1_000
FEW_DECISIONS = (
    1_000  # contested, up to which a search ends within two seconds whatever its tree looks like
)
FEWEST_RESTS = 150  # times that it may ask whether to go on, in its root up to 50 milliseconds each
REST_COLUMNS = 90_000  # or so many over its contested decisions
SMALL = 300  # contested, up to which letters of all dealers are searched together before each one's, and mostly to the end
SMALL_COLUMNS, ROOT_RESTS = 345_000, 800  # as many more there: a second of their tree
THOROUGH = 40  # times the nodes of a search that is asked to be thorough


def contested(groups: DealerGroups) -> int:
    """Letter decisions that some limit may refuse: bundles with owners in a group, times the weeks in which they may be mailed.

    A letter that takes no place at a full mail house, no kit that may run short and no hour of a dealer told apart goes out in its
    first week, and decides nothing.
    """
    problem = groups.problem
    takes: Flags = np.zeros(groups.owners.shape, bool)
    takes |= bool(np.isfinite(problem.mail_capacity).any())
    takes |= (problem.mail_by != NO_DATE)[:, None]
    takes |= (problem.labour > 0)[:, None] & groups.limited[None, :]
    for p in problem.binding:
        if problem.away[p] or problem.may_run_short(int(p)):
            takes |= (problem.kits[p] > 0)[:, None]
    return int(((takes & (groups.owners > 0)).sum(axis=1) * groups.mailable.sum(axis=1)).sum())


def nodes_for(decisions: int, *, thorough: bool = False) -> int:
    """Return the nodes of a search of so many contested decisions; one that is ``thorough`` takes THOROUGH times as many.

    A small search is ended by its rests.
    """
    times = THOROUGH if thorough or decisions <= SMALL else 1
    return max(FEWEST_NODES, min(MOST_NODES * times, NODE_COLUMNS * times // max(1, decisions)))


def rests_for(decisions: int, *, thorough: bool = False) -> int | None:
    """Return how often a search of few contested decisions may ask whether to go on; None: as often as it likes."""
    if decisions > FEW_DECISIONS:
        return None
    each = max(1, decisions)
    rests = max(FEWEST_RESTS, REST_COLUMNS // each)
    if decisions <= SMALL:
        rests = max(rests, SMALL_COLUMNS // each - ROOT_RESTS)
    return rests * (THOROUGH if thorough else 1)


def most_alone(groups: DealerGroups) -> Floats:
    """Most letters of a bundle that a group could have in a week if nobody had any other: no plan has more. [B, G, T]"""
    problem = groups.problem
    fill = Fill(problem)
    short = {int(p) for p in problem.binding if problem.away[p] or problem.may_run_short(int(p))}
    most = np.zeros((*groups.owners.shape, problem.weeks))
    for b in range(len(problem.bundles)):
        for week in np.flatnonzero(fill.groups.mailable[b]).tolist():
            room = fill.labour.allowed(b, week, problem.owners[b], None).astype(float)
            of_group = groups.total(room)
            several = ~groups.single
            for p in short.intersection(fill.needs[b]):
                kits = fill.kits_left[p].alone(b, week, len(room))
                of_group = np.minimum(of_group, groups.total(np.minimum(room, kits)))
                if not problem.away[p] and several.any():
                    together = fill.kits_left[p].together(b, week, groups)
                    of_group[several] = np.minimum(of_group, together)[several]
            places = np.floor(problem.mail_capacity[week] / problem.printed[b])
            most[b, :, week] = np.minimum(of_group, places)
    return most


def in_whole_letters(
    groups: DealerGroups,
    letters: Letters | None = None,
    nodes: int | None = None,
    close: float = CLOSE,
    *,
    dives: bool = True,
    rests: int | None = None,
) -> Master:
    """The best whole letters of groups that branch and bound finds, none worth less than ``letters`` [B, D, T], with a proven ceiling.

    ``nodes``, ``close``, ``dives`` and ``rests`` as in :class:`renotify.planner.solver.Search`.
    """
    decisions = contested(groups)
    small = decisions <= SMALL
    program, variables = model(groups, most_alone(groups), whole=True, together=small)
    integral = np.unique(
        np.concatenate([v.ravel() for v in (variables.x, variables.interim, variables.shared)])
    )
    nodes = nodes or nodes_for(decisions)
    known = None
    if letters is not None and not len(groups.dated):
        values = np.zeros(program.width)
        by_group = groups.total(letters.swapaxes(0, 1).astype(float)).swapaxes(0, 1)
        np.add.at(values, variables.shared, by_group)
        values[variables.x] = by_group
        known = values[integral]
    search = Search(integral, nodes, known, close, dives, rests, presolve=small)
    return Master(groups, variables, solve(program, search))
