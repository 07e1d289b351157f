"""The write-up desk's question: is this vehicle eligible here, what is done in one visit, and is everything there for it?

Any owner may come to any dealer: kits, hours and bookings are those of the dealer that asks, and no other dealer's figure is read into the
answer. Nothing about the owner is read.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import date
from typing import Any, NamedTuple

from renotify.contact.answers import compose
from renotify.contact.callers import LAST, vehicles_ending
from renotify.contact.sentences import told
from renotify.contact.vehicle_answer import CampaignAnswer
from renotify.contact.vehicle_known import Known, done_of, known_of
from renotify.desks.in_force_now import Instruction, of_campaigns
from renotify.desks.kits_ahead import KitsAhead, kits_ahead, kits_booked
from renotify.ledger.kinds import Status
from renotify.ledger.own_numbers import not_on_record
from renotify.ledger.questions import answers
from renotify.ledger.scope import Scope
from renotify.ledger.session import Session
from renotify.ledger.standing_visits import left_of, visit_stands
from renotify.ledger.vin_exceptions import exceptions_of
from renotify.stock.delivery_hold import holds_of
from renotify.values import vin as vins
from renotify.values.english import counted, long_day, series
from renotify.visits.needs import combined, needs

NO_KITS = KitsAhead()
MOST = 12  # vehicles that one ending may have before more of the number is asked for


class Stands(NamedTuple):
    """The dealer's own appointment of a vehicle."""

    number: str
    campaign_codes: str
    start: str
    status: str

    @property
    def day(self) -> date:
        """The day of the visit."""
        return date.fromisoformat(self.start[:10])


@dataclass(frozen=True)
class VinCheck:
    """The answer about one number at one dealer on a day; ``on_record``: a vehicle of ours has it.

    ``headline`` is the answer in one sentence, ``eligible`` whether something can be done now. ``to_do`` are the campaigns not done, open
    safety recalls first, ``done`` the others; ``visit`` the codes that one visit does, ``hours`` what the workload plans for it, ``takes``
    what its letter says. ``kits`` are the dealer's own, ``held`` the basis on which it may not deliver the vehicle from its own stock.
    ``booked`` is its own visit, ``unreported`` one of a past day of which nobody said what became; ``booked_elsewhere`` tells that
    another dealer has one, and no more.
    """

    vin: str
    valid: bool = True
    on_record: bool = True
    headline: str = ""
    what_next: str = ""
    vehicle: str = ""
    to_do: Sequence[CampaignAnswer] = ()
    done: Sequence[CampaignAnswer] = ()
    visit: tuple[str, ...] = ()
    hours: float = 0.0
    takes: str = ""
    kits: KitsAhead = NO_KITS
    instructions: Sequence[Instruction] = ()
    held: str = ""
    booked: Stands | None = None
    unreported: Stands | None = None
    booked_elsewhere: bool = False

    @property
    def eligible(self) -> bool:
        """Whether something can be done on the vehicle now."""
        return bool(self.visit)

    @property
    def warnings(self) -> list[Instruction]:
        """What must not be done with the vehicle, the gravest first."""
        return [one for one in self.instructions if one.kind in ("do_not_drive", "park_outside")]

    def kept(self) -> dict[str, Any]:
        """Return what the log of checks keeps of the answer: months later it shows that the dealer looked, and what it was told."""
        return {
            "answer": self.headline,
            "open": [one.campaign for one in self.to_do],
            "visit": list(self.visit),
            "kits": str(self.kits.state),
        }


def numbers_meant(session: Session, typed: str) -> list[str]:
    """Return the numbers that a line of a scanner or a person may mean: itself, or those that end with the eight characters typed.

    At most ``MOST`` and one more; a number that nobody has comes back as it was read, so that its answer says what is wrong with it.
    """
    number = vins.normalise(typed)
    if len(number) != LAST:
        return [number] if number else []
    return vehicles_ending(session, number)[: MOST + 1] or [number]


