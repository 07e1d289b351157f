"""What a follow-up draws by lot, to learn what makes owners answer: the order of equal letters, and arms that are touched again.

No letter is withheld and none goes later than the plan would send it: the draw says which of the vehicles that the plan holds for
equal goes in which of its weeks, and an arm adds to the letter. See the decision record on outreach.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from math import fsum
from typing import Any

from renotify.errors import BadInput
from renotify.values.stated_tables import (
    NUMBER,
    TEXT,
    WHOLE,
    YES_NO,
    check_keys,
    check_kinds,
    check_present,
)

CHANNELS = {
    "email": "e-mail",
    "sms": "text message",
}  # between letters, where owners have one on file
OUTREACH = ("randomise", "seed", "arms")
ARM = {"name": TEXT, "share": NUMBER, "channel": TEXT}
LONGEST_ARM = 32
NEAR_ONE = 1e-6
HINT = "See [outreach] of followup.toml in docs/reference/files.md."


@dataclass(frozen=True)
class Arm:
    """A share of the vehicles, drawn by lot; ``channel`` is how their owners are touched beside the letter, blank: not at all."""

    name: str
    share: float
    channel: str = ""

    @property
    def adds(self) -> str:
        """What the arm adds to the letter, in words: the same in every follow-up; blank for the letter alone."""
        return CHANNELS.get(self.channel, "")


@dataclass(frozen=True)
class Outreach:
    """What is drawn: the order of letters that the plan holds for equal, and who is in which arm. ``seed`` makes it once for all."""

    randomise: bool = False
    seed: int = 0
    arms: tuple[Arm, ...] = ()


def outreach_of(stated: Mapping[str, Any], where: str = "outreach") -> Outreach:
    """Return what ``[outreach]`` states. Raises BadInput in one sentence that names the key."""
    check_keys(stated, OUTREACH, where)
    plain = {key: value for key, value in stated.items() if key != "arms"}
    check_kinds(plain, {"randomise": YES_NO, "seed": WHOLE}, where)
    return Outreach(**plain, arms=_arms(stated.get("arms", ()), where))


def _arms(stated: object, where: str) -> tuple[Arm, ...]:
    if not isinstance(stated, (list, tuple)) or not all(isinstance(one, dict) for one in stated):
        raise BadInput(f"{where}: arms must be a list of tables.", HINT)
    arms = tuple(_arm(one, f"{where}, arm {place}") for place, one in enumerate(stated, 1))
    names = [arm.name for arm in arms]
    if twice := sorted({name for name in names if names.count(name) > 1}):
        raise BadInput(f"{where}: there are two arms {twice[0]!r}.", "Name each arm once.")
    if len(arms) == 1:
        raise BadInput(f"{where}: {names[0]!r} is the only arm.", "State at least two, or none.")
    total = fsum(arm.share for arm in arms)
    if arms and abs(total - 1) > NEAR_ONE:
        raise BadInput(f"{where}: the shares of the arms add up to {total:.6g}, not 1.", HINT)
    return arms


def _arm(stated: Mapping[str, Any], where: str) -> Arm:
    check_keys(stated, ARM, where)
    check_present(stated, ("name", "share"), where)
    check_kinds(stated, ARM, where)
    arm = Arm(**stated)
    if not arm.name.replace("-", "").replace("_", "").isalnum() or len(arm.name) > LONGEST_ARM:
        raise BadInput(
            f"{where}: name must be up to {LONGEST_ARM} letters, digits, - and _, not {arm.name!r}.",
            HINT,
        )
    if not 0 < arm.share < 1:
        raise BadInput(f"{where}: share must be between 0 and 1, not {arm.share:.12g}.", HINT)
    if arm.channel and arm.channel not in CHANNELS:
        raise BadInput(
            f"{where}: there is no channel {arm.channel!r}.",
            f"Known are {', '.join(CHANNELS)}; left out, the owners get the letter alone.",
        )
    return arm
