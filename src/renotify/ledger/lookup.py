"""What is known of each VIN in each campaign, for whoever asks: no owner, no dealer, no price."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date
from typing import Any

import pyarrow as pa

from renotify.ledger.bulk import Bulk, bulk
from renotify.values import vin as vins_room

_FOUND = pa.schema([
    ("vin", pa.string()),
    ("campaign", pa.string()),
    ("nhtsa_campaign_number", pa.string()),
    ("status", pa.string()),
    ("remedy_available", pa.bool_()),
])  # fmt: skip


def lookup(vins: Sequence[str], *, on: date, using: Bulk | None = None) -> list[dict[str, Any]]:
    """Answer each VIN in the order asked, safety recalls first (49 CFR 573.15(b)(5), (6), (8)).

    ``reason`` says why a VIN is not well formed, else it is None; a well-formed VIN of no
    population has no campaigns. ``remedy_available`` is whether the remedy is there on the day.
    """
    if using is None:
        with bulk() as opened:
            return lookup(vins, on=on, using=opened)
    asked = [vins_room.normalise(vin) for vin in vins]
    known = _known(using, sorted(set(asked)), on)
    return [_answer(vin, known.get(vin, [])) for vin in asked]


def _known(using: Bulk, vins: list[str], on: date) -> dict[str, list[dict[str, Any]]]:
    using.stage("asked_vin", pa.table({"vin": pa.array(vins, pa.string())}))
    rows = using.read(
        "select s.vin, s.campaign_code as campaign, c.nhtsa_campaign_number, s.status,"
        " case when c.remedy_available_date <= :day then 1 else 0 end as remedy_available"
        " from asked_vin a cross join state s join campaign c on c.campaign_code = s.campaign_code"
        " where s.vin = a.vin and s.current order by s.vin, c.family, s.campaign_code",
        _FOUND,
        day=on,
    )
    known: dict[str, list[dict[str, Any]]] = {}
    for row in rows.to_pylist():
        known.setdefault(row.pop("vin"), []).append(row)
    return known


def _answer(vin: str, campaigns: list[dict[str, Any]]) -> dict[str, Any]:
    reason = vins_room.problem(vin)
    return {"vin": vin, "valid": reason is None, "reason": reason, "campaigns": campaigns}
