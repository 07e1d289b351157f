"""What a manager wants to know of a follow-up, read from the ledger: campaigns, waves, letters, dealers, parts.

The page of ``reports.summary`` shows these figures; the demo prints them.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
from numpy.typing import NDArray

from renotify.charts.completion_bars import CampaignShares
from renotify.charts.dealer_heat_map import DealerWeeks
from renotify.charts.kits_by_week import KitsByWeek
from renotify.charts.letters_by_week import LettersByWeek
from renotify.ledger import follow_ups, pieces, status, tables
from renotify.ledger.follow_ups import KeptPlan
from renotify.ledger.pieces import PRINTED_ONCE, RELEASED_ONCE, PieceState
from renotify.parts import dealer_orders
from renotify.workload import follow_up as workloads

Floats = NDArray[np.float64]

SHOWN_DEALERS = 3
SHOWN_SENTENCES = 5


@dataclass(frozen=True)
class PlannedWave:
    """One wave: its number, the first day its letters may be mailed, and how many there are."""

    number: int
    first_day: date
    letters: int


@dataclass(frozen=True)
class TightWeek:
    """A dealer's tightest week: hours to plan for (90 % quantile), hours on hand (None: not known), hours short."""

    dealer: str
    area: str
    week: date
    hours: float
    capacity: float | None
    short: float


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


def figures(name: str) -> FollowUpFigures:
    """Return the figures of a planned follow-up. Raises UnknownName, and NothingToDo when it has no plan yet."""
    plan = follow_ups.plan(name)
    work = workloads.workload_of(name)
    return FollowUpFigures(
        name=name,
        campaigns=tuple(shares(row) for row in status.counts()),
        waves=_waves(name, date.fromisoformat(plan.document["first_letter"])),
        tightest=tightest_dealers(work["tightest"]),
        orders=largest_orders(dealer_orders.orders()),
        messages=(*plan.document["messages"], *work["sentences"][:SHOWN_SENTENCES]),
        sent=_sent(name),
        letters=letters_of(plan),
        load=work["load"],
        kits=kits_of(plan),
    )


def shares(row: Mapping[str, Any]) -> CampaignShares:
    """Return a row of ``status.counts`` as the parts of its bar."""
    return CampaignShares(
        campaign=row["campaign"],
        repaired=row["repaired"],
        inspected=row["inspected_ok"],
        unreachable=sum(row["unreachable"].values()),
        removed=row["removed"],
        open=row["open"],
        completion=row["completion"],
    )


def _waves(name: str, first_letter: date) -> tuple[PlannedWave, ...]:
    return tuple(
        PlannedWave(row["number"], max(row["week"], first_letter), row["planned"])
        for row in follow_ups.waves(name).to_pylist()
    )


def tightest_dealers(rows: Sequence[Mapping[str, Any]]) -> tuple[TightWeek, ...]:
    """Return the tightest week of each of the first dealers; ``rows`` come tightest first."""
    first: dict[str, Mapping[str, Any]] = {}
    for row in rows:
        first.setdefault(row["dealer"], row)
    return tuple(
        TightWeek(
            row["dealer"], row["area"], date.fromisoformat(row["week"]),
            row["hours_q90"], row["capacity"], row["short"],
        )
        for row in list(first.values())[:SHOWN_DEALERS]
    )  # fmt: skip


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


def _sent(name: str) -> SentCounts:
    counts = pieces.counts(name)

    def of(*states: PieceState) -> int:
        return int(pc.sum(pieces.only(counts, *states)["pieces"], min_count=0).as_py())

    notices = tables.read("notice", "audience", where="follow_up = :name", name=name)
    waves = follow_ups.waves(name)
    return SentCounts(
        waves=pc.sum(waves["released"], min_count=0).as_py(),
        released=of(*RELEASED_ONCE),
        printed=of(*PRINTED_ONCE),
        withdrawn=of(PieceState.WITHDRAWN),
        exceptions=of(PieceState.EXCEPTION),
        dealers=pc.sum(pc.equal(notices["audience"], "dealer"), min_count=0).as_py(),
        areas=pc.sum(pc.equal(notices["audience"], "area"), min_count=0).as_py(),
    )


def letters_of(plan: KeptPlan) -> LettersByWeek:
    """Return planned letters by set of campaigns and week; the models of one set are summed."""
    rows = plan.document["letters"]
    sets = sorted({_campaigns(row["bundle"]) for row in rows})
    weeks = max((row["week"] for row in rows), default=-1) + 1
    letters = np.zeros((len(sets), weeks), np.int64)
    where = {name: place for place, name in enumerate(sets)}
    for row in rows:
        letters[where[_campaigns(row["bundle"])], row["week"]] += row["count"]
    return LettersByWeek(tuple(sets), _mondays(plan.first_week, weeks), letters)


def _campaigns(bundle: str) -> str:
    """Return the campaigns of a planning bundle, which may be of one model: ``ALE:IS 350`` is ``ALE``."""
    return bundle.partition(":")[0]


def _mondays(first: date, weeks: int) -> tuple[date, ...]:
    return tuple(first + timedelta(weeks=week) for week in range(weeks))


def kits_of(plan: KeptPlan) -> KitsByWeek:
    """Return cumulative supply and expected demand of each part by week, in kits.

    Demand is the response to the planned letters and the visits without one, times the kits of a
    visit (planner study, section 1.4); what dealers have on hand is not counted.
    """
    problem = plan.document["problem"]
    weeks, parts = int(problem["weeks"]), sorted(problem["supply"])
    visits = _visits(plan.document, weeks)
    demand = np.zeros((len(parts), weeks))
    for row in problem["bundles"]:
        for part in row["kits"].keys() & set(parts):
            demand[parts.index(part)] += row["kits"][part] * visits[row["id"]]
    supply = np.array([_padded(problem["supply"][part], weeks) for part in parts])
    return KitsByWeek(
        tuple(parts),
        _mondays(plan.first_week, weeks),
        supply.reshape(len(parts), weeks),
        np.cumsum(demand, axis=1),
    )


def _visits(document: Mapping[str, Any], weeks: int) -> dict[str, Floats]:
    """Return expected visits by bundle and week: answers to the letters, and visits without one."""
    problem = document["problem"]
    visits = {row["id"]: np.zeros(weeks) for row in problem["bundles"]}
    response = {row["id"]: _padded(row["response"], weeks) for row in problem["bundles"]}
    for row in document["letters"]:
        answers = response[row["bundle"]][: weeks - row["week"]]
        visits[row["bundle"]][row["week"] :] += row["count"] * answers
    for row in problem.get("background") or ():
        visits[row["bundle"]] += _padded(row["per_week"], weeks, fill=row["per_week"][-1])
    return visits


def _padded(values: Sequence[float], weeks: int, fill: float = 0.0) -> Floats:
    return np.array([*values, *[fill] * weeks][:weeks], float)
