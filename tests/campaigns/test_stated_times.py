"""One time for one job: what the remedy says in its own words is not said a second time from ``labor_times``."""

from __future__ import annotations

from dataclasses import replace
from datetime import date

import pytest

from letters.samples import FUEL
from letters.samples import spec as letter_spec
from renotify.campaigns.missing_facts import missing
from renotify.campaigns.stated_times import states_time
from renotify.letters.letter_text import duration
from renotify.rules import load
from renotify.visits.needs import said_hours

STATED = "New software is sent to your car. It takes about 25 minutes."
SILENT = "New software is sent to your car."


@pytest.mark.parametrize(
    ("text", "language", "found"),
    [
        (STATED, "en", True),
        ("You put it over the old one. It takes five minutes.", "en", True),
        ("The work takes half an hour.", "en", True),
        ("The work can be done within two hours.", "en", True),
        ("Tarda unos 25 minutos.", "es", True),
        ("La instalación toma una hora y media.", "es", True),
        ("Dura aproximadamente una hora.", "es", True),
        (SILENT, "en", False),
        ("The engine must cool for 30 minutes first.", "en", False),
        ("Drive for ten minutes after the update.", "en", False),
    ],
)
def test_a_time_of_the_work_is_found_in_words_and_digits(
    text: str, language: str, found: bool
) -> None:
    assert states_time(text, language) is found


def test_a_letter_of_a_remedy_without_a_visit_states_its_time_once() -> None:
    code = FUEL.campaign_code
    for remedy, line in ((STATED, False), (SILENT, True)):
        over_the_air = replace(
            FUEL, remedy=remedy, letter={**FUEL.letter, "remedy_delivery": "over_the_air"}
        )
        letter = letter_spec(over_the_air, labor_hours={code: (0.5, 0.5)})
        assert ("hours_known" in letter.facts(over_the_air)) is line


def test_of_a_repair_at_a_dealer_s_two_times_are_told() -> None:
    on = date(2026, 2, 20)
    for remedy, told in (
        ("The dealer will put in a new pump. It takes two hours.", 1),
        (FUEL.remedy, 0),
    ):
        found = missing(replace(FUEL, remedy=remedy), load(on), "initial", ["en"])
        assert len([one for one in found if "states a time of the work" in one.wrong]) == told


@pytest.mark.parametrize(
    ("hours", "said"),
    [
        (0.02, "2 minutes"),  # 1.2
        (0.1, "5 minutes"),  # 6
        (0.15, "10 minutes"),  # 9
        (0.2, "10 minutes"),  # 12
        (0.25, "15 minutes"),
        (0.4, "30 minutes"),  # 24
        (1.2, "1 hour"),
    ],
)
def test_a_short_job_is_said_in_minutes_near_its_own(hours: float, said: str) -> None:
    assert duration((said_hours(hours), said_hours(hours)), "en") == said
