"""Where people live and dealers stand: real ZIP, city and state triples, weighted by density."""

from __future__ import annotations

import csv
import math
from dataclasses import dataclass
from functools import cache

import numpy as np
import pyarrow as pa
import zipcodes

from renotify.demo.random_streams import Floats, Ints, Mask, pick, spread, stream
from renotify.demo.scenario import Scenario, read_toml, text

NEIGHBOURHOOD = 4  # cells a degree: ZIP Codes within a quarter of a degree make a place dense
CROWDING = 1.6  # people crowd more than their ZIP Codes do
DETOUR = 0.2  # what the mean distance from the centre counts against the densest place
BLOCK = 20_000  # ZIP Codes by dealers at a time


@dataclass(frozen=True, eq=False)
class Places:
    """ZIP Codes of delivery areas with their weight; one row each in every column."""

    zip: pa.Array
    city: pa.Array
    state: pa.Array
    area: pa.Array
    phone_area: pa.Array
    lat: Floats
    lon: Floats
    weight: Floats

    def within(self, area: str) -> Ints:
        """Return the places of one area."""
        return np.flatnonzero(self.area.to_numpy(zero_copy_only=False) == area)


@cache
def places() -> Places:
    """Return where the demo's people live: standard ZIP Codes of the states in ``states.csv``."""
    states = {row["state"]: row for row in csv.DictReader(text("states.csv").splitlines())}
    known = zipcodes.list_all()
    rows = [row for row in known if _inhabited(row) and row["state"] in states]
    rows.sort(key=lambda row: str(row["zip_code"]))
    lat, lon = (np.asarray([float(row[key]) for row in rows]) for key in ("lat", "long"))
    state = np.asarray([row["state"] for row in rows])
    return Places(
        zip=pa.array([row["zip_code"] for row in rows]),
        city=pa.array([row["city"] for row in rows]),
        state=pa.array([row["state"] for row in rows]),
        area=pa.array([states[code]["area_code"] for code in state]),
        phone_area=pa.array([row["area_codes"][0] if row["area_codes"] else "800" for row in rows]),
        lat=lat,
        lon=lon,
        weight=_weights(
            state, {code: float(row["share"]) for code, row in states.items()}, lat, lon
        ),
    )


def _inhabited(row: dict[str, object]) -> bool:
    plain = str(row["city"]).isascii() and "," not in str(row["city"])
    return bool(
        row["active"]
        and row["zip_code_type"] == "STANDARD"
        and row["lat"]
        and row["city"]
        and plain
    )


def _weights(
    state: np.ndarray[tuple[int], np.dtype[np.str_]],
    shares: dict[str, float],
    lat: Floats,
    lon: Floats,
) -> Floats:
    """Share of the state, within it by the ZIP Codes around: there is no population to go by."""
    square = np.floor(lat * NEIGHBOURHOOD) * 10_000 + np.floor(lon * NEIGHBOURHOOD)
    _, at, count = np.unique(square, return_inverse=True, return_counts=True)
    weight: Floats = count[at].astype(np.float64) ** CROWDING
    for code, share in shares.items():
        here = state == code
        weight[here] *= share / weight[here].sum()
    share_of_all: Floats = weight / weight.sum()
    return share_of_all


@dataclass(frozen=True, eq=False)
class Network:
    """Dealers, one row each, and the dealer of every place: the nearest of its area."""

    code: pa.Array
    area: pa.Array
    place: Ints
    nearest: Ints  # [places]


