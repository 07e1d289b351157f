"""Two levels: a master program over groups of dealers, then whole letters by its quotas."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np

from renotify.planner.apportion import apportion
from renotify.planner.constraints import Variables, model
from renotify.planner.dealer_groups import DealerGroups, grouped
from renotify.planner.fill import Fill, Quota, fill_to_quota, priority, pull_forward, top_up
from renotify.planner.letter_plan import Letters, exposure_removed
from renotify.planner.problem import NO_DATE, Floats, Ints, Problem
from renotify.planner.solver import Solution, solve

FEWEST_GROUPS, MOST_GROUPS = 5, 24
MASTER_CELLS = 13_000  # bundles x groups x weeks of a master: about three seconds
REACH = 2  # weeks that a letter may be pulled forward in the last pass


@dataclass(frozen=True, eq=False)
class Guide:
    """Whose quotas a draft follows: letters that each group should have had by the end of each week."""

    quota: Quota  # [B, G, T]
    group: Ints  # [D]

    @classmethod
    def of_letters(cls, letters: Letters) -> Guide:
        """Return the guide to a plan's own letters, dealer by dealer; followed, it keeps every limit that they keep."""
        return cls(np.cumsum(letters, axis=2, dtype=float), np.arange(letters.shape[1]))

    def had(self, letters: Letters) -> Floats:
        """Letters already written, by group and week. [B, G, T]"""
        had = np.zeros(self.quota.shape)
        for b in np.flatnonzero(letters.any(axis=(1, 2))):
            np.add.at(had[b], self.group, letters[b])
        return had


@dataclass(frozen=True, eq=False)
class Master:
    """A solved master program: its groups, its variables, and its solution with a proven ceiling."""

    groups: DealerGroups
    variables: Variables
    solution: Solution

    @property
    def guide(self) -> Guide:
        """The letters of its solution, as quotas of its groups."""
        return Guide(np.cumsum(self.solution.values[self.variables.x], axis=2), self.groups.group)

    @property
    def exposure(self) -> float:
        """Exposure that the master's letters remove, its interim and late notices not counted."""
        return self.solution.worth + self.emergency

    @property
    def emergency(self) -> float:
        """What the master's own interim and late notices cost; 0 where every date is kept in full."""
        values = self.solution.values
        interim = values[self.variables.interim].sum() + 10 * values[self.variables.late].sum()
        return float(self.groups.interim_price * interim)


@dataclass(frozen=True, eq=False)
class Draft:
    """Letters of a plan before it is judged: remedy letters and interim notices, both [B, D, T]."""

    problem: Problem
    remedy: Letters
    interim: Letters
    fill: Fill

    @property
    def late(self) -> Ints:
        """First notices that miss their lawful week. [B, D]"""
        problem = self.problem
        dated = problem.mail_by != NO_DATE
        if not dated.any():
            return np.zeros_like(problem.owners)
        by_date = (
            np.arange(problem.weeks) <= np.where(dated, problem.mail_by, problem.weeks)[:, None]
        )
        sent = np.einsum("bdt,bt->bd", self.remedy + self.interim, by_date.astype(np.int64))
        return np.where(dated[:, None], problem.owners - sent, 0)

    @property
    def emergency(self) -> float:
        """What interim notices in time and late notices cost, priced as in the master."""
        late = float(self.late.sum())
        dated = self.problem.mail_by != NO_DATE
        unmet = float((self.problem.owners - self.remedy_by_date)[dated].sum())
        return self.fill.groups.interim_price * (unmet - late + 10 * late)

    @property
    def remedy_by_date(self) -> Ints:
        """Letters with a remedy within the lawful week. [B, D]"""
        problem = self.problem
        by_date = np.arange(problem.weeks) <= problem.mail_by[:, None]
        sent: Ints = np.einsum("bdt,bt->bd", self.remedy, by_date.astype(np.int64))
        return sent

    def split(self) -> tuple[Letters, Letters]:
        """First pieces, and the second letters that interim ones owe. [B, D, T] each"""
        problem = self.problem
        second = np.zeros(self.remedy.shape, self.remedy.dtype)
        if not (problem.mail_by != NO_DATE).any():
            return self.remedy, second
        for b in np.flatnonzero(problem.mail_by != NO_DATE):
            after = self.remedy[b].copy()
            after[:, : problem.mail_by[b] + 1] = 0
            without_notice = problem.owners[b] - (self.remedy[b] - after + self.interim[b]).sum(
                axis=1
            )
            first = np.minimum(np.cumsum(after, axis=1), without_notice[:, None])
            second[b] = after - np.diff(first, axis=1, prepend=0)
        return self.remedy - second + self.interim, second


