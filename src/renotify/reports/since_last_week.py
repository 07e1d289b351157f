"""What changed in a follow-up within a week: repairs, letters, returns, visits and receipts, by the day on which each happened.

What became known late of an earlier day counts on that day, in both columns: this week's page never blames last week for what nobody knew.
What was known of a day stays: a letter that is spoiled was released, and a visit that is cancelled was booked.
A measure has the command that lists what it counts on the day. Of visits each vehicle of the list counts once, as it is listed.
"""

from __future__ import annotations

import shlex
from collections.abc import Collection, Sequence
from dataclasses import replace
from datetime import date, timedelta
from typing import NamedTuple

from renotify.ledger.kinds import Status
from renotify.ledger.pieces import released_by
from renotify.ledger.session import Session
from renotify.ledger.standing_visits import visit_made_by, visit_stands
from renotify.ledger.status import Count
from renotify.values.english import counted
from renotify.vehicle_lists.asked import Asked, command

WEEK = timedelta(weeks=1)
_LETTERS = f"""
    select cast(sum(case when {released_by("p", ":day")} then 1 else 0 end) as integer) as released,
           cast(sum(case when mailed_on <= :day then 1 else 0 end) as integer) as mailed,
           cast(sum(case when returned_on <= :day then 1 else 0 end) as integer) as returned
    from piece p where follow_up = :name"""
BOOKED = "Vehicles with a visit booked, whatever became of it"
PAST = "Of these past and not reported"
ACKNOWLEDGED = "Dealers that acknowledged"
DONE = (Status.REPAIRED, Status.INSPECTED_OK)
_VISITS = f"""
    select count(distinct a.vin) from appointment a
    where {visit_made_by("a", ":day")}
    and exists (select 1 from listed l where l.vin = a.vin and l.follow_up = :name and l.left_out = '')"""
_PAST = f"""
    select count(distinct a.vin) from appointment a
    where {visit_stands("a")} and coalesce(a.booked_on, a.first_loaded_on) <= :day
    and substr(a.start, 1, 10) < cast(:day as text)
    and exists (select 1 from listed l where l.vin = a.vin and l.follow_up = :name and l.left_out = '')"""
_RECEIPTS = """
    select count(distinct code) from notice
    where follow_up = :name and audience = 'dealer' and acknowledged_at <> '' and substr(acknowledged_at, 1, 10) <= cast(:day as text)"""


class Change(NamedTuple):
    """One measure: its name and how much it was by the day a week before, and by the day; ``opens`` lists what ``now`` counts."""

    what: str
    before: int
    now: int
    opens: str = ""

    @property
    def more(self) -> int:
        """How much came in the week; below zero where it became less."""
        return self.now - self.before


class Mailed(NamedTuple):
    """Letters of a follow-up that were released to the mail house, mailed, and came back by a day."""

    released: int | None
    mailed: int | None
    returned: int | None


def since_last_week(
    session: Session, name: str, on: date, before: Collection[Count], now: Collection[Count]
) -> tuple[Change, ...]:
    """Return how much each measure of a follow-up was on a day and a week before; the counts of its campaigns on both days are given."""
    days = (on - WEEK, on)
    mailed = [session.rows(Mailed, _LETTERS, name=name, day=day)[0] for day in days]
    visits, past, receipts = (
        [int(session.scalar(sql, name=name, day=day)) for day in days]
        for sql in (_VISITS, _PAST, _RECEIPTS)
    )
    codes = tuple(sorted(one.campaign for one in now))

    def standing(*states: Status) -> str:
        return command(Asked(campaigns=codes, statuses=states, as_of=on))

    of_letters = Asked(follow_up=name, letters=True)
    of_visits = Asked(follow_up=name, left_out=("",))

    def summed(rows: Collection[Count], part: str) -> int:
        return sum(getattr(one, part) for one in rows)

    return (
        Change("Repairs done", summed(before, "done"), summed(now, "done"), standing(*DONE)),
        Change("Repairs open", summed(before, "open"), summed(now, "open"), standing(Status.OPEN)),
        Change("Out of reach", summed(before, "unreachable"), summed(now, "unreachable"), standing(Status.UNREACHABLE)),
        _of_letters("Letters released", [one.released for one in mailed], replace(of_letters, released_by=on)),
        _of_letters("Letters mailed", [one.mailed for one in mailed], replace(of_letters, mailed_by=on)),
        _of_letters("Letters that came back", [one.returned for one in mailed], replace(of_letters, returned_by=on)),
        Change(BOOKED, visits[0], visits[1], command(replace(of_visits, visit_made_by=on))),
        Change(PAST, past[0], past[1], command(replace(of_visits, visit_before=on))),
        Change(ACKNOWLEDGED, receipts[0], receipts[1], shlex.join(("renotify", "notices", name, "--receipts"))),
    )  # fmt: skip


def _of_letters(what: str, counts: Sequence[int | None], asked: Asked) -> Change:
    before, now = (one or 0 for one in counts)
    return Change(what, before, now, command(asked))


def in_words(changes: Collection[Change]) -> str:
    """Return what the week brought in one sentence."""
    more = {one.what: one.more for one in changes}
    if not any(more.values()):
        return "Nothing has changed in the last week."
    return (
        f"In the last week {counted(more['Repairs done'], 'repair was done', 'repairs were done')},"
        f" {counted(more['Letters released'], 'letter was released', 'letters were released')},"
        f" {more['Letters mailed']:,} mailed,"
        f" {more['Letters that came back']:,} came back, and"
        f" {counted(more[BOOKED], 'vehicle had its first visit booked', 'vehicles had their first visit booked')}."
    )
