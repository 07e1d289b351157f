"""The packs against ``law_corrections.toml``: what the reading of the regulation's own text found, row by row."""

from __future__ import annotations

import re
import tomllib
from datetime import date
from fnmatch import fnmatchcase
from pathlib import Path

from renotify.rules.pack import all_rows, load
from renotify.rules.row import MARKS, SINCE_UNKNOWN
from rules.test_twin_rows import gravest

READING = tomllib.loads(
    (Path(__file__).parent / "law_corrections.toml").read_text(encoding="utf-8")
)
FACTS = (
    "amount", "unit", "severity", "effective_from", "effective_to", "codes", "least", "kind", "due_days",
    "capitals", "surface",
)  # fmt: skip
SECTION = re.compile(r"\b(?:5\d\d\.\d+|\d{4,5}(?=\())|DMM \d+|24202")

# ids of the reading whose rows stand under other names in the packs
SPLIT = {
    ("statements", "A1"): ("A1a", "A1b", "A1c", "A1d", "A1e", "A1f", "A1g", "A1h"),
    ("clocks", "retention_policy"): ("retention_records",),
}
# rows that the reading puts beside sentences of the letter and that are none: a table of its own holds them
ELSEWHERE = {"LANG1": "languages"}
# rows that the reading names together with others, or asks for in a note
OURS = {
    "statements": {
        "VISIT", "NF2", "NF3", "POSTLITIGATION_REIMBURSED", "POSTLITIGATION_NOT_REIMBURSED", "POSTLITIGATION_NO_PROVISIONAL",
        "P8D", "P8R", "P9R", "P9N", "F5", "E5T", "N1U", "N1N", "G2N", "G1RE", "G1FE", "G2T", "P6T", "P2E", "P6R", "R2", "R3",
        "N1R", "N1UR", "N1A", "N1AR", "N2R", "G1RT", "G1FT", "G4I", "P6N", "P6F", "P6U", "P6D", "P6E", "R1N",
         "OTHERFACI", "OTHERFACU", "G3N", "G3O", "G4N", "E2N",  # E2N: the second sentence of (e)(2), which the note of E2 quotes
        *(f"PROVISIONAL_{name}" for name in
          ("BASIS", "RISK", "MEASURES", "CONTEST", "FREE", "BY_REPAIR", "BY_REPLACEMENT", "BY_REPLACEMENT_ITEM", "BY_REFUND",
           "BY_REFUND_ITEM", "EXPENSES", "CEILING", "NOT_FREE", "REPAIR", "NO_REPAIR", "OPINION", "WORK", "PARTS", "LABOR",
           "FACILITIES", "FACILITY_PAID", "FURTHER", "ADDRESS")),
    },
    "forbidden": {
        f"{name}.{language}" for language in ("en", "es")
        for name in ("not_present", "most_likely_not", "safe_anyway", "no_noncompliance", "old_promise", "other_telephone",
                     "near_denial", "near_small", "near_assurance", "near_doubt", "near_blame", "near_charge", "near_sales",
                     "charge", "free_limit", "work_limit", "near_terms", "no_work", "free_condition",
                     "refund_less", "less_given", "charge_elsewhere", "near_charge_elsewhere", "near_maker",
                     "deadline", "part_paid", "house_sales", "near_no_hurry",
                     "owner_pays_elsewhere", "discount_on_goods", "near_depreciation", "near_own_plan", "elsewhere", "no_visit",
                     "dealer_there")
    },
    "returns": {"FORWARDING_ORDER_EXPIRED", "MISSENT", "RETURNED_FOR_POSTAGE", "NO_ACCESS", "DAMAGED"},  # yellow labels, from memory
    "reports": {row.id for row in all_rows()["reports"]},  # the items of 573.7(b), by NHTSA's layouts: [[layout]]
    "clocks": {"inconsequentiality_not_filed"},  # 573.6(c)(8)(iv): no later than the end of the 30 days
    # the paragraphs that LANG1's citation and note name: Puerto Rico, the label there, and the owner's wish
    "languages": {"LANG_PUERTO_RICO", "LANG_WISH", "LABEL_PUERTO_RICO", "LABEL_ENGLISH"},
}  # fmt: skip
# what the reading asks for and the packs do not hold yet, with the reason
NOT_YET: dict[str, str] = {}
# where one reading covers rows of several marks, by the row
SEVERAL_MARKS = {
    "free_remedy": {"READ", "SECOND"},
    "address_match": {"SECOND"},
    "MOVED_LEFT_NO_ADDRESS": {"READ"},
    "rental_grounded": {"READ"},
    "rental_grounded_large": {"READ"},
    "NO_SUCH_OFFICE_IN_STATE": {"MEM"},
    "SKIP_TRACE_EXHAUSTED": {"HOUSE"},
}


