"""The next rows of a list: those after a row that was shown, by the values that order it, so that no row before them is read again."""

from __future__ import annotations

import json
from bisect import bisect_right
from collections.abc import Sequence
from datetime import date
from typing import Any

import pyarrow as pa

from renotify.errors import WrongUse
from renotify.ledger.session import Value
from renotify.vehicle_lists.beside import kind_of

Order = Sequence[tuple[str, bool]]  # columns, the key last, and whether each falls


def mark_of(row: dict[str, Any], order: Order) -> str:
    """Return where a row stands in an order, as text for an address."""
    values = [row[name] for name, _ in order]
    return json.dumps([one.isoformat() if isinstance(one, date) else one for one in values])


def values_at(mark: str, order: Order) -> list[Value | None]:
    """Return the values of a mark by the columns of its order. Raises WrongUse for a mark of another order, or none at all."""
    try:
        values = json.loads(mark)
        return [_typed(value, name) for value, (name, _) in zip(values, order, strict=True)]
    except (ValueError, TypeError) as error:
        raise WrongUse("The address of these rows is not whole.", "Begin with the first rows of the list.") from error  # fmt: skip


def _typed(value: Any, name: str) -> Value | None:  # noqa: ANN401 - whatever the address holds
    if value is None:
        return None
    kind = kind_of(name)
    if pa.types.is_date(kind):
        return date.fromisoformat(value)
    if pa.types.is_integer(kind) != isinstance(value, int) or not isinstance(value, int | str):
        raise TypeError(name)
    return value


def after_sql(
    order: Sequence[tuple[str, bool]], values: Sequence[Value | None]
) -> tuple[str, dict[str, Value]]:
    """Return the condition of rows after some values in an order of SQL columns, with its values; blanks stand last."""
    ways: list[str] = []
    held: dict[str, Value] = {}
    same = ""
    for place, ((sql, falls), value) in enumerate(zip(order, values, strict=True)):
        if value is None:
            same += f"{sql} is null and "
            continue
        name = f"after_{place}"
        held[name] = value
        ways.append(f"({same}({sql} {'<' if falls else '>'} :{name} or {sql} is null))")
        same += f"{sql} = :{name} and "
    return f"({' or '.join(ways)})", held


def place_after(rows: pa.Table, order: Order, values: Sequence[Value | None]) -> int:
    """Return how many of some rows, sorted in an order, stand up to some values."""
    columns = [rows[name] for name, _ in order]
    falls = [down for _, down in order]
    asked = _Place(values, falls)
    return bisect_right(
        range(rows.num_rows), asked, key=lambda at: _Place([one[at].as_py() for one in columns], falls)
    )  # fmt: skip


class _Place:
    """The place of a row in an order: columns that fall are turned round, blanks stand last."""

    def __init__(self, values: Sequence[Any], falls: Sequence[bool]) -> None:
        self.values, self.falls = values, falls

    def __lt__(self, other: _Place) -> bool:
        for own, others, falls in zip(self.values, other.values, self.falls, strict=True):
            if own == others:
                continue
            if own is None or others is None:
                return others is None
            return bool(own > others if falls else own < others)
        return False
