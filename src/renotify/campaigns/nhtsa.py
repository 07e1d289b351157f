"""Reads NHTSA's recall file FLAT_RCL: one recall from its many rows.

Tab separated, no header, no quoting, CR LF or LF; older files have 23, 24 or 27 of the 29 fields.
One recall has a row per model, year, component and part, so its population is never summed.
"""

from __future__ import annotations

import re
import zipfile
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field, replace
from datetime import date
from pathlib import Path
from typing import BinaryIO

from renotify.campaigns.campaign import Campaign, CampaignType, Scope
from renotify.errors import BadInput

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
SNIFFED = 1 << 16
_NUMBER = re.compile(r"(\d\d)[- ]?([A-Z])[- ]?(\d{3})(\d{3})?", re.ASCII)


@dataclass
class Recall:
    """One recall of the file: what all its rows say together."""

    number: str
    kind: str
    facts: dict[str, str] = field(default_factory=dict)
    codes: set[str] = field(default_factory=set)
    lines: set[tuple[str, int, date | None, date | None]] = field(default_factory=set)
    rows: int = 0
    involved: int | None = None
    filed_date: date | None = None
    first_notice_date: date | None = None
    do_not_drive: bool = False
    park_outside: bool = False


@dataclass(frozen=True)
class BadRow:
    """One line that is no recall row: its number in the file, the field, the value, the reason."""

    row: int
    column: str
    value: str
    reason: str


@dataclass(frozen=True)
class FlatRcl:
    """What a file holds: recalls by NHTSA number, the rows that could not be read, and remarks."""

    recalls: dict[str, Recall]
    bad: tuple[BadRow, ...]
    notes: tuple[str, ...]
    rows: int


def campaign_number(text: str) -> str | None:
    """Return NHTSA's number in its full form (09V020, 09V-020 -> 09V020000), or None."""
    found = _NUMBER.fullmatch(text.strip().upper())
    return f"{found[1]}{found[2]}{found[3]}{found[4] or '000'}" if found else None


def is_flat_rcl(path: Path) -> bool:
    """Return whether a file has the shape of FLAT_RCL: tabs, a known width, a number in field 2."""
    try:
        with open_flat(path) as file:
            first = file.readline(SNIFFED).rstrip(b"\r\n").split(b"\t")
    except (OSError, BadInput):
        return False
    known = len(first) in SHAPES
    return known and campaign_number(first[1].decode("latin-1")) is not None


@contextmanager
def open_flat(path: Path) -> Iterator[BinaryIO]:
    """Open FLAT_RCL, or the one text file in its zip: the zip's own bytes change every day."""
    if path.suffix.lower() != ".zip":
        with path.open("rb") as plain:
            yield plain
        return
    try:
        with zipfile.ZipFile(path) as packed:
            texts = [name for name in packed.namelist() if name.lower().endswith(".txt")]
            if len(texts) != 1:
                raise BadInput(
                    f"{path.name} holds {len(texts)} text files.", "It must hold one, FLAT_RCL.txt."
                )
            with packed.open(texts[0]) as inner:
                yield inner  # type: ignore[misc] # a ZipExtFile reads bytes as any file does
    except zipfile.BadZipFile as error:
        raise BadInput(f"{path.name} is not a zip file.", "Download it again.") from error


def read_flat_rcl(path: Path) -> FlatRcl:
    """Return the recalls of a FLAT_RCL file or zip, each once; bad rows and remarks beside them."""
    recalls: dict[str, Recall] = {}
    bad: list[BadRow] = []
    encoding = _Encoding()
    seen: set[int] = set()
    row = repeated = 0
    with open_flat(path) as file:
        for row, line in enumerate(file, 1):
            values = encoding.decode(line.rstrip(b"\r\n")).split("\t")
            problem = _problem(row, values)
            if problem:
                bad.append(problem)
                continue
            named = dict(zip(FIELDS, (value.strip() for value in values), strict=False))
            identity = hash(tuple(values[1:]))  # RECORD_ID is renumbered at every build
            repeated += identity in seen
            seen.add(identity)
            _add(recalls, named)
    notes = tuple(_notes(path.name, repeated, encoding.other_lines))
    return FlatRcl(recalls, tuple(bad), notes, row)


class _Encoding:
    """UTF-8 as NHTSA says, Windows-1252 where a line is not."""

    def __init__(self) -> None:
        self.other_lines = 0

    def decode(self, line: bytes) -> str:
        try:
            return line.decode("utf-8")
        except UnicodeDecodeError:
            self.other_lines += 1
        try:
            return line.decode("cp1252")
        except UnicodeDecodeError:
            return line.decode("latin-1")


def _problem(row: int, values: Sequence[str]) -> BadRow | None:
    if len(values) not in SHAPES:
        widths = ", ".join(map(str, SHAPES))
        reason = f"The row has {len(values)} fields; FLAT_RCL rows have {widths}."
        return BadRow(row, "", "", reason)
    if campaign_number(values[1]) is None:
        return BadRow(row, "CAMPNO", values[1], "This is not an NHTSA number such as 09V020000.")
    return None


