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


def shipment_come(session: Session, one: Shipment, *, person: str, on: date) -> Typed:
    """Take in what came of a part on a day, and the shelf as it is counted with it.

    It is a row of ``part_shipments`` and one of ``dealer_part_stock``. A second shipment of a part and day adds to the first,
    where it is said to be another one; else it is NotFree: the same form may have come twice.
    """
    came = _kits(one.qty)
    dealer, part = one.dealer, one.part
    before = session.scalar(
        "select coalesce(sum(qty), 0) from part_shipment where dealer_code = :dealer and part_no = :part and ship_date = :day",
        dealer=dealer,
        part=part,
        day=one.day,
    )
    if before and not one.is_another:
        raise NotFree(
            "is_another",
            f"{counted(float(before), 'kit')} of {part} that came on this day {'is' if float(before) == 1 else 'are'} taken in already.",
            "If more came, say that this is another shipment.",
        )
    on_hand, on_order = shelf_of(session, dealer, part)
    shipped = {
        "dealer_code": dealer, "part_no": part, "ship_date": one.day.isoformat(), "qty": plain(float(before) + came),
    }  # fmt: skip
    shelf = {
        "dealer_code": dealer, "part_no": part, "as_of": on.isoformat(), "on_hand": one.counted or plain(on_hand + came),
        "on_order": plain(max(on_order - came, 0.0)),
    }  # fmt: skip
    tables = {"part_shipments": [shipped], "dealer_part_stock": [shelf]}
    return take_together(session, tables, person=person, on=on)


def _kits(qty: str) -> float:
    """Return a number of kits as it was typed. Raises NotFree for none."""
    try:
        came = float(qty)
    except ValueError:
        raise NotFree("qty", f"{qty!r} is no number of kits.", "Give what came: 5.") from None
    if not 0 < came < MOST:
        raise NotFree("qty", "Nothing came.", "Give the kits that came, at least one.")
    return came


def plain(number: float) -> str:
    """Return a number as a file has it: no thousands, no zeros behind the point."""
    return f"{number:.4f}".rstrip("0").rstrip(".")
