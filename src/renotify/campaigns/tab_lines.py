"""Lines of NHTSA's tab-separated files, told apart set-wise: of hundreds of thousands, a maker's own are few.

``index`` reads a file once and keeps of each line its number, its width and some fields; ``at`` reads the
chosen lines as text. Lines end in LF or CR LF; a lone CR or a form feed belongs to the text.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
from numpy.typing import NDArray

from renotify.campaigns import nhtsa_files

BLOCK = 1 << 24
END_OF_FILE = b"\x1a"  # DOS ends a text with it
BLANK = rb'^[\s"\x1a]*$'
Mask = NDArray[np.bool_]


@dataclass(frozen=True)
class TabField:
    """One field of every line: its distinct values as text, and which of them each line has (-1: none)."""

    texts: Sequence[str]
    codes: NDArray[np.int64]

    def where(self, holds: Callable[[str], bool]) -> Mask:
        """Return the lines whose value holds; asked once a distinct value."""
        return np.array([*map(holds, self.texts), False], bool)[self.codes]

    def of(self, lines: Mask) -> list[str]:
        """Return the distinct values of some lines."""
        return [self.texts[code] for code in np.unique(self.codes[lines]) if code >= 0]


@dataclass(frozen=True)
class TabLines:
    """The lines that are not blank: numbers in the file from 1, how many fields each has, and fields by name."""

    numbers: NDArray[np.int64]
    widths: NDArray[np.int64]
    fields: Mapping[str, TabField]


@dataclass
class ChosenLines:
    """Chosen lines as text, each with its number; ``other_encoding`` counts those that were not UTF-8."""

    path: Path
    numbers: NDArray[np.int64]
    other_encoding: int = field(default=0)

    def __iter__(self) -> Iterator[tuple[int, list[str]]]:
        first = 1
        for block in _blocks(self.path):
            last = first + len(block)
            here = self.numbers[(self.numbers >= first) & (self.numbers < last)]
            for number, line in zip(
                here.tolist(), block.take(pa.array(here - first)).to_pylist(), strict=True
            ):
                text, as_said = nhtsa_files.decoded(line)
                self.other_encoding += not as_said
                yield number, [nhtsa_files.unquoted(value) for value in text.split("\t")]
            first = last


def index(path: Path, places: Mapping[str, int]) -> TabLines:
    """Return a file's lines with the fields at some places (from 0), in one pass over its bytes."""
    pattern = _pattern(places)
    numbers, widths, found, first = [], [], [], 1
    for block in _blocks(path):
        filled = ~pc.match_substring_regex(block, BLANK.decode()).to_numpy(zero_copy_only=False)
        lines = block.filter(pa.array(filled))
        numbers.append(first + np.flatnonzero(filled))
        widths.append(1 + pc.count_substring(lines, "\t").to_numpy().astype(np.int64))
        found.append(pc.extract_regex(lines, pattern))
        first += len(block)
    return TabLines(
        np.concatenate([*numbers, np.zeros(0, np.int64)]),
        np.concatenate([*widths, np.zeros(0, np.int64)]),
        {name: _field(found, name) for name in places},
    )


def _pattern(places: Mapping[str, int]) -> str:
    parts, at = ["^"], 0
    for name, place in sorted(places.items(), key=lambda pair: pair[1]):
        parts += [rf"(?:[^\t]*\t){{{place - at}}}", rf"(?P<{name}>[^\t]*)"]
        parts += [r"(?:\t|$)"] if place < max(places.values()) else []
        at = place + 1
    return "".join(parts)


def _field(found: Sequence[pa.StructArray], name: str) -> TabField:
    values = pa.chunked_array([pc.struct_field(block, name) for block in found], pa.binary())
    encoded = values.combine_chunks().dictionary_encode()
    texts = [
        nhtsa_files.unquoted(nhtsa_files.decoded(raw)[0]) for raw in encoded.dictionary.to_pylist()
    ]
    codes = pc.fill_null(encoded.indices, -1).to_numpy(zero_copy_only=False).astype(np.int64)
    return TabField(texts, codes)


def _blocks(path: Path) -> Iterator[pa.BinaryArray]:
    """Yield a file's lines with their ends, some megabytes at a time; CR ends them in a file that has no LF."""
    with nhtsa_files.opened(path) as file:
        rest = file.read(max(BLOCK, nhtsa_files.SNIFFED)).removeprefix(b"\xef\xbb\xbf")
        ends = b"\r" if b"\n" not in rest else b"\n"
        rest = rest.replace(ends, b"\n")
        while more := file.read(BLOCK):
            whole = rest + more.replace(ends, b"\n")
            cut = whole.rfind(b"\n") + 1
            rest = whole[cut:]
            if cut:
                yield _lines(whole[:cut])
        rest = rest.removesuffix(END_OF_FILE)
        if rest:
            yield _lines(rest if rest.endswith(b"\n") else rest + b"\n")


def _lines(block: bytes) -> pa.BinaryArray:
    ends = np.flatnonzero(np.frombuffer(block, np.uint8) == ord("\n")) + 1
    offsets = np.concatenate([[0], ends]).astype(np.int32)
    buffers = [None, pa.py_buffer(offsets), pa.py_buffer(block)]
    return pa.BinaryArray.from_buffers(pa.binary(), len(ends), buffers)
