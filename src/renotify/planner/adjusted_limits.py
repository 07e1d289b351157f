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
    average visit; a pool's over all its requests, shelves included, in kits of an average visit: visits that take
    several kits make a noisier count, and kits come whole where a visit takes one now and then.
    """
    if problem.parts_quantile is None:
        return problem
    from scipy.special import ndtri

    z = float(ndtri(problem.parts_quantile))
    return _with_hours_margin(_with_kits_margin(problem, z), z)


def _with_kits_margin(problem: Problem, z: float) -> Problem:
    """The problem with its pools reduced: response and counts together stay within them at the quantile, in all weeks at once.

    The response varies by its factor f, which the kernel has already; the count by sqrt(phi m). They are independent, so the mean m that
    fits is of  m + sqrt(((f' - 1) m)^2 + phi (z' m^(1/2))^2) = cap,  and the pool is cut to f m. z' > z, and f' with it, where the
    pool grows: each week is a new chance to be short, as far as its count is a new one.
    """
    spread = max(problem.count_spread, problem.parts_count_spread)
    if spread <= 0 or z <= 0 or not len(problem.parts):
        return problem
    visits = problem.owners.sum(axis=1) * problem.cumulative[:, -1]
    kits = problem.kits @ visits
    square = (problem.kits * problem.kits) @ visits
    each = np.maximum(np.where(kits > 0, square / np.maximum(kits, 1e-12), 1.0), 1.0)
    shelves = _kits_within_reach(problem)[:, None]
    cap = problem.supply + shelves
    vary = np.where(problem.away == 0, problem.response_spread, 0.0)[:, None]
    asked = (kits + problem.kits @ _walk_ins(problem))[:, None]
    noise = np.sqrt(spread * each[:, None] * asked + (np.expm1(vary) * asked) ** 2)
    deep = _of_all_weeks(cap, z, asked, noise)[:, None]
    mean = _mean_within(cap, spread * each[:, None] * deep**2, np.expm1(vary * deep) ** 2)
    fits = np.minimum(np.exp(vary * z) * mean, cap)
    return replace(problem, supply=np.maximum(fits - shelves, 0.0))


def _kits_within_reach(problem: Problem) -> Floats:
    """Kits on shelves that their dealers' own owners could ask for, if all had letters: kits of nobody's make no count noisier. [P]"""
    found: Floats = problem.stock.sum(axis=1)
    for p in problem.binding.tolist():
        asked = problem.kernel(p).max(axis=1) @ problem.owners
        asked = asked + problem.background_use(p).max(axis=1)
        found[p] = np.minimum(problem.stock[p], asked).sum()
    return found


def _walk_ins(problem: Problem) -> Floats:
    """Requests of background traffic over the whole horizon, its margin included. [B]"""
    weekly = problem.background.sum(axis=1)
    if len(problem.background_margin):
        weekly = weekly + problem.background_margin.sum(axis=1)
    found: Floats = np.zeros(len(problem.bundles))
    np.add.at(found, problem.background_at[:, 0], weekly)
    return found


def _of_all_weeks(cap: Floats, z: float, asked: Floats, noise: Floats) -> Floats:
    """The normal quantile at which a running count stays below all weeks' caps together as often as below one at z. [P]

    Of two running counts of means m < n the later one is a new chance for the share of its visits that is new, 1 - m / n; as far as its
    cap may be passed at all: by what everybody ``asked`` [P, 1] for, give or take the ``noise`` [P, 1], not less often than one at z.
    """
    from scipy.special import ndtr, ndtri

    level = np.where(np.isfinite(cap), np.maximum(cap, 0.0), 0.0)
    later = np.maximum(level[:, 1:], 1e-12)
    passed = ndtr(-(later - asked) / np.maximum(noise, 1e-12)) / ndtr(-z)
    new = np.where(level[:, 1:] > 0, 1.0 - level[:, :-1] / later, 0.0)
    chances = 1.0 + (new * np.minimum(passed, 1.0)).sum(axis=1)
    chances = np.where(level[:, 0] > 0, chances, np.maximum(chances - 1.0, 1.0))
    found: Floats = -ndtri(ndtr(-z) / chances)
    return found


def _mean_within(cap: Floats, pull: Floats, square: Floats) -> Floats:
    """The mean m of  m + sqrt(square m^2 + pull m) = cap,  elementwise; inf stays."""
    finite = np.where(np.isfinite(cap), np.maximum(cap, 0.0), 0.0)
    half = finite + pull / 2
    root = np.sqrt(np.maximum(half * half - (1.0 - square) * finite * finite, 0.0))
    mean = (
        finite * finite / np.maximum(half + root, 1e-12)
    )  # the smaller root, whatever the sign of 1 - square
    return np.where(np.isfinite(cap), mean, cap)


def _with_hours_margin(problem: Problem, z: float) -> Problem:
    """The problem with each dealer's hours reduced."""
    if problem.count_spread <= 0:
        return problem
    weight = problem.owners.sum(axis=1) * problem.cumulative[:, -1]
    visit = float((weight * problem.labour).sum() / max(weight.sum(), 1e-12))
    window = problem.hours[:, : problem.wait_bound + 1].sum(axis=1)
    fits = binding_mean(window, problem.count_spread * max(visit, 1e-9), z)
    with np.errstate(invalid="ignore", divide="ignore"):
        share = np.where(np.isfinite(window) & (window > 0), fits / window, 1.0)
    return replace(problem, hours=problem.hours * share[:, None])


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
