"""Every clock that runs: what is due, by which rule, and whether there is still time.

``of_campaign`` and ``of_follow_up`` hold the rules, as functions of values; ``deadlines`` reads the ledger and asks them all.
Days come from the rule pack's clocks, on the Federal calendar.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import date, timedelta
from typing import Any

import pyarrow as pa

from renotify.campaigns.campaign import Campaign
from renotify.campaigns.follow_up_settings import FollowUpSettings
from renotify.ledger import follow_ups, pieces, registry
from renotify.ledger.rulings import stands
from renotify.ledger.session import Session
from renotify.reports.one_number import NumberedRecall, recalls
from renotify.reports.quarterly import initiated
from renotify.rules import load
from renotify.rules.clocks import letters_due, reports_due
from renotify.values.english import counted

SOON = timedelta(days=15)
REMEMBERED = timedelta(days=30)  # a report that fell due is asked about for this long
OWNER_LETTERS = "owner letters"
ORDER = ("overdue", "soon", "late", "ok")
_MAILED = pa.schema([("code", pa.string()), ("first", pa.date32()), ("last", pa.date32())])
_ADDRESSES = pa.schema([("n", pa.int64()), ("stale", pa.int64())])
_NOTICED = pa.schema([("noticed", pa.int64()), ("acknowledged", pa.int64()), ("on", pa.date32())])


@dataclass(frozen=True)
class Deadline:
    """One clock: ``state`` is overdue, soon, ok, or late (done, but after the day)."""

    state: str
    due: date
    campaign: str  # the campaign's code, or the follow-up's name
    what: str
    citation: str
    sentence: str


@dataclass(frozen=True)
class Mailed:
    """First and last first-class letter of a campaign that the mail house vouched for."""

    first: date | None = None
    last: date | None = None


@dataclass(frozen=True)
class FollowUpProgress:
    """What the clocks of one follow-up need to know."""

    name: str
    bound: bool  # it has a safety or noncompliance recall
    first_day: date  # notice date plus days after notice
    dealers: int
    noticed: int
    acknowledged: int
    noticed_on: date | None  # the day of the first notice
    next_wave: date | None  # the first wave not yet released
    last_wave: date | None  # the last one
    addresses: int  # vehicles whose letters are not yet released
    stale: int  # those whose newest owner record is too old for the last wave


def _state(due: date, on: date) -> str:
    if on > due:
        return "overdue"
    return "soon" if due - on <= SOON else "ok"


def _left(due: date, on: date) -> str:
    if on > due:
        return f"{counted((on - due).days, 'day')} ago"
    return "today" if on == due else f"in {counted((due - on).days, 'day')}"


def of_campaign(campaign: Campaign, mailed: Mailed, on: date) -> list[Deadline]:
    """Return the clocks of one recall on a day; a service campaign has none (Parts 573 and 577)."""
    if campaign.family == "service":
        return []
    return [
        *_owner_letters(campaign, mailed, on),
        *_reports(campaign, on),
        *_reimbursement(campaign, mailed, on),
        *_retention(campaign, on),
    ]


def of_recall(recall: NumberedRecall, mailed: Sequence[Mailed], on: date) -> list[Deadline]:
    """Return the clocks of one NHTSA number, each once for all its codes, whose mail stands in the same order.

    Owner letters are as far as those of the code that is worst off: each code's owners are written to.
    """
    whole = recall.as_one()
    first = [one.first for one in mailed if one.first]
    last = [one.last for one in mailed if one.last]
    together = Mailed(min(first, default=None), max(last, default=None))
    clocks = of_campaign(whole, together, on)
    letters = [
        letter
        for one, begun, sent in zip(recall.campaigns, recall.begun, mailed, strict=True)
        for letter in _owner_letters(
            replace(one, first_notice_date=begun.first_notice, filed_date=whole.filed_date),
            sent,
            on,
        )
    ]
    worst = sorted(letters, key=lambda one: (ORDER.index(one.state), one.campaign))[:1]
    rest = [clock for clock in clocks if clock.what != OWNER_LETTERS]
    return [*(replace(one, campaign=whole.campaign_code) for one in worst), *rest] if clocks else []


def _owner_letters(campaign: Campaign, mailed: Mailed, on: date) -> Iterator[Deadline]:
    """60 days from the 573 report to the owner letters (577.7(a)(1))."""
    if campaign.filed_date is None:
        return
    code, due = campaign.campaign_code, letters_due(campaign.filed_date)
    begun = campaign.first_notice_date or mailed.first
    clock = load(campaign.filed_date).clock("letters")
    if begun is None or begun > on:
        state = _state(due, on)
        sentence = (
            f"Owner letters of {code} are due {_left(due, on)}: {clock.amount} days after the "
            f"report of {campaign.filed_date}."
        )
    else:
        gap = (due - begun).days
        state = "ok" if gap >= 0 else "late"
        side = "before" if gap >= 0 else "after"
        sentence = f"Owner letters of {code} began on {begun}, {counted(abs(gap), 'day')} {side} the last day."
    yield Deadline(state, due, code, OWNER_LETTERS, clock.citation, sentence)


def _reports(campaign: Campaign, on: date) -> Iterator[Deadline]:
    """The next completion report, and one that fell due lately (573.7(d), 30118(f))."""
    first = initiated(campaign)
    if first is None:
        return
    code, citation = campaign.campaign_code, load(on).clock("quarterly_report").citation
    owed = [report for report in reports_due(first, on) if report.due >= on - REMEMBERED]
    for report in [r for r in owed if r.due < on] + [r for r in owed if r.due >= on][:1]:
        past = report.due < on
        sentence = (
            f"The {report.kind} report of {code} for {report.period} {'was' if past else 'is'} due "
            f"{_left(report.due, on)}{': make sure that it was filed' if past else ''}."
        )
        what = f"{report.kind} report {report.period}"
        yield Deadline(_state(report.due, on), report.due, code, what, citation, sentence)


def _reimbursement(campaign: Campaign, mailed: Mailed, on: date) -> Iterator[Deadline]:
    """Claims stay open at least 10 days after the last owner notification (573.13(c))."""
    if mailed.last is None:
        return
    clock = load(on).clock("reimbursement_period")
    due, code = clock.due(mailed.last), campaign.campaign_code
    verb = "must stay" if on <= due else "had to stay"
    sentence = (
        f"Reimbursement claims on {code} {verb} open until {due}: the last letter was mailed on "
        f"{mailed.last}."
    )
    yield Deadline("ok", due, code, "reimbursement period", clock.citation, sentence)


def _retention(campaign: Campaign, on: date) -> Iterator[Deadline]:
    """Owner and dealer lists are kept for five years from the report (573.8)."""
    if campaign.filed_date is None:
        return
    clock = load(on).clock("retention")
    due, code = clock.due(campaign.filed_date), campaign.campaign_code
    if on <= due:
        sentence = f"Owner and dealer lists of {code} are kept until {due}."
        yield Deadline("ok", due, code, "lists kept", clock.citation, sentence)


def of_follow_up(follow_up: FollowUpProgress, on: date) -> list[Deadline]:
    """Return a follow-up's clocks on a day: notices before letters, addresses, copy to NHTSA."""
    return [
        *_dealers_first(follow_up, on),
        *_addresses(follow_up, on),
        *_filing_copy(follow_up, on),
    ]


