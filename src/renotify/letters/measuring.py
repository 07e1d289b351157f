"""A column of text as codes of the face: how wide each row is, which characters it cannot show, its bytes for a PDF."""

from __future__ import annotations

from dataclasses import dataclass, field
from functools import cached_property
from itertools import pairwise

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
from numpy.typing import NDArray

from renotify.letters import faces

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
