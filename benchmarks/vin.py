"""Check digits: millions of VINs a second of CPU, ours beside vininfo and a plain loop, in one run.

    python benchmarks/vin.py [MILLIONS]

CPU seconds of one process, best of three. Peers get fewer VINs, because they take longer; each
judges the same mix, one VIN in ten with a wrong check digit, and all must agree. The VINs have a
maker and a year that vininfo knows, for it judges those too.
"""

from __future__ import annotations

import sys
import time
from collections.abc import Callable, Sequence
from importlib import import_module

import numpy as np
import pyarrow as pa

from renotify.values import vin, vin_columns

SAMPLE = 50_000
TARGET_RATE, TARGET_RATIO = 30.0, 100.0


def population(count: int) -> pa.Array:
    """Made-up VINs as an Arrow column; every tenth has a wrong check digit."""
    draw = np.random.default_rng(573)
    letters = np.frombuffer(vin.ALPHABET.encode(), np.uint8)
    vins = letters[draw.integers(0, len(letters), (count, vin.LENGTH))]
    vins[:, :3] = np.frombuffer(b"JTH", np.uint8)
    vins[:, vin.YEAR] = ord("6")
    vins[:, vin.SERIAL :] = letters[draw.integers(0, 10, (count, vin.LENGTH - vin.SERIAL))]
    vins = vin_columns.with_check_digits(vins)
    vins[::10, vin.CHECK] = np.where(vins[::10, vin.CHECK] == ord("0"), ord("1"), ord("0"))
    offsets = np.arange(0, vins.size + 1, vin.LENGTH, dtype=np.int32)
    return pa.StringArray.from_buffers(count, pa.py_buffer(offsets), pa.py_buffer(vins))


def with_vininfo(vins: Sequence[str]) -> list[bool]:
    number = import_module("vininfo").Vin
    return [number(text).verify_checksum() for text in vins]


def with_a_loop(vins: Sequence[str]) -> list[bool]:
    return [vin.fault(text) is vin.VinFault.OK for text in vins]


def rate(work: Callable[[], object], count: int) -> float:
    """Millions a second of CPU, best of three."""
    spent = []
    for _ in range(3):
        start = time.process_time()
        work()
        spent.append(time.process_time() - start)
    return count / min(spent) / 1e6


def main(millions: float = 5) -> None:
    column = population(int(millions * 1e6))
    good = (vin_columns.faults(column) == vin.VinFault.OK).tolist()[:SAMPLE]
    texts = column.slice(0, SAMPLE).to_pylist()
    ours = rate(lambda: vin_columns.faults(column), len(column))
    print(f"{'renotify.values.vin_columns.faults':28}{ours:10.2f} M/s")
    for name, check in (("vininfo", with_vininfo), ("plain Python", with_a_loop)):
        try:
            assert check(texts) == good, f"{name} judges otherwise"
        except ImportError:
            print(f"{name:28}{'not installed':>14}")
            continue
        peer = rate(lambda check=check: check(texts), SAMPLE)
        print(f"{name:28}{peer:10.3f} M/s   ours is {ours / peer:,.0f} times as fast")
    print(f"to reach: {TARGET_RATE:.0f} M/s and {TARGET_RATIO:.0f} times vininfo")


if __name__ == "__main__":
    main(*map(float, sys.argv[1:]))
