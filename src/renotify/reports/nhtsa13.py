"""NHTSA's quarterly report file: 13 fields a line, tab-separated, no header, days as YYYYMMDD.

Widths are those of NHTSA's RCL_Qtrly_Rpts layout. A text longer than its field is cut where NHTSA
cuts it (names and subjects); a code or number that does not fit is refused.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from pathlib import Path
from typing import Any, NamedTuple

import pyarrow as pa

from renotify.errors import BadInput, UnknownName

OWN_DAY = "SUBMDATE"  # of the submission, not of the campaign


class Difference(NamedTuple):
    """A field that a file of NHTSA's states otherwise than the report: as filed, and as counted now."""

    field: str
    filed: object
    now: object


@dataclass(frozen=True)
class Field:
    """One of the 13 fields: its width in characters and kind (text, code, day, quarter, count)."""

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
NAMES = tuple(field.name for field in FIELDS)
_ARROW = {
    "text": pa.string(),
    "code": pa.string(),
    "quarter": pa.string(),
    "day": pa.date32(),
    "count": pa.int64(),
}
SCHEMA = pa.schema([(field.name, _ARROW[field.kind]) for field in FIELDS])
LINE_END = "\r\n"
FAULTS_SHOWN = 5
LAYOUT = "The layout is 13 tab-separated fields without a header: " + ", ".join(NAMES) + "."


def line(report: Mapping[str, Any]) -> str:
    """Return a report's 13 fields as NHTSA's line with its end; BadInput for what cannot fit."""
    return "\t".join(_written(field, report.get(field.name)) for field in FIELDS) + LINE_END


def _written(field: Field, value: Any) -> str:  # noqa: ANN401 - a field is text, a day or a count
    if value is None or value == "":
        return ""
    if field.kind == "day":
        return f"{value:%Y%m%d}"
    text = " ".join(str(value).split())
    if field.kind == "text":
        return text[: field.width].rstrip()
    if len(text) > field.width:
        raise BadInput(
            f"{field.name} {text!r} is longer than the {field.width} characters of NHTSA's field.",
            "Shorten it in campaigns.toml.",
        )
    return text


def read(path: Path) -> pa.Table:
    """Return the reports of a file in ``SCHEMA``; UTF-8, else Windows-1252; CR LF or LF line ends.

    BadInput with the first faulty lines, by number and field, when any line is malformed.
    """
    lines = [text.removesuffix("\r") for text in _text(path).split("\n")]
    if lines and not lines[-1]:
        lines.pop()
    rows, faults = [], []
    for number, text in enumerate(lines, 1):
        try:
            rows.append(_row(text))
        except ValueError as fault:
            faults.append(f"line {number}: {fault}")
    if faults:
        more = f"; and {len(faults) - FAULTS_SHOWN} more" if len(faults) > FAULTS_SHOWN else ""
        first = "; ".join(faults[:FAULTS_SHOWN])
        raise BadInput(f"{path.name} is not a quarterly report file ({first}{more}).", LAYOUT)
    columns = zip(*rows, strict=True) if rows else ([] for _ in FIELDS)
    return pa.table([pa.array(c, t) for c, t in zip(columns, SCHEMA.types, strict=True)], SCHEMA)


def differences(report: Mapping[str, Any], path: Path) -> list[Difference]:
    """Return the fields of a report that the last line of its campaign and quarter in a file states otherwise.

    Raises BadInput for a malformed file, UnknownName for one without such a line.
    """
    filed = read(path)
    key = ("CAMPNO", "RPTQTR")
    lines = [row for row in filed.to_pylist() if all(row[name] == report[name] for name in key)]
    if not lines:
        named = " ".join(str(report[name]) for name in key)
        raise UnknownName(f"{path.name} has no report of {named}.", LAYOUT)
    now = _row(line(report).removesuffix(LINE_END))  # as it would be filed: cut to the widths
    return [
        Difference(name, lines[-1][name], value)
        for name, value in zip(NAMES, now, strict=True)
        if name != OWN_DAY and lines[-1][name] != value
    ]


def _text(path: Path) -> str:
    raw = path.read_bytes().removeprefix(b"\xef\xbb\xbf")
    try:
        return raw.decode("utf-8")
    except UnicodeDecodeError:
        return raw.decode("cp1252", errors="replace")


def _row(text: str) -> list[object]:
    values = text.split("\t")
    if len(values) != len(FIELDS):
        raise ValueError(f"{len(values)} fields, not {len(FIELDS)}")
    return [_value(field, value.strip()) for field, value in zip(FIELDS, values, strict=True)]


def _value(field: Field, text: str) -> object:
    if field.kind == "day":
        return _day(field, text)
    if len(text) > field.width:
        raise ValueError(f"{field.name} has {len(text)} characters, not at most {field.width}")
    if field.kind == "count":
        return _count(field, text)
    if field.kind == "quarter":
        return _quarter(field, text)
    return text


def _day(field: Field, text: str) -> date | None:
    if not text:
        return None
    if len(text) == 8 and text.isascii() and text.isdigit():
        try:
            return datetime.strptime(text, "%Y%m%d").date()  # noqa: DTZ007 - a day has no zone
        except ValueError:
            pass
    raise ValueError(f"{field.name} {text!r} is not a day as YYYYMMDD")


def _count(field: Field, text: str) -> int | None:
    if text and not (text.isascii() and text.isdigit()):
        raise ValueError(f"{field.name} {text!r} is not a whole number")
    return int(text) if text else None


def _quarter(field: Field, text: str) -> str:
    year, dash, number = text.partition("-")
    if text and not (len(year) == 4 and year.isdigit() and dash and number in {"1", "2", "3", "4"}):
        raise ValueError(f"{field.name} {text!r} is not a quarter as 2013-1")
    return text


def write(path: Path, reports: Sequence[Mapping[str, Any]]) -> Path:
    """Write reports as NHTSA's file and return its path."""
    path.write_bytes("".join(map(line, reports)).encode())
    return path
