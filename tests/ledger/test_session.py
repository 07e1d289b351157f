"""What a session promises, of each kind: one instant, all or nothing, typed values, and clear refusals."""

from __future__ import annotations

from contextlib import closing, suppress
from datetime import date
from typing import NamedTuple

import pyarrow as pa
import pytest

from cases import at_once
from ledger.sessions import KINDS, NEW_SOURCE, SQLITE_DESK, elsewhere
from renotify.errors import BadInput, Inconsistent
from renotify.ledger import bulk_session, sources
from renotify.ledger.kinds import SourceKind
from renotify.ledger.session import open_session
from renotify.ledger.store import named_store

DAY = date(2013, 2, 26)


class Mixed(NamedTuple):
    """A row of every type, each of which may be null."""

    word: str | None
    number: int | None
    share: float | None
    day: date | None
    yes: bool | None


@pytest.fixture(params=KINDS)
def url(request):
    """The ledger of a kind of session."""
    store = "postgresql" if request.param == "postgresql" else "sqlite"
    return request.getfixturevalue("make_ledger")(store)


@pytest.fixture
def session(request, url):
    kind = request.node.callspec.params["url"]
    with open_session(url, bulk=kind != SQLITE_DESK) as opened:
        yield opened


def names(session):
    return [one.name for one in sources.named(session, range(1, 100))]


def record(session, name="here"):
    return sources.record(session, SourceKind.COMMAND, name)


# One instant


def test_two_reads_see_the_same_instant_though_another_process_commits_between_them(url, session):
    assert names(session) == []
    elsewhere(url, NEW_SOURCE)
    assert names(session) == []


def test_a_renewed_session_sees_what_was_committed_meanwhile(url, session):
    assert names(session) == []
    elsewhere(url, NEW_SOURCE)
    session.renew()
    assert names(session) == ["elsewhere"]


def test_what_is_remembered_is_found_once_of_an_instant_and_anew_of_the_next_one_and_in_a_transaction(
    url, session
):
    found = []

    def every_name(asked):
        found.append(names(asked))
        return found[-1]

    assert session.remembered(every_name) == session.remembered(every_name) == []
    elsewhere(url, NEW_SOURCE)
    assert session.remembered(every_name) == []
    assert len(found) == 1
    session.renew()
    assert len(names(session)) == 1  # another read began the next instant
    assert len(session.remembered(every_name)) == 1
    with session.transaction():
        record(session)
        assert len(session.remembered(every_name)) == 2
    assert len(session.remembered(every_name)) == 2
    assert len(found) == 4


def test_what_is_remembered_of_one_thing_is_not_given_for_another(session):
    asked = []

    def doubled(_session, number):
        asked.append(number)
        return 2 * number

    names(session)  # a snapshot begins
    assert [session.remembered(doubled, number) for number in (1, 2, 1)] == [2, 4, 2]
    assert asked == [1, 2]


def test_a_transaction_sees_the_newest_state(url, session):
    assert names(session) == []
    elsewhere(url, NEW_SOURCE)
    with session.transaction():
        assert names(session) == ["elsewhere"]
        record(session)
    assert names(session) == ["elsewhere", "here"]


def test_reads_under_a_claim_see_the_newest_state(url, session):
    assert names(session) == []
    elsewhere(url, NEW_SOURCE)
    with session.claim("a wave") as free:
        assert free
        assert names(session) == ["elsewhere"]


def test_what_is_staged_stays_when_the_snapshot_is_renewed(session):
    session.stage("numbers", pa.table({"n": [1, 2]}))
    session.renew()
    assert session.scalar("select cast(sum(n) as int) from numbers") == 3


# All or nothing


def test_a_transaction_that_fails_leaves_nothing(session):
    with suppress(ZeroDivisionError), session.transaction():
        record(session)
        raise ZeroDivisionError
    assert names(session) == []
    with session.transaction():
        record(session)
    assert names(session) == ["here"]


def test_a_failed_statement_undoes_the_transaction_and_the_session_goes_on(session):

    def two_steps():
        with session.transaction():
            record(session)
            session.execute("insert into no_such_table (n) values (1)")

    with pytest.raises(Exception, match="no_such_table"):
        two_steps()
    assert names(session) == []


def test_a_failed_read_leaves_a_session_that_reads_on(session):
    assert names(session) == []
    with pytest.raises(Exception, match="no_such_table"):
        session.scalar("select count(*) from no_such_table")
    assert names(session) == []


def test_a_commit_that_fails_leaves_nothing_and_the_session_goes_on(session):
    """A row that refers to nothing is found at the end of the transaction."""
    unknown = (
        "insert into dealer_capacity (dealer_code, week, hours_available, source_id, source_row)"
        " values ('D0001', '2013-03-04', 40, :source, 1)"
    )
    with pytest.raises(Exception, match=r"(?i)foreign key"), session.transaction():
        session.execute(unknown, source=record(session))
    assert names(session) == []
    with session.transaction():
        record(session)
    assert names(session) == ["here"]


