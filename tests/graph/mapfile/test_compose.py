"""Writing a map file: read(write(x)) == x for all that a map file can say, and the rest is told."""

import json
from pathlib import Path

import pytest
from hypothesis import HealthCheck, assume, given

from graph.importers.map import read
from graph.importers.rdf import read as read_rdf
from graph.mapfile.compose import compose
from graph.maps import open_map
from graph.model import InputError, ReadOptions
from graph.ntriples import BASE, Statement, Term, statements
from graph.store import source_graph
from ontology import terms as t
from tests.examples import examples
from tests.graph.mapfile.maps import ELEMENTS, WORDS, maps

DATA = Path(__file__).parents[3] / "data"


@pytest.fixture(scope="module")
def back(tmp_path_factory):
    """What a map file says, as a set of statements."""
    folder = tmp_path_factory.mktemp("written")

    def from_file(text, name="map.yaml"):
        (folder / name).write_text(text, encoding="utf-8")
        return set(statements(read(folder / name, ReadOptions("elsewhere", BASE, "x")).triples))

    return from_file


def said(map_):
    return {x for s in map_.store.sources for x in statements(map_.store.triples(source_graph(s.id)))}


def without_stubs(again, known):
    """Without the ids of what the map points at and does not define: the file lists them, so that it can be opened."""
    typed = {x.subject for x in known if x.predicate == t.RDF_TYPE}
    return {x for x in again if x in known or x.predicate != t.DCTERMS_IDENTIFIER or x.subject in typed}


@examples(40, suppress_health_check=list(HealthCheck))
@given(made=maps())
def test_every_map_is_read_as_it_was_written(back, made):
    try:
        known = back(json.dumps(made), "map.json")
    except InputError:
        assume(False)
    written = compose(known)
    again = back(written.text)
    assert without_stubs(again, known) == known
    assert told_lost(written) == 0
    assert compose(again).text == written.text
    assert compose(again).findings == ()


@pytest.mark.parametrize("kind", ELEMENTS)
def test_every_property_of_every_kind_survives(back, kind):
    samples = {}
    for key, use in WORDS.class_named(kind).properties.items():
        if use.kind == "reference":
            samples[key] = ["b", "other/c"] if use.many else "b"
        elif use.kind == "code":
            samples[key] = WORDS.codes_of(use.range)[0].key
        elif use.kind == "value" and not use.pattern:
            word = {"minutes": "90 min", "percent": "5 %"}.get(use.unit) or {
                "boolean": "yes", "integer": "3", "nonNegativeInteger": "3", "decimal": "2.5", "dateTime": "2026-01-31T08:00:00+01:00", "anyURI": "https://x.example/",
            }.get(use.range.rpartition("#")[2], "no: 012")  # fmt: skip
            samples[key] = word
    known = back(json.dumps({"elements": [{"id": "a", "kind": kind, **samples}]}), "map.json")
    assert without_stubs(back(compose(known).text), known) == known


@pytest.mark.parametrize("name", sorted(p.name for p in DATA.iterdir() if p.name != "samples"))
def test_shipped_maps_survive(back, name):
    known = open_map([DATA / name])
    written = compose(said(known), known.store.titles)
    assert back(written.text) == said(known)
    assert written.findings == ()


WITHOUT_ELEMENTS = {"records"}


@pytest.mark.parametrize("name", sorted({p.name for p in (DATA / "samples").iterdir()} - WITHOUT_ELEMENTS))
def test_what_a_catalogue_says_becomes_a_map_file_that_opens(tmp_path, name):
    known = open_map([DATA / "samples" / name])
    written = compose(said(known))
    (tmp_path / "map.yaml").write_text(written.text, encoding="utf-8")
    again = open_map([tmp_path / "map.yaml"])
    assert again.projection.ids == known.projection.ids
    assert again.projection.stub.tolist() == known.projection.stub.tolist()
    assert again.projection.dependencies == known.projection.dependencies
    assert len(said(known) - said(again)) - told_lost(written) <= 4 * told_moved(written)


def told_lost(written):
    """How many statements the findings say are not written."""
    lost = [f for f in written.findings if "not written" in f.message]
    return sum(int(f.message.split()[0].replace(",", "")) for f in lost)


def told_moved(written):
    """How many parts, dependencies and groups get another address."""
    return sum(int(f.message.split()[0]) for f in written.findings if "another address" in f.message)


@pytest.mark.parametrize(
    ("folder", "most"),
    [("gitlab-service-catalog", 8), ("backstage-giantswarm", 60), ("compose-otel-demo", 0), ("backstage-rhdh", 0)],
)
def test_real_catalogues_lose_no_more_than_is_told(realworld, back, folder, most):
    known = open_map([realworld / folder])
    written = compose(said(known))
    lost, more = said(known) - back(written.text), back(written.text) - said(known)
    assert len(lost) <= most
    moved = told_moved(written)
    assert len(lost) - told_lost(written) <= 4 * moved
    assert bool(more) == bool(moved)


