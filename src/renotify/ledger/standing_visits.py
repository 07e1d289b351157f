"""Which booked visits stand, and for what: a campaign that is done on the vehicle is off its visit, and a visit that has none left is over.

So is one that nobody reported and in whose place another was booked after its day. The one rule of it (decision 0106).
A repair is often recorded before the visit for which the vehicle was booked, by another dealer or on
another day, and nobody cancels the appointment. A campaign of which the ledger knows nothing on the vehicle stays: somebody looks.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import NamedTuple

from renotify.ledger.questions import not_done
from renotify.ledger.session import Session, Value

_DONE = f"s.current and not ({not_done('s.status')})"
_OF_VISIT = "replace(';' || {a}.campaign_codes || ';', ';' || s.campaign_code || ';', '') <> ';' || {a}.campaign_codes || ';'"


class DoneOfVisit(NamedTuple):
    """A campaign for which a vehicle is booked, and which is done or asks nothing of it any more."""

    vin: str
    campaign_code: str


def visit_stands(a: str) -> str:
    """Return the SQL condition that an ``appointment`` row is booked or arrived, for a campaign that is left to do, and not booked anew."""
    return f"({a}.status in ('booked', 'arrived') and {something_left(a)} and {not_booked_anew(a)})"


def visit_made_by(a: str, day: str) -> str:
    """Return the SQL condition that an ``appointment`` row was booked by the end of a day, whatever became of it later.

    A visit that was done, cancelled or missed since was booked then all the same, and one that was moved keeps the day of its first row.
    """
    return f"({a}.booked_on <= {day} or {a}.first_loaded_on <= {day})"


def visit_to_come(a: str, day: str) -> str:
    """Return the SQL condition that an ``appointment`` row stands and is of a day or a later one: its bay and its kits are held."""
    return f"(substr({a}.start, 1, 10) >= cast({day} as text) and {visit_stands(a)})"


def at_two_dealers(day: str) -> str:
    """Return SQL that selects the vehicles with visits to come at more than one dealer: an owner goes to one of them.

    Those with rows of several dealers at all are found first: they are few, and only they are judged.
    """
    several = "select vin from appointment group by vin having min(dealer_code) < max(dealer_code)"
    return (
        f"select a.vin from appointment a where a.vin in ({several}) and {visit_to_come('a', day)}"
        " group by a.vin having min(a.dealer_code) < max(a.dealer_code)"
    )


def something_left(a: str) -> str:
    """Return the SQL condition that not all campaigns of an ``appointment`` row are done."""
    done = f"select count(distinct s.campaign_code) from state s where s.vin = {a}.vin and {_DONE} and {_OF_VISIT.format(a=a)}"
    codes = f"length({a}.campaign_codes) - length(replace({a}.campaign_codes, ';', '')) + 1"
    return f"({done}) < {codes}"


def not_booked_anew(a: str) -> str:
    """Return the SQL condition that no later visit of the vehicle was booked after the day of an ``appointment`` row.

    Who books anew when the day of a visit is past did not come to it, or came for something else: of the two the newest day counts.
    """
    made = "cast(coalesce(anew.booked_on, anew.first_loaded_on) as text)"
    return (
        f"({a}.status <> 'booked' or not exists (select 1 from appointment anew where anew.vin = {a}.vin"
        f" and anew.status in ('booked', 'arrived') and anew.start > {a}.start and {made} > substr({a}.start, 1, 10)))"
    )


def done_of_visits(session: Session, condition: str = "true", **values: Value) -> list[DoneOfVisit]:
    """Return what is done of booked visits; ``condition`` is SQL on the ``appointment`` rows ``a``."""
    return session.rows(
        DoneOfVisit,
        "select distinct s.vin, s.campaign_code from appointment a cross join state s"  # visits first: they are fewer
        f" where s.vin = a.vin and {_DONE} and a.status in ('booked', 'arrived') and {_OF_VISIT.format(a='a')} and {condition}",
        **values,
    )


def by_vehicle(done: list[DoneOfVisit]) -> Mapping[str, frozenset[str]]:
    """Return the campaigns that are done, by vehicle."""
    found: dict[str, set[str]] = {}
    for one in done:
        found.setdefault(one.vin, set()).add(one.campaign_code)
    return {vin: frozenset(codes) for vin, codes in found.items()}


def left_of(campaign_codes: str, done: frozenset[str]) -> str:
    """Return the campaigns of a visit that are left to do, joined by ; as they were; blank where the visit is over."""
    return ";".join(code for code in campaign_codes.split(";") if code not in done)
