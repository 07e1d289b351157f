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
    rows = [
        np.stack([
            np.full(len(c.counts), g), np.arange(len(c.counts)) * c.width, np.full(len(c.counts), c.width), np.full(len(c.counts), c.age),
            np.asarray(c.counts), c.mailed - np.cumsum(c.counts) + np.asarray(c.counts) / 2,
        ])
        for g, cohorts in enumerate(groups) for c in cohorts
    ]  # fmt: skip
    group, since, width, age, answered, at_risk = np.concatenate(rows, axis=1)
    edges, edge = np.unique(np.stack([since, since + width]), axis=1, return_inverse=True)
    slots, slot = np.unique(np.stack([since - age, width]), axis=1, return_inverse=True)
    shape = (len(groups), edges.shape[1], slots.shape[1])
    came, silent = np.zeros(shape), np.zeros(shape)
    cells = (group.astype(int), edge.ravel(), slot.ravel())
    np.add.at(came, cells, answered)
    np.add.at(silent, cells, at_risk)
    return Answers(edges.T, came, silent, slots[1])


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
