"""The release of a wave: check every vehicle again, write the intent, print, record.

The intent is written in one durable transaction, before anything is printed; printing is a
function of the intent and may be repeated; what was printed is recorded once. So a process killed
at any instant leaves a wave that the next release of it finishes: no piece twice, none skipped.
That next release asks every vehicle again, as of its own day, and says what changed (decision 0028).
What happens behind the mail house's door is not exactly-once: it is reconciled (``reconcile``).
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date, timedelta
from pathlib import Path
from typing import Any

import pyarrow as pa
import pyarrow.compute as pc

from renotify.campaigns.follow_up_settings import SECOND_NOTICE, FollowUpSettings, check_mailer_id
from renotify.errors import AlreadyDone, BadInput, NothingToDo, Refused
from renotify.ledger import artifacts, follow_ups, pieces
from renotify.ledger.kinds import PieceState
from renotify.ledger.pieces import WaveRow
from renotify.ledger.placeholder_words import placeholders
from renotify.ledger.session import Session
from renotify.mailing import (
    barcodes,
    early_letters,
    eligibility,
    preclearance,
    printing,
    versions,
    wave_tables,
)
from renotify.mailing.approving import unapproved
from renotify.mailing.job_folder import MANIFEST
from renotify.mailing.printing import Job
from renotify.mailing.versions import Versions
from renotify.rules import load
from renotify.selection import second_notice
from renotify.values.progress_callback import Progress

MAIL_HOUSE = "mail house"
LONGEST_PATH = 180  # an artifact's path has 255 characters, a batch file's name below 75


@dataclass(frozen=True)
class Intent:
    """A wave's release as recorded: the day of its check; of one that is resumed when it was begun and what changed since."""

    checked_on: date
    counts: dict[str, int]
    begun_on: date | None = None
    changed: Mapping[str, int] = field(default_factory=dict)

    @property
    def resumed(self) -> bool:
        """Whether an earlier run began it."""
        return self.begun_on is not None


def release(
    session: Session,
    name: str,
    wave: int,
    *,
    on: date,
    out: Path,
    progress: Progress | None = None,
    workers: int = 1,
) -> dict[str, Any]:
    """Release a wave on a day: withdraw who needs no letter, print the rest, return what was done.

    Refused before the first lawful day (notice date + days after notice; memo, section 2), before
    the wave's Monday, before the day of a remedy that its letters wait for, and while another
    process releases it, and where NHTSA should have had letter and envelope (``preclearance``); AlreadyDone once it was printed;
    LetterRefused when one version fails the checks, with nothing written. A release that was killed
    is resumed: every piece that it wanted to print is asked again. A large wave is printed by so many ``workers``.
    """
    settings = follow_ups.settings(session, name)
    with pieces.claim(session, name, wave):
        row = pieces.wave(session, name, wave)
        folder = printing.folder_of(out, name, wave)
        _refuse(settings, row, folder, on)
        warnings = preclearance.check(session, settings, on)
        intent, made = _intend(session, settings, row, folder, on)
        job = _print(session, row, made, folder, progress, workers)
        _record(session, name, wave, job)
        return {
            **_summary(session, row, intent, job),
            "unapproved": unapproved(session, made),
            "warnings": warnings,
        }


def _refuse(settings: FollowUpSettings, row: WaveRow, folder: Path, on: date) -> None:
    if row.rendered:
        raise AlreadyDone(
            f"Wave {row.number} of {row.follow_up!r} was released before.",
            f"See what became of it with: renotify mail reconcile {row.follow_up}.",
        )
    if len(str(folder)) > LONGEST_PATH:
        raise BadInput(
            f"The folder for wave {row.number} has a path of more than {LONGEST_PATH} characters.",
            "Choose a shorter --out.",
        )
    if row.released:
        _refuse_elsewhere(row, folder)
        return
    lawful = settings.notice_date + timedelta(days=settings.days_after_notice)
    if on < lawful:
        raise Refused(
            f"No letter may be mailed before {lawful}: the notice is of {settings.notice_date} and"
            f" letters follow {settings.days_after_notice} days later; today is {on}.",
            "Wait, or change the notice date and freeze the follow-up again.",
        )
    if on < row.week:
        raise Refused(
            f"Wave {row.number} is planned for the week of {row.week}; today is {on}.",
            "Dealers have parts and hours from that week on: release it then, or plan again.",
        )
    if folder.exists():
        raise Refused(
            f"{folder.name} is there already, and this ledger did not write it.",
            "It may have been printed from another copy of the ledger: find out, then move it.",
        )


