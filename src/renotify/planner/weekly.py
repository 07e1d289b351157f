"""The weekly re-plan of a follow-up: the ledger's side of ``replan``.

Owners who came in are dropped, released waves stand, letters in the mail keep asking, and owners who stay silent are queued
as the next follow-up: the plan counts them and says when they are due, and ``followup new`` freezes their list then.
"""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from dataclasses import replace
from datetime import date
from typing import Any, NamedTuple

import numpy as np
import pyarrow as pa

from renotify.campaigns.follow_up_settings import SECOND_NOTICE as SECOND_KIND
from renotify.campaigns.follow_up_settings import FollowUpSettings
from renotify.errors import Refused
from renotify.ledger import follow_ups, registry
from renotify.ledger.follow_ups import NewPlan
from renotify.ledger.session import Session
from renotify.parts import promises
from renotify.parts.pool_book import pool_book
from renotify.planner import day_of_plan
from renotify.planner.booked_owners import still_due, with_reason
from renotify.planner.due_again import due_again, queued, silent_words
from renotify.planner.from_ledger import (
    Framed,
    LettersOut,
    framed,
)
from renotify.planner.kept_plan import keep, over_before_repair, visit_dealers, without_a_day
from renotify.planner.late_supply import late, lateness_words, price_of_lateness
from renotify.planner.learning import History, Learned, history, learn_from
from renotify.planner.letter_plan import (
    LetterPlan,
    Letters,
    pieces_by_week,
    to_json,
    weekly_rows,
)
from renotify.planner.letters_in_force import (
    cube,
    letters_due,
    letters_of_vehicles,
    planned,
    second_letters,
    stands,
    with_week,
)
from renotify.planner.mail_house_weeks import promised_words
from renotify.planner.moved_letters import dropped_words
from renotify.planner.past_forecasts import brought_up
from renotify.planner.problem import Floats, Ints, Problem
from renotify.planner.problem_json import from_json, to_document
from renotify.planner.remedy_weeks import day_or_none, with_from_week
from renotify.planner.replan import (
    FROZEN,
    made_again,
    replan,
    shifted,
    with_letters_in_the_mail,
    with_second_notices,
)
from renotify.planner.standing_letters import left_to_plan, standing_letters
from renotify.planner.vehicle_weeks import weeks_of
from renotify.planner.whole_packs import pack_words
from renotify.planner.whole_problem import whole_problem
from renotify.plans.forecast_record import as_json
from renotify.plans.in_force import PlanInForce, bundles_as_json, plan_in_force
from renotify.selection import rest
from renotify.values.calendar import monday_of
from renotify.values.english import counted
from renotify.visits.booked import booked_vehicles

EARLIER = "By an earlier plan: "


class Standing(NamedTuple):
    """A follow-up as it stands on a day: what is planned from its week on, and what letters that are out will bring.

    ``free``: letters that are left to plan; ``came_in``: free ones whose owners came; ``out``: those that are on their way or mailed, with
    their planning bundle; ``booked``: vehicles with an appointment. ``problem`` begins ``passed`` weeks after the plan's first.
    """

    settings: FollowUpSettings
    kept: PlanInForce
    passed: int
    today: Framed
    free: pa.Table
    came_in: pa.Table
    out: pa.Table
    booked: pa.Table
    learned: Learned
    problem: Problem
    known: History

    @property
    def letters(self) -> Letters:
        """The plan's letters of this week and later ones that ask silent owners in. [B, D, T]"""
        return letters_due(self.today, _not_booked(self.free, self.booked), self.passed)


