"""The planning model: variables and numbered constraints.

    max  sum r[b] G[b, w] x[b, g, w]
    (1) owners       sum_w x <= N;  by the lawful date  sum_w (x + i) + l = N
    (2) mail house   sum_{b, g} c[b] (x + i) <= M
    (3) first date   x[w] = 0 for w < w0
    (4) response     y[t] = beta[t] + sum_k rho[k] x[t - k]
    (5) labour       q[t] >= q[t-1] + sum_b h y[t] - H[t],  q >= 0
    (6) wait         q[t] <= H[t+1] + .. + H[t+V]
    (7) dealer kits  o[t] = o[t-1] + new stock[t] + z[t] - u y[t] >= 0
    (8) pool         n[t] = n[t-1] + new supply[t] - sum_g z[t] >= 0
    (9) loan tools   kits away now  <= own + z[t],  sum_g z[t] <= pool[t]

g is a dealer (exact model) or a group of dealers (master); i is an interim notice and l a letter
that misses its lawful date, both priced far above any letter. (7) and (8) are
cumulative rows, written as weekly balances: the same solutions, a quarter of the non-zeros.
In whole letters (branch and bound) they stay cumulative: a row of nothing but whole numbers
is what cuts are made of. There the letters of all groups that take of what all share in the same way are a
whole number of their own, which stands in (2), (8) and (9) in place of theirs: it is what is decided first,
where few are decided.
"""

from __future__ import annotations

from dataclasses import dataclass, field

import numpy as np

from renotify.planner.dealer_groups import DealerGroups
from renotify.planner.problem import Flags, Floats, Ints
from renotify.planner.solver import Program


@dataclass
class Variables:
    """Column indices of each variable."""

    x: Ints  # [B, G, T] letters
    interim: Ints  # [B', G, T] interim notices of the dated bundles
    late: Ints  # [B', G] first notices that miss their date
    queue: Ints  # [G, T] hours waiting, q
    room: Floats  # [B, G, T] most letters that x may be
    shared: Ints  # [B, G, T] where a group's letters stand in what all share: x, or the letters of all that are alike
    rows: dict[str, Ints] = field(default_factory=dict)  # row indices by constraint, for prices

    def of_all(self, b: int, at: Ints) -> Ints:
        """The columns in which the letters of groups ``at`` stand in what all share, each once. [C, T]"""
        once: Ints = np.unique(self.shared[b, at], axis=0)
        return once


def variables(
    program: Program, groups: DealerGroups, most: Floats | None = None, together: bool = False
) -> Variables:
    """Letters, interim and late notices, and waiting hours; (3) and (6) are their bounds, and ``most`` [B, G, T] letters.

    ``together``: with the letters of all groups that are alike as columns of their own.
    """
    problem, dated = groups.problem, groups.dated
    shape = (*groups.owners.shape, problem.weeks)
    room = groups.owners[:, :, None] * groups.mailable[:, None, :]
    room = room if most is None else np.minimum(room, most)
    x = program.columns(0.0, np.broadcast_to(room, shape), problem.value[:, None, :])
    weeks = np.arange(problem.weeks)
    lawful = groups.open[dated] & (weeks <= problem.mail_by[dated, None])
    notice = groups.owners[dated][:, :, None] * lawful[:, None, :]
    interim = program.columns(0.0, notice, -groups.interim_price)
    late = program.columns(0.0, groups.owners[dated], -10 * groups.interim_price)
    queue = program.columns(0.0, groups.wait)
    room = np.broadcast_to(room, shape)
    shared = _together(program, groups, x, room) if together else x
    return Variables(x, interim, late, queue, room, shared)


def _together(program: Program, groups: DealerGroups, x: Ints, room: Floats) -> Ints:
    """A column for the letters of all groups that take of what all share in the same way; of a group that does so alone, its own. [B, G, T]

    Groups are alike for a bundle where each of them, or none, has kits or tools of its own of each part that the bundle takes.
    """
    problem, shared = groups.problem, x.copy()
    own = np.array([_has_own(groups, p) for p in problem.binding.tolist()], bool)
    own = own.reshape(len(problem.binding), groups.size)
    for b in range(len(problem.bundles)):
        having = np.flatnonzero(groups.owners[b] > 0)
        taken = own[problem.kits[problem.binding, b] > 0][:, having]
        for pattern in np.unique(taken, axis=1).T:
            members = having[(taken == pattern[:, None]).all(axis=0)]
            if len(members) > 1:
                letters = program.columns(0.0, room[b, members].sum(axis=0))
                rows = program.rows(0.0, 0.0, letters.shape)
                program.put(rows, letters, 1.0)
                program.put(rows, x[b, members], -1.0)
                shared[b, members] = letters
    return shared


