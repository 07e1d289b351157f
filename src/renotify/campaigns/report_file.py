"""NHTSA's files of quarterly and of annual reports: 13 fields a line, tab-separated, days as YYYYMMDD; layouts, and how they are read.

Widths and names are those of NHTSA's layouts RCL_Qrtly_Rpts (2016) and RCL_Annual_Rpts (November 2023), which differ in the eighth
field: RPTQTR (2024-1), RPT_PERIOD (2024-1 to 2024-4).
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from pathlib import Path

import numpy as np
import pyarrow as pa

from renotify.campaigns import tab_lines
from renotify.campaigns.flat_rcl import Wanted
from renotify.campaigns.makes import names_make
from renotify.campaigns.nhtsa import campaign_number
from renotify.campaigns.nhtsa_files import (
    EIGHTH,
    PERIOD,
    QUARTER,
    YEAR,
    BadRow,
    is_heading,
    kind_of_report,
)
from renotify.campaigns.tab_lines import Mask, TabLines
from renotify.values.english import counted


@dataclass(frozen=True)
class Field:
    """One of the 13 fields: its width in characters and kind (text, code, day, quarter, period, count)."""

    name: str
    width: int
    kind: str


FIELDS = (
    Field("MFGTXT", 40, "text"),
    Field("CAMPNO", 12, "code"),
    Field("MFGCAMPNO", 20, "code"),
    Field("RCLSUBJ", 50, "text"),
    Field("ODATE", 8, "day"),
    Field("ODATEEND", 8, "day"),
    Field("RPTNO", 9, "count"),
    Field("RPTQTR", 9, "quarter"),
    Field("INVOLVED", 9, "count"),
    Field("TTLREMEDIED", 9, "count"),
    Field("TTLUNREACH", 9, "count"),
    Field("TTLREMOVED", 9, "count"),
    Field("SUBMDATE", 8, "day"),
)
LAYOUTS: Mapping[str, tuple[Field, ...]] = {
    "quarterly": FIELDS,
    "annual": tuple(
        Field("RPT_PERIOD", 16, "period") if field.kind == "quarter" else field for field in FIELDS
    ),
}
PERIOD_FIELD = {kind: fields[EIGHTH].name for kind, fields in LAYOUTS.items()}
_ARROW = {
    "text": pa.string(),
    "code": pa.string(),
    "quarter": pa.string(),
    "period": pa.string(),
    "day": pa.date32(),
    "count": pa.int64(),
}
SCHEMAS = {
    kind: pa.schema([(field.name, _ARROW[field.kind]) for field in fields])
    for kind, fields in LAYOUTS.items()
}


@dataclass(frozen=True)
class ReportFile:
    """What a file holds: reports of one ``kind`` with their line ``numbers``, lines that could not be read, and remarks.

    ``kind`` is quarterly or annual, and ``reports`` has its schema. ``rows`` counts the lines that are neither blank nor a
    header, ``others`` those among them that are not wanted.
    """

    kind: str
    reports: pa.Table
    numbers: tuple[int, ...]
    bad: tuple[BadRow, ...]
    notes: tuple[str, ...]
    rows: int
    others: int = 0


class FaultyField(ValueError):
    """A field that cannot be what it should be: its name, its value and why, in words."""

    def __init__(self, name: str, value: str, reason: str) -> None:
        super().__init__(f"{name} {value!r} {reason}")
        self.name = name
        self.value = value
        self.reason = reason


def read_reports(path: Path, wanted: Wanted | None = None) -> ReportFile:
    """Return the reports of a file, packed or zip: of the wanted numbers, or of a manufacturer whose name has a wanted make.

    UTF-8, else Windows-1252, line by line; CR LF or LF line ends. Raises BadInput for a damaged zip.
    """
    wanted = wanted or Wanted()
    lines = tab_lines.index(path, {"maker": 0, "campno": 1})
    campno, maker = lines.fields["campno"], lines.fields["maker"]
    kind = _kind(tab_lines.index(path, {"eighth": EIGHTH}).fields["eighth"].texts)
    header = campno.where(is_heading)
    numbered = campno.where(lambda text: campaign_number(text) is not None)
    sound = (lines.widths >= len(FIELDS)) & numbered
    ours = campno.where(lambda text: campaign_number(text) in wanted.numbers)
    ours |= maker.where(lambda text: wanted.makes is None or names_make(text, wanted.makes))
    broken = ~sound & ~header
    theirs = broken & ~ours & maker.where(frozenset(maker.of(sound & ~ours)).__contains__)
    chosen = tab_lines.ChosenLines(path, lines.numbers[sound & ours])
    rows, numbers, bad, longer = [], [], [*_bad_lines(lines, broken & ~theirs)], 0
    for number, values in chosen:
        try:
            rows.append(row_of(values, LAYOUTS[kind]))
            numbers.append(number)
            longer += any(values[len(FIELDS) :])
        except FaultyField as fault:
            recall = campaign_number(values[1]) or ""
            bad.append(BadRow(number, fault.name, fault.value, f"This {fault.reason}.", recall))
    return ReportFile(
        kind=kind,
        reports=_table(rows, SCHEMAS[kind]),
        numbers=tuple(numbers),
        bad=tuple(bad),
        notes=tuple(_notes(path.name, int(header.sum()), longer)),
        rows=int((~header).sum()),
        others=int((sound & ~ours | theirs).sum()),
    )


def _bad_lines(lines: TabLines, bad: Mask) -> Iterator[BadRow]:
    campno = lines.fields["campno"]
    for place in np.flatnonzero(bad).tolist():
        row, width, code = int(lines.numbers[place]), int(lines.widths[place]), campno.codes[place]
        if width < len(FIELDS):
            reason = f"The row has {counted(width, 'field')}; a report has {len(FIELDS)}."
            yield BadRow(row, "", "", reason)
        else:
            reason = "This is not an NHTSA number such as 09V020000."
            yield BadRow(row, "CAMPNO", campno.texts[code], reason)


def _kind(eighth_fields: Sequence[str]) -> str:
    """Return ``annual`` for a file whose eighth fields are periods, or years and no quarters; else ``quarterly``."""
    found = {kind_of_report(text) for text in eighth_fields} - {""}
    annual = any(map(PERIOD.fullmatch, eighth_fields)) or found == {"annual"}
    return "annual" if annual else "quarterly"


def _table(rows: Sequence[Sequence[object]], schema: pa.Schema) -> pa.Table:
    columns = zip(*rows, strict=True) if rows else ([] for _ in schema)
    return pa.table([pa.array(c, t) for c, t in zip(columns, schema.types, strict=True)], schema)


def _notes(file: str, headers: int, longer: int) -> Iterator[str]:
    if headers:
        yield f"{file}: {counted(headers, 'line')} with the names of the fields passed over."
    if longer:
        yield f"{file}: {counted(longer, 'row')} of more than {len(FIELDS)} fields taken without the rest."


def row_of(values: Sequence[str], fields: Sequence[Field]) -> list[object]:
    """Return the 13 typed values of a line's fields in a layout. Raises FaultyField."""
    return [_value(field, value.strip()) for field, value in zip(fields, values, strict=False)]


