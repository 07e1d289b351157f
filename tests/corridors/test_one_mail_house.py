"""Two follow-ups have one mail house: what one has planned or released in a week takes places of the other's plan, by hand numbers.

Spring has seven owners and takes four pieces a week: four go in the first week, three in the second. Fall writes to five others.
"""

from __future__ import annotations

import csv
from datetime import timedelta
from typing import Any

import pytest

from corridors import one_recall
from corridors import world as w
from renotify.ledger.session import open_session
from small_world import Desk, World, follow_up_file, vin

A_WEEK = 4
NEXT_MONDAY = w.FIRST_LETTER + timedelta(days=6)
RESPONSE = {"share": 0.5, "scale_weeks": w.HALF_LIFE, "shape": 1.0, "background_per_week": 0}


def frozen(desk: Desk, name: str, campaign: str, **changed: object) -> None:
    stated = w.SETTINGS | {
        "name": name,
        "campaigns": (campaign,),
        "mail_house_letters_per_week": A_WEEK,
        "rest_weeks": 0,
        **changed,
    }
    file = follow_up_file(desk.folder / f"{name}.toml", RESPONSE, **stated)
    desk.do("followup", "new", file, on=w.NOTICE)


@pytest.fixture
def two(desk: Desk) -> Desk:
    return with_spring(desk)


def with_spring(desk: Desk) -> Desk:
    world = World(desk.folder / "input").dealer(w.EAST)
    for campaign, owners in ((w.A, range(7)), (w.B, range(20, 25))):
        world.campaign(campaign).labour(campaign, 1.0)
        for number in owners:
            world.vehicle(vin(number), campaign, dealer=w.EAST)
    desk.do("load", world.write(), on=w.NOTICE)
    frozen(desk, "spring", w.A)
    return desk


def planned(
    desk: Desk, name: str, *options: object, **asked: Any
) -> tuple[dict[int, int], list[str]]:
    made = desk.do("plan", name, *options, on=asked.get("on", w.NOTICE))
    return one_recall.by_week(made), [
        one for one in made["messages"] if "mail house prints" in one or "give way" in one
    ]


def test_a_plan_takes_the_places_that_another_one_leaves(desk_on_both: Desk) -> None:
    """Of four a week spring takes four and three: one is left in the second week, and four of fall go in the third."""
    two = with_spring(desk_on_both)
    assert planned(two, "spring") == ({0: 4, 1: 3}, [])
    frozen(two, "fall", w.B)
    assert planned(two, "fall") == (
        {1: 1, 2: 4},
        [
            "The mail house prints for spring, too: 7 pieces in 2 weeks from 2013-03-04 to 2013-03-11 are taken off its places."
        ],
    )
    assert two.problem("fall")["mail_capacity"] == [0, 1, 4, 4, 4, 4]


def test_of_different_numbers_the_fewer_count_where_both_print(two: Desk) -> None:
    planned(two, "spring")
    frozen(two, "fall", w.B, mail_house_letters_per_week=6)
    letters, (said,) = planned(two, "fall")
    assert letters == {
        1: 1,
        2: 4,
    }  # four less three in the second week; six in the third, where spring has none
    assert said.endswith("spring states 4 pieces a week, fall 6: the fewer count in these weeks.")
    assert two.problem("fall")["mail_capacity"] == [0, 1, 6, 6, 6, 6]


@pytest.mark.parametrize("name", ["spring", "fall"])
def test_who_states_no_number_has_another_mail_house(two: Desk, name: str) -> None:
    frozen(two, "fall", w.B)
    two.do(
        "followup",
        "set",
        name,
        "mail_house_letters_per_week=none",
        "--because",
        "in the house",
        "--by",
        "analyst",
        on=w.NOTICE,
    )
    planned(two, "spring")
    assert planned(two, "fall") == (({0: 4, 1: 1} if name == "spring" else {0: 5}), [])


