"""From a follow-up's frozen list to a Problem, and from a plan back to a week for every vehicle.

The list is grouped into planning bundles: the campaigns open on the vehicle, split by model only where the hours or the kits
differ (``ALE:IS 350``), by the letters of a vehicle (``ALE:2 letters``, to lessee and lessor), and by the week of the remedies
only where a follow-up waits for them in different weeks (``ALE from 2013-04-08``). Owners of whom a visit stands are bundles of their own
(``ALE:visit booked``).
Week 0 is the week of the first lawful letter: notice date + ``days_after_notice`` (memo, section 2).
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any, NamedTuple

import numpy as np
import pyarrow as pa

from renotify.campaigns.campaign import Campaign
from renotify.campaigns.follow_up_settings import TELL, FollowUpSettings
from renotify.errors import NothingToDo
from renotify.ledger import follow_ups, registry
from renotify.ledger.follow_ups import NewPlan
from renotify.ledger.piece_numbers import IS_FIRST
from renotify.ledger.session import Session
from renotify.parts.confirmed_supply import overdue_words
from renotify.parts.pool_book import PoolBook, pool_book
from renotify.planner import not_stated
from renotify.planner.answer_effects import classed, learned_effects, with_effects
from renotify.planner.answer_effects import words as effect_words
from renotify.planner.booked_owners import (
    letters_wait,
    past_words,
    split_by_booked,
    with_booked,
    with_reason,
)
from renotify.planner.day_of_plan import MADE_ON
from renotify.planner.joined_days import joined_days
from renotify.planner.kept_plan import keep, over_before_repair, visit_dealers, without_a_day
from renotify.planner.late_supply import in_time, late, price_of_lateness
from renotify.planner.lawful_weeks import NOBODY, JoinedDays, last_week_of, without_a_full_week
from renotify.planner.learning import NOTHING_LEARNED, Learned
from renotify.planner.letter_plan import to_json
from renotify.planner.letters_in_force import letters_to_start_from
from renotify.planner.list_bundles import (
    kinds_of,
    kinds_of_list,
    planning_bundles,
    with_vehicles,
)
from renotify.planner.long_visits import long_visits
from renotify.planner.mail_house_weeks import mail_capacity, mail_house_words
from renotify.planner.moved_visits import (
    MovedVisit,
    moved_visits,
    moved_words,
    network,
    with_moved,
)
from renotify.planner.plan_by_policy import STARTED, plan
from renotify.planner.problem import NO_DATE, UNLIMITED, Floats, Ints, Problem, stated_pieces
from renotify.planner.problem_json import to_document
from renotify.planner.remedy_weeks import (
    not_known,
    split_by_pieces,
    split_by_week,
    waiting,
    with_from_week,
)
from renotify.planner.silent_response import silent_words
from renotify.planner.vehicle_weeks import weeks_of
from renotify.planner.whole_packs import pack_words
from renotify.plans.in_force import PlannedBundle, bundles_as_json
from renotify.values.calendar import monday_of
from renotify.values.english import counted
from renotify.values.progress_callback import Progress, silent
from renotify.visits.booked import booked_vehicles
from renotify.visits.needs import JOINED, Needs, needs
from renotify.workload.hours_left import HoursLeft, hours_left

_LISTED = pa.schema(
    [("vin", pa.string()), ("family", pa.string()), ("bundle", pa.string()), ("dealer_code", pa.string()),
     ("rank", pa.int64()), ("model", pa.string()), ("model_year", pa.int64()), ("build_date", pa.date32()),
     ("pieces", pa.int64())]
)  # fmt: skip


_NAMED = pa.schema(
    [("bundle", pa.string()), ("model", pa.string()), ("from_week", pa.string()), ("pieces", pa.int64()),
     ("booked", pa.bool_()), ("planning_bundle", pa.string())]
)  # fmt: skip
# The letters that are printed for each listed vehicle of a follow-up ``:name``: one to each who holds it.
PIECES = f"select vin, family, count(*) as pieces from piece where follow_up = :name and {IS_FIRST} group by vin, family"


class DealerPlace(NamedTuple):
    """Where a dealer is."""

    dealer_code: str
    area_code: str
    zip: str


@dataclass(frozen=True)
class LettersOut:
    """A follow-up of which letters are out: its whole list (the columns of ``listed``), and the dealers of those letters."""

    listed: pa.Table
    dealers: tuple[str, ...]


@dataclass(frozen=True, eq=False)
class Framed:
    """A follow-up as a planning problem: the problem, its planning bundles, and each listed vehicle with its planning bundle."""

    settings: FollowUpSettings
    first_week: date
    problem: Problem
    bundles: tuple[PlannedBundle, ...]
    vehicles: pa.Table  # vin, family, planning_bundle, dealer_code, rank, without_parts
    book: PoolBook
    messages: tuple[str, ...]
    moved: tuple[
        MovedVisit, ...
    ] = ()  # long visits that are planned at another dealer than the list's
    in_time: Problem | None = (
        None  # the problem if promised supply came in its weeks, where that is another one
    )


def frame(
    session: Session, name: str, today: date | None = None, *, visits_known: bool = True
) -> Framed:
    """Read a follow-up's list and everything that limits it into a problem; other follow-ups' letters are those of ``today``.

    Without ``visits_known`` owners are not told apart by whether a visit of theirs stands.
    """
    settings = follow_ups.settings(session, name, today)
    listed = session.read(
        f"select l.vin as vin, l.family as family, l.bundle as bundle, {follow_ups.LISTED_AT} as dealer_code,"
        " l.rank as rank, coalesce(v.model, '') as model, v.model_year as model_year, v.build_date as build_date,"
        " coalesce(p.pieces, 1) as pieces from listed l left join vehicle v on v.vin = l.vin"
        f" left join ({PIECES}) p on p.vin = l.vin and p.family = l.family"
        " where l.follow_up = :name and l.left_out = ''",
        _LISTED,
        name=name,
    )
    first_week = monday_of(settings.first_letter)
    book = pool_book(
        session, first_week, settings.horizon_weeks, today=today, but=name, late=late(settings)
    )
    on = today or settings.notice_date
    return framed(session, settings, listed, book, on=on, visits_known=visits_known)


def framed(  # noqa: PLR0913 - a list and what is known of it, by name
    session: Session,
    settings: FollowUpSettings,
    listed: pa.Table,
    book: PoolBook,
    *,
    on: date,
    learned: Learned = NOTHING_LEARNED,
    out: LettersOut | None = None,
    visits_known: bool = True,
) -> Framed:
    """Frame listed vehicles in the weeks of the book of kits. Raises NothingToDo for none where no letter is ``out``.

    ``listed``: vin, family, bundle, dealer_code, rank, model, model_year, build_date, pieces.
    ``learned`` takes the place of what the follow-up states of its response. What letters up to the day ``on`` have shown of classes of
    owners makes it each planning bundle's own (:mod:`renotify.planner.answer_effects`). Planning bundles are those of the whole list,
    and dealers those of letters that are ``out`` too, without owners here: what is out keeps its model's visits, kits and hours.
    Owners of whom a visit stands are bundles of their own, who answer no letter and are no walk-ins, unless ``visits_known`` is False.
    """
    if not listed.num_rows and out is None:
        raise NothingToDo(
            f"The follow-up {settings.name} has no vehicles to plan.",
            "Freeze a new list with `renotify followup new`.",
        )
    campaigns = registry.campaigns(session, settings.campaigns)
    booked = booked_vehicles(session).slice(0, None if visits_known else 0)
    listed = with_booked(with_from_week(listed, settings, campaigns), booked)
    joined = joined_days(session, settings, campaigns, book.monday)
    kinds = kinds_of(listed)
    if out is not None:
        kinds += [
            one
            for one in kinds_of_list(with_booked(out.listed, booked), settings, campaigns)
            if one not in kinds
        ]
    pairs = [(kind["bundle"], kind["model"]) for kind in kinds]
    known = needs(session, pairs, waiting(kinds, campaigns))
    own = split_by_week(split_by_pieces(planning_bundles(known, settings), kinds), kinds)
    own = split_by_booked(own, kinds)
    bundles = tuple(learned.of_bundle(bundle) for bundle in own)
    vehicles = _vehicles(listed, own, known)
    effects, average = learned_effects(session, settings.name, on), bundles
    if effects.letters:
        bundles = with_effects(bundles, vehicles, classed(session, settings.name, on), effects)
    out_at = out.dealers if out else ()

    def of(vehicles: pa.Table) -> tuple[Problem, HoursLeft]:
        dealers = sorted({*vehicles["dealer_code"].unique().to_pylist(), *out_at})
        owners = _counts(vehicles, bundles, dealers)
        left = hours_left(session, settings.name, dealers, book.monday, book.weeks, on)
        return assembled(session, settings, book, bundles, left, owners, on), left

    problem, left = of(vehicles)
    moved: tuple[MovedVisit, ...] = ()
    if settings.long_visits != TELL and long_visits(problem):
        places = network(session, settings, book.monday, book.weeks)
        moved = moved_visits(problem, places, settings.long_visits)
    if moved:
        vehicles = with_moved(vehicles, moved)
        problem, left = of(vehicles)
    problem = learned.with_spread(problem, bundles)
    return Framed(
        settings,
        book.monday,
        problem,
        bundles,
        vehicles,
        book,
        (
            *_messages(settings, known),
            *past_words(listed, booked, settings, on),
            *mail_house_words(session, settings, book, on),
            *left.words,
            *overdue_words(book.overdue, on),
            *effect_words(effects, average, bundles),
            *without_a_full_week(
                with_vehicles(bundles, vehicles), campaigns, settings, book.monday, joined
            ),
            *not_known(listed, settings),
            *not_stated.of_ledger(problem),
            *moved_words(moved, settings),
        ),
        moved,
        in_time(problem, book),
    )


def plan_follow_up(
    session: Session,
    name: str,
    policy: str | None = None,
    *,
    today: date | None = None,
    workers: int = 1,
    progress: Progress | None = None,
    draft: str = "",
) -> dict[str, Any]:
    """Plan a follow-up, keep the plan, and give every vehicle its wave; a wave already released refuses a second plan, before it is made.

    Without a ``policy``, by that of the settings. With the name of a ``draft`` it is kept beside the plan in force, and no wave changes.
    ``workers``: processes that the polish of a large plan may use (:func:`renotify.planner.plan_by_policy.plan`).
    The list is read as of one instant; the plan is kept in a transaction of its own, so that nobody waits while it is made.
    """
    report = progress or silent
    if not draft:
        follow_ups.refuse_second_plan(session, name)
    report(f"Planning: list of {name}", 0, None)
    asked = frame(session, name, today)
    policy = policy or asked.settings.policy
    start = letters_to_start_from(session, name, asked, today) if policy in STARTED else None
    made = plan(asked.problem, policy, start=start, workers=workers, progress=progress)
    made = with_reason(made, asked.bundles, asked.settings)
    report("Planning: keeping the plan", 0, None)
    weeks = weeks_of(asked.vehicles, made, asked.first_week)
    document = to_json(made)
    document["messages"] = [
        *asked.messages,
        *document["messages"],
        *pack_words(asked.problem, made.remedy_letters, asked.book.packs),
        *price_of_lateness(asked.settings, asked.in_time, made, policy),
        *without_a_day(session, asked, weeks),
        *over_before_repair(session, asked, weeks),
    ]
    document["first_letter"] = asked.settings.first_letter.isoformat()
    document["first_week"] = asked.first_week.isoformat()
    document[MADE_ON] = (today or asked.settings.notice_date).isoformat()
    document["moved_visits"] = [vars(one) for one in asked.moved]
    kept = {**document, "problem": to_document(asked.problem)}
    new = NewPlan(
        policy,
        asked.first_week,
        json.dumps(kept, default=str),
        bundles_as_json(asked.bundles),
        weeks,
        dealers=visit_dealers(session, asked),
        horizon=asked.settings.horizon_weeks,
    )
    keep(session, name, new, document, on=today or asked.settings.notice_date, draft=draft)
    return document


# From a list to its planning bundles


def _vehicles(listed: pa.Table, bundles: Sequence[PlannedBundle], known: Needs) -> pa.Table:
    """Return the listed vehicles with their planning bundle, and the campaigns of theirs that take no part, in the order of the list."""
    named = _named_pairs(bundles)
    bare = [known.without_parts.get(pair, "") for pair in _pairs(named)]
    named = named.append_column("without_parts", pa.array(bare, pa.string()))
    joined = listed.join(
        named, ["bundle", "model", "from_week", "pieces", "booked"], join_type="inner"
    )
    columns = ["vin", "family", "planning_bundle", "dealer_code", "rank", "without_parts"]
    return joined.select(columns).sort_by([("rank", "ascending"), ("vin", "ascending")])


def _pairs(named: pa.Table) -> list[tuple[str, str]]:
    return [*zip(named["bundle"].to_pylist(), named["model"].to_pylist(), strict=True)]


def _named_pairs(bundles: Sequence[PlannedBundle]) -> pa.Table:
    """Return the planning bundle of each kind of vehicle: bundle, model, from_week, pieces, planning_bundle."""
    rows = [
        {
            "bundle": one.campaigns,
            "model": model,
            "from_week": one.from_week.isoformat() if one.from_week else "",
            "pieces": one.pieces,
            "booked": one.booked,
            "planning_bundle": one.name,
        }
        for one in bundles
        for model in one.models
    ]
    return pa.Table.from_pylist(rows, _NAMED)


def _counts(vehicles: pa.Table, bundles: Sequence[PlannedBundle], dealers: Sequence[str]) -> Ints:
    """Listed vehicles by planning bundle and dealer. [B, D]"""
    counted = vehicles.group_by(["planning_bundle", "dealer_code"]).aggregate([("vin", "count")])
    b_at = {bundle.name: place for place, bundle in enumerate(bundles)}
    d_at = {code: place for place, code in enumerate(dealers)}
    owners = np.zeros((len(bundles), len(dealers)), np.int64)
    for row in counted.to_pylist():
        owners[b_at[row["planning_bundle"]], d_at[row["dealer_code"]]] = row["vin_count"]
    return owners


# The problem's arrays


def assembled(
    session: Session,
    settings: FollowUpSettings,
    book: PoolBook,
    bundles: Sequence[PlannedBundle],
    left: HoursLeft,
    owners: Ints,
    on: date,
) -> Problem:
    """Return the problem of owners [B, D] with what limits them: remedies and clocks, hours, kits, supply and the mail house.

    Its dealers are those of the hours that are ``left``.

    A part without supply rows does not bind, and the plan's messages name it; kits are what the one book of them leaves free;
    walk-ins come at the rate of their bundle, of the owners counted here.
    """
    campaigns = registry.campaigns(session, settings.campaigns)
    first_week, weeks, dealers = book.monday, book.weeks, left.dealers
    supply = {part: one.free for part, one in book.parts.items()}
    parts = tuple(sorted(supply.keys() | {part for bundle in bundles for part in bundle.kits}))
    joined = joined_days(session, settings, campaigns, first_week)
    first, last = _first_and_last(bundles, campaigns, settings, first_week, weeks, joined)
    at, background = _walk_ins(bundles, owners, weeks)
    places = _places(session, dealers)
    return Problem(
        weeks=weeks,
        monday=first_week,
        bundles=tuple(bundle.name for bundle in bundles),
        dealers=dealers,
        risk=np.array([_risk(bundle, campaigns) for bundle in bundles], float),
        labour=np.array([bundle.hours for bundle in bundles], float),
        response=_responses(bundles),
        first_week=first,
        mail_by=last,
        owners=owners,
        hours=through_the_wait(left.hours, settings.wait_bound_weeks),
        mail_capacity=mail_capacity(session, settings, book, on),
        wait_bound=settings.wait_bound_weeks,
        parts=parts,
        kits=np.array([[one.kits.get(part, 0.0) for one in bundles] for part in parts]).reshape(
            len(parts), len(bundles)
        ),
        stock=_stock(book.shelves, parts, dealers),
        supply=np.array([supply.get(part, np.full(weeks, UNLIMITED)) for part in parts]).reshape(
            len(parts), weeks
        ),
        away=np.zeros(len(parts), np.int64),
        background_at=at,
        background=background,
        parts_quantile=settings.parts_quantile,
        pieces=stated_pieces(bundle.pieces for bundle in bundles),
        least_wave=settings.least_wave or 0,
        parts_count_spread=settings.parts_count_spread,
        zips=_texts(places[code].zip if code in places else "" for code in dealers),
        areas=_texts(places[code].area_code if code in places else "" for code in dealers),
    )


def _risk(bundle: PlannedBundle, campaigns: Mapping[str, Campaign]) -> float:
    return sum(campaigns[code].risk_weight for code in bundle.campaigns.split(JOINED))


def _responses(bundles: Sequence[PlannedBundle]) -> Floats:
    width = max((len(bundle.response) for bundle in bundles), default=1)
    response = np.zeros((len(bundles), max(width, 1)))
    for place, bundle in enumerate(bundles):
        response[place, : len(bundle.still_asking)] = bundle.still_asking
    return response


def _first_and_last(
    bundles: Sequence[PlannedBundle],
    campaigns: Mapping[str, Campaign],
    settings: FollowUpSettings,
    first_week: date,
    weeks: int,
    joined: JoinedDays = NOBODY,
) -> tuple[Ints, Ints]:
    """First and last lawful week of each planning bundle; a date beyond the horizon is a later plan's duty. [B], [B]

    A letter that must be sent though its owner has a visit booked brings nothing: it is due by the last week of the plan.
    """
    first, last = [], []
    for bundle in bundles:
        own = [campaigns[code] for code in bundle.campaigns.split(JOINED)]
        first.append(_first_week(bundle, first_week, weeks))
        own_day = joined.get(bundle.campaigns)
        by = last_week_of(own, settings, first_week, weeks, own_day)
        owed = bundle.booked and not letters_wait(bundle, settings) and first[-1] < weeks
        last.append(weeks - 1 if owed and by == NO_DATE else by)
    return np.array(first, np.int64), np.array(last, np.int64)


def _first_week(bundle: PlannedBundle, first_week: date, weeks: int) -> int:
    """The week of the bundle's remedies; after the horizon no week is lawful, and its vehicles are held."""
    waited = (monday_of(bundle.from_week) - first_week).days // 7 if bundle.from_week else 0
    return min(max(waited, 0), weeks)


