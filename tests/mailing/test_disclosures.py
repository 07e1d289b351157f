"""Owner data leaves for the recall only, and each time is on record."""

from __future__ import annotations

import hashlib
from datetime import date

import pyarrow as pa
import pytest

from renotify.errors import Refused
from renotify.ledger import artifacts


def test_a_disclosure_counts_vehicles_and_hashes_their_sorted_vins(session):
    with session.transaction():
        artifacts.disclose(session, "mail house", "recall", "letters", pa.array(["V2", "V1", "V2"]))
    (row,) = artifacts.disclosures(session).to_pylist()
    assert row["vehicles"] == 2
    assert row["vin_digest"] == hashlib.sha256(b"V1\nV2").hexdigest()
    assert row["at"][:2] == "20"


@pytest.mark.parametrize("purpose", ["marketing", "", "Recall"])
def test_any_other_purpose_is_refused(session, purpose):
    with session.transaction(), pytest.raises(Refused, match="may not be used for"):
        artifacts.disclose(session, "mail house", purpose, "letters", pa.array(["V1"]))
    assert artifacts.disclosures(session).num_rows == 0


def test_a_disclosure_is_kept_for_five_years():
    assert artifacts.keep_until(date(2013, 3, 6)) == date(2018, 3, 6)
    assert artifacts.keep_until(date(2012, 2, 29)) == date(2017, 3, 1)


def test_a_file_is_recorded_with_its_digest(session, tmp_path):
    path = tmp_path / "a.txt"
    path.write_bytes(b"abc")
    with session.transaction():
        digest = artifacts.record(session, path, "note", "f")
        path.write_bytes(b"abcd")
        assert artifacts.record(session, path, "note", "f") != digest
    (row,) = artifacts.of_follow_up(session, "f", "note").to_pylist()
    assert row["sha256"] == hashlib.sha256(b"abcd").hexdigest()
