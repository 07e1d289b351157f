"""From Arrow columns to what stands in the slots: normal form, repertoire, exact width, or refusal.

Every rule works on whole columns. What does not fit as it stands is mended where the letter arrives all the same (``mending``), and
noted. What cannot be mended, such as a street in letters that the face does not have, goes to the exceptions with the names of the
fields and the reasons; no street or city is clipped, nothing is transliterated.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from itertools import compress
from typing import NamedTuple

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
from numpy.typing import NDArray

from renotify.errors import BadInput
from renotify.letters import faces, imb
from renotify.letters.measuring import Text, measure
from renotify.letters.mending import LINES, NAMES, WITHOUT_PRIVATE, Fields, lines_of, mend, slots_of
from renotify.letters.version import LetterVersion, Slot
from renotify.values.address import BLANK, BLOCK, address_blocks, countries_of
from renotify.values.private_in_names import private_in, without_private
from renotify.values.vin import EXCEPTED

COLUMNS = (
    "piece_id", "vin", "name1", "name2", "addr1", "addr2", "city", "state", "zip", "zip4",
    "delivery_point", "model_text", "dealer_name", "dealer_address", "dealer_phone",
    "reference", "imb_payload", "country", "model_short", "dealer_place",
)  # fmt: skip
OPTIONAL = ("name2", "addr2", "zip4", "delivery_point", "country", "model_short", "dealer_place")
VIN_STOP = "vin_stop"  # the number at the end of a sentence, with its full stop
REQUIRED = ("vin", "addr1", "city", "reference")
WORDS = r'[^ ,;:"().]'  # a field of punctuation only prints nothing
ADDRESS = BLOCK  # the address lines from top to bottom, as values.address sets them
SET = {name: f"set_{name}" for name in ADDRESS}  # columns of lines that are set already
TYPED = (
    "name1",
    "name2",
    "addr1",
    "addr2",
    "city",
    "state",
    "zip",
    "zip4",
    "country",
)  # what they are made of
PATTERNS = {
    "vin": EXCEPTED,  # also a number that the maker excepts from 49 CFR 565
}
OF_THE_UNITED_STATES = {
    "state": r"^[A-Z]{2}$",
    "zip": r"^[0-9]{5}$",
    "zip4": r"^([0-9]{4})?$",
}
ROUTING = {"zip": (20, 25), "zip4": (25, 29), "delivery_point": (29, 31)}  # in a payload
EXCEPTIONS = pa.schema([("piece_id", pa.string()), ("field", pa.string()), ("reason", pa.string())])


@dataclass(frozen=True)
class Prepared:
    """Letters that can be printed: a list of PDF string bodies a slot, bars, who is left out."""

    values: tuple[list[bytes], ...]
    piece_ids: pa.Array
    bars: NDArray[np.bytes_]
    exceptions: pa.Table
    changes: pa.Table = field(
        default_factory=EXCEPTIONS.empty_table
    )  # what was mended, of letters that are printed


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
    wrong = [texts[name].bad >= 0 for name in ADDRESS if name in texts]
    rows = np.logical_or.reduce(wrong) if wrong else blamed
    if rows.any():
        for name in TYPED[len(NAMES) :]:
            bad = np.where(rows, measure(columns[name]).bad, -1)
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
    return {"last_line": "city", VIN_STOP: "vin"}.get(name, name)


def _check_required(columns: Mapping[str, pa.Array], refusals: _Refusals) -> None:
    for name in REQUIRED:
        full = pc.match_substring_regex(columns[name], WORDS)
        refusals.add(~np.asarray(full.to_numpy(zero_copy_only=False)), name, f"{name}: empty")


def _check_patterns(
    columns: Mapping[str, pa.Array], away: NDArray[np.bool_], refusals: _Refusals
) -> None:
    """Refuse what has not its form: state, ZIP Code and barcode of the United States; abroad there is no barcode."""
    for name, pattern in (PATTERNS | OF_THE_UNITED_STATES).items():
        good = pc.match_substring_regex(columns[name], pattern)
        bad = ~np.asarray(good.to_numpy(zero_copy_only=False))
        excused = away if name in OF_THE_UNITED_STATES else np.zeros(len(bad), bool)
        refusals.add(bad & ~excused, name, f"{name}: wrong form")
    payload = columns["imb_payload"]
    wrong = np.where(away, np.asarray(pc.not_equal(payload, BLANK)), ~imb.valid(payload))
    refusals.add(wrong, "imb_payload", "imb_payload: not a barcode's digits")
    other = ~np.asarray(_same_place(payload, columns).to_numpy(zero_copy_only=False))
    refusals.add(other & ~away, "imb_payload", "imb_payload: another ZIP Code than the address")


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
    return pairs + [(name, slot) for name in ADDRESS for slot in slots_of(version, name)]


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


def _address(bodies: list[list[bytes]], empty: NDArray[np.bool_], lines: int) -> list[list[bytes]]:
    """Close up the address block to the window's lines, so that an absent second line leaves no gap."""
    given, count = len(bodies), len(bodies[0])
    stack = np.empty((given + 1, count), dtype=object)
    for place, body in enumerate(bodies):
        stack[place] = body
    stack[given] = b""
    order = np.argsort(empty, axis=0, kind="stable")[:lines]
    order = np.where(np.arange(len(order))[:, None] < (~empty).sum(axis=0), order, given)
    closed = [stack[row, np.arange(count)].tolist() for row in order]
    return closed + [[b""] * count] * (lines - len(closed))


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
    window = lines_of(version)
    if window:
        first = slots_of(version, window[0])[0]
        sources = [bodies(name, first) for name in ADDRESS]
        empty = np.array([texts[name].empty[good] for name in ADDRESS])
        lines |= dict(zip(window, _address(sources, empty, len(window)), strict=True))
    return tuple(
        lines[slot.name] if slot.name in lines else bodies(slot.name, slot)
        for slot in version.slots
    )


