"""Slow pages that people opened of late, so that a worker counts them ahead when something was recorded.

What is kept of a page is its address and who opened it: it is opened again as that person, who sees their own rows and no other's.
"""

from __future__ import annotations

import hashlib
import logging
import time
from collections.abc import Callable, Hashable, Mapping
from dataclasses import dataclass, field
from typing import Any, NamedTuple, cast

from django.core.cache import caches
from django.http import HttpRequest, QueryDict
from django.urls import Resolver404, resolve

from renotify.ledger.store import named_store
from renotify.web.door.gate import may_open, roles_of
from renotify.web.door.person import Person
from renotify.web.door.today import today
from renotify.web.door.visit import DeskRequest, Visit, visit_of
from renotify.web.kept_answers import CACHE, asked_once, edition, of_this_code

OF_LATE = 4 * 3600.0  # seconds: a page that nobody opened for longer is not counted ahead
NOTED_ANEW = 600.0  # seconds: one who opens a page again is noted once in them
MOST = 60  # pages
QUIET = 3.0  # seconds without another write before the worker counts
LONGEST = 30.0  # seconds of writes without an end after which it counts all the same
REST = 2.0  # rests as long after a round, times what the round took
log = logging.getLogger(__name__)


class Opened(NamedTuple):
    """A page that somebody opened: its address, its query, the key of the person, and when (seconds since 1970)."""

    path: str
    query: str
    person: int
    at: float


class AheadRequest(DeskRequest):
    """A request of nobody's browser: the page is counted, and not shown."""


def counts_ahead(request: HttpRequest) -> bool:
    """Tell whether a request only counts."""
    return isinstance(request, AheadRequest)


def note_opened(request: HttpRequest, named: tuple[Hashable, ...]) -> None:
    """Note that a slow page was opened, once in a while."""
    visit, now = visit_of(request), time.time()
    if visit.person is None:
        return
    key = repr((named, visit.scope))
    known = _opened()
    if key in known and now - known[key].at < NOTED_ANEW:
        return
    with asked_once(_kept_as()):
        known = _opened() | {
            key: Opened(request.path, request.GET.urlencode(), int(visit.person.pk), now)
        }
        newest = sorted(known.items(), key=lambda one: -one[1].at)[:MOST]
        of_late = {key: one for key, one in newest if now - one.at < OF_LATE}
        caches[CACHE].set(_kept_as(), of_late, OF_LATE)


def _kept_as() -> str:
    """Return the key of the pages: of this ledger, and of the code that is running."""
    said = f"opened pages {of_this_code()} {named_store().url}"
    return hashlib.sha256(said.encode()).hexdigest()


def _opened() -> dict[str, Opened]:
    """Return the pages by what they ask."""
    try:
        found: dict[str, Opened] | None = caches[CACHE].get(_kept_as())
    except Exception:  # noqa: BLE001 - of another version, or cut short: it begins anew
        return {}
    return found or {}


def count_ahead(one: Opened) -> None:
    """Count a page for the ledger of now, if its person may still open it."""
    person = Person.objects.filter(pk=one.person, is_active=True).first()
    if person is None:
        return
    request = cast("Any", AheadRequest())
    request.method, request.path, request.path_info = "GET", one.path, one.path
    request.GET, request.user = QueryDict(one.query), person
    request.visit = Visit(person, today())
    try:
        request.resolver_match = match = resolve(one.path)
        if may_open(person, "GET", roles_of(request, match.func)):
            match.func(request, *match.args, **match.kwargs)
    except Resolver404:
        return
    finally:
        request.visit.close()


@dataclass
class Ahead:
    """What a worker knows of its rounds: of which edition and day it counted which pages; those it saw last, and since when (seconds)."""

    counted: tuple[str, object] | None = None
    pages: set[str] = field(default_factory=set)
    seen: tuple[str, object] | None = None
    since: float = 0.0
    first: float = 0.0
    rests_until: float = 0.0

    def look(self, is_free: Callable[[], bool]) -> int:
        """Count pages ahead, where something was recorded and nothing more came for a while; return how many.

        A page that is opened for the first time since then is counted too, unless its own reader has done it by then. ``is_free`` is
        asked between pages: a job goes first, and the rest is counted at the next look.
        """
        now = time.monotonic()
        pages = _opened()
        if now < self.rests_until or not pages:
            return 0
        stands = _stands()
        if stands == self.counted:
            pages = _not_yet(pages, self.pages)
        elif not self._is_quiet(stands, now):
            return 0
        else:
            self.pages = set()
        done = 0
        for key, one in sorted(pages.items(), key=lambda page: -page[1].at):
            if not is_free():
                return done
            try:
                count_ahead(one)
            except Exception as error:  # noqa: BLE001 - the page itself will tell who opens it
                log.warning("A page could not be counted ahead: %s.", type(error).__name__)
            self.pages.add(key)
            done += 1
        self.counted = stands
        self.rests_until = time.monotonic() + REST * (time.monotonic() - now) if done else now
        return done

    def _is_quiet(self, stands: tuple[str, object], now: float) -> bool:
        """Tell whether nothing was recorded for a while, or too much for too long."""
        if stands != self.seen:
            self.first = self.first if self.seen != self.counted else now
            self.seen, self.since = stands, now
        return now - self.since >= QUIET or now - self.first >= LONGEST


def _not_yet(pages: Mapping[str, Opened], counted: set[str]) -> dict[str, Opened]:
    """Return the pages that were opened since a round, some seconds ago: a browser fetches its own answer within them."""
    now = time.time()
    return {key: one for key, one in pages.items() if key not in counted and now - one.at >= QUIET}


def _stands() -> tuple[str, object]:
    """Return the ledger's edition, and the day."""
    visit = Visit(None, today())
    try:
        return edition(visit), visit.on
    finally:
        visit.close()
