"""The record of a follow-up's forecasts: of each past Monday what was expected of its week, and what came.

An interval is shown as nine in ten as long as its own record does not speak against it: of thirty past forecasts or more the share that
held is tested against 0.9 (decision 0149). Fewer prove nothing, and it is said so.
"""

from __future__ import annotations

import json
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, timedelta
from functools import cached_property
from math import exp, lgamma, log
from typing import NamedTuple

from renotify.values.english import counted

NOMINAL = 0.9
ENOUGH = 30  # past forecasts that say whether nine in ten hold
LEVEL = 0.05  # of the one-sided binomial test: so often it refuses intervals that are right


class PastForecast(NamedTuple):
    """Owners of a bundle of campaigns who were expected to ask in a week, as of its Monday, and how many asked (``came``)."""

    week: date
    bundle: str
    expected: float
    low: float
    high: float
    came: int

    @property
    def held(self) -> bool:
        """Whether as many came as the interval had; its ends belong to it."""
        return self.low <= self.came <= self.high

    def document(self) -> dict[str, object]:
        """Return it as a row of a document."""
        return {**self._asdict(), "week": self.week.isoformat(), "within": self.held}


@dataclass(frozen=True)
class ForecastRecord:
    """The past forecasts of a follow-up, in order of week and bundle."""

    past: tuple[PastForecast, ...] = ()

    def before(self, day: date) -> ForecastRecord:
        """Return the record as of a day: of weeks that were over by then."""
        over = tuple(one for one in self.past if one.week + timedelta(days=7) <= day)
        return self if len(over) == len(self.past) else ForecastRecord(over)

    @property
    def forecasts(self) -> int:
        """How many weeks and bundles were foretold."""
        return len(self.past)

    @cached_property
    def held(self) -> int:
        """How many of the forecasts held."""
        return sum(one.held for one in self.past)

    @property
    def proven(self) -> bool:
        """Whether there are enough forecasts to say that the intervals hold, and they do."""
        return self.forecasts >= ENOUGH and not self.refused

    @property
    def refused(self) -> bool:
        """Whether fewer held than chance leaves of intervals that hold nine times in ten."""
        return self.forecasts >= ENOUGH and at_most(self.held, self.forecasts) < LEVEL

    @property
    def behind(self) -> str:
        """What is said behind the ends of an interval: that it holds in nine of ten cases, or that it is too narrow by its record."""
        if self.refused:
            return f", too narrow: {self._counts}"
        return " in nine of ten cases" + ("" if self.proven else ", not yet proven by past weeks")

    @property
    def sentence(self) -> str:
        """The record in one sentence."""
        if self.refused:
            return f"The intervals are too narrow: {self._counts}, fewer than chance leaves of nine in ten."
        if self.proven:
            return f"{self._counts[:1].upper()}{self._counts[1:]}."
        told = self._counts if self.past else "no forecast is past"
        return f"The intervals are not yet proven by past weeks: {told}, {ENOUGH} tell."

    @property
    def _counts(self) -> str:
        return f"of {counted(self.forecasts, 'past forecast')} {self.held:,} held"

    def document(self) -> dict[str, object]:
        """Return the record's counts as a document: ``proven`` is null as long as there are too few."""
        told = None if self.forecasts < ENOUGH else self.proven
        return {"forecasts": self.forecasts, "held": self.held, "proven": told}


NO_RECORD = ForecastRecord()


def together(records: Iterable[ForecastRecord]) -> ForecastRecord:
    """Return the record of several follow-ups, where their forecasts are shown as one."""
    return ForecastRecord(tuple(one for record in records for one in record.past))


def at_most(held: int, forecasts: int) -> float:
    """Return how likely no more than so many of the forecasts hold, each with the chance 0.9: the binomial sum. [0, 1]"""
    whole = lgamma(forecasts + 1)
    return sum(
        exp(whole - lgamma(k + 1) - lgamma(forecasts - k + 1) + k * log(NOMINAL) + (forecasts - k) * log(1 - NOMINAL))
        for k in range(held + 1)
    )  # fmt: skip


def as_json(past: Iterable[PastForecast]) -> str:
    """Return past forecasts as the text that the ledger keeps with a plan."""
    return json.dumps([[one.week.isoformat(), *one[1:]] for one in past])


def from_json(document: str) -> ForecastRecord:
    """Return the record that ``as_json`` wrote."""
    rows = json.loads(document)
    return ForecastRecord(
        tuple(
            PastForecast(date.fromisoformat(week), bundle, float(mean), float(low), float(high), int(came))
            for week, bundle, mean, low, high, came in rows
        )
    )  # fmt: skip
