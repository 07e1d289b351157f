"""The clocks of one follow-up, as functions of values: drafts before NHTSA, dealers first, addresses, copies of each communication."""

from __future__ import annotations

from calendar import monthrange
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import date, timedelta
from types import MappingProxyType
from typing import NamedTuple

from renotify.ledger.stated_days import MARK, Stated
from renotify.reports import stated_clocks
from renotify.reports.closed_by_ledger import NOTHING, Evidence
from renotify.reports.deadline import (
    About,
    Deadline,
    Run,
    last_day,
    left,
    state_of,
    states_it,
    together,
)
from renotify.rules import load
from renotify.rules.clocks import drafts_due, drafts_required, letters_from
from renotify.rules.row import Clock
from renotify.values.english import counted

NOTICES, LETTERS = "notices", "letters"
TO_COME, STALE, UNANSWERED, FIRST_MAILED = (
    "to_come",
    "stale",
    "unanswered",
    "first_mailed",
)  # kinds of vehicles
COPY, MONTHLY = "filing_copy", "communications_monthly"


class FirstMailed(NamedTuple):
    """What was first mailed on a day: how many letter versions, and to the owners of how many vehicles."""

    versions: int
    vehicles: int


@dataclass(frozen=True)
class FollowUpProgress:
    """What the clocks of one follow-up need to know.

    ``letters`` and ``service_letters`` are the letter versions that were first mailed on a day, of recalls and of service campaigns.
    ``checked`` are the vehicles whose letters are released and not yet answered for by the mail house, by the day of their last check.
    """

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
    vehicles: int | None = None  # on its list
    kind: str = "follow_up_voluntary"
    released: bool = False  # a wave of it went
    letters: Mapping[date, FirstMailed] = field(default_factory=lambda: MappingProxyType({}))
    service_letters: Mapping[date, FirstMailed] = field(
        default_factory=lambda: MappingProxyType({})
    )
    checked: Mapping[date, int] = field(default_factory=lambda: MappingProxyType({}))
    stated: Stated = field(default_factory=Stated)
    evidence: Mapping[str, Evidence] = field(default_factory=lambda: NOTHING)


def of_follow_up(follow_up: FollowUpProgress, on: date) -> list[Deadline]:
    """Return a follow-up's clocks on a day: drafts, notices before letters, addresses, the check before print, copies to NHTSA.

    What has no count of its own is about all vehicles of its list.
    """
    found = [
        *_drafts(follow_up, on),
        *_dealers_first(follow_up, on),
        *_addresses(follow_up, on),
        *_checked_again(follow_up, on),
        *_copies(follow_up, on),
        *_monthly(follow_up, on),
        *stated_clocks.of_subject(
            follow_up.name, follow_up.name, follow_up.stated, on, follow_up.evidence
        ),
    ]
    return [
        one if one.vehicles is not None else replace(one, vehicles=follow_up.vehicles)
        for one in found
    ]


def _about(follow_up: FollowUpProgress, kind: str, *days: date) -> tuple[About, ...]:
    return (About(kind, (follow_up.name,), days),)


def _drafts(follow_up: FollowUpProgress, on: date) -> Iterator[Deadline]:
    """Letter and envelope are before NHTSA five Federal business days before the first piece (577.5(a))."""
    if not follow_up.bound:
        return
    submitted = follow_up.stated.started("preclearance")
    clock, name = load(on).clock("preclearance"), f"{follow_up.name}{MARK}preclearance"
    first = _first_piece(follow_up, submitted, on)
    if submitted is not None:
        sentence = (
            f"Letter and envelope of {follow_up.name} are stated as submitted on {submitted}:"
            f" letters may go out from {letters_from(submitted, on)}."
        )
        state, due = "ok", drafts_due(first, on)
        if not follow_up.released and first < letters_from(submitted, on):
            state = "soon"
            sentence += f" The first is planned for {first}: that is too early."
    elif follow_up.released:
        return
    else:
        due = drafts_due(first, on)
        state = state_of(due, on)
        sentence = (
            f"Letter and envelope of {follow_up.name} are to be submitted by {due}, {left(due, on)}: {clock.amount} Federal"
            f" business days before the first piece of {first}."
        )
        if not drafts_required(follow_up.kind):
            state = "ok" if state == "ok" else "soon"
            sentence += " That this binds a voluntary follow-up is not established."
    yield Deadline(
        state, due, follow_up.name, "drafts to NHTSA", clock.citation, sentence, name, follow_up.addresses or None,
        f"renotify mail release {follow_up.name} 1 --cleared DATE", _about(follow_up, TO_COME) if follow_up.addresses else (),
    )  # fmt: skip


