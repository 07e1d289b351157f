"""Telephone numbers as they are dialed: ten digits, however they are written."""

from __future__ import annotations

import re

KEYS = str.maketrans("abcdefghijklmnopqrstuvwxyz", "22233344455566677778889999")
TEN = 10


def dialed(words: str) -> str:
    """Return a telephone number's ten digits, however it is written: letters are those of the keys, and what follows is not dialed."""
    digits = re.sub(r"\D", "", words.lower().translate(KEYS))
    return digits[1 : TEN + 1] if len(digits) > TEN and digits[0] == "1" else digits[-TEN:]
