"""The checks that the shapes become find what pySHACL finds: all of it, and nothing else."""

from __future__ import annotations

import random
from functools import cache
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given
from hypothesis import strategies as st

from graph.maps import open_map
from graph.model import Source, Statements
from graph.shapes import broken, broken_by_pyshacl
from graph.store import DERIVED, source_graph
from graph.store.embedded import MemoryStore
from ontology import terms as t
from ontology.constraints import Shape, read_shapes, shape_triples
from ontology.vocabulary import shape_files, vocabulary
from tests.examples import examples, some
from tests.graph.shapes.alike import Bare, both, said, shapes_of

ROOT = Path(__file__).parents[3]
EVERY_DEMAND = Path(__file__).with_name("every_demand.ttl").read_text(encoding="utf-8")
COMPARED = """
:lessThan sh:targetSubjectsOf :p ; sh:property [ sh:path :p ; sh:lessThan :q ] .
:lessThanOrEquals sh:targetSubjectsOf :p ; sh:property [ sh:path :p ; sh:lessThanOrEquals :q ] .
"""
NODES = [":a", ":b", ":c", ":d", ":e", "_:f"]
NUMBERS = ["0", "5", "5.0", "5.5", "-1", "01", "1.50", "1.0E2", '"99999999999999999999"^^xsd:integer']
MOMENTS = [
    '"2026-01-01T00:00:00Z"^^xsd:dateTime', '"2027-01-01T00:00:00"^^xsd:dateTime', '"2025-12-31T23:30:00-01:00"^^xsd:dateTime',
]  # fmt: skip
TEXTS = ['"x"', '"abc"', '"ABC"', '""', '"longer"', '"x\\u001c"', '"abc\\n"', '"it\\"s"']
VALUES = [
    *NODES, *NUMBERS, *MOMENTS, *TEXTS, '"x"@en', '"y"@en', '"w"@en', '"v"@en', '"u"@EN', '"z"@de', '"c"@en-US', "true", '"maybe"^^xsd:boolean', '"five"^^xsd:integer',
    '"five"^^xsd:decimal', '"2025-12-31T24:00:00Z"^^xsd:dateTime', '"-0044-03-15T00:00:00Z"^^xsd:dateTime', '"2026-02-30T00:00:00Z"^^xsd:dateTime',
    '"soon"^^xsd:dateTime', '"2026-01-01"^^xsd:date', '"2026-13-01"^^xsd:date', '"https://example.org/"^^xsd:anyURI', '"not one"^^xsd:anyURI',
    '"INF"^^xsd:double', '"b"^^:own',
]  # fmt: skip
SUBCLASSES = ":D rdfs:subClassOf :C . :E rdfs:subClassOf :D . "
TYPE = st.tuples(st.sampled_from(NODES), st.just("a"), st.sampled_from([":C", ":D", ":E", ":Itself"]))
SLOW = examples(20, deadline=None, suppress_health_check=[HealthCheck.too_slow])


def statements(values: list[str]) -> st.SearchStrategy[str]:
    link = st.tuples(st.sampled_from(NODES), st.sampled_from([":p", ":p", ":q", ":r"]), st.sampled_from(values))
    return st.lists(st.one_of(TYPE, link, link), max_size=25).map(
        lambda them: " ".join(f"{s} {p} {o} ." for s, p, o in them)
    )


@cache
def shapes(turtle: str, folder: Path):
    return shapes_of(folder, turtle)


@pytest.fixture(scope="module")
def folder(tmp_path_factory) -> Path:
    return tmp_path_factory.mktemp("shapes")


@SLOW
@given(turtle=statements(VALUES))
def test_every_demand_is_checked_as_pyshacl_checks_it(folder: Path, turtle: str) -> None:
    ours, theirs = both(Bare(SUBCLASSES + turtle), *shapes(EVERY_DEMAND, folder))

    assert ours == theirs


