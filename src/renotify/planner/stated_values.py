"""Values of a PROBLEM.json document, read as whole columns; every refusal names the key that is wrong.

A column is tested as one array. Only where something is wrong are its values read one by one, to find the first and name it: a
``key`` that is a function gives the name of the i-th value then, and no name is made for values that are right.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Mapping, Sequence
from itertools import chain
from typing import Any

import numpy as np

from renotify.errors import BadInput
from renotify.planner.problem import UNLIMITED, Floats, Ints

MOST_WEEKS = 1_040  # twenty years
MOST_OWNERS = 2_000_000_000  # of one bundle at one dealer
# Beyond these a mistyped number would leave no digit for the others; a limit that does not bind is null.
MOST_OF_A_LIMIT = 1e12  # hours, kits or pieces
MOST_OF_A_VISIT = 1e4  # hours, or kits
MOST_RISK = 1e9
MOST_RESPONSE_SPREAD, MOST_COUNT_SPREAD = 10.0, 1e6
MEND = "Mend the problem document and plan again."
WEEKLY = "a list with at least one week, or null"

Key = Callable[[int], str]
Table = Mapping[str, Any]


def refusal(key: str, wanted: str, value: object) -> BadInput:
    """The refusal of a value, in one sentence."""
    kinds: dict[type, str] = {dict: "a table", list: "a list"}
    return BadInput(f"{key} must be {wanted}, not {kinds.get(type(value), repr(value))}.", MEND)


# One value


def number(value: object, key: str, low: float = 0.0, high: float = math.inf) -> float:
    """A finite number within its bounds; ``high`` refuses a mistyped number that would leave no digit for the others."""
    between = f"a number from {low:g} to {high:,.15g}"
    wanted = between if high <= 1 else f"a number >= {low:g}"
    if isinstance(value, bool) or not isinstance(value, (int, float)):
        raise refusal(key, wanted, value)
    if not math.isfinite(value) or value < low:
        raise refusal(key, wanted, value)
    if value > high:
        raise refusal(key, between, value)
    return float(value)


def whole(value: object, key: str, low: int = 0, high: int = MOST_WEEKS) -> int:
    """A whole number; ``high`` refuses a mistyped number that would need more memory than there is."""
    if isinstance(value, bool) or not isinstance(value, (int, float)):
        raise refusal(key, f"a whole number >= {low}", value)
    if value != value // 1 or value < low:
        raise refusal(key, f"a whole number >= {low}", value)
    if value > high:
        raise refusal(key, f"a whole number from {low} to {high:,}", value)
    return int(value)


def count(value: object, key: str) -> int:
    """A number of owners, or a rank."""
    return whole(value, key, high=MOST_OWNERS)


def text(value: object, key: str) -> str:
    """A name that is not empty."""
    if not isinstance(value, str) or not value:
        raise refusal(key, "a name in quotes", value)
    return value


def listed(value: object, key: str) -> Sequence[Any]:
    """A list."""
    if not isinstance(value, list):
        raise refusal(key, "a list", value)
    return value


def table(value: object, key: str) -> Table:
    """A table, which JSON calls an object."""
    if not isinstance(value, dict):
        raise refusal(key, "a table", value)
    return value


def optional_table(value: object, key: str) -> Table:
    """A table that may be left out or null."""
    return table({} if value is None else value, key)


def needed(row: Table, name: str, where: str) -> object:
    """A key that must be there."""
    if name not in row:
        raise BadInput(f"{where}{name} is missing.", MEND)
    return row[name]


# Columns


def rows_of(value: object, where: str) -> Sequence[Table]:
    """A list of tables."""
    rows = listed(value, where)
    if not set(map(type, rows)) <= {dict}:
        return [table(row, f"{where}[{i}]") for i, row in enumerate(rows)]
    return rows


def column(rows: Sequence[Table], where: str, name: str) -> list[Any]:
    """The values of a key that each row must have."""
    try:
        return [row[name] for row in rows]
    except KeyError:
        return [
            needed(row, name, f"{where}[{i}].") for i, row in enumerate(rows)
        ]  # names the first


def of_rows(where: str, name: str) -> Key:
    """The name of a column's i-th value: ``owners[3].count``."""
    return lambda i: f"{where}[{i}].{name}"


