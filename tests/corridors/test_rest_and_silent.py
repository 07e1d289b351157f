"""Nobody twice and nobody forgotten across follow-ups: weeks of a small world, with real files and commands only.

Five pieces a week: waves 1 and 2 go to five vehicles each, wave 3 (with a lessor's copy) is never released. Later lists are frozen beside
them.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager
from datetime import date
from typing import Any

import pytest

from corridors import world as w
from small_world import Answer, Desk, World, follow_up_file, vin, write_csv

WAVE_1, WAVE_2, WAVE_3 = w.MONDAYS[:3]
OUT_1, OUT_2 = w.FIRST_LETTER, date(2013, 3, 12)  # the days of the releases
MAILED_1, MAILED_2 = date(2013, 3, 7), date(2013, 3, 14)
MIDDLE = date(2013, 4, 2)  # wave 2 is not answered for by then
DUE_1, DUE_2 = date(2013, 4, 29), date(2013, 5, 6)  # eight weeks after the Mondays of their weeks
SILENT, *OTHERS_SILENT, BOOKED, REPAIRED = (vin(number) for number in range(1, 6))
CAME_BACK, BACK = vin(6), date(2013, 3, 20)
LATER = tuple(vin(number) for number in range(11, 16))
PLANNED = LEASED, _ = tuple(vin(number) for number in (21, 22))
NEW, OTHERS_LETTER = vin(31), vin(32)
ALL_SILENT = {SILENT, *OTHERS_SILENT}


def settings(desk: Desk, name: str, notice: date, **changed: object) -> object:
    stated = w.SETTINGS | {
        "name": name, "campaigns": (w.A,), "notice_date": notice, "horizon_weeks": 26, "mail_house_letters_per_week": 5, **changed,
    }  # fmt: skip
    response = {"share": w.SHARE, "scale_weeks": 6.0, "shape": 1.0, "background_per_week": 0}
    return follow_up_file(desk.folder / f"{name}.toml", response, **stated)


def new(desk: Desk, name: str, on: date, **changed: object) -> Answer:
    return desk.run("followup", "new", settings(desk, name, on, **changed), "--on", on, "--json")


def silent(desk: Desk, on: date, *more: object) -> Answer:
    return desk.run("followup", "new", "--silent-of", "spring", *more, "--on", on, "--json")


def left_out(desk: Desk, name: str) -> dict[str, set[str]]:
    """The vehicles of a list by the reason for leaving them out, blank for those listed."""
    found: dict[str, set[str]] = {}
    for one, reason in desk.sql(f"select vin, left_out from listed where follow_up = '{name}'"):
        found.setdefault(reason, set()).add(one)
    return found


def accepted(desk: Desk, wave: int, mailed: date, on: date) -> None:
    pieces = desk.sql(f"select piece_id from piece where follow_up = 'spring' and wave = {wave}")
    rows = [{"piece_id": piece, "status": "accepted", "mailed_date": mailed} for (piece,) in pieces]
    file = write_csv(desk.folder / f"evidence-{wave}.csv", rows)
    desk.do("mail", "accept", "spring", wave, file, on=on)


def released(desk: Desk, name: str, wave: int, on: date) -> Any:
    return desk.do("mail", "release", name, wave, "--out", "out", on=on)


@pytest.fixture(scope="module")
def spring(shared_desk: Desk) -> Desk:
    """Two waves are out by April; of the first one owner has booked, and one has come."""
    desk = shared_desk
    world = World(desk.folder / "input").dealer(w.EAST).campaign(w.A).labour(w.A, 1.0)
    firsts = (*ALL_SILENT, BOOKED, REPAIRED)
    for week, vehicles in enumerate((firsts, LATER, PLANNED)):
        for one in vehicles:  # the newest registration goes first
            world.vehicle(one, w.A, dealer=w.EAST, owner=None)
            world.owner(one, as_of=date(2012, 12, 30 - week))
    world.owner(LEASED, role="lessor", name1="MADE-UP LEASING", as_of=date(2012, 12, 28))
    desk.do("load", world.write(), on=w.NOTICE)
    desk.do("followup", "new", settings(desk, "spring", w.NOTICE), on=w.NOTICE)
    desk.do("plan", "spring", on=w.NOTICE)
    assert released(desk, "spring", 1, OUT_1)["printed"] == 5
    accepted(desk, 1, MAILED_1, date(2013, 3, 8))
    assert released(desk, "spring", 2, OUT_2)["printed"] == 5
    later = World(desk.folder / "later").repair(REPAIRED, w.A, date(2013, 3, 19), dealer=w.EAST)
    later.appointment(BOOKED, w.EAST, w.A, day=date(2013, 5, 8))
    later.vehicle(NEW, w.A, dealer=w.EAST).vehicle(OTHERS_LETTER, w.A, dealer=w.EAST)
    mailed = {"vin": OTHERS_LETTER, "campaign_code": w.A, "kind": "mailed"}
    later.add("mail_events", **mailed, mailed_date="2013-03-21")
    desk.do("load", later.write(), on=MIDDLE)
    return desk


@pytest.fixture(scope="module")
def middle(spring: Desk) -> tuple[Desk, Any]:
    """A list of everybody, frozen while spring is under way."""
    answer = new(spring, "middle", MIDDLE)
    assert answer.code == 0, answer.err
    return spring, answer.json


def test_a_new_list_takes_only_who_hears_from_nobody_else(middle: tuple[Desk, Any]) -> None:
    desk, frozen = middle
    assert left_out(desk, "middle") == {
        "": {NEW},
        "resting": {*ALL_SILENT, BOOKED, OTHERS_LETTER},
        "in_the_mail": set(LATER),
        "planned_elsewhere": set(PLANNED),
        "repaired": {REPAIRED},
    }
    assert frozen["left_out"] == {
        "resting": 5, "in_the_mail": 5, "planned_elsewhere": 2, "repaired": 1,
    }  # fmt: skip
    assert frozen["elsewhere"] == [
        {"reason": "in_the_mail", "follow_up": "spring", "vehicles": 5, "free_on": str(DUE_2)},
        {"reason": "planned_elsewhere", "follow_up": "spring", "vehicles": 2, "free_on": None},
        {"reason": "resting", "follow_up": "spring", "vehicles": 4, "free_on": str(DUE_1)},
    ]


def test_why_a_vehicle_is_open_is_told_by_the_list_that_has_its_letter(
    middle: tuple[Desk, Any],
) -> None:
    """The later list left them out because spring writes to them: it is spring's letter that says where they stand."""
    desk, _ = middle
    rows = desk.do("vehicles", "--campaign", w.A, "--status", "open", on=MIDDLE)["rows"]
    assert {row["vin"]: row["reason"] for row in rows} == {
        **dict.fromkeys(ALL_SILENT, "no_answer"),
        **dict.fromkeys(LATER, "in_the_mail"),
        **dict.fromkeys(PLANNED, "letter_planned"),
        NEW: "letter_listed",  # the later list is not planned yet: no letter has a week
        BOOKED: "visit_booked",
        OTHERS_LETTER: "resting",
    }


