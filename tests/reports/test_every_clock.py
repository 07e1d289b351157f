"""Every clock at the day before, on and after: what it says, and whether there is still time."""

from __future__ import annotations

from dataclasses import replace
from datetime import date, timedelta

from cases import at_once
from renotify.campaigns.campaign import Campaign, CampaignType
from renotify.ledger.stated_days import Stated, StatedRow
from renotify.reports.campaign_clocks import Known, Mailed, of_campaign
from renotify.reports.deadline import Deadline, in_order
from renotify.reports.follow_up_clocks import FollowUpProgress, of_follow_up
from renotify.reports.letter_clocks import Joined

NOT_BEGUN = Campaign(
    "NEW", CampaignType.SAFETY_RECALL, "Lexus", "Pump", filed_date=date(2013, 1, 15)
)
BEGUN = replace(
    NOT_BEGUN, first_notice_date=date(2013, 2, 11), remedy_available_date=date(2013, 2, 11)
)
LETTERS_DUE = date(2013, 3, 16)  # 60 days after 15 January
NO_LETTERS = (
    "The ledger holds none of these letters: load mail_events to have the last one counted."
)
SPRING = FollowUpProgress(
    name="spring", bound=True, first_day=date(2013, 3, 5), dealers=1200, noticed=1200, acknowledged=1200,
    noticed_on=date(2013, 2, 26), next_wave=date(2013, 3, 5), last_wave=date(2013, 4, 1), addresses=1400, stale=0,
)  # fmt: skip


def of(campaign: Campaign, what: str, on: date, mailed: Mailed | None = None) -> list[Deadline]:
    return [one for one in of_campaign(campaign, mailed or Mailed(), on) if what in one.what]


def one(campaign: Campaign, what: str, on: date, mailed: Mailed | None = None) -> Deadline:
    (found,) = of(campaign, what, on, mailed)
    return found


def clock(follow_up: FollowUpProgress, what: str, on: date) -> Deadline:
    (found,) = (deadline for deadline in of_follow_up(follow_up, on) if deadline.what == what)
    return found


# ---- owner letters: 60 days after the report


@at_once(
    ("on", "state", "left"),
    [
        (LETTERS_DUE - timedelta(days=16), "ok", "in 16 days"),
        (LETTERS_DUE - timedelta(days=15), "soon", "in 15 days"),
        (LETTERS_DUE - timedelta(days=1), "soon", "in 1 day"),
        (LETTERS_DUE, "soon", "today"),
        (LETTERS_DUE + timedelta(days=1), "overdue", "1 day ago"),
        (LETTERS_DUE + timedelta(days=2), "overdue", "2 days ago"),
    ],
)
def test_owner_letters_that_have_not_begun(on: date, state: str, left: str) -> None:
    found = one(NOT_BEGUN, "owner letters", on)
    assert (found.state, found.due, found.citation) == (state, LETTERS_DUE, "49 CFR 577.7(a)(1)")
    due = f"Owner letters of NEW {'were' if state == 'overdue' else 'are'} due {left}: 60 days after the report of 2013-01-15."
    assert found.sentence.partition(" Last warning")[0] == due


@at_once(
    ("begun", "state", "words"),
    [
        (LETTERS_DUE - timedelta(days=1), "unknown", "1 day before the last day"),
        (LETTERS_DUE, "unknown", "0 days before the last day"),
        (LETTERS_DUE + timedelta(days=1), "late", "1 day after the last day"),
    ],
)
def test_owner_letters_that_began(begun: date, state: str, words: str) -> None:
    found = one(replace(NOT_BEGUN, first_notice_date=begun), "owner letters", date(2013, 6, 1))
    assert (found.state, found.sentence) == (
        state,
        f"Owner letters of NEW began on {begun}, {words}. {NO_LETTERS}",
    )


