"""Spanish answers are whole: every state, kit and step is said without a word of English, and nothing falls back to it."""

from __future__ import annotations

import re
from dataclasses import replace
from datetime import date
from string import Formatter

import pytest

import two_dealers as w
from cases import at_once
from renotify.campaigns.campaign import Answer, Campaign, CampaignType, Scope
from renotify.contact import sentences
from renotify.contact.answers import answer, compose
from renotify.contact.read_out import in_words
from renotify.contact.spoken import listed, words
from renotify.contact.vehicle_known import (
    Booking,
    DealerRow,
    InStock,
    Known,
    StateRow,
    VisitKits,
)
from renotify.ledger.kinds import Reason, Status
from renotify.ledger.planned_letters import PlannedLetter
from renotify.ledger.session import Session
from renotify.parts.kits_of_visits import KitState
from renotify.values.vin import VinFault
from renotify.visits.work_there import Mailed, VehicleRow

ON = date(2013, 2, 26)
ENGLISH = frozenset(
    re.findall(
        r"\w+",
        "about after and any are before call came campaign day dealer done for from has have hours is kits letter minutes newest none"
        " not of on order our owner policy repair recall says service the this time to until vehicle was week when will with work your",
    )
)
RECALL = Campaign(
    "PMP", CampaignType.SAFETY_RECALL, "Lexus", "Fuel pump", nhtsa_campaign_number="10V001000", defect="A pump can stop.",
    consequence="The engine can stop.", warning="A lamp is lit.", precaution="Drive slowly.", remedy="The dealer will replace it.",
    remedy_available_date=date(2010, 1, 4), filed_date=date(2010, 1, 4), scopes=(Scope("GS", 2006, 2008),),
    do_not_drive=True, park_outside=True,
    spanish={
        "subject": "Bomba", "defect": "Una bomba puede fallar.", "consequence": "El motor puede apagarse.", "warning": "Una luz.",
        "precaution": "Conduzca despacio.", "remedy": "El concesionario la reemplaza.",
    },
    letter={"claims_address": "1 Example Way"},
    answers=(
        Answer("May I drive?", "No.", "en"), Answer("¿Puedo conducir?", "No.", "es"),
        Answer("¿Es grave?", "No es un problema de seguridad.", "es"), Answer("¿Por qué?", "Es solo una precaución.", "es"),
    ),
)  # fmt: skip
SERVICE = replace(
    RECALL, campaign_code="AAA", campaign_type=CampaignType.SERVICE_CAMPAIGN, nhtsa_campaign_number=""
)  # fmt: skip


def said(
    status: str = "open", reason: str = "", campaign: Campaign = RECALL, **more: object
) -> str:
    facts: dict[str, object] = {
        "vehicle": VehicleRow("Lexus", "GS 350", 2006, "D1"), "dealer": DealerRow("Casa", "Reno", "NV", "555-0100", "D1"),
        "states": [StateRow("PMP", status, reason, ON), StateRow("AAA", "open", "", ON)],
        "campaigns": {"PMP": campaign, "AAA": SERVICE}, "hours": {"PMP": (2.0, 7.0), "AAA": (0.5, 0.5)},
    }  # fmt: skip
    return in_words(compose(w.STRANGER, Known(**(facts | more)), ON, "es"))


def english_of(text: str) -> set[str]:
    return set(re.findall(r"[a-záéíóúñü]+", text.lower())) & ENGLISH


def test_both_languages_have_the_same_words_to_say_with_the_same_slots() -> None:
    english, spanish = (words()[language] for language in ("en", "es"))
    assert set(spanish) - set(english) == {f"fault_{one.name}" for one in VinFault if one}
    assert set(english) <= set(spanish)
    titles = {"forbidden", "house_rule"}  # a rule's title is in English alone

    def slots(text: str) -> set[str]:
        return {name for _, name, _, _ in Formatter().parse(text) if name}

    for key in english.keys() - titles:
        assert slots(english[key]) == slots(spanish[key]), key


def test_every_status_is_said_in_spanish_alone() -> None:
    for status in Status:
        for reason in Reason if status is Status.UNREACHABLE else [""]:
            text = said(str(status), str(reason))
            assert english_of(text) == set(), (status, reason, english_of(text))


