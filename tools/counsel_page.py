"""The page for counsel, docs/explanation/for-counsel.md: every rule with its source, wording and mark, and what is open, part by part.

All of it comes from the rule packs; what stands in no row comes from ``counsel.toml``. So it cannot age without its packs.
"""

from __future__ import annotations

import re
import tomllib
from collections import Counter
from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import Any

from renotify.errors import Inconsistent
from renotify.rules import LETTER_KINDS, Clock, Forbidden, Measure, ReportField, ReturnReason
from renotify.rules.pack import all_rows
from renotify.rules.row import MARKS, NAME_FROM, SETTLED, Row
from renotify.rules.wording import Statement
from renotify.values.english import MONTHS, counted, long_day, series

TOLD: dict[str, Any] = tomllib.loads(Path(__file__).with_name("counsel.toml").read_text("utf-8"))
PARTS = ("letter", "envelope", "dealer notice", "mail", "clocks", "reports")
LANGUAGES = {"en": "English", "es": "Spanish"}
SLOT = re.compile(r"\{([a-z_]+)\}")
UNITS = {
    "calendar": "day", "business": "Federal business day", "hours": "hour", "years": "year", "month_ends": "end of a month",
    "reports": "report",
}  # fmt: skip
MANY = {"month_ends": "ends of a month"}


def part_of(table: str, row: Row) -> str:
    """Return the part of the page in which a row stands."""
    on_envelope = isinstance(row, Statement) and row.surface == "envelope"
    if on_envelope or "577.14" in row.citation:
        return "envelope"
    if isinstance(row, Statement):
        return "dealer notice" if "dealer" in row.recipients else "letter"
    if isinstance(row, Measure) and "577." in row.citation:
        return "envelope" if row.unit in {"in", "pt"} else "letter"
    if isinstance(row, ReportField) or (isinstance(row, Clock) and row.unit == "reports"):
        return "reports"
    if isinstance(row, Clock):
        return "clocks"
    return "mail" if table in {"mail", "returns"} else "letter"


def _rows(part: str, kind: type[Row] = Row) -> list[Row]:
    """Return the rows of a part that are of a kind, in the order of their files."""
    return [
        row
        for table, rows in all_rows().items()
        for row in rows
        if part_of(table, row) == part and isinstance(row, kind)
    ]


# What is open


def questions() -> str:
    """Return the open questions, part by part: those of the data file, then what rows leave unsettled."""
    lines = []
    for part in PARTS:
        asked = [one for one in TOLD["question"] if one["part"] == part]
        rows = [row for row in _rows(part) if row.unsettled]
        if not asked and not rows:
            continue
        lines += [f"### {part.capitalize()}", ""]
        for one in asked:
            lines += _question(one)
        lines += [f"* **{_named(row)}** ({row.citation}): {row.unsettled}." for row in rows]
        lines += [""] if rows else []
    return "\n".join(lines)


def _question(one: dict[str, Any]) -> list[str]:
    rows = series([_title_of(name) for name in one["rows"]])
    return [f"**{one['ask']}**", "", f"* Now: {one['now']}", f"* Why it is open: {one['why']}", f"* Rows: {rows}", ""]  # fmt: skip


def _title_of(name: str) -> str:
    table, _, wanted = name.partition(".")
    titles = [row.title for row in all_rows().get(table, ()) if row.id == wanted]
    if not titles:
        raise Inconsistent(f"counsel.toml asks about {name}, and the packs have no such row.")
    return f"{wanted} ({titles[-1]})"


def from_memory() -> str:
    """Return a table of the rows whose rule was not, or only in part, read in its own words."""
    lines = []
    for part in PARTS:
        weak = [row for row in _rows(part) if row.verified not in SETTLED]
        lines += [
            f"| {part} | {_named(row)} | {row.citation} | {MARKS[row.verified]} | {row.note} |"
            for row in weak
        ]
        lines += [
            f"| {part} | {_named(row)} | {row.citation} | its note | {row.note} |"
            for row in _rows(part)
            if row.verified in SETTLED and re.search("memory|MEM", row.note)
        ]
    return _table(("part", "rule", "source", "how it is known", "note"), lines)


# Statements, word for word


