"""A first notice that has to leave by its lawful day although kits do not suffice: from the plan to the owner's second notice.

Five owners of one recall at one dealer, a kit each, all of whom come in the week of their letter. The report is of 28 January, so the
last lawful week is that of 25 March (week 3). Two kits are there at once and a third in week 5: two owners are asked in, three get an
interim notice, one of which can name a day.
"""

from __future__ import annotations

import json
from datetime import date, timedelta
from typing import Any

import pytest

from corridors import world as w
from corridors.test_remedies_by_model import words_of
from opened_counts import clocks_opened
from small_world import Desk, World, follow_up_file, vin, write_csv

RECALL, PART, WEEKS = "N01", "PIPE", 8
FILED = date(2013, 1, 28)
ASKED_IN = [vin(1), vin(2)]  # the newest registrations: the first of the list
NAMED, UNNAMED = vin(3), [vin(4), vin(5)]
WAITING = [NAMED, *UNNAMED]
LAST_LAWFUL, THIRD_KIT = (date(2013, 3, 4) + timedelta(weeks=week) for week in (3, 5))
MAILED = {1: date(2013, 3, 6), 2: date(2013, 3, 27)}


def settings(desk: Desk, name: str, kind: str, notice: date) -> object:
    stated = w.SETTINGS | {
        "name": name, "kind": kind, "campaigns": (RECALL,), "horizon_weeks": WEEKS, "notice_date": notice,
    }  # fmt: skip
    response = {"share": 1.0, "scale_weeks": 0.1, "shape": 1.0, "background_per_week": 0}
    return follow_up_file(desk.folder / f"{name}.toml", response, **stated)


def world(folder: Any, **stated: object) -> World:
    """The recall, its dealer and its owners, the newest registration first; ``stated`` are further keys of the recall."""
    made = World(folder).dealer(w.EAST).part(PART).takes(RECALL, PART, 1.0).labour(RECALL, 2.0)
    made.campaign(
        RECALL, nhtsa_campaign_number="13V010000", filed_date=FILED, first_notice_date=None, remedy_available_date=date(2013, 2, 1),
        **stated,
    )  # fmt: skip
    made.supply(PART, {date(2013, 2, 18): 2.0, THIRD_KIT: 1.0})
    for number in range(1, 6):
        made.vehicle(vin(number), RECALL, dealer=w.EAST, model=w.SMALL, owner=None)
        made.owner(vin(number), as_of=date(2012, 12, 20 - number))
    return made


def evidence(desk: Desk, name: str, wave: int, day: date) -> None:
    rows = [
        {"piece_id": piece, "status": "accepted", "mailed_date": day}
        for (piece,) in desk.sql(
            f"select piece_id from piece where follow_up = '{name}' and wave = {wave}"
        )
    ]
    desk.do(
        "mail", "accept", name, wave, write_csv(desk.folder / f"{name}-{wave}.csv", rows), on=day
    )


@pytest.fixture(scope="module")
def planned(shared_desk: Desk) -> tuple[Desk, Any]:
    desk = shared_desk
    desk.do("load", world(desk.folder / "input").write(), on=w.NOTICE)
    desk.do("followup", "new", settings(desk, "first", "initial", w.NOTICE), on=w.NOTICE)
    return desk, desk.do("plan", "first")


def test_the_plan_says_how_many_owners_cannot_be_asked_in_and_why(
    planned: tuple[Desk, Any],
) -> None:
    _, document = planned
    row = {"bundle": RECALL, "dealer": w.EAST}
    assert document["letters"] == [row | {"week": 0, "count": 2}, row | {"week": 3, "count": 3}]
    assert document["interim"] == [row | {"week": 3, "count": 3}]
    assert document["owed"] == [row | {"week": 5, "count": 1}, row | {"week": None, "count": 2}]
    (why,) = document["why_interim"]
    assert why in document["messages"]
    assert why.startswith(
        f"3 first notices of {RECALL} go out as interim notices by the week of 2013-03-25, because not all can carry a remedy even then:"
        f" {PART} is 3"
    )
    assert why.endswith("each owes its owner a second letter: 1 planned, 2 past the horizon.")
    assert (
        f"2 interim notices of {RECALL} can name no day: state next_notice_date of {RECALL} in campaigns.toml, and the letter says when"
        " its owner hears again (49 CFR 577.7(a)(1))."
    ) in document["messages"]
    assert (
        f"1 interim notice of {RECALL} can name the day of the repair alone: state next_notice_date of {RECALL} in campaigns.toml,"
        " and the letter says when its owner hears again (49 CFR 577.7(a)(1))."
    ) in document["messages"]