def test_letters_that_are_released_and_those_that_were_replanned_take_their_places(
    two: Desk,
) -> None:
    planned(two, "spring")
    frozen(two, "fall", w.B)
    two.do("mail", "release", "spring", 1, "--out", "out", on=w.FIRST_LETTER)
    assert two.problem("fall", on=w.FIRST_LETTER)["mail_capacity"] == [0, 1, 4, 4, 4, 4]
    two.do(
        "mail",
        "call-back",
        "spring",
        1,
        "--because",
        "wrong paper",
        "--by",
        "analyst",
        on=w.FIRST_LETTER,
    )
    assert two.problem("fall", on=w.FIRST_LETTER)["mail_capacity"] == [0, 1, 4, 4, 4, 4]
    two.do("followup", "end", "spring", "--because", "another way", on=w.FIRST_LETTER)
    assert two.problem("fall", on=w.FIRST_LETTER)["mail_capacity"] == [4] * w.WEEKS


def test_what_is_planned_gives_way_to_what_is_owed_and_not_the_other_way(two: Desk) -> None:
    planned(two, "spring")
    frozen(two, "owed", w.B, kind="follow_up_ordered")
    letters, said = planned(two, "owed")
    assert letters == {0: 4, 1: 1}
    weeks = "in 2 weeks from 2013-03-04 to 2013-03-11"
    gives_way = f"7 pieces {weeks} that spring has planned give way to letters that are owed"
    assert said == [f"{gives_way}: renotify replan spring."]
    letters, (said,) = planned(two, "spring")
    assert letters == {1: 3, 2: 4}
    assert said.startswith("The mail house prints for owed, too: 5 pieces")


def test_a_release_counts_what_others_give_the_mail_house_in_its_week(two: Desk) -> None:
    frozen(
        two, "fall", w.B
    )  # planned before spring, which takes the same places by a number of its own
    two.do(
        "followup",
        "set",
        "spring",
        "mail_house_letters_per_week=none",
        "--because",
        "two houses",
        "--by",
        "analyst",
        on=w.NOTICE,
    )
    planned(two, "fall")
    planned(two, "spring")
    two.do(
        "followup",
        "set",
        "spring",
        "mail_house_letters_per_week=9",
        "--because",
        "one house",
        "--by",
        "analyst",
        on=w.FIRST_LETTER,
    )
    done = two.do("mail", "release", "spring", 1, "--out", "out", on=w.FIRST_LETTER)
    assert (
        "The mail house takes 4 pieces a week; 7 of spring are released in the week of 2013-03-04, copies to lessors and letters"
        " sent again included, 4 of fall are planned or released: agree on 7 more with it."
    ) in done["warnings"]


def test_letters_that_are_promised_stay_beyond_a_limit_that_is_lowered_since(two: Desk) -> None:
    """Spring has four and three pieces in the first two weeks, fall one and four in the second and third; two a week is what goes now."""
    planned(two, "spring")
    frozen(two, "fall", w.B)
    planned(two, "fall")
    why = ("--because", "a press is down", "--by", "analyst")
    two.do("followup", "set", "spring", "mail_house_letters_per_week=2", *why, on=w.FIRST_LETTER)
    made = two.do("replan", "spring", on=w.FIRST_LETTER)
    stay = "They are promised to it and stay: agree on 2 more with it."
    assert [one for one in made["messages"] if "promised to it" in one] == [
        f"The week of 2013-03-04 has 4 pieces, 2 more than the 2 that the mail house takes. {stay}",
        f"The week of 2013-03-11 has 4 pieces (3 of spring and 1 of fall), 2 more than the 2 that the mail house takes. {stay}",
    ]
    assert "capacity of -" not in " ".join(made["messages"])
    assert made["gap_note"].startswith("how far from the best is not stated")
    assert [(one["what"], one["over"]) for one in made["broken"]] == [
        ("the week of 2013-03-04", 2),
        ("the week of 2013-03-11", 2),
    ]


