"""How owners answer, learned from weekly bookings: a cure-Weibull curve with its whole posterior.

F(t) = c (1 - exp(-(t / s) ** k)): a share c ever answers, on a clock of scale s weeks and shape k. Bookings without a letter come on
top, at a hazard that is known but for a factor; weeks are better or worse than the curve by shocks that all waves share
(``answer_likelihood``), and how large they are is learned with it. The posterior of all five is a set of weighted points
(``weighted_points``; the usual maximum likelihood is not calibrated here).
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from math import log

import numpy as np

from renotify.errors import BadInput
from renotify.planner.answer_likelihood import Answers, answers_of, log_likelihood
from renotify.planner.problem import Floats, Ints
from renotify.planner.weighted_points import moments, normal_points, search
from renotify.plans.response import StatedResponse

DRAWS = 2000
INFORMATIVE = 0.8  # of the prior's spread of the scale: the data must narrow it below this
LEAST_SHARE = 0.001  # a stated share of 0 or 1 stays open to evidence
# Standard deviations of (logit c, log scale, log shape) about what a follow-up states: a stated 7 % of owners is 2 to 20 %.
SPREAD = np.array([1.2, 0.6, 0.25])
HAZARD_SPREAD = (
    1.2  # log-scale sd of the hazard without a letter: four times the stated one is not unheard of
)
# Weekly shocks: standard deviation, and how likely each is before any week was seen.
SHOCKS = {0.4: 0.15, 0.2: 0.3, 0.1: 0.3, 0.03: 0.25}


@dataclass(frozen=True, eq=False)
class Prior:
    """Normal beliefs about (logit c, log scale, log shape)."""

    mean: Floats
    sd: Floats


def prior_of(stated: StatedResponse) -> Prior:
    """Return the belief about owners' answers before any is seen: what the follow-up states, and how far off that may be."""
    share = min(max(stated.share, LEAST_SHARE), 1 - LEAST_SHARE)
    mean = np.array([log(share / (1 - share)), log(stated.scale_weeks), log(stated.shape)])
    return Prior(mean, SPREAD)


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


def share_answered(theta: Floats, weeks: Floats, hazard: float | Floats = 0.0) -> Floats:
    """Share of owners who have answered ``weeks`` [m] after the letter, for parameters [n, 3] and a hazard, or one each [n]. [n, m]"""
    answered = _of_letter(theta, np.asarray(weeks, float))
    walk_ins = np.multiply.outer(np.atleast_1d(hazard), np.asarray(weeks, float))
    total: Floats = 1 - (1 - answered) * np.exp(-walk_ins)
    return total


def _of_letter(theta: Floats, weeks: Floats) -> Floats:
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
    """What the data leave possible: points ``theta`` [n, 3], their ``hazard`` without a letter, weekly ``shock``, ``weight`` [n]."""

    theta: Floats
    hazard: Floats
    shock: Floats
    weight: Floats
    prior: Prior
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

    def draws(self, seed: int, count: int = DRAWS) -> Ints:
        """Places of points drawn by their weight. [count]"""
        chance = np.random.default_rng(seed).random(count) * (1 - 1e-12)
        drawn: Ints = np.searchsorted(np.cumsum(self.weight) / self.weight.sum(), chance)
        return drawn


def fit(cohorts: Sequence[Cohort], prior: Prior = PRIOR, hazard: float = 0.0) -> Posterior:
    """The posterior of the response curve from mailing cohorts; with no cohort, the prior itself.

    ``hazard``: bookings per owner and week without a letter, as stated or counted; the data may correct it.
    """
    for cohort in cohorts:
        if cohort.silent < 0:
            raise BadInput(
                f"A wave of {cohort.mailed} letters cannot have {int(np.sum(cohort.counts))} first answers.",
                "Count each owner's first booking once.",
            )
    told = [cohort for cohort in cohorts if len(cohort.counts)]
    answers = answers_of(told) if told else None
    mean, sd = np.append(prior.mean, 0.0), np.append(prior.sd, HAZARD_SPREAD)
    points, log_weight = normal_points(mean, sd)
    centre, root = moments(_to_level(points, answers, hazard), log_weight)
    found, likely = [], []
    for shock, before in SHOCKS.items():  # from the widest belief to the narrowest

        def belief(levels: Floats, shock: float = shock) -> tuple[Floats, Floats]:
            points, stretch = _from_level(levels, answers, hazard)
            thought = stretch - 0.5 * (((points - mean) / sd) ** 2).sum(axis=1)
            if answers is None:
                return thought, np.zeros(len(points))
            return thought, log_likelihood(_hazards(points, answers, hazard), answers, shock)

        one = search(belief, centre, root)
        centre, root = one.centre, one.root
        found.append(one)
        likely.append(one.log_evidence + log(before))
    share = np.exp(np.array(likely) - max(likely))
    share /= share.sum()
    points, _ = _from_level(np.concatenate([one.points for one in found]), answers, hazard)
    return Posterior(
        theta=points[:, :3],
        hazard=hazard * np.exp(points[:, 3]),
        shock=np.repeat(list(SHOCKS), [len(one.weight) for one in found]),
        weight=np.concatenate([of * one.weight for of, one in zip(share, found, strict=True)]),
        prior=prior,
        intervals=0 if answers is None else len(answers.edges),
    )


