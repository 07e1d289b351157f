"""Booking a visit at a dealer's desk, with its bay, hours and kit: two people at once never get the same one.

What a visit needs is counted in the transaction that writes it, when nobody else can write. A bay and a kit are never given twice; that a
week's hours are full, or that a kit has to be ordered first, a person may book over knowingly (decision 0098).
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import NamedTuple

from renotify.contact.answers import in_one_visit
from renotify.contact.vehicle_known import Known, known_of
from renotify.desks.book_of_visits import DealerBook, Standing, book_of
from renotify.desks.kits_ahead import KitsAhead, kits_ahead, kits_booked
from renotify.errors import Refused, UnknownName
from renotify.ledger.intake.typed_rows import Typed, take_typed
from renotify.ledger.questions import answers
from renotify.ledger.session import Session
from renotify.ledger.standing_visits import visit_stands, visit_to_come
from renotify.values.english import long_day, measured, series
from renotify.visits.needs import combined, needs

LONGEST_NUMBER = 32  # characters of an appointment's number
FURTHEST = timedelta(days=366)  # nobody books a workshop for longer ahead
OFFERED = 4  # times that are offered by themselves


class NotFree(Refused):
    """A visit cannot be booked so; ``field`` is what to change."""

    def __init__(self, field: str, message: str, hint: str = "") -> None:
        super().__init__(message, hint)
        self.field = field


@dataclass(frozen=True)
class Wanted:
    """A visit as it is asked for: ``start`` local to the dealer. ``more_hours``: technicians stay longer; ``order_kit``: none is in hand;
    ``second_visit``: the vehicle has one at another dealer, and the owner wants this one.

    ``number`` is the appointment's own in the dealer's system; blank makes one.
    """

    dealer: str
    vin: str
    campaigns: tuple[str, ...]
    start: datetime
    number: str = ""
    more_hours: bool = False
    order_kit: bool = False
    second_visit: bool = False

    @property
    def own_number(self) -> str:
        """The number of the appointment: the same visit asked for twice is one."""
        made = f"{self.dealer}-{self.vin[-8:]}-{self.start:%y%m%d%H%M}"
        return self.number or made[-LONGEST_NUMBER:]

    def row(self, status: str = "booked") -> dict[str, str]:
        """Return it as a row of ``appointments``."""
        return {
            "appointment_id": self.own_number,
            "dealer_code": self.dealer,
            "vin": self.vin,
            "campaign_codes": ";".join(sorted(self.campaigns)),
            "start": f"{self.start:%Y-%m-%dT%H:%M}",
            "status": status,
        }


class _Owned(NamedTuple):
    dealer_code: str
    vin: str


def book(session: Session, wanted: Wanted, *, person: str, on: date) -> Typed:
    """Book a visit, or move the one that the vehicle has at the dealer. Raises NotFree with what to change, and nothing is written."""

    def refuse(inside: Session) -> None:
        refuse_what_is_not_free(inside, wanted, on)

    row = wanted.row()
    if not _is_known(session, wanted):  # who moves a visit asked for it before
        row |= {"booked_on": on.isoformat()}
    return take_typed(session, "appointments", [row], person=person, on=on, provided=refuse)


def _is_known(session: Session, wanted: Wanted) -> bool:
    """Tell whether the appointment is one that stands, and is moved."""
    sql = "select count(*) from appointment where appointment_id = :number and status in ('booked', 'arrived')"
    return bool(session.scalar(sql, number=wanted.own_number))


def refuse_what_is_not_free(session: Session, wanted: Wanted, on: date) -> None:
    """Raise NotFree for a visit that the dealer has no room for, in the order in which a person mends it."""
    if wanted.start.date() < on:
        raise NotFree("start", f"{long_day(wanted.start.date())} is past.", "Choose a day to come.")
    if wanted.start.date() > on + FURTHEST:
        raise NotFree("start", f"{long_day(wanted.start.date())} is more than a year away.", "Choose a nearer day.")  # fmt: skip
    _refuse_a_number_of_another(session, wanted)
    _refuse_what_is_not_open(known_of(session, wanted.vin, wanted.start.date()), wanted)
    book_now = book_of(session, wanted.dealer, on)
    _refuse_a_second_visit(book_now, wanted)
    _refuse_a_visit_elsewhere(session, wanted, on)
    model = model_of(session, wanted.vin)
    pair = (combined(wanted.campaigns), model)
    hours = needs(session, [pair]).visits[pair].hours
    _refuse_full_hours(book_now.without(wanted.own_number), wanted, hours, on)
    moved = _moved(book_now, wanted)
    kits = (
        kits_booked(session, wanted.dealer, wanted.vin, on)
        if moved and moved.campaigns == pair[0]
        else kits_ahead(session, wanted.dealer, *pair, on)
    )
    _refuse_without_kit(kits, wanted)


def model_of(session: Session, vin: str) -> str:
    """Return a vehicle's model; blank where no list of vehicles has it."""
    return str(
        session.scalar("select coalesce(max(model), '') from vehicle where vin = :vin", vin=vin)
    )


