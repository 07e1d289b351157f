"""Every check of a letter: a version is printed only when its finished PDF, read back, passes them.

49 CFR 577.9: a letter that does not conform is a violation of the Act. So every finding of
severity ``must`` refuses the version, and names the citation.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace
from datetime import date
from typing import Any

from renotify.letters import readback
from renotify.letters.checks import (
    barcode,
    geometry,
    head,
    legibility,
    plain_language,
    statements,
    two_languages,
)
from renotify.letters.checks.finding import (
    HOUSE,
    MEND,
    Finding,
    MakersSentence,
    OwnText,
    Part,
    RefusedByFindings,
)
from renotify.letters.checks.house_words import house_sentences, words_given
from renotify.letters.checks.plain_language import LEAVE_OUT
from renotify.letters.letter_text import (
    OF_VEHICLE,
    TEXTS,
    About,
    Placed,
    applicable,
    of_vehicle_once,
    said_before,
)
from renotify.letters.readback import Marks, PageText
from renotify.letters.spec import PROVISIONAL
from renotify.letters.specimen import SPECIMEN, specimen
from renotify.letters.version import LetterVersion
from renotify.rules import RulePack, Statement, load, normal
from renotify.rules.read_wording import OF_LETTER, SENTENCE_END, digest_of_texts
from renotify.values.english import one_a_line
from renotify.values.telephone import dialed


def _above_footer(version: LetterVersion, marks: Marks) -> str:
    """Return a page's text without its footer line, which counts pages and names the version."""
    foot = max((s.y for s in version.slots if s.page == 1 and s.name == "reference"), default=1e9)
    return readback.lines(marks.at(marks.y < foot - 2))


def expected(version: LetterVersion, pack: RulePack, language: str) -> tuple[Placed, ...]:
    """Return what the pack demands of this letter, with the texts that the version was given."""
    letter, summary = version.recipe.inputs["letter"], version.summary
    given = next(part for part in letter["parts"] if part["language"] == language)["statements"]
    texts = {(item["id"], item["campaign"]): item["text"] for item in given}
    about = [
        # versions saved before had one kind for all of their campaigns
        About(one["type"], one.get("kind", summary["kind"]), frozenset(one["facts"]))
        for one in summary["campaigns"]
    ]
    rows = applicable(
        pack, about, form=summary["kind"], recipient=summary["recipient"], language=language
    )
    joint = {(item["id"], number) for item in given for number in item.get("together", ())[1:]}
    once = {item["id"]: item["text"] for item in reversed(given)}

    def text_of(row: Statement, number: int | None) -> str:
        if OF_VEHICLE & set(row.when) and (row.id, number) not in texts:
            return once.get(row.id) or row.wording(language)  # another campaign has the same words
        return texts.get((row.id, number)) or row.wording(language)

    found = of_vehicle_once(
        [
            Placed(row, text_of(row, number), number, of)
            for row, number, of in rows
            if (row.id, number) not in joint
        ]
    )
    asked = (item for item in found if not said_before(item, found, language))
    return tuple(sorted(asked, key=lambda p: (p.statement.order, p.campaign or 0)))


def parts_of(version: LetterVersion, pages: Sequence[PageText], pack: RulePack) -> list[Part]:
    """Divide a letter read back into its languages."""
    starts = [*(first for _, first in version.parts), version.page_count + 1]
    return [
        _part(version, language, tuple(pages[first - 1 : last - 1]), pack)
        for (language, first), last in zip(version.parts, starts[1:], strict=True)
    ]


def _part(
    version: LetterVersion, language: str, pages: tuple[PageText, ...], pack: RulePack
) -> Part:
    static = "\n\n".join(_above_footer(version, page.static) for page in pages)
    asked, own = expected(version, pack, language), _own_texts(version, language)
    house = _house_texts(version, language)
    letter = version.recipe.inputs["letter"]
    given = next(part for part in letter["parts"] if part["language"] == language)
    texts = [one.text for one in (*own, *house)]
    sentences = house_sentences(static, asked, texts, words_given(letter, given))
    return Part(
        language,
        tuple(name for tongue, name in version.blocks if tongue == language),
        "\n\n".join(_above_footer(version, page.marks) for page in pages),
        static,
        pages,
        asked,
        own,
        _telephones(version),
        house,
        frozenset(version.summary["accepted"]),
        tuple(OwnText(HOUSE, OF_LETTER, one) for one in sentences),
    )


def _own_texts(version: LetterVersion, language: str) -> tuple[OwnText, ...]:
    """Return the texts of each campaign as the version was given them, without a last full stop."""
    parts = version.recipe.inputs["letter"]["parts"]
    about = {one["code"]: one for one in version.summary["campaigns"]}
    given = next(part for part in parts if part["language"] == language)["campaigns"]
    found: list[OwnText] = []
    for campaign in given:
        said = {one: campaign[one] for one in TEXTS} | campaign.get("stated", {})
        known = about.get(campaign["code"], {})
        facts, texts = (
            frozenset(known.get("facts", ())),
            digest_of_texts(known.get("type", ""), said),
        )
        found += [
            OwnText(campaign["code"], name, text.rstrip(" ."), facts, texts)
            for name, text in said.items()
            if text.strip(" .")
        ]
    return tuple(found)


