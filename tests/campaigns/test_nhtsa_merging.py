"""FLAT_RCL: what many rows say of one recall together, and which lines are no rows at all."""

from __future__ import annotations

import zipfile
from datetime import date
from itertools import permutations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from renotify.campaigns import nhtsa
from renotify.campaigns.campaign import Campaign, CampaignType, Scope
from renotify.errors import BadInput

ROW = dict.fromkeys(nhtsa.FIELDS, "") | {
    "record_id": "1", "campno": "10V309000", "make": "LEXUS", "model": "IS", "year": "2006", "rcltype": "V",
}  # fmt: skip


@pytest.fixture
def read(tmp_path):
    """Read a file of rows (changes to ``ROW``) and of lines as they stand (text or bytes)."""

    def written(*rows):
        lines = []
        for number, row in enumerate(rows, 1):
            text = row
            if isinstance(row, dict):
                text = "\t".join((ROW | {"record_id": str(number)} | row).values())
            lines.append(text if isinstance(text, bytes) else text.encode())
        path = tmp_path / "FLAT_RCL.txt"
        path.write_bytes(b"\r\n".join(lines) + b"\r\n")
        return nhtsa.read_flat_rcl(path)

    return written


def only(flat):
    (recall,) = flat.recalls.values()
    return recall


# What rows say together


def test_the_largest_population_any_row_states_is_the_recall_s_in_any_order(read):
    for counts in permutations(["", "50", "138874", "many"]):
        assert only(read(*({"potaff": count} for count in counts))).involved == 138874
    assert only(read({"potaff": ""}, {"potaff": "1.5"})).involved is None


def test_the_earliest_day_on_which_owners_were_told_stands(read):
    days = ["20100801", "20100728", "", "19010101"]
    for order in permutations(days):
        assert only(read(*({"odate": day} for day in order))).first_notice_date == date(2010, 7, 28)


def test_the_filing_day_is_the_first_row_s_that_has_one(read):
    """The day of receipt before the day of the record, and an earlier row before a later one."""
    assert only(read({"datea": "20100709"}, {"rcdate": "20100706"})).filed_date == date(2010, 7, 9)
    assert only(read({}, {"rcdate": "20100706", "datea": "20100701"})).filed_date == date(
        2010, 7, 6
    )


def test_the_first_text_that_is_not_blank_stands(read):
    recall = only(read({"defect": " "}, {"defect": "A SPRING BREAKS."}, {"defect": "OTHER"}))
    assert recall.facts["defect"] == "A SPRING BREAKS."


def test_an_advisory_of_one_row_is_the_recall_s_and_no_row_takes_it_back(read):
    recall = only(read({"do_not_drive": "No"}, {"do_not_drive": "YES"}, {"do_not_drive": ""}))
    assert recall.do_not_drive
    assert not recall.park_outside


def test_codes_of_the_maker_are_collected_in_capitals(read):
    assert only(read({"mfgcampno": "ale"}, {"mfgcampno": "ALE"}, {"mfgcampno": "BLE"})).codes == {
        "ALE",
        "BLE",
    }


def test_short_and_full_numbers_are_one_recall_and_another_number_another(read):
    flat = read({"campno": "10V309"}, {"campno": "10v-309000"}, {"campno": "10V309001"})
    assert {number: recall.rows for number, recall in flat.recalls.items()} == {
        "10V309000": 2,
        "10V309001": 1,
    }


def test_a_recall_of_equipment_keeps_its_kind_and_a_blank_is_a_vehicle(read):
    flat = read({"campno": "10E001", "rcltype": "E"}, {"campno": "10V001", "rcltype": ""})
    assert {recall.number: recall.kind for recall in flat.recalls.values()} == {
        "10E001000": "E",
        "10V001000": "V",
    }


def test_figures_of_another_script_are_no_number_of_nhtsa_s(read):
    assert nhtsa.campaign_number("09V٠٢٠") is None
    assert read({"campno": "٠٩V020000"}).bad[0].column == "CAMPNO"


# The scope


@given(st.sets(st.integers(1990, 2020), min_size=1), st.randoms(use_true_random=False))
def test_the_lines_of_a_scope_name_exactly_the_years_of_the_rows_in_as_few_lines_as_can_be(
    years, chance
):
    recall = nhtsa.Recall("10V309000", "V")
    shuffled = list(years)
    chance.shuffle(shuffled)
    for year in shuffled:
        recall.lines.add(("IS", year, None, None))
    scopes = nhtsa.as_campaign(recall, "ALE").scopes
    named = [year for scope in scopes for year in range(scope.year_from, scope.year_to + 1)]
    assert sorted(named) == sorted(years)
    starts = [year for year in years if year - 1 not in years]
    assert len(scopes) == len(starts)


def test_years_of_another_production_range_stand_in_a_line_of_their_own(read):
    early, late = {"bgman": "20050801", "endman": "20060731"}, {"bgman": "20060801"}
    recall = only(
        read({"year": "2006", **early}, {"year": "2007", **early}, {"year": "2008", **late})
    )
    assert set(nhtsa.as_campaign(recall, "ALE").scopes) == {
        Scope("IS", 2006, 2007, date(2005, 8, 1), date(2006, 7, 31)),
        Scope("IS", 2008, 2008, date(2006, 8, 1)),
    }


