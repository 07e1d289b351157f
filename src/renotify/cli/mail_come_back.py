"""``mail work``, ``trace``, ``traced``, ``resend``: what is done about letters that came back."""

from __future__ import annotations

import shlex
from collections.abc import Mapping
from datetime import date
from difflib import get_close_matches
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from renotify.cli.list_files import list_rows
from renotify.cli.mail_wave import behind
from renotify.cli.options import (
    FILE,
    FOLDER,
    OUT,
    REJECTS,
    Day,
    ledger_command,
    shared,
)
from renotify.cli.output import noted, rows_of, show, table
from renotify.errors import WrongUse
from renotify.values.english import counted, series

if TYPE_CHECKING:
    from renotify.ledger.session import Session


@click.command()
@click.argument("name")
@shared(
    "--list",
    "LIST",
    "listed",
    "Show the rows of one list: awaiting, ask, left_out, ...",
    default="",
)
@click.option("--files", is_flag=True, help="Write each list as a file below --out (out), too.")
@shared("--out", "FOLDER", type=FOLDER, about="Write each list as a file below this folder, too.")
@ledger_command
def work(
    session: Session,
    name: str,
    listed: str,
    files: bool,
    out: Path | None,
    as_json: bool,
    on: date,
) -> None:
    """List what is to be done, until it is: letters without an answer, spoiled, set aside, come back; owners left out; unknown codes."""
    from renotify.mailing import open_work, return_work

    found = return_work.work(session, name, on)
    lists = open_work.open_work(session, name, on)
    if listed:
        every = {one: return_work.of_list(found, one) for one in return_work.LISTS} | lists
        if listed not in every:
            near = get_close_matches(listed, every, 3)
            hint = (
                f"Did you mean {' or '.join(near)}?"
                if near
                else f"Known are {series(list(every))}."
            )
            raise WrongUse(f"There is no list {listed!r}.", hint)
        list_rows(every[listed], None, on, sheet=listed, as_json=as_json)
        return
    written = []
    if files or out is not None:
        folder = out or Path("out")
        written = return_work.write(session, name, found, folder)
        written += open_work.write(session, name, lists, folder)
    rows = found.to_pylist()
    counts = {one: return_work.of_list(found, one).num_rows for one in return_work.LISTS}
    document = {
        "follow_up": name,
        "lists": counts,
        "files": list(map(str, written)),
        "pieces": rows,
        "open": {one: rows.num_rows for one, rows in lists.items()},
        "calls": {
            one: shlex.join(["renotify", "mail", "work", name, "--list", one, "--on", str(on)])
            for one in (*return_work.LISTS, *lists)
        },
    }

    show(document, as_json, lambda: _work(document))


def _work(document: dict[str, Any]) -> None:
    """Print the letters that came back, how many stand on each list and what to do next, and the files."""
    from renotify.mailing import open_work, return_work

    name, rows = document["follow_up"], document["pieces"]
    table("", return_work.COLUMNS, rows_of(rows, *return_work.COLUMNS))
    if not rows:
        noted(f"Every letter of {name} that came back is settled.")
    what = {**dict.fromkeys(return_work.LISTS, "letter"), **open_work.OF_WHAT}
    for one, count in {**document["lists"], **document["open"]}.items():
        if count:
            next_step = {**return_work.LISTS, **open_work.NEXT}[one].replace("NAME", name)
            noted(f"{one}, {counted(count, what[one])}: {next_step}")
            click.echo(f"  {counted(count, what[one])}: {document['calls'][one]}")
    for path in document["files"]:
        click.echo(f"Written: {path}")


@click.command()
@click.argument("name")
@shared("--to", "WHO", "vendor", "Who searches; the disclosure names them.", required=True)
@OUT
@ledger_command
def trace(session: Session, name: str, vendor: str, out: Path, as_json: bool, on: date) -> None:
    """Write the addresses that letters came back from, for the skip-trace vendor (mode 0600, disclosed)."""
    from renotify.mailing import tracing

    done = tracing.write(session, name, vendor, on, out)

    def text() -> None:
        click.echo(
            f"{counted(done['pieces'], 'address', 'addresses')} for {vendor}: {done['file']}"
        )
        click.echo("Next, with what they found: renotify mail traced FILE")

    show(done, as_json, text)


@click.command()
@click.argument("file", type=FILE)
@REJECTS
@ledger_command
def traced(session: Session, file: Path, rejects: Path | None, as_json: bool, on: date) -> None:
    """Take in what a search came to (piece_id, result, result_date, address): found is a new address, exhausted and reached end it."""
    from renotify.mailing import evidence, tracing

    done = tracing.traced(session, file, on=on, rejects_dir=rejects or evidence.REJECTS)

    def text() -> None:
        noted(
            f"{counted(done['found'], 'new address', 'new addresses')}, {counted(done['exhausted'], 'search', 'searches')} ended"
            f" without a result, {counted(done['reached'], 'owner')} reached otherwise, {done['unchanged']:,} known before;"
            f" {counted(done['rejected'] + done['addresses_refused'], 'row')} refused."
        )
        for path in filter(None, (done["rejects"], done.get("address_rejects"))):
            click.echo(f"Refused rows, each with its reason: {path}")
        if done["found"]:
            click.echo("Next: renotify mail resend NAME")

    show(done, as_json, text)


@click.command()
@click.argument("name")
@click.option(
    "--week",
    metavar="DATE",
    type=Day(),
    help="Let them go in the week of this Monday, those too that wait in an earlier wave of letters sent again.",
)
@ledger_command
def resend(session: Session, name: str, week: date | None, as_json: bool, on: date) -> None:
    """Give every letter that can go again another attempt under its notice's number, in a wave of its own."""
    from renotify.mailing import resending

    done = resending.resend(session, name, on, week)

    def text() -> None:
        _resent(name, done)

    show(done, as_json, text)


def _resent(name: str, done: Mapping[str, Any]) -> None:
    """Say which wave letters are sent again in, which ones were put off, whether the mail house takes them, and what is next."""
    if done["put_off"]:
        waves = counted(len(done["put_off"]), "wave")
        noted(f"{waves} of letters sent again put off to the week of {done['week']}.")
    if done["wave"] is not None:
        noted(
            f"{counted(done['pieces'], 'letter')} to be sent again: wave {done['wave']} of {name}."
        )
        click.echo(behind(name, done["wave"]))
    if done["spent"]:
        noted(
            f"{counted(done['spent'], 'letter')} went nine times and go no more: a person must look."
        )
    for warning in done["warnings"]:
        noted(f"Note: {warning}")
    click.echo(
        f"A re-plan numbers the waves that are not released anew: renotify followup show {name} says which is that of {done['week']} then."
    )
    if done["wave"] is not None:
        click.echo(f"Next: renotify mail release {name} {done['wave']}")
