"""The one book of kits: what the national pool has been given, who has or is owed it, and what is free, by live part and week.

    free for orders   = delivered - left the pool - on order
    free for letters  = free for orders + promised supply, late - promised to bookings - expected by letters of other follow-ups
                        of whole packs delivered or coming: kits that fill none go to no dealer
    free at a dealer  = on hand + on order - booked, but for what these letters take first

What is on order has left the pool for its dealer: it counts there, as the shelf does, and nowhere else. A plan, the dealers' orders and
`parts pool` read this book and nothing else, so that no kit is counted twice and none is lost between pool and shelf.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from datetime import date, timedelta

import numpy as np
import pyarrow as pa

from renotify.ledger import tables
from renotify.ledger.kinds import SupplyStatus
from renotify.ledger.scope import ALL, Scope
from renotify.ledger.session import Session
from renotify.parts.confirmed_supply import (
    AS_PROMISED,
    Floats,
    Late,
    Overdue,
    overdue,
    promised_totals,
    running_totals,
    supply_rows,
)
from renotify.parts.dealer_orders import booked_kits, counted_stock
from renotify.parts.replenishment import beyond_position
from renotify.plans.expected import expected
from renotify.plans.in_force import plan_in_force, planned
from renotify.values.arrow_sql import arrow_sql
from renotify.values.calendar import monday_of
from renotify.visits.fitted import fitted_kits
from renotify.visits.live_part_numbers import replacements, to_live_numbers

EASE = 1e-9  # packs: rounding of sums
SHIPMENTS, COUNTS = "part_shipments", "dealers' counts and repair orders"

# What a dealer had before the part's first receipt is no kit of the pool: the newest count up to that Monday, else the first of
# that week. Where a dealer was first counted later, all that it has came from the pool.
_OPENING = """
    with first as (
        select c.dealer_code, c.raw, s.part_no, s.start,
               coalesce(max(as_of) filter (as_of <= s.start), min(as_of) filter (as_of < s.start + 7)) as counted
        from counts c join starts s using (part_no) group by all)
    select f.dealer_code, f.part_no, max(f.counted) as counted, sum(c.on_hand) as opening
    from first f join counts c on c.dealer_code = f.dealer_code and c.raw = f.raw and c.as_of = f.counted
    group by all"""
# Of a part that a share of repairs takes, the orders tell no more than what is expected. Where shipments of it are stated, what a dealer
# had and got and has no more was fitted, within what its orders allow; what is not counted there is no more than it got.
_KNOWN = """
    select f.dealer_code, f.part_no, f.kits, f.saved, case
        when f.part_no not in (select part_no from came) then f.kits
        when n.on_hand is null then least(f.kits, greatest(coalesce(c.qty, 0), f.least))
        else least(greatest(coalesce(o.opening, 0) + coalesce(c.qty, 0) - n.on_hand, f.least), f.most) end as fitted
    from fitted f left join opening o using (dealer_code, part_no) left join came c using (dealer_code, part_no)
    left join newest n using (dealer_code, part_no)"""
_OF_DEALERS = f"""
    with opening as ({_OPENING}),
    fitted as (
        select t.dealer_code, t.part_no, sum(t.kits) as kits, sum(t.saved) as saved, sum(t.least) as least, sum(t.most) as most
        from taken t join starts s using (part_no) left join opening o using (dealer_code, part_no)
        where t.day > coalesce(o.counted, s.start - 1) group by all),
    came as (
        select t.dealer_code, t.part_no, sum(t.qty) as qty
        from shipments t join starts s using (part_no) left join opening o using (dealer_code, part_no)
        where t.ship_date > coalesce(o.counted, s.start - 1) group by all),
    places as (
        select dealer_code, part_no from newest union select dealer_code, part_no from fitted
        union select dealer_code, part_no from booked),
    known as ({_KNOWN})
    select p.dealer_code, p.part_no, coalesce(n.on_hand, 0) as on_shelf, coalesce(n.on_order, 0) as on_order,
           coalesce(k.fitted, 0) as fitted, coalesce(k.kits, 0) as by_orders, coalesce(k.saved, 0) as saved,
           coalesce(o.opening, 0) as opening, coalesce(b.kits, 0) as booked,
           greatest(coalesce(n.on_hand, 0) + coalesce(k.fitted, 0) - coalesce(o.opening, 0), 0) as received
    from places p left join newest n using (dealer_code, part_no) left join known k using (dealer_code, part_no)
    left join opening o using (dealer_code, part_no) left join booked b using (dealer_code, part_no)
    order by p.dealer_code, p.part_no"""
_SHIPPED = """
    select t.part_no, sum(t.qty) as shipped from shipments t join starts s using (part_no)
    where t.ship_date >= s.start group by all"""
_TOTALS = """
    select part_no, sum(on_shelf) as on_shelf, sum(on_order) as on_order, sum(fitted) as fitted, sum(by_orders) as by_orders,
           sum(saved) as saved, sum(opening) as opening,
           sum(received) as received, sum(booked) as booked, sum(promised) as promised
    from of_dealers group by part_no"""


@dataclass(frozen=True, eq=False)
class PartBook:
    """One part that has supply. Arrays are running totals by week from the book's Monday; the rest is as of today, in kits.

    ``left`` are the kits that left the pool, by ``source``: stated shipments, or what dealers must have received for their shelves
    and repairs to be what they are. ``by_orders`` are the kits that repair orders are expected to have taken: of a part that
    only a share of repairs takes, shipments and counts say how many were ``fitted``. ``saved`` are kits that visits for two campaigns
    took once, not twice. ``promised`` are kits of booked
    owners that neither their dealer's shelf nor its open orders have.
    """

    part_no: str
    delivered: Floats  # [T]
    on_shelf: float
    fitted: float
    by_orders: float
    saved: float
    opening: float
    left: float
    source: str
    on_order: float
    booked: float
    promised: float
    letters: Floats  # [T] that letters of other follow-ups are expected to draw on the pool
    coming: Floats  # [T] promised supply, as late as the plan must bear
    as_promised: Floats  # [T] the same if it comes in its weeks
    pack: int = 1  # kits of a pack: dealers have whole ones

    @property
    def for_orders(self) -> Floats:
        """Kits that dealers' new orders may have by each week. [T]"""
        return np.maximum(self.delivered - self.left - self.on_order, 0.0)

    @property
    def has_what_is_on_order(self) -> bool:
        """Whether the pool has by now all that dealers have on order, so that it is on its way."""
        return bool(self.delivered[0] - self.left >= self.on_order)

    @property
    def free(self) -> Floats:
        """Kits that letters to be planned may draw by each week, of whole packs: none that a later week needs for what is promised. [T]"""
        return self._free(self.coming)

    @property
    def for_visits(self) -> Floats:
        """Kits that the pool has for all visits by each week, booked ones among them, beyond what stands at dealers. [T]"""
        on_its_way = self.on_order if self.has_what_is_on_order else 0.0
        return np.maximum(self._whole(self.delivered + self.coming - self.left - on_its_way), 0.0)

    @property
    def free_as_promised(self) -> Floats:
        """What ``free`` would be if promised supply came in its weeks. [T]"""
        return self._free(self.as_promised)

    def _free(self, coming: Floats) -> Floats:
        there = self._whole(self.delivered + coming - self.left - self.on_order)
        kept: Floats = np.minimum.accumulate((there - self.promised - self.letters)[::-1])[::-1]
        return np.maximum(kept, 0.0)

    def _whole(self, there: Floats) -> Floats:
        """Return kits in whole packs: what fills none goes to no dealer; of what is promised a dealer may have the rest of its pack. [T]"""
        if self.pack <= 1:
            return there
        return np.where(there > 0, self.pack * np.floor(there / self.pack + EASE), there)