def test_who_rests_is_counted_and_listed_by_the_reason(middle: tuple[Desk, Any]) -> None:
    desk, _ = middle
    assert desk.do("followup", "show", "middle")["left_out"]["in_the_mail"] == 5
    rows = desk.do("followup", "show", "middle", "--left-out", "planned_elsewhere")
    assert {row["vin"] for row in rows} == set(PLANNED)


def test_a_list_of_whom_nobody_is_free_names_who_writes_to_them(middle: tuple[Desk, Any]) -> None:
    desk, _ = middle
    refused = new(desk, "empty", MIDDLE)
    assert refused.code == 1
    assert "3 planned_elsewhere" in refused.err
    assert "They hear from middle, spring." in refused.err


def test_the_silent_are_refused_before_they_are_due_with_the_day(
    middle: tuple[Desk, Any],
) -> None:
    """Eight are silent: three of wave 1 and five of wave 2. Who booked or came is none."""
    desk, _ = middle
    accepted(desk, 2, MAILED_2, date(2013, 4, 8))
    refused = silent(desk, date(2013, 4, 28))
    assert refused.code == 1
    assert (
        f"No owner whom spring wrote to is due another letter on 2013-04-28: 3 of 8 silent vehicles are from the week of {DUE_1},"
        " 8 weeks after the last letter."
    ) in refused.err
    assert f"renotify followup new --silent-of spring --on {DUE_1}" in refused.err
    rows = desk.do("followup", "show", "spring", "--silent", on=date(2013, 4, 28))
    due = {row["vin"]: row["due"] for row in rows}
    assert due == dict.fromkeys(ALL_SILENT, str(DUE_1)) | dict.fromkeys(LATER, str(DUE_2))


