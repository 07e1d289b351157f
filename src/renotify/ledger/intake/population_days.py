"""On which day a vehicle without ``added_date`` joined its campaign, and which ended quarters a load moves.

The first list of a campaign and remedy version is dated by the campaign (``good_rows.added_on``); what comes later without a day
joins on the day of its load, and a vehicle that is in the version already keeps the day it has.
"""

from __future__ import annotations

import json
from collections.abc import Iterator
from datetime import date
from typing import NamedTuple

from renotify.ledger.campaign_history import histories
from renotify.ledger.intake.corrections import StagedEvents
from renotify.ledger.intake.staging import ROWS, StagedRows, numbers
from renotify.ledger.rulings import MOVED, stands
from renotify.ledger.session import Session
from renotify.values.calendar import Quarter
from renotify.values.english import counted

Listed = frozenset[tuple[str, int]]


class _Version(NamedTuple):
    campaign_code: str
    remedy_version: int


class _Latecomers(NamedTuple):
    campaign_code: str
    remedy_version: int
    vehicles: int


class _DatedBack(NamedTuple):
    campaign_code: str
    vehicles: int
    first: date
    until: date | None


def listed(session: Session) -> Listed:
    """Return the campaigns and remedy versions that have a population already: their first list has come."""
    rows = session.rows(_Version, "select distinct campaign_code, remedy_version from state")
    return frozenset((row.campaign_code, row.remedy_version) for row in rows)


_LATE = (
    f"{ROWS}.occurred_on is null and not exists (select 1 from state t where t.vin = {ROWS}.vin"
    f" and t.campaign_code = {ROWS}.campaign_code and t.remedy_version = {ROWS}.remedy_version)"
)


def date_latecomers(session: Session, day: date) -> Iterator[str]:
    """Date the staged rows without a day to the day of the load, where the vehicle is new to its version, and say so."""
    found = session.rows(
        _Latecomers,
        f"select campaign_code, remedy_version, count(distinct vin) as vehicles from {ROWS} where {_LATE}"
        " group by campaign_code, remedy_version order by campaign_code, remedy_version",
    )
    if found:
        session.execute(f"update {ROWS} set occurred_on = '{day.isoformat()}' where {_LATE}")
    for code, version, vehicles in found:
        of = code if version == 1 else f"{code}, remedy version {version},"
        verb = "has" if vehicles == 1 else "have"
        yield (
            f"{counted(vehicles, 'vehicle')} of {of} {verb} no added_date and came after its first list: dated {day}, the day of "
            f"this load; {Quarter.of(day)} and later count them. State added_date where they joined on another day."
        )


def moved_quarters(
    session: Session, staged: StagedRows, before: Listed, day: date
) -> Iterator[str]:
    """Say which quarters had ended and are moved by new rows that are dated back; no list was there before: nothing moved.

    A day that is corrected moves the quarters between the day of before and the new one. Call it before the states are folded.
    A code's own first list moves what its NHTSA number has reported, where another code of that number had a list before.
    """
    codes = sorted({code for code, _ in before})
    yield from _moved_by_second_codes(session, staged, codes, day)
    new = staged.with_new_event(
        "s.vin, s.campaign_code, s.remedy_version, s.kind, s.occurred_on",
        f"s.campaign_code in {session.list_values('codes')} and (s.occurred_on < '{Quarter.of(day).start}'"
        " or exists (select 1 from state k where k.vin = s.vin and k.campaign_code = s.campaign_code"
        " and k.remedy_version = s.remedy_version))",
    )
    dated = f"""select n.vin, n.campaign_code, n.occurred_on,
        case when n.kind = 'added' then t.added_on when t.status = 'removed' then t.since end as before
        from ({new}) n left join state t on t.vin = n.vin and t.campaign_code = n.campaign_code
            and t.remedy_version = n.remedy_version"""
    told = "{} added or removed on days"
    yield from _moved(session, dated, day, told, codes=json.dumps(codes))


def _moved_by_second_codes(
    session: Session, staged: StagedRows, codes: list[str], day: date
) -> Iterator[str]:
    listed = session.list_values("codes")
    number = "nhtsa_campaign_number"
    second = (
        f"select c.campaign_code from campaign c join campaign o on o.{number} = c.{number}"
        f" where c.{number} <> '' and o.campaign_code in {listed} and c.campaign_code not in {listed}"
    )
    new = staged.with_new_event(
        "s.vin, s.campaign_code, s.occurred_on, cast(null as date) as before",
        f"s.kind = 'added' and s.campaign_code in ({second})",
    )
    told = "its own list brings {} to an NHTSA number that had a list before, on days"
    yield from _moved(session, new, day, told, codes=json.dumps(codes))


