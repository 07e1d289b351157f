"""Reads NHTSA's recall file FLAT_RCL: one recall from its many rows, of the makes that are wanted.

Tab separated; older files have 23, 24 or 27 of the 29 fields, and what stands after the 29th is passed over.
One recall has a row per model, year, component and part, so its population is never summed.
"""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from datetime import date
from functools import cache
from pathlib import Path

import numpy as np

from renotify.campaigns import maker_codes, tab_lines
from renotify.campaigns.makes import make_key
from renotify.campaigns.nhtsa import Recall, campaign_number
from renotify.campaigns.nhtsa_files import BadRow, is_heading
from renotify.campaigns.tab_lines import Mask, TabLines
from renotify.values.english import counted, series

FIELDS = (
    "record_id", "campno", "make", "model", "year", "mfgcampno", "component", "filer", "bgman",
    "endman", "rcltype", "potaff", "odate", "influenced_by", "maker", "rcdate", "datea", "rpno",
    "fmvss", "defect", "consequence", "remedy", "notes", "rcl_cmpt_id", "part_maker", "part_text",
    "part_no", "do_not_drive", "park_outside",
)  # fmt: skip
SHAPES = (23, 24, 27, 29)  # NOTES since 2007, RCL_CMPT_ID 2008, the parts 2020, the advisories 2025
SENTINELS = ("19010101", "11111111", "19000101")
FIRST_YEAR, LAST_YEAR = 1966, 2100  # the Safety Act, and no wild year after it
UNKNOWN_YEAR = 9999
VEHICLES = "V"
DAYS = ("bgman", "endman", "odate", "rcdate", "datea")
CALLED = {"year": "YEARTXT"}  # NHTSA's names of fields that are not ours in capitals
SHOWN = 3  # values that one note shows
_COUNT = re.compile(r"[0-9]+|[0-9]{1,3}(,[0-9]{3})+")
_ADVISED = {"": False, "N": False, "NO": False, "Y": True, "YES": True}


@dataclass(frozen=True)
class Wanted:
    """Which recalls to read: those with a row of these makes (keys; None: of every make), and these numbers."""

    makes: frozenset[str] | None = None
    numbers: frozenset[str] = frozenset()

    def make(self, text: str) -> bool:
        """Tell whether a make of the file is wanted."""
        return self.makes is None or make_key(text) in self.makes


@dataclass(frozen=True)
class FlatRcl:
    """What a file holds: recalls by NHTSA number, lines that could not be read, and remarks.

    ``rows`` counts the lines that are neither blank nor a header, ``others`` those among them of makes that
    are not wanted; ``makes`` are all makes of the file.
    """

    recalls: dict[str, Recall]
    bad: tuple[BadRow, ...]
    notes: tuple[str, ...]
    rows: int
    others: int = 0
    makes: frozenset[str] = frozenset()


@dataclass
class _Reading:
    """What has been read of the wanted rows so far."""

    recalls: dict[str, Recall] = field(default_factory=dict)
    codes: dict[str, dict[str, set[str]]] = field(
        default_factory=lambda: defaultdict(lambda: defaultdict(set))
    )  # the fields with the maker's code, by recall and key of the make
    unread: dict[str, list[tuple[int, str]]] = field(default_factory=lambda: defaultdict(list))
    bad: list[BadRow] = field(default_factory=list)
    seen: set[int] = field(default_factory=set)
    repeated: int = 0
    other_kinds: int = 0
    longer: int = 0

    def row(self, number: int, values: Sequence[str]) -> None:
        """Add one row, to its recall or to the bad ones."""
        named = dict(zip(FIELDS, values, strict=False))
        problem = _problem(number, values, named)
        if problem:
            self.bad.append(problem)
            return
        self.longer += any(values[len(FIELDS) :])
        identity = hash(tuple(values[1:]))  # RECORD_ID is renumbered at every build
        self.repeated += identity in self.seen
        self.seen.add(identity)
        if (named["rcltype"] or VEHICLES)[:1].upper() == VEHICLES:
            recall = campaign_number(named["campno"]) or ""
            _add(self.recalls.setdefault(recall, Recall(recall)), named)
            self.codes[recall][make_key(named["make"])].add(named["mfgcampno"])
            for name in _unreadable(named):
                self.unread[name].append((number, named[name]))
        else:
            self.other_kinds += 1

    def finished(self) -> dict[str, Recall]:
        """Return the recalls, each with the maker's codes of all its rows."""
        for number, recall in self.recalls.items():
            fields = self.codes[number]
            recall.codes = maker_codes.stated_codes(set().union(*fields.values()), number)
            recall.codes_of = {
                make: maker_codes.stated_codes(stated, number) for make, stated in fields.items()
            }
        return self.recalls


