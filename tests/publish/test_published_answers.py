"""What 49 CFR 573.15(b) asks of the look-up, vehicle by vehicle, and that every other place answers the same."""

from __future__ import annotations

from datetime import date, timedelta
from pathlib import Path

import pytest

import public_world as w
from renotify.publish.lookup_snapshot import LookupSnapshot
from renotify.publish.public_answers import PublicAnswer, answer, recalls_of_model
from renotify.values.vin import VinFault
from small_world import Desk

DAYS = {"one day before": w.COMES - timedelta(days=1), "the day": w.COMES}


def of(snapshot: LookupSnapshot, vin: str, on: date = w.ON) -> PublicAnswer:
    (found,) = answer(snapshot, [vin], on)
    return found


def said(found: PublicAnswer) -> list[tuple[str, str]]:
    return [(one.campaign.campaign, "done" if one.done else "open") for one in found.recalls]


def test_open_safety_recalls_come_before_service_campaigns_in_whatever_order_they_were_loaded(
    snapshot: LookupSnapshot,
) -> None:
    assert said(of(snapshot, w.ALL)) == [("AAA", "open"), ("BBB", "open"), ("CCC", "open")]


def test_what_is_done_comes_last_even_before_an_open_service_campaign_s_recall(
    snapshot: LookupSnapshot,
) -> None:
    assert said(of(snapshot, w.DONE)) == [("CCC", "open"), ("AAA", "done")]


def test_of_what_is_done_nothing_but_that_is_told(snapshot: LookupSnapshot) -> None:
    done = of(snapshot, w.DONE).recalls[1]
    assert (done.done, done.remedy_available, done.remedy_available_date) == (True, False, None)


def test_a_vehicle_that_was_exported_is_not_done_and_nobody_reads_where_it_is(
    snapshot: LookupSnapshot, file: Path
) -> None:
    assert said(of(snapshot, w.GONE)) == [("AAA", "open")]
    assert b"export" not in file.read_bytes()


def test_a_vehicle_taken_out_of_a_campaign_is_in_none_and_keeps_its_name(
    snapshot: LookupSnapshot,
) -> None:
    found = of(snapshot, w.TAKEN_OUT)
    assert found.vehicle is not None
    assert (found.vehicle.name, found.recalls) == ("2006 Lexus IS 250", ())


def test_a_remedy_is_there_from_its_own_model_s_day_on(snapshot: LookupSnapshot) -> None:
    there = {name: of(snapshot, w.LATER, on).recalls[0] for name, on in DAYS.items()}
    assert [one.remedy_available for one in there.values()] == [False, True]
    assert there["the day"].remedy_available_date == w.COMES


def test_a_remedy_without_a_day_is_not_available_however_late_it_is(
    snapshot: LookupSnapshot,
) -> None:
    bbb = of(snapshot, w.ALL, date(2013, 12, 31)).recalls[1]
    assert (bbb.remedy_available, bbb.remedy_available_date) == (False, None)


def test_a_recall_is_there_before_any_owner_was_told(snapshot: LookupSnapshot) -> None:
    assert said(of(snapshot, w.UNTOLD)) == [("NEW", "open")]


def test_recalls_of_the_last_fifteen_calendar_years_are_there_and_older_ones_are_not(
    snapshot: LookupSnapshot,
) -> None:
    assert snapshot.content.earliest == date(1998, 1, 1)
    assert said(of(snapshot, w.YOUNG_ENOUGH)) == [("LAST", "open")]
    assert said(of(snapshot, w.AGED)) == []


def test_a_year_later_one_calendar_year_less_is_there(maker: Desk, tmp_path: Path) -> None:
    w.key_in(tmp_path)
    w.publish_from(maker.ledger, tmp_path / "s", date(2014, 1, 1))
    later = w.opened(tmp_path / "s")
    assert (later.content.earliest, said(of(later, w.YOUNG_ENOUGH))) == (date(1999, 1, 1), [])


def test_number_day_description_risk_and_remedy_are_told_in_both_languages(
    snapshot: LookupSnapshot,
) -> None:
    aaa = snapshot.content.campaigns["AAA"]
    assert (aaa.nhtsa_campaign_number, aaa.reported) == ("12V001000", date(2012, 1, 5))
    assert aaa.text("description", "en") == ("The pump can break.", "en")
    assert aaa.text("description", "es") == ("La bomba puede romperse.", "es")
    assert aaa.text("remedy", "es") == ("El concesionario cambiará la bomba.", "es")
    assert aaa.text("risk", "en")[0].startswith("The engine can stop while you drive.")


