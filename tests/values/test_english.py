"""Days, counts and lists as a sentence has them."""

from __future__ import annotations

from datetime import date

from cases import at_once
from renotify.values.english import (
    counted,
    figure,
    long_day,
    measured,
    series,
    short_day,
    short_month_day,
)

DAY = date(2013, 3, 5)


def test_a_day_is_written_without_a_leading_zero():
    assert long_day(DAY) == "March 5, 2013"
    assert short_day(DAY) == "Mar 5, 2013"
    assert short_month_day(DAY) == "Mar 5"


def test_every_month_has_its_name():
    shorts = [short_month_day(date(2013, month, 1)) for month in range(1, 13)]
    assert shorts[0] == "Jan 1"
    assert shorts[4] == "May 1"
    assert shorts[11] == "Dec 1"
    assert len(set(shorts)) == 12


@at_once(
    ("count", "says"),
    [(0, "0 owners"), (1, "1 owner"), (2, "2 owners"), (1000, "1,000 owners"), (1.4, "1 owner"), (1.6, "2 owners")],
)  # fmt: skip
def test_only_one_is_singular(count, says):
    assert counted(count, "owner") == says


def test_a_plural_of_its_own_is_taken():
    assert counted(2, "technician-day", "technician-days") == "2 technician-days"
    assert counted(2, "person", "people") == "2 people"


@at_once(
    ("words", "says"),
    [([], ""), (["9LA"], "9LA"), (["9LA", "ALE"], "9LA and ALE"), (["9LA", "ALE", "BLB"], "9LA, ALE and BLB")],
)  # fmt: skip
def test_the_last_word_of_a_list_follows_an_and(words, says):
    assert series(words) == says


@at_once(
    ("number", "says"),
    [
        (0, "0"), (1, "1"), (10, "10"), (100_000, "100,000"), (100_000.0, "100,000"), (2_500_000, "2,500,000"), (2.5, "2.5"),
        (0.25, "0.25"), (1 / 3, "0.33"), (-180, "-180"), (1234.5, "1,234.5"),
    ],
)  # fmt: skip
def test_a_figure_has_its_thousands_apart_and_no_decimal_that_is_zero(number, says):
    assert figure(number) == says


@at_once(
    ("number", "says"),
    [(1, "1 hour"), (1.0, "1 hour"), (0.5, "0.5 hours"), (2, "2 hours"), (100_000, "100,000 hours"), (0, "0 hours")],
)  # fmt: skip
def test_a_figure_has_its_noun_in_singular_and_plural(number, says):
    assert measured(number, "hour") == says
