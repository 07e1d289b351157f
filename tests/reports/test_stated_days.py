"""Days that a person states of a clock: what starts it, what closes it, what is taken back, and what is refused."""

from __future__ import annotations

from dataclasses import replace
from datetime import date

import pytest

from renotify.campaigns.campaign import Campaign, CampaignType
from renotify.ledger.intake import load
from renotify.ledger.kinds import DayWord
from renotify.ledger.stated_days import Stated, StatedRow
from renotify.reports import stated_clocks
from renotify.reports.campaign_clocks import Known, of_campaign
from renotify.reports.deadline import Deadline, in_order
from renotify.reports.letter_clocks import Mailed
from small_world import Desk, World, vin

FILED = date(2023, 1, 9)  # a Monday


def loaded(session, folder):
    world = World(folder).dealer("D1")
    dates = {"filed_date": FILED, "first_notice_date": None, "remedy_available_date": None}
    world.campaign("NEW", nhtsa_campaign_number="23V001000", **dates)
    world.campaign("SVC", campaign_type="service_campaign")
    world.vehicle(vin(1), "NEW", dealer="D1", first_sale_date=date(2008, 1, 20))
    world.vehicle(vin(2), "NEW", "SVC", dealer="D1", first_sale_date=date(2007, 6, 1))
    world.vehicle(vin(3), "SVC", dealer="D1")
    load(session, [world.write()], on=FILED)


@pytest.fixture
def desk(ledger_on, tmp_path):
    return Desk(ledger_on("sqlite", loaded), tmp_path / "desk")


def clock(desk: Desk, what: str, on: date):
    found = [one for one in desk.do("deadlines", on=on) if one["what"] == what]
    return found[0] if found else None


def start(desk: Desk, name: str, on: date):
    desk.do("deadlines", "--started", name, on=on)


def filed(desk: Desk, name: str, on: date):
    desk.do("deadlines", "--filed", name, on=on)


def test_one_line_says_which_days_no_file_holds(desk):
    found = clock(desk, "days not stated", FILED)
    assert (found["state"], found["due"], found["vehicles"]) == ("unknown", None, 2)
    assert "NEW:report_573, NEW:schedule_slip:owners-begin" in found["sentence"]
    assert found["closes"] == "renotify deadlines --started NEW:report_573 --on DATE"


@pytest.mark.parametrize(
    ("determined", "due", "state"),
    [
        (date(2022, 12, 30), "2023-01-09", "ok"),  # Friday; 2 January is the holiday: 3, 4, 5, 6, 9 January
        (date(2022, 12, 29), "2023-01-06", "late"),
    ],
)  # fmt: skip
def test_the_573_report_is_due_five_working_days_after_the_determination(
    desk, determined, due, state
):
    start(desk, "NEW:report_573", determined)
    found = clock(desk, "573 report", FILED)
    assert (found["due"], found["state"], found["vehicles"]) == (due, state, 2)
    assert found["closes"] == "filed_date in campaigns.toml"


@pytest.mark.parametrize("name", ["23V001000", "new"])
def test_a_clock_of_a_number_or_of_a_code_in_small_letters_is_the_clock_of_the_code(desk, name):
    start(desk, f"{name}:report_573", date(2022, 12, 30))
    assert clock(desk, "573 report", FILED)["id"] == "NEW:report_573"


def test_a_day_on_file_that_slips_more_than_two_weeks_is_to_be_reported(desk):
    start(desk, "NEW:schedule_slip:owners-begin", date(2023, 2, 20))
    what = "schedule, the first owner letter"
    assert clock(desk, what, date(2023, 2, 16))["state"] == "ok"  # 18 days left
    assert clock(desk, what, date(2023, 3, 6))["state"] == "soon"  # 14 days after 20 February
    late = clock(desk, what, date(2023, 3, 7))
    assert (late["state"], late["due"]) == ("overdue", "2023-03-06")
    start(desk, "NEW:schedule_slip:owners-begin", date(2023, 3, 20))  # the new estimate
    assert clock(desk, what, date(2023, 3, 7))["due"] == "2023-04-03"


