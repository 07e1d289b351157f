"""Which campaign is which recall: by number, else by make and code; and how a join is taken back."""

from __future__ import annotations

import json

import pytest

from folder import Folder, make_vin
from renotify.campaigns import catalogue, nhtsa
from renotify.ledger import registry
from renotify.ledger.campaign_history import histories
from renotify.ledger.intake import Counts

BARE = {"nhtsa_campaign_number": None, "filed_date": None, "first_notice_date": None,
        "involved": None}  # fmt: skip


@pytest.fixture
def session(sqlite_session):
    """On SQLite alone: what is tested here is no business of the store."""
    return sqlite_session


# By make and code


def test_a_recall_of_another_make_is_not_ours_because_its_code_is(session, folder, flat, take):
    folder.campaign("ALE", **BARE, defect="Ours")
    loaded = take(folder, flat({"make": "RAM", "mfgcampno": "ALE"}), makes=["RAM", "LEXUS"])
    known = registry.campaigns(session)
    assert sorted(known) == ["12V474000", "ALE"]
    ours, theirs = known["ALE"], known["12V474000"]
    assert (ours.nhtsa_campaign_number, ours.defect, ours.do_not_drive) == ("", "Ours", False)
    assert (theirs.make, theirs.do_not_drive) == ("RAM", True)
    assert any("12V474000 (ALE)" in note for note in loaded.notes)


@pytest.mark.parametrize("first", ["campaigns.toml", "FLAT_RCL"])
@pytest.mark.parametrize("code", ["XYZ", ""])  # of the rows of our make
def test_make_and_code_are_those_of_one_row(session, folder, flat, take, first, code):
    path = flat({"make": "RAM", "mfgcampno": "ALE"}, {"make": "LEXUS", "mfgcampno": code})
    paths = [folder.campaign("ALE", **BARE, defect="Ours").write(), path]
    for one in paths if first == "campaigns.toml" else reversed(paths):
        take(one, makes=["LEXUS", "RAM"] if one == path else ())
    known = registry.campaigns(session)
    assert sorted(known) == ["12V474000", "ALE"]
    assert (known["ALE"].nhtsa_campaign_number, known["ALE"].do_not_drive) == ("", False)


def test_a_service_campaign_is_no_recall_whatever_its_make_and_code(session, folder, flat, take):
    folder.campaign("CLB")
    loaded = take(folder, flat({}))
    known = registry.campaigns(session)
    assert sorted(known) == ["12V474000", "CLB"]
    assert (known["CLB"].nhtsa_campaign_number, known["CLB"].do_not_drive) == ("", False)
    assert (
        "FLAT_RCL.txt: CLB: NHTSA's 12V474000 has its make and code and was not joined:"
        " it is a service campaign, of which NHTSA has no record."
    ) in loaded.notes


def test_a_recall_of_several_makes_is_ours_by_any_of_them_and_in_any_spelling(
    session, folder, flat, take
):
    folder.campaign("ALE", **BARE, make="Mercedes Benz")
    rows = (
        {"make": "FREIGHTLINER", "mfgcampno": "ALE"},
        {"make": "MERCEDES-BENZ", "mfgcampno": "ale"},
    )
    loaded = take(folder, flat(*rows))
    assert loaded.tables["flat_rcl"] == Counts(accepted=2)
    assert registry.campaign(session, "ALE").nhtsa_campaign_number == "12V474000"
    assert sorted(registry.campaigns(session)) == ["ALE"]
    assert any(
        "was joined to it" in note and 'nhtsa_campaign_number = "none"' in note
        for note in loaded.notes
    )
    assert "ALE: NHTSA's 12V474000 says do_not_drive; it holds here too." in loaded.notes


@pytest.mark.parametrize("codes", ["24TA07, 24LA02", "24TA07/24LA02", "24LA02 24TA07"])
def test_a_recall_of_two_codes_of_ours_is_the_record_of_both(session, folder, flat, take, codes):
    folder.campaign("24TA07", **BARE, make="Toyota").campaign("24LA02", **BARE, make="Lexus")
    rows = [{"make": make, "mfgcampno": codes} for make in ("TOYOTA", "LEXUS")]
    take(folder, flat(*rows))
    known = registry.campaigns(session)
    assert {code: one.nhtsa_campaign_number for code, one in known.items()} == {
        "24TA07": "12V474000",
        "24LA02": "12V474000",
    }


