"""A column that a file does not have says nothing of it: what the ledger has stays. New rows take the default."""

from __future__ import annotations

from datetime import date

import pytest

from folder import make_vin
from renotify.ledger import tables
from renotify.ledger.intake import Counts

VIN, OTHER = make_vin(1), make_vin(2)
END = date(2012, 12, 31)
FULL = "vin,role,name1,name2,addr1,addr2,city,state,zip,zip4,as_of,source,country,end_date"
DMV = "vin,role,name1,addr1,city,state,zip,as_of,source"


@pytest.fixture
def session(sqlite_session):
    """On SQLite: that PostgreSQL takes every table alike is the walk's (tests/corridors) and test_load's to show."""
    return sqlite_session


@pytest.fixture
def loaded(session, tmp_path, folder, take):
    """Load these files, name by name, each a header and its rows, and return what the load said."""
    take(folder.dealer().vehicle(VIN, owner=None).vehicle(OTHER, owner=None))

    def of(**files):
        place = tmp_path / "monthly"
        place.mkdir(exist_ok=True)
        for old in place.iterdir():
            old.unlink()
        for name, lines in files.items():
            (place / f"{name}.csv").write_text("\n".join([*lines, ""]))
        done = take(place)
        session.renew()
        return done

    return of


def full(vin=VIN, end=END, country=""):
    return f"{vin},lessee,ANA EXAMPLE,BEN EXAMPLE,12 Elm St,Apt 3,Boston,MA,02108,1234,2010-01-01,state,{country},{end or ''}"


def dmv(vin=VIN, street="12 Elm St"):
    return f"{vin},lessee,ANA EXAMPLE,{street},Boston,MA,02108,2010-01-01,state"


def owner(session, vin=VIN):
    (row,) = tables.read(session, "owner", where="vin = :vin", vin=vin).to_pylist()
    return row


def test_a_file_without_the_column_leaves_end_and_country_as_they_are(session, loaded):
    loaded(owners=[FULL, full(country="CA").replace("MA,02108,1234", "QC,H2X 1Y4,")])
    done = loaded(owners=[DMV, dmv().replace("MA,02108", "QC,H2X 1Y4")])
    assert done.tables["owners"] == Counts(unchanged=1)
    assert (owner(session)["end_date"], owner(session)["country"]) == (END, "CA")


def test_a_file_that_has_the_column_and_leaves_it_blank_takes_the_end_back(session, loaded):
    loaded(owners=[FULL, full()])
    done = loaded(owners=[FULL, full(end=None)])
    assert done.tables["owners"] == Counts(accepted=1)
    assert owner(session)["end_date"] is None


def test_a_new_row_of_a_file_without_the_column_takes_the_default(session, loaded):
    loaded(owners=[FULL, full()])
    assert loaded(owners=[DMV, dmv(), dmv(OTHER)]).tables["owners"] == Counts(accepted=1, unchanged=1)  # fmt: skip
    assert (owner(session, OTHER)["end_date"], owner(session, OTHER)["country"]) == (None, "")


def test_what_belongs_to_an_address_goes_with_it(session, loaded):
    """The ZIP+4 and unit of the street of before would be printed under the new one."""
    loaded(owners=[FULL, full()])
    assert loaded(owners=[DMV, dmv(street="9 Oak St")]).tables["owners"] == Counts(accepted=1)
    row = owner(session)
    assert (row["addr1"], row["addr2"], row["zip4"]) == ("9 Oak St", "", "")
    assert (row["name2"], row["end_date"]) == ("BEN EXAMPLE", END)


def test_of_two_files_only_the_one_with_the_column_speaks_of_it(session, loaded):
    loaded(owners=[FULL, full(), full(OTHER)])
    later = date(2013, 6, 30)
    done = loaded(owners_a=[DMV, dmv()], owners_b=[FULL, full(OTHER, end=later)])
    assert done.tables["owners"] == Counts(accepted=1, unchanged=1)
    assert (owner(session)["end_date"], owner(session, OTHER)["end_date"]) == (END, later)


@pytest.mark.parametrize("names", [("owners_a", "owners_b"), ("owners_2013-02", "owners_2012-01")])
def test_two_files_about_one_owner_complete_each_other(session, loaded, rejected, names):
    """Whichever is newer: the one without the column does not contradict the other one."""
    done = loaded(**{names[0]: [DMV, dmv()], names[1]: [FULL, full()]})
    assert done.tables["owners"] == Counts(accepted=1, unchanged=1), rejected(done)
    assert owner(session)["end_date"] == END
    assert owner(session)["zip4"] == "1234"


def test_a_car_once_sold_is_not_put_back_on_the_yard(session, loaded):
    head = "vin,dealer_code,stock_type,in_date"
    loaded(dealer_stock=[f"{head},sold_date", f"{VIN},D0001,new,2012-01-02,2012-03-01"])
    done = loaded(dealer_stock=[head, f"{VIN},D0001,new,2012-01-02"])
    assert done.tables["dealer_stock"] == Counts(unchanged=1)
    assert tables.read(session, "dealer_stock")["sold_date"].to_pylist() == [date(2012, 3, 1)]
