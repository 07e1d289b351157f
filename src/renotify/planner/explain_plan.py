"""The messages of a plan: what binds and what relief would buy, who is held and why, which dates are missed.

Every sentence speaks of letters, hours, kits and weeks; none of a solver.
"""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from renotify.planner.dealer_groups import backlog, ungrouped
from renotify.planner.fill import Fill
from renotify.planner.letter_plan import HeldOwners, LetterPlan, Letters, OwedLetters
from renotify.planner.long_visits import too_long
from renotify.planner.plan_check import Breach
from renotify.planner.problem import Flags, Floats, Ints, Problem
from renotify.planner.two_level import Draft
from renotify.values.english import counted, series

NAMED = 3  # entries named; the rest is only counted
EXCESS = 1e-6  # hours or kits: less is rounding
SAMPLED_WEEKS = 6  # weeks in which the limits are tested for why an owner is held
TOO_LONG = "a visit is longer than the dealer's hours within the wait"
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


def traffic_alone(problem: Problem) -> list[str]:
    """Limits that are exceeded before any new letter is sent, by background traffic or by answers to letters already out.

    No plan of new letters can mend them. It is background traffic alone where answers add nothing to the worst week; else the shortage is
    said of the answers, with how much of it is asked without a letter.
    """
    walk_ins = problem.without_letters_out
    short = [_kits_short(problem, walk_ins, int(p)) for p in problem.binding]
    return [
        *first_few([one for one in short if one], "part"),
        *first_few(_hours_over(problem, walk_ins), "dealer"),
    ]


def _who(of_all: float, without: float, limit: float) -> str:
    """Whose traffic exceeds a limit: ``of_all`` it asks, ``without`` a letter."""
    if of_all - without <= EXCESS:
        return "Background traffic alone is"
    if without - limit > EXCESS:
        return "Background traffic and answers to letters that are out are"
    return "Answers to letters that are out or at the mail house are"


def _tenths(number: float) -> str:
    """Kits or hours with a decimal; a trace of one is said as such."""
    return "less than 0.1" if 0 < number < 0.05 else f"{number:,.1f}"


def _hours_over(problem: Problem, walk_ins: Problem) -> list[str]:
    over, without = _overload(problem), _overload(walk_ins)
    sentences = []
    for d in np.flatnonzero((over > EXCESS).any(axis=1)):
        weeks, worst = np.flatnonzero(over[d] > EXCESS), int(np.argmax(over[d]))
        asked, alone = over[d, worst], max(without[d, worst], 0.0)
        part = (
            ""
            if asked - alone <= EXCESS or alone <= EXCESS
            else f" ({_tenths(alone)} without a letter)"
        )
        sentences.append(
            f"{_who(asked, alone, 0.0)} {_tenths(asked)} hours over at dealer {problem.dealers[d]}{part} in"
            f" {span(problem, weeks)}{_clears(problem, weeks)}; no letters are planned into those hours."
        )
    return sentences


def _overload(problem: Problem) -> Floats:
    """Hours that the traffic leaves waiting beyond those of the wait bound. [D, T]"""
    hours, weeks = ungrouped(problem).dealer_hours, problem.weeks
    ahead = np.zeros((len(problem.dealers), weeks))
    for j in range(1, problem.wait_bound + 1):
        ahead += hours[:, j : j + weeks]
    return backlog(problem.background_hours, hours[:, :weeks]) - ahead


def _kits_short(problem: Problem, walk_ins: Problem, p: int) -> str:
    needed, without = (_drawn(one, p, mean=True) for one in (problem, walk_ins))
    confirmed = problem.supply[p]
    weeks = np.flatnonzero(needed - confirmed > EXCESS)
    if not len(weeks):
        return ""
    worst = int(np.argmax(needed - confirmed))
    who = _who(needed[worst], without[worst], confirmed[worst])
    alone = needed[worst] - without[worst] <= EXCESS or not without[worst]
    of_which = "" if alone else f", {_tenths(without[worst])} of them without a letter"
    short, wanted = (_tenths(kits) for kits in (needed[worst] - confirmed[worst], needed[worst]))
    return (
        f"{who} {short} kits of {problem.parts[p]} short in {problem.week_words(worst)}"
        f" (needed {wanted} by then{of_which}, {confirmed[worst]:,.1f} confirmed){_clears(problem, weeks)}."
    )


def _drawn(problem: Problem, p: int, *, mean: bool = False) -> Floats:
    """Kits that the traffic draws on the pool by each week, beyond the dealers' shelves. [T]"""
    own = problem.stock[p][:, None]
    drawn: Floats = np.maximum(0.0, problem.background_use(p, mean=mean) - own).sum(axis=0)
    return drawn


def span(problem: Problem, weeks: Ints) -> str:
    """A run of weeks as text, from the first to the last of them."""
    return problem.week_words(int(weeks[0]), int(weeks[-1]))


def _clears(problem: Problem, weeks: Ints) -> str:
    after = int(weeks[-1]) + 1
    return (
        f"; first clears in {problem.week_words(after)}"
        if after < problem.weeks
        else "; does not clear within the horizon"
    )