def _intend(
    session: Session,
    settings: FollowUpSettings,
    row: WaveRow,
    folder: Path,
    on: date,
) -> tuple[Intent, Versions]:
    """Decide about every piece and record it; versions and envelopes found missing are made and checked in between.

    The transaction that finds all of them made is the one that records, so that nothing
    can happen between the check and the intent.
    """
    sender = settings.sender
    mailer = check_mailer_id(str(sender.get("mailer_id") or barcodes.TEST_MAILER_ID))
    made = _versions(session, settings, on)
    while True:
        with session.transaction():
            pieces.hold_still(session)
            before = pieces.of_wave(session, row.follow_up, row.number)
            decided = _decided(session, settings, row, on)
            decided = versions.settle_remedies(session, decided, made)
            early_letters.refuse(settings, row, _released(decided), made, on)
            released = _released(decided)
            missing = versions.wanted(released) - made.compiled.keys()
            undrawn = made.streams(released, "owner_state") - made.fronts.keys()
            if not (missing or undrawn):
                with_digests = _with_digests(decided, made)
                _write_intent(session, row, with_digests, before, mailer, folder, on)
                return _intent(row, before, decided, on), made
        made.compile(missing)
        made.draw(undrawn)


def _versions(session: Session, settings: FollowUpSettings, mail_date: date) -> Versions:
    return versions.of_follow_up(
        session, settings.kind, settings.campaigns, settings.sender, mail_date=mail_date
    )


def _decided(session: Session, settings: FollowUpSettings, row: WaveRow, on: date) -> pa.Table:
    planned = wave_tables.planned(session, row)
    if not planned.num_rows and not row.released:
        raise NothingToDo(
            f"Wave {row.number} of {row.follow_up!r} has no pieces to release.",
            f"Plan it again: renotify plan {row.follow_up}.",
        )
    standing = wave_tables.standing(session, row.follow_up, row.number)
    if settings.kind == SECOND_NOTICE:
        standing = second_notice.not_told(session, standing, settings)
    owners = wave_tables.owners(session, row.follow_up, row.number, on)
    decided = eligibility.decide(planned, standing, owners, placeholders(session), on=on)
    return versions.settle_language(decided, load(on))


def _released(decided: pa.Table) -> pa.Table:
    return pieces.only(decided, PieceState.RELEASED)


def _with_digests(rows: pa.Table, made: Versions) -> pa.Table:
    digests = versions.digest_column(rows, made.digests())
    if "form_digest" in rows.column_names:
        at = rows.column_names.index("form_digest")
        return rows.set_column(at, "form_digest", digests)
    return rows.append_column("form_digest", digests)


def _counts(decided: pa.Table) -> dict[str, int]:
    names = ("rebundled", "readdressed", "added")
    return {name: int(pc.sum(decided[name], min_count=0).as_py()) for name in names}


def _intent(row: WaveRow, before: pa.Table, decided: pa.Table, on: date) -> Intent:
    counts = _counts(decided)
    if not row.released:
        return Intent(on, counts)
    begun = pc.max(before["checked_on"]).as_py() or row.week
    withdrawn = counted(pieces.only(decided, PieceState.WITHDRAWN)["reason"])
    changed = {name: count for name, count in (withdrawn | counts).items() if count}
    return Intent(on, counts, begun, changed)


def _write_intent(
    session: Session,
    row: WaveRow,
    decided: pa.Table,
    before: pa.Table,
    mailer: str,
    folder: Path,
    on: date,
) -> None:
    """Record who gets a letter and who does not, each barcode, and where the job belongs.

    A piece that had a barcode keeps its number, withdrawn or not: no number is given twice.
    """
    places = pc.index_in(decided["piece_id"], before["piece_id"].combine_chunks())
    known = pc.fill_null(before["imb"].take(places), "")
    decided = decided.append_column("imb", known)
    released, withdrawn = (
        pieces.only(decided, state) for state in (PieceState.RELEASED, PieceState.WITHDRAWN)
    )
    blank = pa.array([""] * withdrawn.num_rows, pa.string())
    at = withdrawn.column_names.index("form_digest")
    rows = pa.concat_tables(
        part.select(pieces.INTENT.names).cast(pieces.INTENT)
        for part in (
            _with_barcodes(session, released, mailer, on),
            withdrawn.set_column(at, "form_digest", blank),
        )
    )
    if row.released:
        pieces.intend_again(session, row.follow_up, row.number, rows)
    else:
        pieces.intend(session, row.follow_up, row.number, rows, str(folder))


