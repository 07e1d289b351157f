"""PostgreSQL's tables without their indexes for the length of a large first write: one sort at the end costs less than a search a row.

The primary keys and the set-wise checks of what an event refers to are put off too; whoever writes meanwhile answers for
both, and the key is proven when it is put back. Partial indexes stay on: to weigh a row costs less than to look through all
again. All of it is of the caller's transaction: killed or rolled back, the tables are as they were.

SQLite's indexes stay on: rows in the order of their VINs go to the end of each, or of each campaign's part, which costs less than a sort.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from typing import NamedTuple

from renotify.ledger.session import Session

_LOCK_NOT_AVAILABLE = "55P03"
_ALONE = "set local max_parallel_maintenance_workers = 0"  # rows in order need no help: it costs half as much again


class _Guard(NamedTuple):
    """A statement that takes something off a table, and the one that puts it back."""

    off: str
    back: str


_GUARDS = r"""
    select format('alter table %s drop constraint %I', c.conrelid::regclass, c.conname) as off,
        format('alter table %s add constraint %I %s', c.conrelid::regclass, c.conname, pg_get_constraintdef(c.oid)) as back
    from pg_constraint c where c.contype = 'p' and c.conrelid in (select oid from its)
    union all
    select format('drop index %s', i.indexrelid::regclass), pg_get_indexdef(i.indexrelid)
    from pg_index i where not i.indisprimary and i.indpred is null and i.indrelid in (select oid from its)
    union all
    select format('alter table %s disable trigger %I', t.tgrelid::regclass, t.tgname),
        format('alter table %s enable trigger %I', t.tgrelid::regclass, t.tgname)
    from pg_trigger t where t.tgname like '%\_inserted' and t.tgrelid in (select oid from its)"""


@contextmanager
def bare(session: Session, *tables: str) -> Iterator[bool]:
    """Take the indexes off some tables while the block runs, and say whether they are off.

    That keeps readers of the tables out until the transaction ends. Where somebody reads them just now, everything stays
    on, for to wait for readers with the writers' lock in hand could take for ever.
    """
    if session.sqlite or not _nobody_reads(session, tables):
        yield False
        return
    guards = session.rows(_Guard, _with_tables(_GUARDS, tables))
    for guard in guards:
        session.execute(guard.off)
    yield True
    session.execute(_ALONE)
    for guard in guards:
        session.execute(guard.back)


def _with_tables(sql: str, tables: Iterable[str]) -> str:
    names = ", ".join(f"('{table}')" for table in tables)
    return f"with its as (select to_regclass(name) as oid from (values {names}) as n (name)) {sql}"


def _nobody_reads(session: Session, tables: Iterable[str]) -> bool:
    from adbc_driver_manager import dbapi

    session.execute("savepoint before_lock")
    try:
        session.execute(f"lock table {', '.join(tables)} in access exclusive mode nowait")
    except dbapi.Error as error:
        session.execute("rollback to savepoint before_lock")
        if error.sqlstate != _LOCK_NOT_AVAILABLE:
            raise
        return False
    return True
