"""A ledger of the first schema is brought up to date by opening it, with everything that was in it.

``ledger_0001.sql.gz`` was dumped from a ledger of the first release: the folder of the example loaded, a follow-up
frozen and planned, its first wave released on 2013-03-05. All people in it are made up.
"""

from __future__ import annotations

import gzip
import sqlite3
import subprocess
import sys
from contextlib import closing
from datetime import UTC, date, datetime
from pathlib import Path

import psycopg
import pytest

from folder import make_vin
from once_a_run import once_a_run
from renotify.errors import BadInput
from renotify.ledger import follow_ups, migrating, pieces, registry, status, tables, usual_sizes
from renotify.ledger.campaign_history import histories
from renotify.ledger.lookup import lookup
from renotify.ledger.session import open_session
from renotify.ledger.store import named_store
from renotify.ledger.verify import verify

DUMP = Path(__file__).with_name("ledger_0001.sql.gz")
NAME = "follow-up-2013-02"
ROWS = {
    "appointment": 4, "artifact": 15, "campaign": 5, "campaign_part": 23, "dealer": 4, "dealer_capacity": 112,
    "dealer_part_stock": 32, "dealer_stock": 3, "disclosure": 1, "event": 147, "follow_up": 1, "labor_time": 12,
    "listed": 40, "owner": 40, "part": 8, "part_supply": 11, "piece": 14, "plan": 1, "source": 18, "state": 53,
    "vehicle": 40, "wave": 2,
}  # fmt: skip
VIN = make_vin(1)


def first_schema(path):
    """Make a ledger of the first schema."""
    with sqlite3.connect(path) as connection:
        connection.executescript(gzip.decompress(DUMP.read_bytes()).decode())
    connection.close()
    return path


def said_since(connection):
    """A notice that was acknowledged, letters in Spanish alone, and one of wave 2 that is about to be printed."""
    connection.execute(
        "insert into notice (follow_up, audience, code, file, sha256, written_on, acknowledged_at, receipt)"
        f" values ('{NAME}', 'dealer', 'D0001', '/made-up/d.pdf', 'a1', '2013-02-26', '2013-02-27', 'R-1')"
    )
    connection.execute("update piece set language = 'es'")
    planned = "(select min(piece_id) from piece where wave = 2)"
    connection.execute(f"update piece set state = 'released' where piece_id = {planned}")


@pytest.fixture(scope="module")
def old(tmp_path_factory):
    """The path of a ledger of the first schema that was brought up to date by opening it, once a run: to be read."""
    path = tmp_path_factory.mktemp("old") / "old.sqlite3"

    def opened():
        first_schema(path)
        with closing(sqlite3.connect(path)) as connection, connection:
            said_since(connection)
        with open_session(f"sqlite:///{path}", bulk=False):
            return path.read_bytes()

    path.write_bytes(once_a_run("ledger_of_the_first_schema", opened))
    return path


@pytest.mark.parametrize("bulk", [True, False])
def test_every_row_of_an_old_ledger_is_there_and_its_state_stands(old, bulk):
    with open_session(f"sqlite:///{old}", bulk=bulk) as session:
        counted = {table: session.scalar(f"select count(*) from {table}") for table in ROWS}
        assert counted == ROWS
        found = verify(session)
        assert (found["ok"], found["states"], found["vehicles"]) == (True, 53, 40)
        assert session.scalar("select count(*) from pragma_foreign_key_check") == 0


def test_what_was_kept_in_words_has_its_columns(old):
    with open_session(f"sqlite:///{old}") as session:
        released = tables.read(session, "piece", "state", "checked_on", "reason", where="wave = 1")
        days = {row["state"]: row["checked_on"] for row in released.to_pylist()}
        assert days == {"printed": date(2013, 3, 5), "exception": None}
        first, second = pieces.waves(session, NAME)
        assert (first.folder, first.released) == ("/made-up/out/follow-up-2013-02/wave-01", True)
        assert (second.folder, second.released) == ("", False)


def test_pieces_in_spanish_alone_get_english_too_unless_their_letter_was_printed(old):
    with open_session(f"sqlite:///{old}") as session:
        found = tables.read(session, "piece", "state", "language").to_pylist()
    languages = {(row["state"], row["language"]) for row in found}
    assert {one for one in languages if one[0] != "exception"} == {
        ("printed", "es"), ("released", "en+es"), ("planned", "en+es"),
    }  # fmt: skip


def test_an_old_ledger_answers_as_before(old):
    with open_session(f"sqlite:///{old}") as session:
        counted = {row.campaign: row.involved for row in status.counts(session)}
        assert counted == {"9LA": 22, "ALE": 17, "BLB": 2, "BLG": 9, "CLB": 2}
        assert follow_ups.names(session) == [NAME]
        reports = "campaign_code is null"
        kinds = set(tables.read(session, "event", "kind", where=reports)["kind"].to_pylist())
        assert kinds <= {"registered", "scrapped", "exported", "stolen", "total_loss", "unknown"}
        assert session.scalar("select count(*) from event where campaign_code = ''") == 0


