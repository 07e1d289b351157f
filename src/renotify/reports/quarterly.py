"""The completion reports of 49 CFR 573.7 and 49 USC 30118(f): a recall's cumulative figures at the end of a quarter or of a year."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime
from typing import Any

import pyarrow as pa

from renotify.campaigns.campaign import Campaign
from renotify.campaigns.report_file import FIELDS, PERIOD_FIELD
from renotify.errors import BadInput, Refused
from renotify.ledger import filed_reports, fold, stated_days, status
from renotify.ledger.campaign_history import Begun
from renotify.ledger.session import Session
from renotify.ledger.status import Count
from renotify.reports import as_filed
from renotify.reports.days_of_first_notices import LettersHeard, first_notices
from renotify.reports.one_number import LISTED, TOLD_OF_REMEDY, NumberedRecall, recall_of
from renotify.reports.owner_notification import FirstNotices, completed, letters_run
from renotify.reports.reporting_period import ReportingPeriod
from renotify.rules.clocks import ReportDue, counted_otherwise, quarterly_due, reports_due
from renotify.values.calendar import Quarter
from renotify.values.english import counted as numbered
from renotify.values.english import series

OTHER_REASONS = "total loss"  # the one status of vehicle_status that is other than the rule's four
MFGCAMPNO = next(field for field in FIELDS if field.name == "MFGCAMPNO")
CUMULATIVE = ("INVOLVED", "TTLREMEDIED", "TTLUNREACH", "TTLREMOVED")
VEHICLES = pa.schema([(name, pa.string()) for name in ("vin", "figure", "reason")])
FIGURE_OF_STATUS = {
    "repaired": "TTLREMEDIED",
    "inspected_ok": "TTLREMEDIED",
    "unreachable": "TTLUNREACH",
    "removed": "TTLREMOVED",
    "open": "",
}


@dataclass(frozen=True)
class Counted:
    """A recall's counts at the end of a period and of the one before, and how far its first notices were.

    ``stated_end`` is the day stated for the end of the notification, ``filer`` the manufacturer's name as NHTSA has it on file.
    """

    now: Count
    before: Count | None
    letters: FirstNotices
    as_of: date
    stated_end: date | None = None
    filer: str = ""


def quarterly(
    session: Session,
    campaign: str,
    quarter: str,
    *,
    on: date,
    as_of: date | None = None,
    known_at: datetime | None = None,
) -> dict[str, Any]:
    """Return the report of a recall's quarter (``2013Q1``): NHTSA's 13 fields and what they hide.

    ``campaign`` is a code or an NHTSA number: all codes of one number are one report. Its words are those of the
    quarter's end, its number is counted from how it began, whatever was stated since (decision 0016). Figures are
    cumulative at the quarter's end, or on ``as_of``, or on the day asked while the quarter runs. Remedied splits into
    repaired and inspected_ok, unreachable into its categories (573.7(b)(4), (5)). ``messages`` says in words what a person
    must look at. Refused for a service campaign, which Part 573 does not bind, and for a quarter before the campaign or
    not begun. Raises UnknownName.
    """
    (found,) = quarterlies(session, [campaign], quarter, on=on, as_of=as_of, known_at=known_at)
    return found


def quarterlies(
    session: Session,
    campaigns: Sequence[str],
    quarter: str,
    *,
    on: date,
    as_of: date | None = None,
    known_at: datetime | None = None,
) -> list[dict[str, Any]]:
    """Return ``quarterly`` of each of several recalls, of which the events are looked through once; refused where one of them is."""
    one = Quarter.parse(quarter)
    period = ReportingPeriod(one, one)
    return _of_period(session, campaigns, period, on=on, as_of=as_of, known_at=known_at)


def annual(
    session: Session,
    campaign: str,
    period: str,
    *,
    on: date,
    as_of: date | None = None,
    known_at: datetime | None = None,
) -> dict[str, Any]:
    """Return the annual report of a recall's four quarters (``2024Q1-2024Q4``), as ``quarterly`` returns that of a quarter.

    Each of the three years after the last quarterly report has one (49 USC 30118(f)(1)(B)); its period is in RPT_PERIOD, and
    RPTNO counts 1 to 3. Refused as a quarter is; of four quarters for which no report is owed a message says so, and RPTNO is blank.
    """
    wanted = ReportingPeriod.parse(period)
    if wanted.kind != "annual":
        raise BadInput(
            f"{period!r} is one quarter.", "Write a year's first and last: 2024Q1-2024Q4."
        )
    (found,) = _of_period(session, [campaign], wanted, on=on, as_of=as_of, known_at=known_at)
    return found


def _of_period(
    session: Session,
    campaigns: Sequence[str],
    period: ReportingPeriod,
    *,
    on: date,
    as_of: date | None,
    known_at: datetime | None,
) -> list[dict[str, Any]]:
    cut = as_of or min(period.last.end, on)
    recalls = [recall_of(session, campaign, cut, known_at) for campaign in campaigns]
    for recall in recalls:
        _refuse(recall.as_one(), period, on)
    codes = tuple(dict.fromkeys(code for recall in recalls for code in recall.codes))
    every = fold.AsOf(campaigns=codes, as_of=cut, known_at=known_at)
    before = min(period.before, cut)
    later = fold.since(session, replace(every, as_of=before))
    heard = LettersHeard(session, every)
    reports = []
    for recall in recalls:
        counted = _counted(
            session, recall, replace(every, campaigns=recall.codes), before, later, heard
        )
        whole = recall.as_one(counted.now.involved, counted.letters.first)
        found = report(whole, period, counted, on, remarks=_on_beginning(recall))
        found["messages"] += filter(None, [boundary_in_doubt(whole, on)])
        if as_of is None:
            found["messages"] += as_filed.messages(session, found, known_at)
        reports.append(found)
    return reports


def _refuse(campaign: Campaign, period: ReportingPeriod, on: date) -> None:
    code = campaign.campaign_code
    if campaign.family == "service":
        raise Refused(
            f"{code} is a service campaign; 49 CFR Part 573 asks no {period.kind} report of it.",
            f"See its counts: `renotify status --campaign {code}`.",
        )
    if period.last.start > on:
        raise Refused(
            f"The quarter {period.last} has not begun on {on}.",
            "Ask for an earlier quarter, or --on.",
        )
    first = initiated(campaign)
    if first is not None and period.first < first:
        raise Refused(
            f"{code} began in {first}; there is nothing to report for {period}.",
            "The first report covers the quarter in which owners heard that the remedy is there.",
        )


def initiated(campaign: Campaign) -> Quarter | None:
    """Return the quarter in which purchasers were told that the remedy is available (573.7(a)).

    Where no day of the remedy is stated, the first notice is taken for it; but a notice that told of a remedy to come
    (``Campaign.interim``), or a provisional one (577.6(b)), began nothing: None until the remedy is there, or the court has decided; then
    it is the quarter of the first letter that could tell of it, where the ledger has one.
    """
    first_notice = campaign.first_notice_date
    if first_notice is None or campaign.begins_no_reports:
        return None
    there = max(first_notice, campaign.first_remedy_date or first_notice)
    return Quarter.of(max(there, campaign.letter.get(TOLD_OF_REMEDY) or there))


NOT_INITIATED = (
    "Owners were told of a remedy that is still to come: no report is owed before the quarter in which it is there and they are told"
    " (49 CFR 573.7(a)); state remedy_available_date in campaigns.toml."
)


NOT_UPHELD = (
    "Owners had a provisional notification: no report is owed before the quarter in which they are told that a remedy is available"
    " (49 CFR 573.7(a), 577.6(b)); once the court has decided, state court and remedy_available_date in campaigns.toml."
)


def not_initiated(campaign: Campaign) -> str:
    """Say why a recall whose owners were notified owes no report yet: the notification was interim or provisional."""
    return NOT_UPHELD if campaign.provisional else NOT_INITIATED


def owed_reports(campaign: Campaign, on: date) -> list[ReportDue]:
    """Return the reports that are owed of a recall as one, by the law as known on a day; none before it is initiated."""
    first = initiated(campaign)
    return [] if first is None else reports_due(first, on)


def boundary_in_doubt(campaign: Campaign, on: date) -> str:
    """Return that a recall lies near the change from six quarterly reports to eight and three annual ones; blank where it does not."""
    first = initiated(campaign)
    day = None if first is None else counted_otherwise(first, on)
    if first is None or day is None:
        return ""
    kinds = Counter(one.kind for one in reports_due(first, on))
    owed = series([numbered(number, f"{kind} report") for kind, number in kinds.items()])
    return (
        f"{campaign.campaign_code} began in {first}, near the change of the number of reports on {day}: {owed} are counted here, and"
        " whether it owes six quarterly reports, or eight and three annual ones, is an open question for counsel"
        " (docs/explanation/for-counsel.md, Reports)."
    )


def _counted(
    session: Session,
    recall: NumberedRecall,
    part: fold.AsOf,
    before: date,
    later: fold.Since | None,
    heard: LettersHeard,
) -> Counted:
    cut, known_at = part.as_of or date.max, part.known_at
    same = None
    if later is None or later.most:
        states = [fold.states(session, part, later)]
        now = status.together(session, part, states[0])
    else:
        states = [fold.unchanged(session, part), fold.changed(session, part, later)]
        same = status.together(session, part, states[0])
        now = same.plus(status.together(session, part, states[1]))
    own = stated_days.stated(session, known_at).of(*recall.codes, *filter(None, [recall.number]))
    clock = letters_run(recall.as_one(), own)
    joined_told = own.last_done(f"letters{stated_days.MARK}joined", "letters", by=cut)
    letters = first_notices(part, states, heard, clock.due if clock else None, joined_told)
    earlier = replace(part, as_of=before)
    if same is None or later is None:
        then = status.together(session, earlier, fold.states(session, earlier, later))
    else:  # vehicles that stand alike on both days are counted once for both
        then = same.plus(status.together(session, earlier, fold.changed(session, earlier, later)))
    filer = filed_reports.maker(session, recall.number, known_at) if recall.number else ""
    return Counted(now, then, letters, cut, own.done("letters", "letters_ordered"), filer)


def _on_beginning(recall: NumberedRecall) -> list[str]:
    """Say where the beginning that counts is not what was stated last, and where nobody knows when the first remedy came."""
    messages = []
    for last, begun in zip(recall.said_last, recall.begun, strict=True):
        code = last.campaign_code
        if begun.day is None:
            continue
        if last.remedy_version > 1 and not begun.first_version_stated:
            messages.append(
                f"Only remedy version {last.remedy_version} of {code} was ever stated: its reports are counted from the first "
                f"owner notification, {begun.first_notice}."
            )
        elif _moved(last, begun):
            since = Quarter.of(begun.initiated or begun.day)
            messages.append(
                f"The dates of {code} were stated otherwise later; its reports are still counted from {since}, as they began. If"
                f" those were wrong from the start, state effective_date = {begun.first_notice} in campaigns.toml."
            )
    return messages


def _moved(last: Campaign, begun: Begun) -> bool:
    if last.first_notice_date and last.first_notice_date != begun.first_notice:
        return True
    same_remedy = last.remedy_version == begun.version
    return same_remedy and initiated(last) not in {None, Quarter.of(begun.day or date.max)}


def report(
    campaign: Campaign,
    period: ReportingPeriod,
    counted: Counted,
    on: date,
    remarks: Sequence[str] = (),
) -> dict[str, Any]:
    """Return the report of counts already taken: fields, categories, due day, messages.

    ``campaign`` is the recall as one: its codes are listed, its dates are those of its beginning.
    """
    codes = campaign.campaign_code.split(LISTED)
    now = counted.now
    before = _figures(counted.before) if counted.before else None
    began = campaign.first_notice_date
    told = completed(codes[0], began, counted.stated_end, counted.letters, counted.as_of)
    fields = {
        "MFGTXT": campaign.manufacturer or counted.filer or campaign.make,
        "CAMPNO": campaign.nhtsa_campaign_number,
        "MFGCAMPNO": _fitting(codes),
        "RCLSUBJ": campaign.subject,
        "ODATE": began,
        "ODATEEND": told.day,
        "RPTNO": _number(campaign, period, on),
        PERIOD_FIELD[period.kind]: period.as_nhtsa_writes_it,
        **_figures(now),
        "SUBMDATE": on,
    }
    notes = [told.message] if told.message else []
    return {
        **fields,
        "repaired": now.repaired,
        "inspected_ok": now.inspected_ok,
        "unreachable": now.reasons,
        "open": now.open,
        "campaigns": codes,
        "as_of": counted.as_of,
        "due": quarterly_due(period.last, on),
        "restated": _restated(_figures(now), before),
        "messages": [
            *_messages(campaign, period, counted, on), *notes, *_filer(campaign, counted), *_left_out(codes), *remarks,
        ],
        "kind": period.kind,
        "period": str(period),
        "other_reasons": OTHER_REASONS if now.other else "",
    }  # fmt: skip


def _filer(campaign: Campaign, counted: Counted) -> list[str]:
    if campaign.manufacturer or counted.filer:
        return []
    message = (
        f"MFGTXT is the manufacturer's name, and none is on file: the make {campaign.make} stands for it. State manufacturer in"
        " campaigns.toml."
    )
    return [message]


def _fitting(codes: Sequence[str]) -> str:
    """Return the codes, as many as NHTSA's field holds; at least the first."""
    fitting = LISTED.join(codes)
    while len(fitting) > MFGCAMPNO.width and LISTED in fitting:
        fitting = fitting.rpartition(LISTED)[0]
    return fitting


