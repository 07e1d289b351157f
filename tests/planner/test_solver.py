"""Programs of columns and rows: what HiGHS is handed, what a solution proves, and where the next one begins."""

import numpy as np
import pytest

from renotify.planner.solver import MANY, Program, Search, solve


def program(room=4.0, hours=6.0, width=2, most=10.0):
    """Two goods worth 3 and 2 a piece; together ``room`` of them, of 2 and 1 hours each within ``hours``."""
    made = Program()
    goods = made.columns(0.0, np.full(width, most), np.array([3.0, 2.0, 1.0][:width]))
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


def test_whole_numbers_are_searched_and_proven():
    """Of 5.5 hours and four places: 1.5 and 2.5 are worth 9.5; in whole numbers 1 and 3, worth 9."""
    assert solve(program(hours=5.5)).worth == pytest.approx(9.5)
    found = solve(program(hours=5.5), Search(np.arange(2)))
    assert found.values.tolist() == pytest.approx([1, 3])
    assert (found.worth, found.ceiling) == pytest.approx((9, 9))


def test_of_hundreds_of_thousands_a_fraction_is_no_loss_and_not_searched():
    found = solve(
        program(hours=5.5, most=MANY + 1.0), Search(np.arange(2), known=np.array([1.0, 3]))
    )
    assert found.values.tolist() == pytest.approx([1.5, 2.5])
    assert found.ceiling == pytest.approx(9.5)
    made = program(hours=5.5)
    few = Search(np.arange(2), known=np.array([1.0, 3])).of_few(np.array([10.0, MANY + 1.0]), 9)
    assert few is not None
    assert (few.integral.tolist(), few.known.tolist()) == ([0], [1])
    assert solve(made, few).values.tolist() == pytest.approx(
        [1, 3]
    )  # the first whole, 1.5 or 2 are not


def test_a_search_ends_when_it_has_asked_so_often_whether_to_go_on():
    """Twelve goods of odd sizes in one bag: to its end the search proves the best, cut at once it has what is known and a true ceiling."""
    sizes = np.array([31, 37, 41, 43, 47, 53, 59, 61, 67, 71, 73, 79.0])

    def bag():
        made = Program()
        goods = made.columns(0.0, np.full(12, 3.0), sizes + np.arange(12) % 3)
        made.put(made.rows(-np.inf, np.array([501.0]), (1,)), goods, sizes)
        return made

    known = np.eye(12)[0] * 3
    best = solve(bag(), Search(np.arange(12), nodes=10_000, close=0.0))
    cut = [solve(bag(), Search(np.arange(12), known=known, rests=1)) for _ in range(2)]
    assert cut[0].worth == cut[1].worth
    assert sizes[0] * 3 <= cut[0].worth <= best.worth <= cut[0].ceiling
    assert cut[0].ceiling == cut[1].ceiling
    assert cut[0].ceiling - cut[0].worth > 1
    assert best.ceiling == pytest.approx(best.worth)
