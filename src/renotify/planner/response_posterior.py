"""How owners answer: a cure-Weibull curve, its belief before and after weekly bookings, and forecasts from it.

F(t) = c (1 - exp(-(t / s) ** k)): a share c ever answers, on a clock of scale s weeks and shape k. A campaign's hazard is that of a common
curve times a factor of its own: 1 - F of a campaign is (1 - F) ** factor. Bookings without a letter come on top. How a posterior is found
is told in ``pooled_response``.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import cache
from math import log

import numpy as np

from renotify.planner.problem import Floats, Ints
from renotify.plans.response import StatedResponse
from renotify.values.english import percent

# First answers that tell how owners will answer: so many that came, or that should have come by what is stated and did not. A count that
# only grows: one more answer never takes back what was learned, as a bound on the doubt about the share did.
ENOUGH = 5
LEAST_SHARE = 0.001  # a stated share of 0 or 1 stays open to evidence
# Standard deviations of (logit c, log scale, log shape) about what a follow-up states: a stated 7 % of owners is 2 to 17 % in nine of ten
# cases, a stated scale of 6 weeks 3 to 14. They are alike, so that early answers speak for a faster clock as much as for a larger share.
SPREAD = np.array([0.8, 0.5, 0.2])


@dataclass(frozen=True, eq=False)
class Prior:
    """Normal beliefs about (logit c, log scale, log shape)."""

    mean: Floats
    sd: Floats


def prior_of(stated: StatedResponse) -> Prior:
    """Return the belief about a campaign's answers before any is seen: the stated share is its mean, whatever the doubt about it."""
    share = min(max(stated.share, LEAST_SHARE), 1 - LEAST_SHARE)
    mean = np.array([_centre(share), log(stated.scale_weeks), log(stated.shape)])
    return Prior(mean, SPREAD)


@cache
def _centre(share: float) -> float:
    """The centre of a normal logit of sd SPREAD[0] whose share is this in the mean, by halving (no scipy: it is needed at import)."""
    at, weight = np.polynomial.hermite_e.hermegauss(40)
    low, high = log(share / (1 - share)) - 2, log(share / (1 - share)) + 2
    for _ in range(50):
        middle = (low + high) / 2
        mean = float(weight @ (1 / (1 + np.exp(-middle - SPREAD[0] * at)))) / float(weight.sum())
        low, high = (middle, high) if mean < share else (low, middle)
    return (low + high) / 2


PRIOR = prior_of(StatedResponse())  # where no follow-up states a response


@dataclass(frozen=True, eq=False)
class Cohort:
    """Owners mailed in one week: ``counts`` of first answers in successive intervals of ``width`` weeks, the last of which ends now."""

    mailed: int
    counts: Ints
    width: int = 1

    @property
    def age(self) -> int:
        """Weeks observed."""
        return len(self.counts) * self.width

    @property
    def silent(self) -> int:
        """Owners who have not answered."""
        return self.mailed - int(np.sum(self.counts))


def background_hazard(open_owner_weeks: float, bookings: int) -> float:
    """Bookings per owner and week without a letter, from waves not yet mailed (Gamma(1/2) prior)."""
    return (bookings + 0.5) / (open_owner_weeks + 1.0) if open_owner_weeks > 0 else 0.0


def share_answered(
    theta: Floats, weeks: Floats, hazard: float | Floats = 0.0, factor: Floats | None = None
) -> Floats:
    """Share of owners who have answered ``weeks`` [m] after the letter. [n, m]

    ``theta`` [n, 3] parameters, ``hazard`` of coming without a letter, one or one each [n], ``factor`` [n] of the campaign, 1 if left out.
    """
    left = 1 - of_letter(theta, np.asarray(weeks, float))
    if factor is not None:
        left = left ** factor[:, None]
    walk_ins = np.multiply.outer(np.atleast_1d(hazard), np.asarray(weeks, float))
    total: Floats = 1 - left * np.exp(-walk_ins)
    return total


def of_letter(theta: Floats, weeks: Floats) -> Floats:
    """Share of owners whom the letter has brought so many weeks after it. [n, *weeks]"""
    from scipy.special import expit

    each = (len(theta), *(1,) * weeks.ndim)
    share, scale, shape = (
        values.reshape(each)
        for values in (expit(theta[:, 0]), np.exp(theta[:, 1]), np.exp(theta[:, 2]))
    )
    brought: Floats = share * -np.expm1(-((weeks[None] / scale) ** shape))
    return brought


