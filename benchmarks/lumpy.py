"""Plans of few owners, long jobs and few kits against their proven ceilings, and with more kits of every part.

    python benchmarks/lumpy.py                 a hundred problems, two to ten bundles, eight to sixty dealers
    python benchmarks/lumpy.py 20 30           those of the seeds 20 to 29
    python benchmarks/lumpy.py --dealers       ten bundles, forty and sixty dealers of up to three owners of each: seeds 10 to 60
    python benchmarks/lumpy.py --hours         five bundles, 235 dealers of half an hour to eight hours a week, 26 weeks: six seeds
    python benchmarks/lumpy.py --hostile --kits 1 10    with more kits of every part
    python benchmarks/lumpy.py --anew          with more kits made anew, and not from the plan with fewer
    python benchmarks/lumpy.py --hostile       sixty problems of fewer than a thousand decisions and of every feature at once

Of each: letter decisions, how many are contested, vehicle-weeks of risk removed, the gap to the ceiling, CPU seconds, and, but for the
hostile ones and those of few hours, what one and ten kits more of every part add. Below: the mean and the worst gap, the slowest under
a thousand decisions, and the most that more kits ever took away, as a share of the plan. No plan may break a limit or be above its
ceiling. The problems are made up (tests/planner/lumpy_problems.py, tests/planner/hostile_problems.py).
"""

import argparse
import importlib.util
import time
from dataclasses import replace
from pathlib import Path

from renotify.planner.plan_by_policy import STARTED, plan
from renotify.planner.plan_check import verify
from renotify.planner.told_apart import told_apart
from renotify.planner.whole_letters import contested

MADE_UP = Path(__file__).resolve().parent.parent / "tests" / "planner"
DEALERS = (
    (60, 20, (10, 11, 12, 20, 30, 40, 50, 60)),
    (40, 16, (40, 41, 42)),
)  # dealers, weeks, seeds
HOURS = 6  # seeds of problems of few hours
HOSTILE = 60  # problems


def made_up(name):
    found = importlib.util.spec_from_file_location(name, MADE_UP / f"{name}.py")
    problems = importlib.util.module_from_spec(found)
    found.loader.exec_module(problems)
    return problems


lumpy, hostile = made_up("lumpy_problems"), made_up("hostile_problems")

SMALL = 1_000  # letter decisions


def measured(name, problem, policy, kits, from_start):
    start = time.process_time()
    made = plan(problem, policy)
    used = time.process_time() - start
    assert not [one for one in verify(problem, made) if not one.late], name
    assert made.objective <= made.bound + 1e-6 * max(1.0, made.bound), name
    decisions, few = problem.owners.size * problem.weeks, contested(told_apart(problem))
    start = made.remedy_letters if from_start else None
    more = [plan(replace(problem, supply=problem.supply + n), policy, start=start) for n in kits]
    fewer_wait = [waiting(one) < waiting(made) for one in more]
    more = [one.objective - made.objective for one in more]
    added = "".join(f" {one:+,.1f} |" for one in more)
    print(
        f"| {name} | {decisions:,} | {few:,} | {made.objective:,.1f} | {100 * made.gap:.3f} % | {used:.2f} |{added}",
        flush=True,
    )
    worth = max(made.objective, 1e-9)
    lost = [-one / worth for one, fewer in zip(more, fewer_wait, strict=True) if not fewer]
    return decisions, made.gap, used, max(lost, default=0.0)


def waiting(made):
    """First notices that ask nobody in: fewer of them go before any risk that is removed."""
    return 0 if made.interim is None else int(made.interim.sum())


def chosen_problems(chosen):
    if chosen.hostile:
        last = HOSTILE if chosen.end is None else chosen.end
        return [(f"{seed}", hostile.hostile(seed)) for seed in range(chosen.first, last)]
    if chosen.hours:
        last = HOURS if chosen.end is None else chosen.end
        return [
            (f"5 x 235 x 26, seed {seed}", hostile.few_hours(seed))
            for seed in range(chosen.first, last)
        ]
    if chosen.dealers:
        return [
            (f"10 x {dealers} x {weeks}, seed {seed}", hostile.small_dealers(seed, dealers, weeks))
            for dealers, weeks, seeds in DEALERS
            for seed in seeds
        ]
    last = 100 if chosen.end is None else chosen.end
    return [(f"{seed}", lumpy.lumpy(seed)) for seed in range(chosen.first, last)]


def main():
    asked = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    asked.add_argument("first", nargs="?", type=int, default=0)
    asked.add_argument("end", nargs="?", type=int)
    asked.add_argument("--dealers", action="store_true")
    asked.add_argument("--hours", action="store_true")
    asked.add_argument("--hostile", action="store_true")
    asked.add_argument("--policy", choices=("optimal", "exact", "greedy"), default="optimal")
    asked.add_argument("--anew", action="store_true")
    asked.add_argument("--kits", type=int, nargs="*", help="kits more of every part (1 10)")
    chosen = asked.parse_args()
    kits = (
        ([] if chosen.hostile or chosen.hours else [1, 10]) if chosen.kits is None else chosen.kits
    )
    titles = "".join(f" {n} more |" for n in kits)
    print(f"| problem | decisions | contested | risk removed | gap | CPU s |{titles}")
    print("|---|---|---|---|---|---|" + "---|" * len(kits), flush=True)
    from_start = chosen.policy in STARTED and not chosen.anew
    rows = [
        measured(name, case, chosen.policy, kits, from_start)
        for name, case in chosen_problems(chosen)
    ]
    gaps = [row[1] for row in rows]
    slow = max((row[2] for row in rows if row[0] < SMALL), default=0.0)
    print(
        f"\ngap: mean {100 * sum(gaps) / len(gaps):.3f} %, worst {100 * max(gaps):.2f} %; slowest of fewer than {SMALL:,} decisions:"
        f" {slow:.1f} s; lost by more kits at most: {100 * max(0.0, *(row[3] for row in rows)):.4f} %"
    )


if __name__ == "__main__":
    main()
