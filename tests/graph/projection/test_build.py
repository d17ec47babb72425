"""The projection that is built column by column equals the obvious one, on every map there is and any that may come."""

import os
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given
from hypothesis import strategies as st

from graph.maps import open_map
from graph.model import InputError, Source, Statements
from graph.projection import project
from graph.store.embedded import MemoryStore
from ontology import terms as t
from tests.examples import examples
from tests.graph.projection.plain import Plain
from tests.graph.projection.plain import project as obvious

ROOT = Path(__file__).resolve().parents[3]
REAL = Path(os.environ.get("SERVICEMAP_REALWORLD", ROOT.parent / "shared" / "realworld"))
SAMPLES = [ROOT / "data" / "laundry", ROOT / "data" / "enterprise", *sorted((ROOT / "data" / "samples").iterdir())]
READABLE = [
    "backstage-giantswarm",
    "backstage-rhdh",
    "compose-otel-demo",
    "gitlab-service-catalog",
    "rdf-noria",
    "repos-govuk",
]


def told(p):
    """A projection in the words of the obvious one."""
    names = [*p.iris, *p.groups.iris]
    e = p.edges
    columns = (e.dependent.tolist(), e.provider.tolist(), e.kind.tolist())
    claims = (e.strength.tolist(), e.phase.tolist(), e.assumed.tolist())
    return Plain(
        elements=list(zip(p.iris, p.ids, p.labels, p.classes, p.stub.tolist(), strict=True)),
        edges=sorted(
            (iri, names[a], names[b], p.kinds[kind].iri, *claim)
            for iri, a, b, kind, *claim in zip(e.iris, *columns, *claims, strict=True)
        ),
        groups=list(
            zip(p.groups.iris, p.groups.k.tolist(), p.groups.full.tolist(), p.groups.size.tolist(), strict=True)
        ),
        dated=p.dated,
        findings=list(p.findings),
    )


def same(store):
    p, plain = project(store), obvious(store)
    said = told(p)
    for part in ("elements", "edges", "groups", "dated"):
        assert getattr(said, part) == getattr(plain, part), part
    assert sorted(map(str, said.findings)) == sorted(map(str, plain.findings))
    assert (p.edges.provider[1:] >= p.edges.provider[:-1]).all()
    return p


@pytest.mark.parametrize("folder", SAMPLES, ids=lambda folder: folder.name)
def test_shipped_maps_come_out_as_by_the_obvious_way(folder):
    try:
        store = open_map([folder]).store
    except InputError as error:
        pytest.skip(f"no map of its own: {error}")
    same(store)


@pytest.mark.parametrize("name", READABLE)
def test_real_files_come_out_as_by_the_obvious_way(name):
    if not (REAL / name).is_dir():
        pytest.skip("the real files are not here")
    same(open_map([REAL / name]).store)


BASE = "https://w3id.org/servicemap/id/"
TEXTS = st.sampled_from(
    ["a", "B", "b/c", "ü %41", 'say "x"', "tab\there", "line\nbreak", "\\", "", "x" * 600, "x" * 599 + "y"]
)
CLASSES = [t.SERVICE, t.APPLICATION, t.BUSINESS_SERVICE, t.ELEMENT, t.TEAM]
NODES = [f"{BASE}{name}" for name in ("m/a", "m/b", "m/a%20b", "n/a", "n/c")] + ["urn:x", "https://other.example/m/a"]
EDGES = [
    f"{BASE}m/a/dependency/needs/m/b", f"{BASE}m/a/dependency/needs/n/a", f"{BASE}m/b/dependency/runs-on/m/a",
    f"{BASE}m/a/dependency/needs/m/b/member/g", f"{BASE}m/a/dependency/needs/m/b/slot/1", "https://other.example/e1",
]  # fmt: skip
GROUPS = [f"{BASE}m/a/group/g", f"{BASE}m/b/group/h", f"{BASE}m/a/group/i"]
KINDS = [t.KIND_NEEDS, f"{t.SM}kind-runs-on", f"{t.SM}kind-monitored-by", "https://other.example/kind"]
STRENGTH = [f"{t.SM}strength-{word}" for word in ("required", "degrading", "optional")] + ["https://other.example/s"]
PHASE = [f"{t.SM}phase-{word}" for word in ("run", "start", "change")]


def literal(text):
    plain = text.replace("\\", "\\\\").replace('"', '\\"').replace("\n", "\\n").replace("\t", "\\t")
    return st.sampled_from([f'"{plain}"', f'"{plain}"@en'])


