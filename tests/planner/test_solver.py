"""Programs of columns and rows: what HiGHS is handed, what a solution proves, and where the next one begins."""

import numpy as np
import pytest

from renotify.planner.solver import Program, solve


def program(room=4.0, hours=6.0, width=2):
    """Two goods worth 3 and 2 a piece; together ``room`` of them, of 2 and 1 hours each within ``hours``."""
    made = Program()
    goods = made.columns(0.0, np.full(width, 10.0), np.array([3.0, 2.0, 1.0][:width]))
    rows = made.rows(-np.inf, np.array([hours, room]), (2,))
    made.put(rows[1], goods, 1.0)  # out of order: the second row first
    made.put(rows[0], goods[:2], np.array([2.0, 1.0]))
    return made


def test_coefficients_lie_row_by_row_however_they_were_put():
    matrix = program().matrix()
    assert matrix.begin.tolist() == [0, 2, 4]
    assert matrix.column.tolist() == [0, 1, 0, 1]
    assert matrix.value.tolist() == [2, 1, 1, 1]
    assert matrix.priced(np.array([10.0, 1.0])).tolist() == [21, 11]


def test_a_row_without_coefficients_and_a_program_without_any_are_none():
    made = Program()
    made.columns(0.0, np.ones(2))
    made.rows(0.0, 1.0, (3,))
    assert made.matrix().begin.tolist() == [0, 0, 0, 0]
    assert made.matrix().priced(np.ones(3)).tolist() == [0, 0]


def test_a_solution_has_the_best_values_their_prices_and_what_one_more_adds():
    found = solve(program())  # 2 of the first and 2 of the second: 6 hours, 4 pieces
    assert found.values.tolist() == pytest.approx([2, 2])
    assert found.prices.tolist() == pytest.approx([1, 1])  # an hour, a place
    assert found.extra.tolist() == pytest.approx([0, 0])
    assert found.worth == pytest.approx(10)
    assert found.ceiling == pytest.approx(10)


def test_a_program_of_other_limits_begins_at_a_solved_one_and_ends_at_its_own_best():
    first = solve(program())
    for room, hours in ((5.0, 6.0), (4.0, 7.0), (1.0, 9.0)):
        after, anew = solve(program(room, hours), start=first), solve(program(room, hours))
        assert after.values.tolist() == pytest.approx(anew.values.tolist())
        assert after.ceiling == pytest.approx(anew.ceiling)


def test_a_program_of_other_columns_is_solved_from_the_beginning():
    first = solve(program())
    assert not first.is_of(program(width=3))
    assert solve(program(width=3), start=first).worth == pytest.approx(10)
