"""How many vehicles will be done by when: a forecast, and the back-test that decides whether it shows intervals.

A unit is a campaign, an area or a dealer. An answer is the day on which the owner asked. The forecast counts visits that are booked,
and the answers still to come from letters out and from letters planned, each done as long after it was asked for as visits have been.
Before intervals are shown, the same forecast is made from data as they stood some weeks ago and held against what happened; where the
90 % intervals held so few of the outcomes that they are none of 90 % (a binomial test), the forecast is shown without intervals and says
why.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace

import numpy as np

from renotify.planner.pooled_response import pooled
from renotify.planner.problem import Floats, Ints
from renotify.planner.response_posterior import Cohort, Posterior, Prior, future_answers

LEVEL = 0.9
LEAST_TESTS = 30
DOUBT = 0.05  # intervals of 90 % hold so few outcomes as rarely as this: then they are taken for narrower ones
DRAWS = 600


@dataclass(frozen=True, eq=False)
class Unit:
    """A campaign, area or dealer: done so far, letters out by cohort, letters planned by week from now.

    ``booked`` [h] are the visits that stand, by the coming week in which they are due.
    """

    name: str
    done: int
    cohorts: tuple[Cohort, ...]
    planned: Ints
    booked: Ints = field(default_factory=lambda: np.zeros(0, np.int64))


@dataclass(frozen=True, eq=False)
class Lead:
    """From the day an owner asks to the end of the visit: ``within`` [h] is the share done by the end of the week of asking, of the next,
    and so on; ``missed`` the share of visits whose owner does not come, and books again a week later.
    """

    within: Floats
    missed: float = 0.0

    @property
    def kept(self) -> Floats:
        """The share of booked visits that are done by the end of their week, of the next, and so on. [h]"""
        return 1 - self.missed ** np.arange(1.0, len(self.within) + 1)


def at_once(horizon: int) -> Lead:
    """Return the lead where no booking is on file: an answer is known by its repair alone."""
    return Lead(np.ones(horizon))


@dataclass(frozen=True, eq=False)
class Backtest:
    """Share of outcomes that fell within the 90 % intervals, over so many tests."""

    coverage: float
    tests: int
    horizon: int

    @property
    def holds(self) -> bool:
        """Whether intervals may be shown: enough were tested, and they held as many as intervals of 90 % do.

        Counts are whole numbers, so intervals of few vehicles hold more than 90 %: that is no reason to withhold them.
        """
        from scipy.special import bdtr

        if self.tests < LEAST_TESTS:
            return False
        held = round(self.coverage * self.tests)
        return bool(bdtr(held, self.tests, LEVEL) >= DOUBT)

    def reason(self) -> str:
        """Why there are no intervals; empty where there are."""
        if self.holds:
            return ""
        if self.tests < LEAST_TESTS:
            return f"No intervals: only {self.tests} past forecasts could be checked, {LEAST_TESTS} are needed."
        return (
            f"No intervals: of {self.tests} past 90 % intervals, {100 * self.coverage:.0f} % held what"
            f" came in the next {self.horizon} weeks, fewer than chance explains."
        )


@dataclass(frozen=True, eq=False)
class Completion:
    """Vehicles done by the end of each coming week: mean, and 90 % interval where the back-test allows one. [h] each"""

    unit: str
    mean: Floats
    low: Floats | None
    high: Floats | None
    note: str


def _answers(posterior: Posterior, unit: Unit, horizon: int, seed: int) -> Floats:
    """Random cumulative answers in the coming weeks. [draws, horizon]"""
    planned = np.asarray(unit.planned)[:horizon]
    ahead = np.flatnonzero(planned)
    silent = np.array([c.silent for c in unit.cohorts] + planned[ahead].tolist(), np.int64)
    age = np.array([c.age for c in unit.cohorts] + (-ahead).tolist(), np.int64)
    weekly = future_answers(posterior, silent, age, horizon, seed=seed, draws=DRAWS)
    return np.cumsum(weekly, axis=1)


def _done(answers: Floats, unit: Unit, lead: Lead, chance: np.random.Generator) -> Floats:
    """Random vehicles done by the end of each coming week: those that are booked, and those of cumulative ``answers``. [draws, h]"""
    draws, horizon = answers.shape
    weekly = np.diff(answers, axis=1, prepend=0.0)
    done = np.full((draws, horizon), float(unit.done))
    for week, asked in enumerate(weekly.T):
        done[:, week:] += asked[:, None] * lead.within[None, : horizon - week]
    for week, visits in enumerate(unit.booked[:horizon].tolist()):
        came = chance.random((draws, visits, 1)) < lead.kept[: horizon - week]
        done[:, week:] += came.sum(axis=1)
    return done


def forecast_completion(
    posterior: Posterior,
    unit: Unit,
    horizon: int,
    backtest: Backtest,
    *,
    lead: Lead | None = None,
    seed: int = 2013,
) -> Completion:
    """Vehicles of the unit done by the end of each of the next ``horizon`` weeks; without a ``lead`` in the week in which they answer."""
    answers = _answers(posterior, unit, horizon, seed)
    done = _done(answers, unit, lead or at_once(horizon), np.random.default_rng([seed, 1]))
    notes = (backtest.reason(), "" if posterior.is_informative else posterior.summary())
    note = " ".join(sentence for sentence in notes if sentence)
    if not backtest.holds:
        return Completion(unit.name, done.mean(axis=0), None, None, note)
    mean = done.mean(axis=0)
    low, high = np.quantile(done, [(1 - LEVEL) / 2, (1 + LEVEL) / 2], axis=0)
    # where hardly anybody comes any more, nine in ten runs may bring nobody and the mean lies above them
    return Completion(unit.name, mean, np.minimum(low, mean), np.maximum(high, mean), note)


def _as_of(unit: Unit, weeks_ago: int) -> Unit:
    """The unit as it stood some weeks ago; cohorts mailed since are left out."""
    then = tuple(
        replace(c, counts=c.counts[: len(c.counts) - weeks_ago])
        for c in unit.cohorts
        if c.width == 1 and c.age > weeks_ago
    )
    return replace(unit, cohorts=then, planned=np.zeros(0, np.int64))


def _came(unit: Unit, weeks_ago: int) -> int:
    """Answers since then, from the cohorts that were out then."""
    return sum(
        int(c.counts[-weeks_ago:].sum()) for c in unit.cohorts if c.width == 1 and c.age > weeks_ago
    )


def backtest(
    units: Mapping[str, Sequence[Unit]],
    priors: Mapping[str, Prior],
    horizon: int = 4,
    *,
    hazards: Mapping[str, float] | None = None,
    seed: int = 2013,
) -> Backtest:
    """Forecasts each campaign's units from the data of ``horizon`` weeks ago and counts how many intervals held.

    ``priors``: the beliefs that the forecasts to be shown start from, too, by campaign; ``hazards`` of coming without a letter.
    """
    past = {code: [_as_of(unit, horizon) for unit in own] for code, own in units.items()}
    known = {code: [c for unit in own for c in unit.cohorts] for code, own in past.items()}
    learned = pooled(known, priors, hazards)
    within = []
    for code, own in past.items():
        posterior = learned.of(code, priors[code])
        for i, (then, now) in enumerate(zip(own, units[code], strict=True)):
            if then.cohorts:
                answers = _answers(posterior, then, horizon, seed + i)[:, -1]
                low, high = np.quantile(answers, [(1 - LEVEL) / 2, (1 + LEVEL) / 2])
                within.append(low <= _came(now, horizon) <= high)
    return Backtest(float(np.mean(within)) if within else 0.0, len(within), horizon)
