"""Turtle and N-Triples in our vocabulary."""

import pyoxigraph as ox
import pytest

from graph.importers import rdf
from graph.maps import load_into, open_map
from graph.model import InputError, ReadOptions
from graph.store import source_graph
from ontology import terms as t
from tests.graph.written import opened, write

TURTLE = """
@prefix sm: <https://w3id.org/servicemap#> .
@prefix rdfs: <http://www.w3.org/2000/01/rdf-schema#> .
@prefix x: <https://w3id.org/servicemap/id/shop/> .

x:web a sm:Application ; rdfs:label "Web" .
<https://w3id.org/servicemap/id/shop/web/dependency/needs/shop/db> a sm:Dependency ;
    sm:dependent x:web ; sm:provider x:db ; sm:kind sm:kind-needs ; sm:strength sm:strength-required .
"""


def test_a_dependency_in_turtle_arrives_and_its_open_end_is_a_stub(tmp_path):
    p = opened(tmp_path, TURTLE, "map.ttl").projection
    assert p.dependencies == 1
    assert (p.labels[p.find("db")], bool(p.stub[p.find("db")])) == ("db", True)


@pytest.mark.parametrize(
    ("name", "text", "lines"),
    [
        (
            "a.jsonld",
            '{"@context": "https://w3id.org/servicemap/context.jsonld", "@graph": [\n'
            '{"id": "urn:b", "type": "Application", "needs": {"id": "urn:a"}},\n\n{"id": "urn:a", "type": "Database"}]}',
            {"urn:b": 2, "urn:a": 4},
        ),
        (
            "a.rdf",
            '<rdf:RDF xmlns:rdf="http://www.w3.org/1999/02/22-rdf-syntax-ns#" xmlns:sm="https://w3id.org/servicemap#">\n'
            '<sm:Application rdf:about="urn:b"><sm:needs rdf:resource="urn:a"/></sm:Application>\n'
            '<sm:Database rdf:about="urn:a"/></rdf:RDF>',
            {"urn:b": 2, "urn:a": 3},
        ),
    ],
)
def test_lines_are_known_where_json_and_xml_say_what_they_are_about(tmp_path, name, text, lines):
    (tmp_path / name).write_text(text, encoding="utf-8")
    map_ = open_map([tmp_path / name])
    (source,) = (each for each in map_.store.sources if each.importer)
    assert dict(map_.store.lines(source.id)) == lines


@pytest.mark.parametrize(
    ("text", "lines"),
    [
        ("@base <https://e.org/shop/> .\n\n<web> sm:needs <db> .\n<db> a sm:Database .\n", {"web": 4, "db": 5}),
        ("BASE <https://e.org/>\nBASE <shop/>\n<web> sm:needs\n <db> .\n<#x> a sm:Database .\n", {"web": 4, "#x": 6}),
        ('@base <https://e.org/shop/> .\n<a> sm:note """\n<web> a\n""" .\n<web> sm:needs <a> .\n', {"a": 3, "web": 6}),
    ],
)
def test_lines_are_known_of_subjects_that_are_written_by_a_base(tmp_path, text, lines):
    (tmp_path / "a.ttl").write_text("@prefix sm: <https://w3id.org/servicemap#> .\n" + text, encoding="utf-8")
    map_ = open_map([tmp_path / "a.ttl"])
    (source,) = (each for each in map_.store.sources if each.importer)
    found = {iri.removeprefix("https://e.org/shop/"): line for iri, line in map_.store.lines(source.id).items()}
    assert {iri: line for iri, line in found.items() if "dependency" not in iri} == lines


def test_lines_of_subjects_are_known(tmp_path):
    map_ = opened(tmp_path, TURTLE, "map.ttl")
    (source,) = map_.store.sources
    assert sorted(map_.store.lines(source.id).values()) == [6, 7]


def test_ntriples_give_the_same_map(tmp_path):
    first = opened(tmp_path, TURTLE, "map.ttl")
    (source,) = first.store.sources
    file = write(tmp_path, first.store.triples(source_graph(source.id)).decode(), "again.nt")
    again = open_map([file]).projection
    assert (again.ids, again.dependencies) == (first.projection.ids, first.projection.dependencies)


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("x:a x:b x:c .", "map.ttl:1: not valid RDF"),
        ("<http://a> <http://b> ", "map.ttl:1: not valid RDF"),
        ("[" * 5_000, "map.ttl:1: nested deeper than 100; write it flatter"),
    ],
)
def test_broken_turtle_is_one_line(tmp_path, text, message):
    with pytest.raises(InputError) as error:
        opened(tmp_path, text, "map.ttl")
    (problem,) = error.value.problems
    assert message in str(problem)
    assert "\n" not in str(problem)


