"""Turns text columns into typed ones, set-wise, with a reason in words for each value refused.

Columns of few distinct values (codes, dates, choices) are read once per distinct value.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date

import numpy as np
import numpy.typing as npt
import pyarrow as pa
import pyarrow.compute as pc

from renotify.campaigns.follow_up_settings import JOINED
from renotify.ledger.intake import cells
from renotify.ledger.intake.cells import NOTHING
from renotify.ledger.intake.contract import CAMPAIGN, COLUMN, Column, Contract, Kind
from renotify.ledger.intake.wishes import unmet_wishes
from renotify.values import vin as vins
from renotify.values import vin_columns
from renotify.values.abroad import abroad, country_codes, of_province
from renotify.values.english import figure
from renotify.values.placeholders import ColumnWords, Meaning

Mask = npt.NDArray[np.bool_]
FIRST_DAY = date(1950, 1, 1)
YEARS_AHEAD = 10  # a week or a visit further ahead is mistyped
SAYS_NOTHING = "holds a word that stands for nothing, and is needed."
MONTH_DAYS = np.array([0, 31, 29, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31])
EPOCH_WEEKDAY = 3  # 1970-01-01 was a Thursday; Monday is 0


@dataclass(frozen=True)
class Known:
    """What a row may name and say: codes by registry, the days the campaigns were filed and which versions have their first
    list, the numbers that the maker excepts from 49 CFR 565, and the words for nothing of the table's columns.
    """

    codes: Mapping[str, pa.Array]
    filed: Mapping[str, date | None] = field(default_factory=dict)
    available: Mapping[str, tuple[int, date | None]] = field(default_factory=dict)
    listed: frozenset[tuple[str, int]] = frozenset()
    exceptions: pa.Array = field(default_factory=lambda: pa.array([], pa.string()))
    words: Mapping[str, ColumnWords] = field(default_factory=dict)


@dataclass(frozen=True)
class Read:
    """A typed column, null where refused; ``reasons`` is null where not, None if nowhere."""

    values: pa.Array
    reasons: pa.Array | None = None
    repaired: int = 0  # VINs that only had to be trimmed or capitalised
    changed: Mapping[str, int] = field(default_factory=dict)  # cells by what was done to them
    noted: Mapping[str, pa.Array] = field(default_factory=dict)  # masks of rows by ``cells.NOTED``


def read(column: Column, text: pa.Array, day: date, known: Known) -> Read:
    """Return a column of a file as its kind; ``day`` is the day of the load."""
    words = known.words.get(column.name)
    if column.kind in (Kind.VIN, Kind.NUMBER_OF_MAKER):
        return _vins(column, text, known.exceptions, words)
    trimmed = _trimmed(text)
    if column.default is not None:
        trimmed = pc.fill_null(trimmed, column.default)
    encoded = trimmed.dictionary_encode()
    cell = cells.meant(column, encoded.dictionary.cast(pa.string()), words)
    distinct, indices = cell.values, encoded.indices
    if column.default is not None:
        distinct = pc.fill_null(distinct, column.default)
    some = _READERS[column.kind](column, distinct, day, known)
    against, masks = some.reasons, dict(cell.changed)
    if column.blank_if_wrong and against is not None:
        masks["wrong"], against = against.is_valid(), None
    masks |= {"unmet": unmet_wishes(distinct, day)} if column.is_wish else {}
    if cell.refused is not None:
        against = _because(against, cell.refused, f"{column.name} {SAYS_NOTHING}")
    values = some.values.take(indices)
    reasons = against.take(indices) if against is not None else None
    said = distinct.take(indices) if cell.changed else trimmed  # what was decoded may be blank now
    of_rows = {what: mask.take(indices) for what, mask in masks.items()}
    noted = {what: of_rows.pop(what) for what in cells.NOTED if what in of_rows}
    changed = {what: _count(mask) for what, mask in of_rows.items()}
    return Read(values, _blank(column, said, reasons), changed=changed, noted=noted)


def _count(mask: pa.Array) -> int:
    return int(pc.sum(mask).as_py() or 0)


def _trimmed(text: pa.Array) -> pa.Array:
    trimmed = pc.utf8_trim_whitespace(text)
    blank = pc.equal(pc.binary_length(trimmed), 0)
    return pc.if_else(blank, NOTHING, trimmed) if pc.any(blank).as_py() else trimmed


def _blank(column: Column, text: pa.Array, reasons: pa.Array | None) -> pa.Array | None:
    """Add the reason for values that are required and missing."""
    if not column.needed or text.null_count == 0:
        return reasons
    return _because(reasons, text.is_null(), f"{column.name} is blank.")


def _because(
    reasons: pa.Array | None, where: pa.Array | Mask, reason: str | pa.Array
) -> pa.Array | None:
    """Add a reason where there is none yet; the first reason found stands."""
    mask = pa.array(where) if isinstance(where, np.ndarray) else pc.fill_null(where, False)
    if not pc.any(mask).as_py():
        return reasons
    new = pc.if_else(mask, reason, NOTHING)
    return new if reasons is None else pc.coalesce(reasons, new)


def _kept(values: pa.Array, reasons: pa.Array | None) -> Read:
    """Blank out the values that have a reason against them."""
    if reasons is None:
        return Read(values)
    return Read(pc.if_else(reasons.is_valid(), pa.scalar(None, values.type), values), reasons)


# VIN


def _vins(column: Column, text: pa.Array, exceptions: pa.Array, words: ColumnWords | None) -> Read:
    """Check digits first; what fails is trimmed and capitalised, and checked again; then the maker's exceptions count."""
    faults = vin_columns.faults(text)
    filled = text.is_valid().to_numpy(zero_copy_only=False)
    bad = np.flatnonzero((faults != 0) & filled)
    repaired = 0
    if bad.size:
        again = pc.utf8_upper(pc.utf8_trim_whitespace(text.take(pa.array(bad))))
        again = _without_words(column, again, words)
        faults[bad] = vin_columns.faults(again)
        repaired = int((faults[bad] == 0).sum())
        excepted = pc.is_in(again, exceptions).to_numpy(zero_copy_only=False)
        if column.kind is Kind.NUMBER_OF_MAKER:
            excepted = vin_columns.name_vehicles(again).to_numpy(zero_copy_only=False)
        faults[bad[excepted]] = 0
        mask = np.zeros(len(text), bool)
        mask[bad] = True
        text = pc.replace_with_mask(text, pa.array(mask), again)
        filled = text.is_valid().to_numpy(zero_copy_only=False)
    reasons = None
    for fault in np.flatnonzero(np.bincount(faults[filled])):  # np.unique loads all of numpy.ma
        if fault:
            wrong = (faults == fault) & filled
            reasons = _because(reasons, wrong, _why_refused(column, int(fault)))
    kept = _kept(text, reasons)
    return Read(kept.values, _blank(column, text, kept.reasons), repaired)


