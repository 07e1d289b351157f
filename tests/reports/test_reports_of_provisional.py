"""Reports count from the notification that a remedy is available (573.7(a)): a provisional one, in court, begins none (577.6(b))."""

from __future__ import annotations

from datetime import date

import pytest

from renotify.reports import statable
from small_world import Desk, World, follow_up_file, vin

TOLD, LATER = date(2026, 11, 9), date(2027, 2, 8)


def recall(folder, **facts: object) -> World:
    ordered = {
        "decided_by": "administrator", "ordered_date": date(2026, 9, 25), "filed_date": None, "first_notice_date": TOLD,
    }  # fmt: skip
    return World(folder).campaign("PRV", nhtsa_campaign_number="26V109000", **(ordered | facts))  # fmt: skip


def quarterlies(desk: Desk, on: date) -> list[str]:
    return [one["id"] for one in desk.do("deadlines", on=on) if ":quarterly_report:" in one["id"]]


def test_a_provisional_notification_begins_no_reports_and_the_remedy_after_the_judgment_does(
    ledger, tmp_path
):
    desk = Desk(ledger, tmp_path / "desk")
    for number, remedy in enumerate((None, TOLD)):  # whether or not a day of the remedy is stated
        pending = recall(tmp_path / f"{number}", court="pending", remedy_available_date=remedy)
        desk.do("load", pending.dealer("D1").vehicle(vin(0), "PRV", dealer="D1").write(), on=TOLD)
        assert quarterlies(desk, LATER) == []
        said = desk.run("report", "schedule", "PRV", "--on", "2027-02-08")
        assert said.code == 1
        assert "Owners had a provisional notification" in " ".join(said.err.split())

    upheld = recall(tmp_path / "upheld", court="upheld", remedy_available_date=LATER)
    desk.do("load", upheld.write(), on=LATER)
    owed = desk.do("report", "schedule", "PRV", on=date(2027, 4, 1))
    assert owed[0]["period"] == "2027Q1"  # the quarter of 8 February


@pytest.mark.parametrize(
    ("then", "facts", "begins"),
    [
        (TOLD, {"remedy_available_date": TOLD}, "2027Q1"),  # nothing new is stated: the decision is said to stand on 8 February
        (date(2026, 12, 1), {"remedy_available_date": date(2026, 12, 1)}, "2027Q1"),  # a day within the time in court
        (TOLD, {"remedy_available_date": None}, "2027Q1"),
        (TOLD, {"remedy_available_date": TOLD, "first_notice_date": date(2027, 4, 5)}, "2027Q2"),  # the notice after the judgment
        (TOLD, {"remedy_available_date": date(2027, 5, 3)}, "2027Q2"),
    ],
)  # fmt: skip
def test_after_the_judgment_reports_count_from_the_notification_that_follows_it(
    sqlite_ledger, tmp_path, then, facts, begins
):
    desk = Desk(sqlite_ledger, tmp_path / "desk")
    pending = recall(tmp_path / "pending", court="pending", remedy_available_date=then)
    pending.dealer("D1").vehicle(vin(0), "PRV", dealer="D1")
    desk.do("load", pending.write(), on=TOLD)
    desk.do("load", recall(tmp_path / "upheld", court="upheld", **facts).write(), on=LATER)
    owed = desk.do("report", "schedule", "PRV", on=date(2027, 10, 1))
    assert owed[0]["period"] == begins


def test_the_notice_after_the_judgment_is_owed_by_the_day_of_the_further_order(
    sqlite_ledger, tmp_path, monkeypatch
):
    """577.6(c), 577.7(b)(1): the further order was received on 15 February 2027; 13 + 31 + 16 days lead to 16 April."""
    desk = Desk(sqlite_ledger, tmp_path / "desk")
    pending = recall(tmp_path / "pending", court="pending", remedy_available_date=TOLD)
    pending.dealer("D1").vehicle(vin(0), "PRV", dealer="D1")
    pending.add("mail_events", vin=vin(0), campaign_code="PRV", kind="mailed", mailed_date=TOLD)
    desk.do("load", pending.write(), on=TOLD)
    desk.do("load", recall(tmp_path / "upheld", court="upheld", remedy_available_date=TOLD).write(), on=LATER)  # fmt: skip

    def second(on: date) -> tuple[str, str | None, int | None]:
        (one,) = (
            one for one in desk.do("deadlines", on=on) if one["what"] == "second notification"
        )
        return one["state"], one["due"], one["vehicles"]

    assert second(date(2027, 2, 12)) == (
        "unknown",
        None,
        1,
    )  # owed within a reasonable time: no order is known yet
    monkeypatch.setattr(statable, "by_the_clock", lambda: date(2027, 2, 15))
    desk.do("deadlines", "--started", "PRV:letters_ordered", on=date(2027, 2, 15))
    assert second(date(2027, 2, 15)) == ("ok", "2027-04-16", 1)
    assert second(date(2027, 4, 17)) == ("overdue", "2027-04-16", 1)


@pytest.mark.parametrize("remedy", [None, TOLD], ids=["no day", "a day of the remedy"])
def test_whoever_had_a_provisional_letter_alone_is_owed_the_one_after_the_judgment(
    ledger, tmp_path, remedy
):
    """577.6(b)(9), (c): the provisional letter of vehicle 0 promised a remedy if the Court upholds; vehicle 1 had one after it did."""
    desk = Desk(ledger, tmp_path / "desk")
    pending = recall(tmp_path / "pending", court="pending", remedy_available_date=remedy).dealer("D1")  # fmt: skip
    for number in (0, 1):
        pending.vehicle(vin(number), "PRV", dealer="D1")
        pending.add("mail_events", vin=vin(number), campaign_code="PRV", kind="mailed", mailed_date=TOLD)  # fmt: skip
    desk.do("load", pending.write(), on=TOLD)
    upheld = recall(
        tmp_path / "upheld", court="upheld", effective_date=LATER, remedy_available_date=LATER,
        reimbursed_until_date=date(2027, 5, 3), reimbursed_extent="We pay in full.",
    )  # fmt: skip
    upheld.add("mail_events", vin=vin(1), campaign_code="PRV", kind="mailed", mailed_date=LATER)
    desk.do("load", upheld.write(), on=LATER)
    file = follow_up_file(
        tmp_path / "second.toml", {}, name="second", kind="remedy_available", campaigns=["PRV"],
        notice_date=LATER, days_after_notice=7, horizon_weeks=4,
    )  # fmt: skip
    made = desk.do("followup", "new", file, on=LATER)
    assert (made["listed"], made["left_out"]["told_of_remedy"]) == (1, 1)
