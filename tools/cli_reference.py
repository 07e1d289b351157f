"""Writes the command reference from the commands' own --help; cog puts it into docs/reference/cli.md and checks it."""

from __future__ import annotations

import click
from click.testing import CliRunner

from renotify.cli import main


def reference() -> str:
    """Return the Markdown of every command, in the order a follow-up walks through them."""
    return "\n".join(_section(path) for path in _paths(main, ()))


def _paths(group: click.Group, prefix: tuple[str, ...]) -> list[tuple[str, ...]]:
    found: list[tuple[str, ...]] = []
    context = click.Context(group)
    for name in group.list_commands(context):
        command = group.get_command(context, name)
        found += (
            _paths(command, (*prefix, name))
            if isinstance(command, click.Group)
            else [(*prefix, name)]
        )
    return found


def _section(path: tuple[str, ...]) -> str:
    shown = (
        CliRunner().invoke(main, [*path, "--help"], prog_name="renotify", terminal_width=100).output
    )
    return f"## renotify {' '.join(path)}\n\n```text\n{shown.strip()}\n```\n"
