"""Until when work is paid back: `answer` and the clock of `deadlines` give one day, that of the last letter of the recall (573.13(c))."""

from __future__ import annotations

import sqlite3
from dataclasses import replace
from datetime import date
from pathlib import Path

import pytest

from renotify import ledger as ledger_room
from renotify.campaigns.campaign import Campaign, CampaignType, Scope
from renotify.contact import reimbursement
from renotify.contact.answers import compose
from renotify.contact.read_out import in_words
from renotify.contact.vehicle_known import Known, StateRow
from renotify.ledger import last_letters
from renotify.visits.work_there import VehicleRow
from small_world import Desk, World, vin

NUMBER = "25V102000"
FILED = date(2025, 10, 5)
LETTER = {"claims_address": "1 Example Way, Boston, MA 02108"}
RECALL = Campaign(
    "DNA", CampaignType.SAFETY_RECALL, "Lexus", "Pump", nhtsa_campaign_number=NUMBER, defect="A pump can stop.",
    filed_date=FILED, remedy_available_date=FILED, scopes=(Scope("IS 250", 2006, 2008),), letter=LETTER,
)  # fmt: skip
RULE = "This covers work from October 5, 2024 until 10 days after our last notice (Recall DNA)."


def said(last: date | None, on: date, language: str = "en", **letter: object) -> str:
    return reimbursement.information(replace(RECALL, letter=LETTER | letter), on, language, last)


def test_the_day_by_the_last_letter_so_far_is_ten_days_after_it() -> None:
    """Mailed on 20 November: ten calendar days later is the 30th, asked before it or half a year after it."""
    for on in (date(2025, 11, 25), date(2026, 5, 3)):
        assert (
            f"{RULE} By our last notice so far, mailed on November 20, 2025, that is through November 30, 2025;"
            " a later notice moves this day."
        ) in said(date(2025, 11, 20), on)
    assert RULE in said(None, FILED)
    assert "so far" not in said(None, FILED)


def test_a_stated_last_day_stands_however_late_the_owner_asks() -> None:
    """Stated for 31 December. The last letter of 20 November leaves it standing; one of the 22nd, 32 days later, does not."""
    ends = date(2025, 12, 31)
    stated = "This covers work from October 5, 2024 to December 31, 2025 (Recall DNA)."
    assert stated in said(date(2025, 11, 20), date(2025, 12, 28), reimbursement_ends=ends)
    assert stated in said(date(2025, 12, 21), date(2026, 2, 1), reimbursement_ends=ends)
    moved = said(date(2025, 12, 22), date(2026, 2, 1), reimbursement_ends=ends)
    assert stated not in moved
    assert "through January 1, 2026" in moved


@pytest.mark.parametrize(("status", "told"), [("repaired", True), ("open", True), ("removed", False)])  # fmt: skip
def test_who_had_it_repaired_hears_of_it_too_and_who_was_taken_out_does_not(
    status: str, told: bool
) -> None:
    known = Known(
        vehicle=VehicleRow("Lexus", "IS 250", 2006, ""), states=[StateRow("DNA", status, "", FILED)], campaigns={"DNA": RECALL},
        last_letters={"DNA": date(2025, 11, 20)},
    )  # fmt: skip
    text = in_words(compose(vin(0), known, date(2025, 11, 25)))
    assert ("If they have paid already: " in text) is told
    assert ("through November 30, 2025" in text) is told


def test_of_a_vehicle_too_old_for_the_free_remedy_no_period_is_told() -> None:
    """First sold in 2008, more than fifteen years before the notice of 2025: its letter says that no law pays back (573.13(n))."""
    letter = LETTER | {"voluntary_extent": "We repair it all the same"}
    recall = replace(RECALL, first_notice_date=date(2025, 11, 9), letter=letter)

    def told(first_sale: date) -> str:
        vehicle = VehicleRow("Lexus", "IS 250", 2008, "", None, first_sale)
        state = StateRow("DNA", "open", "", FILED)
        last = {"DNA": date(2025, 11, 20)}
        known = Known(vehicle=vehicle, states=[state], campaigns={"DNA": recall}, last_letters=last)
        return compose(vin(0), known, date(2025, 11, 25)).campaigns[0].reimbursement

    old, young = told(date(2008, 3, 3)), told(date(2012, 3, 3))
    assert old == (
        "Campaign DNA: because of the age of this vehicle or part the law does not require us to pay back earlier work"
        " (49 CFR 573.13(n)); our own program may. Write to 1 Example Way, Boston, MA 02108."
    )
    assert "through November 30, 2025" in young


def test_answer_and_clock_give_one_day_of_both_codes_of_a_number(ledger, tmp_path):
    """DNA is mailed on 9 November, its twin DNB on the 20th: the 30th is the day of both."""
    desk = Desk(ledger, tmp_path / "desk")
    world = World(tmp_path / "in").dealer("D1")
    days = {"filed_date": FILED, "first_notice_date": date(2025, 11, 9)}
    facts = {**days, "remedy_available_date": FILED, "defect": "A pump can stop.", **LETTER}
    for code in ("DNA", "DNB"):
        world.campaign(code, nhtsa_campaign_number=NUMBER, **facts)
    for number, code, day in ((0, "DNA", date(2025, 11, 9)), (1, "DNB", date(2025, 11, 20))):
        world.vehicle(vin(number), code, dealer="D1")
        world.add("mail_events", vin=vin(number), campaign_code=code, kind="mailed", mailed_date=day)  # fmt: skip
    desk.do("load", world.write(), on=date(2025, 11, 20))

    def clock_and_answer(on: date) -> tuple[str, str]:
        clocks = desk.do("deadlines", on=on)
        (clock,) = (one for one in clocks if one["id"] == "DNA:reimbursement_period")
        (campaign,) = desk.do("answer", vin(0), on=on)["campaigns"]
        return clock["due"], campaign["reimbursement"]

    due, told = clock_and_answer(date(2025, 11, 25))
    assert due == "2025-11-30"
    assert "mailed on November 20, 2025, that is through November 30, 2025" in told
    due, told = clock_and_answer(date(2025, 11, 15))  # the twin's letter had not gone yet
    assert "mailed on November 9, 2025, that is through November 19, 2025" in told
    desk.do("deadlines", "--filed", "DNB:letters", on=date(2025, 12, 1))
    due, told = clock_and_answer(date(2025, 12, 2))  # a letter that the ledger does not hold
    assert due == "2025-12-11"
    assert "mailed on December 1, 2025, that is through December 11, 2025" in told


def test_the_last_letter_is_found_by_its_index_and_no_other_question_walks_it() -> None:
    """A walk through all letters takes 0.15 s of 510,000 vehicles; one through those of a campaign, for one vehicle, too."""
    empty = sqlite3.connect(":memory:")
    empty.executescript(Path(ledger_room.__file__).with_name("empty_ledger.sql").read_text())

    def steps(sql: str) -> str:
        given = {"code": "DNA", "on": "2025-11-20", "vin": "X"}
        return " ".join(row[3] for row in empty.execute(f"explain query plan {sql}", given))

    asked = steps(last_letters._LAST)
    assert "event_last_letter (campaign_code=? AND occurred_on>? AND occurred_on<?)" in asked
    assert "TEMP B-TREE" not in asked
    of_one = "select 1 from event e where e.kind = 'mailed' and e.campaign_code = :code and e.occurred_on <= :on"  # fmt: skip
    assert "event_last_letter" not in steps(f"{of_one} and e.vin = :vin")
