"""A map of the areas: where their dealers are, how many repairs are open, how far each area is, and where hours do not suffice."""

from __future__ import annotations

import csv
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from functools import cache
from pathlib import Path

from renotify.charts import svg
from renotify.charts.kept_pictures import drawn_once

HEIGHT = 400  # pixels
STATE_LINES = Path(__file__).with_name("state_lines.csv")  # its source: state_lines_source.txt
# what the projection shows, degrees of latitude and longitude: the States that meet, Alaska to the Aleutians' end, Hawaii
SHOWN = (
    ((24.0, 50.0), (-125.5, -66.0)),
    ((51.0, 72.0), (-180.0, -129.0)),
    ((51.0, 54.0), (172.0, 180.0)),
    ((18.0, 23.0), (-161.0, -154.0)),
)
LARGEST = 2600  # square pixels of the area with the most open repairs


@dataclass(frozen=True)
class DealerPlace:
    """A dealer on the map: degrees of latitude and longitude, and whether its work is more than its hours in some week."""

    latitude: float
    longitude: float
    short_of_hours: bool


@dataclass(frozen=True)
class AreaPlace:
    """An area: its dealers on the map and in all, open repairs, completion as a share of 1, and dealers that are short of hours."""

    area: str
    dealers: tuple[DealerPlace, ...]
    known_dealers: int
    open: int
    completion: float
    short_of_hours: int


@drawn_once
def area_map(areas: Sequence[AreaPlace], *, name: str = "areas") -> str:
    """Return the areas as SVG, on Albers' projection of the United States with the borders of States: a disc an area, as large as its
    open repairs are many.

    Its words stand beside the disc, so that nothing is told by colour alone; dealers are dots, those that are short of hours diamonds.
    An area none of whose dealers has coordinates is not drawn, and named; dealers off the map (Puerto Rico, Guam) are counted beside it.
    """
    import altair as alt

    drawn = [replace(one, dealers=tuple(filter(_on_map, one.dealers))) for one in areas]
    shown = [one for one in drawn if one.dealers]
    # handed on as text: rows of that many points are walked by Altair each time, for longer than all else takes
    numbers = dict.fromkeys(("line", "place", "longitude", "latitude"), "number")
    lines_of_states = alt.Data(
        values=_as_text(), format=alt.CsvDataFormat(type="csv", parse=numbers)
    )
    outlines = alt.Chart(lines_of_states).mark_line(color="#cfd6de", strokeWidth=0.7)
    outlines = outlines.encode(
        longitude="longitude:Q", latitude="latitude:Q", detail="line:N", order="place:Q"
    )
    rays = alt.Chart(svg.rows(list(_rays(shown)))).mark_rule(color="#dbe3eb", strokeWidth=0.8)
    rays = rays.encode(
        longitude="longitude:Q", latitude="latitude:Q", longitude2="to_longitude:Q", latitude2="to_latitude:Q"
    )  # fmt: skip
    dots = alt.Chart(svg.rows(list(_dots(shown)))).encode(
        longitude="longitude:Q", latitude="latitude:Q"
    )
    plain = dots.transform_filter("!datum.short").mark_circle(size=11, color="#9fb0c1", opacity=1)
    short = dots.transform_filter("datum.short").mark_point(
        shape="diamond", size=42, color=svg.ALARM, filled=True, opacity=1
    )
    middles = alt.Chart(svg.rows(list(_middles(shown)))).encode(
        longitude="longitude:Q", latitude="latitude:Q"
    )
    discs = middles.mark_circle(
        color=svg.BLUE, opacity=0.25, stroke=svg.BLUE, strokeOpacity=1
    ).encode(size=alt.Size("open:Q", legend=None, scale=alt.Scale(range=[0, LARGEST], zero=True)))
    lines = [
        middles.mark_text(
            dy=dy, fontSize=size, fontWeight=weight, color=svg.INK, stroke="white", strokeWidth=0
        ).encode(text=f"{text}:N")
        for text, dy, size, weight in (
            ("head", -7, 13, "bold"), ("open_words", 8, 11, "normal"), ("short_words", 22, 11, "normal"),
        )
    ]  # fmt: skip
    backs = [
        middles.mark_text(
            dy=dy, fontSize=size, fontWeight=weight, color="white", stroke="white", strokeWidth=4
        ).encode(text=f"{text}:N")
        for text, dy, size, weight in (
            ("head", -7, 13, "bold"), ("open_words", 8, 11, "normal"), ("short_words", 22, 11, "normal"),
        )
    ]  # fmt: skip
    chart = (
        alt.layer(outlines, rays, plain, discs, short, *backs, *lines)
        .properties(width=svg.WIDTH - 40, height=HEIGHT)
        .project("albersUsa")
    )
    return svg.draw(chart, name, _words(areas))


