"""The proof of one piece: what was sent, to whom, when, which text, which page, what evidence."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Any

import pyarrow as pa
import pyarrow.compute as pc

from renotify.errors import NothingToDo, UnknownName
from renotify.ledger import artifacts, pieces, tables
from renotify.ledger.session import Session
from renotify.mailing import wave_tables
from renotify.values.private_in_names import names_only

if TYPE_CHECKING:
    from renotify.letters.version import LetterVersion

PROOFS = "proofs"
ASKED_FOR_PROOF = "holder of a proof of mailing"
ADDRESS = (
    "name1", "name2", "addr1", "addr2", "city", "state", "zip", "zip4", "delivery_point", "source",
)  # fmt: skip
_EVIDENCE = pa.schema(
    [
        ("kind", pa.string()),
        ("file", pa.string()),
        ("sha256", pa.string()),
        ("recorded_at", pa.string()),
        ("row", pa.int64()),
        ("on", pa.date32()),
    ]
)


def accessible(session: Session, piece_id: str, out: Path) -> Path:
    """Write the owner's own copy of a printed letter for web and e-mail: tagged, from the version that was mailed.

    Raises UnknownName for a piece nobody has, NothingToDo for one that was not printed. It is disclosed.
    """
    from renotify.letters.accessible import render_accessible

    found = _found(session, piece_id)
    row = found.to_pylist()[0]
    version = _version(session, row)
    if version is None:
        raise NothingToDo(
            f"The letter of piece {piece_id} was not printed, or its version is gone.",
            "Release its wave first.",
        )
    target = out.absolute() / PROOFS / f"{piece_id}-accessible.pdf"
    target.parent.mkdir(parents=True, exist_ok=True)
    target.write_bytes(
        render_accessible(version, wave_tables.letter(session, piece_id).to_pylist()[0])
    )
    with session.transaction():
        artifacts.record(session, target, "accessible", row["follow_up"])
        artifacts.disclose(
            session, ASKED_FOR_PROOF, "recall", f"accessible copy of piece {piece_id}", found["vin"]
        )
    return target


def _found(session: Session, piece_id: str) -> pa.Table:
    found = pieces.by_id(session, pa.table({"piece_id": [piece_id]}))
    if not found.num_rows:
        raise UnknownName(
            f"There is no piece {piece_id!r}.", "Piece ids stand in the wave's manifest."
        )
    return found


def _folder(session: Session, row: dict[str, Any]) -> Path | None:
    """Return where the print job of a printed piece lies."""
    if not row["file"]:
        return None
    return Path(pieces.wave(session, row["follow_up"], row["wave"]).folder)


def _version(session: Session, row: dict[str, Any]) -> LetterVersion | None:
    """Return the version that a piece was printed from, kept with its wave; None when it is gone."""
    from renotify.letters.version import LetterVersion

    folder = _folder(session, row)
    if folder is None:
        return None
    kept = artifacts.of_follow_up(session, row["follow_up"], "letter_version")
    for path in map(Path, kept["path"].to_pylist()):
        if path.is_relative_to(folder) and path.is_file():
            version = LetterVersion.load(path)
            if version.digest == row["form_digest"]:
                return version
    return None


def proof(
    session: Session, piece_id: str, out: Path | None = None, *, with_address: bool = False
) -> dict[str, Any]:
    """Return all that is known of one piece; with ``out``, its pages too, cut from the batch file.

    The owner is named by role only; ``with_address`` adds name and address, and both this and the
    pages are recorded as a disclosure (18 USC 2721(c)). Pages are cut only from a file whose
    SHA-256 is still the recorded one. Raises UnknownName.
    """
    found = _found(session, piece_id)
    row = found.to_pylist()[0]
    evidence = _evidence(session, row)
    batch = _batch(session, row)
    pages = (
        _cut(session, row, Path(batch["path"]), out)
        if out is not None and batch["intact"]
        else None
    )
    proven = {**_of_row(row), "evidence": evidence, "batch": batch, "pages": pages}
    if with_address:
        proven["address"] = _address(session, row)
    if with_address or pages:
        with session.transaction():
            artifacts.disclose(
                session, ASKED_FOR_PROOF, "recall", f"proof of piece {piece_id}", found["vin"]
            )
    return proven


def picture(session: Session, piece_id: str) -> bytes:
    """Return the first page of a printed letter as PNG, from the file that went to print; it names its owner: whoever asks is logged.

    Raises UnknownName for a piece nobody has, NothingToDo for one that was not printed or whose file is not the recorded one any more.
    """
    from renotify.letters.picture import printed_page

    row = _found(session, piece_id).to_pylist()[0]
    batch = _batch(session, row)
    if not batch["intact"]:
        raise NothingToDo(
            f"There is no picture of piece {piece_id}: its wave is not printed, or its print file is gone or was changed.",
            "renotify verify tells which files are missing.",
        )
    return printed_page(Path(batch["path"]), row["first_page"])


def _of_row(row: dict[str, Any]) -> dict[str, Any]:
    """Return what the piece's own row says, without anything that names a person."""
    names = (
        "piece_id", "vin", "follow_up", "wave", "family", "role", "language", "state", "reason",
        "form_digest", "imb", "file", "first_page", "sequence", "return_code",
    )  # fmt: skip
    days = ("owner_as_of", "mailed_on", "returned_on")
    return {
        **{name: row[name] for name in names},
        **{name: row[name].isoformat() if row[name] else None for name in days},
        "campaigns": row["bundle"].split("+"),
    }