def test_blank_nodes_get_names(tmp_path):
    map_ = opened(tmp_path, TURTLE + "x:web sm:monthlyCost [ sm:amount 3 ] .\n", "map.ttl")
    assert not list(
        map_.store.select("SELECT ?s ?o { ?s ?p ?o FILTER(isBlank(?o)) FILTER(CONTAINS(STR(?s), '/id/')) }").rows
    )


SAME = {
    "map.trig": TURTLE.replace("x:web a", "<https://x/g> { x:web a").rstrip() + " }",
    "map.nq": None,
    "map.jsonld": None,
    "map.rdf": None,
}


@pytest.mark.parametrize("name", SAME)
def test_every_notation_gives_the_same_map(tmp_path, name):
    import pyoxigraph as ox

    text = SAME[name]
    if text is None:
        form = {"nq": ox.RdfFormat.N_QUADS, "jsonld": ox.RdfFormat.JSON_LD, "rdf": ox.RdfFormat.RDF_XML}[name[4:]]
        quads = [ox.Quad(q.subject, q.predicate, q.object) for q in ox.parse(input=TURTLE, format=ox.RdfFormat.TURTLE)]
        text = ox.serialize(quads, format=form).decode()
    p = opened(tmp_path, text, name).projection
    assert (p.ids, p.dependencies) == (["shop/db", "shop/web"], 1)


@pytest.mark.timeout(20)
@pytest.mark.parametrize(
    ("name", "text", "message"),
    [
        (
            "map.rdf",
            '<rdf:RDF xmlns:rdf="http://www.w3.org/1999/02/22-rdf-syntax-ns#"><rdf:Description rdf:about="http://a">',
            "not valid XML: no element found",
        ),
        ("map.rdf", '<!DOCTYPE x [<!ENTITY a "aaaa">]><x>&a;</x>', "it declares a document type or entities"),
        (
            "map.rdf",
            '<!DOCTYPE x [<!ENTITY a SYSTEM "file:///etc/passwd">]><x>&a;</x>',
            "it declares a document type or entities",
        ),
        ("map.rdf", "<a>" * 100_000, "nested deeper than 100"),
        ("map.rdf", "", "not valid XML: no element found"),
        (
            "map.jsonld",
            '{"@context": "http://127.0.0.1:1/c.json", "@id": "http://a", "http://p": 1}',
            "it refers to a context elsewhere, and nothing is fetched",
        ),
        (
            "map.jsonld",
            '{"@context": ["file:///etc/passwd"], "@id": "http://a"}',
            "it refers to a context elsewhere, and nothing is fetched",
        ),
        ("map.jsonld", '{"@id": "http://a"', "not valid RDF"),
        ("map.jsonld", '{"a":' * 100_000, "nested deeper than 100"),
        ("map.trig", "<http://g> { <http://a> <http://b> ", "not valid RDF"),
        ("map.ttl", "<< " * 100_000, "triple term of RDF 1.2"),
        ("map.nt", "<http://a> <http://b> <<( <http://a> <http://b> <http://c> )>> .", "triple term of RDF 1.2"),
    ],
)
def test_hostile_files_are_one_line(tmp_path, name, text, message):
    with pytest.raises(InputError) as error:
        opened(tmp_path, text, name)
    (problem,) = error.value.problems
    assert message in str(problem)
    assert "\n" not in str(problem)


def test_brackets_inside_texts_do_not_count(tmp_path):
    sad = "".join(f'x:e{n} a sm:Application ; rdfs:label "sad :( [" .\n' for n in range(300))
    assert len(opened(tmp_path, TURTLE + sad, "map.ttl").projection) == 302


def test_blank_nodes_keep_their_names(tmp_path):
    text = TURTLE + "x:web sm:monthlyCost [ sm:amount 3 ] .\n"
    first, again = (opened(tmp_path, text, "map.ttl").store.dump() for _ in range(2))
    strip = lambda dump: sorted(line for line in dump.splitlines() if b"genid" in line)  # noqa: E731
    assert strip(first) == strip(again) != []


def test_named_graphs_are_read_as_one_and_that_is_said(tmp_path):
    text = "<http://g1> { <http://a> <http://b> 1 } <http://g2> { <http://a> <http://b> 2 }"
    assert [f.check for f in opened(tmp_path, text, "map.trig").reading] == ["named-graphs"]


def test_a_shortcut_to_something_undefined_is_an_edge_to_a_stub(tmp_path):
    p = opened(
        tmp_path, TURTLE.partition("<https://w3id.org/servicemap/id/shop/web")[0] + "x:web sm:needs x:db .\n", "map.ttl"
    ).projection
    assert (p.dependencies, bool(p.stub[p.find("db")])) == (1, True)


