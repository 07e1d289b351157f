"""The print job of one wave: batch files by stream, one manifest, the exceptions, the job ticket.

Everything is written to a folder beside its place and moved there when it is whole, so that a
folder with the wave's name is always a complete job. What is in it depends on the intent alone.
"""

from __future__ import annotations

import os
import shutil
from collections.abc import Mapping
from concurrent.futures import Executor
from dataclasses import dataclass, field
from pathlib import Path

import duckdb
import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.csv as arrow_csv

from renotify import rules
from renotify.errors import Inconsistent
from renotify.ledger import artifacts
from renotify.letters import envelope, print_run
from renotify.letters.version import LetterVersion
from renotify.mailing.job_folder import MANIFEST
from renotify.mailing.versions import VersionKey, Versions
from renotify.values.progress_callback import Progress

EXCEPTIONS = "exceptions.csv"
MANIFEST_COLUMNS = (
    "piece_id", "vin", "imb", "file", "first_page", "sequence", "form_digest", "bundle", "family",
)  # fmt: skip
EXCEPTION_COLUMNS = ("piece_id", "vin", "bundle", "family", "reason")
KINDS = {
    "-job-ticket.": "job_ticket",
    "-envelope-": "envelope",
    ".form": "letter_version",
    ".pdf": "letters",
}


_NOTHING = pa.table({
    "piece_id": pa.array([], pa.string()), "file": pa.array([], pa.string()),
    "first_page": pa.array([], pa.int64()), "sequence": pa.array([], pa.int64()),
})  # fmt: skip
_NO_EXCEPTION = pa.table(
    {name: pa.array([], pa.string()) for name in ("piece_id", "field", "reason")}
)


@dataclass(frozen=True)
class Job:
    """A whole print job as it lies in its folder; ``files`` by relative path: kind and SHA-256."""

    folder: Path
    manifest: pa.Table  # MANIFEST_COLUMNS
    exceptions: pa.Table  # EXCEPTION_COLUMNS
    files: Mapping[str, tuple[str, str]]


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
    progress: Progress | None = None,
    executor: Executor | None = None,
) -> Job:
    """Print the rows (``wave_tables.LETTER``) of a wave and put the whole job in its folder.

    input = manifest + exceptions, or Inconsistent. Writing it again gives the same bytes. Safety
    recalls and service campaigns are two streams, in folders of their own (49 CFR 577.14).
    """
    part = part_of(folder)
    shutil.rmtree(part, ignore_errors=True)
    part.mkdir(parents=True)
    run = _Run()
    for key in sorted(made.compiled):
        version = made.compiled[key]
        group = rows.filter(pc.equal(rows["form_digest"], version.digest))
        if group.num_rows:
            run.take(key.family, version, _render(key, version, group, part, executor))
        if progress is not None:
            progress("Letters", run.done, rows.num_rows)
    manifest, failed = _gather(rows, run.manifests, run.exceptions)
    arrow_csv.write_csv(manifest.select(MANIFEST_COLUMNS), part / MANIFEST)
    arrow_csv.write_csv(failed.select(EXCEPTION_COLUMNS), part / EXCEPTIONS)
    if run.reports:
        stem = f"{folder.parent.name}-{folder.name}"
        envelope.job_ticket(
            run.reports, part, stem=stem, sender=made.sender, pack=rules.load(made.mail_date)
        )
    files = {
        str(path.relative_to(part)): (_kind(path), _digest(path, part, run.digests))
        for path in _files(part)
    }
    _settle(part, folder)
    return Job(folder, manifest, failed, files)


@dataclass
class _Run:
    """What the versions printed so far have given."""

    reports: list[tuple[LetterVersion, print_run.RunReport]] = field(default_factory=list)
    manifests: list[pa.Table] = field(default_factory=list)
    exceptions: list[pa.Table] = field(default_factory=list)
    digests: dict[str, str] = field(default_factory=dict)
    done: int = 0

    def take(self, family: str, version: LetterVersion, report: print_run.RunReport) -> None:
        """Add one version's print run; its own lists are parts of the wave's, and go."""
        self.reports.append((version, report))
        self.manifests.append(_placed(report.manifest, family))
        self.exceptions.append(report.exceptions)
        self.digests |= {f"{family}/{name}": digest for name, digest in report.sha256.items()}
        self.done += report.counts["input"]
        report.manifest_path.unlink()
        report.exceptions_path.unlink()


def _render(
    key: VersionKey, version: LetterVersion, group: pa.Table, part: Path, executor: Executor | None
) -> print_run.RunReport:
    return print_run.render(
        version,
        group,
        part / key.family,
        profile=version.profile,
        stem=f"{key.stem}-{version.digest[:8]}",
        executor=executor,
    )


def _placed(manifest: pa.Table, family: str) -> pa.Table:
    """Return where each piece stands, with files named from the wave's folder: family/name."""
    files = pc.binary_join_element_wise(family, manifest["file"], "/")
    return pa.table({
        "piece_id": manifest["piece_id"], "file": files,
        "first_page": manifest["first_page"], "sequence": manifest["sequence"],
    })  # fmt: skip


def _gather(
    rows: pa.Table, manifests: list[pa.Table], exceptions: list[pa.Table]
) -> tuple[pa.Table, pa.Table]:
    placed = pa.concat_tables(manifests) if manifests else _placed(_NOTHING, "")
    failed = pa.concat_tables(exceptions) if exceptions else _NO_EXCEPTION
    with duckdb.connect() as arrow:
        arrow.register("letter", rows)
        arrow.register("placed", placed)
        arrow.register("failed", failed)
        manifest = arrow.sql(
            "select piece_id, vin, imb_payload as imb, file, first_page, sequence, form_digest,"
            " bundle, family from letter join placed using (piece_id) order by file, sequence"
        ).to_arrow_table()
        aside = arrow.sql(
            "select piece_id, vin, bundle, family,"
            " left(string_agg(failed.reason, '; ' order by field), 255) as reason"
            " from letter join failed using (piece_id) group by all order by piece_id"
        ).to_arrow_table()
    if manifest.num_rows + aside.num_rows != rows.num_rows:
        raise Inconsistent(
            f"{rows.num_rows:,} letters went to print, {manifest.num_rows:,} came out and"
            f" {aside.num_rows:,} were set aside.",
            "Nothing was recorded as printed; release the wave again, and report this.",
        )
    return manifest, aside


def _digest(path: Path, part: Path, known: Mapping[str, str]) -> str:
    return known.get(str(path.relative_to(part))) or artifacts.digest(path)


def _kind(path: Path) -> str:
    """Return what a file of a job is: letters, letter_version, manifest, job_ticket, .."""
    for part, kind in KINDS.items():
        if part in path.name:
            return kind
    return path.stem


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
