import re
from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from cases import at_once
from renotify import rules
from renotify.errors import LetterRefused, UnknownName
from renotify.rules.pack import all_rows
from renotify.rules.wording import Statement, normal

PACK = rules.load(date(2026, 11, 23))
LANGUAGES = ("en", "es")
STATEMENTS = all_rows()["statements"]
EVERY_FACT = PACK.facts
FACTS = {
    "vin": "JTHBK262762000001",
    "manufacturer": "Example Motors",
    "vehicles": "certain 2006 IS 250 vehicles",
    "campaign": "9LA",
    "standard": "301, Fuel System Integrity",
    "component": "the fuel delivery pipe",
    "defect": "The pipe may corrode and leak fuel.",
    "performance_difference": "The standard lets 28 grams of fuel out in a minute. This tank can let out 60",
    "conditions": "over time, with certain fuels",
    "consequence": "Leaking fuel near an ignition source can start a fire.",
    "precaution": "If you smell fuel, have the vehicle towed",
    "warning": "a smell of fuel",
    "towing": "Your dealer will have it towed",
    "owner_steps": "Park where the vehicle has a signal",
    "remedy": "The dealer will replace both pipes.",
    "depreciation": "one tenth a year",
    "remedy_available_date": "February 26, 2013",
    "remedy_told_date": "February 26, 2013",
    "first_notice_date": "March 30, 2009",
    "labor_time": "3.5 hours",
    "visit_time": "9 hours",
    "acceleration": "mobile repair is offered",
    "acceleration_facilities": "call Example Shop, 1 Example Road",
    "acceleration_parts": "pipe 12-345 of Example Parts",
    "facilities": "Example Shop, 1 Example Road",
    "parts": "pipe 12-345",
    "modifications": "none",
    "parts_source": "any dealer",
    "steps": "first drain the tank, then change the pipe",
    "voluntary_extent": "We will repair it for half of the price until the end of the year",
    "repair_opinion": "It can be repaired",
    "administrators_basis": "ten reports of fuel leaks",
    "administrators_risk": "a fire",
    "administrators_measures": "drive slowly",
    "makers_reasons": "no leak was found in our tests",
    "remedy_if_upheld": "we will repair it without charge",
    "reimbursed_after_date": "January 5, 2026",
    "reimbursement_ceiling": "500 dollars",
    "repair_work": "the pipe is changed",
    "repair_cost": "about 400 dollars",
    "reimbursed_facility": "Example Shop, 1 Example Road",
    "sender_address": "1 Example Street, Exampleville, CA 90000",
    "provisional_ordered_date": "January 5, 2026",
    "reimbursed_until_date": "March 2, 2026",
    "reimbursed_extent": "We will pay half of such repairs",
    "injury": "burns",
    "replacement": "a new vehicle of the same model",
    "remedy_expected": "June 1, 2026",
    "next_notice_date": "May 1, 2026",
    "tires_until_date": "July 1, 2026",
    "list_prices": "pipe 12-345, 80 dollars",
    "parts_available_date": "June 1, 2026",
    "reimbursement_begins": "January 5, 2025",
    "reimbursement_ends": "August 2, 2026",
    "reimbursement_limits": "none",
    "remedy_kind": "repair",
    "period": "This covers work from January 5, 2025 to August 2, 2026 (Recall 9LA).",
    "claims_address": "1 Example Street, Exampleville, CA 90000",
    "phone": "1-800-255-3987",
    "tty": "1-800-443-4999",
}
IN_SPANISH = {
    "reimbursement_ends": "2 de agosto de 2026",
    "remedy_available_date": "26 de febrero de 2013",
    "remedy_told_date": "26 de febrero de 2013",
    "reimbursed_after_date": "5 de enero de 2026",
    "parts_available_date": "1 de junio de 2026",
    "labor_time": "3.5 horas",
    "visit_time": "9 horas",
}
FACTS_IN = {"en": FACTS, "es": FACTS | IN_SPANISH}
each = at_once("statement", STATEMENTS, ids=lambda row: row.id)
both = at_once("language", LANGUAGES)


def rendered(statement, language):
    return statement.render(language, FACTS_IN[language])


def chosen(**change):
    words = {
        "campaign_type": "safety_recall",
        "kind": "follow_up",
        "recipient": "owner",
        "language": "en",
        "facts": ("precaution",),
    }
    return PACK.statements_for(**words | change)


def ids(statements):
    return [statement.id for statement in statements]


