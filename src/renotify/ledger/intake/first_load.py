"""The first list of a ledger: population rows where there is no event yet, written without asking what stood before.

It must give what the general road (``staging`` and ``fold.refold``) gives; a test walks both on the same rows. The caller's
transaction has the writers' lock, so that no event can come in between.
"""

from __future__ import annotations

from contextlib import nullcontext
from dataclasses import dataclass

from renotify.errors import Inconsistent
from renotify.ledger import guards, plain_population
from renotify.ledger.bare_tables import bare
from renotify.ledger.bulk_session import PostgresqlSession
from renotify.ledger.fold import COLUMNS, refold
from renotify.ledger.intake.corrections import AGAIN_MARK
from renotify.ledger.intake.events import EVENT_COLUMNS, EVENTS
from renotify.ledger.intake.good_rows import GoodRows
from renotify.ledger.intake.numbered_rows import Statements, reader
from renotify.ledger.intake.plain_rows import PartedRows, Statement
from renotify.ledger.kinds import EventKind, Status
from renotify.ledger.plain_population import TABLE
from renotify.ledger.session import Session

POPULATION, WITHDRAWN, REMOVED_DATE = "population", "withdrawn", "removed_date"
ROWS = "intake_numbered"
STATEMENTS = "intake_statements"
SAID = "intake_said"
DOUBTFUL = "intake_doubtful"
MANY = 50_000  # rows from which it pays to make PostgreSQL's indexes at the end


def begins(session: Session, good: GoodRows) -> bool:
    """Return whether these rows would be the ledger's first events, and none of them may take another one back."""
    if good.contract.table != POPULATION or WITHDRAWN not in good.left_out:
        return False
    if REMOVED_DATE not in good.left_out and good.some_file_is_newer:
        return False
    return not session.scalar("select count(*) from (select 1 as one from event limit 1) any_event")


