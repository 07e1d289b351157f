"""From a follow-up's frozen list to a Problem, and from a plan back to a week for every vehicle.

The list is grouped into planning bundles: the campaigns open on the vehicle, split by model only where the hours or the kits
differ (``ALE:IS 350``). Week 0 is the week of the first lawful letter: notice date + ``days_after_notice`` (memo, section 2).
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any

import duckdb
import pyarrow as pa

from renotify.campaigns.campaign import Campaign
from renotify.errors import NothingToDo
from renotify.ledger import follow_ups, registry, tables
from renotify.ledger.follow_ups import FollowUpSettings
from renotify.parts.campaign_parts import CampaignParts, campaign_parts
from renotify.parts.dealer_orders import booked_kits, counted_stock
from renotify.parts.supersession import live
from renotify.planner.letter_plan import LetterPlan, to_json
from renotify.planner.plan_by_policy import Progress, plan
from renotify.planner.problem_json import from_json
from renotify.rules.clocks import letters_due
from renotify.values.calendar import monday_of
from renotify.workload.response import response_curve

OVERLAP = 0.9  # a combined visit takes at least this share of its campaigns' hours together: an estimate, labour codes know better
DEFAULT_HOURS = 1.0  # where no labour time is loaded; the plan says so
RESPONSE = {
    "share": 0.07,
    "scale_weeks": 6.0,
    "shape": 1.2,
    "background_per_week": 0.003,
}  # assumed, see the data study 3.2


@dataclass(frozen=True)
class Framed:
    """A follow-up as a planning problem: the document, and each listed vehicle with its planning bundle."""

    settings: FollowUpSettings
    first_week: date
    document: dict[str, Any]
    vehicles: pa.Table  # vin, family, planning_bundle, dealer_code, rank
    messages: tuple[str, ...]


def first_letter(settings: FollowUpSettings) -> date:
    """Return the first day on which a letter may be mailed: notice date + days after notice (memo, section 2)."""
    return settings.notice_date + timedelta(days=settings.days_after_notice)


def frame(name: str) -> Framed:
    """Read a follow-up's list and everything that limits it into a problem document (design, section 6)."""
    settings = follow_ups.settings(name)
    listed = follow_ups.listed(name)
    return framed(settings, listed, monday_of(first_letter(settings)), settings.horizon_weeks)


def framed(settings: FollowUpSettings, listed: pa.Table, first_week: date, weeks: int) -> Framed:
    """Frame the listed vehicles of a table like the frozen list, from a week on. Raises NothingToDo for none."""
    listed = _with_models(listed)
    if not listed.num_rows:
        raise NothingToDo(
            f"The follow-up {settings.name} has no vehicles to plan.",
            "Freeze a new list with `renotify followup new`.",
        )
    campaigns = registry.campaigns(settings.campaigns)
    parts = campaign_parts()
    visits = _visits(listed, campaigns, parts)
    vehicles = _vehicles(listed, visits)
    document = {
        "weeks": weeks,
        "bundles": _bundles(visits, campaigns, settings, first_week, weeks),
        "dealers": _dealers(vehicles, first_week, weeks),
        "owners": _counts(vehicles),
        "supply": _supply(first_week, weeks),
        "mail_capacity": _mail_capacity(settings, weeks),
        "wait_bound": settings.wait_bound_weeks,
        "background": _background(vehicles, settings, weeks),
        "parts_quantile": settings.parts_quantile,
    }
    return Framed(settings, first_week, document, vehicles, _messages(settings, visits, parts))


def plan_follow_up(name: str, policy: str, *, progress: Progress | None = None) -> dict[str, Any]:
    """Plan a follow-up, keep the plan, and give every vehicle its wave; a wave already released refuses a second plan."""
    framed = frame(name)
    made = plan(from_json(framed.document), policy, progress=progress)
    document = to_json(made)
    document["messages"] = [*framed.messages, *document["messages"]]
    document["first_letter"] = first_letter(framed.settings).isoformat()
    document["first_week"] = framed.first_week.isoformat()
    kept = {**document, "problem": framed.document}
    follow_ups.save_plan(name, policy, framed.first_week, kept, weeks_of(framed.vehicles, made))
    return document


