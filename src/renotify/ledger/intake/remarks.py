"""What people should know of a table's rows, though none of it refuses one: dealers that nobody has loaded, work older than its campaign.

Batches are only asked whether there is any; where there is, the rows that came through are counted in the ledger.
"""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date
from typing import NamedTuple

import pyarrow as pa
import pyarrow.compute as pc

from renotify.ledger.intake.columns import Known
from renotify.ledger.intake.contract import Column, Contract
from renotify.ledger.intake.row_checks import shown
from renotify.ledger.session import Session
from renotify.values.english import counted, series

SHOWN = 5  # unknown codes named in a note
WHAT_BECOMES = {
    "vehicles": "their owners are written to, and a follow-up plans them at the dealer nearest to the owner",
    "repair_orders": "the work counts all the same",
}


class UnknownCode(NamedTuple):
    """How many rows have a code that its registry does not have; a blank one is no code."""

    code: str
    rows: int


class EarlyWork(NamedTuple):
    """Rows of a campaign with work done before it was filed."""

    campaign_code: str
    rows: int
    first: date


class RowRemarks:
    """Whether a table's good rows have something to remark on, and the sentences that say it."""

    def __init__(self, contract: Contract, known: Known) -> None:
        self.contract = contract
        self.before_filing = False
        self._known = known
        self._mentioned = [column for column in contract.columns if column.mentions]
        self._unknown: set[str] = set()

    def take(self, rows: pa.RecordBatch) -> None:
        """Look at a batch of good rows."""
        for column in self._mentioned:
            codes = self._known.codes[column.mentions]
            if not pc.all(pc.is_in(rows[column.name], codes)).as_py():
                self._unknown.add(column.name)
        if self.contract.work_day and not self.before_filing:
            codes = pa.array(list(self._known.filed), pa.string())
            filed = pa.array(list(self._known.filed.values()), pa.date32())
            of_row = filed.take(pc.index_in(rows["campaign_code"], codes))
            self.before_filing = bool(pc.any(pc.less(rows[self.contract.work_day], of_row)).as_py())

    def sentences(self, session: Session, staged: str) -> Iterator[str]:
        """Yield what there is to say of the rows of the staged table."""
        for column in self._mentioned:
            if column.name in self._unknown:
                yield from self._unknown_codes(session, staged, column)
        if self.before_filing:
            yield from self._early(session, staged)

    def _unknown_codes(self, session: Session, staged: str, column: Column) -> Iterator[str]:
        name, registry = column.name, column.mentions
        codes = session.rows(
            UnknownCode,
            f"select r.{name} as code, count(*) as rows from {staged} r where not exists"
            f" (select 1 from {registry} k where k.{name} = r.{name})"
            f" group by r.{name} order by 2 desc, 1",
        )
        named = [one for one in codes if one.code]
        parts = [f"{counted(one.rows, 'row')} without a {name}" for one in codes if not one.code]
        if named:
            more = f", and {len(named) - SHOWN} more" if len(named) > SHOWN else ""
            parts.append(
                f"{counted(sum(one.rows for one in named), 'row')} with a {name} that no {registry}"
                f" has ({', '.join(shown(one.code) for one in named[:SHOWN])}{more})"
            )
        if parts:
            table = self.contract.table
            yield f"{table}: {series(parts)}; {WHAT_BECOMES[table]}."
        yield from self._dropped_zeros(column, [one.code for one in named])

    def _dropped_zeros(self, column: Column, unknown: list[str]) -> Iterator[str]:
        """Say which unknown codes are known ones without their leading zeros: a spreadsheet takes them for numbers."""
        known = self._known.codes[column.mentions].to_pylist()
        without = {code.lstrip("0"): code for code in known if code.startswith("0")}
        pairs = [(code, without[code]) for code in unknown if code in without]
        if pairs:
            meant = ", ".join(f"{code} for {whole}" for code, whole in pairs[:SHOWN])
            more = f", and {len(pairs) - SHOWN} more" if len(pairs) > SHOWN else ""
            yield (
                f"{self.contract.table}: has a spreadsheet dropped the leading zeros of {column.name} ({meant}{more})?"
                " Set the column to text, export again and load."
            )

    def _early(self, session: Session, staged: str) -> Iterator[str]:
        day = self.contract.work_day
        found = session.rows(
            EarlyWork,
            f"select r.campaign_code, count(*) as rows, min(r.{day}) as first from {staged} r"
            f" join campaign c on c.campaign_code = r.campaign_code and r.{day} < c.filed_date"
            " group by r.campaign_code order by r.campaign_code",
        )
        if found:
            each = series(
                [f"{one.campaign_code} {one.rows:,}, the first on {one.first}" for one in found]
            )
            yield (
                f"{self.contract.table}: {counted(sum(one.rows for one in found), 'row')} of work done"
                f" before the campaign was filed ({each}); the work counts, on its own day."
            )
