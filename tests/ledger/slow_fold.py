"""The definition of open said a second time, in plain loops: slow, and independent of the SQL."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date

from ledger.history import Row

LOSS = {"exported": "export", "stolen": "theft", "scrapped": "scrapping", "total_loss": "other"}
GIVEN_UP = {"SKIP_TRACE_EXHAUSTED"}
WORK = {"remedied": "repaired", "inspected_ok": "inspected_ok"}
State = tuple[str, str, int, bool, str, str, date, date]


@dataclass
class Recorded:
    """An event as first recorded: by which load, in which row."""

    event: Row
    load: int
    place: int


def fold(
    loads: list[list[Row]], owners: Iterable[tuple[str, date]] = (), as_of: date = date.max
) -> set[State]:
    """Return the states after these loads, as things stood at the end of a day."""
    events = [event for event in _ruling(loads) if event.day <= as_of]
    seen_owners = [(vin, day) for vin, day in owners if day <= as_of]
    populations = {(one.vin, one.campaign) for one in events if one.kind == "added"}
    return {
        state
        for vin, campaign in populations
        for state in _states(vin, campaign, events, seen_owners)
    }


def _ruling(loads: list[list[Row]]) -> list[Row]:
    first: dict[tuple[str, str, str], Recorded] = {}
    for number, load in enumerate(loads):
        for place, event in enumerate(load):
            key = (event.vin, event.subject, event.content)
            first.setdefault(key, Recorded(event, number, place))
    ruling: dict[tuple[str, str], Row] = {}
    for one in sorted(first.values(), key=lambda r: (r.load, r.place)):
        ruling[one.event.vin, one.event.subject] = one.event
    return list(ruling.values())


def _states(
    vin: str, campaign: str, events: list[Row], owners: list[tuple[str, date]]
) -> list[State]:
    mine = [e for e in events if e.vin == vin and e.campaign == campaign]
    added = {e.version: e.day for e in mine if e.kind == "added"}
    versions = sorted(added)
    states: list[State] = []
    for place, version in enumerate(versions):
        begin = date.min if place == 0 else added[version]
        end = added[versions[place + 1]] if place + 1 < len(versions) else None
        removals = [e.day for e in mine if e.kind == "removed" and e.version == version]
        removed = min(removals, default=None)
        work = [
            (e.day, e.kind != "remedied", WORK[e.kind])
            for e in mine
            if e.kind in WORK
            and begin <= e.day
            and (end is None or e.day < end)
            and (removed is None or e.day < removed)
        ]
        status, reason, since = "open", "", added[version]
        away = _lost(vin, events) or _unread(vin, mine, owners)
        if work:
            since, _, status = min(work)
        elif removed is not None:
            status, since = "removed", removed
        elif away:
            status, (reason, since) = "unreachable", away
        current = version == versions[-1]
        states.append((vin, campaign, version, current, status, reason, since, added[version]))
    return states


def _lost(vin: str, events: list[Row]) -> tuple[str, date] | None:
    reports = [e for e in events if e.vin == vin and (e.kind == "registered" or e.kind in LOSS)]
    if not reports:
        return None
    last = max(reports, key=lambda e: e.day)
    return (LOSS[last.kind], last.day) if last.kind in LOSS else None


def _unread(vin: str, mine: list[Row], owners: list[tuple[str, date]]) -> tuple[str, date] | None:
    letters: dict[str, list[Row]] = {}
    for event in mine:
        if event.kind in ("mailed", "returned"):
            letters.setdefault(event.about, []).append(event)
    if not letters:
        return None
    days = {letter: min(e.day for e in events) for letter, events in letters.items()}
    last = [letter for letter, day in days.items() if day == max(days.values())]
    backs = []
    for letter in last:
        back = [e.day for e in letters[letter] if e.kind == "returned" and e.code in GIVEN_UP]
        if not back:
            return None
        backs.append(max(back))
    if any(owner == vin and day > max(days.values()) for owner, day in owners):
        return None
    return "failure_to_receive", max(backs)
