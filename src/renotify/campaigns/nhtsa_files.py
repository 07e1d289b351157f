"""NHTSA's files: told apart by what is in them, opened plain, packed or in a zip, and each line decoded.

The layouts are RCL.txt, RCL_Qrtly_Rpts.txt and RCL_Annual_Rpts.txt of NHTSA; the other files are known by their names and shapes.
"""

from __future__ import annotations

import codecs
import gzip
import re
import zipfile
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import IO, Any

from renotify.campaigns.nhtsa import campaign_number
from renotify.errors import BadInput
from renotify.values.english import counted

SNIFFED = 1 << 18  # bytes
FLAT_RCL, REPORTS = "flat_rcl", "filed_reports"
RECALL_WIDTH, REPORT_WIDTH = 23, 13  # the least fields of a line
EIGHTH = 7  # from 0: the field that tells quarterly from annual reports
NUMBER_HEADINGS = frozenset(
    {"CAMPNO", "NHTSARECALLNUMBER", "NHTSACAMPAIGNNUMBER", "CAMPAIGNNUMBER"}
)
NOT_TAKEN = "; it is not loaded, FLAT_RCL, FLAT_RCL_Qrtly_Rpts and FLAT_RCL_Annual_Rpts are."
QUARTER = re.compile(r"\d{4}-[1-4]", re.ASCII)
PERIOD = re.compile(r"(\d{4}-[1-4])\D+(\d{4}-[1-4])", re.ASCII)
YEAR = re.compile(r"\d{4}", re.ASCII)  # of an annual report before 14 November 2023
_EIGHTH_HEADINGS = {"RPTQTR": "quarterly", "RPT_PERIOD": "annual", "REPORT_YEAR": "annual"}
_OWN_NAMES = {
    REPORTS: re.compile(r"rcl_(qrtly|qtrly|quarterly|annual)", re.IGNORECASE),
    FLAT_RCL: re.compile(r"^flat_rcl(?!.*_rpts)", re.IGNORECASE),
}
_OTHER_NAMES = {
    "NHTSA's complaints of owners": re.compile(r"flat_cmpl|complaints_received", re.IGNORECASE),
    "NHTSA's investigations": re.compile(r"flat_inv", re.IGNORECASE),
    "NHTSA's technical service bulletins": re.compile(r"flat_tsbs|tsbs_received", re.IGNORECASE),
    "NHTSA's index of recall documents": re.compile(r"^rcl_from", re.IGNORECASE),
    "NHTSA's description of a file": re.compile(
        r"^(rcl|rcl_(qr?tr?ly|annual)_rpts|cmpl|inv|tsbs)\.txt", re.IGNORECASE
    ),
}
_INVESTIGATION = re.compile(r"(PE|EA|DP|RQ|AQ|TQ|SQ|IR|EQ|RP|AF|OA|CI|DR|MF)\d{2}-?\d{3,4}")
COMPLAINT_WIDTH = 40


@dataclass(frozen=True)
class BadRow:
    """One line that is no row of its file: its number from 1, the field, the value, the reason; and of which recall it is, if it says."""

    row: int
    column: str
    value: str
    reason: str
    recall: str = ""


def kind_of(path: Path) -> str:
    """Return ``FLAT_RCL`` or ``REPORTS`` for a file of NHTSA's that is loaded, else a blank.

    Any line tells, not the first alone; a file by NHTSA's own name that has tabs is what its name says,
    so that its bad lines are refused one by one.
    """
    sample = _sample(path)
    return next((kind for kind in (FLAT_RCL, REPORTS) if _is(kind, path.name, sample)), "")


def described(path: Path) -> str:
    """Return a sentence that names a file for what it is, or a blank when nothing is known of it."""
    sample = _sample(path)
    if sample is None:
        return "it is damaged, or holds none or several of NHTSA's files: download it again, or unpack it."
    named = next((words for words, name in _OTHER_NAMES.items() if name.search(path.name)), "")
    words = named or _by_shape(sample)
    if words:
        return f"it holds {words}{NOT_TAKEN}"
    if any(name.search(path.name) for name in _OWN_NAMES.values()):
        return _foreign(sample)
    return ""


def _is(kind: str, name: str, sample: Sequence[Sequence[str]] | None) -> bool:
    if sample is None:
        return False
    if any(_line_of(values) == kind for values in sample):
        return True
    tabs = any(len(values) > 1 for values in sample) or not sample
    return tabs and bool(_OWN_NAMES[kind].search(name)) and not _by_shape(sample)


def _line_of(values: Sequence[str]) -> str:
    """Return the kind of file that a line belongs to, by its width and the number in its second field."""
    if len(values) < REPORT_WIDTH or not (campaign_number(values[1]) or is_header(values)):
        return ""
    if len(values) >= RECALL_WIDTH:
        return FLAT_RCL
    return REPORTS if kind_of_report(values[EIGHTH]) else ""


