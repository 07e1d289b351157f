"""A visit that is longer than a dealer's hours within the wait is told by name, and may be planned where it fits."""

from __future__ import annotations

from planner.cases import bundle, dealer, problem
from renotify.planner.letter_plan import to_json
from renotify.planner.long_visits import hours_within_wait, long_visits
from renotify.planner.plan_by_policy import plan


def two_dealers(**changes):
    """Visits of 3 and 14 hours; one dealer has an hour a week, the other eight in one week of four."""
    kinds = [bundle("short", hours=3), bundle("long", hours=14)]
    dealers = [dealer("D1", [1]), dealer("D2", [1, 8, 1, 1])]
    owners = {("short", "D1"): 5, ("long", "D1"): 2, ("long", "D2"): 3}
    return problem(kinds, dealers, owners, **{"wait": 2, **changes})


def test_the_hours_of_the_best_week_and_its_wait_are_what_a_visit_must_fit():
    asked = two_dealers()
    assert hours_within_wait(asked).tolist() == [3, 10]
    assert [vars(visit) for visit in long_visits(asked)] == [
        {"dealer": "D1", "bundle": "long", "hours": 14, "hours_within_wait": 3, "owners": 2},
        {"dealer": "D2", "bundle": "long", "hours": 14, "hours_within_wait": 10, "owners": 3},
    ]
    assert [visit.dealer for visit in long_visits(two_dealers(wait=7))] == ["D1"]  # D2 has 15


def test_a_plan_names_the_dealers_and_counts_the_owners_of_visits_that_do_not_fit():
    document = to_json(plan(two_dealers()))
    assert (
        "At 2 dealers a visit of 14 hours does not fit within 2 weeks (3 to 10 hours there): 5 owners; D1, D2."
        in document["messages"]
    )
    assert sum(row["owners"] for row in document["long_visits"]) == 5


def test_nothing_is_said_where_hours_do_not_bind_or_every_visit_fits():
    free = to_json(plan(two_dealers(wait=None)))
    whole = problem([bundle(hours=14)], [dealer("D1", [14])], {("b", "D1"): 1})
    ample = to_json(plan(whole))
    for document in (free, ample):
        assert document["long_visits"] == []
        assert not [m for m in document["messages"] if "does not fit within" in m]