def test_the_last_of_the_list_wait_and_the_first_of_these_has_the_day_of_the_third_kit(
    planned: tuple[Desk, Any],
) -> None:
    """Guards: plan's numbers -> listed.interim and remedy_from of each vehicle."""
    desk, _ = planned
    listed = desk.sql(
        "select vin, week, interim, remedy_from from listed where follow_up = 'first' order by vin"
    )
    found = {
        one: (week, bool(interim), str(day) if day else None) for one, week, interim, day in listed
    }
    assert found == {
        **dict.fromkeys(ASKED_IN, (0, False, None)),
        NAMED: (3, True, THIRD_KIT.isoformat()),
        **dict.fromkeys(UNNAMED, (3, True, None)),
    }


def test_dealers_expect_only_who_is_asked_in(planned: tuple[Desk, Any]) -> None:
    """Guards: listed.interim -> expected visits and hours."""
    desk, _ = planned
    rows = desk.do("workload", "first", on=w.NOTICE)["rows"]
    visits = {row["week"]: row["appointments"] for row in rows if row["appointments"] >= 0.01}
    assert visits == {w.MONDAYS[0].isoformat(): pytest.approx(2.0, abs=0.01)}
    assert sum(row["hours"] for row in rows) == pytest.approx(2 * 2.0, abs=0.01)


def test_the_follow_up_says_how_many_are_interim_and_why(planned: tuple[Desk, Any]) -> None:
    desk, document = planned
    shown = desk.do("followup", "show", "first")
    assert [(wave["planned"], wave["interim"]) for wave in shown["waves"]] == [(2, 0), (3, 3)]
    assert shown["interim"] == {"vehicles": 3, "with_day": 1, "why": document["why_interim"]}
    said = desk.run("followup", "show", "first").out
    assert (
        "3 vehicles get an interim notice, which asks nobody in; 1 of them can name a day." in said
    )
    assert document["why_interim"][0] in said


def test_each_interim_letter_is_checked_as_a_version_of_its_own(planned: tuple[Desk, Any]) -> None:
    desk, _ = planned
    rows = desk.do("letter", "check", "first", on=w.FIRST_LETTER)
    letters = {
        (row["interim"], row["mail_date"]): row["letters"] for row in rows if row["role"] == "owner"
    }
    assert letters == {
        ("", w.FIRST_LETTER.isoformat()): 2,
        (THIRD_KIT.isoformat(), LAST_LAWFUL.isoformat()): 1,
        ("-", LAST_LAWFUL.isoformat()): 2,
    }
    assert not [row for row in rows if row["severity"] == "must"]
    interim = [row for row in rows if row["role"] == "owner" and row["interim"]]
    assert (
        len(interim) == 2
    )  # with a day and without: 577.7(a)(1) asks of both when the owner hears again
    assert all(
        "has no `next_notice_date` (49 CFR 577.7(a)(1))" in row["finding"] for row in interim
    )


def test_the_plan_says_of_tires_that_are_over_before_their_repair_what_letter_check_refuses(
    desk: Desk,
) -> None:
    """followup new knew no plan and told the 180 days alone; letter check then refused: the plan, which sets the day, says so."""
    made = world(desk.folder / "input", tires=True, tires_until_date=THIRD_KIT)
    desk.do("load", made.write(), on=w.NOTICE)
    desk.do("followup", "new", settings(desk, "first", "initial", w.NOTICE), on=w.NOTICE)
    said = (
        f"1 interim notice of {RECALL} can name {THIRD_KIT} as the day of the repair, and `tires_until_date` {THIRD_KIT} of {RECALL} is no"
        " later: letter check and mail release refuse them. State a later day in campaigns.toml (49 CFR 577.5(g)(1)(ii))."
    )
    assert said in desk.do("plan", "first")["messages"]
    checked = desk.run("letter", "check", "first", "--on", w.FIRST_LETTER, "--json")
    refused = [row for row in json.loads(checked.out) if row["severity"] == "must"]
    assert [row["interim"] for row in refused] == [THIRD_KIT.isoformat()]
    assert "tires_until_date" in refused[0]["finding"]


