"""How owners answer, learned from weekly bookings: a curve that campaigns share, each with its own factor, and the whole posterior.

A campaign's factor leans on 1 as far as its own answers do not tell (``campaign_factors``). Bookings without a letter come at a hazard that
is known but for a factor; weeks are better or worse than the curve by shocks that all waves share (``answer_likelihood``). How large the
shocks are, and how far campaigns differ, is learned with it. The posterior is a set of weighted points (``weighted_points``; the usual
maximum likelihood is not calibrated here).
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from math import log

import numpy as np

from renotify.errors import BadInput
from renotify.planner.answer_likelihood import Answers, answers_of, log_likelihood
from renotify.planner.campaign_factors import drawn as drawn_factors
from renotify.planner.campaign_factors import factors
from renotify.planner.problem import Floats, Ints
from renotify.planner.response_posterior import (
    PRIOR,
    Cohort,
    Posterior,
    Prior,
    of_letter,
    share_answered,
)
from renotify.planner.weighted_points import moments, normal_points, search
from renotify.values.english import counted

SEED = 2013  # of the draws of factors: the same data, the same posterior
THINNED = 800  # points at which the factors of campaigns are drawn
MOST = 8  # groups that are told apart while the curve is sought; the factors of all are found at its points
HAZARD_SPREAD = (
    1.2  # log-scale sd of the hazard without a letter: four times the stated one is not unheard of
)
# How far campaigns of one maker differ: log-scale sd of their factors, and the log-scale sd of that.
BETWEEN, BETWEEN_SPREAD = 0.5, 0.5
# Weekly shocks: standard deviation, and how likely each is before any week was seen.
SHOCKS = {0.4: 0.15, 0.2: 0.3, 0.1: 0.25, 0.03: 0.3}


@dataclass(frozen=True, eq=False)
class Pooled:
    """Posteriors of campaigns (or bundles of them) that share a curve: ``own`` of those with letters; the points are the same in all."""

    own: Mapping[str, Posterior]
    others: Posterior  # of a campaign whose letters have not been out: what the common curve says, and how far campaigns differ

    def of(self, campaign: str, stated: Prior | None = None) -> Posterior:
        """Return a campaign's posterior; of one without letters the common one, about its own stated response where that is told."""
        if campaign in self.own:
            return self.own[campaign]
        if stated is None:
            return self.others
        theta = self.others.theta + (stated.mean - self.others.prior.mean)
        return replace(self.others, theta=theta, prior=stated)

    @property
    def is_informative(self) -> bool:
        """Whether the answers to some campaign's letters say more than what was stated."""
        return any(one.is_informative for one in self.own.values())


def fit(cohorts: Sequence[Cohort], prior: Prior = PRIOR, hazard: float = 0.0) -> Posterior:
    """The posterior of one campaign's response from its mailing cohorts; with no cohort, the prior itself.

    ``hazard``: bookings per owner and week without a letter, as stated or counted; the data may correct it.
    """
    return pooled({"": cohorts}, {"": prior}, {"": hazard}).of("", prior)


def pooled(
    groups: Mapping[str, Sequence[Cohort]],
    priors: Mapping[str, Prior] | None = None,
    hazards: Mapping[str, float] | None = None,
) -> Pooled:
    """The posteriors of campaigns (or bundles, or areas) from their mailing cohorts, each leaning on what all say together.

    ``priors``: what is believed of each before (``PRIOR`` where none is), ``hazards``: bookings per owner and week without a letter, of
    each. Raises BadInput for more first answers than letters.
    """
    _check(groups)
    priors = {name: (priors or {}).get(name, PRIOR) for name in groups}
    hazards = {name: (hazards or {}).get(name, 0.0) for name in groups}
    told = {
        name: seen
        for name, cohorts in groups.items()
        if (seen := [c for c in cohorts if len(c.counts)])
    }
    common = _common_prior(told, priors)
    every = _Groups.of(told, common, priors, hazards) if told else None
    points, shock, weight = _curve(every and every.merged(), common)
    known = len(told) > 1
    if known:
        points, shock, weight = _thinned(points, shock, weight)
    between = np.exp(points[:, 4]) if known else np.full(len(points), BETWEEN)
    normal = np.random.default_rng(SEED).standard_normal(len(points))
    walk_in = np.exp(points[:, 3])
    answered = _told(told, priors, hazards)

    def posterior(
        offset: Floats, factor: Floats, hazard: float, prior: Prior, intervals: int
    ) -> Posterior:
        return Posterior(
            points[:, :3] + offset,
            factor,
            hazard * walk_in,
            shock,
            weight,
            prior,
            intervals,
            answered,
        )

    own: dict[str, Posterior] = {}
    if every is not None:
        factor = _factors(points, shock, between, every) if known else np.ones((len(points), 1))
        weeks = every.intervals
        own = {
            name: posterior(
                every.offset[g], factor[:, g], hazards[name], priors[name], int(weeks[g])
            )
            for g, name in enumerate(told)
        }
    mean_hazard = float(np.mean(list(hazards.values()))) if hazards else 0.0
    others = posterior(np.zeros(3), np.ones(len(points)), mean_hazard, common, 0)
    if told:
        others = replace(
            others,
            theta=points[:, :3] if known else _of_others(points[:, :3], common),
            factor=np.exp(between * normal - 0.5 * between**2),
        )
    return Pooled(own, others)


