"""The planning problem over groups of dealers, with the limits that letters can keep.

Summing the rows of several dealers is a relaxation: what the model can reach for
groups is at least what it can reach for the dealers, so a master over groups proves a bound.

A limit that background traffic alone already exceeds is raised to what the background takes: letters
may then add nothing there, and :mod:`renotify.planner.explain_plan` reports the excess by itself.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property

import numpy as np

from renotify.planner.problem import NO_DATE, Flags, Floats, Ints, Problem

HOURS_A_KIND = (
    2  # groups of dealers with the same parts on their shelves, by how tight their hours are
)


def backlog(load: Floats, hours: Floats) -> Floats:
    """(5) Hours waiting at the end of each week. [D, T]"""
    net = np.cumsum(load - hours, axis=1)
    low = np.minimum.accumulate(np.concatenate([np.zeros((len(net), 1)), net], axis=1), axis=1)
    waiting: Floats = net - low[:, 1:]
    return waiting


@dataclass(frozen=True, eq=False)
class DealerGroups:
    """A problem over groups; ``group`` [D] says where each dealer belongs."""

    problem: Problem
    group: Ints

    @property
    def size(self) -> int:
        """Number of groups."""
        return int(self.group.max()) + 1 if len(self.group) else 0

    @cached_property
    def single(self) -> Flags:
        """Groups of one dealer. [G]"""
        one: Flags = np.bincount(self.group, minlength=self.size) == 1
        return one

    def total(self, by_dealer: Floats) -> Floats:
        """Sums [D, ...] over the dealers of each group. [G, ...]"""
        if not self.size:
            return np.zeros((0, *by_dealer.shape[1:]))
        order, first = self._members
        summed: Floats = np.add.reduceat(by_dealer[order], first, axis=0, dtype=np.float64)
        return summed

    @cached_property
    def _members(self) -> tuple[Ints, Ints]:
        """Dealers group by group, and where each group begins among them. [D], [G]"""
        order = np.argsort(self.group, kind="stable")
        return order, np.searchsorted(self.group[order], np.arange(self.size))

    @cached_property
    def owners(self) -> Floats:
        """N[b, g]"""
        return self.total(self.problem.owners.T.astype(float)).T

    @cached_property
    def open(self) -> Flags:
        """(3) Weeks in which a bundle may be mailed. [B, T]"""
        return np.arange(self.problem.weeks)[None, :] >= self.problem.first_week[:, None]

    @cached_property
    def dated(self) -> Ints:
        """Bundles with a lawful mail-by week."""
        return np.flatnonzero(self.problem.mail_by != NO_DATE)

    @cached_property
    def mailable(self) -> Flags:
        """Weeks in which a letter is allowed and worth something, or owed by law. [B, T]"""
        useful = self.problem.value > 0
        useful[self.dated] = True
        allowed: Flags = self.open & useful
        return allowed

    @property
    def interim_price(self) -> float:
        """What an interim notice costs: more than any letter is worth, so that it is the last resort."""
        return 1.0 + 2.0 * float(self.problem.value.max(initial=0.0))

    @cached_property
    def background_hours(self) -> Floats:
        """[G, T]"""
        return self.total(self.problem.background_hours)

    @cached_property
    def dealer_hours(self) -> Floats:
        """H[d, t] for t < T + V, a dealer without limit given hours that nothing could fill. [D, T + V]"""
        problem = self.problem
        most = (problem.labour[:, None] * problem.owners).sum(axis=0)
        most = most + problem.background_hours.sum(axis=1) + 1.0
        return np.where(np.isfinite(problem.hours), problem.hours, most[:, None])

    @cached_property
    def dealer_wait(self) -> Floats:
        """(6) Hours that may wait at the end of a week: the next V weeks' hours, or background's own. [D, T]"""
        problem, weeks = self.problem, self.problem.weeks
        ahead = np.zeros((len(problem.dealers), weeks))
        for j in range(1, problem.wait_bound + 1):
            ahead += self.dealer_hours[:, j : j + weeks]
        alone = backlog(problem.background_hours, self.dealer_hours[:, :weeks])
        return np.maximum(ahead, alone)

    @cached_property
    def hours(self) -> Floats:
        """[G, T]"""
        return self.total(self.dealer_hours[:, : self.problem.weeks])

    @cached_property
    def wait(self) -> Floats:
        """[G, T]"""
        return self.total(self.dealer_wait)

    @cached_property
    def limited(self) -> Flags:
        """Groups with a dealer whose hours bind. [G]"""
        binds = np.isfinite(self.problem.hours).any(axis=1).astype(float)
        return self.total(binds) > 0

    def shelves(self, p: int) -> tuple[Floats, Floats]:
        """Kits on dealers' shelves that could be used by week t, non-decreasing in t, and kits in use by background. [G, T] both

        The shelf of a dealer in a group of several counts no further than its greatest possible demand: the sum
        over the group then stays a relaxation but does not lend one dealer's surplus to another.
        """
        problem, walk_in = self.problem, self.problem.background_use(p)
        whole = np.repeat(problem.stock[p][:, None], problem.weeks, axis=1)
        if not (self.single.all() or problem.away[p]):
            most = np.minimum(whole, problem.most_use(p, walk_in))
            whole = np.where(self.single[self.group][:, None], whole, most)
        return self.total(whole), self.total(walk_in)


def ungrouped(problem: Problem) -> DealerGroups:
    """Every dealer a group of its own: the exact model."""
    return DealerGroups(problem, np.arange(len(problem.dealers)))


def tightness(problem: Problem) -> Floats:
    """Hours that a dealer's owners would ask for in the end, over the hours there are. [D]"""
    asked = (problem.labour * problem.cumulative[:, -1]) @ problem.owners
    asked = asked + problem.background_hours.sum(axis=1)
    ratio: Floats = asked / np.maximum(problem.hours[:, : problem.weeks].sum(axis=1), 1e-9)
    return ratio


