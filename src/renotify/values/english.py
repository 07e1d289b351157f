"""English in sentences and tables: days, counts with their noun, and lists. Nothing here depends on the machine's language."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date

MONTHS = (
    "January", "February", "March", "April", "May", "June", "July", "August", "September",
    "October", "November", "December",
)  # fmt: skip


def long_day(day: date) -> str:
    """Return a day for a sentence: ``March 5, 2013``."""
    return f"{MONTHS[day.month - 1]} {day.day}, {day.year}"


def short_day(day: date) -> str:
    """Return a day for a table: ``Mar 5, 2013``."""
    return f"{short_month_day(day)}, {day.year}"


def short_month_day(day: date) -> str:
    """Return a day whose year is known from its surroundings: ``Mar 5``."""
    return f"{MONTHS[day.month - 1][:3]} {day.day}"


def counted(count: float, one: str, more: str = "") -> str:
    """Return a count with its noun: ``1 owner``, ``2,000 owners``, ``0 owners``; ``more`` is a plural that takes no s.

    A count that is no whole number is rounded to one.
    """
    whole = round(count)
    return f"{whole:,} {one if whole == 1 else more or one + 's'}"


def one_a_line(sentences: Sequence[str]) -> str:
    """Return sentences behind a colon, one a line; one alone on the colon's own line."""
    lines = "".join(f"\n  {one}" for one in sentences)
    return f" {sentences[0]}" if len(sentences) == 1 else lines


def of_count(count: float, words: str) -> str:
    """Return the words behind a figure that counts their first noun: ``waves at the mail house``, of 1 ``wave at the mail house``."""
    first, blank, rest = words.partition(" ")
    if round(count, 6) != 1 or not first.endswith("s") or first.endswith("ss"):
        return words
    return f"{first.removesuffix('s')}{blank}{rest}"


def figure(number: float) -> str:
    """Return a figure as it stands in a text: ``100,000``, ``2.5``, ``0.25``; never more than two decimals, and none that is zero."""
    return f"{number:,.2f}".rstrip("0").rstrip(".")


def measured(number: float, one: str, more: str = "") -> str:
    """Return a figure with its noun: ``1 hour``, ``2.5 hours``, ``100,000 hours``."""
    said = figure(number)
    return f"{said} {one if said == '1' else more or one + 's'}"


def series(words: Sequence[str]) -> str:
    """Return words as a sentence lists them: ``9LA, ALE and BLB``."""
    return " and ".join([", ".join(words[:-1]), words[-1]] if len(words) > 1 else words)


def percent(share: float, decimals: int = 1) -> str:
    """Return a share of one as the terminal and the pages write it: ``80.0 %``; the share of 0.8 stays 0.8 in JSON."""
    return f"{share:.{decimals}%}".replace("%", " %")


def percents(mean: float, low: float, high: float, decimals: int = 1) -> str:
    """Return a share with its interval: ``7.0 % (6.1 to 8.0 %)``."""
    return f"{percent(mean, decimals)} ({100 * low:.{decimals}f} to {percent(high, decimals)})"
