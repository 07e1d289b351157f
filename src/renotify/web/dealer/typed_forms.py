"""What every form of the desk does: what was typed stays, reasons stand beside their fields, what was taken is told and kept."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import date, datetime

from django.contrib import messages
from django.http import HttpRequest

from renotify.desks.booking import NotFree
from renotify.ledger.intake.typed_rows import Typed
from renotify.web.door.reading import Deed
from renotify.web.door.visit import Visit

EVERYWHERE = ""  # the field of a reason that belongs to none


@dataclass
class Filled:
    """A form as it was filled in: ``typed`` by field, ``errors`` by field (blank: of the whole form)."""

    typed: dict[str, str] = field(default_factory=dict)
    errors: dict[str, list[str]] = field(default_factory=dict)

    def refuse(self, name: str, reason: str) -> None:
        """Put a reason beside a field."""
        self.errors.setdefault(name, []).append(reason)

    @property
    def status(self) -> int:
        """The status of the page that shows the form."""
        return 422 if self.errors else 200

    @property
    def of_all(self) -> list[str]:
        """The reasons that belong to no field."""
        return self.errors.get(EVERYWHERE, [])


def filled(request: HttpRequest, *names: str) -> Filled:
    """Return what was typed into some fields, without the blanks around it."""
    return Filled({name: (request.POST.get(name) or "").strip() for name in names})


def day_of(form: Filled, name: str) -> date | None:
    """Return the day of a field; a reason is put beside it where it is none."""
    try:
        return date.fromisoformat(form.typed[name])
    except ValueError:
        form.refuse(name, "Give a day: 2013-03-11.")
        return None


def instant_of(form: Filled, name: str) -> datetime | None:
    """Return the day and time of a field, local to the dealer; a reason is put beside it where it is none."""
    try:
        return datetime.fromisoformat(form.typed[name]).replace(tzinfo=None)
    except ValueError:
        form.refuse(name, "Give a day and a time: 2013-03-11T08:30.")
        return None


def take(
    form: Filled, ask: Callable[[], Typed], fields: Mapping[str, str] | None = None
) -> Typed | None:
    """Take what was typed by ``ask``; None, with reasons in the form, where it is refused. ``fields``: of columns with other names."""
    try:
        taken = ask()
    except NotFree as error:
        form.refuse(error.field, f"{error.message} {error.hint}".strip())
        return None
    for reason in taken.reasons:
        name = (fields or {}).get(reason.column, reason.column)
        form.refuse(name if name in form.typed else EVERYWHERE, reason.reason)
    return taken if taken.was_taken else None


def told(request: HttpRequest, visit: Visit, subject: str, said: str, **kept: str) -> None:
    """Tell the person what was taken, and keep in the log that they typed it."""
    messages.success(request, said)
    visit.note(Deed.TYPED, subject, {"said": said, **kept})
