"""A CSV file as lines of UTF-8: blocks of whole lines, each ended by one LF, whatever the file has.

Lines end in LF, CR LF or CR. Bytes that are no UTF-8 are read as Windows-1252 (Latin-1 where that has
no character) where they stand: the other rows, and the other letters of the row, keep theirs. Text
that was encoded twice (``JosÃ©``), or more often, through Windows-1252 or Latin-1, is taken back where
that leads to a letter or mark of the alphabets in question; a control character that is a quote, dash or
letter of Windows-1252 is taken as that. Characters that nobody sees are dropped, and spaces that do not break become spaces. A
line stays a line through all of it; ``Remarks`` says afterwards what was done, and to which lines.
"""

from __future__ import annotations

import codecs
import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from functools import cached_property

import numpy as np
import numpy.typing as npt
import pyarrow as pa
import pyarrow.compute as pc

from renotify.errors import BadInput
from renotify.ledger.intake.files import UTF8, Found, opened
from renotify.values.english import counted

Numbers = npt.NDArray[np.int64]
BLOCK = 4 << 20  # bytes of a file at a time
LONGEST_LINE = 64 << 20
LINE_END = 10
FIRST_NAMED = 5  # rows named in a remark; of the others the count

LEGACY = "".join(
    bytes([byte]).decode("cp1252", "ignore") or chr(byte) for byte in range(256)
)  # Windows-1252, and Latin-1 where it has no character
_ESCAPED = {0xDC00 + byte: LEGACY[byte] for byte in range(128, 256)}
_NOT_UTF8 = re.compile("[\udc80-\udcff]+")
_BYTE_OF = {ord(LEGACY[byte]): byte for byte in range(128, 256)}
NEXT_LINE = 0x85  # a break of EBCDIC as well as an ellipsis: not certain
_CERTAIN = {
    chr(byte).encode(): LEGACY[byte].encode()
    for byte in range(128, 160)
    if byte != NEXT_LINE and LEGACY[byte] != chr(byte)
}
_CERTAIN_CONTROL = re.compile(b"|".join(_CERTAIN))
MOST_TIMES = 5  # that text is taken back
_LEADS = tuple(bytes([byte]) for byte in (0xC2, 0xC5, 0xC6, 0xCB, 0xE2, 0xEF))
_SECOND = (  # a byte 80 to BF read as Windows-1252 or Latin-1, and written as UTF-8
    rb"(?:\xc2[\x80-\xbf]|\xc5[\x92\x93\xa0\xa1\xb8\xbd\xbe]|\xc6\x92|\xcb[\x86\x9c]"
    rb"|\xe2[\x80\x82\x84][\x80-\xbf])"
)
_THREE = rb"\xc3[\xa1-\xaf]" + _SECOND + rb"{2}"  # of marks and other letters: three bytes each
_TWICE = re.compile(
    rb"(?:\xc3[\x82-\x85]" + _SECOND + rb"|" + _THREE + rb")"  # Latin letters: two bytes each
    rb"(?:\xc3[\x82-\x86\x8b]"
    + _SECOND
    + rb"|"
    + _THREE
    + rb")*"  # what follows may be of a further encoding
    rb"|(?:\xc3[\x8e-\x91]" + _SECOND + rb"){2,}"  # Greek, Cyrillic: where two follow each other
)
_LOST = b"\xef\xbf\xbd"  # U+FFFD stands where an earlier program lost a letter
_UNSEEN = re.compile(rb"\xe2\x80[\x8b-\x8f\xaa-\xae]|\xe2\x81\xa0|\xef\xbb\xbf|\xc2\xad")
_SPACES = re.compile(rb"\xc2\xa0|\xe2\x80[\x87\xaf]")
_CONTROL = re.compile(rb"(?:[\x00-\x08\x0b-\x1f\x7f]|\xc2[\x80-\x9f])+")

NOT_UTF8 = "bytes that are no UTF-8 were read as Windows-1252"
ENCODED_TWICE = "letters that had been encoded twice (Ã© for é) were taken as meant"
LOST = "an earlier program has put � for a letter; export the file again"
CERTAIN = (
    "control characters that are quotes, dashes or letters of Windows-1252 were taken as those"
)
CONTROLS = "there are control characters; texts have blanks in their place"


@dataclass
class Remarks:
    """What was told of a file's rows: by sentence how many, and the first few of their numbers."""

    counts: dict[str, int] = field(default_factory=dict)
    first: dict[str, list[int]] = field(default_factory=dict)

    def add(self, sentence: str, rows: Sequence[int] | Numbers) -> None:
        """Add rows to a sentence that follows the words "in 3 rows"."""
        if len(rows):
            self.counts[sentence] = self.counts.get(sentence, 0) + len(rows)
            named = self.first.setdefault(sentence, [])
            named += [int(row) for row in rows[: FIRST_NAMED - len(named)]]

    def sentences(self, file: str) -> Iterator[str]:
        """Yield a note for each kind of remark; nothing of the rows but their numbers."""
        for sentence, count in self.counts.items():
            named = ", ".join(map(str, self.first[sentence]))
            named += ", …" if count > len(self.first[sentence]) else ""
            rows, numbers = counted(count, "row"), "row" if count == 1 else "rows"
            yield f"{file}: in {rows} {sentence} ({numbers} {named})."


