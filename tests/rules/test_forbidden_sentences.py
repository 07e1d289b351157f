"""Wording that may not stand: for each row one sentence that breaks it alone, and one that only comes near."""

from __future__ import annotations

from datetime import date

from cases import at_once
from renotify import rules

PACK = rules.load(date(2013, 2, 26))

# by row: a sentence that it forbids and no other row does, and a sentence beside it that may stand
ENGLISH = {
    "no_defect": ("It is not a related defect.", "The defect is in the fuel pipe."),
    "not_safety": ("This does not affect safety.", "This affects your safety."),
    "precautionary": ("This recall is only a precaution.", "As a precaution, park outside."),
    "abundance": ("In an abundance of caution, we write.", "Drive with caution."),
    "do_not_believe": ("We don't think it will break.", "We think it can break."),
    "your_vehicle_may_not": (
        "Your vehicle might not be affected.",
        "Your vehicle may be affected.",
    ),
    "voluntary": ("This is a voluntary recall.", "We will voluntarily pay for a taxi."),
    "not_present": (
        "The problem may not be present in your vehicle.",
        "The problem is present in it.",
    ),
    "most_likely_not": (
        "It would surprise us to see a bad hose in your car.",
        "A leak is hard to see.",
    ),
    "safe_anyway": ("The car remains safe to drive.", "The car is parked in a safe place."),
    "no_noncompliance": ("It meets all safety standards.", "It does not meet the standard."),
    "satisfaction_program": ("This is an owner service action.", "This is a service campaign."),
    "goodwill": ("Take it as a sign of good will.", "A good repair will follow."),
    "unlikely": ("A fire is highly unlikely.", "A fire is likely."),
    "limited_offer": ("Repair it while supplies last.", "The repair is done within a day."),
    "sales_sale": ("Save up to $50 today.", "Save the old part for us."),
    "sales_finance": ("Ask for our gift cards and a rebate.", "Ask for the cost of a taxi."),
    "sales_buy": ("See the latest models.", "Some models of 2006 have this part."),
    "sales_extra_service": (
        "We add a multi-point inspection.",
        "The dealer will do an inspection.",
    ),
}
SPANISH = {
    "no_defect": ("Su auto va sin defecto.", "El defecto está en el tubo."),
    "not_safety": ("Esto no afecta a la seguridad.", "Esto afecta a la seguridad."),
    "precautionary": ("Es solo una precaución.", "Tome esta precaución."),
    "abundance": ("Por exceso de prudencia escribimos.", "Maneje con prudencia."),
    "do_not_believe": ("No pensamos que se rompa.", "Pensamos que se puede romper."),
    "your_vehicle_may_not": (
        "Su vehículo tal vez no sea uno de ellos.",
        "Su vehículo es uno de ellos.",
    ),
    "voluntary": ("Es un retiro voluntario.", "Pagaremos voluntariamente un taxi."),
    "not_present": ("El defecto no está presente en su auto.", "El defecto está presente."),
    "most_likely_not": (
        "Nos extrañaría ver una manguera mala en su auto.",
        "La fuga es difícil de ver.",
    ),
    "safe_anyway": ("El auto sigue siendo seguro.", "Estacione en un lugar seguro."),
    "no_noncompliance": ("Cumple con todas las normas.", "No cumple con la norma."),
    "satisfaction_program": ("Es una campaña de cortesía.", "Es una campaña de seguridad."),
    "goodwill": ("Es una muestra de buena voluntad.", "Es una muestra de la pieza."),
    "unlikely": ("Un incendio es poco probable.", "Un incendio es probable."),
    "limited_offer": ("La reparación caduca el 30 de junio.", "La reparación toma dos horas."),
    "sales_sale": ("Vea nuestras promociones.", "Vea a nuestro concesionario."),
    "sales_finance": ("Pida una tarjeta de regalo.", "Pida una tarjeta de cita."),
    "sales_buy": ("Haga una prueba de manejo.", "Maneje con cuidado."),
    "sales_extra_service": ("Ofrecemos garantía extendida.", "La garantía cubre la pieza."),
}
ALSO = (  # more of one idea, each with its language
    ("en", "your_vehicle_may_not", "Your vehicle is not affected."),
    ("en", "safe_anyway", "This problem poses no danger."),
    ("es", "your_vehicle_may_not", "Su auto no está afectado."),
    ("es", "safe_anyway", "Esto no representa ningún peligro."),
)
CASES = {"en": ENGLISH, "es": SPANISH}


def hits(text: str, language: str) -> set[str]:
    return {
        row.id.removesuffix(f".{language}") for row in PACK.forbidden(language) if row.find(text)
    }


@at_once("language", CASES)
def test_every_row_has_its_sentence_here(language):
    rows = {row.id.removesuffix(f".{language}") for row in PACK.forbidden(language)}
    assert rows == set(CASES[language])