@pytest.fixture(scope="module")
def again(middle: tuple[Desk, Any]) -> tuple[Desk, Any, Any]:
    """What replan proposes on the day on which the first are due, and the list that one command freezes then."""
    desk, _ = middle
    if not desk.sql("select 1 from piece where wave = 2 and mailed_on is not null"):
        accepted(desk, 2, MAILED_2, date(2013, 4, 8))
    proposed = desk.do("replan", "spring", on=DUE_1)
    return desk, proposed, silent(desk, DUE_1).json


def test_one_command_takes_exactly_those_whom_the_plan_proposes(
    again: tuple[Desk, Any, Any],
) -> None:
    desk, proposed, frozen = again
    due_now = [row["count"] for row in proposed["queued"] if row["week"] == 8]
    assert frozen["follow_up"] == f"spring-{DUE_1}"
    assert left_out(desk, f"spring-{DUE_1}")[""] == ALL_SILENT
    assert frozen["listed"] == sum(due_now) == 3
    assert frozen["silent"] == {"due": 3, "listed": 3, "left_out": {}}


def test_everybody_else_has_a_reason(again: tuple[Desk, Any, Any]) -> None:
    desk, _, _ = again
    others = left_out(desk, f"spring-{DUE_1}")
    assert others["resting"] == {*LATER, OTHERS_LETTER}
    assert others["visit_booked"] == {BOOKED}
    assert others["planned_elsewhere"] == {*PLANNED, NEW}
    assert "not_silent" not in others  # who was never written to is in another list by now


def test_the_list_of_the_silent_has_the_settings_of_the_first_one_and_a_notice_of_its_day(
    again: tuple[Desk, Any, Any],
) -> None:
    desk, _, _ = again
    problem = desk.problem(f"spring-{DUE_1}")
    assert problem["mail_capacity"][0] == 5
    assert problem["weeks"] == 26
    (row,) = desk.sql(f"select kind, notice_date from follow_up where name = 'spring-{DUE_1}'")
    assert (row[0], str(row[1])) == ("follow_up_voluntary", str(DUE_1))


def test_run_again_it_changes_nothing(again: tuple[Desk, Any, Any]) -> None:
    desk, _, first = again
    before = desk.sql("select name from follow_up")
    second = silent(desk, DUE_1)
    assert second.code == 0
    assert second.json["frozen_before"]
    for count in ("follow_up", "listed", "pieces", "bundles", "languages", "left_out"):
        assert second.json[count] == first[count]
    assert desk.sql("select name from follow_up") == before


def test_the_next_week_takes_those_who_are_due_then_and_nobody_twice(
    again: tuple[Desk, Any, Any],
) -> None:
    desk, _, _ = again
    named = silent(desk, DUE_2, "--name", "second", "--notice-date", "2013-05-10").json
    assert (named["follow_up"], named["listed"], named["pieces"]) == ("second", 5, 5)
    assert left_out(desk, "second")[""] == set(LATER)
    assert left_out(desk, "second")["planned_elsewhere"] >= ALL_SILENT
    rest = silent(desk, date(2013, 5, 7))
    assert rest.code == 1
    assert "Nobody is silent whom spring wrote to" in rest.err


