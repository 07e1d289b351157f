"""Completion of each campaign by week: what was, and what is expected with its interval."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date

import numpy as np
from numpy.typing import NDArray

from renotify.charts import svg
from renotify.charts.kept_pictures import drawn_once

Floats = NDArray[np.float64]
COLUMNS = 3  # panels beside each other


@dataclass(frozen=True, eq=False)
class CompletionByWeek:
    """Completion of each campaign [C, W] as shares of 1, at the end of each day of ``days``; ``now`` is the place of today.

    What comes after it is expected, ``low`` to ``high`` in nine of ten cases, or what ``cases`` says; before it and today all three are the
    same.
    """

    campaigns: tuple[str, ...]
    days: tuple[date, ...]
    now: int
    done: Floats
    low: Floats
    high: Floats
    cases: str = " in nine of ten cases"


@drawn_once
def completion_by_week(known: CompletionByWeek, *, name: str = "expected") -> str:
    """Return each campaign as a panel of its own scale: a line up to today, then the expected line, dashed, in its interval."""
    import altair as alt

    panels = [_panel(known, place) for place in range(len(known.campaigns))]
    base = alt.Chart(svg.rows(list(_points(known, panels))))
    axis = alt.Axis(format="%b %-d", tickCount=4, grid=False)
    x = alt.X("day:T", title=None, scale=svg.days(), axis=axis)
    y = alt.Y(
        "done:Q",
        title=None,
        scale=alt.Scale(zero=False),
        axis=alt.Axis(labelExpr=svg.percent_labels(1), tickCount=4),
    )
    later = base.transform_filter("datum.expected")
    band = later.mark_area(color="#cfdae5").encode(x=x, y=alt.Y("low:Q", title=None), y2="high:Q")
    line = later.mark_line(color=svg.ORANGE, strokeDash=[5, 3]).encode(x=x, y=y)
    past = base.transform_filter("datum.past").mark_line(color=svg.BLUE, strokeWidth=2.5)
    today = base.transform_filter("datum.past && datum.expected").mark_point(
        color=svg.BLUE, filled=True, size=45, opacity=1
    )
    chart = (
        (band + line + past.encode(x=x, y=y) + today.encode(x=x, y=y))
        .properties(width=180, height=95)
        .facet(
            alt.Facet("panel:N", title=None, sort=panels, header=alt.Header(labelFontSize=11)),
            columns=COLUMNS,
        )
        .resolve_scale(y="independent")
    )
    return svg.draw(chart, name, _words(known, panels))


def _panel(known: CompletionByWeek, place: int) -> str:
    """Return the heading of a campaign's panel: how far it is, and how far it is expected to come."""
    now, low, high = (
        float(line[place, at])
        for line, at in ((known.done, known.now), (known.low, -1), (known.high, -1))
    )
    return (
        f"{known.campaigns[place]}: {svg.percent(now)}, then {100 * low:.1f} to {svg.percent(high)}"
    )


def _points(known: CompletionByWeek, panels: list[str]) -> Iterator[dict[str, object]]:
    for place, panel in enumerate(panels):
        for at, day in enumerate(known.days):
            yield {
                "panel": panel,
                "day": day.isoformat(),
                "done": float(known.done[place, at]),
                "low": float(known.low[place, at]),
                "high": float(known.high[place, at]),
                "past": at <= known.now,
                "expected": at >= known.now,
            }


def _words(known: CompletionByWeek, panels: list[str]) -> svg.Words:
    last = svg.short_day(known.days[-1])
    return svg.Words(
        f"Completion up to {svg.short_day(known.days[known.now])}, and what is expected by {last}",
        "share of each campaign's vehicles that are done, by the end of the day; each panel has its own scale; "
        "full line: what was. Dashed: what is expected, within the shaded interval" + known.cases,
        f"Completion by campaign now, and the interval expected by {last}: {'; '.join(panels)}.",
    )