@at_once("language", CASES)
def test_each_row_forbids_its_own_sentence_and_no_other_row_does(language):
    for name, (broken, _) in CASES[language].items():
        assert hits(broken, language) == {name}, broken


@at_once(("language", "name", "broken"), ALSO)
def test_an_idea_is_forbidden_in_other_words_too(language, name, broken):
    assert hits(broken, language) == {name}


@at_once("language", CASES)
def test_a_sentence_that_only_comes_near_may_stand(language):
    for _, near in CASES[language].values():
        assert hits(near, language) == set(), near


# what implies by other words that it is not in this vehicle, or that nothing can come of it (577.8(a)); and what comes near
IMPLIED = {
    "en": [
        "Your vehicle may be one of those without the problem.",
        "Only a few vehicles have the problem, so yours is most likely fine.",
        "Your vehicle is not affected.",
        "Your car probably does not have this problem.",
        "You can keep on driving without any risk.",
        "This problem poses no danger.",
        "The leak is not dangerous.",
        "There is no reason to worry.",
    ],
    "es": [
        "Su vehículo puede ser uno de los que no tienen el problema.",
        "Son pocos autos, y el suyo seguramente está bien.",
        "Su auto no está afectado.",
        "Puede seguir manejando sin ningún riesgo.",
        "Este problema no representa ningún peligro.",
        "La fuga no es peligrosa.",
        "No hay de qué preocuparse.",
    ],
}
NEAR = {
    "en": [
        "Do not keep on driving.",
        "Your vehicle is affected.",
        "This problem is a danger.",
        "You may not notice the problem.",
        "Keep on driving slowly, away from other cars.",
        "The problem may not be present in every one of these vehicles.",
        "Your vehicle does not stop as it should.",
    ],
    "es": [
        "No siga manejando.",
        "Su auto está afectado.",
        "Este problema es un peligro.",
        "Es posible que el problema no esté presente en todos y cada uno de estos vehículos.",
        "Su auto no frena como debe.",
    ],
}


@at_once("language", CASES)
def test_what_implies_that_this_vehicle_has_nothing_is_forbidden_in_whatever_words(language):
    for sentence in IMPLIED[language]:
        assert hits(sentence, language) & {
            "not_present",
            "safe_anyway",
            "your_vehicle_may_not",
            "not_safety",
        }, sentence
    for sentence in NEAR[language]:
        assert hits(sentence, language) == set(), sentence


@at_once("language", CASES)
def test_capitals_line_ends_and_print_marks_hide_nothing(language):
    for name, (broken, _) in CASES[language].items():
        first, rest = broken.split(" ", 1)
        for text in (broken.upper(), broken.lower(), f"{first}\n {rest}", broken.replace("'", "’")):
            assert name in hits(text, language), text


def test_a_word_broken_at_the_end_of_a_line_is_still_found():
    assert hits("It is a volun-\ntary recall.", "en") == {"voluntary"}
    assert hits("A safety re\u00ad\ncall that is pre-\ncautionary only.", "en") == {"precautionary"}


def test_a_place_is_told_by_where_the_words_stand():
    (row,) = [row for row in PACK.forbidden("en") if row.id == "voluntary.en"]
    ((start, end),) = row.find("It  is a\nvoluntary recall.")
    assert "It is a voluntary recall."[start:end] == "voluntary recall"


def test_each_place_is_told_once():
    (row,) = [row for row in PACK.forbidden("en") if row.id == "sales_finance.en"]
    assert len(row.find("Discounts, coupons and a rebate.")) == 3


def test_letters_and_the_public_look_up_are_held_to_the_same_rows():
    for language in CASES:
        letter = {row.id for row in PACK.forbidden(language)}
        assert {row.id for row in PACK.forbidden(language, "lookup")} == letter
        assert PACK.forbidden(language, "envelope") == []
    assert PACK.forbidden("fr") == []


def test_sales_wording_is_forbidden_by_another_rule_than_a_disclaimer():
    for row in (*PACK.forbidden("en"), *PACK.forbidden("es")):
        if row.id.startswith("sales_"):
            assert row.citation.startswith("letters: 18 USC 2721(b)(12), 2722(a)")
        elif row.id.startswith("limited_offer"):
            assert row.citation.startswith("49 USC 30120(a), (g)(1)")
        elif row.verified == "HOUSE":
            assert row.citation == "house policy after 49 CFR 577.8"
        else:
            assert row.citation == "49 CFR 577.8(a), (b)"


def test_what_the_law_forbids_refuses_and_what_the_house_forbids_warns():
    for row in (*PACK.forbidden("en"), *PACK.forbidden("es")):
        assert row.severity == ("should" if row.verified == "HOUSE" else "must"), row.id


