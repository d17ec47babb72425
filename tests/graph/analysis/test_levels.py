"""The states without hops and ways are those of the walk that keeps both, and what holds an element was there before."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from bench.generator import generate
from bench.generator.service_graph import service_graph
from graph.analysis import levels as walk
from graph.analysis.kernels import spread, wiring
from graph.analysis.levels import levels
from graph.analysis.states import State
from tests.examples import examples
from tests.graph.analysis.edits import stated_maps

STATES = st.sampled_from([State.DOWN, State.DEGRADED, State.AT_RISK])


@pytest.fixture(autouse=True, scope="module", params=["edge by edge", "through all edges", "as it comes", "compiled"])
def how(request):
    """Small maps would always take the way through all edges."""
    with pytest.MonkeyPatch.context() as patch:
        if request.param == "compiled":
            pytest.importorskip("numba", reason="numba is not installed: the loops in numpy are used")
        patch.setattr(walk, "is_compiled", lambda: request.param == "compiled")
        if request.param in ("edge by edge", "through all edges"):
            often = 0 if request.param == "edge by edge" else 10**9
            patch.setattr(walk, "_MANY", often)
            patch.setattr(walk, "_SORTED", often)
        yield


@examples(40, deadline=None)
@given(stated_maps(), st.dictionaries(st.integers(0, 9), STATES, min_size=1, max_size=4), st.booleans())
def test_states_are_those_of_the_other_walk(made, changes, optimistic):
    changes = {v: state for v, state in changes.items() if v < len(made)}
    w = wiring(made, optimistic=optimistic)
    state, turn = levels(w, changes)
    assert state.tolist() == spread(w, changes, compiled=False).state.tolist()
    assert ((turn > 0) == (state > 0)).all()


@pytest.mark.parametrize("changed", [State.DOWN, State.DEGRADED, State.AT_RISK])
def test_states_of_a_large_map_are_those_of_the_other_walk(changed):
    made = service_graph(generate(3_000))
    hub = int(np.argmax(np.diff(made.users)[: len(made)]))
    w = wiring(made)
    assert levels(w, {hub: changed})[0].tolist() == spread(w, {hub: changed}, compiled=False).state.tolist()


def test_what_holds_an_element_came_to_its_state_in_an_earlier_turn():
    made = service_graph(generate(3_000))
    hub = int(np.argmax(np.diff(made.users)[: len(made)]))
    state, turn = levels(wiring(made), {hub: State.DOWN})
    e, down = made.edges, np.flatnonzero(state[: len(made)] == State.DOWN)
    earlier = (state[e.provider] == State.DOWN) & (e.strength == 2) & (turn[e.provider] < turn[e.dependent])
    assert set(down.tolist()) - {hub} <= set(e.dependent[earlier].tolist())
    assert len(down) > 100
