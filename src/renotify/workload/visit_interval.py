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
LEAST_SPREAD = 0.01  # below, a count is as good as without doubt
EASE = 1e-6  # rounding of quantiles


class Interval(NamedTuple):
    """A number of visits: its mean, and between which numbers it lies in nine of ten cases."""

    mean: float
    low: float
    high: float


class Spread(NamedTuple):
    """What is known of counts of visits. C campaigns first where they are told apart; any shape else, the same in all.

    ``letters`` [C, ...] and their ``doubt`` [C, ...], ``walk_ins`` [...] and their ``walk_ins_doubt``: means and standard deviations.
    ``squares`` [...]: the squared means of the weeks that are in a count, summed. ``booked`` [...] visits are certain. ``vehicles`` [...]
    are those that may come beside these, each once.
    """

    letters: Floats
    doubt: Floats
    walk_ins: Floats
    walk_ins_doubt: Floats
    squares: Floats
    booked: Floats
    vehicles: Floats


def ends(known: Spread) -> tuple[Floats, Floats]:
    """Return the low and high ends of counts [...]: whole numbers, the mean between them.

    Each vehicle comes or stays, with a chance that is doubted: so the variance of those who come is that of a beta-binomial count, and
    that of those who stay is the same. The count has this variance by a negative binomial of the fewer of both, or by a binomial where
    nothing is doubted.
    """
    from scipy.special import bdtrik, nbdtrik

    mean = known.letters.sum(axis=0) + known.walk_ins
    most = np.maximum(known.vehicles, np.ceil(mean))
    shared, own = known.doubt.sum(axis=0) ** 2, (known.doubt**2).sum(axis=0)
    doubted = COMMON * shared + (1 - COMMON) * own
    doubted = doubted + known.walk_ins_doubt**2 + WEATHER**2 * known.squares
    few = np.maximum(np.minimum(mean, most - mean), 1e-9)
    share = few / np.maximum(most, 1.0)
    doubted = np.minimum(doubted, few * (most - few) / 3)  # wider would be: nothing is known at all
    variance = few * (1 - share) + doubted * (1 - 1 / np.maximum(most, 1.0))
    size = few / np.maximum(variance / few - 1, LEAST_SPREAD**2 * few)
    trials = few / np.clip(1 - variance / few, 1 / np.maximum(most, 1.0), 1.0)

    def at(level: float) -> Floats:
        wide = nbdtrik(level, size, size / (size + few))
        narrow = bdtrik(level, trials, np.minimum(few / trials, 1.0))
        found = np.where(variance > few * (1 + EASE), wide, narrow)
        whole: Floats = np.maximum(np.ceil(np.nan_to_num(found) - EASE), 0.0)
        return whole

    low, high = (at(level) for level in ENDS)
    stay = mean > most - mean
    low, high = np.where(stay, most - high, low), np.where(stay, most - low, high)
    none = mean <= 0
    low, high = (np.where(none, 0.0, np.clip(end, 0.0, most)) for end in (low, high))
    return known.booked + np.minimum(low, mean), known.booked + np.maximum(high, mean)


@dataclass(frozen=True)
class Outlook:
    """What is known of the visits of some dealers in some weeks together: means and standard deviations, letters by bundle of campaigns.

    ``weekly``: the means of the weeks, of visits that are not booked. ``vehicles`` are those that may come beside the booked ones.
    """

    letters: Mapping[str, float] = field(default_factory=dict)
    doubt: Mapping[str, float] = field(default_factory=dict)
    walk_ins: float = 0.0
    walk_ins_doubt: float = 0.0
    weekly: tuple[float, ...] = ()
    booked: float = 0.0
    vehicles: float = 0.0

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
            np.array(self.vehicles),
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
        sum(one.vehicles for one in known),
    )
