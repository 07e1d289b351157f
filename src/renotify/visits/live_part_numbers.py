"""Superseded part numbers: every count is kept under the number that is live today."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, NamedTuple

from renotify.errors import Inconsistent
from renotify.ledger.session import Session

if TYPE_CHECKING:
    import pyarrow as pa


class Replacement(NamedTuple):
    """A part number and the one that took its place."""

    part_no: str
    superseded_by: str


def live_number(part: str, replaced_by: Mapping[str, str]) -> str:
    """Return the last number in a chain of replacements. Raises Inconsistent for a chain that leads back to itself."""
    chain = [part]
    while chain[-1] in replaced_by:
        following = replaced_by[chain[-1]]
        if following in chain:
            raise Inconsistent(
                f"Part {part} is replaced in a circle: {' -> '.join([*chain, following])}.",
                "Ask parts operations which number is live.",
            )
        chain.append(following)
    return chain[-1]


def replacements(session: Session) -> dict[str, str]:
    """Return the part numbers that another has taken the place of, from the parts that are loaded, read once a snapshot."""
    return session.remembered(_replacements)


def _replacements(session: Session) -> dict[str, str]:
    found = session.rows(
        Replacement, "select part_no, superseded_by from part where superseded_by <> ''"
    )
    return {one.part_no: one.superseded_by for one in found}


def to_live_numbers(table: pa.Table, replaced_by: Mapping[str, str]) -> pa.Table:
    """Return the table with the live number in ``part_no`` of every row; rows stay as they are otherwise."""
    import pyarrow as pa

    if not replaced_by:
        return table
    column = table.column("part_no").combine_chunks().dictionary_encode()
    names = [live_number(name, replaced_by) for name in column.dictionary.to_pylist()]
    mapped = pa.array(names, pa.string()).take(column.indices)
    return table.set_column(table.column_names.index("part_no"), "part_no", mapped)


def summed_under_live_numbers(
    table: pa.Table,
    replaced_by: Mapping[str, str],
    *,
    keys: tuple[str, ...],
    amounts: tuple[str, ...],
) -> pa.Table:
    """Return ``amounts`` added up under the same ``keys`` (part_no among them), part numbers made live first."""
    live = to_live_numbers(table, replaced_by)
    summed = live.group_by(list(keys)).aggregate([(name, "sum") for name in amounts])
    ordered = summed.select([*keys, *(f"{name}_sum" for name in amounts)])
    return ordered.rename_columns([*keys, *amounts]).sort_by([(key, "ascending") for key in keys])
