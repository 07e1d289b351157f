"""The messages of a plan: what binds and what relief would buy, who is held and why, which dates are missed.

Every sentence speaks of letters, hours, kits and weeks; none of a solver.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import replace

import numpy as np

from renotify.planner.dealer_groups import backlog, ungrouped
from renotify.planner.fill import Fill
from renotify.planner.letter_plan import HeldOwners, Letters, OwedLetters
from renotify.planner.plan_check import Breach
from renotify.planner.problem import Floats, Ints, Problem
from renotify.planner.two_level import Draft, Master, solve_master
from renotify.values.english import counted

RELIEF_CELLS = 800  # bundles x weeks up to which relief is found by planning again
RELIEF_PARTS = 3  # parts named at most
NAMED = 3  # entries named; the rest is only counted
SAMPLED_WEEKS = 6  # weeks in which the limits are tested for why an owner is held
TAIL_SHARE = 0.2  # of all letters: from here on, letters in the last weeks are warned of


def first_few(sentences: list[str], one: str, more: str = "") -> list[str]:
    """The first few sentences, and one that counts the others."""
    rest = len(sentences) - NAMED
    return (
        sentences
        if rest <= 0
        else [*sentences[:NAMED], f"And {rest:,} more {one if rest == 1 else more or one + 's'}."]
    )


def breach_messages(found: Sequence[Breach]) -> list[str]:
    """The check's findings, a few of each constraint, and a warning that the plan breaks limits."""
    by_constraint: dict[str, list[str]] = {}
    for breach in found:
        by_constraint.setdefault(breach.constraint, []).append(str(breach))
    sentences = []
    if not all(breach.late for breach in found):
        sentences.append("This plan breaks limits, so what it reaches is on paper only.")
    for name, of_constraint in sorted(by_constraint.items()):
        sentences += first_few(of_constraint, f"breach of {name}", f"breaches of {name}")
    return sentences


def background_alone(problem: Problem) -> list[str]:
    """Limits that background traffic exceeds before any letter is sent: no letter plan can mend them."""
    groups = ungrouped(problem)
    weeks = problem.weeks
    ahead = np.zeros((len(problem.dealers), weeks))
    for j in range(1, problem.wait_bound + 1):
        ahead += groups.dealer_hours[:, j : j + weeks]
    over = backlog(problem.background_hours, groups.dealer_hours[:, :weeks]) - ahead
    sentences = [
        _hours_over(problem, int(d), over[d]) for d in np.flatnonzero((over > 1e-6).any(axis=1))
    ]
    short = [_kits_short(problem, int(p)) for p in problem.binding]
    return [*first_few([s for s in short if s], "part"), *first_few(sentences, "dealer")]


def _hours_over(problem: Problem, d: int, over: Floats) -> str:
    weeks = np.flatnonzero(over > 1e-6)
    return (
        f"Background traffic alone is {over.max():,.1f} hours over at dealer {problem.dealers[d]} in"
        f" {span(weeks)}{_clears(weeks, problem.weeks)}; no letters are planned into those hours."
    )


def _kits_short(problem: Problem, p: int) -> str:
    own = problem.stock[p][:, None]
    needed = np.maximum(0.0, problem.background_use(p) - own).sum(axis=0)
    weeks = np.flatnonzero(needed - problem.supply[p] > 1e-6)
    if not len(weeks):
        return ""
    worst = int(np.argmax(needed - problem.supply[p]))
    return (
        f"Background traffic alone is {needed[worst] - problem.supply[p, worst]:,.1f} kits of"
        f" {problem.parts[p]} short in week {worst} (needed {needed[worst]:,.1f} by then,"
        f" {problem.supply[p, worst]:,.1f} confirmed){_clears(weeks, problem.weeks)}."
    )


def span(weeks: Ints) -> str:
    """A run of weeks as text: ``week 3`` or ``weeks 3 to 5``."""
    first, last = int(weeks[0]), int(weeks[-1])
    return f"week {first}" if first == last else f"weeks {first} to {last}"


