"""Letters of one release that are refused are told together: each finding once, with its letter, its text and what to do."""

from __future__ import annotations

from dataclasses import replace

from letters.samples import FUEL, MAIL_DATE, spec
from renotify.errors import LetterRefused
from renotify.letters.checks.finding import RefusedByFindings
from renotify.letters.compile_task import LetterTask, compile_or_refusal, together
from renotify.letters.version import LetterVersion

CHARGED = "The dealer will check the fuel pipes. The dealer will charge you for fuel."
COBRADA = "El concesionario revisará los tubos. El taller le cobrará la gasolina."


def refusal(profile, one, language):
    name = f"The letter in {language}"
    made = compile_or_refusal(LetterTask(name, spec(one, language=language), profile, MAIL_DATE))
    assert isinstance(made, LetterRefused)
    return {name: made}


def test_every_faulty_sentence_of_every_letter_is_in_one_refusal(profile):
    one = replace(FUEL, remedy=CHARGED, spanish={**FUEL.spanish, "remedy": COBRADA})
    found = together(refusal(profile, one, "en") | refusal(profile, one, "en+es"))
    assert isinstance(found, RefusedByFindings)
    first, *lines = [line.strip() for line in found.message.splitlines()]
    assert first == "2 letter versions are refused:"
    assert [line.split(" (49 USC")[0] for line in lines] == [
        "The letter in en: a charge for the free remedy, in the en remedy of 9LA: 'The dealer will charge you for fuel': leave it out",
        "The letter in en+es: a charge for the free remedy, in the es remedy of 9LA: 'El taller le cobrará la gasolina': leave it out",
    ]
    assert "renotify letter accept" in found.hint


def test_a_letter_that_is_not_made_says_why_beside_one_that_is_refused(profile):
    silent = replace(FUEL, spanish={k: v for k, v in FUEL.spanish.items() if k != "remedy"})
    charged = replace(FUEL, remedy=CHARGED)
    found = together(refusal(profile, charged, "en") | refusal(profile, silent, "en+es"))
    assert "The letter in en: a charge for the free remedy" in found.message
    assert (
        "The letter in en+es is refused: Campaign 9LA has no remedy in language 'es'."
        in found.message
    )


def test_one_refusal_alone_stays_as_it_is_and_a_letter_that_passes_is_made(profile):
    alone = refusal(profile, replace(FUEL, remedy=CHARGED), "en")
    assert together(alone) is alone["The letter in en"]
    assert isinstance(
        compile_or_refusal(LetterTask("x", spec(FUEL), profile, MAIL_DATE)), LetterVersion
    )
