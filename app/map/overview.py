"""How is a map drawn that is too large to draw? Gathered into groups, any of which opens in its place. Pure."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Any, Final
from urllib.parse import quote

import numpy as np
import numpy.typing as npt

from app.atlas import PARTIES, Atlas
from app.groupings import GROUPINGS, By, best_grouping, grouping
from app.view import View
from graph.analysis.overview import NOWHERE, Overview, overview
from graph.layout import Box, Lane, Layout, Line, layout
from graph.layout.widths import text_width

__all__ = ["Bools", "Bundle", "Gathered", "Node", "Plane", "answer", "gathered", "name_width", "title"]

Ints = npt.NDArray[np.int32]
Bools = npt.NDArray[np.bool_]

MOST_GROUPS: Final = (24, 10)
"""How many cards a plane has at most, on a wide screen and on a phone."""
MOST_BUNDLES: Final = (40, 14)
SHARE: Final = 0.85
MOST_ELEMENTS: Final = 30
"""A group of at most so many elements opens into its elements."""
CARD, INNER, HEAD, UNDER = (208.0, 84.0), (168.0, 66.0), 44.0, 8.0
_NARROW_CARD = (164.0, 84.0)
_WIDEST, _WIDE, _NARROW = 300.0, 1_120.0, 374.0
_REST = "+"
_MANY: Final = {
    "layer": "layers",
    "system": "systems",
    "owner": "owners",
    "location": "locations",
    "community": "communities",
}
_INSIDE: Final[tuple[By, ...]] = ("layer", "owner", "system", "location", "community")


@dataclass(frozen=True, slots=True, eq=False)
class Node:
    """A card of the overview: a group of elements, or one element.

    ``path``     the keys that lead to it, as the address has them
    ``members``  numbers of its elements
    ``element``  the element that it is, -1 for a group
    ``parts``    how many elements it has of each look, in the order of the looks
    ``inner``    what is inside, where it is open
    """

    path: str
    label: str
    look: str
    members: Ints
    element: int = -1
    parts: tuple[tuple[str, int], ...] = ()
    inner: Plane | None = None

    def fits(self, lit: Bools | None) -> int:
        """How many of its elements are lit up."""
        return 0 if lit is None else int(np.count_nonzero(lit[self.members]))


@dataclass(frozen=True, slots=True)
class Bundle:
    """All dependencies of the elements of one card on those of another."""

    dependent: str
    provider: str
    count: int
    through: int = 0
    """How many of them lead over elements that are hidden."""

    @property
    def words(self) -> str:
        """What is said about it."""
        over = f", {self.through:,} of them over hidden elements" if self.through else ""
        return f"{self.count:,} {'dependency' if self.count == 1 else 'dependencies'}{over}"

    @property
    def id(self) -> str:
        """What no other bundle is called."""
        return f"{self.dependent} > {self.provider}"


@dataclass(frozen=True, slots=True, eq=False)
class Plane:
    """Cards beside each other, the bundles between them that are drawn, and where everything is.

    ``thin``, ``left_out``  how many bundles are not drawn, and the dependencies in them
    ``inside``              dependencies inside the cards
    """

    nodes: tuple[Node, ...]
    bundles: tuple[Bundle, ...]
    layout: Layout
    thin: int
    left_out: int
    inside: int

    def walk(self) -> Iterator[Node]:
        """All cards, those of open groups after the group."""
        for node in self.nodes:
            yield node
            if node.inner:
                yield from node.inner.walk()


@dataclass(frozen=True, slots=True, eq=False)
class Gathered:
    """An overview: by what it is gathered, how many elements it holds, and the cards."""

    by: By
    chosen: bool
    elements: int
    plane: Plane

    @property
    def drawn(self) -> tuple[int, ...]:
        """The elements that are drawn as themselves."""
        return tuple(sorted(node.element for node in self.plane.walk() if node.element >= 0))


def gathered(atlas: Atlas, view: View, chosen: Ints, *, narrow: bool = False) -> Gathered:
    """Gather elements of a map, and lay the groups out; kept for the revision.

    The first overview of a map waits for what it is gathered by; every further one costs a pass over the dependencies
    for each open group, and the layout of its cards.

    Args:
        atlas: the map.
        view: by what it is gathered, and which groups are open; keys that lead nowhere are left out.
        chosen: numbers of the elements, in order.
        narrow: True on phones: fewer cards.
    """
    by: By = view.by if view.by in GROUPINGS else best_grouping(atlas)  # type: ignore[assignment] # checked by the words
    key = ("gathered", by, view.opened, narrow, chosen.tobytes() if len(chosen) < len(atlas) else b"")

    def make() -> Gathered:
        builder = _Builder(atlas, frozenset(view.opened), chosen, narrow=narrow)
        return Gathered(by, bool(view.by), len(chosen), builder.plane(chosen, _chain(by), ""))

    return atlas.kept(key, make)


def title(by: str) -> str:
    """The word for what a map is gathered by.

    >>> title("owner")
    'owner'
    """
    return GROUPINGS[by].lower()  # type: ignore[index] # one of the words


def answer(atlas: Atlas, now: Gathered, lit: Bools | None = None) -> dict[str, Any]:
    """The overview as plain values; a group says how many of it are lit up, an open one has its own groups inside."""
    return {"by": now.by, "elements": now.elements, **_plain(atlas, now.plane, lit)}


def _plain(atlas: Atlas, plane: Plane, lit: Bools | None) -> dict[str, Any]:
    return {
        "groups": [
            {
                "path": node.path,
                "label": node.label,
                "elements": len(node.members),
                "element": atlas.projection.ids[node.element] if node.element >= 0 else None,
                "kinds": dict(node.parts),
                "lit": None if lit is None else node.fits(lit),
                "inside": _plain(atlas, node.inner, lit) if node.inner else None,
            }
            for node in plane.nodes
        ],
        "lines": [
            {"dependent": b.dependent, "provider": b.provider, "dependencies": b.count, "over_hidden": b.through}
            for b in plane.bundles
        ],
        "lines_left_out": plane.thin,
        "dependencies_left_out": plane.left_out,
        "dependencies_inside": plane.inside,
    }


def name_width(label: str) -> float:
    """The width of a name on a card of the overview.

    >>> name_width("Stores") < name_width("Business partners")
    True
    """
    return text_width(label, size=13, bold=True)


def _chain(by: By) -> tuple[By, ...]:
    return by, *(other for other in _INSIDE if other != by)


class _Builder:
    """Builds planes, from the outside in."""

    def __init__(self, atlas: Atlas, opened: frozenset[str], chosen: Ints, *, narrow: bool) -> None:
        self.atlas, self.opened, self.narrow = atlas, opened, narrow
        self.hidden = np.zeros(atlas.projection.vertices, np.bool_)
        if len(chosen) < len(atlas) - len(atlas.aside):
            parties = np.fromiter((look in PARTIES for look in atlas.look), np.bool_, len(atlas))
            self.hidden[: len(atlas)] = ~parties  # nothing leads on through people
            self.hidden[list(atlas.aside)] = False
            self.hidden[chosen] = False
        looks = sorted(set(atlas.look))
        self.looks = looks
        rank = {look: number for number, look in enumerate(looks)}
        self.look = atlas.kept("looks", lambda: np.array([rank[look] for look in atlas.look], np.int32))

    def plane(self, members: Ints, chain: Sequence[By], path: str) -> Plane:
        """The cards of some elements, with what is open inside."""
        cards, chain = self._split(members, chain, path)
        found, bundles, drawn = self._bundles(cards)
        base = self._laid(path, [(node, self._size(node, inner=bool(path))) for node in cards], bundles, members)
        nodes = [self._opened(node, chain) for node in cards]
        if any(node.inner for node in nodes):
            sizes = [(node, self._size(node, inner=bool(path))) for node in nodes]
            base = _layout(sizes, bundles, self._width(len(nodes), path), base)
        return Plane(
            tuple(nodes),
            tuple(bundles),
            base,
            thin=len(found.count) - drawn,
            left_out=int(found.count[drawn:].sum()),
            inside=int(found.inside.sum()),
        )

    def _opened(self, node: Node, chain: Sequence[By]) -> Node:
        if node.path not in self.opened or node.element >= 0:
            return node
        further = chain if node.path.endswith(f"~{_REST}") or node.path == _REST else chain[1:]
        inner = self.plane(node.members, further, node.path)
        return Node(node.path, node.label, node.look, node.members, -1, node.parts, inner)

    def _split(self, members: Ints, chain: Sequence[By], path: str) -> tuple[list[Node], Sequence[By]]:
        """The cards, and what is left to gather by, the grouping that made them first."""
        if len(members) > MOST_ELEMENTS or not path:
            for place, by in enumerate(chain):
                groups = grouping(self.atlas, by)
                numbers, sizes = np.unique(groups.member[members], return_counts=True)
                if len(numbers) > 1 or not path:
                    order = numbers[np.lexsort((numbers, -sizes))]
                    return self._groups(members, by, order, path), chain[place:]
        users = np.diff(self.atlas.projection.users)[members]
        order = members[np.lexsort((members, -users))]
        most = len(order) if len(order) <= MOST_ELEMENTS else MOST_GROUPS[self.narrow] - 1
        nodes = [self._element(element) for element in order[:most].tolist()]
        if most < len(order):
            nodes.append(self._rest(np.sort(order[most:]), path, "elements used less"))
        return nodes, ()

    def _groups(self, members: Ints, by: By, order: Ints, path: str) -> list[Node]:
        groups = grouping(self.atlas, by)
        of = groups.member[members]
        most = MOST_GROUPS[self.narrow] if not path else MOST_GROUPS[self.narrow] // 2
        shown = order if len(order) <= most else order[: most - 1]
        nodes = []
        for number in shown.tolist():
            group = groups.groups[number]
            nodes.append(self._node(_path(path, group.key), group.label, group.look, members[of == number]))
        if len(shown) < len(order):
            rest = members[~np.isin(of, shown)]
            nodes.append(self._rest(rest, path, f"more {_MANY[by]}", len(order) - len(shown)))
        return nodes

    def _rest(self, members: Ints, path: str, words: str, many: int = 0) -> Node:
        return self._node(_path(path, _REST), f"{many or len(members):,} {words}", "", members)

    def _node(self, path: str, label: str, look: str, members: Ints) -> Node:
        counted = np.bincount(self.look[members], minlength=len(self.looks))
        parts = tuple((self.looks[number], int(counted[number])) for number in np.flatnonzero(counted).tolist())
        return Node(path, label, look, members, -1, parts)

    def _element(self, element: int) -> Node:
        p = self.atlas.projection
        return Node(p.ids[element], p.labels[element], self.atlas.look[element], np.array([element], np.int32), element)

    def _bundles(self, nodes: Sequence[Node]) -> tuple[Overview, list[Bundle], int]:
        member = np.full(self.atlas.projection.vertices, NOWHERE, np.int32)
        for number, node in enumerate(nodes):
            member[node.members] = number
        found = overview(self.atlas.projection, member, len(nodes), hidden=self.hidden)
        drawn = found.worth_drawing(most=MOST_BUNDLES[self.narrow], share=SHARE)
        columns = (found.dependent, found.provider, found.count, found.through)
        rows = zip(*(column[:drawn].tolist() for column in columns), strict=True)
        return found, [Bundle(nodes[a].path, nodes[b].path, count, over) for a, b, count, over in rows], drawn

    def _size(self, node: Node, *, inner: bool) -> tuple[float, float]:
        """Width and height of a card: as wide as its name, an open group as large as what is in it."""
        if node.element >= 0:
            card = self.atlas.card(node.element, frozenset())
            return card.width, card.height
        width, height = INNER if inner else _NARROW_CARD if self.narrow else CARD
        width = max(width, min(_WIDEST, -(-(name_width(node.label) + 64) // 4) * 4))
        if node.inner is None:
            return width, height
        return max(width + 80, node.inner.layout.width), HEAD + node.inner.layout.height + UNDER

    def _width(self, cards: int, path: str) -> float:
        if not path:
            return _NARROW if self.narrow else _WIDE
        return _NARROW - 40 if self.narrow else min(_WIDE - 60, 20 + 190.0 * int(np.ceil(np.sqrt(cards))))

    def _laid(
        self, path: str, sizes: Sequence[tuple[Node, tuple[float, float]]], bundles: Sequence[Bundle], members: Ints
    ) -> Layout:
        """A plane with all of its groups closed; from there it moves as little as possible when one opens."""
        lines = hash(tuple(bundle.id for bundle in bundles))
        key = ("plane", path, self.narrow, len(members), tuple(node.path for node, _ in sizes[:3]), lines)
        loose = ("plane", path, self.narrow)
        made = self.atlas.kept(
            key, lambda: _layout(sizes, bundles, self._width(len(sizes), path), self.atlas.before(loose))
        )
        self.atlas.kept(loose, lambda: made)
        return made


def _layout(
    sizes: Sequence[tuple[Node, tuple[float, float]]], bundles: Sequence[Bundle], width: float, previous: Layout | None
) -> Layout:
    boxes = [Box(node.path, "", *size) for node, size in sizes]
    lines = [Line(bundle.dependent, bundle.provider, bundle.id) for bundle in bundles]
    return layout(boxes, lines, [Lane("", 0.0)], width=width, title_width=0.0, previous=previous)


def _path(path: str, key: str) -> str:
    """A path in addresses: keys with ``~`` between them, what they hold of that and of commas told in another way.

    >>> _path("shop/team~a", "x,y")
    'shop/team~a~x%2Cy'
    """
    plain = quote(key, safe="/:@+").replace("~", "%7E")
    return f"{path}~{plain}" if path else plain
