"""The entry of one element reads back to all that was said about it, and holds nothing of others."""

from pathlib import Path

import pytest

from graph.importers.map import read
from graph.maps import open_map
from graph.model import ReadOptions
from graph.ntriples import BASE, statements
from graph.snippet import snippet
from graph.store import DERIVED, ONTOLOGY
from ontology import terms as t

DATA = Path(__file__).parents[2] / "data"


@pytest.fixture(scope="module", params=["laundry", "enterprise", "reference_model"])
def shipped(request):
    return open_map([DATA / request.param])


def test_the_entry_reads_back_to_what_was_said(shipped, tmp_path):
    p, store = shipped.projection, shipped.store
    for element in range(0, len(p), 7):
        if p.stub[element]:
            continue
        made = snippet(store, p.iris[element])
        (tmp_path / "one.yaml").write_text(made.text, encoding="utf-8")
        found = {
            (said.predicate, said.value.text)
            for said in statements(read(tmp_path / "one.yaml", ReadOptions("elsewhere", BASE, "x")).triples)
            if said.subject == p.iris[element]
        }
        said = {
            (predicate, value.text)
            for predicate, value, graph in store.about(p.iris[element])
            if graph not in (DERIVED, ONTOLOGY)
        }
        assert found == said, p.ids[element]
        assert made.text.count("  - id: ") >= 1
        assert "stubs:" not in made.text


def test_dependencies_and_groups_come_along():
    laundry = open_map([DATA / "laundry"])
    text = snippet(laundry.store, laundry.projection.iris[laundry.projection.find("factory")]).text
    assert "- {on: detergent, strength: required, tolerance: 3 days}" in text
    assert "id: washing-lines" in text
    assert text.count("name: ") == 1


def test_what_a_map_file_cannot_say_is_told(tmp_path):
    (tmp_path / "a.ttl").write_text(
        f'<{BASE}shop/web> a <{t.APPLICATION}> ; <{t.DCTERMS_IDENTIFIER}> "web" ; <{t.RDFS_LABEL}> "Web" ; '
        '<https://example.org/colour> "red" .'
    )
    opened = open_map([tmp_path / "a.ttl"])
    made = snippet(opened.store, BASE + "shop/web")
    assert "colour" not in made.text
    assert any("colour" in finding.message for finding in made.findings)
