"""A list of vehicles as a file: CSV, Parquet or Excel, by the ending of its name."""

from __future__ import annotations

from datetime import date
from pathlib import Path

import pyarrow as pa

from renotify.errors import WrongUse

ENDINGS = (".csv", ".parquet", ".xlsx")


def write_list(path: Path, rows: pa.Table, on: date) -> Path:
    """Write the rows with their types and return the path; WrongUse for another ending, or a folder that is not there.

    A CSV and a Parquet file have what the ledger has, letter for letter; in an Excel workbook text stays text, whatever it begins with.
    """
    ending = path.suffix.lower()
    if ending not in ENDINGS:
        raise WrongUse(
            f"{path.name} names no kind of file that a list can be.",
            f"Let its name end with {', '.join(ENDINGS[:-1])} or {ENDINGS[-1]}.",
        )
    if not path.parent.is_dir():
        raise WrongUse(f"There is no folder {path.parent}.", "Make it first, or name another file.")
    if ending == ".csv":
        from pyarrow.csv import write_csv

        write_csv(rows, path)
    elif ending == ".parquet":
        from pyarrow.parquet import write_table

        write_table(rows, path)
    else:
        from renotify.values.workbook import write_workbook

        write_workbook(path, {"vehicles": rows}, on)
    return path
