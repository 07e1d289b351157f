"""On which day a vehicle without ``added_date`` joined: with the first list as before, afterwards on the day it was heard of."""

from __future__ import annotations

from datetime import date

import pytest

from folder import ON, Folder, make_vin
from renotify.ledger import status, tables
from small_world import write_csv

VINS = [make_vin(number) for number in range(9)]
FILED = date(2009, 1, 16)
NEXT_WEEK = date(2013, 3, 5)
QUARTERS_MOVE = "This moves {}, which had ended: restate those that were reported."


@pytest.fixture
def session(sqlite_session):
    """On SQLite only: test_past_quarters.py loads later lists on both stores."""
    return sqlite_session


@pytest.fixture
def first(folder, take):
    """Load the first list: three vehicles of 9LA."""
    folder.campaign("9LA").dealer()
    for vin in VINS[:3]:
        folder.vehicle(vin, "9LA", owner=None)
    for vin in VINS[3:]:
        folder.vehicle(vin, owner=None)
    take(folder)
    return folder


def rows(tmp_path, *stated, name="population_2.csv"):
    plain = {"campaign_code": "9LA"}
    (tmp_path / "later").mkdir(exist_ok=True)
    return write_csv(tmp_path / "later" / name, [plain | row for row in stated])


def days(session):
    session.renew()
    found = tables.read(session, "state", "vin", "added_on", where="current").to_pylist()
    return {row["vin"]: row["added_on"] for row in found}


def involved(session, day):
    (counted,) = status.counts(session, campaign="9LA", as_of=day)
    return counted.involved


def test_vehicles_that_come_later_without_a_day_join_on_the_day_of_their_load(
    session, take, first, tmp_path
):
    loaded = take(rows(tmp_path, {"vin": VINS[3]}, {"vin": VINS[4]}))
    (note,) = loaded.notes
    assert note == (
        "2 vehicles of 9LA have no added_date and came after its first list: dated 2013-02-26, the day of this load; 2013Q1 and "
        "later count them. State added_date where they joined on another day."
    )
    assert days(session) == {**dict.fromkeys(VINS[:3], FILED), VINS[3]: ON, VINS[4]: ON}
    assert (involved(session, date(2012, 12, 31)), involved(session, ON)) == (3, 5)


def test_the_same_rows_next_week_change_nothing(session, take, first, tmp_path):
    later = rows(tmp_path, {"vin": VINS[3]}, {"vin": VINS[0]})
    assert take(later).tables["population"].accepted == 1
    again = take(later, on=NEXT_WEEK)
    assert (again.tables["population"].unchanged, again.notes) == (2, [])
    assert days(session)[VINS[3]] == ON


def test_all_files_of_one_load_are_one_first_list(session, take, folder, tmp_path):
    folder.campaign("9LA").dealer()
    for vin in VINS[:2]:
        folder.vehicle(vin, "9LA", owner=None)
    folder.vehicle(VINS[2], owner=None)
    assert take(folder, rows(tmp_path, {"vin": VINS[2]})).notes == []
    assert set(days(session).values()) == {FILED}


def test_a_first_list_of_another_campaign_is_dated_by_its_filing(session, take, first, tmp_path):
    other = Folder(tmp_path / "other").campaign("ALE").vehicle(VINS[5], "ALE", owner=None)
    assert take(other).notes == []
    assert days(session)[VINS[5]] == date(2010, 7, 6)


def test_a_row_without_a_day_leaves_the_day_that_was_stated(session, take, first, tmp_path):
    take(rows(tmp_path, {"vin": VINS[3], "added_date": "2012-11-05"}))
    again = take(rows(tmp_path, {"vin": VINS[3]}, name="population_3.csv"), on=NEXT_WEEK)
    assert (again.tables["population"].unchanged, again.notes) == (1, [])
    assert days(session)[VINS[3]] == date(2012, 11, 5)


def test_a_day_that_is_stated_may_correct_the_day_of_the_load(session, take, first, tmp_path):
    take(rows(tmp_path, {"vin": VINS[3]}))
    loaded = take(rows(tmp_path, {"vin": VINS[3], "added_date": "2009-01-16"}))
    (note,) = loaded.notes
    assert note.endswith(QUARTERS_MOVE.format("2009Q1 to 2012Q4"))
    assert days(session)[VINS[3]] == FILED


@pytest.mark.parametrize(
    ("stated", "moved"),
    [
        ({"vin": VINS[3], "added_date": "2012-11-05"}, "2012Q4"),
        ({"vin": VINS[3], "added_date": "2008-11-05"}, "2009Q1 to 2012Q4"),  # told since 2009Q1
        ({"vin": VINS[0], "removed_date": "2012-08-01"}, "2012Q3 to 2012Q4"),
    ],
)
def test_rows_that_are_dated_back_name_the_quarters_that_move(take, first, tmp_path, stated, moved):
    (note,) = take(rows(tmp_path, stated)).notes
    assert note == (
        f"9LA: 1 vehicle added or removed on days before 2013-01-01. {QUARTERS_MOVE.format(moved)}"
    )


def test_a_row_of_this_quarter_moves_none(take, first, tmp_path):
    assert take(rows(tmp_path, {"vin": VINS[3], "added_date": "2013-01-01"})).notes == []