def weeks_of(vehicles: pa.Table, made: LetterPlan) -> pa.Table:
    """Give each vehicle its week: in list order within its bundle and dealer, as many a week as the plan says. Held owners: no week."""
    rows = to_json(made)["letters"]
    letters = pa.table(
        {key: pa.array([row[key] for row in rows], type_) for key, type_ in
         (("bundle", pa.string()), ("dealer", pa.string()), ("week", pa.int64()), ("count", pa.int64()))}
    )  # fmt: skip
    with duckdb.connect() as arrow:
        arrow.register("letters", letters)
        arrow.register("vehicles", vehicles)
        return arrow.sql("""
            with upto as (
                select bundle, dealer, week, sum(count) over (partition by bundle, dealer order by week) as last from letters),
            spans as (select *, last - lag(last, 1, 0) over (partition by bundle, dealer order by week) as n from upto),
            placed as (
                select vin, family, planning_bundle, dealer_code,
                       row_number() over (partition by planning_bundle, dealer_code order by rank, vin) as place from vehicles)
            select vin, family, cast(week as bigint) as week from placed left join spans
              on bundle = planning_bundle and dealer = dealer_code and place > last - n and place <= last
            order by vin, family""").to_arrow_table()


@dataclass(frozen=True)
class Visit:
    """What one visit of a bundle's vehicle takes: technician hours and kits by part; models with the same needs share it."""

    name: str
    bundle: str
    models: tuple[str, ...]
    hours: float
    kits: Mapping[str, float]
    estimated: bool


def _with_models(listed: pa.Table) -> pa.Table:
    vehicles = tables.read("vehicle", "vin", "model")
    with duckdb.connect() as arrow:
        arrow.register("listed", listed)
        arrow.register("vehicles", vehicles)
        return arrow.sql("""
            select l.vin, l.family, l.bundle, l.dealer_code, l.rank, coalesce(v.model, '') as model
            from listed l left join vehicles v using (vin) where l.left_out = ''""").to_arrow_table()


def _visits(
    listed: pa.Table, campaigns: Mapping[str, Campaign], known: CampaignParts
) -> list[Visit]:
    pairs = listed.group_by(["bundle", "model"]).aggregate([]).to_pylist()
    labour, parts = tables.read("labor_time").to_pylist(), known.rows.to_pylist()
    needs: dict[tuple[str, float, tuple[tuple[str, float], ...], bool], list[str]] = {}
    for pair in sorted(pairs, key=lambda p: (p["bundle"], p["model"])):
        codes = [code for code in pair["bundle"].split("+") if code in campaigns]
        hours, estimated = _visit_hours(codes, pair["model"], labour)
        kits = _kits(codes, pair["model"], parts)
        needs.setdefault(
            (pair["bundle"], hours, tuple(sorted(kits.items())), estimated), []
        ).append(pair["model"])
    alone = {bundle for bundle, *_ in needs if sum(key[0] == bundle for key in needs) == 1}
    return [
        Visit(
            bundle if bundle in alone else f"{bundle}:{'/'.join(models)}",
            bundle,
            tuple(models),
            hours,
            dict(kits),
            estimated,
        )
        for (bundle, hours, kits, estimated), models in needs.items()
    ]


def _for_model(rows: Sequence[Mapping[str, Any]], code: str, model: str) -> list[Mapping[str, Any]]:
    """Return the rows of a campaign for a model, or those for every model where it has none of its own."""
    of_campaign = [row for row in rows if row["campaign_code"] == code]
    return [row for row in of_campaign if row["model"] == model] or [
        row for row in of_campaign if not row["model"]
    ]


def _visit_hours(
    codes: Sequence[str], model: str, labour: Sequence[Mapping[str, Any]]
) -> tuple[float, bool]:
    """Return h = max(longest, overlap x sum) of the campaigns' labour times, and whether any was missing (planner study, 1.2)."""
    times = [
        max((row["hours"] for row in _for_model(labour, code, model)), default=None)
        for code in codes
    ]
    hours = [DEFAULT_HOURS if time is None else float(time) for time in times]
    return round(max(max(hours, default=0.0), OVERLAP * sum(hours)), 4), None in times


