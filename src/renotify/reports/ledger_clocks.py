"""What the clocks need of the ledger: letters vehicle by vehicle, counts, days of notices and repairs, how far follow-ups are."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace
from datetime import date, timedelta
from typing import Any, NamedTuple

import pyarrow as pa

from renotify.campaigns.follow_up_settings import JOINED
from renotify.campaigns.letter_facts import free_remedy_clock, noticed_or_ordered
from renotify.ledger import artifacts, fold, follow_ups, pieces, registry, status
from renotify.ledger.first_letters import OF_FIRST
from renotify.ledger.first_owned import EVER
from renotify.ledger.notice_editions import IN_HAND
from renotify.ledger.rulings import IS_OUTCOME, stands
from renotify.ledger.session import Session
from renotify.ledger.stated_days import Stated
from renotify.ledger.stated_first_notices import stated_first_notices
from renotify.reports import closed_by_ledger
from renotify.reports.campaign_clocks import Known
from renotify.reports.clock_counts import (
    ADDED,
    FIRST_LETTERS,
    FREE_REMEDY,
    SECOND,
    TAKEN_OUT,
    WAITING,
)
from renotify.reports.follow_up_clocks import FirstMailed, FollowUpProgress
from renotify.reports.letter_clocks import Joined, Mailed, Waits, as_told, remedy_came
from renotify.reports.one_number import NumberedRecall
from renotify.reports.owner_notification import letters_run
from renotify.reports.restated_facts import of_codes, restated
from renotify.reports.schedule_clocks import Notified, Told
from renotify.reports.stated_clocks import MAKER
from renotify.rules import load
from renotify.rules.row import Clock
from renotify.values.calendar import last_mailing_day, years_before

_MAILED = pa.schema(
    [("code", pa.string()), ("first", pa.date32()), ("last", pa.date32()), ("loaded", pa.date32())]
)
_TOLD = pa.schema(
    [("code", pa.string()), ("joined", pa.date32()), ("gone", pa.date32()), ("told", pa.int64()), ("late", pa.int64()),
     ("untold", pa.int64()), ("lost", pa.int64()), ("unspoken", pa.int64()), ("first", pa.date32()), ("last", pa.date32())]
)  # fmt: skip
_ADDRESSES = pa.schema([("n", pa.int64()), ("stale", pa.int64())])
_NOTICED = pa.schema([("noticed", pa.int64()), ("acknowledged", pa.int64()), ("on", pa.date32())])
_WAITS = pa.schema(
    [
        ("code", pa.string()),
        ("vehicles", pa.int64()),
        ("since", pa.date32()),
        ("until", pa.date32()),
    ]
)
_BY_DAY = pa.schema([("code", pa.string()), ("day", pa.date32()), ("vehicles", pa.int64())])
_LETTERS_DUE = pa.schema(
    [("code", pa.string()), ("recall", pa.string()), ("due", pa.date32()), ("stated", pa.date32())]
)
_CAME = pa.schema([("code", pa.string()), ("recall", pa.string()), ("there", pa.date32())])
_BEYOND = pa.schema(
    [("code", pa.string()), ("beyond", pa.int64()), ("keeping", pa.int64()), ("first", pa.date32())]
)
_CHECKED = pa.schema([("checked_on", pa.date32()), ("vehicles", pa.int64())])
_VERSIONS = pa.schema(
    [
        ("family", pa.string()),
        ("day", pa.date32()),
        ("versions", pa.int64()),
        ("vehicles", pa.int64()),
    ]
)


class Planned(NamedTuple):
    """Vehicles of a follow-up whose first notices are planned for a week, by bundle.

    ``first_day`` is the first on which they may be mailed: the Monday, or the day of the follow-up's first letter where that is later.
    """

    bundle: str
    week: date
    vehicles: int
    follow_up: str
    first_day: date


class FirstNotice(NamedTuple):
    """A follow-up of first notices: its campaigns, and when its dealers' notices went."""

    name: str
    notice_date: date
    first: date | None
    last: date | None


class _Subject(NamedTuple):
    subject: str


def subjects(session: Session) -> set[str]:
    """Return what a clock can be of: campaign codes, NHTSA numbers, follow-ups, the maker."""
    rows = session.rows(
        _Subject,
        "select campaign_code as subject from campaign union select nhtsa_campaign_number from campaign"
        " where nhtsa_campaign_number <> '' union select name from follow_up",
    )
    return {row.subject for row in rows} | {MAKER}


