"""Vehicles that left a stock with work not done: a notice names them and asks for the buyer."""

from __future__ import annotations

from dataclasses import replace
from datetime import date

from notices import sample
from renotify.notices import memo
from renotify.notices.facts import SoldLine
from renotify.rules import load

ONE = SoldLine("D0001", "VIN-SOLD", "9LA+CLB", date(2013, 2, 1))
ASKED = "Please have the buyer asked in, and send Lexus name and address."


def told(facts) -> str:
    return memo.document(facts, sample.occasion(), load(sample.ON))["sold_text"]


def test_a_dealer_is_asked_for_the_buyer_of_each_vehicle():
    text = told(sample.dealer(sold=(ONE, replace(ONE, vin="VIN-OTHER", campaigns="9LA"))))
    assert "VIN-SOLD (9LA, CLB; sold on February 1, 2013); VIN-OTHER (9LA; sold on" in text
    assert ASKED in text


def test_an_area_manager_reads_whose_stock_it_was():
    assert "VIN-SOLD (D0001, 9LA, CLB; sold on February 1, 2013)" in told(sample.area(sold=(ONE,)))


def test_forty_are_named_and_the_rest_counted():
    text = told(sample.dealer(sold=tuple(replace(ONE, vin=f"V{n:04d}") for n in range(1042))))
    assert "V0039 (" in text
    assert "V0040 (" not in text
    assert "; 1,002 more, which `renotify stock sold` lists." in text


def test_nothing_is_said_where_nothing_was_sold_so():
    assert told(sample.dealer()) == ""
