"""NHTSA's files of quarterly and annual reports: each line is a report, a bad one with its reason, or not ours."""

from __future__ import annotations

import gzip
import zipfile
from datetime import date

import pytest

from renotify.campaigns import nhtsa_files
from renotify.campaigns.flat_rcl import Wanted
from renotify.campaigns.report_file import LAYOUTS, SCHEMAS, read_reports

FIELDS = {
    "MFGTXT": "Toyota Motor Engineering & Manufacturing", "CAMPNO": "24V381000", "MFGCAMPNO": "24TA07, 24LA02",
    "RCLSUBJ": "Engine May Stall", "ODATE": "20240715", "ODATEEND": "20240730", "RPTNO": "1", "RPTQTR": "2024-3",
    "INVOLVED": "102092", "TTLREMEDIED": "4000", "TTLUNREACH": "10", "TTLREMOVED": "5", "SUBMDATE": "20241030",
}  # fmt: skip
QUARTERLY = SCHEMAS["quarterly"]


def line(**changes: str) -> str:
    return "\t".join((FIELDS | changes).values())


def year(period: str = "2024-1 to 2024-4", **changes: str) -> str:
    return line(RPTQTR=period, **changes)


@pytest.fixture
def file(tmp_path):
    def written(*lines, end="\r\n", encoding="utf-8"):
        path = tmp_path / "quarterly.txt"
        path.write_bytes((end.join(lines) + end).encode(encoding))
        return path

    return written


def test_a_line_is_a_report_of_thirteen_typed_fields(file):
    read = read_reports(file(line()))
    assert read.reports.schema == QUARTERLY
    (report,) = read.reports.to_pylist()
    assert report == FIELDS | {
        "ODATE": date(2024, 7, 15), "ODATEEND": date(2024, 7, 30), "RPTNO": 1, "INVOLVED": 102092, "TTLREMEDIED": 4000,
        "TTLUNREACH": 10, "TTLREMOVED": 5, "SUBMDATE": date(2024, 10, 30),
    }  # fmt: skip
    assert (read.numbers, read.bad, read.notes, read.rows, read.others) == ((1,), (), (), 1, 0)


@pytest.mark.parametrize("end", ["\n", "\r\n"])
def test_either_line_end_is_read_and_blank_lines_keep_their_numbers(file, end):
    read = read_reports(file(line(), "", line(RPTQTR="2024-4"), "\t\t", end=end))
    assert (read.numbers, read.rows) == ((1, 3), 2)


def test_other_separators_inside_a_text_do_not_break_the_line(file):
    (report,) = read_reports(file(line(RCLSUBJ="Engine\x0bMay\u2028Stall"))).reports.to_pylist()
    assert report["RCLSUBJ"] == "Engine\x0bMay\u2028Stall"


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "cp1252", "utf-16"])
def test_letters_are_read_in_the_encodings_that_files_come_in(file, encoding):
    path = file(line(MFGTXT="Citroën"), line(MFGTXT="Škoda"), encoding=encoding)
    assert nhtsa_files.kind_of(path) == nhtsa_files.REPORTS
    assert read_reports(path).reports["MFGTXT"].to_pylist() == ["Citroën", "Škoda"]


def test_an_empty_file_holds_no_reports(tmp_path):
    (tmp_path / "q.txt").write_bytes(b"")
    read = read_reports(tmp_path / "q.txt")
    assert (read.reports.schema, read.rows) == (QUARTERLY, 0)


@pytest.mark.parametrize(
    ("faulty", "column", "says"),
    [
        ("only\ttwo", "", "2 fields; a report has 13"),
        (line(CAMPNO="RECALL"), "CAMPNO", "not an NHTSA number"),
        (line(ODATE="2009-02-09"), "ODATE", "is not a day"),
        (line(ODATE="20090230"), "ODATE", "is not a day"),
        (line(INVOLVED="214,570"), "INVOLVED", "is not a whole number"),
        (line(TTLUNREACH="-1"), "TTLUNREACH", "is not a whole number"),
        (line(RPTQTR="2013Q1"), "RPTQTR", "is not a quarter"),
        (line(MFGCAMPNO="x" * 21), "MFGCAMPNO", "has 21 characters"),
    ],
)
def test_a_bad_line_is_told_and_the_others_are_read(file, faulty, column, says):
    read = read_reports(file(line(), faulty, line(RPTQTR="2024-4")))
    assert read.numbers == (1, 3)
    (bad,) = read.bad
    assert (bad.row, bad.column) == (2, column)
    assert says in bad.reason


