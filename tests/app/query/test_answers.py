"""Are answers kept for whoever asks the same again, and for nobody else?"""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import pytest
from flask import Flask, Request
from flask.testing import FlaskClient

from app.doors import Caller, Doors
from app.live import Live
from app.query.answers import Answers
from app.query.asked import Asked
from app.reader import sees
from app.sparql.endpoint import Endpoint
from app.web import create_app
from graph.library import OWN
from graph.maps import Map, load_into, open_map
from graph.model import InputError
from graph.store.interface import Table
from graph.store.tokens import Tokens, add_token
from tests.app.query.conftest import SHOP

ASKED = Asked(text="SELECT ?x { ?x a sm:Element }")


class Counting(Endpoint):
    """An endpoint that counts what it is really asked."""

    asked = 0

    def ask(self, *args: Any, **more: Any) -> Table:
        """As the endpoint."""
        self.asked += 1
        return super().ask(*args, **more)


class OfOneNamespace(Doors):
    """Doors that let everybody in as the reader of one namespace."""

    def reader(self, request: Request) -> Caller:
        """As the doors."""
        caller = replace(super().reader(request), reads=("elsewhere",))
        sees(caller.reads)
        return caller


@pytest.fixture
def endpoint(shop: Map) -> Any:
    live = Live(shop)
    endpoint = Counting(lambda: live.atlas.map.store, size=1)
    endpoint.live = live  # type: ignore[attr-defined]
    yield endpoint
    endpoint.close()


def test_the_same_is_asked_once_unless_it_is_wanted_fresh(endpoint: Any) -> None:
    answers = Answers(endpoint.live, endpoint)
    with Flask("x").test_request_context("/"):
        first = answers.answer(ASKED)
        again = answers.answer(Asked(text=ASKED.text, sort="x", view="chart"))
        assert (again.table, endpoint.asked) == (first.table, 1)
        answers.answer(ASKED, fresh=True)
        assert endpoint.asked == 2
        answers.answer(Asked(text=ASKED.text, rows=100))
        assert endpoint.asked == 3, "another limit may cut elsewhere"


def test_another_reader_is_answered_from_what_that_one_may_read(endpoint: Any) -> None:
    answers = Answers(endpoint.live, endpoint)
    text = "SELECT ?n { ?x a sm:Application ; rdfs:label ?n }"
    with Flask("x").test_request_context("/"):
        assert "Web" in {row[0].text for row in answers.answer(Asked(text=text)).table.rows if row[0]}
    endpoint.doors = OfOneNamespace()
    with Flask("x").test_request_context("/"):
        found = {row[0].text for row in answers.answer(Asked(text=text)).table.rows if row[0]}
    assert "Web" not in found


def test_who_has_left_is_not_answered(endpoint: Any) -> None:
    answers = Answers(endpoint.live, endpoint)
    left = {"waitress.client_disconnected": lambda: True}
    with Flask("x").test_request_context("/", environ_overrides=left), pytest.raises(InputError, match="cancelled"):
        answers.answer(ASKED)


def test_few_answers_are_kept(endpoint: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("app.query.answers._KEPT", 2)
    answers = Answers(endpoint.live, endpoint)
    with Flask("x").test_request_context("/"):
        for number in (1, 2, 3, 1):
            answers.answer(Asked(text=f"SELECT ({number} AS ?n) {{}}"))
    assert endpoint.asked == 4


QUESTION = "# title: Which teams are there?\n# persona: newcomer\nSELECT ?name { ?x a sm:Team ; rdfs:label ?name }\n"


@pytest.fixture(scope="module")
def keeping(tmp_path_factory: pytest.TempPathFactory) -> Any:
    """A server that takes questions, and asks of it with a token that may write or only read."""
    home = tmp_path_factory.mktemp("keeping")
    folder, store = home / "questions", home / "store"
    folder.mkdir()
    (home / "shop.yaml").write_text(SHOP)
    load_into(store, [home / "shop.yaml"])
    live = Live(open_map(store=store))
    tokens = {
        "writer": add_token(store, "writer", write=True),
        "of-shop": add_token(store, "of-shop", write=True, namespaces=("shop",)),
        "reader": add_token(store, "reader"),
    }
    endpoint = Endpoint(lambda: live.atlas.map.store, Doors(Tokens(store), writable=True), size=1)
    client = create_app(live, endpoint).server.test_client()

    def ask(who: str, said: Any = None, **more: Any) -> Any:
        headers = {"Authorization": f"Bearer {tokens[who]}", **more.pop("headers", {})}
        if said is None:
            return client.get("/query/library.json", headers=headers)
        return client.post("/query/library.json", headers=headers, json=said)

    ask.folder, ask.client = folder, client  # type: ignore[attr-defined]
    yield ask
    endpoint.close()


@pytest.fixture
def kept(keeping: Any, monkeypatch: pytest.MonkeyPatch) -> Any:
    """The same, with an empty folder of questions."""
    monkeypatch.setenv(OWN, str(keeping.folder))
    for file in keeping.folder.iterdir():
        file.unlink()
    return keeping


def test_who_may_write_keeps_a_question_that_everybody_can_ask_then(kept: Any) -> None:
    assert kept("writer").get_json() == {"may": True, "why": ""}
    answer = kept("writer", {"name": "teams", "text": QUESTION})
    assert (answer.status_code, answer.get_json()) == (201, {"name": "teams", "title": "Which teams are there?"})
    assert (kept.folder / "teams.rq").read_text() == QUESTION
    told = kept.client.get("/query.json?ask=teams").get_json()
    assert [row["name"] for row in told["rows"]] == ["Crew"]
    assert kept("writer", {"name": "teams", "text": QUESTION}).status_code == 400, "a question is not written over"


@pytest.mark.parametrize("who", ["reader", "of-shop"])
def test_who_may_not_write_everywhere_keeps_nothing(kept: Any, who: str) -> None:
    assert kept(who).get_json()["may"] is False
    assert kept(who, {"name": "teams", "text": QUESTION}).status_code == 403
    assert not list(kept.folder.iterdir())


def test_the_page_of_another_site_keeps_nothing(kept: Any) -> None:
    answer = kept("writer", {"name": "teams", "text": QUESTION}, headers={"Origin": "https://evil.example"})
    assert answer.status_code == 403
    assert not list(kept.folder.iterdir())


@pytest.mark.parametrize(
    ("said", "words"),
    [
        ({"name": "teams", "text": "SELECT * {}"}, "has no title"),
        ({"name": "teams", "text": "# title: x\nSELECT * {"}, "the query is not right at 2:11"),
        ({"name": "../x", "text": QUESTION}, "small letters"),
        ({"name": 1, "text": QUESTION}, "is sent as JSON"),
        ([], "is sent as JSON"),
    ],
)
def test_what_is_no_question_is_not_kept(kept: Any, said: Any, words: str) -> None:
    answer = kept("writer", said)
    assert answer.status_code == 400
    assert words in answer.get_json()["error"]["detail"]
    assert not list(kept.folder.iterdir())


def test_a_server_without_a_folder_says_how_to_have_one(client: FlaskClient) -> None:
    assert "SERVICEMAP_QUERIES" in client.get("/query/library.json").get_json()["why"]
    assert client.post("/query/library.json", json={"name": "a", "text": QUESTION}).status_code == 403
