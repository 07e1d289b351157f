"""What was learned, put into bundles and problems: each figure by hand and without a ledger."""

from __future__ import annotations

from dataclasses import replace
from datetime import date
from math import exp, log

import numpy as np
import pytest
from scipy.special import expit, ndtri

from cases import at_once
from planner.cases import bundle, dealer, problem
from renotify.campaigns.follow_up_settings import FollowUpSettings
from renotify.planner import learning
from renotify.planner.learning import NOTHING_LEARNED, Learned
from renotify.planner.response_posterior import Cohort, prior_of
from renotify.plans.in_force import PlannedBundle
from renotify.plans.response import StatedResponse

STATED = PlannedBundle("A:S", "A", ("S",), 2.0, {"P": 1.0}, (0.5, 0.1), 0.003)
ASKED = problem([bundle("A")], [dealer("d1")], {("A", "d1"): 1}, parts_quantile=0.9)
SETTINGS = FollowUpSettings(
    "small", "follow_up_voluntary", ("A",), date(2013, 2, 26), horizon_weeks=4
)


class Curve:
    """A posterior with one response curve, whose quantile at 0.9 is so many times the mean."""

    is_informative = True

    def __init__(self, share: float, factor: float = 1.0) -> None:
        self.share, self.factor = share, factor

    def shares(self, weeks: int) -> np.ndarray:
        return np.full(weeks, self.share)

    def quantile_factor(self, level: float, weeks: int) -> float:
        return self.factor

    def summary(self) -> str:
        return "A summary."


def learned(
    posteriors: dict[str, Curve], shared: Curve | None, hazard: float | None = None
) -> Learned:
    return Learned(posteriors, shared, hazard, 2, ())


# ---- bundles


def test_a_bundle_takes_its_own_curve_before_the_shared_one_to_ten_places() -> None:
    found = learned({"A": Curve(1 / 3)}, Curve(0.25))
    assert found.of_bundle(STATED).response == (0.3333333333, 0.3333333333)
    assert found.of_bundle(replace(STATED, campaigns="B")).response == (0.25, 0.25)


def test_a_bundle_keeps_all_else_and_its_walk_ins_where_none_were_learned() -> None:
    found = learned({}, Curve(0.25)).of_bundle(STATED)
    assert found == replace(STATED, response=(0.25, 0.25))
    assert learned({}, Curve(0.25), hazard=0.0).of_bundle(STATED).walk_ins == 0.0


def test_where_nothing_was_learned_bundles_and_problems_stay() -> None:
    assert NOTHING_LEARNED.of_bundle(STATED) is STATED
    assert NOTHING_LEARNED.with_spread(ASKED) is ASKED


# ---- the margin on parts


def test_parts_are_planned_for_the_widest_posterior() -> None:
    """A factor of e^0.5 at the quantile 0.9 is a log-scale sd of 0.5 / z(0.9)."""
    posteriors = {"A": Curve(0.1, exp(0.2)), "B": Curve(0.1, exp(0.5))}
    found = learned(posteriors, Curve(0.1)).with_spread(ASKED)
    assert found.response_spread == round(0.5 / float(ndtri(0.9)), 6)


@at_once("quantile", [None, 0.5])
def test_without_a_margin_on_parts_the_spread_stays(quantile: float | None) -> None:
    asked = replace(ASKED, parts_quantile=quantile)
    assert learned({"A": Curve(0.1, 2.0)}, Curve(0.1)).with_spread(asked) is asked


# ---- enough to tell


@pytest.mark.parametrize(("owner_weeks", "hazard"), [(999.9, None), (1000.0, 0.01), (5000.0, 0.01)])
def test_a_thousand_owner_weeks_tell_how_many_come_without_a_letter(
    monkeypatch: pytest.MonkeyPatch, owner_weeks: float, hazard: float | None
) -> None:
    background = {"owner_weeks": owner_weeks, "bookings": 10.0}
    groups = {("A",): [Cohort(1200, np.array([5])), Cohort(34, np.array([1]))]}
    monkeypatch.setattr(learning, "_history", lambda *_: (None, background))
    monkeypatch.setattr(learning, "cohorts", lambda *_: groups)
    monkeypatch.setattr(learning, "fit", lambda *_: Curve(0.1))
    monkeypatch.setattr(learning, "background_hazard", lambda weeks, bookings: bookings / 1000)
    found = learning.learn(None, SETTINGS, date(2013, 4, 1), StatedResponse())
    assert found.hazard == hazard
    assert found.weeks == 4
    assert found.messages[0] == (
        "A summary. Learned from 1,234 letters; it replaces the stated 7 % on 6.0 weeks."
    )
    assert len(found.messages) == (1 if hazard is None else 2)


# ---- the prior


def test_the_stated_response_is_the_centre_of_the_prior() -> None:
    share, scale, shape = prior_of(StatedResponse(0.2, 6.0, 1.2)).mean
    assert (expit(share), scale, shape) == pytest.approx((0.2, log(6.0), log(1.2)))


@at_once(("stated", "centre"), [(0.0, 0.001), (1.0, 0.999), (0.0005, 0.001)])
def test_a_stated_share_of_nobody_or_everybody_stays_open_to_evidence(
    stated: float, centre: float
) -> None:
    assert expit(prior_of(StatedResponse(share=stated)).mean[0]) == pytest.approx(centre)
