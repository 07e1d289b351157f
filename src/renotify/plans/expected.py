"""What a plan brings to the dealers: visits, hours and kits by dealer and week. The one place where letters become visits.

Workload, notices, orders, the summary page and the re-plan ask here; only the independent check of a plan counts for itself.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from functools import cached_property
from typing import NamedTuple

import numpy as np
import pyarrow as pa
from numpy.typing import NDArray

from renotify.ledger import follow_ups
from renotify.ledger.follow_ups import PLANNED_AT
from renotify.ledger.pieces import OUT_ON
from renotify.ledger.scope import ALL, Scope
from renotify.ledger.session import Session
from renotify.plans.in_force import PlanInForce, plan_in_force
from renotify.plans.response import requests

Floats = NDArray[np.float64]
Ints = NDArray[np.int64]


class Group(NamedTuple):
    """Listed vehicles of one bundle, model, dealer and week of letter (null: held), that is an ``interim`` one or not.

    ``later`` is the last list frozen after this one that has them too, by its number in ``_later``; null: none has.
    """

    bundle: str
    model: str
    dealer_code: str
    week: int | None
    interim: bool
    later: int | None
    vehicles: int


class Later(NamedTuple):
    """A follow-up frozen after another, by the number of its freeze."""

    name: str
    number: int


@dataclass(frozen=True, eq=False)
class Expected:
    """A plan seen from its dealers. Shapes: B planning bundles, D dealers in order of code, T weeks from the plan's first."""

    plan: PlanInForce
    dealers: tuple[str, ...]
    letters: Ints  # [B, D, T] in the week of mailing
    interim: Ints  # [B, D, T] those of them that ask nobody in
    visits: Floats  # [B, D, T] expected, walk-ins included

    @cached_property
    def hours(self) -> Floats:
        """Technician hours asked for, in the mean. [D, T]"""
        labour = np.array([bundle.hours for bundle in self.plan.bundles], float)
        asked: Floats = np.einsum("b,bdt->dt", labour, self.visits)
        return asked

    @cached_property
    def parts(self) -> tuple[str, ...]:
        """The parts that visits take, in order of number."""
        return tuple(sorted({part for bundle in self.plan.bundles for part in bundle.kits}))

    @cached_property
    def kits_a_visit(self) -> Floats:
        """Kits of each part that a visit takes. [B, P]"""
        each = [[b.kits.get(part, 0.0) for part in self.parts] for b in self.plan.bundles]
        return np.array(each, float).reshape(len(self.plan.bundles), len(self.parts))

    def kits_by_week(self) -> Floats:
        """Kits that all dealers' visits are expected to take, by part and week. [P, T]"""
        taken: Floats = self.kits_a_visit.T @ self.visits.sum(axis=1)
        return taken

    def kits(self, from_week: int = 0) -> pa.Table:
        """Return the kits that visits from a week on are expected to take: dealer_code, part_no, kits."""
        parts, dealers = np.array(self.parts, object), np.array(self.dealers, object)
        count = self.visits[:, :, from_week:].sum(axis=2)  # [B, D]
        total = (count.T @ self.kits_a_visit).ravel()  # [D * P]
        named = pa.table({
            "dealer_code": pa.array(np.repeat(dealers, len(parts)), pa.string()),
            "part_no": pa.array(np.tile(parts, len(dealers)), pa.string()),
            "kits": pa.array(total, pa.float64()),
        })  # fmt: skip
        return named.filter(pa.array(total > 0))


def expected(
    session: Session, plan: PlanInForce, scope: Scope = ALL, *, through: date | None = None
) -> Expected:
    """Return what a plan brings to the dealers of a scope that have listed vehicles; no other dealer's rows are read.

    ``through`` is the Monday of the last week whose letters count; None: those of all weeks.
    Each letter is charged to its vehicle's own model, whenever it was or will be mailed. An interim notice asks nobody in: the visits
    come with the second notice, and are those of the plan that mails it. A vehicle that is on a later list as well comes without a
    letter once: in the weeks of that list's plan it is counted there.
    """
    later = _later(session, plan.follow_up)
    groups = _groups(session, plan, scope, later)
    last = plan.weeks - 1 if through is None else (through - plan.first_week).days // 7
    dealers = tuple(sorted({group.dealer_code for group in groups}))
    at = {code: place for place, code in enumerate(dealers)}
    shape = (len(plan.bundles), len(dealers), plan.weeks)
    letters, interim, listed = (
        np.zeros(shape, np.int64),
        np.zeros(shape, np.int64),
        np.zeros(shape),
    )
    own_weeks = {number: _without(plan, of_later) for number, of_later in later.items()}
    for group in groups:
        bundle = plan.place_of(group.bundle, group.model)
        if bundle is None:
            continue
        listed[bundle, at[group.dealer_code]] += group.vehicles * (
            1.0 if group.later is None else own_weeks[group.later]
        )
        if group.week is not None and group.week <= min(last, plan.weeks - 1):
            cell = (bundle, at[group.dealer_code], group.week)
            letters[cell] += group.vehicles
            interim[cell] += group.vehicles * group.interim
    rates = np.array([bundle.walk_ins for bundle in plan.bundles], float)
    walk_ins = np.round(listed * rates[:, None, None], 6)
    visits = requests(letters - interim, response_of(plan), walk_ins)
    return Expected(plan, dealers, letters, interim, visits)


