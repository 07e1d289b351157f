"""A visit that is longer than a dealer's hours within the wait is told by name, and may be planned where it fits."""

from __future__ import annotations

from datetime import date, timedelta
from pathlib import Path

import numpy as np
import pyarrow as pa
import pytest

from cli_support import follow_up_file
from folder import ON, Folder, make_vin
from planner.cases import bundle, dealer, problem
from renotify.campaigns.follow_up_settings import read
from renotify.contact.vehicle_known import known_of
from renotify.errors import BadInput, Refused
from renotify.ledger import explain, follow_ups, intake, tables
from renotify.ledger.session import Session
from renotify.notices import gather, vehicles
from renotify.planner import from_ledger, weekly
from renotify.planner.letter_plan import to_json
from renotify.planner.long_visits import hours_within_wait, long_visits
from renotify.planner.moved_visits import Network, moved_visits
from renotify.planner.plan_by_policy import plan
from renotify.plans.expected import expected
from renotify.plans.in_force import plan_in_force
from renotify.selection.freeze import freeze_follow_up
from renotify.selection.nearest_dealer import distances

MONDAY = date(2013, 3, 4)


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
        " No dealer of the plan has hours for it." in document["messages"]
    )
    assert sum(row["owners"] for row in document["long_visits"]) == 5


def test_a_plan_says_how_many_dealers_have_the_hours_and_how_to_plan_the_visit_there():
    kinds, owners = [bundle(hours=14)], {("b", "D1"): 1, ("b", "D2"): 1}
    told = plan(problem(kinds, [dealer("D1", [1]), dealer("D2", [5])], owners, wait=2)).messages
    assert told[0].endswith("1 owner; D1. 1 dealer of the plan has hours for it.")
    assert told[1].endswith("long_visits under [network] of followup.toml.")


def test_owners_whose_visit_no_hours_hold_are_planned_as_if_it_could_be_cut_or_held_and_never_both():
    """Three hours within the wait: a visit of 14 that two in ten ask for takes 2.8 in the mean, one that all ask for does not fit."""

    def told(response, owners):
        kinds = [bundle("long", hours=14, response=[response])]
        made = plan(problem(kinds, [dealer("D", [1])], {("long", "D"): owners}, wait=2, weeks=2))
        (said,) = (one for one in made.messages if "long_visits under [network]" in one)
        return said, {one.reason for one in made.held}

    said, held = told(0.2, 1)
    assert said.startswith("Their letters are planned as if a visit could be cut into hours.")
    assert not held
    said, held = told(0.2, 3)
    assert said.startswith(
        "1 letter to them is planned as if a visit could be cut into hours; 2 owners get none."
    )
    assert held == {"a visit is longer than the dealer's hours within the wait"}
    said, held = told(1.0, 3)
    assert said.startswith("None of them gets a letter.")
    assert held == {"a visit is longer than the dealer's hours within the wait"}


def test_nothing_is_said_where_hours_do_not_bind_or_every_visit_fits():
    free = to_json(plan(two_dealers(wait=None)))
    whole = problem([bundle(hours=14)], [dealer("D1", [14])], {("b", "D1"): 1})
    ample = to_json(plan(whole))
    for document in (free, ample):
        assert document["long_visits"] == []
        assert not [m for m in document["messages"] if "does not fit within" in m]


# ---- planned at another dealer


def four_dealers(**changes):
    """A and B in one area, C and D in another; A is nearest to C, then to D, then to B. Only B, C and D have hours to spare."""
    apart = np.array(
        [[0, 0.3, 0.1, 0.2], [0.3, 0, 0.4, 0.4], [0.1, 0.4, 0, 0.1], [0.2, 0.4, 0.1, 0]]
    )
    given = {"within": np.array([1.0, 8, 20, 30]), "areas": np.array([0, 0, 1, 1]), "apart": apart}
    return Network(("A", "B", "C", "D"), **({"teams": np.zeros(4, bool)} | given | changes))


def test_the_neighbour_is_the_nearest_that_holds_the_visit_of_the_own_area_first():
    assert four_dealers().neighbour(8).tolist() == [1, 1, 2, 3]
    assert four_dealers().neighbour(15).tolist() == [2, 2, 2, 3]  # none of the area: the nearest
    assert four_dealers().neighbour(31).tolist() == [-1, -1, -1, -1]
    alone = np.full((4, 4), np.nan)
    assert four_dealers(apart=alone).neighbour(8).tolist() == [-1, -1, -1, -1]


