"""What the mail house's evidence looks like, as the job ticket and the sample beside it show it; ``evidence`` takes it in."""

from __future__ import annotations

from datetime import date
from pathlib import Path

import pyarrow as pa
import pyarrow.csv as arrow_csv

from renotify.mailing.job_folder import EVIDENCE_SAMPLE, MANIFEST

COLUMNS = ("piece_id", "status", "mailed_date", "reason")
NOBODYS = "SAMPLE{:010d}"  # no piece has such an id (it has an L), so that a sample sent back says nothing


def write_sample(path: Path, day: date) -> Path:
    """Write what evidence looks like: a piece mailed on a day, one spoiled, and one spoiled and remade; none of them is a real one."""
    said = [
        ("accepted", str(day), ""), ("spoiled", "", "torn at insertion"),
        ("spoiled", "", "misprint"), ("accepted", str(day), "remade"),
    ]  # fmt: skip
    ids = [NOBODYS.format(number) for number in (1, 2, 3, 3)]
    columns = [ids, *(list(column) for column in zip(*said, strict=True))]
    arrow_csv.write_csv(pa.table(columns, list(COLUMNS)), path)
    return path


def in_words(day: date) -> list[str]:
    """Return what the job ticket says of the mail house's answer, with the day of mailing as its example."""
    return [
        f"Answer with a CSV file as {EVIDENCE_SAMPLE} shows it: {', '.join(COLUMNS)}.",
        f"There status is accepted or spoiled, mailed_date the day on which the piece entered the mail, as {day}.",
        f"Or return {MANIFEST} with a column drop_date filled in: a piece with a day was mailed, one without is still open.",
        "A piece that was spoiled and remade has a row for each copy; the mailed one counts. Other spoiled pieces stay spoiled.",
    ]