def _clears(weeks: Ints, horizon: int) -> str:
    after = int(weeks[-1]) + 1
    return (
        f"; first clears in week {after}"
        if after < horizon
        else "; does not clear within the horizon"
    )


def missed_dates(draft: Draft) -> list[str]:
    """First notices that miss their lawful week: which capacity is too small, and by how much."""
    problem, late = draft.problem, draft.late.sum(axis=1)
    if not late.any():
        return []
    dated = np.flatnonzero(late)
    first, last = int(problem.first_week[dated].min()), int(problem.mail_by[dated].max())
    printed = problem.mail_capacity[first : last + 1].sum()
    sentence = (
        f"Not possible: {counted(late.sum(), 'more letter', 'more letters')} than the mail house can"
        f" print in {span(np.array([first, last]))} (capacity {counted(printed, 'letter')});"
        f" {_cleared(draft, dated)}. Either raise its capacity or move the mail-by date of"
        f" {_names(problem, dated)}."
    )
    return [sentence]


def _cleared(draft: Draft, dated: Ints) -> str:
    """The week by which late first notices are all out."""
    first, _ = draft.split()
    sent = np.cumsum(first[dated].sum(axis=(0, 1)))
    weeks = np.flatnonzero(sent >= draft.problem.owners[dated].sum())
    return (
        f"the last goes out in week {weeks[0]}"
        if len(weeks)
        else "not all go out within the horizon"
    )


def _names(problem: Problem, at: Ints) -> str:
    names = [problem.bundles[b] for b in at[:NAMED]]
    more = f" and {len(at) - NAMED} more" if len(at) > NAMED else ""
    return ", ".join(names) + more


def interim_notices(draft: Draft, owed: tuple[OwedLetters, ...]) -> list[str]:
    """A sentence a bundle with interim first notices: how many, why, and the second letters that they owe."""
    sentences = []
    problem = draft.problem
    for b in np.flatnonzero(draft.interim.any(axis=(1, 2))):
        count = int(draft.interim[b].sum())
        second = sum(o.count for o in owed if o.bundle == problem.bundles[b] and o.week is not None)
        date = int(problem.mail_by[b])
        late = int(draft.interim[b, :, date + 1 :].sum())
        sentences.append(
            f"{counted(count, 'first notice')} of {problem.bundles[b]}"
            f" {'goes out as an interim notice' if count == 1 else 'go out as interim notices'}"
            f" by week {date}{f' ({late:,} of them later)' if late else ''}, because"
            f" {_cause(draft, int(b))}; each owes its owner a second letter:"
            f" {second:,} planned, {count - second:,} past the horizon."
        )
    return sentences


def _cause(draft: Draft, b: int) -> str:
    """Why notices of bundle b could not carry a remedy: the shortage if all had gone out on the last day."""
    problem = draft.problem
    date = int(problem.mail_by[b])
    for p in draft.fill.needs[b]:
        needed = np.zeros(problem.weeks)
        use = problem.kernel(p)[b, : problem.weeks - date]
        own = problem.stock[p][:, None]
        asked = problem.background_use(p).copy()
        asked[:, date:] += problem.owners[b][:, None] * use
        needed = np.maximum(0.0, asked - own).sum(axis=0)
        short = needed - problem.supply[p]
        weeks = np.flatnonzero(short > 1e-6)
        if len(weeks):
            worst = int(np.argmax(short))
            return (
                f"{problem.parts[p]} is {counted(short[worst], 'kit')} short in week {worst} (needed"
                f" {needed[worst]:,.0f} by then, {problem.supply[p, worst]:,.0f} confirmed"
                f"{_clears(weeks, problem.weeks)})"
            )
    return _short_hours(draft, b, date)


