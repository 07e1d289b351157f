"""A plan made better dealer by dealer, at prices for what all of them share (decisions 0112 and 0113).

Where hours are few a dealer takes whole jobs and no fractions of them: the linear program sends 0.4 letters a week, and rounding sends
none. Each dealer's own best letters are found by its own program, in which the mail house and the pool have prices. A dealer may use
what it uses already and what nobody uses. At full prices dealers give up what is worth more elsewhere; in the next pass prices are
lower, so that nothing is left over. (Lagrangian decomposition: Geoffrion 1974.)
"""

from __future__ import annotations

import numpy as np

from renotify.planner.dealer_prices import Prices
from renotify.planner.one_dealer import OneDealer
from renotify.planner.polish import drawn
from renotify.planner.problem import NO_DATE
from renotify.planner.two_level import Draft, Guide, draft

PASSES, RAISED = (1.0, 0.9), 0.3  # of the prices; share of a dealer's fractions made whole at once
CAREFUL_PASSES, CAREFULLY_RAISED = (1.05, 1.0, 0.95, 0.9), 0.1  # more than twice the time
GAIN = 1e-9  # of what a dealer's letters are worth: less is rounding


def dealt_by_dealer(made: Draft, prices: Prices, *, careful: bool = False) -> Draft:
    """The plan with the letters of one dealer after the other found anew, at prices for what all share; ``careful``: in smaller steps.

    Plans with lawful dates stay as they are: their interim notices follow other rules.
    """
    if (made.problem.mail_by != NO_DATE).any():
        return made
    shares = _Shares(made, prices, CAREFULLY_RAISED if careful else RAISED)
    for part in CAREFUL_PASSES if careful else PASSES:
        shares.priced_at(part)
        # where letters are worth least hours are fewest, and whole letters lose most
        for d in np.argsort(shares.worth, kind="stable").tolist():
            shares.better(d)
    return draft(made.problem, Guide.of_letters(shares.letters))


class _Shares:
    """What each dealer uses of what all share, and what nobody uses; letters [B, D, T]."""

    def __init__(self, made: Draft, prices: Prices, raised: float) -> None:
        problem = made.problem
        self.problem, self.letters = problem, made.remedy.astype(np.int32)
        self.prices, self.parts = prices, prices.parts
        self.own = {p: problem.stock[p][:, None] - problem.background_use(p) for p in self.parts}
        self.drawn = {p: drawn(problem, p, self.letters) for p in self.parts}
        self.spare = {p: problem.pool(p) - self.drawn[p].sum(axis=0) for p in self.parts}
        self.places = problem.mail_capacity - problem.printed @ self.letters.sum(axis=1)
        self.dealer = OneDealer(problem, self.parts, raised)

    def priced_at(self, part: float) -> None:
        """Sets prices to a part of the full ones, and finds what each dealer's letters are worth beyond them."""
        prices = self.prices.times(part)
        self.letter, self.kit = prices.letter, prices.kit
        self.dealer.priced_at(self.letter, self.kit)
        self.worth = np.einsum("bt,bdt->d", self.letter, self.letters)
        for p in self.parts:
            self.worth -= self.drawn[p] @ self.kit[p]

    def better(self, d: int) -> None:
        """Finds a dealer's letters anew, and keeps what is better at these prices."""
        problem, before = self.problem, self.letters[:, d]
        pool = {p: self.drawn[p][d] + np.maximum(self.spare[p], 0.0) for p in self.parts}
        for p in self.parts:
            if not problem.away[p]:  # a kit that later weeks need is not there before
                pool[p] = np.minimum.accumulate(pool[p][::-1])[::-1]
        own = {p: self.own[p][d] for p in self.parts}
        letters = self.dealer.letters(d, own, pool, self.places + problem.printed @ before)
        draws = {p: np.maximum(0.0, self.dealer.used(letters, p) - own[p]) for p in self.parts}
        worth = float((self.letter * letters).sum())
        worth -= sum(float(draws[p] @ self.kit[p]) for p in self.parts)
        if worth <= self.worth[d] + GAIN * max(1.0, abs(self.worth[d])):
            return
        self.places -= problem.printed @ (letters - before)
        for p in self.parts:
            self.spare[p] -= draws[p] - self.drawn[p][d]
            self.drawn[p][d] = draws[p]
        self.letters[:, d], self.worth[d] = letters, worth
