"""The owner letters of a recall as clocks: to the last first notice, from the report or the order; and of vehicles that joined later."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import date
from typing import NamedTuple

from renotify.campaigns.campaign import Campaign
from renotify.ledger.stated_days import MARK, Stated
from renotify.ledger.stated_first_notices import stated_first_notices
from renotify.reports.deadline import ORDER, About, Deadline, Run, left, side, state_of, states_it
from renotify.reports.one_number import NumberedRecall
from renotify.reports.owner_notification import letters_run, ordered_run
from renotify.rules import load
from renotify.values.english import counted, series

OWNER_LETTERS = "owner letters"
WARNINGS = ("letters_first_warning", "letters_last_warning")
MAIL_EVENTS = "mail_events, or the mail house's evidence: renotify mail accept"


# kinds of vehicles: in the campaign by the last day for letters; the others joined later, or had their first owner
TOLD, LATE, UNTOLD, LOST, WAITS = "told", "late", "untold", "lost", "waits"
UNSPOKEN = "unspoken"  # untold, and joined after the day for which the first notices are stated
SECOND = "second"  # open, was written to before the remedy came, and not since
JOINED_UNTOLD, JOINED_TOLD, JOINED_LOST = "joined_untold", "joined_told", "joined_lost"


def subject_of(campaign: Campaign) -> str:
    """Return how a clock of a recall is named: by its first code."""
    return campaign.campaign_code.partition(",")[0]


def codes_of(campaign: Campaign) -> tuple[str, ...]:
    """Return the codes of a recall, which stand together where one number has several."""
    return tuple(campaign.campaign_code.split(", "))


def _about(campaign: Campaign, *kinds: str) -> tuple[About, ...]:
    return tuple(About(kind, codes_of(campaign)) for kind in kinds)


def _missed(mailed: Mailed) -> tuple[str, ...]:
    """Return the kinds of vehicles that ``_by_letter`` counts."""
    missed = (LATE, LOST) if mailed.told_late or mailed.lost else ()
    return (UNTOLD, *missed) if mailed.untold else missed or (TOLD,)


class Joined(NamedTuple):
    """Vehicles that joined a recall, or had their first owner, on a day after the last one for its letters.

    ``told`` had a first notice, ``untold`` are open and had none; ``lost`` left without one after their own last day.
    """

    day: date
    told: int
    untold: int
    last: date | None
    lost: int = 0


class Waits(NamedTuple):
    """Open vehicles that had an interim notice by the plan, the first on ``since``, and no letter after it; ``until``: the plan's day."""

    until: date | None
    vehicles: int
    since: date


@dataclass(frozen=True)
class Mailed:
    """First and last first-class letter of a campaign that the mail house vouched for, and how far its first notices are.

    Of the vehicles that were in the campaign by the last day for letters: ``told`` had a first notice, ``told_late`` of them
    after that day, from ``first_told`` to ``last_told``; ``untold`` are open and had none; ``planned_late`` of these
    are planned for a week that ends after it.
    ``unspoken`` of these joined after the day that is stated of the first notices, which does not speak for them.
    ``lost`` were open on that day and are no more, repaired, out of reach or removed, and never had one: nothing mends that.
    ``joined`` are the others; ``loaded`` is the first letter that no follow-up sent. ``waits`` are those who wait for a second notice,
    by the day that the plan has for them. ``second`` are open, were written to before the remedy came, and had no letter since.
    """

    first: date | None = None
    last: date | None = None
    told: int = 0
    told_late: int = 0
    untold: int = 0
    lost: int = 0
    planned_late: int = 0
    first_told: date | None = None
    last_told: date | None = None
    joined: tuple[Joined, ...] = ()
    loaded: date | None = None
    waits: tuple[Waits, ...] = ()
    second: int = 0
    unspoken: int = 0

    @property
    def lacking(self) -> int:
        """How many of these are known to lack a first notice; of a ledger without letters those that joined after the stated day."""
        return self.untold if self.told else self.unspoken


