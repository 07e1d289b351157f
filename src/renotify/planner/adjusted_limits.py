"""Room for count noise: hours and pools reduced so that their quantile, not only their mean, fits.

A count of mean m varies with variance phi m; the plan asks  m + z sqrt(phi m) <= cap. The
tangent of the square root is exact at its touching point; the touching point that
matters is where the limit binds, so the tangent bound is  m <= m0  with  m0 + z sqrt(phi m0) = cap.
"""

from __future__ import annotations

from dataclasses import replace

import numpy as np

from renotify.planner.problem import Floats, Problem


def binding_mean(cap: Floats, spread: float, z: float) -> Floats:
    """The mean m0 whose noisy count just fits: m0 + z sqrt(spread m0) = cap, elementwise; inf stays."""
    pull = z * np.sqrt(spread)
    finite = np.where(np.isfinite(cap), np.maximum(cap, 0.0), 0.0)
    root = (np.sqrt(pull * pull + 4 * finite) - pull) / 2
    return np.where(np.isfinite(cap), root * root, cap)


def with_margins(problem: Problem) -> Problem:
    """The problem with hours and pools reduced for count noise at the parts quantile; unchanged for phi = 0.

    A dealer's noise is taken over the V + 1 weeks in which a request must be served, in hours of an
    average visit; a pool's over all its requests, shelves included.
    """
    if problem.count_spread <= 0 or problem.parts_quantile is None:
        return problem
    from scipy.special import ndtri

    z = float(ndtri(problem.parts_quantile))
    weight = problem.owners.sum(axis=1) * problem.cumulative[:, -1]
    visit = float((weight * problem.labour).sum() / max(weight.sum(), 1e-12))
    window = problem.hours[:, : problem.wait_bound + 1].sum(axis=1)
    fits = binding_mean(window, problem.count_spread * max(visit, 1e-9), z)
    with np.errstate(invalid="ignore", divide="ignore"):
        share = np.where(np.isfinite(window) & (window > 0), fits / window, 1.0)
    shelves = problem.stock.sum(axis=1, keepdims=True)
    pools = binding_mean(problem.supply + shelves, problem.count_spread, z) - shelves
    return replace(problem, hours=problem.hours * share[:, None], supply=np.maximum(pools, 0.0))


def trimmed(problem: Problem) -> Problem:
    """The problem with every limit cut to what letters could ever use: spare capacity changes no plan."""
    most = problem.labour @ problem.owners + problem.background_hours.sum(axis=1) + 1.0
    hours = np.where(
        np.isfinite(problem.hours), np.minimum(problem.hours, most[:, None]), problem.hours
    )
    pieces = float(problem.printed @ problem.owners.sum(axis=1))
    mail = np.where(problem.mail_capacity >= 2 * pieces, np.inf, problem.mail_capacity)
    supply = problem.supply.copy()
    for p in problem.binding:
        asked = problem.kernel(int(p)).max(axis=1) @ problem.owners.sum(axis=1)
        walk_in = float(problem.background_use(int(p)).max(axis=1).sum())
        supply[p] = np.minimum(supply[p], asked + walk_in)
    return replace(problem, hours=hours, mail_capacity=mail, supply=supply)
