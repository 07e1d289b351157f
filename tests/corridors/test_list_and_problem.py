"""From the files to the frozen list and to PROBLEM.json: every number by pencil and paper."""

from __future__ import annotations

import pytest

from corridors import by_hand
from corridors import world as w
from corridors.walk import Walk
from small_world import Desk, World, vin

NOBODY = {"export": 0, "theft": 0, "scrapping": 0, "failure_to_receive": 0, "other": 0}


def test_every_row_of_the_files_is_taken(walk: Walk) -> None:
    rows = w.first_load(walk.desk.folder / "unwritten").rows
    assert {table: counts["accepted"] for table, counts in walk.loaded["tables"].items()} == {
        "campaigns": 4, **{table: len(of_table) for table, of_table in rows.items()},
    }  # fmt: skip
    assert walk.loaded["rejects"] is None
    assert all(counts["rejected"] == 0 for counts in walk.loaded["tables"].values())


def test_each_campaign_counts_its_vehicles_under_one_state(walk: Walk) -> None:
    found = {row["campaign"]: row for row in walk.counted["campaign"]}
    keys = ("involved", "repaired", "inspected_ok", "removed", "open")
    # A: 6 listed, 5 in both, and REPAIRED, REMOVED, one without a mailable address, one in stock
    # B: 5 listed, 5 in both, SCRAPPED, one in stock. C: 3 listed, INSPECTED, one in stock. S: 2
    assert {code: [row[key] for key in keys] for code, row in found.items()} == {
        w.A: [15, 1, 0, 1, 13],
        w.B: [12, 0, 0, 0, 11],
        w.C: [5, 0, 1, 0, 4],
        w.S: [2, 0, 0, 0, 2],
    }
    assert found[w.B]["unreachable"] == {**NOBODY, "scrapping": 1}
    assert all(found[code]["unreachable"] == NOBODY for code in (w.A, w.C, w.S))
    done = {w.A: 1 / (15 - 1), w.B: 0.0, w.C: 1 / 5, w.S: 0.0}
    assert {code: row["completion"] for code, row in found.items()} == pytest.approx(done)


def test_a_vehicle_counts_at_its_own_dealer_and_area_wherever_it_was_repaired(walk: Walk) -> None:
    """The vehicle's own dealer, not the one who repaired or stocks it, in a count by dealer."""
    keys = ("involved", "repaired", "inspected_ok", "removed", "open")
    expected = {
        (w.A, w.EAST): [11, 1, 0, 1, 9],  # REPAIRED at WEST, of EAST
        (w.A, w.WEST): [4, 0, 0, 0, 4],
        (w.B, w.EAST): [5, 0, 0, 0, 5],
        (w.B, w.WEST): [7, 0, 0, 0, 6],  # the seventh is scrapped
        (w.C, w.EAST): [4, 0, 1, 0, 3],
        (w.C, w.WEST): [1, 0, 0, 0, 1],
        (w.S, w.EAST): [1, 0, 0, 0, 1],
        (w.S, w.WEST): [1, 0, 0, 0, 1],
    }
    by_dealer = {
        (row["campaign"], row["dealer"]): [row[key] for key in keys]
        for row in walk.counted["dealer"]
    }
    assert by_dealer == expected
    areas = {
        (row["campaign"], row["area"]): [row[key] for key in keys] for row in walk.counted["area"]
    }
    assert areas == {(code, w.AREA[dealer]): line for (code, dealer), line in expected.items()}


def test_a_count_by_dealer_needs_no_dealers_row(desk: Desk) -> None:
    """Guards: the vehicle's dealer -> a count by dealer (it was read from the dealers' table unnoticed)."""
    world = World(desk.folder / "input").dealer(w.EAST).campaign(w.A)
    world.vehicle(vin(1), w.A, dealer=w.EAST).vehicle(vin(2), w.A, dealer="D9999")
    done = desk.do("load", world.write(), on=w.NOTICE)
    assert done["tables"]["vehicles"] == {"accepted": 2, "rejected": 0, "unchanged": 0}
    counted = {
        (row["area"], row["dealer"], row["open"]) for row in desk.do("status", "--by", "dealer")
    }
    assert counted == {("E", w.EAST, 1), ("(none)", "D9999", 1)}


