"""Words that stand for nothing: which they are in which column, and who may say otherwise."""

from __future__ import annotations

import pyarrow as pa
import pytest

from renotify.values.placeholders import Meaning, Placeholders, Rule, packaged

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


@pytest.mark.parametrize(
    "word", ["NULL", "null", "Null", "(null)", r"\N", "N/A", "n/a", "None", "nan", "-", "--", "."]
)
def test_a_word_for_nothing_is_a_blank_in_any_column(word):
    assert means(packaged(), "owners.name2", word) == {Meaning.BLANK}
    assert means(packaged(), "dealer_stock.sold_date", word, text=False) == {Meaning.BLANK}


def test_a_failed_formula_is_a_blank_in_text_and_none_in_a_date_or_a_number():
    assert means(packaged(), "owners.addr2", "#REF!") == {Meaning.BLANK}
    assert means(packaged(), "population.removed_date", "#REF!", text=False) == set()


@pytest.mark.parametrize(
    "word", ["NA", "Nullmann", "Anna Null", "N", "No", "Unknown Pleasures LLC"]
)
def test_a_word_that_only_looks_like_one_is_none(word):
    assert means(packaged(), "owners.name2", word) == set()
    assert not asked(packaged(), name1=word)


@pytest.mark.parametrize(
    "said",
    [
        {"name1": "Null"}, {"name1": "#N/A"}, {"name1": "UNKNOWN OWNER"}, {"name1": "*** Unknown ***"}, {"name1": "Owner, Unknown"},
        {"addr1": "NO ADDRESS ON FILE"}, {"addr1": "No fixed address."}, {"addr1": "(returned mail)"}, {"addr1": "dirección desconocida"},
        {"addr1": "DIRECCIÓN DESCONOCIDA"}, {"city": "N/A"}, {"city": "unknown"},
    ],
)  # fmt: skip
def test_an_owner_whose_name_street_or_city_may_say_nothing_is_asked_about(said):
    assert asked(packaged(), **said)


@pytest.mark.parametrize(
    "said",
    [
        {},
        {"name1": "REGISTERED OWNER"},
        {"name1": "CURRENT RESIDENT"},
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
