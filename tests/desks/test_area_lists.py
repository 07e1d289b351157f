"""The vehicles behind an area's month, and its work by week, counted on the two dealers."""

from __future__ import annotations

from datetime import date

import pytest

from renotify.desks.area_lists import area_lists
from renotify.desks.area_workload import area_workload
from renotify.errors import UnknownName
from renotify.ledger.session import Session
from two_dealers import BOLT, EAST, EAST_BOTH, FIRST_WEEK, NEW_IN_STOCK, USED_IN_STOCK

ON = date(2013, 3, 5)


def test_an_area_s_holds_and_what_its_booked_visits_lack_are_its_own(
    planned_session: Session,
) -> None:
    """EAST_BOTH takes one pump, which is on the shelf, and two bolts, which nobody has promised; a new car waits since January 27."""
    found = area_lists(planned_session, "E", ON)
    (hold,) = found.holds.to_pylist()
    assert (hold["dealer_code"], hold["vin"], hold["days_in_stock"]) == (EAST, NEW_IN_STOCK, 37)
    (kit,) = found.kits.to_pylist()
    assert (kit["vin"], kit["part_no"], kit["booked_on"]) == (EAST_BOTH, BOLT, date(2013, 3, 11))


def test_another_area_has_other_vehicles(planned_session: Session) -> None:
    assert area_lists(planned_session, "W", ON).holds["vin"].to_pylist() == [USED_IN_STOCK]


def test_an_area_without_dealers_is_unknown(planned_session: Session) -> None:
    with pytest.raises(UnknownName, match="no area X"):
        area_lists(planned_session, "X", ON)
    with pytest.raises(UnknownName, match="no area X"):
        area_workload(planned_session, "X", ON)


def test_the_work_of_an_area_is_that_of_its_dealers_from_this_week_on(
    planned_session: Session,
) -> None:
    found = area_workload(planned_session, "E", ON)
    assert found is not None
    assert (found.follow_up, found.drawn.dealers, found.drawn.weeks[0]) == (
        "spring",
        (EAST,),
        FIRST_WEEK,
    )
    assert {week.dealer for week in found.weeks} == {EAST}
    assert found.drawn.capacity[0, 0] == 4.0


def test_without_a_plan_in_force_there_is_no_work_to_show(planned_session: Session) -> None:
    assert area_workload(planned_session, "E", date(2014, 3, 5)) is None