def _left_out(codes: Sequence[str]) -> list[str]:
    fitting = _fitting(codes)
    if fitting == LISTED.join(codes):
        return []
    return [
        f"MFGCAMPNO has room for {fitting} only; the report is of {series(codes)}: name the others when you file."
    ]


def _figures(counts: Count) -> dict[str, int]:
    return {
        "INVOLVED": counts.involved,
        "TTLREMEDIED": counts.done,
        "TTLUNREACH": counts.unreachable,
        "TTLREMOVED": counts.removed,
    }


def _number(campaign: Campaign, period: ReportingPeriod, on: date) -> int | None:
    """Return the report's number: 1 for the quarter in which the campaign was initiated, and for its first year after the quarters."""
    first = initiated(campaign)
    if first is None:
        return None
    if period.kind == "annual":
        years = [one.period for one in owed_reports(campaign, on) if one.kind == "annual"]
        return years.index(str(period)) + 1 if str(period) in years else None
    return ReportingPeriod(first, period.last).quarters


def _restated(now: Mapping[str, int], before: Mapping[str, int] | None) -> list[dict[str, Any]]:
    """Return each figure against the quarter before; a cumulative one that falls is flagged."""
    if before is None:
        return []
    return [
        {
            "figure": name,
            "before": before[name],
            "now": now[name],
            "change": now[name] - before[name],
            "decrease": now[name] < before[name],
        }
        for name in CUMULATIVE
    ]