def _with_barcodes(session: Session, released: pa.Table, mailer: str, on: date) -> pa.Table:
    """Return released pieces with the digits of their barcodes; ``imb`` is the one that a piece has, or blank."""
    new = pc.equal(released["imb"], "")
    made = barcodes.payloads(
        released.filter(new),
        mailer_id=mailer,
        first_serial=pieces.next_serial(session),
        in_use=pieces.barcodes_since(session, on - timedelta(days=barcodes.UNIQUE_DAYS)),
    )
    kept = barcodes.readdressed(released, released["imb"]).combine_chunks()
    payloads = pc.replace_with_mask(kept, new.combine_chunks(), made.combine_chunks())
    return released.set_column(released.column_names.index("imb"), "imb", payloads)


def _refuse_elsewhere(row: WaveRow, folder: Path) -> None:
    """A begun wave is finished where it was begun, so that no second copy of it lies about."""
    begun = Path(row.folder)
    if row.folder and begun != folder:
        raise Refused(
            f"The release of wave {row.number} was begun in {begun} and has not finished.",
            f"Finish it there: --out {begun.parent.parent}.",
        )


def _print(
    session: Session,
    row: WaveRow,
    made: Versions,
    folder: Path,
    progress: Progress | None,
    workers: int,
) -> Job:
    """Print the pieces of the intent as recorded, whoever recorded it."""
    rows = wave_tables.letters(session, row.follow_up, row.number)
    rows = _with_digests(versions.settle_remedies(session, rows, made), made)
    rows = rows.drop_columns(list(versions.OF_VEHICLE))
    rows = rows.append_column("label", versions.label_language(rows, made))
    withdrawn = wave_tables.withdrawn_since(session, row)
    return printing.write(rows, made, folder, withdrawn, progress=progress, workers=workers)


def _record(session: Session, name: str, wave: int, job: Job) -> None:
    """Record what was printed and set aside, every file, and the disclosure to the mail house."""
    files = [
        artifacts.row(job.folder / file, kind, name, sha256=digest)
        for file, (kind, digest) in sorted(job.files.items())
    ]
    with session.transaction():
        pieces.record_printed(session, name, wave, job.manifest, job.exceptions)
        artifacts.record_all(session, files)
        if job.manifest.num_rows:
            artifacts.disclose(
                session, MAIL_HOUSE, "recall", f"letters of wave {wave} of {name}",
                job.manifest["vin"],
            )  # fmt: skip
        pieces.record_wave_accepted(session, name, wave)


def _summary(session: Session, row: WaveRow, intent: Intent, job: Job) -> dict[str, Any]:
    rows = pieces.of_wave(session, row.follow_up, row.number)
    withdrawn = pieces.only(rows, PieceState.WITHDRAWN)
    return {
        "follow_up": row.follow_up,
        "wave": row.number,
        "checked_on": intent.checked_on.isoformat(),
        "resumed": intent.resumed,
        "begun_on": intent.begun_on.isoformat() if intent.begun_on else None,
        "changed_since": dict(intent.changed),
        "planned": rows.num_rows,
        "released": rows.num_rows - withdrawn.num_rows,
        "withdrawn": withdrawn.num_rows,
        "printed": job.manifest.num_rows,
        "exceptions": job.exceptions.num_rows,
        "withdrawn_reasons": counted(withdrawn["reason"]),
        "withdrawn_since": wave_tables.withdrawn_since(session, row).num_rows,
        "languages": counted(job.languages),
        "envelopes": job.envelopes,
        **intent.counts,
        "versions": len(job.manifest["form_digest"].unique()),
        "folder": str(job.folder),
        "manifest": str(job.folder / MANIFEST),
    }


def counted(column: pa.ChunkedArray) -> dict[str, int]:
    """Return how often each value stands in a column, in order of the values."""
    pairs = column.value_counts().to_pylist()
    return {pair["values"]: pair["counts"] for pair in sorted(pairs, key=lambda p: p["values"])}
