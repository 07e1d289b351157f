"""The quarterly report: cumulative figures of 573.7, each with the vehicles behind it."""

from __future__ import annotations

from collections import Counter
from datetime import UTC, date, datetime

import pytest

from folder import ON, Folder, make_vin
from renotify.campaigns.report_file import LAYOUTS, read_reports
from renotify.errors import BadInput, Refused, UnknownName
from renotify.ledger import intake
from renotify.reports import as_filed, nhtsa13, progress, quarterly
from renotify.values.calendar import Quarter

Q1 = {"quarter": "2013Q1", "on": date(2013, 4, 15)}


def twelve(session, path):
    """Twelve vehicles: repairs in two quarters, one inspected, two lost, one removed."""
    folder = Folder(path)
    folder.campaign("9LA", involved=12).campaign("CLB").dealer()
    for number in range(12):
        folder.vehicle(make_vin(number), "9LA", "CLB")
    for number, day in ((0, date(2011, 3, 1)), (1, date(2012, 11, 5)), (2, date(2013, 3, 30))):
        folder.repair(make_vin(number), "9LA", day)
    folder.repair(make_vin(3), "9LA", date(2013, 1, 7), "inspected_ok")
    for number, status in ((4, "scrapped"), (5, "exported")):
        folder.add(
            "vehicle_status",
            vin=make_vin(number),
            effective_date=date(2012, 6, 1),
            status=status,
            source="state",
        )
    folder.add("population", campaign_code="9LA", vin=make_vin(11), removed_date=date(2013, 2, 1))
    intake.load(session, [folder.write()], on=date(2013, 4, 1))


@pytest.fixture(params=["sqlite", "postgresql"])
def loaded(request, session_on):
    return session_on(request.param, twelve)


def _report(session, **extra):
    return quarterly.quarterly(session, "9LA", **{**Q1, **extra})


def test_the_thirteen_fields_are_the_ledger_s(loaded):
    report = _report(loaded)
    assert {field.name: report[field.name] for field in LAYOUTS["quarterly"]} == {
        "MFGTXT": "Lexus",
        "CAMPNO": "09V020000",
        "MFGCAMPNO": "9LA",
        "RCLSUBJ": "Made-up subject of 9LA",
        "ODATE": date(2009, 1, 16),
        "ODATEEND": None,
        "RPTNO": 17,
        "RPTQTR": "2013-1",
        "INVOLVED": 12,
        "TTLREMEDIED": 4,
        "TTLUNREACH": 2,
        "TTLREMOVED": 1,
        "SUBMDATE": date(2013, 4, 15),
    }


def test_repaired_and_inspected_and_each_category_stand_apart(loaded):
    report = _report(loaded)
    assert (report["repaired"], report["inspected_ok"], report["open"]) == (3, 1, 5)
    assert {k: v for k, v in report["unreachable"].items() if v} == {"scrapping": 1, "export": 1}


def test_the_quarter_s_end_cuts_off_what_came_later(loaded):
    before = _report(loaded, quarter="2012Q4")
    assert (before["TTLREMEDIED"], before["TTLREMOVED"]) == (2, 0)
    assert before["as_of"] == date(2012, 12, 31)


def test_every_figure_is_reproduced_by_its_vehicles(loaded):
    report = _report(loaded)
    vehicles = quarterly.quarterly_vehicles(loaded, "9LA", as_of=report["as_of"]).to_pylist()
    figures = Counter(row["figure"] for row in vehicles)
    assert len(vehicles) == report["INVOLVED"]
    assert {name: figures[name] for name in ("TTLREMEDIED", "TTLUNREACH", "TTLREMOVED")} == {
        name: report[name] for name in ("TTLREMEDIED", "TTLUNREACH", "TTLREMOVED")
    }
    assert figures[""] == report["open"]
    reasons = Counter(row["reason"] for row in vehicles if row["figure"] == "TTLUNREACH")
    assert reasons == {k: v for k, v in report["unreachable"].items() if v}


def test_growth_since_the_quarter_before_is_shown_figure_by_figure(loaded):
    changes = {row["figure"]: row["change"] for row in _report(loaded)["restated"]}
    assert changes == {"INVOLVED": 0, "TTLREMEDIED": 2, "TTLUNREACH": 0, "TTLREMOVED": 1}


def test_a_cumulative_figure_that_falls_is_flagged(loaded, folder):
    folder.rows.clear()
    folder.add(
        "vehicle_status",
        vin=make_vin(5),
        effective_date=date(2013, 2, 3),
        status="registered",
        source="state",
    )
    intake.load(loaded, [folder.write()], on=date(2013, 4, 2))
    report = _report(loaded)
    (row,) = [row for row in report["restated"] if row["decrease"]]
    assert (row["figure"], row["before"], row["now"]) == ("TTLUNREACH", 2, 1)
    assert any("TTLUNREACH fell from 2 to 1" in message for message in report["messages"])


def test_the_line_for_nhtsa_reads_back_as_the_report(loaded, tmp_path):
    report = _report(loaded)
    path = tmp_path / "q.txt"
    path.write_bytes(nhtsa13.line(report).encode())
    (read,) = read_reports(path).reports.to_pylist()
    assert read == {field.name: report[field.name] for field in LAYOUTS["quarterly"]}