def _refuse_a_number_of_another(session: Session, wanted: Wanted) -> None:
    """A number that is in use for another dealer's or vehicle's appointment is not taken over."""
    for one in session.rows(
        _Owned,
        "select dealer_code, vin from appointment where appointment_id = :number",
        number=wanted.own_number,
    ):
        if one != (wanted.dealer, wanted.vin):
            raise NotFree(
                "number",
                f"The appointment number {wanted.own_number} is in use for another visit.",
                "Take another number, or leave it blank.",
            )


def _refuse_what_is_not_open(known: Known, wanted: Wanted) -> None:
    """A visit is for campaigns that are not done on the vehicle and can be done on its day."""
    if not wanted.campaigns:
        raise NotFree("campaigns", "No campaign is chosen.", "Choose what is done in the visit.")
    status = {one.campaign_code: one.status for one in known.states}
    done = [
        code
        for code in wanted.campaigns
        if code not in status or answers(status[code]).done is not False
    ]
    if done:
        raise NotFree(
            "campaigns",
            f"{series(done)} is not open on {wanted.vin}.",
            "Check the VIN again: somebody may have reported the repair.",
        )
    there = in_one_visit(known, wanted.start.date())
    late = [code for code in wanted.campaigns if code not in there]
    if late:
        raise NotFree(
            "campaigns",
            f"The remedy of {series(late)} is not there on {long_day(wanted.start.date())}.",
            "Book what can be done, or a later day.",
        )


def _moved(book_now: DealerBook, wanted: Wanted) -> Standing | None:
    """Return the appointment that is moved: the one of the same number."""
    return next((one for one in book_now.visits if one.number == wanted.own_number), None)


def _refuse_a_second_visit(book_now: DealerBook, wanted: Wanted) -> None:
    for one in book_now.visits:
        if one.vin == wanted.vin and one.number != wanted.own_number:
            raise NotFree(
                "start",
                f"{wanted.vin} is booked here already, for {long_day(one.start.date())} at {one.start:%H:%M}.",
                "Move or cancel that visit.",
            )


def _refuse_a_visit_elsewhere(session: Session, wanted: Wanted, on: date) -> None:
    """Refuse a visit of a vehicle that comes to another dealer, unless the owner wants this one all the same; which dealer is not said."""
    if wanted.second_visit or _is_known(session, wanted):
        return
    elsewhere = session.scalar(
        f"select count(*) from appointment a where a.vin = :vin and a.dealer_code <> :dealer and {visit_to_come('a', ':on')}",
        vin=wanted.vin,
        dealer=wanted.dealer,
        on=on.isoformat(),
    )
    if elsewhere:
        raise NotFree(
            "second_visit",
            f"{wanted.vin} is booked at another dealer already.",
            "Ask the owner which visit stands. If it is this one, say so, and have the other cancelled: it holds a bay and a kit.",
        )


def _refuse_full_hours(book_now: DealerBook, wanted: Wanted, hours: float, on: date) -> None:
    """Refuse a time without a bay, and a week without hours unless technicians stay longer."""
    free = book_now.openings(hours, max(on, wanted.start.date()), 1)
    hint = f"The next free time is {long_day(free[0].date())} at {free[0]:%H:%M}." if free else "Choose another week."  # fmt: skip
    if not book_now.has_bay(wanted.start, hours):
        raise NotFree(
            "start",
            f"Every bay is taken on {long_day(wanted.start.date())} at {wanted.start:%H:%M}"
            f" for the {measured(round(hours, 1), 'hour')} of this visit.",
            hint,
        )
    if not wanted.more_hours and not book_now.has_hours(wanted.start.date(), hours):
        left = max(book_now.hours_left(wanted.start.date()), 0.0)
        raise NotFree(
            "more_hours",
            f"The week of this day has {measured(round(left, 1), 'hour')} left, and the visit takes {measured(round(hours, 1), 'hour')}.",
            f"{hint} Or book it all the same, with more technician hours.",
        )


