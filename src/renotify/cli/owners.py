"""``owners``: vehicles that are held because their newest owner row was refused at load."""

from __future__ import annotations

from datetime import date
from typing import TYPE_CHECKING

import click

from renotify.cli.options import desk_command, ledger_command
from renotify.cli.output import rows_of, show, table
from renotify.values.english import counted

if TYPE_CHECKING:
    from renotify.ledger.session import Session

COLUMNS = ("vin", "role", "as_of", "file", "row")


@click.group()
def owners() -> None:
    """Vehicles whose newest owner row was refused: nobody is written to before it is corrected, or a person decides."""


@owners.command("refused")
@desk_command
def owners_refused(session: Session, as_json: bool, on: date) -> None:
    """List the refused owner rows that hold a vehicle, by file and row; no name or address."""
    del on
    from renotify.ledger.refused_owners import refused

    rows = [row._asdict() for row in refused(session)]

    def text() -> None:
        table("", COLUMNS, rows_of(rows, *COLUMNS))
        if rows:
            click.echo(
                "Correct the rows in the file of refused rows that their load wrote (out/rejects/rows) and load it, or let the"
                " owner on record stand: renotify owners settle VIN"
            )
        else:
            click.echo("No vehicle is held for a refused owner row.")

    show(rows, as_json, text)


@owners.command("settle")
@click.argument("vin")
@ledger_command
def owners_settle(session: Session, vin: str, as_json: bool, on: date) -> None:
    """Decide that the refused rows of a vehicle say nothing of who has it: the owner on record stands."""
    del on
    from renotify.ledger.refused_owners import settle

    with session.transaction():
        settled = settle(session, vin)
    show(
        {"vin": vin, "settled": settled},
        as_json,
        lambda: click.echo(
            f"{vin}: {counted(settled, 'refused row')} set aside; the owner on record stands."
        ),
    )
