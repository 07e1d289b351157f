"""One request of one person: who it is, whose rows, which day, and the one session with the ledger that it has."""

from __future__ import annotations

from contextlib import ExitStack
from datetime import date
from functools import cached_property
from typing import Any, cast

from django.http import HttpRequest

from renotify.errors import Refused
from renotify.ledger.scope import Scope
from renotify.ledger.session import Session, open_session
from renotify.web.door.person import Person
from renotify.web.door.reading import Deed, Reading, note


class Visit:
    """What a view knows beside its form: ``person``, ``scope``, ``on`` (the day of the house) and ``ledger``.

    The ledger is opened at its first use, by a desk session, and closed after the answer: all that a page shows is of one instant.
    """

    def __init__(self, person: Person | None, on: date) -> None:
        self.person = person
        self.on = on
        self._open = ExitStack()

    @property
    def scope(self) -> Scope:
        """Whose rows are shown. Refused for a person without any."""
        found = self.person.scope if self.person else None
        if found is None:
            raise Refused(
                "Your sign-in has no rows of its own.",
                "Ask the analyst for a role, and its area or dealer.",
            )
        return found

    @cached_property
    def ledger(self) -> Session:
        """The session of this request."""
        return self._open.enter_context(open_session(bulk=False, make=False))

    def note(self, deed: Deed, subject: str = "", answer: dict[str, Any] | None = None) -> Reading:
        """Write what was read or decided into the reading log."""
        return note(self.person, deed, subject, answer)

    def close(self) -> None:
        """Give the ledger back."""
        self._open.close()


class DeskRequest(HttpRequest):
    """A request that came through the door."""

    visit: Visit


def visit_of(request: HttpRequest) -> Visit:
    """Return the visit of a request that came through the door."""
    return cast("DeskRequest", request).visit
