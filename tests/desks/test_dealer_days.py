"""A dealer's day and week, counted by hand on the two dealers: who comes, what it takes, what is missing, what must not be done."""

from __future__ import annotations

from dataclasses import replace
from datetime import date, timedelta

import pyarrow as pa
import pytest

import two_dealers as w
from renotify.contact.answers import answer
from renotify.desks.book_of_visits import book_of
from renotify.desks.dealer_days import dealer_day, dealer_week
from renotify.desks.to_do import headline, steps
from renotify.errors import UnknownName
from renotify.ledger.scope import Scope
from renotify.ledger.session import Session
from renotify.parts import national_pool, promises
from renotify.parts.dealer_orders import orders
from renotify.reports.vehicle_around import around
from renotify.vehicle_lists.asked import Asked
from renotify.vehicle_lists.listing import listing

DAY = date(2013, 3, 11)  # a Monday: EAST_BOTH comes
TO_COME = 3 * w.answered(0)  # the three other owners at East, whose letters are due and not out


def test_a_day_has_its_visit_with_bundle_hours_kits_and_warning(planned_session: Session) -> None:
    """Both recalls in one visit: 2.7 hours are stated, 2.5 are told. A pump is on the shelf; two bolts are not, and none are on order."""
    (visit,) = dealer_day(planned_session, w.EAST, DAY).visits.to_pylist()
    assert visit == {
        "day": DAY, "time": "09:00", "vin": w.EAST_BOTH, "vehicle": "2006 IS 250", "campaigns": "PMP+STP", "hours": 2.7,
        "takes": "2.5 hours", "kits_state": "short", "kits_from": None, "lacking": "BOLT", "also_open": "", "not_open": "",
        "warning": "do not drive", "status": "booked",
    }  # fmt: skip


def test_the_next_day_has_no_visit_and_the_week_has_it(planned_session: Session) -> None:
    tomorrow = dealer_day(planned_session, w.EAST, DAY + timedelta(days=1))
    assert tomorrow.visits.num_rows == 0
    week = dealer_week(planned_session, w.EAST, DAY + timedelta(days=2))
    assert (week.first, week.last) == (DAY, DAY + timedelta(days=6))
    assert week.visits["vin"].to_pylist() == [w.EAST_BOTH]


def test_the_count_of_visits_opens_to_their_vehicles_whosever_they_are(
    own_session: Session,
) -> None:
    """East's vehicle is booked at West: West's day and week count it, East's do not, and the calls list the same. Two recalls: two rows."""
    with own_session.transaction():
        moved = "update appointment set dealer_code = :west where vin = :vin and status = 'booked'"
        own_session.execute(moved, west=w.WEST, vin=w.EAST_BOTH)
    day, next_day = dealer_day(own_session, w.WEST, DAY), DAY + timedelta(days=1)
    assert day.visits["vin"].to_pylist() == [w.EAST_BOTH]
    assert day.lists["booked"] == (
        f"renotify vehicles --visit-dealer {w.WEST} --visit-since {DAY} --visit-before {next_day}"
    )
    here = Asked(visit_dealer=w.WEST, visit_since=DAY, visit_before=next_day)
    found = listing(own_session, here, on=DAY)
    assert (found.total, found.vehicles) == (2, 1)
    assert set(found.rows["vin"].to_pylist()) == {w.EAST_BOTH}
    elsewhere = replace(here, visit_dealer=w.EAST)
    assert listing(own_session, elsewhere, on=DAY).total == 0
    assert dealer_day(own_session, w.EAST, DAY).visits.num_rows == 0
    with pytest.raises(UnknownName):
        listing(own_session, Asked(visit_dealer="99999"), on=DAY)


def test_the_week_is_that_of_the_workload(planned_session: Session) -> None:
    (week,) = dealer_day(planned_session, w.EAST, DAY).weeks.to_pylist()
    assert (week["dealer"], week["week"], week["booked"]) == (w.EAST, DAY, 1)
    assert week["visits"] == pytest.approx(1 + TO_COME, abs=0.005)
    assert week["hours"] == pytest.approx(2.7 + TO_COME * 2.0, abs=0.005)
    assert (week["booked_hours"], week["capacity"]) == (2.7, 4.0)


