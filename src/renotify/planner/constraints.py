"""The planning model: variables and numbered constraints of the planner study, section 1.4.

    max  sum r[b] G[b, w] x[b, g, w]
    (1) owners       sum_w x <= N;  by the lawful date  sum_w (x + i) + l = N
    (2) mail house   sum_{b, g} (x + i) <= M
    (3) first date   x[w] = 0 for w < w0
    (4) response     y[t] = beta[t] + sum_k rho[k] x[t - k]
    (5) labour       q[t] >= q[t-1] + sum_b h y[t] - H[t],  q >= 0
    (6) wait         q[t] <= H[t+1] + .. + H[t+V]
    (7) dealer kits  o[t] = o[t-1] + new stock[t] + z[t] - u y[t] >= 0
    (8) pool         n[t] = n[t-1] + new supply[t] - sum_g z[t] >= 0
    (9) loan tools   kits away now  <= own + z[t],  sum_g z[t] <= pool[t]

g is a dealer (exact model) or a group of dealers (master); i is an interim notice and l a letter
that misses its lawful date, both priced far above any letter. (7) and (8) are the study's
cumulative rows, written as a store's daily book: the same solutions, a quarter of the non-zeros.
"""

from __future__ import annotations

from dataclasses import dataclass, field

import numpy as np

from renotify.planner.dealer_groups import Market
from renotify.planner.problem import Floats, Ints
from renotify.planner.solver import Program


@dataclass
class Variables:
    """Column indices of each variable."""

    x: Ints  # [B, G, T] letters
    interim: Ints  # [B', G, T] interim notices of the dated bundles
    late: Ints  # [B', G] first notices that miss their date
    queue: Ints  # [G, T] hours waiting, q
    rows: dict[str, Ints] = field(default_factory=dict)  # row indices by constraint, for prices


def variables(program: Program, market: Market) -> Variables:
    """Letters, interim and late notices, and waiting hours; (3) and (6) are their bounds."""
    problem, dated = market.problem, market.dated
    shape = (*market.owners.shape, problem.weeks)
    room = market.owners[:, :, None] * market.mailable[:, None, :]
    x = program.columns(0.0, np.broadcast_to(room, shape), problem.value[:, None, :])
    weeks = np.arange(problem.weeks)
    lawful = market.open[dated] & (weeks <= problem.mail_by[dated, None])
    notice = market.owners[dated][:, :, None] * lawful[:, None, :]
    interim = program.columns(0.0, notice, -market.interim_price)
    late = program.columns(0.0, market.owners[dated], -10 * market.interim_price)
    queue = program.columns(0.0, market.wait)
    return Variables(x, interim, late, queue)


def owners(program: Program, market: Market, v: Variables) -> None:
    """(1) Nobody gets two letters, and a lawful date is kept."""
    rows = program.rows(-np.inf, market.owners, market.owners.shape)
    program.put(rows[:, :, None], v.x, 1.0)
    v.rows["owners"] = rows
    kept = market.owners[market.dated]
    dates = program.rows(kept, kept, kept.shape)
    by_date = np.arange(market.problem.weeks) <= market.problem.mail_by[market.dated, None]
    program.put(dates[:, :, None], v.x[market.dated], by_date[:, None, :])
    program.put(dates[:, :, None], v.interim, 1.0)
    program.put(dates, v.late, 1.0)


def mail_house(program: Program, market: Market, v: Variables) -> None:
    """(2) The mail house prints so many pieces a week."""
    limited = np.flatnonzero(np.isfinite(market.problem.mail_capacity))
    rows = program.rows(-np.inf, market.problem.mail_capacity[limited], limited.shape)
    program.put(rows, v.x[:, :, limited], 1.0)
    program.put(rows, v.interim[:, :, limited], 1.0)
    v.rows["mail"] = rows