# lawful sentences of letters that strangers wrote, and unlawful ones
LAWFUL = {
    "en": [
        "If, after the inspection, your vehicle does not have the affected part, you are done.",
        "If your dealer finds that your vehicle does not have the defective part, no more work is needed.",
        "Your vehicle may not have the bolt that holds the seat.",
        "Your vehicle might not show a warning before the engine stalls.",
        "Your dealer will tell you when your vehicle is safe to drive.",
        "The trailer has no hazard lights.",
        "The cosmetic cover of the wheel can come off.",
        "The sealant in a repair kit expires after four years.",
        "The work has to be performed by 2 trained technicians.",
        "The coverage of the seal ends at the flange.",
        "The lamp does not meet the standard in red light. In white light it does conform.",
        "Your vehicle is not affected by the earlier recall 22V-001.",
        "There is no danger sign before the fire.",
        "It is not safe to drive your vehicle.",
        "You cannot drive your vehicle safely until it is repaired.",
        "There is no risk of fire once the part is replaced.",
        "The repair must be done by a dealer.",
        "It needs to be performed by a trained technician.",
        "The lamp must be repaired before you tow a trailer again.",
        "The gas of the inflator gets weak years before its expiration date.",
        "Do not drive until your dealer has told you that the vehicle is safe to drive.",
        "When your vehicle does not have its lamps on in the rain, others may not see it.",
        "If your vehicle does not have fog lamps, drive with the low beam on.",
        "The lamp gives 20 candela where the standard asks for 80. In the middle it does conform, at the sides it does not.",
        "Once the repair is done, your vehicle is safe to drive.",
        "The dealer will make sure that your vehicle is safe.",
        "Your vehicle does not have enough brake fluid.",
        "Your vehicle may not stop in time.",
        "The chance of a crash is high.",
        "If your vehicle does not show this problem, still bring it in.",
        "The repair will end the leak.",
        "The hose may crack before its end of life.",
        "The label shows when the tire's service life ends.",
    ],
    "es": [
        "Si, después de la inspección, su vehículo no tiene el defecto, no hay más que hacer.",
        "Pregunte en el concesionario si su vehículo es seguro antes de conducir.",
        "La etiqueta no cumple con todas las normas.",
        "No hay peligro visible antes del incendio.",
        "No maneje su vehículo.",
        "Si su vehículo no tiene faros antiniebla, use la luz baja.",
        "La lámpara debe repararse antes de que remolque.",
        "El gas pierde fuerza antes de su fecha de vencimiento.",
        "No maneje hasta que su concesionario le diga que el vehículo es seguro.",
        "Su vehículo no tiene bastante líquido.",
    ],
}
UNLAWFUL = {
    "en": [
        "It is safe to drive your vehicle.",
        "You can keep driving your vehicle safely.",
        "There is no risk in driving your vehicle.",
        "This does not present a risk to safety.",
        "We deny that a defect exists.",
        "We have no evidence that your vehicle is defective.",
        "This problem probably does not concern your vehicle.",
        "The defect may not affect your vehicle.",
        "You need not worry.",
        "There is no reason for concern.",
        "This free repair is available until June 30, 2024.",
        "You have until December 31, 2024 to get the free repair.",
        "Your vehicle complies with Standard No. 108.",
        "Your truck is safe to drive.",
        "Your vehicle isn't affected.",
        "Your vehicle may not have the defect.",
        "Your vehicle probably does not have it.",
        "Our tests found no defects in the sockets.",
        "Most vehicles of this kind never show the fault, and yours is most likely one of them.",
        "Your vehicle may be one in which this does not occur.",
        "It could be that the fault is absent from your car.",
        "The chance that your vehicle has the fault is close to zero.",
        "Testmake does not regard this as a safety matter.",
        "Testmake does not believe that this is a defect.",
        "If you see no light, your car is safe to drive.",
        "The repair must be completed by June 30.",
        "This offer expires soon.",
        "The recall ends on June 30.",
        "Your vehicle may not have this defect.",
        "Your vehicle does not have the defect.",
        "It is unlikely that your vehicle has it.",
        "The repair is free only until June 30.",
        "It does conform to the standard.",
        "Your free repair ends on March 31.",
    ],
    "es": [
        "Su vehículo puede no tener este problema.",
        "Su carro no tiene el defecto.",
        "No se preocupe.",
        "No hay ningún riesgo.",
        "Puede conducir su vehículo con seguridad.",
        "No se trata de un defecto.",
        "El vehículo cumple con la norma 108.",
        "Nuestras pruebas no encontraron defectos.",
        "La reparación debe hacerse antes del 30 de junio.",
        "La reparación caduca el 30 de junio.",
        "La mayoría nunca falla, y el suyo es probablemente uno de ellos.",
        "Testmake no considera que esto sea un asunto de seguridad.",
        "La probabilidad de que su vehículo tenga la falla es casi nula.",
        "Su vehículo probablemente no tiene el defecto.",
        "Su vehículo no tiene este defecto.",
        "El programa vence en junio.",
        "Su auto es seguro.",
    ],
}


