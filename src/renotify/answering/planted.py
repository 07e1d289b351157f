"""What is planted in a world that answers: how owners, dealers, the post, the mail house and the supplier truly behave."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date, timedelta

import numpy as np
import pyarrow as pa
from numpy.typing import NDArray

Floats = NDArray[np.float64]
Ints = NDArray[np.int64]
Place = tuple[str, str]  # a dealer's code and a part's number


@dataclass(frozen=True)
class PartTaken:
    """A part that a repair takes: so many of it, in a share of the vehicles (the others are inspected without need)."""

    part_no: str
    campaign: str
    quantity: float = 1.0
    take_rate: float = 1.0


@dataclass(frozen=True)
class VehicleKind:
    """Vehicles with the same open campaigns and the same work.

    ``hours`` are those of one visit; ``inspected`` are the campaigns that are inspected first; ``answers`` the share of owners who ask
    for a visit in the week of their letter, in the next one, and so on.
    """

    campaigns: tuple[str, ...]
    hours: float
    parts: tuple[PartTaken, ...]
    inspected: frozenset[str]
    answers: tuple[float, ...]

    @property
    def bundle(self) -> str:
        """Its campaigns as plans name them."""
        return "+".join(self.campaigns)


@dataclass(frozen=True)
class Truth:
    """Shares and days by which the world behaves; shares are of the owners, letters or visits that they are about, a week's each week's.

    ``by_area``: how many times as often as ``VehicleKind.answers`` owners of an area answer; ``again``: how many times as often those
    whom an earlier letter did not move. Visits are ``booked_ahead`` weeks after the call, or after a visit that was not done.
    ``returned``: letters that come back, by the code on them; ``found``: owners whom a search then finds. ``sold``: of owners who move,
    those who sold the vehicle instead. ``evidence_weeks``: how long the mail house takes to answer for a wave, by turns; ``lost``: pieces
    that it loses, by wave of the first list. ``late``: deliveries that come so many weeks late, by part and week; from ``slip_from`` on
    every delivery does, by ``slip_weeks``, and the supplier says so that Monday.
    """

    by_area: Mapping[str, float] = field(default_factory=dict)
    again: float = 0.3
    walk_ins: float = 0.004
    booked_ahead: int = 2
    no_shows: float = 0.1
    elsewhere: float = 0.1
    returned: Mapping[str, float] = field(default_factory=dict)
    found: float = 0.6
    moves: float = 0.006
    sold: float = 1 / 3
    evidence_weeks: tuple[int, ...] = (1, 2)
    lost: Mapping[int, int] = field(default_factory=dict)
    late: Mapping[tuple[str, int], int] = field(default_factory=dict)
    slip_from: int | None = None
    slip_weeks: int = 2


@dataclass(frozen=True)
class Booked:
    """An appointment that stands when the play begins: its number, the vehicle's place, the dealer and the week."""

    key: str
    vehicle: int
    dealer: str
    week: int
    start: str


@dataclass(frozen=True, eq=False)
class SentBefore:
    """Letters of a wave that went to the mail house on a day before the play: their numbers and the places of their vehicles [n], -1 of
    one that is not played. ``mailed_on`` None: the mail house has not answered for them.
    """

    follow_up: str
    wave: int
    released_on: date
    mailed_on: date | None
    pieces: pa.Array
    vehicles: Ints

    @property
    def in_mail_on(self) -> date:
        """The day on which they are in the mail: as the mail house says, else the day after they were released."""
        return self.mailed_on or self.released_on + timedelta(days=1)


@dataclass(frozen=True)
class ReturnedBefore:
    """The number of a notice that came back before the play and whose owner is looked for; ``is_known``: found, and is telephoned."""

    notice: str
    vehicle: int
    code: str
    is_known: bool


@dataclass(frozen=True, eq=False)
class Start:
    """What is there when the play begins. Shapes: N vehicles, D dealers, W weeks of hours (the last one repeats).

    ``names``, ``vins`` are of owners and vehicles [N], ``kind`` and ``dealer`` [N] places in ``kinds`` and ``dealers``; ``hours`` [D, W] is
    inf where nobody knows them. Kits: ``shelf`` at dealers, ``pool`` in the national pool, ``supply`` to come, by week; a part that is in
    neither of these two never lacks. ``out`` [N]: weeks since the letter, of owners who have one and have not answered; -1: none.
    ``sent`` are the letters that were released before, ``searched`` those that came back.
    """

    follow_up: str
    first_monday: date
    first_letter: date
    dealers: tuple[str, ...]
    areas: tuple[str, ...]
    hours: Floats
    kinds: tuple[VehicleKind, ...]
    vins: pa.Array
    names: pa.Array
    kind: Ints
    dealer: Ints
    shelf: Mapping[Place, float]
    pool: Mapping[str, float]
    supply: Mapping[int, Mapping[str, float]]
    booked: tuple[Booked, ...] = ()
    out: Ints | None = None
    sent: tuple[SentBefore, ...] = ()
    searched: tuple[ReturnedBefore, ...] = ()

    def monday(self, week: int) -> date:
        """Return the Monday of a week of the play."""
        return self.first_monday + timedelta(weeks=week)

    def day(self, week: int) -> date:
        """Return the day on which the week's work is done: its Monday, or the first day for letters."""
        return max(self.monday(week), self.first_letter)

    def hours_of(self, week: int) -> Floats:
        """Return the dealers' hours in a week. [D]"""
        there: Floats = self.hours[:, min(week, self.hours.shape[1] - 1)]
        return there

    @property
    def parts(self) -> tuple[str, ...]:
        """The parts of which there may be too few."""
        coming = {part for kits in self.supply.values() for part in kits}
        return tuple(sorted(coming | set(self.pool)))
