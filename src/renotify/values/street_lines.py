"""The order of an address's street lines: what stands above the last line is where the piece is delivered (Publication 28).

A unit ends its street's line or stands above it, whichever cell it came in. Whatever else comes with a known street or box stands above
it: care of, attention, a firm, a department, a building, an urbanization, a person. Of a street and a post-office box the box
stands below. Lines of which none is known keep their order. The words are data (``street_words.csv``, MEM).
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


def words_of(*kinds: str) -> str:
    """Return the words of some kinds (``street_words.csv``) as the choices of a pattern."""
    return _any([row["word"] for row in _WORDS if row["kind"] in kinds])


NUMBERED_UNITS = _any([r["abbreviation"] for r in _DESIGNATORS if r["takes_number"] == "yes"])
UNNUMBERED_UNITS = _any(
    [
        *{
            w
            for r in _DESIGNATORS
            if r["takes_number"] == "no"
            for w in (r["abbreviation"], r["word"])
        }
    ]
)
ORDINALS = "FIRST|SECOND|THIRD|FOURTH|FIFTH|SIXTH|SEVENTH|EIGHTH|NINTH|TENTH"
SPELLED = "ONE|TWO|THREE|FOUR|FIVE|SIX|SEVEN|EIGHT|NINE|TEN"
_STOREY = rf"(?:\d+(?:ST|TH|[NR]D)?|{ORDINALS}|{words_of('storey')}) (?:FL|FLOOR|FLR|LEVEL|LVL|UNIT|APT|{UNNUMBERED_UNITS})\b"
_SOME = rf"(?:\d|[A-Z]-?\d*\b|(?:{SPELLED})\b)"
_ALONE = r"(?:[A-Z]?-?\d+-?[A-Z]?|\d+(?:ST|TH|[NR]D)|[A-Z]-?\d*)"
# APT 4B, # 12, 4B, REAR, 2ND FLOOR, SECOND FLOOR, MAIL STOP 4, WEST WING
UNIT = (
    rf"^(?:#|(?:{NUMBERED_UNITS}) {_SOME}|(?:{NUMBERED_UNITS}|{UNNUMBERED_UNITS}|{words_of('place within')})$|{_STOREY}|{_ALONE}$"
    rf"|(?:{words_of('within')}) ?(?:\d|[A-Z]?-?\d*$)|\S+ (?:{words_of('wing')})$)"
)
CARE_OF = rf"^(?:{words_of('care of', 'care of first')})(?: |$)"
FIRM = rf"^(?:{words_of('department of')}) |. (?:{words_of('firm')})$"
ABOVE = rf"{CARE_OF}|^(?:{words_of('urbanization', 'above')}) |. (?:{words_of('building')})$"
# behind a street's name that is not whole yet: AVENUE EAST, NW
CONTINUED = rf"^(?:{words_of('street')})(?: (?:{words_of('direction')}))?$"
DIRECTION = rf"^(?:{words_of('direction')})$"
BOX = rf"^(?:{words_of('box')})\b"
_NUMBER = r"[A-Z]{0,3}-?\d\S*"  # of a house: 150, B17, CN-12, N6W23001
# a house's number before a word, and before a street's
NUMBERED = rf"^(?:{_NUMBER} .*\pL\pL|(?:{words_of('route')}) \d|(?:{words_of('first', 'first behind number')}) )|{BOX}"
STREET = rf"^(?:(?:{_NUMBER}|{SPELLED}) (?:.* )?(?:{words_of('street')})\b|(?:{words_of('route')}) \d)|{BOX}"
MILITARY, MILITARY_STREET = pa.array(["AA", "AE", "AP"]), r"^UNIT \d{3}"
# one cell that holds both
CARE_WORDS = words_of("care of")
_URB, _CARE = rf"(?:{words_of('urbanization')})", rf"(?:{CARE_WORDS})"
_FIRM = rf"(?:{words_of('firm')})"
_BEHIND = rf"(?: (?:{words_of('direction')}))?(?: (?:{NUMBERED_UNITS}|#) \S+)*"
_CALLE, _ANY_CALLE = words_of("first"), words_of("first", "first behind number")
BOTH = (
    r"^(?P<upper>\d\S* .+) (?P<lower>PO BOX \S+)$",
    r"^(?P<lower>PO BOX \S+) (?P<upper>\d\S* .*\pL\pL.*)$",
    rf"^(?P<lower>.*\d.*) (?P<upper>{_URB} \S.*)$",
    rf"^(?P<upper>{_URB} .+?) (?P<lower>(?:{_NUMBER} (?:{_ANY_CALLE})|(?:{_CALLE}))\b.+)$",
    rf"^(?P<upper>(?:{words_of('above')}) .+?) (?P<lower>{_NUMBER} (?:{_ANY_CALLE})\b.+)$",
    rf"^(?P<upper>{_CARE} .+?) (?P<lower>\d\S* (?:.* )?(?:{words_of('street')})\b.*|PO BOX \S+)$",
    rf"^(?P<lower>\d\S* .+|PO BOX \S+) (?P<upper>{_CARE} .+)$",
    rf"^(?P<upper>\D\S* (?:.* )?{_FIRM}) (?P<lower>\d\S* (?:.* )?(?:{words_of('street')})\b.*|PO BOX \S+)$",
    rf"^(?P<lower>\d\S* .+? (?:{words_of('street')})\b{_BEHIND}) (?P<upper>\D.* {_FIRM}|(?:{words_of('department of')}) .+)$",
)
# quick to look for
BESIDE = rf"\bPO BOX |\b{_URB} |^(?:{words_of('above')}) |(?:^| ){_CARE} | (?:{_FIRM}|{words_of('department of')})(?: |$)"
LONG_URB = r"^(?:URBANIZACION|URBANIZACIÓN) "
UNIT_FIRST = rf"^(?P<unit>(?:(?:(?:{NUMBERED_UNITS}) \S+|# \S+) )+)(?P<street>\d\S* .*\b(?:{words_of('street')})\b.*)$"


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
    """What lines are, each a mask: of a unit, care of or a firm, what stands above, a box, led by a number, surely a street."""

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
    firm = pc.and_not(pc.match_substring_regex(line, FIRM), pc.or_(street, unit))
    care, above = pc.or_(care, firm), pc.or_(above, firm)
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
    single = pc.equal(second, "")
    typed, turned = _apart(one, two, away, single)
    beside = pc.and_(pc.and_(one.numbered, pc.invert(away)), pc.invert(pc.or_(single, typed)))
    known = pc.or_(pc.or_(two.unit, two.numbered), _continues(one, second))
    turned = pc.or_(turned, pc.and_not(beside, known))
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


def _continues(one: _Kinds, second: pa.Array) -> pa.Array:
    """Return which second lines are the rest of the first's street: its direction, or its street word where it has none."""
    behind = pc.and_not(pc.match_substring_regex(second, CONTINUED), one.street)
    return pc.or_(behind, pc.match_substring_regex(second, DIRECTION))


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
