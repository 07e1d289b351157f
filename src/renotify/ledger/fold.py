"""Runs the one fold of ``fold.sql``: for the kept state, for any past day or instant of knowledge, and for ``verify``."""

from __future__ import annotations

import re
from dataclasses import dataclass, replace
from datetime import date, datetime
from functools import cache, reduce
from pathlib import Path
from typing import TYPE_CHECKING, NamedTuple

from renotify.ledger import plain_population
from renotify.ledger.kinds import Reason
from renotify.ledger.scope import ALL, Scope
from renotify.ledger.session import Session, Value
from renotify.ledger.sources import recorded_by
from renotify.rules.pack import rows_of, spelling
from renotify.rules.row import ReturnReason

if TYPE_CHECKING:
    import pyarrow as pa

REASONS = tuple(str(reason) for reason in Reason)  # 573.7(b)(5), in its order
GIVEN_UP = "unreachable"  # the action of a return reason that ends the search: 573.7(b)(5), failure to receive
MARKS = " -–—,.;:*/'_()"  # of a code as people write it
KEY = ("vin", "campaign_code", "remedy_version")
KEPT = ("current", "status", "reason", "since", "added_on")
COLUMNS = (*KEY, *KEPT)
_FOLDED, _UNREAD, _CORRECTED = "folded", "fold_unread", "fold_corrected"
_OTHERWISE, _SCOPE = "fold_otherwise", "fold_scope"
_SINCE, _STANDING, LOOKED_AT = "fold_since", "fold_standing", "fold_looked_at"
_STATE_COLUMNS = (
    "vin text, campaign_code text, remedy_version integer, current boolean, status text, reason text,"
    " since date, added_on date"
)
_MOST = 2  # where more than one vehicle in so many is to be folded, all are
# Kinds that decide no state by themselves: a letter does so only where one was given up.
_DECIDING = "e.kind not in ('mailed', 'declined', 'other')"
_FEW = 10_000  # vehicles whose events are always looked up one by one
_EVENTS_A_VEHICLE = 4
_BARE = reduce(
    lambda text, mark: f"replace({text}, '{mark.replace(chr(39), chr(39) * 2)}', '')",
    MARKS,
    "e.return_code",
)
_GIVEN_UP = (
    f"exists (select 1 from fold_given_up u where u.code = upper({_BARE})"
    " and e.occurred_on between u.first_day and u.last_day)"
)
_WORK_MEMORY = "set work_mem = '128MB'"  # PostgreSQL: of this connection only


class Section(NamedTuple):
    """A section of fold.sql: the columns and key of the table it fills, and its query."""

    columns: str
    key: str
    query: str


@cache
def sections() -> dict[str, Section]:
    """Return the sections of fold.sql by name, in its order, without its comments."""
    text = Path(__file__).with_suffix(".sql").read_text("utf-8")
    parts = re.split(r"^-- \[(\w+)\] ?(.*)$", text, flags=re.MULTILINE)[1:]
    found = {}
    for name, table, query in zip(parts[::3], parts[1::3], parts[2::3], strict=True):
        columns, _, key = table.partition("; key ")
        found[name] = Section(
            columns, key, re.sub(r"^--.*\n", "", query, flags=re.MULTILINE).strip()
        )
    return found


