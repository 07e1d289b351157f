"""Every clock that runs: what is due, by which rule, whether there is still time, and what closes it.

``campaign_clocks``, ``letter_clocks``, ``schedule_clocks``, ``follow_up_clocks`` and ``stated_clocks`` hold the rules, as functions
of values; ``ledger_clocks`` reads what they need; this asks them all. Days come from the rule pack's clocks, on the Federal calendar.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import fields, replace
from datetime import date
from difflib import get_close_matches
from functools import cache
from typing import TYPE_CHECKING, Any

from renotify.errors import UnknownName
from renotify.ledger import ending_follow_ups, follow_ups, registry
from renotify.ledger.kinds import DayWord
from renotify.ledger.session import Session
from renotify.ledger.stated_days import MARK, Stated, check_withdrawn, state, stated
from renotify.ledger.wave_decisions import LONGEST
from renotify.reports import (
    clock_vehicles,
    closed_by_ledger,
    ledger_clocks,
    schedule,
    statable,
    stated_clocks,
)
from renotify.reports.campaign_clocks import LETTERS_COPY, Known, of_recall
from renotify.reports.deadline import INVOLVED, ON_LIST, About, Deadline, in_order
from renotify.reports.follow_up_clocks import (
    COPY,
    LETTERS,
    MONTHLY,
    NOTICES,
    Issued,
    copy_name,
    issued,
    monthly,
    of_follow_up,
)
from renotify.reports.kept_evidence import NOT_SHOWN, Shown, keep
from renotify.reports.letter_clocks import Mailed, as_told, of_one_recall
from renotify.reports.one_number import NumberedRecall, recalls
from renotify.reports.stated_clocks import MAKER
from renotify.values.english import series

if TYPE_CHECKING:
    import pyarrow as pa

_SHOWN = tuple(field.name for field in fields(Deadline) if field.name != "about")


def deadlines(session: Session, on: date) -> list[dict[str, Any]]:
    """Return every clock that runs on a day: state, due, campaign, what, citation, sentence, id, vehicles, closes, list.

    Campaigns, follow-ups and what is of neither; overdue first, then soon (within 15 days), late (done after its day),
    unknown (nothing starts it), ok. Clocks are the rule pack's (49 CFR 573, 576, 577, 579; 49 USC 30118-30120). ``list`` is the
    command that lists the vehicles.
    """
    found = clocks(session, on)
    named = Counter(one.id for one in found)
    return [
        {
            **{name: getattr(one, name) for name in _SHOWN},
            "list": clock_vehicles.opened_by(one, on, alone=named[one.id] == 1),
        }
        for one in found
    ]


def clocks(session: Session, on: date) -> list[Deadline]:
    """Return every clock that runs on a day, in order, each with the vehicles that it is about.

    A follow-up that was ended before any letter went has none: what its owners are owed, the clocks of their campaigns say.
    """
    known, days = recalls(session), stated(session)
    mailed = ledger_clocks.mailed(session, known, days, on)
    facts = ledger_clocks.known(session, known, mailed, days, on)
    found: list[Deadline] = []
    for recall, more in zip(known, facts, strict=True):
        letters = [mailed.get(code, Mailed()) for code in recall.codes]
        every = (About(INVOLVED, recall.codes),)
        own = [
            *of_recall(recall, letters, on, more),
            *(
                clock if clock.vehicles is not None else replace(clock, vehicles=more.vehicles)
                for clock in _stated_of(recall, letters, more, on)
            ),
        ]
        found += (replace(one, about=one.about or every) for one in own)
    given_up = ending_follow_ups.given_up(session, on)
    for name in follow_ups.names(session):
        if name in given_up:
            continue
        progress = ledger_clocks.progress(session, name, days.of(name), on)
        listed = (About(ON_LIST, (name,)),)
        found += (replace(one, about=one.about or listed) for one in of_follow_up(progress, on))
    found += _of_the_maker(session, known, days.of(MAKER), on)
    return in_order(found)


def vehicles_of(session: Session, name: str, due: date | None, on: date) -> pa.Table:
    """Return the vehicles of the clocks of an id (``clock_vehicles.ROWS``), or of those alone that are due on a day.

    ``date.max`` asks for one without a last day. Raises UnknownName where none of the id runs, or none with the day.
    """
    every = clocks(session, on)
    own = [one for one in every if one.id == name]
    if not own:
        near = get_close_matches(name, [one.id for one in every], 3)
        raise UnknownName(
            f"No clock {name!r} runs on {on}.",
            f"Did you mean {' or '.join(near)}?" if near else "See their ids: renotify deadlines.",
        )
    asked = [one for one in own if due is None or (one.due or date.max) == due]
    if not asked:
        days = series([str(one.due) for one in own])
        raise UnknownName(f"No clock {name!r} is due on {due}.", f"Known are {days}.")
    return clock_vehicles.vehicles_of(session, asked, on)


def as_table(clocks: Sequence[dict[str, Any]]) -> pa.Table:
    """Return the rows of ``deadlines`` as Arrow: days as days, counts as numbers, everything else as text."""
    import pyarrow as pa

    kinds = {"due": pa.date32(), "vehicles": pa.int64()}
    names = [*_SHOWN, "list"]
    schema = pa.schema([(name, kinds.get(name, pa.string())) for name in names])
    return pa.Table.from_pylist(list(clocks), schema=schema)


def _of_the_maker(
    session: Session, known: Sequence[NumberedRecall], own: Stated, on: date
) -> Iterator[Deadline]:
    """Return the clocks that are of no recall: about the vehicles of all recalls where the rule is on recalls, else of all campaigns."""
    recalls_alone = tuple(code for one in known if one.campaigns[0].family == "safety" for code in one.codes)  # fmt: skip
    every = tuple(code for one in known for code in one.codes)
    counted = cache(lambda codes: ledger_clocks.vehicles(session, codes))
    clocks = [
        *stated_clocks.lookup_refresh(own, on, recalls=len(recalls_alone)),
        *stated_clocks.of_subject(MAKER, MAKER, own, on),
        *monthly(MAKER, _stated_issues(own), own, on),
    ]
    for clock in clocks:
        bound = recalls_alone if statable.binds_recalls(clock.id.split(MARK)[1]) else every
        yield replace(clock, vehicles=counted(bound), about=(About(INVOLVED, bound),))
    kept = stated_clocks.disclosures_kept(ledger_clocks.disclosed(session, on), on)
    yield from (replace(one, about=(About(clock_vehicles.DISCLOSED, ()),)) for one in kept)


def _stated_of(
    recall: NumberedRecall, letters: Sequence[Mailed], known: Known, on: date
) -> Iterator[Deadline]:
    first, shown, days = recall.codes[0], ", ".join(recall.codes), known.stated
    evidence = closed_by_ledger.of_recall(letters, known.notified.dealers_end.on)
    yield from stated_clocks.of_subject(first, shown, days, on, evidence)
    yield from monthly(first, [*_loaded(recall, letters), *_stated_issues(days)], days, on)


def _loaded(recall: NumberedRecall, letters: Sequence[Mailed]) -> list[Issued]:
    """Return the owners' letters that no follow-up sent: the first of mail_events."""
    copy = LETTERS_COPY if recall.campaigns[0].family == "safety" else ""
    loaded = min((one.loaded for one in letters if one.loaded), default=None)
    return [Issued(loaded, 1, copy)] if loaded else []