def of_one_recall(mailed: Sequence[Mailed]) -> Mailed:
    """Return the letters of the codes of one recall as one; a vehicle in two of them counts for each."""
    return Mailed(
        first=min(filter(None, (one.first for one in mailed)), default=None),
        last=max(filter(None, (one.last for one in mailed)), default=None),
        told=sum(one.told for one in mailed),
        told_late=sum(one.told_late for one in mailed),
        untold=sum(one.untold for one in mailed),
        lost=sum(one.lost for one in mailed),
        planned_late=sum(one.planned_late for one in mailed),
        first_told=min(filter(None, (one.first_told for one in mailed)), default=None),
        last_told=max(filter(None, (one.last_told for one in mailed)), default=None),
        joined=tuple(day for one in mailed for day in one.joined),
        loaded=min(filter(None, (one.loaded for one in mailed)), default=None),
        waits=_by_day([wait for one in mailed for wait in one.waits]),
        second=sum(one.second for one in mailed),
        unspoken=sum(one.unspoken for one in mailed),
    )


def as_told(recall: NumberedRecall, letters: Iterable[Mailed]) -> Campaign:
    """Return a recall as one campaign, its first notice that of its letters where nobody stated one."""
    told = [one.first_told for one in letters if one.first_told]
    return recall.as_one(first_letter=min(told, default=None))


def _by_day(waits: Sequence[Waits]) -> tuple[Waits, ...]:
    """Return who waits, each day of the plan once; those without a day last."""
    days = sorted({one.until for one in waits}, key=lambda day: day or date.max)
    of_day = [(day, [one for one in waits if one.until == day]) for day in days]
    return tuple(
        Waits(day, sum(one.vehicles for one in own), min(one.since for one in own))
        for day, own in of_day
    )


def of_code(
    campaign: Campaign, mailed: Mailed, on: date, stated: Stated, involved: int | None = None
) -> Iterator[Deadline]:
    """60 days from the 573 report, or from the order, to the last first-notice letter (577.7(a)(1), (b)(1))."""
    code, name = campaign.campaign_code, f"{campaign.campaign_code}{MARK}letters"
    run = letters_run(campaign, stated)
    if run is None:
        yield _without_a_last_day(campaign, mailed, on)
        return
    due = run.due
    finished = stated.done("letters", "letters_ordered")
    vehicles: int | None = None
    kinds: tuple[str, ...] = (UNTOLD,)
    began = campaign.first_notice_date
    if mailed.unspoken and not mailed.told:
        stated_for = max(stated_first_notices(campaign, stated, on))
        state, sentence = _since_stated(code, mailed, run, stated_for, on)
        vehicles, kinds = mailed.unspoken, (UNSPOKEN,)
    elif finished is not None and finished <= on:
        state, sentence = _by_stated_day(code, mailed, due, finished)
        vehicles = mailed.told_late or mailed.told or None
        kinds = (LATE,) if mailed.told_late else (TOLD,)
    elif mailed.told:
        state, vehicles, sentence = _by_letter(code, mailed, run, on)
        kinds = _missed(mailed)
        if began is not None and mailed.first_told is not None and began < mailed.first_told:
            sentence += (
                f" The first of these letters is of {mailed.first_told}, but the first notice is stated for {began}: load the"
                " letters before."
            )
    else:
        state, sentence = _by_first_day(campaign, mailed, run, on)
        vehicles = mailed.untold or None
    closes = f"{MAIL_EVENTS}; or, for letters that the ledger does not hold, {states_it(name)}"
    yield Deadline(
        state, due, code, OWNER_LETTERS, run.clock.citation, sentence, name, vehicles or involved, closes,
        _about(campaign, *kinds) if vehicles else (),
    )  # fmt: skip


