"""Parts, kits, labour times and arrivals by week: valve springs and injector seals are short, everything else is there."""

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


def parts(scenario: Scenario) -> list[dict[str, Any]]:
    """Return the parts of ``parts.toml``; a reading example leaves some out."""
    left_out = tuple(scenario.numbers["handful"]["without"]) if scenario.handful else ()
    return [
        row for row in read_toml("parts.toml")["part"] if not row["part_no"].startswith(left_out)
    ]


def kits(scenario: Scenario) -> tuple[Kit, ...]:
    """Return the kits of ``parts.toml`` of the scenario's parts, one a model."""
    known = {row["part_no"] for row in parts(scenario)}
    rows = [row for row in read_toml("parts.toml")["kit"] if row["part_no"] in known]
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
    """Return by part the kits that the letters will ask for in the end, at the assumed uptake.

    A vehicle whose two campaigns take one kit between them counts once: as often as the campaign with more work left asks.
    """
    supply, takes = scenario.numbers["supply"], kits(scenario)
    need: dict[str, float] = {row["part_no"]: 0.0 for row in parts(scenario)}
    for cell in cells():
        asked: dict[str, float] = {}
        for kit in takes:
            if kit.campaign_code in cell.campaigns and kit.model in {"", cell.model}:
                waiting = 1 - scenario.done(kit.campaign_code)[str(cell.model_year)]
                share = waiting * kit.qty * kit.take_rate
                asked[kit.part_no] = max(asked.get(kit.part_no, 0.0), share)
        for part, share in asked.items():
            need[part] += cell.vehicles * share
    return {
        part: n * supply["reachable"] * supply["uptake"] * scenario.scale
        for part, n in need.items()
    }


def short_parts(scenario: Scenario) -> dict[str, dict[str, Any]]:
    """Return what is stated of the parts that are short, by number."""
    stated: dict[str, dict[str, Any]] = scenario.numbers["supply"]["short"]
    numbers = [row["part_no"] for row in parts(scenario)]
    return {part: stated[head] for head in stated for part in numbers if part.startswith(head)}


def weeks(scenario: Scenario, count: int) -> Ints:
    """Return the Mondays from the memo's week on, as day numbers."""
    first = monday_of(scenario.numbers["on"])
    return np.asarray([day_number(first + timedelta(weeks=week)) for week in range(count)])


def arrivals(scenario: Scenario, part_no: str, need: float) -> Ints:
    """Return whole kits by week; the total is rounded up: the smallest demo has a first kit."""
    short = short_parts(scenario).get(part_no)
    shares = _in_slices(scenario, short) if short else _in_plenty(scenario)
    total = np.ceil(np.cumsum(shares) * need - 1e-9).astype(np.int64)
    if scenario.handful and short:
        total[: int(scenario.numbers["handful"]["short_from_week"])] = 0
    return np.diff(total, prepend=0)


def _in_plenty(scenario: Scenario) -> Floats:
    supply = scenario.numbers["supply"]
    shares = np.full(int(supply["weeks"]), float(supply["plentiful"]["weekly"]))
    shares[0] += float(supply["plentiful"]["opening"])
    return shares


def _in_slices(scenario: Scenario, short: dict[str, Any]) -> Floats:
    shares = np.zeros(int(scenario.numbers["supply"]["weeks"]))
    shares[:: int(short["every"])] = float(short["slice"])
    shares[0] = float(short["opening"])
    return shares


def parts_table(scenario: Scenario) -> pa.Table:
    """Return ``parts``: every number is made up."""
    return pa.Table.from_pylist(parts(scenario))


def campaign_parts_table(scenario: Scenario) -> pa.Table:
    """Return ``campaign_parts``."""
    rows = kits(scenario)
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
    """Return ``dealer_part_stock`` on the day before the memo: none of the short parts, enough of the rest."""
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
    """Return the kits that a dealer has on average, by what its owners will need: of a short part none, but in a reading example."""
    few = scenario.numbers["handful"]
    if part_no in short_parts(scenario):
        return need * float(few["short_shelf"]) if scenario.handful else 0.0
    least = float(few["shelf"]) if scenario.handful else 0.0
    return max(need * float(scenario.numbers["supply"]["plentiful"]["shelf"]), least)
