"""The files of editions that went: kept beside the notices when these are written again, so that the proof has what was sent."""

from __future__ import annotations

import shutil
from collections.abc import Sequence
from pathlib import Path
from typing import NamedTuple

import pyarrow as pa

from renotify.ledger import artifacts
from renotify.ledger.notice_editions import LAST_GONE, Edition, editions
from renotify.ledger.session import Session

FOLDER = "sent"
KIND = "notice_sent"
_FILES = pa.schema(
    [("audience", pa.string()), ("code", pa.string()), ("edition", pa.int64()), ("file", pa.string())]
)  # fmt: skip


class SentFile(NamedTuple):
    """An edition that went, and the copy of its file that was made before the next one is written over it."""

    edition: Edition
    copy: Path


def kept(session: Session, name: str, files: Sequence[Path]) -> list[SentFile]:
    """Copy the files of editions that went where they are about to be written over, and return the copies; another file is none."""
    over = {str(path.absolute()) for path in files}
    found = []
    for one in editions(session, name, LAST_GONE):
        path = Path(one.file)
        if one.file in over and path.exists() and artifacts.digest(path) == one.sha256:
            copy = path.parent / FOLDER / f"{path.stem}-edition-{one.edition}{path.suffix}"
            copy.parent.mkdir(exist_ok=True)
            shutil.copyfile(path, copy)
            found.append(SentFile(one, copy))
    return found


def needed(copies: Sequence[SentFile]) -> list[SentFile]:
    """Remove the copies of files that came out the same, and return the others."""
    other = []
    for one in copies:
        if artifacts.digest(Path(one.edition.file)) == one.edition.sha256:
            one.copy.unlink()
        else:
            other.append(one)
    for folder in {one.copy.parent for one in copies}:
        if not any(folder.iterdir()):
            folder.rmdir()
    return other


def record(session: Session, name: str, copies: Sequence[SentFile]) -> None:
    """Name in the open transaction the copies as the files of their editions."""
    rows = [
        {"audience": one.edition.audience, "code": one.edition.code, "edition": one.edition.edition,
         "file": str(one.copy.absolute())}
        for one in copies
    ]  # fmt: skip
    session.stage("notice_kept", pa.Table.from_pylist(rows, _FILES))
    session.execute(
        "update notice set file = k.file from notice_kept k where notice.follow_up = :name"
        " and notice.audience = k.audience and notice.code = k.code and notice.edition = k.edition",
        name=name,
    )
    artifacts.record_all(
        session,
        [artifacts.row(one.copy, KIND, name, sha256=one.edition.sha256) for one in copies],
    )
