"""``owners``: vehicles whose owner a person must find: a newer row was refused at load, or nobody on record has the vehicle any more."""

from __future__ import annotations

from datetime import date
from pathlib import Path
from typing import TYPE_CHECKING

import click

from renotify.cli.lazy_group import CommandGroup
from renotify.cli.options import (
    DRAWING,
    FILE,
    desk_command,
    ledger_command,
    shared,
    undated,
)
from renotify.cli.output import noted, rows_of, show, table
from renotify.errors import BadInput, WrongUse
from renotify.values.english import counted

if TYPE_CHECKING:
    from renotify.ledger.session import Session

COLUMNS = ("vin", "field", "file", "row", "role", "as_of")
SHOWN = ("vin", "campaigns", "reason", "role", "as_of", "dealer_code")


@click.group(cls=CommandGroup)
def owners() -> None:
    """Vehicles whose owner a person must find: the newest row was refused at load, or nobody on record has it any more."""


@owners.command("refused")
@undated
@desk_command
def owners_refused(session: Session, as_json: bool) -> None:
    """List the refused owner rows that hold a vehicle, by field, file and row; no name or address."""
    from renotify.ledger.refused_owners import refused

    rows = [row._asdict() for row in refused(session)]

    def text() -> None:
        table("", COLUMNS, rows_of(rows, *COLUMNS))
        if rows:
            noted(
                "Why a field was refused stands in the rejects file that its load wrote (out/rejects)."
                " Correct the rows in the file of refused rows that their load wrote (out/rejects/rows) and load it, or let the"
                " owner on record stand: renotify owners settle VIN"
            )
        else:
            noted("No vehicle is held for a refused owner row.")

    show(rows, as_json, text)


@owners.command("unknown")
@shared("--vehicles", "FILE", "file", "Write the list as CSV.", type=DRAWING)
@ledger_command
def owners_unknown(session: Session, file: Path | None, as_json: bool, on: date) -> None:
    """List the open vehicles that nobody on record has any more, and what to do about each; no name or address."""
    from renotify.ledger.unknown_owners import unknown

    found = unknown(session, on)
    if file is not None:
        from pyarrow.csv import write_csv

        write_csv(found, file)
    rows = found.to_pylist()

    def text() -> None:
        table("", SHOWN, rows_of(rows, *SHOWN))
        for sentence in dict.fromkeys(row["what_to_do"] for row in rows):
            told = [row["vin"] for row in rows if row["what_to_do"] == sentence]
            click.echo(f"{counted(len(told), 'vehicle')} ({told[0]}{' …' if told[1:] else ''}): {sentence}")  # fmt: skip
        if not rows:
            noted("Of every open vehicle it is known who has it.")

    show(rows, as_json, text)


@owners.command("settle")
@click.argument("vins", metavar="[VIN]...", nargs=-1)
@shared(
    "--file", "FILE", type=FILE, about="A file with one VIN a line, or a column named vin (with --not-found)."
)  # fmt: skip
@click.option(
    "--not-found",
    is_flag=True,
    help="Somebody searched the State's records and other sources, and nobody was found who has the vehicle:"
    " the last purchaser on record is written to (49 CFR 577.7(a)(2)(i)).",
)
@click.option("--withdrawn", is_flag=True, help="Take back what was said with --not-found.")
@ledger_command
def owners_settle(
    session: Session,
    vins: tuple[str, ...],
    file: Path | None,
    not_found: bool,
    withdrawn: bool,
    as_json: bool,
    on: date,
) -> None:
    """Decide what nobody but a person can: that refused rows say nothing of who has a vehicle and the owner on record stands, or that
    nobody could be found who has it (--not-found).
    """
    if not_found or withdrawn:
        _settle_searches(
            session, [*(vin.upper() for vin in vins), *_listed(file)], withdrawn, as_json, on
        )
        return
    if len(vins) != 1 or file is not None:
        raise WrongUse(
            "Refused rows are settled one vehicle at a time.", "Give one VIN, or say --not-found."
        )
    from renotify.ledger.refused_owners import settle

    (vin,) = vins
    with session.transaction():
        settled = settle(session, vin)
    show(
        {"vin": vin, "settled": settled},
        as_json,
        lambda: noted(
            f"{vin}: {counted(settled, 'refused row')} set aside; the owner on record stands."
        ),
    )


def _listed(file: Path | None) -> list[str]:
    """Return the VINs of a file. Raises BadInput for a line without one."""
    if file is None:
        return []
    from renotify.ledger.intake.text_rows import vins_of

    listed = vins_of(file)
    for one in listed:
        if one.fault:
            raise BadInput(f"Line {one.line} of {file.name}: {one.fault}")
    return [one.vin for one in listed]


def _settle_searches(
    session: Session, vins: list[str], withdrawn: bool, as_json: bool, on: date
) -> None:
    from renotify.ledger.unknown_owners import settle, take_back

    if not vins:
        raise WrongUse("There is no vehicle to settle.", "Give VINs, or --file with one a line.")
    word = "--withdrawn" if withdrawn else "--not-found"
    command = f"renotify owners settle {word} --on {on}"
    with session.transaction():
        done = (take_back if withdrawn else settle)(session, vins, on, command)
    said = (
        f"{counted(done, 'search', 'searches')} taken back: nobody is written to before somebody is known."
        if withdrawn
        else f"{counted(done, 'search', 'searches')} ended without a result on {on}: the last purchaser on record gets the letters of"
        " the next list (49 CFR 577.7(a)(2)(i)), until somebody newer is known."
    )
    show({"settled": done, "withdrawn": withdrawn}, as_json, lambda: click.echo(said))
