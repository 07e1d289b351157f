"""A report as the line of NHTSA's quarterly or annual file (``campaigns.report_file``), and against the one that NHTSA holds.

These are the files in which NHTSA publishes what was filed; what a person files is the form of its portal (``portal_sheet``).

A text longer than its field is cut where NHTSA cuts it (names and subjects); a code or number that does not fit is refused.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any, NamedTuple

from renotify.campaigns.flat_rcl import Wanted
from renotify.campaigns.report_file import LAYOUTS, PERIOD_FIELD, Field, read_reports, row_of
from renotify.errors import BadInput, UnknownName
from renotify.values.english import counted

KEY = (
    "CAMPNO",
    *PERIOD_FIELD.values(),
    "SUBMDATE",
)  # by which a line was found, and the day of its own submission
LINE_END = "\r\n"


class Difference(NamedTuple):
    """A field that NHTSA has otherwise than the report: as filed, and as counted now."""

    field: str
    filed: object
    now: object


def line(report: Mapping[str, Any]) -> str:
    """Return a report's 13 fields as NHTSA's line with its end; BadInput for what cannot fit."""
    fields = LAYOUTS[_kind(report)]
    return "\t".join(_written(field, report.get(field.name)) for field in fields) + LINE_END


def _kind(report: Mapping[str, Any]) -> str:
    return "annual" if PERIOD_FIELD["annual"] in report else "quarterly"


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


def in_file(path: Path, report: Mapping[str, Any]) -> Mapping[str, Any]:
    """Return the last line of a report's campaign and period in a file of such reports, by field.

    Raises BadInput for a malformed line of the campaign, UnknownName for a file without its line.
    """
    kind = _kind(report)
    period = PERIOD_FIELD[kind]
    names = ", ".join(field.name for field in LAYOUTS[kind])
    layout = f"The layout of {kind} reports is 13 tab-separated fields without a header: {names}."
    filed = read_reports(path, Wanted(frozenset(), frozenset({report["CAMPNO"]})))
    bad = [one for one in filed.bad if one.recall == report["CAMPNO"]]
    if bad:
        where = f"line {bad[0].row}: {bad[0].column} {bad[0].value!r}"
        raise BadInput(f"{path.name} has a malformed report ({where}). {bad[0].reason}", layout)
    for row in reversed(filed.reports.to_pylist()):
        if row.get(period) == report[period]:
            return dict(row)
    named = f"{report['CAMPNO']} {report[period]}"
    left_out = f" {counted(len(filed.bad), 'line')} of it could not be read." if filed.bad else ""
    raise UnknownName(f"{path.name} has no report of {named}.{left_out}", layout)


def differences(report: Mapping[str, Any], filed: Mapping[str, Any]) -> list[Difference]:
    """Return the fields that a line which NHTSA holds states otherwise than the report would, cut to its widths."""
    fields = LAYOUTS[_kind(report)]
    now = row_of(line(report).removesuffix(LINE_END).split("\t"), fields)
    return [
        Difference(field.name, filed[field.name], value)
        for field, value in zip(fields, now, strict=True)
        if field.name not in KEY and filed[field.name] != value
    ]


def write(path: Path, reports: Sequence[Mapping[str, Any]]) -> Path:
    """Write reports as NHTSA's file and return its path."""
    path.write_bytes("".join(map(line, reports)).encode())
    return path
