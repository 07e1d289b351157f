"""The planner's speed, memory and certified gap at the three stated sizes, and the replay against plain policies.

    python benchmarks/planner.py                 the three sizes, one process each
    python benchmarks/planner.py 5x235x26        one size: campaigns x dealers x weeks
    python benchmarks/planner.py 50x1500x26 --workers 2   large plans polished, on two processes
    python benchmarks/planner.py --simulate      the table of the tight and the ample instance

CPU is user + system of this process and its children; the instances are made up (tests/planner/made_up_problems.py).
"""

import argparse
import importlib.util
import resource
import subprocess
import sys
import time
from dataclasses import replace
from pathlib import Path

from renotify.planner.broken_limits import broken_limits
from renotify.planner.plan_by_policy import FEASIBLE, plan
from renotify.planner.plan_check import verify
from renotify.planner.policies import within_limits
from renotify.planner.simulate import judgement, simulate, table

MADE_UP = Path(__file__).resolve().parent.parent / "tests" / "planner" / "made_up_problems.py"
_found = importlib.util.spec_from_file_location("made_up_problems", MADE_UP)
problems = importlib.util.module_from_spec(_found)
_found.loader.exec_module(problems)

SIZES = ("5x235x26", "50x1500x26", "200x1500x52")
LIMITS = {"5x235x26": 1, "50x1500x26": 5, "200x1500x52": 120}
POLICIES = (
    "optimal",
    "greedy",
    "uniform:8",
    "uniform:16",
    "oldest-first",
    "zip-order",
    "all-at-once",
)


def cpu():
    own, children = (
        resource.getrusage(resource.RUSAGE_SELF),
        resource.getrusage(resource.RUSAGE_CHILDREN),
    )
    return own.ru_utime + own.ru_stime + children.ru_utime + children.ru_stime


def measured(size, supply, policy, workers):
    campaigns, dealers, weeks = (int(n) for n in size.split("x"))
    tight = {"parts": 0.5, "labour": 0.75} if supply == "tight" else {}
    problem = problems.made_up(campaigns, dealers, weeks, **tight)
    start, wall = cpu(), time.perf_counter()
    made = plan(problem, policy, workers=workers)
    used, took = cpu() - start, time.perf_counter() - wall
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
    breaches = len(verify(problem, made)) if policy in {"optimal", "greedy", "exact"} else "-"
    print(
        f"| {size} {supply} | {policy}, {workers} | {problem.owners.sum():,} | "
        f"{problem.owners.size * weeks:,} | {used:.2f} | {took:.2f} | {LIMITS.get(size, '-')} | {peak:,.0f} | "
        f"{100 * made.gap:.2f} % | {breaches} |",
        flush=True,
    )


def replayed(policies):
    for name, problem in (("tight", problems.tight()), ("ample", problems.made_up())):
        seen, breaks = [], {}
        for policy in policies:
            letters = plan(problem, policy).remedy_letters
            seen.append(simulate(problem, policy, letters))
            limits = "" if policy in FEASIBLE else broken_limits(problem, letters)
            if limits:
                breaks[policy] = limits
                cut = within_limits(problem, letters)
                seen.append(simulate(problem, f"{policy}, within limits", cut))
            if policy == "optimal":
                careful = plan(replace(problem, parts_quantile=0.9), policy)
                seen.append(simulate(problem, "optimal, parts at 90 %", careful.remedy_letters))
        print(f"\n{name} instance, seed {seen[0].seed}, 20 replications\n\n{table(seen)}\n")
        print("\n".join(f"* {sentence}" for sentence in judgement(seen, breaks=breaks)))


def main():
    asked = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    asked.add_argument("sizes", nargs="*", default=SIZES)
    asked.add_argument(
        "--supply", choices=("ample", "tight"), nargs="*", default=("ample", "tight")
    )
    asked.add_argument("--policy", default="optimal")
    asked.add_argument("--workers", type=int, default=1)
    asked.add_argument("--simulate", action="store_true")
    asked.add_argument("--one", action="store_true", help="measure in this process")
    chosen = asked.parse_args()
    if chosen.simulate:
        return replayed(POLICIES)
    if chosen.one:
        return measured(chosen.sizes[0], chosen.supply[0], chosen.policy, chosen.workers)
    print(
        "| instance | policy, workers | owners | decisions | CPU s | wall s | limit | peak MB | gap | breaches |"
    )
    print("|---|---|---|---|---|---|---|---|---|---|", flush=True)
    for size in chosen.sizes:
        for supply in chosen.supply:
            again = [
                sys.executable,
                __file__,
                size,
                "--one",
                "--policy",
                chosen.policy,
                "--supply",
                supply,
            ]
            subprocess.run([*again, "--workers", str(chosen.workers)], check=True)
    return None


if __name__ == "__main__":
    main()
