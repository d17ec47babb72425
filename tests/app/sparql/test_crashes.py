"""A server that is killed while somebody writes loses nothing that it acknowledged; ``make soak`` does it fifty times."""

import pytest

from tests.app.sparql.crashes import kill_while_writing


@pytest.mark.slow
def test_a_kill_loses_nothing(tmp_path):
    assert kill_while_writing(tmp_path / "store", kills=2, seed=3)[-1] >= 2