def _value(field: Field, text: str) -> object:
    if field.kind == "day":
        return _day(field, text)
    if len(text) > field.width:
        reason = f"has {len(text)} characters, not at most {field.width}"
        raise FaultyField(field.name, text, reason)
    if field.kind == "count":
        return _count(field, text)
    if field.kind == "quarter":
        return _quarter(field, text)
    if field.kind == "period":
        return _period(field, text)
    return text


def _day(field: Field, text: str) -> date | None:
    if not text:
        return None
    if len(text) == 8 and text.isascii() and text.isdigit():
        try:
            return datetime.strptime(text, "%Y%m%d").date()  # noqa: DTZ007 - a day has no zone
        except ValueError:
            pass
    raise FaultyField(field.name, text, "is not a day as YYYYMMDD")


def _count(field: Field, text: str) -> int | None:
    if text and not (text.isascii() and text.isdigit()):
        raise FaultyField(field.name, text, "is not a whole number")
    return int(text) if text else None


def _quarter(field: Field, text: str) -> str:
    if text and not QUARTER.fullmatch(text):
        raise FaultyField(field.name, text, "is not a quarter as 2013-1")
    return text


def _period(field: Field, text: str) -> str:
    """Return a period as NHTSA's layout writes it, whatever stands between its quarters."""
    ends = PERIOD.fullmatch(text)
    if ends and ends[1] <= ends[2]:
        return f"{ends[1]} to {ends[2]}"
    if YEAR.fullmatch(text):
        reason = "is a year, as NHTSA wrote it before 14 November 2023: download the file again"
        raise FaultyField(field.name, text, reason)
    if text:
        raise FaultyField(field.name, text, "is not a period as 2024-1 to 2024-4")
    return text
