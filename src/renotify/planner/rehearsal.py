"""A follow-up's weeks rehearsed before anything is mailed: what its readers will live through, in many runs.

The runs are those of ``simulate`` (:mod:`renotify.planner.played_weeks`), with what a plan does not know: owners who do not come, and
deliveries that slip. Each run is played a second time with the owners who come without a letter alone, so that a shortage that no plan of
letters can mend is told apart from one that letters bring about. Runs are played in chunks that bound the memory; one seed gives the
same figures, whatever the number of workers.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import NamedTuple

import numpy as np

from renotify.errors import BadInput
from renotify.planner.letter_plan import Letters
from renotify.planner.played_weeks import (
    TAIL,
    Answered,
    Visits,
    Worked,
    answered,
    answers,
    arrivals,
    by_week,
    limited_parts,
    walk_ins,
    worked,
)
from renotify.planner.problem import Flags, Floats, Ints, Problem
from renotify.planner.simulate import (
    CHUNK_CELLS,
    POOL_CELLS,
    cells_of_a_run,
    common_factors,
    exposure_saved,
)
from renotify.values.worker_pool import mapped

NO_SHOWS = (
    0.1  # share of booked visits that do not come, where no appointments say it: an assumption
)
INTERVAL = (0.05, 0.95)  # of the runs: nine of ten lie between


@dataclass(frozen=True)
class RehearsalSettings:
    """How often the weeks of a plan are played, and with which no-shows and late parts. Raises BadInput for a share beyond its bounds.

    ``no_shows``: share of booked visits whose owner does not come and books again next week (None: ``NO_SHOWS``). ``late_weeks``: weeks
    by which deliveries after the first week slip, of each part with the chance ``late_chance`` in each run (1: all of them, always).
    """

    runs: int = 100
    seed: int = 2013
    no_shows: float | None = None
    late_weeks: int = 0
    late_chance: float = 1.0

    def __post_init__(self) -> None:
        if self.no_shows is not None and not 0 <= self.no_shows < 1:
            raise BadInput(
                f"A share of no-shows of {self.no_shows:g} is none.",
                "Give a number from 0 to less than 1, such as 0.1.",
            )
        if not 0 <= self.late_chance <= 1:
            raise BadInput(
                f"A chance of {self.late_chance:g} that a part is late is none.",
                "Give a number from 0 to 1.",
            )


@dataclass(frozen=True, eq=False)
class Booked:
    """Visits that are booked when a rehearsal begins, one a place [N]: bundle, dealer and the week of the visit. Their kits are there."""

    bundle: Ints
    dealer: Ints
    week: Ints


NOBODY = Booked(*(np.zeros(0, np.int64) for _ in range(3)))


class Interval(NamedTuple):
    """A figure over the runs: its mean, and between which figures nine runs of ten lie."""

    mean: float
    low: float
    high: float


def interval(values: Floats) -> Interval:
    """The interval of one figure a run [R]."""
    low, high = np.quantile(values, INTERVAL)
    return Interval(float(values.mean()), float(low), float(high))


@dataclass(frozen=True, eq=False)
class Rehearsal:
    """What happened in R runs of W weeks (the horizon and ``TAIL`` more), at D dealers, with P parts of limited supply.

    Owners who ``asked``, were ``turned_away`` and were ``lost`` [R, W]; visits ``repaired`` [R, W]; risk-weighted vehicle-weeks
    ``removed``, and ``removed_at_once`` if each of the run's visits were done in the week it was asked for [R]. ``lacking`` [R, P, W]:
    owners turned away for a part; ``kit_wait`` [R, P]: the longest wait for kits, in weeks, of an owner who asked in a week in which
    the part lacked; inf where kits never came. ``hours`` [R, D, W]: technician hours booked; ``hours_waiting`` [D, W]: hours left over
    from the week before, on average; ``chance`` [D, W]: share of runs in which a visit booked in that week waits beyond the bound;
    ``bookings``, ``beyond`` [R, D]: bookings, and those that waited beyond it. ``waits`` [R, W + 1]: owners by weeks from asking to
    the end of the repair; the last: not within the weeks played.

    ``asked_alone``, ``turned_away_alone`` [R, W] and ``lacking_alone`` [R, P, W]: the same of the owners who come without a letter, if
    none were sent.
    """

    parts: tuple[str, ...]
    asked: Floats
    turned_away: Floats
    lost: Floats
    repaired: Floats
    removed: Floats
    removed_at_once: Floats
    lacking: Floats
    kit_wait: Floats
    hours: Floats
    hours_waiting: Floats
    chance: Floats
    bookings: Floats
    beyond: Floats
    waits: Floats
    asked_alone: Floats
    turned_away_alone: Floats
    lacking_alone: Floats

    def wait_quantile(self, share: float) -> Floats:
        """Each run's wait in weeks that this share of its owners do not exceed; inf where it lies beyond the weeks played.

        nan in a run in which nobody asked. [R]
        """
        total = np.cumsum(self.waits, axis=1)
        found = (total >= share * total[:, -1:] - 1e-9).argmax(axis=1).astype(float)
        found = np.where(found == self.waits.shape[1] - 1, np.inf, found)
        return np.where(total[:, -1] > 0, found, np.nan)

    @property
    def run_out(self) -> Floats:
        """The first week in which each part lacked; inf in runs in which it did not. [R, P]"""
        lacked = self.lacking > 0
        return np.where(lacked.any(axis=2), lacked.argmax(axis=2).astype(float), np.inf)

    @property
    def lacks_by_letters(self) -> Flags:
        """Weeks in which a part lacked that would not have lacked if no letter had been sent. [R, P, W]"""
        lacks: Flags = (self.lacking > 0) & (self.lacking_alone == 0)
        return lacks


def rehearsal(
    problem: Problem,
    letters: Letters,
    settings: RehearsalSettings,
    *,
    booked: Booked = NOBODY,
    workers: int = 1,
) -> Rehearsal:
    """Play the letters that ask owners in [B, D, T] in ``settings.runs`` runs, large work in up to ``workers`` processes.

    ``booked`` visits come in each run beside those that are asked for in it.
    """
    factors = common_factors(problem, settings.seed, settings.runs)
    late = _late(problem, settings)
    cells = cells_of_a_run(problem)
    size = max(1, CHUNK_CELLS // cells)
    chunks = [
        _Chunk(
            problem,
            letters,
            factors[at : at + size],
            late[at : at + size],
            settings,
            at // size,
            booked,
        )
        for at in range(0, settings.runs, size)
    ]
    found = mapped(_played, chunks, workers if cells * settings.runs >= POOL_CELLS else 1)
    return _joined(problem, found)


@dataclass(frozen=True, eq=False)
class _Chunk:
    """Runs that are played together: their response factors [r, B], which parts are late in them [r, P], and their place."""

    problem: Problem
    letters: Letters
    factors: Floats
    late: Flags
    settings: RehearsalSettings
    number: int
    booked: Booked


def _late(problem: Problem, settings: RehearsalSettings) -> Flags:
    """Which parts are late in which run. [R, P]"""
    shape = (settings.runs, len(limited_parts(problem)))
    drawn: Flags = np.random.default_rng([settings.seed, 2]).random(shape) < settings.late_chance
    return drawn


def _played(chunk: _Chunk) -> dict[str, Floats]:
    """The arrays of a chunk by the names of :class:`Rehearsal`; ``hours_waiting`` and ``chance`` as sums over its runs."""
    problem, settings = chunk.problem, chunk.settings
    weeks = problem.weeks + TAIL
    rng = np.random.default_rng([settings.seed, 1, chunk.number])
    share = NO_SHOWS if settings.no_shows is None else settings.no_shows
    shows = np.random.default_rng([settings.seed, 3, chunk.number])
    alone = walk_ins(
        problem, len(chunk.factors), np.random.default_rng([settings.seed, 4, chunk.number])
    )
    asking = answers(problem, chunk.letters, chunk.factors, rng) + alone
    coming = np.where(
        chunk.late[:, :, None],
        arrivals(problem, weeks, settings.late_weeks)[None],
        arrivals(problem, weeks)[None],
    )
    met = answered(problem, asking, rng, coming)
    met = replace(met, visits=_with_booked(met.visits, chunk.booked, len(asking)))
    unwritten = answered(
        problem, alone, np.random.default_rng([settings.seed, 5, chunk.number]), coming
    )
    shape = (len(asking), weeks)
    turns = worked(problem, met.visits, shape, no_shows=share, rng=shows)
    return {
        "asked": asking.sum(axis=(1, 2)).astype(float),
        "turned_away": met.away.sum(axis=1).astype(float),
        "lost": met.lost.sum(axis=1).astype(float),
        "repaired": np.cumsum(by_week(None, met.visits.run, turns.done, shape), axis=1),
        "removed": exposure_saved(problem, met.visits, turns.done, len(asking)),
        "removed_at_once": _at_once(problem, asking, chunk.booked),
        "lacking": met.lacking.astype(float),
        "kit_wait": _kit_waits(problem, met),
        "waits": _waits(met, turns.done, shape),
        "asked_alone": alone.sum(axis=(1, 2)).astype(float),
        "turned_away_alone": unwritten.away.sum(axis=1).astype(float),
        "lacking_alone": unwritten.lacking.astype(float),
        **_at_dealers(problem, met, turns, shape),
    }


def _with_booked(visits: Visits, booked: Booked, runs: int) -> Visits:
    """Visits and those that were booked before, in each of the runs: asked for, and ready, in the week for which they are booked."""
    week = np.tile(booked.week, runs)
    more = (
        np.repeat(np.arange(runs), len(booked.week)), np.tile(booked.bundle, runs), np.tile(booked.dealer, runs), week, week
    )  # fmt: skip
    each = (visits.run, visits.bundle, visits.dealer, visits.asked, visits.ready)
    return Visits(*(np.concatenate([known, new]) for known, new in zip(each, more, strict=True)))


def _at_once(problem: Problem, asking: Ints, booked: Booked) -> Floats:
    """Risk-weighted vehicle-weeks that a run's visits remove if each is done in its week, those of owners who are lost included. [r]"""
    left = np.maximum(problem.weeks - np.arange(asking.shape[3]), 0)
    asked: Floats = np.einsum("b,rbdt,t->r", problem.risk, asking, left)
    each = problem.risk[booked.bundle] * np.maximum(problem.weeks - booked.week, 0)
    return asked + float(each.sum())