@dataclass(frozen=True, eq=False)
class PoolBook:
    """Every part that has supply, from the week of ``monday``; and the kits at dealers, or on order, that nobody is promised.

    ``at_dealers`` are those kits before anything is promised, so that the visits that take them can be laid out by week.
    """

    monday: date
    weeks: int
    parts: Mapping[str, PartBook]
    shelves: pa.Table  # dealer_code, part_no, kits: above zero, parts without supply too
    overdue: tuple[Overdue, ...] = ()  # promised supply that has not come
    at_dealers: Mapping[tuple[str, str], float] = field(default_factory=dict)  # by dealer and part

    @property
    def packs(self) -> dict[str, int]:
        """The kits of a pack of each part."""
        return {part: one.pack for part, one in self.parts.items()}


def pool_book(
    session: Session,
    monday: date,
    weeks: int | None = None,
    *,
    today: date | None = None,
    but: str = "",
    late: Late = AS_PROMISED,
) -> PoolBook:
    """Return the book from the week of ``monday`` on, for so many weeks, or up to the last that has supply.

    Letters of all follow-ups in force count, but for those of the follow-up ``but``: what they are expected to ask from the week of
    ``today`` on, or from ``monday`` where that is earlier. ``late`` is how late promised supply may come.
    """
    rows = supply_rows(session)
    length = weeks or max((len(line) for line in running_totals(rows, monday).values()), default=1)
    confirmed = [row for row in rows if row.status == SupplyStatus.CONFIRMED]
    delivered = running_totals(confirmed, monday, length)
    day = today or monday
    coming, as_promised = (
        promised_totals(rows, monday, length, one, today=day, slip_weeks=late.weeks)
        for one in (late, AS_PROMISED)
    )
    starts: dict[str, date] = {}
    for row in rows:
        starts[row.part_no] = min(row.week, starts.get(row.part_no, row.week))
    of_dealers, shipped = _of_dealers(session, starts)
    asked_from = min(monday, monday_of(today)) if today else monday
    with arrow_sql() as arrow:
        arrow.register("of_dealers", of_dealers)
        totals = {row["part_no"]: row for row in arrow.sql(_TOTALS).to_arrow_table().to_pylist()}
    sums = (
        "on_shelf",
        "on_order",
        "fitted",
        "by_orders",
        "saved",
        "opening",
        "received",
        "booked",
        "promised",
    )
    nothing = dict.fromkeys(sums, 0.0)
    parts = {}
    none, packs = np.zeros(length), packs_of_parts(session)
    for part in sorted(starts):
        line, has = delivered.get(part, none), totals.get(part, nothing)
        parts[part] = PartBook(
            part, line, has["on_shelf"], has["fitted"], has["by_orders"], has["saved"], has["opening"],
            shipped.get(part, has["received"]), SHIPMENTS if part in shipped else COUNTS,
            has["on_order"], has["booked"], has["promised"], none,
            coming.get(part, none), as_promised.get(part, none), packs.get(part, 1),
        )  # fmt: skip
    asked = letters_out(session, asked_from, monday, length, but)
    there = _at_dealers(of_dealers, parts)
    shelves, drawn = drawn_on_pool(_unpromised(of_dealers, there), asked, length)
    known = {
        part: replace(one, letters=drawn.get(part, one.letters)) for part, one in parts.items()
    }
    return PoolBook(
        monday, length, known, shelves, tuple(overdue(rows, day, late.weeks)), _by_key(of_dealers, there)
    )  # fmt: skip