def score(made: Draft) -> float:
    """Exposure removed, less what interim and late notices cost."""
    return exposure_removed(made.problem, made.remedy) - made.emergency


def groups_for(problem: Problem) -> int:
    """Groups of the master: as many as its size allows within the stated CPU; fewer leave the ceiling loose."""
    cells = max(1, problem.cells)
    return int(
        min(len(problem.dealers), max(FEWEST_GROUPS, min(MOST_GROUPS, MASTER_CELLS // cells)))
    )


def finer_groups(problem: Problem) -> int:
    """Groups of a master whose prices tell what is scarce at which dealers: as many as MASTER_CELLS hold, a second or three."""
    cells = max(1, problem.cells)
    return int(min(len(problem.dealers), max(FEWEST_GROUPS, MASTER_CELLS // cells)))


def solve_master(problem: Problem, count: int) -> Master:
    """Solves the master program over ``count`` groups of equally tight dealers."""
    return solved(grouped(problem, count))


def solved(groups: DealerGroups, start: Master | None = None, most: Floats | None = None) -> Master:
    """Solves the master program over groups, no letters beyond ``most`` [B, G, T].

    It begins at ``start``, the master of the same groups under other limits.
    """
    program, variables = model(groups, most)
    return Master(groups, variables, solve(program, start=start.solution if start else None))


def in_rank(problem: Problem) -> Callable[[int], Ints]:
    """Bundles in order of service each week: lawful dates first, then risk and worth."""
    order = priority(problem)
    undated = problem.mail_by[order] == NO_DATE
    ranked = order[np.argsort(undated, kind="stable")]
    return lambda _week: ranked


def draft(problem: Problem, guide: Guide | None, reach: int = REACH) -> Draft:
    """Fills whole letters by the quotas of a guide, or greedily, riskiest first, where ``guide`` is None.

    A lawful date that the mail house can keep is kept: where letters with a remedy took the place of
    another bundle's first notices, every dated bundle gets its own places first.
    """
    made = _filled(problem, guide, reach, None)
    if not made.late.any():
        return made
    places = lawful_places(problem)
    dated = problem.mail_by != NO_DATE
    if made.late.sum() <= problem.owners[dated].sum() - places.sum():
        return made
    return _filled(problem, guide, reach, places)


def _filled(problem: Problem, guide: Guide | None, reach: int, places: Ints | None) -> Draft:
    fill = Fill(problem)
    rank = in_rank(problem)
    dated = np.flatnonzero(problem.mail_by != NO_DATE).tolist()
    interim = np.zeros(fill.letters.shape, fill.letters.dtype)
    if dated and places is not None:
        _place_in_slots(fill, places)
    elif dated:
        _dated_letters(fill, guide, dated)
    if dated:
        interim = _interim(fill, dated)
    if guide is not None:
        fill_to_quota(fill, guide.quota, guide.group, rank, guide.had(fill.letters))
        pull_forward(fill, rank, reach)
    top_up(fill, rank)  # as early as limits allow: nothing is left to pull forward
    if dated:
        interim = _without_superseded(problem, fill.letters, interim)
    return Draft(problem, fill.letters, interim, fill)


def lawful_places(problem: Problem) -> Ints:
    """Places at the mail house for vehicles' first notices, earliest date first: no order misses fewer. [B, T]"""
    places = np.zeros((len(problem.bundles), problem.weeks), np.int64)
    left, first, date = problem.owners.sum(axis=1), problem.first_week, problem.mail_by
    order = sorted(np.flatnonzero(date != NO_DATE).tolist(), key=lambda b: (date[b], b))
    for week in range(problem.weeks):
        room = np.floor(problem.mail_capacity[week])
        for b in order:
            if first[b] <= week <= date[b]:
                places[b, week] = min(room // problem.printed[b], left[b])
                room -= places[b, week] * problem.printed[b]
                left[b] -= places[b, week]
    return places


def _place_in_slots(fill: Fill, places: Ints) -> None:
    """First notices with a remedy, each bundle within its own places at the mail house."""
    one = np.zeros(len(fill.problem.dealers), np.int64)
    for week in range(fill.problem.weeks):
        for b in np.flatnonzero(places[:, week]).tolist():
            fill.place(
                b, week, apportion(places[b, week : week + 1].astype(float), fill.left[b], one)
            )


def _dated_letters(fill: Fill, guide: Guide | None, dated: list[int]) -> None:
    """First notices with a remedy, before anybody else takes the hours, kits or the mail house."""
    problem = fill.problem

    def rank(week: int) -> Ints:
        due = [b for b in dated if week <= problem.mail_by[b]]
        return np.array(sorted(due, key=lambda b: (problem.mail_by[b], b)), np.int64)

    if guide is not None:
        fill_to_quota(fill, guide.quota, guide.group, rank, None)
    top_up(fill, rank)


def _interim(fill: Fill, dated: list[int]) -> Letters:
    """Interim notices for owners whose kit or hour will not be there by the lawful week, latest first.

    Weeks are filled from the last one back, for the bundle that opens last: the earliest-deadline
    rule with time reversed, so that no date is missed that the mail house could keep.
    """
    first, date = fill.problem.first_week, fill.problem.mail_by
    interim, waiting = np.zeros_like(fill.letters), fill.left.copy()
    for week in range(fill.problem.weeks - 1, -1, -1):
        for b in sorted(dated, key=lambda b: (-first[b], b)):
            if first[b] <= week <= date[b]:
                _send_interim(fill, b, week, interim, waiting)
    _send_late(fill, dated, interim, waiting)
    return interim


def _send_late(fill: Fill, dated: list[int], interim: Letters, waiting: Ints) -> None:
    """What the mail house cannot print in time follows as soon as it can, with a remedy where there is one."""
    date = fill.problem.mail_by
    for week in range(fill.problem.weeks):
        for b in sorted(dated, key=lambda b: (date[b], b)):
            if week > date[b] and waiting[b].any():
                waiting[b] -= fill.place(b, week, waiting[b])
                _send_interim(fill, b, week, interim, waiting)


def _send_interim(fill: Fill, b: int, week: int, interim: Letters, waiting: Ints) -> None:
    """Sends interim notices to owners of bundle b who wait for one, as the mail house has room."""
    if not waiting[b].any():
        return
    sent = fill.printable(b, week, waiting[b])
    interim[b, :, week] += sent.astype(interim.dtype)
    fill.mail[week] -= int(sent.sum() * fill.problem.printed[b])
    waiting[b] -= sent


def _without_superseded(problem: Problem, remedy: Letters, interim: Letters) -> Letters:
    """Interim notices less those whose owner got the remedy by the date after all, latest first."""
    needed = interim.copy()
    for b in np.flatnonzero(problem.mail_by != NO_DATE):
        by_date = remedy[b, :, : problem.mail_by[b] + 1].sum(axis=1)
        spare = by_date + interim[b].sum(axis=1) - problem.owners[b]
        for week in range(problem.weeks - 1, -1, -1):
            cut = np.clip(spare, 0, needed[b, :, week])
            needed[b, :, week] -= cut.astype(needed.dtype)
            spare = spare - cut
    return needed


def taken_over(problem: Problem, letters: Letters, *, more: bool = True) -> Draft:
    """A draft from the letters of an earlier plan: each in its week where the limits hold it, interim notices beside them.

    With ``more`` they come earlier and others are added where limits still allow; without, they stay as they are. Letters that keep every
    limit all stay, and no more dates are missed than with them.
    """
    fill = Fill(problem)
    rank = in_rank(problem)
    dated = np.flatnonzero(problem.mail_by != NO_DATE).tolist()
    interim = np.zeros(fill.letters.shape, fill.letters.dtype)
    by_date = np.ones((len(problem.bundles), problem.weeks), bool)
    by_date[dated] = np.arange(problem.weeks) <= problem.mail_by[dated, None]
    _place_all(fill, rank, np.where(by_date[:, None, :], letters, 0))
    if dated:
        interim = _interim(fill, dated)
        _place_all(fill, rank, np.where(by_date[:, None, :], 0, letters))
    if more:
        pull_forward(fill, rank, REACH)
        top_up(fill, rank)
    if dated:
        interim = _without_superseded(problem, fill.letters, interim)
    return Draft(problem, fill.letters, interim, fill)


def _place_all(fill: Fill, rank: Callable[[int], Ints], letters: Letters) -> None:
    """Sends letters in their own weeks, as many as the limits allow, in the order of service of each week."""
    for week in np.flatnonzero(letters.any(axis=(0, 1))).tolist():
        for b in rank(week):
            if letters[b, :, week].any():
                fill.place(int(b), week, letters[b, :, week].astype(np.int64))


def completed(problem: Problem, letters: Letters, reach: int = REACH) -> Draft:
    """A draft from letters that keep every limit already, with what they leave over put to use."""
    fill = Fill(problem)
    fill.replay(letters)
    rank = in_rank(problem)
    top_up(fill, rank)
    if reach and pull_forward(fill, rank, reach):
        top_up(fill, rank)
    return Draft(problem, fill.letters, np.zeros(fill.letters.shape, fill.letters.dtype), fill)