def test_a_dealer_without_hours_or_plan_has_the_weeks_of_its_book(own_session: Session) -> None:
    with own_session.transaction():
        own_session.execute("delete from plan")
    (week,) = dealer_day(own_session, w.WEST, DAY).weeks.to_pylist()
    assert (week["visits"], week["hours"], week["capacity"]) == (1.0, 2.0, None)


def test_a_new_vehicle_in_stock_is_on_hold_by_law(planned_session: Session) -> None:
    (held,) = dealer_day(planned_session, w.EAST, DAY).holds.to_pylist()
    assert (held["vin"], held["basis"], held["days_in_stock"]) == (w.NEW_IN_STOCK, "law", 43)


def test_the_instructions_are_those_of_campaigns_that_are_open_here(
    planned_session: Session,
) -> None:
    """At East PMP is open on five vehicles, one of them new and in stock, and STP on one; SVC is open at West alone."""
    rows = dealer_day(planned_session, w.EAST, DAY).instructions.to_pylist()
    assert [(row["kind"], row["campaign"], row["vehicles"]) for row in rows] == [
        ("do_not_drive", "STP", 1),
        ("stop_sale", "PMP", 1),
    ]


def test_a_campaign_whose_remedy_is_to_come_is_booked_for_nobody(planned_session: Session) -> None:
    rows = dealer_day(planned_session, w.EAST, date(2012, 11, 14)).instructions.to_pylist()
    (waiting,) = (row for row in rows if row["kind"] == "no_remedy_yet")
    assert waiting["campaign"] == "STP"
    assert "expected on 2012-11-15" in waiting["says"]


def test_what_else_is_open_is_done_in_the_same_visit(own_session: Session) -> None:
    """Booked for the pump alone; the bolt is open, too, and its remedy is there: one visit of 2.7 hours, as its letter tells it."""
    with own_session.transaction():
        own_session.execute(
            "update appointment set campaign_codes = 'PMP' where vin = :vin", vin=w.EAST_BOTH
        )
    days = dealer_day(own_session, w.EAST, DAY)
    (visit,) = days.visits.to_pylist()
    assert (visit["campaigns"], visit["also_open"]) == ("PMP", "STP")
    assert (visit["hours"], visit["takes"]) == (2.7, "2.5 hours")
    (step,) = (one for one in steps(days) if one.about == "visit")
    assert step.says == (
        f"{w.EAST_BOTH} is open for STP, too: do it in the same visit, 2.5 hours in all."
    )


def test_kits_of_what_is_done_in_the_same_visit_are_told_and_ordered(own_session: Session) -> None:
    """Booked for the pump, which is on the shelf; of the bolts that the other recall takes there is none: day, answer, explain, order."""
    with own_session.transaction():
        own_session.execute(
            "update appointment set campaign_codes = 'PMP' where vin = :vin", vin=w.EAST_BOTH
        )
        own_session.execute("delete from part_promise")
    (visit,) = dealer_day(own_session, w.EAST, DAY).visits.to_pylist()
    assert (visit["kits_state"], visit["lacking"]) == ("short", "BOLT")
    said = answer(own_session, w.EAST_BOTH, DAY).kits
    assert said is not None
    assert (said.state, said.lacking) == ("short", "BOLT")
    (told,) = around(own_session, w.EAST_BOTH, DAY)["visits"]
    assert {one["part_no"] for one in told["kits"]} == {"BOLT", "PUMP"}
    assert "BOLT" in told["kits_say"]
    lines = orders(own_session, Scope(dealer=w.EAST), on=DAY).to_pylist()
    (bolts,) = (one for one in lines if one["part_no"] == "BOLT")
    assert bolts["booked"] > 0


