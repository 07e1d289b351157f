"""A malformed problem is refused with a sentence that names the key."""

import json
import re
from copy import deepcopy
from pathlib import Path

import pytest

from cases import at_once
from planner.cases import bundle, dealer, document
from renotify.errors import BadInput, WrongUse
from renotify.planner.not_stated import BACKGROUND, BUNDLE, DEALER, OWNERS, TOOL, TOP
from renotify.planner.plan_by_policy import plan
from renotify.planner.problem_json import from_json

GOOD = document(
    [bundle("b1", kits={"P": 1}), bundle("b2")], [dealer("d1", [5], P=1), dealer("d2")], {("b1", "d1"): 4},
    supply={"P": [1, 2, 3, 4]}, mail=[5], wait=2,
)  # fmt: skip


def broken(path, value):
    case = deepcopy(GOOD)
    at = case
    for step in path[:-1]:
        at = at[step]
    if value is KeyError:
        del at[path[-1]]
    else:
        at[path[-1]] = value
    return case


@at_once(
    ("path", "value", "sentence"),
    [
        (["weeks"], 0, "weeks must be a whole number >= 1, not 0."),
        (["weeks"], "x", "weeks must be a whole number >= 1, not 'x'."),
        (["weeks"], 10**9, "weeks must be a whole number from 1 to 1,040, not 1000000000."),
        (["wait_bound"], 10**9, "wait_bound must be a whole number from 0 to 1,040, not 1000000000."),
        (["owners", 0, "count"], 10**19, "owners[0].count must be a whole number from 0 to 2,000,000,000, not 10000000000000000000."),
        (["supply"], [], "supply must be a table, not a list."),
        (["weeks"], KeyError, "weeks is missing."),
        (["bundles"], {}, "bundles must be a list, not a table."),
        (["bundles", 1, "hours"], "x", "bundles[1].hours must be a number >= 0, not 'x'."),
        (["bundles", 1, "hours"], True, "bundles[1].hours must be a number >= 0, not True."),
        (["bundles", 1, "hours"], float("nan"), "bundles[1].hours must be a number >= 0, not nan."),
        (["bundles", 1, "hours"], -1, "bundles[1].hours must be a number >= 0, not -1."),
        (["bundles", 1, "risk"], KeyError, "bundles[1].risk is missing."),
        (["bundles", 1, "id"], "b1", "bundles[1].id repeats 'b1' of bundles[0]."),
        (["bundles", 0, "response"], [0.7, 0.7], "bundles[0].response adds up to 1.4; shares of owners cannot exceed 1."),
        (["bundles", 0, "response", 0], 2, "bundles[0].response[0] must be a number from 0 to 1, not 2."),
        (["bundles", 0, "kits"], {"P": -1}, "bundles[0].kits.P must be a number >= 0, not -1."),
        (["bundles", 0, "first_week"], 1.5, "bundles[0].first_week must be a whole number >= 0, not 1.5."),
        (["bundles", 0], bundle("b1", first_week=3, mail_by_week=1), "bundles[0].mail_by_week (1) lies before its first_week (3)."),
        (["bundles", 0], "b", "bundles[0] must be a table, not 'b'."),
        (["dealers", 0, "hours"], [], "dealers[0].hours must be a list with at least one week, or null, not a list."),
        (["dealers", 0, "hours"], [1, None], "dealers[0].hours[1] must be a number >= 0, not None."),
        (["owners", 0, "dealer"], "x", "owners[0].dealer names 'x', which is no dealer of the problem."),
        (["owners", 0, "count"], -3, "owners[0].count must be a whole number >= 0, not -3."),
        (["owners"], GOOD["owners"] * 2, "owners[1] repeats bundle 'b1' at dealer 'd1'."),
        (["supply", "P"], [3, 2], "supply.P[1] is less than the week before; supply is counted from the start."),
        (["mail_capacity"], ["x"], "mail_capacity[0] must be a number >= 0, not 'x'."),
        (["wait_bound"], 0.5, "wait_bound must be a whole number >= 0, not 0.5."),
        (["parts_quantile"], 1.5, "parts_quantile must be a number from 0.01 to 0.999, not 1.5."),
        (["background"], [{"bundle": "b1", "dealer": "d1"}], "background[0].per_week is missing."),
        (["dealers", 0, "hours"], [1e308], "dealers[0].hours[0] must be a number from 0 to 1,000,000,000,000, not 1e+308."),
        (["dealers", 0, "stock"], {"P": 2e12}, "dealers[0].stock.P must be a number from 0 to 1,000,000,000,000, not 2000000000000.0."),
        (["supply", "P"], [1, 1e308], "supply.P[1] must be a number from 0 to 1,000,000,000,000, not 1e+308."),
        (["mail_capacity"], 1e308, "mail_capacity[0] must be a number from 0 to 1,000,000,000,000, not 1e+308."),
        (["bundles", 0, "risk"], 1e300, "bundles[0].risk must be a number from 0 to 1,000,000,000, not 1e+300."),
        (["bundles", 0, "hours"], 20_000, "bundles[0].hours must be a number from 0 to 10,000, not 20000."),
        (["bundles", 0, "kits"], {"P": 20_000}, "bundles[0].kits.P must be a number from 0 to 10,000, not 20000."),
        (["background"], [{"bundle": "b1", "dealer": "d1", "per_week": [1e300]}],
         "background[0].per_week[0] must be a number from 0 to 2,000,000,000, not 1e+300."),
        (["response_spread"], 11, "response_spread must be a number from 0 to 10, not 11."),
        (["count_spread"], 1e7, "count_spread must be a number from 0 to 1,000,000, not 10000000.0."),
        (["parts_count_spread"], 1e7, "parts_count_spread must be a number from 0 to 1,000,000, not 10000000.0."),
        (["monday"], "2013-03-05", "The problem's monday is '2013-03-05': it is the Monday of week 0."),
        (["monday"], 4, "The problem's monday is 4: it is the Monday of week 0."),
        (["tools"], {"jack": {"weeks": 0}}, "tools.jack.weeks must be a whole number >= 1, not 0."),
    ],
)  # fmt: skip
def test_a_malformed_problem_gets_a_sentence_naming_the_key(path, value, sentence):
    with pytest.raises(BadInput) as refused:
        from_json(broken(path, value))
    assert refused.value.message == sentence