def grouped(problem: Problem, count: int) -> DealerGroups:
    """Dealers grouped by how tight their hours are: equal owners a group, most tight first.

    Groups by tightness, not by area: the bound is loose exactly where slack dealers and tight ones
    share one row.
    """
    if count >= len(problem.dealers):
        return ungrouped(problem)
    one = np.zeros(len(problem.dealers), np.int64)
    return DealerGroups(problem, _split_by_tightness(problem, one, count))


def shelves_differ(problem: Problem) -> bool:
    """Whether some dealers have a part on their shelves that may run short, and others have none."""
    there = _on_shelves(problem)
    return bool((there.any(axis=1) & ~there.all(axis=1)).any())


def _on_shelves(problem: Problem) -> Flags:
    """Dealers who have each part that may run short on their shelves. [parts, D]"""
    short = [int(p) for p in problem.binding if problem.may_run_short(int(p))]
    there: Flags = problem.stock[short] > 0
    return there


def grouped_by_shelves(problem: Problem, count: int) -> DealerGroups:
    """Dealers grouped by which scarce parts they have on their shelves, and those of one kind by how tight their hours are.

    A group lends: where one of its dealers has one part and another a second, it may send letters that need both. Where there are
    more than ``count`` kinds of shelves, the parts that divide the owners most evenly tell them apart, as far as that goes. Each
    kind is in ``HOURS_A_KIND`` groups at least: few hours at a shelf with kits are lent as well (decision 0157).
    """
    owners = problem.owners.sum(axis=0).astype(float)
    there = _on_shelves(problem)
    share = there @ owners / max(owners.sum(), 1e-9)
    kind, kinds = np.zeros(len(owners), np.int64), 1
    for row in np.argsort(np.abs(share - 0.5), kind="stable").tolist():
        _, finer = np.unique(2 * kind + there[row], return_inverse=True)
        if int(finer.max()) >= count:
            break
        kind, kinds = finer, int(finer.max()) + 1
    parts = max(HOURS_A_KIND, count // kinds)
    return DealerGroups(problem, _split_by_tightness(problem, kind, parts))


def _split_by_tightness(problem: Problem, kind: Ints, parts: int) -> Ints:
    """Groups of dealers: those of each ``kind`` [D] in so many parts of equal owners, most tight first. [D]"""
    order = np.lexsort((-tightness(problem), kind))
    of = kind[order]
    owners = problem.owners.sum(axis=0)[order] + 1e-9
    first = np.flatnonzero(np.diff(of, prepend=-1))
    so_far = np.cumsum(owners)
    so_far = so_far - np.append(0.0, so_far)[first][of]
    whole = np.add.reduceat(owners, first)[of]
    index = np.minimum((so_far / whole * parts).astype(np.int64), parts - 1)
    group = np.empty(len(order), np.int64)
    _, group[order] = np.unique(of * parts + index, return_inverse=True)
    return group
