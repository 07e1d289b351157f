"""Whose rows may be seen: a dealer sees its own vehicles, an area its dealers', and a question reads no others."""

from __future__ import annotations

from datetime import date

import pyarrow as pa
import pytest

from folder import ON, Folder, make_vin
from ledger.history import loaded_at
from renotify.campaigns.follow_up_settings import FollowUpSettings
from renotify.errors import UnknownName
from renotify.ledger import follow_ups, status
from renotify.ledger.intake import load
from renotify.ledger.scope import ALL, Scope, area_scope, dealer_scope
from renotify.ledger.session import open_session

# Two areas: E with dealers D1 (two vehicles, one repaired) and D2 (one), W with D3 (one); one vehicle of no dealer we know.
V1, V2, V3, V4, V5 = (make_vin(number) for number in range(1, 6))
OWN = {"D1": (V1, V2), "D2": (V3,), "D3": (V4,)}
AREAS = {"E": ("D1", "D2"), "W": ("D3",)}
REPAIRED = date(2012, 5, 3)


def fill(session, folder, tmp_path):
    """Load the vehicles of three dealers, and freeze a list of all that are open."""
    folder.campaign("9LA")
    for area, dealers in AREAS.items():
        for dealer in dealers:
            folder.dealer(dealer, area)
            for vin in OWN[dealer]:
                folder.vehicle(vin, "9LA", dealer=dealer)
    folder.add("population", campaign_code="9LA", vin=V5)
    folder.repair(V2, "9LA", REPAIRED, dealer_code="D1")
    load(session, [folder.write()], on=ON, rejects_dir=tmp_path)
    freeze(session)


def filled(session, folder):
    fill(session, Folder(folder), folder)


@pytest.fixture(params=["sqlite", "postgresql"])
def known(request, session_on):
    return session_on(request.param, filled)


def freeze(session):
    open_now = {V1: "D1", V3: "D2", V4: "D3", V5: ""}
    every = {"vin": list(open_now), "dealer_code": list(open_now.values())}
    same = {"family": ["safety"] * 4, "bundle": ["9LA"] * 4}
    listed = pa.table(
        {
            **every,
            **same,
            "left_out": [""] * 4,
            "rank": [1, 2, 3, 4],
            "dealer_assigned": [0] * 4,
            "arm": [""] * 4,
        }
    )
    pieces = pa.table({
        **every, **same, "piece_id": ["P1", "P2", "P3", "P4"], "role": ["owner"] * 4, "language": ["en"] * 4,
        "owner_as_of": [ON] * 4,
    })  # fmt: skip
    with session.transaction():
        settings = FollowUpSettings("small", "follow_up_voluntary", ("9LA",), ON)
        follow_ups.save(session, settings, ON, listed, pieces)


def open_vins(session, scope):
    return set(status.open_vehicles(session, scope=scope)["vin"].to_pylist())


def listed_vins(session, scope):
    return set(follow_ups.listed(session, "small", scope)["vin"].to_pylist())


@pytest.mark.parametrize("question", [open_vins, listed_vins])
def test_a_dealer_sees_its_own_open_vehicles_and_no_neighbours(known, question):
    assert question(known, Scope(dealer="D1")) == {V1}
    assert question(known, Scope(dealer="D2")) == {V3}
    assert question(known, Scope(dealer="D3")) == {V4}


@pytest.mark.parametrize("question", [open_vins, listed_vins])
def test_an_area_sees_the_open_vehicles_of_its_dealers(known, question):
    assert question(known, Scope(area="E")) == {V1, V3}
    assert question(known, Scope(area="W")) == {V4}


@pytest.mark.parametrize("question", [open_vins, listed_vins])
def test_who_may_see_all_sees_the_vehicle_of_no_dealer_too(known, question):
    assert question(known, ALL) == {V1, V3, V4, V5}


