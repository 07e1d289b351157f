"""What binds in a plan, read off what the plan says: the mail house, technician hours, and kits of which parts.

The sentences are those of ``relief`` and ``relief_in_letters``; they stand in the plan's document, so that a plan of last year says it too.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from typing import NamedTuple

_PART = re.compile(r"(\S+) binds: ")
_MAIL_HOUSE, _HOURS = "The mail house binds in ", "Technician hours bind"


class Binding(NamedTuple):
    """Whether the mail house binds and technician hours somewhere, and the parts of which kits do."""

    mail_house: bool
    hours: bool
    parts: frozenset[str]


def binding(messages: Sequence[str]) -> Binding:
    """Return what binds by the messages of a plan."""
    parts = (match[1] for one in messages if (match := _PART.match(one)))
    return Binding(
        any(one.startswith(_MAIL_HOUSE) for one in messages),
        any(one.startswith(_HOURS) for one in messages),
        frozenset(parts),
    )
