"""Tells which lines of a CSV file are rows by themselves, which belong together, and which are no rows.

A line whose quotes are as RFC 4180 has them is a row; all of a block are told in one sweep, by the
place of each quote. Only the other lines are looked at one by one: a quote within a plain value
(``Pipe 20" long``) is a character; a quoted value may run on over the next lines; all else is refused
by its own line, and takes no other line with it.

A value runs on over the next lines only when all of them together are one well-formed row, and cannot be
anything else. A row that was cut off within a quoted value, followed by a row with a lone quote, reads as one
row too: the lines that follow the first then have as many delimiters as a row, or a vehicle's number where
rows have theirs. All lines that can be read both ways are refused, each by its number; none is taken into
another, and none is read as a row that it may not be.
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from functools import cached_property

import numpy as np
import numpy.typing as npt

from renotify.ledger.intake.plain_lines import Lines, Numbers
from renotify.values.english import counted

Mask = npt.NDArray[np.bool_]
Bytes = npt.NDArray[np.uint8]
QUOTE, EQUALS, BLANK, TAB, LINE_END = b'"= \t\n'
MOST_LINES = 20  # of one row
NEVER_CLOSED = "A quote is opened and never closed."
WITHIN = "A quote within a quoted value is not written twice."
_CLOSED_AT_ONCE = re.compile(rb'\s*"(?!")')
CERTAIN = 2  # days or numbers that make a line below an open quote a row of its own
WIDE = 8  # fields that do so
_NUMBER = re.compile(  # of a vehicle: a VIN, or letters and digits as of a frame
    rb'[\s"*]*(?:[A-HJ-NPR-Za-hj-npr-z0-9]{17}|(?=[A-Za-z-]*[0-9])(?=[0-9-]*[A-Za-z])[A-Za-z0-9-]{6,20})[\s"*]*'
)


@dataclass(frozen=True)
class RowShape:
    """What a row of a file must look like: fields, the mark between them, where its VIN stands, what some values look like."""

    fields: int
    delimiter: bytes
    vin: int | None = None
    widest: int = 0  # the most fields, blank ones at the end included; 0: no blank ones
    firm: Mapping[int, re.Pattern[bytes]] = field(default_factory=dict)  # of days, numbers and VINs

    @cached_property
    def quoted(self) -> re.Pattern[bytes]:
        """A quoted value from its opening quote on, up to where it is closed or the text ends."""
        return self._value(rb'[^"]*+(?:""[^"]*+)*+')

    @cached_property
    def escaped(self) -> re.Pattern[bytes]:
        r"""A quoted value in which a quote is written ``\"``."""
        return self._value(rb'[^"\\]*+(?:(?:\\.|"")[^"\\]*+)*+')

    def _value(self, body: bytes) -> re.Pattern[bytes]:
        blank = rb" *+" if self.delimiter == b"\t" else rb"[ \t]*+"
        return re.compile(blank + b'"(' + body + b')("?)' + blank, re.DOTALL)

    def fits(self, fields: Sequence[bytes]) -> bool:
        """Return whether these are a row's fields, with blank ones at the end where the file has them."""
        most = max(self.fields, self.widest)
        return self.fields <= len(fields) <= most and not any(fields[self.fields :])

    def is_row(self, line: bytes) -> bool:
        """Return whether a line below an open quote is certainly a row: its many fields, its VIN, its days and numbers say so."""
        fields, fault = parsed(line, self.quoted, self.delimiter)
        if fault or not self.fits(fields):
            return False
        filled = {place: fields[place].strip() for place in self.firm if fields[place].strip()}
        said = {place: self.firm[place].fullmatch(value) for place, value in filled.items()}
        told = all(said.values()) and (self.vin in said or len(said) >= CERTAIN)
        return told or self.fields >= WIDE

    def may_be_rows(self, following: Sequence[bytes]) -> bool:
        """Return whether the lines on which a value runs on may be a row, or rows, of their own.

        They may if together they have as many delimiters as a row, quoted or not, or if one has a vehicle's
        number where rows have theirs; not if all that they bring to the value is its closing quote.
        """
        text = b"\n".join(following)
        if _CLOSED_AT_ONCE.match(text):
            return False
        return text.count(self.delimiter) >= self.fields - 1 or any(
            map(self._has_number, following)
        )

    def _has_number(self, line: bytes) -> bool:
        if self.vin is None:
            return False
        parts = line.split(self.delimiter, self.vin + 1)
        return len(parts) > self.vin and bool(_NUMBER.fullmatch(parts[self.vin]))


