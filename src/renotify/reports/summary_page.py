"""The page of a follow-up as HTML: figures, charts and pictures in, one text out. It fetches nothing and needs no script."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import date
from html import escape
from importlib.resources import files
from pathlib import Path

from renotify.charts.completion_by_week import CompletionByWeek
from renotify.reports.follow_up_figures import FollowUpFigures, PlannedWave, SentCounts
from renotify.reports.of_the_day import OfTheDay
from renotify.reports.opened_figures import opened_table
from renotify.reports.page_parts import (
    NONE,
    Right,
    every_dealer,
    figure,
    heat_style,
    picture,
    section,
    table,
)
from renotify.reports.plan_age import next_wave, plan_age
from renotify.reports.since_last_week import WEEK, in_words
from renotify.values.english import counted, long_day, percent, short_month_day
from renotify.vehicle_lists.asked import Asked, command

SYNTHETIC = "Synthetic data: every vehicle, owner and dealer in this follow-up is made up."
EVERY_DEALER = "Every dealer by week"
SHOWN_ORDERS = 8
SHOWN_CLOCKS = 10
LISTS = {
    "orders.csv": "What each dealer should order, and what it is allotted",
    "workload.csv": "Visits and hours of each dealer and week",
    "holds.csv": "Stock vehicles on hold",
    "deadlines.csv": "Every clock of the law that runs",
    "deadlines.ics": "Their days, for a calendar",
}
KNOWN_FILES = (
    ("letters", "Letters of the released waves, with manifest and job ticket"),
    ("notices", "Notices to dealers and area managers, and each dealer's vehicles"),
    ("report", "Quarterly reports: sheets for NHTSA's portal, and NHTSA's 13 fields"),
    ("plan.json", "The plan, with what the planner says"),
    ("input", "The input files"),
    ("rejects", "Rows that were refused, with reasons"),
)


def page(
    known: FollowUpFigures,
    drawings: Mapping[str, str],
    *,
    folder: Path | None = None,
    lists: Mapping[str, str] | None = None,
) -> str:
    """Return the page of a follow-up.

    ``folder`` is where the page will lie: known files that are there are linked; ``lists`` are the lists beside it, by name, and where.
    A banner at the top says that nothing here is about a real person where the ledger's owners are made up.
    """
    style = (files("renotify.reports") / "summary.css").read_text("utf-8") + heat_style()
    day = known.day
    note = f'<header><p class="banner" role="note">{SYNTHETIC}</p></header>'
    banner = note if day and day.made_up else ""
    body = "".join(
        (
            _head(known),
            section("Since last week", _changes(day)),
            section(
                "Campaigns",
                figure(drawings, "expected"),
                figure(drawings, "completion"),
                _campaigns(known),
                _behind(known),
            ),
            section(
                "Waves of letters",
                figure(drawings, "limits"),
                figure(drawings, "waves"),
                _waves(known),
            ),
            section("Areas", figure(drawings, "areas"), _areas(day)),
            section("Dealers", _tightest(known), figure(drawings, "workload"), _all_dealers(known)),
            section("Parts", _orders(known), figure(drawings, "parts")),
            section("The letter", picture(*day.letter) if day else ""),
            section("Clocks of the law", _clocks(day)),
            section("What the plan is worth", _worth(known)),
            section("Look at this", _messages(known)),
            section(EVERY_DEALER, every_dealer(known.load)),
            section("What opens each figure", opened_table(known)),
            section("Files", _files(folder, lists or {})),
        )
    )
    return (
        '<!doctype html>\n<html lang="en">\n<head>\n<meta charset="utf-8">\n'
        '<meta name="viewport" content="width=device-width, initial-scale=1">\n'
        f"<title>Follow-up {escape(known.name)}</title>\n<style>\n{style}</style>\n</head>\n"
        f"<body>\n{banner}\n<main>\n{body}</main>\n</body>\n</html>\n"
    )


def _head(known: FollowUpFigures) -> str:
    """Return the title, the sentence of the week, and the figures that say in five seconds how it stands."""
    day = known.day
    when = f", {long_day(day.on)}" if day else ""
    title = f"<h1>Owner re-notification <small>{escape(known.name)}{when}</small></h1>"
    lead = f"<p class=lead>{escape(in_words(day.changes))}</p>\n" if day else ""
    old = plan_age(known, day.on) if day else ""
    lead += f"<p class=behind-time role=note>{escape(old)}</p>\n" if old else ""
    shown = "".join(
        f"<div{' class=alarm' if alarm else ''}><dt>{label}</dt><dd>{value:,}</dd><dd class=note>{escape(note)}</dd></div>"
        for value, label, note, alarm in _tiles(known)
    )
    return f"{title}\n{lead}<dl class=tiles>{shown}</dl>\n"


def _tiles(known: FollowUpFigures) -> list[tuple[int, str, str, bool]]:
    """Return the figures at the top: each with its name, a note, and whether somebody must act on it."""
    sent, waves, day = known.sent, known.waves, known.day
    to_do = sum(one.open for one in known.campaigns)
    starts = f"from {long_day(waves[0].first_day)}" if waves else "none planned"
    planned = sum(wave.letters for wave in waves)
    tiles = [
        (to_do, "repairs to do", f"in {counted(len(known.campaigns), 'campaign')}", False),
        (planned, "letters planned", f"{counted(len(waves), 'wave')}, {starts}", False),
        (sent.printed, "letters printed", _released(sent), False),
        (sent.dealers, "dealers told", f"and {counted(sent.areas, 'area manager')}", False),
        (sum(one.quantity for one in known.orders), "parts to order", "by their dealers, now", False),
    ]  # fmt: skip
    if day is None:
        return tiles
    ahead = next_wave(known, day.on)
    when = f"wave {ahead.number}, from {long_day(ahead.first_day)}" if ahead else _none_ahead(waves)
    short = int(known.load.short_of_hours.sum())
    overdue = sum(one["state"] == "overdue" for one in day.to_do)
    return [
        *tiles,
        (ahead.letters if ahead else 0, "letters in the next wave", when, False),
        (short, "dealers short of hours", "more work than hours in some week", short > 0),
        (overdue, "clocks overdue", f"and {len(day.to_do) - overdue:,} due within 15 days", overdue > 0),
    ]  # fmt: skip


def _none_ahead(waves: Sequence[PlannedWave]) -> str:
    if all(wave.released for wave in waves):
        return "every wave is released"
    return "every wave is released, or its week is past"


def _released(sent: SentCounts) -> str:
    if not sent.waves:
        return "no wave is released"
    kept = f"{sent.withdrawn:,} withdrawn, {sent.exceptions:,} set aside"
    return f"in {counted(sent.waves, 'released wave')}; {kept}"


def _changes(day: OfTheDay | None) -> str:
    if day is None:
        return ""
    rows = [
        (one.what, one.before, one.now, Right(f"{one.more:+,}" if one.more else "0"))
        for one in day.changes
    ]
    columns = ("Measure", f"By {short_month_day(day.on - WEEK)}", f"By {short_month_day(day.on)}", "In the week")  # fmt: skip
    return table("Each thing on the day on which it happened, as far as it is known now", columns, rows)  # fmt: skip


def _campaigns(known: FollowUpFigures) -> str:
    coming = _expected(known.day.completion) if known.day else {}
    rows = [
        (
            one.campaign, sum(one.parts), *one.parts, Right(percent(one.completion)),
            *([Right(coming.get(one.campaign, NONE))] if coming else []),
        )
        for one in known.campaigns
    ]  # fmt: skip
    until = f"By {short_month_day(known.day.completion.days[-1])}" if known.day and coming else ""
    columns = (
        "Campaign", "Involved", "Repaired", "Inspected", "Unreachable", "Removed", "Open",
        "Completion", *([until] if coming else []),
    )  # fmt: skip
    later = (
        f"; {until[:1].lower()}{until[1:]} as expected{known.day.completion.cases}"
        if known.day and until
        else ""
    )
    return table(f"Vehicles by campaign; every row adds up to those involved{later}", columns, rows)


def _expected(completion: CompletionByWeek) -> dict[str, str]:
    """Return the interval of each campaign's completion at the end."""
    ends = zip(completion.low[:, -1].tolist(), completion.high[:, -1].tolist(), strict=True)
    return {
        code: f"{100 * low:.1f} to {percent(high)}"
        for code, (low, high) in zip(completion.campaigns, ends, strict=True)
    }


