"""From the ledger to the facts of every notice: counted set-wise, shared out by dealer and area."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from typing import Any, NamedTuple

import numpy as np

from renotify.ledger import follow_ups, registry
from renotify.ledger.letters_again import sent_again
from renotify.ledger.scope import ALL, Scope
from renotify.ledger.session import Session
from renotify.ledger.status import in_campaigns
from renotify.notices import hours_of_work
from renotify.notices.facts import (
    DealerLine,
    Facts,
    HoldLine,
    Occasion,
    OtherVisits,
    PartLine,
    Week,
)
from renotify.parts.dealer_orders import orders
from renotify.plans.expected import Expected
from renotify.plans.forecast_record import NO_RECORD, ForecastRecord
from renotify.stock.delivery_hold import holds_of
from renotify.visits.booked import booked_hours
from renotify.visits.kits import kits_of_repairs
from renotify.visits.needs import JOINED
from renotify.workload.of_plan import PlanWorkload, workload_of_scope
from renotify.workload.other_follow_ups import Beside
from renotify.workload.visit_interval import Outlook, together


@dataclass(frozen=True)
class Dealer:
    """One known dealer with its share of every figure."""

    code: str
    name: str
    area: str
    place: str
    open_vehicles: int = 0
    open_by_campaign: Mapping[str, int] = field(default_factory=dict)
    weeks: tuple[Week, ...] = ()
    parts: tuple[PartLine, ...] = ()
    holds: tuple[HoldLine, ...] = ()
    booked_visits: int = 0
    booked_hours: float = 0.0
    outlook: Outlook = field(default_factory=Outlook)
    record: ForecastRecord = NO_RECORD
    came_back: int = 0
    others: tuple[OtherVisits, ...] = ()


class OpenCount(NamedTuple):
    """Open vehicles of a dealer in the same campaigns, which are joined."""

    dealer: str
    campaigns: str
    vehicles: int


class KnownDealer(NamedTuple):
    """A dealer as loaded."""

    dealer_code: str
    name: str
    area_code: str
    city: str
    state: str


def occasion(session: Session, name: str, on: date, synthetic: str = "") -> Occasion:
    """Return what all notices of a follow-up share. Raises UnknownName."""
    settings = follow_ups.settings(session, name, on)
    known = registry.campaigns(session, settings.campaigns)
    return Occasion(
        follow_up=name,
        kind=settings.kind,
        on=on,
        notice_date=settings.notice_date,
        days_after_notice=settings.days_after_notice,
        sender={key: str(value) for key, value in settings.sender.items()},
        campaigns=tuple(known[code] for code in settings.campaigns),
        synthetic=synthetic,
        hours=hours_of_work.by_model(session, settings.campaigns),
        visits=hours_of_work.of_bundles(session, name),
        wait_weeks=settings.wait_bound_weeks,
    )


def dealers(session: Session, shared: Occasion, scope: Scope = ALL) -> list[Dealer]:
    """Return every known dealer of a scope with its figures, in order of code (577.13(c))."""
    codes = [campaign.campaign_code for campaign in shared.campaigns]
    by_campaign, open_vehicles = _open(session, shared.follow_up, codes, scope)
    brought = workload_of_scope(session, shared.follow_up, scope, on=shared.on)
    booked = booked_hours(session, scope, on=shared.on)
    weeks = _weeks(brought, sent_again(session, shared.follow_up, scope))
    at = {code: place for place, code in enumerate(brought.expected.dealers)}
    parts = _parts(session, shared, brought.expected, scope)
    holds = _holds(session, shared.on, scope)
    others = brought.beside
    known = session.rows(
        KnownDealer,
        "select dealer_code, name, area_code, city, state from dealer"
        f" where {scope.of('dealer_code')} order by dealer_code",
        **scope.values,
    )
    return [
        Dealer(
            code=row.dealer_code,
            name=row.name,
            area=row.area_code,
            place=f"{row.city}, {row.state}",
            open_vehicles=open_vehicles.get(row.dealer_code, 0),
            open_by_campaign=by_campaign.get(row.dealer_code, {}),
            weeks=weeks.get(row.dealer_code, ()),
            parts=parts.get(row.dealer_code, ()),
            holds=holds.get(row.dealer_code, ()),
            others=_others(others, [row.dealer_code]),
            booked_visits=sum(one.visits for one in booked if one.dealer_code == row.dealer_code),
            booked_hours=sum(one.hours for one in booked if one.dealer_code == row.dealer_code),
            outlook=brought.forecast.outlook(dealers=[at[row.dealer_code]])
            if row.dealer_code in at
            else Outlook(),
            record=brought.record,
        )
        for row in known
    ]


def _others(others: Iterable[Beside], dealers: Sequence[str]) -> tuple[OtherVisits, ...]:
    """Return what other follow-ups bring to some dealers; one that brings nothing to them is left out."""
    brought = ((one.follow_up, *one.of(dealers)) for one in others)
    return tuple(OtherVisits(name, visits, hours) for name, visits, hours in brought if visits)


def _open(
    session: Session, follow_up: str, codes: Sequence[str], scope: Scope
) -> tuple[dict[str, dict[str, int]], dict[str, int]]:
    """Return open vehicles by dealer and campaign, and different open vehicles by dealer.

    A dealer's are its own, less those whose visit is planned elsewhere, and those planned at it.
    """
    own = (
        f"select v.vin, v.dealer_code from vehicle v where {scope.of('v.dealer_code')}"
        f" and v.vin not in ({follow_ups.moved_away(scope)})"
    )
    planned_here = follow_ups.assigned(scope)
    by_campaign: dict[str, dict[str, int]] = defaultdict(lambda: defaultdict(int))
    different: dict[str, int] = defaultdict(int)
    condition, values = in_campaigns(codes)
    for vehicles in (own, planned_here):
        for counted in session.rows(
            OpenCount,
            "select dealer, campaigns, count(*) as vehicles from ("
            f"select v.dealer_code as dealer, {_together(session)} as campaigns from ({vehicles}) v join state s on s.vin = v.vin"
            f" where s.current and s.status = 'open' and s.{condition} group by v.dealer_code, v.vin) opened"
            " group by dealer, campaigns",
            **values,
            **scope.values,
            follow_up=follow_up,
        ):
            different[counted.dealer] += counted.vehicles
            for code in counted.campaigns.split(JOINED):
                by_campaign[counted.dealer][code] += counted.vehicles
    return by_campaign, different


def _together(session: Session) -> str:
    """Return SQL of a vehicle's campaigns, joined, in no order."""
    return f"{'group_concat' if session.sqlite else 'string_agg'}(s.campaign_code, '{JOINED}')"


