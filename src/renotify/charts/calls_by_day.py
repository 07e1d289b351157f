"""Calls by working day: a bar for the mean, a line for where nine of ten cases lie."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date
from typing import NamedTuple

from renotify.charts import svg
from renotify.charts.kept_pictures import drawn_once

MEASURE = "calls of each working day; the line through a bar: between which numbers they lie"


class DayOfCalls(NamedTuple):
    """A working day: the mean of its calls, and between which numbers they lie."""

    day: date
    calls: float
    low: float
    high: float


@dataclass(frozen=True)
class CallsByDay:
    """The working days in order; ``title`` is the message."""

    days: tuple[DayOfCalls, ...]
    title: str
    cases: str = " in nine of ten cases"


@drawn_once
def calls_by_day(found: CallsByDay, *, name: str = "calls") -> str:
    """Return calls by day as SVG; every bar says its number."""
    import altair as alt

    days = [svg.short_day(one.day) for one in found.days]
    base = alt.Chart(svg.rows(list(_bars(found)))).encode(
        x=alt.X("day:O", sort=days, title=None, axis=alt.Axis(labelAngle=0, labelOverlap=True, ticks=False))
    )  # fmt: skip
    top = alt.Y("high:Q", title=None, axis=alt.Axis(labelExpr=svg.WHOLE, tickCount=5))
    bars = base.mark_bar(color="#9db8d3").encode(y=alt.Y("calls:Q", title=None))
    lines = base.mark_rule(color=svg.INK, strokeWidth=1.5).encode(y=top, y2="low:Q")
    figures = base.mark_text(dy=-6, fontSize=9, color=svg.INK, baseline="bottom").encode(
        y=top, text="figure:N"
    )
    chart = (bars + lines + figures).properties(width=svg.WIDTH - 60, height=220)
    measure = f"{MEASURE}{found.cases}"
    description = f"{found.title}. {measure}."
    return svg.draw(chart, name, svg.Words(found.title, measure, description))


def _bars(found: CallsByDay) -> Iterator[dict[str, object]]:
    for one in found.days:
        figure = f"{one.calls:,.0f}" if one.calls >= 10 else f"{one.calls:,.1f}"
        yield {"day": svg.short_day(one.day), "calls": one.calls, "low": one.low, "high": one.high, "figure": figure}  # fmt: skip
