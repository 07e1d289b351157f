"""Work that a dealer reports at its desk: a repair, an inspection, a part that has to come, an owner who declined; the visit ends with it.

Eligibility is asked at the moment of the report (memo, section 5), in the transaction that writes it.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import date
from typing import NamedTuple

from renotify.desks.booking import NotFree
from renotify.ledger.intake.typed_rows import Rows, Typed, take_together
from renotify.ledger.questions import not_done
from renotify.ledger.session import Session
from renotify.values.english import long_day, series


@dataclass(frozen=True)
class Work:
    """A repair order on one vehicle: ``outcomes`` by campaign (remedied, inspected_ok, needs_part, declined, other), hours of all.

    ``before_filed``: whoever reports it says that its day is right, though the campaign was filed later.
    """

    dealer: str
    vin: str
    number: str
    day: date
    outcomes: Mapping[str, str]
    hours: str = ""
    before_filed: bool = False

    def rows(self) -> list[dict[str, str]]:
        """Return it as rows of ``repair_orders``; the hours stand with the first campaign, so that they add up."""
        hours = [self.hours, *[""] * (len(self.outcomes) - 1)]
        return [
            {
                "ro_id": self.number, "dealer_code": self.dealer, "vin": self.vin, "campaign_code": code,
                "close_date": self.day.isoformat(), "outcome": outcome, "hours": spent,
            }
            for (code, outcome), spent in zip(sorted(self.outcomes.items()), hours, strict=True)
        ]  # fmt: skip


class _Visit(NamedTuple):
    appointment_id: str
    campaign_codes: str
    start: str


class _Code(NamedTuple):
    campaign_code: str


def record_work(
    session: Session,
    work: Work,
    *,
    person: str,
    on: date,
    beside: Mapping[str, Rows] | None = None,
    provided: Callable[[Session], None] | None = None,
) -> Typed:
    """Take a repair order in, and end the dealer's visits of the vehicle that were due by its day. Raises NotFree for what is not open,
    and for a day before the campaign was filed unless ``work`` says that it is so. ``beside``: rows of other tables of the same
    transaction; ``provided``: what else refuses.

    The same order typed or loaded again says nothing new.
    """
    if not work.outcomes:
        raise NotFree("outcomes", "Nothing is said of any campaign.", "Say what was done, campaign by campaign.")  # fmt: skip

    def refuse(inside: Session) -> None:
        if provided is not None:
            provided(inside)
        _refuse_a_day_before_the_filing(inside, work)
        _refuse_an_order_of_another(inside, work)
        done = sorted({*work.outcomes} - _open(inside, work.vin) - _told(inside, work))
        if done:
            raise NotFree(
                "outcomes",
                f"{series(done)} is not open on {work.vin}.",
                "Check the VIN: it may be done, or of another vehicle.",
            )

    tables: dict[str, Rows] = {"repair_orders": work.rows(), **(beside or {})}
    ended = [
        {
            "appointment_id": one.appointment_id, "dealer_code": work.dealer, "vin": work.vin, "campaign_codes": one.campaign_codes,
            "start": one.start, "status": "done",
        }
        for one in _visits(session, work)
    ]  # fmt: skip
    if ended:
        tables["appointments"] = ended
    return take_together(session, tables, person=person, on=on, provided=refuse)


def _open(session: Session, vin: str) -> set[str]:
    """Return the campaigns that are not done on a vehicle."""
    found = session.rows(
        _Code,
        f"select campaign_code from state where vin = :vin and current and {not_done('status')}",
        vin=vin,
    )
    return {one.campaign_code for one in found}


def _told(session: Session, work: Work) -> set[str]:
    """Return the campaigns that this very order was told of before: said again, it corrects or changes nothing."""
    subjects = {_subject(work, code): code for code in work.outcomes}
    found = session.rows(
        _Subject,
        f"select subject from event where vin = :vin and subject in {session.list_values('subjects')}",
        vin=work.vin,
        subjects=json.dumps(sorted(subjects)),
    )
    return {subjects[one.subject] for one in found}


class _Subject(NamedTuple):
    subject: str


def _subject(work: Work, code: str) -> str:
    return f"ro|{work.dealer}|{work.number}|{code}"


def _refuse_a_day_before_the_filing(session: Session, work: Work) -> None:
    """Work before the filing counts, and is rare: at a desk it is mostly a slip of the year, which would close a recall in silence."""
    if work.before_filed:
        return
    found = session.rows(
        _Filed,
        f"select campaign_code, filed_date from campaign where campaign_code in {session.list_values('codes')}"
        " and filed_date > :day order by campaign_code",
        codes=json.dumps(sorted(work.outcomes)),
        day=work.day,
    )
    if found:
        each = series([f"{one.campaign_code} on {long_day(one.filed_date)}" for one in found])
        raise NotFree(
            "before_filed",
            f"{long_day(work.day)} is before the campaign was filed: {each}.",
            "Look at the year. If the day is right, say so: the work counts.",
        )


class _Filed(NamedTuple):
    campaign_code: str
    filed_date: date


def _refuse_an_order_of_another(session: Session, work: Work) -> None:
    """An order's number that stands for another vehicle is a slip at a desk: a file would move the order."""
    found = session.rows(
        _Vin,
        f"select vin from event where vin <> :vin and subject in {session.list_values('subjects')} limit 1",
        vin=work.vin,
        subjects=json.dumps(sorted(_subject(work, code) for code in work.outcomes)),
    )
    for one in found:
        raise NotFree(
            "number",
            f"Order {work.number} is of {one.vin}.",
            "Take this order's own number; if that order was of the wrong vehicle, ask the analyst to correct it.",
        )


class _Vin(NamedTuple):
    vin: str


def _visits(session: Session, work: Work) -> list[_Visit]:
    """Return the dealer's own visits of a vehicle that stand and were due by the day of the work."""
    return session.rows(
        _Visit,
        "select appointment_id, campaign_codes, start from appointment where dealer_code = :dealer and vin = :vin"
        " and status in ('booked', 'arrived') and (status = 'arrived' or start < :after)",
        dealer=work.dealer,
        vin=work.vin,
        after=f"{work.day.isoformat()}T99",
    )
