"""Assistants ask over HTTP through the doors of the server, and whoever may not is told so."""

from __future__ import annotations

import json
from contextlib import closing

import pytest

from app.audit import Audit
from app.doors import Doors
from app.live import Live
from app.mcp.address import Address, addresses
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


CALLS = [
    ("find", {"words": "name"}),
    ("find", {"words": "db"}),
    ("describe", {"element": "Shop"}),
    ("ask", {"question": "services-behind", "about": {"service": "Shop"}}),
    ("ask", {"question": "elements-by-kind"}),
    ("sparql", {"query": "SELECT ?s ?p ?o { ?s ?p ?o FILTER(ISIRI(?s)) } ORDER BY DESC(STR(?s))", "rows": 1000}),
    ("sparql", {"query": "SELECT DISTINCT ?g { GRAPH ?g { ?s ?p ?o } }"}),
    ("sparql", {"query": "SELECT ?s ?n { ?s fast:users ?n }"}),
    ("impact", {"elements": ["Shop"]}),
    ("compare", {"what_if": "remove: [Shop]"}),
]


def test_who_may_not_read_all_names_is_told_effects_without_them(tmp_path):
    """Whatever is asked, no name, id or file of another namespace is in an answer, and what is hit is counted."""
    secret = tmp_path / "backroom"
    secret.mkdir()
    (secret / "vault.yaml").write_text(
        "title: Topsecret\nelements:\n  - {id: zugspitze, kind: server, name: Zugspitze host}\n"
        "  - {id: watzmann, kind: business service, name: Watzmann, depends_on: [shop/shop]}\n"
    )
    shop = write(
        tmp_path,
        SHOP.replace(
            "  - {id: db, kind: database, owner: web-team}",
            "  - {id: db, kind: database, owner: web-team, depends_on: [backroom/zugspitze]}",
        ),
    )
    load_into(tmp_path / "store", [secret, shop])
    opening = Opening(store=tmp_path / "store")
    live, doors = Live(opening.map()), Doors(Tokens(tmp_path / "store"), open=False)
    heads = JSON | {"Authorization": f"Bearer {add_token(tmp_path / 'store', 'some', reads=('shop',))}"}
    endpoint = Endpoint(lambda: live.atlas.map.store, doors, size=1)
    with closing(endpoint), addresses(opening, live, endpoint) as blueprints:
        client = create_programs(endpoint, blueprints).test_client()
        said = {}
        begin = {"protocolVersion": "2025-06-18", "capabilities": {}, "clientInfo": {"name": "t", "version": "1"}}
        said["begin"] = client.post("/mcp", json=LIST | {"method": "initialize", "params": begin}, headers=heads).text
        for name, arguments in CALLS:
            asked = LIST | {"method": "tools/call", "params": {"name": name, "arguments": arguments}}
            answer = client.post("/mcp", json=asked, headers=heads)
            assert not answer.get_json()["result"].get("isError"), answer.text
            said[f"{name} {arguments}"] = answer.text
        wrong = LIST | {"method": "tools/call", "params": {"name": "describe", "arguments": {"element": "zugspitz"}}}
        said["wrong"] = client.post("/mcp", json=wrong, headers=heads).text.replace("'zugspitz'", "")
    for asked, text in said.items():
        for name in ("zugspitze", "watzmann", "topsecret", "backroom", "vault"):
            assert name not in text.lower(), asked
    assert (
        "hidden element" in said["find {'words': 'name'}"] or "hidden element" in said["impact {'elements': ['Shop']}"]
    )
    assert "1 element down" in said["impact {'elements': ['Shop']}"]


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
