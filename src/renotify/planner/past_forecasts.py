"""Past weeks of a follow-up as they were foretold: each Monday's forecast by what was known that day, beside what came.

Whatever happened has its day, so that a past Monday is asked again as it was known (decision 0135): the letters that were out, the owners
who had asked by then, and the response as it was learned from them, or as it was stated before they told. The forecast is that of the
house (``plans.expected``, ``workload.forecast``), of all dealers together and of each bundle of campaigns: owners who ask in the week, with
a letter or without.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date, timedelta

import numpy as np
import pyarrow as pa

from renotify.campaigns.follow_up_settings import JOINED, FollowUpSettings
from renotify.ledger import follow_ups
from renotify.ledger.session import Session
from renotify.ledger.without_dealers import without_visits
from renotify.planner.learning import (
    WALK_INS_DOUBT,
    History,
    history,
    learn_from,
    stated_doubts,
)
from renotify.planner.problem import Ints
from renotify.plans.expected import Expected
from renotify.plans.forecast_record import ForecastRecord, PastForecast
from renotify.plans.in_force import PlanInForce, PlannedBundle, plan_in_force
from renotify.plans.response import stated_response
from renotify.values.arrow_sql import arrow_sql
from renotify.values.calendar import monday_of
from renotify.workload.forecast import Forecast
from renotify.workload.visit_interval import Interval

LEAST = 1.0  # owners: a forecast of fewer holds whatever comes, and proves nothing
WEEK = timedelta(weeks=1)

# Owners by bundle and by the weeks of their letter and their answer, numbered from a Monday; null: none.
_WEEKS = """
    select bundle, date_diff('week', cast($first as date), date_trunc('week', mailed_on)) as mailed,
           date_diff('week', cast($first as date), date_trunc('week', answered_on)) as answered, count(*) as owners
    from owners group by all order by all
"""


@dataclass(frozen=True, eq=False)
class OwnersByWeek:
    """Owners of a bundle of campaigns [n] in groups: the week of their letter and that of their answer; ``NEVER`` where there is none."""

    mailed: Ints
    answered: Ints
    owners: Ints

    def silent(self, week: int, ages: int) -> tuple[Ints, int, int]:
        """Return who has not asked before a week: by age of the letter [ages], with a letter of that very week, and all of them."""
        quiet = self.answered >= week
        by_age = np.zeros(ages, np.int64)
        age = week - self.mailed
        out = quiet & (age >= 1) & (age < ages)
        np.add.at(by_age, age[out], self.owners[out])
        return by_age, int(self.owners[quiet & (age == 0)].sum()), int(self.owners[quiet].sum())

    @property
    def last_answer(self) -> int:
        """The last week in which anybody asked; -1 where nobody did."""
        asked = self.answered[self.answered < NEVER]
        return int(asked.max(initial=-1))

    def came(self, week: int) -> int:
        """Return who asked in a week."""
        return int(self.owners[self.answered == week].sum())


NEVER = 1 << 30


def forecast_record(session: Session, name: str, on: date) -> ForecastRecord:
    """Return the past forecasts of a follow-up as of a day; nothing is kept.

    Raises UnknownName, NothingToDo when the follow-up has no plan yet.
    """
    plan = plan_in_force(session, name)
    return brought_up(session, plan, history(session, name, on), on)


def brought_up(session: Session, plan: PlanInForce, known: History, on: date) -> ForecastRecord:
    """Return a plan's record with the weeks that are over since it was kept, and what came in all of them as it is known today.

    A forecast that was kept stays as it was made. A week after the last one of which any owner's answer is known is not held against
    its forecast yet: its files are still to be loaded.
    """
    first = _first_week(known, on)
    if first is None:
        return ForecastRecord()
    groups = _by_week(known.owners, first)
    nowhere = without_visits(session)
    codes = [bundle for bundle in groups if not set(bundle.split(JOINED)) <= nowhere]
    kept: dict[date, list[PastForecast]] = {}
    for one in plan.record.before(on).past:
        if one.bundle in groups:
            kept.setdefault(one.week, []).append(one)
    past: list[PastForecast] = []
    for week in range(min((on - first).days // 7, _weeks_told(groups))):
        monday = first + week * WEEK
        made = kept.get(monday)
        if made is None:
            settings = follow_ups.settings(session, plan.follow_up, monday)
            bundles = _as_known(known, settings, codes, monday)
            made = list(_foretold(bundles, groups, monday, week))
        past += [one._replace(came=groups[one.bundle].came(week)) for one in made]
    return ForecastRecord(tuple(past))


def _first_week(known: History, on: date) -> date | None:
    """The Monday of the week of the first letter; None before that week is over."""
    mailed = pa.compute.min(known.owners["mailed_on"]).as_py()
    return None if mailed is None or monday_of(mailed) + WEEK > on else monday_of(mailed)


def _weeks_told(groups: Mapping[str, OwnersByWeek]) -> int:
    """The weeks up to the last one in which an owner is known to have asked."""
    return max((own.last_answer + 1 for own in groups.values()), default=0)


def _by_week(owners: pa.Table, first: date) -> dict[str, OwnersByWeek]:
    with arrow_sql() as arrow:
        arrow.register("owners", owners)
        rows = arrow.sql(_WEEKS, params={"first": first}).to_arrow_table()
    found = {}
    for bundle in rows["bundle"].unique().to_pylist():
        own = rows.filter(pa.compute.equal(rows["bundle"], bundle))
        columns = [own[name].fill_null(NEVER).to_numpy() for name in ("mailed", "answered", "owners")]  # fmt: skip
        found[bundle] = OwnersByWeek(*(column.astype(np.int64) for column in columns))
    return found


def _as_known(
    known: History, settings: FollowUpSettings, codes: Iterable[str], monday: date
) -> list[PlannedBundle]:
    """The bundles with their response as it was known on a Monday: learned by then, or stated."""
    learned, weeks = learn_from(known, settings, monday), settings.horizon_weeks
    found = []
    for code in codes:
        stated = stated_response(settings, code)
        response = tuple(stated.curve(weeks).tolist())
        doubt = stated_doubts(stated, weeks)
        bundle = PlannedBundle(
            code, code, (), 0.0, {}, response, stated.background_per_week, doubt=doubt, walk_ins_doubt=WALK_INS_DOUBT
        )  # fmt: skip
        found.append(learned.of_bundle(bundle))
    return found


def _foretold(
    bundles: Iterable[PlannedBundle], groups: Mapping[str, OwnersByWeek], monday: date, week: int
) -> Iterable[PastForecast]:
    """The forecasts of a week, of bundles of which at least ``LEAST`` owners are expected."""
    for bundle in bundles:
        told = _interval(bundle, groups[bundle.campaigns], monday, week)
        if told.mean >= LEAST:
            mean = round(told.mean, 2)
            yield PastForecast(monday, bundle.campaigns, mean, told.low, told.high, 0)


def _interval(bundle: PlannedBundle, own: OwnersByWeek, monday: date, week: int) -> Interval:
    """How many owners of a bundle ask in a week, as of its Monday: the forecast of one dealer that has them all, and one week."""
    silent, asking, every = own.silent(week, len(bundle.response) + 1)
    plan = PlanInForce("", "", monday, 1, (bundle,))
    of_week = np.full((1, 1, 1), asking)
    brought = Expected(
        plan, ("",), of_week, np.zeros_like(of_week), of_week, silent[None, None], np.full((1, 1, 1), float(every))
    )  # fmt: skip
    none = np.zeros((1, 1))
    return Forecast(brought, np.ones(1), none, none).outlook().interval
