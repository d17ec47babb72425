"""Assistants ask over HTTP through the doors of the server, and whoever may not is told so."""

from __future__ import annotations

import json
from contextlib import closing

import pytest

from app.audit import Audit
from app.doors import Doors
from app.live import Live
from app.mcp.address import Address
from app.mcp.comparing import Comparing, Opening
from app.mcp.tools import Tools
from app.sparql.alone import create_programs
from app.sparql.endpoint import Endpoint
from app.web import create_app
from graph.maps import load_into
from graph.store.tokens import Tokens, add_token
from tests.app.mcp.conftest import talking
from tests.graph.written import SHOP, write

pytest.importorskip("mcp", reason="the Model Context Protocol is not installed")

LIST = {"jsonrpc": "2.0", "id": 1, "method": "tools/list"}
JSON = {"Accept": "application/json, text/event-stream"}


@pytest.fixture(scope="module")
def address(serve, live, endpoint, tools):
    with closing(Address(tools, endpoint.doors)) as address:
        yield serve(create_app(live, endpoint, (address.blueprint(),)).server)


@pytest.mark.parametrize("mode", ["auto", "legacy"])
def test_an_assistant_asks_over_http(address, mode):
    with talking(f"{address}/mcp", mode) as assistant:
        assert len(assistant.names()) == 6
        assert assistant.call("sparql", query="SELECT ?n { ?x a sm:Database ; rdfs:label ?n }")["rows"] == [{"n": "db"}]
        assert "did you mean 'Shop'?" in assistant.wrong("describe", element="shp")
        assert assistant.call("impact", elements=["db"])["title"] == "if db fails: 1 element degraded"
        assert "older revisions are not told here" in assistant.wrong("compare", base="HEAD")


def test_queries_of_assistants_are_counted_with_all_others(live, endpoint, tools):
    with closing(Address(tools, endpoint.doors)) as address:
        client = create_programs(endpoint, (address.blueprint(),)).test_client()

        def answered():
            lines = client.get("/metrics").text.splitlines()
            return [
                float(line.split()[1])
                for line in lines
                if line.startswith('servicemap_queries_total{outcome="answered"}')
            ]

        client.get("/sparql?query=ASK{}")
        before = answered()
        asked = {"name": "sparql", "arguments": {"query": "ASK {}"}}
        told = client.post("/mcp", json=LIST | {"method": "tools/call", "params": asked}, headers=JSON)
        assert told.get_json()["result"]["structuredContent"]["rows"]
        assert answered() == [before[0] + 1]


def test_it_is_off_unless_somebody_wants_it(live, endpoint):
    assert create_programs(endpoint).test_client().post("/mcp", json=LIST, headers=JSON).status_code == 404


@pytest.fixture(scope="module")
def closed(tmp_path_factory):
    """A server for those who have a token: its client, the token, and its audit."""
    home = tmp_path_factory.mktemp("closed")
    opened = load_into(home / "store", [write(home, SHOP)])
    doors = Doors(Tokens(home / "store"), open=False, audit=Audit(home / "audit"))
    live = Live(opened)
    endpoint = Endpoint(lambda: live.atlas.map.store, doors)
    tools = Tools(live, endpoint, Comparing(Opening(store=home / "store"), history=False))
    with closing(endpoint), closing(Address(tools, doors)) as address:
        client = create_programs(endpoint, (address.blueprint(),)).test_client()
        yield client, add_token(home / "store", "assistant"), home / "audit"


def test_only_who_has_a_token_comes_in_and_refusals_are_noted(closed):
    client, token, audit = closed
    assert client.post("/mcp", json=LIST, headers=JSON).status_code == 401
    (line,) = map(json.loads, audit.read_text().splitlines())
    assert (line["status"], line["path"]) == (401, "/mcp")
    told = client.post("/mcp", json=LIST, headers=JSON | {"Authorization": f"Bearer {token}"})
    assert len(told.get_json()["result"]["tools"]) == 6


def test_who_may_not_read_all_names_is_not_answered(closed):
    client, _, audit = closed
    token = add_token(audit.parent / "store", "some", reads=("shop",))
    answer = client.post("/mcp", json=LIST, headers=JSON | {"Authorization": f"Bearer {token}"})
    assert (answer.status_code, answer.get_json()["error"]["detail"]) == (403, "token some may not read all names")


@pytest.mark.parametrize(
    ("more", "status"),
    [
        ({"headers": {"Origin": "https://evil.example"}}, 403),
        ({"headers": {"Sec-Fetch-Site": "cross-site"}}, 403),
        ({"headers": {"Content-Type": "text/plain"}}, 400),
        ({"headers": {"Accept": "text/html"}}, 406),
        ({"data": b"{"}, 400),
        ({"data": b"[" * 50_000}, 400),
        ({"data": b" " * 1_000_001}, 413),
        ({"method": "GET"}, 405),
        ({"method": "DELETE"}, 405),
    ],
)
def test_what_is_no_request_of_an_assistant_is_refused(closed, more, status):
    client, token, _ = closed
    headers = JSON | {"Content-Type": "application/json", "Authorization": f"Bearer {token}"} | more.get("headers", {})
    answer = client.open(
        "/mcp", method=more.get("method", "POST"), data=more.get("data", json.dumps(LIST)), headers=headers
    )
    assert answer.status_code == status
    assert client.post("/mcp", json=LIST, headers=JSON | {"Authorization": f"Bearer {token}"}).status_code == 200
