"""Days in the forms that people and spreadsheets write, and the two days that one text may mean."""

from __future__ import annotations

from datetime import date

import pyarrow as pa
import pytest

from renotify.values.written_days import written_days

MARCH_8 = date(2013, 3, 8)
AUGUST_3 = date(2013, 8, 3)


def read(*texts):
    return [tuple(row.values()) for row in written_days(pa.array(texts, pa.string())).to_pylist()]


@pytest.mark.parametrize(
    "text",
    [
        "2013-03-08", "2013-03-08 00:00:00", "2013-03-08T14:05",
        "2013-03-08T14:33:00-05:00", "2013/3/8", "20130308", "41341", "41341.0", "8-Mar-13",
        "08-MAR-2013", "8 March 2013", "March 8, 2013", "Mar 8 2013", " 2013-03-08 ",
    ],
)  # fmt: skip
def test_a_day_that_can_be_meant_in_one_way_is_that_day(text):
    assert read(text) == [(MARCH_8, None)]


@pytest.mark.parametrize(
    "text", ["3/8/2013", "03/08/13", "3-8-2013", "3/8/2013 12:00 AM", "3.8.2013"]
)
def test_two_orders_of_day_and_month_are_two_days(text):
    assert read(text) == [(MARCH_8, AUGUST_3)]


def test_one_row_with_a_thirteenth_settles_the_order_of_its_column():
    assert read("3/8/2013", "3/13/2013") == [(MARCH_8, None), (date(2013, 3, 13), None)]
    assert read("3/8/2013", "13/3/2013") == [(AUGUST_3, None), (date(2013, 3, 13), None)]


def test_rows_that_contradict_each_other_settle_nothing():
    assert read("3/8/2013", "3/13/2013", "13/3/2013")[0] == (MARCH_8, AUGUST_3)


def test_the_same_number_for_day_and_month_is_one_day():
    assert read("3/3/2013") == [(date(2013, 3, 3), None)]


@pytest.mark.parametrize(
    "text", ["", "8 March", "2013-02-30", "31/31/2013", "soon", "8 Foo 2013", "8 Ju 2013", "123456"]
)
def test_what_is_no_day_is_none(text):
    assert read(text) == [(None, None)]


def test_a_column_without_rows_has_no_days():
    assert written_days(pa.chunked_array([], pa.string())).num_rows == 0