def _walk_ins(bundles: Sequence[PlannedBundle], owners: Ints, weeks: int) -> tuple[Ints, Floats]:
    """Visits without a letter in each week: (bundle, dealer) pairs [n, 2] and requests [n, T]."""
    rates = np.array([bundle.still_coming for bundle in bundles], float)
    weekly = np.round(owners * rates[:, None], 6)
    names = np.array([bundle.name for bundle in bundles], object)
    at = np.argwhere(weekly > 0)
    at = at[np.argsort(names[at[:, 0]], kind="stable")]  # in order of bundle, then dealer
    return at.astype(np.int64), np.repeat(weekly[at[:, 0], at[:, 1]][:, None], weeks, axis=1)


def through_the_wait(hours: Floats, wait: int) -> Floats:
    """Return technician hours [D, T] with those of the last week repeated through the wait after the horizon. [D, T + V]"""
    return np.concatenate([hours, np.repeat(hours[:, -1:], wait, axis=1)], axis=1)


def _stock(shelves: pa.Table, parts: Sequence[str], dealers: Sequence[str]) -> Floats:
    """Kits on the dealer's shelf that the book of kits leaves free. [P, D]"""
    p_at = {part: place for place, part in enumerate(parts)}
    d_at = {code: place for place, code in enumerate(dealers)}
    stock = np.zeros((len(parts), len(dealers)))
    for row in shelves.to_pylist():
        if row["part_no"] in p_at and row["dealer_code"] in d_at:
            stock[p_at[row["part_no"]], d_at[row["dealer_code"]]] = row["kits"]
    return stock


def _places(session: Session, dealers: Sequence[str]) -> dict[str, DealerPlace]:
    found = session.rows(
        DealerPlace,
        "select dealer_code, area_code, zip from dealer"
        f" where dealer_code in {session.list_values('dealers')}",
        dealers=json.dumps(list(dealers)),
    )
    return {one.dealer_code: one for one in found}


def _texts(values: Iterable[str]) -> tuple[str, ...] | None:
    found = tuple(values)
    return found if any(found) else None


def _messages(settings: FollowUpSettings, known: Needs) -> tuple[str, ...]:
    messages = [known.messages[code] for code in settings.campaigns if code in known.messages]
    lawful = settings.first_letter
    if settings.stated_start and settings.stated_start < lawful:
        messages.append(
            f"The notice says that letters begin by {settings.stated_start}, but the notice date {settings.notice_date} plus "
            f"{counted(settings.days_after_notice, 'day')} is {lawful}; no letter is planned before {lawful}: change the text or the date."
        )
    return (*messages, *silent_words(settings), *not_stated.hours(known))