def network(scenario: Scenario) -> Network:
    """Cut each area into territories of equal weight, and put a dealer in the middle of each."""
    known = places()
    areas = list(scenario.numbers["areas"])
    members = [known.within(area) for area in areas]
    counts = 1 + spread(
        scenario.dealers - len(areas), [known.weight[rows].sum() for rows in members]
    )
    nearest = np.zeros(len(known.lat), np.int64)
    stands: list[int] = []
    for rows, count in zip(members, counts.tolist(), strict=True):
        here = [_middle(known, territory) for territory in _territories(known, rows, count)]
        nearest[rows] = len(stands) + _closest(known, rows, np.asarray(here))
        stands += here
    codes = [
        f"{area:02}{number:03}"
        for area, count in enumerate(counts.tolist(), 1)
        for number in range(1, count + 1)
    ]
    of_area = np.repeat(np.asarray(areas), counts)
    return Network(pa.array(codes), pa.array(of_area.tolist()), np.asarray(stands), nearest)


def _territories(known: Places, rows: Ints, count: int) -> list[Ints]:
    """Halve the places by weight along their longer side until there are ``count`` parts."""
    if count == 1:
        return [rows]
    flat = known.lon[rows] * math.cos(math.radians(float(known.lat[rows].mean())))
    longer = flat if np.ptp(flat) > np.ptp(known.lat[rows]) else known.lat[rows]
    order = rows[np.argsort(longer, kind="stable")]
    weight = np.cumsum(known.weight[order])
    cut = int(np.searchsorted(weight, weight[-1] * (count // 2) / count))
    cut = min(max(cut, count // 2), len(order) - (count - count // 2))
    return _territories(known, order[:cut], count // 2) + _territories(
        known, order[cut:], count - count // 2
    )


def _middle(known: Places, rows: Ints) -> int:
    """Return the heaviest place near the centre of a territory."""
    weight = known.weight[rows]
    centre = [np.average(side[rows], weights=weight) for side in (known.lat, known.lon)]
    away = np.hypot(known.lat[rows] - centre[0], known.lon[rows] - centre[1])
    return int(rows[np.argmax(weight / weight.max() - DETOUR * away / max(away.mean(), 1e-9))])


def _closest(known: Places, rows: Ints, stands: Ints) -> Ints:
    points = _on_sphere(known.lat, known.lon)
    blocks = [rows[start : start + BLOCK] for start in range(0, len(rows), BLOCK)]
    return np.concatenate([np.argmax(points[block] @ points[stands].T, axis=1) for block in blocks])


def _on_sphere(lat: Floats, lon: Floats) -> Floats:
    north, east = np.radians(lat), np.radians(lon)
    return np.stack(
        [np.cos(north) * np.cos(east), np.cos(north) * np.sin(east), np.sin(north)], axis=1
    )


def homes(scenario: Scenario, count: int) -> Ints:
    """Return the place of each vehicle's owner, drawn by weight."""
    return pick(stream(scenario.seed, "homes"), places().weight, count)


def dealers_table(dealers: Network) -> pa.Table:
    """Return ``dealers``: every name, telephone number and street is made up, the city is real."""
    known, words = places(), read_toml("names.toml")["dealer"]
    number = np.arange(len(dealers.code))
    first = [words["first"][n % len(words["first"])] for n in number]
    second = [words["second"][n // len(words["first"]) % len(words["second"])] for n in number]
    at = pa.array(dealers.place)
    return pa.table(
        {
            "dealer_code": dealers.code,
            "name": [f"{one} {two} (demo)" for one, two in zip(first, second, strict=True)],
            "area_code": dealers.area,
            "addr1": [f"{100 + 7 * n} Example Motor Mile" for n in number.tolist()],
            "city": known.city.take(at),
            "state": known.state.take(at),
            "zip": known.zip.take(at),
            "phone": [
                f"{area}-555-01{n % 100:02}"
                for area, n in zip(known.phone_area.take(at).to_pylist(), number, strict=True)
            ],
            "email": [f"service.{code}@example.com" for code in dealers.code.to_pylist()],
            "lat": known.lat[dealers.place].round(4),
            "lon": known.lon[dealers.place].round(4),
        }
    )


def is_in(state: str, home: Ints) -> Mask:
    """Return which homes lie in a state."""
    inside: Mask = (places().state.to_numpy(zero_copy_only=False) == state)[home]
    return inside
