"""The rehearsal of a follow-up's plan, before anything is mailed or in the middle of it: the ledger's side of ``rehearse``."""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import replace
from datetime import date
from itertools import compress
from typing import Any

import numpy as np
import pyarrow as pa

from renotify.charts.rehearsed_weeks import RehearsedWeeks
from renotify.errors import NothingToDo
from renotify.ledger import follow_ups, pieces, tables
from renotify.ledger.session import Session
from renotify.parts.pool_book import packs_of_parts, pool_book
from renotify.planner.from_ledger import through_the_wait
from renotify.planner.late_supply import in_time, late
from renotify.planner.problem import Problem
from renotify.planner.problem_json import from_json
from renotify.planner.rehearsal import NO_SHOWS, Booked, RehearsalSettings, rehearsal
from renotify.planner.rehearsal_report import Rehearsed, document, drawn
from renotify.planner.rehearsal_sentences import sentences
from renotify.planner.replay import letters_of_plan
from renotify.planner.weekly import standing_on
from renotify.planner.whole_packs import pack_words
from renotify.plans.in_force import PlanInForce, plan_in_force
from renotify.values.english import counted, percent
from renotify.visits.booked import booked_vehicles
from renotify.visits.kept_appointments import LEAST, kept_appointments
from renotify.workload.forecast import forecast
from renotify.workload.hours_left import hours_left

_DONE = """
    select count(distinct l.vin) from listed l join state s on s.vin = l.vin where l.follow_up = :name and l.left_out = ''
    and s.current and s.status in ('repaired', 'inspected_ok') and s.since >= :frozen and s.since <= :day
    and replace('+' || l.bundle || '+', '+' || s.campaign_code || '+', '') <> '+' || l.bundle || '+'"""


def rehearse_follow_up(
    session: Session,
    name: str,
    on: date,
    settings: RehearsalSettings,
    *,
    workers: int = 1,
) -> tuple[dict[str, Any], RehearsedWeeks]:
    """Play the plan in force, and return what each reader will live through, and the weeks to draw.

    Before anything is released the whole plan is played, from its first week, with the visits that are booked for its weeks; after that
    the weeks that are left from the day ``on``, from what the ledger has on it: letters that are out to silent owners, booked visits,
    vehicles that are done, kits and hours of today. A plan bears promised supply that is late; here it comes in its weeks, or
    ``settings.late_weeks`` after them as all supply does.
    ``settings.no_shows`` None: as the appointments on file have it, from ``LEAST`` kept or missed ones on, else ``NO_SHOWS``. Nothing is
    written. Raises NothingToDo without a plan, and where every wave is released, Refused after the horizon.
    """
    kept = plan_in_force(session, name)
    share, said = _no_shows(session, settings.no_shows)
    asked = replace(settings, no_shows=share)
    if _is_under_way(session, name):
        one, now = _from_a_day(session, name, on, asked, workers)
    else:
        one, now = _from_the_first_week(session, kept, on, asked, workers), ()
    told = document(one)
    foretold = _foretold(session, kept, on if now else None)
    packs = pack_words(one.problem, one.asking, packs_of_parts(session))
    return {
        "follow_up": name,
        "policy": kept.policy,
        "first_week": one.first_week.isoformat(),
        **told,
        "said": [*now, *sentences(one, told), *packs, said, foretold],
    }, drawn(one)


def _foretold(session: Session, kept: PlanInForce, on: date | None) -> str:
    """The visits of the one forecast, as ``workload`` and notices have them: with the doubt about the response that the runs rest on."""
    found = forecast(session, kept, on=on).outlook().interval
    return (
        "The runs rest on the response that the plan reckons with. With the doubt about that response the workload and the notices"
        f" expect {counted(found.mean, 'visit')} ({found.low:,.0f} to {found.high:,.0f} in nine of ten cases), booked ones among them."
    )


def _is_under_way(session: Session, name: str) -> bool:
    """Whether some wave is released; refuse a follow-up whose waves are all released."""
    waves = pieces.waves(session, name)
    out = sum(wave.released for wave in waves)
    if waves and out == len(waves):
        raise NothingToDo(
            f"Every wave of {name} is released: nothing is left to rehearse.",
            "See what comes of it with `renotify report progress`.",
        )
    return out > 0


