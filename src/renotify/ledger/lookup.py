"""What is known of each VIN in each campaign, for whoever asks: no owner, no dealer, no price."""

from __future__ import annotations

import json
from collections.abc import Sequence
from datetime import date
from typing import Any, NamedTuple

from renotify.ledger.questions import answers
from renotify.ledger.session import Session
from renotify.ledger.vin_exceptions import VinException, exceptions_of
from renotify.values import vin as vins_room


class Found(NamedTuple):
    """One vehicle in one campaign; ``remedy_available`` is whether the vehicle's own remedy is there on the day,
    ``reason`` why an unreachable one is so.
    """

    vin: str
    campaign: str
    nhtsa_campaign_number: str
    status: str
    remedy_available: bool
    remedy_available_date: date | None
    reason: str


class Row(NamedTuple):
    """One vehicle in one campaign as the ledger keeps it; ``by_vehicle``: some vehicles have remedies of their own day."""

    vin: str
    campaign: str
    nhtsa_campaign_number: str
    status: str
    reason: str
    remedy_available_date: date | None
    by_vehicle: bool
    model: str
    model_year: int | None
    build_date: date | None


def lookup(session: Session, vins: Sequence[str], *, on: date) -> list[dict[str, Any]]:
    """Answer each VIN in the order asked, safety recalls first (49 CFR 573.15(b)(5), (6), (8)).

    ``reason`` says why a VIN is not well formed, else it is None; a well-formed VIN of no
    population has no campaigns. A number that the maker excepts is valid, with the maker's reason as
    ``exception``. ``may_be_delivered`` is None for a VIN of no population. A vehicle that cannot be reached by letter is not
    done. The documents are those of ``renotify lookup --json``.
    """
    asked = [vins_room.normalise(vin) for vin in vins]
    known: dict[str, list[Found]] = {}
    for found in campaigns_of(session, sorted(set(asked)), on=on):
        known.setdefault(found.vin, []).append(found)
    excepted = exceptions_of(session, asked)
    return [_answer(vin, known.get(vin, ()), excepted.get(vin)) for vin in asked]


def campaigns_of(session: Session, vins: Sequence[str], *, on: date) -> list[Found]:
    """Return what is known of each VIN in each campaign, in order of VIN, safety recalls first."""
    rows = session.rows(
        Row,
        "select s.vin, s.campaign_code as campaign, c.nhtsa_campaign_number, s.status, s.reason, c.remedy_available_date,"
        " case when c.facts ->> 'remedies' is null then 0 else 1 end as by_vehicle,"
        " coalesce(v.model, '') as model, v.model_year, v.build_date"
        f" from {session.list_values('vins')} a cross join state s"
        " join campaign c on c.campaign_code = s.campaign_code left join vehicle v on v.vin = s.vin"
        " where s.vin = a.value and s.current order by s.vin, c.family, s.campaign_code",
        vins=json.dumps(vins),
    )
    own = _own_days(session, [row for row in rows if row.by_vehicle])
    days = (own.get((row.vin, row.campaign), row.remedy_available_date) for row in rows)
    return [
        Found(*row[:4], day is not None and day <= on, day, row.reason)
        for row, day in zip(rows, days, strict=True)
    ]


def _own_days(session: Session, rows: Sequence[Row]) -> dict[tuple[str, str], date | None]:
    """Return the day of each vehicle's own remedy, by VIN and campaign; campaigns are read only where they have such days."""
    if not rows:
        return {}
    from renotify.ledger import registry

    known = registry.campaigns(session, {row.campaign for row in rows})
    return {
        (row.vin, row.campaign): known[row.campaign].remedy_date_of(
            row.model, row.model_year, row.build_date
        )
        for row in rows
    }


def _answer(vin: str, campaigns: Sequence[Found], excepted: VinException | None) -> dict[str, Any]:
    reason = None if excepted else vins_room.problem(vin)
    likely = vins_room.likely(vin) if reason else None
    reason = f"{reason} Did you mean {likely}?" if likely else reason
    found = [_campaign(one) for one in campaigns]
    return {
        "vin": vin,
        "valid": reason is None,
        "reason": reason,
        "exception": excepted.reason if excepted else None,
        "campaigns": found,
        "may_be_delivered": all(one["may_be_delivered"] for one in found) if found else None,
    }


def _campaign(found: Found) -> dict[str, Any]:
    """Return a campaign's document: its status, and what that means at the desks (``questions``)."""
    own = {name: value for name, value in found._asdict().items() if name not in {"vin", "reason"}}
    meant = answers(found.status)._asdict()
    return own | {"unreachable": found.reason or None} | meant
