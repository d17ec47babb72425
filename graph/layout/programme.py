"""Where do things stand on a line, so that what they are drawn by costs least, and least distances are kept?"""

from __future__ import annotations

from functools import cache
from typing import TYPE_CHECKING

import numpy as np
import numpy.typing as npt

if TYPE_CHECKING:
    from highspy import Highs

__all__ = ["OUTSIDE", "Programme"]

OUTSIDE = -1
Ints = npt.NDArray[np.int64]
Floats = npt.NDArray[np.float64]
_Numbers = npt.ArrayLike
_OPTIONS: dict[str, bool | int | str] = {
    "output_flag": False,
    "threads": 1,
    "parallel": "off",
    "presolve": "off",
    "solver": "simplex",
    "simplex_strategy": 1,
    "simplex_dual_edge_weight_strategy": 0,
}
"""The dual simplex method with the plainest choice of steps (Dantzig's): for tasks this small the fastest."""


class Programme:
    """A linear programme of places, solved by its other side: the cheapest flow that holds them.

    Wanted are places with the least sum of what their distances cost. Each demand (a least distance, a distance that
    is paid for, a wanted place) is an edge along which something flows, as much as its price at most; what flows into
    a place flows out of it. The places are the prices of that flow (Gansner and others 1993, section 4). This has a row
    for each place alone, where the programme itself has one for each distance, and is solved three to five times
    sooner. Solved again with other prices it takes some ten steps. What is found is a corner of the programme: equal
    places are exactly equal.

    Args:
        places: how many places are wanted.

    >>> task = Programme(3)
    >>> task.at_least([1, 2], [0, 1], [10.0, 10.0])
    >>> ties = task.near([2], [0], [0.0], [1.0])
    >>> task.anchor([1], [50.0], [1.0])
    >>> task.solve().tolist()
    [40.0, 50.0, 60.0]
    """

    def __init__(self, places: int) -> None:
        self.places = places
        self._columns = 0
        self._parts: list[tuple[Ints, Ints, Floats, Floats, Floats]] = []
        self._edges: Ints | None = None
        self._solver: Highs | None = None
        self._gain, self._least, self._most = (np.zeros(0) for _ in range(3))

    def at_least(self, right: _Numbers, left: _Numbers, distance: _Numbers) -> None:
        """Demand right - left >= distance; one of both may be ``OUTSIDE``, which stands at 0."""
        self._add(right, left, distance, 0.0, np.inf)

    def near(self, a: _Numbers, b: _Numbers, offset: _Numbers, cost: _Numbers, most: _Numbers = np.inf) -> slice:
        """Pay for the distance of a from b + offset, which is ``most`` at most; the slice tells what is paid for."""
        cost, a, b = (np.asarray(one) for one in (cost, a, b))
        paid = self._add(a, b, offset, -cost, cost)
        held = np.broadcast_to(np.asarray(most, dtype=np.float64), a.shape)
        if (some := np.isfinite(held)).any():
            off = np.broadcast_to(np.asarray(offset, dtype=np.float64), a.shape)[some]
            self._add(a[some], b[some], off - held[some], 0.0, np.inf)
            self._add(b[some], a[some], -off - held[some], 0.0, np.inf)
        return paid

    def anchor(self, place: _Numbers, value: _Numbers, cost: _Numbers) -> None:
        """Pay for the distance of a place from a value."""
        self._add(place, OUTSIDE, value, -np.asarray(cost), cost)

    def price(self, paid: slice, cost: Floats) -> None:
        """Change what distances cost that were told by ``near``; all demands are known by then."""
        self._join()
        self._least[paid], self._most[paid] = -cost, cost

    def solve(self) -> Floats:
        """The places, rounded to a tenth. After new prices it goes on from the flow that was the cheapest before.

        Raises:
            RuntimeError: the demands contradict each other.
        """
        if self._solver is None:
            self._solver = self._begun()
        else:
            every = np.arange(self._columns, dtype=np.int32)
            self._solver.changeColsBounds(self._columns, every, self._least, self._most)
        self._solver.run()
        status = self._solver.getModelStatus()
        if status.name != "kOptimal":
            raise RuntimeError(f"the linear programme of the layout has no solution: {status.name[1:]}")
        prices: Floats = np.array(self._solver.getSolution().row_dual)
        return np.round(-prices, 1) + 0.0

    def _add(self, to: _Numbers, away: _Numbers, gain: _Numbers, least: _Numbers, most: _Numbers) -> slice:
        """An edge for each of some demands: what flows on it comes to a place and goes away from another."""
        assert self._edges is None, "a demand after the first price or solution would be lost"
        arrays = np.broadcast_arrays(*(np.atleast_1d(np.asarray(one)) for one in (to, away, gain, least, most)))
        ends, values = arrays[:2], [one.astype(np.float64) for one in arrays[2:]]
        self._parts.append((ends[0].astype(np.int64), ends[1].astype(np.int64), values[0], values[1], values[2]))
        self._columns += len(values[0])
        return slice(self._columns - len(values[0]), self._columns)

    def _join(self) -> None:
        """All edges in arrays, once no more are told."""
        if self._edges is None:
            to, away, gain, least, most = (np.concatenate(parts) for parts in zip(*self._parts, strict=True))
            self._edges, self._gain, self._least, self._most = np.column_stack((to, away)), gain, least, most

    def _begun(self) -> Highs:
        """A solver that holds all edges as columns, and for each place a row: what flows in less what flows out."""
        from highspy import HighsLp, MatrixFormat

        self._join()
        assert self._edges is not None
        used = self._edges >= 0
        task, none = HighsLp(), np.zeros(self.places)
        task.num_col_, task.num_row_ = self._columns, self.places
        task.col_cost_, task.col_lower_, task.col_upper_ = -self._gain, self._least, self._most
        task.row_lower_ = task.row_upper_ = none
        task.a_matrix_.format_ = MatrixFormat.kColwise
        task.a_matrix_.start_ = np.concatenate(([0], np.cumsum(used.sum(axis=1))))
        task.a_matrix_.index_ = self._edges[used]
        task.a_matrix_.value_ = np.tile((1.0, -1.0), (self._columns, 1))[used]
        solver = _silent()
        solver.passModel(task)
        return solver


def _silent() -> Highs:
    """A solver that writes nothing, for small tasks: one thread, cheap steps."""
    solver = _kind()()
    for option, value in _OPTIONS.items():
        solver.setOptionValue(option, value)
    return solver


@cache
def _kind() -> type[Highs]:
    """Solvers that call nothing back: to prepare for that would write a banner to the standard output."""
    from highspy import Highs

    return type("SilentHighs", (Highs,), {"enableCallbacks": lambda _: None})
