"""SQL over Arrow tables: each use sees what it registered itself, and nothing of another's."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor

import duckdb
import pyarrow as pa
import pytest

from renotify.values.arrow_sql import arrow_sql

pytestmark = pytest.mark.usefixtures("questions_asked_anew")

ROWS = pa.table({"vin": ["A", "B", "C"], "hours": [1.5, 2.0, 4.0]})


def test_a_registered_table_is_asked_in_sql_and_comes_back_as_arrow():
    with arrow_sql() as sql:
        sql.register("work", ROWS)
        found = sql.sql("select count(*) as n, sum(hours) as hours from work").to_arrow_table()
    assert found.to_pylist() == [{"n": 3, "hours": 7.5}]


def test_what_one_use_registered_the_next_does_not_see():
    with arrow_sql() as sql:
        sql.register("mine", ROWS)
        sql.sql("create temp table kept as select * from mine")
    with arrow_sql() as other, pytest.raises(duckdb.CatalogException):
        other.sql("select * from mine").fetchall()
    with arrow_sql() as other, pytest.raises(duckdb.CatalogException):
        other.sql("select * from kept").fetchall()


def test_a_variable_is_not_taken_for_a_table():
    vehicles = pa.table({"vin": ["A"]})
    with arrow_sql() as arrow, pytest.raises(duckdb.CatalogException, match="vehicles"):
        arrow.sql("select * from vehicles")
    assert vehicles.num_rows == 1


def test_two_uses_at_once_may_give_one_name_to_two_tables():
    with arrow_sql() as one, arrow_sql() as two:
        one.register("t", ROWS)
        two.register("t", ROWS.slice(0, 1))
        assert one.sql("select count(*) from t").fetchall() == [(3,)]
        assert two.sql("select count(*) from t").fetchall() == [(1,)]


def test_a_use_that_broke_is_closed_and_the_next_one_works():
    kept = []

    def break_off():
        with arrow_sql() as sql:
            kept.append(sql)
            sql.sql("selec 1")

    with pytest.raises(duckdb.ParserException):
        break_off()
    (broken,) = kept
    with pytest.raises(duckdb.ConnectionException):
        broken.sql("select 1")
    with arrow_sql() as sql:
        assert sql.sql("select 1").fetchall() == [(1,)]


def test_values_travel_as_parameters_and_are_never_read_as_sql():
    with arrow_sql() as sql:
        sql.register("t", ROWS)
        found = sql.execute("select count(*) from t where vin = ?", ["A' or '1'='1"]).fetchall()
    assert found == [(0,)]


def test_threads_each_sum_their_own_table():
    def total(number):
        with arrow_sql() as sql:
            sql.register("t", pa.table({"n": list(range(number + 1))}))
            return sql.sql("select sum(n) from t").fetchall()[0][0]

    with ThreadPoolExecutor(4) as threads:
        assert list(threads.map(total, range(40))) == [n * (n + 1) // 2 for n in range(40)]
