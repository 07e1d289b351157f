"""A decoder of Intelligent Mail barcodes in plain arithmetic: the encoder's independent judge."""

from __future__ import annotations

from reportlab.graphics.barcode.usps4s import USPS_4State

_BAR_BITS = {"T": (0, 0), "D": (1, 0), "A": (0, 1), "F": (1, 1)}


def _tables() -> dict[int, int]:
    reference = USPS_4State("01234567094987654321", "")
    words = {pattern: word for word, pattern in enumerate(reference.table1)}
    words |= {pattern: 1287 + word for word, pattern in enumerate(reference.table2)}
    return words


_WORDS = _tables()


def _characters(letters: str) -> list[int]:
    characters = [0] * 10
    for letter, (down, down_bit, up, up_bit) in zip(letters, USPS_4State.table4, strict=True):
        descends, ascends = _BAR_BITS[letter]
        characters[down] |= descends << down_bit
        characters[up] |= ascends << up_bit
    return characters


def _crc11(value: int) -> int:
    register = 0x7FF
    for place in range(101, -1, -1):
        top = (register >> 10) ^ ((value >> place) & 1)
        register = ((register << 1) & 0x7FF) ^ (0x0F35 & 0x7FF if top else 0)
    return register


def decode(letters: str) -> str:
    """Return the digits behind 65 bars, or raise ValueError when the check sequence disagrees."""
    crc, words = 0, []
    for place, character in enumerate(_characters(letters)):
        flipped = character not in _WORDS
        crc |= flipped << place
        words.append(_WORDS[character ^ 0x1FFF if flipped else character])
    if words[0] >= 659:
        words[0] -= 659
        crc |= 1 << 10
    value = words[0]
    for word in words[1:9]:
        value = value * 1365 + word
    value = value * 636 + words[9] // 2
    if _crc11(value) != crc:
        raise ValueError("the frame check sequence does not match")
    return _digits(value)


def _digits(value: int) -> str:
    tracking = ""
    for _ in range(18):
        value, digit = divmod(value, 10)
        tracking = str(digit) + tracking
    value, second = divmod(value, 5)
    routing, first = divmod(value, 10)
    for digits, offset in ((11, 1_000_100_001), (9, 100_001), (5, 1)):
        if routing >= offset:
            return f"{first}{second}{tracking}{routing - offset:0{digits}d}"
    return f"{first}{second}{tracking}"
