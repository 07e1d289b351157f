"""From Arrow columns to what stands in the slots: normal form, repertoire, exact width, or refusal.

Every rule works on whole columns. A piece that cannot be printed as it stands goes to the
exceptions with the names of the fields and the reasons; nothing is clipped, nothing transliterated.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from functools import cached_property
from itertools import compress, pairwise

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
from numpy.typing import NDArray

from renotify.errors import BadInput
from renotify.letters import faces, imb
from renotify.letters.version import LetterVersion, Slot
from renotify.values.address import BLANK, BLOCK, address_blocks
from renotify.values.vin import EXCEPTED

COLUMNS = (
    "piece_id", "vin", "name1", "name2", "addr1", "addr2", "city", "state", "zip", "zip4",
    "delivery_point", "model_text", "dealer_name", "dealer_address", "dealer_phone",
    "reference", "imb_payload",
)  # fmt: skip
OPTIONAL = ("name2", "addr2", "zip4", "delivery_point")
REQUIRED = ("vin", "name1", "addr1", "city", "reference")
WORDS = r'[^ ,;:"().]'  # a field of punctuation only prints nothing
ADDRESS = BLOCK  # the address lines from top to bottom, as values.address sets them
TYPED = (
    "name1",
    "name2",
    "addr1",
    "addr2",
    "city",
    "state",
    "zip",
    "zip4",
)  # what they are made of
LINES = ("line1", "line2", "line3", "line4", "line5")
PATTERNS = {
    "vin": EXCEPTED,  # also a number that the maker excepts from 49 CFR 565
    "state": r"^[A-Z]{2}$",
    "zip": r"^[0-9]{5}$",
    "zip4": r"^([0-9]{4})?$",
}
ROUTING = {"zip": (20, 25), "zip4": (25, 29), "delivery_point": (29, 31)}  # in a payload
EXCEPTIONS = pa.schema([("piece_id", pa.string()), ("field", pa.string()), ("reason", pa.string())])

_HEX = np.frombuffer(b"".join(b"%04x" % code for code in range(faces.CODES)), dtype=np.uint32)


@dataclass(frozen=True)
class Text:
    """One field's column, measured: codes, their bounds by row, what is bad and what is empty."""

    codes: NDArray[np.intp]
    bounds: NDArray[np.int64]
    bad: NDArray[np.int64]  # the first character outside the repertoire, -1 where there is none
    empty: NDArray[np.bool_]
    _widths: dict[str, NDArray[np.int64]] = field(default_factory=dict)

    def widths(self, face: str) -> NDArray[np.int64]:
        """Return each row's exact advance in thousandths of the type size."""
        if face not in self._widths:
            advances = np.cumsum(faces.advances(face)[self.codes], dtype=np.int64)
            sums = np.concatenate(([0], advances))
            self._widths[face] = sums[self.bounds[1:]] - sums[self.bounds[:-1]]
        return self._widths[face]

    @cached_property
    def hexes(self) -> list[bytes]:
        """Return each row as the hexadecimal digits that a PDF string holds."""
        digits = _HEX[self.codes].tobytes()
        bounds = (self.bounds * 4).tolist()
        return [digits[a:b] for a, b in pairwise(bounds)]


@dataclass(frozen=True)
class Prepared:
    """Letters that can be printed: a list of PDF string bodies a slot, bars, who is left out."""

    values: tuple[list[bytes], ...]
    piece_ids: pa.Array
    bars: NDArray[np.bytes_]
    exceptions: pa.Table


def measure(column: pa.Array) -> Text:
    """Return a column of text in NFC without outer spaces, as codes with their bounds."""
    texts = pc.utf8_trim(column, characters=" ")
    if not pc.all(pc.string_is_ascii(texts), min_count=0).as_py():
        texts = pc.utf8_normalize(texts, form="NFC")
    lengths = np.asarray(pc.utf8_length(texts).to_numpy(), dtype=np.int64)
    bounds = np.concatenate(([0], np.cumsum(lengths)))
    joined = "".join(texts.to_pylist())
    raw = np.frombuffer(joined.encode("utf-32-le", "surrogatepass"), dtype=np.uint32)
    known = raw < faces.CODES
    codes = np.where(known, raw, 0).astype(np.intp)
    wrong = np.flatnonzero(~(known & faces.repertoire()[codes]))
    bad = np.full(len(lengths), -1, dtype=np.int64)
    rows = np.searchsorted(bounds, wrong, side="right") - 1
    bad[rows[::-1]] = raw[wrong[::-1]]
    return Text(codes, bounds, bad, lengths == 0)


