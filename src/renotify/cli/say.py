"""How the command line speaks: one JSON document or a table on stdout; a progress bar, and errors as a sentence and a hint, on stderr."""

from __future__ import annotations

import functools
import json
import sys
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from datetime import date, datetime
from pathlib import Path
from typing import Any

import click

from renotify.errors import RenotifyError, WrongUse
from renotify.values.progress import Progress


class House(click.Group):
    """A group that turns the house's errors into a sentence, a hint and an exit code."""

    def invoke(self, ctx: click.Context) -> Any:  # noqa: ANN401 - click's own signature
        """Run the command; an error of the one tree is printed, never a traceback."""
        try:
            return super().invoke(ctx)
        except RenotifyError as error:
            click.echo(f"Refused: {error.message}", err=True)
            if error.hint:
                click.echo(f"  {error.hint}", err=True)
            ctx.exit(error.exit_code)

    def list_commands(self, ctx: click.Context) -> list[str]:
        """Commands in the order a follow-up walks through them."""
        del ctx
        return list(self.commands)


def command_options(function: Callable[..., None]) -> Callable[..., None]:
    """Add the options of every command: ``--json`` and ``--on DATE`` (today when not given)."""
    on = click.option(
        "--on",
        type=Day(),
        default=date.today,
        show_default="today",
        help="The day it is, for every rule with a date.",
    )
    return click.option(
        "--json", "as_json", is_flag=True, help="Print one JSON document on stdout."
    )(on(function))


def ledger_command(function: Callable[..., None]) -> Callable[..., None]:
    """A command on the ledger: opens it before it runs, and has the options of every command."""

    @command_options
    @functools.wraps(function)
    def run(*args: Any, **kwargs: Any) -> None:  # noqa: ANN401 - click passes what the options say
        from renotify.ledger.database import open_ledger

        open_ledger()
        function(*args, **kwargs)

    return run


class Day(click.ParamType[date]):
    """A day as YYYY-MM-DD."""

    name = "date"

    def convert(self, value: Any, param: click.Parameter | None, ctx: click.Context | None) -> date:  # noqa: ANN401 - click's own
        """Return the day, or say how to write one."""
        if isinstance(value, date):
            return value
        try:
            return date.fromisoformat(str(value))
        except ValueError:
            self.fail(f"{value!r} is not a day: write it as 2013-02-26.", param, ctx)


class Instant(click.ParamType[datetime]):
    """An instant as ISO 8601; a day alone means its end, and no zone means UTC."""

    name = "instant"

    def convert(
        self,
        value: Any,  # noqa: ANN401 - click's own
        param: click.Parameter | None,
        ctx: click.Context | None,
    ) -> datetime:
        """Return the instant with its zone, or say how to write one."""
        from datetime import UTC, time

        if isinstance(value, datetime):
            return value
        try:
            parsed = datetime.fromisoformat(str(value))
        except ValueError:
            self.fail(
                f"{value!r} is not an instant: write it as 2013-02-26T12:00:00+00:00.", param, ctx
            )
        if "T" not in str(value) and " " not in str(value):
            parsed = datetime.combine(parsed.date(), time.max)
        return parsed if parsed.tzinfo else parsed.replace(tzinfo=UTC)


FILE = click.Path(exists=True, dir_okay=False, path_type=Path)
DRAWING = click.Path(dir_okay=False, path_type=Path)
OUT = click.option(
    "--out",
    type=click.Path(file_okay=False, path_type=Path),
    default=Path("out"),
    show_default=True,
    help="Folder for the files.",
)


def write_drawing(file: Path, svg: str) -> None:
    """Write a drawing where it was asked for; a folder that is not there is refused."""
    if not file.parent.is_dir():
        raise WrongUse(f"There is no folder {file.parent}.", "Make it first, or name another file.")
    file.write_text(svg, encoding="utf-8")
    click.echo(f"Drawn in {file}.", err=True)


def show(document: object, as_json: bool, text: Callable[[], None]) -> None:
    """Print the document as JSON, or call ``text`` to print it for a reader."""
    if as_json:
        click.echo(json.dumps(document, ensure_ascii=False, indent=1, default=_plain))
    else:
        text()


def _plain(value: object) -> object:
    if isinstance(value, (date, datetime)):
        return value.isoformat()
    if isinstance(value, Path):
        return str(value)
    if hasattr(value, "item"):
        return value.item()
    raise TypeError(f"{type(value).__name__} has no JSON form")


def table(title: str, columns: Sequence[str], rows: Sequence[Sequence[object]]) -> None:
    """Print rows as a table: numbers to the right with thousands separated, everything else to the left."""
    from rich import box
    from rich.console import Console
    from rich.table import Table

    numeric = [
        all(isinstance(row[i], (int, float)) or row[i] in (None, "") for row in rows) and bool(rows)
        for i in range(len(columns))
    ]
    grid = Table(
        title=title or None,
        title_justify="left",
        box=box.SIMPLE_HEAD,
        pad_edge=False,
        title_style="bold",
    )
    for name, right in zip(columns, numeric, strict=True):
        grid.add_column(name, justify="right" if right else "left")
    for row in rows:
        grid.add_row(*(_cell(value) for value in row))
    console = Console() if sys.stdout.isatty() else Console(width=140)
    console.print(grid)


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
    """Yield ``progress(description, done, total)``; it draws a bar on a terminal's stderr and nothing elsewhere."""
    from rich.console import Console
    from rich.progress import (
        BarColumn,
        MofNCompleteColumn,
        Progress,
        TaskID,
        TextColumn,
        TimeRemainingColumn,
    )

    columns = (
        TextColumn("{task.description}"),
        BarColumn(),
        MofNCompleteColumn(),
        TimeRemainingColumn(),
    )
    with Progress(
        *columns, console=Console(stderr=True), transient=True, disable=not sys.stderr.isatty()
    ) as bar:
        tasks: dict[str, TaskID] = {}

        def advance(description: str, done: float, total: float | None = None) -> None:
            if description not in tasks:
                tasks[description] = bar.add_task(description, total=total)
            bar.update(tasks[description], completed=done, total=total)

        yield advance