@cache
def state_lines() -> tuple[dict[str, float], ...]:
    """Return the points of the borders and coasts of the United States, in the order of each line: line, place, longitude, latitude."""
    with STATE_LINES.open(encoding="utf-8", newline="") as file:
        read = list(csv.DictReader(file))
    return tuple(
        {
            "line": int(one["line"]), "place": place, "longitude": float(one["longitude"]), "latitude": float(one["latitude"]),
        }
        for place, one in enumerate(read)
    )  # fmt: skip


def _as_text() -> str:
    """Return the same points as CSV."""
    points = state_lines()
    return "\n".join([",".join(points[0]), *(",".join(map(str, one.values())) for one in points)])


def _on_map(dealer: DealerPlace) -> bool:
    """Tell whether the projection has a place for a dealer: others would stand in the corner of the picture."""
    return any(
        south <= dealer.latitude <= north and west <= dealer.longitude <= east
        for (south, north), (west, east) in SHOWN
    )


def _dots(areas: Sequence[AreaPlace]) -> Iterator[dict[str, object]]:
    for area in areas:
        for one in area.dealers:
            yield {
                "latitude": one.latitude,
                "longitude": one.longitude,
                "short": one.short_of_hours,
            }


def _rays(areas: Sequence[AreaPlace]) -> Iterator[dict[str, object]]:
    """Return a line from each area's middle to each of its dealers: it shows how far the area goes."""
    for area, middle in zip(areas, _middles(areas), strict=True):
        at = {"longitude": middle["longitude"], "latitude": middle["latitude"]}
        for one in area.dealers:
            yield {**at, "to_longitude": one.longitude, "to_latitude": one.latitude}


def _middles(areas: Sequence[AreaPlace]) -> Iterator[dict[str, object]]:
    """Return each area's words, at the middle of its dealers."""
    for area in areas:
        yield {
            "latitude": middle([one.latitude for one in area.dealers]),
            "longitude": middle([one.longitude for one in area.dealers]),
            "open": area.open,
            "head": f"{area.area}: {svg.percent(area.completion)} done",
            "open_words": f"{area.open:,} open",
            "short_words": _short(area),
        }


def middle(degrees: Sequence[float]) -> float:
    """Return the median: a dealer in Alaska or Hawaii does not draw its area away from the others."""
    ordered, half = sorted(degrees), len(degrees) // 2
    return ordered[half] if len(ordered) % 2 else (ordered[half - 1] + ordered[half]) / 2


def _short(area: AreaPlace) -> str:
    return f"{area.short_of_hours:,} of {svg.counted(area.known_dealers, 'dealer')} short of hours"


def _words(areas: Sequence[AreaPlace]) -> svg.Words:
    last = min(areas, key=lambda one: one.completion)
    title = f"Area {last.area} is the least complete: {svg.percent(last.completion)} done, {last.open:,} open"
    measure = (
        "a disc an area, at the middle of its dealers, as large as its open repairs are many; "
        "dots are dealers, diamonds those with more work than hours in some week"
    )
    if unplaced := [one.area for one in areas if not one.dealers]:
        measure += f"; no coordinates are known of the dealers of {', '.join(unplaced)}"
    if away := sum(not _on_map(dealer) for one in areas for dealer in one.dealers):
        measure += f"; {svg.counted(away, 'dealer')} off this map"
    told = "; ".join(
        f"{one.area}: {svg.percent(one.completion)} done, {one.open:,} open, {_short(one)}"
        for one in areas
    )
    return svg.Words(title, measure, f"Map of the areas. {title}. {told}.")
