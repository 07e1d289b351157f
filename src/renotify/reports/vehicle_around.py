"""What stands around one vehicle that is explained: why it is out of campaigns, and what is on its way.

``ledger.explain`` says what the ledger holds; this has what other rooms decide: why a campaign whose scope names the model does not
have the vehicle, the week of its letter and why that week, which field of its owner's record stops a letter, the visit and its kits.
"""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping, Sequence
from datetime import date
from typing import TYPE_CHECKING, Any, NamedTuple

from renotify.campaigns.campaign import Campaign, Scope
from renotify.campaigns.follow_up_settings import VOLUNTARY
from renotify.campaigns.letter_facts import text_of, without_visit
from renotify.contact.spoken import say
from renotify.errors import NothingToDo
from renotify.ledger import follow_ups, registry
from renotify.ledger.outside_scopes import names_model, names_this_model
from renotify.ledger.planned_letters import (
    LetterWithoutWeek,
    PlannedLetter,
    letters_without_week,
    planned_letters,
)
from renotify.ledger.questions import not_done
from renotify.ledger.scope import Scope as Dealers
from renotify.ledger.session import Session
from renotify.ledger.standing_visits import by_vehicle, done_of_visits, left_of, visit_stands
from renotify.parts.kits_at_one_dealer import has_promises, kits_at_one_dealer
from renotify.planner.booked_owners import WAITS
from renotify.planner.what_binds import Binding, binding
from renotify.plans.in_force import PlanInForce, plan_in_force
from renotify.selection.unwritten import unwritten_vehicle
from renotify.values.english import counted, series
from renotify.values.vin import PLANT
from renotify.values.vin import plant as own_plant
from renotify.visits.needs import combined, needs

if TYPE_CHECKING:
    from renotify.parts.promises import PromisedKits

WAYS = {"over_the_air": "over the air", "mail": "by mail"}  # of a remedy without a dealer
_RECORD = ("role", "as_of", "reason", "problem", "file", "row")


class _Vehicle(NamedTuple):
    model: str
    model_year: int | None
    build_date: date | None
    dealer_code: str


class _Plant(NamedTuple):
    plant: str
    vehicles: int


class _Code(NamedTuple):
    campaign_code: str


def around(session: Session, vin: str, on: date) -> dict[str, Any]:
    """Return what rooms beside the ledger decide of a vehicle, by its VIN as it is registered.

    ``without_dealer``: each campaign it is open for whose remedy comes over the air or by mail, with a sentence how its owner gets it;
    ``out_of``: each campaign whose scope names the model and that never had the vehicle, with a sentence why; ``weeks``: of each
    follow-up whose letter is still to come its Monday, and why that week; ``records``: the holder's records that stop a letter or its
    name, with field and problem, nothing of the person; ``stock``: the dealer in whose stock it stands, and what holds it there, None where
    it stands in none; ``visits``: what is booked, with the kits of the visit and what of them is
    promised for when; a visit whose day is past is ``without_word``: nobody has reported what became of it.
    """
    found = session.rows(
        _Vehicle,
        "select coalesce(model, '') as model, model_year, build_date, coalesce(dealer_code, '') as dealer_code"
        " from vehicle where vin = :vin",
        vin=vin,
    )
    return {
        "without_dealer": list(_without_dealer(session, vin)),
        "out_of": list(_out_of(session, vin, found[0])) if found else [],
        "weeks": list(_weeks(session, vin, found[0].model if found else "")),
        "records": _records(session, vin, on),
        "stock": _stock(session, vin, on),
        "visits": list(_visits(session, vin, found[0].model if found else "", on)),
    }


