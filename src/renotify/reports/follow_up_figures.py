"""What a manager wants to know of a follow-up, read from the ledger: campaigns, waves, letters, dealers, parts.

The page of ``reports.summary`` shows these figures and those of ``of_the_day``; the demo prints them.
"""

from __future__ import annotations

import json
from collections.abc import Iterable
from dataclasses import asdict, dataclass
from datetime import date
from typing import Any, NamedTuple

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
from numpy.typing import NDArray

from renotify.charts.completion_bars import CampaignShares
from renotify.charts.dealer_heat_map import DealerWeeks
from renotify.charts.kits_by_week import KitsByWeek
from renotify.charts.letters_by_week import LettersByWeek
from renotify.ledger import follow_ups, pieces, status
from renotify.ledger.kinds import Audience, PieceState
from renotify.ledger.pieces import PRINTED_ONCE, RELEASED_ONCE
from renotify.ledger.session import Session
from renotify.ledger.status import Count
from renotify.parts.national_pool import allotted_orders
from renotify.planner.plan_worth import Worth, worth_of_kept
from renotify.plans.expected import Expected
from renotify.reports.of_the_day import OfTheDay
from renotify.reports.visits_and_kits import kits_of_visits
from renotify.workload.of_plan import DealerWeek, PlanWorkload, workload_of

Floats = NDArray[np.float64]

SHOWN_DEALERS = 3
SHOWN_SENTENCES = 5


@dataclass(frozen=True)
class PlannedWave:
    """One wave: its number, the first day its letters may be mailed, how many there are, and whether it was released."""

    number: int
    first_day: date
    letters: int
    released: bool = False


@dataclass(frozen=True)
class TightWeek:
    """A dealer's tightest week: hours expected and those on hand (None: not known); over all weeks, expected visits that wait longer than
    the bound and technician-days to book.
    """

    dealer: str
    area: str
    week: date
    hours: float
    capacity: float | None
    late_visits: float
    days: int


@dataclass(frozen=True)
class PartOrder:
    """One part over all dealers: how many of them order it now, and how much."""

    part_no: str
    description: str
    dealers: int
    quantity: int


@dataclass(frozen=True)
class SentCounts:
    """What has gone out: released waves and their pieces, and the dealers and area managers who have a notice."""

    waves: int = 0
    released: int = 0
    printed: int = 0
    withdrawn: int = 0
    exceptions: int = 0
    dealers: int = 0
    areas: int = 0


@dataclass(frozen=True, eq=False)
class FollowUpFigures:
    """The figures of one follow-up, and the series that its charts are drawn from."""

    name: str
    campaigns: tuple[CampaignShares, ...]
    waves: tuple[PlannedWave, ...]
    tightest: tuple[TightWeek, ...]
    orders: tuple[PartOrder, ...]
    messages: tuple[str, ...]
    sent: SentCounts
    letters: LettersByWeek
    load: DealerWeeks
    kits: KitsByWeek
    on: date | None = None
    planned_on: date | None = None  # the day of its plan
    worth: tuple[Worth, ...] = ()
    day: OfTheDay | None = None  # what only the page shows


class FollowUpLists(NamedTuple):
    """The lists behind the figures, whole: what each dealer orders, and each dealer's weeks."""

    orders: pa.Table
    workload: PlanWorkload


def lists(session: Session, name: str, on: date) -> FollowUpLists:
    """Return the lists behind a planned follow-up's figures on a day. Raises UnknownName, and NothingToDo when it has no plan yet."""
    load = workload_of(session, name, on=on)
    return FollowUpLists(allotted_orders(session, on), load)


def figures(
    session: Session, name: str, on: date, own: FollowUpLists | None = None
) -> FollowUpFigures:
    """Return the figures of a planned follow-up on a day, ``own`` its lists where the caller has them; raises as ``lists`` does."""
    settings = follow_ups.settings(session, name, on)
    ordered, load = own or lists(session, name, on)
    text = follow_ups.plan_document(session, name)
    return FollowUpFigures(
        name=name,
        on=on,
        planned_on=_made_on(text),
        campaigns=tuple(
            shares(row)
            for row in status.counts(session, as_of=on)
            if row.campaign in settings.campaigns
        ),
        waves=_waves(session, name, settings.first_letter),
        tightest=dealers_by_tightness(load.by_tightness)[:SHOWN_DEALERS],
        orders=largest_orders(ordered),
        messages=(*json.loads(text)["messages"], load.summary, *load.sentences[:SHOWN_SENTENCES]),
        sent=_sent(session, name),
        letters=letters_of(load.expected),
        load=dealer_weeks(load),
        kits=kits_of_visits(session, settings, load, on),
        worth=worth_of_kept(text),
    )


def _made_on(text: str) -> date | None:
    """Return the day on which a kept plan was made; None of one that does not say."""
    made = json.loads(text).get("made_on")
    return date.fromisoformat(made) if made else None


def dealer_weeks(load: PlanWorkload) -> DealerWeeks:
    """Return a workload as its heat map has it: mean hours and hours on hand from now on, each dealer with its area, and the tightest."""
    now, dealers = load.expected.now, load.expected.dealers
    return DealerWeeks(
        dealers,
        load.expected.mondays[now:],
        load.work.mean_hours[:, now:],
        load.work.capacity[:, now:],
        tuple(load.areas.get(code, "") for code in dealers),
        tuple(one.dealer for one in dealers_by_tightness(load.by_tightness)),
    )


