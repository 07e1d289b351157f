"""Options that commands share: ``--json``, ``--on``, ``--out``, and how days and instants are written."""

from __future__ import annotations

import functools
import getpass
import os
from collections.abc import Callable
from datetime import date, datetime
from pathlib import Path
from typing import TYPE_CHECKING, Any, Literal

import click

from renotify.cli.progress_line import quiet, shown
from renotify.errors import WrongUse

if TYPE_CHECKING:
    from renotify.ledger.session import Session


def command_options(function: Callable[..., None]) -> Callable[..., None]:
    """Add the options of every command: ``--json``, ``--on DATE`` (today when not given) and ``-q``."""
    on = click.option(
        "--on",
        type=Day(),
        default=date.today,
        show_default="today",
        help="The day it is, for every rule with a date.",
    )
    return click.option(
        "--json", "as_json", is_flag=True, help="Print one JSON document on stdout."
    )(on(quiet(function)))


def usable_cpus() -> int:
    """Return how many CPUs this process may use."""
    return len(os.sched_getaffinity(0))


def ledger_command(function: Callable[..., None]) -> Callable[..., None]:
    """A command on the ledger, with the options of every command: its first argument is a session for whole populations."""
    return _with_session(function, bulk=True)


def desk_command(function: Callable[..., None]) -> Callable[..., None]:
    """A command that asks one thing of the ledger: its first argument is a desk session, which starts at once."""
    return _with_session(function, bulk=False)


def _with_session(function: Callable[..., None], *, bulk: bool) -> Callable[..., None]:
    @command_options
    @functools.wraps(function)
    def run(*args: Any, **kwargs: Any) -> None:  # noqa: ANN401 - click passes what the options say
        from renotify.ledger.session import open_session

        with shown(), open_session(bulk=bulk) as session:
            function(session, *args, **kwargs)

    return run


def of_a_scope(function: Callable[..., None]) -> Callable[..., None]:
    """Add ``--area`` and ``--dealer``; the command's ``scope`` says whose rows it may read. Below ``ledger_command``."""

    @click.option("--area", help="One area's dealers only.")
    @click.option("--dealer", help="One dealer only.")
    @functools.wraps(function)
    def run(
        session: Session,
        *args: Any,  # noqa: ANN401 - click passes what the options say
        area: str | None,
        dealer: str | None,
        **kwargs: Any,  # noqa: ANN401 - click passes what the options say
    ) -> None:
        from renotify.ledger.scope import area_scope, dealer_scope

        if area is not None and dealer is not None:
            raise WrongUse("--area and --dealer both say whose rows to show.", "Give one of them.")
        scope = area_scope(session, area) if dealer is None else dealer_scope(session, dealer)
        function(session, *args, scope=scope, **kwargs)

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


WORKERS = click.option(
    "--workers",
    type=click.IntRange(min=1),
    default=lambda: os.cpu_count() or 1,
    show_default="the machine's processors",
    help="Processes that large work may use; 1 starts none.",
)
FILE = click.Path(exists=True, dir_okay=False, path_type=Path)
LEDGER: Literal["ledger"] = "ledger"


class FileOrLedger(click.ParamType[Path | Literal["ledger"]]):
    """A file, or the word ``ledger`` for what was loaded."""

    name = "file"

    def convert(
        self,
        value: Any,  # noqa: ANN401 - click's own
        param: click.Parameter | None,
        ctx: click.Context | None,
    ) -> Path | Literal["ledger"]:
        """Return the word or the file's path, or say that there is none."""
        return LEDGER if value == LEDGER else FILE.convert(value, param, ctx)


FILE_OR_LEDGER = FileOrLedger()
DRAWING = click.Path(dir_okay=False, path_type=Path)
BY = click.option(
    "--by",
    default=getpass.getuser,
    show_default="the name you are logged in by",
    help="Who decides (a name or role that may stand in the record).",
)
OUT = click.option(
    "--out",
    type=click.Path(file_okay=False, path_type=Path),
    default=Path("out"),
    show_default=True,
    help="Folder for the files.",
)