@pytest.fixture(scope="module")
def mailed(planned: tuple[Desk, Any]) -> tuple[Desk, dict[int, Any]]:
    desk, _ = planned
    done = {}
    for wave, day in ((1, w.FIRST_LETTER), (2, date(2013, 3, 26))):
        done[wave] = desk.do(
            "mail", "release", "first", wave, "--out", "out", "--cleared", w.NOTICE, on=day
        )
        evidence(desk, "first", wave, MAILED[wave])
    return desk, done


def test_a_letter_asks_in_whom_the_plan_has_a_kit_for_and_tells_the_others_to_wait(
    mailed: tuple[Desk, dict[int, Any]],
) -> None:
    """Guards: listed.interim and remedy_from at the release -> the words of each letter."""
    _, done = mailed
    assert [
        (done[wave]["printed"], done[wave]["interim"], done[wave]["versions"]) for wave in (1, 2)
    ] == [(2, 0, 1), (3, 3, 2)]
    for one in ASKED_IN:
        words = words_of(done[1], one)
        assert "The remedy is available now, without charge." in words
        assert "not yet available" not in words
    for one in WAITING:
        words = words_of(done[2], one)
        assert "Please wait for our second letter" in words
        assert "available now" not in words
        assert "Call your dealer for an appointment" not in words
    assert "We expect it from April 8, 2013." in words_of(done[2], NAMED)
    for one in UNNAMED:
        assert "we cannot name the first day of it yet" in words_of(done[2], one)


def owed(desk: Desk, on: date) -> list[tuple[str | None, int]]:
    """The vehicles that wait for a second notice, by the day that the plan has for them."""
    rows = [row for row in desk.do("deadlines", on=on) if row["what"] == "second notification"]
    return [(row["due"], row["vehicles"]) for row in rows]


def test_the_sixty_days_are_kept_and_the_second_notices_are_owed(
    mailed: tuple[Desk, dict[int, Any]],
) -> None:
    desk, _ = mailed
    clocks = {row["what"]: row for row in desk.do("deadlines", on=date(2013, 4, 2))}
    assert (clocks["owner letters"]["state"], clocks["owner letters"]["vehicles"]) == ("ok", 5)
    assert owed(desk, date(2013, 4, 2)) == [(THIRD_KIT.isoformat(), 1), (None, 2)]
    assert "waits for a second notice" in clocks_opened(desk, date(2013, 4, 2))


def test_who_calls_is_told_what_the_letter_says(mailed: tuple[Desk, dict[int, Any]]) -> None:
    """Guards: what the last letter said -> what contact staff say."""
    desk, _ = mailed

    def told(one: str) -> str:
        (campaign,) = desk.do("answer", one, on=date(2013, 3, 28))["campaigns"]
        return campaign["what_to_do"]

    assert told(ASKED_IN[0]).startswith("Make an appointment.")
    assert told(NAMED) == "The repair is expected on April 8, 2013. The owner gets a letter then."
    assert {told(one) for one in UNNAMED} == {
        "The repair is not available yet. The owner gets a letter when it is."
    }


def test_the_second_notice_is_owed_to_exactly_those_who_were_told_to_wait(
    mailed: tuple[Desk, dict[int, Any]],
) -> None:
    """Guards: what a released letter said -> the list of second notices, and who comes in by it."""
    desk, _ = mailed
    notice = date(2013, 4, 1)
    # The two kits of the first owners are gone, and two are there from the week of 8 April
    spent = World(desk.folder / "spent").supply(PART, {date(2013, 2, 18): 0.0, THIRD_KIT: 2.0})
    desk.do("load", spent.write(), on=notice)
    done = desk.do(
        "followup", "new", settings(desk, "second", "remedy_available", notice), on=notice
    )
    assert (done["listed"], done["left_out"]) == (3, {"told_of_remedy": 2})
    assert {
        one
        for (one,) in desk.sql(
            "select vin from listed where follow_up = 'second' and left_out = ''"
        )
    } == set(WAITING)
    again = desk.do("plan", "second")  # the week of 8 April is its week 0
    assert again["letters"] == [{"bundle": RECALL, "dealer": w.EAST, "week": 0, "count": 2}]
    assert owed(desk, date(2013, 4, 2)) == [(THIRD_KIT.isoformat(), 2), (None, 1)]
    assert again["interim"] == []
    out = desk.do(
        "mail", "release", "second", 1, "--out", "out", "--cleared", notice, on=date(2013, 4, 9)
    )
    assert (out["printed"], out["interim"]) == (2, 0)
    assert "The repair is now available." in words_of(out, NAMED)
    evidence(desk, "second", 1, date(2013, 4, 10))
    (campaign,) = desk.do("answer", NAMED, on=date(2013, 4, 12))["campaigns"]
    assert campaign["what_to_do"].startswith("Make an appointment.")
    assert owed(desk, date(2013, 4, 12)) == [(None, 1)]


