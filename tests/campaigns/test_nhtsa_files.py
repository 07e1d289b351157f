"""NHTSA's files are told apart by what is in them, whatever the first line is, and the others are named for what they are."""

from __future__ import annotations

import pytest

from renotify.campaigns import nhtsa_files

RECALL = "\t".join(["1", "21V00D000", "TESLA", *[""] * 26])
REPORT = "Lexus\t09V020000\t9LA\tPipe\t20090209\t\t17\t2013-1\t5\t4\t0\t0\t20130430"
ANNUAL = REPORT.replace("2013-1", "2013-1 to 2013-4")
COMPLAINT = "\t".join(["958164", "958130", "Volvo Car USA, LLC", *[""] * 46])
INVESTIGATION = "\t".join(["PE03013", "LEXUS", "RX330", "2004", *[""] * 7])
BULLETIN = "\t".join(["SB-1", "", "10010101", "20010101", *[""] * 6])
ANYTHING = "x\ty\tz"


@pytest.fixture
def kind(tmp_path):
    """What a file of lines is: loaded, or described."""

    def of(*lines, name="download.txt"):
        path = tmp_path / name
        path.write_bytes("".join(f"{line}\r\n" for line in lines).encode())
        return nhtsa_files.kind_of(path) or nhtsa_files.described(path)

    return of


@pytest.mark.parametrize(
    ("lines", "found"),
    [
        ((RECALL,), "flat_rcl"),
        (("a broken line", "", RECALL), "flat_rcl"),
        (("RECORD_ID\tCAMPNO" + "\t" * 27,), "flat_rcl"),
        ((RECALL.replace("\t", '"\t"'),), "flat_rcl"),
        ((REPORT,), "filed_reports"),
        ((ANYTHING, REPORT), "filed_reports"),
        (("MFGTXT\tCAMPNO" + "\t" * 6 + "RPTQTR" + "\t" * 5,), "filed_reports"),
        ((ANNUAL,), "filed_reports"),
        ((ANYTHING, REPORT.replace("2013-1", "2013")), "filed_reports"),
        (("MFGTXT\tCAMPNO" + "\t" * 6 + "RPT_PERIOD" + "\t" * 5,), "filed_reports"),
        ((ANYTHING,), ""),
        ((), ""),
    ],
)
def test_any_line_tells_what_a_file_is(kind, lines, found):
    assert kind(*lines) == found


@pytest.mark.parametrize(
    ("name", "found"),
    [
        ("FLAT_RCL.txt", "flat_rcl"), ("FLAT_RCL_POST_2010.txt", "flat_rcl"), ("flat_rcl.tsv", "flat_rcl"),
        ("FLAT_RCL_Qrtly_Rpts.txt", "filed_reports"), ("RCL_QUARTERLY.txt", "filed_reports"),
        ("FLAT_RCL_Annual_Rpts.txt", "filed_reports"),
    ],
)  # fmt: skip
def test_by_its_own_name_a_file_of_bad_lines_is_still_read_line_by_line(kind, name, found):
    assert kind(ANYTHING, name=name) == found


@pytest.mark.parametrize(
    ("line", "name", "words"),
    [
        (COMPLAINT, "download.txt", "complaints of owners"),
        (COMPLAINT, "FLAT_CMPL.txt", "complaints of owners"),
        (ANYTHING, "COMPLAINTS_RECEIVED_2020-2024.txt", "complaints of owners"),
        (INVESTIGATION, "download.txt", "investigations"),
        (INVESTIGATION, "FLAT_INV.txt", "investigations"),
        (COMPLAINT, "FLAT_RCL.txt", "complaints of owners"),
        (BULLETIN, "FLAT_TSBS.txt", "service bulletins"),
        ("NHTSA ID,DOCUMENT NAME", "RCL_FROM_2010_2014.csv", "index of recall documents"),
        ("1,09V020000,LEXUS,IS,2006", "FLAT_RCL.txt", "parted by commas"),
        ("1;09V020000;LEXUS;IS;2006", "FLAT_RCL.csv", "parted by semicolons"),
        ("RECALLS", "FLAT_RCL.txt", "no tabs"),
        ("RECALL ANNUAL REPORTS", "RCL_Annual_Rpts.txt", "description of a file"),
        ("RECALL QUARTERLY REPORTS", "RCL_Qtrly_Rpts.txt", "description of a file"),
    ],
)
def test_what_is_not_loaded_is_named_for_what_it_is(kind, line, name, words):
    assert words in kind(line, name=name)


def test_a_damaged_zip_is_said_to_be_one(tmp_path):
    path = tmp_path / "FLAT_RCL.zip"
    path.write_bytes(b"PK\x03\x04 cut short")
    assert nhtsa_files.kind_of(path) == ""
    assert "damaged" in nhtsa_files.described(path)