@each
@both
def test_a_statement_is_found_once_in_its_own_words(statement, language):
    text = f"Dear owner.\n{rendered(statement, language)}\nSincerely"
    assert len(statement.find(text, language)) == 1


@both
@at_once("campaign_type", rules.CAMPAIGN_TYPES[:2])
@at_once("kind", rules.LETTER_KINDS)
@at_once("recipient", rules.RECIPIENTS)
@at_once(
    "facts",
    [
        (),
        ("replacement",),
        ("refund",),
        ("not_free",),
        sorted(EVERY_FACT - {"replacement", "refund", "not_by_repair"}),
    ],
)
def test_a_letter_holds_its_statements_and_misses_any_that_is_removed(
    language, campaign_type, kind, recipient, facts
):
    wanted = chosen(
        language=language, campaign_type=campaign_type, kind=kind, recipient=recipient, facts=facts
    )
    texts = {statement.id: rendered(statement, language) for statement in wanted}
    letter = "\n".join(texts.values())
    for statement in wanted:
        without = "\n".join(text for name, text in texts.items() if name != statement.id)
        assert len(statement.find(letter, language)) == 1, statement.id
        assert statement.find(without, language) == [], statement.id


@both
def test_statements_stand_in_the_order_of_the_regulation(language):
    wanted = chosen(language=language)
    letter = "\n".join(rendered(statement, language) for statement in wanted)
    places = [statement.find(letter, language)[0][0] for statement in wanted]
    assert places == sorted(places)
    assert ids(wanted)[:4] == ["P1", "P2", "P3", "P4"]
    assert ids(wanted)[-1] == "R1"


def test_a_follow_up_is_an_initial_letter_and_two_statements_more():
    assert set(ids(chosen())) - set(ids(chosen(kind="initial"))) == {"P8", "P8D", "P9"}
    assert set(ids(chosen(kind="initial"))) <= set(ids(chosen()))


def test_every_followup_kind_has_its_letter_kind():
    assert rules.KIND_OF_FOLLOWUP["follow_up_voluntary"] == "follow_up"
    assert {*rules.KIND_OF_FOLLOWUP.values(), "provisional"} == set(rules.LETTER_KINDS)


@at_once("kind", rules.LETTER_KINDS)
@at_once("recipient", rules.RECIPIENTS)
@at_once("surface", ["letter", "envelope"])
def test_a_service_campaign_carries_no_safety_statement(kind, recipient, surface):
    assert (
        chosen(
            campaign_type="service_campaign",
            kind=kind,
            recipient=recipient,
            surface=surface,
            facts=EVERY_FACT,
        )
        == []
    )


def test_exactly_one_decision_stands_in_a_letter():
    decisions = {"P4", "P5", "P4A", "P5A"}
    assert decisions & set(ids(chosen())) == {"P4"}
    assert decisions & set(ids(chosen(campaign_type="noncompliance_recall"))) == {"P5"}
    assert decisions & set(ids(chosen(facts=("ordered",)))) == {"P4A"}


def test_an_interim_letter_promises_a_second_one_and_the_day_where_one_is_known():
    for facts, said in (((), "N1U"), (("remedy_expected",), "N1")):
        interim = ids(chosen(kind="interim", facts=facts))
        assert [name for name in interim if name.startswith("N1")] == [said]
        assert not {"G2", "G4"} & set(interim)  # the work is said, its time as far as it is known
        assert "G3" in interim


def test_a_precaution_is_asked_for_only_where_there_is_one():
    assert "E4" in ids(chosen())
    assert "E4" not in ids(chosen(facts=()))


def test_a_dealer_is_told_that_delivery_is_a_violation_of_law():
    assert ids(chosen(recipient="dealer")) == ["P10", "V1", "V2", "V3", "V4", "V5", "P11"]


def test_the_envelope_bears_notation_and_label_of_a_recall_only():
    assert ids(chosen(surface="envelope")) == ["ENV1", "P12"]
    assert PACK.on_envelope("safety").keys() == {"ENV1", "P12"}
    assert PACK.on_envelope("service") == {}


def test_no_envelope_had_a_label_before_18_february_2014():
    before, since = rules.load(date(2014, 2, 17)), rules.load(date(2014, 2, 18))
    assert (before.on_envelope("safety").keys(), since.on_envelope("safety").keys()) == (
        {"ENV1"}, {"ENV1", "P12"},
    )  # fmt: skip
    assert (before.label_language("PR"), since.label_language("PR")) == ("", "es")
    assert (before.label_language("CA"), since.label_language("CA")) == ("", "en")
    assert before.statement("ENV1").verified == "MEM"


