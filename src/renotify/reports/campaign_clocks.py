"""The clocks of one recall, as functions of values: report, dealers, schedule, owner letters, periodic reports, what is kept."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import date
from types import MappingProxyType

from renotify.campaigns.campaign import Campaign
from renotify.ledger.stated_days import MARK, Stated
from renotify.reports import schedule_clocks
from renotify.reports.deadline import (
    ORDER,
    REMEMBERED,
    Deadline,
    Run,
    left,
    starts_it,
    state_of,
    states_it,
)
from renotify.reports.one_number import NumberedRecall
from renotify.reports.quarterly import initiated
from renotify.reports.schedule_clocks import Notified
from renotify.rules import load
from renotify.rules.clocks import ReportDue, letters_due, reports_due
from renotify.rules.row import Clock
from renotify.values.english import counted, series

OWNER_LETTERS = "owner letters"
MAIL_EVENTS = "mail_events, or the mail house's evidence: renotify mail accept"


@dataclass(frozen=True)
class Mailed:
    """First and last first-class letter of a campaign that the mail house vouched for, and how far its first notices are.

    Of the vehicles that were in the campaign by the last day for letters: ``told`` had a first notice, ``told_late`` of them
    after that day, from ``first_told`` to ``last_told``; ``untold`` are open and had none; ``planned_late`` of these are planned for later.
    """

    first: date | None = None
    last: date | None = None
    told: int = 0
    told_late: int = 0
    untold: int = 0
    planned_late: int = 0
    first_told: date | None = None
    last_told: date | None = None


@dataclass(frozen=True)
class Known:
    """What else the ledger holds of a recall: counts, days and the statements of its clocks.

    ``added`` is how many vehicles joined after the report, by day; ``beyond`` those whose free remedy a notice may
    withhold, ``next_beyond`` the last day of the next one's; ``last_repair`` its newest repair order; ``submitted``
    the day of each quarterly report that NHTSA has on file.
    """

    vehicles: int | None = None
    added: Mapping[date, int] = field(default_factory=lambda: MappingProxyType({}))
    beyond: int = 0
    next_beyond: date | None = None
    last_repair: date | None = None
    notified: Notified = field(default_factory=Notified)
    submitted: Mapping[str, date] = field(default_factory=lambda: MappingProxyType({}))
    stated: Stated = field(default_factory=Stated)


NOTHING_MORE = Known()


def subject_of(campaign: Campaign) -> str:
    """Return how a clock of a recall is named: by its first code."""
    return campaign.campaign_code.partition(",")[0]


def of_campaign(
    campaign: Campaign, mailed: Mailed, on: date, known: Known = NOTHING_MORE
) -> list[Deadline]:
    """Return the clocks of one recall on a day; a service campaign has none (Parts 573 and 577)."""
    if campaign.family == "service":
        return []
    return [
        *_defect_report(campaign, on, known),
        *_new_vehicles(campaign, on, known),
        *schedule_clocks.of_recall(campaign, known.notified, known.stated, on, known.vehicles),
        *_owner_letters(campaign, mailed, on, known),
        *_reports(campaign, on, known),
        *_reimbursement(campaign, mailed, on, known),
        *_kept(campaign, mailed, on, known),
        *_free_remedy(campaign, on, known),
        *_days_not_stated(campaign, on, known),
    ]


def of_recall(
    recall: NumberedRecall,
    mailed: Sequence[Mailed],
    on: date,
    known: Known = NOTHING_MORE,
) -> list[Deadline]:
    """Return the clocks of one NHTSA number, each once for all its codes, whose mail stands in the same order.

    Owner letters are as far as those of the code that is worst off: each code's owners are written to.
    """
    told = [one.first_told for one in mailed if one.first_told]
    whole = recall.as_one(first_letter=min(told, default=None))
    first = [one.first for one in mailed if one.first]
    last = [one.last for one in mailed if one.last]
    together = Mailed(min(first, default=None), max(last, default=None))
    clocks = of_campaign(whole, together, on, known)
    letters = [
        letter
        for one, begun, sent in zip(recall.campaigns, recall.begun, mailed, strict=True)
        for letter in _owner_letters(
            replace(one, first_notice_date=begun.first_notice, filed_date=whole.filed_date),
            sent,
            on,
            known,
        )
    ]
    rest = [clock for clock in clocks if clock.what != OWNER_LETTERS]
    return [*_worst(letters, whole), *rest] if clocks else []


def _worst(letters: Sequence[Deadline], whole: Campaign) -> list[Deadline]:
    """Return the letters of all codes as one clock: the state, sentences and vehicles of those that are worst off."""
    ordered = sorted(letters, key=lambda one: (ORDER.index(one.state), one.campaign))
    if not ordered:
        return []
    if ordered[0].state == "ok":
        ordered = ordered[:1]
    worst = [one for one in ordered if one.state == ordered[0].state]
    numbers = [one.vehicles for one in worst if one.vehicles is not None]
    return [
        replace(
            worst[0],
            campaign=whole.campaign_code,
            sentence=" ".join(one.sentence for one in worst),
            vehicles=sum(numbers) if numbers else None,
            id=f"{subject_of(whole)}{MARK}letters",
            closes=worst[0].closes.replace(worst[0].id, f"{subject_of(whole)}{MARK}letters"),
        )
    ]


def _owner_letters(
    campaign: Campaign, mailed: Mailed, on: date, known: Known = NOTHING_MORE
) -> Iterator[Deadline]:
    """60 days from the 573 report to the last first-notice letter (577.7(a)(1))."""
    if campaign.filed_date is None:
        return
    code, due = campaign.campaign_code, letters_due(campaign.filed_date)
    clock, name = (
        load(campaign.filed_date).clock("letters"),
        f"{campaign.campaign_code}{MARK}letters",
    )
    finished = known.stated.done("letters")
    vehicles: int | None = None
    began = campaign.first_notice_date
    if finished is not None and finished <= on:
        state = "late" if finished > due else "ok"
        sentence = f"The last owner letter of {code} is stated for {finished}, {_side(due, finished)} the last day."
    elif mailed.told:
        state, vehicles, sentence = _by_letter(code, mailed, due, on)
        if began is not None and mailed.first_told is not None and began < mailed.first_told:
            sentence += (
                f" The first of these letters is of {mailed.first_told}, but the first notice is stated for {began}: load the"
                " letters before."
            )
    else:
        state, sentence = _by_first_day(campaign, mailed, due, on, clock.amount)
        vehicles = mailed.untold or None if state in {"overdue", "soon"} else None
    closes = f"{MAIL_EVENTS}; or, for letters that the ledger does not hold, {states_it(name)}"
    yield Deadline(
        state, due, code, OWNER_LETTERS, clock.citation, sentence, name, vehicles, closes
    )


def _side(due: date, day: date) -> str:
    gap = (due - day).days
    return f"{counted(abs(gap), 'day')} {'before' if gap >= 0 else 'after'}"


def _by_letter(code: str, mailed: Mailed, due: date, on: date) -> tuple[str, int | None, str]:
    """The clock is kept by the last letter: each vehicle counts, as its own first notice went."""
    have = f"{counted(mailed.told, 'vehicle')} of {code} had a first notice, the last on {mailed.last_told}"
    if mailed.told_late:
        have += f", {mailed.told_late:,} of them after the last day"
    verb = "is" if on <= due else "was"
    day = f"The last day {verb} {due}, {left(due, on)}."
    if not mailed.untold:
        state = "late" if mailed.told_late else "ok"
        return state, mailed.told_late or None, f"{have}; no open vehicle is without one. {day}"
    state = "soon" if mailed.planned_late and on <= due else state_of(due, on)
    more = f"{counted(mailed.untold, 'open vehicle')} had none"
    later = f", {mailed.planned_late:,} planned for later than that" if mailed.planned_late else ""
    return state, mailed.untold + mailed.told_late, f"{have}; {more}{later}. {day}"


def _by_first_day(
    campaign: Campaign, mailed: Mailed, due: date, on: date, days: int
) -> tuple[str, str]:
    """The ledger holds no first-notice letter: the day on which they began stands for them, and the sentence says so."""
    code, begun = campaign.campaign_code, campaign.first_notice_date or mailed.first
    if begun is None or begun > on:
        later = (
            f" {counted(mailed.planned_late, 'vehicle')} planned for later than that."
            if mailed.planned_late
            else ""
        )
        state = "soon" if later and on <= due else state_of(due, on)
        return state, (
            f"Owner letters of {code} are due {left(due, on)}: {days} days after the "
            f"report of {campaign.filed_date}.{later}"
        )
    return "ok" if begun <= due else "late", (
        f"Owner letters of {code} began on {begun}, {_side(due, begun)} the last day. The ledger holds none of these letters:"
        " load mail_events to have the last one counted."
    )


def _defect_report(campaign: Campaign, on: date, known: Known) -> Iterator[Deadline]:
    """5 working days from the determination to the 573 report (573.6(b)); the report's day closes it."""
    start = known.stated.started("report_573")
    if start is None:
        return
    clock, name = load(start).clock("report_573"), f"{subject_of(campaign)}{MARK}report_573"
    done = campaign.filed_date or known.stated.done("report_573", since=start)
    found = Run(clock, start, done).deadline(
        campaign.campaign_code, "573 report", on, name, known.vehicles
    )
    yield replace(found, closes="filed_date in campaigns.toml")


