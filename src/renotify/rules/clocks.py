"""The clocks of Parts 573 and 577 and of the statute, run on the Federal calendar."""

from __future__ import annotations

from datetime import date, timedelta
from typing import NamedTuple

from renotify.rules.pack import load, rows_of
from renotify.rules.row import Clock
from renotify.values.calendar import Quarter, add_business_days, is_business_day, roll_forward

BY_THE_LAW_OF_THE_DAY = "free_remedy"
NEAR = 2  # quarters each side of a change of the number of reports


class ReportDue(NamedTuple):
    """A completion report owed to NHTSA: quarterly or annual, the period it covers, the day due."""

    kind: str
    period: str
    due: date


def due(clock: str, start: date) -> date:
    """Return the last day of a clock that starts on ``start``, by the law of that day."""
    return load(start).clock(clock).due(start)


def letters_due(filed: date) -> date:
    """Return the last day to mail owner letters: 60 days after the 573 report (577.7(a)(1))."""
    return due("letters", filed)


def drafts_required(kind: str) -> bool:
    """Tell whether a follow-up's letters of recalls must be before NHTSA first (577.5(a)).

    First notices must, and what the Administrator ordered in their stead is held to the same (577.10(e)(3), (f)). Whether an owner
    notification letter of 577.5(a) is also one that nobody ordered, the rule does not say: that is not established.
    """
    return kind != "follow_up_voluntary"


def drafts_due(first_piece: date, on: date) -> date:
    """Return the last day to submit letter and envelope for letters that begin on a day (577.5(a))."""
    while not is_business_day(first_piece):
        first_piece -= timedelta(days=1)
    return add_business_days(first_piece, -load(on).clock("preclearance").days)


def letters_from(submitted: date, on: date) -> date:
    """Return the first day for letters whose drafts were submitted on a day (577.5(a)); ``drafts_due`` of it is that day or later.

    What is submitted on a day on which Federal offices do not work counts as of the next one.
    """
    return load(on).clock("preclearance").due(roll_forward(submitted))


def kept(name: str, start: date, on: date) -> tuple[Clock, date] | None:
    """Return the row that says how long what began on a day is kept, by the law as known on ``on``, and the last day; None for no row.

    A longer period binds what is still kept when it comes into force; what was free before stays free: that is our reading of
    "retain" for the ten years of 576.5. A free remedy is judged by the law of the day asked, as 30120(g)(1) counts from a notice.
    """
    found: tuple[Clock, date] | None = None
    rows = [row for row in rows_of("clocks") if isinstance(row, Clock) and row.id == name]
    for row in sorted(rows, key=lambda row: row.effective_from):
        if row.effective_from > on or (row.effective_to and row.effective_to < start):
            continue
        if found is None or name == BY_THE_LAW_OF_THE_DAY or row.effective_from <= found[1]:
            found = row, row.due(start)
    return found


def quarterly_due(quarter: Quarter, on: date) -> date:
    """Return when a quarter's report is due by the law of ``on`` (573.7(d))."""
    return quarter.report_due(load(on).clock("quarterly_report").due_days)


def reports_due(first_quarter: Quarter, on: date) -> list[ReportDue]:
    """Return every report owed for a campaign initiated in ``first_quarter``, as known on ``on``.

    The law of the day on which a report falls due decides whether it is owed (573.7: six quarters;
    30118(f): eight and three years), so a campaign that had ended under the old law stays ended.
    That reading of the change is ours; for days after ``on`` the law of ``on`` is taken.
    """
    reports: list[ReportDue] = []
    quarter = first_quarter
    while len(reports) < _owed("quarterly_count", quarterly_due(quarter, on), on):
        reports.append(ReportDue("quarterly", str(quarter), quarterly_due(quarter, on)))
        quarter = quarter.next()
    for _ in range(_owed("annual_count", reports[-1].due, on)):
        last = quarter.next().next().next()
        reports.append(ReportDue("annual", f"{quarter}-{last}", quarterly_due(last, on)))
        quarter = last.next()
    return reports


def counted_otherwise(first_quarter: Quarter, on: date) -> date | None:
    """Return from which day another number of quarterly reports binds, where that change decides what is owed; None elsewhere.

    It decides where a campaign initiated up to ``NEAR`` quarters earlier or later owes another number by the reading of
    ``reports_due``: that the law of a report's due day decides is ours, and the day itself may be from memory.
    """
    near = [first_quarter]
    for _ in range(NEAR):
        near = [near[0].previous(), *near, near[-1].next()]
    if len({len(reports_due(quarter, on)) for quarter in near}) == 1:
        return None
    rows = [row for row in rows_of("clocks") if row.id == "quarterly_count"]
    return max(row.effective_from for row in rows if row.effective_from <= on)


def _owed(clock: str, day: date, on: date) -> int:
    return load(min(day, on)).clock(clock).amount
