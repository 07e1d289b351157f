"""Letters by week, and below them the technician hours and kits that visits take: how much of each is there, and how much is not."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date

import numpy as np
from numpy.typing import NDArray

from renotify.charts import svg
from renotify.charts.kept_pictures import drawn_once

Floats = NDArray[np.float64]
LETTERS, HOURS, KITS = "letters", "technician hours", "kits"
THERE, LACKING = "as much as there is", "more than there is"
LEAST_TOLD = 0.5  # of hours or kits; less is no figure
WIDEST = 60  # pixels of a week


@dataclass(frozen=True, eq=False)
class WavesAndLimits:
    """By week [T]: letters; hours and kits that visits are expected to take, in the mean, and what of them is not there.

    ``planned`` are the letters of all waves, ``to_go`` those of waves that are not released; weeks gone by are in both, and not drawn.
    ``hours_lacking`` is summed over dealers, each against its own hours; ``kits_lacking`` over parts, each against its own supply.
    """

    weeks: tuple[date, ...]
    letters: NDArray[np.int64]
    hours: Floats
    hours_lacking: Floats
    kits: Floats
    kits_lacking: Floats
    planned: int
    to_go: int


@drawn_once
def waves_against_limits(known: WavesAndLimits, *, name: str = "limits") -> str:
    """Return three rows of bars that share their weeks; what is not there stands on top, dark, with its figure."""
    import altair as alt

    days = [svg.short_day(day) for day in known.weeks]
    base = alt.Chart(svg.rows(list(_bars(known, days))))
    width = min(svg.WIDTH - 80, WIDEST * len(days))
    levels = [THERE, LACKING]
    colour = alt.Color(
        "level:N",
        title=None,
        scale=alt.Scale(domain=levels, range=["#6f8fb0", svg.ALARM]),
        legend=alt.Legend(values=levels),
    )
    rows = []
    for measure in (LETTERS, HOURS, KITS):
        last = measure == KITS
        axis = alt.Axis(labels=last, ticks=last, labelAngle=0, labelOverlap=True)
        x = alt.X("week:O", sort=days, title="week of" if last else None, axis=axis)
        y = alt.Y(
            "amount:Q",
            title=measure,
            axis=alt.Axis(labelExpr=svg.AMOUNTS, tickCount=3),
            stack="zero",
        )
        own = base.transform_filter(alt.datum.measure == measure)
        bars = own.mark_bar().encode(x=x, y=y, color=colour, order="place:Q")
        figures = (
            own.transform_filter("datum.figure != ''")
            .mark_text(dy=-6, fontSize=8.5, color=svg.INK)
            .encode(x=x, y=alt.Y("top:Q"), text="figure:N")
        )
        rows.append((bars + figures).properties(width=width, height=90))
    chart = alt.vconcat(*rows, spacing=6)
    return svg.draw(chart, name, _words(known))


def _bars(known: WavesAndLimits, days: list[str]) -> Iterator[dict[str, object]]:
    """Return the parts of each bar; of letters the figure is their number, of the others what is not there."""
    nothing = np.zeros(len(days))
    rows = (
        (LETTERS, known.letters.astype(float), nothing),
        (HOURS, known.hours, known.hours_lacking),
        (KITS, known.kits, known.kits_lacking),
    )
    for measure, all_of_it, lacking in rows:
        told = all_of_it if measure == LETTERS else lacking
        for week, whole, lack, figure in zip(days, all_of_it, lacking, told, strict=True):
            at = {"measure": measure, "week": week, "top": float(whole)}
            shown = f"{figure:,.0f}" if figure >= LEAST_TOLD else ""
            yield {**at, "level": THERE, "amount": float(whole - lack), "place": 0, "figure": shown}
            yield {**at, "level": LACKING, "amount": float(lack), "place": 1, "figure": ""}


def _words(known: WavesAndLimits) -> svg.Words:
    hours, kits = float(known.hours_lacking.sum()), float(known.kits_lacking.sum())
    short = [
        svg.counted(amount, one)
        for amount, one in ((hours, "technician hour"), (kits, "kit"))
        if amount >= LEAST_TOLD
    ]
    letters = svg.counted(known.planned, "letter")
    going = letters if known.to_go == known.planned else f"{known.to_go:,} of {letters}"
    title = (
        f"{going} to go; short of {' and '.join(short)}"
        if short
        else f"{going} to go; hours and kits suffice in every week"
    )
    return svg.Words(
        title,
        "by week, of the whole country: letters, released or to go, and the mean of what visits are expected to take; "
        "on top and dark, with its figure: what a dealer's own hours, or a part's own supply, do not have for that mean; the sentences "
        "of the plan count the hours that lack in busier cases, too, and say more",
        f"Letters, hours and kits by week. {title}.",
    )
