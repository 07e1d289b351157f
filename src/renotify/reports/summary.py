"""The page of a follow-up on a day: what a manager reads in a minute, on screen or paper, with its lists beside it.

One function for every follow-up, the demo's too. The page is one file that opens anywhere: style, charts, pictures and figures stand
in it, it needs no script, and it names no person.
"""

from __future__ import annotations

import os
from collections.abc import Callable
from dataclasses import replace
from datetime import date
from pathlib import Path
from typing import NamedTuple

from renotify.charts.area_map import area_map
from renotify.charts.completion_bars import completion_bars
from renotify.charts.completion_by_week import completion_by_week
from renotify.charts.dealer_heat_map import dealer_heat_map
from renotify.charts.kits_by_week import kits_by_week
from renotify.charts.letters_by_week import letters_by_week
from renotify.charts.waves_against_limits import waves_against_limits
from renotify.errors import Refused
from renotify.ledger import follow_ups
from renotify.ledger.session import Session
from renotify.reports.calendar_file import write_calendar
from renotify.reports.deadlines import as_table
from renotify.reports.follow_up_figures import FollowUpFigures, FollowUpLists, figures, lists
from renotify.reports.of_the_day import OfTheDay, of_the_day
from renotify.reports.summary_page import page
from renotify.stock.delivery_hold import holds_of
from renotify.values.list_file import in_both_names, write_list
from renotify.values.progress_callback import Progress, Steps

SHOWN_DEALERS = 12  # in the heat map; the table of all dealers has every one
STEPS = ("figures", "what changed", "lists", "pictures")


class Summary(NamedTuple):
    """The page and the lists that were written, and the figures that they show."""

    page: Path
    lists: tuple[Path, ...]
    figures: FollowUpFigures


def write_summary(
    session: Session,
    name: str,
    *,
    on: date,
    file: Path,
    beside: Path | None = None,
    progress: Progress | None = None,
) -> Summary:
    """Write the page of a planned follow-up on a day, and its lists into ``beside``, by default a folder named after the page.

    Raises UnknownName, NothingToDo when the follow-up has no plan yet, and Refused for a day before its list was frozen; nothing is
    written then.
    """
    frozen_on = follow_ups.frozen_on(session, name)
    if on < frozen_on:
        raise Refused(
            f"The list of {name} was frozen on {frozen_on}: on {on} there was nothing of it to show.",
            f"Give a day from then on: renotify summary {name} --on {frozen_on}",
        )
    steps = Steps(f"Summary of {name}", STEPS, progress)
    steps.begin()
    own = lists(session, name, on)
    known = figures(session, name, on, own)
    steps.begin()
    campaigns = follow_ups.settings(session, name, on).campaigns
    day = of_the_day(session, name, on, campaigns, own.workload, known.load, known.kits)
    known = replace(known, day=day)
    steps.begin()
    file.parent.mkdir(parents=True, exist_ok=True)
    folder = beside or file.with_name(f"{file.stem}-lists")
    written = _write_lists(session, folder, own, day)
    steps.begin()
    links = {path.name: os.path.relpath(path, file.parent) for path in written}
    text = page(known, draw(known), folder=file.parent, lists=links)
    file.write_text(text, encoding="utf-8")
    steps.end()
    return Summary(file, written, known)


def _write_lists(
    session: Session, folder: Path, own: FollowUpLists, day: OfTheDay
) -> tuple[Path, ...]:
    """Write the whole lists that the page shows the first rows of: each as the command of its name writes it."""
    folder.mkdir(parents=True, exist_ok=True)
    tables = {
        "orders": own.orders,
        "workload": own.workload.table,
        "holds": holds_of(session, on=day.on),
        "deadlines": as_table(day.clocks),
    }
    written = [
        write_list(folder / f"{kind}.csv", in_both_names(rows), day.on)
        for kind, rows in tables.items()
    ]
    if any(one["due"] for one in day.clocks):
        write_calendar(folder / "deadlines.ics", day.clocks, day.on)
        written.append(folder / "deadlines.ics")
    return tuple(written)


def draw(known: FollowUpFigures) -> dict[str, str]:
    """Return the charts that there are figures for, by name."""
    drawn: list[tuple[str, bool, Callable[[], str]]] = [
        ("completion", bool(known.campaigns), lambda: completion_bars(known.campaigns)),
        ("waves", bool(known.letters.letters.any()), lambda: letters_by_week(known.letters)),
        ("workload", bool(known.load.hours.any()), lambda: dealer_heat_map(known.load, shown=SHOWN_DEALERS)),
        ("parts", bool(known.kits.parts), lambda: kits_by_week(known.kits)),
    ]  # fmt: skip
    if day := known.day:
        limits = day.limits
        drawn += [
            ("expected", bool(day.completion.campaigns), lambda: completion_by_week(day.completion)),
            ("limits", bool(limits.letters.any() or limits.hours.any()), lambda: waves_against_limits(limits)),
            ("areas", any(one.dealers for one in day.areas), lambda: area_map(day.areas)),
        ]  # fmt: skip
    return {name: chart() for name, is_known, chart in drawn if is_known}
