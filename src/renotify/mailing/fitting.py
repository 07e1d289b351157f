"""Which letters of decided pieces can be printed as their rows stand, before any of it is recorded: the print run's own fit."""

from __future__ import annotations

from dataclasses import dataclass

import pyarrow as pa
import pyarrow.compute as pc

from renotify.ledger.session import Session
from renotify.letters.fields import EXCEPTIONS, prepare, with_lines
from renotify.mailing import wave_tables
from renotify.mailing.versions import VersionKey, Versions
from renotify.values.address import countries_of

CHUNK = 10_000
SAMPLE_TRACKING = "0" * 20  # a barcode for the fit only


@dataclass(frozen=True)
class Fit:
    """Of each version how many letters there are, who would be set aside, and what would be mended (piece_id, field, reason)."""

    letters: dict[VersionKey, int]
    exceptions: dict[VersionKey, pa.Table]
    changes: dict[VersionKey, pa.Table]

    @property
    def aside(self) -> pa.Array:
        """Return the ids of the pieces that would be set aside."""
        return pa.concat_tables([EXCEPTIONS.empty_table(), *self.exceptions.values()])[
            "piece_id"
        ].combine_chunks()


def fit(session: Session, decided: pa.Table, made: Versions) -> Fit:
    """Return how the letters of decided pieces (``wave_tables.letters_of``; form_digest is their version's) fit.

    Pieces of a version that is not compiled are left out.
    """
    barcodes = pa.array([""] * decided.num_rows, pa.string())
    rows = wave_tables.letters_of(session, _with(decided, "imb", barcodes))
    rows = with_lines(with_sample_barcodes(rows))  # once for all versions
    found = Fit({}, {}, {})
    for key, version in sorted(made.compiled.items(), key=lambda item: item[0]):
        own = rows.filter(pc.equal(rows["form_digest"], version.digest))
        chunks = (own.slice(start, CHUNK) for start in range(0, own.num_rows, CHUNK))
        prepared = [prepare(version, chunk) for chunk in chunks]
        if prepared:
            found.letters[key] = own.num_rows
            found.exceptions[key] = pa.concat_tables([one.exceptions for one in prepared])
            found.changes[key] = pa.concat_tables([one.changes for one in prepared])
    return found


def with_sample_barcodes(rows: pa.Table) -> pa.Table:
    """Return letters' rows with a barcode for looks, of the address at home, none abroad."""
    at_home = pc.equal(countries_of(rows), "")
    digits = pc.binary_join_element_wise(SAMPLE_TRACKING, rows["zip"], "")
    return _with(rows, "imb_payload", pc.if_else(at_home, digits, ""))


def _with(rows: pa.Table, name: str, column: pa.Array) -> pa.Table:
    if name not in rows.column_names:
        return rows.append_column(name, column)
    return rows.set_column(rows.column_names.index(name), name, column)
