"""What do the tests of the query page share? A small shop with hostile names, and a client that asks it."""

from __future__ import annotations

from pathlib import Path

import pytest
from flask.testing import FlaskClient

from app.web import create_app
from graph.maps import Map, open_map

SHOP = """
namespace: shop
title: Shop
elements:
  - {id: shop, kind: business service, name: Shop, owner: crew, depends_on: [web]}
  - {id: web, kind: application, name: Web, criticality: high, depends_on: [db, cache]}
  - {id: db, kind: database, name: "<b>Database</b>"}
  - {id: cache, kind: database, name: "=HYPERLINK(1)"}
  - {id: twin-1, kind: application, name: Twin}
  - {id: twin-2, kind: application, name: Twin}
  - {id: crew, kind: team, name: Crew}
"""


@pytest.fixture(scope="session")
def shop(tmp_path_factory: pytest.TempPathFactory) -> Map:
    """The opened map."""
    folder: Path = tmp_path_factory.mktemp("shop")
    (folder / "shop.yaml").write_text(SHOP)
    return open_map([folder])


@pytest.fixture(scope="session")
def client(shop: Map) -> FlaskClient:
    """Asks the explorer of the shop."""
    return create_app(shop).server.test_client()
