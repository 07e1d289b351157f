"""How many letters, to whom, in which week (design, floor 6; the memo's section 2).

The rules are pure functions of a :class:`Problem`; read them in the order ``problem``,
``dealer_groups``, ``constraints``, ``two_level``, ``fill``, ``plan_check``.
"""

from renotify.planner.letter_plan import HeldOwners, LetterPlan, OwedLetters, to_bytes, to_json
from renotify.planner.plan_by_policy import plan
from renotify.planner.plan_check import verify
from renotify.planner.problem import Problem
from renotify.planner.problem_json import from_json

__all__ = [
    "HeldOwners",
    "LetterPlan",
    "OwedLetters",
    "Problem",
    "from_json",
    "plan",
    "to_bytes",
    "to_json",
    "verify",
]
