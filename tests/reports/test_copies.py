"""Copies of each communication: five days after it was first sent, and after the month in which it was issued."""

from __future__ import annotations

from dataclasses import replace
from datetime import date

from cases import at_once
from renotify.ledger.stated_days import Stated, StatedRow
from renotify.reports.follow_up_clocks import FirstMailed, FollowUpProgress, of_follow_up

RECALLS = FollowUpProgress(
    name="spring", bound=True, first_day=date(2013, 3, 5), dealers=2, noticed=2, acknowledged=2, noticed_on=date(2013, 2, 26),
    next_wave=None, last_wave=None, addresses=0, stale=0, released=True,
    letters={date(2013, 3, 6): FirstMailed(3, 5), date(2013, 3, 13): FirstMailed(1, 3)},
)  # fmt: skip
SERVICE = replace(
    RECALLS, bound=False, letters={}, service_letters={date(2013, 3, 6): FirstMailed(2, 4)}
)


def copies(follow_up, on, *filed):
    stated = Stated(tuple(StatedRow(f"spring:{name}", "done", day) for name, day in filed))
    found = of_follow_up(replace(follow_up, stated=stated), on)
    return {one.what: (one.state, one.due) for one in found if "cop" in one.what}


def test_each_wave_s_letters_and_the_notices_have_a_copy_of_their_own():
    assert copies(RECALLS, date(2013, 3, 14)) == {
        "copy to NHTSA, notices": ("overdue", date(2013, 3, 3)),
        "copy to NHTSA, letters of 2013-03-06": ("overdue", date(2013, 3, 11)),
        "copy to NHTSA, letters of 2013-03-13": ("soon", date(2013, 3, 18)),
        "monthly copies 2013-02": ("overdue", date(2013, 3, 7)),  # 1, 4, 5, 6, 7 March
        "monthly copies 2013-03": ("ok", date(2013, 4, 5)),  # 1 to 5 April; 22 days away
    }


@at_once(("day", "state"), [(date(2013, 3, 11), "ok"), (date(2013, 3, 12), "late")])
def test_a_copy_that_was_filed_closes_what_was_sent_before_it(day, state):
    found = copies(RECALLS, date(2013, 3, 14), ("filing_copy:letters", day))
    assert found["copy to NHTSA, letters of 2013-03-06"][0] == state
    assert found["copy to NHTSA, letters of 2013-03-13"][0] == "soon"
    assert found["copy to NHTSA, notices"][0] == "overdue"  # letters, not notices


def test_a_copy_of_all_closes_notices_and_letters_and_their_months():
    found = copies(RECALLS, date(2013, 3, 20), ("filing_copy", date(2013, 3, 14)))
    assert {what: state for what, (state, _) in found.items()} == {
        "copy to NHTSA, notices": "late", "copy to NHTSA, letters of 2013-03-06": "late", "copy to NHTSA, letters of 2013-03-13": "ok",
        "monthly copies 2013-02": "late", "monthly copies 2013-03": "ok",
    }  # fmt: skip


def test_a_service_campaign_s_communications_are_copied_monthly_and_not_in_five_days():
    assert copies(SERVICE, date(2013, 3, 14)) == {
        "monthly copies 2013-02": ("overdue", date(2013, 3, 7)),
        "monthly copies 2013-03": ("ok", date(2013, 4, 5)),
    }
    done = copies(SERVICE, date(2013, 4, 2), ("communications_monthly", date(2013, 4, 1)))
    assert done["monthly copies 2013-03"] == ("ok", date(2013, 4, 5))


def test_a_filing_within_the_month_covers_only_what_was_issued_by_then():
    both = replace(
        SERVICE,
        service_letters={date(2013, 3, 6): FirstMailed(2, 4), date(2013, 3, 20): FirstMailed(1, 3)},
    )
    found = copies(both, date(2013, 4, 8), ("communications_monthly:2013-03", date(2013, 3, 10)))
    assert found["monthly copies 2013-03"] == ("overdue", date(2013, 4, 5))
    assert found["monthly copies 2013-02"][0] == "overdue"