def _notes(file: str, repeated: int, other_lines: int) -> Iterator[str]:
    if other_lines:
        yield f"{file}: {other_lines} rows are not UTF-8 and were read as Windows-1252."
    if repeated:
        yield f"{file}: {repeated} rows repeat an earlier row and were taken once."


def _add(recalls: dict[str, Recall], row: dict[str, str]) -> None:
    number = campaign_number(row["campno"]) or ""
    recall = recalls.setdefault(number, Recall(number, row["rcltype"] or VEHICLES))
    recall.rows += 1
    for name in ("make", "component", "defect", "consequence", "remedy", "fmvss", "maker"):
        if row[name]:
            recall.facts.setdefault(name, row[name])
    if row["mfgcampno"]:
        recall.codes.add(row["mfgcampno"].upper())
    recall.involved = _larger(recall.involved, _count(row["potaff"]))
    recall.filed_date = recall.filed_date or day(row["rcdate"]) or day(row["datea"])
    recall.first_notice_date = _earlier(recall.first_notice_date, day(row["odate"]))
    recall.do_not_drive |= row.get("do_not_drive", "").lower() == "yes"
    recall.park_outside |= row.get("park_outside", "").lower() == "yes"
    _add_line(recall, row)


def _add_line(recall: Recall, row: dict[str, str]) -> None:
    year = int(row["year"]) if row["year"].isdecimal() else UNKNOWN_YEAR
    if row["model"] and FIRST_YEAR - 1 <= year <= LAST_YEAR:
        recall.lines.add((row["model"], year, day(row["bgman"]), day(row["endman"])))


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
    return int(text) if text.isdecimal() else None


def _larger(one: int | None, other: int | None) -> int | None:
    return max((n for n in (one, other) if n is not None), default=None)


def _earlier(one: date | None, other: date | None) -> date | None:
    return min((d for d in (one, other) if d is not None), default=None)


# A recall as a campaign


def as_campaign(recall: Recall, code: str) -> Campaign:
    """Return a recall as a campaign under a code; a recall under a standard is a noncompliance."""
    facts = recall.facts
    standard = "fmvss" in facts
    return Campaign(
        campaign_code=code,
        campaign_type=(
            CampaignType.NONCOMPLIANCE_RECALL if standard else CampaignType.SAFETY_RECALL
        ),
        make=facts.get("make") or facts.get("maker") or "UNKNOWN",
        subject=facts.get("component") or recall.number,
        nhtsa_campaign_number=recall.number,
        component=facts.get("component", ""),
        defect=facts.get("defect", ""),
        consequence=facts.get("consequence", ""),
        remedy=facts.get("remedy", ""),
        filed_date=recall.filed_date,
        first_notice_date=recall.first_notice_date,
        involved=recall.involved,
        do_not_drive=recall.do_not_drive,
        park_outside=recall.park_outside,
        scopes=tuple(_scopes(recall)),
    )


def _scopes(recall: Recall) -> Iterator[Scope]:
    """Join the years of one model that follow each other and share a production range."""

    def order(line: tuple[str, int, date | None, date | None]) -> tuple[str, str, str, int]:
        return line[0], str(line[2]), str(line[3]), line[1]

    run: Scope | None = None
    for model, year, start, end in sorted(recall.lines, key=order):
        if run and (run.model, run.built_from, run.built_to, run.year_to) == (
            model,
            start,
            end,
            year - 1,
        ):
            run = Scope(model, run.year_from, year, start, end)
            continue
        if run:
            yield run
        run = Scope(model, year, year, start, end)
    if run:
        yield run


_ADVISORIES: tuple[str, ...] = ("do_not_drive", "park_outside")
_FILLED: tuple[str, ...] = (
    "nhtsa_campaign_number", "component", "defect", "consequence", "remedy", "filed_date",
    "first_notice_date", "involved", "scopes",
)  # fmt: skip
_COMPARED: tuple[str, ...] = (
    "nhtsa_campaign_number", "filed_date", "first_notice_date", "involved"
)  # fmt: skip


def fill(campaign: Campaign, recall: Campaign) -> tuple[Campaign, list[str]]:
    """Fill what a campaign leaves open from NHTSA's record; what it states stands, and is noted.

    An advisory (do not drive, park outside) is raised by either side and lowered by none.
    """
    blank = [name for name in _FILLED if not getattr(campaign, name)]
    changes = {name: getattr(recall, name) for name in blank if getattr(recall, name)}
    for name in _ADVISORIES:
        changes[name] = getattr(campaign, name) or getattr(recall, name)
    return replace(campaign, **changes), list(_differences(campaign, recall))


def _differences(campaign: Campaign, recall: Campaign) -> Iterator[str]:
    for name in _COMPARED:
        ours, theirs = getattr(campaign, name), getattr(recall, name)
        if ours and theirs and ours != theirs:
            yield (f"{campaign.campaign_code}: {name} stays {ours}; NHTSA's file says {theirs}.")
