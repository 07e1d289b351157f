"""A print run: rows in, batch files, manifest and exceptions out; files can be made in several processes.

File number k depends on the version's digest and on rows k only, so a lost file can be made again and
is the same, byte for byte. Nothing of a run is visible until all of it is written: files carry
temporary names and are renamed at the end.
"""

from __future__ import annotations

import hashlib
import re
from collections import deque
from collections.abc import Generator, Iterable, Iterator
from concurrent.futures import Executor, Future, wait
from contextlib import closing, contextmanager
from dataclasses import dataclass, field
from functools import lru_cache
from pathlib import Path

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.csv
import pyarrow.parquet

from renotify.errors import BadInput, Inconsistent, NothingToDo
from renotify.letters.batch_pdf import CHUNK, BatchFile
from renotify.letters.fields import EXCEPTIONS, prepare
from renotify.letters.version import LetterVersion
from renotify.values.english import counted
from renotify.values.worker_pool import worker_pool

PART = ".part"
UNDER_WAY = 16  # files handed out and not yet taken in, so that memory stays flat
STEM = re.compile(r"[A-Za-z0-9][A-Za-z0-9._+-]*")
MANIFEST = pa.schema(
    [
        ("piece_id", pa.string()),
        ("imb", pa.string()),
        ("file", pa.string()),
        ("first_page", pa.int64()),
        ("sequence", pa.int64()),
        ("form_digest", pa.string()),
        ("pages", pa.int64()),  # of the letter, a blank back not counted
        ("first_sheet", pa.int64()),  # in its file, from 1
        ("sheets", pa.int64()),
    ]
)


@dataclass(frozen=True)
class BatchResult:
    """One finished file: what is in it, its SHA-256, who was left out, and which letters were mended."""

    name: str
    sha256: str
    letters: int
    size: int
    pieces: pa.Table
    exceptions: pa.Table
    changes: pa.Table = field(default_factory=EXCEPTIONS.empty_table)


@dataclass(frozen=True)
class RunReport:
    """What a run made: input = printed + exceptions, with the SHA-256 of each file by its path."""

    files: tuple[Path, ...]
    manifest_path: Path
    exceptions_path: Path
    version_path: Path
    exceptions: pa.Table
    counts: dict[str, int]
    sha256: dict[str, str] = field(default_factory=dict)
    letters: dict[str, int] = field(default_factory=dict)
    changes: pa.Table = field(default_factory=EXCEPTIONS.empty_table)  # what was mended, by piece
    abroad: bool = False  # a stream of its own: no barcode, international postage
    mail_on: str = (
        ""  # a stream of its own: letters of a day, written as 2013-03-07; blank: any day
    )

    @property
    def manifest(self) -> pa.Table:
        """Return the manifest as a table, read from its file."""
        return read_manifest(self.manifest_path)


def read_manifest(path: Path) -> pa.Table:
    """Return a manifest written by ``render``, CSV or Parquet, with codes as text."""
    if path.suffix == ".parquet":
        return pyarrow.parquet.read_table(path)
    types = pyarrow.csv.ConvertOptions(
        column_types=MANIFEST, strings_can_be_null=False, include_columns=MANIFEST.names
    )
    return pyarrow.csv.read_csv(path, convert_options=types)


@lru_cache(maxsize=16)
def _loaded(path: str, _digest: str) -> LetterVersion:
    return LetterVersion.load(Path(path))


def write_batch(version: LetterVersion, rows: pa.Table, path: Path) -> BatchResult:
    """Write one batch file under a temporary name: a pure function of the version and the rows."""
    pieces, refused, changes = [], [], []
    part = path.with_name(path.name + PART)
    with part.open("wb", buffering=0) as sink:
        batch = BatchFile(version, sink)
        for start in range(0, rows.num_rows, CHUNK):
            letters = prepare(version, rows.slice(start, CHUNK))
            places = np.arange(len(letters.piece_ids)) + batch.letters
            batch.add(letters)
            bars = pa.array(letters.bars.astype("U65"), pa.string())
            first = pa.array(places * version.pages_in_file + 1, pa.int64())
            pieces.append(pa.table([letters.piece_ids, bars, first], PIECES))
            refused.append(letters.exceptions)
            changes.append(letters.changes)
        digest = batch.close()
    return BatchResult(
        path.name,
        digest,
        batch.letters,
        part.stat().st_size,
        pa.concat_tables(pieces),
        pa.concat_tables(refused),
        pa.concat_tables(changes),
    )


