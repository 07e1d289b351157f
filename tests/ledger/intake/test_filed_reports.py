"""NHTSA's files of quarterly and annual reports in the ledger: the reports that it has on file of our recalls."""

from __future__ import annotations

from datetime import date
from functools import partial

import pytest

from renotify.ledger import filed_reports
from renotify.ledger.intake import Counts

REPORT = "Lexus\t09V020\t9LA\tPipe\t20090209\t\t17\t2013-1\t5\t4\t0\t0\t20130430"


@pytest.fixture
def session(sqlite_session):
    """On SQLite: that PostgreSQL takes every table alike is the walk's (tests/corridors) and test_load's to show."""
    return sqlite_session


@pytest.fixture
def take(take):
    """Load as of a day on which the reports had been submitted."""
    return partial(take, on=date(2013, 7, 1))


@pytest.fixture
def reports(tmp_path):
    def written(*lines):
        path = tmp_path / "FLAT_RCL_Qrtly_Rpts.txt"
        path.write_text("".join(f"{line}\r\n" for line in lines))
        return path

    return written


def test_reports_of_our_recalls_are_kept_and_the_same_again_changes_nothing(
    session, folder, reports, take
):
    folder.campaign("9LA")
    path = reports(REPORT, REPORT.replace("09V020", "24V381000"), REPORT)
    loaded = take(folder, path)
    assert loaded.tables["filed_reports"] == Counts(accepted=1, unchanged=2)
    assert take(path).tables["filed_reports"] == Counts(unchanged=3)
    assert (
        "FLAT_RCL_Qrtly_Rpts.txt: 1 report of recalls that this ledger does not have passed over."
        in loaded.notes
    )
    assert filed_reports.filed(session, "09V020000", "2013-1")._asdict() == {
        "CAMPNO": "09V020000", "PERIOD": "2013-1", "SUBMDATE": date(2013, 4, 30), "MFGTXT": "Lexus", "MFGCAMPNO": "9LA",
        "RCLSUBJ": "Pipe", "ODATE": date(2009, 2, 9), "ODATEEND": None, "RPTNO": 17, "INVOLVED": 5, "TTLREMEDIED": 4,
        "TTLUNREACH": 0, "TTLREMOVED": 0,
    }  # fmt: skip


def test_a_report_submitted_again_stands_beside_the_first_and_a_corrected_one_in_its_place(
    session, folder, reports, take
):
    again = REPORT.replace("\t4\t", "\t3\t").replace("20130430", "20130601")
    take(folder.campaign("9LA"), reports(again, REPORT))
    assert filed_reports.filed(session, "09V020000", "2013-1").TTLREMEDIED == 3
    loaded = take(reports(again.replace("\t3\t", "\t2\t"), REPORT))
    assert loaded.tables["filed_reports"] == Counts(accepted=1, unchanged=1)
    assert filed_reports.filed(session, "09V020000", "2013-1").TTLREMEDIED == 2


def test_bad_lines_of_reports_go_to_the_rejects_by_their_numbers(folder, reports, take, rejected):
    lines = (
        "bad", REPORT.replace("20130430", ""), REPORT, REPORT.replace("2013-1", "2013Q1"), REPORT.replace("\t4\t", "\t3\t"),
    )  # fmt: skip
    loaded = take(folder.campaign("9LA"), reports(*lines))
    assert loaded.tables["filed_reports"] == Counts(accepted=1, rejected=4)
    assert [(line["row"], line["column"]) for line in rejected(loaded)] == [
        ("1", ""), ("2", "SUBMDATE"), ("3", "SUBMDATE"), ("4", "RPTQTR"),
    ]  # fmt: skip


def test_reports_of_a_stated_make_s_manufacturer_are_kept_too(session, reports, take):
    toyota = REPORT.replace("Lexus", "Toyota Motor Engineering & Manufacturing")
    loaded = take(reports(toyota), makes=["Toyota"])
    assert loaded.tables["filed_reports"] == Counts(accepted=1)


def test_a_report_submitted_after_the_day_of_the_load_is_refused(folder, reports, take, rejected):
    loaded = take(folder.campaign("9LA"), reports(REPORT), on=date(2013, 4, 29))
    assert loaded.tables["filed_reports"] == Counts(rejected=1)
    (line,) = rejected(loaded)
    assert (line["column"], line["reason"]) == (
        "SUBMDATE", "This is after the day of the load, 2013-04-29.",
    )  # fmt: skip


def test_broken_reports_of_other_makers_are_passed_over(folder, reports, take):
    other = REPORT.replace("Lexus", "RAM").replace("09V020", "24V381000")
    lines = (REPORT, other, other.replace("24V381000", "x"), REPORT.replace("09V020", "y"))
    loaded = take(folder.campaign("9LA"), reports(*lines))
    assert loaded.tables["filed_reports"] == Counts(accepted=1, unchanged=2, rejected=1)


ANNUAL = REPORT.replace("2013-1", "2012-2 to 2013-1").replace("\t17\t", "\t1\t")


def test_annual_reports_stand_beside_the_quarterly_ones_and_bad_lines_are_told(
    session, folder, reports, take, rejected
):
    take(folder.campaign("9LA"), reports(REPORT))
    of_a_quarter = REPORT.replace("2013-1", "2012-4")
    loaded = take(reports(ANNUAL, of_a_quarter, ANNUAL.replace("2012-2 to 2013-1", "")))
    assert loaded.tables["filed_reports"] == Counts(accepted=1, rejected=2)
    assert [(line["row"], line["column"]) for line in rejected(loaded)] == [
        ("2", "RPT_PERIOD"), ("3", "RPT_PERIOD"),
    ]  # fmt: skip
    assert filed_reports.filed(session, "09V020000", "2013-1").RPTNO == 17
    assert filed_reports.filed(session, "09V020000", "2012-2 to 2013-1").RPTNO == 1
    assert take(reports(ANNUAL)).tables["filed_reports"] == Counts(unchanged=1)
