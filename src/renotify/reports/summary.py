"""``summary.html``: one self-contained page that a manager reads in a minute, on screen or paper.

Nothing is fetched: style, charts and figures stand in the page. It names no person.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping, Sequence
from datetime import date
from html import escape
from importlib.resources import files
from pathlib import Path
from typing import Any

import numpy as np

from renotify.ledger.session import Session
from renotify.parts.national_pool import cumulative_supply
from renotify.plans.expected import Expected, Floats
from renotify.reports import charts
from renotify.workload.of_plan import PlanWorkload, workload_of

SYNTHETIC = "Synthetic data: every vehicle, owner and dealer in this follow-up is made up."
SHOWN_ORDERS = 8
KNOWN_FILES = (
    ("letters", "Letters of the released waves, with manifest and job ticket"),
    ("notices", "Notices to dealers and area managers, and each dealer's vehicles"),
    ("orders.csv", "Parts to order, by dealer"),
    ("workload.csv", "Visits and hours, by dealer and week"),
    ("holds.csv", "Stock vehicles on hold"),
    ("report", "Quarterly reports with NHTSA's 13 fields"),
    ("plan.json", "The plan, with what the planner says"),
    ("summary.json", "The figures of this page"),
    ("input", "The input files"),
    ("rejects", "Rows that were refused, with reasons"),
)


def summary_html(
    session: Session, name: str, story: Mapping[str, Any], *, synthetic: bool = False
) -> str:
    """Return the page on a follow-up: campaigns, waves, tightest dealers, orders, files.

    ``story`` has the figures told so far (campaigns as of ``status.counts``, waves, tightest,
    order, messages, release, notices, folder); plan and workload are read from the ledger.
    ``synthetic`` puts the banner at the top that nothing here is about a real person.
    """
    load = workload_of(session, name)
    plan = load.expected.plan
    supply = cumulative_supply(session, plan.first_week, plan.weeks)
    return page(name, story, drawn(story, load, supply), synthetic=synthetic)


def drawn(
    story: Mapping[str, Any], load: PlanWorkload, supply: Mapping[str, Floats]
) -> dict[str, str]:
    """Return the charts that there are figures for, by name: completion, waves, workload, parts."""
    letters = by_bundle(load.expected)
    kits = supply_and_demand(load.expected, supply)
    found = {"completion": charts.completion(story["campaigns"])} if story["campaigns"] else {}
    if letters:
        found["waves"] = charts.waves(letters)
    if np.isfinite(load.work.capacity).any():
        found["workload"] = charts.workload(load.rows)
    if kits:
        found["parts"] = charts.parts(kits)
    return found


def by_bundle(brought: Expected) -> list[dict[str, Any]]:
    """Return letters by week and bundle of campaigns; planning bundles of one set are summed."""
    counted: dict[tuple[int, str], int] = defaultdict(int)
    letters = brought.letters.sum(axis=1)  # [B, T]
    for b, week in np.argwhere(letters > 0):
        counted[int(week), brought.plan.bundles[b].campaigns] += int(letters[b, week])
    return [
        {"week": brought.plan.monday(week).isoformat(), "bundle": bundle, "letters": count}
        for (week, bundle), count in sorted(counted.items())
    ]


def supply_and_demand(brought: Expected, supply: Mapping[str, Floats]) -> list[dict[str, Any]]:
    """Return cumulative supply and expected demand of each supplied part by week, in kits.

    What dealers have on hand is not counted.
    """
    demand = dict(zip(brought.parts, np.cumsum(brought.kits_by_week(), axis=1), strict=True))
    nothing = np.zeros(brought.plan.weeks)
    return [
        {
            "part": part,
            "week": brought.plan.monday(week).isoformat(),
            "supply": float(line[week]),
            "demand": float(total),
        }
        for part, line in sorted(supply.items())
        for week, total in enumerate(demand.get(part, nothing))
    ]


def page(
    name: str, story: Mapping[str, Any], drawings: Mapping[str, str], *, synthetic: bool = False
) -> str:
    """Return the page of a story and its charts: text in, text out."""
    style = (files("renotify.reports") / "summary.css").read_text("utf-8")
    note = f'<header><p class="banner" role="note">{SYNTHETIC}</p></header>'
    banner = note if synthetic else ""
    body = "".join(
        section
        for section in (
            _head(name, story),
            _section("Campaigns", _figure(drawings, "completion"), _campaigns(story)),
            _section("Waves of letters", _figure(drawings, "waves"), _waves(story)),
            _section("Dealers", _tightest(story), _figure(drawings, "workload")),
            _section("Parts", _orders(story), _figure(drawings, "parts")),
            _section("Look at this", _messages(story)),
            _section("Files", _files(story)),
        )
    )
    return (
        '<!doctype html>\n<html lang="en">\n<head>\n<meta charset="utf-8">\n'
        '<meta name="viewport" content="width=device-width, initial-scale=1">\n'
        f"<title>Follow-up {escape(name)}</title>\n<style>\n{style}</style>\n</head>\n"
        f"<body>\n{banner}\n<main>\n{body}</main>\n</body>\n</html>\n"
    )


def _head(name: str, story: Mapping[str, Any]) -> str:
    campaigns, waves = story["campaigns"], story["waves"]
    letters = sum(wave["letters"] for wave in waves)
    starts = f"from {_day(waves[0]['mail_date'])}" if waves else "none planned"
    release = story.get("release") or {}
    notices = story.get("notices") or {}
    to_do = sum(row["open"] for row in campaigns)
    order = sum(row["order"] for row in story["order"])
    tiles = [
        (to_do, "repairs to do", f"in {len(campaigns)} campaigns"),
        (letters, "letters planned", f"{len(waves)} waves, {starts}"),
        (release.get("printed", 0), "letters printed", _released(release)),
        (notices.get("dealers", 0), "dealers told", f"and {notices.get('areas', 0)} area managers"),
        (int(order), "parts to order", "by their dealers, now"),
    ]
    told = "".join(
        f"<div><dt>{label}</dt><dd>{value:,}</dd><dd class=note>{escape(note)}</dd></div>"
        for value, label, note in tiles
    )
    title = f"<h1>Owner re-notification <small>{escape(name)}</small></h1>"
    return f"{title}\n<dl class=tiles>{told}</dl>\n"


def _released(release: Mapping[str, Any]) -> str:
    kept = f"{release.get('withdrawn', 0):,} withdrawn"
    return f"wave 1; {kept}, {release.get('exceptions', 0):,} set aside" if release else ""


def _section(title: str, *parts: str) -> str:
    content = "".join(part for part in parts if part)
    return f"<section>\n<h2>{title}</h2>\n{content}</section>\n" if content else ""


CAPTIONS = {
    "completion": "Where the vehicles of each campaign are. Orange is what is left to do.",
    "waves": "Letters by week, by the campaigns that are open on the vehicle.",
    "workload": "The tightest dealers, week by week. Red: more hours expected than there are.",
    "parts": "Kits by week, summed up: what arrives, and what visits are expected to take.",
}


def _figure(drawings: Mapping[str, str], name: str) -> str:
    if name not in drawings:
        return ""
    return f"<figure>{drawings[name]}<figcaption>{CAPTIONS[name]}</figcaption></figure>\n"


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


def _campaigns(story: Mapping[str, Any]) -> str:
    rows = [
        (
            row["campaign"], row["involved"], row["repaired"], row["inspected_ok"],
            sum(row["unreachable"].values()), row["removed"], row["open"],
            f"{row['completion']:.1%}",
        )
        for row in story["campaigns"]
    ]  # fmt: skip
    columns = (
        "Campaign", "Involved", "Repaired", "Inspected", "Unreachable", "Removed", "Open",
        "Completion",
    )  # fmt: skip
    return _table("Vehicles by campaign; every row adds up to those involved", columns, rows)


def _waves(story: Mapping[str, Any]) -> str:
    rows = [
        (str(wave["wave"]), _day(wave["mail_date"]), wave["letters"]) for wave in story["waves"]
    ]
    return _table("Waves", ("Wave", "First day", "Letters"), rows)


def _day(value: object) -> str:
    known = value if isinstance(value, date) else date.fromisoformat(str(value))
    return f"{known:%B} {known.day}, {known.year}"


def _tightest(story: Mapping[str, Any]) -> str:
    rows = [
        (
            row["dealer"], row["area"], _day(row["week"]), round(row["hours_q90"]),
            "–" if row["capacity"] is None else round(row["capacity"]),
            round(row["short"]) if row["capacity"] is not None else "–",
        )
        for row in story["tightest"]
    ]  # fmt: skip
    columns = ("Dealer", "Area", "Week of", "Hours to plan for", "Hours on hand", "Hours to book")
    return _table("The tightest dealers, in their tightest week", columns, rows)


def _orders(story: Mapping[str, Any]) -> str:
    rows = [
        (row["part_no"], row["description"], row["dealers"], int(row["order"]))
        for row in story["order"][:SHOWN_ORDERS]
    ]
    return _table("What to order first", ("Part", "Description", "Dealers", "Order now"), rows)


def _messages(story: Mapping[str, Any]) -> str:
    told = "".join(f"<li>{escape(message)}</li>\n" for message in story["messages"])
    return f"<ul>\n{told}</ul>\n" if told else ""


def _files(story: Mapping[str, Any]) -> str:
    """Return links to what lies beside the page; a name that is not there is not linked."""
    folder = Path(story["folder"]) if story.get("folder") else None
    if folder is None:
        return ""
    links = "".join(
        f'<li><a href="{file}{"/" if (folder / file).is_dir() else ""}">{file}</a> {words}</li>\n'
        for file, words in KNOWN_FILES
        if (folder / file).exists()
    )
    return f"<ul class=files>\n{links}</ul>\n" if links else ""
