"""One column at a time: what each kind of value reads as, at its limits, and the words with which it is refused."""

from __future__ import annotations

from datetime import date, timedelta

import pyarrow as pa
from hypothesis import given, settings
from hypothesis import strategies as st

from cases import at_once
from folder import make_vin
from renotify.ledger.intake import columns
from renotify.ledger.intake.columns import Known
from renotify.ledger.intake.contract import CAMPAIGN, CONTRACTS, Column, Kind

ON = date(2013, 2, 26)
KNOWN = Known({CAMPAIGN: pa.array(["9LA", "ALE"])})


def read(column, *texts):
    return columns.read(column, pa.array(texts, pa.string()), ON, KNOWN)


def values(column, *texts):
    """Return what the texts read as, when none of them is refused."""
    found = read(column, *texts)
    assert found.reasons is None
    return found.values.to_pylist()


def reasons(column, *texts):
    """Return the reason against each text; a refused value is null."""
    found = read(column, *texts)
    assert found.reasons is not None
    said = found.reasons.to_pylist()
    for value, reason in zip(found.values.to_pylist(), said, strict=True):
        assert reason is None or value is None
    return said


# Text and codes


def test_text_is_trimmed_and_its_control_characters_become_one_blank():
    column = Column("name", Kind.TEXT)
    assert values(column, "  Ana  ", "A\tB", "A\r\n\x00B", "\tA", "A  B") == [
        "Ana",
        "A B",
        "A B",
        "A",
        "A  B",
    ]


def test_text_has_as_many_characters_as_its_column_is_long_whatever_bytes_they_take():
    column = Column("name", Kind.TEXT, longest=4)
    assert values(column, "Núñe", "鈴木鈴木") == ["Núñe", "鈴木鈴木"]
    assert reasons(column, "Núñez", "abcd") == ["name has more than 4 characters.", None]


@at_once("blank", [None, "", "   ", "\t", "\u00a0"])
def test_a_blank_is_refused_where_a_value_is_needed_and_null_where_not(blank):
    assert reasons(Column("city", Kind.TEXT), blank, "Boston") == ["city is blank.", None]
    assert values(Column("city", Kind.TEXT, required=False), blank, "Boston") == [None, "Boston"]


def test_a_default_stands_for_every_blank():
    column = Column("remedy_version", Kind.WHOLE, required=False, default="1")
    assert values(column, "", None, " ", "2") == [1, 1, 1, 2]


def test_a_code_has_no_bar_no_control_character_and_at_most_its_length():
    column = Column("source", Kind.CODE, longest=3)
    other = "source holds a character that no code has."
    assert values(column, " ab ", "ÉÉÉ") == ["ab", "ÉÉÉ"]
    assert reasons(column, "a|b", "a\tb", "a\x7f", "abcd", "abc") == [
        other, other, other, "source has more than 3 characters.", None,
    ]  # fmt: skip


def test_a_code_of_a_registry_is_taken_as_it_is_written_there():
    column = Column("campaign_code", Kind.CODE, of=CAMPAIGN)
    unknown = "No campaign has this code; load campaigns.toml first, or correct the code."
    assert reasons(column, "9LA", "9la", " ALE ", "9LA;ALE") == [None, unknown, None, unknown]
    dealer = Column("dealer_code", Kind.CODE, of="dealer")
    found = columns.read(dealer, pa.array(["D1"]), ON, Known({"dealer": pa.array([], pa.string())}))
    assert found.reasons.to_pylist() == [
        "No dealer has this code; load dealers first, or correct the code."
    ]


def test_several_codes_are_all_known_or_the_value_is_refused_once():
    column = Column("campaign_codes", Kind.CODES, of=CAMPAIGN)
    assert values(column, "9LA", "9LA;ALE", "9LA ; ALE") == ["9LA", "9LA;ALE", "9LA;ALE"]
    said = reasons(column, "9LA;XYZ", "XYZ;XYZ", "ALE", "9LA;")
    assert [reason is not None for reason in said] == [True, True, False, False]


