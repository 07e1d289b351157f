"""The planning problem as values: sets, data and units.

Sets are ordered tuples of names; everything else is a numpy array over them.

    b  bundle    the set of campaigns open on a vehicle: one owner, one letter, one visit
    d  dealer    the dealer who serves the owner
    t  week      0 .. T-1 from the first mailing
    p  resource  a part number (its kit stays in the vehicle) or a loan tool (its kit comes back)

Nothing here knows a database, a clock or a file: :func:`renotify.planner.problem_json.from_json` turns a document into a
Problem, and the ledger's adapter builds one directly.
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterable
from dataclasses import dataclass, field, fields, replace
from datetime import date, timedelta
from functools import cached_property
from math import exp
from typing import Any

import numpy as np
from numpy.typing import NDArray

from renotify.values.english import percent

Floats = NDArray[np.float64]
Ints = NDArray[np.int64]
Flags = NDArray[np.bool_]

NO_DATE = -1  # a bundle without a legal mail-by week
UNLIMITED = np.inf
EASE = 1e-9  # kits: rounding of a sum
RESPONSE_SPREAD = 0.15  # log-scale sd of a bundle's common response factor


def _run(rows: Ints) -> Ints | slice:
    """Return rows as a slice where each is the next one: that copies nothing."""
    whole = rows[-1] - rows[0] == len(rows) - 1 and (np.diff(rows) == 1).all()
    return slice(int(rows[0]), int(rows[-1]) + 1) if whole else rows


def stated_pieces(counts: Iterable[int]) -> Ints | None:
    """Return the pieces of a vehicle by bundle; None where every bundle's vehicle has one. [B]"""
    pieces = np.array(list(counts), np.int64)
    return pieces if (pieces > 1).any() else None