def test_a_last_letter_after_its_day_on_file_and_two_weeks_is_late(desk):
    start(desk, "NEW:schedule_slip:owners-end", date(2023, 2, 20))
    filed(desk, "NEW:letters", date(2023, 3, 7))
    assert clock(desk, "schedule, the last owner letter", date(2023, 3, 8))["state"] == "late"


def test_a_rental_company_has_a_day_or_two_to_ground_its_vehicles(desk):
    start(desk, "NEW:rental_grounded:Fleet One", date(2023, 3, 1))
    start(desk, "NEW:rental_grounded_large:Fleet Two", date(2023, 3, 1))
    small = clock(desk, "rental vehicles grounded Fleet One", date(2023, 3, 2))
    large = clock(desk, "rental vehicles grounded, more than 5,000 covered Fleet Two", date(2023, 3, 2))  # fmt: skip
    assert (small["due"], large["due"]) == ("2023-03-02", "2023-03-03")
    filed(desk, "NEW:rental_grounded:Fleet One", date(2023, 3, 2))
    assert clock(desk, "rental vehicles grounded Fleet One", date(2023, 3, 5))["state"] == "ok"


def test_a_distributor_passes_the_notice_on_in_five_working_days(desk):
    start(desk, "NEW:distributor_notice", date(2023, 2, 16))  # Thursday; the 20th is a holiday
    found = clock(desk, "independent distributor passes the notice on", date(2023, 2, 17))
    assert (found["due"], found["citation"]) == ("2023-02-24", "49 CFR 577.7(c)(2)(iv)")
    assert found["vehicles"] == 2


def test_what_starts_again_is_closed_by_the_first_filing_after_it(desk):
    name = "NEW:report_573_amendment"
    for day in (date(2023, 3, 1), date(2023, 3, 20)):
        start(desk, name, day)
    filed(desk, name, date(2023, 3, 6))
    found = [one for one in desk.do("deadlines", on=date(2023, 3, 21)) if one["id"] == name]
    assert [(one["due"], one["state"]) for one in found] == [("2023-03-27", "soon"), ("2023-03-08", "ok")]  # fmt: skip


@pytest.mark.parametrize(
    ("on", "state", "due"),
    [(date(2023, 2, 8), "ok", "2023-02-13"), (date(2023, 2, 13), "soon", "2023-02-13"), (date(2023, 2, 14), "overdue", "2023-02-13")],
)  # fmt: skip
def test_the_look_up_is_updated_every_seven_days(desk, on, state, due):
    filed(desk, "maker:lookup_refresh", date(2023, 1, 30))
    filed(desk, "maker:lookup_refresh", date(2023, 2, 6))
    found = clock(desk, "look-up updated", on)
    assert (found["state"], found["due"], found["campaign"]) == (state, due, "maker")


def test_a_look_up_of_which_no_update_is_stated_is_asked_about(desk):
    found = clock(desk, "look-up updated", FILED)
    assert (found["state"], found["closes"]) == (
        "unknown", "renotify deadlines --filed maker:lookup_refresh --on DATE",
    )  # fmt: skip
    assert clock(desk, "look-up updated", date(2013, 2, 26)) is None  # no rule before August 2014


def test_the_maker_s_clocks_count_the_vehicles_of_all_recalls_or_of_all_campaigns(desk):
    on = date(2023, 2, 1)
    for name in ("communications_monthly", "reimbursement_plan", "imb_serial"):
        start(desk, f"maker:{name}", on)
    filed(desk, "maker:lookup_refresh", on)
    found = {one["id"]: one["vehicles"] for one in desk.do("deadlines", on=on) if one["campaign"] == "maker"}  # fmt: skip
    assert found == {
        "maker:communications_monthly:2023-02": 3, "maker:imb_serial": 3,
        "maker:lookup_refresh": 2, "maker:reimbursement_plan": 2,
    }  # fmt: skip