@at_once(
    ("state", "wish", "languages"),
    [("PR", "", "en+es"), ("PR", "en", "en+es"), ("CA", "es", "en+es"), ("CA", "es-MX", "en+es"),
     ("CA", "Español", "en+es"), ("CA", "SPA", "en+es"), ("CA", "en+es", "en+es"), ("CA", "castella", "en+es"),
     ("CA", "bilingua", "en+es"), ("CA", "en-es", "en+es"),
     ("CA", "", "en"), ("CA", "en", "en"), ("CA", "fr", "en"), ("", "", "en")],
)  # fmt: skip
def test_every_letter_is_in_english_and_puerto_rico_and_a_wish_add_spanish(state, wish, languages):
    for day in (date(1977, 1, 3), date(2013, 3, 5), date(2026, 1, 2)):
        assert rules.load(day).letter_language(state, wish) == languages


def test_the_notation_of_the_envelope_counts_in_capitals_only():
    notation = PACK.statement("ENV1")
    assert notation.find("SAFETY RECALL NOTICE", "en")
    assert notation.find("Safety Recall Notice", "en") == []
    assert notation.find("IMPORTANT SAFETY RECALL INFORMATION", "en") == []


def test_capitals_count_where_the_rule_says_so():
    heading, vehicle = PACK.statement("P1"), PACK.statement("P2")
    assert heading.find("Important Safety Recall", "en") == []
    assert vehicle.find("THIS NOTICE APPLIES TO YOUR VEHICLE, JTHBK262762000001", "en")


def test_the_label_is_not_mistaken_for_the_heading():
    assert PACK.statement("P1").find("IMPORTANT SAFETY RECALL INFORMATION", "en") == []


@both
def test_the_opening_sentence_lost_the_requirements_on_18_february_2014(language):
    before = rules.load(date(2014, 2, 17)).statement("P3")
    since = rules.load(date(2014, 2, 18)).statement("P3")
    longer, shorter = rendered(before, language), rendered(since, language)
    assert "requirements" in longer or "requisitos" in longer
    assert before.find(longer, language)
    assert not before.find(shorter, language)
    assert since.find(shorter, language)
    assert not since.find(longer, language)


def test_a_letter_of_2013_has_its_head_though_the_rule_came_later():
    before = rules.load(date(2013, 3, 5))
    head = {name: before.statement(name).verified for name in ("P1", "P2", "P3")}
    assert head == {"P1": "HOUSE", "P2": "HOUSE", "P3": "PART"}
    assert before.statement("P1").text == PACK.statement("P1").text


def test_a_complaint_may_abbreviate_the_avenue_as_the_rule_does():
    complete = rendered(PACK.statement("P6"), "en")
    assert PACK.statement("P6").find(complete.replace("Ave.", "Avenue"), "en")
    assert not PACK.statement("P6").find(complete.replace("Ave.", "Street"), "en")


def test_text_broken_and_set_by_a_typesetter_is_still_found():
    broken = {"regulation": "regula-\ntion", "lessor": "les\u00adsor", "copy of": "copy\u00a0of"}
    broken |= {"recall notice": "recall no\ufffe\ntice", "lessee": "les\x02\nsee", "ten": "\nten"}
    forward = rendered(PACK.statement("P7"), "en")
    for whole, parts in broken.items():
        assert whole in forward
        forward = forward.replace(whole, parts)
    assert PACK.statement("P7").find(forward, "en")
    complaint = rendered(PACK.statement("P6"), "en").replace("1-888-327", "1-888-\n327")
    complaint = complaint.replace("safercar.gov", "safercar.\r\ngov")
    assert PACK.statement("P6").find(complaint.replace("toll-free", "toll-\nfree"), "en")
    refund = rendered(PACK.statement("R1"), "en").replace("toll-free", "toll-\nfree")
    assert PACK.statement("R1").find(refund, "en")


def test_composed_and_decomposed_accents_are_one():
    spanish = rendered(PACK.statement("P2"), "es")
    assert PACK.statement("P2").find(spanish.replace("í", "i\u0301"), "es")


