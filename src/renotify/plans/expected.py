"""What a plan brings to the dealers: visits, hours and kits by dealer and week. The one place where letters become visits.

Workload, notices, orders, progress, the summary page and the re-plan ask here; only the independent check of a plan counts for itself.
A forecast is made as of a day, and of owners who have not asked yet: open, and without an appointment that stands. Each of them whose
letter is out asks by what is left of the response to it, each whose letter is still planned, or is to be sent again, by the response from
its week on, and any of them may come without one. Who has asked stands in the dealers' book; ``workload.forecast`` puts both together.
Nobody asks a dealer for a remedy over the air or by mail.
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from datetime import date
from functools import cached_property
from typing import Any, NamedTuple

import numpy as np
import pyarrow as pa
from numpy.typing import NDArray

from renotify.ledger import follow_ups
from renotify.ledger.follow_ups import PLANNED_AT
from renotify.ledger.pieces import OUT_ON, TO_GO_AGAIN
from renotify.ledger.scope import ALL, Scope
from renotify.ledger.session import Session
from renotify.ledger.standing_visits import visit_stands
from renotify.ledger.without_dealers import without_visits
from renotify.plans.in_force import PlanInForce, plan_in_force
from renotify.plans.response import requests, requests_of_silent
from renotify.values.calendar import monday_of
from renotify.values.different_rows import of_each

Floats = NDArray[np.float64]
Ints = NDArray[np.int64]

COUNTED_ELSEWHERE = -1  # in place of the number of a later list: of a vehicle that another follow-up counts in every week
AHEAD = (
    4  # weeks that are foretold at the least: letters still ask when the plan's own weeks are over
)


class Group(NamedTuple):
    """Listed vehicles of one bundle, model, dealer and week of letter (null: held), that is an ``interim`` one or not.

    ``out_on``: when the letter went out, null for one that has not; ``again``: the Monday of the wave in which it is sent again, null where
    it is not. ``silent``: their owners have not asked yet. ``later`` is the last
    list frozen after this one that has them too, by its number in ``_later``; null: none has. ``campaign``: what they are open for, where
    that is asked.
    """

    bundle: str
    model: str
    dealer_code: str
    week: int | None
    interim: bool
    out_on: date | None
    again: date | None
    silent: bool
    later: int | None
    campaign: str
    vehicles: int


class Later(NamedTuple):
    """A follow-up frozen after another, by the number of its freeze."""

    name: str
    number: int


@dataclass(frozen=True, eq=False)
class Expected:
    """A plan seen from its dealers on a day. Shapes: B planning bundles, D dealers in order of code, T weeks from the plan's first.

    ``now`` is the week of the day: nothing is expected of the weeks before it. Visits stand in the week in which they are asked for.
    """

    plan: PlanInForce
    dealers: tuple[str, ...]
    letters: Ints  # [B, D, T] in the week of mailing
    interim: Ints  # [B, D, T] those of them that ask nobody in
    asking: Ints  # [B, D, T] letters of silent owners that ask them in from now on
    silent: Ints  # [B, D, A] owners still silent, by how many weeks before ``now`` their letter went out: 0 is none
    owners: Floats  # [B, D, T] silent owners, with a letter or without, who may come without one and are counted here
    now: int = 0
    booked: Ints | None = (
        None  # [B, D, T] letters that ask in, still to go to owners who have a visit booked; None: none
    )

    @property
    def mondays(self) -> tuple[date, ...]:
        """The Mondays of its weeks. [T]"""
        return tuple(self.plan.monday(week) for week in range(self.letters.shape[2]))

    @cached_property
    def may_come(self) -> Floats:
        """Vehicles whose owners have not asked yet and may, with a letter or without: each comes once. [D]"""
        asked = self.silent.sum(axis=2) + self.asking.sum(axis=2)
        every: Floats = np.maximum(self.owners.max(axis=2, initial=0.0), asked).sum(axis=0)
        return every

    @cached_property
    def of_letters(self) -> Floats:
        """Visits that letters bring. [B, D, T]"""
        return self._brought(response_of(self.plan))

    @cached_property
    def walk_ins(self) -> Floats:
        """Visits that are asked for without a letter. [B, D, T]"""
        rates = np.array([bundle.walk_ins for bundle in self.plan.bundles], float)
        weekly = np.round(self.owners * rates[:, None, None], 6)
        coming: Floats = np.where(np.arange(self.letters.shape[2]) >= self.now, weekly, 0.0)
        return coming

    @cached_property
    def visits(self) -> Floats:
        """Visits that owners who have not asked yet will ask for, in the mean. [B, D, T]"""
        asked: Floats = self.of_letters + self.walk_ins
        return asked

    @cached_property
    def doubt_of_letters(self) -> Floats:
        """Standard deviation of what letters bring, as far as nobody knows how owners answer; weeks and dealers share it. [B, D, T]"""
        response = response_of(self.plan)
        weeks = np.arange(response.shape[1])
        doubt = [[bundle.doubt_of(int(week)) for week in weeks] for bundle in self.plan.bundles]
        return self._brought(response * np.array(doubt, float).reshape(response.shape))

    @cached_property
    def doubt_of_walk_ins(self) -> Floats:
        """Standard deviation of walk-ins, as far as nobody knows their rate; weeks and dealers share it. [B, D, T]"""
        doubt = np.array([bundle.walk_ins_doubt for bundle in self.plan.bundles], float)
        told: Floats = self.walk_ins * doubt[:, None, None]
        return told

    def _brought(self, weight: Floats) -> Floats:
        """Sum ``weight`` [B, K] of the weeks since each letter over letters, of silent owners given that they are. [B, D, T]"""
        brought = requests(self.asking, weight)
        ahead = brought.shape[2] - self.now
        brought[:, :, self.now :] += requests_of_silent(
            self.silent, response_of(self.plan), ahead, weight
        )
        return brought

    @cached_property
    def hours(self) -> Floats:
        """Technician hours that owners will still ask for, in the mean. [D, T]"""
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
        """Kits that all dealers' visits still to be asked for are expected to take, by part and week. [P, T]"""
        taken: Floats = self.kits_a_visit.T @ self.visits.sum(axis=1)
        return taken

    def kits(self, from_week: int = 0) -> pa.Table:
        """Return the kits that visits asked for from a week on are expected to take: dealer_code, part_no, kits."""
        parts, dealers = np.array(self.parts, object), np.array(self.dealers, object)
        count = self.visits[:, :, from_week:].sum(axis=2)  # [B, D]
        total = (count.T @ self.kits_a_visit).ravel()  # [D * P]
        named = pa.table({
            "dealer_code": pa.array(np.repeat(dealers, len(parts)), pa.string()),
            "part_no": pa.array(np.tile(parts, len(dealers)), pa.string()),
            "kits": pa.array(total, pa.float64()),
        })  # fmt: skip
        return named.filter(pa.array(total > 0))


