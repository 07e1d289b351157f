"""The routes that read: each asks the same function as the page of a desk or a command, within the caller's scope."""

from __future__ import annotations

import re
from collections.abc import Sequence
from typing import Annotated, Any

import orjson
from django.http import HttpRequest, HttpResponse
from ninja import Path, Query, Router

from renotify.campaigns.campaign import Campaign
from renotify.desks import dealer_days
from renotify.desks.booking import offered
from renotify.desks.dealer_days import DealerDays
from renotify.desks.dealer_notices import DealerNotice, notices_of
from renotify.desks.order_lines import order_file, order_lines
from renotify.desks.to_do import in_short, steps
from renotify.desks.vin_check import VinCheck, check_vin
from renotify.errors import WrongUse
from renotify.ledger import registry
from renotify.ledger.lookup import lookup
from renotify.ledger.scope import Scope
from renotify.stock.delivery_hold import holds_of
from renotify.vehicle_lists.asked import Asked, Shown
from renotify.vehicle_lists.listing import listing
from renotify.web.api import api_types as types
from renotify.web.api.api_door import OF_ALL, OF_LISTS, open_to
from renotify.web.api.api_words import FIRST, MOST, Code, Vin, page_of
from renotify.web.door.reading import Deed
from renotify.web.door.visit import Visit, visit_of

reading = Router(tags=["Reading"])
PageSize = Annotated[int, Query(ge=1, le=MOST, description="Rows of a page.")]
After = Annotated[str, Query(max_length=500, description="What the page before said.")]


@reading.post("/vins", auth=open_to(OF_ALL), response=types.KnownVins)
def vins(request: HttpRequest, said: types.AskedVins) -> HttpResponse:
    """Look up to 10,000 VINs up: their campaigns, safety recalls first, and whether each is done. Nothing is said of owners."""
    visit = visit_of(request)
    found = lookup(visit.ledger, said.vins, on=visit.on)
    return HttpResponse(
        orjson.dumps({"answers": found}), content_type="application/json; charset=utf-8"
    )


@reading.get("/day", response=types.Days)
def day(request: HttpRequest) -> types.Days:
    """The dealer's day: who comes, what they need, what is short, what must not be done."""
    visit = visit_of(request)
    return _days(dealer_days.dealer_day(visit.ledger, visit.scope.dealer, visit.on))


@reading.get("/week", response=types.Days)
def week(request: HttpRequest) -> types.Days:
    """The same of the week, Monday to Sunday."""
    visit = visit_of(request)
    return _days(dealer_days.dealer_week(visit.ledger, visit.scope.dealer, visit.on))


def _days(found: DealerDays) -> types.Days:
    tables = {name: rows.to_pylist() for name, rows in found.tables.items()}
    return types.Days(
        dealer=found.dealer.dealer_code, name=found.dealer.name, area=found.dealer.area_code, on=found.on, first=found.first,
        last=found.last, headline=in_short(found),
        first_steps=[types.ToDoStep(about=one.about, says=one.says) for one in steps(found)], **tables,
    )  # fmt: skip


@reading.get("/checks/{vin}", response=types.Check)
def check(request: HttpRequest, vin: Annotated[Vin, Path()]) -> types.Check:
    """The write-up desk's check of one VIN; it is kept with who asked, when, and what was answered."""
    visit = visit_of(request)
    found = check_vin(visit.ledger, visit.scope.dealer, vin, visit.on)
    visit.note(Deed.CHECKED_VIN, found.vin, found.kept())
    return _check(found)


def _check(found: VinCheck) -> types.Check:
    plain = ("vin", "valid", "eligible", "headline", "what_next", "vehicle", "hours", "takes", "held", "booked_elsewhere")  # fmt: skip
    to_do: list[Any] = [
        {name: getattr(one, name) for name in types.CampaignToDo.model_fields}
        for one in found.to_do
    ]
    kits: Any = found.kits._asdict() | {"lacking": list(found.kits.lacking)}
    instructions: list[Any] = [one._asdict() for one in found.instructions]
    own: dict[str, Any] = {name: getattr(found, name) for name in plain}
    return types.Check(
        **own, to_do=to_do, done=[one.campaign for one in found.done], visit=list(found.visit), kits=kits, instructions=instructions,
        booking=found.booked.number if found.booked else None,
    )  # fmt: skip


@reading.get("/free-times/{vin}", response=types.FreeTimes)
def free_times(request: HttpRequest, vin: Annotated[Vin, Path()]) -> types.FreeTimes:
    """The first times at which the dealer has a bay, the hours and the kit for all that the vehicle's visit does."""
    visit = visit_of(request)
    found = check_vin(visit.ledger, visit.scope.dealer, vin, visit.on)
    free = offered(visit.ledger, visit.scope.dealer, found.vin, found.visit, visit.on)
    starts = [f"{at:%Y-%m-%dT%H:%M}" for at in free]
    return types.FreeTimes(
        vin=found.vin, campaigns=list(found.visit), hours=found.hours, starts=starts
    )


