"""VIN as 49 CFR 565.15 has it: characters, check digit, model year, serial number. By the million: ``vin_columns``.

A passing check digit is not identity: about one wrong character in twenty passes it, and so does a
row of ones. Eligibility is always an exact match in a campaign's population.

A number that fails the rule can still be a vehicle's own: one stamped wrong, one from before model
year 1981, a frame number, one built for Europe. Only the maker knows; ``names_a_vehicle`` says which
numbers the maker may except.
"""

from __future__ import annotations

import enum
import re
from collections.abc import Callable, Mapping
from operator import getitem

from renotify.errors import BadInput

LENGTH = 17
ALPHABET = "0123456789ABCDEFGHJKLMNPRSTUVWXYZ"
CHECK = 8  # index of position 9
WEIGHTS = (8, 7, 6, 5, 4, 3, 2, 10, 0, 9, 8, 7, 6, 5, 4, 3, 2)
VALUES = dict(zip("ABCDEFGHJKLMNPRSTUVWXYZ", "12345678123457923456789", strict=True)) | {
    digit: digit for digit in "0123456789"
}
REMAINDERS = "0123456789X"
_LETTERS = frozenset(ALPHABET)
_WEIGHED = tuple({c: int(VALUES[c]) * weight for c in ALPHABET} for weight in WEIGHTS)
YEAR_CODES = "ABCDEFGHJKLMNPRSTVWXY123456789"
UNSEEN = re.compile("[\u00ad\u200b-\u200f\u202a-\u202e\u2060\ufeff]")
AROUND = re.compile(r"[\s*-]+")
LOOKS_LIKE = {"I": "1", "O": "0", "Q": "0"}
YEAR = 9  # index of position 10
PLANT = 10  # index of position 11, the plant of manufacture (565.15(d)(2))
SERIAL = 13  # index of position 14: from here on digits only
SMALL_MAKER = (
    "9"  # in position 3: fewer than 1,000 vehicles a year, and position 14 still names the maker
)
EUROPE = "STUVWXYZ"  # the first characters of European makers (ISO 3780)
FILLER = "Z"  # stands in position 9 where a market asks for no check digit
OLD_NUMBER = r"^[0-9A-Z-]{1,9}[0-9]{5}$"  # of a car before model year 1981, or of a frame: up to 14 characters
SHORTEST = 5  # of what a maker may stamp
EXCEPTED = (
    r"^[0-9A-Z][0-9A-Z-]{3,15}[0-9A-Z]$"  # what a maker may stamp; I, O and Q too, as before 1981
)
NO_NUMBER = "A vehicle's number has 5 to 17 letters, digits and hyphens, and at least one digit."
EXCEPTION_NEEDED = (
    "a vehicle with such a number is taken with the maker's exception only (vin_exceptions)"
)


class VinFault(enum.IntEnum):
    """Why a VIN is refused; OK is zero, so that ``faults(...) > 0`` is the mask of the refused."""

    OK = 0
    LENGTH = 1
    CHARACTER = 2
    CHECK_DIGIT = 3
    MODEL_YEAR = 4
    SERIAL = 5
    EUROPEAN = 6
    OLD = 7


SENTENCES = {
    VinFault.OK: "The VIN is well formed.",
    VinFault.LENGTH: "A VIN has 17 characters.",
    VinFault.CHARACTER: "A VIN has digits and capital letters only, and never I, O or Q.",
    VinFault.CHECK_DIGIT: "The check digit in position 9 does not belong to this VIN.",
    VinFault.MODEL_YEAR: "Position 10 holds U, Z or 0, which stand for no model year.",
    VinFault.SERIAL: "Positions 14 to 17 of a VIN are digits (15 to 17, where position 3 is 9).",
    VinFault.EUROPEAN: (
        "Position 9 holds no check digit of 49 CFR 565: this is the number of a vehicle built for Europe, or of another market"
        f" outside the United States; {EXCEPTION_NEEDED}. If it was built for the United States, a character is mistyped."
    ),
    VinFault.OLD: (
        "A VIN has 17 characters; this looks like the number of a car from before model year 1981, or a frame number:"
        f" {EXCEPTION_NEEDED}."
    ),
}


def sentence(fault: int) -> str:
    """Return the reason for one number from ``faults``, in words."""
    return SENTENCES[VinFault(fault)]


def normalise(text: str) -> str:
    """Return what a person typed or a scanner read, in capitals and without what stands around and between its characters.

    A door label's barcode begins with I, which no VIN contains; Code 39 has an asterisk at either end. A number is one number
    whatever hyphens and blanks it is written with: they go where a VIN's 17 characters are left, or what a maker may except.
    Never repairs a character (49 CFR 565.15).
    """
    seen = UNSEEN.sub("", text).strip().upper()
    bare = AROUND.sub("", seen)
    bare = bare.removeprefix("I") if len(bare) == LENGTH + 1 else bare
    return bare if len(bare) == LENGTH or names_a_vehicle(bare) else seen