def _behind(known: FollowUpFigures) -> str:
    """Return the command that lists what is open."""
    if not known.campaigns:
        return ""
    asked = Asked(
        statuses=("open",), campaigns=tuple(one.campaign for one in known.campaigns), as_of=known.on
    )
    return f"<p class=behind>The list behind the open ones: <code>{escape(command(asked))}</code></p>\n"  # fmt: skip


def _waves(known: FollowUpFigures) -> str:
    rows = [(str(wave.number), long_day(wave.first_day), wave.letters) for wave in known.waves]
    return table("Waves", ("Wave", "First day", "Letters"), rows)


def _areas(day: OfTheDay | None) -> str:
    rows = [
        (one.area, one.open, Right(percent(one.completion)), one.known_dealers, one.short_of_hours)
        for one in sorted(day.areas if day else (), key=lambda one: one.completion)
    ]
    columns = ("Area", "Open", "Completion", "Dealers", "Of them short of hours")
    return table("Areas, the least complete first", columns, rows)


def _worth(known: FollowUpFigures) -> str:
    """Return the plan beside the rules of thumb: what each brings within the same limits."""
    first = known.worth[0].risk_removed if known.worth else 0.0
    rows = [
        (
            one.rule[:1].upper() + one.rule[1:], round(one.risk_removed), Right(percent(one.share)),
            Right(percent(1 - one.risk_removed / first) if place and first else NONE),
            Right(NONE if one.gravest_wait is None else f"{one.gravest_wait:.1f}"),
            one.without_letter, round(one.peak_hours),
        )
        for place, one in enumerate(known.worth)
    ]  # fmt: skip
    columns = (
        "Who is written to", "Risk removed", "Of what is possible", "Less than the plan", "Weeks that the gravest wait",
        "Owners without a letter", "Hours of the busiest week",
    )  # fmt: skip
    caption = "The plan and rules of thumb within the same limits of mail, kits and hours; risk in vehicle-weeks, as expected"
    return table(caption, columns, rows)


