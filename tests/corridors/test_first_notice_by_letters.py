"""A letter that follows the first notice names its day (577.10(b), (c)): where campaigns.toml states none, the ledger's letters tell it."""

from __future__ import annotations

from datetime import date

import pytest

from corridors import world as w
from renotify.ledger import follow_ups
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
