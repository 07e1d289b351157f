"""The maker's own sentences: a person reads them before signing, and templates and drawn wordings obey the rules of campaign texts."""

from __future__ import annotations

import shutil
from dataclasses import replace

import pytest

from letters.samples import ACTUATOR, FUEL, MAIL_DATE, SPRING, spec
from renotify.campaigns.outreach_settings import Wording
from renotify.letters import compose
from renotify.letters.checks.finding import HOUSE
from renotify.letters.checks.house_words import house_sentences
from renotify.letters.checks.run_all import check, makers_sentences
from renotify.letters.compose import SOURCES, compile_letter
from renotify.letters.profile import load_profile
from renotify.rules import load

PACK = load(MAIL_DATE)
AFTER = "We are glad to help you."
DESPUES = "Con gusto le ayudamos."


def found(folder, given, *, en="", es=""):
    """Return what the gate finds in a letter whose house template says another sentence in the paragraph of help."""
    sources = folder / "typst"
    shutil.copytree(SOURCES, sources)
    for language, old, new in (("en", AFTER, en), ("es", DESPUES, es)):
        path = sources / given.family / language / "blocks.typ"
        text = path.read_text("utf-8")
        assert old in text
        path.write_text(text.replace(old, f"{old} {new}" if new else old), "utf-8")
    made = compose.recipe(given, load_profile(), PACK, sources)
    version = compose.version_of(compose.set_print(made, sources), load_profile(), sources)
    return [one for one in check(version, pack=PACK) if one.severity == "must"]


def test_the_shipped_templates_pass(tmp_path):
    assert found(tmp_path, spec(FUEL, SPRING, language="en+es")) == []


@pytest.mark.parametrize(
    ("en", "code"),
    [
        ("You pay for the parts.", "charge"),
        ("The work is done until June 30.", "work_limit"),
        ("Please have the work done before March 31.", "deadline"),
        ("Ask about our spring tire sale.", "house_sales"),
        ("You can get a new car loan at low rates.", "discount_on_goods"),
        ("Come in and trade your car for a new one.", "discount_on_goods"),
        ("The affected parts were never installed in your vehicle.", "not_present"),
    ],
)
def test_a_charge_a_limit_a_denial_and_a_sale_in_a_template_refuse_the_letter(tmp_path, en, code):
    """30120(a), 577.5(g)(1)(ii), 577.8(a), 18 USC 2721(b)(12)."""
    first = found(tmp_path, spec(FUEL), en=en)
    assert any(one.code.startswith(f"forbidden.{code}") for one in first), first
    assert {one.read.campaign_code for one in first} == {""}
    assert any(en.rstrip(".") in one.read.sentence for one in first)


@pytest.mark.parametrize(
    "es",
    [
        "Usted paga las piezas.",
        "Vea nuestras ofertas de primavera.",
        "Cambie su auto por uno nuevo.",
    ],
)
def test_in_spanish_too(tmp_path, es):
    assert found(tmp_path, spec(FUEL, language="en+es"), es=es)


def test_a_service_campaign_sells_nothing_either(tmp_path):
    assert found(tmp_path, spec(ACTUATOR), en="Ask about our spring tire sale.")


@pytest.mark.parametrize(
    ("words", "severity"),
    [
        ("You can get a new car loan at low rates.", "must"),
        ("Come in and trade your car for a new Lexus.", "must"),
        ("Ask about our spring tire sale.", "must"),
        ("You pay for the parts.", "must"),
        ("Call before June 30.", "must"),
        ("You do not need to hurry.", "should"),
        ("Come whenever it suits you.", "should"),
        ("Call your dealer today.", ""),
    ],
)
def test_a_drawn_wording_obeys_the_same_rules(words, severity):
    given = spec(FUEL, wording=Wording("soon", {"en": {"what_to_do": words}, "es": {}}))
    made = compose.recipe(given, load_profile(), PACK)
    version = compose.version_of(compose.set_print(made), load_profile())
    severities = {one.severity for one in check(version, pack=PACK)}
    assert (severities & {"must", "should"} or {""}) >= ({severity} if severity else {""})
    assert ("must" in severities) == (severity == "must")


def test_a_person_reads_every_sentence_that_is_not_the_law_s_once_by_its_text():
    version = compile_letter(spec(FUEL, SPRING), rules_on=PACK)
    read = makers_sentences(version, PACK)
    texts = [(one.campaign, one.key, one.text) for one in read]
    assert len(texts) == len(set(texts))
    assert [text for code, key, text in texts if (code, key) == ("9LA", "defect")] == [
        "Some fuels can eat into the metal of the fuel pipes.", "In time a pipe can get a hole",
    ]  # fmt: skip
    house = [text for code, key, text in texts if code == HOUSE]
    assert "Call your dealer for an appointment." in house
    assert "Ask for one visit: all the work can be done at once." in house
    said = " ".join(text for _, _, text in texts)
    assert "National Traffic" not in said  # the law's
    assert "Hotline" not in said
    assert "March 5, 2013" not in said  # a day is no sentence


def test_a_statement_that_a_page_breaks_is_still_the_law_s():
    version = compile_letter(spec(FUEL), rules_on=PACK)
    (p6,) = [item for item in compose.placed(spec(FUEL), PACK, "en") if item.statement.id == "P6"]
    words = p6.plain.split()
    broken = " ".join(words[:9]) + "\n\n" + " ".join(words[9:])
    assert house_sentences(f"{AFTER}\n\n{broken}.", [p6], [], []) == (AFTER,)
    assert version


# What was accepted is one sentence of one campaign


def test_the_same_sentence_of_another_campaign_is_not_accepted_with_it():
    sentence = "The free repair ends when the pump stops"
    both = [replace(one, defect=f"{one.defect}. {sentence}") for one in (FUEL, SPRING)]

    def judged(accepted):
        made = compose.recipe(spec(*both, accepted=accepted), load_profile(), PACK)
        version = compose.version_of(compose.set_print(made), load_profile())
        return [one for one in check(version, pack=PACK) if one.read]

    first, other = judged({})
    assert (first.severity, other.severity) == ("must", "must")
    assert {first.read.campaign_code, other.read.campaign_code} == {"9LA", "ALE"}
    after = judged({first.read.handle: "J. Counsel on 2013-02-20: of the pump"})
    assert {one.read.campaign_code: one.severity for one in after} == {
        first.read.campaign_code: "accepted", other.read.campaign_code: "must",
    }  # fmt: skip


def test_a_second_rule_that_reads_the_same_sentence_is_told_when_the_first_is_accepted():
    remedy = "You pay for the parts, and the work is done until June 30"
    given = replace(FUEL, remedy=remedy)

    def judged(accepted):
        made = compose.recipe(spec(given, accepted=accepted), load_profile(), PACK)
        version = compose.version_of(compose.set_print(made), load_profile())
        return {one.read.handle: one for one in check(version, pack=PACK) if one.read}

    accepted, rows = {}, []
    while left := [one for one in judged(accepted).values() if one.severity == "must"]:
        rows += [one.read.row_id for one in left]
        accepted |= {one.read.handle: "J. Counsel: read" for one in left}
        assert len(rows) < 9
    assert {"charge.en", "work_limit.en"} <= set(rows)
