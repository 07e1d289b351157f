"""Linear programs as columns and rows of numpy arrays, handed to HiGHS without a modelling layer."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import ArrayLike, NDArray

from renotify.errors import Inconsistent
from renotify.planner.problem import Floats, Ints

if TYPE_CHECKING:
    from highspy import HighsBasis
    from highspy._core import _Highs

Places = NDArray[np.int32]  # of rows or columns in a program
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
WHOLE_OPTIONS: dict[str, bool | int | float | str] = {
    "presolve": "off",  # the bounds of whole letters are as tight without it; a third of the time
    "mip_lp_age_limit": 3,  # cuts that bind no more are dropped soon
    "mip_pool_age_limit": 10,
    "mip_abs_gap": 1e-9,
    "mip_heuristic_run_feasibility_jump": False,  # a plan is known; with millions of owners it takes seconds
}
SMALLER_UP_TO = 10_000  # non-zeros: above, making a program smaller takes longer than it saves
ROUNDING = 1e-6  # of an objective: the solver's own
MANY = 100_000  # of one column: above, whole numbers are searched as fractions


@dataclass(frozen=True, eq=False)
class Matrix:
    """Coefficients row by row: those of row i lie from ``begin[i]`` to ``begin[i + 1]``, each in a ``column`` of the ``width``."""

    begin: Places  # [height + 1]
    column: Places
    value: Floats
    width: int

    def priced(self, prices: Floats) -> Floats:
        """What one unit of each column uses of the rows, at the rows' prices. [width]"""
        each = self.value * np.repeat(prices, np.diff(self.begin))
        total = np.bincount(self.column, weights=each, minlength=self.width)
        return total.astype(np.float64)


class Program:
    """A maximisation, collected block by block; each call returns the indices of its columns or rows, which later blocks refer to."""

    def __init__(self) -> None:
        self._columns: list[tuple[Floats, Floats, Floats]] = []
        self._rows: list[tuple[Floats, Floats]] = []
        self._cells: list[tuple[Places, Places, Floats]] = []
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
        """Adds ``values`` at (rows, columns), none of them twice; the three are broadcast against each other."""
        at, on, what = np.broadcast_arrays(rows, columns, np.asarray(values, float))
        used = what.ravel() != 0
        places = (each.ravel()[used].astype(np.int32) for each in (at, on))
        self._cells.append((*places, what.ravel()[used]))

    def matrix(self) -> Matrix:
        """The coefficients, which are given up by this: a large program's fill hundreds of megabytes."""
        at, on, what = (
            np.concatenate([c[i] for c in self._cells] or [np.zeros(0, kind)])
            for i, kind in enumerate((np.int32, np.int32, np.float64))
        )
        self._cells.clear()
        # rows of 16 bits are sorted in linear time
        narrow = np.uint16 if self.height <= 1 << 16 else np.int32
        order = np.argsort(at.astype(narrow), kind="stable")
        begin = np.zeros(self.height + 1, np.int32)
        np.cumsum(np.bincount(at, minlength=self.height), out=begin[1:])
        return Matrix(begin, on[order], what[order], self.width)

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
    """Values of the columns, prices of the rows (>= 0 on a binding upper limit), and a proven ceiling.

    ``extra`` is what one of a column adds to the ceiling: its worth less the prices of what it uses; 0 of branch and bound, which has none.
    ``basis`` is the solver's own of a vertex, from which a program of the same rows and columns is solved in a few steps.
    """

    values: Floats
    prices: Floats
    worth: float
    ceiling: float
    extra: Floats
    method: str
    basis: HighsBasis | None = None

    def is_of(self, program: Program) -> bool:
        """Whether a program has as many rows and columns as the solved one."""
        return (len(self.prices), len(self.values)) == (program.height, program.width)


def ceiling(program: Program, matrix: Matrix, prices: Floats) -> tuple[float, Floats]:
    """Weak duality: for any row prices no solution within the bounds is worth more than this. With it, what one of each column adds to it.

    It holds whatever the solver did, so it is the certificate that a plan's gap is measured by.
    Infinite column bounds must not carry a gain; callers give every column a finite bound.
    """
    return _proven(program.column_bounds(), program.row_bounds(), matrix, prices)


