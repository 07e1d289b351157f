"""Two files of one table in one load: where the names, or what is in them, say which is newer, it stands, and the load says so."""

from __future__ import annotations

from datetime import date

import pytest

from cases import at_once
from folder import make_vin
from renotify.ledger import tables
from renotify.ledger.intake import Counts, file_dates

VIN, OTHER = make_vin(1), make_vin(2)
HEADER = "vin,make,model,model_year,dealer_code"
OWNERS = "vin,role,name1,addr1,city,state,zip,as_of,source"


@pytest.fixture
def session(sqlite_session):
    """On SQLite: that PostgreSQL takes every table alike is the walk's (tests/corridors) and test_load's to show."""
    return sqlite_session


@pytest.fixture
def loaded(session, tmp_path, folder, take):
    """Load these files, name by name, and return what the load said."""
    take(folder.dealer())

    def of(header=HEADER, **files):
        place = tmp_path / "monthly"
        place.mkdir(exist_ok=True)
        for name, rows in files.items():
            (place / f"{name}.csv").write_text("\n".join([header, *rows, ""]))
        done = take(place)
        session.renew()
        return done

    return of


def vehicle(model, vin=VIN):
    return f"{vin},Lexus,{model},2006,D0001"


def owner(street, as_of):
    return f"{VIN},owner,ANA EXAMPLE,{street},Boston,MA,02108,{as_of},state"


def models(session):
    return tables.read(session, "vehicle", order="vin")["model"].to_pylist()


def test_the_newer_file_stands_and_the_load_says_so(session, loaded):
    done = loaded(
        vehicles_2013_02=[vehicle("IS 350"), vehicle("GS", OTHER)],
        vehicles_2012_11=[vehicle("IS 250"), vehicle("GS", OTHER)],
    )
    assert models(session) == ["IS 350", "GS"]
    assert done.tables["vehicles"] == Counts(accepted=2, unchanged=2)
    assert done.notes == [
        "vehicles_2013_02.csv is newer than vehicles_2012_11.csv: it stands where 1 row of vehicles_2012_11.csv says otherwise."
    ]


@pytest.mark.parametrize(
    "names",
    [
        ("vehicles_a", "vehicles_b"),  # no dates
        ("vehicles_2012", "vehicles_2012-06"),  # one within the other
        ("vehicles", "vehicles_2013"),
    ],
)
def test_where_nobody_can_tell_the_newer_the_row_is_refused_with_the_cure(loaded, rejected, names):
    done = loaded(**{names[0]: [vehicle("IS 250")], names[1]: [vehicle("IS 350")]})
    assert done.tables["vehicles"] == Counts(accepted=1, rejected=1)
    (line,) = rejected(done)
    assert line["file"] == f"{names[1]}.csv"
    assert line["reason"] == (
        f"Row 2 of {names[0]}.csv says otherwise for the same vin."
        " With dates in the names of the files (2013-02) the newer one would stand."
    )


def test_within_the_newer_file_a_contradiction_is_refused_as_ever(session, loaded, rejected):
    done = loaded(
        vehicles_2012=[vehicle("IS 250")], vehicles_2013=[vehicle("IS 350"), vehicle("IS 300")]
    )
    assert models(session) == ["IS 350"]
    assert done.tables["vehicles"] == Counts(accepted=1, rejected=1, unchanged=1)
    (line,) = rejected(done)
    assert line["reason"] == "Row 2 of vehicles_2013.csv says otherwise for the same vin."


def test_owners_of_files_without_dates_are_as_new_as_their_latest_row(session, loaded):
    late = f"{OTHER},owner,BEN EXAMPLE,1 Oak St,Boston,MA,02108,2013-02-01,state"
    done = loaded(
        header=OWNERS, owners_a=[owner("2 New St", "2012-12-01"), late], owners_b=[owner("1 Old St", "2012-12-01")]
    )  # fmt: skip
    streets = tables.read(session, "owner", where="vin = :vin", vin=VIN)["addr1"].to_pylist()
    assert streets == ["2 New St"]
    assert "owners_a.csv is newer than owners_b.csv" in done.notes[0]


@at_once(
    ("name", "first", "last"),
    [
        ("vehicles_2013", date(2013, 1, 1), date(2013, 12, 31)),
        ("vehicles_2012-02", date(2012, 2, 1), date(2012, 2, 29)),
        ("vehicles-20130226", date(2013, 2, 26), date(2013, 2, 26)),
        ("vehicles.2013_02_26_final", date(2013, 2, 26), date(2013, 2, 26)),
        ("vehicles_2013Q1", date(2013, 1, 1), date(2013, 3, 31)),
    ],
)
def test_a_name_bears_a_day_a_month_a_quarter_or_a_year(name, first, last):
    assert file_dates.period_of(name) == (first, last)


@at_once(
    "name", ["vehicles", "vehicles_2", "vehicles_2013-13", "vehicles_120130226", "v-refused-2013ab"]
)
def test_other_numbers_are_no_dates(name):
    assert file_dates.period_of(name) is None


def test_of_the_first_lists_of_a_ledger_the_newer_one_rules(session, folder, take):
    place = folder.campaign("9LA").dealer().vehicle(VIN).vehicle(OTHER).write()
    header = "campaign_code,vin,removed_date"
    for name, day in {"2012-12": "2012-11-01", "2013-01": ""}.items():
        rows = "\n".join([header, f"9LA,{VIN},{day}", f"9LA,{OTHER},", ""])
        (place / f"population_{name}.csv").write_text(rows)
    take(place)
    session.renew()
    assert tables.read(session, "state")["status"].to_pylist() == ["open", "open"]
