"""What spreadsheets, scanners and people do to a file: headers under other names and below titles, guarded and padded cells."""

from __future__ import annotations

from datetime import date, datetime
from zoneinfo import ZoneInfo

import pyarrow as pa
import pyarrow.parquet
import pytest

from folder import make_vin
from renotify.errors import BadInput
from renotify.ledger import tables
from renotify.ledger.intake import Counts

VIN, OTHER, THIRD = make_vin(1), make_vin(2), make_vin(3)
COLUMNS = "vin,make,model,model_year,build_date,dealer_code"
ROW = f"{VIN},Lexus,IS 250,2006,2006-01-04,01001"


@pytest.fixture
def session(sqlite_session):
    """On SQLite only: the subject is not the store."""
    return sqlite_session


@pytest.fixture
def vehicles(session, tmp_path, folder, take):
    """Load vehicles.csv made of this text, with one dealer known, and return the load and the vehicles."""
    take(folder.dealer("01001"))

    def loaded(text, name="vehicles.csv"):
        path = tmp_path / name
        path.write_bytes(text if isinstance(text, bytes) else text.encode())
        done = take(path)
        session.renew()
        return done, tables.read(session, "vehicle", order="vin").to_pylist()

    return loaded


def is_the_vehicle(row):
    return (row["vin"], row["make"], row["model"], row["model_year"], row["build_date"], row["dealer_code"]) == (
        VIN, "Lexus", "IS 250", 2006, date(2006, 1, 4), "01001"
    )  # fmt: skip


@pytest.mark.parametrize(
    "header",
    [
        "VIN#,Make,Model,Model Year,Build Date,Dealer Code",
        "VIN No.,Vehicle Make,Vehicle Model,model-year,date built,Dealer #",
        "Vehicle Identification Number,MAKE,MODEL,ModelYear,build.date,dealerCode",
        "\u00a0VIN Number\u200b,make,model,model_year,build_date,dealer_number\ufeff",
        'vin,make,model,"model\nyear",build_date,"dealer\r\ncode"',
        '"vin", "make", "model", "model_year", "build_date", "dealer_code"',
        f"sep=,\n{COLUMNS}",
        f"Report of 2013-02-26\n\n{COLUMNS}",
        f"{COLUMNS},,",
    ],
)
def test_a_header_is_found_under_its_usual_other_names_and_places(vehicles, header):
    loaded, (row,) = vehicles(f"{header}\n{ROW}\n")
    assert loaded.tables["vehicles"] == Counts(1)
    assert is_the_vehicle(row)


def test_what_was_read_as_which_column_is_said(vehicles):
    loaded, _ = vehicles(f"{COLUMNS.replace('vin', 'VIN Number')}\n{ROW}\n")
    assert "vehicles.csv: the column 'VIN Number' was read as vin." in loaded.notes
    loaded, _ = vehicles(f"Stock list\n{COLUMNS}\n{ROW}\n")
    assert "vehicles.csv: the header is line 2; 1 line above it were passed over." in loaded.notes


def test_a_column_s_own_name_comes_before_its_other_names(vehicles):
    loaded, (row,) = vehicles(f"vin number,{COLUMNS}\nsomething,{ROW}\n")
    assert is_the_vehicle(row)
    assert "vehicles.csv: the columns 'vin number' were passed over." in loaded.notes


def test_two_other_names_of_one_column_are_refused(vehicles):
    with pytest.raises(BadInput, match="has the column vin twice"):
        vehicles(f"VIN#,VIN No,{COLUMNS[4:]}\n{VIN},{ROW}\n")


def test_rows_are_numbered_by_the_lines_of_the_file(vehicles, rejected):
    loaded, _ = vehicles(f'sep=;\n"vin";make;model;"model\nyear";dealer_code\n{VIN};a;b;2006;01001\nX;a;b;2006;01001\n')  # fmt: skip
    assert [line["row"] for line in rejected(loaded)] == ["5"]


@pytest.mark.parametrize(
    "row",
    [
        ROW.replace("01001", '="01001"'),
        ROW.replace("01001", '"=""01001"""'),
        ROW.replace("01001", "'01001"),
        ROW.replace("01001", "01001\u200b"),
        ROW.replace(",", ", "),
        ", ".join(f'"{cell}"' for cell in ROW.split(",")),
        ROW.replace(VIN, f"\u00a0{VIN}\u200b"),
        ROW.replace(VIN, f"{VIN[:8]}\u200b{VIN[8:]}"),
        ROW.replace(VIN, f"*I{VIN}*"),
        ROW.replace(VIN, f"{VIN[:5]}-{VIN[5:11]} {VIN[11:]}".lower()),
        ROW.replace("2006-01-04", "2006-01-04 00:00:00"),
        ROW.replace("2006-01-04", "2006-01-04T00:00:00.000"),
    ],
)
def test_a_cell_is_read_without_what_was_put_around_it(vehicles, row):
    loaded, (found,) = vehicles(f"{COLUMNS}\n{row}\n")
    assert loaded.tables["vehicles"] == Counts(1)
    assert is_the_vehicle(found)


