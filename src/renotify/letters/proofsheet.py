"""What people look at before they sign: one letter with three sets of values, its slots drawn; the envelope's front.

Real: the first row. Longest: the longest value of each column among the rows. Worst: every slot
filled to its edge. Outlines show the slots, the window at its extremes and the clear zones.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from io import BytesIO
from pathlib import Path

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
import pypdfium2

from renotify.errors import LetterRefused, NothingToDo
from renotify.letters import faces
from renotify.letters.batch_pdf import BatchFile
from renotify.letters.fields import ADDRESS, COLUMNS, prepare
from renotify.letters.mending import LINES
from renotify.letters.profile import Box
from renotify.letters.specimen import SPECIMEN
from renotify.letters.version import LetterVersion, Slot

VALUE_SETS = ("real", "longest", "worst")
_TEXT = [n for n in COLUMNS if n not in {"vin", "state", "zip", "zip4", "delivery_point"}]
_FREE = [n for n in _TEXT if n not in {"piece_id", "imb_payload"}]


@dataclass(frozen=True)
class Proof:
    """The proof's files: one PDF, and a picture of each page with each set of values."""

    pdf: Path
    pictures: tuple[Path, ...]


def longest(rows: pa.Table) -> dict[str, str]:
    """Return the first row with the longest value of each free text column put in."""
    first = {name: str(rows[name][0].as_py() or "") for name in rows.column_names}
    for name in _FREE:
        if name in rows.column_names:
            column = pc.fill_null(rows[name].cast(pa.string()), "")
            lengths = np.asarray(pc.utf8_length(column).to_numpy())
            first[name] = str(column[int(lengths.argmax())].as_py())
    return first


def _widest(width: float, size: float, face: int) -> str:
    """Return as many W as a slot holds, and then what narrower letters still fit."""
    table, room, text = faces.advances(faces.FACES[face]), width * 1000 / size, ""
    for letter in "WMOEI1":
        count = int(room // int(table[ord(letter)]))
        text += letter * count
        room -= count * int(table[ord(letter)])
    return text


def _narrowest(version: LetterVersion, name: str) -> Slot | None:
    own = LINES[0] if name in ADDRESS else name
    slots = [slot for slot in version.slots if slot.name == own]
    return min(slots, key=lambda slot: slot.width / slot.size, default=None)


def worst(version: LetterVersion) -> dict[str, str]:
    """Return a row whose texts reach the edge of their slots."""
    row = dict(SPECIMEN)
    for name in ("name1", "name2", "addr1", "addr2", *_FREE):
        slot = _narrowest(version, name)
        if slot and name != "city":
            row[name] = _widest(slot.width, slot.size, slot.face)
    line = _narrowest(version, "last_line")
    if line:
        tail = sum(int(faces.advances(faces.FACES[line.face])[ord(c)]) for c in " DC 00000-0000")
        row["city"] = _widest(line.width - tail * line.size / 1000, line.size, line.face)
    return row


def _marks(version: LetterVersion) -> dict[int, tuple[Box, ...]]:
    profile = version.profile
    marks: dict[int, tuple[Box, ...]] = {}
    for page in range(1, version.page_count + 1):
        boxes = [
            slot.type_box for slot in version.slots if slot.page == page and slot.name != "imb"
        ]
        boxes += [zone.box for zone in profile.clear_zones if zone.every_page or page == 1]
        if page == 1:
            boxes += [profile.seen, profile.always_seen]
        marks[page] = tuple(boxes)
    return marks


def _table(rows: list[Mapping[str, str]]) -> pa.Table:
    return pa.table({name: [row.get(name, "") for row in rows] for name in COLUMNS})


def proof(version: LetterVersion, rows: pa.Table, out_dir: Path, *, stem: str = "proof") -> Proof:
    """Write the proof of a version as PDF and PNG; NothingToDo without rows.

    LetterRefused names the field when a real or longest value does not fit; the run would list such
    pieces as exceptions.
    """
    if not rows.num_rows:
        raise NothingToDo("A proof needs at least one row.", "Give a few real rows.")
    first = {name: str(rows[name][0].as_py() or "") for name in rows.column_names}
    letters = prepare(version, _table([first, longest(rows), worst(version)]))
    if letters.exceptions.num_rows:
        reason = letters.exceptions["reason"][0].as_py()
        raise LetterRefused(f"The proof cannot be made: {reason}.", "Look at the exceptions.")
    target = BytesIO()
    batch = BatchFile(version, target, marks=_marks(version))
    batch.add(letters)
    batch.close()
    out_dir.mkdir(parents=True, exist_ok=True)
    pdf = out_dir / f"{stem}-{version.short_digest}.pdf"
    pdf.write_bytes(target.getvalue())
    return Proof(pdf, _pictures(version, target.getvalue(), out_dir, stem))


def front(body: bytes, out_dir: Path, *, stem: str) -> Proof:
    """Write an envelope's front as PDF and PNG, as the print house and NHTSA are shown it (577.5(a))."""
    out_dir.mkdir(parents=True, exist_ok=True)
    pdf, picture = out_dir / f"{stem}.pdf", out_dir / f"{stem}.png"
    pdf.write_bytes(body)
    document = pypdfium2.PdfDocument(body)
    try:
        document[0].render(scale=110 / 72).to_pil().save(picture)
    finally:
        document.close()
    return Proof(pdf, (picture,))


def _pictures(version: LetterVersion, body: bytes, out_dir: Path, stem: str) -> tuple[Path, ...]:
    document = pypdfium2.PdfDocument(body)
    paths = []
    try:
        for number, page in enumerate(document):
            letter, place = divmod(number, version.pages_in_file)
            if place >= version.page_count:  # a blank back
                continue
            path = out_dir / f"{stem}-{VALUE_SETS[letter]}-{place + 1}.png"
            page.render(scale=110 / 72).to_pil().save(path)
            paths.append(path)
    finally:
        document.close()
    return tuple(paths)
