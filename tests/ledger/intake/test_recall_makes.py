"""Of which makes recalls are taken: of those that are stated, else of those that the ledger has."""

from __future__ import annotations

from datetime import date

import pytest

from folder import make_vin
from renotify.errors import BadInput, WrongUse
from renotify.ledger import recall_makes, registry
from renotify.ledger.intake import Counts


@pytest.fixture
def session(sqlite_session):
    """On SQLite only: which rows of a file are taken is decided before the store."""
    return sqlite_session


@pytest.fixture
def others(flat):
    makes = [f"MAKE {number % 50}" for number in range(1000)]
    rows = [
        {"campno": f"20V{number:06}", "make": make, "mfgcampno": ""}
        for number, make in enumerate(makes)
    ]
    return flat(*rows, {"mfgcampno": "ALE"})


def test_recalls_of_other_makes_are_one_count_in_one_note(session, folder, others, take):
    folder.campaign("ALE", nhtsa_campaign_number=None)
    loaded = take(folder, others)
    assert loaded.tables["flat_rcl"] == Counts(accepted=1, unchanged=1000)
    assert sorted(registry.campaigns(session)) == ["ALE"]
    (note,) = [note for note in loaded.notes if "passed over" in note]
    assert note == (
        "FLAT_RCL.txt: 1,000 rows of 50 other makes passed over; taken are recalls of Lexus, the makes of this ledger's"
        " vehicles and campaigns. Take those of a make in: `renotify load FLAT_RCL.txt --make MAKE`."
    )


def test_a_ledger_that_knows_no_make_takes_no_recall_and_says_why(session, others, take):
    loaded = take(others)
    assert loaded.tables["flat_rcl"] == Counts(unchanged=1001)
    assert registry.campaigns(session) == {}
    assert any("no vehicle or campaign yet" in note for note in loaded.notes)


def test_vehicles_of_the_same_load_say_whose_recalls_to_take(session, folder, others, take):
    folder.dealer().vehicle(make_vin(1), make="MAKE 7")
    take(folder, others)
    assert len(registry.campaigns(session)) == 20
    assert {one.make for one in registry.campaigns(session).values()} == {"MAKE 7"}


def test_stated_makes_are_remembered_replaced_and_taken_back(session, others, take):
    loaded = take(others, makes=["make 7", "Make-8"])
    assert len(registry.campaigns(session)) == 40
    assert any("Recalls are taken of MAKE 7, MAKE-8 from now on" in note for note in loaded.notes)
    again = take(others)
    assert again.tables["flat_rcl"] == Counts(unchanged=1001)
    assert any("of MAKE 7 and MAKE-8, as `load --make` said on" in note for note in again.notes)
    take(others, makes=["make 9"])
    assert len(registry.campaigns(session)) == 60
    loaded = take(others, makes=["ledger"])
    assert any(
        "makes of this ledger's vehicles and campaigns from now on" in n for n in loaded.notes
    )
    assert recall_makes.stated(session) is None


def test_a_stated_make_that_a_later_file_does_not_have_is_told(flat, take):
    take(flat({"make": "LEXSU"}), makes=["LEXSU"])
    loaded = take(flat({}))
    assert "FLAT_RCL.txt: no row is of the make LEXSU; did you mean LEXUS?" in loaded.notes


def test_a_make_that_nobody_knows_is_refused_and_replaces_nothing(session, folder, others, take):
    take(folder.campaign("ALE"), others, makes=["make 7"])
    with pytest.raises(WrongUse, match="--make LEXSUS: neither") as refused:
        take(others, makes=["make 8", "Lexsus"])
    assert "Did you mean LEXUS?" in refused.value.hint
    session.renew()
    assert recall_makes.stated(session).makes == ("MAKE 7",)
    take(folder, makes=["lexus"])  # known by a campaign, without any file of NHTSA's
    assert recall_makes.stated(session).makes == ("LEXUS",)


def test_makes_may_be_parted_by_commas(session, others, take):
    take(others, makes=["Lexus, make 7"])
    assert recall_makes.stated(session).makes == ("LEXUS", "MAKE 7")


def test_the_day_on_which_makes_were_stated_is_that_of_the_load(session, others, take):
    take(others, makes=["LEXUS"], on=date(2013, 2, 25))
    assert recall_makes.stated(session).because == "as `load --make` said on 2013-02-25"


@pytest.mark.parametrize("makes", [["ledger", "LEXUS"], [" "]])
def test_a_make_is_a_name(others, take, makes):
    with pytest.raises(WrongUse, match="takes the name of a make"):
        take(others, makes=makes)


def test_strict_keeps_no_make_of_a_load_that_is_refused(session, others, take):
    others.write_bytes(others.read_bytes() + b"bad\r\n")
    with pytest.raises(BadInput):
        take(others, makes=["LEXUS"], strict=True)
    session.renew()
    assert recall_makes.stated(session) is None
