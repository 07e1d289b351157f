"""Between which numbers of visits nine of ten cases lie: chance, weeks better and worse than others, and doubt about the response."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from itertools import zip_longest
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

Floats = NDArray[np.float64]

ENDS = (0.05, 0.95)
# Of the doubt about a stated response the part that is the same for all campaigns; the rest is each one's own (decision 0053).
COMMON = 0.6
WEATHER = (
    0.2  # what a week does to all who might ask in it: a standard deviation, as a part of the mean
)
LEAST_SPREAD = 0.01  # below, a count is as good as Poisson


class Interval(NamedTuple):
    """A number of visits: its mean, and between which numbers it lies in nine of ten cases."""

    mean: float
    low: float
    high: float


class Spread(NamedTuple):
    """What is known of counts of visits. C campaigns first where they are told apart; any shape else, the same in all.

    ``letters`` [C, ...] and their ``doubt`` [C, ...], ``walk_ins`` [...] and their ``walk_ins_doubt``: means and standard deviations.
    ``squares`` [...]: the squared means of the weeks that are in a count, summed. ``booked`` [...] visits are certain.
    """

    letters: Floats
    doubt: Floats
    walk_ins: Floats
    walk_ins_doubt: Floats
    squares: Floats
    booked: Floats


def ends(known: Spread) -> tuple[Floats, Floats]:
    """Return the low and high ends of counts [...]: whole numbers, the mean between them.

    A count is Poisson about a rate that is gamma distributed: its variance is that of the doubts and of the weather of its weeks.
    """
    from scipy.special import nbdtrik

    mean = known.letters.sum(axis=0) + known.walk_ins
    shared, own = known.doubt.sum(axis=0) ** 2, (known.doubt**2).sum(axis=0)
    variance = COMMON * shared + (1 - COMMON) * own
    variance = variance + known.walk_ins_doubt**2 + WEATHER**2 * known.squares
    some = np.maximum(mean, 1e-9)
    size = 1 / np.maximum(variance / some**2, LEAST_SPREAD**2)
    low, high = (
        np.where(mean > 0, np.ceil(np.nan_to_num(nbdtrik(end, size, size / (size + some))) - 1e-6), 0.0)
        for end in ENDS
    )  # fmt: skip
    least, most = np.minimum(np.maximum(low, 0.0), mean), np.maximum(high, mean)
    return known.booked + least, known.booked + most


@dataclass(frozen=True)
class Outlook:
    """What is known of the visits of some dealers in some weeks together: means and standard deviations, letters by bundle of campaigns.

    ``weekly``: the means of the weeks, of visits that are not booked.
    """

    letters: Mapping[str, float] = field(default_factory=dict)
    doubt: Mapping[str, float] = field(default_factory=dict)
    walk_ins: float = 0.0
    walk_ins_doubt: float = 0.0
    weekly: tuple[float, ...] = ()
    booked: float = 0.0

    @property
    def of_letters(self) -> float:
        """Visits to come of owners with letters."""
        return sum(self.letters.values())

    @property
    def interval(self) -> Interval:
        """How many visits come."""
        names = sorted(self.letters)
        low, high = ends(Spread(
            np.array([self.letters[name] for name in names]), np.array([self.doubt[name] for name in names]),
            np.array(self.walk_ins), np.array(self.walk_ins_doubt), np.square(self.weekly).sum(), np.array(self.booked),
        ))  # fmt: skip
        return Interval(self.booked + self.of_letters + self.walk_ins, float(low), float(high))


def together(outlooks: Iterable[Outlook]) -> Outlook:
    """Return the outlook of several groups of dealers, or of several follow-ups, in the same weeks."""
    known = list(outlooks)
    letters: dict[str, float] = defaultdict(float)
    doubt: dict[str, float] = defaultdict(float)
    for one in known:
        for name in one.letters:
            letters[name] += one.letters[name]
            doubt[name] += one.doubt[name]
    return Outlook(
        dict(letters),
        dict(doubt),
        sum(one.walk_ins for one in known),
        sum(one.walk_ins_doubt for one in known),
        tuple(sum(week) for week in zip_longest(*(one.weekly for one in known), fillvalue=0.0)),
        sum(one.booked for one in known),
    )
