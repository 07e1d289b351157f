"""Linear programs as columns and rows of numpy arrays, handed to HiGHS without a modelling layer."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import ArrayLike

from renotify.errors import Inconsistent
from renotify.planner.problem import Floats, Ints

if TYPE_CHECKING:
    from scipy import sparse

ROWWISE, MAXIMIZE = 2, -1
CLOSE = 5e-5  # share of the ceiling within which a plan in whole letters counts as the best
SIMPLEX_UP_TO = 60_000  # non-zeros: below, a vertex and exact prices; above, interior point
OPTIONS: dict[str, bool | int | float | str] = {
    "output_flag": False,
    "threads": 1,
    "parallel": "off",
    "random_seed": 1,
    "ipm_optimality_tolerance": 1e-4,  # the ceiling holds for any prices; the last digits cost a fifth of the time
}


class Program:
    """A maximisation, collected block by block; each call returns the indices of its columns or rows, which later blocks refer to."""

    def __init__(self) -> None:
        self._columns: list[tuple[Floats, Floats, Floats]] = []
        self._rows: list[tuple[Floats, Floats]] = []
        self._cells: list[tuple[Ints, Ints, Floats]] = []
        self.width = self.height = 0

    def columns(self, lower: ArrayLike, upper: ArrayLike, worth: ArrayLike = 0.0) -> Ints:
        """Adds variables shaped like ``upper`` within their bounds, each worth so much; returns their indices."""
        shape = np.shape(upper)
        low, high, gain = (
            np.broadcast_to(np.asarray(v, float), shape) for v in (lower, upper, worth)
        )
        self._columns.append((low.ravel(), high.ravel(), gain.ravel()))
        index = np.arange(self.width, self.width + low.size).reshape(shape)
        self.width += low.size
        return index

    def rows(self, lower: ArrayLike, upper: ArrayLike, shape: tuple[int, ...]) -> Ints:
        """Adds constraints lower <= row <= upper of a shape; returns their indices."""
        low, high = (np.broadcast_to(np.asarray(v, float), shape).ravel() for v in (lower, upper))
        self._rows.append((low, high))
        index = np.arange(self.height, self.height + low.size).reshape(shape)
        self.height += low.size
        return index

    def put(self, rows: Ints, columns: Ints, values: ArrayLike) -> None:
        """Adds ``values`` at (rows, columns); the three are broadcast against each other."""
        at, on, what = np.broadcast_arrays(rows, columns, np.asarray(values, float))
        used = what.ravel() != 0
        self._cells.append((at.ravel()[used], on.ravel()[used], what.ravel()[used]))

    def matrix(self) -> sparse.csr_matrix:
        """The coefficient matrix in CSR form."""
        from scipy import sparse

        at, on, what = (
            np.concatenate([c[i] for c in self._cells] or [np.zeros(0)]) for i in range(3)
        )
        cells = (what, (at.astype(np.int64), on.astype(np.int64)))
        return sparse.coo_matrix(cells, shape=(self.height, self.width)).tocsr()

    def column_bounds(self) -> tuple[Floats, Floats, Floats]:
        """Lower bounds, upper bounds and worth of all columns."""
        low, high, gain = (np.concatenate([c[i] for c in self._columns]) for i in range(3))
        return low, high, gain

    def row_bounds(self) -> tuple[Floats, Floats]:
        """Lower and upper bounds of all rows."""
        low, high = (np.concatenate([r[i] for r in self._rows] or [np.zeros(0)]) for i in range(2))
        return low, high


@dataclass(frozen=True, eq=False)
class Solution:
    """Values of the columns, prices of the rows (>= 0 on a binding upper limit), and a proven ceiling."""

    values: Floats
    prices: Floats
    worth: float
    ceiling: float
    method: str


def ceiling(program: Program, matrix: sparse.csr_matrix, prices: Floats) -> float:
    """Weak duality: for any row prices no solution within the bounds is worth more than this.

    It holds whatever the solver did, so it is the certificate that a plan's gap is measured by.
    Infinite column bounds must not carry a gain; callers give every column a finite bound.
    """
    low, high, gain = program.column_bounds()
    row_low, row_high = program.row_bounds()
    sign = np.where(np.isinf(row_high), np.minimum(prices, 0.0), prices)
    sign = np.where(np.isinf(row_low), np.maximum(sign, 0.0), sign)
    limit = np.where(sign > 0, row_high, np.where(sign < 0, row_low, 0.0))
    rest = gain - matrix.T @ sign
    return float(sign @ limit + (rest * np.where(rest > 0, high, low)).sum())


def solve(program: Program, integral: Ints | None = None, nodes: int = 50) -> Solution:
    """Solves the program; with ``integral`` those columns are whole numbers (branch and bound, ``nodes`` deep)."""
    from highspy._core import _Highs  # the callback class would print a banner on stdout

    matrix = program.matrix()
    low, high, gain = program.column_bounds()
    row_low, row_high = program.row_bounds()
    whole = np.zeros(program.width, np.int32)
    if integral is not None:
        whole[integral] = 1
    method = "simplex" if matrix.nnz <= SIMPLEX_UP_TO else "ipm"
    highs = _Highs()
    for name, value in OPTIONS.items():
        highs.setOptionValue(name, value)
    if integral is None:
        highs.setOptionValue("solver", method)
        highs.setOptionValue("run_crossover", "off")
    else:
        highs.setOptionValue("mip_max_nodes", nodes)
        highs.setOptionValue("mip_rel_gap", CLOSE)
        highs.setOptionValue("mip_abs_gap", 1e-9)
    highs.passModel(
        program.width, program.height, matrix.nnz, ROWWISE, MAXIMIZE, 0.0, gain, low, high,
        row_low, row_high, matrix.indptr[:-1].astype(np.int32), matrix.indices.astype(np.int32), matrix.data, whole,
    )  # fmt: skip
    highs.run()
    found = highs.getSolution()
    if not len(found.col_value):
        raise Inconsistent(
            "The planning model has no solution although every limit can be met.",
            "Keep the problem document and report it; the plain policies still work.",
        )
    values = np.asarray(found.col_value)
    if integral is not None:
        top = float(highs.getInfo().mip_dual_bound)
        return Solution(
            values, np.zeros(program.height), float(gain @ values), top, "branch and bound"
        )
    prices = np.asarray(found.row_dual)
    return Solution(values, prices, float(gain @ values), ceiling(program, matrix, prices), method)