# ---- planned again, on a ledger of its own


def waiting(desk: Desk) -> dict[str, tuple[int, str | None]]:
    """Who gets an interim notice, in which week, and the day that it names."""
    rows = desk.sql(
        "select vin, week, remedy_from from listed where follow_up = 'first' and interim"
    )
    return {one: (week, str(day) if day else None) for one, week, day in rows}


def supplied(desk: Desk, number: int, on: date, kits: dict[date, float]) -> Any:
    """Load supply and plan again."""
    desk.do("load", World(desk.folder / f"supply-{number}").supply(PART, kits).write(), on=on)
    return desk.do("replan", "first", on=on)


def test_kits_that_come_in_time_take_interim_notices_back_and_what_is_promised_or_out_stays(
    desk: Desk,
) -> None:
    """Guards: the last plan's interim notices -> the re-plan, its frozen weeks, and the second notices that it keeps kits for."""
    desk.do("load", world(desk.folder / "input").write(), on=w.NOTICE)
    desk.do("followup", "new", settings(desk, "first", "initial", w.NOTICE), on=w.NOTICE)
    desk.do("plan", "first")
    desk.do("mail", "release", "first", 1, "--out", "out", "--cleared", w.NOTICE, on=w.FIRST_LETTER)
    evidence(desk, "first", 1, MAILED[1])
    came = World(desk.folder / "came")
    for one in ASKED_IN:
        came.repair(one, RECALL, date(2013, 3, 8), dealer=w.EAST)
    desk.do("load", came.write(), on=date(2013, 3, 11))
    # In week 1 the two kits of the first letters are fitted, and two more are announced for week 3
    again = supplied(desk, 1, date(2013, 3, 11), {LAST_LAWFUL: 2.0})
    assert again["interim"] == [{"bundle": RECALL, "dealer": w.EAST, "week": 3, "count": 1}]
    assert again["owed"] == [{"bundle": RECALL, "dealer": w.EAST, "week": 5, "count": 1}]
    last = UNNAMED[-1]
    assert waiting(desk) == {last: (3, THIRD_KIT.isoformat())}
    # In week 2 the letters of week 3 are at the mail house: they stay, and the second notice has its kit from week 4 on
    again = supplied(desk, 2, date(2013, 3, 18), {date(2013, 4, 1): 9.0})
    assert waiting(desk) == {last: (3, THIRD_KIT.isoformat())}
    queued = {
        "bundle": f"{RECALL} second notice from the week of 2013-04-01",
        "dealer": w.EAST,
        "week": 4,
        "count": 1,
    }
    assert again["queued"] == [queued]
    (why,) = desk.do("followup", "show", "first")["interim"]["why"]
    assert why.startswith(
        f"By an earlier plan: 1 first notice of {RECALL} goes out as an interim notice"
    )
    assert (
        "Kits and hours for the second notice of 1 owner with an interim one are there from the week of 2013-04-01: freeze a follow-up"
        ' of kind "remedy_available" then.'
    ) in again["messages"]
    out = desk.do(
        "mail", "release", "first", 2, "--out", "out", "--cleared", w.NOTICE, on=date(2013, 3, 26)
    )
    assert (out["printed"], out["interim"]) == (3, 1)
    evidence(desk, "first", 2, MAILED[2])
    desk.do("replan", "first", on=date(2013, 4, 1))  # nobody is left to plan
    assert waiting(desk) == {last: (3, THIRD_KIT.isoformat())}
    visits = {
        row["week"]: row["appointments"]
        for row in desk.do("workload", "first", on=w.NOTICE)["rows"]
    }
    assert [round(visits[day.isoformat()]) for day in w.MONDAYS[:6]] == [
        0,
        0,
        0,
        2,
        0,
        0,
    ]  # the first two have come
