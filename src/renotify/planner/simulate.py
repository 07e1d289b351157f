"""Replays plans against random responses: waits, owners turned away, load and exposure.

:mod:`renotify.planner.played_weeks` plays the weeks; a bundle's common factor is lognormal. Plans meet the same owners: who would answer,
how long after the letter, and who comes without one are drawn once for all of them. Replications run side by side on arrays, in chunks
that bound the memory; one seed gives one table, whatever the number of workers.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np

from renotify.planner.letter_plan import Letters, possible_exposure
from renotify.planner.played_weeks import (
    TAIL,
    Answered,
    Visits,
    answered,
    by_week,
    requests,
    worked,
)
from renotify.planner.problem import Floats, Ints, Problem
from renotify.values.english import counted, percent
from renotify.values.worker_pool import mapped

CHUNK_CELLS = 4_000_000  # replications x bundles x dealers x weeks replayed at a time: about 300 MB
POOL_CELLS = (
    50_000_000  # of all plans together, from which a pool saves more than it takes to start
)
LEAST_POINTS, LEAST_WEEKS = 0.05, 0.5  # below, as many are turned away, and they wait as long
MEASURES = {
    "mean_wait": "mean wait (weeks)",
    "turned_away": "turned away (%)",
    "lost": "lost (%)",
    "waited": "owner-weeks waited",
    "national_peak": "national peak / mean",
    "dealer_peak": "dealer peak / hours",
    "weeks_to_90": "weeks to 90 %",
    "saved": "exposure saved (thousand)",
}


@dataclass(frozen=True, eq=False)
class Outcome:
    """What happened under one policy: each measure of MEASURES by replication [R]; repairs by week."""

    policy: str
    measures: Mapping[str, Floats]
    repaired: Floats  # [T + tail] mean cumulative repairs
    seed: int
    possible: float  # risk-weighted vehicle-weeks that all letters in their first week would remove if nothing limited them

    def mean(self, measure: str) -> float:
        """Mean over the replications that have the measure."""
        return float(np.nanmean(self.measures[measure])) if self.known(measure) else float("nan")

    def error(self, measure: str) -> float:
        """Standard error of the mean."""
        known = self.known(measure)
        if known < 2:
            return float("nan")
        return float(np.nanstd(self.measures[measure], ddof=1) / np.sqrt(known))

    def known(self, measure: str) -> int:
        """Replications in which the measure exists (90 % may never be reached)."""
        return int(np.isfinite(self.measures[measure]).sum())


def _measures(problem: Problem, asking: Ints, met: Answered, done: Ints) -> dict[str, Floats]:
    shape = (asking.shape[0], asking.shape[3])
    national = asking.sum(axis=(1, 2))
    total = np.maximum(national.sum(axis=1), 1)
    away, lost = met.away.sum(axis=1), met.lost.sum(axis=1)
    staying = np.cumsum(national - lost, axis=1)
    repaired = np.cumsum(by_week(None, met.visits.run, done, shape), axis=1)
    weekly = np.einsum("b,rbdt->rdt", problem.labour, asking)
    hours = np.maximum(problem.hours[:, 0], 1e-9)
    goal = 0.9 * achievable(problem)
    reached = repaired >= goal
    weeks = np.where(reached.any(axis=1), reached.argmax(axis=1) + 1.0, np.nan)
    waited = (staying - repaired).sum(axis=1)
    return {
        "mean_wait": waited / np.maximum(staying[:, -1], 1),
        "turned_away": 100 * away.sum(axis=1) / total,
        "lost": 100 * lost.sum(axis=1) / total,
        "waited": waited,
        "national_peak": national.max(axis=1)
        / np.maximum(national[:, : problem.weeks].mean(axis=1), 1e-9),
        "dealer_peak": np.median(weekly.max(axis=2) / hours, axis=1),
        "weeks_to_90": weeks,
        "saved": exposure_saved(problem, met.visits, done, shape[0]) / 1000,
    }


def exposure_saved(problem: Problem, visits: Visits, done: Ints, runs: int) -> Floats:
    """Risk-weighted vehicle-weeks within the horizon that visits ``done`` [N] took off the road. [R]"""
    weeks = np.maximum(problem.weeks - done, 0) * problem.risk[visits.bundle]
    return np.bincount(visits.run, weeks, runs).astype(float)


def achievable(problem: Problem) -> float:
    """Repairs expected if every owner had a letter and nobody were lost."""
    from_letters = float((problem.owners.sum(axis=1) * problem.response.sum(axis=1)).sum())
    return from_letters + float(problem.background.sum())


@dataclass(frozen=True, eq=False)
class _Chunk:
    """Replications of one plan that are replayed together: their response factors [r, B] and their place."""

    problem: Problem
    letters: Letters
    factors: Floats
    seed: int
    number: int


def _replayed(chunk: _Chunk) -> tuple[dict[str, Floats], Floats]:
    """Each measure [r], and cumulative repairs [r, T + tail], of a chunk's replications."""
    rng = np.random.default_rng([chunk.seed, 1, chunk.number])
    asking = requests(chunk.problem, chunk.letters, chunk.factors, rng)
    met = answered(chunk.problem, asking, rng)
    shape = (asking.shape[0], asking.shape[3])
    done = worked(chunk.problem, met.visits, shape).done
    repaired = np.cumsum(by_week(None, met.visits.run, done, shape), axis=1)
    return _measures(chunk.problem, asking, met, done), repaired


