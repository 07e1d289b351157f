"""``answer``: one vehicle's campaigns for contact staff (memo, section 6), in the language of the caller."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace
from datetime import date
from typing import Any

from renotify.campaigns.campaign import Campaign, CampaignType
from renotify.campaigns.letter_facts import by_repair, facts_of, old_vehicles, text_of
from renotify.contact import sentences
from renotify.contact.reimbursement import information, lacking
from renotify.contact.spoken import listed, say
from renotify.contact.vehicle_known import (
    Booking,
    DealerRow,
    Known,
    StateRow,
    VehicleRow,
    known_of,
)
from renotify.contact.visit_kits import kits_of
from renotify.ledger import questions
from renotify.ledger.session import Session
from renotify.ledger.vin_exceptions import exceptions_of
from renotify.letters.letter_text import long_date
from renotify.values import vin as vins
from renotify.visits.needs import JOINED, visit_hours

NO_WORK = frozenset(
    {"not_by_repair", "not_free"}
)  # whose letter says no work of a dealer's and no time of it
URGENCY = ("open", "unreachable", "inspected_ok", "repaired", "removed")
TEXTS = ("subject", "defect", "consequence", "warning", "precaution", "remedy")
PROMISED, ON_SHELF = "promised", "on_shelf"  # states of kits: parts.kits_of_visits has them all


def answer(session: Session, vin: str, on: date, language: str = "en") -> dict[str, Any]:
    """Return what contact staff may say of a vehicle on a day, in ``language`` (en, es); ``read_out.in_words`` reads it out.

    Keys: vin, valid, exception (the maker's reason for a number that fails 49 CFR 565), sentence, vehicle, urgent (do not drive, park
    outside), booking (the next one), campaigns (open safety recalls first), visit (booked, or whom to send the customer to),
    visit_hours, visit_range and visit_time (of the whole visit for this model: the middle that its dealer plans, least and most, and in
    the words of the letter), kits (state, from, lacking, says), planned_letters, dealer, reader (what whoever reads does and does not
    say). An invalid VIN is a sentence, not an error. No owner data is read. Of each campaign ``reimbursement`` tells what 577.11(d)
    asks for; an approved answer that the law forbids, or that is older than the campaign's facts, is withheld.
    """
    wanted = vins.normalise(vin)
    problem = vins.problem(wanted)
    excepted = exceptions_of(session, [wanted]).get(wanted)
    if excepted is None and problem is not None:
        sentence = sentences.no_vin(wanted, problem, language)
        return {**_empty(wanted, language), "valid": False, "sentence": sentence}
    known = known_of(session, wanted, on)
    codes = in_one_visit(known, on)
    if codes or known.appointments:
        known = replace(known, kits=kits_of(session, wanted, known, codes, on))
    answered = compose(wanted, known, on, language)
    return answered | {"exception": excepted.reason if excepted else None}


def _empty(vin: str, language: str) -> dict[str, Any]:
    nothing: dict[str, Any] = {
        "vehicle": None, "urgent": [], "booking": None, "campaigns": [], "visit": [], "visit_hours": None, "visit_range": None,
        "visit_time": "", "kits": None, "planned_letters": [], "dealer": None, "reader": [],
    }  # fmt: skip
    return {
        "vin": vin, "valid": True, "exception": None, "language": language, "sentence": "", **nothing
    }  # fmt: skip


def compose(vin: str, known: Known, on: date, language: str = "en") -> dict[str, Any]:
    """Return the answer for what is known of a vehicle: no database, no clock."""
    answered = _empty(vin, language)
    if known.vehicle is not None:
        vehicle = known.vehicle
        answered["vehicle"] = f"{vehicle.model_year} {vehicle.make} {vehicle.model}"
    answered["campaigns"] = sorted(
        (_campaign(state, known, on, language) for state in known.states), key=_first
    )
    if not known.states:
        return answered | {"sentence": say(language, "not_ours")}
    to_do = [one for one in answered["campaigns"] if one["what_to_do"]]
    answered["sentence"] = _summary(to_do, language)
    if not to_do:
        return answered
    answered["urgent"] = _urgent(known, to_do, language)
    answered |= _time(known, to_do, language)
    answered["visit"] = [*_visit(known, language)]
    if known.appointments:
        answered["booking"] = known.appointments[0]._asdict() | {"campaigns": known.appointments[0].codes}  # fmt: skip
    if known.dealer is not None:
        answered["dealer"] = known.dealer._asdict()
    answered["planned_letters"] = _planned(known, language)
    answered["kits"] = _kits(known, language)
    answered["reader"] = [*_reader(known, answered, to_do, language)]
    return answered


def in_one_visit(known: Known, on: date) -> list[str]:
    """Return the campaigns that are done in the vehicle's visit: not done yet, the repair there and free."""
    rows = [_campaign(state, known, on, "en") for state in known.states]
    return sorted(_together([one for one in rows if one["what_to_do"]]))