def _kits(codes: Sequence[str], model: str, parts: Sequence[Mapping[str, Any]]) -> dict[str, float]:
    """Return kits by part; of a part that two campaigns share, the vehicle takes the larger quantity once."""
    kits: dict[str, float] = {}
    for code in codes:
        for row in _for_model(parts, code, model):
            kits[row["part_no"]] = max(kits.get(row["part_no"], 0.0), row["qty"] * row["take_rate"])
    return kits


def _vehicles(listed: pa.Table, visits: Sequence[Visit]) -> pa.Table:
    named = [(visit.bundle, model, visit.name) for visit in visits for model in visit.models]
    names = pa.table(
        {
            key: [row[i] for row in named]
            for i, key in enumerate(("bundle", "model", "planning_bundle"))
        }
    )
    joined = listed.join(names, ["bundle", "model"], join_type="inner")
    return joined.select(["vin", "family", "planning_bundle", "dealer_code", "rank"]).sort_by(
        [("rank", "ascending"), ("vin", "ascending")]
    )


def _bundles(
    visits: Sequence[Visit],
    campaigns: Mapping[str, Campaign],
    settings: FollowUpSettings,
    first_week: date,
    weeks: int,
) -> list[dict[str, Any]]:
    return [
        {
            "id": visit.name,
            "risk": sum(campaigns[code].risk_weight for code in visit.bundle.split("+")),
            "hours": visit.hours,
            "kits": dict(visit.kits),
            "first_week": _first_week(_campaigns_of(visit, campaigns), settings, first_week, weeks),
            "mail_by_week": _mail_by(_campaigns_of(visit, campaigns), settings, first_week),
            "response": _response(settings, visit.bundle),
        }
        for visit in visits
    ]


def _campaigns_of(visit: Visit, campaigns: Mapping[str, Campaign]) -> list[Campaign]:
    return [campaigns[code] for code in visit.bundle.split("+")]


def _weeks_after(day: date, first_week: date) -> int:
    return (monday_of(day) - first_week).days // 7


def _first_week(
    campaigns: Sequence[Campaign], settings: FollowUpSettings, first_week: date, weeks: int
) -> int:
    """A follow-up waits for the last of its campaigns' remedies; a legally required first notice does not (49 CFR 577.7)."""
    if not settings.kind.startswith("follow_up"):
        return 0
    days = [c.remedy_available_date for c in campaigns if c.remedy_available_date]
    latest = max((_weeks_after(day, first_week) for day in days), default=0)
    return min(max(latest, 0), weeks - 1)


def _mail_by(
    campaigns: Sequence[Campaign], settings: FollowUpSettings, first_week: date
) -> int | None:
    """First notices of safety recalls are due by the rule pack's clock after the 573 report (49 CFR 577.7(a)(1))."""
    filed = [c.filed_date for c in campaigns if c.family == "safety" and c.filed_date]
    if settings.kind.startswith("follow_up") or not filed:
        return None
    return max(_weeks_after(min(letters_due(day) for day in filed), first_week), 0)


def stated_response(settings: FollowUpSettings, bundle: str = "") -> dict[str, float]:
    """Return share, scale_weeks, shape and background_per_week as stated for a bundle, or for all; assumed where not stated."""
    general = {key: v for key, v in settings.response.items() if not isinstance(v, dict)}
    return {**RESPONSE, **general, **settings.response.get(bundle, {})}


def _response(settings: FollowUpSettings, bundle: str) -> list[float]:
    stated = stated_response(settings, bundle)
    curve = response_curve(
        stated["share"], stated["scale_weeks"], stated["shape"], settings.horizon_weeks
    )
    return [round(float(share), 10) for share in curve]


def _dealers(vehicles: pa.Table, first_week: date, weeks: int) -> list[dict[str, Any]]:
    codes = sorted(vehicles["dealer_code"].unique().to_pylist())
    known = {
        row["dealer_code"]: row
        for row in tables.read("dealer", "dealer_code", "area_code", "zip").to_pylist()
    }
    hours, stock = _hours(first_week, weeks), _stock()
    return [
        {
            "id": code,
            "hours": hours.get(code),
            "stock": stock.get(code, {}),
            "zip": known.get(code, {}).get("zip", ""),
            "area": known.get(code, {}).get("area_code", ""),
        }
        for code in codes
    ]


