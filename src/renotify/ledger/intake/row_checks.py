"""Checks a batch of rows against its table's contract: good rows typed, bad ones with reasons."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Collection, Iterator, Mapping
from dataclasses import dataclass, field, replace
from datetime import date

import numpy as np
import numpy.typing as npt
import pyarrow as pa
import pyarrow.compute as pc

from renotify.ledger.intake import cells, columns, refused_owner_rows
from renotify.ledger.intake.batches import Batch
from renotify.ledger.intake.columns import Known
from renotify.ledger.intake.contract import Column, Contract, Kind
from renotify.ledger.intake.plain_lines import Numbers
from renotify.values.address_as_meant import PARTS, as_meant
from renotify.values.vin import YEAR, YEAR_CODES

NAME, NAMELESS = "name1", "nameless"
WITHHELD = "(withheld)"
SLIPPED = r"\pL\.?\s+\pL|@|\d{3}[-. )]+\d{3}[-. ]\d{4}"  # a name, street, e-mail or phone of a row whose columns have slipped
CODE = re.compile(r"[A-Z]{1,4}|(?=.*\d)[\w.:/+-]+")  # also a date, a number or a VIN
PHONE = re.compile(r"(?:\+?1[-. ]?)?\(?\d{3}\)?[-. ]\d{3}[-. ]\d{4}")
PARTED = re.compile(r"[,;|\t]")
REJECTS = pa.schema(
    [("row", pa.int64()), ("column", pa.string()), ("value", pa.string()), ("reason", pa.string())]
)
ARROW_TYPES: Mapping[Kind, pa.DataType] = {
    Kind.DATE: pa.date32(),
    Kind.MONDAY: pa.date32(),
    Kind.WHOLE: pa.int64(),
    Kind.NUMBER: pa.float64(),
}
OPTIONAL_AS_NULL = frozenset(ARROW_TYPES)  # other kinds say nothing with an empty text


@dataclass
class Checked:
    """The good rows of a batch, typed, with their row numbers; the bad ones as lines of reasons."""

    rows: pa.RecordBatch
    numbers: Numbers
    rejects: list[pa.Table] = field(default_factory=list)
    rejected: int = 0
    repaired_vins: int = 0
    changed: Counter[tuple[str, str]] = field(default_factory=Counter)  # cells by what and column
    noted: list[tuple[str, Numbers]] = field(
        default_factory=list
    )  # what is told of cells, with their rows
    good: int = 0
    refused_owners: pa.Table | None = (
        None  # what refused rows of owners say (``refused_owner_rows.SAID``)
    )

    def __post_init__(self) -> None:
        self.good = len(self.numbers)


@dataclass(frozen=True)
class Fault:
    """Reasons against one column, row by row (null: none)."""

    column: str
    reasons: pa.Array


def schema(contract: Contract) -> pa.Schema:
    """Return the Arrow schema of a table's good rows."""
    return pa.schema([(column.name, stored_type(column)) for column in contract.columns])


def stored_type(column: Column) -> pa.DataType:
    """Return the Arrow type of a column's good values."""
    return ARROW_TYPES.get(column.kind, pa.string())


def check(
    contract: Contract, batch: Batch, day: date, known: Known, *, private: bool = False
) -> Checked:
    """Return a batch's good and bad rows; a row with several faults is one bad row, with a line a fault.

    ``private``: the file has columns with personal values.
    """
    meant, changed = _addresses_as_meant(contract, batch)
    found = {column.name: _read(column, meant, day, known) for column in contract.columns}
    columns.excuse_abroad(contract, found, known.words)
    typed = {name: read.values for name, read in found.items()}
    repaired = sum(read.repaired for read in found.values())
    faults = [Fault(name, read.reasons) for name, read in found.items() if read.reasons is not None]
    faults += _across(contract, typed, known)
    for name, read in found.items():
        changed.update({(what, name): count for what, count in read.changed.items()})
    noted = list(_noted(found, batch))
    bad = _any(faults, batch.rows)
    rows = pa.record_batch([_stored(c, typed[c.name]) for c in contract.columns], schema(contract))
    if not bad.any() and not batch.broken:
        return Checked(rows, batch.numbers, repaired_vins=repaired, changed=changed, noted=noted)
    rejects = [_lines(contract, batch, fault) for fault in faults]
    rejects += [_broken(contract, batch, private=private)] if batch.broken else []
    checked = Checked(
        rows.filter(pa.array(~bad)),
        batch.numbers[~bad],
        rejects,
        int(bad.sum()) + len(batch.broken),
        repaired,
        changed,
        noted,
    )
    if contract.table == refused_owner_rows.OWNERS:
        checked.refused_owners = refused_owner_rows.of_batch(
            batch, typed, bad, _refused_by_column(faults, batch.rows)
        )
    return checked


