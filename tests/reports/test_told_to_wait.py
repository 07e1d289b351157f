"""The clock of owners whom the plan told to wait for kits or hours."""

from __future__ import annotations

from dataclasses import replace
from datetime import date

from renotify.reports.letter_clocks import Mailed
from reports.test_every_clock import BEGUN, of, one


def test_owners_whom_the_plan_told_to_wait_are_owed_a_second_notice_each() -> None:
    told = Mailed(
        first=date(2013, 2, 11), last=date(2013, 3, 27), waiting=3, waiting_since=date(2013, 3, 27)
    )
    nameless = one(BEGUN, "second notification", date(2013, 4, 1), told)
    assert (nameless.state, nameless.due, nameless.vehicles) == ("unknown", None, 3)
    assert "the plan has no day for them" in nameless.sentence
    named = replace(told, waiting_until=date(2013, 4, 8))
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
    assert of(BEGUN, "second notification", date(2013, 4, 9), replace(named, waiting=0)) == []
