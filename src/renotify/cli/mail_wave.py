"""``mail ready``: whether a wave can go."""

from __future__ import annotations

from datetime import date
from pathlib import Path
from typing import TYPE_CHECKING

import click

from renotify.cli.options import OUT, ledger_command
from renotify.cli.output import rows_of, show, table
from renotify.values.english import counted

if TYPE_CHECKING:
    from renotify.ledger.session import Session

SHOWN = 10  # dealers of a table


@click.command()
@click.argument("name")
@click.argument("wave", type=int)
@OUT
@ledger_command
def ready(session: Session, name: str, wave: int, out: Path, as_json: bool, on: date) -> None:
    """Say what a wave lacks (notices, receipts, kits, hours, fresh addresses, approvals), at which dealers, and whether it waits for it."""
    from renotify.mailing import readiness

    found = readiness.ready(session, name, wave, on)
    before = readiness.decided(session, found.row)
    file = str(readiness.write(session, found, out)) if found.unready else ""
    document = found.document() | {
        "file": file,
        "decisions": [one.document() for one in before],
    }

    def text() -> None:
        for decision in before:
            click.echo(decision.sentence)
        if not found.unready:
            click.echo(f"Wave {wave} of {name} is ready for {found.mailed_on}.")
        if found.owed and found.unready:
            click.echo(found.owed)
        for one in found.unready:
            click.echo(f"{one.check} ({one.rule}): {one.sentence}")
        columns = ("check", "dealer_code", "name", "letters", "what")
        rows = found.dealers.to_pylist()
        table("Dealers", columns, rows_of(rows[:SHOWN], *columns))
        if file:
            more = len(rows) - SHOWN
            beside = f", {counted(more, 'more line')}" if more > 0 else ""
            click.echo(f"All of them{beside}: {file}")
            click.echo(_next(name, wave, document["released_by"]))

    show(document, as_json, text)


def _next(name: str, wave: int, by: object) -> str:
    release = f"renotify mail release {name} {wave}"
    return {
        "anybody": f"Nothing holds the wave: {release}",
        "a person who says why": f"The wave is held; to release it all the same: {release} --anyway REASON",
        "nobody": "The wave is refused until what is marked refuse is mended.",
    }[str(by)]
