"""What do the tests of the explorer share? Norrvik: a small map with every class that has a look of its own."""

from __future__ import annotations

from pathlib import Path

import pytest

from app.atlas import Atlas
from graph.maps import Map, open_map

MAPS = Path(__file__).parent / "maps"


@pytest.fixture(scope="session")
def norrvik() -> Map:
    """The opened map."""
    return open_map([MAPS / "norrvik"])


@pytest.fixture(scope="session")
def atlas(norrvik: Map) -> Atlas:
    """The same, as the pages ask it."""
    return Atlas(norrvik)