@dataclass(frozen=True, eq=False)
class Lines:
    """Whole lines of a file; ``raw`` as they stand, ``text`` as they are read; both UTF-8, ended by LF."""

    first: int  # the number of the first line in its file
    raw: bytes
    text: bytes
    done: float = 0.0  # share of the file read so far

    @cached_property
    def ends(self) -> Numbers:
        """Where each line of ``text`` ends."""
        return np.flatnonzero(np.frombuffer(self.text, np.uint8) == LINE_END)

    @cached_property
    def raw_ends(self) -> Numbers:
        """Where each line of ``raw`` ends."""
        return (
            self.ends
            if self.raw is self.text
            else np.flatnonzero(np.frombuffer(self.raw, np.uint8) == LINE_END)
        )

    @cached_property
    def count(self) -> int:
        """How many lines there are, counted at their ends."""
        return self.text.count(b"\n")

    def line(self, place: int) -> bytes:
        """Return a line's text without its end, by its place among these lines."""
        return self.text[self.start(place) : self.ends[place]]

    def start(self, place: int) -> int:
        """Return where a line begins."""
        return int(self.ends[place - 1]) + 1 if place else 0

    def raw_lines(self, place: int, lines: int = 1) -> bytes:
        """Return lines as they stand in the file, with their ends."""
        start = int(self.raw_ends[place - 1]) + 1 if place else 0
        return self.raw[start : int(self.raw_ends[place + lines - 1]) + 1]

    def after(self, lines: int) -> Lines:
        """Return these lines without the first ones."""
        if not lines:
            return self
        raw = self.raw[int(self.raw_ends[lines - 1]) + 1 :]
        text = raw if self.raw is self.text else self.text[int(self.ends[lines - 1]) + 1 :]
        return Lines(self.first + lines, raw, text, self.done)

    def before(self, more: Lines) -> Lines:
        """Return these lines and those that follow them."""
        raw = self.raw + more.raw
        same = self.raw is self.text and more.raw is more.text
        return Lines(self.first, raw, raw if same else self.text + more.text, more.done)


def line_blocks(file: Found, remarks: Remarks, size: int = 0) -> Iterator[Lines]:
    """Yield a file's lines from its first on, about ``size`` bytes at a time. Raises BadInput, OSError, EOFError."""
    number = 1
    for block, done in _whole_lines(file, size or BLOCK):
        raw = text = block
        if not block.isascii():
            raw = _utf8(block, number, remarks)
            text = seen(raw, number, remarks)
        _tell_controls(text, number, remarks)
        lines = Lines(number, raw, text, done)
        yield lines
        number += lines.count


def _whole_lines(file: Found, size: int) -> Iterator[tuple[bytes, float]]:
    rest = b""
    for block, done in _decoded(file, size):
        whole = rest + block
        tail = b"\r" if whole.endswith(b"\r") and done < 1 else b""  # its LF may follow
        whole = _ended_by_lf(whole.removesuffix(tail))
        cut = whole.rfind(b"\n") + 1
        rest = whole[cut:] + tail
        if cut:
            yield whole[:cut], done
        if len(rest) > LONGEST_LINE:
            raise BadInput(
                f"{file.name} has a line of more than {LONGEST_LINE >> 20} MB.", "Is it a CSV file?"
            )
    if rest:
        yield _ended_by_lf(rest) + b"\n", 1.0


def _ended_by_lf(text: bytes) -> bytes:
    return text.replace(b"\r\n", b"\n").replace(b"\r", b"\n") if b"\r" in text else text


def _decoded(file: Found, size: int) -> Iterator[tuple[bytes, float]]:
    """Yield a file's bytes, of UTF-16 and UTF-32 turned into UTF-8, with the share read so far; 1 at the end."""
    decoder = codecs.getincrementaldecoder(file.encoding)("replace")
    total, read = max(file.path.stat().st_size, 1), 0
    with opened(file) as source:
        while block := source.read(size):
            read += len(block)
            some = block if file.encoding == UTF8 else decoder.decode(block).encode()
            yield some, min(read / total, 0.999)
    yield (b"" if file.encoding == UTF8 else decoder.decode(b"", final=True).encode()), 1.0


