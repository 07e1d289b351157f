"""The interface for programs: ``POST /api/v1/lookup`` with up to 10,000 VINs, answered by the same function as the page."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import asdict
from datetime import date
from typing import Any

import orjson

from renotify.publish.lookup_snapshot import LookupSnapshot
from renotify.publish.public_answers import PublicAnswer, answer
from renotify.publish.public_facts import PublicRecall

MOST = 10_000  # VINs in one call
LONGEST = 64  # characters of one VIN as it is sent


class Unanswerable(Exception):
    """A call that cannot be answered: its status, and in words what to send instead."""

    def __init__(self, status: int, title: str, detail: str) -> None:
        super().__init__(detail)
        self.status, self.title, self.detail = status, title, detail


def asked_vins(body: bytes) -> list[str]:
    """Return the VINs of a call ``{"vins": ["...", ...]}``. Raises Unanswerable."""
    try:
        document = orjson.loads(body)
    except orjson.JSONDecodeError as error:
        raise Unanswerable(400, "No JSON", f"The body is no JSON in UTF-8: {error}.") from None
    vins = document.get("vins") if isinstance(document, dict) else None
    if not isinstance(vins, list) or not vins or set(document) != {"vins"}:
        raise Unanswerable(422, "No VINs", 'Send {"vins": ["...", ...]} with one VIN at least.')
    if len(vins) > MOST:
        raise Unanswerable(
            422, "Too many VINs", f"A call takes {MOST:,} VINs; these are {len(vins):,}."
        )
    if not all(isinstance(vin, str) and len(vin) <= LONGEST for vin in vins):
        raise Unanswerable(422, "No VINs", f"Every VIN is a text of at most {LONGEST} characters.")
    return vins


def answered(snapshot: LookupSnapshot, vins: Sequence[str], on: date) -> bytes:
    """Return the answers of a call as JSON: those of the vehicles in the order asked, and each campaign that they name once."""
    found = answer(snapshot, vins, on)
    content = snapshot.content
    named = {one.campaign.campaign for each in found for one in each.recalls}
    return orjson.dumps(
        {
            "updated": content.updated,
            "earliest": content.earliest,
            "stale": content.is_stale(on),
            "contact": asdict(content.contact),
            "campaigns": {code: asdict(content.campaigns[code]) for code in sorted(named)},
            "answers": _documents(found),
        }
    )


def _documents(found: Sequence[PublicAnswer]) -> list[dict[str, Any]]:
    """Return the answers as plain values; what alike vehicles share is written once."""
    alike: dict[int, orjson.Fragment] = {}
    for one in found:
        if one.place is not None and one.place not in alike:
            alike[one.place] = orjson.Fragment(
                orjson.dumps([_recall(each) for each in one.recalls])
            )
    return [
        {
            "vin": one.vin,
            "valid": one.valid,
            "reason": one.reason,
            "likely": one.likely,
            "known": one.vehicle is not None,
            "vehicle": one.vehicle.name if one.vehicle else None,
            "campaigns": alike[one.place] if one.place is not None else [],
        }
        for one in found
    ]


def _recall(one: PublicRecall) -> dict[str, object]:
    return {
        "campaign": one.campaign.campaign,
        "nhtsa_campaign_number": one.campaign.nhtsa_campaign_number,
        "done": one.done,
        "remedy_available": one.remedy_available,
        "remedy_available_date": one.remedy_available_date,
        "as_its_letter_says": one.as_its_letter_says,
    }
