"""What is new and gone between two maps is what the single points of both, asked in full, say."""

from dataclasses import replace

import numpy as np
from hypothesis import given
from hypothesis import strategies as st

from graph.analysis import changed_points as module
from graph.analysis.changed_points import changed_points
from graph.analysis.single_points import business_services, single_points
from ontology import terms as t
from tests.examples import examples
from tests.graph.analysis.small import maps, projection


def serviced(n, edges, groups, services):
    made = projection(n, edges, groups)
    return replace(made, classes=[t.BUSINESS_SERVICE if v in services else t.SERVICE for v in range(n)])


def in_full(p):
    found = single_points(p, business_services(p)).of
    return {(p.iris[s], p.iris[e]) for s, points in found.items() for e in points.tolist()}


@st.composite
def two_maps(draw):
    """A map, and the same after some edits: edges come and go, k changes, elements are added at the end."""
    n, edges, groups = draw(maps(groups=True, strengths=True))
    services = draw(st.sets(st.integers(0, n - 1)))
    more = n + draw(st.integers(0, 1))
    kept = [edge for edge in edges if draw(st.integers(0, 5))]
    vertex = st.integers(0, more - 1)
    kept += draw(st.lists(st.tuples(vertex, vertex), max_size=3))
    shifted = [
        (d, draw(st.integers(0, len(m))) if draw(st.booleans()) else k, [_shift(v, n, more) for v in m])
        for d, k, m in groups
    ]
    if shifted and draw(st.booleans()):
        dependent, k, members = shifted[0]
        shifted[0] = dependent, k, sorted({*members, draw(vertex)})
    other = services ^ draw(st.sets(vertex, max_size=1))
    return serviced(n, edges, groups, services), serviced(more, kept, shifted, other)


def _shift(v, n, more):
    return v if v < n else v - n + more


@examples(120, deadline=None)
@given(two_maps(), st.booleans())
def test_they_are_the_difference_of_both_in_full(made, narrow):
    before, after = made
    most, module._MOST_WALKS = module._MOST_WALKS, 0 if narrow else module._MOST_WALKS
    try:
        found = changed_points(before, after)
    finally:
        module._MOST_WALKS = most
    assert found.new == in_full(after) - in_full(before)
    assert found.gone == in_full(before) - in_full(after)


def test_only_what_lies_beneath_the_edit_and_not_yet_beneath_its_place_is_asked(monkeypatch):
    chain = [(v, v + 1) for v in range(400)]
    before = serviced(402, [*chain, (0, 401)], (), {0, 401})
    after = serviced(402, [*chain, (0, 401), (3, 401)], (), {0, 401})
    asked = []
    real = module.single_points
    monkeypatch.setattr(
        module,
        "single_points",
        lambda p, s, candidates=None: asked.append((s, candidates)) or real(p, s, candidates=candidates or ()),
    )
    assert changed_points(before, after).new == frozenset()
    assert asked[0] == ([0], [401])


def test_the_same_map_needs_no_walk():
    p = serviced(3, [(0, 1), (1, 2)], (), {0})
    assert changed_points(p, replace(p, stub=np.ones(3, np.bool_))) == module.ChangedPoints(frozenset(), frozenset())
