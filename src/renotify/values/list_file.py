"""A list as a file: CSV, Parquet or Excel, by the ending of its name. Every list that a command prints is written here."""

from __future__ import annotations

import re
from collections.abc import Sequence
from datetime import date
from pathlib import Path
from typing import TYPE_CHECKING

from renotify.errors import WrongUse

if TYPE_CHECKING:
    import pyarrow as pa

ENDINGS = (".csv", ".parquet", ".xlsx")
FORMULA = re.compile(r"\A([=+\-@\t\r])")  # what a formula begins with
AS_TEXT = r"'\1"
HEADINGS = {
    "dealer_code": "dealer",
    "part_no": "part",
    "campaign_code": "campaign",
    "sold_date": "sold_on",
}  # what a table and most lists call a key of the file contract


def check_list_file(path: Path, endings: Sequence[str] = ENDINGS) -> None:
    """Refuse, before anything is asked for it, a name with another ending, or in a folder that is not there (WrongUse)."""
    if path.suffix.lower() not in endings:
        raise WrongUse(
            f"{path.name} names no kind of file that this list can be.",
            f"Let its name end with {', '.join(endings[:-1])} or {endings[-1]}.",
        )
    if not path.parent.is_dir():
        raise WrongUse(f"There is no folder {path.parent}.", "Make it first, or name another file.")


def no_formula(text: str) -> str:
    """Return a text with an apostrophe before it where a program of tables would take it for a formula."""
    return FORMULA.sub(AS_TEXT, text)


def in_both_names(rows: pa.Table) -> pa.Table:
    """Return a list with its columns of the file contract a second time, at its end, as other lists name them (``HEADINGS``)."""
    for key, name in HEADINGS.items():
        if key in rows.column_names and name not in rows.column_names:
            rows = rows.append_column(name, rows[key])
    return rows


def write_list(
    path: Path, rows: pa.Table, on: date, *, sheet: str = "list", for_people: bool = False
) -> Path:
    """Write the rows with their types and return the path; ``sheet`` names an Excel workbook's sheet. WrongUse as ``check_list_file``.

    A CSV and a Parquet file have what the ledger has, letter for letter; in an Excel workbook text stays text, whatever it begins with,
    and so it does in a CSV ``for_people``, who open it with a program of tables (``no_formula``).
    """
    check_list_file(path)
    ending = path.suffix.lower()
    if ending == ".csv":
        from pyarrow.csv import write_csv

        write_csv(_without_formulas(rows) if for_people else rows, path)
    elif ending == ".parquet":
        from pyarrow.parquet import write_table

        write_table(rows, path)
    else:
        from renotify.values.workbook import write_workbook

        write_workbook(path, {sheet: rows}, on)
    return path


def _without_formulas(rows: pa.Table) -> pa.Table:
    import pyarrow as pa
    import pyarrow.compute as pc

    for at, column in enumerate(rows.schema):
        if pa.types.is_string(column.type) or pa.types.is_large_string(column.type):
            kept = pc.replace_substring_regex(rows[column.name], FORMULA.pattern, AS_TEXT)
            rows = rows.set_column(at, column, kept)
    return rows
