"""Finds a file's header and says which of its columns are which of its table's.

The header of a CSV file is its first line, or stands below a line ``sep=;`` and a few lines of title;
a name in quotes may run over lines. The mark between the columns is the one by which most names are
known. ``column_names.toml`` has the other names of columns, ``personal_columns.toml`` what tells that one is personal.
"""

from __future__ import annotations

import re
import tomllib
from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from difflib import SequenceMatcher, get_close_matches
from functools import cache, lru_cache
from importlib import resources

from renotify.errors import BadInput
from renotify.ledger.intake import parquet_rows
from renotify.ledger.intake.contract import Contract, Kind
from renotify.ledger.intake.csv_records import MOST_LINES, NEVER_CLOSED, RowShape, parsed
from renotify.ledger.intake.files import CSV, Found
from renotify.ledger.intake.plain_lines import Remarks, line_blocks
from renotify.values.english import counted

HEADER_BYTES = 1 << 16
DELIMITERS = ",;\t|"
TITLE_LINES = 10  # above a header
FIRST_ROWS = 20  # that show whether rows end with a delimiter
SEPARATOR = re.compile(rb'"?sep=([^\w"\x80-\xff])"?[,;\t ]*', re.IGNORECASE)
MISSPELT = 0.85  # likeness of a strange column to one that a table has: a slip of the pen, refused
MAYBE_MEANT = 0.7  # perhaps one, asked about
NUMBERS = (Kind.VIN, Kind.NUMBER_OF_MAKER)
FIRM = {  # values that are told from running text
    Kind.VIN: re.compile(rb"[A-HJ-NPR-Za-hj-npr-z0-9]{17}"),
    **dict.fromkeys((Kind.DATE, Kind.MONDAY), re.compile(rb"[0-9]{4}-[0-9]{2}-[0-9]{2}.*")),
    **dict.fromkeys((Kind.WHOLE, Kind.NUMBER), re.compile(rb"[0-9]+(\.[0-9]*)?")),
}
Names = Mapping[str, str]


@dataclass(frozen=True)
class Header:
    """A CSV file's header: its names, the mark between them, and the lines up to its end."""

    names: tuple[str, ...]
    delimiter: str
    first: int  # the line on which it begins, from 1
    lines: int  # up to its end
    width: int  # with the blank fields after its last name, as most of the first rows have them
    widest: int  # with as many as itself or all of the first rows have
    marked: bool = False  # whether the file names its delimiter itself


@dataclass(frozen=True)
class Layout:
    """How a file's columns map to its table's; ``places`` are positions of known columns.

    A row has ``fields`` fields. Blank ones may follow, up to ``widest``, where the header or every row has them;
    most rows have ``width``.
    """

    fields: int
    places: dict[str, int]
    delimiter: str
    kinds: Mapping[str, Kind]
    notes: tuple[str, ...] = ()
    lines: int = 1  # up to the header's end
    width: int = 0
    widest: int = 0
    private: bool = (
        False  # whether a column of the file, known or passed over, is personal by its name
    )

    @property
    def shape(self) -> RowShape:
        """What a row of a CSV file must look like."""
        kinds = {
            self.places[name]: kind for name, kind in self.kinds.items() if name in self.places
        }
        vins = [place for place, kind in kinds.items() if kind in NUMBERS]
        firm = {place: FIRM[kind] for place, kind in kinds.items() if kind in FIRM}
        return RowShape(
            self.fields, self.delimiter.encode(), vins[0] if vins else None, self.widest, firm
        )


def layout(file: Found, contract: Contract) -> Layout:
    """Return how a file of a contract is laid out. Raises BadInput for a wrong or missing header."""
    kinds = {column.name: column.kind for column in contract.columns}
    if file.form is not CSV:
        names = parquet_rows.names(file)
        places, notes = _mapped(file, contract, names)
        private = _personal(contract, names)
        return Layout(len(names), places, ",", kinds, notes, private=private)
    header = find(file, contract)
    if header is None:
        raise BadInput(
            f"{file.name} has no header row that is known.",
            f"Its first row must name {', '.join(_required(contract))}.",
        )
    places, notes = _mapped(file, contract, header.names)
    return Layout(
        len(header.names), places, header.delimiter, kinds, (*notes, *_remarks(file, header)),
        header.lines, header.width, header.widest, _personal(contract, header.names),
    )  # fmt: skip


