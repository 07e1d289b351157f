"""From a plan's numbers to its vehicles: each gets its week, and whose first notice is an interim one (decision 0030)."""

from __future__ import annotations

from datetime import date

import numpy as np
import pyarrow as pa

from renotify.planner.letter_plan import LetterPlan, Letters
from renotify.planner.problem import Problem
from renotify.values.arrow_sql import arrow_sql

# Within its bundle and dealer the list goes in its order: letters with a remedy first, then interim notices, each by their weeks;
# the first of those who had an interim one is the first for whom kits and hours are there.
_PLACED = """
    with spans as (
        select *, sum(count) over (partition by bundle, dealer order by interim, week) as last from letters),
    second_spans as (select *, sum(count) over (partition by bundle, dealer order by week) as last from second),
    asked_in as (select bundle, dealer, sum(count) as n from letters where not interim group by bundle, dealer),
    placed as (
        select vin, family, planning_bundle as bundle, dealer_code as dealer, without_parts,
               row_number() over (partition by planning_bundle, dealer_code order by rank, vin) as place from vehicles)
    select p.vin, p.family, s.week, coalesce(s.interim, false) as interim, r.week as remedy_week,
        case when s.interim then p.without_parts else '' end as without_parts
    from placed p left join asked_in a using (bundle, dealer)
    left join spans s on s.bundle = p.bundle and s.dealer = p.dealer and p.place > s.last - s.count and p.place <= s.last
    left join second_spans r on s.interim and r.bundle = p.bundle and r.dealer = p.dealer
        and p.place - coalesce(a.n, 0) > r.last - r.count and p.place - coalesce(a.n, 0) <= r.last
    order by p.vin, p.family"""


def weeks_of(vehicles: pa.Table, made: LetterPlan, first_week: date) -> pa.Table:
    """Give each vehicle its week, in list order within its bundle and dealer.

    ``vehicles``: vin, family, planning_bundle, dealer_code, rank, without_parts. As many a week as the plan says; who is held has
    none. ``interim``: its first notice is an interim one; these are the last of the list, because all of a bundle carry the same
    risk. ``remedy_from``: the Monday of its second letter, from which on kits and hours suffice; null past the horizon.
    ``without_parts``: of an interim notice the campaigns that take no part, so that their repair does not wait for kits.
    ``first_week`` is the Monday of the plan's week 0.
    """
    problem, nobody = made.problem, np.zeros_like(made.letters)
    interim = nobody if made.interim is None else made.interim
    letters = pa.concat_tables([
        _counts(problem, made.letters - interim).append_column("interim", _flags(made.letters - interim, value=False)),
        _counts(problem, interim).append_column("interim", _flags(interim, value=True)),
    ])  # fmt: skip
    with arrow_sql() as arrow:
        arrow.register("letters", letters)
        arrow.register("second", _counts(problem, nobody if made.second is None else made.second))
        arrow.register("vehicles", vehicles)
        placed = arrow.sql(_PLACED).to_arrow_table()
    weeks = placed["remedy_week"].to_numpy(zero_copy_only=False).astype(float)
    days = np.datetime64(first_week, "D") + np.where(np.isnan(weeks), 0, 7 * weeks).astype(
        "timedelta64[D]"
    )
    monday = pa.array(days, pa.date32(), mask=np.isnan(weeks))
    return placed.drop_columns(["remedy_week"]).append_column("remedy_from", monday)


def _counts(problem: Problem, letters: Letters) -> pa.Table:
    b, d, t = np.nonzero(letters)
    return pa.table({
        "bundle": pa.array(np.array(problem.bundles, object)[b], pa.string()),
        "dealer": pa.array(np.array(problem.dealers, object)[d], pa.string()),
        "week": pa.array(t.astype(np.int64), pa.int64()),
        "count": pa.array(letters[b, d, t].astype(np.int64)),
    })  # fmt: skip


def _flags(letters: Letters, *, value: bool) -> pa.Array:
    return pa.repeat(pa.scalar(value), int(np.count_nonzero(letters)))
