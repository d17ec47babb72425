"""All W3C tests of queries, at our endpoint and at ``oxigraph serve``: ours passes at least what theirs passes."""

from __future__ import annotations

import urllib.parse
import urllib.request
from contextlib import closing

import pytest

from tests.conformance.conftest import data, ours, queries, suites, update_cases, writing  # noqa: F401 fixtures
from tests.conformance.known import FAILING, FAILING_UPDATES
from tests.conformance.served import Server, as_ntriples, ask
from tests.conformance.test_protocols import GRAPH_TESTS, graph_test
from tests.conformance.updates import Theirs, put

pytestmark = pytest.mark.timeout(900)


@pytest.fixture(scope="module")
def theirs(oxigraph, data):  # noqa: F811 it is the fixture
    address = oxigraph()
    for file in data:
        request = urllib.request.Request(
            f"{address}/store?graph={urllib.parse.quote(file.as_uri(), safe='')}",
            data=as_ntriples(file),
            method="PUT",
            headers={"Content-Type": "application/n-triples"},
        )
        with urllib.request.urlopen(request, timeout=30):
            pass
    with closing(Server(address.removeprefix("http://"), "/query")) as server:
        yield server


def test_we_pass_at_least_what_the_engines_own_server_passes(ours, theirs, queries):  # noqa: F811 they are fixtures
    failed = {case.name for case in queries if ask(ours, case)}
    peer = {case.name for case in queries if ask(theirs, case)}
    assert len(queries) > 800
    assert failed - peer == set()
    assert failed == set(FAILING)


@pytest.mark.parametrize(("manifest", "number"), GRAPH_TESTS)
def test_the_whole_graph_store_protocol(serve, tmp_path, suites, manifest, number):  # noqa: F811 they are fixtures
    assert graph_test(serve, tmp_path, suites, manifest, number) == ""


def test_we_do_at_least_the_updates_that_the_engines_own_server_does(writing, oxigraph, update_cases):  # noqa: F811
    peer = Theirs(oxigraph())
    failed = {case.name for case in update_cases if put(writing, case)}
    theirs = {case.name for case in update_cases if put(peer, case)}
    assert failed - theirs == set()
    assert failed == set(FAILING_UPDATES)
