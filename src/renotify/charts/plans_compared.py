"""Plans of a follow-up side by side: letters, hours and kits by week, a column of small charts for each plan."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date

import numpy as np
from numpy.typing import NDArray

from renotify.charts import svg
from renotify.charts.kept_pictures import drawn_once

Floats = NDArray[np.float64]
SHOWN = 6  # plans: more are too narrow to be read
MEASURES = ("letters", "hours", "kits")


@dataclass(frozen=True, eq=False)
class PlanWeeks:
    """A plan by its weeks: letters mailed, technician hours and kits that are expected. [T] each"""

    name: str
    weeks: tuple[date, ...]
    letters: NDArray[np.int64]
    hours: Floats
    kits: Floats


@drawn_once
def plans_compared(plans: Sequence[PlanWeeks], *, name: str = "plans") -> str:
    """Return the first plans as SVG: a row for each measure, which all plans share a scale of, and a column for each plan."""
    import altair as alt

    shown = list(plans)[:SHOWN]
    days = sorted({day for plan in shown for day in plan.weeks})
    base = alt.Chart(svg.rows(list(_bars(shown)))).mark_bar(color=svg.BLUE)
    width = (svg.WIDTH - 90) // max(len(shown), 1)
    x = alt.X(
        "week:O",
        sort=[svg.short_day(day) for day in days],
        title=None,
        axis=alt.Axis(labelAngle=0, labelOverlap=True),
    )
    rows = [
        base.transform_filter(alt.datum.measure == measure)
        .encode(x=x, y=alt.Y("amount:Q", title=f"{measure} a week"))
        .properties(width=width, height=90)
        .facet(column=alt.Column("plan:N", sort=[one.name for one in shown], title=None), spacing=8)
        for measure in MEASURES
    ]
    return svg.draw(alt.vconcat(*rows, spacing=12), name, _words(shown, len(plans)))


def _bars(plans: Sequence[PlanWeeks]) -> Iterator[dict[str, object]]:
    for plan in plans:
        for measure in MEASURES:
            for day, amount in zip(plan.weeks, getattr(plan, measure).tolist(), strict=True):
                yield {
                    "plan": plan.name,
                    "measure": measure,
                    "week": svg.short_day(day),
                    "amount": round(float(amount), 2),
                }


def _words(plans: Sequence[PlanWeeks], all_of_them: int) -> svg.Words:
    title = f"{len(plans)} plans side by side" if plans[1:] else "1 plan"
    if all_of_them > len(plans):
        title += f", the first of {all_of_them}"
    told = "; ".join(
        f"{one.name}: {svg.counted(one.letters.sum(), 'letter')}, at most {svg.counted(one.hours.max(initial=0.0), 'hour')} in a week,"
        f" {svg.counted(one.kits.sum(), 'kit')}"
        for one in plans
    )
    measure = "letters mailed, technician hours and kits expected by week, of all dealers; plans share each scale"
    return svg.Words(title, measure, f"{title}. {told}.")
