"""The start of a play on a ledger's own follow-up: who is on its list, what dealers and pool have, and answers as the plan expects them."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import NamedTuple

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from renotify.answering.mail_before import refuse_unprinted, returned_before, sent_before
from renotify.answering.planted import (
    Booked,
    Floats,
    Ints,
    PartTaken,
    Place,
    Start,
    VehicleKind,
)
from renotify.errors import NothingToDo
from renotify.ledger import follow_ups, registry
from renotify.ledger.follow_ups import PLANNED_AT
from renotify.ledger.pieces import OUT_ON
from renotify.ledger.session import Session
from renotify.ledger.standing_visits import visit_stands
from renotify.parts.dealer_orders import counted_stock
from renotify.parts.pool_book import pool_book
from renotify.plans.in_force import PlanInForce, plan_in_force
from renotify.values.calendar import monday_of
from renotify.visits.needs import JOINED, needs
from renotify.workload.of_plan import weekly_hours

# A vehicle with two letters, of recalls and of service campaigns, has one visit for both.
_LISTED = f"""
    select l.vin, l.bundle, coalesce(v.model, '') as model, {PLANNED_AT} as dealer_code, p.out_on
    from listed l left join vehicle v on v.vin = l.vin
    left join (select vin, family, max({OUT_ON}) as out_on from piece
        where follow_up = :name and returned_on is null group by vin, family) p
        on p.vin = l.vin and p.family = l.family
    where l.follow_up = :name and l.left_out = '' and exists (
        select 1 from state s where s.vin = l.vin and s.current and s.status = 'open'
        and replace('+' || l.bundle || '+', '+' || s.campaign_code || '+', '') <> '+' || l.bundle || '+')
    order by l.vin, l.family"""
_ROWS = pa.schema(
    [(name, pa.string()) for name in ("vin", "bundle", "model", "dealer_code")] + [("out_on", pa.date32())]
)  # fmt: skip
_BOOKED = f"""
    select a.appointment_id, a.dealer_code, a.vin, a.start from appointment a
    where {visit_stands("a")} order by a.start, a.appointment_id"""
_APPOINTMENTS = pa.schema(
    [(name, pa.string()) for name in ("appointment_id", "dealer_code", "vin", "start")]
)


class Dealer(NamedTuple):
    """A dealer and its area."""

    dealer_code: str
    area_code: str


@dataclass(frozen=True, eq=False)
class _Listed:
    """The vehicles of a list that are open, each once, and their different pairs of bundle and model."""

    vehicles: pa.Table
    pairs: list[tuple[str, str]]
    kind: Ints


def start_of_plan(
    session: Session, name: str, on: date, weeks: int, answers: float
) -> tuple[Start, float]:
    """Return what is there on a day for the play of a follow-up's weeks, and the share of owners who come in a week without a letter.

    Owners answer ``answers`` times as often as the plan in force expects, the parts of a visit are needed at their take rates. Kits that
    were promised by a supplier come in their weeks. Raises UnknownName, NothingToDo without a plan or an open vehicle, Refused
    while a release is not finished.
    """
    plan, settings = plan_in_force(session, name), follow_ups.settings(session, name, on)
    refuse_unprinted(session, name)
    monday = max(monday_of(on), plan.first_week)
    listed = _listed(session, name)
    dealers = session.rows(Dealer, "select dealer_code, area_code from dealer order by dealer_code")
    codes = [one.dealer_code for one in dealers]
    pool, supply = _supply(session, monday, weeks)
    at = pc.index_in(listed.vehicles["dealer_code"], pa.array(codes, pa.string()))
    own = pc.fill_null(at, 0).to_numpy().astype(np.int64)
    kinds, walk_ins = _kinds(session, plan, listed, answers)
    vins = listed.vehicles["vin"].combine_chunks()
    start = Start(
        follow_up=name,
        first_monday=monday,
        first_letter=max(settings.first_letter, on),
        dealers=tuple(codes),
        areas=tuple(one.area_code for one in dealers),
        hours=_hours(session, monday, weeks, codes),
        kinds=kinds,
        vins=vins,
        names=pa.nulls(listed.vehicles.num_rows, pa.string()),
        kind=listed.kind,
        dealer=own,
        shelf=_shelf(session, set(pool)),
        pool=pool,
        supply=supply,
        booked=_booked(session, vins, monday),
        out=_weeks_out(listed.vehicles["out_on"], monday),
        sent=sent_before(session, name, vins),
        searched=returned_before(session, name, vins, on),
    )
    return start, walk_ins


def _listed(session: Session, name: str) -> _Listed:
    rows = session.read(_LISTED, _ROWS, name=name)
    if not rows.num_rows:
        raise NothingToDo(
            f"No vehicle of {name} is open: there is nothing to play.",
            "See what came of it with `renotify report progress`.",
        )
    one = rows.group_by(["vin"], use_threads=False).aggregate(
        [("bundle", "list"), ("model", "first"), ("dealer_code", "first"), ("out_on", "max")]
    )
    bundle = pc.binary_join(one["bundle_list"], JOINED)
    vehicles = pa.table({
        "vin": one["vin"], "bundle": bundle, "model": one["model_first"],
        "dealer_code": one["dealer_code_first"], "out_on": one["out_on_max"],
    })  # fmt: skip
    key = pc.binary_join_element_wise(bundle, one["model_first"], "\t").combine_chunks()
    coded = key.dictionary_encode()
    pairs = [tuple(text.split("\t")) for text in coded.dictionary.to_pylist()]
    return _Listed(
        vehicles, [(bundle, model) for bundle, model in pairs], coded.indices.to_numpy().astype(np.int64)
    )  # fmt: skip


def _kinds(
    session: Session, plan: PlanInForce, listed: _Listed, answers: float
) -> tuple[tuple[VehicleKind, ...], float]:
    """Return the kinds of vehicles, and the mean share that comes in a week without a letter."""
    found = needs(session, listed.pairs)
    codes = sorted({code for bundle, _ in listed.pairs for code in bundle.split(JOINED)})
    campaigns = registry.campaigns(session, codes)
    inspected = {code for code, campaign in campaigns.items() if campaign.inspect_first}
    kinds, rates = [], np.zeros(len(listed.pairs))
    for at, (bundle, model) in enumerate(listed.pairs):
        place = plan.place_of(bundle, model)
        expected = plan.bundles[0 if place is None else place]
        rates[at] = expected.walk_ins
        kinds.append(
            VehicleKind(
                campaigns=(own := tuple(bundle.split(JOINED))),
                hours=found.visits[bundle, model].hours,
                parts=tuple(
                    PartTaken(part, row.campaign_code, row.qty, row.take_rate)
                    for part, row in sorted(found.taken[bundle, model].items())
                    if row.kits > 0
                ),
                inspected=frozenset(inspected & set(own)),
                answers=tuple(share * answers for share in expected.response),
            )
        )
    return tuple(kinds), float(rates[listed.kind].mean())


def _hours(session: Session, monday: date, weeks: int, codes: Sequence[str]) -> Floats:
    known = weekly_hours(session, monday, weeks)
    unknown = np.full(weeks, np.inf)
    return np.array([known.get(code, unknown) for code in codes]).reshape(len(codes), weeks)


def _supply(
    session: Session, monday: date, weeks: int
) -> tuple[dict[str, float], dict[int, dict[str, float]]]:
    """Return the kits that are in the pool, and those to come by week."""
    book = pool_book(session, monday)
    pool = {part: max(float(one.delivered[0] - one.left), 0.0) for part, one in book.parts.items()}
    supply: dict[int, dict[str, float]] = {}
    for part, one in book.parts.items():
        coming = np.diff(one.delivered + one.as_promised)
        for at in np.flatnonzero(coming[: weeks - 1] > 0).tolist():
            supply.setdefault(at + 1, {})[part] = float(coming[at])
    return pool, supply


def _shelf(session: Session, parts: set[str]) -> dict[Place, float]:
    return {
        (row["dealer_code"], row["part_no"]): float(row["on_hand"])
        for row in counted_stock(session).to_pylist()
        if row["part_no"] in parts
    }


def _booked(session: Session, vins: pa.Array, monday: date) -> tuple[Booked, ...]:
    """Return the visits that stand, one a vehicle; those of weeks gone by are of this week."""
    rows = session.read(_BOOKED, _APPOINTMENTS)
    places = pc.index_in(rows["vin"], vins).to_pylist()
    first: Mapping[int, dict[str, str]] = {
        place: row
        for place, row in reversed(list(zip(places, rows.to_pylist(), strict=True)))
        if place is not None
    }
    return tuple(
        Booked(
            row["appointment_id"], place, row["dealer_code"],
            max((date.fromisoformat(row["start"][:10]) - monday).days // 7, 0), row["start"],
        )
        for place, row in sorted(first.items())
    )  # fmt: skip


def _weeks_out(days: pa.ChunkedArray, monday: date) -> Ints:
    """Return the weeks since the Monday of each letter's week; -1: none is out."""
    known = pc.is_valid(days).to_numpy()
    number = pc.fill_null(days.cast(pa.int32()), 0).to_numpy().astype(np.int64)
    age = ((monday - date(1970, 1, 1)).days - number + 6) // 7
    found: Ints = np.where(known, np.maximum(age, 0), -1)
    return found
