"""VIN as 49 CFR 565.15 has it: characters, check digit, model year; singly and by the million.

A passing check digit is not identity: about one wrong character in twenty passes it, and so does a
row of ones. Eligibility is always an exact match in a campaign's population.
"""

from __future__ import annotations

import enum
from functools import cache, reduce
from typing import Any

import numpy as np
import numpy.typing as npt
import pyarrow as pa
import pyarrow.compute as pc

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
LOOKS_LIKE = {"I": "1", "O": "0", "Q": "0"}

Bytes = npt.NDArray[np.uint8]
Offsets = npt.NDArray[Any]


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


# One VIN


def normalise(text: str) -> str:
    """Strip and upper-case what a person typed; never repairs a character (49 CFR 565.15)."""
    return text.strip().upper()


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


# Millions of VINs
#
# A sum of eight byte pairs, each looked up in a table of 65,536; position 9 stands between them:
# (0,1) (2,3) (4,5) (6,7) | 8 | (9,10) .. (15,16). A wrong character adds WRONG, more than any sum.

PAIRS = (0, 2, 4, 6, 9, 11, 13, 15)
WRONG = 1 << 10
NEVER = 0xFF  # a byte that UTF-8 never holds
BLOCK = 1 << 14


@cache
def _pair_tables() -> tuple[npt.NDArray[np.uint16], ...]:
    value = np.full(256, WRONG, np.uint16)
    for character, digit in VALUES.items():
        value[ord(character)] = int(digit)
    legal = value != WRONG
    second, first = np.divmod(np.arange(1 << 16), 256)  # "<u2": the first byte is the low one
    both = legal[first] & legal[second]
    sums = (value[first] * WEIGHTS[i] + value[second] * WEIGHTS[i + 1] for i in PAIRS)
    return tuple(np.where(both, total, WRONG).astype(np.uint16) for total in sums)


@cache
def _expected() -> Bytes:
    """Return, by sum, the byte that position 9 must hold; NEVER where a character was wrong."""
    expected = np.full(WRONG * (len(PAIRS) + 1), NEVER, np.uint8)
    expected[:WRONG] = np.frombuffer(REMAINDERS.encode(), np.uint8)[np.arange(WRONG) % 11]
    return expected


@cache
def _legal() -> npt.NDArray[np.bool_]:
    return np.isin(np.arange(256), np.frombuffer(ALPHABET.encode(), np.uint8))


def _sums(block: Bytes) -> npt.NDArray[np.uint16]:
    rows = len(block)
    pairs = (np.ndarray((rows,), "<u2", block, at, (LENGTH,)) for at in PAIRS)
    looked_up = (table.take(pair) for table, pair in zip(_pair_tables(), pairs, strict=True))
    return reduce(lambda total, part: np.add(total, part, out=total), looked_up)


def _faults_of_bytes(vins: Bytes) -> Bytes:
    """Return the faults of an (n, 17) array of bytes; a block at a time stays in the cache."""
    out = np.zeros(len(vins), np.uint8)
    for start in range(0, len(vins), BLOCK):
        block = vins[start : start + BLOCK]
        expected = _expected().take(_sums(block))
        wrong = np.flatnonzero(expected != block[:, CHECK])
        character = (expected[wrong] == NEVER) | ~_legal()[block[wrong, CHECK]]
        out[start + wrong] = np.where(character, VinFault.CHARACTER, VinFault.CHECK_DIGIT)
    return out


def faults(vins: pa.Array | pa.ChunkedArray) -> Bytes:
    """Return one VinFault per row of an Arrow text column; a null is a LENGTH fault (565.15).

    Reads Arrow's own buffers without a copy when every string has 17 bytes.
    """
    if isinstance(vins, pa.ChunkedArray):
        return np.concatenate([np.zeros(0, np.uint8), *map(faults, vins.chunks)])
    if vins.type not in {pa.string(), pa.large_string()}:
        vins = vins.cast(pa.large_string())
    offsets = _offsets(vins)
    fits = np.diff(offsets) == LENGTH
    if vins.null_count:
        fits &= vins.is_valid().to_numpy(zero_copy_only=False)
    if fits.all():
        return _faults_of_column(vins, offsets)
    return _faults_of_mixed(vins, fits)


def _offsets(vins: pa.Array) -> Offsets:
    kind = "<i4" if vins.type == pa.string() else "<i8"
    raw = vins.buffers()[1] or bytes(8)
    return np.frombuffer(raw, kind)[vins.offset : vins.offset + len(vins) + 1]


def _faults_of_column(vins: pa.Array, offsets: Offsets) -> Bytes:
    if len(vins) == 0:
        return np.zeros(0, np.uint8)
    text = np.frombuffer(vins.buffers()[2], np.uint8)[offsets[0] : offsets[-1]]
    out = _faults_of_bytes(text.reshape(-1, LENGTH))
    odd = np.flatnonzero(out == VinFault.CHARACTER)
    if odd.size:  # 17 bytes outside ASCII are fewer than 17 characters
        characters = pc.utf8_length(vins.take(pa.array(odd))).to_numpy()
        out[odd[characters != LENGTH]] = VinFault.LENGTH
    return out


def _faults_of_mixed(vins: pa.Array, fits: npt.NDArray[np.bool_]) -> Bytes:
    characters = pc.fill_null(pc.utf8_length(vins.filter(pa.array(~fits))), 0).to_numpy()
    out = np.empty(len(vins), np.uint8)
    out[fits] = faults(vins.filter(pa.array(fits)))
    out[~fits] = np.where(characters == LENGTH, VinFault.CHARACTER, VinFault.LENGTH)
    return out


def with_check_digits(vins: Bytes) -> Bytes:
    """Return a copy of an (n, 17) array with position 9 filled in; BadInput for a bad character."""
    out = np.ascontiguousarray(vins).copy()
    out[:, CHECK] = _expected().take(_sums(out))
    if (out[:, CHECK] == NEVER).any():
        raise BadInput("A check digit needs 17 characters of a VIN.", sentence(VinFault.CHARACTER))
    return out