def _from_the_first_week(
    session: Session, kept: PlanInForce, on: date, settings: RehearsalSettings, workers: int
) -> Rehearsed:
    """The whole plan, with the visits that are booked for its weeks; supply as the ledger has it, what is promised in its weeks."""
    name, first = kept.follow_up, kept.first_week
    day = min(on, first)
    plan = json.loads(follow_ups.plan_document(session, name))
    problem = from_json(plan["problem"])
    mailed, asking = letters_of_plan(plan, problem)
    slips = late(follow_ups.settings(session, name, on))
    book = pool_book(session, first, problem.weeks, today=day, but=name, late=slips)
    problem = in_time(problem, book) or problem
    booked, vins = _booked(booked_vehicles(session), problem, kept, first)
    if vins:
        problem = _with_hours_of_booked_visits(session, name, problem, first, day, vins)
    found = rehearsal(problem, asking, settings, booked=booked, workers=workers)
    return Rehearsed(problem, mailed, asking, first, settings, found, booked)


def _from_a_day(
    session: Session, name: str, on: date, settings: RehearsalSettings, workers: int
) -> tuple[Rehearsed, tuple[str, ...]]:
    """The weeks that are left, promised supply in its weeks, and a sentence on what they begin with."""
    now = standing_on(session, name, on)
    first = now.kept.monday(now.passed)
    (frozen,) = tables.read(session, "follow_up", "frozen_on", where="name = :name", name=name)[
        "frozen_on"
    ].to_pylist()
    done = int(session.scalar(_DONE, name=name, frozen=frozen, day=on))
    plan = replace(now.kept, bundles=now.today.bundles)
    booked, vins = _booked(now.booked, now.problem, plan, first)
    lived = in_time(now.problem, now.today.book) or now.problem
    problem = _with_hours_of_booked_visits(session, name, lived, first, on, vins)
    found = rehearsal(problem, now.letters, settings, booked=booked, workers=workers)
    one = Rehearsed(
        problem, now.letters, now.letters, first, settings, found, booked, done
    )  # fmt: skip
    said = (
        f"Played from the week of {first} on, from what the ledger has on {on}: {counted(now.out.num_rows, 'letter')} out,"
        f" {counted(done, 'vehicle')} of the list done, {counted(len(booked.week), 'visit')} booked."
    )
    return one, (said,)


def _with_hours_of_booked_visits(
    session: Session, name: str, problem: Problem, first: date, on: date, played: Sequence[str]
) -> Problem:
    """Return the problem with the hours of the booked visits that are played here; a plan of letters takes off those of all."""
    left = hours_left(session, name, problem.dealers, first, problem.weeks, on, but=played)
    return replace(problem, hours=through_the_wait(left.hours, problem.wait_bound))


def _booked(
    visits: pa.Table, problem: Problem, plan: PlanInForce, first: date
) -> tuple[Booked, list[str]]:
    """Visits that are booked for the weeks to be played, of vehicles for which the plan has a bundle, at its dealers; and their VINs."""
    dealers = {code: place for place, code in enumerate(problem.dealers)}
    kinds = visits.select(["vin", "bundle", "model", "dealer_code", "booked_on"]).to_pylist()
    found = [
        (plan.place_of(row["bundle"], row["model"]), dealers.get(row["dealer_code"]), (row["booked_on"] - first).days // 7)
        for row in kinds
    ]  # fmt: skip
    known = [None not in one and 0 <= one[2] < problem.weeks for one in found]
    played = np.array(list(compress(found, known)), np.int64).reshape(-1, 3)
    return Booked(*played.T), [row["vin"] for row in compress(kinds, known)]


def _no_shows(session: Session, stated: float | None) -> tuple[float, str]:
    """The share of booked visits that do not come, and where it is from."""
    if stated is not None:
        return (
            stated,
            f"{percent(stated, 0)} of booked visits do not come, as stated, and book again next week.",
        )
    seen = kept_appointments(session)
    if seen.total >= LEAST:
        share = seen.missed_share
        return share, (
            f"{percent(share, 0)} of booked visits do not come and book again next week, as of"
            f" {counted(seen.total, 'appointment')} on file."
        )
    return NO_SHOWS, (
        f"Assumed: {percent(NO_SHOWS, 0)} of booked visits do not come and book again next week; fewer than {LEAST} appointments on file"
        " were kept"
        " or missed. Give --no-shows where you know better."
    )
