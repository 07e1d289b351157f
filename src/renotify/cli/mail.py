"""``mail``: the life of a wave: released, accepted, returned, reconciled, proven."""

from __future__ import annotations

import os
from collections.abc import Mapping, Sequence
from datetime import date
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from renotify.cli import mail_come_back, mail_wave
from renotify.cli.lazy_group import CommandGroup
from renotify.cli.options import (
    BY,
    FILE,
    OUT,
    PRINTERS,
    REJECTS,
    Day,
    ledger_command,
    shared,
    undated,
)
from renotify.cli.output import noted, progress_bar, rows_of, show, table
from renotify.errors import Refused
from renotify.values.english import counted, figure

if TYPE_CHECKING:
    from renotify.ledger.session import Session


# the counts of a wave, the most important first
WAVES = ("wave", "week", "planned", "released", "withdrawn", "printed", "exceptions", "accepted", "spoiled", "awaiting")  # fmt: skip


@click.group(cls=CommandGroup, also={"recall": "call-back"})
def mail() -> None:
    """Release a wave, take in the mail house's evidence, and prove every piece."""


for _command in (
    mail_come_back.work,
    mail_come_back.trace,
    mail_come_back.traced,
    mail_come_back.resend,
    mail_wave.ready,
    mail_wave.call_back,
    mail_wave.reprint,
):
    mail.add_command(_command)


def _lines(document: dict[str, object]) -> None:
    for key, value in document.items():
        if value is not None and value != "" and not isinstance(value, list):
            line = f"{key.replace('_', ' ')}: {_worded(value)}"
            (click.echo if "renotify " in line else noted)(line)
    notes = document.get("notes")
    for note in notes if isinstance(notes, list) else ():
        noted(note)


def _worded(value: object) -> str:
    """Say a figure, a word, or counts by name; counts of counts part with a semicolon."""
    if isinstance(value, bool):
        return "yes" if value else "no"
    if isinstance(value, dict):
        deep = any(isinstance(some, dict) for some in value.values())
        parts = [f"{k.replace('_', ' ')} {_worded(v)}" for k, v in value.items()]
        return ("; " if deep else ", ").join(parts) or "none"
    return figure(value) if isinstance(value, (int, float)) else str(value)


@mail.command()
@click.argument("name")
@click.argument("wave", type=int)
@OUT
@shared(
    "--cleared",
    "DATE",
    type=Day(),
    about="The day on which letter and envelope were submitted to NHTSA (49 CFR 577.5(a)); kept when the wave is released.",
)
@PRINTERS
@click.option(
    "--exceptions",
    is_flag=True,
    help="Print what was set aside at the wave's release and was corrected since, under the same piece numbers.",
)
@shared(
    "--anyway",
    "REASON",
    about="Release a wave that is held because it is not ready; the reason is kept with what was told.",
)
@BY
@ledger_command
def release(
    session: Session,
    name: str,
    wave: int,
    out: Path,
    cleared: date | None,
    workers: int,
    exceptions: bool,
    anyway: str | None,
    by: str,
    as_json: bool,
    on: date,
) -> None:
    """Check every vehicle of the wave again at this instant, record the intent, and render the letters with their manifest."""
    from renotify.ledger.wave_decisions import Decision
    from renotify.mailing import corrected, readiness, releasing

    decision = None if anyway is None else Decision(by, anyway).checked("--anyway")
    if exceptions:
        with progress_bar() as progress:
            printers = releasing.Printers(progress, workers)
            again = corrected.release(
                session, name, wave, on=on, printers=printers, cleared=cleared
            )
        show(again, as_json, lambda: mail_wave.printed_later(again, "corrected"))
        return
    with progress_bar() as progress:
        done = releasing.release(
            session,
            name,
            wave,
            on=on,
            out=out,
            printers=releasing.Printers(progress, workers),
            stated=releasing.Stated(cleared, readiness.Gate(decision)),
        )
    show(done, as_json, lambda: _released(done))


def _changed(changes: list[dict[str, str]]) -> None:
    """Say what a resumed release found otherwise than the run that began it."""
    said = counted(len(changes), "piece has", "pieces have")
    noted(f"- resumed, every piece asked again: {said} changed since it was begun.")
    for one in changes:
        noted(f"  {one['piece_id']}: {one['change'].replace('_', ' ')}")


def _counts(done: dict[str, Any]) -> None:
    """Say how many pieces were withdrawn, and how the others are printed."""
    for reason, count in done["withdrawn_reasons"].items():
        noted(f"- withdrawn, {reason.replace('_', ' ')}: {count:,}")
    for what in ("languages", "envelopes", "arms", "mail_days"):
        if done[what]:
            noted(f"- {what.replace('_', ' ')}: {_worded(done[what])}")
    for reason, count in done["mended"].items():
        noted(f"- printed otherwise than its row stands, {reason}: {count:,}")