@dataclass(frozen=True)
class Record:
    """A row that was looked at by itself: its fields, or why it is none."""

    place: int  # of its first line in its block
    lines: int
    fields: tuple[bytes, ...] = ()
    reason: str = ""


@dataclass(frozen=True)
class Split:
    """A block of lines told apart: ``plain`` are rows as they stand, ``records`` were looked at by themselves."""

    plain: Mask | None  # None: every line
    records: list[Record] = field(default_factory=list)
    left: int = 0  # lines at the end whose last value may run on into the next block


def split(lines: Lines, shape: RowShape, *, last: bool) -> Split:
    """Tell the lines of a block apart; ``last``: no block follows."""
    if b'"' not in lines.text:
        return Split(None)
    odd = _odd_lines(lines, shape.delimiter)
    if not odd.size:
        return Split(None)
    plain = np.ones(lines.count, bool)
    records: list[Record] = []
    done = 0
    for place in odd:
        if place < done:
            continue
        found = _records(lines, int(place), shape, last=last)
        if not found:
            plain[place:] = False
            return Split(plain, records, lines.count - int(place))
        done = found[-1].place + found[-1].lines
        plain[place:done] = False
        records += found
    return Split(plain, records)


# In one sweep


def _table(*bytes_: int) -> Mask:
    """Return which of the 256 bytes are among these."""
    return np.isin(np.arange(256), bytes_)


def _quotes(lines: Lines, marks: Bytes) -> tuple[Numbers, Numbers]:
    """Return where the quotes stand, and how many each line has."""
    quotes = np.flatnonzero(marks == QUOTE)
    return quotes, np.diff(np.searchsorted(quotes, lines.ends), prepend=0)


def _opening(counts: Numbers) -> Mask:
    """Return which quotes are the first, third, … of their line."""
    upto = np.cumsum(counts)
    nth = np.arange(upto[-1]) - np.repeat(upto - counts, counts)
    return np.asarray((nth & 1) == 0, bool)


def _odd_lines(lines: Lines, delimiter: bytes) -> Numbers:
    """Return the places of lines whose quotes do not each begin or end a value, or double a quote in one."""
    marks = np.frombuffer(lines.text, np.uint8)
    quotes, counts = _quotes(lines, marks)
    fits = _table(QUOTE, LINE_END, delimiter[0])
    even = not (counts & 1).any()  # then every second quote closes, on whatever line
    if even and fits[marks[quotes[::2] - 1]].all() and fits[marks[quotes[1::2] + 1]].all():
        return np.zeros(0, np.int64)
    opening = _opening(counts)
    good = np.where(opening, fits[marks[quotes - 1]], fits[marks[quotes + 1]])
    guarded = opening & (marks[quotes - 1] == EQUALS)  # a spreadsheet's ="01001" stays as it is
    good |= guarded & _table(LINE_END, delimiter[0])[marks[quotes - 2]]
    line = np.repeat(np.arange(len(counts)), counts)
    bad, opens = (counts & 1) == 1, np.zeros(len(counts), bool)
    bad[line[~good]] = True
    opens[line[_table(LINE_END, delimiter[0], BLANK, TAB)[marks[quotes - 1]]]] = True
    return np.flatnonzero(bad & opens)  # where no value begins with a quote, each is a character


