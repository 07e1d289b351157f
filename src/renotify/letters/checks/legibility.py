"""Whether what a letter carries can be read: words in the file are not yet words for the eye.

A statement in white, in tiny type, clipped or under other words is found by every search of the
text, and by no owner. So characters are judged on the rendered page, one by one.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from renotify.letters import readback
from renotify.letters.checks.finding import Finding
from renotify.letters.page_characters import Characters, as_text
from renotify.letters.version import LetterVersion

DPI = 150
SMALLEST = 7.0  # points; the footer is set in 7.4
DARK = 190  # grey of the darkest pixel; the lightest ink of the house renders well below
COVERED = 0.4  # of the smaller character's box, by a character that is no neighbour
SQUARE, ACROSS = 12.0, 128  # points of a square's side, and squares in a row: more than a sheet has
RUN = 3  # characters in sequence: one thin stroke between pixels, or a kerned pair, is no finding


class Glyphs(NamedTuple):
    """The printed characters of a page: text, type size as seen, box in points from top left."""

    text: str
    size: NDArray[np.float64]
    box: NDArray[np.float64]


def glyphs(found: Characters) -> Glyphs:
    """Return the characters of a page that print something, spaces left out."""
    printed = found.inked
    return Glyphs(as_text(found.codes[printed]), found.size[printed], found.box[printed])


def pale(found: Glyphs, picture: NDArray[np.uint8]) -> NDArray[np.int64]:
    """Return the characters that leave no ink to see, where three in sequence do."""
    scale, height, width = DPI / 72, *picture.shape
    edges = np.concatenate((found.box[:, :2] * scale - 1, found.box[:, 2:] * scale + 2), axis=1)
    light = _darkest(picture, edges.clip(0, [width, height] * 2).astype(int)) > DARK
    runs = np.convolve(light, np.ones(RUN, int)) >= RUN
    ends: NDArray[np.int64] = np.flatnonzero(runs) - RUN + 1
    return ends


def _darkest(picture: NDArray[np.uint8], boxes: NDArray[np.int64]) -> NDArray[np.uint8]:
    """Return the darkest dot in each box (left, top, right, bottom; in dots, within the picture); white where a box has none."""
    darkest = np.full(len(boxes), 255, np.uint8)
    full = np.flatnonzero((boxes[:, 0] < boxes[:, 2]) & (boxes[:, 1] < boxes[:, 3]))
    if not len(full):
        return darkest
    left, top, right, bottom = boxes[full].T
    tall = bottom - top
    firsts = np.cumsum(tall) - tall  # each box is so many runs of dots, one a row
    rows = np.repeat(top - firsts, tall) + np.arange(tall.sum())
    starts = rows * picture.shape[1] + np.repeat(left, tall)
    ends = rows * picture.shape[1] + np.repeat(right, tall)
    # from the last run to the first, so that between two of them nothing is looked at
    order = np.argsort(starts)[::-1]
    bounds = np.stack((starts[order], ends[order]), axis=1).ravel()
    of_runs = np.empty(len(starts), np.uint8)
    of_runs[order] = np.minimum.reduceat(np.append(picture, np.uint8(255)), bounds)[::2]
    darkest[full] = np.minimum.reduceat(of_runs, firsts)
    return darkest


def covered(found: Glyphs) -> NDArray[np.int64]:
    """Return the characters that lie on others; ligatures and kerned neighbours may."""
    numbers, squares = _squares(found.box)
    places = [np.zeros(0, np.int64)]
    for step in range(1, len(squares)):  # each with the one so many places on in its square
        near = np.flatnonzero(squares[step:] == squares[:-step])
        if not len(near):
            break
        pairs = np.sort([numbers[near], numbers[near + step]], axis=0)
        places.append(_lying_on(found.box, *pairs))
    return np.unique(np.concatenate(places))


def _squares(box: NDArray[np.float64]) -> tuple[NDArray[np.int64], NDArray[np.int64]]:
    """Return each character's number once for each square of the sheet that its box reaches into, by squares; boxes that meet share one."""
    edges = np.floor(box / SQUARE).clip(-1, ACROSS - 2).astype(np.int64) + 1
    first, last = edges[:, :2], edges[:, 2:]
    wide, tall = (last - first + 1).clip(1).T
    numbers = np.repeat(np.arange(len(box)), wide * tall)
    within = np.arange(len(numbers)) - np.repeat(np.cumsum(wide * tall) - wide * tall, wide * tall)
    down, along = np.divmod(within, wide[numbers])
    squares = (first[numbers, 1] + down) * ACROSS + first[numbers, 0] + along
    order = np.argsort(squares, kind="stable")
    return numbers[order], squares[order]


def _lying_on(
    box: NDArray[np.float64], one: NDArray[np.int64], other: NDArray[np.int64]
) -> NDArray[np.int64]:
    """Return the later ones of pairs of characters, in the order of their painting, that lie on the earlier."""
    apart = other - one > RUN
    one, other = one[apart], other[apart]
    left, top, right, bottom = box.T
    wide = np.minimum(right[one], right[other]) - np.maximum(left[one], left[other])
    tall = np.minimum(bottom[one], bottom[other]) - np.maximum(top[one], top[other])
    own = (right - left) * (bottom - top)
    meet = (wide > 0) & (tall > 0)
    over = meet & (wide * tall > COVERED * np.minimum(own[one], own[other]))
    places: NDArray[np.int64] = other[over]
    return places


def legible(version: LetterVersion, body: bytes) -> Iterator[Finding]:
    """Every printed character is large enough, dark enough, and alone in its place."""
    for number in range(version.page_count):
        found = glyphs(readback.characters_of(body, number))
        if not found.text:
            continue
        picture = readback.raster(body, number, DPI)
        small = np.flatnonzero(found.size < SMALLEST)
        for places, fault in (
            (small, f"in type below {SMALLEST:g} points"),
            (pale(found, picture), "without ink that can be seen"),
            (covered(found), "over other words"),
        ):
            if len(places):
                start = int(places[0])
                words = found.text[start : start + 24]
                message = f"page {number + 1} prints {words!r} {fault}"
                yield Finding("legible", "49 CFR 577.9", message)