def _rows_at(text: bytes | str, places: Iterator[int], number: int) -> list[int]:
    """Return the line numbers of places in a block that begins with line ``number``; each line once."""
    end = "\n" if isinstance(text, str) else b"\n"
    rows: list[int] = []
    last, line = 0, number
    for place in places:
        line += text.count(end, last, place)  # type: ignore[arg-type]
        last = place
        if not rows or rows[-1] != line:
            rows.append(line)
    return rows


def _utf8(block: bytes, number: int, remarks: Remarks) -> bytes:
    if _is_utf8(block):
        return block
    found: list[int] = []

    def as_windows(match: re.Match[str]) -> str:
        found.append(match.start())
        return match[0].translate(_ESCAPED)

    text = block.decode(UTF8, "surrogateescape")
    mended = _NOT_UTF8.sub(as_windows, text)
    remarks.add(NOT_UTF8, _rows_at(text, iter(found), number))
    return mended.encode()


def _is_utf8(block: bytes) -> bool:
    places = pa.array([0, len(block)], pa.int64()).buffers()[1]
    whole = pa.Array.from_buffers(pa.large_string(), 1, [None, places, pa.py_buffer(block)])
    try:
        whole.validate(full=True)
    except pa.ArrowInvalid:
        return False
    return True


def seen(raw: bytes, number: int, remarks: Remarks) -> bytes:
    """Return lines with what was encoded twice or more often taken back, and without what nobody sees."""
    if not any(lead in raw for lead in _LEADS):
        return raw
    mended: list[int] = []
    text = raw
    for _ in range(MOST_TIMES):
        before, text = text, _once(text, number, mended)
        if text == before:
            break
    remarks.add(ENCODED_TWICE, sorted(set(mended)))
    controls = (match.start() for match in _CERTAIN_CONTROL.finditer(text))
    remarks.add(CERTAIN, _rows_at(text, controls, number))
    text = _CERTAIN_CONTROL.sub(lambda match: _CERTAIN[match[0]], text)
    lost = (match.start() for match in re.finditer(_LOST, text))
    remarks.add(LOST, _rows_at(text, lost, number))
    return _SPACES.sub(b" ", _UNSEEN.sub(b"", text))


def _once(raw: bytes, number: int, mended: list[int]) -> bytes:
    """Return text with one encoding taken back, and add the rows in which that was done."""
    found: list[int] = []

    def as_meant(match: re.Match[bytes]) -> bytes:
        try:
            text = match[0].decode().translate(_BYTE_OF).encode("latin-1")
            text.decode()
        except UnicodeError:
            return match[0]
        found.append(match.start())
        return text

    text = _TWICE.sub(as_meant, raw)
    mended += _rows_at(raw, iter(found), number)
    return text


def _tell_controls(text: bytes, number: int, remarks: Remarks) -> None:
    low = int(np.count_nonzero(np.frombuffer(text, np.uint8) < ord(" ")))
    if low == text.count(b"\n") and b"\x7f" not in text and b"\xc2" not in text:
        return
    found = (match.start() for match in _CONTROL.finditer(text))
    remarks.add(CONTROLS, _rows_at(text, found, number))


# Of Parquet

_ODD = "[\x00-\x08\x0b-\x1f\x7f\u0080-\u00bf\u0152-\u0192\u02c6\u02dc\u2000-\u2122\ufeff\ufffd]"


def plain_cells(
    columns: Mapping[str, pa.Array], first: int, remarks: Remarks
) -> dict[str, pa.Array]:
    """Return columns of text as the same cells are read from lines, and tell their rows: the first is ``first``."""
    rows: dict[str, set[int]] = {}
    plain = {name: _plain_column(column, first, rows) for name, column in columns.items()}
    for sentence, which in rows.items():
        remarks.add(sentence, sorted(which))
    return plain


def _plain_column(text: pa.Array, first: int, rows: dict[str, set[int]]) -> pa.Array:
    held = text.buffers()[2]
    if held is None or _is_plain(np.frombuffer(held, np.uint8)):
        return text
    odd = pc.fill_null(pc.match_substring_regex(text, _ODD), False)
    cells = text.filter(odd).dictionary_encode()
    places = np.flatnonzero(odd.to_numpy(zero_copy_only=False))
    codes = cells.indices.to_numpy(zero_copy_only=False)
    plain: list[str | None] = []
    for code, cell in enumerate(cells.dictionary.to_pylist()):
        told = Remarks()
        read = seen(_ended_by_lf(cell.encode()), 1, told)
        _tell_controls(read + b"\n", 1, told)
        plain.append(read.decode() or None)
        for sentence in told.counts:
            rows.setdefault(sentence, set()).update((places[codes == code] + first).tolist())
    meant = pa.array(plain, pa.string()).take(cells.indices)
    return pc.replace_with_mask(text, odd, meant)


def _is_plain(held: Numbers) -> bool:
    return not ((held < ord(" ")) | (held > ord("~"))).any()
