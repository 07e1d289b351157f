"""One vehicle explained: why it is out of campaigns whose scope names its model, its letter's week, its owner's record, its visit."""

from __future__ import annotations

from datetime import date
from typing import Any

import pytest

from corridors import world as w
from small_world import Desk, World, follow_up_file, vin

OTHER_PLANT = "6K"  # the tenth and eleventh character: another year of make, another plant
MINE, FIRST, ELSEWHERE, BOOKED = vin(1), vin(2), vin(3, year_and_plant=OTHER_PLANT), vin(4)
BOOKED_SINCE = vin(5)  # booked after the plan was made
BUILT, VISIT, LATER_VISIT = date(2006, 5, 10), date(2013, 3, 19), date(2013, 4, 10)


@pytest.fixture(scope="module")
def explained(shared_desk: Desk) -> Desk:
    desk = shared_desk
    world = World(desk.folder / "input").dealer(w.EAST).part("PIPE").takes("9LA", "PIPE", 2)
    world.part("VALVE").takes("9LA", "VALVE", 1, take_rate=0.6).part("CLIP").takes(
        "9LA", "CLIP", 2, take_rate=0.6
    )
    world.campaign("9LA").labour("9LA", 2.0)
    world.campaign("LATER").campaign("BUILT").campaign("LISTS").campaign("FAMILY").campaign(
        "PLANTS"
    )
    world.part("RARE").takes("LISTS", "RARE", 1).supply("RARE", {date(2013, 3, 11): 0})
    for number in (MINE, FIRST, BOOKED, BOOKED_SINCE):
        world.vehicle(number, "9LA", dealer=w.EAST, model="IS 250", build_date=BUILT)
    world.vehicle(ELSEWHERE, "LISTS", dealer=w.EAST, model="IS 250", build_date=BUILT)
    world.rows["owners"][0] |= {"addr1": "UNKNOWN", "as_of": date(2012, 12, 2)}
    world.appointment(BOOKED, w.EAST, "9LA", day=VISIT)
    world.count(w.EAST, "PIPE", w.LONG_AGO, on_hand=0).supply("PIPE", {date(2013, 3, 11): 10})
    folder = world.write()
    file = folder / "campaigns.toml"
    mark = "\n\n[[campaign]]"
    head, later, built, lists, family, plants = file.read_text(encoding="utf-8").split(mark)
    family = family.replace('model = "IS"', 'model = "IS 350/350 C"')
    later = later.replace("year_from = 2006", "year_from = 2007")
    built = built.replace("year_to = 2008", "year_to = 2008\nbuilt_from = 2006-06-01\nbuilt_to = 2006-12-31")  # fmt: skip
    scope = 'year_to = 2008\nplant = "{}"\n'
    another = '[[campaign.scope]]\nmodel = "IS 250"\nyear_from = 2006\n'
    both = f"{scope.format('K')}\n{another}{scope.format('M')}"
    plants = plants.replace("year_to = 2008", both)
    file.write_text(mark.join((head, later, built, lists, family, plants)), encoding="utf-8")
    desk.do("load", folder, on=w.NOTICE)
    stated = w.SETTINGS | {"name": "first", "campaigns": ("9LA",), "horizon_weeks": 4}
    desk.do("followup", "new", follow_up_file(desk.folder / "f.toml", {"share": 0.5}, **stated), on=w.NOTICE)  # fmt: skip
    desk.do("plan", "first", "--policy", "uniform:2")
    desk.do("parts", "order", "--keep", on=w.NOTICE)
    since = World(desk.folder / "since").appointment(BOOKED_SINCE, w.EAST, "9LA", day=LATER_VISIT)
    desk.do("load", since.write(), on=w.NOTICE)
    return desk


def explain(desk: Desk, number: str) -> dict[str, Any]:
    found: dict[str, Any] = desk.do("explain", number, on=w.NOTICE)
    return found


