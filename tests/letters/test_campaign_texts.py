"""A campaign's texts are written for owners: no summary of NHTSA's file, and no sales words where none are meant."""

from __future__ import annotations

from dataclasses import replace
from types import MappingProxyType

import pytest

from letters.samples import ACTUATOR, FUEL, SENDER, spec
from renotify.errors import LetterRefused
from renotify.letters import checks, compose
from renotify.letters.checks import plain_language
from renotify.letters.checks.finding import OwnText, Part
from renotify.letters.letter_text import Placed

SUMMARY = (
    "SOME FUELS CAN CORRODE THE ALUMINUM FUEL PIPES. OWNERS MAY CONTACT LEXUS AT 1-800-255-3987."
)


@pytest.fixture
def found(pack):
    """Return what is found in one text of a campaign."""

    def judge(text, name="defect", language="en", family="safety"):
        part = Part(
            language=language, blocks=(), text="", static="", pages=(), expected=(),
            own_texts=(OwnText("9LA", name, text),), telephones=frozenset({"8005550100"}),
        )  # fmt: skip
        return list(plain_language.summaries(part, pack, family))

    return judge


@pytest.mark.parametrize("name", ["defect", "consequence", "remedy"])
@pytest.mark.parametrize("language", ["en", "es"])
def test_a_text_all_in_capitals_is_refused_and_says_what_to_do(found, name, language):
    words = {"en": "THE PIPE CAN LEAK.", "es": "EL TUBO PUEDE PERDER."}[language]
    (finding,) = found(words, name, language)
    assert (finding.code, finding.severity) == (f"capitals.{name}.{language}", "must")
    assert finding.message == (
        f"the {language} {name} of 9LA is all in capitals: write it in sentences for owners, in campaigns.toml"
    )


def test_a_forbidden_wording_says_in_which_text_it_stands_and_what_to_do(pack):
    """It named neither key nor language of 577.8's ideas: of eight texts a person had to find the one."""
    text = "Park outside. Your vehicle has good hoses."
    part = Part(
        language="en", blocks=(), text=f"{text} There is no defect.", static="", pages=(), expected=(),
        own_texts=(OwnText("9LA", "remedy", "A new pipe."), OwnText("9LA", "precaution", text)),
    )  # fmt: skip
    assert {finding.message for finding in plain_language.forbidden(part, pack, "safety")} == {
        "forbidden wording (Not present in your vehicle): 'Your vehicle has good', in the en precaution of 9LA: leave it out",
        "forbidden wording (No defect): 'no defect', in the en letter: leave it out",
    }


@pytest.mark.parametrize(
    "text",
    [
        "THE FUEL PIPE CAN LEAK. A fire can start.",
        "A fire can start: THE FUEL PIPE CAN LEAK.",
        "FUEL LEAK",
        "SOME FUELS CAN CORRODE THE FUEL PIPES (see the dealer letter). THE PIPES CAN LEAK",
        "EL TUBO PUEDE PERDER GASOLINA (ver nota)",
        "EL INFLADOR PUEDE ROMPERSE",
    ],
)
def test_one_sentence_in_capitals_is_enough(found, text):
    assert [one.code for one in found(text)] == ["capitals.defect.en"]


def test_one_sentence_in_capitals_is_not_called_the_whole_text(found):
    (finding,) = found("THE FUEL PIPE CAN LEAK. A fire can start.")
    assert "has a sentence in capitals" in finding.message


@pytest.mark.parametrize(
    "text",
    [
        "The ABS unit of the ECU can fail.",
        "The TAKATA inflator can burst",
        "ABS can fail",
        "The label says DO NOT OPEN",
        "2006 IS 250",
        "The label of the tank says NEVER OPEN while the engine of your vehicle is running",
    ],
)
def test_abbreviations_and_names_in_capitals_may_stand(found, text):
    assert found(text) == []


