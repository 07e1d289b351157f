"""Printed characters as a page that was read back gives them: words set with one advance, one after the other."""

from __future__ import annotations

import numpy as np

from renotify.letters.readback import Marks


def word(text, x=0.0, y=100.0, size=10.0, advance=5.0):
    """Return a word's characters from a left edge on a base line, each of them ``advance`` points wide."""
    lefts, level = x + advance * np.arange(len(text)), np.ones(len(text))
    codes = np.array([ord(letter) for letter in text], np.uint32)
    return Marks(codes, lefts, y * level, lefts + advance, size * level)


def together(*words):
    """Return the characters of several words, in the order in which they are painted."""
    return Marks(*map(np.concatenate, zip(*words, strict=True)))
