"""The owners' response learned from weekly bookings: from the ledger to a posterior, and into the re-planned problem.

An owner's answer is the first day, from the freeze on, of an appointment that was not cancelled or of the remedy itself: the day
that takes a kit and an hour. Letters count once they have been out for a whole week. The stated response is the centre of the prior.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from math import log
from typing import Any

import duckdb
import numpy as np
import pyarrow as pa

from renotify.ledger import tables
from renotify.ledger.follow_ups import FollowUpSettings
from renotify.planner.cohorts import cohorts
from renotify.planner.response_posterior import (
    PRIOR,
    Cohort,
    Posterior,
    Prior,
    background_hazard,
    fit,
    pooled,
)

ENOUGH_OWNER_WEEKS = (
    1000.0  # below, the stated background stands: it rests on too few bookings to correct it
)
LEAST_SHARE = 0.001  # a stated share of 0 or 1 stays open to evidence

# Each listed owner: when the letter went out, and the first answer in any campaign of the bundle since the freeze.
_OWNERS = """
    with sent as (
        select vin, family, min(bundle) as bundle, min(mailed_on) filter (mailed_on <= $on) as mailed_on
        from piece group by vin, family),
    came as (
        select vin, campaign_code, since as day from state union all
        select vin, unnest(string_split(campaign_codes, ';')), cast(left(start, 10) as date)
        from appointment where status <> 'cancelled')
    select s.bundle, s.mailed_on, min(c.day) as answered_on
    from sent s left join came c on c.vin = s.vin and list_contains(string_split(s.bundle, '+'), c.campaign_code)
      and c.day between $frozen and $on
    group by s.vin, s.family, s.bundle, s.mailed_on
"""
_BACKGROUND = """
    select coalesce(sum(greatest(least(coalesce(answered_on, $on), coalesce(mailed_on, $on)) - $frozen, 0)), 0) / 7.0 as owner_weeks,
           count(*) filter (answered_on < coalesce(mailed_on, cast($on as date) + 1)) as bookings
    from owners
"""


@dataclass(frozen=True, eq=False)
class Learned:
    """What the bookings say: a curve for each bundle where they tell, the background, and the sentences of the plan."""

    posteriors: Mapping[str, Posterior]  # by bundle; empty where the stated response stays
    shared: Posterior | None  # of all bundles together: for a bundle without letters of its own
    hazard: float | None  # bookings per owner and week without a letter; None: the stated one
    weeks: int
    messages: tuple[str, ...]

    def of(self, document: Mapping[str, Any]) -> dict[str, Any]:
        """Return a problem document with what was learned in place of what was stated."""
        if self.shared is None:
            return dict(document)
        changed = {**document, "bundles": [self._bundle(row) for row in document["bundles"]]}
        if self.hazard is not None:
            changed["background"] = [
                {
                    "bundle": row["bundle"],
                    "dealer": row["dealer"],
                    "per_week": [round(row["count"] * self.hazard, 6)] * document["weeks"],
                }
                for row in document["owners"]
            ]
        spread = self._spread(document["parts_quantile"])
        return changed if spread is None else {**changed, "response_spread": spread}

    def _bundle(self, row: Mapping[str, Any]) -> dict[str, Any]:
        learned = self.posteriors.get(row["id"].partition(":")[0], self.shared)
        if learned is None:
            return dict(row)
        return {**row, "response": [round(float(x), 10) for x in learned.shares(self.weeks)]}

    def _spread(self, quantile: float | None) -> float | None:
        """The log-scale sd whose quantile is the posteriors' own: parts are planned for the widest of them."""
        from scipy.special import ndtri

        at = 0.0 if quantile is None else float(ndtri(quantile))
        if quantile is None or at == 0:
            return None
        factors = [p.quantile_factor(quantile, self.weeks) for p in self.posteriors.values()]
        return round(max((log(factor) / at for factor in factors), default=0.0), 6)