def _without_dealer(session: Session, vin: str) -> Iterator[dict[str, str]]:
    """Yield the campaigns a vehicle is open for whose remedy needs no dealer, in the words of their letters."""
    open_for = session.rows(
        _Code,
        "select campaign_code from state where vin = :vin and current and status = 'open' order by campaign_code",
        vin=vin,
    )
    known = registry.campaigns(session, [one.campaign_code for one in open_for])
    for code, campaign in known.items():
        if without_visit(campaign):
            steps = text_of(campaign, "owner_steps", "en").rstrip(" .")
            way = WAYS[str(campaign.letter["remedy_delivery"])]
            what = f" What the owner does: {steps}." if steps else ""
            yield {
                "campaign": code,
                "sentence": f"Its remedy comes {way}, without a visit to a dealer.{what}",
            }


# Why a campaign does not have it


def _out_of(session: Session, vin: str, vehicle: _Vehicle) -> Iterator[dict[str, Any]]:
    """Yield the campaigns whose scopes name the model, or others of its family, and of which nothing was ever said of the vehicle, each
    with the reason.
    """
    named = session.rows(
        _Code,
        "select campaign_code from state where vin = :vin union"
        " select campaign_code from event where vin = :vin and campaign_code is not null",
        vin=vin,
    )
    for code, campaign in registry.campaigns(session).items():
        scopes = [scope for scope in campaign.scopes if names_model(scope, vehicle.model)]
        if _Code(code) not in named and scopes and vehicle.model:
            sentence = _why_out(session, vin, vehicle, campaign, scopes)
            yield {"campaign": code, "sentence": f"Not in the campaign: {sentence}"}


def _why_out(
    session: Session, vin: str, vehicle: _Vehicle, campaign: Campaign, scopes: Sequence[Scope]
) -> str:
    year, built = vehicle.model_year, vehicle.build_date
    family = scopes
    scopes = [scope for scope in family if names_this_model(scope, vehicle.model)]
    if not scopes:
        return f"the scope names {_ranges(family)}, and no {vehicle.model}."
    of_year = [one for one in scopes if year is None or one.year_from <= year <= one.year_to]
    if not of_year:
        return f"it is of model year {year}; the scope names {_ranges(scopes)}."
    of_day = [one for one in of_year if built is None or _built_within(one, built)]
    if not of_day:
        days = series([f"{_day(one.built_from)} to {_day(one.built_to)}" for one in of_year])
        return f"it was built on {built}; the scope names vehicles built from {days}."
    of_plant = [one for one in of_day if one.plant in ("", own_plant(vin))]
    if not of_plant:
        named = series(sorted({one.plant for one in of_day}))
        return f"it was built at plant {own_plant(vin)} (the 11th character of its VIN); the scope names plant {named}."
    unknown = [
        word
        for word, value in (("model year", year), ("day of build", built))
        if value is None and any(_asks(word, one) for one in of_plant)
    ]
    lacking = f" Its {series(unknown)} is not on record." if unknown else ""
    plants = _plants(session, vin, vehicle, campaign)
    return f"the scope names its model, and the population that the maker loaded does not have it.{lacking}{plants}"


def _asks(word: str, scope: Scope) -> bool:
    return word == "model year" or bool(scope.built_from or scope.built_to)


def _built_within(scope: Scope, built: date) -> bool:
    return (scope.built_from or built) <= built <= (scope.built_to or built)


def _day(day: date | None) -> str:
    return "any day" if day is None else str(day)


def _ranges(scopes: Sequence[Scope]) -> str:
    years = [
        str(one.year_from) if one.year_from == one.year_to else f"{one.year_from}-{one.year_to}"
        for one in scopes
    ]
    return series([f"{year} {one.model}".strip() for year, one in zip(years, scopes, strict=True)])


