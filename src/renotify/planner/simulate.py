"""Replays plans against random responses: waits, owners turned away, load and exposure.

Each owner's answer is random: a bundle's common factor is lognormal, weekly counts are Poisson. A kit
is reserved when the owner calls, from the dealer's shelf first, then from the pool, oldest request
first; an owner who finds none waits for it, and a share never returns. Hours are worked first in,
first out. Replications run side by side on arrays, in chunks that bound the memory; one seed gives one table,
whatever the number of workers.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np

from renotify.planner.apportion import apportion
from renotify.planner.letter_plan import Letters
from renotify.planner.problem import Floats, Ints, Problem
from renotify.values.worker_pool import mapped

TAIL = 20  # weeks after the last mailing week in which answers still come
LOST = 0.2  # share of owners turned away who never return: an assumption
CHUNK_CELLS = 4_000_000  # replications x bundles x dealers x weeks replayed at a time: about 300 MB
POOL_CELLS = (
    50_000_000  # of all plans together, from which a pool saves more than it takes to start
)
MEASURES = {
    "mean_wait": "mean wait (weeks)",
    "turned_away": "turned away (%)",
    "lost": "lost (%)",
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


def _requests(
    problem: Problem, letters: Letters, factors: Floats, rng: np.random.Generator
) -> Ints:
    """Random requests [R, B, D, T + tail]."""
    weeks = problem.weeks + TAIL
    mean = np.zeros((len(problem.bundles), len(problem.dealers), weeks))
    for k in range(min(problem.response.shape[1], weeks)):
        last = min(problem.weeks, weeks - k)
        mean[:, :, k : k + last] += problem.response[:, k, None, None] * letters[:, :, :last]
    walk_in = np.zeros_like(mean)
    np.add.at(walk_in[:, :, : problem.weeks], tuple(problem.background_at.T), problem.background)
    rates = factors[:, :, None, None] * mean[None] + walk_in[None]
    return rng.poisson(rates).astype(np.int32).astype(np.int64)


class _KitStock:
    """Kits and waiting owners of all replications, week by week; dealers and replications lie flat [R * D]."""

    def __init__(self, problem: Problem, replications: int) -> None:
        self.problem = problem
        self.replication = np.repeat(np.arange(replications), len(problem.dealers))
        self.parts = [int(p) for p in problem.binding if problem.away[p] == 0]
        self.shelf = {p: np.tile(problem.stock[p], replications) for p in self.parts}
        self.pool = {p: np.zeros(replications) for p in self.parts}
        self.needs = [
            [p for p in self.parts if problem.kits[p, b] > 0] for b in range(len(problem.bundles))
        ]

    def receive(self, week: int) -> None:
        """Kits confirmed for a week arrive in the pool."""
        if week >= self.problem.weeks:
            return
        for p in self.parts:
            before = self.problem.supply[p, week - 1] if week else 0.0
            self.pool[p] += self.problem.supply[p, week] - before

    def reserve(self, b: int, asked: Ints) -> Ints:
        """Reserves whole visits for ``asked`` [R * D] owners: own shelf first, then a fair share of the pool."""
        granted = asked
        for p in self.needs[b]:
            kits = self.problem.kits[p, b]
            own = np.minimum(granted, np.floor(self.shelf[p] / kits + 1e-9).astype(np.int64))
            granted = own + apportion(
                np.maximum(self.pool[p], 0.0) / kits, granted - own, self.replication
            )
        for p in self.needs[b]:
            kits = self.problem.kits[p, b]
            own = np.minimum(granted, np.floor(self.shelf[p] / kits + 1e-9).astype(np.int64))
            self.shelf[p] -= kits * own
            self.pool[p] -= kits * np.bincount(self.replication, granted - own, len(self.pool[p]))
        return granted


def _serve(problem: Problem, requests: Ints, rng: np.random.Generator) -> tuple[Ints, Ints, Ints]:
    """Reserves kits oldest request first; returns jobs ready, turned away and lost, [R, B, D, T + tail]."""
    replications, bundles, dealers, weeks = requests.shape
    stock = _KitStock(problem, replications)
    ready, away, lost = (np.zeros_like(requests) for _ in range(3))
    queue: list[tuple[int, int, Ints]] = []  # (bundle, week asked, owners waiting)
    for week in range(weeks):
        stock.receive(week)
        still: list[tuple[int, int, Ints]] = []
        for b, since, waiting in queue:
            granted = stock.reserve(b, waiting)
            ready[:, b, :, week] += granted.reshape(replications, dealers)
            if (waiting > granted).any():
                still.append((b, since, waiting - granted))
        for b in range(bundles):
            asked = requests[:, b, :, week].reshape(-1)
            granted = stock.reserve(b, asked) if asked.any() else asked
            gone = rng.binomial(asked - granted, LOST)
            ready[:, b, :, week] += granted.reshape(replications, dealers)
            away[:, b, :, week] = (asked - granted).reshape(replications, dealers)
            lost[:, b, :, week] = gone.reshape(replications, dealers)
            if (asked - granted > gone).any():
                still.append((b, week, asked - granted - gone))
        queue = still
    return ready, away, lost


def _worked(problem: Problem, ready: Ints) -> Floats:
    """Cumulative repairs [R, B, D, T + tail] when each dealer's hours are worked first in, first out."""
    weeks = ready.shape[3]
    jobs = np.cumsum(ready, axis=3)
    asked = np.einsum("b,rbdt->rdt", problem.labour, jobs)
    hours = np.concatenate([problem.hours, np.repeat(problem.hours[:, -1:], weeks, axis=1)], axis=1)
    endless = asked.max(initial=0.0) + 1.0
    spare = np.cumsum(np.where(np.isfinite(hours), hours, endless)[:, :weeks], axis=1)[None]
    idle = np.minimum.accumulate(asked - spare, axis=2)
    served = np.minimum(asked, spare + np.minimum(idle, 0.0))
    return _up_to(jobs.astype(float), asked, served)


