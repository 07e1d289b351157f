"""What must be ready before a wave is released, and what becomes of a wave where it is not: ``[readiness]`` of followup.toml."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from types import MappingProxyType
from typing import Any

from renotify.errors import BadInput
from renotify.values.stated_tables import TEXT, WHOLE, check_keys, check_kinds

TELL, ASK, REFUSE = "tell", "ask", "refuse"
RULES = (TELL, ASK, REFUSE)
NOTICES, RECEIPTS, KITS, HOURS, ADDRESSES, VERSIONS = (
    "notices",
    "receipts",
    "kits",
    "hours",
    "addresses",
    "versions",
)
# The memo's one promise to dealers is that they hear first; no rule reads every sentence of a maker, so that somebody
# signs each letter; the others are judged by whoever reads what is told.
DEFAULTS: Mapping[str, str] = MappingProxyType(
    {NOTICES: ASK, RECEIPTS: TELL, KITS: TELL, HOURS: TELL, ADDRESSES: TELL, VERSIONS: ASK}
)
# What the law has a maker send may not say some things (577.8), and no rule reads all that a sentence can say: a person signs it, and
# no setting lets it go unsigned (0064, 0138)
OWED: Mapping[str, str] = MappingProxyType({VERSIONS: REFUSE})
ADDRESS_DAYS = "address_days"
HINT = "See [readiness] of followup.toml in docs/reference/files.md."


@dataclass(frozen=True)
class ReadinessRules:
    """What becomes of a wave by each check that finds something: it is told, held until somebody says why it goes, or refused.

    ``address_days``: an owner's record is stale when it is older at the wave's mailing; None: as the rule pack has it (DMM 602.5).
    """

    rules: Mapping[str, str]
    address_days: int | None

    @property
    def all_signed(self) -> bool:
        """Whether no letter is printed that nobody signed."""
        return self.of(VERSIONS) == REFUSE

    def of(self, check: str) -> str:
        """Return the rule of a check: TELL, ASK or REFUSE."""
        return self.rules[check]


def readiness_of(
    stated: Mapping[str, Any], where: str = "readiness", *, voluntary: bool = True
) -> ReadinessRules:
    """Return what ``[readiness]`` states, of letters that nobody is bound to send or of others. Raises BadInput, which names the key.

    Of others ``versions`` is REFUSE, whatever a list that was frozen before states (``check_owed`` refuses it of a new one).
    """
    check_keys(stated, (*DEFAULTS, ADDRESS_DAYS), where)
    check_kinds(stated, {**dict.fromkeys(DEFAULTS, TEXT), ADDRESS_DAYS: WHOLE}, where)
    rules = {key: value for key, value in stated.items() if key in DEFAULTS}
    for key, rule in rules.items():
        if rule not in RULES:
            raise BadInput(f"{where}: {key} must be one of {', '.join(RULES)}, not {rule!r}.", HINT)
    days = stated.get(ADDRESS_DAYS)
    if days is not None and days < 1:
        raise BadInput(
            f"{where}: {ADDRESS_DAYS} must be a whole number of at least 1, not {days}.", HINT
        )
    return ReadinessRules({**DEFAULTS, **rules, **({} if voluntary else OWED)}, days)


def check_owed(stated: Mapping[str, Any], kind: str, where: str) -> None:
    """Raise BadInput where ``[readiness]`` would let letters that the law has a maker send go unsigned."""
    for key, rule in OWED.items():
        if (said := stated.get(key, rule)) != rule:
            raise BadInput(
                f"{where}: {key} cannot be {said!r} in a follow-up of kind {kind}: letters that are owed are printed once a person has"
                " signed each sentence that is not the law's (49 CFR 577.8).",
                f"Leave {key} out, and sign: renotify letter approve NAME --by WHO.",
            )