def test_a_document_that_is_no_table_is_refused():
    with pytest.raises(BadInput, match="The problem must be a table"):
        from_json([])


def test_limits_left_out_do_not_bind():
    bare = {k: GOOD[k] for k in ("weeks", "bundles", "dealers", "owners")}
    for d in bare["dealers"] + bare["bundles"]:
        d.pop("mail_by_week", None)
    assert plan(from_json(bare)).letters.sum() == 4


def test_supply_shorter_than_the_horizon_carries_forward():
    problem = from_json(broken(["supply", "P"], [1, 2]))
    assert problem.supply[0].tolist() == [1, 2, 2, 2]


@at_once(
    ("path", "value", "key"),
    [
        (["hors"], 3, "hors"),
        (["dealers", 0, "hors"], [3], "dealers[].hors"),
        (["bundles", 1, "lawfull"], 3, "bundles[].lawfull"),
        (["owners", 0, "counts"], 3, "owners[].counts"),
        (["background"], [{"bundle": "b1", "dealer": "d1", "per_week": [0] * 4, "from": 2}], "background[].from"),
        (["tools"], {"jack": {"weeks": 1, "pools": [2]}}, "tools.jack.pools"),
    ],
)  # fmt: skip
def test_a_key_that_nothing_reads_is_refused_with_the_one_that_may_be_meant(path, value, key):
    case = broken(path, value)
    where, _, name = key.rpartition(".")
    with pytest.raises(BadInput) as refused:
        from_json(case)
    assert refused.value.message == f"{where or 'The problem'}: there is no key {name!r}."
    assert refused.value.hint