def _together(to_do: Sequence[Mapping[str, Any]]) -> list[str]:
    return [one["campaign"] for one in to_do if one["remedy_available"] and one["work"]]


def _first(campaign: Mapping[str, Any]) -> tuple[object, ...]:
    return (
        URGENCY.index(campaign["status"]),
        campaign["type"] == CampaignType.SERVICE_CAMPAIGN,
        campaign["campaign"],
    )


def _summary(to_do: Sequence[Mapping[str, Any]], language: str) -> str:
    key = {0: "nothing_left", 1: "one_to_do"}.get(len(to_do), "more_to_do")
    return say(language, key, count=len(to_do))


def _time(known: Known, to_do: Sequence[Mapping[str, Any]], language: str) -> dict[str, Any]:
    """Return the hours of one visit for all campaigns whose remedy is there, as its letter tells them; blank where there is none."""
    done = _together(to_do)
    found = visit_hours(done, known.hours)
    return {
        "visit_hours": found and round(sum(found) / 2, 4),
        "visit_range": found and list(found),
        "visit_time": sentences.visit(len(done), found, language) if done else "",
    }


def _urgent(known: Known, to_do: Sequence[Mapping[str, Any]], language: str) -> list[str]:
    campaigns = [known.campaigns[one["campaign"]] for one in to_do]
    said = ("do_not_drive", "park_outside")
    return [say(language, key) for key in said if any(getattr(one, key) for one in campaigns)]


def _campaign(state: StateRow, known: Known, on: date, language: str) -> dict[str, Any]:
    campaign = known.campaigns[state.campaign_code]
    code, status = campaign.campaign_code, state.status
    mailed = known.mailed.get(code)
    available = _remedy_date(campaign, known.vehicle)
    if mailed is not None:
        available = mailed.available(available)
    facts = _facts(campaign, known.vehicle, on)
    hours = None if NO_WORK & facts else known.hours.get(code)
    booked = any(code in one.codes for one in known.appointments[:1])
    return {
        "campaign": code,
        "nhtsa_campaign_number": campaign.nhtsa_campaign_number,
        "kind": say(language, campaign.campaign_type),
        "type": str(campaign.campaign_type),
        "subject": text_of(campaign, "subject", language),
        "status": status,
        "since": state.since,
        **questions.answers(status)._asdict(),
        "says": sentences.status(status, state.reason, state.since, language),
        "what": text_of(campaign, "defect", language),
        "why": _why(campaign, language),
        "remedy": "" if NO_WORK & facts else text_of(campaign, "remedy", language),
        "work": not NO_WORK & facts,
        "remedy_available": available is not None and available <= on,
        "remedy_available_date": available,
        "hours": hours[0] if hours and hours[0] == hours[1] else None,
        "hours_range": hours and list(hours),
        "what_to_do": sentences.what_to_do(
            available,
            status,
            on,
            sentences.offer(campaign, facts, on, hours, language),
            by_repair=by_repair(campaign),
            booked=booked,
            language=language,
        ),
        "reimbursement": information(campaign, on, language),
        "reimbursement_lacks": lacking(campaign, on, language),
        "letter": sentences.letter(mailed.mailed, mailed.returned, mailed.newest_record, language)
        if mailed
        else "",
        "answers": [*_answers(campaign, known, on, language)],
        "lacks_texts": sentences.without_text(campaign, TEXTS, language),
    }


def _why(campaign: Campaign, language: str) -> str:
    """Return the risk, what warns of it, and what to do until the repair."""
    warning = text_of(campaign, "warning", language).rstrip(".")
    signs = say(language, "signs", warning=warning) if warning else ""
    risk, until = (text_of(campaign, key, language) for key in ("consequence", "precaution"))
    return " ".join(filter(None, (risk, signs, until)))


def _facts(campaign: Campaign, vehicle: VehicleRow | None, on: date) -> frozenset[str]:
    """Return what holds for a campaign in the rule pack's words, as a letter to this vehicle has it: 49 USC 30120(g)(1)."""
    old = old_vehicles(campaign, on)
    return facts_of(
        campaign,
        not_free=old is not None
        and vehicle is not None
        and old.holds(vehicle.first_sale_date, vehicle.build_date, vehicle.model_year),
    )


def work_is_there(campaign: Campaign, vehicle: VehicleRow | None, on: date) -> bool:
    """Tell whether a dealer can do a campaign's free repair on a vehicle on a day: what its letter calls one visit has these alone."""
    available = _remedy_date(campaign, vehicle)
    there = available is not None and available <= on
    return there and not NO_WORK & _facts(campaign, vehicle, on)