def test_a_campaign_whose_scope_names_the_model_says_why_it_does_not_have_the_vehicle(
    explained: Desk,
) -> None:
    out = {row["campaign"]: row["sentence"] for row in explain(explained, FIRST)["out_of"]}
    assert out == {
        "LATER": "Not in the campaign: it is of model year 2006; the scope names 2007-2008 IS.",
        "FAMILY": "Not in the campaign: the scope names 2006-2008 IS 350/350 C, and no IS 250.",
        "BUILT": (
            f"Not in the campaign: it was built on {BUILT}; the scope names vehicles built from 2006-06-01 to 2006-12-31."
        ),
        "PLANTS": (
            "Not in the campaign: it was built at plant 5 (the 11th character of its VIN); the scope names plant K and M."
        ),
        "LISTS": (
            "Not in the campaign: the scope names its model, and the population that the maker loaded does not have it."
            " Its plant is 5 (the 11th character of the VIN); 1 vehicle of the model in the campaign is of K."
        ),
    }
    assert "PLANTS" not in {
        row["campaign"]
        for row in explain(explained, ELSEWHERE)["out_of"]
        if "plant" in row["sentence"]
    }
    by_plant = explained.do("vehicles", "--by", "plant", on=w.NOTICE)["rows"]
    assert {row["plant"]: row["count"] for row in by_plant} == {"5": 4, "K": 1}
    assert "LATER: Not in the campaign" in explained.run("explain", FIRST, "--on", w.NOTICE).out


def test_the_field_of_the_owner_s_record_that_stops_the_letter_is_named_and_nothing_of_the_person(
    explained: Desk,
) -> None:
    (record,) = explain(explained, MINE)["records"]
    assert (record["role"], record["as_of"], record["row"]) == ("owner", "2012-12-02", 2)
    assert "addr1" in record["problem"]
    assert "EXAMPLE" not in explained.run("explain", MINE, "--on", w.NOTICE).out
    assert explain(explained, FIRST)["records"] == []


def test_a_letter_that_is_still_to_come_has_its_monday_and_why_that_week(explained: Desk) -> None:
    (first,), (booked,) = (explain(explained, one)["weeks"] for one in (FIRST, BOOKED_SINCE))
    of_first_week, later = sorted((first, booked), key=lambda one: one["monday"])
    assert of_first_week["monday"] == w.MONDAYS[0].isoformat()
    assert of_first_week["why"].startswith("It is the first week of letters.")
    assert later["why"].startswith("By the plan (")
    assert " or " not in later["why"]
    visit = (
        f" A visit is booked for {LATER_VISIT}: a replan lets a letter of a later week than the next wait while the visit stands; one of"
        " this week or the next goes if the vehicle is still open then."
    )
    assert booked["why"].endswith(visit)
    assert "A visit is booked" not in first["why"]


def test_a_letter_that_waits_for_a_visit_says_so_and_what_gives_it_a_week(explained: Desk) -> None:
    """Booked before the plan: two owners of three are written to. When the visit is called off, a replan writes to the third."""
    why = (
        f"It has no week: a visit is booked for {VISIT}, and a voluntary letter waits while it stands; renotify replan first gives the"
        " letter a week if the visit is called off."
    )
    assert explain(explained, BOOKED)["weeks"] == [
        {"follow_up": "first", "family": "safety", "monday": None, "why": why}
    ]
    said = explained.run("explain", BOOKED, "--on", w.NOTICE).out
    assert f"letter to the owner listed.\n  {why}" in said


def test_a_visit_says_its_kits_and_for_which_week_they_were_promised(explained: Desk) -> None:
    (visit,) = explain(explained, BOOKED)["visits"]
    assert (visit["dealer"], visit["start"][:10], visit["campaigns"]) == (
        w.EAST,
        str(VISIT),
        ["9LA"],
    )
    clip, kit, valve = visit["kits"]
    assert (clip["qty"], clip["take_rate"], valve["kits"]) == (2.0, 0.6, 0.6)
    assert (kit["part_no"], kit["kits"]) == ("PIPE", 2.0)
    assert [(one["week"], one["state"]) for one in kit["promises"]] == [("2013-03-11", "kept")]
    said = explained.run("explain", BOOKED, "--on", w.NOTICE).out
    assert f"A visit is booked at dealer {w.EAST} on {VISIT} 09:00 for 9LA." in said
    assert "It takes 2 of PIPE; promised to the dealer: " in said
    assert "A kit of VALVE may be needed (60 %); promised to the dealer: 1 for " in said
    assert "2 kits of CLIP may be needed (60 %)" in said
    assert visit["kits_say"]
    assert visit["kits_say"].partition(": ")[0].partition(" in the week")[0] in explained.run(
        "answer", BOOKED, "--on", w.NOTICE
    ).out.replace("\n", " ")


