"""Which cards inside an open group does a line from outside mean? Those that its dependencies begin or end at. Pure."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from app.atlas import Atlas
from app.map.overview import Node, Plane
from graph.answer import few

__all__ = ["Meant", "meant"]

Ints = npt.NDArray[np.int32]
_NAMED = 3


@dataclass(frozen=True, slots=True)
class Meant:
    """The cards that a line means in the groups where it ends, the most dependencies first; and the same in words."""

    cards: tuple[Node, ...]
    words: str


def meant(atlas: Atlas, plane: Plane) -> Mapping[str, Meant]:
    """By the id of each line that ends at an open group, what it means there.

    What leads over hidden elements only is not told: its other end is none of the cards. Cost: a pass over the
    dependencies for each of these lines.
    """
    nodes, found = {node.path: node for node in plane.nodes}, dict[str, Meant]()
    for bundle in plane.bundles:
        ends = nodes[bundle.dependent], nodes[bundle.provider]
        if any(node.inner for node in ends):
            sides = [
                (node, cards)
                for node, elements in zip(ends, _between(atlas, *ends), strict=True)
                if node.inner and (cards := _cards(node.inner, elements))
            ]
            words = "; ".join(f"in {node.label}: {few([c.label for c in cards], most=_NAMED)}" for node, cards in sides)
            if sides:
                found[bundle.id] = Meant(tuple(card for _, cards in sides for card in cards), words)
    return found


def _between(atlas: Atlas, dependent: Node, provider: Node) -> tuple[Ints, Ints]:
    """The elements at both ends of each dependency of one card on the other."""
    first, second, _ = atlas.projection.direct
    one, other = (np.zeros(len(atlas), np.bool_) for _ in range(2))
    one[dependent.members], other[provider.members] = True, True
    both = one[first] & other[second]
    return first[both], second[both]


def _cards(plane: Plane, elements: Ints) -> tuple[Node, ...]:
    """The cards that the elements are on, those with most of them first."""
    many = [(int(np.isin(elements, card.members).sum()), card) for card in _leaves(plane)]
    return tuple(card for number, card in sorted(many, key=lambda pair: -pair[0]) if number)


def _leaves(plane: Plane) -> Iterator[Node]:
    """The cards that are closed, or are elements: what is seen of a plane."""
    for node in plane.nodes:
        if node.inner:
            yield from _leaves(node.inner)
        else:
            yield node
