"""The vehicles that a clock counts, by number: as many rows as its count says, and the command that lists them."""

from __future__ import annotations

import shlex
from collections.abc import Callable, Mapping, Sequence
from datetime import date, timedelta

import pyarrow as pa
import pyarrow.compute as pc

from renotify.ledger import status
from renotify.ledger.first_owned import EVER
from renotify.ledger.kinds import Status
from renotify.ledger.session import Session
from renotify.reports import campaign_clocks, follow_up_clocks, letter_clocks
from renotify.reports.clock_counts import (
    ADDED_OF,
    BEYOND_OF,
    FIRST_LETTERS_OF,
    KEEPING_OF,
    SECOND_OF,
    TAKEN_OUT_OF,
    WAITING_OF,
)
from renotify.reports.deadline import INVOLVED, ON_LIST, About, Deadline
from renotify.rules import load
from renotify.vehicle_lists.asked import Asked, command

STANDING = tuple(one for one in Status if one != Status.REMOVED)
DISCLOSED = "disclosed"
ROWS = pa.schema(
    [("campaign", pa.string()), ("vin", pa.string()), ("counted", pa.string()), ("day", pa.date32())]
)  # fmt: skip
_DAYS = pa.schema([("code", pa.string()), ("vin", pa.string()), ("day", pa.date32())])
_OWED = pa.schema(
    [("code", pa.string()), ("vin", pa.string()), ("joined", pa.date32()), ("gone", pa.date32())]
    + [(name, pa.int64()) for name in ("told", "late", "untold", "lost", "unspoken")]
)
# the words of a kind
COUNTED = {
    INVOLVED: "in the campaign",
    ON_LIST: "with a letter of the follow-up",
    campaign_clocks.ADDED: "joined after the report",
    campaign_clocks.TAKEN_OUT: "taken out after the report",
    campaign_clocks.BEYOND: "sold too long before the notice",
    campaign_clocks.KEEPING: "keeps its free remedy until then",
    letter_clocks.TOLD: "had a first notice",
    letter_clocks.LATE: "had its first notice after the last day",
    letter_clocks.UNTOLD: "open, and had no first notice",
    letter_clocks.UNSPOKEN: "open, joined after the day stated of the first notices, and had none",
    letter_clocks.LOST: "left after the last day without a first notice",
    letter_clocks.JOINED_UNTOLD: "joined later, open, and had no first notice",
    letter_clocks.JOINED_TOLD: "joined later, and had a first notice",
    letter_clocks.JOINED_LOST: "joined later, and left without a first notice",
    letter_clocks.SECOND: "open, and had no letter since the remedy came",
    letter_clocks.WAITS: "waits for a second notice",
    follow_up_clocks.TO_COME: "its letter is to come",
    follow_up_clocks.STALE: "its address is too old for its letter",
    follow_up_clocks.UNANSWERED: "released, and the mail house has not told its mailing",
    follow_up_clocks.FIRST_MAILED: "had a letter whose text was first mailed on the day",
}


def opened_by(clock: Deadline, on: date, *, alone: bool) -> str:
    """Return the command that lists the vehicles of a clock on a day, blank where it counts none.

    ``alone``: no other clock of the day has its id; else its last day stands beside it.
    """
    if clock.vehicles is None or not clock.about:
        return ""
    kinds = {one.kind for one in clock.about}
    if kinds == {DISCLOSED}:
        return "renotify report disclosures"
    if kinds == {INVOLVED}:
        return command(Asked(campaigns=clock.about[0].of, statuses=STANDING))
    if kinds == {ON_LIST}:
        return command(Asked(follow_up=clock.about[0].of[0], letters=True))
    which = [] if alone else ["--due", str(clock.due or "none")]
    return shlex.join(["renotify", "deadlines", "--list", clock.id, *which, "--on", str(on)])


def vehicles_of(session: Session, clocks: Sequence[Deadline], on: date) -> pa.Table:
    """Return the vehicles (``ROWS``) that some clocks of a day count, a row for each time that they count one.

    ``counted`` says what is counted of it, ``day`` which of several days it is of. Those of disclosures are not kept by vehicle.
    The clocks were asked in this session (``deadlines.clocks``), which stages the last days of letters.
    """
    asked = list(dict.fromkeys(part for clock in clocks for part in clock.about))
    found = [_rows(session, part, on) for part in asked if part.kind in COUNTED]
    return pa.concat_tables([ROWS.empty_table(), *found])


def _rows(session: Session, part: About, on: date) -> pa.Table:
    read = _READ.get(part.kind)
    table = read(session, part, on) if read else _of_letters(session, part, on)
    count = table.num_rows
    return pa.table(
        [table["code"], table["vin"], pa.array([COUNTED[part.kind]] * count, pa.string()), table["day"]], schema=ROWS
    )  # fmt: skip


