"""What commands print: one JSON document or a table on stdout; progress on stderr (``progress_line``)."""

from __future__ import annotations

import os
import shutil
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from pathlib import Path

import click

from renotify.cli import progress_line
from renotify.cli.text_table import drawn
from renotify.errors import WrongUse
from renotify.values import json_text
from renotify.values.progress_callback import Progress

UNMEASURED = 160  # characters of a line where nobody says how many there are: a file, a pipe


def write_drawing(file: Path, draw: Callable[[], str]) -> None:
    """Draw an SVG into the file that was asked for; a folder that is not there is refused before anything is drawn."""
    if not file.parent.is_dir():
        raise WrongUse(f"There is no folder {file.parent}.", "Make it first, or name another file.")
    file.write_text(draw(), encoding="utf-8")
    progress_line.stop()
    click.echo(f"Drawn in {file}.", err=True)


def show(document: object, as_json: bool, text: Callable[[], None]) -> None:
    """Print the document as JSON, or call ``text`` to print it for a reader."""
    progress_line.stop()
    if as_json:
        click.echo(json_text.to_bytes(document))
    else:
        text()


def table(
    title: str,
    columns: Sequence[str],
    rows: Sequence[Sequence[object]],
    *,
    unbroken: str = "",
    first_to_go: Sequence[str] = (),
) -> None:
    """Print rows as a table: numbers to the right with thousands separated, everything else to the left.

    Columns are in the order of their importance: what a terminal, or the variable COLUMNS, has no room for goes from the last one on,
    and is named; those of ``first_to_go`` before all others. A column that is ``unbroken`` stands on one line, so that it can be copied.
    """
    numbers = [
        all(isinstance(row[i], (int, float)) or row[i] in (None, "") for row in rows) and bool(rows)
        for i in range(len(columns))
    ]
    cells = [[_cell(value) for value in row] for row in rows]
    room = shutil.get_terminal_size((UNMEASURED, 0)).columns
    made = drawn(columns, cells, room, numbers=numbers, unbroken=unbroken, first_to_go=first_to_go)
    heading = (
        [title if "NO_COLOR" in os.environ else click.style(title, bold=True)] if title else []
    )
    click.echo("\n".join([*heading, "", *made.lines, ""]))
    if made.left_out:
        click.echo(
            f"Not shown for want of room: {', '.join(made.left_out)}. A wider terminal or --json has them."
        )


def _cell(value: object) -> str:
    if value is None:
        return ""
    if isinstance(value, bool):
        return "yes" if value else "no"
    if isinstance(value, float):
        return f"{value:,.1f}"
    return f"{value:,}" if isinstance(value, int) else str(value)


def rows_of(records: Sequence[Mapping[str, object]], *columns: str) -> list[list[object]]:
    """Return the named columns of records as rows for :func:`table`."""
    return [[record.get(column) for column in columns] for record in records]


@contextmanager
def progress_bar() -> Iterator[Progress]:
    """Yield ``progress(description, done, total)``, which speaks on the command's line of progress (``cli.progress_line``)."""
    with progress_line.shown():
        yield progress_line.current().advance
