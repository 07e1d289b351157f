"""A rehearsal of a world that leaves nothing to chance, counted by hand; and what no-shows and late supply change in it.

Ten owners get a letter in week 0 and all ask at once: six at East, which has one kit and four hours a week for jobs of two hours, four
at West, whose hours nobody knows. Five kits are in the pool in week 0 and three more come in week 2, the tenth never.
"""

from __future__ import annotations

from dataclasses import asdict, replace
from datetime import date

import numpy as np
import pytest

from planner.cases import bundle, dealer, problem
from renotify.errors import BadInput
from renotify.planner import played_weeks, rehearsal, rehearsal_report
from renotify.planner.played_weeks import TAIL
from renotify.planner.rehearsal import Booked, Rehearsal, RehearsalSettings
from renotify.planner.rehearsal_report import Rehearsed
from renotify.planner.rehearsal_sentences import sentences

EAST, WEST = "east", "west"
WEEKS = 4
PLAYED = WEEKS + TAIL
MONDAY = date(2013, 3, 4)
SURE = {"runs": 20, "no_shows": 0.0}


@pytest.fixture(autouse=True)
def nothing_by_chance(monkeypatch):
    """Everybody asks in the week of the letter, walk-ins come as stated, and whoever is turned away comes back."""

    def asked_at_once(case, letters, factors, _rng):
        asking = np.zeros((len(factors), *letters.shape[:2], case.weeks + TAIL), np.int64)
        asking[..., : case.weeks] = letters
        return asking

    def as_stated(case, runs, _rng):
        coming = np.zeros((runs, *case.owners.shape, case.weeks + TAIL), np.int64)
        for (b, d), weekly in zip(case.background_at, case.background, strict=True):
            coming[:, b, d, : case.weeks] += weekly.astype(np.int64)
        return coming

    monkeypatch.setattr(rehearsal, "answers", asked_at_once)
    monkeypatch.setattr(rehearsal, "walk_ins", as_stated)
    monkeypatch.setattr(played_weeks, "LOST", 0.0)


def world(**changes):
    stated = {"supply": {"P": [5, 5, 8, 8]}, "wait": 0, **changes}
    return problem(
        [bundle(hours=2, kits={"P": 1}, mail_by_week=1)],
        [dealer(EAST, [4], P=1), dealer(WEST)],
        {("b", EAST): 6, ("b", WEST): 4},
        weeks=WEEKS,
        **stated,
    )


def all_in_week_0(case):
    letters = np.zeros((1, len(case.dealers), WEEKS), np.int32)
    letters[:, :, 0] = case.owners
    return letters


def played(case=None, **settings) -> Rehearsal:
    case = world() if case is None else case
    return rehearsal.rehearsal(case, all_in_week_0(case), RehearsalSettings(**SURE | settings))


def told(case=None, letters=None, **settings):
    case = world() if case is None else case
    mailed = all_in_week_0(case) if letters is None else letters
    stated = RehearsalSettings(**SURE | settings)
    seen = rehearsal.rehearsal(case, mailed, stated)
    return Rehearsed(case, mailed, mailed, MONDAY, stated, seen)


def test_kits_go_by_shares_of_who_asks_and_hours_by_turn():
    seen = played()
    # 5 kits for the 9 who find none on the shelf: 2.8 and 2.2 are 3 and 2; in week 2 three for the 2 + 2 who wait: 2 and 1
    # done at East: 2 in week 0, 2 in week 1, 2 in week 2; at West 2 in week 0, 1 in week 2; one never
    assert seen.asked[0, :2].tolist() == [10, 0]
    assert seen.turned_away[0, :2].tolist() == [4, 0]
    assert seen.repaired[0, :5].tolist() == [4, 6, 9, 9, 9]
    assert (seen.repaired == seen.repaired[0]).all()
    assert seen.removed[0] == 4 * 4 + 2 * 3 + 3 * 2


def test_a_part_has_the_week_it_runs_out_whom_it_turns_away_and_the_longest_wait():
    seen = played()
    assert seen.parts == ("P",)
    assert seen.run_out[0].tolist() == [0]
    assert seen.lacking[0, 0, :3].tolist() == [4, 0, 0]
    assert seen.kit_wait[0].tolist() == [np.inf]  # the tenth kit never comes
    enough = played(world(supply={"P": [5, 5, 9, 9]}))
    assert enough.kit_wait[0].tolist() == [2]


