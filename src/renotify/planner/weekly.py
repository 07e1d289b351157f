"""The weekly re-plan of a follow-up, and the replay of its plan: the ledger's side of ``replan`` and ``simulate``.

Owners who came in are dropped, released waves stand, letters in the mail keep asking, and owners who stay silent are queued
as the next follow-up: the plan counts them and says when they are due, and ``followup new`` freezes their list then.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace
from datetime import date
from typing import Any

import duckdb
import numpy as np
import pyarrow as pa

from renotify.charts.repairs_by_week import RepairsByWeek
from renotify.errors import Refused
from renotify.ledger import follow_ups, tables
from renotify.ledger.follow_ups import KeptPlan
from renotify.planner.from_ledger import Framed, framed, stated_response, weeks_of
from renotify.planner.learning import Learned, learn
from renotify.planner.letter_plan import LetterPlan, Letters, exposure_removed, to_json
from renotify.planner.plan_by_policy import plan
from renotify.planner.problem import Problem
from renotify.planner.problem_json import from_json
from renotify.planner.replan import (
    FOLLOW_UP_AFTER,
    replan,
    shifted,
    with_follow_ups,
    with_letters_in_the_mail,
)
from renotify.planner.simulate import MEASURES, Outcome, judgement, price_of_margin, simulate
from renotify.values.calendar import monday_of

PLAIN = ("uniform:8", "greedy", "oldest-first", "zip-order", "all-at-once")

# The list as it stands: is the vehicle still open, is its letter still free, when was it mailed.
_STANDING = """
    select l.vin, l.family, l.bundle, l.dealer_code, l.left_out, l.rank, l.week, p.mailed_on, p.free, exists (
        select 1 from state s where s.vin = l.vin and s.current and s.status = 'open'
          and list_contains(string_split(l.bundle, '+'), s.campaign_code)) as open
    from listed l join (
        select vin, family, bool_and(state in ('listed', 'planned')) as free,
               max(mailed_on) as mailed_on from piece where follow_up = $name group by vin, family) p using (vin, family)
    where l.left_out = ''
"""


def replan_follow_up(name: str, on: date) -> dict[str, Any]:
    """Plan the free weeks of a follow-up again as of a day, keep the new plan, and return its document.

    Raises NothingToDo when the follow-up has no plan yet or no vehicle left to plan, Refused after its horizon.
    """
    settings, kept = follow_ups.settings(name), follow_ups.plan(name)
    passed = max((monday_of(on) - kept.first_week).days // 7, 0)
    weeks = settings.horizon_weeks - passed
    if weeks < 1:
        end = _week(kept.first_week, settings.horizon_weeks)
        raise Refused(
            f"The horizon of {name} ended before the week of {end}; today is {on}.",
            "Give the day with --on, or freeze the next follow-up for who is still open.",
        )
    standing = _standing(name)
    free = standing.filter(pa.compute.and_(standing["free"], standing["open"]))
    out = standing.filter(pa.compute.invert(standing["free"]))
    today = framed(settings, free, _week(kept.first_week, passed), weeks)
    learned = learn(settings, on, stated_response(settings))
    problem = _today(today, kept, learned)
    silent = _by_age(out.filter(out["open"]), problem, on)
    problem = with_letters_in_the_mail(problem, silent)
    again = replan(with_follow_ups(problem, silent), _last(today, free, problem, passed))
    sent = _rows_of_sent(out, problem)
    document = _document(again.plan, kept, passed, sent, problem)
    document["messages"] = [
        *today.messages,
        *learned.messages,
        *again.report,
        *document["messages"],
    ]
    document["problem"] = learned.of(document["problem"])
    moved = weeks_of(today.vehicles, _of_list(again.plan, problem))
    kept_weeks = moved.set_column(2, "week", pa.compute.add(moved["week"], passed))
    policy = f"replan {on}"
    follow_ups.save_plan(name, policy, kept.first_week, document, kept_weeks, keep_released=True)
    return {key: value for key, value in document.items() if key != "problem"}


def _week(first_week: date, passed: int) -> date:
    return date.fromordinal(first_week.toordinal() + 7 * passed)


def _standing(name: str) -> pa.Table:
    pieces = tables.read(
        "piece",
        "vin",
        "family",
        "state",
        "mailed_on",
        "follow_up",
        where="follow_up = :name",
        name=name,
    )
    with duckdb.connect() as arrow:
        arrow.register("listed", follow_ups.listed(name))
        arrow.register("piece", pieces)
        state = tables.read("state", "vin", "campaign_code", "status", where="current")
        arrow.register("state", state.append_column("current", pa.array([True] * state.num_rows)))
        return arrow.sql(_STANDING, params={"name": name}).to_arrow_table()


def _today(today: Framed, kept: KeptPlan, learned: Learned) -> Problem:
    """Today's problem; bundles and dealers of the last plan stay in it, for the letters that are out."""
    document = dict(today.document)
    for kind in ("bundles", "dealers"):
        names = {row["id"] for row in document[kind]}
        document[kind] = [
            *document[kind],
            *(r for r in kept.document["problem"][kind] if r["id"] not in names),
        ]
    return from_json(_within(learned.of(document)))