def of_order(
    campaign: Campaign, mailed: Mailed, stated: Stated, on: date, involved: int | None
) -> Iterator[Deadline]:
    """Letters that were ordered of a recall that was also reported: 60 days more, which lengthen no others (577.7(b)(1))."""
    run = ordered_run(campaign, stated)
    if run is None or campaign.filed_date is None or on < run.start:
        return
    name = f"{subject_of(campaign)}{MARK}letters_ordered"
    finished = stated.done("letters", "letters_ordered", since=run.start)
    told = mailed.last_told if mailed.told and not mailed.untold else None
    last = max(filter(None, (finished, told)), default=None)
    done = last if last and last >= run.start else None
    found = replace(run, done=done).deadline(
        campaign.campaign_code, "owner letters, ordered", on, name, mailed.untold or involved
    )
    about = _about(campaign, UNTOLD) if mailed.untold else ()
    yield replace(found, closes=f"{MAIL_EVENTS}; or {states_it(name)}", about=about)


def _without_a_last_day(campaign: Campaign, mailed: Mailed, on: date) -> Deadline:
    """Without the day of the report or of an order the 60 days do not start, and a person must state it."""
    code = campaign.campaign_code
    clock, name = load(on).clock("letters"), f"{code}{MARK}letters"
    kinds = (UNTOLD,) if mailed.untold else (TOLD,) if mailed.told else ()
    have = f"{counted(mailed.told, 'vehicle')} had a first notice" if mailed.told else "No first notice is known"  # fmt: skip
    if mailed.told:
        have += f", from {mailed.first_told} to {mailed.last_told}"
    sentence = (
        f"Nobody stated when the report of {code} was filed, nor an order: the {clock.amount} days for owner letters cannot be"
        f" counted. {have}; {counted(mailed.untold, 'open vehicle')} had none. State filed_date in campaigns.toml."
    )
    return Deadline(
        "unknown", None, code, OWNER_LETTERS, clock.citation, sentence, name, mailed.untold or mailed.told or None,
        "filed_date in campaigns.toml", _about(campaign, *kinds),
    )  # fmt: skip


def _since_stated(
    code: str, mailed: Mailed, run: Run, stated_for: date, on: date
) -> tuple[str, str]:
    """The day stated of the first notices does not speak for vehicles that joined, or had their first owner, after it."""
    state, warning = _owed(run, on, mailed.planned_late)
    verb = "is" if on <= run.due else "was"
    return state, (
        f"The first notices of {code} are stated for {stated_for}; {counted(mailed.unspoken, 'open vehicle')} joined it after that"
        f" day, and the ledger holds none of theirs. The last day {verb} {run.due}, {left(run.due, on)}.{warning}"
    )


def _by_stated_day(code: str, mailed: Mailed, due: date, finished: date) -> tuple[str, str]:
    """The later of what a person states and of what the mail house vouched for is the last letter."""
    last = max(finished, mailed.last_told or finished)
    sentence = f"The last owner letter of {code} is stated for {finished}, {side(due, finished)} the last day."
    if last > finished:
        sentence += f" The ledger holds a first notice of {last}, {side(due, last)} the last day: that one counts."
    if mailed.told_late:
        sentence += (
            f" The first notice of {counted(mailed.told_late, 'vehicle')} was after the last day."
        )
    if mailed.told and mailed.untold:
        sentence += (
            f" Of {counted(mailed.untold, 'open vehicle')} the ledger holds no first notice."
        )
    if mailed.told and mailed.lost:
        sentence += f" Of {counted(mailed.lost, 'vehicle')} that left after the last day it holds none."  # fmt: skip
    return "late" if last > due else "ok", sentence


