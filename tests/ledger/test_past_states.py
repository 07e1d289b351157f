"""States of a past day: the kept ones of vehicles to which nothing happened since, and the others folded."""

from __future__ import annotations

from datetime import UTC, date, datetime

import pytest

from folder import make_vin
from ledger.history import Row, load, owners, register
from renotify.ledger import fold, status, tables
from renotify.ledger.scope import Scope

V1, V2 = make_vin(1), make_vin(2)
BYSTANDERS = [make_vin(number) for number in range(3, 9)]
ADDED, THEN, SINCE = date(2009, 1, 16), date(2010, 5, 3), date(2011, 7, 4)
OPEN = ("open", "")
GIVEN_UP = "SKIP_TRACE_EXHAUSTED"
LETTER = [
    Row(V1, "mailed", ADDED, "9LA", about="P1"),
    Row(V1, "returned", THEN, "9LA", about="P1", code=GIVEN_UP),
]


@pytest.fixture(autouse=True)
def _population(session):
    register(session, "9LA", "ALE")
    load(session, [Row(vin, "added", ADDED, "9LA", 1) for vin in (V1, V2, *BYSTANDERS)])


def folded_vehicles(session):
    return session.scalar("select count(*) from fold_since")


def then(session, day=THEN, campaigns=("9LA",), **more):
    """Return (status, reason) of each vehicle on a day."""
    part = fold.AsOf(campaigns=campaigns, as_of=day)
    sql = fold.states(session, part, **more)
    rows = session.read(sql, tables.schema("state"), **part.values).to_pylist()
    return {row["vin"]: (row["status"], row["reason"]) for row in rows}


@pytest.mark.parametrize(
    ("event", "now"),
    [
        (Row(V1, "remedied", SINCE, "9LA", about="R1"), "repaired"),
        (Row(V1, "inspected_ok", SINCE, "9LA", about="R1"), "inspected_ok"),
        (Row(V1, "removed", SINCE, "9LA", 1), "removed"),
        (Row(V1, "exported", SINCE), "unreachable"),
    ],
)
def test_what_happened_since_is_not_of_that_day(session, event, now):
    load(session, [event])
    counted = status.together(session, fold.AsOf(campaigns=("9LA",)))
    assert (counted.involved, counted.open) == (8, 7)
    assert then(session, SINCE)[V1][0] == now
    assert set(then(session).values()) == {OPEN}
    assert folded_vehicles(session) == 1


def test_a_vehicle_that_joined_since_is_not_of_that_day(session):
    joined = make_vin(20)
    load(session, [Row(joined, "added", SINCE, "9LA", 1)])
    assert joined not in then(session)
    assert joined in then(session, SINCE)


def test_a_letter_and_a_refusal_since_change_no_state(session):
    load(session, [Row(V1, "mailed", SINCE, "9LA", about="P1"), Row(V2, "declined", SINCE, "9LA", about="R1")])  # fmt: skip
    assert set(then(session).values()) == {OPEN}
    assert folded_vehicles(session) == 0


def test_another_campaign_is_not_looked_at(session):
    load(session, [Row(V1, "added", ADDED, "ALE", 1), Row(V1, "remedied", SINCE, "ALE", about="R")])
    assert set(then(session)) == {V1, V2, *BYSTANDERS}
    assert folded_vehicles(session) == 0
    assert then(session, campaigns=("ALE",)) == {V1: OPEN}


def test_an_owner_known_since_does_not_reach_back(session):
    load(session, LETTER)
    owners(session, [(V1, SINCE)])
    assert then(session, SINCE)[V1] == OPEN
    assert then(session)[V1] == ("unreachable", "failure_to_receive")


def test_a_letter_mailed_since_does_not_reach_back(session):
    load(session, [*LETTER, Row(V1, "mailed", SINCE, "9LA", about="P2")])
    assert then(session, SINCE)[V1] == OPEN
    assert then(session)[V1] == ("unreachable", "failure_to_receive")


def test_an_earlier_look_back_serves_a_later_day(session):
    load(session, [Row(V1, "remedied", THEN, "9LA", about="R1"), Row(V2, "exported", SINCE)])
    looked_back = fold.since(session, fold.AsOf(campaigns=("9LA",), as_of=ADDED))
    found = then(session, later=looked_back)
    assert (found[V1], found[V2]) == (("repaired", ""), OPEN)
    assert folded_vehicles(session) == 2


