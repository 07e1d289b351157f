"""The mutants that `make mutants` makes, and what it says of them."""

from __future__ import annotations

import sys
from concurrent.futures import ThreadPoolExecutor

import mutants
import mutations
import pytest

FIRST_OPEN = "select min(day) from state where status = 'open' and not gone order by vin"


def changed(sql):
    return {sql[: edit.start] + edit.text + sql[edit.end :] for edit in mutations.sql_edits(sql)}


def own(source):
    return {
        source[: edit.start] + edit.text + source[edit.end :] for edit in mutations.edits(source)
    }


@pytest.fixture
def without_the_library(monkeypatch):
    """cosmic-ray has an environment of its own (`make mutants`); its operators have tests of their own."""
    monkeypatch.setattr(mutations, "_cosmic_ray", lambda source: iter(()))


def test_each_part_of_a_query_is_broken_once():
    assert changed(FIRST_OPEN) == {
        "select max(day) from state where status = 'open' and not gone order by vin",
        "select min(day) from state where status <> 'open' and not gone order by vin",
        "select min(day) from state where status = 'open_' and not gone order by vin",
        "select min(day) from state where status = 'open' or not gone order by vin",
        "select min(day) from state where status = 'open' and gone order by vin",
        "select min(day) from state where status = 'open' and not gone order by vin desc",
        "select min(day) from state where status = 'open' order by vin",
        "select min(day) from state where not gone order by vin",
    }


def test_limits_move_by_one_row():
    assert "day < 3" in changed("day <= 3")
    assert "day <= 4" in changed("day <= 3")
    assert changed("on b.place > last") == {"on b.place >= last"}


def test_a_condition_in_parentheses_ends_with_them():
    found = changed("(select vin from p where p.vin = l.vin and p.a in ('x', 'y')) or q")
    assert "(select vin from p where p.vin = l.vin ) or q" in found
    assert "(select vin from p where p.a in ('x', 'y')) or q" in found


def test_a_condition_that_is_a_column_ends_at_the_comma():
    assert "a = '' as fresh, b" in {
        text.replace("  ", " ") for text in changed("a = '' and b <> '' as fresh, b")
    }


def test_what_python_puts_into_a_query_is_left_alone():
    assert changed("{a and b} = {c or d}") == {"{a and b} <> {c or d}"}


def test_an_assignment_is_not_a_comparison():
    assert not any("state <> " in text for text in changed("update piece set state = :to"))


def test_both_ends_of_a_span_stay():
    assert changed("day between 1 and 2") == {"day between 2 and 2", "day between 1 and 3"}


def test_a_sentence_for_people_is_not_sql():
    assert own('said = "Cars and vans = vehicles, not trains"\n') == set()


def test_a_query_in_pieces_is_read_as_one():
    source = 'q = (\n    "select vin from piece"\n    f" where {own} and family = :family"\n)\n'
    assert source.replace("family = ", "family <> ") in own(source)
    assert source.replace(" and family = :family", " ") in own(source)


def test_calls_and_words_get_their_opposite():
    assert own("top = max(a, b)\n") == {"top = min(a, b)\n"}
    assert own('t.sort_by([("vin", "ascending")])\n') >= {'t.sort_by([("vin", "descending")])\n'}
    assert own("known = code in codes\n") == {"known = code not in codes\n"}


def test_statements_are_left_out():
    source = "def f(a, b):\n    if not a:\n        return 0\n    a[1] = 2\n    b += 1\n    g(a)\n    return b\n"
    assert own(source) == {
        source.replace("return 0", "pass"),
        source.replace("a[1] = 2", "pass"),
        source.replace("b += 1", "pass"),
        source.replace("g(a)", "pass"),
    }


def test_a_change_that_says_the_same_is_no_mutant(without_the_library):
    source = '"""Cars; the min(day) where a = :b."""\n\n\ndef f(a: dict[str, int] = 1) -> None:\n    """select a from b."""\n'
    assert mutants.sample(source, None, "7") == []


def test_a_change_that_is_not_python_is_no_mutant(without_the_library):
    source = "found = [\n    one\n    for one\n    in many\n]\n"
    assert own(source) == {source.replace("in many", "not in many")}
    assert mutants.sample(source, None, "7") == []


