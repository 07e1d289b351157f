"""Finds the files to load and tells each one's table, by its name alone; NHTSA's by its shape.

``owners.csv``, ``owners_2013.csv``, ``owners-part2.parquet`` are all files of table ``owners``.
"""

from __future__ import annotations

import codecs
import gzip
import hashlib
import re
from collections.abc import Iterable, Iterator, Sequence
from contextlib import AbstractContextManager
from dataclasses import dataclass, replace
from datetime import date
from difflib import get_close_matches
from pathlib import Path
from typing import IO

from renotify.campaigns import nhtsa_files
from renotify.errors import BadInput, NothingToDo
from renotify.ledger.intake.contract import (
    CAMPAIGNS_TABLE,
    CONTRACTS,
    FILED_REPORTS_TABLE,
    FLAT_RCL_TABLE,
    LOADING_ORDER,
)
from renotify.ledger.intake.file_dates import period_of

CSV, PARQUET, TOML, FLAT = "CSV", "Parquet", "TOML", "FLAT_RCL"
ENDINGS = {".csv": CSV, ".csv.gz": CSV, ".parquet": PARQUET, ".toml": TOML}
NHTSA_TABLES = (FLAT_RCL_TABLE, FILED_REPORTS_TABLE)  # known by what is in them
OTHER_INPUT = ("followup",)  # of the same folder, read by other commands
_REFUSED = "renotify followup new will refuse it."
BLOCK = 1 << 20
SAMPLE = 1 << 12
UTF8 = "utf-8"
MARKS = (
    (codecs.BOM_UTF32_LE, "utf-32-le"),
    (codecs.BOM_UTF32_BE, "utf-32-be"),
    (codecs.BOM_UTF16_LE, "utf-16-le"),
    (codecs.BOM_UTF16_BE, "utf-16-be"),
)
UNMARKED = (  # bytes a character, and which of them says something in a Latin letter
    ("utf-32-le", 4, 0),
    ("utf-32-be", 4, 3),
    ("utf-16-le", 2, 0),
    ("utf-16-be", 2, 1),
)
FEW, MOST = 0.1, 0.6  # shares of zero bytes
WORKBOOKS = (".xlsx", ".xls", ".xlsm", ".ods")
PACKED = b"\x1f\x8b"
OTHER_FORMS = (  # by their first bytes
    (b"PK\x03\x04", "a spreadsheet's workbook (.xlsx) or another zip, not CSV", "Save the sheet as CSV, or unpack it."),
    (b"\xd0\xcf\x11\xe0", "a spreadsheet's workbook (.xls), not CSV", "Save the sheet as CSV."),
    (b"PAR1", "Parquet, not CSV", "Give it the ending .parquet."),
    (b"%PDF", "a PDF, not CSV", "Ask for the table itself, as CSV."),
)  # fmt: skip


@dataclass(frozen=True)
class Found:
    """One file to load, with its table and the digest of its bytes (inner bytes when packed)."""

    path: Path
    table: str
    form: str
    sha256: str = ""
    encoding: str = UTF8

    @property
    def name(self) -> str:
        return self.path.name

    @property
    def stem(self) -> str:
        """The file's name up to its first dot."""
        return self.path.name.split(".")[0]


def find(paths: Iterable[Path]) -> tuple[list[Found], list[str]]:
    """Return the files to load, in the order of loading, and notes on files passed over.

    Raises BadInput for a path that is missing or of no table, NothingToDo for an empty folder.
    """
    found: dict[Path, Found] = {}
    notes: list[str] = []
    for path in paths:
        for file in _in_folder(path, notes) if path.is_dir() else [_named(path)]:
            found.setdefault(file.path.resolve(), file)
    return sorted(found.values(), key=_turn), notes


def _turn(file: Found) -> tuple[int, date, str, Path]:
    """Return when a file is read: tables in their order, within one the older files first, then by name."""
    period = period_of(file.stem)
    return LOADING_ORDER.index(file.table), period[0] if period else date.min, file.name, file.path


def _in_folder(folder: Path, notes: list[str]) -> list[Found]:
    files = sorted(p for p in folder.iterdir() if p.is_file() and not p.name.startswith("."))
    found = []
    for path in files:
        file = as_table(path)
        if file:
            found.append(file)
        elif table_of(_stem(path)) in OTHER_INPUT and path.suffix.lower() == ".toml":
            notes += _on_follow_up(path)
        elif _stem(path) != "readme" and table_of(_stem(path)) not in OTHER_INPUT:
            notes.append(f"{path.name} was passed over: {_why_unknown(path)}")
    if not found:
        raise NothingToDo(
            f"The folder {folder.name} holds no file to load.",
            f"Known names are {', '.join(sorted(LOADING_ORDER))}, as .csv or .parquet.",
        )
    return found


