"""``answer``: one vehicle's campaigns for contact staff (memo, section 6)."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from typing import Any

import pyarrow as pa

from renotify.campaigns.campaign import Campaign, CampaignType
from renotify.contact import sentences
from renotify.ledger import registry, tables
from renotify.ledger.bulk import Bulk, bulk
from renotify.values import vin as vins
from renotify.values.english import counted, long_day

URGENCY = ("open", "unreachable", "inspected_ok", "repaired", "removed")
NOT_OURS = (
    "No campaign names this vehicle. A well-formed VIN proves nothing: ask for the VIN again, then "
    "offer to look the vehicle up at NHTSA."
)
VEHICLE = ("vin", "make", "model", "model_year", "dealer_code")
DEALER = ("dealer_code", "name", "city", "state", "phone")
_MAILED = pa.schema([("campaign_code", pa.string()), ("mailed", pa.date32())])


@dataclass(frozen=True)
class Known:
    """What the ledger knows of one vehicle; nothing about its owner."""

    vehicle: Mapping[str, Any] | None = None
    dealer: Mapping[str, Any] | None = None
    states: Sequence[Mapping[str, Any]] = ()
    campaigns: Mapping[str, Campaign] = field(default_factory=dict)
    hours: Mapping[str, float] = field(default_factory=dict)  # by campaign, for this model
    mailed: Mapping[str, date] = field(default_factory=dict)  # last letter by campaign
    appointments: Sequence[Mapping[str, Any]] = ()  # still to come, the next one first


def answer(vin: str, on: date) -> dict[str, Any]:
    """Return what contact staff may say of a vehicle on a day; ``in_words`` reads it out.

    Keys: vin, valid, sentence, vehicle, urgent (do not drive, park outside), campaigns (open
    safety recalls first), visit (whom to send the customer to, the next booking). An invalid VIN
    is a sentence, not an error. No owner data is read.
    """
    wanted = vins.normalise(vin)
    problem = vins.problem(wanted)
    if problem is not None:
        return {**_empty(wanted), "valid": False, "sentence": problem}
    with bulk() as using:
        known = _known(using, wanted, on)
    return compose(wanted, known, on)


def _empty(vin: str) -> dict[str, Any]:
    nothing: dict[str, Any] = {"vehicle": None, "urgent": [], "campaigns": [], "visit": []}
    return {"vin": vin, "valid": True, "sentence": "", **nothing}


def compose(vin: str, known: Known, on: date) -> dict[str, Any]:
    """Return the answer for what is known of a vehicle: no database, no clock."""
    answered = _empty(vin)
    if known.vehicle is not None:
        vehicle = known.vehicle
        answered["vehicle"] = f"{vehicle['model_year']} {vehicle['make']} {vehicle['model']}"
    answered["campaigns"] = sorted(
        (_campaign(state, known, on) for state in known.states), key=_first
    )
    if not known.states:
        return answered | {"sentence": NOT_OURS}
    to_do = [campaign for campaign in answered["campaigns"] if campaign["what_to_do"]]
    answered["urgent"] = _urgent(known, to_do)
    answered["sentence"] = _summary(to_do)
    answered["visit"] = _visit(known) if to_do else []
    return answered


def _first(campaign: Mapping[str, Any]) -> tuple[object, ...]:
    return (
        URGENCY.index(campaign["status"]),
        campaign["kind"] == CampaignType.SERVICE_CAMPAIGN.words,
        campaign["campaign"],
    )


def _summary(to_do: Sequence[Mapping[str, Any]]) -> str:
    if not to_do:
        return "Nothing is left to do on this vehicle."
    return f"{counted(len(to_do), 'campaign')} to be done, in one visit."


def _urgent(known: Known, to_do: Sequence[Mapping[str, Any]]) -> list[str]:
    campaigns = [known.campaigns[one["campaign"]] for one in to_do]
    urgent = [sentences.DO_NOT_DRIVE] if any(one.do_not_drive for one in campaigns) else []
    return urgent + ([sentences.PARK_OUTSIDE] if any(one.park_outside for one in campaigns) else [])


def _campaign(state: Mapping[str, Any], known: Known, on: date) -> dict[str, Any]:
    campaign = known.campaigns[state["campaign_code"]]
    code, status = campaign.campaign_code, state["status"]
    available = campaign.remedy_available_date
    mailed = known.mailed.get(code)
    signs = f"Signs of it: {campaign.warning.rstrip('.')}." if campaign.warning else ""
    why = " ".join(filter(None, (campaign.consequence, signs, campaign.precaution)))
    return {
        "campaign": code,
        "nhtsa_campaign_number": campaign.nhtsa_campaign_number,
        "kind": campaign.campaign_type.words,
        "subject": campaign.subject,
        "status": status,
        "since": state["since"],
        "says": sentences.status(status, state["reason"], state["since"]),
        "what": campaign.defect,
        "why": why,
        "remedy": campaign.remedy,
        "remedy_available": available is not None and available <= on,
        "hours": known.hours.get(code),
        "what_to_do": sentences.what_to_do(campaign, status, on, known.hours.get(code)),
        "letter": f"The last letter was mailed on {long_day(mailed)}." if mailed else "",
        "answers": [_said(campaign, one.question, one.answer, on) for one in campaign.answers],
    }


def _said(campaign: Campaign, question: str, text: str, on: date) -> dict[str, str]:
    reason = sentences.withheld(campaign, f"{question} {text}", on)
    return {"question": question, "answer": "" if reason else text, "withheld": reason}


def _visit(known: Known) -> list[str]:
    visit = []
    if known.dealer is not None:
        dealer = known.dealer
        phone = f", {dealer['phone']}" if dealer["phone"] else ""
        visit.append(
            f"Send the customer to {dealer['name']}, {dealer['city']}, {dealer['state']}{phone}."
        )
    for booked in known.appointments[:1]:
        codes = booked["campaign_codes"].replace(";", ", ")
        at = booked["start"].replace("T", " at ")
        visit.append(f"Booked for {codes} at dealer {booked['dealer_code']}: {at}.")
    return visit


def _known(using: Bulk, vin: str, on: date) -> Known:
    states = tables.read("state", where="vin = :vin and current", using=using, vin=vin).to_pylist()
    vehicle = _only(tables.read("vehicle", *VEHICLE, where="vin = :vin", using=using, vin=vin))
    code = vehicle["dealer_code"] if vehicle else ""
    codes = [state["campaign_code"] for state in states]
    return Known(
        vehicle=vehicle,
        dealer=_only(
            tables.read("dealer", *DEALER, where="dealer_code = :code", using=using, code=code)
        ),
        states=states,
        campaigns=registry.campaigns(codes, using),
        hours=_hours(using, vehicle["model"] if vehicle else ""),
        mailed=_mailed(using, vin, on),
        appointments=_appointments(using, vin, on),
    )


def _only(rows: pa.Table) -> dict[str, Any] | None:
    found: list[dict[str, Any]] = rows.to_pylist()
    return found[0] if found else None


def _hours(using: Bulk, model: str) -> dict[str, float]:
    """Return hours by campaign: the model's own row before the row for every model."""
    rows = tables.read(
        "labor_time", "campaign_code", "model", "hours", where="model in ('', :model)",
        order="model, hours", using=using, model=model,
    )  # fmt: skip
    return {row["campaign_code"]: row["hours"] for row in rows.to_pylist()}


def _mailed(using: Bulk, vin: str, on: date) -> dict[str, date]:
    rows = using.read(
        "select campaign_code, max(occurred_on) as mailed from event where vin = :vin"
        " and kind = 'mailed' and occurred_on <= :on group by campaign_code",
        _MAILED,
        vin=vin,
        on=on,
    )
    return {row["campaign_code"]: row["mailed"] for row in rows.to_pylist()}


def _appointments(using: Bulk, vin: str, on: date) -> list[dict[str, Any]]:
    rows = tables.read(
        "appointment", where="vin = :vin and status = 'booked' and start >= :today",
        order="start", using=using, vin=vin, today=on.isoformat(),
    )  # fmt: skip
    return list(rows.to_pylist())
