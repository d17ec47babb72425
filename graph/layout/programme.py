"""Where do things stand on a line, so that what they are drawn by costs least, and least distances are kept?"""

from __future__ import annotations

from typing import cast

import numpy as np
import numpy.typing as npt

__all__ = ["OUTSIDE", "Programme"]

OUTSIDE = -1
Ints = npt.NDArray[np.int64]
Floats = npt.NDArray[np.float64]
_Numbers = npt.ArrayLike


class Programme:
    """A linear programme of places, solved by its other side: the cheapest flow that holds them.

    Wanted are places with the least sum of what their distances cost. Each demand (a least distance, a distance that
    is paid for, a wanted place) is an edge along which something flows, as much as its price at most; what flows into
    a place flows out of it. The places are the prices of that flow (Gansner and others 1993, section 4). This has a row
    for each place alone, where the programme itself has one for each distance, and is solved three to five times
    sooner. What is found is a corner of the programme: equal places are exactly equal.

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
        self._matrix: object = None
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
        """The places, rounded to a tenth.

        Raises:
            RuntimeError: the demands contradict each other.
        """
        from scipy.optimize import linprog

        self._join()
        solved = linprog(  # type: ignore[call-overload] # the stubs know no sparse matrices, the function does
            -self._gain,
            A_eq=self._matrix,
            b_eq=np.zeros(self.places),
            bounds=np.column_stack((self._least, self._most)),
            method="highs-ds",
            options={"presolve": False, "simplex_dual_edge_weight_strategy": "dantzig"},  # small: cheap steps are best
        )
        if solved.x is None:
            raise RuntimeError(f"the linear programme of the layout has no solution: {solved.message}")
        return cast("Floats", np.round(-solved.eqlin.marginals, 1) + 0.0)

    def _add(self, to: _Numbers, away: _Numbers, gain: _Numbers, least: _Numbers, most: _Numbers) -> slice:
        """An edge for each of some demands: what flows on it comes to a place and goes away from another."""
        assert self._matrix is None, "a demand after the first price or solution would be lost"
        arrays = np.broadcast_arrays(*(np.atleast_1d(np.asarray(one)) for one in (to, away, gain, least, most)))
        ends, values = arrays[:2], [one.astype(np.float64) for one in arrays[2:]]
        self._parts.append((ends[0].astype(np.int64), ends[1].astype(np.int64), values[0], values[1], values[2]))
        self._columns += len(values[0])
        return slice(self._columns - len(values[0]), self._columns)

    def _join(self) -> None:
        """All edges in arrays, once no more are told."""
        if self._matrix is not None:
            return
        from scipy.sparse import csc_array

        to, away, gain, least, most = (np.concatenate(parts) for parts in zip(*self._parts, strict=True))
        self._gain, self._least, self._most = gain, least, most
        ends = np.column_stack((to, away)).ravel()
        signs = np.tile((1.0, -1.0), len(to))
        begin = np.concatenate(([0], np.cumsum((to >= 0).astype(np.int64) + (away >= 0))))
        used = ends >= 0
        self._matrix = csc_array((signs[used], ends[used], begin), shape=(self.places, len(to)))
