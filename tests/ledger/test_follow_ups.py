"""Follow-ups in the ledger: lists, reasons, plans and waves, each follow-up's own."""

from __future__ import annotations

import pytest

from ledger.two_follow_ups import (
    ALSO_UNOWNED,
    BOTH,
    FIRST,
    MONDAY,
    NEXT_MONDAY,
    ON,
    REPAIRED,
    SAFETY,
    SECOND,
    SERVICE,
    THIRD_MONDAY,
    UNOWNED,
    freeze_both,
    keep_plan,
    release,
    states,
    waves,
)
from renotify.errors import AlreadyDone, NothingToDo, UnknownName
from renotify.ledger import follow_ups
from renotify.ledger.scope import Scope
from renotify.plans.in_force import plan_in_force

AS_PLANNED = {
    (BOTH, SAFETY): (1, "planned"), (BOTH, SERVICE): (2, "planned"),
    (FIRST, SAFETY): (1, "planned"), (SECOND, SAFETY): (None, "listed"),
}  # fmt: skip
AS_LISTED = dict.fromkeys(AS_PLANNED, (None, "listed"))


@pytest.fixture(params=["sqlite", "postgresql"])
def two(request, session_on):
    """Two frozen lists, on both stores."""
    return session_on(request.param, freeze_both)


@pytest.fixture
def on_sqlite(session_on):
    return session_on("sqlite", freeze_both)


def test_the_oldest_notice_comes_first(on_sqlite):
    assert follow_ups.names(on_sqlite) == ["summer", "spring"]


def test_a_name_that_nobody_froze_is_refused_with_those_that_are_known(on_sqlite):
    with pytest.raises(UnknownName, match="There is no follow-up 'autumn'") as refused:
        follow_ups.settings(on_sqlite, "autumn")
    assert refused.value.hint == "Known are summer, spring."


def test_before_the_first_follow_up_the_hint_says_how_to_make_one(sqlite_session):
    with pytest.raises(UnknownName) as refused:
        follow_ups.settings(sqlite_session, "spring")
    assert "followup new" in refused.value.hint


def test_a_list_is_in_the_order_of_its_ranks_with_those_left_out(on_sqlite):
    rows = follow_ups.listed(on_sqlite, "spring").to_pylist()
    assert [row["rank"] for row in rows] == [1, 2, 3, 4, 5, 6, 7]
    assert {row["vin"]: row["left_out"] for row in rows if row["left_out"]} == {
        UNOWNED: "no_owner", ALSO_UNOWNED: "no_owner", REPAIRED: "repaired",
    }  # fmt: skip
    assert {row["follow_up"] for row in rows} == {"spring"}
    assert follow_ups.listed(on_sqlite, "spring", Scope(dealer="D2")).num_rows == 0


def test_who_is_left_out_is_told_whole_or_by_reason(two):
    every = follow_ups.left_out(two, "spring").to_pylist()
    assert [row["vin"] for row in every] == [*sorted((UNOWNED, ALSO_UNOWNED)), REPAIRED]
    unowned = follow_ups.left_out(two, "spring", "no_owner")["vin"].to_pylist()
    assert unowned == sorted((UNOWNED, ALSO_UNOWNED))
    assert follow_ups.left_out(two, "spring", "repaired")["vin"].to_pylist() == [REPAIRED]


def test_a_reason_that_nobody_is_left_out_for_is_refused_with_the_reasons(on_sqlite):
    with pytest.raises(UnknownName, match="'removed'") as refused:
        follow_ups.left_out(on_sqlite, "spring", "removed")
    assert refused.value.hint == "The reasons are no_owner, repaired."


def test_a_summary_counts_bundles_reasons_and_waves(two):
    keep_plan(two, "spring")
    assert follow_ups.summary(two, "spring") == {
        "follow_up": "spring", "bundles": {"9LA": 3, "CLB": 1}, "left_out": {"no_owner": 2, "repaired": 1},
        "waves": [
            {"wave": 1, "week": MONDAY, "planned": 2, "released": False, "interim": 0, "again": 0},
            {"wave": 2, "week": THIRD_MONDAY, "planned": 1, "released": False, "interim": 0, "again": 0},
        ],
        "interim": {"vehicles": 0, "with_day": 0, "why": []}, "ended_on": None,
    }  # fmt: skip


