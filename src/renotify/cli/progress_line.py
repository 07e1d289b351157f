"""What a command says on a terminal's stderr while it works: after a second, a line that goes away again. Nothing elsewhere or with -q.

A command has one such line, from its first moment on; what its work reports (``advance``) stands there, and before anything is reported
the command's own name. It goes away before the command prints.
"""

from __future__ import annotations

import json
import os
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from threading import Lock, Timer
from typing import TYPE_CHECKING

import click

from renotify.values.progress_callback import VARIABLE

if TYPE_CHECKING:
    from rich.progress import Progress, TaskID

BETWEEN_LINES = 0.5  # seconds
PATIENCE = 1.0  # seconds of work of which nothing is said
_QUIET, _LINE = "renotify.quiet", "renotify.progress_line"  # in the meta of click's context


def silence(ctx: click.Context, param: click.Parameter, value: bool) -> None:
    """Take note of ``-q``: the command has no line."""
    del param
    if value:
        ctx.meta[_QUIET] = True


class ProgressLine:
    """Says nothing: of a command whose stderr nobody watches."""

    def advance(self, description: str, done: float, total: float | None = None) -> None:
        """Say what the work is at, how far it is, and of how much where that is known."""

    def stop(self) -> None:
        """Take the line away; what is said from now on is not heard."""


class Bars(ProgressLine):
    """A bar for each description, redrawn in place, from ``PATIENCE`` on; one of no known total stands until the next comes."""

    def __init__(self, what: str) -> None:
        from rich.console import Console
        from rich.progress import BarColumn, Progress, TextColumn, TimeElapsedColumn

        columns = (
            TextColumn("{task.description}"), BarColumn(), TextColumn("{task.fields[counts]}"), TimeElapsedColumn(),
        )  # fmt: skip
        self._bar: Progress = Progress(
            *columns, console=Console(stderr=True), transient=True, redirect_stdout=False, redirect_stderr=False
        )  # fmt: skip
        self._tasks: dict[str, TaskID] = {}
        self._unmeasured = ""  # the one that goes when the next comes
        self.advance(what, 0)
        self._timer = Timer(PATIENCE, self._bar.start)
        self._timer.daemon = True
        self._timer.start()

    def advance(self, description: str, done: float, total: float | None = None) -> None:
        """Say what the work is at, how far it is, and of how much where that is known."""
        counts = "" if total is None else f"{done:,.0f}/{total:,.0f}"
        if description not in self._tasks:
            if self._unmeasured:
                self._bar.remove_task(self._tasks.pop(self._unmeasured))
            self._tasks[description] = self._bar.add_task(description, total=total, counts=counts)
            self._unmeasured = description if total is None else ""
        self._bar.update(self._tasks[description], completed=done, total=total, counts=counts)

    def stop(self) -> None:
        """Take the bars away."""
        self._timer.cancel()
        self._timer.join()
        self._bar.stop()


class Lines(ProgressLine):
    """A plain line for each description, for a terminal that cannot redraw one, from ``PATIENCE`` on."""

    def __init__(self, what: str) -> None:
        self._said, self._latest, self._is_time = "", what, False
        self._lock = Lock()
        self._timer = Timer(PATIENCE, self._begin)
        self._timer.daemon = True
        self._timer.start()

    def advance(self, description: str, done: float, total: float | None = None) -> None:
        """Say what the work is at, where it is not what was said last."""
        del done, total
        with self._lock:
            self._latest = description
            self._say()

    def stop(self) -> None:
        """Say nothing more."""
        self._timer.cancel()
        self._timer.join()
        self._is_time = False

    def _begin(self) -> None:
        with self._lock:
            self._is_time = True
            self._say()

    def _say(self) -> None:
        if self._is_time and self._latest != self._said:
            self._said = self._latest
            sys.stderr.write(f"{self._latest} ...\n")
            sys.stderr.flush()


class Told(ProgressLine):
    """A JSON line for another program: ``{"at", "done", "total"}``, at most two a second, and one for each new description."""

    def __init__(self) -> None:
        self._said, self._at = "", 0.0

    def advance(self, description: str, done: float, total: float | None = None) -> None:
        """Write the line, where it is time for one."""
        now = time.monotonic()
        if description == self._said and now - self._at < BETWEEN_LINES:
            return
        self._said, self._at = description, now
        sys.stderr.write(json.dumps({"at": description, "done": done, "total": total}) + "\n")
        sys.stderr.flush()


def current() -> ProgressLine:
    """Return the line of the command that runs; of none, or of one whose line is gone, a line that says nothing."""
    context = click.get_current_context(silent=True)
    found = context.meta.get(_LINE) if context else None
    return found if isinstance(found, ProgressLine) else ProgressLine()


def stop() -> None:
    """Take the line of the command that runs away, before it prints."""
    current().stop()
    if context := click.get_current_context(silent=True):
        context.meta.pop(_LINE, None)


@contextmanager
def shown() -> Iterator[None]:
    """Give the command that runs its line, for the length of the block."""
    context = click.get_current_context(silent=True)
    told = os.environ.get(VARIABLE) == "json"
    if (
        context is None
        or not (told or sys.stderr.isatty())
        or context.meta.get(_QUIET)
        or _LINE in context.meta
    ):
        yield
        return
    if told:
        context.meta[_LINE] = Told()
        yield
        return
    kind = Lines if os.environ.get("TERM", "dumb") in ("dumb", "unknown") else Bars
    context.meta[_LINE] = kind(context.command_path.replace("python -m ", ""))
    try:
        yield
    finally:
        stop()
