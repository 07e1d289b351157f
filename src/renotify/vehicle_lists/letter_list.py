"""The letters of a follow-up as a list: a row is one envelope, so that a count of letters opens as many rows as it says.

Lessee and lessor of a vehicle have a letter each, and a letter speaks of all campaigns of its bundle: a list of vehicles in campaigns has
other numbers of rows.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from typing import NamedTuple

import pyarrow as pa
import pyarrow.compute as pc

from renotify.ledger.pieces import released_by
from renotify.ledger.scope import ALL, Scope
from renotify.ledger.session import Session, Value
from renotify.values.calendar import monday_of
from renotify.vehicle_lists.asked import ANY, ANY_WAVE, Asked, Shown
from renotify.vehicle_lists.beside import kind_of
from renotify.vehicle_lists.filters import begins
from renotify.vehicle_lists.list_columns import LETTER_COLUMNS, LETTER_JOINS
from renotify.vehicle_lists.listing import Listing, checked

KEY = ("vin", "piece_id")
_BOOKED = "list_booked"  # the staged vehicles with a visit


class _Total(NamedTuple):
    total: int
    vehicles: int


def letters(session: Session, asked: Asked, shown: Shown, *, scope: Scope = ALL) -> Listing:
    """Return the letters that are asked for, a row each, in the order asked for and then by wave and vehicle.

    Raises UnknownName for a campaign, follow-up or value of a filter that nobody has loaded.
    """
    source = _source(session, asked, scope)
    named = {name for name, _ in shown.order}
    order = [*shown.order, *((name, False) for name in ("wave", *KEY) if name not in named)]
    by = ", ".join(
        f"case when {LETTER_COLUMNS[name].sql} is null then 1 else 0 end, {LETTER_COLUMNS[name].sql}{' desc' if falls else ''}"
        for name, falls in order
    )
    most = "" if shown.first is None else f" limit {shown.first:d}"
    sql = ", ".join(f"{LETTER_COLUMNS[name].sql} as {name}" for name in shown.columns)
    looked_at = {*shown.columns, *named}
    rows = session.read(
        f"select {sql} {source.sql(looked_at)} order by {by}{most}",
        pa.schema([(name, _kind(name)) for name in shown.columns]),
        **source.values,
    )
    total = source.total(session)
    return Listing(total.total, total.vehicles, rows)


def letters_counted(
    session: Session, asked: Asked, by: Sequence[str], *, scope: Scope = ALL
) -> Listing:
    """Return how many letters there are of each group: the columns of ``by``, count, vehicles; the largest count first."""
    source = _source(session, asked, scope)
    groups = ", ".join(LETTER_COLUMNS[name].sql for name in by)
    named = ", ".join(f"{LETTER_COLUMNS[name].sql} as {name}" for name in by)
    rows = session.read(
        f"select {named}, count(*) as count, count(distinct e.vin) as vehicles {source.sql(by)}"
        f" group by {groups} order by count(*) desc, {groups}",
        pa.schema([*((name, _kind(name)) for name in by), ("count", pa.int64()), ("vehicles", pa.int64())]),
        **source.values,
    )  # fmt: skip
    total = source.total(session)
    return Listing(total.total, total.vehicles, rows)


def _kind(name: str) -> pa.DataType:
    return kind_of(name, LETTER_COLUMNS)


def _source(session: Session, asked: Asked, scope: Scope) -> _Source:
    """Return the letters that are asked for; the vehicles with a visit are staged where the list is of those with one, or without."""
    if asked.booked is not None:
        from renotify.visits.booked import (
            booked_vehicles,
        )  # no other list of letters asks for visits

        vins = pc.unique(booked_vehicles(session)["vin"])
        session.stage(_BOOKED, pa.table({"vin": vins}))
    return _Source(checked(session, asked), scope)


class _Source:
    """FROM and WHERE of the letters that are asked for, within a scope."""

    def __init__(self, asked: Asked, scope: Scope) -> None:
        self.scope, self.where = scope, ["e.follow_up = :follow_up"]
        self.needed: set[str] = set() if scope.is_all else {"v"}
        self.values: dict[str, Value] = {"follow_up": asked.follow_up, **scope.values}
        if not scope.is_all:
            self.where.append(scope.of("v.dealer_code"))
        self._of_campaigns(asked)
        upper = {
            "model": asked.models,
            "dealer_state": asked.dealer_states,
            "owner_state": asked.owner_states,
        }
        for column, words in upper.items():
            self._among(
                column, f"upper({LETTER_COLUMNS[column].sql})", [one.upper() for one in words]
            )
        exact = {
            "piece": () if ANY in asked.pieces else asked.pieces,
            "wave": tuple(one for one in asked.waves if one != ANY_WAVE),
            "language": asked.languages,
            "bundle": asked.bundles,
        }
        for column, given in exact.items():
            self._among(column, f"cast({LETTER_COLUMNS[column].sql} as text)", given)
        if ANY_WAVE in asked.waves:
            self.where.append("e.wave is not null")
        for column, starts in {
            "dealer_zip": asked.dealer_zips,
            "owner_zip": asked.owner_zips,
        }.items():
            if starts:
                alike, values = begins(LETTER_COLUMNS[column].sql, starts)
                self._filter(column, alike, values)
        self._of_days(asked)
        if asked.years:
            first, last = asked.years
            self._filter(
                "year",
                "v.model_year between :year_from and :year_to",
                {"year_from": first, "year_to": last},
            )

    def _of_days(self, asked: Asked) -> None:
        if asked.booked is not None:  # a visit for whatever campaign: its owner has answered
            unless = "" if asked.booked else "not "
            self.where.append(f"{unless}exists (select 1 from {_BOOKED} b where b.vin = e.vin)")
        days = {
            "released_by": released_by("e", ":released_by"),
            "mailed_by": "e.mailed_on <= :mailed_by",
            "returned_by": "e.returned_on <= :returned_by",
        }
        for name, sql in days.items():
            if day := getattr(asked, name):
                self.where.append(sql)
                self.values[name] = day
        if asked.week_since:
            week = LETTER_COLUMNS["week"].sql
            since: dict[str, Value] = {"week_since": monday_of(asked.week_since)}
            self._filter("week", f"({week} >= :week_since or {week} is null)", since)

    def _of_campaigns(self, asked: Asked) -> None:
        named = {f"code_{place}": f"%+{code}+%" for place, code in enumerate(asked.campaigns)}
        if named:
            some = " or ".join(f"'+' || e.bundle || '+' like :{name}" for name in named)
            self._filter("campaign", f"({some})", named)

    def _among(self, column: str, sql: str, given: Sequence[object]) -> None:
        if given:
            self._filter(
                column,
                f"{sql} in ({', '.join(f':{column}_{place}' for place in range(len(given)))})",
                {f"{column}_{place}": str(one) for place, one in enumerate(given)},
            )

    def _filter(self, column: str, sql: str, values: Mapping[str, Value]) -> None:
        self.where.append(sql)
        self.values |= values
        self.needed |= set(LETTER_COLUMNS[column].needs)

    def sql(self, columns: Collection[str]) -> str:
        """Return FROM and WHERE with what some columns need."""
        needed = self.needed.union(*(LETTER_COLUMNS[name].needs for name in columns))
        joins = " ".join(join for name, join in LETTER_JOINS.items() if name in needed)
        return f"from piece e {joins} where {' and '.join(self.where)}"

    def total(self, session: Session) -> _Total:
        """Return how many letters there are, and to how many vehicles."""
        sql = f"select count(*) as total, count(distinct e.vin) as vehicles {self.sql(())}"
        (found,) = session.rows(_Total, sql, **self.values)
        return found
