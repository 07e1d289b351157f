"""Loads the files of one table after the other, each table in one transaction."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from contextlib import AbstractContextManager, contextmanager, nullcontext
from dataclasses import dataclass, replace
from datetime import date

import pyarrow as pa

from renotify.campaigns import catalogue
from renotify.errors import BadInput
from renotify.ledger import recall_makes, registry, tables
from renotify.ledger.fold import refold
from renotify.ledger.intake import (
    campaign_files,
    file_dates,
    first_load,
    headers,
    held_vehicles,
    mailed_pieces,
    notes,
    population_days,
    reports_on_file,
    stated_exceptions,
)
from renotify.ledger.intake.columns import Known
from renotify.ledger.intake.contract import (
    CAMPAIGN,
    CAMPAIGNS_TABLE,
    COLUMN,
    CONTRACTS,
    DEALER,
    FILED_REPORTS_TABLE,
    FLAT_RCL_TABLE,
    LOADING_ORDER,
    PART,
    PLACEHOLDER_WORDS,
    POPULATION,
    VEHICLE_STATUS,
    VIN_EXCEPTION,
    VIN_EXCEPTIONS,
    WITHDRAWN,
    Contract,
    Kind,
)
from renotify.ledger.intake.corrections import ORDERS, StagedEvents
from renotify.ledger.intake.files import Found
from renotify.ledger.intake.good_rows import GoodRows
from renotify.ledger.intake.headers import NUMBERS, Layout
from renotify.ledger.intake.loaded import Loaded
from renotify.ledger.intake.mailed_pieces import MailedPieces
from renotify.ledger.intake.newer_files import let_newer_files_rule
from renotify.ledger.intake.population_days import Listed
from renotify.ledger.intake.reference_rows import ReferenceRows
from renotify.ledger.intake.refused_owner_rows import OWNERS
from renotify.ledger.intake.rejects import Rejects
from renotify.ledger.intake.staging import ROWS
from renotify.ledger.intake.withdrawn_rows import TAKEN, Withdrawals
from renotify.ledger.kinds import SourceKind
from renotify.ledger.placeholder_words import placeholders
from renotify.ledger.registry import Counts
from renotify.ledger.session import Session
from renotify.ledger.sources import record
from renotify.values.english import counted
from renotify.values.placeholders import ANY, ANY_CODE, ANY_TEXT, ColumnWords, Meaning
from renotify.values.progress_callback import Progress

RETURNED = "intake_returned"
BLANK_ABROAD = (Kind.REGION, Kind.POSTCODE)
PATIENCE = 3_600_000  # milliseconds for the turn of another writer


@dataclass
class Recorded:
    """Files recorded as sources by their ids, and how many of their rows said something new."""

    sources: dict[int, Found]
    accepted: int = 0


@dataclass(frozen=True)
class TypedBy:
    """The person who typed the rows of a load at a desk; ``provided`` is asked within its transaction and refuses by raising."""

    person: str
    provided: Callable[[Session], None] | None = None


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
    makes: Sequence[str] = ()
    typed: TypedBy | None = None
    listed: Listed = frozenset()  # what had a population before this load
    held: int = 0  # vehicles of owners' rows that were refused and are remembered

    def run(self) -> None:
        """Load every table in its order; strict: all in one transaction, none if any row is bad."""
        if self.session.sqlite:  # another load may be a long one; PostgreSQL waits by itself
            self.session.scalar(f"pragma busy_timeout = {PATIENCE}")
        with self.session.transaction() if self.strict else nullcontext():
            if self.typed and self.typed.provided:
                self.typed.provided(self.session)
            if any(file.table == VEHICLE_STATUS for file in self.files):
                self.listed = population_days.listed(self.session)
            for table in LOADING_ORDER:
                self._in_its_turn(table)
            if self.strict and self.loaded.rejected:
                verb = "was" if self.loaded.rejected == 1 else "were"
                raise BadInput(
                    f"{counted(self.loaded.rejected, 'row')} {verb} refused, so nothing was loaded.",
                    "Correct the rows of the rejects file, or load without --strict.",
                )
        self.loaded.notes += notes.on_populations(self.session, self.loaded)
        self.loaded.notes += notes.on_remedies(self.session, self.loaded)
        self.loaded.notes += notes.on_scopes(self.session, self.loaded)
        self.loaded.notes += notes.on_letters(self.session, self.loaded, self.day)
        # a desk asks before it books, and hears of no other dealer's vehicles
        if self.typed is None:
            self.loaded.notes += notes.on_visits(self.session, self.loaded, self.day)

    def _in_its_turn(self, table: str) -> None:
        """Load a table's files, and what belongs before or behind them."""
        if table == FLAT_RCL_TABLE and self.makes:
            self._state_makes()
        files = [file for file in self.files if file.table == table]
        if table in CONTRACTS and CONTRACTS[table].is_event:
            files = file_dates.newest_last(files)
        if files:
            with self._turn():
                self._table(table, files)
        if table == VIN_EXCEPTIONS:
            self._exceptions_stated_by_populations()

    def _state_makes(self) -> None:
        """Take in what ``--make`` states, once the vehicles and campaigns of this load are known."""
        with self._turn():
            said = recall_makes.state(
                self.session,
                self.makes,
                self.day,
                registry.campaigns(self.session).values(),
                lambda: campaign_files.makes_in(self.files),
            )
        self.loaded.notes.append(said)

    def _turn(self) -> AbstractContextManager[None]:
        return nullcontext() if self.strict else self.session.transaction()

    def _table(self, table: str, files: Sequence[Found]) -> None:
        """Load the files of a table; where they say nothing new, the ledger keeps no more than that they were heard."""
        with self._recorded(table, files) as recorded:
            if table in CONTRACTS:
                counts = self._rows(CONTRACTS[table], recorded.sources)
            else:
                counts = sum((self._campaigns(s, f) for s, f in recorded.sources.items()), Counts())
            recorded.accepted = counts.accepted + self.held  # their source stays, too
            self.held = 0
        if not counts.accepted and not counts.rejected:
            self._remember(files)

    @contextmanager
    def _recorded(self, table: str, files: Sequence[Found]) -> Iterator[Recorded]:
        """Record files as sources of a table; where they say nothing new, the ledger does not know that they were read."""
        self.session.execute("savepoint before_table")
        recorded = Recorded({self._record(table, file): file for file in files})
        yield recorded
        if not recorded.accepted:
            self.session.execute("rollback to savepoint before_table")
        self.session.execute("release savepoint before_table")

    def _exceptions_stated_by_populations(self) -> None:
        """Take in what population files except from 49 CFR 565, before vehicles and owners name such numbers.

        They add exceptions; one that is known is changed by ``vin_exceptions`` only, so that two files cannot take turns.
        """
        files = [
            file for file in self.files
            if file.table == POPULATION and VIN_EXCEPTION in self.layouts[file].places
        ]  # fmt: skip
        if not files:
            return
        contract = CONTRACTS[VIN_EXCEPTIONS]
        with self._turn(), self._recorded(VIN_EXCEPTIONS, files) as recorded:
            stated = {
                source: (file, self.layouts[file]) for source, file in recorded.sources.items()
            }
            may_name = known(self.session, CONTRACTS[POPULATION])
            self.session.stage(ROWS, stated_exceptions.gathered(stated, self.day, may_name))
            self.session.execute(f"delete from {ROWS} where vin in (select vin from vin_exception)")
            names = {source: file.name for source, file in recorded.sources.items()}
            staged = ReferenceRows(self.session, contract, names, self.rejects)
            recorded.accepted = staged.put_rows()
            self.session.execute(f"drop table {ROWS}")
            if recorded.accepted:
                self.loaded.notes.append(notes.on_exceptions(recorded.accepted))

    def _record(self, table: str, file: Found) -> int:
        """Record a file as source of a table; rows that a person typed have the person as theirs."""
        kind, name = (
            (SourceKind.DESK, self.typed.person) if self.typed else (SourceKind.FILE, file.name)
        )
        return record(self.session, kind, name, sha256=file.sha256, table=table)

    def _remember(self, files: Sequence[Found]) -> None:
        """Record files of events whose bytes are new: loaded again one day, they cannot undo what came since."""
        for file in files:
            named = {"sha": file.sha256, "named": file.table}
            heard = "select count(*) from source where sha256 = :sha and table_name = :named"
            is_event = file.table in CONTRACTS and CONTRACTS[file.table].is_event
            if is_event and not self.session.scalar(heard, **named):
                self._record(file.table, file)

    def _campaigns(self, source_id: int, file: Found) -> Counts:
        if file.table == FLAT_RCL_TABLE:
            return campaign_files.load_flat_rcl(
                self.session, file, source_id, self.loaded, self.rejects, self.day
            )
        if file.table == FILED_REPORTS_TABLE:
            return reports_on_file.load_filed_reports(
                self.session, file, source_id, self.loaded, self.rejects, self.day
            )
        return campaign_files.load_catalogue(self.session, file, source_id, self.loaded, self.day)

    def _rows(self, contract: Contract, sources: dict[int, Found]) -> Counts:
        good = self._good_rows(contract, sources)
        if first_load.begins(self.session, good):
            accepted, refused = write_first(self.session, good), 0
        else:
            accepted, refused = self._beside_what_stands(contract, good, sources)
        self.loaded.notes += notes.on_rows(contract, good)
        unchanged = good.staged - refused - accepted
        counts = Counts(accepted, good.rejected + refused, unchanged)
        self.loaded.add(contract.table, counts, good.rows)
        return counts

    def _beside_what_stands(
        self, contract: Contract, good: GoodRows, sources: dict[int, Found]
    ) -> tuple[int, int]:
        """Bring good rows in beside those that the ledger has; return how many were accepted, and refused."""
        gone = idle = 0
        good.stage(self.session, ROWS, good.reader())
        good.add_left_out(self.session, ROWS)
        names = {source: file.name for source, file in sources.items()}
        columns = {source: self.layouts[file].places for source, file in sources.items()}
        if contract.is_event:
            events = StagedEvents(self.session, contract, names, self.rejects, columns=columns)
            accepted, refused = self._events(events, good)
        else:
            staged = ReferenceRows(self.session, contract, names, self.rejects, columns=columns)
            gone, idle = self._taken_back(staged)
            staged.keep_what_is_not_said()
            refused = staged.refuse_contradictions()
            self.loaded.notes += staged.notes
            accepted = staged.put_rows()
            if contract.table == OWNERS:
                self._of_refused_owners(staged, good.refused_owners)
        if accepted and contract.table == OWNERS:
            self._refold_returned()
        self.loaded.notes += good.row_remarks.sentences(self.session, ROWS)
        self.session.execute(f"drop table {ROWS}")
        return accepted + gone, refused + idle

    def _taken_back(self, staged: ReferenceRows) -> tuple[int, int]:
        """Take back what rows take back; return how many did, and how many are refused."""
        if WITHDRAWN not in staged.contract.columns:
            return 0, 0
        gone, idle = Withdrawals(staged).carry_out()
        if gone and staged.contract.table == "owners":
            self._refold_returned(TAKEN)
        return gone, idle

    def _of_refused_owners(self, staged: ReferenceRows, told: Sequence[pa.Table]) -> None:
        """Hold the vehicles whose newest owner row was refused, and let go those whose good rows settle who has them."""
        held = held_vehicles.settle_and_keep(
            self.session, told, staged.refused_owners, staged.files, self.day
        )
        self.held += held
        if held:
            self.loaded.notes.append(notes.on_refused_owners(held))

    def _events(self, staged: StagedEvents, good: GoodRows) -> tuple[int, int]:
        """Record the events of the staged rows, and fold their vehicles; return rows accepted and refused."""
        staged.keep_counts_for()
        refused = staged.apply_rules(before_filing=good.row_remarks.before_filing)
        let_newer_files_rule(staged)
        refused += staged.refuse_other_vehicles()
        if good.undated:
            self.loaded.notes += population_days.date_latecomers(self.session, self.day)
        accepted = staged.add_events()
        refused += staged.refuse_idle_withdrawals()
        if accepted:
            if good.known.listed:
                self.loaded.notes += population_days.moved_quarters(
                    self.session, staged, good.known.listed, self.day
                )
            if staged.contract.table == ORDERS:
                self.loaded.notes += population_days.moved_by_work(self.session, staged, self.day)
            if staged.contract.table == VEHICLE_STATUS:
                self.loaded.notes += population_days.moved_by_status(
                    self.session, staged, self.listed, self.day
                )
            self.loaded.notes += population_days.quarters_taken_back(self.session, staged, self.day)
            if staged.contract.table == "mail_events":
                self.loaded.notes += mailed_pieces.came_back(self.session)
            refold(self.session, staged.changed_vehicles(accepted, good.rows))
            staged.tell_superseded_work()
            staged.tell_voided_work()
        self.loaded.notes += staged.notes
        return accepted, refused

    def _good_rows(self, contract: Contract, sources: dict[int, Found]) -> GoodRows:
        files = {source: (file, self.layouts[file]) for source, file in sources.items()}
        registered = known(self.session, contract)
        if contract.table == POPULATION:
            registered = replace(registered, listed=population_days.listed(self.session))
        good = GoodRows(contract, files, self.day, registered, self.rejects)
        good.progress = self.progress
        if contract.table == "mail_events":
            good.pieces = MailedPieces(self.session)
        return good

    def _refold_returned(self, rows: str = ROWS) -> None:
        """A new owner's address, or one that is taken back, matters to the state only where a letter has come back."""
        self.session.execute(f"drop table if exists {RETURNED}")
        self.session.execute(
            f"create temporary table {RETURNED} as select distinct s.vin from {rows} s"
            " join event e on e.vin = s.vin and e.kind = 'returned'"
        )
        refold(self.session, RETURNED)


