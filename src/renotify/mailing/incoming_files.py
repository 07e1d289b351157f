"""Files that come back from the mail house and the Postal Service: read whole, judged row by row.

Nothing is lost: a row that is refused is written to a file with its number and the reason in words.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from pathlib import Path

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.csv as arrow_csv

from renotify.errors import BadInput

ROW = "row"  # counted as in the file: the header is row 1
REFUSED = pa.schema([(ROW, pa.int64()), ("piece_id", pa.string()), ("reason", pa.string())])


def read(
    path: Path, required: Sequence[str], optional: Sequence[str] = ()
) -> tuple[pa.Table, pa.Table]:
    """Return a CSV file's rows as text, trimmed and numbered, and the malformed (``REFUSED``).

    BadInput when the file cannot be read or its header lacks a required column.
    """
    broken: dict[int, str] = {}

    def set_aside(line: arrow_csv.InvalidRow) -> str:
        broken[line.number] = line.text.partition(",")[0]
        return "skip"

    names = [*required, *optional]
    try:
        table = arrow_csv.read_csv(
            path,
            read_options=arrow_csv.ReadOptions(use_threads=False),
            parse_options=arrow_csv.ParseOptions(
                newlines_in_values=True, invalid_row_handler=set_aside
            ),
            convert_options=arrow_csv.ConvertOptions(
                column_types=dict.fromkeys(names, pa.string()), strings_can_be_null=False
            ),
        )
    except (pa.ArrowInvalid, OSError, UnicodeDecodeError) as error:
        raise BadInput(
            f"{path.name} cannot be read as a CSV file.", _wanted(required, optional)
        ) from error
    for name in required:
        if table.column_names.count(name) != 1:
            raise BadInput(
                f"The header of {path.name} does not have one column {name!r}.",
                _wanted(required, optional),
            )
    return _numbered(table, names, broken), _broken(broken)


def _wanted(required: Sequence[str], optional: Sequence[str]) -> str:
    more = f" (and, if you like, {','.join(optional)})" if optional else ""
    return f"Its first line must be {','.join(required)}{more}."


def _numbered(table: pa.Table, names: Sequence[str], broken: Mapping[int, str]) -> pa.Table:
    """Return the wanted columns, trimmed, with their lines' numbers; malformed lines count too."""
    numbers = np.arange(2, table.num_rows + len(broken) + 2)
    kept = numbers[~np.isin(numbers, list(broken))]
    blank = pa.array([""] * table.num_rows, pa.string())
    columns = {
        name: pc.utf8_trim_whitespace(table[name]) if name in table.column_names else blank
        for name in names
    }
    return pa.table({ROW: pa.array(kept, pa.int64()), **columns})


def _broken(lines: Mapping[int, str]) -> pa.Table:
    return pa.table(
        [
            pa.array(list(lines), pa.int64()),
            pa.array(list(lines.values()), pa.string()),
            pa.array(["not as many fields as the header"] * len(lines), pa.string()),
        ],
        schema=REFUSED,
    )


def write_refused(rows: pa.Table, folder: Path, name: str) -> Path | None:
    """Write refused rows to ``name`` in a folder and return the file; None when there are none."""
    if not rows.num_rows:
        return None
    folder.mkdir(parents=True, exist_ok=True)
    path = folder / name
    arrow_csv.write_csv(rows, path)
    return path
