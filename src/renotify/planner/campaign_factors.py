"""How campaigns differ: a factor of each on the common curve's hazard, leaning on 1 as far as its own answers do not tell.

The log factor of a campaign is normal with standard deviation ``between`` and such a mean that the factor's is 1. Given the curve, the
factors' likelihood with the weeks' shocks integrated out is close to normal, so they are integrated out by Laplace's method (Tierney and
Kadane, JASA 81 (1986) 82-86): scoring steps to the likeliest factors, all curves at once, and the determinant of what is known of them.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import NamedTuple

import numpy as np

from renotify.planner.answer_likelihood import Answers, log_likelihood
from renotify.planner.problem import Floats

STEPS = 3
LONGEST = 1.5  # a step on the log scale: no further, however few answers ask for it


class Factors(NamedTuple):
    """Log factors of campaigns under each curve: likeliest value [n, g], precision [n, g, g], and the log evidence of the answers [n]."""

    centre: Floats
    precision: Floats
    log_evidence: Floats


def factors(
    letter: Floats, without: Floats, answers: Answers, shock: float, between: Floats
) -> Factors:
    """Return the campaigns' factors under each curve, integrated out in ``log_evidence``.

    ``letter`` [n, g, e] hazards that the letter brings at factor 1, ``without`` [n, g, e] those of coming without it, ``shock`` the sd of
    weeks, ``between`` [n] the log-scale sd of campaigns.
    """
    told = _Told.of(letter, without, answers, shock)
    spread = np.broadcast_to(between[:, None], letter.shape[:2])
    mean, prior = -0.5 * spread**2, spread**-2.0
    log_factor: Floats = mean
    for _ in range(STEPS):
        precision = told.information(log_factor, prior)
        slope = told.slope(log_factor) - (log_factor - mean) * prior
        step = np.linalg.solve(precision, slope[:, :, None])[:, :, 0]
        log_factor = log_factor + np.clip(step, -LONGEST, LONGEST)
    precision = told.information(log_factor, prior)
    likely = log_likelihood(np.exp(log_factor)[:, :, None] * letter + without, answers, shock)
    off = ((log_factor - mean) ** 2 * prior - np.log(prior)).sum(axis=1)
    known = np.linalg.slogdet(precision)[1]
    return Factors(log_factor, precision, likely - 0.5 * (off + known))


@dataclass(frozen=True, eq=False)
class _Told:
    """What the answers say of the factors: hazards and answers by age [n, g, e], hazards met by owners at risk in each week [n, g, s]."""

    letter: Floats
    without: Floats
    came: Floats  # [g, e]
    met: Floats
    walked: Floats
    all_came: Floats  # [s], as the shock's belief counts them, too
    steady: Floats  # [s]

    @classmethod
    def of(cls, letter: Floats, without: Floats, answers: Answers, shock: float) -> _Told:
        steady = answers.widths / shock**2
        return cls(
            letter,
            without,
            answers.answered.sum(axis=2),
            _over_ages(letter, answers.at_risk),
            _over_ages(without, answers.at_risk),
            answers.answered.sum(axis=(0, 1)) + steady,
            steady,
        )

    def slope(self, log_factor: Floats) -> Floats:
        """How fast the log likelihood rises with each log factor. [n, g]"""
        factor = np.exp(log_factor)[:, :, None]
        brought = factor * self.letter
        expected = (self._likely(factor) * factor * self.met).sum(axis=2)
        found: Floats = (self.came * (brought / (brought + self.without))).sum(axis=2) - expected
        return found

    def information(self, log_factor: Floats, prior: Floats) -> Floats:
        """What is known of the log factors: prior and answers, less what the weeks' shocks may have done to all alike. [n, g, g]"""
        factor = np.exp(log_factor)[:, :, None]
        met, likely = factor * self.met, self._likely(factor)
        alone = (likely * met * (met / np.maximum(met + self.walked, 1e-300))).sum(axis=2)
        shared = met * (likely / np.sqrt(self.all_came))
        known: Floats = -(shared @ shared.transpose(0, 2, 1))
        places = np.arange(prior.shape[1])
        known[:, places, places] += alone + prior
        return known

    def _likely(self, factor: Floats) -> Floats:
        """The likeliest shock of each week. [n, 1, s]"""
        hazards = (factor * self.met + self.walked).sum(axis=1)
        shock: Floats = (self.all_came / (self.steady + hazards))[:, None, :]
        return shock


def _over_ages(hazards: Floats, at_risk: Floats) -> Floats:
    """Sum hazards [n, g, e] over the owners at risk [g, e, s]: [n, g, s]."""
    summed: Floats = (hazards.transpose(1, 0, 2) @ at_risk).transpose(1, 0, 2)
    return np.ascontiguousarray(summed)


def drawn(found: Factors, seed: int) -> Floats:
    """Draw one factor a campaign under each curve. [n, g]"""
    normal = np.random.default_rng(seed).standard_normal(found.centre.shape)
    root = np.linalg.cholesky(found.precision)
    off = np.linalg.solve(root.transpose(0, 2, 1), normal[:, :, None])[:, :, 0]
    factor: Floats = np.exp(found.centre + off)
    return factor
