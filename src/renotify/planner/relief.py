"""The limits that hold a plan back, and what relief of each would buy: told from both sides, who comes earlier and who later."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, replace

import numpy as np

from renotify.planner.adjusted_limits import trimmed, with_margins
from renotify.planner.dealer_groups import DealerGroups
from renotify.planner.explain_plan import span
from renotify.planner.letter_plan import possible_exposure
from renotify.planner.problem import Flags, Floats, Problem
from renotify.planner.two_level import Master, solve_master, solved
from renotify.values.english import counted, percent

RELIEF_CELLS = 800  # bundles x weeks up to which relief is found by planning again
RELIEF_PARTS = 3  # parts named at most
LEAST_SHARE = 1e-5  # of what is possible: a gain below is a swap of equal risk
LEAST_OWNERS = 0.05  # fewer are none
LEAST_PRICE = (
    1e-3  # of the dearest hour: less is what the solver leaves over, and holds nothing back
)
FEWEST_KITS = 10.0  # more that are told of, however few come
FEW = 10.0  # below, a count that is no whole number is told as about one
RISK = "vehicle-weeks of risk"


@dataclass(frozen=True)
class Gain:
    """What relief changes: exposure removed, owners written to earlier and later with the weeks between, letters within the horizon."""

    exposure: float
    share: float  # of what is possible
    earlier: float
    weeks_earlier: float
    later: float
    weeks_later: float
    letters: float = 0.0  # more of them, or fewer
    at_least: bool = False  # of a plan that was made; another may gain more

    @property
    def is_one(self) -> bool:
        """Whether more risk is removed, rounding and ties aside."""
        return self.share > LEAST_SHARE

    def __str__(self) -> str:
        share = f"{percent(self.share)}" if self.share >= 0.0005 else "under 0.1 %"
        later = (
            f"{_count(self.later)} later by {_count(self.weeks_later)}"
            if self.later >= LEAST_OWNERS
            else "none later"
        )
        least = "at least " if self.at_least else ""
        return (
            f"would remove {least}{_amount(self.exposure)} {RISK} more ({share} of what is possible):{self._more_letters}"
            f" {_count(self.earlier, 'owner')}"
            f" earlier by {_count(self.weeks_earlier, 'owner-week')}, {later}"
        )

    @property
    def _more_letters(self) -> str:
        if abs(self.letters) < LEAST_OWNERS:
            return ""
        which = "more" if self.letters > 0 else "fewer"
        return f" {_count(abs(self.letters), f'{which} letter')},"


def _count(amount: float, noun: str = "") -> str:
    """A count with its noun in whole letters and owners; a few that are none in whole, as a linear program has them, are about so many."""
    whole = max(1, round(amount)) if amount >= LEAST_OWNERS else 0
    near = amount >= FEW or abs(amount - whole) < LEAST_OWNERS
    told = f"{whole:,}" if near else f"about {whole}" if amount >= 0.5 else "less than 1"
    return f"{told} {noun if whole == 1 else noun + 's'}" if noun else told


def _amount(exposure: float) -> str:
    return (
        f"{exposure:,.0f}"
        if exposure >= 9.95
        else f"{exposure:.1f}"
        if exposure >= 0.1
        else f"{exposure:.1g}"
    )


def _gain(base: Master, relieved: Problem) -> Gain:
    """What planning again under relief changes, with what is kept for chance then; both masters are of the same groups."""
    more = trimmed(with_margins(relieved))
    after = solved(DealerGroups(more, base.groups.group), base)
    before, now = (master.guide.quota.sum(axis=1) for master in (base, after))
    return gain_of(relieved, after.exposure - base.exposure, before, now)


def gain_of(
    relieved: Problem, exposure: float, before: Floats, after: Floats, at_least: bool = False
) -> Gain:
    """What so much exposure more means for owners; ``before`` and ``after`` are letters so far [B, T]."""
    more = after - before
    sooner, behind = np.maximum(more, 0.0), np.maximum(-more, 0.0)
    return Gain(
        exposure,
        exposure / max(possible_exposure(relieved), 1e-9),
        float(sooner.max(axis=1, initial=0.0).sum()),
        float(sooner.sum()),
        float(behind.max(axis=1, initial=0.0).sum()),
        float(behind.sum()),
        float(more[:, -1].sum()),
        at_least,
    )


def what_binds(problem: Problem, master: Master) -> list[str]:
    """The limits that hold the plan back, and what relief of each would buy: of the problem as it is stated, ``master`` of what a plan may
    use of it, where some is kept for chance.
    """
    small = problem.cells <= RELIEF_CELLS
    base = solve_master(trimmed(with_margins(problem)), 2) if small else master
    sentences = [*_mail_relief(problem, base, small), *_hours_relief(problem, base, small, master)]
    return [*sentences, *_parts_relief(problem, base, small)]


def _mail_relief(problem: Problem, base: Master, small: bool) -> Iterator[str]:
    rows = base.variables.rows.get("mail", np.zeros(0, np.int64))
    prices = base.solution.prices[rows] if len(rows) else np.zeros(0)
    if not len(prices) or prices.max() <= 1e-6:
        return
    week = int(np.flatnonzero(np.isfinite(problem.mail_capacity))[int(np.argmax(prices))])
    extra = more_pieces(problem, week)
    binds = int((prices > 1e-6).sum())
    head = f"The mail house binds in {counted(binds, 'week')}, most in {problem.week_words(week)}:"
    if not small:
        yield f"{head} each piece more there removes {prices.max():,.1f} {RISK} more."
        return
    more = problem.mail_capacity.copy()
    more[week] += extra
    gain = _gain(base, replace(problem, mail_capacity=more))
    if gain.is_one:
        yield f"{head} {counted(extra, 'more piece')} there {gain}."


def _hours_relief(problem: Problem, base: Master, small: bool, master: Master) -> Iterator[str]:
    """What five hours more in every hundred buy; where only single dealers are held by their hours, how many they are."""
    weeks = np.flatnonzero(_hours_bind(base).any(axis=0))
    if not len(weeks):
        yield from _few_dealers_bound(problem, master)
        return
    head = f"Technician hours bind in {span(problem, weeks)}:"
    gain = _gain(base, replace(problem, hours=problem.hours * 1.05)) if small else None
    if gain is None or not gain.is_one:
        yield f"{head} they are what holds back the tightest dealers."
        return
    yield f"{head} five hours more in every hundred {gain}."


def _hours_bind(master: Master) -> Flags:
    """Whether the hours of a group hold letters back in a week. [G, T]"""
    rows = master.variables.rows["labour"]
    prices = np.abs(master.solution.prices[rows])
    binds: Flags = prices > max(1e-6, LEAST_PRICE * prices.max(initial=0.0))
    return binds.reshape(-1, master.groups.problem.weeks)


def _few_dealers_bound(problem: Problem, master: Master) -> Iterator[str]:
    """Dealers told apart whose hours hold letters back, where all dealers' hours together would not."""
    alone = _hours_bind(master)[master.groups.single[master.groups.limited]]
    if alone.any():
        weeks = np.flatnonzero(alone.any(axis=0))
        yield (
            f"Technician hours bind at {counted(int(alone.any(axis=1).sum()), 'dealer')} in {span(problem, weeks)}:"
            " they are what holds back the tightest dealers."
        )