def test_codes_done_together_are_one_name_in_any_order():
    column = Column("campaign_code", Kind.TOGETHER, of=CAMPAIGN)
    assert values(column, "9LA", "ALE+9LA", "9LA + ALE", "9LA+9LA") == [
        "9LA",
        *["9LA+ALE"] * 2,
        "9LA",
    ]
    said = reasons(column, "9LA+XYZ", "9LA;ALE", "ALE+9LA")
    assert [reason is not None for reason in said] == [True, True, False]


def test_a_choice_is_read_in_small_letters_and_an_other_word_is_told_the_choices():
    column = Column("role", Kind.CHOICE, choices=("owner", "lessee"))
    assert values(column, "OWNER", " Lessee ") == ["owner", "lessee"]
    assert reasons(column, "dealer", "own") == ["role is one of owner, lessee."] * 2


# VINs


def test_a_vin_is_repaired_only_by_trimming_and_capitals_and_each_repair_is_counted():
    good = make_vin(1)
    found = read(Column("vin", Kind.VIN), good, f" {good}", good.lower(), f"{good}\n")
    assert found.values.to_pylist() == [good] * 4
    assert (found.reasons, found.repaired) == (None, 3)


def test_a_vin_with_an_o_for_a_zero_is_refused_and_never_repaired():
    good = make_vin(1)
    wrong = good[:12] + good[12:].replace("0", "O")
    found = read(Column("vin", Kind.VIN), wrong)
    assert found.values.to_pylist() == [None]
    assert found.repaired == 0
    assert "never I, O or Q" in found.reasons[0].as_py()


def test_a_vin_that_may_be_left_out_is_null_where_blank_and_judged_where_not():
    column = Column("vin", Kind.VIN, required=False)
    assert reasons(column, None, make_vin(1), "X") == [None, None, "A VIN has 17 characters."]


# Dates


def test_dates_lie_between_1950_and_the_day_of_the_load():
    column = Column("as_of", Kind.DATE)
    assert values(column, "1950-01-01", "2013-02-26", "2000-02-29") == [
        date(1950, 1, 1),
        ON,
        date(2000, 2, 29),
    ]
    assert reasons(column, "1949-12-31", "2013-02-27", "1900-02-29", "2013-04-31") == [
        "The date is before 1950.",
        "The date is after 2013-02-26, the day of the load.",
        "The calendar has no such day.",
        "The calendar has no such day.",
    ]


def test_a_date_that_may_lie_ahead_has_no_last_day():
    assert values(Column("week", Kind.DATE, future=True), "9999-12-31") == [date(9999, 12, 31)]


@given(st.dates(date(1950, 1, 1), ON))
@settings(max_examples=60, deadline=None)
def test_every_day_of_the_calendar_reads_as_itself(day):
    assert values(Column("as_of", Kind.DATE), day.isoformat()) == [day]


@given(st.integers(1950, 2013), st.integers(0, 99), st.integers(0, 99))
@settings(max_examples=150, deadline=None)
def test_a_day_is_refused_exactly_where_python_s_calendar_has_none(year, month, day):
    text = f"{year}-{month:02}-{day:02}"
    try:
        date(year, month, day)
        known = True
    except ValueError:
        known = False
    found = columns.read(Column("x", Kind.DATE, future=True), pa.array([text]), ON, KNOWN)
    assert (found.values[0].as_py() is not None) == known


def test_only_the_monday_of_a_week_names_it():
    column = Column("week", Kind.MONDAY, future=True)
    monday = date(2013, 3, 4)
    week = [(monday + timedelta(days=n)).isoformat() for n in range(7)]
    wrong = "A week is named by its Monday; this is another day."
    assert reasons(column, *week, "1969-12-29", "nodate")[:8] == [None, *[wrong] * 6, None]
    assert values(column, "1960-01-04") == [date(1960, 1, 4)]


def test_an_instant_is_kept_to_the_minute_and_may_lie_ahead():
    column = Column("start", Kind.INSTANT)
    assert values(column, "2013-03-11T08:30", "2013-03-11 08:30:59", "2013-03-11T00:00:00.000", "2013-03-11T23:59") == [
        "2013-03-11T08:30", "2013-03-11T08:30", "2013-03-11T00:00", "2013-03-11T23:59",
    ]  # fmt: skip
    form = "A day and time is written 2013-03-11T08:30."
    assert (
        reasons(
            column,
            "2013-03-11T24:00",
            "2013-03-11T08:60",
            "2013-03-11T8:30",
            "2013-03-11T08:30:00.5",
        )
        == [form] * 4
    )
    assert reasons(column, "2013-02-30T08:30") == ["The calendar has no such day."]


