"""Clocks as a calendar that any calendar program takes in: iCalendar, RFC 5545, an all-day entry for each clock that has a day."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from datetime import date, timedelta
from hashlib import sha256
from itertools import chain, repeat
from pathlib import Path
from typing import Any

from renotify.errors import NothingToDo

WIDEST = 75  # octets of a line, without its end (section 3.1)
_ESCAPES = {"\\": "\\\\", ";": "\\;", ",": "\\,", "\r\n": "\\n", "\n": "\\n"}  # section 3.3.11


def write_calendar(path: Path, clocks: Sequence[Mapping[str, Any]], on: date) -> int:
    """Write the rows of ``deadlines`` that have a day, and return how many these are; NothingToDo where none has.

    An entry is free time, named by the clock's id, so that a calendar that takes the file in again replaces it and makes no second one.
    ``on`` is the day that the file states of itself: the same clocks give the same bytes.
    """
    dated = [one for one in clocks if one["due"] is not None]
    if not dated:
        raise NothingToDo(
            "No clock has a day on which something is due.", "See them all: renotify deadlines"
        )
    lines = [
        "BEGIN:VCALENDAR", "VERSION:2.0", "PRODID:-//renotify//deadlines//EN", "CALSCALE:GREGORIAN",
        *chain.from_iterable(map(_entry, dated, _names(dated), repeat(on))),
        "END:VCALENDAR",
    ]  # fmt: skip
    path.write_bytes(b"".join(folded(line) for line in lines))
    return len(dated)


def _entry(clock: Mapping[str, Any], name: str, on: date) -> list[str]:
    """Return the lines of a clock: its subject and state as the title, its sentence and what closes it as the text."""
    due: date = clock["due"]
    title = f"{clock['campaign']}: {clock['what']} ({clock['state']})"
    text = f"{clock['sentence']} {clock['citation']}"
    text += f"\nClosed by {clock['closes']}." if clock["closes"] else ""
    return [
        "BEGIN:VEVENT",
        f"UID:{name}@renotify",
        f"DTSTAMP:{on:%Y%m%d}T000000Z",
        f"DTSTART;VALUE=DATE:{due:%Y%m%d}",
        f"DTEND;VALUE=DATE:{due + timedelta(days=1):%Y%m%d}",
        f"SUMMARY:{escaped(title)}",
        f"DESCRIPTION:{escaped(text)}",
        f"CATEGORIES:{escaped(clock['state'])}",
        "TRANSP:TRANSPARENT",
        "END:VEVENT",
    ]


def _names(clocks: Sequence[Mapping[str, Any]]) -> list[str]:
    """Return a name for each clock that stays the same in the next file: of its id; of several of one id, of the day too."""
    said = [one["id"] or f"{one['campaign']}|{one['what']}" for one in clocks]
    times = Counter(said)
    own = [
        name if times[name] == 1 else f"{name}|{one['what']}|{one['due']}"
        for name, one in zip(said, clocks, strict=True)
    ]
    return [sha256(name.encode()).hexdigest()[:32] for name in own]


def escaped(text: str) -> str:
    """Return text as a value of a calendar: commas, semicolons, backslashes and line ends escaped."""
    for mark, written in _ESCAPES.items():
        text = text.replace(mark, written)
    return text


def folded(line: str) -> bytes:
    """Return a line as bytes, folded into pieces of at most 75 octets, of which each but the first begins with a blank."""
    pieces: list[str] = []
    piece = ""
    for character in line:
        if len((piece + character).encode()) > WIDEST - bool(pieces):
            pieces.append(piece)
            piece = ""
        piece += character
    return "\r\n ".join([*pieces, piece]).encode() + b"\r\n"