def test_the_copies_of_one_month_close_no_other_month():
    """February's copies are filed on 7 March, after the first communication of March."""
    for name in ("communications_monthly:2013-02", "communications_monthly"):
        found = copies(SERVICE, date(2013, 4, 8), (name, date(2013, 3, 7)))
        assert "monthly copies 2013-02" not in found  # done, and 30 days have passed
        assert found["monthly copies 2013-03"] == ("overdue", date(2013, 4, 5))


def test_each_day_s_letters_have_a_name_of_their_own_that_closes_them_alone():
    ids = {one.what: one.id for one in of_follow_up(RECALLS, date(2013, 3, 14))}
    assert ids["copy to NHTSA, letters of 2013-03-06"] == "spring:filing_copy:letters:2013-03-06"
    assert ids["monthly copies 2013-03"] == "spring:communications_monthly:2013-03"
    found = copies(
        RECALLS, date(2013, 3, 20), ("filing_copy:letters:2013-03-06", date(2013, 3, 14))
    )
    assert found["copy to NHTSA, letters of 2013-03-06"][0] == "late"
    assert found["copy to NHTSA, letters of 2013-03-13"][0] == "overdue"


@at_once(("issued", "asked"), [(date(2003, 6, 30), []), (date(2003, 7, 1), ["2003-07"])])
def test_what_was_issued_before_july_2003_need_not_be_copied(issued, asked):
    """579.5(d) excepts a campaign's communications of before that day; of July the fifth working day is 7 August."""
    service = replace(SERVICE, noticed_on=None, service_letters={issued: FirstMailed(1, 1)})
    found = copies(service, date(2003, 9, 1))
    assert found == {f"monthly copies {month}": ("overdue", date(2003, 8, 7)) for month in asked}


def test_a_copy_says_how_many_versions_or_dealers_it_is_about_and_the_vehicles_whose_owners_were_written_to():
    """Three versions went to five vehicles on 6 March, one to three on 13 March; the notices are of all seven of the list."""
    found = of_follow_up(replace(RECALLS, vehicles=7, noticed=1), date(2013, 3, 14))
    told = {one.what: one for one in found if one.what.startswith("copy")}
    assert [one.vehicles for one in told.values()] == [7, 5, 3]
    assert [one.sentence for one in told.values()] == [
        "A copy of the notices to 1 dealer of spring, first sent on 2013-02-26, is to be filed with NHTSA by 2013-03-03.",
        "Copies of 3 letter versions of spring, first sent on 2013-03-06, are to be filed with NHTSA by 2013-03-11.",
        "A copy of 1 letter version of spring, first sent on 2013-03-13, is to be filed with NHTSA by 2013-03-18.",
    ]
    assert [one.closes for one in told.values()] == [
        f"renotify deadlines --filed spring:filing_copy:{name} --on DATE"
        for name in ("notices", "letters:2013-03-06", "letters:2013-03-13")
    ]


def test_every_clock_of_a_follow_up_has_a_count_of_vehicles():
    """Drafts that were submitted, notices, copies and what is stated are about the seven vehicles of its list."""
    rows = (("preclearance", date(2013, 2, 20)), ("remedy_reasonable_time", date(2013, 3, 1)))
    stated = Stated(tuple(StatedRow(f"spring:{name}", "started", day) for name, day in rows))
    found = of_follow_up(replace(RECALLS, vehicles=7, stated=stated), date(2013, 3, 14))
    whats = {one.what.partition(",")[0].partition(" 2013")[0] for one in found}
    assert whats == {"drafts to NHTSA", "dealer notices", "copy to NHTSA", "monthly copies", "repair within a reasonable time"}  # fmt: skip
    assert {one.vehicles for one in found if ", letters of" not in one.what} == {7}
