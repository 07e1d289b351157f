"""``plan``: the letters of a Problem by any policy, checked, with objective, bound and gap."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from importlib.metadata import version
from typing import NamedTuple

import numpy as np

from renotify.errors import Refused
from renotify.planner import explain_plan, policies, relief
from renotify.planner.adjusted_limits import trimmed, with_margins
from renotify.planner.canonical_order import Ordering, in_order
from renotify.planner.dealer_by_dealer import dealt_by_dealer
from renotify.planner.dealer_groups import grouped, grouped_by_shelves, shelves_differ
from renotify.planner.dealer_prices import Prices, ceiling_by_dealer
from renotify.planner.earlier_plan import best_of_start, better, gain_words, letters_that_may_go
from renotify.planner.forgone import greedy_unless_beaten
from renotify.planner.graver_first import graver_first
from renotify.planner.gravest_owners import gravest_words
from renotify.planner.late_stages import late_stages
from renotify.planner.letter_plan import HeldOwners, LetterPlan, Letters, exposure_removed
from renotify.planner.long_visits import long_visit_words
from renotify.planner.neighbourhoods import improved
from renotify.planner.plan_check import broken, verify
from renotify.planner.polish import polish, worth_polishing
from renotify.planner.problem import NO_DATE, Problem
from renotify.planner.relief_in_letters import is_told_in_letters, what_more_buys
from renotify.planner.solver import CLOSE, OPTIONS
from renotify.planner.told_apart import columns, told_apart
from renotify.planner.two_level import (
    Draft,
    Guide,
    Master,
    draft,
    finer_groups,
    groups_for,
    score,
    solve_master,
    solved,
    taken_over,
)
from renotify.planner.wave_sizes import joined_waves, joined_words, small_waves
from renotify.planner.whole_letters import (
    FEW_DECISIONS,
    contested,
    in_whole_letters,
    most_alone,
    nodes_for,
    rests_for,
)
from renotify.values.progress_callback import Progress, silent

WHOLE_DECISIONS = (
    4_500  # contested letter decisions up to which branch and bound looks for the best plan
)
AT_ONCE = 2_000  # of more, a few dealers at a time are solved before
ROOT_DECISIONS = (
    9_000  # up to which its root is solved, with its cuts, where a draft is far from the ceiling
)
ROOT_CLOSE = 2e-3  # share of the ceiling within which that ends
APART_CELLS = (
    30_000  # letter decisions of the dealers told apart up to which "optimal" solves their master
)
DEALER_CELLS = 15_000  # up to which it is the only one
APART_AT_NEED = (
    100_000  # up to which it is solved where no draft is near its ceiling: half a minute
)
DEALT_CELLS = 300_000  # up to which a plan that is far from its ceiling is dealt dealer by dealer
EXACT_CELLS = 150_000  # up to which "exact" is offered
PLAIN_CELLS = 30_000  # up to which a plain policy is drafted although its letters alone are worth less than the best draft
LUMPY_DECISIONS = 15_000  # up to which a few dealers at a time are solved in whole letters
LUMPY_GAP = 0.005  # where a draft is further than this from the ceiling
UNIFORM = (2, 4, 8, 16)  # weeks over which an even spread is among the drafts
ROUNDING = 1e-6  # a ceiling that is nothing but the rounding of large prices
FEASIBLE = ("optimal", "exact", "greedy")
STARTED = ("optimal", "exact")  # policies that never come out below the plan that they start from


NOBODY = ("There is nobody to write to.",)


def plan(
    problem: Problem,
    policy: str = "optimal",
    *,
    start: Letters | None = None,
    workers: int = 1,
    progress: Progress | None = None,
) -> LetterPlan:
    """Plans the letters: optimal, exact, greedy, uniform:N, all-at-once, oldest-first or zip-order.

    A large plan of "optimal" is polished (:func:`worth_polishing`), in as many processes as ``workers``;
    ``progress`` hears the name of each step. Optimal, exact and greedy keep every limit that
    letters can keep; what a plain policy breaks is in its messages. The same problem gives the same plan,
    whatever the order of its dealers and bundles and the number of workers.

    ``start`` [B, D, T'] are letters with a remedy of an earlier plan. Cut to the limits of this problem they are among the drafts, so that
    optimal and exact never remove less than they do (decision 0147); raises Refused where another policy is to have one.
    """
    report = progress or silent
    if start is not None and policy not in STARTED:
        raise Refused(
            f"The policy {policy} reads no start: its letters follow from its rule alone.",
            "Leave the start out, or plan by optimal or exact.",
        )
    if not problem.owners.any():
        return LetterPlan(
            problem, policy, policies.no_letters(problem), bound=0.0, gap=0.0, messages=NOBODY
        )
    order = in_order(problem)
    report("Planning: national plan", 0, None)
    feasible = policy in FEASIBLE
    made = (
        _within_limits(order, policy, workers, report, start)
        if feasible
        else _by_plain_policy(order.problem, policy)
    )
    report("Planning: verify", 0, None)
    return _with_origin(order, _with_breaches(made), policy)


def _by_plain_policy(problem: Problem, policy: str) -> LetterPlan:
    """The letters of a plain policy, beside the ceiling of the plans that keep the same limits, what is kept for chance among them."""
    letters = policies.letters_of(problem, policy)
    masters = _masters(trimmed(with_margins(problem)), "optimal")
    without = problem.owners - letters.sum(axis=2)
    held = tuple(
        HeldOwners(
            problem.bundles[b],
            problem.dealers[d],
            int(without[b, d]),
            "its turn falls past the horizon",
        )
        for b, d in np.argwhere(without > 0).tolist()
    )
    made = LetterPlan(
        problem,
        policy,
        letters,
        held=held,
        messages=(
            *_general_messages(problem, letters),
            *explain_plan.tail(problem, letters),
            *small_waves(problem, letters, letters, joins=False),
        ),
    )
    return _with_bound(made, min(one.solution.ceiling + one.emergency for one in masters))


def _general_messages(problem: Problem, letters: Letters) -> tuple[str, ...]:
    return (
        *problem.notes,
        *explain_plan.traffic_alone(problem),
        *long_visit_words(problem, letters),
    )


def with_letter_words(made: LetterPlan, promised: int = 0) -> LetterPlan:
    """The plan with what it says of its letters themselves: that there are none, how long the gravest wait and which kits they lack,
    late and small waves. They are not among its messages yet.

    ``promised`` are letters that are at the mail house already and not among them.
    """
    gravest, short, waiting = gravest_words(made.problem, made.remedy_letters)
    own = (
        *explain_plan.no_letters(made, promised),
        *gravest,
        *explain_plan.tail(made.problem, made.remedy_letters),
        *small_waves(made.problem, made.remedy_letters, made.mailed, joins=True),
    )
    return replace(made, of_letters=own, short_kits=short, waiting=waiting)


def _with_bound(made: LetterPlan, bound: float) -> LetterPlan:
    """Objective, bound and gap of a plan."""
    objective = exposure_removed(made.problem, made.remedy_letters)
    gap = (bound - objective) / bound if bound > ROUNDING else 0.0
    return replace(made, objective=objective, bound=bound, gap=gap)


def _within_limits(
    order: Ordering, policy: str, workers: int, report: Progress, start: Letters | None
) -> LetterPlan:
    """The best of all drafts; an exact plan is never below the optimal one, whose drafts it has beside its own."""
    problem = order.problem
    robust = trimmed(with_margins(problem))
    before = None if start is None else letters_that_may_go(robust, order.of(start))
    found = _found(robust, policy, workers, report, before)
    if (
        policy == "exact"
        and _searched_otherwise(robust)
        and _gap(found.chosen, found.ceiling) > CLOSE
    ):
        usual = _found(robust, "optimal", workers, report, before)
        ahead = max(found, usual, key=lambda one: score(one.chosen))
        found = ahead._replace(master=found.master, ceiling=min(found.ceiling, usual.ceiling))
    made = _explained(problem, policy, found.chosen, found.master, found.ceiling)
    joined = joined_words(found.best, found.chosen)
    return replace(made, messages=(*found.of_start, *joined, *made.messages))


class _Found(NamedTuple):
    """The best draft, what came of it after the stages behind risk (``chosen``), the master that explains it, the ceiling of all
    masters, and what is said of the letters to start from.
    """

    best: Draft
    chosen: Draft
    master: Master
    ceiling: float
    of_start: tuple[str, ...]


def _searched_otherwise(problem: Problem) -> bool:
    """Whether an exact plan is looked for in another way than an optimal one: longer, or with another master."""
    return _is_large(problem) or columns(told_apart(problem)) > DEALER_CELLS


def _is_large(problem: Problem) -> bool:
    return problem.owners.size * problem.weeks >= FEW_DECISIONS


def _found(
    robust: Problem, policy: str, workers: int, report: Progress, before: Letters | None
) -> _Found:
    """The best of the drafts by the masters, greedily, by each plain policy that keeps the limits, and by the letters to start from."""
    masters = _masters(robust, policy)
    of_start: tuple[str, ...] = ()
    report("Planning: dealers", 0, None)
    if policy == "greedy":
        best = draft(robust, None)
    else:
        best = max((draft(robust, master.guide) for master in masters), key=score)
        greedy = greedy_unless_beaten(best, score(best), masters)
        best = best if greedy is None else max(greedy, best, key=score)
        best = _best_of_plain(robust, best)
        anew = best
        best = best if before is None else best_of_start(robust, before, best)
        of_start = gain_words(score(best) - score(anew))
    if policy != "greedy":
        thorough = policy == "exact" and _is_large(robust)
        best = _branched(robust, masters, best, thorough=thorough)
    ceiling = min(g.solution.ceiling for g in masters)
    if policy != "greedy":
        best, ceiling = _dealt(robust, masters, best, ceiling)
    if policy != "greedy" and worth_polishing(robust, _gap(best, ceiling)):
        report("Planning: polish", 0, None)
        best = max((best, polish(best, workers)), key=score)
    best = graver_first(best)
    chosen = late_stages(best)
    if policy != "greedy" and robust.decisions <= APART_CELLS:
        # what comes after risk may add to it, and to one draft more than to another: none that is published is below greedy
        chosen = max(chosen, late_stages(draft(robust, None)), key=score)
    if before is not None and robust.least_wave:
        # letters that come earlier make small waves, and joining these costs: the start has made its own
        chosen = better(chosen, joined_waves(taken_over(robust, before, more=False)))
    return _Found(best, chosen, masters[0], ceiling, of_start)


def _masters(problem: Problem, policy: str) -> list[Master]:
    """The masters whose quotas are filled; the first one explains the plan."""
    cells = problem.decisions
    if policy == "exact" and cells > EXACT_CELLS:
        raise Refused(
            f"The exact policy is for small cases; this one has {cells:,} letter decisions.",
            "Use the policy optimal; it states how far from the best it can be.",
        )
    if policy == "greedy":
        return [solve_master(problem, groups_for(problem))]
    apart = told_apart(problem)
    decisions = columns(apart)
    masters = []
    if policy == "exact" or decisions <= APART_CELLS:
        masters.append(solved(apart, most=most_alone(apart)))
    if policy != "exact" and decisions > DEALER_CELLS:
        masters.insert(0, solve_master(problem, groups_for(problem)))
    return masters


def _best_of_plain(problem: Problem, best: Draft) -> Draft:
    """The best draft after those that follow the plain policies whose letters are within the nation's limits; a draft cuts the rest.

    Of a problem above PLAIN_CELLS only those are drafted whose letters, if they kept every limit, would be worth more than the best draft.
    """
    large = problem.decisions > PLAIN_CELLS
    names = (*policies.PLAIN, *(f"uniform:{n}" for n in UNIFORM if n < problem.weeks))
    for name in names:
        weekly = policies.weekly_letters_of(problem, name)
        if large and float((problem.value * weekly).sum()) <= score(best):
            continue
        if policies.within_national_limits(problem, weekly):
            guide = Guide.of_letters(policies.letters_of(problem, name))
            best = max(best, draft(problem, guide), key=score)
    return best


def _gap(made: Draft, ceiling: float) -> float:
    return 1 - score(made) / max(ceiling, ROUNDING)


def _branched(problem: Problem, masters: list[Master], best: Draft, *, thorough: bool) -> Draft:
    """The best draft after branch and bound, where few decisions are contested and the draft is not yet as good as the best.

    Where more are and the draft is far from the ceiling, letters are dealt dealer by dealer first, and then a few dealers at a time are
    solved; of more still the root alone is, and few dealers only where it leaves the draft far. A ``thorough`` search takes more nodes,
    and where the draft is far from the ceiling it is of all that the root alone is solved of: elsewhere minutes would find a
    ten-thousandth. Its master joins the ``masters``: it may have the lowest ceiling.
    """

    def gap() -> float:
        return _gap(best, min(master.solution.ceiling for master in masters))

    def closer(step: Callable[[Draft], Draft]) -> Draft:
        return max(best, step(best), key=score) if gap() > LUMPY_GAP else best

    if gap() <= CLOSE:
        return best
    apart = told_apart(problem)
    decisions = contested(apart)
    reach = ROOT_DECISIONS if thorough and gap() > LUMPY_GAP else WHOLE_DECISIONS
    whole = decisions <= reach
    dealers = decisions > AT_ONCE and decisions <= LUMPY_DECISIONS
    if dealers:
        prices = Prices.of_master(min(masters, key=lambda master: master.solution.ceiling))
        best = closer(lambda made: dealt_by_dealer(made, prices, careful=True))
    if dealers and whole:
        best = closer(improved)
    if whole or (decisions <= ROOT_DECISIONS and gap() > LUMPY_GAP):
        search = (
            in_whole_letters(
                apart,
                best.remedy,
                nodes_for(decisions, thorough=thorough),
                rests=rests_for(decisions, thorough=thorough),
            )
            if whole
            else in_whole_letters(apart, best.remedy, 1, ROOT_CLOSE, dives=False)
        )
        masters.append(search)
        best = max(best, draft(problem, search.guide), key=score)
    if dealers and not whole:
        best = closer(improved)
    return best


def _dealt(
    problem: Problem, masters: list[Master], best: Draft, ceiling: float
) -> tuple[Draft, float]:
    """The best draft after its letters were dealt dealer by dealer, where too many decisions are contested for branch and bound.

    With it, the ceiling: that of the dealers by themselves, where it is lower. It is asked for where the draft is far from the ceiling,
    at the prices of the master with the lowest one, or, where some dealers have kits on their shelves that others have not, of a master
    that tells these apart. Where dealing leaves it far, a master that tells the dealers apart is solved, as
    far as it can be in seconds, its own letters are drafted, and where these are far, too, the best is dealt with care at its prices.
    Plans with lawful dates stay as they are: their interim notices follow other rules.
    """

    def far() -> bool:
        return _gap(best, ceiling) > LUMPY_GAP

    cells, dated = problem.decisions, (problem.mail_by != NO_DATE).any()
    apart = told_apart(problem)
    if not far() or cells > DEALT_CELLS or dated or contested(apart) <= LUMPY_DECISIONS:
        return best, ceiling
    master = min(masters, key=lambda master: master.solution.ceiling)
    if shelves_differ(problem):
        groups = grouped_by_shelves(problem, finer_groups(problem))
        master = solved(groups, most=most_alone(groups))
        ceiling = min(ceiling, master.solution.ceiling)
        best = max(best, draft(problem, master.guide), key=score)
    prices = Prices.of_master(master)
    ceiling = min(ceiling, ceiling_by_dealer(prices))
    if far():
        best = max(best, dealt_by_dealer(best, prices), key=score)
    if far():
        groups = (
            apart if columns(apart) <= APART_AT_NEED else grouped(problem, finer_groups(problem))
        )
        if not any(master.groups.size == groups.size for master in masters):
            master = solved(groups, most=most_alone(groups))
            prices = Prices.of_master(master)
            ceiling = min(ceiling, ceiling_by_dealer(prices))
            # of a dealer with many letters a week its own fractions are near whole ones
            best = max(best, draft(problem, master.guide), key=score)
    if far():
        best = max(best, dealt_by_dealer(best, prices, careful=True), key=score)
    return best, ceiling


def _explained(
    problem: Problem, policy: str, best: Draft, master: Master, ceiling: float
) -> LetterPlan:
    first, second = best.split()
    dated = bool((problem.mail_by >= 0).any())
    owed = explain_plan.owed_letters(problem, best.interim, second) if dated else ()
    why_interim = explain_plan.interim_notices(best, owed)
    made = with_letter_words(LetterPlan(
        problem, policy, first,
        interim=best.interim if dated else None,
        second=second if dated else None,
        held=explain_plan.held_letters(best, first), owed=owed,
        why_interim=tuple(why_interim),
    ))  # fmt: skip
    messages = (
        *explain_plan.missed_dates(best),
        *why_interim,
        *made.of_letters,
        *_general_messages(problem, made.remedy_letters),
        *_what_binds(problem, policy, best, master),
    )
    return _with_bound(replace(made, messages=messages), ceiling + best.emergency)


def _what_binds(problem: Problem, policy: str, best: Draft, master: Master) -> list[str]:
    """What relief of each limit buys: in whole letters where few decisions are contested, else as the master has it."""
    if policy != "greedy" and is_told_in_letters(best):
        return what_more_buys(problem, best)
    return relief.what_binds(problem, master)


def _with_breaches(made: LetterPlan) -> LetterPlan:
    """The independent verifier's findings, appended to the messages; every policy is held to the limits of the best plan."""
    found = verify(made.problem, made, with_margins(made.problem))
    breaches = explain_plan.breach_messages(found)
    return replace(made, broken=broken(found), messages=(*made.messages, *breaches))


def _with_origin(order: Ordering, made: LetterPlan, policy: str) -> LetterPlan:
    meta = {
        "policy": policy,
        "solver": f"HiGHS {version('highspy')}",
        "options": {**OPTIONS, "run_crossover": "off"},
        "input_sha256": order.original.digest(),
    }
    return replace(order.restored(made), meta=meta)
