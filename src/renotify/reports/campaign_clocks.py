"""The clocks of one recall, as functions of values: report, dealers, schedule, owner letters, periodic reports, what is kept."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import date
from types import MappingProxyType

from renotify.campaigns.campaign import Campaign
from renotify.campaigns.letter_facts import (
    free_remedy_clock,
    noticed_or_ordered,
    reimbursement_open_until,
)
from renotify.ledger.last_letters import last_letter
from renotify.ledger.stated_days import MARK, Stated
from renotify.reports import letter_clocks, schedule_clocks
from renotify.reports.deadline import (
    PASSES,
    REMEMBERED,
    About,
    Deadline,
    Run,
    left,
    side,
    starts_it,
    state_of,
    states_it,
    together,
)
from renotify.reports.letter_clocks import Joined, Mailed, of_one_recall, subject_of
from renotify.reports.one_number import NumberedRecall
from renotify.reports.quarterly import initiated
from renotify.reports.schedule_clocks import Notified
from renotify.rules import load
from renotify.rules.clocks import ReportDue, kept, reports_due
from renotify.values.english import counted, series

LETTERS_COPY = f"filing_copy{MARK}letters"
# kinds of vehicles: joined, or taken out, on a day; sold too long before the notice; sold later, so that their remedy is free
ADDED, TAKEN_OUT, BEYOND, KEEPING = "added", "taken_out", "beyond", "keeping"
NHTSA_FILE = "NHTSA's {} file, loaded; or "


@dataclass(frozen=True)
class Known:
    """What else the ledger holds of a recall: counts, days and the statements of its clocks.

    ``added`` is how many vehicles joined after the report, by day, ``taken_out`` how many left, ``restated`` which facts of the report
    campaigns.toml stated otherwise; ``beyond`` those whose free remedy
    a notice may withhold, ``keeping`` the other open ones whose sale is known, ``next_beyond`` the last day of the next one's;
    ``last_repair`` its newest repair order; ``submitted`` the day of each quarterly report that NHTSA has on file.
    """

    vehicles: int | None = None
    added: Mapping[date, int] = field(default_factory=lambda: MappingProxyType({}))
    taken_out: Mapping[date, int] = field(default_factory=lambda: MappingProxyType({}))
    restated: Mapping[date, tuple[str, ...]] = field(default_factory=lambda: MappingProxyType({}))
    beyond: int = 0
    keeping: int = 0
    next_beyond: date | None = None
    last_repair: date | None = None
    notified: Notified = field(default_factory=Notified)
    submitted: Mapping[str, date] = field(default_factory=lambda: MappingProxyType({}))
    stated: Stated = field(default_factory=Stated)
    joined: tuple[Joined, ...] = ()


NOTHING_MORE = Known()


def of_campaign(
    campaign: Campaign, mailed: Mailed, on: date, known: Known = NOTHING_MORE
) -> list[Deadline]:
    """Return the clocks of one recall on a day; a service campaign has none (Parts 573 and 577)."""
    if campaign.family == "service":
        return []
    return [
        *_defect_report(campaign, on, known),
        *_new_number(campaign, on, known),
        *schedule_clocks.of_recall(campaign, known.notified, known.stated, on, known.vehicles),
        *(
            schedule_clocks.dealers_untold(
                campaign, known.notified, known.stated, on, known.vehicles
            )
            if _owes_reports(campaign, on)
            else ()
        ),
        *letter_clocks.of_code(campaign, mailed, on, known.stated, known.vehicles),
        *letter_clocks.of_order(campaign, mailed, known.stated, on, known.vehicles),
        *letter_clocks.of_joined(campaign, known.joined, known.stated, on),
        *letter_clocks.of_second(campaign, mailed, known.stated, on, known.vehicles),
        *_copy_of_letters(campaign, mailed, on, known),
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
    whole = letter_clocks.as_told(recall, mailed)
    clocks = of_campaign(whole, of_one_recall(mailed), on, known)
    letters = [
        letter
        for one, begun, sent in zip(recall.campaigns, recall.begun, mailed, strict=True)
        for letter in letter_clocks.of_code(
            replace(one, first_notice_date=begun.first_notice, filed_date=whole.filed_date),
            sent,
            on,
            known.stated,
        )
    ]
    rest = [clock for clock in clocks if clock.what != letter_clocks.OWNER_LETTERS]
    return [*letter_clocks.of_all_codes(letters, whole, known.vehicles), *rest] if clocks else []


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
    if done and done < start:
        sentence = f"The determination of {campaign.campaign_code} is stated for {start}, after its report of {done}: one of them is wrong."
        found = replace(found, state="unknown", due=None, sentence=sentence)
    yield replace(found, closes="filed_date in campaigns.toml")


def _new_number(campaign: Campaign, on: date, known: Known) -> Iterator[Deadline]:
    """Vehicles that joined after the report, or were taken out, correct its number, and so do other facts that campaigns.toml states of
    it (573.6(b), (c)(2), (c)(3)): an amendment in 5 days.
    """
    filed = campaign.filed_date
    if filed is None:
        return
    name = f"{subject_of(campaign)}{MARK}report_573_amendment"
    codes = letter_clocks.codes_of(campaign)
    found: list[Deadline] = []
    for day in sorted({*known.added, *known.taken_out, *known.restated}):
        if not filed < day <= on:
            continue
        run = Run(
            load(day).clock("report_573_amendment"),
            day,
            known.stated.done("report_573_amendment", since=day),
        )
        if run.forgotten(on):
            continue
        joined, out = known.added.get(day, 0), known.taken_out.get(day, 0)
        which, facts = ("vehicles" if joined or out else "facts"), known.restated.get(day, ())
        number = joined + out or known.vehicles
        one = run.deadline(campaign.campaign_code, f"amendment, {which} of {day}", on, name, number)
        about = [About(ADDED, codes, (day,))] if joined else []
        about += [About(TAKEN_OUT, codes, (day,))] if out else []
        told = [_number_changed(campaign.campaign_code, joined, out, day)] if joined or out else []
        told += [f"campaigns.toml states {series(facts)} otherwise since {day}."] if facts else []
        said = " ".join([*told, one.sentence])
        found.append(replace(one, sentence=said, about=tuple(about)))
    yield from together(found, on)


def _number_changed(code: str, joined: int, out: int, day: date) -> str:
    were = "was" if out == 1 else "were"
    if not out:
        return f"{counted(joined, 'vehicle')} of {code} joined on {day}."
    if not joined:
        return f"{counted(out, 'vehicle')} of {code} {were} taken out on {day}."
    return f"{counted(joined, 'vehicle')} of {code} joined and {out:,} {were} taken out on {day}."


def _copy_of_letters(
    campaign: Campaign, mailed: Mailed, on: date, known: Known
) -> Iterator[Deadline]:
    """A copy of the owners' letter that no follow-up sent: 5 days after the first of them (573.6(c)(10))."""
    if mailed.loaded is None:
        return
    run = Run(
        load(mailed.loaded).clock("filing_copy"),
        mailed.loaded,
        known.stated.done(LETTERS_COPY, since=mailed.loaded),
    )
    if not run.forgotten(on):
        name = f"{subject_of(campaign)}{MARK}{LETTERS_COPY}"
        yield run.deadline(campaign.campaign_code, "copy to NHTSA, owners' letters", on, name, known.vehicles)  # fmt: skip