def test_what_an_old_ledger_knows_of_its_campaigns_is_their_first_statement(old):
    with open_session(f"sqlite:///{old}") as session:
        said = histories(session)
        assert {code: len(one.statements) for code, one in said.items()} == dict.fromkeys(
            ("9LA", "ALE", "BLB", "BLG", "CLB"), 1
        )
        assert said["9LA"].last == registry.campaign(session, "9LA")
        long_ago = datetime(2001, 1, 1, tzinfo=UTC)
        known = status.counts(session, campaign="9LA", known_at=long_ago)
        assert [(row.campaign, row.involved) for row in known] == [("9LA", 0)]


def test_the_guards_stand_after_the_migration(old):
    with open_session(f"sqlite:///{old}") as session:
        guards = session.scalar("select count(*) from sqlite_master where type = 'trigger'")
        assert guards == 4  # of events and of what was said of campaigns
        with pytest.raises(Exception, match="never changed"), session.transaction():
            session.execute("delete from event")


def test_the_tables_of_millions_of_rows_have_no_row_ids_after_the_migration(old):
    with open_session(f"sqlite:///{old}") as session:
        for table in ("event", "state"):
            made = session.scalar("select sql from sqlite_master where name = :table", table=table)
            assert made.endswith("WITHOUT ROWID")


def test_opening_it_again_migrates_nothing(old):
    with open_session(f"sqlite:///{old}") as session:
        applied = session.scalar("select max(applied) from django_migrations")
    with open_session(f"sqlite:///{old}") as session:
        assert not migrating.is_behind(session)
        assert session.scalar("select max(applied) from django_migrations") == applied


def test_a_ledger_with_rows_that_refer_to_nothing_is_refused_and_stays_as_it_was(tmp_path):
    old = first_schema(tmp_path / "old.sqlite3")
    with sqlite3.connect(old) as connection:
        connection.execute("update event set source_id = 999 where kind = 'added'")
    connection.close()
    with (
        pytest.raises(BadInput, match="cannot be brought up to date"),
        open_session(f"sqlite:///{old}"),
    ):
        pass
    with sqlite3.connect(old) as connection:
        assert connection.execute("select count(*) from event").fetchone() == (147,)
        assert connection.execute("pragma integrity_check").fetchone() == ("ok",)
    connection.close()


@pytest.fixture
def old_postgresql(make_ledger):
    """A PostgreSQL ledger of the first schema with one vehicle, one lost vehicle, a printed and a planned piece."""
    from django.core.management import call_command
    from django.db import connection

    url = make_ledger("postgresql")
    with psycopg.connect(url, autocommit=True) as server:
        server.execute("drop schema public cascade")  # an empty database: going back takes longer
        server.execute("create schema public")
    migrating.set_up_django(named_store(url))
    call_command("migrate", "ledger", "0001", interactive=False, verbosity=0)
    connection.close()
    with psycopg.connect(url, autocommit=True) as server:
        for statement in OLD_ROWS.split(";\n"):
            server.execute(statement)
    return url


OLD_ROWS = f"""
insert into source (kind, name, sha256, table_name, recorded_at) values ('file', 'a.csv', '', '', now());
insert into campaign (source_id, source_row, campaign_code, nhtsa_campaign_number, campaign_type, family, remedy_version,
    risk_weight, facts, remedy_available_date) values (1, 1, '9LA', '09V020000', 'safety_recall', 'safety', 1, 1, '{{"campaign_code": "9LA",
    "nhtsa_campaign_number": "09V020000", "campaign_type": "safety_recall", "make": "Lexus", "subject": "Pipe",
    "remedy_available_date": "2009-01-16"}}', '2009-01-16');
insert into event (vin, subject, content, campaign_code, kind, occurred_on, remedy_version, dealer_code, return_code, source_id,
    source_row) values ('{VIN}', 'pop|9LA|1', '', '9LA', 'added', '2009-01-16', 1, '', '', 1, 1),
    ('{VIN}', 'status|2010-01-01|S', 'scrapped', '', 'scrapped', '2010-01-01', 0, '', '', 1, 2);
insert into state values ('{VIN}', '9LA', 1, true, 'unreachable', 'scrapping', '2010-01-01', '2009-01-16');
insert into follow_up (name, kind, notice_date, frozen_on, settings, source_id)
    values ('small', 'follow_up_voluntary', '2013-02-26', '2013-02-26', '{{}}', 1);
insert into listed (vin, follow_up, family, bundle, dealer_code, left_out, rank) values ('{VIN}', 'small', 'safety', '9LA', '', '', 1);
insert into wave (follow_up, number, week, planned, released_at) values ('small', 1, '2013-03-04', 1, now());
insert into piece (vin, piece_id, follow_up, family, role, bundle, dealer_code, language, owner_as_of, wave, state, reason,
    form_digest, imb, file, return_code) values ('{VIN}', 'P1', 'small', 'safety', 'owner', '9LA', '', 'en', '2012-01-01', 1,
    'printed', 'open on 2013-03-05; owner of 2012-01-01', '', '', '', '');
insert into notice (follow_up, audience, code, file, sha256, written_on, acknowledged_at, receipt)
    values ('small', 'dealer', 'D0001', '/made-up/d.pdf', 'a1', '2013-02-26', '2013-02-27', 'R-1');
insert into artifact values ('/made-up/out/small/wave-01', 'wave_folder', '', 'small', now())"""
EDITION = ("edition", "sha256", "written_on", "sent_on", "acknowledged_at", "receipt")
FIRST_EDITION = dict(
    zip(EDITION, (1, "a1", date(2013, 2, 26), None, "2013-02-27", "R-1"), strict=True)
)


