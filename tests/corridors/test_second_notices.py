"""After the interim letter the second notice: who is owed it, who is left out and why, once each (49 CFR 577.7(a)(1))."""

from __future__ import annotations

from datetime import date
from typing import Any

import pytest

from corridors import world as w
from corridors.test_remedies_by_model import words_of
from small_world import Answer, Desk, World, follow_up_file, vin, write_csv

RECALL = "N01"
INTERIM_OUT, INTERIM_MAILED = w.FIRST_LETTER, date(2013, 3, 7)
REMEDY = date(2013, 4, 3)
KNOWN = date(2013, 4, 8)  # the day on which the day of the remedy is loaded: it has passed already
SECOND_OUT, SECOND_MAILED = date(2013, 4, 16), date(2013, 4, 18)
TOLD, REPAIRED, UNPROVEN, ELSEWHERE = (vin(number) for number in (1, 2, 3, 4))
NO_DAY, NEW = vin(5, "JTJBT20X"), vin(6)
NO_DAY_MODEL = "LX 470"


def settings(desk: Desk, name: str, kind: str, notice: date) -> object:
    stated = w.SETTINGS | {
        "name": name, "kind": kind, "campaigns": (RECALL,), "horizon_weeks": 4, "notice_date": notice,
    }  # fmt: skip
    response = {"share": w.SHARE, "scale_weeks": 1.0, "shape": 1.0, "background_per_week": 0}
    return follow_up_file(desk.folder / f"{name}.toml", response, **stated)


def new(desk: Desk, name: str, on: date) -> Answer:
    return desk.run(
        "followup", "new", settings(desk, name, "remedy_available", on), "--on", on, "--json"
    )


def recall(folder: Any, **facts: object) -> World:
    return World(folder).campaign(
        RECALL, nhtsa_campaign_number="13V010000", filed_date=date(2013, 2, 4), first_notice_date=None,
        **{"remedy_available_date": None} | facts,
    ).labour(RECALL, 2.0)  # fmt: skip


def evidence(desk: Desk, name: str, vehicles: list[str], day: date) -> None:
    pieces = dict(desk.sql(f"select vin, piece_id from piece where follow_up = '{name}'"))
    rows = [{"piece_id": pieces[one], "status": "accepted", "mailed_date": day} for one in vehicles]
    file = write_csv(desk.folder / f"{name}-{len(vehicles)}.csv", rows)
    desk.do("mail", "accept", name, 1, file, on=day)


@pytest.fixture(scope="module")
def interim(shared_desk: Desk) -> Desk:
    """A recall without a remedy: an interim letter to five, of which the mail house proves three; one was told by another system."""
    desk = shared_desk
    world = recall(desk.folder / "input").dealer(w.EAST)
    for one in (TOLD, REPAIRED, UNPROVEN):
        world.vehicle(one, RECALL, dealer=w.EAST, model=w.SMALL)
    world.vehicle(NO_DAY, RECALL, dealer=w.EAST, model=NO_DAY_MODEL)
    desk.do("load", world.write(), on=w.NOTICE)
    desk.do("followup", "new", settings(desk, "first", "interim", w.NOTICE), on=w.NOTICE)
    desk.do("plan", "first")
    done = desk.do(
        "mail", "release", "first", 1, "--out", "out", "--cleared", w.NOTICE, on=INTERIM_OUT
    )
    assert done["printed"] == 4
    assert "not yet available" in words_of(done, TOLD)
    evidence(desk, "first", [TOLD, REPAIRED, NO_DAY], INTERIM_MAILED)
    later = World(desk.folder / "later")
    for one in (ELSEWHERE, NEW):
        later.vehicle(one, RECALL, dealer=w.EAST, model=w.SMALL)
    later.add(
        "mail_events", vin=ELSEWHERE, campaign_code=RECALL, kind="mailed", mailed_date="2013-03-11"
    )
    later.repair(REPAIRED, RECALL, date(2013, 3, 20), dealer=w.EAST)
    desk.do("load", later.write(), on=date(2013, 3, 25))
    return desk


def test_who_missed_the_interim_letter_is_reached_alone(interim: Desk) -> None:
    """One joined after it. Four were written to, of whom one has no answer of the mail house yet; one heard by another system."""
    done = interim.do(
        "followup", "new", "--owed-of", "first", "--name", "missed", on=date(2013, 3, 26)
    )
    assert (done["listed"], done["frozen_before"]) == (1, False)
    listed = dict(interim.sql("select vin, left_out from listed where follow_up = 'missed'"))
    assert listed == {
        NEW: "", UNPROVEN: "in_first_notice", REPAIRED: "repaired",
        **dict.fromkeys((TOLD, ELSEWHERE, NO_DAY), "first_notice_sent"),
    }  # fmt: skip
    again = interim.do(
        "followup", "new", "--owed-of", "first", "--name", "missed", on=date(2013, 3, 26)
    )
    assert (again["listed"], again["frozen_before"]) == (1, True)


