"""Views with names: who may save them, who sees them, and what a server says that cannot keep them."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
import yaml
from flask.testing import FlaskClient

from app.doors import Doors
from app.live import Live
from app.sparql.endpoint import Endpoint
from app.web import create_app
from graph.maps import load_into, open_map
from graph.store.tokens import Tokens, add_token

BEARER = "Bearer "


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    home = tmp_path_factory.mktemp("views")
    (home / "shop.yaml").write_text("namespace: shop\nelements: [{id: a, kind: tool, name: A}]\n", encoding="utf-8")
    load_into(home / "store", [home / "shop.yaml"])
    return home / "store"


def served(folder: Path, *, writable: bool) -> tuple[FlaskClient, Endpoint]:
    live = Live(open_map(store=folder))
    endpoint = Endpoint(lambda: live.atlas.map.store, Doors(tokens=Tokens(folder), writable=writable))
    return create_app(live, endpoint).server.test_client(), endpoint


@pytest.fixture(scope="module")
def tokens(folder: Path) -> dict[str, dict[str, str]]:
    secrets = {
        "writer": add_token(folder, "writer", write=True),
        "reader": add_token(folder, "reader"),
        "some": add_token(folder, "some", reads=("other",)),
    }
    return {name: {"Authorization": BEARER + secret} for name, secret in secrets.items()}


@pytest.fixture(scope="module")
def client(folder: Path) -> Iterator[FlaskClient]:
    asked, endpoint = served(folder, writable=True)
    yield asked
    endpoint.close()


def test_a_view_is_saved_listed_taken_along_and_forgotten(
    client: FlaskClient, tokens: dict[str, dict[str, str]]
) -> None:
    writer = tokens["writer"]
    kept = client.post(
        "/views.json", json={"name": "Tools", "query": "hide=teams&strange=1&focus=shop/a"}, headers=writer
    )
    assert kept.get_json()["saved"]["address"] == "/map?focus=shop/a&hide=teams"
    assert kept.get_json()["saved"]["by"] == "token writer"
    listed = client.get("/views.json", headers=tokens["reader"]).get_json()
    assert [view["name"] for view in listed["views"]] == ["Tools"]
    assert "write" in listed["why_not"]
    assert client.get("/views.json", headers=writer).get_json()["why_not"] == ""
    taken = client.get("/views.yaml", headers=writer)
    assert yaml.safe_load(taken.data)["views"][0]["address"] == "/map?focus=shop/a&hide=teams"
    assert "views.yaml" in taken.headers["Content-Disposition"]
    again = client.post("/views.json", json={"name": "tools", "query": ""}, headers=writer)
    assert (again.status_code, again.get_json()["error"]["detail"]) == (400, "there is a view 'tools' already")
    assert client.delete("/views.json?name=Tools", headers=writer).status_code == 200
    assert client.get("/views.json", headers=writer).get_json()["views"] == []


@pytest.mark.parametrize(("who", "status"), [("reader", 403), ("some", 403), ("", 401)])
def test_who_may_not_write_saves_nothing(
    client: FlaskClient, tokens: dict[str, dict[str, str]], who: str, status: int
) -> None:
    answer = client.post("/views.json", json={"name": "Mine", "query": ""}, headers=tokens.get(who, {}))
    assert answer.status_code == status
    assert client.get("/views.json", headers=tokens["writer"]).get_json()["views"] == []


def test_another_site_saves_nothing(client: FlaskClient, tokens: dict[str, dict[str, str]]) -> None:
    headers = {**tokens["writer"], "Origin": "https://elsewhere.example"}
    assert client.post("/views.json", json={"name": "Mine", "query": ""}, headers=headers).status_code == 403


def test_who_may_not_read_all_names_is_told_no_view(client: FlaskClient, tokens: dict[str, dict[str, str]]) -> None:
    client.post("/views.json", json={"name": "Secret", "query": "focus=shop/a"}, headers=tokens["writer"])
    assert client.get("/views.json", headers=tokens["some"]).get_json()["views"] == []
    assert b"Secret" not in client.get("/views.yaml", headers=tokens["some"]).data
    client.delete("/views.json?name=Secret", headers=tokens["writer"])


@pytest.mark.parametrize("body", [None, [], {"name": "x"}, {"name": 3, "query": ""}])
def test_what_is_no_view_is_refused(client: FlaskClient, tokens: dict[str, dict[str, str]], body: object) -> None:
    answer = client.post("/views.json", json=body, headers=tokens["writer"])
    assert answer.get_json()["error"]["title"] == "Not a view"


def test_a_server_that_takes_no_writes_says_why(folder: Path, tokens: dict[str, dict[str, str]]) -> None:
    client, endpoint = served(folder, writable=False)
    said = client.get("/views.json", headers=tokens["writer"]).get_json()["why_not"]
    endpoint.close()
    assert said == "this server takes no writes: ask whoever runs it to allow them"


def test_a_map_of_files_says_why(tmp_path: Path) -> None:
    file = tmp_path / "map.yaml"
    file.write_text("namespace: shop\nelements: [{id: a, kind: tool, name: A}]\n", encoding="utf-8")
    client = create_app(open_map([file])).server.test_client()
    assert client.get("/views.json").get_json()["why_not"].startswith("this map is read from files")
    answer = client.post("/views.json", json={"name": "x", "query": ""})
    assert (answer.status_code, answer.get_json()["error"]["title"]) == (403, "Not allowed")


@pytest.fixture(scope="module")
def alone(folder: Path) -> Iterator[FlaskClient]:
    """A server of files that only this machine reaches, as `servicemap serve FILE` starts it."""
    live = Live(open_map([folder.parent / "shop.yaml"]))
    endpoint = Endpoint(lambda: live.atlas.map.store, Doors(own=True))
    yield create_app(live, endpoint).server.test_client()
    endpoint.close()


OWN_PAGE = {"Origin": "http://localhost"}


def test_whoever_started_a_server_of_files_saves_without_a_token(
    alone: FlaskClient, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("XDG_DATA_HOME", str(tmp_path))
    assert alone.get("/views.json").get_json() == {"views": [], "why_not": ""}
    assert (
        alone.post("/views.json", json={"name": "Mine", "query": "focus=shop/a"}, headers=OWN_PAGE).status_code == 200
    )
    assert [view["name"] for view in alone.get("/views.json").get_json()["views"]] == ["Mine"]
    assert len(list(tmp_path.glob("servicemap/views/*/views.json"))) == 1
    assert alone.delete("/views.json?name=Mine", headers=OWN_PAGE).status_code == 200
    assert alone.get("/views.json").get_json()["views"] == []


def test_a_page_behind_a_proxy_that_speaks_tls_is_a_page_of_this_server(
    alone: FlaskClient, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("XDG_DATA_HOME", str(tmp_path))
    over_tls = {"Origin": "https://localhost"}
    saved = alone.post("/views.json", json={"name": "Mine", "query": "focus=shop/a"}, headers=over_tls)
    assert saved.status_code == 200
    assert alone.delete("/views.json?name=Mine", headers=over_tls).status_code == 200


@pytest.mark.parametrize(
    ("headers", "peer"),
    [
        ({"Origin": "https://elsewhere.example"}, "127.0.0.1"),
        ({"Origin": "http://localhost", "Sec-Fetch-Site": "cross-site"}, "127.0.0.1"),
        ({}, "127.0.0.1"),
        (OWN_PAGE, "192.0.2.7"),
    ],
)
def test_other_pages_and_other_machines_save_nothing(
    alone: FlaskClient, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, headers: dict[str, str], peer: str
) -> None:
    monkeypatch.setenv("XDG_DATA_HOME", str(tmp_path))
    said = {"name": "Theirs", "query": ""}
    answer = alone.post("/views.json", json=said, headers=headers, environ_base={"REMOTE_ADDR": peer})
    assert answer.status_code in (401, 403)
    assert not list(tmp_path.rglob("views.json"))


def test_with_a_token_known_nobody_saves_without_one(folder: Path, tokens: dict[str, dict[str, str]]) -> None:
    assert tokens
    live = Live(open_map(store=folder))
    endpoint = Endpoint(lambda: live.atlas.map.store, Doors(tokens=Tokens(folder), own=True, writable=True))
    asked = create_app(live, endpoint).server.test_client()
    assert asked.post("/views.json", json={"name": "Mine", "query": ""}, headers=OWN_PAGE).status_code == 401
    endpoint.close()
