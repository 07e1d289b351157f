"""``answer``: one vehicle's campaigns for contact staff (memo, section 6)."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from typing import Any, NamedTuple, TypeVar

from renotify.campaigns.campaign import Campaign, CampaignType
from renotify.campaigns.letter_facts import by_repair, facts_of, old_vehicles
from renotify.contact import sentences
from renotify.contact.reimbursement import information, lacking
from renotify.ledger import questions, registry
from renotify.ledger.interim_notices import is_interim
from renotify.ledger.rulings import stands
from renotify.ledger.session import Session
from renotify.ledger.vin_exceptions import exceptions_of
from renotify.values import vin as vins
from renotify.values.english import counted
from renotify.visits.needs import campaign_hours, combinations, labour_rows, visit_hours

NO_WORK = frozenset(
    {"not_by_repair", "not_free"}
)  # whose letter says no work of a dealer's and no time of it
URGENCY = ("open", "unreachable", "inspected_ok", "repaired", "removed")
NOT_OURS = (
    "No campaign names this vehicle. A well-formed VIN proves nothing: ask for the VIN again, then "
    "offer to look the vehicle up at NHTSA."
)


class VehicleRow(NamedTuple):
    """A vehicle, and the dealer it belongs to."""

    make: str
    model: str
    model_year: int
    dealer_code: str
    build_date: date | None = None
    first_sale_date: date | None = None


class DealerRow(NamedTuple):
    """Where to send the customer."""

    name: str
    city: str
    state: str
    phone: str


class StateRow(NamedTuple):
    """The state of the vehicle in one campaign."""

    campaign_code: str
    status: str
    reason: str
    since: date


class Booking(NamedTuple):
    """An appointment; ``start`` is local to the dealer, campaign codes are joined by ;."""

    dealer_code: str
    campaign_codes: str
    start: str


class Mailed(NamedTuple):
    """The day of the last letter of a campaign, the last day on which one came back, and the last interim notice by a plan.

    ``remedy_from`` is the day from which the plan has kits and hours after that one, None where it has none.
    """

    campaign_code: str
    mailed: date | None
    returned: date | None
    newest_record: date | None = None  # of any owner
    told_to_wait: date | None = None
    remedy_from: date | None = None

    def available(self, remedy: date | None) -> date | None:
        """Return the day from which the last letter lets its owner come: that of the ``remedy``, or of the kits and hours."""
        if remedy is None or self.told_to_wait is None or self.told_to_wait != self.mailed:
            return remedy
        return None if self.remedy_from is None else max(remedy, self.remedy_from)


R = TypeVar("R")


@dataclass(frozen=True)
class Known:
    """What the ledger knows of one vehicle; nothing about its owner."""

    vehicle: VehicleRow | None = None
    dealer: DealerRow | None = None
    states: Sequence[StateRow] = ()
    campaigns: Mapping[str, Campaign] = field(default_factory=dict)
    hours: Mapping[str, float] = field(
        default_factory=dict
    )  # by campaign, or by several done together, for this model
    mailed: Mapping[str, Mailed] = field(default_factory=dict)  # last letter by campaign
    owner_row_refused: bool = False  # nobody is written to before a person has looked
    appointments: Sequence[Booking] = ()  # still to come, the next one first


def answer(session: Session, vin: str, on: date) -> dict[str, Any]:
    """Return what contact staff may say of a vehicle on a day; ``in_words`` reads it out.

    Keys: vin, valid, exception (the maker's reason for a number that fails 49 CFR 565), sentence,
    vehicle, urgent (do not drive, park outside), campaigns (open safety recalls first), visit (whom
    to send the customer to, the next booking), visit_hours and visit_time (of one visit for several
    campaigns, in words too). An invalid VIN is a sentence, not an error. No owner
    data is read. Of each campaign, ``reimbursement`` tells what 577.11(d) asks for.
    """
    wanted = vins.normalise(vin)
    problem = vins.problem(wanted)
    excepted = exceptions_of(session, [wanted]).get(wanted)
    if excepted is None and problem is not None:
        return {**_empty(wanted), "valid": False, "sentence": problem}
    answered = compose(wanted, known_of(session, wanted, on), on)
    return answered | {"exception": excepted.reason if excepted else None}


def _empty(vin: str) -> dict[str, Any]:
    nothing: dict[str, Any] = {
        "vehicle": None, "urgent": [], "campaigns": [], "visit": [], "visit_hours": None, "visit_time": "",
    }  # fmt: skip
    return {"vin": vin, "valid": True, "exception": None, "sentence": "", **nothing}


def compose(vin: str, known: Known, on: date) -> dict[str, Any]:
    """Return the answer for what is known of a vehicle: no database, no clock."""
    answered = _empty(vin)
    if known.vehicle is not None:
        vehicle = known.vehicle
        answered["vehicle"] = f"{vehicle.model_year} {vehicle.make} {vehicle.model}"
    answered["campaigns"] = sorted(
        (_campaign(state, known, on) for state in known.states), key=_first
    )
    if not known.states:
        return answered | {"sentence": NOT_OURS}
    to_do = [campaign for campaign in answered["campaigns"] if campaign["what_to_do"]]
    answered["urgent"] = _urgent(known, to_do)
    answered["sentence"] = _summary(to_do)
    answered["visit_hours"] = _visit_hours(known, to_do)
    answered["visit"] = [*_visit(known), *_held(known)] if to_do else []
    if answered["visit_hours"]:
        answered["visit_time"] = sentences.visit(len(_in_one_visit(to_do)), answered["visit_hours"])
    return answered


def _held(known: Known) -> list[str]:
    """Say that nobody is written to, where the newest owner row was refused."""
    return [sentences.OWNER_NOT_READ] if known.owner_row_refused else []


def _first(campaign: Mapping[str, Any]) -> tuple[object, ...]:
    return (
        URGENCY.index(campaign["status"]),
        campaign["kind"] == CampaignType.SERVICE_CAMPAIGN.words,
        campaign["campaign"],
    )


def _summary(to_do: Sequence[Mapping[str, Any]]) -> str:
    if not to_do:
        return "Nothing is left to do on this vehicle."
    return f"{counted(len(to_do), 'campaign')} to be done, in one visit."


def _in_one_visit(to_do: Sequence[Mapping[str, Any]]) -> list[str]:
    """Return the campaigns whose free repair is there."""
    return [one["campaign"] for one in to_do if one["remedy_available"] and one["work"]]


def _visit_hours(known: Known, to_do: Sequence[Mapping[str, Any]]) -> float | None:
    """Return the hours of one visit for all campaigns whose remedy is there; None where that is one, or hours are not loaded."""
    done = _in_one_visit(to_do)
    stated = {code: (hours, hours) for code, hours in known.hours.items()}
    found = visit_hours(done, stated) if len(done) > 1 else None
    return found and found[0]


def _urgent(known: Known, to_do: Sequence[Mapping[str, Any]]) -> list[str]:
    campaigns = [known.campaigns[one["campaign"]] for one in to_do]
    urgent = [sentences.DO_NOT_DRIVE] if any(one.do_not_drive for one in campaigns) else []
    return urgent + ([sentences.PARK_OUTSIDE] if any(one.park_outside for one in campaigns) else [])


def _campaign(state: StateRow, known: Known, on: date) -> dict[str, Any]:
    campaign = known.campaigns[state.campaign_code]
    code, status = campaign.campaign_code, state.status
    mailed = known.mailed.get(code)
    available = _remedy_date(campaign, known.vehicle)
    if mailed is not None:
        available = mailed.available(available)
    signs = f"Signs of it: {campaign.warning.rstrip('.')}." if campaign.warning else ""
    why = " ".join(filter(None, (campaign.consequence, signs, campaign.precaution)))
    facts = _facts(campaign, known.vehicle, on)
    hours = None if NO_WORK & facts else known.hours.get(code)
    return {
        "campaign": code,
        "nhtsa_campaign_number": campaign.nhtsa_campaign_number,
        "kind": campaign.campaign_type.words,
        "subject": campaign.subject,
        "status": status,
        "since": state.since,
        **questions.answers(status)._asdict(),
        "says": sentences.status(status, state.reason, state.since),
        "what": campaign.defect,
        "why": why,
        "remedy": "" if NO_WORK & facts else campaign.remedy,
        "work": not NO_WORK & facts,
        "remedy_available": available is not None and available <= on,
        "remedy_available_date": available,
        "hours": hours,
        "what_to_do": sentences.what_to_do(
            available,
            status,
            on,
            sentences.offer(campaign, facts, on, hours),
            by_repair=by_repair(campaign),
        ),
        "reimbursement": information(campaign, on),
        "reimbursement_lacks": lacking(campaign, on),
        "letter": sentences.letter(mailed.mailed, mailed.returned, mailed.newest_record)
        if mailed
        else "",
        "answers": [_answered(campaign, one.question, one.answer, on) for one in campaign.answers],
    }


def _facts(campaign: Campaign, vehicle: VehicleRow | None, on: date) -> frozenset[str]:
    """Return what holds for a campaign in the rule pack's words, as a letter to this vehicle has it: 49 USC 30120(g)(1)."""
    old = old_vehicles(campaign, on)
    return facts_of(
        campaign,
        not_free=old is not None
        and vehicle is not None
        and old.holds(vehicle.first_sale_date, vehicle.build_date, vehicle.model_year),
    )


def _remedy_date(campaign: Campaign, vehicle: VehicleRow | None) -> date | None:
    """Return the day of the vehicle's own remedy."""
    if vehicle is None:
        return campaign.remedy_date_of("", None, None)
    return campaign.remedy_date_of(vehicle.model, vehicle.model_year, vehicle.build_date)


def _answered(campaign: Campaign, question: str, text: str, on: date) -> dict[str, str]:
    """Return one prepared answer; what the law forbids is withheld, what the house would not say is told."""
    against = sentences.objections(campaign, f"{question} {text}", on)
    answer = "" if against.withheld else text
    return {"question": question, "answer": answer, **against._asdict()}


def _visit(known: Known) -> list[str]:
    visit = []
    if known.dealer is not None:
        dealer = known.dealer
        phone = f", {dealer.phone}" if dealer.phone else ""
        visit.append(f"Send the customer to {dealer.name}, {dealer.city}, {dealer.state}{phone}.")
    elif not known.appointments:
        make = known.vehicle.make if known.vehicle else next(iter(known.campaigns.values())).make
        visit.append(
            f"The vehicle has no dealer on record: any {make} dealer does the work; name the nearest."
        )
    for booked in known.appointments[:1]:
        codes = booked.campaign_codes.replace(";", ", ")
        at = booked.start.replace("T", " at ")
        visit.append(f"Booked for {codes} at dealer {booked.dealer_code}: {at}.")
    return visit


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
    return Known(
        vehicle=vehicle,
        dealer=_dealer(
            session, _moved_to(session, vin) or (vehicle.dealer_code if vehicle else "")
        ),
        states=states,
        campaigns=registry.campaigns(session, codes),
        hours=_hours(session, codes, vehicle.model if vehicle else ""),
        mailed=_mailed(session, vin, on),
        owner_row_refused=bool(
            session.scalar(
                "select count(*) from refused_owner where vin = :vin and not settled", vin=vin
            )
        ),
        appointments=_appointments(session, vin, on),
    )


def _only(rows: Sequence[R]) -> R | None:
    return rows[0] if rows else None


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
            "select name, city, state, phone from dealer where dealer_code = :code",
            code=code,
        )
    )