def _hours(first_week: date, weeks: int) -> dict[str, list[float]]:
    """Technician hours by dealer from week 0; a week without a row has the hours of the week before it."""
    rows = tables.read(
        "dealer_capacity", "dealer_code", "week", "hours_available", order="dealer_code, week"
    )
    hours: dict[str, list[float]] = {}
    for code, week, available in zip(*(column.to_pylist() for column in rows.columns), strict=True):
        at = (week - first_week).days // 7
        if at >= weeks:
            continue
        line = hours.setdefault(code, [])
        line.extend([line[-1] if line else available] * (max(at, 0) - len(line)))
        line[max(at, 0) :] = [available]
    return hours


def _stock() -> dict[str, dict[str, float]]:
    """Kits at the dealer by the newest count, less those promised to booked owners (planner study, 1.2)."""
    stock: dict[str, dict[str, float]] = {}
    for row in counted_stock().to_pylist():
        stock.setdefault(row["dealer_code"], {})[row["part_no"]] = row["on_hand"]
    for row in booked_kits().to_pylist():
        if row["part_no"] in stock.get(row["dealer_code"], {}):
            stock[row["dealer_code"]][row["part_no"]] -= row["kits"]
    return {
        dealer: {part: max(kits, 0.0) for part, kits in line.items()}
        for dealer, line in stock.items()
    }


def _supply(first_week: date, weeks: int) -> dict[str, list[float]]:
    rows = live(tables.read("part_supply", "part_no", "week", "supply_qty")).to_pylist()
    supply: dict[str, list[float]] = {}
    for row in rows:
        line = supply.setdefault(row["part_no"], [0.0] * weeks)
        at = max((row["week"] - first_week).days // 7, 0)
        if at < weeks:
            line[at] += row["supply_qty"]
    for line in supply.values():
        for at in range(1, weeks):
            line[at] += line[at - 1]
    return supply


def _counts(vehicles: pa.Table) -> list[dict[str, Any]]:
    counted = vehicles.group_by(["planning_bundle", "dealer_code"]).aggregate([("vin", "count")])
    rows = [
        {"bundle": r["planning_bundle"], "dealer": r["dealer_code"], "count": r["vin_count"]}
        for r in counted.to_pylist()
    ]
    return sorted(rows, key=lambda r: (r["bundle"], r["dealer"]))


def _mail_capacity(settings: FollowUpSettings, weeks: int) -> list[int] | None:
    capacity = settings.mail_house_letters_per_week
    return None if capacity is None else [int(capacity)] * weeks


def _background(vehicles: pa.Table, settings: FollowUpSettings, weeks: int) -> list[dict[str, Any]]:
    rate = float(settings.response.get("background_per_week", RESPONSE["background_per_week"]))
    if not rate:
        return []
    return [
        {
            "bundle": row["bundle"],
            "dealer": row["dealer"],
            "per_week": [round(row["count"] * rate, 6)] * weeks,
        }
        for row in _counts(vehicles)
    ]


def _messages(
    settings: FollowUpSettings, visits: Sequence[Visit], parts: CampaignParts
) -> tuple[str, ...]:
    messages = [parts.messages[code] for code in settings.campaigns if code in parts.messages]
    lawful = first_letter(settings)
    if settings.stated_start and settings.stated_start < lawful:
        messages.append(
            f"The notice says that letters begin by {settings.stated_start}, but the notice date {settings.notice_date} plus "
            f"{settings.days_after_notice} days is {lawful}; no letter is planned before {lawful}: change the text or the date."
        )
    guessed = sorted({visit.bundle for visit in visits if visit.estimated})
    if guessed:
        messages.append(
            f"No labour time is loaded for {', '.join(guessed)}: {DEFAULT_HOURS:g} hour a visit is assumed."
        )
    return tuple(messages)
