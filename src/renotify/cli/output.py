"""What commands print: one JSON document or a table on stdout; progress on stderr (``progress_line``)."""

from __future__ import annotations

import os
import re
import shutil
import textwrap
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, NamedTuple

import click

from renotify.cli import progress_line
from renotify.cli.terminal_words import (
    AMOUNT,
    COUNT,
    FINE_SHARE,
    ORDINAL,
    SHARE,
    heading,
    kind_of,
)
from renotify.cli.text_table import drawn
from renotify.errors import WrongUse
from renotify.values import json_text
from renotify.values.english import percent
from renotify.values.progress_callback import Progress

if TYPE_CHECKING:
    import pyarrow as pa

    from renotify.ledger.scope import Scope
    from renotify.vehicle_lists.asked import Asked

DECIMALS = {SHARE: 1, FINE_SHARE: 2}
HANGS = re.compile(r" *(?:- |!! |\d+\. )?")  # what begins a line whose next ones stand behind it
READ = 80  # characters of a line that is read as a sentence, where nobody says how many there are
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


def prose(text: str) -> None:
    """Print lines of text within the terminal's width, or 80 characters where nobody says how many; a line's indent stays."""
    room = shutil.get_terminal_size((READ, 0)).columns
    for line in text.split("\n"):
        begun = HANGS.match(line)
        hanging = " " * len(begun[0] if begun else "")
        click.echo(
            textwrap.fill(
                line,
                room,
                subsequent_indent=hanging,
                break_long_words=False,
                break_on_hyphens=False,
            )
        )


def noted(text: str) -> None:
    """Print a sentence that stands below a table: folded where a terminal or COLUMNS says how wide a line is, else as one line."""
    if shutil.get_terminal_size((0, 0)).columns:
        prose(text)
    else:
        click.echo(text)


def table(
    title: str,
    columns: Sequence[str],
    rows: Sequence[Sequence[object]],
    *,
    unbroken: str = "",
    first_to_go: Sequence[str] = (),
) -> None:
    """Print rows as a table, each column by its name and kind in ``terminal_words``: figures to the right, everything else to the left.

    Columns are in the order of their importance: what a terminal, or the variable COLUMNS, has no room for goes from the last one on,
    and is named; those of ``first_to_go`` before all others. A column that is ``unbroken`` stands on one line, so that it can be copied.
    """
    names = [heading(column) for column in columns]
    written = [
        _written([row[place] for row in rows], kind_of(name)) for place, name in enumerate(names)
    ]
    cells = list(zip(*(one.cells for one in written), strict=True))
    room = shutil.get_terminal_size((UNMEASURED, 0)).columns
    made = drawn(
        names, cells, room, numbers=[one.figures for one in written], unbroken=heading(unbroken),
        first_to_go=[heading(column) for column in first_to_go],
    )  # fmt: skip
    titles = [title if "NO_COLOR" in os.environ else click.style(title, bold=True)] if title else []
    click.echo("\n".join([*titles, "", *made.lines, ""]))
    if made.left_out:
        noted(
            f"Not shown for want of room: {', '.join(made.left_out)}. A wider terminal or --json has them."
        )


class _Written(NamedTuple):
    """The cells of a column as text, and whether they are figures."""

    cells: list[str]
    figures: bool


def _written(values: Sequence[object], kind: str) -> _Written:
    """Write the values of a column of a kind; what is no number is written as it is."""
    figures = all(isinstance(one, (int, float)) or one in (None, "") for one in values)
    return _Written([_cell(one, kind) for one in values], figures and bool(values))


def _cell(value: object, kind: str = "") -> str:
    if value is None:
        return ""
    if isinstance(value, str):
        return value
    if isinstance(value, bool):
        return "yes" if value else "no"
    if isinstance(value, (int, float)):
        return _figure(value, kind)
    return str(value)


def _figure(value: float, kind: str) -> str:
    if kind in DECIMALS:
        return percent(value, DECIMALS[kind])
    if kind == ORDINAL:
        return str(value)
    amount = kind == AMOUNT or (isinstance(value, float) and kind != COUNT)
    return f"{value:,.1f}" if amount else f"{value:,.0f}"


def list_behind(asked: Asked, scope: Scope | None = None, *, by: str = "") -> str:
    """Return the line that stands below counts of vehicles: the command that lists them, within a scope, or counts them ``by`` columns."""
    from renotify.vehicle_lists.asked import command

    area, dealer = (scope.area, scope.dealer) if scope else ("", "")
    return f"The list behind a figure: {command(asked, area=area, dealer=dealer, by=by)}"


def letters_of(follow_up: str) -> str:
    """Return the command that lists every letter of a follow-up."""
    from renotify.vehicle_lists.asked import Asked, command

    return command(Asked(follow_up=follow_up, letters=True))


def documents_of(found: pa.Table) -> list[dict[str, object]]:
    """Return the rows of an Arrow table as a document has them, days as 2013-02-26: column by column, in half the time of its own list."""
    import pyarrow as pa

    def listed(column: pa.ChunkedArray) -> list[object]:
        if pa.types.is_date(column.type):
            column = column.cast(pa.string())
        if pa.types.is_string(column.type):
            return list(column.to_numpy())
        return list(column.to_pylist())

    names = found.column_names
    columns = [listed(column) for column in found.columns]
    return [dict(zip(names, row, strict=True)) for row in zip(*columns, strict=True)]


def rows_of(records: Sequence[Mapping[str, object]], *columns: str) -> list[list[object]]:
    """Return the named columns of records as rows for :func:`table`."""
    return [[record.get(column) for column in columns] for record in records]


@contextmanager
def progress_bar() -> Iterator[Progress]:
    """Yield ``progress(description, done, total)``, which speaks on the command's line of progress (``cli.progress_line``)."""
    with progress_line.shown():
        yield progress_line.current().advance