def _up_to(jobs: Floats, asked: Floats, served: Floats) -> Floats:
    """Jobs done once ``served`` hours of the queue are worked: whole weeks' cohorts, then a part of the next."""
    weeks = asked.shape[2]
    done = np.zeros_like(jobs)
    for t in range(weeks):
        level = served[:, :, t]
        cohort = (asked[:, :, : t + 1] <= level[:, :, None] + 1e-9).sum(
            axis=2
        )  # cohorts fully worked
        at = np.minimum(cohort, weeks - 1)[:, None, :, None]
        before = np.maximum(cohort - 1, 0)[:, None, :, None]
        low = np.take_along_axis(asked, np.maximum(cohort - 1, 0)[:, :, None], 2)[:, :, 0] * (
            cohort > 0
        )
        high = np.take_along_axis(asked, np.minimum(cohort, weeks - 1)[:, :, None], 2)[:, :, 0]
        part = np.clip((level - low) / np.maximum(high - low, 1e-9), 0.0, 1.0) * (cohort <= t)
        base = np.take_along_axis(jobs, np.broadcast_to(before, (*jobs.shape[:3], 1)), 3)[..., 0]
        base = base * (cohort > 0)[:, None, :]
        top = np.take_along_axis(jobs, np.broadcast_to(at, (*jobs.shape[:3], 1)), 3)[..., 0]
        done[..., t] = base + part[:, None, :] * (top - base)
    return done


