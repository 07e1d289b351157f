"""What the mail house takes in each week of a plan: by the settings of the day, by changes of days to come, less what others give it."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date, timedelta

import numpy as np

from renotify.campaigns.follow_up_settings import FollowUpSettings
from renotify.ledger import mail_house, setting_changes
from renotify.ledger.session import Session
from renotify.parts.pool_book import PoolBook
from renotify.planner.problem import UNLIMITED, Floats, Ints
from renotify.planner.replan import FROZEN
from renotify.values.calendar import monday_of
from renotify.values.english import counted, series

CAPACITY = "mail_house_letters_per_week"
FROZEN_WEEKS = timedelta(weeks=FROZEN)


def mail_capacity(session: Session, settings: FollowUpSettings, book: PoolBook, on: date) -> Floats:
    """Return the pieces that the mail house takes in each week of the book, as known on a day; inf does not bind. [T]

    A change from a later day on holds from the first week that begins on it or after it. The mail house is one: what other follow-ups
    have planned or released there in a week takes places, and where they state fewer pieces a week than this one, the fewer count. Own
    letters that wait to be sent again in a week take places as well.
    """
    capacity = stated_capacity(session, settings, on, book.monday, book.weeks)
    if not np.isfinite(capacity).any():
        return capacity
    taken = _by_week(mail_house.own(session, settings.name).again, book)
    for other in mail_house.others(session, settings, on):
        own = _by_week(other.pieces, book)
        capacity = np.where(own > 0, np.minimum(capacity, other.stated), capacity)
        taken += own
    return np.maximum(capacity - taken, 0.0)


def stated_capacity(
    session: Session, settings: FollowUpSettings, on: date, monday: date, weeks: int
) -> Floats:
    """Return the pieces that a follow-up states for the weeks from a Monday on, by its settings of a day and their changes to come. [T]"""
    capacity = np.full(weeks, _pieces(settings.mail_house_letters_per_week))
    for one in setting_changes.ahead(session, settings.name, CAPACITY, on):
        first = max(-((monday - one.from_day) // timedelta(weeks=1)), 0)
        capacity[first:] = _pieces(one.stated.value)
    return capacity


def _by_week(pieces: Mapping[date, int], book: PoolBook) -> Floats:
    """Return pieces by Monday as an array of the book's weeks. [T]"""
    return np.array(
        [pieces.get(book.monday + timedelta(weeks=week), 0) for week in range(book.weeks)], float
    )


def mail_house_words(
    session: Session, settings: FollowUpSettings, book: PoolBook, on: date
) -> list[str]:
    """Say which other follow-ups take places at the mail house in the weeks of the book, and which give way."""
    stated, said = settings.mail_house_letters_per_week, []
    if stated is None:
        return []
    for other in mail_house.others(session, settings, on):
        own, ways = _by_week(other.pieces, book), _by_week(other.gives_way, book)
        if own.any():
            numbers = f"{other.name} states {counted(other.stated, 'piece')} a week, {settings.name} {stated:,}"
            fewer = f" {numbers}: the fewer count in these weeks."
            taken = f"The mail house prints for {other.name}, too: {_words(own, book)} are taken off its places."
            said.append(f"{taken}{fewer if other.stated != stated else ''}")
        if ways.any():
            said.append(
                f"{_words(ways, book)} that {other.name} has planned give way to letters that are owed: renotify replan {other.name}."
            )
    return said


def promised_words(
    session: Session, settings: FollowUpSettings, book: PoolBook, on: date, promised: Ints
) -> list[str]:
    """Say by how much pieces that are ``promised`` to the mail house [T] exceed, with all that is there, what it takes in a week.

    They are at the mail house or told to it and stay: no plan mends it. Nothing where no week with such pieces is beyond it.
    """
    beside = mail_house.others(session, settings, on)
    own = mail_house.own(session, settings.name)
    out = _by_week(own.out + own.again, book)
    taken = {one.name: _by_week(one.pieces, book) for one in beside}
    stated = stated_capacity(session, settings, on, book.monday, book.weeks)
    said = []
    for week in np.flatnonzero(promised + _by_week(own.again, book)).tolist():
        lists = {settings.name: int(promised[week] + out[week])}
        lists |= {name: int(pieces[week]) for name, pieces in taken.items() if pieces[week]}
        takes = min([stated[week], *(one.stated for one in beside if taken[one.name][week])])
        given = sum(lists.values())
        if given > takes:
            whose = f" ({series([f'{count:,} of {name}' for name, count in lists.items()])})"
            monday = book.monday + timedelta(weeks=week)
            said.append(
                f"The week of {monday} has {counted(given, 'piece')}{whose if lists.keys() - {settings.name} else ''},"
                f" {given - takes:,.0f} more than the {takes:,.0f} that the mail house takes. They are promised to it and stay: agree on"
                f" {given - takes:,.0f} more with it."
            )
    return said


def sent_again_words(
    session: Session, settings: FollowUpSettings, monday: date, on: date
) -> list[str]:
    """Say by how much a week in which letters are sent again exceeds what the mail house takes, and what can be done; nothing where
    it fits.
    """
    own = mail_house.own(session, settings.name)
    beside = [one for one in mail_house.others(session, settings, on) if one.pieces.get(monday)]
    stated = stated_capacity(session, settings, on, monday, 1)[0]
    takes = min([stated, *(one.stated for one in beside)])
    given = sum(week[monday] for week in own) + sum(one.pieces[monday] for one in beside)
    if given <= takes:
        return []
    names = series([settings.name, *(one.name for one in beside)])
    free = monday_of(on) + FROZEN_WEEKS
    beyond = (
        f"The week of {monday} has {counted(given, 'piece')} of {names} with these,"
        f" {given - takes:,.0f} more than the {takes:,.0f} that the mail house takes: agree on {given - takes:,.0f} more with it, or let"
        f" them go in a later week. From that of {free} on a re-plan makes room:"
        f" renotify mail resend {settings.name} --week {free}; then plan again: renotify replan {settings.name}."
    )
    return [beyond]


def _words(pieces: Floats, book: PoolBook) -> str:
    weeks = np.flatnonzero(pieces)
    first, last = (book.monday + timedelta(weeks=int(week)) for week in (weeks[0], weeks[-1]))
    when = (
        f"in the week of {first}"
        if first == last
        else f"in {counted(len(weeks), 'week')} from {first} to {last}"
    )
    return f"{counted(int(pieces.sum()), 'piece')} {when}"


def _pieces(stated: int | None) -> float:
    return UNLIMITED if stated is None else float(stated)