def common_factors(problem: Problem, seed: int, runs: int) -> Floats:
    """Each run's factor of each bundle's response, of mean 1: whatever is played with one seed meets the same ones. [R, B]"""
    spread = problem.response_spread
    common = np.random.default_rng([seed, 0])
    return common.lognormal(-spread * spread / 2, spread, (runs, len(problem.bundles)))


def cells_of_a_run(problem: Problem) -> int:
    """Bundles x dealers x weeks of one run, which bound the runs that are played together."""
    return max(problem.owners.size * (problem.weeks + TAIL), 1)


def simulate(
    problem: Problem, policy: str, letters: Letters, *, seed: int = 2013, replications: int = 20
) -> Outcome:
    """Replays one plan's letters [B, D, T]; see :func:`simulate_all`."""
    (outcome,) = simulate_all(problem, {policy: letters}, seed=seed, replications=replications)
    return outcome


def simulate_all(
    problem: Problem,
    letters: Mapping[str, Letters],
    *,
    seed: int = 2013,
    replications: int = 20,
    workers: int = 1,
) -> list[Outcome]:
    """Replays plans by name, letters [B, D, T] each; plans replayed with one seed meet the same response factors.

    From POOL_CELLS on the chunks are shared among ``workers`` processes; the figures do not depend on it.
    """
    factors = common_factors(problem, seed, replications)
    cells = cells_of_a_run(problem)
    size = max(1, CHUNK_CELLS // cells)
    chunks = [
        _Chunk(problem, sent, factors[start : start + size], seed, start // size)
        for sent in letters.values()
        for start in range(0, replications, size)
    ]
    large = cells * replications * len(letters) >= POOL_CELLS
    found = mapped(_replayed, chunks, workers if large else 1)
    each = len(chunks) // max(len(letters), 1)
    possible = possible_exposure(problem)
    return [
        _joined(policy, found[i * each : (i + 1) * each], seed, possible)
        for i, policy in enumerate(letters)
    ]


def _joined(
    policy: str, found: Sequence[tuple[dict[str, Floats], Floats]], seed: int, possible: float
) -> Outcome:
    """The outcome of one plan from its chunks, in order."""
    measures = {name: np.concatenate([part[name] for part, _ in found]) for name in MEASURES}
    repaired = np.concatenate([repairs for _, repairs in found]).mean(axis=0)
    return Outcome(policy, measures, repaired, seed, possible)


def table(outcomes: list[Outcome]) -> str:
    """The outcomes as a Markdown table: each mean with its standard error."""
    head = "| policy | " + " | ".join(MEASURES.values()) + " |"
    rows = [
        f"| {o.policy} | " + " | ".join(_cell(o, name) for name in MEASURES) + " |"
        for o in outcomes
    ]
    return "\n".join([head, "|---" * (len(MEASURES) + 1) + "|", *rows])


def _cell(outcome: Outcome, name: str) -> str:
    if not outcome.known(name):
        return "never"
    cell = f"{outcome.mean(name):.2f} ±{outcome.error(name):.2f}"
    never = len(outcome.measures[name]) - outcome.known(name)
    return cell if not never else f"{cell} ({never} runs never)"


def judgement(
    outcomes: list[Outcome], ours: str = "optimal", breaks: Mapping[str, str] | None = None
) -> list[str]:
    """How our plan compares with each other one: in exposure saved, owners turned away and weeks waited; where one is as good, it says so.

    ``breaks`` says of a policy which limits it breaks: every sentence about it tells them, so that none is called better that cannot be
    carried out.
    """
    broken = {} if breaks is None else breaks
    best = next(o for o in outcomes if o.policy == ours)
    sentences = [f"{ours} breaks limits: {broken[ours]}."] if ours in broken else []
    for other in outcomes:
        if other is best:
            continue
        limits = f"; it breaks limits: {broken[other.policy]}" if other.policy in broken else ""
        sentences.append(f"{_compared(best, other)}{limits}.")
    return sentences


def _compared(best: Outcome, other: Outcome) -> str:
    """One plan beside another: what the better one saves, and what it asks of the owners who call."""
    difference = best.measures["saved"] - other.measures["saved"]
    gain = float(difference.mean())
    margin = 2 * float(difference.std(ddof=1) / np.sqrt(len(difference)))
    if abs(gain) <= margin:
        return f"{other.policy} is as good as {best.policy} here in exposure saved: it {_of_owners(other, best)}"
    better, worse = (best, other) if gain > 0 else (other, best)
    here = "" if gain > 0 else " here"
    share = abs(gain) / max(worse.mean("saved"), 1e-9)
    weeks = 1000 * abs(gain)
    of_all = weeks / max(best.possible, 1e-9)
    return (
        f"{better.policy} saves {percent(share)} more exposure than {worse.policy}{here} ({weeks:,.0f} vehicle-weeks of risk,"
        f" {percent(of_all)} of what is possible), {_of_owners(better, worse)}"
    )


def _of_owners(one: Outcome, other: Outcome) -> str:
    """What the owners who call live through under one plan against another."""
    away = one.mean("turned_away") - other.mean("turned_away")
    waited = one.mean("waited") - other.mean("waited")
    turned = (
        "as many"
        if abs(away) < LEAST_POINTS
        else f"{abs(away):.1f} points {'fewer' if away < 0 else 'more'}"
    )
    weeks = (
        "as long"
        if abs(waited) < LEAST_WEEKS
        else f"{counted(abs(waited), 'owner-week')} {'less' if waited < 0 else 'more'}"
    )
    return f"turns away {turned} of the owners who ask, and all of them together wait {weeks}"


def price_of_margin(
    mean: Outcome, careful: Outcome, planned_mean: float, planned_careful: float
) -> str:
    """What planning parts at a quantile costs in exposure, beside what it saves in owners turned away.

    ``planned_*`` are the two plans' objectives; the outcomes are their replays.
    """
    planned = (planned_mean - planned_careful) / max(planned_mean, 1e-9)
    lived = (mean.mean("saved") - careful.mean("saved")) / max(mean.mean("saved"), 1e-9)
    return (
        f"Planning parts with a margin costs {percent(planned)} of planned exposure ({percent(lived)} in the replay)"
        f"; owners turned away go from {percent(mean.mean('turned_away') / 100)} to {percent(careful.mean('turned_away') / 100)}."
    )