def names(entry):
    return entry.get("ids") or [entry["id"]]


def rows_of(table, name):
    wanted = SPLIT.get((table, name), (name,))
    held = all_rows()[ELSEWHERE.get(name, table)]
    return [row for row in held if any(fnmatchcase(row.id, one) for one in wanted)]


def meant(table, name, entry):
    """Return the rows that an entry speaks of: of its days where it names any, else those in force last."""
    found = rows_of(table, name)
    if "effective_from" in entry:
        return [row for row in found if row.effective_from == entry["effective_from"]]
    if "effective_to" in entry:
        return [row for row in found if row.effective_to == entry["effective_to"]]
    return [row for row in found if row.effective_to is None]


READ_ROWS = [
    (name, entry, meant(entry["file"].removesuffix(".toml"), name, entry))
    for entry in READING["correction"] + READING["missing"]
    for name in names(entry)
    if name not in NOT_YET
]


def marks(name, entry):
    """Return the marks that a reading allows its rows."""
    if name in SEVERAL_MARKS:
        return SEVERAL_MARKS[name]
    if "house policy" in f"{entry.get('citation')} {entry['how']} {entry.get('source')}":
        return {"HOUSE"}
    if entry["how"].startswith("READ") and "MEM" in entry["how"]:
        return {"PART"}
    return {next(mark for mark in MARKS if entry["how"].startswith(mark))}


def test_each_row_that_the_reading_names_is_in_the_pack():
    assert [name for name, _, rows in READ_ROWS if not rows] == []


def test_each_row_is_marked_as_it_was_read():
    for name, entry, rows in READ_ROWS:
        assert {row.verified for row in rows} <= marks(name, entry), name


def test_what_could_not_be_verified_keeps_an_open_mark_unless_it_is_the_house_s_own():
    for _, entry, rows in READ_ROWS:
        if entry.get("verdict") == "unverified":
            for row in rows:
                assert row.open_mark or row.verified == "HOUSE", row.id


def test_each_row_cites_what_the_reading_cites():
    for _, entry, rows in READ_ROWS:
        for row in rows if "citation" in entry else ():
            first = SECTION.search(row.citation)
            if first is None:
                assert row.citation == entry["citation"], row.id
            else:
                assert first[0] in SECTION.findall(entry["citation"]), row.id


def alone():
    """Return the readings of one row alone, whose citation is the row's to the letter."""
    split = {
        "A1",
        "PROVISIONAL",
        "retention_policy",
        "free_remedy",
        "address_match",
        "inconsequentiality",
    }
    entries = READING["correction"] + READING["missing"]
    return [one for one in entries if "id" in one and "citation" in one
            and one["id"] not in split | set(NOT_YET)]  # fmt: skip


def test_a_row_read_alone_cites_the_paragraphs_to_the_letter():
    for entry in alone():
        for row in meant(entry["file"].removesuffix(".toml"), entry["id"], entry):
            assert row.citation == entry["citation"], row.id


def test_each_row_has_the_amounts_units_days_and_codes_that_were_read():
    for name, entry, rows in READ_ROWS:
        for fact in FACTS:
            if fact not in entry or (name, fact) == ("acceleration_ends", "amount"):
                continue
            value = entry[fact]
            if isinstance(value, list):
                value = tuple(tuple(one) if isinstance(one, list) else one for one in value)
            found = {getattr(row, fact) for row in rows}
            if fact == "codes":  # spellings of the trade stand beside those that were read
                assert all(set(value) <= set(codes) for codes in found), name
            else:
                assert found == {value}, (name, fact)


