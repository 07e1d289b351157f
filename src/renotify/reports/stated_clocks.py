"""Clocks that run because someone stated the day that starts them: any of the rule pack that ends on a day."""

from __future__ import annotations

import difflib
from collections.abc import Collection, Iterator, Mapping
from dataclasses import replace
from datetime import date, timedelta

from renotify.errors import BadInput, UnknownName
from renotify.ledger.stated_days import MARK, Stated
from renotify.reports import schedule_clocks
from renotify.reports.closed_by_ledger import AGAIN, NOTHING, Evidence
from renotify.reports.deadline import PASSES, Deadline, Run, state_of, states_it
from renotify.rules import load
from renotify.rules.clocks import kept
from renotify.rules.pack import rows_of
from renotify.rules.row import Clock

MAKER = "maker"  # the subject of what is of no recall: the look-up, the general reimbursement plan
COMPUTED = (  # by the ledger's own days alone: a statement would be a second answer
    "retention", "lookup_history", "free_remedy", "free_remedy_tires", "reimbursement_begins", "reimbursement_period",
)  # fmt: skip
KEPT = (  # not to be done by a day, but kept or open until it
    "retention_records",
    "retention_lessee_list",
    "retention_disclosure",
    "imb_serial",
)
OF_THEIR_OWN = (  # these have more to say, and say it in their rooms
    "letters", "letters_ordered", "report_573", "preclearance", "communications_monthly", "quarterly_report", "schedule_slip",
    "dealer_notice_electronic", "lookup_refresh", "touch_at_least_every", *COMPUTED,
)  # fmt: skip
TOUCHED = "touch_at_least_every"  # a policy of the house that runs where a touch is stated of it: letters, e-mail and calls alike
DISTRIBUTOR = "distributor_notice"
# the ledger holds no distributors: who writes to them and what closes it is said in the line
PASSED_ON = (
    "The house prints none of its own for distributors: send each the dealers' notice (renotify notices NAME) with the instruction to pass"
    " a copy on to the distributors and outlets that it knows, and ask it for the day on which it did."
)
NEXT_DAY = timedelta(days=1)  # a clock of a week is soon on its last day and the one before
WITH_PARTS = ("quarterly_report", "schedule_slip", "rental_grounded", "rental_grounded_large")
DAYS = ("calendar", "business", "years", "hours", "month_ends")


def check_name(name: str, subjects: Collection[str]) -> None:
    """Refuse the name of a clock whose subject, clock or part nothing is known of; the hint says what there is."""
    subject, _, rest = name.partition(MARK)
    clock, _, part = rest.partition(MARK)
    if subject not in subjects:
        near = difflib.get_close_matches(subject, subjects, 3)
        raise UnknownName(
            f"{subject!r} is no campaign and no follow-up.",
            f"Name a clock SUBJECT{MARK}CLOCK, by its id (renotify deadlines --json)."
            + (f" Did you mean {' or '.join(near)}?" if near else f" What is of none is {MAKER}."),
        )
    if clock not in _clocks():
        near = difflib.get_close_matches(clock, _clocks(), 3)
        raise UnknownName(
            f"The rule pack has no clock {clock!r}.",
            f"Did you mean {' or '.join(near)}?" if near else f"It has {', '.join(_clocks())}.",
        )
    if clock in WITH_PARTS and not part:
        raise BadInput(f"{name!r} does not say which.", _which(subject, clock))
    if clock == "schedule_slip" and part not in schedule_clocks.PARTS:
        raise BadInput(f"No day on file is named {part!r}.", _which(subject, clock))


def _which(subject: str, clock: str) -> str:
    parts = {
        "quarterly_report": "the quarter: 2013Q1",
        "schedule_slip": f"one of {', '.join(schedule_clocks.PARTS)}",
    }
    wanted = parts.get(clock, "the rental company: any name of yours")
    return f"Write {subject}{MARK}{clock}{MARK} and {wanted}."


def _clocks() -> list[str]:
    """The ids of the pack's clocks: those that end on a day, and the reports, which have days of the calendar."""
    rows: Mapping[str, Clock] = {row.id: row for row in rows_of("clocks") if isinstance(row, Clock)}  # fmt: skip
    return sorted(name for name, row in rows.items() if row.unit in DAYS or row.due_days)