def _columns(table: pa.Table) -> dict[str, pa.Array]:
    """Return every column as one array of text without nulls; BadInput names a missing one."""
    missing = [n for n in COLUMNS if n not in table.column_names and n not in OPTIONAL]
    if missing:
        raise BadInput(
            f"The letters' rows lack the column {missing[0]!r}.",
            "Columns: " + ", ".join(COLUMNS) + ".",
        )
    blank = pa.array([""] * table.num_rows, pa.string())
    return {
        name: pc.fill_null(table.column(name).cast(pa.string()).combine_chunks(), "")
        if name in table.column_names
        else blank
        for name in COLUMNS
    }


def address_lines(table: pa.Table) -> pa.Table:
    """Return the address lines (``ADDRESS``) of rows with the letters' columns, as printed."""
    return address_blocks(pa.table(_columns(table)))


class _Refusals:
    """Collects reasons by row; the first reason of a field stands."""

    def __init__(self, count: int) -> None:
        self.good = np.ones(count, dtype=bool)
        self.fields: dict[int, list[str]] = {}
        self.reasons: dict[int, list[str]] = {}

    def add(self, rows: NDArray[np.bool_], name: str, reason: str) -> None:
        for row in np.flatnonzero(rows).tolist():
            fields = self.fields.setdefault(row, [])
            if name not in fields:
                fields.append(name)
                self.reasons.setdefault(row, []).append(reason)
        self.good &= ~rows

    def table(self, piece_ids: pa.Array) -> pa.Table:
        rows = sorted(self.fields)
        return pa.table(
            [
                piece_ids.take(pa.array(rows, pa.int64())),
                pa.array(["; ".join(self.fields[row]) for row in rows], pa.string()),
                pa.array(["; ".join(self.reasons[row]) for row in rows], pa.string()),
            ],
            schema=EXCEPTIONS,
        )


def _check_characters(
    texts: Mapping[str, Text], columns: Mapping[str, pa.Array], refusals: _Refusals
) -> None:
    """Refuse characters outside the face; a bad address line is blamed on the field as typed."""
    blamed = np.zeros(len(refusals.good), dtype=bool)
    if any((texts[name].bad >= 0).any() for name in ADDRESS if name in texts):
        for name in TYPED:
            bad = measure(columns[name]).bad
            _refuse_characters(name, bad, refusals)
            blamed |= bad >= 0
    for name, text in texts.items():
        bad = np.where(blamed, -1, text.bad) if name in ADDRESS else text.bad
        _refuse_characters(_reported(name), bad, refusals)


def _refuse_characters(name: str, bad: NDArray[np.int64], refusals: _Refusals) -> None:
    for code in np.unique(bad[bad >= 0]).tolist():
        reason = f"the letter's face has no character U+{code:04X}"
        if code < 32 or 127 <= code < 160:
            reason = f"control character U+{code:04X}"
        refusals.add(bad == code, name, f"{name}: {reason}")


def _reported(name: str) -> str:
    """Return the field that a person corrects for a printed line."""
    return "city" if name == "last_line" else name


def _check_required(columns: Mapping[str, pa.Array], refusals: _Refusals) -> None:
    for name in REQUIRED:
        full = pc.match_substring_regex(columns[name], WORDS)
        refusals.add(~np.asarray(full.to_numpy(zero_copy_only=False)), name, f"{name}: empty")


def _check_patterns(columns: Mapping[str, pa.Array], refusals: _Refusals) -> None:
    for name, pattern in PATTERNS.items():
        good = pc.match_substring_regex(columns[name], pattern)
        refusals.add(~np.asarray(good.to_numpy(zero_copy_only=False)), name, f"{name}: wrong form")
    payload = columns["imb_payload"]
    refusals.add(~imb.valid(payload), "imb_payload", "imb_payload: not a barcode's digits")
    other = ~np.asarray(_same_place(payload, columns).to_numpy(zero_copy_only=False))
    refusals.add(other, "imb_payload", "imb_payload: another ZIP Code than the address")


def _same_place(payload: pa.Array, columns: Mapping[str, pa.Array]) -> pa.Array:
    """Tell whether barcode and address agree on ZIP, ZIP+4 and delivery point, where both have it."""
    same = pa.array(np.ones(len(payload), dtype=bool))
    for name, (first, last) in ROUTING.items():
        carried = pc.utf8_slice_codeunits(payload, first, last)
        either = pc.or_(pc.equal(carried, BLANK), pc.equal(columns[name], BLANK))
        same = pc.and_(same, pc.or_(either, pc.equal(carried, columns[name])))
    return same


def _source_slots(version: LetterVersion) -> list[tuple[str, Slot]]:
    """Pair each field with the slots it can stand in; address lines share one width."""
    pairs = [(slot.name, slot) for slot in version.slots if slot.name not in (*LINES, "imb")]
    first = [slot for slot in version.slots if slot.name == LINES[0]]
    return pairs + [(name, slot) for slot in first for name in ADDRESS]


