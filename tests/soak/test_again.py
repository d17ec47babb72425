"""Thousands of rows of edits: the answer after each is that of a new computation. ``make soak`` runs it."""

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from graph.analysis import again, levels
from tests.graph.analysis.edits import stated_maps
from tests.graph.analysis.test_again import check_a_row_of_edits


@pytest.mark.slow
@pytest.mark.timeout(3600)
@settings(max_examples=20_000, deadline=None)
@pytest.mark.parametrize("compiled", [False, True])
@given(made=stated_maps(), data=st.data())
def test_after_each_of_several_edits_the_states_are_those_of_a_new_computation(made, data, compiled):
    if compiled:
        pytest.importorskip("numba", reason="numba is not installed: the loops in numpy are used")
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(again, "_LARGE", 1e-9)
        for module in (again, levels):
            patch.setattr(module, "is_compiled", lambda: compiled)
        check_a_row_of_edits(made, data, most=8)
