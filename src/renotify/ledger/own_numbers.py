"""Whether a vehicle's number is of this maker: its first three characters (49 CFR 565.15(a)) are those of a vehicle on record."""

from __future__ import annotations

from typing import NamedTuple

from renotify.ledger.session import Session

MAKER = 3  # characters of a number that say who made the vehicle
LENGTH = 17


class Unknown(NamedTuple):
    """What is said of a well-formed number that no vehicle on record has."""

    says: str
    what_next: str


class _One(NamedTuple):
    one: int


def begins_as_ours(session: Session, vin: str) -> bool:
    """Tell whether any vehicle on record begins as a number does; read by the index of its table, of whatever size."""
    if len(vin) < MAKER:
        return False
    begin = vin[:MAKER]
    span = {"first": begin, "last": begin + "Z" * (LENGTH - MAKER)}
    within = "where vin >= :first and vin <= :last limit 1"
    return any(
        session.rows(_One, f"select 1 as one from {table} {within}", **span)
        for table in ("vehicle", "state")
    )


def not_on_record(session: Session, vin: str) -> Unknown:
    """Return what to say of a number that no vehicle on record has: another maker's, or one of ours that nobody has loaded."""
    if begins_as_ours(session, vin):
        return Unknown(
            "No vehicle on record has this number, and no recall names it.",
            "Compare it with the registration and read it off the vehicle again: a well-formed number proves nothing.",
        )
    return Unknown(
        f"Not one of our vehicles: the number begins with {vin[:MAKER]}, and none of ours does.",
        "Compare it with the registration. If it is right, its own maker or NHTSA (nhtsa.gov/recalls) says what is open on it.",
    )
