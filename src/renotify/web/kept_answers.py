"""Answers that take long are kept until the ledger takes in something new, so that a page opens at once again and again.

An answer is of one ledger, one day, and the newest source of that ledger: whatever is loaded, typed, planned or released is a source.
What is kept lies in the memory of a process; it is never the only place of anything.
"""

from __future__ import annotations

import hashlib
from collections.abc import Callable
from threading import Lock, RLock
from typing import Any, TypeVar
from weakref import WeakValueDictionary

from django.core.cache import cache

from renotify.ledger.session import Session
from renotify.web.door.visit import Visit

Answer = TypeVar("Answer")
HOURS = 12
_at_work: WeakValueDictionary[str, Any] = WeakValueDictionary()  # a lock an answer: it is worked out once
_book = Lock()


def kept_answer(visit: Visit, asked: str, make: Callable[[], Answer]) -> Answer:
    """Return the answer to what is ``asked`` (its name and all that it depends on), made where it is not kept for this ledger and day."""
    key = _key(visit, asked)
    found: Answer | None = cache.get(key)
    if found is not None:
        return found
    with _book:
        own = _at_work.setdefault(key, RLock())
    with own:
        found = cache.get(key)
        if found is None:
            found = make()
            cache.set(key, found, HOURS * 3600)
    return found


def is_kept(visit: Visit, asked: str) -> bool:
    """Tell whether an answer is there already."""
    return cache.get(_key(visit, asked)) is not None


def newest_source(session: Session) -> int:
    """Return the number of the newest source of the ledger; 0 of an empty one."""
    return int(session.scalar("select coalesce(max(id), 0) from source"))


def _key(visit: Visit, asked: str) -> str:
    scope = f"{visit.scope.area}/{visit.scope.dealer}"
    whole = f"{visit.ledger.store.url}|{newest_source(visit.ledger)}|{visit.on}|{scope}|{asked}"
    return f"answer-{hashlib.sha256(whole.encode()).hexdigest()}"
