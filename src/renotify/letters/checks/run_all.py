"""The gate: a version is released only when the finished PDF, read back, says what it must.

49 CFR 577.9: a letter that does not conform is a violation of the Act. So every finding of
severity ``must`` refuses the version, and names the citation.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from datetime import date
from typing import Any

from renotify.errors import LetterRefused
from renotify.letters import readback
from renotify.letters.checks import geometry, legibility, statements
from renotify.letters.checks.finding import Finding, Part
from renotify.letters.letter_text import Placed, applicable
from renotify.letters.readback import Mark, PageText
from renotify.letters.specimen import printed
from renotify.letters.version import LetterForm
from renotify.rules import RulePack, load


def _above_footer(form: LetterForm, marks: Sequence[Mark]) -> str:
    """Return a page's text without its footer line, which counts pages and names the form."""
    foot = max((s.y for s in form.slots if s.page == 1 and s.name == "reference"), default=1e9)
    return readback.lines([mark for mark in marks if mark.y < foot - 2])


def expected(form: LetterForm, pack: RulePack, language: str) -> tuple[Placed, ...]:
    """Return what the pack demands of this letter, with the texts that the version was given."""
    letter, summary = form.recipe.inputs["letter"], form.summary
    given = next(part for part in letter["parts"] if part["language"] == language)["statements"]
    texts = {(item["id"], item["campaign"]): item["text"] for item in given}
    found: dict[tuple[str, int | None], Placed] = {}
    for number, campaign in enumerate(summary["campaigns"]):
        for statement, own in applicable(
            pack,
            campaign_type=campaign["type"],
            kind=summary["kind"],
            recipient=summary["recipient"],
            language=language,
            facts=frozenset(campaign["facts"]),
            shared=frozenset(summary["facts"]),
        ):
            key = (statement.id, number if own else None)
            text = texts.get(key) or statement.wording(language)
            found.setdefault(key, Placed(statement, text, key[1]))
    return tuple(sorted(found.values(), key=lambda p: (p.statement.order, p.campaign or 0)))


def parts_of(form: LetterForm, pages: Sequence[PageText], pack: RulePack) -> list[Part]:
    """Divide a letter read back into its languages."""
    starts = [*(first for _, first in form.parts), form.page_count + 1]
    return [
        Part(
            language,
            tuple(name for tongue, name in form.blocks if tongue == language),
            "\n\n".join(_above_footer(form, p.marks) for p in pages[first - 1 : last - 1]),
            "\n\n".join(_above_footer(form, p.static) for p in pages[first - 1 : last - 1]),
            tuple(pages[first - 1 : last - 1]),
            expected(form, pack, language),
        )
        for (language, first), last in zip(form.parts, starts[1:], strict=True)
    ]


def _words(part: Part, pack: RulePack, family: str) -> list[Finding]:
    checks: list[Any] = [
        statements.forbidden(part, pack, family),
        statements.plain_words(part, pack),
        statements.typed_vins(part),
    ]
    if family == "service":
        checks.append(statements.no_recall(part, pack))
    else:
        checks += [statements.statements(part), statements.order(part), statements.heading(part)]
    return [finding for check in checks for finding in check]


def _rules(form: LetterForm, pack: RulePack) -> list[Finding]:
    if pack.digest == form.recipe.rules:
        return []
    return [
        Finding(
            "rules",
            "house rule",
            f"the version was made under other rules than of {pack.on}",
            "should",
        )
    ]


def check(
    form: LetterForm, *, pack: RulePack | None = None, twin: LetterForm | None = None
) -> list[Finding]:
    """Return all that is wrong with a version, judged on one finished letter read back.

    ``pack`` is the rule pack to judge by (the version's own day by default); ``twin`` is the same
    letter in the other language, whose dates, numbers and blocks must agree. Findings that a person
    accepted (``LetterSpec.accepted``) come back as ``accepted``.
    """
    rules = pack or load(date.fromisoformat(form.summary["rules_on"]))
    body = printed(form)
    pages = readback.read(body, form.slots, form.page_count)
    parts = parts_of(form, pages, rules)
    findings = _rules(form, rules)
    for part in parts:
        findings += _words(part, rules, form.summary["family"])
    pairs = parts + (_read(twin, rules) if twin else [])
    if len(pairs) == 2:
        findings += statements.same_facts(*pairs)
    findings += [*geometry.missing(form), *geometry.slots(form), *geometry.ink(form)]
    findings += geometry.file(form, body, pages)
    findings += [*geometry.written(form, pages), *legibility.legible(form, body)]
    accepted = form.summary["accepted"]
    return [replace(f, severity="accepted") if f.code in accepted else f for f in findings]


def _read(form: LetterForm, pack: RulePack) -> list[Part]:
    return parts_of(form, readback.read(printed(form), form.slots, form.page_count), pack)


def refuse(form: LetterForm, findings: Sequence[Finding]) -> None:
    """Raise LetterRefused for the first finding that blocks, with all of them in the hint."""
    blocking = [finding for finding in findings if finding.severity == "must"]
    if not blocking:
        return
    first, summary = blocking[0], form.summary
    codes = ", ".join(campaign["code"] for campaign in summary["campaigns"])
    raise LetterRefused(
        f"The {summary['kind']} letter about {codes} may not be printed: {first.message} "
        f"({first.citation}).",
        " ".join(f"[{f.code}] {f.message} ({f.citation})." for f in blocking),
    )
