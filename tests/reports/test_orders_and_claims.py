"""An order beside a report, and claims while a notice is still to come: clocks that another one must not lengthen or end."""

from __future__ import annotations

from dataclasses import replace
from datetime import date

from renotify.campaigns.campaign import Campaign, CampaignType
from renotify.ledger.stated_days import Stated, StatedRow
from renotify.reports.campaign_clocks import Known, of_campaign
from renotify.reports.letter_clocks import Joined, Mailed, Waits

NOT_BEGUN = Campaign(
    "NEW", CampaignType.SAFETY_RECALL, "Lexus", "Pump", filed_date=date(2013, 1, 15)
)
BEGUN = replace(
    NOT_BEGUN, first_notice_date=date(2013, 2, 11), remedy_available_date=date(2013, 2, 11)
)


def stated(*rows: tuple[str, str, date]) -> Known:
    return Known(vehicles=10, stated=Stated(tuple(StatedRow(f"NEW:{n}", w, d) for n, w, d in rows)))


def test_an_order_lengthens_no_clock_of_a_recall_that_was_reported() -> None:
    """Reported on 15 January, the order received on the 25th: the sixtieth days are 16 and 26 March."""
    received = stated(("letters_ordered", "started", date(2013, 1, 25)))
    told = Mailed(told=10, told_late=1, first_told=date(2013, 3, 1), last_told=date(2013, 3, 17))

    def lines(mailed: Mailed, on: date = date(2013, 4, 1)) -> list[tuple[str, date | None, str]]:
        found = of_campaign(NOT_BEGUN, mailed, on, received)
        return [(d.state, d.due, d.citation) for d in found if d.what.startswith("owner letters")]

    by_report, by_order = "49 CFR 577.7(a)(1)", "49 CFR 577.7(b)(1)"
    due, ordered = date(2013, 3, 16), date(2013, 3, 26)
    assert lines(told) == [("late", due, by_report), ("ok", ordered, by_order)]
    assert lines(Mailed()) == [("overdue", due, by_report), ("overdue", ordered, by_order)]
    assert lines(replace(told, untold=1))[1][0] == "overdue"
    before = replace(told, told_late=0, last_told=date(2013, 1, 24))  # no answer to the order
    assert lines(before) == [("ok", due, by_report), ("overdue", ordered, by_order)]
    assert lines(Mailed(), date(2013, 1, 24)) == [("ok", due, by_report)]


def test_a_provisional_notice_is_due_sixty_days_after_the_further_order() -> None:
    """577.6(b): ordered on 15 September 2026, in court; the provisional notice on 15 October: 16 + 30 + 14 days lead to 14 December."""
    letter = {"decided_by": "administrator", "court": "pending", "ordered_date": date(2026, 9, 15)}
    further = letter | {"provisional_ordered_date": date(2026, 10, 15)}

    def due(told: dict[str, object], *rows: tuple[str, str, date]) -> date | None:
        recall = replace(NOT_BEGUN, filed_date=None, letter=told)
        found = of_campaign(recall, Mailed(), date(2026, 11, 2), stated(*rows))
        (one,) = (d for d in found if d.citation == "49 CFR 577.7(b)(1)")
        return one.due

    assert due(further) == date(2026, 12, 14)
    assert due(further, ("letters_ordered", "started", date(2026, 9, 20))) == date(2026, 12, 14)
    assert due(further, ("letters_ordered", "started", date(2026, 10, 20))) == date(2026, 12, 19)
    assert due(further | {"court": "upheld"}) == date(2026, 11, 14)  # 15 + 31 + 14 days
    assert due(letter) == date(2026, 11, 14)


def test_while_a_vehicle_lacks_its_notice_the_end_of_claims_is_not_known() -> None:
    """The last letter so far is of 6 March; one of four vehicles, or one that joined in May, hears nothing."""
    on, joined = date(2013, 9, 1), Joined(date(2013, 5, 1), 0, 1, None)
    told = Mailed(
        told=3, first_told=date(2013, 2, 11), first=date(2013, 2, 11), last=date(2013, 3, 6)
    )
    done = stated(("letters:joined", "done", date(2013, 6, 1)))

    def claims(mailed: Mailed, known: Known, of: Campaign = BEGUN) -> tuple[date | None, str]:
        (found,) = (
            d for d in of_campaign(of, mailed, on, known) if d.what == "reimbursement period"
        )
        return found.due, found.sentence

    lacks = (
        "Reimbursement claims on NEW must stay open until 10 days after the last letter, and 1 open vehicle had no first notice yet:"
        " by the last one so far, of 2013-03-06, it would be 2013-03-16."
    )
    assert claims(replace(told, untold=1), stated()) == (None, lacks)
    assert claims(told, replace(stated(), joined=(joined,))) == (None, lacks)
    assert claims(told, replace(done, joined=(joined,)))[0] == date(
        2013, 6, 11
    )  # theirs is the last
    due, said = claims(told, Known(), replace(BEGUN, remedy_available_date=None, letter={"remedy_expected_date": on}))  # fmt: skip
    assert (due, "owners hear again once the remedy is there: by" in said) == (None, True)
    assert (
        claims(replace(told, waits=(Waits(None, 2, date(2013, 2, 11)),)), Known())[0] is None
    )  # two were told to wait for kits
    later = stated(("letters", "done", date(2013, 4, 1)))  # a letter that the ledger does not hold
    assert claims(told, later)[0] == date(2013, 4, 11)
