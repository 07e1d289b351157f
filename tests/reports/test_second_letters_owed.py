"""An owed second notice keeps the day promised in print, and claims stay open until it went (577.7(a)(1), 573.13(c))."""

from __future__ import annotations

from datetime import date

import pytest

from renotify.reports import statable
from small_world import Desk, World, vin

FILED, BEGUN, CAME, PROMISED = date(2026, 10, 19), date(2026, 11, 9), date(2027, 2, 8), date(2027, 3, 15)  # fmt: skip
SECOND, CLAIMS = "PKO:letters:second", "PKO:reimbursement_period"


def recall(folder, **facts: object) -> World:
    """A recall of three vehicles by its report; ``facts`` are of its remedy."""
    dates = {"filed_date": FILED, "first_notice_date": BEGUN, "remedy_available_date": None}
    return World(folder).dealer("D1").campaign("PKO", nhtsa_campaign_number="26V103000", **(dates | facts))  # fmt: skip


def letters(world: World, day: date, *numbers: int) -> World:
    for number in numbers:
        world.add("mail_events", vin=vin(number), campaign_code="PKO", kind="mailed", mailed_date=day)  # fmt: skip
    return world


def clock(desk: Desk, name: str, on: date):
    found = [one for one in desk.do("deadlines", on=on) if one["id"] == name]
    return next(((one["state"], one["due"], one["vehicles"]) for one in found), None)


@pytest.mark.parametrize("promised", [PROMISED, None], ids=["still stated", "no longer stated"])
def test_a_promised_second_letter_turns_overdue_and_claims_have_no_end_until_the_last_has_gone(
    ledger, tmp_path, promised
):
    desk = Desk(ledger, tmp_path / "desk")
    told = recall(tmp_path / "interim", next_notice_date=PROMISED)
    for number in range(3):
        told.vehicle(vin(number), "PKO", dealer="D1")
    desk.do("load", letters(told, BEGUN, 0, 1, 2).write(), on=date(2026, 11, 20))
    assert clock(desk, SECOND, date(2026, 12, 1)) == ("ok", "2027-03-15", 3)

    there = recall(tmp_path / "there", next_notice_date=promised, remedy_available_date=CAME)
    desk.do("load", there.write(), on=CAME)
    assert clock(desk, SECOND, date(2027, 2, 10)) == ("ok", "2027-03-15", 3)
    assert clock(desk, SECOND, date(2027, 3, 15)) == ("soon", "2027-03-15", 3)
    assert clock(desk, SECOND, date(2027, 3, 16)) == ("overdue", "2027-03-15", 3)
    assert clock(desk, CLAIMS, date(2027, 12, 1))[:2] == ("ok", None)

    some = letters(World(tmp_path / "some"), date(2027, 2, 22), 0, 1)
    desk.do("load", some.write(), on=date(2027, 2, 24))
    assert clock(desk, SECOND, date(2027, 3, 16)) == (
        "overdue",
        "2027-03-15",
        1,
    )  # the third owner waits
    listed = desk.do("deadlines", "--list", SECOND, on=date(2027, 3, 16))
    assert [row["vin"] for row in listed["rows"]] == [vin(2)]
    assert clock(desk, CLAIMS, date(2027, 3, 16))[:2] == ("ok", None)

    desk.do("load", letters(World(tmp_path / "last"), date(2027, 3, 20), 2).write(), on=date(2027, 3, 22))  # fmt: skip
    assert clock(desk, SECOND, date(2027, 3, 23)) is None
    assert clock(desk, CLAIMS, date(2027, 3, 23))[:2] == (
        "ok",
        "2027-03-30",
    )  # 10 days after the last


def test_who_was_repaired_meanwhile_is_owed_no_second_letter(ledger, tmp_path):
    desk = Desk(ledger, tmp_path / "desk")
    told = recall(tmp_path / "in", next_notice_date=PROMISED, remedy_available_date=CAME)
    told.labour("PKO", 1.0).vehicle(vin(0), "PKO", dealer="D1")
    letters(told, BEGUN, 0).repair(vin(0), "PKO", date(2027, 2, 9), dealer="D1")
    desk.do("load", told.write(), on=date(2027, 2, 10))
    assert clock(desk, SECOND, date(2027, 3, 16)) is None
    assert clock(desk, CLAIMS, date(2026, 11, 20))[:2] == ("ok", "2026-11-19")


def test_a_second_letter_that_is_stated_is_the_last_notification(ledger, tmp_path, monkeypatch):
    desk = Desk(ledger, tmp_path / "desk")
    told = recall(tmp_path / "in", next_notice_date=PROMISED, remedy_available_date=CAME)
    told.vehicle(vin(0), "PKO", dealer="D1")
    desk.do("load", letters(told, BEGUN, 0).write(), on=CAME)
    monkeypatch.setattr(statable, "by_the_clock", lambda: date(2027, 3, 1))
    desk.do("deadlines", "--filed", SECOND, on=date(2027, 3, 1))
    assert clock(desk, SECOND, date(2027, 3, 16)) is None
    assert clock(desk, CLAIMS, date(2027, 3, 2))[:2] == ("ok", "2027-03-11")
