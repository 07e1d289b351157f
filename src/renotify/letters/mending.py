"""What is done to a field that does not fit as it stands, so that the letter arrives: never in silence, and never to the street.

A character that the face lacks is left out where it is a mark, a symbol or nothing that is seen. A name that still cannot be
printed, or is blank, is the REGISTERED OWNER's (577.7); a name or street that is too long takes free lines of the window. A
model falls back to year and make, a dealer's address to its town, its telephone to the maker's, its name to any dealer of the
make. Every step is noted by piece, field and reason. Columns in which every row fits are not touched.
"""

from __future__ import annotations

import unicodedata
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from functools import lru_cache, partial
from operator import itemgetter

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
from numpy.typing import NDArray

from renotify.letters import faces
from renotify.letters.measuring import Text, measure
from renotify.letters.version import LetterVersion, Slot
from renotify.values.address import BLOCK
from renotify.values.characters import plain_characters
from renotify.values.street_lines import is_unit

CHANGES = pa.schema([("piece_id", pa.string()), ("field", pa.string()), ("reason", pa.string())])
REGISTERED_OWNER = "REGISTERED OWNER"
LINES = ("line1", "line2", "line3", "line4", "line5", "line6")
LEFT_OUT = frozenset({"Mn", "Me", "So", "Sk", "Cf", "Cs", "Co", "Cn"})
LOST = "\ufffd"  # it stands for a letter that a program could not read: a person must say which
NAMES = ("name1", "name2")
PHONE_NUMBER = r"^.*?(\+?\(?[0-9][0-9 ().+-]{5,}[0-9]).*$"

TO_REGISTERED = "to the registered owner, for want of a name that can be printed"
CHARACTERS = "marks or symbols left out that the face does not have"
OVER_LINES = "over more than one line"
FIRST_LINES = "its first lines only, for want of more"
BESIDE_NAME = "beside name1, for want of a line"
BESIDE_STREET = "on the line of addr1, for want of one"
NO_ROOM = "left out, for want of a line"
NOT_IN_FACE = "left out, for want of its letters in the face"
YEAR_AND_MAKE = "year and make only"
ANY_DEALER = "any dealer of the make"
TOWN_ONLY = "town, state and ZIP Code only"
NUMBER_ONLY = "the number only"
WITHOUT_PRIVATE = "without an e-mail address or Social Security number in it"
MAKERS_NUMBER = "the maker's own, for want of the dealer's"


@dataclass
class Notes:
    """What was done, by rows, field and reason."""

    found: list[tuple[NDArray[np.bool_], str, str]] = field(default_factory=list)

    def add(self, rows: NDArray[np.bool_], name: str, what: str) -> None:
        """Note the rows in which something was done to a field."""
        if rows.any():
            self.found.append((rows, name, f"{name}: {what}"))

    def table(self, piece_ids: pa.Array, good: NDArray[np.bool_]) -> pa.Table:
        """Return piece_id, field and reason of what was done in the good rows (``CHANGES``)."""
        parts = [
            pa.table(
                [ids := piece_ids.filter(pa.array(rows & good)), pa.array([name] * len(ids)), pa.array([what] * len(ids))],
                schema=CHANGES,
            )
            for rows, name, what in self.found
            if (rows & good).any()
        ]  # fmt: skip
        return pa.concat_tables(parts) if parts else CHANGES.empty_table()