@dataclass(frozen=True)
class FirstLoad:
    """The good rows of the first list, and how to write them."""

    session: Session
    good: GoodRows

    def write(self) -> int:
        """Write events and states; return how many rows had an event that no row before them had."""
        with self.good.errors_as_themselves():
            statements = Statements(self.good.as_they_come())
        self._stage_statements(statements)
        self._refuse_strangers()
        if isinstance(self.session, PostgresqlSession):
            added = self._write_postgresql(self.session, statements)
        else:
            self.session.stage(ROWS, statements.rows)
            again = not statements.each_once
            added = self._add_events(again=again)
            added += self._say_again() if again else 0
            self._add_states(statements)
        self.session.execute(f"drop table {ROWS}")
        return self._accepted(added)

    def _write_postgresql(self, session: PostgresqlSession, statements: Statements) -> int:
        """Write plain vehicles as one row each, and of the others events and states."""
        rows = PartedRows(statements.merged(), self._said())
        with bare(session, TABLE) if self.good.rows >= MANY else nullcontext(False) as is_bare:
            # nobody else writes to a table that is bare: what all rows say is its columns' default meanwhile
            constant = rows.constant if is_bare else {}
            with plain_population.defaults(session, constant):
                plain = session.append(TABLE, rows.plain(without=constant))
        session.execute(f"analyze {TABLE}")  # it knows nothing of the new rows yet
        others = session.stage(ROWS, reader(rows.others.merged()))
        if not others:
            return plain
        event, again = session.kept("event"), self._may_say_again()
        with bare(session, event) if others >= MANY and not again else nullcontext():
            added = self._add_events(again=again)
        added += self._say_again() if again else 0
        session.execute(f"analyze {event}")
        refold(session, ROWS)
        return plain + added

    def _said(self) -> list[Statement]:
        """Return what each statement says, in their order, as a plain row has it."""
        return self.session.rows(
            Statement,
            "select e.kind is not null as plain, s.campaign_code, e.remedy_version, nullif(e.content, '') as content,"
            f" e.occurred_on, s.source_id from {STATEMENTS} s left join {SAID} e"
            f" on e.source_row = s.statement and e.kind = '{EventKind.ADDED}'"
            f" and not exists (select 1 from {SAID} o where o.source_row = e.source_row and o.kind <> e.kind)"
            " order by s.statement",
        )

    def _stage_statements(self, statements: Statements) -> None:
        """Keep in SAID the events that each statement stands for: its number is their ``source_row`` there.

        Its columns have the types of event's: PostgreSQL would measure the text of every row again.
        """
        self.session.stage(STATEMENTS, statements.table)
        self.good.add_left_out(self.session, STATEMENTS)
        numbered = (
            f"(select s.*, '' as vin, s.statement as source_row from {STATEMENTS} s) numbered"
        )
        events = " union all ".join(event.select(numbered) for event in EVENTS[POPULATION])
        self._temporary(SAID, f"select {', '.join(EVENT_COLUMNS)} from event where false")
        self.session.execute(f"insert into {SAID} ({', '.join(EVENT_COLUMNS)}) {events}")
        self.session.execute(f"create index intake_said_by_statement on {SAID} (source_row)")

    def _refuse_strangers(self) -> None:
        """Check for all rows at once what the schema checks of an event: that it refers to what is there. Raises Inconsistent."""
        for one in guards.LARGE:
            if one.table == "event" and self.session.scalar(
                f"select count(*) from {SAID} s where s.{one.column} is not null and not exists ("
                f" select 1 from {one.parent} p where p.{one.key} = s.{one.column})"
            ):
                raise Inconsistent(f"A row names a {one.column} that the ledger does not have.")

    def _may_say_again(self) -> bool:
        """Return whether two rows say the same event. On SQLite it is not asked: the key passes a second one over."""
        twice = (
            f"select 1 as one from {ROWS} r join {SAID} e on e.source_row = r.statement"
            " group by r.vin, e.subject, e.content having count(*) > 1 limit 1"
        )
        return bool(self.session.scalar(f"select count(*) from ({twice}) t"))

    def _add_events(self, *, again: bool) -> int:
        """Insert the events; the table's key grows at its end. Of the same event twice the first row's stands."""
        values = {name: f"e.{name}" for name in EVENT_COLUMNS} | {
            "vin": "r.vin",
            "source_row": "r.source_row",
        }
        passed = "on conflict (vin, subject, content) do nothing" if again else ""
        return self.session.execute(
            f"insert into {self.session.kept('event')} ({', '.join(EVENT_COLUMNS)}) select {', '.join(values.values())}"
            f" from {ROWS} r cross join {SAID} e where e.source_row = r.statement {passed}"
        )

    def _say_again(self) -> int:
        """Record anew what the last row of a vehicle says again, after another row had said otherwise; return how often."""
        values = {name: f"e.{name}" for name in EVENT_COLUMNS} | {
            "content": f"e.content || '{AGAIN_MARK}' || l.source_id",
            "source_id": "l.source_id",
            "source_row": "l.source_row",
        }
        return self.session.execute(
            f"""insert into {self.session.kept("event")} ({", ".join(EVENT_COLUMNS)}) select {", ".join(values.values())} from (
                select r.vin, s.subject, s.content, s.source_id, r.source_row, row_number() over (
                    partition by r.vin, s.subject order by s.source_id desc, r.source_row desc) as place
                from {ROWS} r join {SAID} s on s.source_row = r.statement) l
            join event e on e.vin = l.vin and e.subject = l.subject and e.content = l.content
            where l.place = 1 and exists (select 1 from event o where o.vin = e.vin and o.subject = e.subject
                and o.content <> e.content and (o.source_id > e.source_id
                    or o.source_id = e.source_id and o.source_row > e.source_row))"""
        )

    def _add_states(self, statements: Statements) -> None:
        """SQLite: write the state of each vehicle of which one event of a campaign was said: it is open. The others are folded."""
        doubtful = self._find_doubtful(statements)
        plain = f"not exists (select 1 from {DOUBTFUL} d where d.vin = e.vin)"
        self.session.execute(
            f"insert into state ({', '.join(COLUMNS)})"
            f" select vin, campaign_code, remedy_version, true, '{Status.OPEN}', '', occurred_on, occurred_on"
            f" from event e where kind = '{EventKind.ADDED}' {f'and {plain}' if doubtful else ''}"
        )
        if doubtful:
            refold(self.session, DOUBTFUL)

    def _find_doubtful(self, statements: Statements) -> bool:
        """Keep in DOUBTFUL the vehicles with several events of one campaign, and return whether there are any."""
        about = "source_row" if statements.each_once else "campaign_code"
        several = f"select 1 as one from (select distinct {about}, subject, content from {SAID}) s group by {about} having count(*) > 1"
        if not self.session.scalar(f"select count(*) from ({several}) t"):
            return False
        self._temporary(
            DOUBTFUL,
            "select distinct vin from"
            " (select vin from event group by vin, campaign_code having count(*) > 1) several",
        )
        return bool(self.session.scalar(f"select count(*) from {DOUBTFUL}"))

    def _accepted(self, added: int) -> int:
        """Return of how many rows an event stands: a row may say several."""
        several = f"select 1 as one from {SAID} group by source_row having count(*) > 1"
        if not self.session.scalar(f"select count(*) from ({several}) t"):
            return added
        rows = "select distinct source_id, source_row from event"
        return int(self.session.scalar(f"select count(*) from ({rows}) new_rows"))

    def _temporary(self, name: str, select: str) -> None:
        self.session.execute(f"drop table if exists {self.session.temporary(name)}")
        self.session.execute(f"create temporary table {name} as {select}")