def test_the_plan_says_from_when_the_next_list_may_be_frozen(again: tuple[Desk, Any, Any]) -> None:
    _, proposed, _ = again
    words = " ".join(proposed["messages"])
    assert f"3 of them have been due another letter, the first since the week of {DUE_1}" in words


def test_a_list_that_was_ordered_is_never_withheld(again: tuple[Desk, Any, Any]) -> None:
    """Whoever rests, has booked or is on another list: an order of the Administrator is about all who are open."""
    desk, _, _ = again
    open_still = {*ALL_SILENT, BOOKED, *LATER, *PLANNED, NEW, OTHERS_LETTER}
    assert new(desk, "ordered", DUE_2, kind="follow_up_ordered").code == 0
    assert left_out(desk, "ordered") == {"": open_still, "repaired": {REPAIRED}}


# ---- worlds of their own


def world_of(desk: Desk, *vehicles: str, **facts: object) -> World:
    world = World(desk.folder / "input").dealer(w.EAST).campaign(w.A, **facts).labour(w.A, 1.0)
    for one in vehicles:
        world.vehicle(one, w.A, dealer=w.EAST)
    return world


@pytest.fixture(scope="module")
def small(
    request: pytest.FixtureRequest,
    new_ledger: Callable[..., AbstractContextManager[str]],
    tmp_path_factory: pytest.TempPathFactory,
) -> Iterator[Desk]:
    """Three letters of one week: one is not answered for, one brought a booking, and one came back with an unknown code."""
    folder = tmp_path_factory.mktemp("small")
    with new_ledger(request, folder, "sqlite") as url:
        desk = Desk(url, folder / "desk")
        desk.do("load", world_of(desk, SILENT, BOOKED, CAME_BACK).write(), on=w.NOTICE)
        desk.do("followup", "new", settings(desk, "spring", w.NOTICE), on=w.NOTICE)
        desk.do("plan", "spring", on=w.NOTICE)
        released(desk, "spring", 1, OUT_1)
        ((piece,),) = desk.sql(f"select piece_id from piece where vin = '{CAME_BACK}'")
        answer = {"piece_id": piece, "status": "accepted", "mailed_date": MAILED_1}
        file = write_csv(desk.folder / "evidence.csv", [answer])
        desk.do("mail", "accept", "spring", 1, file, on=OUT_2)
        row = {"piece_id": piece, "returned_date": BACK, "return_code": "??"}
        desk.do("mail", "returned", write_csv(desk.folder / "returned.csv", [row]), on=BACK)
        booked = World(desk.folder / "booked").appointment(
            BOOKED, w.EAST, w.A, day=date(2013, 3, 22)
        )
        desk.do("load", booked.write(), on=BACK)
        yield desk


def test_the_rest_is_as_long_as_a_follow_up_states(small: Desk) -> None:
    """Three weeks after the letters: four weeks of rest leave all out, three leave the booked one out, none asks no other list.

    Whose letter came back with a code that nobody knows is left out by every list.
    """
    day = date(2013, 3, 25)
    assert "Left out: 2 in_the_mail, 1 mail_returned." in new(small, "four", day, rest_weeks=4).err
    for name, rest, listed in (("three", 3, {SILENT}), ("none", 0, {SILENT, BOOKED})):  # fmt: skip
        assert new(small, name, day, rest_weeks=rest).code == 0
        assert left_out(small, name)[""] == listed
        small.do("followup", "end", name, "--because", "a test", on=day)


def test_a_letter_without_an_answer_of_the_mail_house_rests_by_the_day_of_its_release(
    small: Desk,
) -> None:
    assert f"1 of 1 silent vehicle is from the week of {DUE_1}" in silent(small, MIDDLE).err
    assert silent(small, DUE_1).json["listed"] == 1
    assert left_out(small, f"spring-{DUE_1}")[""] == {SILENT}