def fault(vin: str) -> VinFault:
    """Return the first fault of one VIN: length, characters, check digit, model year, serial number."""
    if len(vin) != LENGTH:
        return VinFault.OLD if re.fullmatch(OLD_NUMBER, vin) else VinFault.LENGTH
    if not _LETTERS.issuperset(vin):
        return VinFault.CHARACTER
    if vin[CHECK] != check_digit(vin):
        foreign = vin[0] in EUROPE or vin[CHECK] == FILLER
        return VinFault.EUROPEAN if foreign else VinFault.CHECK_DIGIT
    if vin[YEAR] not in YEAR_CODES:
        return VinFault.MODEL_YEAR
    return VinFault.OK if vin[serial_start(vin) :].isdecimal() else VinFault.SERIAL


def serial_start(vin: str) -> int:
    """Return the index from which on a VIN holds digits only (565.15(d)).

    The last five positions are numeric for cars and light trucks, the last four for other vehicles; a VIN alone does not tell
    which. Of a maker of fewer than 1,000 vehicles a year positions 12 to 14 name the maker.
    """
    return SERIAL + 1 if vin[2] == SMALL_MAKER else SERIAL


def names_a_vehicle(number: str) -> bool:
    """Return whether a maker may except a number: 5 to 17 capital letters, digits and hyphens, a digit among them."""
    return bool(re.fullmatch(EXCEPTED, number)) and any(c.isdigit() for c in number)


def problem(vin: str) -> str | None:
    """Return one sentence why a VIN is invalid, else None; suggests, never corrects."""
    found = fault(vin)
    return None if found is VinFault.OK else _IN_WORDS[found](vin)


def _wrong_length(vin: str) -> str:
    return f"A VIN has 17 characters; this one has {len(vin)}."


def _old_number(vin: str) -> str:
    return SENTENCES[VinFault.OLD].replace("this looks", f"this one has {len(vin)}, and looks")


def _wrong_character(vin: str) -> str:
    place, wrong = next((i, c) for i, c in enumerate(vin, 1) if c not in VALUES)
    meant = LOOKS_LIKE.get(wrong) or (wrong.upper() if wrong.upper() in VALUES else None)
    ask = f"; if {meant} is meant, enter {meant}" if meant else ""
    return f"Position {place} holds {wrong!r}, which no VIN contains{ask}."


def _wrong_check_digit(vin: str) -> str:
    return f"Position 9, the check digit, is {vin[CHECK]}; {check_digit(vin)} is expected."


def _foreign_number(vin: str) -> str:
    return SENTENCES[VinFault.EUROPEAN].replace("holds no", f"holds {vin[CHECK]}, no")


def _no_model_year(vin: str) -> str:
    return f"Position 10 holds {vin[YEAR]}, which stands for no model year."


def _letter_in_serial(vin: str) -> str:
    first = serial_start(vin)
    place = next(i for i in range(first, LENGTH) if not vin[i].isdecimal())
    return f"Position {place + 1} holds {vin[place]}; from position {first + 1} on a VIN has digits only."


_IN_WORDS: Mapping[VinFault, Callable[[str], str]] = {
    VinFault.LENGTH: _wrong_length,
    VinFault.OLD: _old_number,
    VinFault.CHARACTER: _wrong_character,
    VinFault.CHECK_DIGIT: _wrong_check_digit,
    VinFault.EUROPEAN: _foreign_number,
    VinFault.MODEL_YEAR: _no_model_year,
    VinFault.SERIAL: _letter_in_serial,
}


def likely(vin: str) -> str | None:
    """Return the VIN with 1 for I and 0 for O and Q, if its check digit then holds; to be asked, never to be taken."""
    meant = "".join(LOOKS_LIKE.get(character, character) for character in vin)
    return meant if meant != vin and fault(meant) is VinFault.OK else None


def check_digit(vin: str) -> str:
    """Return what position 9 must hold, 0-9 or X; what stands there now is ignored (565.15(c)).

    Raises BadInput when the rest is not 16 VIN characters.
    """
    rest = f"{vin[:CHECK]}0{vin[CHECK + 1 :]}"
    if len(vin) != LENGTH or not _LETTERS.issuperset(rest):
        raise BadInput("A check digit needs 17 characters of a VIN.", sentence(VinFault.CHARACTER))
    return REMAINDERS[sum(map(getitem, _WEIGHED, rest)) % 11]


def with_check_digit(vin: str) -> str:
    """Return the VIN with position 9 filled in."""
    return vin[:CHECK] + check_digit(vin) + vin[CHECK + 1 :]


def plant(vin: str) -> str:
    """Return the code of the plant of manufacture, position 11 (565.15(d)(2)); blank of a number of another length."""
    return vin[PLANT] if len(vin) == LENGTH else ""


def model_years(vin: str) -> tuple[int, int]:
    """Return the two years that position 10 stands for, thirty years apart (565.15 Table VII)."""
    code = vin[YEAR : YEAR + 1]
    if not code or code not in YEAR_CODES:
        raise BadInput("Position 10 is not a model year code.", f"The codes are {YEAR_CODES}.")
    first = 1980 + YEAR_CODES.index(code)
    return first, first + 30


def model_year(vin: str, *, light: bool = True) -> int:
    """Return the model year: 1980-2009 when position 7 is a digit, 2010-2039 when it is a letter.

    That note to Table VII of 565.15 binds cars, MPVs and trucks up to 10,000 lb; for other vehicles
    the VIN alone leaves two years open: BadInput.
    """
    early, late = model_years(vin)
    if not light:
        raise BadInput(
            f"The VIN leaves {early} and {late} open.", "Use the maker's vehicle record."
        )
    return early if vin[6].isdigit() else late
