"""Parts: what has arrived by each week against what visits are expected to have taken by then."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import date

import numpy as np
from numpy.typing import NDArray

from renotify.charts import svg
from renotify.charts.kept_pictures import drawn_once

Floats = NDArray[np.float64]

SHOWN = 6  # the tightest parts
SUPPLY, DEMAND = "supply", "demand"


@dataclass(frozen=True, eq=False)
class KitsByWeek:
    """Cumulative kits by part and week [P, T]: what the pool has, and what visits are expected to take of it.

    ``taken`` [T] are all kits that the visits of a week take, of any part, from the pool or from what their dealers have.
    """

    parts: tuple[str, ...]
    weeks: tuple[date, ...]
    supply: Floats
    demand: Floats
    taken: Floats = field(default_factory=lambda: np.zeros(0))


@drawn_once
def kits_by_week(kits: KitsByWeek, *, name: str = "parts") -> str:
    """Return the tightest parts as SVG, a panel each: supply is an area, demand a dashed line."""
    import altair as alt

    order = _tightest_first(kits)[:SHOWN]
    base = alt.Chart(svg.rows(list(_points(kits, order))))
    axis = alt.Axis(format="%b", tickCount=5, grid=False)
    x = alt.X("week:T", title=None, scale=svg.days(), axis=axis)
    y = alt.Y(
        "kits:Q", title=None, axis=alt.Axis(labelExpr=svg.AMOUNTS, tickCount=4, labelFlush=True)
    )
    arrived = base.transform_filter(f"datum.kind == '{SUPPLY}'").encode(x=x, y=y)
    area = arrived.mark_area(interpolate="step-after", color="#cfdae5")
    edge = arrived.mark_line(interpolate="step-after", color=svg.BLUE, strokeWidth=1)
    wanted = base.transform_filter(f"datum.kind == '{DEMAND}'").encode(x=x, y=y)
    line = wanted.mark_line(strokeWidth=2, strokeDash=[5, 3], color=svg.ORANGE)
    panels = [_label(kits, part) for part in order]
    chart = (
        (area + edge + line)
        .properties(width=190, height=105)
        .facet(alt.Facet("part:N", title=None, sort=panels), columns=3)
        .resolve_scale(y="independent")
    )
    return svg.draw(chart, name, _words(kits))


def _ratio(kits: KitsByWeek) -> Floats:
    """Return each part's fullest week: demand over supply, both summed up. [P]"""
    ratio: Floats = (kits.demand / np.maximum(kits.supply, 1.0)).max(axis=1, initial=0.0)
    return ratio


def _tightest_first(kits: KitsByWeek) -> list[int]:
    found: list[int] = np.lexsort((np.array(kits.parts), -_ratio(kits))).tolist()
    return found


def _label(kits: KitsByWeek, part: int) -> str:
    """Return a panel's heading: the part, and by how much it runs short, when it does."""
    lack = kits.demand[part] - kits.supply[part]
    most = int(np.ceil(lack.max(initial=0.0) - 1e-9))
    return f"{kits.parts[part]}: {most:,} short" if most > 0 else kits.parts[part]


def _points(kits: KitsByWeek, order: list[int]) -> Iterator[dict[str, object]]:
    for part in order:
        for kind, line in ((SUPPLY, kits.supply[part]), (DEMAND, kits.demand[part])):
            for day, count in zip(kits.weeks, line.tolist(), strict=True):
                at = {"part": _label(kits, part), "week": day.isoformat()}
                yield {**at, "kind": kind, "kits": count}


def _words(kits: KitsByWeek) -> svg.Words:
    short = [kits.parts[p] for p in _tightest_first(kits) if ": " in _label(kits, p)]
    title = f"{len(short):,} of {svg.counted(len(kits.parts), 'part')} {'runs' if len(short) == 1 else 'run'} short"
    lacking = np.flatnonzero((kits.demand - kits.supply > 1e-9).any(axis=0))
    if short and lacking[-1] + 1 < len(kits.weeks):
        title += f", none from {svg.short_day(kits.weeks[lacking[-1] + 1])} on"
    if not short:
        title = "Supply covers the expected demand for every part"
    named = f" Short: {', '.join(short)}." if short else ""
    return svg.Words(
        title,
        "kits, summed up by week. Filled: what is there for these visits. Dashed: what visits, booked and to come, are expected to take "
        "beyond what their dealers have. The tightest parts first",
        f"Cumulative supply and expected demand by part. {title}.{named}",
    )
