"""Takes back rows of a table in which a key has one row (owners, dealer_stock), by a row of that key with ``withdrawn`` filled.

Such a row goes, and ``withdrawn_row`` keeps its key with the file and row that took it back: the same withdrawal again changes
nothing, and neither does a file that was loaded before and still has the row. A new file that says it again is heard.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property

from renotify.ledger.intake import file_dates
from renotify.ledger.intake.reference_rows import ReferenceRows
from renotify.ledger.intake.staging import NOTHING_KNOWN, REFUSED, ROWS, contradicting, numbers

LAST_WORDS = (
    "intake_last_words"  # of each key that a row of the load takes back: the row that counts
)
TAKEN = "intake_withdrawn_rows"  # the withdrawals that count, and what each finds


@dataclass(frozen=True)
class Withdrawals:
    """What the staged rows of a reference table take back."""

    staged: ReferenceRows

    def carry_out(self) -> tuple[int, int]:
        """Take rows back and leave no withdrawal among the staged rows; return how many did something, and how many are refused."""
        session = self.staged.session
        self.staged.temporary(TAKEN, "select '' as vin where false")
        before = self.staged.some(f"withdrawn_row w where w.table_name = '{self._table}'")
        if self.staged.in_a_file("withdrawn") and self.staged.some(f"{ROWS} where withdrawn <> ''"):
            self._read_last_words()
            refused = self._refuse_idle()
            session.execute(f"delete from {self._table} where {self._among(TAKEN, self._table)}")
            accepted = session.execute(self._remembering)
        else:
            accepted = refused = 0
        if before and self.staged.heard:
            self._let_lie()
        return accepted, refused

    @property
    def _table(self) -> str:
        return self.staged.contract.stored

    @cached_property
    def _key(self) -> str:
        return ", ".join(self.staged.contract.key)

    def _key_text(self, row: str) -> str:
        return " || '|' || ".join(
            f"cast({row}.{name} as text)" for name in self.staged.contract.key
        )

    def _among(self, rows: str, row: str, more: str = "") -> str:
        same = " and ".join(f"k.{name} = {row}.{name}" for name in self.staged.contract.key)
        return f"exists (select 1 from {rows} k where {same}{more})"

    def _remembered(self, row: str) -> str:
        same = f"w.table_name = '{self._table}' and w.row_key = {self._key_text(row)}"
        return f"exists (select 1 from withdrawn_row w where {same})"

    def _read_last_words(self) -> None:
        """Keep the last row of each key that a row takes back: of the newest file by its name, else of one not loaded before."""
        newest = file_dates.by_name(self.staged.files)
        turn = "".join(f" when {source} then {rank}" for source, rank in newest.items())
        first = (
            f"case s.source_id{turn} end desc"
            if turn
            else f"case when {self._heard('s')} then 1 else 0 end"
        )
        self.staged.temporary(
            LAST_WORDS,
            f"""select * from (select s.*, row_number() over (partition by {self._key}
                order by {first}, s.source_id desc, s.source_row desc) as place
            from {ROWS} s where {self._among(ROWS, "s", " and k.withdrawn <> ''")}) ranked where place = 1""",
        )
        stood = self._among(self._table, "s")
        said = self._among(ROWS, "s", " and k.withdrawn = ''")
        self.staged.temporary(
            TAKEN,
            f"""select {self._key}, source_id, source_row, case when {stood} then 1 else 0 end as stood,
                case when {said} then 1 else 0 end as said, case when {self._remembered("s")} then 1 else 0 end as known,
                case when {self._heard("s")} then 1 else 0 end as heard
            from {LAST_WORDS} s where withdrawn <> ''""",
        )
        self.staged.session.execute(
            f"delete from {ROWS} where withdrawn <> '' or {self._among(TAKEN, ROWS)}"
        )

    def _refuse_idle(self) -> int:
        """Refuse what would take back a row that nobody said; forget what was taken back before. Return how many are refused."""
        self.staged.temporary(
            REFUSED,
            f"select source_id, source_row, vin, 'yes' as withdrawn, '{NOTHING_KNOWN}' as reason from {TAKEN}"
            " where stood = 0 and said = 0 and known = 0",
        )
        refused = self.staged.refuse(REFUSED, "withdrawn")
        again = "stood = 0 and known = 1 or heard = 1 and known = 1"
        self.staged.session.execute(
            f"delete from {TAKEN} where stood = 0 and said = 0 and known = 0 or {again}"
        )
        return refused

    @property
    def _remembering(self) -> str:
        return (
            f"insert into withdrawn_row (source_id, source_row, table_name, row_key)"
            f" select t.source_id, t.source_row, '{self._table}', {self._key_text('t')} from {TAKEN} t where true"
            " on conflict (table_name, row_key) do update set source_id = excluded.source_id, source_row = excluded.source_row"
        )

    def _let_lie(self) -> None:
        """Pass over rows that were taken back, in files that were loaded before: they bring nothing back."""
        gone = f"{self._remembered(ROWS)} and not {self._among(self._table, ROWS)}"
        idle = self.staged.session.execute(
            f"delete from {ROWS} where {self._heard(ROWS)} and {gone}"
        )
        if idle:
            self.staged.notes.append(contradicting(self.staged.contract.table, idle))

    def _heard(self, row: str) -> str:
        return f"{row}.source_id in ({numbers(self.staged.heard)})"