def with_lines(table: pa.Table) -> pa.Table:
    """Return rows with their address lines as they are printed (``SET``), set once for all versions that print some of them."""
    table = table.drop_columns([name for name in SET.values() if name in table.column_names])
    columns = _columns(table)
    for name, line in _set_lines(columns | _names_only(columns)).items():
        table = table.append_column(SET[name], line)
    return table


def _names_only(columns: Mapping[str, pa.Array]) -> dict[str, pa.Array]:
    return {name: without_private(columns[name]) for name in NAMES}


def _set_lines(columns: Mapping[str, pa.Array]) -> dict[str, pa.Array]:
    lines = address_blocks(pa.table({name: columns[name] for name in TYPED}))
    return {name: lines[name].combine_chunks() for name in ADDRESS}


def _printed(
    version: LetterVersion, table: pa.Table, columns: Mapping[str, pa.Array]
) -> dict[str, pa.Array]:
    """Return the text of each field that the version prints; address lines in their printed form."""
    used = {slot.name for slot in version.slots}
    fields = {name: columns[name] for name in COLUMNS if name in used}
    if VIN_STOP in used:
        fields[VIN_STOP] = pc.binary_join_element_wise(columns["vin"], ".", "")
    if not lines_of(version):
        return fields
    if SET[ADDRESS[0]] in table.column_names:
        return {name: table[SET[name]].combine_chunks() for name in ADDRESS} | fields
    return _set_lines(columns) | fields


def _stand_ins(version: LetterVersion, columns: Mapping[str, pa.Array]) -> dict[str, pa.Array]:
    nobody = pc.equal(columns["dealer_name"], "")
    stand_ins = {
        name: pc.if_else(nobody, text, columns[name])
        for name, text in version.without_dealer.items()
    }
    model = columns["model_text"]
    return stand_ins | {"model_text": pc.if_else(pc.equal(model, ""), version.make, model)}


class _Mended(NamedTuple):
    """The letters' columns as they are, and each printed field as it fits."""

    columns: Mapping[str, pa.Array]
    fields: Fields