def packs_of_parts(session: Session) -> dict[str, int]:
    """Return the kits of a pack of each part that comes in packs."""
    found = tables.read(session, "part", "part_no", "pack_qty", where="pack_qty > 1")
    return dict(zip(found["part_no"].to_pylist(), found["pack_qty"].to_pylist(), strict=True))


def letters_out(
    session: Session, asked_from: date, monday: date, weeks: int, but: str = "", scope: Scope = ALL
) -> dict[tuple[str, str], Floats]:
    """Return the kits that letters of follow-ups in force are expected to take, by dealer and live part: running totals. [T]

    Visits that are still to be asked for from the week of ``asked_from`` on count, those before ``monday`` in its week. Walk-ins are
    not among them.
    """
    asked: dict[tuple[str, str], Floats] = {}
    for name in planned(session):
        if name == but:
            continue
        of_plan = expected(session, plan_in_force(session, name), scope, on=asked_from)
        kits = np.einsum("bp,bdt->dpt", of_plan.kits_a_visit, of_plan.of_letters)  # [D, P, T]
        counted = [week for week, day in enumerate(of_plan.mondays) if day >= asked_from]
        weekly = np.zeros((*kits.shape[:2], weeks))
        for week in counted:
            at = max((of_plan.plan.monday(week) - monday) // timedelta(weeks=1), 0)
            if at < weeks:
                weekly[:, :, at] += kits[:, :, week]
        for d, p in np.argwhere(weekly.any(axis=2)).tolist():
            key = (of_plan.dealers[d], of_plan.parts[p])
            asked[key] = asked.get(key, np.zeros(weeks)) + np.cumsum(weekly[d, p])
    return asked


def _of_dealers(session: Session, starts: Mapping[str, date]) -> tuple[pa.Table, dict[str, float]]:
    """Return what each dealer has, had and is owed of each part, and by part the shipments that are stated."""
    replaced_by = replacements(session)
    counts = tables.read(session, "dealer_part_stock", "dealer_code", "part_no", "as_of", "on_hand")
    raw = counts.append_column("raw", counts["part_no"])
    shipments = tables.read(session, "part_shipment", "dealer_code", "part_no", "ship_date", "qty")
    since = min(starts.values(), default=date.max)
    if len(raw):
        since = min(since, *raw["as_of"].to_pylist())
    with arrow_sql() as arrow:
        arrow.register("counts", to_live_numbers(raw, replaced_by))
        arrow.register("shipments", to_live_numbers(shipments, replaced_by))
        arrow.register(
            "starts",
            pa.table({
                "part_no": pa.array(starts, pa.string()),
                "start": pa.array(starts.values(), pa.date32()),
            }),
        )  # fmt: skip
        arrow.register("taken", fitted_kits(session, since))
        arrow.register("newest", counted_stock(session))
        arrow.register("booked", booked_kits(session))
        shipped = dict(arrow.sql(_SHIPPED).fetchall())
        found = arrow.sql(_OF_DEALERS).to_arrow_table()
    position = (found[name].to_numpy() for name in ("on_shelf", "on_order", "booked"))
    return found.append_column("promised", pa.array(beyond_position(*position))), shipped


def _at_dealers(of_dealers: pa.Table, parts: Mapping[str, PartBook]) -> Floats:
    """Return the kits on each shelf, and on its open orders where the pool has all of these. [rows]"""
    coming = [
        part not in parts or parts[part].has_what_is_on_order
        for part in of_dealers["part_no"].to_pylist()
    ]
    there: Floats = of_dealers["on_shelf"].to_numpy() + of_dealers["on_order"].to_numpy() * coming
    return there


def _unpromised(of_dealers: pa.Table, there: Floats) -> dict[tuple[str, str], float]:
    """Return the kits by dealer and part that bookings leave of what is ``there``."""
    return _by_key(of_dealers, np.maximum(there - of_dealers["booked"].to_numpy(), 0.0))


def _by_key(of_dealers: pa.Table, kits: Floats) -> dict[tuple[str, str], float]:
    keys = zip(
        of_dealers["dealer_code"].to_pylist(), of_dealers["part_no"].to_pylist(), strict=True
    )
    return dict(zip(keys, kits.tolist(), strict=True))


def drawn_on_pool(
    shelves: dict[tuple[str, str], float], asked: Mapping[tuple[str, str], Floats], weeks: int
) -> tuple[pa.Table, dict[str, Floats]]:
    """Return the kits at dealers that letters leave free, and by part what letters draw on the pool: what a dealer has goes first. [T]"""
    drawn: dict[str, Floats] = {}
    for (dealer, part), line in asked.items():
        shelf = shelves.get((dealer, part), 0.0)
        drawn[part] = drawn.get(part, np.zeros(weeks)) + np.maximum(line - shelf, 0.0)
        shelves[dealer, part] = max(shelf - line[-1], 0.0)
    left = [(dealer, part, kits) for (dealer, part), kits in shelves.items() if kits > 0]
    kinds = (("dealer_code", pa.string()), ("part_no", pa.string()), ("kits", pa.float64()))
    return pa.table(
        {name: pa.array([row[i] for row in left], kind) for i, (name, kind) in enumerate(kinds)}
    ), drawn
