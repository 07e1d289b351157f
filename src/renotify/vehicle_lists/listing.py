"""A list of vehicles in campaigns, counted, sorted, or grouped: one question to the ledger, with a scope, a filter and an Arrow answer."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import replace
from datetime import date
from functools import reduce
from operator import or_
from typing import NamedTuple

import pyarrow as pa
import pyarrow.compute as pc

from renotify.errors import Refused
from renotify.ledger import artifacts, fold, follow_ups, registry
from renotify.ledger.kinds import Status
from renotify.ledger.scope import ALL, Scope, dealer_scope
from renotify.ledger.session import Session, Value
from renotify.ledger.status import STATE
from renotify.values.english import series
from renotify.vehicle_lists import paging
from renotify.vehicle_lists.asked import Asked, Shown, usual_columns
from renotify.vehicle_lists.beside import (
    Beside,
    counted_by,
    first_of,
    kind_of,
    with_beside,
)
from renotify.vehicle_lists.filters import OF_FOLLOW_UP, Filter, kept, last_piece, of_ledger
from renotify.vehicle_lists.known_values import refuse_unknown
from renotify.vehicle_lists.list_columns import (
    BESIDE,
    COLUMNS,
    DAY,
    JOINS,
    OF_VEHICLE,
    PERSONAL,
)
from renotify.vehicle_lists.of_vehicles import with_vehicles
from renotify.vehicle_lists.vehicle_numbers import different

KEY = ("vin", "campaign")
OF_CAMPAIGN = {
    "reason",
    "last_contact",
    "booked",
}  # of BESIDE: what is said of a vehicle in one campaign
_REASONED = f"('{Status.OPEN}', '{Status.UNREACHABLE}')"  # states that have a reason
# columns of so many different values that counting each vehicle once in every group is cheaper in memory
_MANY = {"vin", "piece_id", *(name for name, column in COLUMNS.items() if column.kind == DAY)}
_OF_VEHICLE = {"vehicle", "dealer"}  # joins of a vehicle's own row
USUAL = Shown()
_UNREACHABLE = "unreachable_reason"
_ROWS = "list_row"  # the staged rows whose further columns are read


class Listing(NamedTuple):
    """Rows of a list in their order, of ``total`` in all, which are so many different ``vehicles``; of a list of booked visits
    ``without_word`` counts those in all whose visit's day is before that of the list: it is not reported.

    ``mark`` is the place of the last row, where the list goes on after it; blank at its end, and of a list that is given whole.
    """

    total: int
    vehicles: int
    rows: pa.Table
    without_word: int = 0
    mark: str = ""

    @property
    def counts(self) -> tuple[int, int, int]:
        """What is counted of the list, whichever of its rows are given."""
        return self.total, self.vehicles, self.without_word


class _Total(NamedTuple):
    total: int
    vehicles: int
    without_word: int = 0


def listing(
    session: Session, asked: Asked, shown: Shown = USUAL, *, on: date, scope: Scope = ALL
) -> Listing:
    """Return the vehicles in campaigns that are asked for, a row each.

    Without an order, and among equals, rows are in order of VIN and campaign; the total counts those that are not given, too. ``on``
    is the day of the list: who holds a vehicle, and how old an address is, are as on that day. Columns of ``PERSONAL`` are given for a
    purpose, ``recall``, and it is recorded to whom (18 USC 2721(c)); Refused otherwise. Raises UnknownName for a campaign, follow-up or
    value of a filter that nobody has loaded.
    """
    asked = checked(session, asked)
    wanted = shown.columns or usual_columns(asked)
    personal = _personal(wanted, shown.disclosed_to)
    order = _whole_order(shown.order)
    by = tuple(name for name, _ in order)
    total, rows, ledger = _rows(session, asked, shown, wanted, on, scope)
    found = _with_columns(session, rows, (*KEY, *wanted, *by), ledger.beside)
    mark = ""
    if shown.first and found.num_rows > shown.first:
        found = found.slice(0, shown.first)
        mark = paging.mark_of(found.select(by).slice(shown.first - 1).to_pylist()[0], order)
    if personal:
        with session.transaction():
            what = f"a list of vehicles with {', '.join(personal)}"
            artifacts.disclose(session, shown.disclosed_to, shown.purpose, what, found["vin"], on)
    return Listing(
        total.total, total.vehicles, found.select(list(wanted)), total.without_word, mark
    )


def check_asked(session: Session, asked: Asked, shown: Shown = USUAL) -> None:
    """Refuse at once what :func:`listing` would: a name or value that nobody has loaded, a column that names owners."""
    _personal(shown.columns or usual_columns(checked(session, asked)), shown.disclosed_to)


def _rows(
    session: Session, asked: Asked, shown: Shown, wanted: Sequence[str], on: date, scope: Scope
) -> tuple[_Total, pa.Table, _Ledger]:
    """Return the total and the rows that are given, in their order, with those of the wanted columns that the ledger has.

    Where neither filters nor order look at ``BESIDE`` the ledger itself orders and cuts; else all rows are judged in memory. One row
    more is given than is shown, where there is one: it says that the list goes on.
    """
    order, ledger = _whole_order(shown.order), _Ledger(session, asked, scope, on)
    looked_at = asked.beside | {name for name, _ in order if name in BESIDE}
    most = None if shown.first is None else shown.first + bool(shown.first)
    start = paging.values_at(shown.after, order) if shown.after else None
    if most is not None and not looked_at:
        names = (*wanted, *(name for name, _ in order))
        total = _Total(*shown.counted) if shown.counted else ledger.total()
        return (
            total,
            ledger.read(names, f"{ledger.after(order, start)} {_by(order)} limit {most:d}"),
            ledger,
        )
    shown_ones = wanted if most is None else ()
    every = ledger.judged((*shown_ones, *(name for name, _ in order)))
    total = ledger.total_of(every)
    if most is not None and start is None:
        rows = first_of(session, every, order, most, ledger.beside)
    else:
        rows = _sorted(with_beside(session, every, looked_at - asked.beside, ledger.beside), order)
        if start is not None:
            rows = rows.slice(paging.place_after(rows, order, start))
    if most is not None:
        rows = ledger.read(
            (*wanted, *(name for name, _ in order)), rows=rows.slice(0, most).select(KEY)
        )
    return total, rows, ledger


def _personal(wanted: Sequence[str], disclosed_to: str) -> list[str]:
    """Return the columns that name an owner; Refused without somebody to whom they go."""
    personal = [name for name in wanted if name in PERSONAL]
    if personal and not disclosed_to.strip():
        raise Refused(
            f"{series(personal)} would name owners: nobody is named to whom the list goes.",
            "Say to whom and what for: --owners-to WHO --purpose recall (18 USC 2721(b), (c)).",
        )
    return personal


def counted(
    session: Session, asked: Asked, by: Sequence[str], *, on: date, scope: Scope = ALL
) -> Listing:
    """Return how many vehicles in campaigns there are of each group: the columns of ``by``, count, vehicles; the largest count first.

    ``count`` counts rows of the list, ``vehicles`` each vehicle once.
    """
    asked = checked(session, asked)
    ledger = _Ledger(session, asked, scope, on, once=True)
    looked_at = asked.beside | {name for name in by if name in BESIDE}
    if not looked_at and not ledger.past and not _MANY & {*by}:
        total = ledger.total()
        return Listing(total.total, total.vehicles, ledger.counted(by))
    plain = looked_at == {"reason"} and not asked.beside and not ledger.past
    some = f"and s.status in {_REASONED}" if plain else ""
    key = KEY if looked_at & OF_CAMPAIGN else KEY[:1]
    every = ledger.judged(by, some, key=key)
    found, vehicles = counted_by(session, every, by, ledger.beside)
    if not plain:  # every row was read
        past = ledger.without_word(every)
        return Listing(every.num_rows, vehicles, found, past)
    others = ledger.counted(by, f"and s.status not in {_REASONED}")  # which have no reason
    total = ledger.total()
    merged = pa.concat_tables([found.cast(others.schema), others])
    order = [("count", "descending"), *((name, "ascending") for name in by)]
    return Listing(total.total, total.vehicles, merged.sort_by(order))


def checked(session: Session, asked: Asked) -> Asked:
    """Return what is asked with codes as they are registered; UnknownName where a value is none that is known."""
    codes = tuple(registry.in_other_case(session, code) for code in asked.campaigns)
    if codes:
        registry.campaigns(session, codes)
    if asked.visit_dealer:
        dealer_scope(session, asked.visit_dealer)
    if asked.follow_up:
        follow_ups.settings(session, asked.follow_up)
    known = replace(asked, campaigns=codes, bundles=_bundles(session, asked.bundles))
    refuse_unknown(session, known)
    return known


def _bundles(session: Session, given: Sequence[str]) -> tuple[str, ...]:
    """Return bundles with their campaigns as they are registered, in their order."""
    if not given:
        return ()
    from renotify.visits.needs import JOINED, combined  # no other list asks what a visit takes

    return tuple(
        combined(registry.in_other_case(session, code) for code in one.split(JOINED))
        for one in given
    )


class _Ledger:
    """The part of a list that is SQL: the states of the moment asked for, the filters on ``COLUMNS``, and a scope."""

    def __init__(
        self, session: Session, asked: Asked, scope: Scope, on: date, *, once: bool = False
    ) -> None:
        """Take states of a past moment from a table, or, where they are read ``once``, as they are folded."""
        self.session, self.asked, self.scope = session, asked, scope
        self.part = fold.AsOf(
            scope=scope, campaigns=asked.campaigns, as_of=asked.as_of, known_at=asked.known_at
        )
        self.past = bool(asked.as_of or asked.known_at)
        self.states, self.in_order = STATE, once or not self.past
        if self.past:
            folded = fold.states if once else fold.standing
            self.states = folded(session, self.part)
            self.states = f"({self.states})" if once else self.states
        self.filters = of_ledger(session, asked, on)
        self.beside = Beside(on, self.past, asked.visit_dealer)
        self.start: dict[str, Value] = {}  # values of the row that the list goes on after

    def after(self, order: paging.Order, start: Sequence[Value | None] | None) -> str:
        """Return the condition that rows stand after some values of an order; blank where the list begins."""
        if start is None:
            return ""
        sql, self.start = paging.after_sql(
            [(COLUMNS[name].sql, falls) for name, falls in order], start
        )
        return f"and {sql}"

    def total(self) -> _Total:
        """Return how many rows there are, and how many different vehicles."""
        sql = (
            "select cast(coalesce(sum(n), 0) as bigint) as total, count(*) as vehicles, 0 as without_word"
            f" from (select count(*) as n {self._source(())} group by s.vin) counted"
        )
        (found,) = self.session.rows(_Total, sql, **self._values)
        return found

    def total_of(self, every: pa.Table) -> _Total:
        """Return the same of all rows that were read, and how many have a visit whose day is past, where filters look at visits."""
        return _Total(every.num_rows, different(every["vin"]), self.without_word(every))

    def without_word(self, every: pa.Table) -> int:
        """Return how many of the rows have a visit whose day is past, where filters look at visits."""
        if "booked" not in every.column_names:
            return 0
        past = pc.less(every["booked"], pa.scalar(self.beside.on))
        return int(pc.sum(past, min_count=0).as_py())

    def counted(self, by: Sequence[str], tail: str = "") -> pa.Table:
        """Return the count and the vehicles of each group, ``tail`` a further condition; what the ledger does not have is blank."""
        columns = {
            name: COLUMNS[name].sql if name in COLUMNS else "cast('' as text)" for name in by
        }
        groups = ", ".join(columns.values())
        named = ", ".join(f"{sql} as {name}" for name, sql in columns.items())
        counts = [("count", pa.int64()), ("vehicles", pa.int64())]
        return self.session.read(
            f"select {named}, count(*) as count, count(distinct s.vin) as vehicles {self._source(by)} {tail}"
            f" group by {groups} order by count(*) desc, {groups}",
            pa.schema([*((name, kind_of(name)) for name in by), *counts]),
            **self._values,
        )

    def judged(
        self, names: Collection[str], tail: str = "", *, key: Sequence[str] = KEY
    ) -> pa.Table:
        """Return the rows that all filters keep, with what ``read`` gives and the columns that filters look at.

        SQLite gives the key's order of the kept states for nothing.
        """
        looked_at = self.asked.beside
        if looked_at & OF_CAMPAIGN:
            key = KEY
        wanted = dict.fromkeys((*names, *looked_at))
        whole = self.scope.is_all and not (self.filters or self.asked.campaigns or tail)
        apart = [name for name in wanted if whole and name in OF_VEHICLE]
        by_key = " order by s.vin" if self.session.sqlite and not self.past else ""
        every = self.read([name for name in wanted if name not in apart], tail + by_key, key=key)
        if apart:
            every = with_vehicles(self.session, every, apart)
        return kept(
            with_beside(self.session, every, looked_at, self.beside), self.asked, self.beside.on
        )

    def read(
        self,
        names: Collection[str],
        tail: str = "",
        *,
        rows: pa.Table | None = None,
        key: Sequence[str] = KEY,
    ) -> pa.Table:
        """Return the columns of ``COLUMNS`` among some names, and the key; of ``rows`` (KEY) alone and in their order.

        Where the reason is named, what it is judged by is read, too.
        """
        judged = ("status",) if "reason" in names else ()
        wanted = dict.fromkeys((*key, *judged, *(name for name in names if name in COLUMNS)))
        sql = ", ".join(f"{COLUMNS[name].sql} as {name}" for name in wanted)
        schema = [(name, kind_of(name)) for name in wanted]
        if judged:
            sql += f", s.reason as {_UNREACHABLE}"
            schema.append((_UNREACHABLE, pa.string()))
        if rows is not None:
            place = pa.array(range(rows.num_rows), pa.int64())
            self.session.stage(_ROWS, rows.select(KEY).append_column("place", place))
            tail = "order by k.place"
        return self.session.read(
            f"select {sql} {self._source(wanted, staged=rows is not None)} {tail}",
            pa.schema(schema),
            **self._values,
        )

    @property
    def _values(self) -> dict[str, Value]:
        return reduce(
            or_,
            (one.values for one in self.filters),
            {**self.part.values, **self.scope.values, **self.start},
        )

    def _source(self, names: Collection[str], *, staged: bool = False) -> str:
        """Return FROM and WHERE: the states ``s`` and what columns and filters need beside them.

        In a scope its vehicles come first, so that no other dealer's states are read; staged rows come first of all.
        """
        of_vehicles = (
            []
            if staged or not self.scope.is_all
            else [one for one in self.filters if _is_of_vehicle(one)]
        )
        beside = [one for one in self.filters if one not in of_vehicles]
        looked_at = {*names, *(one.column for one in beside)} & COLUMNS.keys()
        needed = {join for name in looked_at for join in COLUMNS[name].needs}
        states = f"{self.states} s"
        where = ["s.current", self.part.of_campaigns("s"), *(one.sql for one in beside)]
        if of_vehicles:  # the vehicles are found first: they are fewer than the states
            filtered = " and ".join(one.sql for one in of_vehicles)
            dealers = (
                JOINS["dealer"]
                if any("dealer" in COLUMNS[one.column].needs for one in of_vehicles)
                else ""
            )
            where.append(f"s.vin in (select v.vin from vehicle v {dealers} where {filtered})")
        first = [states]
        if staged:
            first = [f"{_ROWS} k", states]
            where += ["s.vin = k.vin", "s.campaign_code = k.campaign"]
        elif not self.scope.is_all:
            needed.discard("vehicle")
            first = [states, "vehicle v"] if self.past else ["vehicle v", states]
            where += ["s.vin = v.vin", self.scope.of("v.dealer_code")]
        if "piece" in needed:
            where.append(last_piece(beside))
        tables = JOINS
        whole = not of_vehicles and [one.sql for one in beside] == [OF_FOLLOW_UP]
        if whole and first == [states] and self.session.sqlite and self.in_order:
            # SQLite takes the states first, in the order of their key: the first rows of a whole list come at once
            tables = {**JOINS, "listed": f"cross {JOINS['listed']}"}
        joins = " ".join(join for name, join in tables.items() if name in needed)
        return f"from {' cross join '.join(first)} {joins} where {' and '.join(where)}"


def _is_of_vehicle(one: Filter) -> bool:
    """Tell whether a filter is on a vehicle's row and its dealer's alone, and keeps none that have no row."""
    column = COLUMNS.get(one.column)
    blank = any(isinstance(value, str) and '""' in value for value in one.values.values())
    return (
        column is not None and bool(column.needs) and {*column.needs} <= _OF_VEHICLE and not blank
    )


def _whole_order(order: paging.Order) -> list[tuple[str, bool]]:
    """Return an order that no two rows share: the key stands last."""
    named = {name for name, _ in order}
    return [*order, *((name, False) for name in KEY if name not in named)]


def _by(order: paging.Order) -> str:
    """Return ORDER BY of columns of ``COLUMNS``; blanks stand last on both stores. The key has none: its index gives the order."""
    sql = []
    for name, falls in order:
        column = COLUMNS[name].sql
        if name not in KEY:
            sql.append(f"case when {column} is null then 1 else 0 end")
        sql.append(f"{column}{' desc' if falls else ''}")
    return f"order by {', '.join(sql)}"


def _sorted(rows: pa.Table, order: paging.Order) -> pa.Table:
    return rows.sort_by([(name, "descending" if falls else "ascending") for name, falls in order])


def _with_columns(
    session: Session, rows: pa.Table, wanted: Sequence[str], asked: Beside
) -> pa.Table:
    """Return the wanted columns of some rows, in their order: what is missing of ``BESIDE`` is worked out for them alone."""
    lacking = [name for name in wanted if name in BESIDE and name not in rows.column_names]
    return with_beside(session, rows, lacking, asked).select(list(dict.fromkeys(wanted)))
