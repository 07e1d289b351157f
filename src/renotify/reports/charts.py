"""Charts of a follow-up as SVG: completion, waves, workload, parts. Values in, one SVG text out.

Altair and vl-convert (the extra ``charts``) are imported when a chart is made. Each chart carries
its title as text, tells its message in words to a screen reader, and asks nothing of the network.
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from datetime import date
from functools import cache
from html import escape
from typing import Any

FONT = "Noto Sans, Segoe UI, Helvetica, Arial, sans-serif"
INK, SOFT, GRID = "#1c2733", "#566370", "#e3e8ee"
ACCENT, ALARM = "#1d3b5c", "#a1350f"
STATUS_COLOURS = {
    "repaired": "#1d3b5c",
    "inspected without need": "#6f8fb0",
    "unreachable": "#a7adb5",
    "removed": "#d5dae0",
    "open": "#d9772b",
}
BUNDLE_COLOURS = (
    "#1d3b5c", "#d9772b", "#6f8fb0", "#8a5a2b", "#4c8a7d", "#b9a24a", "#7a5c8e", "#a7adb5",
    "#c46a6a", "#3f6b3f",
)  # fmt: skip
LOAD_COLOURS = ("#f5f7f9", "#b9cbdd", "#3f6a95", "#d98a63", ALARM)
WIDTH = 740
SHOWN_DEALERS = 12
SHOWN_PARTS = 6
_IDS = re.compile(r'(\bid="|url\(#|href="#)')


def _drawn(spec: Any, name: str, words: str) -> str:  # noqa: ANN401 - altair ships no types here
    """Return a chart as SVG that may stand beside others in one page, described in ``words``."""
    import vl_convert

    _fonts()
    spec = spec.configure(font=FONT, background="transparent", padding=4)
    spec = spec.configure_axis(
        labelColor=SOFT, titleColor=SOFT, gridColor=GRID, domainColor=GRID, tickColor=GRID,
        labelFontSize=11, titleFontSize=11, titleFontWeight="normal",
    ).configure_legend(
        labelColor=INK, titleColor=SOFT, labelFontSize=11, titleFontSize=11, orient="bottom",
        titleFontWeight="normal", symbolType="square",
    ).configure_view(stroke=None).configure_header(labelColor=INK, titleColor=SOFT)  # fmt: skip
    svg = vl_convert.vegalite_to_svg(spec.to_dict(), show_warnings=False)
    svg = _IDS.sub(rf"\g<1>{name}-", svg)
    return svg.replace("<svg ", f'<svg role="img" aria-label="{escape(words, quote=True)}" ', 1)


@cache
def _fonts() -> None:
    """Measure text with the shipped face, so that labels fit on every machine."""
    import vl_convert

    from renotify.letters.typesetting import FONTS

    vl_convert.register_font_directory(str(FONTS))


def _data(rows: Sequence[Mapping[str, Any]]) -> Any:  # noqa: ANN401 - altair ships no types here
    import altair as alt

    return alt.Data(values=[dict(row) for row in rows])


def _short(day: str) -> str:
    known = date.fromisoformat(day)
    return f"{known:%b} {known.day}"


def completion(counts: Sequence[Mapping[str, Any]]) -> str:
    """Return each campaign as one bar of shares: repaired, inspected, unreachable, removed, open.

    ``counts`` are rows of ``status.counts``; the bar is the identity of involved vehicles.
    """
    import altair as alt

    order = list(STATUS_COLOURS)
    rows = [
        {
            "campaign": row["campaign"],
            "status": status,
            "rank": order.index(status),
            "vehicles": count,
            "share": count / row["involved"],
        }
        for row in counts
        if row["involved"]
        for status, count in _identity(row).items()
    ]
    colours = alt.Scale(domain=order, range=list(STATUS_COLOURS.values()))
    base = alt.Chart(_data(rows)).encode(
        y=alt.Y("campaign:N", title=None, axis=alt.Axis(labelFontSize=12, labelFontWeight="bold")),
        x=alt.X("sum(share):Q", title="share of involved vehicles", stack="zero",
                axis=alt.Axis(format=".0%", tickCount=5), scale=alt.Scale(domain=[0, 1])),
        order="rank:Q",
    )  # fmt: skip
    bars = base.mark_bar(height=20).encode(
        color=alt.Color("status:N", scale=colours, title=None, sort=order)
    )
    spec = bars.properties(width=WIDTH, height=alt.Step(30))
    told = ", ".join(f"{row['campaign']} {row['completion']:.0%}" for row in counts)
    return _drawn(spec, "completion", f"Completion by campaign: {told}.")


def _identity(row: Mapping[str, Any]) -> dict[str, int]:
    return {
        "repaired": row["repaired"],
        "inspected without need": row["inspected_ok"],
        "unreachable": sum(row["unreachable"].values()),
        "removed": row["removed"],
        "open": row["open"],
    }


def waves(letters: Sequence[Mapping[str, Any]]) -> str:
    """Return letters by week as bars, stacked by bundle: rows of week (a day), bundle, letters."""
    import altair as alt

    bundles = sorted({row["bundle"] for row in letters})
    days = [_short(day) for day in sorted({row["week"] for row in letters})]
    scale = alt.Scale(domain=bundles, range=list(BUNDLE_COLOURS[: len(bundles)]))
    spec = (
        alt.Chart(_data([{**row, "week": _short(row["week"])} for row in letters]))
        .mark_bar()
        .encode(
            x=alt.X(
                "week:O", title="week of", sort=days, axis=alt.Axis(labelAngle=0, labelOverlap=True)
            ),
            y=alt.Y("sum(letters):Q", title="letters", axis=alt.Axis(format=",.0f", tickCount=5)),
            color=alt.Color("bundle:N", title=None, scale=scale, legend=alt.Legend(columns=6)),
            order=alt.Order("bundle:N"),
        )
        .properties(width=WIDTH, height=200)
    )
    total = sum(row["letters"] for row in letters)
    weeks = len({row["week"] for row in letters})
    return _drawn(spec, "waves", f"{total:,} letters in {weeks} weekly waves, by bundle.")


def workload(rows: Sequence[Mapping[str, Any]]) -> str:
    """Return the tightest dealers by week as a heat map: expected hours over hours there are.

    ``rows`` are those of ``workload.follow_up``; dealers without known hours are left out.
    """
    import altair as alt

    known = [row for row in rows if row["capacity"]]
    weeks = [_short(day) for day in sorted({row["week"] for row in known})]
    dealers = _tightest(known)
    shown = [
        {
            "dealer": row["dealer"],
            "week": _short(row["week"]),
            "load": min(row["hours"] / row["capacity"], 1.6),
        }
        for row in known
        if row["dealer"] in dealers
    ]
    colours = alt.Scale(domain=[0, 0.5, 1, 1.0001, 1.6], range=list(LOAD_COLOURS))
    legend = alt.Legend(format=".0%", gradientLength=240, values=[0, 0.5, 1, 1.5])
    spec = (
        alt.Chart(_data(shown))
        .mark_rect(stroke="white", strokeWidth=1.5)
        .encode(
            x=alt.X("week:O", title="week of", sort=weeks,
                    axis=alt.Axis(labelAngle=0, labelOverlap=True)),
            y=alt.Y("dealer:N", title=None, sort=dealers),
            color=alt.Color("load:Q", scale=colours, legend=legend,
                            title="expected hours / hours on hand"),
        )
        .properties(width=WIDTH, height=alt.Step(19))
    )  # fmt: skip
    over = len({row["dealer"] for row in known if row["hours"] > row["capacity"]})
    words = (
        f"Workload of the {len(dealers)} tightest dealers by week; {over} dealers are over their "
        "hours in some week."
    )
    return _drawn(spec, "workload", words)


def _tightest(rows: Sequence[Mapping[str, Any]]) -> list[str]:
    peaks: dict[str, float] = {}
    for row in rows:
        share = row["hours"] / row["capacity"]
        peaks[row["dealer"]] = max(peaks.get(row["dealer"], 0.0), share)
    return sorted(peaks, key=lambda dealer: (-peaks[dealer], dealer))[:SHOWN_DEALERS]


def parts(rows: Sequence[Mapping[str, Any]]) -> str:
    """Return cumulative supply against expected demand, a panel a part.

    ``rows`` have part, week (a day), supply and demand, both cumulative kits.
    """
    import altair as alt

    ratio: dict[str, float] = {}
    for row in rows:
        short = row["demand"] / max(row["supply"], 1.0)
        ratio[row["part"]] = max(ratio.get(row["part"], 0.0), short)
    shown = sorted(ratio, key=lambda part: (-ratio[part], part))[:SHOWN_PARTS]
    long = [
        {"part": row["part"], "week": row["week"], "kind": kind, "kits": row[kind]}
        for row in rows
        if row["part"] in shown
        for kind in ("supply", "demand")
    ]
    colours = alt.Scale(domain=["supply", "demand"], range=[ACCENT, "#d9772b"])
    spec = (
        alt.Chart(_data(long))
        .mark_line(strokeWidth=2)
        .encode(
            x=alt.X("week:T", title=None, axis=alt.Axis(format="%b", tickCount=5, grid=False)),
            y=alt.Y("kits:Q", title=None, axis=alt.Axis(format="~s", tickCount=4)),
            color=alt.Color("kind:N", scale=colours, title="cumulative kits"),
        )
        .properties(width=205, height=110)
        .facet(alt.Facet("part:N", title=None, sort=shown), columns=3)
        .resolve_scale(y="independent")
    )
    tight = ", ".join(part for part in shown if ratio[part] > 1) or "none"
    words = f"Cumulative supply and expected demand by part; demand passes supply for: {tight}."
    return _drawn(spec, "parts", words)
