"""A recall that is remedied over the air or by mail takes no dealer's hours and kits; its letters, answers and notes ask for no visit."""

from __future__ import annotations

from dataclasses import replace
from datetime import date

import pytest

from cases import at_once
from letters.samples import FUEL, MAIL_DATE, spec
from renotify.campaigns.campaign import Campaign
from renotify.campaigns.missing_facts import missing
from renotify.contact.answers import compose
from renotify.contact.vehicle_known import DealerRow, Known, StateRow
from renotify.errors import LetterRefused
from renotify.ledger.intake import load
from renotify.ledger.session import Session
from renotify.letters.letter_text import placed
from renotify.mailing.vehicle_hours import one_visit
from renotify.publish.publishing import public_campaign
from renotify.rules import load as rules_of
from renotify.visits.needs import needs
from renotify.visits.work_there import VehicleRow
from small_world import World
from visits.sample import ON

AT_DEALER, BY_AIR = "9LA", "OTA"
STEPS, PASOS = "Park where the vehicle has a signal.", "Estacione donde haya señal."
AIR = {"remedy_delivery": "over_the_air", "owner_steps": STEPS}
PACK = rules_of(MAIL_DATE)


def by_air(**changed: object) -> Campaign:
    spoken = {**FUEL.spanish, "owner_steps": PASOS}
    return replace(
        FUEL, campaign_code=BY_AIR, letter={**FUEL.letter, **AIR, **changed}, spanish=spoken
    )


def said(one: Campaign, language: str = "en") -> dict[str, str]:
    return {item.statement.id: item.text for item in placed(spec(one), PACK, language)}


def test_a_visit_has_the_hours_and_kits_of_what_a_dealer_does_alone(
    session: Session, world: World
) -> None:
    """Two hours and one kit of the dealer's recall; three hours and two kits of the other are nobody's."""
    world.campaign(AT_DEALER).labour(AT_DEALER, 2.0).part("PIPE").takes(AT_DEALER, "PIPE", 1)
    world.campaign(BY_AIR, **AIR).labour(BY_AIR, 3.0).part("BOX").takes(BY_AIR, "BOX", 2)
    load(session, [world.write()], on=ON)
    both, model = f"{AT_DEALER}+{BY_AIR}", "IS 250"
    found = needs(session, [(both, model), (AT_DEALER, model), (BY_AIR, model)]).visits
    hours = {bundle: one.hours for (bundle, _), one in found.items()}
    kits = {bundle: dict(one.kits) for (bundle, _), one in found.items()}
    assert hours == {both: 2.0, AT_DEALER: 2.0, BY_AIR: 0.0}
    assert kits == {both: {"PIPE": 1.0}, AT_DEALER: {"PIPE": 1.0}, BY_AIR: {}}


def test_a_refund_has_no_work_unless_a_labour_time_says_so(session: Session, world: World) -> None:
    """No hour is assumed for a refund; of one with a quarter of an hour for taking the vehicle back that is its time."""
    refund = {"remedy_by": "refund", "depreciation": "A tenth is taken off for each year."}
    world.campaign(AT_DEALER).labour(AT_DEALER, 2.0)
    world.campaign("REF", **refund).campaign("BACK", **refund).labour("BACK", 0.25)
    world.campaign("BARE")
    load(session, [world.write()], on=ON)
    model = "IS 250"
    bundles = (f"{AT_DEALER}+REF", "REF", "BACK", "BARE")
    found = needs(session, [(bundle, model) for bundle in bundles]).visits
    assert [found[bundle, model].hours for bundle in bundles] == [2.0, 0.0, 0.25, 1.0]
    assert [bool(found[bundle, model].estimated) for bundle in bundles] == [
        False,
        False,
        False,
        True,
    ]


@at_once("language, words, steps", [
    ("en", "How it is remedied, without a visit to a dealer:", f"You do not need to visit a dealer. What to do: {STEPS}"),
    ("es", "Cómo se soluciona, sin visitar un concesionario:", f"No tiene que visitar un concesionario. Qué hacer: {PASOS}"),
])  # fmt: skip
def test_the_letter_says_what_the_owner_does_and_nothing_of_a_dealer_s_work(
    language: str, words: str, steps: str
) -> None:
    """577.5(g)(1)(iii)(A): a general description of the work, whoever does it."""
    found = said(by_air(), language)
    assert found["G3N"].startswith(words)
    assert found["G3O"] == steps
    assert not {"G3", "G4", "VISIT"} & found.keys()
    assert {"G3", "G4"} <= said(FUEL, language).keys()


def test_what_the_owner_does_is_asked_for_by_campaign_and_key_in_each_language() -> None:
    silent = replace(by_air(owner_steps=""), spanish=FUEL.spanish)
    told = [one for one in missing(silent, PACK, "initial", ["en", "es"], timed=False) if one.must]
    assert {(one.key, one.language) for one in told} == {
        ("owner_steps", "en"),
        ("owner_steps", "es"),
    }
    with pytest.raises(LetterRefused, match="owner_steps"):
        said(silent)


