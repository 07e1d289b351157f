"""The rejects file: each refused row with file, row, column, value and reason, in words."""

from __future__ import annotations

import hashlib
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.csv

from renotify.ledger.intake import refused_rows
from renotify.ledger.intake.files import Found
from renotify.ledger.intake.headers import Layout

FOLDER = Path("out") / "rejects"
ROWS = "rows"  # the folder, beside the rejects, of the rows as they stand


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

    def write(self, folder: Path | None) -> Path | None:
        """Write the file and return its path; None when nothing was refused.

        Its name follows from the files' digests, so the same load writes the same file.
        """
        if not self._lines:
            return None
        target = (folder or FOLDER) / f"rejects-{self._digest[:12]}.csv"
        target.parent.mkdir(parents=True, exist_ok=True)
        lines = pa.concat_tables(self._lines)
        lines = lines.sort_by([("place", "ascending"), ("row", "ascending")]).drop(["place"])
        with refused_rows.private(target) as out:
            pyarrow.csv.write_csv(lines, out)
        return target

    def write_rows(self, folder: Path | None, layouts: Mapping[Found, Layout]) -> tuple[Path, ...]:
        """Write the refused rows of each file as they stand in it, to be corrected and loaded; return the paths."""
        target = (folder or FOLDER) / ROWS
        return tuple(self._rows_of_each_file(target, layouts)) if self._lines else ()

    def _rows_of_each_file(self, folder: Path, layouts: Mapping[Found, Layout]) -> Iterator[Path]:
        lines = pa.concat_tables(self._lines)
        for place, file in enumerate(self._files):
            rows = np.unique(lines.filter(pc.equal(lines["place"], place))["row"].to_numpy())
            if file in layouts and len(rows):
                folder.mkdir(parents=True, exist_ok=True)
                target = folder / f"{file.stem}-refused-{self._digest[:12]}.csv"
                refused_rows.write(file, layouts[file], rows, target)
                yield target