def _weeks(
    brought: PlanWorkload, again: Mapping[tuple[str, date], int]
) -> dict[str, tuple[Week, ...]]:
    """Return each dealer's weeks, as the workload counts them: what is booked and what is to come, letters sent ``again`` too."""
    plan, work = brought.expected.plan, brought.work
    letters = brought.expected.letters.sum(axis=0)  # [D, T]
    interim = brought.expected.interim.sum(axis=0)  # [D, T]
    known = np.isfinite(work.capacity)
    return {
        code: tuple(
            Week(
                week=plan.monday(t),
                letters=int(letters[d, t]) + again.get((code, plan.monday(t)), 0),
                visits=float(work.visits[d, t]),
                hours=float(work.mean_hours[d, t]),
                capacity=round(float(work.capacity[d, t]), 2) if known[d, t] else None,
                booked=float(work.booked[d, t]),
                interim=int(interim[d, t]),
                days=int(work.days[d, t]),
                late=float(work.late[d, t] * work.visits[d, t]),
            )
            for t in range(len(brought.expected.mondays))
        )
        for d, code in enumerate(brought.expected.dealers)
    }


def _holds(session: Session, on: date, scope: Scope) -> dict[str, tuple[HoldLine, ...]]:
    lines: dict[str, list[HoldLine]] = defaultdict(list)
    for row in holds_of(session, scope, on=on).to_pylist():
        lines[row["dealer_code"]].append(
            HoldLine(
                dealer=row["dealer_code"],
                vin=row["vin"],
                stock_type=row["stock_type"],
                campaigns=row["campaigns"],
                basis=row["basis"],
                days=row["days_in_stock"],
            )
        )
    return {code: tuple(held) for code, held in lines.items()}


def _parts(
    session: Session, shared: Occasion, brought: Expected, scope: Scope
) -> dict[str, tuple[PartLine, ...]]:
    """Return each dealer's part lines for the parts that the follow-up's campaigns take."""
    codes = [campaign.campaign_code for campaign in shared.campaigns]
    campaigns_of: dict[str, list[str]] = defaultdict(list)
    for row in kits_of_repairs(session).rows:
        if row.campaign_code in codes and row.campaign_code not in campaigns_of[row.part_no]:
            campaigns_of[row.part_no].append(row.campaign_code)
    coming = brought.kits().to_pylist()
    expected = {(row["dealer_code"], row["part_no"]): row["kits"] for row in coming}
    lines: dict[str, list[PartLine]] = defaultdict(list)
    for row in orders(session, scope, on=shared.on).to_pylist():
        if row["part_no"] in campaigns_of:
            asked = expected.get((row["dealer_code"], row["part_no"]), 0.0)
            lines[row["dealer_code"]].append(_part_line(row, campaigns_of[row["part_no"]], asked))
    return {code: tuple(parts) for code, parts in lines.items()}