def of_second(
    campaign: Campaign, mailed: Mailed, stated: Stated, on: date, involved: int | None
) -> Iterator[Deadline]:
    """Where the remedy was not there at the first notice, a second one follows once it is (577.7(a)(1)).

    The rule asks for it within a reasonable time and names no day: the day on which owners were told that they hear again is kept,
    ``next_notice_date``, else ``remedy_expected_date``, once the remedy is there as before; without one no day is known. A letter
    since the remedy came closes it, of each vehicle its own. Where kits or hours did not suffice for some, each of these vehicles is
    owed its own, by the day that the plan has for it: a line for each day.
    """
    begun, code, due = campaign.first_notice_date, campaign.campaign_code, campaign.hears_again
    if campaign.interim and due is not None and begun is not None and begun <= on:
        sentence = (
            f"Owners of {code} were told on {begun} of a remedy to come, and that they hear again by {due}, {left(due, on)}: the"
            " remedy has no day yet. State remedy_available_date in campaigns.toml, or write again with a new day."
        )
        if not stated.done(f"letters{MARK}second", since=begun, whole=False):
            yield _second(campaign, on, state_of(due, on), due, sentence, involved)
        return
    if second_owed(campaign, mailed, stated, on):
        there, ordered = campaign.first_remedy_date, _after_judgment(campaign, stated)
        lack = f"{counted(mailed.second, 'open vehicle')} had no letter since" if mailed.second else "no letter since is known"  # fmt: skip
        told = f" (they were told that they hear again by {due}, {left(due, on)})" if due else ""
        if ordered is not None:
            due, told = ordered, f" (by {ordered}, {left(ordered, on)}: the order after the judgment says so)"  # fmt: skip
        sentence = (
            f"The remedy of {code} came on {there}, after the first notice of {begun}: owners are told within a reasonable time"
            f"{told}, and {lack}."
        )
        found = _second(
            campaign, on, state_of(due, on) if due else "unknown", due, sentence, mailed.second or involved
        )  # fmt: skip
        yield replace(found, about=_about(campaign, SECOND) if mailed.second else ())
    for wait in waits_owed(campaign, mailed, stated, on):
        state, by, sentence = _waiting(code, wait, due, on)
        about = (About(WAITS, codes_of(campaign), (wait.until,)),)
        yield replace(_second(campaign, on, state, by, sentence, wait.vehicles), about=about)


def _after_judgment(campaign: Campaign, stated: Stated) -> date | None:
    """Return the last day for the notice after a court upheld the decision: 60 days from the further order (577.6(c), 577.7(b)(1))."""
    run, begun = ordered_run(campaign, stated), campaign.first_notice_date
    ordered = run is not None and begun is not None and run.start > begun
    return run.due if run and ordered and campaign.letter.get("court") == "upheld" else None


def remedy_came(campaign: Campaign, on: date) -> date | None:
    """Return the day on which the remedy came after the first notice; None where it was there with it, or is to come."""
    begun, there = campaign.first_notice_date, campaign.first_remedy_date
    return there if begun and there and begun < there <= on else None


def second_owed(campaign: Campaign, mailed: Mailed, stated: Stated, on: date) -> bool:
    """Tell whether owners are owed the notice that the remedy has come: a vehicle had none since, or no letter since is known."""
    there = remedy_came(campaign, on)
    if there is None or stated.done(f"letters{MARK}second", since=there, whole=False):
        return False
    every = mailed.told > 0 and not mailed.untold  # the ledger holds the letters of all
    return bool(mailed.second) or not (every or (mailed.last and mailed.last >= there))


def waits_owed(campaign: Campaign, mailed: Mailed, stated: Stated, on: date) -> list[Waits]:
    """Return those whom the plan told to wait and whose second notice nobody stated."""
    begun = campaign.first_notice_date
    if begun is None or begun > on:
        return []
    done = [stated.done(f"letters{MARK}second", since=one.since, whole=False) for one in mailed.waits]  # fmt: skip
    return [one for one, day in zip(mailed.waits, done, strict=True) if not day]


