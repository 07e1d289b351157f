"""Mailing addresses: the form of Publication 28 for print, and what keeps a piece from the mail.

Form is not deliverability: only CASS-certified matching against licensed data proves an address.
"""

from __future__ import annotations

import csv
import re
import unicodedata
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from importlib import resources
from itertools import takewhile

import pyarrow as pa
import pyarrow.compute as pc

LINE_LENGTH = 40  # the shortest line that Publication 28 wants accommodated
ZIP5 = "^[0-9]{5}$"

NO_STREET = "The delivery line (addr1) is empty."
NO_CITY = "The city is empty."
NO_STATE = "The state is not a USPS state code."
NO_ZIP = "The ZIP Code does not have five digits."
WRONG_ZIP = "The ZIP Code does not belong to the state."


def _rows(file: str) -> list[dict[str, str]]:
    text = (resources.files("renotify.values") / file).read_text("utf-8")
    return list(csv.DictReader(text.splitlines()))


def _prefixes(ranges: str) -> Iterator[str]:
    for part in ranges.split():
        first, _, last = part.partition("-")
        yield from (f"{n:03}" for n in range(int(first), int(last or first) + 1))


STATES: Mapping[str, str] = {row["code"]: row["name"] for row in _rows("states.csv")}
# Gaps inside a state's block count as the state's: a new ZIP Code must not stop a letter.
PREFIXES = frozenset(
    prefix + row["code"] for row in _rows("states.csv") for prefix in _prefixes(row["zip3"])
)
DESIGNATORS = {row["word"]: row["abbreviation"] for row in _rows("designators.csv")}
NUMBERED = "|".join(r["word"] for r in _rows("designators.csv") if r["takes_number"] == "yes")
UNIT = re.compile(rf"\b({NUMBERED})\s*#?\s*(\d\S*|[A-Z]\d*\b)")
PUNCTUATION = re.compile(r"[,;:\"()]|(?<!\d)\.|\.(?!\d)")  # the point of 39.2 RD stays


@dataclass(frozen=True, kw_only=True)
class Address:
    """One addressee; ``zip4`` and ``delivery_point`` come from a CASS-certified match only."""

    name1: str
    name2: str = ""
    addr1: str
    addr2: str = ""
    city: str
    state: str
    zip5: str
    zip4: str = ""
    delivery_point: str = ""

    def lines(self) -> list[str]:
        """Return the address block, Publication 28: capitals, one space, designators abbreviated.

        The secondary unit ends the delivery line, or stands above it where the line gets too long.
        """
        unit, street = standard(self.addr2), standard(self.addr1)
        together = f"{street} {unit}".strip()
        delivery = [together] if len(together) <= LINE_LENGTH else [unit, street]
        lines = [_plain(self.name1), _plain(self.name2), *delivery, self.last_line()]
        return [line for line in lines if line]

    def last_line(self) -> str:
        """Return city, state and ZIP+4 (Publication 28, 211)."""
        zip_code = f"{self.zip5}-{self.zip4}" if self.zip4 else self.zip5
        return f"{_plain(self.city)} {self.state} {zip_code}"

    def routing_code(self) -> str:
        """Return the barcode's routing digits, 0, 5, 9 or 11: eleven only with a delivery point."""
        parts = ((5, self.zip5), (4, self.zip4), (2, self.delivery_point))
        known = takewhile(lambda part: len(part[1]) == part[0] and part[1].isdecimal(), parts)
        return "".join(digits for _, digits in known)

    def problem(self) -> str | None:
        """Return one sentence why the piece cannot be mailed, None when it can."""
        row = {"addr1": self.addr1, "city": self.city, "state": self.state, "zip": self.zip5}
        sentence: str | None = address_problems(pa.Table.from_pylist([row]))[0].as_py()
        return sentence


def _plain(text: str) -> str:
    """Upper-case, one space, no punctuation that Publication 28 drops; accents stay, NFC."""
    upper = unicodedata.normalize("NFC", text).upper()
    return " ".join(PUNCTUATION.sub(" ", upper).split())


def standard(line: str) -> str:
    """Return a delivery line with its designators abbreviated and no # after one of them.

    Where no designator is known the # stays, apart from its number (Publication 28, 213).
    """
    text = _plain(line)
    if text in DESIGNATORS:
        return DESIGNATORS[text]
    text = UNIT.sub(lambda unit: f"{DESIGNATORS[unit[1]]} {unit[2]}", text)
    return " ".join(text.replace("#", " # ").split())


def address_problems(table: pa.Table) -> pa.StringArray:
    """Return per row why it cannot be mailed, else null; columns addr1, city, state, zip."""
    columns = ("addr1", "city", "state", "zip")
    addr1, city, state, zip_code = (_trimmed(table, name) for name in columns)
    place = pc.binary_join_element_wise(pc.utf8_slice_codeunits(zip_code, 0, 3), state, "")
    tests = {
        NO_STREET: pc.equal(addr1, ""),
        NO_CITY: pc.equal(city, ""),
        NO_STATE: pc.invert(pc.is_in(state, pa.array(list(STATES)))),
        NO_ZIP: pc.invert(pc.match_substring_regex(zip_code, ZIP5)),
        WRONG_ZIP: pc.invert(pc.is_in(place, pa.array(list(PREFIXES)))),
    }
    fails = pa.StructArray.from_arrays(list(tests.values()), names=list(tests))
    return pc.case_when(fails, *map(pa.scalar, tests))


def mailable(table: pa.Table) -> pa.BooleanArray:
    """Return per row whether it can be mailed; columns addr1, city, state, zip."""
    return pc.is_null(address_problems(table))


def _trimmed(table: pa.Table, name: str) -> pa.Array:
    text = table[name].cast(pa.string()).combine_chunks()
    return pc.utf8_trim_whitespace(pc.fill_null(text, ""))
