"""An hour of the day ends no sentence where that goes on, and ends one where another begins."""

from __future__ import annotations

import pytest

from renotify.letters.checks.house_words import house_sentences
from renotify.rules.read_wording import SENTENCE_END


@pytest.mark.parametrize(
    ("text", "sentences"),
    [
        ("Call us from 8 a.m. to 8 p.m. Eastern time. We help.", 2),
        ("Call us from 8:30 a.m. (ET) to 5 p.m. PT. We help.", 2),
        ("Open until 8 p.m. The work has no charge.", 2),
        ("Llame de 8 a. m. a 8 p. m. hora del Este. Le ayudamos.", 2),
        ("Abierto hasta las 8 p. m. La reparación es gratis.", 2),
        ("It is about item a. The rest stands.", 2),
    ],
)
def test_a_text_is_parted_where_its_sentences_end(text: str, sentences: int) -> None:
    assert len(SENTENCE_END.split(text)) == sentences


def test_hours_of_the_templates_are_one_sentence_to_read() -> None:
    said = "Hours: Monday to Friday, 8 a.m. to 8 p.m. Eastern time. We answer in Spanish too."
    assert house_sentences(said, (), (), ()) == (
        "Hours: Monday to Friday, 8 a.m. to 8 p.m. Eastern time.",
        "We answer in Spanish too.",
    )
