"""A clock that a person started is closed by what its rule names: the ledger's own evidence where it holds some, else a statement."""

from __future__ import annotations

from datetime import date

import pytest

from renotify.ledger.kinds import DayWord
from renotify.ledger.stated_days import Stated, StatedRow
from renotify.reports.closed_by_ledger import BY_MAILING, DEALERS, by_mailing
from renotify.reports.stated_clocks import COMPUTED, DAYS, KEPT, OF_THEIR_OWN, of_subject
from renotify.rules.pack import all_rows
from small_world import Desk, World, vin

STARTED, DONE = (
    date(2025, 1, 6),
    date(2025, 1, 7),
)  # a Monday; no clock of a day ends before Tuesday
# every clock of the pack that a statement starts and work ends, by hand: what shows the work
BY_STATEMENT = {
    "distributor_notice", "lessee_copy", "filing_copy", "remedy_reasonable_time", "rental_grounded", "rental_grounded_large",
    "reimbursement_claim", "reimbursement_plan", "report_573_amendment", "report_573_remainder", "inconsequentiality",
    "inconsequentiality_not_filed", "acceleration_ends",
}  # fmt: skip
BY_LEDGER = {*BY_MAILING, DEALERS}


def started(*names: str, on: date = STARTED) -> tuple[StatedRow, ...]:
    return tuple(StatedRow(f"X:{name}", DayWord.STARTED, on) for name in names)


def test_every_clock_that_runs_by_a_statement_says_what_closes_it():
    house = {row.id for row in all_rows()["clocks"] if row.verified == "HOUSE"}
    of_days = {row.id for row in all_rows()["clocks"] if row.unit in DAYS}
    assert of_days - house - {*OF_THEIR_OWN, *KEPT, *COMPUTED} == BY_STATEMENT | BY_LEDGER


@pytest.mark.parametrize("clock", sorted(BY_STATEMENT | BY_LEDGER))
def test_what_a_person_states_as_done_closes_it(clock):
    row = StatedRow(f"X:{clock}", DayWord.DONE, DONE)
    late = date(2027, 1, 7) if clock == "reimbursement_plan" else date(2025, 6, 2)
    (open_,) = of_subject("X", "X", Stated(started(clock)).of("X"), late)
    assert (open_.state, f"--filed X:{clock}" in open_.closes) == ("overdue", True)
    done = of_subject("X", "X", Stated((*started(clock), row)).of("X"), date(2027, 3, 1))
    assert not [*done]  # and told no more, thirty days after the later of both days


@pytest.mark.parametrize("clock", BY_MAILING)
def test_the_mailing_closes_what_an_address_was_made_ready_for(clock):
    """Updated on 6 January 2025: 95 days lead to 11 April; matched with the database of January, to the last day of April."""
    last = {"move_update": date(2025, 4, 11), "address_match": date(2025, 4, 30)}[clock]
    rows = Stated(started(clock)).of("X")

    def state(
        *mailed: date, whole: bool = True, rows: Stated = rows
    ) -> list[tuple[str, date | None]]:
        shown = by_mailing(mailed, "the mailing", whole=whole)
        return [(one.state, one.due) for one in of_subject("X", "X", rows, date(2025, 5, 2), shown)]

    assert state(date(2025, 4, 9)) == [("ok", last)]
    assert state(date(2025, 2, 12), date(2025, 5, 1)) == [("late", last)]  # by the last letter
    assert state(date(2025, 2, 12), whole=False) == [("overdue", last)]
    assert state(date(2024, 12, 2)) == [("overdue", last)]  # mailed before the update
    again = Stated((*started(clock), *started(clock, on=date(2025, 4, 14)))).of("X")
    # what is still to come goes by the newer update: the first is done by the last letter before it
    assert state(date(2025, 4, 9), whole=False, rows=again)[0] == ("ok", last)
    assert state(whole=False, rows=again)[0][0] == "late" if clock == "move_update" else "ok"


def test_the_next_update_of_the_plan_closes_the_one_before_and_a_claim_closes_no_other_claim():
    """573.6(c)(8)(i): updated on 29 February 2024, so by 28 February 2026; done on 10 February 2026, next by 10 February 2028."""
    first, second = date(2024, 2, 29), date(2026, 2, 10)
    plan = (*started("reimbursement_plan", on=first), *started("reimbursement_plan", on=second))
    claims = (*started("reimbursement_claim", on=first), *started("reimbursement_claim", on=second))

    def told(rows: tuple[StatedRow, ...]) -> list[tuple[str, date | None]]:
        found = of_subject("X", "X", Stated(rows).of("X"), date(2026, 3, 2))
        return [(one.state, one.due) for one in found]

    assert told(plan[:1]) == [("overdue", date(2026, 2, 28))]
    assert told(plan) == [("ok", date(2026, 2, 28)), ("ok", date(2028, 2, 10))]
    assert told(claims)[0] == ("overdue", date(2024, 4, 29))  # 60 days: 31 of March, 29 of April


def test_letters_that_the_ledger_holds_close_the_day_of_the_addresses(sqlite_ledger, tmp_path):
    """Loaded letters of all vehicles, the last of 12 February 2025; due is 10 April (5 January and 95 days)."""
    desk = Desk(sqlite_ledger, tmp_path / "desk")
    one = World(tmp_path / "world").campaign(
        "MUP",
        filed_date=date(2025, 1, 3),
        first_notice_date=None,
        remedy_available_date=None,
        nhtsa_campaign_number="25V001000",
    )
    one.dealer("D1").vehicle(vin(0), "MUP", dealer="D1").vehicle(vin(1), "MUP", dealer="D1")
    one.add("mail_events", vin=vin(0), campaign_code="MUP", kind="mailed", mailed_date=date(2025, 2, 10))  # fmt: skip
    desk.do("load", one.write(), on=date(2025, 2, 20))
    desk.do("deadlines", "--started", "MUP:move_update", on=date(2025, 1, 5))

    def told(on: date) -> list[tuple[str, str]]:
        found = desk.do("deadlines", "--all", on=on)
        return [(row["state"], row["due"]) for row in found if row["id"] == "MUP:move_update"]

    assert told(date(2025, 4, 11)) == [("overdue", "2025-04-10")]  # one had no letter
    more = World(tmp_path / "more")
    more.add("mail_events", vin=vin(1), campaign_code="MUP", kind="mailed", mailed_date=date(2025, 2, 12))  # fmt: skip
    desk.do("load", more.write(), on=date(2025, 2, 20))
    assert told(date(2025, 4, 11)) == [("ok", "2025-04-10")]
    assert told(date(2025, 5, 12)) == []  # told for thirty days
