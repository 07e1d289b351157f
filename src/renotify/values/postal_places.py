"""States, their ZIP Codes and neighbours, provinces and countries, as tables of their own.

``states.csv``: the first three digits of a state's ZIP Codes (Publication 65's list as it was read for the first version of
this house), the states it has a border with, and the shorter words for it that people write (both MEM: from memory, correct
them there). ``country_names.csv``: English names (READ: the public-domain ``iso3166.tab`` of the tz database) and whether the
postal code stands before the city and the code of three letters (MEM). ``countries.csv``: other words and codes for a country
(MEM), and the state of ours that a territory is. ``provinces.csv``: words in the place of the state that are a province of another
country (MEM); ``alone`` says which settle the country alone, ``short`` how Canada Post writes it, ``postal`` with what its postal
codes begin: a letter in Canada, two digits in Mexico (MEM).
"""

from __future__ import annotations

import csv
import re
import unicodedata
from collections.abc import Iterable, Iterator, Mapping
from difflib import SequenceMatcher
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


UNITED_STATES = "US"
_APART = re.compile(r"[-\u2010-\u2015/()|:]+")  # between a state's code and its name


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
    """Return the code of a state of ours, however it is written (``Alabama``, ``N.Y.``, ``IL - Illinois``); blank for none."""
    found = _state_of_word(word)
    if found or not _APART.search(word):
        return found
    parts = {plain_word(part) for part in _APART.split(word)} - {"", UNITED_STATES, "USA"}
    codes = {_state_of_word(part) for part in parts}
    return codes.pop() if len(codes) == 1 else ""


def _state_of_word(word: str) -> str:
    plain = plain_word(word)
    return STATE_WORDS.get(plain) or STATE_WORDS.get(plain.replace(" ", ""), "")


def state_of_zip(zip_code: str) -> str:
    """Return the one state whose ZIP Codes begin like this one; blank where none or several do."""
    found = [code for code, own in ZIP3.items() if zip_code[:3] in own]
    return found[0] if len(found) == 1 else ""


SIMILAR = 0.75  # of 1: how like a state's name a misspelt one must be
_LOOK_ALIKE = (str.maketrans("0158", "OISB"), str.maketrans("0158", "OLSB"))
_SAYS_STATE = re.compile(r"^STATE OF |\b(?:STATE|U ?S ?A?)$")


def misspelt_state(word: str, zip_code: str) -> str:
    """Return the state that a word means which is none, where the ZIP Code is of that state too; blank for any other.

    A name cut off or with letters missing, doubled or turned round (``ILLINIOS``, ``PENNSYLV``), a code turned round or with a digit
    for a letter (``1L``). A word for a province or country is no misspelt state: abroad postal codes may have five digits.
    """
    state, plain = state_of_zip(zip_code), plain_word(word)
    plain = _SAYS_STATE.sub("", plain).strip()
    if not state or plain in _ELSEWHERE or plain in COUNTRY_WORDS:
        return ""
    meant = (STATE_WORDS.get(plain.translate(table)) for table in _LOOK_ALIKE)
    letters = re.sub("[^A-Z]", "", plain)
    once = re.sub(r"(.)\1", r"\1", letters)
    codes = {
        *meant,
        STATE_WORDS.get(letters[::-1]) if len(letters) == 2 else None,
        STATE_WORDS.get(once),
    }
    return state if state in codes or _like_name(letters, state) else ""


def _like_name(letters: str, state: str) -> bool:
    """Tell whether letters are the beginning of a state's name, or like it and like no other's as much."""
    names = {code: re.sub("[^A-Z]", "", name.upper()) for code, name in STATES.items()}
    if len(letters) < 4:
        return False
    if names[state].startswith(letters):
        return True
    like = {code: SequenceMatcher(None, letters, name).ratio() for code, name in names.items()}
    own = like.pop(state)
    return own >= SIMILAR and own > max(like.values())


_NAMES = rows("country_names.csv")
COUNTRY_NAMES: Mapping[str, str] = {row["code"]: row["name"] for row in _NAMES}
POSTCODE_FIRST = frozenset(row["code"] for row in _NAMES if row["postcode_first"] == "yes")
_LISTED = rows("countries.csv")
_GEORGIA = "GEORGIA"  # in the place of the state it is ours


def _without_accents(word: str) -> str:
    return "".join(c for c in unicodedata.normalize("NFD", word) if not unicodedata.combining(c))


def _spellings(word: str) -> set[str]:
    plain = plain_word(word)
    bare = _without_accents(plain)
    return {plain, bare, bare.replace(" ", "")}


def _by_word(pairs: Iterable[tuple[str, str]]) -> dict[str, str]:
    return {spelt: code for word, code in pairs for spelt in _spellings(word)}


_WORDS = _by_word((name, code) for code, name in COUNTRY_NAMES.items()) | _by_word(
    (row["word"], row["code"]) for row in _LISTED
)
# in a column of countries a code is one, too
_COUNTRIES: Mapping[str, str] = (
    {code: code for code in COUNTRY_NAMES} | {row["three_letters"]: row["code"] for row in _NAMES} | _WORDS
)  # fmt: skip
_TERRITORIES = _by_word((row["word"], row["state"]) for row in _LISTED if row["state"])
# in the place of the state only words that are no state of ours, and no province's code
COUNTRY_WORDS: Mapping[str, str] = {
    word: code
    for word, code in _WORDS.items()
    if code != UNITED_STATES and word != _GEORGIA and word not in STATE_WORDS
}
PROVINCES = rows("provinces.csv")
CANADA, MEXICO = "CA", "MX"
# the province of Canada by the first letter of its postal codes; words for states of Mexico, each with the first two digits of theirs
PROVINCE_OF_LETTER: Mapping[str, str] = {
    letter: row["word"]
    for row in PROVINCES
    if row["country"] == CANADA
    for letter in row["postal"].split()
}
MEXICAN_CODES = frozenset(
    row["word"] + prefix[1:]
    for row in PROVINCES
    if row["country"] == MEXICO
    for prefix in _prefixes(row["postal"])
)
_ELSEWHERE = frozenset(row["word"] for row in PROVINCES)


def country_code(word: str) -> str:
    """Return the code of a country by its code or a word for it, ``US`` for ours and its territories; blank for what is none."""
    return next((_COUNTRIES[one] for one in _readings(word) if one in _COUNTRIES), "")


def territory(word: str) -> str:
    """Return the state of ours that a word for a country is (``Guam``: GU); blank for any other."""
    return next((_TERRITORIES[one] for one in _readings(word) if one in _TERRITORIES), "")


def _readings(word: str) -> Iterator[str]:
    """Yield a word for a country plainly, without accents, without blanks, and without what stands in brackets."""
    for text in (re.sub(r"[()\[\]]", " ", word), re.sub(r"\(.*?\)", " ", word)):
        bare = _without_accents(plain_word(text))
        yield from (plain_word(text), bare, bare.replace(" ", ""))
