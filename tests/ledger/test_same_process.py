"""Two copies of SQLite in one process never have the ledger open together; one copy serves many threads."""

from __future__ import annotations

import threading
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime

import pytest

from folder import ON, make_vin
from ledger.history import Row, load, register
from renotify.errors import Inconsistent
from renotify.ledger import migrating, sources
from renotify.ledger.kinds import SourceKind
from renotify.ledger.lookup import lookup
from renotify.ledger.session import open_session
from renotify.ledger.store import named_store

REFUSED = "may not open the ledger"
THREADS, TIMES = 8, 25


@pytest.fixture
def url(sqlite_ledger):
    """A ledger whose Django connections of this thread are closed at the end."""
    yield sqlite_ledger
    from django.db import connections

    connections.close_all()


@pytest.fixture
def source_model(url):
    """Django's model of a source on this ledger."""
    migrating.set_up_django(named_store(url))
    from renotify.ledger.models import Source

    return Source


def record(session, name):
    with session.transaction():
        sources.record(session, SourceKind.COMMAND, name)


def make_by_django(source_model, name):
    source_model.objects.create(
        kind="command", name=name, sha256="", table_name="", recorded_at=datetime.now(UTC)
    )


def check(url):
    """Return what SQLite itself finds in the file, and the names of all sources."""
    with open_session(url, bulk=False) as session:
        found = session.scalar("pragma integrity_check")
        return found, sorted(s.name for s in sources.named(session, range(1, 10_000)))


@pytest.mark.parametrize("first", [True, False])
def test_a_session_of_the_other_kind_is_refused_until_the_first_is_closed(url, first):
    with open_session(url, bulk=first) as session:
        record(session, "before")
        with pytest.raises(Inconsistent, match=REFUSED), open_session(url, bulk=not first):
            pass
        record(session, "after")
    with open_session(url, bulk=not first) as session:
        record(session, "the other kind")
    assert check(url) == ("ok", ["after", "before", "the other kind"])


def test_two_sessions_of_one_kind_may_be_open(url):
    for bulk in (True, False):
        with open_session(url, bulk=bulk) as one, open_session(url, bulk=bulk) as other:
            record(one, f"one {bulk}")
            record(other, f"other {bulk}")
    assert check(url)[1] == ["one False", "one True", "other False", "other True"]


def test_sessions_of_two_ledgers_do_not_know_of_each_other(url, tmp_path):
    with (
        open_session(url) as bulk,
        open_session(f"sqlite:///{tmp_path}/another.sqlite3", bulk=False) as desk,
    ):
        record(bulk, "here")
        record(desk, "there")
    assert check(url) == ("ok", ["here"])


def test_another_name_of_the_same_file_is_the_same_ledger(url, tmp_path):
    (tmp_path / "link.sqlite3").symlink_to(url.removeprefix("sqlite:///"))
    with (
        open_session(url),
        pytest.raises(Inconsistent, match=REFUSED),
        open_session(f"sqlite:///{tmp_path}/link.sqlite3", bulk=False),
    ):
        pass


def test_django_is_refused_while_a_bulk_session_is_open_and_no_row_is_lost(url, source_model):
    with open_session(url) as session:
        record(session, "before")
        with pytest.raises(Inconsistent, match=REFUSED):
            make_by_django(source_model, "too early")
        record(session, "after")
    make_by_django(source_model, "in time")
    assert check(url) == ("ok", ["after", "before", "in time"])


def test_a_bulk_session_is_refused_while_another_thread_has_django_open(url, source_model):
    opened, done = threading.Event(), threading.Event()

    def other():
        from django.db import connection

        make_by_django(source_model, "another thread")
        opened.set()
        done.wait(10)
        connection.close()

    thread = threading.Thread(target=other)
    thread.start()
    opened.wait(10)
    with pytest.raises(Inconsistent, match=REFUSED), open_session(url):
        pass
    done.set()
    thread.join()
    with open_session(url) as session:
        assert session.scalar("select count(*) from source") == 1


def test_desk_sessions_and_django_work_on_one_file_in_many_threads(url, source_model):
    vins = [make_vin(number) for number in range(THREADS)]
    with open_session(url, bulk=False) as session:
        register(session, "9LA")
        load(session, [Row(vin, "added", ON, "9LA", 1) for vin in vins])

    def work(place):
        from django.db import connection

        with open_session(url, bulk=False) as session:
            for time in range(TIMES):
                (found,) = lookup(session, [vins[place]], on=ON)
                assert [one["status"] for one in found["campaigns"]] == ["open"]
                record(session, f"desk {place} {time}")
                make_by_django(source_model, f"django {place} {time}")
                assert source_model.objects.filter(name=f"desk {place} {time}").exists()
        connection.close()

    with ThreadPoolExecutor(THREADS) as threads:
        list(threads.map(work, range(THREADS)))
    every = [
        f"{kind} {p} {t}"
        for kind in ("desk", "django")
        for p in range(THREADS)
        for t in range(TIMES)
    ]
    found, known = check(url)
    assert found == "ok"
    assert known == sorted([*every, "campaigns.toml", "events.csv"])