@at_once("remedy, told", [
    ("We have sent a software update to your vehicle over the air.", True),
    ("You do not need to visit a dealer.", True),
    ("We will mail you a kit.", True),
    ("The dealer will replace the hose.", False),
    ("You do not need to call the dealer twice.", False),
])  # fmt: skip
def test_words_that_no_dealer_is_visited_are_told_beside_letters_that_ask_for_a_visit(
    remedy: str, told: bool
) -> None:
    for one, wanted in ((replace(FUEL, remedy=remedy), told), (replace(by_air(), remedy=remedy), False)):  # fmt: skip
        found = [
            one for one in missing(one, PACK, "initial", ["en"]) if one.key == "remedy_delivery"
        ]
        assert [item.must for item in found] == ([False] if wanted else [])


@at_once("language, steps, told", [
    ("en", "Park where the vehicle has a signal.", False),
    ("en", "Start the update on the screen. You do not need to visit a dealer.", False),
    ("en", "Take your vehicle to your dealer for the update.", True),
    ("en", "Have a technician connect it to the network.", True),
    ("es", "Estacione donde haya señal.", False),
    ("es", "Lleve su vehículo al concesionario.", True),
])  # fmt: skip
def test_what_an_owner_does_names_no_dealer_beside_a_letter_that_says_that_none_need_be_visited(
    language: str, steps: str, told: bool
) -> None:
    """Of a refund by mail too, whose `remedy` is printed nowhere."""
    for by in ({}, {"remedy_by": "refund", "depreciation": "10 percent a year"}):
        one = by_air(**by, **({"owner_steps": steps} if language == "en" else {}))
        one = replace(
            one, spanish={**one.spanish, "owner_steps": PASOS if language == "en" else steps}
        )
        found = [
            (item.language, item.must, item.wrong)
            for item in missing(one, PACK, "initial", ["en", "es"])
            if item.key == "owner_steps"
        ]
        assert [item[:2] for item in found] == ([(language, False)] if told else [])
        assert all(
            f"its `owner_steps` ({language}) names a dealer, and" in item[2] for item in found
        )
        rows = [
            row
            for row in PACK.forbidden(language, "own_terms")
            if row.id == f"dealer_there.{language}"
        ]
        assert [row.looks_at("owner_steps") and bool(row.find(steps)) for row in rows] == [told]


def test_who_answers_a_caller_offers_no_appointment_and_says_what_the_owner_does() -> None:
    vehicle = VehicleRow("Lexus", "IS 250", 2006, "D0001")
    known = Known(
        vehicle=vehicle, dealer=DealerRow("Made-up Dealer", "Boston", "MA", "555-0100"),
        states=[StateRow(BY_AIR, "open", "", date(2012, 6, 1))], campaigns={BY_AIR: by_air()}, hours={BY_AIR: (3.0, 3.0)},
    )  # fmt: skip
    answered = compose("JTHBE262375900014", known, MAIL_DATE)
    assert answered.sentence == "1 campaign to be done, without a visit to a dealer."
    assert (answered.dealer, answered.visit) == (None, [])
    (told,) = answered.campaigns
    assert told.what_to_do.endswith(f"You do not need to visit a dealer. What to do: {STEPS}")
    assert "appointment" not in told.what_to_do
    assert (told.work, told.hours, bool(told.remedy)) == (False, None, True)


def test_it_is_in_no_visit_that_a_letter_speaks_of() -> None:
    hours = {AT_DEALER: (2.0, 2.0), BY_AIR: (3.0, 3.0), "ALE": (1.0, 1.0)}
    dealers = [replace(FUEL, campaign_code=code) for code in (AT_DEALER, "ALE")]
    assert one_visit([*dealers, by_air()], hours, ()) == (AT_DEALER, "ALE")
    assert one_visit([dealers[0], by_air()], hours, ()) == ()


def test_the_public_reads_how_a_remedy_without_a_dealer_is_got() -> None:
    """The look-up page says that no dealer is visited, and what the owner does, in both languages; of another remedy neither."""
    told = public_campaign(by_air())
    assert told.no_visit
    for language, steps in (("en", STEPS), ("es", PASOS)):
        assert told.text("remedy", language)[0].endswith(f". {steps}")
    at_dealer = public_campaign(FUEL)
    assert not at_dealer.no_visit
    assert STEPS not in at_dealer.text("remedy", "en")[0]


@at_once("language, remedy, told", [
    ("en", "The dealer will replace both hoses with longer ones.", True),
    ("en", "A technician puts in new software.", True),
    ("en", "We send the new software to your vehicle; you do not need a dealer for it.", False),
    ("en", "New software is sent to your vehicle.", False),
    ("es", "El concesionario cambia las dos mangueras.", True),
    ("es", "Un programa nuevo llega a su auto sin ir al taller.", False),
])  # fmt: skip
def test_a_dealer_s_work_is_told_beside_letters_that_say_that_none_need_be_visited(
    language: str, remedy: str, told: bool
) -> None:
    spoken = {**by_air().spanish, "remedy": remedy if language == "es" else "Llega a su auto."}
    text = remedy if language == "en" else "It comes to your vehicle."
    one = replace(by_air(), remedy=text, spanish=spoken)
    found = [
        item
        for item in missing(one, PACK, "initial", ["en", "es"], timed=False)
        if item.key == "remedy"
    ]
    assert [(item.language, item.must) for item in found] == ([(language, False)] if told else [])
