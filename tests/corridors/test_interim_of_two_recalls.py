"""An interim notice of two recalls, of which one takes no part: what it says of each, from the plan to who calls.

N01 takes a pipe and N02 none; both repairs have been there since 1 February, and the pipes come in the week of 8 April, after the last
lawful week. The owner of both recalls gets an interim notice, which waits for the pipe alone; the owner of N02 is asked in.
"""

from __future__ import annotations

from datetime import date
from typing import Any

import pytest

from corridors import world as w
from corridors.test_interim_by_plan import FILED, MAILED, PART, THIRD_KIT, WEEKS, evidence
from corridors.test_remedies_by_model import words_of
from small_world import Desk, World, follow_up_file, vin

WAITS, BARE = "N01", "N02"
OF_BOTH, OF_BARE = vin(1), vin(2)
SPANISH = {
    "subject": "Programa", "component": "programa", "defect": "El programa puede fallar.",
    "consequence": "El motor puede apagarse. Esto puede causar un choque.", "remedy": "El taller carga un programa nuevo.",
}  # fmt: skip


@pytest.fixture(scope="module")
def planned(shared_desk: Desk) -> tuple[Desk, Any]:
    desk = shared_desk
    made = World(desk.folder / "input").dealer(w.EAST).part(PART).takes(WAITS, PART, 1.0)
    days = {"filed_date": FILED, "first_notice_date": None, "remedy_available_date": date(2013, 2, 1)}  # fmt: skip
    for code, number in ((WAITS, "13V010000"), (BARE, "13V020000")):
        made.campaign(code, nhtsa_campaign_number=number, es=SPANISH, **days).labour(code, 1.0)
    made.supply(PART, {THIRD_KIT: 5.0})
    made.vehicle(OF_BOTH, WAITS, BARE, dealer=w.EAST, model=w.SMALL, owner=None)
    made.vehicle(OF_BARE, BARE, dealer=w.EAST, model=w.SMALL, owner=None)
    made.owner(OF_BOTH, city="San Juan", state="PR", zip="00901")
    made.owner(OF_BARE)
    desk.do("load", made.write(), on=w.NOTICE)
    stated = w.SETTINGS | {
        "name": "first", "kind": "initial", "campaigns": (WAITS, BARE), "horizon_weeks": WEEKS, "notice_date": w.NOTICE,
    }  # fmt: skip
    response = {"share": 1.0, "scale_weeks": 0.1, "shape": 1.0, "background_per_week": 0}
    file = follow_up_file(desk.folder / "first.toml", response, **stated)
    desk.do("followup", "new", file, on=w.NOTICE)
    return desk, desk.do("plan", "first")


def test_the_plan_keeps_which_recall_of_an_interim_notice_takes_no_part(
    planned: tuple[Desk, Any],
) -> None:
    """Guards: needs of each model -> listed.without_parts."""
    desk, document = planned
    assert [(row["bundle"], row["count"]) for row in document["interim"]] == [
        (f"{WAITS}+{BARE}", 1)
    ]
    listed = desk.sql("select vin, interim, without_parts from listed order by vin")
    assert [(one, bool(interim), bare) for one, interim, bare in listed] == [
        (OF_BOTH, True, BARE), (OF_BARE, False, ""),
    ]  # fmt: skip
    rows = desk.do("letter", "check", "first", on=w.FIRST_LETTER)
    assert {(row["bundle"], row["without_parts"]) for row in rows if row["role"] == "owner"} == {
        (f"{WAITS}+{BARE}", BARE), (BARE, ""),
    }  # fmt: skip
    assert not [row for row in rows if row["severity"] == "must"]


@pytest.fixture(scope="module")
def letters(planned: tuple[Desk, Any]) -> dict[str, str]:
    """The words of each owner's letter; the mail house has mailed them."""
    desk, _ = planned
    found = {}
    waves = dict(desk.sql("select vin, wave from piece"))
    days = {1: w.FIRST_LETTER, 2: date(2013, 3, 26)}
    for one, wave in sorted(waves.items(), key=lambda item: item[1]):
        done = desk.do("mail", "release", "first", wave, "--out", "out", "--cleared", w.NOTICE, on=days[wave])  # fmt: skip
        found[one] = words_of(done, one)
        evidence(desk, "first", wave, MAILED[wave])
    return found


def test_the_letter_says_of_each_recall_whether_its_repair_is_there(
    letters: dict[str, str],
) -> None:
    """Guards: listed.without_parts -> the words of the letter, in both languages."""
    words = letters[OF_BOTH]
    for said in (
        f"Recall {WAITS}: The repair is not yet available. We expect it from April 8, 2013.",
        f"Recall {BARE}: This repair needs no part and is available now.",
        f"Please wait for our second letter before you ask for an appointment for recall {WAITS}.",
        f"Retiro {WAITS}: La reparación todavía no está disponible. La esperamos a partir del 8 de abril de 2013.",
        f"Retiro {BARE}: Esta reparación no necesita piezas y ya está disponible.",
        f"Espere nuestra segunda carta antes de pedir una cita para el retiro {WAITS}.",
    ):
        assert words.count(said) == 1, said
    assert words.count("not yet available") == 1
    assert "Call your dealer for an appointment" not in words
    assert "The remedy is available now, without charge." in letters[OF_BARE]


def test_who_calls_and_who_counts_the_second_notices_owed_hear_the_same(
    planned: tuple[Desk, Any], letters: dict[str, str]
) -> None:
    """Guards: listed.without_parts -> the desk's answer, and the clock of second notices."""
    assert letters
    desk, _ = planned
    answered = desk.do("answer", OF_BOTH, on=date(2013, 3, 28))["campaigns"]
    told = {campaign["campaign"]: campaign["what_to_do"] for campaign in answered}
    assert told[WAITS] == "The repair is expected on April 8, 2013. The owner gets a letter then."
    assert told[BARE].startswith("Make an appointment.")
    clocks = [
        (row["campaign"], row["due"], row["vehicles"])
        for row in desk.do("deadlines", on=date(2013, 4, 2))
        if row["what"] == "second notification"
    ]
    assert clocks == [(WAITS, THIRD_KIT.isoformat(), 1)]


def test_no_visit_is_expected_before_the_second_notice(planned: tuple[Desk, Any]) -> None:
    """The notice asks nobody in: only the owner of N02 alone is expected in the weeks of the first notices."""
    desk, _ = planned
    rows = desk.do("workload", "first", on=w.NOTICE)["rows"]
    assert sum(row["appointments"] for row in rows) == pytest.approx(1.0, abs=0.01)