@at_once(
    "more",
    [
        *({"kits": VisitKits(str(state), date(2013, 3, 11), "PUMP, BOLT")} for state in KitState),
        {"dealer": None},
        {"hours": {}},
        {"owner_row_refused": True},
        {"appointments": [Booking("D9", "PMP;AAA", "2013-03-05T09:00")]},
        {"appointments": [Booking("D1", "PMP", "2013-03-05T09:00", "Casa", "Reno", "NV", "1")]},
        {
            "appointments": [Booking("D1", "PMP", "2013-03-05T09:00", "Casa", "Reno", "NV", "1")],
            "kits": VisitKits("promised", date(2013, 3, 11), "PUMP"),
        },
        {"in_stock": InStock("D1", date(2013, 1, 4), "Casa", "Reno", "NV", "1")},
        {"in_stock": InStock("D9", date(2013, 1, 4))},
        {"planned": [PlannedLetter("spring", "safety", "AAA+PMP", date(2013, 3, 4))]},
        {"mailed": {"PMP": Mailed("PMP", date(2013, 1, 4), None)}},
        {"mailed": {"PMP": Mailed("PMP", date(2013, 1, 4), date(2013, 2, 1))}},
        {"mailed": {"PMP": Mailed("PMP", date(2013, 1, 4), date(2013, 2, 1), date(2013, 2, 2))}},
        {"changed": {("PMP", "es", "¿Puedo conducir?"): date(2013, 2, 1)}},
        *(
            {"campaign": replace(RECALL, **facts)}
            for facts in (
                {"remedy_available_date": None},
                {"remedy_available_date": date(2013, 5, 1)},
                {"campaign_type": CampaignType.NONCOMPLIANCE_RECALL},
                {"letter": {}},
                {"letter": {"remedy_by": "refund"}},
                {"letter": {"remedy_by": "replacement"}, "remedy_available_date": None},
            )
        ),
    ],
)
def test_each_fact_of_a_visit_is_said_in_spanish_alone(more: dict[str, object]) -> None:
    assert english_of(said(**more)) == set()


def test_the_spanish_answers_stand_and_the_english_ones_do_not() -> None:
    text = said()
    assert "P: ¿Puedo conducir?" in text
    assert "May I drive" not in text
    assert "no se puede decir: lo prohíbe 49 CFR 577.8" in text
    assert "Mejor con otras palabras: norma de la casa según 49 CFR 577.8" in text


def test_a_text_that_has_no_spanish_is_left_out_and_named() -> None:
    """Nothing is read in English to somebody who asked for Spanish."""
    bare = replace(RECALL, spanish={"subject": "Bomba"}, answers=RECALL.answers[:1])
    text = said(campaign=bare)
    assert "Faltan textos en este idioma: PMP defect, PMP consequence" in text
    assert "No hay respuestas registradas en este idioma para PMP." in text
    assert "pump" not in text


@at_once(
    ("number", "says"),
    [
        ("JTHBK26", "Un VIN tiene 17 caracteres; este tiene 7."),
        (w.EAST_BOTH[:8] + ("0" if w.EAST_BOTH[8] != "0" else "1") + w.EAST_BOTH[9:], "El dígito de control de la posición 9"),
        ("JTHBK26206O900001", "nunca I, O ni Q"),
    ],
)  # fmt: skip
def test_what_is_no_vin_is_said_in_spanish(number: str, says: str) -> None:
    told = sentences.no_vin(number, "in English", "es")
    assert says in told
    assert english_of(told) == set()


def test_a_vehicle_of_no_campaign_is_answered_in_spanish(planned_session: Session) -> None:
    told = answer(planned_session, w.STRANGER, ON, "es")
    assert told.sentence.startswith("Ninguna campaña incluye este vehículo.")


def test_names_are_listed_as_each_language_lists_them() -> None:
    assert listed("es", ["9LA", "ALE", "BLB"]) == "9LA, ALE y BLB"
    assert listed("en", ["9LA", "ALE"]) == "9LA and ALE"
    assert listed("es", ["9LA"]) == "9LA"


def test_hours_and_days_are_those_of_a_spanish_letter() -> None:
    text = said(appointments=[Booking("D1", "PMP", "2013-03-05T09:00", "Casa", "Reno", "NV", "1")])
    assert "Hay cita para PMP en Casa, Reno, NV, 1: 5 de marzo de 2013 a las 09:00." in text
    assert "Los dos trabajos se hacen en una sola visita de cerca de 2.5 a 7.5 horas." in text


@pytest.mark.parametrize("language", ["en", "es"])
def test_what_the_reader_does_is_not_what_is_read_out(language: str) -> None:
    known = Known(
        vehicle=VehicleRow("Lexus", "GS 350", 2006, "D1"),
        states=[StateRow("PMP", "open", "", ON)],
        campaigns={"PMP": RECALL},
    )
    answered = compose(w.STRANGER, known, ON, language)
    assert answered.reader
    assert not set(answered.reader) & {*answered.visit, answered.sentence}
