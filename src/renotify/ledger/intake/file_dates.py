"""The day, month, quarter or year that a file's name bears: by it the newer of two files of one table is known."""

from __future__ import annotations

import calendar
import re
from collections.abc import Mapping, Sequence
from datetime import date
from itertools import pairwise
from typing import Protocol, TypeVar

Period = tuple[date, date]  # its first and last day
_YEAR = r"(?<!\d)((?:19|20)\d\d)"
_DAY = re.compile(_YEAR + r"[-_.]?(\d\d)[-_.]?(\d\d)(?![\da-zA-Z])")
_QUARTER = re.compile(_YEAR + r"[-_.]?[qQ]([1-4])(?![\da-zA-Z])")
_MONTH = re.compile(_YEAR + r"[-_.]?(\d\d)(?![\da-zA-Z])")
_YEAR_ALONE = re.compile(_YEAR + r"(?![\da-zA-Z])")


def period_of(name: str) -> Period | None:
    """Return the days that a name stands for: 2013-02-26, 20130226, 2013-02, 2013Q1, 2013; None without a date."""
    try:
        if found := _DAY.search(name):
            day = date(*map(int, found.groups()))
            return day, day
        if found := _QUARTER.search(name):
            return _months(int(found[1]), 3 * int(found[2]) - 2, 3 * int(found[2]))
        if found := _MONTH.search(name):
            return _months(int(found[1]), int(found[2]), int(found[2]))
        if found := _YEAR_ALONE.search(name):
            return _months(int(found[1]), 1, 12)
    except ValueError:  # month 13, 30 February: a number, no date
        return None
    return None


def _months(year: int, first: int, last: int) -> Period:
    return date(year, first, 1), date(year, last, calendar.monthrange(year, last)[1])


class Named(Protocol):
    """A file with a name."""

    @property
    def name(self) -> str: ...


File = TypeVar("File", bound=Named)


def newest_last(files: Sequence[File]) -> list[File]:
    """Return files in the order of the days in their names; as they are where those do not tell."""
    places = by_name({place: file.name for place, file in enumerate(files)})
    return [files[place] for place in sorted(range(len(files)), key=lambda p: places.get(p, p))]


def by_name(names: Mapping[int, str]) -> dict[int, int]:
    """Return the ``ranks`` of files by their names without what follows the first dot."""
    return ranks({key: name.split(".")[0] for key, name in names.items()})


def ranks(names: Mapping[int, str]) -> dict[int, int]:
    """Return a number for each file by its name, the newest highest; none where two names share a day or one has no date."""
    periods = [(period, key) for key, name in names.items() if (period := period_of(name))]
    periods.sort()
    if len(periods) < len(names) or any(a[1] >= b[0] for (a, _), (b, _) in pairwise(periods)):
        return {}
    return {key: rank for rank, (_, key) in enumerate(periods)}
