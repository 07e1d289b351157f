"""Reports count from the notification that a remedy is available (573.7(a)): a provisional one, in court, begins none (577.6(b))."""

from __future__ import annotations

from datetime import date

from small_world import Desk, World, vin

TOLD, LATER = date(2026, 11, 9), date(2027, 2, 8)


def recall(folder, **facts: object) -> World:
    ordered = {"decided_by": "administrator", "ordered_date": date(2026, 9, 25), "filed_date": None}
    return World(folder).campaign("PRV", nhtsa_campaign_number="26V109000", first_notice_date=TOLD, **(ordered | facts))  # fmt: skip


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
