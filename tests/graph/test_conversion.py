"""Does a converted file say all that the first one said, and is one that could not refused?"""

from __future__ import annotations

from pathlib import Path

import pytest
import rdflib
from rdflib.compare import isomorphic

from graph.conversion import CONVERTED, converted
from graph.model import InputError

TURTLE = """
@prefix x: <https://example.org/> .
x:a x:says "it", "es"@de, 3 ; x:parts ( x:b [ x:c x:d ] ) .
"""
PARSED = {
    "turtle": "turtle",
    "ntriples": "nt",
    "rdfxml": "xml",
    "jsonld": "json-ld",
    "trig": "trig",
    "nquads": "nquads",
}
ENDINGS = {"turtle": "ttl", "ntriples": "nt", "rdfxml": "rdf", "jsonld": "jsonld", "trig": "trig", "nquads": "nq"}

pytestmark = pytest.mark.filterwarnings("ignore::DeprecationWarning")  # rdflib warns of itself


def written(folder: Path, name: str, text: str) -> Path:
    (folder / name).write_text(text, encoding="utf-8")
    return folder / name


@pytest.mark.parametrize("notation", sorted(CONVERTED))
def test_every_notation_says_the_same_and_comes_back(tmp_path: Path, notation: str) -> None:
    first = written(tmp_path, "first.ttl", TURTLE)
    made = converted(first, notation)
    again = converted(written(tmp_path, f"again.{ENDINGS[notation]}", made), "ntriples")
    expected = rdflib.Graph().parse(first)

    found = rdflib.Dataset(default_union=True)
    found.parse(data=made, format=PARSED[notation])
    plain = rdflib.Graph()
    for triple in found.triples((None, None, None)):
        plain.add(triple)
    assert isomorphic(plain, expected)
    assert isomorphic(rdflib.Graph().parse(data=again, format="nt"), expected)
    assert converted(first, notation) == made


def test_prefixes_are_kept(tmp_path: Path) -> None:
    assert "x:a x:parts" in converted(written(tmp_path, "a.ttl", TURTLE), "turtle")


@pytest.mark.parametrize("notation", ["turtle", "ntriples", "rdfxml"])
def test_named_graphs_are_not_dropped_in_silence(tmp_path: Path, notation: str) -> None:
    file = written(tmp_path, "a.trig", "<https://x.org/g> { <https://x.org/a> <https://x.org/b> 1 }")

    with pytest.raises(InputError, match=r"named graphs.*write trig"):
        converted(file, notation)
    assert "https://x.org/g" in converted(file, "jsonld")


@pytest.mark.parametrize(
    "line", ['<https://x.org/a> <https://x.org/b> "\\u0001" .', "<https://x.org/a> <https://x.org/1> 1 ."]
)
def test_what_xml_cannot_say_is_refused(tmp_path: Path, line: str) -> None:
    file = written(tmp_path, "a.ttl", line)

    with pytest.raises(InputError, match="cannot say all of it"):
        converted(file, "rdfxml")
    assert converted(file, "turtle")


@pytest.mark.parametrize(
    ("name", "text", "message"),
    [
        ("a.ttl", "this is no Turtle", "not valid RDF"),
        ("a.txt", TURTLE, "has no ending of RDF"),
        ("a.jsonld", '{"@context": "https://example.org/context"}', "nothing is fetched"),
        ("a.ttl", "<a> <b> <c> .", "not valid RDF"),
        ("a.ttl", "<https://x.org/a> <https://x.org/b> <<( <https://x.org/a> <https://x.org/b> 1 )>> .", "RDF 1.2"),
    ],
)
def test_a_file_that_cannot_be_read_is_one_line(tmp_path: Path, name: str, text: str, message: str) -> None:
    with pytest.raises(InputError, match=message) as refused:
        converted(written(tmp_path, name, text), "turtle")
    assert len(refused.value.problems) == 1
