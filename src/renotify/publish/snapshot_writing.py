"""Writing a snapshot: vehicles come in order of VIN and go out block by block; memory holds the index and what vehicles have in common."""

from __future__ import annotations

import hashlib
import os
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING, BinaryIO, NamedTuple

import numpy as np
import numpy.typing as npt

from renotify.errors import AlreadyDone, BadInput, Inconsistent
from renotify.ledger.locks import file_claim
from renotify.publish.public_facts import PublicContent, PublicVehicle
from renotify.publish.signing_keys import fingerprint
from renotify.publish.snapshot_layout import (
    BLOCK,
    END,
    MAGIC,
    NO_NUMBER,
    ROWS,
    WIDTH,
    Manifest,
    Section,
    signed,
)

if TYPE_CHECKING:
    from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

AT_ONCE = 512  # blocks that are written together
PARTIAL = ".partial"
Numbers = npt.NDArray[np.bytes_]
Places = npt.NDArray[np.uint32]


class PlacedVehicles(NamedTuple):
    """Vehicles in order of VIN: ``vins`` (n,) of 17 bytes each, ``places`` (n,) in the content's ``vehicles``."""

    vins: Numbers
    places: Places


def write_snapshot(
    file: Path,
    key: Ed25519PrivateKey,
    placed: Iterable[PlacedVehicles],
    content: PublicContent,
    vehicles: list[PublicVehicle],
) -> Manifest:
    """Write a snapshot in the place of an older one, all or nothing, and return its manifest.

    ``vehicles`` is read when ``placed`` has come to its end: it grows with it; campaigns that none of them names are left out.
    The same vehicles, content and key give the same bytes.
    Raises AlreadyDone while another writes the file, BadInput where its folder is not there, Inconsistent for numbers out of order.
    """
    with _in_its_place(file) as opened:
        blocks = _Blocks(opened)
        for some in placed:
            blocks.add(some)
        blocks.end()
        index = _section(opened, blocks.index())
        named = {standing.campaign for one in vehicles for standing in one.standings}
        whole = replace(
            content,
            campaigns={code: one for code, one in content.campaigns.items() if code in named},
            vehicles=tuple(vehicles),
            makers=blocks.makers(),
        )
        manifest = Manifest(
            blocks.vehicles, blocks.written, index, _section(opened, _bytes(whole.document())),
            fingerprint(key.public_key()),
        )  # fmt: skip
        stated = _bytes(manifest.document())
        opened.write(stated + key.sign(signed(stated)) + END.pack(len(stated)) + MAGIC)
    return manifest


def _bytes(document: object) -> bytes:
    import orjson

    return orjson.dumps(document)


@contextmanager
def _in_its_place(file: Path) -> Iterator[BinaryIO]:
    """Open a file beside the one that is to be written, and put it in its place when it is whole and on the disk.

    What a killed run left is written over. Readers keep the file that they opened.
    """
    if not file.parent.is_dir():
        raise BadInput(f"There is no folder {file.parent}.", "Make it first, or name another file.")
    partial = file.with_name(file.name + PARTIAL)
    with file_claim(file.with_name(file.name + ".lock")) as free:
        if not free:
            raise AlreadyDone(f"{file} is being written.", "Wait for the other command to end.")
        try:
            with partial.open("wb") as opened:
                opened.write(MAGIC)
                yield opened
                opened.flush()
                os.fsync(opened.fileno())
            partial.replace(file)
        finally:
            partial.unlink(missing_ok=True)
        folder = os.open(file.parent, os.O_RDONLY)
        try:
            os.fsync(folder)
        finally:
            os.close(folder)


def _section(opened: BinaryIO, content: bytes) -> Section:
    offset = opened.tell()
    opened.write(content)
    return Section(offset, len(content), hashlib.sha256(content).hexdigest())


class _Blocks:
    """The blocks of a file as they are written, with their index."""

    def __init__(self, opened: BinaryIO) -> None:
        self._opened = opened
        self._waiting: list[PlacedVehicles] = []
        self._rows = 0
        self._last = b""
        self._index: list[bytes] = []
        self._makers: set[bytes] = set()
        self.vehicles = 0

    @property
    def written(self) -> int:
        return len(self._index)

    def index(self) -> bytes:
        return b"".join(self._index)

    def makers(self) -> frozenset[str]:
        return frozenset(one.decode("ascii") for one in self._makers)

    def add(self, some: PlacedVehicles) -> None:
        """Take vehicles in; whole blocks are written when there are many."""
        if not len(some.vins):
            return
        self._refuse_disorder(some.vins)
        self._makers.update(np.unique(some.vins.astype("S3")).tolist())
        self._waiting.append(some)
        self._rows += len(some.vins)
        self.vehicles += len(some.vins)
        if self._rows >= ROWS * AT_ONCE:
            self._write(self._rows // ROWS * ROWS)

    def end(self) -> None:
        """Write what is left, the last block filled up with what is no number."""
        lacking = -self._rows % ROWS
        if lacking:
            filled = np.full(lacking, NO_NUMBER, dtype=f"S{WIDTH}")
            self._waiting.append(PlacedVehicles(filled, np.zeros(lacking, np.uint32)))
            self._rows += lacking
        if self._rows:
            self._write(self._rows)

    def _refuse_disorder(self, vins: Numbers) -> None:
        if bytes(vins[0]) <= self._last or bool((vins[1:] <= vins[:-1]).any()):
            raise Inconsistent(
                "Vehicles came out of the ledger out of order.",
                "Tell us: this is a fault of renotify.",
            )
        self._last = bytes(vins[-1])

    def _write(self, rows: int) -> None:
        vins = np.concatenate([one.vins for one in self._waiting])
        places = np.concatenate([one.places for one in self._waiting])
        self._waiting = [PlacedVehicles(vins[rows:], places[rows:])]
        self._rows -= rows
        blocks = rows // ROWS
        whole = np.ascontiguousarray(vins[:rows], dtype=f"S{WIDTH}")
        numbers = whole.view(np.uint8).reshape(blocks, -1)
        behind = places[:rows].astype("<u4").view(np.uint8).reshape(blocks, -1)
        content = np.hstack((numbers, behind)).tobytes()
        self._opened.write(content)
        for at in range(0, len(content), BLOCK):
            block = content[at : at + BLOCK]
            self._index.append(block[:WIDTH] + hashlib.sha256(block).digest())