def _measures(
    problem: Problem, requests: Ints, away: Ints, lost: Ints, done: Floats
) -> dict[str, Floats]:
    total = np.maximum(requests.sum(axis=(1, 2, 3)), 1)
    staying = np.cumsum(requests - lost, axis=3).sum(axis=(1, 2))
    repaired = done.sum(axis=(1, 2))
    national = requests.sum(axis=(1, 2))
    weekly = np.einsum("b,rbdt->rdt", problem.labour, requests)
    hours = np.maximum(problem.hours[:, 0], 1e-9)
    goal = 0.9 * achievable(problem)
    reached = repaired >= goal
    weeks = np.where(reached.any(axis=1), reached.argmax(axis=1) + 1.0, np.nan)
    saved = np.einsum("b,rbdt->r", problem.risk, done[..., : problem.weeks])
    return {
        "mean_wait": (staying - repaired).sum(axis=1) / np.maximum(staying[:, -1], 1),
        "turned_away": 100 * away.sum(axis=(1, 2, 3)) / total,
        "lost": 100 * lost.sum(axis=(1, 2, 3)) / total,
        "national_peak": national.max(axis=1)
        / np.maximum(national[:, : problem.weeks].mean(axis=1), 1e-9),
        "dealer_peak": np.median(weekly.max(axis=2) / hours, axis=1),
        "weeks_to_90": weeks,
        "saved": saved / 1000,
    }


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
    requests = _requests(chunk.problem, chunk.letters, chunk.factors, rng)
    ready, away, lost = _serve(chunk.problem, requests, rng)
    done = _worked(chunk.problem, ready)
    return _measures(chunk.problem, requests, away, lost, done), done.sum(axis=(1, 2))


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
    spread = problem.response_spread
    common = np.random.default_rng([seed, 0])
    factors = common.lognormal(-spread * spread / 2, spread, (replications, len(problem.bundles)))
    cells = problem.owners.size * (problem.weeks + TAIL)
    size = max(1, CHUNK_CELLS // max(cells, 1))
    chunks = [
        _Chunk(problem, sent, factors[start : start + size], seed, start // size)
        for sent in letters.values()
        for start in range(0, replications, size)
    ]
    large = cells * replications * len(letters) >= POOL_CELLS
    found = mapped(_replayed, chunks, workers if large else 1)
    each = len(chunks) // max(len(letters), 1)
    return [
        _joined(policy, found[i * each : (i + 1) * each], seed) for i, policy in enumerate(letters)
    ]


def _joined(policy: str, found: Sequence[tuple[dict[str, Floats], Floats]], seed: int) -> Outcome:
    """The outcome of one plan from its chunks, in order."""
    measures = {name: np.concatenate([part[name] for part, _ in found]) for name in MEASURES}
    repaired = np.concatenate([repairs for _, repairs in found]).mean(axis=0)
    return Outcome(policy, measures, repaired, seed)


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
    """How our plan compares with each other one in exposure saved; where a plain policy is as good, it says so.

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
    """One plan beside another, in exposure saved and owners turned away."""
    difference = best.measures["saved"] - other.measures["saved"]
    margin = 2 * float(difference.std(ddof=1) / np.sqrt(len(difference)))
    share = 100 * float(difference.mean()) / max(other.mean("saved"), 1e-9)
    away = other.mean("turned_away") - best.mean("turned_away")
    if float(difference.mean()) > margin:
        return (
            f"{best.policy} saves {share:.1f} % more exposure than {other.policy}, and turns away"
            f" {abs(away):.1f} points {'fewer' if away >= 0 else 'more'} of the owners who ask"
        )
    if float(difference.mean()) < -margin:
        return f"{other.policy} saves {-share:.1f} % more exposure than {best.policy} here"
    return f"{other.policy} is as good as {best.policy} here in exposure saved"


def price_of_margin(
    mean: Outcome, careful: Outcome, planned_mean: float, planned_careful: float
) -> str:
    """What planning parts at a quantile costs in exposure, beside what it saves in owners turned away.

    ``planned_*`` are the two plans' objectives; the outcomes are their replays.
    """
    planned = 100 * (planned_mean - planned_careful) / max(planned_mean, 1e-9)
    lived = 100 * (mean.mean("saved") - careful.mean("saved")) / max(mean.mean("saved"), 1e-9)
    return (
        f"Planning parts with a margin costs {planned:.1f} % of planned exposure ({lived:.1f} % in the replay)"
        f"; owners turned away go from {mean.mean('turned_away'):.1f} % to {careful.mean('turned_away'):.1f} %."
    )
