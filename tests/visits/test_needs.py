"""What one visit takes: a model's own hours and kits before the general ones, a shared part once, one visit for many campaigns."""

from __future__ import annotations

import pytest

from cases import at_once
from renotify.ledger.intake import load
from renotify.ledger.session import Session
from renotify.visits.kits import KitRow, Kits
from renotify.visits.needs import (
    Guess,
    LabourRow,
    Visit,
    campaign_hours,
    hours_by_campaign,
    needs,
    visit,
    without_parts,
)
from small_world import World
from visits.sample import DEALER, ON

SMALL, LARGE, OTHER = "IS 250", "GS 350", "LS 460"


def kits(*rows: tuple[str, str, str, float]) -> Kits:
    """Rows of campaign, model, part and quantity that every repair takes."""
    return Kits(tuple(KitRow(*row, 1.0) for row in rows), {})


def labour(*rows: tuple[str, str, float]) -> list[LabourRow]:
    return [LabourRow(*row) for row in rows]


NO_KITS = kits()


# ---- hours


def test_a_models_own_labour_time_comes_before_the_general_one() -> None:
    rows = labour(("A", "", 5.0), ("A", SMALL, 2.0))
    assert visit("A", SMALL, rows, NO_KITS).hours == 2.0
    assert visit("A", LARGE, rows, NO_KITS).hours == 5.0


def test_a_model_is_found_however_its_file_writes_its_capitals() -> None:
    rows = labour(("A", "", 5.0), ("A", "IS 250", 2.0))
    assert visit("A", "is  250", rows, NO_KITS).hours == 2.0
    parts = kits(("A", "", "KIT", 1.0), ("A", "Is 250", "KIT", 2.0))
    assert visit("A", "IS 250", rows, parts).kits == {"KIT": 2.0}


def test_the_longest_operation_of_a_campaign_counts() -> None:
    rows = labour(("A", "", 1.5), ("A", "", 3.0), ("A", "", 2.0), ("B", "", 9.0))
    assert campaign_hours("A", SMALL, rows) == 3.0


def test_a_labour_time_of_another_model_is_none() -> None:
    assert campaign_hours("A", SMALL, labour(("A", LARGE, 6.0))) is None


@at_once(
    ("first", "second", "together"),
    [
        (2.0, 3.0, 5.0),
        (1.0, 20.0, 21.0),
        (1.2345, 1.2347, 2.4692),
    ],
)
def test_a_visit_for_two_campaigns_takes_the_sum_where_nothing_else_is_stated(
    first: float, second: float, together: float
) -> None:
    rows = labour(("A", "", first), ("B", "", second))
    assert visit("A+B", SMALL, rows, NO_KITS).hours == together


@at_once(
    ("bundle", "model", "hours"),
    [
        ("A+B", SMALL, 3.5),  # the model's own row, its longest operation
        ("B+A", SMALL, 3.5),
        ("A+B", LARGE, 4.5),  # every other model
        ("A+B+C", SMALL, 6.0),  # nothing is stated of the three together
        ("B", SMALL, 3.0),
    ],
)
def test_hours_stated_for_a_combination_come_before_the_sum(
    bundle: str, model: str, hours: float
) -> None:
    rows = labour(("A", "", 2.0), ("B", "", 3.0), ("C", "", 1.0), ("A+B", "", 4.5))
    rows += labour(("A+B", SMALL, 3.5), ("A+B", SMALL, 3.0))
    assert visit(bundle, model, rows, NO_KITS) == Visit(hours)


def test_a_combination_of_another_model_says_nothing_of_this_one() -> None:
    rows = labour(("A", "", 2.0), ("B", "", 3.0), ("A+B", LARGE, 4.5))
    assert visit("A+B", SMALL, rows, NO_KITS).hours == 5.0


def test_nothing_is_guessed_where_the_hours_of_the_combination_are_stated() -> None:
    rows = labour(("A", "", 2.0), ("A+B", "", 4.5))
    assert visit("A+B", SMALL, rows, NO_KITS) == Visit(4.5)
    assert hours_by_campaign(["A", "B"], SMALL, rows) == {"A": (2.0, 2.0), "A+B": (4.5, 4.5)}


def test_a_visit_for_one_campaign_takes_all_of_its_hours() -> None:
    assert visit("A", SMALL, labour(("A", "", 2.0)), NO_KITS) == Visit(2.0, {}, ())


def test_a_model_without_hours_of_its_own_is_planned_with_the_middle_of_what_its_letter_tells() -> (
    None
):
    """A: 2 hours. B: 7 and 22 for other models. One visit is told as 9 to 24 hours, and planned with 16.5."""
    rows = labour(("A", "", 2.0), ("B", LARGE, 7.0), ("B", OTHER, 22.0))
    assert visit("B", SMALL, rows, NO_KITS) == Visit(14.5, {}, (Guess("B", (7.0, 22.0)),))
    assert visit("A+B", SMALL, rows, NO_KITS) == Visit(16.5, {}, (Guess("B", (7.0, 22.0)),))
    assert visit("A+B", LARGE, rows, NO_KITS) == Visit(9.0)


def test_a_campaign_without_a_labour_time_is_assumed_an_hour_and_marked() -> None:
    assert visit("A", SMALL, [], NO_KITS) == Visit(1.0, {}, (Guess("A", None),))
    together = visit("A+B", SMALL, labour(("B", "", 4.0)), NO_KITS)
    assert together == Visit(5.0, {}, (Guess("A", None),))  # the assumed hour and four


# ---- kits