def find(file: Found, contract: Contract) -> Header | None:
    """Return the header of a CSV file: the first line that names half of the needed columns; None without one."""
    lines = first_lines(file)
    separator = SEPARATOR.fullmatch(lines[0]) if lines else None
    marks = [*([separator[1].decode()] if separator else []), *DELIMITERS]
    needed = set(_required(contract))
    for place in range(1 if separator else 0, min(len(lines), TITLE_LINES + 1)):
        found = max(
            (_header(lines, place, mark) for mark in marks),
            key=lambda header: len(_known(contract, header.names)),
        )
        if 2 * len(needed & set(_known(contract, found.names))) >= len(needed):
            return found if not separator else _marked(found)
    return None


def _marked(header: Header) -> Header:
    return replace(header, marked=True)


def first_lines(file: Found) -> list[bytes]:
    """Return the text of a CSV file's first lines. Raises BadInput when it cannot be read."""
    try:
        block = next(line_blocks(file, Remarks(), HEADER_BYTES), None)
    except (OSError, EOFError) as error:
        raise BadInput(
            f"{file.name} cannot be read.", "Check that it is there, whole, and open to you."
        ) from error
    return block.text.split(b"\n")[:-1] if block else []


def _header(lines: Sequence[bytes], place: int, mark: str) -> Header:
    """Return the record that begins on a line as a header."""
    shape = RowShape(1, mark.encode())
    text, last = lines[place], place
    fields, reason = parsed(text, shape.quoted, shape.delimiter)
    while reason is NEVER_CLOSED and last + 1 < min(len(lines), place + MOST_LINES):
        last += 1
        text += b"\n" + lines[last]
        fields, reason = parsed(text, shape.quoted, shape.delimiter)
    if reason:
        fields, last = lines[place].split(shape.delimiter), place
    own = len(fields)
    while len(fields) > 1 and not fields[-1].strip():
        fields.pop()
    width, widest = _widths(lines[last + 1 :], RowShape(len(fields), shape.delimiter), own)
    return Header(
        tuple(f.decode().strip() for f in fields), mark, place + 1, last + 1, width, widest
    )


def _widths(below: Sequence[bytes], shape: RowShape, own: int) -> tuple[int, int]:
    """Return how many fields most of the first rows have, and the most that one may have, blank ones after the last name included.

    Blank ones are taken where the header has them (``own``), or each of the first rows, of several, as many.
    """
    rows = [parsed(line, shape.quoted, shape.delimiter) for line in below[:FIRST_ROWS] if line]
    found = [fields for fields, fault in rows if not fault]
    lengths = Counter(map(len, found))
    alike = len(found) > 1 and len(lengths) == 1 and not any(any(f[shape.fields :]) for f in found)
    widest = max(shape.fields, own, min(lengths) if alike else 0)
    usual = [n for n, _ in lengths.most_common() if shape.fields <= n <= widest]
    return usual[0] if usual else shape.fields, widest


def _remarks(file: Found, header: Header) -> list[str]:
    notes = []
    if header.first > 1 + header.marked:
        above = header.first - 1 - header.marked
        lines = counted(above, "line")
        notes.append(f"{file.name}: the header is line {header.first}; {lines} above it were passed over.")  # fmt: skip
    if header.delimiter != ",":
        notes.append(f"{file.name} was read with {header.delimiter!r} between its columns.")
    return notes


# Which column is which


@cache
def _personal_words() -> tuple[str, ...]:
    """Return what in the name of a column that no table has says that its values are personal, as ``_plain`` writes names."""
    text = (resources.files("renotify.ledger.intake") / "personal_columns.toml").read_text("utf-8")
    return tuple(_plain(word) for words in tomllib.loads(text).values() for word in words)


@cache
def _other_names() -> dict[str, tuple[str, ...]]:
    """Return the columns that another name may stand for, by that name."""
    text = (resources.files("renotify.ledger.intake") / "column_names.toml").read_text("utf-8")
    meant: dict[str, tuple[str, ...]] = {}
    for column, names in tomllib.loads(text).items():
        for name in map(_plain, names):
            meant[name] = (*meant.get(name, ()), column)
    return meant


