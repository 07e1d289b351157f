"""The weekly re-plan's tables and arrays, each by hand: letters out by age, the last plan shifted, the whole problem put together."""

from __future__ import annotations

from dataclasses import replace
from datetime import date, timedelta

import numpy as np
import pyarrow as pa

from cases import at_once
from planner.cases import bundle, dealer, problem
from renotify.campaigns.follow_up_settings import FollowUpSettings
from renotify.parts.pool_book import PoolBook
from renotify.planner import due_again, replay, weekly
from renotify.planner.from_ledger import Framed
from renotify.planner.learning import NOTHING_LEARNED
from renotify.planner.letter_plan import LetterPlan, OwedLetters, letters_of
from renotify.planner.problem import NO_DATE
from renotify.planner.replan import with_second_notices
from renotify.planner.whole_problem import whole_problem
from renotify.plans.in_force import PlanInForce, PlannedBundle

MONDAY = date(2013, 3, 4)
SETTINGS = FollowUpSettings("small", "follow_up_voluntary", ("A", "B"), date(2013, 2, 26))
A, B = (
    PlannedBundle("A", "A", (), 2.0, {"P": 1.0}, (0.3, 0.2), 0.01),
    PlannedBundle("B:L", "B", ("L",), 3.0, {"P": 2.0}, (0.1,), 0.02),
)
KEPT = PlanInForce("small", "by hand", MONDAY, 4, (A, B))
TWO = problem(
    [bundle("A", response=[0.3, 0.2, 0.1]), bundle("B:L")],
    [dealer("d1"), dealer("d2")],
    {("A", "d1"): 5, ("B:L", "d2"): 3},
)


def rows(**columns: list[object]) -> pa.Table:
    kinds = {
        "week": pa.int64(),
        "out_on": pa.date32(),
        "vin_count": pa.int64(),
        "pieces": pa.int64(),
    }
    return pa.table({n: pa.array(v, kinds.get(n, pa.string())) for n, v in columns.items()})


# ---- which bundle


def test_a_vehicle_takes_the_bundle_of_its_model_and_is_left_out_where_there_is_none() -> None:
    vehicles = rows(
        vin=["1", "2", "3"],
        bundle=["A", "B", "B"],
        model=["S", "L", "S"],
        from_week=["", "", ""],
        pieces=[1, 1, 1],
    )
    found = weekly._with_planning_bundle(vehicles, KEPT).sort_by("vin").to_pylist()
    assert [(row["vin"], row["planning_bundle"]) for row in found] == [("1", "A"), ("2", "B:L")]


# ---- letters that are out


def test_letters_out_are_counted_by_the_weeks_since_their_mailing() -> None:
    """Today is Wednesday of the fourth week: of that week counts as none, then one, two and three, which is older than any answer."""
    today = MONDAY + timedelta(weeks=3, days=2)
    days = [
        today,
        today - timedelta(days=3),
        today - timedelta(days=10),
        MONDAY,
        MONDAY - timedelta(days=1),
        today,
    ]
    out = rows(
        planning_bundle=["A"] * 6, dealer_code=["d1", "d1", "d2", "d2", "d2", "d1"], out_on=days,
        vin=list("abcdef"),
    )  # fmt: skip
    ages = weekly._by_age(out, TWO, today)
    assert ages.shape == (2, 2, 3)
    assert ages[0].tolist() == [
        [2, 1, 0],
        [0, 0, 1],
    ]
    assert ages[1].sum() == 0


def test_letters_of_several_days_of_a_week_add_up() -> None:
    today = MONDAY + timedelta(weeks=2)
    out = rows(
        planning_bundle=["A", "A"], dealer_code=["d1", "d1"], out_on=[MONDAY, MONDAY + timedelta(days=4)], vin=["a", "b"]
    )  # fmt: skip
    assert weekly._by_age(out, TWO, today)[0, 0].tolist() == [0, 0, 2]


def test_letters_out_are_rows_of_the_document_in_order_and_those_without_a_week_are_none() -> None:
    out = rows(
        planning_bundle=["B:L", "A", "A", "A", "A"], dealer_code=["d1", "d2", "d1", "d1", "d1"],
        week=[0, 1, 2, 0, None], vin=list("abcde"),
    )  # fmt: skip
    assert weekly._rows_of_sent(out) == [
        {"bundle": "A", "dealer": "d1", "week": 0, "count": 1},
        {"bundle": "A", "dealer": "d1", "week": 2, "count": 1},
        {"bundle": "A", "dealer": "d2", "week": 1, "count": 1},
        {"bundle": "B:L", "dealer": "d1", "week": 0, "count": 1},
    ]


