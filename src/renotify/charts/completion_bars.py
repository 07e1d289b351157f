"""Where the vehicles of each campaign are: one bar a campaign, which adds up to those involved."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from renotify.charts import svg
from renotify.charts.kept_pictures import drawn_once

PARTS = ("repaired", "inspected without need", "unreachable", "removed", "open")
COLOURS = (svg.BLUE, "#7f9cb9", "#b4bac2", "#e3e7eb", svg.ORANGE)
WHITE_FIGURES = {"repaired"}
LEAST_SHOWN = 0.06  # a narrower part has no room for its figure


@dataclass(frozen=True)
class CampaignShares:
    """One campaign's vehicles; the five counts add up to those involved. ``completion`` is a share of 1."""

    campaign: str
    repaired: int
    inspected: int
    unreachable: int
    removed: int
    open: int
    completion: float

    @property
    def parts(self) -> tuple[int, ...]:
        """The counts in the order of ``PARTS``."""
        return (self.repaired, self.inspected, self.unreachable, self.removed, self.open)


@drawn_once
def completion_bars(campaigns: Sequence[CampaignShares], *, name: str = "completion") -> str:
    """Return each campaign as a bar of shares as SVG; every part wide enough says its per cent."""
    import altair as alt

    base = alt.Chart(svg.rows(list(_parts(campaigns)))).encode(
        y=alt.Y("campaign:N", title=None, sort=[one.campaign for one in campaigns],
                axis=alt.Axis(labelFontSize=12, labelFontWeight="bold", labelColor=svg.INK,
                              ticks=False, domain=False)),
    )  # fmt: skip
    percent = alt.Axis(labelExpr=svg.percent_labels(0), tickCount=5)
    bars = base.mark_bar(height=22, stroke="white", strokeWidth=1).encode(
        x=alt.X("start:Q", title=None, axis=percent, scale=alt.Scale(domain=[0, 1], nice=False)),
        x2="end:Q",
        color=alt.Color("part:N", title=None, sort=list(PARTS), legend=alt.Legend(columns=5),
                        scale=alt.Scale(domain=list(PARTS), range=list(COLOURS))),
    )  # fmt: skip
    figures = base.mark_text(fontSize=11).encode(
        x="middle:Q",
        text="figure:N",
        color=alt.condition("datum.dark", alt.value("white"), alt.value(svg.INK)),
    )
    chart = (bars + figures).properties(width=svg.WIDTH - 80, height=alt.Step(32))
    return svg.draw(chart, name, _words(campaigns))


def _parts(campaigns: Sequence[CampaignShares]) -> Iterator[dict[str, object]]:
    """Return each part of each bar: where it starts and ends, and its figure."""
    for one in campaigns:
        involved, start = sum(one.parts), 0.0
        for part, count in zip(PARTS, one.parts, strict=True):
            share = count / involved if involved else 0.0
            yield {
                "campaign": one.campaign,
                "part": part,
                "start": start,
                "end": start + share,
                "middle": start + share / 2,
                "figure": svg.percent(share, 0) if share >= LEAST_SHOWN else "",
                "dark": part in WHITE_FIGURES,
            }
            start += share


def _words(campaigns: Sequence[CampaignShares]) -> svg.Words:
    to_do = sum(one.open for one in campaigns)
    title = f"{to_do:,} {'repair is' if to_do == 1 else 'repairs are'} left to do"
    done = (
        ", ".join(f"{one.campaign} {svg.percent(one.completion, 0)}" for one in campaigns) or "none"
    )
    return svg.Words(
        title,
        "share of the vehicles involved, by campaign",
        f"Completion by campaign: {done}. {title}.",
    )
