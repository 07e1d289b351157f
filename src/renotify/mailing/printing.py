"""The print job of one wave: batch files by stream, one manifest, the exceptions, the job ticket.

Everything is written to a folder beside its place and moved there when it is whole, so that a
folder with the wave's name is always a complete job. What is in it depends on the intent alone.
"""

from __future__ import annotations

import os
import shutil
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from concurrent.futures import Executor, ThreadPoolExecutor
from contextlib import contextmanager
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import NamedTuple

import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.csv as arrow_csv

from renotify.errors import Inconsistent
from renotify.ledger import artifacts
from renotify.letters import print_run
from renotify.letters.checks.batch_sample import sample
from renotify.letters.envelope import Stream
from renotify.letters.fields import with_lines
from renotify.letters.job_ticket import Run, job_ticket
from renotify.letters.version import LetterVersion
from renotify.mailing import evidence_form
from renotify.mailing.job_folder import CHANGES, EVIDENCE_SAMPLE, EXCEPTIONS, MANIFEST, WITHDRAWN
from renotify.mailing.mail_days import OF_ARM
from renotify.mailing.versions import ALONE, VersionKey, Versions
from renotify.values.address import countries_of
from renotify.values.arrow_sql import arrow_sql
from renotify.values.english import counted
from renotify.values.progress_callback import Progress
from renotify.values.worker_pool import Workers

MANIFEST_COLUMNS = (
    "piece_id", "vin", "imb", "file", "first_page", "sequence", "form_digest", "bundle", "family",
    "pages", "first_sheet", "sheets", *OF_ARM,
)  # fmt: skip
EXCEPTION_COLUMNS = ("piece_id", "vin", "bundle", "family", "reason")
SHARED_FROM = 50_000  # letters: fewer are printed before a second process has started


PLACES = ("first_page", "sequence", "pages", "first_sheet", "sheets")
_NO_EXCEPTION = pa.table(
    {name: pa.array([], pa.string()) for name in ("piece_id", "field", "reason")}
)


@dataclass(frozen=True)
class Job:
    """A whole print job as it lies in its folder; ``files`` by relative path: kind and SHA-256."""

    folder: Path
    manifest: pa.Table  # MANIFEST_COLUMNS
    exceptions: pa.Table  # EXCEPTION_COLUMNS
    changes: pa.Table  # piece_id, field, reason: what was printed otherwise than the row stands
    files: Mapping[str, tuple[str, str]]
    languages: pa.ChunkedArray  # of the letter of each printed piece
    envelopes: Mapping[str, int]  # printed letters by the folder of their envelope's stream


def folder_of(out: Path, name: str, wave: int) -> Path:
    """Return the folder of a wave's print job; nothing in its name is about a person."""
    safe = "".join(letter if letter.isalnum() or letter in "-_." else "-" for letter in name)
    return out.absolute() / safe.lstrip(".") / f"wave-{wave:02d}"


def part_of(folder: Path) -> Path:
    """Return where a job is written until it is whole."""
    return folder.with_name(f".{folder.name}.part")


def write(
    rows: pa.Table,
    made: Versions,
    folder: Path,
    *,
    asks: Sequence[str] = (),
    withdrawn: pa.Table | None = None,
    progress: Progress | None = None,
    workers: Workers = ALONE,
) -> Job:
    """Print the rows of a wave and put the whole job in its folder.

    ``rows``: ``wave_tables.LETTER``, ``mail_days.OF_ARM``, and the language of the envelope's ``label``.

    input = manifest + exceptions, and a sample of each batch file says what its rows say, or
    Inconsistent. ``asks`` are lines of the ticket: what is asked of the Postal Service. Writing it
    again gives the same bytes, in one process or by several ``workers``. Pieces ``withdrawn`` since the release was begun have a
    list of their own, so that none from an earlier copy of the job is mailed.
    Letters that go into different envelopes are different streams, in folders of their own (49 CFR 577.14); letters abroad are one,
    too, in files of their own, and so are letters of each day to mail them.
    """
    part = part_of(folder)
    shutil.rmtree(part, ignore_errors=True)
    part.mkdir(parents=True)
    job = _JobFiles(part)
    # what is read back is held against lines that are set anew, not against those that went to print
    again = with_lines(rows)
    for batch, report in _printed(with_lines(rows), made, part, workers):
        job.take(Run(made.compiled[batch.key], report, batch.stream), again)
        if progress is not None:
            progress("Letters", job.done, rows.num_rows)
    manifest, failed = _gather(rows, job.manifests, job.exceptions)
    arrow_csv.write_csv(manifest.select(MANIFEST_COLUMNS), part / MANIFEST)
    arrow_csv.write_csv(failed.select(EXCEPTION_COLUMNS), part / EXCEPTIONS)
    job.add("manifest", part / MANIFEST)
    job.add("exceptions", part / EXCEPTIONS)
    changes = pa.concat_tables([_NO_EXCEPTION, *job.changes]).sort_by("piece_id")
    if changes.num_rows:
        arrow_csv.write_csv(changes, part / CHANGES)
        job.add("changes", part / CHANGES)
    if withdrawn is not None and withdrawn.num_rows:
        arrow_csv.write_csv(withdrawn, part / WITHDRAWN)
        job.add("withdrawn", part / WITHDRAWN)
    if job.runs:
        job.add_ticket(f"{folder.parent.name}-{folder.name}", made, asks)
    _settle(part, folder)
    places = pc.index_in(manifest["piece_id"], rows["piece_id"].combine_chunks())
    languages = rows["language"].take(places)
    return Job(folder, manifest, failed, changes, job.files, languages, job.envelopes())