def _told(
    groups: Mapping[str, Sequence[Cohort]],
    priors: Mapping[str, Prior],
    hazards: Mapping[str, float],
) -> float:
    """First answers of all groups, or those that their stated responses and hazards let expect by now, whichever are more."""
    came = sum(cohort.mailed - cohort.silent for own in groups.values() for cohort in own)
    due = sum(
        cohort.mailed
        * float(
            share_answered(priors[name].mean[None], np.array([cohort.age]), hazards[name])[0, 0]
        )
        for name, own in groups.items()
        for cohort in own
    )
    return max(float(came), due)


def _of_others(theta: Floats, prior: Prior) -> Floats:
    """The common curve where one campaign alone has letters: how far it is from what is stated is in part its own. [n, 3]

    Of normal beliefs: logit c = common + own, variances v - b^2 and b^2; given their sum the common part has the share 1 - b^2 / v of it.
    """
    part = 1 - BETWEEN**2 / prior.sd[0] ** 2
    normal = np.random.default_rng(SEED + 1).standard_normal(len(theta))
    common = prior.mean[0] + part * (theta[:, 0] - prior.mean[0]) + BETWEEN * np.sqrt(part) * normal
    return np.column_stack([common, theta[:, 1:]])


def _check(groups: Mapping[str, Sequence[Cohort]]) -> None:
    for cohort in (cohort for cohorts in groups.values() for cohort in cohorts):
        if cohort.silent < 0:
            raise BadInput(
                f"A wave of {counted(cohort.mailed, 'letter')} cannot have {counted(int(np.sum(cohort.counts)), 'first answer')}.",
                "Count each owner's first booking once.",
            )


def _common_prior(told: Mapping[str, Sequence[Cohort]], priors: Mapping[str, Prior]) -> Prior:
    """What is believed of the common curve: the campaigns' beliefs, weighted by letters."""
    if not told:
        return next(iter(priors.values()), PRIOR)
    letters = [sum(cohort.mailed for cohort in cohorts) for cohorts in told.values()]
    mean = np.average([priors[name].mean for name in told], axis=0, weights=letters)
    return Prior(mean, np.average([priors[name].sd for name in told], axis=0, weights=letters))


@dataclass(frozen=True, eq=False)
class _Groups:
    """Answers of groups [g], how far each one's stated response is from the common one [g, 3], hazards without a letter and letters [g]."""

    answers: Answers
    offset: Floats
    hazard: Floats
    letters: Floats

    @classmethod
    def of(
        cls,
        told: Mapping[str, Sequence[Cohort]],
        common: Prior,
        priors: Mapping[str, Prior],
        hazards: Mapping[str, float],
    ) -> _Groups:
        return cls(
            answers_of(list(told.values())),
            np.array([priors[name].mean - common.mean for name in told]),
            np.array([hazards[name] for name in told]),
            np.array(
                [sum(cohort.mailed for cohort in cohorts) for cohorts in told.values()], float
            ),
        )

    @property
    def intervals(self) -> Ints:
        """Intervals since the letter in which some owner of the group was at risk. [g]"""
        seen: Ints = (self.answers.at_risk.sum(axis=2) > 0).sum(axis=1)
        return seen

    def merged(self) -> _Groups:
        """The groups with the fewest letters as one: they say as little of the curve apart as together."""
        if len(self.letters) <= MOST:
            return self
        order = np.argsort(-self.letters, kind="stable")
        kept, rest = order[: MOST - 1], order[MOST - 1 :]

        def joined(values: Floats, one: Floats) -> Floats:
            return np.concatenate([values[kept], one[None]])

        def mean(values: Floats) -> Floats:
            return joined(values, np.average(values[rest], axis=0, weights=self.letters[rest]))

        def total(values: Floats) -> Floats:
            return joined(values, values[rest].sum(axis=0))

        answers = replace(
            self.answers, answered=total(self.answers.answered), at_risk=total(self.answers.at_risk)
        )
        return _Groups(answers, mean(self.offset), mean(self.hazard), total(self.letters))

    def mean_hazard(self) -> float:
        return float(np.average(self.hazard, weights=self.letters))

    def hazards(self, points: Floats) -> tuple[Floats, Floats]:
        """Hazards in each interval that the letter brings at factor 1, and those of coming without it. [n, g, e] both"""
        weeks, ends = np.unique(self.answers.edges, return_inverse=True)
        since, until = ends.reshape(self.answers.edges.shape).T
        kinds, kind = np.unique(self.offset, axis=0, return_inverse=True)
        staying = np.stack([
            np.log1p(-np.minimum(of_letter(points[:, :3] + offset, weeks), 1 - 1e-15)) for offset in kinds
        ], axis=1)  # fmt: skip
        letter = np.maximum(staying[:, :, since] - staying[:, :, until], 1e-300)[:, kind.ravel()]
        widths = self.answers.edges[:, 1] - self.answers.edges[:, 0]
        without = np.exp(points[:, 3])[:, None, None] * self.hazard[:, None] * widths
        return letter, without


