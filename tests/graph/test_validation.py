"""Shapes and checks find what is wrong, and say where."""

import pytest

from graph.maps import load_into, open_map
from graph.model import InputError
from graph.validation import Places, run_checks, run_shapes
from tests.graph.written import SHOP, opened


def found(map_):
    return {(f.check, f.severity.value, f.where.line if f.where else 0) for f in map_.validate()}


def test_a_map_in_order_has_no_error(tmp_path):
    assert not [f for f in opened(tmp_path).validate() if f.severity.value == "error"]


def test_a_group_that_can_never_work_is_an_error_at_its_line(tmp_path):
    said = found(opened(tmp_path, SHOP.replace("k: 1", "k: 5")))
    assert ("group-too-small", "error", 16) in said


def test_a_dependency_on_itself_and_a_circle_are_told(tmp_path):
    text = "elements:\n  - {id: a, kind: service, depends_on: [a, b]}\n  - {id: b, kind: service, depends_on: [a]}\n"
    checks = {f.check for f in opened(tmp_path, text).findings}
    assert {"self-dependency", "cycle"} <= checks


def test_an_owner_must_be_a_party(tmp_path):
    text = "elements:\n  - {id: a, kind: service, owner: b}\n  - {id: b, kind: service}\n"
    shapes = [f for f in opened(tmp_path, text).validate() if f.check == "shape"]
    assert [(f.severity.value, f.where.line) for f in shapes] == [("error", 2)]
    assert "owner" in shapes[0].message


def test_findings_come_errors_first(tmp_path):
    severities = [f.severity.value for f in opened(tmp_path, SHOP.replace("k: 1", "k: 5")).validate()]
    assert "error" in severities


MANY = (
    "elements:\n"
    + "".join(f"  - {{id: a{n:02}, kind: service, name: A, owner: b}}\n" for n in range(30))
    + "  - {id: b, kind: service}\n"
)


def test_of_many_equal_findings_the_first_are_told_and_the_rest_is_counted(tmp_path, monkeypatch):
    monkeypatch.setattr("graph.validation.MOST_TOLD", 7)
    findings = opened(tmp_path, MANY).validate()

    shapes = [f for f in findings if f.check == "shape"]
    assert [f.where.line for f in shapes[:-1]] == [2, 3, 4, 5, 6, 7, 8]
    assert (shapes[-1].severity.value, str(shapes[-1])) == (
        "error",
        "owner: 'owner' takes the id of a party. (23 more of these are not listed)",
    )


def test_a_check_tells_its_first_findings_and_counts_the_rest(tmp_path, monkeypatch):
    monkeypatch.setattr("graph.validation.MOST_TOLD", 7)
    text = MANY.replace(", owner: b", "")
    checks = [f for f in run_checks(opened(tmp_path, text).store) if f.check == "no-owner"]

    assert [f.where.line for f in checks[:-1]] == [2, 3, 4, 5, 6, 7, 8]
    assert str(checks[-1]) == "Nobody answers for it (24 more of these are not listed); give it an 'owner'"


def test_pyshacl_tells_the_same(tmp_path):
    text = SHOP.replace("owner: web-team", "owner: db").replace("k: 1", "k: 5")
    map_ = opened(tmp_path, text)

    assert map_.validate(engine="pyshacl") == map_.validate()
    assert any(f.check == "shape" for f in map_.validate())


OWN = """
@prefix : <https://example.org/shapes#> .
@prefix rdfs: <http://www.w3.org/2000/01/rdf-schema#> .
@prefix sh: <http://www.w3.org/ns/shacl#> .
@prefix sm: <https://w3id.org/servicemap#> .
:Databases sh:targetClass sm:Database ; rdfs:label "our databases"@en ; sh:property [ sh:path sm:runbook ; sh:minCount 1 ] .
"""


@pytest.mark.parametrize("engine", ["checks", "pyshacl"])
def test_shapes_of_ones_own_are_checked_beside_those_that_are_shipped(tmp_path, engine):
    file = tmp_path / "own.ttl"
    file.write_text(OWN, encoding="utf-8")

    found = run_shapes(opened(tmp_path).store, [file], engine=engine)

    assert [str(f).rpartition("map.yaml:")[2] for f in found] == ["18: shop/db: runbook: there are too few values"]


