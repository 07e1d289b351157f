"""A small history with everything: corrections, removals, returned mail, bad and double rows."""

from __future__ import annotations

import csv
from datetime import date, timedelta
from pathlib import Path

import pyarrow as pa
import pyarrow.parquet

from folder import Folder, make_vin

VINS = [make_vin(number) for number in range(24)]
START = date(2011, 3, 7)


def fill(folder: Folder) -> Folder:
    """Add some 150 rows over nine tables."""
    folder.campaign("9LA").campaign("ALE").campaign("CLB").dealer().dealer("D0002", area="W")
    for place, vin in enumerate(VINS):
        codes = ("9LA", "ALE") if place % 3 == 0 else ("CLB",) if place % 3 == 1 else ("ALE",)
        folder.vehicle(vin, *codes, dealer=f"D000{1 + place % 2}")
        _repairs(folder, place, vin, codes)
    _what_happened(folder)
    _what_is_wrong(folder)
    return folder


def _repairs(folder: Folder, place: int, vin: str, codes: tuple[str, ...]) -> None:
    if place % 4 == 0:
        outcome = ("remedied", "inspected_ok", "declined")[place // 4 % 3]
        folder.repair(vin, codes[0], date(2012, 5, 1) + timedelta(days=place), outcome=outcome)
    if place % 8 == 0:
        row = dict(folder.rows["repair_orders"][-1])
        folder.add("repair_orders", **row)
        folder.add("repair_orders", **row | {"outcome": "other", "hours": 0.5})


def _what_happened(folder: Folder) -> None:
    folder.add("population", campaign_code="ALE", vin=VINS[0], removed_date="2012-06-01")
    folder.add("population", campaign_code="9LA", vin=VINS[3], remedy_version=2, added_date=START)
    for place, word in enumerate(("scrapped", "exported", "registered", "stolen", "registered")):
        day = START + timedelta(days=place)
        folder.add("vehicle_status", vin=VINS[5], effective_date=day, status=word, source="S")
    folder.add("vehicle_status", vin=VINS[7], effective_date=START, status="total_loss", source="S")
    for vin in VINS[9:15]:
        mailed = {"vin": vin, "campaign_code": "ALE", "mailed_date": START}
        folder.add("mail_events", **mailed, kind="mailed", returned_date="", return_code="")
        back = START + timedelta(days=20)
        folder.add("mail_events", **mailed, kind="returned", returned_date=back, return_code="NSN")
    folder.owner(VINS[9], as_of=date(2010, 1, 4)).owner(VINS[10], role="lessee")


def _what_is_wrong(folder: Folder) -> None:
    folder.owner(VINS[1], name1="CHRIS EXAMPLE").owner(VINS[2])
    folder.add("population", campaign_code="ZZZ", vin=VINS[4])
    folder.add("population", campaign_code="9LA", vin=VINS[4][:-1])
    folder.repair(VINS[1], "9LA", date(2012, 1, 4)).repair(VINS[0], "9LA", date(2008, 1, 4))
    folder.repair(VINS[0], "ALE", date(2012, 7, 1))


def write_in_parts(folder: Folder, path: Path, parts: int, parquet: bool) -> list[Path]:
    """Write each table as several files, its rows in their order; every second one as Parquet."""
    path.mkdir(parents=True)
    files = [path / "campaigns.toml"]
    files[0].write_text("\n\n".join(folder.campaigns))
    for table, rows in folder.rows.items():
        columns = list(dict.fromkeys(key for row in rows for key in row))
        size = -(-len(rows) // parts)
        for part in range(0, len(rows), size):
            stem = path / f"{table}-{part:05}"
            some = rows[part : part + size]
            as_parquet = parquet and part // size % 2 == 1
            files.append(_parquet(stem, columns, some) if as_parquet else _csv(stem, columns, some))
    return files


def _csv(stem: Path, columns: list[str], rows: list[dict[str, object]]) -> Path:
    path = stem.with_suffix(".csv")
    with path.open("w", newline="", encoding="utf-8") as file:
        writer = csv.DictWriter(file, columns)
        writer.writeheader()
        writer.writerows(rows)
    return path


def _parquet(stem: Path, columns: list[str], rows: list[dict[str, object]]) -> Path:
    path = stem.with_suffix(".parquet")
    text = {name: [str(row.get(name, "")) for row in rows] for name in columns}
    pyarrow.parquet.write_table(pa.table(text), path)
    return path
