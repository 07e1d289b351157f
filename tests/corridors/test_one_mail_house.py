"""Two follow-ups have one mail house: what one has planned or released in a week takes places of the other's plan, by hand numbers.

Spring has seven owners and takes four pieces a week: four go in the first week, three in the second. Fall writes to five others.
"""

from __future__ import annotations

from typing import Any

import pytest

from corridors import one_recall
from corridors import world as w
from small_world import Desk, World, follow_up_file, vin

A_WEEK = 4
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