def test_a_first_notice_still_to_come_has_not_begun() -> None:
    planned = replace(NOT_BEGUN, first_notice_date=date(2013, 3, 20))
    assert one(planned, "owner letters", date(2013, 3, 19)).state == "overdue"
    assert one(planned, "owner letters", date(2013, 3, 20)).state == "late"


def test_the_mail_house_s_first_letter_counts_where_no_day_is_stated() -> None:
    mailed = Mailed(first=date(2013, 3, 10), last=date(2013, 3, 10))
    assert one(NOT_BEGUN, "owner letters", date(2013, 6, 1), mailed).state == "unknown"
    late = Mailed(first=date(2013, 3, 20), last=date(2013, 3, 20))
    assert one(NOT_BEGUN, "owner letters", date(2013, 6, 1), late).state == "late"


def test_without_the_day_of_the_report_the_letters_are_unknown_and_a_person_is_asked_for_it() -> (
    None
):
    unfiled = replace(BEGUN, filed_date=None)
    told = Mailed(told=6, untold=4, first_told=date(2013, 2, 11), last_told=date(2013, 2, 20))
    found = one(unfiled, "owner letters", date(2013, 3, 1), told)
    assert (found.state, found.due, found.vehicles) == ("unknown", None, 4)
    assert "Nobody stated when the report of NEW was filed" in found.sentence
    assert "6 vehicles had a first notice, from 2013-02-11 to 2013-02-20; 4 open vehicles had none" in found.sentence  # fmt: skip
    assert found.closes == "filed_date in campaigns.toml"
    assert {
        found.what.split()[0] for found in of_campaign(unfiled, Mailed(), date(2013, 3, 1))
    } == {"owner", "quarterly", "days"}  # days: which ones are to be stated


# ---- quarterly reports


@at_once(
    ("on", "state", "sentence"),
    [
        (date(2013, 4, 29), "soon", "The quarterly report of NEW for 2013Q1 is due in 1 day."),
        (date(2013, 4, 30), "soon", "The quarterly report of NEW for 2013Q1 is due today."),
        (date(2013, 5, 1), "overdue", "The quarterly report of NEW for 2013Q1 was due 1 day ago: make sure that it was filed."),
    ],
)  # fmt: skip
def test_the_first_quarter_s_report_is_due_on_the_last_of_april(
    on: date, state: str, sentence: str
) -> None:
    first = of(BEGUN, "report", on)[0]
    assert (first.state, first.due, first.what) == (
        state,
        date(2013, 4, 30),
        "quarterly report 2013Q1",
    )
    assert first.sentence == sentence


@at_once(
    ("on", "periods"),
    [
        (date(2013, 4, 30), ["2013Q1"]),  # the next one only, while none is past
        (date(2013, 5, 1), ["2013Q1", "2013Q2"]),
        (date(2013, 7, 30), ["2013Q1", "2013Q2"]),  # what was not filed stays
        (date(2013, 8, 1), ["2013Q1", "2013Q2", "2013Q3"]),
    ],
)
def test_a_report_that_was_not_filed_is_asked_for_until_it_is(on: date, periods: list[str]) -> None:
    assert [found.what.split()[-1] for found in of(BEGUN, "report", on)] == periods


def test_a_report_that_was_filed_is_told_for_thirty_days() -> None:
    known = Known(submitted={"2013Q1": date(2013, 4, 20)})
    for on, periods in ((date(2013, 5, 30), ["2013Q1", "2013Q2"]), (date(2013, 5, 31), ["2013Q2"])):
        found = [one_ for one_ in of_campaign(BEGUN, Mailed(), on, known) if "report" in one_.what]
        assert [one_.what.split()[-1] for one_ in found] == periods


def test_six_reports_were_owed_before_2021_and_none_after_them() -> None:
    last = date(2014, 7, 30)  # 2013Q1 to 2014Q2
    never, last_one = of(BEGUN, "report", last)
    assert last_one.what == "quarterly report 2014Q2"
    assert (never.what, never.state, never.due) == (
        "quarterly report 2013Q1 and 4 more", "overdue", date(2013, 4, 30),
    )  # fmt: skip
    (years_later,) = of(BEGUN, "report", date(2026, 1, 5))
    assert years_later.what == "quarterly report 2013Q1 and 5 more"
    assert "quarterly report 2014Q2, 2014-07-30 (NEW:quarterly_report:2014Q2)." in years_later.sentence  # fmt: skip


