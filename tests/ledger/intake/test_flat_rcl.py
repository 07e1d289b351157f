"""NHTSA's recalls beside campaigns.toml: either may come first, neither is lost."""

from __future__ import annotations

from datetime import date
from pathlib import Path

import pytest

from renotify.ledger import registry
from renotify.ledger.intake import Counts
from small_world import vin

LEXUS = Path(__file__).parents[2] / "campaigns" / "flat_rcl_lexus_transcribed.txt"


@pytest.fixture
def session(sqlite_session):
    """On SQLite only: the registry's rules; campaigns of a file come in on both stores in test_load.py and the corridors."""
    return sqlite_session


@pytest.fixture
def lexus(tmp_path):
    path = tmp_path / "FLAT_RCL.txt"
    path.write_bytes(LEXUS.read_bytes())
    return path


@pytest.fixture
def memo(folder):
    """9LA as the maker knows it, without NHTSA's number; BLB with it; 9LG by its code alone."""
    bare = {"nhtsa_campaign_number": None, "defect": None, "consequence": None, "remedy": None,
            "component": None, "filed_date": None, "first_notice_date": None}  # fmt: skip
    folder.campaign("9LA", **bare).campaign("9LG", **bare)
    folder.campaign("BLB", **{**bare, "nhtsa_campaign_number": "11V115000"})
    folder.campaigns = [text.partition("[[campaign.scope]]")[0] for text in folder.campaigns]
    return folder


def test_the_lexus_recalls_give_numbers_texts_dates_and_populations(session, memo, lexus, take):
    loaded = take(memo, lexus)
    assert loaded.tables["flat_rcl"] == Counts(accepted=5)
    known = registry.campaigns(session)
    assert sorted(known) == ["06V253000", "9LA", "9LG", "BLB"]
    fuel, pad, mat = known["9LA"], known["BLB"], known["9LG"]
    assert [c.nhtsa_campaign_number for c in (fuel, pad, mat)] == [
        "09V020000",
        "11V115000",
        "11V113000",
    ]
    assert [c.involved for c in (fuel, pad, mat)] == [214570, 19647, 1363244]
    assert [c.filed_date for c in (fuel, pad, mat)] == [
        date(2009, 1, 16),
        date(2011, 2, 24),
        date(2011, 2, 24),
    ]
    assert mat.first_notice_date == date(2011, 4, 13)
    assert "FUEL RAILS" in fuel.defect
    assert "CRASH" in pad.consequence
    assert pad.component == "VEHICLE SPEED CONTROL:ACCELERATOR PEDAL"
    assert {scope.model for scope in fuel.scopes} == {"GS", "IS"}


def test_either_file_may_come_first(session, memo, lexus, take):
    path = memo.write()
    take(lexus, makes=["Lexus"])
    take(path)
    first = registry.campaigns(session)
    take(lexus)
    assert registry.campaigns(session) == first
    assert first["BLB"].involved == 19647
    assert first["9LA"].filed_date == date(2009, 1, 16)
    assert "11V115000" not in first


def test_both_orders_give_the_same_campaigns(session, memo, lexus, take):
    path = memo.write()
    take(path)
    take(lexus)
    assert sorted(registry.campaigns(session)) == ["06V253000", "9LA", "9LG", "BLB"]
    assert registry.campaign(session, "BLB").involved == 19647


def test_the_same_file_again_changes_nothing(memo, lexus, take):
    take(memo, lexus)
    again = take(memo.path, lexus)
    assert again.tables["flat_rcl"] == Counts(unchanged=5)
    assert again.tables["campaigns"] == Counts(unchanged=3)


def test_what_campaigns_toml_states_stands_and_is_noted(session, folder, lexus, take):
    folder.campaign("9LA", involved=200000)
    loaded = take(folder, lexus)
    assert registry.campaign(session, "9LA").involved == 200000
    assert (
        "9LA: your campaigns.toml says involved 200000, NHTSA says 214570; yours stands."
        in loaded.notes
    )


def test_a_recall_of_two_codes_stays_under_its_number(session, lexus, take):
    loaded = take(lexus, makes=["lexus"])
    assert sorted(registry.campaigns(session)) == ["06V253000", "11V115000", "9LA", "9LG"]
    assert (
        "FLAT_RCL.txt: 1 recall without a code of the maker's is registered under the NHTSA number: 11V115000."
        " State nhtsa_campaign_number in campaigns.toml to join one to a campaign of yours."
    ) in loaded.notes
    assert any("06V253000 (60F, 6LD)" in note for note in loaded.notes)


def test_a_row_that_is_no_recall_is_refused_by_its_row(lexus, take, rejected):
    lexus.write_bytes(
        lexus.read_bytes() + b"6\tNONE" + b"\t" * 27 + b"\r\n7\tonly three\tfields\r\n"
    )
    loaded = take(lexus, makes=["LEXUS"])
    assert loaded.tables["flat_rcl"] == Counts(accepted=5, rejected=2)
    assert [(line["row"], line["column"]) for line in rejected(loaded)] == [
        ("6", "CAMPNO"),
        ("7", ""),
    ]


