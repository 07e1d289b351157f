"""Days as people and spreadsheets write them: what a text may mean, one day or two, never a guess.

``3/8/2013`` is 8 March or 3 August; who reads it knows more (other rows of the file) and decides, or refuses both.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import date, timedelta

import pyarrow as pa
import pyarrow.compute as pc

SPREADSHEET = date(1899, 12, 30)  # day 0 of a spreadsheet's day numbers
CENTURY = 2000  # of a year of two digits
TIME = r"(?:[T ]\d{1,2}:\d{2}(?::\d{2}(?:\.\d+)?)?(?: ?[AaPp]\.?[Mm]\.?)?(?:Z|[+-]\d{2}:?\d{2})?)?"
YEAR_FIRST = re.compile(rf"(\d{{4}})[-/.](\d{{1,2}})[-/.](\d{{1,2}}){TIME}")
PACKED = re.compile(r"(\d{4})(\d{2})(\d{2})")
NUMBER = re.compile(r"(\d{5})(?:\.\d+)?")
YEAR_LAST = re.compile(rf"(\d{{1,2}})[-/.](\d{{1,2}})[-/.](\d{{4}}|\d{{2}}){TIME}")
DAY_WORD = re.compile(r"(\d{1,2})[- /.]*([A-Za-z]{3,9})\.?,?[- /]*(\d{4}|\d{2})")
WORD_DAY = re.compile(r"([A-Za-z]{3,9})\.?[- /]*(\d{1,2}),?[- /]+(\d{4}|\d{2})")
MONTHS = (
    "january", "february", "march", "april", "may", "june", "july", "august", "september", "october",
    "november", "december",
)  # fmt: skip
DAYS = pa.schema([("day", pa.date32()), ("other_day", pa.date32())])


@dataclass(frozen=True)
class Reading:
    """What a text may mean: with the month before the day, and with the day before the month. ``sided``: its order is open."""

    month_first: date | None = None
    day_first: date | None = None
    sided: bool = False

    @property
    def order(self) -> str:
        """Return the order that the text itself settles, blank where it settles none."""
        if not self.sided or (self.month_first is None) == (self.day_first is None):
            return ""
        return "day" if self.month_first is None else "month"


def written_days(texts: pa.Array | pa.ChunkedArray) -> pa.Table:
    """Return for each text the day that it means (``DAYS``); where either order gives one, the month first and in ``other_day`` the day.

    Null where there is none. A text that can only be read one way settles the order for the whole column, unless another
    contradicts it.
    """
    whole = texts.combine_chunks() if isinstance(texts, pa.ChunkedArray) else texts
    column = pc.fill_null(whole, "").dictionary_encode()
    found = [_reading(text.strip()) for text in column.dictionary.to_pylist()]
    orders = {reading.order for reading in found} - {""}
    pairs = [_pair(reading, orders) for reading in found]
    days = [pa.array([pair[side] for pair in pairs], pa.date32()) for side in (0, 1)]
    return pa.table([side.take(column.indices) for side in days], schema=DAYS)


def _pair(reading: Reading, orders: set[str]) -> tuple[date | None, date | None]:
    first, other = reading.month_first, reading.day_first
    if first is None or first == other:
        return other, None
    if reading.sided and len(orders) == 1:
        return (first, None) if orders == {"month"} else (other or first, None)
    return first, other


def _reading(text: str) -> Reading:
    for form in (YEAR_FIRST, PACKED):
        if found := form.fullmatch(text):
            return Reading(_day(found[1], found[2], found[3]))
    if found := NUMBER.fullmatch(text):
        return Reading(SPREADSHEET + timedelta(days=int(found[1])))
    if found := YEAR_LAST.fullmatch(text):
        one, two, year = found.groups()
        return Reading(_day(year, one, two), _day(year, two, one), sided=True)
    if found := DAY_WORD.fullmatch(text):
        return Reading(_day(found[3], _month(found[2]), found[1]))
    if found := WORD_DAY.fullmatch(text):
        return Reading(_day(found[3], _month(found[1]), found[2]))
    return Reading()


def _month(word: str) -> str:
    """Return the number of an English month, whole or cut to three letters or more; 0 for no month."""
    whole = word.casefold()
    found = [n for n, name in enumerate(MONTHS, start=1) if len(whole) > 2 and name.startswith(whole)]  # fmt: skip
    return str(found[0] if len(found) == 1 else 0)


def _day(year: str, month: str, day: str) -> date | None:
    try:
        return date(int(year) + (CENTURY if len(year) == 2 else 0), int(month), int(day))
    except ValueError:
        return None
