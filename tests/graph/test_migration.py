"""Is a file with old words still read, does a finding say what to write, and is a migrated file the same map?"""

from __future__ import annotations

from pathlib import Path

import pyoxigraph as ox
import pytest
import rdflib

from graph.excerpt import excerpt
from graph.importers import map as map_file
from graph.maps import open_map
from graph.migration import migrated
from graph.model import InputError, ReadOptions
from graph.ntriples import BASE
from graph.reports import ntriples
from ontology import terms as t
from ontology.vocabulary import migration_files

pytestmark = pytest.mark.filterwarnings("ignore::DeprecationWarning")  # rdflib warns of itself

OLD = """# our activities
namespace: shop
processes: [{id: change, name: Change}]
activities:
  - {id: review, belongs_to_process: change}  # belongs_to_process: as we said
  - id: plan
    "belongs_to_process" : change
    description: "belongs_to_process: stays"
"""
NEW = """# our activities
namespace: shop
processes: [{id: change, name: Change}]
activities:
  - {id: review, done_in_process: change}  # done_in_process: as we said
  - id: plan
    "done_in_process" : change
    description: "belongs_to_process: stays"
"""
TURTLE = f"""@prefix sm: <{t.SM}> .
@prefix x: <https://w3id.org/servicemap/id/shop/> .
x:change a sm:Process .
x:plan a sm:ManagementActivity ; sm:requiresProcess x:change .
"""


def written(folder: Path, name: str, text: str) -> Path:
    (folder / name).write_text(text, encoding="utf-8")
    return folder / name


def statements(path: Path) -> str:
    made = ntriples.write(excerpt(open_map([path])))
    assert isinstance(made, str)
    return made


def test_a_map_file_in_old_words_is_the_same_map_and_each_is_a_finding(tmp_path: Path) -> None:
    old, new = written(tmp_path, "old.yaml", OLD), written(tmp_path, "new.yaml", NEW)

    assert statements(old) == statements(new)
    found = [f for f in open_map([old]).findings if f.check == "old-word"]
    assert [str(finding) for finding in found] == [
        f"{old}:{line}: 'belongs_to_process' is an old word; write 'done_in_process'" for line in (5, 7)
    ]
    assert not [f for f in open_map([new]).findings if f.check == "old-word"]


def test_a_migrated_map_file_keeps_all_else(tmp_path: Path) -> None:
    text, found = migrated(written(tmp_path, "old.yaml", OLD))

    assert text == NEW
    assert len(found) == 2
    assert migrated(written(tmp_path, "new.yaml", NEW)) == (NEW, ())


@pytest.mark.parametrize("name", ["old.ttl", "old.nt", "old.jsonld", "old.rdf", "old.trig"])
def test_rdf_in_old_words_is_read_in_new_ones_and_migrated(tmp_path: Path, name: str) -> None:
    notation = {"ttl": "turtle", "nt": "nt", "jsonld": "json-ld", "rdf": "xml", "trig": "trig"}[name.partition(".")[2]]
    graph = rdflib.Dataset() if notation == "trig" else rdflib.Graph()
    graph.parse(data=TURTLE, format="turtle")
    old = written(tmp_path, name, graph.serialize(format=notation))
    found = [finding for finding in open_map([old]).findings if finding.check == "old-word"]

    assert [(f.message, f.remedy) for f in found] == [
        ("'sm:requiresProcess' is an old word", "write 'sm:doneInProcess'")
    ]
    assert f"<{t.DONE_IN_PROCESS}>" in statements(old)
    assert f"<{t.REQUIRES_PROCESS}>" not in statements(old)
    text, told = migrated(old)
    before = statements(old)
    old.write_text(text, encoding="utf-8")
    assert "requiresProcess" not in text
    assert len(told) == 1
    assert statements(old) == before
    assert migrated(old) == (text, ())


