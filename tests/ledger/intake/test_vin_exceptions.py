"""Vehicles whose own number fails 49 CFR 565: taken everywhere with the maker's exception, refused with the true reason without one."""

from __future__ import annotations

from datetime import date

import pytest

from folder import make_vin
from renotify.ledger import tables
from renotify.ledger.explain import explain
from renotify.ledger.lookup import lookup
from renotify.ledger.verify import verify
from small_world import write_csv

ON = date(2013, 2, 26)
FRAME, OLD, STAMPED, EUROPEAN = (
    "SE3P116167",
    "1Z878AS408888",
    "JTHBK262562900001",
    "WVGZZZ5NZEW069297",
)
NUMBERS = (FRAME, OLD, STAMPED, EUROPEAN)
WHY = "stamped so at the plant"


@pytest.fixture
def session(sqlite_session):
    """On SQLite: that PostgreSQL takes every table alike is the walk's (tests/corridors) and test_load's to show."""
    return sqlite_session


@pytest.fixture
def base(folder):
    return folder.campaign("9LA").dealer()


def excepted(base, number, reason=WHY, **extra):
    """A vehicle whose population row states the exception."""
    base.vehicle(number, **extra)
    return base.add("population", campaign_code="9LA", vin=number, vin_exception=reason)


def test_an_excepted_vehicle_is_taken_in_every_table_of_one_load(base, take, session):
    for number in NUMBERS:
        excepted(base, number)
        base.repair(number, "9LA", date(2012, 3, 4)).status(number, "registered", date(2012, 1, 1))
        base.in_stock(number, "D0001", "used", date(2012, 1, 2))
        base.appointment(number, "D0001", "9LA", day=date(2013, 3, 4))
        base.add(
            "mail_events", vin=number, campaign_code="9LA", kind="mailed", mailed_date="2012-02-03"
        )
    loaded = take(base)
    assert loaded.rejects is None
    assert {name: counts.accepted for name, counts in loaded.tables.items() if counts.accepted == 4}.keys() == {
        "vehicles", "population", "owners", "repair_orders", "vehicle_status", "dealer_stock", "appointments", "mail_events",
    }  # fmt: skip
    session.renew()
    states = {row["vin"]: row["status"] for row in tables.read(session, "state").to_pylist()}
    assert states == dict.fromkeys(NUMBERS, "repaired")
    assert verify(session)["ok"]
    assert (
        "population: 4 exceptions of the maker's from 49 CFR 565 recorded (vin_exception)."
        in loaded.notes
    )


def test_short_and_whole_numbers_in_any_order_are_each_kept_as_they_are(base, take, session):
    """Rows are sorted by number on their way: a short one must not take the letters of the next."""
    numbers = [FRAME, make_vin(2), OLD, make_vin(1), EUROPEAN, make_vin(3), STAMPED]
    for number in numbers:
        excepted(base, number)
    take(base)
    session.renew()
    for table in ("vehicle", "state", "owner", "vin_exception"):
        assert sorted(tables.read(session, table, "vin")["vin"].to_pylist()) == sorted(numbers), (
            table
        )


def test_the_exception_is_told_with_its_file_and_row(base, take, session):
    take(excepted(base, FRAME))
    session.renew()
    (answer,) = lookup(session, [f" {FRAME.lower()} "], on=ON)
    assert (answer["valid"], answer["reason"], answer["exception"]) == (True, None, WHY)
    assert [one["status"] for one in answer["campaigns"]] == ["open"]
    told = explain(session, FRAME, ON)
    assert (told["exception"], told["exception_from"]) == (WHY, "population.csv row 2")


def test_a_file_of_exceptions_counts_before_any_other_and_for_later_loads(
    base, take, session, tmp_path
):
    base.vehicle(FRAME).add("population", campaign_code="9LA", vin=FRAME)
    assert take(base).rejected == 3
    exceptions = write_csv(
        tmp_path / "vin_exceptions.csv", [{"vin": f" {FRAME.lower()}", "reason": WHY}]
    )
    loaded = take(base, exceptions)
    assert (loaded.rejected, loaded.tables["vin_exceptions"].accepted) == (0, 1)
    again = take(base, exceptions)
    assert {counts.accepted for counts in again.tables.values()} == {0}


def test_two_files_that_give_two_reasons_do_not_take_turns(folder, sqlite_session, take, tmp_path):
    folder.campaign("9LA").dealer()
    excepted(folder, FRAME, reason="as the population says")
    own = write_csv(tmp_path / "vin_exceptions.csv", [{"vin": FRAME, "reason": "as the file says"}])
    take(folder, own, into=sqlite_session)
    again = take(folder, own, into=sqlite_session)
    assert {counts.accepted for counts in again.tables.values()} == {0}
    assert sqlite_session.scalar("select reason from vin_exception") == "as the file says"
    take(
        write_csv(tmp_path / "vin_exceptions.csv", [{"vin": FRAME, "reason": "corrected"}]),
        into=sqlite_session,
    )
    assert sqlite_session.scalar("select reason from vin_exception") == "corrected"


def reasons(lines, file="population.csv"):
    return [line["reason"] for line in lines if line["file"] == file]


def test_without_an_exception_each_is_refused_with_its_true_reason(
    folder, sqlite_session, take, rejected
):
    folder.campaign("9LA").dealer()
    for number in NUMBERS:
        folder.add("population", campaign_code="9LA", vin=number)
    frame, old, stamped, european = reasons(rejected(take(folder, into=sqlite_session)))
    assert "before model year 1981, or a frame number" in frame
    assert old == frame
    assert stamped == "The check digit in position 9 does not belong to this VIN."
    assert "built for Europe" in european


