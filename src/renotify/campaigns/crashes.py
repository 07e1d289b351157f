"""Whether a defect can bring about a crash (49 CFR 577.5(f)(1)), as a campaign's English consequence says it.

``crash_words.toml`` tells a crash that comes of the defect from one in which something else fails. What it does not plainly read a
person states (``crash`` in campaigns.toml), and that goes before what is read.
"""

from __future__ import annotations

import re
from enum import Enum
from functools import cache, lru_cache
from pathlib import Path

from renotify.campaigns.injuries import speaks_of_injury
from renotify.rules.wording import spelled_out
from renotify.values.stated_tables import read_toml

WORDS = Path(__file__).with_name("crash_words.toml")
SENTENCE_END = re.compile(r"(?<=[.!?;:])\s+")
COMES_OF_IT = ("result", "crash")  # the readings that are a result of the defect
OF_NO_CRASH = ("condition", "within", "none", "actor")  # of a crash that happens before, or cannot
SAYS_MORE = re.compile(r"[,;]|\b(?:but|and|although|though|while|which|because)\b", re.IGNORECASE)
FEW_WORDS = 6  # beside a denial: so many say nothing else ("this defect can in no case")


class Crash(Enum):
    """What a consequence says of a crash, as people are told it."""

    RESULT = "its `consequence` says that a crash can come of the defect"
    CONDITION = "its `consequence` names a crash only as the case in which something else fails, and no injury"
    DENIED = "its `consequence` says that no crash comes of the defect, and not what does"
    UNSAID = "its `consequence` does not say whether a crash can come of the defect"


@lru_cache(maxsize=1024)  # each letter, check and note of a campaign asks again
def crash_in(consequence: str) -> Crash:
    """Return what an English text says of a crash, in small letters or in capitals.

    That none can come it says only where every sentence has a crash as the case in which something else fails, or denies that one
    can come, or speaks of an injury: whatever else a sentence says, a crash may come of it.
    """
    sentences = SENTENCE_END.split(" ".join(consequence.split()))
    found = [_readings(sentence) for sentence in sentences]
    named = {reading for one in found for reading in one}
    if named & {*COMES_OF_IT}:
        return Crash.RESULT
    whole = all(
        one & {*OF_NO_CRASH} or speaks_of_injury(sentence)
        for one, sentence in zip(found, sentences, strict=True)
    )
    if named == {"none"} and all(map(_only_denies, sentences)):
        return Crash.DENIED
    if named & {*OF_NO_CRASH} and whole and not _doubt().search(consequence):
        return Crash.CONDITION
    return Crash.UNSAID


def _only_denies(sentence: str) -> bool:
    """Tell whether a sentence denies a crash and says of nothing else that it can come."""
    left = _grammar().sub(" ", sentence)
    return (
        left != sentence
        and not SAYS_MORE.search(left)
        and len(left.split()) <= FEW_WORDS
        and not speaks_of_injury(sentence)
    )


def _readings(sentence: str) -> set[str]:
    return {str(found.lastgroup) for found in _grammar().finditer(sentence)}


@cache
def _grammar() -> re.Pattern[str]:
    """Return one pattern of all readings, the first that begins counting, and a crash that is none of them last."""
    stated = read_toml(WORDS)
    readings = {**stated["readings"], "crash": r"(?<!\w)(?:{crash})"}
    named = (f"(?P<{name}>{spelled_out(one, stated['words'])})" for name, one in readings.items())
    return re.compile("|".join(named), re.IGNORECASE)


@cache
def _doubt() -> re.Pattern[str]:
    return re.compile(read_toml(WORDS)["doubt"]["words"], re.IGNORECASE)