def test_disclosures_kept_count_the_vehicles_of_those_not_older_than_five_years():
    disclosed = {date(2013, 3, 5): 40, date(2018, 3, 4): 7, date(2018, 3, 6): 2}
    (found,) = stated_clocks.disclosures_kept(disclosed, date(2018, 3, 5))
    assert (found.due, found.vehicles) == (date(2023, 3, 6), 49)
    (found,) = stated_clocks.disclosures_kept(disclosed, date(2018, 3, 6))
    assert found.vehicles == 9
    assert not [*stated_clocks.disclosures_kept(disclosed, date(2023, 3, 7))]


def test_every_clock_has_a_count_of_vehicles_and_what_closes_it(desk):
    on = date(2023, 3, 1)
    for name in (
        "NEW:inconsequentiality",
        "NEW:rental_grounded:Hertz",
        "SVC:communications_monthly",
        "maker:communications_monthly",
    ):
        start(desk, name, date(2023, 2, 1))
    found = desk.do("deadlines", on=on)
    assert {one["campaign"] for one in found} == {"NEW", "SVC", "maker"}
    assert [one["id"] for one in found if not one["vehicles"] or not one["closes"]] == []


def test_a_service_campaign_s_communication_is_copied_after_its_month(desk):
    start(desk, "SVC:communications_monthly", date(2023, 2, 14))
    found = clock(desk, "monthly copies 2023-02", date(2023, 3, 1))
    assert (found["campaign"], found["due"], found["state"]) == ("SVC", "2023-03-07", "soon")
    filed(desk, "SVC:communications_monthly", date(2023, 3, 7))
    assert clock(desk, "monthly copies 2023-02", date(2023, 3, 8))["state"] == "ok"


def test_copies_are_filed_of_months_that_had_something_and_have_ended(desk):
    start(desk, "NEW:communications_monthly", date(2023, 2, 14))
    filed(desk, "NEW:communications_monthly:2023-02", date(2023, 2, 20))
    early = desk.run("deadlines", "--filed", "NEW:communications_monthly", "--on", "2023-02-28")
    assert "Nothing is known that NEW issued before 2023-02" in " ".join(early.err.split())
    filed(desk, "NEW:communications_monthly", date(2023, 3, 1))


def test_a_second_notice_is_stated_where_owners_wait_for_one_and_twice(desk, tmp_path):
    facts = {"first_notice_date": FILED, "next_notice_date": date(2023, 6, 1), "filed_date": FILED}
    world = World(tmp_path / "told").campaign(
        "NEW", nhtsa_campaign_number="23V001000", remedy_available_date=None, **facts
    )
    desk.do("load", world.write(), on=FILED)
    for _ in range(2):
        filed(desk, "NEW:letters:second", date(2023, 5, 2))
    assert desk.sql("select count(*) from stated_day") == [(1,)]
    assert clock(desk, "second notification", date(2023, 5, 3)) is None


def test_an_order_is_not_received_before_it_was_given(desk, tmp_path):
    facts = {"decided_by": "administrator", "ordered_date": date(2023, 2, 1), "filed_date": FILED}
    world = World(tmp_path / "ordered").campaign(
        "NEW", nhtsa_campaign_number="23V001000", first_notice_date=None, **facts
    )
    desk.do("load", world.write(), on=FILED)
    said = desk.run("deadlines", "--started", "NEW:letters_ordered", "--on", "2023-01-31")
    assert "NEW were ordered on 2023-02-01: the order cannot" in " ".join(said.err.split())
    start(desk, "NEW:letters_ordered", date(2023, 2, 1))


def test_an_amendment_is_not_filed_before_there_was_anything_new(desk):
    name = "NEW:report_573_amendment"
    start(desk, name, date(2023, 3, 1))
    said = desk.run("deadlines", "--filed", name, "--on", "2023-02-28")
    assert said.code == 1
    assert "Nothing new is known of NEW between its report of" in " ".join(said.err.split())
    filed(desk, name, date(2023, 3, 1))


def test_a_day_before_its_rule_was_in_force_starts_no_clock(desk):
    for name, day, since in (
        ("SVC:communications_monthly", date(2003, 6, 30), "2003-07-01"),
        ("NEW:rental_grounded:Fleet One", date(2016, 5, 31), "2016-06-01"),
    ):
        said = desk.run("deadlines", "--started", name, "--on", day)
        assert f"is of days since {since}; {day} starts none." in " ".join(said.err.split())
        start(desk, name, date.fromisoformat(since))