def document(found: FollowUpFigures) -> dict[str, Any]:
    """Return figures as a document: waves, the tightest dealers, orders by part, what the plan is worth, and what is said of it."""
    return {
        "follow_up": found.name,
        "waves": [
            {"wave": wave.number, "mail_date": wave.first_day.isoformat(), "letters": wave.letters}
            for wave in found.waves
        ],
        "tightest": [
            {
                "dealer": one.dealer, "area": one.area, "week": one.week.isoformat(),
                "hours": one.hours, "capacity": one.capacity,
                "late_visits": one.late_visits, "extra_technician_days": one.days,
            }
            for one in found.tightest
        ],
        "order": [
            {
                "part_no": one.part_no, "description": one.description,
                "dealers": one.dealers, "order": one.quantity,
            }
            for one in found.orders
        ],
        "worth": [asdict(one) for one in found.worth],
        "messages": list(found.messages),
    }  # fmt: skip


def shares(row: Count) -> CampaignShares:
    """Return a row of ``status.counts`` as the parts of its bar."""
    return CampaignShares(
        campaign=row.campaign,
        repaired=row.repaired,
        inspected=row.inspected_ok,
        unreachable=row.unreachable,
        removed=row.removed,
        open=row.open,
        completion=row.completion,
    )


def _waves(session: Session, name: str, first_letter: date) -> tuple[PlannedWave, ...]:
    """Return the waves with the letters that stand in each: where a release found another holder, one more than the plan counted."""
    by_wave = pieces.counts(session, name).group_by("wave").aggregate([("pieces", "sum")])
    letters = dict(zip(by_wave["wave"].to_pylist(), by_wave["pieces_sum"].to_pylist(), strict=True))
    return tuple(
        PlannedWave(
            wave.number, max(wave.week, first_letter), letters.get(wave.number, 0), wave.released
        )
        for wave in pieces.waves(session, name)
    )


def dealers_by_tightness(weeks: Iterable[DealerWeek]) -> tuple[TightWeek, ...]:
    """Return the dealers with the most days to book first, each with its tightest week; ``weeks`` come tightest first."""
    of_dealer: dict[str, list[DealerWeek]] = {}
    for one in weeks:
        of_dealer.setdefault(one.dealer, []).append(one)
    found = [
        TightWeek(
            first.dealer, first.area, first.week, first.hours, first.capacity,
            round(sum(one.late_chance * one.appointments for one in own), 1),
            sum(one.extra_technician_days for one in own),
        )
        for first, *_ in of_dealer.values()
        for own in [of_dealer[first.dealer]]
    ]  # fmt: skip
    found.sort(key=lambda one: (-one.days, -one.late_visits))
    return tuple(found)


def largest_orders(lines: pa.Table) -> tuple[PartOrder, ...]:
    """Return what dealers order now by part, the largest quantity first; ``lines`` are those of ``dealer_orders.orders``."""
    wanted = lines.filter(pc.greater(lines["order"], 0))
    by_part = wanted.group_by(["part_no", "description"]).aggregate(
        [("order", "count"), ("order", "sum")]
    )
    ordered = by_part.sort_by([("order_sum", "descending"), ("part_no", "ascending")])
    return tuple(
        PartOrder(row["part_no"], row["description"], row["order_count"], int(row["order_sum"]))
        for row in ordered.to_pylist()
    )


class Noticed(NamedTuple):
    """Who has a notice of a follow-up, by audience."""

    audience: str
    notices: int


def _sent(session: Session, name: str) -> SentCounts:
    counts = pieces.counts(session, name)

    def of(*states: PieceState) -> int:
        return int(pc.sum(pieces.only(counts, *states)["pieces"], min_count=0).as_py())

    noticed = session.rows(
        Noticed,
        "select audience, count(*) as notices from notice where follow_up = :name and edition = 1 group by audience",
        name=name,
    )
    by_audience = {one.audience: one.notices for one in noticed}
    return SentCounts(
        waves=sum(wave.released for wave in pieces.waves(session, name)),
        released=of(*RELEASED_ONCE),
        printed=of(*PRINTED_ONCE),
        withdrawn=of(PieceState.WITHDRAWN),
        exceptions=of(PieceState.EXCEPTION),
        dealers=by_audience.get(Audience.DEALER, 0),
        areas=by_audience.get(Audience.AREA, 0),
    )


def letters_of(brought: Expected) -> LettersByWeek:
    """Return planned letters by set of campaigns and week; the models of one set are summed, weeks after the last letter left out."""
    letters = brought.letters.sum(axis=1)  # [B, T]
    sets = sorted({bundle.campaigns for bundle in brought.plan.bundles})
    weeks = int(np.flatnonzero(letters.any(axis=0)).max(initial=-1)) + 1
    summed = np.zeros((len(sets), weeks), np.int64)
    for b, bundle in enumerate(brought.plan.bundles):
        if bundle.campaigns in sets:
            summed[sets.index(bundle.campaigns)] += letters[b, :weeks]
    mailed = [place for place, line in enumerate(summed) if line.any()]
    return LettersByWeek(
        tuple(sets[place] for place in mailed), brought.mondays[:weeks], summed[mailed]
    )
