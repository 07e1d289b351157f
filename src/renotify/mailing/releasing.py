"""The release of a wave: check every vehicle again, write the intent, print, record.

The intent is written in one durable transaction before anything is printed; printing is a
function of the intent and may be repeated; what was printed is recorded once. So a process killed
at any instant leaves a wave that the next release of it finishes: no piece twice, none skipped. That one asks every vehicle
again first: days may have passed.
What happens behind the mail house's door is not exactly-once: it is reconciled (``reconcile``).
"""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from datetime import date, timedelta
from pathlib import Path
from typing import Any, NamedTuple

import pyarrow as pa
import pyarrow.compute as pc

from renotify.campaigns.follow_up_settings import FollowUpSettings
from renotify.errors import AlreadyDone, BadInput, NothingToDo, Refused
from renotify.ledger import artifacts, follow_ups, letters_again, pieces
from renotify.ledger.kinds import PieceState
from renotify.ledger.pieces import WaveRow
from renotify.ledger.session import Session
from renotify.mailing import (
    accepted_words,
    asking_again,
    barcodes,
    changed_since,
    early_letters,
    mail_days,
    preclearance,
    printing,
    readiness,
    versions,
    void_jobs,
    wave_tables,
)
from renotify.mailing.approving import unapproved
from renotify.mailing.barcodes import Tracking
from renotify.mailing.changed_since import CHANGED, TextChange
from renotify.mailing.job_folder import MANIFEST
from renotify.mailing.mail_house_places import beyond_the_mail_house
from renotify.mailing.printing import Job
from renotify.mailing.readiness import Gate, Passed
from renotify.mailing.unread_sentences import Unread
from renotify.mailing.versions import Versions
from renotify.values.english import counted
from renotify.values.progress_callback import Progress
from renotify.values.worker_pool import Workers

MAIL_HOUSE = "mail house"
LONGEST_PATH = 170  # an artifact's path has 255 characters, a batch file's name below 75


@dataclass(frozen=True)
class Intent:
    """A wave's release as recorded: the day of its check, and whether an earlier run wrote it.

    ``changed`` (piece_id, vin, change) names what a resumed release found otherwise than the run that began it, ``texts`` the letter
    versions that say something else, ``drafts`` what a person must know of letters and envelopes that are not those on file at NHTSA.
    """

    checked_on: date
    resumed: bool
    counts: dict[str, int]
    changed: pa.Table = field(default_factory=CHANGED.empty_table)
    texts: list[TextChange] = field(default_factory=list)
    drafts: list[str] = field(default_factory=list)


class Printers(NamedTuple):
    """How a wave is printed: many versions or letters by so many ``workers``, and who is told how far it is."""

    progress: Progress | None = None
    workers: int = 1


ONE_PRINTER = Printers()


class Stated(NamedTuple):
    """What a person states of a release: the day on which letter and envelope were ``cleared`` with NHTSA, and what ``gate`` asks.

    Without a gate nothing is asked of readiness: whoever calls has asked.
    """

    cleared: date | None = None
    gate: Gate | None = None


NOTHING_STATED = Stated()


class _Given(NamedTuple):
    """What is kept with an intent: the day of submission, what readiness came to, and the folder."""

    cleared: date | None
    passed: Passed
    folder: Path


def release(
    session: Session,
    name: str,
    wave: int,
    *,
    on: date,
    out: Path,
    printers: Printers = ONE_PRINTER,
    stated: Stated = NOTHING_STATED,
) -> dict[str, Any]:
    """Release a wave on a day: withdraw who needs no letter, print the rest, return what was done.

    Refused before the first lawful day (notice date + days after notice; memo, section 2), before
    the wave's Monday, before the day of a remedy that its letters wait for, and while another
    process releases it, and where NHTSA should have had letter and envelope (``preclearance``); AlreadyDone once it was printed;
    LetterRefused when one version fails the checks, or has to be signed by a person and nobody
    signed it (``unread_sentences``), with nothing written. A release that was killed
    is resumed: all its pieces are asked again, those that it withdrew too, and what has changed since is named (``changed``, and of the
    letters' texts ``texts_changed``).
    What is ``stated`` is kept with the intent, and a release that is refused keeps nothing: the day on which letter and envelope were
    submitted to NHTSA, and who lets a wave go that is not ready (``readiness``), which is asked when a release begins.
    """
    settings = follow_ups.settings(session, name, on)
    with pieces.claim(session, name, wave), Workers(printers.workers) as workers:
        void_jobs.finish(session, name)
        row = pieces.wave(session, name, wave)
        folder = printing.folder_of(out, name, wave)
        _refuse(settings, row, folder, on)
        _refuse_elsewhere(row, folder)
        warnings = [
            *_which(session, row),
            *preclearance.check(session, settings, on, stated.cleared),
        ]
        asks = stated.gate is not None and not row.released
        passed = (
            stated.gate.passed(session, settings, row, on) if asks and stated.gate else Passed()
        )
        given = _Given(stated.cleared, passed, folder)
        intent, made = _intend(session, settings, row, on, given, workers)
        warnings += intent.drafts
        job = _print(session, settings, row, made, folder, printers.progress, workers)
        _record(session, name, wave, job, on)
        warnings += accepted_words.in_versions(made)
        warnings += beyond_the_mail_house(session, settings, on) + mail_days.at_once(
            job.manifest, made
        )
        return {
            **_summary(session, name, wave, intent, job),
            "unapproved": unapproved(session, made),
            "not_ready": list(passed.told),
            "anyway": passed.decision.reason if passed.decision else "",
            "warnings": warnings,
        }


