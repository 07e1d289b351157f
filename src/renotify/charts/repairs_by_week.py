"""The replayed policies: vehicles repaired by week, a line for each policy with its name at the end."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from renotify.charts import svg
from renotify.charts.kept_pictures import drawn_once

Floats = NDArray[np.float64]

COLOURS = (svg.BLUE, svg.ORANGE, "#4c8a7d", "#8a5a2b", "#7a5c8e", "#566370", "#b9a24a", "#c46a6a")
DASHES = ([1, 0], [7, 3], [2, 2], [9, 3, 2, 3], [4, 4], [12, 4], [2, 5], [10, 2, 2, 2, 2, 2])
APART = 0.055  # least distance of two names, as a share of the height


@dataclass(frozen=True, eq=False)
class RepairsByWeek:
    """Mean cumulative repairs by policy and week [P, W], the plan in question first; letters go out in the first ``horizon`` weeks."""

    policies: tuple[str, ...]
    repaired: Floats
    horizon: int


@drawn_once
def repairs_by_week(replay: RepairsByWeek, title: str, *, name: str = "replay") -> str:
    """Return repairs by week as SVG: a line a policy, each with its own dashes and its name; the plan's own line is thick."""
    import altair as alt

    policies = list(replay.policies)
    styles = range(len(policies))
    last = replay.repaired.shape[1] - 1
    weeks = alt.Scale(domain=[0, last], nice=False)
    x = alt.X("week:Q", title="week", scale=weeks, axis=alt.Axis(grid=False, tickMinStep=1))
    y = alt.Y("repaired:Q", title=None, axis=alt.Axis(labelExpr=svg.WHOLE, tickCount=5))
    colour = alt.Color("policy:N", legend=None, scale=alt.Scale(
        domain=policies, range=[COLOURS[i % len(COLOURS)] for i in styles]))  # fmt: skip
    dash = alt.StrokeDash("policy:N", legend=None, scale=alt.Scale(
        domain=policies, range=[DASHES[i % len(DASHES)] for i in styles]))  # fmt: skip
    width = alt.condition(
        alt.datum.policy == policies[0], alt.StrokeWidthValue(3.5), alt.value(1.75)
    )
    lines = (
        alt.Chart(svg.rows(list(_points(replay))))
        .mark_line()
        .encode(x=x, y=y, color=colour, strokeDash=dash, strokeWidth=width)
    )
    names = (
        alt.Chart(svg.rows(list(_names(replay))))
        .mark_text(align="left", dx=6, fontSize=11)
        .encode(x=x, y=alt.Y("place:Q"), text="label:N", color=colour)
    )
    chart = (lines + names + _last_letters(replay)).properties(width=svg.WIDTH - 260, height=300)
    return svg.draw(chart, name, _words(replay, title))


def _points(replay: RepairsByWeek) -> Iterator[dict[str, object]]:
    for policy, line in zip(replay.policies, replay.repaired, strict=True):
        for week, count in enumerate(line.tolist()):
            yield {"policy": policy, "week": week, "repaired": count}


def _names(replay: RepairsByWeek) -> Iterator[dict[str, object]]:
    """Return each policy's name beside the end of its line, moved up where two would overlap."""
    ends = replay.repaired[:, -1]
    gap = APART * max(float(replay.repaired.max(initial=0.0)), 1.0)
    place = -np.inf
    for p in np.argsort(ends, kind="stable").tolist():
        place = max(float(ends[p]), place + gap)
        label = f"{replay.policies[p]}, {ends[p]:,.0f}"
        week = replay.repaired.shape[1] - 1
        yield {"policy": replay.policies[p], "week": week, "place": place, "label": label}


def _last_letters(replay: RepairsByWeek) -> object:
    """Return a rule at the last week in which letters go out, with its words."""
    import altair as alt

    at = alt.Chart(svg.rows([{"week": replay.horizon - 1, "label": "last week of letters"}]))
    rule = at.mark_rule(color=svg.SOFT, strokeDash=[2, 3]).encode(x="week:Q")
    words = at.mark_text(
        align="right", dx=-5, dy=-4, fontSize=10, color=svg.SOFT, baseline="bottom"
    )
    return rule + words.encode(x="week:Q", y=alt.value(300), text="label:N")


def _words(replay: RepairsByWeek, title: str) -> svg.Words:
    ends = ", ".join(
        f"{policy} {count:,.0f}"
        for policy, count in zip(replay.policies, replay.repaired[:, -1].tolist(), strict=True)
    )
    return svg.Words(
        title,
        "mean number of vehicles repaired by the end of each week; at the end of each line the policy and its last figure",
        f"{title}. At the end: {ends}.",
    )