# ---- the last plan


def framed(of=TWO, vehicles: pa.Table | None = None, bundles=(A, B)) -> Framed:
    return Framed(
        SETTINGS, MONDAY, of, bundles, vehicles, PoolBook(MONDAY, of.weeks, {}, pa.table({})), ()
    )


def test_the_last_plan_is_seen_from_today_and_what_was_due_is_free() -> None:
    vehicles = rows(
        vin=["1", "2", "3", "4"], family=["safety"] * 4, planning_bundle=["A", "A", "A", "B:L"],
        dealer_code=["d1", "d1", "d1", "d2"],
    )  # fmt: skip
    free = rows(vin=["1", "2", "3", "4"], family=["safety"] * 4, week=[1, 2, 2, 4])
    last = weekly.letters_of_vehicles(framed(vehicles=vehicles), free, 2)
    assert last.shape == (2, 2, 4)
    assert last[0].tolist() == [[2, 0, 0, 0], [0, 0, 0, 0]]  # the first was due a week ago
    assert last[1].tolist() == [[0, 0, 0, 0], [0, 0, 1, 0]]


def test_letters_that_cannot_keep_their_week_stand_beside_the_last_plan_by_that_week() -> None:
    """Two weeks have passed and four are left. Of A one letter was due a week ago, one two weeks ago; B's remedy is there from week 3 on;
    a horizon of six weeks was one of nine. A vehicle that had no week is none."""
    vehicles = rows(
        vin=list("123456"), family=["safety"] * 6, planning_bundle=["A", "A", "A", "B:L", "B:L", "A"],
        dealer_code=["d1", "d1", "d1", "d2", "d2", "d1"],
    )  # fmt: skip
    free = rows(vin=list("123456"), family=["safety"] * 6, week=[0, 1, 8, 3, 5, None])
    ready = replace(TWO, first_week=np.array([0, 3]))
    missed = weekly._missed(framed(ready, vehicles), free, 2)
    assert missed.shape == (2, 2, 1 + 4)
    assert missed[0].tolist() == [[2, 0, 0, 0, 1], [0, 0, 0, 0, 0]]
    assert missed[1].tolist() == [[0, 0, 0, 0, 0], [0, 0, 1, 0, 0]]
    last = weekly.letters_of_vehicles(framed(ready, vehicles), free, 2)
    assert (last.sum(), last[1, 1, 3]) == (1, 1)


def test_letters_of_bundles_and_dealers_that_the_problem_lacks_are_left_out() -> None:
    told = [
        {"bundle": "A", "dealer": "d1", "week": 0, "count": 2},
        {"bundle": "A", "dealer": "d1", "week": 0, "count": 1},
        {"bundle": "A", "dealer": "d2", "week": 5, "count": 4},
        {"bundle": "gone", "dealer": "d1", "week": 1, "count": 9},
        {"bundle": "A", "dealer": "gone", "week": 1, "count": 9},
    ]
    letters = letters_of(told, TWO)
    assert letters.shape == (2, 2, 6)
    assert (letters[0, 0].tolist(), letters[0, 1].tolist()) == (
        [3, 0, 0, 0, 0, 0],
        [0, 0, 0, 0, 0, 4],
    )
    assert letters.sum() == 7
    assert letters_of([], TWO).shape == (2, 2, 1)


# ---- the new plan


def out_of(count: int) -> pa.Table:
    """Letters that are out: so many of bundle A at d1 in week 0, each of one piece."""
    return pa.table({
        "vin": [str(one) for one in range(count)], "planning_bundle": pa.array(["A"] * count, pa.string()),
        "dealer_code": pa.array(["d1"] * count, pa.string()), "week": pa.array([0] * count, pa.int64()),
        "pieces": pa.array([1] * count, pa.int64()),
    })  # fmt: skip


def test_the_document_is_in_weeks_of_the_first_plan_and_queues_second_notices_apart() -> None:
    grown = with_second_notices(TWO, np.array([[5, 0], [0, 0]]))
    letters = np.zeros((3, 2, 4), np.int64)
    letters[0, 0, 0], letters[1, 1, 2], letters[2, 0, 3] = 2, 1, 5
    sent = [{"bundle": "A", "dealer": "d1", "week": 0, "count": 7}]
    new = LetterPlan(grown, "optimal", letters)
    document = weekly._document(new, 2, out_of(7), TWO)
    assert document["letters"] == [
        *sent,
        {"bundle": "A", "dealer": "d1", "week": 2, "count": 2},
        {"bundle": "B:L", "dealer": "d2", "week": 4, "count": 1},
    ]
    assert document["queued"] == [
        {"bundle": "A second notice from week 2", "dealer": "d1", "week": 5, "count": 5}
    ]
    # the two of this week are promised to the mail house: their vehicles keep what they have
    assert weekly._of_list(new, TWO).letters.sum(axis=(1, 2)).tolist() == [0, 1, 0]