PIECES = ["piece_id", "imb", "first_page"]


def _packed(rows: pa.Table) -> pa.Buffer:
    """Return rows as an Arrow stream: a slice travels alone, not with the table it was cut from."""
    sink = pa.BufferOutputStream()
    with pa.ipc.new_stream(sink, rows.schema) as stream:
        stream.write_table(rows)
    return sink.getvalue()


def _task(version_path: str, digest: str, rows: pa.Buffer, path: Path) -> BatchResult:
    table = pa.ipc.open_stream(rows).read_all()
    return write_batch(_loaded(version_path, digest), table, path)


def slices(columns: pa.Table | Iterable[pa.RecordBatch], per_file: int) -> Iterator[pa.Table]:
    """Cut rows into tables of ``per_file`` rows, whatever batches they come in."""
    batches = columns.to_batches() if isinstance(columns, pa.Table) else columns
    held: list[pa.RecordBatch] = []
    count = 0
    for batch in batches:
        rest = batch
        while rest.num_rows:
            taken = rest.slice(0, per_file - count)
            held.append(taken)
            count += taken.num_rows
            rest = rest.slice(taken.num_rows)
            if count == per_file:
                yield pa.Table.from_batches(held)
                held, count = [], 0
    if held:
        yield pa.Table.from_batches(held)


class _ManifestWriter:
    """Writes the manifest as files come in, in order, and keeps the counts."""

    def __init__(self, path: Path, version: LetterVersion, kind: str) -> None:
        self.path, self.version = path, version
        self.part = path.with_name(path.name + PART)
        self.results: list[BatchResult] = []
        self.printed = 0
        opener = pyarrow.parquet.ParquetWriter if kind == "parquet" else pyarrow.csv.CSVWriter
        self._writer = opener(str(self.part), MANIFEST)

    def take(self, result: BatchResult) -> None:
        count = result.letters
        sequence = np.arange(self.printed + 1, self.printed + count + 1)
        pieces = result.pieces
        table = pa.table(
            [
                pieces["piece_id"],
                pieces["imb"],
                pa.repeat(result.name, count),
                pieces["first_page"],
                pa.array(sequence, pa.int64()),
                pa.repeat(self.version.digest, count),
                pa.repeat(pa.scalar(self.version.page_count, pa.int64()), count),
                self._first_sheets(pieces["first_page"]),
                pa.repeat(pa.scalar(self.version.sheets, pa.int64()), count),
            ],
            schema=MANIFEST,
        )
        self._writer.write_table(table)
        self.printed += count
        if not count:  # every row was refused: a print file without letters is not kept
            self.path.with_name(result.name + PART).unlink()
        keep = BatchResult(
            result.name, result.sha256, count, result.size, PIECES_NONE, result.exceptions,
            result.changes,
        )  # fmt: skip
        self.results.append(keep)

    def _first_sheets(self, first_pages: pa.ChunkedArray) -> pa.ChunkedArray:
        before = pc.subtract(first_pages, 1)
        return pc.add(pc.divide(before, self.version.profile.sides), 1)

    def close(self) -> None:
        self._writer.close()


PIECES_NONE = pa.table({name: pa.array([], pa.string()) for name in PIECES})


def _results(
    version: LetterVersion,
    tasks: Iterator[tuple[pa.Table, Path]],
    version_path: Path,
    executor: Executor | None,
) -> Generator[BatchResult]:
    """Yield files in order; an executor has a few under way, so that memory stays flat."""
    if executor is None:
        for rows, path in tasks:
            yield write_batch(version, rows, path)
        return
    under_way: deque[Future[BatchResult]] = deque()
    try:
        for rows, path in tasks:
            packed = _packed(rows)
            task = executor.submit(_task, str(version_path), version.digest, packed, path)
            under_way.append(task)
            if len(under_way) > UNDER_WAY:
                yield under_way.popleft().result()
        while under_way:
            yield under_way.popleft().result()
    finally:  # nobody may write into the folder after a run that broke was cleared away
        for task in under_way:
            task.cancel()
        wait(under_way)


