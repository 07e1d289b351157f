"""The words of the house's own templates in a letter: what is neither the law's nor a campaign's nor the sender's, sentence by sentence."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from typing import Any

from renotify.letters.letter_text import Placed
from renotify.rules import normal
from renotify.rules.read_wording import SENTENCE_END_BUT_COLON

BREAK = "\u00b6"  # between paragraphs, while they are taken apart
WORD = re.compile(r"[^\W\d_]{2,}")
LIST_NUMBER = re.compile(r"^(?:[\s.,:;/·|()-]|\d+\.\s)+")


def house_sentences(
    static: str, expected: Iterable[Placed], own: Iterable[str], given: Iterable[str]
) -> tuple[str, ...]:
    """Return the sentences and headings of the templates in one language of a letter, each once.

    ``static`` is the text without what differs from owner to owner, ``own`` the texts of campaigns and wordings. What is made of nothing
    but words that the sources were given (``given``: day, sender, labels, names of recalls) is no sentence of the templates. Pages may
    break within a statement.
    """
    text = f" {BREAK} ".join(normal(one) for one in static.split("\n\n"))
    statements = sorted({normal(item.plain) for item in expected}, key=len, reverse=True)
    texts = sorted({normal(one) for one in own}, key=len, reverse=True)
    for words in (*statements, *texts):
        text = _without(text, words)
    known = sorted({normal(one) for one in given}, key=len, reverse=True)
    pieces = (one for part in text.split(BREAK) for one in SENTENCE_END_BUT_COLON.split(part))
    kept = (LIST_NUMBER.sub("", one).strip() for one in pieces)
    return tuple(dict.fromkeys(one for one in kept if _says_more(one, known)))


def _without(text: str, words: str) -> str:
    """Return a text without some words, wherever a page breaks within them."""
    if not words.strip(" .") or words not in " ".join(text.replace(BREAK, " ").split()):
        return text  # most texts of a letter are taken out as others that hold them
    loose = rf"\s+(?:{BREAK} )?".join(map(re.escape, words.split()))
    return re.sub(rf"(?<!\w){loose}(?!\w)", f" {BREAK} ", text)


def _says_more(piece: str, known: Iterable[str]) -> bool:
    """Tell whether a piece has two words or more beside those that the sources were given."""
    for words in known:
        if words.strip():
            piece = piece.replace(words, " ")
    return len(WORD.findall(piece)) > 1


def words_given(letter: Mapping[str, Any], part: Mapping[str, Any]) -> list[str]:
    """Return what the sources of one language were given beside statements and texts: day, title, sender, labels, names of recalls."""
    sender = letter["sender"]
    said = [
        part["date"],
        part["notice"],
        letter["codes"],
        *part["sender"].values(),
        *part["words"].values(),
    ]
    said += [
        sender["name"],
        *sender["address"],
        sender["phone"],
        sender["tty"],
        sender["web"],
        letter["make"].upper(),
    ]
    said += [campaign["name"] for campaign in part["campaigns"]]
    return [one for value in said for one in (str(value), *str(value).split(" / ")) if one]
