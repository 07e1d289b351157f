"""Brings staged rows of a reference table (owners, vehicles, stock) into the ledger. A column that a file does not have says nothing.

A monthly file without ``end_date`` ends no lease and begins none again: what the ledger has stays. New rows take the default.
"""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass, field
from functools import cached_property

import pyarrow as pa

from renotify.ledger import tables
from renotify.ledger.intake import held_vehicles
from renotify.ledger.intake.contract import WITHDRAWN
from renotify.ledger.intake.refused_owner_rows import OWNERS
from renotify.ledger.intake.staging import ROWS, StagedRows


@dataclass(frozen=True)
class ReferenceRows(StagedRows):
    """The staged rows of a table in which a key has one row; ``columns`` has the columns of each source's file."""

    refused_owners: list[pa.Table] = field(default_factory=list)

    def keep_what_is_not_said(self) -> None:
        """Fill, in rows of files without a column that another file of the load has, what that one says or the ledger has."""
        silent = {name: some for name in self._rest if (some := self._silent(name))}
        partly = {name: some for name, some in silent.items() if len(some) < len(self.columns)}
        if not partly:
            return
        self.session.execute(f"create index {ROWS}_key on {ROWS} ({', '.join(self.contract.key)})")
        for name, sources in partly.items():
            among = f"({', '.join(map(str, sources))})"
            self._fill(name, among, self.contract.stored, "")
            said = f" and t.source_id not in {among}"
            self._fill(
                name, among, ROWS, said, f" order by {self._turn('t')}t.source_id, t.source_row"
            )

    def _fill(self, name: str, among: str, table: str, said: str, order: str = "") -> None:
        same = (*self.contract.key, *self._kept_with(name))
        match = " and ".join(f"t.{one} is not distinct from {ROWS}.{one}" for one in same)
        match = match.replace(" is not distinct from ", " = ", len(self.contract.key))
        here = f"from {table} t where {match}{said}"
        self.session.execute(
            f"update {ROWS} set {name} = (select t.{name} {here}{order} limit 1)"
            f" where source_id in {among} and exists (select 1 {here})"
        )

    def heed(self, contrary: pa.Table) -> None:
        """Of owners: whose vehicles they name."""
        if self.contract.table == OWNERS:
            self.refused_owners.append(held_vehicles.contradicting(self.session, contrary))

    def put_rows(self) -> int:
        """Insert the rows, update those that differ in a column that a file has; return how many."""
        table, key = self.contract.stored, self.contract.key
        names = ", ".join(tables.schema(table).names)
        updates = [f"{name} = excluded.{name}" for name in (*self._said, "source_id", "source_row")]
        updates += [
            f"{name} = case when {changed} then excluded.{name} else {table}.{name} end"
            for name in self._rest
            if name not in self._said and (changed := self._changed(self._kept_with(name)))
        ]
        return self.session.execute(
            f"insert into {table} ({names}) select {names} from {ROWS} where true"
            f" on conflict ({', '.join(key)}) do update set {', '.join(updates)}"
            f" where {self._changed(self._said) or 'false'}"
        )

    @property
    def _rest(self) -> list[str]:
        return [
            name
            for name in self.contract.names
            if name not in self.contract.key and name != WITHDRAWN.name
        ]

    @cached_property
    def _said(self) -> list[str]:
        """The columns beside the key that a file of the load has."""
        every = len(self.columns)
        return [name for name in self._rest if not every or len(self._silent(name)) < every]

    def _silent(self, name: str) -> list[int]:
        return [source for source, names in self.columns.items() if name not in names]

    def _kept_with(self, name: str) -> tuple[str, ...]:
        return (self.contract.kept_with or {}).get(name, ())

    def _changed(self, names: Collection[str]) -> str:
        table = self.contract.stored
        return " or ".join(f"{table}.{n} is distinct from excluded.{n}" for n in names)