def test_an_owner_waits_from_asking_to_the_end_of_the_repair():
    seen = played()
    assert seen.waits[0, :4].tolist() == [4, 2, 3, 0]
    assert seen.waits[0, -1] == 1
    assert seen.wait_quantile(0.5)[0] == 1  # the fifth of ten
    assert seen.wait_quantile(0.9)[0] == 2  # the ninth
    assert seen.wait_quantile(0.95)[0] == np.inf


def test_a_dealer_has_the_hours_asked_for_those_waiting_and_the_visits_beyond_the_bound():
    seen = played()
    assert seen.hours[0, 0, :4].tolist() == [8, 0, 4, 0]
    assert seen.hours_waiting[0, :4].tolist() == [0, 4, 0, 0]
    assert seen.bookings[0].tolist() == [6, 3]
    # no week may pass: the third and fourth visit of week 0 are done in week 1
    assert seen.beyond[0].tolist() == [2, 0]
    assert seen.chance[:, :3].tolist() == [[1, 0, 0], [0, 0, 0]]
    assert played(world(wait=1)).beyond[0].tolist() == [0, 0]


def short_of_both():
    """One kit in week 0 and two more in week 2: two owners come in week 0 without a letter, two in week 2 for theirs."""
    case = problem(
        [bundle(hours=0, kits={"P": 1})], [dealer(EAST)], {("b", EAST): 2}, weeks=WEEKS, supply={"P": [1, 1, 3, 3]}, parts_quantile=0.9,
        background=[{"bundle": "b", "dealer": EAST, "per_week": [2, 0, 0, 0]}],
    )  # fmt: skip
    return case, np.array([[[0, 0, 2, 0]]], np.int32)


def test_a_shortage_of_owners_without_a_letter_is_told_apart_from_that_of_letters():
    """In week 0 one of the two who come anyway finds none and waits for week 2; then one kit is left for the two with a letter."""
    case, letters = short_of_both()
    one = told(case, letters)
    assert one.seen.lacking[0, 0, :4].tolist() == [1, 0, 1, 0]
    assert one.seen.lacking_alone[0, 0, :4].tolist() == [1, 0, 0, 0]
    assert one.seen.lacks_by_letters[0, 0, :4].tolist() == [False, False, True, False]
    document = rehearsal_report.document(one)
    (part,) = document["parts"]
    certain = dict.fromkeys(("mean", "low", "high"), 1)
    assert part["without_letters"] == {"chance": 1, "turned_away": certain}
    assert part["by_letters"] == {"chance": 1, "turned_away": certain}
    assert [week["chance_by_letters"] for week in part["weeks"]] == [0, 1]
    assert document["owner"]["turned_away"]["mean"] == 2 / 4
    assert document["owner"]["turned_away_without_letters"]["mean"] == 1 / 2
    said = " ".join(sentences(one, document))
    assert (
        "In 100 % of the runs owners without a letter bring that about by themselves; in 100 % letters make it short in a week in which it"
        " would not be, and 1 (1 to 1) owners more are turned away for them." in said
    )
    assert "By the plan letters make a part short in about 10 % of the runs at most" in said
    assert (
        "If no letter were sent, 50.0 % (50.0 % to 50.0 %) of those who come all the same would find none."
        in said
    )
    assert rehearsal_report.drawn(one).letters_lack[:, :3].tolist() == [[0, 0, 1]]


def test_letters_that_find_their_kits_are_charged_with_no_shortage():
    """The same with a third kit in week 2: what is short is short without them, in week 0."""
    case, letters = short_of_both()
    enough = told(replace(case, supply=case.supply + np.array([0, 0, 1, 1])), letters)
    (part,) = rehearsal_report.document(enough)["parts"]
    assert (part["chance"], part["without_letters"]["chance"], part["by_letters"]["chance"]) == (
        1,
        1,
        0,
    )


def test_where_nobody_comes_without_a_letter_every_shortage_is_of_letters():
    (part,) = rehearsal_report.document(told())["parts"]
    assert (part["without_letters"]["chance"], part["by_letters"]["chance"]) == (0, 1)
    assert not any(
        "without a letter" in s for s in sentences(told(), rehearsal_report.document(told()))
    )


