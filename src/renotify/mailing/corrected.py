"""Pieces of a wave that are printed later under their own numbers, once: those set aside whose rows were corrected, and those spoiled.

What a release does, on these alone: every vehicle is asked again, the pieces whose rows fit become an intent in one
durable transaction, and only then are printed, into a folder within the wave's. A run that was killed is finished by the next;
one that finds nothing to print changes nothing. A piece that is lost is spoiled: its copy did not enter the mail.
"""

from __future__ import annotations

from datetime import date
from pathlib import Path
from typing import Any, NamedTuple

import pyarrow as pa
import pyarrow.compute as pc

from renotify.campaigns.follow_up_settings import FollowUpSettings
from renotify.errors import BadInput, NothingToDo, Refused
from renotify.ledger import artifacts, follow_ups, pieces
from renotify.ledger.kinds import PieceState
from renotify.ledger.pieces import WaveRow
from renotify.ledger.session import Session
from renotify.mailing import (
    accepted_words,
    asking_again,
    barcodes,
    changed_since,
    fitting,
    mail_days,
    preclearance,
    printing,
    releasing,
    versions,
    wave_tables,
)
from renotify.mailing.eligibility import PIECE_COLUMNS
from renotify.mailing.job_folder import MANIFEST, later_manifests
from renotify.mailing.printing import Job
from renotify.mailing.releasing import ONE_PRINTER, Printers
from renotify.mailing.unread_sentences import Unread
from renotify.mailing.versions import Versions
from renotify.values.progress_callback import Progress
from renotify.values.worker_pool import Workers


class Again(NamedTuple):
    """Which pieces of a wave are printed later: those of a ``state``; the beginning of their folder's name, and what they are in words.

    ``out``: the folder below which they are printed, as a release is; None: the wave's own.
    """

    state: PieceState
    folder: str
    words: str
    out: Path | None = None


CORRECTED = Again(PieceState.EXCEPTION, "exceptions", "set aside")
SPOILED = Again(PieceState.SPOILED, "reprint", "spoiled or lost")


class _Given(NamedTuple):
    """The day on which letter and envelope were submitted to NHTSA, where it is stated now, and which pieces are printed."""

    cleared: date | None
    again: Again


class _Intent(NamedTuple):
    """What was ``decided`` of the pieces, and what a person must know of letters and envelopes that are not those on file at NHTSA."""

    decided: pa.Table
    drafts: list[str]


def release(
    session: Session,
    name: str,
    wave: int,
    *,
    on: date,
    printers: Printers = ONE_PRINTER,
    cleared: date | None = None,
    again: Again = CORRECTED,
) -> dict[str, Any]:
    """Print the exceptions of a wave that were corrected since, or its spoiled pieces, and return what was done.

    A run that was killed is resumed: ``texts_changed`` names the letters that say something else than when it was begun.
    A vehicle that needs no letter any more is withdrawn. NothingToDo where no row fits now that did not; Refused before the
    wave's own release is finished, while another process releases it, and where NHTSA should have had letter and envelope: what is
    printed here is asked for, told and kept as in a release (``preclearance``, ``cleared``).
    """
    settings = follow_ups.settings(session, name, on)
    with pieces.claim(session, name, wave), Workers(printers.workers) as workers:
        row = pieces.wave(session, name, wave)
        if not row.rendered:
            raise Refused(
                f"Wave {wave} of {name!r} is not printed yet, so that nothing of it was {again.words}.",
                f"Release it first: renotify mail release {name} {wave}.",
            )
        begun = pieces.only(wave_tables.begun(session, name, wave), PieceState.RELEASED)
        resumed = bool(begun.num_rows)
        warnings = preclearance.check(session, settings, on, cleared)
        given = _Given(cleared, again)
        made, intent = _intend(session, settings, row, on, given, workers)
        place = Path(row.folder) if again.out is None else printing.folder_of(again.out, name, wave)
        folder = place / f"{again.folder}-{len(later_manifests(session, row)) + 1}"
        job = _print(session, settings, row, made, folder, printers.progress, workers)
        _record(session, row, job, on)
        withdrawn = pieces.only(intent.decided, PieceState.WITHDRAWN).num_rows
        done = _summary(session, row, job, withdrawn, resumed=resumed)
        texts = changed_since.of_texts(session, row, intent.decided, begun, made, workers)
        return {
            **done,
            "texts_changed": [one.columns() for one in texts],
            "warnings": [
                *warnings,
                *intent.drafts,
                *accepted_words.in_versions(made),
                *mail_days.at_once(job.manifest, made),
            ],
        }


