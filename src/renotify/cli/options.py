"""Options that commands share: ``--json``, ``--on``, ``--out``, and how days and instants are written."""

from __future__ import annotations

import functools
import getpass
import os
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import date, datetime
from pathlib import Path
from typing import TYPE_CHECKING, Any, Literal

import click

from renotify.cli.progress_line import shown, silence
from renotify.cli.terminal_words import OPTIONS
from renotify.errors import BadInput, WrongUse

if TYPE_CHECKING:
    from renotify.ledger.session import Session


def shared(
    name: str,
    value: str = "",
    argument: str = "",
    about: str = "",
    **more: Any,  # noqa: ANN401 - click's own
) -> Callable[[Callable[..., None]], Callable[..., None]]:
    """Add an option of ``terminal_words.OPTIONS`` by its name and value, with its words or closer ones. KeyError: it is not there."""
    meanings = {(one.name, one.value): one.meaning for one in OPTIONS}
    words = meanings[name, value]
    return click.option(
        name, *filter(None, (argument,)), metavar=value or None, is_flag=not value or None,
        help=about or f"{words[:1].upper()}{words[1:]}.", **more,
    )  # fmt: skip


def command_options(function: Callable[..., None]) -> Callable[..., None]:
    """Add the options of every command: ``--json``, ``--on DATE`` (today when not given) and ``-q``."""
    on = shared("--on", "DATE", type=Day(), default=date.today, show_default="today")
    return JSON(on(QUIET(function)))


def usable_cpus() -> int:
    """Return how many CPUs this process may use."""
    return len(os.sched_getaffinity(0))


def ledger_command(function: Callable[..., None]) -> Callable[..., None]:
    """A command on the ledger, with the options of every command: its first argument is a session for whole populations."""
    return _with_session(function, bulk=True)


def making_command(function: Callable[..., None]) -> Callable[..., None]:
    """The same of a command that makes a ledger where there is none yet."""
    return _with_session(function, bulk=True, make=True)


def desk_command(function: Callable[..., None]) -> Callable[..., None]:
    """A command that asks one thing of the ledger: its first argument is a desk session, which starts at once."""
    return _with_session(function, bulk=False)


def _with_session(
    function: Callable[..., None], *, bulk: bool, make: bool = False
) -> Callable[..., None]:
    @command_options
    @functools.wraps(function)
    def run(*args: Any, **kwargs: Any) -> None:  # noqa: ANN401 - click passes what the options say
        from renotify.ledger.session import open_session

        with shown(), open_session(bulk=bulk, make=make) as session:
            function(session, *args, **kwargs)

    return run


def undated(function: Callable[..., None]) -> Callable[..., None]:
    """A command whose answer is the same on every day: ``--on`` is taken, as scripts give it to every command, and not offered.

    Above ``ledger_command`` or ``desk_command``; the command itself takes no ``on``.
    """
    for option in _options_of(function):
        if option.name == "on":
            option.hidden = True

    @functools.wraps(function)
    def run(*args: Any, on: date, **kwargs: Any) -> None:  # noqa: ANN401 - click passes what the options say
        del on
        function(*args, **kwargs)

    return run


@contextmanager
def typed_value() -> Iterator[None]:
    """Take a value that a room cannot read for wrong use where it was typed on the line: no ledger and no file could make it right.

    A name that a ledger could have is refused by the rule instead (``UnknownName``), whoever asks.
    """
    try:
        yield
    except BadInput as error:
        raise WrongUse(error.message, error.hint) from error


def is_given(name: str) -> bool:
    """Tell whether an option of the running command was typed, and does not only stand by its default."""
    source = click.get_current_context().get_parameter_source(name)
    return source is click.core.ParameterSource.COMMANDLINE


def _options_of(function: Callable[..., None]) -> list[click.Option]:
    found: list[click.Option] = getattr(function, "__click_params__", [])
    return found


def of_a_scope(function: Callable[..., None]) -> Callable[..., None]:
    """Add ``--area`` and ``--dealer``; the command's ``scope`` says whose rows it may read. Below ``ledger_command``."""

    @shared("--area", "CODE")
    @shared("--dealer", "CODE")
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


def grouped(first: str) -> Callable[[Callable[..., None]], Callable[..., None]]:
    """Add ``--by campaign|area|dealer``: what to count by, the ``first`` where nothing is said."""
    return click.option(
        "--by", type=click.Choice(("campaign", "area", "dealer")), default=first, show_default=True, help="What to count by.",
    )  # fmt: skip


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


JSON = shared("--json", argument="as_json")
QUIET = shared("--quiet", argument="-q", expose_value=False, callback=silence, is_eager=True)
WORKERS = shared(
    "--workers", "NUMBER", about="Processes that large work may use; 1 starts none.", type=click.IntRange(min=1),
    default=lambda: os.cpu_count() or 1, show_default="the machine's processors",
)  # fmt: skip
PRINTERS = shared(
    "--workers", "NUMBER",
    about="Processes that compile many letter versions and print a large wave; 1 does all in this one. The files are the same.",
    type=click.IntRange(min=1), default=usable_cpus, show_default="the machine's CPUs",
)  # fmt: skip
FOLDER = click.Path(file_okay=False, path_type=Path)
REJECTS = click.option(
    "--rejects", type=FOLDER, metavar="FOLDER", help="Folder for the rejects file.  [default: out/rejects]",
)  # fmt: skip
AS_OF = shared("--as-of", "DATE", type=Day())
KNOWN_AT = shared("--known-at", "INSTANT", type=Instant())
BECAUSE = shared("--because", "REASON", required=True)
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
BY = shared(
    "--by", "WHO", about="Who decides (a name or role that may stand in the record).", default=getpass.getuser,
    show_default="the name you are logged in by",
)  # fmt: skip
OUT = shared("--out", "FOLDER", type=FOLDER, default=Path("out"), show_default=True)