# every key of a reading: looked at by a test of this file, or words about the reading that no row holds
LOOKED_AT = {*FACTS, "file", "id", "ids", "how", "verdict", "citation", "text", "matcher", "starts", "add", "items", "rows"}  # fmt: skip
PROSE = {"source", "note", "title", "variant"}
# where the pack says the start of a clock in fewer words, each by what was read
SHORTER_STARTS = {
    "report_573_remainder": "confirmation of information that was missing in the first report",
    "inconsequentiality": "publication of the denial of the petition in the Federal Register",
    "letters_ordered": "receipt of the Administrator's order",
    "reimbursement_begins": "573 report (defect without an engineering analysis)",
    "acceleration_ends": "end of the accelerated remedy program",
}
# a sentence for each phrase that the reading adds to what may not be said, and whether it refuses or is shown
ADDED = {
    "The defect may not be present in your vehicle.": "must",
    "There is nothing wrong with your vehicle.": "must",
    "This does not affect the safety of your vehicle.": "must",
    "The vehicle is perfectly safe to drive.": "must",
    "The noncompliance is inconsequential.": "must",
    "Your vehicle meets all applicable Federal motor vehicle safety standards.": "must",
    "The problem is cosmetic.": "should",
    "We write for your peace of mind.": "must",
    "There is no noncompliance.": "must",
}


def test_no_fact_of_a_reading_is_looked_at_by_nobody():
    keys = {key for entry in READING["correction"] + READING["missing"] for key in entry}
    assert keys - LOOKED_AT - PROSE == set()


def test_each_clock_starts_with_what_was_read():
    for name, entry, rows in READ_ROWS:
        if "starts" in entry:
            assert {row.starts for row in rows} == {SHORTER_STARTS.get(name, entry["starts"])}, name


def test_each_statement_is_found_by_the_words_that_were_read():
    """Our words of it have them; without them the gate finds no statement."""
    for name, entry, rows in READ_ROWS:
        for language, pattern in entry.get("matcher", {}).items():
            wanted = re.compile(pattern, re.IGNORECASE)
            for row in rows:
                assert wanted.search(row.text[language]), name
                assert row.find(row.text[language], language), name
                assert not row.find(wanted.sub("Left out", row.text[language]), language), name


def test_each_phrase_that_the_reading_adds_to_what_may_not_be_said_is_found():
    phrases = {one for entry in READING["correction"] for one in entry.get("add", ())}
    assert all(any(re.search(one, said, re.IGNORECASE) for said in ADDED) for one in phrases)
    assert len(phrases) == len(ADDED)
    for said, fares in ADDED.items():
        assert gravest(said, "en", "defect") == fares, said


def test_the_information_on_reimbursement_asks_for_each_item_that_was_read():
    (entry,) = [one for one in READING["missing"] if one["id"] == "reimbursement_information"]
    (row,) = rows_of("statements", "reimbursement_information")
    slot_or_words = (
        "{vehicles}: {defect}", "has a program", "{period}", "{reimbursement_limits}", "the receipt", "Mail your claim",
        "{claims_address}, or",
    )  # fmt: skip
    assert len(entry["items"]) == len(slot_or_words)
    assert [one for one in slot_or_words if one not in row.text["en"]] == []


def test_a_period_before_an_event_is_counted_backwards():
    """573.14(g) asks for 30 days at least before the end; the reading gives the number alone."""
    (row,) = rows_of("clocks", "acceleration_ends")
    assert (row.amount, row.unit, row.starts) == (
        -30, "calendar", "end of the accelerated remedy program",
    )  # fmt: skip


def test_the_free_remedy_lasted_ten_years_and_lasts_fifteen_since_december_2015():
    (entry,) = [one for one in READING["correction"] if one.get("id") == "free_remedy"]
    found = [
        {"effective_from": row.effective_from, "amount": row.amount, "unit": row.unit}
        | ({"effective_to": row.effective_to} if row.effective_to else {})
        for row in rows_of("clocks", "free_remedy")
    ]
    assert found == entry["rows"]