def _house_texts(version: LetterVersion, language: str) -> tuple[OwnText, ...]:
    """Return the texts of the version's wording in a language; versions saved before wordings were have none."""
    parts = version.recipe.inputs["letter"]["parts"]
    given = next(part for part in parts if part["language"] == language).get("house", {})
    texts = digest_of_texts("", given)
    return tuple(OwnText(HOUSE, name, text, texts=texts) for name, text in given.items())


def _telephones(version: LetterVersion) -> frozenset[str]:
    sender = version.recipe.inputs["letter"]["sender"]
    numbers = (dialed(sender[name]) for name in ("phone", "tty"))
    return frozenset(number for number in numbers if number)


def _words(part: Part, pack: RulePack, family: str, kind: str) -> list[Finding]:
    checks: list[Any] = [
        plain_language.forbidden(part, pack, family),
        plain_language.summaries(part, pack, family),
        plain_language.near_denials(part, pack, family),
        plain_language.terms(part, pack, family),
        plain_language.plain_words(part, pack),
        plain_language.wording(part),
        statements.typed_vins(part),
    ]
    if family == "service":
        checks.append(statements.no_recall(part, pack))
    else:
        checks.append(statements.statements(part))
        provisional = kind == PROVISIONAL
        checks.append(statements.one_by_one(part) if provisional else statements.order(part))
    return [finding for check in checks for finding in check]


def _rules(version: LetterVersion, pack: RulePack) -> list[Finding]:
    if pack.digest == version.recipe.rules:
        return []
    return [
        Finding(
            "rules",
            "house rule",
            f"the version was made under other rules than of {pack.on}",
            "should",
        )
    ]


def check(version: LetterVersion, *, pack: RulePack | None = None) -> list[Finding]:
    """Return all that is wrong with a version, judged on one finished letter read back.

    ``pack`` is the rule pack to judge by (the version's own day by default). Findings that a person
    accepted (``LetterSpec.accepted``) come back as ``accepted``, with who and why. A version in memory never
    changes: by the same rules it is judged once.
    """
    rules = pack or load(date.fromisoformat(version.summary["rules_on"]))
    known, by = version.judged, (rules.digest, rules.on)
    if by not in known:
        known[by] = tuple(_judged(version, rules))
    return list(known[by])


def makers_sentences(version: LetterVersion, pack: RulePack) -> tuple[MakersSentence, ...]:
    """Return each sentence of a version that is not the law's, once: campaign texts, other words of a wording, the house's templates.

    They are what a person reads who signs the version: no rule reads all that a sentence can say.
    """
    check(version, pack=pack)
    return version.read[pack.digest, pack.on]


def _sentences(parts: Sequence[Part]) -> Iterator[MakersSentence]:
    for part in parts:
        for own in part.makers_texts:
            template = own.name == OF_LETTER
            for sentence in [own.text] if template else SENTENCE_END.split(normal(own.text)):
                if template or sentence in part.plain:
                    yield MakersSentence(part.language, own.campaign, own.name, sentence)


def _judged(version: LetterVersion, rules: RulePack) -> list[Finding]:
    letter = specimen(version)
    body = letter.body
    pages = readback.read(body, version.slots, version.page_count)
    parts = parts_of(version, pages, rules)
    version.read[rules.digest, rules.on] = tuple(dict.fromkeys(_sentences(parts)))
    findings = [*_rules(version, rules), *two_languages.never_left_out(parts, rules)]
    for part in parts:
        findings += _words(part, rules, version.summary["family"], version.summary["kind"])
    if version.summary["family"] == "safety":
        findings += head.head(version, parts, SPECIMEN["vin"], body)
    if len(parts) == 2:
        findings += two_languages.same_facts(*parts)
    findings += [*geometry.missing(version), *geometry.slots(version, rules)]
    findings += geometry.ink(version, body, letter.bare)
    findings += geometry.file(version, body, pages)
    findings += geometry.written(version, pages, letter.values)
    findings += legibility.legible(version, body)
    findings += barcode.seen(version, body)
    return list(
        dict.fromkeys(_accepted(finding, version.summary["accepted"]) for finding in findings)
    )


def _accepted(finding: Finding, accepted: Mapping[str, str]) -> Finding:
    """Return a finding as a person let it pass: what was read in a sentence by its handle, what else a letter may carry by its code."""
    if finding.read is None:
        return replace(finding, severity="accepted") if finding.code in accepted else finding
    words = accepted.get(finding.read.handle) or accepted.get(finding.code)
    if words is None:
        return finding
    return replace(
        finding,
        severity="accepted",
        message=f"{finding.message.removesuffix(LEAVE_OUT)}; accepted by {words}",
    )


def refuse(version: LetterVersion, findings: Sequence[Finding]) -> None:
    """Raise LetterRefused with every finding that blocks."""
    blocking = [finding for finding in findings if finding.severity == "must"]
    if not blocking:
        return
    summary = version.summary
    codes = ", ".join(campaign["code"] for campaign in summary["campaigns"])
    raise RefusedByFindings(
        f"The {summary['kind']} letter about {codes} may not be printed:"
        + one_a_line([one.sentence for one in blocking]),
        MEND,
        blocking,
    )
