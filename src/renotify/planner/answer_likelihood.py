"""How likely weekly answers are, whatever the weather of the week: the likelihood of a response curve with weekly shocks.

In a week with shock v an owner who is silent stays so with probability exp(-v H), H being the curve's hazard of that week; v is Gamma
of mean 1 and standard deviation ``shock``, one for all waves of a calendar week. v is integrated out: with N answers in the week and
E the hazard that its silent owners went through, what is left is prod H^n times the Gamma integral of v^N exp(-v E). At shock 0 this is
the multinomial likelihood. 1 - exp(-x) = x exp(-x / 2) (1 + x^2 / 24 - ..) is taken at the week's likeliest v.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Protocol

import numpy as np

from renotify.planner.problem import Floats, Ints

STEEPEST = 3.0  # hazards beyond (19 of 20 silent owners answer in one interval) are not told apart in the small correction


class Counted(Protocol):
    """Owners mailed in one week and their first answers in successive intervals of so many weeks."""

    @property
    def mailed(self) -> int: ...
    @property
    def counts(self) -> Ints: ...
    @property
    def width(self) -> int: ...
    @property
    def age(self) -> int: ...


@dataclass(frozen=True, eq=False)
class Answers:
    """Answers of campaigns [g] by interval since the letter [e] and calendar interval [s]."""

    edges: Floats  # [e, 2] weeks since the letter
    answered: Floats  # [g, e, s]
    at_risk: Floats  # [g, e, s] silent owners, those who answer in it for half
    widths: Floats  # [s] weeks of each calendar interval

    @property
    def oldest(self) -> float:
        """Weeks since the first letter."""
        return float(self.edges[:, 1].max())


def answers_of(groups: Sequence[Sequence[Counted]]) -> Answers:
    """Sum the cohorts of each group up: those of one age, and the same calendar interval of those of different ages, count together."""
    waves = [(g, c) for g, cohorts in enumerate(groups) for c in cohorts]
    lengths = np.array([len(c.counts) for _, c in waves])
    first = np.cumsum(lengths) - lengths
    answered = np.concatenate([c.counts for _, c in waves]).astype(np.int64)
    group, mailed, width, age = np.repeat(
        np.array([(g, c.mailed, c.width, c.age) for g, c in waves], np.int64), lengths, axis=0
    ).T
    interval = np.arange(lengths.sum()) - np.repeat(first, lengths)
    so_far = np.cumsum(answered)
    before = np.repeat(so_far[first] - answered[first], lengths)
    at_risk = mailed - (so_far - before) + answered / 2
    since = interval * width
    edges, edge = _pairs(since, width)
    slots, slot = _pairs(since - age, width)
    shape = (len(groups), len(edges), len(slots))
    cell = (group * len(edges) + edge) * len(slots) + slot
    came, silent = (
        np.bincount(cell, weights=counts, minlength=int(np.prod(shape)))
        .reshape(shape)
        .astype(np.float64)
        for counts in (answered, at_risk)
    )
    edges[:, 1] += edges[:, 0]
    return Answers(edges.astype(float), came, silent, slots[:, 1].astype(float))


def _pairs(starts: Ints, widths: Ints) -> tuple[Ints, Ints]:
    """The different intervals [k, 2] by start and width, and which of them each is. [k, 2], [n]"""
    most = int(widths.max()) + 1
    codes, each = np.unique(starts * most + widths, return_inverse=True)
    return np.stack(np.divmod(codes, most), axis=1), each


def log_likelihood(hazards: Floats, answers: Answers, shock: float) -> Floats:
    """Return how likely the answers are under each curve: ``hazards`` [n, g, e] of the intervals, ``shock`` the weekly sd. [n]"""
    from scipy.special import gammaln

    curves, slots = len(hazards), len(answers.widths)
    flat = hazards.reshape(curves, -1)
    answered, at_risk = (
        counts.reshape(-1, slots) for counts in (answers.answered, answers.at_risk)
    )
    known = answers.widths / shock**2  # of the mean of so many weeks
    came = answered.sum(axis=0)
    met = flat @ at_risk
    likely = (came + known) / (met + known)
    steep = np.minimum(flat, STEEPEST) ** 2
    second = (steep @ answered) * likely**2 / 24
    fourth = (steep**2 @ answered) * likely**4 / 2880
    constant = gammaln(came + known) - gammaln(known) - came * np.log(known)
    weekly = constant - (came + known) * np.log1p(met / known) + second - fourth
    total: Floats = np.log(flat) @ answered.sum(axis=1) + weekly.sum(axis=1)
    return total
