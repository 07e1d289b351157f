"""Of two files of one event table in one load the newer one rules, by the days in their names, as if it had come later.

The sources of a load bear their numbers in that order (``file_dates.newest_last``), and the event with the higher number rules.
Here is what numbers do not settle: a blank where an older file has a day, and an order under two VINs.
"""

from __future__ import annotations

from collections.abc import Collection

from renotify.ledger.intake.contract import Kind
from renotify.ledger.intake.corrections import ORDERS, StagedEvents
from renotify.ledger.intake.events import EVENTS, RowEvent
from renotify.ledger.intake.staging import REFUSED, REPEATED, ROWS, numbers

NEWEST = "intake_newest"


def let_newer_files_rule(staged: StagedEvents) -> None:
    """Take out of the staged rows what a newer file of the load speaks against, and note of which files how many rows.

    An older row loses its optional column where the newer one leaves it blank, and an order's row goes where the newer one
    names another VIN. It is asked for only where several files bear days, and changes nothing where no key is in two of them.
    """
    if len(staged.files) < 2 or not staged.newness:
        return
    key = ", ".join(staged.contract.key)
    several = f"select {key} from {ROWS} group by {key} having min(source_id) <> max(source_id)"
    if not staged.some(f"({several}) several"):
        return
    staged.temporary(REPEATED, _overruled(staged, several))
    staged.tell_outdated()
    for event in EVENTS[staged.contract.table]:
        if event.stated_in:
            _leave_blank(staged, several, event)
    if staged.contract.table == ORDERS:
        staged.temporary(REFUSED, f"select source_id, source_row from {REPEATED} where moved = 1")
        staged.remove(REFUSED)


def _overruled(staged: StagedEvents, several: str) -> str:
    """Return SQL of the rows of older files that the newest one with their key says otherwise than."""
    events = EVENTS[staged.contract.table]
    said = ", ".join(
        f"case when {event.where} then {event.content} end as said_{place}"
        for place, event in enumerate(events)
    )
    other = ["f.vin <> s.vin", "f.withdrawn <> s.withdrawn"]
    for place, event in enumerate(events):
        one = f"f.said_{place} <> s.said_{place}"
        if event.stated_in:
            have = numbers(staged.with_column(event.stated_in))
            blank = (
                f"f.said_{place} is null and s.said_{place} is not null and f.source_id in ({have})"
            )
            one = f"{one} or ({blank})"
        other.append(one)
    key = staged.contract.key
    same = " and ".join(f"f.{name} = s.{name}" for name in key)
    return f"""with ranked as ({_ranked(key, several, f"(select r.*, {said} from {ROWS} r)")})
        select s.source_id, s.source_row, f.source_id as first_source,
            case when f.vin <> s.vin and f.withdrawn = '' and s.withdrawn = '' then 1 else 0 end as moved
        from ranked s join ranked f on {same} and f.place = 1
        where s.source_id < f.source_id and ({" or ".join(other)})"""


def _ranked(key: Collection[str], several: str, rows: str) -> str:
    """Return SQL of the rows of keys that are in several files, with their place: the last row of the newest file is the first."""
    same = " and ".join(f"s.{name} = t.{name}" for name in key)
    keys = ", ".join(f"s.{name}" for name in key)
    return f"""select s.*, row_number() over (partition by {keys}
        order by s.source_id desc, s.source_row desc) as place from {rows} s join ({several}) t on {same}"""


def _leave_blank(staged: StagedEvents, several: str, event: RowEvent) -> None:
    """Leave an optional column blank in rows older than the newest one that has the column and leaves it blank."""
    have, column, key = staged.with_column(event.stated_in), event.stated_in, staged.contract.key
    if len(have) < 2:
        return
    rows = f"(select * from {ROWS} where withdrawn = '' and source_id in ({numbers(have)}))"
    is_blank = f"coalesce(cast({column} as text), '') = ''"
    staged.temporary(
        NEWEST,
        f"select {', '.join(key)}, source_id from ({_ranked(key, several, rows)}) ranked where place = 1 and {is_blank}",
    )
    kinds = {one.name: one.kind for one in staged.contract.columns}
    nothing = "null" if kinds[column] is Kind.DATE else "''"
    same = " and ".join(f"n.{name} = {ROWS}.{name}" for name in key)
    staged.session.execute(f"create index {NEWEST}_key on {NEWEST} ({', '.join(key)})")
    staged.session.execute(
        f"update {ROWS} set {column} = {nothing} where withdrawn = '' and not {is_blank}"
        f" and exists (select 1 from {NEWEST} n where {same} and n.source_id > {ROWS}.source_id)"
    )
