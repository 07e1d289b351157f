"""The free remedy has no charge and no end (49 USC 30120(a)): own texts that say otherwise refuse, what comes near warns."""

from __future__ import annotations

import tomllib
from datetime import date
from pathlib import Path

from cases import at_once
from letters.samples import FUEL
from renotify import rules
from renotify.letters.checks import plain_language
from renotify.letters.checks.finding import OwnText, Part

HERE = Path(__file__).parent
SENTENCES = tomllib.loads((HERE / "free_remedy.toml").read_text("utf-8"))
OF_NHTSA = (HERE / "nhtsa_sentences.txt").read_text("utf-8").splitlines()
PACK = rules.load(date(2026, 2, 20))
LANGUAGES = ("en", "es")


def found(text, language="en", name="remedy", facts=(), family="safety"):
    """Return the severity of what is found in each sentence of a text of a campaign's own."""
    part = Part(
        language=language, blocks=(), text="", static="", pages=(), expected=(),
        own_texts=(OwnText(FUEL.campaign_code, name, text, frozenset(facts)),),
    )  # fmt: skip
    return [one.severity for one in plain_language.terms(part, PACK, family)]


@at_once(("language", "kind"), [(one, kind) for one in LANGUAGES for kind in SENTENCES["en"]])
def test_what_charges_or_limits_refuses_and_what_comes_near_warns(language, kind):
    expected = {"refused": ["must"], "warned": ["should"], "lawful": []}[kind]
    wrong = [one for one in SENTENCES[language][kind] if found(one, language) != expected]
    assert wrong == []


def test_of_200_sentences_that_makers_sent_to_nhtsa_none_is_refused():
    assert "must" not in [severity for one in OF_NHTSA for severity in found(one)]
    # they describe defects: as the words for the work all that name none would be shown
    of_remedies = [row for row in PACK.forbidden("en", "own_terms") if row.looks_at("remedy")]
    rows = [row for row in of_remedies if not row.id.startswith("no_work")]
    assert sum(any(row.find(one) for row in rows) for one in OF_NHTSA) <= 6
    assert [found(one, name="defect") for one in OF_NHTSA].count(["should"]) <= 2


def test_a_charge_may_stand_where_the_law_no_longer_gives_a_free_remedy():
    charged = "You will have to pay for the labor."
    assert found(charged) == ["must"]
    assert found(charged, name="voluntary_extent") == []
    assert found(charged, facts=["not_free"]) == []


def test_tires_have_a_last_day_and_no_charge():
    assert found("The tires are free until August 30, 2026.") == ["must"]
    assert found("The tires are free until August 30, 2026.", facts=["tires"]) == []
    assert found("You will have to pay for the labor.", facts=["tires"]) == ["must"]


def test_a_service_campaign_may_ask_for_money_and_end():
    assert found("You will have to pay for the labor.", family="service") == []
    ending = "This offer ends on March 31, 2027."
    rows = [row for row in PACK.forbidden("en") if row.find(ending)]
    assert {family for row in rows for family in row.families} == {"safety"}


def test_the_words_for_the_work_that_name_no_work_are_shown_and_other_texts_are_not():
    assert found("Drivers in snow states come before others.") == ["should"]
    for name in ("precaution", "defect", "towing"):
        assert found("Drivers in snow states come before others.", name=name) == []
    assert found("The dealer will seal the joint.") == []


def test_an_advertisement_in_what_the_dealer_will_do_refuses_what_comes_near_warns_and_a_part_of_that_name_does_not():
    """18 USC 2721(b)(12), 2722(a)."""
    for family in ("safety", "service"):
        assert found("Ask about our trade-in deals.", family=family) == ["must"]
        assert found("Pregunte por nuestras ofertas de autos.", "es", family=family) == ["must"]
        assert found("The dealer has a showroom.", family=family) == ["should"]
        assert found("Hay folletos en el taller.", "es", family=family) == ["should"]
    assert found("The trade-in value display can fail.", name="defect") == []
    assert found("Borealis will buy your vehicle back.") == []


def of_opinion(text, language="en"):
    part = Part(
        language=language, blocks=(), text=text, static="", pages=(), expected=(),
        own_texts=(OwnText(FUEL.campaign_code, "repair_opinion", text, frozenset(["not_free"])),),
    )  # fmt: skip
    checks = (plain_language.forbidden, plain_language.near_denials, plain_language.terms)
    return [one.severity for check in checks for one in check(part, PACK, "safety")]


def test_the_opinion_that_no_repair_is_possible_is_none_about_the_defect():
    """577.5(g)(2)(iii) asks for it; 577.8 forbids what is said of the defect in the same words."""
    assert of_opinion("We do not believe that a repair is possible.") == []
    assert of_opinion("We don't think that this can be repaired.") == []
    assert of_opinion("No creemos que una reparación sea posible.", "es") == []
    assert of_opinion("We do not believe that there is a defect.")[:1] == ["must"]
    assert of_opinion("We do not believe that a repair is needed.")[:1] == ["must"]