@dataclass
class Fields:
    """The printed fields of some rows, each measured once until it changes."""

    version: LetterVersion
    columns: dict[str, pa.Array]
    notes: Notes = field(default_factory=Notes)
    _texts: dict[str, Text] = field(default_factory=dict)

    def text(self, name: str) -> Text:
        """Return a field measured."""
        if name not in self._texts:
            self._texts[name] = measure(self.columns[name])
        return self._texts[name]

    def put(self, name: str, rows: NDArray[np.bool_], values: pa.Array, what: str = "") -> None:
        """Put another text into some rows of a field; ``values`` has one for each row of the table."""
        if rows.any():
            self.columns[name] = pc.if_else(pa.array(rows), values, self.columns[name])
            self._texts.pop(name, None)
            if what:
                self.notes.add(rows, name, what)

    def too_wide(self, name: str) -> NDArray[np.bool_]:
        """Return which rows do not fit the narrowest of a field's slots, condensed once."""
        wide = np.zeros(len(self.columns[name]), bool)
        share = self.version.profile.condense / 100
        for slot in slots_of(self.version, name):
            widths = self.text(name).widths(faces.FACES[slot.face]) * (slot.size / 1000)
            wide |= widths * share > slot.width
        return wide

    def misfit(self, name: str) -> NDArray[np.bool_]:
        """Return which rows of a field cannot be printed as they stand."""
        return self.too_wide(name) | (self.text(name).bad >= 0)


def slots_of(version: LetterVersion, name: str) -> list[Slot]:
    """Return the slots that a field can stand in; address lines share the first line's."""
    wanted = LINES[0] if name in BLOCK else name
    return [slot for slot in version.slots if slot.name == wanted]


def lines_of(version: LetterVersion) -> tuple[str, ...]:
    """Return the names of a version's address lines, from the top."""
    there = {slot.name for slot in version.slots}
    return tuple(name for name in LINES if name in there)


def mend(fields: Fields, whole: Mapping[str, pa.Array]) -> None:
    """Make the fields of rows fit that do not; ``whole`` has the letters' columns. Blanks in a street stay for the checks."""
    for name in fields.columns:
        _leave_out_characters(fields, name)
    if "model_text" in fields.columns:
        _model(fields, whole)
    if "dealer_name" in fields.columns:
        _dealer(fields, whole)
    if BLOCK[0] in fields.columns:
        _names(fields)
        _lines(fields)


# Characters


@lru_cache(maxsize=1 << 12)
def printable(text: str, *, capitals: bool = False) -> str:
    """Return a text without what nobody sees and without the marks and symbols that the face does not have.

    Raised and lowered letters are plain ones where the face lacks one of them (``2nd`` for a raised one), in capitals where the line
    is. Other letters that it does not have stay, for the name to be replaced or the row to be refused.
    """
    controls = "".join(" " if unicodedata.category(c) == "Cc" else c for c in text)
    composed = unicodedata.normalize("NFC", plain_characters(controls))
    if any(_is_raised(c) and not _in_face(c) for c in composed):
        plain = (unicodedata.normalize("NFKC", c) if _is_raised(c) else c for c in composed)
        composed = "".join(c.upper() if capitals and len(c) == 1 else c for c in plain)

    def stays(character: str) -> bool:
        kept = character == LOST or unicodedata.category(character) not in LEFT_OUT
        return kept or _in_face(character)

    return " ".join("".join(filter(stays, composed)).split())


def _in_face(character: str) -> bool:
    code = ord(character)
    return code < faces.CODES and bool(faces.repertoire()[code])


def _is_raised(character: str) -> bool:
    """Return whether a character is another letter or digit, raised or lowered; a trade mark is not."""
    raised = unicodedata.decomposition(character).startswith(("<super>", "<sub>"))
    return raised and unicodedata.category(character) != "So"


def _leave_out_characters(fields: Fields, name: str) -> None:
    bad = fields.text(name).bad >= 0
    if bad.any():
        change = partial(printable, capitals=name in BLOCK)
        _changed(fields, name, bad, change, CHARACTERS)


def _changed(
    fields: Fields, name: str, rows: NDArray[np.bool_], change: Callable[[str], str], what: str
) -> None:
    """Change the texts of some rows, few of all; those that are mended by it are noted."""
    mask = pa.array(rows)
    column = fields.columns[name]
    new = [change(text) for text in column.filter(mask).to_pylist()]
    values = pc.replace_with_mask(column, mask, pa.array(new, pa.string()))
    mended = rows & (measure(values).bad < 0)
    fields.put(name, mended, values, what)


# The vehicle and its dealer


