"""An area's month as a page: whom to call first, all its dealers by who needs help, and what is behind the figures."""

from __future__ import annotations

from typing import Any

from django.http import HttpRequest, HttpResponse

from renotify.desks.area_lists import AreaLists, area_lists
from renotify.desks.area_month import AreaMonth, area_month
from renotify.desks.reasons import headline
from renotify.values.english import counted
from renotify.web.door.gate import opens_to
from renotify.web.door.roles import Role
from renotify.web.door.visit import visit_of
from renotify.web.long_pages import slow_page
from renotify.web.theme.shown_table import ShownTable, shown_table

DEALERS = {
    "rank": "Rank", "called": "Dealer", "why": "Needs help with", "vehicles_concerned": "Vehicles concerned", "open": "Open",
    "completion": "Done, %", "done_since": "Done since",
    "visits": "Visits to come", "hours": "Hours",
    "capacity": "Hours on hand", "extra_technician_days": "Extra days to book",
}  # fmt: skip
REASONS = {"dealer": "Dealer", "about": "About", "vehicles": "Vehicles", "says": "Why"}
RECEIPTS = {"code": "Dealer", "follow_up": "Follow-up", "edition": "Edition", "sent_on": "Sent on"}
HOLDS = {
    "dealer_code": "Dealer", "vin": "VIN", "stock_type": "Stock",
    "campaigns": "Campaigns", "basis": "Held by", "days_in_stock": "Days in stock",
}  # fmt: skip
KITS = {
    "booked_on": "Booked for", "dealer_code": "Dealer", "vin": "VIN",
    "part_no": "Part", "kits": "Kits", "state": "State", "kits_from": "Promised from",
}  # fmt: skip
TREND = {"dealer": "Dealer", "first": "4 weeks ago, %", "second": "2 weeks ago, %", "third": "Now, %", "done": "Done since"}  # fmt: skip
CALLS = 5  # dealers to call first
FIRST = 100  # rows of a table


@opens_to(Role.AREA_MANAGER)
def month(request: HttpRequest) -> HttpResponse:
    """Show the month of the area of whoever asks."""
    visit = visit_of(request)
    area, on = visit.scope.area, visit.on

    def ask() -> tuple[AreaMonth, AreaLists]:
        return area_month(visit.ledger, area, on), area_lists(visit.ledger, area, on)

    return slow_page(
        request, "area month", ask, "area/month.html", lambda found: _shown(*found), title=f"Area {area}, this month"
    )  # fmt: skip


def _shown(found: AreaMonth, lists: AreaLists) -> dict[str, Any]:
    dealers = found.dealers.to_pylist()
    return {
        "headline": headline(found.area, found.on, dealers), "figures": _figures(dealers), "to_call": _to_call(found),
        "table": _ranked(found), "behind": _behind(found, lists), "beside": found.beside,
    }  # fmt: skip


def _figures(dealers: list[dict[str, Any]]) -> list[tuple[object, str]]:
    """Return the area in five figures, each with what it counts."""

    def total(name: str) -> int:
        return sum(row[name] for row in dealers)

    return [
        (
            sum(bool(row["why"]) for row in dealers),
            f"need help, of {counted(len(dealers), 'dealer')}",
        ),
        (total("open"), "repairs still open"),
        (total("visits_without_kits"), "visits without kits in four weeks"),
        (total("holds_overdue"), "vehicles on hold for more than 30 days"),
        (total("receipts_missing"), "receipts of notices missing"),
    ]


def _to_call(found: AreaMonth) -> list[dict[str, Any]]:
    """Return the dealers to call first, each with its reasons in words."""
    reasons = found.reasons.to_pylist()
    return [
        {"dealer": row["dealer"], "name": row["name"], "says": [one["says"] for one in reasons if one["dealer"] == row["dealer"]]}
        for row in found.dealers.to_pylist()
        if row["why"]
    ][:CALLS]  # fmt: skip


def _ranked(found: AreaMonth) -> ShownTable:
    rows = [
        row
        | {"completion": 100 * row["completion"]}
        | {"called": f"{row['name']} ({row['dealer']})"}
        for row in found.dealers.to_pylist()
    ]
    return shown_table("Dealers by who needs help", rows, DEALERS)


def _behind(found: AreaMonth, lists: AreaLists) -> list[ShownTable]:
    """Return the lists behind the figures."""
    kits = [row | {"state": row["state"].replace("_", " ")} for row in lists.kits.to_pylist()]
    return [
        shown_table("Every reason", found.reasons, REASONS, first=FIRST, empty="No dealer needs help this month."),
        shown_table("Receipts missing", found.notices, RECEIPTS, first=FIRST, empty="Every dealer has acknowledged its notice."),
        shown_table("Booked visits without kits", kits, KITS, first=FIRST, empty="Every booked visit has its kits on the shelf."),
        shown_table("In stock, on hold", lists.holds, HOLDS, first=FIRST, empty="Nothing in stock is on hold."),
        shown_table("Trend", _trend(found), TREND, empty="Nothing is counted yet."),
    ]  # fmt: skip


def _trend(found: AreaMonth) -> list[dict[str, Any]]:
    """Return each dealer's completion on the three days that are looked at, and what was done between the first and the last."""
    own: dict[str, list[dict[str, Any]]] = {}
    for row in found.trend.to_pylist():
        own.setdefault(row["dealer"], []).append(row)
    return [
        {
            "dealer": dealer, "done": days[-1]["done"] - days[0]["done"],
            **{name: 100 * day["completion"] for name, day in zip(("first", "second", "third"), days, strict=False)},
        }
        for dealer, days in own.items()
    ]  # fmt: skip
