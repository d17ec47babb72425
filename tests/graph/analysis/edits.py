"""How does a test make edits of a small map at random?"""

from __future__ import annotations

from dataclasses import replace

import numpy as np
from hypothesis import strategies as st

from graph.projection import DEGRADING, OPTIONAL, REQUIRED, STRUCTURE, Edges, Projection, Sparse
from graph.projection.edits import Added, Edit
from tests.graph.analysis.small import NEEDS, maps, projection

STRENGTHS = st.sampled_from([REQUIRED, REQUIRED, DEGRADING, OPTIONAL, STRUCTURE])


def in_order(made: Projection) -> Projection:
    """The same map with its edges by provider, then by dependent, as one that came from a store."""
    e = made.edges
    order = np.lexsort((e.dependent, e.provider))
    columns = (e.dependent[order], e.provider[order], e.kind[order], e.claim[order])
    rare = {}
    for name, said in e.rare.items():
        place = np.argsort(order)[said.edges]
        by_place = np.argsort(place)
        rare[name] = Sparse(place[by_place].astype(np.int32), [said.values[n] for n in by_place.tolist()])
    return replace(made, edges=Edges.packed(columns, [e.iris[n] for n in order.tolist()], rare))


@st.composite
def stated_maps(draw: st.DrawFn) -> Projection:
    """Maps with circles and nested groups, where some dependencies state no strength."""
    made = projection(*draw(maps(groups=True, strengths=True)))
    assumed = draw(st.lists(st.booleans(), min_size=len(made.edges), max_size=len(made.edges)))
    full = [draw(st.integers(int(k), int(n) + 1)) for k, n in zip(made.groups.k, made.groups.size, strict=True)]
    e = made.edges
    edges = Edges(e.dependent, e.provider, e.kind, e.strength, e.phase, np.array(assumed, np.bool_), e.iris)
    groups = replace(made.groups, full=np.array(full, np.int32))
    return in_order(replace(made, edges=edges, groups=groups))


def edits(draw: st.DrawFn, made: Projection) -> Edit:
    """One edit of a map: edges removed, added and changed, and what groups need; members too."""
    edge = st.integers(0, max(len(made.edges) - 1, 0))
    picked = draw(st.lists(edge, max_size=2, unique=True)) if len(made.edges) else []
    what = draw(st.sampled_from(["removed", "added", "claims", "needs", "all"]))
    removed = tuple(picked) if what in ("removed", "all") else ()
    added: list[Added] = []
    for _ in range(draw(st.integers(1, 2)) if what in ("added", "all") else 0):
        ends = draw(st.integers(0, made.vertices - 1)), draw(st.integers(0, len(made) - 1))
        added.append(Added(*ends, NEEDS, draw(STRENGTHS), assumed=draw(st.booleans()), iri=f"new {len(added)}"))
    claims = {e: Added(0, 0, NEEDS, draw(STRENGTHS), assumed=draw(st.booleans())).claim for e in picked}
    needs = {}
    if len(made.groups) and what in ("needs", "all"):
        least = draw(st.integers(0, 4))
        needs[draw(st.integers(0, len(made.groups) - 1))] = least, draw(st.integers(least, 5))
    return Edit(removed, tuple(added), claims if what == "claims" else {}, needs)


def by_hand(made: Projection, edit: Edit) -> Projection:
    """The map after an edit, made from its edges one by one: slow and plain."""
    e, elements = made.edges, len(made)
    rows = [
        (int(e.dependent[n]), int(e.provider[n]), int(e.kind[n]), edit.claims.get(n, int(e.claim[n])), e.iris[n])
        for n in range(len(e))
        if n not in edit.removed
    ]
    rows += [(each.dependent, each.provider, each.kind, each.claim, each.iri) for each in edit.added]
    rows.sort(key=lambda row: (row[1], row[0]))
    columns = [
        np.array([row[n] for row in rows], kind) for n, kind in enumerate((np.int32, np.int32, np.int8, np.uint8))
    ]
    size = np.array([sum(row[0] == elements + g for row in rows) for g in range(len(made.groups))], np.int32)
    k, full = made.groups.k.tolist(), made.groups.full.tolist()
    for number, need in edit.needs.items():
        k[number], full[number] = need
    groups = replace(made.groups, k=np.array(k, np.int32), full=np.array(full, np.int32), size=size)
    return replace(made, edges=Edges.packed(tuple(columns), [row[4] for row in rows], {}), groups=groups)