def _short_hours(draft: Draft, b: int, date: int) -> str:
    problem = draft.problem
    groups = ungrouped(problem)
    asked = problem.background_hours.copy()
    weekly = np.diff(problem.cumulative[b], prepend=0.0)[: problem.weeks - date]
    asked[:, date:] += problem.labour[b] * problem.owners[b][:, None] * weekly
    over = backlog(asked, groups.dealer_hours[:, : problem.weeks]) - groups.dealer_wait
    if not (over > 1e-6).any():
        return "kits or hours are taken by other lawful notices"
    d, week = np.unravel_index(int(np.argmax(over)), over.shape)
    weeks = np.flatnonzero(over[d] > 1e-6)
    dealers = int((over > 1e-6).any(axis=1).sum())
    others = (
        f", as {'is' if dealers == 2 else 'are'} {counted(dealers - 1, 'more dealer')}"
        if dealers > 1
        else ""
    )
    return (
        f"dealer {problem.dealers[int(d)]} is {over[d, int(week)]:,.1f} hours over in"
        f" {span(weeks)}{_clears(weeks, problem.weeks)}{others}"
    )


def owed_letters(problem: Problem, interim: Letters, second: Letters) -> tuple[OwedLetters, ...]:
    """Every second letter owed, with its week, or None past the horizon."""
    owed = [
        OwedLetters(problem.bundles[b], problem.dealers[d], w, int(second[b, d, w]))
        for b, d, w in np.argwhere(second).tolist()
    ]
    open_ = interim.sum(axis=2) - second.sum(axis=2)
    owed += [
        OwedLetters(problem.bundles[b], problem.dealers[d], None, int(open_[b, d]))
        for b, d in np.argwhere(open_ > 0).tolist()
    ]
    return tuple(owed)


def held_letters(draft: Draft, first: Letters) -> tuple[HeldOwners, ...]:
    """Owners without any letter, each with the limit that stands in the way most weeks."""
    fill, problem = draft.fill, draft.problem
    without = problem.owners - first.sum(axis=2)
    held = []
    for b in np.flatnonzero(without.any(axis=1)):
        reasons = _reasons(fill, int(b), without[b])
        held += [
            HeldOwners(problem.bundles[b], problem.dealers[d], int(without[b, d]), reasons[d])
            for d in np.flatnonzero(without[b]).tolist()
        ]
    return tuple(held)


