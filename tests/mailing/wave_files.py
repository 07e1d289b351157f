"""The files that come back of the first wave of a small follow-up: evidence and returned mail, and what the ledger then says."""

from __future__ import annotations

from datetime import date
from pathlib import Path

import pyarrow as pa

from mailing.follow_up import NAME, planned
from mailing.releases import release, rows_of
from renotify.ledger import pieces, tables
from renotify.mailing import evidence, returns

MAILED = date(2013, 3, 8)
TODAY = date(2013, 3, 20)
LATER = date(2013, 5, 1)


def three_released(session, folder):
    """Three vehicles, that of two campaigns first, released. Two more are in the second wave."""
    planned(session, folder, ["9LA", "ALE"], ["ALE"], ["ALE"], ["ALE"], ["ALE"], weeks=2)
    release(session, folder)


def job(session):
    return Path(pieces.wave(session, NAME, 1).folder)


def in_order(session):
    """Return the pieces of the first wave: that of two campaigns first."""
    return sorted(rows_of(session), key=lambda row: (row["bundle"], row["vin"]))


def sheet(tmp_path, *lines, header="piece_id,status,mailed_date,reason", name="evidence.csv"):
    path = tmp_path / name
    path.write_text("\n".join([header, *lines]) + "\n", encoding="utf-8")
    return path


def accept(session, tmp_path, *lines, wave=1, on=TODAY, **how):
    path = sheet(tmp_path, *lines, **how)
    return evidence.accept(session, NAME, wave, path, on=on, rejects_dir=tmp_path / "rejects")


def returned(session, tmp_path, *lines, on=LATER):
    path = sheet(tmp_path, *lines, header="piece_id,returned_date,return_code", name="back.csv")
    return returns.returned(session, path, on=on, rejects_dir=tmp_path / "rejects")


def states(session):
    return [row["state"] for row in in_order(session)]


def status(session, piece_id):
    (row,) = pieces.by_id(session, pa.table({"piece_id": [piece_id]})).to_pylist()
    found = tables.read(session, "state", where="vin = :vin", vin=row["vin"]).to_pylist()
    return {row["campaign_code"]: (row["status"], row["reason"]) for row in found}
