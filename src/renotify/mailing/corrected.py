"""The pieces of a wave that could not be printed, once their rows were corrected: printed under the same piece numbers, once.

What a release does, on the exceptions alone: every vehicle is asked again, the pieces whose rows fit now become an intent in one
durable transaction, and only then are printed, into a folder within the wave's. A run that was killed is finished by the next;
one that finds nothing corrected changes nothing.
"""

from __future__ import annotations

from datetime import date
from pathlib import Path
from typing import Any

import pyarrow as pa
import pyarrow.compute as pc

from renotify.campaigns.follow_up_settings import FollowUpSettings
from renotify.errors import BadInput, NothingToDo, Refused
from renotify.ledger import artifacts, follow_ups, pieces
from renotify.ledger.kinds import PieceState
from renotify.ledger.pieces import WaveRow
from renotify.ledger.session import Session
from renotify.mailing import (
    asking_again,
    barcodes,
    fitting,
    printing,
    releasing,
    versions,
    wave_tables,
)
from renotify.mailing.eligibility import PIECE_COLUMNS
from renotify.mailing.job_folder import MANIFEST, later_manifests
from renotify.mailing.printing import Job
from renotify.mailing.versions import Versions
from renotify.values.address import routing_digits
from renotify.values.progress_callback import Progress

TRACKING = 20  # digits of a barcode that are the piece's own, before those of its place


def release(
    session: Session,
    name: str,
    wave: int,
    *,
    on: date,
    progress: Progress | None = None,
    workers: int = 1,
) -> dict[str, Any]:
    """Print the exceptions of a wave that were corrected since, and return what was done.

    A vehicle that needs no letter any more is withdrawn. NothingToDo where no row fits now that did not; Refused before the
    wave's own release is finished, and while another process releases it.
    """
    settings = follow_ups.settings(session, name)
    with pieces.claim(session, name, wave):
        row = pieces.wave(session, name, wave)
        if not row.rendered:
            raise Refused(
                f"Wave {wave} of {name!r} is not printed yet, so that nothing of it was set aside.",
                f"Release it first: renotify mail release {name} {wave}.",
            )
        begun = _of_state(session, row, PieceState.RELEASED)
        if begun.num_rows:
            made, withdrawn = _resumed(session, settings, begun), 0
        else:
            made, withdrawn = _intend(session, settings, row, on)
        number = _number(session, row)
        job = _print(session, settings, row, made, number, progress, workers)
        _record(session, row, number, job)
        return _summary(session, row, job, withdrawn, resumed=bool(begun.num_rows))


def _of_state(session: Session, row: WaveRow, state: PieceState) -> pa.Table:
    return pieces.only(pieces.of_wave(session, row.follow_up, row.number), state)


def _made(session: Session, settings: FollowUpSettings, on: date) -> Versions:
    return versions.of_follow_up(
        session, settings.kind, settings.campaigns, settings.sender, mail_date=on
    )


def _resumed(session: Session, settings: FollowUpSettings, begun: pa.Table) -> Versions:
    made = _made(session, settings, pc.max(begun["checked_on"]).as_py())
    made.compile(versions.wanted(versions.settle_remedies(session, begun, made)))
    return made


def _intend(
    session: Session, settings: FollowUpSettings, row: WaveRow, on: date
) -> tuple[Versions, int]:
    """Record which exceptions are printed now; return their versions, and how many pieces were withdrawn.

    Versions found missing are compiled outside of the transaction, and everything is asked again.
    """
    made = _made(session, settings, on)
    while True:
        with session.transaction():
            pieces.hold_still(session)
            decided = versions.settle_remedies(session, _decided(session, row, on), made)
            released = pieces.only(decided, PieceState.RELEASED)
            missing = versions.wanted(released) - made.compiled.keys()
            undrawn = made.streams(released, "owner_state") - made.fronts.keys()
            if not (missing or undrawn):
                return made, _write(session, settings, row, decided, made, on)
        made.compile(missing)
        made.draw(undrawn)


def _decided(session: Session, row: WaveRow, on: date) -> pa.Table:
    aside = _of_state(session, row, PieceState.EXCEPTION)
    if not aside.num_rows:
        raise NothingToDo(
            f"Nothing to do: no piece of wave {row.number} of {row.follow_up!r} is set aside.",
            f"See the counts with: renotify mail reconcile {row.follow_up}.",
        )
    asked = aside.select(PIECE_COLUMNS)
    decided = asking_again.decide(session, row.follow_up, row.number, asked, on)
    known = pieces.by_id(session, decided.filter(decided["added"]))["piece_id"].combine_chunks()
    others = pc.and_(decided["added"], pc.is_in(decided["piece_id"], known))
    return _with_barcodes_of(decided.filter(pc.invert(others)), aside)