def optional(
    rows: Sequence[Table],
    where: str,
    name: str,
    read: Callable[[object, str], Any],
    default: object,
) -> list[Any]:
    """One field of every bundle or dealer, read with ``read``; ``default`` stands for one that is left out or null."""
    found = enumerate(row.get(name) for row in rows)
    return [default if one is None else read(one, f"{where}[{i}].{name}") for i, one in found]


def numbers(values: Sequence[Any], key: Key, low: float = 0.0, high: float = math.inf) -> Floats:
    """Finite numbers within their bounds."""
    if set(map(type, values)) <= {int, float}:
        found = np.array(values, float)
        if (np.isfinite(found) & (found >= low) & (found <= high)).all():
            return found
    return np.array([number(value, key(i), low, high) for i, value in enumerate(values)])


def counts(values: Sequence[Any], key: Key) -> Ints:
    """Numbers of owners."""
    if set(map(type, values)) <= {int}:
        found = np.array(values)
        if found.dtype == np.int64 and ((found >= 0) & (found <= MOST_OWNERS)).all():
            return found
    return np.array([count(value, key(i)) for i, value in enumerate(values)], np.int64)


def places(values: Sequence[Any], key: Key, names: Mapping[str, int], kind: str) -> Ints:
    """Where each value stands among the names of the problem."""
    try:
        return np.fromiter(map(names.__getitem__, values), np.int64, len(values))
    except (KeyError, TypeError):
        return np.array([_place(value, key(i), names, kind) for i, value in enumerate(values)])


def _place(value: object, key: str, names: Mapping[str, int], kind: str) -> int:
    name = text(value, key)
    if name not in names:
        raise BadInput(
            f"{key} names {name!r}, which is no {kind} of the problem.",
            f"Add the {kind} or mend the name.",
        )
    return names[name]


def series(
    values: Sequence[Any], key: Key, width: int, high: float = math.inf
) -> tuple[Floats, Ints]:
    """Lists of numbers as rows [n, width], zero after a list's end, and how many numbers of each there are [n]."""
    if not set(map(type, values)) <= {list}:
        for i, value in enumerate(values):
            listed(value, key(i))
    size = np.fromiter(map(len, values), np.int64, len(values))
    length = np.minimum(size, width)
    ends = np.cumsum(length)

    def name(place: int) -> str:
        row = int(np.searchsorted(ends, place, side="right"))
        return f"{key(row)}[{place - ends[row] + length[row]}]"

    cut = [value[:width] for value in values] if (size > width).any() else values
    found = np.zeros((len(values), width))
    told = np.arange(width) < length[:, None]
    found[told] = numbers(list(chain.from_iterable(cut)), name, high=high)
    return found, length


def weekly(values: Sequence[Any], key: Key, weeks: int) -> Floats:
    """Weekly limits [n, weeks]: each list's last value repeats to the end; null does not bind."""
    limits = np.full((len(values), weeks), UNLIMITED)
    stated = [i for i, value in enumerate(values) if value is not None]
    for i in stated:
        if values[i] == []:
            raise refusal(key(i), WEEKLY, [])
    found, length = series(
        [values[i] for i in stated], lambda i: key(stated[i]), weeks, MOST_OF_A_LIMIT
    )
    last = np.minimum(np.arange(weeks), length[:, None] - 1)
    limits[stated] = np.take_along_axis(found, last, axis=1)
    return limits


def amounts(
    rows: Sequence[Table], where: str, name: str, index: Mapping[str, int], high: float
) -> Floats:
    """[P, n] amounts of each resource that the rows state in a table {resource: amount}; names outside ``index`` do not bind."""
    stated = [optional_table(row.get(name), f"{where}[{i}].{name}") for i, row in enumerate(rows)]
    size = np.fromiter(map(len, stated), np.int64, len(stated))
    row = np.repeat(np.arange(len(stated)), size)
    parts = list(chain.from_iterable(stated))
    found = numbers(
        list(chain.from_iterable(one.values() for one in stated)),
        lambda i: f"{where}[{row[i]}].{name}.{parts[i]}",
        high=high,
    )
    at = np.array([index.get(part, -1) for part in parts], np.int64)
    amount = np.zeros((len(index), len(rows)))
    amount[at[at >= 0], row[at >= 0]] = found[at >= 0]
    return amount
