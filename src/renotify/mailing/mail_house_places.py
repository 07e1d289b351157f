"""Whether a week's releases fit the mail house: it prints pieces, so a lessor's copy takes a place, and so does a letter sent again."""

from __future__ import annotations

from datetime import date, timedelta

from renotify.campaigns.follow_up_settings import FollowUpSettings
from renotify.ledger import mail_house
from renotify.ledger.session import Session
from renotify.values.calendar import monday_of
from renotify.values.english import counted

_PRINTED = """
    select count(*) from piece where follow_up = :name and state in ('released', 'printed', 'accepted', 'spoiled')
        and checked_on >= :monday and checked_on < :next"""


def beyond_the_mail_house(session: Session, settings: FollowUpSettings, on: date) -> list[str]:
    """Say how many pieces the week of a day has been given beyond ``mail_house_letters_per_week``; nothing where they fit.

    A plan counts the pieces of its list; more come where a lessor turned up since, or where letters are sent again in the same week.
    Other follow-ups have the same mail house: their pieces of the week count, planned or released, and the fewest that one states.
    """
    places, monday = settings.mail_house_letters_per_week, monday_of(on)
    if places is None:
        return []
    own = int(
        session.scalar(
            _PRINTED, name=settings.name, monday=monday, next=monday + timedelta(weeks=1)
        )
    )
    beside = [one for one in mail_house.others(session, settings, on) if one.pieces.get(monday)]
    places = min([places, *(one.stated for one in beside)])
    given = own + sum(one.pieces[monday] for one in beside)
    if given <= places:
        return []
    more = "".join(
        f", {one.pieces[monday]:,} of {one.name} are planned or released" for one in beside
    )
    beyond = (
        f"The mail house takes {counted(places, 'piece')} a week; {own:,} of {settings.name} are released in the week of {monday},"
        f" copies to lessors and letters sent again included{more}: agree on {given - places:,} more with it."
    )
    return [beyond]