def common_approval() -> str:
    """Return who approved most wordings, by language: what a statement does not repeat."""
    return "; ".join(f"{LANGUAGES[key]}: {words}" for key, words in _common().items())


def _common() -> dict[str, str]:
    found = {}
    for language in LANGUAGES:
        said = Counter(
            row.approved_by[language]
            for row in all_rows()["statements"]
            if isinstance(row, Statement) and language in row.approved_by
        )
        found[language] = said.most_common(1)[0][0]
    return found


def statements(part: str) -> str:
    """Return every statement of a part, in the order of the document: wording in each language, source, mark, dates, what is open."""
    rows = [row for row in _rows(part, Statement) if isinstance(row, Statement)]
    ordered = sorted(rows, key=lambda row: (row.order, row.effective_from))
    return "\n".join(line for row in ordered for line in _statement(row))


def _statement(row: Statement) -> Iterator[str]:
    yield f"#### {_named(row)}"
    yield ""
    wordings = [f"> {LANGUAGES.get(key, key)}: {_filled(text)}" for key, text in row.text.items()]
    yield "\n>\n".join(wordings)
    yield ""
    yield f"* Source: {row.citation}; {_whose_words(row)}."
    yield f"* Known: {MARKS[row.verified]}. In force {_dates(row)}. {_weight(row)}"
    yield f"* Stands {_where(row)}."
    yield from _facts(row)
    approved = {key: said for key, said in row.approved_by.items() if said != _common().get(key)}
    if approved:
        yield f"* Approved by: {'; '.join(f'{LANGUAGES.get(k, k)}: {v}' for k, v in approved.items())}."
    if row.open_mark:
        yield f"* **Open: {row.open_mark}.**"
    if row.note:
        yield f"* Note: {_filled(row.note)}"
    yield ""


def _filled(text: str) -> str:
    """Show slots as words between ‹ ›, and lines of a label parted by a stroke."""
    return SLOT.sub(lambda slot: f"‹{slot[1].replace('_', ' ')}›", text).replace("\n", " / ")


def _whose_words(row: Statement) -> str:
    if row.verified == "HOUSE":
        return "no rule of its day is known that gives these words"
    if row.kind == "verbatim":
        return "the rule gives the English words"
    return "the rule gives the meaning, the words are ours"


def _where(row: Statement) -> str:
    part = part_of("statements", row)
    bearer = {"envelope": "on envelopes", "dealer notice": "in notices"}.get(part, "in letters")
    kinds = "" if set(row.letter_kinds) == set(LETTER_KINDS) else f" ({_spaced(row.letter_kinds)})"
    types = _spaced(row.campaign_types)
    return f"{bearer}{kinds} to {_spaced(f'{one}s' for one in row.recipients)}, of a {types.replace(' and ', ' or ')}"


def _facts(row: Statement) -> Iterator[str]:
    words: dict[str, str] = TOLD["facts"]
    for start, names in (("Only if", row.when), ("Not if", row.unless)):
        if names:
            told = [words.get(name, name.replace("_", " ")) for name in names]
            yield f"* {start} {', and '.join(told) if start == 'Only if' else ', or if '.join(told)}."


# Tables of the other rows


def forbidden() -> str:
    """Return the wording that may not appear: the idea, its language, what a hit does, and the pattern that is looked for."""
    lines = [
        f"| {row.title} | {LANGUAGES.get(row.language, row.language)} | {_weight(row)} | {_spaced(row.surfaces)} | {_source(row)} |"
        f" {_code(row.pattern)} | {' '.join(map(_code, row.lawful))} |"
        for row in _forbidden()
    ]
    head = (
        "idea",
        "language",
        "",
        "where",
        "source, how known, in force",
        "looked for (a regular expression)",
        "may stand",
    )
    return _table(head, lines)


def words() -> str:
    """Return the groups of words that stand in braces in the wording that may not appear, by language."""
    found = {
        (row.language, name): group for row in _forbidden() for name, group in row.words.items()
    }
    lines = [
        f"| {LANGUAGES.get(language, language)} | `{{{name}}}` | {_code(group)} |"
        for (language, name), group in sorted(found.items())
    ]
    return _table(("language", "group", "one of these"), lines)


def _forbidden() -> list[Forbidden]:
    return [row for row in _rows("letter", Forbidden) if isinstance(row, Forbidden)]


