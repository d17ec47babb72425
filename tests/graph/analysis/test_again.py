"""The answer after an edit is that of a new computation, at most and at least, on circles and in nested groups too."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from bench.generator import generate
from bench.generator.service_graph import service_graph
from graph.analysis import again, levels
from graph.analysis.again import answered
from graph.analysis.kernels import spread, wiring
from graph.analysis.states import State
from graph.projection import REQUIRED
from graph.projection.edits import Added, Edit
from tests.examples import examples
from tests.graph.analysis.edits import edits, in_order, stated_maps
from tests.graph.analysis.small import NEEDS, projection


@pytest.fixture(autouse=True, scope="module", params=["only what rested on the edit", "as it comes", "compiled"])
def how(request):
    """Small maps would be computed anew, because a part of them is nothing: here also never."""
    with pytest.MonkeyPatch.context() as patch:
        if request.param == "compiled":
            pytest.importorskip("numba", reason="numba is not installed: the loops in numpy are used")
        for module in (again, levels):
            patch.setattr(module, "is_compiled", lambda: request.param == "compiled")
        if request.param != "as it comes":
            patch.setattr(again, "_LARGE", 1e-9)
        yield


STATES = st.sampled_from([State.DOWN, State.DOWN, State.DEGRADED, State.AT_RISK])


def holds_itself(found):
    """Whether a state is held by nothing: no change, and no provider that is worse, or came to its own earlier."""
    p = found.projection
    for run, optimistic in ((found.most, False), (found.least, True)):
        claim = wiring(p, optimistic=optimistic).claim
        for vertex in np.flatnonzero(run.state[: len(p)]).tolist():
            edges = np.flatnonzero(p.edges.dependent == vertex)
            passed = np.minimum(run.state[p.edges.provider[edges]], again._MOST[claim[edges]])
            provider = p.edges.provider[edges]
            earlier = (run.turn[provider] < run.turn[vertex]) | (run.state[provider] > run.state[vertex])
            by_change = found.changes.get(vertex, 0) >= run.state[vertex]
            if not (by_change or ((passed >= run.state[vertex]) & earlier).any()):
                return True
    return False


def check_a_row_of_edits(made, data, *, most):
    changes = data.draw(st.dictionaries(st.integers(0, len(made) - 1), STATES, min_size=1, max_size=3))
    found = answered(made, changes)
    for _ in range(data.draw(st.integers(1, most))):
        found = found.after(edits(data.draw, found.projection))
        for run, optimistic in ((found.most, False), (found.least, True)):
            w = wiring(found.projection, optimistic=optimistic)
            assert run.state.tolist() == spread(w, changes, compiled=False).state.tolist()
        assert not holds_itself(found)


@examples(60, deadline=None)
@given(stated_maps(), st.data())
def test_after_each_of_several_edits_the_states_are_those_of_a_new_computation(made, data):
    check_a_row_of_edits(made, data, most=3)


def test_what_holds_itself_up_on_a_circle_is_taken_back():
    made = in_order(projection(20, [(0, 9), (1, 0), (0, 1), (2, 1)]))
    removed = made.edges.iris.index("d0")
    found = answered(made, {9: State.DOWN})
    assert found.most.state[:3].tolist() == [3, 3, 3]
    assert found.after(Edit(removed=(removed,))).most.state[:3].tolist() == [0, 0, 0]


@pytest.mark.parametrize("saved", [1, 2])
def test_a_group_is_held_by_all_of_its_members_whichever_is_saved(saved):
    made = in_order(projection(20, [(1, 8), (2, 9), (5, 0)], [(0, 1, [1, 2])]))
    found = answered(made, {8: State.DOWN, 9: State.DOWN})
    assert found.most.state[[0, 5]].tolist() == [3, 3]
    after = found.after(Edit(removed=(made.edges.iris.index(f"d{saved - 1}"),)))
    assert after.most.state[[0, 5, saved]].tolist() == [1, 1, 0]


def test_a_spare_that_is_added_saves_who_rests_on_the_group():
    made = in_order(projection(20, [(0, 1)], [(1, 1, [2])]))
    found = answered(made, {2: State.DOWN})
    assert found.most.state[:2].tolist() == [3, 3]
    after = found.after(Edit(added=(Added(20, 3, NEEDS, REQUIRED),)))
    assert after.most.state[:2].tolist() == [1, 1]
    assert after.after(Edit(needs={0: (2, 2)})).most.state[:2].tolist() == [3, 3]


def test_an_edit_that_touches_most_of_a_large_map_is_answered_too():
    made = service_graph(generate(3_000))
    changed = int(np.argmax(np.diff(made.users)[: len(made)]))
    alone = next(v for v in range(len(made)) if v != changed)
    found = answered(made, {alone: State.DOWN}).after(Edit(added=(Added(changed, alone, NEEDS, REQUIRED),)))
    expected = spread(wiring(found.projection), {alone: 3}).state
    assert found.most.state.tolist() == expected.tolist()
    edge = int(
        np.flatnonzero((found.projection.edges.provider == alone) & (found.projection.edges.dependent == changed))[0]
    )
    back = found.after(Edit(removed=(edge,)))
    assert back.most.state.tolist() == spread(wiring(made), {alone: 3}).state.tolist()
