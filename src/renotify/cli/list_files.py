"""``--out FILE`` of commands that print a list: the whole list as CSV, Parquet or Excel, by one writer."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from renotify.cli.options import shared
from renotify.cli.output import show
from renotify.values.english import counted
from renotify.values.list_file import ENDINGS, check_list_file, write_list

if TYPE_CHECKING:
    import pyarrow as pa

Command = Callable[..., Any]


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
    say_written(write_list(file, rows, on, sheet=sheet), rows.num_rows, as_json=as_json)


def say_written(file: Path, total: int, *, as_json: bool) -> None:
    """Say how many rows a file has."""
    document = {"total": total, "file": str(file)}
    show(document, as_json, lambda: click.echo(f"{counted(total, 'row')} in {file}."))