def test_a_word_that_only_rdf_knew_by_its_old_name_is_migrated_too(tmp_path: Path) -> None:
    text = TURTLE + "x:seal a sm:Certificate ; sm:replacesCertificate x:change .\n"
    old = written(tmp_path, "old.ttl", text)

    now, told = migrated(old)
    assert "sm:certificateFor" in now or t.CERTIFICATE_FOR in now
    assert {finding.remedy for finding in told} == {"write 'sm:doneInProcess'", "write 'sm:certificateFor'"}
    unchanged = written(
        tmp_path, "new.yaml", "namespace: shop\nelements:\n  - {id: seal, kind: certificate, certificate_for: web}\n"
    )
    assert migrated(unchanged) == (unchanged.read_text(encoding="utf-8"), ())


def test_a_class_and_a_code_that_were_renamed_are_read_and_migrated(tmp_path: Path) -> None:
    old = written(
        tmp_path,
        "old.ttl",
        f"@prefix sm: <{t.SM}> .\n@prefix x: <https://w3id.org/servicemap/id/shop/> .\n"
        "x:apart a sm:SeparationRule . x:web a sm:Application ; sm:placement x:web-1 . x:web-1 a sm:Placement ;"
        " sm:placementTarget sm:placement-private .\n",
    )
    found = [(f.message, f.remedy) for f in open_map([old]).findings if f.check == "old-word"]
    assert found == [
        ("'sm:SeparationRule' is an old word", "write 'sm:SeparationOfDuties'"),
        ("'sm:placement-private' is an old word", "write 'sm:placement-private-cloud'"),
    ]
    before = statements(old)
    assert f"<{t.SEPARATION_OF_DUTIES}>" in before
    assert f"<{t.PLACEMENT_PRIVATE_CLOUD}>" in before
    assert f"<{t.PLACEMENT_PRIVATE}>" not in before
    text, told = migrated(old)
    assert len(told) == 2
    old.write_text(text, encoding="utf-8")
    assert statements(old) == before
    assert migrated(old) == (text, ())


def test_an_old_code_of_a_map_file_is_read_and_migrated(tmp_path: Path) -> None:
    line = "  - {{id: web, kind: application, description: private, placement: {{target: {}, driver: existing}}}}  # private\n"
    text = "namespace: shop\nelements:\n" + line
    old, new = (
        written(tmp_path, "old.yaml", text.format("private")),
        written(tmp_path, "new.yaml", text.format("private cloud")),
    )

    assert statements(old) == statements(new)
    (found,) = [f for f in open_map([old]).findings if f.check == "old-word"]
    assert str(found) == f"{old}:3: 'private' is an old word of 'target'; write 'private cloud'"
    assert migrated(old)[0] == text.format("private cloud")
    assert migrated(new) == (text.format("private cloud"), ())


def test_queries_in_an_old_class_keep_their_answers(tmp_path: Path) -> None:
    made = open_map(
        [written(tmp_path, "map.ttl", f"<https://w3id.org/servicemap/id/shop/apart> a <{t.SEPARATION_OF_DUTIES}> .")]
    )

    assert len(made.store.select(f"SELECT ?rule {{ ?rule a <{t.SEPARATION_RULE}> }}").rows) == 1


def test_the_updates_do_the_same_in_both_engines_and_twice_as_once() -> None:
    store, other = ox.Store(), rdflib.Dataset()
    quads = f"<x:a> <{t.REQUIRES_PROCESS}> <x:b> .\n<x:c> <{t.REQUIRES_PROCESS}> <x:d> <x:graph> .\n"
    store.load(input=quads.encode(), format=ox.RdfFormat.N_QUADS)
    other.parse(data=quads, format="nquads")
    for file in (*migration_files(), *migration_files()):
        store.update(file.read_text(encoding="utf-8"))
        other.update(file.read_text(encoding="utf-8"))

    expected = {("x:a", t.DONE_IN_PROCESS, "x:b"), ("x:c", t.DONE_IN_PROCESS, "x:d")}
    assert {(q.subject.value, q.predicate.value, q.object.value) for q in store} == expected
    assert {tuple(map(str, quad[:3])) for quad in other.quads()} == expected