def of_subject(
    subject: str,
    shown: str,
    stated: Stated,
    on: date,
    evidence: Mapping[str, Evidence] = NOTHING,
) -> Iterator[Deadline]:
    """Return a run for each day that starts a clock of a subject, but those that have a room of their own.

    What is done of one is stated, or shown by the ``evidence`` of the ledger, by clock: the earlier day counts.
    """
    for name in stated.names:
        clock = name.partition(MARK)[0]
        if clock in OF_THEIR_OWN:
            continue
        starts = sorted(set(stated.starts(name)))
        for start, following in zip(starts, [*starts[1:], None], strict=False):
            if clock in KEPT:
                yield from _kept(f"{subject}{MARK}{name}", shown, start, on)
                continue
            row = load(start).rows["clocks"].get(clock)
            if isinstance(row, Clock):
                shows = {**AGAIN, **evidence}.get(clock)
                days = (stated.done(name, since=start), shows and shows.done(start, following))
                run = Run(row, start, min(filter(None, days), default=None))
                yield from _run(
                    f"{subject}{MARK}{name}", shown, run, on, shows.closes if shows else ""
                )
    yield from _touched(subject, shown, stated, on)


def _touched(subject: str, shown: str, stated: Stated, on: date) -> Iterator[Deadline]:
    """Open vehicles hear from the maker about once a month, by any channel, where a touch is stated; a policy is never overdue."""
    last = stated.last_done(TOUCHED, by=on)
    if last is None:
        return
    pack, name = load(on), f"{subject}{MARK}{TOUCHED}"
    run = Run(pack.clock(TOUCHED), last)
    sooner = pack.clock("touch_at_most_every").due(last)
    told = "was" if on > run.due else "is"
    sentence = (
        f"Owners of {shown} who are still open heard from you last on {last}, as stated; the next touch {told} due on {run.due},"
        f" and no second letter goes before {sooner}."
    )
    found = run.deadline(shown, "next touch of open vehicles", on, name)
    yield replace(found, sentence=sentence, state="ok" if state_of(run.due, on) == "ok" else "soon")


def _run(name: str, shown: str, run: Run, on: date, closes: str) -> Iterator[Deadline]:
    if run.forgotten(on):
        return
    found = run.deadline(shown, _what(run.clock, name), on, name)
    if closes:
        found = replace(found, closes=f"{closes}; or {found.closes}")
    if run.clock.id == DISTRIBUTOR and run.done is None:
        closes = f"the distributor's word that it passed the notice on: {states_it(name)}"
        found = replace(found, sentence=f"{found.sentence} {PASSED_ON}", closes=closes)
    yield found


def _kept(name: str, shown: str, start: date, on: date) -> Iterator[Deadline]:
    period = kept(name.split(MARK)[1], start, on)
    if period is None or not start <= on <= period[1]:
        return
    clock, due = period
    sentence = f"{clock.title} ({shown}): until {due}."
    yield Deadline("ok", due, shown, _what(clock, name), clock.citation, sentence, name, None, PASSES)  # fmt: skip


def _what(clock: Clock, name: str) -> str:
    return " ".join([_within_sentence(clock.title), *name.split(MARK, 2)[2:]])


def _within_sentence(title: str) -> str:
    """A title with a small first letter, unless its first word is an abbreviation: ``ZIP+4``."""
    return title[:1].lower() + title[1:] if title[1:2].islower() else title


def lookup_refresh(stated: Stated, on: date, *, recalls: int) -> Iterator[Deadline]:
    """The public look-up is updated every 7 days (573.15(b)(7)); where no update is stated, a line says so."""
    row, name = load(on).rows["clocks"].get("lookup_refresh"), f"{MAKER}{MARK}lookup_refresh"
    if not isinstance(row, Clock) or not recalls:
        return
    updates = [day.day for day in stated.rows if day.name == "lookup_refresh" and day.day <= on]
    if not updates:
        sentence = f"{row.title}: no update is stated, one is due every {row.amount} days. State each: {states_it(name)}."
        yield Deadline("unknown", None, MAKER, "look-up updated", row.citation, sentence, name, None, states_it(name))  # fmt: skip
        return
    last = max(updates)
    run = Run(row, last)
    found = run.deadline(MAKER, "look-up updated", on, name)
    sentence = f"The look-up was updated last on {last}; the next update {'was' if on > run.due else 'is'} due on {run.due}."
    state = "overdue" if on > run.due else "soon" if run.due - on <= NEXT_DAY else "ok"
    yield replace(found, sentence=sentence, state=state)


def disclosures_kept(disclosed: Mapping[date, int], on: date) -> Iterator[Deadline]:
    """Records of disclosures are kept five years from each (18 USC 2721(c)): the clock ends with the newest, and counts those still kept.

    ``disclosed`` has the vehicles of each day; one that was disclosed twice counts twice.
    """
    periods = {day: kept("retention_disclosure", day, on) for day in disclosed}
    still = {day: period for day, period in periods.items() if period and on <= period[1]}
    if not still:
        return
    last = max(still)
    clock, due = still[last]
    sentence = (
        f"Records of disclosures of owner data are kept until {due}: the newest is of {last}."
    )
    vehicles = sum(disclosed[day] for day in still)
    yield Deadline(
        "ok", due, MAKER, "disclosures kept", clock.citation, sentence, f"{MAKER}{MARK}retention_disclosure", vehicles,
        PASSES,
    )  # fmt: skip