def test_a_silent_owner_who_cannot_be_written_to_is_named_among_those_left_out(desk: Desk) -> None:
    """Both are silent and due, as the plan counts them; of one the newest address cannot be mailed: its ZIP Code lies in another state."""
    desk.do("load", world_of(desk, SILENT, NEW, *PLANNED).write(), on=w.NOTICE)
    desk.do(
        "followup",
        "new",
        settings(desk, "spring", w.NOTICE, mail_house_letters_per_week=2),
        on=w.NOTICE,
    )
    desk.do("plan", "spring", on=w.NOTICE)
    released(desk, "spring", 1, OUT_1)
    out = {one for (one,) in desk.sql("select vin from piece where state = 'printed'")}
    bad = World(desk.folder / "bad").owner(min(out), as_of=MIDDLE, state="CA", zip="02108")
    desk.do("load", bad.write(), on=MIDDLE)
    proposed = desk.do("replan", "spring", on=DUE_1)
    assert sum(row["count"] for row in proposed["queued"]) == 2
    answer = desk.run("followup", "new", "--silent-of", "spring", "--on", DUE_1)
    assert (
        "1 of 2 silent vehicles due another letter is listed; left out of them: 1 address_incomplete."
        in " ".join(answer.out.split())
    )


def test_a_letter_that_came_back_is_worked_and_not_repeated(small: Desk) -> None:
    assert CAME_BACK in left_out(small, f"spring-{DUE_1}")["mail_returned"]
    work = small.do("mail", "work", "spring", on=DUE_1)
    assert [one["vin"] for one in work["pieces"]] == [CAME_BACK]


def test_a_booking_of_which_nothing_came_is_no_answer_for_ever(small: Desk) -> None:
    assert left_out(small, f"spring-{DUE_1}")["visit_booked"] == {BOOKED}
    assert "Nobody is silent" in silent(small, date(2013, 5, 12)).err
    assert silent(small, date(2013, 5, 13)).json["listed"] == 1  # eight weeks after its Monday


def test_a_planned_letter_is_withdrawn_where_another_one_went_in_between(desk: Desk) -> None:
    """The ordered follow-up is frozen later and goes first; the letter of the voluntary one would be the second in three weeks."""
    desk.do("load", world_of(desk, NEW, SILENT).write(), on=w.NOTICE)
    desk.do("followup", "new", settings(desk, "slow", date(2013, 3, 18)), on=w.NOTICE)
    desk.do("plan", "slow", on=w.NOTICE)
    new(desk, "ordered", w.NOTICE, kind="follow_up_ordered")
    desk.do("plan", "ordered", on=w.NOTICE)
    desk.do("mail", "release", "ordered", 1, "--out", "out", "--cleared", w.NOTICE, on=OUT_1)
    pieces = desk.sql(f"select piece_id from piece where follow_up = 'ordered' and vin = '{NEW}'")
    spoiled = {"piece_id": pieces[0][0], "status": "spoiled", "reason": "torn"}
    file = write_csv(desk.folder / "spoiled.csv", [spoiled])
    desk.do("mail", "accept", "ordered", 1, file, on=OUT_2)
    done = released(desk, "slow", 1, w.MONDAYS[3])
    assert done["withdrawn_reasons"] == {"resting": 1}
    printed = desk.sql("select vin from piece where follow_up = 'slow' and state = 'printed'")
    assert printed == [(NEW,)]  # its letter was spoiled: nobody wrote to it


def test_nobody_is_silent_after_a_letter_that_said_to_wait(desk: Desk) -> None:
    desk.do("load", world_of(desk, NEW).write(), on=w.NOTICE)
    new(desk, "spring", w.NOTICE, kind="interim")
    refused = silent(desk, DUE_1)
    assert refused.code == 1
    assert "nobody was asked in" in refused.err
    assert desk.do("followup", "show", "spring", "--silent", on=DUE_1) == []


