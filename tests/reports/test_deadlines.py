"""Every clock says in a sentence what is due, and whether there is still time."""

from __future__ import annotations

from dataclasses import replace
from datetime import date

from cases import at_once
from renotify.campaigns.campaign import Campaign, CampaignType
from renotify.reports.campaign_clocks import Known, Mailed, of_campaign
from renotify.reports.deadline import in_order
from renotify.reports.follow_up_clocks import FollowUpProgress, of_follow_up

NEW = Campaign("9LX", CampaignType.SAFETY_RECALL, "Lexus", "Pipe", filed_date=date(2013, 1, 15))
TOLD = replace(NEW, first_notice_date=date(2013, 2, 11), remedy_available_date=date(2013, 2, 11))
FOLLOW_UP = FollowUpProgress(
    name="memo",
    bound=True,
    first_day=date(2013, 3, 5),
    dealers=3,
    noticed=3,
    acknowledged=3,
    noticed_on=date(2013, 2, 26),
    next_wave=date(2013, 3, 5),
    last_wave=date(2013, 4, 1),
    addresses=40,
    stale=0,
)


def _one(found, what):
    (deadline,) = [d for d in found if d.what.startswith(what)]
    return deadline


def _letters(campaign, on, mailed=None):
    return _one(of_campaign(campaign, mailed or Mailed(), on), "owner letters")


@at_once(
    ("on", "state"),
    [
        (date(2013, 1, 20), "ok"),
        (date(2013, 3, 4), "soon"),
        (date(2013, 3, 16), "soon"),
        (date(2013, 3, 17), "overdue"),
    ],
)
def test_owner_letters_are_due_sixty_days_after_the_report(on, state):
    deadline = _letters(NEW, on)
    assert (deadline.due, deadline.state) == (date(2013, 3, 16), state)


def test_that_letters_began_in_time_does_not_say_that_the_last_one_went_in_time():
    deadline = _letters(TOLD, date(2013, 6, 1))
    assert (deadline.state, deadline.due) == ("unknown", date(2013, 3, 16))
    assert "33 days before the last day" in deadline.sentence
    assert _letters(TOLD, date(2013, 3, 10)).state == "soon"  # the last one may still be to come


def test_letters_mailed_late_stay_late():
    late = replace(TOLD, first_notice_date=date(2013, 3, 20))
    assert _letters(late, date(2014, 1, 1)).state == "late"


def test_the_mail_house_s_evidence_counts_as_begun():
    assert (
        _letters(NEW, date(2013, 6, 1), Mailed(date(2013, 2, 20), date(2013, 2, 25))).state
        == "unknown"
    )


def test_a_service_campaign_has_no_clock():
    service = replace(TOLD, campaign_type=CampaignType.SERVICE_CAMPAIGN)
    assert of_campaign(service, Mailed(date(2013, 2, 1), date(2013, 2, 1)), date(2013, 3, 1)) == []


def test_the_next_quarterly_report_rolls_over_a_weekend():
    campaign = replace(
        TOLD, filed_date=date(2025, 11, 3), first_notice_date=date(2025, 12, 1),
        remedy_available_date=None,
    )  # fmt: skip
    deadline = [
        d for d in of_campaign(campaign, Mailed(), date(2027, 1, 20)) if d.what.startswith("quarterly report")
    ][-1]  # fmt: skip
    assert (deadline.what, deadline.due, deadline.state) == (
        "quarterly report 2026Q4",
        date(2027, 2, 1),
        "soon",
    )


def test_a_report_that_fell_due_lately_is_asked_about():
    found = of_campaign(TOLD, Mailed(), date(2013, 5, 2))
    states = {d.what: d.state for d in found if "report" in d.what}
    assert states == {"quarterly report 2013Q1": "overdue", "quarterly report 2013Q2": "ok"}


def test_a_campaign_whose_reports_are_all_filed_owes_no_more():
    # six were owed, the last by 30 July 2014
    filed = ("2013Q1", "2013Q2", "2013Q3", "2013Q4", "2014Q1", "2014Q2")
    known = Known(submitted=dict.fromkeys(filed, date(2014, 7, 1)))
    found = of_campaign(TOLD, Mailed(), date(2016, 1, 1), known)
    assert not [d for d in found if "report" in d.what]


def test_claims_stay_open_ten_days_after_the_last_letter():
    found = of_campaign(TOLD, Mailed(date(2013, 2, 11), date(2013, 3, 25)), date(2013, 4, 1))
    assert _one(found, "reimbursement").due == date(2013, 4, 4)


def test_lists_are_kept_for_five_years():
    assert _one(of_campaign(TOLD, Mailed(), date(2013, 4, 1)), "lists").due == date(2018, 1, 15)


def test_dealers_who_acknowledged_leave_nothing_to_do():
    assert _one(of_follow_up(FOLLOW_UP, date(2013, 3, 10)), "dealer").state == "ok"


@at_once(("on", "state"), [(date(2013, 3, 1), "soon"), (date(2013, 3, 6), "unknown")])
def test_silent_dealers_are_counted_before_letters_go_out(on, state):
    deadline = _one(of_follow_up(replace(FOLLOW_UP, acknowledged=1), on), "dealer")
    assert deadline.state == state
    assert deadline.sentence.startswith("2 of 3 dealers have not acknowledged")


def test_dealers_without_a_notice_come_before_silent_ones():
    deadline = _one(
        of_follow_up(replace(FOLLOW_UP, noticed=2, acknowledged=0), date(2013, 3, 1)), "dealer"
    )
    assert deadline.sentence.startswith("1 of 3 dealers has no notice of memo")


def test_fresh_addresses_leave_nothing_to_do():
    assert _one(of_follow_up(FOLLOW_UP, date(2013, 3, 1)), "addresses").state == "ok"


@at_once(("on", "state"), [(date(2013, 3, 1), "soon"), (date(2013, 3, 6), "overdue")])
def test_addresses_too_old_for_their_wave_are_counted(on, state):
    deadline = _one(of_follow_up(replace(FOLLOW_UP, stale=7), on), "addresses")
    assert (deadline.state, deadline.due) == (state, date(2013, 3, 5))
    assert deadline.sentence.startswith("7 of 40 addresses of memo will be older than 95 days")


def test_no_wave_to_come_needs_no_address():
    done = replace(FOLLOW_UP, next_wave=None, last_wave=None, addresses=0)
    assert not [d for d in of_follow_up(done, date(2013, 3, 1)) if d.what == "addresses"]


def test_a_copy_of_the_notices_goes_to_nhtsa_in_five_days():
    assert _one(of_follow_up(FOLLOW_UP, date(2013, 3, 1)), "copy").due == date(2013, 3, 3)
    unbound = replace(FOLLOW_UP, bound=False)
    assert not [d for d in of_follow_up(unbound, date(2013, 3, 1)) if d.what.startswith("copy")]


def test_what_is_overdue_comes_first():
    found = [
        *of_campaign(NEW, Mailed(), date(2013, 3, 17)),
        *of_follow_up(FOLLOW_UP, date(2013, 3, 17)),
    ]
    states = [one.state for one in in_order(found)]
    # overdue: the letters, the copy of the notices, February's copies; soon: the drafts, as nobody ordered this follow-up
    assert states == ["overdue", "overdue", "overdue", "soon", "unknown", "ok", "ok", "ok"]
