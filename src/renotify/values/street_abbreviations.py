"""The abbreviations of a delivery line: the suffix and the directionals of Publication 28 (Appendix C1, 233 and 234).

Only the last word of a street's name is its suffix, and only beside a name is a direction one: AVENUE RD, NORTH ST, COURT ST,
12 AVENUE OF THE AMERICAS and 12 BROADWAY stay. Before a word of the land a direction is taken for a part of the name (WEST END,
NORTH SHORE). What is not surely read stays spelled out: it is delivered just the same. The words are data
(``street_suffixes.csv``, ``street_words.csv``, MEM); Publication 28's other suffixes are words of the land that may be a whole name.
"""

from __future__ import annotations

import pyarrow as pa
import pyarrow.compute as pc

from renotify.values.postal_places import rows
from renotify.values.street_lines import (
    CARE_WORDS,
    NUMBERED_UNITS,
    SPELLED,
    UNNUMBERED_UNITS,
    words_of,
)

_SUFFIXES = {row["word"]: row["abbreviation"] for row in rows("street_suffixes.csv")}
_DIRECTIONS = {
    "NORTH": "N", "SOUTH": "S", "EAST": "E", "WEST": "W",
    "NORTHEAST": "NE", "NORTHWEST": "NW", "SOUTHEAST": "SE", "SOUTHWEST": "SW",
}  # fmt: skip
_LONG = "|".join([*_SUFFIXES, *_DIRECTIONS])
_SUFFIX = "|".join(
    [
        *_SUFFIXES,
        *sorted(
            set(_SUFFIXES.values())
            | {"PARK", "WALK", "WAY", "PATH", "PIKE", "ROW", "RUN", "LOOP", "PASS", "MALL"}
        ),
    ]
)
_SHORT = "N ?E|N ?W|S ?E|S ?W|N|S|E|W"
# behind a street only: NORTH WEST ST is West Street's north
_APART = {f"{a} {b}": f"{a[0]}{b[0]}" for a in ("NORTH", "SOUTH") for b in ("EAST", "WEST")}
_DIRECTION = "|".join([*sorted(_DIRECTIONS, key=len, reverse=True), _SHORT])
_HOUSE = rf"(?:[A-Z]?\d\S*(?: \d+/\d+| ½)?|{SPELLED})"
_NUMBERED_TAIL = rf"(?:#|PMB|{NUMBERED_UNITS}|PO BOX|{CARE_WORDS}) .*"
_OTHER_TAIL = rf".* (?:{words_of('firm')})|\d+(?:ST|TH|[NR]D)? (?:FL|FLOOR)|(?:{UNNUMBERED_UNITS})"
_TAIL = rf"(?: (?:{_NUMBERED_TAIL}|{_OTHER_TAIL}))?"
_LAND = words_of("land")
# of each line the parts that stay lie between those that are abbreviated
STREET = (
    rf"^(?P<house>{_HOUSE}) (?P<name>\S.*?) (?P<suffix>{_SUFFIX})"
    rf"(?P<post>(?: (?:{'|'.join(_APART)}|{_DIRECTION}))?)(?P<tail>{_TAIL})$"
)
LED = rf"^(?P<lead>{_DIRECTION}) (?P<rest>.+)$"
OF_THE_LAND = rf"^(?:{_DIRECTION}) (?:{_LAND})\b|^(?:NORTH SOUTH|EAST WEST)$"
GRID = rf"^(?P<house>\d\S*) (?P<first>{_DIRECTION}) (?P<number>\d+) (?P<second>{_DIRECTION})(?P<tail>{_TAIL})$"
SIGHT = rf" (?:{_LONG}|[NS] [EW])(?: |$)"
SPANISH = rf"\b(?:{words_of('first', 'first behind number')}) \S"


def abbreviated(lines: pa.Array, away: pa.Array) -> pa.Array:
    """Return street lines with suffix and directions abbreviated; text in capitals without nulls, ``away``: which are abroad.

    Abroad they stay, and where a street is Spanish: AVE is its first word there.
    """
    found = pc.match_substring_regex(lines, SIGHT)
    if not pc.any(found, min_count=0).as_py():
        return lines
    found = pc.and_not(found, pc.or_(away, pc.match_substring_regex(lines, SPANISH)))
    return pc.replace_with_mask(lines, found, _grids(_streets(lines.filter(found))))


def _streets(lines: pa.Array) -> pa.Array:
    parts = pc.extract_regex(lines, STREET)
    house, name, suffix, post, tail = (pc.struct_field(parts, place) for place in range(5))
    whole = pc.binary_join_element_wise(
        pc.binary_join_element_wise(house, _led(name), _short(suffix, _SUFFIXES), " "),
        _post(post), tail, "",
    )  # fmt: skip
    nameless = pc.fill_null(pc.equal(name, "THE"), False)
    return pc.if_else(nameless, lines, pc.coalesce(whole, lines))


def _post(post: pa.Array) -> pa.Array:
    """Return the directions behind streets, each with the blank before it, blank for none."""
    word = pc.replace_substring(
        _short(pc.utf8_ltrim(post, characters=" "), _DIRECTIONS | _APART), " ", ""
    )
    return pc.if_else(pc.equal(post, ""), "", pc.binary_join_element_wise("", word, " "))


def _led(name: pa.Array) -> pa.Array:
    """Return streets' names with a direction before them abbreviated, where it is no part of the name."""
    parts = pc.extract_regex(name, LED)
    lead, rest = (pc.struct_field(parts, place) for place in range(2))
    short = pc.replace_substring(_short(lead, _DIRECTIONS), " ", "")
    led = pc.binary_join_element_wise(short, rest, " ")
    own = pc.match_substring_regex(name, OF_THE_LAND)
    return pc.if_else(own, name, pc.coalesce(led, name))


def _grids(lines: pa.Array) -> pa.Array:
    parts = pc.extract_regex(lines, GRID)
    house, first, number, second, tail = (pc.struct_field(parts, place) for place in range(5))
    line = pc.binary_join_element_wise(
        house, _short(first, _DIRECTIONS), number, _short(second, _DIRECTIONS), " "
    )
    return pc.coalesce(pc.binary_join_element_wise(line, tail, ""), lines)


def _short(words: pa.Array, table: dict[str, str]) -> pa.Array:
    found = pc.index_in(words, value_set=pa.array(list(table)))
    return pc.coalesce(pa.array(list(table.values())).take(found), words)
