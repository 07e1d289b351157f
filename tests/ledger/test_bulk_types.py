"""Reads keep the types they were asked for, whatever the first rows hold."""

from __future__ import annotations

from datetime import date

import pyarrow as pa
import pytest

from renotify.ledger.bulk import bulk

pytestmark = pytest.mark.usefixtures("ledger")
WANTED = pa.schema(
    [
        ("number", pa.int64()),
        ("day", pa.date32()),
        ("hours", pa.float64()),
        ("word", pa.string()),
        ("yes", pa.bool_()),
    ]
)


@pytest.fixture
def rows():
    """Two thousand rows of nothing, and then one of something."""
    blank = 2000
    return pa.table(
        {
            "number": pa.array(range(blank + 1)),
            "day": pa.array([None] * blank + [date(2013, 2, 26)], pa.date32()),
            "hours": pa.array([None] * blank + [2.5]),
            "word": pa.array([None] * blank + ["text"]),
            "yes": pa.array([False] * blank + [True]),
        }
    )


def test_a_column_that_begins_with_nulls_keeps_its_type(rows):
    with bulk() as using:
        using.stage("some_rows", rows)
        read = using.read("select * from some_rows order by number", WANTED)
    assert read.equals(rows.cast(WANTED))


def test_a_column_of_nulls_alone_keeps_its_type(rows):
    with bulk() as using:
        using.stage("some_rows", rows)
        read = using.read("select * from some_rows where number < 5", WANTED)
    assert read["day"].null_count == 5
    assert read.schema == WANTED


def test_no_rows_are_an_empty_table_of_the_schema(rows):
    with bulk() as using:
        using.stage("some_rows", rows)
        assert using.read("select * from some_rows where number < 0", WANTED).num_rows == 0


def test_rows_come_in_the_order_asked_for(rows):
    with bulk() as using:
        using.stage("some_rows", rows)
        read = using.read("select * from some_rows order by number desc limit 3", WANTED)
    assert read["number"].to_pylist() == [2000, 1999, 1998]
