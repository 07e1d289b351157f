"""A completion report as NHTSA takes it: every field of its portal's form, named and ready to type: PDF, CSV, JSON and Excel.

573.9 wants the portal's own form. It stands behind NHTSA's login and was not seen: the fields are rows of the rule pack
(``reports.toml``), each with where its name is from, so that whoever sees the form can correct them.
"""

from __future__ import annotations

import csv
import io
import json
from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass
from datetime import date
from functools import cache
from importlib.resources import files
from itertools import groupby
from pathlib import Path
from typing import Any

import pyarrow as pa

from renotify.ledger import artifacts
from renotify.ledger.session import Session
from renotify.letters.typesetting import compile_typst
from renotify.rules import ReportField, load
from renotify.rules.row import NAME_FROM
from renotify.values.english import counted, long_day, series
from renotify.values.workbook import mixed, write_workbook

KIND = "portal_sheet"
DAY_AS_TYPED = "%m/%d/%Y"
HEADINGS = ("section", "field", "value", "asked by", "name of the field", "note", "not known")


@dataclass(frozen=True)
class Entry:
    """One field of the form: what to enter (None: it stays blank), where it is asked for, and what is not known of it."""

    section: str
    field: str
    value: str | int | date | None
    citation: str
    name_from: str
    note: str = ""
    not_known: str = ""

    @property
    def typed(self) -> str:
        """The value as a person types it: a count without marks, a day as 04/30/2013; a blank field is empty."""
        if isinstance(self.value, date):
            return self.value.strftime(DAY_AS_TYPED)
        return "" if self.value is None else str(self.value)

    @property
    def columns(self) -> tuple[str | int | date | None, ...]:
        """The entry as the row of a table of ``HEADINGS``; what is blank is None."""
        given = (self.citation, self.name_from, self.note or None, self.not_known or None)
        return (self.section, self.field, self.value, *given)


def entries(report: Mapping[str, Any]) -> list[Entry]:
    """Return the fields of a report of ``quarterly`` or ``annual`` in the order of the form, by the pack of its day of submission."""
    fields = load(report["SUBMDATE"]).report_fields(report["kind"])
    return [_entry(field, report) for field in fields]


def _entry(field: ReportField, report: Mapping[str, Any]) -> Entry:
    value: Any = report
    for key in field.value.split("."):
        value = value[key]
    if isinstance(value, (list, tuple)):
        value = ", ".join(value)
    return Entry(
        section=field.section,
        field=field.title,
        value=None if value == "" else value,
        citation=field.citation,
        name_from=NAME_FROM[field.name_from],
        note=field.note,
        not_known=field.open_mark,
    )


def write(session: Session, report: Mapping[str, Any], folder: Path) -> list[Path]:
    """Write a report's sheet as portal-CODE-PERIOD.pdf, .csv, .json and .xlsx into a folder, and return the paths."""
    found = entries(report)
    stem = f"portal-{report['campaigns'][0]}-{report['period']}"
    folder.mkdir(parents=True, exist_ok=True)
    made = {
        ".pdf": pdf(report, found),
        ".csv": _csv(found).encode("utf-8-sig"),
        ".json": _json(report, found).encode(),
    }
    paths = []
    for ending, content in made.items():
        path = folder / f"{stem}{ending}"
        path.write_bytes(content)
        paths.append(path)
    workbook = folder / f"{stem}.xlsx"
    paths.append(write_workbook(workbook, _sheets(report, found), report["SUBMDATE"]))
    with session.transaction():
        artifacts.record_all(session, [artifacts.row(path, KIND) for path in paths])
    return paths


def _csv(found: Sequence[Entry]) -> str:
    text = io.StringIO()
    writer = csv.writer(text)
    writer.writerow(HEADINGS)
    writer.writerows(one.columns for one in found)
    return text.getvalue()


def _sheets(report: Mapping[str, Any], found: Sequence[Entry]) -> dict[str, pa.Table]:
    """Return the fields, and what to look at before filing, as the tables of a workbook."""
    columns = dict(zip(HEADINGS, zip(*(one.columns for one in found), strict=True), strict=True))
    fields = {
        name: mixed(values) if name == "value" else pa.array(values, pa.string())
        for name, values in columns.items()
    }
    messages = pa.array(report["messages"], pa.string())
    return {"fields": pa.table(fields), "before filing": pa.table({"look at": messages})}


def _json(report: Mapping[str, Any], found: Sequence[Entry]) -> str:
    document = {
        "report": report["kind"],
        "recall": report["CAMPNO"] or None,
        "campaigns": report["campaigns"],
        "period": report["period"],
        "due": report["due"],
        "as_of": report["as_of"],
        "fields": [asdict(one) for one in found],
        "not_yet_remedied": report["open"],
        "messages": report["messages"],
    }
    return json.dumps(document, ensure_ascii=False, indent=1, default=date.isoformat) + "\n"


@cache
def _source() -> str:
    return (files("renotify.reports") / "typst" / "portal.typ").read_text("utf-8")


def pdf(report: Mapping[str, Any], found: Sequence[Entry]) -> bytes:
    """Return the sheet as a PDF of one page; the same report gives the same bytes."""
    return compile_typst(_source(), {"sheet": _document(report, found)})


def _document(report: Mapping[str, Any], found: Sequence[Entry]) -> dict[str, Any]:
    """Return everything the PDF prints, as text."""
    numbers = {text: place for place, text in enumerate(_not_known(found), 1)}
    return {
        "title": f"{report['kind'].capitalize()} report {report['period']}",
        "recall": report["CAMPNO"] or "no NHTSA number yet",
        "subject": f"{series(report['campaigns'])} · {report['RCLSUBJ']}",
        "due": f"Due {long_day(report['due'])}",
        "counted": f"counted to the end of {long_day(report['as_of'])}",
        "sections": [
            {"title": title, "rows": [_row(one, numbers) for one in rows]}
            for title, rows in groupby(found, key=lambda one: one.section)
        ],
        "sum": _sum(report),
        "messages": report["messages"],
        "not_known": [[str(place), text] for text, place in numbers.items()],
    }


def _not_known(found: Sequence[Entry]) -> list[str]:
    return list(dict.fromkeys(f"{one.field}: {one.not_known}." for one in found if one.not_known))


def _row(one: Entry, numbers: Mapping[str, int]) -> list[str]:
    mark = str(numbers[f"{one.field}: {one.not_known}."]) if one.not_known else ""
    return [one.field, mark, one.typed, _short(one.citation), one.name_from]


def _short(citation: str) -> str:
    return citation.replace("49 CFR ", "§ ").replace("NHTSA's layout ", "")


def _sum(report: Mapping[str, Any]) -> str:
    """Say how the figures make up the population, so that a slip of the pen shows."""
    return (
        f"{report['INVOLVED']:,} involved = {report['TTLREMEDIED']:,} remedied + {report['TTLUNREACH']:,} unreachable"
        f" + {report['TTLREMOVED']:,} removed + {counted(report['open'], 'vehicle')} not yet remedied"
    )