def test_a_plan_gives_each_piece_the_wave_of_its_own_family_and_leaves_the_held_without(two):
    keep_plan(two, "spring")
    assert waves(two, "spring") == [(1, MONDAY, 2), (2, THIRD_MONDAY, 1)]
    assert states(two, "spring") == AS_PLANNED


def test_the_plan_of_one_follow_up_leaves_the_other_as_it_was(two):
    keep_plan(two, "spring")
    assert (waves(two, "summer"), states(two, "summer")) == ([], AS_LISTED)
    keep_plan(two, "summer", {(SECOND, SAFETY): 1})
    assert waves(two, "spring") == [(1, MONDAY, 2), (2, THIRD_MONDAY, 1)]
    assert states(two, "spring") == AS_PLANNED
    assert waves(two, "summer") == [(1, NEXT_MONDAY, 1)]
    assert states(two, "summer") == AS_LISTED | {(SECOND, SAFETY): (1, "planned")}
    keep_plan(two, "spring", {(BOTH, SAFETY): 1, (BOTH, SERVICE): 1, (FIRST, SAFETY): None})
    assert waves(two, "spring") == [(1, NEXT_MONDAY, 2)]
    assert waves(two, "summer") == [(1, NEXT_MONDAY, 1)]
    assert states(two, "summer") == AS_LISTED | {(SECOND, SAFETY): (1, "planned")}


def test_a_released_wave_stands_and_the_free_weeks_are_numbered_after_it(two):
    keep_plan(two, "spring")
    keep_plan(two, "summer", {(FIRST, SAFETY): 0})
    release(two, "spring", 1)
    weeks = {(BOTH, SAFETY): 5, (BOTH, SERVICE): 1, (SECOND, SAFETY): 2}
    with pytest.raises(AlreadyDone, match="1 wave"):
        keep_plan(two, "spring", weeks)
    keep_plan(two, "spring", weeks, keep_released=True)
    assert waves(two, "spring") == [(1, MONDAY, 2), (2, NEXT_MONDAY, 1), (3, THIRD_MONDAY, 1)]
    assert states(two, "spring") == {
        (BOTH, SAFETY): (1, "released"), (FIRST, SAFETY): (1, "released"),
        (BOTH, SERVICE): (2, "planned"), (SECOND, SAFETY): (3, "planned"),
    }  # fmt: skip
    assert waves(two, "summer") == [(1, MONDAY, 1)]


def test_the_number_of_a_first_wave_does_not_follow_another_follow_ups(two):
    keep_plan(two, "spring")
    release(two, "spring", 1)
    keep_plan(two, "summer")
    assert waves(two, "summer") == [(1, MONDAY, 2), (2, THIRD_MONDAY, 1)]


def test_each_follow_up_has_the_document_of_its_own_plan(two):
    keep_plan(two, "spring")
    with pytest.raises(NothingToDo):
        follow_ups.plan_document(two, "summer")
    keep_plan(two, "summer", policy="another")
    assert [follow_ups.plan_document(two, name) for name in ("spring", "summer")] == [
        '{"of": "spring"}',
        '{"of": "summer"}',
    ]
    assert plan_in_force(two, "spring").policy == "by hand"
    assert plan_in_force(two, "summer").policy == "another"
    with pytest.raises(UnknownName):
        follow_ups.plan_document(two, "autumn")


def test_a_second_list_of_one_name_is_refused(on_sqlite):
    settings = follow_ups.settings(on_sqlite, "spring")
    nothing = follow_ups.listed(on_sqlite, "spring").slice(0, 0)
    with pytest.raises(AlreadyDone, match="spring is frozen already"), on_sqlite.transaction():
        follow_ups.save(on_sqlite, settings, ON, nothing, nothing)
