"""The first list of a ledger gives what any later one gives, row by row, on both stores, however large it is taken to be."""

from __future__ import annotations

import shutil
from collections import Counter
from typing import NamedTuple

import numpy as np
import pyarrow as pa
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from folder import ON, Folder, make_vin
from renotify.ledger import fold, tables
from renotify.ledger.intake import first_load, load, vin_order
from renotify.ledger.intake.numbered_rows import Statements
from renotify.ledger.session import open_session
from renotify.ledger.verify import verify

HEADER = "campaign_code,vin,remedy_version,added_date,removed_date"
EVENT = (
    "vin",
    "subject",
    "content",
    "campaign_code",
    "kind",
    "occurred_on",
    "remedy_version",
    "source_row",
)
DAYS = ("", "2010-08-01", "2011-03-01")
LISTED = st.tuples(
    st.sampled_from(("9LA", "ALE")), st.sampled_from([make_vin(n) for n in range(6)]),
    st.sampled_from(("", "2", "3")), st.sampled_from(DAYS), st.sampled_from(("", "", "2012-05-01")),
)  # fmt: skip
MANY_LISTS = settings(
    max_examples=12,
    deadline=None,
    suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow],
)
SOME_LISTS = settings(MANY_LISTS, max_examples=2)  # each makes two databases


def listing(folder, rows):
    """Write population.csv beside the folder's campaigns; return the folder's path."""
    path = folder.campaign("9LA").campaign("ALE").write()
    text = "\n".join([HEADER, *(",".join(row) for row in rows)])
    (path / "population.csv").write_text(text + "\n")
    return path


def kept(session):
    """All events and states, with the row that each event came from."""
    session.renew()
    events = tables.read(session, "event", *EVENT).to_pylist()
    states = tables.read(session, "state", *fold.COLUMNS).to_pylist()
    return [Counter(tuple(row.values()) for row in rows) for rows in (events, states)]


@pytest.fixture
def large(monkeypatch):
    """Every first list counts as a large one, and what is in memory at once is two rows."""
    monkeypatch.setattr(first_load, "MANY", 0)
    monkeypatch.setattr(vin_order, "AT_ONCE", 2)
    monkeypatch.setattr(vin_order, "SAMPLE", 1)


@pytest.fixture
def fresh(sqlite_template, tmp_path):
    """Open an empty ledger, each time it is called."""

    def opened():
        path = tmp_path / "fresh.sqlite3"
        path.unlink(missing_ok=True)
        shutil.copy(sqlite_template, path)
        return open_session(f"sqlite:///{path}")

    return opened


@MANY_LISTS
@given(rows=st.lists(LISTED, max_size=14))
def test_any_first_list_gives_what_the_general_road_gives(large, tmp_path, fresh, rows):
    both_roads(listing(Folder(tmp_path / "in"), rows), fresh)


@SOME_LISTS
@given(rows=st.lists(LISTED, min_size=8, max_size=14))
def test_any_first_list_gives_the_same_on_postgresql(large, tmp_path, make_ledger, rows):
    path = listing(Folder(tmp_path / "in"), rows)
    both_roads(path, lambda: open_session(make_ledger("postgresql")))


def both_roads(path, fresh):
    """Load a folder by the general road and by that of a first list: counts, events and states are the same."""
    roads = []
    for begins in (lambda *_: False, lambda _, good: good.contract.table == "population"):
        with pytest.MonkeyPatch.context() as patch, fresh() as session:
            patch.setattr(first_load, "begins", begins)
            counts = load(session, [path], on=ON).tables["population"]
            roads.append((counts, *kept(session)))
            assert verify(session)["ok"]
    assert roads[0] == roads[1]


def test_each_vehicle_of_a_first_list_is_open_since_its_campaign_was_filed(take, folder, session):
    path = listing(folder, [("9LA", make_vin(2), "", "", ""), ("9LA", make_vin(1), "", "", "")])
    assert take(path).tables["population"].accepted == 2
    rows = tables.read(session, "state", "vin", "status", "since", "current").to_pylist()
    filed = tables.read(session, "campaign", "filed_date", where="campaign_code = '9LA'")
    day = filed["filed_date"].to_pylist()[0]
    open_one = {"status": "open", "since": day, "current": True}
    assert sorted(rows, key=lambda row: row["vin"]) == [
        {"vin": vin, **open_one} for vin in sorted((make_vin(1), make_vin(2)))
    ]


