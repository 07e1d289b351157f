"""PostgreSQL keeps a vehicle of which only its first list has spoken as one narrow row, and nobody who reads can tell."""

from __future__ import annotations

from datetime import date
from typing import NamedTuple

import psycopg
import pytest
from adbc_driver_manager import dbapi

from folder import ON, Folder, make_vin
from renotify.ledger import fold, migrating, tables
from renotify.ledger.intake import load
from renotify.ledger.session import open_session
from renotify.ledger.store import named_store
from renotify.ledger.verify import verify

FILED, DAY = date(2009, 1, 16), date(2012, 5, 2)
FIRST, SECOND = make_vin(1), make_vin(2)
PLAIN = "select count(*) from plain_population"


class Found(NamedTuple):
    """A row of plain_population."""

    vin: str
    content: str | None


def two(folder):
    return folder.campaign("9LA").dealer().vehicle(FIRST, "9LA").vehicle(SECOND, "9LA")


def load_two(session, path):
    load(session, [two(Folder(path)).write()], on=ON)


@pytest.fixture
def listed(session_on, folder):
    """A ledger with two vehicles of 9LA, of which only the list has spoken; the folder has the same rows."""
    two(folder)
    return session_on("postgresql", load_two)


def events(session):
    found = tables.read(session, "event", order="vin, occurred_on").to_pylist()
    session.renew()
    return found


def states(session):
    found = tables.read(session, "state", order="vin").to_pylist()
    session.renew()
    return found


def take(session, path):
    found = load(session, [path], on=ON).tables
    session.renew()
    return found


def test_a_plain_row_is_read_as_its_event_and_its_state(listed):
    assert listed.scalar("select count(*) from event_row") == 0
    assert listed.scalar("select count(*) from state_row") == 0
    source = listed.scalar("select id from source where table_name = 'population'")
    rows = events(listed)
    assert rows[0] == {
        "source_id": source, "source_row": 2, "vin": min(FIRST, SECOND), "subject": "pop|9LA|1", "content": "",
        "campaign_code": "9LA", "kind": "added", "occurred_on": FILED, "remedy_version": 1, "dealer_code": "", "hours": None,
        "return_code": "",
    }  # fmt: skip
    assert [row["source_row"] for row in rows] == [2, 3]
    assert states(listed) == [
        {"vin": vin, "campaign_code": "9LA", "remedy_version": 1, "current": True, "status": "open", "reason": "",
         "since": FILED, "added_on": FILED}
        for vin in sorted((FIRST, SECOND))
    ]  # fmt: skip


def test_a_repair_writes_the_row_out_and_its_event_stays_what_it_was(listed, folder):
    before = {row["vin"]: row for row in events(listed)}
    take(listed, folder.repair(FIRST, "9LA", DAY).write())
    assert [row.vin for row in listed.rows(Found, "select vin, content from plain_population")] == [SECOND]  # fmt: skip
    after = events(listed)
    assert [row for row in after if row["kind"] == "added"] == [before[v] for v in sorted(before)]
    assert {row["vin"]: row["status"] for row in states(listed)} == {FIRST: "repaired", SECOND: "open"}  # fmt: skip
    assert verify(listed)["ok"]


def test_the_same_rows_in_a_new_file_say_nothing_new(listed, tmp_path):
    again = tmp_path / "again"
    again.mkdir()
    (again / "population.csv").write_text(f"vin,campaign_code\n{SECOND},9LA\n{FIRST},9LA\n")
    counts = take(listed, again)["population"]
    assert (counts.accepted, counts.unchanged) == (0, 2)
    assert len(events(listed)) == 2


def test_a_correction_of_a_plain_row_is_the_event_that_counts(listed, tmp_path):
    dated = tmp_path / "dated"
    dated.mkdir()
    (dated / "population.csv").write_text(f"vin,campaign_code,added_date\n{FIRST},9LA,2010-08-01\n")
    assert take(listed, dated)["population"].accepted == 1
    assert {row["vin"]: row["since"] for row in states(listed)} == {FIRST: date(2010, 8, 1), SECOND: FILED}  # fmt: skip
    assert [row["content"] for row in events(listed)].count("2010-08-01") == 1
    assert verify(listed)["ok"]


