"""What can be stated of which clock: a statement that no clock reads is refused, with what there is instead."""

from __future__ import annotations

import re
from collections.abc import Collection, Sequence
from datetime import date

from renotify.campaigns.campaign import Campaign
from renotify.errors import BadInput
from renotify.ledger.kinds import DayWord
from renotify.ledger.stated_days import MARK, Stated
from renotify.reports.deadline import starts_it, states_it
from renotify.reports.follow_up_clocks import Issued
from renotify.reports.letter_clocks import Mailed, of_second, subject_of
from renotify.reports.owner_notification import ordered_on, was_ordered
from renotify.reports.reporting_period import ReportingPeriod
from renotify.reports.stated_clocks import COMPUTED, KEPT, TOUCHED
from renotify.rules.pack import rows_of

OF_RECALLS = (  # Parts 573 and 577: of a safety or noncompliance recall alone
    "letters", "letters_ordered", "report_573", "report_573_amendment", "report_573_remainder", "schedule_slip",
    "quarterly_report", "dealer_notice_electronic", "inconsequentiality", "inconsequentiality_not_filed",
)  # fmt: skip
STARTED_BY = {  # these start by what the ledger holds
    "letters": "filed_date in campaigns.toml, or letters_ordered",
    "quarterly_report": "first_notice_date and remedy_available_date in campaigns.toml",
    "dealer_notice_electronic": "filed_date in campaigns.toml",
    "lookup_refresh": "the update before, --filed",
    TOUCHED: "the touch before, --filed",
    "retention": "filed_date in campaigns.toml",
    "lookup_history": "first_notice_date in campaigns.toml, or the first letter that the ledger holds",
    "reimbursement_period": "the last owner letter: mail_events, the mail house's evidence, or --filed CODE:letters",
    "reimbursement_begins": "filed_date, analysis_opened_date or first_test_date in campaigns.toml",
    "free_remedy": "first_sale_date of each vehicle",
    "free_remedy_tires": "first_sale_date of each vehicle",
}
WITHOUT_PARTS = (
    "letters_ordered", "report_573", "report_573_amendment", "dealer_notice_electronic", "preclearance", "lookup_refresh",
    TOUCHED,
)  # fmt: skip
WITHOUT_A_STATEMENT = (  # the ledger may start these, so that one that is done need not have been stated as started
    *OF_RECALLS[:4], "schedule_slip", "quarterly_report", "dealer_notice_electronic", "dealer_notice", "filing_copy",
    "communications_monthly", "lookup_refresh", "preclearance", TOUCHED,
)  # fmt: skip
MONTH = re.compile(r"\d{4}-(0[1-9]|1[0-2])")
WHAT = {
    "service": "a service campaign", "follow_up": "a follow-up", "service_follow_up": "a follow-up of service campaigns",
    "maker": "of no recall",
}  # fmt: skip
BINDS_RECALLS = ("49 CFR 573", "49 CFR 577", "49 USC 30118", "49 USC 30119", "49 USC 30120")


class WrongDay(BadInput):
    """A day on which what is stated of a clock cannot have been."""


def by_the_clock() -> date:
    """Return today by this machine's own clock."""
    return date.today()  # noqa: DTZ011 - a day of the house is that of its own clock


def check_come(on: date, today: date) -> None:
    """Refuse a day that has not come. Raises WrongDay."""
    if on > today:
        raise WrongDay(
            f"{on} has not come: today is {today}.",
            "State what was done or started, once it was; what was stated by mistake is taken back with --withdrawn.",
        )


def check_begun(name: str, begins: Collection[date], on: date) -> None:
    """Refuse that what a clock asks for was done before the first day that starts it, as far as one is known. Raises WrongDay."""
    first = min(begins, default=None)
    if first and on < first:
        raise WrongDay(
            f"{name} runs from {first}: what it asks for cannot have been done on {on}.",
            "State the day on which it was done.",
        )


