"""What a letter may be about, and the words of each language."""

from __future__ import annotations

from dataclasses import replace
from datetime import date

import pytest

from cases import at_once
from letters.samples import ACTUATOR, FUEL, SPRING, spec
from renotify.campaigns.letter_facts import facts_of
from renotify.errors import LetterRefused
from renotify.letters.identified import vehicles
from renotify.letters.letter_text import duration, long_date, placed, texts


def test_a_safety_recall_and_a_service_campaign_never_share_a_letter():
    with pytest.raises(LetterRefused, match="9LA, CLB"):
        spec(FUEL, ACTUATOR)


@at_once("change", [{"kind": "reminder"}, {"recipient": "dealer"}, {"language": "fr"}])
def test_an_unknown_kind_recipient_or_language_is_refused(change):
    with pytest.raises(LetterRefused, match="No letter is"):
        spec(**change)


def test_a_letter_in_spanish_alone_is_refused_by_citation():
    with pytest.raises(
        LetterRefused, match=r"English is never left out \(49 CFR 577\.5\(a\)\)"
    ) as refused:
        spec(language="es")
    assert refused.value.hint == "Known: en, en+es."


def test_a_letter_about_nothing_is_refused():
    with pytest.raises(LetterRefused, match="at least one campaign"):
        replace(spec(), campaigns=())


def test_a_missing_translation_is_refused_by_campaign_and_name():
    silent = replace(FUEL, spanish={"subject": "Tubo"})
    with pytest.raises(LetterRefused, match=r"9LA has no defect in language 'es'"):
        texts(silent, "es")


def test_a_missing_fact_is_refused_by_statement(pack):
    with pytest.raises(LetterRefused, match=r"G4 .* labor_time"):
        placed(spec(labor_hours={}), pack, "en")
    with pytest.raises(LetterRefused, match="vehicles"):
        placed(spec(replace(FUEL, scopes=())), pack, "en")
    with pytest.raises(LetterRefused, match="first_notice_date"):
        placed(spec(replace(FUEL, first_notice_date=None)), pack, "en")


def test_dates_and_durations_are_written_out_in_both_languages():
    assert long_date(date(2013, 2, 26), "en") == "February 26, 2013"
    assert long_date(date(2013, 2, 26), "es") == "26 de febrero de 2013"
    assert duration((0.5, 0.5), "en") == "30 minutes"
    assert duration((7, 22), "es") == "7 a 22 horas"
    assert duration((1, 1), "en") == "1 hour"
    assert duration((1, 1), "es") == "1 hora"


def test_the_vehicles_are_identified_by_make_model_and_years():
    assert vehicles(FUEL, "en") == (
        "certain 2006-2007 Lexus GS 300/350, 2006-2008 Lexus IS 250/350 and "
        "2007-2008 Lexus LS 460/460L vehicles"
    )
    assert vehicles(SPRING, "es") == (
        "ciertos vehículos Lexus IS 350 de 2006 a 2008 y Lexus GS 350/450h de 2007 a 2008"
    )


def test_the_risk_decides_which_statement_of_577_5_f_applies():
    assert "injury_with_warning" in facts_of(FUEL)
    assert "crash_with_warning" in facts_of(SPRING)
    assert "crash_without_warning" in facts_of(replace(SPRING, warning=""))
    assert facts_of(ACTUATOR) == frozenset()


def test_a_sentence_of_the_law_in_a_campaign_s_own_text_is_printed_once(typeset, pack):
    from renotify.letters import checks

    law = "This can cause a vehicle crash without prior warning."
    repeating = replace(SPRING, warning="", consequence=f"The engine may stop. {law}")
    found = {p.statement.id: p.text for p in placed(spec(repeating), pack, "en")}
    assert found["F1"] == "Why this matters for your safety: The engine may stop."
    assert found["F2"] == law
    assert checks.check(typeset(spec(repeating)), pack=pack) == []


