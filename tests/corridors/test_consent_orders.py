"""What two makers were fined for, day by day: each listed breach is raised while there is still time, and stands once it happened.

Mercedes-Benz USA, 2019: owner letters after the 60th day, documents uploaded late, launch dates left unknown, late quarterly
reports, a look-up that was not kept up. FCA, 2015: late notices to owners and dealers, no parts, reports that were not put right.
The facts are of the orders' kinds, their days are made up.
"""

from __future__ import annotations

from datetime import date, timedelta

import pytest

from small_world import Desk, World, vin

FILED = date(2016, 6, 1)  # a Wednesday; 60 days later is Sunday 31 July
BEGUN = date(2016, 7, 20)
COPIED, LOOKED_UP, TENDERED = date(2016, 7, 20), date(2016, 7, 18), date(2016, 8, 1)
ADDED = date(2016, 8, 10)  # a Wednesday
ON_FILE = {"owners-begin": date(2016, 7, 4), "dealers-begin": date(2016, 6, 6)}

STATED = (
    ("schedule_slip:owners-begin", ON_FILE["owners-begin"]),
    ("schedule_slip:dealers-begin", ON_FILE["dealers-begin"]),
    ("filing_copy:bulletin", COPIED),
    ("remedy_reasonable_time:first", TENDERED),
)

# the order, the clock, the last day on which the breach could be avoided, by hand
BREACHES = (
    ("MBUSA", "owner letters", date(2016, 7, 31)),  # filed + 60 days
    ("MBUSA", "representative copy filed with NHTSA bulletin", date(2016, 7, 25)),  # + 5 days
    ("MBUSA", "schedule, the first owner letter", date(2016, 7, 18)),  # on file + 14 days
    ("MBUSA", "quarterly report 2016Q3", date(2016, 10, 31)),  # 30 October is a Sunday
    ("MBUSA", "look-up updated", date(2016, 7, 25)),  # + 7 days
    ("FCA", "owner letters", date(2016, 7, 31)),
    ("FCA", "urgent dealer notice", date(2016, 6, 6)),  # 2, 3 and 6 June
    ("FCA", "schedule, the first dealer notice", date(2016, 6, 20)),  # on file + 14 days
    ("FCA", "repair within a reasonable time first", date(2016, 9, 30)),  # + 60 days
    ("FCA", "amendment, vehicles of 2016-08-10", date(2016, 8, 17)),  # 11, 12, 15, 16, 17 August
)


@pytest.fixture(scope="module")
def maker(shared_desk: Desk) -> Desk:
    """A maker that does everything late: its ledger knows only what had happened, and nothing was filed after the report."""
    world = World(shared_desk.folder / "in").dealer("D1")
    world.campaign(
        "LATE", nhtsa_campaign_number="16V001000", filed_date=FILED, first_notice_date=BEGUN, remedy_available_date=BEGUN,
        do_not_drive=True,
    )  # fmt: skip
    for number, day in enumerate((BEGUN, date(2016, 11, 20), date(2016, 11, 21)), start=1):
        world.vehicle(vin(number), "LATE", dealer="D1")
        world.add("mail_events", vin=vin(number), campaign_code="LATE", kind="mailed", mailed_date=day)  # fmt: skip
    world.vehicle(vin(9), dealer="D1")
    world.add("population", campaign_code="LATE", vin=vin(9), added_date=ADDED)
    shared_desk.do("load", world.write(), on=date(2016, 12, 1))
    for name, day in STATED:
        shared_desk.do("deadlines", "--started", f"LATE:{name}", on=day)
    shared_desk.do("deadlines", "--filed", "maker:lookup_refresh", on=LOOKED_UP)
    return shared_desk


def state(desk: Desk, what: str, on: date) -> str:
    found = [one for one in desk.do("deadlines", on=on) if one["what"] == what]
    assert len(found) == 1, what
    return found[0]["state"]


@pytest.mark.parametrize(("order", "what", "last"), BREACHES, ids=str)
def test_a_listed_breach_is_raised_before_it_happens(maker, order, what, last) -> None:
    days = [last.fromordinal(last.toordinal() + step) for step in (-1, 0, 1)]
    before, on_the_day, after = (state(maker, what, day) for day in days)
    began_on_time = (
        what == "schedule, the first owner letter"
    )  # two days after the last one: it is late from then on
    assert (before, on_the_day) == ("soon", "soon")
    assert after == "overdue"
    if began_on_time:
        assert state(maker, what, BEGUN) == "late"


# of how many vehicles, by hand: three were in the recall, one of them was written to by the last day; the fourth joined on 10 August
VEHICLES = {"owner letters": 2, "amendment, vehicles of 2016-08-10": 1}
EVERY = 4


@pytest.mark.parametrize(("order", "what", "last"), BREACHES, ids=str)
def test_a_breach_is_told_with_its_day_and_vehicles_and_closed_by_the_evidence_it_names(
    maker, order, what, last
) -> None:
    (found,) = (one for one in maker.do("deadlines", on=last) if one["what"] == what)
    assert (found["due"], found["vehicles"]) == (str(last), VEHICLES.get(what, EVERY))
    filed = f"--filed {found['id']} --on DATE"
    assert filed in found["closes"]
    maker.do("deadlines", "--filed", found["id"], on=last)  # on the last day
    after = [one for one in maker.do("deadlines", on=last + timedelta(days=1)) if one["what"] == what]  # fmt: skip
    maker.do("deadlines", "--withdrawn", found["id"], on=last)
    assert [one["state"] for one in after] in ([], ["ok"])
    assert state(maker, what, last + timedelta(days=1)) == "overdue"


def test_a_launch_date_left_unknown_is_asked_for_from_the_first_day(maker) -> None:
    told = [one for one in maker.do("deadlines", on=FILED) if one["what"] == "days not stated"]
    assert told[0]["state"] == "unknown"
    assert "LATE:schedule_slip:owners-end and LATE:schedule_slip:dealers-end" in told[0]["sentence"]


def test_what_was_never_done_is_still_asked_for_years_later(maker) -> None:
    """None of it was filed: four years later each is overdue, the six quarters of then as one line."""
    owed = {
        one["what"]: one
        for one in maker.do("deadlines", on=date(2020, 12, 1))
        if one["state"] == "overdue"
    }
    assert {
        "quarterly report 2016Q3 and 5 more", "urgent dealer notice", "amendment, vehicles of 2016-08-10", "look-up updated",
        "representative copy filed with NHTSA bulletin", "repair within a reasonable time first", "schedule, the first dealer notice",
        "owner letters of vehicles that joined later", "copy to NHTSA, owners' letters", "monthly copies 2016-07",
    } == set(owed)  # fmt: skip
    assert (
        owed["owner letters of vehicles that joined later"]["due"] == "2016-10-09"
    )  # 10 August + 60 days


def test_letters_that_went_in_november_stay_late_for_good(maker) -> None:
    (found,) = (
        one for one in maker.do("deadlines", on=date(2018, 1, 2)) if one["what"] == "owner letters"
    )
    assert (found["state"], found["vehicles"]) == ("late", 2)
