"""Rows of an Arrow table as a document has them."""

from __future__ import annotations

from datetime import date

import pyarrow as pa

from renotify.cli.output import documents_of


def test_days_are_written_out_and_what_is_missing_is_nothing() -> None:
    rows = pa.table({
        "vin": pa.array(["A", "B"]),
        "language": pa.array([None, "es"]),
        "booked": pa.array([date(2013, 3, 6), None]),
        "year": pa.array([None, 2008]),
    })  # fmt: skip
    assert documents_of(rows) == [
        {"vin": "A", "language": None, "booked": "2013-03-06", "year": None},
        {"vin": "B", "language": "es", "booked": None, "year": 2008},
    ]
    assert documents_of(rows.slice(0, 0)) == []
