"""Reads why mail came back off a yellow label, on which the words of the reason stand among others."""

from __future__ import annotations

import re
from collections.abc import Iterable

from renotify.rules.row import ReturnReason

SHORTEST = 5  # letters of a single word that is found among others: ILL may be a state, DEC a month
WORD = re.compile(r"[^\W_]+")
ENDS_THE_SEARCH = "unreachable"  # nobody prints that on a label


def reason_on(label: str, reasons: Iterable[ReturnReason]) -> ReturnReason | None:
    """Return the reason whose words stand on a label; None where none does, or several that lead to different actions.

    Words within longer known words say nothing of their own, and a ``general`` reason nothing beside another. Short words
    (ANK, UTF) tell where the label has nothing else.
    """
    text, reasons = _words(label), tuple(reasons)
    known = {words.strip() for one in reasons for words in map(_words, (one.id, *one.codes))}
    codes_only = known.issuperset(text.split())
    found = {
        words: reason
        for reason in reasons
        if reason.action != ENDS_THE_SEARCH
        for words in map(_words, (reason.id, *reason.codes))
        if (codes_only or _tells(words)) and words in text
    }
    whole = [
        reason
        for words, reason in found.items()
        if not any(words != other and words in other for other in found)
    ]
    telling = [reason for reason in whole if not reason.general] or whole
    return telling[0] if len({reason.action for reason in telling}) == 1 else None


def _words(text: str) -> str:
    return f" {' '.join(WORD.findall(text.upper()))} "


def _tells(words: str) -> bool:
    """Tell whether words are enough to be found among others: several, or a long one."""
    bare = words.strip()
    return " " in bare or len(bare) >= SHORTEST