@dataclass(frozen=True)
class AsOf:
    """The part of history that a fold looks at; a field left out does not limit.

    ``vins`` names a staged table with the vehicles, ``scope`` says whose vehicles where none are named, ``campaigns``
    are codes, ``as_of`` the last day of what happened, ``known_at`` the last instant of what had been recorded.
    """

    vins: str = ""
    scope: Scope = ALL
    campaigns: tuple[str, ...] = ()
    as_of: date | None = None
    known_at: datetime | None = None

    @property
    def values(self) -> dict[str, Value]:
        """The values that travel beside ``folded``."""
        codes = {f"campaign_{number}": code for number, code in enumerate(self.campaigns)}
        return {**codes, "as_of": self.as_of}

    @property
    def vehicles(self) -> str:
        """The query of the vehicles looked at; blank for all of them. Its values are those of the scope."""
        if self.vins:
            return f"select distinct vin from {self.vins} order by vin"
        if self.scope.is_all:
            return ""
        return f"select vin from vehicle where {self.scope.of('dealer_code')} order by vin"

    @property
    def events(self) -> str:
        """FROM and the start of a WHERE: the events e of the vehicles looked at; ``prepare`` stages the vehicles."""
        return (
            "fold_vehicle f cross join event e where e.vin = f.vin"
            if self.vehicles
            else "event e where true"
        )

    def query(self, section: str, among: str = "") -> str:
        """Return the query of a section, its places filled; ``among`` is one more condition of the events e looked at."""
        return sections()[section].query.format(
            events=f"{self.events} {among}",
            known=self.known("e"),
            counts=self.counts,
            owner=f"{self._happened('w.as_of')} {self.known('w')}",
            given_up=_GIVEN_UP,
        )

    @property
    def counts(self) -> str:
        """The condition that an event ``e`` counts in this part, to be added after ``prepare``."""
        return self.counted(_CORRECTED)

    def counted(self, corrected: str) -> str:
        """Return the same, where ``corrected`` is the table of what is corrected; blank: nothing is."""
        unless = (
            f"and not exists (select 1 from {corrected} o where o.vin = e.vin"
            " and o.subject = e.subject and o.content = e.content)"
        )
        return (
            f"{unless if corrected else ''}"
            f" {self._happened('e.occurred_on')} {self.known('e')}"
            + (
                f" and (e.campaign_code is null or {self.of_campaigns('e')})"
                if self.campaigns
                else ""
            )
        )

    def of_campaigns(self, row: str) -> str:
        """Return the condition that a row is of the campaigns looked at; true where none are named."""
        listed = ", ".join(f":campaign_{number}" for number in range(len(self.campaigns)))
        return f"{row}.campaign_code in ({listed})" if self.campaigns else "true"

    def of_kept(self, session: Session) -> str:
        """Return the condition that a kept state s is of the campaigns; SQLite reads the table, not row by row as an index has them."""
        wanted = self.of_campaigns("s")
        return (
            wanted.replace("s.campaign_code", "s.campaign_code || ''") if session.sqlite else wanted
        )

    def _happened(self, day: str) -> str:
        return f"and {day} <= :as_of" if self.as_of else ""

    def known(self, row: str) -> str:
        """Return the condition, to be added after ``prepare``, that a row was recorded by the instant looked at."""
        return f"and {row}.source_id in (select id from fold_known)" if self.known_at else ""


EVERYTHING = AsOf()


def refold(session: Session, vins: str) -> None:
    """Bring the kept state of vehicles up to date with their events, in the caller's transaction.

    ``vins`` names a staged table with a column vin (repeated VINs are fine). Only rows that change
    are written. Call it for every vehicle with a new event or a new owner record.
    """
    part = EVERYTHING if _most(session, vins) else AsOf(vins=vins)
    prepare(session, part)
    state = session.kept("state")
    withdrawn = f"select e.vin from {part.events} and e.kind = 'withdrawn'"
    if not session.sqlite:
        plain_population.write_out(session, f"p.vin in ({withdrawn})")
    # what was withdrawn may leave no state behind: such a vehicle's states are written anew
    session.execute(f"delete from {state} where vin in ({withdrawn})")
    again = f"({folded(part)})" if session.sqlite else _otherwise(session, part)
    session.execute(
        f"insert into {state} as state ({', '.join(COLUMNS)})"
        f" select {', '.join(COLUMNS)} from {again} folded where true"
        f" on conflict ({', '.join(KEY)}) do update set"
        f" {', '.join(f'{name} = excluded.{name}' for name in KEPT)}"
        f" where ({', '.join(f'state.{name}' for name in KEPT)})"
        f" <> ({', '.join(f'excluded.{name}' for name in KEPT)})",
        **part.values,
    )


def _otherwise(session: Session, part: AsOf) -> str:
    """Return a temporary table of the states that are to be kept otherwise; of them no plain row of PostgreSQL is left."""
    same = " and ".join(f"s.{name} = f.{name}" for name in COLUMNS)
    session.execute(f"drop table if exists {session.temporary(_OTHERWISE)}")
    session.execute(
        f"create temporary table {_OTHERWISE} as select f.* from ({folded(part)}) f"
        f" where not exists (select 1 from state s where {same})"
    )
    session.execute(f"analyze {_OTHERWISE}")
    mine = " and ".join(f"f.{name} = p.{name}" for name in KEY)
    plain_population.write_out(session, f"exists (select 1 from {_OTHERWISE} f where {mine})")
    return _OTHERWISE


def _most(session: Session, vins: str) -> bool:
    """Return whether walking all events is cheaper than looking up those of these vehicles."""
    touched = session.scalar(f"select count(distinct vin) from {vins}")
    if touched < _FEW:
        return False
    if not session.sqlite:  # after a large load PostgreSQL knows nothing of the new rows yet
        session.execute(f"analyze {session.kept('event')}")
    return bool(_EVENTS_A_VEHICLE * touched >= session.scalar("select count(*) from event"))


