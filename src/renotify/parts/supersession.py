"""Superseded part numbers: every count is kept under the number that is live today."""

from __future__ import annotations

from collections.abc import Mapping

import pyarrow as pa

from renotify.errors import Inconsistent
from renotify.ledger import tables


def live_number(part: str, replaced_by: Mapping[str, str]) -> str:
    """The live number at the end of a chain of replacements; a chain that bites its tail is refused."""
    seen = [part]
    while seen[-1] in replaced_by:
        following = replaced_by[seen[-1]]
        if following in seen:
            raise Inconsistent(
                f"Part {part} is replaced in a circle: {' -> '.join([*seen, following])}.",
                "Ask parts operations which number is live.",
            )
        seen.append(following)
    return seen[-1]


def replacements() -> dict[str, str]:
    """The part numbers that another has taken the place of, from the parts that are loaded."""
    rows = tables.read("part", "part_no", "superseded_by", where="superseded_by <> ''").to_pylist()
    return {row["part_no"]: row["superseded_by"] for row in rows}


def live(table: pa.Table) -> pa.Table:
    """Maps ``part_no`` of every row to its live number; rows stay as they are otherwise."""
    replaced_by = replacements()
    if not replaced_by:
        return table
    column = table.column("part_no").combine_chunks().dictionary_encode()
    names = [live_number(name, replaced_by) for name in column.dictionary.to_pylist()]
    mapped = pa.array(names, pa.string()).take(column.indices)
    return table.set_column(table.column_names.index("part_no"), "part_no", mapped)


def to_live_numbers(
    table: pa.Table,
    replaced_by: Mapping[str, str],
    *,
    keys: tuple[str, ...],
    amounts: tuple[str, ...],
) -> pa.Table:
    """Maps ``part_no`` to live numbers and adds up ``amounts`` under the same ``keys`` (part_no among them)."""
    column = table.column("part_no").combine_chunks().dictionary_encode()
    names = pa.array(
        [live_number(name, replaced_by) for name in column.dictionary.to_pylist()], pa.string()
    )
    mapped = table.set_column(
        table.column_names.index("part_no"), "part_no", names.take(column.indices)
    )
    summed = mapped.group_by(list(keys)).aggregate([(name, "sum") for name in amounts])
    ordered = summed.select([*keys, *(f"{name}_sum" for name in amounts)])
    return ordered.rename_columns([*keys, *amounts]).sort_by([(key, "ascending") for key in keys])
