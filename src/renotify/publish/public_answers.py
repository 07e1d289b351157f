"""One function answers the public's question, for the page and for the interface of programs alike (49 CFR 573.15)."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date
from typing import NamedTuple

from renotify.publish.lookup_snapshot import LookupSnapshot
from renotify.publish.public_facts import (
    PublicCampaign,
    PublicRecall,
    PublicStanding,
    PublicVehicle,
)
from renotify.values import vin as vins_room
from renotify.values.vin import VinFault

KEPT = 50_000  # answers of alike vehicles that a snapshot keeps


class PublicAnswer(NamedTuple):
    """The answer for one number, in its normal form.

    ``reason`` says in English why it is no VIN (``fault`` which), ``likely`` which one may be meant, to be asked and never taken;
    ``vehicle`` is None where the maker's record has no such number, ``of_this_maker`` whether it begins as the maker's do.
    ``place`` is that of all vehicles which stand alike.
    """

    vin: str
    valid: bool
    fault: VinFault
    reason: str | None
    likely: str | None
    of_this_maker: bool
    vehicle: PublicVehicle | None
    recalls: tuple[PublicRecall, ...]
    place: int | None

    @property
    def open_recalls(self) -> list[PublicRecall]:
        """The safety recalls that are not done, which are said before all else (573.15(b)(5))."""
        return [one for one in self.recalls if not one.done and one.campaign.is_recall]


def answer(snapshot: LookupSnapshot, vins: Iterable[str], on: date) -> list[PublicAnswer]:
    """Answer each number in the order asked, on a day: what is not done first, safety recalls before service campaigns.

    A number that the snapshot has is valid, whatever 49 CFR 565 says of it. Raises Inconsistent where the file is not what was signed.
    """
    return [_answer(snapshot, vins_room.normalise(vin), on) for vin in vins]


def recalls_of_model(snapshot: LookupSnapshot, make: str, model: str) -> list[PublicCampaign]:
    """Return the campaigns that concern some vehicles of a make and model, recalls first (573.15(a))."""
    codes = {
        standing.campaign
        for one in snapshot.content.vehicles
        if (one.make, one.model) == (make, model)
        for standing in one.standings
    }
    known = [snapshot.content.campaigns[code] for code in codes]
    return sorted(known, key=lambda one: (not one.is_recall, one.campaign))


def _answer(snapshot: LookupSnapshot, vin: str, on: date) -> PublicAnswer:
    place = snapshot.place(vin)
    if place is None:
        return _unknown(snapshot, vin)
    return PublicAnswer(
        vin, valid=True, fault=VinFault.OK, reason=None, likely=None, of_this_maker=True,
        vehicle=snapshot.content.vehicles[place], recalls=_recalls(snapshot, place, on), place=place,
    )  # fmt: skip


def _unknown(snapshot: LookupSnapshot, vin: str) -> PublicAnswer:
    fault = vins_room.fault(vin)
    valid = fault is VinFault.OK
    return PublicAnswer(
        vin, valid=valid, fault=fault,
        reason=None if valid else vins_room.problem(vin),
        likely=None if valid else vins_room.likely(vin),
        of_this_maker=vin[:3] in snapshot.content.makers, vehicle=None, recalls=(), place=None,
    )  # fmt: skip


def _recalls(snapshot: LookupSnapshot, place: int, on: date) -> tuple[PublicRecall, ...]:
    """Return the campaigns of alike vehicles on a day, made once for all of them."""
    kept = snapshot.kept
    if (place, on) not in kept:
        if len(kept) >= KEPT:
            kept.clear()
        standings = snapshot.content.vehicles[place].standings
        kept[place, on] = tuple(_recall(snapshot, one, on) for one in standings)
    return kept[place, on]


def _recall(snapshot: LookupSnapshot, standing: PublicStanding, on: date) -> PublicRecall:
    day = standing.remedy_from
    return PublicRecall(
        snapshot.content.campaigns[standing.campaign],
        done=standing.done,
        remedy_available=day is not None and day <= on,
        remedy_available_date=day,
        as_its_letter_says=standing.as_its_letter_says,
    )