def _curve(groups: _Groups | None, prior: Prior) -> tuple[Floats, Floats, Floats]:
    """Points of the common curve (and of the hazard's factor, and of how far campaigns differ), with shock and weight. [n, 4 or 5]"""
    several = groups is not None and len(groups.letters) > 1
    share = np.sqrt(prior.sd[0] ** 2 - BETWEEN**2) if several else prior.sd[0]
    mean = np.concatenate([prior.mean, [0.0], [log(BETWEEN)] * several])
    sd = np.concatenate([[share], prior.sd[1:], [HAZARD_SPREAD], [BETWEEN_SPREAD] * several])
    answers = None if groups is None else groups.answers
    hazard = 0.0 if groups is None else groups.mean_hazard()
    points, log_weight = normal_points(mean, sd)
    centre, root = moments(_to_level(points, answers, hazard), log_weight)
    found, likely = [], []
    for shock, before in SHOCKS.items():  # from the widest belief to the narrowest

        def belief(levels: Floats, shock: float = shock) -> tuple[Floats, Floats]:
            points, stretch = _from_level(levels, answers, hazard)
            thought = stretch - 0.5 * (((points - mean) / sd) ** 2).sum(axis=1)
            return thought, np.zeros(len(points)) if groups is None else _log_evidence(
                points, groups, shock
            )

        one = search(belief, centre, root)
        centre, root = one.centre, one.root
        found.append(one)
        likely.append(one.log_evidence + log(before))
    of_shock = np.exp(np.array(likely) - max(likely))
    of_shock /= of_shock.sum()
    points, _ = _from_level(np.concatenate([one.points for one in found]), answers, hazard)
    weight = np.concatenate([of * one.weight for of, one in zip(of_shock, found, strict=True)])
    return points, np.repeat(list(SHOCKS), [len(one.weight) for one in found]), weight


def _thinned(points: Floats, shock: Floats, weight: Floats) -> tuple[Floats, Floats, Floats]:
    """Points of equal weight in their place, evenly drawn: enough for sums, fewer to find every campaign's factor at."""
    steps = (np.arange(THINNED) + 0.5) / THINNED * (1 - 1e-12)
    at = np.searchsorted(np.cumsum(weight) / weight.sum(), steps)
    return points[at], shock[at], np.full(THINNED, 1 / THINNED)


def _log_evidence(points: Floats, groups: _Groups, shock: float) -> Floats:
    letter, without = groups.hazards(points)
    if len(groups.letters) == 1:
        return log_likelihood(letter + without, groups.answers, shock)
    return factors(letter, without, groups.answers, shock, np.exp(points[:, 4])).log_evidence


def _factors(points: Floats, shock: Floats, between: Floats, groups: _Groups) -> Floats:
    """Factors of the groups drawn at each point. [n, g]"""
    factor = np.ones((len(points), len(groups.letters)))
    for place, one in enumerate(np.unique(shock)):
        at = np.flatnonzero(shock == one)
        new = np.append(True, (np.diff(points[at], axis=0) != 0).any(axis=1))  # else the one before
        letter, without = groups.hazards(points[at[new]])
        found = factors(letter, without, groups.answers, float(one), between[at[new]])
        factor[at] = drawn_factors(found, np.cumsum(new) - 1, SEED + place)
    return factor


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