def test_so_many_old_words_are_counted_and_all_are_mended(tmp_path: Path) -> None:
    lines = "".join(f"  - {{id: a{n}, belongs_to_process: change}}\n" for n in range(1000))
    old = written(tmp_path, "old.yaml", f"processes: [{{id: change}}]\nactivities:\n{lines}")
    told = map_file.read(old, ReadOptions("shop", BASE, "old")).findings

    assert told[-1].message.endswith("more old words")
    assert len(told) < 1000
    assert "belongs_to_process" not in migrated(old)[0]


def test_what_is_no_map_and_no_rdf_is_refused(tmp_path: Path) -> None:
    with pytest.raises(InputError, match="no map file, mapping or query, and no RDF"):
        migrated(written(tmp_path, "a.txt", "x"))


QUESTION = """# title: Which {0} rules are there, and what is placed there?
# persona: architect
# parameter: target : sm:PlacementCode
# parameter: rule : sm:{0}
SELECT ?web  # sm:placement-private as a word in a comment
WHERE {{
  VALUES ?target {{ sm:{1} }}
  VALUES ?rule {{ <https://w3id.org/servicemap/id/shop/apart> }}
  ?rule a <https://w3id.org/servicemap#{0}> .
  ?web sm:hasPlacement/sm:placedOn ?target ; ^sm:{2} ?task ; rdfs:label "sm:placement-private" .
}}
"""
OLD_QUESTION = QUESTION.format("SeparationRule", "placement-private", "requiresProcess")
NEW_QUESTION = QUESTION.format("SeparationOfDuties", "placement-private-cloud", "doneInProcess")
NEW_QUESTION = NEW_QUESTION.replace("Which SeparationOfDuties rules", "Which SeparationRule rules")


@pytest.mark.parametrize("name", ["placed-there.rq", "placed-there.sparql"])
def test_a_question_is_migrated_token_by_token(tmp_path: Path, name: str) -> None:
    old = written(tmp_path, name, OLD_QUESTION)

    text, found = migrated(old)

    assert text == NEW_QUESTION
    assert [str(finding) for finding in found] == [
        f"{old}:4: 'sm:SeparationRule' is an old word; write 'sm:SeparationOfDuties'",
        f"{old}:7: 'sm:placement-private' is an old word; write 'sm:placement-private-cloud'",
        f"{old}:9: '<{t.SEPARATION_RULE}>' is an old word; write '<{t.SEPARATION_OF_DUTIES}>'",
        f"{old}:10: 'sm:requiresProcess' is an old word; write 'sm:doneInProcess'",
    ]
    assert migrated(written(tmp_path, name, text)) == (text, ())


def test_an_update_is_migrated_and_one_that_is_none_gets_one_line(tmp_path: Path) -> None:
    said = "PREFIX my: <https://w3id.org/servicemap#> DELETE WHERE { ?a my:requiresProcess ?b }"

    assert migrated(written(tmp_path, "a.ru", said))[0] == said.replace("requiresProcess", "doneInProcess")
    with pytest.raises(InputError, match=r"b\.ru: the query is not SPARQL"):
        migrated(written(tmp_path, "b.ru", 'ASK { "open'))


SHAPES = """@prefix sh: <http://www.w3.org/ns/shacl#> .
@prefix sm: <https://w3id.org/servicemap#> .

# what holds with us
[] a sh:NodeShape ; sh:targetClass sm:{0} ;
    sh:property [ sh:path sm:{1} ; sh:minCount 1 ; sh:message "Not sm:placement-private." ] ;  # a process
    sh:property [ sh:path ( sm:hasPlacement sm:placedOn ) ; sh:in ( sm:{2} sm:placement-iaas ) ] .
"""


