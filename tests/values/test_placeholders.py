"""Words that stand for nothing: which they are in which column, and who may say otherwise."""

from __future__ import annotations

import pyarrow as pa

from cases import at_once
from renotify.values.placeholders import FEW, Meaning, Placeholders, Rule, packaged

PERSON = {"name1": "Anna Null", "addr1": "1 Elm St", "city": "Newark"}


def means(rules: Placeholders, place: str, word: str, *, text: bool = True) -> set[Meaning]:
    """The meanings of a cell of a column, table.column."""
    table, column = place.split(".")
    words = rules.of(table, column, text=text)
    return {meaning for meaning, mask in words.masks(pa.array([word])).items() if mask[0].as_py()}


def own(*rules: tuple[str, str, str]) -> Placeholders:
    return Placeholders(packaged().packaged, tuple(Rule(*rule) for rule in rules))


def asked(rules: Placeholders, **said: str) -> bool:
    return rules.asked(pa.table({name: [text] for name, text in (PERSON | said).items()}))[
        0
    ].as_py()


@at_once(
    "word", ["NULL", "null", "Null", "(null)", r"\N", "N/A", "n/a", "None", "nan", "-", "--", "."]
)
def test_a_word_for_nothing_is_a_blank_in_any_column(word):
    assert means(packaged(), "owners.name2", word) == {Meaning.BLANK}
    assert means(packaged(), "dealer_stock.sold_date", word, text=False) == {Meaning.BLANK}


def test_a_failed_formula_is_a_blank_in_text_and_none_in_a_date_or_a_number():
    assert means(packaged(), "owners.addr2", "#REF!") == {Meaning.BLANK}
    assert means(packaged(), "population.removed_date", "#REF!", text=False) == set()


@at_once("word", ["NA", "Nullmann", "Anna Null", "N", "No", "Unknown Pleasures LLC"])
def test_a_word_that_only_looks_like_one_is_none(word):
    assert means(packaged(), "owners.name2", word) == set()
    assert not asked(packaged(), name1=word)


@at_once(
    "said",
    [
        {"name1": "Null"}, {"name1": "#N/A"}, {"name1": "UNKNOWN OWNER"}, {"name1": "*** Unknown ***"}, {"name1": "Owner, Unknown"},
        {"name1": "Deceased"}, {"name1": "CURRENT RESIDENT"}, {"name1": "Occupant"}, {"name1": "Current Owner"},
        {"name1": "REPOSSESSED"}, {"name1": "Stolen"}, {"name1": "TOTALED"}, {"name1": "x"}, {"name1": "123"}, {"name1": "(555) 555-0100"},
        {"name1": "the Estate of"}, {"name1": "Estate of Unknown"}, {"name1": "Mr. & Mrs."}, {"name1": "Dueño"}, {"name1": "/-/"},
        {"name1": "LIEN HOLDER"},
        {"name2": "DECEASED"}, {"name2": "00"},
        {"addr1": "Vacant Lot"}, {"addr1": "UNKNOWN ADDRESS"}, {"addr1": "PO Box"}, {"addr1": "Repossessed"}, {"addr1": "00000"},
        {"addr1": "NO ADDRESS ON FILE"}, {"addr1": "No fixed address."}, {"addr1": "NFA"}, {"addr1": "N.F.A."},
        {"addr1": "(returned mail)"}, {"addr1": "dirección desconocida"},
        {"addr1": "DIRECCIÓN DESCONOCIDA"}, {"city": "N/A"}, {"city": "unknown"},
    ],
)  # fmt: skip
def test_an_owner_whose_name_street_or_city_may_say_nothing_is_asked_about(said):
    assert asked(packaged(), **said)


@at_once(
    "said",
    [
        {},
        {"name1": "REGISTERED OWNER"},
        {"name1": "ESTATE OF JOHN SMITH"},
        {"name1": "JOHN SMITH (DECEASED)"},
        {"name1": "MARY STOLEN"},
        {"name1": "MALCOLM X"},
        {"name1": "3M"},
        {"name1": "김민수"},
        {"name1": "SMITH", "name2": "OR CURRENT RESIDENT"},
        {"addr1": "123 VACANT LOT RD"},
        {"addr1": "GENERAL DELIVERY"},
        {"name1": "Na"},
    ],
)
def test_an_owner_who_can_be_reached_as_written_is_not(said):
    assert not asked(packaged(), **said)


def test_a_ledger_keeps_a_word_in_its_own_spelling_only():
    """Mr Null is a person to this maker; NULL is still a database's nothing."""
    rules = own(("owners.name1", "Null", "keep"))
    assert not asked(rules, name1="Null")
    assert asked(rules, name1="NULL")
    assert asked(rules, addr1="Null")


def test_a_ledger_adds_words_and_changes_what_they_mean():
    rules = own(
        ("owners.addr1", "See title dept", "ask"),
        ("any", "n/a", "refuse"),
        ("name2", "N/A", "blank"),
    )
    assert asked(rules, addr1="SEE TITLE DEPT")
    assert means(rules, "vehicles.model", "N/A") == {Meaning.REFUSE}
    assert means(rules, "owners.name2", "N/A") == {Meaning.BLANK}


