"""Planned letters by week: a row of bars for each set of campaigns, all sets together on top."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date

import numpy as np
from numpy.typing import NDArray

from renotify.charts import svg
from renotify.charts.kept_pictures import drawn_once

SHOWN = 9  # sets of campaigns with a row of their own; the smallest share a row
ALL = "all"
WIDEST = 56  # pixels of a week


@dataclass(frozen=True, eq=False)
class LettersByWeek:
    """Planned letters to those who use the vehicles, by set of campaigns and week [B, T]; the names of the sets in the order of rows."""

    bundles: tuple[str, ...]
    weeks: tuple[date, ...]
    letters: NDArray[np.int64]


@drawn_once
def letters_by_week(planned: LettersByWeek, *, name: str = "waves") -> str:
    """Return the letters of each week as SVG, a row of bars for each set; every row has its own scale and says its total."""
    import altair as alt

    lines = _lines(planned)
    days = [svg.short_day(day) for day in planned.weeks]
    base = alt.Chart(svg.rows(list(_bars(lines, days))))
    x = alt.X("week:O", sort=days, title="week of", axis=alt.Axis(labelAngle=0, labelOverlap=True))
    y = alt.Y("letters:Q", title=None, axis=None)
    bars = base.mark_bar().encode(
        x=x,
        y=y,
        color=alt.condition("datum.all", alt.value(svg.BLUE), alt.value("#6f8fb0")),
    )
    figures = base.mark_text(dy=-5, fontSize=8.5, color=svg.SOFT).encode(x=x, y=y, text="figure:N")
    header = alt.Header(
        labelAngle=0,
        labelAlign="left",
        labelAnchor="middle",
        labelFontSize=11,
        labelPadding=24,
        labelLimit=0,
    )
    row = alt.Row("line:N", sort=[label for label, _ in lines], title=None, header=header)
    chart = (
        (bars + figures)
        .properties(width=min(svg.WIDTH - 170, WIDEST * len(days)), height=38)
        .facet(row=row, spacing=6)
        .resolve_scale(y="independent")
    )
    return svg.draw(chart, name, _words(planned))


def _lines(planned: LettersByWeek) -> list[tuple[str, NDArray[np.int64]]]:
    """Return labelled rows: all letters, the largest sets, and the rest of them together."""
    totals = planned.letters.sum(axis=1)
    order = np.lexsort((np.array(planned.bundles), -totals))
    own = order if len(order) <= SHOWN else order[: SHOWN - 1]
    found = [(ALL, planned.letters.sum(axis=0))]
    found += [(planned.bundles[b], planned.letters[b]) for b in own]
    if len(own) < len(order):
        rest = order[len(own) :]
        found.append((svg.counted(len(rest), "other set"), planned.letters[rest].sum(axis=0)))
    return [(f"{label}: {int(row.sum()):,}", row) for label, row in found]


def _bars(
    lines: list[tuple[str, NDArray[np.int64]]], days: list[str]
) -> Iterator[dict[str, object]]:
    for place, (label, row) in enumerate(lines):
        for day, count in zip(days, row.tolist(), strict=True):
            figure = _figure(count)
            yield {
                "line": label,
                "week": day,
                "letters": count,
                "figure": figure,
                "all": place == 0,
            }


def _figure(count: int) -> str:
    """Return a bar's figure, short enough for its width: blank for zero, in thousands from ten thousand on."""
    if count == 0:
        return ""
    return f"{count:,}" if count < 10_000 else f"{count / 1000:.0f}k"


def _words(planned: LettersByWeek) -> svg.Words:
    by_week = planned.letters.sum(axis=0)
    total, waves = int(by_week.sum()), int((by_week > 0).sum())
    title = f"{svg.counted(total, 'planned letter')} in {svg.counted(waves, 'weekly wave')}"
    largest = ""
    if total:
        busiest = svg.short_day(planned.weeks[int(by_week.argmax())])
        largest = f", the largest in the week of {busiest}"
    return svg.Words(
        title,
        "letters to those who use the vehicles, by week (a lessor's beside a lessee's is not counted); "
        "a row for each set of campaigns, with its total",
        f"{title}{largest}.",
    )
