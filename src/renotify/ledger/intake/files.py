"""Finds the files to load and tells each one's table, by its name alone; NHTSA's by its shape.

``owners.csv``, ``owners_2013.csv``, ``owners-part2.parquet`` are all files of table ``owners``.
"""

from __future__ import annotations

import gzip
import hashlib
import re
from collections.abc import Iterable, Iterator, Sequence
from contextlib import AbstractContextManager
from dataclasses import dataclass, replace
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

CSV, PARQUET, TOML, FLAT = "CSV", "Parquet", "TOML", "FLAT_RCL"
ENDINGS = {".csv": CSV, ".csv.gz": CSV, ".parquet": PARQUET, ".toml": TOML}
NHTSA_TABLES = (FLAT_RCL_TABLE, FILED_REPORTS_TABLE)  # known by what is in them
OTHER_INPUT = ("followup",)  # of the same folder, read by other commands
BLOCK = 1 << 20


@dataclass(frozen=True)
class Found:
    """One file to load, with its table and the digest of its bytes (inner bytes when packed)."""

    path: Path
    table: str
    form: str
    sha256: str = ""
    encoding: str = "utf-8"
    quotes: int = 0  # quotation marks in a CSV file

    @property
    def name(self) -> str:
        return self.path.name


def find(paths: Iterable[Path]) -> tuple[list[Found], list[str]]:
    """Return the files to load, in the order of loading, and notes on files passed over.

    Raises BadInput for a path that is missing or of no table, NothingToDo for an empty folder.
    """
    found: dict[Path, Found] = {}
    notes: list[str] = []
    for path in paths:
        for file in _in_folder(path, notes) if path.is_dir() else [_named(path)]:
            found.setdefault(file.path.resolve(), file)
    order = sorted(found.values(), key=lambda f: (LOADING_ORDER.index(f.table), f.name, f.path))
    return order, notes


def _in_folder(folder: Path, notes: list[str]) -> list[Found]:
    files = sorted(p for p in folder.iterdir() if p.is_file() and not p.name.startswith("."))
    found = []
    for path in files:
        file = as_table(path)
        if file:
            found.append(file)
        elif _stem(path) != "readme" and table_of(_stem(path)) not in OTHER_INPUT:
            notes.append(f"{path.name} was passed over: {_why_unknown(path)}")
    if not found:
        raise NothingToDo(
            f"The folder {folder.name} holds no file to load.",
            f"Known names are {', '.join(sorted(LOADING_ORDER))}, as .csv or .parquet.",
        )
    return found


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
        return "it is read by renotify followup new."
    described = nhtsa_files.described(path)
    if described:
        return described
    if table and table not in NHTSA_TABLES:
        form = "campaigns.toml" if table == CAMPAIGNS_TABLE else ".csv or .parquet"
        return f"{table} is read from {form}."
    near = get_close_matches(_stem(path), LOADING_ORDER, 1)
    if near:
        return f"did you mean {near[0]}{path.suffix}?"
    return "its name begins with no table's name."


def inspect(file: Found) -> Found:
    """Return the file with its digest and encoding; one pass over its bytes.

    Raises BadInput for a file that is empty, unreadable, or packed and damaged.
    """
    digest = hashlib.sha256()
    text = _Utf8()
    size = quotes = 0
    try:
        with _bytes(file) as source:
            while block := source.read(BLOCK):
                size += len(block)
                digest.update(block)
                if file.form is CSV:
                    text.feed(block)
                    quotes += block.count(b'"')
    except (OSError, EOFError) as error:
        raise BadInput(
            f"{file.name} cannot be read.", "It may be damaged; export it again."
        ) from error
    if size == 0:
        needed = (
            "Was the download" if file.form is FLAT else "It needs a header row; was the export"
        )
        raise BadInput(f"{file.name} is empty.", f"{needed} cut short?")
    return replace(file, sha256=digest.hexdigest(), encoding=text.encoding, quotes=quotes)


class _Utf8:
    """Tells, block by block, whether bytes are UTF-8, and if not, what they likely are."""

    UNDEFINED = re.compile(rb"[\x81\x8d\x8f\x90\x9d]")  # no characters of Windows-1252

    def __init__(self) -> None:
        self._rest = b""
        self._first = True
        self._utf8 = True
        self._windows = True
        self._utf16 = False

    def feed(self, block: bytes) -> None:
        if self._first:
            self._utf16 = block[:2] in (b"\xff\xfe", b"\xfe\xff")
            self._first = False
        self._windows = self._windows and not self.UNDEFINED.search(block)
        if not self._utf8:
            return
        try:
            (self._rest + block).decode("utf-8")
            self._rest = b""
        except UnicodeDecodeError as error:
            whole = self._rest + block
            cut = error.reason == "unexpected end of data" and len(whole) - error.start < 4
            self._rest = whole[error.start :] if cut else b""
            self._utf8 = cut

    @property
    def encoding(self) -> str:
        if self._utf16:
            return "utf-16"
        if self._utf8 and not self._rest:
            return "utf-8"
        return "cp1252" if self._windows else "latin-1"


def _bytes(file: Found) -> AbstractContextManager[IO[bytes] | gzip.GzipFile]:
    if file.form is FLAT:
        return nhtsa_files.opened(file.path)
    if file.path.suffix.lower() == ".gz":
        return gzip.open(file.path, "rb")
    return file.path.open("rb")


def encodings(files: Sequence[Found]) -> Iterator[str]:
    """Say of which files the encoding was guessed."""
    for file in files:
        if file.form is CSV and file.encoding != "utf-8":
            yield f"{file.name} is not UTF-8; it was read as {file.encoding}."
