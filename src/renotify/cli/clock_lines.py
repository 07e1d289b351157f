"""What stands below a table of clocks: what each asks and what closes it, and the commands that list the vehicles that are counted."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

import click

from renotify.cli.output import noted
from renotify.values.english import counted

TO_SAY = ("overdue", "soon", "late", "unknown")  # states of a clock of which a person must read why

Clocks = Sequence[Mapping[str, Any]]  # rows of ``renotify deadlines --json``


def say_clocks(clocks: Clocks, *, every: bool = False) -> int:
    """Say of each clock that asks for something what it asks, and what closes it; of one that was late why it was.

    With ``every`` the others are told too. Return how many were not.
    """
    quiet = 0
    for one in clocks:
        if not every and one["state"] not in TO_SAY:
            quiet += 1
            continue
        closes = f" Closed by {one['closes']}." if one["closes"] else ""
        noted(f"- {one['state']}: {one['sentence']}{closes}")
    return quiet


def say_lists(clocks: Clocks) -> None:
    """Print the command that lists the vehicles of each count, once."""
    opened: dict[str, int] = {
        one["list"]: one["vehicles"] for one in clocks if one["list"] and one["vehicles"]
    }
    if opened:
        noted("The vehicles of each count:")
    for command, vehicles in opened.items():
        by_letter = ", each by its letters" if command.endswith(" --letters") else ""
        click.echo(f"{counted(vehicles, 'vehicle')}{by_letter}: {command}")