def standing_on(session: Session, name: str, on: date) -> Standing:
    """Return a follow-up as it stands on a day, by what is learned up to it.

    Raises NothingToDo when the follow-up has no plan yet, or no letter left to plan and none out, Refused after its horizon.
    """
    settings, kept = follow_ups.settings(session, name, on), plan_in_force(session, name)
    passed = max(kept.week_of(on), 0)
    weeks = settings.horizon_weeks - passed
    if weeks < 1:
        raise Refused(
            f"The horizon of {name} ended before the week of {kept.monday(settings.horizon_weeks)}; today is {on}.",
            f"Lengthen it with `renotify followup set {name} horizon_weeks=N`, give the day with --on, or freeze the next follow-up for"
            " who is still open.",
        )
    standing = standing_letters(session, name, on)
    free = left_to_plan(standing, name)
    came_in = standing.filter(
        pa.compute.and_(standing["free"], pa.compute.invert(standing["open"]))
    )
    out = standing.filter(pa.compute.is_valid(standing["out_on"]))
    known = history(session, name, on)
    learned = learn_from(known, settings, on)
    today = framed(
        session, settings, free, pool_book(session, kept.monday(passed), weeks, today=on, but=name, late=late(settings)),
        on=on, learned=learned, out=LettersOut(standing, tuple(out["dealer_code"].unique().to_pylist())),
    )  # fmt: skip
    out = with_from_week(out, settings, registry.campaigns(session, settings.campaigns))
    out = _with_planning_bundle(out, replace(kept, bundles=today.bundles))
    booked = booked_vehicles(session)
    problem = _with_what_is_out(today, out.filter(out["open"]), booked, kept, on)
    return Standing(
        settings, kept, passed, today, free, came_in, out, booked, learned, problem, known
    )


def _not_booked(letters: pa.Table, booked: pa.Table) -> pa.Table:
    """Letters whose owners have no appointment that stands: they have not asked yet."""
    return letters.filter(pa.compute.invert(pa.compute.is_in(letters["vin"], booked["vin"])))


def _plan_before(session: Session, name: str, on: date) -> dict[str, Any]:
    """Return the document of the plan in force. Raises Refused for a day before its letters were released or mailed."""
    before: dict[str, Any] = json.loads(follow_ups.plan_document(session, name))
    day_of_plan.refuse_before_letters(session, name, on)
    return before


