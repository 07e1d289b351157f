"""Which file is which table, in which order files are read, and what is said of those that are passed over."""

from __future__ import annotations

import gzip
import hashlib
from pathlib import Path

import pytest

from cases import at_once
from renotify.errors import BadInput, NothingToDo
from renotify.ledger.intake import files
from renotify.ledger.intake.contract import CONTRACTS, LOADING_ORDER

FLAT = "\t".join(["1", "10V309000", *[""] * 27]) + "\r\n"
FOLLOW_UP = """
name = "spring"
kind = "initial"
campaigns = ["9LA"]
notice_date = 2013-02-26
[sender]
name = "Made-up Motors"
address = "1 Example Way"
phone = "1-800-555-0100"
"""
REPORTS = "\t".join(["Lexus", "10V309000", *[""] * 5, "2013-1", *[""] * 5]) + "\r\n"


@pytest.fixture
def folder(tmp_path):
    """Make a folder of files by name and content."""

    def made(*names, **contents):
        for name in names:
            (tmp_path / name).write_text("x\n", encoding="utf-8")
        for name, content in contents.items():
            (tmp_path / name).write_text(content, encoding="utf-8")
        return tmp_path

    return made


@at_once(
    ("stem", "table"),
    [
        ("owners", "owners"),
        ("owners_2013", "owners"),
        ("owners-part2", "owners"),
        ("owners2013", "owners"),
        ("ownersold", ""),
        ("my_owners", ""),
        ("parts", "parts"),
        ("part_supply", "part_supply"),
        ("part_supply_week9", "part_supply"),
        ("dealer_part_stock", "dealer_part_stock"),
        ("dealer_stock", "dealer_stock"),
        ("dealers", "dealers"),
        ("dealer", ""),
        ("campaign_parts", "campaign_parts"),
        ("campaigns", "campaigns"),
        ("followup", "followup"),
        ("followup_spring", "followup"),
        ("", ""),
    ],
)
def test_a_file_s_table_is_the_longest_name_that_its_own_begins_with(stem, table):
    assert files.table_of(stem) == table


@pytest.mark.parametrize(
    ("name", "table", "form"),
    [
        ("owners.csv", "owners", files.CSV),
        ("OWNERS.CSV", "owners", files.CSV),
        ("owners.csv.gz", "owners", files.CSV),
        ("owners.2013.parquet", "owners", files.PARQUET),
        ("campaigns.toml", "campaigns", files.TOML),
    ],
)
def test_a_file_s_ending_says_its_form(tmp_path, name, table, form):
    found = files.as_table(tmp_path / name)
    assert (found.table, found.form) == (table, form)


@pytest.mark.parametrize(
    "name",
    [
        "owners.txt",
        "owners.xlsx",
        "owners",
        "owners.toml",
        "campaigns.csv",
        "notes.csv",
        "owners.json.gz",
    ],
)
def test_a_name_or_an_ending_that_says_nothing_is_no_table(folder, name):
    assert files.as_table(folder(name) / name) is None


def test_nhtsa_s_file_is_known_by_its_shape_whatever_its_name(folder):
    place = folder(**{"recalls.txt": FLAT, "other.txt": "no tabs\n"})
    found = files.as_table(place / "recalls.txt")
    assert (found.table, found.form) == ("flat_rcl", files.FLAT)
    assert files.as_table(place / "other.txt") is None


def test_nhtsa_s_other_files_are_named_for_what_they_are(folder):
    place = folder("owners.csv", "FLAT_CMPL.txt", **{"FLAT_RCL.csv": "1,09V020000,LEXUS,IS\n"})
    assert files.find([place])[1] == [
        (
            "FLAT_CMPL.txt was passed over: it holds NHTSA's complaints of owners; it is not loaded, FLAT_RCL,"
            " FLAT_RCL_Qrtly_Rpts and FLAT_RCL_Annual_Rpts are."
        ),
        "FLAT_RCL.csv was passed over: its fields are parted by commas; NHTSA's are parted by tabs: take NHTSA's own file.",
    ]


def test_an_empty_file_of_nhtsa_s_is_not_asked_for_a_header(tmp_path):
    (tmp_path / "FLAT_RCL.txt").write_bytes(b"")
    with pytest.raises(BadInput, match=r"FLAT_RCL.txt is empty") as caught:
        inspected(tmp_path / "FLAT_RCL.txt")
    assert caught.value.hint == "Was the download cut short?"


def test_files_are_read_in_the_order_in_which_tables_refer_to_each_other(folder):
    place = folder(
        *(f"{table}.csv" for table in sorted(CONTRACTS, reverse=True)),
        "campaigns.toml",
        **{"a.txt": FLAT, "b.txt": REPORTS},
    )
    found, notes = files.find([place])
    assert [file.table for file in found] == list(LOADING_ORDER)
    assert notes == []