def test_the_frozen_list_counts_who_is_written_to_and_who_is_left_out_and_why(walk: Walk) -> None:
    assert walk.frozen == {
        "missing": walk.frozen["missing"],
        "searched_in": [],
        "elsewhere": [],
        "messages": [],
        "arms": {},
        "follow_up": "spring",
        "listed": 6 + 5 + 5 + 3 + 2 - 1,  # one of them for a recall and for the service campaign
        "pieces": 6 + 5 + 5 + 3 + 2 + 1,  # the leased vehicle's lessor
        "bundles": {w.A: 6, w.BOTH: 5, w.B: 5, w.C: 3, w.S: 2},
        "languages": {"en": 22},
        "left_out": w.LEFT_OUT,
        "unwritten_owners": {},
        "nearest_dealer": 0,
        "no_dealer": 0,
        "no_vehicle_row": 0,
    }


def test_a_lessee_and_a_lessor_each_get_a_piece_and_a_recall_and_a_service_campaign_one_each(
    walk: Walk,
) -> None:
    pieces = walk.pieces
    of = {
        vin: sorted(row[1:] for row in pieces if row[0] == vin) for vin in (w.LEASED, w.EAST_A[0])
    }
    assert of[w.LEASED] == [
        ("safety", "lessee", w.A, w.EAST),
        ("safety", "lessor", w.A, w.EAST),
    ]
    assert of[w.EAST_S[0]] == [
        ("safety", "owner", w.A, w.EAST),
        ("service", "owner", w.S, w.EAST),
    ]


def test_the_problem_has_the_weeks_and_limits_that_the_follow_up_states(walk: Walk) -> None:
    problem = walk.problem
    assert problem["weeks"] == w.WEEKS
    assert problem["mail_capacity"] == [w.MAIL_HOUSE] * w.WEEKS
    assert problem["wait_bound"] == w.WAIT_WEEKS
    assert problem["parts_quantile"] == 0.9
    assert {row["id"]: row["area"] for row in problem["dealers"]} == w.AREA


def test_owners_are_counted_by_bundle_model_and_dealer(walk: Walk) -> None:
    counts = {(row["bundle"], row["dealer"]): row["count"] for row in walk.problem["owners"]}
    assert counts == SILENT | BOOKED
    two = [row["id"] for row in walk.problem["bundles"] if row.get("pieces") == 2]
    assert two == [LEASED[0]]


LEASED = (w.A + w.TWO_LETTERS, w.EAST)  # takes two places at the mail house
# Who has not asked: of EAST's recall A one is leased; both of WEST's are booked, and so are EAST's large one of both and one of recall C.
SILENT = {place: count for place, count in by_hand.STILL_TO_ASK.items() if count}
SILENT |= {(w.A, w.EAST): w.LISTED[w.A, w.EAST] - 1, LEASED: 1}
BOOKED = {
    (by_hand.BOOKED_BUNDLES[bundle], dealer): count
    for (bundle, dealer), count in by_hand.BOOKED.items()
}


def _and_booked(of_bundles: dict[str, object]) -> dict[str, object]:
    """What is said of each bundle is said of its booked owners too."""
    booked = by_hand.BOOKED_BUNDLES
    return of_bundles | {booked[name]: of_bundles[name] for name in booked}


def _of_bundles(walk: Walk, key: str) -> dict[str, object]:
    return {row["id"].removesuffix(w.TWO_LETTERS): row[key] for row in walk.problem["bundles"]}


def test_the_risk_weights_of_a_bundle_reach_the_planner_added_up(walk: Walk) -> None:
    """Guards: risk weights of campaigns.toml -> PROBLEM.json (they were 1.0 each unnoticed)."""
    assert _of_bundles(walk, "risk") == pytest.approx(_and_booked(by_hand.RISK))


def test_a_visit_takes_the_hours_of_its_model(walk: Walk) -> None:
    assert _of_bundles(walk, "hours") == pytest.approx(_and_booked(by_hand.VISIT_HOURS))


def test_a_visit_takes_the_kits_of_its_model_and_a_shared_part_once(walk: Walk) -> None:
    assert _of_bundles(walk, "kits") == _and_booked(by_hand.VISIT_KITS)


def test_a_bundle_waits_for_the_last_of_its_remedies(walk: Walk) -> None:
    """Guards: remedy dates of a bundle's campaigns -> the first week of its letters (the first remedy was enough unnoticed)."""
    assert _of_bundles(walk, "first_week") == _and_booked(by_hand.FIRST_WEEK)


