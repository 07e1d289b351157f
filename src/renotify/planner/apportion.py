"""Apportionment of whole letters to dealers: by largest remainder, ties by dealer code."""

from __future__ import annotations

import numpy as np

from renotify.planner.problem import Flags, Floats, Ints

EASE = 1e-9  # forgives rounding when a limit is met exactly


def apportion(total: Floats, want: Ints, group: Ints) -> Ints:
    """Apportions ``total`` [G] whole letters to dealers in proportion to ``want`` [D], never beyond it. [D]

    Rounded by largest remainder; equal remainders go to the lower dealer index (dealer code order).
    """
    if len(total) == 1:
        return _of_one(float(np.floor(total[0] + EASE)), want)
    asked = np.bincount(group, want, minlength=len(total))
    granted = np.floor(total + EASE)
    if (asked <= granted).all():
        return want
    share = np.minimum(1.0, granted / np.maximum(asked, 1.0))
    exact = want * share[group]
    whole = np.floor(exact + EASE)
    left = np.round(np.bincount(group, exact, minlength=len(total)) + EASE)
    left -= np.bincount(group, whole, minlength=len(total))
    if left.any():
        order = np.argsort(2.0 * group - (exact - whole), kind="stable")
        start = np.searchsorted(group[order], np.arange(len(total)))
        place = np.empty(len(want), np.int64)
        place[order] = np.arange(len(want))
        whole += (place - start[group] < left[group]) & (whole < want)
    letters: Ints = whole.astype(np.int64)
    return letters


def _of_one(granted: float, want: Ints) -> Ints:
    """The same for one total: nine calls of ten."""
    asked = int(want.sum())
    if asked <= granted:
        return want
    if granted <= 0:
        return np.zeros_like(want)
    exact = want * (granted / asked)
    letters: Ints = (exact + EASE).astype(np.int64)
    left = int(granted) - int(letters.sum())
    if left > 0:
        letters += _largest(letters - exact, left) & (letters < want)
    return letters


def _largest(short: Floats, count: int) -> Flags:
    """The ``count`` places where ``short`` is least, of equal ones those of the lower index; without sorting all. [D]"""
    last = np.partition(short, count - 1)[count - 1]
    chosen: Flags = short < last
    ties = (short == last).nonzero()[0]
    chosen[ties[: count - int(chosen.sum())]] = True
    return chosen
