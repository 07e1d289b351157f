"""The kits of one visit at one dealer, from the dealer's own rows: what ``kits_of_visits`` says of it, without its libraries.

Who calls waits for the answer, and half of that wait was the start of DuckDB. One dealer's bookings and counts are a few dozen rows. Where
kits that the dealer was promised decide, the book of the whole pool must be read, and where more is open on a booked vehicle than is
booked, what its visit does beside (``whole_visits``): then ``kits_of_visits`` is asked (None). A test holds
the two to the same answers.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping, Sequence
from datetime import date, timedelta
from math import ceil, floor
from typing import NamedTuple

from renotify.ledger.questions import not_done
from renotify.ledger.session import Session
from renotify.ledger.standing_visits import by_vehicle, done_of_visits, visit_stands
from renotify.parts.kit_state import BEHIND_ALL, KitState, OneMore
from renotify.visits.kits import KitRow
from renotify.visits.live_part_numbers import live_number, replacements
from renotify.visits.needs import combined, needs
from renotify.visits.repair_visits import fitted_at_one_dealer

ROUNDING = 1e-6


class StateOfKits(NamedTuple):
    """The worst state of a visit's parts, and those that are not on the shelf, joined."""

    state: KitState
    lacking: str


class _Booked(NamedTuple):
    vin: str
    campaign_codes: str
    start: str
    status: str
    model: str
    made_on: date | None

    @property
    def turn(self) -> str:
        """By what it is served: the day and hour, then the day on which it was booked."""
        return f"{self.start[:16]} {self.made_on or date.max}"


class _Counted(NamedTuple):
    part_no: str
    as_of: date
    on_hand: float
    on_order: float


class _Shipped(NamedTuple):
    part_no: str
    ship_date: date
    qty: float


class _Visit(NamedTuple):
    day: date
    turn: str
    vin: str
    bundle: str
    model: str
    until: date  # a count after it is without its kits


class _Found(NamedTuple):
    found: int


def has_promises(session: Session, dealer: str) -> bool:
    """Tell whether a dealer was promised kits by a promise that stands, whether they have come or not."""
    sql = "select 1 as found from part_promise where dealer_code = :dealer and withdrawn_on is null limit 1"
    return bool(session.rows(_Found, sql, dealer=dealer))


def kits_at_one_dealer(
    session: Session, dealer: str, vin: str, one_more: OneMore | None
) -> StateOfKits | None:
    """Return how the kits of a vehicle's booked visit at a dealer stand, or those of ``one_more`` visit behind all that are booked.

    None where the visit takes no kit, where what it lacks may be among the kits that the dealer was promised, and where a vehicle that is
    booked there may have more done in its visit than is booked.
    """
    if _more_is_open(session, dealer):
        return None
    own = "" if one_more else vin
    visits = _visits(session, dealer)
    if one_more:
        visits.append(_Visit(BEHIND_ALL, "", "", one_more.bundle, one_more.model, BEHIND_ALL))
    taken = needs(session, [(one.bundle, one.model) for one in visits]).taken
    counted, counted_on = _counted(session, dealer)
    through = _through(visits, taken, counted_on)
    states = {
        part: _state(counted.get(part, (0.0, 0.0)), kits)
        for (part, whose), kits in through.items()
        if whose == own
    }
    lacking = sorted(part for part, state in states.items() if state != KitState.ON_SHELF)
    if not states or (lacking and has_promises(session, dealer)):
        return None
    return StateOfKits(max(states.values(), key=list(KitState).index), ", ".join(lacking))


def _more_is_open(session: Session, dealer: str) -> bool:
    """Tell whether a vehicle that a dealer has booked is open for a campaign for which it is not booked there."""
    sql = (
        "select 1 as found from appointment a join state s on s.vin = a.vin"
        f" where s.current and {not_done('s.status')} and {visit_stands('a')} and a.dealer_code = :dealer"
        " and not exists (select 1 from appointment b where b.vin = a.vin and b.dealer_code = a.dealer_code"
        f" and {visit_stands('b')} and ';' || b.campaign_codes || ';' like '%;' || s.campaign_code || ';%') limit 1"
    )
    return bool(session.rows(_Found, sql, dealer=dealer))


