"""A table of text within a width: what does not fit gives up its least important columns, then folds its longest texts."""

from __future__ import annotations

import textwrap
from collections.abc import Sequence
from itertools import zip_longest
from typing import NamedTuple

GAP = "  "
NARROWEST = 12  # characters that a folded text keeps
HELD = 2  # columns, the first ones, that no width takes away unless they are the first to go


class Drawn(NamedTuple):
    """A table as lines of text, and the names of the columns that had no room."""

    lines: list[str]
    left_out: list[str]


class _Column(NamedTuple):
    place: int
    name: str
    natural: int  # its widest cell, or its name
    number: bool
    blank: bool
    words: bool  # some cell has several words: a number, a day, a code is never folded
    whole: bool  # never left out, either

    @property
    def least(self) -> int:
        if self.whole or not self.words:
            return self.natural
        return min(self.natural, max(NARROWEST, length(self.name)))  # a heading is not folded


def drawn(
    columns: Sequence[str], rows: Sequence[Sequence[str]], width: int, *, numbers: Sequence[bool], unbroken: str = "",
    first_to_go: Sequence[str] = (),
) -> Drawn:  # fmt: skip
    """Return a table no wider than a width, where its first columns and the ``unbroken`` one allow it.

    Columns that are blank throughout go first, then those of ``first_to_go``, then the last ones. ``numbers`` says of each whether it
    stands to the right.
    """
    measured = [
        _measured(place, name, [row[place] for row in rows], numbers[place], name == unbroken)
        for place, name in enumerate(columns)
    ]
    kept = _fitting(measured, width, first_to_go)
    widths = _widths(kept, width)
    head = _line([one.name for one in kept], kept, widths)
    rule = "─" * (sum(widths) + len(GAP) * (len(kept) - 1))
    lines = [head, rule]
    for row in rows:
        lines += _folded([row[one.place] for one in kept], kept, widths)
    return Drawn(lines, [one.name for one in measured if one not in kept and not one.blank])


def length(text: str) -> int:
    """Return how many places of a terminal a text takes."""
    if text.isascii():
        return len(text)
    from rich.cells import cell_len  # knows letters that take two places, or none

    return cell_len(text)


def _measured(place: int, name: str, cells: Sequence[str], number: bool, whole: bool) -> _Column:
    widest = max((length(cell) for cell in cells), default=0)
    heading = max(length(name), 1)
    words = not number and any(" " in cell for cell in cells)
    return _Column(
        place, name, max(widest, heading), number, bool(cells) and not widest, words, whole
    )


def _fitting(measured: list[_Column], width: int, first_to_go: Sequence[str]) -> list[_Column]:
    """Return the columns that have room, each at its least width."""
    kept = list(measured)

    def too_wide() -> bool:
        return sum(one.least for one in kept) + len(GAP) * (len(kept) - 1) > width

    by_name = {one.name: one for one in measured}
    blank = (one for one in reversed(measured) if one.blank)
    for goes in (
        *blank,
        *(by_name[name] for name in first_to_go if name in by_name),
        *reversed(measured),
    ):
        if not too_wide():
            break
        held = goes.place < HELD and goes.name not in first_to_go
        if goes in kept and not held and not goes.whole:
            kept.remove(goes)
    return kept


def _widths(kept: list[_Column], width: int) -> list[int]:
    """Return the width of each column: the widest texts are folded until all fit."""
    widths = [one.natural for one in kept]
    room = width - len(GAP) * (len(kept) - 1)
    while sum(widths) > room:
        foldable = [place for place, one in enumerate(kept) if widths[place] > one.least]
        if not foldable:
            break
        widest = max(foldable, key=lambda place: widths[place])
        others = sorted(widths[place] for place in foldable if place != widest)
        down_to = max([kept[widest].least, *others[-1:]])
        down_to = min(down_to, widths[widest] - 1)
        widths[widest] = max(down_to, widths[widest] - (sum(widths) - room))
    return widths


def _folded(cells: Sequence[str], kept: Sequence[_Column], widths: Sequence[int]) -> list[str]:
    """Return a row as lines: one, or as many as its longest folded text has."""
    if all(length(cell) <= room for cell, room in zip(cells, widths, strict=True)):
        return [_line(cells, kept, widths)]
    parts = [
        textwrap.wrap(cell, room, break_on_hyphens=False) or [""]
        for cell, room in zip(cells, widths, strict=True)
    ]
    return [_line(line, kept, widths) for line in zip_longest(*parts, fillvalue="")]


def _line(cells: Sequence[str], kept: Sequence[_Column], widths: Sequence[int]) -> str:
    placed = [
        " " * (room - length(cell)) + cell if one.number else cell + " " * (room - length(cell))
        for cell, one, room in zip(cells, kept, widths, strict=True)
    ]
    return GAP.join(placed).rstrip()