def without_blanks_at_quotes(lines: Lines, delimiter: bytes) -> Lines:
    """Return lines in which a quoted value begins and ends at its delimiters: ``"a", "b"`` as ``"a","b"``."""
    text = lines.text
    if b'"' not in text or (delimiter + b' "' not in text and b'" ' + delimiter not in text):
        return lines
    marks = np.frombuffer(text, np.uint8)
    quotes, counts = _quotes(lines, marks)
    even = np.repeat((counts & 1) == 0, counts)
    opening = _opening(counts)
    change = np.zeros(len(marks) + 1, np.int8)  # where what is dropped begins, and where it ends
    for quote, step in ((quotes[even & opening], -1), (quotes[even & ~opening], 1)):
        at = quote + step
        while (blank := marks[at] == BLANK).any():
            at = at + step * blank
        edge = _table(LINE_END, delimiter[0])[marks[at]]
        first, end = (at + 1, quote) if step < 0 else (quote + 1, at)
        change[first[edge]] += 1
        change[end[edge]] -= 1
    kept = marks[np.cumsum(change[:-1], dtype=np.int8) == 0]
    return Lines(lines.first, lines.raw, kept.tobytes(), lines.done)


# One by one


def _records(lines: Lines, place: int, shape: RowShape, *, last: bool) -> list[Record]:
    """Return the row that begins on a line, or the lines that may be one row or several; none when the block ends before that."""
    text = lines.line(place)
    fields, reason = parsed(text, shape.quoted, shape.delimiter)
    opened, following, whole = len(fields), list[bytes](), False
    while reason is NEVER_CLOSED and len(following) < MOST_LINES - 1:
        if place + len(following) + 1 >= lines.count:
            if not last:
                return []
            break
        line = lines.line(place + len(following) + 1)
        text += b"\n" + line
        fields, reason = parsed(text, shape.quoted, shape.delimiter)
        whole = not reason and shape.fits(fields)
        if not whole and shape.is_row(line):
            break
        following.append(line)
    if whole and not shape.may_be_rows(following):
        return [Record(place, 1 + len(following), tuple(fields[: shape.fields]))]
    while following and not whole and alone(following[-1], place, shape).reason:
        following.pop()  # no row of its own, so it is told anew
    if not following or opened in shape.firm:  # no day, number or VIN runs over lines
        return [alone(lines.line(place), place, shape)]
    return _either_way(lines, place, 1 + len(following))


def _either_way(lines: Lines, place: int, count: int) -> list[Record]:
    """Refuse lines that may be one row or several, each by itself; a blank one is none."""
    first, last = lines.first + place, lines.first + place + count - 1
    which = f"{first} and {last}" if count == 2 else f"{first} to {last}"
    reason = (
        f"Lines {which} may be one row, in which a quoted value runs over them, or {'two' if count == 2 else 'several'} rows"
        " with a quote missing; write the value on one line, or put the quotes right."
    )
    return [
        Record(at, 1, (), reason if lines.line(at).strip() else "")
        for at in range(place, place + count)
    ]


def alone(text: bytes, place: int, shape: RowShape) -> Record:
    """Return a line as a row, with quotes doubled or escaped; or why it is none."""
    fields, reason = parsed(text, shape.quoted, shape.delimiter)
    if not reason and shape.fits(fields):
        return Record(place, 1, tuple(fields[: shape.fields]))
    if b'\\"' in text:
        escaped, fault = parsed(text, shape.escaped, shape.delimiter)
        if not fault and shape.fits(escaped):
            plain = (re.sub(rb"\\(.)", rb"\1", value) for value in escaped[: shape.fields])
            return Record(place, 1, tuple(plain))
    return Record(
        place,
        1,
        (),
        reason or f"The row has {counted(len(fields), 'field')}, the header {shape.fields}.",
    )


def parsed(text: bytes, quoted: re.Pattern[bytes], delimiter: bytes) -> tuple[list[bytes], str]:
    """Return the fields of a text, and what is wrong with its quotes: then only those before the fault."""
    fields: list[bytes] = []
    at = 0
    while True:
        value = quoted.match(text, at)
        if value is None:
            end = text.find(delimiter, at)
            end = len(text) if end < 0 else end
            fields.append(text[at:end])
        elif not value[2]:
            return fields, NEVER_CLOSED
        else:
            fields.append(value[1].replace(b'""', b'"'))
            end = value.end()
        if end == len(text):
            return fields, ""
        if not text.startswith(delimiter, end):
            return fields, WITHIN
        at = end + len(delimiter)
