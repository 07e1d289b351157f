"""Intelligent Mail barcode: 20 tracking digits and 0, 5, 9 or 11 routing digits become 65 bars.

The steps and names are those of USPS-B-3200 (Rev H, 20 April 2015, section 2.2): binary data, CRC,
codewords, characters, bars. Everything is done for a whole column at once; a bar is one of the
letters F(ull), A(scender), D(escender), T(racker).
"""

from __future__ import annotations

import functools
from collections.abc import Sequence

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
from numpy.typing import NDArray

from renotify.errors import BadInput

type_words = NDArray[np.uint64]

BARS = 65
ROUTING_DIGITS = (0, 5, 9, 11)
# 2.2.1: what is added to the routing digits, so that "", "00000" and "000000000" stay different
_ROUTING_OFFSET = (0, 1, 100_001, 1_000_100_001)
_CRC_POLYNOMIAL = 0x0F35
_CRC_START = 0x07FF
_TEN_18 = 10**18
_LOW = np.uint64(0xFFFFFFFF)
_32 = np.uint64(32)

# 2.2.6: for each bar from left to right the character (A to J) and bit that make its descender,
# then those that make its ascender
_BAR_MAP = """
H2E3 B10A0 J12C8 F5G11 I9D1 A1F12 C5B8 E4J11 G3I10 D9H6 F11B4 I5C12 J10A2 H1G7 D6E9 A3I6 G4C7
B1J9 H10F2 E0D8 G2A4 I11B0 J8D12 C6H7 F1E10 B12G9 H3I0 F8J7 E6C10 D4A5 I4F7 H11B9 G0J6 A6E8
C1D2 F9I12 E11G1 J5H4 D3B2 A7C0 B3E1 G10D5 I7J4 C11F6 A8H12 E2I1 F10D0 J3A9 G5C4 H8B7 F0E5
C3A10 G12J2 D11B6 I8H9 F4A11 B5C2 J1E12 I3G6 H0D7 E7H5 A12B11 C9J0 G8F3 D10I2
"""


def _place(part: str) -> int:
    return (ord(part[0]) - ord("A")) * 13 + int(part[1:])


def _steps(cell: str) -> tuple[int, int]:
    """Return the place of the descender's and the ascender's bit among the 130 bits of a code."""
    split = next(i for i in range(1, len(cell)) if cell[i].isalpha())
    return _place(cell[:split]), _place(cell[split:])


_DOWN, _UP = (np.array(side) for side in zip(*map(_steps, _BAR_MAP.split()), strict=True))


def _n_of_13(ones: int) -> list[int]:
    """Return the 13-bit characters with that many ones, in the standard's order (appendix C).

    Pairs of a pattern and its mirror fill the table from the front, palindromes from the back.
    """
    pairs: list[int] = []
    palindromes: list[int] = []
    for value in range(1 << 13):
        if value.bit_count() != ones:
            continue
        mirror = int(f"{value:013b}"[::-1], 2)
        if mirror == value:
            palindromes.append(value)
        elif mirror > value:
            pairs += [value, mirror]
    return pairs + palindromes[::-1]


@functools.cache
def _characters() -> NDArray[np.uint16]:
    """Return the character of each codeword 0 to 1364: 1,287 five-of-13, then 78 two-of-13."""
    return np.array(_n_of_13(5) + _n_of_13(2), dtype=np.uint16)


@functools.cache
def _bits() -> NDArray[np.uint8]:
    """Return the 13 bits of every 13-bit character, bit 0 first."""
    values = np.arange(1 << 13, dtype=np.uint16)[:, None]
    return ((values >> np.arange(13, dtype=np.uint16)) & 1).astype(np.uint8)


@functools.cache
def _crc_table(width: int) -> NDArray[np.uint16]:
    """Return the 11-bit CRC of every ``width``-bit value from a zero register (2.2.2)."""
    table = np.zeros(1 << width, dtype=np.uint16)
    for value in range(1 << width):
        register = value << (11 - width)
        for _ in range(width):
            register = (register << 1) ^ (_CRC_POLYNOMIAL if register & 0x400 else 0)
            register &= 0x7FF
        table[value] = register
    return table


def _column(payloads: pa.Array | pa.ChunkedArray | Sequence[str | None]) -> pa.ChunkedArray:
    if isinstance(payloads, pa.ChunkedArray):
        return payloads
    arrow = isinstance(payloads, pa.Array)
    return pa.chunked_array([payloads if arrow else pa.array(payloads, pa.string())])


def valid(payloads: pa.Array | pa.ChunkedArray | Sequence[str | None]) -> NDArray[np.bool_]:
    """Tell for each payload whether it can be encoded: 20, 25, 29 or 31 digits, second one 0-4."""
    column = _column(payloads)
    shape = r"^[0-9][0-4][0-9]{18}([0-9]{5}|[0-9]{9}|[0-9]{11})?$"
    matches = pc.match_substring_regex(column, shape)
    return np.asarray(pc.fill_null(matches, fill_value=False).to_numpy(), dtype=bool)


