"""Why a dealer needs help, in vehicles: each reason from figures by hand, and a dealer that needs none."""

from __future__ import annotations

from dataclasses import replace
from datetime import date

from renotify.desks.dealer_days import DealerName
from renotify.desks.reasons import DealerFigures, headline, reasons_of
from renotify.ledger.status import Count

WEEK = {"visits": 6.0, "late_visits": 0.0, "extra_technician_days": 0, "hours": 12.0, "capacity": 40.0}  # fmt: skip


def counted(done: int, still_open: int) -> Count:
    return Count("PMP", "E", "D1", done + still_open, done, 0, 0, still_open, 0, 0, 0, 0, 0)


FINE = DealerFigures(DealerName("D1", "Casa", "E"), counted(60, 40), counted(50, 50), (WEEK, WEEK))


def test_a_dealer_that_keeps_up_needs_no_help() -> None:
    assert reasons_of(FINE, [FINE]) == []


def test_each_reason_is_counted_in_vehicles() -> None:
    """Twelve visits come in the two weeks."""
    cases = {
        "kits": (replace(FINE, without_kits=(3, "BOLT, PUMP")), 3),
        "hours": (replace(FINE, weeks=(WEEK | {"late_visits": 1.26, "extra_technician_days": 2},)), 1.3),
        "receipt": (replace(FINE, missing=(("spring", date(2013, 2, 26)),)), 12),
        "holds": (replace(FINE, holds=5, holds_overdue=2), 2),
    }  # fmt: skip
    for about, (one, vehicles) in cases.items():
        (reason,) = reasons_of(one, [one])
        assert (reason.about, reason.vehicles) == (about, vehicles)


def test_visits_before_their_promised_kits_are_moved_and_the_others_ordered_for() -> None:
    """Three visits lack a kit that nobody promised; of one the kit comes in the week of 15 April, after its day."""
    one = replace(FINE, without_kits=(3, "BOLT"), late_kits=(1, "PUMP", date(2013, 4, 15)))
    order, move = reasons_of(one, [one])
    assert (order.vehicles, order.command) == (3, "renotify parts order --dealer D1")
    assert (move.vehicles, move.command) == (1, "renotify parts promises --dealer D1")
    assert move.says == (
        "1 booked visit comes before its kits (PUMP), promised from the week of 2013-04-15 on: offer its owner a later day."
    )


def test_who_repairs_less_than_half_of_the_areas_pace_is_behind() -> None:
    """Both had 50 open. The area has done 12 of 100, so that six are due here; two are four too few."""
    slow = replace(FINE, now=counted(52, 48))
    (reason,) = reasons_of(slow, [slow, FINE])
    assert (reason.about, reason.vehicles) == ("pace", 4.0)
    assert reason.says.startswith("2 vehicles done in the last four weeks; at the area's pace")


def test_who_repairs_more_than_half_of_the_areas_pace_is_not_behind() -> None:
    """The area has done 14 of 100: seven are due here, and four are more than half of them."""
    slow = replace(FINE, now=counted(54, 46))
    assert reasons_of(slow, [slow, FINE]) == []


def test_an_area_in_which_nothing_was_done_sets_no_pace() -> None:
    idle = replace(FINE, now=FINE.before)
    assert reasons_of(idle, [idle]) == []


def test_the_reason_with_the_most_vehicles_is_told_first() -> None:
    one = replace(FINE, without_kits=(3, "BOLT"), holds=9, holds_overdue=9)
    assert [reason.about for reason in reasons_of(one, [one])] == ["holds", "kits"]


def test_the_month_says_whom_to_call_first() -> None:
    rows = [
        {"dealer": "D1", "name": "Casa", "why": "kits, hours"},
        {"dealer": "D2", "name": "Dos", "why": ""},
    ]
    assert headline("E", date(2013, 3, 11), rows) == (
        "Area E, the four weeks from 2013-03-11: 1 dealer of 2 needs help. Call first: Casa (D1): kits, hours."
    )
    assert headline("E", date(2013, 3, 11), rows[1:]).endswith("no dealer of 1 needs help.")
