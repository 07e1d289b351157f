"""NHTSA's 13-field line: what we write reads back, and is held against the line that NHTSA has."""

from __future__ import annotations

from datetime import date

import pytest

from renotify.campaigns.report_file import read_reports
from renotify.errors import BadInput, UnknownName
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
    read = read_reports(path).reports.to_pylist()
    assert read == [REPORT, {**REPORT, "ODATEEND": None, "RPTNO": None}]


def test_what_is_read_writes_the_same_bytes_again(tmp_path):
    path = nhtsa13.write(tmp_path / "q.txt", [REPORT] * 3)
    again = nhtsa13.write(tmp_path / "again.txt", read_reports(path).reports.to_pylist())
    assert again.read_bytes() == path.read_bytes()


def _file(tmp_path, *lines):
    path = tmp_path / "q.txt"
    path.write_bytes("".join(lines).encode())
    return path


def test_an_annual_report_reads_back_and_is_found_by_its_period(tmp_path):
    of_the_year = {
        "RPT_PERIOD" if name == "RPTQTR" else name: value for name, value in REPORT.items()
    } | {"RPT_PERIOD": "2012-2 to 2013-1"}
    path = nhtsa13.write(tmp_path / "a.txt", [of_the_year])
    (read,) = read_reports(path).reports.to_pylist()
    assert (read, [*read]) == (of_the_year, [*of_the_year])
    assert nhtsa13.differences(
        of_the_year | {"TTLREMOVED": 13}, nhtsa13.in_file(path, of_the_year)
    ) == [("TTLREMOVED", 12, 13)]
    with pytest.raises(UnknownName, match=r"a.txt has no report of 09V020000 2013-1\."):
        nhtsa13.in_file(path, REPORT)


def test_the_last_line_of_the_recall_and_quarter_is_the_one_compared(tmp_path):
    earlier = {**REPORT, "TTLREMEDIED": 3}
    other = {**REPORT, "RPTQTR": "2012-4"}
    path = _file(tmp_path, *map(nhtsa13.line, (earlier, REPORT, other)))
    held = nhtsa13.in_file(path, REPORT)
    assert held["TTLREMEDIED"] == 170000
    assert nhtsa13.differences(REPORT, held) == []
    (found,) = nhtsa13.differences({**REPORT, "TTLREMEDIED": 170001}, held)
    assert found == ("TTLREMEDIED", 170000, 170001)


def test_the_short_form_of_the_number_is_the_same_recall(tmp_path):
    path = _file(tmp_path, LINE.replace("09V020000", "09V020"))
    assert nhtsa13.differences(REPORT, nhtsa13.in_file(path, REPORT)) == []


def test_a_malformed_line_of_the_recall_refuses_the_comparison_and_another_s_does_not(tmp_path):
    bad = LINE.replace("214570", "214,570")
    path = _file(tmp_path, LINE, bad.replace("09V020000", "10V309000"), "only\ttwo\n")
    assert nhtsa13.in_file(path, REPORT)["INVOLVED"] == 214570
    with pytest.raises(BadInput, match="line 2: INVOLVED '214,570'") as refused:
        nhtsa13.in_file(_file(tmp_path, LINE, bad), REPORT)
    assert "MFGTXT, CAMPNO" in refused.value.hint


def test_a_file_without_the_line_says_so_and_what_it_could_not_read(tmp_path):
    with pytest.raises(UnknownName, match=r"q.txt has no report of 09V020000 2013-1\. 2 lines"):
        nhtsa13.in_file(_file(tmp_path, "x\n", "y\tz\n"), REPORT)


def test_a_long_subject_is_cut_and_a_long_code_refused():
    cut = nhtsa13.line({**REPORT, "RCLSUBJ": "x" * 80}).split("\t")[3]
    assert cut == "x" * 50
    with pytest.raises(BadInput, match="MFGCAMPNO"):
        nhtsa13.line({**REPORT, "MFGCAMPNO": "x" * 21})


def test_a_tab_or_line_end_in_a_text_cannot_break_the_line():
    fields = nhtsa13.line({**REPORT, "RCLSUBJ": "Fuel\tpipe\r\nnow"}).split("\t")
    assert len(fields) == 13
    assert fields[3] == "Fuel pipe now"
