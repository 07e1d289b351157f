"""NHTSA's FLAT_RCL and its quirks."""

from __future__ import annotations

import zipfile
from dataclasses import replace
from datetime import date
from pathlib import Path

import pytest

from renotify.campaigns import flat_rcl, nhtsa, nhtsa_files
from renotify.campaigns.campaign import Campaign, CampaignType, Scope
from renotify.campaigns.catalogue import from_facts, to_facts
from renotify.errors import BadInput

LEXUS = Path(__file__).with_name("flat_rcl_lexus_transcribed.txt")
BLANK = dict.fromkeys(flat_rcl.FIELDS, "")
ROW = {
    **BLANK, "record_id": "1", "campno": "10V309000", "make": "LEXUS", "model": "IS",
    "year": "2006", "mfgcampno": "ALE", "component": "ENGINE", "rcltype": "V", "potaff": "138874",
    "odate": "20100728", "rcdate": "20100706", "datea": "20100707", "defect": "A SPRING BREAKS.",
}  # fmt: skip


@pytest.fixture
def read(tmp_path):
    def written(*rows, end="\r\n", width=29, encoding="utf-8"):
        lines = ["\t".join([*row.values()][:width]) for row in rows]
        path = tmp_path / "FLAT_RCL.txt"
        path.write_bytes((end.join(lines) + end).encode(encoding))
        return flat_rcl.read_flat_rcl(path)

    return written


def only(flat):
    (recall,) = flat.recalls.values()
    return recall


def test_the_transcribed_lexus_rows_are_four_recalls():
    flat = flat_rcl.read_flat_rcl(LEXUS)
    assert sorted(flat.recalls) == ["06V253000", "09V020000", "11V113000", "11V115000"]
    assert (flat.rows, flat.bad) == (5, ())
    fuel = flat.recalls["09V020000"]
    assert (fuel.involved, fuel.filed_date, fuel.codes) == (214570, date(2009, 1, 16), ("9LA",))
    assert "FUEL RAILS" in fuel.facts["defect"]
    assert flat.recalls["06V253000"].codes == ("60F", "6LD")
    assert flat.recalls["11V115000"].codes == ()


@pytest.mark.parametrize(
    ("written", "full"),
    [
        ("09V020000", "09V020000"), ("09V020", "09V020000"), ("09V-020", "09V020000"),
        (" 09v-020 ", "09V020000"), ("9V020", None), ("09020", None), ("", None),
        ("21V00D000", "21V00D000"), ("21V00D", "21V00D000"), ("21V-00D", "21V00D000"),
        ("\u200b21V00D000\ufeff", "21V00D000"), ("24TA07", None), ("24LA02", None), ("21v-00n000", "21V00N000"),
        ("21V0D1002", "21V0D1002"), ("21V00000E", "21V00000E"), ("09VALE", None), ("09V0200", None),
        ("09VABC000", None), ("09V020000 ", "09V020000"), ("09V0200000", None),
    ],
)  # fmt: skip
def test_numbers_are_brought_to_their_full_form(written, full):
    assert nhtsa.campaign_number(written) == full


def test_rows_of_one_recall_are_joined_and_its_population_is_never_summed(read):
    recall = only(read(ROW, {**ROW, "year": "2007"}, {**ROW, "model": "GS"}))
    assert recall.involved == 138874
    assert recall.rows == 3
    campaign = nhtsa.as_campaign(recall, "ALE")
    assert campaign.scopes == (Scope("GS", 2006, 2006), Scope("IS", 2006, 2007))


def test_years_with_a_gap_are_two_lines_of_the_scope(read):
    campaign = nhtsa.as_campaign(only(read(ROW, {**ROW, "year": "2008"})), "ALE")
    assert [(s.year_from, s.year_to) for s in campaign.scopes] == [(2006, 2006), (2008, 2008)]


def test_a_row_that_repeats_but_for_its_record_id_is_noted(read):
    flat = read(ROW, {**ROW, "record_id": "2"})
    assert flat.notes == ("FLAT_RCL.txt: 1 row that an earlier one says too taken once.",)


@pytest.mark.parametrize("end", ["\r\n", "\n"])
def test_lines_end_at_cr_lf_or_lf_only(read, end):
    odd = "FORM\x0cFEED NEXT\x85LINE SEPARATOR\u2028HERE A\rRETURN"
    flat = read({**ROW, "defect": odd}, ROW, end=end)
    assert flat.rows == 2
    assert only(flat).facts["defect"] == odd


def test_quotes_and_tags_are_text(read):
    text = 'SO-CALLED "RAILS. SEE <A HREF=HTTP://WWW.SAFERCAR.GOV>THE PAGE</A>'
    assert only(read({**ROW, "remedy": text})).facts["remedy"] == text


@pytest.mark.parametrize("width", [23, 24, 27, 29])
def test_older_shapes_are_read(read, width):
    assert only(read(ROW, width=width)).filed_date == date(2010, 7, 6)


