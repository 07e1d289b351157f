"""A table as a page shows it: columns with words and kinds, rows of plain values, what is linked, what is beyond the page."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime
from typing import Any, NamedTuple

import pyarrow as pa

NUMBERS = (int, float)
Link = Callable[[Mapping[str, Any]], str]


class Cell(NamedTuple):
    """One value as it is written, what it sorts by, where it leads (blank: nowhere), and the words of its column for phones."""

    text: str
    sorts_by: str
    is_number: bool
    link: str = ""
    title: str = ""


class Heading(NamedTuple):
    """A column: its name in the data and its words on the page."""

    name: str
    title: str
    is_number: bool = False


@dataclass(frozen=True)
class ShownTable:
    """A table of a page. ``caption`` says what the rows are; ``total`` counts those beyond the page too; ``empty`` is said without rows.

    ``more`` is the address of the next rows, ``exports`` addresses of files by the word of their kind.
    """

    caption: str
    headings: Sequence[Heading]
    rows: Sequence[Sequence[Cell]]
    total: int
    empty: str = "There is nothing here."
    more: str = ""
    exports: Mapping[str, str] = field(default_factory=dict)


def shown_table(  # noqa: PLR0913 - what a page says of a table, by name
    caption: str,
    rows: pa.Table | Sequence[Mapping[str, Any]],
    columns: Mapping[str, str],
    *,
    links: Mapping[str, Link] | None = None,
    first: int | None = None,
    empty: str = "There is nothing here.",
    more: str = "",
    total: int | None = None,
    exports: Mapping[str, str] | None = None,
) -> ShownTable:
    """Return a page's table of some columns (``columns``: words by name) of typed rows; at most ``first`` of them."""
    listed = rows.slice(0, first).to_pylist() if isinstance(rows, pa.Table) else list(rows[:first])
    made = [
        [_cell(row, name, links or {})._replace(title=title) for name, title in columns.items()]
        for row in listed
    ]
    headings = [
        Heading(name, title, any(row[at].is_number for row in made))
        for at, (name, title) in enumerate(columns.items())
    ]
    return ShownTable(
        caption, headings, made, len(rows) if total is None else total, empty, more, exports or {}
    )


def _cell(row: Mapping[str, Any], name: str, links: Mapping[str, Link]) -> Cell:
    value = row.get(name)
    link = links[name](row) if name in links else ""
    return Cell(
        written(value),
        _sorts_by(value),
        isinstance(value, NUMBERS) and not isinstance(value, bool),
        link,
    )


def written(value: Any) -> str:  # noqa: ANN401, PLR0911 - whatever a row holds, a line a kind
    """Return a value as pages write it: 1,234; 12.5; Feb 26, 2013; yes; blank for nothing."""
    match value:
        case None:
            return ""
        case bool():
            return "yes" if value else "no"
        case datetime():
            return f"{value:%b} {value.day}, {value.year} {value:%H:%M}"
        case date():
            return f"{value:%b} {value.day}, {value.year}"
        case int():
            return f"{value:,}"
        case float():
            return f"{value:,.0f}" if abs(value - round(value)) < 0.05 else f"{value:,.1f}"
        case list() | tuple():
            return ", ".join(written(one) for one in value)
        case _:
            return str(value)


def _sorts_by(value: Any) -> str:  # noqa: ANN401 - whatever a row holds
    return value.isoformat() if isinstance(value, date) else "" if value is None else str(value)
