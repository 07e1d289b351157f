"""One vehicle's file: every section as values, from none to several of each thing; and completion with its forecast by hand."""

from __future__ import annotations

from datetime import date
from pathlib import Path

import pytest

import two_dealers as w
from cases import at_once
from renotify.errors import BadInput, UnknownName
from renotify.ledger import artifacts
from renotify.ledger.session import Session
from renotify.reports.progress import progress
from renotify.reports.vehicle_file import document, vehicle_file
from small_world import Desk, World

VEHICLE = {
    "vin": "VIN", "make": "Lexus", "model": "IS 250", "model_year": 2006, "build_date": date(2005, 11, 2), "first_sale_date": None,
    "dealer_code": w.EAST,
}  # fmt: skip
DEALER = {
    "dealer_code": w.EAST,
    "name": "Made-up Dealer",
    "city": "Boston",
    "state": "MA",
    "phone": "555",
}
STATE = {
    "campaign_code": w.PMP, "nhtsa_campaign_number": "10V001000", "subject": "Fuel pump", "status": "open", "reason": "",
    "current": True, "remedy_version": 1, "since": date(2010, 1, 4), "filed_date": date(2010, 1, 4),
}  # fmt: skip
EVENT = {
    "day": date(2012, 6, 1), "campaign": w.PMP, "kind": "remedied", "return_code": "", "dealer": w.EAST, "source": "repair_orders.csv",
    "row": 2, "stands": True,
}  # fmt: skip
LETTER = {
    "piece_id": "P1", "follow_up": "spring", "bundle": "PMP+STP", "role": "owner", "state": "printed", "mailed_on": None,
    "returned_on": None, "reason": "",
}  # fmt: skip
BOOKED = {
    "start": "2013-03-11T09:00",
    "dealer_code": w.EAST,
    "campaign_codes": "PMP;STP",
    "status": "no_show",
}


def printed(**found: object) -> dict:
    known = {
        "vin": "VIN",
        "vehicle": VEHICLE,
        "dealer": DEALER,
        "campaigns": [],
        "events": [],
        "letters": [],
        "appointments": [],
    }
    return document(known | found, w.NOTICE)


def test_the_maker_s_exception_stands_among_the_facts():
    assert ["Number", "the maker's exception: as stamped"] in [
        list(fact) for fact in printed(exception="as stamped")["facts"]
    ]


# ---- facts


def test_the_facts_are_the_vehicle_its_days_and_its_dealer() -> None:
    assert printed()["facts"] == [
        ("Vehicle", "2006 Lexus IS 250"),
        ("Built", "Nov 2, 2005"),
        ("First sold", "–"),
        ("Dealer", "Made-up Dealer (D0001), Boston, MA"),
    ]
    assert (printed()["vin"], printed()["on"]) == ("VIN", "Feb 26, 2013")


def test_a_vehicle_known_by_its_events_alone_has_no_more_facts() -> None:
    assert printed(vehicle=None, dealer=None)["facts"] == [("Vehicle", "not in the vehicle file")]


def test_of_nothing_known_each_section_is_empty() -> None:
    told = printed()
    assert [told[name] for name in ("campaigns", "events", "letters", "appointments")] == [[]] * 4


# ---- campaigns


@at_once(
    ("changed", "words"),
    [
        ({}, "open"),
        ({"status": "inspected_ok"}, "inspected ok"),
        ({"status": "unreachable", "reason": "failure_to_receive"}, "unreachable (failure to receive), not done"),
        ({"status": "repaired", "current": False, "remedy_version": 2}, "repaired, version 2: superseded"),
        ({"status": "unreachable", "reason": "export", "current": False}, "unreachable (export), version 1: superseded"),
    ],
)  # fmt: skip
def test_a_campaign_s_status_says_why_and_whether_it_is_superseded(
    changed: dict[str, object], words: str
) -> None:
    assert printed(campaigns=[STATE | changed])["campaigns"] == [
        [w.PMP, "10V001000", "Fuel pump", words, "Jan 4, 2010"]
    ]


def test_a_campaign_without_nhtsa_s_number_has_a_dash() -> None:
    (told,) = printed(campaigns=[STATE | {"nhtsa_campaign_number": ""}])["campaigns"]
    assert told[1] == "–"


# ---- events