def _why_refused(column: Column, fault: int) -> str:
    return vins.NO_NUMBER if column.kind is Kind.NUMBER_OF_MAKER else vins.sentence(fault)


def _without_words(column: Column, numbers: pa.Array, words: ColumnWords | None) -> pa.Array:
    blank = words.masks(numbers).get(Meaning.BLANK) if words and not column.required else None
    return numbers if blank is None else pc.if_else(blank, NOTHING, numbers)


# One reader a kind; each gets distinct values, null where blank.


def _text(column: Column, values: pa.Array, _day: date, _known: Known) -> Read:
    plain = _plain(values)
    return _kept(plain, _too_long(column, plain, _no_words(column, plain)))


# What a column of flags holds: yes in other languages too, and the words of a check that was made
FLAGS = ("yes", "true", "wahr", "vrai", "oui", "verdadero", "exception", "excepted", "checked", "approved", "okay")  # fmt: skip
FEW_LETTERS = 3


def _no_words(column: Column, values: pa.Array) -> pa.Array | None:
    """Refuse, where a reason in words is asked for, what a flag column holds, and what has hardly a letter."""
    if not column.in_words:
        return None
    letters = pc.replace_substring_regex(pc.utf8_lower(values), r"\PL+", "")
    flag = pc.is_in(letters, pa.array(FLAGS))
    short = pc.less(pc.utf8_length(letters), FEW_LETTERS)
    return _because(
        None, pc.and_(pc.or_(flag, short), values.is_valid()),
        f"{column.name} is a flag; write the maker's reason in words, or leave it blank.",
    )  # fmt: skip


