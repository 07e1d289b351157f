"""What letters mean at the dealer: appointments, technician hours and bays, week by week.

Appointments are booked, not walked in, so a week is staffed for a quantile of the hours asked for;
queueing formulas for walk-in traffic do not apply. A week's visits are
Poisson with an uncertain rate: negative binomial with variance m + v m^2.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

Floats = NDArray[np.float64]

SPREAD = 0.04  # v: relative variance of the response rate
DAY_HOURS = 6.5  # productive recall hours in one technician's day
BAY_WEEK_HOURS = 40.0  # hours one bay is open in a week


@dataclass(frozen=True, eq=False)
class Workload:
    """Expected work [D, T]: visits, their hours in the mean and at the quantile, bays, capacity or inf."""

    visits: Floats
    mean_hours: Floats
    busy_hours: Floats
    bays: Floats
    capacity: Floats

    @property
    def extra_hours(self) -> Floats:
        """Hours at the quantile beyond the hours at hand, 0 where they suffice. [D, T]"""
        return np.maximum(self.busy_hours - self.capacity, 0.0)

    @property
    def extra_technician_days(self) -> Floats:
        """Whole technician-days to book beyond the capacity. [D, T]"""
        return np.ceil(np.round(self.extra_hours / DAY_HOURS, 9))


def visits_quantile(mean: Floats, quantile: float = 0.9, spread: float = SPREAD) -> Floats:
    """Visits that a week stays under with this probability: negative binomial, variance m + v m^2."""
    safe = np.maximum(mean, 1e-12)
    gamma = 1 / max(spread, 1e-9)  # a vanishing spread is the Poisson
    found = _negative_binomial_quantile(quantile, gamma, gamma / (gamma + safe))
    return np.where(mean > 0, found, 0.0)


def _negative_binomial_quantile(level: float, shape: float, chance: Floats) -> Floats:
    """Smallest k with P(NB(shape, chance) <= k) >= level, as in scipy.stats, whose import takes a second."""
    from scipy.special import betainc, nbdtrik

    top = np.ceil(nbdtrik(level, shape, chance))
    below = np.maximum(top - 1, 0)
    found = np.where(betainc(shape, below + 1, chance) >= level, below, top)
    return np.where(betainc(shape, 1, chance) >= level, 0.0, found)


def workload(
    visits: Floats,
    mean_hours: Floats,
    capacity: Floats | None = None,
    *,
    quantile: float = 0.9,
    spread: float = SPREAD,
) -> Workload:
    """The work of expected visits [D, T] and their hours [D, T], against ``capacity`` [D, T] hours (None or inf: unknown)."""
    each = mean_hours / np.maximum(visits, 1e-12)
    busy = np.maximum(visits_quantile(visits, quantile, spread) * each, mean_hours)
    limit = np.full(visits.shape, np.inf) if capacity is None else np.asarray(capacity, float)
    return Workload(visits, mean_hours, busy, np.ceil(busy / BAY_WEEK_HOURS), limit)


class ExtraDays(NamedTuple):
    """Technician-days to book beyond the capacity, in a run of weeks of one dealer."""

    dealer: int  # its place in the workload
    first_week: int
    last_week: int
    days: int


def extra_days(work: Workload) -> list[ExtraDays]:
    """Return each dealer's runs of weeks in which the hours at the quantile exceed the hours at hand."""
    days = np.where(np.isfinite(work.capacity), work.extra_technician_days, 0.0)
    return [
        ExtraDays(int(d), first, end - 1, int(days[d, first:end].sum()))
        for d in np.flatnonzero(days.any(axis=1))
        for first, end in _runs(days[d] > 0)
    ]


def _runs(flags: NDArray[np.bool_]) -> list[tuple[int, int]]:
    edges = np.flatnonzero(np.diff(np.concatenate([[0], flags.astype(np.int8), [0]])))
    return [(int(a), int(b)) for a, b in edges.reshape(-1, 2)]
