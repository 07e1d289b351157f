"""One vehicle's whole record: campaigns, events, letters, appointments, as values and as a PDF.

Nothing in it tells who the owner is: it may lie in the file of a claim or of a court.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import date
from functools import cache
from importlib.resources import files
from pathlib import Path
from typing import Any

import pyarrow as pa

from renotify.errors import BadInput, UnknownName
from renotify.ledger import artifacts, registry, tables
from renotify.ledger.kinds import OUTCOMES
from renotify.ledger.questions import answers
from renotify.ledger.rulings import stands
from renotify.ledger.session import Session
from renotify.ledger.vin_exceptions import exceptions_of
from renotify.letters.typesetting import compile_typst
from renotify.values import vin as vins
from renotify.values.english import short_day

KIND = "vehicle_file"
_EVENTS = pa.schema(
    [
        ("day", pa.date32()),
        *((name, pa.string()) for name in ("kind", "campaign", "dealer", "return_code", "source")),
        ("row", pa.int64()),
        ("subject", pa.string()),
        ("stands", pa.bool_()),
    ]
)
WORDS = {
    "added": "added to the campaign",
    "removed": "taken out of the campaign",
    "remedied": "repaired",
    "inspected_ok": "inspected, no repair needed",
    "needs_part": "inspected, waits for its part",
    "declined": "repair declined",
    "other": "other visit",
    "registered": "registered",
    "scrapped": "scrapped",
    "exported": "exported",
    "stolen": "stolen",
    "total_loss": "total loss",
    "unknown": "status unknown",
    "mailed": "letter mailed",
    "returned": "letter returned",
    "withdrawn": "taken back",
}


def vehicle_file(session: Session, vin: str, *, on: date, out: Path) -> dict[str, Any]:
    """Write everything known of a vehicle as ``out``/vehicles/VIN.pdf and return it as values.

    Keys: vin, exception (the maker's, from 49 CFR 565), vehicle, dealer, campaigns, events (each with its file and row), letters,
    appointments, file. Raises BadInput for a malformed VIN and UnknownName for one nobody loaded.
    """
    wanted = vins.normalise(vin)
    problem = vins.problem(wanted)
    if problem is not None and not exceptions_of(session, [wanted]):
        raise BadInput(problem, "Read the VIN again from the vehicle or its registration.")
    found = _found(session, wanted)
    if found["vehicle"] is None and not found["events"]:
        raise UnknownName(f"Nothing is known of the vehicle {wanted}.", "Load its files first.")
    path = out / "vehicles" / f"{wanted}.pdf"
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_bytes(pdf(found, on))
    with session.transaction():
        artifacts.record(session, path, KIND)
    return {**found, "on": on, "file": str(path)}


def _found(session: Session, vin: str) -> dict[str, Any]:
    vehicle = _first(tables.read(session, "vehicle", where="vin = :vin", vin=vin))
    code = vehicle["dealer_code"] if vehicle else ""
    dealer = tables.read(
        session, "dealer", "dealer_code", "name", "city", "state", "phone",
        where="dealer_code = :code", code=code,
    )  # fmt: skip
    excepted = exceptions_of(session, [vin]).get(vin)
    return {
        "vin": vin,
        "exception": excepted.reason if excepted else None,
        "vehicle": vehicle,
        "dealer": _first(dealer),
        "campaigns": _campaigns(session, vin),
        "events": _events(session, vin),
        "letters": _letters(session, vin),
        "appointments": _plain(
            tables.read(session, "appointment", where="vin = :vin", order="start", vin=vin)
        ),
    }


def _first(rows: pa.Table) -> dict[str, Any] | None:
    plain = _plain(rows)
    return plain[0] if plain else None


def _plain(rows: pa.Table) -> list[dict[str, Any]]:
    """Return rows without the columns that say where in a file they stood."""
    kept = [name for name in rows.column_names if name not in {"source_id", "source_row"}]
    return list(rows.select(kept).to_pylist())


def _campaigns(session: Session, vin: str) -> list[dict[str, Any]]:
    states = _plain(
        tables.read(
            session, "state", where="vin = :vin", order="campaign_code, remedy_version", vin=vin
        )
    )
    known = registry.campaigns(session, [state["campaign_code"] for state in states])
    return [
        {
            **state,
            **answers(state["status"])._asdict(),
            "subject": known[state["campaign_code"]].subject,
            "nhtsa_campaign_number": known[state["campaign_code"]].nhtsa_campaign_number,
            "filed_date": known[state["campaign_code"]].filed_date,
            "family": known[state["campaign_code"]].family,
        }
        for state in states
    ]


def _events(session: Session, vin: str) -> list[dict[str, Any]]:
    rows = session.read(
        "select e.occurred_on as day, e.kind, e.campaign_code as campaign, e.dealer_code as dealer,"
        ' e.return_code, s.name as source, e.source_row as "row", e.subject,'
        f" case when {stands('e')} then 1 else 0 end as stands from event e"
        " join source s on s.id = e.source_id where e.vin = :vin"
        " order by e.occurred_on, s.recorded_at, e.source_row, e.subject",
        _EVENTS,
        vin=vin,
    )
    return list(rows.to_pylist())


def _letters(session: Session, vin: str) -> list[dict[str, Any]]:
    """Return the pieces of the vehicle, to whom by role only."""
    return _plain(
        tables.read(
            session, "piece", "piece_id", "follow_up", "bundle", "role", "wave", "state", "reason",
            "mailed_on", "returned_on", "return_code",
            where="vin = :vin", order="piece_id", vin=vin,
        )
    )  # fmt: skip


@cache
def _source() -> str:
    return (files("renotify.reports") / "typst" / "vehicle.typ").read_text("utf-8")


def pdf(found: Mapping[str, Any], on: date) -> bytes:
    """Return the PDF of a vehicle's record; the same record gives the same bytes."""
    return compile_typst(_source(), {"file": document(found, on)})


def document(found: Mapping[str, Any], on: date) -> dict[str, Any]:
    """Return everything the PDF prints, as text."""
    vehicle, dealer = found["vehicle"], found["dealer"]
    filed = {state["campaign_code"]: state["filed_date"] for state in found["campaigns"]}
    return {
        "vin": found["vin"],
        "on": _day(on),
        "facts": [
            *_vehicle_facts(vehicle),
            *_exception_facts(found.get("exception")),
            *_dealer_facts(dealer),
        ],
        "campaigns": [
            [
                state["campaign_code"],
                state["nhtsa_campaign_number"] or "–",
                state["subject"],
                _status(state),
                _day(state["since"]),
            ]
            for state in found["campaigns"]
        ],
        "events": [_event(event, filed.get(event["campaign"])) for event in found["events"]],
        "letters": [_letter(letter) for letter in found["letters"]],
        "appointments": [
            [
                booked["start"].replace("T", " "),
                booked["dealer_code"],
                booked["campaign_codes"].replace(";", ", "),
                booked["status"].replace("_", " "),
            ]
            for booked in found["appointments"]
        ],
    }


def _day(value: date | None) -> str:
    return short_day(value) if value else "–"


def _vehicle_facts(vehicle: Mapping[str, Any] | None) -> list[tuple[str, str]]:
    if vehicle is None:
        return [("Vehicle", "not in the vehicle file")]
    return [
        ("Vehicle", f"{vehicle['model_year']} {vehicle['make']} {vehicle['model']}"),
        ("Built", _day(vehicle["build_date"])),
        ("First sold", _day(vehicle["first_sale_date"])),
    ]


def _exception_facts(reason: str | None) -> list[tuple[str, str]]:
    return [("Number", f"the maker's exception: {reason}")] if reason else []


def _dealer_facts(dealer: Mapping[str, Any] | None) -> list[tuple[str, str]]:
    if dealer is None:
        return []
    place = f"{dealer['name']} ({dealer['dealer_code']}), {dealer['city']}, {dealer['state']}"
    return [("Dealer", place)]


def _status(state: Mapping[str, Any]) -> str:
    status = state["status"].replace("_", " ")
    reason = f" ({state['reason'].replace('_', ' ')})" if state["reason"] else ""
    earlier = "" if state["current"] else f", version {state['remedy_version']}: superseded"
    yet = ", not done" if state["reason"] and state["current"] else ""
    return f"{status}{reason}{yet}{earlier}"


def _event(event: Mapping[str, Any], filed: date | None) -> Sequence[str]:
    kind = WORDS.get(event["kind"], event["kind"])
    if filed and event["kind"] in OUTCOMES and event["day"] < filed:
        kind += ", before the filing"
    code = f" ({event['return_code']})" if event["return_code"] else ""
    overruled = "" if event["stands"] else ", overruled since"
    return [
        _day(event["day"]),
        event["campaign"] or "–",
        f"{kind}{code}{overruled}",
        event["dealer"] or "–",
        f"{event['source']}, row {event['row']}" if event["row"] else event["source"],
    ]


def _letter(letter: Mapping[str, Any]) -> Sequence[str]:
    came_back = f"returned {_day(letter['returned_on'])}" if letter["returned_on"] else ""
    return [
        letter["piece_id"],
        letter["follow_up"],
        letter["bundle"].replace("+", ", "),
        letter["role"],
        letter["state"],
        _day(letter["mailed_on"]),
        came_back or letter["reason"],
    ]
