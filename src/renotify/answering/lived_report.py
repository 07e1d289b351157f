"""The weeks of a play as its readers lived them: the analyst, the mail house, the parts manager, the dealers and the owners."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable
from typing import Any

import numpy as np

from renotify.answering.answering_world import AnsweringWorld, LivedWeek
from renotify.values.english import counted, series

SHOWN = 3  # parts and dealers that a sentence names


def document(world: AnsweringWorld, expected_visits: float) -> dict[str, Any]:
    """Return a play as JSON: its weeks by their Mondays, what happened by name, and a sentence for each reader.

    ``expected_visits`` are those that the plan in force expected of these weeks when the play began.
    """
    return {
        "follow_up": world.start.follow_up,
        "weeks": [_week(one) for one in world.weeks],
        "happened": dict(sorted(world.happened.items())),
        "came_back": dict(sorted(world.post.codes.items())),
        "sent_before": _sent_before(world),
        "expected_visits": round(expected_visits, 1),
        "said": [
            *_analyst(world),
            *_mail_house(world),
            *_parts(world),
            *_dealers(world),
            *_owners(world, expected_visits),
        ],
    }


def _week(one: LivedWeek) -> dict[str, Any]:
    worked, said = one.worked, one.said
    return {
        "week": one.monday.isoformat(),
        "letters": one.printed,
        "printed_again": sum(done["printed"] for done in said.reprinted),
        "sent_again": sum(done["pieces"] for done in said.resent),
        "asked": one.asked,
        "without_a_letter": one.walked_in,
        "repaired": one.repaired,
        "no_shows": worked.no_shows,
        "put_off_for_kits": sum(worked.without_kits.values()),
        "put_off_for_hours": sum(worked.without_hours.values()),
        "hours_worked": round(sum(worked.hours.values()), 1),
        "promises_not_shipped": len(one.unkept),
        "told": sorted(said.told),
    }


def _analyst(world: AnsweringWorld) -> Iterable[str]:
    released = [done for one in world.weeks for done in one.said.released]
    letters = sum(done["printed"] for done in released)
    withdrawn = sum(done["withdrawn"] for done in released)
    told = sum(bool(one.said.told) for one in world.weeks)
    yield (
        f"Analyst: {counted(len(world.weeks), 'Monday')}; {counted(letters, 'letter')} in {counted(len(released), 'wave')},"
        f" {counted(withdrawn, 'letter')} withdrawn because the vehicle needed none any more; notices to dealers on"
        f" {counted(told, 'Monday')}."
    )
    for one in world.weeks:
        yield from (f"Analyst: on {one.said.on} {held}" for held in one.said.held)
    if len(world.analyst.names) > 1:
        yield f"Analyst: {counted(len(world.analyst.names) - 1, 'list')} of silent owners, {series(world.analyst.names[1:])}."


def _sent_before(world: AnsweringWorld) -> dict[str, int]:
    """Letters that were released before the play, and those of them for which no answer had come."""
    pieces = [(len(one.pieces), one.mailed_on is None) for one in world.start.sent]
    return {
        "letters": sum(count for count, _ in pieces),
        "awaiting": sum(count for count, waits in pieces if waits),
    }


def _mail_house(world: AnsweringWorld) -> Iterable[str]:
    weeks = world.weeks
    most = max(weeks, key=lambda one: one.printed)
    again = sum(done["printed"] for one in weeks for done in one.said.reprinted)
    sent = sum(done["pieces"] for one in weeks for done in one.said.resent)
    yield (
        f"Mail house: at most {counted(most.printed, 'piece')} in a week, that of {most.monday}; {counted(again, 'letter')} printed again,"
        f" {counted(sent, 'letter')} that came back sent again."
    )
    if before := _sent_before(world)["awaiting"]:
        waiting = sum(one.sent_before for due in world.post.evidence.values() for one in due)
        answered = f"it answered for {before - waiting:,} of {counted(before, 'letter')}"
        yield f"Mail house: {answered} that waited for its answer when the play began."


def _parts(world: AnsweringWorld) -> Iterable[str]:
    lacking: Counter[str] = Counter()
    for one in world.weeks:
        lacking.update(one.worked.without_kits)
    for part, times in lacking.most_common(SHOWN):
        weeks = [one.monday for one in world.weeks if one.worked.without_kits[part]]
        yield (
            f"Parts: {part} was missing at {counted(times, 'visit')}, in the weeks from {weeks[0]} to {weeks[-1]};"
            f" {world.books.fitted[part]:g} fitted, {world.books.in_pool(part):g} in the pool at the end."
        )
    late = {number for one in world.weeks for number in one.unkept}
    if late:
        promises = counted(len(late), "promise of kits", "promises of kits")
        yield f"Parts: {promises} could not be shipped in the week of the promise."
    if not lacking:
        yield "Parts: no visit was put off for want of a kit."


def _dealers(world: AnsweringWorld) -> Iterable[str]:
    put_off: Counter[str] = Counter()
    worst = (0.0, "", world.start.first_monday, 0.0)
    for one in world.weeks:
        put_off.update(one.worked.without_hours)
        there = dict(zip(world.start.dealers, world.start.hours_of(one.week).tolist(), strict=True))
        for code, worked in one.worked.hours.items():
            worst = max(worst, (worked / max(there[code], 1e-9), code, one.monday, worked))
    share, dealer, monday, hours = worst
    if dealer:
        full = f", {share:.0%} of its hours" if share else ""
        yield f"Dealers: the fullest week was that of {monday} at {dealer}, which worked {hours:.1f} h{full}."
    if put_off:
        named = series([code for code, _ in put_off.most_common(SHOWN)])
        where = f"{counted(len(put_off), 'dealer')}, most at {named}"
        yield f"Dealers: {counted(put_off.total(), 'visit')} put off for want of hours at {where}."
    else:
        yield "Dealers: no visit was put off for want of hours."


def _owners(world: AnsweringWorld, expected: float) -> Iterable[str]:
    asked, walked = sum(one.asked for one in world.weeks), world.happened["walked in"]
    yield (
        f"Owners: {counted(asked, 'owner')} asked for a visit, {walked:,} of them without a letter; the plan in force expected"
        f" {counted(expected, 'visit')} of its letters and of these."
    )
    waits = np.array([wait for one in world.weeks for wait in one.worked.waits])
    if len(waits):
        half, most = (int(np.quantile(waits, level, method="inverted_cdf")) for level in (0.5, 0.9))
        yield (
            f"Owners: {counted(len(waits), 'vehicle')} done, half of them by the end of week {half} after the call, nine of ten by the"
            f" end of week {most}; {counted(world.happened['no shows'], 'visit')} whose owner did not come."
        )
    back, lost = world.post.codes.total(), int((world.owners.nowhere & world.owners.open).sum())
    yield f"Owners: {counted(back, 'letter')} came back, and {counted(lost, 'owner')} could not be found in the end."
