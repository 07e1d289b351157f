"""What real files bring, as far as the print: words that stand for nothing, escapes, and vehicles whose number is no VIN."""

from __future__ import annotations

import subprocess
from datetime import date
from pathlib import Path

import pytest

from mailing.follow_up import DEALER, NAME, ON, moved, plan, planned, small_follow_up, vehicle
from mailing.releases import manifest, release, states
from renotify.ledger import session as sessions
from renotify.selection.unwritten import unwritten
from small_world import Desk, World

FRAME, OLD, STAMPED = "SE3P116167", "1Z878AS408888", "JTHBK262562900001"
NUMBERS = (FRAME, OLD, STAMPED)
UNKNOWN = ("Null", "#N/A", "UNKNOWN OWNER")


def printed(folder: Path) -> str:
    """Return the text of every print file below a folder."""
    files = sorted(folder.rglob("letters*.pdf")) or sorted(folder.rglob("*.pdf"))
    texts = [
        subprocess.run(["pdftotext", "-layout", file, "-"], capture_output=True, check=True)
        for file in files
    ]
    return "\n".join(text.stdout.decode() for text in texts)


def test_no_word_for_nothing_and_no_escape_is_ever_printed(sqlite_session, tmp_path):
    world = small_follow_up(tmp_path / "input")
    vehicle(world, 1, "ALE", name1="ANNA BELL", name2="NULL")
    vehicle(world, 2, "ALE", name1=r"JOHN \"JACK\" SMITH", addr2="N/A")
    vehicle(world, 3, "ALE", name1="O&#39;BRIEN &amp; SONS", name2="n/a")
    for number, name in enumerate(UNKNOWN, start=4):
        vehicle(world, number, "ALE", name1=name)
    nowhere = vehicle(world, 7, "ALE", name1="ANNA NULL", addr1="NO ADDRESS ON FILE")
    plan(sqlite_session, world)
    done = release(sqlite_session, tmp_path / "out")
    text = printed(tmp_path / "out")
    assert (done["printed"], len(manifest(done))) == (6, 6)
    assert text.count("REGISTERED OWNER") == len(UNKNOWN)
    (registered,) = done["mended"].items()
    assert (registered[0].partition(":")[0], registered[1]) == ("name1", len(UNKNOWN))
    listed = unwritten(sqlite_session, NAME, ON).to_pylist()
    assert [row["reason"] for row in listed] == ["owner_to_confirm"] * (len(UNKNOWN) + 1)
    assert all(name in text for name in ("ANNA BELL", "JOHN JACK SMITH", "O'BRIEN & SONS"))
    assert not any(
        word in text
        for word in (
            "NULL",
            "Null",
            "N/A",
            "n/a",
            "&#39;",
            "&amp;",
            "\\",
            "UNKNOWN",
            "ADDRESS ON FILE",
        )
    )
    assert nowhere not in states(sqlite_session)


def test_a_record_that_says_nothing_and_came_after_the_freeze_withdraws_the_letter(
    sqlite_session, tmp_path
):
    vins = planned(sqlite_session, tmp_path, ["ALE"], ["ALE"], ["ALE"])
    moved(sqlite_session, tmp_path, vins[0], date(2013, 3, 1), addr1="RETURNED MAIL")
    moved(sqlite_session, tmp_path, vins[1], date(2013, 3, 1), addr1="12 ELM ST DO NOT MAIL")
    done = release(sqlite_session, tmp_path)
    assert done["withdrawn_reasons"] == {"owner_to_confirm": 2}
    assert [row["vin"] for row in manifest(done)] == [vins[2]]


@pytest.fixture
def excepted(ledger: str, tmp_path: Path) -> Desk:
    """An office with a planned follow-up of three vehicles whose numbers the maker excepts."""
    world = small_follow_up(tmp_path / "input")
    for number in NUMBERS:
        world.vehicle(number, dealer=DEALER, owner="ANNA BELL", model_year=1978)
        world.add("population", campaign_code="ALE", vin=number, vin_exception="as stamped")
    with sessions.open_session(ledger) as session:
        plan(session, world)
    return Desk(ledger, tmp_path / "desk")


def test_a_vehicle_of_an_excepted_number_is_written_to_told_to_its_dealer_and_answered_for(
    excepted,
):
    desk = excepted
    desk.do("notices", NAME, on=date(2013, 2, 26))
    done = desk.do("mail", "release", NAME, 1, "--workers", 1, on=date(2013, 3, 6))
    assert (done["printed"], done["exceptions"]) == (3, 0)
    letters = printed(desk.folder / "out" / NAME / "wave-01")
    notices = "\n".join(file.read_text("utf-8") for file in (desk.folder / "out").rglob("*.csv"))
    for number in NUMBERS:
        assert number in letters
        assert number in notices
    (answer,) = desk.do("lookup", FRAME)
    assert (answer["valid"], answer["exception"]) == (True, "as stamped")
    said = desk.run("answer", FRAME.lower(), "--on", "2013-03-06").out
    assert "The number is the maker's own: as stamped" in said
    assert desk.do("report", "vehicle", OLD)["exception"] == "as stamped"
    assert (
        "The maker's exception: as stamped (population.csv row 2)" in desk.run("explain", FRAME).out
    )
    assert desk.do("verify")["ok"]


def test_a_repair_of_an_excepted_vehicle_counts_and_stops_its_letter(excepted, tmp_path):
    repair = World(tmp_path / "news").repair(FRAME, "ALE", date(2013, 3, 1), dealer=DEALER)
    excepted.do("load", repair.write(), on=date(2013, 3, 6))
    done = excepted.do("mail", "release", NAME, 1, "--workers", 1, on=date(2013, 3, 6))
    assert done["withdrawn_reasons"] == {"repaired": 1}
    (ale,) = (row for row in excepted.do("status") if row["campaign"] == "ALE")
    assert (ale["involved"], ale["repaired"], ale["open"]) == (3, 1, 2)