def _noted(found: Mapping[str, columns.Read], batch: Batch) -> Iterator[tuple[str, Numbers]]:
    """Yield what is told of cells that could not stand in rows that can, by column, and the rows' numbers."""
    for name, read in found.items():
        for what, mask in read.noted.items():
            where = pc.fill_null(mask, False).to_numpy(zero_copy_only=False)
            yield f"{name} {cells.NOTED[what]}", batch.numbers[where]


def _addresses_as_meant(contract: Contract, batch: Batch) -> tuple[Batch, Counter[tuple[str, str]]]:
    """Return the batch with its addresses as they are meant (``values.address_as_meant``), and what was read otherwise."""
    if not {"state", "zip"} <= {*contract.names} & batch.columns.keys():
        return batch, Counter()
    given = {name: text for name, text in batch.columns.items() if name in PARTS}
    reading = as_meant(given)
    if NAME in contract.names and NAME in batch.columns:
        name = batch.columns[NAME]
        reading.note(
            NAMELESS, NAME, pc.or_(pc.is_null(name), pc.fill_null(pc.equal(name, ""), True))
        )
    return replace(batch, columns={**batch.columns, **reading.columns}), Counter(reading.changed)


def _read(column: Column, batch: Batch, day: date, known: Known) -> columns.Read:
    """Return a column of the batch as its kind; one that the file does not have is read once for all rows."""
    if column.name not in batch.columns:
        if not column.needed and column.default is None:
            return columns.Read(pa.nulls(batch.rows, stored_type(column)))
        blank = columns.read(column, pa.nulls(1, pa.string()), day, known)
        if blank.reasons is None:
            return columns.Read(pa.repeat(blank.values[0], batch.rows))
    return columns.read(column, _text_of(column, batch), day, known)


def _text_of(column: Column, batch: Batch) -> pa.Array:
    return batch.columns.get(column.name, pa.nulls(batch.rows, pa.string()))


def _stored(column: Column, values: pa.Array) -> pa.Array:
    """Text that was not given is empty in the ledger; dates and numbers not given are null."""
    if column.kind in OPTIONAL_AS_NULL or values.null_count == 0:
        return values
    return pc.fill_null(values, "")


def _any(faults: list[Fault], rows: int) -> npt.NDArray[np.bool_]:
    bad = np.zeros(rows, bool)
    for fault in faults:
        bad |= fault.reasons.is_valid().to_numpy(zero_copy_only=False)
    return bad


def _refused_by_column(faults: list[Fault], rows: int) -> dict[str, pa.Array]:
    """Return of each column with a fault whether it has one, row by row."""
    by_column: dict[str, list[Fault]] = {}
    for fault in faults:
        by_column.setdefault(fault.column, []).append(fault)
    return {name: pa.array(_any(own, rows)) for name, own in by_column.items()}


# Rules over several columns of one row


def _across(contract: Contract, typed: dict[str, pa.Array], known: Known) -> Iterator[Fault]:
    for order in contract.orders:
        late = pc.greater(typed[order.first], typed[order.last])
        yield from _fault(order.last, late, f"{order.last} is earlier than {order.first}.")
    if contract.one_of:
        yield from _one_of(contract, typed)
    for kind, names in (contract.needs or {}).items():
        chosen = pc.equal(typed["kind"], kind)
        for name in names:
            missing = pc.and_(chosen, typed[name].is_null())
            yield from _fault(name, missing, f"{name} is blank, and a row of kind {kind} needs it.")
    for name, year in (contract.excepted_before or {}).items():
        yield from _too_early(name, year, typed, known)


def _one_of(contract: Contract, typed: dict[str, pa.Array]) -> Iterator[Fault]:
    full = [_all_filled(group, typed) for group in contract.one_of]
    none = ~np.logical_or.reduce(full)
    ways = ", or ".join(" and ".join(group) for group in contract.one_of)
    yield from _fault(contract.one_of[0][0], pa.array(none), f"A row needs {ways}.")