def mailed(
    session: Session, known: Sequence[NumberedRecall], days: Stated, on: date
) -> dict[str, Mailed]:
    """Return by campaign its letters of any kind, and how far its first notices are by the last day for them, if there is one."""
    rows = session.read(
        "select campaign_code as code, min(occurred_on) as first, max(occurred_on) as last, min(case when not exists ("
        "select 1 from piece p where p.vin = e.vin and e.subject = 'mail|' || p.piece_id || '|' || e.campaign_code)"
        " then occurred_on end) as loaded"
        " from event e where kind = 'mailed' and occurred_on <= :on"
        f" and {stands('e')} group by campaign_code",
        _MAILED,
        on=on,
    )
    found = {
        row["code"]: Mailed(row["first"], row["last"], loaded=row["loaded"])
        for row in rows.to_pylist()
    }
    last_days = _letters_due(known, days, on)
    due = dict(zip(last_days["code"].to_pylist(), last_days["due"].to_pylist(), strict=True))
    session.stage("clock_letters", last_days)
    for row in session.read(FIRST_LETTERS, _TOLD, on=on, ever=EVER).to_pylist():
        before = found.get(row["code"], Mailed())
        if row["joined"] is not None:
            found[row["code"]] = replace(before, joined=_with_joined(before.joined, row))
            continue
        found[row["code"]] = replace(
            before, told=row["told"], told_late=row["late"], untold=row["untold"], lost=row["lost"], unspoken=row["unspoken"],
            first_told=row["first"],
            last_told=row["last"],
        )  # fmt: skip
    for row in session.read(WAITING, _WAITS, on=on).to_pylist():
        before = found.get(row["code"], Mailed())
        wait = Waits(row["until"], row["vehicles"], row["since"])
        found[row["code"]] = replace(before, waits=(*before.waits, wait))
    session.stage("clock_second", _came(known, found, on))
    for row in session.read(SECOND, _BY_DAY, on=on).to_pylist():
        before = found.get(row["code"], Mailed())
        found[row["code"]] = replace(before, second=row["vehicles"])
    for plan in _planned(session):
        for code in plan.bundle.split(JOINED):
            if code in due and last_mailing_day(plan.week) > due[code]:
                before = found.get(code, Mailed())
                found[code] = replace(before, planned_late=before.planned_late + plan.vehicles)
    return found


def _with_joined(joined: tuple[Joined, ...], row: Mapping[str, Any]) -> tuple[Joined, ...]:
    """Add the vehicles that joined on a day and, where they had no letter, left on one: too late if after their own last day."""
    day, gone = row["joined"], row["gone"]
    late = gone is not None and gone > load(day).clock("letters").due(day)
    before = joined[-1] if joined and joined[-1].day == day else Joined(day, 0, 0, None)
    last = max(filter(None, (before.last, row["last"])), default=None)
    added = Joined(
        day,
        before.told + row["told"],
        before.untold + row["untold"],
        last,
        before.lost + late * row["lost"],
    )
    return (*(one for one in joined if one.day != day), added)  # fmt: skip


def _letters_due(known: Sequence[NumberedRecall], days: Stated, on: date) -> pa.Table:
    """Return code, recall (its first code), due (the last day for its owner letters; EVER where no day starts their clock) and stated.

    ``stated`` is the last day, up to ``on``, that a person stated of its first notices; EVER where none is.
    """
    rows = []
    for recall in known:
        whole = recall.as_one()
        if whole.family != "safety":
            continue
        own = days.of(*recall.codes, *filter(None, [whole.nhtsa_campaign_number]))
        run = letters_run(whole, own)
        for campaign in recall.campaigns:
            said = stated_first_notices(campaign, own, on)
            rows.append(
                {"code": campaign.campaign_code, "recall": recall.codes[0], "due": run.due if run else EVER,
                 "stated": max(said, default=EVER)}
            )  # fmt: skip
    return pa.Table.from_pylist(rows, _LETTERS_DUE)


def _came(known: Sequence[NumberedRecall], found: Mapping[str, Mailed], on: date) -> pa.Table:
    """Return code, recall (its first code) and there (the day) of the recalls whose remedy came after the first notice."""
    rows = []
    for recall in known:
        whole = as_told(recall, [found[code] for code in recall.codes if code in found])
        if whole.family == "safety" and (there := remedy_came(whole, on)):
            rows += [{"code": code, "recall": recall.codes[0], "there": there} for code in recall.codes]  # fmt: skip
    return pa.Table.from_pylist(rows, _CAME)


