"""Clocks that are policies of the house: each is read, warns and refuses nothing; what they count, at the day before, on and after."""

from __future__ import annotations

from dataclasses import replace
from datetime import date, timedelta
from pathlib import Path

import pytest

from cases import at_once
from mailing.follow_up import planned
from mailing.releases import release
from renotify.campaigns.campaign import Campaign, CampaignType
from renotify.errors import BadInput
from renotify.ledger.kinds import DayWord
from renotify.ledger.session import Session
from renotify.ledger.stated_days import Stated, StatedRow
from renotify.reports import deadlines, letter_clocks, statable, stated_clocks
from renotify.reports.campaign_clocks import Mailed, of_campaign
from renotify.reports.deadline import Deadline
from renotify.reports.follow_up_clocks import FollowUpProgress, of_follow_up
from renotify.rules import load
from renotify.rules.pack import all_rows

FILED = date(2013, 1, 15)
FIRST, LAST, DUE = date(2013, 3, 1), date(2013, 3, 11), date(2013, 3, 16)  # 45, 55 and 60 days on
WARNED = "Last warning, since 2013-03-11: plan these letters into a wave that still leaves in time."
RECALL = Campaign("NEW", CampaignType.SAFETY_RECALL, "Lexus", "Pump", filed_date=FILED)
SPRING = FollowUpProgress(
    name="spring", bound=True, first_day=date(2013, 3, 5), dealers=2, noticed=2, acknowledged=2, noticed_on=date(2013, 2, 26),
    next_wave=None, last_wave=None, addresses=0, stale=0, vehicles=9, released=True,
)  # fmt: skip
POLICIES = sorted(row.id for row in all_rows()["clocks"] if row.verified == "HOUSE")


def letters(on: date, mailed: Mailed | None = None, campaign: Campaign = RECALL) -> Deadline:
    found = of_campaign(campaign, mailed or Mailed(), on)
    return next(one for one in found if one.what == "owner letters")


@at_once(
    ("on", "state", "warned"),
    [
        (FIRST - timedelta(days=1), "ok", False), (FIRST, "soon", False), (LAST - timedelta(days=1), "soon", False),
        (LAST, "soon", True), (DUE, "soon", True), (DUE + timedelta(days=1), "overdue", False),
    ],
)  # fmt: skip
def test_the_house_warns_twice_before_the_last_day_for_letters(
    on: date, state: str, warned: bool
) -> None:
    untold = Mailed(told=6, untold=4, first_told=date(2013, 2, 11), last_told=date(2013, 2, 20))
    for mailed in (None, untold):
        found = letters(on, mailed)
        assert (found.state, found.sentence.endswith(WARNED)) == (state, warned)


def test_letters_of_an_order_are_warned_of_from_its_receipt() -> None:
    ordered = replace(
        RECALL, filed_date=None, letter={"decided_by": "administrator", "ordered_date": FILED}
    )
    assert letters(FIRST, campaign=ordered).state == "soon"
    assert letters(LAST, campaign=ordered).sentence.endswith(WARNED)


@at_once("name", letter_clocks.WARNINGS)
def test_another_day_in_the_pack_warns_on_another_day(
    monkeypatch: pytest.MonkeyPatch, name: str
) -> None:
    pack = load(FILED)
    later = replace(pack.clock(name), amount=58)
    rows = dict(pack.rows) | {"clocks": dict(pack.rows["clocks"]) | {name: later}}
    monkeypatch.setattr(letter_clocks, "load", lambda on: replace(pack, rows=rows))
    if name == "letters_first_warning":
        assert letters(FIRST).state == "ok"
    else:
        assert "Last warning" not in letters(LAST).sentence