def _dealers_first(follow_up: FollowUpProgress, on: date) -> Iterator[Deadline]:
    """Every dealer is told before the first owner letter (577.13(c), memo section 2)."""
    name, due = follow_up.name, follow_up.first_day
    unsent = follow_up.dealers - follow_up.noticed
    silent = follow_up.noticed - follow_up.acknowledged
    if unsent or silent:
        lack = "have no" if unsent else "have not acknowledged the"
        sentence = (
            f"{unsent or silent:,} of {follow_up.dealers:,} dealers {lack} notice of {name}; "
            f"letters may go out from {due}."
        )
    else:
        sentence = f"Every dealer of {name} acknowledged its notice."
    state = _state(due, on) if unsent or silent else "ok"
    yield Deadline(
        state, due, name, "dealer notices", "49 CFR 577.13(c); memo, section 2", sentence
    )


def _addresses(follow_up: FollowUpProgress, on: date) -> Iterator[Deadline]:
    """Addresses are updated within 95 days before the mailing (Move Update)."""
    due, name = follow_up.next_wave, follow_up.name
    if due is None or not follow_up.addresses:
        return
    clock = load(on).clock("move_update")
    counted = f"{follow_up.stale:,} of {follow_up.addresses:,} addresses of {name}"
    sentence = (
        f"{counted} will be older than {clock.amount} days by the wave of {follow_up.last_wave}: "
        f"update them before they are mailed, the first from {due}."
    )
    if not follow_up.stale:
        sentence = f"All {follow_up.addresses:,} addresses of {name} are good until its last wave."
    state = _state(due, on) if follow_up.stale else "ok"
    yield Deadline(state, due, name, "addresses", clock.citation, sentence)