def _has_own(groups: DealerGroups, p: int) -> Flags:
    """Groups whose own kits or tools come before the pool's: shelves of several dealers are one with the pool. [G]"""
    own, _ = groups.shelves(p)
    counts = groups.single | bool(groups.problem.away[p])
    has: Flags = (own > 0).any(axis=1) & counts
    return has


def owners(program: Program, groups: DealerGroups, v: Variables) -> None:
    """(1) Nobody gets two letters, and a lawful date is kept."""
    rows = program.rows(-np.inf, groups.owners, groups.owners.shape)
    program.put(rows[:, :, None], v.x, 1.0)
    v.rows["owners"] = rows
    kept = groups.owners[groups.dated]
    dates = program.rows(kept, kept, kept.shape)
    by_date = np.arange(groups.problem.weeks) <= groups.problem.mail_by[groups.dated, None]
    program.put(dates[:, :, None], v.x[groups.dated], by_date[:, None, :])
    program.put(dates[:, :, None], v.interim, 1.0)
    program.put(dates, v.late, 1.0)


def mail_house(program: Program, groups: DealerGroups, v: Variables) -> None:
    """(2) The mail house prints so many pieces a week."""
    bounded = np.flatnonzero(np.isfinite(groups.problem.mail_capacity))
    rows = program.rows(-np.inf, groups.problem.mail_capacity[bounded], bounded.shape)
    for b, printed in enumerate(groups.problem.printed):
        program.put(rows, v.of_all(b, np.arange(groups.size))[:, bounded], printed)
    program.put(rows, v.interim[:, :, bounded], groups.problem.printed[groups.dated, None, None])
    v.rows["mail"] = rows


def labour(program: Program, groups: DealerGroups, v: Variables) -> None:
    """(4) in (5): hours asked for and not yet worked wait for the next week."""
    limited = np.flatnonzero(groups.limited)
    bound = groups.background_hours - groups.hours
    rows = program.rows(bound[limited], np.inf, bound[limited].shape)
    program.put(rows, v.queue[limited], 1.0)
    program.put(rows[:, 1:], v.queue[limited][:, :-1], -1.0)
    asked = np.diff(groups.problem.cumulative, axis=1, prepend=0.0) * groups.problem.labour[:, None]
    _respond(program, rows, v.x[:, limited], -asked)
    v.rows["labour"] = rows


def _respond(program: Program, rows: Ints, x: Ints, weekly: Floats) -> None:
    """(4) Puts sum_b sum_k weekly[b, k] x[b, g, t - k] into row [g, t] (or [t] for all groups)."""
    weeks = x.shape[2]
    for k in np.flatnonzero(weekly.any(axis=0)):
        program.put(rows[..., k:], x[:, :, : weeks - k], weekly[:, k, None, None])


def parts(program: Program, groups: DealerGroups, v: Variables, whole: bool = False) -> None:
    """(7) and (8): a kit is there in the week the owner asks, from the dealer's shelf or the pool."""
    for p in groups.problem.binding:
        if groups.problem.away[p]:
            _tools(program, groups, v, int(p))
        elif groups.problem.may_run_short(int(p)):
            (_part_totals if whole else _part_balance)(program, groups, v, int(p))