def _kit_waits(problem: Problem, met: Answered) -> Floats:
    """The longest wait for kits by part; inf where they never came. [r, P]"""
    visits, parts = met.visits, limited_parts(problem)
    longest = np.zeros((len(met.lacking), len(parts)))
    waited = np.where(visits.ready < met.lacking.shape[2], visits.ready - visits.asked, np.inf)
    for i, p in enumerate(parts):
        lacked = met.lacking[visits.run, i, visits.asked] > 0
        at = np.flatnonzero(lacked & (problem.kits[p, visits.bundle] > 0))
        np.maximum.at(longest[:, i], visits.run[at], waited[at])
    return longest


def _waits(met: Answered, done: Ints, shape: tuple[int, int]) -> Floats:
    """Owners by weeks from asking to the end of the repair. [r, W + 1]"""
    weeks = shape[1]
    wait = np.where(done < weeks, done - met.visits.asked, weeks)
    return by_week(None, met.visits.run, wait, (shape[0], weeks + 1))


def _at_dealers(
    problem: Problem, met: Answered, turns: Worked, shape: tuple[int, int]
) -> dict[str, Floats]:
    """Bookings at dealers: hours, and waits beyond the bound. A booking without a turn waits to the end of the play."""
    (runs, weeks), dealers = shape, len(problem.dealers)
    visits = met.visits
    line = visits.run[turns.visit] * dealers + visits.dealer[turns.visit]
    late = turns.week - turns.booked > problem.wait_bound
    lines = (runs * dealers, weeks)
    hours = by_week(problem.labour[visits.bundle][turns.visit], line, turns.booked, lines)
    beyond = by_week(late, line, turns.booked, lines).reshape(runs, dealers, weeks)
    return {
        "hours": hours.reshape(runs, dealers, weeks).astype(np.float32),
        "hours_waiting": turns.waiting.sum(axis=0),
        "chance": (beyond > 0).sum(axis=0).astype(float),
        "bookings": np.bincount(line, None, runs * dealers).reshape(runs, dealers).astype(float),
        "beyond": beyond.sum(axis=2),
    }


def _joined(problem: Problem, found: list[dict[str, Floats]]) -> Rehearsal:
    """The rehearsal from its chunks, in order."""
    summed = ("hours_waiting", "chance")
    runs = sum(len(one["removed"]) for one in found)
    joined = {
        name: np.sum([one[name] for one in found], axis=0) / runs
        if name in summed
        else np.concatenate([one[name] for one in found])
        for name in found[0]
    }
    parts = tuple(problem.parts[p] for p in limited_parts(problem))
    return Rehearsal(parts=parts, **joined)
