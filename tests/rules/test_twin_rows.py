"""Each English row of charges, limits and denials has its Spanish one, and sentences that say the same fare the same in both."""

from __future__ import annotations

import tomllib
from datetime import date
from pathlib import Path

import pytest

from cases import at_once
from letters.samples import FUEL
from renotify import rules
from renotify.letters.checks import plain_language
from renotify.letters.checks.finding import OwnText, Part

PAIRS = tomllib.loads((Path(__file__).parent / "twin_sentences.toml").read_text("utf-8"))["pair"]
PACK = rules.load(date(2026, 2, 20))
ALIKE = (
    "severity",
    "surfaces",
    "families",
    "unless",
    "not_in",
    "only_in",
    "house_words_only",
    "citation",
)
OUR_TEXTS = ("remedy", "conditions", "precaution", "warning", "towing", "component", "defect")
CHECKS = (plain_language.forbidden, plain_language.near_denials, plain_language.terms)


def gravest(text: str, language: str, name: str = "remedy") -> str:
    """Return the gravest severity that the check of a letter finds in a campaign's own text; blank for none."""
    part = Part(
        language=language, blocks=(), text=text, static="", pages=(), expected=(),
        own_texts=(OwnText(FUEL.campaign_code, name, text),),
    )  # fmt: skip
    found = {one.severity for check in CHECKS for one in check(part, PACK, "safety")}
    return "must" if "must" in found else "should" if found else ""


def of_kind(language: str) -> dict[str, object]:
    return {
        row.id.removesuffix(f".{language}"): row
        for surface in ("letter", "own_text", "own_terms", "campaign_text")
        for row in PACK.forbidden(language, surface)
    }


def test_each_english_row_has_its_spanish_one_and_they_bind_the_same_texts() -> None:
    english, spanish = of_kind("en"), of_kind("es")
    assert english.keys() == spanish.keys()
    unlike = [
        (name, key)
        for name, row in english.items()
        for key in ALIKE
        if getattr(row, key) != getattr(spanish[name], key)
    ]
    assert unlike == []


@at_once("pair", PAIRS)
def test_what_says_the_same_fares_the_same_in_both_languages(pair: dict[str, str]) -> None:
    assert (gravest(pair["en"], "en"), gravest(pair["es"], "es")) == (pair["severity"],) * 2


def test_each_kind_of_charge_limit_condition_and_denial_has_sentences() -> None:
    assert {pair["kind"] for pair in PAIRS if pair["severity"] == "must"} == {
        "a charge", "a limit", "a condition", "not in this vehicle", "an advertisement",
    }  # fmt: skip


@at_once("name", OUR_TEXTS)
def test_that_this_vehicle_has_it_not_refuses_in_whatever_text_it_stands(name: str) -> None:
    """577.8(a): the third idea, that the defect is not present in the owner's vehicle."""
    for pair in PAIRS:
        if pair["kind"] == "not in this vehicle":
            assert (gravest(pair["en"], "en", name), gravest(pair["es"], "es", name)) == (
                "must",
            ) * 2


@pytest.mark.parametrize(
    ("name", "text", "severity"),
    [
        ("replacement", "a new Gale, if you pay the difference in price", "must"),
        ("replacement", "a new Gale of the same kind", ""),
        ("depreciation", "One tenth a year. A fee of 50 dollars is taken off.", "must"),
        ("depreciation", "One tenth a year. Owners pay for the transport.", "must"),
        ("depreciation", "One tenth of the price a year, and no fee.", ""),
        ("acceleration", "More shops do the work. Customers pay for labor.", "must"),
        ("acceleration", "More shops do the work.", ""),
        ("acceleration_facilities", "Call us. Customers pay for labor.", "must"),
        ("facilities", "any shop. Customers pay for labor.", "must"),
        ("parts_source", "Northwind dealers, for $45", "should"),
        ("parts_source", "Northwind dealers", ""),
        ("towing", "Call us and we will have your vehicle towed to the dealer without charge.", ""),
        ("administrators_basis", "Tests by the agency showed that the hose wears through.", ""),
        ("repair_opinion", "We believe that a shop can repair this problem.", ""),
        ("defect", "We believe that the hose is strong enough.", "should"),
    ],
)
def test_each_text_of_the_free_remedy_is_looked_at_by_what_may_stand_in_it(
    name: str, text: str, severity: str
) -> None:
    assert gravest(text, "en", name) == severity