def _plain(values: pa.Array) -> pa.Array:
    """Return text with a blank in place of breaks and control characters."""
    plain = pc.replace_substring_regex(values, r"[\x00-\x1f\x7f\x{80}-\x{9f}]+", " ")
    return pc.if_else(pc.equal(plain, values), values, pc.utf8_trim_whitespace(plain))


def _too_long(column: Column, values: pa.Array, reasons: pa.Array | None) -> pa.Array | None:
    long = pc.greater(pc.utf8_length(values), column.longest)
    return _because(reasons, long, f"{column.name} has more than {column.longest} characters.")


def _code(column: Column, values: pa.Array, _day: date, known: Known) -> Read:
    reasons = _because(None, pc.match_substring_regex(values, r"[|\x00-\x1f\x7f\x{80}-\x{9f}]"),
        f"{column.name} holds a character that no code has.")  # fmt: skip
    reasons = _too_long(column, values, reasons)
    if column.of:
        unknown = pc.and_(pc.invert(pc.is_in(values, known.codes[column.of])), values.is_valid())
        reasons = _because(reasons, unknown, _unknown(column.of))
    return _kept(values, reasons)


def _unknown(registry: str) -> str:
    if registry == COLUMN:
        return "No table has this column; name one as name1 or owners.name1, or leave it blank for all columns."
    file = "campaigns.toml" if registry == CAMPAIGN else f"{registry}s"
    return f"No {registry} has this code; load {file} first, or correct the code."


def _codes(column: Column, values: pa.Array, day: date, known: Known) -> Read:
    """Codes joined by a mark, each once and without blanks around it: who reads them splits at the mark and no more.

    Those of campaigns done together (``+``) are sorted: they mean one thing in any order.
    """
    mark = _MARKS[column.kind]
    values = _each_once(values, mark)
    lists = pc.split_pattern(values, mark)
    parents = pc.list_parent_indices(lists).to_numpy()
    one = _code(column, lists.flatten(), day, known)
    if one.reasons is None:
        return _text(column, values, day, known)
    bad = np.unique(parents[one.reasons.is_valid().to_numpy(zero_copy_only=False)])
    where = np.zeros(len(values), bool)
    where[bad] = True
    return _kept(values, _because(None, where, _unknown(column.of)))


def _each_once(values: pa.Array, mark: str) -> pa.Array:
    joined = pc.fill_null(pc.match_substring(values, mark), False)
    if not pc.any(joined).as_py():
        return values
    lists = [
        dict.fromkeys(filter(None, (code.strip() for code in text.split(mark))))
        for text in values.filter(joined).to_pylist()
    ]
    texts = [mark.join(sorted(one) if mark == JOINED else one) for one in lists]
    return pc.replace_with_mask(values, joined, pa.array(texts))


def _choice(column: Column, values: pa.Array, _day: date, _known: Known) -> Read:
    lower = pc.utf8_lower(values)
    other = pc.and_(pc.invert(pc.is_in(lower, pa.array(column.choices))), values.is_valid())
    return _kept(
        lower, _because(None, other, f"{column.name} is one of {', '.join(column.choices)}.")
    )


YES, NO = ("yes", "y", "true", "1", "x"), ("no", "n", "false", "0")


def _yes(column: Column, values: pa.Array, _day: date, _known: Known) -> Read:
    """What says yes becomes ``yes``; what says no is blank, as if it had not been said."""
    lower = pc.utf8_lower(values)
    yes, no = (pc.is_in(lower, pa.array(words)) for words in (YES, NO))
    other = pc.and_(pc.invert(pc.or_(yes, no)), values.is_valid())
    reasons = _because(None, other, f"{column.name} is yes or blank.")
    return Read(pc.if_else(yes, "yes", NOTHING), reasons)