def moved_by_status(
    session: Session, staged: StagedEvents, before: Listed, day: date
) -> Iterator[str]:
    """Say which quarters had ended and are moved by reports of a vehicle's status, dated back or taken back.

    Of campaigns that had a list ``before`` the load. What counts is the loss that holds on the day of the report, with this load and
    without it, until the next report or the work. Call it before the states are folded.
    """
    start = Quarter.of(day).start
    said = staged.with_new_event("s.vin, s.occurred_on", f"s.occurred_on < '{start}'")
    back = staged.taken_back("e.vin, e.occurred_on", f"e.occurred_on < '{start}'")
    with_it, without = (_loss_on_the_day(staged, known=known) for known in (True, False))
    changed = f"""select r.vin, r.occurred_on, (
            select min(e.occurred_on) from event e where e.vin = r.vin and {_IS_REPORT} and e.occurred_on > r.occurred_on
                and {stands("e")}) as next
        from ({said} union {back}) r where {with_it} <> {without}"""
    first = "case when t.added_on > c.occurred_on then t.added_on else c.occurred_on end"
    until = f"case when t.status in {_FOR_GOOD} and (c.next is null or t.since < c.next) then t.since else c.next end"
    dated = f"""select * from (
            select t.vin, t.campaign_code, {first} as occurred_on, {until} as before from ({changed}) c
            join state t on t.vin = c.vin and t.current and t.campaign_code in {session.list_values("codes")}) d
        where before is null or before > occurred_on"""
    codes = json.dumps(sorted({code for code, _ in before}))
    yield from _moved(
        session, dated, day, "reports of {} were dated or taken back to days", codes=codes
    )


_FOR_GOOD = "('repaired', 'inspected_ok', 'removed')"  # what no report of a loss moves
_IS_REPORT = "e.campaign_code is null and e.kind in ('registered', 'exported', 'stolen', 'scrapped', 'total_loss')"


def _loss_on_the_day(staged: StagedEvents, *, known: bool) -> str:
    """Return SQL of the loss that holds for ``r.vin`` on ``r.occurred_on``, blank for none: with what this load says, or without."""
    others = f"source_id not in ({numbers(staged.files)})"
    rules = stands("e") if known else f"e.{others} and {stands('e', f'later.{others}')}"
    return f"""coalesce((select nullif(e.kind, 'registered') from event e join source o on o.id = e.source_id
        where e.vin = r.vin and {_IS_REPORT} and e.occurred_on <= r.occurred_on and {rules}
        order by e.occurred_on desc, o.recorded_at desc, e.source_id desc, e.source_row desc, e.subject desc limit 1), '')"""


def moved_by_work(session: Session, staged: StagedRows, day: date) -> Iterator[str]:
    """Say which quarters had ended and are moved by work that was heard of late. Call it before the states are folded.

    Of a campaign in which nothing was known to be done before, the first list of work moves nothing.
    """
    new = staged.with_new_event(
        "s.vin, s.campaign_code, s.kind, s.occurred_on", "s.kind in ('remedied', 'inspected_ok')"
    )
    done = "('repaired', 'inspected_ok')"
    dated = f"""select n.vin, n.campaign_code, n.occurred_on, case when t.status in {done} then t.since end as before
        from ({new}) n join state t on t.vin = n.vin and t.campaign_code = n.campaign_code and t.current
        where (t.status not in {done} or n.occurred_on < t.since) and exists (
            select 1 from state d where d.campaign_code = n.campaign_code and d.status in {done})"""
    yield from _moved(session, dated, day, "{} repaired or inspected on days")


def quarters_taken_back(session: Session, staged: StagedEvents, day: date) -> Iterator[str]:
    """Say which quarters had ended and are moved by what was taken back, or said again, of their days.

    An order that moved to another vehicle leaves its work in its quarter, and is told by itself.
    """
    gone = staged.taken_back(
        "e.vin, e.campaign_code, e.occurred_on, cast(null as date) as before",
        f"e.content not like '{MOVED}%'"
        " and exists (select 1 from event w where w.vin = e.vin and w.subject = e.subject"
        " and w.kind in ('added', 'removed', 'remedied', 'inspected_ok'))",
    )
    yield from _moved(session, gone, day, "what was said of {} was taken back or restated for days")


def _moved(session: Session, events: str, day: date, what: str, **values: str) -> Iterator[str]:
    """Yield a sentence for each campaign with vin, campaign_code, occurred_on and the day ``before`` it was corrected (or null)."""
    start = Quarter.of(day).start
    first = "case when before < occurred_on then before else occurred_on end"
    until = "case when before < occurred_on then occurred_on else before end"
    rows = session.rows(
        _DatedBack,
        "select campaign_code, count(distinct vin) as vehicles, min(first) as first,"
        " case when count(until) = count(*) then max(until) end as until"
        f" from (select vin, campaign_code, {first} as first, {until} as until from ({events}) dated) moved"
        f" where first < '{start}' and (until is null or first < until) group by campaign_code order by campaign_code",
        **values,
    )
    said = histories(session, [row.campaign_code for row in rows]) if rows else {}
    for code, vehicles, since, before in rows:
        campaign, begun = said[code].last, said[code].begun.day
        if begun is None or campaign is None or campaign.family == "service":
            continue
        moved = max(Quarter.of(since), Quarter.of(begun))
        last = Quarter.of(min(before or day, day)).previous()
        if moved <= last:
            span = f"{moved}" if moved == last else f"{moved} to {last}"
            yield (
                f"{code}: {what.format(counted(vehicles, 'vehicle'))} before {start}. This moves {span}, which had "
                "ended: restate those that were reported."
            )