def _remedy_date(campaign: Campaign, vehicle: VehicleRow | None) -> date | None:
    """Return the day of the vehicle's own remedy."""
    if vehicle is None:
        return campaign.remedy_date_of("", None, None)
    return campaign.remedy_date_of(vehicle.model, vehicle.model_year, vehicle.build_date)


def _answers(campaign: Campaign, known: Known, on: date, language: str) -> Iterator[dict[str, str]]:
    """Yield the approved answers: what the law forbids or is stale is withheld, what the house would not say is told."""
    for one in campaign.answers_in(language):
        changed = known.changed.get((campaign.campaign_code, language, one.question))
        against = sentences.objections(
            campaign, f"{one.question} {one.answer}", on, language, changed
        )
        said = "" if against.withheld else one.answer
        yield {"question": one.question, "answer": said, **against._asdict()}


def _place(dealer: DealerRow | Booking) -> str:
    phone = f", {dealer.phone}" if dealer.phone else ""
    return f"{dealer.name}, {dealer.city}, {dealer.state}{phone}"


def _visit(known: Known, language: str) -> Iterator[str]:
    """Yield what is booked, or whom to send the customer to; and that nobody is written to, where the newest owner row was refused."""
    if known.appointments:
        booked = known.appointments[0]
        code = say(language, "booked_dealer", code=booked.dealer_code)
        yield say(
            language,
            "booked",
            campaigns=", ".join(booked.codes),
            dealer=f"{_place(booked)}" if booked.name else code,
            day=long_date(booked.day, language),
            time=booked.start[11:16],
        )
    elif known.dealer is not None:
        yield say(language, "send_to", dealer=_place(known.dealer))
    else:
        make = known.vehicle.make if known.vehicle else next(iter(known.campaigns.values())).make
        yield say(language, "no_dealer", make=make)
    if known.owner_row_refused:
        yield say(language, "no_letter")


def _planned(known: Known, language: str) -> list[dict[str, Any]]:
    """Return the letters to come, each with a sentence."""
    return [
        {
            "follow_up": one.follow_up,
            "campaigns": (codes := one.bundle.split(JOINED)),
            "week": one.week,
            "says": say(
                language,
                "letter_planned",
                campaigns=listed(language, codes),
                day=long_date(one.week, language),
            ),
        }
        for one in known.planned
    ]


def _kits(known: Known, language: str) -> dict[str, Any] | None:
    if known.kits is None:
        return None
    state, day, lacking = known.kits
    when = long_date(day, language) if day else ""
    says = say(language, f"kits_{state}", day=when, parts=lacking)
    return {"state": state, "from": day, "lacking": lacking, "says": says}


def _reader(
    known: Known, answered: Mapping[str, Any], to_do: Sequence[Mapping[str, Any]], language: str
) -> Iterator[str]:
    """Yield what whoever reads does: no sentence of these is for the caller."""
    if answered["urgent"]:
        yield say(language, "you_drive")
    yield from _of_the_visit(known, _together(to_do), language)
    waiting = [one["campaign"] for one in to_do if not one["remedy_available"]]
    if waiting:
        yield say(language, "you_wait", campaigns=listed(language, waiting))
    reasons = {state.reason for state in known.states if state.status == "unreachable"}
    if known.owner_row_refused or sentences.RETURNED in reasons:
        yield say(language, "you_address")
    if reasons - {sentences.RETURNED}:
        yield say(language, "you_gone")
    if any(said["withheld"] for one in to_do for said in one["answers"]):
        yield say(language, "you_withheld")
    silent = [one["campaign"] for one in to_do if not one["answers"]]
    if silent:
        yield say(language, "you_no_answers", campaigns=listed(language, silent))
    texts = [text for one in to_do for text in one["lacks_texts"]]
    if texts:
        yield say(language, "you_no_texts", texts=", ".join(texts))
    yield say(language, "you_owner")


def _of_the_visit(known: Known, codes: Sequence[str], language: str) -> Iterator[str]:
    """Yield what to do about the visit: confirm the one that is booked, or offer one, and see to its kits."""
    kits = known.kits
    promised = kits.kits_from if kits and kits.state == PROMISED else None
    if known.appointments:
        yield say(language, "you_booked")
        if promised and promised > known.appointments[0].day:
            yield say(language, "you_later")
    elif codes and promised:
        yield say(language, "you_book_from", day=long_date(promised, language))
    elif codes:
        yield say(language, "you_book")
    if kits and kits.state not in {PROMISED, ON_SHELF} and (codes or known.appointments):
        yield say(language, "you_order", parts=kits.lacking)
