"""NULL, N/A, HTML entities and backslashes in cells: what is blanked, decoded, refused or left to a person, and what is said of it."""

from __future__ import annotations

from datetime import date

import pytest

from cases import at_once
from folder import make_vin
from renotify.ledger import tables
from renotify.ledger.intake.cells import without_entities, without_escapes
from small_world import write_csv

VIN, OTHER = make_vin(1), make_vin(2)


@pytest.fixture
def session(sqlite_session):
    """On SQLite only: the subject is not the store."""
    return sqlite_session


@pytest.fixture
def base(folder):
    return folder.campaign("9LA").dealer().vehicle(VIN, "9LA", owner=None)


def owner(session, vin=VIN):
    (row,) = tables.read(session, "owner", where="vin = :vin", vin=vin).to_pylist()
    return row


def test_words_for_nothing_are_blanks_where_a_cell_may_be_blank(base, take, session):
    loaded = take(
        base.owner(VIN, name2="NULL", addr2="N/A", phone="none", email="#REF!", zip4="null")
    )
    row = owner(session)
    assert [row[name] for name in ("name2", "addr2", "phone", "email", "zip4")] == [""] * 5
    assert loaded.tables["owners"].accepted == 1
    assert [note for note in loaded.notes if "name2" in note] == [
        "owners: name2: 1 cell held a word for nothing (such as NULL or N/A), taken as blank."
    ]


def test_a_null_in_an_optional_date_number_or_code_is_a_blank(base, take, session):
    base.in_stock(VIN, "D0001", "new", date(2012, 1, 2))
    base.rows["dealer_stock"][0]["sold_date"] = "NULL"
    base.add("population", campaign_code="9LA", vin=VIN, remedy_version="N/A", removed_date="null")
    loaded = take(base)
    assert loaded.rejects is None
    (stock,) = tables.read(session, "dealer_stock").to_pylist()
    assert stock["sold_date"] is None
    (state,) = tables.read(session, "state").to_pylist()
    assert (state["remedy_version"], state["status"]) == (1, "open")


def test_a_failed_formula_in_a_date_is_refused_for_what_it_is(base, take, rejected):
    base.add("population", campaign_code="9LA", vin=OTHER, removed_date="#REF!")
    (line,) = rejected(take(base))
    assert (line["column"], line["value"]) == ("removed_date", "#REF!")
    assert line["reason"].startswith("This is no date")


def test_a_word_for_nothing_where_text_is_needed_refuses_the_row(base, take, rejected):
    (line,) = rejected(take(base.vehicle(OTHER, owner=None, model="N/A")))
    assert (line["file"], line["row"], line["column"], line["value"]) == (
        "vehicles.csv",
        "3",
        "model",
        "N/A",
    )
    assert line["reason"] == "model holds a word that stands for nothing, and is needed."


def test_a_text_that_is_blank_when_decoded_is_blank(base, take, rejected):
    (line,) = rejected(take(base.owner(VIN, city="&nbsp;")))
    assert (line["column"], line["reason"]) == ("city", "city is blank.")


def test_orders_without_a_number_are_refused_and_not_joined(base, take, rejected):
    base.repair(VIN, "9LA", date(2012, 1, 2), ro_id="N/A")
    (line,) = rejected(take(base))
    assert (line["column"], line["value"]) == ("ro_id", "N/A")


def test_a_failed_look_up_never_means_every_model(base, take, rejected):
    base.part("P1").takes("9LA", "P1", 1, model="#N/A").takes("9LA", "P1", 1, model="N/A")
    (line,) = rejected(take(base))
    assert (line["file"], line["row"], line["column"]) == ("campaign_parts.csv", "2", "model")


def test_an_owner_of_a_word_for_nothing_is_taken_as_written_and_counted(base, take, session):
    loaded = take(base.owner(VIN, name1="Null", addr1="NO ADDRESS ON FILE"))
    row = owner(session)
    assert (row["name1"], row["addr1"]) == ("Null", "NO ADDRESS ON FILE")
    told = [note for note in loaded.notes if "may stand for nothing" in note]
    assert [note.partition(" held")[0] for note in told] == [
        "owners: addr1: 1 cell",
        "owners: name1: 1 cell",
    ]
    assert "ADDRESS ON FILE" not in " ".join(loaded.notes)


def test_escapes_of_other_programs_are_decoded_with_a_note_that_names_nobody(base, take, session):
    base.owner(
        VIN,
        name1="O&#39;Brien &amp; Sons",
        name2=r"O\'Neil",
        city="San Jos&eacute;",
        addr1="1 \u0415lm St",
    )
    loaded = take(base)
    row = owner(session)
    assert (row["name1"], row["name2"], row["city"]) == ("O'Brien & Sons", "O'Neil", "San José")
    assert row["addr1"] == "1 Elm St"
    assert any(
        note.startswith("owners: addr1: 1 cell had letters of another alphabet")
        for note in loaded.notes
    )
    told = [note for note in loaded.notes if "decoded" in note]
    assert [note.partition(" had")[0] for note in told] == [
        "owners: city: 1 cell", "owners: name1: 1 cell", "owners: name2: 1 cell",
    ]  # fmt: skip
    assert "Brien" not in " ".join(loaded.notes)


