"""Completion by campaign, area and dealer on a day, and how many vehicles will be done in the coming weeks.

The forecast is that of the whole house (``workload.forecast``): a visit that is booked or expected does every campaign for which its
vehicle is open. It is told by who comes: booked visits, owners with letters, owners on a follow-up's list without one, and vehicles that
are on no list, which no dealer's workload counts. Weeks go from Monday to Monday, the first is that of the day.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, field
from datetime import date, timedelta
from typing import Any, NamedTuple

import numpy as np
import pyarrow as pa

from renotify.ledger import status
from renotify.ledger.rulings import stands
from renotify.ledger.scope import ALL, NOWHERE, Scope
from renotify.ledger.session import Session
from renotify.ledger.standing_visits import visit_stands
from renotify.ledger.status import By, Count
from renotify.ledger.without_dealers import without_visits
from renotify.planner.learning import WALK_INS_DOUBT, stated_doubts
from renotify.plans.expected import AHEAD, expected_by_campaign
from renotify.plans.forecast_record import NO_RECORD, ForecastRecord
from renotify.plans.in_force import PlanInForce, plan_in_force, planned
from renotify.plans.response import requests_of_silent
from renotify.plans.stated import stated_responses, walk_in_rates
from renotify.values.arrow_sql import arrow_sql
from renotify.values.calendar import monday_of
from renotify.values.english import counted
from renotify.visits.booked import booked_vehicles
from renotify.visits.weeks_to_visit import weeks_to_visit
from renotify.workload.forecast import Forecast
from renotify.workload.visit_interval import Outlook, together

NO_VISIT = "{}: its remedy comes over the air or by mail, and no visit to a dealer is expected."
WINDOW = 26  # weeks in which a letter is still answered

_BOOKED = """
    select campaign, dealer_code, date_diff('week', cast($monday as date), date_trunc('week', booked_on)) as week, count(*)
    from (select vin, dealer_code, booked_on, unnest(string_split(bundle, '+')) as campaign from booked_vehicle)
    semi join open_state using (vin, campaign)
    where booked_on >= $monday and week < $ahead group by all order by all"""
# Vehicles open for a campaign for which no follow-up with a plan lists them, and that have no appointment; the first letter of the last
# weeks, whoever sent it.
_OFF_LIST = """
    select s.campaign_code as campaign, {dealer} as dealer_code, e.mailed_on as mailed_on, count(*) as vehicles
    from state s left join vehicle v on v.vin = s.vin
    left join (
        select vin, campaign_code, min(occurred_on) as mailed_on from event
        where kind = 'mailed' and occurred_on > :start and occurred_on <= :day and {stands} group by vin, campaign_code
    ) e on e.vin = s.vin and e.campaign_code = s.campaign_code
    where s.current and s.status = 'open' and {scope}
    and not exists (select 1 from appointment a where a.vin = s.vin and {booked})
    and not exists (
        select 1 from listed l join plan p on p.follow_up = l.follow_up where l.vin = s.vin and l.left_out = ''
        and replace('+' || l.bundle || '+', '+' || s.campaign_code || '+', '') <> '+' || l.bundle || '+')
    group by 1, 2, 3"""


class OffList(NamedTuple):
    """Open vehicles of a campaign and dealer on no list, by the day of their letter (null: none of late)."""

    campaign: str
    dealer_code: str
    mailed_on: date | None
    vehicles: int


class DealerArea(NamedTuple):
    """A dealer and its area."""

    dealer_code: str
    area_code: str


class Said(NamedTuple):
    """What is said of a campaign's forecast: by what response, by whose plan (blank: by none), and how past forecasts of it held."""

    note: str = ""
    follow_up: str = ""
    record: ForecastRecord = NO_RECORD

    @property
    def sentence(self) -> str:
        """How past forecasts held; blank where there is no plan."""
        return (
            f"{self.record.sentence.removesuffix('.')} ({self.follow_up})."
            if self.follow_up
            else ""
        )


@dataclass(frozen=True)
class Coming:
    """What comes to a place in a campaign by the end of each of the next weeks: of lists, with what is booked, and of no list."""

    on_list: list[list[Outlook]] = field(default_factory=lambda: [[] for _ in range(AHEAD)])
    off_list: list[list[Outlook]] = field(default_factory=lambda: [[] for _ in range(AHEAD)])

    def add_on_list(self, weeks: Iterable[Outlook]) -> None:
        """Add what comes by the end of each week of vehicles on a list, or in the dealers' book."""
        for known, one in zip(self.on_list, weeks, strict=True):
            known.append(one)

    def add_off_list(self, weeks: Iterable[Outlook]) -> None:
        """Add what comes by the end of each week of vehicles on no list."""
        for known, one in zip(self.off_list, weeks, strict=True):
            known.append(one)

    def document(self, done: int, on: date, said: Said) -> dict[str, Any]:
        """A forecast as a document: vehicles done by the end of each week, how many more that are, and how past forecasts held."""
        every = [together([*ours, *others]) for ours, others in zip(self.on_list, self.off_list, strict=True)]  # fmt: skip
        ours, others = together(self.on_list[-1]), together(self.off_list[-1])
        found = [one.interval for one in every]
        monday = monday_of(on)
        return {
            "weeks": [(monday + timedelta(weeks=week)).isoformat() for week in range(AHEAD)],
            "more": _rounded(one.mean for one in found),
            "done": _rounded(done + one.mean for one in found),
            "low": _rounded(done + one.low for one in found),
            "high": _rounded(done + one.high for one in found),
            "booked": round(ours.booked),
            "of_letters": round(float(ours.of_letters), 1),
            "without_letter": round(float(ours.walk_ins), 1),
            "off_list": round(float(others.of_letters + others.walk_ins), 1),
            "note": said.note,
            "past_forecasts": {**said.record.document(), "sentence": said.sentence},
        }


