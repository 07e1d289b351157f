"""The one rule of dealer parts orders: order up to a base stock on the inventory position.

    position = on_hand + on_order - booked
    order    = pack * ceil(max(0, base_stock - position) / pack)

Orders, their allotment and the book of kits know what a need lacks by one function, ``beyond_position``: an open order is on its way to
the dealer, so what it brings is not asked for again.

What the booked visits take is known where every repair takes the part; where an inspection decides, it is what they stay within
at the service level, as base stock is for walk-ins (``kits_at_a_level``).

This is the memo's section 4 in one line. *Check stock*: on_hand. *Order to
appointments*: each booking lowers the position by its kits, so the order rises by them. *Sell one,
buy one*: a walk-in sale lowers on_hand, so the kit is ordered again; a booked repair lowers on_hand
and booked together, so nothing is ordered twice.
"""

from __future__ import annotations

import numpy as np
from numpy.typing import ArrayLike, NDArray

from renotify.errors import BadInput
from renotify.parts.kits_at_a_level import of_walk_ins

Floats = NDArray[np.float64]


def _amounts(**named: ArrayLike) -> list[Floats]:
    arrays = {name: np.asarray(value, float) for name, value in named.items()}
    for name, array in arrays.items():
        if not np.all(np.isfinite(array)) or np.any(array < 0):
            raise BadInput(
                f"{name} must be a number of kits >= 0.", "Mend the dealer's stock or the part."
            )
    return list(arrays.values())


def beyond_position(on_hand: ArrayLike, on_order: ArrayLike, need: ArrayLike) -> Floats:
    """Kits of a dealer's need that neither its shelf nor its open orders have; scalars or arrays that broadcast."""
    hand, coming, wanted = _amounts(on_hand=on_hand, on_order=on_order, need=need)
    short: Floats = np.maximum(0.0, wanted - hand - coming)
    return short


def order_quantity(
    on_hand: ArrayLike,
    on_order: ArrayLike,
    booked: ArrayLike,
    base_stock: ArrayLike,
    pack: ArrayLike = 1,
) -> NDArray[np.int64]:
    """Kits to order now, a whole number of packs; scalars or arrays that broadcast.

    ``on_order`` are open lines only; ``booked`` are kits of booked owners not yet repaired,
    back-ordered ones included, a vehicle's kits counted once for all its campaigns.
    """
    promised, base, size = _amounts(booked=booked, base_stock=base_stock, pack=pack)
    if np.any(size < 1):
        raise BadInput("pack must be at least 1 kit.", "Mend the part's pack_qty.")
    short = beyond_position(on_hand, on_order, base + promised)
    return (size * np.ceil(np.round(short / size, 9))).astype(np.int64)


def base_stock(
    rate: ArrayLike,
    lead: ArrayLike,
    review: ArrayLike = 1.0,
    service_level: float = 0.95,
    size: ArrayLike = 1.0,
) -> NDArray[np.int64]:
    """Smallest stock that walk-ins over lead time and review stay within, at the service level.

    ``rate`` in visits a week that take ``size`` kits each; ``lead`` and ``review`` in weeks; walk-ins are Poisson. Where visits take
    different sizes [s], the last axis of ``rate`` [n, s] goes over them. A rate of 0, or a service level of 0 ("strictly to
    appointments"), needs no base stock.
    """
    if not 0 <= service_level < 1:
        raise BadInput("service_level must be at least 0 and below 1.", "0.95 is usual.")
    weekly, wait, between, each = _amounts(rate=rate, lead=lead, review=review, size=size)
    sizes = np.atleast_1d(each)
    mean = (weekly if each.ndim else weekly[..., None]) * (wait + between)[..., None]
    visits = mean.reshape(-1, len(sizes))
    enough = of_walk_ins(service_level, sizes, visits) if service_level > 0 else visits[:, 0] * 0
    return np.ceil(np.round(enough, 6)).reshape(mean.shape[:-1]).astype(np.int64)
