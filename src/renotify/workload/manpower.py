"""What letters mean at the dealer: appointments, technician hours and bays, week by week.

Appointments are booked, not walked in, so a week is staffed for a quantile of the hours asked for;
queueing formulas for walk-in traffic do not apply (planner study, section 7). A week's visits are
Poisson with an uncertain rate: negative binomial with variance m + v m^2.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from renotify.values.english import counted

Floats = NDArray[np.float64]

SPREAD = 0.04  # v: relative variance of the response rate (study, section 7)
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


def expected_requests(
    letters: Floats, response: Floats, background: Floats | None = None
) -> Floats:
    """(4) Requests by bundle, dealer and week: y[t] = beta[t] + sum_k rho[k] x[t - k]. [B, D, T]

    ``letters`` [B, D, T] in the week of mailing, ``response`` [B, K] shares, ``background`` [B, D, T].
    """
    requests = np.zeros(letters.shape) if background is None else background.astype(float).copy()
    weeks = letters.shape[2]
    for k in range(min(response.shape[1], weeks)):
        requests[:, :, k:] += response[:, k, None, None] * letters[:, :, : weeks - k]
    return requests


def hours(requests: Floats, labour: Floats) -> Floats:
    """Technician hours asked for: ``requests`` [B, D, T] times the visit's hours [B]. [D, T]"""
    asked: Floats = np.einsum("b,bdt->dt", labour, requests)
    return asked


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
    requests: Floats,
    labour: Floats,
    capacity: Floats | None = None,
    *,
    quantile: float = 0.9,
    spread: float = SPREAD,
) -> Workload:
    """The work that ``requests`` [B, D, T] bring, against ``capacity`` [D, T] hours (None or inf: unknown)."""
    visits = requests.sum(axis=0)
    mean = hours(requests, labour)
    each = mean / np.maximum(visits, 1e-12)
    busy = np.maximum(visits_quantile(visits, quantile, spread) * each, mean)
    limit = np.full(visits.shape, np.inf) if capacity is None else np.asarray(capacity, float)
    return Workload(visits, mean, busy, np.ceil(busy / BAY_WEEK_HOURS), limit)


def sentences(work: Workload, dealers: tuple[str, ...], first_number: int = 0) -> list[str]:
    """What each dealer must book, in a sentence per run of weeks: "3 extra technician-days in weeks 11 to 13"."""
    told = []
    days = work.extra_technician_days
    for d in np.flatnonzero(days.any(axis=1)):
        for start, end in _runs(days[d] > 0):
            count = int(days[d, start:end].sum())
            told.append(
                f"Dealer {dealers[d]}: {counted(count, 'extra technician-day')}"
                f" in {_weeks(start + first_number, end - 1 + first_number)}."
            )
    return told


def _runs(flags: NDArray[np.bool_]) -> list[tuple[int, int]]:
    edges = np.flatnonzero(np.diff(np.concatenate([[0], flags.astype(np.int8), [0]])))
    return [(int(a), int(b)) for a, b in edges.reshape(-1, 2)]


def _weeks(first: int, last: int) -> str:
    return f"week {first}" if first == last else f"weeks {first} to {last}"