def _refuse_without_kit(kits: KitsAhead, wanted: Wanted) -> None:
    """Refuse a day on which no kit is there that is nobody else's, unless one is ordered and can be there."""
    day = wanted.start.date()
    if kits.there_by(day):
        return
    parts = series(kits.lacking)
    if kits.kits_from is not None:
        raise NotFree(
            "start",
            f"The kits of this visit ({parts}) come in the week of {long_day(kits.kits_from)}.",
            "Choose a day of that week or later.",
        )
    if not wanted.order_kit:
        raise NotFree(
            "order_kit",
            f"No kit is in hand that is not held for another visit ({parts}).",
            f"Say that you order it; one ordered today is there on {long_day(kits.ordered_from or day)}.",
        )
    if kits.ordered_from is not None and day < kits.ordered_from:
        raise NotFree(
            "start",
            f"A kit ordered today ({parts}) is there on {long_day(kits.ordered_from)}.",
            "Choose that day or a later one.",
        )


def offered(
    session: Session, dealer: str, vin: str, campaigns: tuple[str, ...], on: date
) -> list[datetime]:
    """Return the first times at which a dealer has a bay, hours and the kit for a vehicle's visit, one a day; an ordered kit counts."""
    pair = (combined(campaigns), model_of(session, vin))
    if not campaigns:
        return []
    kits = kits_ahead(session, dealer, *pair, on)
    first = on + timedelta(days=1)
    if not kits.there_by(first):
        first = max(first, kits.kits_from or kits.ordered_from or first)
    hours = needs(session, [pair]).visits[pair].hours
    return book_of(session, dealer, on).openings(hours, first, OFFERED)


class _Appointment(NamedTuple):
    vin: str
    campaign_codes: str
    start: str
    status: str


FOLLOWS: Mapping[str, tuple[str, ...]] = {  # what a visit may become
    "booked": ("arrived", "cancelled", "no_show"),
    "arrived": ("cancelled", "booked"),
    "no_show": ("arrived",),
    "cancelled": (),
    "done": (),
}


STANDS = {  # how a visit stands, said of its vehicle
    "booked": "is booked", "arrived": "has arrived", "no_show": "did not come", "cancelled": "is not coming: its visit is cancelled",
    "done": "was here, and its visit is over",
}  # fmt: skip
BECOMES = STANDS | {"cancelled": "is cancelled", "done": "is done"}


def report_visit(
    session: Session,
    dealer: str,
    number: str,
    status: str,
    *,
    person: str,
    on: date,
    vin: str = "",
) -> Typed:
    """Say what became of a dealer's own appointment. Raises UnknownName for one that it does not have, NotFree for what cannot follow.

    ``vin``: the vehicle whose visit the person was shown; a number that is another vehicle's is refused then.
    """

    def refuse(inside: Session) -> None:
        now = standing_row(inside, dealer, number)
        if vin and vin != now.vin:
            raise NotFree(
                "status",
                f"Visit {number} is not of {vin}: nothing was reported.",
                "Load the page again.",
            )
        if status not in FOLLOWS[now.status]:
            already = (
                " already"
                if status == now.status
                else f": that it {BECOMES[status]} cannot be said any more"
            )
            raise NotFree(
                "status",
                f"{now.vin} {STANDS[now.status]}{already}.",
                "Load the page again: somebody may have reported it.",
            )
        if status == "no_show" and now.start[:10] > on.isoformat():
            raise NotFree("status", f"{now.vin} is not due before {now.start[:10]}.", "Cancel it, or move it.")  # fmt: skip

    now = standing_row(session, dealer, number)
    rows = [
        {
            "appointment_id": number, "dealer_code": dealer, "vin": now.vin, "campaign_codes": now.campaign_codes, "start": now.start,
            "status": status,
        }
    ]  # fmt: skip
    return take_typed(session, "appointments", rows, person=person, on=on, provided=refuse)


def standing_row(session: Session, dealer: str, number: str) -> _Appointment:
    """Return a dealer's own appointment. Raises UnknownName."""
    found = session.rows(
        _Appointment,
        "select vin, campaign_codes, start, status from appointment where appointment_id = :number and dealer_code = :dealer",
        number=number,
        dealer=dealer,
    )
    if not found:
        raise UnknownName("There is no such appointment here.", "Go back to the day's page.")
    return found[0]


class _Number(NamedTuple):
    vin: str
    appointment_id: str


def numbers_by_vehicle(session: Session, dealer: str) -> dict[str, str]:
    """Return the number of the first appointment that stands, by vehicle, of a dealer."""
    found = session.rows(
        _Number,
        f"select a.vin, a.appointment_id from appointment a where a.dealer_code = :dealer and {visit_stands('a')}"
        " order by a.start desc, a.appointment_id desc",
        dealer=dealer,
    )
    return {one.vin: one.appointment_id for one in found}
