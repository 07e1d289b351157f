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
from renotify.planner.problem import Floats, Ints

STEPS = 3
NEAR = 1 << 17  # numbers of an array that is worked on at a time: a megabyte
FEW_MATRICES = 1 << 20  # numbers of the matrices of campaigns that are made at a time
LONGEST = 1.5  # a step on the log scale: no further, however few answers ask for it


class Factors(NamedTuple):
    """Log factors of campaigns under each curve: likeliest value [n, g], what is known of them, and the log evidence of the answers [n].

    The precision matrix of a curve is diag(``alone``) less ``shared`` @ ``shared``.T.
    """

    centre: Floats
    alone: Floats  # [n, g]
    shared: Floats  # [n, g, s]
    log_evidence: Floats


def factors(
    letter: Floats, without: Floats, answers: Answers, shock: float, between: Floats
) -> Factors:
    """Return the campaigns' factors under each curve, integrated out in ``log_evidence``.

    ``letter`` [n, g, e] hazards that the letter brings at factor 1, ``without`` [n, g, e] those of coming without it, ``shock`` the sd of
    weeks, ``between`` [n] the log-scale sd of campaigns. A few curves at a time: what lies near the processor is read twice as soon.
    """
    curves = max(1, NEAR // max(letter[0].size, answers.answered[:, 0].size))
    found = [
        _factors(letter[at : at + curves], without[at : at + curves], answers, shock, between[at : at + curves])
        for at in range(0, len(letter), curves)
    ]  # fmt: skip
    return Factors(*(np.concatenate(part) for part in zip(*found, strict=True)))


def _factors(
    letter: Floats, without: Floats, answers: Answers, shock: float, between: Floats
) -> Factors:
    told = _Told.of(letter, without, answers, shock)
    spread = np.broadcast_to(between[:, None], letter.shape[:2])
    mean, prior = -0.5 * spread**2, spread**-2.0
    log_factor: Floats = mean
    for _ in range(STEPS):
        alone, shared = told.information(log_factor, prior)
        slope = told.slope(log_factor) - (log_factor - mean) * prior
        step = _solved(alone, shared, slope)
        log_factor = log_factor + np.clip(step, -LONGEST, LONGEST)
    alone, shared = told.information(log_factor, prior)
    likely = log_likelihood(np.exp(log_factor)[:, :, None] * letter + without, answers, shock)
    off = ((log_factor - mean) ** 2 * prior - np.log(prior)).sum(axis=1)
    known = _log_determinant(alone, shared)
    return Factors(log_factor, alone, shared, likely - 0.5 * (off + known))


# A precision matrix over hundreds of campaigns is a diagonal less a product over the weeks, of which there are fewer: its inverse and
# determinant follow from a matrix over weeks (Woodbury; the matrix determinant lemma).


def _precision(alone: Floats, shared: Floats) -> Floats:
    """diag(alone) - shared @ shared.T. [n, g, g]"""
    known: Floats = -(shared @ shared.transpose(0, 2, 1))
    places = np.arange(alone.shape[1])
    known[:, places, places] += alone
    return known


def _over_weeks(alone: Floats, shared: Floats) -> Floats:
    """1 - shared.T @ diag(1 / alone) @ shared. [n, s, s]"""
    inner: Floats = -(shared.transpose(0, 2, 1) @ (shared / alone[:, :, None]))
    weeks = np.arange(shared.shape[2])
    inner[:, weeks, weeks] += 1.0
    return inner


def _solved(alone: Floats, shared: Floats, slope: Floats) -> Floats:
    """The precision matrix's inverse times ``slope``. [n, g]"""
    if shared.shape[2] >= shared.shape[1]:
        direct = np.linalg.solve(_precision(alone, shared), slope[:, :, None])[:, :, 0]
        return direct.astype(np.float64)
    first = slope / alone
    pulled = shared.transpose(0, 2, 1) @ first[:, :, None]
    rest: Floats = shared @ np.linalg.solve(_over_weeks(alone, shared), pulled)
    return first + rest[:, :, 0] / alone


def _log_determinant(alone: Floats, shared: Floats) -> Floats:
    """The log determinant of the precision matrix. [n]"""
    if shared.shape[2] >= shared.shape[1]:
        direct: Floats = np.linalg.slogdet(_precision(alone, shared)).logabsdet
        return direct
    of_weeks = np.linalg.slogdet(_over_weeks(alone, shared)).logabsdet
    total: Floats = of_weeks + np.log(alone).sum(axis=1)
    return total


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
        likely = self._likely(factor).transpose(0, 2, 1)
        expected = factor * (self.met @ likely)
        found: Floats = (self.came * (brought / (brought + self.without))).sum(axis=2)
        return found - expected[:, :, 0]

    def information(self, log_factor: Floats, prior: Floats) -> tuple[Floats, Floats]:
        """What is known of the log factors: ``alone`` [n, g] by each, less ``shared`` [n, g, s] by weeks' shocks."""
        factor = np.exp(log_factor)[:, :, None]
        met, likely = factor * self.met, self._likely(factor)
        alone = (likely * met * (met / np.maximum(met + self.walked, 1e-300))).sum(axis=2)
        return alone + prior, met * (likely / np.sqrt(self.all_came))

    def _likely(self, factor: Floats) -> Floats:
        """The likeliest shock of each week. [n, 1, s]"""
        hazards = (factor * self.met + self.walked).sum(axis=1)
        shock: Floats = (self.all_came / (self.steady + hazards))[:, None, :]
        return shock


def _over_ages(hazards: Floats, at_risk: Floats) -> Floats:
    """Sum hazards [n, g, e] over the owners at risk [g, e, s]: [n, g, s]."""
    summed: Floats = (hazards.transpose(1, 0, 2) @ at_risk).transpose(1, 0, 2)
    return np.ascontiguousarray(summed)


def drawn(found: Factors, curve: Ints, seed: int) -> Floats:
    """Draw one factor a campaign under each ``curve`` [n] of those found, which are asked for in their order. [n, g]"""
    centre = found.centre[curve]
    off = np.random.default_rng(seed).standard_normal(centre.shape)
    curves = max(1, FEW_MATRICES // max(centre.shape[1] ** 2, 1))
    for at in range(0, len(found.centre), curves):
        first, last = np.searchsorted(curve, [at, at + curves])
        precision = _precision(found.alone[at : at + curves], found.shared[at : at + curves])
        root: Floats = np.linalg.cholesky(precision).astype(np.float64)
        off[first:last] = _back(root[curve[first:last] - at], off[first:last])
    factor: Floats = np.exp(centre + off)
    return factor


def _back(root: Floats, values: Floats) -> Floats:
    """Solve root.T x = values, ``root`` [n, g, g] being lower triangular: from the last campaign back. [n, g]"""
    found = values.copy()
    for g in range(values.shape[1] - 1, -1, -1):
        found[:, g] /= root[:, g, g]
        found[:, :g] -= root[:, g, :g] * found[:, g, None]
    return found
