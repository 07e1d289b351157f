"""What a letter may not say, and how plainly it must say the rest, judged on the text read back."""

from __future__ import annotations

from collections.abc import Iterator

from renotify.letters.checks.finding import HOUSE, Finding, OwnText, Part
from renotify.rules import RulePack, normal
from renotify.rules.capitals import all_in_capitals, in_capitals
from renotify.rules.read_wording import OF_LETTER, SENTENCE_END, ReadWording, read_wording
from renotify.rules.reading_grade import reading_grade, sentence_words
from renotify.rules.wording import Forbidden
from renotify.values.telephone import dialed

OWNERS_TEXTS = ("defect", "consequence", "remedy")
NAMED = ("component",)  # names a part, in words for owners too
OF_THE_ORDER = "administrators_"  # the keys whose words are the Administrator's (577.6(b)(5)-(7))
LEAVE_OUT, READ_AGAIN = ": leave it out", ": read it again"


def forbidden(part: Part, pack: RulePack, family: str) -> Iterator[Finding]:
    """577.8 and 18 USC 2721: no disclaimer in a recall letter, no sales wording in any letter."""
    ours = without_statements(part)
    may_not_contest = part.plain
    for item in part.expected:
        if item.statement.may_contest:  # 577.8: except as specifically provided in this part
            may_not_contest = may_not_contest.replace(normal(item.plain), " ", 1)
    for row in pack.forbidden(part.language):
        if family not in row.families:
            continue
        text = normal(ours if row.house_words_only else may_not_contest)
        for start, end in row.find(text):
            for own, sentence in _stands_in(part, text, start, end):
                yield _forbidden(part, row, text[start:end], own, sentence)


def _forbidden(part: Part, row: Forbidden, words: str, own: OwnText, sentence: str) -> Finding:
    todo = LEAVE_OUT if row.severity == "must" else READ_AGAIN
    message = f"forbidden wording ({row.title}): {words!r}, in {_where(part, own)}{todo}"
    return Finding(
        f"forbidden.{row.id}", row.citation, message, row.severity, _read(part, row, own, sentence)
    )


def _read(part: Part, row: Forbidden, own: OwnText, sentence: str) -> ReadWording | None:
    """Return what a row that refuses reads in a sentence; a row that warns refuses nothing, so that there is nothing to accept."""
    if row.severity != "must":
        return None
    return read_wording(row, own.code, own.name, part.language, sentence, own.texts)


def _where(part: Part, own: OwnText) -> str:
    """Return which text it is, by language, key and campaign; the letter where it is none that was stated."""
    if own.name == OF_LETTER:
        return f"the {part.language} letter"
    return f"the {part.language} {own.name} of {own.campaign}"


def _stands_in(part: Part, text: str, start: int, end: int) -> list[tuple[OwnText, str]]:
    """Return each stated text that words of the letter stand in, with the sentence; the letter's own sentence where they stand in none.

    Of two campaigns with the same sentence it is both. Where it runs through several sentences of a text, it is all of the text.
    """
    found: list[tuple[OwnText, str]] = []
    for own in (*part.own_texts, *part.house_texts):
        whole = normal(own.text)
        for sentence in (*SENTENCE_END.split(whole), whole):
            if text[start:end] in sentence and _encloses(text, sentence, start, end):
                found.append((own, sentence))
                break
    return found or [(OwnText(HOUSE, OF_LETTER, ""), _sentence_at(text, start, end))]


def _encloses(text: str, sentence: str, start: int, end: int) -> bool:
    """Tell whether a place of a text lies within a sentence that stands there."""
    return text.find(sentence, max(0, end - len(sentence)), start + len(sentence)) >= 0


def _sentence_at(text: str, start: int, end: int) -> str:
    """Return the sentence, or the sentences, of a text that hold a place."""
    before = [one.end() for one in SENTENCE_END.finditer(text, 0, start + 1) if one.end() <= start]
    after = SENTENCE_END.search(text, max(end - 1, 0))
    return text[before[-1] if before else 0 : after.start() if after else len(text)]


def without_statements(part: Part) -> str:
    """Return the words the house chose: the text without the law's statements and the campaigns' own texts."""
    text = part.plain
    for item in part.expected:
        text = text.replace(normal(item.plain), " ", 1)
    for own in sorted(part.own_texts, key=lambda one: len(one.text), reverse=True):
        text = text.replace(normal(own.text), " ")
    return text


def summaries(part: Part, pack: RulePack, family: str) -> Iterator[Finding]:
    """A defect, consequence or remedy is written for owners: not the summary of NHTSA's file.

    Such a summary is all in capitals, gives other telephone numbers than the sender's, or promises what has
    long been done (`expected to begin`). The severity is the row's; capitals refuse.
    """
    for own in part.own_texts:
        where = f"the {part.language} {own.name} of {own.campaign}"
        if own.name not in (*OWNERS_TEXTS, *NAMED):
            continue
        if in_capitals(own.text):
            how = "is all in" if all_in_capitals(own.text) else "has a sentence in"
            words = "words" if own.name in NAMED else "sentences"
            yield Finding(
                f"capitals.{own.name}.{part.language}",
                "house rule",
                f"{where} {how} capitals: write it in {words} for owners, in campaigns.toml",
            )
        if own.name in NAMED:
            continue
        for row in pack.forbidden(part.language, "campaign_text"):
            for start, end in row.find(own.text) if family in row.families else ():
                words = normal(own.text)[start:end]
                if dialed(words) not in part.telephones:
                    sentence = _sentence_at(normal(own.text), start, end)
                    yield _forbidden(part, row, words, own, sentence)


