"""The other side gets what it likes best, or is told that it cannot be had."""

import pytest

from app.accept import best

OFFERS = ["application/sparql-results+json", "application/sparql-results+xml", "text/csv"]


@pytest.mark.parametrize(
    ("accept", "chosen"),
    [
        ("*/*", OFFERS[0]),
        ("text/html, */*;q=0.1", OFFERS[0]),
        ("application/sparql-results+xml;q=0.9, text/csv;q=0.8", OFFERS[1]),
        ("text/csv; charset=utf-8; q=0.5, application/sparql-results+xml;q=0.4", OFFERS[2]),
        ("application/sparql-results+json;q=0, */*", OFFERS[1]),
        ("TEXT/CSV", OFFERS[2]),
        ("text/*;q=0.3, application/*;q=0.2", OFFERS[2]),
        ("text/csv;q=nonsense", None),
        ("text/html", None),
        (" , ,", OFFERS[0]),
        ("text/csv;q=nan", None),
    ],
)
def test_the_highest_weight_wins_and_zero_refuses(accept, chosen):
    assert best(accept, OFFERS) == chosen


def test_where_nothing_is_offered_nothing_is_chosen():
    assert best("*/*", []) is None
    assert best("", []) is None
