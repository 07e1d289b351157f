"""A row of owners or dealer_stock that should never have been is taken back by a row of its key."""

from __future__ import annotations

from datetime import date

import pytest

from folder import Folder, make_vin
from renotify.ledger import tables
from renotify.ledger.intake.staging import NOTHING_KNOWN, contradicting

VIN, OTHER = make_vin(1), make_vin(2)
FOUND, WRONG = date(2012, 6, 1), date(2012, 12, 1)


@pytest.fixture
def folder_of(tmp_path):
    """An input folder of a name, with one dealer."""
    return lambda name: Folder(tmp_path / name)


@pytest.fixture
def first(folder_of, take):
    """Load two owners of one vehicle, the newer one wrong, and a car in stock."""
    made = folder_of("first").dealer().vehicle(VIN, owner=None)
    made.owner(VIN, name1="BEA EXAMPLE", as_of=FOUND).owner(VIN, name1="ANA WRONG", as_of=WRONG)
    made.in_stock(OTHER, "D0001", "used", date(2013, 1, 7))
    take(made)
    return made


def owners(session):
    session.renew()
    return [row["name1"] for row in tables.read(session, "owner", "name1", "as_of").to_pylist()]


def stock(session):
    session.renew()
    return tables.read(session, "dealer_stock", "vin").num_rows


def statuses(session):
    session.renew()
    return tables.read(session, "state", "status")["status"].to_pylist()


def taken_back(made):
    made.owner(VIN, name1="ANA WRONG", as_of=WRONG, withdrawn="yes")
    made.in_stock(OTHER, "D0001", "used", date(2013, 1, 7))
    made.rows["dealer_stock"][-1]["withdrawn"] = "yes"
    return made


def test_an_owner_and_a_car_in_stock_are_taken_back_and_no_old_file_brings_them_back(
    session, take, first, folder_of
):
    gone = taken_back(folder_of("gone"))
    loaded = take(gone)
    assert [loaded.tables[t].accepted for t in ("owners", "dealer_stock")] == [1, 1]
    assert (owners(session), stock(session)) == (["BEA EXAMPLE"], 0)

    assert contradicting("owners", 1) in take(first).notes
    again = take(first, gone)  # the whole folder, as every week
    assert (owners(session), stock(session)) == (["BEA EXAMPLE"], 0)
    assert (again.tables["owners"].unchanged, again.tables["dealer_stock"].unchanged) == (3, 2)


def test_what_was_taken_back_stands_again_when_a_new_file_says_it(session, take, first, folder_of):
    take(taken_back(folder_of("gone")))
    said = folder_of("said").owner(VIN, name1="ANA WRONG", as_of=WRONG, city="Salem")
    assert take(said).tables["owners"].accepted == 1
    assert sorted(owners(session)) == ["ANA WRONG", "BEA EXAMPLE"]


def test_of_one_load_the_last_row_of_a_key_counts(sqlite_session, take, folder_of):
    made = folder_of("one").owner(VIN, name1="ANA WRONG", as_of=WRONG)
    made.owner(VIN, name1="ANA WRONG", as_of=WRONG, withdrawn="yes")
    made.owner(VIN, name1="BEA EXAMPLE", as_of=FOUND, withdrawn="yes")
    made.owner(VIN, name1="BEA EXAMPLE", as_of=FOUND)
    loaded = take(made, into=sqlite_session).tables["owners"]
    assert (owners(sqlite_session), loaded.accepted, loaded.unchanged) == (["BEA EXAMPLE"], 2, 2)


def test_a_key_that_nobody_said_takes_nothing_back_and_is_refused(
    sqlite_session, take, rejected, folder_of
):
    made = folder_of("typo").owner(VIN, as_of=date(2011, 1, 1), withdrawn="yes")
    loaded = take(made, into=sqlite_session)
    (line,) = rejected(loaded)
    assert (line["column"], line["reason"]) == ("withdrawn", NOTHING_KNOWN)
    assert (loaded.tables["owners"].rejected, owners(sqlite_session)) == (1, [])


def test_a_returned_letter_counts_again_when_the_newer_owner_is_taken_back(
    sqlite_session, take, folder_of
):
    made = folder_of("returned").campaign("9LA").dealer().vehicle(VIN, "9LA", owner=None)
    made.add(
        "mail_events", vin=VIN, campaign_code="9LA", kind="returned", mailed_date="2012-10-01",
        returned_date="2012-10-20", return_code="SKIP_TRACE_EXHAUSTED",
    )  # fmt: skip
    made.owner(VIN, as_of=FOUND).owner(VIN, name1="ANA WRONG", as_of=WRONG)
    take(made, into=sqlite_session)
    assert statuses(sqlite_session) == ["open"]
    gone = folder_of("gone").owner(VIN, name1="ANA WRONG", as_of=WRONG, withdrawn="yes")
    take(gone, into=sqlite_session)
    assert statuses(sqlite_session) == ["unreachable"]