def _last(today: Framed, free: pa.Table, problem: Problem, passed: int) -> Letters:
    """The last plan for the vehicles that are still free, in weeks from today; what was due and not released is free. [B, D, T]"""
    placed = today.vehicles.join(
        free.select(["vin", "family", "week"]), ["vin", "family"], join_type="inner"
    )
    planned = placed.filter(pa.compute.greater_equal(placed["week"], passed))
    counts = planned.group_by(["planning_bundle", "dealer_code", "week"]).aggregate(
        [("vin", "count")]
    )
    rows = [
        {
            "bundle": r["planning_bundle"],
            "dealer": r["dealer_code"],
            "week": r["week"] - passed,
            "count": r["vin_count"],
        }
        for r in counts.to_pylist()
    ]
    return shifted(_letters(rows, problem), 0, problem.weeks)


def _rows_of_sent(out: pa.Table, problem: Problem) -> list[dict[str, Any]]:
    """The letters that are out, as rows of a plan's document, in weeks of the first plan."""
    counts = out.group_by(["bundle", "dealer_code", "week"]).aggregate([("vin", "count")])
    named = _planning_names(problem)
    return [
        {
            "bundle": named[r["bundle"]],
            "dealer": r["dealer_code"],
            "week": r["week"],
            "count": r["vin_count"],
        }
        for r in counts.sort_by(
            [("bundle", "ascending"), ("dealer_code", "ascending"), ("week", "ascending")]
        ).to_pylist()
        if r["week"] is not None and r["bundle"] in named
    ]


def _planning_names(problem: Problem) -> dict[str, str]:
    """The planning bundle that stands for a bundle's campaigns: its own name, else the first of its models."""
    named = {name.partition(":")[0]: name for name in reversed(problem.bundles)}
    return named | {name: name for name in problem.bundles}


def _within(document: Mapping[str, Any]) -> dict[str, Any]:
    """A bundle of the last plan may not begin after today's horizon."""
    last = document["weeks"] - 1
    bundles = [{**row, "first_week": min(row["first_week"], last)} for row in document["bundles"]]
    return {**document, "bundles": bundles}