class _Batch(NamedTuple):
    """What is printed as one run: the letters of a version that go into one envelope, at home or abroad, on one day (blank: any)."""

    key: VersionKey
    stream: Stream
    abroad: bool
    mail_on: str

    @property
    def stem(self) -> str:
        """Return the beginning of its files' names; a label in another language than English is named, and a day to mail them."""
        label, day = self.stream.language, f"-on_{self.mail_on}" if self.mail_on else ""
        return (self.key.stem if label == "en" else f"{self.key.stem}-label_{label}") + day


def _batches(rows: pa.Table, made: Versions) -> list[_Batch]:
    """Return the runs that rows (with ``abroad``) need, in order; versions that came out alike are one."""
    used = rows.group_by(["form_digest", "label", "abroad", "mail_on"]).aggregate([]).to_pylist()
    alike = {made.compiled[key].digest: key for key in sorted(made.compiled, reverse=True)}
    return sorted(
        _Batch(key, Stream(key.family, row["label"]), row["abroad"], row["mail_on"])
        for row in used
        for key in [alike[row["form_digest"]]]
    )


def _printed(
    rows: pa.Table, made: Versions, part: Path, workers: Workers
) -> Iterator[tuple[_Batch, print_run.RunReport]]:
    """Yield the print run of each version and envelope that has rows, in order; processes share their files."""
    rows = rows.append_column("abroad", pc.not_equal(countries_of(rows), ""))
    batches = _batches(rows, made)

    def run(batch: _Batch) -> print_run.RunReport:
        return _render(batch, made.compiled[batch.key], rows, part, executor)

    with _executor(rows.num_rows, workers) as executor:
        if executor is None:
            yield from zip(batches, map(run, batches), strict=True)
            return
        with ThreadPoolExecutor(
            workers.count
        ) as threads:  # a version's last files leave no worker idle
            yield from zip(batches, threads.map(run, batches), strict=True)


@contextmanager
def _executor(letters: int, workers: Workers) -> Iterator[Executor | None]:
    """Yield who prints while this process reads back what is printed: as many processes as may be for many letters, for few those
    that run already, else None: this process does both.
    """
    if letters < SHARED_FROM:
        yield workers.others
        return
    with print_run.worker_processes(workers.count) as executor:
        yield executor


@dataclass
class _JobFiles:
    """What the runs printed so far have given, and every file of the job with its kind."""

    part: Path
    runs: list[Run] = field(default_factory=list)
    manifests: list[pa.Table] = field(default_factory=list)
    exceptions: list[pa.Table] = field(default_factory=list)
    changes: list[pa.Table] = field(default_factory=list)
    files: dict[str, tuple[str, str]] = field(default_factory=dict)
    done: int = 0

    def add(self, kind: str, path: Path, sha256: str = "") -> None:
        """Note a file by its path below the job's folder, with its kind and SHA-256."""
        name = str(path.relative_to(self.part))
        self.files[name] = (kind, sha256 or artifacts.digest(path))

    def take(self, run: Run, rows: pa.Table) -> None:
        """Add one print run; its own lists are parts of the wave's, and go."""
        version, report, stream = run
        manifest = report.manifest
        self.changes.append(report.changes)
        for path in report.files:
            _refuse_wrong_sample(version, path, manifest, rows)
            self.add("letters", path, report.sha256[path.name])
        self.add("letter_version", report.version_path, report.sha256[report.version_path.name])
        self.runs.append(run)
        self.manifests.append(_placed(manifest, stream.folder))
        self.exceptions.append(report.exceptions)
        self.done += report.counts["input"]
        report.manifest_path.unlink()
        report.exceptions_path.unlink()

    def add_ticket(self, stem: str, made: Versions, asks: Sequence[str]) -> None:
        """Write the job ticket, what an answer to it looks like, and the envelope fronts, and note them."""
        ticket = job_ticket(
            self.runs, made.fronts, self.part,
            stem=stem, pack=made.pack, before=asks, after=evidence_form.in_words(made.mail_date),
        )  # fmt: skip
        sample_file = evidence_form.write_sample(self.part / EVIDENCE_SAMPLE, made.mail_date)
        self.add("job_ticket", sample_file)
        self.add("job_ticket", ticket.json)
        self.add("job_ticket", ticket.pdf)
        for front in ticket.envelopes:
            self.add("envelope", front)

    def envelopes(self) -> dict[str, int]:
        """Return how many letters were printed for each envelope, by the folder of its stream."""
        found = Counter[str]()
        for run in self.runs:
            found[run.stream.folder] += run.report.counts["printed"]
        return dict(sorted(found.items()))