def _model(fields: Fields, whole: Mapping[str, pa.Array]) -> None:
    wrong = fields.misfit("model_text")
    if not wrong.any():
        return
    make = pa.array([fields.version.make] * len(wrong), pa.string())
    short = whole["model_short"]
    fields.put("model_text", wrong, pc.if_else(pc.equal(short, ""), make, short), YEAR_AND_MAKE)
    fields.put("model_text", fields.misfit("model_text"), make)


def _dealer(fields: Fields, whole: Mapping[str, pa.Array]) -> None:
    """Step the dealer's phone and address down, or name any dealer of the make in all three fields. No box is without a number."""
    if "dealer_phone" in fields.columns:
        long = fields.misfit("dealer_phone")
        number = pc.replace_substring_regex(fields.columns["dealer_phone"], PHONE_NUMBER, r"\1")
        fields.put("dealer_phone", long, number, NUMBER_ONLY)
        none = fields.misfit("dealer_phone") | fields.text("dealer_phone").empty
        maker = fields.version.without_dealer["dealer_phone"]
        fields.put("dealer_phone", none, pa.scalar(maker), MAKERS_NUMBER)
    wrong = fields.misfit("dealer_name")
    if "dealer_address" in fields.columns:
        town = whole["dealer_place"]
        long = fields.misfit("dealer_address") & ~np.asarray(pc.equal(town, "")) & ~wrong
        fields.put("dealer_address", long, town, TOWN_ONLY)
        wrong |= fields.misfit("dealer_address")
    if wrong.any():
        fields.notes.add(wrong, "dealer_name", ANY_DEALER)
        for name, text in fields.version.without_dealer.items():
            if name in fields.columns:
                fields.put(name, wrong, pa.scalar(text))


# The address block


def _names(fields: Fields) -> None:
    """Write to the registered owner where the first name is blank or not in the face; a second one that is not is left out."""
    first, second = (fields.text(name) for name in NAMES)
    nameless = (first.bad >= 0) | first.empty
    fields.put("name1", nameless, pa.scalar(REGISTERED_OWNER), TO_REGISTERED)
    fields.put("name2", second.bad >= 0, pa.scalar(""), NOT_IN_FACE)


def _lines(fields: Fields) -> None:
    """Set the blocks of which a line is too wide, or that have more lines than the window, over its lines."""
    wide = {name: fields.too_wide(name) for name in BLOCK}
    full = sum((~fields.text(name).empty).astype(int) for name in BLOCK)
    rows = np.logical_or.reduce([*wide.values()]) | (full > len(lines_of(fields.version)))
    rows &= ~np.logical_or.reduce([fields.text(name).bad >= 0 for name in BLOCK])
    places = np.flatnonzero(rows)
    if not places.size:
        return
    window = Window.of(fields.version)
    given = zip(
        *(fields.columns[name].take(pa.array(places)).to_pylist() for name in BLOCK), strict=True
    )
    settled = [window.settle(block) for block in given]
    done = [place for place, one in zip(places.tolist(), settled, strict=True) if one is not None]
    blocks = [one for one in settled if one is not None]
    _put_blocks(fields, done, blocks)


def _put_blocks(fields: Fields, rows: Sequence[int], blocks: Sequence[Block]) -> None:
    mask = np.zeros(len(fields.columns[BLOCK[0]]), bool)
    mask[list(rows)] = True
    for place, name in enumerate(BLOCK):
        texts = [b.lines[place] if place < len(b.lines) else "" for b in blocks]
        column = pc.replace_with_mask(
            fields.columns[name], pa.array(mask), pa.array(texts, pa.string())
        )
        fields.put(name, mask, column)
    for pair in sorted({note for block in blocks for note in block.notes}):
        own = np.zeros(len(mask), bool)
        own[[r for r, block in zip(rows, blocks, strict=True) if pair in block.notes]] = True
        fields.notes.add(own, *pair)


NoteOf = tuple[tuple[str, str], ...]  # fields, and what was done to each


@dataclass(frozen=True)
class Block:
    """The lines of one window from the top, and what was done to which field."""

    lines: tuple[str, ...]
    notes: NoteOf = ()