FOREIGN = """
@prefix sm: <https://w3id.org/servicemap#> .
@prefix foaf: <http://xmlns.com/foaf/0.1/> .
@prefix rdfs: <http://www.w3.org/2000/01/rdf-schema#> .
@prefix dcterms: <http://purl.org/dc/terms/> .
@prefix x: <https://w3id.org/servicemap/id/shop/> .
@prefix y: <https://example.org/other/place/> .
x:web a sm:Application ; dcterms:identifier "web" ; rdfs:label "Web"@en ; foaf:nick "w" ;
    dcterms:description " spaces " , "one" , "two" ; sm:ownedBy <https://example.org/odd#owner> .
<https://example.org/odd#thing> a sm:Application ; rdfs:label "Odd" .
x:d1 a sm:Dependency ; sm:dependent x:web ; sm:provider x:db ; sm:kind sm:kind-needs .
x:d2 a sm:Dependency ; sm:dependent x:web ; sm:provider y:db ; sm:kind sm:kind-needs .
x:d3 a sm:Dependency ; sm:dependent x:gone ; sm:provider x:db ; sm:kind sm:kind-needs .
x:g a sm:DependencyGroup ; sm:dependent x:web ; sm:minimumMembers 2 .
x:m1 a sm:Dependency ; sm:dependent x:web ; sm:provider x:vm-1 ; sm:kind sm:kind-runs-on ; sm:memberOfGroup x:g .
x:m2 a sm:Dependency ; sm:dependent x:web ; sm:provider x:vm-2 ; sm:memberOfGroup x:g .
"""


def test_what_a_map_file_cannot_say_is_told(tmp_path, back):
    (tmp_path / "map.ttl").write_text(FOREIGN, encoding="utf-8")
    known = set(statements(read_rdf(tmp_path / "map.ttl", ReadOptions("shop", BASE, "x")).triples))
    written = compose(known)
    words = "\n".join(map(str, written.findings))
    for part in (
        "'http://xmlns.com/foaf/0.1/nick' not written: map files have no word for it",
        "3 dependencies are written under another address",
        "1 group is written under another address",
        "1 statement is with 'sm:kind' added",
        "the address of the element is no id of a map file",
        "leads where this file has no id for",
        "an entry has one kind, one name and one id, in no language",
    ):
        assert part in words
    again = back(written.text)
    keep = {x for x in known if x.subject.endswith("/web")}
    assert {x.predicate for x in keep - again} == {
        t.RDFS_LABEL, "http://xmlns.com/foaf/0.1/nick", t.DCTERMS_DESCRIPTION, t.OWNED_BY
    }  # fmt: skip
    assert "k: 2" in written.text


def test_two_bases_become_two_documents(back):
    known = {
        statement
        for iri in (BASE + "shop/web", "https://example.org/map/shop/web")
        for statement in (
            Statement(iri, t.RDF_TYPE, Term(t.APPLICATION, is_iri=True)),
            Statement(iri, t.DCTERMS_IDENTIFIER, Term("web")),
            Statement(iri, t.RDFS_LABEL, Term("web")),
        )
    }
    written = compose(known)
    assert written.text.count("---\n") == 1
    assert back(written.text) == known


def test_open_references_stand_under_stubs_and_are_no_error(tmp_path):
    (tmp_path / "shop").mkdir()
    file = tmp_path / "shop" / "map.yaml"
    file.write_text("stubs: [db]\nelements:\n  - {id: web, kind: application, depends_on: [db]}\n")
    p = open_map([file]).projection
    assert bool(p.stub[p.find("db")])
    file.write_text("stubs: [dc]\nelements:\n  - {id: web, kind: application, depends_on: [db]}\n")
    with pytest.raises(InputError, match="'db' is not defined"):
        open_map([file])


@pytest.mark.parametrize(
    ("stubs", "message"), [("{a: b}", "'stubs' is a list of ids"), ("[a/b/c]", "'a/b/c' is no reference")]
)
def test_stubs_are_ids(tmp_path, stubs, message):
    (tmp_path / "map.yaml").write_text(f"stubs: {stubs}\nelements:\n  - {{id: web, kind: application}}\n")
    with pytest.raises(InputError, match=message):
        read(tmp_path / "map.yaml", ReadOptions("shop", BASE, "x"))


def test_short_forms_say_all_that_needs_no_more(back):
    text = "elements:\n  - id: a\n    kind: application\n    depends_on: [b, {on: c, strength: optional}, {of: [d, e], k: 1}]\n"
    written = compose(back(text)).text
    assert "      - b\n" in written
    assert "      - {on: c, strength: optional}\n" in written
    assert "      - {of: [d, e], k: 1}\n" in written


def test_a_file_too_large_for_a_map_is_refused(monkeypatch):
    monkeypatch.setattr("graph.mapfile.compose.MAX_BYTES", 10)
    with pytest.raises(InputError, match="larger than"):
        compose([Statement(BASE + "shop/web", t.RDF_TYPE, Term(t.APPLICATION, is_iri=True))])
