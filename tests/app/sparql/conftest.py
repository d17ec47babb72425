"""What do the tests of the endpoint share? A small shop behind it, asked as a client asks."""

from __future__ import annotations

import pytest

from app.sparql.alone import create_programs
from app.sparql.endpoint import Endpoint
from graph.maps import open_map
from graph.store import Limits
from tests.graph.written import SHOP, write


@pytest.fixture(scope="session")
def shop(tmp_path_factory):
    return open_map([write(tmp_path_factory.mktemp("shop"), SHOP)])


@pytest.fixture(scope="session")
def endpoint(shop):
    made = Endpoint(lambda: shop.store, limits=Limits(seconds=5, rows=200))
    yield made
    made.close()


@pytest.fixture(scope="session")
def client(endpoint):
    return create_programs(endpoint).test_client()
