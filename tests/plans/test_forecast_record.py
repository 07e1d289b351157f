"""How many of thirty past forecasts must hold before an interval is called nine in ten, and what is said of it."""

from __future__ import annotations

from datetime import date, timedelta

import pytest

from renotify.plans.forecast_record import (
    NO_RECORD,
    ForecastRecord,
    PastForecast,
    as_json,
    at_most,
    from_json,
    together,
)

MONDAY = date(2013, 3, 4)


def record(forecasts: int, held: int) -> ForecastRecord:
    """So many weeks of ten owners, 6 to 15 of them in nine of ten cases: ten come where the forecast held, sixteen where it did not."""
    return ForecastRecord(
        tuple(
            PastForecast(MONDAY + timedelta(weeks=week), "A", 10.0, 6.0, 15.0, 10 if week < held else 16)
            for week in range(forecasts)
        )
    )  # fmt: skip


def test_the_chance_of_few_that_hold_is_the_binomial_sum() -> None:
    """Of 2 forecasts none holds with 0.1 x 0.1, one with 2 x 0.9 x 0.1; of 30 all with 0.9 to the power of 30."""
    assert at_most(0, 2) == pytest.approx(0.01)
    assert at_most(1, 2) == pytest.approx(0.19)
    assert at_most(29, 30) == pytest.approx(1 - 0.9**30)
    assert at_most(2000, 2000) == pytest.approx(1.0)


@pytest.mark.parametrize(("held", "refused"), [(30, False), (27, False), (24, False), (23, True), (22, True), (0, True)])  # fmt: skip
def test_of_thirty_forecasts_twenty_four_must_hold(held: int, refused: bool) -> None:
    """24 or fewer of 30 hold with the chance 0.073 where nine in ten do, 23 or fewer with 0.026: the test refuses at 0.05."""
    assert record(30, held).refused is refused
    assert record(30, held).proven is not refused


def test_ten_of_ten_is_not_refused_and_proves_nothing_yet() -> None:
    ten = record(10, 10)
    assert (ten.refused, ten.proven) == (False, False)
    assert ten.behind == " in nine of ten cases, not yet proven by past weeks"
    assert ten.sentence == (
        "The intervals are not yet proven by past weeks: of 10 past forecasts 10 held, 30 tell."
    )


def test_twenty_nine_that_all_failed_are_shown_and_are_said_not_to_prove() -> None:
    few = record(29, 0)
    assert not few.refused
    assert few.sentence.endswith("of 29 past forecasts 0 held, 30 tell.")
    assert few.document() == {"forecasts": 29, "held": 0, "proven": None}


def test_what_is_said_of_intervals_that_hold_and_of_those_that_are_too_narrow() -> None:
    good, bad = record(30, 27), record(30, 22)
    assert good.behind == " in nine of ten cases"
    assert good.sentence == "Of 30 past forecasts 27 held."
    assert bad.behind == ", too narrow: of 30 past forecasts 22 held"
    assert bad.sentence == (
        "The intervals are too narrow: of 30 past forecasts 22 held, fewer than chance leaves of nine in ten."
    )
    assert (good.document()["proven"], bad.document()["proven"]) == (True, False)
    assert NO_RECORD.sentence == (
        "The intervals are not yet proven by past weeks: no forecast is past, 30 tell."
    )


def test_the_ends_of_an_interval_belong_to_it() -> None:
    held = [PastForecast(MONDAY, "A", 10.0, 6.0, 15.0, came).held for came in (5, 6, 15, 16)]
    assert held == [False, True, True, False]


def test_a_record_of_a_day_has_the_weeks_that_were_over_by_then() -> None:
    """The third week ends with Sunday the 24th: it is over on the Monday after, and not before."""
    three = record(3, 2)
    assert three.before(date(2013, 3, 24)).forecasts == 2
    assert three.before(date(2013, 3, 25)) is three


def test_records_of_several_follow_ups_are_tested_together() -> None:
    """Fifteen of fifteen and seven of fifteen: 22 of 30, which neither of the two says alone."""
    both = together([record(15, 15), record(15, 7)])
    assert (both.forecasts, both.held, both.refused) == (30, 22, True)


def test_a_kept_record_is_read_as_it_was_written() -> None:
    assert from_json(as_json(record(4, 3).past)) == record(4, 3)
    assert from_json("[]") == NO_RECORD