def test_deliveries_that_slip_come_later_and_what_is_there_stays():
    seen = played(late_weeks=1)
    assert seen.repaired[0, :5].tolist() == [4, 6, 6, 9, 9]
    assert seen.removed[0] == 4 * 4 + 2 * 3 + 3 * 1
    assert played(late_weeks=1, late_chance=0.0).repaired[0, 2] == 9


def test_a_slip_by_chance_comes_in_some_runs_and_the_same_ones_every_time():
    late = played(late_weeks=1, late_chance=0.5).repaired[:, 2]
    assert set(late) == {6, 9}
    assert (late == played(late_weeks=1, late_chance=0.5).repaired[:, 2]).all()
    assert (late != played(late_weeks=1, late_chance=0.5, seed=7).repaired[:, 2]).any()


def test_owners_who_do_not_come_book_again_and_take_their_hours_twice():
    """A quarter of 300 x 20 visits with kits and hours enough: each books 1 / (1 - 1/4) times, and three quarters are done at once."""
    case = problem([bundle(hours=2)], [dealer("d")], {("b", "d"): 300}, weeks=WEEKS)
    seen = played(case, no_shows=0.25)
    assert seen.repaired[:, 0].mean() / 300 == pytest.approx(0.75, abs=0.02)
    assert seen.bookings.mean() / 300 == pytest.approx(4 / 3, abs=0.03)
    assert seen.hours.sum(axis=2).mean() == pytest.approx(600 * 4 / 3, abs=16)
    assert (seen.repaired[:, -1] == 300).all()


def test_without_a_stated_share_of_no_shows_the_assumed_one_is_played():
    case = problem([bundle()], [dealer("d")], {("b", "d"): 300}, weeks=WEEKS)
    assumed, stated = (played(case, no_shows=s).repaired for s in (None, rehearsal.NO_SHOWS))
    assert (assumed == stated).all()
    assert assumed[:, 0].mean() < 300


@pytest.mark.parametrize(
    ("wrong", "sentence"),
    [
        ({"no_shows": 1.0}, "A share of no-shows of 1 is none."),
        ({"no_shows": -0.1}, "A share of no-shows of -0.1 is none."),
        ({"late_chance": 1.5}, "A chance of 1.5 that a part is late is none."),
    ],
)
def test_a_share_beyond_its_bounds_is_refused(wrong, sentence):
    with pytest.raises(BadInput) as refused:
        RehearsalSettings(**wrong)
    assert refused.value.message == sentence
    assert refused.value.hint


def test_figures_do_not_depend_on_the_order_in_which_workers_take_the_chunks(monkeypatch):
    case = problem([bundle()], [dealer("d", [30])], {("b", "d"): 300}, weeks=WEEKS)
    monkeypatch.setattr(rehearsal, "CHUNK_CELLS", 3 * PLAYED)  # chunks of three runs
    alone = played(case, no_shows=0.3)
    seen = []

    def backwards(function, tasks, workers):
        seen.append((len(tasks), workers))
        return [function(task) for task in reversed(tasks)][::-1]

    monkeypatch.setattr(rehearsal, "mapped", backwards)
    monkeypatch.setattr(rehearsal, "POOL_CELLS", 0)
    stated = RehearsalSettings(runs=20, no_shows=0.3)
    shared = rehearsal.rehearsal(case, all_in_week_0(case), stated, workers=2)
    assert seen == [(7, 2)]
    for name, values in vars(alone).items():
        assert np.array_equal(values, getattr(shared, name)), name


# ---- as it is told


def test_the_analyst_reads_weeks_by_their_mondays():
    analyst = rehearsal_report.document(told())["analyst"]
    assert (analyst["owners"], analyst["letters"]) == (10, 10)
    first, second = analyst["weeks"][:2]
    assert first == {
        "week": "2013-03-04", "letters": 10, "asked": {"mean": 10, "low": 10, "high": 10}, "repaired": {"mean": 4, "low": 4, "high": 4},
    }  # fmt: skip
    assert (second["week"], second["letters"]) == ("2013-03-11", 0)
    assert analyst["exposure_removed"]["mean"] == 28
    assert analyst["exposure_if_nobody_waited"] == 10 * 4
    assert analyst["late_letters"] == []


def test_first_notices_after_their_lawful_week_are_told_with_it():
    letters = np.roll(
        all_in_week_0(world()), 2, axis=2
    )  # in week 2; by week 1 they should have gone
    late = told(letters=letters)
    assert rehearsal_report.document(late)["analyst"]["late_letters"] == [
        {"bundle": "b", "last_week": "2013-03-11", "letters": 10}
    ]
    said = sentences(late, rehearsal_report.document(late))
    assert any(s.startswith("10 first notices of b do not go out by the lawful week of 2013-03-11") for s in said)  # fmt: skip