@pytest.mark.parametrize(
    ("own", "words"),
    [
        (
            OWN.replace("sh:minCount 1", "sh:sparql [ sh:select 'SELECT' ]"),
            "the shape 'a part of our databases' uses sh:sparql, which is not checked here",
        ),
        (OWN.replace("sh:minCount 1", "sh:minCount 1 ."), "own.ttl"),
    ],
)
def test_a_shape_that_cannot_be_checked_is_refused_and_named(tmp_path, own, words):
    file = tmp_path / "own.ttl"
    file.write_text(own, encoding="utf-8")

    with pytest.raises(InputError, match="correct the shape") as refused:
        run_shapes(opened(tmp_path).store, [file])

    assert words in str(refused.value)


def test_a_stub_stands_where_the_first_dependency_on_it_does(tmp_path):
    text = "<https://w3id.org/servicemap/id/shop/{}> a sm:Application ; dcterms:identifier '{}' ; sm:needs <https://w3id.org/servicemap/id/shop/gone> ."
    edge = "<https://w3id.org/servicemap/id/shop/{0}/dependency/needs/shop/gone> a sm:Dependency ; sm:dependent <https://w3id.org/servicemap/id/shop/{0}> ; sm:provider <https://w3id.org/servicemap/id/shop/gone> ."
    head = "@prefix sm: <https://w3id.org/servicemap#> . @prefix dcterms: <http://purl.org/dc/terms/> .\n"
    body = "\n".join(line.format(name, name) for name in "ab" for line in (text, edge))
    map_ = opened(tmp_path, head + body + "\n", name="map.ttl")

    (stub,) = [f for f in map_.findings if f.check == "stub"]

    assert (stub.subject.rpartition("/")[2], stub.where.line) == ("gone", 3)


def test_what_is_defined_nowhere_stands_where_it_is_named_first(tmp_path):
    head = "@prefix sm: <https://w3id.org/servicemap#> . @prefix dcterms: <http://purl.org/dc/terms/> .\n"
    text = "<https://w3id.org/servicemap/id/shop/{0}> a sm:Application ; dcterms:identifier '{0}' ;\n  sm:ownedBy <https://w3id.org/servicemap/id/shop/gone> .\n"
    map_ = opened(tmp_path, head + text.format("a") + text.format("b"), name="map.ttl")

    assert Places(map_.store).of("https://w3id.org/servicemap/id/shop/gone").line == 2


def test_what_the_checks_of_a_stored_revision_find_is_kept_and_asked_once(tmp_path, monkeypatch):
    folder = tmp_path / "shop"
    folder.mkdir()
    (folder / "map.yaml").write_text("elements:\n  - {id: web, kind: application, owner: nobody}\nstubs: [nobody]\n")
    load_into(tmp_path / "shop.store", [folder])
    found = open_map(store=tmp_path / "shop.store").findings
    assert "stub" in [f.check for f in found]
    with monkeypatch.context() as patch:
        patch.setattr("graph.validation.run_checks", lambda _: pytest.fail("the checks were asked again"))
        assert open_map(store=tmp_path / "shop.store").findings == found
    (kept,) = tmp_path.glob("shop.store/0*/findings")
    for spoilt in (kept.read_text()[:-9], "0" * 64 + "\n[]", ""):
        kept.write_text(spoilt)
        assert open_map(store=tmp_path / "shop.store").findings == found
    (folder / "map.yaml").write_text("elements:\n  - {id: web, kind: application}\n")
    load_into(tmp_path / "shop.store", [folder])
    assert "stub" not in [f.check for f in open_map(store=tmp_path / "shop.store").findings]


def test_a_thing_that_has_no_line_is_told_with_its_file(tmp_path):
    text = '{"@context": {"x": "urn:x:", "@vocab": "https://w3id.org/servicemap#"}, "@id": "x:web", "@type": "Application"}'
    (tmp_path / "a.jsonld").write_text(text, encoding="utf-8")
    found = [f for f in open_map([tmp_path / "a.jsonld"]).validate() if "exactly one id" in f.message]
    assert [str(each.where) for each in found] == [str(tmp_path / "a.jsonld")]
