"""Clocks that look ahead: letters planned past their day, drafts once they are submitted, dealers of whom nothing is known."""

from __future__ import annotations

from dataclasses import replace
from datetime import date

from cases import at_once
from renotify.campaigns.campaign import Campaign, CampaignType
from renotify.ledger.stated_days import Stated, StatedRow
from renotify.reports.campaign_clocks import Known, Mailed, of_campaign
from renotify.reports.follow_up_clocks import FirstMailed
from renotify.reports.schedule_clocks import Notified, Told
from reports.test_every_clock import NOT_BEGUN, SPRING, clock, one

# ---- planned for after the last day


def test_first_notices_that_are_planned_for_after_the_last_day_are_told_while_there_is_time() -> (
    None
):
    on = date(2013, 1, 20)  # 55 days before the last day
    unplanned = one(NOT_BEGUN, "owner letters", on)
    planned = one(NOT_BEGUN, "owner letters", on, Mailed(planned_late=5))
    assert (unplanned.state, planned.state) == ("ok", "soon")
    assert planned.sentence.endswith("5 vehicles planned for later than that.")
    told = Mailed(told=2, untold=6, planned_late=5, last_told=date(2013, 1, 19))
    begun = one(NOT_BEGUN, "owner letters", on, told)
    assert (begun.state, begun.vehicles) == ("soon", 6)
    assert "6 open vehicles had none, 5 planned for later than that." in begun.sentence


@at_once(
    ("planned", "state", "words"),
    [
        (date(2013, 3, 4), "ok", "a delay is to be reported with a new day"),
        (date(2013, 3, 5), "soon", "more than 14 days later: tell NHTSA now, with the reasons and a new day"),
    ],
)  # fmt: skip
def test_a_letter_planned_for_more_than_two_weeks_after_its_day_on_file_is_told_at_once(
    planned: date, state: str, words: str
) -> None:
    stated = Stated((StatedRow("NEW:schedule_slip:owners-begin", "started", date(2013, 2, 18)),))
    known = Known(stated=stated, notified=Notified(owners_begin=Told(planned=planned)))
    found = of_campaign(NOT_BEGUN, Mailed(), date(2013, 2, 1), known)
    (slip,) = (one_ for one_ in found if one_.what == "schedule, the first owner letter")
    assert (slip.state, slip.due) == (state, date(2013, 3, 4))
    assert words in slip.sentence


def test_drafts_keep_the_day_on_which_they_were_due_once_they_are_submitted() -> None:
    """Letters of Tuesday 5 March 2013: drafts were due five Federal business days before, on 26 February."""
    before = replace(SPRING, kind="initial", next_wave=date(2013, 3, 5), addresses=7)
    submitted = Stated((StatedRow("spring:preclearance", "started", date(2013, 2, 25)),))
    late = Stated((StatedRow("spring:preclearance", "started", date(2013, 2, 27)),))
    on = date(2013, 2, 27)
    states = {"ok": submitted, "soon": late}
    assert clock(before, "drafts to NHTSA", on).due == date(2013, 2, 26)
    for state, said in states.items():
        found = clock(replace(before, stated=said), "drafts to NHTSA", on)
        assert (found.due, found.state) == (date(2013, 2, 26), state)
    assert found.sentence.endswith(
        "letters may go out from 2013-03-06. The first is planned for 2013-03-05: that is too early."
    )


def test_once_all_letters_went_drafts_were_due_before_those_that_went_under_them() -> None:
    """First letters could begin on 5 March 2013; the drafts went in on 27 February, so they began on 6 March."""
    stated = Stated((StatedRow("spring:preclearance", "started", date(2013, 2, 27)),))
    letters = {day: FirstMailed(1, 4) for day in (date(2013, 3, 20), date(2013, 3, 6))}
    gone = replace(
        SPRING, kind="initial", first_day=date(2013, 3, 5), next_wave=None, released=True, stated=stated, letters=letters,
    )  # fmt: skip
    found = clock(gone, "drafts to NHTSA", date(2013, 4, 1))
    assert (found.due, found.state) == (date(2013, 2, 27), "ok")
    again = replace(
        gone, stated=Stated((StatedRow("spring:preclearance", "started", date(2013, 3, 12)),))
    )
    assert clock(again, "drafts to NHTSA", date(2013, 4, 1)).due == date(2013, 3, 13)


def test_dealers_of_whom_nothing_is_known_are_overdue_once_their_owners_were_told() -> None:
    """Owners from 5 March 2013 on; a day on file, a notice, a statement or a threat that cannot wait has its own clock, or closes it."""
    begun, on = date(2013, 3, 5), date(2013, 3, 6)
    plain = Campaign(
        "NEW", CampaignType.SAFETY_RECALL, "Lexus", "Pump", filed_date=date(2013, 1, 15)
    )

    def untold(
        campaign: Campaign = plain, day: date = on, done: str = "", **told: Told
    ) -> list[str]:
        rows = (StatedRow(f"NEW:{done}", "done", on),) if done else ()
        known = Known(notified=Notified(owners_begin=Told(begun), **told), stated=Stated(rows))
        found = of_campaign(campaign, Mailed(), day, known)
        return [one.state for one in found if one.what == "dealer notices"]

    assert untold() == ["overdue"]
    assert untold(day=date(2013, 3, 4)) == []
    assert untold(done="dealer_notice") == []
    assert untold(dealers_begin=Told(planned=on)) == []
    assert untold(replace(plain, do_not_drive=True)) == []
    assert untold(replace(plain, filed_date=None)) == []
