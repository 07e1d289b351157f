"""Dealers by week: how much of a week's technician hours the expected visits take."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from renotify.charts import svg
from renotify.charts.kept_pictures import drawn_once

Floats = NDArray[np.float64]

# the shares up to which a cell has a colour, in words; the colours darken in order, so that print without colour keeps it
STEPS = (0.25, 0.5, 0.8, 1.0, np.inf)
LEVELS = ("up to 25 %", "up to 50 %", "up to 80 %", "up to 100 %", "more than there are")
UNKNOWN = "hours on hand not known"
COLOURS = ("#eef2f6", "#cbd8e4", "#96b1c9", "#4b7397", svg.ALARM, "#ffffff")
WHITE_FROM = 3  # the first level whose cells are dark enough for white figures
SHOWN = 30  # dealers
MEASURE = "mean of the expected technician hours as per cent of the hours on hand, by week"


@dataclass(frozen=True, eq=False)
class DealerWeeks:
    """Expected technician hours and hours on hand by dealer and week [D, T]; ``capacity`` is inf where nobody knows it.

    ``tightest`` are dealers in the order in which the workload has them; where it says none, those with the fullest week are the tightest.
    """

    dealers: tuple[str, ...]
    weeks: tuple[date, ...]
    hours: Floats
    capacity: Floats
    areas: tuple[str, ...] = ()  # of each dealer, where they are named
    tightest: tuple[str, ...] = ()

    @property
    def short_of_hours(self) -> NDArray[np.bool_]:
        """Whether each dealer has more work than hours in some week [D]; not where its hours are not known."""
        return np.asarray(np.any(_share(self) > 1 + 1e-9, axis=1), bool)


class Cell(NamedTuple):
    """One dealer's week: its figure in words, blank for none, and the place of its level in ``COLOURS``."""

    figure: str
    level: int


@drawn_once
def dealer_heat_map(load: DealerWeeks, *, name: str = "workload", shown: int = SHOWN) -> str:
    """Return the ``shown`` tightest dealers by week as SVG: each cell says its per cent of the hours on hand.

    The hours are the mean of what is expected. Dealers are sorted as in ``DealerWeeks.tightest``.
    Where hours on hand are not known the cell says
    the hours themselves.
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
    """Return the places of dealers: as ``tightest`` names them, the others by their fullest week, their most hours, and their name."""
    fullest = _share(load).max(axis=1, initial=0.0)
    most = load.hours.max(axis=1, initial=0.0)
    named = {dealer: place for place, dealer in enumerate(load.tightest)}
    place = np.array([named.get(dealer, len(named)) for dealer in load.dealers])
    found: list[int] = np.lexsort((np.array(load.dealers), -most, -fullest, place)).tolist()
    return found


def cells(load: DealerWeeks) -> list[list[Cell]]:
    """Return every cell [D][T]: per cent of the hours on hand, or the hours themselves where these are not known."""
    share, known = _share(load), np.isfinite(load.capacity)
    levels = np.where(known, np.searchsorted(np.array(STEPS) + 1e-9, share), len(LEVELS))
    amounts = np.where(known, 100 * share, load.hours).round().astype(int)
    return [
        [Cell(_figure(*one), level) for *one, level in zip(*row, strict=True)]
        for row in zip(
            amounts.tolist(), np.where(known, "", " h").tolist(), levels.tolist(), strict=True
        )
    ]


def _cells(load: DealerWeeks, order: list[int]) -> Iterator[dict[str, object]]:
    shown = cells(load)
    for d in order:
        for week, cell in zip(load.weeks, shown[d], strict=True):
            yield {
                "dealer": load.dealers[d],
                "week": svg.short_day(week),
                "level": [*LEVELS, UNKNOWN][cell.level],
                "figure": cell.figure,
                "dark": is_dark(cell.level),
            }


def is_dark(level: int) -> bool:
    """Whether the colour of a level needs white figures."""
    return WHITE_FROM <= level < len(LEVELS)


def _figure(number: int, unit: str) -> str:
    """Return the figure of a cell: blank for zero, and short enough for its width."""
    if number == 0:
        return ""
    return f"{number}{unit}" if number < 1000 else ">999"


def _words(load: DealerWeeks, shown: int) -> svg.Words:
    title = headline(load)
    return svg.Words(
        title,
        f"{MEASURE}; {_which(shown, len(load.dealers))}",
        f"Workload of {_which(shown, len(load.dealers))}, by week. {title}.",
    )


def _which(shown: int, dealers: int) -> str:
    """Return which dealers are drawn in words: all, or the tightest of how many."""
    if shown < dealers:
        return f"the {shown:,} tightest of {svg.counted(dealers, 'dealer')}, the tightest first"
    return f"all {svg.counted(dealers, 'dealer')}, the tightest first"


def headline(load: DealerWeeks) -> str:
    """Return the message of a heat map in words."""
    over = int(load.short_of_hours.sum())
    known = int(np.isfinite(load.capacity).any(axis=1).sum())
    title = f"{over:,} of {svg.counted(known, 'dealer')} {'has' if over == 1 else 'have'} more work than hours in some week"
    if not known:
        title = "Expected technician hours; no dealer's hours on hand are known"
    return title