def _stated_issues(days: Stated) -> list[Issued]:
    """Return the communications that are stated, each with its day (579.5)."""
    return [Issued(day, 1) for day in days.starts(MONTHLY)]


def state_day(
    session: Session,
    name: str,
    word: DayWord,
    on: date,
    *,
    today: date | None = None,
    shown: Shown = NOT_SHOWN,
) -> None:
    """Record that a clock started on a day, was done, or that what was stated of it is taken back.

    What is ``shown`` stands in the record of commands; a file that comes with it is kept in the same transaction, and named there too.
    A day after ``today`` (that of the desk, else of this machine's own clock) has not come, and is not stated.
    Raises UnknownName or BadInput for a name that is no clock's, BadInput where there is nothing to take back,
    WrongDay for a day on which what is said cannot have been.
    """
    subjects = ledger_clocks.subjects(session)
    subject, mark, rest = name.partition(MARK)
    if subject not in subjects:
        name = f"{registry.in_other_case(session, subject)}{mark}{rest}"
    stated_clocks.check_name(name, subjects)
    if word == DayWord.WITHDRAWN:
        check_withdrawn(session, name, on)
    else:
        known_until = today or statable.by_the_clock()
        statable.check_come(on, known_until)
        _check_day(session, name, word, on)
        if word == DayWord.DONE:
            _check_begun(session, name, on, known_until)
    with session.transaction():
        if shown.file:
            keep(session, shown.file)
        told = "".join(
            (
                f", by {shown.by}" if shown.by else "",
                f", evidence: {shown.named}" if shown.named else "",
            )
        )
        state(session, name, word, on, f"deadlines --{word} {name}{told}"[:LONGEST])


