"""``--out FILE`` of commands that print a list: the whole list as CSV, Parquet or Excel, by one writer."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from renotify.cli.options import shared
from renotify.cli.output import noted, show, table
from renotify.values.english import counted
from renotify.values.list_file import ENDINGS, check_list_file, in_both_names, write_list

if TYPE_CHECKING:
    import pyarrow as pa

Command = Callable[..., Any]
FIRST = 20  # rows on the screen


def list_file(*more: str) -> Callable[[Command], Command]:
    """Add ``--out FILE``; ``more`` are endings that this command can write beside those of every list. The argument is ``file``.

    A name with another ending, or in a folder that is not there, is refused before the command does anything.
    """
    endings = (*ENDINGS, *more)

    def checked(ctx: click.Context, param: click.Parameter, path: Path | None) -> Path | None:
        del ctx, param
        if path is not None:
            check_list_file(path, endings)
        return path

    about = f"Write the whole list to a file: {', '.join(endings)}."
    kind = click.Path(dir_okay=False, path_type=Path)
    return shared("--out", "FILE", "file", about, type=kind, callback=checked)


def write_and_say(file: Path, rows: pa.Table, on: date, *, sheet: str, as_json: bool) -> None:
    """Write the rows that the command would print, and say how many there are and where."""
    written = write_list(file, in_both_names(rows), on, sheet=sheet)
    say_written(written, rows.num_rows, as_json=as_json)


def list_rows(rows: pa.Table, file: Path | None, on: date, *, sheet: str, as_json: bool) -> None:
    """Print the first rows of a list and how many there are, or write all of them."""
    if file is not None:
        write_and_say(file, rows, on, sheet=sheet, as_json=as_json)
        return
    document = {"total": rows.num_rows, "rows": rows.to_pylist()}

    def text() -> None:
        first = rows.slice(0, FIRST)
        table("", rows.column_names, [list(row.values()) for row in first.to_pylist()])
        noted(f"{counted(rows.num_rows, 'row')}.")
        if rows.num_rows > FIRST:
            noted(
                f"{rows.num_rows - FIRST:,} more: --out FILE.csv, .parquet or .xlsx writes them all."
            )

    show(document, as_json, text)


def say_written(file: Path, total: int, *, as_json: bool) -> None:
    """Say how many rows a file has."""
    document = {"total": total, "file": str(file)}
    show(document, as_json, lambda: click.echo(f"{counted(total, 'row')} in {file}."))