def _proven(
    columns: tuple[Floats, Floats, Floats],
    rows: tuple[Floats, Floats],
    matrix: Matrix,
    prices: Floats,
) -> tuple[float, Floats]:
    """The ceiling of columns within bounds, each worth so much, and of rows within theirs."""
    (low, high, gain), (row_low, row_high) = columns, rows
    sign = np.where(np.isinf(row_high), np.minimum(prices, 0.0), prices)
    sign = np.where(np.isinf(row_low), np.maximum(sign, 0.0), sign)
    limit = np.where(sign > 0, row_high, np.where(sign < 0, row_low, 0.0))
    rest = gain - matrix.priced(sign)
    return float(sign @ limit + (rest * np.where(rest > 0, high, low)).sum()), rest


def _branched(search: Search, highs: _Highs, program: Program, gain: Floats) -> Solution:
    """What branch and bound finds; no letter where it ends without any, for that keeps every limit."""
    search.begin(highs)
    highs.run()
    if search.presolve and _gave_back_the_known_one(highs, gain):
        highs.setOptionValue("presolve", "off")
        highs.clearSolver()
        search.begin(highs)
        highs.run()
    found, top = highs.getSolution(), float(highs.getInfo().mip_dual_bound)
    values = np.asarray(found.col_value) if found.value_valid else np.zeros(program.width)
    none = np.zeros(program.height), np.zeros(program.width)
    return Solution(values, none[0], float(gain @ values), top, none[1], "branch and bound")


def _gave_back_the_known_one(highs: _Highs, gain: Floats) -> bool:
    """Whether the values are worth less than the solver says: where nothing is left to search it gives back what it was told."""
    info, found = highs.getInfo(), highs.getSolution()
    worth = float(gain @ np.asarray(found.col_value)) if found.value_valid else -np.inf
    told = float(info.objective_function_value)
    return worth < told - ROUNDING * max(1.0, abs(told))


def _ends_after(rests: int, highs: _Highs) -> None:
    """Ends the search of a solver when it has asked so many times whether to go on."""
    from highspy._core import cb

    left = rests

    def asked(
        _kind: cb.HighsCallbackType,
        _message: str,
        _seen: cb.HighsCallbackOutput,
        answer: cb.HighsCallbackInput,
        _own: object,
    ) -> None:
        nonlocal left
        left -= 1
        if left <= 0:
            answer.user_interrupt = True

    highs.setCallback(asked, None)
    highs.startCallback(cb.HighsCallbackType.kCallbackMipInterrupt)


@dataclass(frozen=True, eq=False)
class Search:
    """A search for whole numbers by branch and bound, of so many ``nodes``.

    ``integral``: the columns that are whole numbers; those of which there may be more than MANY count as fractions all the same:
    a letter of a hundred thousand is no lump, and a search over millions takes seconds to begin. ``known``: their values in a
    solution that keeps every row; none is returned that is worth less. It ends within a share ``close`` of the best. ``dives``:
    whether it looks for plans by smaller searches of its own beside what its cuts and its tree find. ``rests``: times that it may
    ask whether to go on, some milliseconds of work each; it ends there with what it has. They are counted: the same program ends
    at the same place. None: as often as it likes. ``presolve``: whether the program is made smaller before, where that
    takes no time: not where it has more than SMALLER_UP_TO coefficients, or a column that counts as a fraction. It does not ask then.
    """

    integral: Ints
    nodes: int = 50
    known: Floats | None = None
    close: float = CLOSE
    dives: bool = True
    rests: int | None = None
    presolve: bool = False

    def of_few(self, high: Floats, coefficients: int) -> Search | None:
        """Return the search over the columns of which there are few, by their upper bounds ``high``; None where there is none.

        ``coefficients``: how many the program has.
        """
        few = high[self.integral] <= MANY
        if not few.any():
            return None
        known = None if self.known is None else self.known[few]
        presolve = self.presolve and bool(few.all()) and coefficients <= SMALLER_UP_TO
        return replace(self, integral=self.integral[few], known=known, presolve=presolve)

    @property
    def options(self) -> dict[str, bool | int | float | str]:
        """The solver's options for it."""
        options = OPTIONS | WHOLE_OPTIONS
        options |= {"mip_max_nodes": self.nodes, "mip_rel_gap": self.close}
        options |= {"presolve": "on"} if self.presolve else {}
        return options if self.dives else options | {"mip_heuristic_effort": 0.0}

    def begin(self, highs: _Highs) -> None:
        """Tell the solver what is known, and when to end."""
        if self.known is not None:
            highs.setSolution(len(self.integral), self.integral.astype(np.int32), self.known)
        if self.rests is not None:
            _ends_after(self.rests, highs)