def _of_campaigns(table: pa.Table, part: About) -> pa.Table:
    table = table.filter(pc.is_in(table["code"], pa.array(part.of, pa.string())))
    return (
        table.filter(pc.is_in(table["day"], pa.array(part.days, pa.date32())))
        if part.days
        else table
    )


def _of_sql(sql: str, *, dated: bool = False) -> Callable[[Session, About, date], pa.Table]:
    def read(session: Session, part: About, on: date) -> pa.Table:
        values: Mapping[str, date] = {"on": on} if dated else {}
        return _of_campaigns(session.read(sql, _DAYS, **values), part)

    return read


def _involved(session: Session, part: About, on: date) -> pa.Table:
    del on
    where, values = status.in_campaigns(part.of)
    return session.read(
        "select min(campaign_code) as code, vin, min(added_on) as day from state where current"
        f" and status <> 'removed' and {where} group by vin order by vin",
        _DAYS,
        **values,
    )


def _of_letters(session: Session, part: About, on: date) -> pa.Table:
    """Return those who are owed a first notice, or had one, as far as the part counts them."""
    rows = session.read(FIRST_LETTERS_OF, _OWED, on=on, ever=EVER)
    later = part.kind.startswith("joined_")
    rows = rows.filter(pc.is_valid(rows["joined"]) if later else pc.is_null(rows["joined"]))
    kind = part.kind.removeprefix("joined_")
    rows = rows.filter(pc.greater(rows[kind], 0))
    if part.kind == letter_clocks.JOINED_LOST:
        rows = rows.filter(_lost_late(rows))
    return _of_campaigns(rows.rename_columns({"joined": "day"}).select(_DAYS.names), part)


def _lost_late(rows: pa.Table) -> pa.ChunkedArray:
    """Tell of each row that left without a letter whether it did after its own last day, which is counted from the day it joined."""
    days = pc.unique(rows["joined"])
    last = pa.array([load(day).clock("letters").due(day) for day in days.to_pylist()], pa.date32())
    own = last.take(pc.index_in(rows["joined"], value_set=days))
    return pc.fill_null(pc.greater(rows["gone"], own), False)


_TO_COME = "p.state in ('listed', 'planned') and p.wave is not null"


def _on_list(session: Session, part: About, on: date) -> pa.Table:
    del on
    sql = "select min(bundle) as code, vin, cast(null as date) as day from piece where follow_up = :name group by vin order by vin"
    return session.read(sql, _DAYS, name=part.of[0])


def _to_come(session: Session, part: About, on: date) -> pa.Table:
    """Return the vehicles whose letters are to come; of a day those alone whose newest address is too old for a wave of that day."""
    del on
    oldest = None
    if part.days and part.days[0]:
        day = part.days[0]
        oldest = day - timedelta(days=load(day).clock("move_update").days)
    found = session.read(
        "select min(p.bundle) as code, p.vin, max(p.owner_as_of) as day from piece p where p.follow_up = :name"
        f" and {_TO_COME} group by p.vin order by p.vin",
        _DAYS,
        name=part.of[0],
    )
    return found if oldest is None else found.filter(pc.less(found["day"], pa.scalar(oldest)))


def _unanswered(session: Session, part: About, on: date) -> pa.Table:
    del on
    found = session.read(
        "select min(bundle) as code, vin, checked_on as day from piece where follow_up = :name"
        " and state in ('released', 'printed') and checked_on is not null group by vin, checked_on order by 3, 2",
        _DAYS,
        name=part.of[0],
    )
    return found.filter(pc.is_in(found["day"], pa.array(part.days, pa.date32())))


def _first_mailed(session: Session, part: About, on: date) -> pa.Table:
    found = session.read(
        "select min(bundle) as code, vin, day from (select bundle, vin, min(mailed_on) over (partition by family, form_digest) as day"
        " from piece where follow_up = :name and family = 'safety' and state = 'accepted' and mailed_on <= :on) first_mailed"
        " group by vin, day order by day, vin",
        _DAYS,
        name=part.of[0],
        on=on,
    )
    return found.filter(pc.is_in(found["day"], pa.array(part.days, pa.date32())))


_READ: Mapping[str, Callable[[Session, About, date], pa.Table]] = {
    INVOLVED: _involved,
    ON_LIST: _on_list,
    campaign_clocks.ADDED: _of_sql(ADDED_OF),
    campaign_clocks.TAKEN_OUT: _of_sql(TAKEN_OUT_OF),
    campaign_clocks.BEYOND: _of_sql(BEYOND_OF),
    campaign_clocks.KEEPING: _of_sql(KEEPING_OF),
    letter_clocks.SECOND: _of_sql(SECOND_OF, dated=True),
    letter_clocks.WAITS: _of_sql(WAITING_OF, dated=True),
    follow_up_clocks.TO_COME: _to_come,
    follow_up_clocks.STALE: _to_come,
    follow_up_clocks.UNANSWERED: _unanswered,
    follow_up_clocks.FIRST_MAILED: _first_mailed,
}
