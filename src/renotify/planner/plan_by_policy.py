"""``plan``: from a Problem to a Plan by any policy, verified, with objective, bound and gap."""

from __future__ import annotations

from collections.abc import Callable
from concurrent.futures import Executor
from dataclasses import replace
from importlib.metadata import version

import numpy as np

from renotify.errors import Refused
from renotify.planner import explain_plan, policies
from renotify.planner.adjusted_limits import trimmed, with_margins
from renotify.planner.canonical_order import Ordering, in_order
from renotify.planner.dealer_groups import dealers_alone
from renotify.planner.letter_plan import Held, Letters, Plan, exposure_removed
from renotify.planner.plan_check import verify
from renotify.planner.polish import polish
from renotify.planner.problem import Problem
from renotify.planner.solver import OPTIONS
from renotify.planner.two_level import Draft, Guide, draft, groups_for, guide

Progress = Callable[[str], None]

WHOLE_CELLS = 500  # bundles x dealers x weeks up to which branch and bound proves the best plan
DEALER_CELLS = 4_000  # up to which "optimal" solves every dealer by itself
EXACT_CELLS = 150_000  # up to which "exact" is offered
ROUNDING = 1e-6  # a ceiling that is nothing but the rounding of large prices
FEASIBLE = ("optimal", "exact", "greedy")


_NOBODY = ("There is nobody to write to.",)


def _silent(_step: str) -> None:
    """No progress wanted."""


def plan(
    problem: Problem,
    policy: str = "optimal",
    *,
    executor: Executor | None = None,
    progress: Progress | None = None,
) -> Plan:
    """Plans the letters: optimal, exact, greedy, uniform:N, all-at-once, oldest-first or zip-order.

    ``executor`` lets "optimal" polish dealer by dealer; ``progress`` hears each step. Optimal,
    exact and greedy keep every limit that letters can keep; what a plain policy breaks is in its
    messages. The same problem gives the same plan, whatever the order of its dealers and bundles.
    """
    tell = progress or _silent
    if not problem.owners.any():
        return Plan(
            problem, policy, policies.no_letters(problem), bound=0.0, gap=0.0, messages=_NOBODY
        )
    order = in_order(problem)
    tell("national plan")
    feasible = policy in FEASIBLE
    made = (
        _planned(order.problem, policy, executor, tell)
        if feasible
        else _plain(order.problem, policy)
    )
    tell("verify")
    return _signed(order, _checked(made), policy)


def _plain(problem: Problem, policy: str) -> Plan:
    letters = policies.letters_of(problem, policy)
    guide_ = guide(problem, groups_for(problem))
    without = problem.owners - letters.sum(axis=2)
    held = tuple(
        Held(
            problem.bundles[b],
            problem.dealers[d],
            int(without[b, d]),
            "its turn falls past the horizon",
        )
        for b, d in np.argwhere(without > 0).tolist()
    )
    made = Plan(problem, policy, letters, held=held, messages=_said(problem, letters))
    return _judged(made, guide_.solution.ceiling + guide_.emergency)


def _said(problem: Problem, letters: Letters) -> tuple[str, ...]:
    return (
        *problem.notes,
        *explain_plan.background_alone(problem),
        *explain_plan.tail(problem, letters),
    )


def _judged(made: Plan, bound: float) -> Plan:
    """Objective, bound and gap of a plan."""
    objective = exposure_removed(made.problem, made.remedy_letters)
    gap = (bound - objective) / bound if bound > ROUNDING else 0.0
    return replace(made, objective=objective, bound=bound, gap=gap)


def _planned(problem: Problem, policy: str, executor: Executor | None, tell: Progress) -> Plan:
    robust = trimmed(with_margins(problem))
    guides = _guides(robust, policy)
    tell("dealers")
    drafts = [draft(robust, g) for g in guides] if policy != "greedy" else []
    if policy == "greedy" or problem.owners.size * problem.weeks <= DEALER_CELLS:
        drafts.append(draft(robust, None))
    best = max(drafts, key=_score)
    if executor is not None and policy != "greedy":
        tell("polish")
        best = max((best, polish(best, executor)), key=_score)
    ceiling = min(g.solution.ceiling for g in guides)
    return _worded(problem, policy, best, guides[0], ceiling)


def _guides(problem: Problem, policy: str) -> list[Guide]:
    """The masters to follow, the one that explains the plan first."""
    cells = problem.owners.size * problem.weeks
    if policy == "exact" and cells > EXACT_CELLS:
        raise Refused(
            f"The exact policy is for small cases; this one has {cells:,} letter decisions.",
            "Use the policy optimal; it states how far from the best it can be.",
        )
    alone = policy == "exact" or cells <= DEALER_CELLS
    master = guide(problem, len(problem.dealers) if alone else groups_for(problem))
    if policy == "greedy" or cells > WHOLE_CELLS:
        return [master]
    return [master, _whole_letters(problem, master)]


def _whole_letters(problem: Problem, master: Guide) -> Guide:
    """The best plan in whole letters, by branch and bound; small cases only."""
    from renotify.planner.constraints import model
    from renotify.planner.solver import solve

    market = dealers_alone(problem)
    program, variables = model(market)
    integral = np.concatenate([variables.x.ravel(), variables.interim.ravel()])
    found = solve(program, integral)
    del master
    return Guide(market, variables, found)


def _score(made: Draft) -> float:
    """Exposure removed, less what interim and late notices cost."""
    return exposure_removed(made.problem, made.remedy) - made.emergency


def _worded(problem: Problem, policy: str, best: Draft, guide_: Guide, ceiling: float) -> Plan:
    first, second = best.split()
    dated = bool((problem.mail_by >= 0).any())
    owed = explain_plan.owed_letters(problem, best.interim, second) if dated else ()
    messages = (
        *explain_plan.impossible(best),
        *explain_plan.interim_notices(best, owed),
        *_said(problem, best.remedy),
        *explain_plan.what_binds(problem, guide_),
    )
    made = Plan(
        problem, policy, first,
        interim=best.interim if dated else None,
        second=second if dated else None,
        held=explain_plan.held_letters(best, first), owed=owed, messages=messages,
    )  # fmt: skip
    return _judged(made, ceiling + best.emergency)


def _checked(made: Plan) -> Plan:
    """The independent verifier's findings, appended to the messages."""
    told = explain_plan.breaches(verify(made.problem, made))
    return replace(made, messages=(*made.messages, *told))


def _signed(order: Ordering, made: Plan, policy: str) -> Plan:
    meta = {
        "policy": policy,
        "solver": f"HiGHS {version('highspy')}",
        "options": {**OPTIONS, "run_crossover": "off"},
        "input_sha256": order.original.digest(),
    }
    return replace(order.restored(made), meta=meta)