def test_the_dealer_of_an_area_is_the_one_with_the_most_hours_if_they_hold_the_visit():
    assert four_dealers().of_area(8).tolist() == [1, 1, 3, 3]
    assert four_dealers().of_area(15).tolist() == [-1, -1, 3, 3]
    assert four_dealers(areas=np.array([-1, 0, 1, 1])).of_area(8).tolist() == [-1, 1, 3, 3]


def test_a_team_of_mobile_repair_takes_the_visits_of_its_area_that_its_hours_and_its_longest_visit_hold():
    with_team = four_dealers(teams=np.array([False, True, False, False]), longest=9.0)
    assert with_team.mobile(8).tolist() == [1, 1, -1, -1]
    assert with_team.mobile(9.5).tolist() == [-1, -1, -1, -1]
    assert with_team.of_area(8).tolist() == [-1, -1, 3, 3]  # no other way leads to a team
    assert with_team.neighbour(8).tolist() == [2, 2, 2, 3]


def test_only_visits_that_do_not_fit_move_and_each_by_its_own_length():
    kinds = [bundle("short", hours=1), bundle("long", hours=8), bundle("longest", hours=25)]
    owners = {("short", "A"): 4, ("long", "A"): 3, ("longest", "A"): 2, ("longest", "E"): 1}
    asked = problem(kinds, [dealer("A", [1]), dealer("E", [1])], owners)
    for mode, at in (("neighbour", ["B", "D"]), ("area", ["B"])):
        moved = moved_visits(asked, four_dealers(), mode)
        assert [(one.bundle, one.owners, one.planned_at) for one in moved] == [
            (name, count, place)
            for (name, count), place in zip((("long", 3), ("longest", 2)), at, strict=False)
        ]


def test_dealers_are_as_far_apart_as_their_places():
    rows = [("BOS", "02108", None, None), ("CAM", "02139", None, None), ("LA", "", 34.05, -118.24)]
    names = ("dealer_code", "zip", "lat", "lon")
    kinds = pa.schema([(n, pa.float64() if n in ("lat", "lon") else pa.string()) for n in names])
    found = distances(pa.Table.from_pylist([dict(zip(names, r, strict=True)) for r in rows], kinds))
    assert found[0, 0] == 0
    assert found[0, 1] < 0.001
    assert found[0, 2] == found[2, 0] > 0.5


UNIT = 'mobile_units = ["D0002"]'


def small(
    session: Session, folder: Folder, path: Path, network: str, hours: float = 1, more: str = ""
) -> dict[str, object]:
    """Two vehicles at D0001, of one hour a week, and a visit of eight; D0002 has ten hours. The plan of it."""
    folder.campaign("9LA").dealer("D0001", zip="02108").dealer("D0002", zip="02139", name="OTHER")
    folder.vehicle(make_vin(1), "9LA").vehicle(make_vin(2), "9LA")
    folder.add("labor_times", campaign_code="9LA", model="", op_code="A1", hours=8.0, source="estimate")  # fmt: skip
    folder.capacity("D0001", {MONDAY: hours}).capacity("D0002", {MONDAY: 10})
    intake.load(session, [folder.write()], on=ON, rejects_dir=path)
    toml = follow_up_file(path, ["9LA"], horizon_weeks=8)
    toml.write_text(f'{toml.read_text()}\n[network]\nlong_visits = "{network}"\n{more}\n')
    freeze_follow_up(session, read(toml), ON)
    return from_ledger.plan_follow_up(session, "small", "optimal")


def places(session: Session) -> list[set[str]]:
    """Where the visits are planned, whom the letters name, and where the dealers of the list are."""
    listed = follow_ups.listed(session, "small").to_pylist()
    named = tables.read(session, "piece", "dealer_code")["dealer_code"].to_pylist()
    return [{row["dealer_code"] for row in listed}, {*named}, {row["moved_from"] for row in listed}]


