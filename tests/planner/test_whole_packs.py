"""Letters whose kits fill no pack are told: packs go to the dealers that need most."""

from __future__ import annotations

from datetime import date

import numpy as np
import pytest

from planner.cases import bundle, dealer, problem
from renotify.planner.whole_packs import pack_words
from small_world import Desk, World, follow_up_file, vin

DEALERS = ("a", "b", "c", "d")


def said(letters, pack=5, supply=10, response=0.5, **stock):
    """Letters of week 0 by dealer; half of the owners ask at once, each for a kit."""
    case = problem(
        [bundle(kits={"P": 1}, response=[response])], [dealer(one, P=stock.get(one, 0)) for one in DEALERS],
        {("b", one): 40 for one in DEALERS}, supply={"P": [supply]},
    )  # fmt: skip
    written = np.zeros((1, 4, 4), np.int32)
    written[0, :, 0] = letters
    return pack_words(case, written, {"P": pack})


def test_dealers_beyond_the_packs_of_the_pool_are_counted_with_their_letters():
    """Two packs for four dealers: those with eight and six letters have them, four and two letters find none."""
    (told,) = said([4, 8, 2, 6])
    assert told == (
        "P goes to dealers in packs of 5, and the pool has at most 2 of them left by the end of the plan: 4 dealers need some beyond"
        " their own, 4 in all. 6 letters to owners of 2 dealers rest on kits that fill no pack of theirs: who answers there may find none."
    )


def test_a_dealer_that_needs_two_packs_leaves_none():
    """Twelve letters ask six kits, two packs; the one letter of c finds none."""
    (told,) = said([0, 12, 1, 0])
    assert (
        "2 dealers need some beyond their own, 3 in all. 1 letter to owners of 1 dealer rests on"
        in told
    )


def test_what_is_left_of_an_opened_pack_serves_one_dealer():
    (told,) = said([0, 0, 8, 6], supply=4)
    assert "the pool has at most 1 of them left by the end of the plan: 2 dealers need some" in told
    assert "2 in all. 6 letters to owners of 1 dealer rest" in told


@pytest.mark.parametrize(
    ("letters", "changes"),
    [
        ([0, 8, 0, 6], {}),  # two packs, two dealers
        ([4, 8, 2, 6], {"a": 2, "c": 1}),  # shelves have what four and two letters ask
        ([4, 8, 2, 6], {"pack": 1}),
        ([4, 8, 2, 6], {"supply": 20}),
        ([0, 0, 0, 0], {}),
    ],
)
def test_nothing_is_said_where_whole_packs_suffice(letters, changes):
    assert said(letters, **changes) == []


def test_walk_ins_at_a_dealer_without_letters_take_packs_and_are_no_letters():
    walk_in = [{"bundle": "b", "dealer": "a", "per_week": [5, 5, 0, 0]}]
    case = problem(
        [bundle(kits={"P": 1}, response=[0.5])], [dealer("a"), dealer("b")], {("b", "b"): 4}, supply={"P": [10]}, background=walk_in
    )  # fmt: skip
    written = np.zeros((1, 2, 4), np.int32)
    written[0, 1, 0] = 4
    (told,) = pack_words(case, written, {"P": 5})
    assert (
        "2 dealers need some beyond their own, 3 in all. 4 letters to owners of 1 dealer rest on"
        in told
    )


def test_plan_and_rehearsal_of_a_ledger_say_it(sqlite_ledger, tmp_path):
    """A pack of five for three dealers with two owners each, all of whom ask: five letters, a pack for one dealer alone."""
    desk, notice = Desk(sqlite_ledger, tmp_path), date(2013, 2, 26)
    made = World(tmp_path / "input").campaign("9LA").labour("9LA", 1.0).part("P", pack=5)
    made.takes("9LA", "P", 1.0).supply("P", {date(2013, 3, 4): 5.0})
    for number, code in enumerate(["D1", "D1", "D2", "D2", "D3", "D3"]):
        if number % 2 == 0:
            made.dealer(code)
        made.vehicle(vin(number), "9LA", dealer=code)
    desk.do("load", made.write(), on=notice)
    file = follow_up_file(
        desk.folder / "small.toml", {"share": 1.0, "scale_weeks": 0.01, "shape": 1.0, "background_per_week": 0.0},
        name="small", kind="follow_up_voluntary", campaigns=("9LA",), notice_date=notice, horizon_weeks=5, parts_quantile=0.5,
        parts_count_spread=0,
    )  # fmt: skip
    desk.do("followup", "new", file, on=notice)
    told = (
        "P goes to dealers in packs of 5, and the pool has at most 1 of them left by the end of the plan: 3 dealers need some beyond"
        " their own, 3 in all. 3 letters to owners of 2 dealers rest on kits that fill no pack of theirs: who answers there may find none."
    )
    assert told in desk.do("plan", "small", on=notice)["messages"]
    assert told in desk.do("replan", "small", on=date(2013, 3, 4))["messages"]
    assert told in desk.do("rehearse", "small", "--runs", 20, on=notice)["said"]
