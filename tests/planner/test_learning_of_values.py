"""What was learned, put into bundles and problems: each figure by hand and without a ledger."""

from __future__ import annotations

from dataclasses import replace
from datetime import date
from math import exp, log

import numpy as np
import pyarrow as pa
import pytest
from scipy.special import expit, logit, ndtri

from cases import at_once
from planner.cases import bundle, dealer, problem
from renotify.campaigns.follow_up_settings import FollowUpSettings
from renotify.planner import learning
from renotify.planner.learning import NOTHING_LEARNED, Learned
from renotify.planner.pooled_response import Pooled
from renotify.planner.response_posterior import PRIOR, Cohort, Posterior, Prior, prior_of
from renotify.plans.in_force import PlannedBundle
from renotify.plans.response import StatedResponse

STATED = PlannedBundle("A:S", "A", ("S",), 2.0, {"P": 1.0}, (0.5, 0.1), 0.003)
ASKED = problem(
    [bundle("A", kits={"P": 1})],
    [dealer("d1")],
    {("A", "d1"): 1},
    supply={"P": [9, 9, 9, 9]},
    parts_quantile=0.9,
)
SETTINGS = FollowUpSettings(
    "small", "follow_up_voluntary", ("A",), date(2013, 2, 26), horizon_weeks=4
)


def curve(share: float, factor: float = 1.0) -> Posterior:
    """A posterior with one response curve, in week 0 nearly all of it, whose quantile at 0.9 is so many times the mean."""
    weight = np.array([0.8, 0.2])
    low, high = share * (1 - 0.2 * factor) / 0.8, share * factor
    theta = np.array([[logit(low), log(1e-9), 0.0], [logit(high), log(1e-9), 0.0]])
    return Posterior(theta, np.ones(2), np.zeros(2), np.full(2, 0.1), weight, PRIOR, 3)


def learned(own: dict[str, Posterior], others: Posterior, hazard: float | None = None) -> Learned:
    return Learned(Pooled(own, others), {"": PRIOR}, hazard, 2, ())


# ---- bundles


def test_a_bundle_takes_its_own_curve_before_the_shared_one_to_ten_places() -> None:
    found = learned({"A": curve(1 / 3)}, curve(0.25))
    assert found.of_bundle(STATED).response == (0.3333333333, 0.0)
    assert found.of_bundle(replace(STATED, campaigns="B")).response == (0.25, 0.0)


def test_a_bundle_without_letters_keeps_its_distance_from_what_is_stated_in_general() -> None:
    """The odds of a bundle for which twice the general odds are stated are twice those of the common curve."""
    doubled = Prior(PRIOR.mean + np.array([log(2), 0.0, 0.0]), PRIOR.sd)
    found = Learned(Pooled({}, curve(0.25)), {"": PRIOR, "B": doubled}, None, 2, ())
    assert found.of("B").share == pytest.approx(0.4)
    assert found.of("A").share == pytest.approx(0.25)


def test_a_bundle_keeps_all_else_and_its_walk_ins_where_none_were_learned() -> None:
    found = learned({}, curve(0.25)).of_bundle(STATED)
    assert found == replace(STATED, response=(0.25, 0.0), doubt=(0.0, 0.0))
    assert learned({}, curve(0.25), hazard=0.0).of_bundle(STATED).walk_ins == 0.0


def test_where_nothing_was_learned_bundles_and_problems_stay() -> None:
    assert NOTHING_LEARNED.of_bundle(STATED) is STATED
    assert NOTHING_LEARNED.with_spread(ASKED, [STATED]) is ASKED


# ---- the margin on parts


def test_the_margin_on_parts_is_the_posteriors_quantile_once() -> None:
    """A factor of e^0.1 at the quantile 0.9: kits are kept for the mean response times that, and the response itself stays the mean."""
    found = learned({"A": curve(0.1, exp(0.1))}, curve(0.1))
    asked = found.with_spread(ASKED, [replace(STATED, name="A")])
    assert asked.response_spread == round(0.1 / float(ndtri(0.9)), 6)
    assert asked.parts_factor == pytest.approx(exp(0.1), rel=1e-5)
    assert sum(found.of_bundle(STATED).response) == pytest.approx(0.1)


def test_a_wide_interval_never_widens_the_margin_on_parts() -> None:
    found = learned({"A": curve(0.1, exp(0.9))}, curve(0.1))
    asked = found.with_spread(ASKED, [replace(STATED, name="A")])
    assert asked.response_spread == ASKED.response_spread


@at_once("quantile", [None, 0.5])
def test_without_a_margin_on_parts_the_spread_stays(quantile: float | None) -> None:
    asked = replace(ASKED, parts_quantile=quantile)
    assert learned({"A": curve(0.1, 2.0)}, curve(0.1)).with_spread(asked, [STATED]) is asked


# ---- enough to tell


@pytest.mark.parametrize(("owner_weeks", "hazard"), [(999.9, None), (1000.0, 0.01), (5000.0, 0.01)])
def test_a_thousand_owner_weeks_tell_how_many_come_without_a_letter(
    monkeypatch: pytest.MonkeyPatch, owner_weeks: float, hazard: float | None
) -> None:
    background = {"owner_weeks": owner_weeks, "bookings": 10.0}
    groups = {("A",): [Cohort(1200, np.array([5])), Cohort(34, np.array([1]))]}
    nobody = learning.History(pa.table({"bundle": []}), date(2013, 2, 26))
    monkeypatch.setattr(learning, "history", lambda *_: nobody)
    monkeypatch.setattr(learning, "background_of", lambda *_: background)
    monkeypatch.setattr(learning, "cohorts", lambda *_: groups)
    monkeypatch.setattr(learning, "pooled", lambda *_: Pooled({"A": curve(0.1)}, curve(0.1)))
    monkeypatch.setattr(learning, "background_hazard", lambda weeks, bookings: bookings / 1000)
    monkeypatch.setattr(Pooled, "is_informative", True)
    found = learning.learn(None, SETTINGS, date(2013, 4, 1))
    assert found.hazard == hazard
    assert found.weeks == 4
    assert found.messages[0] == (
        "A: about 10.0 % of owners answer a letter (10.0 to 10.0 % in nine of ten cases), half of them within 0.0 weeks."
        " Learned from 1,234 letters; stated 7.0 %."
    )
    assert len(found.messages) == (1 if hazard is None else 2)


# ---- the prior


@at_once(
    ("stated", "mean"), [(0.2, 0.2), (0.07, 0.07), (0.0, 0.001), (1.0, 0.999), (0.0005, 0.001)]
)
def test_the_stated_share_is_what_is_expected_however_wide_the_doubt(
    stated: float, mean: float
) -> None:
    """A stated share of nobody or everybody stays open to evidence."""
    prior = prior_of(StatedResponse(stated, 6.0, 1.2))
    at, weight = np.polynomial.hermite_e.hermegauss(60)
    share = weight @ expit(prior.mean[0] + prior.sd[0] * at) / weight.sum()
    assert share == pytest.approx(mean, rel=1e-3)
    assert prior.mean[1:] == pytest.approx([log(6.0), log(1.2)])