def replan_follow_up(
    session: Session,
    name: str,
    on: date,
    *,
    policy: str | None = None,
    workers: int = 1,
    draft: str = "",
) -> dict[str, Any]:
    """Plan the free weeks of a follow-up again as of a day, keep the new plan, and return its document.

    Without a ``policy``, by that of the settings. With the name of a ``draft`` it is kept beside the plan in force, and no wave changes.
    The ledger is read as of one instant; the plan is kept in a transaction of its own. ``workers``: processes that the polish of a
    large plan may use (:func:`renotify.planner.plan_by_policy.plan`). Where every letter is out the plan keeps what was learned since,
    for workload, notices and orders. Raises NothingToDo when the follow-up has no plan yet, or no letter left to plan and none out,
    Refused after its horizon and before a day on which its letters were released or mailed.
    """
    document_before = _plan_before(session, name, on)
    as_it_stands = standing_on(session, name, on)
    settings, kept, passed, today = as_it_stands[:4]
    free, out, problem = as_it_stands.free, as_it_stands.out, as_it_stands.problem
    learned = as_it_stands.learned
    asked_in = pa.compute.and_(out["open"], pa.compute.invert(out["interim"]))
    due = still_due(free, as_it_stands.booked, settings, range(passed, passed + FROZEN))
    promised, interim = (
        letters_of_vehicles(today, due, passed),
        letters_of_vehicles(today, free.filter(free["interim"]), passed),
    )
    owed = with_second_notices(problem, _told_to_wait(out, interim, today.problem))
    dropped = as_it_stands.came_in.filter(pa.compute.is_valid(as_it_stands.came_in["week"]))
    in_stock = int(pa.compute.sum(dropped["nobodys"]).as_py() or 0)
    policy = policy or settings.policy
    again = None
    if not out.num_rows and _made_of(document_before, today.problem, policy):
        again = made_again(owed, promised, policy=policy, workers=workers)
    unchanged = again is not None
    missed = _missed(today, due, passed)
    again = again or replan(
        owed,
        promised,
        missed=missed,
        interim=interim,
        second=second_letters(document_before, owed, passed),
        policy=policy,
        workers=workers,
    )
    silent_due = due_again(out.filter(asked_in), rest.silent(session, name, on))
    again = replace(again, plan=with_reason(again.plan, today.bundles, settings))
    document = _document(again.plan, passed, out, problem)
    document["counts"]["from"] = kept.monday(passed).isoformat()
    document["interim"] = [*_rows_of_sent(out.filter(out["interim"])), *document["interim"]]
    if interim[:, :, :FROZEN].any() or pa.compute.any(out["interim"]).as_py():
        document["why_interim"] += _of_earlier_plans(document_before.get("why_interim", ()))
    silent = silent_words(name, silent_due, settings.rest_weeks, on)
    document["messages"] += [*_second_words(document["queued"], kept), *silent]
    document["queued"] += queued(silent_due, kept)
    document["moved_visits"] = [vars(one) for one in today.moved]
    document |= {key: document_before[key] for key in ("first_letter", "first_week")}
    document[day_of_plan.MADE_ON] = on.isoformat()
    kept_weeks = _promised(today, free, passed)
    moved = weeks_of(
        today.vehicles.join(kept_weeks, ["vin", "family"], join_type="left anti"),
        _of_list(again.plan, problem),
        today.first_week,
    )
    document["messages"] = [
        *day_of_plan.words(name, document_before, on),
        *today.messages,
        *learned.messages,
        *dropped_words(dropped.num_rows - in_stock, in_stock),
        *again.report,
        *promised_words(
            session, settings, today.book, on, pieces_by_week(owed, promised[:, :, :FROZEN])
        ),
        *document["messages"],
        *pack_words(owed, again.plan.remedy_letters, today.book.packs),
        *(
            price_of_lateness(settings, today.in_time, again.plan, policy)
            if unchanged
            else lateness_words(settings, today.in_time, policy)
        ),
        *without_a_day(session, today, moved),
        *over_before_repair(session, today, moved),
    ]
    whole = whole_problem(from_json(document_before["problem"]), today, learned, passed)
    weeks_of_first = moved.set_column(2, "week", pa.compute.add(moved["week"], passed))
    new = NewPlan(
        f"{policy}, replan {on}",
        kept.first_week,
        json.dumps({**document, "problem": to_document(whole)}, default=str),
        bundles_as_json(today.bundles),
        pa.concat_tables([weeks_of_first, _without_a_week(dropped)], promote_options="default"),
        dealers=visit_dealers(session, today),
        horizon=settings.horizon_weeks,
        past_forecasts=as_json(brought_up(session, kept, as_it_stands.known, on).past),
    )
    document["messages"] += promises.sentences(promises.promises(session, on))
    keep(session, name, new, document, on=on, draft=draft, keep_released=True)
    return document


def _made_of(document: Mapping[str, Any], problem: Problem, policy: str) -> bool:
    """Whether the plan of a document was made of a problem by a policy: nothing was loaded, learned or changed since."""
    same_policy = document.get("meta", {}).get("policy") == policy
    stated = json.loads(json.dumps(to_document(problem), default=str))
    return bool(same_policy and stated == document["problem"])


def _without_a_week(vehicles: pa.Table) -> pa.Table:
    """Vehicles (vin, family) that have no letter ahead any more, as ``weeks_of`` names them."""
    count = vehicles.num_rows
    none = vehicles.select(["vin", "family"]).append_column("week", pa.nulls(count, pa.int64()))
    none = none.append_column("interim", pa.repeat(False, count))
    return none.append_column("without_parts", pa.repeat("", count))


def _with_planning_bundle(vehicles: pa.Table, plan: PlanInForce) -> pa.Table:
    """Add ``planning_bundle``: of the vehicle's campaigns, its own model and remedies; one that no plan had one for is left out."""
    keys = ["bundle", "model", "from_week", "pieces"]
    kinds = vehicles.group_by(keys).aggregate([])
    places = [
        plan.place_of(k["bundle"], k["model"], day_or_none(k["from_week"]), k["pieces"])
        for k in kinds.to_pylist()
    ]
    names = [None if place is None else plan.bundles[place].name for place in places]
    named = kinds.append_column("planning_bundle", pa.array(names, pa.string()))
    joined = vehicles.join(named, keys, join_type="inner")
    return joined.filter(pa.compute.is_valid(joined["planning_bundle"]))


