"""Other people's catalogues are judged by our checks as pySHACL judges them."""

from __future__ import annotations

import pytest

from graph.maps import open_map
from graph.validation import run_shapes
from tests.examples import some


@pytest.mark.slow
@pytest.mark.parametrize(
    "name",
    some(
        [
            "gitlab-service-catalog",
            "backstage-giantswarm",
            "backstage-rhdh",
            "compose-otel-demo",
            "repos-govuk",
            "rdf-noria",
        ],
        2,
    ),
)
def test_both_engines_tell_the_same_findings(realworld, name: str) -> None:
    store = open_map([realworld / name]).store

    assert run_shapes(store) == run_shapes(store, engine="pyshacl")
