"""The owners' response learned from weekly bookings: from the ledger to a posterior, and into the re-planned problem.

An owner's answer is a request: the day on which an appointment was made that was not cancelled, however late the visit, or the day of
an inspection or remedy, whichever comes first, and before another follow-up's letter asked them in: from then on it answers that one.
Who had a visit booked at the freeze answers no letter and is no background: the owner
is left out. Letters count once they have been out for a whole week.

Bundles of campaigns answer differently: each has its own share, leaning on a common one and on what is stated (``pooled_response``).
What the plan reckons with is the posterior's mean, which moves from what is stated as far as the answers say; the quantile for parts is
taken once, in the problem's own margin (``Problem.parts_factor``), which learning may narrow and never widens.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date
from functools import cache
from math import exp, log

import numpy as np
import pyarrow as pa

from renotify.campaigns.follow_up_settings import FollowUpSettings
from renotify.ledger import tables
from renotify.ledger.pieces import OUT_ON
from renotify.ledger.session import Session
from renotify.planner.cohorts import cohorts
from renotify.planner.pooled_response import Pooled, fit, pooled
from renotify.planner.problem import Problem
from renotify.planner.response_posterior import (
    SPREAD,
    Posterior,
    Prior,
    background_hazard,
    prior_of,
)
from renotify.plans.in_force import PlannedBundle
from renotify.plans.response import StatedResponse, stated_response
from renotify.values.arrow_sql import arrow_sql
from renotify.values.english import counted, percent
from renotify.visits.kits import inspected

ENOUGH_OWNER_WEEKS = (
    1000.0  # below, the stated background stands: it rests on too few bookings to correct it
)
# Standard deviation of the share without a letter as a part of it, where it is stated: doubted as a stated clock is, half of it to twice
# as much. What learning starts from (HAZARD_SPREAD) is wider, so that bookings overrule what is stated; no forecast is that blind.
WALK_INS_DOUBT = round((exp(float(SPREAD[1]) ** 2) - 1) ** 0.5, 4)
SAID = 8  # bundles of which a plan says what was learned

# Each listed owner without a visit booked at the freeze: when the letter went out that asked them in (an interim notice asks nobody), and
# the first answer since in any campaign of the bundle. An appointment was made on the day that is stated, at the latest on that of the
# load which brought it first, and on that of the visit.
_OWNERS = """
    with sent as (
        select vin, family, min(bundle) as bundle, min(mailed_on) filter (mailed_on <= $on and not interim) as mailed_on
        from piece join listed using (vin, family) group by vin, family),
    visit as (
        select vin, unnest(string_split(campaign_codes, ';')) as campaign_code, cast(left(start, 10) as date) as day,
               least(booked_on, first_loaded_on, cast(left(start, 10) as date)) as made_on
        from appointment where status <> 'cancelled'),
    came as (
        select vin, campaign_code, since as day from state union all
        select vin, campaign_code, occurred_on from inspected union all
        select vin, campaign_code, made_on from visit)
    select s.vin, s.family, s.bundle, s.mailed_on, min(c.day) as answered_on
    from (
        select s.*, min(n.out_on) as next_on from sent s
        left join other n on n.vin = s.vin and n.family = s.family and n.out_on > s.mailed_on group by all) s
    left join came c on c.vin = s.vin and list_contains(string_split(s.bundle, '+'), c.campaign_code)
      and c.day between $frozen and $on and (s.next_on is null or c.day < s.next_on)
    where not exists (
        select 1 from visit v where v.vin = s.vin and list_contains(string_split(s.bundle, '+'), v.campaign_code)
        and v.made_on <= $frozen and v.day >= $frozen)
    group by s.vin, s.family, s.bundle, s.mailed_on
