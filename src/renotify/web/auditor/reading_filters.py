"""Which lines of the reading log are asked for: by person, deed, subject and days; the newest first, a page after another by key."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from typing import Any

from django.db.models import QuerySet

from renotify.errors import BadInput
from renotify.web.door.person import Person
from renotify.web.door.reading import Deed, Reading

PAGE = 100


@dataclass(frozen=True)
class AskedReadings:
    """What is asked for; blank or None: all. ``subject`` is the beginning of one, a VIN for instance."""

    person: str = ""
    deed: str = ""
    subject: str = ""
    first: date | None = None
    last: date | None = None

    def rows(self) -> QuerySet[Reading]:
        """Return the lines, the newest first."""
        found = Reading.objects.select_related("person").order_by("-id")
        if self.person:
            found = found.filter(person__username=self.person)
        if self.deed:
            found = found.filter(deed=self.deed)
        if self.subject:
            found = found.filter(subject__startswith=self.subject)
        if self.first:
            found = found.filter(at__gte=_instant(self.first))
        if self.last:
            found = found.filter(at__lt=_instant(self.last + timedelta(days=1)))
        return found


@dataclass(frozen=True)
class PageOfReadings:
    """Lines of a page, and the key from which the next one goes on; None: there is none."""

    rows: list[dict[str, Any]]
    before: int | None


def asked_readings(query: Mapping[str, str]) -> AskedReadings:
    """Read what is asked for from an address. Raises BadInput for a day or a deed that is none."""
    deed = query.get("deed", "")
    if deed and deed not in list(Deed):
        raise BadInput(f"There is no deed {deed!r}.", "Choose one from the list.")
    return AskedReadings(
        query.get("person", ""), deed, query.get("subject", "").strip().upper() if _is_vin(query) else query.get("subject", "").strip(),
        _day(query, "first"), _day(query, "last"),
    )  # fmt: skip


def page_of(asked: AskedReadings, before: int | None) -> PageOfReadings:
    """Return a page of lines, those behind a key."""
    found = asked.rows()
    if before is not None:
        found = found.filter(id__lt=before)
    rows = list(found[: PAGE + 1])
    more = rows[PAGE - 1].id if len(rows) > PAGE else None
    return PageOfReadings([line(row) for row in rows[:PAGE]], more)


def every_line(asked: AskedReadings) -> Iterator[dict[str, Any]]:
    """Yield all lines as they are read, for a file."""
    return (line(row) for row in asked.rows().iterator(chunk_size=1000))


def line(row: Reading) -> dict[str, Any]:
    """Return a line of the log as it is shown."""
    told = ", ".join(f"{name.replace('_', ' ')}: {_plain(value)}" for name, value in row.answer.items())  # fmt: skip
    return {
        "id": row.id, "at": row.at, "person": row.person.username if row.person else "", "role": row.role.replace("_", " "),
        "dealer": row.dealer_code, "deed": in_words(row.deed), "subject": row.subject, "answer": told,
    }  # fmt: skip


def in_words(deed: str) -> str:
    """Return a deed as people read it: read owner, checked VIN."""
    return deed.replace("_", " ").replace("vin", "VIN")


def people() -> list[str]:
    """Return the names of everybody, for the choice."""
    return list(Person.objects.order_by("username").values_list("username", flat=True))


def _is_vin(query: Mapping[str, str]) -> bool:
    return query.get("subject", "").strip().isalnum() and any(map(str.isdigit, query["subject"]))


def _day(query: Mapping[str, str], name: str) -> date | None:
    said = query.get(name, "").strip()
    if not said:
        return None
    try:
        return date.fromisoformat(said)
    except ValueError:
        raise BadInput(f"{said!r} is not a day.", "Write days as 2013-03-05.") from None


def _instant(day: date) -> datetime:
    return datetime.combine(day, time(), UTC)


def _plain(value: Any) -> str:  # noqa: ANN401 - whatever was noted
    if isinstance(value, dict):
        return "; ".join(f"{key} {_plain(one)}" for key, one in value.items())
    if isinstance(value, list):
        return ", ".join(map(_plain, value))
    return str(value)