def two_came_back(desk: Desk) -> None:
    """The first four letters of spring are mailed, and two come back as illegible: they go again, where three stand in the second week."""
    planned(desk, "spring")
    done = desk.do("mail", "release", "spring", 1, "--out", "out", on=w.FIRST_LETTER)
    numbers = [row["piece_id"] for row in manifest(desk, done)]
    mailed = desk.folder / "mailed.csv"
    lines = [f"{number},accepted,{w.FIRST_LETTER}" for number in numbers]
    mailed.write_text("\n".join(["piece_id,status,mailed_date", *lines, ""]))
    desk.do("mail", "accept", "spring", 1, mailed, on=NEXT_MONDAY)
    back = desk.folder / "back.csv"
    lines = [f"{number},{w.FIRST_LETTER + timedelta(days=3)},ILL" for number in numbers[:2]]
    back.write_text("\n".join(["piece_id,returned_date,return_code", *lines, ""]))
    desk.do("mail", "returned", back, on=NEXT_MONDAY)


def manifest(desk: Desk, done: dict[str, Any]) -> list[dict[str, str]]:
    with (desk.folder / done["folder"] / "manifest.csv").open(newline="") as file:
        return [*csv.DictReader(file)]


def test_letters_sent_again_into_a_full_week_are_told_at_once(desk_on_both: Desk) -> None:
    """Three letters and the two that go again are five pieces, of four. A re-plan says it, too, and cannot move what is promised."""
    two = with_spring(desk_on_both)
    two_came_back(two)
    done = two.do("mail", "resend", "spring", on=NEXT_MONDAY)
    assert (done["pieces"], done["wave"], done["week"]) == (2, 3, str(NEXT_MONDAY))
    beyond = "The week of 2013-03-11 has 5 pieces"
    (said,) = done["warnings"]
    assert said.startswith(
        f"{beyond} of spring with these, 1 more than the 4 that the mail house takes: agree on 1 more with it, or let them go in a"
        " later week."
    )
    made = two.do("replan", "spring", on=NEXT_MONDAY)
    assert any(one.startswith(f"{beyond}, 1 more than the 4") for one in made["messages"])


def test_a_vehicle_whose_letter_goes_again_is_one_row_with_its_last_letter(two: Desk) -> None:
    """Two of the vehicles have a letter of wave 1 that came back and one of wave 3; a filter on the first finds the first."""
    two_came_back(two)
    before = two.do("vehicles", "--follow-up", "spring", on=NEXT_MONDAY)["total"]
    two.do("mail", "resend", "spring", on=NEXT_MONDAY)

    def listed(*asked: object) -> list[tuple[object, ...]]:
        columns = ("--columns", "vin,campaign,wave,piece,reason")
        told = two.do("vehicles", "--follow-up", "spring", *asked, *columns, on=NEXT_MONDAY)
        rows = [tuple(row.values()) for row in told["rows"]]
        assert (told["total"], len({row[:2] for row in rows})) == (len(rows), len(rows))
        return rows

    assert len(listed()) == before
    again = listed("--wave", 3)
    assert [row[2:] for row in again] == [(3, "planned", "letter_planned")] * 2
    assert [row for row in listed() if row[0] in {one[0] for one in again}] == again
    first = listed("--wave", 1, "--piece", "accepted")
    assert {row[0] for row in again} <= {row[0] for row in first}
    printed = two.run("vehicles", "--follow-up", "spring", "--first", 0, "--on", NEXT_MONDAY).out
    assert "-1 more" not in printed


def test_of_two_waves_of_one_monday_the_list_says_which_is_of_letters_sent_again(two: Desk) -> None:
    """Spring has four, three and three letters in three weeks; the two that go again stand as wave 3 in the second week."""
    two_came_back(two)
    shown = two.do("followup", "show", "spring", on=NEXT_MONDAY)
    assert [wave["again"] for wave in shown["waves"]] == [0] * len(shown["waves"])
    assert "again" not in two.run("followup", "show", "spring", "--on", NEXT_MONDAY).out
    two.do("mail", "resend", "spring", on=NEXT_MONDAY)
    waves = two.do("followup", "show", "spring", on=NEXT_MONDAY)["waves"]
    same_week = [(one["wave"], one["again"]) for one in waves if one["week"] == str(NEXT_MONDAY)]
    assert same_week == [(2, 0), (3, 2)]
    table = two.run("followup", "show", "spring", "--on", NEXT_MONDAY).out
    assert "again" in table


