"""Any history: the fold agrees with the slow one, at every day and for every state of knowledge."""

from __future__ import annotations

from datetime import date, timedelta

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from folder import make_vin
from ledger import slow_fold
from ledger.history import Said, load, loaded_at, owners, register

VINS = (make_vin(1), make_vin(2))
CODES = ("9LA", "ALE")
FIRST = date(2010, 1, 1)
DAYS = [FIRST + timedelta(days=n) for n in range(8)]
ANY_HISTORY = settings(
    max_examples=40,
    deadline=None,
    suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow],
)
day, vin, code = st.sampled_from(DAYS), st.sampled_from(VINS), st.sampled_from(CODES)
version, about = st.integers(1, 3), st.sampled_from("ABC")


def of(kinds, **more):
    return st.builds(Said, vin=vin, kind=st.sampled_from(kinds), day=day, **more)


EVENTS = st.one_of(
    of(["added"], campaign=code, version=version),
    of(["added", "removed"], campaign=code, version=version),
    of(["remedied", "inspected_ok", "declined"], campaign=code, about=about),
    of(["registered", "exported", "stolen", "scrapped", "total_loss", "unknown"]),
    of(["mailed"], campaign=code, about=about),
    of(["returned"], campaign=code, about=about, code=st.sampled_from(["K", "COA", "?"])),
)
LOADS = st.lists(st.lists(EVENTS, max_size=8), min_size=1, max_size=4)
OWNERS = st.lists(st.tuples(vin, day), max_size=3, unique=True)


def tell(loads, known_owners=()):
    from renotify.ledger.bulk import bulk

    with bulk() as using, using.transaction():
        for table in ("event", "state", "owner", "source"):
            using.execute(f"delete from {table}")
        owners(known_owners, at=loaded_at(0), using=using)
        for number, said in enumerate(loads, 1):
            load(said, at=loaded_at(number), using=using)


def kept():
    from renotify.ledger import fold, tables

    rows = tables.read("state", *fold.COLUMNS).to_pylist()
    return {tuple(row[name] for name in fold.COLUMNS) for row in rows}


def folded(using, **cut):
    from renotify.ledger import fold, tables

    limits = fold.Cut(**cut)
    fold.prepare(using, limits)
    rows = using.read(fold.folded(limits), tables.schema("state"), **limits.values).to_pylist()
    return {tuple(row[name] for name in fold.COLUMNS) for row in rows}


def agrees(loads, known_owners):
    from renotify.ledger.bulk import bulk
    from renotify.ledger.verify import verify

    tell(loads, known_owners)
    assert kept() == slow_fold.fold(loads, known_owners)
    assert verify()["ok"]
    with bulk() as using:
        for today in DAYS[::2]:
            assert folded(using, as_of=today) == slow_fold.fold(loads, known_owners, today)
        for number in range(1, len(loads)):
            known = slow_fold.fold(loads[:number], known_owners)
            assert folded(using, known_at=loaded_at(number)) == known


def adds_up(row):
    parts = [row[name] for name in ("repaired", "inspected_ok", "removed", "open")]
    return row["involved"] == sum(parts) + sum(row["unreachable"].values())


@pytest.fixture
def sqlite_store(sqlite_ledger):
    register(*CODES)
    return sqlite_ledger


@pytest.fixture
def store(ledger):
    register(*CODES)
    return ledger


@pytest.mark.usefixtures("sqlite_store")
@ANY_HISTORY
@given(loads=LOADS, known_owners=OWNERS)
def test_any_history_folds_as_the_definition_says(loads, known_owners):
    agrees(loads, known_owners)


@pytest.mark.usefixtures("store")
@settings(ANY_HISTORY, max_examples=5)
@given(loads=LOADS, known_owners=OWNERS)
def test_any_history_folds_alike_on_both_stores(loads, known_owners):
    agrees(loads, known_owners)


@pytest.mark.usefixtures("sqlite_store")
@settings(ANY_HISTORY, max_examples=20)
@given(
    said=st.lists(EVENTS, max_size=20, unique_by=lambda one: (one.vin, one.subject)), data=st.data()
)
def test_the_order_and_the_splitting_of_loads_do_not_matter(said, data):
    tell([said])
    at_once = kept()
    shuffled = data.draw(st.permutations(said))
    cut = data.draw(st.integers(0, len(said)))
    tell([shuffled[:cut], shuffled[cut:]])
    assert kept() == at_once


@pytest.mark.usefixtures("sqlite_store")
@settings(ANY_HISTORY, max_examples=10)
@given(loads=LOADS)
def test_telling_it_all_again_changes_nothing(loads):
    tell(loads)
    before = kept()
    for number, said in enumerate(loads, 10):
        load(said, at=loaded_at(number))
    assert kept() == before


@pytest.mark.usefixtures("store")
@settings(ANY_HISTORY, max_examples=4)
@given(loads=LOADS, known_owners=OWNERS, today=day)
def test_the_identity_holds_at_every_day_and_instant(loads, known_owners, today):
    from renotify.ledger import status

    tell(loads, known_owners)
    for cut in ({}, {"as_of": today}, {"as_of": today, "known_at": loaded_at(1)}):
        for by in ("campaign", "dealer"):
            assert all(map(adds_up, status.counts(by=by, **cut)))
