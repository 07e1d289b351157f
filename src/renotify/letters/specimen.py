"""The owner of every specimen, and one letter to that owner, printed by the writer."""

from __future__ import annotations

from collections.abc import Mapping
from functools import cache
from io import BytesIO
from typing import NamedTuple

import pyarrow as pa

from renotify.letters.accessible import values_of
from renotify.letters.batch_pdf import BatchFile
from renotify.letters.fields import Prepared, prepare, prepare_and_show, with_lines
from renotify.letters.version import LetterVersion

SPECIMEN = {
    "piece_id": "SPECIMEN",
    "vin": "1M8GDM9AXKP042788",
    "name1": "ÁÑỄṒ SPECIMEN OWNER",  # the highest letters, next to the barcode
    "name2": "SECOND OWNER",
    "addr1": "1 SPECIMEN STREET",
    "addr2": "UNIT 1",
    "city": "SPECIMEN",
    "state": "DC",
    "zip": "00000",
    "zip4": "0000",
    "delivery_point": "00",
    "model_text": "Specimen vehicle",
    "dealer_name": "Specimen dealer",
    "dealer_address": "1 Specimen Road, Specimen, DC 00000",
    "dealer_phone": "000-000-0000",
    "reference": "SPECIMEN",
    "imb_payload": "00000000000000000000",
}


@cache
def specimen_rows() -> pa.Table:
    """Return one row of a made-up owner, its address lines set; the VIN belongs to no vehicle of a campaign."""
    return with_lines(pa.table({name: [value] for name, value in SPECIMEN.items()}))


def blanked(letters: Prepared) -> Prepared:
    """Return letters whose slots are all empty, to look at what the static pages print."""
    values = tuple([b""] * len(column) for column in letters.values)
    return Prepared(values, letters.piece_ids, letters.bars, letters.exceptions)


class Specimen(NamedTuple):
    """The specimen letter of a version: as the writer prints it, its pages without values, and what each slot must say."""

    body: bytes
    bare: bytes
    values: Mapping[str, str]


def specimen(version: LetterVersion) -> Specimen:
    """Return the specimen letter of a version, printed."""
    rows = specimen_rows()
    letters, shown = prepare_and_show(version, rows)
    (values,) = values_of(rows, letters, shown)
    return Specimen(_printed(version, letters), _printed(version, blanked(letters)), values)


def printed(version: LetterVersion) -> bytes:
    """Return the specimen letter of a version as the writer prints it."""
    return _printed(version, prepare(version, specimen_rows()))


def _printed(version: LetterVersion, letters: Prepared) -> bytes:
    target = BytesIO()
    batch = BatchFile(version, target)
    batch.add(letters)
    batch.close()
    return target.getvalue()