def test_blank_fields_after_the_last_are_passed_over_where_every_row_has_them(vehicles, rejected):
    other = ROW.replace(VIN, OTHER)
    loaded, rows = vehicles(f"{COLUMNS}\n{ROW},,,\n{other},,,\n")
    assert (loaded.tables["vehicles"], len(rows)) == (Counts(2), 2)
    loaded, _ = vehicles(f"{COLUMNS}\n{ROW}\n{other},\n")
    assert [line["reason"] for line in rejected(loaded)] == ["The row has 7 fields, the header 6."]


def test_vins_with_marks_in_them_are_told_by_their_rows(vehicles):
    loaded, rows = vehicles(f"{COLUMNS}\n{ROW}\nI{ROW.replace(VIN, OTHER)}\n")
    assert [row["vin"] for row in rows] == sorted([VIN, OTHER])
    assert loaded.notes == [
        "vehicles.csv: in 1 row a VIN was written as a barcode or with hyphens or spaces in it; it was taken as meant (row 3)."
    ]


@pytest.mark.parametrize(
    ("row", "reason"),
    [
        (ROW.replace("2006-01-04", "2006-01-04 09:30:00"), "This is a day and time"),
        (ROW.replace("0", "O", 1), "never I, O or Q"),
        (f"{ROW},,more", "The row has 8 fields, the header 6."),
    ],
)
def test_what_would_have_to_be_guessed_is_refused(vehicles, rejected, row, reason):
    loaded, found = vehicles(f"{COLUMNS}\n{row}\n")
    assert found == []
    assert [reason in line["reason"] for line in rejected(loaded)] == [True]


def test_a_name_that_begins_with_an_apostrophe_keeps_it(vehicles):
    _, (found,) = vehicles(f"{COLUMNS}\n{ROW.replace('IS 250', chr(39) + 't Hooft')}\n")
    assert found["model"] == "'t Hooft"


def test_a_row_with_text_in_a_column_that_nobody_knows_is_no_blank_line(vehicles, rejected):
    loaded, _ = vehicles(f"{COLUMNS},remark\n{ROW},\n,,,,,,see below\n,,,,,,\n  \n\x1a\n")
    assert loaded.tables["vehicles"] == Counts(accepted=1, rejected=1)
    assert {line["row"] for line in rejected(loaded)} == {"3"}


# Parquet


@pytest.fixture
def parquet(session, tmp_path, folder, take):
    take(folder.dealer("01001"))

    def loaded(**columns):
        row = {
            "vin": [VIN],
            "make": ["Lexus"],
            "model": ["IS"],
            "model_year": [2006],
            "dealer_code": ["01001"],
        }
        pyarrow.parquet.write_table(pa.table(row | columns), tmp_path / "vehicles.parquet")
        done = take(tmp_path / "vehicles.parquet")
        session.renew()
        return done, tables.read(session, "vehicle").to_pylist()

    return loaded  # fmt: skip


@pytest.mark.parametrize("zone", ["America/New_York", "America/Los_Angeles", "UTC", "Asia/Tokyo"])
def test_midnight_of_a_zone_is_the_day_that_its_clocks_show(parquet, zone):
    built = datetime(2006, 1, 4, tzinfo=ZoneInfo(zone))
    _, (row,) = parquet(build_date=pa.array([built], pa.timestamp("us", zone)))
    assert row["build_date"] == date(2006, 1, 4)


def test_another_hour_of_a_zone_is_no_day(parquet, rejected):
    built = datetime(2006, 1, 4, 9, tzinfo=ZoneInfo("UTC"))
    loaded, _ = parquet(build_date=pa.array([built], pa.timestamp("us", "America/New_York")))
    assert "This is a day and time" in rejected(loaded)[0]["reason"]


@pytest.mark.parametrize(
    "column",
    [
        pa.array([["IS"]]),
        pa.array([{"name": "IS"}]),
        pa.array([3_600_000], pa.duration("ms")),
        pa.array([True]),
    ],
)
def test_a_type_without_words_is_refused_by_its_column(parquet, column):
    with pytest.raises(BadInput, match=r"The column model of vehicles\.parquet has the type"):
        parquet(model=column)


def test_a_misspelt_column_that_a_table_can_do_without_is_refused(vehicles):
    """Passed over, its values would be missing: a vehicle taken out of a recall would be open again."""
    with pytest.raises(
        BadInput, match=r"has a column 'biuld_date'; did you mean build_date\?"
    ) as said:
        vehicles(f"{COLUMNS.replace('build_date', 'biuld_date')}\n{ROW}\n")
    assert "Rename it to build_date, or take it out of the file" in said.value.hint


def test_a_column_that_may_be_misspelt_is_asked_about_and_another_one_is_told(vehicles):
    loaded, _ = vehicles(f"{COLUMNS.replace('build_date', 'built_day')},colour\n{ROW},red\n")
    assert (
        "vehicles.csv: the columns 'built_day' (did you mean build_date?), 'colour' were passed over."
        in loaded.notes
    )