def progress(
    session: Session, on: date, by: By = "area", scope: Scope = ALL
) -> list[dict[str, Any]]:
    """Return each campaign's counts and completion, by area (or dealer, or alone), as of a day.

    Rows are those of ``status.counts``: campaign, area, dealer where asked, involved, open, completion and the rest; ``forecast`` of the
    next ``AHEAD`` weeks, with the Mondays on which they begin; the least complete first within a campaign.
    """
    counts = status.counts(session, by=by, as_of=on, scope=scope)
    coming, told = _coming(session, counts, on, by, scope)
    ordered = sorted(counts, key=lambda row: (row.campaign, row.completion, -row.open))
    nobody = Coming()
    return [
        {
            **row.document(by),
            "forecast": coming.get((row.campaign, _place(row, by)), nobody).document(
                row.done, on, told.get(row.campaign, Said())
            ),
        }
        for row in ordered
    ]


def _place(row: Count, by: By) -> str:
    return "" if by == "campaign" else str(getattr(row, by))


def _rounded(line: Iterable[float]) -> list[float]:
    return [round(float(number), 1) for number in line]


def _coming(
    session: Session, counts: Sequence[Count], on: date, by: By, scope: Scope
) -> tuple[dict[tuple[str, str], Coming], dict[str, Said]]:
    """What comes by campaign and place, and what is said of each campaign's forecast."""
    areas = _areas(session, scope)

    def place(dealer: str) -> str:
        if by == "area":
            return areas.get(dealer, NOWHERE)
        return dealer if by == "dealer" else ""

    found: dict[tuple[str, str], Coming] = defaultdict(Coming)
    lag = weeks_to_visit(session)
    plans = [plan_in_force(session, name) for name in planned(session)]
    for plan in plans:
        for campaign, brought in expected_by_campaign(session, plan, scope, on=on).items():
            none = np.zeros(brought.letters.shape[1:])
            for where, weeks in _of_plan(Forecast(brought, lag, none, none), on, place):
                found[campaign, where].add_on_list(weeks)
    for campaign, dealer, weeks in _booked(session, on, scope):
        found[campaign, place(dealer)].add_on_list(weeks)
    codes = sorted({row.campaign for row in counts})
    for (campaign, dealer), weeks in _off_list(session, codes, on, scope, lag).items():
        found[campaign, place(dealer)].add_off_list(weeks)
    nowhere = without_visits(session)
    return found, {
        code: Said(NO_VISIT.format(code)) if code in nowhere else _said(code, plans, on)
        for code in codes
    }


def _of_plan(
    own: Forecast, on: date, place: Callable[[str], str]
) -> Iterable[tuple[str, list[Outlook]]]:
    """What the vehicles of a plan that are open for one campaign bring each place, by the end of each of the next weeks."""
    brought = own.expected
    at: dict[str, list[int]] = defaultdict(list)
    for number, dealer in enumerate(brought.dealers):
        at[place(dealer)].append(number)
    first = brought.plan.week_of(on)
    for where, dealers in at.items():
        yield where, [
            together([
                own.outlook(slice(brought.now, max(first + week + 1, brought.now)), dealers),
                _before(own, dealers, min(-first, week + 1)),
            ])
            for week in range(AHEAD)
        ]  # fmt: skip


def _before(own: Forecast, dealers: Sequence[int], weeks: int) -> Outlook:
    """What comes in weeks before the plan's first: walk-ins of its list as in that week."""
    if weeks <= 0:
        return Outlook()
    rates = (own.expected.walk_ins, own.expected.doubt_of_walk_ins)
    weekly, doubt = (float(figures[:, list(dealers), own.expected.now].sum()) for figures in rates)
    return Outlook({}, {}, weeks * weekly, weeks * doubt, (weekly,) * weeks)


def _areas(session: Session, scope: Scope) -> dict[str, str]:
    rows = session.rows(
        DealerArea,
        f"select dealer_code, area_code from dealer where {scope.of('dealer_code')}",
        **scope.values,
    )
    return {one.dealer_code: one.area_code or NOWHERE for one in rows}


