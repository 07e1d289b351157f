"""States, their ZIP Codes and neighbours, provinces and countries, as tables of their own.

``states.csv``: the first three digits of a state's ZIP Codes (Publication 65's list as it was read for the first version of
this house), the states it has a border with, and the shorter words for it that people write (both MEM: from memory, correct
them there). ``country_names.csv``: English names (READ: the public-domain ``iso3166.tab`` of the tz database) and whether the
postal code stands before the city (MEM). ``countries.csv``: other words and codes for a country. ``provinces.csv``: words in the
place of the state that are a province of Canada or a state of Mexico (MEM); ``alone`` says which settle the country alone.
"""

from __future__ import annotations

import csv
import re
from collections.abc import Iterator, Mapping
from importlib import resources


def rows(file: str) -> list[dict[str, str]]:
    """Return the rows of a packaged table."""
    text = (resources.files("renotify.values") / file).read_text("utf-8")
    return list(csv.DictReader(text.splitlines()))


def _prefixes(ranges: str) -> Iterator[str]:
    for part in ranges.split():
        first, _, last = part.partition("-")
        yield from (f"{n:03}" for n in range(int(first), int(last or first) + 1))


_STATES = rows("states.csv")
STATES: Mapping[str, str] = {row["code"]: row["name"] for row in _STATES}
# Gaps inside a state's block count as the state's: a new ZIP Code must not stop a letter.
ZIP3: Mapping[str, frozenset[str]] = {
    row["code"]: frozenset(_prefixes(row["zip3"])) for row in _STATES
}
PREFIXES = frozenset(prefix + code for code, own in ZIP3.items() for prefix in own)
# A post office may serve a place beyond its state's line.
ACROSS = frozenset(
    prefix + row["code"]
    for row in _STATES
    for neighbour in row["borders"].split()
    for prefix in ZIP3[neighbour]
)


def plain_word(word: str) -> str:
    """Return a word for a place in capitals, one space, without points: ``N. Y.`` is ``N Y``."""
    return " ".join(re.sub(r"[.,]", " ", word.upper()).split())


STATE_WORDS: Mapping[str, str] = {
    spelt: row["code"]
    for row in _STATES
    for word in (row["code"], row["name"], *filter(None, row["words"].split("|")))
    for spelt in (plain_word(word), plain_word(word).replace(" ", ""))
}


def state_code(word: str) -> str:
    """Return the code of a state of ours, however it is written (``Alabama``, ``N.Y.``, ``Calif.``); blank for none."""
    plain = plain_word(word)
    return STATE_WORDS.get(plain) or STATE_WORDS.get(plain.replace(" ", ""), "")


def state_of_zip(zip_code: str) -> str:
    """Return the one state whose ZIP Codes begin like this one; blank where none or several do."""
    found = [code for code, own in ZIP3.items() if zip_code[:3] in own]
    return found[0] if len(found) == 1 else ""


UNITED_STATES = "US"
_NAMES = rows("country_names.csv")
COUNTRY_NAMES: Mapping[str, str] = {row["code"]: row["name"] for row in _NAMES}
POSTCODE_FIRST = frozenset(row["code"] for row in _NAMES if row["postcode_first"] == "yes")
_WORDS = {row["word"]: row["code"] for row in rows("countries.csv")}
_FULL = {name.upper(): code for code, name in COUNTRY_NAMES.items() if name.upper() != "GEORGIA"}
# in a column of countries a code of two letters is one, too
COUNTRIES: Mapping[str, str] = {code: code for code in COUNTRY_NAMES} | _FULL | {
    "GEORGIA": "GE"
} | _WORDS  # fmt: skip
# in the place of the state only words that are no state of ours, and no province's code
COUNTRY_WORDS: Mapping[str, str] = {
    word: code
    for word, code in (_FULL | _WORDS).items()
    if code != UNITED_STATES and word not in STATE_WORDS
}
PROVINCES = rows("provinces.csv")
