"""Who is on record for a vehicle: for contact staff who record a new address. Whoever asks is logged by the desk that shows it."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

from renotify.ledger import holders, tables
from renotify.ledger.session import Session
from renotify.values.private_in_names import names_only

SHOWN = (
    "vin", "role", "as_of", "name1", "name2", "addr1", "addr2", "city", "state", "zip", "language", "country", "email", "phone",
    "end_date",
)  # fmt: skip


@dataclass(frozen=True)
class OnRecord:
    """The newest record of a role; ``holds``: its person has the vehicle, by the one rule of ``ledger.holders``. What is private in a name
    is left out.
    """

    role: str
    as_of: date
    name1: str
    name2: str
    addr1: str
    addr2: str
    city: str
    state: str
    zip: str
    language: str
    country: str
    email: str
    phone: str
    holds: bool


def on_record(session: Session, vin: str, on: date) -> list[OnRecord]:
    """Return the newest record of each role of a vehicle on a day, those that hold it first."""
    records = tables.read(session, "owner", *SHOWN, where="vin = :vin", vin=vin)
    if not records.num_rows:
        return []
    judged = holders.holders(records, on, holders.beside(session, on, "vin = :vin", vin=vin))
    held = {(one["role"], one["as_of"]): one["holds"] for one in judged.to_pylist()}
    kept = [name for name in SHOWN if name not in {"vin", "end_date"}]
    newest = [
        OnRecord(**{name: row[name] for name in kept}, holds=held[row["role"], row["as_of"]])
        for row in names_only(records).to_pylist()
        if (row["role"], row["as_of"]) in held
    ]
    return sorted(newest, key=lambda one: (not one.holds, one.role))
