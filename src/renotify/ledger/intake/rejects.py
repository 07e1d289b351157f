"""The rejects file: each refused row with file, row, column, value and reason, in words."""

from __future__ import annotations

import hashlib
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.csv

from renotify.ledger.intake import refused_rows
from renotify.ledger.intake.files import Found
from renotify.ledger.intake.headers import Layout

FOLDER = Path("out") / "rejects"


@dataclass(frozen=True)
class Written:
    """What was written of a load's refused rows: each fault in words, and the rows as they stand in each file."""

    rejects: Path | None = None
    refused: tuple[Path, ...] = ()


class Rejects:
    """Collects lines over one load; ``write`` makes the file when there are any."""

    def __init__(self, files: Sequence[Found]) -> None:
        self._files = files
        self._order = {file.name: place for place, file in enumerate(files)}
        self._digest = hashlib.sha256("".join(file.sha256 for file in files).encode()).hexdigest()
        self._lines: list[pa.Table] = []

    def __bool__(self) -> bool:
        return bool(self._lines)

    @property
    def count(self) -> int:
        """How many lines there are: one a fault."""
        return sum(lines.num_rows for lines in self._lines)

    def add(self, file: str, lines: pa.Table) -> None:
        """Add lines of ``row_checks.REJECTS`` that stand against rows of a file."""
        if lines.num_rows:
            place = pa.repeat(pa.scalar(self._order[file]), lines.num_rows)
            names = pa.repeat(pa.scalar(file), lines.num_rows)
            placed = lines.add_column(0, "file", names).append_column("place", place)
            self._lines.append(placed)

    def write(self, folder: Path | None, layouts: Mapping[Found, Layout]) -> Written:
        """Write the rejects and, beside them, the refused rows as they stand in each file; no files when nothing was refused.

        Their names follow from the files' digests, so the same load writes the same files.
        """
        if not self._lines:
            return Written()
        target = (folder or FOLDER) / f"rejects-{self._digest[:12]}.csv"
        target.parent.mkdir(parents=True, exist_ok=True)
        lines = pa.concat_tables(self._lines)
        lines = lines.sort_by([("place", "ascending"), ("row", "ascending")])
        pyarrow.csv.write_csv(lines.drop(["place"]), target)
        return Written(target, tuple(self._as_they_stand(lines, target.parent, layouts)))

    def _as_they_stand(
        self, lines: pa.Table, folder: Path, layouts: Mapping[Found, Layout]
    ) -> Iterator[Path]:
        for place, file in enumerate(self._files):
            rows = lines.filter(pc.equal(lines["place"], place))["row"].unique().to_numpy()
            if file in layouts and len(rows):
                target = folder / f"{file.stem}-refused-{self._digest[:12]}.csv"
                refused_rows.write(file, layouts[file], rows, target)
                yield target
