"""Does the ontology keep its own bars? Every term is explained, nothing is said twice, nothing is left unused."""

from __future__ import annotations

import re
from collections import Counter, defaultdict

import pyoxigraph as ox
import pytest

from ontology import terms as t
from ontology.vocabulary import HOME, migration_files, ontology_files, shape_files, vocabulary

DATATYPES = {t.XSD_STRING, t.XSD_ANY_URI, t.XSD_DECIMAL, t.XSD_INTEGER, t.XSD_BOOLEAN, t.XSD_DATE_TIME}
SORTS = {t.OWL_CLASS, t.OWL_OBJECT_PROPERTY, t.OWL_DATATYPE_PROPERTY, t.OWL_ANNOTATION_PROPERTY}
RESERVED = {"id", "kind", "depends_on"}

Facts = dict[str, dict[str, list[ox.NamedNode | ox.Literal | ox.BlankNode]]]


@pytest.fixture(scope="module")
def facts(words: list[ox.Triple]) -> Facts:
    found: Facts = defaultdict(lambda: defaultdict(list))
    for triple in words:
        found[triple.subject.value][triple.predicate.value].append(triple.object)
    return found


def own(facts: Facts) -> list[str]:
    return [iri for iri in facts if iri.startswith(t.SM)]


def values(facts: Facts, iri: str, predicate: str) -> list[str]:
    return [term.value for term in facts[iri].get(predicate, ())]


def properties(facts: Facts) -> list[str]:
    sorts = {t.OWL_OBJECT_PROPERTY, t.OWL_DATATYPE_PROPERTY}
    return [iri for iri in own(facts) if sorts & set(values(facts, iri, t.RDF_TYPE))]


def in_use(facts: Facts) -> list[str]:
    """The properties that may be written today."""
    return [iri for iri in properties(facts) if iri not in vocabulary().renamed]


@pytest.mark.parametrize("predicate", [t.RDFS_LABEL, t.SKOS_DEFINITION])
def test_every_term_has_one_label_and_one_definition_in_english(facts: Facts, predicate: str) -> None:
    wrong = [iri for iri in own(facts) if [term.language for term in facts[iri].get(predicate, ())] != ["en"]]

    assert wrong == []


def test_a_definition_says_more_than_the_label(facts: Facts) -> None:
    said = {iri: (values(facts, iri, t.RDFS_LABEL)[0], values(facts, iri, t.SKOS_DEFINITION)[0]) for iri in own(facts)}

    assert [
        iri for iri, (label, definition) in said.items() if definition.strip(".").casefold() == label.casefold()
    ] == []
    assert [iri for iri, (_, definition) in said.items() if not re.fullmatch(r"[A-Z].{15,}\.", definition)] == []


def test_no_two_terms_of_one_sort_have_the_same_definition(facts: Facts) -> None:
    counts = Counter(values(facts, iri, t.SKOS_DEFINITION)[0] for iri in (*properties(facts), *vocabulary().classes))

    assert [definition for definition, count in counts.items() if count > 1] == []


def test_no_two_properties_have_the_same_label(facts: Facts) -> None:
    counts = Counter(values(facts, iri, t.RDFS_LABEL)[0].casefold() for iri in in_use(facts))

    assert [label for label, count in counts.items() if count > 1] == []


def test_every_term_says_where_it_is_defined_and_what_it_rests_on(facts: Facts) -> None:
    assert [iri for iri in own(facts) if values(facts, iri, t.RDFS_IS_DEFINED_BY) != [t.ONTOLOGY]] == []
    assert [iri for iri in own(facts) if len(values(facts, iri, t.DCTERMS_SOURCE)) != 1] == []


def test_the_header_is_complete(facts: Facts) -> None:
    dcterms, vann = t.DCTERMS, "http://purl.org/vocab/vann/"
    wanted = [dcterms + name for name in ("title", "abstract", "creator", "license", "created", "modified")]
    wanted += [dcterms + "bibliographicCitation", t.OWL_VERSION_INFO, t.OWL + "versionIRI", t.OWL + "priorVersion"]
    wanted += [vann + "preferredNamespacePrefix", vann + "preferredNamespaceUri"]

    assert [name for name in wanted if len(facts[t.ONTOLOGY].get(name, ())) != 1] == []
    assert [iri for iri in facts if facts[iri].get(t.OWL + "imports")] == []


