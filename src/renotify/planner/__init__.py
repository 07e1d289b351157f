"""How many letters, to whom, in which week (design, floor 6; the memo's section 2).

The rules are pure functions of a :class:`Problem`; read them in the order problem, constraints,
national, fill, verify.
"""

from renotify.planner.planning import plan
from renotify.planner.problem import Problem
from renotify.planner.reading import from_json
from renotify.planner.result import Held, Owed, Plan, to_bytes, to_json
from renotify.planner.verify import verify

__all__ = [
    "Held",
    "Owed",
    "Plan",
    "Problem",
    "from_json",
    "plan",
    "to_bytes",
    "to_json",
    "verify",
]
