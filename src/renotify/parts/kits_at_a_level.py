"""How many kits are enough at a service level, where visits take several kits each and not every inspection takes any.

Walk-ins are Poisson, so what they take is compound Poisson (Feeney and Sherbrooke 1966): a visit that takes 2 or 4 kits is not 2 or 4
visits. Of booked visits each takes its kits with the take rate of its campaign: binomial. Both are counted out exactly, from the
product of the visits' characteristic functions, turned back by a fast Fourier transform.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import TypeAlias

import numpy as np
from numpy.typing import NDArray

Floats: TypeAlias = NDArray[np.float64]
Complex: TypeAlias = NDArray[np.complex128]

PARTS_OF_A_KIT = 100  # sizes that are no whole kits count in hundredths, rounded up
BEYOND = 10.0  # standard deviations above the mean, past which there is nothing
AT_ONCE = 1 << 21  # numbers in memory
LEAST_CHANCE = 1e-300


def of_walk_ins(level: float, sizes: Floats, visits: Floats) -> Floats:
    """Return the kits that walk-ins stay within with probability ``level``: ``visits`` [n, s] expected of each of the ``sizes`` [s]. [n]"""
    if len(sizes) == 1:
        enough: Floats = sizes[0] * _poisson(level, visits[:, 0])
        return enough
    return _quantile(
        level,
        sizes,
        visits @ sizes,
        visits @ sizes**2,
        lambda turns, rows: visits[rows] @ (turns - 1),
    )


def of_bookings(level: float, sizes: Floats, chances: Floats, booked: Floats) -> Floats:
    """Return the kits that ``booked`` [n, s] visits stay within with probability ``level``.

    Each takes its ``sizes`` [s] with its ``chances`` [s]; those that take them for certain are added up. [n]
    """
    sure = chances >= 1
    certain: Floats = booked[:, sure] @ sizes[sure]
    if np.all(sure):
        return certain
    size, chance, count = sizes[~sure], chances[~sure], booked[:, ~sure]

    def log_turned(turns: Complex, rows: slice) -> Complex:
        each = 1 - chance[:, None] + chance[:, None] * turns
        turned: Complex = count[rows].astype(complex) @ np.log(each + LEAST_CHANCE)
        return turned

    spread = count @ (size**2 * chance * (1 - chance))
    return certain + _quantile(level, size, count @ (size * chance), spread, log_turned)


def _quantile(
    level: float,
    sizes: Floats,
    mean: Floats,
    variance: Floats,
    log_turned: Callable[[Complex, slice], Complex],
) -> Floats:
    """The quantile of sums of ``sizes``: ``log_turned`` is the log of their characteristic functions, at each size's turns [s, m]. [n]"""
    unit = 1.0 if np.all(sizes == np.round(sizes)) else 1.0 / PARTS_OF_A_KIT
    steps = np.ceil(np.round(sizes / unit, 6))
    top = (
        float(np.max(mean + BEYOND * np.sqrt(variance), initial=0.0)) / unit + BEYOND * steps.max()
    )
    length = 1 << int(np.ceil(np.log2(top + 1)))
    turns = np.exp(-2j * np.pi / length * np.outer(steps, np.arange(length)))
    found = np.zeros(len(mean))
    rows = max(AT_ONCE // length, 1)
    for first in range(0, len(mean), rows):
        some = slice(first, first + rows)
        chance = np.fft.ifft(np.exp(log_turned(turns, some)), axis=1).real
        found[some] = np.argmax(np.cumsum(chance, axis=1) >= level - 1e-9, axis=1)
    return found * unit


def _poisson(level: float, mean: Floats) -> Floats:
    """Smallest k with P(Poisson(mean) <= k) >= level, as in scipy.stats, whose import takes a second."""
    from scipy.special import pdtr, pdtrik

    some = np.maximum(mean, 1e-12)
    top = np.ceil(pdtrik(level, some))
    below = np.maximum(top - 1, 0)
    found: Floats = np.where(pdtr(below, some) >= level, below, top)
    return np.where(mean > 0, found, 0.0)