def test_a_filed_quarterly_report_is_closed_and_a_late_one_is_late(desk, tmp_path):
    begun = date(2023, 2, 6)
    dates = {"filed_date": FILED, "first_notice_date": begun, "remedy_available_date": begun}
    told = World(tmp_path / "told").campaign("NEW", nhtsa_campaign_number="23V001000", **dates)
    desk.do("load", told.write(), on=date(2023, 2, 6))
    what, name = "quarterly report 2023Q1", "NEW:quarterly_report:2023Q1"
    assert clock(desk, what, date(2023, 5, 2))["state"] == "overdue"  # 30 April is a Sunday: 1 May
    filed(desk, name, date(2023, 5, 2))
    assert (clock(desk, what, date(2023, 5, 3))["state"], clock(desk, what, date(2023, 5, 1))["state"]) == ("late", "soon")  # fmt: skip
    desk.do("deadlines", "--withdrawn", name, on=date(2023, 5, 3))
    filed(desk, name, date(2023, 4, 28))
    assert clock(desk, what, date(2023, 5, 3))["state"] == "ok"


def test_a_report_that_is_not_owed_cannot_be_filed_and_those_that_are_are_named(desk, tmp_path):
    begun = date(2023, 2, 6)
    told = World(tmp_path / "told").campaign(
        "NEW", nhtsa_campaign_number="23V001000", filed_date=FILED, first_notice_date=begun
    )
    desk.do("load", told.write(), on=begun)
    for period in ("2022Q4", "2025Q1", "2025Q2-2026Q1"):
        said = desk.run("deadlines", "--filed", f"NEW:quarterly_report:{period}", "--on", date(2026, 5, 4))  # fmt: skip
        words = " ".join(said.err.split())
        assert f"No report of NEW is owed for {period}." in words
        assert "Owed are those of 2023Q1, 2023Q2," in words
        assert "2025Q1-2025Q4, 2026Q1-2026Q4 and 2027Q1-2027Q4" in words
    filed(desk, "NEW:quarterly_report:2025Q1-2025Q4", date(2026, 5, 4))
    assert desk.sql("select count(*) from stated_day") == [(1,)]


def test_a_determination_after_the_report_is_refused_or_asked_about(desk, tmp_path):
    said = desk.run("deadlines", "--started", "NEW:report_573", "--on", date(2023, 1, 10))
    assert said.code != 0
    assert "NEW was reported on 2023-01-09: its determination cannot be of 2023-01-10." in " ".join(said.err.split())  # fmt: skip
    start(desk, "NEW:report_573", FILED)
    earlier = {
        "filed_date": date(2023, 1, 6),
        "first_notice_date": None,
        "remedy_available_date": None,
    }
    world = World(tmp_path / "was").campaign("NEW", nhtsa_campaign_number="23V001000", **earlier)
    desk.do("load", world.write(), on=date(2023, 1, 11))
    found = clock(desk, "573 report", date(2023, 1, 11))
    assert (found["state"], found["due"]) == ("unknown", None)
    assert "after its report of 2023-01-06: one of them is wrong" in found["sentence"]


def test_fifteen_years_after_its_sale_a_vehicle_s_free_remedy_may_be_withheld(desk):
    found = clock(desk, "free remedy", FILED)
    # sold 2007-06-01: over on 2022-06-01; sold 2008-01-20: a notice of 2023-01-20 still keeps it
    assert (found["due"], found["state"], found["vehicles"]) == ("2023-01-20", "soon", 1)
    assert clock(desk, "free remedy", date(2023, 1, 21))["vehicles"] == 2


def test_the_day_of_a_free_remedy_is_about_the_vehicles_that_keep_it_until_then():
    """Of five open vehicles one is beyond its fifteen years: the day is about the other four, and then about all that are beyond."""
    campaign = Campaign(
        campaign_code="NEW", campaign_type=CampaignType.SAFETY_RECALL, make="Lexus", subject="Pipe"
    )
    known = Known(vehicles=9, beyond=1, keeping=4, next_beyond=date(2031, 5, 1))
    (ahead,) = [
        one for one in of_campaign(campaign, Mailed(), FILED, known) if one.what == "free remedy"
    ]
    assert (ahead.due, ahead.vehicles) == (date(2031, 5, 1), 4)
    told = replace(campaign, first_notice_date=FILED)
    (after,) = [
        one for one in of_campaign(told, Mailed(), FILED, known) if one.what == "free remedy"
    ]
    assert (after.due, after.vehicles) == (None, 1)