@at_once(
    ("on", "what", "due"),
    [
        (date(2023, 12, 31), "quarterly report 2023Q4", date(2024, 1, 30)),  # the eighth
        (date(2024, 3, 1), "annual report 2024Q1-2024Q4", date(2025, 1, 30)),
        (date(2026, 3, 2), "annual report 2026Q1-2026Q4", date(2027, 2, 1)),  # 30 January 2027 is a Saturday
    ],
)  # fmt: skip
def test_since_2021_eight_quarterly_and_three_annual_reports_are_owed(
    on: date, what: str, due: date
) -> None:
    recall = replace(
        BEGUN, filed_date=date(2022, 1, 3), first_notice_date=date(2022, 2, 1), remedy_available_date=None
    )  # fmt: skip
    found = of(recall, "report", on)[-1]
    assert (found.what, found.due) == (what, due)
    (never,) = of(recall, "report", date(2027, 3, 4))
    assert never.what == "quarterly report 2022Q1 and 10 more"


def test_reports_begin_with_the_quarter_of_the_remedy() -> None:
    later = replace(BEGUN, remedy_available_date=date(2013, 4, 1))
    assert one(later, "report", date(2013, 4, 2)).what == "quarterly report 2013Q2"


# ---- claims, lists


@at_once(
    ("on", "verb"),
    [(date(2013, 3, 15), "must stay"), (date(2013, 3, 16), "must stay"), (date(2013, 3, 17), "had to stay")],
)  # fmt: skip
def test_claims_stay_open_ten_days_after_the_last_letter(on: date, verb: str) -> None:
    mailed = Mailed(first=date(2013, 2, 11), last=date(2013, 3, 6))
    found = one(BEGUN, "reimbursement", on, mailed)
    assert (found.due, found.state) == (date(2013, 3, 16), "ok")
    assert found.sentence == (
        f"Reimbursement claims on NEW {verb} open until 2013-03-16: the last letter was mailed on 2013-03-06."
    )


def test_without_a_letter_no_claim_is_running() -> None:
    assert of(BEGUN, "reimbursement", date(2013, 3, 15)) == []


@at_once(("on", "kept"), [(date(2018, 1, 14), 1), (date(2018, 1, 15), 1), (date(2018, 1, 16), 0)])
def test_lists_are_kept_to_the_day_five_years_after_the_report(on: date, kept: int) -> None:
    found = of(BEGUN, "lists kept", on)
    assert [one_.due for one_ in found] == [date(2018, 1, 15)] * kept


def test_a_service_campaign_has_no_clock_of_the_law() -> None:
    service = replace(BEGUN, campaign_type=CampaignType.SERVICE_CAMPAIGN)
    mailed = Mailed(first=date(2013, 2, 11), last=date(2013, 3, 6))
    assert of_campaign(service, mailed, date(2013, 3, 1)) == []


# ---- a follow-up: dealers first


@at_once(
    ("on", "state"),
    [
        (date(2013, 2, 17), "ok"),  # 16 days before
        (date(2013, 2, 18), "soon"),
        (date(2013, 3, 5), "soon"),
        (date(2013, 3, 6), "overdue"),
    ],
)
def test_dealers_have_their_notice_before_the_first_letter(on: date, state: str) -> None:
    found = clock(replace(SPRING, noticed=1199, acknowledged=0), "dealer notices", on)
    assert (found.state, found.due) == (state, date(2013, 3, 5))
    assert found.sentence == (
        "1 of 1,200 dealers has no notice of spring; letters may go out from 2013-03-05."
    )