def test_a_row_of_another_width_is_refused_with_its_number(read):
    flat = read(ROW, width=20)
    assert flat.recalls == {}
    assert flat.bad[0].row == 1
    assert "20 fields" in flat.bad[0].reason


def test_a_row_without_a_number_is_refused(read):
    (bad,) = read({**ROW, "campno": "RECALL"}).bad
    assert (bad.column, bad.value) == ("CAMPNO", "RECALL")


@pytest.mark.parametrize(
    "text", ["19010101", "11111111", "19000101", "00220101", "30190101", "20101301", "2010", ""]
)
def test_sentinels_and_wild_dates_are_no_dates(read, text):
    recall = only(read({**ROW, "odate": text, "bgman": text}))
    assert recall.first_notice_date is None
    assert nhtsa.as_campaign(recall, "ALE").scopes[0].built_from is None


def test_a_blank_date_of_receipt_is_filled_by_the_date_of_the_record(read):
    assert only(read({**ROW, "rcdate": ""})).filed_date == date(2010, 7, 7)


def test_an_unknown_model_year_is_no_line_of_the_scope(read):
    assert nhtsa.as_campaign(only(read({**ROW, "year": "9999"})), "ALE").scopes == ()


def test_windows_1252_is_read_and_noted(read):
    flat = read({**ROW, "defect": "THE “CLIP” – É"}, encoding="cp1252")
    assert only(flat).facts["defect"] == "THE “CLIP” – É"
    assert "Windows-1252" in flat.notes[0]


def test_advisories_are_read(read):
    recall = only(read({**ROW, "do_not_drive": "Yes", "park_outside": "No"}))
    assert (recall.do_not_drive, recall.park_outside) == (True, False)


def test_a_recall_under_a_standard_is_a_noncompliance(read):
    campaign = nhtsa.as_campaign(only(read({**ROW, "fmvss": "108"})), "ALE")
    assert campaign.campaign_type is CampaignType.NONCOMPLIANCE_RECALL


def test_the_zip_as_nhtsa_gives_it_is_read(tmp_path):
    path = tmp_path / "FLAT_RCL.zip"
    with zipfile.ZipFile(path, "w") as packed:
        packed.write(LEXUS, "FLAT_RCL.txt")
    assert len(flat_rcl.read_flat_rcl(path).recalls) == 4
    assert nhtsa_files.kind_of(path) == nhtsa_files.FLAT_RCL


def test_a_damaged_zip_is_refused(tmp_path):
    path = tmp_path / "FLAT_RCL.zip"
    path.write_bytes(b"PK\x03\x04 cut short")
    assert nhtsa_files.kind_of(path) == ""
    with pytest.raises(BadInput, match="not a zip"):
        flat_rcl.read_flat_rcl(path)


def test_nhtsas_index_of_documents_is_not_taken_for_recalls(tmp_path):
    path = tmp_path / "RCL_FROM_2010_2014.csv"
    path.write_text("NHTSA ID,DOCUMENT NAME,MAKE,MODEL,MODEL YEAR,SUMMARY\n")
    assert nhtsa_files.kind_of(path) == ""


def test_the_manufacturer_is_nhtsa_s_mfgtxt_unless_it_is_stated(read):
    """Field 15 of FLAT_RCL has the name of the reports' first field, and is not the make."""
    recall = nhtsa.as_campaign(only(read({**ROW, "maker": "MADE-UP MOTOR CORP."})), "ALE")
    ours = Campaign("ALE", CampaignType.SAFETY_RECALL, "Lexus", "Valve springs")
    assert nhtsa.fill(ours, recall).manufacturer == "MADE-UP MOTOR CORP."
    stated = replace(ours, manufacturer="Made-up Motors, Inc.")
    assert nhtsa.fill(stated, recall).manufacturer == "Made-up Motors, Inc."
    assert "manufacturer" not in to_facts(ours)  # a ledger of before has no such key
    assert from_facts(to_facts(stated)) == stated


def test_a_recall_fills_what_a_campaign_leaves_open_and_overrules_nothing(read):
    stated = Campaign(
        "ALE", CampaignType.SAFETY_RECALL, "Lexus", "Valve springs", filed_date=date(2010, 7, 1),
        involved=138874, park_outside=True,
    )  # fmt: skip
    recall = nhtsa.as_campaign(only(read({**ROW, "do_not_drive": "Yes"})), "ALE")
    filled = nhtsa.fill(stated, recall)
    assert filled.nhtsa_campaign_number == "10V309000"
    assert filled.defect == "A SPRING BREAKS."
    assert filled.filed_date == date(2010, 7, 1)
    assert filled.subject == "Valve springs"
    assert (filled.do_not_drive, filled.park_outside) == (True, True)
    assert list(nhtsa.overruled(stated, recall)) == [
        "ALE: your campaigns.toml says filed_date 2010-07-01, NHTSA says 2010-07-06; yours stands."
    ]
