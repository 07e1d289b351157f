"""Federal holidays over sixty years beside a calendar that is walked day by day; and what counts as a business day."""

from __future__ import annotations

from datetime import date, timedelta

from hypothesis import given
from hypothesis import strategies as st

from cases import at_once
from renotify.values.calendar import (
    Quarter,
    add_business_days,
    federal_holidays,
    is_business_day,
    monday_of,
    roll_forward,
)

DAY = timedelta(days=1)
MONDAY, THURSDAY = 0, 3


def every_day(year: int) -> list[date]:
    first = date(year, 1, 1)
    return [first + n * DAY for n in range((date(year + 1, 1, 1) - first).days)]


def weekdays(year: int, month: int, weekday: int) -> list[date]:
    """Return the Mondays, or Thursdays, of a month as they stand in a wall calendar."""
    return [day for day in every_day(year) if day.month == month and day.weekday() == weekday]


def named_in_the_statute(year: int) -> list[date]:
    """5 USC 6103(a), with the days from which King's birthday, Juneteenth and 11 November hold."""
    days = [
        date(year, 1, 1),
        weekdays(year, 2, MONDAY)[2],
        weekdays(year, 5, MONDAY)[-1],
        date(year, 7, 4),
        weekdays(year, 9, MONDAY)[0],
        weekdays(year, 10, MONDAY)[1],
        weekdays(year, 11, THURSDAY)[3],
        date(year, 12, 25),
    ]
    days += [weekdays(year, 1, MONDAY)[2]] if year >= 1986 else []
    days += [date(year, 6, 19)] if year >= 2021 else []
    days += [date(year, 11, 11) if year >= 1978 else weekdays(year, 10, MONDAY)[3]]
    return days


def observed(day: date) -> date:
    """6103(b): the Friday before for a Saturday; the Monday after for a Sunday (Executive Order 11582)."""
    return {5: day - DAY, 6: day + DAY}.get(day.weekday(), day)


def test_sixty_years_of_holidays_are_those_of_a_calendar_walked_day_by_day():
    for year in range(1971, 2032):
        around = [*named_in_the_statute(year), date(year + 1, 1, 1)]
        expected = {observed(day) for day in around if observed(day).year == year}
        assert federal_holidays(year) == expected, year


# As the Office of Personnel Management published them, weekdays in brackets where a day was moved
MOVED = {
    "independence day on a Sunday": (date(2010, 7, 4), date(2010, 7, 5)),
    "christmas on a Saturday": (date(2010, 12, 25), date(2010, 12, 24)),
    "new year on a Sunday": (date(2012, 1, 1), date(2012, 1, 2)),
    "veterans day on a Sunday": (date(2012, 11, 11), date(2012, 11, 12)),
    "veterans day on a Saturday": (date(2017, 11, 11), date(2017, 11, 10)),
    "christmas on a Sunday": (date(2016, 12, 25), date(2016, 12, 26)),
    "juneteenth on a Saturday": (date(2027, 6, 19), date(2027, 6, 18)),
    "new year on a Saturday": (date(2011, 1, 1), date(2010, 12, 31)),
}


@at_once(("named", "kept"), MOVED.values(), ids=MOVED)
def test_a_holiday_on_a_weekend_is_kept_on_its_neighbour_and_not_on_the_weekend(named, kept):
    assert kept in federal_holidays(kept.year)
    assert named not in federal_holidays(named.year)
    assert not is_business_day(kept)


def test_a_year_has_ten_holidays_and_one_more_where_two_new_years_fall_in_it():
    """2010 began on a Friday and 2011 on a Saturday: 2010 has eleven days off, 2011 nine."""
    assert len(federal_holidays(2009)) == 10
    assert len(federal_holidays(2010)) == 11
    assert len(federal_holidays(2011)) == 9
    assert len(federal_holidays(2024)) == 11  # Juneteenth since 2021
    assert len(federal_holidays(2022)) == 10


