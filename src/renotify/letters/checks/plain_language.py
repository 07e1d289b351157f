"""What a letter may not say, and how plainly it must say the rest, judged on the text read back."""

from __future__ import annotations

from collections.abc import Iterator

from renotify.letters.checks.finding import Finding, Part
from renotify.rules import RulePack, normal
from renotify.rules.reading_grade import reading_grade, sentence_words


def forbidden(part: Part, pack: RulePack, family: str) -> Iterator[Finding]:
    """577.8 and 18 USC 2721: no disclaimer in a recall letter, no sales wording in any letter."""
    ours = without_statements(part)
    for row in pack.forbidden(part.language):
        if family not in row.families:
            continue
        text = ours if row.house_words_only else part.plain
        for start, end in row.find(text):
            yield Finding(
                f"forbidden.{row.id}",
                row.citation,
                f"forbidden wording ({row.title}): {normal(text)[start:end]!r}",
                row.severity,
            )


def without_statements(part: Part) -> str:
    """Return the text without the law's statements and the campaign's facts in them."""
    text = part.plain
    for item in part.expected:
        text = text.replace(item.plain, " ", 1)
    return text


def body_text(part: Part) -> str:
    """Return the words the house chose: the text without the law's sentences and lead-ins."""
    text = part.paragraphs
    for item in part.expected:
        lead, colon, _ = item.plain.partition(": ")
        mandated = lead + colon if colon and item.has_lead(part.language) else item.plain
        text = text.replace(normal(mandated), " ", 1)
    return text


def plain_words(part: Part, pack: RulePack) -> Iterator[Finding]:
    """Policy P-3 after GAO CED-82-99: grade 8 at most, mandated phrases left out.

    The pack calls the measure a ``should``; a letter of this house must keep it, or carry the name
    of who accepted it.
    """
    body, limit, words = body_text(part), pack.measure("grade"), pack.measure("sentence_words")
    grade, length = reading_grade(body, part.language), sentence_words(body)
    if grade > (limit.most or limit.value):
        yield Finding(
            f"grade.{part.language}",
            limit.citation,
            f"the {part.language} text reads at grade {grade:.1f}, above {limit.most:g}",
        )
    if length > (words.most or words.value):
        yield Finding(
            f"sentences.{part.language}",
            words.citation,
            f"the {part.language} text has {length:.0f} words in a sentence",
            words.severity,
        )