def check(name: str, kind: str, word: DayWord, on: date) -> None:
    """Refuse what no clock reads, or no rule asks. Raises BadInput.

    ``kind`` is what the subject is: safety, service, follow_up, service_follow_up or maker. What Parts 573 and 577 or 49 USC 30118 to
    30120 ask binds no service campaign.
    """
    subject, clock, *rest = name.split(MARK, 2)
    part = rest[0] if rest else ""
    _check_bound(subject, clock, kind)
    _check_of_the_law(clock)
    if word == DayWord.STARTED and clock in STARTED_BY:
        raise BadInput(
            f"The clock {clock} is not started by a statement.",
            f"It starts by {STARTED_BY[clock]}.",
        )
    if word == DayWord.STARTED:
        _check_in_force(clock, on)
    if word == DayWord.DONE and clock in (*COMPUTED, *KEPT):
        raise BadInput(
            f"Nothing is to be done for the clock {clock}: its day passes.",
            "What was stated by mistake is taken back with --withdrawn.",
        )
    if clock in WITHOUT_PARTS and part:
        raise BadInput(f"The clock {clock} has no parts.", f"Write {subject}{MARK}{clock}.")
    if clock == "letters" and part not in {"", "joined", "second"}:
        raise BadInput(f"{clock} has no part {part!r}.", f"It has {clock}{MARK}joined and {clock}{MARK}second.")  # fmt: skip
    if clock == "communications_monthly" and part:
        _check_month(part, word)
    if clock == "quarterly_report":
        _check_period(part, on)


def _check_bound(subject: str, clock: str, kind: str) -> None:
    """Refuse a clock that does not bind what it is stated of."""
    if clock in OF_RECALLS and kind != "safety":
        raise BadInput(
            f"{subject} is {WHAT[kind]}: the clock {clock} is of recalls alone.",
            "Name the recall by its code or NHTSA number.",
        )
    if kind in {"service", "service_follow_up"} and binds_recalls(clock):
        raise BadInput(
            f"{subject} is {WHAT[kind]}: the clock {clock} is of recalls.",
            f"What it sends is copied to NHTSA after the month (49 CFR 579.5): {subject}{MARK}communications_monthly.",
        )
    if clock == "preclearance" and kind != "follow_up":
        raise BadInput(f"{subject} is no follow-up: the clock {clock} is of one.", "Name the follow-up.")  # fmt: skip


def _check_of_the_law(clock: str) -> None:
    """Refuse a policy of the house that is counted from the ledger's own days: no statement is read for it."""
    rows = [row for row in rows_of("clocks") if row.id == clock]
    if {row.verified for row in rows} == {"HOUSE"} and clock != TOUCHED:
        raise BadInput(
            f"The clock {clock} is a policy of the house ({rows[0].title}), counted from the ledger's own days.",
            "Nothing is stated of it.",
        )


def _check_in_force(clock: str, on: date) -> None:
    """Refuse a start on a day on which the rule was not in force: it asks nothing of that day."""
    rows = [row for row in rows_of("clocks") if row.id == clock]
    if not any(row.in_force(on) for row in rows):
        since = min(row.effective_from for row in rows)
        raise BadInput(
            f"The clock {clock} ({rows[0].citation}) is of days since {since}; {on} starts none.",
            "State another day with --on, if that one was meant.",
        )


def binds_recalls(clock: str) -> bool:
    """Tell whether a clock of the pack is of a rule on recalls alone, which asks nothing of a service campaign."""
    rows = [row for row in rows_of("clocks") if row.id == clock]
    return all(row.citation.startswith(BINDS_RECALLS) for row in rows)


def check_started(name: str, stated: Stated) -> None:
    """Refuse that a clock was done which only a statement starts, while none does. Raises BadInput."""
    _, clock, *_ = name.split(MARK, 2)
    rest = name.partition(MARK)[2]
    if clock in WITHOUT_A_STATEMENT or any(
        row.word == DayWord.STARTED and (row.name == rest or (rest == clock and row.name.partition(MARK)[0] == clock))
        for row in stated.rows
    ):  # fmt: skip
        return
    raise BadInput(
        f"Nothing starts {name}, so nothing is closed by it.",
        f"State the day that starts it first: {starts_it(name)}.",
    )


def _check_month(part: str, word: DayWord) -> None:
    if word == DayWord.STARTED:
        raise BadInput(
            "A communication starts the month of its day; the clock is named without one.",
            f"Leave {MARK}{part} out.",
        )
    if not MONTH.fullmatch(part):
        raise BadInput(f"{part!r} is no month.", "Write the month of what was issued: 2013-02.")