def read_flat_rcl(path: Path, wanted: Wanted | None = None) -> FlatRcl:
    """Return the wanted recalls of a FLAT_RCL file, packed or zip, each once; bad lines and remarks beside them.

    A recall of several makes is read whole when one of them is wanted. Raises BadInput for a damaged zip.
    """
    wanted = wanted or Wanted()
    lines = tab_lines.index(path, {"campno": 1, "make": 2})
    campno, make = lines.fields["campno"], lines.fields["make"]
    header = campno.where(is_heading)
    sound = (lines.widths >= SHAPES[0]) & campno.where(
        lambda text: campaign_number(text) is not None
    )
    ours = make.where(wanted.make)
    ours |= campno.where(lambda text: campaign_number(text) in wanted.numbers)
    numbers = {campaign_number(text) for text in campno.of(sound & ours)}
    kept = sound & campno.where(lambda text: campaign_number(text) in numbers)
    chosen = tab_lines.ChosenLines(path, lines.numbers[kept])
    reading = _Reading()
    for number, values in chosen:
        reading.row(number, values)
    others = make.of(sound & ~kept)
    broken = ~sound & ~header
    theirs = broken & ~ours & make.where(frozenset(others).__contains__)
    theirs &= ~campno.where(lambda text: campaign_number(text) in numbers)
    return FlatRcl(
        recalls=reading.finished(),
        bad=(*_bad_lines(lines, broken & ~theirs), *reading.bad),
        notes=tuple(_notes(path.name, reading, chosen, int(header.sum()))),
        rows=int((~header).sum()),
        others=int((sound & ~kept | theirs).sum()),
        makes=frozenset([*others, *make.of(kept)]),
    )


def _bad_lines(lines: TabLines, bad: Mask) -> Iterator[BadRow]:
    """Yield the lines that have no number of NHTSA's, or a width that no layout has."""
    campno = lines.fields["campno"]
    for place in np.flatnonzero(bad).tolist():
        row, width, code = int(lines.numbers[place]), int(lines.widths[place]), campno.codes[place]
        if width < SHAPES[0]:
            yield _narrow(row, width)
        else:
            reason = "This is not an NHTSA number such as 09V020000."
            yield BadRow(row, "CAMPNO", campno.texts[code], reason)


def _narrow(row: int, width: int) -> BadRow:
    widths = ", ".join(map(str, SHAPES))
    return BadRow(
        row, "", "", f"The row has {counted(width, 'field')}; FLAT_RCL rows have {widths} or more."
    )


def _problem(number: int, values: Sequence[str], row: dict[str, str]) -> BadRow | None:
    """Return what shows that the fields of a row are not where they belong: a tab in a text shifts those after it."""
    shape = max(width for width in SHAPES if width <= len(values))
    if shape < SHAPES[-1] and any(values[shape:]):
        return _narrow(number, len(values))
    for name in ("do_not_drive", "park_outside"):
        value = row.get(name, "")
        if value.upper() not in _ADVISED:
            reason = "This is neither Yes nor No; a tab within a text may have shifted the fields."
            return BadRow(number, name.upper(), value[:40], reason)
    return None


