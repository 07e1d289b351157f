"""On which day a vehicle without ``added_date`` joined its campaign, and which ended quarters a load moves.

The first list of a campaign and remedy version is dated by the campaign (``good_rows.added_on``); what comes later without a day
joins on the day of its load, and a vehicle that is in the version already keeps the day it has.
"""

from __future__ import annotations

import json
from collections.abc import Iterator
from datetime import date
from typing import NamedTuple

from renotify.ledger.campaign_history import histories
from renotify.ledger.intake.corrections import StagedEvents
from renotify.ledger.intake.staging import ROWS, StagedRows
from renotify.ledger.rulings import MOVED
from renotify.ledger.session import Session
from renotify.values.calendar import Quarter
from renotify.values.english import counted

Listed = frozenset[tuple[str, int]]


class _Version(NamedTuple):
    campaign_code: str
    remedy_version: int


class _Latecomers(NamedTuple):
    campaign_code: str
    remedy_version: int
    vehicles: int


class _DatedBack(NamedTuple):
    campaign_code: str
    vehicles: int
    first: date


def listed(session: Session) -> Listed:
    """Return the campaigns and remedy versions that have a population already: their first list has come."""
    rows = session.rows(_Version, "select distinct campaign_code, remedy_version from state")
    return frozenset((row.campaign_code, row.remedy_version) for row in rows)


_LATE = (
    f"{ROWS}.occurred_on is null and not exists (select 1 from state t where t.vin = {ROWS}.vin"
    f" and t.campaign_code = {ROWS}.campaign_code and t.remedy_version = {ROWS}.remedy_version)"
)


def date_latecomers(session: Session, day: date) -> Iterator[str]:
    """Date the staged rows without a day to the day of the load, where the vehicle is new to its version, and say so."""
    found = session.rows(
        _Latecomers,
        f"select campaign_code, remedy_version, count(distinct vin) as vehicles from {ROWS} where {_LATE}"
        " group by campaign_code, remedy_version order by campaign_code, remedy_version",
    )
    if found:
        session.execute(f"update {ROWS} set occurred_on = '{day.isoformat()}' where {_LATE}")
    for code, version, vehicles in found:
        of = code if version == 1 else f"{code}, remedy version {version},"
        verb = "has" if vehicles == 1 else "have"
        yield (
            f"{counted(vehicles, 'vehicle')} of {of} {verb} no added_date and came after its first list: dated {day}, the day of "
            f"this load; {Quarter.of(day)} and later count them. State added_date where they joined on another day."
        )


def moved_quarters(
    session: Session, staged: StagedRows, before: Listed, day: date
) -> Iterator[str]:
    """Say which quarters had ended and are moved by new rows that are dated back; no list was there before: nothing moved."""
    codes = sorted({code for code, _ in before})
    new = staged.with_new_event(
        "s.vin, s.campaign_code, s.occurred_on",
        f"s.occurred_on < '{Quarter.of(day).start}' and s.campaign_code in {session.list_values('codes')}",
    )
    yield from _moved(session, new, day, "{} added or removed on days", codes=json.dumps(codes))


def quarters_taken_back(session: Session, staged: StagedEvents, day: date) -> Iterator[str]:
    """Say which quarters had ended and are moved by what was taken back, or said again, of their days.

    An order that moved to another vehicle leaves its work in its quarter, and is told by itself.
    """
    gone = staged.taken_back(
        "e.vin, e.campaign_code, e.occurred_on",
        f"e.occurred_on < '{Quarter.of(day).start}' and e.content not like '{MOVED}%'"
        " and exists (select 1 from event w where w.vin = e.vin and w.subject = e.subject"
        " and w.kind in ('added', 'removed', 'remedied', 'inspected_ok'))",
    )
    yield from _moved(session, gone, day, "what was said of {} was taken back or restated for days")


def _moved(session: Session, events: str, day: date, what: str, **values: str) -> Iterator[str]:
    """Yield a sentence for each campaign with events before the quarter of the day: vin, campaign_code and occurred_on."""
    start = Quarter.of(day).start
    rows = session.rows(
        _DatedBack,
        f"select campaign_code, count(distinct vin) as vehicles, min(occurred_on) as first from ({events}) dated_back"
        " group by campaign_code order by campaign_code",
        **values,
    )
    said = histories(session, [row.campaign_code for row in rows]) if rows else {}
    last = Quarter.of(day).previous()
    for code, vehicles, first in rows:
        campaign, begun = said[code].last, said[code].begun.day
        if begun is None or campaign is None or campaign.family == "service":
            continue
        moved = max(Quarter.of(first), Quarter.of(begun))
        if moved <= last:
            span = f"{moved}" if moved == last else f"{moved} to {last}"
            yield (
                f"{code}: {what.format(counted(vehicles, 'vehicle'))} before {start}. This moves {span}, which had "
                "ended: restate those that were reported."
            )
