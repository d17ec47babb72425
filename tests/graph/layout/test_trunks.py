"""Lines to one provider join one trunk, which is drawn once."""

from graph.layout import Route
from graph.layout.trunks import branches


def test_a_line_that_shares_nothing_is_no_branch() -> None:
    routes = {"a": Route(((0, 0), (0, 99))), "b": Route(((40, 0), (40, 99)))}
    assert branches([("a", "x"), ("b", "x")], routes) == {}
    assert branches([("a", "x"), ("b", "y")], routes) == {}