@at_once(
    ("kind", "words"),
    [
        ("added", "added to the campaign"), ("removed", "taken out of the campaign"), ("remedied", "repaired"),
        ("inspected_ok", "inspected, no repair needed"), ("declined", "repair declined"), ("other", "other visit"),
        ("total_loss", "total loss"), ("unknown", "status unknown"), ("mailed", "letter mailed"), ("returned", "letter returned"),
    ],
)  # fmt: skip
def test_an_event_is_told_in_the_words_of_the_field(kind: str, words: str) -> None:
    (told,) = printed(events=[EVENT | {"kind": kind}])["events"]
    assert told == ["Jun 1, 2012", w.PMP, words, w.EAST, "repair_orders.csv, row 2"]


@at_once(
    ("day", "words"),
    [(date(2010, 1, 3), "repaired, before the filing"), (date(2010, 1, 4), "repaired")],
)
def test_work_before_the_campaign_was_filed_is_told_as_such(day: date, words: str) -> None:
    (told,) = printed(campaigns=[STATE], events=[EVENT | {"day": day}])["events"]
    assert told[2] == words


def test_an_event_of_the_vehicle_alone_has_dashes_and_a_command_has_no_row() -> None:
    event = EVENT | {
        "kind": "exported",
        "campaign": None,
        "dealer": "",
        "source": "mail accept",
        "row": 0,
    }
    (told,) = printed(events=[event])["events"]
    assert told == ["Jun 1, 2012", "–", "exported", "–", "mail accept"]


def test_what_was_corrected_or_taken_back_is_told_as_overruled() -> None:
    (told,) = printed(events=[EVENT | {"stands": False}])["events"]
    assert told[2] == "repaired, overruled since"


def test_a_returned_letter_is_told_with_its_code() -> None:
    (told,) = printed(events=[EVENT | {"kind": "returned", "return_code": "ANK"}])["events"]
    assert told[2] == "letter returned (ANK)"


# ---- letters, appointments


@at_once(
    ("changed", "expected"),
    [
        ({}, ["printed", "–", ""]),
        ({"state": "accepted", "mailed_on": date(2013, 3, 6)}, ["accepted", "Mar 6, 2013", ""]),
        ({"state": "withdrawn", "reason": "repaired"}, ["withdrawn", "–", "repaired"]),
        (
            {"state": "accepted", "mailed_on": date(2013, 3, 6), "returned_on": date(2013, 3, 20), "reason": "checked"},
            ["accepted", "Mar 6, 2013", "returned Mar 20, 2013"],
        ),
    ],
)  # fmt: skip
def test_a_letter_is_told_by_role_state_and_what_came_back(
    changed: dict[str, object], expected: list[str]
) -> None:
    (told,) = printed(letters=[LETTER | changed])["letters"]
    assert told == ["P1", "spring", "PMP, STP", "owner", *expected]


def test_an_appointment_is_told_with_its_hour_and_campaigns() -> None:
    assert printed(appointments=[BOOKED])["appointments"] == [
        ["2013-03-11 09:00", w.EAST, "PMP, STP", "no show"]
    ]


# ---- from the ledger, on both stores


def test_the_file_of_a_repaired_vehicle_has_its_whole_history(
    own_session: Session, tmp_path: Path
) -> None:
    told = vehicle_file(own_session, w.REPAIRED.lower(), on=w.NOTICE, out=tmp_path)
    assert told["vehicle"]["model"] == "IS 250"
    assert told["dealer"]["dealer_code"] == w.EAST
    (state,) = told["campaigns"]
    assert (state["status"], state["since"], state["family"]) == (
        "repaired",
        w.REPAIR_DAY,
        "safety",
    )
    assert [(one["kind"], one["day"], one["source"], one["row"]) for one in told["events"]] == [
        ("added", date(2010, 1, 4), "population.csv", 7),
        ("remedied", w.REPAIR_DAY, "repair_orders.csv", 2),
    ]
    assert (told["letters"], told["appointments"]) == ([], [])
    assert told["file"] == str(tmp_path / "vehicles" / f"{w.REPAIRED}.pdf")


def test_a_vehicle_with_two_letters_has_both_and_its_states_by_campaign(
    own_session: Session, tmp_path: Path
) -> None:
    told = vehicle_file(own_session, w.WEST_TWO_LETTERS, on=w.NOTICE, out=tmp_path)
    assert [one["campaign_code"] for one in told["campaigns"]] == [w.PMP, w.SVC]
    assert {(one["bundle"], one["state"], one["wave"]) for one in told["letters"]} == {
        (w.PMP, "planned", 1), (w.SVC, "planned", 1),
    }  # fmt: skip
    assert "name1" not in str(told)


