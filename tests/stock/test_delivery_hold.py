"""What may not leave the dealer's lot, and whether the law or our policy says so."""

from __future__ import annotations

from datetime import date

import pyarrow as pa

from cases import at_once
from renotify.stock import delivery_hold

ON = date(2013, 2, 26)
IN_STOCK = pa.schema(
    [
        ("vin", pa.string()),
        ("dealer_code", pa.string()),
        ("stock_type", pa.string()),
        ("in_date", pa.date32()),
        ("sold_date", pa.date32()),
        ("first_sale_date", pa.date32()),
    ]
)


def _stock(kind="new", vin="V1", sold=None, first_sale=None, since=date(2013, 2, 16)):
    row = dict(zip(IN_STOCK.names, (vin, "D1", kind, since, sold, first_sale), strict=True))
    return pa.Table.from_pylist([row], IN_STOCK)


def _open(*campaigns, vin="V1"):
    rows = [
        {"vin": vin, "campaign_code": code, "family": "service" if code == "CLB" else "safety"}
        for code in campaigns
    ]
    return pa.Table.from_pylist(
        rows, pa.schema([(n, pa.string()) for n in ("vin", "campaign_code", "family")])
    )


def _held(*args, **settings):
    return delivery_hold.holds(*args, on=ON, **settings).to_pylist()


def test_a_new_vehicle_with_an_open_recall_is_held_by_law():
    assert _held(_stock(), _open("9LA")) == [
        {
            "dealer_code": "D1",
            "vin": "V1",
            "stock_type": "new",
            "campaigns": "9LA",
            "basis": "law",
            "days_in_stock": 10,
        }
    ]


@at_once("kind", ["used", "loaner", "demo"])
def test_other_stock_is_held_by_policy(kind):
    rows = _held(_stock(kind, first_sale=date(2007, 1, 2)), _open("9LA"))
    assert [row["basis"] for row in rows] == ["policy"]


def test_a_demonstrator_never_sold_is_a_new_vehicle():
    assert _held(_stock("demo"), _open("9LA"), hold_used=False)[0]["basis"] == "law"


def test_the_law_does_not_hold_for_a_service_campaign():
    assert [row["basis"] for row in _held(_stock(), _open("CLB"))] == ["policy"]


def test_one_recall_among_several_campaigns_is_enough_for_the_law():
    row = _held(_stock(), _open("CLB", "9LA"))[0]
    assert (row["campaigns"], row["basis"]) == ("9LA+CLB", "law")


def test_without_the_policy_only_the_law_holds():
    assert _held(_stock("used"), _open("9LA"), hold_used=False) == []
    assert len(_held(_stock("new"), _open("9LA"), hold_used=False)) == 1


def test_a_sold_vehicle_is_out():
    assert _held(_stock(sold=date(2013, 2, 20)), _open("9LA")) == []


def test_a_vehicle_sold_after_the_day_asked_about_was_still_held():
    assert len(_held(_stock(sold=date(2013, 3, 1)), _open("9LA"))) == 1


def test_a_vehicle_that_came_in_later_is_not_in_stock_yet():
    assert _held(_stock(since=date(2013, 3, 1)), _open("9LA")) == []


def test_a_vehicle_without_open_campaigns_is_free():
    assert _held(_stock(), _open("9LA", vin="OTHER")) == []


def test_no_stock_is_no_holds():
    assert (
        delivery_hold.holds(IN_STOCK.empty_table(), _open("9LA"), on=ON).schema
        == delivery_hold.HOLDS
    )