def test_a_day_that_is_a_federal_holiday_is_told_with_the_last_working_day_before_it():
    """27 May 2024 is Memorial Day, a Monday: the Friday before is the 24th. What is done or nobody knows the day of says nothing."""

    def said(due, state="ok"):
        return in_order([Deadline(state, due, "NEW", "owner letters", "", "Due.")])[0].sentence

    assert (
        said(date(2024, 5, 27))
        == "Due. 2024-05-27 is a Federal holiday; the last working day before it is 2024-05-24."
    )
    assert said(date(2024, 5, 28)) == "Due."
    assert said(date(2024, 5, 27), "late") == "Due."
    assert said(None, "unknown") == "Due."


def test_a_period_that_ends_no_earlier_than_a_holiday_is_told_with_the_next_working_day():
    """26 November 2026 is Thanksgiving, a Thursday: claims that stay open at least until then are so on Friday the 27th."""
    campaign = Campaign(
        campaign_code="NEW", campaign_type=CampaignType.SAFETY_RECALL, make="Lexus", subject="Pipe",
        filed_date=date(2026, 10, 5), first_notice_date=date(2026, 11, 16),
    )  # fmt: skip
    told = Mailed(first=date(2026, 11, 16), last=date(2026, 11, 16))
    clocks = in_order(of_campaign(campaign, told, date(2026, 11, 20), Known()))
    (found,) = [one for one in clocks if one.what == "reimbursement period"]
    assert found.due == date(2026, 11, 26)
    assert found.sentence.endswith("; the next working day after it is 2026-11-27.")


def test_repair_records_are_kept_ten_years_since_october_2024(desk, tmp_path):
    world = World(tmp_path / "work").repair(vin(1), "NEW", date(2023, 3, 1), dealer="D1")
    desk.do("load", world.labour("NEW", 1.0).write(), on=date(2023, 3, 2))
    assert clock(desk, "records kept", date(2024, 10, 14))["due"] == "2028-03-01"
    assert clock(desk, "records kept", date(2024, 10, 15))["due"] == "2033-03-01"


def test_records_of_a_stated_day_are_kept_as_long_as_those_of_a_repair(desk, tmp_path):
    """The law has one answer, whichever way the day became known: ten years for what is still kept in October 2024."""
    world = World(tmp_path / "work").repair(vin(1), "NEW", date(2023, 3, 1), dealer="D1")
    desk.do("load", world.labour("NEW", 1.0).write(), on=date(2023, 3, 2))
    start(desk, "maker:retention_records", date(2023, 3, 1))
    for on, due in ((date(2024, 10, 14), "2028-03-01"), (date(2024, 10, 16), "2033-03-01")):
        kept = [one for one in desk.do("deadlines", on=on) if "retention_records" in one["id"]]
        assert {one["id"]: one["due"] for one in kept} == {"NEW:retention_records": due, "maker:retention_records": due}  # fmt: skip


def test_the_last_letter_is_not_stated_for_a_day_before_the_report(desk):
    said = desk.run("deadlines", "--filed", "NEW:letters", "--on", date(2023, 1, 8))
    assert said.code != 0
    assert "its report or first notice is of 2023-01-09" in " ".join(said.err.split())
    filed(desk, "NEW:letters", FILED)
    assert clock(desk, "owner letters", FILED)["state"] == "ok"