def _messages(campaign: Campaign, period: ReportingPeriod, counted: Counted, on: date) -> list[str]:
    return [
        *_not_filable(campaign, period, on),
        *_owed(campaign, period, on),
        *_population(campaign, counted),
        *_decreases(counted),
    ]


def _not_filable(campaign: Campaign, period: ReportingPeriod, on: date) -> list[str]:
    messages = []
    if on <= period.last.end:
        messages.append(f"{period.last} has not ended: these figures are provisional.")
    if not campaign.nhtsa_campaign_number:
        messages.append(
            "No NHTSA campaign number is on file: CAMPNO is blank, fill it before filing."
        )
    if campaign.first_notice_date is None:
        messages.append(
            "No day of the first owner notification is on file: ODATE and RPTNO are blank."
        )
    elif campaign.begins_no_reports:
        messages.append(f"{not_initiated(campaign)} RPTNO is blank.")
    return messages


def _owed(campaign: Campaign, period: ReportingPeriod, on: date) -> list[str]:
    """Say that no report is owed for a period: it can be counted, and is not to be filed."""
    owed = owed_reports(campaign, on)
    own = [due.period for due in owed if due.kind == period.kind]
    if str(period) in own or (period.kind == "quarterly" and not own):
        return []
    says = f"No {period.kind} report is owed for {period}"
    if period.kind == "annual":
        return [f"{says}{f': those owed are of {series(own)}' if own else ''} (49 USC 30118(f))."]
    covered = f"the {len(own)} owed cover {own[0]} to {own[-1]}"
    return [f"{says}: {covered} (49 CFR 573.7(a), 49 USC 30118(f))."]