@lru_cache(maxsize=4096)
def _plain(name: str) -> str:
    """Return a name's letters and digits; ``#`` reads number, and ``+`` stays, so that ZIP+4 is not zip4."""
    return re.sub(r"[\W_]+", "", name.lower().replace("#", " number").replace("+", "plus"))


def _known(contract: Contract, names: Sequence[str]) -> dict[str, list[int]]:
    """Return the places of a contract's columns: those of its own names, else those of its other names."""
    own = {_plain(name): name for name in contract.names}
    found: dict[str, list[int]] = {}
    others: dict[str, list[int]] = {}
    for place, name in enumerate(map(_plain, names)):
        if name in own:
            found.setdefault(own[name], []).append(place)
            continue
        for column in _other_names().get(name, ()):
            if column in contract.names:
                others.setdefault(column, []).append(place)
    return others | found


def _mapped(
    file: Found, contract: Contract, header: Sequence[str]
) -> tuple[dict[str, int], tuple[str, ...]]:
    known = _known(contract, header)
    required = _required(contract)
    if 2 * len(set(known) & set(required)) < len(required):  # a row of people is not repeated
        raise BadInput(
            f"{file.name} has no header row that is known.",
            f"Its first row must name {', '.join(required)}.",
        )
    for name, places in known.items():
        if len(places) > 1:
            raise BadInput(f"{file.name} has the column {name} twice.", "Keep one of them.")
    used = {place for places in known.values() for place in places}
    shown = [" ".join(name.split()) for name in header]
    extra = [name for place, name in enumerate(shown) if name and place not in used]
    missing = [name for name in required if name not in known]
    if missing:
        raise BadInput(
            f"{file.name} has no column {missing[0]}; it has {', '.join(filter(None, shown))}.",
            _suggestion(missing[0], extra, required),
        )
    notes = _passed_over(file, extra, [name for name in contract.names if name not in known])
    notes += [
        f"{file.name}: the column {shown[place]!r} was read as {name}."
        for name, (place, *_) in known.items()
        if _plain(shown[place]) != _plain(name)
    ]
    return {name: known[name][0] for name in contract.names if name in known}, tuple(notes)


def _passed_over(file: Found, extra: Sequence[str], absent: Sequence[str]) -> list[str]:
    """Return what is said of columns that no table has; ``absent`` are those of the table that the file does not have.

    Raises BadInput for one that is an absent column's name but for a slip of the pen: its values would be missing without a word.
    """
    said = []
    for name in extra:
        alike = {_plain(column): column for column in absent}
        (near,) = get_close_matches(_plain(name), alike, 1, cutoff=MAYBE_MEANT) or [""]
        # a second telephone is another column
        numbered = near[-1:].isdigit() or name[-1:].isdigit()
        if near and not numbered and _likeness(_plain(name), near) >= MISSPELT:
            raise BadInput(
                f"{file.name} has a column {name!r}; did you mean {alike[near]}?",
                f"Rename it to {alike[near]}, or take it out of the file if it is something else.",
            )
        said.append(f"{name!r}{f' (did you mean {alike[near]}?)' if near else ''}")
    return [f"{file.name}: the columns {', '.join(said)} were passed over."] if said else []


def _likeness(one: str, other: str) -> float:
    return SequenceMatcher(None, one, other).ratio()


def _personal(contract: Contract, names: Sequence[str]) -> bool:
    """Return whether a column of a file is personal: by its table, or, where it is passed over, by its name."""
    known = _known(contract, names)
    used = {place for places in known.values() for place in places}
    passed_over = [_plain(name) for place, name in enumerate(names) if place not in used]
    return any(column.personal and column.name in known for column in contract.columns) or any(
        word in name for name in passed_over for word in _personal_words()
    )


def _required(contract: Contract) -> list[str]:
    return [column.name for column in contract.columns if column.required]


def _suggestion(missing: str, extra: Sequence[str], required: Sequence[str]) -> str:
    alike = {re.sub(r"[\W_]+", "_", name.lower()): name for name in extra}
    near = get_close_matches(missing, alike, 1, cutoff=0.5)
    if near:
        return f"Rename {alike[near[0]]} to {missing}, if that is what it is."
    return f"Needed are {', '.join(required)}."