def test_a_follow_up_that_is_ended_frees_the_vehicles_that_it_has_not_written_to(
    desk: Desk,
) -> None:
    desk.do("load", world_of(desk, NEW).write(), on=w.NOTICE)
    new(desk, "wrong", w.NOTICE)
    desk.do("plan", "wrong", on=w.NOTICE)
    assert "1 planned_elsewhere" in new(desk, "right", w.NOTICE).err
    ended = desk.do("followup", "end", "wrong", "--because", "wrong sender", on=w.NOTICE)
    assert ended["withdrawn"] == 1
    assert desk.do("followup", "show", "wrong")["ended_on"] == str(w.NOTICE)
    assert new(desk, "right", w.NOTICE).json["listed"] == 1
    assert desk.sql("select week from listed where follow_up = 'wrong'") == [(None,)]
    for command in (("plan", "wrong"), ("followup", "end", "wrong", "--because", "again")):
        refused = desk.run(*command)
        assert refused.code == 1
        assert f"The follow-up wrong was ended on {w.NOTICE}." in refused.err


def clocks_of(desk: Desk, name: str) -> list[str]:
    return [one["what"] for one in desk.do("deadlines", on=w.NOTICE) if one["campaign"] == name]


def test_a_first_notice_is_ended_until_a_letter_of_it_went_and_its_clocks_go(desk: Desk) -> None:
    desk.do("load", world_of(desk, NEW, first_notice_date=None).write(), on=w.NOTICE)
    new(desk, "owed", w.NOTICE, kind="initial")
    assert "drafts to NHTSA" in clocks_of(desk, "owed")
    desk.do("plan", "owed", on=w.NOTICE)
    assert desk.do("followup", "end", "owed", "--because", "no", on=w.NOTICE)["withdrawn"] == 1
    assert clocks_of(desk, "owed") == []
    new(desk, "again", w.NOTICE, kind="initial")
    desk.do("plan", "again", on=w.NOTICE)
    out = ("mail", "release", "again", 1, "--cleared", w.NOTICE, "--out", "out")
    assert desk.do(*out, on=OUT_1)["printed"] == 1
    assert "owed by their day" in desk.run("followup", "end", "again", "--because", "no").err


@pytest.mark.parametrize(
    ("day", "weeks", "words"),
    [
        # the campaign's first day is 4 January 2010, and dealers may hear of it fourteen days before: 21 December 2009
        (
            date(2009, 12, 20),
            400,
            "is before the days of 9LA itself: the first that it states is 2010-01-04",
        ),
        (date(2009, 12, 21), 400, ""),
        # first letters on Monday 28 January 2013, four weeks from there end on Monday 25 February, the day before the list
        (date(2013, 1, 21), 4, "were over on 2013-02-25"),
        (date(2013, 1, 22), 5, ""),
    ],
)
def test_a_day_of_the_notice_that_cannot_be_meant_is_refused(
    desk: Desk, day: date, weeks: int, words: str
) -> None:
    desk.do("load", world_of(desk, NEW, first_notice_date=None).write(), on=w.NOTICE)
    answer = desk.run(
        "followup",
        "new",
        settings(desk, "typed", day, kind="initial", horizon_weeks=weeks),
        "--on",
        w.NOTICE,
    )
    assert (answer.code, words in " ".join(answer.err.split())) == (1 if words else 0, True), (
        answer.err
    )


def test_what_to_list_is_said_once(desk: Desk) -> None:
    desk.do("load", world_of(desk, NEW).write(), on=w.NOTICE)
    file = settings(desk, "spring", w.NOTICE)
    both = desk.run("followup", "new", file, "--silent-of", "spring")
    assert (both.code, "give one of them" in both.err) == (2, True)
    named = desk.run("followup", "new", file, "--name", "other")
    assert (named.code, "go with --silent-of" in named.err) == (2, True)
    unknown = desk.run("followup", "new", "--silent-of", "autumn")
    assert (unknown.code, "There is no follow-up 'autumn'" in unknown.err) == (1, True)