def _plants(session: Session, vin: str, vehicle: _Vehicle, campaign: Campaign) -> str:
    """Say that the vehicle is of another plant than the campaign's vehicles of the model, where that is so."""
    rows = session.rows(
        _Plant,
        f"select substr(s.vin, {PLANT + 1}, 1) as plant, count(*) as vehicles from state s join vehicle v on v.vin = s.vin"
        f" where s.current and s.campaign_code = :code and v.model = :model group by substr(s.vin, {PLANT + 1}, 1) order by 1",
        code=campaign.campaign_code,
        model=vehicle.model,
    )
    own, total = own_plant(vin), sum(row.vehicles for row in rows)
    if not rows or not own or own in {row.plant for row in rows}:
        return ""
    others, verb = series([row.plant for row in rows]), "is" if total == 1 else "are"
    of_model = f"{counted(total, 'vehicle')} of the model in the campaign {verb} of {others}"
    return f" Its plant is {own} (the 11th character of the VIN); {of_model}."


# Its letters


def _weeks(session: Session, vin: str, model: str) -> Iterator[dict[str, Any]]:
    """Yield each letter that is still to come: its follow-up and family, the Monday of its week, and why it is that week.

    One that has no week yet has no Monday, and why.
    """
    visit = _booked_day(session, vin)
    for row in planned_letters(session, vin):
        why = _why_week(session, row, model)
        if visit:
            why += f" A visit is booked for {visit}: {_beside_a_visit(session, row.follow_up)}."
        yield {"follow_up": row.follow_up, "family": row.family, "monday": row.week, "why": why}
    for one in letters_without_week(session, vin):
        why = _why_no_week(session, one, model, visit)
        yield {"follow_up": one.follow_up, "family": one.family, "monday": None, "why": why}


def _beside_a_visit(session: Session, name: str) -> str:
    """Return what becomes of a letter that has a week, of a vehicle whose visit is booked."""
    if follow_ups.settings_as_frozen(session, name).kind == VOLUNTARY:
        return (
            "a replan lets a letter of a later week than the next wait while the visit stands; one of this week or the next goes if the"
            " vehicle is still open then"
        )
    return "the letter goes all the same if something of it is still open then"


def _booked_day(session: Session, vin: str) -> str:
    """Return the day of the first visit that is booked for a vehicle, blank where none is."""
    rows = session.rows(
        _Booked,
        "select a.dealer_code, a.campaign_codes, a.start, a.status from appointment a"
        f" where a.vin = :vin and {visit_stands('a')} order by a.start",
        vin=vin,
    )
    return next((one.start[:10] for one in rows), "")


def _why_no_week(session: Session, letter: LetterWithoutWeek, model: str, visit: str) -> str:
    """``visit``: the day of the vehicle's visit, blank where none stands."""
    name = letter.follow_up
    try:
        plan = plan_in_force(session, name)
    except NothingToDo:
        return f"It has no week: {name} is not planned yet (renotify plan {name})."
    last = plan.monday(plan.weeks - 1)
    held = _held_for(session, letter, plan, model)
    causes = held[bool(visit)] or held[False]
    if causes == [WAITS]:
        return (
            f"It has no week: a visit is booked for {visit}, and a voluntary letter waits while it stands; renotify replan {name} gives the"
            " letter a week if the visit is called off."
        )
    if not causes and held[True] == [WAITS]:
        return (
            f"It has no week: a visit was booked when the plan was made, and stands no more; renotify replan {name} gives the letter a week"
            " if something of it is still open."
        )
    binds = (
        f"{series(causes)}, up to the last week, that of {last}"
        if causes
        else f"kits and hours of its dealer go to other letters up to the last week, that of {last}"
    )
    since = (
        f" A visit is booked for {visit}: a voluntary letter waits while it stands."
        if visit and follow_ups.settings_as_frozen(session, name).kind == VOLUNTARY
        else ""
    )
    return f"It has no week: by the plan ({plan.policy}) {binds}; renotify plans compare {name} shows what binds.{since}"


