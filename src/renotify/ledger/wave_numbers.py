"""The numbers of a follow-up's waves: released ones keep theirs, what waits stands right behind them."""

from __future__ import annotations

from datetime import date
from typing import NamedTuple

import pyarrow as pa

from renotify.ledger.session import Session, Value


class _Number(NamedTuple):
    number: int


def close_ranks(session: Session, name: str) -> int:
    """Number waves of letters sent again that are not released right behind the released ones; return the last number."""
    of_it = "from wave where follow_up = :name and released_at is"
    last = int(session.scalar(f"select coalesce(max(number), 0) {of_it} not null", name=name))
    waiting = session.rows(_Number, f"select number {of_it} null order by number", name=name)
    for place, one in enumerate(waiting, last + 1):
        if one.number != place:
            moved: dict[str, Value] = {"name": name, "before": one.number, "after": place}
            where = "where follow_up = :name and"
            session.execute(f"update piece set wave = :after {where} wave = :before", **moved)
            session.execute(f"update wave set number = :after {where} number = :before", **moved)
    return last + len(waiting)


def numbered(weeks: pa.Table, done: int, first_week: date) -> pa.Table:
    """Return the weeks of a plan with the Monday and the number of each one's wave, behind the waves that are done."""
    monday = pa.array(
        [date.fromordinal(first_week.toordinal() + 7 * week) for week in weeks["week"].to_pylist()],
        pa.date32(),
    )
    number = pa.array(range(done + 1, done + 1 + weeks.num_rows), pa.int64())
    return weeks.append_column("monday", monday).append_column("number", number)
