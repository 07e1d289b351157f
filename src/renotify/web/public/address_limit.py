"""How much one address may ask, in a process: a steady rate and a burst, with one number kept for each address.

The libraries for it keep a window an address without a bound on addresses, or stand on Django; this is the generic cell rate
algorithm (ITU-T I.371), and forgets who has nothing to wait for.
"""

from __future__ import annotations

import time
from collections.abc import Callable

KNOWN = 100_000  # addresses


class AddressLimit:
    """``per_minute`` questions an address, ``burst`` at once; 0 per minute is no limit. ``clock`` counts seconds."""

    def __init__(
        self, per_minute: int, burst: int = 60, clock: Callable[[], float] = time.monotonic
    ) -> None:
        self._seconds = 60 / per_minute if per_minute else 0.0
        self._ahead = burst * self._seconds
        self._clock = clock
        self._free: dict[str, float] = {}  # when an address has nothing more to wait for

    def wait(self, address: str, questions: float = 1) -> float:
        """Take an address's questions and return 0; or return the seconds until it may ask again, and take none.

        A call of many questions is taken while any is free, and is waited for afterwards.
        """
        if not self._seconds:
            return 0
        now = self._clock()
        free = max(self._free.get(address, now), now)
        ahead = free - now + self._seconds - self._ahead
        if ahead > 0:
            return ahead
        if len(self._free) >= KNOWN:
            self._forget(now)
        self._free[address] = free + questions * self._seconds
        return 0

    def _forget(self, now: float) -> None:
        """Forget who waits for nothing; where that are not enough, who waits least."""
        waiting = sorted((free, address) for address, free in self._free.items() if free > now)
        self._free = {address: free for free, address in waiting[-KNOWN // 2 :]}