def _with_barcodes_of(decided: pa.Table, aside: pa.Table) -> pa.Table:
    """Append ``tracking``, the digits that each piece's barcode has already; blank where it has none."""
    places = pc.index_in(decided["piece_id"], value_set=aside["piece_id"].combine_chunks())
    own = pc.utf8_slice_codeunits(aside["imb"].take(places), 0, TRACKING)
    return decided.append_column("tracking", pc.fill_null(own, ""))


def _write(
    session: Session,
    settings: FollowUpSettings,
    row: WaveRow,
    decided: pa.Table,
    made: Versions,
    on: date,
) -> int:
    """Write the intent into the open transaction; NothingToDo, and nothing written, where it would be empty."""
    released = _fitting(session, pieces.only(decided, PieceState.RELEASED), made)
    withdrawn = pieces.only(decided, PieceState.WITHDRAWN)
    if not released.num_rows + withdrawn.num_rows:
        raise NothingToDo(
            f"Nothing to do: no piece of wave {row.number} of {row.follow_up!r} that was set aside can be printed now.",
            "Correct the owners' rows that exceptions.csv names, load them, and see with"
            f" `renotify letter check {row.follow_up}` what is left.",
        )
    blank = pa.array([""] * withdrawn.num_rows, pa.string())
    without = withdrawn.append_column("form_digest", blank).append_column("imb", blank)
    with_codes = released.append_column("imb", _barcodes(session, settings, released, on))
    rows = [with_codes, without]
    pieces.intend_again(
        session,
        pa.concat_tables([one.select(pieces.INTENT.names).cast(pieces.INTENT) for one in rows]),
    )  # fmt: skip
    return int(withdrawn.num_rows)


def _fitting(session: Session, released: pa.Table, made: Versions) -> pa.Table:
    """Return the pieces that can be printed now, with their versions' digests."""
    digests = versions.digest_column(released, made.digests())
    released = released.append_column("form_digest", digests)
    fit = fitting.fit(session, released, made)
    return released.filter(pc.invert(pc.is_in(released["piece_id"], fit.aside)))


def _barcodes(session: Session, settings: FollowUpSettings, rows: pa.Table, on: date) -> pa.Array:
    """Return each piece's barcode: its own tracking digits where it has some, and the digits of its place now; none abroad."""
    has = pc.not_equal(rows["tracking"], "")
    bare = rows.filter(pc.invert(has))
    new = barcodes.payloads(
        bare, tracking=barcodes.tracking_of(settings), first_serial=pieces.next_serial(session),
        in_use=pieces.barcodes_since(session, on - barcodes.UNIQUE),
    )  # fmt: skip
    own = pc.binary_join_element_wise(rows["tracking"], routing_digits(rows), "")
    own = pc.if_else(rows["abroad"], "", own).combine_chunks()
    places = pc.invert(has).combine_chunks()
    return pc.replace_with_mask(own, places, new.combine_chunks())


def _number(session: Session, row: WaveRow) -> int:
    """Return which of the wave's later print jobs this is, from 1: those before it are on record."""
    return len(later_manifests(session, row)) + 1


def _print(
    session: Session,
    settings: FollowUpSettings,
    row: WaveRow,
    made: Versions,
    number: int,
    progress: Progress | None,
    workers: int,
) -> Job:
    folder = Path(row.folder) / f"exceptions-{number}"
    if len(str(folder)) > releasing.LONGEST_PATH:
        raise BadInput(
            f"The folder for the exceptions of wave {row.number} has a path of more than"
            f" {releasing.LONGEST_PATH} characters.",
            "Move the folder of the follow-up nearer to the root, and link it.",
        )
    rows = wave_tables.letters(session, row.follow_up, row.number)
    rows = versions.with_digests(versions.settle_remedies(session, rows, made), made)
    rows = rows.drop_columns(list(versions.OF_VEHICLE))
    rows = rows.append_column("label", versions.label_language(rows, made))
    made.draw(made.streams(rows, "state"))  # a run that is resumed has drawn none
    asks = barcodes.asked_of_the_post(settings)
    return printing.write(rows, made, folder, asks=asks, progress=progress, workers=workers)


def _record(session: Session, row: WaveRow, number: int, job: Job) -> None:
    """Record what was printed, every file, and the disclosure to the mail house; files are named from the wave's folder."""
    files = [
        artifacts.row(job.folder / file, kind, row.follow_up, sha256=digest)
        for file, (kind, digest) in sorted(job.files.items())
    ]
    at = job.manifest.column_names.index("file")
    paths = pc.binary_join_element_wise(f"exceptions-{number}", job.manifest["file"], "/")
    placed = job.manifest.set_column(at, "file", paths)
    with session.transaction():
        pieces.record_printed_again(session, row.follow_up, row.number, placed, job.exceptions)
        artifacts.record_all(session, files)
        if placed.num_rows:
            artifacts.disclose(
                session, releasing.MAIL_HOUSE, "recall",
                f"corrected letters of wave {row.number} of {row.follow_up}", placed["vin"],
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
        "folder": str(job.folder),
        "manifest": str(job.folder / MANIFEST),
    }