def _digits(payloads: pa.Array | pa.ChunkedArray | Sequence[str]) -> tuple[NDArray[np.uint8], ...]:
    """Return a matrix of 31 digits (missing ones 0) and the length class of each payload."""
    if not valid(payloads).all():
        raise BadInput(
            "A barcode payload is not 20, 25, 29 or 31 digits with a second digit of 0 to 4.",
            "Give the 20-digit tracking code followed by a ZIP, ZIP+4 or delivery point code.",
        )
    texts = np.array(_column(payloads).to_pylist(), dtype=str)
    raw = np.ascontiguousarray(texts.astype("S31")).view(np.uint8).reshape(len(texts), 31)
    kind = (raw[:, 20] > 0).astype(np.uint8) + (raw[:, 25] > 0) + (raw[:, 29] > 0)
    return np.where(raw > 0, raw - 48, 0).astype(np.uint8), kind


def _routing(digits: NDArray[np.uint8], kind: NDArray[np.uint8]) -> type_words:
    powers = np.zeros((4, 11), dtype=np.uint64)
    for row, count in enumerate(ROUTING_DIGITS):
        powers[row, :count] = 10 ** np.arange(count - 1, -1, -1, dtype=np.uint64)
    value = (digits[:, 20:] * powers[kind]).sum(axis=1, dtype=np.uint64)
    return np.asarray(value + np.array(_ROUTING_OFFSET, dtype=np.uint64)[kind])


def _binary(digits: NDArray[np.uint8], kind: NDArray[np.uint8]) -> list[type_words]:
    """Return the 102-bit binary data as four 32-bit words, the highest first (2.2.1)."""
    high = (_routing(digits, kind) * np.uint64(10) + digits[:, 0]) * np.uint64(5) + digits[:, 1]
    powers = 10 ** np.arange(17, -1, -1, dtype=np.uint64)
    low = (digits[:, 2:20] * powers).sum(axis=1, dtype=np.uint64)
    c1, c0 = np.uint64(_TEN_18 >> 32), np.uint64(_TEN_18 & 0xFFFFFFFF)
    h1, h0 = high >> _32, high & _LOW
    first = h0 * c0
    word0 = (first & _LOW) + (low & _LOW)
    word1 = (first >> _32) + h1 * c0 + h0 * c1 + (low >> _32) + (word0 >> _32)
    word2 = h1 * c1 + (word1 >> _32)
    return [word2 >> _32, word2 & _LOW, word1 & _LOW, word0 & _LOW]


def _crc(words: list[type_words]) -> NDArray[np.uint16]:
    """Return the 11-bit frame check sequence over 102 bits, the first byte giving six (2.2.2)."""
    top = words[0].astype(np.uint16)
    crc = _crc_table(6)[(_CRC_START >> 5) ^ top] ^ np.uint16((_CRC_START << 6) & 0x7FF)
    table = _crc_table(8)
    for word in words[1:]:
        for shift in (24, 16, 8, 0):
            byte = ((word >> np.uint64(shift)) & np.uint64(0xFF)).astype(np.uint16)
            crc = table[(crc >> 3) ^ byte] ^ ((crc & 7) << 8)
    return np.asarray(crc)


def _divide(words: list[type_words], divisor: int) -> tuple[list[type_words], type_words]:
    """Divide a 128-bit column by a small number: the quotient's words, and the remainder."""
    by = np.uint64(divisor)
    remainder = np.zeros_like(words[0])
    quotient = []
    for word in words:
        part = (remainder << _32) | word
        whole = part // by
        quotient.append(whole)
        remainder = part - whole * by
    return quotient, remainder


def _codewords(words: list[type_words], crc: NDArray[np.uint16]) -> NDArray[np.intp]:
    """Return codewords A to J, with orientation in J and the CRC's top bit in A (2.2.3-4)."""
    codes = np.empty((len(crc), 10), dtype=np.intp)
    words, rest = _divide(words, 636)
    codes[:, 9] = rest * np.uint64(2)
    for place in range(8, 0, -1):
        words, rest = _divide(words, 1365)
        codes[:, place] = rest
    codes[:, 0] = words[3] + np.where(crc & 0x400, np.uint64(659), np.uint64(0))
    return codes


def bars(payloads: pa.Array | pa.ChunkedArray | Sequence[str]) -> NDArray[np.bytes_]:
    """Return the 65 letters F, A, D, T of each payload as fixed-width bytes (USPS-B-3200, 2.2).

    A payload is 20, 25, 29 or 31 digits; anything else is BadInput.
    """
    digits, kind = _digits(payloads)
    if not len(digits):
        return np.zeros(0, dtype=f"S{BARS}")
    words = _binary(digits, kind)
    crc = _crc(words)
    characters = _characters()[_codewords(words, crc)]
    flips = ((crc[:, None] >> np.arange(10, dtype=np.uint16)) & 1) * np.uint16(0x1FFF)
    bits = _bits()[characters ^ flips].reshape(len(digits), 130)
    states = bits[:, _DOWN] + 2 * bits[:, _UP]
    letters = np.frombuffer(b"TDAF", dtype=np.uint8)[states]
    return np.ascontiguousarray(letters).view(f"S{BARS}").ravel()


def encode(payloads: pa.Array | pa.ChunkedArray | Sequence[str]) -> list[str]:
    """Return the bars of each payload as text of 65 letters; see ``bars``."""
    return [row.decode() for row in bars(payloads).tolist()]
