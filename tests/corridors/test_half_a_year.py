"""A follow-up that runs for months, on a world that answers: every week's figures against the world's own books.

The world is played once; each test reads what was said of all its weeks. Four weeks are played by default, half a year where slow
tests are run.
"""

from __future__ import annotations

import math
from collections import defaultdict
from collections.abc import Iterator
from datetime import date, timedelta

import pytest

from corridors import planted_world as p
from corridors.conftest import NewLedger
from corridors.played_world import Played, played_weeks

SHORT = 4
REST = timedelta(weeks=p.REST_WEEKS)
NOTHING = {"appointments": 0.0, "hours": 0.0, "booked_hours": 0.0}


@pytest.fixture(
    scope="module",
    params=[
        pytest.param(SHORT, id="four weeks"),
        pytest.param(p.WEEKS, id="half a year", marks=pytest.mark.slow),
    ],
)
def played(
    request: pytest.FixtureRequest,
    new_ledger: NewLedger,
    tmp_path_factory: pytest.TempPathFactory,
) -> Iterator[Played]:
    if request.param == p.WEEKS:
        yield request.getfixturevalue("half_a_year")
        return
    folder = tmp_path_factory.mktemp("answering")
    with new_ledger(request, folder, "sqlite") as url:
        yield played_weeks(url, folder, request.param)


# ---- letters


def test_nobody_gets_a_letter_twice_within_the_rest(played: Played) -> None:
    last: dict[int, date] = {}
    for one in played.world.post.mailed:
        for vehicle in one.vehicles[one.arrived].tolist():
            before = last.get(vehicle)
            assert before is None or one.day - before >= REST - timedelta(days=6), vehicle
            last[vehicle] = one.day


def test_nobody_is_skipped_whose_letter_the_mail_house_lost(played: Played) -> None:
    world = played.world
    if world.post.lost_ever == 0:
        assert len(played.weeks) <= p.LOST_WAVE
        return
    waiting = [vehicle for vehicle in world.post.lost if world.owners.open[vehicle]]
    awaited = [  # the evidence that says so is still to come
        one for due in world.post.evidence.values() for one in due if one.wave == p.LOST_WAVE
    ]
    assert not waiting or awaited


def test_the_mail_house_gets_no_more_than_it_takes_or_the_release_says_so(played: Played) -> None:
    for one in played.weeks:
        said = one.lived.said
        for name in said.told:
            done = [done for done in said.released if done["follow_up"] == name]
            assert all(each["printed"] <= p.MAIL_HOUSE for each in done)
            assert all(each["planned"] == each["printed"] + each["withdrawn"] for each in done)
        pieces = one.lived.printed
        if pieces > p.MAIL_HOUSE:
            warned = " ".join(
                text for done in (*said.released, *said.reprinted) for text in done["warnings"]
            )
            assert f"agree on {pieces - p.MAIL_HOUSE} more with it" in warned, (said.on, warned)


def test_no_wave_is_held_where_dealers_are_told_each_week(played: Played) -> None:
    assert [text for one in played.weeks for text in one.lived.said.held] == []


def test_the_three_way_count_closes_every_week(played: Played) -> None:
    assert all(count["closes"] for one in played.weeks for count in one.counted.values())


# ---- counts


def test_open_vehicles_are_those_of_the_world(played: Played) -> None:
    """Who could not be found is open in the world, and unreachable in the ledger."""
    for one in played.weeks:
        for code, row in one.status.items():
            known = row["open"] + row["unreachable"]["failure_to_receive"]
            assert known == one.lived.known_open[code], (one.lived.monday, code)


def test_the_ledger_folds_to_what_it_keeps(played: Played) -> None:
    assert played.verified["ok"]


# ---- kits


def test_kits_on_shelves_on_their_way_fitted_and_in_the_pool_are_those_delivered(
    played: Played,
) -> None:
    before = p.ON_SHELVES * len(p.DEALERS)
    for one in played.weeks:
        known = one.lived.known
        for part, line in one.lived.said.pool.items():
            shelf = sum(kits for place, kits in known.shelf.items() if place[1] == part)
            coming = sum(kits for place, kits in known.coming.items() if place[1] == part)
            assert line["delivered"] == known.delivered[part]
            assert (line["on_shelves"], line["fitted"]) == (shelf, known.fitted[part])
            assert line["left_pool"] == shelf + known.fitted[part] - before
            assert line["left_pool"] + coming == known.shipped[part]


