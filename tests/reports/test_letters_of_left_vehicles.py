"""A vehicle that was open on the last day for letters and had none stays a late letter, whatever becomes of it (49 CFR 577.7(a)(1))."""

from __future__ import annotations

from datetime import date

import pytest

from small_world import Desk, World, vin

FILED, BEGUN = date(2024, 1, 2), date(2024, 2, 1)
DUE, GONE, LATER = date(2024, 3, 2), date(2024, 4, 1), date(2024, 4, 10)  # 29, 29 and 2 days


def recalls(folder, *codes: str, untold: bool = True, **facts: object) -> World:
    """Recalls of two vehicles each, the first told on 1 February, the second never."""
    world = World(folder).dealer("D1").labour(codes[0], 1.0)
    stated = {"filed_date": FILED, "first_notice_date": BEGUN, "remedy_available_date": BEGUN}
    for number, code in enumerate(codes):
        world.campaign(code, nhtsa_campaign_number=f"24V00{number}000", **(stated | facts))
        world.vehicle(vin(2 * number), code, dealer="D1")
        world.add("mail_events", vin=vin(2 * number), campaign_code=code, kind="mailed", mailed_date=BEGUN)  # fmt: skip
        if untold:
            world.vehicle(vin(2 * number + 1), code, dealer="D1")
    return world


def letters(desk: Desk, code: str, on: date, what: str = "owner letters"):
    found = [one for one in desk.do("deadlines", on=on) if one["what"] == what]
    return next(((one["state"], one["due"], one["vehicles"]) for one in found if one["campaign"] == code), None)  # fmt: skip


@pytest.fixture
def desk(sqlite_ledger, tmp_path):
    return Desk(sqlite_ledger, tmp_path / "desk")


def leave(folder, day: date) -> World:
    """The untold vehicles of SCR, REP and REM leave on a day: scrapped, repaired, removed."""
    world = World(folder).status(vin(1), "scrapped", day)
    world.labour("REP", 1.0).repair(vin(3), "REP", day, dealer="D1")
    return world.add("population", campaign_code="REM", vin=vin(5), added_date=FILED, removed_date=day)  # fmt: skip


def test_a_broken_sixty_day_clock_does_not_heal(ledger, tmp_path):
    desk = Desk(ledger, tmp_path / "desk")
    codes = ("SCR", "REP", "REM")
    desk.do("load", recalls(tmp_path / "in", *codes).write(), on=date(2024, 3, 15))
    broken = ("overdue", "2024-03-02", 1)
    assert {letters(desk, code, date(2024, 3, 15)) for code in codes} == {broken}
    desk.do("load", leave(tmp_path / "more", GONE).write(), on=LATER)
    for code in codes:
        assert letters(desk, code, LATER) == ("late", "2024-03-02", 1), code
        assert letters(desk, code, date(2024, 3, 15)) == broken, code
    said = next(one for one in desk.do("deadlines", on=LATER) if one["id"] == "SCR:letters")
    assert "1 vehicle left it after the last day, and had none" in said["sentence"]


def test_a_vehicle_that_left_on_the_last_day_was_owed_none(desk, tmp_path):
    desk.do("load", recalls(tmp_path / "in", "SCR", "REP", "REM").write(), on=BEGUN)
    desk.do("load", leave(tmp_path / "more", DUE).write(), on=LATER)
    assert [letters(desk, code, LATER)[0] for code in ("SCR", "REP", "REM")] == ["ok", "ok", "ok"]


def test_a_letter_after_the_last_day_to_a_vehicle_that_was_repaired_before_is_not_late(
    desk, tmp_path
):
    world = recalls(tmp_path / "in", "REP").repair(vin(1), "REP", date(2024, 2, 9), dealer="D1")
    world.add("mail_events", vin=vin(1), campaign_code="REP", kind="mailed", mailed_date=GONE)
    desk.do("load", world.write(), on=LATER)
    assert letters(desk, "REP", LATER)[0] == "ok"


