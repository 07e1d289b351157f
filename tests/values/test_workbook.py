"""Tables as an Excel workbook, read back with another library: types, text that stays text, header, filter, and what does not fit."""

from __future__ import annotations

from datetime import UTC, date, datetime
from decimal import Decimal

import openpyxl
import pyarrow as pa
import pytest

from renotify.errors import BadInput
from renotify.values import workbook
from renotify.values.workbook import mixed, write_workbook

ON = date(2026, 11, 2)


@pytest.fixture
def read(tmp_path):
    """Write a table as a sheet, and read its cells below the header back: a list of rows of cells."""

    def sheet(**columns):
        path = write_workbook(tmp_path / "list.xlsx", {"list": pa.table(columns)}, ON)
        return openpyxl.load_workbook(path)["list"]

    return sheet


def values(sheet) -> list[tuple]:
    return [*sheet.iter_rows(min_row=2, values_only=True)]


def test_every_type_comes_back_as_it_was_and_a_null_is_an_empty_cell(read):
    sheet = read(
        row=["first", "second"],
        vin=pa.array(["JTHBK262X85000001", None]),
        count=pa.array([1355, None], pa.int32()),
        hours=pa.array([1.25, float("nan")]),
        price=pa.array([Decimal("10.50"), None], pa.decimal128(9, 2)),
        open=pa.array([True, None]),
        since=pa.array([date(2013, 2, 26), None]),
        at=pa.array([datetime(2013, 2, 26, 18, 30, 15, tzinfo=UTC), None], pa.timestamp("us", "UTC")),
    )  # fmt: skip
    first, second = values(sheet)
    assert first == (
        "first", "JTHBK262X85000001", 1355, 1.25, 10.5, True, datetime.fromisoformat("2013-02-26"),
        datetime.fromisoformat("2013-02-26T18:30:15"),
    )  # fmt: skip
    assert second == ("second", *[None] * 7)
    kinds = [(cell.data_type, cell.number_format) for cell in sheet[2]][1:]
    assert kinds == [
        ("s", "@"), ("n", "General"), ("n", "General"), ("n", "General"), ("b", "General"), ("d", "yyyy-mm-dd"),
        ("d", "yyyy-mm-dd hh:mm:ss"),
    ]  # fmt: skip


TEXTS = [
    "=HYPERLINK(1)", "+1", "-1", "@x", "007", "https://x.example", " both ends ", "a\nb", 'A & B <C> "D"', "Núñez 李", "",
    "bell\x07, _x0041_ and \x0b", "\uffff",
]  # fmt: skip


def test_text_stays_the_text_that_it_is(read):
    sheet = read(name1=pa.array(TEXTS))
    cells = [row[0] for row in sheet.iter_rows(min_row=2)]
    assert {(cell.data_type, cell.number_format, cell.hyperlink) for cell in cells} <= {
        ("s", "@", None),
        ("inlineStr", "@", None),
    }
    spelled = [openpyxl.utils.escape.unescape(cell.value or "") for cell in cells]
    assert spelled == TEXTS


def test_the_header_stays_in_sight_and_filters_all_rows(read):
    sheet = read(campaign=["ALE", "BLB"], open=[6, 1])
    assert [cell.value for cell in sheet[1]] == ["campaign", "open"]
    assert all(cell.font.bold for cell in sheet[1])
    assert (sheet.freeze_panes, sheet.auto_filter.ref, sheet.dimensions) == ("A2", "A1:B3", "A1:B3")


def test_a_list_without_rows_is_a_header_that_filters_nothing(read):
    sheet = read(vin=pa.array([], pa.string()))
    assert (values(sheet), sheet["A1"].value, sheet.auto_filter.ref) == ([], "vin", "A1")


def test_a_column_is_as_wide_as_its_longest_value_or_its_name_within_bounds(read):
    sheet = read(short=["x"], name_of_the_dealer=["x"], text=["x" * 30], long=["x" * 500])
    widths = [round(sheet.column_dimensions[letter].width) for letter in "ABCD"]
    assert widths == [9, 22, 32, 61]  # Excel adds its own margin of a character to 8, 21, 31 and 60


def test_numbers_and_days_that_excel_would_not_keep_stand_as_text(read):
    sheet = read(
        barcode=[10**15 - 1, 10**15], kept=[10**15 - 1, 1 - 10**15], born=[date(1900, 2, 28), date(2013, 1, 1)]
    )  # fmt: skip
    assert values(sheet) == [
        ("999999999999999", 10**15 - 1, "1900-02-28"),
        ("1000000000000000", 1 - 10**15, "2013-01-01"),
    ]


def test_a_column_of_several_types_keeps_each(read):
    sheet = read(value=mixed(["ALE", 1300, None, date(2022, 2, 15), "=1", 7]))
    assert [row[0] for row in values(sheet)] == [
        "ALE",
        1300,
        None,
        datetime.fromisoformat("2022-02-15"),
        "=1",
        7,
    ]


def test_rows_stand_in_their_order_across_the_blocks_that_are_written_at_a_time(read, monkeypatch):
    monkeypatch.setattr(workbook, "_BLOCK", 3)
    numbers = [*range(8)]
    sheet = read(n=numbers, value=mixed([n if n % 2 else f"{n}" for n in numbers]))
    assert values(sheet) == [(n, n if n % 2 else f"{n}") for n in numbers]


def test_coded_columns_and_columns_in_pieces_are_text_too(read):
    coded = pa.chunked_array(
        [pa.array(["a"]).dictionary_encode(), pa.array(["=b"]).dictionary_encode()]
    )
    assert values(read(state=coded)) == [("a",), ("=b",)]


def test_the_same_tables_on_the_same_day_are_the_same_bytes(tmp_path):
    table = {"list": pa.table({"vin": ["x"], "n": [1]})}
    first = write_workbook(tmp_path / "a.xlsx", table, ON).read_bytes()
    assert write_workbook(tmp_path / "b.xlsx", table, ON).read_bytes() == first


def test_what_a_sheet_or_a_cell_does_not_hold_is_refused_and_nothing_is_written(tmp_path):
    path = tmp_path / "list.xlsx"
    many = pa.table({"n": pa.nulls(workbook.MOST_ROWS + 1, pa.int8())})
    with pytest.raises(BadInput, match=r"1,048,576 rows are more than the 1,048,575"):
        write_workbook(path, {"list": many}, ON)
    with pytest.raises(BadInput, match=r"note has a text of 32,768 characters"):
        write_workbook(path, {"list": pa.table({"note": ["x" * 32_768]})}, ON)
    assert not path.exists()