def _held_for(
    session: Session, letter: LetterWithoutWeek, plan: PlanInForce, model: str
) -> Mapping[bool, list[str]]:
    """Return why the plan holds letters of the same bundle and model at the same dealer, as the plan itself says.

    By whether a visit of theirs was booked when the plan was made.
    """
    own = {
        one.name: one.booked
        for one in plan.bundles
        if one.campaigns == letter.bundle and (not one.models or model in one.models)
    }
    found: dict[bool, list[str]] = {True: [], False: []}
    for row in json.loads(follow_ups.plan_document(session, letter.follow_up))["held"]:
        reason, at = row.get("reason"), (row["bundle"] in own, row["dealer"])
        if reason and at == (True, letter.dealer_code):
            found[own[row["bundle"]]].append(reason)
    return {booked: list(dict.fromkeys(reasons)) for booked, reasons in found.items()}


def _why_week(session: Session, letter: PlannedLetter, model: str) -> str:
    name, bundle, monday = letter.follow_up, letter.bundle, letter.week
    try:
        plan = plan_in_force(session, name)
    except NothingToDo:
        return ""
    settings = follow_ups.settings(session, name)
    if monday <= plan.first_week:
        return "It is the first week of letters."
    waits = _waits_for_remedy(plan, bundle, monday)
    if waits:
        return waits
    binds = binding(json.loads(follow_ups.plan_document(session, name))["messages"])
    pieces = settings.mail_house_letters_per_week
    causes = _causes(plan, bundle, model, binds, pieces)
    first = "letters that take more risk off the road go first"
    if not causes:
        return (
            f"By the plan ({plan.policy}), {first}; renotify plans compare {name} shows what binds."
        )
    return f"By the plan ({plan.policy}) what binds is {series(causes)}: {first}."


def _causes(
    plan: PlanInForce, bundle: str, model: str, binds: Binding, pieces: int | None
) -> list[str]:
    """Return what holds back a letter: of what binds in its plan the kits that its visit takes and the mail house, else hours."""
    own = [
        one
        for one in plan.bundles
        if one.campaigns == bundle and (not one.models or model in one.models)
    ]
    taken = {part for one in own for part in one.kits}
    causes = [f"the supply of {part}" for part in sorted(taken & binds.parts)]
    if binds.mail_house:
        week = f" ({counted(pieces, 'piece')} a week)" if pieces else ""
        causes.append(f"the mail house{week}")
    return causes or (["the time of technicians"] if binds.hours else [])


def _waits_for_remedy(plan: PlanInForce, bundle: str, monday: date) -> str:
    starts = [one.from_week for one in plan.bundles if one.campaigns == bundle and one.from_week]
    if starts and monday == min(starts):
        return "It is the first week in which its remedy is there."
    return ""


# Its owner's records


def _records(session: Session, vin: str, on: date) -> list[dict[str, Any]]:
    """Return the records of who holds the vehicle that stop a letter, or the name on it: role, day, problem, file and row."""
    rows: list[dict[str, Any]] = unwritten_vehicle(session, vin, on).select(_RECORD).to_pylist()
    return rows


# The dealer's stock


class _InStock(NamedTuple):
    dealer_code: str
    stock_type: str
    in_date: date


def _stock(session: Session, vin: str, on: date) -> dict[str, Any] | None:
    """Return where a vehicle stands in stock on a day, since when, and for what it is on hold there, by law or the maker's policy."""
    rows = session.rows(
        _InStock,
        "select dealer_code, stock_type, in_date from dealer_stock"
        " where vin = :vin and in_date <= :on and (sold_date is null or sold_date > :on)",
        vin=vin,
        on=on,
    )
    if not rows:
        return None
    from renotify.stock.delivery_hold import holds_of

    (row,) = rows
    held = holds_of(session, Dealers(dealer=row.dealer_code), on=on).to_pylist()
    own = next((one for one in held if one["vin"] == vin), None)
    return {
        "dealer": row.dealer_code,
        "stock_type": row.stock_type,
        "since": row.in_date,
        "held_for": own["campaigns"].split("+") if own else [],
        "basis": own["basis"] if own else None,
    }


# Its visit


