"""A follow-up's weeks played through the real rooms, on a copy of its ledger: the ledger's side of ``rehearse --play``."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from typing import Any

from renotify.answering.analyst import Desk
from renotify.answering.answering_world import AnsweringWorld
from renotify.answering.lived_report import document
from renotify.answering.planted import Truth
from renotify.answering.start_of_plan import start_of_plan
from renotify.campaigns.follow_up_settings import OF_SILENT
from renotify.ledger import follow_ups
from renotify.ledger.ledger_copy import copied_from, copy_ledger
from renotify.ledger.session import Session
from renotify.values.progress_callback import Progress

RETURNED = {
    "ANK": 0.01,
    "TA": 0.005,
    "UNC": 0.005,
}  # letters that come back, by code: an assumption
LATE_FROM = 1  # the first week whose deliveries slip
REST = 8  # weeks after which the silent are asked for
LEDGER = "renotify.sqlite3"


@dataclass(frozen=True)
class Played:
    """How a play is asked for: ``weeks`` of it, with a ``seed``; owners answer ``answers`` times as often as the plan expects.

    ``no_shows``: the share of booked visits whose owner does not come; ``late_weeks``: by which deliveries after the first week slip.
    """

    weeks: int
    seed: int
    answers: float
    no_shows: float
    late_weeks: int


def play_follow_up(
    session: Session,
    name: str,
    asked: Played,
    desk_at: Callable[[str, Path], Desk],
    folder: Path,
    on: date,
    progress: Progress,
) -> dict[str, Any]:
    """Play the weeks of a follow-up from a day on, on a copy of the ledger in ``folder``, and return what each reader lived.

    Before the first day for letters the play begins with the notices, on the day itself; a wave whose dealers were not told in time waits.
    ``desk_at`` makes a desk of a ledger's URL and a folder. The ledger itself is read and not written. Raises Refused on PostgreSQL, where
    no copy is made; UnknownName, NothingToDo without a plan or an open vehicle.
    """
    copied_from(session)
    start, walk_ins = start_of_plan(session, name, on, asked.weeks, asked.answers)
    desk = desk_at(copy_ledger(session, folder / LEDGER), folder)
    stated = follow_ups.settings(session, name, on).response
    truth = Truth(
        again=float(stated.get(OF_SILENT, Truth.again)),
        walk_ins=walk_ins, no_shows=asked.no_shows, returned=RETURNED, sold=1.0,
        slip_from=LATE_FROM if asked.late_weeks else None, slip_weeks=asked.late_weeks,
    )  # fmt: skip
    world = AnsweringWorld(desk, start, truth, seed=asked.seed, tell_weekly=False, silent_from=REST)
    if on < start.first_letter:
        world.analyst.tell(name, on)
    work = world.analyst.do("workload", name, on=start.first_letter)["rows"]
    last = start.monday(asked.weeks)
    expected = sum(
        row["appointments"] for row in work if start.first_monday.isoformat() <= row["week"] < last.isoformat()
    )  # fmt: skip
    for week in range(asked.weeks):
        progress(f"Play: week of {start.monday(week)}", week, asked.weeks)
        world.play(week)
    progress("Play", asked.weeks, asked.weeks)
    return document(world, expected)