def _check_day(session: Session, name: str, word: DayWord, on: date) -> None:
    """Refuse a statement that no clock would read, and a day on which what it says cannot have been."""
    subject, _, rest = name.partition(MARK)
    clock, _, part = rest.partition(MARK)
    own = next((one for one in recalls(session) if subject in (*one.codes, one.number)), None)
    statable.check(name, _kind(session, subject, own), word, on)
    if word == DayWord.DONE:
        codes = (*own.codes, own.number) if own else ()
        statable.check_started(name, stated(session).of(*filter(None, {subject, *codes})))
    if word == DayWord.DONE and (clock == MONTHLY or (clock == "letters" and part)):
        _check_read(session, name, own, on)
    if own is None:
        return
    if clock == "letters_ordered":
        statable.check_ordered(own.as_one())
    if word == DayWord.DONE:
        _check_filed(session, own, clock, part, on)
    if word == DayWord.STARTED:
        statable.check_beginning(clock, own.as_one(), on)
    if rest == "letters":
        statable.check_last_letter(own.as_one(), on)


def _check_begun(session: Session, name: str, on: date, today: date) -> None:
    """Refuse that it was done before the first day that starts it, by a statement or by what went out."""
    subject, _, rest = name.partition(MARK)
    own = next((one for one in recalls(session) if subject in (*one.codes, one.number)), None)
    codes = (*own.codes, own.number) if own else ()
    here = stated(session).of(*filter(None, {subject, *codes}))
    begins = [*here.starts(rest), *here.starts(rest.partition(MARK)[0])]
    statable.check_begun(name, [*begins, *_copied(session, subject, own, rest, today)], on)


def _copied(
    session: Session, subject: str, own: NumberedRecall | None, rest: str, today: date
) -> list[date]:
    """Return the days on which something went out of which a copy is filed in 5 days (573.6(c)(10)); none for another clock."""
    clock, _, part = rest.partition(MARK)
    if clock != COPY or subject == MAKER:
        return []
    if own is not None:
        letters = ledger_clocks.mailed(session, [own], stated(session), today)
        wanted = part in {"", LETTERS}
        return [one.loaded for one in letters.values() if one.loaded] if wanted else []
    found = ledger_clocks.progress(session, subject, stated(session).of(subject), today)
    days = {copy_name(LETTERS, day): day for day in found.letters}
    days |= {copy_name(NOTICES, found.noticed_on): found.noticed_on} if found.noticed_on else {}
    return [day for name, day in days.items() if f"{name}{MARK}".startswith(f"{rest}{MARK}")]


def _check_filed(session: Session, own: NumberedRecall, clock: str, part: str, on: date) -> None:
    """Refuse a report of a recall that was not owed, and an amendment before anything was new."""
    if clock == "quarterly_report":
        schedule.check_owed(session, own, part, on)
    if clock == "report_573_amendment":
        started = stated(session).of(*filter(None, (*own.codes, own.number))).starts(clock)
        began = {*ledger_clocks.changed_days(session, own), *started}
        statable.check_amended(own.as_one(), began, on)


def _check_read(session: Session, name: str, own: NumberedRecall | None, on: date) -> None:
    """Refuse that copies were filed of what nobody issued, or that vehicles were told which do not wait."""
    subject, clock, *rest = name.split(MARK, 2)
    part, days = rest[0] if rest else "", stated(session)
    if own is None:
        is_maker = subject == MAKER
        sent = (
            _stated_issues(days.of(subject))
            if is_maker
            else issued(ledger_clocks.progress(session, subject, days.of(subject), on))
        )
        statable.check_issued(subject, part, sent, on)
        return
    mailed = ledger_clocks.mailed(session, [own], days, on)
    letters = [mailed.get(code, Mailed()) for code in own.codes]
    if clock == MONTHLY:
        stated_here = days.of(*own.codes, *filter(None, [own.number]))
        sent = [*_loaded(own, letters), *_stated_issues(stated_here)]
        statable.check_issued(subject, part, sent, on)
        return
    statable.check_waiting(as_told(own, letters), part, of_one_recall(letters), on)


def _kind(session: Session, subject: str, own: NumberedRecall | None) -> str:
    """Return what a clock is of: safety, service, follow_up, service_follow_up (of service campaigns alone) or maker."""
    if own is not None:
        return own.campaigns[0].family
    if subject == MAKER:
        return "maker"
    return "follow_up" if ledger_clocks.is_bound(session, subject) else "service_follow_up"