@pytest.mark.parametrize(
    "code", ["TBD", "NR (Not Reported)", "-", "2014-01 PHASE 2", "A/B", "X" * 33]
)
def test_a_code_that_is_none_or_cannot_be_ours_is_registered_under_the_number(
    session, flat, take, code
):
    take(flat({"mfgcampno": code}), makes=["LEXUS"])
    assert sorted(registry.campaigns(session)) == ["12V474000"]


def test_a_stated_number_of_another_make_is_joined_and_asked_about(session, folder, flat, take):
    folder.campaign("ALE", **(BARE | {"nhtsa_campaign_number": "12V474000"}))
    loaded = take(folder, flat({"make": "RAM", "mfgcampno": "X9"}))
    assert sorted(registry.campaigns(session)) == ["ALE"]
    assert (
        "ALE: your campaigns.toml says make Lexus, NHTSA has 12V474000 for RAM: is it the right number?"
        in loaded.notes
    )


# Taken back


def _stated(folder, number):
    folder.campaigns.clear()
    return folder.campaign("ALE", **(BARE | {"nhtsa_campaign_number": number, "defect": "Ours."}))


@pytest.mark.parametrize("number", ["none", "10V309000"])
def test_what_was_joined_is_taken_back_by_stating_none_or_another_number(
    session, folder, flat, take, number
):
    path = flat({"mfgcampno": "ALE"})
    take(_stated(folder, None), path)
    assert registry.campaign(session, "ALE").do_not_drive
    loaded = take(_stated(folder, number))
    ours = registry.campaign(session, "ALE")
    assert (ours.defect, ours.do_not_drive, ours.involved) == ("Ours.", False, None)
    assert ours.nhtsa_campaign_number == ("" if number == "none" else number)
    assert (
        "ALE: NHTSA's record of 12V474000 was taken from it; load FLAT_RCL again to register that recall by itself."
        in loaded.notes
    )
    take(path)
    assert sorted(registry.campaigns(session)) == ["12V474000", "ALE"]
    assert registry.campaign(session, "ALE") == ours


@pytest.mark.parametrize("again", ["campaigns.toml", "FLAT_RCL"])
def test_what_an_earlier_release_joined_by_code_alone_is_undone_by_either_file(
    session, folder, flat, take, again
):
    path = flat({"make": "RAM"})
    catalogue_file = folder.campaign("CLB").write()
    take(catalogue_file)
    ours = registry.campaign(session, "CLB")
    wrong = nhtsa.Recall("12V474000", makes=["RAM"], do_not_drive=True, rows=1)
    layers = {
        "catalogue": catalogue.to_facts(ours),
        "nhtsa": catalogue.to_facts(nhtsa.as_campaign(wrong, "CLB")),
    }
    joined = catalogue.to_facts(nhtsa.fill(ours, nhtsa.as_campaign(wrong, "CLB")))
    with session.transaction():
        session.execute(
            "update campaign set facts = :facts, nhtsa_campaign_number = '12V474000'",
            facts=json.dumps(joined | {"layers": layers}),
        )
    assert registry.campaign(session, "CLB").do_not_drive
    loaded = take(catalogue_file if again == "campaigns.toml" else path)
    assert registry.campaigns(session) == {"CLB": ours}
    assert any("NHTSA's record of 12V474000 was taken from it" in note for note in loaded.notes)


def test_a_number_that_moves_to_another_campaign_brings_its_record_with_it(
    session, folder, flat, take
):
    path = flat({"mfgcampno": "ALE"}, {"campno": "12V500000", "mfgcampno": "", "defect": "OTHER."})
    folder.campaign("ALE", **BARE, defect=None)
    take(folder, path)
    folder.campaigns.clear()
    folder.campaign("ALE", **(BARE | {"nhtsa_campaign_number": "12V500000"}), defect=None)
    take(folder)
    assert registry.campaign(session, "ALE").defect == "OTHER."
    assert sorted(registry.campaigns(session)) == ["ALE"]  # known by its number alone until now


