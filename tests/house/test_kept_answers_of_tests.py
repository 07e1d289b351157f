"""What tests keep for each other answers for the same bytes alone."""

from __future__ import annotations

from pathlib import Path

import duckdb
import pyarrow as pa
import pytest

import compiled_letters
import done_before
from answers_kept import Engine
from letters import samples
from mailing.follow_up import NAME, ON, moved, planned
from mailing.releases import contents
from released_before import released_before
from renotify.ledger import pieces
from renotify.ledger.session import open_session
from renotify.letters.checks.finding import Finding, RefusedByFindings
from renotify.letters.profile import load_profile
from renotify.mailing import releasing
from small_world import vin

WORK = pa.table({"vin": ["A", "B"], "hours": [1.5, 2.0]})
TOTAL = "select sum(hours) as hours from work"


class Seen:
    """DuckDB, with a note of what it was really asked."""

    def __init__(self, asked):
        self.asked = asked
        self.own = duckdb.connect()
        self.register, self.close, self.fetchall = (
            self.own.register, self.own.close, self.own.fetchall
        )  # fmt: skip

    def cursor(self):
        return Seen(self.asked)

    def execute(self, sql, params=None):
        if sql.startswith("select"):
            self.asked.append(sql)
        self.own.execute(sql, params)

    def sql(self, sql, *, params):
        self.asked.append(sql)
        return self.own.sql(sql, params=params)


@pytest.fixture
def asked(monkeypatch):
    """A function that asks of a table on a connection of its own, with answers of this test alone, and what DuckDB was asked."""
    monkeypatch.setattr("answers_kept._ANSWERS", {})
    seen = []

    def total(table, *, before="", sql=TOTAL, params=None):
        connection = Engine(Seen(seen)).cursor()
        connection.register("work", table)
        if before:
            connection.execute(before)
        return connection.sql(sql, params=params).fetchall()[0][0]

    return total, seen


def test_the_same_question_about_the_same_rows_is_asked_once(asked):
    total, seen = asked
    assert total(WORK) == total(pa.table(WORK.to_pydict())) == 3.5
    assert len(seen) == 1


def test_another_row_another_type_another_value_or_something_done_before_is_another_question(asked):
    total, seen = asked
    assert total(WORK) == 3.5
    assert total(WORK.slice(1)) == 2.0
    assert total(WORK.set_column(1, "hours", pa.array([1, 2]))) == 3
    of_one = f"{TOTAL} where vin = $vin"
    assert [total(WORK, sql=of_one, params={"vin": vin}) for vin in "AB"] == [1.5, 2.0]
    more = "create temporary table work as select 'A' as vin, 9 as hours"
    assert total(WORK, before=more.replace("table work", "table other")) == 3.5
    assert len(seen) == 6


def test_an_error_is_raised_each_time(asked):
    total, seen = asked
    for _ in range(2):
        with pytest.raises(duckdb.BinderException):
            total(WORK, sql="select days from work")
    assert len(seen) == 2


def test_a_large_table_is_asked_each_time(asked, monkeypatch):
    total, seen = asked
    monkeypatch.setattr("answers_kept.LARGE", 8)
    assert [total(WORK), total(WORK)] == [3.5, 3.5]
    assert len(seen) == 2


@pytest.fixture
def doing(tmp_path, monkeypatch):
    """A function that begins a command on a ledger of these bytes, as if in this test, and says whether it was done before."""
    monkeypatch.setattr(done_before.Doing, "_kept", {})
    monkeypatch.setattr(done_before.Doing, "patched", ())  # this test itself has changed it
    ledger, file = tmp_path / "ledger.sqlite3", tmp_path / "rows.csv"

    def begin(test="a", content=b"empty", rows="1", words=("load", "rows.csv")):
        monkeypatch.setenv("PYTEST_CURRENT_TEST", f"{test} (call)")
        ledger.write_bytes(content)
        file.write_text(rows)
        one = done_before.Doing(f"sqlite:///{ledger}", tmp_path, words)
        said = one.before()
        if said is None:
            ledger.write_bytes(content + rows.encode())
            one.keep("done", "")
        return said, ledger.read_bytes()

    return begin


def test_a_command_on_the_same_bytes_is_taken_over_with_its_ledger_by_another_test(doing):
    assert doing("a") == (None, b"empty1")
    assert doing("b") == ("done", b"empty1")


def test_within_one_test_it_is_taken_over_once_at_most(doing):
    doing("a")
    assert [doing("b")[0] for _ in range(3)] == ["done", None, None]


@pytest.mark.parametrize(
    "other", [{"content": b"full"}, {"rows": "2"}, {"words": ("load", "rows.csv", "--json")}]
)
def test_another_ledger_another_file_or_another_word_has_it_done(doing, other):
    doing("a")
    assert doing("b", **other)[0] is None


