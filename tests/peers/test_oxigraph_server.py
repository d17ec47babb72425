"""A peer answers as we do: the same map in a real ``oxigraph serve``, asked over HTTP."""

from __future__ import annotations

import json
import shutil
import socket
import subprocess
import sys
import time
import urllib.error
import urllib.parse
import urllib.request
from pathlib import Path

import pytest

from graph.library import questions
from graph.maps import open_map
from graph.store.isolation import PREFIXES, ask


@pytest.fixture(scope="module")
def enterprise(root):
    return open_map([root / "data" / "enterprise"]).store


@pytest.fixture(scope="module")
def peer(enterprise, tmp_path_factory):
    """The address of an ``oxigraph serve`` that holds the demo map."""
    beside = Path(sys.executable).with_name("oxigraph")
    program = str(beside) if beside.exists() else shutil.which("oxigraph")
    if program is None:
        pytest.skip("no oxigraph server here: pip install oxigraph")
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    folder = tmp_path_factory.mktemp("peer")
    with (folder / "log").open("w") as log:
        server = subprocess.Popen(
            [
                program,
                "serve",
                "--location",
                str(folder / "data"),
                "--bind",
                f"127.0.0.1:{port}",
                "--union-default-graph",
            ],
            stdout=log,
            stderr=log,
        )
    address = f"http://127.0.0.1:{port}"
    try:
        for _ in range(100):
            try:
                with urllib.request.urlopen(address, timeout=5):
                    break
            except (urllib.error.URLError, OSError):
                time.sleep(0.1)
        request = urllib.request.Request(
            f"{address}/store", data=enterprise.dump(), method="POST", headers={"Content-Type": "application/n-quads"}
        )
        with urllib.request.urlopen(request, timeout=30):
            pass
        yield address
    finally:
        server.terminate()
        server.wait(10)


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
