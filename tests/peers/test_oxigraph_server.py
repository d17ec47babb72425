"""A peer answers as we do: the same map in a real ``oxigraph serve``, asked over HTTP."""

from __future__ import annotations

import json
import urllib.parse
import urllib.request

import pytest

from graph.library import questions
from graph.maps import open_map
from graph.store.isolation import PREFIXES, ask


@pytest.fixture(scope="module")
def enterprise(root):
    return open_map([root / "data" / "enterprise"]).store


@pytest.fixture(scope="module")
def peer(enterprise, oxigraph):
    """The address of an ``oxigraph serve`` that holds the demo map."""
    address = oxigraph("--union-default-graph")
    request = urllib.request.Request(
        f"{address}/store", data=enterprise.dump(), method="POST", headers={"Content-Type": "application/n-quads"}
    )
    with urllib.request.urlopen(request, timeout=30):
        return address


@pytest.mark.parametrize("name", questions())
def test_the_ready_questions_get_the_same_rows(enterprise, peer, name):
    head = "".join(f"PREFIX {prefix}: <{iri}>\n" for prefix, iri in PREFIXES.items())
    query = urllib.parse.urlencode({"query": head + questions()[name].text})
    request = urllib.request.Request(f"{peer}/query?{query}", headers={"Accept": "application/sparql-results+json"})
    with urllib.request.urlopen(request, timeout=30) as answer:
        said = json.load(answer)
    columns = said["head"]["vars"]
    theirs = sorted(tuple(row.get(c, {}).get("value") for c in columns) for row in said["results"]["bindings"])
    ours = ask(enterprise, questions()[name].text)
    assert sorted(tuple(v.text if v else None for v in row) for row in ours.rows) == theirs
    assert columns == list(ours.columns)