def with_dealers(brought: Expected, more: Iterable[str]) -> Expected:
    """Return the same with more dealers, to which the plan brings nothing."""
    codes = sorted({*brought.dealers, *more})
    if len(codes) == len(brought.dealers):
        return brought
    at = [codes.index(code) for code in brought.dealers]

    def placed(figures: np.ndarray[Any, Any]) -> np.ndarray[Any, Any]:
        found = np.zeros((figures.shape[0], len(codes), figures.shape[2]), figures.dtype)
        found[:, at] = figures
        return found

    return replace(
        brought,
        dealers=tuple(codes),
        letters=placed(brought.letters),
        interim=placed(brought.interim),
        booked=None if brought.booked is None else placed(brought.booked),
        asking=placed(brought.asking),
        silent=placed(brought.silent),
        owners=placed(brought.owners),
    )


def expected(
    session: Session,
    plan: PlanInForce,
    scope: Scope = ALL,
    *,
    on: date | None = None,
    through: date | None = None,
    counted_by: str = "",
) -> Expected:
    """Return what a plan brings to the dealers of a scope that have listed vehicles; no other dealer's rows are read.

    ``on`` is the day of the forecast (None: the plan's first); ``through`` is the Monday of the last week whose letters count; None:
    those of all weeks. Each letter is charged to its vehicle's own model, whenever it was or will be mailed. An interim notice asks
    nobody in: the visits come with the second notice, and are those of the plan that mails it. A vehicle that is on a later list as well
    comes without a letter once: in the weeks of that list's plan it is counted there. ``counted_by``: another follow-up, whose vehicles
    come without a letter where it counts them, and not here.
    """
    later = _later(session, plan.follow_up)
    groups = _groups(session, plan, scope, later, counted_by=counted_by)
    return _of_groups(plan, groups, on, later, through)