@dataclass(frozen=True)
class Window:
    """The room of an address: how many lines, how wide, in what type."""

    lines: int
    width: float
    size: float
    share: float
    face: str

    @classmethod
    def of(cls, version: LetterVersion) -> Window:
        """Return the window of a version's letters."""
        slot = slots_of(version, LINES[0])[0]
        share = version.profile.condense / 100
        face = faces.FACES[slot.face]
        return cls(len(lines_of(version)), slot.width, slot.size, share, face)

    def settle(self, block: Sequence[str]) -> Block | None:
        """Return a block (``BLOCK``) that fits; None where street and city leave no line for a name."""
        named = dict(zip(BLOCK, block, strict=True))
        places = [line for name in ("last_line", "country_line") if (line := named[name])]
        if any(self._wide(line) for line in places):
            return None
        found: list[tuple[int, Block]] = []
        for street, beside in self._streets(named["addr2"], named["addr1"]):
            free = self.lines - len(street) - len(places)
            over = len(street) > sum(bool(named[name]) for name in ("addr1", "addr2"))
            of_street = (*((("addr1", OVER_LINES),) if over else ()), *beside)
            for loss, lines, notes in self._names(named["name1"], named["name2"], free):
                found.append((loss, Block((*lines, *street, *places), (*notes, *of_street))))
        return min(found, key=itemgetter(0))[1] if found else None

    def _streets(self, upper: str, street: str) -> Iterator[tuple[tuple[str, ...], NoteOf]]:
        """Yield the lines of a street: what stands above it apart, then in one with it, as few lines as that takes."""
        yield (*self._over(upper), *self._over(street)), ()
        if upper:
            joined = f"{street} {upper}" if is_unit(upper) else f"{upper} {street}"
            yield self._over(joined), (("addr2", BESIDE_STREET),)

    def _names(
        self, first: str, second: str, free: int
    ) -> Iterator[tuple[int, tuple[str, ...], NoteOf]]:
        """Yield the names over the free lines, by how much is lost: nothing, the second's line, the second, the first's rest, both."""
        lost: NoteOf = (("name2", NO_ROOM),) if second else ()
        both = (*self._over(first), *self._over(second))
        if len(both) <= free:
            more = len(both) > bool(first) + bool(second)
            yield 0, both, (("name1", OVER_LINES),) if more else ()
        joined = self._over(f"{first} {second}".strip())
        if second and len(joined) <= free:
            yield 1, joined, (("name2", BESIDE_NAME),)
        alone = self._over(first)
        if len(alone) <= free:
            yield 2, alone, lost
        elif (
            free >= 1 and " " in alone[0]
        ):  # a trustee's first lines say more to a mail room than no name
            yield 3, alone[:free], (("name1", FIRST_LINES), *lost)
        if free >= 1:
            yield 4, (REGISTERED_OWNER,), (("name1", TO_REGISTERED), *lost)

    def _wide(self, text: str) -> bool:
        return self._width(text) * self.share > self.width

    def _width(self, text: str) -> float:
        return float(self._advances(text).sum())

    def _advances(self, text: str) -> NDArray[np.float64]:
        codes = np.fromiter(map(ord, text), np.intp, len(text))
        return np.asarray(faces.advances(self.face)[codes] * (self.size / 1000), np.float64)

    def _over(self, text: str) -> tuple[str, ...]:
        """Return a text over as few lines as it takes, parted between words, or within one that is wider than a line."""
        if not text:
            return ()
        if not self._wide(text):
            return (text,)
        lines: list[str] = []
        for part in (part for word in text.split(" ") for part in self._parts(word)):
            longer = f"{lines[-1]} {part}" if lines else part
            if lines and self._width(longer) <= self.width:
                lines[-1] = longer
            else:
                lines.append(part)
        return tuple(lines)

    def _parts(self, word: str) -> Iterator[str]:
        """Yield a word whole where it fits a line, else in pieces that do."""
        rest = word
        while self._wide(rest):
            ends = np.cumsum(self._advances(rest))
            end = max(1, int(np.searchsorted(ends, self.width, side="right")))
            yield rest[:end]
            rest = rest[end:]
        yield rest