@contextmanager
def worker_processes(workers: int) -> Iterator[Executor | None]:
    """Yield an executor of so many processes for ``render``; None for one: this process prints.

    They end when this process ends, however it ends.
    """
    if workers <= 1:
        yield None
        return
    with worker_pool(workers) as pool:
        yield pool


def _sha256(path: Path) -> str:
    with path.open("rb") as body:
        return hashlib.file_digest(body, "sha256").hexdigest()


def render(
    version: LetterVersion,
    columns: pa.Table | Iterable[pa.RecordBatch],
    out_dir: Path,
    *,
    stem: str,
    per_file: int | None = None,
    executor: Executor | None = None,
) -> RunReport:
    """Print letters into ``out_dir``: batches, manifest, exceptions; input = printed + exceptions.

    ``columns`` are ``fields.COLUMNS``; ``stem`` begins every file's name and may hold nothing
    personal. An ``executor`` maps files over workers, which must reach ``out_dir``. NothingToDo for
    no rows, Inconsistent when the count does not close; then no file is left.
    """
    if not STEM.fullmatch(stem):
        raise BadInput(
            f"A run's files cannot be called {stem!r}.", "Use letters, digits, and . _ + - only."
        )
    profile = version.profile
    size = per_file or int(profile.size("files", "letters_per_file"))
    out_dir.mkdir(parents=True, exist_ok=True)
    version_path = version.save(out_dir / f"{stem}.form{PART}")
    counted = _CountedRows(columns)
    tasks = (
        (rows, out_dir / profile.file_name(stem, number))
        for number, rows in enumerate(slices(counted, size), start=1)
    )
    kind = str(profile.facts["files"]["manifest"])
    manifest = _ManifestWriter(out_dir / f"{stem}-manifest.{kind}", version, kind)
    try:
        with closing(_results(version, tasks, version_path, executor)) as results:
            for result in results:
                manifest.take(result)
        manifest.close()
        return _finish(manifest, out_dir, stem, counted.rows, version_path)
    except BaseException:
        for path in out_dir.glob(f"{stem}*{PART}"):
            path.unlink()
        raise


class _CountedRows:
    """Counts the rows that go by, so that the run can be closed against its input."""

    def __init__(self, columns: pa.Table | Iterable[pa.RecordBatch]) -> None:
        self._batches = columns.to_batches() if isinstance(columns, pa.Table) else columns
        self.rows = 0

    def __iter__(self) -> Iterator[pa.RecordBatch]:
        for batch in self._batches:
            self.rows += batch.num_rows
            yield batch


def _finish(
    manifest: _ManifestWriter, out_dir: Path, stem: str, given: int, version_path: Path
) -> RunReport:
    if not given:
        raise NothingToDo("There is no letter to print: the list of rows is empty.", "")
    tables = [result.exceptions for result in manifest.results]
    exceptions = pa.concat_tables(tables) if tables else EXCEPTIONS.empty_table()
    counts = {"input": given, "printed": manifest.printed, "exceptions": exceptions.num_rows}
    if counts["printed"] + counts["exceptions"] != given:
        raise Inconsistent(
            f"{counted(given, 'row')} given, {counted(counts['printed'], 'letter')} printed and"
            f" {counts['exceptions']:,} refused.",
            "Nothing was kept; this is an error in the writer.",
        )
    exceptions_path = out_dir / f"{stem}-exceptions.csv"
    pyarrow.csv.write_csv(exceptions, str(exceptions_path) + PART)
    made = [result for result in manifest.results if result.letters]
    kept = [out_dir / result.name for result in made]
    for path in (*kept, manifest.path, exceptions_path):
        path.with_name(path.name + PART).replace(path)
    version_path = version_path.replace(version_path.with_suffix(""))
    digests = {result.name: result.sha256 for result in made}
    for path in (manifest.path, exceptions_path, version_path):
        digests[path.name] = _sha256(path)
    letters = {result.name: result.letters for result in made}
    return RunReport(
        tuple(kept),
        manifest.path,
        exceptions_path,
        version_path,
        exceptions,
        counts,
        digests,
        letters,
        pa.concat_tables([result.changes for result in manifest.results]),
    )