def _notes(
    file: str, reading: _Reading, chosen: tab_lines.ChosenLines, headers: int
) -> Iterator[str]:
    if headers:
        yield f"{file}: {counted(headers, 'line')} with the names of the fields passed over."
    if chosen.other_encoding:
        yield f"{file}: {counted(chosen.other_encoding, 'row')} not in UTF-8 read as Windows-1252."
    if reading.repeated:
        yield f"{file}: {counted(reading.repeated, 'row')} that an earlier one says too taken once."
    if reading.longer:
        yield f"{file}: {counted(reading.longer, 'row')} of more than {len(FIELDS)} fields taken without the rest."
    for name, found in sorted(reading.unread.items()):
        called = CALLED.get(name, name.upper())
        lines = [f"line {number} ({value[:20]})" for number, value in found[:SHOWN]]
        more = [f"{len(found) - SHOWN:,} more"] if len(found) > SHOWN else []
        yield (
            f"{file}: {called} of {counted(len(found), 'row')} cannot be read and was left blank:"
            f" {series([*lines, *more])}."
        )
    if reading.other_kinds:
        yield f"{file}: {counted(reading.other_kinds, 'row')} of equipment, seats or tires passed over."


def _add(recall: Recall, row: dict[str, str]) -> None:
    recall.rows += 1
    for name in ("component", "defect", "consequence", "remedy", "fmvss", "maker"):
        if row[name]:
            recall.facts.setdefault(name, row[name])
    if row["make"] and row["make"] not in recall.makes:
        recall.makes.append(row["make"])
    recall.involved = _larger(recall.involved, _count(row["potaff"]))
    recall.filed_date = recall.filed_date or day(row["rcdate"]) or day(row["datea"])
    recall.first_notice_date = _earlier(recall.first_notice_date, day(row["odate"]))
    recall.do_not_drive |= _ADVISED[row.get("do_not_drive", "").upper()]
    recall.park_outside |= _ADVISED[row.get("park_outside", "").upper()]
    _add_line(recall, row)


def _add_line(recall: Recall, row: dict[str, str]) -> None:
    year = _year(row["year"])
    if row["model"] and year is not None:
        recall.lines.add((row["model"], year, day(row["bgman"]), day(row["endman"])))


def _year(text: str) -> int | None:
    """Return a model year; None for the unknown year, a wild one or no year at all."""
    year = int(text) if re.fullmatch("[0-9]{4}", text) else UNKNOWN_YEAR
    return year if FIRST_YEAR - 1 <= year <= LAST_YEAR else None


def _unreadable(row: dict[str, str]) -> Iterator[str]:
    """Yield the fields that hold something, and neither what they should nor a known word for nothing."""
    for name in DAYS:
        if row[name] and row[name] not in SENTINELS and day(row[name]) is None:
            yield name
    if row["potaff"] and _count(row["potaff"]) is None:
        yield "potaff"
    if row["year"] not in ("", str(UNKNOWN_YEAR)) and _year(row["year"]) is None:
        yield "year"


@cache
def day(text: str) -> date | None:
    """Return a YYYYMMDD date; None for a blank, a sentinel, a wild year or no date at all."""
    if text in SENTINELS or not re.fullmatch("[0-9]{8}", text):
        return None
    try:
        found = date(int(text[:4]), int(text[4:6]), int(text[6:]))
    except ValueError:
        return None
    return found if FIRST_YEAR <= found.year <= LAST_YEAR else None


def _count(text: str) -> int | None:
    return int(text.replace(",", "")) if _COUNT.fullmatch(text) else None


def _larger(one: int | None, other: int | None) -> int | None:
    return max((n for n in (one, other) if n is not None), default=None)


def _earlier(one: date | None, other: date | None) -> date | None:
    return min((d for d in (one, other) if d is not None), default=None)
