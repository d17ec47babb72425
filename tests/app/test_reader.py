"""Whoever may read one namespace alone is told all effects by every address, and of the others no name."""

from __future__ import annotations

import gzip
from textwrap import dedent

import pytest

from app.doors import Doors, networks
from app.live import Live
from app.reader import reads
from app.sparql.endpoint import Endpoint
from app.web import create_app
from graph.maps import load_into
from graph.model import InputError
from graph.store.tokens import Tokens, add_token
from tests.app.commands import run
from tests.graph.test_redaction import INFRA, NAMES, SHOP
from tests.graph.written import write

ADDRESSES = [
    "/map.json", "/catalogue.json", "/catalogue.csv", "/catalogue.json?current=retired", "/sources.json", "/sources.csv",
    "/sources.json?show=findings", "/sources.json?show=stubs", "/search.json?q=crown", "/search.json?q=hidden", "/search.json?q=vault",
    "/element/shop/web.json", "/element/shop/shop.json", "/element/shop/vm.json", "/element/backroom/crown.json", "/element/backroom/vault.json",
    "/map.json?focus=shop/web", "/map.json?focus=backroom/crown", "/map", "/revision.json", "/queries.json",
    "/map/picture.json?focus=shop/web", "/map/picture.json?focus=backroom/crown", "/map/picture.json?by=owner", "/map/picture.json?",
    "/queries/services-behind.json?service=shop", "/queries/services-behind.csv?service=shop", "/queries/services-and-owners.json",
    "/queries/services-behind.json?service=crown", "/graphs", "/graphs?graph=https://w3id.org/servicemap/graph/meta",
    "/graphs?graph=https://w3id.org/servicemap/graph/derived", "/graphs?graph=https://w3id.org/servicemap/graph/source/backroom/map.yaml",
    "/graphs?graph=https://w3id.org/servicemap/graph/source/hidden", "/sparql", "/metrics",
    "/sparql?query=SELECT * { GRAPH ?g { ?s ?p ?o } FILTER(?g != <https://w3id.org/servicemap/graph/ontology>) }",
    "/sparql?query=DESCRIBE <https://w3id.org/servicemap/id/backroom/crown>",
    "/sparql?query=SELECT * { ?s ?p ?o }&default-graph-uri=https://w3id.org/servicemap/graph/source/backroom/map.yaml",
    "/sparql?query=SELECT ?x ?n { ?x <https://w3id.org/servicemap/fast#dependsOn> ?y . ?y rdfs:label ?n }",
    "/query.json?ask=services-behind&$service=shop", "/query.csv?ask=services-behind&$service=shop", "/query?ask=services-behind&$service=shop",
    "/query.light.svg?ask=services-behind&$service=shop", "/query.svg?ask=services-behind&$service=shop", "/query/picks.json?q=crown",
    "/query/picks.json", "/query/words.json", "/query.srj?query=SELECT * { GRAPH ?g { ?s ?p ?o } FILTER(?g != <https://w3id.org/servicemap/graph/ontology>) }",
    "/query.ttl?query=DESCRIBE <https://w3id.org/servicemap/id/backroom/crown>", "/query.json?query=SELECT * { ?s rdfs:label ?n }",
]  # fmt: skip
LABELS = "/sparql?query=SELECT ?n (COUNT(*) AS ?c) { ?x a sm:Element ; rdfs:label ?n } GROUP BY ?n"
BEHIND = (
    "/sparql?query=SELECT (COUNT(DISTINCT ?y) AS ?c) { <https://w3id.org/servicemap/id/shop/shop> sm:dependsOn%2B ?y }"
)
GIVEN = ("shop", "web", "Shop", "vm")  # and what an address asks for is said again where it is not there


@pytest.fixture(scope="module")
def folder(tmp_path_factory):
    home = tmp_path_factory.mktemp("reader")
    backroom = home / "backroom"
    backroom.mkdir()
    (backroom / "map.yaml").write_text(dedent(INFRA))
    load_into(home / "store", [write(home, SHOP).parent, backroom])
    return home / "store"


@pytest.fixture(scope="module")
def served(folder):
    """Asks the explorer with a header; everything, or as the reader of one namespace."""
    from graph.maps import open_map

    live = Live(open_map(store=folder))
    endpoint = Endpoint(lambda: live.atlas.map.store, Doors(Tokens(folder), open=False, proxies=networks(["10.0.0.7"]),
                        read_groups=("all",), group_reads=(("shops", "shop"),)))  # fmt: skip
    client = create_app(live, endpoint).server.test_client()
    tokens = {"whole": add_token(folder, "whole"), "some": add_token(folder, "some", reads=("shop",))}

    def ask(who, address, **more):
        headers = {"Authorization": f"Bearer {tokens[who]}", **more.pop("headers", {})}
        return client.open(address, headers=headers, **more)

    ask.client = client
    yield ask
    endpoint.close()


