"""What a plan forgoes by the letters that it has so far, at a master's prices: a draft that cannot win is not finished (decision 0070).

Whatever letters keep every limit are worth at most the master's ceiling, less, for each bundle, group and week, the most that its
letters could add to the ceiling beyond the prices of what they use, less what they do add. No such difference is negative, so that
the weeks already filled bound the whole plan, whatever its later weeks bring.
"""

from __future__ import annotations

import numpy as np

from renotify.planner.fill import Fill, top_up
from renotify.planner.letter_plan import Letters
from renotify.planner.problem import NO_DATE, Floats
from renotify.planner.two_level import Draft, Master, draft, in_rank

CERTAIN = 1e-9  # of what a draft is worth: rounding of sums


class Forgone:
    """What letters of each week forgo, by the prices of one master."""

    def __init__(self, master: Master) -> None:
        groups, solution = master.groups, master.solution
        self.ceiling = solution.ceiling
        self.total = groups.total
        self.extra: Floats = solution.extra[master.variables.x]  # [B, G, T]
        room = master.variables.room
        self.most: Floats = (np.maximum(self.extra, 0.0) * room).sum(axis=(0, 1))  # [T]

    def in_week(self, week: int, letters: Letters) -> float:
        """What the letters [B, D] of a week forgo."""
        return float(
            self.most[week] - (self.extra[:, :, week] * self.total(letters.T.astype(float)).T).sum()
        )


def greedy_unless_beaten(best: Draft, worth: float, masters: list[Master]) -> Draft | None:
    """The greedy draft; None as soon as its first weeks prove that it is worth less than the ``best`` one, which is ``worth`` so much.

    Where there are lawful dates notices follow other rules, and the draft is always finished.
    """
    problem = best.problem
    if (problem.mail_by != NO_DATE).any() or not masters:
        return draft(problem, None)
    prices = Forgone(min(masters, key=lambda master: master.solution.ceiling))
    fill, left = Fill(problem), prices.ceiling

    def beaten(week: int) -> bool:
        nonlocal left
        left -= prices.in_week(week, fill.letters[:, :, week])
        return left < worth * (1 - CERTAIN)

    if not top_up(fill, in_rank(problem), beaten):
        return None
    none = np.zeros(fill.letters.shape, fill.letters.dtype)
    return Draft(problem, fill.letters, none, fill)