def _waiting(code: str, wait: Waits, told: date | None, on: date) -> tuple[str, date | None, str]:
    """State, day and sentence of those whom the plan has from one day on, or for whom it has none; ``told``: when they hear again."""
    due = wait.until or told
    until = f"the plan has them from {wait.until}, {left(wait.until, on)}" if wait.until else "the plan has no day for them"  # fmt: skip
    if told and not wait.until:
        until += f", and they were told that they hear again by {told}, {left(told, on)}"
    sentence = (
        f"Owners of {counted(wait.vehicles, 'vehicle')} of {code} were told from {wait.since} on that their repair is not yet available,"
        f" because kits or hours do not suffice: {until}. They are owed a second notice within a reasonable time."
    )
    return state_of(due, on) if due else "unknown", due, sentence


def _second(
    campaign: Campaign, on: date, state: str, due: date | None, sentence: str, vehicles: int | None
) -> Deadline:
    name = f"{subject_of(campaign)}{MARK}letters{MARK}second"
    return Deadline(
        state, due, campaign.campaign_code, "second notification", load(on).clock("letters").citation, sentence, name,
        vehicles, f"{MAIL_EVENTS}; or {states_it(name)}",
    )  # fmt: skip


def joined_untold(joined: Sequence[Joined], stated: Stated, on: date) -> int:
    """Return how many vehicles that joined later have no first notice, where nobody stated that they had."""
    closed = stated.last_done(f"letters{MARK}joined", "letters", by=on) or date.min
    return sum(one.untold for one in joined if closed < one.day)


def of_joined(
    campaign: Campaign, joined: Sequence[Joined], stated: Stated, on: date
) -> Iterator[Deadline]:
    """Vehicles that joined after the last day for letters are owed one too.

    The rule gives no day of their own: 60 days from the day on which they joined is our reading, the strict one.
    """
    name = f"{campaign.campaign_code.partition(',')[0]}{MARK}letters{MARK}joined"
    runs = [
        (one, Run(load(one.day).clock("letters"), one.day, stated.done(f"letters{MARK}joined", "letters", since=one.day)))
        for one in joined
    ]  # fmt: skip
    open_ = [(one, run) for one, run in runs if one.untold and not (run.done and run.done <= on)]
    late = [(one, run) for one, run in runs if one.lost or (one.last and one.last > run.due)]
    shown = open_ or late
    if not shown:
        return
    due = min(run.due for _, run in shown)
    vehicles = sum(one.untold if open_ else one.told + one.lost for one, _ in shown)
    last = max((one.last for one, _ in shown if one.last), default=None)
    lost = sum(one.lost for one, _ in shown)
    if open_:
        lack = "has no first notice" if vehicles == 1 else "have no first notice"
    else:
        parts = [f"had first notices to {last}"] if last else []
        gone = f"{lost:,} of them left" if lost < vehicles else "left"
        parts += [f"{gone} without one"] if lost else []
        lack = ", ".join(parts)
    days = series([str(one.day) for one, _ in shown])
    kinds = (JOINED_UNTOLD,) if open_ else (JOINED_TOLD, JOINED_LOST)
    own = tuple(one.day for one, _ in shown)
    sentence = (
        f"{counted(vehicles, 'vehicle')} that joined {campaign.campaign_code} on {days}, after the last day for its owner letters,"
        f" {lack}. The last day of the first of these is {due}: the rule names none for them, {shown[0][1].clock.amount} days from the"
        " day on which they joined are our reading."
    )
    yield Deadline(
        state_of(due, on) if open_ else "late", due, campaign.campaign_code, "owner letters of vehicles that joined later",
        shown[0][1].clock.citation, sentence, name, vehicles, f"{MAIL_EVENTS}; or {states_it(name)}",
        tuple(About(kind, codes_of(campaign), own) for kind in kinds),
    )  # fmt: skip