def leaked(answer, address):
    said = answer.text.replace(address, "")
    return [name for name in NAMES if name in said and name not in address]


@pytest.mark.parametrize("address", ADDRESSES)
def test_no_address_tells_a_name(served, address):
    answer = served("some", address)
    assert answer.status_code in (200, 400, 404)
    assert leaked(answer, address) == []


def test_the_same_addresses_tell_them_to_who_may_know(served):
    told = "".join(served("whole", address).text for address in ADDRESSES)
    assert [name for name in NAMES if name not in told] == []


def test_effects_and_counts_stay(served):
    assert served("some", BEHIND).get_json()["results"] == served("whole", BEHIND).get_json()["results"]
    names = {r["n"]["value"]: int(r["c"]["value"]) for r in served("some", LABELS).get_json()["results"]["bindings"]}
    assert names == {"Shop": 1, "web": 1, "vm": 1, "hidden element": 3}
    hit = [served(who, "/element/shop/vm.json").get_json() for who in ("whole", "some")]
    assert len(hit[0]["if_it_fails"]["affected"]) == len(hit[1]["if_it_fails"]["affected"]) == 4


def test_pages_that_are_filled_by_callbacks_tell_no_name(served):
    """What the browser asks for when it opens a page, with every callback that takes an address."""
    wanted = [each for each in served("some", "/_dash-dependencies").get_json() if not each["clientside_function"]]
    assert len(wanted) >= 4
    said = {"some": served("some", "/_dash-layout").text, "whole": served("whole", "/_dash-layout").text}
    for callback in wanted:
        for path in (
            {"path": "/map", "query": "", "narrow": False},
            {"path": "/element/shop/web", "query": "", "narrow": False},
        ):
            inputs = [each | {"value": path} for each in callback["inputs"]]
            outputs = [
                dict(zip(("id", "property"), each.rsplit(".", 1), strict=True))
                for each in callback["output"].strip(".").split("...")
            ]
            multi = callback["output"].startswith("..")
            body = {
                "output": callback["output"],
                "outputs": outputs if multi else outputs[0],
                "inputs": inputs,
                "changedPropIds": [f"{each['id']}.{each['property']}" for each in inputs],
                "state": [each | {"value": None} for each in callback["state"]],
            }
            for who in said:
                said[who] += served(who, "/_dash-update-component", method="POST", json=body).text
    assert [name for name in NAMES if name in said["some"]] == []
    assert "Crown jewels" in said["whole"]
    assert "hidden element" in said["some"]


def test_what_one_reader_was_told_is_not_kept_for_another(served):
    packed = {"Accept-Encoding": "gzip"}
    address = "/map.json?v=1"
    whole, some = (served(who, address, headers=packed) for who in ("whole", "some"))
    said = [gzip.decompress(a.data).decode() if a.headers.get("Content-Encoding") else a.text for a in (whole, some)]
    assert "Crown jewels" in said[0]
    assert "Crown jewels" not in said[1]


def test_a_group_of_the_proxy_reads_its_namespace_alone(served):
    def ask(groups):
        headers = {"X-Forwarded-User": "ann", "X-Forwarded-Groups": groups}
        return served.client.get(LABELS, headers=headers, environ_base={"REMOTE_ADDR": "10.0.0.7"})

    assert "Crown jewels" not in ask("shops").text
    assert "hidden element" in ask("shops").text
    assert "Crown jewels" in ask("shops, all").text
    assert ask("others").status_code == 403


def test_a_new_revision_is_seen_by_such_a_reader_too(served, folder, tmp_path):
    file = write(tmp_path, "elements: [{id: till, kind: application, name: Till}]", "till.yaml")
    load_into(folder, [file])
    assert "Till" in served("some", LABELS).text
    assert "Crown jewels" not in served("some", LABELS).text


def test_assistants_and_writers_read_everything_or_not_at_all(served, folder, capsys, monkeypatch):
    with pytest.raises(InputError, match="who writes reads everything"):
        add_token(folder, "both", write=True, reads=("shop",))
    done = run(capsys, monkeypatch, "token", "list", "--store", folder)
    assert "some" in done.out
    assert "shop" in done.out


def test_the_server_itself_sees_everything():
    assert reads() == ()