def _pattern(pattern: str, reason: str, *, upper: bool = False) -> Callable[..., Read]:
    def matched(_column: Column, values: pa.Array, _day: date, _known: Known) -> Read:
        plain = pc.utf8_upper(values) if upper else values
        return _kept(
            plain, _because(None, pc.invert(pc.match_substring_regex(plain, pattern)), reason)
        )

    return matched


# Addresses: state and ZIP Code of the United States have a form, those of an address abroad have none

ADDRESS = ("country", "state", "zip", "city")
_OF_ADDRESS = frozenset({Kind.REGION, Kind.POSTCODE})
_US_FORMS: Mapping[Kind, tuple[str, str]] = {
    Kind.STATE: ("^[A-Z]{2}$", "A state is two letters, such as MA."),
    Kind.ZIP: (
        "^[0-9]{5}$", "A ZIP code has five digits; keep the leading zero, ZIP+4 goes to zip4."
    ),
}  # fmt: skip


def _form_of_us(kind: Kind) -> Callable[..., Read]:
    """Hold another form against a value and keep the value: its row may be an address abroad."""
    form, reason = _US_FORMS[kind]

    def read_form(_column: Column, values: pa.Array, _day: date, _known: Known) -> Read:
        text = _plain(pc.utf8_upper(values))
        return Read(text, _because(None, pc.invert(pc.match_substring_regex(text, form)), reason))

    return read_form


def _country(column: Column, values: pa.Array, day: date, known: Known) -> Read:
    text = _text(column, values, day, known)
    return Read(country_codes(text.values), text.reasons)


LIKE_A_ZIP = r"^(?:\d{1,5}|\d{9}|\d{4,5}-\d{0,4})$"  # also one that was spoilt
CURE = "of an address abroad, fill the column country."


def excuse_abroad(
    contract: Contract, found: dict[str, Read], words: Mapping[str, ColumnWords]
) -> None:
    """Take back, in owners' rows abroad, what the forms of the United States hold against state and ZIP Code.

    A word for nothing in either is blank there. Of other rows whose ZIP Code is none of ours, or whose state is a province of
    another country, the reason names the cure.
    """
    held = [
        c for c in contract.columns if c.kind in _OF_ADDRESS and found[c.name].reasons is not None
    ]
    if not held:
        return
    against = [pc.is_valid(found[column.name].reasons) for column in held]
    rows = pc.indices_nonzero(against[0] if len(held) == 1 else pc.or_(*against))
    texts = [pc.fill_null(found[name].values.take(rows), "") for name in ADDRESS]
    away = abroad(*texts)
    foreign = pc.invert(pc.match_substring_regex(texts[ADDRESS.index("zip")], LIKE_A_ZIP))
    foreign = pc.or_(foreign, of_province(texts[ADDRESS.index("state")]))
    excused, to_cure = (
        _where(rows.filter(mask), len(against[0]))
        for mask in (away, pc.and_(foreign, pc.invert(away)))
    )
    for column in held:
        one = found[column.name]
        values = _without_words_abroad(one.values, excused, words.get(column.name))
        reasons = pc.if_else(excused, NOTHING, one.reasons)
        cured = pc.binary_join_element_wise(pc.utf8_rtrim(reasons, characters="."), CURE, "; ")
        reasons = pc.if_else(to_cure, cured, reasons)
        found[column.name] = Read(values, _too_long(column, values, reasons))


def _where(rows: pa.Array, length: int) -> pa.Array:
    mask = np.zeros(length, bool)
    mask[rows.to_numpy()] = True
    return pa.array(mask)


def _without_words_abroad(values: pa.Array, away: pa.Array, words: ColumnWords | None) -> pa.Array:
    blank = words.masks(values).get(Meaning.BLANK) if words else None
    return values if blank is None else pc.if_else(pc.and_(blank, away), NOTHING, values)