def _by_age(out: pa.Table, problem: Problem, on: date) -> Letters:
    """Open owners whose letter is out, by planning bundle, dealer and weeks since it was mailed. [B, D, A]"""
    bundles = {name: i for i, name in enumerate(problem.bundles)}
    named = _planning_names(problem)
    dealers = {code: i for i, code in enumerate(problem.dealers)}
    mailed = out.filter(pa.compute.is_valid(out["mailed_on"]))
    counts = mailed.group_by(["bundle", "dealer_code", "mailed_on"]).aggregate([("vin", "count")])
    ages = np.zeros((len(bundles), len(dealers), problem.response.shape[1]), np.int32)
    for row in counts.to_pylist():
        age = max((monday_of(on) - monday_of(row["mailed_on"])).days // 7, 1)
        place = bundles.get(named.get(row["bundle"], ""))
        if place is not None and row["dealer_code"] in dealers and age <= ages.shape[2]:
            ages[place, dealers[row["dealer_code"]], age - 1] += row["vin_count"]
    return ages


def _letters(rows: Sequence[Mapping[str, Any]], problem: Problem) -> Letters:
    """The letters of a plan's document as an array [B, D, T]; the whole of its own horizon."""
    bundles = {name: i for i, name in enumerate(problem.bundles)}
    dealers = {code: i for i, code in enumerate(problem.dealers)}
    length = 1 + max((row["week"] for row in rows), default=0)
    letters = np.zeros((len(bundles), len(dealers), length), np.int32)
    for row in rows:
        if row["bundle"] in bundles and row["dealer"] in dealers:
            letters[bundles[row["bundle"]], dealers[row["dealer"]], row["week"]] += row["count"]
    return letters


def _of_list(made: LetterPlan, problem: Problem) -> LetterPlan:
    """The plan for the frozen list alone: queued follow-ups have no piece yet."""
    own = len(problem.bundles)
    return replace(
        made,
        letters=np.where(np.arange(made.letters.shape[0])[:, None, None] < own, made.letters, 0),
    )


def _document(
    made: LetterPlan,
    kept: KeptPlan,
    passed: int,
    sent: Sequence[Mapping[str, Any]],
    problem: Problem,
) -> dict[str, Any]:
    """The new plan in weeks of the first one: the letters that are out stand before it."""
    document = to_json(made)
    own = set(problem.bundles)
    queued = [row for row in document["letters"] if row["bundle"] not in own]
    ahead = [
        {**row, "week": row["week"] + passed} for row in document["letters"] if row["bundle"] in own
    ]
    document["letters"] = [*sent, *ahead]
    document["queued"] = [{**row, "week": row["week"] + passed} for row in queued]
    if queued:
        document["messages"].append(_queue_words(document["queued"], kept.first_week))
    document |= {key: kept.document[key] for key in ("first_letter", "first_week")}
    document["problem"] = kept.document["problem"]
    return document


def _queue_words(queued: Sequence[Mapping[str, Any]], first_week: date) -> str:
    count, first = sum(row["count"] for row in queued), min(row["week"] for row in queued)
    return (
        f"{count:,} owners who stay silent for {FOLLOW_UP_AFTER} weeks are due another letter from the week of"
        f" {_week(first_week, first)}: freeze the next follow-up then."
    )


def simulate_follow_up(name: str, *, runs: int = 20, seed: int = 2013) -> dict[str, Any]:
    """Replay a follow-up's plan and the plain policies with random responses.

    Returns ``rows`` of means and standard errors, what is ``said`` of them, and the ``replay`` to draw.
    """
    kept = follow_ups.plan(name)
    problem = from_json(kept.document["problem"])
    ours = shifted(_letters(kept.document["letters"], problem), 0, problem.weeks)
    letters = {kept.policy: ours}
    letters |= {policy: plan(problem, policy).letters for policy in PLAIN if policy != kept.policy}
    outcomes = [
        simulate(problem, policy, sent, seed=seed, replications=runs)
        for policy, sent in letters.items()
    ]
    said = judgement(outcomes, kept.policy)
    if problem.parts_quantile is not None:
        at_mean, price = _margin(problem, outcomes[0], ours, runs, seed)
        outcomes.append(at_mean)
        said.append(price)
    return {
        "rows": [_row(outcome) for outcome in outcomes],
        "said": said,
        "replay": RepairsByWeek(
            tuple(outcome.policy for outcome in outcomes),
            np.array([outcome.repaired for outcome in outcomes]),
            problem.weeks,
        ),
    }


def _margin(
    problem: Problem, careful: Outcome, ours: Letters, runs: int, seed: int
) -> tuple[Outcome, str]:
    """The plan without a margin on parts, replayed, and what the margin costs beside what it saves."""
    bare = plan(replace(problem, parts_quantile=None))
    name = "optimal, parts at the mean"
    mean = simulate(problem, name, bare.letters, seed=seed, replications=runs)
    return mean, price_of_margin(mean, careful, bare.objective, exposure_removed(problem, ours))


def _row(outcome: Outcome) -> dict[str, Any]:
    """Mean and standard error of each measure; None where too few runs have it."""
    known = {measure: outcome.known(measure) for measure in MEASURES}
    return {"policy": outcome.policy} | {
        measure: [outcome.mean(measure), outcome.error(measure)] if known[measure] > 1 else None
        for measure in MEASURES
    }