def _evidence(session: Session, row: dict[str, Any]) -> list[dict[str, Any]]:
    """Return who said that it was mailed or came back: file, its SHA-256, row and instant."""
    at = "s.recorded_at" if session.sqlite else "cast(s.recorded_at at time zone 'utc' as text)"
    found = session.read(
        f"select e.kind, s.name as file, s.sha256, {at} as recorded_at, min(e.source_row) as row,"
        ' e.occurred_on as "on" from event e join source s on s.id = e.source_id'
        " where e.vin = :vin and e.subject like :subject group by 1, 2, 3, 4, 6 order by 4, 1",
        _EVIDENCE,
        vin=row["vin"],
        subject=f"%|{row['piece_id']}|%",
    )
    return [{**entry, "on": entry["on"].isoformat()} for entry in found.to_pylist()]


def _batch(session: Session, row: dict[str, Any]) -> dict[str, Any]:
    """Return the piece's batch file: where, its recorded SHA-256, whether it is still the same."""
    folder = _folder(session, row)
    if folder is None:
        return {"path": None, "sha256": None, "intact": False}
    path = folder / row["file"]
    known = artifacts.of_follow_up(session, row["follow_up"], "letters")
    recorded = known.filter(pc.equal(known["path"], str(path)))["sha256"].to_pylist()
    intact = path.is_file() and [artifacts.digest(path)] == recorded
    return {"path": str(path), "sha256": recorded[0] if recorded else None, "intact": intact}


def _cut(session: Session, row: dict[str, Any], batch: Path, out: Path) -> str:
    """Copy the piece's pages out of its batch file, a blank back too; every letter of a file has as many."""
    import pikepdf

    together = pieces.only(
        pieces.of_wave(session, row["follow_up"], row["wave"]), *pieces.PRINTED_ONCE
    )
    letters = together.filter(pc.equal(together["file"], row["file"])).num_rows
    target = out.absolute() / PROOFS / f"{row['piece_id']}.pdf"
    target.parent.mkdir(parents=True, exist_ok=True)
    with pikepdf.open(batch) as whole, pikepdf.new() as cut:
        each = len(whole.pages) // letters
        first = row["first_page"] - 1
        cut.pages.extend(whole.pages[first : first + each])
        cut.save(target, deterministic_id=True)
    with session.transaction():
        artifacts.record(session, target, "proof", row["follow_up"])
    return str(target)


def _address(session: Session, row: dict[str, Any]) -> dict[str, str]:
    owner = tables.read(
        session, "owner", *ADDRESS, where="vin = :vin and role = :role and as_of = :as_of",
        vin=row["vin"], role=row["role"], as_of=row["owner_as_of"],
    )  # fmt: skip
    return dict(names_only(owner).to_pylist()[0]) if owner.num_rows else {}
