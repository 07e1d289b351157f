"""Split, shuffled or repeated, the same rows make the same ledger."""

from __future__ import annotations

import random
import shutil

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from folder import Folder
from ledger.intake.small_history import fill, write_in_parts
from renotify.ledger.session import open_session


@pytest.fixture
def whole(folder, take, known):
    """Return the ledger after the history was loaded in one piece, and its counts."""

    def loaded():
        done = take(fill(folder))
        return known(), done.tables

    return loaded


@pytest.fixture
def empty_ledger(sqlite_template, tmp_path):
    """Open an empty SQLite ledger of a new name, each time it is called."""

    def opened(name):
        path = tmp_path / f"{name}.sqlite3"
        path.unlink(missing_ok=True)
        shutil.copy(sqlite_template, path)
        return open_session(f"sqlite:///{path}")

    return opened


def test_a_history_in_one_piece_has_something_of_everything(whole):
    content, counts = whole()
    assert {row[4] for row in content["state"]} == {
        "open", "repaired", "inspected_ok", "unreachable", "removed",
    }  # fmt: skip
    assert counts["population"].rejected == 2
    assert counts["owners"].rejected == 1
    assert counts["repair_orders"].rejected == 2
    assert counts["repair_orders"].unchanged == 3


def test_in_parts_it_is_the_same(take, known, tmp_path, empty_ledger):
    files = write_in_parts(fill(Folder(tmp_path / "x")), tmp_path / "parts", 3, parquet=True)
    take(*reversed(files))
    in_parts = known()
    with empty_ledger("whole") as whole:
        take(fill(Folder(tmp_path / "whole")), into=whole)
        assert in_parts == known(whole)


@pytest.fixture
def in_one_piece(empty_ledger, take, known, tmp_path):
    """The counts of a load in one piece, and what the ledger then holds."""
    with empty_ledger("one") as one:
        counts = take(fill(Folder(tmp_path / "one")), into=one).tables
        return counts, known(one)


@pytest.mark.parametrize("ledger", ["sqlite"], indirect=True)
@settings(
    max_examples=3,
    deadline=None,
    suppress_health_check=[HealthCheck.function_scoped_fixture],
)
@given(split=st.tuples(st.integers(1, 9), st.booleans()), seed=st.integers(0, 2**16))
def test_any_split_in_any_order_makes_the_same_ledger(
    split, seed, in_one_piece, empty_ledger, take, known, tmp_path
):
    (parts, parquet), (counts, expected) = split, in_one_piece
    folder = tmp_path / f"many-{parts}-{parquet}-{seed}"
    shutil.rmtree(folder, ignore_errors=True)
    files = write_in_parts(fill(Folder(folder)), folder, parts, parquet)
    random.Random(seed).shuffle(files)
    with empty_ledger("many") as many:
        assert take(*files, into=many).tables == counts
        assert known(many) == expected
        assert all(not again.accepted for again in take(*files, into=many).tables.values())
        assert known(many) == expected
