"""Rows that are kept though something about them is unusual: owners abroad, unknown dealers, work before the filing."""

from __future__ import annotations

from datetime import date

import pytest

from folder import make_vin
from renotify.ledger import status, tables
from renotify.ledger.registry import Counts

VIN, OTHER = make_vin(1), make_vin(2)


@pytest.fixture
def session(sqlite_session):
    """The store is not the subject here."""
    return sqlite_session


@pytest.fixture
def base(folder):
    return folder.campaign("9LA").dealer().vehicle(VIN, "9LA", build_date=date(2006, 5, 2))


def stored(session, *columns):
    return [tuple(row.values()) for row in tables.read(session, "owner", *columns).to_pylist()]


# ---- owners abroad


@pytest.mark.parametrize(
    ("written", "kept"),
    [
        ({"state": "on", "zip": "m5v 2t6"}, ("ON", "M5V 2T6", "")),
        ({"state": "Ontario", "zip": "M5V2T6", "country": "Canada"}, ("ONTARIO", "M5V2T6", "CA")),
        ({"state": "", "zip": "", "country": "CAN"}, ("", "", "CA")),
        ({"state": "Bavaria", "zip": "80331", "country": "Germany"}, ("BAVARIA", "80331", "DE")),
        ({"state": "MA", "zip": "02108", "country": "Suffolk"}, ("MA", "02108", "")),
        ({"state": "CA", "zip": "92618", "country": "CA"}, ("CA", "92618", "")),
        ({"state": "", "zip": "96910", "country": "Guam"}, ("GU", "96910", "")),
        ({"state": "Ont.", "zip": "M5V  2T6"}, ("ONT.", "M5V  2T6", "")),
        ({"state": "CN", "zip": "M5V 2T6"}, ("CN", "M5V 2T6", "")),
        ({"city": "Toronto", "state": "CA", "zip": "M5V 2T6"}, ("ON", "M5V 2T6", "")),
        ({"city": "Tijuana", "state": "BCN", "zip": "22000"}, ("BCN", "22000", "")),
        ({"state": "England", "zip": "SW1A 1AA"}, ("ENGLAND", "SW1A 1AA", "")),
        ({"state": "N/A", "zip": "M5V 2T6", "country": "CA"}, ("", "M5V 2T6", "CA")),
        ({"state": "unknown", "zip": "null", "country": "DE"}, ("", "", "DE")),
        ({"state": "AE", "zip": "09102", "country": ""}, ("AE", "09102", "")),
        ({"state": "PR", "zip": "00901", "country": "Puerto Rico"}, ("PR", "00901", "")),
    ],
)
def test_an_owner_abroad_is_kept_as_written(base, session, take, written, kept):
    base.rows.pop("owners")
    loaded = take(base.owner(VIN, **written).owner(OTHER))
    assert loaded.tables["owners"] == Counts(accepted=2)
    assert (*kept, None) in stored(session, "state", "zip", "country", "end_date")
    assert ("MA", "02108", "", None) in stored(session, "state", "zip", "country", "end_date")


@pytest.mark.parametrize(
    ("written", "column", "reason"),
    [
        ({"state": "IL", "zip": "2108"}, "zip", "A ZIP code has five digits"),
        ({"state": "ON", "zip": "2108"}, "zip", "A ZIP code has five digits"),
        ({"state": "NY", "zip": "M5V 2T6"}, "zip", "A ZIP code has five digits"),
        ({"state": "Wien", "zip": "02108", "country": "Freedonia"}, "state", "A state is two letters"),
        ({"state": "Massa", "zip": "62701"}, "state", "A state is two letters"),
        ({"state": "", "zip": "00000", "country": "USA"}, "state", "state is blank."),
        ({"state": "", "zip": "X" * 33, "country": "CA"}, "zip", "zip has more than 32 characters."),
        ({"end_date": "2012-11-30"}, "end_date", "end_date is earlier than as_of."),
    ],
)  # fmt: skip
def test_an_address_at_home_keeps_its_form(base, take, rejected, written, column, reason):
    base.rows.pop("owners")
    loaded = take(base.owner(VIN, **written).owner(OTHER))
    assert loaded.tables["owners"] == Counts(accepted=1, rejected=1)
    (line,) = rejected(loaded)
    assert line["column"] == column
    assert line["reason"].startswith(reason)


