"""Between which numbers visits lie in nine of ten cases: by hand, and held against truths that are planted."""

from __future__ import annotations

import numpy as np
import pytest

from renotify.planner.learning import stated_doubts
from renotify.planner.pooled_response import fit
from renotify.planner.response_posterior import PRIOR, Cohort, share_answered
from renotify.plans.response import StatedResponse, requests_of_silent
from renotify.workload.visit_interval import Outlook, together

WORLDS, LETTERS, SEEN, AHEAD = 120, 1_000, 4, 4


def held(rng: np.random.Generator, seen: int) -> bool:
    """Plant a response, let a wave answer for some weeks, learn it, and see whether what comes then lies within the interval."""
    truth = PRIOR.mean + PRIOR.sd * rng.standard_normal(3)
    share = share_answered(truth[None], np.arange(seen + AHEAD + 1.0))[0]
    weather = np.exp(0.2 * rng.standard_normal(seen + AHEAD))
    hazards = -np.diff(np.log1p(-share)) * weather
    left, came = LETTERS, []
    for hazard in hazards:
        came.append(int(rng.binomial(left, -np.expm1(-hazard))))
        left -= came[-1]
    silent = np.zeros((1, 1, seen + 1))
    silent[0, 0, seen] = LETTERS - sum(came[:seen])
    if seen:
        learned = fit([Cohort(LETTERS, np.array(came[:seen]))])
        response, doubt = learned.shares(26), learned.doubts(26)
    else:
        response, doubt = StatedResponse().curve(26), np.array(stated_doubts(StatedResponse(), 26))
    mean, spread = (
        requests_of_silent(silent, response[None], AHEAD, weight[None])[0, 0]
        for weight in (response, response * doubt)
    )
    told = Outlook(
        {"A": float(mean.sum())},
        {"A": float(spread.sum())},
        weekly=tuple(mean),
        vehicles=float(silent.sum()),
    ).interval
    return told.low <= sum(came[seen:]) <= told.high


@pytest.mark.parametrize("seen", [0, SEEN])
def test_nine_of_ten_planted_truths_lie_within(seen: int) -> None:
    """A wave of a thousand letters: before an answer is seen, and after four weeks of them; weeks are a fifth better and worse."""
    rng = np.random.default_rng([seen, 12])
    share = np.mean([held(rng, seen) for _ in range(WORLDS)])
    assert 0.84 <= share <= 0.99


def test_what_is_booked_is_certain() -> None:
    assert Outlook(booked=7.0).interval == (7.0, 7.0, 7.0)


def test_without_doubt_and_weather_visits_of_many_vehicles_are_poisson() -> None:
    """Four visits: 1 or fewer with probability 0.09, none with 0.02; 8 or fewer with 0.979, 7 or fewer with 0.949."""
    assert Outlook({"A": 4.0}, {"A": 0.0}, vehicles=1e6).interval == (4.0, 1.0, 8.0)


def test_without_doubt_the_visits_of_few_vehicles_are_binomial() -> None:
    """Of 40 vehicles 18 are expected: 13 or fewer have the probability 0.07, 12 or fewer 0.04; 23 or fewer 0.96, 22 or fewer 0.92."""
    assert Outlook({"A": 18.0}, {"A": 0.0}, vehicles=40.0).interval == (18.0, 13.0, 23.0)


@pytest.mark.parametrize(("mean", "doubt"), [(0.5, 4.0), (18.0, 8.0), (18.0, 60.0), (36.0, 20.0)])
def test_no_more_visits_are_told_than_there_are_vehicles(mean: float, doubt: float) -> None:
    found = Outlook({"A": mean / 2}, {"A": doubt}, mean / 2, doubt, (mean,), 3.0, 40.0).interval
    assert 3.0 <= found.low <= found.mean == mean + 3.0 <= found.high <= 43.0


@pytest.mark.parametrize(
    ("vehicles", "share", "doubt"),
    [(14, 0.45, 0.3), (40, 0.45, 0.2), (40, 0.85, 0.1), (400, 0.07, 0.05), (90, 0.3, 0.01)],
)
def test_nine_of_ten_plays_of_vehicles_that_come_once_lie_within(
    vehicles: int, share: float, doubt: float
) -> None:
    """A chance that is doubted, the same for all vehicles, and each of them comes or stays: 4,000 plays."""
    rng = np.random.default_rng([vehicles, 12])
    both = share * (1 - share) / doubt**2 - 1
    came = rng.binomial(vehicles, rng.beta(share * both, (1 - share) * both, 4000))
    found = Outlook(
        walk_ins=vehicles * share, walk_ins_doubt=vehicles * doubt, vehicles=float(vehicles)
    ).interval
    inside = np.mean((came >= found.low) & (came <= found.high))
    assert 0.88 <= inside <= 0.97, found


def test_the_doubt_about_all_weeks_is_that_of_the_share() -> None:
    """Of a stated 7 % the deviation is 5.2 points for those who come within 26 weeks, whose mean is 6.8; weeks add up to it."""
    stated = StatedResponse()
    weekly = fit(()).shares(26) * np.array(stated_doubts(stated, 26))
    assert weekly.sum() == pytest.approx(0.0516, abs=0.0005)


def test_few_visits_still_have_their_mean_between_the_ends() -> None:
    mean, low, high = Outlook(walk_ins=0.02, weekly=(0.02,), vehicles=9.0).interval
    assert (low, mean) == (0.0, 0.02)
    assert high >= mean


def test_doubt_is_shared_by_dealers_and_in_part_by_campaigns() -> None:
    """A hundred visits of a deviation of 50: as wide for two halves of one campaign, narrower for two campaigns that err apart."""
    whole = Outlook({"A": 100.0}, {"A": 50.0}, vehicles=2000.0).interval
    halves = together([Outlook({"A": 50.0}, {"A": 25.0}, vehicles=1000.0)] * 2).interval
    apart = Outlook({"A": 50.0, "B": 50.0}, {"A": 25.0, "B": 25.0}, vehicles=2000.0).interval
    assert halves == whole
    assert apart.high - apart.low < 0.95 * (whole.high - whole.low)


def test_weeks_and_bookings_of_several_are_added() -> None:
    one = Outlook({"A": 2.0}, {"A": 1.0}, 1.0, 0.5, (1.0, 2.0), 3.0, 30.0)
    both = together([one, Outlook({"B": 4.0}, {"B": 0.0}, 0.0, 0.0, (4.0,), 1.0, 10.0)])
    assert both == Outlook(
        {"A": 2.0, "B": 4.0}, {"A": 1.0, "B": 0.0}, 1.0, 0.5, (5.0, 2.0), 4.0, 40.0
    )
    assert (both.of_letters, both.interval.mean) == (6.0, 11.0)
