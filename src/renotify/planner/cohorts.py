"""Mailing cohorts from the ledger's days: owners of one week's letters, and their first answers by week since."""

from __future__ import annotations

from datetime import date

import numpy as np
import pyarrow as pa

from renotify.planner.response_posterior import Cohort
from renotify.values.arrow_sql import arrow_sql

_COHORTS = """
    with out as (
        select {keys}, (cast($on as date) - mailed_on) // 7 as age, (answered_on - mailed_on) // 7 as week
        from mailed where answered_on is null or answered_on >= mailed_on)
    select {keys}, age, case when week < age then week end as week, count(*) as owners
    from out where age >= 1 group by all order by all
"""


def cohorts(mailed: pa.Table, on: date, *keys: str) -> dict[tuple[str, ...], list[Cohort]]:
    """Count first answers by mailing cohort and week, under each combination of ``keys``, set-wise.

    ``mailed``: the keys, mailed_on, answered_on (or null). An owner who came before the letter is in no cohort; what came
    in the week that is still running is not counted yet.
    """
    named = ", ".join(f'"{key}"' for key in keys)
    with arrow_sql() as arrow:
        arrow.register("mailed", mailed.filter(pa.compute.is_valid(mailed["mailed_on"])))
        rows = arrow.sql(_COHORTS.format(keys=named), params={"on": on}).to_arrow_table()
    counts: dict[tuple[tuple[str, ...], int], dict[int | None, int]] = {}
    for row in rows.to_pylist():
        unit = (tuple(row[key] for key in keys), row["age"])
        counts.setdefault(unit, {})[row["week"]] = row["owners"]
    found: dict[tuple[str, ...], list[Cohort]] = {}
    for (unit_keys, age), weekly in counts.items():
        answers = np.array([weekly.get(week, 0) for week in range(age)], np.int64)
        found.setdefault(unit_keys, []).append(Cohort(sum(weekly.values()), answers))
    return found