def test_a_plain_row_that_is_taken_back_leaves_its_event_and_no_state(listed, tmp_path):
    back = tmp_path / "back"
    back.mkdir()
    (back / "population.csv").write_text(f"vin,campaign_code,withdrawn\n{FIRST},9LA,yes\n")
    take(listed, back)
    assert [row["vin"] for row in states(listed)] == [SECOND]
    assert [row["kind"] for row in events(listed) if row["vin"] == FIRST].count("added") == 1
    assert listed.scalar(PLAIN) == 1
    assert verify(listed)["ok"]


@pytest.mark.parametrize(
    "sql",
    [
        "delete from plain_population",
        "truncate plain_population",
        "update plain_population set occurred_on = occurred_on",
        "delete from event",
        "update event set source_row = 7 where false",
    ],
)
def test_a_plain_row_is_as_little_changed_or_deleted_as_any_event(listed, sql):
    with pytest.raises(dbapi.Error, match="never changed"), listed.transaction():
        listed.execute(sql)
    assert len(events(listed)) == 2


def test_an_event_is_recorded_once_whether_it_is_plain_or_not(listed):
    names = "source_id, source_row, vin, subject, content, campaign_code, kind, occurred_on, remedy_version, dealer_code, return_code"
    said = "insert into {} ({}) select {} from event where vin = '{}'"
    with pytest.raises(dbapi.Error, match="recorded already"), listed.transaction():
        listed.execute(said.format("event_row", names, names, FIRST))
    with listed.transaction():
        assert listed.execute(said.format("event", names, names, FIRST)) == 0
        # a change of its state makes it an event like any other
        listed.execute("update state set status = 'repaired' where vin = :vin", vin=FIRST)
        assert listed.execute(said.format("event", names, names, FIRST)) == 0
    plain = (
        "insert into plain_population select vin, campaign_code, remedy_version, null, occurred_on, source_id, source_row"
        " from event where vin = :vin"
    )
    with pytest.raises(dbapi.Error, match="recorded already"), listed.transaction():
        listed.execute(plain, vin=FIRST)


@pytest.mark.parametrize(("column", "value"), [("source_id", "999"), ("campaign_code", "'nobody'")])
def test_a_plain_row_refers_to_what_is_there(listed, column, value):
    row = {"vin": "'V'", "campaign_code": "'9LA'", "remedy_version": "1", "occurred_on": "date '2010-01-01'",
        "source_id": "1", "source_row": "1"} | {column: value}  # fmt: skip
    sql = f"insert into plain_population ({', '.join(row)}) values ({', '.join(row.values())})"
    with pytest.raises(dbapi.Error, match=f"{column} that"), listed.transaction():
        listed.execute(sql)


def test_what_a_plain_row_refers_to_cannot_be_deleted(listed):
    for sql in (
        "delete from source where table_name = 'population'",
        "delete from campaign where campaign_code = '9LA'",
    ):
        with pytest.raises(dbapi.Error, match="still names"), listed.transaction():
            listed.execute(sql)


def test_a_step_back_in_the_schema_and_forth_again_loses_nothing(listed):
    from django.core.management import call_command
    from django.db import connection

    before, ledger = (events(listed), states(listed)), listed.store.url
    with psycopg.connect(ledger, autocommit=True) as server:
        server.execute("grant select on event to pg_read_all_settings")
    migrating.set_up_django(named_store(ledger))
    try:
        call_command("migrate", "ledger", "0020", interactive=False, verbosity=0)
    finally:
        connection.close()
    with psycopg.connect(ledger, autocommit=True) as server:
        assert server.execute("select count(*), min(kind) from only event").fetchone() == (2, "added")  # fmt: skip
        may = "select has_table_privilege('pg_read_all_settings', 'event', 'select')"
        assert server.execute(may).fetchone() == (True,)
        with open_session(ledger) as session:  # which brings it up to date
            assert (events(session), states(session)) == before
            assert session.scalar(PLAIN) == 0  # what was written out stays so
            assert verify(session)["ok"]
        assert server.execute(may).fetchone() == (True,)
    assert tuple(before[1][0]) == fold.COLUMNS