def test_a_notice_that_nobody_acknowledged_is_asked_about_when_all_are_sent() -> None:
    found = clock(replace(SPRING, acknowledged=200), "dealer notices", date(2013, 3, 6))
    assert (found.state, found.citation) == ("unknown", "49 CFR 577.7(c); memo, section 2")
    stated_ = Stated((StatedRow("spring:dealer_notice", "done", date(2013, 3, 1)),))
    told = replace(SPRING, acknowledged=200, stated=stated_, bound=False)
    done = clock(told, "dealer notices", date(2013, 3, 6))
    assert (done.state, done.citation) == ("ok", "memo, section 2")
    assert found.sentence == (
        "1,000 of 1,200 dealers have not acknowledged the notice of spring; letters may go out from 2013-03-05."
    )


def test_acknowledged_notices_are_well_whatever_the_day() -> None:
    for on in (date(2013, 2, 1), date(2014, 1, 1)):
        found = clock(SPRING, "dealer notices", on)
        assert (found.state, found.sentence) == (
            "ok", "Every dealer of spring acknowledged its notice.",
        )  # fmt: skip


# ---- a follow-up: addresses


@at_once(
    ("on", "state"), [(date(2013, 2, 17), "ok"), (date(2013, 2, 18), "soon"), (date(2013, 3, 5), "soon"), (date(2013, 3, 6), "overdue")]
)  # fmt: skip
def test_old_addresses_are_due_by_the_next_wave(on: date, state: str) -> None:
    found = clock(replace(SPRING, stale=1300), "addresses", on)
    assert (found.state, found.due) == (state, date(2013, 3, 5))
    assert found.sentence == (
        "1,300 of 1,400 addresses of spring will be older than 95 days by the wave of 2013-04-01:"
        " update them before they are mailed, the first from 2013-03-05."
    )


def test_fresh_addresses_are_good_whatever_the_day() -> None:
    found = clock(SPRING, "addresses", date(2013, 6, 1))
    assert (found.state, found.sentence) == (
        "ok", "All 1,400 addresses of spring are good until its last wave.",
    )  # fmt: skip


@at_once("nothing", [{"next_wave": None}, {"addresses": 0}])
def test_without_a_wave_to_come_no_address_is_asked_about(nothing: dict[str, object]) -> None:
    found = of_follow_up(replace(SPRING, **nothing), date(2013, 3, 1))
    assert "addresses" not in {one_.what for one_ in found}


# ---- a follow-up: the copy to NHTSA


@at_once(
    ("on", "state"),
    [(date(2013, 2, 26), "soon"), (date(2013, 3, 3), "soon"), (date(2013, 3, 4), "overdue"), (date(2016, 4, 2), "overdue")],
)  # fmt: skip
def test_a_copy_is_filed_within_five_days_of_the_first_notice(on: date, state: str) -> None:
    found = clock(SPRING, "copy to NHTSA, notices", on)
    assert (found.state, found.due) == (state, date(2013, 3, 3))
    assert "first sent on 2013-02-26, is to be filed with NHTSA by 2013-03-03." in found.sentence


@at_once(
    ("follow_up", "on"),
    [
        (
            replace(
                SPRING,
                stated=Stated((StatedRow("spring:filing_copy:notices", "done", date(2013, 3, 1)),)),
            ),
            date(2013, 4, 3),
        ),  # 31 days after it was due nobody is told of what was filed
        (
            replace(SPRING, bound=False),
            date(2013, 3, 1),
        ),  # a service campaign's notice is no communication of Part 573
        (replace(SPRING, noticed_on=None), date(2013, 3, 1)),
    ],
)
def test_no_copy_is_asked_for_where_none_is_owed(follow_up: FollowUpProgress, on: date) -> None:
    assert "copy to NHTSA, notices" not in {found.what for found in of_follow_up(follow_up, on)}


# ---- the order