def test_a_term_is_of_one_sort_only(facts: Facts) -> None:
    def sorts(iri: str) -> set[str]:
        return SORTS & set(values(facts, iri, t.RDF_TYPE))

    assert [iri for iri in own(facts) if len(sorts(iri)) > 1] == []
    assert [
        iri for iri in own(facts) if len(set(values(facts, iri, t.RDF_TYPE)) - {t.OWL + "TransitiveProperty"}) != 1
    ] == []


def test_a_property_has_at_most_one_domain_and_exactly_one_range(facts: Facts) -> None:
    assert [iri for iri in properties(facts) if len(values(facts, iri, t.RDFS_DOMAIN)) > 1] == []
    assert [iri for iri in properties(facts) if len(values(facts, iri, t.RDFS_RANGE)) != 1] == []


def test_a_range_is_a_class_of_ours_or_a_datatype_that_reasoners_know(facts: Facts) -> None:
    classes = vocabulary().classes
    for iri in properties(facts):
        allowed = DATATYPES if t.OWL_DATATYPE_PROPERTY in values(facts, iri, t.RDF_TYPE) else classes
        assert values(facts, iri, t.RDFS_RANGE)[0] in allowed, iri


def test_no_class_and_no_property_is_above_itself(facts: Facts) -> None:
    above = defaultdict(set)
    for iri in facts:
        above[iri] |= {*values(facts, iri, t.RDFS_SUB_CLASS_OF), *values(facts, iri, t.RDFS_SUB_PROPERTY_OF)}

    def reachable(start: str) -> set[str]:
        seen: set[str] = set()
        waiting = list(above[start])
        while waiting:
            iri = waiting.pop()
            if iri not in seen:
                seen.add(iri)
                waiting += above.get(iri, ())
        return seen

    assert [iri for iri in own(facts) if iri in reachable(iri)] == []


def test_no_class_stands_alone(facts: Facts) -> None:
    """Each has one above it or below it, or is what a property is said of or leads to."""
    classes = [iri for iri in own(facts) if t.OWL_CLASS in values(facts, iri, t.RDF_TYPE)]
    above = {iri: values(facts, iri, t.RDFS_SUB_CLASS_OF) for iri in classes}
    linked = {other for each in above.values() for other in each}
    linked |= {
        cls for iri in properties(facts) for way in (t.RDFS_DOMAIN, t.RDFS_RANGE) for cls in values(facts, iri, way)
    }

    assert [iri for iri in classes if not above[iri] and iri not in linked] == []


def test_every_own_name_that_a_file_uses_is_declared(facts: Facts) -> None:
    files = [*ontology_files(), *shape_files(), *HOME.glob("rules/*.rq"), *HOME.glob("checks/*.rq")]
    used = {name for file in files for name in re.findall(r"\bsm:([A-Za-z][\w-]*)", file.read_text(encoding="utf-8"))}

    assert sorted(name for name in used if t.SM + name not in facts) == []


def test_a_kind_of_dependency_carries_an_outage_or_an_exposure_or_neither(facts: Facts) -> None:
    for kind in vocabulary().kinds.values():
        above = values(facts, kind.shortcut, t.RDFS_SUB_PROPERTY_OF)
        assert above == [t.DEPENDS_ON if kind.carries_impact else t.RELATES_TO], kind.key
        assert bool(kind.strength) == kind.carries_impact, kind.key
        assert not (kind.carries_impact and kind.exposure), kind.key


def test_every_element_class_has_a_lane_and_lanes_have_an_order() -> None:
    known = vocabulary()
    homeless = [c.iri for c in known.classes.values() if known.is_a(c.iri, t.ELEMENT) and c.lane not in known.lanes]
    positions = [lane.position for lane in known.lanes.values()]

    assert homeless == []
    assert positions == sorted(set(positions))
    assert {lane.iri for lane in known.lanes.values()} == {c.lane for c in known.classes.values() if c.lane}


