"""Nobody waits in silence: on a terminal a line says what a command is at; elsewhere, with -q, or within a second nothing does."""

from __future__ import annotations

import io
from collections.abc import Iterator
from contextlib import redirect_stderr

import click
import pytest

from renotify.cli import MODULES, main, progress_line
from renotify.cli.options import QUIET
from renotify.cli.output import progress_bar, show


class Terminal(io.StringIO):
    def isatty(self) -> bool:
        return True


@pytest.fixture
def terminal(monkeypatch: pytest.MonkeyPatch) -> Terminal:
    """A terminal at which nobody has any patience; pytest has a stderr of its own for each phase, so a test puts it there itself."""
    found = Terminal()
    monkeypatch.setattr(progress_line, "PATIENCE", 0.0)
    monkeypatch.setenv("TERM", "dumb")
    return found


def begun(line: progress_line.ProgressLine) -> None:
    """Wait for the first word of a line."""
    line._timer.join()


@click.command()
@QUIET
def work() -> None:
    """Work of two steps."""
    with progress_line.shown():
        if hasattr(progress_line.current(), "_timer"):
            begun(progress_line.current())
        with progress_bar() as progress:
            progress("one", 0, None)
            progress("two", 1, 2)
            progress("two", 2, 2)
        show({}, as_json=False, text=lambda: click.echo("done"))
        progress_line.current().advance("too late", 0)


def run(terminal: Terminal, *arguments: str) -> None:
    with redirect_stderr(terminal):
        work.main(list(arguments), prog_name="work", standalone_mode=False)


def test_each_step_is_said_once_and_nothing_after_the_command_has_printed(
    terminal: Terminal, capsys: pytest.CaptureFixture[str]
) -> None:
    run(terminal)
    assert terminal.getvalue() == "work ...\none ...\ntwo ...\n"
    assert capsys.readouterr().out == "done\n"


def test_q_silences_it(terminal: Terminal) -> None:
    run(terminal, "-q")
    run(terminal, "--quiet")
    assert terminal.getvalue() == ""


def test_where_no_terminal_is_nothing_is_said(
    terminal: Terminal, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(terminal, "isatty", lambda: False)
    run(terminal)
    assert terminal.getvalue() == ""


def test_what_ends_within_the_patience_says_nothing(
    terminal: Terminal, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(progress_line, "PATIENCE", 3600.0)
    with redirect_stderr(terminal):
        for kind in (progress_line.Lines, progress_line.Bars):
            line = kind("work")
            line.advance("one", 0)
            line.stop()
    assert terminal.getvalue().strip() == ""


@pytest.fixture
def redrawn(monkeypatch: pytest.MonkeyPatch) -> None:
    """A terminal that can redraw a line."""
    monkeypatch.setenv("TERM", "xterm")


def test_a_bar_says_how_much_is_done_of_how_much_and_goes_away(
    terminal: Terminal, redrawn: None
) -> None:
    with redirect_stderr(terminal):
        bars = progress_line.Bars("work")
        begun(bars)
        bars.advance("Versions checked", 1200, 1500)
        bars._bar.refresh()
        assert "Versions checked" in terminal.getvalue()
        assert "1,200/1,500" in terminal.getvalue()
        bars.stop()
    assert terminal.getvalue().endswith("\x1b[2K")  # the last line is wiped


def test_what_has_no_known_end_stands_until_the_next_comes(
    terminal: Terminal, redrawn: None
) -> None:
    with redirect_stderr(terminal):
        bars = progress_line.Bars("work")
        bars.advance("reading", 0)
        bars.advance("owners", 5, 10)
        bars.advance("vehicles", 1, 10)
        bars.stop()
    assert [task.description for task in bars._bar.tasks] == ["owners", "vehicles"]


def commands(group: click.Group) -> Iterator[click.Command]:
    context = click.Context(group)
    for name in group.list_commands(context):
        found = group.get_command(context, name)
        assert found is not None
        yield from commands(found) if isinstance(found, click.Group) else (found,)


def test_every_command_can_be_silenced() -> None:
    found = list(commands(main))
    assert len(found) > len(MODULES)
    loud = [one.name for one in found if "quiet" not in {option.name for option in one.params}]
    assert loud == ["completion"]  # which prints a script and asks nothing