def _part_balance(program: Program, groups: DealerGroups, v: Variables, p: int) -> None:
    """(7) and (8) of a part. The shelves of a group of several dealers are one with the pool: a relaxation, as their sum is.

    Each counts no further than its own dealer's letters could use it (:meth:`DealerGroups.shelves`), so that little is lent.
    """
    weekly = np.diff(groups.problem.kernel(p), axis=1, prepend=0.0)
    users = np.flatnonzero(weekly.any(axis=1))
    own, in_use = groups.shelves(p)
    pool, walk_in = groups.problem.pool(p), np.diff(in_use, axis=1, prepend=0.0)
    shelved = groups.single & (own[:, -1] > 0)
    pool = pool + own[~shelved].sum(axis=0)
    bare, shelves = np.flatnonzero(~shelved), np.flatnonzero(shelved)
    fresh = np.diff(pool, prepend=0.0)
    left = program.columns(0.0, np.full(groups.problem.weeks, pool[-1]))
    rows = program.rows(fresh, fresh, fresh.shape)
    program.put(rows, left, 1.0)
    program.put(rows[1:], left[:-1], -1.0)
    v.rows[f"pool {p}"] = rows
    _respond(program, rows, v.x[np.ix_(users, bare)], weekly[users])
    _shift(program, rows, -walk_in[bare].sum(axis=0))
    if not len(shelves):
        return
    gained = np.diff(own[shelves], axis=1, prepend=0.0) - walk_in[shelves]
    top = own[shelves, -1:] + pool[-1]
    sent = program.columns(0.0, np.repeat(top, groups.problem.weeks, axis=1))
    shelf = program.columns(0.0, np.repeat(top, groups.problem.weeks, axis=1))
    books = program.rows(gained, gained, gained.shape)
    program.put(books, shelf, 1.0)
    program.put(books[:, 1:], shelf[:, :-1], -1.0)
    program.put(books, sent, -1.0)
    program.put(rows, sent, 1.0)
    _respond(program, books, v.x[np.ix_(users, shelves)], weekly[users])


def _part_totals(program: Program, groups: DealerGroups, v: Variables, p: int) -> None:
    """(7) and (8) of a part as they are said: kits asked for so far, by shelf and in the pool."""
    use, pool = groups.problem.kernel(p), groups.problem.pool(p)
    users = np.flatnonzero(use.any(axis=1))
    own, walk_in = groups.shelves(p)
    shelved = _has_own(groups, p)
    bare, shelves = np.flatnonzero(~shelved), np.flatnonzero(shelved)
    there = pool + own[bare].sum(axis=0) - walk_in[bare].sum(axis=0)
    rows = program.rows(-np.inf, there, there.shape)
    for b in users.tolist():
        _respond(program, rows, v.of_all(b, bare)[None], use[b : b + 1])
    v.rows[f"pool {p}"] = rows
    if not len(shelves):
        return
    kept = own[shelves] - walk_in[shelves]
    most = (use.max(axis=1) @ groups.owners[:, shelves])[:, None] - np.minimum(kept, 0.0)
    sent = program.columns(0.0, most)
    books = program.rows(-np.inf, kept, kept.shape)
    _respond(program, books, v.x[np.ix_(users, shelves)], use[users])
    program.put(books, sent, -1.0)
    program.put(rows, sent, 1.0)


def _shift(program: Program, rows: Ints, by: Floats) -> None:
    """Moves both bounds of rows that were added with a known right-hand side."""
    fixed = program.columns(1.0, np.ones(1))
    program.put(rows, fixed, -by)


def _tools(program: Program, groups: DealerGroups, v: Variables, p: int) -> None:
    """(9) A loan tool is away for some weeks and comes back."""
    away = groups.problem.kernel(p)
    users = np.flatnonzero(away.any(axis=1))
    (own, walk_in), pool = groups.shelves(p), groups.problem.pool(p)
    at_hand, own_tools = own - walk_in, _has_own(groups, p)
    bare, owning = np.flatnonzero(~own_tools), np.flatnonzero(own_tools)
    there = pool + at_hand[bare].sum(axis=0)  # who has none borrows all that its letters use
    rows = program.rows(-np.inf, there, there.shape)
    for b in users.tolist():
        _respond(program, rows, v.of_all(b, bare)[None], away[b : b + 1])
    v.rows[f"pool {p}"] = rows
    if not len(owning):
        return
    top = pool.max() + own.max() + walk_in.max() + 1.0
    lent = program.columns(0.0, np.full((len(owning), groups.problem.weeks), top))
    kept = program.rows(-np.inf, at_hand[owning], at_hand[owning].shape)
    _respond(program, kept, v.x[np.ix_(users, owning)], away[users])
    program.put(kept, lent, -1.0)
    program.put(rows, lent, 1.0)


def model(
    groups: DealerGroups, most: Floats | None = None, whole: bool = False, together: bool = False
) -> tuple[Program, Variables]:
    """The whole model for dealers or groups of dealers, no letters beyond ``most`` [B, G, T].

    ``whole``: for branch and bound; ``together``: that decides first what all share.
    """
    program = Program()
    v = variables(program, groups, most, together)
    owners(program, groups, v)
    mail_house(program, groups, v)
    labour(program, groups, v)
    parts(program, groups, v, whole)
    return program, v
