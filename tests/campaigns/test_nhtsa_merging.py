"""FLAT_RCL: what many rows say of one recall together, and which lines are no rows at all."""

from __future__ import annotations

import zipfile
from dataclasses import replace
from datetime import date
from itertools import permutations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from cases import at_once
from renotify.campaigns import flat_rcl, maker_codes, makes, nhtsa, nhtsa_files, tab_lines
from renotify.campaigns.campaign import Campaign, CampaignType, Scope
from renotify.errors import BadInput

ROW = dict.fromkeys(flat_rcl.FIELDS, "") | {
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
        written.path = tmp_path / "FLAT_RCL.txt"
        written.path.write_bytes(b"\r\n".join(lines) + b"\r\n")
        return flat_rcl.read_flat_rcl(written.path)

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
    assert only(read({"mfgcampno": "ale"}, {"mfgcampno": "ALE"}, {"mfgcampno": "BLE"})).codes == (
        "ALE",
        "BLE",
    )


def test_short_and_full_numbers_are_one_recall_and_another_number_another(read):
    flat = read({"campno": "10V309"}, {"campno": "10v-309000"}, {"campno": "10V309001"})
    assert {number: recall.rows for number, recall in flat.recalls.items()} == {
        "10V309000": 2,
        "10V309001": 1,
    }


@pytest.mark.parametrize("kinds", [("E", "V"), ("V", "E"), ("T", "v"), ("C", "")])
def test_the_type_letter_of_each_row_decides_for_that_row_and_a_blank_is_a_vehicle(read, kinds):
    counts = {"E": "7", "T": "7", "C": "7", "V": "5", "v": "5", "": "5"}
    flat = read(*({"rcltype": kind, "potaff": counts[kind]} for kind in kinds))
    assert (only(flat).rows, only(flat).involved) == (1, 5)
    assert flat.notes == ("FLAT_RCL.txt: 1 row of equipment, seats or tires passed over.",)


def test_a_recall_of_equipment_alone_is_none_of_vehicles(read):
    flat = read({"campno": "10E001", "rcltype": "E"}, {"campno": "10E001", "rcltype": "E"})
    assert (flat.recalls, flat.rows, flat.bad) == ({}, 2, ())


def test_figures_of_another_script_are_no_number_of_nhtsa_s(read):
    assert nhtsa.campaign_number("09V٠٢٠") is None
    assert read({"campno": "٠٩V020000"}).bad[0].column == "CAMPNO"


# The scope


@given(st.sets(st.integers(1990, 2020), min_size=1), st.randoms(use_true_random=False))
def test_the_lines_of_a_scope_name_exactly_the_years_of_the_rows_in_as_few_lines_as_can_be(
    years, chance
):
    recall = nhtsa.Recall("10V309000")
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


@at_once(
    ("text", "day"),
    [
        ("19660101", date(1966, 1, 1)), ("19651231", None), ("21001231", date(2100, 12, 31)),
        ("20120229", date(2012, 2, 29)), ("20130229", None), ("2010 706", None), ("٢٠١٠٠٧٠٦", None),
        ("201007061", None),
    ],
)  # fmt: skip
def test_a_date_has_eight_digits_and_lies_between_the_act_and_2100(text, day):
    assert flat_rcl.day(text) == day


# Lines that are no rows


def test_bad_lines_are_numbered_and_the_good_ones_beside_them_are_read(read):
    flat = read({}, "only one field", {"campno": "10309"}, {"model": "GS"}, "x" + "\t" * 21)
    assert flat.rows == 5
    assert only(flat).rows == 2
    assert [(bad.row, bad.column, bad.value) for bad in flat.bad] == [
        (2, "", ""),
        (3, "CAMPNO", "10309"),
        (5, "", ""),
    ]
    assert "1 field;" in flat.bad[0].reason
    assert "22 fields" in flat.bad[2].reason


@pytest.mark.parametrize("width", range(1, 32))
def test_a_width_that_nhtsa_has_not_used_is_a_row_where_the_rest_is_blank(read, width):
    """Tabs at the end of a line are no fields; below 23 a field is missing."""
    flat = read("\t".join([*ROW.values(), "", ""][:width]))
    assert bool(flat.recalls) == (width >= 23)
    assert len(flat.bad) == (0 if flat.recalls else 1)
    assert flat.notes == ()


@pytest.mark.parametrize("width", [25, 26, 28])
def test_a_width_that_nhtsa_has_not_used_is_refused_where_the_rest_says_something(read, width):
    flat = read("\t".join([*[*ROW.values()][: width - 1], "x"]))
    assert flat.recalls == {}
    assert f"The row has {width} fields" in flat.bad[0].reason


def test_what_stands_after_the_last_field_is_passed_over_with_a_note(read):
    flat = read("\t".join([*ROW.values(), "", "SOMETHING NEW"]))
    assert only(flat).rows == 1
    assert flat.notes == ("FLAT_RCL.txt: 1 row of more than 29 fields taken without the rest.",)


@pytest.mark.parametrize("column", ["do_not_drive", "park_outside"])
def test_an_advisory_that_is_neither_yes_nor_no_shows_that_the_fields_have_shifted(read, column):
    flat = read({}, {column: "LPG STORAGE TANK"})
    assert only(flat).rows == 1
    assert [(bad.row, bad.column) for bad in flat.bad] == [(2, column.upper())]


def test_a_header_wherever_it_stands_is_no_row_and_is_noted(read):
    names = "\t".join(name.upper() for name in flat_rcl.FIELDS)
    flat = read(names, {}, names)
    assert (flat.rows, only(flat).rows, flat.bad) == (1, 1, ())
    assert flat.notes == ("FLAT_RCL.txt: 2 lines with the names of the fields passed over.",)


def test_fields_that_a_spreadsheet_has_quoted_are_read_without_the_quotes(read):
    row = ROW | {"defect": 'THE "CLIP" BREAKS', "component": '"A" OR "B"'}
    quoted = "\t".join('"' + value.replace('"', '""') + '"' for value in row.values())
    facts = only(read(quoted, "\t".join(row.values()))).facts
    assert (facts["defect"], facts["component"]) == ('THE "CLIP" BREAKS', '"A" OR "B"')


def test_blank_lines_are_no_rows_and_keep_their_numbers(read, tmp_path):
    flat = read("", {}, "  \t\t", {"campno": "10309"}, '""\t""')
    assert (flat.rows, only(flat).rows) == (2, 1)
    assert [bad.row for bad in flat.bad] == [4]
    empty = tmp_path / "empty.txt"
    empty.write_bytes(b"")
    flat = flat_rcl.read_flat_rcl(empty)
    assert (flat.rows, flat.recalls, flat.bad, flat.notes) == (0, {}, (), ())
    assert nhtsa_files.kind_of(empty) == ""


def test_lines_are_whole_and_numbered_however_the_file_is_cut_into_blocks(read, monkeypatch):
    monkeypatch.setattr(tab_lines, "BLOCK", 7)
    monkeypatch.setattr(nhtsa_files, "SNIFFED", 100)
    flat = read({"model": "IS"}, "", "bad", {"model": "GS"}, {"campno": "10V309001"})
    assert [bad.row for bad in flat.bad] == [3]
    assert {line[0] for line in flat.recalls["10V309000"].lines} == {"IS", "GS"}
    assert flat.recalls["10V309001"].rows == 1


def test_a_file_whose_lines_end_in_cr_alone_is_read(read):
    read({}, {"campno": "10V309001"}, "bad")
    read.path.write_bytes(read.path.read_bytes().replace(b"\r\n", b"\r"))
    assert nhtsa_files.kind_of(read.path) == nhtsa_files.FLAT_RCL
    flat = flat_rcl.read_flat_rcl(read.path)
    assert ([*flat.recalls], [bad.row for bad in flat.bad]) == (["10V309000", "10V309001"], [3])


def test_two_rows_that_lost_the_line_end_between_them_are_refused_and_not_read_as_one(read):
    rows = [
        "\t".join((ROW | {"park_outside": "No", "campno": n}).values())
        for n in ("10V309", "10V310")
    ]
    flat = read("".join(rows))
    assert (flat.recalls, [bad.row for bad in flat.bad]) == ({}, [1])


# Of which makes


def test_only_recalls_with_a_row_of_a_wanted_make_are_read_and_those_are_read_whole(read):
    rows = (
        {"campno": "10V001", "make": "TOYOTA", "model": "CAMRY"},
        {"campno": "10V001", "make": "LEXUS", "model": "ES"},
        {"campno": "10V002", "make": "RAM"},
        {"campno": "10V003", "make": "ram"},
    )
    read(*rows)
    path = read.path
    wanted = flat_rcl.Wanted(frozenset({"lexus"}))
    flat = flat_rcl.read_flat_rcl(path, wanted)
    assert only(flat).makes == ["TOYOTA", "LEXUS"]
    assert (flat.rows, flat.others, flat.bad) == (4, 2, ())
    numbered = flat_rcl.Wanted(frozenset(), frozenset({"10V003000"}))
    assert [*flat_rcl.read_flat_rcl(path, numbered).recalls] == ["10V003000"]


@at_once(
    ("one", "other"),
    [
        ("MERCEDES-BENZ", "Mercedes Benz"), ("LEXUS", "Lexus "), ("CITROËN", "Citroen"),
        ("ALFA ROMEO", "AlfaRomeo"),
    ],
)  # fmt: skip
def test_spellings_of_one_make_are_one(one, other):
    assert makes.make_key(one) == makes.make_key(other)


@at_once(
    ("maker", "named"),
    [
        ("Toyota Motor Engineering & Manufacturing", True), ("TOYOTA", True), ("Hino (Toyota) Inc.", True),
        ("Autotoyotaparts Inc.", False), ("General Motors, LLC", False), ("", False),
    ],
)  # fmt: skip
def test_a_manufacturer_s_name_names_a_make_by_whole_words(maker, named):
    assert makes.names_make(maker, frozenset({"toyota"})) == named
    assert makes.names_make("Mercedes-Benz USA, LLC", frozenset({"mercedesbenz"}))


# The maker's codes


@at_once(
    "text",
    [
        "", "-", "0", "000", "?", "tbd", "T.B.D.", "None", "NR", "NR (Not Reported)", "N/A", "n.a.", "NA", "Pending",
        "UNKNOWN", "Safety  Recall", "N/A (not available)", "(TBD)", "TBD, N/A", "Not available", "10V-309", "10V309000",
    ],
)  # fmt: skip
def test_words_for_nothing_are_no_code(text):
    assert maker_codes.stated_codes([text], "10V309000") == ()


@at_once(
    ("text", "codes"),
    [
        ("ale", ("ALE",)), ("S12, S13", ("S12", "S13")), ("24TA07; 24LA02", ("24LA02", "24TA07")), ("6LD 60F", ("60F", "6LD")),
        ("S12 and S13", ("S12", "S13")), ("TBD, S13", ("S13",)), ("2014-01 PHASE 2", ("2014-01 PHASE 2",)), ("A/B", ("A/B",)),
        ("SB-10052330-0335 REV. B", ("SB-10052330-0335 REV. B",)), ("ALE & BLE", ("ALE", "BLE")),
        ("(24TA07)", ("(24TA07)",)), ("S12 (PHASE 2)", ("S12 (PHASE 2)",)), ("2024", ("2024",)),
    ],
)  # fmt: skip
def test_several_codes_and_odd_ones_are_told_as_they_stand(text, codes):
    assert maker_codes.stated_codes([text], "10V309000") == codes


def test_bytes_that_are_neither_utf8_nor_windows_1252_are_still_read_and_noted(read):
    line = "\t".join((ROW | {"defect": "A?B"}).values()).encode().replace(b"?", b"\x81")
    flat = read(line)
    assert only(flat).facts["defect"] == "A\x81B"
    assert flat.notes == ("FLAT_RCL.txt: 1 row not in UTF-8 read as Windows-1252.",)


def test_the_one_file_of_nhtsa_s_in_a_zip_is_read_whatever_else_is_in_it(read, tmp_path):
    read({})
    path = tmp_path / "download.zip"
    with zipfile.ZipFile(path, "w") as packed:
        packed.writestr("RCL.txt", "FIELDS:\n")
        packed.writestr("__MACOSX/._FLAT_RCL.txt", b"\x00\x05")
        packed.write(read.path, "recalls/FLAT_RCL.txt")
    assert nhtsa_files.kind_of(path) == nhtsa_files.FLAT_RCL
    assert only(flat_rcl.read_flat_rcl(path)).rows == 1


@pytest.mark.parametrize("names", [(), ("a.txt", "b.TXT"), ("readme.md",)])
def test_a_zip_without_one_file_of_nhtsa_s_is_refused(tmp_path, names):
    path = tmp_path / "FLAT_RCL.zip"
    with zipfile.ZipFile(path, "w") as packed:
        for name in names:
            packed.writestr(name, "x")
    texts = sum(name.lower().endswith(".txt") for name in names)
    with pytest.raises(BadInput, match=f"holds {texts} text files"):
        flat_rcl.read_flat_rcl(path)
    assert nhtsa_files.kind_of(path) == ""


# Beside a catalogue


def test_what_a_campaign_states_stands_and_only_its_blanks_are_filled():
    recall = Campaign(
        "ALE", CampaignType.SAFETY_RECALL, "LEXUS", "ENGINE", nhtsa_campaign_number="10V309000",
        defect="THEIRS", remedy="THEIRS", involved=138874, scopes=(Scope("IS", 2006, 2008),), do_not_drive=True,
    )  # fmt: skip
    ours = Campaign(
        "ALE", CampaignType.SAFETY_RECALL, "Lexus", "Valve springs", defect="Ours", involved=5
    )
    filled = nhtsa.fill(ours, recall)
    assert (filled.make, filled.subject, filled.defect, filled.involved) == (
        "Lexus",
        "Valve springs",
        "Ours",
        5,
    )
    assert (filled.remedy, filled.scopes) == ("THEIRS", recall.scopes)
    assert filled.do_not_drive
    assert list(nhtsa.overruled(ours, recall)) == [
        "ALE: your campaigns.toml says involved 5, NHTSA says 138874; yours stands."
    ]


def test_a_blank_on_either_side_is_no_difference():
    ours = Campaign("ALE", CampaignType.SAFETY_RECALL, "Lexus", "x", filed_date=date(2010, 7, 6))
    theirs = Campaign("ALE", CampaignType.SAFETY_RECALL, "LEXUS", "y", involved=7)
    assert list(nhtsa.overruled(ours, theirs)) == []
    assert nhtsa.fill(ours, ours) == ours


# Whose record it is


LEXUS = Campaign("CLB", CampaignType.SAFETY_RECALL, "Lexus", "Valve")
RECORD = Campaign(
    "CLB", CampaignType.SAFETY_RECALL, "LEXUS", "VALVE", nhtsa_campaign_number="10V309000",
    nhtsa_makes=("TOYOTA", "LEXUS"),
)  # fmt: skip


@at_once(
    ("ours", "theirs", "belongs"),
    [
        (LEXUS, RECORD, True),
        (LEXUS, replace(RECORD, make="RAM", nhtsa_makes=("RAM",)), False),
        (replace(LEXUS, nhtsa_campaign_number="10V309000", make="Toyota"), RECORD, True),
        (replace(LEXUS, nhtsa_campaign_number="10V310000"), RECORD, False),
        (replace(LEXUS, no_nhtsa_number=True), RECORD, False),
        (replace(LEXUS, campaign_type=CampaignType.SERVICE_CAMPAIGN), RECORD, False),
    ],
)
def test_a_record_is_a_campaign_s_by_its_number_or_its_make_and_never_of_a_service_campaign(
    ours, theirs, belongs
):
    assert nhtsa.belongs(ours, theirs) == belongs


def test_what_has_changed_is_told_as_it_was_and_is():
    before = replace(RECORD, involved=1000, defect="OLD", nhtsa_codes=("CLB",))
    now = replace(
        before, involved=900, defect="NEW", nhtsa_codes=("CLB", "VS2"), do_not_drive=True,
        scopes=(Scope("ES", 2007, 2007),), filed_date=date(2010, 7, 6),
    )  # fmt: skip
    assert list(nhtsa.amended(before, now, None)) == [
        "CLB: filed_date was blank, is now 2010-07-06.",
        "CLB: involved was 1000, is now 900.",
        "CLB: do_not_drive was no, is now yes.",
        "CLB: the maker's code was CLB, is now CLB, VS2.",
        "CLB: NHTSA has changed its text of the defect.",
        "CLB: NHTSA has changed the models or years in scope.",
    ]
    assert list(nhtsa.amended(now, now, None)) == []
    stated = replace(LEXUS, involved=1000, defect="Ours", filed_date=date(2010, 7, 1))
    assert "CLB: involved was 1000, is now 900." not in list(nhtsa.amended(before, now, stated))
    assert "CLB: NHTSA has changed its text of the defect; your campaigns.toml's stands." in list(
        nhtsa.amended(before, now, stated)
    )


def test_a_recall_without_a_make_is_named_after_its_maker_and_one_without_a_part_by_its_number(
    read,
):
    bare = nhtsa.as_campaign(only(read({"make": "", "maker": "TOYOTA", "component": ""})), "ALE")
    assert (bare.make, bare.subject) == ("TOYOTA", "10V309000")
    assert nhtsa.as_campaign(only(read({"make": ""})), "ALE").make == "UNKNOWN"
