"""Comunica, a SPARQL engine in JavaScript, asks the endpoint and writes through it; it finds out itself what it is."""

from __future__ import annotations

import json
import os
import shutil
import subprocess
import sys
from contextlib import closing
from pathlib import Path

import pytest

from app.doors import Doors
from app.sparql.alone import create_programs
from app.sparql.endpoint import Endpoint
from graph.maps import load_into
from graph.store.embedded import DiskStore
from graph.store.tokens import Tokens, add_token
from tests.graph.written import SHOP, write

SM = "PREFIX sm: <https://w3id.org/servicemap#> PREFIX rdfs: <http://www.w3.org/2000/01/rdf-schema#> "
LABEL = "http://www.w3.org/2000/01/rdf-schema#label"
DATABASE = "https://w3id.org/servicemap/id/shop/db"
QUESTIONS = [
    (SM + "SELECT DISTINCT ?n { ?x a sm:Database ; rdfs:label ?n }", [{"n": "db"}]),
    (SM + "ASK { ?x a sm:Database }", True),
    (SM + "CONSTRUCT { ?x rdfs:label ?n } WHERE { ?x a sm:Database ; rdfs:label ?n }", [[DATABASE, LABEL, "db"]]),
    ("INSERT DATA { GRAPH <http://x/comunica> { <http://x/a> <http://x/b> 'written' } }", "done"),
    ("SELECT ?o { GRAPH <http://x/comunica> { <http://x/a> <http://x/b> ?o } }", [{"o": "written"}]),
]


@pytest.fixture(scope="module")
def node():
    """Node.js, with Comunica where ``make`` has put it."""
    beside = Path(sys.executable).parent
    folder = beside.parent / "comunica"
    program = shutil.which("node", path=f"{os.environ.get('PATH', '')}{os.pathsep}{beside}")
    if program is None or not (folder / "node_modules" / "@comunica").is_dir():
        pytest.skip("no Comunica here: make .venv/.comunica")
    return [program, str(Path(__file__).with_name("comunica") / "ask.cjs"), str(folder)]


def test_comunica_selects_asks_constructs_and_writes(node, serve, tmp_path):
    folder = tmp_path / "store"
    load_into(folder, [write(tmp_path, SHOP)])
    token = add_token(folder, "comunica", write=True)
    with closing(Endpoint(lambda: DiskStore(folder), Doors(Tokens(folder), writable=True), size=2)) as endpoint:
        address = serve(create_programs(endpoint)) + "/sparql"
        asked = [{"query": query, "source": "known" if "INSERT" in query else "found"} for query, _ in QUESTIONS]
        done = subprocess.run(
            [*node, address, token], input=json.dumps(asked), capture_output=True, text=True, check=False, timeout=60
        )
    assert done.returncode == 0, done.stderr[-2_000:]
    assert [_without_repeats(each) for each in json.loads(done.stdout)] == [wanted for _, wanted in QUESTIONS]


def _without_repeats(answer):
    return [each for at, each in enumerate(answer) if each not in answer[:at]] if isinstance(answer, list) else answer
