"""What a sign-off is of: the text of a version and the rules it was judged by, without its date.

A text approved on Tuesday is approved when it is mailed on Thursday, because only the day that
stands in the letter has changed. Any other word or day that is told, any statement, any rule that the version was
judged by, its layout, and any finding that was accepted make another digest, and so need another
sign-off (49 CFR 577.9: what goes out must be what was judged).
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import fields
from functools import lru_cache

from renotify.errors import Inconsistent
from renotify.letters.checks.run_all import expected
from renotify.letters.version import LetterVersion
from renotify.rules import RulePack
from renotify.rules.pack import LETTER_MEASURES, LETTER_SURFACES
from renotify.rules.row import Row


def signoff_digest(version: LetterVersion, pack: RulePack) -> str:
    """Return the SHA-256, 64 hexadecimal digits, that an approval of a version is kept under.

    ``pack`` is the rule pack that the version was compiled under; Inconsistent for another one.
    """
    if pack.digest != version.recipe.rules:
        raise Inconsistent(
            f"The letter version {version.short_digest} was not made under the rules of {pack.on}.",
            "Compile it for that day, then sign it off.",
        )
    used = tuple(rules_used(version, pack))
    text = _canonical(_undated(version, _facts_asked(used)))
    rules = ", ".join(quoted for _, quoted in sorted(map(_content, used)))
    return hashlib.sha256(f'{{"rules": [{rules}], "text": {text}}}'.encode()).hexdigest()


def rules_used(version: LetterVersion, pack: RulePack) -> Iterator[Row]:
    """Yield the rows that decide whether a version may be printed.

    They are those that it rests on, and for a service campaign's letter, which may carry no recall
    statement at all (577.14), every statement.
    """
    yield from rests_on(version, pack)
    if version.summary["family"] == "service":
        yield from pack.rows["statements"].values()


def rests_on(version: LetterVersion, pack: RulePack) -> Iterator[Row]:
    """Yield the statements that a version must carry, the wording that it may not, the measures of plain language.

    In two languages it rests on the rules of languages too; English alone offends none of them.
    """
    if len(version.parts) > 1:
        yield from pack.languages()
    for language, _ in version.parts:
        yield from (item.statement for item in expected(version, pack, language))
        for surface in LETTER_SURFACES:
            yield from pack.forbidden(language, surface)
    yield from map(pack.measure, LETTER_MEASURES)


@lru_cache(maxsize=4096)  # the rows of a pack; most versions of a wave rest on the same ones
def _content(row: Row) -> tuple[str, str]:
    """Return a row as JSON, and that as a text of JSON: the second is what is digested, in the order of the first."""
    content = _canonical(row.columns())
    return content, _canonical(content)


def _canonical(content: object) -> str:
    return json.dumps(content, sort_keys=True, ensure_ascii=False, default=str)


def _facts_asked(rules: Iterable[Row]) -> frozenset[str]:
    """Return the facts by which a rule that a version rests on is or is not asked of it."""
    return frozenset(
        word for row in rules for word in (*getattr(row, "when", ()), *getattr(row, "unless", ()))
    )


def _undated(version: LetterVersion, asked: frozenset[str]) -> dict[str, object]:
    """Return the recipe without the mailing day, the facts that no rule asks for, and the digest of the whole rule pack.

    A fact that holds on one day and not on another (owners hear again on a day that has come) is in the letter by its sentence and in
    the rules that it rests on, or nobody reads it (decision 0137).
    """
    made = version.recipe
    letter, summary = made.inputs["letter"], made.inputs["summary"]
    undated = {
        "letter": letter | {"parts": [_without(part, "date") for part in letter["parts"]]},
        "summary": _without(summary, "mail_date", "rules_on")
        | {
            "campaigns": [
                one | {"facts": [fact for fact in one["facts"] if fact in asked]}
                for one in summary["campaigns"]
            ]
        },
    }
    content = {one.name: getattr(made, one.name) for one in fields(made)}
    return _without(content, "rules") | {"inputs": {**made.inputs, **undated}}


def _without(facts: Mapping[str, object], *names: str) -> dict[str, object]:
    return {name: fact for name, fact in facts.items() if name not in names}
