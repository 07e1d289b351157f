"""NHTSA's 13-field quarterly file: what we write reads back, and a malformed line is refused."""

from __future__ import annotations

from datetime import date

import pytest

from renotify.errors import BadInput
from renotify.reports import nhtsa13

REPORT = {
    "MFGTXT": "Lexus",
    "CAMPNO": "09V020000",
    "MFGCAMPNO": "9LA",
    "RCLSUBJ": "Fuel Delivery Pipe Replacement",
    "ODATE": date(2009, 2, 9),
    "ODATEEND": date(2009, 3, 2),
    "RPTNO": 17,
    "RPTQTR": "2013-1",
    "INVOLVED": 214570,
    "TTLREMEDIED": 170000,
    "TTLUNREACH": 9000,
    "TTLREMOVED": 12,
    "SUBMDATE": date(2013, 4, 30),
}
LINE = (
    "Lexus\t09V020000\t9LA\tFuel Delivery Pipe Replacement\t20090209\t20090302\t17\t2013-1\t"
    "214570\t170000\t9000\t12\t20130430\r\n"
)


def test_a_report_is_one_line_of_13_fields():
    assert nhtsa13.line(REPORT) == LINE


def test_what_is_written_reads_back(tmp_path):
    path = nhtsa13.write(tmp_path / "q.txt", [REPORT, {**REPORT, "ODATEEND": None, "RPTNO": None}])
    assert nhtsa13.read(path).to_pylist() == [REPORT, {**REPORT, "ODATEEND": None, "RPTNO": None}]


def test_what_is_read_writes_the_same_bytes_again(tmp_path):
    path = nhtsa13.write(tmp_path / "q.txt", [REPORT] * 3)
    again = nhtsa13.write(tmp_path / "again.txt", nhtsa13.read(path).to_pylist())
    assert again.read_bytes() == path.read_bytes()


@pytest.mark.parametrize("end", ["\n", "\r\n", ""])
def test_either_line_end_is_read(tmp_path, end):
    path = tmp_path / "q.txt"
    path.write_bytes((LINE.rstrip("\r\n") + end).encode())
    assert nhtsa13.read(path).num_rows == 1


def test_other_separators_inside_a_text_do_not_break_the_line(tmp_path):
    path = tmp_path / "q.txt"
    path.write_bytes(LINE.replace("Fuel Delivery", "Fuel\x0bDelivery\u2028x").encode())
    assert nhtsa13.read(path).num_rows == 1


def test_windows_letters_and_a_mark_at_the_start_are_read(tmp_path):
    path = tmp_path / "q.txt"
    path.write_bytes(LINE.replace("Lexus", "Citroën").encode("cp1252"))
    assert nhtsa13.read(path)["MFGTXT"].to_pylist() == ["Citroën"]
    path.write_bytes(b"\xef\xbb\xbf" + LINE.encode())
    assert nhtsa13.read(path)["MFGTXT"].to_pylist() == ["Lexus"]


def test_an_empty_file_holds_no_reports(tmp_path):
    (tmp_path / "q.txt").write_bytes(b"")
    assert nhtsa13.read(tmp_path / "q.txt").schema == nhtsa13.SCHEMA


def _with(**changes):
    return "\t".join(
        str(v)
        for v in (
            {**dict(zip(nhtsa13.NAMES, LINE.rstrip().split("\t"), strict=True)), **changes}
        ).values()
    )


@pytest.mark.parametrize(
    ("faulty", "says"),
    [
        ("only\ttwo", "2 fields, not 13"),
        (LINE.rstrip() + "\t", "14 fields, not 13"),
        (_with(ODATE="2009-02-09"), "ODATE '2009-02-09' is not a day"),
        (_with(ODATE="20090230"), "ODATE '20090230' is not a day"),
        (_with(INVOLVED="214,570"), "INVOLVED '214,570' is not a whole number"),
        (_with(TTLUNREACH="-1"), "TTLUNREACH '-1' is not a whole number"),
        (_with(RPTQTR="2013Q1"), "RPTQTR '2013Q1' is not a quarter"),
        (_with(CAMPNO="09V0200000000"), "CAMPNO has 13 characters"),
    ],
)
def test_a_malformed_line_is_refused_with_its_number(tmp_path, faulty, says):
    path = tmp_path / "q.txt"
    path.write_text(LINE.rstrip() + "\n" + faulty + "\n")
    with pytest.raises(BadInput, match="line 2: ") as refused:
        nhtsa13.read(path)
    assert says in refused.value.message
    assert "MFGTXT, CAMPNO" in refused.value.hint


def test_many_faults_are_counted_and_not_all_told(tmp_path):
    path = tmp_path / "q.txt"
    path.write_text("x\n" * 9)
    with pytest.raises(BadInput, match=r"line 5.*; and 4 more"):
        nhtsa13.read(path)


def test_a_long_subject_is_cut_and_a_long_code_refused():
    cut = nhtsa13.line({**REPORT, "RCLSUBJ": "x" * 80}).split("\t")[3]
    assert cut == "x" * 50
    with pytest.raises(BadInput, match="MFGCAMPNO"):
        nhtsa13.line({**REPORT, "MFGCAMPNO": "x" * 21})


def test_a_tab_or_line_end_in_a_text_cannot_break_the_line():
    fields = nhtsa13.line({**REPORT, "RCLSUBJ": "Fuel\tpipe\r\nnow"}).split("\t")
    assert len(fields) == 13
    assert fields[3] == "Fuel pipe now"