@pytest.mark.parametrize("values", [NUMBERS, MOMENTS, TEXTS + NODES[:5]], ids=["numbers", "moments", "texts"])
def test_values_are_compared_as_pyshacl_compares_them(folder: Path, values: list[str]) -> None:
    everything = " ".join(
        f":{n} :p {one} ; :q {other} ." for n, (one, other) in enumerate((a, b) for a in values for b in values)
    )

    ours, theirs = both(Bare(everything), *shapes(COMPARED, folder))

    assert ours == theirs
    assert len(ours) > len(values)


def test_every_demand_is_broken_by_something(folder: Path) -> None:
    """A law over random maps proves nothing about a demand that no map breaks."""
    rnd, named = random.Random(7), set()
    for _ in range(40):
        turtle = " ".join(f"{rnd.choice(NODES)} a {rnd.choice([':C', ':D', ':E', ':Itself'])} ." for _ in range(4))
        turtle += " ".join(f"{rnd.choice(NODES)} {rnd.choice([':p', ':q'])} {rnd.choice(VALUES)} ." for _ in range(20))
        turtle += ' :a :p "one"@en , "two"@en .'
        named |= {
            shape.removeprefix("a part of https://example.org/")
            for shape, *_ in said(list(broken(Bare(SUBCLASSES + turtle), shapes(EVERY_DEMAND, folder)[1])))
        }

    all_of_them = {line.split()[0][1:] for line in EVERY_DEMAND.splitlines() if line.startswith(":")}
    assert all_of_them - named == {"inner", "switchedOff", "open", "notUniqueLang"}


@cache
def shipped():
    triples = shape_triples(shape_files())
    return triples, read_shapes(triples)


def stored(triples: bytes) -> MemoryStore:
    """A store that holds statements as they are, whatever an importer would say of them."""
    store = MemoryStore()
    store.replace([Statements(Source("m/m.nt", "m.nt", "rdf", "", "m"), triples, {})])
    return store


def alike(store: MemoryStore) -> int:
    """Both engines say the same of the shipped shapes; how much they said."""
    ours = said(list(broken(store, shipped()[1])))
    assert ours == said(list(broken_by_pyshacl(store, *shipped())))
    return len(ours)


@pytest.mark.parametrize("name", ["laundry", "enterprise", "samples/backstage", "samples/gitlab"])
def test_a_shipped_map_is_judged_alike(name: str) -> None:
    alike(open_map([ROOT / "data" / name]).store)


def test_the_fixtures_of_the_shapes_are_judged_alike() -> None:
    from tests.ontology.test_shapes import FAILING, HEAD, PASSING

    things = "\n".join(f"bad:{number} a sm:{cls} ; {says} ." for number, (cls, says, _, _) in enumerate(FAILING))
    text = PASSING.read_text(encoding="utf-8") + HEAD.replace("@prefix : ", "@prefix bad: ") + things

    assert alike(stored(Bare(text).triples(DERIVED))) >= len(FAILING)


@pytest.mark.slow
@pytest.mark.parametrize("seed", some(range(6)))
def test_a_map_that_was_spoilt_is_judged_alike(seed: int) -> None:
    """Statements are lost, doubled and bent at random."""
    store, rnd = open_map([ROOT / "data" / "laundry"]).store, random.Random(seed)
    lines = [line for source in store.sources for line in store.triples(source_graph(source.id)).decode().splitlines()]
    ends = [line.partition("> <")[2].partition("> ")[2] for line in lines]
    spoilt = [line for line in lines if rnd.random() > 0.03]
    spoilt += [
        f"{line.partition('> <')[0]}> <{line.partition('> <')[2].partition('> ')[0]}> {rnd.choice(ends)}"
        for line in rnd.sample(lines, 60)
    ]
    spoilt += [" ".join((*line.split(" ", 2)[:2], rnd.choice(STRANGE), ".")) for line in rnd.sample(lines, 60)]

    assert alike(stored("\n".join(spoilt).encode() + b"\n")) > 20