def _of_state(session: Session, row: WaveRow, state: PieceState) -> pa.Table:
    return pieces.only(pieces.of_wave(session, row.follow_up, row.number), state)


def _made(session: Session, settings: FollowUpSettings, on: date) -> Versions:
    return versions.of_follow_up(session, settings, mail_date=on)


def _intend(
    session: Session,
    settings: FollowUpSettings,
    row: WaveRow,
    on: date,
    given: _Given,
    workers: Workers,
) -> tuple[Versions, _Intent]:
    """Record which pieces are printed now, and return their versions with what came of it.

    A run that did not finish is asked again in the same way, on its own pieces: days may have passed. Versions found missing are
    compiled outside of the transaction, and everything is asked again.
    """
    made = _made(session, settings, on)
    unread = Unread(session, made, all_signed=settings.ready.all_signed)
    while True:
        with session.transaction():
            pieces.hold_still(session)
            before = _to_print(session, row, given.again)
            decided = versions.settle_remedies(session, _decided(session, row, before, on), made)
            released = pieces.only(decided, PieceState.RELEASED)
            missing = versions.wanted(released) - made.compiled.keys()
            undrawn = made.streams(released, "owner_state") - made.fronts.keys()
            if not (missing or undrawn):
                unread.refuse(row.follow_up, versions.wanted(released))
                decided = _that_fit(session, row, decided, before, made, given.again)
                drafts = preclearance.drafts_of(made, pieces.only(decided, PieceState.RELEASED))
                told = preclearance.check_drafts(session, settings, drafts, given.cleared)
                _write(session, settings, decided, before, on)
                preclearance.keep(session, row.follow_up, given.cleared, drafts)
                return made, _Intent(decided, told)
        made.compile(missing, workers)
        unread.look(missing)
        made.draw(undrawn)


def _to_print(session: Session, row: WaveRow, again: Again) -> pa.Table:
    """Return the pieces of a run that did not finish, else those to be printed again; NothingToDo where there are none."""
    begun = _of_state(session, row, PieceState.RELEASED)
    if begun.num_rows:
        return begun
    aside = _of_state(session, row, again.state)
    if not aside.num_rows:
        raise NothingToDo(
            f"Nothing to do: no piece of wave {row.number} of {row.follow_up!r} is {again.words}.",
            f"See the counts with: renotify mail reconcile {row.follow_up}.",
        )
    return aside


def _decided(session: Session, row: WaveRow, before: pa.Table, on: date) -> pa.Table:
    asked = before.select(PIECE_COLUMNS)
    decided = asking_again.decide(session, row.follow_up, row.number, asked, on, before_print=True)
    known = pieces.by_id(session, decided.filter(decided["added"]))["piece_id"].combine_chunks()
    others = pc.and_(decided["added"], pc.is_in(decided["piece_id"], known))
    return decided.filter(pc.invert(others))


