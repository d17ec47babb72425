"""What is left of spans without others holds moment by moment."""

from hypothesis import given
from hypothesis import strategies as st

from graph.analysis.windows import ALWAYS, FOREVER, length, merged, without

SPANS = st.lists(st.tuples(st.integers(0, 30), st.integers(0, 30)), max_size=5).map(merged)


def moments(spans):
    return {moment for start, end in spans for moment in range(start, end)}


@given(SPANS, SPANS)
def test_a_moment_is_left_where_the_first_has_it_and_the_second_has_not(spans, others):
    left = without(spans, others)
    assert moments(left) == moments(spans) - moments(others)
    assert left == merged(left)


@given(SPANS)
def test_nothing_is_left_without_itself_and_all_without_nothing(spans):
    assert without(spans, spans) == ()
    assert without(spans, ()) == spans
    assert without(spans, ALWAYS) == ()


def test_open_ends_stay_open():
    assert without(ALWAYS, ((0, 10),)) == ((-FOREVER, 0), (10, FOREVER))
    assert without(((0, FOREVER),), ((5, FOREVER),)) == ((0, 5),)
    assert length(without(((0, 60),), ((10, 20),))) == 50
