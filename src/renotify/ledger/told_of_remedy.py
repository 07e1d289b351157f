"""When owners whose first notice told of no remedy, an interim or provisional one, were told that it is there (49 CFR 573.7(a))."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date, datetime
from typing import NamedTuple

from renotify.campaigns.campaign import Campaign
from renotify.ledger.campaign_history import Begun, histories
from renotify.ledger.rulings import stands
from renotify.ledger.session import Session
from renotify.ledger.sources import recorded_by


class _Letter(NamedTuple):
    first: date | None


def with_letters(
    session: Session,
    begun: Mapping[str, Begun],
    known_at: datetime | None = None,
    *,
    by: date = date.max,
    beside: str = "",
) -> dict[str, Begun]:
    """Return how campaigns began with the day of the first letter that could tell of a remedy which the first notice did not tell of.

    That is one since the remedy is there, or one that was released since its day is stated, up to a day; an interim notice never is,
    nor are the letters of a follow-up ``beside`` which it is asked.
    """
    if not any(one.told_anew for one in begun.values()):
        return dict(begun)
    known, instant = recorded_by(session, known_at) if known_at else ("true", "")
    others = " and coalesce(f.name, '') <> :beside" if beside else ""
    found = dict(begun)
    for code, one in begun.items():
        if not one.told_anew:  # the day of the first notice may be the ledger's alone
            continue
        (letter,) = session.rows(
            _Letter,
            "select min(e.occurred_on) as first from event e join source s on s.id = e.source_id"
            " left join piece p on p.vin = e.vin and e.subject = 'mail|' || p.piece_id || '|' || e.campaign_code"
            " left join follow_up f on f.name = p.follow_up"
            " where e.campaign_code = :code and e.kind = 'mailed' and coalesce(f.kind, '') <> 'interim'"
            " and (e.occurred_on >= :since or coalesce(p.checked_on, e.occurred_on) >= :told)"
            " and e.occurred_on <= :by"
            f"{others} and {known} and {stands('e')}",
            code=code,
            since=one.day or one.remedy,
            told=one.told_on,
            by=by,
            **({"beside": beside} if beside else {}),
            **({"instant": instant} if known_at else {}),
        )
        found[code] = one._replace(heard=letter.first)
    return found


def told_anew(
    session: Session, campaigns: Mapping[str, Campaign], follow_up: str, by: date
) -> dict[str, date]:
    """Return the day on which purchasers were told that the remedy is there, of campaigns whose first notice told of none.

    As reports count it (``Begun.initiated``): that of the first letter which could tell of it, before a follow-up; where the ledger
    has none, that of the remedy, or of the judgment after a provisional notice (577.6(c)).
    """
    asked = {code: one.begun for code, one in histories(session, [*campaigns]).items()}
    days = {code: campaigns[code].first_notice_date for code in asked}
    begun = {
        code: one._replace(first_notice=one.first_notice or days[code])
        for code, one in with_letters(session, asked, by=by, beside=follow_up).items()
        if one.told_anew
    }
    return {code: one.initiated for code, one in begun.items() if one.initiated}
