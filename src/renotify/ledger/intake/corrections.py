"""Events that the rows of one load cannot tell row by row: what they take back, move to another vehicle, or say again.

Nothing that was recorded changes: each correction is one more event, of kind ``withdrawn``, or of the statement's own kind where
what was taken back is said again. docs/explanation/floors.md ("What corrects what") has the rules in words, decision 0017 why.
The plain insert goes first; what is done here costs nothing where no file has such a column and nothing was ever taken back.
"""

from __future__ import annotations

from dataclasses import dataclass

from renotify.ledger.intake.events import EVENT_COLUMNS, EVENTS, RowEvent
from renotify.ledger.intake.staging import (
    CHANGED,
    NOTHING_KNOWN,
    REFUSED,
    REPEATED,
    ROWS,
    StagedRows,
    contradicting,
    numbers,
)
from renotify.ledger.questions import not_done
from renotify.ledger.rulings import IS_OUTCOME, MOVED, WITHDRAWN, ruling, stands
from renotify.values.english import counted

ORDERS = "repair_orders"  # whose key does not name the vehicle
CONCERNED = "intake_concerned"
LAST = "intake_last"
STOOD = "intake_stood"
STATED = "intake_stated"
BACK = "intake_taken_back"
AGAIN = "intake_said_again"
CORRECTED = "intake_corrected"
IDLE = "intake_idle"
CURE = " If this row is right, load it in a file of its own."
AGAIN_MARK = "|again|"  # stands in a content that was said again, before the number of the source that said so
_SAID_AGAIN = f"e.vin = a.vin and e.subject = a.subject and e.content = a.content || '{AGAIN_MARK}' || a.source_id"