def _reports(campaign: Campaign, on: date, known: Known) -> Iterator[Deadline]:
    """The next completion report, and those that were not filed or lately were (573.7(d), 30118(f)); NHTSA's own file closes one."""
    first = initiated(campaign)
    if first is None:
        return
    owed = reports_due(first, on)
    past = [(report, filed_on(report, on, known)) for report in owed if report.due < on]
    told = [report for report, done in past if not done or on <= max(report.due, done) + REMEMBERED]
    told += [report for report in owed if report.due >= on][:1]
    yield from together([of_report(campaign, report, on, known) for report in told], on, max)


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
        sentence = f"{about} was filed on {done}, {side(report.due, done)} the last day."
    return Deadline(
        state, report.due, code, f"{report.kind} report {report.period}",
        load(on).clock("quarterly_report").citation, sentence, name, known.vehicles,
        f"{NHTSA_FILE.format(report.kind)}{states_it(name)}",
    )  # fmt: skip


def filed_on(report: ReportDue, on: date, known: Known) -> date | None:
    """Return the day on which a report was filed, by NHTSA's file or as stated; None while it was not by the day asked."""
    name = f"quarterly_report{MARK}{report.period}"
    filed = [known.submitted.get(report.period), known.stated.done(name)]
    return min((day for day in filed if day and day <= on), default=None)


