"""The dealers' side: technician hours by week, vehicles in stock, appointments already made."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date, timedelta

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from renotify.demo.fleet import Fleet, days
from renotify.demo.history import NEVER, Past, numbered
from renotify.demo.places import Network
from renotify.demo.random_streams import Floats, Ints, Mask, stream
from renotify.demo.scenario import EPOCH, Scenario
from renotify.demo.supply import weeks
from renotify.values.calendar import is_business_day

OPENS, SLOTS = 8 * 60, 17  # half hours from 08:00
KEPT_DAYS = (5, 110)  # how long a vehicle has stood at the dealer


def unsold(scenario: Scenario, fleet: Fleet) -> Mask:
    """Return the new vehicles not yet sold: the last ones built of the newest model year."""
    share = float(scenario.numbers["dealer_stock"]["new"])
    newest = np.flatnonzero(fleet.model_year == fleet.model_year.max())
    chosen = np.zeros(fleet.size, bool)
    chosen[newest[len(newest) - int(np.ceil(len(newest) * share)) :]] = True
    return chosen


def dealer_capacity_table(scenario: Scenario, network: Network, dealer: Ints) -> pa.Table:
    """Return ``dealer_capacity``: hours follow the number of vehicles, not how long their jobs are. Weeks with a holiday are shorter."""
    numbers = scenario.numbers["hours"]
    mondays = weeks(scenario, int(numbers["weeks"]))
    served = np.bincount(dealer, minlength=len(network.code))
    usual = _usual_hours(scenario, served)
    hours = np.maximum(
        np.outer(usual, [_working_share(int(monday)) for monday in mondays]).round(1), 0.1
    ).ravel()
    return pa.table(
        {
            "dealer_code": np.repeat(network.code.to_numpy(zero_copy_only=False), len(mondays)),
            "week": days(np.tile(mondays, len(served))),
            "hours_available": hours,
            "bays": np.ceil(hours / float(numbers["bay_hours"])),
        }
    )


def _usual_hours(scenario: Scenario, served: Ints) -> Floats:
    """Return the hours of a full week of dealers with so many vehicles: of the largest few are left for this work."""
    numbers, rng = scenario.numbers["hours"], stream(scenario.seed, "hours")
    if scenario.handful:
        return np.full(len(served), float(scenario.numbers["handful"]["hours"]))
    alike = float(numbers["alike"])
    staffed = (alike * served.mean() + (1 - alike) * served) * float(numbers["per_vehicle_week"])
    usual: Floats = staffed * rng.lognormal(0, float(numbers["spread"]), len(served))
    usual = np.maximum(usual, float(numbers["least"]))
    busy = _busy(scenario, served)
    left = served[busy] * float(numbers["busy_per_vehicle_week"])
    usual[busy] = np.maximum(left, float(numbers["busy_least"]))
    return usual


def _busy(scenario: Scenario, served: Ints) -> Ints:
    """Return the places of the dealers whose bays are full: those with the most vehicles. A handful of them has none."""
    share = 0.0 if scenario.handful else float(scenario.numbers["hours"]["busy"])
    return np.argsort(-served, kind="stable")[: round(share * len(served))]


def _booking(scenario: Scenario, network: Network, dealer: Ints) -> Ints:
    """Return by dealer who books the visits of its owners: a full one sends them to the nearest of its area that is not, if any is."""
    served = np.bincount(dealer, minlength=len(network.code))
    free = np.ones(len(served), bool)
    free[_busy(scenario, served)] = False
    area = network.area.to_numpy(zero_copy_only=False)
    books = np.arange(len(served))
    for place in np.flatnonzero(~free).tolist():  # dealers stand in order of their territories
        others = np.flatnonzero(free & (area == area[place]))
        if len(others):
            books[place] = others[np.abs(others - place).argmin()]
    return books


def _working_share(monday: int) -> float:
    first = date.fromordinal(monday + EPOCH)
    return sum(is_business_day(first + timedelta(days=n)) for n in range(5)) / 5


def dealer_stock_table(
    scenario: Scenario, fleet: Fleet, past: Past, network: Network, dealer: Ints
) -> pa.Table:
    """Return ``dealer_stock``: used cars, loaners, demonstrators, few new ones; some sold again."""
    numbers, rng = scenario.numbers["dealer_stock"], stream(scenario.seed, "dealer stock")
    drawn, here = rng.random(fleet.size), past.gone == NEVER
    edges = np.cumsum([scenario.rare(numbers[kind]) for kind in ("used", "loaner", "demo")])
    kind = np.where(unsold(scenario, fleet), 3, (drawn[:, None] >= edges).sum(axis=1))
    kind[~unsold(scenario, fleet) & (kind == len(edges))] = -1
    rows = np.flatnonzero((kind >= 0) & here)
    since = scenario.today - rng.integers(*KEPT_DAYS, len(rows))
    sold = (rng.random(len(rows)) < float(numbers["sold"])) & (kind[rows] == 0)
    stood = np.maximum(scenario.today - 1 - since, 1)
    return pa.table(
        {
            "vin": fleet.vin.take(pa.array(rows)),
            "dealer_code": network.code.take(pa.array(dealer[rows])),
            "stock_type": pa.array(["used", "loaner", "demo", "new"]).take(pa.array(kind[rows])),
            "in_date": days(since),
            "sold_date": days(np.where(sold, since + rng.integers(0, stood), -1)),
        }
    )


def appointments_table(
    scenario: Scenario, fleet: Fleet, past: Past, network: Network, dealer: Ints
) -> pa.Table:
    """Return ``appointments``: booked for the coming weeks where there are bays, fallen through, and done of late."""
    numbers, rng = scenario.numbers["appointments"], stream(scenario.seed, "appointments")
    open_rows = past.open(fleet)
    waiting = np.bincount(fleet.vehicle[open_rows], minlength=fleet.size) > 0
    drawn = rng.random(fleet.size)
    booked, fallen = (scenario.rare(numbers[key]) for key in ("booked", "fell_through"))
    ahead = np.flatnonzero(waiting & (drawn < booked))
    missed = np.flatnonzero(waiting & (drawn >= booked) & (drawn < booked + fallen))
    done = np.flatnonzero(
        (past.repair < scenario.today)
        & (past.repair >= scenario.today - int(numbers["done_days"]))
        & ~past.reopened
    )
    codes = _open_codes(fleet, open_rows)
    books = _booking(scenario, network, dealer)
    parts = [
        (
            ahead,
            scenario.today + 1 + rng.integers(0, int(numbers["days_ahead"]), len(ahead)),
            codes(ahead),
            _state(rng, ["booked"], ahead),
        ),
        (
            missed,
            scenario.today - rng.integers(1, 25, len(missed)),
            codes(missed),
            _state(rng, ["cancelled", "no_show"], missed),
        ),
        (
            fleet.vehicle[done],
            past.repair[done],
            fleet.member_code(done),
            _state(rng, ["done"], done),
        ),
    ]
    vehicle, day = (np.concatenate([part[n] for part in parts]) for n in (0, 1))
    at = dealer[vehicle]
    at[: len(ahead)] = books[at[: len(ahead)]]
    table = pa.table(
        {
            "dealer_code": network.code.take(pa.array(at)),
            "vin": fleet.vin.take(pa.array(vehicle)),
            "campaign_codes": pa.concat_arrays([part[2] for part in parts]),
            "start": _start(rng, day),
            "status": pa.concat_arrays([part[3] for part in parts]),
        }
    ).take(pa.array(np.argsort(day, kind="stable")))
    return table.add_column(0, "appointment_id", numbered("A", table.num_rows))


def _state(rng: np.random.Generator, states: list[str], rows: Ints) -> pa.Array:
    return pa.array(states).take(pa.array(rng.integers(0, len(states), len(rows))))


def _open_codes(fleet: Fleet, open_rows: Mask) -> Callable[[Ints], pa.Array]:
    """Return a look-up of a vehicle's open campaigns, joined by ``;``."""
    bits = np.zeros(fleet.size, np.int64)
    np.add.at(bits, fleet.vehicle[open_rows], 1 << fleet.campaign[open_rows])
    texts = [
        ";".join(code for n, code in enumerate(fleet.codes) if mask >> n & 1)
        for mask in range(1 << len(fleet.codes))
    ]
    return lambda rows: pa.array(texts).take(pa.array(bits[rows]))


def _start(rng: np.random.Generator, day: Ints) -> pa.Array:
    """Return ISO instants on working days, local to the dealer, on the half hour."""
    on = day + np.select(
        [(day - 2) % 7 == 0, (day - 3) % 7 == 0], [2, 1], 0
    )  # day 2 was a Saturday
    minutes = OPENS + 30 * rng.integers(0, SLOTS, len(day))
    instants = pa.array((on * 1440 + minutes) * 60).cast(pa.timestamp("s"))
    return pc.strftime(instants, "%Y-%m-%dT%H:%M")