def _owed(run: Run, on: date, later: int = 0) -> tuple[str, str]:
    """Return how letters that are owed stand on a day, and what the house's last warning adds; ``later`` are planned after the last day."""
    if on > run.due:
        return "overdue", ""
    first, last = (load(run.start).clock(name).due(run.start) for name in WARNINGS)
    warned = (
        f" Last warning, since {last}: plan these letters into a wave that still leaves in time."
    )
    return "soon" if later or on >= first else "ok", warned if on >= last else ""


def _by_letter(code: str, mailed: Mailed, run: Run, on: date) -> tuple[str, int | None, str]:
    """The clock is kept by the last letter: each vehicle counts, as its own first notice went."""
    due = run.due
    have = f"{counted(mailed.told, 'vehicle')} of {code} had a first notice, the last on {mailed.last_told}"
    if mailed.told_late:
        have += f", {mailed.told_late:,} of them after the last day"
    verb = "is" if on <= due else "was"
    day = f"The last day {verb} {due}, {left(due, on)}."
    if mailed.lost:
        have += f"; {counted(mailed.lost, 'vehicle')} left it after the last day, and had none"
    missed = mailed.told_late + mailed.lost
    if not mailed.untold:
        state = "late" if missed else "ok"
        return (
            state,
            missed or mailed.told,
            f"{have}; no open vehicle that was in it by the last day is without one. {day}",
        )
    state, warning = _owed(run, on, mailed.planned_late)
    more = f"{counted(mailed.untold, 'open vehicle')} had none"
    later = f", {mailed.planned_late:,} planned for later than that" if mailed.planned_late else ""
    return state, mailed.untold + missed, f"{have}; {more}{later}. {day}{warning}"


def _by_first_day(campaign: Campaign, mailed: Mailed, run: Run, on: date) -> tuple[str, str]:
    """The ledger holds no first-notice letter: the day on which they began stands for them, and the sentence says so."""
    code, begun, due = campaign.campaign_code, campaign.first_notice_date or mailed.first, run.due
    if begun is None or begun > on:
        later = (
            f" {counted(mailed.planned_late, 'vehicle')} planned for later than that."
            if mailed.planned_late
            else ""
        )
        state, warning = _owed(run, on, mailed.planned_late)
        return state, (
            f"Owner letters of {code} {'were' if on > due else 'are'} due {left(due, on)}: {run.clock.amount} days after the "
            f"{'report' if run.clock.id == 'letters' else 'order'} of {run.start}.{later}{warning}"
        )
    running = _owed(run, on)[0] == "soon"  # the last one may still be to come
    return "late" if begun > due else "soon" if running else "unknown", (
        f"Owner letters of {code} began on {begun}, {side(due, begun)} the last day. The ledger holds none of these letters:"
        " load mail_events to have the last one counted."
    )


def of_all_codes(
    letters: Sequence[Deadline], whole: Campaign, involved: int | None
) -> list[Deadline]:
    """Return the letters of all codes as one clock: the state, sentences and vehicles of those that are worst off.

    While all are in time these are the codes whose vehicles wait for a first notice, else the first code.
    """
    ordered = sorted(letters, key=lambda one: (ORDER.index(one.state), one.campaign))
    if not ordered:
        return []
    if ordered[0].state == "ok":
        wait = [
            one for one in ordered if any(part.kind in {UNTOLD, UNSPOKEN} for part in one.about)
        ]
        ordered = wait or ordered[:1]
    worst = [one for one in ordered if one.state == ordered[0].state]
    numbers = [one.vehicles for one in worst if one.vehicles is not None]
    return [
        replace(
            worst[0],
            campaign=whole.campaign_code,
            sentence=" ".join(one.sentence for one in worst),
            vehicles=sum(numbers) if numbers else involved,
            about=tuple(part for one in worst for part in one.about),
            id=f"{whole.campaign_code.partition(',')[0]}{MARK}letters",
            closes=worst[0].closes.replace(
                worst[0].id, f"{whole.campaign_code.partition(',')[0]}{MARK}letters"
            ),
        )
    ]
