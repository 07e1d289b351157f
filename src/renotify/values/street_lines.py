"""The order of an address's street lines: what stands above the last line is where the piece is delivered (Publication 28).

A unit ends its street's line or stands above it, whichever cell it came in. Care of, attention, a building and an urbanization
stand above the street. Of a street and a post-office box the box stands below. Lines that say neither keep their order. The words
are data (``street_words.csv``, MEM).
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from typing import NamedTuple

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from renotify.values.postal_places import rows

LINE_LENGTH = 40  # the shortest line that Publication 28 wants accommodated
_WORDS = rows("street_words.csv")
_DESIGNATORS = rows("designators.csv")


def _any(words: Sequence[str]) -> str:
    return "|".join(map(re.escape, words))


def _of(*kinds: str) -> str:
    return _any([row["word"] for row in _WORDS if row["kind"] in kinds])


_NUMBERED = _any([r["abbreviation"] for r in _DESIGNATORS if r["takes_number"] == "yes"])
_BARE = _any(
    [
        *{
            w
            for r in _DESIGNATORS
            if r["takes_number"] == "no"
            for w in (r["abbreviation"], r["word"])
        }
    ]
)
_FLOOR = rf"\d+(?:ST|TH|[NR]D)? (?:FL|FLOOR|{_BARE})\b"
# APT 4B, # 12, 4B, REAR, 2ND FLOOR
UNIT = rf"^(?:#|(?:{_NUMBERED}) (?:\d|[A-Z]\d*\b)|(?:{_BARE})$|{_FLOOR}|(?:[A-Z]?\d+[A-Z]?|[A-Z]-?\d*)$)"
CARE_OF = rf"^(?:{_of('care of', 'care of first')})(?: |$)"
ABOVE = rf"{CARE_OF}|^(?:{_of('urbanization', 'above')}) |. (?:{_of('building')})$"
BOX = rf"^(?:{_of('box')})\b"
_NUMBER = r"[A-Z]{0,3}-?\d\S*"  # of a house: 150, B17, CN-12, N6W23001
# a house's number before a word, and before a street's
NUMBERED = rf"^(?:{_NUMBER} .*\pL\pL|(?:{_of('route')}) \d|(?:{_of('first', 'first behind number')}) )|{BOX}"
_SPELLED = "ONE|TWO|THREE|FOUR|FIVE|SIX|SEVEN|EIGHT|NINE|TEN"
STREET = rf"^(?:(?:{_NUMBER}|{_SPELLED}) (?:.* )?(?:{_of('street')})\b|(?:{_of('route')}) \d)|{BOX}"
MILITARY, MILITARY_STREET = pa.array(["AA", "AE", "AP"]), r"^UNIT \d{3}"
# one cell that holds both
_URB, _CARE = rf"(?:{_of('urbanization')})", rf"(?:{_of('care of')})"
_CALLE, _ANY_CALLE = _of("first"), _of("first", "first behind number")
BOTH = (
    r"^(?P<upper>\d\S* .+) (?P<lower>PO BOX \S+)$",
    r"^(?P<lower>PO BOX \S+) (?P<upper>\d\S* .*\pL\pL.*)$",
    rf"^(?P<lower>.*\d.*) (?P<upper>{_URB} \S.*)$",
    rf"^(?P<upper>{_URB} .+?) (?P<lower>(?:{_NUMBER} (?:{_ANY_CALLE})|(?:{_CALLE}))\b.+)$",
    rf"^(?P<upper>(?:{_of('above')}) .+?) (?P<lower>{_NUMBER} (?:{_ANY_CALLE})\b.+)$",
    rf"^(?P<upper>{_CARE} .+?) (?P<lower>\d\S* (?:.* )?(?:{_of('street')})\b.*|PO BOX \S+)$",
    rf"^(?P<lower>\d\S* .+|PO BOX \S+) (?P<upper>{_CARE} .+)$",
)
BESIDE = rf"\bPO BOX |\b{_URB} |^(?:{_of('above')}) |(?:^| ){_CARE} "  # quick to look for
LONG_URB = r"^(?:URBANIZACION|URBANIZACIÓN) "
UNIT_FIRST = (
    rf"^(?P<unit>(?:(?:(?:{_NUMBERED}) \S+|# \S+) )+)(?P<street>\d\S* .*\b(?:{_of('street')})\b.*)$"
)


class StreetLines(NamedTuple):
    """What stands above the delivery line, blank for nothing, and the delivery line."""

    upper: pa.Array
    lower: pa.Array


def is_unit(line: str) -> bool:
    """Return whether a line is a unit of a building and nothing more."""
    return bool(pc.match_substring_regex(pa.scalar(line), UNIT).as_py())


def in_order(first: pa.Array, second: pa.Array, state: pa.Array, away: pa.Array) -> StreetLines:
    """Return the street lines of addresses from top to bottom, of both as they were written; text without nulls.

    ``first``, ``second``: as ``values.address.standard_lines`` writes them; ``away``: which are abroad.
    """
    first = _unit_behind(first)
    two = pc.not_equal(second, "")
    upper, lower = pc.if_else(two, "", second), first
    if pc.any(two, min_count=0).as_py():
        some = _two(*(column.filter(two) for column in (first, second, state, away)))
        upper, lower = (
            pc.replace_with_mask(column, two, part)
            for column, part in zip((upper, lower), some, strict=True)
        )
    alone = pc.and_(pc.equal(upper, ""), pc.invert(away))
    return _parted(StreetLines(upper, lower), alone)


class _Kinds(NamedTuple):
    """What lines are, each a mask: of a unit, care of, what stands above, a box, led by a number, surely a street."""

    unit: pa.Array
    care: pa.Array
    above: pa.Array
    box: pa.Array
    numbered: pa.Array
    street: pa.Array


def _kinds(line: pa.Array, state: pa.Array) -> _Kinds:
    unit, care, above, box, numbered, street = (
        pc.match_substring_regex(line, pattern)
        for pattern in (UNIT, CARE_OF, ABOVE, BOX, NUMBERED, STREET)
    )
    military = pc.and_(pc.is_in(state, MILITARY), pc.match_substring_regex(line, MILITARY_STREET))
    unit = pc.and_not(unit, military)
    street = pc.or_(street, military)
    numbered = pc.and_not(pc.or_(numbered, street), pc.or_(unit, above))
    box = pc.or_(box, military)
    return _Kinds(unit, care, above, box, numbered, pc.and_not(street, unit))


def _two(first: pa.Array, second: pa.Array, state: pa.Array, away: pa.Array) -> StreetLines:
    """Return the lines of addresses of two: as they were typed, turned round, or the one joined to the other."""
    first, second = _said_once(first, second)
    one, two = _kinds(first, state), _kinds(second, state)
    typed, turned = _apart(one, two, away, pc.equal(second, ""))
    behind = pc.and_not(one.unit, pc.or_(pc.or_(two.unit, two.above), away))
    street, rest = pc.if_else(behind, second, first), pc.if_else(behind, first, second)
    joined = pc.utf8_trim(pc.binary_join_element_wise(street, rest, " "), characters=" ")
    long = pc.greater(pc.utf8_length(joined), LINE_LENGTH)
    says_nothing = pc.invert(pc.or_(pc.or_(one.unit, two.unit), one.numbered))
    typed = pc.or_(typed, pc.and_not(pc.and_(long, pc.or_(away, says_nothing)), turned))
    apart = pc.or_(turned, long)
    return StreetLines(
        pc.if_else(typed, first, pc.if_else(apart, rest, "")),
        pc.if_else(typed, second, pc.if_else(apart, street, joined)),
    )


def _apart(one: _Kinds, two: _Kinds, away: pa.Array, single: pa.Array) -> tuple[pa.Array, pa.Array]:
    """Return of which addresses both lines stand for themselves: in the order they were typed, and the second above the first."""
    two_streets = pc.and_(one.numbered, two.street)
    box_first = pc.and_not(one.box, pc.or_(pc.or_(two.box, two.unit), single))
    above = pc.or_(two.care, pc.and_not(pc.or_(two.above, box_first), away))
    turned = pc.and_not(above, one.above)
    street_below = pc.and_not(two.numbered, pc.or_(one.numbered, one.unit))
    first_above = pc.and_not(one.above, pc.or_(two.unit, single))
    typed = pc.or_(pc.or_(street_below, two_streets), first_above)
    return pc.and_not(pc.and_not(typed, away), turned), turned


def _unit_behind(line: pa.Array) -> pa.Array:
    """Return lines with a unit that stands before its street behind it."""
    found = pc.match_substring_regex(line, UNIT_FIRST)
    if not pc.any(found, min_count=0).as_py():
        return line
    parts = pc.extract_regex(line.filter(found), UNIT_FIRST)
    unit = pc.utf8_trim(pc.struct_field(parts, "unit"), characters=" ")
    street = pc.struct_field(parts, "street")
    return pc.replace_with_mask(line, found, pc.binary_join_element_wise(street, unit, " "))


def _said_once(first: pa.Array, second: pa.Array) -> tuple[pa.Array, pa.Array]:
    """Return the lines of addresses of which one says all of the other (APT 4 behind a street with APT 4) with the longer alone."""
    one, two = (
        np.array([f" {text} " for text in line.to_pylist()], str) for line in (first, second)
    )
    in_first, in_second = (
        pa.array(np.char.startswith(a, b) | np.char.endswith(a, b))
        for a, b in ((one, two), (two, one))
    )
    return (
        pc.if_else(pc.and_not(in_second, in_first), second, first),
        pc.if_else(pc.or_(in_first, in_second), "", second),
    )


def _parted(lines: StreetLines, alone: pa.Array) -> StreetLines:
    """Part the lines in which a street stands beside a box or an urbanization; an urbanization is URB (Publication 28, 291)."""
    upper, lower = lines
    sight = pc.match_substring_regex(lower, BESIDE)
    for pattern in BOTH if pc.any(pc.and_(sight, alone), min_count=0).as_py() else ():
        found = pc.and_(alone, pc.match_substring_regex(lower, pattern))
        if pc.any(found).as_py():
            parts = pc.extract_regex(lower.filter(found), pattern)
            upper = pc.replace_with_mask(upper, found, pc.struct_field(parts, "upper"))
            lower = pc.replace_with_mask(lower, found, pc.struct_field(parts, "lower"))
            alone = pc.and_(alone, pc.invert(found))
    return StreetLines(
        *(pc.replace_substring_regex(one, LONG_URB, "URB ") for one in (upper, lower))
    )