def _part_line(row: Mapping[str, Any], campaigns: Sequence[str], expected: float) -> PartLine:
    return PartLine(
        part_no=row["part_no"],
        description=row["description"],
        campaigns=", ".join(sorted(campaigns)),
        on_hand=row["on_hand"],
        on_order=row["on_order"],
        booked=row["booked"],
        expected=expected,
        order_now=row["order"],
    )


def dealer_facts(
    dealer: Dealer,
    vehicles: Sequence[Sequence[str]] = (),
    vehicle_file: str = "",
    came_back: Sequence[Sequence[str]] = (),
) -> Facts:
    """Return the facts of one dealer's notice."""
    return Facts(
        audience="dealer",
        code=dealer.code,
        name=dealer.name,
        place=dealer.place,
        open_vehicles=dealer.open_vehicles,
        open_by_campaign=dealer.open_by_campaign,
        weeks=sorted(dealer.weeks, key=lambda week: week.week),
        parts=dealer.parts,
        holds=dealer.holds,
        vehicles=vehicles,
        vehicle_file=vehicle_file,
        booked_visits=dealer.booked_visits,
        booked_hours=dealer.booked_hours,
        outlook=dealer.outlook,
        record=dealer.record,
        came_back=dealer.came_back,
        came_back_rows=came_back,
        others=dealer.others,
    )


def area_facts(code: str, members: Sequence[Dealer]) -> Facts:
    """Return the facts of one area manager's notice: its dealers rolled up, figure by figure."""
    by_campaign: dict[str, int] = defaultdict(int)
    for dealer in members:
        for campaign, count in dealer.open_by_campaign.items():
            by_campaign[campaign] += count
    return Facts(
        audience="area",
        code=code,
        name=f"Area {code}",
        place="",
        open_vehicles=sum(dealer.open_vehicles for dealer in members),
        open_by_campaign=by_campaign,
        weeks=_sum_weeks(members),
        parts=_sum_parts(members),
        holds=tuple(hold for dealer in members for hold in dealer.holds),
        dealers=tuple(_line(dealer) for dealer in members),
        booked_visits=sum(dealer.booked_visits for dealer in members),
        booked_hours=sum(dealer.booked_hours for dealer in members),
        outlook=together(dealer.outlook for dealer in members),
        record=next((dealer.record for dealer in members), NO_RECORD),
        came_back=sum(dealer.came_back for dealer in members),
        others=_sum_others(members),
    )


def _sum_others(members: Sequence[Dealer]) -> tuple[OtherVisits, ...]:
    by_name: dict[str, list[OtherVisits]] = defaultdict(list)
    for dealer in members:
        for one in dealer.others:
            by_name[one.follow_up].append(one)
    return tuple(
        OtherVisits(name, sum(one.visits for one in those), sum(one.hours for one in those))
        for name, those in sorted(by_name.items())
    )


def _line(dealer: Dealer) -> DealerLine:
    facts = dealer_facts(dealer)
    return DealerLine(
        code=dealer.code,
        name=dealer.name,
        open=dealer.open_vehicles,
        letters=facts.letters,
        peak=facts.peak,
        days=facts.days,
        order=round(sum(part.order_now for part in dealer.parts)),
        holds=len(dealer.holds),
    )


def _sum_weeks(members: Sequence[Dealer]) -> tuple[Week, ...]:
    by_week: dict[date, list[Week]] = defaultdict(list)
    for dealer in members:
        for week in dealer.weeks:
            by_week[week.week].append(week)
    return tuple(
        Week(
            week=monday,
            letters=sum(week.letters for week in weeks),
            visits=sum(week.visits for week in weeks),
            hours=sum(week.hours for week in weeks),
            capacity=_sum_capacity(weeks),
            booked=sum(week.booked for week in weeks),
            interim=sum(week.interim for week in weeks),
            days=sum(week.days for week in weeks),
            late=sum(week.late for week in weeks),
        )
        for monday, weeks in sorted(by_week.items())
    )


def _sum_capacity(weeks: Sequence[Week]) -> float | None:
    known = [week.capacity for week in weeks if week.capacity is not None]
    return sum(known) if len(known) == len(weeks) else None


def _sum_parts(members: Sequence[Dealer]) -> tuple[PartLine, ...]:
    by_part: dict[str, list[PartLine]] = defaultdict(list)
    for dealer in members:
        for part in dealer.parts:
            by_part[part.part_no].append(part)
    return tuple(
        PartLine(
            part_no=number,
            description=lines[0].description,
            campaigns=lines[0].campaigns,
            on_hand=sum(line.on_hand for line in lines),
            on_order=sum(line.on_order for line in lines),
            booked=sum(line.booked for line in lines),
            expected=sum(line.expected for line in lines),
            order_now=sum(line.order_now for line in lines),
        )
        for number, lines in sorted(by_part.items())
    )