def _first_piece(follow_up: FollowUpProgress, submitted: date | None, on: date) -> date:
    """Return the day of the first piece that drafts were, or are to be, before: the next wave's; once all went, that of the letters which
    went under the submission.
    """
    if follow_up.next_wave is not None:
        return follow_up.next_wave
    covered = (
        [day for day in follow_up.letters if day >= letters_from(submitted, on)]
        if submitted
        else []
    )
    return min(covered, default=follow_up.first_day)


def _dealers_first(follow_up: FollowUpProgress, on: date) -> Iterator[Deadline]:
    """Every dealer is told before the first owner letter (memo section 2), of a recall verifiably (577.7(c)(2)(i))."""
    name, due = follow_up.name, follow_up.first_day
    unsent = follow_up.dealers - follow_up.noticed
    silent = follow_up.noticed - follow_up.acknowledged
    done = follow_up.stated.done("dealer_notice")
    if done is not None and done <= on:
        unsent = silent = 0
        sentence = f"The dealers of {name} are stated as told on {done}."
    elif unsent or silent:
        have = "has" if (unsent or silent) == 1 else "have"
        lack = f"{have} no" if unsent else f"{have} not acknowledged the"
        sentence = (
            f"{unsent or silent:,} of {counted(follow_up.dealers, 'dealer')} {lack} notice of {name}; "
            f"letters may go out from {due}."
        )
    else:
        sentence = f"Every dealer of {name} acknowledged its notice."
    state = state_of(due, on) if unsent or silent else "ok"
    if state == "overdue" and not unsent:
        state = "unknown"  # they were sent; no rule asks for an answer, and nobody knows whether they came
    law = "49 CFR 577.7(c); memo, section 2" if follow_up.bound else "memo, section 2"
    yield Deadline(
        state, due, name, "dealer notices", law, sentence, f"{name}{MARK}dealer_notice", None,
        f"the dealers' receipts: renotify notices {name} --acknowledge FILE; or {states_it(f'{name}{MARK}dealer_notice')}",
    )  # fmt: skip


def _addresses(follow_up: FollowUpProgress, on: date) -> Iterator[Deadline]:
    """Addresses are updated within 95 days before the mailing (Move Update)."""
    due, name = follow_up.next_wave, follow_up.name
    if due is None or not follow_up.addresses:
        return
    clock = load(on).clock("move_update")
    some = (
        f"{follow_up.stale:,} of {counted(follow_up.addresses, 'address', 'addresses')} of {name}"
    )
    sentence = (
        f"{some} will be older than {clock.amount} days by the wave of {follow_up.last_wave}: "
        f"update them before they are mailed, the first from {due}."
    )
    if not follow_up.stale:
        good = "is" if follow_up.addresses == 1 else "are"
        every = counted(follow_up.addresses, "address", "addresses")
        sentence = f"All {every} of {name} {good} good until its last wave."
    state = state_of(due, on) if follow_up.stale else "ok"
    yield Deadline(
        state, due, name, "addresses", clock.citation, sentence, f"{name}{MARK}move_update", follow_up.stale,
        "newer owners, loaded", _about(follow_up, STALE, follow_up.last_wave or follow_up.first_day),
    )  # fmt: skip


def _checked_again(follow_up: FollowUpProgress, on: date) -> Iterator[Deadline]:
    """What the mail house still has is asked again a day after its last check: who is repaired or has sold since gets no letter."""
    clock = load(on).clock("recheck")
    old = {day: count for day, count in follow_up.checked.items() if last_day(clock, day) < on}
    if not old:
        return
    name, first = follow_up.name, min(old)
    due = last_day(clock, first)
    vehicles = sum(old.values())
    pull = f"renotify mail pull {name} WAVE"
    sentence = (
        f"{counted(vehicles, 'vehicle')} of {name} {'was' if vehicles == 1 else 'were'} last checked on {first}"
        f"{'' if len(old) == 1 else ' or later'}, and the mail house has not told their mailing. What must not go any more: {pull}."
    )
    yield Deadline(
        state_of(due, on), due, name, "check before print", clock.citation, sentence, f"{name}{MARK}recheck", vehicles,
        f"the mail house's evidence: renotify mail accept {name} WAVE EVIDENCE.csv", _about(follow_up, UNANSWERED, *old),
    )  # fmt: skip


def _copies(follow_up: FollowUpProgress, on: date) -> Iterator[Deadline]:
    """A copy of what went to more than one dealer or owner is filed in 5 days (573.6(c)(10)): of each communication."""
    if not follow_up.bound:
        return
    if follow_up.noticed_on is not None:
        yield from _copy(follow_up, NOTICES, follow_up.noticed_on, None, on)
    copies = [
        copy
        for day, mailed in sorted(follow_up.letters.items())
        for copy in _copy(follow_up, LETTERS, day, mailed, on)
    ]
    yield from together(copies, on)


