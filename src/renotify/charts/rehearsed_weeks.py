"""A rehearsal: letters and repairs by week, the weeks in which parts run out, and the dealer-weeks in which visits wait too long."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray

from renotify.charts import svg
from renotify.charts.kept_pictures import drawn_once

if TYPE_CHECKING:
    import altair as alt

Floats = NDArray[np.float64]

SHOWN = 6  # parts, and dealers
INNER = svg.WIDTH - 170  # pixels of the weeks
TALL = 210  # pixels of the running totals
TWO_LINES = 28  # pixels that the figures at the end of a line take
ASKED, REPAIRED = "asked for a visit", "repaired"
DARK = 0.55  # chance from which a cell is dark enough for white figures


@dataclass(frozen=True, eq=False)
class RehearsedWeeks:
    """W weeks of a rehearsal: ``letters`` [W]; running totals of owners who asked and of repairs as mean, low and high of the runs [3, W].
    Who has a visit booked when they begin has asked, and who is done has asked and is repaired.

    ``part_lacks`` [P, W]: chance that an owner is turned away for a part, ``letters_lack`` that nobody would be if no letter had been sent;
    ``visit_waits`` [D, W]: chance that a visit booked in that week
    waits longer than ``bound`` weeks.
    """

    weeks: tuple[date, ...]
    letters: NDArray[np.int64]
    asked: Floats
    repaired: Floats
    parts: tuple[str, ...]
    part_lacks: Floats
    letters_lack: Floats
    dealers: tuple[str, ...]
    visit_waits: Floats
    bound: int


@drawn_once
def rehearsed_weeks(seen: RehearsedWeeks, title: str, *, name: str = "rehearsal") -> str:
    """Return the weeks as SVG, one panel below the other: letters, who asks and who is repaired, parts, dealers.

    Panels of parts and dealers show the ``SHOWN`` worst, and are left out where nothing is wrong; each cell says its chance in per cent.
    """
    import altair as alt

    panels = [_letters(seen), _repairs(seen)]
    for chances, names, words in (
        (seen.part_lacks, seen.parts, "per cent chance that owners are turned away for a part"),
        (
            seen.letters_lack,
            seen.parts,
            "of that by the letters: nobody would be turned away in that week if none had been sent",
        ),
        (
            seen.visit_waits,
            seen.dealers,
            f"per cent chance that a visit waits more than {_bound(seen)} for hours",
        ),
    ):
        if worst := _worst(chances, names):
            panels.append(_strip(seen, chances[worst], [names[at] for at in worst], words))
    chart = alt.vconcat(*panels, spacing=14)
    return svg.draw(chart, name, _words(seen, title))


def _bound(seen: RehearsedWeeks) -> str:
    return f"{seen.bound} {'week' if seen.bound == 1 else 'weeks'}"


def _weeks(seen: RehearsedWeeks, *, title: str | None = None) -> alt.X:
    import altair as alt

    axis = alt.Axis(labelAngle=0, labelOverlap=True, ticks=False, domain=False, grid=False)
    days = [svg.short_day(day) for day in seen.weeks]
    return alt.X(
        "week:O", title=title, sort=days, axis=axis, scale=alt.Scale(type="band", domain=days)
    )


def _rows(seen: RehearsedWeeks, **columns: Sequence[object]) -> Any:  # noqa: ANN401 - altair ships no types
    """Rows of one figure a week, by the names of the columns."""
    days = [svg.short_day(day) for day in seen.weeks]
    names = ("week", *columns)
    return svg.rows(
        [dict(zip(names, row, strict=True)) for row in zip(days, *columns.values(), strict=True)]
    )


def _headed(chart: Any, words: str, height: Any) -> Any:  # noqa: ANN401 - altair ships no types
    import altair as alt

    title = alt.Title(
        words, anchor="start", fontSize=11, fontWeight="normal", color=svg.SOFT, frame="group"
    )
    return chart.properties(width=INNER, height=height, title=title)


def _letters(seen: RehearsedWeeks) -> Any:  # noqa: ANN401 - altair ships no types
    import altair as alt

    counts = seen.letters.tolist()
    figures = ["" if not n else str(n) if n < 1000 else f"{n / 1000:.1f}k" for n in counts]
    base = alt.Chart(_rows(seen, letters=counts, figure=figures)).encode(
        x=_weeks(seen), y=alt.Y("letters:Q", title=None, axis=None)
    )
    bars = base.mark_bar(color=svg.BLUE)
    return _headed(
        bars + base.mark_text(dy=-5, fontSize=8.5, color=svg.SOFT).encode(text="figure:N"),
        "letters",
        46,
    )


def _repairs(seen: RehearsedWeeks) -> Any:  # noqa: ANN401 - altair ships no types
    """Running totals: repairs as a line, those who ask dashed; each with its band and, at its end, its figures."""
    import altair as alt

    layers = []
    lifted = _lifted(seen)
    y = alt.Y("mean:Q", title=None, axis=alt.Axis(labelExpr=svg.WHOLE, tickCount=5))
    for kind, line, colour, dash, dy in (
        (ASKED, seen.asked, svg.ORANGE, [6, 3], -lifted[0]),
        (REPAIRED, seen.repaired, svg.BLUE, [1, 0], -lifted[1]),
    ):
        mean, low, high = (part.tolist() for part in line)
        base = alt.Chart(_rows(seen, mean=mean, low=low, high=high)).encode(x=_weeks(seen))
        layers.append(
            base.mark_area(opacity=0.16, color=colour).encode(
                y=alt.Y("low:Q", title=None), y2="high:Q"
            )
        )
        layers.append(base.mark_line(color=colour, strokeDash=dash, strokeWidth=2.25).encode(y=y))
        end = {"week": svg.short_day(seen.weeks[-1]), "mean": mean[-1], "label": f"{mean[-1]:,.0f} {kind}",
               "range": f"({low[-1]:,.0f} to {high[-1]:,.0f})"}  # fmt: skip
        words = alt.Chart(svg.rows([end])).encode(x=_weeks(seen), y=y)
        style = {"align": "left", "dx": 10, "fontSize": 10.5, "color": colour}
        layers.append(words.mark_text(**style, dy=dy - 6).encode(text="label:N"))
        layers.append(words.mark_text(**style, dy=dy + 6).encode(text="range:N"))
    return _headed(alt.layer(*layers), "owners, summed up; the bands hold nine runs of ten", TALL)


def _lifted(seen: RehearsedWeeks) -> tuple[float, float]:
    """By how many pixels the figures at the ends of both lines stand higher than their ends, so that none is written over the other."""
    asked, repaired = float(seen.asked[0, -1]), float(seen.repaired[0, -1])
    highest = max(float(seen.asked.max(initial=0.0)), float(seen.repaired.max(initial=0.0)), 1.0)
    # an axis ends at a round number, up to a third above what it shows
    short = max(TWO_LINES - abs(asked - repaired) / highest * 0.75 * TALL, 0.0)
    return (short, 0.0) if asked >= repaired else (0.0, short)


def _worst(chances: Floats, names: Sequence[str]) -> list[int]:
    """Places with the highest chance, then the most weeks; none whose chance is nought."""
    if not len(names):
        return []
    order = np.lexsort((np.array(names), -chances.sum(axis=1), -chances.max(axis=1, initial=0.0)))
    return [at for at in order[:SHOWN].tolist() if chances[at].any()]


def _strip(seen: RehearsedWeeks, chances: Floats, names: list[str], words: str) -> Any:  # noqa: ANN401 - altair ships no types
    import altair as alt

    base = alt.Chart(svg.rows(list(_cells(seen, chances, names)))).encode(
        x=_weeks(seen),
        y=alt.Y(
            "name:N",
            title=None,
            sort=names,
            axis=alt.Axis(labelColor=svg.INK, ticks=False, domain=False),
        ),
    )
    scale = alt.Scale(domain=[0, 1], range=["#ffffff", svg.ALARM], interpolate="rgb")
    cells = base.mark_rect(stroke="white", strokeWidth=1).encode(
        color=alt.Color("chance:Q", scale=scale, legend=None)
    )
    figures = base.mark_text(fontSize=8.5).encode(
        text="figure:N",
        color=alt.condition(f"datum.chance > {DARK}", alt.value("white"), alt.value(svg.INK)),
    )
    return _headed(cells + figures, words, alt.Step(17))


def _cells(seen: RehearsedWeeks, chances: Floats, names: list[str]) -> Iterator[dict[str, object]]:
    for name, line in zip(names, chances.tolist(), strict=True):
        for day, chance in zip(seen.weeks, line, strict=True):
            figure = "" if chance == 0 else "<1" if chance < 0.005 else f"{100 * chance:.0f}"
            yield {"name": name, "week": svg.short_day(day), "chance": chance, "figure": figure}


def _words(seen: RehearsedWeeks, title: str) -> svg.Words:
    short = [seen.parts[at] for at in _worst(seen.part_lacks, seen.parts)]
    full = [seen.dealers[at] for at in _worst(seen.visit_waits, seen.dealers)]
    parts = f"Parts that run out: {', '.join(short)}." if short else "No part runs out."
    dealers = (
        f"Dealers at which visits wait: {', '.join(full)}."
        if full
        else f"No visit waits more than {_bound(seen)} for hours."
    )
    low, high = seen.repaired[1:, -1]
    return svg.Words(
        title,
        f"by the Mondays of the weeks; {parts} {dealers}",
        f"{title}. {svg.counted(seen.letters.sum(), 'letter')}; {svg.counted(seen.asked[0, -1], 'owner')} asked for a visit,"
        f" {seen.repaired[0, -1]:,.0f} ({low:,.0f} to {high:,.0f}) are repaired. {parts} {dealers}",
    )
