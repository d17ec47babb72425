"""What does the map look like as a graph? Triples become typed elements, dependencies and groups in compact arrays."""

from graph.projection.build import project
from graph.projection.model import (
    DEGRADING,
    OPTIONAL,
    PHASES,
    REQUIRED,
    STRENGTHS,
    STRUCTURE,
    Edges,
    Groups,
    Projection,
    Sparse,
)

__all__ = [
    "DEGRADING",
    "OPTIONAL",
    "PHASES",
    "REQUIRED",
    "STRENGTHS",
    "STRUCTURE",
    "Edges",
    "Groups",
    "Projection",
    "Sparse",
    "project",
]