def _days(days: Mapping[str, date], name: str) -> pa.Table:
    return pa.table(
        {"code": pa.array([*days], pa.string()), name: pa.array([*days.values()], pa.date32())}
    )


def _planned(session: Session) -> list[Planned]:
    rows = session.rows(
        Planned,
        "select p.bundle, w.week, count(distinct p.vin) as vehicles, p.follow_up, w.week as first_day from piece p"
        " join follow_up f on f.name = p.follow_up join wave w on w.follow_up = p.follow_up and w.number = p.wave"
        f" where f.kind {OF_FIRST} and p.family = 'safety' and p.state in ('listed', 'planned')"
        " group by p.bundle, w.week, p.follow_up",
    )
    names = {row.follow_up for row in rows}
    begins = {name: follow_ups.settings(session, name).first_letter for name in names}
    return [row._replace(first_day=max(row.week, begins[row.follow_up])) for row in rows]


def known(
    session: Session,
    recalls: Sequence[NumberedRecall],
    mailed: Mapping[str, Mailed],
    days: Stated,
    on: date,
) -> list[Known]:
    """Return what else the clocks of each recall need, in the order of the recalls."""
    counts = {row.campaign: row.involved - row.removed for row in status.counts(session)}
    added, taken_out = _by_code(session, ADDED), _by_code(session, TAKEN_OUT)
    repaired = _by_code(session, "select campaign_code as code, max(occurred_on) as day, count(*) as vehicles"
                        f" from event e where {IS_OUTCOME} and occurred_on <= :on group by campaign_code", on=on)  # fmt: skip
    beyond = _beyond(session, recalls, mailed, on)
    notices, planned, filed = _first_notices(session), _planned(session), submitted(session)
    again = restated(session)
    found = []
    for recall in recalls:
        whole = recall.as_one()
        number = whole.nhtsa_campaign_number
        lines = [row for code in recall.codes for row in repaired.get(code, [])]
        old = [beyond[code] for code in recall.codes if code in beyond]
        own = days.of(*recall.codes, *([number] if number else []))
        found.append(
            Known(
                vehicles=_vehicles(session, recall, counts),
                added=_by_day(added, recall.codes),
                taken_out=_by_day(taken_out, recall.codes),
                restated=of_codes(again, recall.codes),
                beyond=sum(one[0] for one in old),
                keeping=sum(one[1] for one in old),
                next_beyond=min((one[2] for one in old if one[2]), default=None),
                last_repair=max((row["day"] for row in lines), default=None),
                notified=_notified(recall, mailed, notices, planned, own),
                submitted=filed.get(number, {}),
                stated=own,
                joined=tuple(
                    one for code in recall.codes if code in mailed for one in mailed[code].joined
                ),
            )
        )
    return found


def _vehicles(session: Session, recall: NumberedRecall, counts: Mapping[str, int]) -> int:
    """A vehicle in two codes of a number counts once."""
    if len(recall.codes) == 1:
        return counts.get(recall.codes[0], 0)
    whole = status.together(session, fold.AsOf(campaigns=recall.codes))
    return whole.involved - whole.removed


def _by_code(session: Session, sql: str, **values: date) -> dict[str, list[dict[str, Any]]]:
    found: dict[str, list[dict[str, Any]]] = {}
    for row in session.read(sql, _BY_DAY, **values).to_pylist():
        found.setdefault(row["code"], []).append(row)
    return found


def _by_day(
    found: Mapping[str, Sequence[Mapping[str, Any]]], codes: Sequence[str]
) -> dict[date, int]:
    days: dict[date, int] = {}
    for code in codes:
        for row in found.get(code, []):
            days[row["day"]] = days.get(row["day"], 0) + row["vehicles"]
    return days