def solve(
    program: Program, search: Search | None = None, *, start: Solution | None = None
) -> Solution:
    """Solves the program, or by a ``search`` for whole numbers.

    ``start``: the solution of a program that differs in its limits alone; it begins there.
    """
    from highspy._core import _Highs  # the callback class would print a banner on stdout

    matrix = program.matrix()
    low, high, gain = program.column_bounds()
    row_low, row_high = program.row_bounds()
    search = search.of_few(high, len(matrix.value)) if search else None
    whole = np.zeros(program.width, np.int32)
    method = "simplex" if len(matrix.value) <= SIMPLEX_UP_TO else "ipm"
    options = OPTIONS | {"solver": method, "run_crossover": "off"}
    if search:
        whole[search.integral] = 1
        options = search.options
    highs = _Highs()
    for name, value in options.items():
        highs.setOptionValue(name, value)
    highs.passModel(
        program.width, program.height, len(matrix.value), ROWWISE, MAXIMIZE, 0.0, gain, low, high,
        row_low, row_high, matrix.begin[:-1], matrix.column, matrix.value, whole,
    )  # fmt: skip
    if start is not None and start.basis is not None and start.is_of(program):
        highs.setBasis(start.basis)
    if search:
        return _branched(search, highs, program, gain)
    highs.run()
    found = highs.getSolution()
    if not len(found.col_value):
        raise Inconsistent(
            "The planning model has no solution although every limit can be met.",
            "Keep the problem document and report it; the plain policies still work.",
        )
    values = np.asarray(found.col_value)
    prices = np.asarray(found.row_dual)
    top, extra = ceiling(program, matrix, prices)
    basis = highs.getBasis() if method == "simplex" else None
    return Solution(values, prices, float(gain @ values), top, extra, method, basis)


class OneByOne:
    """A small program solved for one set of limits after the other, each from where the last one ended.

    ``low`` and ``high`` bound its columns, ``row_low`` and ``row_high`` its rows; ``gain`` is what one of a column is worth. Each
    solution is a vertex. Where none is found the columns have their lower bounds.
    """

    def __init__(self, program: Program) -> None:
        from highspy._core import _Highs

        self._matrix = matrix = program.matrix()
        self.low, self.high, self.gain = program.column_bounds()
        self.row_low, self.row_high = program.row_bounds()
        self._columns = np.arange(matrix.width, dtype=np.int32)
        self._rows = np.arange(len(self.row_low), dtype=np.int32)
        self._highs = _Highs()
        for name, value in (OPTIONS | {"solver": "simplex", "presolve": "off"}).items():
            self._highs.setOptionValue(name, value)
        self._highs.passModel(
            matrix.width, len(self.row_low), len(matrix.value), ROWWISE, MAXIMIZE, 0.0, self.gain, self.low, self.high,
            self.row_low, self.row_high, matrix.begin[:-1], matrix.column, matrix.value, np.zeros(matrix.width, np.int32),
        )  # fmt: skip

    def begun(self) -> Floats:
        """Solves the program within its limits as they are now; returns the values of its columns."""
        self._highs.changeColsCost(len(self._columns), self._columns, self.gain)
        self._highs.changeColsBounds(len(self._columns), self._columns, self.low, self.high)
        # the package's stubs leave this one out
        self._highs.changeRowsBounds(  # type: ignore[attr-defined]
            len(self._rows), self._rows, self.row_low, self.row_high
        )
        return self._solved(self.low)

    def again(self, columns: Ints, low: Floats, high: Floats) -> Floats:
        """Solves it once more with some columns within other bounds, from where it was; returns the values of all."""
        self._highs.changeColsBounds(len(columns), columns.astype(np.int32), low, high)
        least = self.low.copy()
        least[columns] = low
        return self._solved(least)

    def ceiling(self) -> float:
        """What no solution within its limits is worth more than, by the prices of the one that was begun last."""
        prices = np.asarray(self._highs.getSolution().row_dual)
        limits = (self.low, self.high, self.gain), (self.row_low, self.row_high)
        return _proven(*limits, self._matrix, prices)[0]

    def _solved(self, least: Floats) -> Floats:
        from highspy._core import HighsModelStatus

        self._highs.run()
        if self._highs.getModelStatus() != HighsModelStatus.kOptimal:
            self._highs.clearSolver()  # the next one begins from nothing
            self._highs.run()
        if self._highs.getModelStatus() != HighsModelStatus.kOptimal:
            self._highs.clearSolver()
            return least
        return np.asarray(self._highs.getSolution().col_value)
