"""Answers kept between requests while the ledger says the same: heavy questions of the same people about the same day.

The ledger's edition is its newest source (a file loaded, a command that writes, a typed row) with the newest of what is no source: waves
released, printed or accepted, files written, notices acknowledged, letters approved. An answer is kept by process, for the function, its
arguments, the scope, the day and the edition, and the oldest goes when there are many.
"""

from __future__ import annotations

import threading
from collections import OrderedDict
from collections.abc import Callable, Hashable
from typing import Any, TypeVar, cast
from weakref import WeakValueDictionary

from renotify.web.door.visit import Visit

Answer = TypeVar("Answer")
MOST = 256
_NEWEST = (
    "(select max(id) from source)",
    "(select max(released_at) from wave)",
    "(select max(rendered_at) from wave)",
    "(select max(accepted_at) from wave)",
    "(select count(released_at) from wave)",
    "(select max(written_at) from artifact)",
    "(select count(*) from notice where acknowledged_at <> '')",
    "(select max(sent_on) from notice)",
    "(select max(approved_at) from approval)",
)
_EDITION = "select " + " || ' ' || ".join(f"coalesce(cast({one} as text), '')" for one in _NEWEST)
_kept: OrderedDict[Hashable, Any] = OrderedDict()
_at_work: WeakValueDictionary[Hashable, Any] = (
    WeakValueDictionary()
)  # a lock an answer: two who ask at once ask once
_lock = threading.Lock()


def kept(visit: Visit, name: str, ask: Callable[[], Answer], *about: Hashable) -> Answer:
    """Return what ``ask`` says, asked once for a name, what it is ``about``, the visit's scope and day, and the ledger's edition.

    An answer must not name an owner: it is shown to whoever has the same scope.
    """
    key = _key(visit, name, about)
    with _lock:
        own = _at_work.setdefault(key, threading.RLock())
    with own:
        with _lock:
            if key in _kept:
                _kept.move_to_end(key)
                return cast("Answer", _kept[key])
        found = ask()
        with _lock:
            _kept[key] = found
            while len(_kept) > MOST:
                _kept.popitem(last=False)
        return found


def is_kept(visit: Visit, name: str, *about: Hashable) -> bool:
    """Tell whether the answer of a name and what it is about is there already."""
    with _lock:
        return _key(visit, name, about) in _kept


def _key(visit: Visit, name: str, about: tuple[Hashable, ...]) -> Hashable:
    return (visit.ledger.store.url, edition(visit), visit.scope, visit.on, name, *about)


def edition(visit: Visit) -> str:
    """Return what the snapshot of the request is an edition of: the same text, the same ledger."""
    return str(visit.ledger.scalar(_EDITION))