def _new_vehicles(campaign: Campaign, on: date, known: Known) -> Iterator[Deadline]:
    """Vehicles that joined after the report are new information on their number (573.6(b), (c)(3)): an amendment in 5 days."""
    filed = campaign.filed_date
    if filed is None:
        return
    name = f"{subject_of(campaign)}{MARK}report_573_amendment"
    for day, vehicles in sorted(known.added.items()):
        if not filed < day <= on:
            continue
        run = Run(
            load(day).clock("report_573_amendment"),
            day,
            known.stated.done("report_573_amendment", since=day),
        )
        if not run.forgotten(on):
            found = run.deadline(
                campaign.campaign_code, f"amendment, vehicles of {day}", on, name, vehicles
            )
            more = f"{counted(vehicles, 'vehicle')} of {campaign.campaign_code} joined on {day}."
            yield replace(found, sentence=f"{more} {found.sentence}")


def _reports(campaign: Campaign, on: date, known: Known) -> Iterator[Deadline]:
    """The next completion report, and those that fell due lately (573.7(d), 30118(f)); NHTSA's own file closes one."""
    first = initiated(campaign)
    if first is None:
        return
    owed = [report for report in reports_due(first, on) if report.due >= on - REMEMBERED]
    for report in [r for r in owed if r.due < on] + [r for r in owed if r.due >= on][:1]:
        yield of_report(campaign, report, on, known)


