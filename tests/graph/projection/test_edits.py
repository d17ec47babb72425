"""An edited projection is what would have been built after the same edit, and what it was made from stays as it was."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from graph.analysis.kernels import wiring
from graph.projection import DEGRADING, REQUIRED
from graph.projection.edits import Added, Edit, edited
from tests.examples import examples
from tests.graph.analysis.edits import by_hand, edits, in_order, stated_maps
from tests.graph.analysis.small import NEEDS, projection
from tests.graph.written import opened


def columns(made):
    e, g = made.edges, made.groups
    return [c.tolist() for c in (e.dependent, e.provider, e.kind, e.claim, g.k, g.full, g.size)]


@examples(60, deadline=None)
@given(stated_maps(), st.data())
def test_an_edit_of_the_arrays_is_what_is_built_anew(made, data):
    edit = edits(data.draw, made)
    for cached in ("users", "uses"):
        getattr(made, cached)
    before = columns(made)
    found, expected = edited(made, edit), by_hand(made, edit)
    after = found.projection
    assert columns(after) == columns(expected)
    assert columns(made) == before
    assert list(after.edges.iris) == list(expected.edges.iris)
    assert after.users.tolist() == expected.users.tolist()
    assert [a.tolist() for a in after.uses] == [a.tolist() for a in expected.uses]
    for a, b in (
        (wiring(after), wiring(expected)),
        (wiring(after, optimistic=True), wiring(expected, optimistic=True)),
    ):
        assert a.edge is None
        assert [c.tolist() for c in (a.start, a.claim, *a.soft, a.k)] == [
            c.tolist() for c in (b.start, b.claim, *b.soft, b.k)
        ]


@examples(25, deadline=None)
@given(stated_maps(), st.data())
def test_each_edge_that_stays_is_found_under_its_new_number(made, data):
    edit = edits(data.draw, made)
    found = edited(made, edit)
    numbers = found.numbers(np.arange(len(made.edges), dtype=np.int32)).tolist()
    for old, new in enumerate(numbers):
        assert (new == -1) == (old in edit.removed)
        assert new == -1 or found.projection.edges.iris[new] == made.edges.iris[old]


def test_a_map_whose_edges_stand_in_any_order_is_edited_too():
    made = projection(3, [(0, 2), (2, 1), (1, 0)])
    after = edited(made, Edit(removed=(0,), added=(Added(0, 1, NEEDS, DEGRADING),))).projection
    assert after.edges.provider.tolist() == [1, 0, 1]
    assert after.edges.strength.tolist() == [REQUIRED, REQUIRED, DEGRADING]
    assert after.used_by[0].tolist() == [0, 1, 3, 3]


def test_what_few_edges_say_goes_with_them(tmp_path):
    made = opened(
        tmp_path,
        """
        elements:
          - {id: a, kind: application, depends_on: [{on: b, tolerance: 5 min}, {on: c, tolerance: 7 min}]}
          - {id: b, kind: application, depends_on: [{on: c}]}
          - {id: c, kind: application}
        """,
    ).projection
    on_b = made.edges.provider.tolist().index(1)
    after = edited(made, Edit(removed=(on_b,), added=(Added(2, 1, NEEDS, REQUIRED, iri="new"),))).projection
    said = {after.edges.iris[e]: v for e, v in zip(after.edges.rare["tolerance"].edges.tolist(), ["7"], strict=True)}
    assert [iri.partition("/id/")[2] for iri in said] == [
        iri.partition("/id/")[2] for iri in made.edges.iris if iri.endswith("/c") and "/a/dep" in iri
    ]
    assert after.edges.iris[after.edges.provider.tolist().index(1)] == "new"


@pytest.mark.parametrize("at", [-1, slice(None), 0])
def test_iris_are_read_as_from_any_sequence(at):
    made = in_order(projection(3, [(0, 1), (1, 2)]))
    after = edited(made, Edit(added=(Added(0, 2, NEEDS, REQUIRED, iri="new"),))).projection.edges.iris
    assert after[at] == ["d0", "new", "d1"][at]


def test_what_few_edges_say_is_changed_taken_away_and_said_of_new_ones():
    made = in_order(projection(5, [(0, 1), (1, 2), (2, 3)]))
    first = edited(made, Edit(rare={0: {"tolerance": "30"}, 2: {"tolerance": "5", "lag": "7"}})).projection
    assert [first.edges.rare["tolerance"].get(edge) for edge in range(3)] == ["30", "", "5"]
    new = Added(0, 4, NEEDS, REQUIRED, rare={"tolerance": "60"})
    after = edited(first, Edit(removed=(0,), added=(new,), rare={2: {"tolerance": ""}})).projection
    said = {after.edges.provider[edge]: text for edge, text in _pairs(after.edges.rare["tolerance"])}
    assert said == {4: "60"}
    assert _pairs(after.edges.rare["lag"]) == [(1, "7")]
    assert "tolerance" not in made.edges.rare


def _pairs(said):
    return list(zip(said.edges.tolist(), said.values, strict=True))