def _refuse_wrong_sample(
    version: LetterVersion, path: Path, manifest: pa.Table, rows: pa.Table
) -> None:
    """Read some letters of a batch file back; Inconsistent when one is not its owner's (577.5(b))."""
    own = manifest.filter(pc.equal(manifest["file"], path.name))
    places = pc.index_in(own["piece_id"], value_set=rows["piece_id"].combine_chunks())
    found = sample(version, path, rows.take(places), own)
    if found:
        raise Inconsistent(
            f"{path.name}: {found[0].message} ({found[0].citation}).",
            "Nothing was recorded as printed; release the wave again, and report this.",
        )


def _render(
    batch: _Batch, version: LetterVersion, rows: pa.Table, part: Path, executor: Executor | None
) -> print_run.RunReport:
    of_version = pc.equal(rows["form_digest"], version.digest)
    own = pc.and_(of_version, pc.equal(rows["label"], batch.stream.language))
    own = pc.and_(own, pc.equal(rows["mail_on"], batch.mail_on))
    report = print_run.render(
        version,
        rows.filter(pc.and_(own, pc.equal(rows["abroad"], batch.abroad))),
        part / batch.stream.folder,
        stem=f"{batch.stem}-{version.digest[:8]}{'-abroad' if batch.abroad else ''}",
        executor=executor,
    )
    return replace(report, abroad=batch.abroad, mail_on=batch.mail_on)


def _placed(manifest: pa.Table, stream: str) -> pa.Table:
    """Return where each piece stands, with files named from the wave's folder: stream/name."""
    files = pc.binary_join_element_wise(stream, manifest["file"], "/")
    places = {name: manifest[name] for name in PLACES}
    return pa.table({"piece_id": manifest["piece_id"], "file": files, **places})


def _gather(
    rows: pa.Table, manifests: list[pa.Table], exceptions: list[pa.Table]
) -> tuple[pa.Table, pa.Table]:
    placed = pa.concat_tables(manifests or [_placed(print_run.MANIFEST.empty_table(), "")])
    failed = pa.concat_tables(exceptions) if exceptions else _NO_EXCEPTION
    with arrow_sql() as arrow:
        arrow.register("letter", rows)
        arrow.register("placed", placed)
        arrow.register("failed", failed)
        manifest = arrow.sql(
            "select piece_id, vin, imb_payload as imb, file, first_page, sequence, form_digest,"
            f" bundle, family, pages, first_sheet, sheets, {', '.join(OF_ARM)}"
            " from letter join placed using (piece_id) order by file, sequence"
        ).to_arrow_table()
        aside = arrow.sql(
            "select piece_id, vin, bundle, family,"
            " left(string_agg(failed.reason, '; ' order by field), 255) as reason"
            " from letter join failed using (piece_id) group by all order by piece_id"
        ).to_arrow_table()
    if manifest.num_rows + aside.num_rows != rows.num_rows:
        raise Inconsistent(
            f"{counted(rows.num_rows, 'letter')} went to print, {manifest.num_rows:,} came out and"
            f" {aside.num_rows:,} {'was' if aside.num_rows == 1 else 'were'} set aside.",
            "Nothing was recorded as printed; release the wave again, and report this.",
        )
    return manifest, aside


def _files(folder: Path) -> list[Path]:
    return sorted(path for path in folder.rglob("*") if path.is_file())


def _settle(part: Path, folder: Path) -> None:
    """Move a whole job to its place, durably; it replaces what a killed run left there."""
    for path in _files(part):
        with path.open("rb") as file:
            os.fsync(file.fileno())
    shutil.rmtree(folder, ignore_errors=True)
    part.rename(folder)
    parent = os.open(folder.parent, os.O_RDONLY)
    try:
        os.fsync(parent)
    finally:
        os.close(parent)
