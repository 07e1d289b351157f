"""``summary.html``: one self-contained page that a manager reads in a minute, on screen or paper.

Nothing is fetched: style, charts and figures stand in the page. It names no person.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from html import escape
from importlib.resources import files
from pathlib import Path

from renotify.charts.completion_bars import completion_bars
from renotify.charts.dealer_heat_map import dealer_heat_map
from renotify.charts.kits_by_week import kits_by_week
from renotify.charts.letters_by_week import letters_by_week
from renotify.reports.follow_up_figures import FollowUpFigures, SentCounts
from renotify.values.english import counted, long_day

SYNTHETIC = "Synthetic data: every vehicle, owner and dealer in this follow-up is made up."
SHOWN_ORDERS = 8
SHOWN_DEALERS = 12  # in the heat map
KNOWN_FILES = (
    ("letters", "Letters of the released waves, with manifest and job ticket"),
    ("notices", "Notices to dealers and area managers, and each dealer's vehicles"),
    ("orders.csv", "Parts to order, by dealer"),
    ("workload.csv", "Visits and hours, by dealer and week"),
    ("holds.csv", "Stock vehicles on hold"),
    ("report", "Quarterly reports: sheets for NHTSA's portal, and NHTSA's 13 fields"),
    ("plan.json", "The plan, with what the planner says"),
    ("summary.json", "The figures of this page"),
    ("input", "The input files"),
    ("rejects", "Rows that were refused, with reasons"),
)


def draw(figures: FollowUpFigures) -> dict[str, str]:
    """Return the charts that there are figures for, by name: completion, waves, workload, parts."""
    found = {}
    if figures.campaigns:
        found["completion"] = completion_bars(figures.campaigns)
    if figures.letters.letters.any():
        found["waves"] = letters_by_week(figures.letters)
    if figures.load.hours.any():
        found["workload"] = dealer_heat_map(figures.load, shown=SHOWN_DEALERS)
    if figures.kits.parts:
        found["parts"] = kits_by_week(figures.kits)
    return found


def page(
    figures: FollowUpFigures,
    drawings: Mapping[str, str],
    *,
    folder: Path | None = None,
    synthetic: bool = False,
) -> str:
    """Return the page of a follow-up: figures and charts in, text out.

    ``folder`` is where the page will lie: known files that are there are linked. ``synthetic`` puts
    the banner at the top that nothing here is about a real person.
    """
    style = (files("renotify.reports") / "summary.css").read_text("utf-8")
    note = f'<header><p class="banner" role="note">{SYNTHETIC}</p></header>'
    banner = note if synthetic else ""
    body = "".join(
        (
            _head(figures),
            _section("Campaigns", _figure(drawings, "completion"), _campaigns(figures)),
            _section("Waves of letters", _figure(drawings, "waves"), _waves(figures)),
            _section("What the plan is worth", _worth(figures)),
            _section("Dealers", _tightest(figures), _figure(drawings, "workload")),
            _section("Parts", _orders(figures), _figure(drawings, "parts")),
            _section("Look at this", _messages(figures)),
            _section("Files", _files(folder)),
        )
    )
    return (
        '<!doctype html>\n<html lang="en">\n<head>\n<meta charset="utf-8">\n'
        '<meta name="viewport" content="width=device-width, initial-scale=1">\n'
        f"<title>Follow-up {escape(figures.name)}</title>\n<style>\n{style}</style>\n</head>\n"
        f"<body>\n{banner}\n<main>\n{body}</main>\n</body>\n</html>\n"
    )


def _head(figures: FollowUpFigures) -> str:
    sent, waves = figures.sent, figures.waves
    starts = f"from {long_day(waves[0].first_day)}" if waves else "none planned"
    to_do = sum(one.open for one in figures.campaigns)
    tiles = [
        (to_do, "repairs to do", f"in {counted(len(figures.campaigns), 'campaign')}"),
        (
            sum(wave.letters for wave in waves),
            "letters planned",
            f"{counted(len(waves), 'wave')}, {starts}",
        ),
        (sent.printed, "letters printed", _released(sent)),
        (sent.dealers, "dealers told", f"and {counted(sent.areas, 'area manager')}"),
        (sum(one.quantity for one in figures.orders), "parts to order", "by their dealers, now"),
    ]
    shown = "".join(
        f"<div><dt>{label}</dt><dd>{value:,}</dd><dd class=note>{escape(note)}</dd></div>"
        for value, label, note in tiles
    )
    title = f"<h1>Owner re-notification <small>{escape(figures.name)}</small></h1>"
    return f"{title}\n<dl class=tiles>{shown}</dl>\n"


def _released(sent: SentCounts) -> str:
    if not sent.waves:
        return "no wave is released"
    kept = f"{sent.withdrawn:,} withdrawn, {sent.exceptions:,} set aside"
    return f"in {counted(sent.waves, 'released wave')}; {kept}"


def _section(title: str, *parts: str) -> str:
    content = "".join(part for part in parts if part)
    return f"<section>\n<h2>{title}</h2>\n{content}</section>\n" if content else ""


def _figure(drawings: Mapping[str, str], name: str) -> str:
    return f"<figure>{drawings[name]}</figure>\n" if name in drawings else ""


def _table(caption: str, columns: Sequence[str], rows: Sequence[Sequence[object]]) -> str:
    """Return a table with its caption; numbers are set to the right."""
    if not rows:
        return ""
    heads = "".join(
        f"<th scope=col{_right(value)}>{escape(name)}</th>"
        for name, value in zip(columns, rows[0], strict=True)
    )
    lines = "".join(f"<tr>{''.join(map(_cell, row))}</tr>\n" for row in rows)
    return (
        f"<table><caption>{escape(caption)}</caption><thead><tr>{heads}</tr></thead>"
        f"<tbody>\n{lines}</tbody></table>\n"
    )


def _right(value: object) -> str:
    return " class=number" if isinstance(value, int | float) else ""


def _cell(value: object) -> str:
    text = f"{value:,}" if isinstance(value, int) else escape(str(value))
    return f"<td{_right(value)}>{text}</td>"


def _campaigns(figures: FollowUpFigures) -> str:
    rows = [
        (one.campaign, sum(one.parts), *one.parts, f"{one.completion:.1%}")
        for one in figures.campaigns
    ]
    columns = (
        "Campaign", "Involved", "Repaired", "Inspected", "Unreachable", "Removed", "Open",
        "Completion",
    )  # fmt: skip
    return _table("Vehicles by campaign; every row adds up to those involved", columns, rows)


def _waves(figures: FollowUpFigures) -> str:
    rows = [(str(wave.number), long_day(wave.first_day), wave.letters) for wave in figures.waves]
    return _table("Waves", ("Wave", "First day", "Letters"), rows)


def _worth(figures: FollowUpFigures) -> str:
    """Return the plan beside the rules of thumb: what each brings within the same limits."""
    first = figures.worth[0].risk_removed if figures.worth else 0.0
    rows = [
        (
            one.rule[:1].upper() + one.rule[1:], round(one.risk_removed), f"{one.share:.1%}",
            f"{1 - one.risk_removed / first:.1%}" if place and first else "–",
            "–" if one.gravest_wait is None else f"{one.gravest_wait:.1f}",
            one.without_letter, round(one.peak_hours),
        )
        for place, one in enumerate(figures.worth)
    ]  # fmt: skip
    columns = (
        "Who is written to", "Risk removed", "Of what is possible", "Less than the plan", "Weeks that the gravest wait",
        "Owners without a letter", "Hours of the busiest week",
    )  # fmt: skip
    caption = "The plan and rules of thumb within the same limits of mail, kits and hours; risk in vehicle-weeks, as expected"
    return _table(caption, columns, rows)


def _tightest(figures: FollowUpFigures) -> str:
    rows = [
        (
            one.dealer, one.area, long_day(one.week), f"{one.hours:.1f}",
            "–" if one.capacity is None else f"{one.capacity:.1f}",
            "–" if one.capacity is None else f"{one.late_visits:.1f}",
            "–" if one.capacity is None else one.days,
        )
        for one in figures.tightest
    ]  # fmt: skip
    columns = (
        "Dealer", "Area", "Week of", "Hours expected", "Hours on hand", "Visits that wait too long", "Days to book",
    )  # fmt: skip
    return _table("The tightest dealers, in their tightest week", columns, rows)


def _orders(figures: FollowUpFigures) -> str:
    rows = [
        (one.part_no, one.description, one.dealers, one.quantity)
        for one in figures.orders[:SHOWN_ORDERS]
    ]
    return _table("What to order first", ("Part", "Description", "Dealers", "Order now"), rows)


def _messages(figures: FollowUpFigures) -> str:
    items = "".join(f"<li>{escape(message)}</li>\n" for message in figures.messages)
    return f"<ul>\n{items}</ul>\n" if items else ""


def _files(folder: Path | None) -> str:
    """Return links to what lies beside the page; a name that is not there is not linked."""
    if folder is None:
        return ""
    links = "".join(
        f'<li><a href="{file}{"/" if (folder / file).is_dir() else ""}">{file}</a> {words}</li>\n'
        for file, words in KNOWN_FILES
        if (folder / file).exists()
    )
    return f"<ul class=files>\n{links}</ul>\n" if links else ""
