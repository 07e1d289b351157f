"""Which statements of the law a letter must carry, how often and in what order.

Judged on the text read back; each function yields findings and nothing else.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from itertools import pairwise

from renotify.letters.checks.finding import Finding, Part
from renotify.rules import RulePack, Statement, normal

HEAD = ("577.5(b)", "577.5(c)", "577.6(a)")
_VIN = re.compile(r"\b(?=[A-Z]*\d)(?=\d*[A-Z])[A-HJ-NPR-Z0-9]{17}\b")


def statements(part: Part) -> Iterator[Finding]:
    """Every statement present, as often as it applies, and a verbatim one no more often."""
    wanted = [normal(item.plain) for item in part.expected]
    for item, words in zip(part.expected, wanted, strict=True):
        statement = item.statement
        # a statement may be how another one begins: of two campaigns only the last says what is common
        times, found = sum(other.count(words) for other in wanted), part.plain.count(words)
        matched = len(statement.find(part.plain, part.language))
        same = sum(other.statement.id == statement.id for other in part.expected)
        if found < times or not matched:
            message = f"the statement of {statement.section} ({statement.title}) is missing"
        elif found > times or (statement.kind == "verbatim" and matched != same):
            message = f"the statement of {statement.section} ({statement.title}) stands twice"
        else:
            continue
        yield Finding(
            f"statement.{statement.id}.{part.language}",
            statement.citation,
            f"{message} in the {part.language} text",
            statement.severity,
        )


def _places(part: Part, sections: Sequence[str], *, others: bool = False) -> list[tuple[int, str]]:
    places = []
    for item in part.expected:
        inside = item.statement.section.startswith(tuple(sections))
        place = part.plain.find(normal(item.plain))
        if inside != others and place >= 0:
            places.append((place, item.statement.id))
    return places


def _head(part: Part) -> list[int]:
    """Return where the statements of the head stand; two campaigns of one scope say the same twice."""
    found: list[int] = []
    last: dict[str, int] = {}
    for item in part.expected:
        if item.statement.section.startswith(HEAD):
            words = normal(item.plain)
            place = part.plain.find(words, last.get(words, -1) + 1)
            last[words] = place
            found.append(place)
    return found


def order(part: Part) -> Iterator[Finding]:
    """577.5(a): the head of (b) and (c) first and in order; 577.11(b): reimbursement last."""
    head = _head(part)
    if head != sorted(head):
        yield Finding(
            "order.head", "49 CFR 577.5(a)", f"the head of the {part.language} text is out of order"
        )
    rest = _places(part, HEAD, others=True)
    if head and rest and min(rest)[0] < max(head):
        yield Finding(
            "order.head",
            "49 CFR 577.5(a)",
            f"{min(rest)[1]} stands before the head of 577.5(b)-(c) in the {part.language} text",
        )
    money = _places(part, ("577.11",))
    items = _places(part, ("577.5", "577.6", "577.7", "577.10", "577.12"))
    if money and items and min(money)[0] < max(items)[0]:
        yield Finding(
            "order.reimbursement",
            "49 CFR 577.11(b)",
            f"reimbursement stands before {max(items)[1]} in the {part.language} text",
        )


def one_by_one(part: Part) -> Iterator[Finding]:
    """577.6(b): a provisional notification is its items in the order of that paragraph; reimbursement follows them, 577.11(b)."""
    places = [(part.plain.find(normal(item.plain)), item.statement) for item in part.expected]
    for (place, statement), (after, later) in pairwise(places):
        if min(place, after) >= 0 and place > after:
            yield Finding(
                "order.provisional",
                "49 CFR 577.6(b)",
                f"{later.id} stands before {statement.id} in the {part.language} text",
            )


def _stands(row: Statement, part: Part) -> bool:
    """Tell whether a recall statement stands in a letter: what has no words of a campaign's by its own words, not by words like them."""
    if row.slots(part.language):
        return bool(row.find(part.plain, part.language))
    return normal(row.wording(part.language)).rstrip(".") in part.plain


def no_recall(part: Part, pack: RulePack) -> Iterator[Finding]:
    """577.14 and 577.5 serve safety recalls only: a service campaign's letter has none of it."""
    for row in pack.rows["statements"].values():
        if (
            not isinstance(row, Statement)
            or row.surface != "letter"
            or "owner" not in row.recipients
        ):
            continue
        if _stands(row, part):
            yield Finding(
                f"recall.{row.id}.{part.language}",
                row.citation,
                f"a service campaign's letter carries the recall statement {row.title!r}",
            )


def typed_vins(part: Part) -> Iterator[Finding]:
    """577.5(b): a letter names the owner's vehicle; a number typed by the author names another."""
    for vin in _VIN.findall(part.static):
        yield Finding(
            "vin.typed",
            "49 CFR 577.5(b)",
            f"the {part.language} text names the vehicle {vin}; only the owner's own may stand there",
        )
