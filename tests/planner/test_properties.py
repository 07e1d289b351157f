"""Properties that hold for every problem: whatever is planned is feasible, bounded, repeatable and blind to names."""

from copy import deepcopy
from dataclasses import replace

import numpy as np
import pytest
from hypothesis import given, settings

from cases import at_once
from planner.cases import FEASIBLE, PLAIN, bundle, dealer, document, documents
from planner.made_up_problems import made_up, tight
from renotify.planner.letter_plan import to_json
from renotify.planner.plan_by_policy import plan
from renotify.planner.plan_check import verify
from renotify.planner.problem_json import from_json
from renotify.planner.two_level import solve_master

QUICK = settings(max_examples=8, deadline=None)  # of the run; every run draws others
CLOSE = 1e-6


def ceiling(problem):
    """The dealer LP's value."""
    return solve_master(problem, len(problem.dealers)).solution.ceiling


@QUICK
@given(documents())
def test_feasible_policies_keep_every_limit_no_plan_beats_its_bound_and_the_optimal_one_reaches_it(
    case,
):
    problem = from_json(case)
    for policy in FEASIBLE:
        made = plan(problem, policy)
        assert verify(problem, made) == []
        assert made.objective <= made.bound + CLOSE * max(1, made.bound)
        assert made.letters.sum() + sum(h.count for h in made.held) == problem.owners.sum()
        # a small problem is solved to the best plan in whole letters
        assert policy != "optimal" or made.gap <= CLOSE


RELIEFS = ("more parts", "more hours", "more mail capacity", "more patience", "more own stock")


def eased(case, relief):
    eased = deepcopy(case)
    if relief == "more parts":
        eased["supply"]["P"] = [n + 2 for n in case["supply"]["P"]]
    elif relief == "more hours":
        for d in eased["dealers"]:
            d["hours"] = d["hours"] and [h + 1 for h in d["hours"]]
    elif relief == "more mail capacity":
        eased["mail_capacity"] = case["mail_capacity"] and [case["mail_capacity"][0] + 2]
    elif relief == "more patience":
        eased["wait_bound"] += 1
    else:
        eased["dealers"][0]["stock"]["P"] += 3
    return from_json(eased)


@QUICK
@given(documents())
def test_relief_never_lowers_the_objective(case):
    """Proven for the best plan (its feasible set grows), which small problems reach, and for the bound."""
    before = from_json(case)
    objective, bound = plan(before).objective, ceiling(before)
    for relief in RELIEFS:
        after = eased(case, relief)
        assert plan(after).objective >= objective * (1 - CLOSE), relief
        assert ceiling(after) >= bound * (1 - CLOSE), relief


@QUICK
@given(documents())
def test_listing_dealers_and_bundles_otherwise_changes_nothing(case):
    turned = deepcopy(case)
    for key in ("dealers", "bundles", "owners"):
        turned[key].reverse()
    here, there = plan(from_json(case)), plan(from_json(turned))
    assert (here.letters == there.letters[::-1, ::-1]).all()


@QUICK
@given(documents())
def test_renaming_campaigns_changes_nothing(case):
    renamed = deepcopy(case)
    names = {b["id"]: f"z{9 - i}" for i, b in enumerate(case["bundles"])}
    for b in renamed["bundles"]:
        b["id"] = names[b["id"]]
    for o in renamed["owners"]:
        o["bundle"] = names[o["bundle"]]
    assert plan(from_json(renamed)).objective == plan(from_json(case)).objective


@QUICK
@given(documents())
def test_splitting_a_dealer_never_raises_the_lp_value(case):
    """Aggregation is a relaxation (study, section 1.5): half the hours and stock twice are no more."""
    split = deepcopy(case)
    first = split["dealers"][0]
    half = {
        **first,
        "id": "half",
        "stock": {"P": first["stock"]["P"] / 2},
        "hours": first["hours"] and [h / 2 for h in first["hours"]],
    }
    first.update(stock=half["stock"], hours=half["hours"])
    split["dealers"].append(half)
    for o in [o for o in split["owners"] if o["dealer"] == first["id"]]:
        split["owners"].append({**o, "dealer": "half", "count": o["count"] // 2})
        o["count"] -= o["count"] // 2
    assert ceiling(from_json(split)) <= ceiling(from_json(case)) * (1 + CLOSE) + CLOSE


@QUICK
@given(documents())
def test_a_master_over_groups_bounds_the_dealers(case):
    problem = from_json(case)
    assert solve_master(problem, 1).solution.ceiling >= ceiling(problem) * (1 - CLOSE) - CLOSE


def test_the_same_problem_gives_the_same_bytes():
    problem = made_up(2, 6, 10)
    for policy in (*FEASIBLE, *PLAIN):
        assert to_json(plan(problem, policy)) == to_json(plan(problem, policy))


def test_the_certified_gap_of_the_memos_size_is_under_half_a_percent():
    for problem in (made_up(), tight()):
        made = plan(problem)
        assert made.gap <= 0.005
        assert verify(problem, made) == []


def test_exact_refuses_a_large_case():
    from renotify.errors import Refused

    with pytest.raises(Refused, match="small cases"):
        plan(made_up(20, 300, 52), "exact")


def test_more_parts_never_lower_the_bound_of_a_larger_instance():
    problem = made_up(3, 40, 20, parts=0.5)
    more = replace(problem, supply=problem.supply * 1.1)
    assert solve_master(more, 4).solution.ceiling >= solve_master(problem, 4).solution.ceiling


def test_delaying_letters_never_asks_for_more_kits():
    """Delay monotonicity (study, section 1.5)."""
    problem = made_up(2, 5, 12)
    for p in range(len(problem.parts)):
        use = problem.kernel(p)
        assert (np.diff(use, axis=1) >= 0).all()


def test_floors_of_the_cumulative_plan_keep_every_kit_limit():
    problem = made_up(2, 20, 14, parts=0.5)
    found = solve_master(problem, len(problem.dealers))
    whole = np.diff(np.floor(found.guide.quota + 1e-9), axis=2, prepend=0.0)
    for p in problem.binding:
        asked = problem.background_use(int(p))
        use = problem.kernel(int(p))
        for b, w in np.argwhere(whole.any(axis=1)):
            asked[:, w:] += whole[b, :, w, None] * use[b, : problem.weeks - w]
        drawn = np.maximum(0, asked - problem.stock[p][:, None]).sum(axis=0)
        assert (drawn <= problem.supply[p] + 1e-6 * (1 + problem.supply[p])).all()


def test_a_dealer_without_limit_takes_everybody():
    case = document(
        [bundle()],
        [dealer("free"), dealer("full", hours=[0])],
        {("b", "free"): 9, ("b", "full"): 9},
    )
    made = plan(from_json(case))
    assert made.letters[:, 0].sum() == 9
    assert made.letters[:, 1].sum() == 0


@at_once("field", ["supply", "hours", "mail_capacity"])
def test_capacity_that_nobody_could_use_changes_no_plan(field):
    problem = made_up(3, 30, 16)
    spare = replace(problem, **{field: getattr(problem, field) * 1e3 + 1e9})
    more = replace(spare, **{field: getattr(spare, field) * 2})
    assert (plan(spare).letters == plan(more).letters).all()