END = "its kits are planned as endless;"
GIVE = f"{END} state in supply the kits confirmed by the end of each week, or null where it is never short."
SHORT = (
    "1 list of background ends before week 3, the first after 2 weeks: no traffic is planned after a list's end."
    " State a number for each week."
)


def test_a_document_that_states_everything_is_told_nothing():
    assert from_json(GOOD).notes == ()


@at_once(
    ("path", "value", "sentence"),
    [
        (["supply"], {}, f"supply does not have P, which b1 takes: {GIVE}"),
        (["supply"], {"p": [1]}, f"supply does not have P, which b1 takes: {END} supply has p: spell them alike."),
        (["supply"], {"P": [9], "Q": None}, None),
        (["supply"], {"P": [9], "Q": [1, 2]}, "supply has Q, which no bundle takes: it limits no letter."),
        (["supply", "P"], None, None),
        (["bundles", 1, "kits"], {"Q": 0}, None),
        (["dealers", 0, "stock"], {"P ": 1}, "dealers[].stock has P , which no bundle takes and supply does not have: it was not read."),
        (["bundles", 0, "tools"], {"jack": 1}, "tools does not have jack, which b1 takes: it is planned as endless."),
        (["dealers", 0, "tools"], {"jack": 1}, "dealers[].tools has jack, which tools does not have: it was not read."),
        (
            ["wait_bound"], None,
            "wait_bound is left out: the hours of 1 dealer limit no letter. State the weeks within which an owner who asks must be served.",
        ),
        (["background"], [{"bundle": "b1", "dealer": "d1", "per_week": [1, 0]}], SHORT),
    ],
)  # fmt: skip
def test_what_a_plan_takes_for_endless_or_leaves_out_is_told(path, value, sentence):
    assert from_json(broken(path, value)).notes == (() if sentence is None else (sentence,))


def test_bundles_that_take_an_endless_part_are_named_and_the_rest_is_counted():
    many = [bundle(f"b{i}", kits={"P": 1}) for i in range(5)]
    (told,) = from_json(document(many, [dealer()], {("b0", "d"): 1})).notes
    assert told.startswith("supply does not have P, which b0, b1, b2 and 2 more bundles take: ")


def test_limits_that_differ_in_length_each_repeat_their_own_last_value():
    case = broken(["dealers"], [dealer("d1", [5, 1]), dealer("d2"), dealer("d3", list(range(9)))])
    assert from_json(case).hours.tolist() == [
        [5, 1, 1, 1, 1, 1],
        [float("inf")] * 6,
        [0, 1, 2, 3, 4, 5],
    ]


@at_once("policy", ["best", "uniform:0", "uniform:x"])
def test_an_unknown_policy_is_a_wrong_use(policy):
    with pytest.raises(WrongUse):
        plan(from_json(GOOD), policy)


def reference():
    return (Path(__file__).parents[2] / "docs" / "reference" / "problem.md").read_text("utf-8")


def test_the_reference_names_every_key_of_the_document():
    top, bundles, dealers = (
        set(re.findall(r"^\| `(\w+)`", part, re.MULTILINE))
        for part in re.split(r"^Each ", reference(), flags=re.MULTILINE)
    )
    assert (top, bundles, dealers) == (TOP, BUNDLE, DEALER)
    rows = [set(found) for found in re.findall(r"a list of `\{(\w+), (\w+), (\w+)", reference())]
    assert rows == [OWNERS, BACKGROUND]
    assert set(re.findall(r"(\w+): ", re.search(r"`\{tool: \{(.*)\}\}`", reference())[1])) == TOOL


def test_the_example_of_the_reference_is_planned_as_it_says():
    example = json.loads(reference().partition("```json")[2].partition("```")[0])
    made = plan(from_json(example))
    assert made.letters[0, 0].tolist() == [7, 0, 3, 0]
    assert made.objective == made.bound == 2 * (7 * 4 + 3 * 2)
