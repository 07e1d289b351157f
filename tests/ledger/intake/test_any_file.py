"""Random files in every form they come in: each row is accepted, known already or refused, as a plain judge says."""

from __future__ import annotations

import csv
import io
import itertools
import re
from datetime import date

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from folder import ON, make_vin
from renotify.ledger.intake.contract import STATUSES

COLUMNS = ("vin", "effective_date", "status", "source")
GOOD_VIN = make_vin(3)
VINS = (
    make_vin(1),
    make_vin(2),
    GOOD_VIN.lower(),
    f" {GOOD_VIN} ",
    GOOD_VIN[:-1],
    "O" + GOOD_VIN[1:],
    "",
)
DAYS = (
    "2012-02-29",
    "1950-01-01",
    "2013-02-26",
    "2013-02-27",
    "2013-02-30",
    "26.02.2013",
    "1949-12-31",
    "",
    " 2012-01-01 ",
)
WORDS = (*STATUSES, "SCRAPPED", "gone", "", "Éxported")
SOURCES = ("state", "x" * 20, "a, b", 'a "b"', "a|b", "a\nb", "", "y" * 30)
ENCODINGS = ("utf-8", "utf-8-sig", "utf-16", "cp1252")
WELL_FORMED = {make_vin(1), make_vin(2), GOOD_VIN}
serial = itertools.count(1)

rows_of_text = st.lists(
    st.tuples(*map(st.sampled_from, (VINS, DAYS, WORDS, SOURCES))), min_size=1, max_size=12
)
forms = st.tuples(
    st.sampled_from(",;\t"), st.sampled_from(("\n", "\r\n")), st.sampled_from(ENCODINGS),
    st.permutations(range(len(COLUMNS))).filter(lambda order: COLUMNS[order[0]] != "source"),
)  # fmt: skip


@pytest.fixture
def session(sqlite_session):
    """On SQLite only: the subject is not the store."""
    return sqlite_session


def a_day(text: str) -> bool:
    """Judge a date: ISO form, a day of the calendar, not before 1950 and not after the load."""
    if not re.fullmatch(r"\d{4}-\d\d-\d\d", text.strip()):
        return False
    try:
        day = date.fromisoformat(text.strip())
    except ValueError:
        return False
    return date(1950, 1, 1) <= day <= ON


def faults(row: tuple[str, ...]) -> set[str]:
    """Return the columns of a row that a reader of the contract would send back."""
    vin, day, status, source = row
    good = {
        "vin": vin.strip().upper() in WELL_FORMED,
        "effective_date": a_day(day),
        "status": status.strip().lower() in STATUSES,
        "source": 0 < len(source) <= 32 and not set("|\n") & set(source),
    }
    return {name for name, fits in good.items() if not fits}


def unique(rows):
    """Give each row a source of its own, so that no row says otherwise than another."""
    return [(*row[:3], row[3] and f"{row[3][:24]}{next(serial)}") for row in rows]


def written(rows, form):
    """Return a file's bytes: columns in some order, one mark between them, one encoding."""
    mark, end, encoding, order = form
    target = io.StringIO(newline="")
    writer = csv.writer(target, delimiter=mark, lineterminator=end)
    for row in (COLUMNS, *rows):
        writer.writerow([row[place] for place in order])
    return target.getvalue().encode(encoding)


def lines_from(rows):
    """Return the line on which each row begins: the header is line 1."""
    lengths = [1 + "".join(row).count("\n") for row in rows]
    return itertools.accumulate([2, *lengths[:-1]])


@given(rows_of_text, forms)
@settings(
    max_examples=20, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture]
)
def test_each_row_of_a_file_is_accepted_or_refused_as_a_plain_judge_says(
    tmp_path, take, rejected, rows, form
):
    rows = unique(rows)
    path = tmp_path / f"vehicle_status_{next(serial)}.csv"
    path.write_bytes(written(rows, form))
    loaded = take(path)
    blank = [row for row in rows if not any(text.strip() for text in row)]
    expected = {
        (str(number), column)
        for number, row in zip(lines_from(rows), rows, strict=True)
        if row not in blank
        for column in faults(row)
    }
    assert {(line["row"], line["column"]) for line in rejected(loaded)} == expected
    counts = loaded.tables["vehicle_status"]
    assert counts.rejected == len({row for row, _ in expected})
    assert counts.accepted == len(rows) - len(blank) - counts.rejected
    assert counts.unchanged == 0

    again = take(path)
    assert again.tables["vehicle_status"].accepted == 0
    assert again.tables["vehicle_status"].unchanged == counts.accepted
    assert again.tables["vehicle_status"].rejected == counts.rejected
    assert again.rejects == loaded.rejects


texts = st.text("ab,\"'; |\t1é", max_size=6)
odd_rows = st.lists(texts, max_size=6)


@given(st.lists(odd_rows, max_size=10), st.sampled_from(["utf-8", "utf-16"]))
@settings(
    max_examples=30, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture]
)
def test_of_rows_of_any_width_none_is_lost(tmp_path, take, rejected, rows, encoding):
    """Records are those of Python's own CSV reader; a row of blanks is no row. None of them is a vehicle's."""
    path = tmp_path / f"vehicle_status_{next(serial)}.csv"
    target = io.StringIO(newline="")
    csv.writer(target, lineterminator="\n").writerows([COLUMNS, *rows])
    path.write_text(target.getvalue(), encoding=encoding, newline="")
    records = list(csv.reader(io.StringIO(target.getvalue(), newline="")))[1:]
    filled = [
        record for record in records if re.sub(r'[\s",]', "", "".join(record)) or is_a_row(record)
    ]
    loaded = take(path)
    counts = loaded.tables["vehicle_status"]
    assert (counts.accepted, counts.unchanged) == (0, 0)
    either = [
        r for r in records if len(r) > 4 and r not in filled and any(r)
    ]  # blanks, and a field more
    assert len(filled) <= counts.rejected <= len(filled) + len(either)
    assert len({line["row"] for line in rejected(loaded)}) == counts.rejected


def is_a_row(record) -> bool:
    """Tell of a record of blanks, commas and quotes whether something stands in a column: then it is a row."""
    return any(record) and len(record) == 4
