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


def test_reports_begin_with_the_first_letter_that_tells_of_the_remedy_and_not_with_its_day(
    ledger, tmp_path
):
    """573.7(a): the remedy came on 22 March, its owners heard on 5 April 2027; eight quarters later are 2029Q1, due on 30 April 2029."""
    desk = Desk(ledger, tmp_path / "desk")
    there = date(2027, 3, 22)
    told = recall(tmp_path / "interim", next_notice_date=date(2027, 4, 12))
    told.vehicle(vin(0), "PKO", dealer="D1")
    desk.do("load", letters(told, BEGUN, 0).write(), on=date(2026, 11, 20))
    now = recall(tmp_path / "there", next_notice_date=date(2027, 4, 12), remedy_available_date=there)  # fmt: skip
    desk.do("load", now.write(), on=there)

    def owed() -> list[str]:
        return [one["period"] for one in desk.do("report", "schedule", "PKO", on=date(2027, 4, 8))]

    assert owed()[0] == "2027Q1"  # no letter is known since: the remedy's day stands for it
    second = letters(World(tmp_path / "second"), date(2027, 4, 5), 0)
    desk.do("load", second.write(), on=date(2027, 4, 8))
    assert (owed()[0], owed()[7]) == ("2027Q2", "2029Q1")
    early = desk.run("report", "quarterly", "PKO", "2027Q1", "--on", "2027-04-08")
    assert (early.code, "began in 2027Q2" in early.err) == (1, True)
    (first, *_) = (one for one in desk.do("deadlines", on=date(2027, 4, 8)) if ":quarterly_report:" in one["id"])  # fmt: skip
    assert (first["id"], first["due"]) == ("PKO:quarterly_report:2027Q2", "2027-07-30")
