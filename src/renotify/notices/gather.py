"""From the ledger to the facts of every notice: counted set-wise, shared out by dealer and area."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, timedelta
from typing import Any

import duckdb
import numpy as np
import pyarrow as pa

from renotify.ledger import follow_ups, registry, tables
from renotify.ledger.bulk import Bulk, bulk
from renotify.ledger.status import in_campaigns
from renotify.notices.facts import DealerLine, Facts, HoldLine, Occasion, PartLine, Week
from renotify.parts import dealer_orders
from renotify.stock import delivery_hold
from renotify.workload.follow_up import workload_of
from renotify.workload.manpower import visits_quantile

_DEALER = ("dealer_code", "name", "area_code", "city", "state")
QUIET_HOURS = 0.5  # a week without letters and with fewer hours than this is not shown
_COUNTED = pa.schema([("dealer", pa.string()), ("campaign", pa.string()), ("n", pa.int64())])
_VINS = pa.schema([("dealer", pa.string()), ("n", pa.int64())])
_OPEN = "from state s join vehicle v on v.vin = s.vin where s.current and s.status = 'open' and s."


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


def occasion(name: str, on: date, synthetic: str = "") -> Occasion:
    """Return what all notices of a follow-up share. Raises UnknownName."""
    settings = follow_ups.settings(name)
    known = registry.campaigns(settings.campaigns)
    return Occasion(
        follow_up=name,
        kind=settings.kind,
        on=on,
        notice_date=settings.notice_date,
        days_after_notice=settings.days_after_notice,
        sender={key: str(value) for key, value in settings.sender.items()},
        campaigns=tuple(known[code] for code in settings.campaigns),
        synthetic=synthetic,
    )


def dealers(shared: Occasion) -> list[Dealer]:
    """Return every known dealer with its figures, in order of code (577.13(c))."""
    codes = [campaign.campaign_code for campaign in shared.campaigns]
    with bulk() as using:
        by_campaign, open_vehicles = _open(using, codes)
        known = tables.read("dealer", *_DEALER, order="dealer_code", using=using).to_pylist()
    weeks = _weeks(shared)
    parts = _parts(shared.follow_up, codes)
    holds = _holds(shared.on)
    return [
        Dealer(
            code=row["dealer_code"],
            name=row["name"],
            area=row["area_code"],
            place=f"{row['city']}, {row['state']}",
            open_vehicles=open_vehicles.get(row["dealer_code"], 0),
            open_by_campaign=by_campaign.get(row["dealer_code"], {}),
            weeks=weeks.get(row["dealer_code"], ()),
            parts=parts.get(row["dealer_code"], ()),
            holds=holds.get(row["dealer_code"], ()),
        )
        for row in known
    ]


def _open(using: Bulk, codes: Sequence[str]) -> tuple[dict[str, dict[str, int]], dict[str, int]]:
    """Return open vehicles by dealer and campaign, and different open vehicles by dealer."""
    condition, values = in_campaigns(codes)
    counted = using.read(
        "select v.dealer_code as dealer, s.campaign_code as campaign, count(*) as n "
        f"{_OPEN}{condition} group by v.dealer_code, s.campaign_code",
        _COUNTED,
        **values,
    )
    different = using.read(
        "select v.dealer_code as dealer, count(distinct s.vin) as n "
        f"{_OPEN}{condition} group by v.dealer_code",
        _VINS,
        **values,
    )
    by_campaign: dict[str, dict[str, int]] = defaultdict(dict)
    for row in counted.to_pylist():
        by_campaign[row["dealer"]][row["campaign"]] = row["n"]
    return by_campaign, {row["dealer"]: row["n"] for row in different.to_pylist()}


def mail_day(week: int, first_week: date, first_day: date) -> date:
    """Return the first day of a mailing week on which letters may go: its Monday, or later."""
    return max(first_week + timedelta(weeks=week), first_day)


def _weeks(shared: Occasion) -> dict[str, tuple[Week, ...]]:
    plan = follow_ups.plan(shared.follow_up)
    letters = _letters(shared.follow_up)
    lines: dict[str, list[Week]] = defaultdict(list)
    for row in workload_of(shared.follow_up)["rows"]:
        monday = date.fromisoformat(str(row["week"]))
        number = (monday - plan.first_week).days // 7
        lines[row["dealer"]].append(
            Week(
                week=mail_day(number, plan.first_week, shared.first_day),
                letters=letters.get((row["dealer"], number), 0),
                visits=row["appointments"],
                hours=row["hours_q90"],
                capacity=row["capacity"],
                mean_hours=row["hours"],
            )
        )
    return {code: tuple(weeks) for code, weeks in lines.items()}


def _letters(name: str) -> dict[tuple[str, int], int]:
    """Return letters by dealer and week number: one a vehicle and family, as planned."""
    listed = follow_ups.listed(name)
    with duckdb.connect() as arrow:
        arrow.register("listed", listed)
        rows = arrow.sql(
            "select dealer_code, week, count(*) as n from listed"
            " where left_out = '' and week is not null group by all"
        ).fetchall()
    return {(dealer, week): count for dealer, week, count in rows}


def _lively(weeks: Iterable[Week]) -> tuple[Week, ...]:
    """Return weeks in order without the quiet ones at the end."""
    ordered = sorted(weeks, key=lambda week: week.week)
    while ordered and not ordered[-1].letters and ordered[-1].hours < QUIET_HOURS:
        ordered.pop()
    return tuple(ordered)


def _holds(on: date) -> dict[str, tuple[HoldLine, ...]]:
    lines: dict[str, list[HoldLine]] = defaultdict(list)
    for row in delivery_hold.of_ledger(on=on).to_pylist():
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


def _parts(name: str, codes: Sequence[str]) -> dict[str, tuple[PartLine, ...]]:
    """Return each dealer's part lines for the parts that the follow-up's campaigns take."""
    campaigns_of: dict[str, list[str]] = defaultdict(list)
    condition, values = in_campaigns(codes)
    with bulk() as using:
        wanted = using.read(
            f"select part_no, campaign_code from campaign_part where {condition}",
            pa.schema([("part_no", pa.string()), ("campaign_code", pa.string())]),
            **values,
        )
    for row in wanted.group_by(["part_no", "campaign_code"]).aggregate([]).to_pylist():
        campaigns_of[row["part_no"]].append(row["campaign_code"])
    expected = expected_kits(follow_ups.plan(name).document)
    lines: dict[str, list[PartLine]] = defaultdict(list)
    for row in dealer_orders.orders().to_pylist():
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


def expected_kits(plan: Mapping[str, Any]) -> dict[tuple[str, str], float]:
    """Return kits by (dealer, part) that visits within the plan's horizon are expected to take.

    Each letter of week w is answered by the share F(T - w) of its bundle's response; visits without
    a letter are added (planner study, section 1.4).
    """
    problem = plan["problem"]
    bundles = {row["id"]: row for row in problem["bundles"]}
    weeks = int(problem["weeks"])
    answered = {name: np.cumsum(row["response"]) for name, row in bundles.items()}
    visits: dict[tuple[str, str], float] = defaultdict(float)
    for row in plan["letters"]:
        shares = answered[row["bundle"]]
        left = min(weeks - row["week"], len(shares))
        share = float(shares[left - 1]) if left > 0 else 0.0
        visits[row["bundle"], row["dealer"]] += row["count"] * share
    for row in problem["background"] or ():
        visits[row["bundle"], row["dealer"]] += float(sum(row["per_week"]))
    kits: dict[tuple[str, str], float] = defaultdict(float)
    for (bundle, dealer), count in visits.items():
        for part, quantity in bundles[bundle]["kits"].items():
            kits[dealer, part] += count * quantity
    return kits


def dealer_facts(
    dealer: Dealer, vehicles: Sequence[Sequence[str]] = (), vehicle_file: str = ""
) -> Facts:
    """Return the facts of one dealer's notice."""
    return Facts(
        audience="dealer",
        code=dealer.code,
        name=dealer.name,
        place=dealer.place,
        open_vehicles=dealer.open_vehicles,
        open_by_campaign=dealer.open_by_campaign,
        weeks=_lively(dealer.weeks),
        parts=dealer.parts,
        holds=dealer.holds,
        vehicles=vehicles,
        vehicle_file=vehicle_file,
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
    )


