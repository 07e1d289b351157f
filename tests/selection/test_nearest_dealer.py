"""The dealer nearest to a ZIP Code."""

from __future__ import annotations

import pyarrow as pa

from cases import at_once
from renotify.selection.nearest_dealer import nearest_dealers

SCHEMA = pa.schema(
    [("dealer_code", pa.string()), ("zip", pa.string()), ("lat", pa.float64()), ("lon", pa.float64())]
)  # fmt: skip
BOSTON, FORT_LEE, LOS_ANGELES = ("BOS", "02108"), ("NJ1", "07024"), ("LA1", "90012")


def nearest(zips, *dealers):
    rows = [(*dealer, None, None)[:4] for dealer in dealers]
    table = pa.Table.from_pylist(
        [dict(zip(SCHEMA.names, row, strict=True)) for row in rows], SCHEMA
    )
    return nearest_dealers(pa.array(zips, pa.string()), table).to_pylist()


def test_the_nearest_dealer_is_found_along_the_ground_not_by_the_number():
    """Manhattan (10033) lies across the bridge from Fort Lee (07024), and 02108 is nearer by its number than 90012."""
    assert nearest(["10033", "02139", "94103"], BOSTON, FORT_LEE, LOS_ANGELES) == [
        "NJ1", "BOS", "LA1",
    ]  # fmt: skip


def test_a_dealer_s_own_place_comes_before_its_zip_code_s():
    moved = ("BOS", "02108", 34.05, -118.24)  # Los Angeles
    assert nearest(["90012"], moved, FORT_LEE) == ["BOS"]


def test_of_dealers_in_one_place_the_first_by_code_is_taken():
    assert nearest(["02108"], ("B2", "02108"), ("B1", "02108")) == ["B1"]


def test_an_unknown_zip_code_takes_the_place_of_its_neighbour():
    assert nearest(["90099"], BOSTON, LOS_ANGELES) == ["LA1"]


@at_once("zip_code", ["09102", "96201", "", "M5V 2T6"])
def test_military_post_and_what_is_no_zip_code_have_no_dealer_near(zip_code):
    assert nearest([zip_code, "02108"], BOSTON) == [None, "BOS"]


def test_without_dealers_nobody_is_near():
    assert nearest(["02108"]) == [None]
    assert nearest(["02108"], ("APO", "09102")) == [None]