# Dates

ISO = r"^[0-9]{4}-[0-9]{2}-[0-9]{2}$"
WRITTEN = "dates are written 2013-02-26."
OTHER_FORMS: Sequence[tuple[str, str]] = (
    (r"^\d{1,2}/\d{1,2}/\d{2,4}$", f"This is month/day/year or day/month/year; {WRITTEN}"),
    (r"^\d{1,2}\.\d{1,2}\.\d{2,4}$", f"This is day.month.year; {WRITTEN}"),
    (r"^(19|20)\d{6}$", f"This is YYYYMMDD; {WRITTEN}"),
    (r"^\d{5}$", f"This is a spreadsheet's day number; {WRITTEN}"),
    (r"^\d{4}[/-]\d{1,2}[/-]\d{1,2}$", f"The form of this date is another; {WRITTEN}"),
    (r"(?i)(jan|feb|mar|apr|may|jun|jul|aug|sep|oct|nov|dec)", f"The month is a word; {WRITTEN}"),
    (r"^\d{4}-\d{2}-\d{2}[T ]\d", f"This is a day and time; {WRITTEN}"),
)  # fmt: skip


def _date(column: Column, values: pa.Array, day: date, _known: Known) -> Read:
    iso = pc.match_substring_regex(values, ISO)
    reasons = None
    if not pc.all(pc.fill_null(iso, True)).as_py():
        odd = pc.invert(iso)
        for form, reason in OTHER_FORMS:
            reasons = _because(
                reasons, pc.and_(odd, pc.match_substring_regex(values, form)), reason
            )
        reasons = _because(reasons, odd, f"This is no date; {WRITTEN}")
    reasons = _because(reasons, _no_such_day(values, iso), "The calendar has no such day.")
    days = _kept(values, reasons).values.cast(pa.date32())
    reasons = _because(reasons, pc.less(days, FIRST_DAY), f"The date is before {FIRST_DAY.year}.")
    if not column.future:
        reasons = _because(
            reasons, pc.greater(days, day), f"The date is after {day}, the day of the load."
        )
    return _kept(days, reasons)


def _no_such_day(values: pa.Array, iso: pa.Array) -> Mask:
    """Tell which ISO forms name no day: month 13, 30 February, 29 February of a common year."""
    out = np.zeros(len(values), bool)
    where = np.flatnonzero(pc.fill_null(iso, False).to_numpy(zero_copy_only=False))
    if not where.size:
        return out
    text = values.take(pa.array(where))
    raw = np.frombuffer(text.buffers()[2], np.uint8, 10 * len(text)).reshape(-1, 10)
    digits = raw.astype(np.int64) - ord("0")
    year = digits[:, :4] @ np.array([1000, 100, 10, 1])
    month, number = digits[:, 5:7] @ np.array([10, 1]), digits[:, 8:] @ np.array([10, 1])
    leap = (year % 4 == 0) & ((year % 100 != 0) | (year % 400 == 0))
    longest = np.where((month == 2) & ~leap, 28, MONTH_DAYS[np.where(month > 12, 0, month)])
    out[where] = (number < 1) | (number > longest) | (year < 1)
    return out


def _monday(column: Column, values: pa.Array, day: date, known: Known) -> Read:
    some = _date(column, values, day, known)
    weekday = (
        np.nan_to_num(some.values.cast(pa.int32()).to_numpy(zero_copy_only=False)) + EPOCH_WEEKDAY
    ) % 7
    other = pc.and_(pa.array(weekday != 0), some.values.is_valid())
    reasons = _because(some.reasons, other, "A week is named by its Monday; this is another day.")
    return _kept(some.values, _too_far(some.values, day, reasons))


def _too_far(days: pa.Array, day: date, reasons: pa.Array | None) -> pa.Array | None:
    """Refuse days to come that nobody plans for."""
    last = date(day.year + YEARS_AHEAD, 12, 31)
    return _because(reasons, pc.greater(days, last), f"The date is after {last}: check its year.")