@pytest.mark.parametrize(
    ("line", "message"),
    [
        ("x:web sm:nedds x:db .", "map.ttl:9: 'sm:nedds' is no word of the vocabulary; did you mean 'needs'?"),
        ("x:db a sm:Databse .", "map.ttl:9: 'sm:Databse' is no word of the vocabulary; did you mean 'Database'?"),
        (
            "x:web sm:dependsOn x:db .",
            "map.ttl:9: 'sm:dependsOn' is concluded from dependencies, written by hand it makes none; write a kind, such as 'sm:needs'",
        ),
    ],
)
def test_a_word_without_effect_is_a_warning(tmp_path, line, message):
    found = [str(f) for f in opened(tmp_path, TURTLE + line + "\n", "map.ttl").findings]
    assert f"{tmp_path}/shop/{message}" in found


@pytest.mark.parametrize(
    ("said", "message"),
    [
        (
            'sm:minimumMembers "x"',
            "'sm:minimumMembers' cannot be 'x'; write a whole number from 0 to 1,000,000, without quotes",
        ),
        ("sm:minimumMembers 1.5", "'sm:minimumMembers' cannot be '1.5'; write a whole number"),
        ("sm:minimumMembers true", "'sm:minimumMembers' cannot be 'true'; write a whole number"),
        ("sm:minimumMembers x:web", "'sm:minimumMembers' cannot be 'https://w3id.org/servicemap/id/shop/web'; write a"),
        ("sm:fullServiceMembers 1000001", "'sm:fullServiceMembers' cannot be '1000001'; write a whole number"),
        ('sm:minimumPercent "x"', "'sm:minimumPercent' cannot be 'x'; write a percentage from 0 to 100"),
        ("sm:minimumPercent 100.5", "'sm:minimumPercent' cannot be '100.5'; write a percentage from 0 to 100"),
        ("sm:minimumPercent -1", "'sm:minimumPercent' cannot be '-1'; write a percentage from 0 to 100"),
    ],
)
def test_a_group_needs_a_number(tmp_path, said, message):
    with pytest.raises(InputError) as error:
        opened(tmp_path, f"{TURTLE}x:g a sm:DependencyGroup ; {said} .\n", "map.ttl")
    (problem,) = error.value.problems
    assert str(problem).startswith(f"{tmp_path}/shop/map.ttl:9: {message}")


def test_a_group_with_numbers_is_read(tmp_path):
    text = (
        TURTLE
        + "x:g a sm:DependencyGroup ; sm:dependent x:web ; sm:minimumMembers 2 . x:h a sm:DependencyGroup ; sm:minimumPercent 50.5 .\n"
    )
    assert opened(tmp_path, text, "map.ttl").projection.groups.k.tolist()[0] == 2


LABEL = "<http://www.w3.org/2000/01/rdf-schema#label>"
TYPE = "<http://www.w3.org/1999/02/22-rdf-syntax-ns#type>"
PLAIN = f"""# a comment with <a> <b> <c> .
<https://x/id/shop/web> {TYPE} <{t.APPLICATION}> .
<https://x/id/shop/web> {LABEL} "Web (one) [x] \\"quoted\\" > < # \u00e9 \\u00e9"@EN .

<https://x/id/shop/d> {TYPE} <{t.DEPENDENCY}> .
<https://x/id/shop/d> <{t.DEPENDENT}> <https://x/id/shop/web> .
<https://x/id/shop/d> <{t.PROVIDER}> <https://x/id/shop/db> .
<https://x/id/shop/d> <{t.DEPENDS_ON}> <https://x/id/shop/db> .
<https://x/id/shop/web> <{t.SM}mistaken> <{t.SM}wrong> .
<{t.SM}subject> <{t.TAG}> "a" .
<https://x/id/shop/g> <{t.MINIMUM_MEMBERS}> "2"^^<http://www.w3.org/2001/XMLSchema#integer> ."""


@pytest.mark.parametrize("ending", ["", "\n", "\r\n"])
def test_plain_ntriples_are_read_as_those_that_are_parsed(tmp_path, monkeypatch, ending):
    file = write(tmp_path, PLAIN + ending, "map.nt")
    options = ReadOptions("shop", "https://x/id/", "shop/map.nt")
    quick = rdf._plain(file, options)
    assert quick is not None
    monkeypatch.setattr(rdf, "_plain", lambda *_: None)
    slow = rdf.read(file, options)
    facts = lambda said: sorted(map(str, ox.parse(said.triples, ox.RdfFormat.N_TRIPLES)))  # noqa: E731
    assert facts(quick) == facts(slow)
    assert (dict(quick.lines), quick.defines) == (dict(slow.lines), slow.defines)
    assert sorted(map(str, quick.findings)) == sorted(map(str, slow.findings))
    assert len(quick.findings) == 4