def test_a_failed_formula_never_becomes_every_model():
    assert means(packaged(), "campaign_parts.model", "#N/A") == {Meaning.REFUSE}
    assert means(packaged(), "campaign_parts.model", "N/A") == {Meaning.BLANK}


def test_every_word_of_the_packaged_list_is_written_in_capitals_and_trimmed():
    assert all(rule.word == rule.word.strip() == rule.word.upper() for rule in packaged().packaged)


@at_once(
    "name1",
    [
        "N / A", "UNKNOWN / UNKNOWN", "UNKNOWN-OWNER", "NONE GIVEN", "#N/A SMITH", "ANNA BELL #VALUE!", "UNKNOWN, UNKNOWN", "#N/A, #N/A",
        "UNK, UNK", "NULL,NULL", "NULL NULL NULL", "NaN NaN", "UNKNOWN  OWNER", "UNKNOWN_OWNER", "OWNER (UNKNOWN)", "NULL SMITH",
        "SMITH N/A", "UNKNOWN SMITH", "SMITH, UNK", "- -", "MR NULL",
    ],
)  # fmt: skip
def test_a_name_of_words_for_nothing_in_any_combination_is_asked_about(name1):
    assert asked(packaged(), name1=name1)


@at_once(
    "addr1",
    [
        "UNDELIVERABLE ADDRESS", "NO ADDR ON FILE", "NO ADDRESS ON FILE - SEE FILE", "BAD ADDRESS - DO NOT MAIL", "# REF! ELM ST",
        "123 MAIN ST NULL", "NO  KNOWN ADDRESS", "NO ADDRESS/UNKNOWN", "NO ADDRESS PROVIDED", "NO ADDRESS ON RECORD", "BAD ADDR",
        "PO BOX NULL", "PO BOX N/A", "123 MAIN ST (DO NOT MAIL)", "UNKNOWN ST",
    ],
)  # fmt: skip
def test_a_street_that_says_nothing_or_not_to_mail_is_asked_about(addr1):
    assert asked(packaged(), addr1=addr1)


@at_once(
    "said",
    [
        *({"name1": name} for name in (
            "Wei Na", "Mr None-Smith", "Nunya Unknownsky", "N. A. SMITH", "NAN SMITH", "MRS BLANK", "TEST DRIVERS INC", "AT&T", "Hsu Nan",
        )),
        *({"addr1": street} for street in (
            "Nan St", "123 Unknown Rd", "Apt # 12", "PO BOX 12", "12 Null Ln", "12 Test Ave", "100 Mail Rd", "12 N A St", "C/O ANNA BELL",
        )),
    ],
)  # fmt: skip
def test_an_honest_name_or_street_with_such_a_word_is_not(said):
    assert not asked(packaged(), **said)


@at_once(
    ("column", "text"),
    [
        ("name2", "C/O UNKNOWN"), ("name2", "& N/A"), ("name2", "UNKNOWN, UNKNOWN"), ("addr2", "C/O NO ADDR"), ("addr2", "APT NULL"),
        ("addr2", "# N/A"), ("addr2", "UNIT: NONE"),
    ],
)  # fmt: skip
def test_a_second_line_of_words_for_nothing_and_labels_is_a_blank(column, text):
    assert means(packaged(), f"owners.{column}", text) == {Meaning.BLANK}


@at_once("said", [{"name2": "ANNA #REF!"}, {"addr2": "APT 4 NULL"}, {"addr2": "ELM ST NO ADDR"}])
def test_a_second_line_that_says_more_beside_such_a_word_is_asked_about(said):
    assert asked(packaged(), **said)


@at_once(
    ("place", "text"),
    [("name", "UNKNOWN"), ("name", "METRO #REF!"), ("addr1", "NO ADDRESS"), ("city", "UNKNOWN")],
)
def test_a_dealer_that_would_be_printed_without_name_or_address_is_refused(place, text):
    assert means(packaged(), f"dealers.{place}", text) == {Meaning.REFUSE}


@at_once("place", ["owners.name1", "owners.addr1", "dealers.name"])
def test_a_cell_means_the_same_among_a_few_texts_and_among_many(place):
    """Of a few texts Python's patterns tell whether one may say nothing, of many Arrow's."""
    table, column = place.split(".")
    words = packaged().of(table, column, text=True)
    listed = [word for places in words.words.values() for some in places.values() for word in some]
    beside = [f"12 Elm St {listed[0]}", f"{listed[-1].lower()} Ana", "dirección desconocida"]
    texts = [*listed[::20], *beside, "12 Elm St", "Anna Nullmann", "Ünal"]
    among_many = words.masks(pa.array([*texts, *["12 Elm St"] * FEW]))
    for number, text in enumerate(texts):
        few = words.masks(pa.array([None, text]))
        found = {meaning for meaning, mask in few.items() if mask[1].as_py()}
        assert found == {m for m, mask in among_many.items() if mask[number].as_py()}, text
