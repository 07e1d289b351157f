"""Brings staged rows into the ledger set-wise: rules against it, doubles, then one insert.

Every step returns counts; what it refuses goes to the rejects with its file and row.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from renotify.ledger import tables
from renotify.ledger.intake.checking import WITHHELD, lines
from renotify.ledger.intake.contract import Contract
from renotify.ledger.intake.rejects import Rejects
from renotify.ledger.intake.said import EVENT_COLUMNS, RULES, SAID, Rule, Said
from renotify.ledger.session import Session

ROWS = "intake_rows"
LATER = "intake_later"
REFUSED = "intake_refused"
NEWS = "intake_news"
FEW = 4  # one row in so many is few: then it pays to look for the vehicles with news
_WHERE = pa.schema([("source_id", pa.int64()), ("source_row", pa.int64())])
_SAME_ROW = "{0}.source_id = {1}.source_id and {0}.source_row = {1}.source_row"


@dataclass(frozen=True)
class Staged:
    """A table's good rows, staged as ROWS; ``files`` names the file of each source id."""

    session: Session
    contract: Contract
    files: Mapping[int, str]
    rejects: Rejects

    def apply_rules(self) -> int:
        """Refuse the rows that the ledger's knowledge speaks against; return how many."""
        return sum(self._refuse(rule) for rule in RULES.get(self.contract.table, ()))

    def _refuse(self, rule: Rule) -> int:
        """Refuse the rows of a rule, but none that was heard before: that is no news."""
        said = SAID[self.contract.table][0]
        self._temporary(
            REFUSED,
            f"""select s.source_id, s.source_row, s.{rule.column}
            from (select r.*, {said.subject} as subject, {said.content} as content from {ROWS} r) s
            where {rule.where} and not exists (select 1 from event e
                where e.vin = s.vin and e.subject = s.subject and e.content = s.content)""",
        )
        rows = self._read(REFUSED, rule.column)
        self._reject(rows, rule.column, pa.array([rule.reason] * rows.num_rows, pa.string()))
        return self._remove(REFUSED) if rows.num_rows else 0

    def refuse_second_tellings(self) -> int:
        """Keep the first row of each key; refuse those that contradict it, and return how many."""
        key = self.contract.key
        twice = f"select {', '.join(key)} from {ROWS} group by {', '.join(key)} having count(*) > 1"
        some = f"select count(*) from (select 1 as one from ({twice}) t limit 1) any_row"
        if not self.session.scalar(some):
            return 0
        self._temporary(LATER, self._later_rows(twice))
        contrary = self._read(LATER, key[0], "first_row", "first_source", where="other = 1")
        self._reject(contrary, key[0], self._second_telling(contrary))
        self._remove(LATER)
        return int(contrary.num_rows)

    def _later_rows(self, twice: str) -> str:
        key = self.contract.key
        rest = [name for name in self.contract.names if name not in key]
        same = " and ".join(f"{{0}}.{name} = {{1}}.{name}" for name in key)
        other = " or ".join(f"f.{name} is distinct from s.{name}" for name in rest) or "false"
        keys = ", ".join(f"s.{name}" for name in key)
        return f"""with ranked as (
                select s.*, row_number() over (
                    partition by {keys} order by s.source_id, s.source_row) as nth
                from {ROWS} s join ({twice}) t on {same.format("s", "t")})
            select s.source_id, s.source_row, s.{key[0]}, f.source_row as first_row,
                f.source_id as first_source, case when {other} then 1 else 0 end as other
            from ranked s join ranked f on {same.format("s", "f")} and f.nth = 1
            where s.nth > 1"""

    def _second_telling(self, rows: pa.Table) -> pa.Array:
        key = ", ".join(self.contract.key)
        files = pa.array([self.files[int(i)] for i in rows["first_source"].to_numpy()], pa.string())
        return pc.binary_join_element_wise(
            "Row ", rows["first_row"].cast(pa.string()).combine_chunks(), " of ", files,
            f" says otherwise for the same {key}.", "",
        )  # fmt: skip

    def add_events(self) -> int:
        """Insert the events of the staged rows; return how many rows said something new."""
        first, *others = SAID[self.contract.table]
        inserted = self._add(first)
        more = sum(self._add(said) for said in others)
        one_each = self.contract.table != "mail_events"
        return inserted if one_each and not more else self._rows_heard((first, *others))

    def _add(self, said: Said) -> int:
        """Add events in the order of their key: the table's index then grows at its end, and folds read along it."""
        columns = ", ".join(EVENT_COLUMNS)
        return self.session.execute(
            f"insert into event ({columns}) select {columns} from ({said.select(ROWS)}) said where true"
            " order by vin, subject, content, source_id, source_row on conflict (vin, subject, content) do nothing"
        )

    def _rows_heard(self, every: Iterable[Said]) -> int:
        heard = self._heard(every, "s.source_id, s.source_row")
        return int(self.session.scalar(f"select count(*) from ({heard}) heard"))

    def _heard(self, every: Iterable[Said], wanted: str) -> str:
        """Return SQL of the rows with at least one new event: it bears their source and row."""
        return " union ".join(
            f"""select {wanted} from ({said.select(ROWS)}) s join event e
            on e.vin = s.vin and e.subject = s.subject and e.content = s.content
            and {_SAME_ROW.format("e", "s")}"""
            for said in every
        )

    def vehicles_with_news(self, accepted: int, rows: int) -> str:
        """Return the staged table with the vehicles to fold again: all, or few among many."""
        if accepted * FEW > rows:
            return ROWS
        self._temporary(NEWS, self._heard(SAID[self.contract.table], "s.vin"))
        return NEWS

    def put_rows(self) -> int:
        """Insert the rows of a reference table, update those that differ; return how many."""
        table, key = self.contract.stored, self.contract.key
        names = ", ".join(tables.schema(table).names)
        rest = [name for name in self.contract.names if name not in key]
        updates = [f"{name} = excluded.{name}" for name in (*rest, "source_id", "source_row")]
        differs = " or ".join(f"{table}.{n} is distinct from excluded.{n}" for n in rest) or "false"
        return self.session.execute(
            f"insert into {table} ({names}) select {names} from {ROWS} where true"
            f" on conflict ({', '.join(key)}) do update set {', '.join(updates)} where {differs}"
        )

    def _temporary(self, name: str, select: str) -> None:
        self.session.execute(f"drop table if exists {name}")
        self.session.execute(f"create temporary table {name} as {select}")

    def _read(self, name: str, *columns: str, where: str = "true") -> pa.Table:
        types = {"first_row": pa.int64(), "first_source": pa.int64()}
        wanted = pa.schema([*_WHERE, *((c, types.get(c, pa.string())) for c in columns)])
        named = ", ".join(c if c in types else f"cast({c} as text) as {c}" for c in columns)
        return self.session.read(
            f"select source_id, source_row, {named} from {name} where {where}", wanted
        )

    def _remove(self, name: str) -> int:
        """Take the listed rows out of ROWS; return how many."""
        self.session.execute(f"create index {name}_row on {name} (source_row)")
        return self.session.execute(
            f"delete from {ROWS} where exists"
            f" (select 1 from {name} l where {_SAME_ROW.format('l', ROWS)})"
        )

    def _reject(self, rows: pa.Table, column: str, reasons: pa.Array) -> None:
        personal = {c.name for c in self.contract.columns if c.personal}
        sources = rows["source_id"].to_numpy()
        for source in np.unique(sources):
            mask = pa.array(sources == source)
            values = rows[column].combine_chunks().filter(mask)
            if column in personal:
                values = pa.array([WITHHELD] * len(values))
            numbers = rows["source_row"].filter(mask).to_numpy()
            said = lines(numbers, column, values, reasons.filter(mask))
            self.rejects.add(self.files[int(source)], said)