def test_letters_and_joined_vehicles_are_counted_from_the_ledger(desk, tmp_path):
    """One of two is told in time; a third joins after 10 March, the sixtieth day, and hears nothing."""
    world = World(tmp_path / "more").vehicle(vin(3), dealer="D1")
    world.add("population", campaign_code="NEW", vin=vin(3), added_date=date(2023, 4, 3))
    world.add(
        "mail_events", vin=vin(1), campaign_code="NEW", kind="mailed", mailed_date=date(2023, 2, 6)
    )
    desk.do("load", world.write(), on=date(2023, 4, 3))
    assert clock(desk, "owner letters", date(2023, 5, 1))["vehicles"] == 1
    joined = clock(desk, "owner letters of vehicles that joined later", date(2023, 5, 1))
    assert (joined["due"], joined["vehicles"], joined["id"]) == (
        "2023-06-02",
        1,
        "NEW:letters:joined",
    )
    filed(desk, "NEW:letters:joined", date(2023, 5, 1))
    copy = clock(desk, "copy to NHTSA, owners' letters", date(2023, 5, 1))
    month = clock(desk, "monthly copies 2023-02", date(2023, 5, 1))
    assert [(one["state"], one["due"]) for one in (copy, month)] == [("overdue", "2023-02-11"), ("overdue", "2023-03-07")]  # fmt: skip
    early = desk.run("deadlines", "--filed", "NEW:filing_copy:letters", "--on", date(2023, 2, 5))
    assert early.code != 0
    assert "NEW:filing_copy:letters runs from 2023-02-06" in early.err
    filed(desk, "NEW:filing_copy:letters", date(2023, 5, 1))
    assert clock(desk, "monthly copies 2023-02", date(2023, 5, 1))["state"] == "late"


def test_of_several_starts_the_one_of_the_day_is_taken_back(desk):
    """A vehicle tendered twice by mistake: the start of 1 March stands, that of 8 March is taken back, once."""
    name = "NEW:remedy_reasonable_time"
    for day in (date(2023, 3, 1), date(2023, 3, 8), date(2023, 3, 15)):
        start(desk, name, day)

    def due() -> list[str]:
        rows = desk.do("deadlines", on=date(2023, 4, 1))
        return sorted(one["due"] for one in rows if one["id"] == name)

    def refused(on: date) -> str:
        said = desk.run("deadlines", "--withdrawn", name, "--on", on)
        assert said.code != 0
        return " ".join(said.err.split())

    which = f"Say which day is taken back: renotify deadlines --withdrawn {name} --on 2023-03-15."
    assert f"{name} is stated for 2023-03-01, 2023-03-08 and 2023-03-15." in refused(FILED)
    desk.do("deadlines", "--withdrawn", name, on=date(2023, 3, 8))
    assert due() == ["2023-04-30", "2023-05-14"]  # sixty days each
    again = refused(date(2023, 3, 8))
    assert f"for 2023-03-08 is taken back already. {which}" in again.replace("Hint: ", "")
    desk.do("deadlines", "--withdrawn", name, on=date(2023, 3, 15))
    desk.do(
        "deadlines", "--withdrawn", name, on=date(2023, 6, 1)
    )  # only one is left: no day is needed
    assert due() == []


def test_what_the_ledger_computes_has_one_answer_though_an_older_ledger_may_have_a_statement_of_it():
    stated = Stated(
        tuple(StatedRow(f"NEW:{name}", DayWord.STARTED, FILED) for name in (*stated_clocks.COMPUTED, "retention_records"))
    )  # fmt: skip
    shown = [one.id for one in stated_clocks.of_subject("NEW", "NEW", stated, date(2023, 2, 1))]
    assert shown == ["NEW:retention_records"]


def test_the_same_statement_again_adds_nothing(desk):
    for _ in range(2):
        start(desk, "NEW:report_573", date(2022, 12, 30))
    assert desk.sql("select count(*) from stated_day") == [(1,)]
    ((name, kind),) = desk.sql("select name, kind from source where table_name = 'stated_day'")
    assert (name, kind) == ("deadlines --started NEW:report_573", "command")


