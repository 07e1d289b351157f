"""The order of VINs, byte by byte as SQLite's and PostgreSQL's keys have it, for rows in memory and for more than memory holds."""

from __future__ import annotations

import os
import tempfile
from bisect import bisect_left
from collections.abc import Iterator
from itertools import pairwise

import numpy as np
import numpy.typing as npt
import pyarrow as pa
import pyarrow.compute as pc

from renotify.values.vin import LENGTH

Keys = npt.NDArray[np.bytes_]
ROW = np.dtype([("vin", f"S{LENGTH}"), ("statement", "<i8"), ("source_row", "<i8")])
Rows = npt.NDArray[np.void]
AT_ONCE = 1 << 18  # rows of a merge that are in memory together
SAMPLE = 1 << 12  # one row of so many is looked at to find where to cut
_WORDS = (
    (9, ">u8"),
    (8, "u1"),
    (0, ">u8"),
)  # a VIN as numbers that sort alike, the last ones first


def keys(vins: pa.Array) -> Keys:
    """Return VINs as bytes of one length: a shorter number is filled up with zero bytes, and sorts before longer ones."""
    if len(vins) and pc.all(pc.equal(pc.binary_length(vins), LENGTH)).as_py():
        start = np.frombuffer(vins.buffers()[1], np.int32, 1, vins.offset * 4)[0]
        return np.frombuffer(vins.buffers()[2], f"S{LENGTH}", len(vins), start)
    return np.array(vins.cast(pa.binary()).to_numpy(zero_copy_only=False), f"S{LENGTH}")


def text(found: Keys) -> pa.Array:
    """Return keys as text again."""
    plain = np.ascontiguousarray(found)
    if not plain.view(np.uint8).all():  # some are shorter
        return pa.array(plain.astype(f"U{LENGTH}"), pa.string())
    ends = pa.py_buffer(np.arange(0, LENGTH * len(plain) + 1, LENGTH, dtype=np.int32))
    return pa.Array.from_buffers(pa.string(), len(plain), [None, ends, pa.py_buffer(plain)])


def order(found: Keys) -> npt.NDArray[np.int64] | None:
    """Return the places of keys in their order, equal ones as they came; None where they are in order."""
    if (found[1:] >= found[:-1]).all():
        return None
    plain = np.ascontiguousarray(found)
    places = np.arange(len(plain))
    for offset, kind in _WORDS:
        word = np.ndarray((len(plain),), kind, plain, offset, (LENGTH,)).astype(kind[-2:])
        if (word != word[0]).any():
            places = places[np.argsort(word[places], kind="stable")]
    return places


class SortedRows:
    """Rows that are added in sorted runs and come back in one order; they wait in a file that dies with the process."""

    def __init__(self) -> None:
        self._file = tempfile.TemporaryFile()  # noqa: SIM115 - as long as this lives
        self._starts: list[int] = []
        self._count = 0
        self._last = b""

    def add(self, rows: Rows) -> None:
        """Add rows that are in order: they go on with the last run, or begin another."""
        if not self._count or rows["vin"][0] < self._last:
            self._starts.append(self._count)
        self._last = rows["vin"][-1]
        self._count += len(rows)
        self._file.write(rows.tobytes())

    def merged(self) -> Iterator[Rows]:
        """Yield all rows in the order of their VINs, those of one VIN in the order in which they were added."""
        if not self._count:
            return
        self._file.flush()
        runs = list(pairwise([*self._starts, self._count]))
        low = [start for start, _ in runs]
        for high in self._cuts(runs):
            yield from self._between(low, high)
            low = high

    def _cuts(self, runs: list[tuple[int, int]]) -> Iterator[list[int]]:
        """Yield where to cut each run so that what lies between two cuts fits in memory; the last cut is the end."""
        if len(runs) > 1:
            sample = sorted(self._vin(at) for at in range(0, self._count, SAMPLE))
            for vin in sample[AT_ONCE // SAMPLE :: AT_ONCE // SAMPLE]:
                yield [bisect_left(range(stop), vin, start, key=self._vin) for start, stop in runs]
        yield [stop for _, stop in runs]

    def _between(self, low: list[int], high: list[int]) -> Iterator[Rows]:
        if len(low) == 1:
            for start in range(low[0], high[0], AT_ONCE):
                yield self._read(start, min(start + AT_ONCE, high[0]))
            return
        rows = np.concatenate([self._read(*part) for part in zip(low, high, strict=True)])
        places = order(rows["vin"])
        yield rows if places is None else rows.take(places)

    def _read(self, start: int, stop: int) -> Rows:
        size = ROW.itemsize
        found = os.pread(self._file.fileno(), (stop - start) * size, start * size)
        return np.frombuffer(found, ROW)

    def _vin(self, at: int) -> bytes:
        return os.pread(self._file.fileno(), LENGTH, at * ROW.itemsize).rstrip(b"\0")
