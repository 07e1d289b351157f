"""``answer``: one vehicle's campaigns for contact staff (memo, section 6), in the language of the caller."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import replace
from datetime import date

from renotify.campaigns.campaign import Campaign, CampaignType
from renotify.campaigns.letter_facts import by_repair, text_of, without_visit
from renotify.contact import sentences
from renotify.contact.reimbursement import lacking, of_vehicle
from renotify.contact.spoken import listed, say
from renotify.contact.vehicle_answer import (
    CampaignAnswer,
    LetterToCome,
    SaidAnswer,
    SaidKits,
    VehicleAnswer,
)
from renotify.contact.vehicle_known import (
    Booking,
    DealerRow,
    InStock,
    Known,
    StateRow,
    known_of,
)
from renotify.contact.visit_kits import kits_of
from renotify.ledger import questions
from renotify.ledger.last_letters import last_of_recalls
from renotify.ledger.session import Session
from renotify.ledger.vin_exceptions import exceptions_of
from renotify.letters.letter_text import long_date
from renotify.values import vin as vins
from renotify.visits.needs import JOINED, visit_hours
from renotify.visits.work_there import NO_VISIT, NO_WORK, UNSAID, remedy_date, repair_facts

URGENCY = ("open", "unreachable", "inspected_ok", "repaired", "removed")
TEXTS = ("subject", "defect", "consequence", "warning", "precaution", "remedy")
PROMISED, ON_SHELF = "promised", "on_shelf"  # states of kits: parts.kits_of_visits has them all


def answer(session: Session, vin: str, on: date, language: str = "en") -> VehicleAnswer:
    """Return what contact staff may say of a vehicle on a day, in ``language`` (en, es); ``read_out.in_words`` reads it out.

    ``urgent`` is what not to do until the repair, ``visit`` what is booked, or whom to send the customer to; ``visit_time`` is the whole
    visit for this model in the words of its letter, ``reader`` what whoever reads does and does not say. Campaigns: open safety recalls
    first. An invalid VIN is a sentence, not an error; ``exception`` is the maker's reason for a number that fails 49 CFR 565. No owner
    data is read. Of each campaign ``reimbursement`` tells what 577.11(d) asks for; an approved answer that the law forbids, or that is
    older than the campaign's facts, is withheld.
    """
    wanted = vins.normalise(vin)
    problem = vins.problem(wanted)
    excepted = exceptions_of(session, [wanted]).get(wanted)
    if excepted is None and problem is not None:
        sentence = sentences.no_vin(wanted, problem, language)
        return VehicleAnswer(wanted, language, valid=False, sentence=sentence)
    known = known_of(session, wanted, on)
    last = last_of_recalls(session, known.campaigns, on)
    known = replace(known, last_letters=last)
    codes = in_one_visit(known, on)
    if codes or known.appointments:
        known = replace(known, kits=kits_of(session, wanted, known, codes, on))
    answered = compose(wanted, known, on, language)
    return replace(answered, exception=excepted.reason if excepted else None)


def compose(vin: str, known: Known, on: date, language: str = "en") -> VehicleAnswer:
    """Return the answer for what is known of a vehicle: no database, no clock."""
    vehicle = known.vehicle
    name = None if vehicle is None else f"{vehicle.model_year} {vehicle.make} {vehicle.model}"
    if not known.states:
        return VehicleAnswer(vin, language, sentence=say(language, "not_ours"), vehicle=name)
    campaigns = sorted((_campaign(one, known, on, language) for one in known.states), key=_first)
    to_do = [one for one in campaigns if one.what_to_do]
    open_codes = {one.campaign for one in to_do}
    past = [one for one in known.without_word if open_codes & {*one.codes}]
    visits = sum(not without_visit(known.campaigns[one.campaign]) for one in to_do)
    known = replace(known, without_word=past, dealer=known.dealer if visits or not to_do else None)
    answered = VehicleAnswer(
        vin,
        language,
        sentence=_summary(len(to_do), visits, language),
        vehicle=name,
        campaigns=campaigns,
    )
    if not to_do:
        return answered
    done = [one.campaign for one in to_do if one.in_visit]
    time = visit_hours(done, known.hours)
    urgent = _urgent(known, to_do, language)
    return replace(
        answered,
        urgent=urgent,
        booking=known.appointments[0] if known.appointments else None,
        without_word=None if known.appointments else next(iter(known.without_word), None),
        visit=[*_visit(known, language, needed=bool(visits))],
        visit_range=time,
        visit_time=sentences.visit(len(done), time, language) if done else "",
        kits=_kits(known, language),
        planned_letters=_planned(known, language),
        dealer=known.dealer,
        reader=[*_reader(known, to_do, language, urgent=bool(urgent))],
    )


def in_one_visit(known: Known, on: date) -> list[str]:
    """Return the campaigns that are done in the vehicle's visit: not done yet, the repair there and free."""
    rows = [_campaign(state, known, on, "en") for state in known.states]
    return sorted(one.campaign for one in rows if one.in_visit)


