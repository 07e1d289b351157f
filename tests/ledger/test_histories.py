"""Any history: the fold agrees with the slow one, at every day and for every state of knowledge."""

from __future__ import annotations

from contextlib import contextmanager, suppress
from datetime import date, timedelta

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from folder import make_vin
from ledger import slow_fold
from ledger.history import Row, load, loaded_at, owners, register
from renotify.ledger import fold, status, tables
from renotify.ledger.verify import verify

VINS = (make_vin(1), make_vin(2))
CODES = ("9LA", "ALE")
FIRST = date(2010, 1, 1)
DAYS = [FIRST + timedelta(days=n) for n in range(8)]
ANY_HISTORY = settings(
    max_examples=16,
    deadline=None,
    suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow],
)
day, vin, code = st.sampled_from(DAYS), st.sampled_from(VINS), st.sampled_from(CODES)
version, about = st.integers(1, 3), st.sampled_from("ABC")


def of(kinds, **more):
    return st.builds(Row, vin=vin, kind=st.sampled_from(kinds), day=day, **more)


EVENTS = st.one_of(
    of(["added"], campaign=code, version=version),
    of(["added", "removed"], campaign=code, version=version),
    of(["remedied", "inspected_ok", "declined"], campaign=code, about=about),
    of(["registered", "exported", "stolen", "scrapped", "total_loss", "unknown"]),
    of(["mailed"], campaign=code, about=about),
    of(
        ["returned"],
        campaign=code,
        about=about,
        code=st.sampled_from(["SKIP_TRACE_EXHAUSTED", "K", "?"]),
    ),
    of(["withdrawn"], campaign=code, version=version, takes=st.sampled_from(["added", "removed"])),
    of(
        ["withdrawn"],
        campaign=code,
        about=about,
        takes=st.sampled_from(["remedied", "mailed", "returned"]),
    ),
    of(["withdrawn"], takes=st.just("stolen")),
)
LOADS = st.lists(st.lists(EVENTS, max_size=8), min_size=1, max_size=4)
OWNERS = st.lists(st.tuples(vin, day), max_size=3, unique=True)


class Undo(Exception):
    """Nothing is wrong: the transaction shall not stand."""


@contextmanager
def undone(session):
    """A transaction that is rolled back: events cannot be deleted, and every example needs an empty ledger."""

    with suppress(Undo), session.transaction():
        yield
        raise Undo


def record(session, loads, known_owners=()):
    owners(session, known_owners, at=loaded_at(0))
    for number, rows in enumerate(loads, 1):
        load(session, rows, at=loaded_at(number))


def kept(session):
    rows = tables.read(session, "state", *fold.COLUMNS).to_pylist()
    return {tuple(row[name] for name in fold.COLUMNS) for row in rows}


def folded(session, **limits):
    cut = fold.AsOf(**limits)
    fold.prepare(session, cut)
    return found(session, cut, fold.folded(cut))


def found(session, cut, sql):
    rows = session.read(sql, tables.schema("state"), **cut.values).to_pylist()
    assert len(rows) == len({tuple(row[name] for name in fold.KEY) for row in rows})
    return {tuple(row[name] for name in fold.COLUMNS) for row in rows}


def states(session, **limits):
    """The states of a part, of which only the vehicles are folded to which something happened since, be they most."""
    cut = fold.AsOf(**limits)
    with pytest.MonkeyPatch.context() as patched:
        patched.setattr(fold, "_MOST", 0)
        return found(session, cut, fold.states(session, cut))


def agrees(session, loads, known_owners):
    with undone(session):
        record(session, loads, known_owners)
        assert kept(session) == slow_fold.fold(loads, known_owners)
        assert verify(session)["ok"]
        for today in DAYS[::2]:
            then = slow_fold.fold(loads, known_owners, today)
            assert folded(session, as_of=today) == states(session, as_of=today) == then
            of_one = {row for row in then if row[1] == CODES[0]}
            assert states(session, as_of=today, campaigns=CODES[:1]) == of_one
        for number in range(1, len(loads)):
            known = slow_fold.fold(loads[:number], known_owners)
            assert folded(session, known_at=loaded_at(number)) == known


def adds_up(row):
    return row.involved == row.done + row.removed + row.open + row.unreachable


@pytest.fixture
def sqlite_store(sqlite_session):
    register(sqlite_session, *CODES)
    return sqlite_session


@pytest.fixture
def store(session):
    register(session, *CODES)
    return session


@ANY_HISTORY
@given(loads=LOADS, known_owners=OWNERS)
def test_any_history_folds_as_the_definition_says(sqlite_store, loads, known_owners):
    agrees(sqlite_store, loads, known_owners)


@pytest.mark.parametrize("ledger", ["postgresql"], indirect=True)
@settings(ANY_HISTORY, max_examples=5)
@given(loads=LOADS, known_owners=OWNERS)
def test_any_history_folds_alike_on_postgresql(store, loads, known_owners):
    agrees(store, loads, known_owners)


@settings(ANY_HISTORY, max_examples=10)
@given(
    rows=st.lists(EVENTS, max_size=20, unique_by=lambda one: (one.vin, one.subject)), data=st.data()
)
def test_the_order_and_the_splitting_of_loads_do_not_matter(sqlite_store, rows, data):
    shuffled = data.draw(st.permutations(rows))
    split = data.draw(st.integers(0, len(rows)))
    with undone(sqlite_store):
        record(sqlite_store, [rows])
        at_once = kept(sqlite_store)
    with undone(sqlite_store):
        record(sqlite_store, [shuffled[:split], shuffled[split:]])
        assert kept(sqlite_store) == at_once


@settings(ANY_HISTORY, max_examples=6)
@given(loads=LOADS)
def test_loading_it_all_again_changes_nothing(sqlite_store, loads):
    with undone(sqlite_store):
        record(sqlite_store, loads)
        before = kept(sqlite_store)
        for number, rows in enumerate(loads, 10):
            load(sqlite_store, rows, at=loaded_at(number))
        assert kept(sqlite_store) == before


@settings(ANY_HISTORY, max_examples=4)
@given(loads=LOADS, known_owners=OWNERS, today=day)
def test_the_identity_holds_at_every_day_and_instant(store, loads, known_owners, today):
    with undone(store):
        record(store, loads, known_owners)
        for limits in ({}, {"as_of": today}, {"as_of": today, "known_at": loaded_at(1)}):
            for by in ("campaign", "dealer"):
                assert all(map(adds_up, status.counts(store, by=by, **limits)))