def test_a_consequence_that_is_the_statement_in_its_own_words_is_not_followed_by_it(typeset, pack):
    """577.5(f)(1)(i): in English and in Spanish each by its own text."""
    from renotify.letters import checks

    own = (
        "If a spring breaks, the engine may stop, and this may lead to a crash without any warning"
    )
    spanish = {**SPRING.spanish, "consequence": "El motor puede apagarse. Puede haber un choque"}
    saying = replace(SPRING, warning="", consequence=own, spanish=spanish)
    found = {p.statement.id: p.text for p in placed(spec(saying), pack, "en")}
    assert found["F1"].endswith(f"{own}.")
    assert "F2" not in found
    assert "F2" in {p.statement.id for p in placed(spec(saying), pack, "es")}
    both = [*placed(spec(saying, FUEL), pack, "en"), *placed(spec(FUEL, SPRING), pack, "en")]
    assert [p.campaign for p in both if p.statement.id in {"F2", "F3"}] == [1]
    assert checks.check(typeset(spec(saying)), pack=pack) == []


def test_a_remedy_that_is_no_repair_needs_no_words_for_the_work_and_prints_none(typeset, pack):
    from renotify.letters import checks

    by = {"remedy_by": "replacement", "replacement": "a new IS 350"}
    for remedy in ("", "THE DEALER WILL REPLACE THE SPRINGS AND BILL YOU FOR THEM."):
        one = replace(SPRING, remedy=remedy, letter=by)
        found = {p.statement.id: p.text for p in placed(spec(one), pack, "en")}
        assert "with a new IS 350, which is identical" in found["G1R"]
        assert not {"G1", "G3", "G4"} & found.keys()
        version = typeset(spec(one))
        assert checks.check(version, pack=pack) == []
        assert "THE DEALER WILL" not in str(version.recipe.inputs["letter"])


def test_a_sentence_of_the_law_beside_a_fact_is_printed_once_too(pack):
    """F3 names the warning, and then says what comes of not heeding it: a campaign's own text may say that as well."""
    heed = "If you do not heed the warning, a vehicle crash can occur."
    repeating = replace(SPRING, warning="a rattle", consequence=f"The engine may stop. {heed}")
    found = {p.statement.id: p.text for p in placed(spec(repeating), pack, "en")}
    assert found["F1"] == "Why this matters for your safety: The engine may stop."
    assert found["F3"] == f"You may notice this warning: a rattle. {heed}"


def test_what_two_recalls_of_a_letter_say_alike_about_the_work_stands_once(pack):
    """One remedy waits and one is there: the time of the work is another statement for each."""
    mixed = replace(spec(FUEL, SPRING), waiting=frozenset({FUEL.campaign_code}), labor_hours={
        FUEL.campaign_code: (1.0, 1.0), SPRING.campaign_code: (2.0, 2.0)})  # fmt: skip
    said = " ".join(p.text for p in placed(mixed, pack, "en"))
    assert said.count("The dealer may need your vehicle longer.") == 1
    assert "about 1 hour." in said
    assert "about 2 hours." in said


@pytest.mark.parametrize(
    ("language", "decision", "names"),
    [
        (
            "en", "Lexus has decided that a defect which relates to motor vehicle safety exists in {}{}.",
            (" (Recall 9LA)", " (Recall ALE)"),
        ),
        (
            "es", "Lexus ha determinado que existe un defecto relacionado con la seguridad de los vehículos motorizados en {}{}.",
            (" (Retiro 9LA)", " (Retiro ALE)"),
        ),
    ],
)  # fmt: skip
def test_the_decision_stands_for_each_recall_in_the_form_of_577_5_c(
    pack, language, decision, names
):
    """Two recalls are two determinations: the form has room for one defect and its own vehicles, so that none is said for both.

    It begins with the maker, so each names its recall behind the vehicles; of a letter about one recall none does.
    """
    said = [p.text for p in placed(spec(FUEL, SPRING), pack, language) if p.statement.id == "P4"]
    assert said == [
        decision.format(vehicles(one, language), name)
        for one, name in zip((FUEL, SPRING), names, strict=True)
    ]
    (alone,) = [p.text for p in placed(spec(FUEL), pack, language) if p.statement.id == "P4"]
    assert alone == decision.format(vehicles(FUEL, language), "")


def test_a_bundle_repeats_what_is_a_campaign_s_own_and_nothing_else(pack):
    found = [(p.statement.id, p.campaign) for p in placed(spec(FUEL, SPRING), pack, "en")]
    assert ("P4", 0) in found
    assert ("P4", 1) in found
    assert [row for row in found if row[0] in {"P1", "P6", "P9", "R1"}] == [
        ("P1", None),
        ("P9", None),
        ("P6", None),
        ("R1", None),
    ]