def labour(program: Program, market: Market, v: Variables) -> None:
    """(4) in (5): hours asked for and not yet worked wait for the next week."""
    groups = np.flatnonzero(market.limited)
    bound = market.background_hours - market.hours
    rows = program.rows(bound[groups], np.inf, bound[groups].shape)
    program.put(rows, v.queue[groups], 1.0)
    program.put(rows[:, 1:], v.queue[groups][:, :-1], -1.0)
    asked = np.diff(market.problem.cumulative, axis=1, prepend=0.0) * market.problem.labour[:, None]
    _respond(program, rows, v.x[:, groups], -asked)
    v.rows["labour"] = rows


def _respond(program: Program, rows: Ints, x: Ints, weekly: Floats) -> None:
    """(4) Puts sum_b sum_k weekly[b, k] x[b, g, t - k] into row [g, t] (or [t] for all groups)."""
    weeks = x.shape[2]
    for k in np.flatnonzero(weekly.any(axis=0)):
        program.put(rows[..., k:], x[:, :, : weeks - k], weekly[:, k, None, None])


def parts(program: Program, market: Market, v: Variables) -> None:
    """(7) and (8): a kit is there in the week the owner asks, from the dealer's shelf or the pool."""
    for p in market.problem.binding:
        if market.problem.away[p] == 0:
            _store(program, market, v, int(p))
        else:
            _tools(program, market, v, int(p))


def _store(program: Program, market: Market, v: Variables, p: int) -> None:
    weekly = np.diff(market.problem.kernel(p), axis=1, prepend=0.0)
    users = np.flatnonzero(weekly.any(axis=1))
    own = market.own_stock(p)
    walk_in = np.diff(market.background_use(p), axis=1, prepend=0.0)
    fresh = np.diff(market.pool(p), prepend=0.0)
    left = program.columns(0.0, np.full(market.problem.weeks, market.pool(p)[-1]))
    pool = program.rows(fresh, fresh, fresh.shape)
    program.put(pool, left, 1.0)
    program.put(pool[1:], left[:-1], -1.0)
    bare = np.flatnonzero(own[:, -1] == 0)
    pool_walk_in = walk_in[bare].sum(axis=0)
    v.rows[f"pool {p}"] = pool
    _respond(program, pool, v.x[np.ix_(users, bare)], weekly[users])
    _shift(program, pool, -pool_walk_in)
    shelved = np.flatnonzero(own[:, -1] > 0)
    if not len(shelved):
        return
    gained = np.diff(own[shelved], axis=1, prepend=0.0) - walk_in[shelved]
    top = own[shelved, -1:] + market.pool(p)[-1]
    sent = program.columns(0.0, np.repeat(top, market.problem.weeks, axis=1))
    shelf = program.columns(0.0, np.repeat(top, market.problem.weeks, axis=1))
    books = program.rows(gained, gained, gained.shape)
    program.put(books, shelf, 1.0)
    program.put(books[:, 1:], shelf[:, :-1], -1.0)
    program.put(books, sent, -1.0)
    program.put(pool, sent, 1.0)
    _respond(program, books, v.x[np.ix_(users, shelved)], weekly[users])


def _shift(program: Program, rows: Ints, by: Floats) -> None:
    """Moves both bounds of rows that were added with a known right-hand side."""
    fixed = program.columns(1.0, np.ones(1))
    program.put(rows, fixed, -by)


def _tools(program: Program, market: Market, v: Variables, p: int) -> None:
    """(9) A loan tool is away for some weeks and comes back."""
    away = market.problem.kernel(p)
    users = np.flatnonzero(away.any(axis=1))
    own, walk_in, pool = market.own_stock(p), market.background_use(p), market.pool(p)
    top = np.broadcast_to(pool.max() + own.max() + walk_in.max() + 1.0, own.shape)
    lent = program.columns(0.0, top)
    kept = program.rows(-np.inf, own - walk_in, own.shape)
    _respond(program, kept, v.x[users], away[users])
    program.put(kept, lent, -1.0)
    shared = program.rows(-np.inf, pool, pool.shape)
    program.put(shared, lent, 1.0)
    v.rows[f"pool {p}"] = shared


def model(market: Market) -> tuple[Program, Variables]:
    """The whole model for dealers or groups of dealers."""
    program = Program()
    v = variables(program, market)
    owners(program, market, v)
    mail_house(program, market, v)
    labour(program, market, v)
    parts(program, market, v)
    return program, v