def test_a_vehicle_that_joined_and_left_untold_after_its_own_last_day_stays_late(desk, tmp_path):
    """It joined on 10 March: the sixtieth day is 9 May."""
    what = "owner letters of vehicles that joined later"
    world = recalls(tmp_path / "in", "REP", untold=False)
    for number, left in ((8, date(2024, 5, 9)), (9, date(2024, 5, 10))):
        world.vehicle(vin(number), dealer="D1").repair(vin(number), "REP", left, dealer="D1")
        world.add("population", campaign_code="REP", vin=vin(number), added_date=date(2024, 3, 10))
    desk.do("load", world.write(), on=date(2024, 6, 1))
    assert letters(desk, "REP", date(2024, 5, 8), what) == ("soon", "2024-05-09", 2)
    assert letters(desk, "REP", date(2024, 6, 1), what) == ("late", "2024-05-09", 1)
    (said,) = [one for one in desk.do("deadlines", on=date(2024, 6, 1)) if one["what"] == what]
    assert "after the last day for its owner letters, left without one." in said["sentence"]


def stock(folder, *, sold: date | None = None, owner: date | None = None) -> World:
    """One new vehicle that stands with a dealer since January, beside one that was told."""
    world = recalls(folder, "NEW", untold=False).vehicle(vin(9), "NEW", dealer="D1", owner=None)
    world.in_stock(vin(9), "D1", "new", date(2024, 1, 1), sold)
    return world.owner(vin(9), as_of=owner) if owner else world


def reported(desk: Desk, quarter: str, on: date):
    found = desk.do("report", "quarterly", "NEW", quarter, on=on)
    return found["ODATEEND"], [one for one in found["messages"] if "notice" in one]


def test_a_new_vehicle_in_a_dealers_stock_is_owed_no_owner_letter(ledger, tmp_path):
    """Owners and purchasers are written to (577.7(a)(2)(i)); the dealer is told under 577.13."""
    desk = Desk(ledger, tmp_path / "desk")
    desk.do("load", stock(tmp_path / "in").write(), on=LATER)
    assert letters(desk, "NEW", LATER) == ("ok", "2024-03-02", 1)
    assert reported(desk, "2024Q1", LATER) == ("2024-02-01", [])


@pytest.mark.parametrize("known", [{"sold": GONE}, {"owner": GONE}], ids=str)
def test_once_it_has_an_owner_it_is_owed_one_as_what_joined_that_day(desk, tmp_path, known):
    """Sold, or on record, on 1 April: the sixtieth day is 31 May."""
    what = "owner letters of vehicles that joined later"
    desk.do("load", stock(tmp_path / "in", **known).write(), on=LATER)
    assert letters(desk, "NEW", LATER)[0] == "ok"
    assert letters(desk, "NEW", date(2024, 3, 31), what) is None
    assert letters(desk, "NEW", LATER, what) == ("ok", "2024-05-31", 1)
    ended, (message,) = reported(desk, "2024Q2", date(2024, 7, 5))
    assert (ended, message.split(" that joined")[0]) == ("2024-02-01", "1 open vehicle")


def test_a_stock_vehicle_that_was_repaired_before_its_sale_was_never_owed_one(desk, tmp_path):
    world = stock(tmp_path / "in", sold=date(2024, 5, 1)).repair(vin(9), "NEW", GONE, dealer="D1")
    desk.do("load", world.write(), on=date(2024, 8, 1))
    assert letters(desk, "NEW", date(2024, 8, 1))[0] == "ok"
    assert letters(desk, "NEW", date(2024, 8, 1), "owner letters of vehicles that joined later") is None  # fmt: skip


def test_a_vehicle_of_which_merely_nobody_knows_the_owner_is_owed_one(desk, tmp_path):
    world = recalls(tmp_path / "in", "NEW", untold=False)
    world.vehicle(vin(9), "NEW", dealer="D1", owner=None)
    world.vehicle(vin(8), "NEW", dealer="D1", owner=None)
    world.in_stock(vin(8), "D1", "used", date(2024, 1, 1))
    desk.do("load", world.write(), on=LATER)
    assert letters(desk, "NEW", LATER) == ("overdue", "2024-03-02", 2)
