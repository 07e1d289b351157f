"""The made-up maker in numbers: ``scenario.toml``, and its size against the whole of the memo."""

from __future__ import annotations

import csv
import tomllib
from dataclasses import dataclass
from datetime import date
from functools import cache
from importlib import resources
from typing import Any

from renotify.errors import BadInput

EPOCH = date(1970, 1, 1).toordinal()


def text(name: str) -> str:
    """Return one of the room's own files as text."""
    return (resources.files("renotify.demo") / name).read_text("utf-8")


@cache
def read_toml(name: str) -> dict[str, Any]:
    """Return one of the room's own TOML files."""
    return tomllib.loads(text(name))


@dataclass(frozen=True)
class Cell:
    """Vehicles that are alike: model, year, VIN descriptor, production range, campaigns."""

    model: str
    model_year: int
    descriptor: str
    plants: str
    built_from: date
    built_to: date
    campaigns: tuple[str, ...]
    vehicles: int


@cache
def cells() -> tuple[Cell, ...]:
    """Return the memo's vehicles by cell; each campaign adds up to its real population."""
    return tuple(_cell(row) for row in csv.DictReader(text("fleet.csv").splitlines()))


def _cell(row: dict[str, str]) -> Cell:
    days = [date.fromisoformat(row[key]) for key in ("built_from", "built_to")]
    named = (row["model"], int(row["model_year"]), row["descriptor"], row["plants"])
    return Cell(*named, days[0], days[1], tuple(row["campaigns"].split(";")), int(row["vehicles"]))


def memo_size() -> int:
    """Return the vehicles of the whole memo; a demo of this size has the real populations."""
    return sum(cell.vehicles for cell in cells())


def day_number(day: date) -> int:
    """Return days since 1970-01-01, as Arrow counts them."""
    return day.toordinal() - EPOCH


@dataclass(frozen=True)
class Scenario:
    """One demo: how many vehicles, by which seed; ``numbers`` are those of ``scenario.toml``."""

    vehicles: int
    seed: int

    def __post_init__(self) -> None:
        if self.vehicles < 1:
            raise BadInput("A demo needs at least one vehicle.", "Leave --vehicles out for 25,000.")

    @property
    def numbers(self) -> dict[str, Any]:
        return read_toml("scenario.toml")

    @property
    def scale(self) -> float:
        """The demo's vehicles over the memo's."""
        return self.vehicles / memo_size()

    @property
    def handful(self) -> bool:
        """Whether this is a reading example of a few vehicles."""
        return self.vehicles < int(self.numbers["handful"]["below"])

    @property
    def today(self) -> int:
        """The memo's day as a day number; what is known ends the day before."""
        return day_number(self.numbers["on"])

    @property
    def dealers(self) -> int:
        """How many dealers: 231, fewer for a small demo, at least one an area."""
        by_size = self.vehicles // int(self.numbers["vehicles_per_dealer"])
        return min(int(self.numbers["dealers"]), max(len(self.numbers["areas"]), by_size))

    def rare(self, share: float) -> float:
        """Return a small share as it is; in a reading example what is rare comes more often."""
        if not self.handful:
            return float(share)
        few = self.numbers["handful"]
        return max(share, min(share * float(few["often"]), float(few["at_most"])))

    def done(self, code: str) -> dict[str, float]:
        """Return the share of a campaign's vehicles that are done, by model year."""
        part = float(self.numbers["handful"]["done"]) if self.handful else 1.0
        return {year: share * part for year, share in self.numbers["done"][code].items()}

    @property
    def letters_per_week(self) -> int:
        """The mail house's capacity, scaled."""
        if self.handful:
            return int(self.numbers["handful"]["letters_per_week"])
        return max(1, round(float(self.numbers["mail_house"]["letters_per_week"]) * self.scale))
