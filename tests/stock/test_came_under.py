"""Flags of stock: what came under a campaign since last night, in stock or just sold. Counted by hand on the two dealers."""

from __future__ import annotations

from datetime import date

import two_dealers as w
from renotify.ledger.intake.typed_rows import take_typed
from renotify.ledger.scope import Scope
from renotify.ledger.session import Session
from renotify.stock.came_under import came_under

ON = date(2013, 3, 5)
EAST = Scope(dealer=w.EAST)


def stock(session: Session, vin: str, in_date: str, sold_date: str = "") -> None:
    row = {"vin": vin, "dealer_code": w.EAST, "stock_type": "used", "in_date": in_date, "sold_date": sold_date}  # fmt: skip
    take_typed(session, "dealer_stock", [row], person="sam", on=ON)


def named(session: Session, vin: str, code: str, day: str) -> None:
    row = {"campaign_code": code, "vin": vin, "added_date": day}
    take_typed(session, "population", [row], person="ana", on=ON)


def flags(session: Session, on: date = ON) -> list[tuple[str, str, str, date]]:
    rows = came_under(session, EAST, on=on).to_pylist()
    return [(row["vin"], row["campaigns"], row["flag"], row["since"]) for row in rows]


def test_a_vehicle_taken_into_stock_with_an_open_campaign_is_flagged(own_session) -> None:
    assert flags(own_session) == [(w.NEW_IN_STOCK, w.PMP, "taken_in", date(2013, 1, 27))]


def test_a_campaign_that_comes_flags_what_stands_there_and_what_was_just_sold(own_session) -> None:
    """One in stock since the first of February, one sold on the tenth: both are named on March 4. The sale of 2012 is too long ago."""
    standing, sold, long_ago = w.vin(21), w.vin(22), w.vin(23)
    stock(own_session, standing, "2013-02-01")
    stock(own_session, sold, "2013-01-20", "2013-02-10")
    stock(own_session, long_ago, "2012-01-20", "2012-05-10")
    for vin in (standing, sold, long_ago):
        named(own_session, vin, w.STP, "2013-03-04")
    assert flags(own_session)[:2] == [
        (standing, w.STP, "in_stock", date(2013, 3, 4)),
        (sold, w.STP, "sold", date(2013, 3, 4)),
    ]
    assert long_ago not in [flag[0] for flag in flags(own_session)]


def test_a_flag_goes_with_the_repair_and_with_time(own_session) -> None:
    assert flags(own_session, date(2013, 4, 1)) == []
    order = {"ro_id": "R9", "dealer_code": w.EAST, "vin": w.NEW_IN_STOCK, "campaign_code": w.PMP, "close_date": "2013-03-04",
             "outcome": "remedied"}  # fmt: skip
    take_typed(own_session, "repair_orders", [order], person="sam", on=ON)
    assert flags(own_session) == []


def test_another_dealers_stock_is_not_read(planned_session) -> None:
    assert came_under(planned_session, Scope(dealer=w.WEST), on=ON)["vin"].to_pylist() == [w.USED_IN_STOCK]  # fmt: skip