def _reimbursement(
    campaign: Campaign, mailed: Mailed, on: date, known: Known
) -> Iterator[Deadline]:
    """Claims stay open at least 10 days after the last owner notification (573.13(c)), which is to come while a vehicle lacks one.

    That of the remedy that came after the first notice is one of them: while it is owed the period has no end.
    """
    last = last_letter(mailed.last, known.stated, on)
    if last is None:
        return
    clock = load(on).clock("reimbursement_period")
    due, code = reimbursement_open_until(last), campaign.campaign_code
    lacking = mailed.lacking + letter_clocks.joined_untold(known.joined, known.stated, on)
    to_come = [f"{counted(lacking, 'open vehicle')} had no first notice yet"] if lacking else []
    if campaign.interim or letter_clocks.waits_owed(campaign, mailed, known.stated, on):
        to_come += ["owners hear again once the remedy is there"]
    if letter_clocks.second_owed(campaign, mailed, known.stated, on):
        to_come += ["the notice that the remedy has come is owed"]
    if to_come:
        sentence = (
            f"Reimbursement claims on {code} must stay open until {clock.amount} days after the last letter, and"
            f" {series(to_come)}: by the last one so far, of {last}, it would be {due}."
        )
    else:
        verb = "must stay" if on <= due else "had to stay"
        sentence = f"Reimbursement claims on {code} {verb} open until {due}: the last letter was mailed on {last}."
    name = f"{subject_of(campaign)}{MARK}reimbursement_period"
    yield Deadline(
        "ok", None if to_come else due, code, "reimbursement period", clock.citation, sentence, name, known.vehicles,
        "the last letter, then nothing: the day passes" if to_come else PASSES,
    )  # fmt: skip


def _kept(campaign: Campaign, mailed: Mailed, on: date, known: Known) -> Iterator[Deadline]:
    """What is kept and until when: lists (573.8), repair records (576.5), the recall in the look-up (573.15(b)(9))."""
    code = campaign.campaign_code
    begun = campaign.first_notice_date or mailed.first
    records = (
        ("retention", "lists kept", campaign.filed_date, "Owner and dealer lists of {} are kept until {}."),
        ("retention_records", "records kept", known.last_repair,
         "Repair records of {} are kept until {}, {} years after the newest, of {}."),
        ("lookup_history", "shown in the look-up", begun, "{} is shown in the public look-up until {}."),
    )  # fmt: skip
    for name, what, start, words in records:
        period = kept(name, start, on) if start and start <= on else None
        if start is None or period is None or on > period[1]:
            continue
        clock, due = period
        sentence = words.format(code, due, clock.amount, start)
        yield Deadline(
            "ok", due, code, what, clock.citation, sentence, f"{subject_of(campaign)}{MARK}{name}",
            known.vehicles, PASSES,
        )  # fmt: skip


def _free_remedy(campaign: Campaign, on: date, known: Known) -> Iterator[Deadline]:
    """A vehicle sold so long before the notice need not be remedied free of charge (30120(g)(1)); each day may bring another.

    While a day is still to come its vehicles are those that keep the free remedy until then.
    """
    if known.next_beyond is None and not known.beyond:
        return
    code, told = campaign.campaign_code, noticed_or_ordered(campaign, on)
    clock = free_remedy_clock(campaign, told or on)
    sentence = f"{counted(known.beyond, 'vehicle')} of {code} had been sold more than {clock.amount} years before the"
    sentence += f" {'first notice or the order' if told else 'day asked'}: the free remedy need not be theirs."
    due = known.next_beyond
    if not told and due is not None:
        sentence += (
            f" The next is so after {due}: what is notified until then keeps the free remedy."
        )
    ahead = not told and due is not None
    count, kind = (known.keeping, KEEPING) if ahead else (known.beyond, BEYOND)
    state = "soon" if not told and due is not None and state_of(due, on) == "soon" else "ok"
    name = f"{subject_of(campaign)}{MARK}free_remedy"
    yield Deadline(
        state, due if not told else None, code, "free remedy", clock.citation, sentence, name,
        count, "the first notice", (About(kind, letter_clocks.codes_of(campaign)),),
    )  # fmt: skip


def _owes_reports(campaign: Campaign, on: date) -> bool:
    """Tell whether a recall has not begun, or still owes completion reports."""
    first = initiated(campaign)
    return first is None or reports_due(first, on)[-1].due >= on


def _days_not_stated(campaign: Campaign, on: date, known: Known) -> Iterator[Deadline]:
    """One line for the clocks that no day of the ledger starts, while the recall owes reports."""
    if not _owes_reports(campaign, on):
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
