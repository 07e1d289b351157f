"""Codes with one NHTSA number are one recall: the first notice about either is the vehicle's (577.7(a)(1), 573.13(c), 573.7(b)(2))."""

from __future__ import annotations

from datetime import date

from small_world import Desk, World, vin

FILED, BEGUN, TWIN, JOINED = date(2026, 10, 5), date(2026, 11, 9), date(2026, 11, 20), date(2026, 11, 25)  # fmt: skip
DATES = {"filed_date": FILED, "first_notice_date": BEGUN, "remedy_available_date": FILED}
NUMBER = "26V102000"
DUE, AFTER = "2026-12-04", date(2026, 12, 10)  # 60 days after the report, and six days after that


def twins(folder, desk: Desk) -> None:
    """Two vehicles under DNA, told on the 9th; the same two under DNB; on the 25th one joins each code, and a third both."""
    first = World(folder / "first").dealer("D1").campaign("DNA", nhtsa_campaign_number=NUMBER, **DATES)  # fmt: skip
    for number in (0, 1):
        first.vehicle(vin(number), "DNA", dealer="D1")
        first.add("mail_events", vin=vin(number), campaign_code="DNA", kind="mailed", mailed_date=BEGUN)  # fmt: skip
    desk.do("load", first.write(), on=BEGUN)
    twin = World(folder / "twin").campaign("DNB", nhtsa_campaign_number=NUMBER, **DATES)
    for number in (0, 1):
        twin.add("population", campaign_code="DNB", vin=vin(number), added_date=TWIN)
    desk.do("load", twin.write(), on=TWIN)


def join(folder, desk: Desk) -> None:
    late = World(folder / "late")
    for number, codes in ((2, ["DNA"]), (3, ["DNB"]), (4, ["DNA", "DNB"])):
        late.vehicle(vin(number), dealer="D1")
        for code in codes:
            late.add("population", campaign_code=code, vin=vin(number), added_date=JOINED)
    desk.do("load", late.write(), on=JOINED)


def clock(desk: Desk, name: str, on: date):
    return next(one for one in desk.do("deadlines", on=on) if one["id"] == name)


def test_who_was_told_under_one_code_is_owed_nothing_under_the_other(ledger, tmp_path):
    desk = Desk(ledger, tmp_path / "desk")
    twins(tmp_path, desk)
    letters = clock(desk, "DNA:letters", AFTER)
    assert (letters["state"], letters["due"]) == ("ok", DUE)
    assert (
        clock(desk, "DNA:reimbursement_period", TWIN)["due"] == "2026-11-19"
    )  # 10 days after the 9th
    report = desk.do("report", "quarterly", NUMBER, "2026Q4", on=date(2027, 1, 15))
    assert report["ODATEEND"] == "2026-11-09"


def test_the_three_that_joined_later_are_owed_one_each_however_many_codes_they_have(ledger, tmp_path):  # fmt: skip
    desk = Desk(ledger, tmp_path / "desk")
    twins(tmp_path, desk)
    join(tmp_path, desk)
    letters = clock(desk, "DNA:letters", AFTER)
    assert (letters["state"], letters["due"], letters["vehicles"]) == ("overdue", DUE, 3)
    listed = desk.do("deadlines", "--list", "DNA:letters", on=AFTER)
    assert sorted(row["vin"] for row in listed["rows"]) == sorted(map(vin, (2, 3, 4)))
    assert "3 open vehicles had no first notice yet" in clock(desk, "DNA:reimbursement_period", AFTER)["sentence"]  # fmt: skip
    report = desk.do("report", "quarterly", NUMBER, "2026Q4", on=date(2027, 1, 15))
    assert any("3 open vehicles had no first notice yet" in one for one in report["messages"])


def test_a_stated_first_notice_does_not_speak_for_who_joined_after_it(ledger, tmp_path):
    """The ledger holds no letter: of three vehicles one joined on the 25th, after the 9th that is stated."""
    desk = Desk(ledger, tmp_path / "desk")
    world = World(tmp_path / "in").dealer("D1").campaign("ONE", nhtsa_campaign_number="26V103000", **DATES)  # fmt: skip
    for number, day in ((0, FILED), (1, BEGUN), (2, JOINED)):
        world.vehicle(vin(number), dealer="D1")
        world.add("population", campaign_code="ONE", vin=vin(number), added_date=day)
    desk.do("load", world.write(), on=JOINED)
    found = clock(desk, "ONE:letters", AFTER)
    assert (found["state"], found["due"], found["vehicles"]) == ("overdue", DUE, 1)
    listed = desk.do("deadlines", "--list", "ONE:letters", on=AFTER)
    assert [row["vin"] for row in listed["rows"]] == [vin(2)]