def _all_filled(group: tuple[str, ...], typed: dict[str, pa.Array]) -> npt.NDArray[np.bool_]:
    filled = [typed[name].is_valid().to_numpy(zero_copy_only=False) for name in group]
    return np.asarray(np.logical_and.reduce(filled), bool)


def _too_early(name: str, first: int, typed: dict[str, pa.Array], known: Known) -> Iterator[Fault]:
    """Refuse a model year before VINs had 17 characters, unless the maker excepts the number; say what position 10 says."""
    early = pc.fill_null(pc.less(typed[name], first), False)
    if not pc.any(early).as_py():
        return
    alone = pc.and_(early, pc.invert(pc.is_in(typed["vin"], known.exceptions)))
    code = pc.utf8_slice_codeunits(typed["vin"], YEAR, YEAR + 1)
    place = pc.index_in(code, pa.array(list(YEAR_CODES)))
    years = pa.array([f"{1980 + i} or {2010 + i}" for i in range(len(YEAR_CODES))])
    said = pc.binary_join_element_wise(
        f"{name} is before {first}, the first of VINs; position 10 of this one, ", code, ", stands for ",
        years.take(place), ". An older vehicle is taken with the maker's exception only (vin_exceptions).", "",
    )  # fmt: skip
    plain = f"{name} is before {first}: such a vehicle is taken with the maker's exception only (vin_exceptions)."
    if pc.any(alone).as_py():
        yield Fault(name, pc.if_else(alone, pc.coalesce(said, pa.scalar(plain)), cells.NOTHING))


def _fault(column: str, where: pa.Array, reason: str) -> Iterator[Fault]:
    if pc.any(where).as_py():
        mask = pc.fill_null(where, False)
        yield Fault(column, pc.if_else(mask, reason, cells.NOTHING))


# Lines of the rejects file


def _lines(contract: Contract, batch: Batch, fault: Fault) -> pa.Table:
    where = fault.reasons.is_valid()
    column = next(c for c in contract.columns if c.name == fault.column)
    values = _text_of(column, batch).filter(where)
    if column.personal:
        values = pc.if_else(values.is_valid(), WITHHELD, cells.NOTHING)
    numbers = batch.numbers[where.to_numpy(zero_copy_only=False)]
    reasons = fault.reasons.filter(where)
    return lines(numbers, fault.column, values, reasons)


def lines(numbers: Numbers, column: str, values: pa.Array, reasons: pa.Array) -> pa.Table:
    """Return lines for the rejects file; what looks like a name, street, e-mail or phone is withheld whatever its column."""
    slipped = pc.fill_null(pc.match_substring_regex(values, SLIPPED), False)
    values = pc.if_else(slipped, WITHHELD, values)
    names = pa.array([column] * len(numbers), pa.string())
    return pa.table([pa.array(numbers), names, values, reasons], schema=REJECTS)


def shown(code: str) -> str:
    """Return what stands where a code should, to be told: what may be a name, a street, a phone or an e-mail is withheld."""
    return code if CODE.fullmatch(code) and not PHONE.fullmatch(code) else WITHHELD


def _broken(contract: Contract, batch: Batch, *, private: bool) -> pa.Table:
    """Return lines for rows that are none, with their text as it stands where nothing of it can be personal."""
    numbers, texts, reasons = zip(*batch.broken, strict=True)
    hidden = private or any(column.personal for column in contract.columns)
    words = {word for column in contract.columns for word in column.choices}
    known = len(batch.columns)
    texts = tuple(
        text if not hidden and _is_plain(text, words, known) else WITHHELD for text in texts
    )
    blank = [""] * len(numbers)
    return pa.table([pa.array(numbers), blank, texts, reasons], schema=REJECTS)


def _is_plain(text: str, words: Collection[str], known: int) -> bool:
    """Return whether a row can hold nothing personal.

    That is one with no more fields than its file has columns of the table, none of which looks like a name, street, e-mail or
    phone; or one whose fields are all blank, a code, a date, a number, or a word of its table.
    """
    fields = [field.strip("\"' ") for field in PARTED.split(text)]
    if len(fields) <= known and not pc.match_substring_regex(pa.scalar(text), SLIPPED).as_py():
        return True
    return all(not one or one.lower() in words or shown(one) == one for one in fields)
