"""VIN as 49 CFR 565.15 has it: characters, check digit, model year. By the million: ``vin_columns``.

A passing check digit is not identity: about one wrong character in twenty passes it, and so does a
row of ones. Eligibility is always an exact match in a campaign's population.
"""

from __future__ import annotations

import enum
import re

from renotify.errors import BadInput

LENGTH = 17
ALPHABET = "0123456789ABCDEFGHJKLMNPRSTUVWXYZ"
CHECK = 8  # index of position 9
WEIGHTS = (8, 7, 6, 5, 4, 3, 2, 10, 0, 9, 8, 7, 6, 5, 4, 3, 2)
VALUES = dict(zip("ABCDEFGHJKLMNPRSTUVWXYZ", "12345678123457923456789", strict=True)) | {
    digit: digit for digit in "0123456789"
}
REMAINDERS = "0123456789X"
YEAR_CODES = "ABCDEFGHJKLMNPRSTVWXY123456789"
UNSEEN = re.compile("[\u00ad\u200b-\u200f\u202a-\u202e\u2060\ufeff]")
AROUND = re.compile(r"[\s*-]+")
LOOKS_LIKE = {"I": "1", "O": "0", "Q": "0"}


class VinFault(enum.IntEnum):
    """Why a VIN is refused; OK is zero, so that ``faults(...) > 0`` is the mask of the refused."""

    OK = 0
    LENGTH = 1
    CHARACTER = 2
    CHECK_DIGIT = 3


SENTENCES = {
    VinFault.OK: "The VIN is well formed.",
    VinFault.LENGTH: "A VIN has 17 characters.",
    VinFault.CHARACTER: "A VIN has digits and capital letters only, and never I, O or Q.",
    VinFault.CHECK_DIGIT: "The check digit in position 9 does not belong to this VIN.",
}


def sentence(fault: int) -> str:
    """Return the reason for one number from ``faults``, in words."""
    return SENTENCES[VinFault(fault)]


def normalise(text: str) -> str:
    """Return what a person typed or a scanner read, in capitals and without what stands around and between its characters.

    A door label's barcode begins with I, which no VIN contains; Code 39 has an asterisk at either end.
    Hyphens and spaces go where 17 characters are left. Never repairs a character (49 CFR 565.15).
    """
    seen = UNSEEN.sub("", text).strip().upper()
    bare = AROUND.sub("", seen)
    bare = bare.removeprefix("I") if len(bare) == LENGTH + 1 else bare
    return bare if len(bare) == LENGTH else seen


def fault(vin: str) -> VinFault:
    """Return the first fault of one VIN: length, then characters, then check digit."""
    if len(vin) != LENGTH:
        return VinFault.LENGTH
    if not set(vin) <= set(ALPHABET):
        return VinFault.CHARACTER
    return VinFault.OK if vin[CHECK] == check_digit(vin) else VinFault.CHECK_DIGIT


def problem(vin: str) -> str | None:
    """Return one sentence why a VIN is invalid, else None; suggests, never corrects."""
    match fault(vin):
        case VinFault.LENGTH:
            return f"A VIN has 17 characters; this one has {len(vin)}."
        case VinFault.CHARACTER:
            return _wrong_character(vin)
        case VinFault.CHECK_DIGIT:
            return f"Position 9, the check digit, is {vin[CHECK]}; {check_digit(vin)} is expected."
    return None


def _wrong_character(vin: str) -> str:
    place, wrong = next((i, c) for i, c in enumerate(vin, 1) if c not in VALUES)
    meant = LOOKS_LIKE.get(wrong) or (wrong.upper() if wrong.upper() in VALUES else None)
    ask = f"; if {meant} is meant, enter {meant}" if meant else ""
    return f"Position {place} holds {wrong!r}, which no VIN contains{ask}."


def likely(vin: str) -> str | None:
    """Return the VIN with 1 for I and 0 for O and Q, if its check digit then holds; to be asked, never to be taken."""
    meant = "".join(LOOKS_LIKE.get(character, character) for character in vin)
    return meant if meant != vin and fault(meant) is VinFault.OK else None


def check_digit(vin: str) -> str:
    """Return what position 9 must hold, 0-9 or X; what stands there now is ignored (565.15(c)).

    Raises BadInput when the rest is not 16 VIN characters.
    """
    rest = vin[:CHECK] + vin[CHECK + 1 :]
    if len(vin) != LENGTH or not set(rest) <= set(ALPHABET):
        raise BadInput("A check digit needs 17 characters of a VIN.", sentence(VinFault.CHARACTER))
    weights = WEIGHTS[:CHECK] + WEIGHTS[CHECK + 1 :]
    return REMAINDERS[sum(int(VALUES[c]) * w for c, w in zip(rest, weights, strict=True)) % 11]


def with_check_digit(vin: str) -> str:
    """Return the VIN with position 9 filled in."""
    return vin[:CHECK] + check_digit(vin) + vin[CHECK + 1 :]


def model_years(vin: str) -> tuple[int, int]:
    """Return the two years that position 10 stands for, thirty years apart (565.15 Table VII)."""
    code = vin[9:10]
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
