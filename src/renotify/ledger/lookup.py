"""What is known of each VIN in each campaign, for whoever asks: no owner, no dealer, no price."""

from __future__ import annotations

import json
from collections.abc import Sequence
from datetime import date
from typing import Any, NamedTuple

from renotify.ledger.session import Session
from renotify.values import vin as vins_room


class Found(NamedTuple):
    """One vehicle in one campaign; ``remedy_available`` is whether the remedy is there on the day."""

    vin: str
    campaign: str
    nhtsa_campaign_number: str
    status: str
    remedy_available: bool


def lookup(session: Session, vins: Sequence[str], *, on: date) -> list[dict[str, Any]]:
    """Answer each VIN in the order asked, safety recalls first (49 CFR 573.15(b)(5), (6), (8)).

    ``reason`` says why a VIN is not well formed, else it is None; a well-formed VIN of no
    population has no campaigns. The documents are those of ``renotify lookup --json``.
    """
    asked = [vins_room.normalise(vin) for vin in vins]
    known: dict[str, list[Found]] = {}
    for found in campaigns_of(session, sorted(set(asked)), on=on):
        known.setdefault(found.vin, []).append(found)
    return [_answer(vin, known.get(vin, ())) for vin in asked]


def campaigns_of(session: Session, vins: Sequence[str], *, on: date) -> list[Found]:
    """Return what is known of each VIN in each campaign, in order of VIN, safety recalls first."""
    return session.rows(
        Found,
        "select s.vin, s.campaign_code as campaign, c.nhtsa_campaign_number, s.status,"
        " case when c.remedy_available_date <= :day then 1 else 0 end as remedy_available"
        f" from {session.list_values('vins')} a cross join state s"
        " join campaign c on c.campaign_code = s.campaign_code"
        " where s.vin = a.value and s.current order by s.vin, c.family, s.campaign_code",
        vins=json.dumps(vins),
        day=on,
    )


def _answer(vin: str, campaigns: Sequence[Found]) -> dict[str, Any]:
    reason = vins_room.problem(vin)
    likely = vins_room.likely(vin) if reason else None
    reason = f"{reason} Did you mean {likely}?" if likely else reason
    found = [
        {name: value for name, value in one._asdict().items() if name != "vin"} for one in campaigns
    ]
    return {"vin": vin, "valid": reason is None, "reason": reason, "campaigns": found}
