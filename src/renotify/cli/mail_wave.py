"""``mail ready``, ``call-back``, ``reprint``: whether a wave can go, its release taken back, its spoiled letters printed again."""

from __future__ import annotations

import os
from datetime import date
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from renotify.cli.options import (
    BECAUSE,
    BY,
    FOLDER,
    OUT,
    PRINTERS,
    Day,
    ledger_command,
    shared,
)
from renotify.cli.output import list_behind, noted, progress_bar, rows_of, show, table
from renotify.values.english import counted

if TYPE_CHECKING:
    from renotify.ledger.session import Session
    from renotify.mailing.readiness import Readiness

SHOWN = 10  # dealers of a table


def behind(name: str, wave: int | None = None, *, by: str = "") -> str:
    """Return the line below counts of letters: the command that lists them, one row an envelope, or counts these ``by`` columns."""
    from renotify.vehicle_lists.asked import Asked

    asked = (
        Asked(follow_up=name, letters=True)
        if wave is None
        else Asked(follow_up=name, letters=True, waves=(wave,))
    )
    return list_behind(asked, by=by)


@click.command()
@click.argument("name")
@click.argument("wave", type=int)
@OUT
@ledger_command
def ready(session: Session, name: str, wave: int, out: Path, as_json: bool, on: date) -> None:
    """Say what a wave lacks (notices, receipts, kits, hours, fresh addresses, signatures), at which dealers, and whether it waits."""
    from renotify.mailing import readiness

    found = readiness.ready(session, name, wave, on)
    before = readiness.decided(session, found.row)
    file = str(readiness.write(session, found, out)) if found.unready else ""
    document = found.document() | {
        "file": file,
        "decisions": [one.document() for one in before],
    }

    show(document, as_json, lambda: _readiness(found, [one.sentence for one in before], file))


def _readiness(found: Readiness, before: list[str], file: str) -> None:
    """Say whether a wave is ready, what it lacks with the first dealers, and what to do next."""
    from renotify.campaigns.readiness_settings import VERSIONS

    name, wave = found.row.follow_up, found.row.number
    for sentence in (*before, *found.accepted):
        noted(sentence)
    if found.is_ready:
        noted(f"Wave {wave} of {name} is ready for {found.mailed_on}.")
    if found.owed and found.unready:
        noted(found.owed)
    once = VERSIONS if found.signature else ""  # that letters are unsigned is said once
    if found.signature:
        said = "".join(f"{one.words}. " for one in found.unready if one.check == once)
        noted(f"signature (asked by the release): {said}{found.signature.sentence}")
    for one in found.unready:
        if one.check != once:
            noted(f"{one.check} ({one.rule}): {one.sentence}")
    _dealers(found, file)
    if not found.is_ready:
        click.echo(_next(found))


def _dealers(found: Readiness, file: str) -> None:
    """List the first dealers that lack something, and name the file of all."""
    if not found.unready:
        return
    columns = ("check", "dealer_code", "name", "letters", "what")
    rows = found.dealers.to_pylist()
    table("Dealers", columns, rows_of(rows[:SHOWN], *columns))
    click.echo(behind(found.row.follow_up, found.row.number))
    more = len(rows) - SHOWN
    beside = f", {counted(more, 'more line')}" if more > 0 else ""
    click.echo(f"All of them{beside}: {file}")


def _next(found: Readiness) -> str:
    """Say what releases the wave, or what is to be done before."""
    release = f"renotify mail release {found.row.follow_up} {found.row.number}"
    if found.by_rule("refuse"):
        return "The wave is refused until what is marked refuse is mended."
    if found.by_rule("ask"):
        anyway = f"to release it all the same: {release} --anyway REASON"
        return f"The wave is held; {'once its letters are signed, ' if found.signature else ''}{anyway}"
    if found.signature:
        return f"The wave is refused until its letters are signed; then: {release}"
    return f"Nothing holds the wave: {release}"


@click.command("call-back")
@click.argument("name")
@click.argument("wave", type=int)
@BECAUSE
@BY
@ledger_command
def call_back(
    session: Session, name: str, wave: int, because: str, by: str, as_json: bool, on: date
) -> None:
    """Take back a release that the mail house has not answered for: its pieces are planned again, its print job is marked void.

    `renotify mail recall` is the same command.
    """
    from renotify.ledger.wave_decisions import Decision
    from renotify.mailing import calling_back

    decision = Decision(by, because).checked("--because")
    done = calling_back.call_back(session, name, wave, decision, on)

    def text() -> None:
        noted(
            f"Wave {wave} of {name} is called back: {counted(done['called_back'], 'piece')} planned again."
        )
        if done["folder"]:
            click.echo(
                f"Tell the mail house that nothing of this job may be mailed: {os.path.relpath(done['folder'])}"
            )
        click.echo(behind(name, wave))
        click.echo(
            f"Next: renotify mail ready {name} {wave}; or plan again: renotify replan {name}"
        )

    show(done, as_json, text)


@click.command()
@click.argument("name")
@click.argument("wave", type=int)
@shared(
    "--cleared",
    "DATE",
    type=Day(),
    about="The day on which the letter's new text was submitted to NHTSA, where it changed since the wave's release; kept.",
)
@PRINTERS
@shared(
    "--out", "FOLDER", type=FOLDER,
    about="The folder to write below, as in a release; left out, the wave's own folder.",
)  # fmt: skip
@ledger_command
def reprint(
    session: Session,
    name: str,
    wave: int,
    cleared: date | None,
    workers: int,
    out: Path | None,
    as_json: bool,
    on: date,
) -> None:
    """Print the spoiled and lost letters of a wave again under their own numbers; each vehicle is asked, and evidence awaited, again."""
    from renotify.mailing import corrected, releasing

    with progress_bar() as progress:
        done = corrected.release(
            session, name, wave, on=on, cleared=cleared,
            printers=releasing.Printers(progress, workers), again=corrected.SPOILED._replace(out=out),
        )  # fmt: skip
    show(done, as_json, lambda: printed_later(done, "spoiled or lost"))


def texts_changed(done: dict[str, Any]) -> None:
    """Say which letters a resumed run prints with another text than the run that began it, and what comes of it."""
    for one in done["texts_changed"]:
        keys = [f"{code}: {', '.join(names)}" for code, names in one["keys"].items()]
        because = "a day came in between" if one["why"] == "day" else "; ".join(keys)
        noted(
            f"- resumed, {one['version']} says something else than when it was begun{because and f' ({because})'}:"
            f" {counted(one['pieces'], 'piece is', 'pieces are')} printed with the new text,"
            f" {'which is' if one['signed_off'] else 'not'} signed off; mail nothing of an earlier copy of this job"
        )


def printed_later(done: dict[str, Any], which: str) -> None:
    """Say what was printed of pieces after their wave's release, and where it lies."""
    folder = os.path.relpath(done["folder"])
    noted(
        f"Wave {done['wave']} of {done['follow_up']}: {done['printed']:,} {which} and printed,"
        f" {done['withdrawn']:,} withdrawn, {done['exceptions']:,} still set aside."
    )
    texts_changed(done)
    for reason, count in done["mended"].items():
        noted(f"- printed otherwise than its row stands, {reason}: {count:,}")
    for warning in done["warnings"]:
        noted(f"- {warning}")
    click.echo(f"The job for the mail house, with manifest and ticket: {folder}")
    click.echo(behind(done["follow_up"], done["wave"], by="piece"))
    click.echo(f"Next: renotify mail accept {done['follow_up']} {done['wave']} EVIDENCE.csv")
