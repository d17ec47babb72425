"""A few letters find what is meant."""

import pytest

from graph.analysis.search import search
from tests.graph.written import opened

TEXT = """
    elements:
      - {id: order-hub, kind: application, name: Order hub}
      - {id: orders, kind: business service, name: Online ordering, depends_on: [order-hub]}
      - {id: reorder, kind: application, name: Reorder point}
      - {id: db-7, kind: database, name: Postgres}
"""


@pytest.fixture
def p(tmp_path):
    return opened(tmp_path, TEXT).projection


@pytest.mark.parametrize(
    ("text", "first"),
    [
        ("order hub", "Order hub"),
        ("ORDER-HUB", "Order hub"),
        ("order", "Order hub"),
        ("hub", "Order hub"),
        ("postgers", "Postgres"),
        ("db-7", "Postgres"),
        ("ordering", "Online ordering"),
        ("point reorder", "Reorder point"),
    ],
)
def test_the_best_fit_comes_first(p, text, first):
    assert search(p, text)[0].label == first


def test_nothing_and_noise_find_nothing(p):
    assert search(p, "   ") == ()
    assert search(p, "zzzzzz") == ()


def test_the_limit_holds(p):
    assert len(search(p, "o", limit=2)) == 2
