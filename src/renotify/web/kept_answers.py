"""Answers kept between requests, by all processes of the site and its workers: heavy questions of the same rows about the same day.

An answer is one file of Django's own file cache (CACHES["kept"], private to the user): of a name, what it is about, the scope, the day,
and the code that made it. Within it stand the ledger's **edition** that it is of, and when it was counted:

* ``kept`` gives an answer of the ledger's edition of now, and asks where there is none: what a decision is taken on.
* ``last_kept`` gives the last answer, whatever its edition, with its time: what a page may show, saying so (``long_pages``).

The edition is the newest source (a file loaded, a command that writes, a typed row) with the newest of what is no source: waves
released, printed or accepted, files written, notices sent and acknowledged, drafts, letters approved.
"""

from __future__ import annotations

import fcntl
import hashlib
import logging
import os
import time
from collections.abc import Callable, Hashable, Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from datetime import datetime
from functools import cache
from pathlib import Path
from typing import Any, Generic, TypeVar

from django.conf import settings
from django.core.cache import caches

import renotify
from renotify.web.door.visit import Visit

Answer = TypeVar("Answer")
CACHE = "kept"
CODE = (".py", ".sql", ".toml", ".npz")  # files of the package that say what an answer is
_NEWEST = (
    "(select max(id) from source)",
    "(select max(released_at) from wave)",
    "(select max(rendered_at) from wave)",
    "(select max(accepted_at) from wave)",
    "(select count(released_at) from wave)",
    "(select max(written_at) from artifact)",
    "(select count(*) from notice where acknowledged_at <> '')",
    "(select max(sent_on) from notice)",
    "(select count(sent_on) from notice)",
    "(select count(*) from draft_plan)",
    "(select max(approved_at) from approval)",
)
_EDITION = "select " + " || ' ' || ".join(f"coalesce(cast({one} as text), '')" for one in _NEWEST)
log = logging.getLogger(__name__)


@dataclass(frozen=True)
class Kept(Generic[Answer]):
    """An answer, the edition of the ledger that it is of, and when it was counted (the clock of the machine)."""

    answer: Answer
    edition: str
    at: datetime


def kept(visit: Visit, name: str, ask: Callable[[], Answer], *about: Hashable) -> Answer:
    """Return the answer of now: what ``ask`` says, asked once for a name, what it is ``about``, scope, day and edition.

    An answer must not name an owner: it is shown to whoever has the same scope. Of two who ask at once, in whatever process, one asks.
    """
    key = _key(visit, name, about)
    now = edition(visit)
    found = _read(key)
    if found is None or found.edition != now:
        with asked_once(key):
            found = _read(key)
            if found is None or found.edition != now:
                found = Kept(ask(), now, datetime.now().astimezone())
                caches[CACHE].set(key, found)
    answer: Answer = found.answer
    return answer


def last_kept(visit: Visit, name: str, *about: Hashable) -> Kept[Any] | None:
    """Return the last answer there is, of whatever edition; None: nobody asked yet today."""
    return _read(_key(visit, name, about))


def is_kept(visit: Visit, name: str, *about: Hashable) -> bool:
    """Tell whether the answer of now is there already."""
    found = last_kept(visit, name, *about)
    return found is not None and found.edition == edition(visit)


def edition(visit: Visit) -> str:
    """Return what the snapshot of the request is an edition of: the same text, the same ledger."""
    return str(visit.ledger.scalar(_EDITION))


@cache
def of_this_code() -> str:
    """Return a digest of the code that is running: what another version kept is not read."""
    said = hashlib.sha256()
    package = Path(renotify.__file__).parent
    for file in sorted(package.rglob("*")):
        if file.suffix in CODE:
            said.update(str(file.relative_to(package)).encode() + b"\0" + file.read_bytes())
    return said.hexdigest()


def _key(visit: Visit, name: str, about: tuple[Hashable, ...]) -> str:
    """Return the key of an answer: its scope and day are of it, so that nobody is shown another's."""
    scope = (visit.scope.area, visit.scope.dealer)
    said = repr((of_this_code(), visit.ledger.store.url, scope, visit.on, name, about))
    return hashlib.sha256(said.encode()).hexdigest()


def _read(key: str) -> Kept[Any] | None:
    """Return what is kept under a key; what cannot be read counts as nothing, and is counted anew."""
    try:
        found = caches[CACHE].get(key)
    except Exception as error:  # noqa: BLE001 - a file cut short may fail in any way
        log.warning("A kept answer cannot be read (%s); it is counted anew.", type(error).__name__)
        return None
    return found if isinstance(found, Kept) else None


@contextmanager
def asked_once(key: str) -> Iterator[None]:
    """Wait while another process or thread works at the same key; its lock ends with it, however it ends."""
    folder = Path(settings.CACHES[CACHE]["LOCATION"])
    folder.mkdir(mode=0o700, parents=True, exist_ok=True)
    file = os.open(folder / f"{key}.turn", os.O_RDWR | os.O_CREAT, 0o600)
    try:
        fcntl.flock(file, fcntl.LOCK_EX)
        yield
    finally:
        os.close(file)


def remove_old(older_than: float) -> int:
    """Remove the files that nobody wrote for some seconds, also what a killed writer left; return how many."""
    gone = 0
    for file in Path(settings.CACHES[CACHE]["LOCATION"]).glob("*"):
        with suppress(OSError):
            if time.time() - file.stat().st_mtime > older_than:
                file.unlink()
                gone += 1
    return gone
