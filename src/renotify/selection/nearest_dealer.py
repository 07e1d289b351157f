"""The dealer nearest to an owner's ZIP Code, as the crow flies.

A ZIP Code's place is the one that the package ``zipcodes`` has for it (no network); one that it does
not have takes the place of the nearest number that begins with the same three digits. A dealer's
place is its own latitude and longitude, where they are loaded, else its ZIP Code's. Military post
and addresses abroad have no place, and so no nearest dealer.
"""

from __future__ import annotations

import numpy as np
import numpy.typing as npt
import pyarrow as pa

Floats = npt.NDArray[np.float64]
SECTION = 100  # ZIP Codes with the same first three digits belong to one sectional center


def nearest_dealers(zips: pa.Array, dealers: pa.Table) -> pa.Array:
    """Return the code of the dealer nearest to each ZIP Code, null where one has no place or no dealer has.

    ``dealers`` has dealer_code, zip, lat, lon. Of dealers in one place the first by code is taken.
    """
    from scipy.spatial import KDTree

    ordered = dealers.sort_by("dealer_code")
    places = _places([*zips.to_pylist(), *ordered["zip"].to_pylist()])
    asked, of_dealers = places[: len(zips)], _own_first(places[len(zips) :], ordered)
    known = np.flatnonzero(~np.isnan(of_dealers).any(axis=1))
    placed = ~np.isnan(asked).any(axis=1) & (len(known) > 0)
    found = np.zeros(len(zips), np.int64)
    if placed.any():
        different, first = np.unique(of_dealers[known], axis=0, return_index=True)
        nearest = KDTree(_on_globe(different)).query(_on_globe(asked[placed]))[1]
        found[placed] = known[first[nearest]]
    at = pa.array(found, mask=~placed)
    return ordered["dealer_code"].combine_chunks().take(at)


def distances(dealers: pa.Table) -> Floats:
    """Return how far dealers (zip, lat, lon) are apart, as chords of a globe of radius one; NaN where one has no place. [D, D]"""
    from scipy.spatial.distance import cdist

    places = _on_globe(_own_first(_places(dealers["zip"].to_pylist()), dealers))
    apart: Floats = cdist(places, places)
    return apart


def _own_first(places: Floats, dealers: pa.Table) -> Floats:
    """Return the dealers' own latitude and longitude where they are loaded, else the places of their ZIP Codes. [D, 2]"""
    own = np.column_stack([dealers[name].to_numpy().astype(float) for name in ("lat", "lon")])
    return np.where(np.isnan(own).any(axis=1)[:, None], places, own)


def _places(zips: list[str]) -> Floats:
    """Return latitude and longitude of each ZIP Code, NaN where it has no place. [n, 2]"""
    import zipcodes

    rows = ((row["zip_code"], row["lat"], row["long"]) for row in zipcodes.list_all())
    known = np.array(sorted(tuple(map(float, row)) for row in rows if all(row)))
    known = known[(known[:, 1] != 0) | (known[:, 2] != 0)]  # 0, 0 stands for no place
    numbers = known[:, 0].astype(np.int64)
    asked = np.array([int(code) if code.isdigit() else -1 for code in zips])
    after = np.clip(np.searchsorted(numbers, asked), 1, len(numbers) - 1)
    nearer = np.where(asked - numbers[after - 1] <= numbers[after] - asked, after - 1, after)
    same = numbers[nearer] // SECTION == asked // SECTION
    return np.where(same[:, None], known[nearer, 1:], np.nan)


def _on_globe(places: Floats) -> Floats:
    """Return points on the unit sphere: the nearest there is the nearest along the ground. [n, 3]"""
    lat, lon = np.radians(places).T
    return np.column_stack([np.cos(lat) * np.cos(lon), np.cos(lat) * np.sin(lon), np.sin(lat)])