def _copy(
    follow_up: FollowUpProgress, part: str, day: date, mailed: FirstMailed | None, on: date
) -> Iterator[Deadline]:
    """Return the copy of the dealers' notices, about the vehicles of the list, or of a day's letters, about those that they went to."""
    name, clock = follow_up.name, load(day).clock(COPY)
    own = copy_name(part, day)
    run = Run(clock, day, follow_up.stated.done(own, f"{COPY}{MARK}{part}", since=day))
    if run.forgotten(on):
        return
    of = (
        f"the notices to {counted(follow_up.noticed, 'dealer')}"
        if mailed is None
        else counted(mailed.versions, "letter version")
    )
    copies = "A copy" if mailed is None or mailed.versions == 1 else "Copies"
    is_ = "is" if copies == "A copy" else "are"
    what = "copy to NHTSA, notices" if mailed is None else f"copy to NHTSA, letters of {day}"
    vehicles = follow_up.vehicles if mailed is None else mailed.vehicles
    found = run.deadline(name, what, on, f"{name}{MARK}{own}", vehicles)
    if run.done is None or run.done > on:
        sentence = f"{copies} of {of} of {name}, first sent on {day}, {is_} to be filed with NHTSA by {run.due}."
        found = replace(found, sentence=sentence)
    yield found if mailed is None else replace(found, about=_about(follow_up, FIRST_MAILED, day))


def copy_name(part: str, day: date) -> str:
    """Return the clock of the 5-day copy of notices, or of the letters that were first sent on a day."""
    return f"{COPY}{MARK}{part}" if part == NOTICES else f"{COPY}{MARK}{part}{MARK}{day}"


def _monthly(follow_up: FollowUpProgress, on: date) -> Iterator[Deadline]:
    """What was issued in a month is copied to NHTSA 5 working days after it, service campaigns too (579.5).

    A copy filed under 573.6(c)(10) is a copy: it closes the month of what it is of.
    """
    yield from monthly(follow_up.name, issued(follow_up), follow_up.stated, on)


def issued(follow_up: FollowUpProgress) -> list[Issued]:
    """Return what a follow-up issued: its dealers' notices, its letters, and what is stated."""
    found = [Issued(day, 1) for day in follow_up.stated.starts(MONTHLY)]
    if follow_up.noticed_on is not None:
        notices = f"{COPY}{MARK}{NOTICES}" if follow_up.bound else ""
        found.append(Issued(follow_up.noticed_on, 1, notices))
    found += [
        Issued(day, mailed.versions, copy_name(LETTERS, day))
        for day, mailed in follow_up.letters.items()
    ]
    return [
        *found,
        *(Issued(day, mailed.versions) for day, mailed in follow_up.service_letters.items()),
    ]


class Issued(NamedTuple):
    """Communications first issued on a day: how many, and the clock of the 5-day copy that covers them too (blank: none)."""

    day: date
    made: int
    copy: str = ""

    def filed(self, stated: Stated) -> date | None:
        """Return the day on which a copy of them was furnished: of their month, or of all months that had ended by then."""
        end = month_end(self.day)
        days = [
            stated.done(monthly_name(self.day), since=self.day, whole=False),
            stated.done(MONTHLY, since=end + timedelta(days=1)),
        ]
        if self.copy:
            part = MARK.join(self.copy.split(MARK)[:2])
            days.append(stated.done(self.copy, part, since=self.day))
        return min((day for day in days if day), default=None)


def monthly_name(day: date) -> str:
    """Return the clock of the copies of what was issued in the month of a day."""
    return f"{MONTHLY}{MARK}{day:%Y-%m}"


def month_end(day: date) -> date:
    """Return the last day of the month of a day."""
    return day.replace(day=monthrange(day.year, day.month)[1])


def monthly(name: str, issued: Sequence[Issued], stated: Stated, on: date) -> Iterator[Deadline]:
    """Return the clock of each month in which communications were issued; it is done when all of them are."""
    past, runs = [one for one in issued if one.day <= on], []
    for month in sorted({one.day.replace(day=1) for one in past}):
        clock = load(month).rows["clocks"].get(MONTHLY)
        if not isinstance(clock, Clock):
            continue  # 579.5(d): what was issued before it was in force need not be submitted
        own = [one for one in past if one.day.replace(day=1) == month]
        filed = [one.filed(stated) for one in own]
        done = None if None in filed else max(day for day in filed if day)
        run = Run(clock, month_end(month), done)
        if not run.forgotten(on):
            made = counted(sum(one.made for one in own), "communication")
            found = run.deadline(
                name, f"monthly copies {month:%Y-%m}", on, f"{name}{MARK}{monthly_name(month)}"
            )
            runs.append(replace(found, sentence=f"{made} of {month:%Y-%m}. {found.sentence}"))
    yield from together(runs, on)
