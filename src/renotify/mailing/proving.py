"""The proof of one piece: what was sent, to whom, when, which text, which page, what evidence."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pyarrow as pa
import pyarrow.compute as pc

from renotify.errors import NothingToDo, UnknownName
from renotify.ledger import artifacts, pieces, tables
from renotify.ledger.bulk import Bulk, bulk
from renotify.mailing import wave_tables
from renotify.mailing.job_folder import job_folder

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


def accessible(piece_id: str, out: Path) -> Path:
    """Write the owner's own copy of a printed letter for web and e-mail: tagged, from the version that was mailed.

    Raises UnknownName for a piece nobody has, NothingToDo for one that was not printed. It is disclosed.
    """
    from renotify.letters.accessible import render_accessible
    from renotify.letters.version import LetterVersion

    with bulk() as using:
        found = pieces.by_id(pa.table({"piece_id": [piece_id]}), using=using)
        carried = wave_tables.letter(using, piece_id)
    if not found.num_rows:
        raise UnknownName(
            f"There is no piece {piece_id!r}.", "Piece ids stand in the wave's manifest."
        )
    row = found.to_pylist()[0]
    batch = _batch(row)["path"]
    saved = Path(batch).with_name(f"{Path(batch).stem.rpartition('-')[0]}.form") if batch else None
    if saved is None or not saved.exists():
        raise NothingToDo(
            f"The letter of piece {piece_id} was not printed, or its version is gone.",
            "Release its wave first.",
        )
    target = out.absolute() / PROOFS / f"{piece_id}-accessible.pdf"
    target.parent.mkdir(parents=True, exist_ok=True)
    target.write_bytes(render_accessible(LetterVersion.load(saved), carried.to_pylist()[0]))
    artifacts.record(target, "accessible", row["follow_up"])
    artifacts.disclose(
        ASKED_FOR_PROOF, "recall", f"accessible copy of piece {piece_id}", found["vin"]
    )
    return target


def proof(piece_id: str, out: Path | None = None, *, with_address: bool = False) -> dict[str, Any]:
    """Return all that is known of one piece; with ``out``, its pages too, cut from the batch file.

    The owner is named by role only; ``with_address`` adds name and address, and both this and the
    pages are recorded as a disclosure (18 USC 2721(c)). Pages are cut only from a file whose
    SHA-256 is still the recorded one. Raises UnknownName.
    """
    with bulk() as using:
        found = pieces.by_id(pa.table({"piece_id": [piece_id]}), using=using)
        if not found.num_rows:
            raise UnknownName(
                f"There is no piece {piece_id!r}.", "Piece ids stand in the wave's manifest."
            )
        row = found.to_pylist()[0]
        evidence = _evidence(using, row)
    batch = _batch(row)
    pages = _cut(row, Path(batch["path"]), out) if out is not None and batch["intact"] else None
    proven = {**_of_row(row), "evidence": evidence, "batch": batch, "pages": pages}
    if with_address:
        proven["address"] = _address(row)
    if with_address or pages:
        artifacts.disclose(ASKED_FOR_PROOF, "recall", f"proof of piece {piece_id}", found["vin"])
    return proven


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


def _evidence(using: Bulk, row: dict[str, Any]) -> list[dict[str, Any]]:
    """Return who said that it was mailed or came back: file, its SHA-256, row and instant."""
    at = "s.recorded_at" if using.sqlite else "cast(s.recorded_at at time zone 'utc' as text)"
    found = using.read(
        f"select e.kind, s.name as file, s.sha256, {at} as recorded_at, min(e.source_row) as row,"
        ' e.occurred_on as "on" from event e join source s on s.id = e.source_id'
        " where e.vin = :vin and e.subject like :subject group by 1, 2, 3, 4, 6 order by 4, 1",
        _EVIDENCE,
        vin=row["vin"],
        subject=f"%|{row['piece_id']}|%",
    )
    return [{**entry, "on": entry["on"].isoformat()} for entry in found.to_pylist()]


def _batch(row: dict[str, Any]) -> dict[str, Any]:
    """Return the piece's batch file: where, its recorded SHA-256, whether it is still the same."""
    folder = job_folder(row["follow_up"], row["wave"]) if row["file"] else None
    if folder is None:
        return {"path": None, "sha256": None, "intact": False}
    path = folder / row["file"]
    known = artifacts.of_follow_up(row["follow_up"], "letters")
    recorded = known.filter(pc.equal(known["path"], str(path)))["sha256"].to_pylist()
    intact = path.is_file() and [artifacts.digest(path)] == recorded
    return {"path": str(path), "sha256": recorded[0] if recorded else None, "intact": intact}


def _cut(row: dict[str, Any], batch: Path, out: Path) -> str:
    """Copy the piece's pages out of its batch file; every letter of a file has as many pages."""
    import pikepdf

    together = pieces.only(pieces.of_wave(row["follow_up"], row["wave"]), *pieces.PRINTED_ONCE)
    letters = together.filter(pc.equal(together["file"], row["file"])).num_rows
    target = out.absolute() / PROOFS / f"{row['piece_id']}.pdf"
    target.parent.mkdir(parents=True, exist_ok=True)
    with pikepdf.open(batch) as whole, pikepdf.new() as cut:
        each = len(whole.pages) // letters
        first = row["first_page"] - 1
        cut.pages.extend(whole.pages[first : first + each])
        cut.save(target, deterministic_id=True)
    artifacts.record(target, "proof", row["follow_up"])
    return str(target)


def _address(row: dict[str, Any]) -> dict[str, str]:
    owner = tables.read(
        "owner", *ADDRESS, where="vin = :vin and role = :role and as_of = :as_of",
        vin=row["vin"], role=row["role"], as_of=row["owner_as_of"],
    )  # fmt: skip
    return dict(owner.to_pylist()[0]) if owner.num_rows else {}