def _later(session: Session, name: str) -> dict[int, PlanInForce]:
    """Return the plans of follow-ups that were frozen after one, by the number of their freeze; one that was ended counts no visit."""
    found = session.rows(
        Later,
        "select f.name, f.source_id as number from follow_up f join plan p on p.follow_up = f.name"
        " where f.source_id > (select source_id from follow_up where name = :name) order by f.source_id",
        name=name,
    )
    return {
        one.number: plan_in_force(session, one.name)
        for one in found
        if follow_ups.ended_on(session, one.name) is None
    }


def _without(plan: PlanInForce, later: PlanInForce) -> Floats:
    """Return 1 for the weeks of a plan that are not those of a later one, 0 for the others. [T]"""
    first = (later.first_week - plan.first_week).days // 7
    weeks = np.arange(plan.weeks)
    return ((weeks < first) | (weeks >= first + later.weeks)).astype(float)


def response_of(plan: PlanInForce) -> Floats:
    """Return the response of a plan's bundles, with zeros after the end of a shorter one. [B, K]"""
    width = max((len(bundle.response) for bundle in plan.bundles), default=1)
    response = np.zeros((len(plan.bundles), max(width, 1)))
    for place, bundle in enumerate(plan.bundles):
        response[place, : len(bundle.response)] = bundle.response
    return response


# A letter that is out asks (2), whatever became of its vehicle; one that is free (1), while its owner has not come: at its release it
# would be withdrawn. One that was withdrawn, spoiled or set aside asks nobody.
_WEEK = f"""
    case (select max(case when {OUT_ON} is not null then 2 when p.state in ('listed', 'planned') then 1 else 0 end)
          from piece p where p.vin = l.vin and p.follow_up = l.follow_up and p.family = l.family)
    when 2 then l.week
    when 1 then case when exists (
        select 1 from state s where s.vin = l.vin and s.current and s.status = 'open'
        and replace('+' || l.bundle || '+', '+' || s.campaign_code || '+', '') <> '+' || l.bundle || '+') then l.week end
    end"""


_LISTED = "listed"
_DRAFTED = """(
    select d.vin, d.follow_up, d.family, b.bundle, b.left_out, d.week, d.interim, d.dealer_code
    from draft_letter d join listed b on b.vin = d.vin and b.follow_up = d.follow_up and b.family = d.family
    where d.draft = :draft)"""


def _groups(
    session: Session, plan: PlanInForce, scope: Scope, later: Mapping[int, PlanInForce]
) -> list[Group]:
    """Count listed vehicles set-wise; the groups are few whatever the population is."""
    names = {"later": json.dumps([one.follow_up for one in later.values()])} if later else {}
    on_later = (
        "(select max(f.source_id) from listed o join follow_up f on f.name = o.follow_up where o.vin = l.vin and o.family = l.family"
        f" and o.left_out = '' and o.follow_up in {session.list_values('later')})"
        if later
        else "cast(null as integer)"
    )
    return session.rows(
        Group,
        f"select l.bundle as bundle, coalesce(v.model, '') as model, {PLANNED_AT} as dealer_code,"
        f" {_WEEK} as week, l.interim as interim, {on_later} as later,"
        f" count(*) as vehicles from {_LISTED if not plan.draft else _DRAFTED} l left join vehicle v on v.vin = l.vin"
        f" where l.follow_up = :name and l.left_out = '' and {scope.of('l.dealer_code')}"
        " group by 1, 2, 3, 4, 5, 6",
        name=plan.follow_up,
        **names,
        **({"draft": plan.draft} if plan.draft else {}),
        **scope.values,
    )
