"""NHTSA's file of quarterly reports: each line is a report, a bad one with its reason, or not ours."""

from __future__ import annotations

import gzip
import zipfile
from datetime import date

import pytest

from renotify.campaigns import nhtsa_files
from renotify.campaigns.flat_rcl import Wanted
from renotify.campaigns.quarterly_file import NAMES, SCHEMA, read_quarterly

FIELDS = {
    "MFGTXT": "Toyota Motor Engineering & Manufacturing", "CAMPNO": "24V381000", "MFGCAMPNO": "24TA07, 24LA02",
    "RCLSUBJ": "Engine May Stall", "ODATE": "20240715", "ODATEEND": "20240730", "RPTNO": "1", "RPTQTR": "2024-3",
    "INVOLVED": "102092", "TTLREMEDIED": "4000", "TTLUNREACH": "10", "TTLREMOVED": "5", "SUBMDATE": "20241030",
}  # fmt: skip


def line(**changes: str) -> str:
    return "\t".join((FIELDS | changes).values())


@pytest.fixture
def file(tmp_path):
    def written(*lines, end="\r\n", encoding="utf-8"):
        path = tmp_path / "quarterly.txt"
        path.write_bytes((end.join(lines) + end).encode(encoding))
        return path

    return written


def test_a_line_is_a_report_of_thirteen_typed_fields(file):
    read = read_quarterly(file(line()))
    assert read.reports.schema == SCHEMA
    (report,) = read.reports.to_pylist()
    assert report == FIELDS | {
        "ODATE": date(2024, 7, 15), "ODATEEND": date(2024, 7, 30), "RPTNO": 1, "INVOLVED": 102092, "TTLREMEDIED": 4000,
        "TTLUNREACH": 10, "TTLREMOVED": 5, "SUBMDATE": date(2024, 10, 30),
    }  # fmt: skip
    assert (read.numbers, read.bad, read.notes, read.rows, read.others) == ((1,), (), (), 1, 0)


@pytest.mark.parametrize("end", ["\n", "\r\n"])
def test_either_line_end_is_read_and_blank_lines_keep_their_numbers(file, end):
    read = read_quarterly(file(line(), "", line(RPTQTR="2024-4"), "\t\t", end=end))
    assert (read.numbers, read.rows) == ((1, 3), 2)


def test_other_separators_inside_a_text_do_not_break_the_line(file):
    (report,) = read_quarterly(file(line(RCLSUBJ="Engine\x0bMay\u2028Stall"))).reports.to_pylist()
    assert report["RCLSUBJ"] == "Engine\x0bMay\u2028Stall"


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "cp1252", "utf-16"])
def test_letters_are_read_in_the_encodings_that_files_come_in(file, encoding):
    path = file(line(MFGTXT="Citroën"), line(MFGTXT="Škoda"), encoding=encoding)
    assert nhtsa_files.kind_of(path) == nhtsa_files.QUARTERLY
    assert read_quarterly(path).reports["MFGTXT"].to_pylist() == ["Citroën", "Škoda"]


def test_an_empty_file_holds_no_reports(tmp_path):
    (tmp_path / "q.txt").write_bytes(b"")
    read = read_quarterly(tmp_path / "q.txt")
    assert (read.reports.schema, read.rows) == (SCHEMA, 0)


@pytest.mark.parametrize(
    ("faulty", "column", "says"),
    [
        ("only\ttwo", "", "2 fields; a quarterly report has 13"),
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
    read = read_quarterly(file(line(), faulty, line(RPTQTR="2024-4")))
    assert read.numbers == (1, 3)
    (bad,) = read.bad
    assert (bad.row, bad.column) == (2, column)
    assert says in bad.reason


def test_a_header_and_what_stands_after_the_last_field_are_passed_over_with_a_note(file):
    read = read_quarterly(file("\t".join(NAMES), line() + "\t", line(RPTQTR="2024-4") + "\tx"))
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
    read = read_quarterly(path, wanted)
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
        assert nhtsa_files.kind_of(one) == nhtsa_files.QUARTERLY
        assert read_quarterly(one).rows == 1
