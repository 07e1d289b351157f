"""The workload of a planned follow-up: each dealer's appointments and hours by week against capacity (memo, opening paragraph)."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import date, timedelta
from typing import Any

import numpy as np
from numpy.typing import NDArray

from renotify.charts.dealer_heat_map import DealerWeeks
from renotify.errors import UnknownName
from renotify.ledger import follow_ups, tables
from renotify.workload.manpower import Workload, expected_requests, sentences, workload

Floats = NDArray[np.float64]
TIGHTEST = 10


def workload_of(name: str, dealer: str | None = None) -> dict[str, Any]:
    """Return the expected work of a plan: ``rows`` a dealer and week, the ``tightest``, ``sentences``, and the ``load`` to draw.

    Hours are the mean and the 90 % quantile; ``short`` is the quantile less the capacity, where that is known.
    """
    plan = follow_ups.plan(name)
    problem = plan.document["problem"]
    dealers = tuple(row["id"] for row in problem["dealers"])
    if dealer is not None and dealer not in dealers:
        raise UnknownName(
            f"Dealer {dealer} has no vehicles in {name}.",
            "See the dealers with `renotify status --by dealer`.",
        )
    work = _work(problem, plan.document["letters"], dealers)
    rows = _rows(work, dealers, plan.first_week)
    wanted = [row for row in rows if dealer in (None, row["dealer"])]
    return {
        "follow_up": name,
        "rows": wanted,
        "tightest": sorted(wanted, key=_tightness)[:TIGHTEST],
        "sentences": _most_first(work, dealers, dealer),
        "load": _load(work, dealers, plan.first_week),
    }


def _work(
    problem: Mapping[str, Any], letters: Sequence[Mapping[str, Any]], dealers: Sequence[str]
) -> Workload:
    bundles = [row["id"] for row in problem["bundles"]]
    weeks = int(problem["weeks"])
    sent = _cube(letters, bundles, dealers, weeks)
    walk_ins = np.zeros_like(sent)
    at = {
        (b, d): (bundles.index(b), list(dealers).index(d))
        for b, d in {(r["bundle"], r["dealer"]) for r in problem["background"] or ()}
    }
    for row in problem["background"] or ():
        walk_ins[at[row["bundle"], row["dealer"]]] = np.resize(row["per_week"], weeks)
    response = np.array([row["response"] for row in problem["bundles"]])
    labour = np.array([row["hours"] for row in problem["bundles"]])
    capacity = np.array([_capacity(row["hours"], weeks) for row in problem["dealers"]])
    return workload(expected_requests(sent, response, walk_ins), labour, capacity)


def _cube(
    letters: Sequence[Mapping[str, Any]], bundles: Sequence[str], dealers: Sequence[str], weeks: int
) -> Floats:
    """Letters as an array [B, D, T]."""
    places = (
        {name: i for i, name in enumerate(bundles)},
        {name: i for i, name in enumerate(dealers)},
    )
    sent = np.zeros((len(bundles), len(dealers), weeks))
    if letters:
        index = tuple(
            np.array(axis)
            for axis in zip(
                *((places[0][r["bundle"]], places[1][r["dealer"]], r["week"]) for r in letters),
                strict=True,
            )
        )
        np.add.at(sent, index, [row["count"] for row in letters])
    return sent


def _capacity(hours: Sequence[float] | None, weeks: int) -> Floats:
    if not hours:
        return np.full(weeks, np.inf)
    return np.array([*hours, *[hours[-1]] * weeks][:weeks], float)


def _load(work: Workload, dealers: tuple[str, ...], first_week: date) -> DealerWeeks:
    weeks = tuple(first_week + timedelta(weeks=t) for t in range(work.visits.shape[1]))
    return DealerWeeks(dealers, weeks, work.mean_hours, work.capacity)


def _rows(work: Workload, dealers: Sequence[str], first_week: date) -> list[dict[str, Any]]:
    areas = {
        row["dealer_code"]: row["area_code"]
        for row in tables.read("dealer", "dealer_code", "area_code").to_pylist()
    }
    return [
        {
            "dealer": code,
            "area": areas.get(code, ""),
            "week": (first_week + timedelta(weeks=t)).isoformat(),
            "appointments": round(float(work.visits[d, t]), 2),
            "hours": round(float(work.mean_hours[d, t]), 2),
            "hours_q90": round(float(work.busy_hours[d, t]), 2),
            "bays": int(work.bays[d, t]),
            "capacity": round(float(work.capacity[d, t]), 2)
            if np.isfinite(work.capacity[d, t])
            else None,
            "short": round(float(work.extra_hours[d, t]), 2),
            "extra_technician_days": int(work.extra_technician_days[d, t])
            if np.isfinite(work.capacity[d, t])
            else 0,
        }
        for d, code in enumerate(dealers)
        for t in range(work.visits.shape[1])
    ]


def _most_first(work: Workload, dealers: Sequence[str], dealer: str | None) -> list[str]:
    """What dealers must book, those with the most extra technician-days first."""
    days = np.where(np.isfinite(work.capacity), work.extra_technician_days, 0.0).sum(axis=1)
    order = np.argsort(-days, kind="stable")
    told = sentences(work, tuple(dealers), first_number=1)
    return [
        s
        for d in order
        for s in told
        if dealer in (None, dealers[d]) and s.startswith(f"Dealer {dealers[d]}:")
    ]


def _tightness(row: Mapping[str, Any]) -> tuple[float, float, str, str]:
    """Order rows: the most hours short first, then the most hours."""
    return (-row["short"], -row["hours_q90"], row["dealer"], row["week"])
