"""The identity of a mail piece: the same letter to the same owner always has the same id.

Sixteen Crockford characters (no I, L, O, U) of the first 80 bits of SHA-256: two of ten million
pieces meet with a chance of about 4 in 100 thousand million.
"""

from __future__ import annotations

import hashlib

import numpy as np
import numpy.typing as npt
import pyarrow as pa
import pyarrow.compute as pc

from renotify.errors import BadInput
from renotify.values.arrow_sql import arrow_sql
from renotify.values.notice_number import LENGTH

ALPHABET = np.frombuffer(b"0123456789ABCDEFGHJKMNPQRSTVWXYZ", np.uint8)
BYTES = 10
DIGEST = 32
SEPARATOR = "\x1f"
REPAIR = "Give the follow-up, VIN, family and role as plain text."


def piece_id(followup: str, vin: str, family: str, role: str) -> str:
    """Return the id of the piece for one vehicle, campaign family and recipient role."""
    key = SEPARATOR.join((followup, vin, family, role))
    if key.count(SEPARATOR) != 3:
        raise BadInput("A part of a piece's name holds a control character.", REPAIR)
    digest = np.frombuffer(hashlib.sha256(key.encode()).digest(), np.uint8)
    return _spelt(digest.reshape(1, -1)).tobytes().decode()


def piece_ids(
    followup: str, vins: pa.ChunkedArray, families: pa.ChunkedArray, roles: pa.ChunkedArray
) -> pa.Array:
    """Return ``piece_id`` for text columns of one length; BadInput where a value is missing."""
    names = pa.table({"vin": vins, "family": families, "role": roles})
    _refuse_unnameable(followup, names)
    with arrow_sql() as connection:
        connection.register("names", names)
        hashed = connection.sql(
            "SELECT unhex(sha256(concat_ws(chr(31), ?, vin, family, role))) AS digest FROM names",
            params=[followup],
        ).to_arrow_table()
    return _text(hashed["digest"].combine_chunks())


def _refuse_unnameable(followup: str, names: pa.Table) -> None:
    missing = any(column.null_count for column in names.columns)
    columns = (pc.any(pc.match_substring(column, SEPARATOR)).as_py() for column in names.columns)
    if missing or SEPARATOR in followup or any(columns):
        raise BadInput("A part of a piece's name is missing or holds a control character.", REPAIR)


def _text(digests: pa.Array) -> pa.Array:
    if len(digests) == 0:
        return pa.array([], pa.string())
    raw = np.frombuffer(digests.buffers()[2], np.uint8, DIGEST * len(digests))
    letters = _spelt(raw.reshape(-1, DIGEST))
    offsets = np.arange(0, letters.size + 1, LENGTH, dtype=np.int32)
    return pa.StringArray.from_buffers(len(letters), pa.py_buffer(offsets), pa.py_buffer(letters))


def _spelt(digests: npt.NDArray[np.uint8]) -> npt.NDArray[np.uint8]:
    """Return (n, 16) letters for (n, >= 10) bytes, five bits a letter."""
    words = np.zeros((len(digests), 2, 8), np.uint8)
    words[:, :, 3:] = digests[:, :BYTES].reshape(-1, 2, 5)
    numbers = words.view(">u8")[..., 0].astype(np.uint64)
    letters = np.empty((len(digests), 2, 8), np.uint8)
    for place in range(8):
        letters[..., place] = ALPHABET.take(numbers >> np.uint64(35 - 5 * place) & np.uint64(31))
    return letters.reshape(-1, LENGTH)