def _released(done: dict[str, Any]) -> None:
    """Say what became of every piece of the wave, where the job lies, and what to do next."""
    noted(
        f"Wave {done['wave']} of {done['follow_up']}, checked on {done['checked_on']}:"
        f" {done['planned']:,} planned = {done['released']:,} released + {done['withdrawn']:,} withdrawn;"
        f" {done['released']:,} released = {done['printed']:,} printed + {counted(done['exceptions'], 'exception')}."
    )
    if done["resumed"]:
        _changed(done["changed"])
        mail_wave.texts_changed(done)
    if done["withdrawn_since"]:
        noted(
            f"- {counted(done['withdrawn_since'], 'piece')} withdrawn since it was begun, by number: withdrawn.csv;"
            " mail nothing of an earlier copy of this job"
        )
    _counts(done)
    folder = os.path.relpath(done["folder"])
    if done["exceptions"]:
        noted(f"- each exception with its reason: {folder}/exceptions.csv")
    if done["unapproved"]:
        versions = counted(done["unapproved"], "letter version is", "letter versions are")
        noted(f"- {versions} not signed off: renotify letter approve {done['follow_up']}")
    for warning in (*done["not_ready"], *done["warnings"]):
        noted(f"- {warning}")
    if done["anyway"]:
        noted(f"- released anyway: {done['anyway']}")
    click.echo(f"The job for the mail house, with manifest and ticket: {folder}")
    click.echo(mail_wave.behind(done["follow_up"], done["wave"], by="piece"))
    click.echo(f"Next: renotify mail accept {done['follow_up']} {done['wave']} EVIDENCE.csv")


@mail.command()
@click.argument("name")
@click.argument("wave", type=int)
@ledger_command
def pull(session: Session, name: str, wave: int, as_json: bool, on: date) -> None:
    """List by number the printed letters that must not be mailed any more, before the mail house hands them in."""
    from renotify.mailing import pulling

    done = pulling.pull(session, name, wave, on=on)
    show(done, as_json, lambda: _lines(done))


@mail.command()
@click.argument("name")
@click.argument("wave", type=int)
@click.argument("evidence", type=FILE)
@REJECTS
@ledger_command
def accept(
    session: Session,
    name: str,
    wave: int,
    evidence: Path,
    rejects: Path | None,
    as_json: bool,
    on: date,
) -> None:
    """Take in the mail house's evidence (piece_id, status, mailed_date) or its manifest; this alone says that a letter was mailed."""
    from renotify.mailing import evidence as room

    done = room.accept(session, name, wave, evidence, on=on, rejects_dir=rejects or room.REJECTS)

    def text() -> None:
        _lines(done)
        click.echo(mail_wave.behind(name, wave, by="piece"))

    show(done, as_json, text)
    _refuse_all(done, ("accepted", "spoiled", "taken_back", "unchanged", "remade", "unanswered"))


@mail.command()
@click.argument("file", type=FILE)
@REJECTS
@ledger_command
def returned(session: Session, file: Path, rejects: Path | None, as_json: bool, on: date) -> None:
    """Take in returned mail (piece_id, returned_date, return_code); each code leads to one action, an unknown one is queued."""
    from renotify.mailing import evidence, returns

    done = returns.returned(session, file, on=on, rejects_dir=rejects or evidence.REJECTS)

    def text() -> None:
        _lines(done)
        for name in done["follow_ups"]:
            click.echo(f"Next, what is to be done about each: renotify mail work {name}")

    show(done, as_json, text)
    _refuse_all(done, ("returned", "unnamed", "unchanged", "queue"))


def _refuse_all(done: Mapping[str, Any], taken: Sequence[str]) -> None:
    """Raise Refused where a file has rows and every one of them was rejected: nothing of it was taken in."""
    if done["rejected"] and not any(done.get(name) for name in taken):
        raise Refused(
            f"Every row of the file was rejected ({counted(done['rejected'], 'row')}); nothing of it was taken in.",
            f"Each row with its reason: {done['rejects']}. Correct them and load the file again.",
        )


@mail.command()
@click.argument("name")
@undated
@ledger_command
def reconcile(session: Session, name: str, as_json: bool) -> None:
    """Close the three-way count: planned = released + withdrawn, released = printed + exceptions, printed = accepted + spoiled."""
    from renotify.mailing import reconciling

    done = reconciling.reconcile(session, name)

    def text() -> None:
        _lines(done)
        table("Waves", WAVES, rows_of(done["waves"], *WAVES))
        for sentence in done["sentences"]:
            noted(f"- {sentence}")
        click.echo(mail_wave.behind(name, by="wave,piece"))

    show(done, as_json, text)


@mail.command()
@click.argument("piece")
@click.option(
    "--with-address", is_flag=True, help="Show to whom it went; the look is disclosed and logged."
)
@click.option("--accessible", is_flag=True, help="Write the tagged copy for web and e-mail too.")
@OUT
@undated
@ledger_command
def proof(
    session: Session,
    piece: str,
    with_address: bool,
    accessible: bool,
    out: Path,
    as_json: bool,
) -> None:
    """Prove one piece: what was sent, when, which text, which file and page, and the evidence of mailing."""
    from renotify.mailing import proving

    done = proving.proof(session, piece, out=out, with_address=with_address)
    if accessible:
        done["accessible"] = str(proving.accessible(session, piece, out))
    show(done, as_json, lambda: _lines(done))
