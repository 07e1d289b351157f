"""A heat map of dealers by week, as one SVG text: share of the week's hours that letters will ask for."""

from __future__ import annotations

from html import escape

import numpy as np

from renotify.workload.manpower import Workload

CELL_WIDTH, CELL_HEIGHT, LEFT, TOP, LEGEND = 22, 16, 130, 46, 40  # pixels
STEPS = (
    (0.0, "#f3f5f7", "none"), (0.25, "#d6e6f2", "up to a quarter"), (0.5, "#a6cbe3", "up to half"),
    (0.8, "#6aa6cc", "up to four fifths"), (1.0, "#2f6f9f", "up to all"), (np.inf, "#b3261e", "more than there are"),
)  # fmt: skip


def heat_map(
    work: Workload, dealers: tuple[str, ...], *, title: str, rows: int = 30, first_number: int = 0
) -> str:
    """The ``rows`` busiest dealers by week as SVG: colour, and the mean hours told in each cell's title.

    Where capacity is unknown the hours are shown against the dealer's own busiest week.
    """
    load = _share(work)
    busiest = np.argsort(-load.max(axis=1, initial=0.0), kind="stable")[:rows]
    weeks = load.shape[1]
    width, height = LEFT + weeks * CELL_WIDTH + 20, TOP + len(busiest) * CELL_HEIGHT + LEGEND
    body = [_text(LEFT, 18, title, "font-weight='600' font-size='14'")]
    body += [
        _text(LEFT + w * CELL_WIDTH + 3, TOP - 6, str(w + first_number)) for w in range(0, weeks, 2)
    ]
    for row, d in enumerate(busiest):
        y = TOP + row * CELL_HEIGHT
        body.append(_text(LEFT - 8, y + 12, dealers[d], "text-anchor='end'"))
        body += [
            _cell(
                w,
                y,
                load[d, w],
                f"{dealers[d]}, week {w + first_number}: {work.mean_hours[d, w]:.0f} hours",
            )
            for w in range(weeks)
        ]
    body += _legend(height - LEGEND + 18)
    return (
        f"<svg xmlns='http://www.w3.org/2000/svg' viewBox='0 0 {width} {height}' width='{width}'"
        f" height='{height}' role='img' aria-label='{escape(title, quote=True)}'"
        f" font-family='sans-serif' font-size='11' fill='#1f2933'>{''.join(body)}</svg>"
    )


def _share(work: Workload) -> np.ndarray[tuple[int, ...], np.dtype[np.float64]]:
    known = np.isfinite(work.capacity)
    own = np.maximum(work.mean_hours.max(axis=1, keepdims=True), 1e-12)
    against = np.where(known, np.maximum(work.capacity, 1e-12), own)
    return np.divide(work.mean_hours, against)


def _colour(share: float) -> str:
    return next(colour for top, colour, _ in STEPS if share <= top + 1e-9)


def _cell(week: int, y: int, share: float, words: str) -> str:
    x = LEFT + week * CELL_WIDTH
    return (
        f"<rect x='{x}' y='{y}' width='{CELL_WIDTH - 1}' height='{CELL_HEIGHT - 1}'"
        f" fill='{_colour(share)}'><title>{escape(words)}</title></rect>"
    )


def _text(x: int, y: int, words: str, style: str = "") -> str:
    return f"<text x='{x}' y='{y}' {style}>{escape(words)}</text>"


def _legend(y: int) -> list[str]:
    parts, x = [_text(10, y + 11, "hours asked for:")], LEFT
    for _, colour, words in STEPS:
        parts.append(f"<rect x='{x}' y='{y}' width='14' height='14' fill='{colour}'/>")
        parts.append(_text(x + 18, y + 11, words))
        x += 30 + 6 * len(words)
    return parts
