"""Languages that owners wish their letters in: a file's wish that no letter meets is kept and told, a person's who types is refused."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from datetime import date

import pyarrow as pa
import pyarrow.compute as pc

from renotify.ledger.intake.contract import Contract
from renotify.rules import load


def unmet_wishes(wishes: pa.Array, day: date) -> pa.Array:
    """Return which wishes for a language of letters no letter of a day can meet (``RulePack.wishes``); a blank is none."""
    beginnings = "|".join(map(re.escape, load(day).wishes()))
    met = pc.match_substring_regex(pc.utf8_lower(wishes), rf"^(?:{beginnings})")
    return pc.fill_null(pc.invert(met), False)


def why_unmet(
    contract: Contract, rows: Sequence[Mapping[str, str]], day: date
) -> Iterator[tuple[int, str, str]]:
    """Yield typed rows (number from 1, column, reason) that ask for a language that no letter is made in, with those that there are."""
    known = " or ".join(dict.fromkeys(row.language for row in load(day).languages()))
    for name in (column.name for column in contract.columns if column.is_wish):
        said = [(row.get(name) or "").strip() or None for row in rows]
        wrong = unmet_wishes(pa.array(said, pa.string()), day).to_pylist()
        for number, (wish, unmet) in enumerate(zip(said, wrong, strict=True), 1):
            if unmet:
                yield (
                    number,
                    name,
                    f"No letter is made in {wish!r}: give {known}, or leave it blank.",
                )