def test_a_transaction_within_a_transaction_is_refused_and_the_outer_one_stands_alone(session):
    with session.transaction():
        record(session)
        with pytest.raises(Inconsistent, match="open already"), session.transaction():
            pass
        record(session, "after")
    assert names(session) == ["here", "after"]


@pytest.mark.parametrize(
    "sql",
    [
        "delete from source",
        "  update source set name = 'x'",
        "insert into source select * from source",
        "create table stray (n integer)",
        "drop table source",
        "with gone as (delete from source returning id) select count(*) from gone",
    ],
)
def test_a_write_outside_a_transaction_is_refused(session, sql):
    with session.transaction():
        record(session)
    for run in (session.execute, session.scalar):
        with pytest.raises(Inconsistent, match="outside a transaction would be lost"):
            run(sql)
    session.renew()
    assert names(session) == ["here"]


def test_a_temporary_table_may_be_changed_outside_a_transaction(session):
    session.stage("numbers", pa.table({"n": [1, 2, 3]}))
    session.execute("create temporary table evens as select n from numbers where n = 2")
    assert session.execute("insert into evens select n + 2 from numbers where n = 2") == 1
    assert session.execute("delete from numbers") == 3
    assert session.scalar("select cast(sum(n) as int) from evens") == 6


def test_a_statement_tells_how_many_rows_it_changed_with_values_and_without(session):
    session.stage("numbers", pa.table({"n": [1, 2, 3, 4]}))
    assert session.execute("update numbers set n = n + 10 where n > :least", least=2) == 2
    assert session.execute("delete from numbers where n > 10") == 2
    assert session.execute("delete from numbers where n = :n", n=99) == 0


# Values in and out


@pytest.fixture
def mixed():
    return pa.table(
        {
            "word": ["it's :word", None],
            "number": pa.array([7, None], pa.int64()),
            "share": pa.array([0.5, None], pa.float64()),
            "day": pa.array([DAY, None], pa.date32()),
            "yes": pa.array([True, None], pa.bool_()),
        }
    )


def test_rows_come_as_typed_values_nulls_included(session, mixed):
    session.stage("mixed", mixed)
    found = session.rows(
        Mixed, "select word, number, share, day, yes from mixed order by number desc"
    )
    full, empty = sorted(found, key=lambda row: row.word is None)
    assert full == Mixed("it's :word", 7, 0.5, DAY, True)
    assert [type(value) for value in full] == [str, int, float, date, bool]
    assert empty == Mixed(None, None, None, None, None)


def test_values_of_every_type_go_in_by_name(session, mixed):
    session.stage("mixed", mixed)
    where = "word = :word and number = :number and share = :share and day = :day"
    found = session.scalar(
        f"select count(*) from mixed where {where}", day=DAY, share=0.5, number=7, word="it's :word"
    )
    assert found == 1


def test_a_name_within_a_quoted_text_is_no_value(session):
    assert (
        session.scalar("select ':word it''s :number' || :word", word="!") == ":word it's :number!"
    )


def test_a_value_may_be_used_twice(session):
    assert session.scalar("select cast(:n as int) + cast(:n as int)", n=4) == 8


def test_a_list_of_texts_is_a_table(session):
    found = session.read(
        f"select value from {session.list_values('codes')} as listed order by value",
        pa.schema([("value", pa.string())]),
        codes='["BLB", "9LA"]',
    )
    assert found["value"].to_pylist() == ["9LA", "BLB"]


def test_staging_again_replaces_the_table_and_says_how_many_rows(session):
    assert session.stage("numbers", pa.table({"n": [1, 2]})) == 2
    assert session.stage("numbers", pa.table({"word": ["x"]})) == 1
    assert session.scalar("select word from numbers") == "x"


def test_batches_are_staged_one_after_the_other(session):
    batches = [pa.record_batch({"n": [n, n]}) for n in range(3)]
    reader = pa.RecordBatchReader.from_batches(batches[0].schema, batches)
    assert session.stage("numbers", reader) == 6
    assert session.scalar("select cast(sum(n) as int) from numbers") == 6


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
def late(session):
    """Two thousand rows of nothing, and then one of something."""
    blank = 2000
    rows = pa.table(
        {
            "number": pa.array(range(blank + 1)),
            "day": pa.array([None] * blank + [DAY], pa.date32()),
            "hours": pa.array([None] * blank + [2.5]),
            "word": pa.array([None] * blank + ["text"]),
            "yes": pa.array([False] * blank + [True]),
        }
    )
    session.stage("some_rows", rows)
    return rows


def test_a_column_that_begins_with_nulls_keeps_its_type(session, late):
    read = session.read("select * from some_rows order by number", WANTED)
    assert read.equals(late.cast(WANTED))