def _instant(column: Column, values: pa.Array, day: date, known: Known) -> Read:
    form = r"^[0-9]{4}-[0-9]{2}-[0-9]{2}[T ]([01][0-9]|2[0-3]):[0-5][0-9](:[0-5][0-9](\.0+)?)?$"
    reasons = _because(None, pc.invert(pc.match_substring_regex(values, form)),
        "A day and time is written 2013-03-11T08:30.")  # fmt: skip
    kept = _kept(values, reasons).values
    days = _date(
        Column(column.name, Kind.DATE, future=True),
        pc.utf8_slice_codeunits(kept, 0, 10),
        day,
        known,
    )
    reasons = (
        _because(reasons, days.values.is_null(), "The calendar has no such day.")
        if days.reasons
        else reasons
    )
    reasons = _too_far(days.values, day, reasons)
    joined = pc.binary_join_element_wise(
        pc.utf8_slice_codeunits(kept, 0, 10), pc.utf8_slice_codeunits(kept, 11, 16), "T"
    )
    return _kept(joined, reasons)


# Numbers


def _whole(column: Column, values: pa.Array, _day: date, _known: Known) -> Read:
    good = pc.match_substring_regex(values, r"^[+-]?[0-9]{1,15}(\.0+)?$")
    reasons = _because(None, pc.invert(good), f"{column.name} is a whole number.")
    kept = _kept(values, reasons).values
    whole = pc.replace_substring_regex(kept, r"^\+|\.0+$", "").cast(pa.int64())
    return _bounded(column, whole, reasons)


def _number(column: Column, values: pa.Array, _day: date, _known: Known) -> Read:
    form = r"^[+-]?([0-9]{1,15}(\.[0-9]*)?|\.[0-9]+)([eE][+-]?[0-9]{1,2})?$"
    good = pc.match_substring_regex(values, form)
    comma = pc.match_substring_regex(values, r"^[+-]?[0-9.]*,[0-9]+$")
    reasons = _because(None, comma, "The comma is no decimal point; write 2.5.")
    reasons = _because(reasons, pc.invert(good), f"{column.name} is a number.")
    kept = pc.replace_substring_regex(_kept(values, reasons).values, r"^\+", "")
    numbers = kept.cast(pa.float64())
    if column.in_whole:
        part = pc.not_equal(pc.floor(numbers), numbers)
        reasons = _because(reasons, part, f"{column.name} is a whole number: kits are not cut.")
    return _bounded(column, numbers, reasons)


def _bounded(column: Column, numbers: pa.Array, reasons: pa.Array | None) -> Read:
    if column.least is not None:
        low = pc.less(numbers, column.least)
        reasons = _because(reasons, low, f"{column.name} is at least {figure(column.least)}.")
    if column.most is not None:
        high = pc.greater(numbers, column.most)
        reasons = _because(reasons, high, f"{column.name} is at most {figure(column.most)}.")
    return _kept(numbers, reasons)


_MARKS = {Kind.CODES: ";", Kind.TOGETHER: JOINED}
_READERS: Mapping[Kind, Callable[[Column, pa.Array, date, Known], Read]] = {
    Kind.TEXT: _text,
    Kind.CODE: _code,
    Kind.CODES: _codes,
    Kind.TOGETHER: _codes,
    Kind.DATE: _date,
    Kind.MONDAY: _monday,
    Kind.INSTANT: _instant,
    Kind.WHOLE: _whole,
    Kind.NUMBER: _number,
    Kind.CHOICE: _choice,
    Kind.ZIP: _pattern(*_US_FORMS[Kind.ZIP]),
    Kind.POSTCODE: _form_of_us(Kind.ZIP),
    Kind.COUNTRY: _country,
    Kind.ZIP4: _pattern("^[0-9]{4}$", "The +4 of a ZIP code has four digits."),
    Kind.POINT: _pattern("^[0-9]{2}$", "A delivery point has two digits."),
    Kind.YES: _yes,
    Kind.STATE: _pattern(*_US_FORMS[Kind.STATE], upper=True),
    Kind.REGION: _form_of_us(Kind.STATE),
}
