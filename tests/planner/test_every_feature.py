"""Problems with every feature at once: lawful dates, background, tools, quantiles, unlimited and missing limits."""

from copy import deepcopy

from hypothesis import given, settings
from hypothesis import strategies as st

from planner.cases import FEASIBLE, PLAIN, documents
from renotify.planner.letter_plan import to_json
from renotify.planner.plan_by_policy import plan
from renotify.planner.plan_check import verify
from renotify.planner.problem_json import from_json

AMOUNTS = st.sampled_from([0, 0.3, 1, 2])


@st.composite
def rich_documents(draw):
    case = deepcopy(draw(documents()))
    weeks = case["weeks"]
    for b in case["bundles"]:
        b["mail_by_week"] = draw(st.none() | st.integers(b["first_week"], 6))
        b["tools"] = {"jack": draw(AMOUNTS)}
        b["response"] = draw(st.sampled_from([b["response"], [], [0.0], [0.05] * 9]))
    for d in case["dealers"]:
        d["tools"] = {"jack": draw(st.integers(0, 3))}
        d["area"] = "A"
    pairs = [(b["id"], d["id"]) for b in case["bundles"] for d in case["dealers"]]
    case["background"] = [
        {"bundle": b, "dealer": d, "per_week": draw(st.lists(AMOUNTS, max_size=weeks))}
        for b, d in draw(st.lists(st.sampled_from(pairs), max_size=3))
    ]
    case["tools"] = {
        "jack": {"weeks": draw(st.integers(1, 3)), "pool": draw(st.none() | st.just([1, 2]))}
    }
    case["parts_quantile"] = draw(st.none() | st.sampled_from([0.5, 0.9]))
    case["count_spread"] = draw(st.sampled_from([0, 1]))
    case["wait_bound"] = draw(st.none() | st.integers(0, 9))
    case["supply"] = {"P": draw(st.none() | st.just(case["supply"]["P"]))}
    return case


@settings(max_examples=30, deadline=None)
@given(rich_documents())
def test_whatever_comes_is_planned_within_every_limit_and_told(case):
    problem = from_json(case)
    for policy in FEASIBLE:
        made = plan(problem, policy)
        breaches = [b for b in verify(problem, made) if not b.late]
        assert breaches == []
        if len(breaches) < len(verify(problem, made)):
            assert any("Not possible" in m for m in made.messages)
        assert made.objective <= made.bound + 1e-6 * max(1.0, made.bound)
        counted = made.letters.sum() + sum(h.count for h in made.held)
        assert counted == problem.owners.sum()
        interim = 0 if made.interim is None else made.interim.sum()
        assert sum(o.count for o in made.owed) == interim
        assert to_json(made)["messages"] == list(made.messages)


@settings(max_examples=15, deadline=None)
@given(rich_documents())
def test_plain_policies_always_answer(case):
    problem = from_json(case)
    for policy in PLAIN:
        made = plan(problem, policy)
        assert made.letters.sum() + sum(h.count for h in made.held) == problem.owners.sum()
