"""573.7(b)(2): notification began with the first and was completed with the last first notice of the recall; nothing later moves it."""

from __future__ import annotations

from datetime import UTC, date, datetime

import pytest

from folder import Folder, make_vin
from renotify.ledger import intake
from renotify.ledger.kinds import DayWord
from renotify.reports import quarterly
from renotify.reports.deadlines import deadlines, state_day
from renotify.reports.owner_notification import FirstNotices, completed

BEGAN, LAST, ON = date(2022, 2, 1), date(2022, 3, 10), date(2022, 6, 30)
STATES = "or, if it was completed, state the day: renotify deadlines --filed FUE:letters --on DATE."


@pytest.mark.parametrize(
    ("letters", "stated", "day", "says"),
    [
        (FirstNotices(BEGAN, LAST, 9, 0), None, LAST, ""),
        (FirstNotices(BEGAN, LAST, 8, 1), None, None,
         f"1 open vehicle had no first notice yet, the last so far is of 2022-03-10; write to them, {STATES}"),
        (FirstNotices(untold=9), date(2022, 4, 1), date(2022, 4, 1), ""),  # a person knows that it was completed
        (FirstNotices(BEGAN, LAST, 8, 1), date(2022, 7, 1), None, "1 open vehicle"),  # that was after the day asked
        (FirstNotices(BEGAN, LAST, 9, 0), date(2022, 3, 20), date(2022, 3, 20), ""),  # later than the ledger's
        (FirstNotices(), None, None, f"the ledger holds no first notice; load mail_events, {STATES}"),
        (FirstNotices(date(2022, 2, 15), LAST, 9, 0), None, LAST, ""),  # two weeks of slip: 573.6(c)(8)(ii)
        (FirstNotices(date(2022, 2, 16), LAST, 9, 0), None, None,
         "the first notice is stated for 2022-02-01, and the first that the ledger holds is of 2022-02-16"),
    ],
)  # fmt: skip
def test_notification_is_completed_when_no_open_vehicle_is_without_its_first_notice(
    letters: FirstNotices, stated: date | None, day: date | None, says: str
) -> None:
    found = completed("FUE", BEGAN, stated, letters, ON)
    assert found.day == day
    assert found.message.startswith(f"ODATEEND is blank: {says}") if says else not found.message


def test_a_stated_end_that_is_earlier_than_the_last_letter_is_not_taken_and_is_told() -> None:
    found = completed("FUE", BEGAN, date(2022, 3, 1), FirstNotices(BEGAN, LAST, 9, 0), ON)
    assert found.day == LAST
    assert "of 2022-03-10; the end is stated for 2022-03-01: take that back" in found.message


def test_a_stated_end_is_told_beside_the_vehicles_that_the_ledger_does_not_know_as_told() -> None:
    day = date(2022, 4, 1)
    found = completed("FUE", BEGAN, day, FirstNotices(BEGAN, LAST, 8, 2), ON)
    assert found.day == day
    assert found.message == (
        "ODATEEND is stated for 2022-04-01, but the ledger holds no first notice of 2 open vehicles: load their letters, or write to"
        " them and take that back, renotify deadlines --withdrawn FUE:letters."
    )
    earlier = completed("FUE", BEGAN, date(2022, 3, 1), FirstNotices(BEGAN, LAST, 8, 2), ON)
    assert earlier.day == LAST
    assert earlier.message.count("2 open vehicles") == 1


def test_vehicles_that_joined_later_without_a_letter_are_told_beside_the_end() -> None:
    found = completed("FUE", BEGAN, None, FirstNotices(BEGAN, LAST, 9, 0, 2), ON)
    assert found.day == LAST
    assert found.message.startswith("2 open vehicles that joined after the last day")


def test_before_it_began_nobody_asks_when_it_ended() -> None:
    assert completed("FUE", ON, None, FirstNotices(), BEGAN) == (None, "")
    assert completed("FUE", None, None, FirstNotices(), ON) == (None, "")


def letter(folder, number, day):
    folder.add(
        "mail_events", vin=make_vin(number), campaign_code="FUE", kind="mailed", mailed_date=day
    )


def six_vehicles(folder, **facts):
    """Told on 1, 2 and 3 February 2022; one was repaired before, one exported, and of one later."""
    stated = {
        "filed_date": date(2022, 1, 3),
        "remedy_available_date": BEGAN,
        "first_notice_date": BEGAN,
        **facts,
    }
    folder.campaign(
        "FUE", nhtsa_campaign_number="22V111000", manufacturer="Made-up Motors", **stated
    ).dealer()
    for number in range(6):
        folder.vehicle(make_vin(number), "FUE")
    for number in range(3):
        letter(folder, number, date(2022, 2, 1 + number))
    folder.repair(make_vin(3), "FUE", date(2022, 1, 20))
    return folder.status(make_vin(4), "exported", date(2022, 1, 25))