def learn(settings: FollowUpSettings, on: date, stated: Mapping[str, float]) -> Learned:
    """Learn how the owners of a follow-up answer from the weekly bookings up to a day.

    ``stated``: share, scale_weeks, shape of the follow-up's response: the centre of the prior. Where the bookings do not tell,
    what was stated stays and ``messages`` says why.
    """
    owners, background = _history(settings.name, on)
    groups = {key[0]: found for key, found in cohorts(owners, on, "bundle").items()}
    if not groups:
        return _stays(settings, "No letter has been out for a whole week.")
    enough = background["owner_weeks"] >= ENOUGH_OWNER_WEEKS
    hazard = (
        background_hazard(background["owner_weeks"], int(background["bookings"]))
        if enough
        else None
    )
    prior = _prior(stated)
    together = fit(_all(groups), prior, _or_stated(hazard, stated))
    if not together.is_informative:
        return _stays(settings, together.summary())
    alone = dict.fromkeys(groups, together)  # one bundle has nobody to lean on
    found = pooled(groups, prior, _or_stated(hazard, stated)) if len(groups) > 1 else alone
    return Learned(
        found, together, hazard, settings.horizon_weeks, _messages(groups, together, hazard, stated)
    )


def _stays(settings: FollowUpSettings, why: str) -> Learned:
    return Learned({}, None, None, settings.horizon_weeks, (f"The stated response stays. {why}",))


def _messages(
    groups: Mapping[str, Sequence[Cohort]],
    together: Posterior,
    hazard: float | None,
    stated: Mapping[str, float],
) -> tuple[str, ...]:
    letters = sum(cohort.mailed for cohort in _all(groups))
    first = (
        f"{together.summary()} Learned from {letters:,} letters; it replaces the stated {100 * stated['share']:.0f} %"
        f" on {stated['scale_weeks']:.1f} weeks."
    )
    if hazard is None:
        return (first,)
    second = (
        f"Without a letter, {100 * hazard:.2f} % of owners come in a week (stated"
        f" {100 * stated['background_per_week']:.2f} %): counted in waves not yet mailed."
    )
    return first, second


def _all(groups: Mapping[str, Sequence[Cohort]]) -> list[Cohort]:
    return [cohort for found in groups.values() for cohort in found]


def _or_stated(hazard: float | None, stated: Mapping[str, float]) -> float:
    return float(stated["background_per_week"]) if hazard is None else hazard


def _prior(stated: Mapping[str, float]) -> Prior:
    from scipy.special import logit

    share = min(max(stated["share"], LEAST_SHARE), 1 - LEAST_SHARE)
    return Prior(
        np.array([float(logit(share)), log(stated["scale_weeks"]), log(stated["shape"])]), PRIOR.sd
    )


def _history(name: str, on: date) -> tuple[pa.Table, dict[str, float]]:
    """The owners of a follow-up with their letters and answers; owner-weeks and bookings before the letter."""
    (frozen,) = tables.read("follow_up", "frozen_on", where="name = :name", name=name)[
        "frozen_on"
    ].to_pylist()
    with duckdb.connect() as arrow:
        pieces = tables.read(
            "piece", "vin", "family", "bundle", "mailed_on", where="follow_up = :name", name=name
        )
        done = "current and status in ('repaired', 'inspected_ok')"
        arrow.register("piece", pieces)
        arrow.register("state", tables.read("state", "vin", "campaign_code", "since", where=done))
        arrow.register(
            "appointment", tables.read("appointment", "vin", "campaign_codes", "start", "status")
        )
        days = {"on": on, "frozen": frozen}
        owners = arrow.sql(_OWNERS, params=days).to_arrow_table()
        arrow.register("owners", owners)
        (background,) = arrow.sql(_BACKGROUND, params=days).to_arrow_table().to_pylist()
    return owners, {key: float(value) for key, value in background.items()}