def _filing_copy(follow_up: FollowUpProgress, on: date) -> Iterator[Deadline]:
    """A copy of what went to more than one dealer or owner is filed in 5 days (573.6(c)(10))."""
    if not follow_up.bound or follow_up.noticed_on is None:
        return
    clock = load(follow_up.noticed_on).clock("filing_copy")
    due, name = clock.due(follow_up.noticed_on), follow_up.name
    if on > due + REMEMBERED:
        return
    sentence = (
        f"A copy of the notices of {name}, first sent on {follow_up.noticed_on}, is to be filed "
        f"with NHTSA by {due}."
    )
    yield Deadline(_state(due, on), due, name, "copy to NHTSA", clock.citation, sentence)


def in_order(found: Sequence[Deadline]) -> list[dict[str, Any]]:
    """Return deadlines as rows: overdue, soon, late, then the rest, each by its day."""
    rows = sorted(found, key=lambda d: (ORDER.index(d.state), d.due, d.campaign, d.what))
    return [vars(row) for row in rows]


# The clocks of the ledger's campaigns and follow-ups


def deadlines(session: Session, on: date) -> list[dict[str, Any]]:
    """Return every clock that runs on a day: state, due, campaign, what, citation, sentence.

    Campaigns and follow-ups alike; overdue first, then soon (within 15 days), late (done after its
    day), ok. Clocks are the rule pack's (49 CFR 573.7, 573.8, 573.13, 577.7, 577.13).
    """
    known = recalls(session)
    settings = [follow_ups.settings(session, name) for name in follow_ups.names(session)]
    mailed = _mailed(session, on)
    progress = [_progress(session, one) for one in settings]
    found = [
        deadline
        for recall in known
        for deadline in of_recall(recall, [mailed.get(c, Mailed()) for c in recall.codes], on)
    ]
    found += [deadline for one in progress for deadline in of_follow_up(one, on)]
    return in_order(found)


def _mailed(session: Session, on: date) -> dict[str, Mailed]:
    rows = session.read(
        "select campaign_code as code, min(occurred_on) as first, max(occurred_on) as last"
        " from event e where kind = 'mailed' and occurred_on <= :on"
        f" and {stands('e')} group by campaign_code",
        _MAILED,
        on=on,
    )
    return {row["code"]: Mailed(row["first"], row["last"]) for row in rows.to_pylist()}


def _progress(session: Session, settings: FollowUpSettings) -> FollowUpProgress:
    name = settings.name
    campaigns = registry.campaigns(session, settings.campaigns)
    noticed = session.read(
        "select count(*) as noticed, coalesce(sum(case when acknowledged_at <> '' then 1 else 0"
        ' end), 0) as acknowledged, min(written_on) as "on"'
        " from notice where follow_up = :name and audience = 'dealer'",
        _NOTICED,
        name=name,
    ).to_pylist()[0]
    to_come = [wave for wave in pieces.waves(session, name) if not wave.released]
    last_wave = max((wave.week for wave in to_come), default=None)
    first_day = settings.first_letter
    addresses = _address_counts(session, name, last_wave or settings.notice_date)
    return FollowUpProgress(
        name=name,
        bound=any(campaign.family == "safety" for campaign in campaigns.values()),
        first_day=first_day,
        dealers=int(session.scalar("select count(*) from dealer")),
        noticed=noticed["noticed"],
        acknowledged=noticed["acknowledged"],
        noticed_on=noticed["on"],
        next_wave=max(min(wave.week for wave in to_come), first_day) if to_come else None,
        last_wave=last_wave,
        addresses=addresses["n"],
        stale=addresses["stale"] or 0,
    )


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
