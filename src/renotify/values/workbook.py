"""Arrow tables as an Excel workbook (.xlsx): numbers are numbers, days are days, and text stays the text that it is.

XlsxWriter makes the workbook: styles, panes, filters, the package. The rows below the header are written set-wise, a column of a
block at a time: XlsxWriter itself would take a call for each cell.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from datetime import date, datetime, time
from functools import partial
from pathlib import Path
from typing import Any

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
import xlsxwriter
from xlsxwriter.format import Format
from xlsxwriter.utility import xl_col_to_name
from xlsxwriter.worksheet import Worksheet

from renotify.errors import BadInput
from renotify.values.english import counted

MOST_ROWS = (1 << 20) - 1  # below the header
LONGEST_TEXT = 32_767  # characters of a cell
LARGEST_EXACT = 10**15  # Excel keeps 15 digits: a column with a longer whole number stands as text
UNIX_EPOCH = 25_569  # 1 January 1970, as Excel counts days
FIRST_DAY = 61  # 1 March 1900: Excel has a 29 February 1900, and a column with an earlier day stands as text
DAY = 86_400_000_000  # microseconds
_BLOCK = 1 << 15  # rows written at a time
_MEASURED = 10_000  # rows that a column's width follows
_NARROWEST, _WIDEST = 8, 60  # characters
_TEXT, _NUMBER, _DAY, _INSTANT = "@", "General", "yyyy-mm-dd", "yyyy-mm-dd hh:mm:ss"
_NOT_IN_XML = "[\x00-\x08\x0b-\x1f\ufffe\uffff]|_x[0-9A-Fa-f]{4}_"
_STRANGE = re.compile(_NOT_IN_XML)
_MARKUP = (("&", "&amp;"), ("<", "&lt;"), (">", "&gt;"))
_HINT = "Take fewer rows or columns, or a CSV or Parquet file."

Styles = Mapping[str, Format]


def write_workbook(path: Path, sheets: Mapping[str, pa.Table], on: date) -> Path:
    """Write each table as a sheet of its name, with a frozen header and a filter, and return the path.

    Numbers, days, instants (in UTC) and truth values keep their types; a null is an empty cell. Text is never read as a formula,
    a link or a number, not even when somebody edits its cell. A column of several types is a union. ``on`` is the day that the
    workbook states of itself: the same tables give the same bytes. Raises BadInput for more rows than a sheet holds, and for a
    text longer than a cell holds, before anything is written.
    """
    for table in sheets.values():
        _refuse_what_does_not_fit(table)
    made = xlsxwriter.Workbook(path)
    made.set_properties({"created": datetime.combine(on, time())})
    heading = made.add_format({"bold": True, "bottom": 1, "num_format": _TEXT})
    forms = (_TEXT, _NUMBER, _DAY, _INSTANT)
    styles = {form: made.add_format({"num_format": form}) for form in forms}
    for name, table in sheets.items():
        sheet = made.add_worksheet(name, _SetWiseSheet)
        for place, column in enumerate(table.column_names):
            sheet.write_string(0, place, column, heading)
            sheet.set_column(place, place, _width(column, table[column]))
        sheet.set_below_header(table, styles)
    made.close()
    return path


def mixed(values: Sequence[str | int | date | None]) -> pa.Array:
    """Return values of several types as one column: a union of text, whole numbers and days. A null counts as text."""
    kinds = (pa.string(), pa.int64(), pa.date32())
    types = np.array([1 if isinstance(v, int) else 2 if isinstance(v, date) else 0 for v in values])
    parts = [
        pa.array([v for v, own in zip(values, types, strict=True) if own == kind], kinds[kind])
        for kind in range(len(kinds))
    ]
    offsets = np.zeros(len(types), np.int32)
    for kind in range(len(kinds)):
        offsets[types == kind] = np.arange(len(parts[kind]))
    return pa.UnionArray.from_dense(pa.array(types, pa.int8()), pa.array(offsets), parts)


class _SetWiseSheet(Worksheet):  # type: ignore[misc]
    """XlsxWriter's sheet, with its header alone in XlsxWriter's own memory."""

    def set_below_header(self, table: pa.Table, styles: Styles) -> None:
        """Say what stands below the header, which is frozen and has a filter, and how a cell of each kind is shown."""
        area = (0, 0, table.num_rows, table.num_columns - 1)
        self.freeze_panes(1, 0)
        self.autofilter(*area)
        self.ignore_errors({"number_stored_as_text": self.autofilter_area})
        self.dim_rowmax = table.num_rows
        self._below_header = partial(_blocks, table, styles)

    def _write_rows(self) -> None:
        self.dim_rowmax = 0
        super()._write_rows()
        for rows in self._below_header():
            self.fh.write(rows)


def _refuse_what_does_not_fit(table: pa.Table) -> None:
    if table.num_rows > MOST_ROWS:
        raise BadInput(
            f"{counted(table.num_rows, 'row is', 'rows are')} more than the {MOST_ROWS:,} of an Excel sheet.",
            _HINT,
        )
    for name, column in zip(table.column_names, table.columns, strict=True):
        longest = _longest(column) if _is_text(column.type) else 0
        if longest > LONGEST_TEXT:
            raise BadInput(
                f"{name} has a text of {longest:,} characters; a cell of Excel holds {LONGEST_TEXT:,}.",
                _HINT,
            )


def _longest(column: pa.ChunkedArray) -> int:
    return pc.max(pc.utf8_length(pc.cast(column, pa.string()))).as_py() or 0


def _is_text(kind: pa.DataType) -> bool:
    if pa.types.is_dictionary(kind):
        kind = kind.value_type
    return bool(pa.types.is_string(kind) or pa.types.is_large_string(kind))


def _width(name: str, column: pa.ChunkedArray) -> int:
    """The width of a column in characters: of its longest value, as far as it is looked at, or of its name beside the filter's arrow."""
    shown = column.slice(0, _MEASURED)
    kinds = _parts(shown.combine_chunks()) if pa.types.is_union(column.type) else [(shown, None)]
    longest = max((_longest(values) for values, _ in kinds), default=0)
    return min(max(longest + 1, len(name) + 3, _NARROWEST), _WIDEST)