def test_a_header_and_what_stands_after_the_last_field_are_passed_over_with_a_note(file):
    names = "\t".join(field.name for field in LAYOUTS["quarterly"])
    read = read_reports(file(names, line() + "\t", line(RPTQTR="2024-4") + "\tx"))
    assert (read.rows, read.numbers) == (2, (2, 3))
    assert read.notes == (
        "quarterly.txt: 1 line with the names of the fields passed over.",
        "quarterly.txt: 1 row of more than 13 fields taken without the rest.",
    )


def test_reports_of_wanted_numbers_or_of_a_manufacturer_with_a_wanted_make_are_read(file):
    path = file(
        line(),
        line(CAMPNO="24V-382", MFGTXT="General Motors, LLC", INVOLVED="not read"),
        line(CAMPNO="24V383000", MFGTXT="Chrysler (FCA US, LLC)"),
    )
    wanted = Wanted(frozenset({"toyota"}), frozenset({"24V383000"}))
    read = read_reports(path, wanted)
    assert (read.numbers, read.bad, read.rows, read.others) == ((1, 3), (), 3, 1)


def test_a_packed_file_is_known_and_read(file, tmp_path):
    path = file(line())
    packed = tmp_path / "FLAT_RCL_Qrtly_Rpts.txt.gz"
    packed.write_bytes(gzip.compress(path.read_bytes()))
    zipped = tmp_path / "FLAT_RCL_Qrtly_Rpts.zip"
    with zipfile.ZipFile(zipped, "w") as archive:
        archive.write(path, "FLAT_RCL_Qrtly_Rpts.txt")
        archive.writestr("RCL_Qrtly_Rpts.txt", "RECALL QUARTERLY REPORTS\n\nFIELDS:\n")
    for one in (packed, zipped):
        assert nhtsa_files.kind_of(one) == nhtsa_files.REPORTS
        assert read_reports(one).rows == 1


def test_an_annual_report_has_a_period_of_two_quarters_for_its_quarter(file):
    read = read_reports(file(year(RPTNO="1"), year("2025-1 - 2025-4", RPTNO="2")))
    assert (read.kind, read.reports.schema, read.bad) == ("annual", SCHEMAS["annual"], ())
    assert read.reports.column_names[7] == "RPT_PERIOD"
    assert read.reports["RPT_PERIOD"].to_pylist() == ["2024-1 to 2024-4", "2025-1 to 2025-4"]
    assert read.reports["INVOLVED"].to_pylist() == [102092, 102092]


@pytest.mark.parametrize(
    ("eighth", "says"),
    [
        ("2024-3", "not a period as 2024-1 to 2024-4"),
        ("2024-4 to 2024-1", "not a period as 2024-1 to 2024-4"),
        ("2024-1 to 2024-5", "not a period as 2024-1 to 2024-4"),
        ("2024-1 through 2024-4", "has 21 characters"),
        ("2022", "is a year, as NHTSA wrote it before 14 November 2023"),
    ],
)
def test_a_line_of_another_period_in_an_annual_file_is_told_by_its_number(file, eighth, says):
    read = read_reports(file(year(), year(eighth), year("2023-3 to 2024-2")))
    assert read.numbers == (1, 3)
    (bad,) = read.bad
    assert (bad.row, bad.column, bad.value) == (2, "RPT_PERIOD", eighth)
    assert says in bad.reason


def test_a_file_of_years_alone_is_the_layout_of_before_and_every_line_says_so(file):
    read = read_reports(file(year("2022"), year("2023")))
    assert read.kind == "annual"
    assert [(bad.row, bad.column) for bad in read.bad] == [(1, "RPT_PERIOD"), (2, "RPT_PERIOD")]
    assert all("download the file again" in bad.reason for bad in read.bad)


def test_a_year_among_quarters_is_a_bad_quarter(file):
    read = read_reports(file(line(), year("2022")))
    assert (read.kind, [bad.column for bad in read.bad]) == ("quarterly", ["RPTQTR"])
