"""How far above the ground does each element stand? The longest chain of dependencies below it."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from graph.analysis._condensed import condense
from graph.analysis._frontier import carrying
from graph.projection import Projection

__all__ = ["Layers", "layers"]


@dataclass(frozen=True, slots=True, eq=False)
class Layers:
    """``layer`` of each element: 0 rests on nothing; elements that depend on each other in a circle share one."""

    layer: npt.NDArray[np.int32]

    @property
    def depth(self) -> int:
        """How many layers there are."""
        return int(self.layer.max(initial=-1)) + 1

    def counts(self) -> tuple[int, ...]:
        """How many elements stand in each layer, from the ground up."""
        return tuple(np.bincount(self.layer, minlength=self.depth).tolist())


def layers(projection: Projection) -> Layers:
    """Longest-path layering of the condensation, over dependencies that can carry an outage; linear in the map.

    A circle counts as one step, a group as none.
    """
    condensed = condense(projection, carrying(projection))
    return Layers(condensed.layer[condensed.row[: len(projection)]])