def _hours(session: Session, codes: Sequence[str], model: str) -> dict[str, float]:
    """Return hours by campaign, and by several together, for the vehicle's model, where labour times are loaded."""
    labour = labour_rows(session)
    known = {
        code: campaign_hours(code, model, labour) for code in (*codes, *combinations(codes, labour))
    }
    return {code: hours for code, hours in known.items() if hours is not None}


def _mailed(session: Session, vin: str, on: date) -> dict[str, Mailed]:
    found = session.rows(
        Mailed,
        "select campaign_code, max(case when kind = 'mailed' then occurred_on end) as mailed,"
        " max(case when kind = 'returned' then occurred_on end) as returned,"
        " (select max(as_of) from owner where vin = :vin and as_of <= :on) as newest_record,"
        f" max(case when {is_interim('e')} then occurred_on end) as told_to_wait,"
        " (select max(l.remedy_from) from listed l where l.vin = :vin and l.interim) as remedy_from from event e where vin = :vin"
        f" and kind in ('mailed', 'returned') and occurred_on <= :on and {stands('e')} group by campaign_code",
        vin=vin,
        on=on,
    )
    return {one.campaign_code: one for one in found}


def _appointments(session: Session, vin: str, on: date) -> list[Booking]:
    return session.rows(
        Booking,
        "select dealer_code, campaign_codes, start from appointment"
        " where vin = :vin and status = 'booked' and start >= :today order by start",
        vin=vin,
        today=on.isoformat(),
    )