def test_every_concrete_element_class_has_a_key_and_no_abstract_one_has() -> None:
    known = vocabulary()
    wrong = [c.iri for c in known.classes.values() if known.is_a(c.iri, t.ELEMENT) and bool(c.key) == c.abstract]

    assert wrong == []


def test_keys_and_sections_are_unique() -> None:
    known = vocabulary()
    schemes = {code.scheme for code in known.codes.values()}
    lists = [
        [c.key for c in known.classes.values() if c.key],
        [c.section for c in known.classes.values() if c.section],
        [kind.key for kind in known.kinds.values()],
        *([code.key for code in known.codes_of(scheme)] for scheme in schemes if scheme != t.LANE),
    ]

    assert [name for names in lists for name, count in Counter(names).items() if count > 1 or not name] == []


def test_every_map_key_means_one_property_within_its_class(shapes: ox.Store) -> None:
    query = """
        PREFIX sm: <https://w3id.org/servicemap#>
        PREFIX sh: <http://www.w3.org/ns/shacl#>
        PREFIX rdfs: <http://www.w3.org/2000/01/rdf-schema#>
        PREFIX owl: <http://www.w3.org/2002/07/owl#>
        SELECT ?class ?key WHERE {
          ?class a owl:Class ; rdfs:subClassOf* ?above .
          ?shape sh:targetClass ?above ; sh:property/sh:path ?path .
          ?path sm:mapKey ?key .
        } GROUP BY ?class ?key HAVING (COUNT(DISTINCT ?path) > 1)
    """
    assert [(row["class"].value, row["key"].value) for row in shapes.query(query)] == []


def test_map_keys_are_words_that_map_files_can_write() -> None:
    known = vocabulary()
    elements = [c for c in known.classes.values() if c.key]

    assert [c.key for c in elements if not re.fullmatch(r"[a-z]+( [a-z]+)*", c.key)] == []
    assert [c.section for c in elements if not re.fullmatch(r"([a-z]+(_[a-z]+)*)?", c.section)] == []
    assert [
        key for c in known.classes.values() for key in c.properties if not re.fullmatch(r"[a-z]+(_[a-z]+)*", key)
    ] == []
    assert [key for c in elements for key in c.properties if key in RESERVED | {"name"}] == []


def test_strengths_and_phases_are_words_of_no_other_list() -> None:
    """Other parts look them up by the word alone."""
    keys = Counter(code.key for code in vocabulary().codes.values())

    assert [c.key for s in (t.STRENGTH_CODE, t.PHASE_CODE) for c in vocabulary().codes_of(s) if keys[c.key] > 1] == []


def test_every_property_is_used_by_a_shape_that_agrees_with_its_range(facts: Facts, shapes: ox.Store) -> None:
    query = """
        PREFIX sh: <http://www.w3.org/ns/shacl#>
        SELECT ?path ?range WHERE { ?shape sh:property ?use . ?use sh:path ?path ; sh:class|sh:datatype ?range }
    """
    used = defaultdict(set)
    for row in shapes.query(query):
        used[row["path"].value].add(row["range"].value)

    assert [iri for iri in in_use(facts) if not used[iri]] == []
    assert [iri for iri in vocabulary().renamed if used[iri]] == []
    assert [iri for iri in in_use(facts) if used[iri] - {values(facts, iri, t.RDFS_RANGE)[0]}] == []


def test_what_a_shape_gives_a_property_to_lies_below_the_domain_of_the_property(facts: Facts, shapes: ox.Store) -> None:
    """A reasoner would else make a policy of whatever has the reason of one."""
    query = """
        PREFIX sh: <http://www.w3.org/ns/shacl#>
        SELECT ?class ?path WHERE { ?shape sh:targetClass ?class ; sh:property/sh:path ?path }
    """
    given = [(row["class"].value, row["path"].value) for row in shapes.query(query)]
    above = {iri: {iri, *cls.ancestors} for iri, cls in vocabulary().classes.items()}

    assert len(given) > 400
    assert [(of, iri) for of, iri in given if not set(values(facts, iri, t.RDFS_DOMAIN)) <= above[of]] == []