def of_report(campaign: Campaign, report: ReportDue, on: date, known: Known) -> Deadline:
    """Return the clock of one completion report: NHTSA's file of what was submitted closes it, or the day stated."""
    code, past = campaign.campaign_code, report.due < on
    name = f"{subject_of(campaign)}{MARK}quarterly_report{MARK}{report.period}"
    done = filed_on(report, on, known)
    about = f"The {report.kind} report of {code} for {report.period}"
    if done is None:
        state = state_of(report.due, on)
        sentence = (
            f"{about} {'was' if past else 'is'} due "
            f"{left(report.due, on)}{': make sure that it was filed' if past else ''}."
        )
    else:
        state = "late" if done > report.due else "ok"
        sentence = f"{about} was filed on {done}, {_side(report.due, done)} the last day."
    return Deadline(
        state, report.due, code, f"{report.kind} report {report.period}",
        load(on).clock("quarterly_report").citation, sentence, name, known.vehicles,
        f"NHTSA's quarterly file, loaded; or {states_it(name)}",
    )  # fmt: skip


def filed_on(report: ReportDue, on: date, known: Known) -> date | None:
    """Return the day on which a report was filed, by NHTSA's file or as stated; None while it was not by the day asked."""
    name = f"quarterly_report{MARK}{report.period}"
    filed = [known.submitted.get(report.period), known.stated.done(name)]
    return min((day for day in filed if day and day <= on), default=None)


