"""A world that answers, played week by week: what its commands said, and what else was read of each Monday, for the tests of its books."""

from __future__ import annotations

import json
from dataclasses import dataclass
from pathlib import Path
from typing import Any, NamedTuple

from corridors import planted_world as p
from renotify.answering.answering_world import AnsweringWorld, LivedWeek
from small_world import Desk


class Visit(NamedTuple):
    """A visit that stands in a dealer's book: its number, the dealer, and the hours that it takes."""

    key: str
    dealer: str
    hours: float


@dataclass
class Read:
    """What else was read on a Monday, after the week's commands."""

    lived: LivedWeek
    status: dict[str, dict[str, Any]]
    progress: list[dict[str, Any]]
    work: dict[str, list[dict[str, Any]]]
    counted: dict[str, dict[str, Any]]
    standing: dict[int, list[Visit]]  # visits that are known to stand, by week
    bundles: dict[
        str, dict[str, Any]
    ]  # the first list's, by name: what their visits take, and how their owners answer


@dataclass
class Played:
    """A world that was played, week by week, what the first forecast and rehearsal promised of it, and whether the ledger folds to what it
    keeps.
    """

    world: AnsweringWorld
    weeks: list[Read]
    promised: dict[str, Any]
    rehearsed: dict[str, Any]
    verified: dict[str, Any]

    @property
    def letters_out(self) -> list[Read]:
        """The weeks of the first list alone."""
        return [one for one in self.weeks if list(one.lived.said.told) == [p.NAME]]


def played_weeks(url: str, folder: Path, weeks: int) -> Played:
    """Play weeks on an empty ledger."""
    desk = Desk(url, folder / "desk")
    world = p.begin(desk)
    promised = desk.do("workload", p.NAME, on=p.NOTICE)["totals"]
    runs = ("--runs", p.REHEARSED, "--workers", 1)
    rehearsed = desk.do("rehearse", p.NAME, *runs, on=p.NOTICE)["analyst"]
    read = []
    for week in range(weeks):
        kinds, kind = world.start.kinds, world.start.kind
        standing = {
            due: [Visit(one.key, one.dealer, kinds[kind[one.vehicle]].hours) for one in some]
            for due, some in world.workshops.standing.items()
            if some
        }
        lived = world.play(week)
        on = lived.said.on
        names = list(world.analyst.names)
        read.append(
            Read(
                lived,
                {row["campaign"]: row for row in desk.do("status", on=on)},
                desk.do("report", "progress", "--by", "area", on=on),
                {name: desk.do("workload", name, on=on)["rows"] for name in names},
                {name: desk.do("mail", "reconcile", name, on=on) for name in names},
                standing,
                {row["name"]: row for row in _bundles(desk)},
            )
        )
    return Played(world, read, promised, rehearsed, desk.do("verify"))


def _bundles(desk: Desk) -> list[dict[str, Any]]:
    ((text,),) = desk.sql(f"select bundles from plan where follow_up = '{p.NAME}'")
    rows: list[dict[str, Any]] = json.loads(text)
    return rows
