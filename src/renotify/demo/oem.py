"""A made-up maker as an input folder: the memo's campaigns on vehicles that do not exist."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any, Literal

import numpy as np
import pyarrow as pa
import pyarrow.csv as arrow_csv
from pyarrow import parquet

from renotify.campaigns import catalogue
from renotify.campaigns.campaign import Campaign
from renotify.demo import dealer_tables, history, people, places, settings_files, supply
from renotify.demo import fleet as fleets
from renotify.demo.scenario import Scenario
from renotify.values.progress_callback import Progress

FileFormat = Literal["csv", "parquet"]

BIG = frozenset(
    {"population", "vehicles", "vehicle_status", "owners", "repair_orders", "mail_events"}
)
PARQUET_FROM = 100_000  # vehicles; below, people can open every file
TABLES = 15


def write_input(
    folder: Path,
    *,
    vehicles: int = 25_000,
    seed: int = 20130226,
    progress: Progress | None = None,
    file_format: FileFormat | None = None,
) -> dict[str, Any]:
    """Write the input folder of a maker with ``vehicles`` vehicles.

    They are in about 1.27 times as many campaigns; 407,297 vehicles have the memo's real
    populations. The same seed and number give the same bytes. Big tables are CSV up to 100,000
    vehicles, then Parquet; ``file_format`` decides otherwise. Returns counts: vehicles,
    vehicle_campaigns, dealers, rows by table; involved, repaired and open by campaign. Raises
    BadInput for fewer than one vehicle.
    """
    scenario = Scenario(vehicles, seed)
    folder.mkdir(parents=True, exist_ok=True)
    big = file_format or ("parquet" if vehicles > PARQUET_FROM else "csv")
    made = Made(scenario)
    rows: dict[str, int] = {}
    for name, table in made.tables():
        _write(folder, name, table, big if name in BIG else "csv")
        rows[name] = table.num_rows
        if progress:
            progress("Demo: writing tables", len(rows), TABLES)
    counts = made.counts()
    settings_files.write_papers(
        folder, scenario, {code: row["involved"] for code, row in counts.items()}, rows
    )
    totals = {
        "vehicles": made.fleet.size,
        "vehicle_campaigns": len(made.fleet.vehicle),
        "dealers": len(made.network.code),
    }
    return {"folder": str(folder), **totals, "rows": rows, "campaigns": counts}


class Made:
    """One made-up maker, drawn once; its tables are made one by one: memory stays small."""

    def __init__(self, scenario: Scenario) -> None:
        self.scenario = scenario
        self.campaigns = _campaigns()
        self.fleet = fleets.build(scenario)
        self.network = places.network(scenario)
        self.home = places.homes(scenario, self.fleet.size)
        self.dealer = self.network.nearest[self.home]
        self.past = history.live(scenario, self.fleet, self.campaigns)

    def tables(self) -> Iterator[tuple[str, pa.Table]]:
        """Yield each table's name and rows, with exactly the contract's columns."""
        scenario, fleet, network, lived = self.scenario, self.fleet, self.network, self.past
        unsold = dealer_tables.unsold(scenario, fleet)
        yield "dealers", places.dealers_table(network)
        yield "parts", supply.parts_table(scenario)
        yield (
            "vehicles",
            fleets.vehicles_table(fleet, network.code.take(pa.array(self.dealer)), unsold),
        )
        yield "population", history.population_table(fleet, lived)
        yield "vehicle_status", history.status_table(fleet, lived)
        yield "owners", people.owners_table(scenario, fleet, lived, self.home, unsold)
        yield "mail_events", history.mail_events_table(scenario, fleet, lived)
        worked = supply.member_hours(fleet)
        yield (
            "repair_orders",
            history.repair_orders_table(scenario, fleet, lived, self.dealer, network, worked),
        )
        yield "dealer_capacity", dealer_tables.dealer_capacity_table(scenario, network, self.dealer)
        yield (
            "dealer_stock",
            dealer_tables.dealer_stock_table(scenario, fleet, lived, network, self.dealer),
        )
        yield "campaign_parts", supply.campaign_parts_table(scenario)
        yield "part_supply", supply.part_supply_table(scenario)
        yield "dealer_part_stock", supply.dealer_part_stock_table(scenario, network)
        yield "labor_times", supply.labor_times_table()
        yield (
            "appointments",
            dealer_tables.appointments_table(scenario, fleet, lived, network, self.dealer),
        )

    def counts(self) -> dict[str, dict[str, int]]:
        """Return vehicles involved, repaired (or inspected) and open by campaign, as drawn."""
        members, opened, done = self.fleet.campaign, self.past.open(self.fleet), self.past.done()
        columns = (np.ones(len(members)), done, opened)
        totals = [
            np.bincount(members, weights=column, minlength=len(self.fleet.codes))
            for column in columns
        ]
        keys = ("involved", "repaired", "open")
        return {
            code: {key: int(total[n]) for key, total in zip(keys, totals, strict=True)}
            for n, code in enumerate(self.fleet.codes)
        }


def _campaigns() -> dict[str, Campaign]:
    from importlib import resources

    with resources.as_file(resources.files("renotify.demo") / "campaigns.toml") as path:
        return {campaign.campaign_code: campaign for campaign in catalogue.read(path)}


def _write(folder: Path, name: str, table: pa.Table, file_format: FileFormat) -> None:
    other = {"csv": "parquet", "parquet": "csv"}[file_format]
    (folder / f"{name}.{other}").unlink(missing_ok=True)
    path = folder / f"{name}.{file_format}"
    if file_format == "parquet":
        parquet.write_table(table, path, compression="zstd")
        return
    options = arrow_csv.WriteOptions(quoting_style="none", quoting_header="none")
    arrow_csv.write_csv(table, path, options)