def _beyond(
    session: Session, recalls: Sequence[NumberedRecall], mailed: Mapping[str, Mailed], on: date
) -> dict[str, tuple[int, int, date | None]]:
    """Return by campaign how many open vehicles were sold too long before the notice, how many were not, and until when the next."""
    told: dict[str, date] = {}
    cuts: dict[str, date] = {}
    clocks: dict[str, Clock] = {}
    for recall in recalls:
        whole = as_told(recall, [mailed[code] for code in recall.codes if code in mailed])
        if whole.family != "safety":
            continue
        begun = noticed_or_ordered(whole, on)
        clock = free_remedy_clock(whole, begun or on)
        for code in recall.codes:
            cuts[code], clocks[code] = years_before(begun or on, clock.amount), clock
            if begun:
                told[code] = begun
    session.stage("clock_free", _days(cuts, "cut"))
    return {
        row["code"]: (
            row["beyond"],
            row["keeping"],
            clocks[row["code"]].due(row["first"])
            if row["first"] and row["code"] not in told
            else None,
        )
        for row in session.read(FREE_REMEDY, _BEYOND).to_pylist()
    }


def _first_notices(session: Session) -> list[tuple[FirstNotice, tuple[str, ...]]]:
    """Return the follow-ups of first notices with the days of their dealers' first notices: the last once every dealer has one."""
    rows = session.rows(
        FirstNotice,
        "select f.name, f.notice_date, min(coalesce(n.sent_on, n.written_on)) as first,"
        " case when count(n.code) >= (select count(*) from dealer) then max(coalesce(n.sent_on, n.written_on)) end as last"
        " from follow_up f left join notice n on n.follow_up = f.name"
        f" and n.audience = 'dealer' and n.edition = 1 where f.kind {OF_FIRST} group by f.name, f.notice_date",
    )
    return [(row, follow_ups.settings(session, row.name).campaigns) for row in rows]


def _notified(
    recall: NumberedRecall,
    mailed: Mapping[str, Mailed],
    notices: Sequence[tuple[FirstNotice, tuple[str, ...]]],
    planned: Sequence[Planned],
    own: Stated,
) -> Notified:
    codes = set(recall.codes)
    letters = [mailed[code] for code in recall.codes if code in mailed]
    of_recall = [plan for plan in planned if codes & set(plan.bundle.split(JOINED))]
    weeks = [plan.week for plan in of_recall]
    own_notices = [one for one, campaigns in notices if codes & set(campaigns)]
    complete = bool(letters) and not any(one.untold for one in letters) and not weeks
    last = [one.last_told for one in letters if one.last_told]
    ended = own.done("letters", "letters_ordered") or (
        max(last, default=None) if complete else None
    )
    begun = recall.as_one().first_notice_date or min(
        (one.first for one in letters if one.first and one.told), default=None
    )
    days = [one.notice_date for one in own_notices if one.first is None]
    return Notified(
        owners_begin=Told(begun, min((plan.first_day for plan in of_recall), default=None)),
        owners_end=Told(ended, max(map(last_mailing_day, weeks), default=None)),
        dealers_begin=Told(min((one.first for one in own_notices if one.first), default=None), min(days, default=None)),
        dealers_end=Told(max((one.last for one in own_notices if one.last), default=None), max(days, default=None)),
    )  # fmt: skip


def submitted(session: Session) -> dict[str, dict[str, date]]:
    """Return by NHTSA number the day on which each report (2013Q1, 2024Q1-2024Q4) was submitted first."""

    class Report(NamedTuple):
        number: str
        period: str
        day: date

    rows = session.rows(
        Report,
        "select nhtsa_campaign_number as number, period, min(submitted_on) as day from filed_report"
        " group by nhtsa_campaign_number, period",
    )
    found: dict[str, dict[str, date]] = {}
    for row in rows:
        period = row.period.replace("-", "Q").replace(" to ", "-")
        found.setdefault(row.number, {})[period] = row.day
    return found


def vehicles(session: Session, codes: Sequence[str]) -> int:
    """Return how many vehicles stand in some campaigns today, each once, without those that were taken out."""
    where, values = status.in_campaigns(codes)
    counted = (
        f"select count(distinct vin) from state where current and status <> 'removed' and {where}"
    )
    return int(session.scalar(counted, **values))


def changed_days(session: Session, recall: NumberedRecall) -> set[date]:
    """Return the days on which vehicles came into a recall's campaigns, that of the first list too, or out, or facts were restated."""
    found = [_by_code(session, sql) for sql in (ADDED, TAKEN_OUT)]
    again = of_codes(restated(session, recall.codes), recall.codes)
    return {day for by_code in found for day in _by_day(by_code, recall.codes)} | {*again}


def disclosed(session: Session, on: date) -> Mapping[date, int]:
    """Return how many vehicles' owner data were disclosed on each day until ``on``; a vehicle counts once a disclosure."""
    found: dict[date, int] = {}
    for row in artifacts.disclosures(session).to_pylist():
        day = date.fromisoformat(row["at"][:10])
        if day <= on:
            found[day] = found.get(day, 0) + row["vehicles"]
    return found


