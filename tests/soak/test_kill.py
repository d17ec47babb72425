"""A hundred crashes, spread over the whole of loads and updates: nothing acknowledged is lost, nothing is half there.

Runs for minutes, so ``make soak`` runs it and ``make test`` runs a tenth of it (``tests/graph/store/test_crashes.py``).
"""

from __future__ import annotations

import pytest

from tests.graph.store.crashes import kill_while_loading


@pytest.mark.slow
@pytest.mark.timeout(3600)
@pytest.mark.parametrize("seed", range(10))
def test_a_hundred_kills(tmp_path, seed):
    found = kill_while_loading(tmp_path, kills=10, seed=seed)
    assert found == sorted(found)
    assert found[-1] > 0
