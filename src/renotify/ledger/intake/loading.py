"""Loads the files of one table after the other, each table in one transaction."""

from __future__ import annotations

from collections.abc import Sequence
from contextlib import nullcontext
from dataclasses import dataclass
from datetime import date

import pyarrow as pa

from renotify.campaigns import catalogue
from renotify.errors import BadInput
from renotify.ledger import tables
from renotify.ledger.fold import refold
from renotify.ledger.intake import batches, campaign_files, first_load, notes
from renotify.ledger.intake.batches import Layout
from renotify.ledger.intake.columns import Known
from renotify.ledger.intake.contract import (
    CAMPAIGN,
    CAMPAIGNS_TABLE,
    CONTRACTS,
    DEALER,
    FLAT_RCL_TABLE,
    LOADING_ORDER,
    PART,
    Contract,
)
from renotify.ledger.intake.files import Found
from renotify.ledger.intake.good_rows import GoodRows
from renotify.ledger.intake.loaded import Loaded
from renotify.ledger.intake.mailed_pieces import MailedPieces
from renotify.ledger.intake.rejects import Rejects
from renotify.ledger.intake.staging import ROWS, StagedRows
from renotify.ledger.kinds import SourceKind
from renotify.ledger.registry import Counts
from renotify.ledger.session import Session
from renotify.ledger.sources import record
from renotify.values.progress_callback import Progress

RETURNED = "intake_returned"
PATIENCE = 3_600_000  # milliseconds for the turn of another writer


@dataclass
class Load:
    """One load: its files, the session, and what it has found so far."""

    session: Session
    files: Sequence[Found]
    layouts: dict[Found, Layout]
    day: date
    strict: bool
    progress: Progress | None
    rejects: Rejects
    loaded: Loaded

    def run(self) -> None:
        """Load every table in its order; strict: all in one transaction, none if any row is bad."""
        if self.session.sqlite:  # another load may be a long one; PostgreSQL waits by itself
            self.session.scalar(f"pragma busy_timeout = {PATIENCE}")
        with self.session.transaction() if self.strict else nullcontext():
            for table in LOADING_ORDER:
                files = [file for file in self.files if file.table == table]
                if files:
                    with nullcontext() if self.strict else self.session.transaction():
                        self._table(table, files)
            if self.strict and self.loaded.rejected:
                raise BadInput(
                    f"{self.loaded.rejected} rows were refused, so nothing was loaded.",
                    "Correct the rows of the rejects file, or load without --strict.",
                )
        self.loaded.notes += notes.on_populations(self.session, self.loaded)

    def _table(self, table: str, files: Sequence[Found]) -> None:
        """Load the files of a table; where they say nothing new, the ledger does not know that they were read."""
        self.session.execute("savepoint before_table")
        sources = {
            record(
                self.session, SourceKind.FILE, file.name, sha256=file.sha256, table=file.table
            ): file
            for file in files
        }
        if table in CONTRACTS:
            counts = self._rows(CONTRACTS[table], sources)
        else:
            counts = sum((self._campaigns(s, f) for s, f in sources.items()), Counts())
        if not counts.accepted:
            self.session.execute("rollback to savepoint before_table")
        self.session.execute("release savepoint before_table")

    def _campaigns(self, source_id: int, file: Found) -> Counts:
        if file.table == FLAT_RCL_TABLE:
            return campaign_files.load_flat_rcl(
                self.session, file, source_id, self.loaded, self.rejects
            )
        return campaign_files.load_catalogue(self.session, file, source_id, self.loaded)

    def _rows(self, contract: Contract, sources: dict[int, Found]) -> Counts:
        good = self._good_rows(contract, sources)
        if first_load.begins(self.session, contract):
            accepted, refused = write_first(self.session, good), good.rejected
        else:
            accepted, refused = self._beside_what_stands(contract, good, sources)
        self.loaded.notes += notes.on_rows(contract, good)
        counts = Counts(accepted, refused, good.rows - accepted - refused)
        self.loaded.add(contract.table, counts, good.rows)
        return counts

    def _beside_what_stands(
        self, contract: Contract, good: GoodRows, sources: dict[int, Found]
    ) -> tuple[int, int]:
        """Bring good rows in beside those that the ledger has; return how many were accepted, and refused."""
        good.stage(self.session, ROWS, good.reader())
        for name, constant in good.left_out.items():
            self.session.execute(f"alter table {ROWS} add column {name} {constant}")
        names = {source: file.name for source, file in sources.items()}
        staged = StagedRows(self.session, contract, names, self.rejects)
        refused = good.rejected + staged.apply_rules()
        if contract.is_event:
            accepted = staged.add_events()
        else:
            refused += staged.refuse_contradictions()
            accepted = staged.put_rows()
        if accepted and contract.is_event:
            refold(self.session, staged.changed_vehicles(accepted, good.rows))
        if accepted and contract.table == "owners":
            self._refold_returned()
        self.session.execute(f"drop table {ROWS}")
        return accepted, refused

    def _good_rows(self, contract: Contract, sources: dict[int, Found]) -> GoodRows:
        files = {source: (file, self.layouts[file]) for source, file in sources.items()}
        good = GoodRows(contract, files, self.day, known(self.session), self.rejects)
        good.progress = self.progress
        if contract.table == "mail_events":
            good.pieces = MailedPieces(self.session)
        return good

    def _refold_returned(self) -> None:
        """A new owner's address matters to the state only where a letter has come back."""
        self.session.execute(f"drop table if exists {RETURNED}")
        self.session.execute(
            f"create temporary table {RETURNED} as select distinct s.vin from {ROWS} s"
            " join event e on e.vin = s.vin and e.kind = 'returned'"
        )
        refold(self.session, RETURNED)


def write_first(session: Session, good: GoodRows) -> int:
    """Write the ledger's first events; return how many rows were accepted."""
    return first_load.FirstLoad(session, good).write()


def known(session: Session) -> Known:
    """Return what codes a row may name at this instant of the transaction."""
    campaigns = tables.read(
        session,
        "campaign",
        "campaign_code",
        "filed_date",
        "remedy_available_date",
        "remedy_version",
    )
    codes = campaigns["campaign_code"].to_pylist()
    available = zip(
        campaigns["remedy_version"].to_pylist(),
        campaigns["remedy_available_date"].to_pylist(),
        strict=True,
    )
    return Known(
        codes={
            CAMPAIGN: pa.array(codes, pa.string()),
            DEALER: _codes(session, "dealer", "dealer_code"),
            PART: _codes(session, "part", "part_no"),
        },
        filed=dict(zip(codes, campaigns["filed_date"].to_pylist(), strict=True)),
        available=dict(zip(codes, available, strict=True)),
    )


def _codes(session: Session, table: str, column: str) -> pa.Array:
    return tables.read(session, table, column)[column].combine_chunks()


def read_ahead(files: Sequence[Found]) -> dict[Found, Layout]:
    """Read every header and catalogue before anything is written. Raises BadInput."""
    for file in files:
        if file.table == CAMPAIGNS_TABLE:
            catalogue.read(file.path)
    return {
        file: batches.layout(file, CONTRACTS[file.table])
        for file in files
        if file.table in CONTRACTS
    }