def test_what_the_mail_house_has_is_asked_again_a_day_after_its_check() -> None:
    """Monday's three letters are old on Wednesday, Tuesday's two on Thursday; answered ones are no longer counted."""
    monday, tuesday = date(2013, 3, 4), date(2013, 3, 5)

    def old(on: date, checked: dict[date, int]) -> list[Deadline]:
        found = of_follow_up(replace(SPRING, checked=checked), on)
        return [one for one in found if one.what == "check before print"]

    both = {monday: 3, tuesday: 2}
    assert old(date(2013, 3, 5), both) == []
    (first,) = old(date(2013, 3, 6), both)
    assert (first.state, first.due, first.vehicles) == ("overdue", tuesday, 3)
    assert first.sentence == (
        "3 vehicles of spring were last checked on 2013-03-04, and the mail house has not told their mailing."
        " What must not go any more: renotify mail pull spring WAVE."
    )
    (then,) = old(date(2013, 3, 7), both)
    assert (then.vehicles, "last checked on 2013-03-04 or later" in then.sentence) == (5, True)
    assert old(date(2013, 3, 7), {}) == []


def test_letters_that_the_mail_house_keeps_are_a_clock_until_it_answers(
    sqlite_session: Session, tmp_path: Path
) -> None:
    """Checked at the release of Wednesday 6 March, old from Friday on; what was mailed is no longer asked for."""
    planned(sqlite_session, tmp_path, ["ALE"], ["ALE"])
    release(sqlite_session, tmp_path / "out")

    def old(on: date) -> list[int | None]:
        found = deadlines.deadlines(sqlite_session, on)
        return [one["vehicles"] for one in found if one["what"] == "check before print"]

    assert (old(date(2013, 3, 7)), old(date(2013, 3, 8))) == ([], [2])
    with sqlite_session.transaction():
        sqlite_session.execute(
            "update piece set state = 'accepted', mailed_on = :day", day=date(2013, 3, 8)
        )
    assert old(date(2013, 3, 11)) == []


def touch(*days: date, on: date) -> list[Deadline]:
    rows = tuple(StatedRow("NEW:touch_at_least_every", DayWord.DONE, day) for day in days)
    return list(stated_clocks.of_subject("NEW", "NEW, A", Stated(rows), on))


def test_who_states_a_touch_of_open_vehicles_is_told_when_the_next_one_is_due_and_when_it_may_go() -> (
    None
):
    """35 days after 22 January is 26 February, 21 days after it 12 February; a touch by any channel counts, the last one stated."""
    assert touch(on=FILED) == []  # a policy that runs for whoever keeps it
    days = (date(2012, 12, 3), date(2013, 1, 22))
    on = {
        day: touch(*days, on=day)[0]
        for day in (date(2013, 2, 10), date(2013, 2, 11), date(2013, 4, 1))
    }
    assert [one.state for one in on.values()] == ["ok", "soon", "soon"]  # never overdue
    (found, *_, after) = on.values()
    assert (found.due, found.closes) == (
        date(2013, 2, 26), "renotify deadlines --filed NEW:touch_at_least_every --on DATE",
    )  # fmt: skip
    assert found.sentence == (
        "Owners of NEW, A who are still open heard from you last on 2013-01-22, as stated; the next touch is due on 2013-02-26,"
        " and no second letter goes before 2013-02-12."
    )
    assert "the next touch was due on 2013-02-26" in after.sentence
    for kind in ("safety", "service", "follow_up"):
        statable.check("NEW:touch_at_least_every", kind, DayWord.DONE, FILED)
    statable.check_started("NEW:touch_at_least_every", Stated())
    with pytest.raises(BadInput, match="not started by a statement"):
        statable.check("NEW:touch_at_least_every", "safety", DayWord.STARTED, FILED)


@at_once("clock", sorted({*POLICIES} - {stated_clocks.TOUCHED}))
def test_nothing_is_stated_of_a_policy_that_the_ledger_s_own_days_count(clock: str) -> None:
    for word in (DayWord.STARTED, DayWord.DONE):
        with pytest.raises(BadInput, match="is a policy of the house"):
            statable.check(f"spring:{clock}", "follow_up", word, FILED)


def test_a_policy_warns_and_is_never_overdue() -> None:
    for clock in POLICIES:
        assert load(FILED).clock(clock).severity == "should"
