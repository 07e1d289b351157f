"""Two copies of SQLite in one process never have the ledger open together."""

from __future__ import annotations

import threading

import pytest

from renotify.errors import Inconsistent

REFUSED = "may not open the ledger"


def quick_check(url):
    import sqlite3

    with sqlite3.connect(url.removeprefix("sqlite:///")) as connection:
        return connection.execute("pragma quick_check").fetchall()


def test_rows_written_in_turns_are_all_there(sqlite_ledger):
    from django.db import connections

    from renotify.ledger import sources
    from renotify.ledger.bulk import bulk

    for _ in range(3):
        sources.record("command", "a turn of Django")
        with bulk() as using:
            using.execute("delete from dealer_stock")
            using.execute(
                "insert into dealer_stock (vin, dealer_code, stock_type, in_date, source_id,"
                " source_row) values ('V', 'D', 'new', '2013-01-01', 1, 1)"
            )
    with bulk() as using:
        assert using.scalar("select count(*) from source") == 3
    connections.close_all()
    assert quick_check(sqlite_ledger) == [("ok",)]


@pytest.mark.usefixtures("sqlite_ledger")
def test_django_is_refused_while_a_bulk_connection_is_open():
    from renotify.ledger import sources
    from renotify.ledger.bulk import bulk

    with bulk(), pytest.raises(Inconsistent, match=REFUSED):
        sources.record("command", "too early")
    assert sources.record("command", "in time")


@pytest.mark.usefixtures("sqlite_ledger")
def test_a_bulk_connection_is_refused_while_another_thread_has_django_open():
    from renotify.ledger import sources
    from renotify.ledger.bulk import bulk

    opened, done = threading.Event(), threading.Event()

    def other():
        from django.db import connection

        sources.record("command", "another thread")
        opened.set()
        done.wait(10)
        connection.close()

    thread = threading.Thread(target=other)
    thread.start()
    opened.wait(10)
    with pytest.raises(Inconsistent, match=REFUSED), bulk():
        pass
    done.set()
    thread.join()
    with bulk() as using:
        assert using.scalar("select count(*) from source") == 1
