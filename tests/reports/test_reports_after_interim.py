"""Reports begin with the quarter in which purchasers are told that a remedy is available (573.7(a)), in whatever order it is stated.

The interim letter of vehicle 0 was mailed on 12 February 2025 (2025Q1), the letter after it on 2 July 2025 (2025Q3).
"""

from __future__ import annotations

from datetime import date

import pytest

from small_world import Desk, World, vin

INTERIM, SECOND = date(2025, 2, 12), date(2025, 7, 2)
FILED, STATED, THERE = date(2025, 1, 13), date(2025, 6, 20), date(2025, 6, 23)
ASKED = date(2025, 7, 15)


def to_come(day: date = date(2025, 6, 2), **facts: object) -> dict[str, object]:
    return {"remedy_available_date": None, "remedy_expected_date": day, **facts}


def there(day: date = THERE, **facts: object) -> dict[str, object]:
    return {"remedy_available_date": day, **facts}


NOTICE = {"first_notice_date": INTERIM}


def world(folder, **facts: object) -> World:
    told = {"filed_date": FILED, "first_notice_date": None, **facts}
    return World(folder).campaign("IN1", nhtsa_campaign_number="25V101000", **told)


def begun_after(ledger, folder, *said: tuple[date, dict[str, object]], letters=(INTERIM, SECOND)):
    """Load each statement on its day, then the letters; return the periods that are owed."""
    desk = Desk(ledger, folder / "desk")
    for number, (day, facts) in enumerate(said):
        one = world(folder / f"{number}", **facts)
        if not number:
            one.dealer("D1").vehicle(vin(0), "IN1", dealer="D1")
        desk.do("load", one.write(), on=day)
    mail = World(folder / "letters")
    for letter in letters:
        mail.add("mail_events", vin=vin(0), campaign_code="IN1", kind="mailed", mailed_date=letter)
    desk.do("load", mail.write(), on=ASKED)
    return [one["period"] for one in desk.do("report", "schedule", "IN1", on=ASKED)]


FIRST = (date(2025, 2, 3), to_come())
ORDERS = {
    "the letters alone tell of the first notice": [FIRST, (STATED, there())],
    "stated with the first file": [(date(2025, 2, 3), to_come(**NOTICE)), (STATED, there(**NOTICE))],
    "the first notice stated with the remedy": [FIRST, (STATED, there(**NOTICE))],
    "the first notice stated before the remedy": [FIRST, (date(2025, 2, 20), to_come(**NOTICE)), (STATED, there(**NOTICE))],
    "the first notice stated after the remedy": [FIRST, (STATED, there()), (date(2025, 7, 10), there(**NOTICE))],
    "corrected twice": [
        FIRST, (STATED, there()), (date(2025, 6, 22), there(date(2025, 6, 25))), (date(2025, 7, 10), there(date(2025, 6, 24))),
    ],
    "corrected twice, the first notice stated": [
        (date(2025, 2, 3), to_come(**NOTICE)), (STATED, there(**NOTICE)), (date(2025, 6, 22), there(date(2025, 6, 25), **NOTICE)),
        (date(2025, 7, 10), there(date(2025, 6, 24), **NOTICE)),
    ],
    "stated on its day": [FIRST, (THERE, there())],
    "stated after the letters that told of it": [FIRST, (date(2025, 7, 10), there())],
    "to come again, and then there": [
        FIRST, (date(2025, 2, 5), there(date(2025, 2, 24))), (date(2025, 2, 10), to_come(date(2025, 9, 1))), (STATED, there()),
    ],
}  # fmt: skip


@pytest.mark.parametrize("order", ORDERS)
def test_reports_begin_with_the_letter_after_the_interim_one(sqlite_ledger, tmp_path, order):
    owed = begun_after(sqlite_ledger, tmp_path, *ORDERS[order])
    # eight quarters from 2025Q3 end with 2027Q2; the three years after it follow
    assert (owed[0], owed[7], owed[8:]) == (
        "2025Q3", "2027Q2", ["2027Q3-2028Q2", "2028Q3-2029Q2", "2029Q3-2030Q2"],
    )  # fmt: skip


@pytest.mark.parametrize("notice", [{}, NOTICE], ids=["by the letters", "stated"])
def test_a_first_notice_that_went_after_the_remedy_was_stated_told_of_it(
    sqlite_ledger, tmp_path, notice
):
    """Stated on 5 February for the 24th, told on the 12th: 2025Q1, and the letter of July is a reminder."""
    said = FIRST, (date(2025, 2, 5), there(date(2025, 2, 24), **notice))
    assert begun_after(sqlite_ledger, tmp_path, *said)[0] == "2025Q1"


def test_a_remedy_that_comes_later_than_was_told_begins_on_its_day(sqlite_ledger, tmp_path):
    said = FIRST, (date(2025, 2, 5), there(date(2025, 2, 24))), (date(2025, 2, 20), there(date(2025, 4, 7)))  # fmt: skip
    assert begun_after(sqlite_ledger, tmp_path, *said)[0] == "2025Q2"


def test_without_a_letter_after_the_interim_one_the_day_of_the_remedy_counts(
    sqlite_ledger, tmp_path
):
    said = FIRST, (STATED, there())
    assert begun_after(sqlite_ledger, tmp_path, *said, letters=(INTERIM,))[0] == "2025Q2"


def test_a_remedy_that_came_holds_from_its_day_and_before_it_stands_what_owners_were_told(
    sqlite_ledger, tmp_path
):
    desk = Desk(sqlite_ledger, tmp_path / "desk")
    first = world(tmp_path / "0", **to_come()).dealer("D1").vehicle(vin(0), "IN1", dealer="D1")
    desk.do("load", first.write(), on=date(2025, 2, 3))
    told = desk.do("load", world(tmp_path / "there", **there()).write(), on=STATED)
    said = " ".join(told["notes"])
    assert "this holds from 2025-06-20 on; before, it is as it was said" in said
    assert "from the beginning" not in said


def test_letters_of_a_remedy_to_come_are_seen_where_no_report_is_due_yet(sqlite_ledger, tmp_path):
    desk = Desk(sqlite_ledger, tmp_path / "desk")
    one = world(tmp_path / "0", **to_come()).dealer("D1").vehicle(vin(0), "IN1", dealer="D1")
    one.add("mail_events", vin=vin(0), campaign_code="IN1", kind="mailed", mailed_date=INTERIM)
    desk.do("load", one.write(), on=date(2025, 2, 20))
    said = desk.run("report", "schedule", "IN1", "--on", "2025-04-15")
    assert said.code == 1
    words = " ".join(said.err.split())
    assert "told of a remedy that is still to come" in words
    assert "no letter shows it" not in words
