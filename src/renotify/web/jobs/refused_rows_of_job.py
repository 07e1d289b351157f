"""The rows that a load refused, as they stand in their files, with the reason beside each cell; and a file of them as mended."""

from __future__ import annotations

import csv
import io
from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path

from renotify.web.jobs.job import Job
from renotify.web.jobs.job_kinds import REJECTS

ENTIRE = ""  # the column of a reason that is of the whole row


@dataclass(frozen=True)
class RefusedCell:
    """A cell as it stands, with why it was refused (blank: it was not)."""

    column: str
    value: str
    reason: str


@dataclass(frozen=True)
class RefusedRow:
    """A row by its number in the file, its cells, and reasons that are of no cell."""

    number: int
    cells: Sequence[RefusedCell]
    reasons: Sequence[str] = ()


@dataclass(frozen=True)
class RefusedFile:
    """The refused rows of one file: its name, its columns, and where they lie to be downloaded."""

    name: str
    path: Path
    columns: Sequence[str]
    rows: Sequence[RefusedRow] = field(default_factory=list)


def refused_files(job: Job, most: int) -> list[RefusedFile]:
    """Return the refused rows of a job's files, ``most`` of each; none where nothing was refused or the files are gone."""
    folder = Path(job.files) / REJECTS
    if not job.files or not folder.is_dir():
        return []
    return [
        _file(name, path, reasons, most)
        for name, reasons in _reasons(folder).items()
        for path in sorted((folder / "rows").glob(f"{name.split('.')[0]}-refused-*.csv"))
    ]


def _reasons(folder: Path) -> dict[str, dict[int, dict[str, str]]]:
    """Return by file and row: the reasons by column."""
    by_file: dict[str, dict[int, dict[str, str]]] = defaultdict(lambda: defaultdict(dict))
    for file in sorted(folder.glob("rejects-*.csv")):
        with file.open(encoding="utf-8", newline="") as lines:
            for one in csv.DictReader(lines):
                by_file[one["file"]][int(one["row"])][one["column"]] = one["reason"]
    return by_file


def _file(
    name: str, path: Path, reasons: Mapping[int, Mapping[str, str]], most: int
) -> RefusedFile:
    with path.open(encoding="utf-8", newline="") as lines:
        reader = csv.reader(lines)
        columns = next(reader, [])
        rows = [
            _row(number, columns, values, reasons[number])
            for number, values in zip(sorted(reasons)[:most], reader, strict=False)
        ]
    return RefusedFile(name, path, columns, rows)


def _row(
    number: int, columns: Sequence[str], values: Sequence[str], reasons: Mapping[str, str]
) -> RefusedRow:
    filled = [*values, *[""] * (len(columns) - len(values))]
    cells = [
        RefusedCell(column, value, reasons.get(column, ""))
        for column, value in zip(columns, filled, strict=False)
    ]
    return RefusedRow(
        number, cells, [reason for column, reason in reasons.items() if column not in columns]
    )


def corrected_file(refused: RefusedFile, typed: Mapping[str, str]) -> tuple[str, bytes]:
    """Return name and bytes of a CSV file of the rows as they were typed (``ROW:COLUMN`` by value); a row left out stays as it was."""
    out = io.StringIO(newline="")
    writer = csv.writer(out)
    writer.writerow(refused.columns)
    for row in refused.rows:
        writer.writerow(
            [typed.get(f"{row.number}:{cell.column}", cell.value) for cell in row.cells]
        )
    stem = refused.name.split(".")[0]
    return f"{stem}.csv", out.getvalue().encode("utf-8")