@dataclass(frozen=True)
class StagedEvents(StagedRows):
    """The staged rows of an event table."""

    @property
    def _events(self) -> tuple[RowEvent, ...]:
        return EVENTS[self.contract.table]

    def tell_outdated(self) -> None:
        """Note, by the rows in REPEATED, which file is newer than which and stands."""
        self._tell_outdated(self._read(REPEATED, "first_source"))

    # A column that a file does not have says nothing

    def keep_counts_for(self) -> None:
        """Fill counts_for, in rows of files without that column, with the campaign that the order counts for as it stands.

        A corrected day or outcome is then heard in both campaigns.
        """
        silent = [source for source, names in self.columns.items() if "counts_for" not in names]
        if self.contract.table != ORDERS or not silent:
            return
        _, superseding = self._events
        if not self._any(superseding.found):
            return
        self.temporary(
            STATED, f"select distinct e.vin, e.subject from event e where {superseding.found}"
        )
        self.temporary(
            STOOD,
            "select vin, subject, campaign_code as stands_for"
            f" from ({ruling(STATED)}) r where kind <> 'withdrawn'",
        )
        self.session.execute(f"create unique index {STOOD}_key on {STOOD} (vin, subject)")
        here = f"from {STOOD} t where t.vin = {ROWS}.vin and t.subject = {superseding.subject}"
        self.session.execute(
            f"update {ROWS} set counts_for = (select t.stands_for {here})"
            f" where withdrawn = '' and source_id in ({numbers(silent)}) and exists (select 1 {here})"
        )

    # One order, one vehicle

    def refuse_other_vehicles(self) -> int:
        """Refuse rows that name another vehicle for an order of this load; return how many.

        The vehicle that the ledger has the order under is kept, else that of the first row. A row that is known already
        changes nothing, and is let be.
        """
        self.temporary(REPEATED, "select '' as subject where false")
        if self.contract.table != ORDERS:
            return 0
        key = ", ".join(self.contract.key)
        twice = (
            f"select {key} from {ROWS} where withdrawn = '' group by {key}"
            " having min(vin) <> max(vin)"
        )
        if not self.session.scalar(f"select count(*) from ({twice}) twice"):
            return 0
        self.temporary(STATED, self._rows_of_orders(twice))
        self.temporary(REPEATED, f"""
            select s.source_id, s.source_row, s.vin, s.subject, k.source_row as first_row, k.source_id as first_source,
                case when s.vin = k.vin or exists (select 1 from event e where e.vin = s.vin
                    and e.subject = s.subject and e.content = s.content) then 0 else 1 end as other
            from {STATED} s join ({self._kept_vehicles()}) k on k.subject = s.subject""")  # fmt: skip
        contrary = self._read(REPEATED, "vin", "first_row", "first_source", where="other = 1")
        self._reject(contrary, "vin", self._reasons(contrary, "another VIN", CURE))
        self.temporary(REFUSED, f"select source_id, source_row from {REPEATED} where other = 1")
        return self.remove(REFUSED)

    def _rows_of_orders(self, keys: str) -> str:
        same = " and ".join(f"r.{name} = t.{name}" for name in self.contract.key)
        (order, *_) = self._events
        return order.select(f"(select r.* from {ROWS} r join ({keys}) t on {same}) s")

    def _kept_vehicles(self) -> str:
        """Return SQL of the row of each order that stands: of the vehicle that has it, else the first."""
        return f"""select * from (
            select s.*, row_number() over (partition by s.subject
                order by case when r.vin is null then 1 else 0 end, s.source_id, s.source_row) as place
            from {STATED} s left join ({ruling(STATED)}) r
                on r.vin = s.vin and r.subject = s.subject and r.kind <> 'withdrawn') ranked where place = 1"""

    # The events

    def add_events(self) -> int:
        """Insert the events of the staged rows and their corrections; return how many rows said something new."""
        orders = self.contract.table == ORDERS and self._any(IS_OUTCOME)
        withdrawing = self.in_a_file("withdrawn") and self.some(f"{ROWS} where withdrawn <> ''")
        blanks = [e for e in self._events if e.stated_in and self.in_a_file(e.stated_in)]
        blanks = [event for event in blanks if self._any(event.found)]
        accepted = super().add_events()
        nothing = "select '' as vin, '' as subject, '' as content, 0 as source_id, 0 as source_row where false"
        for name in (CORRECTED, AGAIN, IDLE):
            self.temporary(name, nothing)
        if withdrawing or sum(self.inserted) < self._stated():
            self._read_last_words()
            self._say_again()
            self._withdraw()
        for event in blanks:
            self._take_back_by_blank(event)
        if orders and (accepted or self.some(AGAIN)):
            self._move()
        self._tell_idle()
        if not self.some(CORRECTED):
            return accepted
        rows = f"{self.with_new_event('s.source_id, s.source_row')} union select source_id, source_row from {CORRECTED}"
        return int(self.session.scalar(f"select count(*) from ({rows}) new_rows"))

    def _stated(self) -> int:
        """Return how many events the staged rows state: where all of them were new, none can be said again."""
        return sum(
            int(self.session.scalar(f"select count(*) from ({event.select(ROWS)}) stated"))
            for event in self._events
        )

    def _tell_idle(self) -> None:
        """Note how many rows of files that were loaded before contradict what stands: nothing comes of them."""
        idle = int(
            self.session.scalar(
                f"select count(*) from (select distinct source_id, source_row from {IDLE}) idle"
            )
        )
        if idle:
            self.notes.append(contradicting(self.contract.table, idle))

    def refuse_idle_withdrawals(self) -> int:
        """Refuse the rows that would take back what nobody said; return how many. Call it when the events are there."""
        if not self.in_a_file("withdrawn"):
            return 0
        refused = self._refuse_withdrawals(
            f"""select w.source_id, w.source_row, 'yes' as withdrawn, '{NOTHING_KNOWN}' as reason
            from ({self._withdrawals()}) w left join event e on e.vin = w.vin and e.subject = w.subject
            group by w.source_id, w.source_row having count(e.vin) = 0"""
        )
        if self.contract.table == ORDERS:
            self.temporary(STATED, self._withdrawals())
            vin = f"substr(r.content, {len(MOVED) + 1}, 17)"
            refused += self._refuse_withdrawals(
                f"""select w.source_id, w.source_row, 'yes' as withdrawn, 'The order is not on this vehicle any more, it moved to '
                    || {vin} || ', so nothing is taken back. Name the VIN that has the order: `renotify explain ' || {vin} || '`.'
                    as reason
                from {STATED} w join ({ruling(STATED)}) r on r.vin = w.vin and r.subject = w.subject
                where w.subject like 'ro|%' and r.content like '{MOVED}%' and w.source_id not in ({numbers(self.heard)})"""
            )
        return refused

    def _refuse_withdrawals(self, select: str) -> int:
        """Refuse the rows of a query, which gives their place, withdrawn and the reason; return how many."""
        self.temporary(REFUSED, select)
        return self.refuse(REFUSED, "withdrawn")  # of a letter about several campaigns, a row each

    def changed_vehicles(self, accepted: int, rows: int) -> str:
        """Return the staged table with the vehicles to fold again; an order that moved changes the one it left, too."""
        most = super().changed_vehicles(accepted, rows)
        if not self.some(CORRECTED):
            return most
        self.temporary(LAST, f"select vin from {most} union select vin from {CORRECTED}")
        self.temporary(CHANGED, f"select vin from {LAST}")
        return CHANGED

    def tell_superseded_work(self) -> None:
        """Note the new orders whose campaign or remedy version another one took the place of. Call it when states are kept."""
        if self.contract.table != ORDERS:
            return
        if self.in_a_file("counts_for"):
            self._tell(
                "where s.subject like 'for|%'",
                "the work counts for the campaign in counts_for as well",
            )
        if self.some("campaign where remedy_version > 1"):
            self._tell(
                "join state t on t.vin = s.vin and t.campaign_code = s.campaign_code and t.current"
                f" and t.remedy_version > 1 and {not_done('t.status')} and t.added_on > s.occurred_on"
                " where s.kind in ('remedied', 'inspected_ok')",
                "the work is older than the remedy version in force, which is still to be done",
            )

    def tell_voided_work(self) -> None:
        """Note the new removals of vehicles whose work is no older: it does not count any more."""
        if not self.in_a_file("removed_date"):
            return
        again = f"select e.* from {AGAIN} a join event e on {_SAID_AGAIN}"
        rows = f"""select distinct n.source_id, n.source_row from (
                {self.with_new_event("s.vin, s.subject, s.campaign_code, s.occurred_on, s.source_id, s.source_row", "s.kind = 'removed'")}
                union select a.vin, a.subject, a.campaign_code, a.occurred_on, a.source_id, a.source_row from ({again}) a
                    where a.kind = 'removed') n
            join state t on t.vin = n.vin and t.campaign_code = n.campaign_code and t.current and t.status = 'removed'
            cross join event e where e.vin = n.vin and e.campaign_code = n.campaign_code and {stands("e")}
                and e.kind in ('remedied', 'inspected_ok') and e.occurred_on >= n.occurred_on"""
        number = int(self.session.scalar(f"select count(*) from ({rows}) told"))
        if number:
            self.notes.append(
                f"{self.contract.table}: {counted(number, 'row')} took a vehicle out of a campaign on or before the day of work that"
                " was claimed for it: that work does not count any more. Take the removal back if it was wrong; if the work completes"
                " another campaign, load the order with that one in counts_for."
            )

    def taken_back(self, wanted: str, where: str) -> str:
        """Return SQL of the events that this load took back, or said again after something else had stood."""
        mine = f"e.source_id in ({numbers(self.files)})"
        return (
            f"select {wanted} from event e where {WITHDRAWN} and {mine} and {where}"
            f" union select {wanted} from {AGAIN} a join event e on {_SAID_AGAIN} where {where}"
        )

    def _tell(self, which: str, words: str) -> None:
        new = self.with_new_event(
            "s.vin, s.subject, s.campaign_code, s.kind, s.occurred_on, s.source_id, s.source_row"
        )
        rows = f"select distinct s.source_id, s.source_row from ({new}) s {which}"
        number = int(self.session.scalar(f"select count(*) from ({rows}) told"))
        if number:
            self.notes.append(f"{self.contract.table}: {words} ({counted(number, 'row')}).")

    # What a file may say

    def with_column(self, column: str) -> list[int]:
        """Return the sources whose file has a column."""
        return [source for source, names in self.columns.items() if column in names]

    def _any(self, condition: str) -> bool:
        return self.some(f"event e where {condition}")

    def _withdrawals(self) -> str:
        """Return SQL of the subjects that rows take back by their own word: vin, subject, source_id, source_row."""
        return " union all ".join(
            event.subjects(ROWS, f"withdrawn <> '' and {event.withdrawn_by}")
            for event in self._events
        )

    # Said again, and withdrawn

    def _read_last_words(self) -> None:
        """Keep, of each subject with several contents or to be taken back, the last row of the load: a statement, or a withdrawal.

        Where the names of the files tell which is newer, the newest has the last word, else one that was not loaded before.
        """
        several = " union ".join(
            f"select n.vin, n.subject from ({event.select(ROWS)}) n cross join event e"
            " where e.vin = n.vin and e.subject = n.subject and e.content <> n.content"
            for event in self._events
        )
        self.temporary(
            CONCERNED, f"{several} union select vin, subject from ({self._withdrawals()}) w"
        )
        self.session.execute(f"create unique index {CONCERNED}_key on {CONCERNED} (vin, subject)")
        said = " union all ".join(
            f"select vin, subject, content, source_id, source_row, 0 as back from ({event.select(ROWS)}) said"
            for event in self._events
        )
        heard = f"case when n.source_id in ({numbers(self.heard)}) then 1 else 0 end, "
        self.temporary(
            LAST,
            f"""select * from (
                select n.*, row_number() over (partition by n.vin, n.subject
                    order by {"" if self.newness else heard}n.source_id desc, n.source_row desc, n.back desc) as place
                from ({said} union all
                    select vin, subject, '' as content, source_id, source_row, 1 as back from ({self._withdrawals()}) w
                ) n cross join {CONCERNED} c where c.vin = n.vin and c.subject = n.subject) ranked where place = 1""",
        )

    def _say_again(self) -> None:
        """Record anew what another content stands against, or a withdrawal, and a new file says again.

        A file that was loaded before can say again only what an older file of this very load spoke against.
        """
        tail = "ltrim({}.subject, 'abcdefghijklmnopqrstuvwxyz')"  # of an order, and of what it counts for
        again = f"l.content || '{AGAIN_MARK}'"
        self.temporary(
            AGAIN,
            f"""select l.vin, l.subject, l.content, l.source_id, l.source_row, r.source_id as ruled_by
            from {LAST} l join ({ruling(LAST)}) r on r.vin = l.vin and r.subject = l.subject
            where l.back = 0 and r.content <> l.content and substr(r.content, 1, length({again})) <> {again}
                and {tail.format("l")} not in (select {tail.format("d")} from {REPEATED} d)""",
        )
        idle = f"source_id in ({numbers(self.heard)}) and ruled_by not in ({numbers(self.files)})"
        self._idle(f"select source_id, source_row from {AGAIN} where {idle}")
        self.session.execute(f"delete from {AGAIN} where {idle}")
        self.session.execute(
            f"""insert into {self.session.kept("event")} ({", ".join(EVENT_COLUMNS)})
            select e.vin, e.subject, e.content || '{AGAIN_MARK}' || a.source_id, e.campaign_code, e.kind, e.occurred_on,
                e.remedy_version, e.dealer_code, e.hours, e.return_code, a.source_id, a.source_row
            from {AGAIN} a join event e on e.vin = a.vin and e.subject = a.subject and e.content = a.content"""
        )
        self._correct(f"select vin, source_id, source_row from {AGAIN}")

    def _withdraw(self) -> None:
        """Take back what a row says is withdrawn. A file that was loaded before says so once: what was said again since stands."""
        old = f"""l.source_id in ({numbers(self.heard)}) and exists (
            select 1 from event e where e.vin = l.vin and e.subject = l.subject and {WITHDRAWN})"""
        if self.heard:
            self._idle(
                f"select l.source_id, l.source_row from {LAST} l join ({ruling(LAST)}) r on r.vin = l.vin"
                f" and r.subject = l.subject where l.back = 1 and r.kind <> 'withdrawn' and {old}"
            )
        self._take_back(
            f"""select l.vin, l.subject, 'withdrawn' as why, l.source_id, l.source_row from {LAST} l
            where l.back = 1 and not ({old})"""
        )

    def _take_back_by_blank(self, event: RowEvent) -> None:
        """Take back what one optional column stated, where a new file has that column and leaves it blank.

        A row of the same load that fills the column says otherwise, and stands.
        """
        self.temporary(STOOD, f"select distinct e.vin, e.subject from event e where {event.found}")
        self.session.execute(f"create unique index {STOOD}_key on {STOOD} (vin, subject)")
        self.temporary(
            STATED,
            f"select n.vin, n.subject from ({event.select(ROWS)}) n cross join {STOOD} o"
            " where o.vin = n.vin and o.subject = n.subject",
        )
        have = numbers(self.with_column(event.stated_in))
        blank = event.subjects(
            ROWS,
            f"withdrawn = '' and coalesce(cast({event.stated_in} as text), '') = '' and source_id in ({have})",
        )
        said = f"""select n.vin, n.subject, 'blank' as why, n.source_id, n.source_row
            from ({blank}) n cross join {STOOD} o where o.vin = n.vin and o.subject = n.subject
                and not exists (select 1 from {STATED} d where d.vin = n.vin and d.subject = n.subject)"""
        heard = numbers(self.heard)
        taken = self._take_back(f"{said} and n.source_id not in ({heard})")
        if self.heard:
            self.temporary(BACK, f"{said} and n.source_id in ({heard})")
            self._idle(
                f"select b.source_id, b.source_row from {BACK} b join ({ruling(BACK)}) r"
                " on r.vin = b.vin and r.subject = b.subject where r.kind <> 'withdrawn'"
            )
        if taken:
            self.notes.append(
                f"{self.contract.table}: {counted(taken, 'row')} left {event.stated_in} blank where it had been stated:"
                " it is taken back."
            )

    def _move(self) -> None:
        """Take an order back from the vehicle it was recorded under, where a new row names another one."""
        place = "source_id, source_row"
        new = (
            f"{self.with_new_event('s.vin, s.subject, s.source_id, s.source_row')}"
            f" union select vin, subject, {place} from {AGAIN}"
        )
        moved = self._take_back(
            f"""with new as ({new}), meant as (
                select vin, subject, {place} from new
                union select vin, 'for' || substr(subject, 3), {place} from new where subject like 'ro|%')
            select e.vin, e.subject, '{MOVED}' || n.vin as why, n.source_id, n.source_row from meant n cross join event e
            where e.subject = n.subject and e.vin <> n.vin and {IS_OUTCOME}"""
        )
        if moved:
            self.notes.append(
                f"{self.contract.table}: {counted(moved, 'row')} named another vehicle for an order that was known: the order"
                " moved, and the history of both shows it (`renotify explain`)."
            )

    def _take_back(self, select: str) -> int:
        """Record that what now stands of some subjects is taken back; return by how many rows.

        ``select`` gives vin, subject, why, source_id and source_row; of several rows about a subject the last one is named.
        What is taken back already stays so.
        """
        self.temporary(
            BACK,
            f"""select * from (select b.*, row_number() over (
                partition by b.vin, b.subject order by b.source_id desc, b.source_row desc) as place
            from ({select}) b) ranked where place = 1""",
        )
        self.session.execute(
            f"""insert into {self.session.kept("event")} ({", ".join(EVENT_COLUMNS)})
            select r.vin, r.subject, b.why || '|' || b.source_id, r.campaign_code, 'withdrawn', r.occurred_on,
                r.remedy_version, r.dealer_code, null, '', b.source_id, b.source_row
            from {BACK} b join ({ruling(BACK)}) r on r.vin = b.vin and r.subject = b.subject
            where r.kind <> 'withdrawn' on conflict (vin, subject, content) do nothing"""
        )
        done = f"""select b.vin, b.source_id, b.source_row from {BACK} b join event e on e.vin = b.vin
            and e.subject = b.subject and {WITHDRAWN} and e.source_id = b.source_id and e.source_row = b.source_row"""
        self._correct(done)
        rows = f"select distinct source_id, source_row from ({done}) done"
        return int(self.session.scalar(f"select count(*) from ({rows}) done_rows"))

    def _idle(self, select: str) -> None:
        self.session.execute(f"insert into {IDLE} (source_id, source_row) {select}")

    def _correct(self, select: str) -> None:
        self.session.execute(f"insert into {CORRECTED} (vin, source_id, source_row) {select}")