def test_parts_of_every_model_are_taken_beside_a_models_own() -> None:
    """A row is known by campaign, model and part: a model's own row stands in for the same part's row for every model, and no other."""
    rows = kits(("A", "", "SHARED", 1), ("A", SMALL, "OWN", 1), ("A", LARGE, "SHARED", 3))
    assert visit("A", SMALL, [], rows).kits == {"OWN": 1, "SHARED": 1}
    assert visit("A", LARGE, [], rows).kits == {"SHARED": 3}
    assert visit("A", OTHER, [], rows).kits == {"SHARED": 1}


def test_a_model_that_takes_none_of_a_part_of_every_model_says_so_by_a_row_of_none() -> None:
    rows = kits(("A", "", "GENERAL", 9), ("A", SMALL, "GENERAL", 0), ("A", SMALL, "OWN", 1))
    assert visit("A", SMALL, [], rows).kits == {"OWN": 1}
    assert visit("A", OTHER, [], rows).kits == {"GENERAL": 9}


def test_a_part_that_two_campaigns_share_is_taken_once_in_the_larger_quantity() -> None:
    rows = kits(("A", "", "SEAL", 1), ("B", "", "SEAL", 2), ("B", "", "VALVE", 1))
    assert visit("A+B", SMALL, [], rows).kits == {"SEAL": 2, "VALVE": 1}
    assert visit("B+A", SMALL, [], rows).kits == {"SEAL": 2, "VALVE": 1}


def test_the_take_rate_counts_before_the_larger_quantity_is_chosen() -> None:
    rows = Kits((KitRow("A", "", "SEAL", 4, 0.25), KitRow("B", "", "SEAL", 2, 1.0)), {})
    assert visit("A+B", SMALL, [], rows).kits == {"SEAL": 2}


def test_parts_of_a_campaign_outside_the_bundle_are_not_taken() -> None:
    assert visit("A", SMALL, [], kits(("AB", "", "SEAL", 1))).kits == {}


# ---- from the ledger


@pytest.fixture
def loaded(session: Session, world: World) -> Session:
    world.dealer(DEALER).campaign("9LA").campaign("ALE").part("PIPE").part("SEAL")
    world.labour("9LA", 2.0).labour("ALE", 3.0, SMALL).labour("ALE", 6.0, LARGE)
    world.takes("9LA", "PIPE", 1).takes("9LA", "SEAL", 1).takes("ALE", "SEAL", 2)
    load(session, [world.write()], on=ON)
    return session


def test_each_pair_of_bundle_and_model_has_its_visit(loaded: Session) -> None:
    found = needs(loaded, [("9LA+ALE", SMALL), ("9LA", LARGE), ("ALE", OTHER), ("9LA", LARGE)])
    assert found.visits == {
        ("9LA", LARGE): Visit(2.0, {"PIPE": 1, "SEAL": 1}),
        ("9LA+ALE", SMALL): Visit(5.0, {"PIPE": 1, "SEAL": 2}),
        ("ALE", OTHER): Visit(4.5, {"SEAL": 2}, (Guess("ALE", (3.0, 6.0)),)),
    }
    assert found.messages == {}


def test_visits_come_in_order_of_bundle_and_model_however_they_were_asked(loaded: Session) -> None:
    asked = [("ALE", OTHER), ("9LA", SMALL), ("9LA+ALE", SMALL), ("9LA", LARGE)]
    assert list(needs(loaded, asked).visits) == [
        ("9LA", LARGE), ("9LA", SMALL), ("9LA+ALE", SMALL), ("ALE", OTHER),
    ]  # fmt: skip


def test_kits_of_pairs_are_a_table_to_join_to_vehicles(loaded: Session) -> None:
    table = needs(loaded, [("9LA", SMALL), ("ALE", LARGE)]).kits_table()
    assert sorted(table.to_pylist(), key=lambda row: (row["bundle"], row["part_no"])) == [
        {
            "bundle": "9LA",
            "model": SMALL,
            "part_no": "PIPE",
            "kits": 1.0,
            "qty": 1.0,
            "take_rate": 1.0,
        },
        {
            "bundle": "9LA",
            "model": SMALL,
            "part_no": "SEAL",
            "kits": 1.0,
            "qty": 1.0,
            "take_rate": 1.0,
        },
        {
            "bundle": "ALE",
            "model": LARGE,
            "part_no": "SEAL",
            "kits": 2.0,
            "qty": 2.0,
            "take_rate": 1.0,
        },
    ]


def test_no_pairs_make_an_empty_table_with_its_columns(loaded: Session) -> None:
    table = needs(loaded, []).kits_table()
    assert table.num_rows == 0
    assert table.column_names == ["bundle", "model", "part_no", "kits", "qty", "take_rate"]


# ---- campaigns of a visit that take no part


def test_a_campaign_without_parts_beside_one_with_parts_is_named_by_the_model() -> None:
    rows = kits(("A", SMALL, "KIT", 1.0), ("B", "", "KIT", 0.5), ("C", "", "SEAL", 0.0))
    assert without_parts("A+B", SMALL, rows) == ""  # they share a part, and each takes it
    assert without_parts("A+B", LARGE, rows) == "A"  # A states parts of another model alone
    assert (
        without_parts("A+C+D", SMALL, rows) == "C+D"
    )  # none of the seal is taken; D states no part


def test_where_no_campaign_takes_a_part_nothing_waits_for_one() -> None:
    assert without_parts("C+D", SMALL, kits(("A", "", "KIT", 1.0))) == ""