def _check_period(part: str, on: date) -> None:
    period = ReportingPeriod.parse(part)
    if str(period) != part:
        raise BadInput(f"{part!r} is not how a period is named here.", f"Write {period}.")
    if on <= period.last.end:
        raise WrongDay(
            f"{part} ends on {period.last.end}: its report cannot have been filed on {on}.",
            "State the day of filing with --on.",
        )


def check_ordered(recall: Campaign) -> None:
    """Refuse a statement of an order that nobody gave: neither was it received, nor are its letters done. Raises BadInput."""
    if not was_ordered(recall):
        raise BadInput(
            f"No order is known of {recall.campaign_code}: its owner letters run from its report (49 CFR 577.7(a)(1)).",
            'If the Administrator ordered them, state decided_by = "administrator" and ordered_date in campaigns.toml first.',
        )


def check_beginning(clock: str, recall: Campaign, on: date) -> None:
    """Refuse the receipt of an order before it was given, and a determination after the report that it led to. Raises WrongDay."""
    code, filed = recall.campaign_code, recall.filed_date
    ordered = ordered_on(recall)
    if clock == "letters_ordered" and ordered and on < ordered:
        raise WrongDay(
            f"The letters of {code} were ordered on {ordered}: the order cannot have been received on {on}.",
            "State the day of receipt with --on, or correct the day of the order in campaigns.toml.",
        )
    if clock == "report_573" and filed and on > filed:
        raise WrongDay(
            f"{code} was reported on {filed}: its determination cannot be of {on}.",
            "State the day of the determination with --on, or correct filed_date in campaigns.toml; of new information start"
            f" {code.partition(',')[0]}{MARK}report_573_amendment.",
        )


def check_amended(recall: Campaign, began: Collection[date], on: date) -> None:
    """Refuse an amendment before there was new information: ``began`` are the days of vehicles that joined and of statements.

    Raises BadInput. A recall without a day of its report is not asked: nobody knows what was new.
    """
    filed = recall.filed_date
    if filed is None or any(filed < day <= on for day in began):
        return
    code = recall.campaign_code.partition(",")[0]
    raise BadInput(
        f"Nothing new is known of {code} between its report of {filed} and {on}, so nothing is closed by an amendment of that day.",
        "State the day on which it was filed with --on; what is new and no vehicle that joined is stated first:"
        f" {starts_it(f'{code}{MARK}report_573_amendment')}.",
    )


def check_issued(subject: str, month: str, issued: Sequence[Issued], on: date) -> None:
    """Refuse copies of a month (``2013-02``; blank: of all that had ended by a day) in which nothing was issued. Raises BadInput."""
    ended = f"{on:%Y-%m}"
    if any(
        one.day <= on and (f"{one.day:%Y-%m}" == month or (not month and f"{one.day:%Y-%m}" < ended))
        for one in issued
    ):  # fmt: skip
        return
    when = f"in {month}" if month else f"before {ended}"
    raise BadInput(
        f"Nothing is known that {subject} issued {when}: no copy of it can have been filed.",
        f"State the day of what was issued first: {starts_it(f'{subject}{MARK}communications_monthly')}.",
    )


def check_waiting(recall: Campaign, part: str, mailed: Mailed, on: date) -> None:
    """Refuse that vehicles which joined later, or owners who wait for a second notice, were told where there are none. Raises BadInput."""
    code = recall.campaign_code
    if part == "joined" and not mailed.joined:
        raise BadInput(
            f"No vehicle joined {code} after the last day for its owner letters.",
            f"State the last letter of the others: {states_it(f'{subject_of(recall)}{MARK}letters')}.",
        )
    if part == "second" and not any(of_second(recall, mailed, Stated(), on, None)):
        raise BadInput(
            f"No owner of {code} waits for a second notice on {on}.",
            "State the day with --on, if another one was meant.",
        )


def check_last_letter(recall: Campaign, on: date) -> None:
    """Refuse a day for the last owner letter before the recall was reported or its first notice went. Raises WrongDay."""
    days = (recall.filed_date, recall.first_notice_date)
    known = max((day for day in days if day), default=None)
    if known and on < known:
        raise WrongDay(
            f"The last owner letter of {recall.campaign_code} cannot be of {on}: its report or first notice is of {known}.",
            "State the day of the last letter with --on, or correct filed_date and first_notice_date in campaigns.toml.",
        )