def test_a_notice_of_an_old_ledger_is_its_first_edition(old):
    with open_session(f"sqlite:///{old}") as session:
        assert tables.read(session, "notice", *EDITION).to_pylist() == [FIRST_EDITION]


def test_an_old_ledger_on_postgresql_is_brought_up_to_date(old_postgresql):
    with open_session(old_postgresql) as session:
        assert not migrating.is_behind(session)
        assert verify(session)["ok"]
        (piece,) = tables.read(session, "piece", "state", "checked_on").to_pylist()
        assert piece == {"state": "printed", "checked_on": date(2013, 3, 5)}
        (wave,) = pieces.waves(session, "small")
        assert wave.folder == "/made-up/out/small/wave-01"
        assert tables.read(session, "notice", *EDITION).to_pylist() == [FIRST_EDITION]
        (found,) = lookup(session, [VIN], on=date(2013, 2, 26))
        assert [one["status"] for one in found["campaigns"]] == ["unreachable"]
        with pytest.raises(Exception, match="never changed"), session.transaction():
            session.execute("delete from event")


def schema(file):
    """Return every statement of a schema but for its white space, and the migrations that made it, in their order."""
    with closing(sqlite3.connect(file)) as connection:
        made = connection.execute("select type, name, tbl_name, sql from sqlite_master").fetchall()
        names = connection.execute("select app, name from django_migrations order by id").fetchall()
    return {(*row[:3], " ".join((row[3] or "").split())) for row in made}, names


def test_the_script_of_an_empty_ledger_makes_what_the_migrations_make(old, tmp_path):
    """`make docs` writes the script; names of migrations and every statement of the schema are those of a ledger that had them all."""
    scripted = tmp_path / "scripted.sqlite3"
    migrating.bring_up_to_date(named_store(f"sqlite:///{scripted}"))
    assert schema(scripted) == schema(old)
    assert len(schema(scripted)[0]) > 40


def test_the_first_migration_makes_the_schema_of_the_first_release(tmp_path):
    """So that a ledger of the first release that had the others since is one that had them all."""
    from django.core.management import call_command
    from django.db import connection

    made, kept = tmp_path / "made.sqlite3", first_schema(tmp_path / "kept.sqlite3")
    migrating.set_up_django(named_store(f"sqlite:///{made}"))
    call_command("migrate", "ledger", "0001", interactive=False, verbosity=0)
    connection.close()
    assert schema(made) == schema(kept)


def test_sqlite_knows_which_index_of_a_large_table_tells_rows_apart(tmp_path):
    """Each index of these tables has its usual size, and a vehicle's letter is looked for by its VIN, not through its follow-up."""
    file = tmp_path / "new.sqlite3"
    migrating.bring_up_to_date(named_store(f"sqlite:///{file}"))
    with closing(sqlite3.connect(file)) as ledger:
        told = {(t, i): stat for t, i, stat in ledger.execute("select * from sqlite_stat1")}
        assert told == usual_sizes.USUAL
        for table in {table for table, _ in told}:
            for index in ledger.execute(f"pragma index_list({table})").fetchall():
                columns = ledger.execute(f"pragma index_info({index[1]})").fetchall()
                name = table if (table, index[1]) not in told else index[1]
                assert len(told[table, name].split()) == len(columns) + 1, index
        plan = ledger.execute(
            "explain query plan select * from listed l where follow_up = 'f' and exists (select 1 from piece p"
            " where p.vin = l.vin and p.follow_up = l.follow_up and p.state in ('listed', 'planned'))"
        ).fetchall()
    assert "sqlite_autoindex_piece_2 (vin=?)" in plan[-1][3]


def test_sqlite_reads_a_follow_up_s_list_as_it_stands_and_a_dealer_s_by_the_index(tmp_path):
    file = tmp_path / "new.sqlite3"
    migrating.bring_up_to_date(named_store(f"sqlite:///{file}"))
    with closing(sqlite3.connect(file)) as ledger:

        def plan(where):
            asked = f"explain query plan select vin, week from listed where {where}"
            return ledger.execute(asked).fetchall()[-1][3]

        assert plan("follow_up = 'f'") == "SCAN listed"
        assert "listed_by_dealer" in plan("follow_up = 'f' and dealer_code = 'd'")


def test_a_new_ledger_is_made_without_django(tmp_path):
    code = (
        "import sys; from renotify.ledger.session import open_session\n"
        f"with open_session('sqlite:///{tmp_path}/new.sqlite3', bulk=False) as session:\n"
        "    assert session.scalar('select count(*) from event') == 0\n"
        "assert 'django' not in sys.modules"
    )
    subprocess.run([sys.executable, "-c", code], check=True)