def _hazards(points: Floats, answers: Answers, hazard: float) -> Floats:
    """The curves' hazards in each interval since the letter. [n, e]"""
    weeks, ends = np.unique(answers.edges, return_inverse=True)
    since, until = ends.reshape(answers.edges.shape).T
    staying = np.log1p(-np.minimum(_of_letter(points[:, :3], weeks), 1 - 1e-15))
    staying -= np.multiply.outer(hazard * np.exp(points[:, 3]), weeks)
    total: Floats = np.maximum(staying[:, since] - staying[:, until], 1e-300)
    return total


# The search goes over levels: in place of logit c the logit of how many have answered by the oldest letter's age, which the data
# know best. Share, scale and shape of curves that agree with the data make a bent ridge; levels make it straight.


def _to_level(points: Floats, answers: Answers | None, hazard: float) -> Floats:
    if answers is None:
        return points
    from scipy.special import logit

    oldest = np.array([answers.oldest])
    level = share_answered(points[:, :3], oldest, hazard * np.exp(points[:, 3]))[:, 0]
    return np.column_stack([logit(np.clip(level, 1e-9, 1 - 1e-9)), points[:, 1:]])


def _from_level(levels: Floats, answers: Answers | None, hazard: float) -> tuple[Floats, Floats]:
    """Points of levels, and the log of how much wider the points lie; levels that no share makes are ruled out. [n, 4], [n]"""
    if answers is None:
        return levels, np.zeros(len(levels))
    from scipy.special import expit, logit

    level = expit(levels[:, 0])
    clock = np.minimum(np.exp(np.exp(levels[:, 2]) * (log(answers.oldest) - levels[:, 1])), 700.0)
    soon = np.maximum(-np.expm1(-clock), 1e-300)
    walk_ins = np.minimum(hazard * np.exp(levels[:, 3]) * answers.oldest, 700.0)
    silent = (1 - level) * np.exp(walk_ins)
    share = (1 - silent) / soon
    possible = (share > 1e-9) & (share < 1 - 1e-9)
    share = np.clip(share, 1e-9, 1 - 1e-9)
    with np.errstate(divide="ignore"):
        wider = np.log(silent) + np.log(level) - np.log(soon) - np.log(share) - np.log1p(-share)
    return np.column_stack([logit(share), levels[:, 1:]]), np.where(possible, wider, -1e9)


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
    drawn = posterior.draws(seed, draws)
    rng = np.random.default_rng(seed + 1)
    steady = posterior.shock[drawn, None] ** -2.0
    shocks = rng.standard_gamma(np.broadcast_to(steady, (draws, horizon))) / steady
    weeks = np.maximum(np.asarray(age)[:, None] + np.arange(horizon + 1), 0).astype(float)
    staying = np.log1p(-np.minimum(_of_letter(posterior.theta[drawn], weeks), 1 - 1e-15))
    hazards = -np.diff(staying, axis=2) + posterior.hazard[drawn, None, None]
    chance = -np.expm1(-hazards * shocks[:, None, :])
    left = np.broadcast_to(np.asarray(silent, np.int64), chance.shape[:2])
    total = np.zeros((draws, horizon))
    for week in range(horizon):
        came = rng.binomial(left, chance[:, :, week])
        total[:, week] = came.sum(axis=1)
        left = left - came
    return total
