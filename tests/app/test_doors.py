"""Only those come in who may, and whoever may not is noted."""

from __future__ import annotations

import json
from base64 import b64encode

import pytest

from app.audit import Audit
from app.doors import Caller, Doors, networks
from app.listen import listen
from app.live import Live
from app.sparql.alone import create_programs
from app.sparql.endpoint import Endpoint
from app.web import create_app
from graph.maps import Map, load_into
from graph.model import InputError
from graph.store.engine import EngineAwayError
from graph.store.interface import Limits
from graph.store.tokens import Tokens, add_token, revoke_token
from tests.app.commands import run
from tests.graph.written import SHOP, write

ASK = "/sparql?query=ASK{}"


@pytest.fixture(scope="module")
def store(tmp_path_factory):
    folder = tmp_path_factory.mktemp("doors")
    return load_into(folder / "store", [write(folder, SHOP)]).store


@pytest.fixture
def served(store):
    """Makes clients of servers with doors."""
    made = []

    def serve(doors):
        made.append(Endpoint(lambda: store, doors))
        return create_programs(made[-1]).test_client()

    yield serve
    for endpoint in made:
        endpoint.close()


@pytest.fixture
def secret(store):
    yield add_token(store.folder, "ci", seconds=2)
    revoke_token(store.folder, "ci")


def test_a_server_whose_map_is_out_of_reach_lives_and_is_not_ready():
    class Away:
        def about(self, subject):
            raise EngineAwayError.of("nobody answers")

    client = create_programs(Endpoint(Away)).test_client()
    assert (client.get("/healthz").status_code, client.get("/healthz").text) == (200, "OK")
    away = client.get("/readyz")
    assert (away.status_code, away.get_json()["error"]["title"]) == (503, "Not ready")


def test_where_others_can_reach_it_only_a_token_comes_in(store, served, secret, tmp_path):
    client = served(Doors(Tokens(store.folder), open=False, audit=Audit(tmp_path / "audit")))
    nobody = client.get(ASK)
    assert nobody.status_code == 401
    assert "Bearer" in nobody.headers["WWW-Authenticate"]
    assert client.get("/metrics").status_code == client.get("/graphs").status_code == 401
    assert client.get("/healthz").status_code == client.get("/readyz").status_code == 200
    assert client.get(ASK, headers={"Authorization": f"Bearer {secret}"}).status_code == 200
    password = b64encode(f"anybody:{secret}".encode()).decode()
    assert client.get(ASK, headers={"Authorization": f"Basic {password}"}).status_code == 200
    assert client.get(ASK, headers={"Authorization": "Bearer smt_wrong"}).status_code == 401
    lines = [json.loads(line) for line in (tmp_path / "audit").read_text().splitlines()]
    assert [(line["status"], line["path"]) for line in lines] == [
        (401, "/sparql"),
        (401, "/metrics"),
        (401, "/graphs"),
        (401, "/sparql"),
    ]
    assert secret not in (tmp_path / "audit").read_text()


def test_the_pages_ask_who_one_is_too(store):
    endpoint = Endpoint(lambda: store, Doors(open=False))
    client = create_app(Live(Map(store)), endpoint).server.test_client()
    answer = client.get("/map", headers={"Accept": "text/html"})
    assert answer.status_code == 401
    assert answer.headers["WWW-Authenticate"].startswith("Basic")


def test_a_trusted_proxy_says_who_asks_and_nobody_else(served):
    doors = Doors(proxies=networks(["10.0.0.0/24"]), read_groups=("staff",), write_groups=("editors",), open=False)
    client = served(doors)

    def status(peer, **heads):
        names = {"user": "X-Forwarded-User", "groups": "X-Forwarded-Groups"}
        return client.get(
            ASK, headers={names[k]: v for k, v in heads.items()}, environ_overrides={"REMOTE_ADDR": peer}
        ).status_code

    assert status("10.0.0.7", user="ada", groups="staff, others") == 200
    assert status("10.0.0.7", user="ada", groups="editors") == 200
    assert status("10.0.0.7", user="ada", groups="others") == 403
    assert status("10.0.0.7", groups="staff") == 401
    assert status("192.0.2.1", user="ada", groups="staff") == 401


def test_on_its_own_machine_the_server_answers_to_its_own_name_alone(served):
    client = served(Doors(own=True))
    assert client.get(ASK, headers={"Host": "evil.example"}).status_code == 403
    for name in ("127.0.0.1:8050", "localhost", "[::1]:80"):
        assert client.get(ASK, headers={"Host": name}).status_code == 200


def test_a_token_has_limits_of_its_own(store, secret):
    request = (
        create_programs(Endpoint(lambda: store))
        .test_request_context(headers={"Authorization": f"Bearer {secret}"})
        .request
    )
    caller = Doors(Tokens(store.folder)).caller(request)
    assert caller.within(Limits(seconds=10)).seconds == 2
    assert caller.within(Limits(seconds=1)).seconds == 1


def test_a_writer_may_be_held_to_some_namespaces():
    caller = Caller("token ci", write=True, namespaces=("shop",))
    assert caller.may_write("https://w3id.org/servicemap/graph/source/shop/x.ttl")
    assert not caller.may_write("https://w3id.org/servicemap/graph/source/shopping/x.ttl")
    assert not caller.may_write("https://example.org/g")
    assert Caller("token all", write=True).may_write("https://example.org/g")
    assert not Caller("token reader").may_write("https://example.org/g")


@pytest.mark.parametrize("doors", [Doors(), Doors(open=False)])
def test_an_address_that_others_reach_is_refused_where_nobody_is_known(store, doors):
    with pytest.raises(InputError, match="no way to know who they are"):
        listen(create_programs(Endpoint(lambda: store, doors)), doors, host="192.0.2.1")


def test_what_is_no_address_of_a_proxy_is_told():
    with pytest.raises(InputError, match="name a proxy by its address"):
        networks(["proxy.example"])


def test_tokens_are_made_listed_and_revoked(store, capsys, monkeypatch):
    made = run(capsys, monkeypatch, "token", "add", "desk", "--store", store.folder, "--write", "--namespace", "shop")
    assert (made.code, made.out.startswith("smt_")) == (0, True)
    assert "not told again" in made.err
    listed = run(capsys, monkeypatch, "token", "list", "--store", store.folder)
    assert "desk" in listed.out
    assert made.out.strip() not in listed.out
    assert run(capsys, monkeypatch, "token", "revoke", "desk", "--store", store.folder).code == 0
    assert run(capsys, monkeypatch, "token", "revoke", "desk", "--store", store.folder).code == 2
    wrong = run(capsys, monkeypatch, "token", "add", "desk", "--store", store.folder, "--namespace", "shop")
    assert (wrong.code, "add --write" in wrong.err) == (2, True)


def test_only_a_store_takes_writes(store, capsys, monkeypatch, tmp_path):
    done = run(capsys, monkeypatch, "serve", write(tmp_path, SHOP), "--writable")
    assert (done.code, "only a store in a folder takes writes" in done.err) == (2, True)
    done = run(capsys, monkeypatch, "serve", "--store", store.folder, "--host", "192.0.2.1", "--port", 0)
    assert (done.code, "servicemap token add" in done.err) == (2, True)