def test_each_statement_has_the_words_that_were_read():
    for name, entry, rows in READ_ROWS:
        if name == "A1":
            continue
        for row in rows:
            for language, words in entry.get("text", {}).items():
                assert row.text[language] == words, name


def test_an_accelerated_remedy_says_each_of_the_seven_items_in_the_words_that_were_read():
    words = {row.id: row.text["en"] for row in rows_of("statements", "A1")}
    read = next(one for one in READING["correction"] if one.get("id") == "A1")["text"]["en"]
    for name in ("A1a", "A1b", "A1c"):
        assert words[name] in read
    cited = {row.citation for row in rows_of("statements", "A1")}
    for item in range(1, 8):
        assert any(f"(c)({item})" in one for one in cited), item


def test_what_the_reading_misses_and_the_packs_do_not_hold_has_its_reason():
    missing = {one["id"] for one in READING["missing"]}
    assert set(NOT_YET) <= missing
    held = {row.id for rows in all_rows().values() for row in rows}
    assert missing - held == set(NOT_YET)


def test_every_row_of_the_packs_was_gone_through_or_came_from_the_reading():
    for table, rows in all_rows().items():
        read = {
            row.id
            for entry in READING["correction"] + READING["missing"]
            for name in names(entry)
            if ELSEWHERE.get(name, entry["file"].removesuffix(".toml")) == table
            for row in rows_of(table, name)
        }
        assert {row.id for row in rows} - read == OURS.get(table, set()), table


def test_no_row_claims_a_duty_before_the_day_that_was_read():
    """577.5's head, 577.14, 573.15, 30120(i) and fifteen years: none of them stood in 1976."""
    young = {
        "P1": date(2014, 2, 18), "P2": date(2014, 2, 18), "P3": date(2014, 2, 18), "P12": date(2014, 2, 18),
        "label_height": date(2014, 2, 18), "label_width": date(2014, 2, 18), "label_type": date(2014, 2, 18),
        "lookup_refresh": date(2014, 8, 20), "lookup_history": date(2014, 8, 20),
        "rental_grounded": date(2016, 6, 1), "rental_grounded_large": date(2016, 6, 1),
        "free_remedy": date(2015, 12, 4),
    }  # fmt: skip
    for rows in all_rows().values():
        for row in rows:
            if row.id in young and row.verified == "READ":
                assert row.effective_from == young[row.id], row.id


def test_what_stands_before_that_day_is_the_house_s_own_or_not_wholly_read():
    early = {row.id: row for row in all_rows()["statements"] if row.effective_to is not None}
    assert {name: row.verified for name, row in early.items()} == {
        "P1": "HOUSE", "P2": "HOUSE", "P3": "PART", "ENV1": "MEM",
    }  # fmt: skip
    for row in early.values():
        assert row.effective_from == SINCE_UNKNOWN
        assert row.effective_to == date(2014, 2, 17)


def test_the_explanation_tells_every_open_mark_and_every_rule_without_a_first_day():
    page = (Path(__file__).parents[2] / "docs" / "explanation" / "regulation.md").read_text("utf-8")
    still_open, rest = page.split("## What is still open")[1].split("## Rules whose first day")
    undated = rest.split("## What may not be said")[0]
    for rows in all_rows().values():
        for row in rows:
            if row.open_mark:
                assert (
                    f"| `{row.id}` | {row.title} | {row.citation} | {row.open_mark} |" in still_open
                )
            if not row.since_established and row.verified != "HOUSE":
                assert f"`{row.id}`" in undated


def test_the_days_that_tires_are_remedied_are_open_to_counsel_in_every_letter_that_tells_them():
    """The reading holds 577.5(g)(1)(ii) and not 49 USC 30120(b), from which the 180 days are: `letter check` shows the mark."""
    row = load(date(2025, 2, 3)).statement("G2T")
    assert row.is_open_in(["initial"])
    assert row.open_mark.startswith(
        "a part of the rule was read; needs counsel: 49 USC 30120(b) was not read"
    )
