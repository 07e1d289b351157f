"""The snapshot that is answered from: another one takes its place when its signature holds, without a restart."""

from __future__ import annotations

import logging
import threading
from pathlib import Path
from typing import TYPE_CHECKING

from renotify.errors import RenotifyError
from renotify.publish.lookup_snapshot import LookupSnapshot

if TYPE_CHECKING:
    from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PublicKey

LOG = logging.getLogger("renotify.look-up")
EVERY = 1.0  # seconds between two looks at the file
Mark = tuple[int, int, int]


class LiveSnapshot:
    """``current`` is the newest snapshot that could be opened; ``refused`` says why a newer file was not taken, blank when all is well.

    Raises BadInput where the first one cannot be opened.
    """

    def __init__(self, file: Path, key: Ed25519PublicKey) -> None:
        self._file, self._key = file, key
        self._seen = self._mark()
        self.current = LookupSnapshot(file, key)
        self.refused = ""
        self.damaged = False

    def watch(self) -> None:
        """Look at the file every second from now on, in a thread of its own that ends with the process."""
        threading.Thread(target=self._watch, name="snapshot", daemon=True).start()

    def look(self) -> bool:
        """Take a file that was put in the place of the one in use, where it is whole, signed and not older; tell whether it was taken."""
        mark = self._mark()
        if mark == self._seen:
            return False
        self._seen = mark
        try:
            newer = LookupSnapshot(self._file, self._key)
        except RenotifyError as error:
            return self._refuse(error.message)
        before, after = self.current.content.updated, newer.content.updated
        if after < before:
            return self._refuse(f"{self._file} is of {after}, and that of {before} is in use.")
        self.current, self.refused, self.damaged = newer, "", False
        LOG.warning("Answers are of %s from now on: %s.", after, self._file)
        return True

    def report_damage(self, message: str) -> None:
        """Keep that the file in use is not what was signed, until another takes its place."""
        if not self.damaged:
            LOG.error("No answer can be given: %s", message)
        self.damaged = True

    def _refuse(self, why: str) -> bool:
        self.refused = why
        LOG.error("Not taken, the snapshot before stays: %s", why)
        return False

    def _mark(self) -> Mark | None:
        try:
            found = self._file.stat()
        except OSError:
            return None
        return found.st_mtime_ns, found.st_size, found.st_ino

    def _watch(self) -> None:
        pause = threading.Event()
        while not pause.wait(EVERY):
            try:
                self.look()
            except Exception:  # whatever it was, the next file may be well
                LOG.exception("The snapshot's file could not be looked at.")