STRANGE = [
    f'"-1"^^<{t.XSD}integer>',
    f'"soon"^^<{t.XSD}dateTime>',
    f'"101.0"^^<{t.XSD}decimal>',
    '""',
    '"x"@en',
    f'"1"^^<{t.XSD}integer>',
]


@pytest.mark.slow
@examples(7, least=2, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(rnd=st.randoms(use_true_random=False))
def test_things_built_around_the_shipped_shapes_are_judged_alike(rnd: random.Random) -> None:
    """Things of every class that has a shape, each property missing, right, wrong, doubled or in a circle."""
    about = [(shape, cls) for shape in shipped()[1] for cls in shape.targets.classes]
    things = {f"<https://w3id.org/servicemap/id/m/{number}>": cls for number, (_, cls) in enumerate(about)}
    lines = [f"{thing} <{t.RDF_TYPE}> <{cls}> ." for thing, cls in things.items()]
    for thing, (shape, _) in zip(things, about, strict=True):
        for demand in shape.constraints:
            for _ in range(rnd.choice([0, 0, 1, 1, 1, 2]) if demand.name == "property" else 0):
                inner = demand.shapes[0]
                lines.append(f"{thing} <{inner.route.iri}> {_some_value(rnd, inner, things)} .")

    assert alike(stored("\n".join(lines).encode())) > 0


def _some_value(rnd: random.Random, shape: Shape, things: dict[str, str]) -> str:
    """Mostly a value that the property takes, else another."""
    wanted = {demand.name: demand.terms[0].text for demand in shape.constraints if demand.terms}
    if "class" in wanted and rnd.random() < 0.6:
        codes = [f"<{code.iri}>" for code in vocabulary().codes_of(wanted["class"])]
        fitting = [thing for thing, cls in things.items() if vocabulary().is_a(cls, wanted["class"])]
        return rnd.choice(codes or fitting or list(things))
    right = [f'"{text}"^^<{wanted["datatype"]}>' for text in RIGHT.get(wanted.get("datatype"), ())]
    return rnd.choice(right) if right and rnd.random() < 0.6 else rnd.choice([*STRANGE, *things])


RIGHT = {
    t.XSD_STRING: ["x", "EUR", "a@example.org"], t.XSD_ANY_URI: ["https://example.org/"], t.XSD_BOOLEAN: ["true", "0"],
    t.XSD_INTEGER: ["1", "007", "65535", "65536"], t.XSD_DECIMAL: ["0", "1.50", "100.0", "180.5"], t.XSD_DATE_TIME: ["2026-01-01T00:00:00Z"],
}  # fmt: skip


def test_a_property_that_is_excused_may_have_values_of_any_class(folder: Path) -> None:
    wants = ":s sh:targetClass :C ; sh:property [ sh:path :p ; sh:class :D ] ."
    data = Bare(":a a :C ; :p :b . :c a :C ; :p :d . :d :strange true .")

    found = said(list(broken(data, shapes(wants, folder)[1], excused="https://example.org/strange")))

    assert {focus for _, focus, _, _ in found} == {"a"}


def test_only_what_may_be_wrong_is_looked_at(folder: Path) -> None:
    """The sieve holds back what is right: of a thousand things the judge sees the one that breaks a demand."""
    wants = ":s sh:targetClass :C ; sh:property [ sh:path :p ; sh:minCount 1 ; sh:maxCount 1 ; sh:datatype xsd:integer ; sh:maxInclusive 5 ] ."
    data = Bare(" ".join(f":n{n} a :C ; :p {n % 5} ." for n in range(1_000)) + " :wrong a :C ; :p 6 .")
    looked_at = []
    about = data.about
    data.about = lambda iri: looked_at.append(iri) or about(iri)

    found = list(broken(data, shapes(wants, folder)[1]))

    assert [result.focus.text for result in found] == ["https://example.org/wrong"]
    assert set(looked_at) == {"https://example.org/wrong"}