def test_what_spanish_does_not_state_is_told_in_english_and_marked_so(
    snapshot: LookupSnapshot,
) -> None:
    assert snapshot.content.campaigns["BBB"].text("remedy", "es")[1] == "en"


def test_it_holds_for_seven_days(snapshot: LookupSnapshot) -> None:
    week = [w.ON + timedelta(days=days) for days in (7, 8)]
    assert [snapshot.content.is_stale(day) for day in week] == [False, True]


def test_one_of_a_day_to_come_does_not_hold_but_for_another_time_zone(
    snapshot: LookupSnapshot,
) -> None:
    before = [w.ON - timedelta(days=days) for days in (1, 2)]
    assert [snapshot.content.is_stale(day) for day in before] == [False, True]


def test_no_owner_and_no_dealer_stand_in_it(file: Path) -> None:
    content = file.read_bytes()
    for word in (b"ZEBEDIAH", b"SECRETMAN", b"Elm St", b"D1", b"Made-up Dealer", b"2012-05-07"):
        assert word not in content


def test_a_number_that_is_none_is_told_why_and_which_one_may_be_meant(
    snapshot: LookupSnapshot,
) -> None:
    mistyped = w.ALL.replace("0", "O", 1)
    found = of(snapshot, mistyped)
    assert (found.valid, found.fault, found.likely, found.recalls) == (False, VinFault.CHARACTER, w.ALL, ())  # fmt: skip


def test_a_number_of_nobody_s_is_of_this_maker_or_of_another(snapshot: LookupSnapshot) -> None:
    found = {vin: of(snapshot, vin) for vin in (w.UNKNOWN, w.STRANGE)}
    assert [(one.valid, one.vehicle, one.of_this_maker) for one in found.values()] == [
        (True, None, True), (True, None, False),
    ]  # fmt: skip


def test_a_number_is_found_as_people_write_it(snapshot: LookupSnapshot) -> None:
    written = f" {w.ALL[:3].lower()}-{w.ALL[3:9]} {w.ALL[9:]}\n"
    assert of(snapshot, written).vin == w.ALL
    assert said(of(snapshot, written)) == said(of(snapshot, w.ALL))


@pytest.mark.parametrize(
    "odd", ["", " ", "0" * 17, "Z" * 17, "é" * 17, "\0" * 17, "ÿ" * 17, "1" * 10_000, "\ud800"]
)
def test_odd_numbers_are_of_no_vehicle(snapshot: LookupSnapshot, odd: str) -> None:
    assert of(snapshot, odd).vehicle is None


def test_recalls_of_a_model_are_those_of_some_of_its_vehicles(snapshot: LookupSnapshot) -> None:
    found = [one.campaign for one in recalls_of_model(snapshot, "Lexus", "IS 350")]
    assert found == ["BBB"]
    assert recalls_of_model(snapshot, "Lexus", "LS 460") == []


def test_ledger_explanation_telephone_and_look_up_say_the_same_of_every_vehicle(
    maker: Desk, snapshot: LookupSnapshot
) -> None:
    """``lookup``, ``explain`` and ``answer`` of each vehicle: what is done, what is there, and in which order."""
    known = (w.ALL, w.DONE, w.GONE, w.TAKEN_OUT, w.PLAIN, w.LATER, w.UNTOLD, w.YOUNG_ENOUGH)
    for on in (w.ON, w.COMES):
        told = {one["vin"]: one["campaigns"] for one in maker.do("lookup", *known, on=on)}
        for vin in known:
            public = of(snapshot, vin, on).recalls
            ours = [(one.campaign.campaign, one.done) for one in public]
            theirs = [
                (one["campaign"], one["done"]) for one in told[vin] if one["done"] is not None
            ]
            assert ours == sorted(theirs, key=lambda one: one[1])  # theirs, what is done last
            spoken = maker.do("answer", vin, on=on)["campaigns"]
            asked = [(c["campaign"], c["remedy_available"]) for c in spoken if c["done"] is False]
            to_do = [one for one in public if not one.done]
            assert [(one.campaign.campaign, one.remedy_available) for one in to_do] == asked
            explained = {c["campaign"]: c["status"] for c in maker.do("explain", vin, on=on)["campaigns"]}  # fmt: skip
            assert explained == {one["campaign"]: one["status"] for one in told[vin]}
            there = {one["campaign"]: one["remedy_available"] for one in told[vin]}
            assert all(one.remedy_available == there[one.campaign.campaign] for one in to_do)