def write_first(session: Session, good: GoodRows) -> int:
    """Write the ledger's first events; return how many rows were accepted."""
    return first_load.FirstLoad(session, good).write()


def known(session: Session, contract: Contract) -> Known:
    """Return what a row of a table may name and say at this instant of the transaction: of the registries that its columns name."""
    named = {registry for column in contract.columns for registry in (column.of, column.mentions)}
    codes = {
        registry: _codes(session, registry, code)
        for registry, code in ((DEALER, "dealer_code"), (PART, "part_no"))
        if registry in named
    }
    if COLUMN in named:
        codes[COLUMN] = pa.array(sorted(column_names()), pa.string())
    numbers = any(column.kind in NUMBERS for column in contract.columns)
    words = _words(session, contract)
    exceptions = _codes(session, "vin_exception", "vin") if numbers else pa.array([], pa.string())
    if CAMPAIGN not in named:
        return Known(codes, exceptions=exceptions, words=words)
    campaigns = tables.read(
        session,
        "campaign",
        "campaign_code",
        "filed_date",
        "remedy_available_date",
        "remedy_version",
    )
    names, filed, available, version = (column.to_pylist() for column in campaigns.columns)
    codes[CAMPAIGN] = pa.array(names, pa.string())
    days = dict(zip(names, zip(version, available, strict=True), strict=True))
    filings = dict(zip(names, filed, strict=True))
    return Known(codes, filings, days, exceptions=exceptions, words=words)