def test_day_week_book_and_workload_count_the_whole_visit(own_session: Session) -> None:
    """Booked for the pump alone, 2 hours; with the bolt that is open, too, 2.7 hours are stated: everybody counts 2.7."""
    with own_session.transaction():
        own_session.execute(
            "update appointment set campaign_codes = 'PMP' where vin = :vin", vin=w.EAST_BOTH
        )
    planned = dealer_day(own_session, w.EAST, DAY)
    assert sum(planned.visits["hours"].to_pylist()) == 2.7
    assert planned.weeks["booked_hours"].to_pylist() == [2.7]
    assert book_of(own_session, w.EAST, DAY).booked_hours(DAY) == 2.7
    with own_session.transaction():
        own_session.execute("delete from plan")
    (week,) = dealer_day(own_session, w.EAST, DAY).weeks.to_pylist()
    assert (week["hours"], week["booked_hours"]) == (2.7, 2.7)


def test_hours_that_are_not_loaded_are_planned_and_not_told(own_session: Session) -> None:
    """An hour is assumed for each campaign, as the workload does; nobody tells it to an owner."""
    with own_session.transaction():
        own_session.execute("delete from labor_time")
    (visit,) = dealer_day(own_session, w.EAST, DAY).visits.to_pylist()
    assert (visit["hours"], visit["takes"]) == (2.0, "")


def test_a_booking_for_work_that_is_done_is_over_and_called_off(own_session: Session) -> None:
    """The vehicle has its pump, and is on no list of the bolt: the bolt alone is left, and somebody looks at it."""
    with own_session.transaction():
        own_session.execute(
            "update appointment set vin = :done where vin = :vin", done=w.REPAIRED, vin=w.EAST_BOTH
        )
    days = dealer_day(own_session, w.EAST, DAY)
    (visit,) = days.visits.to_pylist()
    assert (visit["campaigns"], visit["not_open"]) == (w.STP, w.STP)
    (step,) = (one for one in steps(days) if one.about == "eligibility")
    assert step.command == f"renotify explain {w.REPAIRED}"
    with own_session.transaction():
        own_session.execute(
            "update appointment set campaign_codes = 'PMP' where vin = :done", done=w.REPAIRED
        )
    days = dealer_day(own_session, w.EAST, DAY)
    assert (days.visits.num_rows, days.weeks["booked_hours"].to_pylist()) == (0, [0.0])
    (step,) = (one for one in steps(days) if one.about == "eligibility")
    assert step.says == (
        f"{w.REPAIRED} is booked for 2013-03-11, and all of it (PMP) is done: tell its owner, and cancel the visit."
    )


def test_a_booking_for_work_that_is_done_does_what_else_is_open(own_session: Session) -> None:
    """The pump, for which it is booked, is done meanwhile; its bolt is open: the visit is for that, and nobody cancels it."""
    with own_session.transaction():
        own_session.execute(
            "update appointment set campaign_codes = 'PMP' where vin = :vin", vin=w.EAST_BOTH
        )
        own_session.execute(
            "update state set status = 'repaired', since = '2013-03-01' where vin = :vin and campaign_code = 'PMP'", vin=w.EAST_BOTH
        )  # fmt: skip
    days = dealer_day(own_session, w.EAST, DAY)
    (over,) = days.over.to_pylist()
    assert (over["campaigns"], over["also_open"]) == (w.PMP, w.STP)
    (step,) = (one for one in steps(days) if one.about == "eligibility")
    assert step.says == (
        f"{w.EAST_BOTH} is booked for 2013-03-11, and all of it (PMP) is done, but STP is open: do that in the visit, and book the visit"
        " for it."
    )


def test_the_first_lines_say_what_to_do_the_gravest_first(planned_session: Session) -> None:
    days = dealer_day(planned_session, w.EAST, DAY)
    assert headline(days).startswith(
        "Made-up Dealer D0001 (D0001), 2013-03-11: 1 visit booked, 2.7 hours. This week: 1 visit booked and 0.9 more expected"
    )
    assert headline(days).endswith("4.6 hours of work; 4 hours on hand.")
    said = [(one.about, one.command) for one in steps(days)]
    assert said[:3] == [
        ("warning", ""),
        ("kits", "renotify parts order --dealer D0001"),
        ("stock", "renotify stock holds --dealer D0001"),
    ]
    assert steps(days)[0].says == f"{w.EAST_BOTH} is not to be driven: have them picked up."