@at_once(
    ("written", "meant"),
    [
        ("O&#39;Brien &amp; Sons", "O'Brien & Sons"), ("Smith &amp;amp;amp; Co", "Smith & Co"), ("&quot;Jack&quot;", '"Jack"'),
        ("Jos&eacute;", "José"), ("Jos&#xE9;", "José"), ("A&nbsp;B", "A B"), ("&apos;t Hof", "'t Hof"),
        ("AT&T", "AT&T"), ("R&D;", "R&D;"), ("A&P TEA CO; INC", "A&P TEA CO; INC"), ("&copy", "&copy"), ("Q&A;", "Q&A;"),
        ("Smith &amp Sons", "Smith & Sons"), ("JOSE&NTILDE;", "JOSEÑ"), ("JOS&EACUTE;", "JOSÉ"), ("&Eacute;&eacute;", "Éé"),
        ("A&#233", "Aé"),
        ("&#0;X", " X"), ("&#xD800;X", "&#xD800;X"), ("A & B", "A & B"), ("A &AMPLE", "A &AMPLE"),
    ],
)  # fmt: skip
def test_html_entities_are_decoded_and_nothing_else(written, meant):
    assert without_entities(written) == meant


@at_once(
    ("written", "meant"),
    [
        (r"John \"Jack\" Smith", 'John "Jack" Smith'), (r"O\'Brien", "O'Brien"), (r"A \\ B", r"A \ B"), (r"C\/O LEE", "C/O LEE"),
        (r'John \Jack\" Smith"', 'John "Jack" Smith'), (r'A \B\" C \"D\" E"', 'A "B" C "D" E'),
        (r"O\\'Brien", "O'Brien"), (r"D\u0027Angelo", "D'Angelo"), (r"Jos\u00e9", "José"), (r"A\ud83d", r"A\ud83d"),
        (r"A\u0000", r"A\u0000"),
        (r"A\B", r"A\B"), (r"\N", r"\N"), (r'5\8"', r'5\8"'), ('Unit 5"', 'Unit 5"'),
    ],
)  # fmt: skip
def test_escaped_quotes_and_backslashes_are_decoded_where_it_is_certain(written, meant):
    assert without_escapes(written) == meant


def test_words_of_the_ledger_s_own_win_and_count_from_the_same_load_on(
    base, take, session, tmp_path
):
    base.add("placeholder_words", column_name="owners.name2", word="XXX", meaning="blank")
    base.add("placeholder_words", column_name="", word="NULL", meaning="keep")
    take(base.owner(VIN, name2="xxx", addr2="NULL"))
    row = owner(session)
    assert (row["name2"], row["addr2"]) == ("", "NULL")
    word = {"column_name": "", "word": "NULL", "meaning": "blank"}
    counts = take(write_csv(tmp_path / "placeholder_words.csv", [word, word])).tables[
        "placeholder_words"
    ]
    assert (counts.accepted, counts.unchanged) == (1, 1)


def test_words_of_a_column_that_no_table_has_are_refused(base, take, rejected):
    base.add("placeholder_words", column_name="owner.nam1", word="XXX", meaning="ask")
    (line,) = rejected(take(base))
    assert line["reason"].startswith("No table has this column")


def test_an_ampersand_that_is_none_of_html_s_is_no_note(base, take):
    loaded = take(base.owner(VIN, name1="A & B", name2="AT&T"))
    assert not [note for note in loaded.notes if "decoded" in note]


@pytest.mark.parametrize("word", ["NULL", "-", "UNKNOWN", "#N/A"])
def test_a_word_for_nothing_is_no_dealer_of_an_order_and_joins_none(
    base, take, rejected, session, word
):
    base.vehicle(OTHER, "9LA", owner=None)
    base.repair(VIN, "9LA", date(2012, 1, 2), dealer=word, ro_id="1001")
    base.repair(OTHER, "9LA", date(2012, 1, 3), dealer=word, ro_id="1001")
    lines = rejected(take(base))
    assert [(line["column"], line["value"]) for line in lines] == [("dealer_code", word)] * 2
    assert {row["status"] for row in tables.read(session, "state").to_pylist()} == {"open"}


def test_a_word_for_nothing_is_no_source_and_no_area(base, take, rejected):
    base.add(
        "vehicle_status", vin=VIN, effective_date="2012-01-01", status="scrapped", source="NULL"
    )
    base.dealer("D0002", area="#REF!").dealer("D0003", name="UNKNOWN")
    lines = rejected(take(base))
    assert [(line["file"], line["column"], line["value"]) for line in lines] == [
        ("dealers.csv", "area_code", "#REF!"), ("dealers.csv", "name", "UNKNOWN"), ("vehicle_status.csv", "source", "NULL"),
    ]  # fmt: skip


@pytest.mark.parametrize("booked", ["9LA; ALE", "9LA;;ALE;", " ALE;9LA;ALE ;"])
def test_the_codes_of_a_booking_are_stored_each_once_and_bare(base, take, session, booked):
    base.campaign("ALE")
    base.add("appointments", appointment_id="A1", dealer_code="D0001", vin=VIN, campaign_codes=booked,
        start="2013-03-11T08:30", status="booked")  # fmt: skip
    take(base)
    (row,) = tables.read(session, "appointment").to_pylist()
    assert row["campaign_codes"] == ("ALE;9LA" if "ALE;9LA" in booked else "9LA;ALE")


def test_a_booking_of_no_code_is_refused(base, take, rejected):
    base.add("appointments", appointment_id="A1", dealer_code="D0001", vin=VIN, campaign_codes=" ; ",
        start="2013-03-11T08:30", status="booked")  # fmt: skip
    (line,) = rejected(take(base))
    assert line["column"] == "campaign_codes"