def _fit(
    version: LetterVersion, texts: Mapping[str, Text], refusals: _Refusals
) -> dict[tuple[str, float], NDArray[np.bool_]]:
    """Return which rows of (field, slot's width) are condensed; refuse those still too wide."""
    condensed: dict[tuple[str, float], NDArray[np.bool_]] = {}
    share = version.profile.condense / 100
    for name, slot in _source_slots(version):
        widths = texts[name].widths(faces.FACES[slot.face]) * (slot.size / 1000)
        condensed[name, slot.width] = widths > slot.width
        field_name = _reported(name)
        refusals.add(widths * share > slot.width, field_name, f"{field_name}: wider than its place")
    return condensed


def _bodies(text: Text, condensed: NDArray[np.bool_], share: int) -> list[bytes]:
    """Return the inside of ``<..>Tj`` for each row, with the step-down wrapped around it."""
    if not condensed.any():
        return text.hexes
    bodies = list(text.hexes)
    for row in np.flatnonzero(condensed).tolist():
        bodies[row] = b">Tj %d Tz<%b>Tj 100 Tz<" % (share, bodies[row])
    return bodies


def _address(bodies: list[list[bytes]], empty: NDArray[np.bool_]) -> list[list[bytes]]:
    """Close up the five address lines, so that an absent second line leaves no gap."""
    count = len(bodies[0])
    stack = np.empty((6, count), dtype=object)
    for place, body in enumerate(bodies):
        stack[place] = body
    stack[5] = b""
    order = np.argsort(empty, axis=0, kind="stable")
    order = np.where(np.arange(5)[:, None] < (~empty).sum(axis=0), order, 5)
    return [stack[order[line], np.arange(count)].tolist() for line in range(5)]


def _values(
    version: LetterVersion,
    texts: Mapping[str, Text],
    condensed: Mapping[tuple[str, float], NDArray[np.bool_]],
    bars: list[bytes],
    good: NDArray[np.bool_],
) -> tuple[list[bytes], ...]:
    share, keep = version.profile.condense, None if good.all() else good.tolist()

    def bodies(name: str, slot: Slot) -> list[bytes]:
        rows = _bodies(texts[name], condensed[name, slot.width], share)
        return list(compress(rows, keep)) if keep else rows

    lines: dict[str, list[bytes]] = {"imb": bars}
    first = next((slot for slot in version.slots if slot.name == LINES[0]), None)
    if first:
        sources = [bodies(name, first) for name in ADDRESS]
        empty = np.array([texts[name].empty[good] for name in ADDRESS])
        lines |= dict(zip(LINES, _address(sources, empty), strict=True))
    return tuple(
        lines[slot.name] if slot.name in lines else bodies(slot.name, slot)
        for slot in version.slots
    )


def _printed(version: LetterVersion, columns: Mapping[str, pa.Array]) -> dict[str, pa.Array]:
    """Return the text of each field that the version prints; address lines in their printed form."""
    used = {slot.name for slot in version.slots}
    fields = {name: columns[name] for name in COLUMNS if name in used}
    if LINES[0] not in used:
        return fields
    lines = address_blocks(pa.table({name: columns[name] for name in TYPED}))
    return {name: lines[name].combine_chunks() for name in ADDRESS} | fields


def _stand_ins(version: LetterVersion, columns: Mapping[str, pa.Array]) -> dict[str, pa.Array]:
    nobody = pc.equal(columns["dealer_name"], "")
    stand_ins = {
        name: pc.if_else(nobody, text, columns[name])
        for name, text in version.without_dealer.items()
    }
    model = columns["model_text"]
    return stand_ins | {"model_text": pc.if_else(pc.equal(model, ""), version.make, model)}


def prepare(version: LetterVersion, table: pa.Table) -> Prepared:
    """Return the slots' contents for the rows that fit, and the exceptions for the rest.

    A row is an exception when a required field is empty, a field has a character outside the face
    after NFC, is wider than its slot even condensed once, or has the wrong form (VIN, ZIP, barcode
    payload), or the barcode's routing digits are not the address's. Address lines are printed as
    ``values.address`` sets them (Publication 28). Rows printed and exceptions are together the rows given. A row without a dealer
    names any dealer of the make and whom to ask for the nearest; one without a model names the make.
    """
    columns = _columns(table)
    columns |= _stand_ins(version, columns)
    refusals = _Refusals(table.num_rows)
    texts = {name: measure(column) for name, column in _printed(version, columns).items()}
    _check_required(columns, refusals)
    _check_characters(texts, columns, refusals)
    _check_patterns(columns, refusals)
    condensed = _fit(version, texts, refusals)
    mask = pa.array(refusals.good)
    bars = imb.bars(columns["imb_payload"].filter(mask))
    values = _values(version, texts, condensed, bars.tolist(), refusals.good)
    exceptions = refusals.table(columns["piece_id"])
    return Prepared(values, columns["piece_id"].filter(mask), bars, exceptions)
