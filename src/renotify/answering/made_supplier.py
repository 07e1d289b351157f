"""The supplier of a world that answers: what it promised, and when the kits truly reach the pool."""

from __future__ import annotations

from collections import defaultdict
from typing import Any

from renotify.answering.planted import Start, Truth
from renotify.answering.workshops import KitBooks


class MadeSupplier:
    """Deliveries by part and week. What slips is told on the Monday on which it does, as new rows of the supply."""

    def __init__(self, start: Start, truth: Truth) -> None:
        self.start, self.truth = start, truth
        self.coming: defaultdict[tuple[str, int], float] = defaultdict(float, {
            (part, week): kits for week, by_part in start.supply.items() for part, kits in by_part.items()
        })  # fmt: skip
        self.late = 0  # deliveries that came later than they were promised

    def deliver(self, week: int, books: KitBooks) -> list[dict[str, Any]]:
        """Kits of a week reach the pool; return the rows of the supply that are other than was told, and those of the week."""
        before = self.coming.copy()
        slips = week == self.truth.slip_from
        for (part, promised), kits in before.items():
            weeks = self.truth.late.get((part, promised), 0) if promised == week else 0
            weeks = self.truth.slip_weeks if slips and promised >= week else weeks
            if weeks and kits:
                self.coming[part, promised] -= kits
                self.coming[part, promised + weeks] += kits
                self.late += 1
        for part in self.start.parts:
            books.delivered[part] += self.coming[part, week]
        return [
            {"part_no": part, "week": self.start.monday(at), "supply_qty": kits}
            for (part, at), kits in sorted(self.coming.items())
            if kits != before.get((part, at), 0.0) or (at == week and kits)
        ]