def test_a_renamed_word_leads_to_one_of_its_sort_with_a_migration(facts: Facts) -> None:
    updates = "".join(file.read_text(encoding="utf-8") for file in migration_files())
    keys = {use.key for cls in vocabulary().classes.values() for use in cls.properties.values()}

    for iri, old in vocabulary().renamed.items():
        assert values(facts, old.instead, t.RDF_TYPE) == values(facts, iri, t.RDF_TYPE)
        assert values(facts, old.instead, t.RDFS_RANGE) == values(facts, iri, t.RDFS_RANGE)
        assert old.instead not in vocabulary().renamed
        assert old.key not in keys
        assert {f"sm:{iri.removeprefix(t.SM)} ", f"sm:{old.instead.removeprefix(t.SM)} "} <= set(
            re.findall(r"sm:[\w-]+ ", updates)
        )
    assert vocabulary().renamed


def test_every_class_is_used_by_a_shape(facts: Facts, shapes: ox.Store) -> None:
    query = """
        PREFIX sh: <http://www.w3.org/ns/shacl#>
        SELECT DISTINCT ?class WHERE { ?shape sh:targetClass|sh:class ?class }
    """
    used = {row["class"].value for row in shapes.query(query)}
    below = {above for cls in vocabulary().classes.values() if cls.iri in used for above in cls.ancestors}

    assert [iri for iri in vocabulary().classes if iri not in used | below] == []


def test_every_concrete_class_has_one_shape_of_its_own(shapes: ox.Store) -> None:
    query = "PREFIX sh: <http://www.w3.org/ns/shacl#> SELECT ?class WHERE { ?shape sh:targetClass ?class }"
    counts = Counter(row["class"].value for row in shapes.query(query))
    codes = {code.scheme for code in vocabulary().codes.values()} - {t.DEPENDENCY_KIND, t.EXPOSURE, t.LANE}
    wanted = [c.iri for c in vocabulary().classes.values() if not c.abstract and c.iri not in codes]

    assert [iri for iri in wanted if counts[iri] != 1] == []


def test_every_constraint_says_in_plain_words_what_is_wanted(shapes: ox.Store) -> None:
    query = """
        PREFIX sh: <http://www.w3.org/ns/shacl#>
        SELECT ?path ?message WHERE { ?shape sh:property ?use . ?use sh:path ?path . OPTIONAL { ?use sh:message ?message } }
    """
    messages = [(row["path"].value, row["message"].value if row["message"] else "") for row in shapes.query(query)]

    assert [path for path, message in messages if not re.fullmatch(r"['A-Z].+\.", message)] == []
    assert [message for _, message in messages if "xsd:" in message or "sh:" in message] == []


SCOPE_NOTE = "http://www.w3.org/2004/02/skos/core#scopeNote"
FORMER = {
    "needs": "cannot work without",
    "kind-needs": "cannot do its work",
    "principal": "given access",
    "metric-time-to-detect": "fault",
    "metric-time-to-communicate": "fault",
    "metric-bridge-duration": "fault",
    "metric-customer-calls": "fault",
    "metric-people-paged": "fault",
    "metric-people-on-the-bridge": "fault",
    "PlacementCode": "workload",
    "DispositionCode": "workload",
    "WaveCode": "workload",
    "ModelBox": "asks for",
}
"""What a definition said that was untrue of what the word is used for, or in another word than that of the trade."""


@pytest.mark.parametrize("name", FORMER)
def test_a_definition_that_was_put_right_says_the_wrong_thing_no_more(facts: Facts, name: str) -> None:
    (definition,) = values(facts, t.SM + name, t.SKOS_DEFINITION)

    assert FORMER[name] not in definition


@pytest.mark.parametrize(
    ("name", "said"),
    [
        ("dependent", "along which no outage travels"),
        ("monthlyCost", "'costs' are items of a bill"),
        ("hasCost", "its 'monthly cost'"),
        ("plannedEnd", "counts as going on"),
        ("Lane", "a row of a process is a swimlane"),
    ],
)
def test_a_note_says_where_the_use_of_a_word_ends(facts: Facts, name: str, said: str) -> None:
    assert said in values(facts, t.SM + name, SCOPE_NOTE)[0]
