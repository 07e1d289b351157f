"""The kinds of values of the interface, and what every list and every row of a table looks like."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from datetime import date, datetime
from typing import Annotated, Any, TypeVar

import pyarrow as pa
from pydantic import BaseModel, ConfigDict, Field, StringConstraints, create_model

from renotify.desks.booking import NotFree
from renotify.errors import WrongUse

MOST = 500  # rows of a page
FIRST = 100  # rows of a page where nothing is said

Code = Annotated[str, StringConstraints(pattern=r"^[A-Za-z0-9][A-Za-z0-9._-]{0,31}$")]
Key = Annotated[str, StringConstraints(pattern=r"^[A-Za-z0-9._:-]{8,200}$")]
Vin = Annotated[str, StringConstraints(pattern=r"^[A-Za-z0-9-]{8,20}$")]
AskedVin = Annotated[str, StringConstraints(pattern=r"^[ -~]{1,64}$")]
Day = Annotated[
    str,
    StringConstraints(pattern=r"^(19|20)[0-9]{2}-(0[1-9]|1[0-2])-(0[1-9]|[12][0-9]|3[01])$"),
    Field(examples=["2013-03-05"]),
]
Instant = Annotated[
    str,
    StringConstraints(
        pattern=r"^(19|20)[0-9]{2}-(0[1-9]|1[0-2])-(0[1-9]|[12][0-9]|3[01])T([01][0-9]|2[0-3]):[0-5][0-9]$"
    ),
    Field(description="Day and time, local to the dealer.", examples=["2013-03-11T08:30"]),
]
Kits = Annotated[float, Field(strict=True, ge=0, lt=1_000_000_000)]
Name = Annotated[str, StringConstraints(pattern=r"^[^\x00-\x1f/]{1,64}$")]
Read = TypeVar("Read")
Row = TypeVar("Row")
_PYTHON = {
    pa.string(): str,
    pa.date32(): date,
    pa.float64(): float,
    pa.int64(): int,
    pa.bool_(): bool,
}


class Sent(BaseModel):
    """What a caller sends: fields that nobody knows are refused, and a number is no text."""

    model_config = ConfigDict(extra="forbid")


class Taken(BaseModel):
    """What came of what was typed: rows that were new, rows that said nothing new, and notes of the intake."""

    accepted: int
    unchanged: int
    notes: list[str] = []


def row_type(name: str, schema: pa.Schema) -> type[BaseModel]:
    """Return the type of a row of a table of the house; a field may be null, as it may be in the table."""
    fields: dict[str, Any] = {one.name: (_PYTHON[one.type] | None, ...) for one in schema}
    return create_model(name, **fields)


def day_of(said: str, field: str) -> date:
    """Return a day. Raises NotFree for one that no calendar has."""
    return _read(date.fromisoformat, said, field)


def instant_of(said: str, field: str) -> datetime:
    """Return a day and time, local to the dealer. Raises NotFree for one that no calendar has."""
    return _read(datetime.fromisoformat, said, field)


def _read(read: Callable[[str], Read], said: str, field: str) -> Read:
    try:
        return read(said)
    except ValueError:
        raise NotFree(field, f"There is no day {said[:10]}.", "Look at the calendar.") from None


def page_of(
    rows: Sequence[Row], key: Callable[[Row], str], first: int, after: str
) -> tuple[list[Row], str]:
    """Return the rows of a short list that stand after a key, ``first`` at most, and the key from which it goes on (blank: at its end)."""
    start = 0
    if after:
        places = [place for place, row in enumerate(rows) if key(row) == after]
        if not places:
            raise WrongUse("The list has changed: it does not go on from there.", "Begin with its first rows.")  # fmt: skip
        start = places[0] + 1
    found = list(rows[start : start + first])
    return found, key(found[-1]) if found and len(rows) > start + first else ""