def test_an_exception_of_no_words_is_none(folder, sqlite_session, take):
    folder.campaign("9LA").dealer()
    for reason in ("N/A", "", "null"):
        folder.add("population", campaign_code="9LA", vin=FRAME, vin_exception=reason)
    assert take(folder, into=sqlite_session).tables["population"].rejected == 3


def test_a_row_that_is_refused_for_another_reason_excepts_nothing(folder, sqlite_session, take):
    folder.campaign("9LA").dealer().vehicle(FRAME, owner=None)
    folder.add("population", campaign_code="ZZZ", vin=FRAME, vin_exception=WHY)
    loaded = take(folder, into=sqlite_session)
    assert (loaded.tables["vehicles"].rejected, loaded.tables["population"].rejected) == (1, 1)
    assert sqlite_session.scalar("select count(*) from vin_exception") == 0


def test_what_names_no_vehicle_cannot_be_excepted(folder, sqlite_session, take, rejected, tmp_path):
    rows = [{"vin": number, "reason": WHY} for number in ("NONE", "SE3P/116167", "1234", "1" * 18)]
    lines = rejected(take(write_csv(tmp_path / "vin_exceptions.csv", rows), into=sqlite_session))
    assert {line["reason"] for line in lines} == {
        "A vehicle's number has 5 to 17 letters, digits and hyphens, and at least one digit."
    }
    assert len(lines) == 4


def test_a_car_from_before_1981_is_taken_with_the_exception_only(
    folder, sqlite_session, take, rejected
):
    """Position 10 of JT2AE09W4P0038539 is P: 1993 or 2023, and no 1980."""
    wrong, right = "JT2AE09W4P0038539", make_vin(1)
    folder.campaign("9LA").dealer()
    excepted(folder, OLD, model_year=1964)
    excepted(folder, right, model_year=1980)
    folder.vehicle(wrong, owner=None, model_year=1980)
    (line,) = rejected(take(folder, into=sqlite_session))
    assert (line["file"], line["row"], line["column"]) == ("vehicles.csv", "4", "model_year")
    assert "position 10 of this one, P, stands for 1993 or 2023" in line["reason"]
    years = tables.read(sqlite_session, "vehicle", "model_year")["model_year"].to_pylist()
    assert sorted(years) == [1964, 1980]


def test_with_strict_a_refused_row_keeps_no_exception(folder, sqlite_session, take):
    folder.campaign("9LA").dealer()
    excepted(folder, FRAME)
    folder.add("population", campaign_code="ZZZ", vin=OLD, vin_exception=WHY)
    with pytest.raises(Exception, match="nothing was loaded"):
        take(folder, into=sqlite_session, strict=True)
    assert sqlite_session.scalar("select count(*) from vin_exception") == 0


SAYS_NO = ["no", "N", "FALSE", "0", "TBD", "none", "N/A", ""]
FLAGS = ["yes", "Y", "true", "1", "x", "X.", "OK", "(yes)", "Approved"]
MARKED = {
    "GRX120-0001234": "GRX1200001234", "GRX1300001234": "GRX130-0001234", "JZX100-0012345": "JZX100 0012345",
    "*SE3P116167*": "SE3P-116167", "SE3P 116168": "* se3p116168 *", "I1FBNE3BE1CDB23596": "*1FBNE3BE1CDB23596*",
    "1FBNE3BE1CDB23597": "I1FBNE3BE1CDB23597", "115 123 45678 9-12": "1151234 567891 2",
}  # fmt: skip


def test_words_that_say_no_are_no_exception(folder, sqlite_session, take, rejected):
    folder.campaign("9LA").dealer()
    excepted(folder, STAMPED, reason="N")
    for number, word in enumerate(SAYS_NO):
        folder.add("population", campaign_code="9LA", vin=make_vin(number), vin_exception=word)
    loaded = take(folder, into=sqlite_session)
    assert loaded.tables["population"].accepted == len(SAYS_NO)
    (line,) = [one for one in rejected(loaded) if one["file"] == "population.csv"]
    assert (line["row"], line["column"]) == ("2", "vin")
    assert sqlite_session.scalar("select count(*) from vin_exception") == 0


def test_a_flag_alone_is_no_reason(folder, sqlite_session, take, rejected, tmp_path):
    folder.campaign("9LA").dealer()
    for number, word in enumerate(FLAGS):
        folder.add("population", campaign_code="9LA", vin=make_vin(number), vin_exception=word)
    words = [*FLAGS, "no", "0", "TBD"]
    rows = [{"vin": f"SE3P10000{n:02}", "reason": word} for n, word in enumerate(words)]
    own = write_csv(tmp_path / "vin_exceptions.csv", rows)
    lines = rejected(take(folder, own, into=sqlite_session))
    said = [one["reason"] for one in lines if one["column"] == "vin_exception"]
    cure = "is a flag; write the maker's reason in words, or leave it blank."
    assert said == [f"vin_exception {cure}"] * len(FLAGS)
    assert [one["column"] for one in lines if one["file"] == own.name] == ["reason"] * len(words)
    assert sqlite_session.scalar("select count(*) from vin_exception") == 0


def test_a_number_is_one_number_whatever_marks_it_is_written_with(
    folder, sqlite_session, take, tmp_path
):
    rows = [{"vin": stated, "reason": WHY} for stated in MARKED]
    folder.campaign("9LA").dealer()
    for written in MARKED.values():
        folder.vehicle(written, "9LA")
    own = write_csv(tmp_path / "vin_exceptions.csv", rows)
    assert take(folder, own, into=sqlite_session).rejected == 0
    for name in (*MARKED, *MARKED.values()):
        (answer,) = lookup(sqlite_session, [name], on=ON)
        assert (answer["valid"], len(answer["campaigns"])) == (True, 1), name
        assert not set(answer["vin"]) & set(" -*")
