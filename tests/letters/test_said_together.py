"""What several recalls of one letter have in common stands once."""

from __future__ import annotations

from dataclasses import replace

from letters.samples import FUEL, MAIL_DATE, SPRING, spec
from renotify.letters.checks.run_all import check
from renotify.letters.compose import compile_letter
from renotify.letters.letter_text import placed
from renotify.rules import load


def test_two_recalls_that_were_first_notified_on_one_day_say_so_once():
    """Issue point 8: what is common stands once; of two days each is named."""
    same = replace(SPRING, first_notice_date=FUEL.first_notice_date)
    for campaigns, english, spanish in (
        (
            (FUEL, same),
            ["The first notice about Recalls 9LA and ALE went out on February 17, 2009."],
            ["El primer aviso sobre los retiros 9LA y ALE se envió el 17 de febrero de 2009."],
        ),
        (
            (FUEL, SPRING),
            [
                "The first notice about Recall 9LA went out on February 17, 2009.",
                "The first notice about Recall ALE went out on July 26, 2010.",
            ],
            [
                "El primer aviso sobre el retiro 9LA se envió el 17 de febrero de 2009.",
                "El primer aviso sobre el retiro ALE se envió el 26 de julio de 2010.",
            ],
        ),
    ):
        given = spec(*campaigns, language="en+es")
        for language, wanted in (("en", english), ("es", spanish)):
            found = [
                one.text
                for one in placed(given, load(MAIL_DATE), language)
                if one.statement.id == "P8D"
            ]
            assert found == wanted
    version = compile_letter(spec(FUEL, same, language="en+es"), rules_on=load(MAIL_DATE))
    assert [one for one in check(version, pack=load(MAIL_DATE)) if one.severity == "must"] == []