def test_days_off_by_executive_order_are_business_days_of_the_statute():
    assert is_business_day(date(2024, 12, 24))
    assert is_business_day(date(2018, 12, 5))


def test_good_friday_the_day_after_thanksgiving_and_election_day_are_business_days():
    assert is_business_day(date(2013, 3, 29))
    assert is_business_day(date(2013, 11, 29))
    assert is_business_day(date(2012, 11, 6))


@at_once(
    ("day", "rolled"),
    [
        ("2013-02-26", "2013-02-26"),  # a Tuesday
        ("2013-02-16", "2013-02-19"),  # a Saturday, and Monday is Washington's Birthday
        ("2010-12-24", "2010-12-27"),  # Christmas observed, then a weekend
        ("2010-12-31", "2011-01-03"),  # New Year observed in the year before
        ("2011-12-31", "2012-01-03"),  # a Saturday, and New Year is observed on Monday
        ("2013-11-28", "2013-11-29"),  # Thanksgiving
    ],
)
def test_a_day_off_rolls_to_the_next_working_day_over_the_turn_of_a_year(day, rolled):
    assert roll_forward(date.fromisoformat(day)) == date.fromisoformat(rolled)


@at_once(
    ("start", "count", "end"),
    [
        ("2013-02-15", 1, "2013-02-19"),
        ("2013-02-19", -1, "2013-02-15"),
        ("2010-12-17", 5, "2010-12-27"),
        ("2010-12-23", 5, "2011-01-03"),
        ("2011-01-03", -5, "2010-12-23"),
        ("2013-07-03", 1, "2013-07-05"),
        ("2013-02-17", 1, "2013-02-19"),
        ("2013-02-17", -1, "2013-02-15"),
    ],
)
def test_business_days_are_counted_over_weekends_holidays_and_years(start, count, end):
    assert add_business_days(date.fromisoformat(start), count) == date.fromisoformat(end)


@given(st.dates(date(1985, 1, 1), date(2060, 1, 1)), st.integers(1, 30))
def test_going_back_as_many_business_days_as_one_went_forward_ends_where_one_began(day, count):
    start = roll_forward(day)
    assert add_business_days(add_business_days(start, count), -count) == start


@at_once(
    ("quarter", "start", "end"),
    [
        ("2013Q1", "2013-01-01", "2013-03-31"),
        ("2012Q1", "2012-01-01", "2012-03-31"),
        ("2013Q2", "2013-04-01", "2013-06-30"),
        ("2013Q3", "2013-07-01", "2013-09-30"),
        ("2013Q4", "2013-10-01", "2013-12-31"),
    ],
)
def test_a_quarter_begins_and_ends_with_its_months(quarter, start, end):
    found = Quarter.parse(quarter)
    assert (found.start, found.end) == (date.fromisoformat(start), date.fromisoformat(end))
    assert Quarter.of(found.start) == Quarter.of(found.end) == found


def test_quarters_are_read_in_small_letters_and_with_a_dash_and_printed_in_one_way():
    assert str(Quarter.parse(" 2013-q4 ")) == "2013Q4"
    assert str(Quarter.parse("2013Q4").next()) == "2014Q1"


def test_a_report_due_inside_its_own_quarter_is_due_a_year_later():
    """Due days that are no later than the quarter's end belong to the year after."""
    assert Quarter(2013, 4).report_due(((4, 30), (7, 30), (10, 30), (12, 31))) == date(2014, 12, 31)
    assert Quarter(2013, 1).report_due(((4, 1), (7, 1), (10, 1), (1, 2))) == date(2013, 4, 1)
    assert Quarter(2013, 4).report_due(((4, 1), (7, 1), (10, 1), (1, 2))) == date(2014, 1, 2)


def test_a_week_is_named_by_its_monday_also_over_the_turn_of_a_year():
    assert monday_of(date(2013, 2, 25)) == date(2013, 2, 25)
    assert monday_of(date(2013, 3, 3)) == date(2013, 2, 25)
    assert monday_of(date(2013, 1, 1)) == date(2012, 12, 31)