def test_what_is_on_order_at_dealers_is_what_they_were_promised_and_has_not_come(
    played: Played,
) -> None:
    for one in played.weeks:
        owed: dict[str, float] = defaultdict(float)
        for promise in one.lived.said.promises:
            owed[promise["part_no"]] += promise["kits"] - promise["shipped"]
        for part, line in one.lived.said.pool.items():
            assert line["on_order"] == owed[part], (one.lived.monday, part)
            spoken_for = line["left_pool"] + line["on_order"] + line["promised"]
            assert 0 <= line["free"] <= line["for_orders"]
            assert line["for_orders"] == max(line["delivered"] - spoken_for + line["promised"], 0)


def test_nobody_waits_for_a_kit_that_was_given_to_another(played: Played) -> None:
    """A promise that is told as kept and is due is shipped: the pool has its kits. What is not shipped was told as broken."""
    seen = 0
    for one in played.weeks:
        kept = {row["id"] for row in one.lived.said.promises if row["state"] == "kept"}
        assert kept.isdisjoint(one.lived.unkept), one.lived.monday
        seen += len(kept)
    assert seen


# ---- what dealers were told


def test_notices_workload_and_plan_say_the_same_of_each_dealer_and_week(played: Played) -> None:
    """A dealer to which a list brings nothing has a notice all the same, which tells of nothing; its workload has no row of it.

    Letters that are sent again are told beside those of the plan.
    """
    for one in played.weeks:
        monday = one.lived.monday.isoformat()
        for name, rows in one.lived.said.told.items():
            work = {(row["dealer"], row["week"]): row for row in one.work[name]}
            for row in rows:
                if row["week"] < monday:
                    continue  # of a week that has passed its letters alone are told
                told = work.get((row["dealer_code"], row["week"]), NOTHING)
                assert float(row["visits"]) == pytest.approx(told["appointments"], abs=0.011)
                hours = max(told["hours"], told["booked_hours"])
                assert float(row["hours"]) == pytest.approx(hours, abs=0.055)
            plan = one.lived.said.plans.get(name)
            if plan is None or one.lived.week == 0:
                continue
            planned: dict[tuple[str, str], int] = defaultdict(int)
            for row in plan["letters"]:
                day = date.fromisoformat(plan["first_week"]) + timedelta(weeks=row["week"])
                planned[row["dealer"], day.isoformat()] += row["count"]
            letters = {
                (row["dealer_code"], row["week"]): int(row["letters"])
                for row in rows
                if row["week"] >= monday and int(row["letters"])
            }
            ahead = {key: count for key, count in planned.items() if count and key[1] >= monday}
            more = {key: letters.get(key, 0) - ahead.get(key, 0) for key in letters | ahead}
            again = [each for each in one.lived.said.resent if each["follow_up"] == name]
            assert all(not count or key[1] == monday for key, count in more.items())
            assert min(more.values(), default=0) >= 0
            assert sum(more.values()) == sum(each["pieces"] for each in again)  # sent again today


def test_orders_expect_the_kits_that_the_letters_of_the_plan_will_ask_for(played: Played) -> None:
    """Of this week and the next, which is before the order after this one arrives; by hand from the plan's letters and response, which
    do not know who of them has booked since. Letters that are sent again that day ask anew.
    """
    weeks = math.ceil(p.LEAD_DAYS / 7) + 1
    for one in played.letters_out:
        plan = one.lived.said.plans.get(p.NAME)
        if plan is None:
            continue
        now = (one.lived.monday - date.fromisoformat(plan["first_week"])).days // 7
        asked: dict[str, float] = defaultdict(float)
        for row in plan["letters"]:
            response = one.bundles[row["bundle"]]["response"]
            since = range(max(now - row["week"], 0), max(now + weeks - row["week"], 0))
            share = sum(response[week] for week in since if week < len(response))
            for part, kits in one.bundles[row["bundle"]]["kits"].items():
                asked[part] += kits * share * row["count"]
        for part, kits in asked.items():
            expected = sum(
                line["expected"] for line in one.lived.said.orders if line["part_no"] == part
            )
            again = sum(done["pieces"] for done in one.lived.said.resent) * max(
                bundle["kits"].get(part, 0) * sum(bundle["response"][:weeks])
                for bundle in one.bundles.values()
            )
            assert 0.75 * kits - 0.2 <= expected <= 1.05 * kits + 0.2 + again, (
                one.lived.monday,
                part,
            )


def test_each_dealer_gets_the_letters_that_it_was_told_of_for_the_week(played: Played) -> None:
    """Told on Monday, released the same day: what is printed, sent again too, and what is withdrawn because its owner came in."""
    for one in played.weeks:
        said = one.lived.said
        for name, rows in said.told.items():
            told = sum(
                int(row["letters"]) for row in rows if row["week"] == one.lived.monday.isoformat()
            )
            done = [each for each in said.released if each["follow_up"] == name]
            assert sum(each["planned"] for each in done) == told, (said.on, name)
