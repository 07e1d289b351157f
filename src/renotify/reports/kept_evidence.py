"""The file that shows what was stated of a clock: kept by its SHA-256, and handed out only while it is the same."""

from __future__ import annotations

import hashlib
import os
import re
from datetime import date
from pathlib import Path
from typing import NamedTuple

from renotify.errors import BadInput, UnknownName
from renotify.ledger import artifacts
from renotify.ledger.session import Session

KIND = "evidence"
FOLDER = Path("out") / "evidence"
MOST_BYTES = 20_000_000
LONGEST = 60  # characters kept of a file's own name, its end among them
_MARK = "__"
_PLAIN = re.compile(r"[^A-Za-z0-9.\-]+")


class Evidence(NamedTuple):
    """A kept file: where it lies, its SHA-256, and when it was kept."""

    path: str
    sha256: str
    written_at: str

    @property
    def name(self) -> str:
        """The name that it came with."""
        return Path(self.path).name.rpartition(_MARK)[2]

    @property
    def day(self) -> str:
        """The day that was stated with it."""
        return Path(self.path).name.split(_MARK)[1]


class EvidenceFile(NamedTuple):
    """A file that is to be kept with a statement: where, and its bytes."""

    path: Path
    content: bytes


class Shown(NamedTuple):
    """Who states a day at a desk, and by what it is shown: the name of what stays elsewhere, the file that is kept."""

    by: str = ""
    evidence: str = ""
    file: EvidenceFile | None = None

    @property
    def named(self) -> str:
        """The names of what shows it."""
        return " ".join(filter(None, (self.evidence, self.file.path.name if self.file else "")))


NOT_SHOWN = Shown()


def evidence_file(folder: Path, clock: str, day: date, name: str, content: bytes) -> EvidenceFile:
    """Return the file of a statement with its place below a folder; the same file again has the same place.

    Raises BadInput for an empty file, and for one of more than MOST_BYTES.
    """
    if not content:
        raise BadInput("The file of the evidence is empty.", "Choose the file again.")
    if len(content) > MOST_BYTES:
        raise BadInput(
            f"The file of the evidence has more than {MOST_BYTES // 1_000_000} MB.",
            "Keep it where it is, and type its name.",
        )
    digest = hashlib.sha256(content).hexdigest()
    parts = (_plain(clock), day.isoformat(), digest[:12], _own_name(name))
    return EvidenceFile(folder / FOLDER / _MARK.join(parts), content)


def keep(session: Session, file: EvidenceFile) -> str:
    """Write the file of a statement for its owner alone, record it in the open transaction, and return its SHA-256."""
    path = file.path
    path.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
    part = path.with_name(f"{path.name}.part")
    with os.fdopen(os.open(part, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600), "wb") as out:
        out.write(file.content)
    part.replace(path)
    return artifacts.record(session, path, KIND)


def of_clock(session: Session, clock: str) -> list[Evidence]:
    """Return the files that were kept of a clock, the newest first."""
    return [one for one in _all(session) if Path(one.path).name.split(_MARK)[0] == _plain(clock)]


def of_digest(session: Session, sha256: str) -> Path:
    """Return a kept file by its SHA-256. Raises UnknownName where there is none, or where it is not the file any more that was kept."""
    found = next((one for one in _all(session) if one.sha256 == sha256), None)
    if found is None or not Path(found.path).is_file():
        raise UnknownName("No such evidence is kept here.", "See the files of the clock.")
    if artifacts.digest(Path(found.path)) != sha256:
        raise UnknownName(
            f"{found.name} is not the file any more that was kept.",
            "Tell the people who run the site: somebody changed it.",
        )
    return Path(found.path)


def _all(session: Session) -> list[Evidence]:
    return session.rows(
        Evidence,
        "select path, sha256, cast(written_at as text) as written_at from artifact where kind = :which order by written_at desc, path",
        which=KIND,
    )


def _plain(text: str) -> str:
    return _PLAIN.sub("-", text)


def _own_name(name: str) -> str:
    """Return the name of a file in plain characters; of a long one its end, which says what it is."""
    return _plain(Path(name).name).strip("-.")[-LONGEST:] or "file"