def test_a_visit_whose_day_is_past_is_said_to_be_so_by_every_desk(explained: Desk) -> None:
    """Booked for March 19: on that day it is to come, on the 20th it is past, and nobody has reported it."""
    for day, past in ((VISIT, False), (date(2013, 3, 20), True)):
        told = explained.do("answer", BOOKED, on=day)
        assert (told["booking"] is None, told["without_word"] is not None) == (past, past)
        (visit,) = explained.do("explain", BOOKED, on=day)["visits"]
        assert visit["without_word"] is past
        desk = explained.do("dealer", "day", w.EAST, on=day)
        assert bool(desk["without_word"]) is past
    said = explained.run("explain", BOOKED, "--on", "2013-03-20").out
    was = f"A visit was booked at dealer {w.EAST} on {VISIT} 09:00 for 9LA; its day is past, and it is not reported."
    assert was in said
    assert (
        "Its day is past, and it is not reported."
        in explained.run("answer", BOOKED, "--on", "2013-03-20").out
    )


def test_a_letter_without_a_week_says_why_before_and_after_the_plan(explained: Desk) -> None:
    """The vehicle's repair takes a kit of which none is supplied: the plan holds its letter."""
    stated = w.SETTINGS | {"name": "second", "campaigns": ("LISTS",), "horizon_weeks": 4}
    file = follow_up_file(explained.folder / "second.toml", {"share": 0.5}, **stated)
    explained.do("followup", "new", file, on=w.NOTICE)
    for before, why in (
        ((), "It has no week: second is not planned yet (renotify plan second)."),
        (
            ("plan", "second"),
            (
                "It has no week: by the plan (optimal) RARE is short, up to the last week, that of 2013-03-25;"
                " renotify plans compare second shows what binds."
            ),
        ),
    ):
        if before:
            explained.do(*before)
        (week,) = explain(explained, ELSEWHERE)["weeks"]
        assert week == {"follow_up": "second", "family": "safety", "monday": None, "why": why}
        said = explained.run("explain", ELSEWHERE, "--on", w.NOTICE).out
        assert f"letter to the owner listed.\n  {why}" in said


def test_a_vehicle_in_stock_says_at_which_dealer_and_what_holds_it(desk: Desk) -> None:
    """A new one is held by law for its recall; a used one whose recall is done stands there and is not held."""
    new, used = vin(1), vin(2)
    world = World(desk.folder / "input").dealer(w.EAST).campaign("9LA")
    for one in (new, used):
        world.vehicle(one, "9LA", dealer=w.EAST, owner=None)
    world.in_stock(new, w.EAST, "new", date(2013, 1, 7))
    world.in_stock(used, w.EAST, "used", date(2013, 1, 8))
    world.repair(used, "9LA", date(2013, 1, 9), dealer=w.EAST)
    desk.do("load", world.write(), on=w.NOTICE)
    assert explain(desk, new)["stock"] == {
        "dealer": w.EAST, "stock_type": "new", "since": "2013-01-07", "held_for": ["9LA"], "basis": "law",
    }  # fmt: skip
    said = desk.run("explain", new, "--on", w.NOTICE).out
    assert (
        f"In the stock of dealer {w.EAST} (new) since 2013-01-07, and on hold by law (49 USC 30120(i)) until 9LA is done."
        in said
    )
    done = desk.run("explain", used, "--on", w.NOTICE).out
    assert f"In the stock of dealer {w.EAST} (used) since 2013-01-08.\n" in done
    assert desk.do("explain", new, on=date(2013, 1, 6))["stock"] is None


def test_a_visit_that_was_called_off_since_the_plan_says_that_a_replan_gives_the_letter_a_week(
    desk: Desk,
) -> None:
    world = World(desk.folder / "input").dealer(w.EAST).campaign("9LA").labour("9LA", 2.0)
    for number in (FIRST, BOOKED):
        world.vehicle(number, "9LA", dealer=w.EAST)
    world.appointment(BOOKED, w.EAST, "9LA", day=VISIT)
    desk.do("load", world.write(), on=w.NOTICE)
    stated = w.SETTINGS | {"name": "first", "campaigns": ("9LA",), "horizon_weeks": 8}
    desk.do("followup", "new", follow_up_file(desk.folder / "f.toml", {"share": 0.5}, **stated), on=w.NOTICE)  # fmt: skip
    desk.do("plan", "first")
    off = World(desk.folder / "off").appointment(BOOKED, w.EAST, "9LA", day=VISIT, status="no_show")
    desk.do("load", off.write(), on=w.SECOND_WEEK)
    (letter,) = explain(desk, BOOKED)["weeks"]
    assert letter["monday"] is None
    assert letter["why"] == (
        "It has no week: a visit was booked when the plan was made, and stands no more; renotify replan first gives the letter a week if"
        " something of it is still open."
    )
    desk.do("replan", "first", on=w.SECOND_WEEK)
    (letter,) = explain(desk, BOOKED)["weeks"]
    assert (
        letter["monday"] == w.MONDAYS[3].isoformat()
    )  # this week and the next are promised to the mail house as they are