def test_what_sells_is_named_as_an_advertisement_and_not_as_a_charge() -> None:
    """18 USC 2721(b)(12): counsel who accepts a reading knows of what."""
    for pair in (one for one in PAIRS if one["kind"] == "an advertisement"):
        for language in ("en", "es"):
            part = Part(
                language=language, blocks=(), text=pair[language], static="", pages=(), expected=(),
                own_texts=(OwnText(FUEL.campaign_code, "remedy", pair[language]),),
            )  # fmt: skip
            (found,) = plain_language.terms(part, PACK, "safety")
            assert (
                found.message.startswith("an advertisement"),
                "18 USC 2721(b)(12)" in found.citation,
            ) == (True, True)


@pytest.mark.parametrize(
    ("name", "text", "language", "severity"),
    [
        ("defect", "This letter does not mean that your hoses are bad.", "en", "must"),
        ("precaution", "Esta carta no significa que sus mangueras estén malas.", "es", "must"),
        ("defect", "The torque of the bolts may be below our specification.", "en", ""),
        ("repair_opinion", "We believe that this problem can be repaired.", "en", ""),
        ("precaution", "Deje solo la llave del vehículo.", "es", ""),
        ("remedy", "Le pagaremos el combustible.", "es", ""),
        ("remedy", "The old hose is not valid for this model.", "en", "should"),
    ],
)
def test_what_a_letter_does_not_mean_refuses_and_innocent_sentences_pass_without_a_word(
    name: str, text: str, language: str, severity: str
) -> None:
    assert gravest(text, language, name) == severity


LESS = {
    "We pay at most $3,000.": "Pagamos como máximo $3,000.",
    "We pay at most half.": "Pagamos como máximo la mitad.",
    "We refund half of the price.": "Reembolsamos la mitad del precio.",
    "You get half.": "Recibe la mitad.",
    "The refund is limited to the book value.": "El reembolso se limita al valor de libro.",
    "One tenth a year, less wear and dents.": "Un décimo al año, menos el desgaste y las abolladuras.",
    "Dents are taken off.": "Las abolladuras se descuentan.",
    "a new Gale at half the price": "un Gale nuevo a mitad de precio",
    "a new Gale, if you pay the difference": "un Gale nuevo, si usted paga la diferencia",
    "a new Gale; the taxes are yours": "un Gale nuevo; los impuestos son suyos",
    "We take off depreciation and pay at most half.": "Descontamos la depreciación y pagamos a lo sumo la mitad.",
}
AS_MUCH = {
    "One tenth a year, but at most half of the price.": "Un décimo al año, como máximo la mitad del precio.",
    "We take off at most $300 a year.": "Descontamos como máximo $300 al año.",
    "The refund is paid in a maximum of ten days.": "El reembolso se paga en un máximo de diez días.",
    "You get back at least half.": "Le devolvemos al menos la mitad.",
    "Nothing is taken off for dents.": "No se descuenta nada por abolladuras.",
    "You get a new part of the same kind.": "Recibe una parte nueva del mismo tipo.",
    "The rest is yours.": "El resto es suyo.",
}


@at_once("name", ["depreciation", "replacement", "remedy_if_upheld"])
def test_a_refund_or_replacement_that_gives_less_than_the_law_refuses_in_both_languages(
    name: str,
) -> None:
    """30120(a)(1)(A): a ceiling, a part, or something else than the allowance taken off went out in the frame of the statement."""
    for english, spanish in LESS.items():
        found = {text: gravest(text, of, name) for of, text in (("en", english), ("es", spanish))}
        assert set(found.values()) == {"must"}, found


def test_a_ceiling_of_the_allowance_itself_and_other_lawful_terms_of_a_refund_may_stand() -> None:
    for english, spanish in AS_MUCH.items():
        both = (("en", english), ("es", spanish))
        found = {text: gravest(text, of, "depreciation") for of, text in both}
        assert "must" not in found.values(), found


def test_a_description_in_which_the_maker_speaks_of_itself_is_shown_in_spanish_too() -> None:
    assert gravest("Nuestra compañía respalda esta manguera.", "es", "defect") == "should"
    assert gravest("La manguera puede rozar la rueda.", "es", "defect") == ""