"""
_SENT = pa.schema(
    [("vin", pa.string()), ("family", pa.string()), ("bundle", pa.string()), ("mailed_on", pa.date32())]
)  # fmt: skip
_OTHERS = f"""
    select p.vin, p.family, p.out_on from (
        select vin, family, follow_up, {OUT_ON} as out_on from piece where follow_up <> :name) p
    join listed l on l.follow_up = p.follow_up and l.vin = p.vin and l.family = p.family
    where p.out_on is not null and not l.interim"""
_OTHER = pa.schema([("vin", pa.string()), ("family", pa.string()), ("out_on", pa.date32())])
_BACKGROUND = """
    select coalesce(sum(greatest(least(coalesce(answered_on, $on), coalesce(mailed_on, $on), $on) - $frozen, 0)), 0) / 7.0 as owner_weeks,
           count(*) filter (answered_on <= $on and answered_on < coalesce(mailed_on, cast($on as date) + 1)) as bookings
    from owners
"""


@dataclass(frozen=True, eq=False)
class Learned:
    """What the bookings say: the posteriors of the bundles, the background, and the sentences of the plan."""

    pooled: Pooled | None  # None where the stated response stays
    priors: Mapping[str, Prior]  # of bundles with a response of their own; "" of all others
    hazard: float | None  # bookings per owner and week without a letter; None: the stated one
    weeks: int
    messages: tuple[str, ...]
    letters: int = 0  # from which it was learned
    hazard_doubt: float = 0.0  # standard deviation of the hazard as a part of it

    def of(self, campaigns: str) -> Posterior | None:
        """Return how owners of a bundle of campaigns answer; None where what was stated stays. The one place where this is decided."""
        if self.pooled is None:
            return None
        return self.pooled.of(campaigns, self.priors.get(campaigns, self.priors[""]))

    def of_bundle(self, bundle: PlannedBundle) -> PlannedBundle:
        """Return a planning bundle with what was learned in place of what was stated."""
        learned = self.of(bundle.campaigns)
        if learned is None:
            return bundle
        told = replace(
            bundle,
            response=tuple(round(float(share), 10) for share in learned.shares(self.weeks)),
            doubt=tuple(round(float(doubt), 4) for doubt in learned.doubts(self.weeks)),
            learned_from=self.letters,
        )
        if self.hazard is None:
            return told
        return replace(told, walk_ins=self.hazard, walk_ins_doubt=round(self.hazard_doubt, 4))

    def with_spread(self, problem: Problem, bundles: Sequence[PlannedBundle]) -> Problem:
        """Return a problem whose margin on parts is that of what was learned, where this is narrower than the stated one."""
        level = problem.parts_quantile
        if self.pooled is None or level is None or level <= 0.5 or not len(problem.parts):
            return problem
        from scipy.special import ndtri

        spread = log(max(self._widest(problem, bundles, level), 1.0)) / float(ndtri(level))
        return replace(problem, response_spread=round(min(problem.response_spread, spread), 6))

    def _widest(self, problem: Problem, bundles: Sequence[PlannedBundle], level: float) -> float:
        """How many times its mean the quantile of a part's use is: of the part for which this is most."""
        campaigns = {bundle.name: bundle.campaigns for bundle in bundles}
        known = {code: self.of(code) for code in sorted(set(campaigns.values()))}
        told = [known.get(campaigns.get(name, "")) for name in problem.bundles]
        any_one = next((one for one in told if one is not None), None)
        if any_one is None:
            return float("inf")
        nobody = np.zeros(len(any_one.weight))
        brought = np.array([nobody if one is None else one.by_then(self.weeks) for one in told])
        use = (problem.kits * problem.owners.sum(axis=1)) @ brought
        return max(
            (any_one.factor_of(part, level) for part in use if part.any()), default=float("inf")
        )


NOTHING_LEARNED = Learned(None, {}, None, 0, ())


@cache
def stated_doubts(stated: StatedResponse, weeks: int) -> tuple[float, ...]:
    """Return how far a stated response is doubted before any answer is seen, by week since the letter (``PlannedBundle.doubt``)."""
    return tuple(round(float(doubt), 4) for doubt in fit((), prior_of(stated)).doubts(weeks))


def learn(session: Session, settings: FollowUpSettings, on: date) -> Learned:
    """Learn how the owners of a follow-up answer from the weekly bookings up to a day.

    Where the bookings do not tell, what was stated stays and ``messages`` says why.
    """
    return learn_from(history(session, settings.name, on), settings, on)


