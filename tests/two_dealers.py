"""Two dealers in two areas, small enough to count by hand: the world of the tests of commands, notices, reports and answers.

East (area E) has 4 hours a week and one pump on the shelf; West (area W) states no hours. Every owner's answer is counted with
half of the owners answering, 1 - 1/e of them in the week of the letter; nobody comes without a letter. What each test expects is
calculated from these rows:

    PMP  safety recall    11 vehicles: 1 repaired, 1 exported, 1 removed, 8 open; takes one PUMP and 2.0 hours
    STP  do not drive      3 vehicles: 1 inspected, 2 open; takes two BOLTs, sold by five, and 1.0 hours
    SVC  service campaign  2 vehicles, both open; takes 0.5 hours and no part
"""

from __future__ import annotations

from datetime import date
from math import exp
from pathlib import Path

from small_world import Desk, World, follow_up_file, vin

NOTICE = date(2013, 2, 26)  # a Tuesday
FIRST_WEEK = date(2013, 3, 4)  # the Monday of the first lawful letter
FIRST_LETTER = date(2013, 3, 5)
EAST, WEST = "D0001", "D0002"
PMP, STP, SVC = "PMP", "STP", "SVC"
PUMP, BOLT = "PUMP", "BOLT"

EAST_OPEN = tuple(map(vin, (1, 2, 3)))  # PMP
EAST_BOTH = vin(4)  # PMP and STP, booked for both
REPAIRED = vin(5)
NEW_IN_STOCK = vin(6)  # PMP, no owner
WEST_BOOKED, WEST_OPEN = vin(11), vin(12)  # PMP
WEST_SERVICE = vin(13)
EXPORTED = vin(14)
INSPECTED = vin(15)
REMOVED = vin(16)
USED_IN_STOCK = vin(17)  # STP, no owner
WEST_TWO_LETTERS = vin(18)  # PMP and SVC: a recall and a service campaign never share a letter
STRANGER = vin(77)

REPAIR_DAY = date(2012, 6, 1)
EXPORT_DAY = date(2012, 7, 1)
INSPECTION_DAY = date(2012, 12, 20)
REMOVAL_DAY = date(2012, 5, 1)

RESPONSE = {"share": 0.5, "scale_weeks": 1.0, "shape": 1.0, "background_per_week": 0.0}
WEEKS = 4


def answered(week: int) -> float:
    """The share of owners who ask for a visit in a week after their letter, counted from 0."""
    return 0.5 * (exp(-week) - exp(-week - 1))


ANSWERED = 0.5 * (1 - exp(-WEEKS))  # over the horizon


def world(path: Path) -> World:
    made = World(path)
    made.campaign(PMP, subject="Fuel pump", nhtsa_campaign_number="10V001000", involved=12)
    made.campaign(
        STP, subject="Steering bolt", nhtsa_campaign_number="12V002000", do_not_drive=True,
        filed_date=date(2012, 10, 1), first_notice_date=date(2012, 11, 1),
        remedy_available_date=date(2012, 11, 15), involved=3,
    )  # fmt: skip
    made.campaigns[-1] += (
        '\n[[campaign.answer]]\nquestion = "May I drive it?"\nanswer = "No. We will have it picked up."'
    )
    made.campaign(
        SVC, campaign_type="service_campaign", subject="Door seal", consequence="Water can come in.",
    )  # fmt: skip
    made.dealer(EAST, "E").dealer(WEST, "W", city="Reno", state="NV", zip="89501", phone="")
    _vehicles(made)
    _dealers_means(made)
    return made


def _vehicles(made: World) -> None:
    for one in EAST_OPEN:
        made.vehicle(one, PMP, dealer=EAST)
    made.vehicle(EAST_BOTH, PMP, STP, dealer=EAST)
    made.vehicle(REPAIRED, PMP, dealer=EAST).repair(REPAIRED, PMP, REPAIR_DAY, dealer=EAST)
    made.vehicle(NEW_IN_STOCK, PMP, dealer=EAST, owner=None)
    made.in_stock(NEW_IN_STOCK, EAST, "new", date(2013, 1, 27))
    made.vehicle(WEST_BOOKED, PMP, dealer=WEST).vehicle(WEST_OPEN, PMP, dealer=WEST)
    made.vehicle(WEST_SERVICE, SVC, dealer=WEST)
    made.vehicle(EXPORTED, PMP, dealer=WEST).status(EXPORTED, "exported", EXPORT_DAY)
    made.vehicle(INSPECTED, STP, dealer=WEST)
    made.repair(INSPECTED, STP, INSPECTION_DAY, "inspected_ok", dealer=WEST)
    made.vehicle(REMOVED, dealer=WEST)
    made.add("population", campaign_code=PMP, vin=REMOVED, removed_date=REMOVAL_DAY)
    made.vehicle(USED_IN_STOCK, STP, dealer=WEST, owner=None)
    made.in_stock(USED_IN_STOCK, WEST, "used", date(2013, 2, 6))
    made.vehicle(WEST_TWO_LETTERS, PMP, SVC, dealer=WEST)
    _visits(made, "booked")


def _visits(made: World, status: str) -> None:
    made.appointment(EAST_BOTH, EAST, PMP, STP, day=date(2013, 3, 11), status=status)
    made.appointment(WEST_BOOKED, WEST, PMP, day=date(2013, 3, 12), status=status)


def call_off_visits(desk: Desk) -> None:
    """Load that both booked visits are cancelled: nine owners may be written to, and their visits take what letters ask for."""
    made = World(desk.folder / "called_off")
    _visits(made, "cancelled")
    desk.do("load", made.write(), on=NOTICE)


def _dealers_means(made: World) -> None:
    made.part(PUMP).part(BOLT, pack=5)
    made.takes(PMP, PUMP, 1).takes(STP, BOLT, 2)
    made.labour(PMP, 2.0).labour(STP, 1.0).labour(SVC, 0.5).labour(f"{STP}+{PMP}", 2.7)
    made.capacity(EAST, {FIRST_WEEK: 4.0})
    made.count(EAST, PUMP, date(2013, 2, 20), on_hand=1)
    made.supply(BOLT, {date(2013, 3, 11): 3, date(2013, 3, 18): 3})


def settings_file(folder: Path, **extra: object) -> Path:
    """Write the follow-up's settings: four weeks from the notice."""
    stated: dict[str, object] = {
        "name": "spring", "kind": "follow_up_voluntary", "campaigns": [PMP, STP, SVC], "notice_date": NOTICE,
        "days_after_notice": 7, "horizon_weeks": WEEKS, "rest_weeks": 0,  # a second one is frozen as if it were the first
        **extra,
    }  # fmt: skip
    return follow_up_file(folder / "followup.toml", RESPONSE, **stated)


def load_and_plan(desk: Desk) -> None:
    """Load the world, freeze the follow-up ``spring``, and plan all its letters into the first week; two owners book after that."""
    made = world(desk.folder / "input")
    booked = World(desk.folder / "booked")
    booked.rows["appointments"] = made.rows.pop("appointments")
    desk.do("load", made.write(), on=NOTICE)
    desk.do("followup", "new", settings_file(desk.folder), on=NOTICE)
    desk.do("plan", "spring", "--policy", "all-at-once", on=NOTICE)
    desk.do("load", booked.write(), on=NOTICE)
