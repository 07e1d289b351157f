"""What weekly answers teach of the response, and what they cannot tell."""

import numpy as np
import pytest
import scoringrules

from cases import at_once
from planner.future_answers import future_answers
from renotify.errors import BadInput
from renotify.planner.pooled_response import fit, pooled
from renotify.planner.response_posterior import (
    PRIOR,
    Cohort,
    background_hazard,
    share_answered,
)

TRIALS, AHEAD, DRAWS = 40, 8, 300


def answers(rng, owners, weeks, hazard=0.0, theta=None):
    """Weekly first answers of one wave whose curve is drawn from the prior."""
    theta = PRIOR.mean + PRIOR.sd * rng.standard_normal(3) if theta is None else theta
    chance = np.diff(share_answered(theta[None], np.arange(weeks + 1.0), hazard)[0])
    return rng.multinomial(owners, np.append(chance, 1 - chance.sum()))[:-1]


def trial(rng, owners, seen, width, hazard=0.0):
    weekly = answers(rng, owners, seen + AHEAD, hazard)
    cohort = Cohort(owners, weekly[:seen].reshape(-1, width).sum(axis=1), width)
    forecasts = [
        future_answers(posterior, np.array([cohort.silent]), np.array([cohort.age]), AHEAD, seed=int(rng.integers(1 << 30)), draws=DRAWS)
        .sum(axis=1)
        for posterior in (fit([cohort], hazard=hazard), fit([], hazard=hazard))
    ]  # fmt: skip
    truth = float(weekly[seen:].sum())
    return [scoringrules.crps_ensemble(truth, forecast) for forecast in forecasts]


@at_once(
    ("owners", "seen", "hazard"), [(3000, 3, 0.0), (3000, 6, 0.0), (150, 3, 0.0), (3000, 6, 0.004)]
)
def test_the_forecast_scores_better_than_the_prior_s(owners, seen, hazard):
    rng = np.random.default_rng([owners, seen])
    ours, prior = np.array([trial(rng, owners, seen, 1, hazard) for _ in range(TRIALS)]).T
    assert ours.mean() < prior.mean()


def test_one_quarterly_total_cannot_tell_and_says_so():
    posterior = fit([Cohort(3000, np.array([600]), width=13)])
    assert not posterior.is_informative
    assert "cannot tell" in posterior.summary()


def test_weekly_bookings_tell():
    posterior = fit([Cohort(3000, answers(np.random.default_rng(1), 3000, 6, theta=PRIOR.mean))])
    assert posterior.is_informative
    assert "% of owners answer" in posterior.summary()


def test_cohorts_of_different_age_count_together():
    rng = np.random.default_rng(2)
    theta = np.array([-1.0, 1.2, 0.3])
    cohorts = [Cohort(2000, answers(rng, 2000, weeks, theta=theta)) for weeks in (2, 5, 9)]
    posterior = fit(cohorts)
    assert abs(posterior.mean - theta).max() < 3 * posterior.sd.max()
    assert (posterior.sd < fit(cohorts[:1]).sd).all()


def test_background_is_learned_from_waves_not_yet_mailed():
    assert background_hazard(100_000, 300) == pytest.approx(0.003, rel=0.01)
    assert background_hazard(0, 0) == 0
    rng = np.random.default_rng(3)
    theta = np.array([-1.2, 1.1, 0.2])
    cohort = Cohort(20_000, answers(rng, 20_000, 10, hazard=0.01, theta=theta))
    blind, aware = fit([cohort]), fit([cohort], hazard=0.01)
    assert abs(aware.mean[0] - theta[0]) < abs(blind.mean[0] - theta[0])


def test_a_small_group_leans_on_its_campaign():
    rng = np.random.default_rng(4)
    theta = np.array([-0.6, 1.4, 0.1])
    small = {f"small {i}": [Cohort(40, answers(rng, 40, 2, theta=theta))] for i in range(8)}
    large = {f"bundle {i}": [Cohort(4000, answers(rng, 4000, 8, theta=theta))] for i in range(3)}
    together = pooled(large | small)
    leaning = [together.own[name].mean[0] - theta[0] for name in small]
    alone = [fit(cohorts).mean[0] - theta[0] for cohorts in small.values()]
    assert np.abs(leaning).mean() < np.abs(alone).mean()


def test_more_answers_than_letters_are_refused():
    with pytest.raises(BadInput, match="cannot have 12 first answers"):
        fit([Cohort(10, np.array([12]))])


def test_the_quantile_of_wide_beliefs_is_more_times_their_mean():
    wide = fit([])
    told = fit([Cohort(5000, answers(np.random.default_rng(5), 5000, 10))])
    wide_factor, told_factor = (one.factor_of(one.by_then(13), 0.9) for one in (wide, told))
    assert wide_factor > told_factor > 1


def test_the_doubt_narrows_with_what_was_seen():
    """Before any answer a stated share is doubted by most of itself; after ten weeks of five thousand letters by little."""
    stated = fit([]).doubts(10)
    told = fit([Cohort(5000, answers(np.random.default_rng(5), 5000, 10))]).doubts(10)
    assert stated.min() > 0.6
    assert told.max() < 0.5 * stated.min()


def test_weeks_ahead_share_their_shock_among_waves():
    """Two waves of 100,000 in one week: what comes varies by more than two independent waves of that curve would."""
    posterior = fit([])
    one = future_answers(posterior, np.array([100_000]), np.array([0]), 1, draws=400)
    two = future_answers(posterior, np.array([50_000, 50_000]), np.array([0, 0]), 1, draws=400)
    assert one.std() == pytest.approx(two.std(), rel=0.05)


def test_a_hazard_without_a_letter_is_corrected_by_what_comes():
    """Half a percent a week for half a year, from a letter that nobody seems to answer, where a tenth is stated."""
    weekly = np.full(26, 50)
    posterior = fit([Cohort(10_000, weekly)], PRIOR, hazard=0.001)
    assert posterior.weight @ posterior.hazard > 0.002
