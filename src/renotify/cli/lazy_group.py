"""The group of all commands: each command's module is imported when it is called, and an error is a sentence and an exit code."""

from __future__ import annotations

from collections.abc import Mapping
from difflib import get_close_matches
from importlib import import_module
from typing import Any

import click

from renotify.errors import RenotifyError


class CommandGroup(click.Group):
    """A click group whose help says of each command its whole first sentence, folded and never cut.

    ``also`` are other names by which commands may be called; no help lists them.
    """

    def __init__(
        self,
        *args: Any,  # noqa: ANN401 - click's own
        also: Mapping[str, str] | None = None,
        **attributes: Any,  # noqa: ANN401 - click's own
    ) -> None:
        super().__init__(*args, **attributes)
        self.also = also or {}

    def get_command(self, ctx: click.Context, cmd_name: str) -> click.Command | None:
        """Return the command of a name, or of another name for it."""
        return _completing(ctx, super().get_command(ctx, self.also.get(cmd_name, cmd_name)))

    def resolve_command(
        self, ctx: click.Context, args: list[str]
    ) -> tuple[str | None, click.Command | None, list[str]]:
        """Return the command that is typed, or ask back where it is none but like one."""
        try:
            return super().resolve_command(ctx, args)
        except click.UsageError as error:
            near = get_close_matches(args[0], self.list_commands(ctx), 3)
            said = error.format_message()
            if not near or "Did you mean" in said:
                raise
            asked_back = f"{said} Did you mean {' or '.join(near)}?"
            raise click.UsageError(asked_back, error.ctx) from error

    def format_commands(self, ctx: click.Context, formatter: click.HelpFormatter) -> None:
        """Write the commands with their first sentences."""
        commands = [(name, self.get_command(ctx, name)) for name in self.list_commands(ctx)]
        rows = [(name, _first_sentence(one)) for name, one in commands if one and not one.hidden]
        if rows:
            with formatter.section("Commands"):
                formatter.write_dl(rows)


def _completing(ctx: click.Context, command: click.Command | None) -> click.Command | None:
    """Return a command that completes the values of its options where a shell asks for that, and itself where it is to run."""
    if command is None or not ctx.resilient_parsing:
        return command
    from renotify.cli.completed_values import complete_all

    return complete_all(command)


def _first_sentence(command: click.Command) -> str:
    """Return what a command's help says first."""
    paragraph = " ".join((command.help or "").split("\n\n")[0].split())
    return paragraph.partition(". ")[0].removesuffix(".") + "." if paragraph else ""


class LazyGroup(CommandGroup):
    """A click group that imports a command's module when the command is called or its help is listed.

    ``modules`` names for each command the module that holds it, in the order in which help lists them; the command is the
    module's attribute of the same name.
    """

    def __init__(self, *args: Any, modules: Mapping[str, str], **attributes: Any) -> None:  # noqa: ANN401 - click's own arguments
        super().__init__(*args, **attributes)
        self.modules = modules

    def list_commands(self, ctx: click.Context) -> list[str]:
        """Return the commands in the order a follow-up walks through them."""
        del ctx
        return list(self.modules)

    def get_command(self, ctx: click.Context, cmd_name: str) -> click.Command | None:
        """Return a command, its module imported, or None for an unknown name."""
        if cmd_name not in self.modules:
            return None
        found = getattr(import_module(self.modules[cmd_name]), cmd_name.replace("-", "_"))
        return _completing(ctx, found) if isinstance(found, click.Command) else None

    def invoke(self, ctx: click.Context) -> Any:  # noqa: ANN401 - click's own signature
        """Run the command; an error of the one tree is printed as a sentence and a hint, never as a traceback."""
        try:
            return super().invoke(ctx)
        except RenotifyError as error:
            click.echo(f"Refused: {error.message}", err=True)
            if error.hint:
                click.echo(f"  {error.hint}", err=True)
            ctx.exit(error.exit_code)