def _first(campaign: CampaignAnswer) -> tuple[object, ...]:
    return (
        URGENCY.index(campaign.status),
        campaign.type == CampaignType.SERVICE_CAMPAIGN,
        campaign.campaign,
    )


def _summary(to_do: int, visits: int, language: str) -> str:
    """Return how many campaigns are to be done, and of how many a dealer is visited."""
    key = {0: "nothing_left", 1: "one_to_do"}.get(to_do, "more_to_do")
    if 0 < visits < to_do:
        key = "some_to_do"
    elif to_do and not visits:
        key += "_without"
    return say(language, key, count=to_do, visits=visits)


def _urgent(known: Known, to_do: Sequence[CampaignAnswer], language: str) -> list[str]:
    campaigns = [known.campaigns[one.campaign] for one in to_do]
    said = ("do_not_drive", "park_outside")
    return [say(language, key) for key in said if any(getattr(one, key) for one in campaigns)]


def _campaign(state: StateRow, known: Known, on: date, language: str) -> CampaignAnswer:
    campaign = known.campaigns[state.campaign_code]
    code, status = campaign.campaign_code, state.status
    mailed = known.mailed.get(code)
    available = remedy_date(campaign, known.vehicle)
    letter = ""
    if mailed is not None:
        available = mailed.available(available)
        told = (mailed.mailed, mailed.returned, mailed.newest_record)
        letter = sentences.letter(*told, language)
    facts = repair_facts(campaign, known.vehicle, on)
    hours = None if NO_WORK & facts else known.hours.get(code)
    step = sentences.what_to_do(
        available,
        status,
        on,
        sentences.offer(campaign, facts, on, hours, language),
        by_repair=by_repair(campaign),
        booked=NO_VISIT in facts
        or any(code in one.codes for one in known.appointments[:1] or known.without_word),
        language=language,
    )
    return CampaignAnswer(
        campaign=code,
        nhtsa_campaign_number=campaign.nhtsa_campaign_number,
        kind=say(language, campaign.campaign_type),
        type=str(campaign.campaign_type),
        subject=text_of(campaign, "subject", language),
        status=status,
        since=state.since,
        **questions.answers(status)._asdict(),
        says=sentences.status(status, state.reason, state.since, language),
        what=text_of(campaign, "defect", language),
        why=_why(campaign, language),
        remedy="" if UNSAID & facts else text_of(campaign, "remedy", language),
        work=not NO_WORK & facts,
        remedy_available=available is not None and available <= on,
        remedy_available_date=available,
        hours=hours[0] if hours and hours[0] == hours[1] else None,
        hours_range=hours,
        what_to_do=step,
        reimbursement=of_vehicle(campaign, facts, on, language, known.last_letters.get(code)),
        reimbursement_lacks=lacking(campaign, on, language),
        letter=letter,
        answers=[*_answers(campaign, known, on, language)],
        lacks_texts=sentences.without_text(campaign, TEXTS, language),
    )


def names_code(text: str, code: str) -> bool:
    """Tell whether a text names a campaign by its code, which stands in it as a word of its own; one or two letters are words."""
    return len(code) > 2 and re.search(rf"(?<!\w){re.escape(code)}(?!\w)", text) is not None


def _why(campaign: Campaign, language: str) -> str:
    """Return the risk, what warns of it, and what to do until the repair."""
    warning = text_of(campaign, "warning", language).rstrip(".")
    signs = say(language, "signs", warning=warning) if warning else ""
    risk, until = (text_of(campaign, key, language) for key in ("consequence", "precaution"))
    return " ".join(filter(None, (risk, signs, until)))


def _answers(campaign: Campaign, known: Known, on: date, language: str) -> Iterator[SaidAnswer]:
    """Yield the approved answers: what the law forbids or is stale is withheld, what the house would not say is told.

    A question that names another campaign, which the vehicle is not in, is none of its caller's.
    """
    for one in campaign.answers_in(language):
        if any(names_code(one.question, code) for code in known.not_in):
            continue
        changed = known.changed.get((campaign.campaign_code, language, one.question))
        against = sentences.objections(
            campaign, f"{one.question} {one.answer}", on, language, changed
        )
        said = "" if against.withheld else one.answer
        yield SaidAnswer(one.question, said, against.withheld, against.advice)