def test_the_first_list_of_a_new_remedy_is_dated_to_its_day_and_names_the_quarters(
    session, take, first, tmp_path
):
    new = Folder(tmp_path / "new")
    new.campaign("9LA", remedy_version=2, remedy_available_date=date(2012, 5, 1))
    new.add("population", campaign_code="9LA", vin=VINS[0], remedy_version=2)
    notes = take(new).notes
    assert QUARTERS_MOVE.format("2012Q2 to 2012Q4") in notes[-1]
    assert days(session)[VINS[0]] == date(2012, 5, 1)
    later = {"vin": VINS[1], "remedy_version": 2}
    (note,) = take(rows(tmp_path, later), on=NEXT_WEEK).notes
    assert note.startswith("1 vehicle of 9LA, remedy version 2, has no added_date")
    assert days(session)[VINS[1]] == NEXT_WEEK


def test_a_service_campaign_reports_no_quarter(take, tmp_path):
    folder = Folder(tmp_path / "service").campaign("CLB").dealer()
    folder.vehicle(VINS[0], "CLB", owner=None).vehicle(VINS[1], owner=None)
    take(folder)
    dated = {"campaign_code": "CLB", "vin": VINS[1], "added_date": "2012-05-01"}
    assert take(rows(tmp_path, dated)).notes == []


def test_a_day_that_is_corrected_moves_the_quarters_between_the_two(take, first, tmp_path):
    loaded = take(rows(tmp_path, {"vin": VINS[0], "added_date": "2010-05-01"}))
    (note,) = loaded.notes
    assert note.endswith(QUARTERS_MOVE.format("2009Q1 to 2010Q1"))


def test_a_day_corrected_within_its_quarter_moves_none(take, first, tmp_path):
    assert take(rows(tmp_path, {"vin": VINS[0], "added_date": "2009-02-20"})).notes == []


def test_work_heard_of_late_moves_its_quarters_once_work_was_known(take, first):
    first.repair(VINS[0], "9LA", date(2012, 11, 5))
    assert take(first).notes == []  # the first list of work
    first.repair(VINS[1], "9LA", date(2012, 8, 20))
    (note,) = take(first).notes
    assert (
        note
        == "9LA: 1 vehicle repaired or inspected on days before 2013-01-01. "
        + QUARTERS_MOVE.format("2012Q3 to 2012Q4")
    )
    first.repair(VINS[1], "9LA", date(2012, 12, 3))
    assert take(first).notes == []  # done already: nothing moves


def reports(tmp_path, *stated, name="vehicle_status_2.csv"):
    plain = {"vin": VINS[0], "status": "exported", "source": "state"}
    (tmp_path / "later").mkdir(exist_ok=True)
    return write_csv(tmp_path / "later" / name, [plain | row for row in stated])


def moved_by_reports(loaded):
    said = (
        "9LA: reports of 1 vehicle were dated or taken back to days before 2013-01-01. This moves "
    )
    return [note.removeprefix(said).partition(",")[0] for note in loaded.notes]


def test_a_report_that_is_dated_back_moves_its_quarters_up_to_the_next_report(
    take, first, tmp_path
):
    exported = {"effective_date": "2012-05-02"}
    assert moved_by_reports(take(reports(tmp_path, exported))) == ["2012Q2 to 2012Q4"]
    back = {"effective_date": "2012-08-02", "status": "registered"}
    assert moved_by_reports(take(reports(tmp_path, back, name="vehicle_status_3.csv"))) == [
        "2012Q3 to 2012Q4"
    ]
    earlier = {"effective_date": "2011-11-02"}  # exported half a year before it was said
    assert moved_by_reports(take(reports(tmp_path, earlier, name="vehicle_status_4.csv"))) == [
        "2011Q4 to 2012Q1"
    ]


def test_a_report_that_is_taken_back_moves_the_quarters_in_which_it_counted(take, first, tmp_path):
    exported = {"effective_date": "2012-05-02"}
    take(reports(tmp_path, exported))
    gone = reports(tmp_path, exported | {"withdrawn": "yes"}, name="vehicle_status_3.csv")
    assert moved_by_reports(take(gone)) == ["2012Q2 to 2012Q4"]
    assert take(gone).notes == []


def test_a_report_that_changes_nothing_that_was_counted_moves_no_quarter(take, first, tmp_path):
    first.rows.clear()
    take(first.repair(VINS[1], "9LA", date(2011, 2, 1)))
    nothing = [
        {"vin": VINS[0], "effective_date": "2012-05-02", "status": "registered"},
        {"vin": VINS[0], "effective_date": "2012-06-02", "status": "unknown"},
        {"vin": VINS[1], "effective_date": "2012-05-02"},  # repaired before
        {"vin": VINS[2], "effective_date": "2013-01-02"},  # of this quarter
        {"vin": VINS[3], "effective_date": "2012-05-02"},  # in no campaign
    ]
    assert take(reports(tmp_path, *nothing)).notes == []


def test_reports_that_come_with_the_first_list_move_no_quarter(take, folder):
    folder.campaign("9LA").dealer().vehicle(VINS[0], "9LA", owner=None)
    assert take(folder.status(VINS[0], "exported", date(2012, 5, 2))).notes == []


def test_a_second_code_with_a_list_of_its_own_moves_what_its_number_has_reported(
    take, first, tmp_path
):
    other = Folder(tmp_path / "other").campaign("9LT", nhtsa_campaign_number="09V020000")
    (note,) = take(other.vehicle(VINS[5], "9LT", owner=None)).notes
    assert note == (
        "9LT: its own list brings 1 vehicle to an NHTSA number that had a list before, on days before 2013-01-01."
        f" {QUARTERS_MOVE.format('2010Q1 to 2012Q4')}"  # its first notice is of 2010-01-04
    )
