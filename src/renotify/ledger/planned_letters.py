"""The letters about one vehicle that are still to come: which follow-up plans them, about which campaigns, and for which week."""

from __future__ import annotations

from datetime import date
from typing import NamedTuple

from renotify.ledger.session import Session


class PlannedLetter(NamedTuple):
    """A letter that a plan has a week for and nobody has released; campaigns are joined by ``+``, ``week`` is a Monday."""

    follow_up: str
    family: str
    bundle: str
    week: date


class LetterWithoutWeek(NamedTuple):
    """A letter of a frozen list that no plan has given a week."""

    follow_up: str
    family: str
    bundle: str
    dealer_code: str  # at whose dealer the visit is planned


def letters_without_week(session: Session, vin: str) -> list[LetterWithoutWeek]:
    """Return the letters about a vehicle that are listed and in no wave, a row a follow-up and family, in order of these."""
    return session.rows(
        LetterWithoutWeek,
        "select p.follow_up, p.family, max(p.bundle) as bundle, max(l.dealer_code) as dealer_code from piece p"
        " join listed l on l.vin = p.vin and l.follow_up = p.follow_up and l.family = p.family"
        " where p.vin = :vin and p.state = 'listed' group by p.follow_up, p.family order by p.follow_up, p.family",
        vin=vin,
    )


def planned_letters(session: Session, vin: str) -> list[PlannedLetter]:
    """Return the planned letters about a vehicle, a row a follow-up and family, in order of these."""
    return session.rows(
        PlannedLetter,
        "select p.follow_up, p.family, p.bundle, w.week from piece p join wave w on w.follow_up = p.follow_up and w.number = p.wave"
        " where p.vin = :vin and p.state = 'planned' group by p.follow_up, p.family, p.bundle, w.week order by p.follow_up, p.family",
        vin=vin,
    )
