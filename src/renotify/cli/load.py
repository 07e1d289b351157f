"""``load``: files in."""

from __future__ import annotations

from datetime import date
from pathlib import Path
from typing import TYPE_CHECKING

import click

from renotify.cli.options import (
    REJECTS,
    making_command,
)
from renotify.cli.output import noted, progress_bar, show, table

if TYPE_CHECKING:
    from renotify.ledger.session import Session


@click.command()
@click.argument("paths", nargs=-1, required=True, type=click.Path(exists=True, path_type=Path))
@click.option(
    "--strict", is_flag=True, help="One refused row refuses everything: nothing is loaded."
)
@click.option(
    "--make",
    "makes",
    multiple=True,
    metavar="MAKE",
    help="Take NHTSA's recalls of this make; repeat it for several. The ledger remembers it; `--make ledger` goes back to the"
    " makes of its own vehicles and campaigns.",
)
@REJECTS
@making_command
def load(
    session: Session,
    paths: tuple[Path, ...],
    strict: bool,
    makes: tuple[str, ...],
    rejects: Path | None,
    as_json: bool,
    on: date,
) -> None:
    """Load folders and files (CSV, Parquet, campaigns.toml, NHTSA's FLAT_RCL and quarterly reports), in any order and as often as you like.

    A row seen before changes nothing. A row that is refused goes to the rejects file with its file, row, column, value and reason.
    """
    from renotify.ledger import intake

    with progress_bar() as progress:
        loaded = intake.load(
            session,
            list(paths),
            on=on,
            strict=strict,
            progress=progress,
            rejects_dir=rejects,
            makes=makes,
        )
    show(loaded.to_json(), as_json, lambda: _print(loaded))


def _print(loaded: object) -> None:
    from renotify.ledger.intake import Loaded

    if not isinstance(loaded, Loaded):
        return
    rows = [[name, c.accepted, c.unchanged, c.rejected] for name, c in loaded.tables.items()]
    table("Loaded", ("table", "accepted", "unchanged", "rejected"), rows)
    for note in loaded.notes:
        noted(f"Note: {note}")
    if loaded.rejects:
        click.echo(f"Refused rows, each with its reason: {loaded.rejects}")
    for path in loaded.refused:
        click.echo(f"The same rows as they stand, to correct and load again: {path}")