def test_recalls_of_tires_are_passed_over(session, flat, take):
    loaded = take(flat({"rcltype": "T"}), makes=["LEXUS"])
    assert loaded.tables["flat_rcl"] == Counts(unchanged=1)
    assert registry.campaigns(session) == {}
    assert "FLAT_RCL.txt: 1 row of equipment, seats or tires passed over." in loaded.notes


def test_two_recalls_that_claim_one_code_keep_their_numbers(session, flat, take):
    rows = [{"campno": number, "mfgcampno": "R01"} for number in ("10V001000", "11V002000")]
    take(flat(*rows), makes=["LEXUS"])
    assert sorted(registry.campaigns(session)) == ["10V001000", "11V002000"]


def test_numbers_and_days_that_cannot_be_read_are_told_and_left_blank(session, flat, take):
    rows = [
        {"campno": f"12V47{number}000", "mfgcampno": f"A{number}", "rcdate": "20120901"} | said
        for number, said in enumerate(
            [
                {"potaff": "1,234", "odate": "20121101", "year": "9999", "bgman": "19010101"},
                {"potaff": "many", "odate": "20221340", "year": "20x7"},
                {"potaff": "12,34", "odate": "03/04/2022", "year": ""},
                {"potaff": "", "odate": "x"},
                {"potaff": "7", "odate": "00000000"},
            ]
        )
    ]
    loaded = take(flat(*rows), makes=["LEXUS"])
    first = "line 2 (20221340), line 3 (03/04/2022), line 4 (x)"
    assert [note for note in loaded.notes if "left blank" in note] == [
        f"FLAT_RCL.txt: ODATE of 4 rows cannot be read and was left blank: {first} and 1 more.",
        "FLAT_RCL.txt: POTAFF of 2 rows cannot be read and was left blank: line 2 (many) and line 3 (12,34).",
        "FLAT_RCL.txt: YEARTXT of 1 row cannot be read and was left blank: line 2 (20x7).",
    ]
    known = registry.campaigns(session)
    assert [one.involved for one in known.values()] == [1234, None, None, None, 7]
    assert known["A1"].first_notice_date is None


def test_a_short_number_with_a_letter_is_read_where_nhtsa_s_number_stands(
    session, folder, flat, take
):
    folder.campaign("ALE", nhtsa_campaign_number="21V-00D")
    take(folder, flat({"campno": "21V00D", "mfgcampno": ""}))
    assert registry.campaign(session, "ALE").nhtsa_campaign_number == "21V00D000"
    assert registry.campaign(session, "ALE").do_not_drive


@pytest.mark.parametrize("end", [b"\x1a", b"\r\n\x1a\r\n", b"\x1a\r\n"])
def test_the_mark_with_which_dos_ends_a_text_is_no_row(session, flat, take, end):
    path = flat({"mfgcampno": "ALE", "park_outside": "No"})
    path.write_bytes(path.read_bytes() + end)
    assert take(path, makes=["LEXUS"]).tables["flat_rcl"] == Counts(accepted=1)


def test_the_mark_of_dos_at_the_end_of_the_last_field_is_no_part_of_it(session, flat, take):
    path = flat({"mfgcampno": "ALE", "park_outside": "No"})
    path.write_bytes(path.read_bytes().rstrip() + b"\x1a")
    assert take(path, makes=["LEXUS"]).tables["flat_rcl"] == Counts(accepted=1)


def test_broken_lines_of_other_makes_are_passed_over(flat, take, rejected):
    path = flat({}, {"make": "RAM"}, {"make": "RAM", "campno": "x"}, {"campno": "y"})
    narrow = b"9\t12V999000\tRAM\tA\r\n9\t12V999000\tLEXUS\tA\r\n9\t12V999000\tWORDS\tA\r\n"
    path.write_bytes(path.read_bytes().replace(b"12V474000\tRAM", b"12V475000\tRAM") + narrow)
    loaded = take(path, makes=["LEXUS"])
    assert loaded.tables["flat_rcl"] == Counts(accepted=1, unchanged=3, rejected=3)
    assert [line["row"] for line in rejected(loaded)] == ["4", "6", "7"]


def test_what_letters_of_a_recall_of_nhtsa_s_file_need_is_told_at_the_load_once_it_has_vehicles(
    session, folder, flat, take
):
    """577.5(c)(2), (e)(3); 573.13(c)(1)(i). Other recalls of the make get no letter here, and nobody asks for their facts."""
    recall = flat(
        {"campno": "12V111000", "mfgcampno": "NCP", "fmvss": "124"},
        {"campno": "12V222000", "mfgcampno": "XXX", "fmvss": "301"},
    )

    def told(loaded):
        return [note for note in loaded.notes if note.startswith(("Campaign NCP", "Campaign XXX"))]

    assert told(take(folder.campaign("9LA").dealer().vehicle(vin(1), "9LA"), recall)) == []
    lacking = told(take(folder.vehicle(vin(2), "NCP")))
    assert {"standard", "performance_difference", "conditions", "first_test_date"} < {
        note.split("`")[1] for note in lacking
    }
    assert "is '124', and that is a number without its title" in lacking[0]
    # campaigns.toml about one of them asks for the rest of all
    assert told(take(folder.campaign("9LB"))) == lacking
