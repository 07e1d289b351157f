"""How owners answer, learned from weekly bookings: a cure-Weibull curve with its whole posterior.

F(t) = c (1 - exp(-(t / s) ** k)): a share c ever answers, on a clock of scale s weeks and shape k.
Bookings without a letter come on top at a hazard estimated from waves not yet mailed. The posterior is
exact on a grid of (logit c, log s, log k) that is re-centred until it covers what the data leave
possible (the usual maximum likelihood is not calibrated here).
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np

from renotify.errors import BadInput
from renotify.planner.problem import Floats, Ints

GRID = 25  # cells a dimension
ROUNDS = 6  # re-centrings at most
REACH = 3.5  # posterior standard deviations that the grid covers on either side
DRAWS = 2000
INFORMATIVE = 0.8  # of the prior's spread of the scale: the data must narrow it below this


@dataclass(frozen=True, eq=False)
class Prior:
    """Normal beliefs about (logit c, log scale, log shape), from earlier campaigns."""

    mean: Floats
    sd: Floats


# A guess: 12 to 35 % answer, on 2 to 4.5 weeks; wide, and to be replaced by history.
PRIOR = Prior(np.array([-1.2, 1.1, 0.2]), np.array([0.6, 0.5, 0.25]))


@dataclass(frozen=True, eq=False)
class Cohort:
    """Owners mailed in one week: ``counts`` of first answers in successive intervals of ``width`` weeks."""

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


def share_answered(theta: Floats, weeks: Floats, hazard: float = 0.0) -> Floats:
    """Share of owners who have answered ``weeks`` [m] after the letter, for parameters [n, 3]. [n, m]"""
    from scipy.special import expit

    share, scale, shape = expit(theta[:, 0]), np.exp(theta[:, 1]), np.exp(theta[:, 2])
    clock = (np.asarray(weeks, float)[None, :] / scale[:, None]) ** shape[:, None]
    answered = share[:, None] * -np.expm1(-clock)
    total: Floats = 1 - (1 - answered) * np.exp(-hazard * np.asarray(weeks, float))[None, :]
    return total


@dataclass(frozen=True, eq=False)
class Posterior:
    """What the data leave possible: grid cells ``theta`` [n, 3] with their ``weight`` [n]."""

    theta: Floats
    weight: Floats
    prior: Prior
    hazard: float
    intervals: int

    @property
    def mean(self) -> Floats:
        """Posterior mean of (logit c, log scale, log shape)."""
        centre: Floats = self.weight @ self.theta
        return centre

    @property
    def sd(self) -> Floats:
        """Posterior standard deviation of the same."""
        spread: Floats = np.sqrt(np.maximum(self.weight @ (self.theta - self.mean) ** 2, 1e-12))
        return spread

    @property
    def is_informative(self) -> bool:
        """Whether the data say more about the clock than the prior did."""
        return self.intervals >= 2 and bool(self.sd[1] < INFORMATIVE * self.prior.sd[1])

    def summary(self) -> str:
        """One sentence: the share of owners who answer and how soon, or that the data cannot tell."""
        if not self.is_informative:
            return (
                "These counts cannot tell how owners will answer: they say how many came, not how"
                " soon. Load weekly bookings by mailing wave; until then the forecast is the prior's."
            )
        from scipy.special import expit

        share = self.weight @ expit(self.theta[:, 0])
        weeks = self.weight @ np.exp(self.theta[:, 1])
        return (
            f"About {100 * share:.0f} % of owners answer a letter, on a scale of {weeks:.1f} weeks."
        )

    def as_prior(self, between: float = 0.3) -> Prior:
        """The belief that this level hands to the next one down, widened by what groups differ."""
        return Prior(self.mean, np.sqrt(self.sd**2 + (between * self.prior.sd) ** 2))

    def shares(self, weeks: int) -> Floats:
        """Expected weekly response shares rho[k], background not counted. [weeks]"""
        total = self.weight @ share_answered(self.theta, np.arange(weeks + 1.0))
        weekly: Floats = np.diff(total)
        return weekly

    def quantile_factor(self, quantile: float, weeks: int) -> float:
        """How many times the mean response by ``weeks`` this quantile is: what parts are planned for."""
        by_then = share_answered(self.theta, np.array([float(weeks)]))[:, 0]
        order = np.argsort(by_then)
        at = np.searchsorted(np.cumsum(self.weight[order]), quantile)
        top = by_then[order][min(int(at), len(order) - 1)]
        return float(top / max(float(self.weight @ by_then), 1e-12))

    def draws(self, seed: int, count: int = DRAWS) -> Floats:
        """Parameters drawn from the posterior. [count, 3]"""
        rng = np.random.default_rng(seed)
        return self.theta[rng.choice(len(self.weight), count, p=self.weight)]


def _sufficient(cohorts: Sequence[Cohort]) -> tuple[Floats, Floats, Floats]:
    """Interval edges [m, 2] with answers [m], and ages with silent owners [a, 2], over all cohorts."""
    answered: dict[tuple[int, int], int] = {}
    silent: dict[int, int] = {}
    for cohort in cohorts:
        if cohort.silent < 0:
            raise BadInput(
                f"A wave of {cohort.mailed} letters cannot have {int(np.sum(cohort.counts))} first answers.",
                "Count each owner's first booking once.",
            )
        for i, count in enumerate(np.asarray(cohort.counts).tolist()):
            edge = (i * cohort.width, (i + 1) * cohort.width)
            answered[edge] = answered.get(edge, 0) + count
        silent[cohort.age] = silent.get(cohort.age, 0) + cohort.silent
    edges = np.array(list(answered), float).reshape(-1, 2)
    counts = np.array(list(answered.values()), float)
    return edges, counts, np.array(list(silent.items()), float).reshape(-1, 2)


def _log_likelihood(theta: Floats, data: tuple[Floats, Floats, Floats], hazard: float) -> Floats:
    """Multinomial over intervals and "not yet". [n]"""
    edges, counts, silent = data
    points, where = np.unique(np.concatenate([edges.ravel(), silent[:, 0]]), return_inverse=True)
    share = share_answered(theta, points, hazard)
    low, high = where[: edges.size].reshape(-1, 2).T
    chance = np.maximum(share[:, high] - share[:, low], 1e-300)
    left = np.maximum(1 - share[:, where[edges.size :]], 1e-300)
    total: Floats = np.log(chance) @ counts + np.log(left) @ silent[:, 1]
    return total


def _grid(mean: Floats, sd: Floats) -> Floats:
    axes = [np.linspace(m - REACH * s, m + REACH * s, GRID) for m, s in zip(mean, sd, strict=True)]
    cells: Floats = np.stack(np.meshgrid(*axes, indexing="ij"), axis=-1).reshape(-1, 3)
    return cells


def fit(cohorts: Sequence[Cohort], prior: Prior = PRIOR, hazard: float = 0.0) -> Posterior:
    """The posterior of the response curve from mailing cohorts; with no cohort, the prior itself."""
    data = _sufficient(cohorts)
    centre, spread = prior.mean, prior.sd
    theta, weight = np.zeros((0, 3)), np.zeros(0)
    for _ in range(ROUNDS):
        theta = _grid(centre, spread)
        log = -0.5 * (((theta - prior.mean) / prior.sd) ** 2).sum(axis=1)
        if len(cohorts):
            log = log + _log_likelihood(theta, data, hazard)
        weight = np.exp(log - log.max())
        weight /= weight.sum()
        mean = weight @ theta
        step = 2 * spread * REACH / (GRID - 1)
        sd = np.maximum(np.sqrt(weight @ (theta - mean) ** 2), step / 2)
        settled = bool(
            np.all(np.abs(mean - centre) < sd / 2) and np.all(np.abs(np.log(sd / spread)) < 0.2)
        )
        centre, spread = mean, sd
        if settled:
            break
    return Posterior(theta, weight, prior, hazard, len(data[1]))


def pooled(
    groups: Mapping[str, Sequence[Cohort]], prior: Prior = PRIOR, hazard: float = 0.0
) -> dict[str, Posterior]:
    """One posterior a group (bundle, or area), each leaning on what all groups say together.

    One dealer's early counts barely help: call this for bundles of a campaign, and
    again for areas of a bundle with the bundle's :meth:`Posterior.as_prior`.
    """
    together = fit([c for cohorts in groups.values() for c in cohorts], prior, hazard)
    shared = together.as_prior()
    return {name: fit(cohorts, shared, hazard) for name, cohorts in groups.items()}


def future_answers(
    posterior: Posterior,
    silent: Ints,
    age: Ints,
    horizon: int,
    *,
    seed: int = 2013,
    draws: int = DRAWS,
) -> Floats:
    """Random answers in each of the next ``horizon`` weeks from silent owners, by cohort. [draws, horizon]

    ``silent`` [c] owners, ``age`` [c] weeks since their letter (negative: mailed so many weeks ahead).
    """
    theta = posterior.draws(seed, draws)
    rng = np.random.default_rng(seed + 1)
    total = np.zeros((draws, horizon))
    steps = np.arange(horizon + 1)
    for owners, weeks in zip(silent.tolist(), age.tolist(), strict=True):
        share = share_answered(theta, np.maximum(weeks + steps, 0).astype(float))
        walk_in = np.exp(-posterior.hazard * steps)[None, :]
        staying = (1 - share) * walk_in
        left = np.full(draws, owners)
        for t in range(horizon):
            chance = np.clip(1 - staying[:, t + 1] / np.maximum(staying[:, t], 1e-12), 0.0, 1.0)
            came = rng.binomial(left, chance)
            total[:, t] += came
            left = left - came
    return total
