"""What several recalls of one letter have in common is said once, and what differs of each by its name."""

from __future__ import annotations

from dataclasses import replace

from letters.samples import FUEL, MAIL_DATE, SPRING, spec
from renotify.letters.checks.run_all import check
from renotify.letters.compose import compile_letter
from renotify.letters.letter_text import placed
from renotify.rules import load


def test_what_the_maker_says_of_each_recall_in_the_same_words_stands_once_but_the_risk_of_each(
    pack,
):
    free, crash = "You pay nothing for parts or labor.", "This may lead to a crash."
    both = [
        replace(one, remedy=f"The dealer will {work}. {free}", consequence=f"{risk}. {crash}", letter={})
        for one, work, risk in ((FUEL, "change the pipes", "It can burn"), (SPRING, "change the springs", "It can stop"))
    ]  # fmt: skip
    said = {(p.statement.id, p.campaign): p.text for p in placed(spec(*both), pack, "en")}
    assert said["G3", 0] == "What the dealer will do: The dealer will change the pipes."
    assert said["G3", 1] == f"What the dealer will do: The dealer will change the springs. {free}"
    assert " ".join(said.values()).count(crash) == 2
    same = [replace(one, remedy="The dealer will change it.") for one in (FUEL, SPRING)]
    texts = [p.text for p in placed(spec(*same), pack, "en") if p.statement.id == "G3"]
    assert texts == ["What the dealer will do: The dealer will change it."] * 2


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