def _reasons(fill: Fill, b: int, without: Ints) -> list[str]:
    """Per dealer: the limit that refuses one more letter in most of a few open weeks."""
    problem = fill.problem
    if problem.first_week[b] >= problem.weeks:
        return ["its first week lies past the horizon"] * len(without)
    weeks = np.flatnonzero(fill.groups.mailable[b])
    if not len(weeks) and not problem.response[b].any():
        return ["nobody is expected to answer"] * len(without)
    if not len(weeks) and not problem.risk[b]:
        return ["a visit would remove no risk"] * len(without)
    if not len(weeks):
        return ["an answer would come after the horizon"] * len(without)
    limits: list[str] = ["the mail house is full", "the dealer's hours are full"]
    limits += [f"{problem.parts[p]} is short" for p in fill.needs[b]]
    refused = np.zeros((len(limits), len(without)))
    one = (without > 0).astype(np.int64)
    for week in weeks[:: max(1, len(weeks) // SAMPLED_WEEKS)].tolist():
        refused[0] += fill.mail[week] < 1
        refused[1] += fill.labour.allowed(b, week, one, None) < one
        for i, p in enumerate(fill.needs[b]):
            refused[2 + i] += fill.kits_left[p].allowed(b, week, one, None) < one
    top = np.argmax(refused, axis=0)
    none = refused.max(axis=0) == 0
    return [
        "one more whole letter does not fit" if none[d] else limits[top[d]]
        for d in range(len(without))
    ]


def what_binds(problem: Problem, master: Master) -> list[str]:
    """The limits that hold the plan back, and what relief of each would buy."""
    small = len(problem.bundles) * problem.weeks <= RELIEF_CELLS
    base = solve_master(problem, 2) if small else master
    sentences = [*_mail_relief(problem, base, small), *_hours_relief(problem, base, small)]
    return [*sentences, *_parts_relief(problem, base, small)]


def _gain(base: Master, relieved: Problem) -> tuple[float, float]:
    """Owners whose letter comes earlier under relief, and the exposure that it removes."""
    after = solve_master(relieved, 2)
    more = after.guide.quota.sum(axis=1) - base.guide.quota.sum(axis=1)
    earlier = np.maximum(more, 0.0).max(axis=1, initial=0.0).sum()
    return float(earlier), after.exposure - base.exposure


def _is_gain(gain: tuple[float, float]) -> bool:
    """Whether relief reaches an owner earlier or removes exposure, after rounding."""
    return round(gain[0]) >= 1 or round(gain[1]) >= 1


def _reach(gain: tuple[float, float]) -> str:
    owners, exposure = gain
    reach = f"would reach {counted(owners, 'owner')} earlier"
    if round(exposure) < 1:
        return reach
    return f"{reach} and remove {counted(exposure, 'weighted vehicle-week')} more"


def _mail_relief(problem: Problem, base: Master, small: bool) -> Iterator[str]:
    rows = base.variables.rows.get("mail", np.zeros(0, np.int64))
    prices = base.solution.prices[rows] if len(rows) else np.zeros(0)
    if not len(prices) or prices.max() <= 1e-6:
        return
    week = int(np.flatnonzero(np.isfinite(problem.mail_capacity))[int(np.argmax(prices))])
    extra = float(max(1, round(problem.mail_capacity[week] / 10)))
    binds = int((prices > 1e-6).sum())
    head = f"The mail house binds in {counted(binds, 'week')}, most in week {week}:"
    if not small:
        yield f"{head} each letter more there removes {prices.max():,.1f} weighted vehicle-weeks more."
        return
    more = problem.mail_capacity.copy()
    more[week] += extra
    gain = _gain(base, replace(problem, mail_capacity=more))
    if _is_gain(gain):
        yield f"{head} {counted(extra, 'more letter')} there {_reach(gain)}."


def _hours_relief(problem: Problem, base: Master, small: bool) -> Iterator[str]:
    rows = base.variables.rows["labour"]
    if not rows.size:
        return
    prices = np.abs(base.solution.prices[rows]).sum(axis=0)
    if prices.max() <= 1e-6:
        return
    weeks = np.flatnonzero(prices > 1e-6)
    head = f"Technician hours bind in {span(weeks)}:"
    gain = _gain(base, replace(problem, hours=problem.hours * 1.05)) if small else (0.0, 0.0)
    if max(gain) < 0.5:
        yield f"{head} they are what holds back the tightest dealers."
        return
    yield f"{head} five hours more in every hundred {_reach(gain)}."


def _parts_relief(problem: Problem, base: Master, small: bool) -> Iterator[str]:
    ranked = []
    for p in problem.binding:
        price = np.abs(base.solution.prices[base.variables.rows[f"pool {p}"]])
        ranked.append(
            (-float(price.max()), int(p), int(np.argmax(price > price.max() * (1 - 1e-6))))
        )
    for worth, p, week in sorted(ranked)[:RELIEF_PARTS]:
        if -worth <= 1e-6:
            continue
        extra = (
            100.0
            if problem.supply[p, -1] >= 1000
            else max(1.0, np.ceil(problem.supply[p, -1] / 10))
        )
        amount = f"{counted(extra, 'more kit')} of {problem.parts[p]} in week {week}"
        if not small:
            yield f"{problem.parts[p]} binds: {amount} would remove up to {-worth * extra:,.0f} weighted vehicle-weeks more."
            continue
        more = problem.supply.copy()
        more[p, week:] += extra
        gain = _gain(base, replace(problem, supply=more))
        if _is_gain(gain):
            yield f"{problem.parts[p]} binds: {amount} {_reach(gain)}."


def tail(problem: Problem, letters: Letters) -> list[str]:
    """A warning when many letters go out so late that most answers fall past the horizon."""
    width = min(problem.weeks, 3)
    late, total = int(letters[:, :, -width:].sum()), int(letters.sum())
    if problem.weeks < 8 or not total or late < TAIL_SHARE * total:
        return []
    sentence = (
        f"{late:,} of {counted(total, 'letter')} {'goes' if late == 1 else 'go'} out in the last {width} weeks; most of their answers"
        f" fall past the horizon, where no kit or hour is planned: plan with a longer horizon."
    )
    return [sentence]
