"""Fifty crashes of a server in the middle of updates: nothing acknowledged is lost, nothing is half there."""

import pytest

from tests.app.sparql.crashes import kill_while_writing


@pytest.mark.timeout(3600)
@pytest.mark.parametrize("seed", range(5))
def test_fifty_kills_of_a_server(tmp_path, seed):
    counts = kill_while_writing(tmp_path / "store", kills=10, seed=seed)
    assert counts == sorted(counts)
    assert counts[-1] > 0