@pytest.mark.parametrize(
    ("year", "kept"),
    [("1964", False), ("1965", True), ("2100", True), ("2101", False), ("MMVI", False)],
)
def test_a_model_year_before_the_safety_act_or_far_ahead_is_no_line(read, year, kept):
    assert bool(nhtsa.as_campaign(only(read({"year": year})), "ALE").scopes) == kept


def test_a_row_without_a_model_counts_as_a_row_and_gives_no_line(read):
    recall = only(read({"model": ""}))
    assert (recall.rows, recall.lines) == (1, set())


@pytest.mark.parametrize(
    ("text", "day"),
    [
        ("19660101", date(1966, 1, 1)), ("19651231", None), ("21001231", date(2100, 12, 31)),
        ("20120229", date(2012, 2, 29)), ("20130229", None), ("2010 706", None), ("٢٠١٠٠٧٠٦", None),
        ("201007061", None),
    ],
)  # fmt: skip
def test_a_date_has_eight_digits_and_lies_between_the_act_and_2100(text, day):
    assert nhtsa.day(text) == day


# Lines that are no rows


def test_bad_lines_are_numbered_and_the_good_ones_beside_them_are_read(read):
    flat = read({}, "only one field", {"campno": "10309"}, {"model": "GS"}, "\t" * 25)
    assert flat.rows == 5
    assert only(flat).rows == 2
    assert [(bad.row, bad.column, bad.value) for bad in flat.bad] == [
        (2, "", ""),
        (3, "CAMPNO", "10309"),
        (5, "", ""),
    ]
    assert "1 fields" in flat.bad[0].reason
    assert "26 fields" in flat.bad[2].reason


@pytest.mark.parametrize("width", range(1, 32))
def test_only_the_four_widths_that_nhtsa_has_used_are_rows(read, width):
    values = [*ROW.values(), "", ""][:width]
    flat = read("\t".join(values))
    assert bool(flat.recalls) == (width in {23, 24, 27, 29})
    assert len(flat.bad) == (0 if flat.recalls else 1)


def test_a_blank_line_is_a_bad_line_and_an_empty_file_has_none(read, tmp_path):
    assert read("").bad[0].row == 1
    empty = tmp_path / "empty.txt"
    empty.write_bytes(b"")
    flat = nhtsa.read_flat_rcl(empty)
    assert (flat.rows, flat.recalls, flat.bad, flat.notes) == (0, {}, (), ())
    assert not nhtsa.is_flat_rcl(empty)


def test_bytes_that_are_neither_utf8_nor_windows_1252_are_still_read_and_noted(read):
    line = "\t".join((ROW | {"defect": "A?B"}).values()).encode().replace(b"?", b"\x81")
    flat = read(line)
    assert only(flat).facts["defect"] == "A\x81B"
    assert flat.notes == ("FLAT_RCL.txt: 1 rows are not UTF-8 and were read as Windows-1252.",)


@pytest.mark.parametrize("names", [(), ("a.txt", "b.TXT"), ("readme.md",)])
def test_a_zip_holds_one_text_file_and_no_more(tmp_path, names):
    path = tmp_path / "FLAT_RCL.zip"
    with zipfile.ZipFile(path, "w") as packed:
        for name in names:
            packed.writestr(name, "x")
    texts = sum(name.lower().endswith(".txt") for name in names)
    with pytest.raises(BadInput, match=f"holds {texts} text files"):
        nhtsa.read_flat_rcl(path)
    assert not nhtsa.is_flat_rcl(path)


# Beside a catalogue


def test_what_a_campaign_states_stands_and_only_its_blanks_are_filled():
    recall = Campaign(
        "ALE", CampaignType.SAFETY_RECALL, "LEXUS", "ENGINE", nhtsa_campaign_number="10V309000",
        defect="THEIRS", remedy="THEIRS", involved=138874, scopes=(Scope("IS", 2006, 2008),), do_not_drive=True,
    )  # fmt: skip
    ours = Campaign(
        "ALE", CampaignType.SAFETY_RECALL, "Lexus", "Valve springs", defect="Ours", involved=5
    )
    filled, notes = nhtsa.fill(ours, recall)
    assert (filled.make, filled.subject, filled.defect, filled.involved) == (
        "Lexus",
        "Valve springs",
        "Ours",
        5,
    )
    assert (filled.remedy, filled.scopes) == ("THEIRS", recall.scopes)
    assert filled.do_not_drive
    assert notes == ["ALE: involved stays 5; NHTSA's file says 138874."]


def test_a_blank_on_either_side_is_no_difference():
    ours = Campaign("ALE", CampaignType.SAFETY_RECALL, "Lexus", "x", filed_date=date(2010, 7, 6))
    theirs = Campaign("ALE", CampaignType.SAFETY_RECALL, "LEXUS", "y", involved=7)
    assert nhtsa.fill(ours, theirs)[1] == []
    assert nhtsa.fill(ours, ours) == (ours, [])


def test_a_recall_without_a_make_is_named_after_its_maker_and_one_without_a_part_by_its_number(
    read,
):
    bare = nhtsa.as_campaign(only(read({"make": "", "maker": "TOYOTA", "component": ""})), "ALE")
    assert (bare.make, bare.subject) == ("TOYOTA", "10V309000")
    assert nhtsa.as_campaign(only(read({"make": ""})), "ALE").make == "UNKNOWN"