def test_deadlines_stand_by_state_and_then_by_day_and_name() -> None:
    def made(state: str, day: int, name: str = "A", what: str = "x") -> Deadline:
        return Deadline(state, date(2013, 3, day), name, what, "", "")

    given = [made("ok", 1), made("late", 9), made("soon", 5, "B"), made("soon", 5, "A", "y"), made("soon", 5), made("overdue", 7),
             made("overdue", 2)]  # fmt: skip
    found = [(row.state, row.due.day, row.campaign, row.what) for row in in_order(given) if row.due]
    assert found == [
        ("overdue", 2, "A", "x"), ("overdue", 7, "A", "x"), ("soon", 5, "A", "x"), ("soon", 5, "A", "y"), ("soon", 5, "B", "x"),
        ("late", 9, "A", "x"), ("ok", 1, "A", "x"),
    ]  # fmt: skip


# ---- what a person states, an order, and who joined later


def stated(*rows: tuple[str, str, date]) -> Known:
    return Known(vehicles=10, stated=Stated(tuple(StatedRow(f"NEW:{n}", w, d) for n, w, d in rows)))


def letters(campaign: Campaign, on: date, mailed: Mailed, known: Known) -> Deadline:
    (found,) = (
        one_ for one_ in of_campaign(campaign, mailed, on, known) if one_.what == "owner letters"
    )
    return found


def test_the_mail_house_s_last_letter_counts_where_it_is_later_than_the_stated_one() -> None:
    on = date(2013, 12, 1)
    mailed = Mailed(told=10, told_late=4, first_told=date(2013, 2, 11), last_told=date(2013, 8, 31))
    found = letters(BEGUN, on, mailed, stated(("letters", "done", date(2013, 3, 10))))
    assert (found.state, found.vehicles) == ("late", 4)
    assert "holds a first notice of 2013-08-31, 168 days after the last day: that one counts" in found.sentence  # fmt: skip
    later = letters(BEGUN, on, mailed, stated(("letters", "done", date(2013, 9, 5))))
    assert (later.state, later.sentence.count("that one counts")) == ("late", 0)
    assert letters(BEGUN, on, Mailed(), stated(("letters", "done", date(2013, 3, 10)))).state == "ok"  # fmt: skip


def test_letters_that_the_administrator_ordered_are_due_sixty_days_after_the_order() -> None:
    order = {"decided_by": "administrator", "ordered_date": date(2013, 1, 20)}
    ordered = replace(NOT_BEGUN, filed_date=None, letter=order)
    nothing, due = Known(), date(2013, 3, 21)  # 60 days after 20 January
    found = letters(ordered, date(2013, 4, 1), Mailed(), nothing)
    assert (found.state, found.due, found.citation) == ("overdue", due, "49 CFR 577.7(b)(1)")
    assert "60 days after the order of 2013-01-20" in found.sentence
    told = Mailed(told=10, first_told=date(2013, 3, 1), last_told=date(2013, 3, 20))
    assert letters(ordered, date(2013, 4, 1), told, nothing).state == "ok"
    received = stated(("letters_ordered", "started", date(2013, 1, 25)))
    assert letters(ordered, date(2013, 4, 1), Mailed(), received).due == date(2013, 3, 26)


def test_vehicles_that_joined_after_the_last_day_are_owed_letters_too() -> None:
    added = date(2013, 5, 1)
    told = Mailed(told=10, first_told=date(2013, 2, 11), last_told=date(2013, 3, 1))

    def joined(on: date, *some: Joined) -> Deadline:
        known = replace(stated(), joined=some)
        (found,) = (
            one_ for one_ in of_campaign(BEGUN, told, on, known) if "joined later" in one_.what
        )
        return found

    owed = joined(date(2013, 6, 29), Joined(added, 0, 3, None))
    assert (owed.state, owed.due, owed.vehicles) == ("soon", date(2013, 6, 30), 3)  # 60 days
    assert joined(date(2016, 1, 1), Joined(added, 1, 2, added)).state == "overdue"
    alone = joined(date(2016, 1, 1), Joined(added, 0, 1, None)).sentence
    assert "1 vehicle that joined NEW on 2013-05-01, after the last day for its owner letters, has no" in alone  # fmt: skip
    late = joined(date(2016, 1, 1), Joined(added, 3, 0, date(2013, 7, 1)))
    assert (late.state, late.vehicles) == ("late", 3)
    in_time = Known(joined=(Joined(added, 3, 0, date(2013, 6, 30)),))
    assert not [d for d in of_campaign(BEGUN, told, added, in_time) if "joined later" in d.what]
    assert "in it by the last day" in letters(BEGUN, added, told, in_time).sentence


