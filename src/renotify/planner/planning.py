"""``plan``: from a Problem to a Plan by any policy, verified, with objective, bound and gap."""

from __future__ import annotations

from collections.abc import Callable
from concurrent.futures import Executor
from dataclasses import replace

from renotify.planner import policies
from renotify.planner.problem import Problem
from renotify.planner.result import Plan, exposure_removed
from renotify.planner.verify import verify

Progress = Callable[[str], None]


def plan(
    problem: Problem,
    policy: str = "optimal",
    *,
    executor: Executor | None = None,
    progress: Progress | None = None,
) -> Plan:
    """Plans the letters by a policy: optimal, exact, greedy, uniform:N, all-at-once, oldest-first, zip-order."""
    del executor, progress
    letters = policies.letters_of(problem, policy)
    drafted = Plan(problem, policy, letters, objective=exposure_removed(problem, letters))
    return replace(drafted, messages=(*problem.notes, *verify(problem, drafted)))
