"""How every chart looks, and how an Altair chart becomes an SVG that may stand beside others in one page.

Altair and vl-convert are imported when a chart is drawn, not before. A drawing fetches nothing from a network.
"""

from __future__ import annotations

import re
import textwrap
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from functools import cache
from html import escape
from importlib.resources import files
from pathlib import Path
from typing import Any

FONT = "Noto Sans, Segoe UI, Helvetica, Arial, sans-serif"
FONT_FILES = Path(str(files("renotify"))) / "fonts"
INK, SOFT, GRID = "#1c2733", "#566370", "#e3e8ee"
BLUE, ORANGE, ALARM = "#1d3b5c", "#d9772b", "#8f2410"
WIDTH = 740  # pixels
WIDEST = 110  # characters of a line below the title: of its size they fit into the narrowest frame
_IDS = re.compile(r'(\bid="|url\(#|href="#)')
_ROLES = re.compile(r' role="graphics-[a-z]+"(?: aria-roledescription="[^"]*")?')  # unnamed parts


@dataclass(frozen=True)
class Words:
    """What a chart says: its message as title, what is measured in which unit, and a description to be read out."""

    title: str
    measure: str
    description: str


def percent(share: float, decimals: int = 1) -> str:
    """Return a share of one as the terminal writes it: ``80.0 %``."""
    return f"{100 * share:.{decimals}f} %"


def percent_labels(decimals: int) -> str:
    """Return the expression that writes an axis of shares so."""
    return f"format(100 * datum.value, '.{decimals}f') + ' %'"


# of an axis: 1k and 2M of many, 0.5 of less than one, which SI would call 500m
AMOUNTS = "abs(datum.value) < 1 ? format(datum.value, '~g') : format(datum.value, '~s')"
# of an axis of counts: whole numbers alone, a half of few ones would be rounded to one of its neighbours
WHOLE = "datum.value % 1 ? '' : format(datum.value, ',.0f')"


def counted(count: float, one: str, more: str = "") -> str:
    """Return a count with its noun, as every text of the house has it: ``1 part``, ``2,000 parts``; charts know no other room."""
    whole = round(count)
    return f"{whole:,} {one if whole == 1 else more or one + 's'}"


def draw(chart: Any, name: str, words: Words) -> str:  # noqa: ANN401 - altair ships no types
    """Return an Altair chart as SVG text; ids are prefixed with ``name``, so that charts may share a page.

    Words that another face makes wider are not cut.
    """
    import altair as alt
    import vl_convert

    _register_fonts()
    title = alt.Title(
        words.title, subtitle=_lines(words.measure), anchor="start", frame="group", offset=12, color=INK,
        fontSize=14, fontWeight="bold", subtitleColor=SOFT, subtitleFontSize=11,
    )  # fmt: skip
    svg = vl_convert.vegalite_to_svg(_styled(chart.properties(title=title)), show_warnings=False)
    svg = _IDS.sub(rf"\g<1>{name}-", _ROLES.sub("", svg))
    label = escape(words.description, quote=True)
    return str(svg.replace("<svg ", f'<svg role="img" aria-label="{label}" overflow="visible" ', 1))


def _lines(measure: str) -> list[str]:
    """Return what is measured in lines that no picture's frame cuts; what a semicolon parts stands on lines of its own."""
    return [line for part in measure.split("; ") for line in textwrap.wrap(part, WIDEST)]


def _styled(chart: Any) -> dict[str, Any]:  # noqa: ANN401 - altair ships no types
    """Return the chart's specification with the type and the greys of the house.

    It is not held against the schema of Vega-Lite, which takes longer than to write it: what charts are made of never changes with
    their figures, and their tests do it.
    """
    chart = chart.configure(font=FONT, background="white", padding=6, aria=False).configure_axis(
        labelColor=SOFT, titleColor=SOFT, gridColor=GRID, domainColor=GRID, tickColor=GRID,
        labelFontSize=11, titleFontSize=11, titleFontWeight="normal",
    )  # fmt: skip
    chart = chart.configure_legend(
        labelColor=INK, titleColor=SOFT, labelFontSize=11, titleFontSize=11, orient="bottom",
        titleFontWeight="normal", labelLimit=0,
    )  # fmt: skip
    chart = chart.configure_view(stroke=None).configure_header(labelColor=INK, titleColor=SOFT)
    specification: dict[str, Any] = chart.to_dict(validate=False)
    return specification


@cache
def _register_fonts() -> None:
    """Measure text with the shipped face, so that labels fit on every machine."""
    import vl_convert

    vl_convert.register_font_directory(str(FONT_FILES))


def rows(values: Sequence[Mapping[str, object]]) -> Any:  # noqa: ANN401 - altair ships no types
    """Return rows as the data of an Altair chart."""
    import altair as alt

    # a tuple is handed on as it is: a list would be copied with each word that is said of the chart
    return alt.Data(values=tuple(dict(row) for row in values))


def days() -> Any:  # noqa: ANN401 - altair ships no types
    """Return the scale of an axis of days: a day is the same in every time zone, and a chart is drawn where its machine stands."""
    import altair as alt

    return alt.Scale(type="utc")


def short_day(day: date) -> str:
    """Return a day as an axis shows it: Mar 4."""
    return f"{day:%b} {day.day}"