# Numbers


def test_a_whole_number_may_have_a_sign_and_noughts_behind_its_point():
    assert values(Column("qty", Kind.WHOLE), "7", "+7", "-7", "7.0", "007", "7.000") == [
        7,
        7,
        -7,
        7,
        7,
        7,
    ]
    said = reasons(Column("qty", Kind.WHOLE), "7.5", "7e0", "1,000", "1" * 16, "9" * 15)
    assert said == [*["qty is a whole number."] * 4, None]


def test_a_number_has_a_point_and_may_have_an_exponent():
    column = Column("hours", Kind.NUMBER)
    assert values(column, "2.5", ".5", "3.", "+1e2", "-2E-1", "0") == [
        2.5,
        0.5,
        3.0,
        100.0,
        -0.2,
        0.0,
    ]
    assert reasons(column, "2,5", "1.000,5", "1,000.5", "two", "1e100", ".") == [
        "The comma is no decimal point; write 2.5.", "The comma is no decimal point; write 2.5.", "hours is a number.",
        "hours is a number.", "hours is a number.", "hours is a number.",
    ]  # fmt: skip


@at_once("kind", [Kind.NUMBER, Kind.WHOLE])
def test_a_number_at_its_bounds_is_read_and_one_beyond_is_told_the_bound(kind):
    column = Column("lat", kind, least=-90, most=90)
    assert values(column, "-90", "90") == [-90, 90]
    assert reasons(column, "-91", "91") == ["lat is at least -90.", "lat is at most 90."]


@at_once(
    ("table", "name", "most"),
    [
        ("dealer_capacity", "hours_available", 100_000),
        ("part_supply", "supply_qty", 1_000_000_000),
        ("part_shipments", "qty", 1_000_000_000),
        ("dealer_part_stock", "on_hand", 1_000_000_000),
        ("dealer_part_stock", "on_order", 1_000_000_000),
        ("campaign_parts", "qty", 10_000),
    ],
)
def test_hours_and_kits_beyond_what_a_plan_can_reckon_with_are_refused(table, name, most):
    column = CONTRACTS[table].columns[CONTRACTS[table].names.index(name)]
    assert values(column, str(most)) == [most]
    assert reasons(column, "1e99") == [f"{name} is at most {most:,}."]


# Places


@at_once(
    ("kind", "good", "bad"),
    [
        (Kind.ZIP, ["02108", " 90501 "], ["2108", "021080", "0210O", "02108-1234", "٠٢١٠٨"]),
        (Kind.ZIP4, ["0000", "1234"], ["123", "12345", "12a4"]),
        (Kind.POINT, ["00", "99"], ["0", "100", "x1"]),
        (Kind.STATE, ["MA", "ma", " Ny "], ["Mass", "M", "M1", "ÑY"]),
    ],
)
def test_a_part_of_an_address_has_exactly_its_form(kind, good, bad):
    column = Column("part", kind)
    assert values(column, *good) == [text.strip().upper() for text in good]
    assert None not in reasons(column, *bad)


# A column as a whole


def test_a_column_of_thousands_is_judged_as_each_of_its_values_alone():
    texts = ["2013-02-26", "26.02.2013", None, " 2012-02-29 ", "2013-02-30"]
    column = Column("as_of", Kind.DATE)
    alone = [read(column, text) for text in texts]
    many = read(column, *texts * 1000)
    assert many.values.to_pylist() == [one.values[0].as_py() for one in alone] * 1000
    said = [one.reasons[0].as_py() if one.reasons is not None else None for one in alone]
    assert many.reasons.to_pylist() == said * 1000


@at_once("kind", list(Kind))
def test_a_column_of_no_rows_and_one_of_blanks_only_are_read(kind):
    column = Column(
        "x",
        kind,
        required=False,
        choices=("a",),
        of=CAMPAIGN if kind in (Kind.CODE, Kind.CODES, Kind.TOGETHER) else "",
    )
    assert len(read(column).values) == 0
    assert read(column, None, "", " ").values.null_count == 3
