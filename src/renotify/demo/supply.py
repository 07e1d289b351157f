"""Parts, kits, labour times and arrivals by week: ALE kits are short, everything else is there."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import timedelta
from functools import cache
from typing import Any

import numpy as np
import pyarrow as pa

from renotify.demo.fleet import Fleet, days
from renotify.demo.places import Network
from renotify.demo.random_streams import Floats, Ints, stream
from renotify.demo.scenario import Scenario, cells, day_number, read_toml
from renotify.values.calendar import monday_of

ESTIMATE = "estimate"


@dataclass(frozen=True)
class Kit:
    """One part that a campaign takes on one model; a blank model is every model of the campaign."""

    campaign_code: str
    model: str
    part_no: str
    qty: float
    take_rate: float


@cache
def kits() -> tuple[Kit, ...]:
    """Return the kits of ``parts.toml``, one a model."""
    rows = read_toml("parts.toml")["kit"]
    return tuple(
        Kit(r["campaign_code"], model, r["part_no"], float(r["qty"]), float(r["take_rate"]))
        for r in rows
        for model in r["models"]
    )


@cache
def hours() -> dict[tuple[str, str], float]:
    """Return technician hours by campaign and model; a blank model is every model."""
    return {
        (row["campaign_code"], model): float(h)
        for row in read_toml("parts.toml")["labor"]
        for model, h in row["hours"].items()
    }


def hours_of(code: str, model: str) -> float:
    """Return the labour time of a campaign on a model."""
    return hours().get((code, model), hours().get((code, ""), 1.0))


def member_hours(fleet: Fleet) -> Floats:
    """Return the labour time of each population row."""
    table = np.asarray(
        [[hours_of(code, cell.model) for cell in fleet.cells] for code in fleet.codes]
    )
    wanted: Floats = table[fleet.campaign, fleet.cell[fleet.vehicle]]
    return wanted


def expected_kits(scenario: Scenario) -> dict[str, float]:
    """Return by part the kits that the letters will ask for in the end, at the assumed uptake."""
    supply = scenario.numbers["supply"]
    need: dict[str, float] = {row["part_no"]: 0.0 for row in read_toml("parts.toml")["part"]}
    for kit in kits():
        for cell in cells():
            if kit.campaign_code in cell.campaigns and kit.model in {"", cell.model}:
                waiting = cell.vehicles * (
                    1 - scenario.done(kit.campaign_code)[str(cell.model_year)]
                )
                need[kit.part_no] += waiting * kit.qty * kit.take_rate
    return {
        part: n * supply["reachable"] * supply["uptake"] * scenario.scale
        for part, n in need.items()
    }


def _shortage(scenario: Scenario, part_no: str) -> dict[str, Any] | None:
    codes = {kit.campaign_code for kit in kits() if kit.part_no == part_no}
    short: dict[str, dict[str, Any]] = scenario.numbers["supply"]["short"]
    return next((short[code] for code in sorted(codes) if code in short), None)


def weeks(scenario: Scenario, count: int) -> Ints:
    """Return the Mondays from the memo's week on, as day numbers."""
    first = monday_of(scenario.numbers["on"])
    return np.asarray([day_number(first + timedelta(weeks=week)) for week in range(count)])


def arrivals(scenario: Scenario, part_no: str, need: float) -> Ints:
    """Return whole kits by week; the total is rounded up: the smallest demo has a first kit."""
    count = int(scenario.numbers["supply"]["weeks"])
    short = _shortage(scenario, part_no)
    plan = short or scenario.numbers["supply"]["plentiful"]
    weekly = plan["weekly"] if short else [plan["weekly"]]
    shares = np.asarray([weekly[min(week, len(weekly) - 1)] for week in range(count)])
    shares[0] += plan["opening"]
    total = np.ceil(np.cumsum(shares) * need - 1e-9).astype(np.int64)
    if scenario.handful and short:
        total[: int(scenario.numbers["handful"]["short_from_week"])] = 0
    return np.diff(total, prepend=0)


def parts_table() -> pa.Table:
    """Return ``parts``: every number is made up."""
    return pa.Table.from_pylist(read_toml("parts.toml")["part"])


def campaign_parts_table() -> pa.Table:
    """Return ``campaign_parts``."""
    rows = kits()
    return pa.table(
        {
            "campaign_code": [kit.campaign_code for kit in rows],
            "model": pa.array([kit.model or None for kit in rows], pa.string()),
            "part_no": [kit.part_no for kit in rows],
            "qty": [kit.qty for kit in rows],
            "take_rate": [kit.take_rate for kit in rows],
        }
    )


def labor_times_table() -> pa.Table:
    """Return ``labor_times``: all of them estimates."""
    operations = {row["campaign_code"]: row["op_code"] for row in read_toml("parts.toml")["labor"]}
    keys = list(hours())
    return pa.table(
        {
            "campaign_code": [code for code, _ in keys],
            "model": pa.array([model or None for _, model in keys], pa.string()),
            "op_code": [operations[code] for code, _ in keys],
            "hours": list(hours().values()),
            "source": [ESTIMATE] * len(keys),
        }
    )


def part_supply_table(scenario: Scenario) -> pa.Table:
    """Return ``part_supply``: kits arriving for all dealers; a week without any has no row."""
    mondays = weeks(scenario, int(scenario.numbers["supply"]["weeks"]))
    need = expected_kits(scenario)
    by_part = [arrivals(scenario, part, kits_needed) for part, kits_needed in need.items()]
    quantity = np.concatenate(by_part)
    some = quantity > 0
    return pa.table(
        {
            "part_no": np.repeat(list(need), len(mondays))[some],
            "week": days(np.tile(mondays, len(need))[some]),
            "supply_qty": quantity[some],
        }
    )


def dealer_part_stock_table(scenario: Scenario, network: Network) -> pa.Table:
    """Return ``dealer_part_stock`` on the day before the memo: few ALE kits, enough of the rest."""
    rng, need = stream(scenario.seed, "dealer part stock"), expected_kits(scenario)
    dealers = len(network.code)
    mean = np.asarray([[_shelf(scenario, part, kits / dealers)] for part, kits in need.items()])
    on_hand = rng.poisson(mean, (len(need), dealers))
    ordering = rng.random(on_hand.shape) < float(scenario.numbers["supply"]["on_order"])
    on_order = ordering * rng.poisson(mean, on_hand.shape)
    return pa.table(
        {
            "dealer_code": np.tile(network.code.to_numpy(zero_copy_only=False), len(need)),
            "part_no": np.repeat(list(need), dealers),
            "as_of": days(np.full(dealers * len(need), scenario.today - 1)),
            "on_hand": on_hand.ravel(),
            "on_order": on_order.ravel(),
        }
    )


def _shelf(scenario: Scenario, part_no: str, need: float) -> float:
    """Return the kits that a dealer has on average, by what its owners will need."""
    stock = scenario.numbers["supply"]["dealer_stock"]
    if _shortage(scenario, part_no):
        return need * float(stock["short"])
    least = float(scenario.numbers["handful"]["shelf"]) if scenario.handful else 0.0
    return max(need * float(stock["plentiful"]), least)
