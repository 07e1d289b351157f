"""The work that comes to an area's dealers, week by week, as the newest follow-up in force brings it."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

from renotify.charts.dealer_heat_map import DealerWeeks
from renotify.desks.weeks_ahead import newest_plan
from renotify.ledger.scope import area_scope
from renotify.ledger.session import Session
from renotify.workload.of_plan import DealerWeek, workload_of_scope


@dataclass(frozen=True, eq=False)
class AreaWorkload:
    """``drawn``: hours by dealer and week as the heat map takes them; ``weeks``: the same, the tightest first.

    ``summary`` is the workload in one sentence, ``sentences`` what to do about it.
    """

    follow_up: str
    drawn: DealerWeeks
    weeks: tuple[DealerWeek, ...]
    summary: str
    sentences: tuple[str, ...]


def area_workload(session: Session, area: str, on: date) -> AreaWorkload | None:
    """Return the workload of an area's dealers from the week of a day on; None where no planned follow-up in force has vehicles of theirs.

    Raises UnknownName for an area without dealers.
    """
    scope, name = area_scope(session, area), newest_plan(session, on)
    if not name:
        return None
    found = workload_of_scope(session, name, scope, on=on)
    brought, work, now = found.expected, found.work, found.expected.now
    if not brought.dealers:
        return None
    drawn = DealerWeeks(
        brought.dealers, brought.mondays[now:], work.mean_hours[:, now:], work.capacity[:, now:]
    )
    told = (*(one.sentence for one in found.beside), *found.sentences)
    return AreaWorkload(name, drawn, tuple(found.by_tightness), found.summary, tuple(told))
