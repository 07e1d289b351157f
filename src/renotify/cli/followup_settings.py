"""``followup set``: settings that change while a follow-up runs."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date
from typing import TYPE_CHECKING, Any

import click

from renotify.cli.options import (
    BECAUSE,
    BY,
    Day,
    ledger_command,
    typed_value,
)
from renotify.cli.output import rows_of, show, table

if TYPE_CHECKING:
    from renotify.ledger.session import Session
    from renotify.ledger.setting_changes import Change

COLUMNS = ("number", "setting", "before", "after", "from_day", "changed_by", "reason", "undone_on")


@click.command("set")
@click.argument("name")
@click.argument("settings", nargs=-1, metavar="KEY=VALUE...")
@click.option(
    "--from",
    "from_day",
    type=Day(),
    help="The first day on which it holds.  [default: the day it is]",
)
@click.option(
    "--undo",
    type=click.IntRange(min=1),
    metavar="NUMBER",
    help="Take back the change of this number.",
)
@BECAUSE
@BY
@ledger_command
def followup_set(
    session: Session,
    name: str,
    settings: Sequence[str],
    from_day: date | None,
    undo: int | None,
    because: str,
    by: str,
    as_json: bool,
    on: date,
) -> None:
    """Change settings of a follow-up from a day on, or take one back: what the mail house takes, how long owners wait, answers, sender.

    KEY is a key of followup.toml, that of a table as response.share or sender.phone; VALUE is "none" for a key that is left out.
    """
    from renotify.campaigns.changed_settings import stated
    from renotify.ledger import changing_settings
    from renotify.ledger.setting_changes import Decided

    if (undo is None) == (not settings) or (undo is not None and from_day is not None):
        raise click.UsageError("Give settings as KEY=VALUE, or the number of a change to --undo.")
    decided = Decided(by, on, because)
    if undo is not None:
        made = [changing_settings.undo(session, name, undo, decided)]
    else:
        with typed_value():
            wanted = [stated(one) for one in settings]
            made = changing_settings.change(session, name, wanted, from_day or on, decided)
    document = {"follow_up": name, "changes": [one.document() for one in made]}

    def text() -> None:
        print_changes("", made)
        click.echo(_next(name, made))

    show(document, as_json, text)


def print_changes(title: str, changes: Sequence[Change]) -> None:
    """Print changes as a table."""
    table(title, COLUMNS, rows_of([_row(one) for one in changes], *COLUMNS))


def _row(one: Change) -> dict[str, Any]:
    """A change as a person reads it."""
    told = one.document()
    return told | {
        key: "left out" if told[key] is None else str(told[key]) for key in ("before", "after")
    }


def _next(name: str, changes: Sequence[Change]) -> str:
    """What to do so that a change is heard."""
    heads = {one.setting.partition(".")[0] for one in changes}
    steps = []
    if "sender" in heads:
        steps.append(
            f"letters and notices have the new sender: renotify letter approve {name} --by WHO, renotify notices {name}"
        )
    if heads - {"sender"}:
        steps.append(
            f"plan by it from that day on: renotify replan {name} (renotify plan {name} before the first release)"
        )
    return f"Next: {'; '.join(steps)}"
