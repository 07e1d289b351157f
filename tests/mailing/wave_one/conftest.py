"""The first wave of a small follow-up, released once a store and copied for each test."""

import pytest

from mailing.wave_files import in_order, three_released
from renotify.ledger.session import open_session


@pytest.fixture(params=["sqlite", "postgresql"])
def session(request, session_on):
    return session_on(request.param, three_released)


@pytest.fixture
def released(session):
    return [row["piece_id"] for row in in_order(session)]


@pytest.fixture
def sqlite_session(session_on):
    return session_on("sqlite", three_released)


@pytest.fixture
def on_sqlite(sqlite_session):
    return [row["piece_id"] for row in in_order(sqlite_session)]


@pytest.fixture
def empty(sqlite_ledger):
    with open_session(sqlite_ledger) as opened:
        yield opened
