"""Reads off refused owner rows whose vehicle changed hands: VIN, role, day and the fields that were refused, nothing of the person."""

from __future__ import annotations

import re
from collections.abc import Collection, Mapping

import numpy as np
import numpy.typing as npt
import pyarrow as pa
import pyarrow.compute as pc

from renotify.ledger.intake.batches import Batch
from renotify.values.vin import problem

OWNERS = "owners"
SAID = pa.schema(
    [
        ("source_row", pa.int64()),
        ("vin", pa.string()),
        ("role", pa.string()),
        ("as_of", pa.date32()),
        ("field", pa.string()),
    ]
)
NO_ROW = "the whole row, which does not fit its header"
LIKE_VIN = re.compile(r"\b[0-9A-HJ-NPR-Z]{17}\b")


def of_batch(
    batch: Batch,
    typed: Mapping[str, pa.Array],
    bad: npt.NDArray[np.bool_],
    refused: Mapping[str, pa.Array],
) -> pa.Table:
    """Return what the refused rows of a batch say (``SAID``) of vehicles whose VIN is readable.

    ``refused`` has of each column that was refused in some row a flag a row; ``field`` names those of the row, never what stands there.
    """
    mask = pa.array(bad)
    named = [pc.if_else(flags.filter(mask), f"{name}, ", "") for name, flags in refused.items()]
    blank = pa.array([""] * int(bad.sum()), pa.string())
    fields = pc.utf8_rtrim(pc.binary_join_element_wise(blank, *named, ""), ", ")
    told = pa.table(
        [
            pa.array(batch.numbers, pa.int64()).filter(mask),
            typed["vin"].filter(mask),
            pc.fill_null(typed["role"].filter(mask), ""),
            typed["as_of"].filter(mask),
            fields,
        ],
        schema=SAID,
    )
    return pa.concat_tables([told.filter(pc.is_valid(told["vin"])), _of_broken(batch.broken)])


def _of_broken(broken: Collection[tuple[int, str, str]]) -> pa.Table:
    """Return what rows say that do not fit their header: the VINs that stand on them."""
    found = [
        {"source_row": number, "vin": vin, "role": "", "as_of": None, "field": NO_ROW}
        for number, text, _ in broken
        for vin in LIKE_VIN.findall(text.upper())
        if problem(vin) is None
    ]
    return pa.Table.from_pylist(found, SAID)
