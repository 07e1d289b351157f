"""A letter that follows the first notice names its day (577.10(b), (c)): where campaigns.toml states none, the ledger's letters tell it."""

from __future__ import annotations

from datetime import date

import pytest

from corridors import world as w
from renotify.ledger import follow_ups
from renotify.ledger.first_letters import first_letters
from renotify.ledger.session import open_session
from renotify.mailing.versions import of_follow_up
from small_world import Desk, World, follow_up_file, vin

FIRST, SECOND = date(2012, 4, 2), date(2012, 4, 16)


@pytest.mark.parametrize("kind", ["follow_up_ordered", "follow_up_voluntary"])
def test_the_letters_that_the_ledger_holds_tell_the_day_of_the_first_notice(
    desk: Desk, kind: str
) -> None:
    world = World(desk.folder / "input").dealer(w.EAST).labour(w.A, 1.0)
    world.campaign(
        w.A, filed_date=date(2012, 3, 1), first_notice_date=None, remedy_available_date=date(2012, 3, 1),
        decided_by="administrator", ordered_date=date(2012, 3, 1), nhtsa_campaign_number="12V100000",
    )  # fmt: skip
    for number in (1, 2):
        world.vehicle(vin(number), w.A, dealer=w.EAST)
    desk.do("load", world.write(), on=w.NOTICE)
    stated = w.SETTINGS | {"name": "second", "kind": kind, "campaigns": (w.A,)}
    file = follow_up_file(desk.folder / "second.toml", {"share": 0.1}, **stated)
    refused = desk.run("followup", "new", file, "--on", w.NOTICE)
    assert "`first_notice_date`" in refused.err
    letters = World(desk.folder / "letters")
    for number, day in ((1, FIRST), (2, SECOND)):
        letters.add(
            "mail_events", vin=vin(number), campaign_code=w.A, kind="mailed", mailed_date=day
        )
    desk.do("load", letters.write(), on=w.NOTICE)
    made = desk.do("followup", "new", file, on=w.NOTICE)
    assert made["listed"] == 2
    with open_session(desk.ledger) as session:
        settings = follow_ups.settings(session, "second", w.NOTICE)
        versions = of_follow_up(session, settings, mail_date=w.FIRST_LETTER)
    assert versions.campaigns[w.A].first_notice_date == FIRST
    rows = desk.do("letter", "check", "second", on=w.FIRST_LETTER)
    assert {row["severity"] for row in rows} <= {"", "should"}


# ---- the free remedy counts back from the first notice that the ledger holds (49 USC 30120(g)(1))

NOTICED, LATER = date(2025, 3, 10), date(2026, 6, 30)
SOLD = {1: date(2010, 3, 5), 2: date(2010, 3, 20)}  # 15 years end on 5 March 2025, on 20 March 2025
NO_LONGER_FREE = "is not required by the Act to remedy this problem on your vehicle without charge"


@pytest.fixture
def noticed(desk: Desk) -> Desk:
    """A recall whose first notice only the ledger's letters tell, five days after one vehicle's 15 years and ten before another's."""
    world = World(desk.folder / "input").dealer(w.EAST).labour(w.A, 1.0)
    world.campaign(
        w.A, filed_date=date(2025, 1, 15), first_notice_date=None, remedy_available_date=date(2025, 3, 1),
        nhtsa_campaign_number="25V100000", voluntary_extent="We pay half.",
    )  # fmt: skip
    for number, sold in SOLD.items():
        world.vehicle(vin(number), w.A, dealer=w.EAST, first_sale_date=sold)
        world.add(
            "mail_events", vin=vin(number), campaign_code=w.A, kind="mailed", mailed_date=NOTICED
        )
    desk.do("load", world.write(), on=LATER)
    return desk


def test_the_clock_counts_the_vehicles_that_were_too_old_on_the_day_of_the_first_notice(
    noticed: Desk,
) -> None:
    for day in (date(2025, 3, 17), LATER):
        (clock,) = (one for one in noticed.do("deadlines", on=day) if one["what"] == "free remedy")
        assert (clock["due"], clock["vehicles"]) == (None, 1), day
        listed = noticed.do("deadlines", "--list", clock["id"], on=day)
        assert [row["vin"] for row in listed["rows"]] == [vin(1)]


def test_an_owner_who_calls_a_year_later_keeps_the_free_remedy_of_the_notice(
    noticed: Desk,
) -> None:
    old, kept = (
        noticed.do("answer", vin(number), on=LATER)["campaigns"][0]["what_to_do"] for number in SOLD
    )
    assert NO_LONGER_FREE in old
    assert NO_LONGER_FREE not in kept


def test_the_public_look_up_tells_both_as_their_letters_did(noticed: Desk) -> None:
    with open_session(noticed.ledger) as session:
        begun = first_letters(session, [w.A])
    assert begun == {w.A: NOTICED}