@pytest.fixture(scope="module")
def second(interim: Desk) -> tuple[Desk, Answer, Any]:
    """The list that came too early, and the one of the day on which the day of the remedy is known; the one owner has sold meanwhile."""
    early = new(interim, "early", date(2013, 4, 1))
    days = [{"model": w.SMALL, "remedy_available_date": REMEDY}]
    file = recall(interim.folder / "again", remedy_date=days).write() / "campaigns.toml"
    interim.do("load", file, on=KNOWN)
    sold = World(interim.folder / "sold").owner(TOLD, as_of=date(2013, 3, 28), name1="BEN BUYER")
    interim.do("load", sold.write(), on=KNOWN)
    return interim, early, new(interim, "second", KNOWN).json


def test_no_second_notice_goes_before_its_remedy_has_a_day(
    second: tuple[Desk, Answer, Any],
) -> None:
    _, early, _ = second
    assert early.code == 1
    assert "Left out: 2 no_interim_letter, 3 remedy_not_known, 1 repaired." in early.err


def test_a_second_list_takes_exactly_who_had_the_interim_letter_and_is_still_open(
    second: tuple[Desk, Answer, Any],
) -> None:
    """An interim letter of before the day was known is one, though the remedy was there on a day that has passed."""
    desk, _, done = second
    assert done["listed"] == 2
    assert done["left_out"] == {"no_interim_letter": 2, "remedy_not_known": 1, "repaired": 1}
    listed = dict(desk.sql("select vin, left_out from listed where follow_up = 'second'"))
    assert listed == {
        TOLD: "", ELSEWHERE: "", REPAIRED: "repaired", UNPROVEN: "no_interim_letter", NEW: "no_interim_letter",
        NO_DAY: "remedy_not_known",
    }  # fmt: skip


def test_a_second_notice_is_planned_printed_and_mailed_and_told_once(
    second: tuple[Desk, Answer, Any],
) -> None:
    desk, _, _ = second
    waiting = new(desk, "twice", KNOWN)
    assert "2 in_second_notice, 2 no_interim_letter, 1 remedy_not_known, 1 repaired." in waiting.err
    desk.do("plan", "second")
    done = desk.do(
        "mail", "release", "second", 1, "--out", "out", "--cleared", KNOWN, on=SECOND_OUT
    )
    assert (done["printed"], done["versions"]) == (2, 1)
    words = words_of(done, TOLD)
    assert "The repair is now available." in words
    assert "not yet available" not in words
    assert TOLD in words
    # the first notice went to the owner of before: this one has bought the vehicle since
    assert "BEN BUYER" in words.upper()
    assert "We sent a first notice about this problem to the owner then on record." in words
    assert "We wrote to you" not in words
    evidence(desk, "second", [TOLD], SECOND_MAILED)
    later = new(desk, "third", SECOND_MAILED)
    assert (
        "1 in_second_notice, 2 no_interim_letter, 1 remedy_not_known, 1 repaired, 1 told_of_remedy."
        in later.err
    )


def test_whose_letter_is_proven_later_and_whose_remedy_comes_later_are_not_forgotten(
    second: tuple[Desk, Answer, Any],
) -> None:
    desk, _, _ = second
    evidence(desk, "first", [UNPROVEN], date(2013, 4, 22))
    days = [
        {"model": model, "remedy_available_date": day}
        for model, day in ((w.SMALL, REMEDY), (NO_DAY_MODEL, date(2013, 5, 20)))
    ]
    file = recall(desk.folder / "third", remedy_date=days).write() / "campaigns.toml"
    desk.do("load", file, on=date(2013, 4, 23))
    done = new(desk, "rest", date(2013, 4, 23)).json
    assert done["listed"] == 2
    listed = desk.sql("select vin from listed where follow_up = 'rest' and left_out = ''")
    assert {one for (one,) in listed} == {UNPROVEN, NO_DAY}
    desk.do("plan", "rest")
    lost = recall(desk.folder / "lost", remedy_date=days[1:]).write() / "campaigns.toml"
    desk.do("load", lost, on=date(2013, 5, 1))
    refused = desk.run(
        "mail", "release", "rest", 1, "--out", "out", "--cleared", KNOWN, "--on", date(2013, 5, 7)
    )
    assert refused.code == 1
    assert f"that of {RECALL} has no known day any more" in refused.err
