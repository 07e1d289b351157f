"""The routes that write: each is the function that the dealer's desk calls, in the same transaction, under a key of the caller's own."""

from __future__ import annotations

from typing import Annotated, Any

from django.http import HttpRequest, HttpResponse
from ninja import Header, Path, Router

from renotify.desks import booking
from renotify.desks.dealer_notices import acknowledge, notice_of
from renotify.desks.disputes import Claim
from renotify.desks.disputes import dispute as ask_about
from renotify.desks.recorded_work import Work, record_work
from renotify.desks.shipment_come import Shipment, plain, shipment_come
from renotify.ledger.intake.typed_rows import Typed, take_typed
from renotify.values import vin as vins
from renotify.web.api import api_types as types
from renotify.web.api.api_door import OF_SERVICE, open_to
from renotify.web.api.api_words import Code, Key, Name, Taken, day_of, instant_of
from renotify.web.api.once import once
from renotify.web.api.problems import FieldError, Stopped, problem
from renotify.web.api.repair_order_xml import read_repair_order
from renotify.web.door.reading import Deed
from renotify.web.door.visit import Visit, visit_of

writing = Router(tags=["Writing"])
KeyHeader = Annotated[Key, Header(alias="Idempotency-Key", description="Of the caller's own, for this call alone: a UUID.")]  # fmt: skip
XML = {
    "requestBody": {
        "required": True,
        "content": {"application/xml": {"schema": {"type": "object", "xml": {"name": "ProcessRepairOrder"}}}},
    }
}  # fmt: skip
FIELDS = {
    "appointment_id": "number", "campaign_codes": "campaigns", "ro_id": "number", "close_date": "day", "outcome": "outcomes",
    "campaign_code": "outcomes", "ship_date": "day",
}  # fmt: skip


@writing.get("/bookings/{number}", response=types.Booking)
def booked(request: HttpRequest, number: Annotated[Code, Path()]) -> types.Booking:
    """One of the dealer's own visits."""
    return _booking(visit_of(request), number)


@writing.post("/bookings", auth=open_to(OF_SERVICE), response={201: types.Booking})
def book(request: HttpRequest, said: types.BookingAsked, key: KeyHeader) -> HttpResponse:
    """Book a visit, or move the one of the same number. A bay and a kit are never given twice (409, with what to change)."""
    visit = visit_of(request)

    def write() -> types.Booking:
        wanted = booking.Wanted(
            visit.scope.dealer, vins.normalise(said.vin), tuple(said.campaigns), instant_of(said.start, "start"), said.number or "",
            more_hours=said.more_hours, order_kit=said.order_kit, second_visit=said.second_visit,
        )  # fmt: skip
        _taken(booking.book(visit.ledger, wanted, person=_name(visit), on=visit.on))
        _told(visit, wanted.vin, f"booked for {said.start}")
        return _booking(visit, wanted.own_number)

    return once(request, key, write, status=201)


@writing.post("/bookings/{number}/status", auth=open_to(OF_SERVICE), response=types.Booking)
def report_booking(
    request: HttpRequest, number: Annotated[Code, Path()], said: types.BookingReport, key: KeyHeader
) -> HttpResponse:
    """Say what became of a visit: the owner has arrived, did not come, or it is cancelled."""
    visit = visit_of(request)

    def write() -> types.Booking:
        dealer = visit.scope.dealer
        _taken(booking.report_visit(visit.ledger, dealer, number, said.status, person=_name(visit), on=visit.on))  # fmt: skip
        found = _booking(visit, number)
        _told(visit, found.vin, said.status)
        return found

    return once(request, key, write)


@writing.post("/repair-orders", auth=open_to(OF_SERVICE), response=Taken)
def repair_order(request: HttpRequest, said: types.RepairOrder, key: KeyHeader) -> HttpResponse:
    """Report a repair order or an inspection; the visit that it ends is done with it."""
    return once(request, key, lambda: _recorded(visit_of(request), said))


@writing.post("/repair-orders/star", auth=open_to(OF_SERVICE), response=Taken, openapi_extra=XML)
def repair_order_xml(request: HttpRequest, key: KeyHeader) -> HttpResponse:
    """The same as XML in the shape of a STAR business object (ProcessRepairOrder), one order a message."""
    if request.content_type not in ("application/xml", "text/xml"):
        raise Stopped(problem(415))
    said = read_repair_order(request.body)
    return once(request, key, lambda: _recorded(visit_of(request), said))


def _recorded(visit: Visit, said: types.RepairOrder) -> Taken:
    outcomes = {one.campaign: one.outcome for one in said.outcomes}
    if len(outcomes) < len(said.outcomes):
        raise booking.NotFree("outcomes", "A campaign stands there twice.", "Say once what was done of it.")  # fmt: skip
    hours = "" if said.hours is None else plain(said.hours)
    vin = vins.normalise(said.vin)
    work = Work(
        visit.scope.dealer, vin, said.number, day_of(said.day, "day"), outcomes, hours, before_filed=True,
    )  # fmt: skip  # a system's order counts as one in a file: there is nobody to ask
    taken = _taken(record_work(visit.ledger, work, person=_name(visit), on=visit.on))
    _told(visit, vin, f"order {said.number}: {', '.join(f'{code} {outcome}' for code, outcome in sorted(outcomes.items()))}")  # fmt: skip
    return taken


