"""Plain words: the school grade that a text asks of its reader.

GAO CED-82-99 found recall letters written too high; the limits stand in the pack (``grade``,
``sentence_words``). English: Flesch-Kincaid (Kincaid and others, 1975). Spanish: Crawford (1989),
made for grades 1 to 6 and stretched here; its coefficients are from memory (MEM).
"""

from __future__ import annotations

import re
from functools import lru_cache

from renotify.errors import UnknownName

WORD = re.compile(r"[^\W\d_]+(?:['’-][^\W\d_]+)*(?!\w)")
SENTENCE_END = re.compile(r"[.!?…]+(?=\s|$)|\n\s*\n")
SPANISH_VOWELS = re.compile(r"[aeiouáéíóúüy]+")
SPANISH_STRONG = re.compile(r"[aeoáéíóú]")
SPANISH_CONSONANT_Y = re.compile(r"y(?=[aeiouáéíóú])")
ENGLISH_NUCLEUS = re.compile(r"[aeiouy]+?(?=ing\b)|[aeiouy]+")
SILENT_END = re.compile(r"(?<=[^\Wtd])ed\b|(?<![aeiouyl])e\b|(?<=[aeiouy]l)e\b|(?<=[^\Wscxzg])es\b")


def words(text: str) -> list[str]:
    """Return the words of a text; numbers and VINs are not words."""
    return [word for word in WORD.findall(text) if len(word) > 1 or word.lower() in "aioyue"]


def sentence_words(text: str) -> float:
    """Return the average words in a sentence; 0 for a text without words."""
    return len(words(text)) / max(1, _sentences(text))


@lru_cache(maxsize=4096)  # letters are made of the same few hundred words
def syllables(word: str, language: str) -> int:
    """Return about how many syllables a word has: vowel groups, with the habits of the language."""
    lower = word.lower()
    if language == "es":
        return max(1, _spanish_nuclei(lower))
    return max(1, len(ENGLISH_NUCLEUS.findall(SILENT_END.sub("", lower))))


def reading_grade(text: str, language: str) -> float:
    """Return the United States school grade of a text, English or Spanish; 0 without words."""
    if language not in {"en", "es"}:
        raise UnknownName(f"No reading grade is known for language {language!r}.", "Use en or es.")
    spoken = words(text)
    if not spoken:
        return 0.0
    per_word = sum(syllables(word, language) for word in spoken) / len(spoken)
    if language == "en":
        return 0.39 * sentence_words(text) + 11.8 * per_word - 15.59
    return -0.205 * 100 / sentence_words(text) + 0.049 * 100 * per_word - 3.407


def _sentences(text: str) -> int:
    return sum(1 for part in SENTENCE_END.split(text) if WORD.search(part))


def _spanish_nuclei(word: str) -> int:
    """Weak vowels lean on a strong one; two strong ones, or an accented weak one, stand apart."""
    vowels = SPANISH_VOWELS.findall(SPANISH_CONSONANT_Y.sub("j", word))
    return sum(max(1, len(SPANISH_STRONG.findall(group))) for group in vowels)
