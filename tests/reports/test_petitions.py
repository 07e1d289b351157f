"""A petition that a defect is inconsequential (573.6(c)(8)(iii), (iv); 577.5(a)): no clock stops for it, and once granted none is left."""

from __future__ import annotations

from datetime import date

from small_world import Desk, World

FILED, DENIED = date(2026, 3, 2), date(2026, 4, 3)
DUE = date(2026, 5, 1)  # 29 + 30 + 1 days after 2 March


def recall(folder, **facts: object) -> World:
    stated = {"filed_date": FILED, "first_notice_date": None, "remedy_available_date": None}
    return World(folder).campaign("PET", **(stated | facts))


def clocks(desk: Desk, on: date) -> dict[str, str | None]:
    return {one["what"]: one["due"] for one in desk.do("deadlines", on=on) if one["campaign"] == "PET"}  # fmt: skip


def test_letters_stay_due_while_it_is_decided_and_a_denial_asks_for_the_schedule(sqlite_ledger, tmp_path):  # fmt: skip
    desk = Desk(sqlite_ledger, tmp_path / "desk")
    desk.do("load", recall(tmp_path / "in", nhtsa_campaign_number="26V200000").write(), on=FILED)
    assert clocks(desk, DENIED)["owner letters"] == str(DUE)
    desk.do("deadlines", "--started", "PET:inconsequentiality", on=DENIED)  # a Friday
    found = clocks(desk, DENIED)
    assert found["schedule after a petition was denied"] == "2026-04-10"  # 6, 7, 8, 9 and 10 April
    assert found["owner letters"] == str(DUE)


def test_once_it_is_granted_no_clock_of_a_recall_is_left(sqlite_ledger, tmp_path):
    desk = Desk(sqlite_ledger, tmp_path / "desk")
    desk.do("load", recall(tmp_path / "in", nhtsa_campaign_number="26V200000").write(), on=FILED)
    granted = recall(tmp_path / "granted", campaign_type="service_campaign")
    desk.do("load", granted.write(), on=DENIED)
    assert clocks(desk, DENIED) == {}
