"""The example of a dealer's system works a day against a served site: it books, orders and reports."""

from __future__ import annotations

import os
import subprocess
import sys
from datetime import date
from pathlib import Path

from serving import served
from two_dealers import EAST_BOTH, EAST_OPEN, PMP, STP

EXAMPLE = Path(__file__).parents[3] / "examples" / "dealer_system.py"


def test_a_day_is_booked_ordered_and_reported(site, east, monkeypatch) -> None:
    from django.conf import settings

    monkeypatch.setattr(settings, "RENOTIFY_DAY", date(2013, 3, 11))  # EAST_BOTH comes today
    own = os.environ | {"RENOTIFY_TOKEN": east.token}
    with served() as address:
        ran = subprocess.run(
            [sys.executable, str(EXAMPLE), address, EAST_OPEN[0], EAST_BOTH],
            env=own, capture_output=True, text=True, check=False, timeout=60,
        )  # fmt: skip
    assert ran.returncode == 0, ran.stderr
    assert "booked for 2013-03-" in ran.stdout
    assert "of BOLT: " in ran.stdout  # two are needed and none is there
    assert f"{EAST_BOTH}: repaired" in ran.stdout
    assert "1 visits reported" in ran.stdout
    with site.ledger() as ledger:
        booked = "select count(*) from appointment where vin = :vin and status = 'booked'"
        assert ledger.scalar(booked, vin=EAST_OPEN[0]) == 1
        done = "select count(*) from state where vin = :vin and current and status = 'repaired'"
        assert ledger.scalar(done, vin=EAST_BOTH) == len([PMP, STP])


def test_without_a_token_it_says_what_is_wrong(site) -> None:
    own = os.environ | {"RENOTIFY_TOKEN": "guessed"}
    with served() as address:
        ran = subprocess.run(
            [sys.executable, str(EXAMPLE), address],
            env=own, capture_output=True, text=True, check=False, timeout=60,
        )  # fmt: skip
    assert ran.returncode == 1
    assert "Say who you are." in ran.stderr
