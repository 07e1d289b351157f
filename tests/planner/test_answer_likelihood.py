"""The likelihood of weekly answers: by hand without shocks, by integration with them, and what weeks have in common."""

from __future__ import annotations

import numpy as np
import pytest

from cases import at_once
from renotify.planner.answer_likelihood import answers_of, log_likelihood
from renotify.planner.response_posterior import Cohort

FIRST = Cohort(1000, np.array([40, 30, 25]))
SECOND = Cohort(500, np.array([25, 10]))  # mailed a week later
CURVES = np.array(
    [[[0.03, 0.04, 0.02]], [[0.05, 0.03, 0.03]]]
)  # hazards of week 0, 1, 2 since the letter


def test_cohorts_meet_in_the_calendar_weeks_that_they_share() -> None:
    """Calendar weeks count from now: -3, -2, -1. Who answers in a week was at risk for half of it."""
    found = answers_of([[FIRST, SECOND]])
    assert found.edges.tolist() == [[0, 1], [1, 2], [2, 3]]
    assert found.answered.tolist() == [[[40, 25, 0], [0, 30, 10], [0, 0, 25]]]
    assert found.at_risk.tolist() == [[[980, 487.5, 0], [0, 945, 470], [0, 0, 917.5]]]
    assert (found.widths.tolist(), found.oldest) == ([1, 1, 1], 3)


def weekly_chance(hazard: float, answered: int, silent: int, shock: float) -> float:
    """Of one wave in one week: ``answered`` of ``silent`` owners, at the hazard times the week's shock."""
    from scipy import stats

    return stats.binom.logpmf(answered, silent, -np.expm1(-hazard * shock))


def test_without_shocks_it_is_the_binomial_of_each_week() -> None:
    weeks = [(0, 40, 1000), (1, 30, 960), (2, 25, 930), (0, 25, 500), (1, 10, 475)]
    by_hand = [
        sum(weekly_chance(curve[k], answered, silent, 1.0) for k, answered, silent in weeks)
        for (curve,) in CURVES
    ]
    found = log_likelihood(CURVES, answers_of([[FIRST, SECOND]]), shock=1e-4)
    assert found[0] - found[1] == pytest.approx(by_hand[0] - by_hand[1], abs=1e-3)


@at_once("shock", [0.05, 0.2, 0.4])
def test_a_shock_strikes_all_waves_of_its_week_and_is_integrated_out(shock: float) -> None:
    from scipy import stats

    def week(shock_of_week: np.ndarray, *waves: tuple[float, int, int]) -> float:
        """The chance of a week's answers, over all its shocks."""
        log = sum(weekly_chance(*wave, shock_of_week) for wave in waves)
        return np.log(np.mean(np.exp(log)))

    steady = shock**-2
    every = stats.gamma.ppf((np.arange(4000) + 0.5) / 4000, steady) / steady

    def by_hand(curve: np.ndarray) -> float:
        return (
            week(every, (curve[0], 40, 1000))
            + week(every, (curve[1], 30, 960), (curve[0], 25, 500))
            + week(every, (curve[2], 25, 930), (curve[1], 10, 475))
        )

    found = log_likelihood(CURVES, answers_of([[FIRST, SECOND]]), shock)
    assert found[0] - found[1] == pytest.approx(
        by_hand(CURVES[0, 0]) - by_hand(CURVES[1, 0]), abs=0.02
    )


def test_what_the_shock_is_can_be_told_from_how_weeks_scatter() -> None:
    """The same curve, weeks twice and half as good as it: shocks of 0.4 explain them better than 0.03; steady weeks the other way."""
    steady = answers_of([[Cohort(10_000, np.array([400, 400, 400, 400]))]])
    wild = answers_of([[Cohort(10_000, np.array([800, 200, 800, 200]))]])
    curve = np.full((1, 1, 4), 0.043)

    def better(answers) -> float:
        return float(
            log_likelihood(curve, answers, 0.4)[0] - log_likelihood(curve, answers, 0.03)[0]
        )

    assert better(wild) > 100
    assert better(steady) < -2


def test_a_quarter_s_shock_is_the_mean_of_its_weeks() -> None:
    quarter = answers_of([[Cohort(3000, np.array([600]), width=13)]])
    assert quarter.widths.tolist() == [13]
    week = answers_of([[Cohort(3000, np.array([600]))]])
    curve = np.array([[[0.223]], [[0.35]]])
    wide, narrow = (log_likelihood(curve, one, 0.4) for one in (week, quarter))
    assert narrow[0] - narrow[1] > wide[0] - wide[1]


def test_waves_of_weeks_and_of_quarters_keep_their_own_intervals() -> None:
    quarterly = Cohort(400, np.array([100, 60]), width=13)
    found = answers_of([[FIRST], [quarterly]])
    assert found.edges.tolist() == [[0, 1], [0, 13], [1, 2], [2, 3], [13, 26]]
    assert found.widths.tolist() == [13, 13, 1, 1, 1]  # from 26, 13, 3, 2 and 1 weeks ago on
    assert found.answered[1, 1, 0] == 100
    assert found.at_risk[1].sum() == 350 + 270
    assert found.at_risk[0].sum() == 980 + 945 + 917.5
