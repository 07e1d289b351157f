"""Which letters may not go out on a day, because their remedy is still to come."""

from __future__ import annotations

from datetime import date

import pytest

from cases import at_once
from mailing.follow_up import plan, small_follow_up, vehicle
from mailing.releases import release
from renotify.campaigns.campaign import Campaign, CampaignType
from renotify.campaigns.follow_up_settings import FollowUpSettings
from renotify.errors import Refused
from renotify.letters.profile import load_profile
from renotify.letters.spec import Sender
from renotify.mailing.early_letters import waits_for
from renotify.mailing.versions import VersionKey, Versions
from renotify.rules import KIND_OF_FOLLOWUP

MONDAY, WEDNESDAY, SUNDAY = date(2013, 3, 11), date(2013, 3, 13), date(2013, 3, 17)
NEXT_MONDAY = date(2013, 3, 18)
FOLLOW_UPS = ("follow_up_voluntary", "follow_up_ordered")


def waited_for(
    kind: str, remedy: date | None, *, filed: date | None = None, own: str = ""
) -> date | None:
    """The day for which a letter about one recall waits on the Monday."""
    recall = Campaign(
        "A",
        CampaignType.SAFETY_RECALL,
        "Lexus",
        "Made-up",
        filed_date=filed,
        remedy_available_date=remedy,
    )
    settings = FollowUpSettings("small", kind, ("A",), date(2013, 2, 26))
    sender = Sender("Made-up Motors", ("1 Example Way",), "555", "")
    made = Versions(KIND_OF_FOLLOWUP[kind], MONDAY, sender, {"A": recall}, (), load_profile())
    return waits_for(settings, VersionKey("safety", "A", "owner", "en", own), made, MONDAY)


@at_once("kind", FOLLOW_UPS)
@at_once("day", [WEDNESDAY, SUNDAY, NEXT_MONDAY, date(2014, 1, 6)])
def test_a_follow_up_waits_for_the_day_of_its_remedy(kind, day):
    assert waited_for(kind, day) == day
    assert waited_for(kind, MONDAY, own=day.isoformat()) == day  # the vehicle's own


@at_once("kind", [*FOLLOW_UPS, "initial", "interim"])
def test_a_remedy_that_is_there_or_has_no_known_day_keeps_nobody_waiting(kind):
    assert waited_for(kind, MONDAY) is None
    assert waited_for(kind, None) is None
    assert waited_for(kind, WEDNESDAY, own="-") is None
    assert waited_for(kind, WEDNESDAY, own="2013-03-11") is None


def test_a_first_notice_waits_within_the_week_only():
    assert waited_for("initial", WEDNESDAY) == WEDNESDAY
    assert waited_for("initial", SUNDAY) == SUNDAY
    assert waited_for("initial", NEXT_MONDAY) is None


def test_a_first_notice_waits_only_while_its_clock_allows():
    """Sixty days after 12 January are 13 March, after 11 January 12 March (49 CFR 577.7(a)(1))."""
    assert waited_for("initial", WEDNESDAY, filed=date(2013, 1, 12)) == WEDNESDAY
    assert waited_for("initial", WEDNESDAY, filed=date(2013, 1, 11)) is None


def test_an_interim_notice_waits_for_nothing():
    assert waited_for("interim", WEDNESDAY) is None


def test_a_first_notice_to_who_joined_later_waits_as_its_own_clock_allows(sqlite_session, tmp_path):
    """Reported on 1 December, due on 30 January; who joined on 20 February has 60 days from then on, to 21 April."""
    friday = date(2013, 3, 8)
    facts = {"filed_date": date(2012, 12, 1), "remedy_available_date": friday}
    world = small_follow_up(tmp_path / "input", told=False, ALE=facts)
    own = vehicle(world, 1)
    world.add("population", campaign_code="ALE", vin=own, added_date=date(2013, 2, 20))
    plan(sqlite_session, world, kind="initial")
    with pytest.raises(Refused, match=f"is there on {friday}; today is 2013-03-06"):
        release(sqlite_session, tmp_path, cleared=date(2013, 2, 1))