def test_a_large_first_list_with_a_row_said_twice_and_one_corrected_is_counted_row_by_row(
    large, take, folder, session
):
    again = ("9LA", make_vin(1), "", "2010-08-01", "")
    corrected = ("9LA", make_vin(1), "", "2011-03-01", "")
    removed = ("ALE", make_vin(1), "", "", "2012-05-01")
    counts = take(listing(folder, [again, again, corrected, removed])).tables["population"]
    assert (counts.accepted, counts.unchanged, counts.rejected) == (3, 1, 0)
    states = tables.read(session, "state", "campaign_code", "status", "added_on").to_pylist()
    found = {row["campaign_code"]: (row["status"], str(row["added_on"])) for row in states}
    assert found["9LA"] == ("open", "2011-03-01")
    assert found["ALE"][0] == "removed"
    assert verify(session)["ok"]


def test_a_large_first_list_with_a_removal_is_open_or_removed_vehicle_by_vehicle(
    large, take, folder, session
):
    removed = ("9LA", make_vin(1), "", "", "2012-05-01")
    counts = take(listing(folder, [removed, ("9LA", make_vin(2), "", "", "")]))
    assert counts.tables["population"].accepted == 2
    states = tables.read(session, "state", "vin", "status").to_pylist()
    assert {row["vin"]: row["status"] for row in states} == {
        make_vin(1): "removed", make_vin(2): "open",
    }  # fmt: skip
    assert verify(session)["ok"]


def test_a_large_first_list_leaves_keys_indexes_and_guards_as_they_were(
    large, take, folder, session
):
    before = guards(session)
    take(listing(folder, [("9LA", make_vin(1), "", "", ""), ("ALE", make_vin(1), "", "", "")]))
    session.renew()
    assert guards(session) == before
    assert len(before) >= 3
    with pytest.raises(Exception, match="never changed"), session.transaction():
        session.execute("delete from event")


class Guard(NamedTuple):
    """A key, index or trigger that is on."""

    name: str


def guards(session):
    """The keys, indexes and triggers of the tables that a first list is written to."""
    names = (
        "select name from sqlite_master where tbl_name in ('event', 'state')"
        if session.sqlite
        else "select tgname || ' ' || cast(tgenabled as text) as name from pg_trigger"
        " where tgrelid in (cast('event_row' as regclass), cast('plain_population' as regclass)) union all"
        " select cast(indexname as text) from pg_indexes where tablename in ('event_row', 'plain_population')"
        " union all select column_name || ' by default' from information_schema.columns"
        " where table_name = 'plain_population' and column_default is not null"
    )
    return {row.name for row in session.rows(Guard, names)}


def test_a_reader_in_a_snapshot_does_not_hold_up_a_large_first_list(
    large, take, folder, ledger, session
):
    with open_session(ledger) as reader:
        assert reader.scalar("select count(*) from state") == 0
        counts = take(listing(folder, [("9LA", make_vin(1), "", "", "")])).tables["population"]
        assert counts.accepted == 1
        assert reader.scalar("select count(*) from state") == 0
        reader.renew()
        assert reader.scalar("select count(*) from state") == 1


def test_a_first_list_in_no_order_comes_into_the_order_of_its_vins_a_few_rows_at_a_time(large):
    rows = vin_order.SortedRows()
    for vins in ([b"B", b"D"], [b"A", b"C", b"D"], [b"AB"]):
        some = np.zeros(len(vins), vin_order.ROW)
        some["vin"], some["source_row"] = vins, range(len(vins))
        rows.add(some)
    merged = [(row["vin"], int(row["source_row"])) for some in rows.merged() for row in some]
    assert merged == [(b"A", 0), (b"AB", 0), (b"B", 0), (b"C", 1), (b"D", 1), (b"D", 2)]


def test_what_several_parts_of_a_list_say_is_kept_once():
    def part(code, *rows):
        codes = [code] * len(rows)
        return pa.record_batch([codes, [make_vin(n) for n in rows], rows], ["code", "vin", "source_row"])  # fmt: skip

    parts = [part("9LA", 4, 2), part("ALE", 3), part("9LA", 1)]
    statements = Statements(pa.RecordBatchReader.from_batches(parts[0].schema, parts))
    rows = statements.rows.read_all().to_pylist()
    assert statements.table["code"].to_pylist() == ["9LA", "ALE"]
    assert {row["source_row"]: row["statement"] for row in rows} == {1: 0, 2: 0, 3: 1, 4: 0}
