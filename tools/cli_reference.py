"""Writes the command reference from the commands' own --help; cog puts it into docs/reference/cli.md and checks it."""

from __future__ import annotations

from collections.abc import Iterator

import click
from click.testing import CliRunner

from renotify.cli import main


def reference() -> str:
    """Return the Markdown of every command, in the order a follow-up walks through them."""
    return "\n".join(_section(words) for words, _ in leaves())


def leaves(
    group: click.Group = main, before: tuple[str, ...] = ()
) -> Iterator[tuple[str, click.Command]]:
    """Yield every command by its words, in the order of the help."""
    context = click.Context(group)
    for name in group.list_commands(context):
        command = group.get_command(context, name)
        if isinstance(command, click.Group):
            yield from leaves(command, (*before, name))
        elif command is not None:
            yield " ".join((*before, name)), command


def _section(words: str) -> str:
    shown = (
        CliRunner()
        .invoke(main, [*words.split(), "--help"], prog_name="renotify", terminal_width=100)
        .output
    )
    return f"## renotify {words}\n\n```text\n{shown.strip()}\n```\n"