def test_a_column_of_nulls_alone_keeps_its_type(session, late):
    read = session.read("select * from some_rows where number < 5", WANTED)
    assert read["day"].null_count == 5
    assert read.schema == WANTED


def test_no_rows_are_an_empty_table_of_the_schema(session, late):
    read = session.read("select * from some_rows where number < 0", WANTED)
    assert (read.num_rows, read.schema) == (0, WANTED)


def test_rows_come_in_the_order_asked_for(session, late):
    read = session.read("select * from some_rows order by number desc limit 3", WANTED)
    assert read["number"].to_pylist() == [2000, 1999, 1998]


def test_columns_are_taken_by_their_names(session, late):
    wanted = pa.schema([("word", pa.string()), ("number", pa.int64())])
    read = session.read("select number, word from some_rows where number = 2000", wanted)
    assert read.to_pylist() == [{"word": "text", "number": 2000}]


# Claims


CLAIM = """
with session.claim("wave 1") as free:
    print(free)
"""


def test_a_claim_keeps_another_process_out_until_it_ends(url, session):
    with session.claim("wave 1") as free:
        assert free
        assert elsewhere(url, CLAIM) == "False"
    assert elsewhere(url, CLAIM) == "True"


def test_a_claim_keeps_another_session_of_the_same_process_out(url, session):
    kind = session.__class__.__name__
    with open_session(url, bulk="Desk" not in kind) as other:
        with session.claim("wave 1") as first, other.claim("wave 1") as second:
            assert (first, second) == (True, False)
        with other.claim("wave 1") as free:
            assert free


def test_a_claim_that_was_refused_does_not_end_the_one_that_was_granted(url, session):
    with session.claim("wave 1"):
        for _ in range(2):
            assert elsewhere(url, CLAIM) == "False"


# What does not open


@at_once("bulk", [True, False])
@at_once("wrong", ["mysql://server/name", "renotify.sqlite3", "sqlite://", "sqlite:///", "what?"])
def test_a_url_of_another_kind_is_refused_with_the_right_ones(wrong, bulk):
    with pytest.raises(BadInput) as refused, open_session(wrong, bulk=bulk):
        pass
    assert "sqlite:///file.sqlite3 or postgresql://" in refused.value.hint


@pytest.mark.parametrize("bulk", [True, False])
def test_a_file_that_is_no_database_is_refused_and_stays_as_it_is(tmp_path, bulk):
    path = tmp_path / "letter.txt"
    path.write_text("Dear owner, " * 1000)
    with (
        pytest.raises(BadInput, match="cannot be opened"),
        open_session(f"sqlite:///{path}", bulk=bulk),
    ):
        pass
    assert path.read_text() == "Dear owner, " * 1000
    path.unlink()
    with open_session(f"sqlite:///{path}", bulk=not bulk) as session:
        assert names(session) == []


@pytest.mark.parametrize("bulk", [True, False])
def test_a_folder_that_is_not_there_is_refused(tmp_path, bulk):
    url = f"sqlite:///{tmp_path}/missing/ledger.sqlite3"
    with pytest.raises(BadInput) as refused, open_session(url, bulk=bulk):
        pass
    assert "is the folder there" in refused.value.hint


def test_a_server_that_is_not_there_is_refused():
    url = "postgresql://nobody@127.0.0.1:1/nothing"
    with pytest.raises(BadInput) as refused, open_session(url):
        pass
    assert "is the server running" in refused.value.hint


@pytest.mark.parametrize("bulk", [True, False])
def test_a_new_ledger_is_made_by_opening_it(tmp_path, bulk):
    with open_session(f"sqlite:///{tmp_path}/new.sqlite3", bulk=bulk) as session:
        with session.transaction():
            assert record(session) == 1
        assert names(session) == ["here"]


# What is kept of a database between sessions


def test_a_session_stays_open_when_what_is_known_of_its_database_is_dropped_for_another(
    make_ledger, postgresql_server, monkeypatch
):
    """Room for one database: a session on the second drops what is known of the first, whose session reads on."""
    monkeypatch.setattr(bulk_session, "KEPT", 1)
    monkeypatch.setattr(bulk_session, "_KNOWN", {})
    first, second = named_store(make_ledger("postgresql")), named_store(postgresql_server)
    with open_session(first.url) as here:
        known = bulk_session._KNOWN[first.url]
        with closing(bulk_session.PostgresqlSession(second)):
            assert list(bulk_session._KNOWN) == [second.url]
        with here.transaction():
            record(here)
        assert names(here) == ["here"]
    with open_session(first.url) as again:
        assert names(again) == ["here"]
        assert bulk_session._KNOWN[first.url] != known
        with open_session(first.url):
            assert list(bulk_session._KNOWN) == [first.url]
