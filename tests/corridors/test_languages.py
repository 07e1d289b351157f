"""Which owner gets which languages in which envelope, from the list to the job ticket; in 2026, when the label is law.

recall     2 in Puerto Rico, one of whom asks for English; 3 in California who ask for Spanish in their own words; 4 in Texas
service    1 in Puerto Rico; 1 in California who asks for Spanish
"""

from __future__ import annotations

import csv
import json
from collections import Counter
from collections.abc import Iterator
from datetime import date
from pathlib import Path
from typing import Any

import pytest

from corridors import world as w
from corridors.walk import pdf_text
from small_world import Desk, World, follow_up_file, vin

NOTICE, FIRST_LETTER = date(2026, 2, 24), date(2026, 3, 3)
SAN_JUAN = {"city": "San Juan", "state": "PR", "zip": "00901"}
TORRANCE = {"city": "Torrance", "state": "CA", "zip": "90501"}
HOUSTON = {"city": "Houston", "state": "TX", "zip": "77002"}
ISLAND, ASKED, TEXAS = (vin(1), vin(2)), (vin(3), vin(4), vin(5)), (vin(6), vin(7), vin(8), vin(9))
SERVICE_ISLAND, SERVICE_ASKED = vin(10), vin(11)
WISH = dict(
    zip((*ISLAND, *ASKED, *TEXAS), ("", "en", "es", "Spanish", "ES-MX", *[""] * 4), strict=True)
)
SPANISH = {
    "subject": "Tubo", "component": "tubo", "defect": "El tubo puede agrietarse.",
    "consequence": "El motor puede apagarse. Esto puede causar un choque sin aviso.",
    "remedy": "El concesionario cambia el tubo sin costo.",
}  # fmt: skip
HEADING, NOTATION = "IMPORTANT SAFETY RECALL", "SAFETY RECALL NOTICE"
LABEL, SPANISH_LABEL = "IMPORTANT SAFETY RECALL INFORMATION", "RETIRO DE SEGURIDAD"


def world(folder: Path) -> World:
    made = World(folder).dealer(w.EAST, "E").labour(w.A, 2.0).labour(w.S, 1.0)
    made.campaign(w.A, nhtsa_campaign_number="09V020000", es=SPANISH)
    made.campaign(
        w.S, campaign_type="service_campaign", consequence="The engine can leak oil.", es=SPANISH
    )
    for vehicle, wish in WISH.items():
        home = SAN_JUAN if vehicle in ISLAND else TORRANCE if vehicle in ASKED else HOUSTON
        made.vehicle(vehicle, w.A, dealer=w.EAST, owner=None).owner(vehicle, **home, language=wish)
    made.vehicle(SERVICE_ISLAND, w.S, dealer=w.EAST, owner=None).owner(SERVICE_ISLAND, **SAN_JUAN)
    made.vehicle(SERVICE_ASKED, w.S, dealer=w.EAST, owner=None)
    return made.owner(SERVICE_ASKED, **TORRANCE, language="es")


@pytest.fixture(scope="module")
def said(request, new_ledger, tmp_path_factory) -> Iterator[dict[str, Any]]:
    """What each command says, from the list to the release; nothing binds, so every letter goes in week 0."""
    folder = tmp_path_factory.mktemp("languages")
    with new_ledger(request, folder, "sqlite") as url:
        desk = Desk(url, folder / "desk")
        desk.do("load", world(desk.folder / "input").write(), on=NOTICE)
        stated = {
            "name": "tongues", "kind": "follow_up_voluntary", "campaigns": (w.A, w.S), "notice_date": NOTICE,
            "days_after_notice": 7, "horizon_weeks": 4, "mail_house_letters_per_week": 100,
        }  # fmt: skip
        settings = follow_up_file(desk.folder / "tongues.toml", {}, **stated)
        said = {"frozen": desk.do("followup", "new", settings, on=NOTICE)}
        desk.do("plan", "tongues", "--policy", "uniform:1")
        said["checked"] = desk.do("letter", "check", "tongues", on=NOTICE)
        said["released"] = desk.do(
            "mail", "release", "tongues", 1, "--out", desk.folder / "out", on=FIRST_LETTER
        )
        said["pieces"] = dict(desk.sql("select vin, language from piece"))
        yield said


@pytest.fixture(scope="module")
def job(said) -> Path:
    return Path(said["released"]["folder"])


@pytest.fixture(scope="module")
def streams(job: Path) -> dict[tuple[str, str], dict[str, Any]]:
    told = json.loads((job / "tongues-wave-01-job-ticket.json").read_text(encoding="utf-8"))
    return {(one["family"], one["language"]): one for one in told["streams"]}


