"""When owners were told of a recall: from the first to the last of its first notices (49 CFR 573.7(b)(2)); no later letter moves it."""

from __future__ import annotations

from datetime import date
from typing import NamedTuple

from renotify.campaigns.campaign import Campaign
from renotify.ledger.stated_days import MARK, Stated
from renotify.reports.deadline import Run, states_it
from renotify.rules import load
from renotify.values.english import counted


def letters_run(campaign: Campaign, stated: Stated) -> Run | None:
    """Return the clock of a recall's owner letters; None where no day that starts it is known.

    60 days from the report (577.7(a)(1)), whatever was ordered since; without a report, from the receipt of an order.
    """
    start = campaign.filed_date
    if start is None:
        return ordered_run(campaign, stated)
    return Run(load(start).clock("letters"), start)


def ordered_run(campaign: Campaign, stated: Stated) -> Run | None:
    """Return the clock of the letters that the Administrator ordered (577.7(b)(1)); None where no order is known.

    60 days from its receipt: the day stated of ``letters_ordered``, else that of the order (``ordered_on``), which stands for it.
    """
    order, given = stated.started("letters_ordered"), ordered_on(campaign)
    if given is not None and (order is None or order < given):
        order = given  # a receipt that is stated of an earlier day is that of the order before
    return None if order is None else Run(load(order).clock("letters_ordered"), order)


def ordered_on(campaign: Campaign) -> date | None:
    """Return the day of the order that owner letters follow; None where none is known.

    While the decision is in court they are provisional, and follow the further order (577.6(b)), not the one that the court keeps back.
    """
    if not was_ordered(campaign):
        return None
    first: date | None = campaign.letter.get("ordered_date")
    further: date | None = campaign.letter.get("provisional_ordered_date")
    return further or first if campaign.provisional else first


def was_ordered(campaign: Campaign) -> bool:
    """Tell whether the Administrator decided, and ordered the letters (577.6)."""
    return campaign.letter.get("decided_by") == "administrator"


class FirstNotices(NamedTuple):
    """Of the vehicles that were in a recall by the last day for its letters: the days of their first notices, and how many had one.

    ``untold`` are open and had none; ``joined_untold`` too, but joined, or had their first owner, after that day.
    """

    first: date | None = None
    last: date | None = None
    told: int = 0
    untold: int = 0
    joined_untold: int = 0


class Completed(NamedTuple):
    """The day on which notification was completed (None: not yet, or nobody knows), and what a person must look at."""

    day: date | None
    message: str = ""


def completed(
    code: str, began: date | None, stated: date | None, letters: FirstNotices, on: date
) -> Completed:
    """Return when the notification of a recall that ``began`` on a day was completed, as far as it had come on another (573.7(b)(2)).

    It is the day that is stated, or that of the last first notice where that is later; without a stated one that of the last first
    notice, once no open vehicle is without one and the ledger holds the letters from the beginning on.
    """
    if stated is not None and stated <= on:
        return _as_stated(code, stated, letters)
    if began is None or began > on:
        return Completed(None)
    missing = _missing(began, letters)
    if not missing:
        return Completed(letters.last, _joined(letters))
    how = f"or, if it was completed, state the day: {states_it(f'{code}{MARK}letters')}"
    return Completed(None, f"ODATEEND is blank: {missing}, {how}.")


def _as_stated(code: str, stated: date, letters: FirstNotices) -> Completed:
    """The later of what a person states and of what the mail house vouched for is the end, and the difference is told."""
    takes_back = f"renotify deadlines --withdrawn {code}{MARK}letters"
    last = max(stated, letters.last or stated)
    said = []
    if last > stated:
        said.append(
            f"ODATEEND is the last first notice that the ledger holds, of {last}; the end is stated for {stated}: take that"
            f" back, {takes_back}, or correct the letters."
        )
    if letters.told and letters.untold:
        said.append(
            f"ODATEEND is stated for {stated}, but the ledger holds no first notice of {counted(letters.untold, 'open vehicle')}:"
            f" load their letters, or write to them and take that back, {takes_back}."
        )
    return Completed(last, " ".join(filter(None, [*said, _joined(letters)])))


def _joined(letters: FirstNotices) -> str:
    if not letters.joined_untold:
        return ""
    return (
        f"{counted(letters.joined_untold, 'open vehicle')} that joined after the last day for owner letters had no first notice:"
        " ODATEEND is that of the others; write to them."
    )


def _missing(began: date, letters: FirstNotices) -> str:
    """Say why the last letter is not the end of the notification; blank where it is."""
    if not letters.told:
        return "the ledger holds no first notice; load mail_events"
    if letters.untold:
        return (
            f"{counted(letters.untold, 'open vehicle')} had no first notice yet, the last so far is of {letters.last};"
            " write to them"
        )
    first, slip = letters.first or began, load(began).clock("schedule_slip")
    if first > slip.due(began):
        return (
            f"the first notice is stated for {began}, and the first that the ledger holds is of {first};"
            " load the letters before"
        )
    return ""
