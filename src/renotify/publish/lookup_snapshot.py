"""A snapshot as those read it who answer: opened in a moment however large, and every byte of an answer checked against the signature.

A block is read and its SHA-256 compared when it is asked for, and the last ones are kept: nothing is mapped, so that memory does not
grow with what was asked, and a file that is cut short under way is an error and no crash (docs/decisions/0096).
"""

from __future__ import annotations

import hashlib
import os
import weakref
from bisect import bisect_right
from datetime import date
from functools import cached_property
from pathlib import Path
from typing import TYPE_CHECKING

from renotify.errors import BadInput, Inconsistent
from renotify.publish.public_facts import PublicContent, PublicRecall, PublicVehicle
from renotify.publish.signing_keys import fingerprint
from renotify.publish.snapshot_layout import (
    BLOCK,
    END,
    ENTRY,
    LONGEST_MANIFEST,
    MAGIC,
    NO_NUMBER,
    PLACE,
    ROWS,
    SIGNATURE,
    TAIL,
    WIDTH,
    Manifest,
    Section,
    as_key,
    signed,
)

if TYPE_CHECKING:
    from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PublicKey

KEPT_BLOCKS = 1_024  # of 2.6 kilobytes each
AT_ONCE = 4_096  # blocks that the check looks at together
AGAIN = "Write it again with `renotify publish`."


class LookupSnapshot:
    """An open snapshot whose signature holds; see the module. ``content`` is all of it but the vehicles' numbers.

    Threads may ask it at once. The file is closed with the last who holds the snapshot, so that another may take its place.
    """

    def __init__(self, file: Path, key: Ed25519PublicKey) -> None:
        """Open a file. Raises BadInput for what is no snapshot, is changed or torn, or is signed with another key."""
        self.file = file
        try:
            self._descriptor = os.open(file, os.O_RDONLY | os.O_CLOEXEC)
        except OSError as error:
            raise BadInput(f"{file} cannot be read: {error.strerror}.", AGAIN) from None
        weakref.finalize(self, os.close, self._descriptor)
        self.kept: dict[tuple[int, date], tuple[PublicRecall, ...]] = {}  # by ``public_answers``
        self._blocks: dict[int, bytes] = {}
        self.manifest = self._manifest(key)
        self._index = self._section(self.manifest.index)
        self.content = self._content()

    @cached_property
    def _firsts(self) -> _Firsts:
        return _Firsts(self._index)

    def vehicle(self, vin: str) -> PublicVehicle | None:
        """Return what is known of a vehicle by its number in normal form; None where it is not in the snapshot.

        Raises Inconsistent where the file is not what was signed.
        """
        place = self.place(vin)
        return None if place is None else self.content.vehicles[place]

    def place(self, vin: str) -> int | None:
        """Return the place of a vehicle in ``content.vehicles``."""
        wanted = as_key(vin)
        if wanted == NO_NUMBER:
            return None
        number = bisect_right(self._firsts, wanted) - 1
        if number < 0:
            return None
        block = self._blocks.get(number) or self._kept(number)
        row = _row_of(wanted, block)
        if row is None:
            return None
        at = ROWS * WIDTH + row * PLACE
        return int.from_bytes(block[at : at + PLACE], "little")

    def check(self) -> int:
        """Read every block and compare it with what was signed; return how many vehicles there are. Raises Inconsistent."""
        import numpy as np

        before, vehicles = b"", 0
        for begin in range(0, self.manifest.blocks, AT_ONCE):
            end = min(begin + AT_ONCE, self.manifest.blocks)
            content = b"".join(map(self._block, range(begin, end)))
            rows = np.frombuffer(content, np.uint8).reshape(-1, BLOCK)[:, : ROWS * WIDTH]
            numbers = np.ascontiguousarray(rows).view(f"S{WIDTH}").reshape(-1)
            numbers = numbers[numbers != NO_NUMBER]
            if numbers[0] <= before or (numbers[1:] <= numbers[:-1]).any():
                raise Inconsistent(f"{self.file} is not in order of VIN.", AGAIN)
            before, vehicles = bytes(numbers[-1]), vehicles + len(numbers)
        if vehicles != self.manifest.vehicles:
            raise Inconsistent(f"{self.file} has not the vehicles that it states.", AGAIN)
        return vehicles

    def _kept(self, number: int) -> bytes:
        """Read a block and keep it, with as many others as there is room for."""
        block = self._block(number)
        if len(self._blocks) >= KEPT_BLOCKS:
            self._blocks.clear()
        self._blocks[number] = block
        return block

    def _block(self, number: int) -> bytes:
        block = os.pread(self._descriptor, BLOCK, len(MAGIC) + number * BLOCK)
        at = number * ENTRY + WIDTH
        if hashlib.sha256(block).digest() != self._index[at : number * ENTRY + ENTRY]:
            raise Inconsistent(f"{self.file} is not what was signed.", AGAIN)
        return block

    def _manifest(self, key: Ed25519PublicKey) -> Manifest:
        from cryptography.exceptions import InvalidSignature

        size = os.fstat(self._descriptor).st_size
        tail = os.pread(self._descriptor, TAIL, max(0, size - TAIL))
        length = END.unpack_from(tail, SIGNATURE)[0] if len(tail) == TAIL else 0
        if not tail.endswith(MAGIC) or not 0 < length <= min(LONGEST_MANIFEST, size - TAIL):
            raise BadInput(f"{self.file} is no snapshot of the look-up, or not a whole one.", AGAIN)
        stated = os.pread(self._descriptor, length, size - TAIL - length)
        try:
            key.verify(tail[:SIGNATURE], signed(stated))
        except InvalidSignature:
            raise BadInput(
                f"{self.file} is not signed with the key {fingerprint(key)}, or was changed since.",
                "Do not use it. Compare the public key with the maker's, and take the snapshot anew.",
            ) from None
        return self._read_manifest(stated)

    def _read_manifest(self, stated: bytes) -> Manifest:
        import orjson

        try:
            return Manifest.from_document(orjson.loads(stated))
        except (ValueError, KeyError, TypeError):
            raise BadInput(f"{self.file} is a snapshot of another version.", AGAIN) from None

    def _section(self, section: Section) -> bytes:
        content = os.pread(self._descriptor, section.length, section.offset)
        if not section.is_of(content):
            raise BadInput(f"{self.file} is not what was signed.", AGAIN)
        return content

    def _content(self) -> PublicContent:
        import orjson

        try:
            return PublicContent.from_document(orjson.loads(self._section(self.manifest.content)))
        except (ValueError, KeyError, TypeError):
            raise BadInput(f"{self.file} is a snapshot of another version.", AGAIN) from None


class _Firsts:
    """The first numbers of all blocks, as a list that ``bisect`` reads: the bytes of the index stay as they are."""

    def __init__(self, index: bytes) -> None:
        self._index = index

    def __len__(self) -> int:
        return len(self._index) // ENTRY

    def __getitem__(self, number: int) -> bytes:
        return self._index[number * ENTRY : number * ENTRY + WIDTH]


def _row_of(wanted: bytes, block: bytes) -> int | None:
    """Return the row of a number in its block, found by halves."""
    low, high = 0, ROWS
    while low < high:
        middle = (low + high) // 2
        if block[middle * WIDTH : middle * WIDTH + WIDTH] < wanted:
            low = middle + 1
        else:
            high = middle
    return low if block[low * WIDTH : low * WIDTH + WIDTH] == wanted and low < ROWS else None
