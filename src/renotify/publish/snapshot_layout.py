"""How a snapshot lies in its one file: blocks of vehicles in order of VIN, the index of the blocks, the content, and a signed manifest.

A block holds ``ROWS`` numbers of 17 bytes, in order, and behind them for each the place of its vehicle in the content (four bytes). The
index holds of each block its first number and its SHA-256, so that an answer reads and checks one block of a few kilobytes. The
manifest says where index and content stand and what their SHA-256 is; the Ed25519 signature is over the manifest, and so holds all.
The manifest stands at the end: a file is written in one go, and a torn one has no end.
"""

from __future__ import annotations

import hashlib
import struct
from collections.abc import Mapping
from dataclasses import asdict, dataclass
from typing import Any, Self

MAGIC = b"renotify look-up 1\n"
ROWS = 128
WIDTH = 17  # of a number; a shorter one, which the maker excepts, is filled up with zero bytes
PLACE = 4
BLOCK = ROWS * (WIDTH + PLACE)
DIGEST = 32
ENTRY = WIDTH + DIGEST
NO_NUMBER = (
    b"\xff" * WIDTH
)  # fills the last block: no VIN has such bytes, and all VINs come before it
SIGNATURE = 64
END = struct.Struct("<Q")  # the length of the manifest, before the magic bytes that end the file
TAIL = SIGNATURE + END.size + len(MAGIC)
LONGEST_MANIFEST = 65_536


@dataclass(frozen=True)
class Section:
    """A part of the file: where it begins, how long it is, and its SHA-256."""

    offset: int
    length: int
    sha256: str

    def is_of(self, content: bytes) -> bool:
        """Tell whether bytes are this part, unchanged."""
        return len(content) == self.length and hashlib.sha256(content).hexdigest() == self.sha256


@dataclass(frozen=True)
class Manifest:
    """What is signed: how many vehicles in how many blocks, where index and content stand, and the key's fingerprint."""

    vehicles: int
    blocks: int
    index: Section
    content: Section
    key: str

    def document(self) -> dict[str, Any]:
        """Return the manifest as plain values."""
        return asdict(self)

    @classmethod
    def from_document(cls, document: Mapping[str, Any]) -> Self:
        """Return the manifest of a document; KeyError and TypeError where it is none."""
        return cls(
            vehicles=int(document["vehicles"]),
            blocks=int(document["blocks"]),
            index=Section(**document["index"]),
            content=Section(**document["content"]),
            key=str(document["key"]),
        )


def signed(manifest: bytes) -> bytes:
    """Return what the signature is over: the manifest and what it is a manifest of, so that no other text's signature serves."""
    return MAGIC + manifest


def as_key(vin: str) -> bytes:
    """Return a number as its block has it; one that cannot stand in a block is a number that none has."""
    raw = vin.encode("ascii", "replace")
    return raw.ljust(WIDTH, b"\0") if 0 < len(raw) <= WIDTH else NO_NUMBER
