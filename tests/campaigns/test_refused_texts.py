"""What `letter check` will refuse of a campaign's texts is told sentence by sentence before."""

from __future__ import annotations

from dataclasses import replace

from letters.samples import FUEL, MAIL_DATE
from renotify.campaigns.missing_facts import missing
from renotify.rules import load


def test_each_faulty_sentence_of_a_text_is_told_and_not_the_first_alone():
    texts = {
        "defect": "There is no defect. The pipe can leak. You need not worry about it.",
        "remedy": "The dealer will charge you for fuel. It takes 2 hours. You pay for the pipe.",
    }
    spanish = {"remedy": "El taller le cobrará la gasolina. Usted paga el tubo."}
    told = [
        (one.key, one.language, one.wrong.split("'")[1])
        for one in missing(
            replace(FUEL, spanish=spanish, **texts), load(MAIL_DATE), "initial", ["en", "es"]
        )
        if "letter check refuses" in one.wrong
    ]
    assert told == [
        ("defect", "en", "There is no defect."),
        ("defect", "en", "You need not worry about it."),
        ("remedy", "en", "The dealer will charge you for fuel."),
        ("remedy", "en", "You pay for the pipe."),
        ("remedy", "es", "El taller le cobrará la gasolina."),
        ("remedy", "es", "Usted paga el tubo."),
    ]