def _missed(today: Framed, free: pa.Table, passed: int) -> Letters:
    """Letters of the last plan, not released, that cannot keep their week, by that week; those of weeks that have passed come first.

    [B, D, 1 + T]: their week has passed, comes before the day of their remedy as it is known today, or after a horizon that was cut.
    """
    due, weeks = with_week(today, free, passed), today.problem.weeks
    stay = pa.compute.and_(stands(due), pa.compute.less(due["week"], weeks))
    missed = due.filter(pa.compute.invert(stay))
    within = np.clip(missed["week"].to_numpy(), -1, weeks - 1) + 1
    missed = missed.set_column(missed.column_names.index("week"), "week", pa.array(within))
    counts = missed.group_by(["planning_bundle", "dealer_code", "week"]).aggregate(
        [("vin", "count")]
    )
    return shifted(cube(counts, today.problem), 0, weeks + 1)


def _promised(today: Framed, free: pa.Table, passed: int) -> pa.Table:
    """The vehicles (vin, family) whose letters of the frozen weeks are promised to the mail house: they stay as they are."""
    stay = planned(today, free, passed)
    return stay.filter(pa.compute.less(stay["week"], FROZEN)).select(["vin", "family"])


def _told_to_wait(out: pa.Table, interim: Letters, problem: Problem) -> Ints:
    """Open owners whose interim notice is out, or leaves in the frozen weeks, and whose second notice is in no list yet. [B, D]"""
    waiting = pa.compute.and_(out["interim"], pa.compute.invert(out["listed_again"]))
    owed = out.filter(pa.compute.and_(waiting, out["open"]))
    counts = owed.group_by(["planning_bundle", "dealer_code"]).aggregate([("vin", "count")])
    at_once = pa.array(np.zeros(counts.num_rows, np.int64))
    told_already = cube(counts.append_column("week", at_once), problem).sum(axis=2, dtype=np.int64)
    told: Ints = told_already + interim[:, :, :FROZEN].sum(axis=2)
    return told


def _rows_of_sent(out: pa.Table) -> list[dict[str, Any]]:
    """The letters that are out, as rows of a plan's document, in weeks of the first plan."""
    counts = out.group_by(["planning_bundle", "dealer_code", "week"]).aggregate([("vin", "count")])
    ordered = counts.sort_by(
        [("planning_bundle", "ascending"), ("dealer_code", "ascending"), ("week", "ascending")]
    )
    return [
        {"bundle": r["planning_bundle"], "dealer": r["dealer_code"], "week": r["week"], "count": r["vin_count"]}
        for r in ordered.to_pylist()
        if r["week"] is not None
    ]  # fmt: skip


def _with_what_is_out(
    today: Framed, out: pa.Table, booked: pa.Table, kept: PlanInForce, on: date
) -> Problem:
    """Today's problem with what letters that are out, of vehicles still open, will bring: of owners who have not asked so far."""
    silent = _not_booked(out, booked)
    told = _from_its_wave_on(silent.filter(pa.compute.invert(silent["interim"])), kept)
    mailed = _by_age(told, today.problem, on)
    return with_letters_in_the_mail(today.problem, mailed, _walk_ins(today, silent))


def _from_its_wave_on(out: pa.Table, kept: PlanInForce) -> pa.Table:
    """Letters that are out with ``out_on`` no earlier than the Monday of their wave: one that is released ahead asks no earlier."""
    first = (kept.first_week - date(1970, 1, 1)).days
    days = pa.compute.add(pa.compute.multiply(out["week"], 7), first).cast(pa.int32())
    later = pa.compute.max_element_wise(out["out_on"], days.cast(pa.date32()))
    return out.set_column(out.column_names.index("out_on"), "out_on", later)


def _walk_ins(today: Framed, silent: pa.Table) -> Floats:
    """Visits a week of owners who come without a letter, of those whose letter is out. [B, D]"""
    counts = silent.group_by(["planning_bundle", "dealer_code"]).aggregate([("vin", "count")])
    at_once = pa.array(np.zeros(counts.num_rows, np.int64))
    owners = cube(counts.append_column("week", at_once), today.problem).sum(axis=2)
    rates = np.array([bundle.walk_ins for bundle in today.bundles], float)
    weekly: Floats = np.round(owners * rates[:, None], 6)
    return weekly


