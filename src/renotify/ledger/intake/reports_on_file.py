"""Loads NHTSA's files of quarterly and annual reports: those that it has on file of this ledger's recalls."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date

import pyarrow as pa

from renotify.campaigns.flat_rcl import Wanted
from renotify.campaigns.nhtsa import campaign_number
from renotify.campaigns.nhtsa_files import BadRow
from renotify.campaigns.report_file import PERIOD_FIELD, ReportFile, read_reports
from renotify.ledger import recall_makes, registry, tables
from renotify.ledger.filed_reports import COLUMNS, KEY, TABLE
from renotify.ledger.intake.campaign_files import reject_lines
from renotify.ledger.intake.files import Found
from renotify.ledger.intake.loaded import Loaded
from renotify.ledger.intake.rejects import Rejects
from renotify.ledger.registry import Counts
from renotify.ledger.session import Session
from renotify.values.english import counted

_STAGED = "filed_reports_read"
Row = dict[str, object]


def load_filed_reports(
    session: Session, file: Found, source_id: int, loaded: Loaded, rejects: Rejects, on: date
) -> Counts:
    """Take the reports of this ledger's recalls, and of manufacturers whose name has a make stated by ``--make``.

    A report is known by number, period and day of submission; of two lines that agree in these the later stands.
    """
    known = registry.campaigns(session).values()
    numbers = frozenset(one.nhtsa_campaign_number for one in known) - {""}
    stated = recall_makes.stated(session)
    makes = stated.keys if stated else frozenset()
    read = read_reports(file.path, Wanted(makes, numbers))
    good, bad = _sorted(read, on)
    accepted = _put(session, good, source_id)
    refused = (*read.bad, *bad)
    rejects.add(file.name, reject_lines(refused))
    loaded.notes += [*read.notes, *_passed_over(file.name, read)]
    counts = Counts(accepted, len(refused), read.rows - accepted - len(refused))
    loaded.add(file.table, counts, read.rows)
    return counts


def _passed_over(file: str, read: ReportFile) -> Iterator[str]:
    if read.others:
        yield f"{file}: {counted(read.others, 'report')} of recalls that this ledger does not have passed over."


def _sorted(
    read: ReportFile, on: date
) -> tuple[dict[tuple[object, ...], tuple[int, Row]], list[BadRow]]:
    """Return the last row of each key with its line, and the rows that lack a key, lie ahead or that a later one contradicts."""
    good: dict[tuple[object, ...], tuple[int, Row]] = {}
    bad = []
    names = COLUMNS | {"period": PERIOD_FIELD[read.kind]}
    for number, filed in zip(read.numbers, read.reports.to_pylist(), strict=True):
        row = {column: filed[names[column]] for column in COLUMNS}
        row["nhtsa_campaign_number"] = recall = campaign_number(filed["CAMPNO"]) or ""
        key = tuple(row[name] for name in KEY)
        missing = [names[name] for name in KEY if not row[name]]
        if missing:
            reason = "A report is known by its number, period and day of submission; this is blank."
            bad.append(BadRow(number, missing[0], "", reason, recall))
            continue
        if filed["SUBMDATE"] > on:
            reason = f"This is after the day of the load, {on}."
            bad.append(BadRow(number, "SUBMDATE", str(filed["SUBMDATE"]), reason, recall))
            continue
        earlier, said = good.get(key, (number, row))
        if said != row:
            reason = f"Row {number} says otherwise for the same number, period and day, and stands."
            bad.append(BadRow(earlier, "SUBMDATE", str(row["submitted_on"]), reason, recall))
        good[key] = (number, row)
    return good, bad


def _put(session: Session, rows: dict[tuple[object, ...], tuple[int, Row]], source_id: int) -> int:
    """Insert reports, update those that differ; return how many."""
    schema = tables.schema(TABLE)
    whole = [{**row, "source_id": source_id, "source_row": number} for number, row in rows.values()]
    session.stage(_STAGED, pa.Table.from_pylist(whole, schema=schema))
    rest = [name for name in COLUMNS if name not in KEY]
    updates = ", ".join(f"{name} = excluded.{name}" for name in (*rest, "source_id", "source_row"))
    differs = " or ".join(f"{TABLE}.{name} is distinct from excluded.{name}" for name in rest)
    names = ", ".join(schema.names)
    changed = session.execute(
        f"insert into {TABLE} ({names}) select {names} from {_STAGED} where true"
        f" on conflict ({', '.join(KEY)}) do update set {updates} where {differs}"
    )
    session.execute(f"drop table {_STAGED}")
    return changed
