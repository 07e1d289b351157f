"""What opens each figure of a follow-up's page: its number, and the command that lists what it counts."""

from __future__ import annotations

import shlex
from collections.abc import Iterator
from dataclasses import replace
from html import escape
from typing import NamedTuple

from renotify.ledger.kinds import Status
from renotify.ledger.pieces import PRINTED_ONCE
from renotify.reports.follow_up_figures import FollowUpFigures
from renotify.reports.page_parts import Right, table
from renotify.values.english import counted, of_count, short_month_day
from renotify.vehicle_lists.asked import ANY_WAVE, Asked, command

PARTS = {
    Status.REPAIRED: "repaired in",
    Status.INSPECTED_OK: "inspected in",
    Status.UNREACHABLE: "unreachable in",
    Status.REMOVED: "removed from",
    Status.OPEN: "open for",
}  # in the order of a campaign's parts


class Opened(NamedTuple):
    """A figure: what it counts, its number, and the command that lists it."""

    what: str
    number: int
    command: str


def opened_figures(known: FollowUpFigures) -> list[Opened]:
    """Return the counts of the page, each with its command: the whole first, then by campaign, wave, week and area."""
    return [*_counted(_whole(known)), *_counted(_parts(known))]


def of_the_whole(known: FollowUpFigures) -> list[Opened]:
    """Return the counts of the whole alone, each with its command."""
    return _counted(_whole(known))


def _counted(figures: Iterator[Opened]) -> list[Opened]:
    return [one._replace(what=of_count(one.number, one.what)) for one in figures if one.number]


def _whole(known: FollowUpFigures) -> Iterator[Opened]:
    name, sent, on = known.name, known.sent, known.on
    codes = tuple(one.campaign for one in known.campaigns)
    to_do = command(Asked(campaigns=codes, statuses=("open",), as_of=on))
    yield Opened("repairs to do", sum(one.open for one in known.campaigns), to_do)
    planned = command(Asked(follow_up=name, letters=True, waves=(ANY_WAVE,)))
    yield Opened("letters planned", sum(wave.letters for wave in known.waves), planned)
    printed = Asked(follow_up=name, letters=True, pieces=tuple(sorted(PRINTED_ONCE)))
    yield Opened("letters printed", sent.printed, command(printed))
    for what, count, state in (
        ("letters withdrawn", sent.withdrawn, "withdrawn"),
        ("letters set aside", sent.exceptions, "exception"),
    ):
        own = Asked(follow_up=name, letters=True, pieces=(state,))
        yield Opened(what, count, command(own))
    yield Opened("dealers told", sent.dealers, _call("notices", name, "--receipts"))
    kits = sum(one.quantity for one in known.orders)
    yield Opened("parts to order", kits, _call("parts", "order", *_on(known)))
    if known.day is not None:
        short = int(known.load.short_of_hours.sum())
        yield Opened("dealers short of hours", short, _call("workload", name, *_on(known)))
        overdue = sum(one["state"] == "overdue" for one in known.day.to_do)
        yield Opened("clocks overdue", overdue, _call("deadlines", *_on(known)))


def _parts(known: FollowUpFigures) -> Iterator[Opened]:
    for one in known.campaigns:
        asked = Asked(campaigns=(one.campaign,), as_of=known.on)
        yield Opened(f"involved in {one.campaign}", sum(one.parts), command(asked))
        for (state, words), count in zip(PARTS.items(), one.parts, strict=True):
            own = replace(asked, statuses=(state,))
            yield Opened(f"{words} {one.campaign}", count, command(own))
    for wave in known.waves:
        own = Asked(follow_up=known.name, letters=True, waves=(wave.number,))
        yield Opened(f"letters of wave {wave.number}", wave.letters, command(own))
    if known.day is not None:
        codes = tuple(one.campaign for one in known.campaigns)
        day = short_month_day(known.day.on)
        for change in known.day.changes:
            if change.opens:
                yield Opened(
                    f"{change.what[:1].lower()}{change.what[1:]} by {day}", change.now, change.opens
                )
        for area in known.day.areas:
            own = Asked(campaigns=codes, statuses=("open",), as_of=known.on)
            yield Opened(f"open in area {area.area}", area.open, command(own, area=area.area))


def _on(known: FollowUpFigures) -> tuple[str, ...]:
    return ("--on", str(known.on)) if known.on else ()


def _call(*words: str) -> str:
    return shlex.join(["renotify", *words])


def opened_table(known: FollowUpFigures) -> str:
    """Return the figures as a table of the page of a day, each with its command."""
    if known.day is None:
        return ""
    found = opened_figures(known)
    rows = [(one.what, Right(f"{one.number:,}"), one.command) for one in found]
    caption = f"{counted(len(found), 'count')} of this page, and the command that lists what each of them counts"
    return table(escape(caption), ("Figure", "Count", "Command"), rows) if found else ""
