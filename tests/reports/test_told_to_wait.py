"""The clock of owners whom the plan told to wait for kits or hours."""

from __future__ import annotations

from dataclasses import replace
from datetime import date

from renotify.reports.letter_clocks import Mailed, Waits, of_one_recall
from reports.test_every_clock import BEGUN, of, one


def test_owners_whom_the_plan_told_to_wait_are_owed_a_second_notice_each() -> None:
    since = date(2013, 3, 27)
    told = Mailed(first=date(2013, 2, 11), last=since, waits=(Waits(None, 3, since),))
    nameless = one(BEGUN, "second notification", date(2013, 4, 1), told)
    assert (nameless.state, nameless.due, nameless.vehicles) == ("unknown", None, 3)
    assert "the plan has no day for them" in nameless.sentence
    named = replace(told, waits=(Waits(date(2013, 4, 8), 3, since),))
    owed = [
        one(BEGUN, "second notification", day, named)
        for day in (date(2013, 4, 1), date(2013, 4, 9))
    ]
    assert [(found.state, found.due) for found in owed] == [
        ("soon", date(2013, 4, 8)),
        ("overdue", date(2013, 4, 8)),
    ]
    assert (
        "kits or hours do not suffice: the plan has them from 2013-04-08, in 7 days"
        in owed[0].sentence
    )
    assert of(BEGUN, "second notification", date(2013, 4, 9), replace(named, waits=())) == []


def test_who_waits_is_counted_by_the_day_that_the_plan_has_for_them() -> None:
    """Nine wait: two from 8 April on, seven without a day; on the 9th two are overdue, not nine."""
    since, week = date(2013, 3, 27), date(2013, 4, 8)
    codes = [
        Mailed(first=since, last=since, waits=(Waits(week, 1, since), Waits(None, 7, since))),
        Mailed(first=since, last=since, waits=(Waits(week, 1, since),)),
    ]
    found = of(BEGUN, "second notification", date(2013, 4, 9), of_one_recall(codes))
    assert [(one.state, one.due, one.vehicles) for one in found] == [
        ("overdue", week, 2),
        ("unknown", None, 7),
    ]
    assert "Owners of 7 vehicles of" in found[1].sentence
