"""How much more or less often owners of a class answer than others: by the age of the address, the language, and what an arm adds.

Of all letters that have been out for a week, answers are held against what each bundle's learned curve expects (``learning``). The log of
their ratio is a sum of one effect a class, each normal about 0 with standard deviation ``SPREAD``: a class with few letters stays near the
average. The counts are Poisson; the likeliest effects are found by Newton's method (a ridge regression, McCullagh and Nelder 1989, ch. 6).
Arms were drawn by lot, ages and languages were not: theirs describe, which is enough to foretell.

Where an arm's owners are touched beside the letter, the day of the first touch parts each letter's time in two, in every arm of the
follow-up: up to that day an arm is its letter without the touch, and after it counts who had not answered by then and who of these has
since, against what the curve expects of the silent (the rule of ``report outreach``, decision 0043).
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date, timedelta
from math import exp

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from renotify.campaigns.outreach_settings import TOUCHED
from renotify.ledger import follow_ups, tables
from renotify.ledger.piece_numbers import IS_FIRST
from renotify.ledger.session import Session
from renotify.planner.learning import SAID, Learned, history, learn
from renotify.planner.problem import Floats
from renotify.planner.response_posterior import share_answered
from renotify.plans.in_force import PlannedBundle
from renotify.values.arrow_sql import arrow_sql
from renotify.values.english import counted, percent

SPREAD = 0.3  # log-scale sd of an effect before any answer was seen
COMMON = 0.5  # and of what the curves have too much or too little for all
WITHIN = 1.645  # standard deviations to each side hold nine in ten
STEPS = 20
MOST_SHARE = 0.95  # of owners that a bundle is reckoned with
KINDS = ("age", "language", "arm")
AGES = {"an address of under a year": 365, "an address of one to three years": 3 * 365}
OLDEST = "an address of three years and more"
_AGE = "case {} else '{}' end".format(
    " ".join(f"when days < {days} then '{words}'" for words, days in AGES.items()), OLDEST
)
# The classes of each listed vehicle: its first letter's address and language, its arm by what it adds. Days are up to the letter, or today.
_CLASSED = f"""
    with addressed as (
        select vin, family, min(language) as language, max(owner_as_of) as as_of, min(mailed_on) as mailed_on from piece group by all),
    aged as (
        select l.vin, l.family, coalesce(nullif(a.language, ''), 'en') as language, coalesce(s.adds, '') as arm,
            coalesce(s.alone, '') as alone,
            coalesce(a.mailed_on, cast($on as date)) - a.as_of as days
        from listed l join addressed a using (vin, family) left join stated s on s.name = l.arm)
    select vin, family, {_AGE} as age, language, arm, alone from aged"""
_DONE = """
    select arm, list(distinct done) from (
        select arm, $touched as done from listed where touched_on <= cast($on as date) - 7
        union all select arm, dayname(mailed_on) from listed join piece using (vin, family) where mailed_on <= $on)
    group by arm"""
# Of each letter that has been out for a week its whole weeks, in days: up to the first touch of the follow-up, and after it for who was
# silent then. An answer of the day itself is none of the touch.
_CELLS = """
    with letter as (
        select vin, family, bundle, (cast($on as date) - mailed_on) // 7 * 7 as days, answered_on - mailed_on as after,
            least(greatest(coalesce(cast($touched_on as date) - mailed_on + 1, 0), 0), (cast($on as date) - mailed_on) // 7 * 7) as touch
        from owner
        where mailed_on <= cast($on as date) - 7 and (answered_on is null or answered_on >= mailed_on)),
    part as (
        select *, 0 as since, touch as until, false as touched from letter where touch > 0
        union all
        select *, touch as since, days as until, true as touched from letter where touch < days and coalesce(after >= touch, true))
    select bundle, touched, since, until, age, language, case when touched then arm else alone end as arm,
        count(*) filter (since = 0) as mailed, count(*) as silent, count(*) filter (after < until) as answered
    from part join classed using (vin, family)
    group by all order by all"""


@dataclass(frozen=True, eq=False)
class Effects:
    """Log effect of each class (kind, name) against the average letter with its standard deviation; the log of the factor that the told
    ones give the average letter; how often owners of letters that are out answer against all, by bundle (``of_mailed``, of one
    follow-up); how many letters all this was learned from.
    """

    log_effect: Mapping[tuple[str, str], tuple[float, float]]
    of_mailed: Mapping[str, float]
    letters: int
    average: float = 0.0

    @property
    def told(self) -> dict[tuple[str, str], float]:
        """The effects that the answers tell: those whose interval of 90 % leaves no effect out. The others change no plan."""
        return {
            key: effect
            for key, (effect, sd) in self.log_effect.items()
            if abs(effect) > WITHIN * sd
        }

    def factors(self, classes: pa.Table) -> Floats:
        """Return how many times as often as the average letter each row's (age, language, arm) is answered. [rows]"""
        log_factor = np.full(classes.num_rows, -self.average)
        for kind in KINDS:
            names, place = np.unique(
                np.asarray(classes[kind].to_pylist(), object).astype(str), return_inverse=True
            )
            known = np.array([self.told.get((kind, str(name)), 0.0) for name in names])
            log_factor += known[place]
        factors: Floats = np.exp(log_factor)
        return factors


NO_EFFECTS = Effects({}, {}, 0)


def effects_of(cells: pa.Table) -> Effects:
    """Return the effects of classes. ``cells``: age, language, arm, mailed, answered, expected (by the curves)."""
    columns = [(kind, str(name)) for kind in KINDS for name in sorted(set(cells[kind].to_pylist()))]
    classes = [np.asarray(cells[kind].to_pylist(), object) == name for kind, name in columns]
    design = np.column_stack([np.ones(cells.num_rows), *classes]).astype(float)
    answered, expected = (cells[name].to_numpy().astype(float) for name in ("answered", "expected"))
    effect, known = _likeliest(design, answered, expected)
    weight = (design.T @ np.maximum(expected, 1e-12))[1:]
    kinds = np.array([kind for kind, _ in columns])
    alike = (kinds[:, None] == kinds) * weight
    against = np.eye(len(columns)) - alike / alike.sum(
        axis=1, keepdims=True
    )  # the average of the kind
    own = against @ effect[1:]
    sd = np.sqrt(np.diag(against @ np.linalg.inv(known)[1:, 1:] @ against.T))
    found = Effects(
        {
            key: (float(one), float(spread))
            for key, one, spread in zip(columns, own, sd, strict=True)
        },
        {},
        int(cells["mailed"].to_numpy().sum()),
    )
    average = np.average(found.factors(cells), weights=np.maximum(expected, 1e-12))
    return replace(found, average=float(np.log(average)))


def _likeliest(design: Floats, answered: Floats, expected: Floats) -> tuple[Floats, Floats]:
    """The likeliest effects, the first of which is common to all, and the precision of what is known of them. [q], [q, q]"""
    prior = np.full(design.shape[1], SPREAD**-2.0)
    prior[0] = COMMON**-2.0
    effect = np.zeros(design.shape[1])
    known = np.diag(prior)
    for _ in range(STEPS):
        likely = expected * np.exp(design @ effect)
        known = design.T @ (design * likely[:, None]) + np.diag(prior)
        slope = design.T @ (answered - likely) - prior * effect
        effect += np.clip(np.linalg.solve(known, slope), -1, 1)
    return effect, known


def learned_effects(session: Session, name: str, on: date) -> Effects:
    """Return the effects of classes that the letters of all follow-ups show up to a day; ``of_mailed`` is of the follow-up named."""
    sent = session.read(
        "select distinct follow_up as name from piece where mailed_on is not null and mailed_on <= :on",
        pa.schema([("name", pa.string())]),
        on=on,
    )["name"].to_pylist()
    found = {one: cells for one in sorted(sent) if (cells := _cells(session, one, on)) is not None}
    if not found:
        return NO_EFFECTS
    effects = effects_of(pa.concat_tables(found.values()))
    return replace(effects, of_mailed=_of_mailed(effects, found[name]) if name in found else {})


def _of_mailed(effects: Effects, cells: pa.Table) -> dict[str, float]:
    """How often the owners of a follow-up's letters that are out answer against all letters, by bundle."""
    factor, expected = effects.factors(cells), np.maximum(cells["expected"].to_numpy(), 1e-12)
    bundles = np.asarray(cells["bundle"].to_pylist(), object)
    return {
        str(bundle): float(
            np.average(factor[bundles == bundle], weights=expected[bundles == bundle])
        )
        for bundle in sorted(set(bundles))
    }


def _cells(session: Session, name: str, on: date) -> pa.Table | None:
    """A follow-up's letters and answers by bundle, age and class, and what its learned curves expect; None where they do not tell."""
    learned = learn(session, follow_ups.settings(session, name, on), on)
    if learned.pooled is None:
        return None
    with arrow_sql() as arrow:
        arrow.register("owner", history(session, name, on).owners)
        arrow.register("classed", classed(session, name, on, as_done=True))
        first = _first_touch(session, name, on)
        cells = arrow.sql(_CELLS, params={"on": on, "touched_on": first}).to_arrow_table()
    return cells.append_column("expected", pa.array(_expected(learned, cells), pa.float64()))


def _first_touch(session: Session, name: str, on: date) -> date | None:
    """Return the first day on which an owner of a follow-up was touched, a week ago or earlier: before that it is not done."""
    touched = tables.read(
        session, "listed", "touched_on", where="follow_up = :name", name=name
    )["touched_on"]  # fmt: skip
    first: date | None = pc.min(touched).as_py()
    return first if first is not None and first <= on - timedelta(weeks=1) else None


def _expected(learned: Learned, cells: pa.Table) -> Floats:
    """Answers that the curves expect of each cell, of its owners who were silent when it began."""
    bundles, since, until, silent = (
        cells[name].to_numpy(zero_copy_only=False)
        for name in ("bundle", "since", "until", "silent")
    )
    expected = np.zeros(cells.num_rows)
    for bundle in np.unique(bundles.astype(str)):
        curve = learned.of(bundle)
        if curve is not None:
            weeks = np.arange(int(until.max()) + 1.0) / 7
            share = curve.weight @ share_answered(curve.theta, weeks, curve.hazard, curve.factor)
            of_silent = (share[until] - share[since]) / np.maximum(1.0 - share[since], 1e-12)
            expected[bundles == bundle] = (silent * of_silent)[bundles == bundle]
    return expected


def classed(session: Session, name: str, on: date, *, as_done: bool = False) -> pa.Table:
    """Return the classes of a follow-up's listed vehicles: vin, family, age, language, arm (what it adds to the letter), alone (without
    a touch).

    ``as_done``: what was not done by the day adds nothing: a touch that nobody of the arm had, a day on which none of its letters went.
    """
    drawn = follow_ups.settings(session, name).drawn
    arms = drawn.arms
    if as_done:
        done = _done(session, name, on)
        arms = tuple(arm.as_done(done.get(arm.name, frozenset())) for arm in arms)
    where = {"where": "follow_up = :name", "name": name}
    with arrow_sql() as arrow:
        arrow.register("listed", tables.read(session, "listed", "vin", "family", "arm", **where))
        first = {"where": f"follow_up = :name and {IS_FIRST}", "name": name}
        arrow.register(
            "piece",
            tables.read(
                session, "piece", "vin", "family", "language", "owner_as_of", "mailed_on", **first
            ),
        )
        stated = {
            "name": [arm.name for arm in arms],
            "adds": [drawn.adds(arm) for arm in arms],
            "alone": [drawn.adds(replace(arm, channel="")) for arm in arms],
        }
        arrow.register(
            "stated", pa.table({key: pa.array(own, pa.string()) for key, own in stated.items()})
        )
        return arrow.sql(_CLASSED, params={"on": on}).to_arrow_table()


def _done(session: Session, name: str, on: date) -> dict[str, frozenset[str]]:
    """Return what was done of each arm by a day: TOUCHED where an owner was for a week, and the weekdays on which its letters went."""
    with arrow_sql() as arrow:
        arrow.register(
            "listed",
            tables.read(
                session, "listed", "vin", "family", "arm", "touched_on", where="follow_up = :name", name=name,
            ),
        )  # fmt: skip
        arrow.register(
            "piece",
            tables.read(
                session, "piece", "vin", "family", "mailed_on", where="follow_up = :name", name=name
            ),
        )
        rows = arrow.sql(_DONE, params={"on": on, "touched": TOUCHED}).fetchall()
    return {arm: frozenset(done) for arm, done in rows}


def with_effects(
    bundles: Sequence[PlannedBundle], vehicles: pa.Table, classes: pa.Table, effects: Effects
) -> tuple[PlannedBundle, ...]:
    """Return planning bundles whose response is that of their own vehicles' classes.

    ``vehicles``: vin, family, planning_bundle; ``classes``: :func:`classed`. The response that was learned is that of the letters that are
    out, the stated one that of an average letter.
    """
    joined = vehicles.select(["vin", "family", "planning_bundle"]).join(
        classes, ["vin", "family"], join_type="inner"
    )
    named = np.asarray(joined["planning_bundle"].to_pylist(), object)
    factor = effects.factors(joined)
    return tuple(
        _times(
            bundle,
            float(factor[named == bundle.name].mean())
            / effects.of_mailed.get(bundle.campaigns, 1.0),
        )
        if (named == bundle.name).any()
        else bundle
        for bundle in bundles
    )


def _times(bundle: PlannedBundle, factor: float) -> PlannedBundle:
    within = min(factor, MOST_SHARE / max(sum(bundle.response), 1e-12))
    return replace(bundle, response=tuple(round(share * within, 10) for share in bundle.response))


def words(
    effects: Effects, before: Sequence[PlannedBundle], after: Sequence[PlannedBundle]
) -> list[str]:
    """Say which classes answer more or less often than the average letter, and what bundles are reckoned with for their own owners."""
    told = [
        f"{_class(*key)} {exp(effect):.2f} times ({exp(effect - WITHIN * sd):.2f} to {exp(effect + WITHIN * sd):.2f})"
        for key, (effect, sd) in effects.log_effect.items()
        if key in effects.told
    ]
    if not told:
        return []
    changed = [
        f"{new.name} {percent(sum(new.response))} in place of {percent(sum(old.response))}"
        for old, new in zip(before, after, strict=True)
        if abs(sum(new.response) - sum(old.response)) >= 0.0005
    ]
    said = f"Against the average of {counted(effects.letters, 'letter')}, owners answer so often: {'; '.join(told)}."
    return [
        said,
        *(
            [f"For the owners of each bundle that is: {'; '.join(changed[:SAID])}."]
            if changed
            else []
        ),
    ]


def _class(kind: str, name: str) -> str:
    if kind == "age":
        return f"of {name}"
    if kind == "language":
        return f"of a letter in {name}"
    return f"with {name}" if name else "with the letter alone"
