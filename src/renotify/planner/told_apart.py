"""Dealers that a master must tell apart; all others may share one row of each limit, and nothing is lost by it.

A dealer whose hours hold whatever its letters could ever ask, and without a kit of its own of any part that could run short, is held
by the nation's limits alone. Summed with others of its kind it asks the same of these, so the master's ceiling is that of every
dealer by itself.
"""

from __future__ import annotations

import numpy as np

from renotify.planner.dealer_groups import DealerGroups, ungrouped
from renotify.planner.problem import Flags, Problem

EASE = 1e-9  # hours: rounding of a sum


def told_apart(problem: Problem) -> DealerGroups:
    """The dealers that limits of their own may hold, each a group, and the others in one."""
    dealers = ungrouped(problem)
    apart = ~hours_to_spare(dealers)
    for p in problem.binding:
        if problem.may_run_short(int(p)):
            apart |= (problem.stock[p] > 0) | (problem.away[p] > 0)
    group = np.where(apart, np.cumsum(apart) - 1, int(apart.sum()))
    return DealerGroups(problem, group)


def columns(groups: DealerGroups) -> int:
    """Letter decisions of a master: bundles with owners in a group, of those that a plan decides about, times weeks."""
    return int((groups.owners[groups.problem.decided] > 0).sum()) * groups.problem.weeks


def hours_to_spare(groups: DealerGroups) -> Flags:
    """Dealers whose hours hold every window of weeks with all its letters timed for their most in it. [D]"""
    problem, weeks = groups.problem, groups.problem.weeks
    there, walk_in = groups.dealer_hours[:, :weeks], problem.background_hours
    free = np.cumsum(there - walk_in, axis=1)
    before = np.concatenate([np.zeros((len(free), 1)), free[:, :-1]], axis=1)
    held = np.ones(len(free), bool)
    asked = np.concatenate([np.zeros((len(problem.bundles), 1)), problem.cumulative], axis=1)
    for length in range(1, weeks + 1):
        most = (asked[:, length:] - asked[:, :-length]).max(axis=1)
        burden = (problem.labour * most) @ problem.owners
        room = free[:, length - 1 :] - before[:, : weeks - length + 1]
        room = room + groups.dealer_wait[:, length - 1 :]
        held &= burden <= room.min(axis=1) + EASE
    return held | ~groups.limited