def test_the_parts_manager_reads_when_a_part_runs_out():
    (part,) = rehearsal_report.document(told())["parts"]
    assert (part["part"], part["chance"]) == ("P", 1)
    assert part["runs_out"] == dict.fromkeys(("median", "low", "high"), "2013-03-04")
    assert part["turned_away"] == dict.fromkeys(("mean", "low", "high"), 4)
    assert part["weeks"] == [{"week": "2013-03-04", "chance": 1, "chance_by_letters": 1}]
    assert set(part["longest_wait_weeks"].values()) == {None}  # the tenth kit never comes
    one = told(world(supply={"P": [5, 5, 9, 9]}))
    said = sentences(one, rehearsal_report.document(one))
    assert any(
        s.endswith("in 19 runs of 20 nobody waits more than 2 weeks for kits.") for s in said
    )


def test_a_part_that_never_runs_out_has_no_week():
    (part,) = rehearsal_report.document(told(world(supply={"P": [50]})))["parts"]
    assert (part["chance"], part["weeks"]) == (0, [])
    assert set(part["runs_out"].values()) == {None}


def test_the_service_manager_reads_the_worst_weeks_first_and_no_dealer_of_unknown_hours():
    dealers = rehearsal_report.document(told())["dealers"]
    assert [(row["dealer"], row["week"]) for row in dealers["weeks"]] == [
        (EAST, "2013-03-04"),
        (EAST, "2013-03-18"),
    ]
    assert dealers["weeks"][0] | {"hours_asked": dealers["weeks"][0]["hours_asked"]["mean"]} == {
        "dealer": EAST, "week": "2013-03-04", "hours_asked": 8, "hours_waiting": 0, "hours_there": 4, "chance_beyond_bound": 1,
    }  # fmt: skip
    (row,) = dealers["beyond_bound"]
    assert (row["dealer"], row["visits_beyond"]["mean"], row["chance"]) == (EAST, 2, 1)
    assert row["share_of_visits"] == pytest.approx(2 / 6, abs=1e-4)


def test_the_owner_reads_the_chance_to_be_turned_away_and_the_wait():
    owner = rehearsal_report.document(told())["owner"]
    assert owner["turned_away"] == dict.fromkeys(("mean", "low", "high"), 0.4)
    assert owner["wait_weeks"] == dict.fromkeys(("median", "low", "high"), 1)
    assert owner["wait_weeks_of_nine_in_ten"] == dict.fromkeys(("median", "low", "high"), 2)


def test_each_reader_has_a_sentence():
    one = told(late_weeks=1)
    assert sentences(one, rehearsal_report.document(one)) == [
        (
            "10 letters to the owners of 10 vehicles: 10 (10 to 10) ask for a visit, 9 (9 to 9) are repaired by the end of the week of"
            " 2013-08-12."
        ),
        "25 (25 to 25) vehicle-weeks of risk are removed, 62.5 % of what visits would if none had to wait.",
        (
            "P runs out in 100 % of the runs, first in the week of 2013-03-04 (2013-03-04 to 2013-03-04); 4 (4 to 4) owners are turned away"
            " for it, and some still wait at the end of the weeks played in more than one run of twenty."
        ),
        "Visits wait longer than 0 weeks for hours at 1 dealer in one run of ten or more: east.",
        "1 dealer with no hours on file is taken as never full: load dealer_capacity.",
        (
            "An owner who asks finds no kit with a chance of 40.0 % (40.0 % to 40.0 % over the runs). Half of those who stay are repaired"
            " within 1 week, nine of ten within 3 weeks."
        ),
        "Deliveries after the week of 2013-03-04 come 1 week late, of every part; what is there by then stays.",
        "Assumed: 20 % of the owners who find no kit never return.",
    ]


def test_walk_ins_count_in_what_visits_would_remove():
    case = world(background=[{"bundle": "b", "dealer": EAST, "per_week": [1, 0, 0, 2]}])
    analyst = rehearsal_report.document(told(case))["analyst"]
    assert analyst["exposure_if_nobody_waited"] == 10 * 4 + 1 * 4 + 2 * 1