def _by_age(out: pa.Table, problem: Problem, on: date) -> Letters:
    """Open owners whose letter is out, by planning bundle, dealer and weeks since it went out: 0 in its own week. [B, D, A]"""
    bundles = {name: i for i, name in enumerate(problem.bundles)}
    dealers = {code: i for i, code in enumerate(problem.dealers)}
    counts = out.group_by(["planning_bundle", "dealer_code", "out_on"]).aggregate(
        [("vin", "count")]
    )
    ages = np.zeros((len(bundles), len(dealers), problem.response.shape[1]), np.int32)
    for row in counts.to_pylist():
        age = max((monday_of(on) - monday_of(row["out_on"])).days // 7, 0)
        if age < ages.shape[2]:
            ages[bundles[row["planning_bundle"]], dealers[row["dealer_code"]], age] += row[
                "vin_count"
            ]
    return ages


def _of_list(made: LetterPlan, problem: Problem) -> LetterPlan:
    """The plan for the frozen list alone, from the first free week on: queued letters have no piece yet, promised ones stay."""
    own = np.arange(made.letters.shape[0])[:, None, None] < len(problem.bundles)
    free = own & (np.arange(made.letters.shape[2]) >= FROZEN)

    def of_list(letters: Letters | None) -> Letters | None:
        return None if letters is None else np.where(free, letters, 0)

    return replace(
        made,
        letters=np.where(free, made.letters, 0),
        interim=of_list(made.interim),
        second=of_list(made.second),
    )


def _document(made: LetterPlan, passed: int, out: pa.Table, problem: Problem) -> dict[str, Any]:
    """The new plan in weeks of the first one: the letters that are out stand before it, second notices that are owed apart.

    ``counts`` says what the objective, its bound and share are of: the weeks that are left, and the letters that are still to go.
    """
    document, sent = to_json(made), _rows_of_sent(out)
    document["pieces"] = _printed(made, passed, out, problem)
    own = set(problem.bundles)
    ahead = [{**row, "week": row["week"] + passed} for row in document["letters"]]
    document["letters"] = [*sent, *(row for row in ahead if row["bundle"] in own)]
    document["queued"] = [row for row in ahead if row["bundle"] not in own]
    still_to_go = document["letters"][len(sent) :]
    document["counts"] = {
        "weeks": problem.weeks,
        "letters": _letters(still_to_go),
        "second_notices": _letters(document["queued"]),
        "letters_out": _letters(sent),
    }
    for key in ("interim", "owed", "waiting"):
        document[key] = [
            {**row, "week": None if row["week"] is None else row["week"] + passed}
            for row in document[key]
        ]
    return document


def _printed(
    made: LetterPlan, passed: int, out: pa.Table, problem: Problem
) -> list[dict[str, int]]:
    """The pieces of the letters that are out and of those of the new plan, in weeks of the first one."""
    weeks = np.zeros(passed + problem.weeks, np.int64)
    weeks[passed:] = pieces_by_week(problem, made.letters[: len(problem.bundles)])
    sent = out.filter(pa.compute.is_valid(out["week"]))
    np.add.at(weeks, sent["week"].to_numpy(), sent["pieces"].to_numpy())
    return weekly_rows(weeks)


def _letters(rows: Sequence[Mapping[str, Any]]) -> int:
    return sum(row["count"] for row in rows)


def _of_earlier_plans(why: Sequence[str]) -> list[str]:
    """The reasons of interim notices that are out or promised, as an earlier plan gave them."""
    return [one if one.startswith(EARLIER) else f"{EARLIER}{one}" for one in why]


def _second_words(queued: Sequence[Mapping[str, Any]], kept: PlanInForce) -> list[str]:
    """How many second notices are owed that no list has yet, and from when there are kits and hours for them."""
    if not queued:
        return []
    owners = counted(sum(row["count"] for row in queued), "owner")
    first = kept.monday(min(row["week"] for row in queued))
    sentence = (
        f"Kits and hours for the second notice of {owners} with an interim one are there from the week of"
        f' {first}: freeze a follow-up of kind "{SECOND_KIND}" then.'
    )
    return [sentence]
