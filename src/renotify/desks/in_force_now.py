"""Instructions in force at a desk on a day: what must not be done with a vehicle, what waits for its remedy, which documents hold."""

from __future__ import annotations

import enum
from collections.abc import Iterable, Iterator, Mapping
from datetime import date
from typing import NamedTuple

import pyarrow as pa

from renotify.campaigns.campaign import Campaign
from renotify.ledger import registry
from renotify.ledger.scope import Scope
from renotify.ledger.session import Session
from renotify.ledger.status import counts
from renotify.values.english import counted

NOT_DRIVEN = "Not to be driven until repaired: have it picked up."
OUTSIDE = "To be parked outside, away from buildings, until repaired."


class InstructionKind(enum.StrEnum):
    """What an instruction is about, the gravest first."""

    DO_NOT_DRIVE = "do_not_drive"
    PARK_OUTSIDE = "park_outside"
    STOP_SALE = "stop_sale"
    NO_REMEDY_YET = "no_remedy_yet"
    TECHNICAL = "technical_instructions"
    DOCUMENT = "document"


class Instruction(NamedTuple):
    """An instruction of a campaign: its kind, how many vehicles it is about, what it says, and the place of its document if it is one."""

    campaign: str
    kind: str
    vehicles: int
    says: str
    place: str = ""


INSTRUCTIONS = pa.schema(
    [("campaign", pa.string()), ("kind", pa.string()), ("vehicles", pa.int64()), ("says", pa.string()), ("place", pa.string())]
)  # fmt: skip


def instructions(session: Session, scope: Scope, holds: pa.Table, on: date) -> pa.Table:
    """Return the instructions of the campaigns that vehicles of a scope are open for (``INSTRUCTIONS``), the gravest first.

    ``holds`` are the scope's delivery holds: those by law make a stop-sale of their recalls (49 USC 30120(i)).
    """
    open_vehicles: dict[str, int] = {}
    for row in counts(session, by="dealer", scope=scope):
        open_vehicles[row.campaign] = open_vehicles.get(row.campaign, 0) + row.open
    held: dict[str, int] = {}
    for row in holds.to_pylist():
        for code in row["campaigns"].split("+") if row["basis"] == "law" else ():
            held[code] = held.get(code, 0) + 1
    codes = sorted({code for code, count in open_vehicles.items() if count} | held.keys())
    found = list(of_campaigns(registry.campaigns(session, codes).values(), open_vehicles, held, on))
    order = list(InstructionKind)
    found.sort(key=lambda one: (order.index(InstructionKind(one.kind)), one.campaign))
    return pa.Table.from_pylist([one._asdict() for one in found], INSTRUCTIONS)


def of_campaigns(
    campaigns: Iterable[Campaign],
    open_vehicles: Mapping[str, int],
    held: Mapping[str, int],
    on: date,
) -> Iterator[Instruction]:
    """Yield the instructions of campaigns: ``open_vehicles`` and vehicles ``held`` by law, by campaign."""
    for campaign in campaigns:
        code = campaign.campaign_code
        vehicles, stopped = open_vehicles.get(code, 0), held.get(code, 0)
        if vehicles and campaign.do_not_drive:
            yield Instruction(code, InstructionKind.DO_NOT_DRIVE, vehicles, NOT_DRIVEN)
        if vehicles and campaign.park_outside:
            yield Instruction(code, InstructionKind.PARK_OUTSIDE, vehicles, OUTSIDE)
        if stopped:
            said = f"{counted(stopped, 'new vehicle')} not to be delivered until repaired (49 USC 30120(i))."  # fmt: skip
            yield Instruction(code, InstructionKind.STOP_SALE, stopped, said)
        if vehicles:
            yield from _waiting(campaign, vehicles, on)
            yield from _documents(campaign, vehicles, on)


def _waiting(campaign: Campaign, vehicles: int, on: date) -> Iterator[Instruction]:
    """Yield that no vehicle of a campaign can be repaired yet."""
    first = campaign.first_remedy_date
    if first is None or first > on:
        when = "its day is not known" if first is None else f"expected on {first}"
        said = f"The remedy is not there yet, {when}: book nobody for it."
        yield Instruction(campaign.campaign_code, InstructionKind.NO_REMEDY_YET, vehicles, said)


def _documents(campaign: Campaign, vehicles: int, on: date) -> Iterator[Instruction]:
    for kind in dict.fromkeys(document.kind for document in campaign.documents):
        current = campaign.current_document(kind, on)
        if current is not None:
            said = f"{kind.replace('_', ' ').capitalize()}, revision {current.revision} since {current.effective_date}"
            technical = kind == InstructionKind.TECHNICAL
            what = InstructionKind.TECHNICAL if technical else InstructionKind.DOCUMENT
            yield Instruction(campaign.campaign_code, what, vehicles, said, current.location)
