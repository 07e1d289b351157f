"""``completion``: the script by which a shell completes commands and options; click's own."""

from __future__ import annotations

from typing import TYPE_CHECKING, cast

import click

from renotify.cli.options import JSON
from renotify.cli.output import show

if TYPE_CHECKING:
    from click.shell_completion import ShellComplete

VARIABLE = "_RENOTIFY_COMPLETE"


@click.command()
@click.argument("shell", type=click.Choice(("bash", "zsh", "fish")))
@JSON
def completion(shell: str, *, as_json: bool) -> None:
    """Print the script by which a shell completes commands, options and their values.

    Read it where the shell starts:  eval "$(renotify completion bash)"  in ~/.bashrc, the same with zsh in ~/.zshrc, and
    renotify completion fish | source  in ~/.config/fish/config.fish.
    """
    from click.shell_completion import get_completion_class

    from renotify.cli import main

    completes = cast("type[ShellComplete]", get_completion_class(shell))
    script = completes(main, {}, "renotify", VARIABLE).source()
    show({"shell": shell, "script": script}, as_json, lambda: click.echo(script))