def _tightest(known: FollowUpFigures) -> str:
    rows = [
        (
            one.dealer, one.area, long_day(one.week), Right(f"{one.hours:.1f}"),
            Right(NONE if one.capacity is None else f"{one.capacity:.1f}"),
            Right(NONE if one.capacity is None else f"{one.late_visits:.1f}"),
            Right(NONE) if one.capacity is None else one.days,
        )
        for one in known.tightest
    ]  # fmt: skip
    columns = (
        "Dealer", "Area", "Week of", "Hours expected", "Hours on hand", "Visits that wait too long", "Days to book",
    )  # fmt: skip
    return table("The tightest dealers, in their tightest week", columns, rows)


def _all_dealers(known: FollowUpFigures) -> str:
    """Return where the dealers stand that the drawing has no room for."""
    load = known.load
    return (
        f"<p>All {counted(len(load.dealers), 'dealer')} stand below, under {EVERY_DEALER}.</p>\n"
        if load.hours.any()
        else ""
    )


def _orders(known: FollowUpFigures) -> str:
    rows = [
        (one.part_no, one.description, one.dealers, one.quantity)
        for one in known.orders[:SHOWN_ORDERS]
    ]
    rest = known.orders[SHOWN_ORDERS:]
    kits = sum(one.quantity for one in rest)
    more = (
        f"; {counted(len(rest), 'more part')} with {counted(kits, 'kit')} in the list beside this page"
        if rest
        else ""
    )
    return table(
        f"What to order first{more}", ("Part", "Description", "Dealers", "Order now"), rows
    )


def _clocks(day: OfTheDay | None) -> str:
    """Return the clocks that ask for something, the first of them; the list beside the page has all."""
    if day is None:
        return ""
    rows = [
        (one["state"], _day(one["due"]), one["campaign"], one["what"], one["citation"])
        for one in day.to_do[:SHOWN_CLOCKS]
    ]
    rest = len(day.to_do) - len(rows)
    more = f"; {counted(rest, 'more stands', 'more stand')} in the list beside this page" if rest else ""  # fmt: skip
    return table(f"Overdue, and due within 15 days{more}", ("State", "Due", "Of", "What", "Rule"), rows)  # fmt: skip


def _day(due: date | None) -> str:
    return long_day(due) if due else NONE


def _messages(known: FollowUpFigures) -> str:
    items = "".join(f"<li>{escape(message)}</li>\n" for message in known.messages)
    return f"<ul>\n{items}</ul>\n" if items else ""


def _files(folder: Path | None, lists: Mapping[str, str]) -> str:
    """Return links to the lists and to what else lies beside the page; a name that is not there is not linked."""
    found = [(lists[name], name, words) for name, words in LISTS.items() if name in lists]
    if folder is not None:
        there = [(name, words) for name, words in KNOWN_FILES if (folder / name).exists()]
        found += [(f"{name}{'/' if (folder / name).is_dir() else ''}", name, words) for name, words in there]  # fmt: skip
    return _links(found)


def _links(found: Sequence[tuple[str, str, str]]) -> str:
    links = "".join(
        f'<li><a href="{escape(where)}">{escape(name)}</a> {words}</li>\n'
        for where, name, words in found
    )
    return f"<ul class=files>\n{links}</ul>\n" if links else ""