_STATE = pa.schema([("vin", pa.string()), ("campaign", pa.string())])
_OPEN_AND_BOOKED = (
    "select distinct s.vin, s.campaign_code as campaign from appointment a join state s on s.vin = a.vin"
    " where a.status in ('booked', 'arrived') and s.current and s.status = 'open' and {scope}"
)


def _booked(session: Session, on: date, scope: Scope) -> list[tuple[str, str, list[Outlook]]]:
    """Vehicles that are booked at a dealer for a campaign for which they are open, by the end of each of the next weeks."""
    with arrow_sql() as arrow:
        arrow.register("booked_vehicle", booked_vehicles(session, scope))
        arrow.register(
            "open_state",
            session.read(
                _OPEN_AND_BOOKED.format(scope=scope.of("a.dealer_code")), _STATE, **scope.values
            ),
        )
        rows = arrow.sql(_BOOKED, params={"monday": monday_of(on), "ahead": AHEAD}).fetchall()
    weekly: dict[tuple[str, str], list[float]] = defaultdict(lambda: [0.0] * AHEAD)
    for campaign, dealer, week, vehicles in rows:
        weekly[campaign, dealer][week] += vehicles
    return [
        (*key, [Outlook(booked=visits) for visits in np.cumsum(line).tolist()])
        for key, line in weekly.items()
    ]


def _off_list(
    session: Session, codes: Sequence[str], on: date, scope: Scope, lag: np.ndarray[Any, Any]
) -> dict[tuple[str, str], list[Outlook]]:
    """What vehicles on no list bring, by what is stated of their campaign: outlooks by the end of each of the next weeks."""
    dealer = f"coalesce(nullif(v.dealer_code, ''), '{NOWHERE}')"
    sql = _OFF_LIST.format(
        dealer=dealer, stands=stands("event"), booked=visit_stands("a"), scope=scope.of("v.dealer_code")
    )  # fmt: skip
    start = on - timedelta(weeks=WINDOW)
    found_rows = session.rows(OffList, sql, start=start, day=on, **scope.values)
    nowhere = without_visits(session)
    rows = [
        row for row in found_rows if row.campaign in codes and row.campaign not in nowhere
    ]  # others began after the day
    stated = stated_responses(session, codes, on)
    rates = walk_in_rates(session, codes, on)
    silent: dict[tuple[str, str], np.ndarray[Any, Any]] = defaultdict(
        lambda: np.zeros((1, 1, WINDOW + 1))
    )
    owners: dict[tuple[str, str], int] = defaultdict(int)
    for row in rows:
        key = (row.campaign, row.dealer_code)
        owners[key] += row.vehicles
        if row.mailed_on is not None:
            silent[key][0, 0, (monday_of(on) - monday_of(row.mailed_on)).days // 7] += row.vehicles
    came = np.cumsum(np.convolve(np.ones(AHEAD), lag)[:AHEAD])
    found = {}
    for key, vehicles in owners.items():
        own, walks = stated[key[0]], vehicles * rates[key[0]]
        response = own.curve(WINDOW)[None]
        doubt = response * np.array(stated_doubts(own, WINDOW))
        letters, doubts = (
            np.convolve(requests_of_silent(silent[key], response, AHEAD, weight)[0, 0], lag)[:AHEAD]
            for weight in (response, doubt)
        )
        found[key] = [
            Outlook(
                {key[0]: float(letters[: week + 1].sum())}, {key[0]: float(doubts[: week + 1].sum())},
                walks * came[week], walks * came[week] * WALK_INS_DOUBT, tuple((letters[: week + 1] + walks).tolist()),
                vehicles=float(vehicles),
            )
            for week in range(AHEAD)
        ]  # fmt: skip
    return found


def _said(campaign: str, plans: Sequence[PlanInForce], on: date) -> Said:
    """Say by what response a campaign's newest plan foretells, and from where it is; that there is no plan where there is none."""
    plan = _newest(campaign, plans)
    if plan is None:
        return Said(
            f"{campaign}: no follow-up plans it; expected are booked visits, and vehicles on no list by what is stated or assumed."
        )
    own = [one for one in plan.bundles if campaign in one.campaigns.split("+")]
    told = sorted({f"{100 * sum(one.response):.1f}" for one in own}, key=float)
    share = f"{told[0]} %" if len(told) == 1 else f"{told[0]} to {told[-1]} %"
    letters = max(one.learned_from for one in own)
    source = f"learned from {counted(letters, 'letter')}" if letters else "as stated"
    note = f"{campaign}: {share} of owners answer a letter within {counted(plan.weeks, 'week')}, {source} ({plan.follow_up})."
    return Said(note, plan.follow_up, plan.record.before(on))


def _newest(campaign: str, plans: Sequence[PlanInForce]) -> PlanInForce | None:
    """The newest plan that has a campaign."""
    return next(
        (
            plan
            for plan in reversed(plans)
            if any(campaign in one.campaigns.split("+") for one in plan.bundles)
        ),
        None,
    )