def test_the_interim_notices_that_are_out_and_what_is_owed_stand_in_weeks_of_the_first_plan() -> (
    None
):
    letters, second = np.zeros((2, 2, 2, 4), np.int64)
    letters[0, 0, 1], second[0, 0, 3] = 2, 1
    owed = (OwedLetters("A", "d1", 3, 1), OwedLetters("A", "d1", None, 1))
    new = replace(LetterPlan(TWO, "optimal", letters), interim=letters, second=second, owed=owed)
    document = weekly._document(new, 2, out_of(0), TWO)
    assert document["interim"] == [{"bundle": "A", "dealer": "d1", "week": 3, "count": 2}]
    assert [row["week"] for row in document["owed"]] == [5, None]


def test_second_notices_that_are_owed_are_told_with_their_first_week() -> None:
    queued = [{"bundle": "A second notice from week 2", "week": 4, "count": 1}]
    (told,) = weekly._second_words(queued, KEPT)
    assert told.startswith(
        "Kits and hours for the second notice of 1 owner with an interim one are there from the week of 2013-04-01:"
    )
    assert weekly._second_words([], KEPT) == []


def due(came: tuple[str, ...] = ()) -> list[due_again.Due]:
    """Four letters: three of the first week, one a week later; the second owner has booked, and is not silent."""
    out = pa.table({
        "vin": list("abcd"), "family": ["safety"] * 4, "planning_bundle": ["A", "A+B", "A", "B:L"], "dealer_code": ["d1", "d1", "d1", "d2"],
    })  # fmt: skip
    weeks = {"a": 8, "c": 8, "d": 9}
    silent = pa.table({
        "vin": [vin for vin in weeks if vin not in came],
        "family": pa.array(["safety" for vin in weeks if vin not in came], pa.string()),
        "due": pa.array([MONDAY + timedelta(weeks=n) for vin, n in weeks.items() if vin not in came], pa.date32()),
    })  # fmt: skip
    return due_again.due_again(
        out, silent.set_column(0, "vin", pa.array(silent["vin"].to_pylist(), pa.string()))
    )


def silent(on: date, came: tuple[str, ...] = ()) -> list[str]:
    return due_again.silent_words("spring", due(came), 8, on)


def test_owners_due_another_letter_are_queued_by_bundle_dealer_and_week_of_the_first_plan() -> None:
    assert due_again.queued(due(), KEPT) == [
        {
            "bundle": "A follow-up from the week of 2013-04-29",
            "dealer": "d1",
            "week": 8,
            "count": 2,
        },
        {
            "bundle": "B:L follow-up from the week of 2013-05-06",
            "dealer": "d2",
            "week": 9,
            "count": 1,
        },
    ]


def test_owners_due_another_letter_are_counted_from_the_week_of_their_own() -> None:
    """Two of the first week are silent and one of the second: due eight weeks after theirs, whatever week it is."""
    for on in (MONDAY + timedelta(weeks=2), MONDAY + timedelta(weeks=7, days=6)):
        (told,) = silent(on)
        assert told == (
            "3 owners with a letter of this follow-up have work open and no visit booked; 2 of them are due another letter from the"
            " week of 2013-04-29, 8 weeks after theirs: freeze the next follow-up then: renotify followup new --silent-of spring."
        )


def test_the_week_of_the_next_letter_does_not_recede_when_it_is_past() -> None:
    """In the tenth week all three are due; the week named is still that of the first."""
    (told,) = silent(MONDAY + timedelta(weeks=9, days=2))
    assert (
        "; 3 of them have been due another letter, the first since the week of 2013-04-29," in told
    )
    assert told.endswith("freeze the next follow-up now: renotify followup new --silent-of spring.")


def test_the_week_moves_only_when_owners_come_in() -> None:
    (told,) = silent(MONDAY + timedelta(weeks=2), came=("a", "c"))
    assert "1 of them is due another letter from the week of 2013-05-06" in told
    assert silent(MONDAY, came=("a", "c", "d")) == []


