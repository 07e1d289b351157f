"""VINs by the million: one fault a row of an Arrow column (49 CFR 565.15), as ``vin`` says it of one.

A sum of eight byte pairs, each looked up in a table of 65,536; position 9 stands between them:
(0,1) (2,3) (4,5) (6,7) | 8 | (9,10) .. (15,16). A wrong character adds WRONG, more than any sum; no
model year in position 10, or no digit in 14 to 17, adds LOOK, more than all wrong characters: such
rows are few, and are looked at one position after the other.
"""

from __future__ import annotations

from functools import cache, reduce
from typing import Any

import numpy as np
import numpy.typing as npt
import pyarrow as pa
import pyarrow.compute as pc

from renotify.errors import BadInput
from renotify.values.vin import (
    ALPHABET,
    CHECK,
    EUROPE,
    EXCEPTED,
    FILLER,
    LENGTH,
    OLD_NUMBER,
    REMAINDERS,
    SERIAL,
    SMALL_MAKER,
    VALUES,
    WEIGHTS,
    YEAR,
    YEAR_CODES,
    VinFault,
    sentence,
)

Bytes = npt.NDArray[np.uint8]
Offsets = npt.NDArray[Any]

PAIRS = (0, 2, 4, 6, 9, 11, 13, 15)
WRONG = 1 << 10
LOOK = 1 << 14  # three pairs can add it: below 1 << 16 with all there is beneath
NEVER = 0xFF  # a byte that UTF-8 never holds
BLOCK = 1 << 14
DIGITS = "0123456789"


def _among(characters: str) -> npt.NDArray[np.bool_]:
    """Return, by byte, whether it is one of these characters."""
    return np.isin(np.arange(256), np.frombuffer(characters.encode(), np.uint8))


@cache
def _pair_tables() -> tuple[npt.NDArray[np.uint16], ...]:
    value = np.full(256, WRONG, np.uint16)
    for character, digit in VALUES.items():
        value[ord(character)] = int(digit)
    legal = value != WRONG
    second, first = np.divmod(np.arange(1 << 16), 256)  # "<u2": the first byte is the low one
    both = legal[first] & legal[second]
    numeric, year = _among(DIGITS), _among(YEAR_CODES)
    both_numeric = numeric[first] & numeric[second]
    plain = {9: year[first], 13: both_numeric, 15: both_numeric}
    tables = []
    for i in PAIRS:
        total = np.where(both, value[first] * WEIGHTS[i] + value[second] * WEIGHTS[i + 1], WRONG)
        look = np.where(plain.get(i, both) | ~both, 0, LOOK)
        tables.append((total + look).astype(np.uint16))
    return tuple(tables)


@cache
def _expected() -> Bytes:
    """Return, by sum, the byte that position 9 must hold; NEVER where a character was wrong."""
    expected = np.full(1 << 16, NEVER, np.uint8)
    expected[:WRONG] = np.frombuffer(REMAINDERS.encode(), np.uint8)[np.arange(WRONG) % 11]
    return expected


@cache
def _legal() -> npt.NDArray[np.bool_]:
    return _among(ALPHABET)


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
        sums = _sums(block)
        wrong = np.flatnonzero(_expected().take(sums) != block[:, CHECK])
        if wrong.size:
            out[start + wrong] = _named(block[wrong], sums[wrong])
    return out


def _named(vins: Bytes, sums: npt.NDArray[np.uint16]) -> Bytes:
    """Name the first fault of the rows whose sum is not that of their position 9; some have none."""
    sums, look = sums % LOOK, sums >= LOOK
    nine = vins[:, CHECK]
    character = (sums >= WRONG) | ~_legal()[nine]
    digit = _expected().take(sums) != nine
    abroad = _among(EUROPE)[vins[:, 0]] | (nine == ord(FILLER))
    found = np.where(abroad, VinFault.EUROPEAN, VinFault.CHECK_DIGIT)
    found = np.where(digit, found, VinFault.OK).astype(np.uint8)
    found[character] = VinFault.CHARACTER
    rest = np.flatnonzero(look & (found == VinFault.OK))
    if rest.size:
        found[rest] = _year_and_serial(vins[rest])
    return found


def _year_and_serial(vins: Bytes) -> Bytes:
    digit = _among(DIGITS)[vins[:, SERIAL:]]
    digit[:, 0] |= vins[:, 2] == ord(SMALL_MAKER)
    serial = np.where(digit.all(axis=1), VinFault.OK, VinFault.SERIAL)
    return np.where(_among(YEAR_CODES)[vins[:, YEAR]], serial, VinFault.MODEL_YEAR).astype(np.uint8)


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
    others = vins.filter(pa.array(~fits))
    characters = pc.fill_null(pc.utf8_length(others), 0).to_numpy()
    old = pc.fill_null(pc.match_substring_regex(others, OLD_NUMBER), False).to_numpy(
        zero_copy_only=False
    )
    out = np.empty(len(vins), np.uint8)
    out[fits] = faults(vins.filter(pa.array(fits)))
    short = np.where(old, VinFault.OLD, VinFault.LENGTH)
    out[~fits] = np.where(characters == LENGTH, VinFault.CHARACTER, short)
    return out


def name_vehicles(numbers: pa.Array) -> pa.Array:
    """Return per row whether a maker may except a number, as ``vin.names_a_vehicle`` says it of one; false for a null."""
    shaped = pc.and_(
        pc.match_substring_regex(numbers, EXCEPTED), pc.match_substring_regex(numbers, "[0-9]")
    )
    return pc.fill_null(shaped, False)


def with_check_digits(vins: Bytes) -> Bytes:
    """Return a copy of an (n, 17) array with position 9 filled in; BadInput for a bad character."""
    out = np.ascontiguousarray(vins).copy()
    out[:, CHECK] = _expected().take(_sums(out) % LOOK)
    if (out[:, CHECK] == NEVER).any():
        raise BadInput("A check digit needs 17 characters of a VIN.", sentence(VinFault.CHARACTER))
    return out
