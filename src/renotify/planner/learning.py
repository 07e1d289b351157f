"""The owners' response learned from weekly bookings: from the ledger to a posterior, and into the re-planned problem.

An owner's answer is a request: the day on which an appointment was made that was not cancelled, however late the visit, or the day of
an inspection or remedy, whichever comes first. Who had a visit booked at the freeze answers no letter and is no background: the owner
is left out. Letters count once they have been out for a whole week. The stated response is the centre of the prior.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date
from math import log

import pyarrow as pa

from renotify.campaigns.follow_up_settings import FollowUpSettings
from renotify.ledger import tables
from renotify.ledger.pieces import OUT_ON
from renotify.ledger.session import Session
from renotify.planner.cohorts import cohorts
from renotify.planner.problem import Problem
from renotify.planner.response_posterior import (
    Cohort,
    Posterior,
    background_hazard,
    fit,
    pooled,
    prior_of,
)
from renotify.plans.in_force import PlannedBundle
from renotify.plans.response import StatedResponse
from renotify.values.arrow_sql import arrow_sql
from renotify.visits.kits import inspected

ENOUGH_OWNER_WEEKS = (
    1000.0  # below, the stated background stands: it rests on too few bookings to correct it
)

# Each listed owner without a visit booked at the freeze: when the letter went out that asked them in (an interim notice asks nobody), and
# the first answer since in any campaign of the bundle. An appointment was made on the day that is stated; else on that of the load which
# brought it, at the latest on that of the visit.
_OWNERS = """
    with sent as (
        select vin, family, min(bundle) as bundle, min(mailed_on) filter (mailed_on <= $on and not interim) as mailed_on
        from piece join listed using (vin, family) group by vin, family),
    visit as (
        select vin, unnest(string_split(campaign_codes, ';')) as campaign_code, cast(left(start, 10) as date) as day,
               least(coalesce(booked_on, first_loaded_on), cast(left(start, 10) as date)) as made_on
        from appointment where status <> 'cancelled'),
    came as (
        select vin, campaign_code, since as day from state union all
        select vin, campaign_code, occurred_on from inspected union all
        select vin, campaign_code, made_on from visit)
    select s.vin, s.family, s.bundle, s.mailed_on, min(c.day) as answered_on
    from sent s left join came c on c.vin = s.vin and list_contains(string_split(s.bundle, '+'), c.campaign_code)
      and c.day between $frozen and $on
    where not exists (
        select 1 from visit v where v.vin = s.vin and list_contains(string_split(s.bundle, '+'), v.campaign_code)
        and v.made_on <= $frozen and v.day >= $frozen)
    group by s.vin, s.family, s.bundle, s.mailed_on
"""
_SENT = pa.schema(
    [("vin", pa.string()), ("family", pa.string()), ("bundle", pa.string()), ("mailed_on", pa.date32())]
)  # fmt: skip
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

    def of_bundle(self, bundle: PlannedBundle) -> PlannedBundle:
        """Return a planning bundle with what was learned in place of what was stated."""
        learned = self.posteriors.get(bundle.campaigns, self.shared)
        if learned is None:
            return bundle
        response = tuple(round(float(share), 10) for share in learned.shares(self.weeks))
        walk_ins = bundle.walk_ins if self.hazard is None else self.hazard
        return replace(bundle, response=response, walk_ins=walk_ins)

    def with_spread(self, problem: Problem) -> Problem:
        """Return a problem whose margin on parts is that of the posteriors, where there are any."""
        spread = None if self.shared is None else self._spread(problem.parts_quantile)
        return problem if spread is None else replace(problem, response_spread=spread)

    def _spread(self, quantile: float | None) -> float | None:
        """The log-scale sd whose quantile is the posteriors' own: parts are planned for the widest of them."""
        from scipy.special import ndtri

        at = 0.0 if quantile is None else float(ndtri(quantile))
        if quantile is None or at == 0:
            return None
        factors = [p.quantile_factor(quantile, self.weeks) for p in self.posteriors.values()]
        return round(max((log(factor) / at for factor in factors), default=0.0), 6)


NOTHING_LEARNED = Learned({}, None, None, 0, ())


def learn(
    session: Session, settings: FollowUpSettings, on: date, stated: StatedResponse
) -> Learned:
    """Learn how the owners of a follow-up answer from the weekly bookings up to a day.

    ``stated``: share, scale_weeks, shape of the follow-up's response: the centre of the prior. Where the bookings do not tell,
    what was stated stays and ``messages`` says why.
    """
    owners, background = _history(session, settings.name, on)
    groups = {key[0]: found for key, found in cohorts(owners, on, "bundle").items()}
    if not groups:
        return _stays(settings, "No letter has been out for a whole week.")
    enough = background["owner_weeks"] >= ENOUGH_OWNER_WEEKS
    hazard = (
        background_hazard(background["owner_weeks"], int(background["bookings"]))
        if enough
        else None
    )
    prior = prior_of(stated)
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
    stated: StatedResponse,
) -> tuple[str, ...]:
    letters = sum(cohort.mailed for cohort in _all(groups))
    first = (
        f"{together.summary()} Learned from {letters:,} letters; it replaces the stated {100 * stated.share:.0f} %"
        f" on {stated.scale_weeks:.1f} weeks."
    )
    if hazard is None:
        return (first,)
    second = (
        f"Without a letter, {100 * hazard:.2f} % of owners come in a week (stated"
        f" {100 * stated.background_per_week:.2f} %): counted in waves not yet mailed."
    )
    return first, second


def _all(groups: Mapping[str, Sequence[Cohort]]) -> list[Cohort]:
    return [cohort for found in groups.values() for cohort in found]


def _or_stated(hazard: float | None, stated: StatedResponse) -> float:
    return stated.background_per_week if hazard is None else hazard


def answers(session: Session, name: str, on: date) -> pa.Table:
    """Return a follow-up's owners and their answers up to a day, as they are learned from: vin, family, bundle, mailed_on, answered_on.

    ``mailed_on``: of the letter that asked them in, null where none went; ``answered_on``: since the freeze, before the letter or after it.
    """
    return _history(session, name, on)[0]


def _history(session: Session, name: str, on: date) -> tuple[pa.Table, dict[str, float]]:
    """The owners of a follow-up with their letters and answers; owner-weeks and bookings before the letter."""
    (frozen,) = tables.read(session, "follow_up", "frozen_on", where="name = :name", name=name)[
        "frozen_on"
    ].to_pylist()
    with arrow_sql() as arrow:
        sent = (
            f"select vin, family, bundle, {OUT_ON} as mailed_on from piece where follow_up = :name"
        )
        pieces = session.read(sent, _SENT, name=name)
        listed = tables.read(
            session, "listed", "vin", "family", "interim", where="follow_up = :name", name=name
        )
        done = "current and status in ('repaired', 'inspected_ok')"
        arrow.register("piece", pieces)
        arrow.register("listed", listed)
        arrow.register(
            "state", tables.read(session, "state", "vin", "campaign_code", "since", where=done)
        )
        arrow.register(
            "appointment",
            tables.read(
                session, "appointment", "vin", "campaign_codes", "start", "status", "booked_on", "first_loaded_on",
            ),
        )  # fmt: skip
        arrow.register("inspected", inspected(session))
        days = {"on": on, "frozen": frozen}
        owners = arrow.sql(_OWNERS, params=days).to_arrow_table()
        arrow.register("owners", owners)
        (background,) = arrow.sql(_BACKGROUND, params=days).to_arrow_table().to_pylist()
    return owners, {key: float(value) for key, value in background.items()}