@reading.get("/parts", response=types.PageOfParts)
def parts(request: HttpRequest, first: PageSize = FIRST, after: After = "") -> types.PageOfParts:
    """The dealer's parts: on hand, on order, booked, what to order now, and why."""
    visit = visit_of(request)
    rows = order_lines(visit.ledger, visit.scope.dealer, visit.on).to_pylist()
    items, onward = page_of(rows, lambda row: str(row["part_no"]), first, after)
    return types.PageOfParts(items=items, after=onward or None)


@reading.get("/orders", response=types.PageOfOrders)
def orders(request: HttpRequest, first: PageSize = FIRST, after: After = "") -> types.PageOfOrders:
    """What to order now, a line a part, as the order file of the dealer's desk has it."""
    visit = visit_of(request)
    dealer = visit.scope.dealer
    rows = order_file(order_lines(visit.ledger, dealer, visit.on), dealer).to_pylist()
    items, onward = page_of(rows, lambda row: str(row["part_no"]), first, after)
    return types.PageOfOrders(items=items, after=onward or None)


@reading.get("/holds", response=types.PageOfHolds)
def holds(request: HttpRequest, first: PageSize = FIRST, after: After = "") -> types.PageOfHolds:
    """Vehicles in the dealer's stock that may not be delivered before they are repaired."""
    visit = visit_of(request)
    rows = holds_of(visit.ledger, Scope(dealer=visit.scope.dealer), on=visit.on).to_pylist()
    items, onward = page_of(rows, lambda row: str(row["vin"]), first, after)
    return types.PageOfHolds(items=items, after=onward or None)


@reading.get("/notices", response=types.PageOfNotices)
def notices(request: HttpRequest, first: PageSize = FIRST, after: After = "") -> types.PageOfNotices:  # fmt: skip
    """The notices that went to the dealer, the newest first."""
    visit = visit_of(request)
    found = notices_of(visit.ledger, visit.scope.dealer)
    items, onward = page_of(found, _key_of_notice, first, after)
    return types.PageOfNotices(items=[_notice(one) for one in items], after=onward or None)


def _key_of_notice(one: DealerNotice) -> str:
    return f"{one.follow_up}/{one.edition}"


def _notice(one: DealerNotice) -> types.Notice:
    plain: dict[str, Any] = {name: getattr(one, name) for name in types.Notice.model_fields}
    return types.Notice(**plain)


@reading.get("/campaigns", auth=open_to(OF_ALL), response=types.PageOfCampaigns)
def campaigns(request: HttpRequest, first: PageSize = FIRST, after: After = "") -> types.PageOfCampaigns:  # fmt: skip
    """All campaigns, by their code."""
    found = registry.campaigns(visit_of(request).ledger)
    items, onward = page_of(sorted(found), str, first, after)
    return types.PageOfCampaigns(items=[_campaign(found[code]) for code in items], after=onward or None)  # fmt: skip


@reading.get("/campaigns/{code}", auth=open_to(OF_ALL), response=types.CampaignSaid)
def campaign(request: HttpRequest, code: Annotated[Code, Path()]) -> types.CampaignSaid:
    """One campaign."""
    return _campaign(registry.campaign(visit_of(request).ledger, code))


def _campaign(one: Campaign) -> types.CampaignSaid:
    named: dict[str, Any] = {"campaign": one.campaign_code, "type": one.campaign_type}
    plain: dict[str, Any] = {
        name: getattr(one, name) for name in types.CampaignSaid.model_fields if name not in named
    }
    return types.CampaignSaid(**plain, **named)


@reading.get("/vehicles", auth=open_to(OF_LISTS), response=types.PageOfVehicles)
def vehicles(request: HttpRequest, said: Annotated[types.AskedVehicles, Query()]) -> types.PageOfVehicles:  # fmt: skip
    """Vehicles in campaigns, a row each, within the caller's scope; values of one filter are alternatives, filters hold together."""
    visit = visit_of(request)
    asked = Asked(
        campaigns=tuple(said.campaign), statuses=tuple(said.status), models=tuple(said.model), years=_years(said.year), booked=said.booked,
    )  # fmt: skip
    found = listing(visit.ledger, asked, Shown(types.LISTED, (), said.first, after=said.after), on=visit.on, scope=visit.scope)  # fmt: skip
    _note_list(visit, found.rows.num_rows)
    return types.PageOfVehicles(
        total=found.total, vehicles=found.vehicles, items=found.rows.to_pylist(), after=found.mark or None,
    )  # fmt: skip


def _note_list(visit: Visit, rows: int) -> None:
    visit.note(Deed.EXPORTED, "vehicles, by the interface", {"rows": rows})


def _years(said: str) -> tuple[int, int] | None:
    if not said:
        return None
    numbers: Sequence[int] = [int(one) for one in re.findall("[0-9]+", said)]
    if numbers[0] > numbers[-1]:
        raise WrongUse("The last year stands before the first one.", "Write 2006-2008.")
    return numbers[0], numbers[-1]
