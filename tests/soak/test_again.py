"""Thousands of rows of edits: the answer after each is that of a new computation. ``make soak`` runs it."""

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from graph.analysis import again
from tests.graph.analysis.edits import stated_maps
from tests.graph.analysis.test_again import check_a_row_of_edits


@pytest.mark.slow
@pytest.mark.timeout(3600)
@settings(max_examples=20_000, deadline=None)
@given(stated_maps(), st.data())
def test_after_each_of_several_edits_the_states_are_those_of_a_new_computation(made, data):
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(again, "_LARGE", 1e-9)
        check_a_row_of_edits(made, data, most=8)