def _visits(session: Session, dealer: str) -> list[_Visit]:
    """Return the vehicles that a dealer has booked, in the order in which they are served (``visits.booked.booked_vehicles``)."""
    rows = session.rows(
        _Booked,
        "select a.vin, a.campaign_codes, a.start, a.status, coalesce(v.model, '') as model,"
        " coalesce(a.booked_on, a.first_loaded_on) as made_on"
        " from appointment a left join vehicle v on v.vin = a.vin"
        f" where {visit_stands('a')} and a.dealer_code = :dealer",
        dealer=dealer,
    )
    done = by_vehicle(done_of_visits(session, "a.dealer_code = :dealer", dealer=dealer))
    several: dict[str, list[_Booked]] = defaultdict(list)
    for row in rows:
        several[row.vin].append(row)
    return sorted(
        _Visit(
            date.fromisoformat(min(row.start for row in own)[:10]),
            min(row.turn for row in own),
            vin,
            combined(
                {code for row in own for code in row.campaign_codes.split(";")}
                - done.get(vin, set())
            ),
            own[0].model,
            BEHIND_ALL
            if any(row.status == "arrived" for row in own)
            else date.fromisoformat(max(row.start for row in own)[:10]),
        )
        for vin, own in several.items()
    )


def _through(
    visits: Sequence[_Visit],
    taken: Mapping[tuple[str, str], Mapping[str, KitRow]],
    counted_on: Mapping[str, date],
) -> Mapping[tuple[str, str], int]:
    """Return by part and vehicle the whole kits that all visits up to its own are expected to take.

    A visit that is not booked has the parts that it does take alone; one whose day is past holds none that was counted since
    (``dealer_orders``).
    """
    sums: dict[str, float] = defaultdict(float)
    found = {}
    for visit in visits:
        for part, row in taken[visit.bundle, visit.model].items():
            if visit.until < counted_on.get(part, date.min):
                continue
            sums[part] += row.kits
            if visit.vin or row.kits > 0:
                found[part, visit.vin] = ceil(round(sums[part], 6))
    return found


def _counted(
    session: Session, dealer: str
) -> tuple[Mapping[str, tuple[float, float]], Mapping[str, date]]:
    """Return what a dealer has by its newest count and since, by live part number: on hand, on order (``dealer_orders.counted_stock``);
    and the days of these counts.
    """
    rows = session.rows(
        _Counted,
        "select part_no, as_of, on_hand, on_order from dealer_part_stock where dealer_code = :dealer order by part_no, as_of",
        dealer=dealer,
    )
    newest = {row.part_no: row for row in rows}
    if not newest:
        return {}, {}
    replaced_by = replacements(session)
    counted: dict[str, _Counted] = {}
    for row in newest.values():
        part = live_number(row.part_no, replaced_by)
        had = counted.get(part, _Counted(part, row.as_of, 0.0, 0.0))
        counted[part] = _Counted(
            part, max(had.as_of, row.as_of), had.on_hand + row.on_hand, had.on_order + row.on_order
        )
    since = min(row.as_of for row in counted.values())
    used: dict[str, float] = defaultdict(float)
    for fitted in fitted_at_one_dealer(session, dealer, since + timedelta(days=1)):
        if fitted.part_no in counted and fitted.day > counted[fitted.part_no].as_of:
            used[fitted.part_no] += fitted.kits
    sent: dict[str, float] = defaultdict(float)
    shipped = "select part_no, ship_date, qty from part_shipment where dealer_code = :dealer and ship_date > :since"
    for one in session.rows(_Shipped, shipped, dealer=dealer, since=since):
        part = live_number(one.part_no, replaced_by)
        if part in counted and one.ship_date > counted[part].as_of:
            sent[part] += one.qty
    stock = {
        part: _since_count(row, floor(used[part] + 0.5), sent[part])
        for part, row in counted.items()
    }
    return stock, {part: row.as_of for part, row in counted.items()}


def _since_count(row: _Counted, used: float, sent: float) -> tuple[float, float]:
    came = max(sent, used - row.on_hand, 0.0)
    return max(row.on_hand + sent - used, 0.0), max(row.on_order - came, 0.0)


def _state(counted: tuple[float, float], through: int) -> KitState:
    on_hand, on_order = counted
    if on_hand >= through - ROUNDING:
        return KitState.ON_SHELF
    return KitState.ON_ORDER if on_hand + on_order >= through - ROUNDING else KitState.SHORT
