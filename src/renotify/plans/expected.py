"""What a plan brings to the dealers: visits, hours and kits by dealer and week. The one place where letters become visits.

Workload, notices, orders, the summary page and the re-plan ask here; only the independent check of a plan counts for itself.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from functools import cached_property
from typing import NamedTuple

import numpy as np
import pyarrow as pa
from numpy.typing import NDArray

from renotify.ledger.follow_ups import PLANNED_AT
from renotify.ledger.pieces import OUT_ON
from renotify.ledger.scope import ALL, Scope
from renotify.ledger.session import Session
from renotify.plans.in_force import PlanInForce
from renotify.plans.response import requests

Floats = NDArray[np.float64]
Ints = NDArray[np.int64]


class Group(NamedTuple):
    """Listed vehicles of one bundle, model, dealer and week of letter (null: held), that is an ``interim`` one or not."""

    bundle: str
    model: str
    dealer_code: str
    week: int | None
    interim: bool
    vehicles: int


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
    come with the second notice, and are those of the plan that mails it.
    """
    groups = _groups(session, plan, scope)
    last = plan.weeks - 1 if through is None else (through - plan.first_week).days // 7
    dealers = tuple(sorted({group.dealer_code for group in groups}))
    at = {code: place for place, code in enumerate(dealers)}
    shape = (len(plan.bundles), len(dealers), plan.weeks)
    letters, interim, listed = (
        np.zeros(shape, np.int64),
        np.zeros(shape, np.int64),
        np.zeros(shape[:2]),
    )
    for group in groups:
        bundle = plan.place_of(group.bundle, group.model)
        if bundle is None:
            continue
        listed[bundle, at[group.dealer_code]] += group.vehicles
        if group.week is not None and group.week <= min(last, plan.weeks - 1):
            cell = (bundle, at[group.dealer_code], group.week)
            letters[cell] += group.vehicles
            interim[cell] += group.vehicles * group.interim
    rates = np.array([bundle.walk_ins for bundle in plan.bundles], float)
    walk_ins = np.repeat(np.round(listed * rates[:, None], 6)[:, :, None], plan.weeks, axis=2)
    visits = requests(letters - interim, response_of(plan), walk_ins)
    return Expected(plan, dealers, letters, interim, visits)


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


def _groups(session: Session, plan: PlanInForce, scope: Scope) -> list[Group]:
    """Count listed vehicles set-wise; the groups are few whatever the population is."""
    return session.rows(
        Group,
        f"select l.bundle as bundle, coalesce(v.model, '') as model, {PLANNED_AT} as dealer_code,"
        f" {_WEEK} as week, l.interim as interim,"
        " count(*) as vehicles from listed l left join vehicle v on v.vin = l.vin"
        f" where l.follow_up = :name and l.left_out = '' and {scope.of('l.dealer_code')}"
        " group by 1, 2, 3, 4, 5",
        name=plan.follow_up,
        **scope.values,
    )