@dataclass(frozen=True, eq=False)
class Posterior:
    """What the data leave possible for a campaign: points ``theta`` [n, 3] of the curve, and of each [n] the campaign's ``factor`` on
    it, the ``hazard`` without a letter, the weekly ``shock``, its ``weight``. ``intervals`` of its own letters were seen; ``told`` are the
    answers, to all letters that it leans on, that came or by what is stated should have come by now, whichever are more.
    """

    theta: Floats
    factor: Floats
    hazard: Floats
    shock: Floats
    weight: Floats
    prior: Prior
    intervals: int
    told: float = 0.0

    @property
    def share(self) -> Floats:
        """Share of owners whom a letter of the campaign ever brings, by point. [n]"""
        from scipy.special import expit

        brought: Floats = 1 - (1 - expit(self.theta[:, 0])) ** self.factor
        return brought

    @property
    def mean(self) -> Floats:
        """Posterior mean of (logit c, log scale, log shape), c being the campaign's share."""
        centre: Floats = self.weight @ self._own
        return centre

    @property
    def sd(self) -> Floats:
        """Posterior standard deviation of the same."""
        spread: Floats = np.sqrt(np.maximum(self.weight @ (self._own - self.mean) ** 2, 1e-12))
        return spread

    @property
    def _own(self) -> Floats:
        from scipy.special import logit

        share = np.clip(self.share, 1e-9, 1 - 1e-9)
        own: Floats = np.column_stack([logit(share), self.theta[:, 1:]])
        return own

    @property
    def is_informative(self) -> bool:
        """Whether the data say how many answer and how soon: ``ENOUGH`` answers, by two weeks or more since the letter."""
        return self.intervals >= 2 and self.told >= ENOUGH

    def interval(self, level: float = 0.9) -> tuple[float, float, float]:
        """Mean, low and high end of the share of owners who ever answer: the truth is between them with this probability."""
        low, high = self._quantiles(self.share, np.array([(1 - level) / 2, (1 + level) / 2]))
        return float(self.weight @ self.share), float(low), float(high)

    def summary(self) -> str:
        """One sentence: the share of owners who answer, with its interval, and how soon; or that the data cannot tell."""
        if self.intervals < 2:
            return (
                "These counts cannot tell how owners will answer: they say how many came, not how soon. Load weekly bookings by mailing"
                " wave, of two weeks or more; until then the stated response holds."
            )
        if not self.is_informative:
            return (
                f"Too few owners have answered so far to tell how owners will: the answers tell once {ENOUGH} have come, or should have"
                " come by what is stated; until then the stated response holds."
            )
        return self.in_words()

    def in_words(self) -> str:
        """One sentence: the share of owners who answer a letter, with its interval, and how soon."""
        mean, low, high = self.interval()
        half = self.weight @ np.exp(self.theta[:, 1] + np.exp(-self.theta[:, 2]) * log(log(2)))
        return (
            f"about {percent(mean)} of owners answer a letter ({100 * low:.1f} to {percent(high)} in nine of ten cases),"
            f" half of them within {half:.1f} weeks."
        )

    def shares(self, weeks: int) -> Floats:
        """Expected weekly response shares rho[k], background not counted. [weeks]"""
        by_week = share_answered(self.theta, np.arange(weeks + 1.0), factor=self.factor)
        weekly: Floats = np.diff(self.weight @ by_week)
        return weekly

    def doubts(self, weeks: int) -> Floats:
        """What each week has of the standard deviation of the share that answers in all of them, as a part of the week's mean. [weeks]

        Shares times doubts add up: over all weeks to that deviation. A quicker clock brings to the first weeks what the last ones lack, so
        that deviations of single weeks, added, would doubt the whole half as much again. 0 where everybody knows how owners answer.
        """
        by_week = share_answered(self.theta, np.arange(weeks + 1.0), factor=self.factor)
        weekly = np.diff(by_week, axis=1)
        mean = self.weight @ weekly
        apart = weekly - mean
        whole = apart.sum(axis=1)
        deviation = np.sqrt(np.maximum(self.weight @ whole**2, 1e-24))
        told: Floats = (self.weight * whole) @ apart / deviation / np.maximum(mean, 1e-12)
        return told

    def by_then(self, weeks: int) -> Floats:
        """Share of owners whom a letter has brought so many weeks after it, by point. [n]"""
        brought: Floats = share_answered(self.theta, np.array([float(weeks)]), factor=self.factor)[
            :, 0
        ]
        return brought

    def factor_of(self, values: Floats, quantile: float) -> float:
        """How many times their mean the quantile of values [n] at the points is."""
        (top,) = self._quantiles(values, np.array([quantile]))
        return float(top / max(float(self.weight @ values), 1e-12))

    def _quantiles(self, values: Floats, levels: Floats) -> Floats:
        order = np.argsort(values)
        at = np.searchsorted(np.cumsum(self.weight[order]), levels)
        found: Floats = values[order][np.minimum(at, len(order) - 1)]
        return found