def _on_follow_up(path: Path) -> list[str]:
    """Say why the followup.toml of a folder would be refused: better now than when its list is to be frozen."""
    from renotify.campaigns import follow_up_settings

    try:
        lacking = follow_up_settings.read(path).missing_of_sender()
    except BadInput as refusal:
        return [f"{refusal.message} {_REFUSED}"]
    return [f"{path.name}: {' '.join(lacking)} {_REFUSED}"] if lacking else []


def _named(path: Path) -> Found:
    if not path.exists():
        raise BadInput(f"There is no file {path.name}.", "Check the path.")
    file = as_table(path)
    if file is None:
        raise BadInput(f"{path.name} is no file to load.", _why_unknown(path))
    return file


def as_table(path: Path) -> Found | None:
    """Return what a file is, or None when its name and shape say nothing."""
    name = path.name.lower()
    form = next((form for ending, form in ENDINGS.items() if name.endswith(ending)), None)
    table = table_of(_stem(path))
    if form is TOML:
        return Found(path, CAMPAIGNS_TABLE, TOML) if table == CAMPAIGNS_TABLE else None
    if form and table in CONTRACTS:
        return Found(path, table, form)
    kind = nhtsa_files.kind_of(path)
    return Found(path, kind, FLAT) if kind else None


def _stem(path: Path) -> str:
    return path.name.split(".")[0].lower()


def table_of(stem: str) -> str:
    """Return the longest table name that a stem is, or begins with before - _ . or a digit."""
    names = sorted((*LOADING_ORDER, *OTHER_INPUT), key=len, reverse=True)
    return next((name for name in names if re.fullmatch(rf"{name}([-_.\d].*)?", stem)), "")


def _why_unknown(path: Path) -> str:
    table = table_of(_stem(path))
    if table in OTHER_INPUT:
        return "it is read where a list is frozen (renotify followup new)."
    described = nhtsa_files.described(path)
    if described:
        return described
    if table and table not in NHTSA_TABLES:
        form = "campaigns.toml" if table == CAMPAIGNS_TABLE else ".csv or .parquet"
        if path.suffix.lower() in WORKBOOKS:
            return f"{table} is read from {form}; save the sheet as CSV."
        return f"{table} is read from {form}."
    near = get_close_matches(_stem(path), LOADING_ORDER, 1)
    if near:
        return f"did you mean {near[0]}{path.suffix}?"
    return "its name begins with no table's name."


def inspect(file: Found) -> Found:
    """Return the file with its digest and the family of its encoding; one pass over its bytes.

    Raises BadInput for a file that is empty, unreadable, packed and damaged, or a workbook under the name of CSV.
    """
    digest = hashlib.sha256()
    size, encoding = 0, UTF8
    try:
        with opened(file) as source:
            while block := source.read(BLOCK):
                if not size and file.form is CSV:
                    _refuse_other_forms(file, block)
                    encoding = family(block[:SAMPLE])
                size += len(block)
                digest.update(block)
    except (OSError, EOFError) as error:
        raise BadInput(
            f"{file.name} cannot be read.", "It may be damaged; export it again."
        ) from error
    if size == 0:
        needed = (
            "Was the download" if file.form is FLAT else "It needs a header row; was the export"
        )
        raise BadInput(f"{file.name} is empty.", f"{needed} cut short?")
    return replace(file, sha256=digest.hexdigest(), encoding=encoding)


def _refuse_other_forms(file: Found, head: bytes) -> None:
    for mark, what, cure in OTHER_FORMS:
        if head.startswith(mark):
            raise BadInput(f"{file.name} is {what}.", cure)


def family(head: bytes) -> str:
    """Return how many bytes a character of a file takes, by its mark, else by its zero bytes.

    What is left are the encodings that have ASCII's bytes for ASCII's characters: read as UTF-8, row
    by row, and where a row is not, as Windows-1252 (``plain_lines``).
    """
    marked = next((name for mark, name in MARKS if head.startswith(mark)), None)
    if marked:
        return marked
    for name, width, at in UNMARKED:
        zeros = [head[place::width].count(0) * width for place in range(width)]
        full = zeros.pop(at)
        if len(head) >= 2 * width and full < len(head) * FEW and min(zeros) > len(head) * MOST:
            return name
    return UTF8


def opened(file: Found) -> AbstractContextManager[IO[bytes] | gzip.GzipFile]:
    """Open a file's bytes, inner bytes when packed, whatever its name says of that."""
    if file.form is FLAT:
        return nhtsa_files.opened(file.path)
    if file.path.suffix.lower() == ".gz" or _is_packed(file.path):
        return gzip.open(file.path, "rb")
    return file.path.open("rb")


def _is_packed(path: Path) -> bool:
    with path.open("rb") as source:
        return source.read(len(PACKED)) == PACKED


def encodings(files: Sequence[Found]) -> Iterator[str]:
    """Say which files are not UTF-8 as a whole."""
    for file in files:
        if file.encoding != UTF8:
            yield f"{file.name} is not UTF-8; it was read as {file.encoding}."
