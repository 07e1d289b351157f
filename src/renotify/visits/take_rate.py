"""How many inspected vehicles need the part: the take rate of an inspect-first campaign, learned from its repair orders."""

from __future__ import annotations

from dataclasses import dataclass

from renotify.errors import BadInput

PRIOR_WEIGHT = 10.0  # repair orders that the stated take rate is worth before any is seen


@dataclass(frozen=True)
class TakeRate:
    """Beta posterior of the share of vehicles that need the part."""

    needed: float
    spared: float

    @property
    def mean(self) -> float:
        """Expected share."""
        return self.needed / (self.needed + self.spared)

    def quantile(self, level: float) -> float:
        """The share that is not exceeded with this probability."""
        from scipy.special import betaincinv

        return float(betaincinv(self.needed, self.spared, level))


def learned_take_rate(
    stated: float, remedied: int, inspected_ok: int, weight: float = PRIOR_WEIGHT
) -> TakeRate:
    """Beta-Binomial: the stated rate, worth ``weight`` repair orders, plus the outcomes seen."""
    if not 0 <= stated <= 1:
        raise BadInput(f"take_rate must lie between 0 and 1, not {stated}.", "Mend campaign_parts.")
    half = 0.5  # a stated 0 or 1 stays open to evidence
    return TakeRate(half + weight * stated + remedied, half + weight * (1 - stated) + inspected_ok)
