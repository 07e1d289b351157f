"""Plans of few owners, long jobs and few kits against their proven ceilings, and with more kits of every part.

    python benchmarks/lumpy.py                 a hundred problems, two to ten bundles, eight to sixty dealers
    python benchmarks/lumpy.py 20 30           those of the seeds 20 to 29

Of each: letter decisions, vehicle-weeks of risk removed, the gap to the ceiling, CPU seconds, and what one and ten kits more of every
part add. Below: the mean and the worst gap, the slowest under a thousand decisions, and the most that more kits ever took away, as a
share of the plan. The problems are made up (tests/planner/lumpy_problems.py).
"""

import argparse
import importlib.util
import time
from dataclasses import replace
from pathlib import Path

from renotify.planner.plan_by_policy import plan
from renotify.planner.plan_check import verify

MADE_UP = Path(__file__).resolve().parent.parent / "tests" / "planner" / "lumpy_problems.py"
_found = importlib.util.spec_from_file_location("lumpy_problems", MADE_UP)
problems = importlib.util.module_from_spec(_found)
_found.loader.exec_module(problems)

SMALL = 1_000  # letter decisions


def measured(seed):
    problem = problems.lumpy(seed)
    start = time.process_time()
    made = plan(problem)
    used = time.process_time() - start
    assert not verify(problem, made), seed
    more = [plan(replace(problem, supply=problem.supply + kits)).objective for kits in (1, 10)]
    decisions = problem.owners.size * problem.weeks
    added = [one - made.objective for one in more]
    print(
        f"| {seed} | {decisions:,} | {made.objective:,.1f} | {100 * made.gap:.3f} % | {used:.2f} |"
        f" {added[0]:+,.1f} | {added[1]:+,.1f} |",
        flush=True,
    )
    worth = max(made.objective, 1e-9)
    return decisions, made.gap, used, *(max(-one, 0.0) / worth for one in added)


def main():
    asked = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    asked.add_argument("first", nargs="?", type=int, default=0)
    asked.add_argument("end", nargs="?", type=int, default=100)
    chosen = asked.parse_args()
    print("| seed | decisions | risk removed | gap | CPU s | 1 kit more | 10 kits more |")
    print("|---|---|---|---|---|---|---|", flush=True)
    rows = [measured(seed) for seed in range(chosen.first, chosen.end)]
    gaps = [row[1] for row in rows]
    slow = max((row[2] for row in rows if row[0] < SMALL), default=0.0)
    print(
        f"\ngap: mean {100 * sum(gaps) / len(gaps):.3f} %, worst {100 * max(gaps):.2f} %; slowest of fewer than {SMALL:,} decisions:"
        f" {slow:.1f} s; lost by more kits at most: {100 * max(max(row[3:]) for row in rows):.4f} %"
    )


if __name__ == "__main__":
    main()