def progress(session: Session, name: str, stated: Stated, on: date) -> FollowUpProgress:
    """Return how far a follow-up is on a day."""
    settings = follow_ups.settings(session, name, on)
    noticed = session.read(
        "select count(*) as noticed, coalesce(sum(case when acknowledged_at <> '' then 1 else 0"
        " end), 0) as acknowledged, (select min(coalesce(f.sent_on, f.written_on)) from notice f"
        " where f.follow_up = :name and f.audience = 'dealer' and f.edition = 1) as \"on\""
        f" from notice where follow_up = :name and audience = 'dealer' and {IN_HAND}",
        _NOTICED,
        name=name,
    ).to_pylist()[0]
    waves = pieces.waves(session, name)
    ended = (follow_ups.ended_on(session, name) or date.max) <= on
    to_come = [wave for wave in waves if not wave.released and not ended]
    last_wave = max((wave.week for wave in to_come), default=None)
    addresses = _address_counts(session, name, last_wave or settings.notice_date)
    versions = _versions(session, name, on)
    return FollowUpProgress(
        name=name,
        bound=is_bound(session, name),
        first_day=settings.first_letter,
        dealers=int(session.scalar("select count(*) from dealer")),
        noticed=noticed["noticed"],
        acknowledged=noticed["acknowledged"],
        noticed_on=noticed["on"],
        next_wave=max(min(wave.week for wave in to_come), settings.first_letter) if to_come else None,
        last_wave=last_wave,
        addresses=addresses["n"],
        stale=addresses["stale"] or 0,
        vehicles=int(session.scalar("select count(distinct vin) from piece where follow_up = :name", name=name)),
        kind=settings.kind,
        released=any(wave.released for wave in waves),
        letters=versions.get("safety", {}),
        service_letters=versions.get("service", {}),
        checked=_unanswered(session, name),
        stated=stated,
        evidence=closed_by_ledger.of_follow_up(session, name, on),
    )  # fmt: skip


def _unanswered(session: Session, name: str) -> dict[date, int]:
    """Return how many vehicles have a letter that is released and not answered for, by the day of their last check."""
    rows = session.read(
        "select checked_on, count(distinct vin) as vehicles from piece where follow_up = :name and state in ('released', 'printed')"
        " and checked_on is not null group by checked_on order by checked_on",
        _CHECKED,
        name=name,
    )
    return {row["checked_on"]: row["vehicles"] for row in rows.to_pylist()}


def is_bound(session: Session, name: str) -> bool:
    """Tell whether a follow-up has a safety or noncompliance recall, which Parts 573 and 577 bind."""
    campaigns = registry.campaigns(session, follow_ups.settings(session, name).campaigns)
    return any(campaign.family == "safety" for campaign in campaigns.values())


def _versions(session: Session, name: str, on: date) -> dict[str, dict[date, FirstMailed]]:
    """Return by family the letter versions that were first mailed on each day, and the vehicles to whose owners they went by ``on``."""
    found: dict[str, dict[date, FirstMailed]] = {}
    rows = session.read(
        "select family, day, count(distinct form_digest) as versions, count(distinct vin) as vehicles from (select family,"
        " form_digest, vin, min(mailed_on) over (partition by family, form_digest) as day from piece"
        " where follow_up = :name and state = 'accepted' and mailed_on <= :on) first_mailed"
        " group by family, day order by family, day",
        _VERSIONS,
        name=name,
        on=on,
    )
    for row in rows.to_pylist():
        found.setdefault(row["family"], {})[row["day"]] = FirstMailed(
            row["versions"], row["vehicles"]
        )
    return found


def _address_counts(session: Session, name: str, last_wave: date) -> dict[str, int]:
    """Count vehicles whose letters are to come, and those whose newest owner record is too old."""
    oldest = last_wave - timedelta(days=load(last_wave).clock("move_update").days)
    return session.read(  # type: ignore[no-any-return]
        "select count(*) as n, sum(case when newest < :oldest then 1 else 0 end) as stale from ("
        " select max(p.owner_as_of) as newest from piece p where p.follow_up = :name"
        " and p.state in ('listed', 'planned') and p.wave is not null group by p.vin) addresses",
        _ADDRESSES,
        name=name,
        oldest=oldest,
    ).to_pylist()[0]