def test_a_recall_that_had_a_code_alone_makes_room_for_another_make_s_campaign(
    session, folder, flat, take
):
    take(flat({"make": "RAM", "mfgcampno": "ALE"}), makes=["RAM"])
    assert registry.campaign(session, "ALE").make == "RAM"
    take(folder.campaign("ALE", **BARE))
    known = registry.campaigns(session)
    assert {code: one.make for code, one in known.items()} == {"ALE": "Lexus", "12V474000": "RAM"}
    assert not known["ALE"].do_not_drive


# Amended


def test_an_amended_recall_says_what_was_and_what_is(session, flat, take):
    first = flat({"mfgcampno": "ALE", "potaff": "1000", "odate": "20260511", "do_not_drive": "No"})
    take(first, makes=["LEXUS"])
    amended = {"mfgcampno": "ALE, VS2", "potaff": "900", "odate": "20260504", "remedy": "NEW."}
    loaded = take(flat(amended | {"do_not_drive": "No"}))
    assert loaded.notes == [
        "ALE: first_notice_date was 2026-05-11, is now 2026-05-04.",
        "ALE: involved was 1000, is now 900.",
        "ALE: the maker's code was ALE, is now ALE, VS2.",
        "ALE: NHTSA has changed its text of the remedy.",
    ]
    assert registry.campaign(session, "ALE").involved == 900


# A campaign that NHTSA's file alone has registered


def _own(folder, **facts):
    return folder.campaign(
        "X1", **(BARE | {"nhtsa_campaign_number": "12V474000", "make": "Lexus"} | facts)
    )


@pytest.mark.parametrize("code", ["SB-21-12-001", ""])  # under NHTSA's code of it, or its number
def test_the_maker_s_own_campaign_takes_the_place_of_nhtsa_s_whichever_file_comes_first(
    session, folder, flat, take, code
):
    path = flat({"mfgcampno": code})
    stand_in = code or "12V474000"
    take(path, makes=["LEXUS"])
    assert sorted(registry.campaigns(session)) == [stand_in]
    loaded = take(_own(folder))
    known = registry.campaigns(session)
    assert sorted(known) == ["X1"]
    assert (known["X1"].do_not_drive, known["X1"].involved) == (True, 12)
    assert (
        f"{stand_in}: NHTSA's record of 12V474000, registered by itself, is that of X1 now; {stand_in} is taken back,"
        " and its history stays."
    ) in loaded.notes
    statements = histories(session, [stand_in])[stand_in].statements
    assert [bool(one.said) for one in statements] == [True, False]
    assert take(path).tables["flat_rcl"] == Counts(unchanged=1)
    assert sorted(registry.campaigns(session)) == ["X1"]


def test_a_stand_in_with_vehicles_stays_and_is_told(session, folder, flat, take, tmp_path):
    take(flat({"mfgcampno": "SB1"}), makes=["LEXUS"])
    vehicles = Folder(tmp_path / "vehicles").dealer()
    vehicles.vehicle(make_vin(1), "SB1", owner=None)
    take(vehicles)
    loaded = take(_own(folder))
    assert sorted(registry.campaigns(session)) == ["SB1", "X1"]
    assert (
        "SB1: NHTSA's record of 12V474000, registered by itself, is that of X1; SB1 has vehicles, parts or labor times"
        " and stays: reports list both codes."
    ) in loaded.notes


def test_a_number_stated_in_place_of_a_join_takes_the_place_of_the_campaign_that_had_it(
    session, folder, flat, take
):
    path = flat({"mfgcampno": "ALE"}, {"campno": "11V999000", "mfgcampno": "ZZZ", "defect": "Z."})
    take(folder.campaign("ALE", **BARE), path)
    assert sorted(registry.campaigns(session)) == ["ALE", "ZZZ"]
    take(_stated(folder, "11V999000"))
    assert sorted(registry.campaigns(session)) == ["ALE"]
    take(path)
    assert sorted(registry.campaigns(session)) == ["12V474000", "ALE"]