def _that_fit(
    session: Session,
    row: WaveRow,
    decided: pa.Table,
    before: pa.Table,
    made: Versions,
    again: Again,
) -> pa.Table:
    """Return the pieces that are printed or withdrawn now, with their digests; NothingToDo where there are none."""
    decided = versions.with_digests(decided, made)
    if not _begun(before):
        aside = fitting.fit(session, pieces.only(decided, PieceState.RELEASED), made).aside
        decided = decided.filter(pc.invert(pc.is_in(decided["piece_id"], aside)))
    if not decided.num_rows:
        raise NothingToDo(
            f"Nothing to do: no piece of wave {row.number} of {row.follow_up!r} that is {again.words} can be printed now.",
            "Correct the owners' rows that exceptions.csv names, load them, and see with"
            f" `renotify letter check {row.follow_up}` what is left.",
        )
    return decided


def _begun(before: pa.Table) -> bool:
    return bool(before["state"][0].as_py() == PieceState.RELEASED)


def _write(
    session: Session, settings: FollowUpSettings, decided: pa.Table, before: pa.Table, on: date
) -> None:
    """Write the intent into the open transaction."""
    rows = releasing.intended(session, decided, before, barcodes.tracking_of(settings), on)
    if _begun(before):
        pieces.intend_anew(session, rows)
    else:
        pieces.intend_again(session, rows, PieceState(before["state"][0].as_py()))


def _print(
    session: Session,
    settings: FollowUpSettings,
    row: WaveRow,
    made: Versions,
    folder: Path,
    progress: Progress | None,
    workers: Workers,
) -> Job:
    if len(str(folder)) > releasing.LONGEST_PATH:
        raise BadInput(
            f"The folder {folder.name} of wave {row.number} has a path of more than"
            f" {releasing.LONGEST_PATH} characters.",
            "Move the folder of the follow-up nearer to the root, and link it.",
        )
    rows = wave_tables.letters(session, row.follow_up, row.number)
    rows = versions.with_digests(versions.settle_remedies(session, rows, made), made)
    rows = mail_days.with_days(session, rows, made).drop_columns(list(versions.OF_VEHICLE))
    rows = rows.append_column("label", versions.label_language(rows, made))
    made.draw(made.streams(rows, "state"))  # a run that is resumed has drawn none
    asks = barcodes.asked_of_the_post(settings)
    return printing.write(rows, made, folder, asks=asks, progress=progress, workers=workers)


def _record(session: Session, row: WaveRow, job: Job, on: date) -> None:
    """Record what was printed, every file, and the disclosure to the mail house.

    Files are named from the wave's folder, and by their whole path where they lie elsewhere.
    """
    files = [
        artifacts.row(job.folder / file, kind, row.follow_up, sha256=digest)
        for file, (kind, digest) in sorted(job.files.items())
    ]
    at = job.manifest.column_names.index("file")
    own = job.folder.parent == Path(row.folder)
    folder = job.folder.name if own else str(job.folder)
    paths = pc.binary_join_element_wise(folder, job.manifest["file"], "/")
    placed = job.manifest.set_column(at, "file", paths)
    with session.transaction():
        pieces.record_printed_again(session, row.follow_up, row.number, placed, job.exceptions)
        artifacts.record_all(session, files)
        if placed.num_rows:
            artifacts.disclose(
                session, releasing.MAIL_HOUSE, "recall",
                f"letters of wave {row.number} of {row.follow_up} printed later", placed["vin"], on,
            )  # fmt: skip
        pieces.record_wave_accepted(session, row.follow_up, row.number)


def _summary(
    session: Session, row: WaveRow, job: Job, withdrawn: int, *, resumed: bool
) -> dict[str, Any]:
    left = _of_state(session, row, PieceState.EXCEPTION)
    return {
        "follow_up": row.follow_up,
        "wave": row.number,
        "resumed": resumed,
        "printed": job.manifest.num_rows,
        "withdrawn": withdrawn,
        "exceptions": left.num_rows,
        "mended": wave_tables.counted(job.changes["reason"]),
        **mail_days.by_arm(job.manifest),
        "folder": str(job.folder),
        "manifest": str(job.folder / MANIFEST),
    }
