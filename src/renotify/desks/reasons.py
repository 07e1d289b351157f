"""Why a dealer needs help, in vehicles: plain rules of one dealer's figures and of its area's pace."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any, NamedTuple

from renotify.desks.dealer_days import DealerName
from renotify.ledger.status import Count
from renotify.values.english import counted, figure, measured

OVERDUE_DAYS = (
    30  # on hold: by then a vehicle in stock whose remedy is there should have been repaired
)
LEAST = 0.5  # vehicles: below, nothing is said
BEHIND_SHARE = 0.5  # of the repairs at the area's pace: whoever has fewer is behind


class Reason(NamedTuple):
    """Why a dealer needs help: what about, how many vehicles it concerns in the month, in words, and a command that shows it."""

    about: str
    vehicles: float
    says: str
    command: str


@dataclass(frozen=True)
class DealerFigures:
    """One dealer's month: counts on the day and four weeks ``before``, its next ``weeks`` as ``weeks_ahead`` has them, booked visits
    ``without_kits`` that are promised with their parts, those whose kits are promised for a ``late`` day with the first such Monday too,
    vehicles on hold, and the notices (follow-up, day sent) of which a receipt is ``missing``.
    """

    dealer: DealerName
    now: Count
    before: Count
    weeks: tuple[Mapping[str, Any], ...] = ()
    without_kits: tuple[int, str] = (0, "")
    late_kits: tuple[int, str, date | None] = (0, "", None)
    holds: int = 0
    holds_overdue: int = 0
    missing: tuple[tuple[str, date], ...] = ()

    @property
    def visits(self) -> float:
        """The visits of the month, booked and expected."""
        return float(sum(week["visits"] for week in self.weeks))

    @property
    def extra_days(self) -> int:
        return int(sum(week["extra_technician_days"] for week in self.weeks))

    @property
    def done_since(self) -> int:
        """Vehicles that were done in the last four weeks."""
        return self.now.done - self.before.done


def reasons_of(one: DealerFigures, area: Sequence[DealerFigures]) -> list[Reason]:
    """Return why a dealer needs help beside the dealers of its area, the reason with the most vehicles first."""
    found = [*_kits(one), *_hours(one), *_receipts(one), *_holds(one), *_pace(one, area)]
    return sorted(found, key=lambda reason: (-reason.vehicles, reason.about))


def _kits(one: DealerFigures) -> Iterator[Reason]:
    visits, parts = one.without_kits
    if visits:
        said = f"{counted(visits, 'booked visit')} of the next four weeks {'has' if visits == 1 else 'have'} no kits on the day: {parts}."
        yield Reason(
            "kits", visits, said, f"renotify parts order --dealer {one.dealer.dealer_code}"
        )
    late, parts, week = one.late_kits
    if late:
        come, whom = ("comes before its", "its owner") if late == 1 else ("come before their", "their owners")  # fmt: skip
        said = (
            f"{counted(late, 'booked visit')} {come} kits ({parts}), promised from the week of {week} on:"
            f" offer {whom} a later day."
        )
        yield Reason(
            "kits", late, said, f"renotify parts promises --dealer {one.dealer.dealer_code}"
        )


def _hours(one: DealerFigures) -> Iterator[Reason]:
    late = sum(week["late_visits"] for week in one.weeks)
    if late >= LEAST or one.extra_days:
        said = (
            f"About {figure(round(late, 1))} of {measured(round(one.visits, 1), 'visit')} would wait too long for want of hours:"
            f" {counted(one.extra_days, 'extra technician-day')} to book in the next four weeks."
        )
        yield Reason(
            "hours", round(late, 1), said, f"renotify dealer week {one.dealer.dealer_code}"
        )


def _receipts(one: DealerFigures) -> Iterator[Reason]:
    """Yield a notice without a receipt: what it concerns are the visits that come to a dealer which may not know of them."""
    for follow_up, sent_on in one.missing:
        said = (
            f"No receipt of the notice of {follow_up}, sent on {sent_on};"
            f" {measured(round(one.visits, 1), 'visit')} to come in the next four weeks."
        )
        yield Reason(
            "receipt", round(one.visits, 1), said, f"renotify notices {follow_up} --receipts"
        )


def _holds(one: DealerFigures) -> Iterator[Reason]:
    if one.holds_overdue:
        is_are = "is" if one.holds_overdue == 1 else "are"
        said = (
            f"{one.holds_overdue:,} of {counted(one.holds, 'vehicle')} on hold {is_are} in stock for more than"
            f" {counted(OVERDUE_DAYS, 'day')}, and could be repaired."
        )
        yield Reason("holds", one.holds_overdue, said, f"renotify stock holds --dealer {one.dealer.dealer_code}")  # fmt: skip


def _pace(one: DealerFigures, area: Sequence[DealerFigures]) -> Iterator[Reason]:
    """Yield that a dealer has done far fewer than it would have at its area's pace: the area's repairs over what was open before them."""
    was_open = sum(other.before.open for other in area)
    done = sum(other.done_since for other in area)
    expected = one.before.open * done / was_open if was_open else 0.0
    lack = expected - one.done_since
    if lack >= LEAST and one.done_since < BEHIND_SHARE * expected:
        said = (
            f"{counted(one.done_since, 'vehicle')} done in the last four weeks; at the area's pace it would have been"
            f" {figure(round(expected, 1))}."
        )
        yield Reason("pace", round(lack, 1), said, f"renotify vehicles --status open --dealer {one.dealer.dealer_code}")  # fmt: skip


def headline(area: str, on: date, dealers: Sequence[Mapping[str, Any]]) -> str:
    """Return the month in one sentence: how many dealers need help, and whom to call first."""
    helped = [row for row in dealers if row["why"]]
    begun = f"Area {area}, the four weeks from {on}:"
    if not helped:
        return f"{begun} no dealer of {len(dealers):,} needs help."
    first = "; ".join(f"{row['name']} ({row['dealer']}): {row['why']}" for row in helped[:3])
    needs = "needs" if len(helped) == 1 else "need"
    return f"{begun} {counted(len(helped), 'dealer')} of {len(dealers):,} {needs} help. Call first: {first}."
