"""An assistant that starts the program asks all six tools over standard input and output, and is told what is wrong."""

from __future__ import annotations

import sys
from importlib.util import find_spec

import pytest

from app.mcp.server import check_installed
from graph.model import InputError
from tests.app.commands import run
from tests.app.mcp.conftest import talking
from tests.graph.written import SHOP, write


@pytest.fixture(scope="module")
def assistant(root, tmp_path_factory):
    mcp = pytest.importorskip("mcp", reason="the Model Context Protocol is not installed")
    file = write(tmp_path_factory.mktemp("stdio"), SHOP)
    words = [str(root / "servicemap.py"), "mcp", str(file)]
    with talking(mcp.StdioServerParameters(command=sys.executable, args=words)) as assistant:
        yield assistant


def test_there_are_six_tools(assistant):
    assert assistant.names() == ["find", "describe", "ask", "sparql", "impact", "compare"]


def test_find_gives_ids_the_best_first(assistant):
    found = assistant.call("find", words="web", limit=1)
    assert [row["id"] for row in found["elements"]] == ["shop/web"]
    assert found["notes"] == ["only the first 1 are told"]


def test_describe_tells_facts_with_their_places(assistant):
    told = assistant.call("describe", element="shop")
    assert {k: told["facts"][1][k] for k in ("fact", "value")} == {"fact": "kind", "value": "business service"}
    assert told["facts"][0]["source"].endswith("map.yaml:6")
    assert assistant.call("describe", element="shop", most=2)["notes"][0].startswith("the first 2 of ")


def test_ask_lists_questions_and_puts_one(assistant):
    listed = assistant.call("ask")["questions"]
    assert {"services-behind"} <= {row["name"] for row in listed}
    told = assistant.call("ask", question="services-behind", about={"service": "Shop"})
    assert {"kind": "database", "name": "db"} in told["rows"]
    assert told["parameters"] == {"service": "Shop"}


def test_sparql_reads_and_says_what_was_cut(assistant):
    told = assistant.call("sparql", query="SELECT ?n { ?x a sm:Database ; rdfs:label ?n }")
    assert told["rows"] == [{"n": "db"}]
    cut = assistant.call("sparql", query="SELECT ?s { ?s ?p ?o }", rows=3)
    assert len(cut["rows"]) == 3
    assert cut["notes"][0].startswith("cut: ")


def test_impact_says_who_is_hit_and_why(assistant):
    told = assistant.call("impact", elements=["vm-1", "vm-2"])
    assert {(row["id"], row["state"]) for row in told["affected"]} == {("shop/web", "down"), ("shop/shop", "down")}
    assert assistant.call("impact", elements=["db"], state="degraded")["changes"] == ["shop/db"]


def test_compare_says_what_a_patch_brings_about(assistant):
    told = assistant.call("compare", what_if="remove: [db]")
    assert told["title"].startswith("1 element removed")
    assert {row["how"] for row in told["differences"]} >= {"removed"}


@pytest.mark.parametrize(
    ("tool", "arguments", "words"),
    [
        ("describe", {"element": "shp"}, "no element 'shp' in this map; did you mean 'Shop'?"),
        ("impact", {"elements": ["wbe", "vm-1"]}, "no element 'wbe' in this map; did you mean 'web'?"),
        ("impact", {"elements": []}, "at least 1 item"),
        ("impact", {"elements": ["web"], "state": "broken"}, "'down' or 'degraded'"),
        ("find", {"words": "web", "limit": 1_000_000}, "less than or equal to 100"),
        ("ask", {"question": "services-behnd"}, "did you mean 'services-behind'?"),
        ("ask", {"question": "services-behind", "about": {"service": "chekout"}}, "no element 'chekout'"),
        ("ask", {"question": "services-behind", "about": {"servce": "shop"}}, "did you mean 'service'?"),
        ("sparql", {"query": "SELECT"}, "the query is not SPARQL"),
        ("sparql", {"query": "DELETE WHERE { ?s ?p ?o }"}, "'DELETE' would change the map"),
        ("sparql", {"query": "LOAD <file:///etc/passwd>"}, "'LOAD' would change the map"),
        ("sparql", {"query": "ASK { SERVICE <http://127.0.0.1:9/> { ?s ?p ?o } }"}, "SERVICE"),
        ("sparql", {"query": "ASK " + "{" * 10_000 + "}" * 10_000}, "deep"),
        ("sparql", {"query": "ASK {}", "rows": 100_000}, "less than or equal to 1000"),
        ("sparql", {"query": "ASK { ?s ?p '" + "x" * 300_000 + "' }"}, "at most 200000 characters"),
        ("compare", {}, "compare takes one of what_if and base"),
        ("compare", {"what_if": "remove: [bd]"}, "what_if:1: no element 'bd' in this map; look for it with find"),
        ("compare", {"base": "HEAD"}, "git"),
        ("delete", {}, "Unknown tool"),
    ],
)  # fmt: skip
def test_what_cannot_be_answered_is_said_in_words(assistant, tool, arguments, words):
    said = assistant.wrong(tool, **arguments)
    assert words in said
    assert "Traceback" not in said


def test_without_the_extra_the_command_says_what_to_install(capsys, monkeypatch):
    monkeypatch.setattr("app.mcp.server.find_spec", lambda name: None if name == "mcp" else find_spec(name))
    with pytest.raises(InputError, match="pip install 'servicemap\\[mcp\\]'"):
        check_installed()
    for words in (["mcp", "x.yaml"], ["serve", "x.yaml", "--mcp"]):
        done = run(capsys, monkeypatch, *words)
        assert (done.code, done.out) == (2, "")
        assert done.err == "error: the Model Context Protocol is not installed; pip install 'servicemap[mcp]'\n"
