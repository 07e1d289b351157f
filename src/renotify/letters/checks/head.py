"""The head of a recall letter, 577.5(b): at the top, largest of the whole letter, three statements in one piece.

Judged on the finished pages: where each character stands, how large it is seen, and what else is printed near it.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from itertools import pairwise
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from renotify.letters import readback
from renotify.letters.checks.finding import Finding, Part
from renotify.letters.checks.legibility import glyphs
from renotify.letters.page_characters import as_text, spaces
from renotify.letters.profile import Box
from renotify.letters.readback import Marks
from renotify.letters.version import LetterVersion
from renotify.rules import normal

CITATION = "49 CFR 577.5(b)"
HEAD = ("577.5(b)", "577.6(b)(1)")  # the second opens a provisional notification
SAME_LINE = 0.5  # points between base lines
SAME_SIZE = 0.1
NEAR = 2.0  # type sizes from base line to base line, of the larger: a wider gap is no `immediately below`
DPI = 150
OVERHANG = 3  # pixels by which a letter's ink may reach out of the box that the reader gives


class _Line(NamedTuple):
    """One printed line of a page: the places of its characters from left to right, one base line; what it says without its spaces."""

    places: NDArray[np.intp]
    text: str  # what stands close is compared, not how wide its gaps are
    y: float  # of the base line, in points from the top
    size: float  # the largest type in it, in points


def squeezed(text: str) -> str:
    """Return a text as lines are compared: in comparable form, without spaces."""
    return "".join(normal(text).split())


def lines_of(marks: Marks) -> Iterator[_Line]:
    """Yield the printed lines of a page from top to bottom, spaces left out."""
    printed = np.flatnonzero(~spaces(marks.codes))
    printed = printed[np.lexsort((marks.x[printed], marks.y[printed]))]
    starts: list[int] = []
    heights, firsts = np.unique(marks.y[printed], return_index=True)
    for y, first in zip(heights.tolist(), firsts.tolist(), strict=True):
        if not starts or y - marks.y[printed[starts[-1]]] > SAME_LINE:
            starts.append(first)
    yield from (_line(marks, row) for row in np.split(printed, starts[1:]) if len(row))


def _line(marks: Marks, row: NDArray[np.intp]) -> _Line:
    places = row[np.argsort(marks.x[row], kind="stable")]
    text = squeezed(as_text(marks.codes[places]))
    return _Line(places, text, float(marks.y[places[0]]), float(marks.size[places].max()))


def wanted(part: Part, vin: str) -> list[str]:
    """Return the statements of the head as they must be printed, from top to bottom."""
    items = [item for item in part.expected if item.statement.section.startswith(HEAD)]
    return [squeezed(item.text.replace("{vin}", vin)) for item in items]


def _without_stop(text: str) -> str:
    return text.rstrip(".")


def rows_of(part: Part, vin: str) -> list[list[_Line]] | None:
    """Return the lines of each statement of the head, None where they are not the first lines, one after the other."""
    left = lines_of(part.pages[0].marks)
    found: list[list[_Line]] = []
    for statement in wanted(part, vin):
        taken: list[_Line] = []
        said, asked = "", _without_stop(statement)
        while len(said) < len(asked) and (line := next(left, None)):
            taken.append(line)
            said += line.text
        if _without_stop(said) != asked:
            return None
        found.append(taken)
    return found


def in_one_piece(part: Part, vin: str) -> Iterator[Finding]:
    """577.5(b): the first lines of the letter are its heading, the vehicle's sentence and the Act's, nothing between."""
    found = rows_of(part, vin)
    if found is None:
        message = f"the {part.language} text does not begin with its heading, the vehicle and the Act, one right below the other"
        yield Finding("head.together", CITATION, message)
        return
    lines = [line for rows in found for line in rows]
    for upper, lower in pairwise(lines):
        if lower.y - upper.y > NEAR * max(upper.size, lower.size):
            message = (
                f"{lower.text[:24]!r} does not stand immediately below in the {part.language} head"
            )
            yield Finding("head.together", CITATION, message)


def largest(parts: Sequence[Part]) -> Iterator[Finding]:
    """577.5(b): the first language's heading is larger than any other type of the whole letter, on whatever page and in whatever
    language; a second language's heading is a line of the remainder, larger than all the rest of it.
    """
    headings = [(part, _heading(part)) for part in parts]
    rest = max(_largest_besides(part, heading) for part, heading in headings)
    for number, (part, heading) in enumerate(headings):
        if not _titles(part):
            continue
        others = headings[1:] if number == 0 else []
        most = max([rest, *(_largest_of(one, places) for one, places in others)])
        if not len(heading) or part.pages[0].marks.size[heading].min() <= most + SAME_SIZE:
            message = f"the {part.language} heading is not larger than all other type of the letter ({most:.1f} points)"
            yield Finding("heading", CITATION, message)


def _heading(part: Part) -> NDArray[np.intp]:
    """Return the places of a language's heading on its first page, where it is the first line of that."""
    first = next(lines_of(part.pages[0].marks), None)
    return first.places if first and first.text in _titles(part) else np.zeros(0, np.intp)


def _largest_of(part: Part, heading: NDArray[np.intp]) -> float:
    """Return the largest type of a language's heading, in points."""
    return float(part.pages[0].marks.size[heading].max(initial=0.0))


def _largest_besides(part: Part, heading: NDArray[np.intp]) -> float:
    """Return the largest type of a language's pages, its heading left out, in points."""
    largest = 0.0
    for number, page in enumerate(part.pages):
        other = ~spaces(page.marks.codes)
        if number == 0:
            other[heading] = False
        largest = max(largest, float(page.marks.size[other].max(initial=0.0)))
    return largest


def _titles(part: Part) -> list[str]:
    """Return the headings that a language must have: one, and a provisional notification none (577.6(b))."""
    return [squeezed(item.text) for item in part.expected if item.statement.capitals]


def nothing_drawn(
    version: LetterVersion, parts: Sequence[Part], vin: str, body: bytes
) -> Iterator[Finding]:
    """577.5(b): nor a rule, a frame or a mark between the lines of the head: no ink there but that of its characters."""
    for part, (_, first) in zip(parts, version.parts, strict=True):
        rows = rows_of(part, vin)
        if not rows:
            continue
        top, bottom = rows[0][0].y, rows[-1][-1].y
        picture = readback.raster(body, first - 1, DPI).copy()  # others look at the same one
        boxes = glyphs(readback.characters_of(body, first - 1)).box
        # in points: twice as far as the ink may reach out
        near = (boxes[:, 3] > top - OVERHANG) & (boxes[:, 1] < bottom + OVERHANG)
        for left, upper, right, lower in (boxes[near] * DPI / 72).tolist():
            across = slice(max(0, int(left) - OVERHANG), int(right) + OVERHANG)
            picture[max(0, int(upper) - OVERHANG) : int(lower) + OVERHANG, across] = 255
        if readback.inked(picture, Box(0, top, version.profile.sheet.right, bottom), DPI):
            message = f"something is drawn within the head of the {part.language} text"
            yield Finding("head.together", CITATION, message)


def head(version: LetterVersion, parts: Sequence[Part], vin: str, body: bytes) -> Iterator[Finding]:
    """577.5(b), of every language of a recall letter: at the top, in one piece, under the largest type of the letter."""
    for part in parts:
        yield from in_one_piece(part, vin)
    yield from largest(parts)
    yield from nothing_drawn(version, parts, vin, body)
