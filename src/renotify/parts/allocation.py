"""Who gets the kits when the national pool is short, and when the others will.

Oldest booking first, then the higher risk, then dealer code and vehicle: nobody is passed over by
somebody who asked later. Packs are shipped whole. Settings: a cap on a dealer's first order, and
controlled allocation, where a kit is shipped only for a named vehicle.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import pyarrow as pa
from numpy.typing import ArrayLike, NDArray

from renotify.errors import BadInput

Floats = NDArray[np.float64]
Ints = NDArray[np.int64]
PAST_SUPPLY = -1  # promise week of kits that no confirmed supply covers


@dataclass(frozen=True)
class AllocationRules:
    """Settings of one part: ``first_order_cap`` kits (None: no cap), ``named_vehicle_only``."""

    first_order_cap: int | None = None
    named_vehicle_only: bool = False


def allocate(
    pool: ArrayLike, demands: pa.Table, rules: AllocationRules | None = None, pack: int = 1
) -> pa.Table:
    """Allocates a part's cumulative weekly supply ``pool`` [T] to demands; adds the promise to each.

    ``demands``: dealer_code, booked_on, risk, kits in whole packs of ``pack``, and vin (null where no vehicle is named). Kits of the
    pool that fill no pack wait for the next supply; a cap below a pack allots none.
    Returned in order of service with ``granted`` (kits covered by week 0 supply), ``promise_week``
    (week in which the last of its kits is covered, -1 past all supply) and ``reason``.
    """
    rules = rules or AllocationRules()
    supply = np.asarray(pool, float)
    if supply.ndim != 1 or not len(supply) or np.any(np.diff(supply) < 0):
        raise BadInput(
            "The pool must be running totals of kits by week.", "Give one number a week."
        )
    queue = demands.sort_by(
        [
            ("booked_on", "ascending"),
            ("risk", "descending"),
            ("dealer_code", "ascending"),
            ("vin", "ascending"),
        ]
    )
    asked = queue.column("kits").to_numpy().astype(np.int64)
    if np.any(asked % pack):
        raise BadInput(f"Kits are asked for in whole packs of {pack}.", "Round each demand up.")
    supply = pack * np.floor(supply / pack)
    wanted, reason = _by_rules(queue, asked, rules, pack)
    through = np.cumsum(wanted)
    granted = np.clip(supply[0] - (through - wanted), 0, wanted).astype(np.int64)
    week = np.searchsorted(supply, through).astype(np.int64)
    week = np.where(week < len(supply), week, PAST_SUPPLY)
    week = np.where(wanted > 0, week, PAST_SUPPLY)
    reasons = np.where(reason != "", reason, np.where(granted < wanted, "the pool is short", ""))
    return (
        queue.append_column("granted", pa.array(granted))
        .append_column("promise_week", pa.array(week))
        .append_column("reason", pa.array(reasons.tolist(), pa.string()))
    )


def _by_rules(
    queue: pa.Table, asked: Ints, rules: AllocationRules, pack: int
) -> tuple[Ints, NDArray[np.str_]]:
    """Kits that the settings let each demand ask for, and why it asks for fewer."""
    reason = np.full(len(asked), "", dtype="<U40")
    wanted = asked
    if rules.named_vehicle_only:
        unnamed = queue.column("vin").is_null().to_numpy()
        wanted = np.where(unnamed, 0, wanted)
        reason[unnamed] = "a kit needs a named vehicle"
    if rules.first_order_cap is not None:
        capped = _within_cap(
            queue.column("dealer_code").to_numpy(zero_copy_only=False),
            wanted,
            rules.first_order_cap // pack * pack,
        )
        reason[capped < wanted] = "above the dealer's first-order cap"
        wanted = capped
    return wanted, reason


def _within_cap(dealers: NDArray[np.object_], wanted: Ints, cap: int) -> Ints:
    """Each dealer's demands in order of service, up to ``cap`` kits together."""
    _, dealer = np.unique(dealers.astype(str), return_inverse=True)
    order = np.argsort(dealer, kind="stable")
    through = np.cumsum(wanted[order])
    first = np.searchsorted(dealer[order], np.arange(dealer.max(initial=-1) + 1))
    before = np.concatenate([[0], through])[first][dealer[order]]
    left = np.clip(cap - (through - wanted[order] - before), 0, None)
    capped = np.empty_like(wanted)
    capped[order] = np.minimum(wanted[order], left)
    return capped