def _line(dealer: Dealer) -> DealerLine:
    facts = dealer_facts(dealer)
    return DealerLine(
        code=dealer.code,
        name=dealer.name,
        open=dealer.open_vehicles,
        letters=facts.letters,
        peak=facts.peak,
        order=round(sum(part.order_now for part in dealer.parts)),
        holds=len(dealer.holds),
    )


def _sum_weeks(members: Sequence[Dealer]) -> tuple[Week, ...]:
    by_week: dict[date, list[Week]] = defaultdict(list)
    for dealer in members:
        for week in dealer.weeks:
            by_week[week.week].append(week)
    return _lively(
        Week(
            week=monday,
            letters=sum(week.letters for week in weeks),
            visits=sum(week.visits for week in weeks),
            hours=_busy_hours(weeks),
            capacity=_sum_capacity(weeks),
            mean_hours=sum(week.mean_hours for week in weeks),
        )
        for monday, weeks in by_week.items()
    )


def _busy_hours(weeks: Sequence[Week]) -> float:
    """Return the hours that the dealers' week stays under nine times of ten, taken together.

    Busy weeks of different dealers do not fall together, so this is less than their sum.
    """
    visits, mean = sum(week.visits for week in weeks), sum(week.mean_hours for week in weeks)
    if not visits:
        return mean
    return max(float(visits_quantile(np.array([visits]))[0]) * mean / visits, mean)


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
