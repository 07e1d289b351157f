"""Every completion report that is owed of a recall: which are due, which were filed, and what closes the others (573.7(d), 30118(f))."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from datetime import date
from typing import Any

from renotify.campaigns.campaign import Campaign
from renotify.errors import Refused
from renotify.ledger.session import Session
from renotify.ledger.stated_days import stated
from renotify.reports import ledger_clocks
from renotify.reports.campaign_clocks import Known, filed_on, of_report
from renotify.reports.deadline import Deadline
from renotify.reports.letter_clocks import Mailed, as_told
from renotify.reports.one_number import NumberedRecall, recall_of, recalls
from renotify.reports.quarterly import boundary_in_doubt, not_initiated, owed_reports
from renotify.rules.clocks import ReportDue
from renotify.values.english import series


def schedule(session: Session, on: date, campaign: str | None = None) -> list[dict[str, Any]]:
    """Return the reports owed as known on a day, of one recall (a code or NHTSA number) or of all, in their order.

    Each has campaign, number (within its kind), kind, period, due, state and sentence as ``deadlines`` has them, filed (the day, or
    None), id, closes and doubt (that its recall lies near a change of what is owed; else blank). Refused for a service campaign, and
    for a recall whose first notice nobody stated and no letter shows; among all such ones are left out. Raises UnknownName.
    """
    asked = [recall_of(session, campaign, on)] if campaign else recalls(session)
    days, submitted = stated(session), ledger_clocks.submitted(session)
    mailed = ledger_clocks.mailed(session, asked, days, on)
    found = []
    for recall in asked:
        whole, owed = _owed(recall, mailed, on)
        if campaign and not owed:
            raise _refusal(whole)
        name = whole.nhtsa_campaign_number
        known = Known(
            submitted=submitted.get(name, {}), stated=days.of(*recall.codes, *filter(None, [name]))
        )
        doubt = boundary_in_doubt(whole, on) if owed else ""
        found += [
            _row(number, of_report(whole, one, on, known))
            | {"filed": filed_on(one, on, known), "doubt": doubt}
            for number, one in _numbered(owed)
        ]
    return found


def _owed(
    recall: NumberedRecall, mailed: Mapping[str, Mailed], on: date
) -> tuple[Campaign, list[ReportDue]]:
    """Return a recall as one, begun with the first letter where nobody stated its first notice, and the reports it owes."""
    whole = as_told(recall, [mailed[code] for code in recall.codes if code in mailed])
    return whole, owed_reports(whole, on) if whole.family == "safety" else []


def check_owed(session: Session, recall: NumberedRecall, period: str, on: date) -> None:
    """Refuse that a report of a recall was filed which it does not owe as known on a day; the hint names those that it owes."""
    mailed = ledger_clocks.mailed(session, [recall], stated(session), on)
    whole, owed = _owed(recall, mailed, on)
    if not owed:
        raise _refusal(whole)
    if period not in {one.period for one in owed}:
        raise Refused(
            f"No report of {whole.campaign_code} is owed for {period}.",
            f"Owed are those of {series([one.period for one in owed])}.",
        )


def _refusal(whole: Campaign) -> Refused:
    """Say why a recall, with the ledger's first letter where no first notice is stated, owes no report."""
    if whole.family == "service":
        return Refused(
            f"{whole.campaign_code} is a service campaign; 49 CFR Part 573 asks no report of it.",
            f"See its counts: `renotify status --campaign {whole.campaign_code}`.",
        )
    if whole.first_notice_date and whole.begins_no_reports:
        return Refused(f"No report of {whole.campaign_code} is due yet.", not_initiated(whole))
    return Refused(
        f"Nobody stated when owners of {whole.campaign_code} were first told, and no letter shows it: no report is due yet.",
        "State first_notice_date in campaigns.toml, or load mail_events.",
    )


def _numbered(owed: list[ReportDue]) -> Iterator[tuple[int, ReportDue]]:
    for kind in ("quarterly", "annual"):
        yield from enumerate([one for one in owed if one.kind == kind], 1)


def _row(number: int, clock: Deadline) -> dict[str, Any]:
    kind, _, period = clock.what.partition(" report ")
    return {
        "campaign": clock.campaign,
        "number": number,
        "kind": kind,
        "period": period,
        "due": clock.due,
        "filed": None,
        "state": clock.state,
        "sentence": clock.sentence,
        "id": clock.id,
        "closes": clock.closes,
    }