def check_vin(session: Session, dealer: str, vin: str, on: date) -> VinCheck:
    """Return what a dealer's desk may do with a vehicle on a day, and what for. An invalid number is an answer, and no error."""
    wanted = vins.normalise(vin)
    problem = vins.problem(wanted)
    known = known_of(session, wanted, on)
    if problem is not None and not known.states and not exceptions_of(session, [wanted]):
        likely = vins.likely(wanted)
        more = f"Did you mean {likely}?" if likely else "Read it off the vehicle again, or scan it."
        return VinCheck(wanted, valid=False, headline=f"Not a VIN: {problem}", what_next=more)
    name = (
        known.vehicle and f"{known.vehicle.model_year} {known.vehicle.make} {known.vehicle.model}"
    )
    booked, unreported = _booked_here(session, dealer, wanted, on, done_of(known.states))
    here = replace(known, appointments=(), without_word=(), planned=(), kits=None)
    found = VinCheck(
        wanted, vehicle=name or "", booked=booked, unreported=unreported, booked_elsewhere=_elsewhere(known, dealer)
    )  # fmt: skip
    if known.vehicle is None and not known.states:
        unknown = not_on_record(session, wanted)
        return replace(found, on_record=False, headline=unknown.says, what_next=unknown.what_next)
    if not known.states:
        return replace(
            found,
            headline="Not in any campaign: nothing is to be done for a recall.",
            what_next="Write it up for what it came for.",
        )
    campaigns = compose(wanted, here, on).campaigns
    to_do = [one for one in campaigns if answers(one.status).done is False]
    visit = tuple(sorted(one.campaign for one in to_do if one.in_visit))
    found = replace(found, to_do=to_do, done=[one for one in campaigns if one not in to_do], visit=visit)  # fmt: skip
    return _with_visit(session, dealer, _with_instructions(session, dealer, found, known, on), known, on)  # fmt: skip


def _elsewhere(known: Known, dealer: str) -> bool:
    return any(one.dealer_code != dealer for one in known.appointments)


def _booked_here(
    session: Session, dealer: str, vin: str, on: date, done: frozenset[str]
) -> tuple[Stands | None, Stands | None]:
    """Return the visit that a vehicle has at the dealer, of a day or later or arrived, and the last that nobody reported."""
    found = session.rows(
        Stands,
        "select a.appointment_id as number, a.campaign_codes, a.start, a.status from appointment a"
        f" where a.dealer_code = :dealer and a.vin = :vin and {visit_stands('a')} order by a.status, a.start",
        dealer=dealer,
        vin=vin,
    )
    visits = [one._replace(campaign_codes=left_of(one.campaign_codes, done)) for one in found]
    stands = [one for one in visits if one.status == "arrived" or one.day >= on]
    past = [one for one in visits if one not in stands]
    return stands[0] if stands else None, past[-1] if past else None


def _with_instructions(
    session: Session, dealer: str, found: VinCheck, known: Known, on: date
) -> VinCheck:
    """Add the hold of the dealer's own stock, and the instructions in force of what is open."""
    holds = holds_of(session, Scope(dealer=dealer), on=on).to_pylist()
    own = next((row for row in holds if row["vin"] == found.vin), None)
    codes = own["campaigns"].split("+") if own and own["basis"] == "law" else ()
    campaigns = [known.campaigns[one.campaign] for one in found.to_do]
    counts = dict.fromkeys((one.campaign for one in found.to_do), 1)
    said = of_campaigns(campaigns, counts, dict.fromkeys(codes, 1), on)
    return replace(found, held=own["basis"] if own else "", instructions=tuple(said))


