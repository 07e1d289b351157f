"""The vehicles: real descriptors, valid check digits, serial numbers that no vehicle has.

Position 12 of a synthetic VIN is 9, and after 100,000 vehicles of one descriptor, year and plant
a letter (9, A, B, .. Z): real serial numbers of these lines are digits and start lower, so that no
demo VIN is a customer's.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from renotify.demo.random_streams import Ints, Mask, spread, stream
from renotify.demo.scenario import Cell, Scenario, cells, day_number
from renotify.errors import BadInput
from renotify.values import vin, vin_columns

BLOCKS = "9ABCDEFGHJKLMNPRSTUVWXYZ"  # what position 12 holds
BLOCK = 100_000
MAKE = "Lexus"
SHOWROOM_DAYS = (20, 150)  # from the line to the first owner


@dataclass(frozen=True, eq=False)
class Fleet:
    """Vehicles, one row each in every array; ``vehicle`` and ``campaign`` are the population."""

    cells: tuple[Cell, ...]
    codes: tuple[str, ...]
    vin: pa.Array
    cell: Ints
    built: Ints  # day numbers
    sold: Ints
    vehicle: Ints
    campaign: Ints

    @property
    def size(self) -> int:
        return len(self.cell)

    @property
    def model(self) -> pa.Array:
        return pa.array([cell.model for cell in self.cells]).take(pa.array(self.cell))

    @property
    def model_year(self) -> Ints:
        return np.asarray([cell.model_year for cell in self.cells])[self.cell]

    @property
    def member_year(self) -> Ints:
        """Model year of each population row."""
        return self.model_year[self.vehicle]

    def member_vin(self, rows: Ints | Mask) -> pa.Array:
        """Return the VINs of some population rows."""
        return self.vin.take(pa.array(self.vehicle[rows]))

    def member_code(self, rows: Ints | Mask) -> pa.Array:
        """Return the campaign codes of some population rows."""
        return pa.array(self.codes).take(pa.array(self.campaign[rows]))

    def per_code(self, values: Mapping[str, float]) -> np.ndarray[tuple[int], np.dtype[np.float64]]:
        """Return a number for each population row by its campaign; 0 where none is named."""
        return np.asarray([float(values.get(code, 0.0)) for code in self.codes])[self.campaign]


def build(scenario: Scenario) -> Fleet:
    """Return the vehicles of a scenario, cell after cell, each cell in the order of its line."""
    all_cells = cells()
    power = float(scenario.numbers["handful"]["flatten"]) if scenario.handful else 1.0
    counts = spread(scenario.vehicles, np.asarray([cell.vehicles for cell in all_cells]) ** power)
    cell = np.repeat(np.arange(len(all_cells)), counts)
    place = np.arange(len(cell)) - np.repeat(np.cumsum(counts) - counts, counts)
    built = _built(all_cells, counts, cell, place)
    wait = stream(scenario.seed, "showroom").integers(*SHOWROOM_DAYS, len(cell))
    codes = tuple(dict.fromkeys(code for each in all_cells for code in each.campaigns))
    vehicle, campaign = _population(all_cells, codes, cell)
    vins = _vins(all_cells, counts, cell, place)
    return Fleet(all_cells, codes, vins, cell, built, built + wait, vehicle, campaign)


def _built(all_cells: tuple[Cell, ...], counts: Ints, cell: Ints, place: Ints) -> Ints:
    """Spread the vehicles of a cell evenly over its range of production."""
    first = np.asarray([day_number(each.built_from) for each in all_cells])
    days = np.asarray([(each.built_to - each.built_from).days + 1 for each in all_cells])
    built: Ints = first[cell] + place * days[cell] // counts[cell]
    return built


def _population(
    all_cells: tuple[Cell, ...], codes: tuple[str, ...], cell: Ints
) -> tuple[Ints, Ints]:
    inside = np.asarray([[code in each.campaigns for each in all_cells] for code in codes])
    members = [np.flatnonzero(row[cell]) for row in inside]
    campaign = np.repeat(np.arange(len(codes)), [len(rows) for rows in members])
    return np.concatenate(members), campaign


def _vins(all_cells: tuple[Cell, ...], counts: Ints, cell: Ints, place: Ints) -> pa.Array:
    plants = np.asarray([len(each.plants) for each in all_cells])
    number = place + _offsets(all_cells, counts)[cell]
    plant = number % plants[cell]
    block, serial = np.divmod(number // plants[cell], BLOCK)
    if block.max(initial=0) >= len(BLOCKS):
        raise BadInput("There are not so many synthetic serial numbers.", "Ask for fewer vehicles.")
    text = np.empty((len(cell), vin.LENGTH), np.uint8)
    text[:, :11] = _heads(all_cells)[cell]
    text[:, 10] = _letters([each.plants.ljust(3, "0") for each in all_cells])[cell, plant]
    text[:, 11] = np.frombuffer(BLOCKS.encode(), np.uint8)[block]
    text[:, 12:] = _digits(serial, 5)
    return _as_text(vin_columns.with_check_digits(text))


def _offsets(all_cells: tuple[Cell, ...], counts: Ints) -> Ints:
    """Cells of one descriptor and year share serial numbers: each starts where the last ended."""
    taken: dict[tuple[str, int], int] = {}
    starts = []
    for each, count in zip(all_cells, counts.tolist(), strict=True):
        key = (each.descriptor, each.model_year)
        starts.append(taken.get(key, 0))
        taken[key] = starts[-1] + count
    return np.asarray(starts)


def _heads(all_cells: tuple[Cell, ...]) -> vin_columns.Bytes:
    years = [vin.YEAR_CODES[(each.model_year - 1980) % len(vin.YEAR_CODES)] for each in all_cells]
    return _letters(
        [f"{each.descriptor}0{year}0" for each, year in zip(all_cells, years, strict=True)]
    )


def _letters(lines: list[str]) -> vin_columns.Bytes:
    return np.frombuffer("".join(lines).encode(), np.uint8).reshape(len(lines), -1)


def _digits(numbers: Ints, width: int) -> vin_columns.Bytes:
    powers = 10 ** np.arange(width - 1, -1, -1)
    return (numbers[:, None] // powers % 10 + ord("0")).astype(np.uint8)


def _as_text(letters: vin_columns.Bytes) -> pa.Array:
    offsets = np.arange(len(letters) + 1, dtype=np.int32) * vin.LENGTH
    return pa.StringArray.from_buffers(len(letters), pa.py_buffer(offsets), pa.py_buffer(letters))


def vehicles_table(fleet: Fleet, dealer_code: pa.Array, unsold: Mask) -> pa.Table:
    """Return the table ``vehicles``; an unsold vehicle has no day of first sale."""
    sold = pa.array(fleet.sold.astype(np.int32), mask=unsold).cast(pa.date32())
    years = pa.array(fleet.model_year)
    columns = [
        fleet.vin,
        pc.if_else(pc.is_valid(fleet.vin), MAKE, ""),
        fleet.model,
        years,
        days(fleet.built),
        sold,
        dealer_code,
    ]
    names = ["vin", "make", "model", "model_year", "build_date", "first_sale_date", "dealer_code"]
    return pa.table(columns, names=names)


def days(numbers: Ints) -> pa.Array:
    """Return day numbers as an Arrow date column; a negative number stands for no day."""
    return pa.array(numbers.astype(np.int32), mask=numbers < 0).cast(pa.date32())