def test_a_follow_up_has_no_lawful_last_week(walk: Walk) -> None:
    assert _of_bundles(walk, "mail_by_week") == _and_booked(dict.fromkeys(by_hand.BUNDLES))


def test_the_response_is_the_stated_one_of_the_bundle_or_of_all_and_none_of_who_is_booked(
    walk: Walk,
) -> None:
    for bundle, shares in _of_bundles(walk, "response").items():
        if bundle in by_hand.BOOKED_BUNDLES.values():
            assert not any(shares), bundle
            continue
        expected = [by_hand.asked(by_hand.SHARE[bundle], week) for week in range(w.WEEKS)]
        assert shares == pytest.approx(expected, abs=1e-9), bundle


def test_walk_ins_reach_the_planner_by_bundle_and_dealer(walk: Walk) -> None:
    """Guards: background_per_week x listed vehicles without a visit -> PROBLEM.json (no background at all went unnoticed)."""
    found = {(row["bundle"], row["dealer"]): row["per_week"] for row in walk.problem["background"]}
    assert found.keys() == SILENT.keys()
    for place, weekly in found.items():
        expected = [w.WALK_INS * SILENT[place]] * w.WEEKS
        assert by_hand.by_week(weekly) == pytest.approx(expected), place


def test_a_dealers_hours_are_those_of_its_week_or_of_the_last_week_told(walk: Walk) -> None:
    """Guards: dealer_capacity with gaps, less booked visits -> PROBLEM.json (halved hours went unnoticed)."""
    found = {row["id"]: by_hand.by_week(row["hours"]) for row in walk.problem["dealers"]}
    of_booked = {
        w.EAST: {1: w.A_HOURS, 2: w.BOTH_HOURS[w.LARGE] + w.C_HOURS},  # March 14; March 21 and 18
        w.WEST: {1: w.A_HOURS},  # March 15
    }
    for dealer, hours in w.HOURS.items():
        left = [there - of_booked[dealer].get(week, 0.0) for week, there in enumerate(hours)]
        assert found[dealer] == pytest.approx(left), dealer


def test_a_dealers_shelf_is_its_newest_count_and_open_orders_less_the_kits_of_booked_owners(
    walk: Walk,
) -> None:
    """Guards: dealer_part_stock and appointments -> PROBLEM.json (booked kits were planned twice unnoticed, those on order not at all)."""
    shelves = {row["id"]: row["stock"] for row in walk.problem["dealers"]}
    large_visit = by_hand.VISIT_KITS[by_hand.LARGE_BOTH]  # booked at EAST, beside one of recall A
    recall_a = by_hand.VISIT_KITS[w.A]  # booked at EAST by a vehicle of WEST; another at WEST
    expected = {
        w.EAST: {
            w.PIPE: w.EAST_PIPES - large_visit[w.PIPE] - recall_a[w.PIPE],
            w.SEAL: w.EAST_SEALS - large_visit[w.SEAL] - recall_a[w.SEAL],
            w.VALVE: w.EAST_VALVES + w.EAST_OLD_NUMBER_VALVES - large_visit[w.VALVE],
        },
        w.WEST: {
            w.PIPE: w.WEST_PIPES - recall_a[w.PIPE],
            w.SEAL: w.WEST_SEALS_COMING - recall_a[w.SEAL],
        },
    }
    for dealer, parts in expected.items():
        held = {part: kits for part, kits in shelves[dealer].items() if kits}
        assert held == {part: kits for part, kits in parts.items() if kits}, dealer


def test_supply_adds_up_by_week_with_what_came_before_and_two_arrivals_of_one_week(
    walk: Walk,
) -> None:
    # of weeks gone by; WEST's pipe, which was first counted after the first of them, is one of these (EAST had forty before)
    pipes = 1.0 + 2.0 - w.WEST_PIPES
    # valves come in packs: what fills none is free for no letter
    valves = (w.VALVE_SUPPLY + w.VALVE_BEFORE_SUPPLY) // w.PACK[w.VALVE] * w.PACK[w.VALVE]
    assert walk.problem["supply"] == {
        w.PIPE: [pipes, *[pipes + 9.0] * 5],
        w.VALVE: [0.0, 0.0, 0.0, *[float(valves)] * 3],
    }