def test_vehicles_of_many_days_whose_amendment_was_never_filed_are_one_line_until_it_is() -> None:
    days = {date(2013, 2, day): 2 for day in (4, 11, 18)}
    (never,) = [
        d
        for d in of_campaign(BEGUN, Mailed(), date(2014, 1, 2), Known(added=days))
        if "amendment" in d.what
    ]
    assert (never.state, never.vehicles, never.what) == (
        "overdue", 6, "amendment, vehicles of 2013-02-04 and 2 more",
    )  # fmt: skip
    filed = replace(stated(("report_573_amendment", "done", date(2013, 3, 1))), added=days)
    assert not [
        d for d in of_campaign(BEGUN, Mailed(), date(2014, 1, 2), filed) if "amendment" in d.what
    ]


def test_a_notice_of_a_remedy_to_come_begins_no_report_until_the_remedy_is_there() -> None:
    interim = replace(
        BEGUN, remedy_available_date=None, letter={"remedy_expected_date": date(2013, 9, 1)}
    )
    assert of(interim, "report", date(2013, 12, 1)) == []
    there = replace(interim, remedy_available_date=date(2013, 8, 5))
    assert of(there, "report", date(2013, 12, 1))[0].what == "quarterly report 2013Q3"


def test_owners_who_were_told_of_a_remedy_to_come_hear_again() -> None:
    promised = {"remedy_expected_date": date(2013, 9, 1), "next_notice_date": date(2013, 8, 1)}
    interim = replace(BEGUN, remedy_available_date=None, letter=promised)
    owed = one(interim, "second notification", date(2014, 8, 1))
    assert (owed.state, owed.due) == ("overdue", date(2013, 8, 1))
    there = replace(interim, remedy_available_date=date(2013, 8, 5))
    came = [one(there, "second notification", day) for day in (date(2013, 8, 5), date(2014, 8, 1))]
    assert {(found.state, found.due) for found in came} == {("overdue", date(2013, 8, 1))}
    nameless = replace(there, letter={})
    assert one(nameless, "second notification", date(2013, 8, 5)).state == "unknown"
    told = Mailed(first=date(2013, 2, 11), last=date(2013, 8, 20))
    assert of(there, "second notification", date(2013, 9, 1), told) == []
    assert of(BEGUN, "second notification", date(2013, 9, 1)) == []


def test_the_first_letter_that_no_follow_up_sent_is_copied_to_nhtsa_in_five_days() -> None:
    mailed = Mailed(first=date(2013, 2, 11), last=date(2013, 2, 11), loaded=date(2013, 2, 11))
    found = one(BEGUN, "copy to NHTSA", date(2013, 3, 1), mailed)
    assert (found.state, found.due, found.id) == (
        "overdue", date(2013, 2, 16), "NEW:filing_copy:letters",
    )  # fmt: skip
    assert of(BEGUN, "copy to NHTSA", date(2013, 3, 1), replace(mailed, loaded=None)) == []


def test_tires_are_remedied_free_of_charge_for_five_years() -> None:
    known = Known(beyond=2)
    tires = replace(BEGUN, letter={"tires": True})
    for campaign, years in ((BEGUN, 10), (tires, 5)):
        (found,) = (
            d
            for d in of_campaign(campaign, Mailed(), date(2013, 3, 1), known)
            if d.what == "free remedy"
        )
        assert f"more than {years} years before the first notice or the order" in found.sentence