@pytest.mark.parametrize("question", [open_vins, listed_vins])
def test_a_dealer_or_area_nobody_knows_sees_nothing(known, question):
    assert question(known, Scope(dealer="D9")) == set()
    assert question(known, Scope(area="N")) == set()


@pytest.mark.parametrize("by", ["campaign", "area", "dealer"])
@pytest.mark.parametrize("past", [{}, {"as_of": ON}, {"known_at": loaded_at(10**6)}])
def test_a_scope_counts_its_own_vehicles_only(known, by, past):
    def counted(scope):
        rows = status.counts(known, by=by, scope=scope, **past)
        return [(row.involved, row.repaired, row.open) for row in rows]

    assert counted(Scope(dealer="D1")) == [(2, 1, 1)]
    assert counted(Scope(dealer="D3")) == [(1, 0, 1)]
    east = {"campaign": [(3, 1, 2)], "area": [(3, 1, 2)], "dealer": [(2, 1, 1), (1, 0, 1)]}
    assert counted(Scope(area="E")) == east[by]


def test_counts_by_dealer_name_no_dealer_outside_the_scope(known):
    rows = status.counts(known, by="dealer", scope=Scope(area="E"))
    assert [(row.area, row.dealer) for row in rows] == [("E", "D1"), ("E", "D2")]


def test_a_past_day_counts_what_had_happened_by_then_in_the_scope(known):
    (row,) = status.counts(known, scope=Scope(dealer="D1"), as_of=date(2012, 5, 2))
    assert (row.repaired, row.open) == (0, 2)


def test_a_scope_is_made_from_codes_that_are_known(known):
    assert dealer_scope(known, None) is ALL
    assert dealer_scope(known, "D1") == Scope(dealer="D1")
    assert area_scope(known, "E") == Scope(area="E")
    with pytest.raises(UnknownName, match="no dealer D9"):
        dealer_scope(known, "D9")
    with pytest.raises(UnknownName, match="no area N"):
        area_scope(known, "N")


QUESTIONS = {
    "counts": lambda session, scope: status.counts(session, by="dealer", scope=scope),
    "counts of a campaign": lambda session, scope: status.counts(
        session, campaign="9LA", scope=scope
    ),
    "open vehicles": lambda session, scope: status.open_vehicles(
        session, campaigns=["9LA"], scope=scope
    ),
    "listed": lambda session, scope: follow_ups.listed(session, "small", scope),
}


@pytest.fixture
def desk(sqlite_ledger, folder, tmp_path):
    """A desk session on the same ledger."""
    with open_session(sqlite_ledger, bulk=False) as session:
        fill(session, folder, tmp_path)
        yield session


def plan_of(session, work):
    """Return the steps of SQLite's plan of the last query that some work runs, as ``[verb, table, ...]``."""
    run = []
    session._connection.set_trace_callback(run.append)
    work()
    session._connection.set_trace_callback(None)
    steps = session._connection.execute(f"explain query plan {run[-1]}").fetchall()
    return [step[3].split() for step in steps]


@pytest.mark.parametrize("question", QUESTIONS)
@pytest.mark.parametrize("scope", [Scope(dealer="D1"), Scope(area="E")], ids=["dealer", "area"])
def test_a_question_in_a_scope_reads_by_the_dealers_index_alone(desk, question, scope):
    """No vehicle, state or listing is read but through an index that leads with the dealer, or by its own VIN."""
    steps = plan_of(desk, lambda: QUESTIONS[question](desk, scope))
    first, *others = [step for step in steps if step[1] in ("v", "s", "vehicle", "listed")]
    assert first[0] == "SEARCH"
    assert "dealer_code=?" in first[-1] or first[-2:] == ["AND", "dealer_code=?)"], first
    assert all(step[0] == "SEARCH" and "vin=?" in " ".join(step) for step in others), others


def test_the_plan_of_a_question_without_a_scope_reads_more(desk):
    """What the test above looks for can be missing."""
    steps = plan_of(desk, lambda: status.counts(desk))
    assert ["SCAN", "s"] in [step[:2] for step in steps]
