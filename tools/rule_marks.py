"""Lists how well each row of the rule packs was verified, for docs/explanation/regulation.md."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator

from renotify.rules.pack import all_rows
from renotify.rules.row import MARKS, Row


def marks() -> str:
    """Return a Markdown table: each mark, what it means, how many rows of each pack bear it."""
    packs = all_rows()
    counted = {name: Counter(row.verified for row in rows) for name, rows in packs.items()}
    lines = [
        f"| {mark} | {words} | {' | '.join(str(counted[name][mark]) for name in packs)} |"
        for mark, words in MARKS.items()
    ]
    head = [f"| mark | meaning | {' | '.join(packs)} |", "| --- " * (2 + len(packs)) + "|"]
    return _text([*head, *lines])


def open_rows() -> str:
    """Return a Markdown table of the rows that a person must still compare or decide."""
    lines = [
        f"| `{row.id}` | {row.title} | {row.citation} | {row.open_mark} |"
        for row in _rows()
        if row.open_mark
    ]
    return _text(["| row | what | citation | open |", "| --- | --- | --- | --- |", *lines])


def undated_rows() -> str:
    """Return, pack by pack, the rules whose first day was not read; the house's own have none."""
    lines = []
    for name, rows in all_rows().items():
        found = [
            f"`{row.id}`" for row in rows if not row.since_established and row.verified != "HOUSE"
        ]
        lines.append(f"* {name} ({len(found)} of {len(rows)}): {', '.join(found)}.")
    return _text(lines)


def _rows() -> Iterator[Row]:
    for rows in all_rows().values():
        yield from rows


def _text(lines: list[str]) -> str:
    return "\n".join(lines) + "\n"
