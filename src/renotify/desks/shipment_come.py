"""A shipment that has come to a dealer, typed at its parts desk: what came, and what is on the shelf and on order now."""

from __future__ import annotations

from datetime import date
from typing import NamedTuple

from renotify.desks.booking import NotFree
from renotify.ledger.intake.typed_rows import Typed, take_together
from renotify.ledger.scope import Scope
from renotify.ledger.session import Session
from renotify.parts.dealer_orders import counted_stock
from renotify.values.english import counted

MOST = 1_000_000_000  # kits of a row, as in a file


class Shipment(NamedTuple):
    """Kits of a part that came on a day, and how many are on the shelf with them (blank: those of the last count and these).

    ``is_another``: more came than what is taken in already of the same part and day.
    """

    dealer: str
    part: str
    qty: str
    day: date
    counted: str = ""
    is_another: bool = False


def shelf_of(session: Session, dealer: str, part: str) -> tuple[float, float]:
    """Return what a dealer has of a part by its newest count: on hand, and on order with what it was promised since."""
    rows = counted_stock(session, Scope(dealer=dealer)).to_pylist()
    return next(((row["on_hand"], row["on_order"]) for row in rows if row["part_no"] == part), (0.0, 0.0))  # fmt: skip


class _Before(NamedTuple):
    """What is known before a shipment is taken in: kits of the part and day that are in already, and what the dealer has of the part."""

    came: float
    on_hand: float
    on_order: float


class _OtherWrittenMeanwhileError(Exception):
    """Somebody else took in a shipment or a count between the reading and the writing; with what is known now."""

    def __init__(self, now: _Before) -> None:
        super().__init__("The shelf has changed.")
        self.now = now


def shipment_come(session: Session, one: Shipment, *, person: str, on: date) -> Typed:
    """Take in what came of a part on a day, and the shelf as it is counted with it.

    It is a row of ``part_shipments`` and one of ``dealer_part_stock``. A second shipment of a part and day adds to the first,
    where it is said to be another one; else it is NotFree: the same form may have come twice. What it adds to is read again in the
    transaction that writes, when nobody else can: of two clerks at once none loses the other's kits.
    """
    _kits(one.qty)
    before = _before(session, one)
    while True:
        try:
            return _taken(session, one, before, person=person, on=on)
        except _OtherWrittenMeanwhileError as other:
            before = other.now


def _before(session: Session, one: Shipment) -> _Before:
    came = session.scalar(
        "select coalesce(sum(qty), 0) from part_shipment where dealer_code = :dealer and part_no = :part and ship_date = :day",
        dealer=one.dealer,
        part=one.part,
        day=one.day,
    )
    return _Before(float(came), *shelf_of(session, one.dealer, one.part))


def _taken(session: Session, one: Shipment, before: _Before, *, person: str, on: date) -> Typed:
    """Take a shipment in on top of what was there before it. Raises what is known now where that is another."""

    def refuse(inside: Session) -> None:
        now = _before(inside, one)
        if now != before:
            raise _OtherWrittenMeanwhileError(now)

    came = _kits(one.qty)
    if before.came and not one.is_another:
        raise NotFree(
            "is_another",
            f"{counted(before.came, 'kit')} of {one.part} that came on this day {'is' if before.came == 1 else 'are'} taken in already.",
            "If more came, say that this is another shipment.",
        )
    shipped = {
        "dealer_code": one.dealer, "part_no": one.part, "ship_date": one.day.isoformat(), "qty": plain(before.came + came),
    }  # fmt: skip
    shelf = {
        "dealer_code": one.dealer, "part_no": one.part, "as_of": on.isoformat(), "on_hand": one.counted or plain(before.on_hand + came),
        "on_order": plain(max(before.on_order - came, 0.0)),
    }  # fmt: skip
    tables = {"part_shipments": [shipped], "dealer_part_stock": [shelf]}
    return take_together(session, tables, person=person, on=on, provided=refuse)


def _kits(qty: str) -> float:
    """Return a number of kits as it was typed. Raises NotFree for none."""
    try:
        came = float(qty)
    except ValueError:
        raise NotFree("qty", f"{qty!r} is no number of kits.", "Give what came: 5.") from None
    if not 0 < came < MOST:
        raise NotFree("qty", "Nothing came.", "Give the kits that came, at least one.")
    if came != int(came):
        raise NotFree("qty", "Kits are not cut: half a kit is none.", "Give whole kits: 5.")
    return came


def plain(number: float) -> str:
    """Return a number as a file has it: no thousands, no zeros behind the point."""
    return f"{number:.4f}".rstrip("0").rstrip(".")
