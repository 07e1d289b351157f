"""The rows that a job refused, as they stand in their files, with the reason beside each cell; and a file of them as mended.

A load writes them with a reason a cell. Evidence, returned mail, results of a search and receipts are one file with a reason a row.
"""

from __future__ import annotations

import csv
import io
from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from pathlib import Path

from renotify.web.jobs.job import Job
from renotify.web.jobs.job_kinds import REJECTS

ENTIRE = ""  # the column of a reason that is of the whole row
OF_LETTERS = (
    "accept",
    "returned",
    "traced",
)  # kinds whose reasons stand in a file of row, piece_id and reason
RECEIPTS = "receipts"  # whose reasons stand in what the job said
ABOUT = {
    "no such piece": "piece_id",
    "another wave": "piece_id",
    "never printed": "piece_id",
    "code": "code",
}  # reasons that name no column


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

    @property
    def marked(self) -> list[str]:
        """The columns of the cells that have a reason: they may lie out of sight."""
        return [cell.column for cell in self.cells if cell.reason]


@dataclass(frozen=True)
class RefusedFile:
    """The refused rows of one file: its name, its columns, and all of its rows as they stand to be downloaded (None: those here)."""

    name: str
    path: Path | None
    columns: Sequence[str]
    rows: Sequence[RefusedRow] = field(default_factory=list)


def refused_files(job: Job, most: int | None = None) -> list[RefusedFile]:
    """Return the refused rows of a job's files, ``most`` of each; none where nothing was refused or the files are gone."""
    if not job.files or not Path(job.files).is_dir():
        return []
    if job.kind in (*OF_LETTERS, RECEIPTS):
        return [replace(one, rows=one.rows[:most]) for one in _of_one_file(job) if one.rows]
    folder = Path(job.files) / REJECTS
    return [
        _file(name, path, reasons, most)
        for name, reasons in _reasons(folder).items()
        for path in sorted((folder / "rows").glob(f"{name.split('.')[0]}-refused-*.csv"))
    ]


def _of_one_file(job: Job) -> Iterator[RefusedFile]:
    """Yield the file of a job that takes one, with its refused rows."""
    reasons = _said_by_line(job) if job.kind == RECEIPTS else _reasons_by_line(Path(job.files))
    files = [path for path in sorted(Path(job.files).iterdir()) if path.is_file()]
    if not reasons or len(files) != 1:
        return
    with files[0].open(encoding="utf-8-sig", errors="replace", newline="") as lines:
        head = lines.readline()
        lines.seek(0)
        reader = csv.reader(lines, delimiter=max(",;\t|", key=head.count))
        columns, rows = next(reader, []), []
        before = reader.line_num
        for values in reader:
            if before + 1 in reasons:
                rows.append(_judged(before + 1, columns, values, reasons[before + 1]))
            before = reader.line_num
    yield RefusedFile(files[0].name, None, columns, rows)


def _judged(number: int, columns: Sequence[str], values: Sequence[str], reason: str) -> RefusedRow:
    """Return a row whose reason stands at the column that it names; at none, of the row."""
    named = next((one for one in columns if reason.startswith(one)), "")
    column = named or next((ABOUT[words] for words in ABOUT if words in reason), ENTIRE)
    return _row(number, columns, values, {column: reason})


def _reasons_by_line(folder: Path) -> dict[int, str]:
    found: dict[int, str] = {}
    for file in sorted((folder / REJECTS).glob("*-refused.csv")):
        with file.open(encoding="utf-8", newline="") as lines:
            found |= {int(one["row"]): one["reason"] for one in csv.DictReader(lines)}
    for file in sorted((folder / REJECTS).glob("rejects-*.csv")):  # addresses that a search found
        with file.open(encoding="utf-8", newline="") as lines:
            for one in csv.DictReader(lines):
                found.setdefault(int(one["row"]), one["reason"])
    return found


def _said_by_line(job: Job) -> dict[int, str]:
    return {int(one["line"]): str(one["reason"]) for one in (job.said or {}).get("rejected", [])}


def _reasons(folder: Path) -> dict[str, dict[int, dict[str, str]]]:
    """Return by file and row: the reasons by column."""
    by_file: dict[str, dict[int, dict[str, str]]] = defaultdict(lambda: defaultdict(dict))
    for file in sorted(folder.glob("rejects-*.csv")):
        with file.open(encoding="utf-8", newline="") as lines:
            for one in csv.DictReader(lines):
                by_file[one["file"]][int(one["row"])][one["column"]] = one["reason"]
    return by_file


def _file(
    name: str, path: Path, reasons: Mapping[int, Mapping[str, str]], most: int | None
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
    """Return name and bytes of a CSV file of the rows as they were typed (``ROW:COLUMN`` by value); a row left out stays as it was.

    The name is that of the file of refused rows, by which the load knows what they mend: an owner row without a day that can be read.
    """
    out = io.StringIO(newline="")
    writer = csv.writer(out)
    writer.writerow(refused.columns)
    for row in refused.rows:
        writer.writerow(
            [typed.get(f"{row.number}:{cell.column}", cell.value) for cell in row.cells]
        )
    name = refused.path.name if refused.path else f"{refused.name.split('.')[0]}.csv"
    return name, out.getvalue().encode("utf-8")
