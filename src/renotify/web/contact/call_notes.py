"""Notes of calls and whom callers were sent to: lines of the reading log, read again when the vehicle's owner calls the next time."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

import pyarrow as pa
import pyarrow.compute as pc

from renotify.contact.on_record import OnRecord
from renotify.values.private_in_names import private_in
from renotify.web.door.reading import Deed, Reading

LONGEST = 400  # characters of a note
SHOWN = 10
REFERRED_TO = {
    "dealer": "The dealer",
    "area": "The area manager",
    "analyst": "The campaign analyst",
    "maker": "Customer relations",
    "nhtsa": "NHTSA's Vehicle Safety Hotline",
}
SHORTEST_WORD = 3  # letters: a shorter word of a name is no name


@dataclass(frozen=True)
class CallNote:
    """What was noted of a call: when, by whom, whom the caller was sent to (blank: nobody)."""

    at: datetime
    by: str
    text: str
    referred_to: str


def notes_of(vin: str) -> list[CallNote]:
    """Return the newest notes of a vehicle's calls."""
    rows = (
        Reading.objects.filter(subject=vin, deed__in=[Deed.CALL_NOTE, Deed.REFERRED])
        .select_related("person")
        .order_by("-id")[:SHOWN]
    )
    return [
        CallNote(
            row.at,
            row.person.get_full_name() or row.person.username if row.person else "",
            row.answer.get("note", ""),
            REFERRED_TO.get(row.answer.get("referred_to", ""), ""),
        )
        for row in rows
    ]


def fault_of(text: str, referred_to: str, records: Sequence[OnRecord]) -> str:
    """Return why a note is not taken, blank where it is: the log holds no owner's name, e-mail address or number."""
    if not text and not referred_to:
        return "Write a note, or say whom the caller was sent to."
    if referred_to and referred_to not in REFERRED_TO:
        return "Choose whom the caller was sent to from the list."
    if len(text) > LONGEST:
        return f"A note has at most {LONGEST} characters."
    if private_in(pa.array([text]))[0].as_py():
        return "Leave e-mail addresses and numbers of persons out: this note is read by others."
    if any(_names(text, name) for one in records for name in (one.name1, one.name2)):
        return "Leave the owner's name out: this note is read by others."
    return ""


def _names(text: str, name: str) -> bool:
    """Tell whether a text has every word of a name."""
    said, wanted = _words(text), {word for word in _words(name) if len(word) >= SHORTEST_WORD}
    return bool(wanted) and wanted <= said


def _words(text: str) -> set[str]:
    plain = pc.replace_substring_regex(pc.utf8_upper(pa.array([text])), r"[^\pL\pN]+", " ")
    return {*plain[0].as_py().split()}