@pytest.mark.parametrize(
    ("written", "cured"),
    [
        ({"city": "London", "state": "Greater London", "zip": "SW1A 1AA"}, {"state", "zip"}),
        ({"city": "London", "state": "", "zip": "SW1A 1AA"}, {"state", "zip"}),
        ({"city": "London", "state": "", "zip": ""}, {"state", "zip"}),
        ({"city": "Moscow", "state": "Moskva", "zip": "101000"}, {"state", "zip"}),
        ({"state": "NY", "zip": "M5V 2T6"}, {"zip"}),
        ({"state": "Massa", "zip": "62701"}, set()),
        ({"city": "Tijuana", "state": "Jal", "zip": "22000"}, {"state"}),
        ({"state": "N/A", "zip": "2108"}, set()),
    ],
)
def test_where_the_zip_or_the_state_is_none_of_ours_the_reason_names_the_column_country(
    base, take, rejected, written, cured
):
    base.rows.pop("owners")
    lines = rejected(take(base.owner(VIN, **written)))
    named = {line["column"] for line in lines if "fill the column country" in line["reason"]}
    assert lines
    assert named == cured


def test_the_end_of_a_lease_may_be_told_later_and_may_lie_ahead(base, session, take):
    base.rows.pop("owners")
    take(base.owner(VIN, role="lessee"))
    base.rows["owners"][0]["end_date"] = "2014-01-31"
    assert take(base).tables["owners"] == Counts(accepted=1)
    assert stored(session, "role", "end_date") == [("lessee", date(2014, 1, 31))]
    assert take(base).tables["owners"] == Counts(unchanged=1)


# ---- dealers that nobody has loaded


def test_a_vehicle_is_kept_without_a_dealer_and_with_one_that_is_not_loaded(base, session, take):
    base.vehicle(OTHER, "9LA", dealer="").vehicle(make_vin(3), "9LA", dealer="CAN01")
    loaded = take(base)
    assert loaded.tables["vehicles"] == Counts(accepted=3)
    assert loaded.notes == [
        (
            "vehicles: 1 row without a dealer_code and 1 row with a dealer_code that no dealer has (CAN01); their owners are"
            " written to, and a follow-up plans them at the dealer nearest to the owner."
        )
    ]
    places = {row.dealer: row.involved for row in status.counts(session, by="dealer")}
    assert places == {"D0001": 1, "CAN01": 1, "(none)": 1}


def test_a_code_whose_zeros_a_spreadsheet_dropped_is_asked_about(base, take):
    base.dealer("00742")
    base.vehicle(OTHER, "9LA", dealer="742").vehicle(make_vin(3), "9LA", dealer="CAN01")
    assert take(base).notes[-1] == (
        "vehicles: has a spreadsheet dropped the leading zeros of dealer_code (742 for 00742)?"
        " Set the column to text, export again and load."
    )


def test_work_at_a_dealer_abroad_counts(base, session, take):
    loaded = take(base.repair(VIN, "9LA", date(2012, 1, 10), dealer="CAN01"))
    assert loaded.tables["repair_orders"] == Counts(accepted=1)
    assert loaded.notes == [
        "repair_orders: 1 row with a dealer_code that no dealer has (CAN01); the work counts all the same."
    ]
    assert [(row.repaired, row.open) for row in status.counts(session)] == [(1, 0)]


def test_of_many_unknown_dealers_the_five_with_most_rows_are_named(base, take):
    for number in range(7):
        for _ in range(2 if number == 6 else 1):
            base.repair(VIN, "9LA", date(2012, 1, 10), dealer=f"CAN{number}")
    assert take(base).notes == [
        (
            "repair_orders: 8 rows with a dealer_code that no dealer has (CAN6, CAN0, CAN1, CAN2, CAN3, and 2 more);"
            " the work counts all the same."
        )
    ]


# ---- work before the campaign was filed (9LA: on 2009-01-16)


def test_work_before_the_filing_counts_on_its_own_day_and_is_told(base, session, take):
    base.repair(VIN, "9LA", date(2008, 12, 1))
    loaded = take(base)
    assert loaded.tables["repair_orders"] == Counts(accepted=1)
    assert loaded.notes == [
        (
            "repair_orders: 1 row of work done before the campaign was filed (9LA 1, the first on 2008-12-01);"
            " the work counts, on its own day."
        )
    ]
    assert tables.read(session, "state", "status", "since").to_pylist() == [
        {"status": "repaired", "since": date(2008, 12, 1)}
    ]


def test_work_on_the_day_of_the_filing_is_nothing_to_tell(base, take):
    assert take(base.repair(VIN, "9LA", date(2009, 1, 16))).notes == []


def test_work_before_the_vehicle_was_built_is_refused_and_not_told(base, take, rejected):
    base.repair(VIN, "9LA", date(2006, 5, 1)).repair(VIN, "9LA", date(2006, 5, 2))
    loaded = take(base)
    assert loaded.tables["repair_orders"] == Counts(accepted=1, rejected=1)
    (line,) = rejected(loaded)
    assert (line["column"], line["value"], line["reason"]) == (
        "close_date", "2006-05-01", "The vehicle was built after this day.",
    )  # fmt: skip
    assert "1 row of work done before" in loaded.notes[0]