@pytest.mark.parametrize("network", ["neighbour", "area", "mobile"])
def test_plan_letter_workload_notice_and_answer_name_the_dealer_that_holds_the_visit(
    session: Session, folder: Folder, tmp_path: Path, network: str
) -> None:
    document = small(session, folder, tmp_path, network, more=UNIT * (network == "mobile"))
    assert document["long_visits"] == []
    assert document["moved_visits"] == [
        {"dealer": "D0001", "bundle": "9LA", "hours": 8.0, "hours_within_wait": 3.0, "owners": 2, "planned_at": "D0002"}
    ]  # fmt: skip
    assert any(
        "The visits of 2 owners do not fit within 2 weeks" in m for m in document["messages"]
    )
    assert places(session) == [{"D0002"}, {"D0002"}, {"D0001"}]
    brought = expected(session, plan_in_force(session, "small"))
    assert (brought.dealers, brought.letters.sum()) == (("D0002",), 2)
    by_dealer = vehicles.by_dealer(session, "small", ["9LA"], MONDAY)
    assert [(code, table.num_rows) for code, table in by_dealer] == [("D0002", 2)]
    assert gather._open(session, "small", ["9LA"], follow_ups.ALL) == (
        {"D0002": {"9LA": 2}},
        {"D0002": 2},
    )
    answered = known_of(session, make_vin(1), ON).dealer
    assert answered is not None
    assert answered.name == "OTHER"
    (told,) = explain.explain(session, make_vin(1), ON)["follow_ups"]
    assert "Planned at D0002: the visit is longer than the hours of D0001" in told["sentence"]


def test_a_visit_goes_back_to_the_dealer_of_the_list_once_its_hours_hold_it(
    session: Session, folder: Folder, tmp_path: Path
) -> None:
    small(session, folder, tmp_path, "neighbour")
    weekly.replan_follow_up(session, "small", MONDAY)
    assert places(session) == [{"D0002"}, {"D0002"}, {"D0001"}]
    later = Folder(tmp_path / "later").capacity("D0001", {MONDAY + timedelta(weeks=1): 5})
    intake.load(session, [later.write()], on=MONDAY, rejects_dir=tmp_path)
    from_ledger.plan_follow_up(session, "small", "optimal")
    assert places(session) == [{"D0001"}, {"D0001"}, {""}]


def test_told_is_all_where_nothing_else_is_asked_for(
    sqlite_session: Session, folder: Folder, tmp_path: Path
) -> None:
    document = small(sqlite_session, folder, tmp_path, "tell")
    assert [row["owners"] for row in document["long_visits"]] == [2]
    assert document["moved_visits"] == []
    assert places(sqlite_session) == [{"D0001"}, {"D0001"}, {""}]


@pytest.mark.parametrize("more", ["mobile_longest_hours = 7.5", "mobile_longest_hours = 8"])
def test_a_visit_longer_than_a_team_takes_stays_and_is_told(
    sqlite_session: Session, folder: Folder, tmp_path: Path, more: str
) -> None:
    document = small(sqlite_session, folder, tmp_path, "mobile", more=f"{UNIT}\n{more}")
    stays = more.endswith("7.5")
    assert [row["owners"] for row in document["long_visits"]] == [2] * stays
    assert places(sqlite_session)[0] == {"D0001" if stays else "D0002"}
    assert (
        any("by mobile repair: long_visits under [network]" in m for m in document["messages"])
        == stays
    )
    assert any("the area's team of mobile repair" in m for m in document["messages"]) != stays


def test_a_team_that_is_no_loaded_dealer_is_refused(
    sqlite_session: Session, folder: Folder, tmp_path: Path
) -> None:
    with pytest.raises(Refused, match=r"names VAN1, and no loaded dealer has that code"):
        small(sqlite_session, folder, tmp_path, "mobile", more='mobile_units = ["VAN1"]')


@pytest.mark.parametrize(
    ("network", "words"),
    [
        (
            'long_visits = "van"',
            "long_visits must be one of tell, neighbour, area, mobile, not 'van'",
        ),
        ('long_visits = "mobile"', "no mobile_units say which dealer codes are its teams"),
        ('mobile_units = "VAN1"', "mobile_units must be a list of dealer codes, not 'VAN1'"),
        ("mobile_longest_hours = 0", "mobile_longest_hours must be hours above 0, not 0"),
        ("mobile_hours = 9", "mobile_hours"),
    ],
)
def test_a_network_that_says_nothing_usable_is_refused(
    tmp_path: Path, network: str, words: str
) -> None:
    toml = follow_up_file(tmp_path, ["9LA"])
    toml.write_text(f"{toml.read_text()}\n[network]\n{network}\n")
    with pytest.raises(BadInput, match=words):
        read(toml)