def iri(values):
    return st.sampled_from(values).map(lambda value: f"<{value}>")


THINGS = [*NODES, *EDGES, *GROUPS]
XSD = "http://www.w3.org/2001/XMLSchema#"
NUMBERS = st.sampled_from([f'"{n}"^^<{XSD}integer>' for n in range(4)] + [f'"33.3"^^<{XSD}decimal>', '"many"'])
STATEMENT = st.one_of(
    st.tuples(iri(NODES), st.just(t.RDF_TYPE), iri(CLASSES)),
    st.tuples(iri(EDGES), st.just(t.RDF_TYPE), iri([t.DEPENDENCY])),
    st.tuples(iri(GROUPS), st.just(t.RDF_TYPE), iri([t.DEPENDENCY_GROUP])),
    st.tuples(iri([*EDGES, *GROUPS]), st.just(t.DEPENDENT), iri(NODES)),
    st.tuples(iri(EDGES), st.just(t.PROVIDER), iri([*NODES, *GROUPS])),
    st.tuples(iri([*EDGES, *GROUPS]), st.just(t.MEMBER_OF_GROUP), iri([*GROUPS, "urn:none"])),
    st.tuples(iri(EDGES), st.just(t.KIND), iri(KINDS)),
    st.tuples(iri([*EDGES, *GROUPS]), st.just(t.STRENGTH), iri(STRENGTH)),
    st.tuples(iri(EDGES), st.just(t.PHASE), iri(PHASE)),
    st.tuples(iri(EDGES), st.just(t.VALID_FROM), st.just('"2026-01-01T00:00:00Z"')),
    st.tuples(iri(GROUPS), st.sampled_from([t.MINIMUM_MEMBERS, t.MINIMUM_PERCENT, t.FULL_SERVICE_MEMBERS]), NUMBERS),
    st.tuples(iri([*EDGES, *GROUPS]), st.just(t.WEIGHT), NUMBERS),
    st.tuples(iri(THINGS), st.sampled_from([t.RDFS_LABEL, t.DCTERMS_IDENTIFIER]), TEXTS.flatmap(literal)),
)


@st.composite
def dependencies(draw):
    """A dependency, or a group, with all that it needs to be one."""
    group = draw(st.booleans())
    subject = draw(iri(GROUPS if group else EDGES))
    rows = [(subject, t.RDF_TYPE, f"<{t.DEPENDENCY_GROUP if group else t.DEPENDENCY}>")]
    rows.append((subject, t.DEPENDENT, draw(iri(NODES))))
    if not group:
        rows.append((subject, t.PROVIDER, draw(iri([*NODES, *GROUPS]))))
    if draw(st.booleans()):
        rows.append((subject, t.MEMBER_OF_GROUP, draw(iri(GROUPS))))
    return rows


ELEMENTS = [(f"<{name}>", t.RDF_TYPE, f"<{t.APPLICATION}>") for name in NODES]


def stored(rows):
    text = "".join(f"{subject} <{predicate}> {value} .\n" for subject, predicate, value in rows)
    store = MemoryStore()
    store.replace([Statements(Source("m", "m.nt", "rdf", "0", "m"), text.encode(), {})])
    return store


@examples(80, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(st.lists(STATEMENT, max_size=40), st.lists(dependencies(), max_size=8), st.booleans())
def test_any_statements_come_out_as_by_the_obvious_way(rows, whole, defined):
    p = same(stored([*rows, *(row for each in whole for row in each), *(ELEMENTS if defined else [])]))
    for number, name in enumerate(p.iris):
        assert p.index[name] == number
        assert p.find(name) == number


def test_iris_of_dependencies_are_put_together_and_only_others_are_kept():
    p = open_map([ROOT / "data" / "enterprise"]).projection
    assert len(p.edges) > 100
    assert len(p.edges.iris.other) * 5 < len(p.edges)


def test_what_is_of_two_classes_is_known_to_be_of_both():
    a = "<urn:a>"
    p = project(stored([(a, t.RDF_TYPE, f"<{t.SERVER}>"), (a, t.RDF_TYPE, f"<{t.TEAM}>")]))
    besides = {cls for cls, vertices in p.besides.items() if vertices.tolist() == [0]}
    assert (p.classes[0], t.TEAM in besides) in {(t.SERVER, True), (t.TEAM, False)}
    assert besides
    assert besides.isdisjoint({p.classes[0], t.ELEMENT})