def expected_by_campaign(
    session: Session, plan: PlanInForce, scope: Scope = ALL, *, on: date | None = None
) -> dict[str, Expected]:
    """Return what ``expected`` does by campaign, of the vehicles open for it: a visit does all that its vehicle is open for."""
    later = _later(session, plan.follow_up)
    groups = _groups(session, plan, scope, later, by_campaign=True)
    codes = sorted({group.campaign for group in groups} - {""})
    return {
        code: _of_groups(plan, [one for one in groups if one.campaign == code], on, later)
        for code in codes
    }


def _of_groups(
    plan: PlanInForce,
    groups: Iterable[Group],
    on: date | None,
    later: Mapping[int, PlanInForce],
    through: date | None = None,
) -> Expected:
    groups = list(groups)
    today = max(plan.first_week, monday_of(on or plan.first_week))
    now = plan.week_of(today)
    weeks = plan.weeks if on is None else max(plan.weeks, now + AHEAD)
    until = weeks - 1 if through is None else min(plan.week_of(through), weeks - 1)
    dealers = tuple(sorted({group.dealer_code for group in groups}))
    at = {code: place for place, code in enumerate(dealers)}
    shape = (len(plan.bundles), len(dealers))
    letters, interim, asking, booked = (np.zeros((*shape, weeks), np.int64) for _ in range(4))
    silent = np.zeros((*shape, response_of(plan).shape[1] + 1), np.int64)
    owners = np.zeros((*shape, weeks))
    own_weeks = {number: _without(plan, of_later, weeks) for number, of_later in later.items()}
    own_weeks[COUNTED_ELSEWHERE] = np.zeros(weeks)
    for group in groups:
        bundle = plan.place_of(group.bundle, group.model)
        if bundle is None:
            continue
        place = (bundle, at[group.dealer_code])
        if group.silent:
            here = 1.0 if group.later is None else own_weeks[group.later]
            owners[place] += group.vehicles * here
        if group.week is not None and group.week <= until:
            letters[(*place, group.week)] += group.vehicles
            interim[(*place, group.week)] += group.vehicles * group.interim
            answered = group.out_on is None and not group.silent and not group.interim
            booked[(*place, group.week)] += group.vehicles * answered
        week = asks_from(plan, now, group.week, group.out_on, group.again)
        goes = group.week if group.again is None else week
        if week is None or goes is None or goes > until or group.interim or not group.silent:
            continue
        if group.out_on is None or week >= now:
            asking[(*place, max(week, now))] += group.vehicles
        elif now - week < silent.shape[2]:
            silent[(*place, now - week)] += group.vehicles
    return Expected(plan, dealers, letters, interim, asking, silent, owners, now, booked)


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


def _without(plan: PlanInForce, later: PlanInForce, weeks: int) -> Floats:
    """Return 1 for the weeks of a plan that are not those of a later one, 0 for the others. [T]"""
    first = plan.week_of(later.first_week)
    week = np.arange(weeks)
    return ((week < first) | (week >= first + later.weeks)).astype(float)