def _mended(version: LetterVersion, table: pa.Table) -> _Mended:
    columns = _columns(table)
    held = {name: private_in(columns[name]).to_numpy(zero_copy_only=False) for name in NAMES}
    columns |= _stand_ins(version, columns) | _names_only(columns)
    fields = Fields(version, _printed(version, table, columns))
    if ADDRESS[0] in fields.columns:
        for name, rows in held.items():
            fields.notes.add(rows, name, WITHOUT_PRIVATE)
    mend(fields, columns)
    return _Mended(columns, fields)


def _texts(version: LetterVersion, fields: Fields) -> pa.Table:
    """Return what each slot shows, as text by the slots' names, the barcode left out."""
    shown = {name: text for name, text in fields.columns.items() if name not in ADDRESS}
    window = lines_of(version)
    if window:
        rows = zip(*(fields.columns[name].to_pylist() for name in ADDRESS), strict=True)
        blocks = [[line for line in row if line.strip()] for row in rows]
        for number, name in enumerate(window):
            lines = [block[number] if number < len(block) else "" for block in blocks]
            shown[name] = pa.array(lines, pa.string())
    return pa.table({
        name: pc.utf8_normalize(pc.utf8_trim(text, characters=" "), form="NFC")
        for name, text in shown.items()
    })  # fmt: skip


def _barcodes(payloads: pa.Array) -> NDArray[np.bytes_]:
    """Return the bars of each payload, none where it is blank."""
    there = pc.not_equal(payloads, BLANK)
    if pc.all(there, min_count=0).as_py():
        return imb.bars(payloads)
    bars = np.zeros(len(payloads), f"S{imb.BARS}")
    bars[np.asarray(there)] = imb.bars(payloads.filter(there))
    return bars


def _no_room(version: LetterVersion, texts: Mapping[str, Text], refusals: _Refusals) -> None:
    if ADDRESS[0] in texts:
        lines = sum((~texts[name].empty).astype(int) for name in ADDRESS)
        over = np.asarray(lines > len(lines_of(version)))
        refusals.add(over, "addr1", "addr1: more lines than the window has")


def prepare(version: LetterVersion, table: pa.Table) -> Prepared:
    """Return the slots' contents for the rows that fit, and the exceptions for the rest.

    What does not fit as it stands is mended where the letter arrives all the same, and noted (``mending``). A row is an exception
    when a required field is empty, a field that cannot be mended has a character outside the face
    after NFC, is wider than its slot even condensed once, or has the wrong form (VIN, ZIP, barcode
    payload), or the barcode's routing digits are not the address's. Address lines are printed as
    ``values.address`` sets them (Publication 28), or stand as ``with_lines`` set them; an address abroad has a country below and
    no barcode. Rows printed and exceptions are together the rows given. A row without a dealer
    names any dealer of the make and whom to ask for the nearest; one without a model names the make.
    """
    return _prepared(version, _mended(version, table))


def prepare_and_show(version: LetterVersion, table: pa.Table) -> tuple[Prepared, pa.Table]:
    """Return what ``prepare`` does, and what each slot shows for every row, as text by the slots' names, the barcode left out."""
    mended = _mended(version, table)
    return _prepared(version, mended), _texts(version, mended.fields)


def _prepared(version: LetterVersion, mended: _Mended) -> Prepared:
    columns, fields = mended
    refusals = _Refusals(len(columns["piece_id"]))
    texts = {name: fields.text(name) for name in fields.columns}
    _check_required(columns, refusals)
    _check_characters(texts, columns, refusals)
    away = np.asarray(pc.not_equal(countries_of(pa.table(columns)), BLANK))
    _check_patterns(columns, away, refusals)
    condensed = _fit(version, texts, refusals)
    _no_room(version, texts, refusals)
    bars = _barcodes(columns["imb_payload"].filter(pa.array(refusals.good)))
    values = _values(version, texts, condensed, bars.tolist(), refusals.good)
    exceptions = refusals.table(columns["piece_id"])
    changes = fields.notes.table(columns["piece_id"], refusals.good)
    return Prepared(
        values, columns["piece_id"].filter(pa.array(refusals.good)), bars, exceptions, changes
    )
