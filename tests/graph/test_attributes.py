"""Properties come in columns, whatever kind of value they have."""

import pytest

from graph.attributes import Attributes, index
from tests.graph.written import opened

TEXT = """
    teams: [{id: blue, name: Blue team}]
    environments: [{id: live, name: Live, environment_type: production}]
    elements:
      - id: shop
        kind: business service
        name: Shop
        alias: [web shop, till]
        criticality: high
        owner: blue
        operational_status: {state: degraded}
      - {id: db, kind: database, name: Books, environment: live, tier: "1", technical_owner: blue}
"""


@pytest.fixture
def said(tmp_path):
    made = opened(tmp_path, TEXT)
    return Attributes(made.store, made.projection)


def rows(said, key):
    ids, column = said._projection.ids, said.of(key)
    return [(ids[e].partition("/")[2], text) for e, text in zip(column.elements.tolist(), column.texts, strict=True)]


@pytest.mark.parametrize(
    ("key", "expected"),
    [
        ("criticality", [("shop", "high")]),
        ("alias", [("shop", "till"), ("shop", "web shop")]),
        ("owner", [("db", "Blue team"), ("shop", "Blue team")]),
        ("environment", [("db", "Live")]),
        ("state", [("shop", "degraded")]),
        ("tier", [("db", "1")]),
        ("region", []),
    ],
)
def test_a_column_has_what_the_sources_say(said, key, expected):
    assert rows(said, key) == expected


def test_a_column_names_the_elements_it_points_at(said):
    column = said.of("owner")
    assert [said._projection.ids[n].partition("/")[2] for n in column.targets] == ["blue"]


def test_a_key_that_the_vocabulary_lacks_is_none(said):
    assert "colour" not in said.keys
    with pytest.raises(KeyError):
        said.of("colour")


@pytest.mark.parametrize(
    ("words", "first", "why"),
    [("till", "Shop", "also called till"), ("blue database", "Books", "kind: database (DB)"), ("shop", "Shop", "")],
)
def test_search_looks_in_other_names_kinds_and_owners(said, words, first, why):
    hit = index(said._projection, said).search(words)[0]
    assert (hit.label, hit.why) == (first, why)