@at_once("language", CASES)
def test_facts_about_the_work_and_the_danger_are_not_taken_for_disclaimers(language):
    for sentence in LAWFUL[language]:
        assert hits(sentence, language) == set(), sentence


@at_once("language", CASES)
def test_disclaimers_and_deadlines_are_found_in_whatever_words(language):
    must = [row for row in PACK.forbidden(language) if row.severity == "must"]
    for sentence in UNLAWFUL[language]:
        assert any(row.find(sentence) for row in must), sentence


def test_a_toll_free_number_without_marks_is_a_telephone_number_and_a_part_number_is_none():
    (row,) = [r for r in PACK.forbidden("en", "campaign_text") if r.id == "other_telephone.en"]
    assert row.find("Call 8885550101.")
    assert row.find("Call 18005550101.")
    assert not row.find("Part 1234567890 is replaced.")


FROM_THE_READING = [
    "This defect may not be present in your vehicle.",
    "There is nothing wrong with your vehicle.",
    "This condition does not affect the safety of the vehicle.",
    "Your car is safe to drive.",
    "The noncompliance is inconsequential to safety.",
    "Your vehicle meets all safety standards.",
    "The issue is cosmetic only.",
    "We are conducting this campaign for your peace of mind.",
]


@at_once("sentence", FROM_THE_READING)
def test_all_three_ideas_of_577_8_are_found(sentence):
    assert hits(sentence, "en")


@at_once(
    "sentence",
    [
        "As a precaution, park outside until the repair is done.",
        "The maker will voluntarily remedy it to this extent.",
        "This does not conform to the standard.",
    ],
)
def test_what_other_paragraphs_ask_for_is_not_forbidden(sentence):
    assert not hits(sentence, "en")


# ---- the campaign's own texts: a summary of NHTSA's file betrays itself

SUMMARIES = {
    "en": [
        "The recall is expected to begin on or about February 17, 2009.",
        "Letters are expected to be mailed March 5, 2024.",
        "Owner notification letters will be mailed on April 2.",
        "Interim notices were mailed in May.",
        "The maker will notify owners, and dealers will replace the pipes.",
        "The campaign began on March 3, 2011.",
        "The notification schedule is not yet known.",
        "The recall is scheduled to start in June.",
    ],
    "es": [
        "Se espera que el retiro comience en febrero.",
        "Las cartas serán enviadas en mayo.",
        "Se enviarán las cartas el 5 de marzo.",
        "La campaña comenzó en marzo.",
        "El fabricante notificará a los propietarios.",
    ],
}
OWNERS_WORDS = {
    "en": [
        "The engine will start to run rough.",
        "The dealer will mail you a new key.",
        "The pipe is expected to last ten years.",
        "The car may not start.",
        "Part 12-345 and 2009-2010 cars.",
    ],
    "es": [
        "El motor comienza a fallar.",
        "El taller le enviará una llave nueva.",
        "Se espera que el tubo dure diez años.",
    ],
}


def summary_hits(text: str, language: str) -> set[str]:
    rows = PACK.forbidden(language, "campaign_text")
    return {row.id.removesuffix(f".{language}") for row in rows if row.find(text)}


@at_once("language", SUMMARIES)
def test_a_promise_of_the_past_is_found_in_a_campaign_s_text(language):
    for text in SUMMARIES[language]:
        assert summary_hits(text, language) == {"old_promise"}, text
        assert summary_hits(text.upper(), language) == {"old_promise"}, text


@at_once("language", OWNERS_WORDS)
def test_words_for_owners_are_no_promise_of_the_past(language):
    for text in OWNERS_WORDS[language]:
        assert summary_hits(text, language) == set(), text


@at_once("language", ["en", "es"])
@at_once(
    "number",
    ["1-800-331-4331", "800-331-4331", "(800) 331-4331", "1.800.331.4331", "1-800-FOR-HELP", "1–800–331–4331"],
)  # fmt: skip
def test_a_telephone_number_is_found_however_it_is_written(language, number):
    assert summary_hits(f"Toyota {number}.", language) == {"other_telephone"}


@at_once("text", ["2006-2008 cars", "SE3P-116167", "part 90430-12031-00", "12/2005"])
def test_years_and_part_numbers_are_no_telephone_numbers(text):
    assert summary_hits(text, "en") == set()


def test_a_letter_s_own_words_may_say_when_letters_are_mailed():
    assert not hits("Letters will be mailed to all owners. Call 1-800-555-0100.", "en")