def _blocks(table: pa.Table, styles: Styles) -> Iterator[str]:
    """Give the rows below the header as the XML of a sheet, a block at a time."""
    letters = [xl_col_to_name(place) for place in range(table.num_columns)]
    as_text = [_stands_as_text(column) for column in table.columns]
    row = 2
    for block in table.to_batches(max_chunksize=_BLOCK):
        numbers = pc.cast(pa.array(np.arange(row, row + block.num_rows)), pa.string())
        row += block.num_rows
        cells = [
            _cells(
                pc.cast(column, pa.string()) if text else column, f'<c r="{letter}', numbers, styles
            )
            for column, letter, text in zip(block.columns, letters, as_text, strict=True)
        ]
        yield _joined(_together('<row r="', numbers, '">', *cells, "</row>"))


def _stands_as_text(column: pa.ChunkedArray) -> bool:
    """Tell whether a column has a value that Excel would not keep: a whole number of more than 15 digits, a day before March 1900."""
    kind = column.type
    if pa.types.is_integer(kind):
        least, most = pc.min_max(column).as_py().values()
        return least is not None and max(-least, most) >= LARGEST_EXACT
    if pa.types.is_temporal(kind):
        first = pc.min(_serial(column)).as_py()
        return first is not None and first < FIRST_DAY
    return False


def _cells(column: pa.Array, start: str, numbers: pa.Array, styles: Styles) -> pa.Array:
    """Return the cell of each value as XML, blank for a null; ``numbers`` are those of the rows."""
    if pa.types.is_union(column.type):
        parts = [
            (_cells(values, start, numbers.take(rows), styles), rows)
            for values, rows in _parts(column)
        ]
        order = np.argsort(np.concatenate([rows for _, rows in parts]))
        return pa.concat_arrays([cells for cells, _ in parts]).take(pa.array(order))
    form, value, before, after = _written(column)
    style = f'" s="{styles[form]._get_xf_index()}"{before}'  # noqa: SLF001 - XlsxWriter has no public door to it
    return _together(start, numbers, style, value, after).fill_null("")


def _parts(column: pa.Array) -> list[tuple[pa.Array, Any]]:
    """Return the values of each type of a union, with their places."""
    whole = column.take(pa.array(np.arange(len(column))))  # a slice knows its types by its whole
    types, offsets = whole.type_codes.to_numpy(), whole.offsets.to_numpy()
    places = [np.flatnonzero(types == kind) for kind in range(whole.type.num_fields)]
    return [
        (whole.field(kind).take(pa.array(offsets[rows])), rows)
        for kind, rows in enumerate(places)
        if len(rows)
    ]


def _written(column: pa.Array) -> tuple[str, pa.Array, str, str]:
    """Return how values are shown, what stands for each in XML, and what stands before and after it."""
    kind = column.type
    if _is_text(kind):
        before, after = ' t="inlineStr"><is><t xml:space="preserve">', "</t></is></c>"
        return _TEXT, _in_xml(pc.cast(column, pa.string())), before, after
    if pa.types.is_boolean(kind):
        return _NUMBER, pc.cast(pc.cast(column, pa.int8()), pa.string()), ' t="b"><v>', "</v></c>"
    if pa.types.is_temporal(kind):
        form = _DAY if pa.types.is_date(kind) else _INSTANT
        return form, pc.cast(_serial(column), pa.string()), "><v>", "</v></c>"
    if pa.types.is_floating(kind):
        column = pc.if_else(pc.is_finite(column), column, None)
    return _NUMBER, pc.cast(column, pa.string()), "><v>", "</v></c>"


def _serial(column: pa.Array | pa.ChunkedArray) -> pa.Array | pa.ChunkedArray:
    """Return days and instants as Excel counts them: days since the eve of 1900, a part of a day as a fraction."""
    if pa.types.is_date(column.type):
        return pc.add(pc.cast(pc.cast(column, pa.date32()), pa.int32()), UNIX_EPOCH)
    passed = pc.cast(pc.cast(column, pa.timestamp("us", column.type.tz)), pa.int64())
    return pc.add(pc.divide(pc.cast(passed, pa.float64()), DAY), UNIX_EPOCH)


def _in_xml(text: pa.Array) -> pa.Array:
    """Return text as XML has it, with Excel's own spelling (``_x000B_``) of the characters that XML has not."""
    for mark, name in _MARKUP:
        text = pc.replace_substring(text, mark, name)
    strange = pc.fill_null(pc.match_substring_regex(text, _NOT_IN_XML), False)
    if not pc.any(strange).as_py():
        return text
    spelled = [_spelled(one) for one in text.filter(strange).to_pylist()]
    return pc.replace_with_mask(text, strange, pa.array(spelled, pa.string()))


def _spelled(text: str) -> str:
    return _STRANGE.sub(lambda found: f"_x{ord(found[0][0]):04X}_{found[0][1:]}", text)


def _together(*parts: object) -> pa.Array:
    """Return texts put together row by row, null where one of a row is."""
    return pc.binary_join_element_wise(*parts, "")


def _joined(rows: pa.Array) -> str:
    """Return all rows as one text."""
    ends = pa.array([0, len(rows)], pa.int32())
    return str(pc.binary_join(pa.ListArray.from_arrays(ends, rows), "")[0].as_py())
