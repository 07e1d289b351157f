"""The owners of a world that answers: whom a letter moves, who comes without one, who moves away. Drawn set-wise, a week at a time."""

from __future__ import annotations

from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from renotify.answering.planted import Ints, Start, Truth

Flags = NDArray[np.bool_]
NEVER = -1


class Called(NamedTuple):
    """Places of the vehicles whose owners asked for a visit in a week; which of them no letter moved, and which their second letter did."""

    vehicles: Ints
    walked_in: Flags
    again: Flags


class Moved(NamedTuple):
    """Places of the vehicles whose owners moved, and which of them were sold."""

    vehicles: Ints
    sold: Flags


class OwnersThere:
    """N vehicles and their owners. ``calls`` [N] is the week in which a letter makes them ask, NEVER where none does."""

    def __init__(self, start: Start, truth: Truth, chance: np.random.Generator) -> None:
        self.start, self.truth, self.chance = start, truth, chance
        count = len(start.vins)
        self.open = np.ones(count, bool)
        self.booked = np.zeros(count, bool)
        self.written = np.zeros(count, np.int64)  # letters that reached their owner
        self.calls = np.full(count, NEVER)
        self.came_back = np.zeros(count, bool)
        self.nowhere = np.zeros(count, bool)  # the search for the owner found nobody
        self.answered = np.zeros(count, bool)  # moved by a letter
        self._reached = self._curves()
        for place in (one.vehicle for one in start.booked):
            self.booked[place] = True
        if start.out is not None:
            self._letters_out(start.out)

    def _curves(self) -> NDArray[np.float64]:
        """Return the share of owners who have answered by so many weeks after a letter, by kind and area. [kinds, D, K]"""
        width = max((len(kind.answers) for kind in self.start.kinds), default=1)
        shares = np.zeros((len(self.start.kinds), width))
        for place, kind in enumerate(self.start.kinds):
            shares[place, : len(kind.answers)] = kind.answers
        factor = np.array([self.truth.by_area.get(area, 1.0) for area in self.start.areas])
        reached = np.cumsum(shares, axis=1)[:, None, :] * factor[None, :, None]
        capped: NDArray[np.float64] = np.minimum(reached, 1.0)
        return capped

    def _letters_out(self, weeks: Ints) -> None:
        """Draw when owners answer who had their letter before the play began and are silent so far. [N]"""
        at = np.flatnonzero((weeks >= 0) & self.open & ~self.booked)
        if not len(at):
            return
        self.written[at] = 1
        reached = self._reached[self.start.kind[at], self.start.dealer[at]]
        age = np.minimum(weeks[at], reached.shape[1])
        already = np.where(
            age > 0, reached[np.arange(len(at)), np.maximum(age - 1, 0)], 0.0
        )  # as drawn among those who are still silent
        drawn = already + (1 - already) * self.chance.random(len(at))
        delay = (drawn[:, None] >= reached).sum(axis=1)
        moved = delay < reached.shape[1]
        self.answered[at] = moved
        self.calls[at] = np.where(moved, delay - age, NEVER)

    def never_read(self, vehicles: Ints) -> None:
        """The letter that these owners were sent before the play comes back: it moves nobody."""
        self.came_back[vehicles] = True
        self.answered[vehicles] = False
        self.calls[vehicles] = NEVER
        self.written[vehicles] = 0

    def receive(self, vehicles: Ints, week: int) -> None:
        """A letter, or word by other means, reaches owners in a week: draw who asks for a visit because of it, and when."""
        at = np.unique(vehicles)
        at = at[self.open[at] & ~self.booked[at] & (self.calls[at] == NEVER)]
        reached = self._reached[self.start.kind[at], self.start.dealer[at]]
        often = np.where(self.written[at] > 0, self.truth.again, 1.0)
        delay = (self.chance.random(len(at))[:, None] >= reached * often[:, None]).sum(axis=1)
        moved = delay < reached.shape[1]
        self.calls[at] = np.where(moved, week + delay, NEVER)
        self.answered[at] |= moved
        self.written[at] += 1

    def call(self, week: int) -> Called:
        """Owners ask for a visit: those whose week it is, and some without a letter."""
        free = self.open & ~self.booked
        moved = free & (self.calls == week)
        walked = free & ~moved & (self.chance.random(len(free)) < self.truth.walk_ins)
        at = np.flatnonzero(moved | walked)
        self.booked[at] = True
        self.calls[at] = NEVER
        return Called(at, walked[at], moved[at] & (self.written[at] > 1))

    def move(self) -> Moved:
        """Owners move in a week, or sell the vehicle; whoever could not be found can be written to again."""
        at = np.flatnonzero(self.chance.random(len(self.open)) < self.truth.moves)
        self.nowhere[at] = False
        return Moved(at, self.chance.random(len(at)) < self.truth.sold)

    def done(self, vehicle: int) -> None:
        """A vehicle is repaired, or inspected without need."""
        self.open[vehicle] = self.booked[vehicle] = False
