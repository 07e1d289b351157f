from datetime import date, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from cases import at_once
from renotify.errors import BadInput
from renotify.values.calendar import (
    Quarter,
    add_business_days,
    federal_holidays,
    is_business_day,
    monday_of,
    roll_forward,
)

DUE = ((4, 30), (7, 30), (10, 30), (1, 30))
days = st.dates(date(1980, 1, 1), date(2100, 1, 1))


def on(*texts):
    return frozenset(map(date.fromisoformat, texts))


# As published by the Office of Personnel Management.
PUBLISHED = {
    2013: on(
        "2013-01-01", "2013-01-21", "2013-02-18", "2013-05-27", "2013-07-04",
        "2013-09-02", "2013-10-14", "2013-11-11", "2013-11-28", "2013-12-25",
    ),
    2021: on(
        "2021-01-01", "2021-01-18", "2021-02-15", "2021-05-31", "2021-06-18", "2021-07-05",
        "2021-09-06", "2021-10-11", "2021-11-11", "2021-11-25", "2021-12-24", "2021-12-31",
    ),
    2022: on(
        "2022-01-17", "2022-02-21", "2022-05-30", "2022-06-20", "2022-07-04",
        "2022-09-05", "2022-10-10", "2022-11-11", "2022-11-24", "2022-12-26",
    ),
    2026: on(
        "2026-01-01", "2026-01-19", "2026-02-16", "2026-05-25", "2026-06-19", "2026-07-03",
        "2026-09-07", "2026-10-12", "2026-11-11", "2026-11-26", "2026-12-25",
    ),
}  # fmt: skip


@at_once(("year", "holidays"), PUBLISHED.items())
def test_holidays_are_those_published(year, holidays):
    assert federal_holidays(year) == holidays


def test_new_year_on_a_saturday_is_observed_in_the_year_before():
    assert date(2021, 12, 31) in federal_holidays(2021)
    assert date(2022, 1, 1) not in federal_holidays(2022)


def test_juneteenth_and_king_begin_with_their_acts():
    assert is_business_day(date(2020, 6, 19))
    assert not is_business_day(date(2021, 6, 18))
    assert is_business_day(date(1985, 1, 21))
    assert not is_business_day(date(1986, 1, 20))


def test_veterans_day_was_a_monday_in_october_for_a_while():
    assert not is_business_day(date(1975, 10, 27))
    assert is_business_day(date(1975, 11, 11))


def test_years_before_the_monday_holidays_are_refused():
    with pytest.raises(BadInput, match="1971"):
        federal_holidays(1970)


@at_once(
    ("quarter", "due"),
    [
        ("2026Q3", "2026-10-30"),
        ("2026Q4", "2027-02-01"),
        ("2027Q1", "2027-04-30"),
        ("2027Q4", "2028-01-31"),
        ("2013Q1", "2013-04-30"),
    ],
)
def test_quarterly_reports_roll_over_to_the_next_business_day(quarter, due):
    assert Quarter.parse(quarter).report_due(DUE) == date.fromisoformat(due)


def test_five_business_days_pass_over_thanksgiving():
    assert add_business_days(date(2026, 11, 23), 5) == date(2026, 12, 1)
    assert add_business_days(date(2026, 12, 1), -5) == date(2026, 11, 23)
    assert add_business_days(date(2026, 11, 28), 0) == date(2026, 11, 28)


@given(days, st.integers(1, 60))
def test_counting_business_days_undoes_adding_them(day, count):
    later = add_business_days(day, count)
    assert is_business_day(later)
    between = (day + timedelta(days=n) for n in range(1, (later - day).days + 1))
    assert sum(map(is_business_day, between)) == count


@given(days)
def test_rolling_forward_finds_the_first_business_day(day):
    rolled = roll_forward(day)
    assert is_business_day(rolled)
    assert not any(is_business_day(day + timedelta(days=n)) for n in range((rolled - day).days))


@given(days)
def test_a_day_lies_in_its_quarter_and_in_its_week(day):
    quarter = Quarter.of(day)
    assert quarter.start <= day <= quarter.end
    assert quarter.next().start == quarter.end + timedelta(days=1)
    assert Quarter.parse(str(quarter)) == quarter < quarter.next()
    assert monday_of(day).weekday() == 0
    assert timedelta() <= day - monday_of(day) < timedelta(days=7)


@at_once("text", ["2013Q5", "2013Q0", "13Q1", "2013", "", "२०१३Q1"])
def test_what_is_no_quarter_is_refused(text):
    with pytest.raises(BadInput, match="not a quarter"):
        Quarter.parse(text)


def test_a_fifth_quarter_cannot_be_made():
    with pytest.raises(BadInput):
        Quarter(2013, 5)
