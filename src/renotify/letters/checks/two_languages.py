"""Whether English stands in a letter, and whether its two languages say the same, judged on the text read back."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Callable, Iterator, Sequence

from renotify.letters.checks.finding import Finding, Part
from renotify.letters.letter_labels import MONTHS
from renotify.rules import RulePack

_COUNTED = re.compile(r"\d+")


def _months(text: str, language: str) -> Counter[str]:
    """Return the months of a text by their English names; an English May or March needs its day."""
    pattern = "|".join(MONTHS[language].split())
    english = MONTHS["en"].split()
    if language == "en":
        pattern = rf"\b(?:{pattern})\b(?=\s+\d)"
    found = re.findall(rf"\b(?:{pattern})\b", text)
    names = MONTHS[language].split()
    return Counter(english[names.index(name)] for name in found)


def _numbers(text: str, _language: str) -> Counter[str]:
    return Counter(_COUNTED.findall(text))


def _differing(one: Part, other: Part, counted: Callable[[str, str], Counter[str]]) -> str:
    """Return which stated texts count differently in the two languages, and what to do: a stated text stands in both by its key."""
    theirs = {(own.campaign, own.name): own.text for own in (*other.own_texts, *other.house_texts)}
    odd = [
        f"`{own.name}` of {own.campaign}"
        for own in (*one.own_texts, *one.house_texts)
        if (own.campaign, own.name) in theirs
        and counted(own.text, one.language)
        != counted(theirs[own.campaign, own.name], other.language)
    ]
    where = f", in the {one.language} and {other.language} {', '.join(odd)}" if odd else ""
    return f"{where}: say them in both languages, or in neither"


def never_left_out(parts: Sequence[Part], pack: RulePack) -> Iterator[Finding]:
    """577.5(a), (b): English stands in every letter and before any other language; the rows of the pack say so."""
    written = [part.language for part in parts]
    for row in pack.languages():
        if row.always and row.language not in written:
            yield Finding(
                f"languages.{row.language}", row.citation, f"{row.title}: the letter has none of it"
            )
    ranks = {row.language: row.order for row in reversed(pack.languages())}
    if written != sorted(written, key=lambda language: ranks.get(language, len(ranks))):
        first = pack.languages()[0]
        yield Finding(
            "languages.order", first.citation, f"the languages stand as {' and '.join(written)}"
        )


def same_facts(one: Part, other: Part) -> Iterator[Finding]:
    """577.5(a), Puerto Rico: both languages carry the same blocks, dates and numbers."""
    if one.blocks != other.blocks:
        odd = next(
            (a or b for a, b in zip(one.blocks, other.blocks, strict=False) if a != b),
            (one.blocks + other.blocks)[-1],
        )
        yield Finding(
            "languages.blocks", "49 CFR 577.5(a)", f"the languages differ from the block {odd!r} on"
        )
    months = [_months(part.static, part.language) for part in (one, other)]
    if months[0] != months[1]:
        odd = ", ".join(sorted(((months[0] - months[1]) + (months[1] - months[0])).elements()))
        yield Finding(
            "languages.months",
            "49 CFR 577.5(a)",
            f"the languages differ in these months: {odd}{_differing(one, other, _months)}",
        )
    ours, theirs = (_numbers(part.static, part.language) for part in (one, other))
    if ours != theirs:
        odd_numbers = sorted(((ours - theirs) + (theirs - ours)).elements())
        yield Finding(
            "languages.numbers",
            "49 CFR 577.5(a)",
            f"the languages differ in these numbers: {', '.join(odd_numbers[:6])}{_differing(one, other, _numbers)}",
        )