def _reimbursement(
    campaign: Campaign, mailed: Mailed, on: date, known: Known
) -> Iterator[Deadline]:
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
    name = f"{subject_of(campaign)}{MARK}reimbursement_period"
    yield Deadline(
        "ok", due, code, "reimbursement period", clock.citation, sentence, name, known.vehicles,
        "nothing: the day passes",
    )  # fmt: skip


def _kept(campaign: Campaign, mailed: Mailed, on: date, known: Known) -> Iterator[Deadline]:
    """What is kept and until when: lists (573.8), repair records (576.5), the recall in the look-up (573.15(b)(9))."""
    code = campaign.campaign_code
    begun = campaign.first_notice_date or mailed.first
    kept = (
        ("retention", "lists kept", campaign.filed_date, "Owner and dealer lists of {} are kept until {}."),
        ("retention_records", "records kept", known.last_repair,
         "Repair records of {} are kept until {}, {} years after the newest, of {}."),
        ("lookup_history", "shown in the look-up", begun, "{} is shown in the public look-up until {}."),
    )  # fmt: skip
    for name, what, start, words in kept:
        clock = load(on).rows["clocks"].get(name)
        if start is None or start > on or not isinstance(clock, Clock) or on > clock.due(start):
            continue
        due = clock.due(start)
        sentence = words.format(code, due, clock.amount, start)
        yield Deadline(
            "ok", due, code, what, clock.citation, sentence, f"{subject_of(campaign)}{MARK}{name}",
            known.vehicles, "nothing: the day passes",
        )  # fmt: skip


def _free_remedy(campaign: Campaign, on: date, known: Known) -> Iterator[Deadline]:
    """A vehicle sold so long before the notice need not be remedied free of charge (30120(g)(1)); each day may bring another."""
    if known.next_beyond is None and not known.beyond:
        return
    code, begun = campaign.campaign_code, campaign.first_notice_date
    told = begun is not None and begun <= on
    clock = load(begun if told and begun else on).clock("free_remedy")
    sentence = f"{counted(known.beyond, 'vehicle')} of {code} had been sold more than {clock.amount} years before the"
    sentence += f" {'first notice' if told else 'day asked'}: the free remedy need not be theirs."
    due = known.next_beyond
    if not told and due is not None:
        sentence += (
            f" The next is so after {due}: what is notified until then keeps the free remedy."
        )
    state = "soon" if not told and due is not None and state_of(due, on) == "soon" else "ok"
    name = f"{subject_of(campaign)}{MARK}free_remedy"
    yield Deadline(
        state, due if not told else None, code, "free remedy", clock.citation, sentence, name,
        known.beyond, "the first notice",
    )  # fmt: skip


def _days_not_stated(campaign: Campaign, on: date, known: Known) -> Iterator[Deadline]:
    """One line for the clocks that no day of the ledger starts, while the recall owes reports."""
    first = initiated(campaign)
    if first is not None and reports_due(first, on)[-1].due < on:
        return
    subject = subject_of(campaign)
    names = [] if known.stated.started("report_573") else ["report_573"]
    names += [part for part in schedule_clocks.NAMES if not known.stated.started(part)]
    if not names:
        return
    clocks = dict.fromkeys(load(on).clock(name.partition(MARK)[0]) for name in names)
    stated = series([f"{subject}{MARK}{name}" for name in names])
    about = "; ".join(f"{clock.title}: {clock.starts}" for clock in clocks)
    yield Deadline(
        "unknown", None, campaign.campaign_code, "days not stated",
        "; ".join(clock.citation for clock in clocks),
        f"No day starts {stated}. {about}. State each: {starts_it(f'{subject}{MARK}{names[0]}')}.",
        "", known.vehicles, starts_it(f"{subject}{MARK}{names[0]}"),
    )  # fmt: skip