def _with_visit(session: Session, dealer: str, found: VinCheck, known: Known, on: date) -> VinCheck:
    """Add the hours and kits of the visit, and the answer in words."""
    model = known.vehicle.model if known.vehicle else ""
    if found.visit:
        bundle = combined(found.visit)
        hours = needs(session, [(bundle, model)]).visits[bundle, model].hours
        answered = compose(found.vin, replace(known, appointments=(), without_word=(), planned=(), kits=None), on)  # fmt: skip
        booked = found.booked
        same = booked is not None and combined(booked.campaign_codes.split(";")) == bundle
        kits = kits_booked(session, dealer, found.vin, on) if same else kits_ahead(session, dealer, bundle, model, on)  # fmt: skip
        takes = told(answered.visit_range) if answered.visit_range else ""
        found = replace(found, hours=hours, takes=takes, kits=kits)
    headline, what_next = _in_words(found, on)
    if found.unreported is not None:
        due = f"{long_day(found.unreported.day)} at {found.unreported.start[11:16]}"
        what_next = (
            f"Its visit here of {due} is not reported: say first whether it came. {what_next}"
        )
    return replace(found, headline=headline, what_next=what_next)


def _in_words(found: VinCheck, on: date) -> tuple[str, str]:
    """Return the answer in a sentence, and what to do next."""
    waiting = [one.campaign for one in found.to_do if not one.in_visit]
    gone = [one for one in found.to_do if one.status == Status.UNREACHABLE]
    if not found.to_do:
        done = [one.campaign for one in found.done if one.done]
        said = f"{series(done)} {'is' if len(done) == 1 else 'are'} done." if done else "It is out of every campaign."  # fmt: skip
        return (
            f"Nothing to do: {said}",
            "If it was not done, take your own order back (It was not done), or ask the analyst for another dealer's.",
        )
    if not found.visit:
        return (
            f"Open for {series(waiting)}, and nothing can be done yet: the remedy is not there.",
            "Book nobody for it. Tell the customer that a letter comes when it is there.",
        )
    late = f" {series(waiting)} waits for its remedy." if waiting else ""
    said = f"Eligible: {counted(len(found.visit), 'campaign')} to do in one visit ({series(found.visit)}).{late}"
    if gone:
        said += " It is reported as gone (scrapped, exported or stolen): look at the papers."
    return said, _next(found, on)


def _next(found: VinCheck, on: date) -> str:
    if found.booked is not None and found.booked.status == "arrived":
        said = f"It has arrived for its visit of {long_day(found.booked.day)}: record the work when it is done."
        lacking = "" if found.kits.there_by(on) else series(found.kits.lacking)
        return f"{said} Its kits are not in hand ({lacking})." if lacking else said
    if found.booked is not None and found.booked.day >= on:
        day = "today" if found.booked.day == on else long_day(found.booked.day)
        said = f"It is booked here for {day} at {found.booked.start[11:16]}."
        lacking = "" if found.kits.there_by(found.booked.day) else series(found.kits.lacking)
        return f"{said} {_kits_to_come(found.kits, lacking, found.booked.day)}" if lacking else said
    if found.kits.there_by(on):
        kit = "The kit is on your shelf" if found.kits.state else "It takes no kit"
        return f"{kit}: do it today if a bay is free, or book it."
    if found.kits.kits_from is not None:
        return f"Your kits come in the week of {long_day(found.kits.kits_from)}: book from then on."
    parts = series(found.kits.lacking)
    there = long_day(found.kits.ordered_from or on)
    return f"No kit is in hand that is not held for another visit ({parts}): order it, and book from {there}."


def _kits_to_come(kits: KitsAhead, lacking: str, day: date) -> str:
    """Say what is to be done of kits that are not there on the day of a visit: as the form of booking does, those ordered today count."""
    if kits.ordered_from is None or kits.ordered_from > day:
        late = (
            f", and ordered today they come on {long_day(kits.ordered_from)}"
            if kits.ordered_from
            else ""
        )
        return f"Its kits are not there by then ({lacking}){late}: order them, and move it."
    return f"Its kits are not in hand yet ({lacking}): ordered today they are there in time, on {long_day(kits.ordered_from)}."