@dataclass(frozen=True, eq=False)
class Problem:
    """Everything a plan depends on. Shapes: B bundles, D dealers, T weeks, P resources, K response weeks, V wait weeks."""

    weeks: int
    bundles: tuple[str, ...]
    dealers: tuple[str, ...]
    risk: Floats  # [B] weight per vehicle-week open
    labour: Floats  # [B] technician hours of the visit, h[b]
    response: Floats  # [B, K] share of owners asking k weeks after the letter, rho[b, k]
    first_week: Ints  # [B] first week in which the bundle may be mailed, w0[b]
    mail_by: Ints  # [B] last lawful week of a first notice, or NO_DATE
    owners: Ints  # [B, D] mailable owners, N[b, d]
    hours: Floats  # [D, T + V] technician hours per week, H[d, t]; inf does not bind
    mail_capacity: Floats  # [T] pieces per week, M[t]; inf does not bind
    wait_bound: int  # V: an owner who asks in week t is served by week t + V
    parts: tuple[str, ...] = ()
    kits: Floats = field(default_factory=lambda: np.zeros((0, 0)))  # [P, B] per vehicle, u[p, b]
    stock: Floats = field(default_factory=lambda: np.zeros((0, 0)))  # [P, D] unpromised, s0[p, d]
    supply: Floats = field(
        default_factory=lambda: np.zeros((0, 0))
    )  # [P, T] cumulative (parts) or held (tools); inf does not bind
    away: Ints = field(
        default_factory=lambda: np.zeros(0, np.int64)
    )  # [P] weeks a tool is away; 0: the kit stays in the vehicle
    background_at: Ints = field(
        default_factory=lambda: np.zeros((0, 2), np.int64)
    )  # [n, 2] bundle, dealer
    background: Floats = field(
        default_factory=lambda: np.zeros((0, 0))
    )  # [n, T] requests per week without a new letter
    background_margin: Floats = field(
        default_factory=lambda: np.zeros((0, 0))
    )  # [n, T] requests beyond those of background for which kits are kept, at the parts quantile; no rows: none
    letters_out: int = 0  # rows at the end of background that are answers to letters already out
    parts_quantile: float | None = None
    response_spread: float = RESPONSE_SPREAD
    count_spread: float = 0.0  # phi of a dealer's count noise, for hours and kits; 0 plans the mean
    parts_count_spread: float = 0.0  # phi for kits alone, where it is more
    order: Ints | None = None  # [B] age rank of the bundle, for oldest-first
    pieces: Ints | None = None  # [B] letters printed for one vehicle; None: one each
    least_wave: int = 0  # pieces of a week below which it is joined with a neighbouring one
    zips: tuple[str, ...] | None = None  # [D] ZIP of the dealer, for zip-order
    areas: tuple[str, ...] | None = None  # [D] area of the dealer, for roll-ups
    notes: tuple[str, ...] = ()  # what the reader of a document should be told
    monday: date | None = None  # of week 0; None: nobody said, and weeks are told by number
    possible: float | None = (
        None  # what all letters of the whole would remove, of which this is a part
    )

    def week_words(
        self, first: int | np.signedinteger[Any], last: int | np.signedinteger[Any] | None = None
    ) -> str:
        """Return a week, or a run of weeks, by its Monday: ``the week of 2013-03-04``, ``the weeks of 2013-03-04 to 2013-03-18``."""
        until = first if last is None else last
        if self.monday is None:
            return f"week {first}" if first == until else f"weeks {first} to {until}"
        days = [str(self.monday + timedelta(weeks=int(week))) for week in (first, until)]
        return f"the week of {days[0]}" if first == until else f"the weeks of {' to '.join(days)}"

    @cached_property
    def decided(self) -> Flags:
        """Bundles whose letters may bring an answer or are due by a day: a plan decides about no others. [B]"""
        decided: Flags = self.response.any(axis=1) | (self.mail_by != NO_DATE)
        return decided

    @property
    def cells(self) -> int:
        """Bundles that a plan decides about, times weeks."""
        return int(self.decided.sum()) * self.weeks

    @property
    def decisions(self) -> int:
        """Bundles that a plan decides about, times dealers, times weeks."""
        return self.cells * len(self.dealers)

    @cached_property
    def printed(self) -> Ints:
        """Pieces that the mail house prints for one vehicle, c[b]: two where lessee and lessor each get a letter. [B]"""
        return np.ones(len(self.bundles), np.int64) if self.pieces is None else self.pieces

    @cached_property
    def cumulative(self) -> Floats:
        """F[b, k] for k = 0 .. T-1: share of owners who have asked by k weeks after the letter. [B, T]"""
        weekly = np.zeros((len(self.bundles), self.weeks))
        width = min(self.weeks, self.response.shape[1])
        weekly[:, :width] = self.response[:, :width]
        total: Floats = np.cumsum(weekly, axis=1)
        return total

    @cached_property
    def gain(self) -> Floats:
        """G[b, w]: vehicle-weeks of exposure removed by one letter of week w, w = 0 .. T-1. [B, T]"""
        total: Floats = np.cumsum(self.cumulative, axis=1)[:, ::-1]
        return total

    @cached_property
    def value(self) -> Floats:
        """Risk-weighted exposure removed by one letter, zero before the bundle's first week. [B, T]"""
        open_weeks = np.arange(self.weeks)[None, :] >= self.first_week[:, None]
        worth: Floats = self.risk[:, None] * self.gain * open_weeks
        return worth

    @property
    def parts_factor(self) -> float:
        """How much more response than expected the parts are planned for.

        With only mean shares known, a bundle's response is taken as its mean times a lognormal factor of log-scale sd
        ``response_spread``; the factor is its ``parts_quantile`` quantile, 1 when no quantile is given.
        """
        if self.parts_quantile is None:
            return 1.0
        from scipy.special import ndtri

        return exp(self.response_spread * float(ndtri(self.parts_quantile)))

    @property
    def parts_chance(self) -> str:
        """How often as many kits are asked for as are planned: ``in 1 run of 10`` at a quantile of 0.9; empty where they are the mean."""
        if self.parts_quantile is None or self.parts_factor == 1.0:
            return ""
        share = 1 - self.parts_quantile
        of = round(1 / share)
        whole = of > 1 and abs(of * share - 1) < 1e-6
        return f"in 1 run of {of:,}" if whole else f"in {percent(share)} of runs"

    @cached_property
    def binding(self) -> Ints:
        """Indices of the resources whose supply is limited in some week."""
        return (
            np.flatnonzero(np.isfinite(self.supply).any(axis=1))
            if len(self.parts)
            else np.zeros(0, np.int64)
        )

    def planned_for(self, asked: Floats, letters: float | Ints = 1.0) -> Floats:
        """Of ``letters`` those for which parts are planned where ``asked`` ask in the mean: at the quantile, never more than all."""
        planned: Floats = np.minimum(asked * self.parts_factor, np.maximum(asked, letters))
        return planned

    def kernel(self, p: int) -> Floats:
        """Kits of resource p in use k weeks after one letter of each bundle, at the planned quantile. [B, T]

        A part: kits used so far, u * min(1, factor * F). A loan tool: kits away in that week, u * (F[k] - F[k - away]).
        """
        asked = self.cumulative
        if self.away[p] == 0:
            asked = self.planned_for(asked)
        else:
            back = np.zeros_like(asked)
            back[:, self.away[p] :] = asked[:, : max(self.weeks - self.away[p], 0)]
            asked = asked - back
        used: Floats = self.kits[p][:, None] * asked
        return used

    @property
    def without_letters_out(self) -> Problem:
        """The problem without the answers to letters already out: its background is of owners whom nobody wrote to."""
        if not self.letters_out:
            return self
        rows = len(self.background_at) - self.letters_out
        at, rates = self.background_at[:rows], self.background[:rows]
        margin = self.background_margin[:rows]
        return replace(
            self, background_at=at, background=rates, background_margin=margin, letters_out=0
        )

    @cached_property
    def background_hours(self) -> Floats:
        """Technician hours asked for by background traffic. [D, T]"""
        return self._walk_in(self.labour)

    def background_use(self, p: int, *, mean: bool = False) -> Floats:
        """Kits of resource p in use by background: so far (a part) or this week (a tool). [D, T]

        Of letters that are out or promised to the mail house parts are kept as for planned ones; ``mean``: as many as are expected.
        """
        margin = not mean and not self.away[p]
        since = np.cumsum(self._walk_in(self.kits[p], margin=margin), axis=1)
        if self.away[p]:
            since[:, self.away[p] :] -= since[:, : -self.away[p]].copy()
        return since

    def pool(self, p: int) -> Floats:
        """S[p, t], raised to what background traffic alone draws. [T]"""
        return self._pools[p][0]

    def may_run_short(self, p: int) -> bool:
        """Whether letters could ever ask for more of a part than there is; of a tool that is not worked out, and taken so.

        No plan asks for a kit sooner than all letters at once: where the pool holds what these ask beyond the shelves, it holds.
        """
        return self._pools[p][1]

    @cached_property
    def _pools(self) -> dict[int, tuple[Floats, bool]]:
        """The pool of each limited resource, and whether it may run short."""
        return {int(p): self._raised_pool(int(p)) for p in self.binding}

    def _raised_pool(self, p: int) -> tuple[Floats, bool]:
        own, walk_in = self.stock[p][:, None], self.background_use(p)
        pool = np.maximum(self.supply[p], np.maximum(0.0, walk_in - own).sum(axis=0))
        if self.away[p]:
            return pool, True
        drawn = np.maximum(self.most_use(p, walk_in) - own, 0.0).sum(axis=0)
        return pool, bool((drawn > pool + EASE).any())

    def most_use(self, p: int, walk_in: Floats) -> Floats:
        """Kits that each dealer could need by week t if every letter went out at once, beside its ``walk_in`` [D, T]. [D, T]"""
        use = self.kernel(p)
        users = np.flatnonzero(use.any(axis=1))
        soonest = np.zeros((len(users), self.weeks))
        for row, b in enumerate(users):
            first = min(int(self.first_week[b]), self.weeks)
            soonest[row, first:] = use[b, : self.weeks - first]
        most: Floats = self.owners[users].T.astype(float) @ soonest + walk_in
        return most

    @cached_property
    def _background_rows(self) -> tuple[Ints, Ints]:
        """Background rows by bundle and, of one bundle, by dealer; and where each bundle's begin among them. [n], [B + 1]"""
        of, at = self.background_at[:, 0], self.background_at[:, 1]
        rows: Ints = np.lexsort((at, of))
        return rows, np.searchsorted(of[rows], np.arange(len(self.bundles) + 1))

    def _walk_in(self, weight: Floats, *, margin: bool = False) -> Floats:
        """Sums weight[b] times the weekly requests, with their margin or without, over the background rows of each dealer. [D, T]"""
        requests = self.background
        if margin and len(self.background_margin):
            requests = requests + self.background_margin
        summed = np.zeros((len(self.dealers), self.weeks))
        rows, begin = self._background_rows
        for b in np.flatnonzero(weight).tolist():
            own = rows[begin[b] : begin[b + 1]]
            if not len(own):
                continue
            at = self.background_at[own, 1]
            first = np.flatnonzero(np.diff(at, prepend=-1))
            asked = requests[_run(own)]
            if len(first) < len(own):
                asked = np.add.reduceat(asked, first, axis=0)
            summed[at[first]] += weight[b] * asked
        return summed

    def digest(self) -> str:
        """SHA-256 of every value of the problem: the input hash that a plan carries."""
        seen = hashlib.sha256()
        for item in fields(self):
            value = getattr(self, item.name)
            seen.update(item.name.encode())
            if isinstance(value, np.ndarray):
                seen.update(f"{value.dtype}{value.shape}".encode())
                seen.update(np.ascontiguousarray(value).reshape(-1).view(np.uint8).data)
            else:
                seen.update(repr(value).encode())
        return seen.hexdigest()