def _which(session: Session, row: WaveRow) -> list[str]:
    """Say of a wave of letters sent again that it is one: a plan's own wave of the same week has another number."""
    found = letters_again.of_waves(session, row.follow_up).get(row.number)
    if found is None:
        return []
    wave, pieces_again = (
        f"Wave {row.number}, of the week of {row.week},",
        counted(found.again, "piece"),
    )
    if found.again < found.pieces:
        return [f"{wave} has letters sent again among its own: {pieces_again} of {found.pieces:,}."]
    return [f"{wave} is of letters sent again: {pieces_again}."]


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
        return
    lawful = settings.notice_date + timedelta(days=settings.days_after_notice)
    if on < lawful:
        raise Refused(
            f"No letter may be mailed before {lawful}: the notice is of {settings.notice_date} and"
            f" letters follow {counted(settings.days_after_notice, 'day')} later; today is {on}.",
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
    on: date,
    given: _Given,
    workers: Workers,
) -> tuple[Intent, Versions]:
    """Decide about every piece and record it; versions and envelopes found missing are made and checked in between.

    The transaction that finds all of them made is the one that records, so that nothing
    can happen between the check and the intent. A release that did not finish is asked again in the same way: days may have
    passed, and what was repaired in between gets no letter.
    """
    tracking = barcodes.tracking_of(settings)
    made = _versions(session, settings, on)
    unread = Unread(session, made, all_signed=settings.ready.all_signed)
    while True:
        with session.transaction():
            pieces.hold_still(session)
            planned = _pieces(session, row)
            decided = versions.settle_remedies(session, _decided(session, row, planned, on), made)
            early_letters.refuse(settings, row, _released(decided), made, on)
            released = _released(decided)
            missing = versions.wanted(released) - made.compiled.keys()
            undrawn = made.streams(released, "owner_state") - made.fronts.keys()
            if not (missing or undrawn):
                unread.refuse(row.follow_up, versions.wanted(released))
                rows = intended(
                    session, versions.with_digests(decided, made), planned, tracking, on
                )
                drafts = preclearance.drafts_of(made, released)
                told = preclearance.check_drafts(session, settings, drafts, given.cleared)
                if row.released:
                    pieces.intend_anew(session, rows)
                else:
                    pieces.intend(session, row.follow_up, row.number, rows, str(given.folder))
                    readiness.keep(session, row, given.passed, on)
                preclearance.keep(session, row.follow_up, given.cleared, drafts)
                break
        made.compile(missing, workers)
        unread.look(missing)
        made.draw(undrawn)
    intent = _intent(session, row, decided, planned, on)
    if intent.resumed:
        texts = changed_since.of_texts(session, row, decided, planned, made, workers)
        intent = replace(intent, texts=texts)
    return replace(intent, drafts=told), made


def _intent(
    session: Session, row: WaveRow, decided: pa.Table, before: pa.Table, on: date
) -> Intent:
    if not row.released:
        return Intent(on, resumed=False, counts=_counts(decided))
    changed = changed_since.of_pieces(session, decided, before)
    return Intent(on, resumed=True, counts=_counts(decided), changed=changed)


def _versions(session: Session, settings: FollowUpSettings, mail_date: date) -> Versions:
    return versions.of_follow_up(session, settings, mail_date=mail_date)


def _pieces(session: Session, row: WaveRow) -> pa.Table:
    """Return the pieces to decide about: those of the plan, or all that a run which did not finish had decided about."""
    if row.released:
        return wave_tables.begun(session, row.follow_up, row.number)
    planned = wave_tables.planned(session, row.follow_up, row.number)
    if not planned.num_rows:
        raise NothingToDo(
            f"Wave {row.number} of {row.follow_up!r} has no pieces to release.",
            f"Plan it again: renotify plan {row.follow_up}.",
        )
    return planned


def _decided(session: Session, row: WaveRow, planned: pa.Table, on: date) -> pa.Table:
    return asking_again.decide(session, row.follow_up, row.number, planned, on, before_print=True)


