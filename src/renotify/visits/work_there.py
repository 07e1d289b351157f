"""Whether a campaign's free repair can be done on a vehicle on a day, as its letter has it: what one visit holds has these alone."""

from __future__ import annotations

from datetime import date
from typing import NamedTuple

from renotify.campaigns.campaign import Campaign
from renotify.campaigns.letter_facts import facts_of, no_work, old_vehicles
from renotify.ledger.interim_notices import is_interim
from renotify.ledger.rulings import stands
from renotify.ledger.session import Session

UNSAID = frozenset({"not_by_repair", "not_free"})  # whose letter says no work and no time of it
NO_VISIT = "no_visit"  # whose remedy comes over the air or by mail
NO_WORK = UNSAID | {NO_VISIT}  # no work of a dealer's


class VehicleRow(NamedTuple):
    """A vehicle, and the dealer it belongs to."""

    make: str
    model: str
    model_year: int
    dealer_code: str
    build_date: date | None = None
    first_sale_date: date | None = None


class Mailed(NamedTuple):
    """The day of the last letter of a campaign, the last day on which one came back, and the last interim notice by a plan.

    ``remedy_from`` is the day from which the plan has kits and hours after that one, None where it has none.
    """

    campaign_code: str
    mailed: date | None
    returned: date | None
    newest_record: date | None = None  # of any owner
    told_to_wait: date | None = None
    remedy_from: date | None = None
    vin: str = ""

    def available(self, remedy: date | None) -> date | None:
        """Return the day from which the last letter lets its owner come: that of the ``remedy``, or of the kits and hours."""
        if remedy is None or self.told_to_wait is None or self.told_to_wait != self.mailed:
            return remedy
        return None if self.remedy_from is None else max(remedy, self.remedy_from)


def repair_facts(campaign: Campaign, vehicle: VehicleRow | None, on: date) -> frozenset[str]:
    """Return what holds for a campaign in the rule pack's words, as a letter to this vehicle has it: 49 USC 30120(g)(1)."""
    return facts_of(campaign, not_free=_too_old(campaign, vehicle, on))


def _too_old(campaign: Campaign, vehicle: VehicleRow | None, on: date) -> bool:
    old = old_vehicles(campaign, on)
    if old is None or vehicle is None:
        return False
    return old.holds(vehicle.first_sale_date, vehicle.build_date, vehicle.model_year)


def work_is_there(
    campaign: Campaign, vehicle: VehicleRow | None, on: date, mailed: Mailed | None = None
) -> bool:
    """Tell whether a dealer can do a campaign's free repair on a vehicle on a day: what its letter calls one visit has these alone.

    ``mailed`` is its last letter, which may have told its owner to wait.
    """
    available = remedy_date(campaign, vehicle)
    available = available if mailed is None else mailed.available(available)
    there = available is not None and available <= on
    return there and not no_work(campaign, not_free=_too_old(campaign, vehicle, on))


def remedy_date(campaign: Campaign, vehicle: VehicleRow | None) -> date | None:
    """Return the day of the vehicle's own remedy."""
    if vehicle is None:
        return campaign.remedy_date_of("", None, None)
    return campaign.remedy_date_of(vehicle.model, vehicle.model_year, vehicle.build_date)


def last_letters(
    session: Session, on: date, condition: str, **values: str
) -> dict[tuple[str, str], Mailed]:
    """Return what became of the last letter of some vehicles in each campaign, by VIN and code: ``condition`` is SQL on ``e.vin``."""
    found = session.rows(
        Mailed,
        "select e.campaign_code, max(case when e.kind = 'mailed' then e.occurred_on end) as mailed,"
        " max(case when e.kind = 'returned' then e.occurred_on end) as returned,"
        " (select max(o.as_of) from owner o where o.vin = e.vin and o.as_of <= :on) as newest_record,"
        f" max(case when {is_interim('e')} then e.occurred_on end) as told_to_wait,"
        " (select max(l.remedy_from) from listed l where l.vin = e.vin and l.interim) as remedy_from, e.vin"
        f" from event e where {condition} and e.kind in ('mailed', 'returned') and e.occurred_on <= :on and {stands('e')}"
        " group by e.vin, e.campaign_code",
        on=on,
        **values,
    )
    return {(one.vin, one.campaign_code): one for one in found}
