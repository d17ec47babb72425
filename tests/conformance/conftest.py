"""What do the conformance tests share? The suites of the W3C, and our server with their data."""

from __future__ import annotations

import os
from contextlib import closing
from pathlib import Path

import pytest

from app.doors import Doors
from app.sparql.alone import create_programs
from app.sparql.endpoint import Endpoint
from graph.store.embedded import DiskStore
from graph.store.tokens import Tokens, add_token
from tests.conformance.served import Server, store_of
from tests.conformance.suite import FORMATS, Case, cases
from tests.conformance.updates import Ours, Update, updates


@pytest.fixture(scope="session")
def suites(root: Path) -> Path:
    """The folder of the suites; they are not ours to ship, so they lie beside the checkout."""
    folder = Path(os.environ.get("SERVICEMAP_CONFORMANCE", root.parent / "shared" / "conformance")) / "w3c-sparql"
    if not folder.is_dir():
        pytest.skip("the W3C suites are not here: name their folder in SERVICEMAP_CONFORMANCE")
    return folder


@pytest.fixture(scope="session")
def queries(suites: Path) -> list[Case]:
    """All tests of queries."""
    return list(cases(suites))


@pytest.fixture(scope="session")
def data(suites: Path, queries: list[Case]) -> list[Path]:
    """All data files that a query is about."""
    named = {file for case in queries for file in (*case.data, *(file for _, file in case.named))}
    beside = {file for part in ("dataset", "construct") for file in suites.glob(f"*/{part}/data*.ttl")}
    return sorted(file for file in named | beside if file.exists() and file.suffix in FORMATS)


@pytest.fixture(scope="session")
def ours(serve, data: list[Path]):
    """Our server."""
    store = store_of(data)
    endpoint = Endpoint(lambda: store)
    with closing(Server(serve(create_programs(endpoint)).removeprefix("http://"), "/sparql")) as server:
        yield server
    endpoint.close()


@pytest.fixture(scope="session")
def update_cases(suites: Path) -> list[Update]:
    """All tests of updates."""
    return list(updates(suites))


@pytest.fixture(scope="session")
def writing(serve, tmp_path_factory):
    """Our server, with an empty store that takes writes."""
    folder = tmp_path_factory.mktemp("updates") / "store"
    DiskStore(folder, writable=True).close()
    token = add_token(folder, "test", write=True)
    endpoint = Endpoint(lambda: DiskStore(folder), Doors(Tokens(folder), writable=True), size=1)
    yield Ours(folder, serve(create_programs(endpoint)).removeprefix("http://"), token)
    endpoint.close()
