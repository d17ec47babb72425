"""Which dependencies break a layer rule or a tier rule? For the whole map at once, over its arrays."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from graph.projection import Projection

__all__ = ["NO_LEVEL", "Rule", "breaches"]

Ints = npt.NDArray[np.int32]
Bools = npt.NDArray[np.bool_]

NO_LEVEL = -1  # of a tier that is no level of criticality: nothing has it


@dataclass(frozen=True, slots=True)
class Rule:
    """No element of the class ``above`` may rest on one of the class ``below``, by IRI.

    Where levels of criticality are named, it is a rule for elements of these levels alone: 1 low to 4 critical.
    """

    iri: str
    above: str
    below: str
    from_levels: frozenset[int] = frozenset()
    to_levels: frozenset[int] = frozenset()


def breaches(
    projection: Projection,
    dependent: Ints,
    provider: Ints,
    rules: Iterable[Rule],
    members: Callable[[str], Bools],
    most: int,
) -> list[tuple[str, int, int]]:
    """A rule, and a dependent and a provider that it keeps apart; so many of them.

    The most critical dependents come first, then all by address: dependent, provider, rule. ``dependent`` and
    ``provider`` are the pairs that are looked at, each once; ``members`` tells which elements are of a class.
    """
    level, found = projection.criticality, set[tuple[int, int, int, str]]()
    for rule in rules:
        above = members(rule.above) & _of(level, rule.from_levels)
        below = members(rule.below) & _of(level, rule.to_levels)
        broken = np.flatnonzero(above[dependent] & below[provider])
        first = broken[np.lexsort((provider[broken], dependent[broken], -level[dependent[broken]]))][:most]
        ends = (dependent[first], provider[first])
        found |= {(-int(level[a]), a, b, rule.iri) for a, b in zip(*(each.tolist() for each in ends), strict=True)}
    return [(iri, a, b) for _, a, b, iri in sorted(found)[:most]]


def _of(level: npt.NDArray[np.int8], wanted: frozenset[int]) -> Bools:
    """Which elements have one of the levels; all where none is wanted."""
    return np.isin(level, list(wanted)) if wanted else np.ones(len(level), np.bool_)