@pytest.mark.parametrize(
    "text", ["SERVICE BRAKES, HYDRAULIC", "AIR BAGS", "EQUIPMENT:LABELS", "FUEL DELIVERY PIPE"]
)
@pytest.mark.parametrize("language", ["en", "es"])
def test_a_part_that_is_named_in_capitals_as_nhtsa_s_file_has_it_is_refused(found, text, language):
    (finding,) = found(text, "component", language)
    assert (finding.code, finding.severity) == (f"capitals.component.{language}", "must")
    assert finding.message.endswith(
        "is all in capitals: write it in words for owners, in campaigns.toml"
    )


@pytest.mark.parametrize("text", ["the ABS unit", "ECU", "the TAKATA inflator", "the ES 350 seat"])
def test_a_part_whose_name_is_an_abbreviation_may_stand(found, text):
    assert found(text, "component") == []


@pytest.mark.parametrize("name", ["subject", "warning"])
def test_a_short_name_in_capitals_is_no_summary(found, name):
    assert found("FUEL DELIVERY PIPE", name) == []


@pytest.mark.parametrize(
    ("language", "text", "code"),
    [
        ("en", "The dealer will check it. The recall is expected to begin in May.", "old_promise"),
        ("en", "Letters are expected to be mailed March 5, 2024", "old_promise"),
        ("en", "A notice will be mailed on June 2", "old_promise"),
        ("es", "El taller lo revisa. Se espera que el retiro comience en mayo", "old_promise"),
        ("es", "Las cartas serán enviadas en mayo", "old_promise"),
        ("en", "Call Lexus at 1-800-255-3987", "other_telephone"),
        ("es", "Llame al 1-800-255-3987", "other_telephone"),
        ("en", "Call 1-800-VIREO-NOW", "other_telephone"),
        ("en", "Call 1-800-LEXUS-4-U", "other_telephone"),
    ],
)
@pytest.mark.parametrize("family", ["safety", "service"])
def test_a_promise_of_the_past_and_another_telephone_are_refused(
    found, language, text, code, family
):
    (finding,) = found(text, "remedy", language, family)
    assert (finding.code, finding.severity) == (f"forbidden.{code}.{language}", "must")
    assert finding.message.endswith(f"in the {language} remedy of 9LA: leave it out")


@pytest.mark.parametrize(
    "number", ["1-800-555-0100", "(800) 555-0100", "800.555.0100", "1–800–555–0100"]
)
def test_the_sender_s_own_telephone_may_stand_however_it_is_written(found, number):
    assert found(f"If you smell fuel, call {number}") == []


def test_no_letter_is_made_of_a_summary_of_nhtsa_s_file():
    with pytest.raises(LetterRefused, match="all in capitals") as refused:
        compose.compile_letter(spec(replace(FUEL, defect=SUMMARY)), rules_on=spec().mail_date)
    assert "(Another telephone" in refused.value.message
    assert "1-800-255-3987" in refused.value.message


def test_a_second_telephone_in_a_real_letter_is_told_with_the_text_that_holds_it(typeset, pack):
    number = "Call 1-800-255-3987 if you smell fuel"
    own = f"Call {SENDER.phone} if you smell fuel"
    told = [
        checks.check(typeset(spec(replace(FUEL, defect=text))), pack=pack) for text in (number, own)
    ]
    assert [[one.code for one in one_letter] for one_letter in told] == [
        ["forbidden.other_telephone.en"], [],
    ]  # fmt: skip


FLOOR_MAT = {
    "en": "The floor mat accessories can catch the pedal",
    "es": "Los accesorios pueden trabar el pedal",
}


@pytest.mark.parametrize("campaign", [FUEL, ACTUATOR], ids=["recall", "service"])
@pytest.mark.parametrize("name", ["component", "defect", "remedy"])
def test_sales_words_in_a_campaign_s_own_texts_are_facts(campaign, name, typeset, pack):
    spanish = MappingProxyType(dict(campaign.spanish) | {name: FLOOR_MAT["es"]})
    told = replace(campaign, spanish=spanish, **{name: FLOOR_MAT["en"]})
    found = checks.check(typeset(spec(told, language="en+es")), pack=pack)
    codes = [one.code for one in found if one.code.startswith("forbidden.")]
    # no words for the work, which is another matter
    assert not [code for code in codes if not code.startswith("forbidden.no_work")]


