"""What the page of a follow-up is built of: sections, figures, tables, and a heat map of every dealer as a table."""

from __future__ import annotations

import base64
from collections.abc import Mapping, Sequence
from html import escape
from itertools import groupby

from renotify.charts.dealer_heat_map import (
    COLOURS,
    LEVELS,
    MEASURE,
    UNKNOWN,
    Cell,
    DealerWeeks,
    cells,
    headline,
    is_dark,
)
from renotify.values.english import short_month_day

NONE = "–"


class Right(str):
    """A figure in words, set to the right like a number: a per cent, hours in tenths."""

    __slots__ = ()


def section(title: str, *parts: str) -> str:
    """Return a section of what is there of its parts; of nothing none."""
    content = "".join(part for part in parts if part)
    return f"<section>\n<h2>{title}</h2>\n{content}</section>\n" if content else ""


def figure(drawings: Mapping[str, str], name: str) -> str:
    """Return a drawing, which a narrow screen moves sideways; none where there is none."""
    return f"<figure tabindex=0>{drawings[name]}</figure>\n" if name in drawings else ""


def picture(png: bytes, words: str) -> str:
    """Return a picture that stands in the page itself, with its words; the words alone where there is no picture."""
    if not png:
        return f"<p>{escape(words)}</p>\n"
    coded = base64.b64encode(png).decode()
    return (
        f'<figure class=letter><img src="data:image/png;base64,{coded}" alt="{escape(words)}">'
        f"<figcaption>{escape(words)}</figcaption></figure>\n"
    )


def table(caption: str, columns: Sequence[str], rows: Sequence[Sequence[object]]) -> str:
    """Return a table with its caption, which a narrow screen moves sideways; numbers are set to the right."""
    if not rows:
        return ""
    heads = "".join(
        f"<th scope=col{_right(value)}>{escape(name)}</th>"
        for name, value in zip(columns, rows[0], strict=True)
    )
    lines = "".join(f"<tr>{''.join(map(_cell, row))}</tr>\n" for row in rows)
    return (
        f'<div class=wide tabindex=0 role=region aria-label="{escape(caption)}"><table><caption>{escape(caption)}</caption>'
        f"<thead><tr>{heads}</tr></thead><tbody>\n{lines}</tbody></table></div>\n"
    )


def _right(value: object) -> str:
    return " class=number" if isinstance(value, int | float | Right) else ""


def _cell(value: object) -> str:
    text = f"{value:,}" if isinstance(value, int) else escape(str(value))
    return f"<td{_right(value)}>{text}</td>"


def every_dealer(load: DealerWeeks) -> str:
    """Return a heat map of all dealers as a table that can be read, area by area: a cell says its figure, its shade the level.

    The colours are those of the drawing of the tightest dealers (charts.dealer_heat_map); a drawing of a thousand dealers would be a
    page of many megabytes that no screen reader walks through.
    """
    if not load.hours.any():
        return ""
    shown = cells(load)
    areas = load.areas or ("",) * len(load.dealers)
    order = sorted(range(len(load.dealers)), key=lambda d: (areas[d], load.dealers[d]))
    heads = "".join(f"<th scope=col>{escape(short_month_day(day))}</th>" for day in load.weeks)
    bodies = "".join(
        _of_area(area, [(load.dealers[d], shown[d]) for d in own], len(load.weeks))
        for area, own in groupby(order, key=lambda d: areas[d])
    )
    caption = f"{headline(load)}. {MEASURE[:1].upper()}{MEASURE[1:]}"
    return (
        f'<div class="wide tall" tabindex=0 role=region aria-label="Every dealer by week"><table class=heat>'
        f"<caption>{escape(caption)}</caption><thead><tr><th scope=col>Dealer</th>{heads}</tr></thead>\n{bodies}</table></div>\n"
        f"<p class=key>{_key(load)}</p>\n"
    )


def _of_area(area: str, dealers: Sequence[tuple[str, Sequence[Cell]]], weeks: int) -> str:
    """Return the dealers of an area, below its name."""
    head = f"<tr><th scope=rowgroup colspan={weeks + 1}>Area {escape(area)}</th></tr>\n" if area else ""  # fmt: skip
    lines = "".join(
        f"<tr><th scope=row>{escape(dealer)}</th>"
        f"{''.join(f'<td class=h{cell.level}>{cell.figure}' for cell in line)}</tr>\n"
        for dealer, line in dealers
    )
    return f"<tbody>{head}{lines}</tbody>"


def _key(load: DealerWeeks) -> str:
    """Return what each shade says; of unknown hours only where a dealer's are not known."""
    levels = [*LEVELS, *([UNKNOWN] if (load.capacity == float("inf")).any() else [])]
    return "".join(
        f"<span><i class=h{place}></i>{escape(words)}</span> " for place, words in enumerate(levels)
    )


def heat_style() -> str:
    """Return the style of the levels of ``every_dealer``."""
    return "".join(
        f".h{place} {{ background: {colour};{' color: #fff;' if is_dark(place) else ''} }}\n"
        for place, colour in enumerate(COLOURS)
    )
