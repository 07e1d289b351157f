"""Whether English stands in a letter, and whether its two languages say the same, judged on the text read back."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterator, Sequence

from renotify.letters.checks.finding import Finding, Part
from renotify.letters.letter_text import MONTHS
from renotify.rules import RulePack

_COUNTED = re.compile(r"\d+")


def _months(part: Part) -> Counter[str]:
    """Return the months of a text by their English names; an English May or March needs its day."""
    pattern = "|".join(MONTHS[part.language].split())
    english = MONTHS["en"].split()
    if part.language == "en":
        pattern = rf"\b(?:{pattern})\b(?=\s+\d)"
    found = re.findall(rf"\b(?:{pattern})\b", part.static)
    names = MONTHS[part.language].split()
    return Counter(english[names.index(name)] for name in found)


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
    months = [_months(part) for part in (one, other)]
    if months[0] != months[1]:
        odd = ", ".join(sorted(((months[0] - months[1]) + (months[1] - months[0])).elements()))
        yield Finding(
            "languages.months", "49 CFR 577.5(a)", f"the languages differ in these months: {odd}"
        )
    ours, theirs = (Counter(_COUNTED.findall(part.static)) for part in (one, other))
    if ours != theirs:
        odd_numbers = sorted(((ours - theirs) + (theirs - ours)).elements())
        yield Finding(
            "languages.numbers",
            "49 CFR 577.5(a)",
            f"the languages differ in these numbers: {', '.join(odd_numbers[:6])}",
        )