def _codes(session: Session, table: str, column: str) -> pa.Array:
    return tables.read(session, table, column)[column].combine_chunks()


def column_names() -> set[str]:
    """Return the columns that ``placeholder_words`` may name: any, any text, name1, owners.name1."""
    every = {(table, name) for table, contract in CONTRACTS.items() for name in contract.names}
    return {ANY, ANY_TEXT, ANY_CODE} | {
        form for table, name in every for form in (name, f"{table}.{name}")
    }


def _words(session: Session, contract: Contract) -> dict[str, ColumnWords]:
    """Return the words for nothing of the columns that can hold one: the other kinds refuse them as they do any text."""
    if contract.table == PLACEHOLDER_WORDS:
        return {}
    rules = placeholders(session)
    words = {}
    for column in contract.columns:
        text = column.kind is Kind.TEXT
        code = column.names_alone
        some = rules.of(contract.table, column.name, text=text, code=code)
        may_be_blank = text or code or not column.required or column.kind in BLANK_ABROAD
        if some if may_be_blank else Meaning.REFUSE in some.words:
            words[column.name] = some
    return words


def read_ahead(files: Sequence[Found]) -> dict[Found, Layout]:
    """Read every header and catalogue before anything is written. Raises BadInput."""
    for file in files:
        if file.table == CAMPAIGNS_TABLE:
            catalogue.read(file.path)
    return {
        file: headers.layout(file, CONTRACTS[file.table])
        for file in files
        if file.table in CONTRACTS
    }
