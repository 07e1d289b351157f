"""SQL over Arrow tables: what is registered is found, and nothing else."""

from __future__ import annotations

import duckdb
import pyarrow as pa
import pytest

from renotify.values.arrow_sql import arrow_sql


def test_a_registered_table_is_found():
    with arrow_sql() as arrow:
        arrow.register("vehicles", pa.table({"vin": ["A", "B"]}))
        assert arrow.sql("select count(*) from vehicles").fetchall() == [(2,)]


def test_a_variable_is_not_taken_for_a_table():
    vehicles = pa.table({"vin": ["A"]})
    with arrow_sql() as arrow, pytest.raises(duckdb.CatalogException, match="vehicles"):
        arrow.sql("select * from vehicles")
    assert vehicles.num_rows == 1


def test_what_one_use_registers_another_does_not_see():
    with arrow_sql() as first, arrow_sql() as second:
        first.register("vehicles", pa.table({"vin": ["A"]}))
        with pytest.raises(duckdb.CatalogException):
            second.sql("select * from vehicles")