@writing.post("/disputes", auth=open_to(OF_SERVICE), response=Taken)
def dispute(request: HttpRequest, said: types.DisputeSaid, key: KeyHeader) -> HttpResponse:
    """Ask about a vehicle that another dealer has done and that still stands open; it stays open until the analyst answers."""
    visit = visit_of(request)

    def write() -> Taken:
        vin = vins.normalise(said.vin)
        codes = tuple(dict.fromkeys(said.campaigns))
        claim = Claim(vin, codes, said.done_by, said.number, day_of(said.day, "day"), said.outcome)
        try:
            asked = ask_about(visit.ledger, visit.scope.dealer, claim, person=_name(visit), on=visit.on)  # fmt: skip
        except booking.NotFree as error:
            field = "done_by" if error.field == "elsewhere" else error.field
            raise booking.NotFree(field, error.message, error.hint) from error
        taken = _taken(asked)
        kept = {"campaigns": list(codes), "order": said.number, "done_by": said.done_by}
        visit.note(Deed.DISPUTED, vin, kept | {"by": "the interface"})
        return taken

    return once(request, key, write)


@writing.post("/shipments", response=Taken)
def shipment(request: HttpRequest, said: types.ShipmentSaid, key: KeyHeader) -> HttpResponse:
    """Take kits in that have come; a second shipment of a part and day adds to the first."""
    visit = visit_of(request)

    def write() -> Taken:
        counted = "" if said.counted is None else plain(said.counted)
        day = day_of(said.day, "day")
        one = Shipment(visit.scope.dealer, said.part_no, plain(said.qty), day, counted, is_another=True)  # fmt: skip
        taken = _taken(shipment_come(visit.ledger, one, person=_name(visit), on=visit.on))
        _told(visit, said.part_no, f"{one.qty} have come")
        return taken

    return once(request, key, write, may_repeat=False)


@writing.post("/part-counts", response=Taken)
def part_count(request: HttpRequest, said: types.PartCount, key: KeyHeader) -> HttpResponse:
    """Say what was counted of a part today: on the shelf, and on order."""
    visit = visit_of(request)

    def write() -> Taken:
        row = {
            "dealer_code": visit.scope.dealer, "part_no": said.part_no, "as_of": visit.on.isoformat(), "on_hand": plain(said.on_hand),
            "on_order": plain(said.on_order),
        }  # fmt: skip
        taken = _taken(take_typed(visit.ledger, "dealer_part_stock", [row], person=_name(visit), on=visit.on))  # fmt: skip
        _told(visit, said.part_no, f"{row['on_hand']} counted")
        return taken

    return once(request, key, write)


@writing.post("/notices/{follow_up}/{edition}/acknowledgement", response=types.Acknowledged)
def acknowledgement(
    request: HttpRequest,
    follow_up: Annotated[Name, Path()],
    edition: Annotated[int, Path(ge=1, le=1_000_000)],
    key: KeyHeader,
) -> HttpResponse:
    """Acknowledge a notice (49 CFR 577.13(c)); the first receipt stands."""
    visit = visit_of(request)

    def write() -> types.Acknowledged:
        one = notice_of(visit.ledger, visit.scope.dealer, follow_up, edition)
        taken = acknowledge(visit.ledger, one, person=_name(visit), on=visit.on)
        visit.note(Deed.DECIDED, f"{follow_up}, edition {edition}", {"acknowledged": taken})
        return types.Acknowledged(follow_up=follow_up, edition=edition, acknowledged=taken)

    return once(request, key, write)


def _booking(visit: Visit, number: str) -> types.Booking:
    row = booking.standing_row(visit.ledger, visit.scope.dealer, number)
    codes = row.campaign_codes.split(";")
    return types.Booking(
        number=number, vin=row.vin, campaigns=codes, start=row.start[:16], status=row.status
    )


def _taken(typed: Typed) -> Taken:
    """Return what came of typed rows; a refused one ends the call with its reasons, and nothing was written."""
    if typed.was_taken:
        counts = typed.counts
        return Taken(accepted=counts.accepted, unchanged=counts.unchanged, notes=list(typed.notes))
    errors = [
        FieldError(field=FIELDS.get(one.column, one.column), reason=one.reason)
        for one in typed.reasons
    ]
    raise Stopped(problem(409).model_copy(update={"errors": errors}))


def _name(visit: Visit) -> str:
    return visit.person.username if visit.person else ""


def _told(visit: Visit, subject: str, said: str) -> None:
    kept: dict[str, Any] = {"said": said, "by": "the interface"}
    visit.note(Deed.TYPED, subject, kept)