def test_a_vehicle_file_is_recorded_and_written_again_it_is_the_same(
    own_session: Session, tmp_path: Path
) -> None:
    file = Path(vehicle_file(own_session, w.EXPORTED, on=w.NOTICE, out=tmp_path)["file"])
    first = file.read_bytes()
    vehicle_file(own_session, w.EXPORTED, on=w.NOTICE, out=tmp_path)
    assert file.read_bytes() == first
    recorded = artifacts.of_follow_up(own_session, "", "vehicle_file").to_pylist()
    assert [one["path"] for one in recorded] == [str(file.absolute())]


@pytest.mark.parametrize(("vin", "error"), [(w.STRANGER, UnknownName), ("JTH", BadInput)])
def test_no_file_is_written_of_a_vehicle_nobody_knows(
    planned_session: Session, tmp_path: Path, vin: str, error: type[Exception]
) -> None:
    with pytest.raises(error):
        vehicle_file(planned_session, vin, on=w.NOTICE, out=tmp_path)
    assert list(tmp_path.iterdir()) == []


# ---- progress


def test_progress_stands_by_campaign_and_then_by_completion(planned_session: Session) -> None:
    shown = progress(planned_session, w.NOTICE, "dealer")
    assert [(one["campaign"], one["dealer"], one["open"]) for one in shown] == [
        (w.PMP, w.WEST, 3),  # none of four done
        (w.PMP, w.EAST, 5),  # one of six
        (w.STP, w.EAST, 1),
        (w.STP, w.WEST, 1),  # one of two inspected
        (w.SVC, w.WEST, 2),
    ]
    assert [one["completion"] for one in shown] == pytest.approx([0, 1 / 6, 0, 1 / 2, 0])


@pytest.mark.parametrize(("on", "done"), [(date(2012, 5, 31), 0), (w.REPAIR_DAY, 1)])
def test_progress_on_a_past_day_counts_what_was_done_by_then(
    planned_session: Session, on: date, done: int
) -> None:
    (pumps,) = (
        one for one in progress(planned_session, on, "campaign") if one["campaign"] == w.PMP
    )
    assert pumps["repaired"] == done
    assert pumps["completion"] == pytest.approx(done / 10)


def test_letters_due_in_the_next_weeks_raise_what_will_be_done(planned_session: Session) -> None:
    by_place = {
        (one["campaign"], one["dealer"]): one
        for one in progress(planned_session, w.NOTICE, "dealer")
    }
    # Letters on pumps are due next week, to four owners of East and three of West; one of each has a visit in the week after. One of
    # East is done. In the three weeks from the letter on the others answer by the curve
    east, west = by_place[w.PMP, w.EAST]["forecast"], by_place[w.PMP, w.WEST]["forecast"]
    assert east["weeks"] == ["2013-02-25", "2013-03-04", "2013-03-11", "2013-03-18"]
    asked = sum(w.answered(week) for week in range(3))
    assert (east["done"][0], west["done"][0]) == (1.0, 0.0)
    assert east["done"][-1] == pytest.approx(1 + 1 + 3 * asked, abs=0.06)
    assert west["done"][-1] == pytest.approx(1 + 2 * asked, abs=0.06)
    assert (east["booked"], west["booked"]) == (1, 1)
    assert east["done"] == sorted(east["done"])
    assert all(
        low <= done <= high
        for low, done, high in zip(*(east[key] for key in ("low", "done", "high")), strict=True)
    )
    nobody = by_place[w.STP, w.WEST]["forecast"]  # nobody there is written to
    assert (nobody["more"][-1], nobody["of_letters"]) == (0.0, 0.0)


def test_a_vehicle_that_came_in_is_forecast_no_more(office: Desk) -> None:
    before = {
        one["area"]: one["forecast"]["done"]
        for one in office.do("report", "progress", on=w.FIRST_WEEK)
        if one["campaign"] == w.PMP
    }
    made = World(office.folder / "came-in")
    for vin in (*w.EAST_OPEN, w.EAST_BOTH):
        made.repair(vin, w.PMP, w.FIRST_WEEK, dealer=w.EAST)
    office.do("load", made.write(), on=w.FIRST_WEEK)
    after = {
        one["area"]: one["forecast"]
        for one in office.do("report", "progress", on=w.FIRST_WEEK)
        if one["campaign"] == w.PMP
    }
    assert after["W"]["done"] == before["W"]
    # all four that were to be written to have come, the one with a visit next week among them: nothing is to come there any more
    assert after["E"]["done"] == [5.0] * 4
    assert after["E"]["booked"] == 0
