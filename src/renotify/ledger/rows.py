"""A few rows of a query as typed values: a NamedTuple says the columns, by name and in order, and their types."""

from __future__ import annotations

import types
import typing
from collections.abc import Callable
from datetime import date
from functools import cache
from typing import TYPE_CHECKING, Any, NamedTuple

if TYPE_CHECKING:
    import pyarrow as pa

Convert = Callable[[Any], Any]


def _day(value: str | date | None) -> date | None:
    """SQLite keeps a day as text."""
    return date.fromisoformat(value) if isinstance(value, str) else value


def _flag(value: int | None) -> bool | None:
    """SQLite keeps a truth value as 0 or 1."""
    return None if value is None else bool(value)


_CONVERT: dict[type, Convert] = {date: _day, bool: _flag}


@cache
def field_types(kind: type[NamedTuple]) -> dict[str, type]:
    """Return the type of each field, in order; of ``date | None`` it is date."""
    hints = typing.get_type_hints(kind)
    return {name: _plain(hints[name]) for name in kind._fields}


def _plain(hint: Any) -> type:  # noqa: ANN401 - a type hint
    if isinstance(hint, types.UnionType):
        (hint,) = (one for one in typing.get_args(hint) if one is not types.NoneType)
    return typing.cast("type", hint)


@cache
def converters(kind: type[NamedTuple]) -> tuple[tuple[int, Convert], ...]:
    """Return, by place, how a value as SQLite gives it becomes the field's type; fields that need nothing are left out."""
    return tuple(
        (place, _CONVERT[plain])
        for place, plain in enumerate(field_types(kind).values())
        if plain in _CONVERT
    )


@cache
def reader_schema(kind: type[NamedTuple]) -> pa.Schema:
    """Return the Arrow schema of a row type."""
    import pyarrow as pa

    arrow = {
        str: pa.string(),
        int: pa.int64(),
        float: pa.float64(),
        bool: pa.bool_(),
        date: pa.date32(),
    }
    return pa.schema([pa.field(name, arrow[plain]) for name, plain in field_types(kind).items()])