def _parts_relief(problem: Problem, base: Master, small: bool) -> Iterator[str]:
    """The parts of which a tenth more is worth most, those first."""
    ranked = []
    for p in problem.binding:
        rows = base.variables.rows.get(f"pool {p}")
        if rows is None:
            continue  # letters could never run short of it
        price = np.abs(base.solution.prices[rows])
        if price.max() > 1e-6:
            week = int(np.argmax(price > price.max() * (1 - 1e-6)))
            extra = more_kits(problem, int(p))
            ranked.append((-float(price.max()) * extra, int(p), week, extra))
    for worth, p, week, extra in sorted(ranked)[:RELIEF_PARTS]:
        amount = f"{counted(extra, 'more kit')} of {problem.parts[p]} in {problem.week_words(week)}"
        if not small:
            yield f"{problem.parts[p]} binds: {amount} would remove up to {-worth:,.0f} {RISK} more."
            continue
        more = problem.supply.copy()
        more[p, week:] += extra
        gain = _gain(base, replace(problem, supply=more))
        if gain.is_one:
            yield f"{problem.parts[p]} binds: {amount} {gain}."


def more_pieces(problem: Problem, week: int) -> float:
    """How many pieces more of a week are told of: a tenth of what the mail house prints, one vehicle's at least."""
    return float(max(problem.printed.max(), round(problem.mail_capacity[week] / 10)))


def more_kits(problem: Problem, p: int) -> float:
    """How many kits more are told of: a tenth of what comes, at least ten, a hundred of a part of which thousands come."""
    comes = float(problem.supply[p, -1])
    return 100.0 if comes >= 1000 else max(FEWEST_KITS, float(np.ceil(comes / 10)))