def _released(decided: pa.Table) -> pa.Table:
    return pieces.only(decided, PieceState.RELEASED)


def _counts(decided: pa.Table) -> dict[str, int]:
    names = ("rebundled", "readdressed", "added")
    return {name: int(pc.sum(decided[name], min_count=0).as_py()) for name in names}


def intended(
    session: Session, decided: pa.Table, before: pa.Table, tracking: Tracking, on: date
) -> pa.Table:
    """Return who gets a letter and who does not, each with its barcode (``pieces.INTENT``).

    A piece of ``before`` that had a barcode (``imb``, where the column is there) keeps its tracking digits: serials are counted by
    the pieces that have one.
    """
    decided = _with_own_barcodes(decided, before)
    released = _released(decided)
    payloads = barcodes.kept_or_new(
        released,
        tracking=tracking,
        first_serial=pieces.next_serial(session),
        in_use=pieces.barcodes_since(session, on - barcodes.UNIQUE),
    )
    withdrawn = pieces.only(decided, PieceState.WITHDRAWN)
    blank = pa.array([""] * withdrawn.num_rows, pa.string())
    parts = (
        _with(released, "imb", payloads),
        _with(withdrawn, "form_digest", blank),  # its barcode stays: the number is used
    )
    return pa.concat_tables(
        [part.select(pieces.INTENT.names).cast(pieces.INTENT) for part in parts]
    )


def _with_own_barcodes(decided: pa.Table, before: pa.Table) -> pa.Table:
    """Append the barcode that each piece has already, blank where it has none."""
    if "imb" not in before.column_names:
        return decided.append_column("imb", pa.array([""] * decided.num_rows, pa.string()))
    places = pc.index_in(decided["piece_id"], before["piece_id"].combine_chunks())
    own = pc.fill_null(before["imb"].combine_chunks().take(places), "")
    return decided.append_column("imb", own)


def _with(rows: pa.Table, name: str, column: pa.Array | pa.ChunkedArray) -> pa.Table:
    return rows.set_column(rows.column_names.index(name), name, column)


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
    settings: FollowUpSettings,
    row: WaveRow,
    made: Versions,
    folder: Path,
    progress: Progress | None,
    workers: Workers,
) -> Job:
    """Print the pieces of the intent as recorded, whoever recorded it."""
    rows = wave_tables.letters(session, row.follow_up, row.number)
    rows = versions.with_digests(versions.settle_remedies(session, rows, made), made)
    rows = mail_days.with_days(session, rows, made).drop_columns(list(versions.OF_VEHICLE))
    rows = rows.append_column("label", versions.label_language(rows, made))
    made.draw(made.streams(rows, "state"))  # a release that is resumed has drawn none
    asks = barcodes.asked_of_the_post(settings)
    withdrawn = wave_tables.withdrawn_since(session, row.follow_up, row.number)
    return printing.write(
        rows,
        made,
        folder,
        asks=asks,
        withdrawn=withdrawn,
        progress=progress,
        workers=workers,
    )


def _record(session: Session, name: str, wave: int, job: Job, on: date) -> None:
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
                job.manifest["vin"], on,
            )  # fmt: skip
        pieces.record_wave_accepted(session, name, wave)


def _interim(session: Session, name: str, printed: pa.Table) -> int:
    """Return how many printed pieces are interim notices by the plan."""
    if not wave_tables.interim(session, name).num_rows:
        return 0
    asked = versions.of_plan(session, pieces.by_id(session, printed), name)["interim"]
    return int(pc.sum(pc.not_equal(asked, ""), min_count=0).as_py())


def _summary(session: Session, name: str, wave: int, intent: Intent, job: Job) -> dict[str, Any]:
    planned, withdrawn_reasons = wave_tables.stands(session, name, wave)
    withdrawn = sum(withdrawn_reasons.values())
    return {
        "follow_up": name,
        "wave": wave,
        "checked_on": intent.checked_on.isoformat(),
        "resumed": intent.resumed,
        "planned": planned,
        "released": planned - withdrawn,
        "withdrawn": withdrawn,
        "printed": job.manifest.num_rows,
        "exceptions": job.exceptions.num_rows,
        "mended": wave_tables.counted(job.changes["reason"]),
        "withdrawn_reasons": withdrawn_reasons,
        "languages": wave_tables.counted(job.languages),
        "envelopes": job.envelopes,
        **intent.counts,
        "changed": intent.changed.to_pylist(),
        "texts_changed": [one.columns() for one in intent.texts],
        "withdrawn_since": wave_tables.withdrawn_since(session, name, wave).num_rows,
        "interim": _interim(session, name, job.manifest),
        **mail_days.by_arm(job.manifest),
        "versions": len(job.manifest["form_digest"].unique()),
        "folder": str(job.folder),
        "manifest": str(job.folder / MANIFEST),
    }
