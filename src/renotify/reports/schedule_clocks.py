"""The days on file at NHTSA on which owners and dealers are told, and the dealers of a recall that cannot wait."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, replace
from datetime import date
from typing import NamedTuple

from renotify.campaigns.campaign import Campaign
from renotify.ledger.stated_days import MARK, Stated
from renotify.reports.deadline import Deadline, Run, left, starts_it, state_of, states_it
from renotify.rules import load


class Told(NamedTuple):
    """A day on which it happened, and the one for which it is planned."""

    on: date | None = None
    planned: date | None = None


NOT_KNOWN = Told()


@dataclass(frozen=True)
class Notified:
    """When owners and dealers are told by first notices: begun and completed, as it happened or as it is planned."""

    owners_begin: Told = NOT_KNOWN
    owners_end: Told = NOT_KNOWN
    dealers_begin: Told = NOT_KNOWN
    dealers_end: Told = NOT_KNOWN


PARTS = {
    "owners-begin": "the first owner letter",
    "owners-end": "the last owner letter",
    "dealers-begin": "the first dealer notice",
    "dealers-end": "the last dealer notice",
}
NAMES = tuple(f"schedule_slip{MARK}{part}" for part in PARTS)


def of_recall(
    campaign: Campaign, notified: Notified, stated: Stated, on: date, vehicles: int | None
) -> Iterator[Deadline]:
    """Return the clocks of the schedule on file, and of an urgent dealer notice."""
    code = campaign.campaign_code
    subject = code.partition(",")[0]
    for part, words in PARTS.items():
        name = f"schedule_slip{MARK}{part}"
        filed = stated.started(name)
        if filed is None:
            continue
        told: Told = getattr(notified, part.replace("-", "_"))
        told = told._replace(on=stated.done(name) or told.on)
        found = _slip(code, f"{subject}{MARK}{name}", (words, filed, told), on)
        yield replace(found, what=f"schedule, {words}", vehicles=vehicles)
    yield from _urgent_dealers(campaign, notified, stated, on, vehicles)


def _slip(code: str, name: str, known: tuple[str, date, Told], on: date) -> Deadline:
    """More than two weeks after the day on file, NHTSA is told promptly, with the reasons and a new day (573.6(c)(8)(ii))."""
    words, filed, told = known
    clock = load(filed).clock("schedule_slip")
    due = clock.due(filed)
    about = f"{words.capitalize()} of {code} is on file for {filed}"
    if told.on is not None and told.on <= on:
        state = "ok" if told.on <= due else "late"
        sentence = f"{about} and was on {told.on}."
    elif told.planned is not None and told.planned > due:
        state = "overdue" if on > due else "soon"
        sentence = (
            f"{about} and planned for {told.planned}, more than {clock.amount} days later: tell NHTSA now, with the"
            " reasons and a new day."
        )
    else:
        state = state_of(due, on)
        sentence = (
            f"{about}; after {due}, {left(due, on)}, a delay is to be reported with a new day."
        )
    closes = f"{words}; or the new day on file: {starts_it(name)}; or {states_it(name)}"
    return Deadline(state, due, code, "", clock.citation, sentence, name, None, closes)


def dealers_untold(
    campaign: Campaign, notified: Notified, stated: Stated, on: date, vehicles: int | None
) -> Iterator[Deadline]:
    """Owners were told, and nothing shows that dealers were (577.7(c)(1)): where no threat is immediate, by the schedule on file.

    The rule counts no days (573.6(c)(8)(ii)). Where no day on file is stated, the day of the first owner letter is the last on which
    they should have known: policy of the house, dealers first. A follow-up of first notices has its own clock, a recall that cannot
    wait the one above.
    """
    begun, name = notified.owners_begin.on, f"schedule_slip{MARK}dealers-begin"
    known = notified.dealers_begin != NOT_KNOWN or stated.started(name) is not None
    urgent = campaign.do_not_drive or campaign.park_outside
    if campaign.filed_date is None or begun is None or begun > on or known or urgent:
        return
    clock = load(campaign.filed_date).rows["clocks"].get("dealer_notice")
    done = stated.done("dealer_notice", "dealer_notice_electronic", since=campaign.filed_date)
    if clock is None or (done is not None and done <= on):
        return
    code = campaign.campaign_code
    subject = code.partition(",")[0]
    own, on_file = f"{subject}{MARK}dealer_notice", starts_it(f"{subject}{MARK}{name}")
    sentence = (
        f"Owners of {code} were told from {begun} on, and nothing shows that its dealers were: where no threat is immediate they are told"
        f" by the day on file at NHTSA, and none is stated ({on_file})."
    )
    closes = f"renotify notices of the first notice; or {states_it(own)}"
    law = f"{clock.citation}, 573.6(c)(8)(ii); memo, section 2"
    yield Deadline(
        state_of(begun, on), begun, code, "dealer notices", law, sentence, own, vehicles, closes
    )


def _urgent_dealers(
    campaign: Campaign, notified: Notified, stated: Stated, on: date, vehicles: int | None
) -> Iterator[Deadline]:
    """Where the threat is immediate dealers are told within days of the report (577.7(c)(1)).

    That a recall which says not to drive, or to park outside, is such a threat is our reading: the rule names none.
    """
    start = campaign.filed_date
    if start is None or not (campaign.do_not_drive or campaign.park_outside):
        return
    pack = load(start).rows["clocks"]
    if "dealer_notice_electronic" not in pack:
        return
    fast, slow = (load(start).clock(f"dealer_notice{means}") for means in ("_electronic", ""))
    name = f"{campaign.campaign_code.partition(',')[0]}{MARK}dealer_notice_electronic"
    done = stated.done("dealer_notice_electronic", "dealer_notice", since=start)
    run = Run(fast, start, done or notified.dealers_begin.on)
    found = run.deadline(campaign.campaign_code, "urgent dealer notice", on, name, vehicles)
    yield replace(
        found,
        sentence=f"{found.sentence} By other means than electronic ones the last day is {slow.due(start)}.",
        closes=f"renotify notices of the first notice; or {found.closes}",
    )
