import pytest

from cases import at_once
from renotify.errors import UnknownName
from renotify.rules.reading_grade import reading_grade, sentence_words, syllables, words

CAT = "The cat sat on the mat."


def test_the_cat_needs_no_school():
    assert reading_grade(CAT, "en") == pytest.approx(0.39 * 6 + 11.8 - 15.59)


def test_a_known_sentence_has_its_known_grade():
    text = "This sentence, taken as a reading passage unto itself, is being used to prove a point."
    assert len(words(text)) == 16
    assert reading_grade(text, "en") == pytest.approx(0.39 * 16 + 11.8 * 23 / 16 - 15.59)


def test_a_spanish_sentence_has_its_known_grade():
    text = "El gato duerme en la casa."  # 6 words, 9 syllables
    assert reading_grade(text, "es") == pytest.approx(-0.205 * 100 / 6 + 0.049 * 150 - 3.407)


@at_once(
    ("word", "count"),
    [("recall", 2), ("vehicle", 3), ("repaired", 2), ("required", 2), ("notice", 2), ("being", 2)],
)
def test_english_syllables(word, count):
    assert syllables(word, "en") == count


@at_once(
    ("word", "count"),
    [
        ("vehículo", 4), ("reparación", 4), ("ciudad", 2), ("país", 2), ("queja", 2), ("guía", 2),
        ("pingüino", 3), ("muy", 1), ("leer", 2), ("construir", 2), ("maíz", 2), ("mayo", 2),
    ],
)  # fmt: skip
def test_spanish_syllables(word, count):
    assert syllables(word, "es") == count


def test_numbers_and_vins_are_not_read_as_words():
    assert words("Call 1-888-327-4236 about JTHBK262762000001 today.") == ["Call", "about", "today"]


def test_sentences_end_with_a_stop_or_an_empty_line():
    assert sentence_words("One two three. Four five!\n\nA heading\n\nSix") == pytest.approx(8 / 4)


@at_once("language", ["en", "es"])
def test_longer_words_and_sentences_ask_for_more_school(language):
    hard = {
        "en": "Notwithstanding subsequent determinations, remediation availability necessitates "
        "manufacturer authorization regarding applicable replacement componentry.",
        "es": "Independientemente de determinaciones posteriores, la disponibilidad de la "
        "correspondiente reparación requiere autorización administrativa del fabricante.",
    }
    easy = {"en": CAT, "es": "El gato duerme. La casa es de Ana."}
    assert reading_grade(easy[language], language) < 5
    assert reading_grade(hard[language], language) > 8


def test_a_text_without_words_asks_for_nothing():
    assert reading_grade("123 456", "en") == 0
    assert sentence_words("") == 0


def test_another_language_is_refused():
    with pytest.raises(UnknownName):
        reading_grade("Bonjour", "fr")