def near_denials(part: Part, pack: RulePack, family: str) -> Iterator[Finding]:
    """577.8 forbids implications too: a sentence of the campaign's own, of a wording or of a template that comes near a denial is shown.

    Where a paragraph of the part lets the maker contest (577.6(b)(8)), its text is not looked at.
    """
    contested = {
        slot
        for row in part.expected
        if row.statement.may_contest
        for slot in row.statement.slots(part.language)
    }
    plain = [
        row
        for row in pack.forbidden(part.language)
        if family in row.families and not row.house_words_only
    ]
    near = [row for row in pack.forbidden(part.language, "own_text") if family in row.families]
    for own in part.makers_texts if near else ():
        if own.name in contested:
            continue
        where = f"the {part.language} {own.name} of {own.campaign}"
        for sentence in SENTENCE_END.split(normal(own.text)):
            if any(row.find(sentence) for row in plain):
                continue
            for row in near:
                if _binds(row, own) and row.find(sentence):
                    message = f"{row.title[:1].lower()}{row.title[1:]}, in {where}: {sentence!r}; read it again under 577.8"
                    yield Finding(f"forbidden.{row.id}", row.citation, message, row.severity)


def _binds(row: Forbidden, own: OwnText) -> bool:
    """Tell whether a row looks at a text. Of the house's templates a row that refuses alone: who signs reads their sentences."""
    return row.looks_at(own.name) and (row.severity == "must" or own.name != OF_LETTER)


def wording(part: Part) -> Iterator[Finding]:
    """Other words of the house stand in the letter as they were stated, are no statement of the law's and not in capitals."""
    for own in part.house_texts:
        where = f"the {part.language} {own.name} of the wording"
        code = f"{{}}.{own.name}.{part.language}"
        if normal(own.text) not in part.plain:
            yield Finding(
                code.format("wording"), "house rule", f"{where} does not stand in the letter"
            )
        if in_capitals(own.text):
            yield Finding(
                code.format("capitals"),
                "house rule",
                f"{where} is in capitals: write it in sentences for owners",
            )
        for item in part.expected:
            if item.statement.find(normal(own.text), part.language):
                message = f"{where} is the statement of {item.statement.section} ({item.statement.title}): leave it out"
                yield Finding(code.format("wording"), item.statement.citation, message)


def terms(part: Part, pack: RulePack, family: str) -> Iterator[Finding]:
    """30120(a): the remedy is free, without a charge and without an end that the maker sets; a campaign's own texts say nothing else,
    nor does a wording or a template.

    Of a sentence the gravest is told: what plainly charges or limits refuses, what comes near is shown to a person.
    """
    rows = [row for row in pack.forbidden(part.language, "own_terms") if family in row.families]
    rows.sort(key=lambda row: row.severity != "must")
    for own in part.makers_texts:
        binding = [row for row in rows if _binds(row, own) and row.holds_with(own.facts)]
        for sentence in SENTENCE_END.split(normal(own.text)) if binding else ():
            for row in binding:
                if not row.find(sentence):
                    continue
                wrong = (
                    f"{row.title[:1].lower()}{row.title[1:]}, in {_where(part, own)}: {sentence!r}"
                )
                todo = LEAVE_OUT if row.severity == "must" else READ_AGAIN
                read = _read(part, row, own, sentence)
                yield Finding(
                    f"forbidden.{row.id}", row.citation, f"{wrong}{todo}", row.severity, read
                )
                if read is None or read.handle not in part.accepted:
                    break  # what a person accepted is of this row alone: the next that reads it is told


def body_text(part: Part) -> str:
    """Return the words the house chose: the text without the law's sentences and lead-ins."""
    text = part.paragraphs
    for item in part.expected:
        lead, colon, _ = item.plain.partition(": ")
        mandated = lead + colon if colon and item.has_lead(part.language) else item.plain
        text = text.replace(normal(mandated), " ", 1)
    return text


def _judged_grade(part: Part, grade: float) -> float:
    """Return the grade by which policy P-3 refuses a letter: that of its body, ``grade``; of one by order that of the maker's own words.

    577.6 has more statements, with slots amid their words, and some of those hold the Administrator's own.
    """
    if not any(item.statement.section.startswith("577.6") for item in part.expected):
        return grade
    own = [
        f"{one.text}."
        for one in (*part.own_texts, *part.house_texts)
        if not one.name.startswith(OF_THE_ORDER) and normal(one.text) in part.plain
    ]
    return reading_grade("\n\n".join(own), part.language)


def plain_words(part: Part, pack: RulePack) -> Iterator[Finding]:
    """Policy P-3 after GAO CED-82-99: grade 8 at most, mandated phrases left out.

    The pack calls the measure a ``should``; a letter of this house must keep it, or carry the name of who accepted it. In one by
    order (577.6) the maker's own words must, and a person is told where the rest reads higher.
    """
    body, limit, words = body_text(part), pack.measure("grade"), pack.measure("sentence_words")
    grade, length = reading_grade(body, part.language), sentence_words(body)
    if grade > (limit.most or limit.value):
        yield Finding(
            f"grade.{part.language}",
            limit.citation,
            f"the {part.language} text reads at grade {grade:.1f}, above {limit.most:g}",
            "must" if _judged_grade(part, grade) > (limit.most or limit.value) else limit.severity,
        )
    if length > (words.most or words.value):
        yield Finding(
            f"sentences.{part.language}",
            words.citation,
            f"the {part.language} text has {length:.0f} words in a sentence",
            words.severity,
        )
