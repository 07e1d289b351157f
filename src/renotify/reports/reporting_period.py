"""The period of a completion report: a quarter, or the four quarters of an annual one."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from typing import Self

from renotify.errors import BadInput
from renotify.values.calendar import Quarter

QUARTERS_A_YEAR = 4


@dataclass(frozen=True)
class ReportingPeriod:
    """One quarter (2013Q1) or four (2024Q1-2024Q4): of 49 CFR 573.7, and of 49 USC 30118(f)(1)(B)."""

    first: Quarter
    last: Quarter

    @classmethod
    def parse(cls, text: str) -> Self:
        """Read ``2013Q1`` or ``2024Q1-2024Q4``; BadInput for anything else."""
        first, dash, last = text.replace(" ", "").partition("-")
        if not dash or last[:1].upper() == "Q":  # 2013-Q1 is a quarter, too
            quarter = Quarter.parse(text)
            return cls(quarter, quarter)
        period = cls(Quarter.parse(first), Quarter.parse(last))
        if period.quarters != QUARTERS_A_YEAR:
            raise BadInput(
                f"{text!r} is not a year of four quarters.",
                "Write its first and last: 2024Q1-2024Q4.",
            )
        return period

    @property
    def kind(self) -> str:
        return "quarterly" if self.first == self.last else "annual"

    @property
    def quarters(self) -> int:
        return 4 * (self.last.year - self.first.year) + self.last.number - self.first.number + 1

    @property
    def before(self) -> date:
        """The last day of the quarter before it."""
        return self.first.previous().end

    @property
    def as_nhtsa_writes_it(self) -> str:
        """``2013-1``; of a year ``2024-1 to 2024-4``."""
        written = [f"{one.year}-{one.number}" for one in (self.first, self.last)]
        return " to ".join(dict.fromkeys(written))

    def __str__(self) -> str:
        return "-".join(dict.fromkeys((str(self.first), str(self.last))))