def folded(part: AsOf) -> str:
    """Return the fold as SQL of ``COLUMNS``: call ``prepare`` first, and pass ``part.values``."""
    return part.query(_FOLDED)


@dataclass
class Since:
    """The vehicles (in ``fold_since``) whose kept states need not be those of a part's day or of a later one.

    ``most`` says that they are too many to be looked up; ``folded`` has the tables of the days on which they were folded.
    """

    part: AsOf
    most: bool
    folded: dict[date, str]


def since(session: Session, part: AsOf) -> Since | None:
    """Find the vehicles to which something happened after the day of a part; None where the kept states say nothing of it.

    They say nothing of named vehicles, which are few, of an earlier knowledge, and of no day at all. Of a scope its own vehicles' states
    are read, and no others.
    """
    if part.as_of is None or part.known_at is not None or part.vins:
        return None
    if not part.scope.is_all:
        _fill(session, _SCOPE, Section("vin text", "vin", part.vehicles), **part.scope.values)
    _stage_given_up(session)
    _fill(session, _SINCE, Section("vin text", "vin", _since(part)), **part.values)
    few = _MOST * session.scalar(f"select count(*) from {_SINCE}")
    return Since(part, few > session.scalar(f"select count(*) from {_own('state', part)}"), {})


def states(session: Session, part: AsOf, later: Since | None = None) -> str:
    """Return the states of a part as SQL of ``COLUMNS``, with ``part.values``. It stands until ``since`` or ``prepare`` is called.

    They are what ``folded`` gives, but the kept states stand for all vehicles to which nothing happened after the day, and only the
    others are folded; where those are most, or the kept states say nothing (``since``), all are. ``later`` is what ``since`` found
    for this day or an earlier one, of the same campaigns or more: with it each day is folded once, whatever campaigns are asked for.
    """
    kept = _kept(session, part)
    if part == replace(EVERYTHING, campaigns=part.campaigns):
        return kept
    found = later or since(session, part)
    if found is None or found.most or part.as_of is None:
        prepare(session, part)
        return folded(part)
    return f"{unchanged(session, part)} union all {changed(session, part, found)}"


def unchanged(session: Session, part: AsOf) -> str:
    """Return the half of ``states`` that is the same on each day of a ``Since``: of vehicles that are not in it."""
    return f"{_kept(session, part)} and s.vin not in (select vin from {_SINCE})"


def changed(session: Session, part: AsOf, later: Since) -> str:
    """Return the other half on a part's day: of the vehicles in a ``Since``, folded as of the day, once a day."""
    day = part.as_of or date.max
    if day not in later.folded:
        later.folded[day] = _then(session, later, day)
    return f"select {', '.join(COLUMNS)} from {later.folded[day]} s where {part.of_campaigns('s')}"


def _kept(session: Session, part: AsOf) -> str:
    columns = ", ".join(f"s.{name}" for name in COLUMNS)
    return f"select {columns} from {_own('state', part, 's')} and {part.of_kept(session)}"


def _own(table: str, part: AsOf, row: str = "o") -> str:
    """Return FROM and the start of a WHERE: the rows of a table of vehicles, those of a part's scope where it has one (``since``).

    "cross join" keeps SQLite to looking up the scope's vehicles.
    """
    if part.scope.is_all or part.vins:
        return f"{table} {row} where true"
    return f"{_SCOPE} own cross join {table} {row} where {row}.vin = own.vin"


def standing(session: Session, part: AsOf) -> str:
    """Return the name of a table with the current ``states`` of a part, for whoever reads them more than once."""
    found = f"select * from ({states(session, part)}) s where s.current"
    section = Section(_STATE_COLUMNS, ", ".join(KEY), found)
    _fill(session, _STANDING, section, **part.values)
    return _STANDING


def _then(session: Session, found: Since, day: date) -> str:
    """Fold the vehicles found as of a day into a table of its own; return its name."""
    table, part = f"fold_then_{len(found.folded)}", replace(found.part, as_of=day, vins=_SINCE)
    prepare(session, part, same_vehicles=bool(found.folded))
    section = Section(_STATE_COLUMNS, ", ".join(KEY), folded(part))
    _fill(session, table, section, **part.values)
    return table