def _code(pattern: str) -> str:
    return f"`{pattern.replace('|', chr(92) + '|')}`"


def measures(part: str) -> str:
    """Return the measures of a part with their bounds."""
    rows = [row for row in _rows(part, Measure) if isinstance(row, Measure)]
    lines = [
        f"| {row.title} | {row.value:g} {row.unit} | {_bounds(row)} | {_source(row)} | {_rest(row)} |"
        for row in rows
    ]
    return _table(
        ("measure", "drawn as", "bounds", "source, how known, in force", "open, note"), lines
    )


def returns() -> str:
    """Return why mail comes back, and the one thing that follows."""
    rows = [row for row in _rows("mail", ReturnReason) if isinstance(row, ReturnReason)]
    lines = [
        f"| {row.title} | {', '.join(row.codes)} | {row.action.replace('_', ' ')} | {_source(row)} | {_rest(row)} |"
        for row in rows
    ]
    return _table(
        ("reason", "codes", "what follows", "source, how known, in force", "open, note"), lines
    )


def clocks(part: str) -> str:
    """Return the clocks of a part: how long, from what on."""
    rows = [row for row in _rows(part, Clock) if isinstance(row, Clock)]
    lines = [
        f"| {row.title} | {_long(row)} | {row.starts} | {_source(row)} | {_rest(row)} |"
        for row in rows
    ]
    return _table(("what", "how long", "from", "source, how known, in force", "open, note"), lines)


def report_fields() -> str:
    """Return the fields of the completion reports, each with where its name is from."""
    rows = [row for row in _rows("reports", ReportField) if isinstance(row, ReportField)]
    lines = [
        f"| {row.section}: {row.title} | {_spaced(row.reports)} | {NAME_FROM[row.name_from]} | {_source(row)} | {_rest(row)} |"
        for row in rows
    ]
    return _table(
        ("field", "report", "its name from", "source, how known, in force", "open, note"), lines
    )


def _long(row: Clock) -> str:
    if row.due_days:
        return "by " + series([f"{MONTHS[month - 1]} {day}" for month, day in row.due_days])
    side = "" if row.amount >= 0 else " before"
    more = f", above {row.more_than:,} vehicles" if row.more_than else ""
    return f"{counted(abs(row.amount), UNITS[row.unit], MANY.get(row.unit, ''))}{side}{more}"


def _bounds(row: Measure) -> str:
    ends = [f"{word} {value:g}" for word, value in (("from", row.least), ("to", row.most)) if value is not None]  # fmt: skip
    return " ".join(ends)


def _source(row: Row) -> str:
    return f"{row.citation}; {MARKS[row.verified]}; {_dates(row)}"


def _rest(row: Row) -> str:
    unsettled = f"**{row.unsettled}.** " if row.unsettled else ""
    return f"{unsettled}{_filled(row.note)}"


def _dates(row: Row) -> str:
    since = f"since {long_day(row.effective_from)}" if row.since_established else "since a day that was not read"  # fmt: skip
    if row.verified == "HOUSE" and not row.since_established:
        since = "" if row.effective_to else "always"
    until = f"until {long_day(row.effective_to)}" if row.effective_to else ""
    return " ".join(filter(None, (since, until)))


def _weight(row: Row) -> str:
    return "Must: refuses." if row.severity == "must" else "Should: warns."


def _named(row: Row) -> str:
    return f"{row.id} · {row.title}"


def _spaced(words: Iterable[str]) -> str:
    return series([word.replace("_", " ") for word in words])


def _table(head: tuple[str, ...], lines: Iterable[str]) -> str:
    rows = [f"| {' | '.join(head)} |", "| --- " * len(head) + "|", *lines]
    return "\n".join(rows) + "\n"


def others() -> str:
    """Return rows of kinds that no table above shows; blank while there are none."""
    shown = (Statement, Forbidden, Measure, ReturnReason, Clock, ReportField)
    rest = [row for rows in all_rows().values() for row in rows if not isinstance(row, shown)]
    lines = [f"| {_named(row)} | {_source(row)} | {_rest(row)} |" for row in rest]
    return _table(("rule", "source, how known, in force", "open, note"), lines) if rest else ""