def learn_from(known: History, settings: FollowUpSettings, on: date) -> Learned:
    """Learn as ``learn`` does, from answers that were read on that day or later: those up to the day count."""
    background = background_of(known, on)
    groups = {key[0]: found for key, found in cohorts(known.owners, on, "bundle").items()}
    if not groups:
        return _stays(settings, "No letter has been out for a whole week.")
    enough = background["owner_weeks"] >= ENOUGH_OWNER_WEEKS
    hazard = (
        background_hazard(background["owner_weeks"], int(background["bookings"]))
        if enough
        else None
    )
    stated = {
        bundle: stated_response(settings, bundle) for bundle in ("", *groups, *_named(settings))
    }
    priors = {bundle: prior_of(one) for bundle, one in stated.items()}
    hazards = {
        bundle: stated[bundle].background_per_week if hazard is None else hazard
        for bundle in groups
    }
    found = pooled(groups, priors, hazards)
    if not found.is_informative:
        longest = max(found.own.values(), key=lambda one: one.intervals)
        return _stays(settings, longest.summary())
    letters = {bundle: sum(cohort.mailed for cohort in own) for bundle, own in groups.items()}
    return Learned(
        found,
        priors,
        hazard,
        settings.horizon_weeks,
        _messages(letters, found, hazard, stated),
        letters=sum(letters.values()),
        hazard_doubt=(background["bookings"] + 0.5) ** -0.5,
    )


def _named(settings: FollowUpSettings) -> list[str]:
    """The bundles that the follow-up states a response of their own for."""
    return [key for key, own in settings.response.items() if isinstance(own, Mapping)]


def _stays(settings: FollowUpSettings, why: str) -> Learned:
    said = (f"The stated response stays. {why}",)
    return replace(NOTHING_LEARNED, weeks=settings.horizon_weeks, messages=said)


def _messages(
    letters: Mapping[str, int],
    found: Pooled,
    hazard: float | None,
    stated: Mapping[str, StatedResponse],
) -> tuple[str, ...]:
    """What was learned of each bundle, those with the most letters first, and of who comes without a letter."""
    most = sorted(letters, key=lambda bundle: (-letters[bundle], bundle))
    said = [
        f"{bundle}: {found.own[bundle].in_words()} Learned from {counted(letters[bundle], 'letter')};"
        f" stated {percent(stated[bundle].share)}."
        for bundle in most[:SAID]
    ]
    left = len(most) - SAID
    if left > 0:
        said.append(f"So it was learned for {counted(left, 'more bundle')} with fewer letters.")
    if hazard is not None:
        said.append(
            f"Without a letter, {percent(hazard, 2)} of owners come in a week (stated"
            f" {percent(stated[''].background_per_week, 2)}): counted in waves not yet mailed."
        )
    return tuple(said)


@dataclass(frozen=True, eq=False)
class History:
    """A follow-up's owners and their answers up to a day, as they are learned from: vin, family, bundle, mailed_on, answered_on.

    ``mailed_on``: of the letter that asked them in, null where none went; ``answered_on``: since the day of the freeze, ``frozen``, before
    the letter or after it.
    """

    owners: pa.Table
    frozen: date


def history(session: Session, name: str, on: date) -> History:
    """Return a follow-up's owners with their letters and answers up to a day."""
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
        arrow.register("other", session.read(_OTHERS, _OTHER, name=name))
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
        owners = arrow.sql(_OWNERS, params={"on": on, "frozen": frozen}).to_arrow_table()
    return History(owners, frozen)


def background_of(known: History, on: date) -> dict[str, float]:
    """Return owner-weeks and bookings before the letter, up to a day."""
    with arrow_sql() as arrow:
        arrow.register("owners", known.owners)
        days = {"on": on, "frozen": known.frozen}
        (background,) = arrow.sql(_BACKGROUND, params=days).to_arrow_table().to_pylist()
    return {key: float(value) for key, value in background.items()}
