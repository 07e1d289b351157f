"""An approved answer is withheld once the facts of its campaign have changed, until a person approves it anew."""

from __future__ import annotations

from datetime import date
from pathlib import Path
from typing import Any

import pytest

from small_world import Desk, World, vin

FIRST, LATER, AFTER = date(2013, 1, 7), date(2013, 2, 4), date(2013, 2, 11)
CAR = vin(1)
QUESTION = "When can I come?"
SAYS = "Any day from January on."


def load(desk: Desk, on: date, answer: dict[str, object] | None = None, **facts: object) -> None:
    """Load the campaign as it is stated on a day, with its one answer."""
    world = World(desk.folder / f"input-{on}").dealer("D1").campaign("PMP", **facts)
    stated = {"question": QUESTION, "answer": SAYS} | (answer or {})
    lines = [f'{key} = "{value}"' if isinstance(value, str) else f"{key} = {value}" for key, value in stated.items()]  # fmt: skip
    world.campaigns[-1] += "\n[[campaign.answer]]\n" + "\n".join(lines)
    world.vehicle(CAR, "PMP", dealer="D1")
    desk.do("load", world.write(), on=on)


def told(desk: Desk, on: date = AFTER) -> dict[str, Any]:
    (said,) = desk.do("answer", CAR, on=on)["campaigns"][0]["answers"]
    return dict(said)


@pytest.fixture
def desk(ledger: str, tmp_path: Path) -> Desk:
    desk = Desk(ledger, tmp_path)
    load(desk, FIRST, remedy_available_date=date(2013, 1, 2))
    return desk


def test_an_answer_stands_while_its_campaign_does(desk: Desk) -> None:
    load(desk, LATER, remedy_available_date=date(2013, 1, 2))
    assert (told(desk)["answer"], told(desk)["withheld"]) == (SAYS, "")


def test_an_answer_is_withheld_from_the_load_that_changes_the_remedy(desk: Desk) -> None:
    load(desk, LATER, remedy_available_date=date(2013, 4, 1))
    said = told(desk)
    assert said["answer"] == ""
    assert said["withheld"] == (
        "the facts of PMP changed on February 4, 2013, after this answer was approved"
    )
    assert SAYS not in desk.run("answer", CAR, "--on", AFTER).out
    assert "Some answers may not be said" in desk.run("answer", CAR, "--on", AFTER).out


@pytest.mark.parametrize("fact", [{"do_not_drive": True}, {"consequence": "It can burn."}])
def test_a_warning_or_another_risk_makes_an_answer_stale(
    desk: Desk, fact: dict[str, object]
) -> None:
    load(desk, LATER, remedy_available_date=date(2013, 1, 2), **fact)
    assert told(desk)["withheld"].startswith("the facts of PMP changed")


def test_what_owners_are_not_told_makes_no_answer_stale(desk: Desk) -> None:
    load(desk, LATER, remedy_available_date=date(2013, 1, 2), involved=12, risk_weight=2.0)
    assert told(desk)["answer"] == SAYS


def test_an_answer_that_is_written_anew_with_the_change_stands(desk: Desk) -> None:
    load(desk, LATER, {"answer": "From April on."}, remedy_available_date=date(2013, 4, 1))
    assert told(desk)["answer"] == "From April on."


def test_a_change_on_the_day_on_which_the_answer_was_stated_makes_it_stale(desk: Desk) -> None:
    load(desk, FIRST, remedy_available_date=date(2013, 4, 1))
    assert told(desk)["withheld"].startswith("the facts of PMP changed on January 7, 2013")


def test_an_answer_that_a_person_approves_after_the_change_stands_again(desk: Desk) -> None:
    load(desk, LATER, remedy_available_date=date(2013, 4, 1))
    load(desk, AFTER, {"approved_on": AFTER}, remedy_available_date=date(2013, 4, 1))
    assert told(desk)["answer"] == SAYS


def test_an_approval_of_before_the_change_does_not_help(desk: Desk) -> None:
    load(desk, LATER, {"approved_on": FIRST}, remedy_available_date=date(2013, 4, 1))
    assert told(desk)["answer"] == ""


def test_an_answer_in_a_language_that_the_desk_does_not_speak_is_refused(desk: Desk) -> None:
    world = World(desk.folder / "french").campaign("PMP")
    world.campaigns[-1] += '\n[[campaign.answer]]\nlanguage = "fr"\nquestion = "Q"\nanswer = "A"'
    answer = desk.run("load", world.write(), "--on", AFTER)
    assert answer.code != 0
    assert "language is 'fr'" in answer.err
    assert "It is one of en, es" in answer.err
