"""What a page says of a finished job: sentences, tables, what to look at next, and files; and the small words that all kinds share."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from pathlib import Path
from typing import Any, NamedTuple

from django.conf import settings
from django.urls import reverse

from renotify.values.english import short_day
from renotify.web.theme.shown_table import ShownTable, shown_table

Said = Mapping[str, Any]


class Next(NamedTuple):
    """What to look at or to do next, and where."""

    says: str
    address: str


@dataclass(frozen=True)
class CameOfIt:
    """What a page says of a finished job; ``more`` are sentences that stand folded, ``kept`` files and folders, by their words."""

    sentences: Sequence[str]
    tables: Sequence[ShownTable] = ()
    steps: Sequence[Next] = ()
    more: Sequence[str] = ()
    kept: Mapping[str, str] = field(default_factory=dict)

    @property
    def files(self) -> list[tuple[int, str]]:
        """The files that can be taken: place and words."""
        return [
            (place, words)
            for place, (words, path) in enumerate(self.kept.items())
            if path and path_of(path).exists()
        ]


def path_of(path: str) -> Path:
    """Return where a file of a command lies: relative names are beneath the site's folder, where its commands run."""
    return Path(settings.RENOTIFY_FOLDER) / path


def page_at(name: str, *parts: object) -> str:
    """Return the address of a page of the site."""
    return reverse(name, args=parts)


def counts_table(
    caption: str, counts: Mapping[str, int], head: str, number: str = "How many"
) -> tuple[ShownTable, ...]:
    """Return a table of counts by a word, the greatest first; none where nothing was counted."""
    rows = [
        {"word": one.replace("_", " "), "count": count}
        for one, count in sorted(counts.items(), key=lambda pair: -pair[1])
    ]
    return (shown_table(caption, rows, {"word": head, "count": number}),) if rows else ()


def said_alone(*sentences: object) -> list[str]:
    """Return what is a sentence, in order: a count of nothing before ``and`` leaves one out."""
    return [one for one in sentences if isinstance(one, str) and one]


def list_of(said: Said, name: str) -> list[str]:
    """Return the sentences of a document under a name; none where it has no such list."""
    return [str(one) for one in said.get(name, ())]


def day_in_words(text: str) -> str:
    """Return a day of a document as a sentence has it."""
    return short_day(date.fromisoformat(text))


def as_day(text: str | None) -> date | None:
    """Return a day of a document; None where it has none."""
    return date.fromisoformat(text) if text else None
