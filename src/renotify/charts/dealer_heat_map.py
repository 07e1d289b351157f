"""Dealers by week: how much of a week's technician hours the expected visits take."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date

import numpy as np
from numpy.typing import NDArray

from renotify.charts import svg

Floats = NDArray[np.float64]

# the shares up to which a cell has a colour, in words; the colours darken in order, so that print without colour keeps it
STEPS = (0.25, 0.5, 0.8, 1.0, np.inf)
LEVELS = ("up to 25 %", "up to 50 %", "up to 80 %", "up to 100 %", "more than there are")
UNKNOWN = "hours on hand not known"
COLOURS = ("#eef2f6", "#cbd8e4", "#96b1c9", "#5d85a8", svg.ALARM, "#ffffff")
WHITE_FROM = 3  # the first level whose cells are dark enough for white figures
SHOWN = 30  # dealers


@dataclass(frozen=True, eq=False)
class DealerWeeks:
    """Expected technician hours and hours on hand by dealer and week [D, T]; ``capacity`` is inf where nobody knows it."""

    dealers: tuple[str, ...]
    weeks: tuple[date, ...]
    hours: Floats
    capacity: Floats


def dealer_heat_map(load: DealerWeeks, *, name: str = "workload", shown: int = SHOWN) -> str:
    """Return the ``shown`` tightest dealers by week as SVG: each cell says its per cent of the hours on hand.

    Dealers are sorted by their fullest week. Where hours on hand are not known the cell says the hours themselves.
    """
    import altair as alt

    order = _tightest_first(load)[:shown]
    dealers = [load.dealers[d] for d in order]
    levels = [*LEVELS, UNKNOWN]
    base = alt.Chart(svg.rows(list(_cells(load, order)))).encode(
        x=alt.X("week:O", title="week of", sort=[svg.short_day(day) for day in load.weeks],
                axis=alt.Axis(labelAngle=0, labelOverlap=True, ticks=False, domain=False)),
        y=alt.Y("dealer:N", title=None, sort=dealers,
                axis=alt.Axis(labelColor=svg.INK, ticks=False, domain=False)),
    )  # fmt: skip
    scale = alt.Scale(domain=levels, range=list(COLOURS))
    used = levels if np.isinf(load.capacity[order]).any() else levels[:-1]
    legend = alt.Legend(
        title=None, values=used, columns=6, symbolType="square", symbolSize=140,
        symbolStrokeColor=svg.SOFT, symbolStrokeWidth=0.5,
    )  # fmt: skip
    cells = base.mark_rect(stroke="white", strokeWidth=1).encode(
        color=alt.Color("level:N", scale=scale, legend=legend)
    )
    figures = base.mark_text(fontSize=8.5).encode(
        text="figure:N",
        color=alt.condition("datum.dark", alt.value("white"), alt.value(svg.INK)),
    )
    chart = (cells + figures).properties(width=svg.WIDTH - 90, height=alt.Step(18))
    return svg.draw(chart, name, _words(load, len(dealers)))


def _share(load: DealerWeeks) -> Floats:
    """Return hours over hours on hand; 0 where these are not known. [D, T]"""
    known = np.isfinite(load.capacity)
    return np.where(known, load.hours / np.maximum(np.where(known, load.capacity, 1.0), 1e-12), 0.0)


def _tightest_first(load: DealerWeeks) -> list[int]:
    """Return the places of dealers: the fullest week first, then the most hours, then in order of name."""
    fullest = _share(load).max(axis=1, initial=0.0)
    most = load.hours.max(axis=1, initial=0.0)
    found: list[int] = np.lexsort((np.array(load.dealers), -most, -fullest)).tolist()
    return found


def _cells(load: DealerWeeks, order: list[int]) -> Iterator[dict[str, object]]:
    share = _share(load)
    level = np.searchsorted(np.array(STEPS) + 1e-9, share)
    for d in order:
        for t, week in enumerate(load.weeks):
            known = bool(np.isfinite(load.capacity[d, t]))
            hours = round(float(load.hours[d, t]))
            percent = round(100 * float(share[d, t]))
            yield {
                "dealer": load.dealers[d],
                "week": svg.short_day(week),
                "level": LEVELS[level[d, t]] if known else UNKNOWN,
                "figure": _figure(percent if known else hours, "" if known else " h"),
                "dark": known and bool(level[d, t] >= WHITE_FROM),
            }


def _figure(number: int, unit: str) -> str:
    """Return the figure of a cell: blank for zero, and short enough for its width."""
    if number == 0:
        return ""
    return f"{number}{unit}" if number < 1000 else ">999"


def _words(load: DealerWeeks, shown: int) -> svg.Words:
    over = int((_share(load) > 1 + 1e-9).any(axis=1).sum())
    known = int(np.isfinite(load.capacity).any(axis=1).sum())
    title = f"{over:,} of {svg.counted(known, 'dealer')} {'has' if over == 1 else 'have'} more work than hours in some week"
    if not known:
        title = "Expected technician hours; no dealer's hours on hand are known"
    return svg.Words(
        title,
        "expected technician hours as per cent of the hours on hand, by week; the tightest dealers first",
        f"Workload of the {svg.counted(shown, 'tightest dealer')} by week. {title}.",
    )
