"""Is a map said rightly in the terms of others: with its elements, its relations the right way round, and no word more?"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pyoxigraph as ox
import pytest
import rdflib
import yaml

from graph.excerpt import Excerpt, excerpt
from graph.importers import backstage as catalogue
from graph.maps import open_map
from graph.reports import archimate, backstage, noria
from graph.store.constructed import constructed
from ontology.alignments import matches
from ontology.vocabulary import HOME, ontology_files, vocabulary
from tests.graph.written import opened

HERE = "https://w3id.org/servicemap/id/shop/"
SHOP = """
    namespace: shop
    elements:
      - {id: shop, kind: business service, name: Shop, owner: sales, depends_on: [web], part_of: selling}
      - {id: web, kind: application, name: Web, depends_on: [{of: [one, two], k: 1}], owner: [sales, ada]}
      - {id: one, kind: virtual machine, location: hall}
      - {id: two, kind: server, location: hall}
      - {id: hall, kind: site}
      - {id: selling, kind: business capability}
      - {id: sales, kind: team}
      - {id: ada, kind: person, name: Ada, team: sales}
      - {id: role, kind: access role}
      - {id: lead, kind: role}
      - {id: mail, kind: vendor service}
      - {id: part, kind: component}
      - {id: live, kind: instance}
"""


@pytest.fixture(scope="module")
def shop(tmp_path_factory: pytest.TempPathFactory) -> Excerpt:
    return excerpt(opened(tmp_path_factory.mktemp("others"), SHOP))


def triples(text: str) -> set[tuple[str, str, str]]:
    found = ox.parse(input=text, format=ox.RdfFormat.TURTLE)
    return {(q.subject.value.removeprefix(HERE), short(q.predicate), short(q.object)) for q in found}


def short(term: ox.NamedNode | ox.Literal) -> str:
    return term.value if isinstance(term, ox.Literal) else re.split(r"[/#]", term.value)[-1]


def entities(text: str) -> Iterator[dict]:
    yield from (found for found in yaml.safe_load_all(text) if found)


def test_archimate_has_who_provides_serve_and_the_whole_hold_its_parts(shop: Excerpt) -> None:
    found = triples(archimate.write(shop).text)

    assert {("shop", "type", "BusinessService"), ("two", "type", "Device"), ("one", "type", "Node")} <= found
    assert ("web", "serving", "shop") in found
    assert {("one", "serving", "web"), ("two", "serving", "web")} <= found
    assert ("selling", "composition", "shop") in found
    assert ("sales", "aggregation", "ada") in found
    assert not [row for row in found if row[0] == "role"]


def test_archimate_has_roles_as_roles_and_parts_of_software_as_components(shop: Excerpt) -> None:
    kinds = {subject: kind for subject, predicate, kind in triples(archimate.write(shop).text) if predicate == "type"}

    assert kinds["lead"] == "BusinessRole"
    assert kinds["sales"] == "BusinessActor"
    assert kinds["part"] == kinds["live"] == "ApplicationComponent"
    assert kinds["mail"] == "ApplicationService"


def test_noria_has_the_nearest_class_and_places_that_hold_things(shop: Excerpt) -> None:
    found = triples(noria.write(shop).text)

    kinds = {subject: kind for subject, predicate, kind in found if predicate == "type"}
    assert kinds == {
        "shop": "Service", "web": "Application", "one": "Resource", "two": "Resource", "hall": "Site",
        "sales": "OrganizationalUnit", "ada": "Person", "mail": "Service", "part": "ApplicationModule",
    }  # fmt: skip
    assert {("hall", "hasElement", "one"), ("ada", "memberOf", "sales")} <= found


@pytest.mark.parametrize("writer", [archimate, noria, backstage])
def test_what_cannot_be_said_is_counted_by_kind(shop: Excerpt, writer) -> None:
    messages = [finding.message for finding in writer.write(shop).findings]

    assert any(message.startswith("1 element of the kind 'access role' cannot be said in") for message in messages)
    assert any("how many of the members are enough" in message for message in messages)


def test_noria_says_that_it_has_no_dependencies(shop: Excerpt) -> None:
    messages = [finding.message for finding in noria.write(shop).findings]

    assert any("of the kind 'needs' cannot be said in NORIA-O" in message for message in messages)


def test_what_is_written_for_noria_is_read_from_noria_with_the_same_names(tmp_path: Path) -> None:
    part = excerpt(open_map([Path("data/enterprise")]))
    file = tmp_path / "again.ttl"
    file.write_text(noria.write(part).text, encoding="utf-8")
    again = open_map([file]).projection

    written = {s for s, p, _ in triples(file.read_text(encoding="utf-8")) if p == "type"}
    p = part.projection
    names = {p.labels[v] for v in part.elements if p.iris[v].removeprefix(HERE) in written}
    assert names == {label for label, stub in zip(again.labels, again.stub, strict=True) if not stub}


@pytest.mark.parametrize("data", ["data/enterprise", "data/laundry"])
def test_a_catalogue_that_was_written_reads_back_to_the_same_elements_and_dependencies(
    data: str, tmp_path: Path
) -> None:
    part = excerpt(open_map([Path(data)]))
    p, names = part.projection, backstage.references(part)
    file = tmp_path / "catalog-info.yaml"
    file.write_text(backstage.write(part).text, encoding="utf-8")
    refs = {
        entity["metadata"]["annotations"][
            "w3id.org/servicemap-id"
        ]: f"{entity['kind'].lower()}:{entity['metadata']['name']}"
        for entity in entities(file.read_text(encoding="utf-8"))
    }
    again = open_map([file])
    q = again.projection

    assert again.projection.stub.sum() == 0
    assert {identifier.partition("/")[2] for identifier in q.ids} == set(refs.values())
    assert {iri: ref.partition(":")[2] for iri, ref in refs.items()} == {iri: names[iri] for iri in refs}
    runs = {iri for iri, ref in refs.items() if ref.startswith(("component:", "resource:"))}
    assert needs(again) == {(refs[a], refs[b]) for a, b in impact_edges(part) if a in runs and b in runs}
    assert p.labels != []


def impact_edges(part: Excerpt) -> set[tuple[str, str]]:
    """Who needs whom by a kind that carries an outage; who needs a group needs its members."""
    p, words = part.projection, {kind.key: kind for kind in vocabulary().kinds.values()}
    direct = [(a.dependent, a.provider, a.kind) for a in part.arrows()]
    inside: dict[int, list[int]] = {}
    for dependent, provider, _ in direct:
        if dependent >= len(p):
            inside.setdefault(dependent, []).append(provider)

    def members(vertex: int) -> Iterator[int]:
        for member in inside.get(vertex, []):
            yield from members(member) if member >= len(p) else [member]

    pairs = set()
    for dependent, provider, kind in direct:
        if dependent < len(p) and (provider >= len(p) or words[kind].carries_impact):
            pairs |= {(dependent, end) for end in ([provider] if provider < len(p) else members(provider))}
    return {(p.iris[a], p.iris[b]) for a, b in pairs}


def needs(of) -> set[tuple[str, str]]:
    p = of.projection
    return {
        (p.ids[int(a)].partition("/")[2], p.ids[int(b)].partition("/")[2])
        for a, b, k in zip(p.edges.dependent, p.edges.provider, p.edges.kind, strict=True)
        if p.kinds[int(k)].key == "needs"
    }


def test_a_name_is_one_of_backstage_and_no_two_are_the_same(tmp_path: Path) -> None:
    long = "x" * 80
    text = "namespace: shop\nelements:\n- {id: 'A b', kind: application}\n- {id: a.b, kind: application}\n"
    part = excerpt(
        opened(tmp_path, text + f"- {{id: {long}, kind: application}}\n- {{id: {long}y, kind: application}}\n")
    )
    names = list(backstage.references(part).values())

    assert len(set(names)) == len(names) == 4
    assert all(re.fullmatch(r"[a-z0-9]([a-z0-9-]{0,61}[a-z0-9])?", name) for name in names)


def test_a_second_owner_and_a_missing_one_are_told(shop: Excerpt) -> None:
    messages = [finding.message for finding in backstage.write(shop).findings]

    assert any("a second 'owner'" in message for message in messages)
    assert any("wants an owner" in message for message in messages)


@pytest.mark.parametrize("name", ["archimate", "backstage", "noria"])
def test_a_second_engine_makes_the_same_of_a_map(shop: Excerpt, name: str) -> None:
    query = (HOME / "exports" / f"{name}.rq").read_text(encoding="utf-8")
    parts, other = list(replace(shop, derived=True).graphs().values()), rdflib.Graph()
    for part in parts:
        other.parse(data=part, format="nt")
    for file in ontology_files():
        other.parse(file, format="turtle")

    made = set(ox.parse(input=constructed(query, parts), format=ox.RdfFormat.N_TRIPLES))

    assert {tuple(map(term, triple)) for triple in other.query(query)} == {
        tuple(map(term, quad.triple)) for quad in made
    }
    assert made


def term(of: object) -> tuple[bool, str]:
    """Whether it is an address, and what it says."""
    text = of.value if isinstance(of, ox.NamedNode | ox.Literal) else of
    return isinstance(of, ox.NamedNode | rdflib.URIRef), str(text)


def test_every_query_of_the_folder_is_a_format_and_names_what_it_writes() -> None:
    files = sorted((HOME / "exports").glob("*.rq"))

    assert {file.stem for file in files} == {"archimate", "noria", "backstage"}
    assert all("# called: " in file.read_text(encoding="utf-8") for file in files)


def test_every_kind_of_backstage_that_is_written_is_read() -> None:
    kinds = {match.other.partition("#kind-")[2] for match in matches() if "#kind-" in match.other}

    assert kinds <= set(catalogue._CLASSES)
    assert kinds == set(backstage._KINDS)