def test_seven_of_eleven_letters_are_in_both_languages_and_none_in_spanish_alone(said) -> None:
    """Two of the island, three who asked, and both of the service campaign."""
    assert said["frozen"]["languages"] == {"en": 4, "en+es": 2 + 3 + 2}
    assert said["released"]["languages"] == {"en": 4, "en+es": 7}
    both = {*ISLAND, *ASKED, SERVICE_ISLAND, SERVICE_ASKED}
    assert said["pieces"] == {
        one: "en+es" if one in both else "en" for one in (*WISH, SERVICE_ISLAND, SERVICE_ASKED)
    }


def test_each_version_is_judged_once_and_each_envelope_after_them(said) -> None:
    """The letter to Puerto Rico is the letter to an owner who asked for Spanish: one version, two envelopes."""
    assert [
        (one["bundle"], one["role"], one["language"], one["finding"]) for one in said["checked"]
    ] == [
        (w.A, "owner", "en", "passes"), (w.A, "owner", "en+es", "passes"), (w.S, "owner", "en+es", "passes"),
        ("safety", "envelope", "en", "passes"), ("safety", "envelope", "es", "passes"),
        ("service", "envelope", "en", "passes"),
    ]  # fmt: skip
    assert said["released"]["versions"] == 3


def test_the_spanish_label_goes_to_the_island_alone(said, job, streams) -> None:
    """Seven letters under the English label: the four of Texas and the three who asked."""
    assert said["released"]["envelopes"] == {"safety": 4 + 3, "safety-es": 2, "service": 2}
    assert {name: one["letters"] for name, one in streams.items()} == {
        ("safety", "en"): 7, ("safety", "es"): 2, ("service", "en"): 2,
    }  # fmt: skip
    with (job / "manifest.csv").open(encoding="utf-8") as file:
        folders = {row["vin"]: row["file"].split("/")[0] for row in csv.DictReader(file)}
    assert folders == {
        **dict.fromkeys(ISLAND, "safety-es"), **dict.fromkeys((*ASKED, *TEXAS), "safety"),
        **dict.fromkeys((SERVICE_ISLAND, SERVICE_ASKED), "service"),
    }  # fmt: skip


def test_each_file_of_the_job_stands_in_the_stream_of_its_envelope(job, streams) -> None:
    listed = {one["name"]: (name, one["letters"]) for name, of in streams.items() for one in of["files"]}  # fmt: skip
    made = {file.name: file.parent.name for file in job.glob("*/*.pdf")}
    folders = {("safety", "en"): "safety", ("safety", "es"): "safety-es", ("service", "en"): "service"}  # fmt: skip
    assert made == {file: folders[name] for file, (name, _) in listed.items()}
    counted = Counter[tuple[str, str]]()
    for name, letters in listed.values():
        counted[name] += letters
    assert counted == {("safety", "en"): 7, ("safety", "es"): 2, ("service", "en"): 2}
    assert len(listed) == 4  # in English, in both for each label, and the service campaign's


def test_every_recall_letter_has_its_english_heading_and_the_bilingual_ones_both(job) -> None:
    for folder, letters, bilingual in (("safety", 7, 3), ("safety-es", 2, 2)):
        words = " ".join(pdf_text(file) for file in (job / folder).glob("*.pdf"))
        assert words.count(HEADING) == letters
        assert words.count("IMPORTANTE RETIRO DE SEGURIDAD") == bilingual


def test_each_front_bears_what_its_stream_may_bear(job, streams) -> None:
    fronts = {name: pdf_text(job / one["front"]) for name, one in streams.items()}
    borne = {
        name: tuple(words in front for words in (NOTATION, LABEL, SPANISH_LABEL))
        for name, front in fronts.items()
    }
    assert borne == {
        ("safety", "en"): (True, True, False), ("safety", "es"): (True, False, True),
        ("service", "en"): (False, False, False),
    }  # fmt: skip
    assert {name: one["label"] for name, one in streams.items()} == {
        ("safety", "en"): "yes, 1 by 3 inches, in English",
        ("safety", "es"): "yes, 1 by 3 inches, in Spanish",
        ("service", "en"): "no",
    }


def test_what_counsel_must_settle_is_told_where_it_matters(said, streams) -> None:
    marks = {
        (one["bundle"], one["language"]): {m["id"] for m in one["open_marks"]}
        for one in said["checked"]
    }
    assert "LANG_PUERTO_RICO" in marks[w.A, "en+es"]
    assert "LANG_PUERTO_RICO" not in marks[w.A, "en"]
    assert "LABEL_PUERTO_RICO" in marks["safety", "es"]
    assert "LABEL_PUERTO_RICO" not in marks["safety", "en"]
    assert [one["id"] for one in streams["safety", "es"]["not_established"]] == [
        "P12", "LABEL_PUERTO_RICO",
    ]  # fmt: skip
    assert streams["service", "en"]["not_established"] == []