def test_vehicles_that_stand_alike_on_two_days_are_counted_once_for_both(session):
    load(session, [Row(V1, "remedied", THEN, "9LA", about="R1"), Row(V2, "exported", SINCE)])
    part = fold.AsOf(campaigns=("9LA",), as_of=SINCE)
    later = fold.since(session, fold.AsOf(campaigns=("9LA",), as_of=ADDED))
    same = status.together(session, part, fold.unchanged(session, part))
    assert (same.involved, same.open) == (len(BYSTANDERS), len(BYSTANDERS))
    days = [fold.AsOf(campaigns=("9LA",), as_of=day) for day in (THEN, SINCE)]
    found = [
        same.plus(status.together(session, day, fold.changed(session, day, later))) for day in days
    ]
    assert [(one.involved, one.repaired, one.export, one.open) for one in found] == [
        (8, 1, 0, 7),
        (8, 1, 1, 6),
    ]
    assert found == [status.together(session, day) for day in days]


def test_where_most_vehicles_changed_since_all_are_folded(session):
    load(session, [Row(vin, "remedied", SINCE, "9LA", about="R1") for vin in BYSTANDERS])
    assert set(then(session).values()) == {OPEN}
    assert fold.since(session, fold.AsOf(as_of=THEN)).most


def test_an_earlier_knowledge_and_named_vehicles_are_folded(session):
    assert (
        fold.since(session, fold.AsOf(as_of=THEN, known_at=datetime(2009, 2, 1, tzinfo=UTC)))
        is None
    )
    assert fold.since(session, fold.AsOf(as_of=THEN, vins="some")) is None
    assert fold.since(session, fold.AsOf()) is None


def test_the_standing_table_has_the_current_states_of_its_part_and_stands_when_others_are_asked(
    session,
):
    """Two days one after the other: each table is of its own day; of a campaign that was renewed the present version alone stands."""
    load(
        session, [Row(V1, "remedied", SINCE, "9LA", about="R1"), Row(V2, "added", SINCE, "9LA", 2)]
    )

    def of_day(day, campaigns=("9LA",)):
        part = fold.AsOf(campaigns=campaigns, as_of=day)
        rows = session.read(f"select * from {fold.standing(session, part)}", tables.schema("state"))
        assert set(rows["current"].to_pylist()) <= {True}
        return {row["vin"]: (row["status"], row["remedy_version"]) for row in rows.to_pylist()}

    before, now = of_day(THEN), of_day(SINCE)
    assert before == dict.fromkeys((V1, V2, *BYSTANDERS), ("open", 1))
    assert now == before | {V1: ("repaired", 1), V2: ("open", 2)}
    assert of_day(SINCE, ("ALE",)) == {}
    assert of_day(THEN) == before


def placed(session, dealers):
    """Two areas, and a dealer for some vehicles; the others have none."""
    with session.transaction():
        for code, area in (("D1", "E"), ("D2", "W")):
            session.execute(
                "insert into dealer (source_id, source_row, dealer_code, name, area_code, addr1, city, state, zip, phone, email)"
                f" values ((select min(id) from source), 1, '{code}', '', '{area}', '', '', '', '', '', '')"
            )
        for vin, code in dealers.items():
            session.execute(
                "insert into vehicle (source_id, source_row, vin, make, model, model_year, dealer_code)"
                f" values ((select min(id) from source), 1, '{vin}', '', '', 2006, '{code}')"
            )


def test_a_scope_folds_its_own_vehicles_to_which_something_happened_and_reads_no_others(session):
    """Of East two vehicles, of which one is done since; of West one, to which something happened, too."""
    east, beside, west = BYSTANDERS[0], BYSTANDERS[1], V2
    placed(session, {V1: "D1", east: "D1", beside: "D1", west: "D2"})
    load(session, [Row(V1, "remedied", SINCE, "9LA", about="R1"), Row(west, "exported", SINCE)])
    days, scope = (THEN, SINCE), Scope(area="E")
    found = status.counts_of_days(session, days, by="dealer", scope=scope)
    assert {day: [(one.dealer, one.repaired, one.open) for one in rows] for day, rows in found.items()} == {
        THEN: [("D1", 0, 3)], SINCE: [("D1", 1, 2)],
    }  # fmt: skip
    assert folded_vehicles(session) == 1
    for day in days:
        assert status.counts(session, by="dealer", as_of=day, scope=scope) == found[day]
        assert status.counts(session, by="dealer", as_of=day)[1:] == [
            *found[day],
            *status.counts(session, by="dealer", as_of=day, scope=Scope(area="W")),
        ]
