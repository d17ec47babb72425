"""How does a test make a projection without files? From edges and groups in plain values."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace

import networkx as nx
import numpy as np
from hypothesis import strategies as st

from graph.projection import DEGRADING, OPTIONAL, PHASES, REQUIRED, Edges, Groups, Projection
from ontology.vocabulary import vocabulary

Edge = tuple[int, int] | tuple[int, int, int]
Group = tuple[int, int, Sequence[int]]  # dependent, k, members
KINDS = tuple(vocabulary().kinds.values())
NEEDS = next(number for number, kind in enumerate(KINDS) if kind.key == "needs")


def projection(
    elements: int, edges: Sequence[Edge], groups: Sequence[tuple[int, int, Sequence[int]]] = ()
) -> Projection:
    """Elements 0 … n-1 named e000 …; an edge is (dependent, provider[, strength]); a group (dependent, k, members).

    A member, or a dependent, of ``elements + i`` is the group i.
    """
    rows = [(e[0], e[1], e[2] if len(e) > 2 else REQUIRED) for e in edges]
    for number, (dependent, _, members) in enumerate(groups):
        rows += [(dependent, elements + number, REQUIRED)] if dependent >= 0 else []
        rows += [(elements + number, member, REQUIRED) for member in members]
    columns = np.array(rows, np.int32).reshape(-1, 3).T
    names = [f"https://x/id/t/e{n:03d}" for n in range(elements)]
    count = len(rows)
    return Projection(
        revision="r",
        iris=names,
        ids=[f"t/e{n:03d}" for n in range(elements)],
        labels=[f"E{n}" for n in range(elements)],
        classes=["https://w3id.org/servicemap#Service"] * elements,
        stub=np.zeros(elements, np.bool_),
        edges=Edges(
            np.ascontiguousarray(columns[0]),
            np.ascontiguousarray(columns[1]),
            np.full(count, NEEDS, np.int8),
            columns[2].astype(np.int8),
            np.zeros(count, np.int8),
            np.zeros(count, np.bool_),
            [f"d{n}" for n in range(count)],
        ),
        groups=Groups(
            [f"https://x/id/t/e000/group/{n}" for n in range(len(groups))],
            np.array([k for _, k, _ in groups], np.int32),
            np.array([k for _, k, _ in groups], np.int32),
            np.array([len(m) for _, _, m in groups], np.int32),
        ),
        kinds=KINDS,
    )


def in_phases(made: Projection, phases: Mapping[int, str]) -> Projection:
    """The same map with some edges in another phase than the run."""
    e, phase = made.edges, np.zeros(len(made.edges), np.int8)
    for edge, word in phases.items():
        phase[edge] = PHASES.index(word)
    edges = Edges(e.dependent, e.provider, e.kind, e.strength, phase, e.assumed, e.iris, e.rare)
    return replace(made, edges=edges)


def plain(elements: int, edges: Sequence[Edge]) -> nx.DiGraph:
    """The same edges for networkx."""
    graph = nx.DiGraph()
    graph.add_nodes_from(range(elements))
    graph.add_edges_from((e[0], e[1]) for e in edges)
    return graph


@st.composite
def maps(
    draw: st.DrawFn, *, groups: bool = False, strengths: bool = False, most: int = 12
) -> tuple[int, list[Edge], list[Group]]:
    """Random maps: cycles, self-loops, parallel edges and, when asked, groups (nested ones too) and strengths."""
    n = draw(st.integers(1, most))
    vertex = st.integers(0, n - 1)
    strength = st.sampled_from([REQUIRED, DEGRADING, OPTIONAL]) if strengths else st.just(REQUIRED)
    edges = draw(st.lists(st.tuples(vertex, vertex, strength), max_size=30))
    found: list[Group] = []
    for number in range(draw(st.integers(0, 4)) if groups else 0):
        members: list[int] = draw(st.lists(vertex, min_size=1, max_size=4, unique=True))
        inner = [n + g for g in range(number) if found[g][0] < 0]
        if inner and draw(st.booleans()):
            members.append(inner[-1])
            found[inner[-1] - n] = (-2, *found[inner[-1] - n][1:])
        outermost = draw(st.booleans())
        found.append((draw(vertex) if outermost else -1, draw(st.integers(0, len(members))), members))
    return n, edges, found