def look_at(session: Session, part: AsOf, which: str) -> str:
    """Find which events ``e`` of a part's campaigns others correct, of those of which ``which`` holds: for all of a subject, or none.

    Return their table, blank where there is none: ``part.counted`` of it is the condition that such an event counts; what ``states``
    folded still stands. Of an earlier knowledge call ``states`` first: it stages what was known.
    """
    corrected = sections()[_CORRECTED]
    among = f"and {which} and {part.of_campaigns('e')}"
    query = part.query(_CORRECTED, among)
    _fill(session, LOOKED_AT, corrected._replace(query=query), **part.values)
    return LOOKED_AT if session.scalar(f"select count(*) from {LOOKED_AT}") else ""


def _since(part: AsOf) -> str:
    """Return SQL of the vehicles whose kept state need not be that of the part's day.

    Something was said to have happened to them after it; or a letter of theirs was given up, and one was mailed, or somebody is
    known, since then.
    """
    newer = (
        "exists (select 1 from owner w where w.vin = e.vin and w.as_of > :as_of)"
        " or exists (select 1 from refused_owner w where w.vin = e.vin and not w.settled)"
        " or exists (select 1 from event m where m.vin = e.vin and m.kind = 'mailed' and m.occurred_on > :as_of)"
    )
    return (  # the first condition says what the last one does, cheaply: most events fail it
        f"select distinct e.vin from {_own('event', part, 'e')} and (e.occurred_on > :as_of or e.kind = 'returned')"
        f" and (e.campaign_code is null or {part.of_campaigns('e')})"
        f" and (e.occurred_on > :as_of and {_DECIDING} or e.kind = 'returned' and {_GIVEN_UP} and ({newer}))"
    )


def prepare(session: Session, part: AsOf, *, same_vehicles: bool = False) -> None:
    """Fill the temporary tables that ``folded`` reads: vehicles and sources of the part, and what is rare in it.

    ``same_vehicles`` as the last time, on another day: who they are, and which of their events others correct, is known.
    """
    if not session.sqlite:
        session.execute(_WORK_MEMORY)
    if part.vehicles and not same_vehicles:
        vehicles = Section("vin text", "vin", part.vehicles)
        _fill(session, "fold_vehicle", vehicles, **part.scope.values)
    if part.known_at is not None:
        _fill_known(session, part.known_at)
    _stage_given_up(session)
    for name, section in sections().items():
        if name == _UNREAD:
            _stage_said(session, part)
        if name != _FOLDED and not (same_vehicles and name == _CORRECTED):
            _fill(session, name, section._replace(query=part.query(name)), **part.values)


def _stage_said(session: Session, part: AsOf) -> None:
    """Stage what the owner records say of the vehicles whose letters were given up, spelt alike."""
    from renotify.ledger import spelled_alike

    vins = f"select e.vin from {part.events} and e.kind = 'returned' and {_GIVEN_UP} {part.counts}"
    spelled_alike.stage(session, vins, **part.values)


def _fill(session: Session, name: str, section: Section, **values: Value) -> None:
    session.execute(f"drop table if exists {session.temporary(name)}")
    session.execute(
        f"create temporary table {name} ({section.columns}, primary key ({section.key}))"
    )
    session.execute(f"insert into {name} {section.query}", **values)
    if not session.sqlite:
        session.execute(f"analyze {name}")


def _fill_known(session: Session, known_at: datetime) -> None:
    """Keep the sources recorded by an instant (UTC where it names no zone); SQLite keeps text."""
    condition, instant = recorded_by(session, known_at)
    recorded = Section("id integer", "id", f"select id from source where {condition}")
    _fill(session, "fold_known", recorded, instant=instant)


def _stage_given_up(session: Session) -> None:
    """Stage the codes of ``_given_up``, which SQLite then looks up: without an index it spells an event's code anew for each of them."""
    session.stage("fold_given_up", _given_up())
    session.execute("create index if not exists fold_given_up_code on fold_given_up (code)")


def _given_up() -> pa.Table:
    """Return the codes that say a skip trace ended without a result, with the days of each rule's force."""
    import pyarrow as pa

    codes = [
        (spelling(code), row.effective_from, row.effective_to or date.max)
        for row in rows_of("returns")
        if isinstance(row, ReturnReason) and row.action == GIVEN_UP
        for code in (row.id, *row.codes)
    ]
    return pa.table({
        "code": pa.array([code for code, _, _ in codes], pa.string()),
        "first_day": pa.array([first for _, first, _ in codes], pa.date32()),
        "last_day": pa.array([last for _, _, last in codes], pa.date32()),
    })  # fmt: skip