def asks_from(
    plan: PlanInForce, now: int, week: int | None, out_on: date | None, again: date | None
) -> int | None:
    """Return the week from which a letter asks: that of its wave, and of its release or mailing where this is later.

    One that is to be sent again (``again``: the Monday of that wave) asks anew, from that wave on, or from now where it was due before.
    None: no letter asks.
    """
    if again is not None:
        return max(plan.week_of(again), now)
    if week is None or out_on is None:
        return week
    return max(week, plan.week_of(out_on))


def response_of(plan: PlanInForce) -> Floats:
    """Return the response of a plan's bundles, with zeros after the end of a shorter one. [B, K]"""
    width = max((len(bundle.response) for bundle in plan.bundles), default=1)
    response = np.zeros((len(plan.bundles), max(width, 1)))
    for place, bundle in enumerate(plan.bundles):
        response[place, : len(bundle.response)] = bundle.response
    return response


# A letter that is out asks (2), whatever became of its vehicle; one that is free (1), while its owner has not come: at its release it
# would be withdrawn. One that was withdrawn, spoiled or set aside asks nobody.
_OPEN_FOR = """exists (
        select 1 from state s where s.vin = l.vin and s.current and s.status = 'open'{at_dealers}
        and replace('+' || l.bundle || '+', '+' || s.campaign_code || '+', '') <> '+' || l.bundle || '+')"""
_OPEN = _OPEN_FOR.format(at_dealers="")
_OF_PIECES = (
    "from piece p where p.vin = l.vin and p.follow_up = l.follow_up and p.family = l.family"
)
_WEEK = f"""
    case (select max(case when {OUT_ON} is not null then 2 when p.state in ('listed', 'planned') then 1 else 0 end) {_OF_PIECES})
    when 2 then l.week
    when 1 then case when {_OPEN} then l.week end
    end"""
_AGAIN = f"""
    (select max(w.week) from piece p join wave w on w.follow_up = p.follow_up and w.number = p.wave
    where p.vin = l.vin and p.follow_up = l.follow_up and p.family = l.family and {TO_GO_AGAIN})"""
_LISTED = "listed"
_DRAFTED = """(
    select d.vin, d.follow_up, d.family, b.bundle, b.left_out, d.week, d.interim, d.dealer_code
    from draft_letter d join listed b on b.vin = d.vin and b.follow_up = d.follow_up and b.family = d.family
    where d.draft = :draft)"""


class _Silent(NamedTuple):
    """SQL that tells whether the owner of a listed vehicle ``l`` has not asked for a visit yet and may, and the values it names."""

    sql: str
    values: dict[str, str]


def _silent(session: Session) -> _Silent:
    """Of the campaigns that it is open for those count that a dealer remedies: for the others nobody visits one."""
    nowhere = sorted(without_visits(session))
    only = f" and s.campaign_code not in {session.list_values('nowhere')}" if nowhere else ""
    visit = f"not exists (select 1 from appointment a where a.vin = l.vin and {visit_stands('a')})"
    values = {"nowhere": json.dumps(nowhere)} if nowhere else {}
    return _Silent(f"{_OPEN_FOR.format(at_dealers=only)} and {visit}", values)


# The vehicles of a list whose letter is out, asks them in, and has not been answered.
_OUT_AND_SILENT = f"""
    select l.vin, l.bundle, coalesce(v.model, '') as model, {PLANNED_AT} as dealer_code, l.week, out_on, again from (
        select l.*, (select max({OUT_ON}) {_OF_PIECES}) as out_on, {_AGAIN} as again from listed l
        where l.follow_up = :name and l.left_out = '' and not l.interim and l.week is not null and {{scope}} and {{silent}}) l
    left join vehicle v on v.vin = l.vin where out_on is not null"""
SILENT = pa.schema(
    [("vin", pa.string()), ("bundle", pa.string()), ("model", pa.string()), ("dealer_code", pa.string()), ("out_on", pa.date32()),
     ("chance", pa.float64())]
)  # fmt: skip