def test_a_report_is_compared_with_the_line_that_was_filed(loaded, tmp_path):
    report = _report(loaded)
    path = tmp_path / "filed.txt"
    earlier = report | {"TTLREMEDIED": 3, "SUBMDATE": date(2013, 4, 1)}
    another = report | {"RPTQTR": "2012-4", "INVOLVED": 99}
    path.write_bytes("".join(map(nhtsa13.line, (another, earlier))).encode())
    (found,) = nhtsa13.differences(report, nhtsa13.in_file(path, report))
    assert found == ("TTLREMEDIED", 3, report["TTLREMEDIED"])
    path.write_bytes("".join(map(nhtsa13.line, (earlier, report))).encode())
    assert (
        nhtsa13.differences(report, nhtsa13.in_file(path, report)) == []
    )  # the last line of a quarter is the one in force
    path.write_bytes(nhtsa13.line(another).encode())
    with pytest.raises(UnknownName, match="no report of"):
        nhtsa13.in_file(path, report)


def test_the_due_day_is_the_last_of_april(loaded):
    assert _report(loaded)["due"] == date(2013, 4, 30)


def test_a_quarter_that_still_runs_is_provisional(loaded):
    report = _report(loaded, on=ON)
    assert report["as_of"] == ON
    assert any("provisional" in message for message in report["messages"])


def test_a_report_that_is_no_longer_owed_says_so(loaded):
    (message,) = [m for m in _report(loaded)["messages"] if "owed" in m]
    assert "the 6 owed cover 2009Q1 to 2010Q2" in message


def test_a_stated_population_that_differs_is_told(loaded, folder):
    folder.rows.clear()
    folder.campaigns.clear()
    folder.campaign("9LA", involved=214570)
    intake.load(loaded, [folder.write()], on=date(2013, 4, 2))
    assert any(
        "214,570 vehicles involved and the ledger holds 12" in m
        for m in _report(loaded)["messages"]
    )


def test_a_service_campaign_owes_no_report(loaded):
    with pytest.raises(Refused, match="CLB is a service campaign") as refused:
        quarterly.quarterly(loaded, "CLB", **Q1)
    assert "renotify status --campaign CLB" in refused.value.hint


@pytest.mark.parametrize(
    ("quarter", "error", "says"),
    [
        ("2013Q5", BadInput, "not a quarter"),
        ("2014Q1", Refused, "has not begun"),
        ("2008Q4", Refused, "began in 2009Q1"),
    ],
)
def test_a_quarter_that_cannot_be_reported_is_refused(loaded, quarter, error, says):
    with pytest.raises(error, match=says):
        _report(loaded, quarter=quarter)


def test_an_unknown_campaign_is_refused(loaded):
    with pytest.raises(UnknownName):
        quarterly.quarterly(loaded, "XXX", **Q1)


def test_progress_is_told_by_area(loaded):
    rows = progress.progress(loaded, date(2013, 4, 1))
    assert [(row["campaign"], row["area"], row["open"]) for row in rows] == [
        ("9LA", "E", 5),
        ("CLB", "E", 10),
    ]


def test_a_year_ends_with_its_fourth_quarter():
    assert Quarter.parse("2012Q4").next() == Quarter.parse("2013Q1")


# Against what NHTSA has on file


FILED = "Lexus\t09V020000\t9LA\tFiled\t20090116\t\t17\t2013-1\t10\t3\t2\t1\t{}\r\n"


def _file(loaded, tmp_path, *days):
    path = tmp_path / "FLAT_RCL_Qrtly_Rpts.txt"
    path.write_bytes("".join(FILED.format(day) for day in days).encode())
    intake.load(loaded, [path], on=date(2013, 6, 2))


def test_a_report_tells_what_nhtsa_has_on_file_otherwise_once_it_is_loaded(loaded, tmp_path):
    report = _report(loaded)
    before = datetime.now(UTC)
    _file(loaded, tmp_path, "20130430")
    (message,) = [m for m in _report(loaded)["messages"] if "on file" in m]
    assert message == (
        "NHTSA has on file for 2013-1, submitted 2013-04-30: INVOLVED 10 where the ledger has 12; TTLREMEDIED 3 where"
        " the ledger has 4."
    )
    assert _report(loaded, known_at=before) == _report(loaded, known_at=before) | {
        "messages": report["messages"]
    }


def test_a_report_as_filed_has_no_message_and_no_difference(loaded, tmp_path):
    report = _report(loaded)
    path = tmp_path / "q.txt"
    path.write_bytes(nhtsa13.line(report).encode())
    with pytest.raises(UnknownName, match="no filed report of 09V020000 2013-1"):
        as_filed.in_ledger(loaded, report)
    intake.load(loaded, [path], on=date(2013, 6, 2))
    # the name that NHTSA has on file stands now, and nothing else is said
    assert _report(loaded)["messages"] == [m for m in report["messages"] if "MFGTXT" not in m]
    assert nhtsa13.differences(report, as_filed.in_ledger(loaded, report)) == []


def test_the_last_submission_of_a_quarter_is_the_one_on_file(loaded, tmp_path):
    _file(loaded, tmp_path, "20130601", "20130430")
    (message,) = [m for m in _report(loaded)["messages"] if "on file" in m]
    assert "submitted 2013-06-01" in message
