"""A rule asked once for each different row, and its values brought back to every row: no loop over a population."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any

import pyarrow as pa
import pyarrow.compute as pc

_APART = "\x1f"


def of_each(
    columns: Sequence[pa.ChunkedArray], rule: Callable[..., Any], kind: pa.DataType
) -> pa.ChunkedArray:
    """Return ``rule(*texts)`` of every row, in the order of the rows, as a column of ``kind``; a null is a blank text.

    The rule is called once for each different combination of the columns' values, as text.
    """
    texts = [pc.fill_null(pc.cast(column, pa.string()), "") for column in columns]
    joined = pc.binary_join_element_wise(*texts, _APART)
    encoded = joined.combine_chunks().dictionary_encode()
    values = [rule(*text.split(_APART)) for text in encoded.dictionary.to_pylist()]
    return pa.chunked_array([pa.array(values, kind).take(encoded.indices)], kind)