def missed_dates(draft: Draft) -> list[str]:
    """First notices that miss their lawful week: which capacity is too small, and by how much."""
    problem = draft.problem
    late = draft.late.sum(axis=1) * problem.printed
    if not late.any():
        return []
    dated = np.flatnonzero(late)
    first, last = int(problem.first_week[dated].min()), int(problem.mail_by[dated].max())
    printed = problem.mail_capacity[first : last + 1].sum()
    sentence = (
        f"Not possible: {counted(late.sum(), 'more letter', 'more letters')} than the mail house can"
        f" print in {problem.week_words(first, last)} (capacity {counted(printed, 'letter')});"
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
        f"the last goes out in {draft.problem.week_words(weeks[0])}"
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
            f" by {problem.week_words(date)}{f' ({late:,} of them later)' if late else ''}, because not all can carry a remedy even then:"
            f" {_cause(draft, int(b))}; each owes its owner a second letter:"
            f" {second:,} planned, {count - second:,} past the horizon."
        )
    return sentences


def _cause(draft: Draft, b: int) -> str:
    """Why notices of bundle b could not carry a remedy: the shortage if all had gone out on the last day, after what others are given."""
    problem, others = draft.problem, _others(draft, b)
    date = int(problem.mail_by[b])
    for p in draft.fill.needs[b]:
        use, own = problem.kernel(p), problem.stock[p][:, None]
        given = problem.background_use(p) + _asked(others, use)
        asked = given.copy()
        asked[:, date:] += problem.owners[b][:, None] * use[b, : problem.weeks - date]
        drawn = np.maximum(0.0, asked - own).sum(axis=0)
        short = drawn - problem.supply[p]
        weeks = np.flatnonzero(short > EXCESS)
        if len(weeks):
            worst = int(np.argmax(short))
            taken = np.maximum(0.0, given - own).sum(axis=0)[worst] - _drawn(problem, p)[worst]
            return (
                f"{problem.parts[p]} is {counted(short[worst], 'kit')} short in {problem.week_words(worst)} (needed"
                f" {drawn[worst] - taken:,.0f} by then, {problem.supply[p, worst]:,.0f} confirmed"
                f"{_given_to(draft, others[:, :, : worst + 1], p, taken)}{_clears(problem, weeks)})"
            )
    return _short_hours(draft, b, date)


def _others(draft: Draft, b: int) -> Letters:
    """The letters with a remedy of every bundle but b. [B, D, T]"""
    others = draft.remedy.copy()
    others[b] = 0
    return others


def _asked(letters: Letters, use: Floats) -> Floats:
    """What letters ask of a limit by each week, where one of each bundle asks for use [B, T] so many weeks after it. [D, T]"""
    weeks = letters.shape[2]
    asked = np.zeros(letters.shape[1:])
    for week in range(weeks):
        asked[:, week:] += letters[:, :, week].T @ use[:, : weeks - week]
    return asked


def _given_to(draft: Draft, others: Letters, p: int, taken: float) -> str:
    """How many of the confirmed kits the plan gives to other bundles, by name; nothing where it gives none."""
    if taken < 0.5:  # none, in whole kits
        return ""
    lettered = np.flatnonzero(others.any(axis=(1, 2)))
    at = lettered[draft.problem.kits[p, lettered] > 0]
    return f", {taken:,.0f} of them for {_names(draft.problem, at)}"


def _short_hours(draft: Draft, b: int, date: int) -> str:
    problem = draft.problem
    groups = ungrouped(problem)
    weekly = np.diff(problem.cumulative, axis=1, prepend=0.0)[:, : problem.weeks]
    use = problem.labour[:, None] * weekly
    asked = problem.background_hours + _asked(_others(draft, b), use)
    asked[:, date:] += problem.owners[b][:, None] * use[b, : problem.weeks - date]
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
        f" {span(problem, weeks)}{_clears(problem, weeks)}{others}"
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
    long = too_long(problem)
    held = []
    for b in np.flatnonzero(without.any(axis=1)):
        reasons = _reasons(fill, int(b), without[b], long[b])
        held += [
            HeldOwners(problem.bundles[b], problem.dealers[d], int(without[b, d]), reasons[d])
            for d in np.flatnonzero(without[b]).tolist()
        ]
    return tuple(held)


def _reasons(fill: Fill, b: int, without: Ints, long: Flags) -> list[str]:
    """Per dealer: the limit that refuses one more letter in most of a few open weeks; of hours whether they hold no ``long`` visit."""
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
        refused[0] += fill.mail[week] < problem.printed[b]
        refused[1] += fill.labour.allowed(b, week, one, None) < one
        for i, p in enumerate(fill.needs[b]):
            refused[2 + i] += fill.kits_left[p].allowed(b, week, one, None) < one
    top = np.argmax(refused, axis=0)
    none = refused.max(axis=0) == 0
    told = np.where(none, "one more whole letter does not fit", np.array(limits, object)[top])
    told[~none & (top == 1) & long] = TOO_LONG
    reasons: list[str] = told.tolist()
    return reasons


def no_letters(made: LetterPlan, promised: int) -> list[str]:
    """A plan without any letter, or with none but those that are promised, says so, and which limits hold how many owners."""
    if made.mailed.any() or not made.held:
        return []
    owners: dict[str, int] = {}
    for one in made.held:
        owners[one.reason] = owners.get(one.reason, 0) + one.count
    ranked = sorted(owners, key=lambda reason: (-owners[reason], reason))
    reasons = [f"{reason} ({counted(owners[reason], 'owner')})" for reason in ranked]
    which = "No more letters than those at the mail house go" if promised else "No letter goes"
    return [f"{which} out within the horizon: {series(reasons)}."]


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
