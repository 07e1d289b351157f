"""The replayed policies as one picture: vehicles repaired by week, a line a policy."""

from __future__ import annotations

from html import escape

from renotify.planner.simulate import Outcome

WIDTH, HEIGHT, LEFT, TOP, RIGHT, BOTTOM = 760, 360, 70, 40, 170, 44  # pixels
COLOURS = ("#0b5394", "#b3261e", "#38761d", "#b45f06", "#674ea7", "#45818e", "#7f6000", "#666666")


def repairs_chart(outcomes: list[Outcome], *, title: str, horizon: int) -> str:
    """Mean cumulative repairs by week as SVG; ``horizon`` marks the last mailing week."""
    weeks = len(outcomes[0].repaired)
    top = max(float(o.repaired.max()) for o in outcomes) or 1.0
    across, down = (WIDTH - LEFT - RIGHT) / max(weeks - 1, 1), (HEIGHT - TOP - BOTTOM) / top
    floor = HEIGHT - BOTTOM
    body = [_text(LEFT, 22, title, "font-weight='600' font-size='14'")]
    body += [
        _rule(floor - share * top * down, f"{share * top:,.0f}")
        for share in (0, 0.25, 0.5, 0.75, 1)
    ]
    body += [
        _text(LEFT + w * across, floor + 18, str(w), "text-anchor='middle'")
        for w in range(0, weeks, 5)
    ]
    body.append(_text(LEFT + (weeks - 1) * across / 2, floor + 36, "week", "text-anchor='middle'"))
    mark = LEFT + (horizon - 1) * across
    body.append(
        f"<line x1='{mark:.1f}' x2='{mark:.1f}' y1='{TOP}' y2='{floor}' stroke='#999' stroke-dasharray='3 3'/>"
    )
    for i, outcome in enumerate(outcomes):
        points = " ".join(
            f"{LEFT + w * across:.1f},{floor - n * down:.1f}"
            for w, n in enumerate(outcome.repaired.tolist())
        )
        colour, y = COLOURS[i % len(COLOURS)], TOP + 14 + 18 * i
        body.append(f"<polyline points='{points}' fill='none' stroke='{colour}' stroke-width='2'/>")
        body.append(
            f"<rect x='{WIDTH - RIGHT + 14}' y='{y - 8}' width='14' height='4' fill='{colour}'/>"
        )
        body.append(_text(WIDTH - RIGHT + 34, y, outcome.policy))
    return (
        f"<svg xmlns='http://www.w3.org/2000/svg' viewBox='0 0 {WIDTH} {HEIGHT}' width='{WIDTH}' height='{HEIGHT}'"
        f" role='img' aria-label='{escape(title, quote=True)}' font-family='sans-serif' font-size='11'"
        f" fill='#1f2933'>{''.join(body)}</svg>"
    )


def _text(x: float, y: float, words: str, style: str = "") -> str:
    return f"<text x='{x:.1f}' y='{y:.1f}' {style}>{escape(words)}</text>"


def _rule(y: float, label: str) -> str:
    line = f"<line x1='{LEFT}' x2='{WIDTH - RIGHT}' y1='{y:.1f}' y2='{y:.1f}' stroke='#e3e6e8'/>"
    return line + _text(LEFT - 8, y + 4, label, "text-anchor='end'")