def reported(session, quarter, **asked):
    found = quarterly.quarterly(session, "FUE", quarter, on=date(2023, 1, 5), **asked)
    return found["ODATE"], found["ODATEEND"], [m for m in found["messages"] if "ODATEEND" in m]


def test_the_last_first_notice_ends_it_and_later_letters_do_not(session, folder):
    six_vehicles(folder)
    letter(folder, 5, date(2022, 4, 20))
    for number in (0, 5):
        letter(folder, number, date(2022, 9, 1))  # urged again
    intake.load(session, [folder.write()], on=date(2023, 1, 5))
    began, ended, (message,) = reported(session, "2022Q1")
    assert (began, ended) == (BEGAN, None)  # on 31 March one open vehicle had no letter
    assert "1 open vehicle had no first notice yet, the last so far is of 2022-02-03" in message
    assert reported(session, "2022Q2") == (BEGAN, date(2022, 4, 20), [])
    assert reported(session, "2022Q3") == (BEGAN, date(2022, 4, 20), [])


def test_a_day_that_is_stated_ends_it_once_it_was_recorded(sqlite_session, folder):
    intake.load(sqlite_session, [six_vehicles(folder).write()], on=date(2023, 1, 5))
    before = datetime.now(UTC)
    state_day(sqlite_session, "22V111000:letters", DayWord.DONE, date(2022, 3, 1))
    began, ended, (message,) = reported(sqlite_session, "2022Q1")
    assert (began, ended) == (BEGAN, date(2022, 3, 1))
    assert "the ledger holds no first notice of 1 open vehicle" in message
    assert reported(sqlite_session, "2022Q1", known_at=before)[1] is None


def test_vehicles_that_joined_later_are_told_of_until_they_are_stated_as_told(session, folder):
    """One joins on 4 April and one on 4 July; letters to the first are stated for 1 June."""
    six_vehicles(folder)
    letter(folder, 5, date(2022, 2, 4))
    for number, day in ((7, date(2022, 4, 4)), (8, date(2022, 7, 4))):
        folder.vehicle(make_vin(number))
        folder.add("population", campaign_code="FUE", vin=make_vin(number), added_date=day)
    intake.load(session, [folder.write()], on=date(2023, 1, 5))
    for quarter, joined in (("2022Q2", 1), ("2022Q3", 2)):
        ended, (message,) = reported(session, quarter)[1:]
        assert (ended, message[0]) == (date(2022, 2, 4), str(joined))
    state_day(session, "FUE:letters:joined", DayWord.DONE, date(2022, 6, 1))
    assert reported(session, "2022Q2")[2] == []
    (message,) = reported(session, "2022Q3")[2]
    assert message.startswith("1 open vehicle that joined after the last day")


def test_a_vehicle_that_another_remedy_is_for_joined_with_the_first_one(session, folder):
    """Of the six that joined in January the one that had no letter, and one that had one, get a second remedy on 2 May."""
    six_vehicles(folder)
    second = Folder(folder.path.parent / "second")
    known = {
        "nhtsa_campaign_number": "22V111000",
        "filed_date": date(2022, 1, 3),
        "first_notice_date": BEGAN,
    }
    second.campaign("FUE", **known, remedy_version=2, remedy_available_date=date(2022, 5, 2))
    for number in (0, 5):
        row = {"vin": make_vin(number), "remedy_version": 2, "added_date": date(2022, 5, 2)}
        second.add("population", campaign_code="FUE", **row)
    intake.load(session, [folder.write(), second.write()], on=date(2023, 1, 5))
    ended, (message,) = reported(session, "2022Q2")[1:]
    assert (
        ended is None
    )  # who has no letter is owed one since January, and is none that joined later
    assert "1 open vehicle had no first notice yet" in message
    third = Folder(folder.path.parent / "third")
    letter(third, 5, date(2022, 5, 9))
    intake.load(session, [third.write()], on=date(2023, 1, 5))
    assert reported(session, "2022Q2")[1:] == (date(2022, 5, 9), [])


def test_letters_say_when_it_began_where_nobody_stated_it(sqlite_session, folder):
    """Owners were told on 1 February that the remedy comes on 4 April: the second quarter is the first report."""
    six_vehicles(folder, first_notice_date=None, remedy_available_date=date(2022, 4, 4))
    intake.load(sqlite_session, [folder.write()], on=date(2023, 1, 5))
    report = quarterly.quarterly(sqlite_session, "FUE", "2022Q3", on=date(2022, 10, 5))
    assert (report["ODATE"], report["RPTNO"]) == (BEGAN, 2)
    clocks = [one["what"] for one in deadlines(sqlite_session, date(2022, 7, 5))]
    assert "quarterly report 2022Q2" in clocks
    assert "quarterly report 2022Q1" not in clocks