@pytest.mark.parametrize(
    ("language", "words"), [("en", "Buy accessories."), ("es", "Compre accesorios.")]
)
def test_the_same_words_of_the_house_are_refused(language, words, pack):
    text = f"{FLOOR_MAT[language]}. {words}"
    part = Part(
        language=language, blocks=(), text=text, static=text, pages=(), expected=(),
        own_texts=(OwnText("CLB", "defect", FLOOR_MAT[language]),),
    )  # fmt: skip
    codes = [one.code for one in plain_language.forbidden(part, pack, "service")]
    assert codes == [f"forbidden.sales_extra_service.{language}"]


def test_what_only_the_house_forbids_warns_and_does_not_refuse(pack):
    text = "This recall is only a precaution. There is nothing wrong with your car."
    part = Part(language="en", blocks=(), text=text, static=text, pages=(), expected=())
    severities = {one.code: one.severity for one in plain_language.forbidden(part, pack, "safety")}
    assert severities == {
        "forbidden.precautionary.en": "should",
        "forbidden.no_defect.en": "must",
    }


# ---- near a denial (577.8 forbids implications too)


@pytest.fixture
def near(pack):
    """Return what is found near a denial in one text of a campaign: code and severity."""

    def judge(text, name="defect", language="en", family="safety", expected=()):
        part = Part(
            language=language, blocks=(), text="", static="", pages=(), expected=expected,
            own_texts=(OwnText("9LA", name, text),),
        )  # fmt: skip
        return list(plain_language.near_denials(part, pack, family))

    return judge


def test_a_sentence_near_a_denial_warns_and_is_shown_with_its_place(near):
    (finding,) = near("The pipe can leak. The risk is negligible. Fuel can burn")
    assert (finding.code, finding.severity) == ("forbidden.near_small.en", "should")
    assert finding.message == (
        "makes little of it, in the en defect of 9LA: 'The risk is negligible.'; read it again under 577.8"
    )


def test_a_sentence_in_which_a_denial_was_found_is_not_shown_again(near):
    assert near("The pipe can leak. There is no risk, and it is a minor matter") == []


def test_every_text_that_a_campaign_states_is_looked_at(near):
    for name in ("conditions", "precaution", "voluntary_extent", "acceleration", "injury"):
        assert [one.code for one in near("This is a minor matter", name)] == [
            "forbidden.near_small.en"
        ]
    (spanish,) = near("Es un asunto menor", "remedy", "es")
    assert spanish.code == "forbidden.near_small.es"


def test_a_service_campaign_s_texts_are_not_bound_by_577_8(near):
    assert near("This is a minor matter", family="service") == []


def test_where_the_maker_may_contest_nothing_is_near_a_denial(near, pack):
    (contest,) = [row for row in pack.rows["statements"].values() if row.may_contest]
    item = Placed(contest, contest.wording("en"), 0, (0,))
    assert near("Our tests show no danger", "makers_reasons", expected=(item,)) == []
    assert near("The chance is small", "makers_reasons") != []


def test_the_letter_as_it_is_made_hands_over_all_of_its_campaign_s_texts(pack, profile):
    def printed(given):
        return compose.version_of(compose.set_print(compose.recipe(given, profile, pack)), profile)

    stated = replace(FUEL, conditions="This happens only in rare cases")
    version = printed(spec(stated))
    found = {one.code: one.message for one in checks.check(version, pack=pack)}
    assert "the en conditions of 9LA" in found["forbidden.near_small.en"]
    assert "forbidden.near_small.en" not in {one.code for one in checks.check(
        printed(spec()), pack=pack)}  # fmt: skip