@pytest.mark.parametrize(
    "line",
    [
        "<a:b>\t<a:c> <a:d> .",
        "<a:b> <a:c> _:x .",
        "_:x <a:c> <a:d> .",
        " <a:b> <a:c> <a:d> .",
        "<a:\\u0062> <a:c> <a:d> .",
    ],
)
def test_ntriples_in_another_form_are_parsed(tmp_path, line):
    file = write(tmp_path, f"# as it comes\n{line}\n", "map.nt")
    options = ReadOptions("shop", "https://x/id/", "shop/map.nt")
    assert rdf._plain(file, options) is None
    assert rdf.read(file, options).triples.count(b"<a:c>") == 1


def test_a_large_file_of_ntriples_is_stored_from_where_it_lies(tmp_path, monkeypatch):
    file = write(tmp_path, PLAIN, "map.nt")
    small = open_map([file]).store
    monkeypatch.setattr(rdf, "_HELD", 100)
    assert rdf.read(file, ReadOptions("shop", "https://x/id/", "shop/map.nt")).file == file
    large, disk = open_map([file]).store, load_into(tmp_path / "store", [file]).store
    (source,) = small.sources
    graph = source_graph(source.id)
    first, *others = (sorted(store.triples(graph).splitlines()) for store in (small, large, disk))
    assert len(first) == 10
    assert others == [first, first]


@pytest.mark.parametrize(
    "broken", ['<a:b> <a:c> "d .', "<a:b> <a:c> <a d> .", "<a:b> <a:c> <a:d> . <a:e> <a:f> <a:g> ."]
)
def test_broken_ntriples_are_one_line(tmp_path, broken):
    with pytest.raises(InputError, match=r"map\.nt:2: not valid RDF"):
        opened(tmp_path, f"<a:b> <a:c> <a:d> .\n{broken}\n", "map.nt")


LONG = "x" * 1_000_001


@pytest.mark.parametrize(
    ("name", "text"),
    [
        ("a.ttl", f'<http://x/a> <http://x/p> "{LONG}" .'),
        ("a.nt", f'<http://x/a> <http://x/p> "{LONG * 20}" .\n'),
        ("a.ttl", f"<http://x/{LONG}> <http://x/p> 1 ."),
        ("a.jsonld", f'{{"@id": "http://x/a", "http://x/p": "{LONG}"}}'),
        ("a.rdf", f"<a xmlns='http://x/'>{LONG}</a>"),
        ("a.rdf", f"<a xmlns='http://x/' b='{LONG}'/>"),
    ],
    ids=["Turtle", "more than the buffer of the parser", "an address", "JSON-LD", "XML", "an attribute"],
)
def test_a_text_has_an_end(tmp_path, name, text):
    with pytest.raises(InputError, match=r"holds a text or an address of more than 1,000,000 characters; shorten it"):
        opened(tmp_path, text, name)


def test_json_ld_holds_so_many_values(tmp_path, monkeypatch):
    monkeypatch.setattr("graph.rdf_files._MOST_VALUES", 5)
    opened(tmp_path, '{"@id": "http://x/a", "http://x/p": [1, 2, "3, 4, 5, 6"]}', "a.jsonld")
    with pytest.raises(InputError, match="holds 5 values or more; split it, or write it as Turtle or N-Triples"):
        opened(tmp_path, '{"@id": "http://x/a", "http://x/p": [1, 2, 3, 4, 5, 6]}', "a.jsonld")


@pytest.mark.parametrize("context", ['"{}"', '["{}"]', '[ "{}", {{"x": "https://example.org/x"}} ]'])
def test_our_own_context_is_known_by_its_address(tmp_path, context):
    place = tmp_path / "map.jsonld"
    known = context.format("https://w3id.org/servicemap/context.jsonld")
    place.write_text(f'{{"@context" : {known}, "id": "https://x.org/a", "type": "Team", "label": "\\"@context\\": A"}}')
    found = rdf.read(place, ReadOptions("shop", "https://x.org/", "map"))
    assert found.defines == {"https://x.org/a"}
    assert b'"\\"@context\\": A"' in found.triples


def test_our_own_context_may_be_named_once(tmp_path):
    place = tmp_path / "map.jsonld"
    one = '{"@context": "https://w3id.org/servicemap/context.jsonld", "id": "https://x.org/a", "type": "Team"}'
    place.write_text(f"[{one}, {one}]")
    with pytest.raises(InputError, match="refers to a context elsewhere"):
        rdf.read(place, ReadOptions("shop", "https://x.org/", "map"))