def silent_vehicles(session: Session, plan: PlanInForce, on: date, scope: Scope = ALL) -> pa.Table:
    """Return the vehicles of a plan whose letter is out and whose owner has not asked (``SILENT``), who asks the likeliest first.

    ``chance`` is that of an owner to ask in the week of the day, given that nobody has so far: the rule of ``requests_of_silent``.
    """
    read = pa.schema(
        [
            *(SILENT.field(name) for name in SILENT.names[:-1]),
            ("week", pa.int64()),
            ("again", pa.date32()),
        ]
    )
    silent = _silent(session)
    found = session.read(
        _OUT_AND_SILENT.format(scope=scope.of("l.dealer_code"), silent=silent.sql),
        read,
        name=plan.follow_up,
        **silent.values,
        **scope.values,
    )
    response, now = response_of(plan), plan.week_of(on)

    def chance(bundle: str, model: str, week: str, out_on: str, again: str) -> float:
        place = plan.place_of(bundle, model)
        anew = date.fromisoformat(again) if again else None
        asks = asks_from(plan, now, int(week), date.fromisoformat(out_on), anew)
        age = now - (now if asks is None else asks)
        if place is None or not 0 <= age < response.shape[1]:
            return 0.0
        left = 1.0 - float(response[place, :age].sum())
        return float(response[place, age]) / max(left, 1e-9)

    chances = of_each(
        [found["bundle"], found["model"], found["week"], found["out_on"], found["again"]],
        chance,
        pa.float64(),
    )
    told = found.append_column("chance", chances).select(SILENT.names)
    return told.sort_by([("chance", "descending"), ("vin", "ascending")])


def _groups(
    session: Session,
    plan: PlanInForce,
    scope: Scope,
    later: Mapping[int, PlanInForce],
    *,
    by_campaign: bool = False,
    counted_by: str = "",
) -> list[Group]:
    """Count listed vehicles set-wise; the groups are few whatever the population is."""
    names = {"later": json.dumps([one.follow_up for one in later.values()])} if later else {}
    on_later = (
        "(select max(f.source_id) from listed o join follow_up f on f.name = o.follow_up where o.vin = l.vin and o.family = l.family"
        f" and o.left_out = '' and o.follow_up in {session.list_values('later')})"
        if later
        else "cast(null as integer)"
    )
    if counted_by:
        names["counted_by"] = counted_by
        on_later = (
            "case when exists (select 1 from listed o where o.vin = l.vin and o.family = l.family and o.left_out = ''"
            f" and o.follow_up = :counted_by) then {COUNTED_ELSEWHERE} else {on_later} end"
        )
    campaign, state, silent = "''", "", _silent(session)
    names |= silent.values
    if by_campaign:
        campaign = "o.campaign_code"
        nowhere = f" and o.campaign_code not in {session.list_values('nowhere')}"
        at_dealers = nowhere if silent.values else ""
        state = (
            " join state o on o.vin = l.vin and o.current and o.status = 'open'"
            f"{at_dealers}"
            " and replace('+' || l.bundle || '+', '+' || o.campaign_code || '+', '') <> '+' || l.bundle || '+'"
        )
    return session.rows(
        Group,
        "select bundle, model, dealer_code, week, interim, out_on, again, silent, later, campaign, count(*) as vehicles from ("
        f"select l.bundle as bundle, coalesce(v.model, '') as model, {PLANNED_AT} as dealer_code,"
        f" {_WEEK} as week, l.interim as interim, (select max({OUT_ON}) {_OF_PIECES}) as out_on, {_AGAIN} as again,"
        f" case when {silent.sql} then 1 else 0 end as silent, {on_later} as later,"
        f" {campaign} as campaign"
        f" from {_LISTED if not plan.draft else _DRAFTED} l left join vehicle v on v.vin = l.vin{state}"
        f" where l.follow_up = :name and l.left_out = '' and {scope.of('l.dealer_code')}) listed_vehicle"
        " group by bundle, model, dealer_code, week, interim, out_on, again, silent, later, campaign",
        name=plan.follow_up,
        **({"draft": plan.draft} if plan.draft else {}),
        **names,
        **scope.values,
    )