def kind_of_report(eighth: str) -> str:
    """Return of which reports a line's eighth field is, or its name: ``quarterly``, ``annual`` (also by a year alone), or a blank."""
    if QUARTER.fullmatch(eighth):
        return "quarterly"
    if PERIOD.fullmatch(eighth) or YEAR.fullmatch(eighth):
        return "annual"
    return _EIGHTH_HEADINGS.get(eighth.upper(), "")


def is_header(values: Sequence[str]) -> bool:
    """Tell whether a line holds the names of the fields; NHTSA's files have none, exports of them may."""
    return len(values) > 1 and is_heading(values[1])


def is_heading(text: str) -> bool:
    """Tell whether the second field of a line is the name of that field."""
    return re.sub(r"[^A-Z]", "", text.upper()) in NUMBER_HEADINGS


def _by_shape(sample: Sequence[Sequence[str]]) -> str:
    for values in sample:
        if len(values) < 3:
            continue
        if len(values) >= COMPLAINT_WIDTH and values[0].isdigit() and values[1].isdigit():
            return "NHTSA's complaints of owners"
        if _INVESTIGATION.fullmatch(values[0]):
            return "NHTSA's investigations"
    return ""


def _foreign(sample: Sequence[Sequence[str]]) -> str:
    text = sample[0][0] if sample else ""
    parted = "commas" if text.count(",") > 2 else "semicolons" if text.count(";") > 2 else ""
    if parted:
        return (
            f"its fields are parted by {parted}; NHTSA's are parted by tabs: take NHTSA's own file."
        )
    return "it has no tabs, which part the fields of NHTSA's files: take NHTSA's own file."


def _sample(path: Path) -> list[list[str]] | None:
    """Return the first lines of a file, split; None when it cannot be opened as one of NHTSA's."""
    try:
        with opened(path) as file:
            return _split(file.read(SNIFFED))
    except (OSError, EOFError, BadInput):
        return None


def _split(block: bytes) -> list[list[str]]:
    text = decoded(block.removeprefix(b"\xef\xbb\xbf"))[0]
    lines = text.split("\n" if "\n" in text else "\r")
    return [[unquoted(v) for v in line.split("\t")] for line in lines if line.strip()]


@contextmanager
def opened(path: Path) -> Iterator[IO[bytes]]:
    """Open a file of NHTSA's: plain, packed (.gz), or the one in its zip, whose own bytes change every day.

    UTF-16 with its mark, as a spreadsheet saves "Unicode text", is read as UTF-8.
    Raises BadInput for a damaged zip, or one that holds none or several.
    """
    ending = path.suffix.lower()
    if ending == ".gz":
        with gzip.open(path, "rb") as unpacked:
            yield _utf8(unpacked)
    elif ending == ".zip":
        try:
            with zipfile.ZipFile(path) as packed, packed.open(_member(packed, path)) as inner:
                yield _utf8(inner)
        except zipfile.BadZipFile as error:
            raise BadInput(f"{path.name} is not a zip file.", "Download it again.") from error
    else:
        with path.open("rb") as plain:
            yield _utf8(plain)


def _utf8(file: Any) -> IO[bytes]:  # noqa: ANN401 - each of the three kinds of open files can peek
    marked = file.peek(2)[:2] in (codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE)
    opened: IO[bytes] = codecs.EncodedFile(file, "utf-8", "utf-16", "replace") if marked else file
    return opened


def _member(packed: zipfile.ZipFile, path: Path) -> str:
    """Return the one text of a zip, or the one that NHTSA's layout tells among others."""
    texts = [
        name
        for name in packed.namelist()
        if name.lower().endswith((".txt", ".tsv", ".lst"))
        and not name.rpartition("/")[2].startswith(".")
    ]
    told = [name for name in texts if _member_kind(packed, name)] if len(texts) > 1 else texts
    if len(told) != 1:
        raise BadInput(
            f"{path.name} holds {counted(len(texts), 'text file')}, {len(told):,} of them recalls or reports of NHTSA's.",
            "It must hold one, such as FLAT_RCL.txt; unpack it and load what is in it.",
        )
    return told[0]


def _member_kind(packed: zipfile.ZipFile, name: str) -> bool:
    with packed.open(name) as inner:
        sample = _split(inner.read(SNIFFED))
    short = name.rpartition("/")[2]
    return any(_is(kind, short, sample) for kind in (FLAT_RCL, REPORTS))


def decoded(line: bytes) -> tuple[str, bool]:
    """Return bytes as text, and whether they were UTF-8 as NHTSA says; else Windows-1252, else Latin-1."""
    try:
        return line.decode("utf-8"), True
    except UnicodeDecodeError:
        pass
    try:
        return line.decode("cp1252"), False
    except UnicodeDecodeError:
        return line.decode("latin-1"), False


def unquoted(value: str) -> str:
    """Return a field without blanks around it, and without the quotes that a spreadsheet put around it."""
    value = value.strip()
    inner = value[1:-1]
    if len(value) > 1 and value[0] == value[-1] == '"' and '"' not in inner.replace('""', ""):
        return inner.replace('""', '"').strip()
    return value
