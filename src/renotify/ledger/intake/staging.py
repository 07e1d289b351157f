"""Brings staged rows into the ledger, set by set: rules, contradicting rows, the events of the rest.

Every step returns counts; what it refuses goes to the rejects with its file and row.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass, field
from functools import cached_property

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from renotify.ledger import plain_population
from renotify.ledger.intake import file_dates
from renotify.ledger.intake.contract import Contract
from renotify.ledger.intake.events import EVENT_COLUMNS, EVENTS, RULES, RowEvent, Rule
from renotify.ledger.intake.rejects import Rejects
from renotify.ledger.intake.row_checks import WITHHELD, lines
from renotify.ledger.kinds import EventKind
from renotify.ledger.session import Session
from renotify.values.english import counted, series

ROWS = "intake_rows"
REPEATED = "intake_repeated"
REFUSED = "intake_refused"
CHANGED = "intake_changed"
DATE_THE_NAMES = "With dates in the names of the files (2013-02) the newer one would stand."
NOTHING_KNOWN = (
    "Nothing is known that this row could take back: its key must be that of a row that was loaded."
)
OF_QUANTITIES = (
    "part_shipments",
)  # tables of which two rows of one key may be two things that happened, not one that is said twice
SHOWN_ROWS = 5
FEW = 4  # where less than one row in so many is new, it pays to fold the changed vehicles only
_WHERE = pa.schema([("source_id", pa.int64()), ("source_row", pa.int64())])
_SAME_ROW = "{0}.source_id = {1}.source_id and {0}.source_row = {1}.source_row"


@dataclass(frozen=True)
class StagedRows:
    """A table's good rows, staged as ROWS; ``files`` names the file of each source id, ``notes`` says what people should know.

    ``columns`` has the columns of each source's file: one that a file does not have says nothing.
    """

    session: Session
    contract: Contract
    files: Mapping[int, str]
    rejects: Rejects
    notes: list[str] = field(default_factory=list)
    inserted: list[int] = field(default_factory=list)  # how many events of each kind were new
    columns: Mapping[int, Collection[str]] = field(default_factory=dict)

    @cached_property
    def heard(self) -> frozenset[int]:
        """The sources of this load whose very bytes were loaded before: they cannot undo what came since."""
        found = self.session.read(
            f"select s.id from source s where s.id in ({numbers(self.files)}) and s.sha256 <> '' and exists (select 1 from source o"
            " where o.sha256 = s.sha256 and o.table_name = s.table_name and o.id < s.id)",
            pa.schema([("id", pa.int64())]),
        )
        return frozenset(found["id"].to_pylist())

    def in_a_file(self, column: str) -> bool:
        return any(column in names for names in self.columns.values())

    def some(self, rows: str) -> bool:
        """Return whether there are any of these rows."""
        return bool(
            self.session.scalar(
                f"select count(*) from (select 1 as one from {rows} limit 1) any_row"
            )
        )

    def apply_rules(self, *, before_filing: bool) -> int:
        """Refuse the rows that a rule of the ledger refuses; return how many. ``before_filing``: some are older than their campaign."""
        rules = RULES.get(self.contract.table, ())
        return sum(self._refuse(one) for one in rules if before_filing or not one.before_filing)

    def _refuse(self, rule: Rule) -> int:
        """Refuse the rows of a rule, but none whose event is known already: it changes nothing."""
        events = EVENTS[self.contract.table]
        event = events[rule.of]
        self.temporary(
            REFUSED,
            f"""select s.source_id, s.source_row, s.{rule.column}, {rule.adding} as more
            from (select r.*, {event.subject} as subject, {event.content} as content, {events[0].subject} as about
                from {ROWS} r) s
            where {rule.where} and not exists (select 1 from event e
                where e.vin = s.vin and e.subject = s.subject and e.content = s.content)""",
        )
        rows = self._read(REFUSED, rule.column, "more")
        reasons = pc.binary_join_element_wise(rule.reason, rows["more"].combine_chunks(), "")
        self._reject(rows, rule.column, reasons)
        return self.remove(REFUSED) if rows.num_rows else 0

    def refuse_contradictions(self) -> int:
        """Keep a row of each key: the first of the newest file. Refuse other rows of that file that differ from it, and
        where no file is known to be newer, of every file; return how many. The same again is no fault.
        """
        key = self.contract.key
        repeated = (
            f"select {', '.join(key)} from {ROWS} group by {', '.join(key)} having count(*) > 1"
        )
        some = f"select count(*) from (select 1 as one from ({repeated}) t limit 1) any_row"
        if not self.session.scalar(some):
            return 0
        self.temporary(REPEATED, self._later_rows(repeated))
        if self.contract.table in OF_QUANTITIES:
            self._tell_twins()
        contrary = self._read(REPEATED, key[0], "first_row", "first_source", where="other = 1")
        contrary = self._without_outdated(contrary)
        self._reject(contrary, key[0], self._reasons(contrary))
        self.heed(contrary)
        self.remove(REPEATED)
        return int(contrary.num_rows)

    def _tell_twins(self) -> None:
        """Say which files have the same row twice, where two of a day may be two: they count once."""
        twins = self._read(REPEATED, "first_row", where="other = 0 and source_id = first_source")
        key = ", ".join(self.contract.key)
        for source, name in self.files.items():
            own = twins.filter(pc.equal(twins["source_id"], source))
            if own.num_rows:
                rows = series([str(row) for row in own["source_row"].to_pylist()[:SHOWN_ROWS]])
                more = " and more" if own.num_rows > SHOWN_ROWS else ""
                self.notes.append(
                    f"{name}: {counted(own.num_rows, 'row')} ({rows}{more}) the same as a row before, counted once: if they are"
                    f" others of one {key}, add them up in one row."
                )

    def heed(self, contrary: pa.Table) -> None:
        """Keep what a table wants to know of rows that are refused because another row says otherwise (source_id, source_row)."""

    @cached_property
    def newness(self) -> dict[int, int]:
        """Each file's place among the files, the newest highest; none where nothing tells.

        By the dates in their names, else by the latest ``as_of`` in each.
        """
        by_name = file_dates.by_name(self.files)
        if by_name or "as_of" not in self.contract.names:
            return by_name
        latest = self.session.read(
            f"select source_id, max(as_of) as latest from {ROWS} group by source_id",
            pa.schema([("source_id", pa.int64()), ("latest", pa.date32())]),
        ).to_pylist()
        days = sorted({row["latest"] for row in latest})
        if len(days) < len(self.files):
            return {}
        return {row["source_id"]: days.index(row["latest"]) for row in latest}

    def _without_outdated(self, contrary: pa.Table) -> pa.Table:
        """Return the rows that no newer file speaks against; say of the others which file stands."""
        if not self.newness:
            return contrary
        self._tell_outdated(contrary)
        return contrary.filter(pc.equal(contrary["first_source"], contrary["source_id"]))

    def _tell_outdated(self, contrary: pa.Table) -> None:
        pairs = contrary.group_by(["first_source", "source_id"]).aggregate(
            [("source_row", "count")]
        )
        for pair in sorted(pairs.to_pylist(), key=lambda p: (p["first_source"], p["source_id"])):
            newer, older = self.files[pair["first_source"]], self.files[pair["source_id"]]
            if newer != older:
                count = pair["source_row_count"]
                rows, says = counted(count, "row"), "says" if count == 1 else "say"
                self.notes.append(
                    f"{newer} is newer than {older}: it stands where {rows} of {older} {says} otherwise."
                )

    def _later_rows(self, repeated: str) -> str:
        key = self.contract.key
        rest = [name for name in self.contract.names if name not in key]
        same = " and ".join(f"{{0}}.{name} = {{1}}.{name}" for name in key)
        other = " or ".join(f"f.{name} is distinct from s.{name}" for name in rest) or "false"
        keys = ", ".join(f"s.{name}" for name in key)
        return f"""with ranked as (
                select s.*, row_number() over (
                    partition by {keys} order by {self._turn("s")}s.source_id, s.source_row) as place
                from {ROWS} s join ({repeated}) t on {same.format("s", "t")})
            select s.source_id, s.source_row, s.{key[0]}, f.source_row as first_row,
                f.source_id as first_source, case when {other} then 1 else 0 end as other
            from ranked s join ranked f on {same.format("s", "f")} and f.place = 1
            where s.place > 1"""

    def _turn(self, row: str) -> str:
        """Return SQL that puts the rows of newer files first."""
        if not self.newness:
            return ""
        cases = " ".join(f"when {source} then {rank}" for source, rank in self.newness.items())
        return f"case {row}.source_id {cases} end desc, "

    def _reasons(self, rows: pa.Table, says: str = "otherwise", cure: str = "") -> pa.Array:
        key = ", ".join(self.contract.key)
        files = pa.array([self.files[int(i)] for i in rows["first_source"].to_numpy()], pa.string())
        reasons = pc.binary_join_element_wise(
            "Row ", rows["first_row"].cast(pa.string()).combine_chunks(), " of ", files,
            f" says {says} for the same {key}.{cure}", "",
        )  # fmt: skip
        if cure:
            return reasons
        other = pc.not_equal(rows["first_source"], rows["source_id"]).combine_chunks()
        return pc.if_else(other, pc.binary_join_element_wise(reasons, DATE_THE_NAMES, " "), reasons)

    def add_events(self) -> int:
        """Insert the events of the staged rows; return how many rows had at least one that was not known."""
        events = EVENTS[self.contract.table]
        added = [self._add(event) for event in events]
        self.inserted.extend(added)
        one_row_an_event = self.contract.table != "mail_events"
        if one_row_an_event and not any(added[1:]):
            return added[0]
        rows = self.with_new_event("s.source_id, s.source_row")
        return int(self.session.scalar(f"select count(*) from ({rows}) new_rows"))

    def _add(self, event: RowEvent) -> int:
        """Add events in the order of their key: the table's index then grows at its end, and folds read along it."""
        columns = ", ".join(EVENT_COLUMNS)
        of_population = event.kind == f"'{EventKind.ADDED}'"
        new = plain_population.unsaid(self.session, "row_event") if of_population else "true"
        return self.session.execute(
            f"insert into {self.session.kept('event')} ({columns})"
            f" select {columns} from ({event.select(ROWS)}) row_event where {new}"
            " order by vin, subject, content, source_id, source_row on conflict (vin, subject, content) do nothing"
        )

    def with_new_event(self, wanted: str, where: str = "true") -> str:
        """Return SQL of the staged rows of which an event was new: it bears the source and row of that row."""
        return " union ".join(
            f"""select {wanted} from ({event.select(ROWS)}) s join event e
            on e.vin = s.vin and e.subject = s.subject and e.content = s.content
            and {_SAME_ROW.format("e", "s")} where {where}"""
            for event in EVENTS[self.contract.table]
        )

    def changed_vehicles(self, accepted: int, rows: int) -> str:
        """Return the staged table with the vehicles to fold again: those of new events, or all where most are."""
        if accepted * FEW > rows:
            return ROWS
        self.temporary(CHANGED, self.with_new_event("s.vin"))
        return CHANGED

    def temporary(self, name: str, select: str) -> None:
        """Keep the rows of a query in a temporary table."""
        self.session.execute(f"drop table if exists {name}")
        self.session.execute(f"create temporary table {name} as {select}")

    def _read(self, name: str, *columns: str, where: str = "true") -> pa.Table:
        types = {"first_row": pa.int64(), "first_source": pa.int64()}
        wanted = pa.schema([*_WHERE, *((c, types.get(c, pa.string())) for c in columns)])
        named = ", ".join(c if c in types else f"cast({c} as text) as {c}" for c in columns)
        return self.session.read(
            f"select source_id, source_row, {named} from {name} where {where}", wanted
        )

    def remove(self, name: str) -> int:
        """Take the listed rows out of ROWS; return how many."""
        self.session.execute(f"create index {name}_row on {name} (source_row)")
        return self.session.execute(
            f"delete from {ROWS} where exists"
            f" (select 1 from {name} l where {_SAME_ROW.format('l', ROWS)})"
        )

    def refuse(self, name: str, column: str) -> int:
        """Refuse the rows listed in a temporary table, which has source_id, source_row, the column and a reason; return how many."""
        rows = self._read(name, column, "reason")
        self._reject(rows, column, rows["reason"].combine_chunks())
        self.remove(name)
        return int(rows.num_rows)

    def _reject(self, rows: pa.Table, column: str, reasons: pa.Array) -> None:
        personal = {c.name for c in self.contract.columns if c.personal}
        sources = rows["source_id"].to_numpy()
        for source in np.unique(sources):
            mask = pa.array(sources == source)
            values = rows[column].combine_chunks().filter(mask)
            if column in personal:
                values = pa.array([WITHHELD] * len(values))
            numbers = rows["source_row"].filter(mask).to_numpy()
            against = lines(numbers, column, values, reasons.filter(mask))
            self.rejects.add(self.files[int(source)], against)


def contradicting(table: str, rows: int) -> str:
    """Say that rows of files that were loaded before speak against what was recorded since."""
    verb = "contradicts" if rows == 1 else "contradict"
    return (
        f"{table}: {counted(rows, 'row')} of a file that was loaded before {verb} what was recorded since;"
        " nothing changed. If they are right, export them anew or load them in a new file."
    )


def numbers(sources: Iterable[int]) -> str:
    """Return ids as SQL lists them; where there are none, one that no source has."""
    return ", ".join(str(source) for source in sources) or "-1"