@pytest.mark.parametrize("words", [("load", "rows.csv", "--rejects", "out"), ("replan", "spring")])
def test_what_leaves_a_trace_beside_the_ledger_or_is_no_beginning_is_always_done(doing, words):
    assert [doing(test, words=words)[0] for test in "ab"] == [None, None]


def test_a_test_that_changes_the_house_has_it_done(doing, monkeypatch):
    doing("a")
    monkeypatch.setattr(done_before.Doing, "patched", ("something",))
    assert doing("b")[0] is None


def test_a_ledger_that_somebody_has_open_is_left_alone(doing, tmp_path: Path):
    doing("a")
    (tmp_path / "ledger.sqlite3-shm").touch()
    assert doing("b") == (None, b"empty1")


def test_a_ledger_that_is_not_there_yet_is_made(tmp_path: Path):
    assert done_before.Doing(f"sqlite:///{tmp_path}/new.sqlite3", tmp_path, ("load", "x")).before() is None  # fmt: skip


def test_a_refused_letter_is_compiled_once_and_refused_each_time_with_its_findings(tmp_path: Path, monkeypatch):  # fmt: skip
    compiled, found = [], Finding("no_recall", "49 CFR 577.5(e)", "it says no defect")

    def refuse(spec, **_):
        compiled.append(spec)
        raise RefusedByFindings("It may not be printed.", "Mend it.", [found])

    monkeypatch.setenv(compiled_letters.FOLDER, str(tmp_path))
    monkeypatch.setattr(compiled_letters, "compile_letter", refuse)
    monkeypatch.setattr(compiled_letters, "KEPT", {})
    monkeypatch.setattr(compiled_letters, "_REFUSED", {})
    said = []
    for _ in range(2):
        with pytest.raises(RefusedByFindings) as refused:
            compiled_letters.compiled(
                samples.spec(), rules_on=samples.MAIL_DATE, profile=load_profile()
            )
        said.append(refused.value)
    assert len(compiled) == 1
    assert said[0] is not said[1]
    assert [(one.message, one.hint, one.findings) for one in said] == [
        ("It may not be printed.", "Mend it.", (found,))
    ] * 2


@pytest.fixture
def released(request, make_ledger, tmp_path, monkeypatch):
    """A function that plans and releases a letter in a folder, as if in this test, and returns what was said and the folder of the wave."""
    done = []

    def in_folder(name, test, before=lambda session: None):
        monkeypatch.setenv("PYTEST_CURRENT_TEST", f"{test} (call)")
        folder = tmp_path / name
        folder.mkdir()
        url = make_ledger("sqlite").replace("renotify.sqlite3", f"{name}/renotify.sqlite3")
        (tmp_path / "renotify.sqlite3").rename(folder / "renotify.sqlite3")
        with open_session(url) as session:
            planned(session, folder, ["ALE"])
            before(session)

            def do():
                done.append(name)
                return releasing.release(session, NAME, 1, on=ON, out=folder)

            said = released_before(session, folder / NAME, request.node.name, do)
            return said, pieces.wave(session, NAME, 1), contents(folder / NAME)

    return in_folder, done


def test_a_release_is_taken_over_with_its_files_into_the_folder_of_another_test(released, tmp_path):
    release, done = released
    said, wave, files = release("one", "a")
    again, wave_again, files_again = release("two", "b")
    assert done == ["one"]
    assert files_again == files
    assert again.keys() == said.keys()
    assert again["manifest"] == said["manifest"].replace("/one/", "/two/")
    assert (wave.folder, wave_again.folder) == (said["folder"], again["folder"])
    assert again["folder"].startswith(f"{tmp_path}/two")


def test_a_release_is_done_twice_within_one_test_and_after_anything_was_written(released, tmp_path):
    release, done = released
    release("one", "a")
    release("two", "a")
    release("three", "b", lambda session: moved(session, tmp_path, vin(1), ON, addr1="13 Other St"))
    assert done == ["one", "two", "three"]


def test_what_was_not_asked_for_the_longest_goes_first(asked, monkeypatch):
    monkeypatch.setattr("answers_kept.MOST", 2)
    total, seen = asked
    first, other, third = (WORK, WORK.slice(1), WORK.slice(0, 1))
    assert [total(one) for one in (first, other, first, third)] == [3.5, 2.0, 3.5, 1.5]
    assert len(seen) == 3
    assert [total(first), total(other)] == [3.5, 2.0]  # the other one had to go
    assert len(seen) == 4


def test_a_ledger_that_was_not_asked_for_the_longest_goes_first(doing, monkeypatch):
    monkeypatch.setattr(done_before, "MOST", 2)
    assert [doing("a", rows=rows)[0] for rows in "12"] == [None, None]
    assert [doing("b", rows=rows)[0] for rows in "13"] == ["done", None]
    assert [doing("c", rows=rows)[0] for rows in "12"] == ["done", None]
