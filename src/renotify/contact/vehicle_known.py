"""What the ledger knows of one vehicle that a caller asks about; nothing about its owner."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from typing import NamedTuple, TypeVar

from renotify.campaigns.campaign import Campaign
from renotify.contact.approved import changed_since_approval
from renotify.ledger import registry
from renotify.ledger.first_letters import as_free_as_noticed
from renotify.ledger.planned_letters import PlannedLetter, planned_letters
from renotify.ledger.questions import answers
from renotify.ledger.session import Session
from renotify.ledger.standing_visits import left_of
from renotify.visits.needs import hours_by_campaign, labour_rows
from renotify.visits.work_there import Mailed, VehicleRow, last_letters


class DealerRow(NamedTuple):
    """Where to send the customer."""

    name: str
    city: str
    state: str
    phone: str
    dealer_code: str = ""


class InStock(NamedTuple):
    """The dealer that has the vehicle in stock, since when, and where that is."""

    dealer_code: str
    in_date: date
    name: str = ""
    city: str = ""
    state: str = ""
    phone: str = ""


class StateRow(NamedTuple):
    """The state of the vehicle in one campaign."""

    campaign_code: str
    status: str
    reason: str
    since: date


class Booking(NamedTuple):
    """An appointment; ``start`` is local to the dealer, campaign codes are joined by ;. The dealer is named where it is known."""

    dealer_code: str
    campaign_codes: str
    start: str
    name: str = ""
    city: str = ""
    state: str = ""
    phone: str = ""

    @property
    def codes(self) -> list[str]:
        """The campaigns of the visit."""
        return self.campaign_codes.split(";")

    @property
    def day(self) -> date:
        return date.fromisoformat(self.start[:10])


class VisitKits(NamedTuple):
    """How the vehicle's visit stands with its kits: a ``parts.kits_of_visits.KitState``, the Monday of those promised, what is lacking."""

    state: str
    kits_from: date | None
    lacking: str


R = TypeVar("R")


@dataclass(frozen=True)
class Known:
    """What the ledger knows of one vehicle; nothing about its owner."""

    vehicle: VehicleRow | None = None
    dealer: DealerRow | None = None
    states: Sequence[StateRow] = ()
    campaigns: Mapping[str, Campaign] = field(default_factory=dict)
    hours: Mapping[str, tuple[float, float]] = field(
        default_factory=dict
    )  # by campaign, or by several done together, for this model: the least and the most
    mailed: Mapping[str, Mailed] = field(default_factory=dict)  # last letter by campaign
    last_letters: Mapping[str, date] = field(
        default_factory=dict
    )  # last letter of the recall to anybody, by campaign
    owner_row_refused: bool = False  # nobody is written to before a person has looked
    appointments: Sequence[Booking] = ()  # still to come, the next one first
    without_word: Sequence[
        Booking
    ] = ()  # booked, their day past and not reported, the last one first
    planned: Sequence[PlannedLetter] = ()  # letters to come
    changed: Mapping[tuple[str, str, str], date] = field(
        default_factory=dict
    )  # answers (campaign, language, question) that were approved before the campaign's facts changed, with the day of it
    not_in: frozenset[str] = frozenset()  # the other campaigns that there are
    in_stock: InStock | None = None  # nobody has bought it, as far as is known
    kits: VisitKits | None = None  # None: the visit takes none, or nobody was asked


def known_of(session: Session, vin: str, on: date) -> Known:
    """Return what the ledger knows of a vehicle on a day."""
    states = session.rows(
        StateRow,
        "select campaign_code, status, reason, since from state where vin = :vin and current"
        " order by campaign_code",
        vin=vin,
    )
    vehicle = _only(
        session.rows(
            VehicleRow,
            "select make, model, model_year, dealer_code, build_date, first_sale_date from vehicle where vin = :vin",
            vin=vin,
        )
    )
    codes = [state.campaign_code for state in states]
    done = done_of(states)
    return Known(
        vehicle=vehicle,
        dealer=_dealer(
            session, _moved_to(session, vin) or (vehicle.dealer_code if vehicle else "")
        ),
        states=states,
        campaigns=as_free_as_noticed(session, registry.campaigns(session, codes), on),
        hours=_hours(session, codes, vehicle.model if vehicle else ""),
        mailed=_mailed(session, vin, on),
        owner_row_refused=bool(
            session.scalar(
                "select count(*) from refused_owner where vin = :vin and not settled", vin=vin
            )
        ),
        appointments=_appointments(
            session, vin, "a.status = 'booked' and a.start >= :today order by a.start", on, done
        ),
        without_word=_appointments(
            session,
            vin,
            "a.status in ('booked', 'arrived') and a.start < :today order by a.start desc",
            on,
            done,
        ),
        planned=planned_letters(session, vin),
        in_stock=_in_stock(session, vin, on),
        changed=changed_since_approval(session, codes),
        not_in=_other_campaigns(session, codes),
    )