def test_the_settings_stand_in_the_document():
    settings = {"runs": 21, "seed": 9, "no_shows": 0.2, "late_weeks": 3, "late_chance": 0.5}
    document = rehearsal_report.document(told(**settings))
    assert asdict(RehearsalSettings(**settings)).items() <= document.items()


def test_the_picture_has_the_weeks_until_nearly_all_is_done():
    weeks = rehearsal_report.drawn(told())
    assert weeks.weeks == (date(2013, 3, 4), date(2013, 3, 11), date(2013, 3, 18))
    assert weeks.letters.tolist() == [10, 0, 0]
    assert weeks.repaired.tolist() == [[4, 6, 9]] * 3
    assert weeks.asked.tolist() == [[10, 10, 10]] * 3
    assert weeks.part_lacks.tolist() == [[1, 0, 0]]
    assert weeks.visit_waits.tolist() == [[1, 0, 0], [0, 0, 0]]


def test_where_nobody_asks_no_wait_is_claimed():
    case = world()
    calm = told(case, letters=np.zeros_like(all_in_week_0(case)))
    document = rehearsal_report.document(calm)
    assert set(document["owner"]["wait_weeks"].values()) == {None}
    assert not any("who asks" in sentence for sentence in sentences(calm, document))
    assert len(rehearsal_report.drawn(calm).weeks) == 1


def test_booked_visits_take_their_turn_in_their_week_and_no_kit():
    """No letter, and two visits booked at East for the second week, two hours each of the four that it has: both are done in it."""
    case = world()
    booked = Booked(np.array([0, 0]), np.array([0, 0]), np.array([1, 1]))
    none = 0 * all_in_week_0(case)
    seen = rehearsal.rehearsal(case, none, RehearsalSettings(**SURE), booked=booked)
    assert seen.asked.sum() == 0  # they asked before
    assert np.unique(seen.repaired, axis=0)[0, :4].tolist() == [0, 2, 2, 2]
    assert seen.hours.mean(axis=0)[0, :3].tolist() == [0, 4, 0]
    assert seen.lacking.sum() == 0


def test_no_more_is_removed_than_the_visits_of_the_same_runs_would_if_none_waited(monkeypatch):
    """Half a walk-in a week is stated and four come in the first: of few owners that is chance, and no 126 per cent of what is possible."""

    def four_in_week_0(case, runs, _rng):
        coming = np.zeros((runs, *case.owners.shape, case.weeks + TAIL), np.int64)
        coming[:, 0, case.dealers.index(WEST), 0] = 4
        return coming

    monkeypatch.setattr(rehearsal, "walk_ins", four_in_week_0)
    case = world(
        background=[{"bundle": "b", "dealer": WEST, "per_week": [0.5] * 4}], supply={"P": [99]}
    )
    one = told(case, 0 * all_in_week_0(case))
    assert (one.seen.removed == 4 * 4).all()
    analyst = rehearsal_report.document(one)["analyst"]
    assert analyst["exposure_if_nobody_waited"] == analyst["exposure_removed"]["mean"] == 4 * 4


def test_what_was_done_before_is_among_what_is_repaired():
    case = world()
    booked = Booked(np.array([0]), np.array([0]), np.array([1]))
    none = 0 * all_in_week_0(case)
    settings = RehearsalSettings(**SURE)
    seen = rehearsal.rehearsal(case, none, settings, booked=booked)
    one = Rehearsed(case, none, none, MONDAY, settings, seen, booked, before=40)
    document = rehearsal_report.document(one)
    analyst = document["analyst"]
    assert (analyst["repaired_before"], analyst["booked"]) == (40, 1)
    assert [week["repaired"]["mean"] for week in analyst["weeks"][:3]] == [40, 41, 41]
    # who is done asked before, and so did who has a visit: the picture never has more repairs than owners who asked
    drawn = rehearsal_report.drawn(one)
    assert (drawn.asked[0].tolist(), drawn.repaired[0].tolist()) == ([41, 41], [40, 41])
    assert sentences(one, document)[0] == (
        "0 letters to the owners of 10 vehicles: 0 (0 to 0) ask for a visit beside 1 visit that is booked, 41 (41 to 41) are repaired by"
        " the end of the week of 2013-08-12, 40 of them before."
    )
    # the booked visit of the second of four weeks takes its risk off the road for three
    assert analyst["exposure_removed"]["mean"] == analyst["exposure_if_nobody_waited"] > 0