def test_a_sample_is_the_same_every_time_and_part_of_the_whole(without_the_library):
    source = f'q = "{FIRST_OPEN}"\n'
    whole, some = mutants.sample(source, None, "7"), mutants.sample(source, 3, "7")
    assert len(whole) == len(changed(FIRST_OPEN))
    assert len(some) == 3
    assert some == mutants.sample(source, 3, "7")
    assert {one.source for one in some} < {one.source for one in whole}


@pytest.fixture
def tree(tmp_path, monkeypatch, without_the_library):
    """A project with one module; its test notices a wrong maximum, and nothing of the order."""
    (tmp_path / "src" / "renotify").mkdir(parents=True)
    (tmp_path / "tests").mkdir()
    (tmp_path / "src" / "renotify" / "__init__.py").touch()
    (tmp_path / "src" / "renotify" / "sizes.py").write_text(
        "def most(sizes):\n    return max(sorted(sizes))\n", encoding="utf-8"
    )
    (tmp_path / "tests" / "test_sizes.py").write_text(
        "from renotify.sizes import most\n\n\ndef test_most():\n    assert most([1, 3, 2]) == 3\n",
        encoding="utf-8",
    )
    monkeypatch.setattr(mutants, "ROOT", tmp_path)
    return tmp_path


def examined(tree):
    with (
        ThreadPoolExecutor(1) as pool,
        mutants.workshop([sys.executable, str(mutants.WORKER)], 1, []) as free,
    ):
        return mutants.examine(free, "sizes.py", ["tests/test_sizes.py"], None, 7, pool)


def test_a_fault_that_no_test_notices_survives_and_is_shown(tree, capsys):
    found = examined(tree)
    assert (found.tried, [one.line for one in found.survivors]) == (2, [2])
    assert "sizes.py: 1 of 2 noticed" in capsys.readouterr().out
    source = (tree / "src" / "renotify" / "sizes.py").read_text(encoding="utf-8")
    assert "max(sorted(sizes))" in source  # the tree itself was not touched
    assert mutants.changed_lines(source, found.survivors[0].source) == [
        "-    return max(sorted(sizes))",
        "+    return max((lambda *a, **k: sorted(*a, **k)[::-1])(sizes))",
    ]


def test_tests_that_fail_without_a_fault_end_the_run(tree):
    (tree / "tests" / "test_sizes.py").write_text(
        "def test():\n    assert False\n", encoding="utf-8"
    )
    with pytest.raises(SystemExit, match=r"The tests of sizes\.py fail without a fault"):
        examined(tree)


@pytest.mark.parametrize(
    ("body", "limits"),
    [("while True:\n    pass\n", (1, None)), ("import time\n\ntime.sleep(60)\n", (None, 2))],
    ids=["works", "waits"],
)
def test_tests_that_never_end_have_noticed_the_fault(tree, body, limits):
    (tree / "tests" / "test_sizes.py").write_text(body, encoding="utf-8")
    with mutants.workshop([sys.executable, str(mutants.WORKER)], 1, []) as free:
        passed, _ = free.get().run(["tests/test_sizes.py"], *limits)
    assert not passed


def test_a_run_says_what_it_took(tree):
    with mutants.workshop([sys.executable, str(mutants.WORKER)], 1, []) as free:
        passed, took = free.get().run(["tests/test_sizes.py"], 60, 60)
    assert passed
    assert 0 < took < 60


def test_the_figures_of_all_modules_are_added_up():
    survivor = mutations.Mutant(1, "call", "x")
    told = mutants.table(
        [mutants.Found("a.py", 3, [survivor]), mutants.Found("b.py", 5, [])]
    ).splitlines()
    assert told[2:] == [
        "| `a.py` | 3 | 2 | 1 |",
        "| `b.py` | 5 | 5 | 0 |",
        "| all | 8 | 7 (87.5 %) | 1 |",
    ]


def test_modules_and_tests_of_the_settings_exist():
    settings = mutants.tomllib.loads(
        (mutants.ROOT / "tools" / "mutants.toml").read_text(encoding="utf-8")
    )
    assert mutants.tests_of(settings["modules"], "") == settings["modules"]


def test_a_module_that_does_not_exist_ends_the_run(tree):
    with pytest.raises(SystemExit, match=r"names src/renotify/gone\.py"):
        mutants.tests_of({"gone.py": []}, "")
