"""A question that names another campaign is said to whom it concerns: owners of vehicles in that one, too."""

from __future__ import annotations

from datetime import date
from pathlib import Path

from renotify.contact.answers import names_code
from small_world import Desk, World, vin

ON = date(2013, 1, 7)
BOTH, ONE = vin(1), vin(2)
TWICE = "My vehicle is also in recall 9LA. Do I have to come twice?"
COST = "What does it cost me?"


def asked(desk: Desk, car: str) -> list[str]:
    (pmp,) = [one for one in desk.do("answer", car, on=ON)["campaigns"] if one["campaign"] == "PMP"]
    return [one["question"] for one in pmp["answers"]]


def test_a_question_about_another_recall_is_not_read_to_whom_it_does_not_concern(
    ledger: str, tmp_path: Path
) -> None:
    desk = Desk(ledger, tmp_path)
    world = World(desk.folder / "input").dealer("D1").campaign("PMP").campaign("9LA")
    for question in (TWICE, COST):
        world.campaigns[0] += f'\n[[campaign.answer]]\nquestion = "{question}"\nanswer = "Nothing more."\n'  # fmt: skip
    world.vehicle(BOTH, "PMP", "9LA", dealer="D1").vehicle(ONE, "PMP", dealer="D1")
    desk.do("load", world.write(), on=ON)
    assert asked(desk, BOTH) == [TWICE, COST]
    assert asked(desk, ONE) == [COST]


def test_a_code_is_named_where_it_stands_as_a_word_of_its_own() -> None:
    assert names_code(TWICE, "9LA")
    assert not names_code("My 9LAX is here.", "9LA")
    assert not names_code("Is A part missing?", "A")  # a code of one letter is a word of the text