def test_several_files_of_a_table_are_read_by_name_and_one_given_twice_once(folder):
    place = folder("owners_b.csv", "owners_a.csv", "owners.csv")
    found, _ = files.find(
        [place / "owners_b.csv", place, place / ".." / place.name / "owners_b.csv"]
    )
    assert [file.name for file in found] == ["owners.csv", "owners_a.csv", "owners_b.csv"]


def test_each_file_that_is_passed_over_is_named_with_why(folder):
    place = folder("owners.csv", "owner.csv", "photo.jpg", "campaigns.csv", "parts.xlsx", ".hidden.csv", "README.txt",
                   **{"followup.toml": FOLLOW_UP})  # fmt: skip
    _, notes = files.find([place])
    assert notes == [
        "campaigns.csv was passed over: campaigns is read from campaigns.toml.",
        "owner.csv was passed over: did you mean owners.csv?",
        "parts.xlsx was passed over: parts is read from .csv or .parquet; save the sheet as CSV.",
        "photo.jpg was passed over: its name begins with no table's name.",
    ]


@pytest.mark.parametrize(
    ("written", "stands", "said"),
    [
        ('address = "1 Example Way"', 'address = ""', "followup.toml: [sender] has no address."),
        ("[sender]", "[outreach]", "followup.toml, outreach: there is no key 'name'."),
        ("phone = ", "phon = ", "followup.toml, sender: there is no key 'phon'."),
        ('name = "spring"', "name = ", "followup.toml is not TOML: "),
    ],
)
def test_what_followup_new_will_refuse_is_told_when_its_folder_is_loaded(
    folder, written, stands, said
):
    assert written in FOLLOW_UP
    place = folder("owners.csv", **{"followup.toml": FOLLOW_UP.replace(written, stands)})
    (note,) = files.find([place])[1]
    assert note.startswith(said)
    assert note.endswith(" renotify followup new will refuse it.")


def test_folders_within_a_folder_are_not_opened(folder):
    place = folder("owners.csv")
    (place / "dealers.csv").mkdir()
    assert [file.name for file in files.find([place])[0]] == ["owners.csv"]


def test_a_folder_with_nothing_to_load_is_refused_with_the_known_names(folder):
    with pytest.raises(NothingToDo, match="holds no file to load") as caught:
        files.find([folder("photo.jpg", "followup.toml")])
    assert all(table in caught.value.hint for table in LOADING_ORDER)


def test_a_file_named_by_hand_must_be_one_and_must_be_there(folder):
    place = folder("photo.jpg", "followup.toml")
    with pytest.raises(BadInput, match=r"There is no file owners\.csv"):
        files.find([place / "owners.csv"])
    with pytest.raises(BadInput, match=r"photo\.jpg is no file to load"):
        files.find([place / "photo.jpg"])
    with pytest.raises(BadInput) as caught:
        files.find([place / "followup.toml"])
    assert caught.value.hint == "it is read where a list is frozen (renotify followup new)."


# What a file's bytes say


def inspected(path: Path):
    return files.inspect(files.as_table(path))


@pytest.mark.parametrize(
    ("body", "encoding"),
    [
        ("vin,é\n".encode(), "utf-8"),
        (b"\xef\xbb\xbfvin\n", "utf-8"),
        ("vin,\u00e9 \u20ac\n".encode("cp1252"), "utf-8"),  # told row by row
        ("vin,é\n".encode("utf-16"), "utf-16-le"),
        (b"\xfe\xff\x00v\x00i", "utf-16-be"),
        ("vin,é\n".encode("utf-16-le"), "utf-16-le"),
        ("vin,é\n".encode("utf-16-be"), "utf-16-be"),
        ("vin,é\n".encode("utf-32"), "utf-32-le"),
        ("vin,é\n".encode("utf-32-le"), "utf-32-le"),
        ("vin,é\n".encode("utf-32-be"), "utf-32-be"),
        (b"vin\n" + bytes(8), "utf-8"),  # a disk's zeros are no UTF-16
        (b"a", "utf-8"),
    ],
)
def test_an_encoding_is_told_from_the_bytes(tmp_path, body, encoding):
    path = tmp_path / "owners.csv"
    path.write_bytes(body)
    assert inspected(path).encoding == encoding


def test_a_packed_file_has_the_digest_of_what_is_in_it(tmp_path):
    body = b'vin,"a ""b"""\n'
    plain, packed = tmp_path / "owners.csv", tmp_path / "owners_2.csv.gz"
    plain.write_bytes(body)
    packed.write_bytes(gzip.compress(body))
    expected = hashlib.sha256(body).hexdigest()
    assert inspected(plain).sha256 == inspected(packed).sha256 == expected


def test_only_a_file_of_wider_characters_is_noted(tmp_path):
    for name, body in (("owners.csv", "e".encode("utf-16")), ("parts.csv", b"e")):
        (tmp_path / name).write_bytes(body)
    found = [inspected(tmp_path / name) for name in ("owners.csv", "parts.csv")]
    assert list(files.encodings(found)) == ["owners.csv is not UTF-8; it was read as utf-16-le."]