def test_a_wave_with_letters_sent_again_among_its_own_says_how_many(two: Desk) -> None:
    """The three of the second week and the two that go again, put into one wave: two of five."""
    two_came_back(two)
    two.do("mail", "resend", "spring", on=NEXT_MONDAY)
    with open_session(two.ledger) as session, session.transaction():
        session.execute("update piece set wave = 2 where follow_up = 'spring' and wave = 3")
        session.execute("delete from wave where follow_up = 'spring' and number = 3")
    waves = two.do("followup", "show", "spring", on=NEXT_MONDAY)["waves"]
    assert {one["wave"]: one["again"] for one in waves}[2] == 2
    done = two.do("mail", "release", "spring", 2, "--out", "out", on=NEXT_MONDAY)
    said = "Wave 2, of the week of 2013-03-11, has letters sent again among its own: 2 pieces of 5."
    assert said in done["warnings"]


def test_letters_sent_again_in_a_later_week_take_its_places(two: Desk) -> None:
    """The two wait for the third week from now, which has places for two more then; nothing of it is told as too much."""
    two_came_back(two)
    two.do("mail", "resend", "spring", on=NEXT_MONDAY)
    later = NEXT_MONDAY + timedelta(weeks=2)
    done = two.do("mail", "resend", "spring", "--week", later, on=NEXT_MONDAY)
    assert (done["pieces"], done["wave"], done["put_off"]) == (0, None, [3])
    assert (done["week"], done["warnings"]) == (str(later), [])
    made = two.do("replan", "spring", on=NEXT_MONDAY)
    assert not [one for one in made["messages"] if "mail house takes" in one]
    assert two.problem("spring", on=NEXT_MONDAY)["mail_capacity"][:4] == [4, 4, 4, 2]
    refused = two.run(
        "mail", "release", "spring", 2, "--out", "out", "--anyway", "no", "--on", NEXT_MONDAY
    )  # the re-plan gave it the number after the released wave
    assert refused.code == 1
    assert f"planned for the week of {later}" in refused.err


@pytest.mark.parametrize("week", ["2013-03-12", "2013-03-04"])
def test_a_day_in_the_week_or_a_week_that_has_passed_is_none_to_send_letters_in(
    two: Desk, week: str
) -> None:
    two_came_back(two)
    refused = two.run("mail", "resend", "spring", "--week", week, "--on", NEXT_MONDAY)
    assert refused.code == 2
    assert "Give a Monday, 2013-03-11 or later." in refused.err
    assert two.do("mail", "resend", "spring", on=NEXT_MONDAY)["pieces"] == 2


def test_a_plan_shows_the_pieces_of_its_letters_where_they_are_more(desk: Desk) -> None:
    """Three vehicles, one of them leased: three letters are four pieces, before their release and after it."""
    world = World(desk.folder / "input").dealer(w.EAST).campaign(w.A).labour(w.A, 1.0)
    for number in range(3):
        world.vehicle(vin(number), w.A, dealer=w.EAST)
    world.owner(vin(1), role="lessee", as_of=w.NOTICE)
    world.owner(vin(1), role="lessor", name1="MADE-UP LEASING", as_of=w.NOTICE)
    desk.do("load", world.write(), on=w.NOTICE)
    frozen(desk, "spring", w.A)
    made = desk.do("plan", "spring", on=w.NOTICE)
    assert (one_recall.by_week(made), made["pieces"]) == ({0: 3}, [{"week": 0, "pieces": 4}])
    desk.do("mail", "release", "spring", 1, "--out", "out", on=w.FIRST_LETTER)
    again = desk.do("replan", "spring", on=NEXT_MONDAY)
    assert again["pieces"] == [{"week": 0, "pieces": 4}]
    said = desk.run("replan", "spring", "--on", NEXT_MONDAY).out
    assert "Letters by week, one a vehicle, and the pieces that they are" in said
    (row,) = [line.split() for line in said.splitlines() if line.startswith("2013-03-04")]
    assert row == ["2013-03-04", "3", "3", "4"]


def test_a_plan_of_one_piece_a_vehicle_has_no_column_for_it(two: Desk) -> None:
    said = two.run("plan", "spring", "--on", w.NOTICE).out
    assert "Letters by week\n" in said
    assert "pieces" not in said
