"""A peer answers as we do: the same map in a real ``oxigraph serve``, asked over HTTP."""

from __future__ import annotations

import json
import urllib.parse
import urllib.request

import pytest

from graph.fast import expanded
from graph.library import questions
from graph.maps import open_map
from graph.servicegraph import ServiceGraph
from graph.store.guard import PREFIXES
from graph.store.isolation import ask
from tests.examples import some


@pytest.fixture(scope="module")
def opened(root):
    return open_map([root / "data" / "enterprise"])


@pytest.fixture(scope="module")
def enterprise(opened):
    return opened.store


@pytest.fixture(scope="module")
def peer(enterprise, oxigraph):
    """The address of an ``oxigraph serve`` that holds the demo map."""
    address = oxigraph("--union-default-graph")
    request = urllib.request.Request(
        f"{address}/store", data=enterprise.dump(), method="POST", headers={"Content-Type": "application/n-quads"}
    )
    with urllib.request.urlopen(request, timeout=30):
        return address


def asked_of(peer, text):
    """Columns and rows as the peer tells them, over HTTP."""
    head = "".join(f"PREFIX {prefix}: <{iri}>\n" for prefix, iri in PREFIXES.items())
    form = urllib.parse.urlencode({"query": head + text}).encode()
    headers = {"Accept": "application/sparql-results+json", "Content-Type": "application/x-www-form-urlencoded"}
    with urllib.request.urlopen(urllib.request.Request(f"{peer}/query", form, headers), timeout=30) as answer:
        said = json.load(answer)
    columns = said["head"]["vars"]
    return columns, [tuple(row.get(c, {}).get("value") for c in columns) for row in said["results"]["bindings"]]


@pytest.mark.parametrize("name", some(questions()))
def test_the_ready_questions_get_the_same_rows(enterprise, peer, name):
    columns, theirs = asked_of(peer, questions()[name].text)
    ours = ask(enterprise, questions()[name].text)
    assert sorted(tuple(v.text if v else None for v in row) for row in ours.rows) == sorted(theirs)
    assert columns == list(ours.columns)


@pytest.mark.parametrize(
    "text",
    [
        "SELECT ?n { ?s a sm:BusinessService ; fast:dependsOn <X> ; rdfs:label ?n } ORDER BY ?n",
        "SELECT ?e ?n { ?e fast:users (?n 5) } ORDER BY DESC(?n) ?e",
        "SELECT ?a ?c { ?s a sm:BusinessService ; fast:monthlyCost (?a ?c) } ORDER BY ?s",
    ],
)
def test_fast_properties_get_the_same_rows_from_another_engine(opened, peer, text):
    """What is put in is plain SPARQL: the peer answers it without knowing the service graph."""
    text = text.replace("<X>", "<https://w3id.org/servicemap/id/fernhaven/sql-cluster>")
    plain, _ = expanded(text, ServiceGraph(opened.store, opened.projection))
    columns, theirs = asked_of(peer, plain)
    ours = ask(opened.store, text)
    assert [tuple(v.text if v else None for v in row) for row in ours.rows] == theirs
    assert len(theirs) >= 5
    assert columns == list(ours.columns)