def _place(dealer: DealerRow | Booking | InStock) -> str:
    phone = f", {dealer.phone}" if dealer.phone else ""
    return f"{dealer.name}, {dealer.city}, {dealer.state}{phone}"


def _visit(known: Known, language: str, *, needed: bool) -> Iterator[str]:
    """Yield what is booked, or was and is not reported, or whom to send the customer to where a visit is ``needed``.

    And that nobody is written to, where the newest owner row was refused.
    """
    for booked in (known.appointments or known.without_word)[:1]:
        code = say(language, "booked_dealer", code=booked.dealer_code)
        yield say(
            language,
            "booked" if known.appointments else "was_booked",
            campaigns=", ".join(booked.codes),
            dealer=f"{_place(booked)}" if booked.name else code,
            day=long_date(booked.day, language),
            time=sentences.clock(booked.start, language),
        )
    if known.in_stock is not None:
        held = known.in_stock
        code = say(language, "booked_dealer", code=held.dealer_code)
        yield say(
            language, "in_stock", dealer=_place(held) if held.name else code, day=long_date(held.in_date, language)
        )  # fmt: skip
    elif needed and known.dealer is not None and not known.appointments:
        yield say(language, "send_to", dealer=_place(known.dealer))
    elif needed and not known.appointments:
        make = known.vehicle.make if known.vehicle else next(iter(known.campaigns.values())).make
        yield say(language, "no_dealer", make=make)
    if known.owner_row_refused:
        yield say(language, "no_letter")


def _planned(known: Known, language: str) -> list[LetterToCome]:
    """Return the letters to come, each with a sentence."""
    found = []
    for one in known.planned:
        codes, day = one.bundle.split(JOINED), long_date(one.week, language)
        says = say(language, "letter_planned", campaigns=listed(language, codes), day=day)
        found.append(LetterToCome(one.follow_up, codes, one.week, says))
    return found


def _kits(known: Known, language: str) -> SaidKits | None:
    if known.kits is None:
        return None
    state, day, parts = known.kits
    when = long_date(day, language) if day else ""
    return SaidKits(state, day, parts, say(language, f"kits_{state}", day=when, parts=parts))


def _reader(
    known: Known, to_do: Sequence[CampaignAnswer], language: str, *, urgent: bool
) -> Iterator[str]:
    """Yield what whoever reads does: no sentence of these is for the caller."""
    first = {"you_drive": urgent, "you_stock": known.in_stock is not None}
    yield from (say(language, key) for key, holds in first.items() if holds)
    yield from _of_the_visit(known, [one.campaign for one in to_do if one.in_visit], language)
    waiting = [one.campaign for one in to_do if not one.remedy_available]
    if waiting:
        yield say(language, "you_wait", campaigns=listed(language, waiting))
    reasons = {state.reason for state in known.states if state.status == "unreachable"}
    if known.owner_row_refused or sentences.RETURNED in reasons:
        yield say(language, "you_address")
    if reasons - {sentences.RETURNED}:
        yield say(language, "you_gone")
    if any(said.withheld for one in to_do for said in one.answers):
        yield say(language, "you_withheld")
    silent = [one.campaign for one in to_do if not one.answers]
    if silent:
        yield say(language, "you_no_answers", campaigns=listed(language, silent))
    texts = [text for one in to_do for text in one.lacks_texts]
    if texts:
        yield say(language, "you_no_texts", texts=", ".join(texts))
    yield say(language, "you_owner")


def _of_the_visit(known: Known, codes: Sequence[str], language: str) -> Iterator[str]:
    """Yield what to do about the visit: confirm the one that is booked, or offer one, and see to its kits."""
    kits = known.kits
    promised = kits.kits_from if kits and kits.state == PROMISED else None
    if known.appointments:
        later = promised is not None and promised > known.appointments[0].day
        yield say(language, "you_later" if later else "you_booked")
    elif codes and known.without_word:
        yield say(language, "you_past")
    elif codes and promised:
        yield say(language, "you_book_from", day=long_date(promised, language))
    elif codes:
        yield say(language, "you_book")
    if kits and kits.state not in {PROMISED, ON_SHELF} and (codes or known.appointments):
        yield say(language, "you_order", parts=kits.lacking)