class _Booked(NamedTuple):
    dealer_code: str
    campaign_codes: str
    start: str
    status: str


def _promises(session: Session, dealer: str, on: date) -> Sequence[PromisedKits]:
    """Return the kits that a dealer was promised; the book of kits, and DuckDB with it, is opened where there are any."""
    if not has_promises(session, dealer):
        return []
    from renotify.parts.promises import promises

    return promises(session, on, Dealers(dealer=dealer))


def _kits_say(session: Session, dealer: str, vin: str, on: date) -> str:
    """Return how the kits of a booked visit stand at its dealer, in the words that contact staff say; blank where nobody knows."""
    plain = kits_at_one_dealer(session, dealer, vin, None)
    if plain is not None:
        return say("en", f"kits_{plain.state}", day="", parts=plain.lacking)
    from renotify.parts.kits_of_visits import by_visit, kits_of_visits

    kits = by_visit(kits_of_visits(session, on, Dealers(dealer=dealer))).to_pylist()
    for row in (one for one in kits if one["vin"] == vin):
        day = str(row["kits_from"]) if row["kits_from"] else ""
        return say("en", f"kits_{row['state']}", day=day, parts=row["lacking"])
    return ""


class _OpenCode(NamedTuple):
    campaign_code: str


def _done_beside(
    session: Session, dealer: str, vin: str, codes: Sequence[str], on: date
) -> tuple[str, ...]:
    """Return the campaigns that a vehicle's visit at a dealer does beside the booked ``codes`` (``whole_visits``)."""
    sql = f"select s.campaign_code from state s where s.vin = :vin and s.current and {not_done('s.status')}"
    if {one.campaign_code for one in session.rows(_OpenCode, sql, vin=vin)} <= {*codes}:
        return ()
    from renotify.visits.booked import booked_vehicles
    from renotify.visits.whole_visits import also_open

    scope = Dealers(dealer=dealer)
    booked = booked_vehicles(session, scope)
    own = booked.filter([one == vin for one in booked["vin"].to_pylist()])
    return also_open(session, own, scope, on).get((dealer, vin), ())


def _visits(session: Session, vin: str, model: str, on: date) -> Iterator[dict[str, Any]]:
    """Yield the visits booked for the vehicle, with the kits that each takes and what its dealer was promised of them."""
    rows = session.rows(
        _Booked,
        f"select a.dealer_code, a.campaign_codes, a.start, a.status from appointment a where a.vin = :vin and {visit_stands('a')}"
        " order by a.start",
        vin=vin,
    )
    done = by_vehicle(done_of_visits(session, "a.vin = :vin", vin=vin)).get(vin, frozenset())
    left = [row._replace(campaign_codes=left_of(row.campaign_codes, done)) for row in rows]
    rows = [row for row in left if row.campaign_codes]
    for row in rows:
        at_dealer = [one for one in rows if one.dealer_code == row.dealer_code]
        booked = [code for one in at_dealer for code in one.campaign_codes.split(";")]
        bundle = combined([*booked, *_done_beside(session, row.dealer_code, vin, booked, on)])
        mine = needs(session, [(bundle, model)]).taken[bundle, model]
        known = _promises(session, row.dealer_code, on) if mine else []
        yield {
            "dealer": row.dealer_code,
            "campaigns": row.campaign_codes.split(";"),
            "start": row.start,
            "status": row.status,
            "without_word": row.start[:10] < on.isoformat(),
            "kits_say": _kits_say(session, row.dealer_code, vin, on) if mine else "",
            "kits": [
                {
                    "part_no": part,
                    "kits": one.kits,
                    "qty": one.qty,
                    "take_rate": one.take_rate,
                    "promises": [
                        {
                            "kits": given.kits,
                            "week": given.week,
                            "state": given.state,
                            "comes": given.comes,
                        }
                        for given in known
                        if given.part_no == part
                    ],
                }
                for part, one in sorted(mine.items())
            ],
        }