class _Code(NamedTuple):
    """A campaign's code."""

    campaign_code: str


def _other_campaigns(session: Session, codes: Sequence[str]) -> frozenset[str]:
    found = session.rows(_Code, "select distinct campaign_code from campaign")
    return frozenset(one.campaign_code for one in found if one.campaign_code not in codes)


def done_of(states: Sequence[StateRow]) -> frozenset[str]:
    """Return the campaigns that are off a booked visit of the vehicle (``ledger.standing_visits``)."""
    return frozenset(one.campaign_code for one in states if answers(one.status).done is not False)


def _only(rows: Sequence[R]) -> R | None:
    return rows[0] if rows else None


def _in_stock(session: Session, vin: str, on: date) -> InStock | None:
    """Return the stock in which the vehicle stands on a day; a record of an owner of a later day than it came in says that it is sold."""
    return _only(
        session.rows(
            InStock,
            "select s.dealer_code, s.in_date, coalesce(d.name, '') as name, coalesce(d.city, '') as city, coalesce(d.state, '') as state,"
            " coalesce(d.phone, '') as phone from dealer_stock s left join dealer d on d.dealer_code = s.dealer_code"
            " where s.vin = :vin and s.in_date <= :on and (s.sold_date is null or s.sold_date > :on)"
            " and not exists (select 1 from owner o where o.vin = s.vin and o.as_of > s.in_date and o.as_of <= :on)"
            " order by s.in_date desc, s.dealer_code",
            vin=vin,
            on=on,
        )
    )


class _Planned(NamedTuple):
    """The dealer at which a visit is planned."""

    dealer_code: str


def _moved_to(session: Session, vin: str) -> str:
    """Return the dealer whose hours hold the visit, where the newest follow-up planned it away from the vehicle's own; else blank."""
    found = session.rows(
        _Planned,
        "select case when l.moved_from > '' then l.dealer_code else '' end as dealer_code from listed l"
        " join follow_up f on f.name = l.follow_up where l.vin = :vin and l.left_out = ''"
        " order by f.notice_date desc, f.name, dealer_code desc limit 1",
        vin=vin,
    )
    return found[0].dealer_code if found else ""


def _dealer(session: Session, code: str) -> DealerRow | None:
    return _only(
        session.rows(
            DealerRow,
            "select name, city, state, phone, dealer_code from dealer where dealer_code = :code",
            code=code,
        )
    )


def _hours(session: Session, codes: Sequence[str], model: str) -> dict[str, tuple[float, float]]:
    """Return hours by campaign, and by several together, for the vehicle's model, as its letter has them."""
    return hours_by_campaign(codes, model, labour_rows(session))


def _mailed(session: Session, vin: str, on: date) -> dict[str, Mailed]:
    found = last_letters(session, on, "e.vin = :vin", vin=vin)
    return {code: one for (_, code), one in found.items()}


def _appointments(
    session: Session, vin: str, which: str, on: date, done: frozenset[str]
) -> list[Booking]:
    """Return the vehicle's visits, each for what is left to do of it."""
    booked = session.rows(
        Booking,
        "select a.dealer_code, a.campaign_codes, a.start, coalesce(d.name, '') as name, coalesce(d.city, '') as city,"
        " coalesce(d.state, '') as state, coalesce(d.phone, '') as phone"
        " from appointment a left join dealer d on d.dealer_code = a.dealer_code"
        f" where a.vin = :vin and {which}",
        vin=vin,
        today=on.isoformat(),
    )
    left = [one._replace(campaign_codes=left_of(one.campaign_codes, done)) for one in booked]
    return [one for one in left if one.campaign_codes]