def test_the_complaint_needs_every_number_of_the_regulation():
    complete = rendered(PACK.statement("P6"), "en")
    asked = (
        "20590",
        "1-888-327-4236",
        "1-800-424-9153",
        "safercar.gov",
        "distributor",
        "unable",
        "60 days",
    )
    for part in asked:
        assert PACK.statement("P6").find(complete.replace(part, ""), "en") == []


@given(st.text(st.characters(max_codepoint=0x24F) | st.sampled_from("‘’“”‐‑–—\ufffe\u0301ﬁ")))
def test_the_form_of_comparison_is_its_own_form(text):
    assert normal(normal(text)) == normal(text)


def test_a_missing_translation_refuses_the_letter():
    with pytest.raises(LetterRefused, match=r"P1 .*'fr'"):
        chosen(language="fr")
    with pytest.raises(LetterRefused, match="'fr'"):
        PACK.statement("P1").find("", "fr")


def test_an_empty_slot_refuses_the_letter():
    with pytest.raises(LetterRefused, match=r"P4 .*vehicles"):
        PACK.statement("P4").render("en", {"manufacturer": "Example Motors", "vehicles": " "})


def test_a_fact_that_ends_its_sentence_gets_no_second_stop():
    assert (
        rendered(PACK.statement("E2"), "en") == "What is wrong: The pipe may corrode and leak fuel."
    )


def test_an_unknown_statement_is_named():
    with pytest.raises(UnknownName, match="'P99'"):
        PACK.statement("P99")


@each
def test_both_languages_ask_for_the_same_facts_and_say_who_approved(statement):
    assert set(statement.slots("en")) == set(statement.slots("es"))
    assert set(statement.text) == set(statement.matcher) == set(statement.approved_by)
    assert "not yet approved by counsel" in statement.approved_by["es"]


@each
def test_a_statement_uses_the_words_of_the_house(statement):
    assert isinstance(statement, Statement)
    assert set(statement.campaign_types) <= set(rules.CAMPAIGN_TYPES)
    assert set(statement.letter_kinds) <= set(rules.LETTER_KINDS)
    assert set(statement.recipients) <= set(rules.RECIPIENTS)
    assert statement.kind in {"verbatim", "substance"}
    assert statement.surface in {"letter", "envelope", "telephone"}


# Forbidden wording


@each
@both
def test_no_statement_is_forbidden_itself(statement, language):
    if "dealer" in statement.recipients:
        return
    for row in PACK.forbidden(language):
        assert row.find(rendered(statement, language)) == [], row.id


@at_once(
    ("language", "text", "row"),
    [
        ("en", "There is no defect in your vehicle.", "no_defect"),
        ("en", "This is not a safety issue.", "not_safety"),
        ("en", "We write out of an abundance of caution.", "abundance"),
        ("en", "This is precautionary only.", "precautionary"),
        ("en", "We do not believe that anybody is at risk.", "do_not_believe"),
        ("en", "Your vehicle might not have the problem.", "your_vehicle_may_not"),
        ("en", "Example Motors is voluntarily recalling your car.", "voluntary"),
        ("en", "a Customer Satisfaction Program", "satisfaction_program"),
        ("en", "The repair must be completed by June 30.", "limited_offer"),
        ("en", "Ask about a trade-in.", "sales_sale"),
        ("en", "Low APR financing", "sales_finance"),
        ("es", "No hay ningún defecto en su vehículo.", "no_defect"),
        ("es", "No se trata de un problema de seguridad.", "not_safety"),
        ("es", "por exceso de precaución", "abundance"),
        ("es", "Es solo una medida de precaución.", "precautionary"),
        ("es", "No creemos que haya peligro.", "do_not_believe"),
        ("es", "Es posible que su vehículo no tenga el problema.", "your_vehicle_may_not"),
        ("es", "un retiro voluntario", "voluntary"),
        ("es", "La reparación debe hacerse antes del 30 de junio.", "limited_offer"),
        ("es", "Pregunte por nuestra oferta especial.", "sales_sale"),
    ],
)
def test_a_disclaimer_or_a_sales_message_is_found(language, text, row):
    hits = {found.id for found in PACK.forbidden(language) if found.find(text)}
    assert f"{row}.{language}" in hits


def test_every_forbidden_phrase_exists_in_both_languages():
    names = {
        language: {row.id.removesuffix(f".{language}") for row in PACK.forbidden(language)}
        for language in LANGUAGES
    }
    assert names["en"] == names["es"]
    assert all(re.fullmatch("[a-z_]+", name) for name in names["en"])
