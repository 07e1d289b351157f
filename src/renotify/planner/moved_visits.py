"""Long visits planned at a dealer whose hours hold them, where a follow-up asks for it (decision 0035).

``neighbour``: the nearest such dealer, one of the same area first. ``area``: the dealer of the area that has the most hours, if
they hold the visit. ``mobile``: the team of mobile repair of the area, if its hours and the longest visit that teams take hold it; a team
is a row of the dealers' file with hours of its own, so that letter, list, kits and workload follow (decision 0055), and no other way leads
to it. A dealer whose hours are not loaded takes none: nothing says that it could. What no dealer holds stays and is told.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from math import inf

import numpy as np
import pyarrow as pa

from renotify.campaigns.follow_up_settings import MOBILE, NEIGHBOUR, OF_AREA, FollowUpSettings
from renotify.errors import Refused
from renotify.ledger import tables
from renotify.ledger.session import Session
from renotify.planner.long_visits import EASE, LongVisit, long_visits
from renotify.planner.problem import Flags, Floats, Ints, Problem
from renotify.selection.nearest_dealer import distances
from renotify.values.arrow_sql import arrow_sql
from renotify.values.english import counted, series
from renotify.workload.of_plan import weekly_hours

OTHER_AREA = 10.0  # farther than any two places on a globe of radius one
_MOVED = """
    select v.* exclude (dealer_code), coalesce(m.planned_at, v.dealer_code) as dealer_code
    from vehicles v left join moved m on m.bundle = v.planning_bundle and m.dealer = v.dealer_code order by v.rank, v.vin"""


@dataclass(frozen=True)
class MovedVisit(LongVisit):
    """A long visit, and the dealer at which it is planned instead."""

    planned_at: str


@dataclass(frozen=True, eq=False)
class Network:
    """Dealers in order of code: most hours of each within the wait, none where they are not loaded; area; how far they are apart."""

    dealers: tuple[str, ...]
    within: Floats  # [D]
    areas: Ints  # [D] the same number for one area; -1 without
    apart: Floats  # [D, D]; NaN where one of them has no place
    teams: Flags  # [D] teams of mobile repair
    longest: float = inf  # hours of the longest visit that a team takes

    def holds(self, hours: float) -> Flags:
        """Dealers whose hours hold a visit, teams of mobile repair left out. [D]"""
        fits: Flags = (self.within + EASE >= hours) & ~self.teams
        return fits

    def neighbour(self, hours: float) -> Ints:
        """For each dealer the nearest one that holds a visit, of its own area first; -1 where none does. [D]"""
        other = (self.areas[:, None] != self.areas[None, :]) | (self.areas[:, None] < 0)
        far = np.where(np.isnan(self.apart), np.inf, self.apart) + OTHER_AREA * other
        far[:, ~self.holds(hours)] = np.inf
        nearest: Ints = np.where(np.isfinite(far).any(axis=1), far.argmin(axis=1), -1)
        return nearest

    def of_area(self, hours: float) -> Ints:
        """For each dealer the one of its area with the most hours, if they hold a visit; else -1. [D]"""
        return self._most_hours(self.holds(hours))

    def mobile(self, hours: float) -> Ints:
        """For each dealer the team of its area with the most hours, if team and hours hold a visit; else -1. [D]"""
        return self._most_hours(
            self.teams & (self.within + EASE >= hours) & (hours <= self.longest + EASE)
        )

    def _most_hours(self, able: Flags) -> Ints:
        chosen = np.full(len(self.dealers), -1)
        for area in np.unique(self.areas[able & (self.areas >= 0)]):
            own = np.flatnonzero(able & (self.areas == area))
            chosen[self.areas == area] = own[self.within[own].argmax()]
        return chosen


def network(session: Session, settings: FollowUpSettings, first_week: date, weeks: int) -> Network:
    """Read all dealers, and their hours from a week on. Raises Refused for a team of mobile repair that is no dealer."""
    known = tables.read(session, "dealer", "dealer_code", "area_code", "zip", "lat", "lon", order="dealer_code")  # fmt: skip
    codes = known["dealer_code"].to_pylist()
    missing = [unit for unit in settings.mobile_units if unit not in codes]
    if missing:
        raise Refused(
            f"mobile_units of the follow-up {settings.name} names {series(missing)}, and no loaded dealer has that code.",
            "Load dealers.csv with a row for each team of mobile repair, with its area_code, and its hours in dealer_capacity.csv.",
        )
    wait = settings.wait_bound_weeks
    lines = weekly_hours(session, first_week, weeks)
    within = np.zeros(len(codes))
    for place, code in enumerate(codes):
        if code in lines:
            ahead = np.concatenate([lines[code], np.repeat(lines[code][-1:], wait)])
            within[place] = np.convolve(ahead, np.ones(wait + 1), "valid").max()
    area = known["area_code"].to_numpy(zero_copy_only=False).astype(str)
    numbers = np.where(area == "", -1, np.unique(area, return_inverse=True)[1])
    apart = distances(known) if settings.long_visits == NEIGHBOUR else np.zeros((0, 0))
    teams = np.isin(codes, settings.mobile_units)
    return Network(tuple(codes), within, numbers, apart, teams, settings.mobile_longest_hours)


def moved_visits(problem: Problem, known: Network, mode: str) -> tuple[MovedVisit, ...]:
    """The long visits of a problem that another dealer holds, each with that dealer."""
    choose = {NEIGHBOUR: known.neighbour, OF_AREA: known.of_area, MOBILE: known.mobile}[mode]
    places = {code: place for place, code in enumerate(known.dealers)}
    visits = [visit for visit in long_visits(problem) if visit.dealer in places]
    chosen = {hours: choose(hours) for hours in {visit.hours for visit in visits}}
    found = ((visit, int(chosen[visit.hours][places[visit.dealer]])) for visit in visits)
    return tuple(
        MovedVisit(**vars(visit), planned_at=known.dealers[at]) for visit, at in found if at >= 0
    )


def with_moved(vehicles: pa.Table, moved: Sequence[MovedVisit]) -> pa.Table:
    """Vehicles (planning_bundle, dealer_code, rank, vin, ..), each at the dealer where its visit is planned now."""
    rows = [{"bundle": m.bundle, "dealer": m.dealer, "planned_at": m.planned_at} for m in moved]
    with arrow_sql() as arrow:
        arrow.register("moved", pa.Table.from_pylist(rows))
        arrow.register("vehicles", vehicles)
        return arrow.sql(_MOVED).to_arrow_table().select(vehicles.column_names)


def moved_words(moved: Sequence[MovedVisit], settings: FollowUpSettings) -> list[str]:
    """How many owners' visits are planned at another dealer, and which."""
    if not moved:
        return []
    owners = sum(one.owners for one in moved)
    own, at = {one.dealer for one in moved}, {one.planned_at for one in moved}
    which = {
        NEIGHBOUR: "the nearest dealer that holds it",
        OF_AREA: "the dealer of the area with the most hours",
        MOBILE: "the area's team of mobile repair",
    }[settings.long_visits]
    noun = "team" if settings.long_visits == MOBILE else "dealer"
    sentence = (
        f"The visits of {counted(owners, 'owner')} do not fit within {counted(settings.wait_bound_weeks, 'week')} at their"
        f" {counted(len(own), 'dealer')}: each is planned at {which}, {counted(len(at), noun)} in all. Letter, notice and workload"
        f" name that {noun}."
    )
    return [sentence]