def test_figures_of_the_week_have_one_decimal_and_nobody_more_is_said_in_words(
    planned_session: Session,
) -> None:
    days = dealer_day(planned_session, w.EAST, DAY)
    (week,) = days.weeks.to_pylist()
    told = {"visits": 2.04, "booked": 2, "low": 2.0, "high": 2.04}
    said = headline(replace(days, weeks=pa.Table.from_pylist([week | told])))
    assert "This week: 2 visits booked and no more expected, 4.6 hours of work;" in said
    said = headline(replace(days, weeks=pa.Table.from_pylist([week | told | {"high": 3.26}])))
    assert (
        "no more expected (in all 2 to 3.3 in nine of ten cases, not yet proven by past weeks)"
        in said
    )


def test_a_day_without_a_visit_has_the_dealer_s_kits_those_that_are_short_first(
    planned_session: Session,
) -> None:
    """The booked visit takes one pump, which is there, and two bolts, which nobody has; on the day after it nothing is needed."""
    names = ("part_no", "on_hand", "on_order", "arriving", "arrives", "short", "visits", "needed", "lacking_visits")  # fmt: skip
    for day, visits, bolts in ((DAY, 1, 2.0), (DAY + timedelta(days=1), 0, 0.0)):
        rows = dealer_day(planned_session, w.EAST, day).kits.select(names).to_pylist()
        assert [tuple(row.values()) for row in rows] == [
            (w.BOLT, 0.0, 0.0, 0.0, None, 2.0, visits, bolts, visits),
            (w.PUMP, 1.0, 0.0, 0.0, None, 0.0, visits, bolts / 2, 0),
        ]


def test_kits_that_were_promised_are_arriving_from_their_week_on(own_session: Session) -> None:
    """Bolts are sold by five, and the pool has three in the week of the 11th and six a week later: what is allotted is promised."""
    with own_session.transaction():
        orders = national_pool.allotted_orders(own_session, w.NOTICE)
        promises.keep(own_session, orders.to_pylist(), w.NOTICE)
    own = [one for one in promises.promises(own_session, DAY) if (one.dealer_code, one.part_no) == (w.EAST, w.BOLT)]  # fmt: skip
    assert own
    bolt = dealer_day(own_session, w.EAST, DAY).kits.to_pylist()[0]
    assert (bolt["part_no"], bolt["arriving"]) == (w.BOLT, sum(one.kits for one in own))
    assert bolt["arrives"] == min(one.comes for one in own if one.comes)
    assert bolt["short"] == 0.0  # what is promised is on order


def test_a_visit_whose_day_has_passed_is_to_be_reported(planned_session: Session) -> None:
    days = dealer_day(planned_session, w.EAST, date(2013, 3, 18))
    assert days.without_word["vin"].to_pylist() == [w.EAST_BOTH]
    assert steps(days)[-1].says == (
        f"1 visit was due before today and is not reported: say what became of {w.EAST_BOTH}."
    )


def test_a_dealer_with_nothing_to_do_is_told_nothing(own_session: Session) -> None:
    with own_session.transaction():
        own_session.execute("delete from appointment")
        own_session.execute("delete from dealer_stock")
        own_session.execute("delete from plan")
    days = dealer_day(own_session, w.EAST, DAY)
    assert steps(days) == []
    assert "no visit booked" in headline(days)


def test_nobody_asks_for_the_day_of_a_dealer_that_is_not_there(planned_session: Session) -> None:
    with pytest.raises(UnknownName, match="There is no dealer D9"):
        dealer_day(planned_session, "D9", DAY)


def test_no_owner_stands_in_a_dealers_day(planned_session: Session) -> None:
    assert "EXAMPLE" not in repr(dealer_week(planned_session, w.EAST, DAY).document())