# ---- the whole problem

PASSED = 0  # weeks: today's problem begins with the first one's

FIRST = problem(
    [bundle("A", risk=2, hours=4, kits={"P": 1}, response=[0.5, 0.25, 0.125], first_week=1, mail_by_week=3)],
    [dealer("d1", P=1), dealer("d2")],
    {("A", "d1"): 100, ("A", "d2"): 50},
    supply={"P": [1, 2, 3, 4]},
)  # fmt: skip
TODAY = problem(
    [
        bundle("A", response=[0.3, 0.2]),
        bundle("B:L", risk=5, hours=3, kits={"P": 2, "Q": 9}, response=[0.1]),
    ],
    [dealer("d1")],
    {("A", "d1"): 10},
    supply={"Q": [1, 1, 1, 1], "P": [1, 1, 1, 1]},
)


def test_the_whole_problem_has_the_bundles_of_today_with_owners_of_the_first_plan_only() -> None:
    whole = whole_problem(FIRST, framed(TODAY), NOTHING_LEARNED, PASSED)
    assert whole.bundles == ("A", "B:L")
    assert whole.owners.tolist() == [[100, 50], [0, 0]]
    assert whole.risk.tolist() == [2, 5]
    assert whole.labour.tolist() == [4, 3]
    assert whole.first_week.tolist() == [1, 0]
    assert whole.mail_by.tolist() == [3, NO_DATE]
    assert whole.parts == ("P",)
    assert whole.kits.tolist() == [[1, 2]]
    assert whole.background.shape[0] == 0


def test_the_response_of_today_takes_the_place_of_the_first_ones_and_ends_in_zeros() -> None:
    whole = whole_problem(FIRST, framed(TODAY), NOTHING_LEARNED, PASSED)
    assert whole.response.tolist() == [[0.3, 0.2, 0.0], [0.1, 0.0, 0.0]]
    unknown = whole_problem(FIRST, framed(TODAY, bundles=(B,)), NOTHING_LEARNED, PASSED)
    assert unknown.response.tolist() == [[0.5, 0.25, 0.125], [0.1, 0.0, 0.0]]


def test_a_longer_response_of_today_has_its_whole_length() -> None:
    long = replace(B, response=(0.1, 0.1, 0.1, 0.1))
    today = replace(TODAY, response=np.full((2, 4), 0.1))
    whole = whole_problem(FIRST, framed(today, bundles=(A, long)), NOTHING_LEARNED, PASSED)
    assert whole.response.tolist() == [[0.3, 0.2, 0.0, 0.0], [0.1, 0.1, 0.1, 0.1]]


def test_a_part_that_only_the_first_plan_knew_is_not_taken_by_new_bundles() -> None:
    today = problem(
        [bundle("B:L", kits={"Q": 9})], [dealer("d1")], {("B:L", "d1"): 1}, supply={"Q": [1, 1, 1, 1]}
    )  # fmt: skip
    assert whole_problem(FIRST, framed(today), NOTHING_LEARNED, PASSED).kits.tolist() == [[1, 0]]


def test_walk_ins_that_were_learned_come_to_every_dealer_with_owners_in_every_week() -> None:
    learned = replace(NOTHING_LEARNED, hazard=0.01)
    whole = whole_problem(FIRST, framed(TODAY), learned, PASSED)
    assert whole.background_at.tolist() == [[0, 0], [0, 1]]
    assert whole.background.tolist() == [[1.0] * 4, [0.5] * 4]  # a hundredth of 100 and of 50
    third = framed(TODAY, bundles=(replace(A, walk_ins=1 / 3), B))
    assert whole_problem(FIRST, third, learned, PASSED).background[:, 0].tolist() == [
        33.333333,
        16.666667,
    ]


# ---- the replay


class Known:
    """An outcome whose measures are known in so many runs."""

    policy = "optimal"

    def __init__(self, runs: int) -> None:
        self.runs = runs

    def known(self, measure: str) -> int:
        return self.runs

    def mean(self, measure: str) -> float:
        return 3.0

    def error(self, measure: str) -> float:
        return 0.5


@at_once(("runs", "told"), [(0, None), (1, None), (2, [3.0, 0.5])])
def test_a_mean_and_its_error_need_two_runs(runs: int, told: list[float] | None) -> None:
    row = replay._row(Known(runs))
    assert row.pop("policy") == "optimal"
    assert set(row) == set(replay.MEASURES)
    assert all(value == told for value in row.values())