@pytest.mark.parametrize(
    ("option", "name", "words"),
    [
        ("--filed", "NWE:letters", "'NWE' is no campaign and no follow-up."),
        ("--filed", "NEW:leters", "Did you mean letters"),
        ("--filed", "NEW:quarterly_report", "Write NEW:quarterly_report: and the quarter: 2013Q1."),
        ("--started", "NEW:schedule_slip:owners", "one of owners-begin, owners-end, dealers-begin, dealers-end"),
        ("--started", "NEW:rental_grounded", "the rental company: any name of yours"),
        ("--withdrawn", "NEW:letters", "Nothing is stated of NEW:letters."),
        ("--filed", "NEW:quarterly_report:2013-1", "2013Q1"),
        ("--filed", "NEW:quarterly_report:foo", "2013Q1"),
        ("--filed", "NEW:quarterly_report:2023Q1", "2023Q1 ends on 2023-03-31: its report cannot have been filed on 2023-01-09"),
        ("--filed", "maker:letters", "maker is of no recall: the clock letters is of recalls alone"),
        ("--started", "SVC:report_573", "SVC is a service campaign: the clock report_573 is of recalls alone"),
        ("--started", "NEW:letters", "It starts by filed_date in campaigns.toml"),
        ("--filed", "NEW:quarterly_report:2022Q4", "no letter shows it: no report is due yet"),
        ("--started", "SVC:filing_copy:letters", "SVC is a service campaign: the clock filing_copy is of recalls."),
        ("--started", "SVC:remedy_reasonable_time", "after the month (49 CFR 579.5): SVC:communications_monthly"),
        ("--started", "NEW:letters_ordered", 'state decided_by = "administrator" and ordered_date in campaigns.toml first'),
        ("--filed", "NEW:letters_ordered", "No order is known of NEW"),
        ("--filed", "NEW:letters_ordered:x", "The clock letters_ordered has no parts."),
        ("--filed", "NEW:communications_monthly:2022-12", "Nothing is known that NEW issued in 2022-12"),
        ("--filed", "maker:communications_monthly", "Nothing is known that maker issued before 2023-01"),
        ("--filed", "NEW:letters:joined", "No vehicle joined NEW after the last day for its owner letters."),
        ("--filed", "NEW:letters:second", "No owner of NEW waits for a second notice on 2023-01-09."),
        ("--started", "NEW:retention", "It starts by filed_date in campaigns.toml."),
        ("--started", "NEW:lookup_history", "It starts by first_notice_date in campaigns.toml, or the first letter"),
        ("--started", "NEW:reimbursement_period", "It starts by the last owner letter"),
        ("--started", "NEW:reimbursement_begins", "It starts by filed_date, analysis_opened_date or first_test_date"),
        ("--started", "NEW:free_remedy", "It starts by first_sale_date of each vehicle."),
        ("--started", "NEW:free_remedy_tires", "It starts by first_sale_date of each vehicle."),
        ("--filed", "NEW:reimbursement_period", "Nothing is to be done for the clock reimbursement_period: its day passes."),
        ("--filed", "maker:retention_records", "Nothing is to be done for the clock retention_records: its day passes."),
        ("--filed", "NEW:distributor_notice", "State the day that starts it first"),
        ("--filed", "NEW:communications_monthly:february", "Write the month of what was issued: 2013-02."),
    ],
)  # fmt: skip
def test_a_name_that_is_no_clock_s_is_refused_with_what_there_is(desk, option, name, words):
    said = desk.run("deadlines", option, name, "--on", FILED)
    assert said.code != 0
    assert words in " ".join(said.err.split())
    assert desk.sql("select count(*) from stated_day") == [(0,)]


def test_the_notice_to_a_distributor_says_who_writes_it_and_what_closes_it(desk):
    """577.7(c)(2)(iv): received on Friday 3 May 2013, five working days are the 10th."""
    name = "NEW:distributor_notice"
    desk.do("deadlines", "--started", name, on=date(2013, 5, 3))
    (one,) = (row for row in desk.do("deadlines", on=date(2013, 5, 6)) if row["id"] == name)
    assert one["due"] == "2013-05-10"
    assert "send each the dealers' notice (renotify notices NAME)" in one["sentence"]
    assert one["closes"].startswith("the distributor's word that it passed the notice on: ")
    desk.do("deadlines", "--filed", name, on=date(2013, 5, 8))
    (one,) = (row for row in desk.do("deadlines", on=date(2013, 5, 9)) if row["id"] == name)
    assert one["state"] == "ok"