def test_shapes_of_ones_own_are_migrated_with_their_comments(tmp_path: Path) -> None:
    old = SHAPES.format("SeparationRule", "requiresProcess", "placement-private")
    text, found = migrated(written(tmp_path, "our-shapes.ttl", old))

    assert text == SHAPES.format("SeparationOfDuties", "doneInProcess", "placement-private-cloud")
    assert len(found) == 3
    assert migrated(written(tmp_path, "our-shapes.ttl", text)) == (text, ())


WHAT_IF = """title: What if it were elsewhere?  # private
add:
  activities: [{{id: check, {0}: change}}]
  elements:
    - id: web
      kind: application
      description: private
      placement: {{target: {1}, driver: existing}}  # private
change:
  review: {{{0}: ~, description: "{{private}}"}}
"""


def test_a_what_if_is_migrated_where_old_words_are_words(tmp_path: Path) -> None:
    old = written(tmp_path, "what-if.yaml", WHAT_IF.format("belongs_to_process", "private"))

    text, found = migrated(old)

    assert text == WHAT_IF.format("done_in_process", "private cloud")
    assert [str(each).partition("what-if.yaml:")[2] for each in found] == [
        "3: 'belongs_to_process' is an old word; write 'done_in_process'",
        "8: 'private' is an old word; write 'private cloud'",
        "10: 'belongs_to_process' is an old word; write 'done_in_process'",
    ]
    assert migrated(written(tmp_path, "what-if.yaml", text)) == (text, ())


def test_rules_of_the_gate_have_no_old_words_and_wrong_ones_are_told(tmp_path: Path) -> None:
    rules = "# ours\nrules:\n  stub-added: fail\n"

    assert migrated(written(tmp_path, "rules.yaml", rules)) == (rules, ())
    with pytest.raises(InputError, match=r"rules\.yaml:2: no rule 'stub-aded'; did you mean 'stub-added'"):
        migrated(written(tmp_path, "rules.yaml", "rules:\n  stub-aded: fail\n"))


@pytest.mark.parametrize("name", ["a.ttl", "a.nt", "a.rdf", "a.jsonld", "a.rq", "a.yaml"])
def test_bytes_that_are_no_text_are_refused_in_one_line(tmp_path: Path, name: str) -> None:
    (tmp_path / name).write_bytes(b"\xff\xfe\x00\x81" * 100)

    with pytest.raises(InputError) as refused:
        migrated(tmp_path / name)
    assert str(refused.value).startswith(f"{tmp_path / name}:")


def test_line_ends_stay_as_they_are(tmp_path: Path) -> None:
    for name, text in (
        ("a.ttl", SHAPES.format("SeparationRule", "requiresProcess", "placement-private")),
        ("a.rq", OLD_QUESTION),
    ):
        (tmp_path / name).write_bytes(text.replace("\n", "\r\n").encode())
        now, found = migrated(tmp_path / name)
        assert found
        assert now.count("\r\n") == text.count("\n") == now.count("\n")


@pytest.mark.parametrize("name", ["endless.rq", "endless.ttl"])
def test_what_never_ends_is_not_read(tmp_path: Path, name: str) -> None:
    (tmp_path / name).symlink_to("/dev/zero")

    with pytest.raises(InputError, match="not an ordinary file"):
        migrated(tmp_path / name)


MAPPING = """# how we read it
mapping: ours
rules:
  - each: processes[]
    id: "{id}"
    kind: process
  - each: activities[]
    id: "{id}"
    kind: activity
    properties:
      %s: "{process}"  # belongs_to_process: as it was
      description: "belongs_to_process: stays"
"""


def test_a_mapping_with_an_old_word_is_migrated_and_reads_as_before(tmp_path: Path) -> None:
    old = written(tmp_path, "ours.yaml", MAPPING % "belongs_to_process")

    text, found = migrated(old)

    assert text == MAPPING % "done_in_process"
    assert [str(each) for each in found] == [f"{old}:11: 'belongs_to_process' is an old word; write 'done_in_process'"]
    assert migrated(written(tmp_path, "ours.yaml", text)) == (text, ())