def _population(campaign: Campaign, counted: Counted) -> list[str]:
    stated, found = campaign.involved, counted.now.involved
    if stated is None or stated == found:
        return []
    message = (
        f"The campaign states {stated:,} {'vehicle' if stated == 1 else 'vehicles'} involved and the ledger holds {found:,}: correct "
        "the ledger, or amend the report of 49 CFR 573.6(c)(3)."
    )
    return [message]


def _decreases(counted: Counted) -> list[str]:
    if counted.before is None:
        return []
    rows = _restated(_figures(counted.now), _figures(counted.before))
    return [
        f"{row['figure']} fell from {row['before']:,} to {row['now']:,} since the quarter before: "
        "a cumulative figure that falls is a correction, and needs a reason."
        for row in rows
        if row["decrease"]
    ]


def quarterly_vehicles(
    session: Session, campaign: str, *, as_of: date, known_at: datetime | None = None
) -> pa.Table:
    """Return the vehicles behind a report's figures: ``VEHICLES``, a row each in order of VIN, of all codes of the number.

    ``figure`` is the field that counts it, blank while it is open; INVOLVED counts all. ``reason``
    is its status, or the category of an unreachable one. Raises UnknownName.
    """
    codes = recall_of(session, campaign, as_of, known_at).codes
    cut = fold.AsOf(campaigns=codes, as_of=as_of, known_at=known_at)
    figure = " ".join(f"when '{status}' then '{name}'" for status, name in FIGURE_OF_STATUS.items())
    states = status.each_once(cut, fold.states(session, cut))
    return session.read(
        f"select vin, case status {figure} end as figure,"
        " case status when 'unreachable' then reason else status end as reason"
        f" from ({states}) s order by vin",
        VEHICLES,
        **cut.values,
    )
