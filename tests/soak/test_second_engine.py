"""Ready questions that take rdflib half a minute are answered alike by both engines too."""

from __future__ import annotations

import pytest

from tests.graph.test_questions import CASES, SLOW_THERE, other_answer, plain


@pytest.mark.timeout(900)
@pytest.mark.filterwarnings("ignore:Dataset.(default_context|contexts)")  # rdflib warns about itself
@pytest.mark.parametrize("name", sorted(SLOW_THERE))
def test_a_second_engine_gives_the_same_rows(name: str) -> None:
    assert sorted(other_answer(CASES[name]["map"], plain(name))) == sorted(CASES[name]["rows"])
