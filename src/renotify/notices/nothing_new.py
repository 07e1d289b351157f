"""Which notices would tell nothing new: whose edition stands with its receipt, though its figures of the day are others (decision 0115)."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import date
from pathlib import Path

from renotify.ledger import artifacts, told_weeks
from renotify.ledger.kinds import Audience
from renotify.ledger.notice_editions import NEWEST, Edition, editions
from renotify.ledger.session import Session
from renotify.notices import told_by_notices
from renotify.notices.facts import Facts
from renotify.values.calendar import monday_of
from renotify.values.english import counted

Key = tuple[str, str]  # audience and code


def as_told(
    session: Session, name: str, facts: Sequence[Facts], folder: Path, on: date
) -> set[Key]:
    """Return the notices (audience, code) whose newest edition went and tells all that its reader must know on a day.

    A dealer must know: more letters in a week than it was told, or letters that a plan moved; other extra technician-days; a vehicle in
    its stock that may not be delivered, come since. An area must know what one of its dealers must. Owners who came in, expected visits
    and orders are at the desks, live. ``folder``: of the notices as written last, whose file of weeks says the days that were told.
    """
    days = told_by_notices.days_written(session, name, folder)
    if days is None:
        return set()
    went = {
        (one.audience, one.code): one
        for one in editions(session, name, NEWEST)
        if one.gone and _is_kept(one)
    }
    moved = {one.dealer_code for one in told_weeks.changed(session, name, on)}
    told = told_weeks.by_dealer(session, name)

    def stands(one: Facts) -> bool:
        edition = went.get((one.audience, one.code))
        if edition is None or one.code in moved or one.code not in told:
            return False
        ahead = [week for week in one.weeks if week.week >= monday_of(on)]
        extra = {week.week: week.days for week in ahead if week.days}
        before = {
            week: count for week, count in days[one.code].items() if week >= monday_of(on) and count
        }
        return (
            all(week.letters <= told[one.code].get(week.week, 0) for week in ahead)
            and extra == before
            and not _new_holds(one, edition, on)
        )

    dealers = [one for one in facts if one.audience == Audience.DEALER]
    same = {one.code for one in dealers if stands(one)}
    found = {(str(Audience.DEALER), code) for code in same}
    for one in facts:
        key = (one.audience, one.code)
        if one.audience == Audience.AREA and key in went and _members(one) <= same:
            found.add(key)
    return found


def _is_kept(one: Edition) -> bool:
    """Whether the file of an edition that went is there as it went."""
    path = Path(one.file)
    return path.exists() and artifacts.digest(path) == one.sha256


def _members(area: Facts) -> set[str]:
    return {one.code for one in area.dealers}


def _new_holds(one: Facts, edition: Edition, on: date) -> bool:
    """Whether a vehicle that may not be delivered came into the dealer's stock after its notice was written."""
    return any(hold.days < (on - edition.written_on).days for hold in one.holds)


def words(same: Iterable[Key]) -> list[str]:
    """Say how many dealers need not be told again."""
    count = sum(audience == Audience.DEALER for audience, _ in same)
    if not count:
        return []
    has = "has" if count == 1 else "have"
    who = f"{counted(count, 'dealer')} {has} nothing new to be told"
    return [
        f"{who}: the edition that went stands with its receipt; its figures of today are in the file."
    ]
