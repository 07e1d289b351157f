"""The days of a recall's first notices, of each vehicle that was in it by the last day for owner letters, and who had none."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import date, timedelta

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from renotify.ledger import fold
from renotify.ledger.first_letters import FIRST_NOTICE
from renotify.ledger.first_owned import EVER, sold_new
from renotify.ledger.session import Session, Value
from renotify.reports.owner_notification import FirstNotices

# How a vehicle joined, in the order of their days: by the last day for owner letters; later, and stated as told; later.
BY_THE_LAST_DAY, STATED_AS_TOLD, LATER = 0, 1, 2
REMOVED, OPEN, OTHER = 0, 1, 2
_NEVER = np.iinfo(np.int32).max
_ENTERED = pa.schema(
    [("vin", pa.string()), ("joined", pa.int64()), ("status", pa.int64()), ("current", pa.bool_())]
)
_LETTER = pa.schema([("vin", pa.string()), ("day", pa.date32())])


class LettersHeard:
    """The letters of a part's campaigns, of which it is found once which events about them others correct."""

    def __init__(self, session: Session, every: fold.AsOf) -> None:
        self.session = session
        self._every = every
        self._corrected: str | None = None

    def counts(self, part: fold.AsOf) -> str:
        """Return the condition that a letter's event ``e`` counts in a part of these campaigns; call ``fold.states`` first."""
        if self._corrected is None:
            self._corrected = fold.look_at(
                self.session, self._every, "e.kind in ('mailed', 'withdrawn')"
            )
        return part.counted(self._corrected)


def first_notices(
    part: fold.AsOf,
    states: Sequence[str],
    heard: LettersHeard,
    due: date | None,
    joined_told: date | None = None,
) -> FirstNotices:
    """Return how far the first notices of a part are, whose ``fold.states`` these are; ``due`` is the last day for them, if one is known.

    The states may come in several, each of vehicles of its own: kept ones lie in the order in which their versions are put together.
    ``joined_told`` is the day by which all who joined later are stated as told.
    """
    days = {"letters_due": due or EVER, "joined_told": joined_told or date.min}
    of_codes = [_of_code(part, states, heard, code, days) for code in part.campaigns]
    each = pa.concat_tables(of_codes)
    if (
        len(of_codes) > 1
    ):  # a vehicle in two codes of a number has one first notice, and is open while it is in one of them
        each = _together(each, joined="min", told_on="min", open="max")
    early = each.filter(pc.equal(each["joined"], BY_THE_LAST_DAY))
    late = each.filter(pc.equal(each["joined"], LATER))
    span = pc.min_max(early["told_on"]).as_py()
    told = early.num_rows - early["told_on"].null_count
    return FirstNotices(span["min"], span["max"], told, _untold(early), _untold(late))


def _of_code(
    part: fold.AsOf,
    states: Sequence[str],
    heard: LettersHeard,
    code: str,
    days: Mapping[str, Value],
) -> pa.Table:
    """Return each vehicle that is in a code: vin, how it ``joined``, whether it is ``open``, and when it was first ``told_on``, or null."""
    vehicles = _entered(part, states, heard.session, code, days)
    letters = heard.session.read(  # the first day is in the words of the index of letters, which has all that is read
        f"select e.vin, e.occurred_on as day from event e where e.campaign_code = :code and {FIRST_NOTICE}"
        f" and e.occurred_on > '1900-01-01' {heard.counts(part)}",
        _LETTER,
        code=code,
        **part.values,
    )
    own = vehicles["vin"].combine_chunks()
    places = pc.index_in(letters["vin"].combine_chunks(), value_set=own)
    known = places.is_valid()
    told = letters["day"].combine_chunks().filter(known).cast(pa.int32()).to_numpy()
    first = np.full(len(own), _NEVER, np.int32)
    np.minimum.at(first, places.filter(known).to_numpy(), told)
    return pa.table({
        "vin": own,
        "joined": vehicles["joined"],
        "told_on": pa.array(first, mask=first == _NEVER).cast(pa.date32()),
        "open": pc.equal(vehicles["status"], OPEN),
    })  # fmt: skip


def _entered(
    part: fold.AsOf, states: Sequence[str], session: Session, code: str, days: Mapping[str, Value]
) -> pa.Table:
    """Return the vehicles of a code that are in it: by the first day of any version of its remedy, in the status of the current one."""
    day = "case when n.owned > f.added_on then n.owned else f.added_on end"
    versions = session.read(
        f"with sold_new as materialized ({sold_new(part)})"
        f" select f.vin, case when {day} <= :letters_due then {BY_THE_LAST_DAY} when {day} <= :joined_told then {STATED_AS_TOLD}"
        f" else {LATER} end as joined, case f.status when 'removed' then {REMOVED} when 'open' then {OPEN} else {OTHER} end as status,"
        f" f.current from ({' union all '.join(states)}) f left join sold_new n on n.vin = f.vin"
        " where f.campaign_code = :code and (n.owned is null or n.owned <= :owned_by)",
        _ENTERED,
        owned_by=part.as_of or EVER - timedelta(days=1),
        ever=EVER,
        code=code,
        **part.values,
        **days,
    )
    if not pc.all(versions["current"], min_count=0).as_py():
        now = pc.if_else(versions["current"], versions["status"], pa.scalar(None, pa.int64()))
        versions = versions.set_column(2, "status", now)
        versions = _together(versions.drop_columns("current"), joined="min", status="max")
    return versions.filter(pc.greater(versions["status"], REMOVED))


def _together(rows: pa.Table, **which: str) -> pa.Table:
    """Return one row a vehicle: of each column its least or its greatest value."""
    found = rows.group_by("vin", use_threads=False).aggregate(list(which.items()))
    taken = [f"{name}_{how}" for name, how in which.items()]
    return found.select(["vin", *taken]).rename_columns(["vin", *which])


def _untold(vehicles: pa.Table) -> int:
    """Return how many are open, and had no first notice."""
    owed = pc.and_(vehicles["open"], pc.is_null(vehicles["told_on"]))
    return int(pc.sum(owed, min_count=0).as_py())
